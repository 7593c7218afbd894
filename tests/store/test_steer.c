/* Leading cases by hand: the place changes, what was begun ends, the engine's laws go on holding.
 */
#include "app/steer.h"
#include "app_rig.h"

static rig r;

static const char *const INVOICES =
    "external_id;debtor;debtor_name;email;issued;due;amount\n"
    "F-1;D1;Talleres Núñez;nunez@example.com;2025-12-12;2026-01-14;1.210,00\n";

static const char *const STRATEGY =
    "{'puntual': 1, 'name': 'mano', 'kind': 'strategy', 'subject': 'account', 'priority': 5,"
    " 'entry': {'rule': ['account.open', '>', 0]}, 'start': 'd2', 'nodes': {"
    "  'd2': {'type': 'wait.due', 'days': 2, 'at': '10:00', 'next': 'm1'},"
    "  'm1': {'type': 'send.email', 'template': 'prueba', 'tone': 1, 'next': 'd20',"
    "         'error': 'fin'},"
    "  'd20': {'type': 'wait.due', 'days': 20, 'at': '10:00', 'next': 'm2'},"
    "  'm2': {'type': 'send.email', 'template': 'prueba', 'tone': 2, 'next': 'llamar',"
    "         'error': 'fin'},"
    "  'llamar': {'type': 'task', 'title': 'Llamar', 'due_days': 3, 'done': 'fin', 'overdue': "
    "'fin'},"
    "  'fin': {'type': 'end', 'outcome': 'done'}}}";

static int set_up(void **state) {
    (void)state;
    rig_open(&r);
    rig_strategy(&r, STRATEGY);
    rig_import(&r, PN_IMPORT_INVOICES, INVOICES);
    rig_work(&r);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    rig_work(&r);
    rig_agrees(&r);
    rig_close(&r);
    return 0;
}

static pn_err steer(pn_steer_wish wish) {
    pn_run_row row;
    wish.reason = PN_STR("a call");
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
    rig_ok(&r, pn_run_get(r.app->db, rig_int(&r, "SELECT id FROM run"), &r.arena, &row));
    pn_err err = pn_steer(r.app, &row, &wish, &r.arena, &r.diag);
    pn_err ended = pn_app_end(r.app, err, &r.diag);
    assert_int_equal(err, ended);
    return err;
}

static pn_err move_to(const char *node) {
    return steer((pn_steer_wish){.kind = PN_STEER_MOVE, .node = pn_str_of(node)});
}

#define SENT "SELECT count(*) FROM carrier WHERE state = 2"

static void a_moved_case_goes_on_there(void **state) {
    (void)state;
    rig_ok(&r, move_to("m2"));
    rig_work(&r);
    rig_advance(&r, "2026-01-13", 12, 0);
    /* it is not due yet, so the letter is the gentlest (law 5) */
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM message"), 1);
    rig_advance(&r, "2026-03-15", 12, 0);
    rig_assert_rows(&r, "1", "SELECT status FROM run");
    rig_assert_rows(&r, "1",
                    "SELECT count(*) FROM event WHERE kind = 31 AND body IS NOT NULL AND"
                    " run_id <> 0");
}

static void a_skipped_wait_is_over(void **state) {
    (void)state;
    rig_ok(&r, steer((pn_steer_wish){.kind = PN_STEER_SKIP}));
    rig_work(&r);
    rig_advance(&r, "2026-01-13", 12, 0);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM message"), 1);
}

static void a_wait_is_put_off(void **state) {
    (void)state;
    assert_int_equal(steer((pn_steer_wish){.kind = PN_STEER_POSTPONE, .until = 1}), PN_INVALID);
    rig_ok(&r, steer((pn_steer_wish){.kind = PN_STEER_POSTPONE,
                                     .until = pn_app_now(r.app) + 10 * PN_DAY}));
    rig_work(&r);
    rig_advance(&r, "2026-01-21", 12, 0);
    assert_int_equal(rig_int(&r, SENT), 0);
    rig_advance(&r, "2026-01-23", 12, 0);
    assert_int_equal(rig_int(&r, SENT), 1);
}

static void a_stopped_case_stays_stopped(void **state) {
    (void)state;
    rig_ok(&r, steer((pn_steer_wish){.kind = PN_STEER_STOP}));
    rig_work(&r);
    rig_advance(&r, "2026-03-01", 12, 0);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM message"), 0);
    rig_assert_rows(&r, "1|8", "SELECT status, wait FROM run");
    assert_int_equal(steer((pn_steer_wish){.kind = PN_STEER_STOP}), PN_CONFLICT);
}

static void what_it_had_begun_ends(void **state) {
    (void)state;
    rig_ok(&r, move_to("llamar"));
    rig_work(&r);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM task WHERE state = 0"), 1);
    rig_ok(&r, move_to("d20"));
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM task WHERE state = 0"), 0);
    /* on Saturday the first message waits for Monday; led on, it is not sent */
    rig_ok(&r, move_to("d2"));
    rig_work(&r);
    rig_advance(&r, "2026-01-17", 12, 0);
    int64_t waiting = rig_int(&r, "SELECT count(*) FROM message WHERE state = 0");
    if (waiting == 1) {
        rig_ok(&r, move_to("d20"));
        rig_assert_rows(&r, "led_on", "SELECT reason FROM message");
        rig_advance(&r, "2026-01-20", 12, 0);
        assert_int_equal(rig_int(&r, SENT), 0);
    }
}

