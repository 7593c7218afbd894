/* The application's life, from files to captured e-mails: one organization in a sandbox, a database
 * of its own each test, time moved event by event. Everything is asserted from the database. */
#include "app_rig.h"

#include "app/cases.h"
#include "app/deliver_int.h"
#include "app/outlets.h"
#include "app/rollup.h"
#include "app/uncertain.h"
#include "store/message.h"

static rig r;

static int set_up(void **state) {
    (void)state;
    rig_open(&r);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    rig_agrees(&r); /* whatever happened, the numbers, proofs and states must hold */
    rig_close(&r);
    return 0;
}

static const char *const THREE_DEBTORS =
    "external_id;debtor;debtor_name;email;issued;due;amount\n"
    "F-1;D1;Talleres Núñez;nunez@example.com;2025-12-12;2026-01-14;1.210,00\n"
    "F-2;D1;Talleres Núñez;nunez@example.com;2025-12-20;2026-01-20;90,50\n"
    "F-3;D2;Bar Pepe;pepe@example.com;2025-12-15;2026-01-15;300,00\n"
    "F-4;D3;Sin Correo SL;;2025-12-15;2026-01-15;40,00\n";

static void start(void) {
    rig_import(&r, PN_IMPORT_INVOICES, THREE_DEBTORS);
    rig_strategy(&r, RIG_STRATEGY);
}

#define INVOICES                                                                                   \
    "SELECT external_id, open_minor, claimable_minor, closed FROM invoice ORDER BY external_id"
#define SENT                                                                                       \
    "SELECT count(*) FROM carrier WHERE state = 2 AND debtor_id = (SELECT id FROM debtor WHERE"    \
    " external_id = '%s')"
#define RUNS                                                                                       \
    "SELECT d.external_id, r.status, r.wait, r.cycle FROM run r JOIN debtor d ON d.id ="           \
    " r.debtor_id ORDER BY d.external_id, r.id"
#define MESSAGES                                                                                   \
    "SELECT d.external_id, m.state, m.tone, m.reason FROM message m JOIN debtor d ON d.id ="       \
    " m.debtor_id ORDER BY d.external_id, m.id"

/* The only e-mail that was written holds these words. */
static void assert_sent_with(const char *a, const char *b, const char *c) {
    pn_str mail;
    pn_id id = rig_int(&r, "SELECT carrier_id FROM carrier_content");
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM carrier_content"), 1);
    rig_ok(&r, pn_carrier_content(r.app->db, id, &r.arena, &mail));
    assert_true(pn_str_find(mail, pn_str_of(a)) != SIZE_MAX);
    assert_true(pn_str_find(mail, pn_str_of(b)) != SIZE_MAX);
    assert_true(pn_str_find(mail, pn_str_of(c)) != SIZE_MAX);
}

/* ── imports ─────────────────────────────────────────────────────────────────────────────────── */

static void import_makes_debtors_accounts_and_ledger(void **state) {
    (void)state;
    pn_import_report report = rig_import(&r, PN_IMPORT_INVOICES, THREE_DEBTORS);
    assert_int_equal(report.rows, 4);
    assert_int_equal(report.created, 4);
    assert_int_equal(report.total_count, 1);
    assert_int_equal(report.totals[0].amount, 164050);
    assert_true(report.committed);
    rig_assert_rows(&r, "F-1|121000|121000|0\nF-2|9050|9050|0\nF-3|30000|30000|0\nF-4|4000|4000|0",
                    INVOICES);
    rig_assert_rows(&r, "D1|130050|130050|2\nD2|30000|30000|1\nD3|4000|4000|1",
                    "SELECT d.external_id, a.open_minor, a.claimable_minor, a.open_items FROM"
                    " account a JOIN debtor d ON d.id = a.debtor_id ORDER BY 1");
    rig_assert_rows(&r, "0|121000\n0|9050\n0|30000\n0|4000",
                    "SELECT kind, amount_minor FROM ledger ORDER BY id");
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM contact"), 2);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM debtor WHERE channels = 2"), 2);
}

static void import_again_changes_nothing(void **state) {
    (void)state;
    rig_import(&r, PN_IMPORT_INVOICES, THREE_DEBTORS);
    int64_t events = rig_int(&r, "SELECT count(*) FROM event");
    pn_import_report report = rig_import(&r, PN_IMPORT_INVOICES, THREE_DEBTORS);
    assert_int_equal(report.created, 0);
    assert_int_equal(report.changed, 0);
    assert_int_equal(report.same, 4);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM event"), events);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM ledger"), 4);
}

static void import_is_all_or_nothing(void **state) {
    (void)state;
    pn_import_request request = {
        .kind = PN_IMPORT_INVOICES,
        .file_name = PN_STR("bad.csv"),
        .bytes = PN_STR("external_id;debtor;issued;due;amount\nF-1;D1;2025-12-12;2026-01-14;10,00\n"
                        "F-2;D1;2025-12-12;2026-01-14;ten\n")};
    pn_import_report report;
    assert_int_equal(pn_import_run(r.app, &request, &r.arena, &report, &r.diag), PN_INVALID);
    assert_int_equal(report.problem_count, 1);
    assert_int_equal(report.problems[0].line, 3);
    assert_str(report.problems[0].field, "amount");
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM invoice"), 0);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM debtor"), 0);
    request.skip_bad = true;
    rig_ok(&r, pn_import_run(r.app, &request, &r.arena, &report, &r.diag));
    assert_int_equal(report.created, 1);
    assert_int_equal(report.skipped, 1);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM invoice"), 1);
}

