#define _GNU_SOURCE
#include "app_rig.h"

#include <unistd.h>

const char *const RIG_TEMPLATE =
    "{'puntual':1,'kind':'template','family':'prueba','title':'Prueba','purpose':'demand',"
    "'variants':["
    "{'channel':'email','language':'es','tone':1,'subject':'{{ creditor.name }}: factura "
    "pendiente','blocks':["
    "{'text':'Hola, {{ debtor.name }}: {{ creditor.name }} no ve tu pago.'},{'amount_due':true},"
    "{'invoice_table':true},{'text':'Código: {{ code }}'}]},"
    "{'channel':'email','language':'es','tone':2,'subject':'{{ creditor.name }}: segundo "
    "aviso','blocks':["
    "{'text':'{{ debtor.name }}: {{ creditor.name }} sigue esperando.'},{'amount_due':true},"
    "{'invoice_table':true},{'text':'Código: {{ code }}'}]}]}";

const char *const RIG_STRATEGY =
    "{'puntual':1,'name':'Cobro','subject':'account','kind':'strategy',"
    "'entry':{'rule':['account.claimable','>',0]},'start':'espera','nodes':{"
    "'espera':{'type':'wait.due','days':2,'at':'09:00','next':'primero'},"
    "'primero':{'type':'send.email','template':'prueba','tone':1,'next':'espera2',"
    "'error':'llamar'},"
    "'espera2':{'type':'wait.due','days':10,'at':'09:00','next':'segundo'},"
    "'segundo':{'type':'send.email','template':'prueba','tone':2,'next':'llamar','error':'llamar'},"
    "'llamar':{'type':'task','title':'Llamar','due_days':3,'done':'fin','overdue':'fin'},"
    "'fin':{'type':'end'}}}";

/* ── clock, entropy ──────────────────────────────────────────────────────────────────────────── */

static pn_time clock_now(void *context) {
    rig_clock *clock = context;
    return clock->now;
}

static int64_t clock_ticks(void *context) {
    rig_clock *clock = context;
    return clock->now;
}

static void clock_entropy(void *context, void *bytes, size_t size) {
    rig_clock *clock = context;
    pn_random random = pn_random_for(++clock->entropy, PN_STR("rig"));
    for (size_t i = 0; i < size; i++) {
        ((uint8_t *)bytes)[i] = (uint8_t)pn_random_next(&random);
    }
}

/* ── opening ─────────────────────────────────────────────────────────────────────────────────── */

void rig_ok_at(rig *r, pn_err err, const char *file, int line) {
    if (err != PN_OK) {
        char sentence[900];
        pn_diag_sentence(&r->diag, sentence, sizeof sentence);
        print_error("%s:%d: %s: %s\n", file, line, pn_err_name(err), sentence);
        _fail(file, line);
    }
}

void rig_folder(rig *r) {
    memset(r, 0, sizeof *r);
    place_begin(&r->at);
    r->clock.now = (pn_time)pn_date_of(2026, 1, 12) * PN_DAY + 7 * PN_HOUR;
    r->env = (pn_env){
        .now = clock_now, .ticks = clock_ticks, .entropy = clock_entropy, .context = &r->clock};
    pn_arena_init(&r->arena, 0);
}

pn_err rig_open_app(rig *r, bool create, const char *vfs) {
    pn_app_options options = {
        .url = r->at.url, .create = create, .env = &r->env, .actor = "test", .vfs = vfs};
    pn_diag_clear(&r->diag);
    return pn_app_open(&options, &r->app, &r->diag);
}

void rig_init(rig *r, pn_org_mode mode) {
    pn_init_request request = {.name = PN_STR("Ibarra"),
                               .country = PN_STR("ES"),
                               .mode = mode,
                               .clock = mode == PN_MODE_SANDBOX ? r->clock.now : PN_TIME_NONE};
    rig_ok(r, pn_publish_init(r->app, &request, &r->diag));
    rig_template(r, RIG_TEMPLATE);
}

void rig_open(rig *r) {
    rig_folder(r);
    rig_ok(r, rig_open_app(r, true, NULL));
    rig_init(r, PN_MODE_SANDBOX);
}

void rig_release(rig *r) {
    pn_worker_close(r->worker);
    pn_app_close(r->app);
    r->worker = NULL;
    r->app = NULL;
}

void rig_close(rig *r) {
    rig_release(r);
    place_end(&r->at);
    pn_arena_done(&r->arena);
}

void rig_reopen(rig *r) {
    rig_release(r);
    rig_ok(r, rig_open_app(r, false, NULL));
}

void rig_save(rig *r) {
    rig_release(r);
    place_save(&r->at);
    rig_ok(r, rig_open_app(r, false, NULL));
}

