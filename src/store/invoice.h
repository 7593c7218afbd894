/* Accounts, invoices, the ledger, payments. */
#ifndef PN_STORE_INVOICE_H
#define PN_STORE_INVOICE_H

#include "core/ledger.h"
#include "store/db.h"

/* ── accounts ── */

typedef struct {
    pn_id debtor_id;
    pn_id id;
    pn_id org_id;
    pn_id creditor_id;
    pn_currency currency;
    int32_t scale;
    int64_t open, claimable;
    int32_t open_items, claimable_items;
    pn_date oldest_due;
    int64_t unapplied;
    pn_closed last_closed;
    pn_time chase_hold_until; /* PN_TIME_NONE: none */
} pn_account_row;

PN_MUST_USE pn_err pn_account_insert(pn_db *db, const pn_account_row *row);
PN_MUST_USE pn_err pn_account_update(pn_db *db, const pn_account_row *row);
PN_MUST_USE pn_err pn_account_set_last_closed(pn_db *db, pn_id debtor_id, pn_id id,
                                              pn_closed closed);
PN_MUST_USE pn_err pn_account_find(pn_db *db, pn_id debtor_id, pn_id creditor_id,
                                   pn_currency currency, pn_arena *arena, pn_account_row *ret_row);
PN_MUST_USE pn_err pn_account_get(pn_db *db, pn_id debtor_id, pn_id id, pn_arena *arena,
                                  pn_account_row *ret_row);
PN_MUST_USE pn_err pn_account_range(pn_db *db, pn_id first, pn_id last, pn_arena *arena,
                                    pn_account_row **ret_rows, size_t *ret_count);
/* For a shared database: of these debtors, in the same order. */
PN_MUST_USE pn_err pn_account_of_debtors(pn_db *db, const pn_id *debtors, size_t count,
                                         pn_arena *arena, pn_account_row **ret_rows,
                                         size_t *ret_count);

/* ── invoices ── */

enum { PN_INVOICE_HAS_LINES = 1, PN_INVOICE_HAS_ATTRS = 2 };

typedef struct {
    pn_item item; /* attrs and lines are loaded apart; own_run follows from run_id */
    pn_id debtor_id;
    pn_id org_id;
    pn_id creditor_id;
    pn_id account_id;
    pn_str product; /* as written; item.product is folded */
    pn_str document;
    uint32_t flags;
    pn_date portal_accepted;
    pn_date paid_reported_until; /* PN_DATE_NONE: not reported */
    pn_id run_id;
    pn_id import_id;
    pn_time created_at;
} pn_invoice_row;

PN_MUST_USE pn_err pn_invoice_insert(pn_db *db, const pn_invoice_row *row);
/* What an import may correct: dates, product, document, flags. */
PN_MUST_USE pn_err pn_invoice_update(pn_db *db, const pn_invoice_row *row);
/* Amounts and states that follow from ledger, earmarks and credit. */
PN_MUST_USE pn_err pn_invoice_set_amounts(pn_db *db, const pn_invoice_row *row);
PN_MUST_USE pn_err pn_invoice_set_run(pn_db *db, pn_id debtor_id, pn_id id, pn_id run_id);
/* The debtor received this tone for it; a weaker one than before changes nothing. */
PN_MUST_USE pn_err pn_invoice_raise_tone(pn_db *db, pn_id debtor_id, pn_id id, uint8_t tone,
                                         pn_date on);
PN_MUST_USE pn_err pn_invoice_charged(pn_db *db, pn_id debtor_id, pn_id id, bool fee,
                                      pn_date interest_until);
PN_MUST_USE pn_err pn_invoice_report_paid(pn_db *db, pn_id debtor_id, pn_id id, pn_date until);
/* All invoices of the organization's debtors first … last, open and closed, in the same order. */
PN_MUST_USE pn_err pn_invoice_range(pn_db *db, pn_id org_id, pn_id first, pn_id last,
                                    pn_arena *arena, pn_invoice_row **ret_rows, size_t *ret_count);
/* Those that are open or that a run of their own works, of debtors first … last, by debtor,
 * effective due date and id. */
PN_MUST_USE pn_err pn_invoice_working_range(pn_db *db, pn_id first, pn_id last, pn_arena *arena,
                                            pn_invoice_row **ret_rows, size_t *ret_count);
/* For a shared database: of these debtors, in the same order. */
PN_MUST_USE pn_err pn_invoice_working_of_debtors(pn_db *db, const pn_id *debtors, size_t count,
                                                 pn_arena *arena, pn_invoice_row **ret_rows,
                                                 size_t *ret_count);
/* The open ones of an account by effective due date and id, and the closed ones on which something
 * is still earmarked; all closed ones with `all`. */