/* A debtor is made by its first good row, with what that row says. */
static void a_skipped_row_makes_no_debtor(void **state) {
    (void)state;
    pn_import_request request = {
        .kind = PN_IMPORT_INVOICES,
        .file_name = PN_STR("bad.csv"),
        .bytes = PN_STR("external_id;debtor;debtor_name;email;issued;due;amount\n"
                        "F-1;D1;Wrong SL;wrong@example.com;2025-12-12;2026-01-14;ten\n"
                        "F-2;D2;Only bad;bad@example.com;2025-12-12;2025-01-14;10,00\n"
                        "F-3;D3;Good SA;;2025-12-12;2026-01-14;10,00\n"
                        "F-3;D4;Twice;;2025-12-12;2026-01-14;10,00\n"
                        "F-4;D1;Right SL;right@example.com;2025-12-12;2026-01-14;20,00\n"
                        "F-5;D2;Only bad;bad@example.com;2025-12-12;;10,00\n"
                        "F-6;D1;Right SL;right@example.com;2025-12-12;2026-01-14;30,00\n"),
        .skip_bad = true};
    pn_import_report report;
    rig_ok(&r, pn_import_run(r.app, &request, &r.arena, &report, &r.diag));
    assert_int_equal(report.created, 3);
    assert_int_equal(report.skipped, 4);
    assert_int_equal(report.debtors_created, 2);
    rig_assert_rows(&r, "D1|Right SL\nD3|Good SA",
                    "SELECT external_id, name FROM debtor ORDER BY 1");
    rig_assert_rows(&r, "right@example.com", "SELECT address FROM contact ORDER BY 1");
    rig_assert_rows(&r, "D1|5000|2\nD3|1000|1",
                    "SELECT d.external_id, a.open_minor, a.open_items FROM account a JOIN debtor d"
                    " ON d.id = a.debtor_id ORDER BY 1");
}

static void dry_run_changes_nothing(void **state) {
    (void)state;
    pn_import_request request = {.kind = PN_IMPORT_INVOICES,
                                 .file_name = PN_STR("dry.csv"),
                                 .bytes = pn_str_of(THREE_DEBTORS),
                                 .dry_run = true};
    pn_import_report report;
    rig_ok(&r, pn_import_run(r.app, &request, &r.arena, &report, &r.diag));
    assert_int_equal(report.created, 4);
    assert_false(report.committed);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM invoice"), 0);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM debtor"), 0);
}

static void payments_come_in_a_file(void **state) {
    (void)state;
    static const char *const FILE_TEXT = "external_id;debtor;invoice;amount;date\n"
                                         "P-1;D1;F-2;90,50;2026-01-10\n"
                                         "P-2;D2;;100,00;2026-01-11\n";
    rig_import(&r, PN_IMPORT_INVOICES, THREE_DEBTORS);
    pn_import_report report = rig_import(&r, PN_IMPORT_PAYMENTS, FILE_TEXT);
    assert_int_equal(report.created, 2);
    rig_assert_rows(&r, "F-1|121000|121000|0\nF-2|0|0|1\nF-3|20000|20000|0\nF-4|4000|4000|0",
                    INVOICES);
    report = rig_import(&r, PN_IMPORT_PAYMENTS, FILE_TEXT);
    assert_int_equal(report.created, 0);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM payment"), 2);
}

/* ── the trunk: reminded, reminded again, paid ───────────────────────────────────────────────── */

static void debtors_are_reminded_in_time(void **state) {
    (void)state;
    start();
    rig_work(&r);
    rig_assert_rows(&r, "D1|0|1|1\nD2|0|1|1\nD3|0|1|1", RUNS);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM message"), 0);
    rig_advance(&r, "2026-01-16", 8, 59); /* D1's oldest is due on the 14th */
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM carrier"), 0);
    rig_advance(&r, "2026-01-16", 23, 0);
    assert_int_equal(rig_int(&r, SENT, "D1"), 1);
    assert_int_equal(rig_int(&r, SENT, "D2"), 0);
    rig_assert_rows(&r, "D1|2|1|", MESSAGES);
    pn_str subject = pn_str_of(rig_rows(&r, "SELECT subject FROM carrier"));
    assert_str(subject, "Ibarra: factura pendiente");
    assert_sent_with("F-1", "F-2", "");
}

static void what_cannot_be_reached_becomes_a_task(void **state) {
    (void)state;
    start();
    rig_advance(&r, "2026-01-20", 12, 0);
    rig_assert_rows(&r, "D3|Llamar|0",
                    "SELECT d.external_id, t.title, t.state FROM task t JOIN debtor d ON d.id ="
                    " t.debtor_id");
    assert_int_equal(rig_int(&r, SENT, "D3"), 0);
}

static void the_second_reminder_is_firmer(void **state) {
    (void)state;
    start();
    rig_advance(&r, "2026-01-27", 0, 0);
    /* D1's second invoice was not due yet when the first message went: it allows the mildest */
    rig_assert_rows(&r, "D1|2|1|\nD1|2|1|\nD2|2|1|\nD2|2|2|", MESSAGES);
    assert_int_equal(rig_int(&r, "SELECT tone_received FROM invoice WHERE external_id = 'F-3'"), 2);
}

static void paid_means_stop(void **state) {
    (void)state;
    start();
    rig_advance(&r, "2026-01-16", 12, 0);
    rig_pay(&r, "D1", 130050, "");
    rig_pay(&r, "D2", 30000, "F-3");
    rig_advance(&r, "2026-02-28", 0, 0);
    assert_int_equal(rig_int(&r, SENT, "D1"), 1);
    assert_int_equal(rig_int(&r, SENT, "D2"), 0);
    rig_assert_rows(&r, "F-1|0|0|1\nF-2|0|0|1\nF-3|0|0|1\nF-4|4000|4000|0", INVOICES);
    rig_assert_rows(&r, "D1|2|8|1\nD2|2|8|1\nD3|1|8|1", RUNS);
}

