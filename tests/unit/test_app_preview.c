/* Ready templates in a new organization, and previews: what they show is what would be sent. */
#include "unit.h"

#include <string.h>
#include <unistd.h>

#include "app/books.h"
#include "app/import.h"
#include "app/publish.h"
#include "app/work.h"
#include "real_env.h"
#include "store/document.h"
#include "store/invoice.h"
#include "store/message.h"

static pn_arena arena;
static pn_app *app;
static char path[64];
static const pn_log SILENT = {.level = PN_LOG_OFF};

static void entropy(void *context, void *out, size_t size) {
    (void)context;
    uint8_t *bytes = out;
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(i * 37 + 11);
    }
}

static const pn_env ENV = {.now = real_now, .ticks = real_ticks, .entropy = entropy};

static void must(pn_err err, const pn_diag *diag) {
    if (err != PN_OK) {
        fail_msg("%s: %s %s", pn_err_name(err), diag->what, diag->mend);
    }
}

static void remove_files(void) {
    static const char *const ENDS[] = {"", "-wal", "-shm", ".lock"};
    for (size_t i = 0; i < PN_COUNT(ENDS); i++) {
        char name[80];
        (void)snprintf(name, sizeof name, "%s%s", path, ENDS[i]);
        (void)unlink(name);
    }
}

static void import(const char *csv) {
    pn_diag diag = {0};
    pn_import_report report = {0};
    pn_import_request request = {
        .kind = PN_IMPORT_INVOICES, .file_name = PN_STR("facturas.csv"), .bytes = pn_str_of(csv)};
    must(pn_import_run(app, &request, &arena, &report, &diag), &diag);
    assert_int_equal(report.problem_count, 0);
}

/* Monday, 2026-03-02 10:00 in Madrid. */
static const pn_time BEGIN = (pn_time)20514 * PN_DAY + 9 * PN_HOUR;

static int set_up(void **state) {
    (void)state;
    pn_diag diag = {0};
    pn_arena_init(&arena, 0);
    (void)snprintf(path, sizeof path, "/tmp/puntual_preview_%d.db", (int)getpid());
    remove_files();
    pn_app_options options = {
        .url = path, .create = true, .env = &ENV, .log = &SILENT, .actor = "test"};
    must(pn_app_open(&options, &app, &diag), &diag);
    pn_init_request request = {.name = PN_STR("Suministros Ibarra"),
                               .country = PN_STR("ES"),
                               .mode = PN_MODE_SANDBOX,
                               .clock = BEGIN};
    must(pn_publish_init(app, &request, &diag), &diag);
    import("external_id;debtor;issued;due;amount;product;debtor_name;email;language;country\n"
           "F-1;C1;2026-01-02;2026-02-01;1000,00;Cemento;Talleres Núñez;lucia@nunez.example;es;ES\n"
           "F-2;C1;2026-01-20;2026-02-19;250,50;Arena;Talleres Núñez;lucia@nunez.example;es;ES\n"
           "F-3;C1;2026-02-20;2026-03-22;80,00;Grava;Talleres Núñez;lucia@nunez.example;es;ES\n"
           "M-1;C2;2026-01-02;2026-02-01;500,00;Cal;Acme México;pagos@acme.example;es;MX\n"
           "N-1;C3;2026-01-02;2026-02-01;70,00;Yeso;Sin Correo;;es;ES\n");
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    pn_app_close(app);
    remove_files();
    pn_arena_done(&arena);
    return 0;
}

/* ── helpers ─────────────────────────────────────────────────────────────────────────────────── */

static pn_id invoice(const char *number) {
    pn_invoice_row row;
    assert_int_equal(
        pn_invoice_by_key(app->db, app->creditors[0].id, pn_str_of(number), &arena, &row), PN_OK);
    return row.item.id;
}

static pn_err preview(const char *family, const char *number, unsigned tone, const char *language,
                      pn_preview *ret_preview, pn_diag *diag) {
    pn_diag_clear(diag);
    const pn_preview_wish wish = {.tone = tone, .language = pn_str_of(language)};
    return pn_preview_write(app, pn_str_of(family), invoice(number), &wish, &arena, ret_preview,
                            diag);
}

