/* What the driver over PostgreSQL puts off comes in the right order, all or nothing, and its errors
 * are told. Nothing is tested here where databases are files. */
#include "place.h"
#include "store/schema.h"

static place at;

static pn_db *open_one(void) {
    pn_diag diag = {0};
    pn_db *db = NULL;
    if (pn_db_open(at.url, &(pn_db_options){.mode = PN_DB_WRITE}, &db, &diag) != PN_OK) {
        fail_msg("%s", diag.what);
    }
    return db;
}

static int set_up(void **state) {
    place_begin(&at);
    pn_db *db = open_one();
    assert_int_equal(pn_db_exec(db, "CREATE TABLE fruit (id BIGINT PRIMARY KEY, name TEXT,"
                                    " weight BIGINT, skin BYTEA);"
                                    "CREATE TABLE note (id BIGINT PRIMARY KEY, text TEXT)"),
                     PN_OK);
    *state = db;
    return 0;
}

static int tear_down(void **state) {
    pn_db_close(*state);
    place_end(&at);
    return 0;
}

static void begin(pn_db *db) {
    unsigned log = 0;
    assert_int_equal(pn_db_begin(db, PN_SCOPE_LANE, 1, &log), PN_OK);
}

static pn_err insert(pn_db *db, int64_t id, pn_str name, int64_t weight, int64_t exactly) {
    pn_stmt *q =
        pn_db_stmt_many(db, "INSERT INTO fruit (id, name, weight, skin) VALUES ($1, $2, $3, $4)",
                        PN_PG("INSERT INTO fruit (id, name, weight, skin)"
                              " SELECT * FROM unnest($1, $2, $3, $4)"));
    static const char SKIN[] = "\0\377";
    pn_bind_int(q, 1, id);
    pn_bind_str_or_null(q, 2, name);
    pn_bind_int_or_null(q, 3, weight, -1);
    pn_bind_blob_or_null(q, 4, SKIN, id % 2 == 0 ? 2 : 0);
    return pn_stmt_later(q, exactly);
}

static pn_err weigh(pn_db *db, int64_t id, int64_t weight, int64_t exactly) {
    pn_stmt *q = pn_db_stmt_many(
        db, "UPDATE fruit SET weight = $2 WHERE id = $1",
        PN_PG("UPDATE fruit SET weight = n.weight FROM unnest($1, $2) AS n (id, weight)"
              " WHERE fruit.id = n.id"));
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, weight);
    return pn_stmt_later(q, exactly);
}

static pn_err note(pn_db *db, int64_t id) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO note (id, text) VALUES ($1, 'x')");
    pn_bind_int(q, 1, id);
    return pn_stmt_run(q, NULL);
}

static int64_t ask(pn_db *db, pn_stmt *q) {
    pn_err err = pn_row_next(q);
    if (err != PN_OK) {
        fail_msg("%s", pn_db_error(db));
    }
    int64_t value = pn_col_int_or(q, 0, -1);
    pn_stmt_reset(q);
    return value;
}

static int64_t fruits(pn_db *db) {
    return ask(db, pn_db_stmt(db, "SELECT count(*) FROM fruit"));
}

static int64_t weight_of(pn_db *db, int64_t id) {
    pn_stmt *q = pn_db_stmt(db, "SELECT weight FROM fruit WHERE id = $1");
    pn_bind_int(q, 1, id);
    return ask(db, q);
}

static void rows_that_wait_are_there_for_who_reads(void **state) {
    pn_db *db = *state;
    enum { ROWS = 10000 };
    begin(db);
    for (int64_t i = 0; i < ROWS; i++) {
        char name[24];
        (void)snprintf(name, sizeof name, "ñandú %lld", (long long)i);
        assert_int_equal(
            insert(db, i, i % 3 == 0 ? PN_STR_NONE : pn_str_of(name), i % 5 == 0 ? -1 : i, 1),
            PN_OK);
        assert_int_equal(note(db, i), PN_OK); /* another table's statements do not disturb it */
    }
    assert_int_equal(fruits(db), ROWS);
    pn_stmt *q = pn_db_stmt(db, "SELECT name, weight, skin FROM fruit WHERE id = $1");
    pn_bind_int(q, 1, 9998);
    assert_int_equal(pn_row_next(q), PN_OK);
    assert_true(pn_str_is(pn_col_str(q, 0), "ñandú 9998"));
    assert_int_equal(pn_col_int(q, 1), 9998);
    assert_int_equal(pn_col_str(q, 2).len, 2);
    pn_stmt_reset(q);
    pn_bind_int(q, 1, 9975);
    assert_int_equal(pn_row_next(q), PN_OK);
    assert_true(pn_col_null(q, 0) && pn_col_null(q, 1) && pn_col_null(q, 2));
    pn_stmt_reset(q);
    assert_int_equal(pn_db_commit(db), PN_OK);
    assert_int_equal(fruits(db), ROWS);
    assert_int_equal(ask(db, pn_db_stmt(db, "SELECT count(*) FROM note")), ROWS);
}

