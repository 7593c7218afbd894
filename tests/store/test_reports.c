/* Reports by hand: every figure below was computed from the invoices and payments on paper. */
#include "app/allocations.h"
#include "app/config.h"
#include "app/report_cause.h"
#include "app/report_money.h"
#include "app/report_rows.h"
#include "app/rollup.h"
#include "app/segments.h"
#include "app/signals.h"
#include "app_rig.h"
#include "rows_agree.h"

static rig r;

static const pn_report_of ALL = {0};

static const char *const INVOICES =
    "external_id;debtor;debtor_name;email;issued;due;amount\n"
    "F-1;D1;Talleres Núñez;nunez@example.com;2025-12-12;2026-01-14;1.210,00\n"
    "F-2;D1;Talleres Núñez;nunez@example.com;2025-12-20;2026-01-20;90,50\n"
    "F-3;D2;Bar Pepe;pepe@example.com;2026-01-05;2026-02-04;300,00\n";

static const char *const STRATEGY =
    "{'puntual': 1, 'name': 'mano', 'kind': 'strategy', 'subject': 'account', 'priority': 5,"
    " 'entry': {'rule': ['account.open', '>', 0]}, 'start': 'd2', 'nodes': {"
    "  'd2': {'type': 'wait.due', 'days': 2, 'at': '10:00', 'next': 'm1'},"
    "  'm1': {'type': 'send.email', 'template': 'prueba', 'tone': 1, 'next': 'd20',"
    "         'error': 'fin'},"
    "  'd20': {'type': 'wait.due', 'days': 20, 'at': '10:00', 'next': 'fin'},"
    "  'fin': {'type': 'end', 'outcome': 'done'}}}";

static int set_up(void **state) {
    (void)state;
    rig_open(&r);
    rig_import(&r, PN_IMPORT_INVOICES, INVOICES);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    rig_work(&r);
    rig_agrees(&r);
    rig_close(&r);
    return 0;
}

static pn_date on(const char *iso) {
    pn_date date = 0;
    assert_int_equal(pn_date_parse_iso(pn_str_of(iso), &date), PN_OK);
    return date;
}

static void reverse(pn_id payment) {
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    pn_err err = pn_books_reverse(r.app, payment, PN_STR("returned"), &r.arena, &r.diag);
    rig_ok(&r, pn_app_end(r.app, err, &r.diag));
}

/* 500.00 of F-1 on 24 January; F-3 on 10 February, taken back on the 12th. */
static void pay_and_take_back(void) {
    rig_advance(&r, "2026-01-24", 12, 0);
    (void)rig_pay(&r, "D1", 50000, "F-1");
    rig_advance(&r, "2026-02-10", 12, 0);
    pn_id payment = rig_pay(&r, "D2", 30000, "F-3");
    rig_advance(&r, "2026-02-12", 12, 0);
    reverse(payment);
}

/* ── money ───────────────────────────────────────────────────────────────────────────────────── */

static void aged(const char *as_of, int64_t not_due, int64_t to_30, int64_t to_60) {
    pn_ageing_row *rows = NULL;
    size_t count = 0;
    rig_ok(&r, pn_report_ageing(r.app, on(as_of), &ALL, &r.arena, &rows, &count, &r.diag));
    assert_int_equal(count, 2); /* all creditors together, and the only one */
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(rows[i].bands[0], not_due);
        assert_int_equal(rows[i].bands[1], to_30);
        assert_int_equal(rows[i].bands[2], to_60);
        assert_int_equal(rows[i].open, not_due + to_30 + to_60);
    }
}

static void ageing_is_of_any_day(void **state) {
    (void)state;
    pay_and_take_back();
    aged("2025-12-15", 121000, 0, 0);
    aged("2026-01-14", 160050, 0, 0); /* due that day is not overdue */
    aged("2026-01-23", 30000, 130050, 0);
    aged("2026-01-24", 30000, 80050, 0);
    aged("2026-02-11", 0, 80050, 0);
    aged("2026-02-12", 0, 110050, 0);
    aged("2026-02-20", 0, 30000, 80050);
    pn_ageing_row *rows = NULL;
    size_t count = 0;
    rig_ok(&r, pn_report_ageing(r.app, on("2025-12-01"), &ALL, &r.arena, &rows, &count, &r.diag));
    assert_int_equal(count, 0);
}

static void listed_from(const char *as_of, size_t band, bool older, const char *expected) {
    pn_ageing_query query = {.as_of = on(as_of),
                             .band = band,
                             .older = older,
                             .currency = {"EUR"},
                             .after_due = PN_DATE_NONE,
                             .limit = 10};
    pn_ageing_invoice *rows = NULL;
    size_t count = 0;
    pn_buf text;
    pn_buf_init(&text, 1000);
    rig_ok(&r, pn_report_ageing_invoices(r.app, &query, &r.arena, &rows, &count, &r.diag));
    for (size_t i = 0; i < count; i++) {
        pn_buf_add_format(&text, "%.*s %lld;", PN_STR_ARG(rows[i].number), (long long)rows[i].open);
    }
    assert_string_equal(pn_str_z(&r.arena, pn_buf_str(&text)), expected);
    pn_buf_done(&text);
}

static void listed(const char *as_of, size_t band, const char *expected) {
    listed_from(as_of, band, false, expected);
}

static void its_invoices_add_up(void **state) {
    (void)state;
    pay_and_take_back();
    listed("2025-12-15", 0, "F-1 121000;");
    listed("2026-01-23", 1, "F-1 121000;F-2 9050;");
    listed("2026-01-24", 1, "F-1 71000;F-2 9050;");
    listed("2026-02-11", 1, "F-1 71000;F-2 9050;");
    listed("2026-02-12", 1, "F-1 71000;F-2 9050;F-3 30000;");
    listed("2026-02-20", 2, "F-1 71000;F-2 9050;");
    listed("2026-02-20", 5, "");
    listed_from("2026-01-16", 0, true, "F-1 121000;F-2 9050;F-3 30000;");
    listed_from("2026-01-16", 1, true, "F-1 121000;"); /* what is overdue */
}

