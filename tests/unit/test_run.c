/* A run's memory: what is remembered, and its bytes. */
#include "random_rule.h"

#include "core/run.h"

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

static pn_run empty_run(void) {
    return pn_run_copy(&(pn_run){.not_before = PN_TIME_NONE,
                                 .paused_since = PN_TIME_NONE,
                                 .quiet_until = PN_TIME_NONE,
                                 .closed_at = PN_TIME_NONE,
                                 .task_due = PN_TIME_NONE,
                                 .catch_due = PN_NODE_NONE},
                       &arena);
}

static pn_time random_time(pn_random *random) {
    return one_in(random, 2) ? PN_TIME_NONE : (pn_time)pn_random_next(random) >> 4;
}

static pn_run random_run(pn_random *random) {
    pn_run run = empty_run();
    run.entered_at = (pn_time)pn_random_next(random) >> 8;
    run.not_before = random_time(random);
    run.paused_since = random_time(random);
    run.paused_us = one_in(random, 2) ? 0 : between(random, 1, PN_DAY);
    run.quiet_until = random_time(random);
    run.closed_at = random_time(random);
    run.task_visit = one_in(random, 2) ? 0 : (uint32_t)between(random, 1, 1000);
    run.task_due = run.task_visit != 0 ? between(random, 0, PN_DAY) : PN_TIME_NONE;
    run.jumps = (uint32_t)pn_random_below(random, 9);
    for (uint32_t i = 0; i < run.jumps; i++) {
        run.passed[i] = (pn_id)pn_random_below(random, 1000);
    }
    run.closing = (pn_closed)pn_random_below(random, 5);
    run.catch_up = one_in(random, 2);
    run.returned = one_in(random, 3);
    run.catch_due = one_in(random, 2) ? PN_NODE_NONE : (uint32_t)pn_random_below(random, 500);
    run.phase = random_word(random);
    run.outcome = random_word(random);
    run.message_count = one_in(random, 2) ? 0 : pn_random_below(random, PN_RUN_MESSAGES_MAX + 1);
    for (size_t i = 0; i < run.message_count; i++) {
        run.messages[i] = (pn_run_message){(uint32_t)i, (uint32_t)pn_random_next(random),
                                           (pn_id)(pn_random_next(random) >> 1)};
    }
    run.counter_count = one_in(random, 2) ? 0 : pn_random_below(random, PN_RUN_COUNTERS_MAX + 1);
    for (size_t i = 0; i < run.counter_count; i++) {
        run.counters[i] = (pn_run_counter){(uint32_t)i, (uint32_t)pn_random_below(random, 200)};
    }
    run.late_count = one_in(random, 2) ? 0 : pn_random_below(random, PN_RUN_LATE_MAX + 1);
    for (size_t i = 0; i < run.late_count; i++) {
        run.late[i] = (uint32_t)pn_random_below(random, 500);
    }
    return run;
}

static pn_str encoded(const pn_run *run) {
    pn_buf bytes;
    pn_buf_init(&bytes, 1 << 16);
    pn_run_encode(run, &bytes);
    assert_int_equal(pn_buf_err(&bytes), PN_OK);
    pn_str copy = pn_str_dup(&arena, pn_buf_str(&bytes));
    pn_buf_done(&bytes);
    return copy;
}

static void memory_comes_back_from_its_bytes(void **state) {
    (void)state;
    pn_random random = pn_random_for(random_seed(), PN_STR("run memory"));
    for (int i = 0; i < 2000; i++) {
        pn_arena_reset(&arena);
        pn_run run = random_run(&random);
        pn_str bytes = encoded(&run);
        pn_run back = {0};
        assert_int_equal(pn_run_decode(bytes, &arena, &back), PN_OK);
        assert_true(pn_run_equal(&run, &back));
        pn_run copy = pn_run_copy(&run, &arena);
        assert_true(pn_run_equal(&run, &copy));
        copy.visit++;
        assert_false(pn_run_equal(&run, &copy));
        copy = pn_run_copy(&run, &arena);
        copy.jumps++;
        assert_false(pn_run_equal(&run, &copy));
    }
    assert_int_equal(encoded(&(pn_run){.not_before = PN_TIME_NONE,
                                       .paused_since = PN_TIME_NONE,
                                       .quiet_until = PN_TIME_NONE,
                                       .closed_at = PN_TIME_NONE,
                                       .catch_due = PN_NODE_NONE})
                         .len,
                     3); /* what is at its default takes no room */
}

