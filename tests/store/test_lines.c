/* Lines of invoices by import: what is written, what is refused and where, and that the same file
 * changes nothing. */
#include "app_rig.h"

static rig r;

static const char *const INVOICES =
    "external_id;debtor;debtor_name;email;issued;due;amount\n"
    "F-1;D1;Talleres Núñez;nunez@example.com;2025-12-12;2026-01-14;1.210,00\n"
    "F-2;D1;Talleres Núñez;nunez@example.com;2025-12-20;2026-01-20;1.060,00\n"
    "F-3;D2;Bar Pepe;pepe@example.com;2025-12-15;2026-01-15;300,00\n";

static int set_up(void **state) {
    (void)state;
    rig_open(&r);
    rig_import(&r, PN_IMPORT_INVOICES, INVOICES);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    rig_agrees(&r);
    rig_close(&r);
    return 0;
}

#define LINES                                                                                      \
    "SELECT i.external_id, l.line, l.sku, l.description, l.quantity, l.unit_price, l.net_minor,"   \
    " l.tax_ppm, l.amount_minor FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id"         \
    " ORDER BY i.external_id, l.line"
#define TAXES                                                                                      \
    "SELECT i.external_id, t.kind, t.label, t.rate_ppm, t.base_minor, t.amount_minor"              \
    " FROM invoice_tax t JOIN invoice i ON i.id = t.invoice_id ORDER BY i.external_id, t.position"

static const char *const GOOD = "Factura;Línea;Código;Concepto;Cantidad;Precio;Importe;IVA;IRPF\n"
                                "F-1;1;P-1;Palés;100;8,00;800,00;21 %;\n"
                                "F-2;1;H-1;Horas;20;50;;21;15\n"
                                "F-1;2;T-1;Transporte;2;100;200,00;21 %;\n";

static void lines_are_kept_with_their_taxes(void **state) {
    (void)state;
    pn_import_report report = rig_import(&r, PN_IMPORT_LINES, GOOD);
    assert_int_equal(report.created, 3);
    assert_int_equal(report.rows, 3);
    rig_assert_rows(&r,
                    "F-1|1|P-1|Palés|100000000|8000000|80000|210000|96800\n"
                    "F-1|2|T-1|Transporte|2000000|100000000|20000|210000|24200\n"
                    "F-2|1|H-1|Horas|20000000|50000000|100000|210000|106000",
                    LINES);
    rig_assert_rows(&r,
                    "F-1|0|IVA|210000|100000|21000\n"
                    "F-2|0|IVA|210000|100000|21000\n"
                    "F-2|1|Retención IRPF|150000|100000|15000",
                    TAXES);
    rig_assert_rows(&r, "1\n1\n0", "SELECT flags & 1 FROM invoice ORDER BY external_id");
}

static void the_same_file_changes_nothing(void **state) {
    (void)state;
    rig_import(&r, PN_IMPORT_LINES, GOOD);
    int64_t events = rig_int(&r, "SELECT count(*) FROM event");
    int64_t seq = rig_int(&r, "SELECT sum(seq) FROM debtor");
    pn_import_report report = rig_import(&r, PN_IMPORT_LINES, GOOD);
    assert_int_equal(report.same, 3);
    assert_int_equal(report.created + report.changed, 0);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM event"), events);
    assert_int_equal(rig_int(&r, "SELECT sum(seq) FROM debtor"), seq);
}

static void a_file_replaces_the_lines_of_its_invoices(void **state) {
    (void)state;
    rig_import(&r, PN_IMPORT_LINES, GOOD);
    pn_import_report report = rig_import(&r, PN_IMPORT_LINES,
                                         "invoice,description,amount,tax rate\n"
                                         "F-1,Todo,1000.00,21\n");
    assert_int_equal(report.changed, 1);
    rig_assert_rows(&r, "F-1|1\nF-2|1",
                    "SELECT i.external_id, l.line FROM invoice_line l"
                    " JOIN invoice i ON i.id = l.invoice_id ORDER BY i.external_id, l.line");
}

static pn_import_report refused(const char *text, bool skip_bad, bool informative) {
    pn_import_request request = {.kind = PN_IMPORT_LINES,
                                 .file_name = PN_STR("lines.csv"),
                                 .bytes = pn_str_of(text),
                                 .skip_bad = skip_bad,
                                 .informative = informative};
    pn_import_report report;
    pn_err err = pn_import_run(r.app, &request, &r.arena, &report, &r.diag);
    assert_int_equal(err, skip_bad || informative ? PN_OK : PN_INVALID);
    return report;
}