static void a_span_of_days(void **state) {
    (void)state;
    pn_money_row *rows = NULL;
    size_t count = 0;
    pay_and_take_back();
    rig_ok(&r, pn_report_money(r.app, on("2026-01-01"), on("2026-02-01"), &ALL, &r.arena, &rows,
                               &count, &r.diag));
    assert_int_equal(count, 1);
    assert_int_equal(rows[0].open_before, 130050);
    assert_int_equal(rows[0].billed, 30000);
    assert_int_equal(rows[0].collected, 50000);
    assert_int_equal(rows[0].open, 110050);
    assert_int_equal(rows[0].overdue, 80050);
    assert_int_equal(rows[0].payments, 1);
    assert_int_equal(rows[0].paid_late_tenths, 100); /* ten days after the 14th */
    assert_int_equal(rows[0].dso_tenths, 1137);      /* 1100.50 ÷ 300 × 31 */
    assert_int_equal(rows[0].add_tenths, 827);       /* 800.50 ÷ 300 × 31 */
    assert_int_equal(rows[0].countback_days, 51);    /* to 12 December, both included */
    assert_int_equal(rows[0].cei_bp, 3844);          /* 500 ÷ 1300.50 */
    assert_int_equal(rows[0].month_count, 1);
    assert_int_equal(rows[0].months[0].collected, 50000);
    rig_ok(&r, pn_report_money(r.app, on("2026-02-01"), on("2026-03-01"), &ALL, &r.arena, &rows,
                               &count, &r.diag));
    assert_int_equal(rows[0].collected, 0);
    assert_int_equal(rows[0].taken_back, 30000);
    assert_int_equal(rows[0].paid_late_tenths, 60);
    assert_int_equal(rows[0].dso_tenths, -1); /* nothing was billed */
    assert_int_equal(rows[0].open, 110050);
}

/* A case that cannot be read keeps no money out: its phase is not known, no more. */
static void money_comes_in_where_a_case_cannot_be_read(void **state) {
    (void)state;
    (void)rig_strategy(&r, STRATEGY);
    rig_work(&r);
    assert_int_not_equal(rig_int(&r, "SELECT count(*) FROM run WHERE status = 0"), 0);
    rig_sql(&r, "CREATE TABLE kept AS SELECT id, memory FROM run");
    rig_sql(&r, "UPDATE run SET memory = x'ff'");
    (void)rig_pay(&r, "D1", 50000, "F-1");
    rig_sql(&r, "UPDATE run SET memory = (SELECT k.memory FROM kept k WHERE k.id = run.id)");
    rig_sql(&r, "DROP TABLE kept");
    rig_assert_rows(&r, "50000|", "SELECT amount_minor, phase FROM credited");
}

static void cohorts_by_month_of_due_date(void **state) {
    (void)state;
    pn_cohort_row *rows = NULL;
    size_t count = 0;
    pay_and_take_back();
    rig_ok(&r, pn_report_cohorts(r.app, on("2026-01-01"), on("2026-03-01"), on("2026-02-12"), &ALL,
                                 &r.arena, &rows, &count, &r.diag));
    assert_int_equal(count, 2);
    assert_int_equal(rows[0].due, 130050);
    assert_int_equal(rows[0].paid[1], 0);     /* seven days after */
    assert_int_equal(rows[0].paid[2], 50000); /* fifteen */
    assert_true(rows[0].complete[1]);
    assert_false(rows[0].complete[2]); /* of what was due on the 31st they are not over */
    assert_int_equal(rows[1].due, 30000);
    assert_int_equal(rows[1].paid[1], 30000);
    assert_int_equal(rows[1].paid[2], 0); /* taken back after eight days */
    assert_false(rows[1].complete[0]);
}

static void another_due_date_moves_its_past(void **state) {
    (void)state;
    pay_and_take_back();
    rig_import(&r, PN_IMPORT_INVOICES,
               "external_id;debtor;debtor_name;email;issued;due;amount\n"
               "F-2;D1;Talleres Núñez;nunez@example.com;2025-12-22;2026-02-05;90,50\n");
    aged("2026-01-23", 39050, 121000, 0);
    aged("2025-12-21", 121000, 0, 0);
}

/* ── causes ──────────────────────────────────────────────────────────────────────────────────── */

static pn_cause_row cause(pn_cause_by by, const char *name) {
    pn_cause_row *rows = NULL;
    size_t count = 0;
    rig_ok(&r, pn_report_causes(r.app, by, on("2026-01-01"), on("2026-02-01"), &ALL, &r.arena,
                                &rows, &count, &r.diag));
    for (size_t i = 0; i < count; i++) {
        if (pn_str_eq(rows[i].name, pn_str_of(name))) {
            return rows[i];
        }
    }
    print_error("nothing is put down to “%s”\n", name);
    fail();
    return (pn_cause_row){0};
}

static void read_by_a_person(void) {
    pn_signal_report seen = {.carrier_id = rig_int(&r, "SELECT max(id) FROM carrier WHERE"
                                                       " debtor_id = (SELECT id FROM debtor WHERE"
                                                       " external_id = 'D1')"),
                             .kind = PN_SIGNAL_CLICK,
                             .source = PN_SOURCE_HUMAN};
    for (int i = 0; i < 2; i++) { /* twice is once */
        rig_ok(&r, pn_app_begin(r.app, &r.diag));
        pn_err err = pn_signals_add(r.app, &seen, &r.arena, &r.diag);
        rig_ok(&r, pn_app_end(r.app, err, &r.diag));
    }
}

static void run_and_pay(void) {
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    pn_err err = pn_config_set(r.app, PN_STR("cost_email"), PN_STR("45.00 EUR"), &r.diag);
    rig_ok(&r, pn_app_end(r.app, err, &r.diag));
    rig_strategy(&r, STRATEGY);
    rig_work(&r);
    rig_advance(&r, "2026-01-17", 12, 0);
    read_by_a_person();
}