static pn_preview preview_of(const char *family, const char *number, unsigned tone,
                             const char *language) {
    pn_preview out;
    pn_diag diag;
    must(preview(family, number, tone, language, &out, &diag), &diag);
    return out;
}

static bool has(pn_str text, const char *needle) {
    return pn_str_find(text, pn_str_of(needle)) != SIZE_MAX;
}

static int64_t count_of(const char *sql) {
    pn_stmt *q = pn_db_stmt(app->db, sql);
    assert_int_equal(pn_row_next(q), PN_OK);
    int64_t count = pn_col_int(q, 0);
    pn_stmt_reset(q);
    return count;
}

/* ── ready templates ─────────────────────────────────────────────────────────────────────────── */

static void test_ready_templates(void **state) {
    (void)state;
    static const char *const FAMILIES[] = {"adeudo_aviso",
                                           "aviso",
                                           "baja_servicio",
                                           "cesion",
                                           "cobro_rechazado",
                                           "correo_fallido",
                                           "disputa_recibida",
                                           "entrega",
                                           "gracias",
                                           "negociacion",
                                           "plan_cuota",
                                           "plan_oferta",
                                           "promesa_incumplida",
                                           "promesa_recordatorio",
                                           "reanudacion",
                                           "recibo",
                                           "recordatorio",
                                           "restablecido",
                                           "silencio",
                                           "suspension",
                                           "vence_hoy"};
    pn_template_row *rows = NULL;
    size_t count = 0;
    assert_int_equal(pn_template_list(app->db, app->org.id, &arena, &rows, &count), PN_OK);
    assert_int_equal(count, PN_COUNT(FAMILIES));
    for (size_t i = 0; i < count; i++) {
        assert_str(rows[i].family, FAMILIES[i]);
        assert_int_equal(rows[i].version, 1);
    }
}

/* ── previews ────────────────────────────────────────────────────────────────────────────────── */

static void test_demand(void **state) {
    (void)state;
    pn_preview p = preview_of("recordatorio", "F-2", 0, "");
    assert_int_equal(p.tone, 1); /* nothing was received yet (law 5) */
    assert_str(p.language, "es");
    assert_true(has(p.subject, "facturas pendientes de pago"));
    assert_true(has(p.text, "F-1") && has(p.text, "F-2") && has(p.text, "F-3"));
    assert_true(has(p.text, "1.250,50"));
    assert_true(has(p.html, "1.250,50"));
    assert_true(has(p.eml, "To: lucia@nunez.example"));
    assert_true(has(p.eml, "From: "));
    assert_true(has(p.eml, "Content-Type: multipart/alternative"));
    /* tone and language may be asked for */
    assert_true(has(preview_of("recordatorio", "F-1", 5, "").subject, "último aviso"));
    assert_true(has(preview_of("recordatorio", "F-1", 2, "en").subject, "invoices outstanding"));
    assert_str(preview_of("recordatorio", "F-1", 2, "fr").language, "es");
}

static void test_form_of_address(void **state) {
    (void)state;
    const pn_preview_wish wish = {.tone = 1, .form = PN_FORM_TU};
    pn_preview p;
    assert_true(has(preview_of("recordatorio", "F-1", 1, "").text, "avísenos"));
    assert_int_equal(
        pn_preview_write(app, PN_STR("recordatorio"), invoice("F-1"), &wish, &arena, &p, NULL),
        PN_OK);
    assert_true(has(p.text, "avísanos"));
    /* the creditor's, which may be for people alone */
    app->creditors[0].address_form = PN_ADDRESS_TU;
    assert_true(has(preview_of("recordatorio", "F-1", 1, "").text, "avísanos"));
    assert_true(has(preview_of("recordatorio", "M-1", 1, "").text, "avísanos"));
    app->creditors[0].address_form = PN_ADDRESS_TU_PEOPLE;
    assert_true(has(preview_of("recordatorio", "F-1", 1, "").text, "avísenos"));
    app->creditors[0].address_form = PN_ADDRESS_USTED;
}