static void what_cannot_be_is_refused(void **state) {
    (void)state;
    assert_int_equal(move_to("nowhere"), PN_INVALID);
    rig_ok(&r, move_to("llamar"));
    rig_work(&r);
    assert_int_equal(steer((pn_steer_wish){.kind = PN_STEER_SKIP}), PN_CONFLICT);
    assert_int_equal(
        steer((pn_steer_wish){.kind = PN_STEER_POSTPONE, .until = pn_app_now(r.app) + PN_DAY}),
        PN_CONFLICT);
}

/* The memory of the only case of D1, behind the program's back; the other stays what it is. */
static void remember(const char *hex) {
    rig_sql(&r, "UPDATE run SET memory = x'%s' WHERE debtor_id = %lld", hex,
            (long long)rig_debtor(&r, "D1"));
}

static const char *hex_of(const pn_run *run) {
    pn_buf bytes, hex;
    pn_buf_init(&bytes, 4096);
    pn_buf_init(&hex, 8192);
    pn_run_encode(run, &bytes);
    for (size_t i = 0; i < bytes.len; i++) {
        pn_buf_add_format(&hex, "%02x", (unsigned char)bytes.ptr[i]);
    }
    const char *text = pn_str_z(&r.arena, pn_buf_str(&hex));
    pn_buf_done(&bytes);
    pn_buf_done(&hex);
    return text;
}

/* Its own case alone stands still, and is held; when the row is whole again it goes on. */
static void stands_still_while(const char *damaged) {
    pn_run_row row;
    pn_audit_report report;
    (void)rig_import(&r, PN_IMPORT_INVOICES,
                     "external_id;debtor;email;issued;due;amount\n"
                     "G-1;D2;d2@example.com;2025-12-12;2026-01-14;500,00\n");
    rig_work(&r);
    rig_ok(&r, pn_run_get(r.app->db,
                          rig_int(&r, "SELECT id FROM run WHERE debtor_id = %lld",
                                  (long long)rig_debtor(&r, "D1")),
                          &r.arena, &row));
    const char *whole = hex_of(&row.run);
    remember(damaged);
    rig_advance(&r, "2026-01-19", 12, 0);
    rig_assert_rows(&r, "D2",
                    "SELECT d.external_id FROM message m JOIN debtor d ON"
                    " d.id = m.debtor_id");
    rig_assert_rows(&r, "0|7|1", "SELECT status, wait, visit FROM run WHERE id = %lld",
                    (long long)row.run.id);
    remember(whole);
    rig_advance(&r, "2026-01-20", 12, 0);
    assert_int_equal(rig_int(&r, "SELECT count(*) FROM message WHERE state = 2"), 2);
    assert_true(rig_audit(&r, &report));
}

static void a_damaged_case_stops_nobody_else(void **state) {
    (void)state;
    stands_still_while("ff");
}

static void so_does_one_that_remembers_another_flow(void **state) {
    (void)state;
    pn_run_row row;
    rig_ok(&r, pn_run_get(r.app->db, rig_int(&r, "SELECT id FROM run"), &r.arena, &row));
    row.run.catch_due = 500;
    stands_still_while(hex_of(&row.run));
}

/* The message it had written waits, and nobody steers it; all of that ends with the damage. */
static void nothing_of_a_damaged_case_leaves(void **state) {
    (void)state;
    pn_audit_report report;
    rig_advance(&r, "2026-01-15", 23, 0);
    rig_ok(&r, move_to("m1"));
    rig_work(&r);
    rig_sql(&r, "CREATE TABLE kept AS SELECT id, memory FROM run");
    remember("");
    rig_advance(&r, "2026-01-16", 12, 0);
    rig_assert_rows(&r, "0|case_unreadable", "SELECT state, reason FROM message");
    assert_int_equal(move_to("d20"), PN_CONFLICT);
    assert_false(rig_audit(&r, &report));
    rig_sql(&r, "UPDATE run SET memory = (SELECT k.memory FROM kept k WHERE k.id = run.id)");
    rig_sql(&r, "DROP TABLE kept");
    rig_advance(&r, "2026-01-16", 14, 0);
    assert_int_equal(rig_int(&r, SENT), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_moved_case_goes_on_there),
        TEST(a_skipped_wait_is_over),
        TEST(a_wait_is_put_off),
        TEST(a_stopped_case_stays_stopped),
        TEST(what_it_had_begun_ends),
        TEST(what_cannot_be_is_refused),
        TEST(a_damaged_case_stops_nobody_else),
        TEST(so_does_one_that_remembers_another_flow),
        TEST(nothing_of_a_damaged_case_leaves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