static void order_within_a_table_is_kept(void **state) {
    pn_db *db = *state;
    begin(db);
    for (int64_t i = 0; i < 300; i++) {
        assert_int_equal(insert(db, i, PN_STR("kiwi"), 1, 1), PN_OK);
        assert_int_equal(weigh(db, i, 2, 1), PN_OK);
    }
    for (int64_t times = 3; times < 6; times++) { /* the same rows again: each time counts */
        for (int64_t i = 0; i < 300; i++) {
            assert_int_equal(weigh(db, i, times, 1), PN_OK);
        }
    }
    pn_stmt *all = pn_db_stmt(db, "UPDATE fruit SET weight = weight + 10 WHERE id > $1");
    pn_bind_int(all, 1, 100);
    assert_int_equal(pn_stmt_run(all, NULL), PN_OK);
    assert_int_equal(weigh(db, 200, 7, 1), PN_OK);
    assert_int_equal(pn_db_commit(db), PN_OK);
    assert_int_equal(weight_of(db, 100), 5);
    assert_int_equal(weight_of(db, 101), 15);
    assert_int_equal(weight_of(db, 200), 7);
}

static void too_few_rows_fail_the_commit(void **state) {
    pn_db *db = *state;
    begin(db);
    assert_int_equal(insert(db, 1, PN_STR("fig"), 1, 1), PN_OK);
    assert_int_equal(weigh(db, 1, 2, 1), PN_OK);
    assert_int_equal(weigh(db, 2, 2, 1), PN_OK); /* there is none */
    assert_int_equal(pn_db_commit(db), PN_CONFLICT);
    pn_db_rollback(db);
    assert_int_equal(fruits(db), 0);
    begin(db); /* what nobody counts may miss */
    assert_int_equal(weigh(db, 2, 2, PN_ANY_ROWS), PN_OK);
    assert_int_equal(pn_db_commit(db), PN_OK);
}

static void an_error_put_off_is_told_by_the_next_reader_and_by_the_commit(void **state) {
    pn_db *db = *state;
    pn_stmt *q;
    begin(db);
    assert_int_equal(note(db, 1), PN_OK);
    assert_int_equal(note(db, 1), PN_OK); /* not told yet */
    assert_int_equal(insert(db, 1, PN_STR("fig"), 1, 1), PN_OK);
    q = pn_db_stmt(db, "SELECT count(*) FROM fruit");
    assert_int_equal(pn_row_next(q), PN_CONFLICT);
    assert_int_equal(note(db, 2), PN_CONFLICT);
    assert_int_equal(pn_db_commit(db), PN_CONFLICT);
    pn_db_rollback(db);
    begin(db);
    assert_int_equal(insert(db, 1, PN_STR("fig"), 1, 1), PN_OK);
    assert_int_equal(insert(db, 1, PN_STR("fig"), 1, 1), PN_OK);
    assert_int_equal(pn_db_commit(db), PN_CONFLICT);
    assert_non_null(strstr(pn_db_error(db), "fruit_pkey"));
    pn_db_rollback(db);
    assert_int_equal(fruits(db), 0);
    assert_int_equal(ask(db, pn_db_stmt(db, "SELECT count(*) FROM note")), 0);
}

static void a_rollback_forgets_what_waits(void **state) {
    pn_db *db = *state;
    begin(db);
    assert_int_equal(insert(db, 1, PN_STR("fig"), 1, 1), PN_OK);
    assert_int_equal(note(db, 1), PN_OK);
    pn_db_rollback(db);
    begin(db);
    assert_int_equal(insert(db, 2, PN_STR("fig"), 1, 1), PN_OK);
    assert_int_equal(pn_db_commit(db), PN_OK);
    assert_int_equal(fruits(db), 1);
    assert_int_equal(weight_of(db, 2), 1);
}