void rig_restore(rig *r) {
    rig_release(r);
    pn_arena_reset(&r->arena);
    place_restore(&r->at);
    rig_ok(r, rig_open_app(r, false, NULL));
}

/* ── documents and files ─────────────────────────────────────────────────────────────────────── */

static pn_str quotes(rig *r, const char *text) {
    char *json = pn_arena_copy(&r->arena, text, strlen(text));
    for (char *p = json; *p != '\0'; p++) {
        *p = *p == '\'' ? '"' : *p;
    }
    return pn_str_of(json);
}

void rig_template(rig *r, const char *document) {
    pn_compose_problems problems = {0};
    int64_t version = 0;
    bool same = false;
    pn_err err = pn_publish_template(r->app, quotes(r, document), NULL, &r->arena, &problems,
                                     &version, &same, &r->diag);
    for (size_t i = 0; err != PN_OK && i < problems.count; i++) {
        print_error("%.*s: %.*s\n", PN_STR_ARG(problems.items[i].where),
                    PN_STR_ARG(problems.items[i].sentence));
    }
    rig_ok(r, err);
}

pn_publish_result rig_strategy(rig *r, const char *document) {
    pn_problems problems = {0};
    pn_publish_result result = {0};
    pn_err err = pn_publish_strategy(r->app, quotes(r, document), (pn_publish_choice){0}, &r->arena,
                                     &problems, &result, &r->diag);
    for (size_t i = 0; err != PN_OK && i < problems.count; i++) {
        print_error("%.*s: %.*s\n", PN_STR_ARG(problems.items[i].node),
                    PN_STR_ARG(problems.items[i].sentence));
    }
    rig_ok(r, err);
    return result;
}

pn_import_report rig_import(rig *r, pn_import_kind kind, const char *text) {
    pn_import_request request = {
        .kind = kind, .file_name = PN_STR("test.csv"), .bytes = pn_str_of(text)};
    pn_import_report report;
    pn_err err = pn_import_run(r->app, &request, &r->arena, &report, &r->diag);
    for (size_t i = 0; err != PN_OK && i < report.problem_count; i++) {
        print_error("line %lld, %.*s: %.*s\n", (long long)report.problems[i].line,
                    PN_STR_ARG(report.problems[i].field), PN_STR_ARG(report.problems[i].reason));
    }
    rig_ok(r, err);
    return report;
}

/* ── time ────────────────────────────────────────────────────────────────────────────────────── */

static void need_worker(rig *r) {
    if (r->worker == NULL) {
        rig_ok(r, pn_worker_open(r->app, &r->worker, &r->diag));
    }
}

void rig_work(rig *r) {
    pn_work_stats stats = {0};
    need_worker(r);
    rig_ok(r, pn_worker_run(r->worker, &stats, &r->diag));
}

void rig_advance(rig *r, const char *iso_date, int hour, int minute) {
    pn_work_stats stats = {0};
    pn_date date = 0;
    need_worker(r);
    rig_ok(r, pn_date_parse_iso(pn_str_of(iso_date), &date));
    pn_time to = pn_zone_instant(pn_app_zone_or_own(r->app, PN_STR("Europe/Madrid")), date,
                                 hour * 3600 + minute * 60);
    rig_ok(r, pn_worker_advance(r->worker, to, NULL, &stats, &r->diag));
}

/* ── asking ──────────────────────────────────────────────────────────────────────────────────── */

/* Bytes are written x'00'; PostgreSQL writes '\x00'. */
PN_PRINTF(4, 0)
static void write_sql(const rig *r, char *sql, size_t size, const char *format, va_list args) {
    int len = vsnprintf(sql, size, format, args);
    assert_true(len > 0 && (size_t)len < size - 100);
    char *at = sql;
    while (pn_db_speaks_pg(r->app->db) && (at = strstr(at, " x'")) != NULL) {
        memmove(at + 4, at + 3, strlen(at + 3) + 1);
        memcpy(at, " '\\x", 4);
    }
}

PN_PRINTF(2, 0)
static pn_stmt *ask(rig *r, const char *format, va_list args) {
    char sql[4000];
    write_sql(r, sql, sizeof sql, format, args);
    pn_stmt *q = NULL;
    pn_err err = pn_db_prepare(r->app->db, sql, &q, &r->diag);
    rig_ok(r, err);
    return q;
}

int64_t rig_int(rig *r, const char *format, ...) {
    va_list args;
    va_start(args, format);
    pn_stmt *q = ask(r, format, args);
    va_end(args);
    int64_t value = pn_row_next(q) == PN_OK ? pn_col_int(q, 0) : 0;
    pn_stmt_free(q);
    return value;
}