static void money_is_put_down_to_what_left_last(void **state) {
    (void)state;
    run_and_pay();
    pn_id payment = rig_pay(&r, "D1", 130050, "");
    rig_work(&r);
    pn_cause_row email = cause(PN_CAUSE_CHANNEL, "email");
    assert_int_equal(email.sent, 1); /* D2's is not due yet */
    assert_int_equal(email.read, 1);
    assert_int_equal(email.clicked, 1);
    assert_int_equal(email.visited, 0);
    assert_int_equal(email.paid.count, 1);
    assert_int_equal(email.paid.items[0].amount, 130050);
    assert_int_equal(email.paid.items[0].count, 2); /* once an invoice */
    assert_int_equal(email.alone.items[0].amount, 130050);
    assert_int_equal(email.cost.items[0].amount, 5); /* 4.5 cents */
    assert_int_equal(cause(PN_CAUSE_TEMPLATE, "prueba").version, 1);
    assert_int_equal(cause(PN_CAUSE_STRATEGY, "mano").paid.items[0].amount, 130050);
    assert_int_equal(cause(PN_CAUSE_PHASE, "").paid.items[0].amount, 130050);
    reverse(payment);
    assert_int_equal(cause(PN_CAUSE_CHANNEL, "email").paid.items[0].amount, 0);
}

/* ── rows ────────────────────────────────────────────────────────────────────────────────────── */

static void rows_are(pn_rows_query query, const char *expected) {
    pn_report_row *rows = NULL;
    size_t count = 0;
    pn_buf text;
    pn_buf_init(&text, 1000);
    query.from = on("2026-01-01");
    query.to = on("2026-03-01");
    query.after_at = query.after_id = INT64_MAX;
    query.limit = query.limit == 0 ? 10 : query.limit;
    do { /* page by page */
        rig_ok(&r, pn_report_rows(r.app, &query, &r.arena, &rows, &count, &r.diag));
        for (size_t i = 0; i < count; i++) {
            pn_buf_add_format(&text, "%.*s %.*s %lld;", PN_STR_ARG(rows[i].debtor_name),
                              PN_STR_ARG(rows[i].number), (long long)rows[i].amount);
            query.after_at = rows[i].at;
            query.after_id = rows[i].id;
        }
    } while (count == (size_t)query.limit);
    assert_string_equal(pn_str_z(&r.arena, pn_buf_str(&text)), expected);
    pn_buf_done(&text);
}

static void a_figure_leads_to_its_rows(void **state) {
    (void)state;
    run_and_pay();
    (void)rig_pay(&r, "D1", 130050, "");
    rig_work(&r);
    static const char BOTH[] = "Talleres Núñez F-2 9050;Talleres Núñez F-1 121000;";
    rows_are((pn_rows_query){.what = PN_ROWS_COLLECTED}, BOTH);
    rows_are((pn_rows_query){.what = PN_ROWS_COLLECTED, .limit = 1}, BOTH);
    rows_are((pn_rows_query){.what = PN_ROWS_COLLECTED, .currency = PN_STR("MXN")}, "");
    pn_rows_query by = {.what = PN_ROWS_COLLECTED, .caused = true, .by = PN_CAUSE_CHANNEL};
    rows_are(by, ""); /* all of it came after a message */
    by.name = PN_STR("email");
    rows_are(by, BOTH);
    by = (pn_rows_query){.what = PN_ROWS_CLICKED,
                         .caused = true,
                         .by = PN_CAUSE_STRATEGY,
                         .name = PN_STR("mano"),
                         .version = 1};
    rows_are(by, "Talleres Núñez  0;");
    by.by = PN_CAUSE_TEMPLATE;
    by.name = PN_STR("prueba");
    rows_are(by, "Talleres Núñez  0;");
    by.what = PN_ROWS_VISITED;
    rows_are(by, "");
    rows_are((pn_rows_query){.what = PN_ROWS_SENT}, "Talleres Núñez  0;");
    rows_are((pn_rows_query){.what = PN_ROWS_READ}, "Talleres Núñez  0;");
    rows_are((pn_rows_query){.what = PN_ROWS_BOUNCED}, "");
    rows_are((pn_rows_query){.what = PN_ROWS_BILLED}, "Bar Pepe F-3 30000;");
    rows_are((pn_rows_query){.what = PN_ROWS_KEPT}, "");
    rows_are((pn_rows_query){.what = PN_ROWS_COMPLAINTS}, "");
    rows_are((pn_rows_query){.what = PN_ROWS_TASKS}, "");
}

/* The segment's rule, which fits cases of one debtor, or with an empty key all of them. */
static const pn_rule *fitting(const char *key) {
    pn_segment_row row;
    const pn_rule *rule = NULL;
    const char *text = key[0] == '\0'
                           ? "[\"debtor.external_id\", \"present\"]"
                           : pn_str_z(&r.arena, pn_str_format(&r.arena,
                                                              "[\"debtor."
                                                              "external_id\", \"=\", \"%s\"]",
                                                              key));
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    pn_err err = pn_segments_put(r.app, PN_STR("unos"), PN_SUBJECT_ACCOUNT, pn_str_of(text),
                                 &r.arena, &row, &r.diag);
    rig_ok(&r, pn_app_end(r.app, err, &r.diag));
    rig_ok(&r, pn_segments_rule(&row, &r.arena, &rule, &r.diag));
    return rule;
}

static size_t agree(const pn_report_of *of) {
    return rows_agree(&r, of, on("2026-01-01"), on("2026-03-01"));
}

static void lower(const char *number, pn_entry_kind kind, int64_t amount, const char *note) {
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    pn_err err = pn_books_lower(r.app, rig_invoice(&r, number), kind, amount, pn_str_of(note),
                                &r.arena, &r.diag);
    rig_ok(&r, pn_app_end(r.app, err, &r.diag));
}

