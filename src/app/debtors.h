/* Debtors: what people correct about them by hand, and all that is kept of one. */
#ifndef PN_APP_DEBTORS_H
#define PN_APP_DEBTORS_H

#include "app/app.h"
#include "store/debtor.h"

/* Writes a debtor that was read and changed (names, place, language, collector, parent …), in the
 * transaction under way; folded texts follow by themselves. INVALID with a sentence and a JSON
 * pointer for a zone that there is not, and for a parent who is itself below the debtor or too far
 * up. */
PN_MUST_USE pn_err pn_debtors_change(pn_app *app, pn_debtor_row *row, pn_arena *arena,
                                     pn_diag *diag);

/* A person writes something down about the debtor: it stands in the timeline. */
PN_MUST_USE pn_err pn_debtors_note(pn_app *app, pn_id debtor_id, pn_str text, pn_arena *arena);

/* By which channel the debtor wants to be contacted, as they said on their page: "email", "sms",
 * "whatsapp", "call" or "any"; empty: they never said. It is their attribute “preferred_channel”,
 * which rules of strategies read (debtor.attr.preferred_channel) to take another way; no node
 * chooses between channels by itself, for only e-mail is sent so far. */
PN_MUST_USE pn_err pn_debtors_preferred(pn_app *app, pn_id debtor_id, pn_arena *arena,
                                        pn_str *ret_channel);

/* Writes it down; empty is any. In the transaction under way; with before and after in the
 * timeline. */
PN_MUST_USE pn_err pn_debtors_prefer(pn_app *app, pn_id debtor_id, pn_str channel, pn_arena *arena);

/* Those above the debtor, the nearest first; at most PN_LIMIT_DEBTOR_TREE_DEPTH. */
PN_MUST_USE pn_err pn_debtors_above(pn_app *app, const pn_debtor_row *row, pn_arena *arena,
                                    pn_debtor_row **ret_rows, size_t *ret_count);

#endif