static void a_payment_that_lands_first_wins(void **state) {
    (void)state;
    start();
    /* the run reaches its send node in the night, when nothing may be sent: the intent waits */
    rig_strategy(&r, "{'puntual':1,'name':'Noche','subject':'account','kind':'strategy',"
                     "'priority':5,'entry':{'rule':['debtor.external_id','=','D2']},"
                     "'start':'espera','nodes':{'espera':{'type':'wait.due','days':2,'at':'03:00',"
                     "'next':'m'},'m':{'type':'send.email','template':'prueba','tone':1,"
                     "'next':'fin','error':'fin'},'fin':{'type':'end'}}}");
    rig_advance(&r, "2026-01-17", 4, 0);
    rig_assert_rows(&r, "0|hours",
                    "SELECT m.state, m.reason FROM message m JOIN debtor d ON d.id ="
                    " m.debtor_id WHERE d.external_id = 'D2'");
    rig_pay(&r, "D2", 30000, "");
    rig_advance(&r, "2026-01-21", 20, 0);
    assert_int_equal(rig_int(&r, SENT, "D2"), 0);
    rig_assert_rows(&r, "6",
                    "SELECT m.state FROM message m JOIN debtor d ON d.id = m.debtor_id"
                    " WHERE d.external_id = 'D2'");
}

static void a_partial_payment_does_not_restart(void **state) {
    (void)state;
    start();
    rig_advance(&r, "2026-01-17", 0, 0);
    rig_pay(&r, "D1", 21000, "F-1");
    rig_assert_rows(&r, "100000", "SELECT claimable_minor FROM invoice WHERE external_id = 'F-1'");
    rig_advance(&r, "2026-01-27", 0, 0);
    rig_assert_rows(
        &r, "D1|2|1|\nD1|2|1|",
        "SELECT d.external_id, m.state, m.tone, m.reason FROM message m JOIN debtor d ON"
        " d.id = m.debtor_id WHERE d.external_id = 'D1' ORDER BY m.id");
    rig_assert_rows(&r, "1",
                    "SELECT cycle FROM run r JOIN debtor d ON d.id = r.debtor_id WHERE"
                    " d.external_id = 'D1'");
}

static void reversal_reopens_the_case(void **state) {
    (void)state;
    start();
    rig_advance(&r, "2026-01-20", 0, 0);
    pn_id payment = rig_pay(&r, "D2", 30000, "");
    rig_advance(&r, "2026-01-28", 0, 0);
    assert_int_equal(rig_int(&r, SENT, "D2"), 1);
    rig_assert_rows(&r, "2|8|1",
                    "SELECT status, wait, cycle FROM run r JOIN debtor d ON d.id ="
                    " r.debtor_id WHERE d.external_id = 'D2'");
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    rig_ok(&r, pn_books_reverse(r.app, payment, PN_STR("returned"), &r.arena, &r.diag));
    rig_ok(&r, pn_app_commit(r.app, &r.diag));
    rig_work(&r);
    rig_assert_rows(&r, "30000|30000|0",
                    "SELECT open_minor, claimable_minor, closed FROM invoice"
                    " WHERE external_id = 'F-3'");
    rig_assert_rows(&r, "0|2",
                    "SELECT status, cycle FROM run r JOIN debtor d ON d.id ="
                    " r.debtor_id WHERE d.external_id = 'D2'");
    rig_advance(&r, "2026-03-01", 0, 0);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM run r JOIN debtor d ON d.id = r.debtor_id"
                                 " WHERE d.external_id = 'D2'"),
                     1);
}

/* What is open beside a case that says thanks belongs to the next case: a fee of the first one's
 * way out would be a second one. */
static void a_case_that_says_thanks_charges_nothing(void **state) {
    (void)state;
    rig_import(&r, PN_IMPORT_INVOICES, THREE_DEBTORS);
    rig_strategy(&r, "{'puntual':1,'name':'Gastos','subject':'account','kind':'strategy',"
                     "'entry':{'rule':['account.claimable','>',0]},'start':'espera','on_paid':"
                     "'luego','nodes':{'espera':{'type':'wait.due','days':20,'next':'fin'},"
                     "'luego':{'type':'wait.days','days':2,'next':'gastos'},"
                     "'gastos':{'type':'charge.fee','amount':40,'next':'intereses'},"
                     "'intereses':{'type':'charge.interest','next':'fin'},'fin':{'type':'end'}}}");
    rig_advance(&r, "2026-01-20", 10, 0);
    pn_id debtor = rig_debtor(&r, "D1");
    (void)rig_pay(&r, "D1",
                  rig_int(&r, "SELECT sum(open_minor) FROM invoice WHERE debtor_id = %lld",
                          (long long)debtor),
                  "");
    rig_work(&r);
    rig_import(&r, PN_IMPORT_INVOICES,
               "external_id;debtor;debtor_name;issued;due;amount\n"
               "T-1;D1;Uno;2025-11-12;2026-01-12;100,00\n");
    rig_advance(&r, "2026-01-25", 0, 0);
    rig_assert_rows(&r, "2|8\n0|1",
                    "SELECT status, wait FROM run WHERE debtor_id = %lld ORDER BY id",
                    (long long)debtor);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM ledger WHERE kind IN (3, 4)"), 0);
}

