/* Random lives: every day debtors pay, promise, dispute and are credited at random, files come in
 * again changed, mail is refused at random, processes start anew; and every few days the audit must
 * agree. A failure prints the seed (PUNTUAL_SEED=…, PUNTUAL_LIVES=… for more). */
#include "app_rig.h"

#include "moody.h"
#include "rows_agree.h"

#include "app/segments.h"
#include "app/signals.h"
#include "app/tasks.h"
#include "store/message.h"

enum { DEBTORS = 9, DAYS = 45, OPERATIONS_A_DAY = 4 };

static rig r;
static pn_random dice;
static moody_record mood;
static int64_t invoice_number;

static int64_t below(int64_t bound) {
    return (int64_t)pn_random_below(&dice, (uint64_t)bound);
}

static const char *debtor_key(void) {
    return pn_str_z(&r.arena, pn_str_format(&r.arena, "D%lld", (long long)below(DEBTORS)));
}

static pn_id any(const char *sql) {
    int64_t count = rig_int(&r, "SELECT count(*) FROM (%s) AS found", sql);
    return count == 0 ? 0 : rig_int(&r, "%s LIMIT 1 OFFSET %lld", sql, (long long)below(count));
}

static pn_date today(void) {
    return pn_app_today(r.app);
}

/* ── what happens ────────────────────────────────────────────────────────────────────────────── */

/* What is refused is refused whole: the transaction is undone, and nothing of it may stay. */
static void finish(pn_err err) {
    if (err == PN_OK) {
        rig_ok(&r, pn_app_commit(r.app, &r.diag));
        return;
    }
    assert_true(err == PN_INVALID || err == PN_CONFLICT || err == PN_NOT_FOUND);
    assert_true(r.diag.what[0] != '\0');
    pn_app_rollback(r.app);
}

static void add_row(pn_buf *text, int64_t number, int64_t debtor) {
    char issued[PN_DATE_ISO_SIZE], due[PN_DATE_ISO_SIZE];
    pn_date day = today() - (pn_date)below(40);
    int64_t amount = 1 + below(90000);
    pn_buf_add_format(text, "F-%lld;D%lld;Deudor %lld;", (long long)number, (long long)debtor,
                      (long long)debtor);
    if (debtor != 3) { /* one has no address, three share one */
        pn_buf_add_format(text, "m%lld@example.com", (long long)(debtor > 5 ? 5 : debtor));
    }
    pn_buf_add_format(text, ";%s;%s;%lld,%02lld;", pn_date_iso(day, issued),
                      pn_date_iso(day + 10 + (pn_date)below(40), due), (long long)amount / 100,
                      (long long)amount % 100);
    if (below(6) == 0) {
        int64_t open = below(amount + 1);
        pn_buf_add_format(text, "%lld,%02lld", (long long)open / 100, (long long)open % 100);
    }
    pn_buf_add_char(text, '\n');
}

/* New invoices, and some of the old ones with other dates and amounts. */
static void bring_invoices(void) {
    pn_buf text;
    pn_buf_init(&text, 1 << 16);
    pn_buf_add_lit(&text, "external_id;debtor;debtor_name;email;issued;due;amount;open\n");
    int64_t count = 1 + below(5);
    for (int64_t i = 0; i < count; i++) {
        int64_t old = invoice_number > 0 && below(4) == 0 ? below(invoice_number) : -1;
        int64_t owner =
            old < 0 ? -1
                    : rig_int(&r,
                              "SELECT CAST(substr(d.external_id, 2) AS INTEGER) FROM invoice i"
                              " JOIN debtor d ON d.id = i.debtor_id WHERE"
                              " i.external_id = 'F-%lld'",
                              (long long)old);
        add_row(&text, old < 0 ? invoice_number++ : old, old < 0 ? below(DEBTORS) : owner);
    }
    pn_buf_add_char(&text, '\0');
    pn_import_request request = {.kind = PN_IMPORT_INVOICES,
                                 .file_name = PN_STR("day.csv"),
                                 .bytes = pn_str_of(text.ptr),
                                 .skip_bad = true};
    pn_import_report report;
    rig_ok(&r, pn_import_run(r.app, &request, &r.arena, &report, &r.diag));
    pn_buf_done(&text);
}

