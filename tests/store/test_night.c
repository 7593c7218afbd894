/* A night with so many cases due that they are planned ahead in a thread: what it writes is what
 * stepping one by one writes, and somebody who pays meanwhile is heard. */
#include "app_rig.h"

#include <sqlite3.h>

#include <time.h>

#include "app/engine.h"
#include "store/run.h"

enum { DEBTORS = 3000, ZONES_MIN = 8 };

static rig r;

/* Waits for the second day after the due date; then a branch with an invoice's fee for every tenth.
 */
static const char STRATEGY[] =
    "{'puntual':1,'name':'Noche','subject':'account','kind':'strategy',"
    "'entry':{'rule':['account.claimable','>',0]},'start':'espera','nodes':{"
    "'espera':{'type':'wait.due','days':2,'at':'09:00','next':'rama'},"
    "'rama':{'type':'branch.rule','rules':[{'name':'gran','rule':['account.claimable','>',90000],"
    "'next':'recargo'}],'else':'correo'},"
    "'recargo':{'type':'charge.fee','amount':1000,'next':'correo'},"
    "'correo':{'type':'send.email','template':'prueba','tone':1,'next':'plazo','error':'plazo'},"
    "'plazo':{'type':'wait.due','days':20,'at':'09:00','next':'fin'},'fin':{'type':'end'}}}";

static void begin_life(void) {
    pn_buf file;
    pn_buf_init(&file, 1 << 20);
    rig_open(&r);
    pn_buf_add_lit(&file, "external_id;debtor;email;issued;due;amount\n");
    for (int i = 0; i < DEBTORS; i++) {
        pn_buf_add_format(&file, "F-%d;D%d;d%d@example.com;2026-01-01;2026-01-%d;%d,00\n", i, i, i,
                          i % 50 == 0 ? 30 : 14, 100 + i % 1000);
    }
    pn_buf_add_char(&file, '\0');
    (void)rig_import(&r, PN_IMPORT_INVOICES, file.ptr);
    pn_buf_done(&file);
    rig_strategy(&r, STRATEGY);
}

/* What the night leaves behind but for ids and proofs. */
static const char STATES[] =
    "SELECT d.external_id, r.node, r.visit, r.wake_at, r.anchor_due, length(r.memory), m.state,"
    " m.not_before, m.visit, i.open_minor, coalesce(e.number, 0)"
    " FROM debtor d JOIN run r ON r.debtor_id = d.id JOIN invoice i ON i.debtor_id = d.id"
    " LEFT JOIN message m ON m.run_id = r.id"
    " LEFT JOIN (SELECT run_id, count(*) AS number FROM event GROUP BY run_id) e ON e.run_id = r.id"
    " ORDER BY d.id";

/* The clock in the database stands there already. */
static pn_engine_stats step_at(pn_time now) {
    pn_engine *engine = NULL;
    pn_engine_stats stats = {0};
    r.app->org.clock = now;
    rig_ok(&r, pn_engine_open(r.app, &engine, &r.diag));
    rig_ok(&r, pn_engine_work(engine, now, &stats, &r.diag));
    pn_engine_close(engine);
    return stats;
}

static pn_engine_stats step(pn_time now) {
    rig_ok(&r, pn_org_set_clock(r.app->db, r.app->org.id, now));
    return step_at(now);
}

static pn_time evening(void) {
    return (int64_t)pn_date_of(2026, 1, 16) * PN_DAY + 19 * PN_HOUR;
}

static int64_t zones_due(pn_time now) {
    return rig_int(&r, "SELECT count(*) FROM wake_zone WHERE wake_at <= %lld", (long long)now);
}

/* One by one: each zone's turn comes alone, for the others are put to sleep. */
static void step_one_by_one(pn_time now) {
    rig_sql(&r, "CREATE TEMP TABLE turn AS SELECT first_debtor, wake_at FROM wake_zone");
    int64_t zones = rig_int(&r, "SELECT count(*) FROM turn");
    rig_sql(&r, "UPDATE wake_zone SET wake_at = %lld", (long long)INT64_MAX);
    for (int64_t i = 0; i < zones; i++) {
        rig_sql(&r,
                "UPDATE wake_zone SET wake_at = (SELECT wake_at FROM turn WHERE turn.first_debtor ="
                " wake_zone.first_debtor) WHERE first_debtor = (SELECT first_debtor FROM turn"
                " ORDER BY first_debtor LIMIT 1 OFFSET %lld)",
                (long long)i);
        (void)step(now);
    }
    rig_sql(&r, "DROP TABLE turn");
}