/* More than the sockets between hold, in both directions. */
static void much_on_its_way_does_not_block(void **state) {
    enum { SIZE = 300000, ROWS = 100 };
    pn_db *db = *state;
    char *text = malloc(SIZE);
    memset(text, 'x', SIZE);
    begin(db);
    for (int64_t i = 0; i < ROWS; i++) {
        pn_stmt *q = pn_db_stmt(db, "INSERT INTO note (id, text) VALUES ($1, $2) RETURNING text");
        pn_bind_int(q, 1, i);
        pn_bind_str(q, 2, (pn_str){text, SIZE});
        assert_int_equal(pn_stmt_run(q, NULL), PN_OK);
    }
    assert_int_equal(pn_db_commit(db), PN_OK);
    free(text);
    assert_int_equal(ask(db, pn_db_stmt(db, "SELECT sum(length(text)) FROM note")),
                     (int64_t)SIZE * ROWS);
}

/* ── partitions ──────────────────────────────────────────────────────────────────────────────── */

static pn_err open_parted(const char *partitions, pn_db **ret_db, pn_diag *diag) {
    char url[sizeof at.url + 32];
    (void)snprintf(url, sizeof url, "%s&partitions=%s", at.url, partitions);
    return pn_db_open(url, &(pn_db_options){.mode = PN_DB_WRITE}, ret_db, diag);
}

static int64_t partitions_of(pn_db *db, const char *table) {
    pn_stmt *q = pn_db_stmt(db, "SELECT count(*) FROM pg_inherits i JOIN pg_class c ON c.oid ="
                                " i.inhparent WHERE c.relname = $1 AND c.relnamespace ="
                                " CAST(current_schema() AS REGNAMESPACE)");
    pn_bind_str(q, 1, pn_str_of(table));
    return ask(db, q);
}

static void a_new_database_has_the_partitions_its_url_wants(void **state) {
    (void)state;
    pn_diag diag = {0};
    pn_db *db = NULL;
    assert_int_equal(open_parted("3", &db, &diag), PN_OK);
    assert_int_equal(pn_schema_migrate(db, 0, &diag), PN_OK);
    assert_int_equal(partitions_of(db, "run"), 3);
    assert_int_equal(partitions_of(db, "message"), 3);
    assert_int_equal(partitions_of(db, "event"), 3);
    assert_int_equal(partitions_of(db, "invoice"), 0);
    pn_db_close(db);
}

/* A later change of the schema is made by whoever opens it next, with whatever URL. */
static void tables_that_come_later_are_laid_out_as_the_others(void **state) {
    (void)state;
    unsigned log = 0;
    pn_diag diag = {0};
    pn_db *db = NULL;
    assert_int_equal(open_parted("3", &db, &diag), PN_OK);
    assert_int_equal(pn_schema_migrate(db, 0, &diag), PN_OK);
    pn_db_close(db);
    assert_int_equal(open_parted("1", &db, &diag), PN_OK);
    assert_int_equal(pn_db_begin(db, PN_SCOPE_DATABASE, 0, &log), PN_OK);
    assert_int_equal(pn_db_lay_out(db, false), PN_OK);
    assert_int_equal(pn_db_exec(db, "CREATE TABLE late (debtor_id BIGINT, id BIGINT, PRIMARY KEY"
                                    " (debtor_id, id)) PARTITION BY HASH (debtor_id)"),
                     PN_OK);
    assert_int_equal(pn_db_add_partitions(db), PN_OK);
    assert_int_equal(pn_db_commit(db), PN_OK);
    assert_int_equal(partitions_of(db, "late"), 3);
    assert_int_equal(partitions_of(db, "run"), 3);
    pn_db_close(db);
}

static void as_many_partitions_as_nobody_can_have_are_refused(void **state) {
    static const char *const WRONG[] = {"0", "257", "-1", "x", "", "4x"};
    (void)state;
    for (size_t i = 0; i < PN_COUNT(WRONG); i++) {
        pn_diag diag = {0};
        pn_db *db = NULL;
        assert_int_equal(open_parted(WRONG[i], &db, &diag), PN_INVALID);
        assert_non_null(strstr(diag.what, "from 1 to 256"));
    }
}

