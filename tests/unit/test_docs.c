/* The examples of docs/strategy-language.md are read by the real parser: strategies compile without
 * a problem, rules compile. */
#include "unit.h"

#include "core/flow/flow.h"

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

static void compile_strategy(const pn_json *document) {
    const pn_flow *flow = NULL;
    pn_problems problems;
    pn_err err = pn_flow_compile(document, NULL, &arena, &flow, &problems, NULL);
    for (size_t i = 0; i < problems.count; i++) {
        print_error("%.*s: %.*s\n", PN_STR_ARG(problems.items[i].node),
                    PN_STR_ARG(problems.items[i].sentence));
    }
    assert_int_equal(err, PN_OK);
    assert_int_equal(problems.count, 0);
}

static void compile_rule(const pn_json *document) {
    const pn_rule *rule = NULL;
    pn_diag diag;
    if (pn_rule_compile(document, PN_SUBJECT_ACCOUNT, &arena, &rule, &diag) != PN_OK) {
        fail_msg("%s %s", diag.where, diag.what);
    }
}

static void examples_are_valid(void **state) {
    (void)state;
    char path[1024];
    const char *source = getenv("PUNTUAL_SOURCE");
    (void)snprintf(path, sizeof path, "%s/docs/strategy-language.md", source ? source : ".");
    pn_str text = file_read(&arena, path);
    unsigned strategies = 0, rules = 0;
    for (size_t at; (at = pn_str_find(text, PN_STR("```json\n"))) != SIZE_MAX;) {
        text = pn_str_from(text, at + 8);
        size_t end = pn_str_find(text, PN_STR("```"));
        assert_true(end != SIZE_MAX);
        pn_json *document = NULL;
        pn_diag diag;
        if (pn_json_parse(pn_str_first(text, end), NULL, &arena, &document, &diag) != PN_OK) {
            fail_msg("%s %s", diag.where, diag.what);
        }
        if (pn_json_field(document, "puntual") != NULL) {
            compile_strategy(document);
            strategies++;
        } else {
            compile_rule(document);
            rules++;
        }
        text = pn_str_from(text, end + 3);
    }
    assert_true(strategies >= 3 && rules >= 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_are_valid),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