/* Names the first row that differs. */
static void same_rows(const char *got, const char *expected) {
    pn_str left = pn_str_of(got), right = pn_str_of(expected), a, b;
    while (pn_str_split(&left, '\n', &a) && pn_str_split(&right, '\n', &b)) {
        if (!pn_str_eq(a, b)) {
            fail_msg("night: %.*s\nsteps: %.*s", PN_STR_ARG(a), PN_STR_ARG(b));
        }
    }
    assert_int_equal(strlen(got), strlen(expected));
}

static void the_night_writes_what_single_steps_write(void **state) {
    (void)state;
    begin_life();
    (void)step(r.app->org.clock);
    rig_save(&r);
    step_one_by_one(evening());
    pn_buf expected; /* the rig's own memory goes with the database */
    pn_buf_init(&expected, 1 << 20);
    pn_buf_add_z(&expected, rig_rows(&r, "%s", STATES));
    pn_buf_add_char(&expected, '\0');
    rig_restore(&r);
    assert_true(zones_due(evening()) >= ZONES_MIN);
    pn_engine_stats stats = step(evening());
    assert_int_equal(stats.intents, DEBTORS - DEBTORS / 50);
    same_rows(rig_rows(&r, "%s", STATES), expected.ptr);
    pn_buf_done(&expected);
    assert_int_equal(zones_due(evening()), 0);
    rig_agrees(&r);
    rig_close(&r);
}

static void few_that_are_due_are_found(void **state) {
    (void)state;
    begin_life();
    (void)step(r.app->org.clock);
    (void)step(evening());
    pn_time later = evening() + 16 * PN_DAY;
    assert_true(zones_due(later) >= ZONES_MIN);
    pn_engine_stats stats = step(later);
    assert_int_equal(stats.intents, DEBTORS / 50);
    rig_agrees(&r);
    rig_close(&r);
}

static pn_time wall_now(void *context) {
    (void)context;
    return evening();
}

static int64_t wall_ticks(void *context) {
    (void)context;
    return 0;
}

static void some_entropy(void *context, void *bytes, size_t size) {
    (void)context;
    memset(bytes, 7, size);
}

static const pn_env PAYER_ENV = {.now = wall_now, .ticks = wall_ticks, .entropy = some_entropy};

/* ── somebody always waits for the turn ──────────────────────────────────────────────────────── */

/* The most runs that were moved in one turn; and who writes between two, if anybody does. */
typedef struct {
    int64_t moved, moved_max;
    pn_app *writer;
} crowd;

static int64_t runs_moved(void) {
    return rig_int(&r, "SELECT count(*) FROM run WHERE visit > 1");
}

static const char WRITES[] = "UPDATE organization SET name = name";

static void take_in_a_crowd(void *context, pn_turn_rank rank) {
    crowd *c = context;
    (void)rank;
    int64_t moved = runs_moved();
    c->moved_max = PN_MAX(c->moved_max, moved - c->moved);
    c->moved = moved;
    if (c->writer != NULL) {
        rig_ok(&r, pn_app_begin(c->writer, &r.diag));
        rig_ok(&r, pn_app_end(c->writer, pn_db_exec(c->writer->db, WRITES), &r.diag));
    }
}

static void give_to_a_crowd(void *context) {
    (void)context;
}

static bool is_wanted(void *context, int64_t lane) {
    (void)lane;
    (void)context;
    return true;
}

/* Each look at the clock is later by as long as a batch may have the turn. */
static int64_t looks;

static int64_t ticks_of_looks(void *context) {
    (void)context;
    return ++looks * PN_TURN_HOLD_US;
}

/* The same night, cut into pieces wherever it can be. */
static void whoever_waits_has_a_turn_soon(void **state) {
    enum { PIECE_MAX = 64 };
    place_only_file("writers of one file take turns");
    begin_life();
    (void)step(r.app->org.clock);
    rig_save(&r);
    (void)step(evening());
    pn_buf expected;
    pn_buf_init(&expected, 1 << 20);
    pn_buf_add_z(&expected, rig_rows(&r, "%s", STATES));
    pn_buf_add_char(&expected, '\0');
    rig_restore(&r);
    crowd c = {.moved = runs_moved()};
    pn_app_options options = {.url = r.at.url, .env = &PAYER_ENV, .actor = "writer"};
    if (*(const bool *)*state) {
        rig_ok(&r, pn_app_open(&options, &c.writer, &r.diag));
    }
    pn_turn turn = {
        .take = take_in_a_crowd, .give = give_to_a_crowd, .wanted = is_wanted, .context = &c};
    pn_env env = r.env;
    env.ticks = ticks_of_looks;
    rig_ok(&r, pn_org_set_clock(r.app->db, r.app->org.id, evening()));
    r.app->env = &env;
    r.app->turn = &turn;
    (void)step_at(evening());
    r.app->turn = NULL;
    r.app->env = &r.env;
    same_rows(rig_rows(&r, "%s", STATES), expected.ptr);
    pn_buf_done(&expected);
    if (c.writer != NULL) { /* else plans hold, and are written whole */
        assert_in_range(c.moved_max, 1, PIECE_MAX);
    }
    pn_app_close(c.writer);
    rig_agrees(&r);
    rig_close(&r);
}