/* Told with what it was: "F-1 credit 1000 2026-01-12 note;". */
static void lowered_is(pn_rows_query query, const char *expected) {
    pn_report_row *rows = NULL;
    size_t count = 0;
    pn_buf text;
    pn_buf_init(&text, 1000);
    query.what = PN_ROWS_LOWERED;
    query.from = on("2026-01-01");
    query.to = on("2026-03-01");
    query.after_at = query.after_id = INT64_MAX;
    query.limit = 1;
    do { /* row by row */
        char day[PN_DATE_ISO_SIZE];
        rig_ok(&r, pn_report_rows(r.app, &query, &r.arena, &rows, &count, &r.diag));
        if (count != 0) {
            pn_buf_add_format(&text, "%.*s %s %lld %s;", PN_STR_ARG(rows[0].number),
                              pn_entry_kind_name(rows[0].kind), (long long)rows[0].amount,
                              pn_date_iso(rows[0].day, day));
            query.after_at = rows[0].at;
            query.after_id = rows[0].id;
        }
    } while (count != 0);
    assert_string_equal(pn_str_z(&r.arena, pn_buf_str(&text)), expected);
    pn_buf_done(&text);
}

/* Of a payment of the 20th that is entered on the 24th 100.00 were withheld: they count on the
 * 20th; taken back on the 26th, late in the evening of Madrid, that day. */
static void what_lowered_the_debt_leads_to_its_rows(void **state) {
    (void)state;
    pn_money_row *money = NULL;
    size_t count = 0;
    rig_advance(&r, "2026-01-22", 12, 0);
    lower("F-2", PN_ENTRY_CREDIT, 1050, "abono");
    lower("F-3", PN_ENTRY_WRITE_OFF, 20000, "incobrable");
    rig_advance(&r, "2026-01-24", 12, 0);
    pn_id invoice = rig_invoice(&r, "F-1");
    pn_payment_request paid = {.debtor_id = rig_debtor(&r, "D1"),
                               .creditor_id = rig_int(&r, "SELECT min(id) FROM creditor"),
                               .amount = {111000, {"EUR"}},
                               .received = on("2026-01-20"),
                               .at = PN_TIME_NONE,
                               .invoices = &invoice,
                               .invoice_count = 1};
    pn_payment_result result;
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    pn_err err = pn_books_pay(r.app, &paid, &r.arena, &result, &r.diag);
    pn_settled wanted = {.invoice_id = invoice, .amount = 111000, .withheld = 10000};
    err = err == PN_OK ? pn_payment_settle(r.app, result.payment_id, &wanted, 1, PN_STR("irpf"),
                                           &r.arena, &r.diag)
                       : err;
    rig_ok(&r, pn_app_end(r.app, err, &r.diag));
    lowered_is((pn_rows_query){0}, "F-3 write_off 20000 2026-01-22;F-2 credit 1050 2026-01-22;"
                                   "F-1 withholding 10000 2026-01-20;");
    rig_advance(&r, "2026-01-26", 23, 30);
    reverse(result.payment_id);
    pn_report_of one = {.rule = fitting("D1")}, other = {.rule = fitting("D2")};
    lowered_is((pn_rows_query){0}, "F-1 withholding -10000 2026-01-26;F-3 write_off 20000"
                                   " 2026-01-22;F-2 credit 1050 2026-01-22;F-1 withholding 10000"
                                   " 2026-01-20;");
    lowered_is((pn_rows_query){.of = other}, "F-3 write_off 20000 2026-01-22;");
    lowered_is((pn_rows_query){.currency = PN_STR("MXN")}, "");
    rig_ok(&r, pn_report_money(r.app, on("2026-01-01"), on("2026-03-01"), &ALL, &r.arena, &money,
                               &count, &r.diag));
    assert_int_equal(money[0].lowered, 21050);
    assert_true(agree(&ALL) > 0 && agree(&one) > 0 && agree(&other) > 0);
}

static void a_cohort_leads_to_its_invoices(void **state) {
    (void)state;
    pay_and_take_back();
    pn_cohort_query query = {.first = on("2026-01-15"),
                             .from = on("2026-01-01"),
                             .to = on("2026-03-01"),
                             .today = on("2026-02-12"),
                             .currency = {"EUR"},
                             .after_due = PN_DATE_NONE,
                             .limit = 10};
    pn_cohort_invoice *rows = NULL;
    size_t count = 0;
    rig_ok(&r, pn_report_cohort_invoices(r.app, &query, &r.arena, &rows, &count, &r.diag));
    assert_int_equal(count, 2); /* F-3 is due in February */
    assert_true(pn_str_is(rows[0].number, "F-1") && pn_str_is(rows[1].number, "F-2"));
    assert_int_equal(rows[0].due, 121000);
    assert_int_equal(rows[0].paid[1], 0); /* within seven days */
    assert_int_equal(rows[0].paid[2], 50000);
    assert_int_equal(rows[1].paid[9], 0);
    query.from = on("2026-01-20"); /* the report begins within the month */
    rig_ok(&r, pn_report_cohort_invoices(r.app, &query, &r.arena, &rows, &count, &r.diag));
    assert_int_equal(count, 1);
    query.first = on("2026-02-01");
    query.today = on("2026-02-11"); /* before it was taken back */
    rig_ok(&r, pn_report_cohort_invoices(r.app, &query, &r.arena, &rows, &count, &r.diag));
    assert_int_equal(count, 1);
    assert_int_equal(rows[0].paid[2], 30000);
    assert_true(agree(&ALL) > 0);
}

static void rows_of_what_there_is_not(void **state) {
    (void)state;
    pn_report_row *rows = NULL;
    size_t count = 0;
    pn_rows_query query = {.what = PN_ROWS_COMPLAINTS, .caused = true, .by = PN_CAUSE_CHANNEL};
    assert_int_equal(pn_report_rows(r.app, &query, &r.arena, &rows, &count, &r.diag), PN_INVALID);
    query = (pn_rows_query){.what = PN_ROWS_SENT,
                            .caused = true,
                            .by = PN_CAUSE_TEMPLATE,
                            .name = PN_STR("nada"),
                            .version = 1};
    assert_int_equal(pn_report_rows(r.app, &query, &r.arena, &rows, &count, &r.diag), PN_NOT_FOUND);
    query = (pn_rows_query){.what = PN_ROWS_STANDING}; /* of which strategy? */
    assert_int_equal(pn_report_rows(r.app, &query, &r.arena, &rows, &count, &r.diag), PN_INVALID);
    query = (pn_rows_query){.what = PN_ROWS_SENT, .node = PN_STR("m1")};
    assert_int_equal(pn_report_rows(r.app, &query, &r.arena, &rows, &count, &r.diag), PN_INVALID);
    rig_strategy(&r, STRATEGY);
    query = (pn_rows_query){.what = PN_ROWS_SENT,
                            .caused = true,
                            .by = PN_CAUSE_STRATEGY,
                            .name = PN_STR("mano"),
                            .version = 1,
                            .node = PN_STR("nada")};
    assert_int_equal(pn_report_rows(r.app, &query, &r.arena, &rows, &count, &r.diag), PN_NOT_FOUND);
}