static void test_variant_of_the_country(void **state) {
    (void)state;
    assert_str(preview_of("recordatorio", "M-1", 1, "").language, "es-419");
    assert_str(preview_of("recordatorio", "M-1", 1, "pt").language, "pt");
}

/* The text of a channel that is no e-mail, for a person to send: no address is needed. */
static void test_sms(void **state) {
    (void)state;
    const pn_preview_wish wish = {.tone = 1, .channel = PN_CHANNEL_SMS};
    pn_preview p;
    pn_diag diag = {0};
    assert_int_equal(
        pn_preview_write(app, PN_STR("recordatorio"), invoice("F-1"), &wish, &arena, &p, &diag),
        PN_OK);
    assert_true(has(p.text, "facturas pendientes") && has(p.text, "1.250,50 €"));
    assert_int_equal(p.subject.len, 0);
    assert_int_equal(
        pn_preview_write(app, PN_STR("recibo"), invoice("F-1"), &wish, &arena, &p, &diag),
        PN_NOT_FOUND);
    assert_string_equal(diag.what, "The template “recibo” has no text for this channel.");
}

static void test_nothing_is_changed(void **state) {
    (void)state;
    (void)preview_of("recordatorio", "F-1", 0, "");
    (void)preview_of("entrega", "F-1", 0, "");
    assert_int_equal(count_of("SELECT count(*) FROM message"), 0);
    assert_int_equal(count_of("SELECT count(*) FROM carrier"), 0);
    assert_int_equal(count_of("SELECT count(*) FROM contact_made"), 0);
    assert_int_equal(count_of("SELECT max(tone_received) FROM invoice"), 0);
}

static void test_refused(void **state) {
    (void)state;
    static const struct {
        const char *family, *number;
        pn_err err;
        const char *what;
    } CASES[] = {
        {"recordatoria", "F-1", PN_NOT_FOUND, "recordatoria"},
        {"recordatorio", "N-1", PN_CONFLICT, "“Sin Correo” has no usable e-mail address"},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        pn_preview out;
        pn_diag diag;
        assert_int_equal(preview(CASES[i].family, CASES[i].number, 0, "", &out, &diag),
                         CASES[i].err);
        if (!has(pn_str_of(diag.what), CASES[i].what)) {
            fail_msg("%s: %s", CASES[i].what, diag.what);
        }
    }
    pn_preview out;
    pn_diag diag = {0};
    assert_int_equal(pn_preview_write(app, PN_STR("recordatorio"), 4711, &(pn_preview_wish){0},
                                      &arena, &out, &diag),
                     PN_NOT_FOUND);
    assert_string_equal(diag.what, "There is no such invoice.");
}

static void pay(const char *csv) {
    pn_diag diag = {0};
    pn_import_report report = {0};
    pn_import_request request = {
        .kind = PN_IMPORT_PAYMENTS, .file_name = PN_STR("cobros.csv"), .bytes = pn_str_of(csv)};
    must(pn_import_run(app, &request, &arena, &report, &diag), &diag);
    assert_int_equal(report.problem_count, 0);
}

/* Paid: no demand can be written, but thanks and a receipt that name the payment. */
static void test_paid(void **state) {
    (void)state;
    pay("external_id;debtor;invoice;date;amount;reference\nP-1;C1;F-1;2026-02-27;1000,00;TRF 77\n");
    pn_preview out;
    pn_diag diag;
    assert_int_equal(preview("recordatorio", "F-1", 0, "", &out, &diag), PN_CONFLICT);
    assert_string_equal(diag.what,
                        "Nothing may be asked for on invoice F-1 now, so this would not be sent.");
    pn_preview thanks = preview_of("gracias", "F-1", 0, "");
    assert_true(has(thanks.text, "La factura F-1 queda pagada"));
    assert_true(has(thanks.text, "1.000,00"));
    pn_preview receipt = preview_of("recibo", "F-1", 0, "");
    assert_true(has(receipt.text, "Fecha: 27 de febrero de 2026"));
    assert_true(has(receipt.text, "Concepto: TRF 77"));
    assert_true(has(receipt.text, "La factura F-1 queda pagada."));
    /* the rest goes on without it */
    pn_preview rest = preview_of("recordatorio", "F-2", 0, "");
    assert_false(has(rest.text, "F-1"));
    assert_true(has(rest.text, "250,50"));
}

