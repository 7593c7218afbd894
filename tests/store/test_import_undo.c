/* Undoing imports: what was made goes, what something was built on stays and is named, the books
 * agree, and the right file can come in afterwards. */
#include "app/import_undo.h"
#include "app_rig.h"

static rig r;

#define HEAD "external_id;debtor;debtor_name;email;issued;due;amount;open\n"

static const char *const FILE_OF_FIVE =
    HEAD "F-1;D1;Talleres Núñez;nunez@example.com;2025-12-01;2026-01-14;1.210,00;\n"
         "F-2;D1;Talleres Núñez;nunez@example.com;2025-12-02;2026-01-15;60,00;\n"
         "F-3;D2;Bar Pepe;pepe@example.com;2025-12-03;2026-01-16;300,00;\n"
         "F-4;D3;Café Sol;sol@example.com;2025-12-04;2026-01-17;400,00;150,00\n"
         "F-5;D4;Gas SL;gas@example.com;2025-12-05;2026-01-18;500,00;0,00\n";

static int set_up(void **state) {
    (void)state;
    rig_open(&r);
    rig_strategy(&r, RIG_STRATEGY);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    rig_work(&r);
    rig_agrees(&r);
    rig_close(&r);
    return 0;
}

static pn_undo_report undo(pn_id import_id, bool dry_run) {
    pn_undo_report report;
    rig_ok(&r, pn_import_undo(r.app, import_id, dry_run, &r.arena, &report, &r.diag));
    return report;
}

