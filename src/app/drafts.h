/* Drafts: strategies and templates while they are written, shared by everybody who writes them.
 *
 * A draft need not be right; publishing checks it as it checks any document. Every change counts
 * its version up, so that whoever writes from an older one is told who was there meanwhile. What
 * is published or thrown away has ended and can be taken back for PN_DRAFT_KEPT_DAYS. */
#ifndef PN_APP_DRAFTS_H
#define PN_APP_DRAFTS_H

#include "app/app.h"
#include "compose/compose.h"
#include "store/draft.h"

enum { PN_DRAFT_KEPT_DAYS = 30 };

typedef struct {
    pn_draft_kind kind;
    pn_str name; /* of the published strategy or family that it changes; empty: of none */
    const pn_json *document;
    pn_str text;  /* the document as it is to be kept */
    int64_t base; /* the version that it began from */
} pn_draft_wish;

const char *pn_draft_kind_name(pn_draft_kind kind);

/* In the transaction under way, all that change something. NOT_FOUND for a name of nothing
 * published, CONFLICT where a draft of it is being written, INVALID for a document of another
 * name. */
PN_MUST_USE pn_err pn_drafts_begin(pn_app *app, const pn_draft_wish *wish, pn_arena *arena,
                                   pn_draft_row *ret_row, pn_diag *diag);
/* `wish`: document, text and base. */
PN_MUST_USE pn_err pn_drafts_write(pn_app *app, pn_draft_row *row, const pn_draft_wish *wish,
                                   pn_arena *arena, pn_diag *diag);
/* Ends it: thrown away, or published. The audit trail has who threw what away. */
PN_MUST_USE pn_err pn_drafts_end(pn_app *app, pn_draft_row *row, bool published, pn_arena *arena,
                                 pn_diag *diag);
/* It goes on from the version that is newest now. */
PN_MUST_USE pn_err pn_drafts_go_on(pn_app *app, pn_draft_row *row, pn_arena *arena, pn_diag *diag);
/* Takes back that it was thrown away. Where another one has been begun meanwhile: CONFLICT, or with
 * `replace` that one is thrown away, and can be taken back in its turn. */
PN_MUST_USE pn_err pn_drafts_restore(pn_app *app, pn_draft_row *row, bool replace, pn_arena *arena,
                                     pn_diag *diag);
/* NOT_FOUND for an ended one too, unless `ended`. */
PN_MUST_USE pn_err pn_drafts_get(pn_app *app, pn_id id, bool ended, pn_arena *arena,
                                 pn_draft_row *ret_row, pn_diag *diag);
/* The version that is published of what it changes; 0: none. */
PN_MUST_USE pn_err pn_drafts_newest(pn_app *app, const pn_draft_row *row, pn_arena *arena,
                                    int64_t *ret_version, pn_diag *diag);
/* One text of a template's draft, alone: the others may be wrong. `number` from 0; NOT_FOUND where
 * it has no such text. The problems are those of this text. */
PN_MUST_USE pn_err pn_drafts_variant(const pn_draft_row *row, size_t number, pn_arena *arena,
                                     const pn_family **ret_family,
                                     pn_compose_problems *ret_problems, pn_diag *diag);

#endif