/* Monday, the 2nd: a stronger demand could follow on the 9th, so an answer until Friday is in time.
 */
static void test_deadline(void **state) {
    (void)state;
    assert_true(has(preview_of("recordatorio", "F-1", 3, "").text, "6 de marzo de 2026"));
    assert_true(has(preview_of("recordatorio", "F-1", 5, "").text, "siete días"));
}

static void test_promise(void **state) {
    (void)state;
    pn_diag diag = {0};
    pn_invoice_row row;
    pn_id promise = 0;
    assert_int_equal(pn_invoice_get(app->db, invoice("F-1"), &arena, &row), PN_OK);
    must(pn_app_begin(app, &diag), &diag);
    must(pn_books_promise(app, row.debtor_id, row.account_id, 60000, pn_date_of(2026, 3, 6),
                          PN_STR("phone"), NULL, 0, &arena, &promise, &diag),
         &diag);
    must(pn_app_commit(app, &diag), &diag);
    pn_preview p = preview_of("promesa_recordatorio", "F-1", 0, "");
    assert_true(has(p.subject, "6 de marzo de 2026"));
    assert_true(has(p.text, "600,00"));
    /* a demand asks for the rest: 400,00 € of F-1 */
    p = preview_of("recordatorio", "F-1", 0, "");
    assert_true(has(p.text, "650,50"));
    assert_true(has(p.text, "de 1.000,00"));
    /* and who disputes is told which invoice it is about */
    assert_true(has(preview_of("disputa_recibida", "F-1", 0, "").text, "sobre la factura F-1"));
}

/* ── a preview is what is sent ───────────────────────────────────────────────────────────────── */

static void publish(const char *document) {
    pn_diag diag = {0};
    pn_problems problems = {0};
    pn_publish_result result = {0};
    char *json = pn_arena_copy(&arena, document, strlen(document));
    for (char *p = json; *p != '\0'; p++) {
        *p = *p == '\'' ? '"' : *p;
    }
    must(pn_publish_strategy(app, pn_str_of(json), (pn_publish_choice){0}, &arena, &problems,
                             &result, &diag),
         &diag);
}