/* Both were due in the same moment, and read the invoice as one. */
static void a_pill_and_its_case_charge_once(void **state) {
    (void)state;
    rig_import(&r, PN_IMPORT_INVOICES,
               "external_id;debtor;debtor_name;issued;due;amount\n"
               "T-1;D1;Uno;2025-12-12;2026-01-14;100,00\n");
    rig_strategy(&r, "{'puntual':1,'name':'Lado','subject':'account','kind':'pill',"
                     "'start':'espera','nodes':{"
                     "'espera':{'type':'wait.due','days':5,'at':'09:00','next':'gastos'},"
                     "'gastos':{'type':'charge.fee','amount':40,'next':'intereses'},"
                     "'intereses':{'type':'charge.interest','next':'fin'},'fin':{'type':'end'}}}");
    rig_strategy(&r, "{'puntual':1,'name':'Gastos','subject':'account','kind':'strategy',"
                     "'entry':{'rule':['account.claimable','>',0]},'start':'lado','nodes':{"
                     "'lado':{'type':'pill','pill':'Lado','next':'espera'},"
                     "'espera':{'type':'wait.due','days':5,'at':'09:00','next':'gastos'},"
                     "'gastos':{'type':'charge.fee','amount':40,'next':'intereses'},"
                     "'intereses':{'type':'charge.interest','next':'fin'},'fin':{'type':'end'}}}");
    rig_advance(&r, "2026-01-25", 0, 0);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM run"), 2);
    rig_assert_rows(&r, "3|1\n4|1",
                    "SELECT kind, count(*) FROM ledger WHERE kind IN (3, 4) GROUP BY kind"
                    " ORDER BY kind");
}

static void more_money_than_debt_stays_unapplied(void **state) {
    (void)state;
    start();
    rig_pay(&r, "D2", 35000, "");
    rig_assert_rows(&r, "0|5000",
                    "SELECT a.open_minor, a.unapplied_minor FROM account a JOIN debtor"
                    " d ON d.id = a.debtor_id WHERE d.external_id = 'D2'");
    rig_import(&r, PN_IMPORT_INVOICES,
               "external_id;debtor;issued;due;amount\nF-9;D2;2026-01-12;2026-02-12;80,00\n");
    rig_assert_rows(&r, "8000|3000",
                    "SELECT open_minor, claimable_minor FROM invoice WHERE external_id = 'F-9'");
}

/* ── promises, disputes, holds ───────────────────────────────────────────────────────────────── */

static pn_id promise(const char *debtor, int64_t minor, pn_date due) {
    pn_id id = 0;
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    rig_ok(&r, pn_books_promise(r.app, rig_debtor(&r, debtor), rig_account(&r, debtor), minor, due,
                                PN_STR("phone"), NULL, 0, &r.arena, &id, &r.diag));
    rig_ok(&r, pn_app_commit(r.app, &r.diag));
    return id;
}

static void a_promise_holds_its_amount(void **state) {
    (void)state;
    start();
    promise("D2", 30000, pn_date_of(2026, 1, 22));
    rig_work(&r);
    rig_assert_rows(&r, "30000|30000|0",
                    "SELECT open_minor, promised_minor, claimable_minor FROM"
                    " invoice WHERE external_id = 'F-3'");
    rig_advance(&r, "2026-01-26", 12, 0);
    assert_int_equal(rig_int(&r, SENT, "D2"), 0);
    rig_assert_rows(&r, "0", "SELECT state FROM promise");
    rig_advance(&r, "2026-01-29", 12, 0); /* 22 plus three bank days is the 27th */
    rig_assert_rows(&r, "2|0", "SELECT state, paid_minor FROM promise");
    rig_assert_rows(&r, "30000|0|30000",
                    "SELECT open_minor, promised_minor, claimable_minor FROM"
                    " invoice WHERE external_id = 'F-3'");
    assert_int_equal(rig_int(&r, "SELECT promises_broken FROM debtor WHERE external_id = 'D2'"), 1);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM earmark"), 0);
}

static void a_kept_promise_counts(void **state) {
    (void)state;
    start();
    promise("D2", 30000, pn_date_of(2026, 1, 22));
    rig_advance(&r, "2026-01-21", 12, 0);
    rig_pay(&r, "D2", 30000, "");
    rig_work(&r);
    rig_assert_rows(&r, "1|30000", "SELECT state, paid_minor FROM promise");
    rig_assert_rows(&r, "1|0",
                    "SELECT promises_kept, promises_broken FROM debtor WHERE"
                    " external_id = 'D2'");
    assert_int_equal(rig_int(&r, SENT, "D2"), 0);
}

static void a_dispute_takes_its_amount_out(void **state) {
    (void)state;
    pn_id id = 0;
    start();
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    rig_ok(&r, pn_books_dispute(r.app, rig_invoice(&r, "F-1"), 0, 21000, PN_STR("price"), &r.arena,
                                &id, &r.diag));
    rig_ok(&r, pn_app_commit(r.app, &r.diag));
    rig_assert_rows(&r, "121000|21000|100000",
                    "SELECT open_minor, disputed_minor, claimable_minor"
                    " FROM invoice WHERE external_id = 'F-1'");
    rig_advance(&r, "2026-01-17", 0, 0);
    assert_int_equal(rig_int(&r, SENT, "D1"), 1);
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    rig_ok(&r, pn_books_close_dispute(r.app, id, PN_STR("refused"), &r.arena, &r.diag));
    rig_ok(&r, pn_app_commit(r.app, &r.diag));
    rig_assert_rows(&r, "121000|0|121000",
                    "SELECT open_minor, disputed_minor, claimable_minor"
                    " FROM invoice WHERE external_id = 'F-1'");
}

