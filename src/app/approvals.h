/* Four eyes: what waits for a second person's word, where the organization decided so.
 *
 * Whoever begins something guarded asks; when another person with the right has approved, the same
 * thing may be done once, within a week. “The same” is the subject: the hash of a document, a
 * strategy, an invoice with its amount, a case with where it is to be led; a changed document waits
 * anew. What is decided is told to the audit trail. Settings are auth/setting.h's. */
#ifndef PN_APP_APPROVALS_H
#define PN_APP_APPROVALS_H

#include "app/app.h"
#include "base/money.h"

/* Order is stored. */
typedef enum {
    PN_APPROVE_PUBLISH,
    PN_APPROVE_RELEASE,
    PN_APPROVE_WRITE_OFF,
    PN_APPROVE_STEER,
    PN_APPROVE_LIVE,
    PN_APPROVALS
} pn_approval_kind;

const char *pn_approval_kind_name(pn_approval_kind kind);

typedef enum {
    PN_APPROVAL_WAITS,
    PN_APPROVAL_GIVEN,
    PN_APPROVAL_REFUSED,
    PN_APPROVAL_USED
} pn_approval_state; /* order is stored */

const char *pn_approval_state_name(pn_approval_state state);

typedef struct {
    pn_id id;
    pn_approval_kind kind;
    pn_str subject, words;
    pn_money amount; /* 0: none */
    pn_id asked_by, decided_by;
    pn_time asked_at, decided_at;
    pn_approval_state state;
    pn_str note;
} pn_approval_row;

typedef struct {
    pn_approval_kind kind;
    pn_str subject, words;
    pn_money amount;
    pn_id user_id; /* who asks; of a key, who made it */
} pn_approval_request;

/* In the transaction under way. `ret_id` 0: go on, nothing waits (any more). Else it waits as that
 * approval; the caller does nothing but say so. */
PN_MUST_USE pn_err pn_approval_ask(pn_app *app, const pn_approval_request *request, pn_arena *arena,
                                   pn_id *ret_id);
/* In the transaction under way. DENIED for who asked themselves; CONFLICT for one that waits no
 * more; NOT_FOUND. */
PN_MUST_USE pn_err pn_approval_decide(pn_app *app, pn_id id, pn_id user_id, bool approves,
                                      pn_str note, pn_arena *arena, pn_diag *diag);
/* Newest first, those before `before` (0: all); `open` leaves out what is decided. */
PN_MUST_USE pn_err pn_approval_list(pn_db *db, pn_id org_id, bool open, pn_id before, int64_t max,
                                    pn_arena *arena, pn_approval_row **ret_rows, size_t *ret_count);

#endif
