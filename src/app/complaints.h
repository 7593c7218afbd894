/* Complaints about how debtors were treated, and files that debtors sent. */
#ifndef PN_APP_COMPLAINTS_H
#define PN_APP_COMPLAINTS_H

#include "app/app.h"
#include "store/page.h"

/* Writes it down and opens its task, in the transaction under way. INVALID with a sentence. */
PN_MUST_USE pn_err pn_complaints_add(pn_app *app, pn_id debtor_id, pn_id creditor_id, pn_str text,
                                     pn_arena *arena, pn_id *ret_id, pn_diag *diag);
/* NOT_FOUND with a sentence. */
PN_MUST_USE pn_err pn_complaints_get(pn_app *app, pn_id id, pn_arena *arena,
                                     pn_complaint_row *ret_row, pn_diag *diag);
/* Somebody answered it: how stands with it, its task is done, and the timeline says so. In the
 * transaction under way. NOT_FOUND, INVALID; CONFLICT when it was answered before. */
PN_MUST_USE pn_err pn_complaints_close(pn_app *app, pn_id id, pn_str answer, pn_arena *arena,
                                       pn_diag *diag);

/* With its content. NOT_FOUND with a sentence. */
PN_MUST_USE pn_err pn_complaints_file(pn_app *app, pn_id id, pn_arena *arena,
                                      pn_page_file_row *ret_row, pn_diag *diag);

#endif