/* What it was for is paid and a fee is left: it is closed, and of it nothing is asked for. */
static void what_is_closed_is_not_disputed(void **state) {
    (void)state;
    pn_id id = 0;
    pn_invoice_row invoice;
    start();
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    rig_ok(&r, pn_invoice_get(r.app->db, rig_invoice(&r, "F-1"), &r.arena, &invoice));
    rig_ok(&r, pn_books_entry(r.app, &invoice, PN_ENTRY_FEE, 0, 4000, 0, r.app->org.clock,
                              PN_STR("fee"), &r.arena));
    rig_ok(&r, pn_books_refresh(r.app, invoice.debtor_id, invoice.account_id, &r.arena));
    rig_ok(&r, pn_app_commit(r.app, &r.diag));
    rig_pay(&r, "D1", 121000 + 3959, "F-1");
    rig_assert_rows(&r, "41|1", "SELECT open_minor, closed FROM invoice WHERE external_id = 'F-1'");
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    assert_int_equal(
        pn_books_dispute(r.app, invoice.item.id, 0, 41, PN_STR("price"), &r.arena, &id, &r.diag),
        PN_INVALID);
    pn_app_rollback(r.app);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM earmark"), 0);
}

static void a_hold_stops_and_ends(void **state) {
    (void)state;
    pn_id id = 0;
    start();
    rig_work(&r);
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    rig_ok(&r, pn_books_hold(r.app, rig_debtor(&r, "D2"), 0, PN_STR("manual"),
                             r.app->org.clock + 6 * PN_DAY, &id));
    rig_ok(&r, pn_app_commit(r.app, &r.diag));
    rig_advance(&r, "2026-01-17", 12, 0);
    rig_assert_rows(&r, "0|7",
                    "SELECT status, wait FROM run r JOIN debtor d ON d.id = r.debtor_id"
                    " WHERE d.external_id = 'D2'");
    assert_int_equal(rig_int(&r, SENT, "D2"), 0);
    rig_advance(&r, "2026-01-19", 20, 0); /* it ended on the 18th, a Sunday */
    assert_int_equal(rig_int(&r, SENT, "D2"), 1);
}

static void a_hold_is_released(void **state) {
    (void)state;
    pn_id id = 0;
    size_t count = 0;
    start();
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    rig_ok(&r, pn_books_hold(r.app, rig_debtor(&r, "D2"), 0, PN_STR("manual"),
                             r.app->org.clock + 90 * PN_DAY, &id));
    rig_ok(&r, pn_app_commit(r.app, &r.diag));
    rig_advance(&r, "2026-01-20", 12, 0);
    assert_int_equal(rig_int(&r, SENT, "D2"), 0);
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    rig_ok(&r, pn_books_release(r.app, rig_debtor(&r, "D2"), 0, &r.arena, &count));
    rig_ok(&r, pn_app_commit(r.app, &r.diag));
    assert_int_equal(count, 1);
    rig_advance(&r, "2026-01-21", 12, 0);
    assert_int_equal(rig_int(&r, SENT, "D2"), 1);
}

/* Law 3: nobody is chased on old data, and fresh data set the chase going again. */
static void stale_data_stop_and_fresh_data_go_on(void **state) {
    (void)state;
    start();
    rig_sql(&r, "UPDATE creditor SET data_hours_max = 48");
    rig_reopen(&r);
    rig_advance(&r, "2026-01-19", 12, 0);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM carrier"), 0);
    rig_agrees(&r);
    pn_import_report report = rig_import(&r, PN_IMPORT_INVOICES, THREE_DEBTORS);
    assert_int_equal(report.same, 4);
    rig_work(&r);
    rig_advance(&r, "2026-01-20", 12, 0);
    assert_int_equal(rig_int(&r, SENT, "D1"), 1);
    assert_int_equal(rig_int(&r, SENT, "D2"), 1);
}

/* ── closing by other means ──────────────────────────────────────────────────────────────────── */

static void a_credit_note_closes_silently(void **state) {
    (void)state;
    start();
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    rig_ok(&r, pn_books_lower(r.app, rig_invoice(&r, "F-3"), PN_ENTRY_CREDIT, 0, PN_STR("returned"),
                              &r.arena, &r.diag));
    rig_ok(&r, pn_app_commit(r.app, &r.diag));
    rig_advance(&r, "2026-02-20", 0, 0);
    rig_assert_rows(&r, "0|2", "SELECT open_minor, closed FROM invoice WHERE external_id = 'F-3'");
    assert_int_equal(rig_int(&r, SENT, "D2"), 0);
}

/* ── going on after a stop ───────────────────────────────────────────────────────────────────── */

static void a_new_process_goes_on_where_the_old_one_was(void **state) {
    (void)state;
    start();
    rig_advance(&r, "2026-01-16", 12, 0);
    rig_reopen(&r);
    rig_advance(&r, "2026-01-27", 0, 0);
    rig_assert_rows(&r, "D1|2|1|\nD1|2|1|\nD2|2|1|\nD2|2|2|", MESSAGES);
    rig_assert_rows(&r, "D1|0|4|1\nD2|0|4|1\nD3|1|8|1", RUNS);
}

static void a_week_of_downtime_sends_one_message(void **state) {
    (void)state;
    start();
    rig_work(&r);
    /* nothing ran for a month: the clock simply stands later */
    pn_time later = r.app->org.clock + 30 * PN_DAY + 3 * PN_HOUR;
    rig_sql(&r, "UPDATE organization SET clock = %lld", (long long)later);
    rig_reopen(&r);
    rig_work(&r);
    rig_advance(&r, "2026-02-12", 0, 0);
    /* law 4: the first one was superseded by the second; law 5: the second is said mildly */
    rig_assert_rows(&r,
                    "D1|6|1|superseded\nD1|2|1|\nD2|6|1|superseded\nD2|2|1|\n"
                    "D3|6|1|superseded",
                    MESSAGES);
}

