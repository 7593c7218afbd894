/* Documents as block documents: what they say, in which language, and that what comes from outside
 * stays one line of text and is never markup. */
#include "unit.h"

#include "compose/document.h"

static pn_arena arena;

static int set_up(void **state) {
    (void)state;
    pn_arena_init(&arena, 0);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    pn_arena_done(&arena);
    return 0;
}

static pn_date day(const char *iso) {
    pn_date date = 0;
    assert_int_equal(pn_date_parse_iso(pn_str_of(iso), &date), PN_OK);
    return date;
}

static pn_currency currency(const char *code) {
    pn_currency c;
    assert_int_equal(pn_currency_parse(pn_str_of(code), &c), PN_OK);
    return c;
}

static pn_document_frame frame_of(const char *language, const char *country) {
    return (pn_document_frame){
        .language = pn_str_of(language),
        .country = pn_str_of(country),
        .today = day("2026-03-10"),
        .creditor = {.name = PN_STR("Duero"),
                     .tax_id = PN_STR("B1"),
                     .country = PN_STR("ES"),
                     .address = PN_STR("Calle Mayor, 12, 28013 Madrid"),
                     .city = PN_STR("Madrid")},
        .debtor = {.name = PN_STR("Talleres *Rayo*"), .country = pn_str_of(country)},
        .customer = PN_STR("C-1"),
        .code = PN_STR("ABC-234"),
        .account = PN_STR("ES91 2100"),
        .account_label = PN_STR("IBAN"),
        .reference = PN_STR("F-1"),
        .qr = PN_STR("BCD"),
    };
}

/* Each document is JSON that any reader takes, and holds these words. */
static pn_json *parsed(const pn_buf *out) {
    pn_json *json = NULL;
    pn_diag diag = {0};
    if (pn_json_parse(pn_buf_str(out), NULL, &arena, &json, &diag) != PN_OK) {
        print_error("%s\n%.*s\n", diag.what, PN_STR_ARG(pn_buf_str(out)));
        fail();
    }
    return json;
}

/* No-break spaces as blanks, so that what is expected can be read here. */
static pn_str plain(pn_str text) {
    char *copy = pn_arena_copy(&arena, text.ptr, text.len);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool wide = pn_str_starts(pn_str_from(text, i), PN_STR("\xC2\xA0"));
        copy[len++] = wide ? ' ' : text.ptr[i];
        i += wide;
    }
    return (pn_str){copy, len};
}

static void says(const pn_buf *out, const char *words) {
    if (pn_str_find(plain(pn_buf_str(out)), pn_str_of(words)) == SIZE_MAX) {
        print_error("“%s” is not in:\n%.*s\n", words, PN_STR_ARG(pn_buf_str(out)));
        fail();
    }
}

static void says_not(const pn_buf *out, const char *words) {
    assert_true(pn_str_find(plain(pn_buf_str(out)), pn_str_of(words)) == SIZE_MAX);
}

static pn_bill small_bill(void) {
    pn_bill bill = {.lines = pn_arena_array(&arena, pn_bill_line, 1), .line_count = 1};
    pn_bill_sums sums;
    bill.lines[0] = (pn_bill_line){.number = 1,
                                   .description = PN_STR("Palés [a](b)"),
                                   .quantity = 2500000,
                                   .unit_price = 40000000,
                                   .net = 10000,
                                   .tax_count = 1};
    bill.lines[0].taxes[0] = (pn_line_tax){.kind = PN_TAX_ADDED,
                                           .label = PN_STR("IVA"),
                                           .rate_ppm = 210000,
                                           .amount = PN_MILLIONTHS_NONE};
    assert_int_equal(pn_bill_sum(&bill, 12100, &arena, &sums), PN_OK);
    return bill;
}

static pn_document_invoice small_invoice(const pn_bill *bill, const char *code) {
    return (pn_document_invoice){.number = PN_STR("F-1"),
                                 .issued = day("2026-02-01"),
                                 .due = day("2026-03-03"),
                                 .currency = currency(code),
                                 .amount = 12100,
                                 .open = 10000,
                                 .paid = 2100,
                                 .disputed = 1000,
                                 .claimable = 9000,
                                 .bill = bill};
}

