/* The books: every change of money and of what is taken out of what may be asked for.
 *
 * Each call belongs inside a transaction (pn_app_begin), writes its facts and its event, brings the
 * amounts of the invoices and the account up to date, raises the debtor's seq and pokes its runs.
 */
#ifndef PN_APP_BOOKS_H
#define PN_APP_BOOKS_H

#include "app/app.h"
#include "store/claim.h"
#include "store/debtor.h"
#include "store/invoice.h"

/* The account of a debtor with a creditor in a currency, made when there is none. */
PN_MUST_USE pn_err pn_books_account(pn_app *app, pn_id debtor_id, pn_id creditor_id,
                                    pn_currency currency, pn_arena *arena,
                                    pn_account_row *ret_account);

/* Appends an entry to an invoice's ledger and folds it. Does not refresh the account: call
 * pn_books_refresh once after the last entry. */
PN_MUST_USE pn_err pn_books_entry(pn_app *app, pn_invoice_row *invoice, pn_entry_kind kind,
                                  pn_id reverses_id, int64_t amount, pn_id payment_id, pn_time at,
                                  pn_str note, pn_arena *arena);

/* The debtor's earmarks, and how much money has fulfilled of each: what was recorded for its
 * invoice after it was agreed, each unit once, in the order of pn_earmark_list; 0 where money
 * fulfils nothing. */
PN_MUST_USE pn_err pn_books_marks(pn_app *app, pn_id debtor_id, pn_arena *arena,
                                  pn_earmark_row **ret_marks, int64_t **ret_fulfilled,
                                  size_t *ret_count);

/* Brings claimable amounts and sums of the account up to date; raises seq and pokes. */
PN_MUST_USE pn_err pn_books_refresh(pn_app *app, pn_id debtor_id, pn_id account_id,
                                    pn_arena *arena);

/* A fact of the debtor changed that concerns no amounts. */
PN_MUST_USE pn_err pn_books_touch(pn_app *app, pn_id debtor_id, uint32_t flags_on);

/* ── payments ── */

typedef struct {
    pn_id debtor_id;
    pn_id creditor_id;
    pn_money amount;    /* positive */
    pn_date received;   /* the day it was received; PN_DATE_NONE today */
    pn_time at;         /* the moment; PN_TIME_NONE: now */
    pn_str external_id; /* may be empty; a payment of the same key is not added twice */
    pn_str method, reference;
    const pn_id *invoices; /* the payer's instruction; may be empty */
    size_t invoice_count;
} pn_payment_request;

typedef struct {
    pn_id payment_id;
    bool existed; /* it was there already: nothing changed */
    pn_allocation_plan plan;
} pn_payment_result;

PN_MUST_USE pn_err pn_books_pay(pn_app *app, const pn_payment_request *request, pn_arena *arena,
                                pn_payment_result *ret_result, pn_diag *diag);
/* INVALID where one of `wanted` is not an open one of these invoices (of one account). */
PN_MUST_USE pn_err pn_books_check_open(const pn_id *wanted, size_t wanted_count,
                                       pn_invoice_row *invoices, size_t count, pn_diag *diag);
/* NULL: not among them. */
pn_invoice_row *pn_books_row_of(pn_invoice_row *rows, size_t count, pn_id id);
/* Takes a payment back: its entries are reversed, what it had closed opens again. */
PN_MUST_USE pn_err pn_books_reverse(pn_app *app, pn_id payment_id, pn_str reason, pn_arena *arena,
                                    pn_diag *diag);

/* ── other entries ── */

/* A credit note, write-off, discount, withholding or cancellation (a positive amount; 0 means all
 * that is open). */
PN_MUST_USE pn_err pn_books_lower(pn_app *app, pn_id invoice_id, pn_entry_kind kind, int64_t amount,
                                  pn_str note, pn_arena *arena, pn_diag *diag);

/* ── promises, disputes, instruments, plans ── */

/* A promise for all claimable invoices of the account (oldest first), or for those given. */
PN_MUST_USE pn_err pn_books_promise(pn_app *app, pn_id debtor_id, pn_id account_id, int64_t amount,
                                    pn_date due, pn_str source, const pn_id *invoices,
                                    size_t invoice_count, pn_arena *arena, pn_id *ret_id,
                                    pn_diag *diag);
PN_MUST_USE pn_err pn_books_cancel_promise(pn_app *app, pn_id debtor_id, pn_id promise_id,
                                           pn_arena *arena, pn_diag *diag);
/* Judges the debtor's promises whose time is over (law 13) and ends what else has run out: invoices
 * said to be paid, plans in default. `ret_changed` says whether any fact changed; `ret_next` when
 * to look again, PN_TIME_NEVER for not. */
PN_MUST_USE pn_err pn_books_timers(pn_app *app, const pn_debtor_row *debtor, pn_time now,
                                   pn_arena *arena, bool *ret_changed, pn_time *ret_next);

/* A dispute over an amount (0: all that is open) of an invoice, or over one of its lines. */
PN_MUST_USE pn_err pn_books_dispute(pn_app *app, pn_id invoice_id, int64_t line, int64_t amount,
                                    pn_str reason, pn_arena *arena, pn_id *ret_id, pn_diag *diag);
