/* Shared by the parts that offer something. */
#ifndef PN_APP_OFFERS_INT_H
#define PN_APP_OFFERS_INT_H

#include "app/books.h"
#include "app/offers.h"
#include "core/node/node.h"

/* The account as an offer of no case sees it: every invoice, whichever run works it, or the one it
 * is about. */
const pn_view_account *pn_offer_narrowed(const pn_view_account *account, pn_id invoice_id,
                                         pn_arena *arena);

/* ── the matrix ── */

/* The rows as a flow whose nodes are them, in their order. INVALID with the row and what is wrong
 * with it. */
PN_MUST_USE pn_err pn_offer_rows_compile(pn_str json, pn_arena *arena, const pn_flow **ret_flow,
                                         size_t *ret_count, pn_diag *diag);
/* The node of a row, from 0; a row's text alone is compiled as a list of one. */
const pn_flow_node *pn_offer_row_node(const pn_flow *flow, size_t row);
pn_offer_kind pn_offer_node_kind(const pn_flow_node *node);
/* Whether the row's limits hold for the account. */
PN_MUST_USE pn_err pn_offer_row_fits(pn_app *app, const pn_view *view,
                                     const pn_view_account *narrowed, const pn_flow *flow,
                                     const pn_flow_node *node, pn_arena *arena, bool *ret_fits);
/* The text of a row, from 1; empty where there is none. */
pn_str pn_offer_row_text(pn_str json, int64_t row, pn_arena *arena);

/* What happened to an offer, as an event of its debtor. `reason` may be empty. */
PN_MUST_USE pn_err pn_offer_journal(pn_app *app, const pn_offer_row *row, const char *what,
                                    pn_currency currency, pn_str reason);
PN_MUST_USE pn_err pn_offer_find(pn_app *app, pn_id offer_id, pn_arena *arena,
                                 pn_offer_row *ret_row, pn_diag *diag);

#endif