PN_MUST_USE pn_err pn_invoice_of_account(pn_db *db, pn_id debtor_id, pn_id account_id, bool all,
                                         pn_arena *arena, pn_invoice_row **ret_rows,
                                         size_t *ret_count);
PN_MUST_USE pn_err pn_invoice_get(pn_db *db, pn_id id, pn_arena *arena, pn_invoice_row *ret_row);
/* Whether the creditor has any. */
PN_MUST_USE pn_err pn_invoice_any(pn_db *db, pn_id creditor_id, bool *ret_any);
PN_MUST_USE pn_err pn_invoice_by_key(pn_db *db, pn_id creditor_id, pn_str external_id,
                                     pn_arena *arena, pn_invoice_row *ret_row);

/* ── ledger ── */

typedef struct {
    pn_id debtor_id;
    pn_id invoice_id;
    pn_id id;
    pn_id org_id;
    pn_entry_kind kind;
    pn_id reverses_id;
    int64_t amount;
    pn_id payment_id;
    pn_time at, recorded_at;
    pn_str actor, note;
} pn_ledger_row;

PN_MUST_USE pn_err pn_ledger_insert(pn_db *db, const pn_ledger_row *row);
PN_MUST_USE pn_err pn_ledger_of_invoice(pn_db *db, pn_id debtor_id, pn_id invoice_id,
                                        pn_arena *arena, pn_ledger_row **ret_rows,
                                        size_t *ret_count);
PN_MUST_USE pn_err pn_ledger_of_payment(pn_db *db, pn_id debtor_id, pn_id payment_id,
                                        pn_arena *arena, pn_ledger_row **ret_rows,
                                        size_t *ret_count);
/* Keeps those of the entries (of one payment or invoice, in the order of their ids) that were not
 * reversed and reverse nothing; returns how many. */
size_t pn_ledger_standing(pn_ledger_row *rows, size_t count);
/* Money for an invoice that was recorded after `after_id` (a promise's, a plan's), in minor units
 * (positive). By the order of recording, because a statement that comes later may hold money of an
 * earlier day, and a sandbox's clock may stand still. */
PN_MUST_USE pn_err pn_ledger_paid_after(pn_db *db, pn_id debtor_id, pn_id invoice_id,
                                        pn_id after_id, int64_t *ret_paid);

/* ── payments ── */

typedef struct {
    pn_id id;
    pn_id org_id;
    pn_id creditor_id;
    pn_id debtor_id;
    pn_id account_id;
    pn_str external_id;
    pn_currency currency;
    int64_t amount, unapplied;
    pn_date received;
    pn_time at, recorded_at;
    pn_str method, reference, allocation;
    pn_time reversed_at;
    pn_str reversal_reason;
} pn_payment_row;

PN_MUST_USE pn_err pn_payment_insert(pn_db *db, const pn_payment_row *row);
PN_MUST_USE pn_err pn_payment_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena,
                                  pn_payment_row *ret_row);
PN_MUST_USE pn_err pn_payment_by_key(pn_db *db, pn_id creditor_id, pn_str external_id,
                                     pn_arena *arena, pn_payment_row *ret_row);
PN_MUST_USE pn_err pn_payment_of_debtor(pn_db *db, pn_id debtor_id, pn_arena *arena,
                                        pn_payment_row **ret_rows, size_t *ret_count);
typedef enum {
    PN_PAYMENT_ANY,
    PN_PAYMENT_APPLIED,   /* all of it settles something */
    PN_PAYMENT_UNAPPLIED, /* some of it settles nothing yet */
    PN_PAYMENT_REVERSED,
} pn_payment_state;

typedef struct {
    pn_id debtor_id; /* 0: all */
    pn_payment_state state;
    pn_date from, to;   /* received then or later, and before; PN_DATE_NONE: all */
    pn_date behind_day; /* behind this one in the order of the list; PN_DATE_NONE: from the first */
    pn_id behind_id;
} pn_payment_filter;

/* The organization's, the newest day first. */
PN_MUST_USE pn_err pn_payment_page(pn_db *db, pn_id org_id, const pn_payment_filter *filter,
                                   int64_t limit, pn_arena *arena, pn_payment_row **ret_rows,
                                   size_t *ret_count);
/* Money of an account that is received, not reversed and not applied to an invoice. */
PN_MUST_USE pn_err pn_payment_unapplied_sum(pn_db *db, pn_id debtor_id, pn_id account_id,
                                            int64_t *ret_sum);
PN_MUST_USE pn_err pn_payment_reverse(pn_db *db, pn_id id, pn_time at, pn_str reason);
/* CONFLICT where it was reversed. */
PN_MUST_USE pn_err pn_payment_set_unapplied(pn_db *db, pn_id id, int64_t unapplied);

#endif