static void pay(void) {
    const char *key = debtor_key();
    if (rig_account(&r, key) != 0) {
        int64_t open = rig_int(&r, "SELECT open_minor FROM account WHERE id = %lld",
                               (long long)rig_account(&r, key));
        int64_t minor = below(3) == 0 && open > 0 ? open : 1 + below(60000);
        (void)rig_pay(&r, key, minor, "");
    }
}

static void take_back(void) {
    pn_id payment = any("SELECT id FROM payment WHERE reversed_at IS NULL ORDER BY id");
    if (payment != 0) {
        rig_ok(&r, pn_app_begin(r.app, &r.diag));
        finish(pn_books_reverse(r.app, payment, PN_STR("returned"), &r.arena, &r.diag));
    }
}

static void promise(void) {
    const char *key = debtor_key();
    pn_id id = 0;
    if (rig_account(&r, key) != 0) {
        rig_ok(&r, pn_app_begin(r.app, &r.diag));
        finish(pn_books_promise(r.app, rig_debtor(&r, key), rig_account(&r, key), 1 + below(50000),
                                today() + (pn_date)below(12), PN_STR("phone"), NULL, 0, &r.arena,
                                &id, &r.diag));
    }
}

static void cancel_promise(void) {
    pn_id id = any("SELECT id FROM promise WHERE state = 0 ORDER BY id");
    if (id != 0) {
        pn_id debtor = rig_int(&r, "SELECT debtor_id FROM promise WHERE id = %lld", (long long)id);
        rig_ok(&r, pn_app_begin(r.app, &r.diag));
        finish(pn_books_cancel_promise(r.app, debtor, id, &r.arena, &r.diag));
    }
}

static void dispute(void) {
    pn_id invoice = any("SELECT id FROM invoice ORDER BY id"), id = 0;
    pn_id open = any("SELECT id FROM dispute WHERE state = 0 ORDER BY id");
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    if (open != 0 && below(2) == 0) {
        finish(pn_books_close_dispute(r.app, open, PN_STR("settled"), &r.arena, &r.diag));
    } else {
        finish(pn_books_dispute(r.app, invoice, 0, below(2) * below(20000), PN_STR("price"),
                                &r.arena, &id, &r.diag));
    }
}

static void lower(void) {
    static const pn_entry_kind KINDS[] = {PN_ENTRY_CREDIT, PN_ENTRY_WRITE_OFF, PN_ENTRY_DISCOUNT,
                                          PN_ENTRY_CANCEL};
    pn_id invoice = any("SELECT id FROM invoice ORDER BY id");
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    finish(pn_books_lower(r.app, invoice, KINDS[below(4)], below(3) * below(9000), PN_STR("agreed"),
                          &r.arena, &r.diag));
}

static void hold(void) {
    pn_id debtor = any("SELECT id FROM debtor ORDER BY id"), id = 0;
    size_t released = 0;
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    finish(below(2) == 0 ? pn_books_hold(r.app, debtor, 0, PN_STR("manual"),
                                         pn_app_now(r.app) + below(20) * PN_DAY, &id)
                         : pn_books_release(r.app, debtor, 0, &r.arena, &released));
}

static void instrument(void) {
    const char *key = debtor_key();
    pn_id open = any("SELECT id FROM instrument WHERE state < 2 ORDER BY id"), id = 0;
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    if (open != 0 && below(2) == 0) {
        finish(pn_books_settle_instrument(r.app, open, below(2) == 0, PN_STR("bank"), &r.arena,
                                          &r.diag));
    } else if (rig_account(&r, key) != 0) {
        finish(pn_books_instrument(r.app, rig_debtor(&r, key), rig_account(&r, key),
                                   PN_STR("cheque"), PN_STR("1"), 1 + below(30000), today() + 20,
                                   NULL, 0, &r.arena, &id, &r.diag));
    } else {
        pn_app_rollback(r.app);
    }
}