static void segments_are_as_their_rule_fits_now(void **state) {
    (void)state;
    pn_segment_row row;
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    pn_err err =
        pn_segments_put(r.app, PN_STR("pepe"), PN_SUBJECT_ACCOUNT,
                        PN_STR("[\"debtor.external_id\", \"=\", \"D2\"]"), &r.arena, &row, &r.diag);
    rig_ok(&r, pn_app_end(r.app, err, &r.diag));
    run_and_pay();
    (void)rig_pay(&r, "D1", 130050, "");
    (void)rig_pay(&r, "D2", 30000, "");
    assert_int_equal(cause(PN_CAUSE_SEGMENT, "pepe").paid.items[0].amount, 30000);
    rows_are((pn_rows_query){.what = PN_ROWS_COLLECTED,
                             .caused = true,
                             .by = PN_CAUSE_SEGMENT,
                             .currency = PN_STR("EUR"),
                             .name = PN_STR("pepe")},
             "Bar Pepe F-3 30000;");
}

static void told(pn_buf *text, const char *what, int64_t number) {
    pn_buf_add_format(text, "%s %lld;", what, (long long)number);
}

static void tell_causes(pn_buf *text, const pn_report_of *of) {
    pn_cause_row *rows = NULL;
    size_t count = 0;
    for (pn_cause_by by = PN_CAUSE_PHASE; by <= PN_CAUSE_SEGMENT; by++) {
        rig_ok(&r, pn_report_causes(r.app, by, on("2026-01-01"), on("2026-03-01"), of, &r.arena,
                                    &rows, &count, &r.diag));
        for (size_t i = 0; i < count; i++) {
            pn_buf_add_str(text, rows[i].name);
            told(text, " sent", rows[i].sent);
            told(text, "read", rows[i].read);
            told(text, "clicked", rows[i].clicked);
            told(text, "paid", rows[i].paid.count == 0 ? -1 : rows[i].paid.items[0].amount);
            told(text, "payments", rows[i].paid.count == 0 ? -1 : rows[i].paid.items[0].count);
            told(text, "alone", rows[i].alone.count == 0 ? -1 : rows[i].alone.items[0].amount);
        }
    }
}