static bool ALONE = false, AMONG_WRITERS = true;

/* ── somebody pays meanwhile ─────────────────────────────────────────────────────────────────── */

static bool pay_one(pn_app *app, int number, pn_arena *arena) {
    pn_diag diag = {0};
    pn_payment_result result;
    pn_stmt *q = pn_db_stmt(app->db, "SELECT i.debtor_id, i.id, i.open_minor, i.creditor_id FROM"
                                     " invoice i JOIN debtor d ON d.id = i.debtor_id"
                                     " WHERE i.external_id = $1");
    pn_str name = pn_str_format(arena, "F-%d", number);
    pn_bind_str(q, 1, name);
    if (pn_app_begin(app, &diag) != PN_OK) {
        return false;
    }
    pn_err err = pn_row_next(q);
    pn_id debtor = pn_col_int(q, 0), invoice = pn_col_int(q, 1);
    pn_payment_request request = {.debtor_id = debtor,
                                  .creditor_id = pn_col_int(q, 3),
                                  .amount = {pn_col_int(q, 2), {"EUR"}},
                                  .received = PN_DATE_NONE,
                                  .at = PN_TIME_NONE,
                                  .method = PN_STR("transfer"),
                                  .invoices = &invoice,
                                  .invoice_count = 1};
    pn_stmt_reset(q);
    if (err == PN_OK) {
        err = pn_books_pay(app, &request, arena, &result, &diag);
    }
    if (err == PN_OK) {
        return pn_app_commit(app, &diag) == PN_OK;
    }
    pn_app_rollback(app);
    return false;
}

/* The engine's first commit of the night has handed plans to the thread; when that has made them,
 * and before the engine writes the first of them, somebody pays. SQLite tells of each statement's
 * end. */
static pn_app *payer;
static _Atomic bool armed; /* the thread looks at it too */
enum { PAYS_FIRST = 1, PAYS_SECOND = 701 };

static int statement_over(unsigned kind, void *context, void *stmt, void *time) {
    (void)kind;
    (void)context;
    (void)time;
    if (armed && strcmp(sqlite3_sql(stmt), "COMMIT") == 0) {
        pn_arena arena;
        pn_arena_init(&arena, 0);
        armed = false;
        (void)nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
        assert_true(pay_one(payer, PAYS_FIRST, &arena));
        assert_true(pay_one(payer, PAYS_SECOND, &arena));
        pn_arena_done(&arena);
    }
    return 0;
}

static int watch_connection(sqlite3 *db, char **error, const struct sqlite3_api_routines *api) {
    (void)error;
    (void)api;
    return sqlite3_trace_v2(db, SQLITE_TRACE_PROFILE, statement_over, NULL);
}

static void a_payment_during_the_night_is_heard(void **state) {
    (void)state;
    place_only_file("the moment is found by listening to SQLite");
    pn_app_options options = {.url = r.at.url, .env = &PAYER_ENV, .actor = "payer"};
    assert_int_equal(sqlite3_auto_extension((void (*)(void))watch_connection), SQLITE_OK);
    begin_life();
    (void)step(r.app->org.clock);
    rig_ok(&r, pn_org_set_clock(r.app->db, r.app->org.id, evening()));
    rig_ok(&r, pn_app_open(&options, &payer, &r.diag));
    armed = true;
    pn_engine_stats stats = step_at(evening());
    assert_false(armed);
    assert_int_equal(stats.intents, DEBTORS - DEBTORS / 50 - 2);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM message m JOIN payment p"
                                 " ON p.debtor_id = m.debtor_id"),
                     0);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM run r JOIN payment p"
                                 " ON p.debtor_id = r.debtor_id WHERE r.status = 2"),
                     2);
    rig_agrees(&r);
    pn_app_close(payer);
    rig_close(&r);
    sqlite3_reset_auto_extension();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_night_writes_what_single_steps_write),
        cmocka_unit_test(few_that_are_due_are_found),
        cmocka_unit_test_prestate(whoever_waits_has_a_turn_soon, &ALONE),
        cmocka_unit_test_prestate(whoever_waits_has_a_turn_soon, &AMONG_WRITERS),
        cmocka_unit_test(a_payment_during_the_night_is_heard),
    };
    return cmocka_run_group_tests_name("night", tests, NULL, NULL);
}
