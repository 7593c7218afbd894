/* Helper processes: questions and answers, deaths, lateness, and what the sandbox forbids. */
#define _GNU_SOURCE /* clocks */
#include "codec/helper.h"
#include "real_env.h"
#include "unit.h"

typedef struct {
    pn_helper *helper;
    pn_arena arena;
    pn_diag diag;
    pn_str parts[PN_HELPER_PARTS_MAX];
    size_t count;
} rig;

static int set_up(void **state) {
    rig *r = calloc(1, sizeof *r);
    pn_arena_init(&r->arena, 0);
    assert_int_equal(pn_helper_new(&REAL_ENV, "puntual-odd", &r->helper, &r->diag), PN_OK);
    *state = r;
    return 0;
}

static int tear_down(void **state) {
    rig *r = *state;
    pn_helper_free(r->helper);
    pn_arena_done(&r->arena);
    free(r);
    return 0;
}

static pn_err ask(rig *r, const char *first, const char *second, int timeout_ms) {
    pn_str parts[] = {pn_str_of(first), pn_str_of(second)};
    pn_diag_clear(&r->diag);
    return pn_helper_ask(r->helper, parts, 2, timeout_ms, &r->arena, r->parts, &r->count, &r->diag);
}

static void test_answers(void **state) {
    rig *r = *state;
    for (int i = 0; i < 100; i++) {
        assert_int_equal(ask(r, "echo", "", 10000), PN_OK);
        assert_int_equal(r->count, 2);
        assert_true(pn_str_is(r->parts[0], "echo"));
        assert_int_equal(r->parts[1].len, 0);
    }
}

static void test_refuses(void **state) {
    rig *r = *state;
    assert_int_equal(ask(r, "refuse", "", 10000), PN_LIMIT);
    assert_string_equal(r->diag.what, "Too many pages.");
    assert_string_equal(r->diag.where, "block 3");
    assert_string_equal(r->diag.mend, "Ask for fewer.");
}

static void test_dies_and_returns(void **state) {
    rig *r = *state;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(ask(r, "die", "", 10000), PN_INVALID);
        assert_string_equal(r->diag.what, "The helper “puntual-odd” stopped over this.");
        assert_int_equal(ask(r, "echo", "again", 10000), PN_OK);
        assert_true(pn_str_is(r->parts[1], "again"));
    }
}

static void test_is_late(void **state) {
    rig *r = *state;
    assert_int_equal(ask(r, "sleep", "", 50), PN_INVALID);
    assert_string_equal(r->diag.what, "The helper “puntual-odd” took too long over this.");
    assert_int_equal(ask(r, "echo", "again", 10000), PN_OK);
}

static void test_bounds(void **state) {
    rig *r = *state;
    assert_int_equal(ask(r, "large", "one", 60000), PN_OK);
    assert_int_equal(r->parts[0].len, 60U << 20);
    assert_int_equal(ask(r, "large", "two", 60000), PN_LIMIT);
    pn_str parts[] = {{r->parts[0].ptr, 60U << 20}, {r->parts[0].ptr, 60U << 20}};
    assert_int_equal(
        pn_helper_ask(r->helper, parts, 2, 10000, &r->arena, r->parts, &r->count, &r->diag),
        PN_LIMIT);
    assert_int_equal(ask(r, "echo", "still there", 10000), PN_OK);
}

static void test_sandbox(void **state) {
    rig *r = *state;
    static const char *const DENIED[] = {"socket", "fork", "exec", "create"};
    for (size_t i = 0; i < PN_COUNT(DENIED); i++) {
        assert_int_equal(ask(r, "try", DENIED[i], 10000), PN_OK);
        assert_string_equal(pn_str_z(&r->arena, r->parts[0]), "denied");
    }
    assert_int_equal(ask(r, "try", "read-folder", 10000), PN_OK);
    assert_string_equal(pn_str_z(&r->arena, r->parts[0]), "done");
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__clang__) /* they need both themselves */
static void test_sandbox_bounds(void **state) {
    rig *r = *state;
    assert_int_equal(ask(r, "try", "memory", 10000), PN_OK);
    assert_string_equal(pn_str_z(&r->arena, r->parts[0]), "denied");
    assert_int_equal(ask(r, "try", "read-elsewhere", 10000), PN_OK);
    assert_string_equal(pn_str_z(&r->arena, r->parts[0]), "denied");
}
#endif

static void test_missing(void **state) {
    (void)state;
    pn_helper *helper = NULL;
    pn_diag diag = {0};
    assert_int_equal(pn_helper_new(&REAL_ENV, "puntual-none", &helper, &diag), PN_NOT_FOUND);
    assert_string_equal(diag.what, "The helper program “puntual-none” was not found.");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_answers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_refuses, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_dies_and_returns, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_is_late, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bounds, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sandbox, set_up, tear_down),
#if !defined(__SANITIZE_ADDRESS__) && !defined(__clang__)
        cmocka_unit_test_setup_teardown(test_sandbox_bounds, set_up, tear_down),
#endif
        cmocka_unit_test(test_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