/* ── a pooler ────────────────────────────────────────────────────────────────────────────────── */

static void refused(const char *url, bool alone, pn_err outcome, const char *says) {
    pn_db *db = NULL;
    pn_diag diag = {0};
    pn_db_options how = {.mode = PN_DB_WRITE, .alone = alone};
    assert_int_equal(pn_db_open(url, &how, &db, &diag), outcome);
    assert_non_null(strstr(diag.what, says));
}

static void what_no_pooler_can_is_refused(void **state) {
    (void)state;
    refused("postgresql:///x?host=/nowhere&pooler=1", true, PN_DENIED, "itself");
    refused("postgresql:///x?pooler=1&options=-csearch_path%3Dy&host=/nowhere", false, PN_INVALID,
            "options=");
    refused("postgresql:///x?pooler=2", false, PN_INVALID, "pooler=2");
    /* what is ours is taken out, wherever it stands: libpq looks for the server */
    refused("postgresql:///x?pooler=1&host=/nowhere", false, PN_IO, "/nowhere");
    refused("postgresql:///x?host=/nowhere&pooler=1", false, PN_IO, "/nowhere");
    refused("postgresql://nowhere.invalid/x?pooler=1", false, PN_IO, "nowhere.invalid");
}

static bool is_pooled(void) {
    return strstr(at.url, "pooler=1") != NULL;
}

#define IDLE "idle_in_transaction_session_timeout"

/* More connections than the pooler has sessions: each transaction may get another one. */
static void a_session_keeps_nothing_that_a_pooler_would_give_to_others(void **state) {
    enum { COUNT = 12, ROUNDS = 5 };
    pn_db *dbs[COUNT];
    if (!is_pooled()) {
        skip();
    }
    for (int i = 0; i < COUNT; i++) {
        dbs[i] = open_one();
    }
    for (int64_t i = 0; i < (int64_t)COUNT * ROUNDS; i++) {
        pn_db *db = dbs[i % COUNT];
        begin(db);
        assert_int_equal(insert(db, i, PN_STR("fig"), i, 1), PN_OK);
        assert_int_equal(weigh(db, i, 1, 1), PN_OK);
        assert_int_equal(note(db, i), PN_OK);
        assert_int_equal(weight_of(db, i), 1);
        assert_int_equal(ask(db, pn_db_stmt(db, "SELECT count(*) FROM pg_settings WHERE"
                                                " name = '" IDLE "' AND setting = '60000'")),
                         1);
        assert_int_equal(pn_db_commit(db), PN_OK);
    }
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(fruits(dbs[i]), COUNT * ROUNDS);
        assert_int_equal(ask(dbs[i], pn_db_stmt(dbs[i], "SELECT count(*) FROM pg_settings WHERE"
                                                        " name = '" IDLE "' AND setting <> '0'")),
                         0);
        assert_int_equal(
            ask(dbs[i], pn_db_stmt(dbs[i], "SELECT count(*) FROM pg_prepared_statements")), 0);
        assert_int_equal(
            ask(dbs[i], pn_db_stmt(dbs[i], "SELECT count(*) FROM pg_locks WHERE"
                                           " locktype = 'advisory' AND pid = pg_backend_pid()")),
            0);
        pn_db_close(dbs[i]);
    }
    assert_true(ask(*state, pn_db_stmt(*state, "SELECT count(*) FROM pg_stat_activity WHERE"
                                               " backend_type = 'client backend'"
                                               " AND datname = current_database()")) < COUNT);
}

int main(void) {
    if (place_server() == NULL) {
        (void)printf("1..0 # SKIP databases are files\n");
        return 77;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_that_wait_are_there_for_who_reads, set_up, tear_down),
        cmocka_unit_test_setup_teardown(order_within_a_table_is_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_few_rows_fail_the_commit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            an_error_put_off_is_told_by_the_next_reader_and_by_the_commit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_rollback_forgets_what_waits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(much_on_its_way_does_not_block, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_new_database_has_the_partitions_its_url_wants, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(tables_that_come_later_are_laid_out_as_the_others, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(as_many_partitions_as_nobody_can_have_are_refused, set_up,
                                        tear_down),
        cmocka_unit_test(what_no_pooler_can_is_refused),
        cmocka_unit_test_setup_teardown(a_session_keeps_nothing_that_a_pooler_would_give_to_others,
                                        set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