static void lines_that_do_not_add_up_are_refused(void **state) {
    (void)state;
    static const char *const FILE_TEXT = "factura;concepto;importe;iva\n"
                                         "F-1;Palés;900,00;21\n"
                                         "F-3;Menú;300,00;\n";
    pn_import_report report = refused(FILE_TEXT, false, false);
    assert_int_equal(report.problem_count, 1);
    assert_int_equal(report.problems[0].line, 2);
    assert_str(report.problems[0].reason,
               "its lines come to 1089.00 (900.00, taxes 189.00, withheld 0.00), the invoice to "
               "1210.00 EUR; correct them, or import with --informative");
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM invoice_line"), 0);
    report = refused(FILE_TEXT, true, false);
    assert_int_equal(report.skipped, 1);
    rig_assert_rows(&r, "F-3",
                    "SELECT i.external_id FROM invoice_line l JOIN invoice i"
                    " ON i.id = l.invoice_id");
    report = refused(FILE_TEXT, false, true);
    assert_int_equal(report.created, 1);
    assert_int_equal(report.same, 1);
    assert_int_equal(rig_int(&r, "SELECT sum(amount_minor) FROM invoice_line"), 108900 + 30000);
}

static void every_bad_row_is_told(void **state) {
    (void)state;
    pn_import_report report = refused("factura;linea;concepto;cantidad;precio;importe;iva\n"
                                      "F-9;1;Nada;1;1;1,00;21\n"
                                      "F-1;1;Palés;10;80;900,00;21\n"
                                      "F-1;2;Palés;x;80;900,00;21\n"
                                      "F-2;1;Horas;;;;\n"
                                      "F-2;1;Horas;;;1.060,00;121 %\n"
                                      "F-3;1;Menú;;;150,00;0\n"
                                      "F-3;1;Menú;;;150,00;0\n",
                                      false, false);
    pn_buf told;
    pn_buf_init(&told, 4000);
    for (size_t i = 0; i < report.problem_count; i++) {
        pn_buf_add_format(&told, "%lld %.*s: %.*s\n", (long long)report.problems[i].line,
                          PN_STR_ARG(report.problems[i].field),
                          PN_STR_ARG(report.problems[i].reason));
    }
    assert_str(pn_buf_str(&told),
               "2 invoice: there is no such invoice of Ibarra; import it first\n"
               "3 amount: quantity × unit price less discount is 800.00, but the amount says "
               "900.00\n"
               "4 quantity: “x” is not an amount. Write it like 1.234,56 or 1234,56.\n"
               "5 amount: neither amount nor total is given, nor quantity and unit price\n"
               "6 tax_rate: a percentage from 0 to 100 is expected, like 21 or 5,2\n"
               "8 line: this line of invoice F-3 stands twice in the file\n");
    pn_buf_done(&told);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM invoice_line"), 0);
}

static void amounts_with_taxes_give_those_before(void **state) {
    (void)state;
    rig_import(&r, PN_IMPORT_LINES,
               "invoice;description;total;iva;recargo\n"
               "F-3;Menú;100,01;21;5,2\n"
               "F-3;Vino;199,99;10;\n");
    rig_assert_rows(&r, "7925|10001\n18181|19999",
                    "SELECT net_minor, amount_minor FROM invoice_line ORDER BY line");
    rig_assert_rows(&r,
                    "F-3|0|IVA|210000|7925|1664\nF-3|0|IVA|100000|18181|1818\n"
                    "F-3|0|Recargo de equivalencia|52000|7925|412",
                    TAXES);
}

static void a_line_can_be_disputed_by_its_number(void **state) {
    (void)state;
    rig_import(&r, PN_IMPORT_LINES,
               "invoice;line;description;amount;iva\n"
               "F-1;10;Palés;800,00;21\n"
               "F-1;20;Transporte;200,00;21\n");
    pn_id id = 0;
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    assert_int_equal(pn_books_dispute(r.app, rig_invoice(&r, "F-1"), 2, 0, PN_STR("falta"),
                                      &r.arena, &id, &r.diag),
                     PN_INVALID);
    assert_string_equal(r.diag.what, "Invoice F-1 has no line 2.");
    rig_ok(&r, pn_books_dispute(r.app, rig_invoice(&r, "F-1"), 20, 0, PN_STR("falta"), &r.arena,
                                &id, &r.diag));
    rig_ok(&r, pn_app_commit(r.app, &r.diag));
    rig_assert_rows(&r, "24200|96800",
                    "SELECT disputed_minor, claimable_minor FROM invoice"
                    " WHERE external_id = 'F-1'");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(lines_are_kept_with_their_taxes),
        TEST(the_same_file_changes_nothing),
        TEST(a_file_replaces_the_lines_of_its_invoices),
        TEST(lines_that_do_not_add_up_are_refused),
        TEST(every_bad_row_is_told),
        TEST(amounts_with_taxes_give_those_before),
        TEST(a_line_can_be_disputed_by_its_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