static const char *left_of(const pn_undo_report *report) {
    pn_buf text;
    pn_buf_init(&text, 10000);
    for (size_t i = 0; i < report->left_count; i++) {
        pn_buf_add_format(&text, "%s%.*s %.*s", i == 0 ? "" : ", ",
                          PN_STR_ARG(report->left[i].name), PN_STR_ARG(report->left[i].reason));
    }
    const char *copy = pn_str_z(&r.arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

#define STANDING                                                                                   \
    "SELECT external_id, open_minor, closed FROM invoice WHERE import_id > 0 ORDER BY external_id"

static void all_goes_where_nothing_happened(void **state) {
    (void)state;
    pn_import_report report = rig_import(&r, PN_IMPORT_INVOICES, FILE_OF_FIVE);
    rig_work(&r);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM run WHERE status = 0"), 3);
    pn_undo_report dry = undo(report.import_id, true);
    assert_int_equal(dry.invoices, 5);
    assert_int_equal(dry.debtors, 4);
    assert_false(dry.committed);
    rig_assert_rows(&r, "5", "SELECT count(*) FROM invoice WHERE import_id > 0");
    pn_undo_report done = undo(report.import_id, false);
    assert_true(done.committed);
    assert_int_equal(done.invoices, 5);
    assert_int_equal(done.debtors, 4);
    assert_int_equal(done.left_count, 0);
    rig_work(&r);
    rig_assert_rows(&r, "", STANDING);
    rig_assert_rows(&r, "0|0", "SELECT sum(open_minor), sum(claimable_minor) FROM account");
    rig_assert_rows(&r, "0", "SELECT count(*) FROM run WHERE status = 0");
    rig_assert_rows(&r, "0", "SELECT count(*) FROM debtor WHERE archived_at IS NULL");
    rig_assert_rows(&r, "9|0",
                    "SELECT taken_back, left_behind FROM import WHERE undone_at IS NOT NULL");
    rig_advance(&r, "2026-03-01", 9, 0);
    rig_assert_rows(&r, "0", "SELECT count(*) FROM carrier");
}

static void again_it_changes_nothing(void **state) {
    (void)state;
    pn_import_report report = rig_import(&r, PN_IMPORT_INVOICES, FILE_OF_FIVE);
    undo(report.import_id, false);
    int64_t events = rig_int(&r, "SELECT count(*) FROM event");
    pn_undo_report again = undo(report.import_id, false);
    assert_false(again.committed);
    assert_int_equal(again.invoices + again.debtors + again.payments, 0);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM event"), events);
    rig_assert_rows(&r, "9|0",
                    "SELECT taken_back, left_behind FROM import WHERE undone_at IS NOT NULL");
}

static void the_right_file_comes_in_afterwards(void **state) {
    (void)state;
    pn_import_report report = rig_import(&r, PN_IMPORT_INVOICES, FILE_OF_FIVE);
    rig_work(&r);
    undo(report.import_id, false);
    rig_work(&r);
    pn_import_report right =
        rig_import(&r, PN_IMPORT_INVOICES,
                   HEAD "F-1;D1;Talleres Núñez;n@example.com;2025-12-01;2026-01-14;12,10;\n");
    assert_int_equal(right.created, 1);
    assert_int_equal(right.debtors_created, 1);
    rig_work(&r);
    rig_assert_rows(&r, "F-1|1210|0", STANDING);
    rig_advance(&r, "2026-01-20", 12, 0);
    rig_assert_rows(&r, "n@example.com", "SELECT address FROM carrier");
}

static void what_was_built_on_stays(void **state) {
    (void)state;
    pn_import_report report = rig_import(&r, PN_IMPORT_INVOICES, FILE_OF_FIVE);
    pn_id dispute = 0;
    rig_work(&r);
    rig_pay(&r, "D1", 1000, "F-1");
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    rig_ok(&r, pn_books_dispute(r.app, rig_invoice(&r, "F-3"), 0, 0, PN_STR("broken"), &r.arena,
                                &dispute, &r.diag));
    rig_ok(&r, pn_app_commit(r.app, &r.diag));
    rig_import(&r, PN_IMPORT_INVOICES,
               HEAD "F-5;D4;Gas SL;gas@example.com;2025-12-05;2026-02-18;500,00;0,00\n");
    pn_undo_report done = undo(report.import_id, false);
    /* F-1 has money, F-3 a dispute, F-5 was corrected; F-2 and F-4 were touched by nobody */
    assert_int_equal(done.invoices, 2);
    assert_int_equal(done.debtors, 1);
    assert_string_equal(left_of(&done), "D1 changed, D2 changed, D4 changed, F-1 paid, F-3 agreed, "
                                        "F-5 changed");
    rig_work(&r);
    rig_assert_rows(&r, "F-1|120000|0\nF-3|30000|0\nF-5|0|1", STANDING);
}

static void what_was_written_about_stays_until_nothing_holds_it(void **state) {
    (void)state;
    pn_import_report report = rig_import(&r, PN_IMPORT_INVOICES, FILE_OF_FIVE);
    rig_advance(&r, "2026-01-16", 12, 0); /* D1 was reminded of F-1 */
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM carrier"), 1);
    pn_undo_report done = undo(report.import_id, false);
    assert_string_equal(left_of(&done), "F-1 messaged, F-2 messaged, D1 used");
    assert_int_equal(done.invoices, 3);
    assert_int_equal(done.debtors, 3);
    rig_work(&r);
    rig_assert_rows(&r, "F-1|121000|0\nF-2|6000|0", STANDING);
}

static void payments_are_reversed(void **state) {
    (void)state;
    rig_import(&r, PN_IMPORT_INVOICES, FILE_OF_FIVE);
    static const char *const PAID = "external_id;debtor;invoice;amount;date\n"
                                    "B-1;D1;F-2;60,00;2026-01-12\n"
                                    "B-2;D2;;100,00;2026-01-12\n";
    pn_import_report report = rig_import(&r, PN_IMPORT_PAYMENTS, PAID);
    pn_undo_report done = undo(report.import_id, false);
    assert_int_equal(done.payments, 2);
    rig_assert_rows(&r, "121000|6000|30000|15000",
                    "SELECT (SELECT open_minor FROM invoice WHERE external_id = 'F-1'),"
                    " (SELECT open_minor FROM invoice WHERE external_id = 'F-2'),"
                    " (SELECT open_minor FROM invoice WHERE external_id = 'F-3'),"
                    " (SELECT open_minor FROM invoice WHERE external_id = 'F-4')");
    rig_work(&r);
    /* their keys are free: the same file pays again */
    pn_import_report again = rig_import(&r, PN_IMPORT_PAYMENTS, PAID);
    assert_int_equal(again.created, 2);
}

static void a_payment_that_moved_on_stays(void **state) {
    (void)state;
    rig_import(&r, PN_IMPORT_INVOICES, FILE_OF_FIVE);
    pn_import_report report = rig_import(&r, PN_IMPORT_PAYMENTS,
                                         "external_id;debtor;amount\nB-1;D1;60,00\nB-2;D2;1,00\n");
    rig_work(&r);
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    rig_ok(&r,
           pn_books_reverse(r.app, rig_int(&r, "SELECT id FROM payment WHERE external_id = 'B-1'"),
                            PN_STR("returned"), &r.arena, &r.diag));
    rig_ok(&r, pn_app_commit(r.app, &r.diag));
    pn_undo_report done = undo(report.import_id, false);
    assert_int_equal(done.payments, 1); /* the other one is reversed already */
    rig_assert_rows(&r, "2", "SELECT count(*) FROM payment WHERE reversed_at IS NOT NULL");
}

static void what_cannot_be_undone_is_refused(void **state) {
    (void)state;
    pn_undo_report report;
    rig_import(&r, PN_IMPORT_INVOICES, FILE_OF_FIVE);
    pn_import_report lines =
        rig_import(&r, PN_IMPORT_LINES, "Factura;Línea;Importe;IVA\nF-3;1;247,93;21 %\n");
    assert_int_equal(pn_import_undo(r.app, lines.import_id, false, &r.arena, &report, &r.diag),
                     PN_DENIED);
    assert_int_equal(pn_import_undo(r.app, 4711, false, &r.arena, &report, &r.diag), PN_NOT_FOUND);
    rig_sql(&r, "UPDATE import SET last_id = NULL");
    pn_id old = rig_int(&r, "SELECT id FROM import WHERE kind = 'invoices'");
    assert_int_equal(pn_import_undo(r.app, old, false, &r.arena, &report, &r.diag), PN_DENIED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(all_goes_where_nothing_happened),
        TEST(again_it_changes_nothing),
        TEST(the_right_file_comes_in_afterwards),
        TEST(what_was_built_on_stays),
        TEST(what_was_written_about_stays_until_nothing_holds_it),
        TEST(payments_are_reversed),
        TEST(a_payment_that_moved_on_stays),
        TEST(what_cannot_be_undone_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