/* All that reports say of the first two months of 2026. */
static pn_str all_figures(const pn_report_of *of) {
    pn_money_row *money = NULL;
    pn_cohort_row *cohorts = NULL;
    pn_ageing_row *ageing = NULL;
    pn_work_report work;
    size_t count = 0;
    pn_buf text;
    pn_buf_init(&text, 1 << 16);
    tell_causes(&text, of);
    rig_ok(&r, pn_report_money(r.app, on("2026-01-01"), on("2026-03-01"), of, &r.arena, &money,
                               &count, &r.diag));
    for (size_t i = 0; i < count; i++) {
        told(&text, "open before", money[i].open_before);
        told(&text, "open", money[i].open);
        told(&text, "overdue", money[i].overdue);
        told(&text, "billed", money[i].billed);
        told(&text, "collected", money[i].collected);
        told(&text, "taken back", money[i].taken_back);
        told(&text, "late", money[i].paid_late_tenths);
        told(&text, "countback", money[i].countback_days);
    }
    rig_ok(&r, pn_report_cohorts(r.app, on("2026-01-01"), on("2026-03-01"), on("2026-03-01"), of,
                                 &r.arena, &cohorts, &count, &r.diag));
    for (size_t i = 0; i < count; i++) {
        told(&text, "due", cohorts[i].due);
        told(&text, "in 30", cohorts[i].paid[3]);
    }
    rig_ok(&r, pn_report_ageing(r.app, on("2026-02-20"), of, &r.arena, &ageing, &count, &r.diag));
    for (size_t i = 0; i < count; i++) {
        told(&text, "then", ageing[i].open);
        told(&text, "to 60", ageing[i].bands[2]);
    }
    rig_ok(&r,
           pn_report_work(r.app, on("2026-01-01"), on("2026-03-01"), of, &r.arena, &work, &r.diag));
    told(&text, "tasks", work.tasks);
    told(&text, "left", work.sent);
    pn_str figures = pn_str_dup(&r.arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return figures;
}

/* What is counted from the facts for a segment of all cases is what the kept sums say. */
static void a_segment_of_all_is_all(void **state) {
    (void)state;
    run_and_pay();
    pay_and_take_back();
    pn_report_of every = {.rule = fitting("")};
    pn_str kept = all_figures(&ALL), counted = all_figures(&every);
    assert_string_equal(pn_str_z(&r.arena, counted), pn_str_z(&r.arena, kept));
}

static void figures_of_a_segment_are_its_own(void **state) {
    (void)state;
    pn_money_row *money = NULL;
    pn_ageing_row *ageing = NULL;
    pn_work_report work;
    size_t count = 0;
    run_and_pay();
    pay_and_take_back(); /* 500.00 of F-1; F-3, and back */
    pn_report_of one = {.rule = fitting("D1")}, other = {.rule = fitting("D2")};
    rig_ok(&r, pn_report_money(r.app, on("2026-01-01"), on("2026-03-01"), &one, &r.arena, &money,
                               &count, &r.diag));
    assert_int_equal(count, 1);
    assert_int_equal(money[0].collected, 50000);
    assert_int_equal(money[0].taken_back, 0);
    assert_int_equal(money[0].open, 80050);
    assert_int_equal(money[0].billed, 0); /* both were issued in December */
    rig_ok(&r, pn_report_money(r.app, on("2026-01-01"), on("2026-03-01"), &other, &r.arena, &money,
                               &count, &r.diag));
    assert_int_equal(money[0].collected, 0);
    assert_int_equal(money[0].taken_back, 30000);
    assert_int_equal(money[0].billed, 30000);
    rig_ok(&r,
           pn_report_ageing(r.app, on("2026-02-20"), &other, &r.arena, &ageing, &count, &r.diag));
    assert_int_equal(ageing[0].open, 30000);
    rig_ok(&r, pn_report_work(r.app, on("2026-01-01"), on("2026-02-01"), &one, &r.arena, &work,
                              &r.diag));
    assert_int_equal(work.sent, 1); /* D2's left later */
    assert_int_equal(work.paid.items[0].amount, 50000);
    rig_ok(&r, pn_report_work(r.app, on("2026-01-01"), on("2026-02-01"), &other, &r.arena, &work,
                              &r.diag));
    assert_int_equal(work.sent, 0);
    rows_are((pn_rows_query){.what = PN_ROWS_COLLECTED, .of = one}, "Talleres Núñez F-1 50000;");
    rows_are((pn_rows_query){.what = PN_ROWS_COLLECTED, .of = other, .limit = 1},
             "Bar Pepe F-3 -30000;Bar Pepe F-3 30000;");
    rows_are((pn_rows_query){.what = PN_ROWS_BILLED, .of = one}, "");
    rows_are((pn_rows_query){.what = PN_ROWS_BILLED, .of = other}, "Bar Pepe F-3 30000;");
    rows_are((pn_rows_query){.what = PN_ROWS_CLICKED, .of = one}, "Talleres Núñez  0;");
    rows_are((pn_rows_query){.what = PN_ROWS_CLICKED, .of = other}, "");
    rows_are((pn_rows_query){.what = PN_ROWS_KEPT, .of = other}, "");
    rows_are((pn_rows_query){.what = PN_ROWS_COMPLAINTS, .of = other}, "");
    rows_are((pn_rows_query){.what = PN_ROWS_TASKS, .of = other}, "");
    pn_rows_query both = {.what = PN_ROWS_COLLECTED, /* in one segment, put down to another */
                          .of = one,
                          .caused = true,
                          .by = PN_CAUSE_SEGMENT,
                          .name = PN_STR("unos")};
    rows_are(both, "");
    pn_ageing_query query = {.as_of = on("2026-02-20"),
                             .older = true,
                             .of = other,
                             .currency = {"EUR"},
                             .after_due = PN_DATE_NONE,
                             .limit = 10};
    pn_ageing_invoice *invoices = NULL;
    rig_ok(&r, pn_report_ageing_invoices(r.app, &query, &r.arena, &invoices, &count, &r.diag));
    assert_int_equal(count, 1);
    assert_int_equal(invoices[0].open, 30000);
}

static void a_person_had_a_hand_in_it(void **state) {
    (void)state;
    pn_work_report work;
    run_and_pay();
    pn_contact_made spoke = {.at = pn_app_now(r.app),
                             .channel = PN_CHANNEL_CALL,
                             .purpose = PN_PURPOSE_SERVICE,
                             .conversation = true};
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    pn_err err = pn_contact_made_insert(r.app->db, r.app->org.id, rig_debtor(&r, "D1"),
                                        pn_app_id(r.app), &spoke, 0);
    rig_ok(&r, pn_app_end(r.app, err, &r.diag));
    (void)rig_pay(&r, "D1", 130050, "");
    (void)rig_pay(&r, "D2", 30000, "");
    rig_ok(&r, pn_report_work(r.app, on("2026-01-01"), on("2026-02-01"), &ALL, &r.arena, &work,
                              &r.diag));
    assert_int_equal(work.sent, 1);
    assert_int_equal(work.paid.items[0].amount, 160050);
    assert_int_equal(work.alone.items[0].amount, 30000);
    rows_are((pn_rows_query){.what = PN_ROWS_HANDS_FREE}, "Bar Pepe F-3 30000;");
    rows_are((pn_rows_query){.what = PN_ROWS_AFTER_MESSAGE},
             "Talleres Núñez F-2 9050;Talleres Núñez F-1 121000;");
    assert_true(agree(&ALL) > 0);
    assert_int_equal(work.cost.items[0].amount, 5);
}

static const pn_node_figures *step_named(const pn_figures *figures, const char *id) {
    return &figures->nodes[pn_flow_find(figures->flow, pn_str_of(id))];
}

static void steps_have_figures(void **state) {
    (void)state;
    const pn_published *version = NULL;
    pn_figures figures;
    run_and_pay();
    rig_ok(&r, pn_catalog_find(r.app, PN_STR("mano"), &version, &r.diag));
    rig_ok(&r, pn_figures_make(r.app, version, INT32_MIN, INT32_MAX, &ALL, &r.arena, &figures,
                               &r.diag));
    assert_int_equal(step_named(&figures, "d2")->entered, 2);
    assert_int_equal(step_named(&figures, "d2")->standing, 1);
    assert_int_equal(step_named(&figures, "d2")->open.items[0].amount, 30000);
    assert_int_equal(step_named(&figures, "m1")->entered, 1);
    assert_int_equal(step_named(&figures, "m1")->sent, 1);
    assert_int_equal(step_named(&figures, "m1")->read, 1);
    assert_int_equal(step_named(&figures, "d20")->standing, 1);
    assert_int_equal(step_named(&figures, "d20")->open.items[0].amount, 130050);
    assert_int_equal(figures.edge_count, 3);
    assert_int_equal(figures.edges[0].from, -1);
    assert_int_equal(figures.edges[0].passed, 2);
    (void)rig_pay(&r, "D1", 130050, "");
    rig_work(&r);
    rig_ok(&r, pn_figures_make(r.app, version, INT32_MIN, INT32_MAX, &ALL, &r.arena, &figures,
                               &r.diag));
    assert_int_equal(step_named(&figures, "m1")->paid.items[0].amount, 130050);
    assert_int_equal(step_named(&figures, "d20")->standing, 0);
}

/* Cases, messages and money of a step lead to rows; of a segment they are its own. How often cases
 * came somewhere is kept with no case, so of a segment it is not told. */
static void steps_lead_to_rows(void **state) {
    (void)state;
    const pn_published *version = NULL;
    pn_figures figures;
    run_and_pay();
    pn_report_of one = {.rule = fitting("D1")}, other = {.rule = fitting("D2")};
    pn_rows_query query = {.what = PN_ROWS_STANDING,
                           .caused = true,
                           .by = PN_CAUSE_STRATEGY,
                           .name = PN_STR("mano"),
                           .version = 1};
    rows_are(query, "Bar Pepe  30000;Talleres Núñez  130050;");
    query.node = PN_STR("d20");
    rows_are(query, "Talleres Núñez  130050;");
    query.of = other;
    rows_are(query, "");
    query.of = one;
    rows_are(query, "Talleres Núñez  130050;");
    query.what = PN_ROWS_SENT;
    rows_are(query, ""); /* another step wrote it */
    query.node = PN_STR("m1");
    rows_are(query, "Talleres Núñez  0;");
    rig_ok(&r, pn_catalog_find(r.app, PN_STR("mano"), &version, &r.diag));
    rig_ok(&r, pn_figures_make(r.app, version, INT32_MIN, INT32_MAX, &one, &r.arena, &figures,
                               &r.diag));
    assert_true(figures.narrowed);
    assert_int_equal(step_named(&figures, "d2")->standing, 0);
    assert_int_equal(step_named(&figures, "d20")->standing, 1);
    assert_int_equal(step_named(&figures, "m1")->sent, 1);
    rig_ok(&r, pn_figures_make(r.app, version, INT32_MIN, INT32_MAX, &other, &r.arena, &figures,
                               &r.diag));
    assert_int_equal(step_named(&figures, "d2")->open.items[0].amount, 30000);
    assert_int_equal(step_named(&figures, "m1")->sent, 0);
    assert_int_equal(figures.edge_count, 0);
    (void)rig_pay(&r, "D1", 130050, "");
    rig_work(&r);
    assert_true(agree(&ALL) > 0 && agree(&one) > 0 && agree(&other) > 0);
}

/* ── sums ────────────────────────────────────────────────────────────────────────────────────── */

static void folded_and_made_anew_they_are_the_same(void **state) {
    (void)state;
    int64_t folded = 0;
    size_t rows = 0;
    run_and_pay();
    (void)rig_pay(&r, "D1", 50000, "");
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    rig_ok(&r, pn_rollup_fold(r.app->db, r.app->org.id, 3, &folded));
    assert_int_equal(folded, 3);
    rig_ok(&r, pn_rollup_fold(r.app->db, r.app->org.id, 100000, &folded));
    rig_ok(&r, pn_app_commit(r.app, &r.diag));
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM rollup_delta"), 0);
    rig_agrees(&r);
    assert_int_equal(cause(PN_CAUSE_CHANNEL, "email").sent, 1);
    rig_sql(&r, "DELETE FROM rollup WHERE measure <> 5");
    rig_ok(&r, pn_rollup_rebuild(r.app, &rows, &r.diag));
    assert_true(rows > 5);
    assert_int_equal(cause(PN_CAUSE_CHANNEL, "email").clicked, 1);
}

static void what_is_undone_is_not_counted(void **state) {
    (void)state;
    pn_app_mark mark;
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    rig_ok(&r, pn_app_savepoint(r.app, &mark, &r.diag));
    rig_ok(&r, pn_books_lower(r.app, rig_invoice(&r, "F-1"), PN_ENTRY_CREDIT, 1000, PN_STR("x"),
                              &r.arena, &r.diag));
    rig_ok(&r, pn_app_undo(r.app, &mark, &r.diag));
    rig_ok(&r, pn_app_savepoint(r.app, &mark, &r.diag));
    rig_ok(&r, pn_books_lower(r.app, rig_invoice(&r, "F-2"), PN_ENTRY_CREDIT, 1000, PN_STR("x"),
                              &r.arena, &r.diag));
    rig_ok(&r, pn_app_keep(r.app, &r.diag));
    rig_ok(&r, pn_app_commit(r.app, &r.diag));
    aged("2026-01-12", 159050, 0, 0);
}

/* ── split tests ─────────────────────────────────────────────────────────────────────────────── */

static void intervals_are_those_of_the_papers(void **state) {
    (void)state;
    int64_t low = 0, high = 0;
    pn_share_interval(81, 263, &low, &high); /* Newcombe 1998, Two-sided …, table I */
    assert_int_equal(low, 2553);
    assert_int_equal(high, 3662);
    pn_share_interval(0, 20, &low, &high);
    assert_int_equal(low, 0);
    assert_int_equal(high, 1611);
    pn_difference_interval(56, 70, 48, 80, &low, &high); /* Newcombe 1998, table II, (a) */
    assert_int_equal(low, 524);
    assert_int_equal(high, 3339);
    pn_difference_interval(10, 10, 0, 10, &low, &high); /* the same, (h) */
    assert_int_equal(low, 6075);
    assert_int_equal(high, 10000);
}

static void arms_are_counted(void **state) {
    (void)state;
    pn_split_report *splits = NULL;
    const pn_published *version = NULL;
    size_t count = 0;
    run_and_pay();
    rig_ok(&r, pn_catalog_find(r.app, PN_STR("mano"), &version, &r.diag));
    for (int i = 1; i <= 2; i++) {
        rig_sql(&r,
                "INSERT INTO split_arm (debtor_id, strategy_id, split_key, org_id, arm, at)"
                " SELECT d.id, s.id, 'tono', d.org_id, '%s', %lld FROM debtor d, strategy s"
                " WHERE d.external_id = 'D%d'",
                i == 1 ? "A" : "B", (long long)pn_app_now(r.app), i);
    }
    (void)rig_pay(&r, "D1", 1000, "");
    rig_advance(&r, "2026-01-29", 12, 0);
    rig_ok(&r, pn_report_splits(r.app, version->strategy_id, on("2026-01-17"), on("2026-01-18"), 10,
                                &ALL, &r.arena, &splits, &count, &r.diag));
    assert_int_equal(count, 1);
    assert_int_equal(splits[0].arm_count, 2);
    assert_int_equal(splits[0].arms[0].cases, 1);
    assert_int_equal(splits[0].arms[0].ripe, 1);
    assert_int_equal(splits[0].arms[0].paid, 1);
    assert_int_equal(splits[0].arms[0].money.items[0].amount, 1000);
    assert_int_equal(splits[0].arms[1].paid, 0);
    assert_false(splits[0].arms[1].compared); /* one case says nothing */
    pn_report_of one = {.creditor_id = rig_int(&r, "SELECT min(id) FROM creditor"),
                        .rule = fitting("D1")};
    rig_ok(&r, pn_report_splits(r.app, version->strategy_id, on("2026-01-17"), on("2026-01-18"), 10,
                                &one, &r.arena, &splits, &count, &r.diag));
    assert_int_equal(count, 1);
    assert_int_equal(splits[0].arm_count, 1); /* the other's debtor does not fit */
    assert_int_equal(splits[0].arms[0].paid, 1);
    one.rule = fitting("D2");
    rig_ok(&r, pn_report_splits(r.app, version->strategy_id, on("2026-01-17"), on("2026-01-18"), 10,
                                &one, &r.arena, &splits, &count, &r.diag));
    assert_true(pn_str_is(splits[0].arms[0].arm, "B"));
    assert_int_equal(splits[0].arms[0].paid, 0);
    size_t told = agree(&ALL);
    assert_true(told > agree(&one)); /* with both arms, in bounds of their own */
    pn_split_query query = {.strategy_id = version->strategy_id,
                            .key = PN_STR("tono"),
                            .arm = PN_STR("A"),
                            .from = on("2026-01-17"),
                            .to = on("2026-01-18"),
                            .days = 10,
                            .after_at = INT64_MAX,
                            .after_id = INT64_MAX,
                            .limit = 10};
    pn_split_debtor *debtors = NULL;
    rig_ok(&r, pn_report_split_debtors(r.app, &query, &r.arena, &debtors, &count, &r.diag));
    assert_int_equal(count, 1);
    assert_true(pn_str_is(debtors[0].debtor_name, "Talleres Núñez") && debtors[0].ripe);
    assert_int_equal(debtors[0].money.items[0].amount, 1000);
    query.days = 12;
    rig_ok(&r, pn_report_split_debtors(r.app, &query, &r.arena, &debtors, &count, &r.diag));
    assert_false(debtors[0].ripe);
    assert_int_equal(debtors[0].money.count, 0); /* nothing counts before they are over */
    one = (pn_report_of){.creditor_id = -1};     /* somebody else's */
    rig_ok(&r, pn_report_splits(r.app, version->strategy_id, on("2026-01-17"), on("2026-01-18"), 10,
                                &one, &r.arena, &splits, &count, &r.diag));
    assert_int_equal(count, 0);
    rig_ok(&r, pn_report_splits(r.app, version->strategy_id, on("2026-01-17"), on("2026-01-18"), 12,
                                &ALL, &r.arena, &splits, &count, &r.diag));
    assert_int_equal(splits[0].arms[0].ripe, 0); /* its twelve days are not over */
}

/* Spain's clocks went forward on 29 March: 23:30 of the 20th is 22:30 UTC. Who came in then and
 * paid the day before did not pay for it; who paid ten days later did. */
static void days_of_arms_are_those_of_their_own_season(void **state) {
    (void)state;
    pn_split_report *splits = NULL;
    const pn_published *version = NULL;
    size_t count = 0;
    run_and_pay();
    rig_ok(&r, pn_catalog_find(r.app, PN_STR("mano"), &version, &r.diag));
    rig_sql(&r,
            "INSERT INTO split_arm (debtor_id, strategy_id, split_key, org_id, arm, at)"
            " SELECT d.id, s.id, 'tono', d.org_id, 'A', %lld FROM debtor d, strategy s"
            " WHERE d.external_id = 'D1'",
            (long long)(on("2026-03-20") * PN_DAY + 22 * PN_HOUR + 30 * PN_MINUTE));
    rig_advance(&r, "2026-03-30", 12, 0);
    (void)rig_pay(&r, "D1", 1000, "");
    rig_advance(&r, "2026-04-02", 12, 0);
    rig_ok(&r, pn_report_splits(r.app, version->strategy_id, on("2026-03-01"), on("2026-04-01"), 9,
                                &ALL, &r.arena, &splits, &count, &r.diag));
    assert_int_equal(splits[0].arms[0].ripe, 1);
    assert_int_equal(splits[0].arms[0].paid, 0); /* the tenth day */
    rig_ok(&r, pn_report_splits(r.app, version->strategy_id, on("2026-03-01"), on("2026-04-01"), 10,
                                &ALL, &r.arena, &splits, &count, &r.diag));
    assert_int_equal(splits[0].arms[0].paid, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(days_of_arms_are_those_of_their_own_season, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(ageing_is_of_any_day, set_up, tear_down),
        cmocka_unit_test_setup_teardown(its_invoices_add_up, set_up, tear_down),
        cmocka_unit_test_setup_teardown(money_comes_in_where_a_case_cannot_be_read, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_span_of_days, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cohorts_by_month_of_due_date, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_due_date_moves_its_past, set_up, tear_down),
        cmocka_unit_test_setup_teardown(money_is_put_down_to_what_left_last, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_figure_leads_to_its_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_lowered_the_debt_leads_to_its_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cohort_leads_to_its_invoices, set_up, tear_down),
        cmocka_unit_test_setup_teardown(steps_lead_to_rows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rows_of_what_there_is_not, set_up, tear_down),
        cmocka_unit_test_setup_teardown(segments_are_as_their_rule_fits_now, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_segment_of_all_is_all, set_up, tear_down),
        cmocka_unit_test_setup_teardown(figures_of_a_segment_are_its_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_person_had_a_hand_in_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(steps_have_figures, set_up, tear_down),
        cmocka_unit_test_setup_teardown(folded_and_made_anew_they_are_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_undone_is_not_counted, set_up, tear_down),
        cmocka_unit_test(intervals_are_those_of_the_papers),
        cmocka_unit_test_setup_teardown(arms_are_counted, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