static void plan(void) {
    const char *key = debtor_key();
    pn_id id = 0;
    pn_installment_row parts[2] = {{1, today() + 3, 1 + below(9000)},
                                   {2, today() + 9, 1 + below(9000)}};
    if (rig_account(&r, key) != 0) {
        rig_ok(&r, pn_app_begin(r.app, &r.diag));
        finish(pn_books_plan(r.app, rig_debtor(&r, key), rig_account(&r, key), parts, 2, &r.arena,
                             &id, &r.diag));
    }
}

static void report_paid(void) {
    pn_id invoice = any("SELECT id FROM invoice WHERE closed = 0 ORDER BY id");
    if (invoice != 0) {
        rig_ok(&r, pn_app_begin(r.app, &r.diag));
        finish(pn_books_report_paid(r.app, invoice, &r.arena, &r.diag));
    }
}

static void signal_something(void) {
    static const pn_signal_kind KINDS[] = {
        PN_SIGNAL_OPEN,   PN_SIGNAL_CLICK,      PN_SIGNAL_VISIT,         PN_SIGNAL_REPLY,
        PN_SIGNAL_BOUNCE, PN_SIGNAL_AUTO_REPLY, PN_SIGNAL_PAYMENT_FAILED};
    pn_id carrier = any("SELECT id FROM carrier WHERE state = 2 ORDER BY id");
    pn_signal_report report = {.carrier_id = carrier,
                               .debtor_id =
                                   carrier != 0 ? 0 : any("SELECT id FROM debtor ORDER BY id"),
                               .kind = KINDS[below((int64_t)PN_COUNT(KINDS))],
                               .source = (pn_signal_source)below(3),
                               .status = PN_STR("5.1.1"),
                               .detail = PN_STR("random")};
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    finish(pn_signals_add(r.app, &report, &r.arena, &r.diag));
}

static void do_task(void) {
    pn_id task = any("SELECT id FROM task WHERE state = 0 ORDER BY id");
    if (task != 0) {
        rig_ok(&r, pn_app_begin(r.app, &r.diag));
        finish(pn_tasks_done(r.app, task, below(2) == 0 ? PN_STR("") : PN_STR("approved"), &r.arena,
                             &r.diag));
    }
}

static void start_anew(void) {
    rig_reopen(&r);
    r.app->driver_override = &moody_driver;
}

/* Another version with the same nodes: runs go on in it. */
static void publish_again(void) {
    pn_problems problems = {0};
    pn_publish_result result = {0};
    char *text = pn_arena_copy(&r.arena, RIG_STRATEGY, strlen(RIG_STRATEGY));
    char *days = strstr(text, "'days':2,");
    days[7] = (char)('1' + below(4));
    for (char *p = text; *p != '\0'; p++) {
        *p = *p == '\'' ? '"' : *p;
    }
    rig_ok(&r, pn_publish_strategy(r.app, pn_str_of(text),
                                   (pn_publish_choice){.runs = (pn_runs_choice)below(3)}, &r.arena,
                                   &problems, &result, &r.diag));
}

static void (*const OPERATIONS[])(void) = {
    bring_invoices,
    bring_invoices,
    pay,
    pay,
    pay,
    take_back,
    promise,
    promise,
    cancel_promise,
    dispute,
    lower,
    hold,
    plan,
    instrument,
    report_paid,
    start_anew,
    publish_again,
    signal_something,
    signal_something,
    do_task,
};

/* The ones that come with the program; pills first, for others name them. */
static void publish_ready_strategies(void) {
    static const char *const NAMES[] = {"promesas",     "rebote",          "entrega_factura",
                                        "b2b_30_dias",  "grandes_cuentas", "b2c_consumo",
                                        "deuda_antigua"};
    const char *share = getenv("PUNTUAL_SHARE");
    for (size_t i = 0; i < PN_COUNT(NAMES); i++) {
        char path[1024];
        (void)snprintf(path, sizeof path, "%s/strategies/%s.json", share != NULL ? share : "share",
                       NAMES[i]);
        rig_strategy(&r, file_read(&r.arena, path).ptr);
    }
}