/* A file has one engine; a database that is shared has as many as there are. */
static void a_second_engine_is_refused_on_a_file(void **state) {
    (void)state;
    start();
    rig_work(&r);
    pn_app_options options = {.url = r.at.url, .env = &r.env, .actor = "second"};
    pn_app *process = NULL;
    pn_worker *second = NULL;
    rig_ok(&r, pn_app_open(&options, &process, &r.diag));
    if (pn_db_is_shared(r.app->db)) {
        rig_ok(&r, pn_worker_open(process, &second, &r.diag));
    } else {
        assert_int_equal(pn_worker_open(process, &second, &r.diag), PN_CONFLICT);
        assert_non_null(strstr(r.diag.what, "Another engine"));
    }
    pn_worker_close(second);
    pn_app_close(process);
}

/* The first one's case ends at once; the account must not begin with what the second one takes. */
static void an_invoice_is_settled_before_its_account(void **state) {
    (void)state;
    rig_strategy(&r, "{'puntual':1,'name':'Una','subject':'invoice','kind':'strategy',"
                     "'priority':30,'entry':{'rule':['invoice.open','>',0]},'start':'fin',"
                     "'nodes':{'fin':{'type':'end'}}}");
    rig_strategy(&r, "{'puntual':1,'name':'Otra','subject':'invoice','kind':'strategy',"
                     "'priority':20,'entry':{'rule':['invoice.open','>',0]},'start':'llamar',"
                     "'nodes':{'llamar':{'type':'task','title':'Llamar','done':'fin','overdue':"
                     "'fin'},'fin':{'type':'end'}}}");
    rig_strategy(&r, RIG_STRATEGY);
    rig_import(&r, PN_IMPORT_INVOICES,
               "external_id;debtor;debtor_name;issued;due;amount\n"
               "N-1;D9;Nueva;2025-12-12;2026-01-20;10,00\n");
    rig_work(&r);
    rig_assert_rows(&r, "Una|1\nOtra|0",
                    "SELECT s.name, r.status FROM run r JOIN strategy_version v ON v.id ="
                    " r.version_id JOIN strategy s ON s.id = v.strategy_id ORDER BY r.id");
}

/* The first one goes on with what it has known; a case that entered an older version now would
 * stay in it, although all were moved. */
static void a_case_enters_what_another_process_published(void **state) {
    (void)state;
    start();
    rig_work(&r);
    pn_app_options options = {.url = r.at.url, .env = &r.env, .actor = "second"};
    pn_app *first = r.app;
    rig_ok(&r, pn_app_open(&options, &r.app, &r.diag));
    pn_publish_result published =
        rig_strategy(&r, "{'puntual':1,'name':'Cobro','subject':'account','kind':'strategy',"
                         "'entry':{'rule':['account.claimable','>',0]},'start':'llamar','nodes':{"
                         "'llamar':{'type':'task','title':'Llamar','done':'fin','overdue':'fin'},"
                         "'fin':{'type':'end'}}}");
    pn_app_close(r.app);
    r.app = first;
    rig_import(&r, PN_IMPORT_INVOICES,
               "external_id;debtor;debtor_name;issued;due;amount\n"
               "N-1;D9;Nueva;2025-12-12;2026-01-20;10,00\n");
    rig_work(&r);
    assert_int_equal(rig_int(&r, "SELECT version_id FROM run WHERE debtor_id = %lld",
                             (long long)rig_debtor(&r, "D9")),
                     published.version_id);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM run WHERE version_id = %lld",
                             (long long)published.version_id),
                     1);
}

/* ── one voice ───────────────────────────────────────────────────────────────────────────────── */

static void one_address_gets_one_message(void **state) {
    (void)state;
    rig_import(&r, PN_IMPORT_INVOICES,
               "external_id;debtor;debtor_name;email;issued;due;amount\n"
               "G-1;S1;Tienda Norte;pagos@example.com;2025-12-12;2026-01-14;10,00\n"
               "G-2;S2;Tienda Sur;pagos@example.com;2025-12-12;2026-01-14;20,00\n"
               "G-3;S3;Tienda Este;pagos@example.com;2025-12-12;2026-01-14;30,00\n");
    rig_strategy(&r, RIG_STRATEGY);
    rig_advance(&r, "2026-01-17", 0, 0);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM carrier WHERE state = 2"), 1);
    rig_assert_rows(&r, "S1|2|1|merged\nS2|2|1|merged\nS3|2|1|merged", MESSAGES);
    assert_sent_with("G-1", "G-2", "G-3");
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM contact_made"), 3);
}

static void set_channel(const char *driver, const char *settings) {
    pn_channel_row row = {.org_id = r.app->org.id,
                          .channel = PN_CHANNEL_EMAIL,
                          .driver = pn_str_of(driver),
                          .settings = pn_str_of(settings),
                          .sender = PN_STR("Cobros <cobros@example.com>"),
                          .paused_reason = PN_STR("")};
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    rig_ok(&r, pn_outlet_set(r.app, &row, &r.arena, &(pn_str){0}, &r.diag));
    rig_ok(&r, pn_app_commit(r.app, &r.diag));
    rig_reopen(&r);
}

/* Two days without our own mail server: no message is given up, none uses up its attempts, and all
 * leave when it is back. Nothing listens on port 1 of this machine. */
