/* Publishing: strategies, templates, policies; an organization's beginning. */
#ifndef PN_APP_PUBLISH_H
#define PN_APP_PUBLISH_H

#include "app/catalog.h"
#include "app/examples.h"
#include "core/flow/diff.h"

typedef struct {
    pn_str name;
    pn_str country, currency, language, zone; /* empty: what the country suggests */
    pn_org_mode mode;
    pn_time clock; /* a sandbox's; PN_TIME_NONE now */
} pn_init_request;

/* Makes an organization with one creditor of its name and the ready templates. */
PN_MUST_USE pn_err pn_publish_init(pn_app *app, const pn_init_request *request, pn_diag *diag);

/* A creditor of that name with the organization's country and language. */
PN_MUST_USE pn_err pn_publish_creditor(pn_app *app, pn_str name, pn_arena *arena,
                                       const pn_creditor_row **ret_creditor, pn_diag *diag);

/* What becomes of runs in an earlier version (law 8). */
typedef enum { PN_RUNS_KEEP, PN_RUNS_MOVE, PN_RUNS_DRAIN } pn_runs_choice;

typedef struct {
    pn_id strategy_id, version_id;
    int64_t version;
    bool same;           /* the newest version is this very document: nothing was published */
    int64_t runs_active; /* in earlier versions */
    int64_t runs_moved;  /* with MOVE */
    int64_t runs_stayed; /* with MOVE: their node is gone, or means something else */
} pn_publish_result;

typedef struct {
    pn_runs_choice runs;
    bool skip_examples;  /* publish although its own examples are not met */
    const int64_t *seen; /* the newest version that whoever publishes knows, 0: none; NULL: it does
                          * not matter. Another one is a CONFLICT. */
} pn_publish_choice;

/* Checks a strategy document, plays its examples (one that is not met refuses it), publishes it as
 * a new version, and evaluates all debtors anew. With DRAIN, runs of earlier versions go on where
 * they are (as with KEEP), and new cases enter the new version; MOVE puts runs on the node of the
 * same id and type. Problems are listed either way. */
PN_MUST_USE pn_err pn_publish_strategy(pn_app *app, pn_str document, pn_publish_choice choice,
                                       pn_arena *arena, pn_problems *ret_problems,
                                       pn_publish_result *ret_result, pn_diag *diag);
/* Publishes a template family as a new version, unless the newest is this very document. `seen` as
 * above. */
PN_MUST_USE pn_err pn_publish_template(pn_app *app, pn_str document, const int64_t *seen,
                                       pn_arena *arena, pn_compose_problems *ret_problems,
                                       int64_t *ret_version, bool *ret_same, pn_diag *diag);

/* Every debtor that may have something due is looked at anew: a rule or a day changed. In the
 * transaction under way. */
PN_MUST_USE pn_err pn_publish_again(pn_app *app);

/* Whether a policy could be published: a policy, its texts, and within the pack that it rests on.
 * INVALID with a sentence. It borrows the document. */
PN_MUST_USE pn_err pn_publish_check_policy(pn_app *app, const pn_json *document, pn_arena *arena,
                                           const pn_policy **ret_policy, pn_diag *diag);
/* Publishes an organization's own policy, with the audit trail. */
PN_MUST_USE pn_err pn_publish_policy(pn_app *app, pn_str document, pn_arena *arena, pn_diag *diag);

#endif