/* ── a life ──────────────────────────────────────────────────────────────────────────────────── */

/* What the recipients got and what the database says left are the same, and nothing twice. */
static void compare_outbox(void) {
    int64_t left = rig_int(&r, "SELECT count(*) FROM carrier c WHERE state IN (2, 3, 8) OR (state ="
                               " 4 AND EXISTS (SELECT 1 FROM attempt a WHERE a.carrier_id = c.id"
                               " AND a.outcome = 0))");
    assert_int_equal((int64_t)mood.count, left);
    for (size_t i = 0; i < mood.count; i++) {
        for (size_t j = i + 1; j < mood.count; j++) {
            assert_true(mood.ids[i] != mood.ids[j]);
        }
    }
}

/* A strategy's volume counts each message once, however often it was tried. */
static void compare_volumes(void) {
    int64_t counted = rig_int(&r, "SELECT coalesce(sum(sent), 0) FROM strategy_day");
    int64_t tried = rig_int(&r, "SELECT count(*) FROM message WHERE carrier_id <> 0");
    int64_t left = rig_int(&r, "SELECT count(*) FROM message WHERE state IN (2, 3, 4, 8)");
    assert_in_range(counted, left, tried);
}

/* Figures are what they lead to: of all, of the creditor, of a segment. */
static void compare_rows(void) {
    pn_segment_row row;
    pn_report_of all = {0}, one = {.creditor_id = rig_int(&r, "SELECT min(id) FROM creditor")},
                 few = {0};
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    finish(pn_segments_put(r.app, PN_STR("algunos"), PN_SUBJECT_INVOICE,
                           PN_STR("[\"debtor.external_id\", \"in\", [\"D1\", \"D2\", \"D4\"]]"),
                           &r.arena, &row, &r.diag));
    rig_ok(&r, pn_segments_rule(&row, &r.arena, &few.rule, &r.diag));
    assert_true(rows_agree(&r, &all, today() - 2 * DAYS, today() + 1) > 50);
    assert_true(rows_agree(&r, &all, today() - DAYS / 2, today() - 5) > 20);
    assert_true(rows_agree(&r, &one, today() - 2 * DAYS, today() + 1) > 50);
    assert_true(rows_agree(&r, &few, today() - 2 * DAYS, today() + 1) > 20);
}

static void live(uint64_t seed) {
    pn_work_stats stats = {0};
    dice = pn_random_for(seed, PN_STR("life"));
    invoice_number = 0;
    rig_open(&r);
    moody_begin(&mood, seed, 25);
    r.app->driver_override = &moody_driver;
    rig_strategy(&r, RIG_STRATEGY);
    if (seed % 2 == 1) {
        publish_ready_strategies();
    }
    bring_invoices();
    for (int day = 0; day < DAYS; day++) {
        for (int i = 0; i < OPERATIONS_A_DAY; i++) {
            OPERATIONS[below((int64_t)PN_COUNT(OPERATIONS))]();
            if (below(3) == 0) {
                rig_work(&r);
            }
        }
        if (below(4) == 0) {
            rig_agrees(&r); /* also with pokes that nobody has worked yet */
        }
        rig_work(&r);
        rig_ok(&r, pn_worker_advance(r.worker, r.app->org.clock + PN_DAY, NULL, &stats, &r.diag));
        pn_arena_reset(&r.arena);
    }
    rig_agrees(&r);
    compare_outbox();
    compare_volumes();
    compare_rows();
    rig_close(&r);
}

static void random_lives_agree(void **state) {
    (void)state;
    const char *given = getenv("PUNTUAL_SEED"), *lives = getenv("PUNTUAL_LIVES");
    uint64_t first = given != NULL ? strtoull(given, NULL, 10) : 1;
    uint64_t count = lives != NULL ? strtoull(lives, NULL, 10) : (given != NULL ? 1 : 12);
    for (uint64_t seed = first; seed < first + count; seed++) {
        print_message("PUNTUAL_SEED=%llu\n", (unsigned long long)seed);
        live(seed);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_lives_agree)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