/* Without the lines that name the carrier and its boundaries. */
static pn_str comparable(pn_str eml, pn_id carrier_id) {
    pn_buf out;
    char id[PN_ID_TEXT_SIZE];
    pn_str own = pn_str_of(pn_id_text(PN_ID_CARRIER, carrier_id, id));
    pn_buf_init(&out, 1 << 20);
    pn_str line;
    while (pn_str_split(&eml, '\n', &line)) {
        if (pn_str_find(line, own) == SIZE_MAX &&
            pn_str_find(line, PN_STR("boundary=")) == SIZE_MAX &&
            !pn_str_starts(line, PN_STR("--"))) {
            pn_buf_add_str(&out, line);
            pn_buf_add_char(&out, '\n');
        }
    }
    pn_str text = pn_str_dup(&arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return text;
}

static void test_preview_is_what_is_sent(void **state) {
    (void)state;
    pn_diag diag = {0};
    pn_worker *worker = NULL;
    pn_work_stats stats = {0};
    pn_preview before = preview_of("recordatorio", "F-1", 1, "");
    publish("{'puntual':1,'name':'cobro','subject':'account','kind':'strategy',"
            "'entry':{'rule':['account.days_overdue','>=',1]},'start':'correo','nodes':{"
            "'correo':{'type':'send.email','template':'recordatorio','tone':1,'next':'fin',"
            "'error':'fin'},'fin':{'type':'end','outcome':'done'}}}");
    must(pn_worker_open(app, &worker, &diag), &diag);
    must(pn_worker_run(worker, &stats, &diag), &diag);
    pn_worker_close(worker);
    assert_int_equal(stats.delivery.carriers, 1); /* in Mexico it is night, C3 has no address */
    pn_stmt *q =
        pn_db_stmt(app->db, "SELECT id FROM carrier WHERE address = 'lucia@nunez.example'");
    assert_int_equal(pn_row_next(q), PN_OK);
    pn_id carrier = pn_col_int(q, 0);
    pn_stmt_reset(q);
    pn_str sent;
    assert_int_equal(pn_carrier_content(app->db, carrier, &arena, &sent), PN_OK);
    pn_str expected = comparable(before.eml, invoice("F-1"));
    pn_str got = comparable(sent, carrier);
    if (!pn_str_eq(expected, got)) {
        fail_msg("preview:\n%.*s\nsent:\n%.*s", PN_STR_ARG(expected), PN_STR_ARG(got));
    }
    /* the overdue ones have received tone 1 now; what was only listed apart has not (law 5) */
    assert_int_equal(count_of("SELECT tone_received FROM invoice WHERE external_id = 'F-1'"), 1);
    assert_int_equal(count_of("SELECT tone_received FROM invoice WHERE external_id = 'F-3'"), 0);
}

static pn_str sent_to(const char *address) {
    pn_stmt *q = pn_db_stmt(app->db, "SELECT id FROM carrier WHERE address = $1");
    pn_bind_str(q, 1, pn_str_of(address));
    assert_int_equal(pn_row_next(q), PN_OK);
    pn_id carrier = pn_col_int(q, 0);
    pn_stmt_reset(q);
    pn_str content;
    assert_int_equal(pn_carrier_content(app->db, carrier, &arena, &content), PN_OK);
    return content;
}

/* The text speaks of an attachment exactly where one goes with it; where the ERP's file is missing
 * a copy goes. */
static void test_attachments(void **state) {
    (void)state;
    pn_diag diag = {0};
    pn_worker *worker = NULL;
    pn_work_stats stats = {0};
    char pdf[80];
    (void)snprintf(pdf, sizeof pdf, "/tmp/puntual_preview_%d.pdf", (int)getpid());
    FILE *file = fopen(pdf, "wb");
    assert_non_null(file);
    assert_true(fputs("%PDF-1.4 invoice", file) >= 0);
    assert_int_equal(fclose(file), 0);
    pn_str csv = pn_str_format(
        &arena,
        "external_id;debtor;issued;due;amount;debtor_name;email;language;country;document\n"
        "A-1;C7;2026-02-27;2026-03-30;10,00;Con Anexo;con@anexo.example;es;ES;%s\n"
        "A-2;C8;2026-02-27;2026-03-30;10,00;Sin Anexo;sin@anexo.example;es;ES;/nonexistent.pdf\n",
        pdf);
    import(pn_str_z(&arena, csv));
    publish("{'puntual':1,'name':'entrega','subject':'invoice','kind':'strategy',"
            "'entry':{'rule':['invoice.days_since_issue','between',[0,5]]},'start':'correo',"
            "'nodes':{'correo':{'type':'send.email','template':'entrega','tone':1,"
            "'attach':['invoice'],'next':'fin','error':'fin'},'fin':{'type':'end',"
            "'outcome':'done'}}}");
    must(pn_worker_open(app, &worker, &diag), &diag);
    must(pn_worker_run(worker, &stats, &diag), &diag);
    pn_worker_close(worker);
    (void)unlink(pdf);
    assert_int_equal(stats.delivery.carriers, 2);
    assert_true(has(sent_to("con@anexo.example"), "adjunta a este mensaje"));
    assert_true(has(sent_to("con@anexo.example"), "application/pdf"));
    assert_true(has(sent_to("sin@anexo.example"), "adjunta a este mensaje"));
    assert_true(has(sent_to("sin@anexo.example"), "Factura A-2.pdf"));
    pn_preview alone = preview_of("entrega", "A-2", 1, ""); /* nothing is attached to a preview */
    assert_false(has(alone.text, "adjunta"));
    assert_false(has(alone.eml, "application/pdf"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_ready_templates, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_demand, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_form_of_address, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sms, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_variant_of_the_country, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_is_changed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_paid, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_deadline, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_promise, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_attachments, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_preview_is_what_is_sent, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
