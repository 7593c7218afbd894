/* Imports that were taken in, and what each of them made.
 *
 * Everything that one import makes is made in one transaction that keeps everybody else out of the
 * organization, by one maker of ids: so what it made are the rows whose ids lie between its own and
 * its last one, of the same node. No row needs to name it, and nothing is written twice. */
#ifndef PN_STORE_IMPORT_H
#define PN_STORE_IMPORT_H

#include "store/db.h"

typedef struct {
    pn_id id, org_id;
    pn_str kind, file_name, file_hash;
    int64_t rows_read, rows_created, rows_changed, rows_same, rows_skipped;
    pn_str totals;
    pn_time at;
    pn_id last_id;      /* the last it made; 0: not known, it is of an older program */
    pn_time undone_at;  /* PN_TIME_NONE: it stands */
    int64_t taken_back; /* invoices, debtors and payments */
    int64_t left;       /* of them, what stayed */
} pn_import_row;

PN_MUST_USE pn_err pn_import_insert(pn_db *db, const pn_import_row *row);
/* NOT_FOUND where the organization has none of that id. */
PN_MUST_USE pn_err pn_import_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena,
                                 pn_import_row *ret_row);
/* The organization's before `before` (0: all), the newest first. */
PN_MUST_USE pn_err pn_import_page(pn_db *db, pn_id org_id, pn_id before, int64_t limit,
                                  pn_arena *arena, pn_import_row **ret_rows, size_t *ret_count);
/* It was taken back: when, how much came back with that and before, what is left. */
PN_MUST_USE pn_err pn_import_set_undone(pn_db *db, const pn_import_row *row);

/* What it made and what stands still, ascending: invoices by debtor and account, then id; debtors
 * and payments by id. */
typedef struct {
    pn_id id, debtor_id, account_id;
    int64_t open; /* minor units */
} pn_import_invoice;

PN_MUST_USE pn_err pn_import_invoices_made(pn_db *db, const pn_import_row *row, pn_arena *arena,
                                           pn_import_invoice **ret_rows, size_t *ret_count);
PN_MUST_USE pn_err pn_import_debtors_made(pn_db *db, const pn_import_row *row, pn_arena *arena,
                                          pn_id **ret_ids, size_t *ret_count);
PN_MUST_USE pn_err pn_import_payments_made(pn_db *db, const pn_import_row *row, pn_arena *arena,
                                           pn_id **ret_ids, size_t *ret_count);

/* Whether anybody was written to or spoken with since about that account, or was about to be. */
PN_MUST_USE pn_err pn_contact_made_since(pn_db *db, pn_id debtor_id, pn_id account_id, pn_id since,
                                         bool *ret_made);
/* Whether anything of the debtor is there but invoices of this import that were taken back: other
 * invoices, payments that stand, keys of other creditors, debtors below it, people's tasks. */
PN_MUST_USE pn_err pn_import_debtor_used(pn_db *db, const pn_import_row *row, pn_id debtor_id,
                                         bool *ret_used);

/* Gives the number or key free for what is right: what was taken back is called `key` from now on.
 */
PN_MUST_USE pn_err pn_import_free_invoice(pn_db *db, pn_id debtor_id, pn_id id, pn_str key);
PN_MUST_USE pn_err pn_import_free_payment(pn_db *db, pn_id org_id, pn_id id, pn_str key);
/* The debtor is archived, too, and its addresses are gone. */
PN_MUST_USE pn_err pn_import_free_debtor(pn_db *db, pn_id org_id, pn_id id, pn_str key, pn_time at);

#endif