static void an_outage_of_our_server_loses_nothing(void **state) {
    (void)state;
    start();
    set_channel("smtp", "{\"url\":\"smtp://127.0.0.1:1\"}");
    rig_advance(&r, "2026-01-20", 12, 0);
    assert_true(rig_int(&r, "SELECT count(*) FROM message WHERE state = 0 AND attempts = 0"
                            " AND reason = 'server_away'") > 0);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM message WHERE reason = 'gave_up'"), 0);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM carrier WHERE state = 2"), 0);
    set_channel("capture", "{}");
    rig_advance(&r, "2026-01-21", 12, 0);
    assert_int_equal(rig_int(&r, SENT, "D1"), 1);
    assert_int_equal(rig_int(&r, SENT, "D2"), 1);
}

/* What is cleared by a good test and comes again is kept again. */
static void trouble_is_told_again(void **state) {
    (void)state;
    start();
    set_channel("smtp", "{\"url\":\"smtp://127.0.0.1:1\"}");
    rig_advance(&r, "2026-01-20", 12, 0);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM channel_health WHERE trouble <> ''"), 1);
    rig_sql(&r, "UPDATE channel_health SET trouble_at = 7");
    rig_advance(&r, "2026-01-20", 16, 0); /* the same is not news */
    assert_int_equal(rig_int(&r, "SELECT trouble_at FROM channel_health"), 7);
    rig_sql(&r, "UPDATE channel_health SET trouble = '', trouble_at = NULL");
    rig_advance(&r, "2026-01-20", 20, 0);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM channel_health WHERE trouble <> ''"), 1);
}

static void no_address_stays_in_what_a_server_says(void **state) {
    (void)state;
    static const char *const SAID[][2] = {
        {"550 5.1.1 <a.b@example.com>: unknown", "550 5.1.1 <…>: unknown"},
        {"no, a@x.example!", "no, …"},
        {"The number 34600111222 is not ours", "The number … is not ours"},
        {"454 try later", "454 try later"},
        {"", ""},
    };
    for (size_t i = 0; i < PN_COUNT(SAID); i++) {
        pn_str told =
            pn_reply_without_addresses(pn_str_of(SAID[i][0]), PN_STR("+34600111222"), &r.arena);
        assert_string_equal(pn_str_z(&r.arena, told), SAID[i][1]);
    }
}

/* As a kill between handing over and the answer leaves it. */
static pn_id left_uncertain(void) {
    rig_advance(&r, "2026-01-20", 12, 0);
    rig_sql(&r, "UPDATE message SET state = 1, settled_at = NULL, lease_until = 1"
                " WHERE state = 2");
    rig_sql(&r, "DELETE FROM attempt");
    rig_sql(&r, "UPDATE carrier SET state = 1, settled_at = NULL, lease_until = 1"
                " WHERE state = 2");
    rig_sql(&r, "UPDATE invoice SET tone_received = 0, tone_on = NULL");
    size_t rows = 0; /* the sums do not know of this either */
    rig_ok(&r, pn_rollup_rebuild(r.app, &rows, &r.diag));
    rig_reopen(&r);
    rig_work(&r);
    pn_id id = rig_int(&r, "SELECT max(id) FROM message WHERE state = 8");
    assert_true(id != 0);
    return id;
}

static pn_err settle(pn_id id, pn_uncertain_verdict verdict, size_t *ret_count) {
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    pn_err err = pn_uncertain_settle(r.app, id, verdict, PN_STR("the log says so"), &r.arena,
                                     ret_count, &r.diag);
    if (err == PN_OK) {
        rig_ok(&r, pn_app_commit(r.app, &r.diag));
    } else {
        pn_app_rollback(r.app);
    }
    return err;
}

static void an_uncertain_message_that_left_counts(void **state) {
    (void)state;
    size_t count = 0;
    start();
    pn_id id = left_uncertain();
    assert_int_equal(rig_int(&r, "SELECT max(tone_received) FROM invoice"), 0);
    rig_ok(&r, settle(id, PN_UNCERTAIN_SENT, &count));
    assert_int_equal(count, 1);
    rig_assert_rows(&r, "2|settled", "SELECT state, reason FROM message WHERE id = %lld",
                    (long long)id);
    assert_int_equal(rig_int(&r, "SELECT max(tone_received) FROM invoice"), 1);
    assert_int_equal(settle(id, PN_UNCERTAIN_SENT, &count), PN_CONFLICT);
}

static void an_uncertain_message_that_did_not_leave_is_sent_again(void **state) {
    (void)state;
    size_t count = 0;
    start();
    pn_id id = left_uncertain();
    int64_t before = rig_int(&r, "SELECT count(*) FROM carrier");
    rig_ok(&r, settle(id, PN_UNCERTAIN_RESEND, &count));
    rig_advance(&r, "2026-01-21", 12, 0);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM carrier"), before + 1);
    assert_int_equal(rig_int(&r, "SELECT state FROM message WHERE id = %lld", (long long)id), 2);
}

static void an_uncertain_message_may_be_dropped(void **state) {
    (void)state;
    size_t count = 0;
    start();
    pn_id id = left_uncertain();
    int64_t made = rig_int(&r, "SELECT count(*) FROM contact_made");
    rig_ok(&r, settle(id, PN_UNCERTAIN_DROP, &count));
    rig_advance(&r, "2026-01-21", 12, 0);
    rig_assert_rows(&r, "5|dropped", "SELECT state, reason FROM message WHERE id = %lld",
                    (long long)id);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM contact_made"), made - 1);
}

/* ── lists ───────────────────────────────────────────────────────────────────────────────────── */