PN_MUST_USE pn_err pn_books_close_dispute(pn_app *app, pn_id dispute_id, pn_str outcome,
                                          pn_arena *arena, pn_diag *diag);

PN_MUST_USE pn_err pn_books_instrument(pn_app *app, pn_id debtor_id, pn_id account_id, pn_str kind,
                                       pn_str number, int64_t amount, pn_date due,
                                       const pn_id *invoices, size_t invoice_count, pn_arena *arena,
                                       pn_id *ret_id, pn_diag *diag);
/* Cleared: its amount is a payment now. Returned: what it covered may be asked for again; one that
 * had cleared has its payment reversed. */
PN_MUST_USE pn_err pn_books_settle_instrument(pn_app *app, pn_id instrument_id, bool cleared,
                                              pn_str reason, pn_arena *arena, pn_diag *diag);

/* An instrument on its way has become this very payment, of whatever amount: it covers its invoices
 * no longer, and the payment is posted (pn_books_pay). */
PN_MUST_USE pn_err pn_books_instrument_paid(pn_app *app, pn_id instrument_id,
                                            const pn_payment_request *request, pn_arena *arena,
                                            pn_payment_result *ret_result, pn_diag *diag);

/* An installment so late ends its plan. */
enum { PN_PLAN_DEFAULT_DAYS = 5 };

/* A plan over the account's claimable invoices, oldest first; the installments' sum is planned. */
PN_MUST_USE pn_err pn_books_plan(pn_app *app, pn_id debtor_id, pn_id account_id,
                                 const pn_installment_row *installments, size_t count,
                                 pn_arena *arena, pn_id *ret_id, pn_diag *diag);

/* What a plan settles: these invoices, and how much of them; the installments may be less (the rest
 * is let off once they are paid). */
typedef struct {
    const pn_id *invoices; /* none: all of the account */
    size_t invoice_count;
    int64_t covered; /* 0: what the installments come to */
} pn_plan_scope;

/* The same for a part of the account; `scope` may be NULL. */
PN_MUST_USE pn_err pn_books_plan_over(pn_app *app, pn_id debtor_id, pn_id account_id,
                                      const pn_plan_scope *scope,
                                      const pn_installment_row *installments, size_t count,
                                      pn_arena *arena, pn_id *ret_id, pn_diag *diag);

/* The installments of the account's active plan, none where there is no such plan, and what has
 * been paid for it so far. */
PN_MUST_USE pn_err pn_books_installments(pn_app *app, pn_id debtor_id, pn_id account_id,
                                         pn_arena *arena, pn_installment_row **ret_rows,
                                         size_t *ret_count, int64_t *ret_paid);

/* All of the account's active plan has been paid: it is done now, with the discount that was agreed
 * with it. Nothing where that is not so; the engine finds it too. */
PN_MUST_USE pn_err pn_books_settle_plan(pn_app *app, pn_id debtor_id, pn_id account_id,
                                        pn_arena *arena);

/* The plan does not hold any more: what it covered may be asked for again. */
PN_MUST_USE pn_err pn_books_cancel_plan(pn_app *app, pn_id debtor_id, pn_id plan_id, pn_str reason,
                                        pn_arena *arena, pn_diag *diag);

/* "Paid", says somebody: not claimable for 5 business days, then a task. */
PN_MUST_USE pn_err pn_books_report_paid(pn_app *app, pn_id invoice_id, pn_arena *arena,
                                        pn_diag *diag);

/* It was read wrong: claimable again. Nothing where it is not reported any more. */
PN_MUST_USE pn_err pn_books_unreport_paid(pn_app *app, pn_id invoice_id, pn_arena *arena,
                                          pn_diag *diag);

/* No demand goes to this debtor (with an empty reason they go again) until `until`, the last day;
 * PN_DATE_NONE is without end. Said again, it changes nothing and leaves no event. */
PN_MUST_USE pn_err pn_books_bar(pn_app *app, pn_id debtor_id, pn_str reason, pn_date until,
                                pn_arena *arena);

/* ── holds ── */

/* Ends one hold that is in force; what waited for it is due again. */
PN_MUST_USE pn_err pn_books_end_hold(pn_app *app, const pn_hold_row *hold);

/* Stops a run (0: all of the debtor's) until `until`; it says why and who. */
PN_MUST_USE pn_err pn_books_hold(pn_app *app, pn_id debtor_id, pn_id run_id, pn_str reason,
                                 pn_time until, pn_id *ret_id);
/* Ends the holds of a run and those of its debtor; `ret_count` how many. */
PN_MUST_USE pn_err pn_books_release(pn_app *app, pn_id debtor_id, pn_id run_id, pn_arena *arena,
                                    size_t *ret_count);
/* Ends those of the debtor that were made for this reason. */
PN_MUST_USE pn_err pn_books_release_reason(pn_app *app, pn_id debtor_id, pn_str reason,
                                           pn_arena *arena);

#endif