/* The whole of one, word by word. */
static void an_invoice_says_all_of_it(void **state) {
    (void)state;
    static const char *const EXPECTED =
        "{\"title\":\"Factura F-1\",\"language\":\"es\",\"author\":\"Duero\",\"page\":\"a4\","
        "\"brand\":{\"name\":\"Duero\"},"
        "\"sender\":[\"Duero\",\"Calle Mayor, 12\",\"28013 Madrid\",\"NIF B1\"],"
        "\"recipient\":[\"Talleres *Rayo*\"],"
        "\"meta\":[[\"Fecha de emisión\",\"01/02/2026\"],[\"Vencimiento\",\"03/03/2026\"],"
        "[\"N.º de cliente\",\"C-1\"]],\"blocks\":["
        "{\"table\":{\"columns\":[{\"title\":\"Concepto\",\"align\":\"left\",\"grow\":true},"
        "{\"title\":\"Cantidad\",\"align\":\"right\"},{\"title\":\"Precio\",\"align\":\"right\"},"
        "{\"title\":\"IVA\",\"align\":\"right\"},{\"title\":\"Importe\",\"align\":\"right\"}],"
        "\"rows\":[[\"Palés \\\\[a\\\\]\\\\(b\\\\)\",\"2,5\",\"40,00 €\",\"21 %\",\"100,00 €\"]]}},"
        "{\"totals\":[[\"Base imponible\",\"100,00 €\"],[\"IVA 21 %\",\"21,00 €\"],"
        "[\"**Total factura**\",\"**121,00 €**\"],[\"Pagado\",\"−21,00 €\"],"
        "[\"**Pendiente**\",\"**100,00 €**\"],[\"En disputa\",\"−10,00 €\"]]},"
        "{\"amount\":{\"label\":\"Importe a pagar\",\"value\":\"90,00 €\","
        "\"note\":\"Calculado el 10 de marzo de 2026\"}},"
        "{\"pay\":{\"lines\":[[\"Titular\",\"Duero\"],[\"IBAN\",\"ES91 2100\"],"
        "[\"Concepto\",\"F-1\"],[\"Importe\",\"90,00 €\"]],"
        "\"qr\":{\"payload\":\"BCD\",\"ecc\":\"M\","
        "\"caption\":\"Escanee el código con la app de su banco\"}}},"
        "{\"legal\":\"Código de seguridad: **ABC-234**. Figura en todos nuestros mensajes y "
        "documentos; si recibe uno con otro código o sin él, no pague y avísenos.\"}],"
        "\"footer\":[\"Copia informativa, sin validez fiscal. La factura original es la emitida "
        "por Duero\"],\"page_words\":\"Página {page} de {pages}\"}";
    pn_buf out;
    pn_bill bill = small_bill();
    pn_document_frame frame = frame_of("es", "ES");
    pn_document_invoice invoice = small_invoice(&bill, "EUR");
    pn_buf_init(&out, 1 << 20);
    assert_int_equal(pn_document_invoice_write(&frame, &invoice, &arena, &out), PN_OK);
    assert_str(plain(pn_buf_str(&out)), EXPECTED);
    pn_buf_done(&out);
}

static void words_and_amounts_follow_language_and_country(void **state) {
    (void)state;
    static const struct {
        const char *language, *country, *currency, *total, *amount, *percent;
    } CASES[] = {
        {"es", "MX", "MXN", "Total de la factura", "$121.00", "IVA 21%"},
        {"es-MX", "MX", "MXN", "Subtotal", "$100.00", "IVA 21%"},
        {"en", "GB", "GBP", "Invoice total", "£121.00", "IVA 21%"},
        {"pt", "BR", "BRL", "Total da fatura", "R$ 121,00", "IVA 21%"},
        {"de", "DE", "EUR", "Invoice total", "121,00", "IVA 21%"},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        pn_buf out;
        pn_bill bill = small_bill();
        pn_document_frame frame = frame_of(CASES[i].language, CASES[i].country);
        pn_document_invoice invoice = small_invoice(&bill, CASES[i].currency);
        pn_buf_init(&out, 1 << 20);
        assert_int_equal(pn_document_invoice_write(&frame, &invoice, &arena, &out), PN_OK);
        (void)parsed(&out);
        says(&out, CASES[i].total);
        says(&out, CASES[i].amount);
        says(&out, CASES[i].percent);
        pn_buf_done(&out);
    }
}