static pn_err list(const char *filter, int64_t *ret_total) {
    pn_case_query query = {.subject = PN_SUBJECT_INVOICE, .limit = 10};
    pn_case_row *rows = NULL;
    size_t count = 0;
    pn_json *json = NULL;
    rig_ok(&r, pn_json_parse(pn_str_of(filter), NULL, &r.arena, &json, &r.diag));
    rig_ok(&r, pn_rule_compile(json, query.subject, &r.arena, &query.rule, &r.diag));
    return pn_case_list(r.app, &query, &r.arena, &rows, &count, ret_total, &r.diag);
}

static void a_list_is_of_what_its_rule_says(void **state) {
    int64_t total = 0;
    (void)state;
    start();
    rig_ok(&r, list("[\"debtor.name\",\"contains\",\"núñez\"]", &total));
    assert_int_equal(total, 2);
    pn_buf many;
    pn_buf_init(&many, 1 << 12);
    pn_buf_add_lit(&many, "[\"invoice.number\",\"in\",[\"F-1\"");
    for (int i = 0; i < 60; i++) {
        pn_buf_add_format(&many, ",\"X-%d\"", i);
    }
    pn_buf_add_lit(&many, "]]");
    pn_buf_add_char(&many, '\0');
    assert_int_equal(list(many.ptr, &total), PN_LIMIT);
    assert_non_null(strstr(r.diag.what, "at most 40"));
    pn_buf_done(&many);
}

/* Nothing can be asked of D2: its oldest due day is unknown, and it stands last. */
static void a_list_begins_with_the_oldest(void **state) {
    static const char *const KEYS[] = {"D1", "D3", "D2"};
    pn_case_query query = {.subject = PN_SUBJECT_ACCOUNT, .limit = 10};
    pn_case_row *rows = NULL;
    size_t count = 0;
    int64_t total = 0;
    pn_id id = 0;
    (void)state;
    start();
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    rig_ok(&r, pn_books_dispute(r.app, rig_invoice(&r, "F-3"), 0, 30000, PN_STR("price"), &r.arena,
                                &id, &r.diag));
    rig_ok(&r, pn_app_commit(r.app, &r.diag));
    rig_ok(&r, pn_case_list(r.app, &query, &r.arena, &rows, &count, &total, &r.diag));
    assert_int_equal(total, PN_COUNT(KEYS));
    assert_int_equal(count, PN_COUNT(KEYS));
    for (size_t i = 0; i < count; i++) {
        assert_true(pn_str_eq(rows[i].debtor_key, pn_str_of(KEYS[i])));
    }
}

static void a_list_does_not_count_for_ever(void **state) {
    pn_case_query query = {.subject = PN_SUBJECT_INVOICE, .limit = 10};
    pn_case_row *rows = NULL;
    size_t count = 0;
    int64_t total = 0;
    pn_buf csv;
    (void)state;
    pn_buf_init(&csv, 1 << 20);
    pn_buf_add_lit(&csv, "external_id;debtor;issued;due;amount\n");
    for (int i = 0; i < PN_LIMIT_CASES_COUNTED + 20; i++) {
        pn_buf_add_format(&csv, "X-%d;D%d;2026-01-02;2026-02-01;10,00\n", i, i % 9);
    }
    pn_buf_add_char(&csv, '\0');
    rig_import(&r, PN_IMPORT_INVOICES, csv.ptr);
    pn_buf_done(&csv);
    rig_ok(&r, pn_case_list(r.app, &query, &r.arena, &rows, &count, &total, &r.diag));
    assert_int_equal(count, 10);
    assert_int_equal(total, PN_LIMIT_CASES_COUNTED + 1);
}

int main(void) {
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(import_makes_debtors_accounts_and_ledger),
        TEST(import_again_changes_nothing),
        TEST(import_is_all_or_nothing),
        TEST(a_skipped_row_makes_no_debtor),
        TEST(dry_run_changes_nothing),
        TEST(payments_come_in_a_file),
        TEST(debtors_are_reminded_in_time),
        TEST(an_outage_of_our_server_loses_nothing),
        TEST(trouble_is_told_again),
        TEST(no_address_stays_in_what_a_server_says),
        TEST(what_cannot_be_reached_becomes_a_task),
        TEST(the_second_reminder_is_firmer),
        TEST(paid_means_stop),
        TEST(a_payment_that_lands_first_wins),
        TEST(a_partial_payment_does_not_restart),
        TEST(reversal_reopens_the_case),
        TEST(a_case_that_says_thanks_charges_nothing),
        TEST(a_pill_and_its_case_charge_once),
        TEST(more_money_than_debt_stays_unapplied),
        TEST(a_promise_holds_its_amount),
        TEST(a_kept_promise_counts),
        TEST(a_dispute_takes_its_amount_out),
        TEST(what_is_closed_is_not_disputed),
        TEST(a_hold_stops_and_ends),
        TEST(a_hold_is_released),
        TEST(stale_data_stop_and_fresh_data_go_on),
        TEST(a_credit_note_closes_silently),
        TEST(a_new_process_goes_on_where_the_old_one_was),
        TEST(a_week_of_downtime_sends_one_message),
        TEST(a_second_engine_is_refused_on_a_file),
        TEST(a_case_enters_what_another_process_published),
        TEST(an_invoice_is_settled_before_its_account),
        TEST(one_address_gets_one_message),
        TEST(an_uncertain_message_that_left_counts),
        TEST(an_uncertain_message_that_did_not_leave_is_sent_again),
        TEST(an_uncertain_message_may_be_dropped),
        TEST(a_list_is_of_what_its_rule_says),
        TEST(a_list_begins_with_the_oldest),
        TEST(a_list_does_not_count_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
