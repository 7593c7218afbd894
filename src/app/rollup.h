/* What reports sum (store/rollup.h), collected where facts change: each call adds to the log of the
 * transaction under way, whose commit appends it. They are cheap enough for every step of a night.
 */
#ifndef PN_APP_ROLLUP_H
#define PN_APP_ROLLUP_H

#include "app/move.h"
#include "store/invoice.h"
#include "store/message.h"
#include "store/rollup.h"

/* Days before a payment within which what was said or sent is taken for its cause. */
enum { PN_CREDIT_DAYS = 30 };

/* A move that is written: the nodes that the run came through. */
void pn_rollup_move(pn_app *app, const pn_move *move);
/* A run that was moved by hand. */
void pn_rollup_run(pn_app *app, const pn_run *before, const pn_run *after);

/* A ledger entry that was inserted. A payment is put down to what came before it. */
PN_MUST_USE pn_err pn_rollup_entry(pn_app *app, const pn_invoice_row *invoice,
                                   const pn_ledger_row *entry, pn_arena *arena);
/* The charge of an invoice that is new: nothing has to be read. */
void pn_rollup_charge(pn_app *app, const pn_invoice_row *invoice, const pn_ledger_row *entry);
/* An invoice's dates changed: its entries count on other days and under another due date. */
PN_MUST_USE pn_err pn_rollup_redate(pn_app *app, const pn_invoice_row *before, pn_date issued,
                                    pn_date effective_due, pn_arena *arena);

/* A carrier came to a state; `before` the state that it had. Copies for people of ours and states
 * that may still change by themselves are not counted. */
void pn_rollup_carrier(pn_app *app, const pn_carrier_row *carrier, pn_message_state before,
                       pn_message_state after);

/* A person did something with what was sent, which is stored already; a click that was taken for a
 * person's where `back`. */
PN_MUST_USE pn_err pn_rollup_touched(pn_app *app, pn_id debtor_id, pn_id carrier_id,
                                     pn_signal_kind kind, bool back);

/* ── the whole ── */

/* The key of a ledger entry's sum. `received`: of its payment, where it has one. */
pn_rollup_key pn_rollup_entry_key(pn_app *app, pn_id creditor_id, pn_currency currency,
                                  pn_date issued, pn_date effective_due, const pn_ledger_row *entry,
                                  pn_date received);
/* What one row of the facts adds: columns as pn_rollup_recount's statements have them, of the
 * ledger, of `credited`, of carriers by state or by what a person did. */
pn_rollup_row pn_rollup_entry_of(pn_app *app, pn_stmt *q);
pn_rollup_row pn_rollup_credited_of(pn_stmt *q);
pn_rollup_row pn_rollup_counted_of(pn_stmt *q);
/* Adds everything that facts say to `log`, but for what no fact keeps. */
PN_MUST_USE pn_err pn_rollup_recount(pn_app *app, pn_rollup_log *log);
/* True for a measure that pn_rollup_recount counts. */
bool pn_rollup_recounts(pn_rollup_measure measure);

/* Makes all sums anew; nobody else writes meanwhile. `ret_rows` how many there are. */
PN_MUST_USE pn_err pn_rollup_rebuild(pn_app *app, size_t *ret_rows, pn_diag *diag);
/* A chore: folds deltas, and makes anew what is stale. */
PN_MUST_USE pn_err pn_rollup_chore(pn_app *app, pn_arena *arena, pn_time *ret_next, pn_diag *diag);

#endif