static void lines_that_do_not_add_up_only_describe(void **state) {
    (void)state;
    pn_buf out;
    pn_bill bill = small_bill();
    pn_document_frame frame = frame_of("es", "ES");
    pn_document_invoice invoice = small_invoice(&bill, "EUR");
    invoice.amount = 20000;
    pn_buf_init(&out, 1 << 20);
    assert_int_equal(pn_document_invoice_write(&frame, &invoice, &arena, &out), PN_OK);
    says(&out, "Detalle a título informativo.");
    says_not(&out, "Base imponible");
    says(&out, "200,00 €");
    pn_buf_done(&out);
}

static void a_paid_invoice_asks_for_nothing(void **state) {
    (void)state;
    pn_buf out;
    pn_bill bill = {0};
    pn_document_frame frame = frame_of("es", "ES");
    pn_document_invoice invoice = small_invoice(&bill, "EUR");
    invoice.open = invoice.claimable = invoice.disputed = 0;
    invoice.paid = invoice.amount;
    invoice.paid_up = true;
    pn_buf_init(&out, 1 << 20);
    assert_int_equal(pn_document_invoice_write(&frame, &invoice, &arena, &out), PN_OK);
    says(&out, "Esta factura está pagada. Gracias.");
    says(&out, "Según factura");
    says_not(&out, "\"pay\"");
    says_not(&out, "\"amount\":{");
    pn_buf_done(&out);
}

static void a_statement_sets_apart_what_is_not_asked_for(void **state) {
    (void)state;
    const pn_document_item items[] = {
        {.number = PN_STR("F-1"),
         .issued = day("2025-10-01"),
         .effective_due = day("2025-11-01"),
         .amount = 10000,
         .open = 10000,
         .disputed = 4000,
         .claimable = 6000,
         .promise_due = PN_DATE_NONE},
        {.number = PN_STR("F-2"),
         .issued = day("2026-02-01"),
         .effective_due = day("2026-03-20"),
         .amount = 5000,
         .open = 5000,
         .promised = 5000,
         .promise_due = day("2026-04-15")},
    };
    const pn_document_movement movements[] = {
        {.on = day("2026-02-01"), .kind = PN_ENTRY_CHARGE, .number = PN_STR("F-2"), .amount = 5000},
    };
    pn_document_statement statement = {.currency = currency("EUR"),
                                       .items = items,
                                       .item_count = 2,
                                       .since = day("2026-01-01"),
                                       .opening = 10000,
                                       .movements = movements,
                                       .movement_count = 1};
    pn_buf out;
    pn_document_frame frame = frame_of("es", "ES");
    pn_buf_init(&out, 1 << 20);
    assert_int_equal(pn_document_statement_due(&statement), 6000);
    assert_int_equal(pn_document_statement_write(&frame, &statement, &arena, &out), PN_OK);
    (void)parsed(&out);
    says(&out, "\"label\":\"Total a pagar\",\"value\":\"60,00 €\"");
    says(&out, "No incluye 90,00 € que no se reclaman ahora");
    says(&out, "[\"F-1\",\"En disputa\",\"40,00 €\"]");
    says(&out, "[\"F-2\",\"Pago comprometido para el 15/04/2026\",\"50,00 €\"]");
    /* 129 days and not due: the first and the last age */
    says(&out, "[[\"50,00 €\",\"0,00 €\",\"0,00 €\",\"0,00 €\",\"0,00 €\",\"100,00 €\"]]");
    says(&out, "[\"01/02/2026\",\"Factura\",\"F-2\",\"50,00 €\",\"\",\"150,00 €\"]");
    pn_buf_done(&out);
}