static void add_cell(pn_buf *text, pn_stmt *q, int column) {
    switch (pn_col_kind_of(q, column)) {
    case PN_COL_NULL: pn_buf_add_lit(text, "null"); break;
    case PN_COL_INT: pn_buf_add_int(text, pn_col_int(q, column)); break;
    case PN_COL_TEXT:
    case PN_COL_BLOB: pn_buf_add_str(text, pn_col_str(q, column)); break;
    }
}

const char *rig_rows(rig *r, const char *format, ...) {
    va_list args;
    va_start(args, format);
    pn_stmt *q = ask(r, format, args);
    va_end(args);
    pn_buf text;
    pn_buf_init(&text, 1 << 20);
    while (pn_row_next(q) == PN_OK) {
        for (int i = 0; i < pn_col_count(q); i++) {
            pn_buf_add_z(&text, i == 0 ? (text.len != 0 ? "\n" : "") : "|");
            add_cell(&text, q, i);
        }
    }
    pn_stmt_free(q);
    const char *copy = pn_str_z(&r->arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

void rig_sql(rig *r, const char *format, ...) {
    char sql[4000];
    va_list args;
    va_start(args, format);
    write_sql(r, sql, sizeof sql, format, args);
    va_end(args);
    pn_err err = pn_db_exec(r->app->db, sql);
    if (err != PN_OK) {
        print_error("%s: %s\n", sql, pn_db_error(r->app->db));
        fail();
    }
}

pn_id rig_debtor(rig *r, const char *key) {
    return rig_int(r, "SELECT id FROM debtor WHERE external_id = '%s'", key);
}

pn_id rig_invoice(rig *r, const char *number) {
    return rig_int(r, "SELECT id FROM invoice WHERE external_id = '%s'", number);
}

pn_id rig_account(rig *r, const char *debtor_key) {
    return rig_int(r, "SELECT id FROM account WHERE debtor_id = %lld",
                   (long long)rig_debtor(r, debtor_key));
}

pn_id rig_pay(rig *r, const char *debtor_key, int64_t minor, const char *invoices) {
    pn_id ids[16];
    size_t count = 0;
    pn_str rest = pn_str_of(invoices), number;
    while (rest.len != 0 && pn_str_split(&rest, ' ', &number)) {
        ids[count++] = rig_invoice(r, pn_str_z(&r->arena, number));
    }
    pn_currency euro;
    rig_ok(r, pn_currency_parse(PN_STR("EUR"), &euro));
    pn_payment_request request = {
        .debtor_id = rig_debtor(r, debtor_key),
        .creditor_id = r->app->creditors[0].id,
        .amount = {minor, euro},
        .received = PN_DATE_NONE,
        .at = PN_TIME_NONE,
        .method = PN_STR("transfer"),
        .invoices = ids,
        .invoice_count = count,
    };
    pn_payment_result result = {0};
    rig_ok(r, pn_app_begin(r->app, &r->diag));
    rig_ok(r, pn_books_pay(r->app, &request, &r->arena, &result, &r->diag));
    rig_ok(r, pn_app_commit(r->app, &r->diag));
    return result.payment_id;
}

/* ── audit ───────────────────────────────────────────────────────────────────────────────────── */

bool rig_audit(rig *r, pn_audit_report *ret_report) {
    rig_ok(r, pn_audit(r->app, &r->arena, ret_report, &r->diag));
    return ret_report->disagreements == 0;
}

void rig_agrees_at(rig *r, const char *file, int line) {
    pn_audit_report report;
    if (rig_audit(r, &report)) {
        return;
    }
    for (size_t i = 0; i < report.count; i++) {
        for (size_t j = 0; j < report.checks[i].shown_count; j++) {
            print_error("%s: %.*s\n", report.checks[i].name, PN_STR_ARG(report.checks[i].shown[j]));
        }
    }
    _fail(file, line);
}

/* The helper stands where it was built: ../../src/codec, seen from this program. */
static void name_helpers(void) {
    char path[1024];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 32);
    assert_true(len > 0);
    path[len] = '\0';
    *strrchr(path, '/') = '\0';
    (void)snprintf(path + strlen(path), 32, "/../../src/codec");
    (void)setenv("PUNTUAL_HELPERS", path, 0);
}

void rig_mail(rig *r, pn_inbound_mail mail, pn_received_row *ret_row, bool *ret_existed) {
    pn_inbound *inbound = NULL;
    name_helpers();
    rig_ok(r, pn_inbound_new(r->app, &inbound, &r->diag));
    rig_ok(r, pn_inbound_take(inbound, &mail, &r->arena, ret_row, ret_existed, &r->diag));
    pn_inbound_free(inbound);
}
