/* Undoing an import.
 *
 * One rule: what the import made is taken back where nothing was built on it since, and what
 * something was built on stays and is named, with the reason. Built on is an invoice that was paid,
 * credited, promised, disputed or otherwise changed, or about whose account somebody was written to
 * or spoken with; a payment of whose account the same is true, or whose money was moved; a debtor
 * of whom anything else is there. What the engine did by itself is no such thing.
 *
 * Nothing is deleted: invoices are cancelled, payments reversed, debtors archived; their numbers
 * and keys become free for what is right. What the import changed of what was there before stays
 * changed, and creditors it made stay. Doing it again takes back what has become free since. */
#ifndef PN_APP_IMPORT_UNDO_H
#define PN_APP_IMPORT_UNDO_H

#include "app/app.h"
#include "store/import.h"

typedef struct {
    pn_id_kind kind; /* invoice, payment or debtor */
    pn_id id;
    pn_str name;   /* its number or key */
    pn_str reason; /* "paid" */
} pn_undo_left;

typedef struct {
    int64_t invoices, payments, debtors; /* taken back now */
    pn_undo_left *left;
    size_t left_count; /* at most PN_LIMIT_IMPORT_PROBLEMS */
    int64_t left_more;
    int64_t changed; /* rows that it changed: they stay so */
    bool committed;  /* false: a dry run, or there was nothing to take back */
} pn_undo_report;

/* In a transaction of its own: all of it or nothing. NOT_FOUND; DENIED for one that cannot be taken
 * back (lines; what an older program imported). */
PN_MUST_USE pn_err pn_import_undo(pn_app *app, pn_id import_id, bool dry_run, pn_arena *arena,
                                  pn_undo_report *ret_report, pn_diag *diag);

#endif