static void a_plan_and_a_receipt(void **state) {
    (void)state;
    const pn_document_covered covered[] = {{PN_STR("F-1"), day("2026-01-10"), 10000}};
    const pn_document_installment installments[] = {{day("2026-04-01"), 6000},
                                                    {day("2026-05-01"), 4000}};
    pn_document_plan plan = {.currency = currency("EUR"),
                             .made = day("2026-03-10"),
                             .invoices = covered,
                             .invoice_count = 1,
                             .installments = installments,
                             .installment_count = 2,
                             .default_days = 5};
    pn_buf out;
    pn_document_frame frame = frame_of("es", "ES");
    pn_buf_init(&out, 1 << 20);
    assert_int_equal(pn_document_plan_write(&frame, &plan, &arena, &out), PN_OK);
    (void)parsed(&out);
    says(&out, "**Talleres \\\\*Rayo\\\\***");
    says(&out, "dentro de los 5 días siguientes");
    says(&out, "[\"2 / 2\",\"1 de mayo de 2026\",\"40,00 €\"]");
    says(&out, "\"foot\":[[\"Total\",\"100,00 €\"]]");
    pn_buf_clear(&out);
    const pn_document_applied applied[] = {{PN_STR("F-1"), 5000, 5000}};
    pn_document_receipt receipt = {.currency = currency("EUR"),
                                   .received = day("2026-03-09"),
                                   .amount = 6000,
                                   .unapplied = 1000,
                                   .applied = applied,
                                   .applied_count = 1,
                                   .account_open = 4000};
    assert_int_equal(pn_document_receipt_write(&frame, &receipt, &arena, &out), PN_OK);
    (void)parsed(&out);
    says(&out, "[\"F-1\",\"50,00 €\",\"50,00 €\"]");
    says(&out, "Sin aplicar: queda a su favor");
    says(&out, "Saldo pendiente de su cuenta a 10 de marzo de 2026: **40,00 €**.");
    pn_buf_done(&out);
}

/* Control characters, line breaks and marks that turn the direction of writing are gone. */
static void hostile_texts_stay_one_line(void **state) {
    (void)state;
    pn_buf out;
    pn_bill bill = {0};
    pn_document_frame frame = frame_of("es", "ES");
    pn_document_invoice invoice = small_invoice(&bill, "EUR");
    frame.creditor.name = PN_STR("Due\nro\x1b[31m\xE2\x80\xAE");
    frame.debtor.name = PN_STR("a\tb\r\nc");
    invoice.number = PN_STR("F\n**1**");
    invoice.product = PN_STR("[x](https://evil.example) **b**");
    pn_buf_init(&out, 1 << 20);
    assert_int_equal(pn_document_invoice_write(&frame, &invoice, &arena, &out), PN_OK);
    (void)parsed(&out);
    says_not(&out, "\\n");
    says_not(&out, "\\u001b");
    says_not(&out, "\xE2\x80\xAE");
    says(&out, "\\\\[x\\\\]\\\\(https://evil.example\\\\) \\\\*\\\\*b\\\\*\\\\*");
    pn_buf_done(&out);
    /* and one that is longer than there is room leaves nothing behind */
    pn_buf_init(&out, 200);
    assert_int_equal(pn_document_invoice_write(&frame, &invoice, &arena, &out), PN_LIMIT);
    assert_int_equal(out.len, 0);
    pn_buf_done(&out);
}

static void files_have_names_that_people_understand(void **state) {
    (void)state;
    assert_str(
        pn_document_invoice_name(PN_STR("es"), PN_STR("ES"), PN_STR("F-101"), ".pdf", &arena),
        "Factura F-101.pdf");
    assert_str(
        pn_document_invoice_name(PN_STR("pt"), PN_STR("BR"), PN_STR("../a/b:1"), ".xml", &arena),
        "Fatura ..-a-b-1.xml");
    assert_str(pn_document_statement_name(PN_STR("es"), PN_STR("ES"), PN_STR("C-1"),
                                          day("2026-03-10"), &arena),
               "Estado de cuenta C-1 2026-03-10.pdf");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(an_invoice_says_all_of_it),
        TEST(words_and_amounts_follow_language_and_country),
        TEST(lines_that_do_not_add_up_only_describe),
        TEST(a_paid_invoice_asks_for_nothing),
        TEST(a_statement_sets_apart_what_is_not_asked_for),
        TEST(a_plan_and_a_receipt),
        TEST(hostile_texts_stay_one_line),
        TEST(files_have_names_that_people_understand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
