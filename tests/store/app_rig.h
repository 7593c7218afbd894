/* What tests of the application share: a database of its own (place.h), a clock that stands where
 * the test puts it, entropy that is the same in every run, a sandbox organization with a small
 * strategy, and short ways to ask the database. */
#ifndef PN_TESTS_APP_RIG_H
#define PN_TESTS_APP_RIG_H

#include "../unit/unit.h"

#include "app/audit.h"
#include "app/books.h"
#include "app/import.h"
#include "app/inbound.h"
#include "app/publish.h"
#include "app/work.h"
#include "place.h"

typedef struct {
    pn_time now;      /* real time, as the test has it */
    uint64_t entropy; /* draws so far */
} rig_clock;

typedef struct {
    place at;
    rig_clock clock;
    pn_env env;
    pn_app *app;
    pn_worker *worker;
    pn_arena arena; /* of one test */
    pn_diag diag;
} rig;

/* A sandbox whose time is 2026-01-12 (a Monday) 08:00 in Madrid, with the family “prueba” and
 * without a strategy. */
void rig_open(rig *r);
/* Without organization and templates: the bare rig, for tests that make their own. */
void rig_folder(rig *r);
void rig_close(rig *r);
/* Closes worker and app; the files stay. */
void rig_release(rig *r);
/* Closes worker and app and opens the app again. */
void rig_reopen(rig *r);
void rig_init(rig *r, pn_org_mode mode);
pn_err rig_open_app(rig *r, bool create, const char *vfs);

/* Fails the test with the diag's sentence unless `err` is OK. */
void rig_ok_at(rig *r, pn_err err, const char *file, int line);
#define rig_ok(r, err) rig_ok_at((r), (err), __FILE__, __LINE__)

void rig_template(rig *r, const char *document);
/* Publishes; a document that does not compile fails the test with its problems. ' stands for ". */
pn_publish_result rig_strategy(rig *r, const char *document);
pn_import_report rig_import(rig *r, pn_import_kind kind, const char *text);
/* A mail from nobody known, as it came; LF line ends. */
void rig_mail(rig *r, pn_inbound_mail mail, pn_received_row *ret_row, bool *ret_existed);
/* Works until nothing is due. */
void rig_work(rig *r);
/* To the beginning of that minute in Madrid. */
void rig_advance(rig *r, const char *iso_date, int hour, int minute);

/* The first column of the first row; 0 where there is none. Parameters are written into the text.
 */
int64_t rig_int(rig *r, const char *format, ...) PN_PRINTF(2, 3);
/* All rows, columns separated by "|" and rows by a line break, on the arena. */
const char *rig_rows(rig *r, const char *format, ...) PN_PRINTF(2, 3);
/* Changes the database behind the program's back. */
void rig_sql(rig *r, const char *format, ...) PN_PRINTF(2, 3);

pn_id rig_debtor(rig *r, const char *key);
pn_id rig_invoice(rig *r, const char *number);
pn_id rig_account(rig *r, const char *debtor_key);
/* Pays; the invoices' numbers separated by spaces, or none. Gives the payment's id. */
pn_id rig_pay(rig *r, const char *debtor_key, int64_t minor, const char *invoices);

/* Closes everything, keeps a copy of the database, opens it again; and goes back to that copy. */
void rig_save(rig *r);
void rig_restore(rig *r);

/* Audits; prints what disagrees, check by check. True when everything agrees. */
bool rig_audit(rig *r, pn_audit_report *ret_report);
/* Fails the test where anything disagrees. */
void rig_agrees_at(rig *r, const char *file, int line);
#define rig_agrees(r) rig_agrees_at((r), __FILE__, __LINE__)

#define rig_assert_rows(r, expected, ...) assert_string_equal(rig_rows((r), __VA_ARGS__), expected)

/* A reminder two days after the due date, a firmer one ten days after, for an account. */
extern const char *const RIG_STRATEGY;
extern const char *const RIG_TEMPLATE;

#endif