/* Bytes that are accepted are the ones that encoding gives: nothing is read two ways. */
static void other_bytes_are_corrupt(void **state) {
    (void)state;
    pn_random random = pn_random_for(random_seed(), PN_STR("run bytes"));
    unsigned accepted = 0;
    for (int i = 0; i < 100000; i++) {
        pn_arena_reset(&arena);
        pn_run run = random_run(&random);
        run.message_count = PN_MIN(run.message_count, 2U);
        run.counter_count = PN_MIN(run.counter_count, 2U);
        pn_str bytes = encoded(&run);
        char *changed = pn_arena_copy(&arena, bytes.ptr, bytes.len);
        size_t len = bytes.len;
        for (int64_t j = between(&random, 0, 2); j >= 0; j--) {
            changed[pn_random_below(&random, len)] =
                (char)(one_in(&random, 2) ? pn_random_next(&random)
                                          : pn_random_below(&random, 2) * 0x80);
        }
        len -= one_in(&random, 4) ? pn_random_below(&random, len) : 0;
        pn_run back = {0};
        pn_err err = pn_run_decode((pn_str){changed, len}, &arena, &back);
        assert_true(err == PN_OK || err == PN_CORRUPT);
        if (err == PN_OK) {
            pn_str again = encoded(&back);
            assert_true(pn_str_eq(again, (pn_str){changed, len}));
            accepted++;
        }
    }
    assert_true(accepted > 1000);
    pn_run run = {0};
    assert_int_equal(pn_run_decode(PN_STR(""), &arena, &run), PN_CORRUPT);
    assert_int_equal(pn_run_decode(PN_STR("\x02\x00\x00"), &arena, &run), PN_CORRUPT);
    assert_int_equal(pn_run_decode(PN_STR("\x01\x20\x00\x00"), &arena, &run), PN_CORRUPT);
    assert_int_equal(pn_run_decode(PN_STR("\x01\x80\x00\x00"), &arena, &run), PN_CORRUPT);
    assert_int_equal(pn_run_decode(PN_STR("\x01\x00\x00"), &arena, &run), PN_OK);
}

static void the_last_message_of_a_node_is_remembered(void **state) {
    (void)state;
    pn_run run = empty_run();
    assert_null(pn_run_message_of(&run, PN_NODE_NONE));
    pn_run_remember(&run, 7, 1, 100);
    pn_run_remember(&run, 8, 2, 101);
    pn_run_remember(&run, 7, 3, 102);
    assert_int_equal(run.message_count, 2);
    assert_int_equal(pn_run_message_of(&run, 7)->message, 102);
    assert_int_equal(pn_run_message_of(&run, 8)->message, 101);
    assert_int_equal(pn_run_message_of(&run, PN_NODE_NONE)->message, 102);
    assert_null(pn_run_message_of(&run, 9));
}

/* More send nodes than are remembered: the one whose message is oldest is forgotten, not the one
 * that came first and has sent again since. */
static void the_oldest_message_makes_room(void **state) {
    (void)state;
    pn_run run = empty_run();
    uint32_t visit = 1;
    for (uint32_t node = 0; node < PN_RUN_MESSAGES_MAX; node++, visit++) {
        pn_run_remember(&run, node, visit, 1000 + (pn_id)visit);
    }
    pn_run_remember(&run, 0, visit, 1000 + (pn_id)visit);
    visit++;
    pn_run_remember(&run, 500, visit, 1000 + (pn_id)visit);
    assert_int_equal(run.message_count, PN_RUN_MESSAGES_MAX);
    assert_int_equal(pn_run_message_of(&run, 500)->message, 1000 + visit);
    assert_non_null(pn_run_message_of(&run, 0));
    assert_null(pn_run_message_of(&run, 1));
    assert_non_null(pn_run_message_of(&run, 2));
    assert_non_null(pn_run_message_of(&run, PN_RUN_MESSAGES_MAX - 1));
}

static void nodes_are_counted(void **state) {
    (void)state;
    pn_run run = empty_run();
    assert_int_equal(pn_run_count(&run, 3), 0);
    pn_run_count_up(&run, 3);
    pn_run_count_up(&run, 4);
    pn_run_count_up(&run, 3);
    assert_int_equal(pn_run_count(&run, 3), 2);
    assert_int_equal(pn_run_count(&run, 4), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define RUN(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        RUN(memory_comes_back_from_its_bytes),
        RUN(other_bytes_are_corrupt),
        RUN(the_last_message_of_a_node_is_remembered),
        RUN(the_oldest_message_makes_room),
        RUN(nodes_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
