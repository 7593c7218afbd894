/* Conformance with Liquid: the cases of golden-liquid. */
#include "unit.h"

#include "base/json.h"
#include "base/limits.h"
#include "liquid/liquid.h"

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

static bool has_tag(const pn_json *tags, const char *name) {
    for (uint32_t i = 0; tags != NULL && i < tags->count; i++) {
        if (pn_str_eq(pn_json_text(&tags->items[i], PN_STR("")), pn_str_of(name))) {
            return true;
        }
    }
    return false;
}

/* Tags of other suites: templates that load templates, and two tags that Puntual leaves out. */
static bool is_counted(const pn_json *test) {
    const pn_json *tags = pn_json_field(test, "tags");
    return !has_tag(tags, "include tag") && !has_tag(tags, "render tag") &&
           !has_tag(tags, "tablerow tag") && !has_tag(tags, "doc tag");
}

static bool is_expected(const pn_json *test, pn_str got) {
    const pn_json *result = pn_json_field(test, "result");
    if (result != NULL) {
        return pn_str_eq(got, result->text);
    }
    const pn_json *results = pn_json_field(test, "results");
    for (uint32_t i = 0; results != NULL && i < results->count; i++) {
        if (pn_str_eq(got, results->items[i].text)) {
            return true;
        }
    }
    return false;
}

static bool golden_case_passes(const pn_json *test) {
    pn_str source = pn_json_text(pn_json_field(test, "template"), PN_STR(""));
    bool invalid = pn_json_bool(pn_json_field(test, "invalid"), false);
    pn_liquid_context context = {.data = pn_json_field(test, "data"), .now = PN_TIME_NONE};
    const pn_liquid_template *template = NULL;
    pn_diag diag;
    pn_diag_clear(&diag);
    pn_buf out;
    pn_buf_init(&out, PN_LIMIT_TEMPLATE_BYTES);
    pn_err err = pn_liquid_compile(source, NULL, &arena, &template, &diag);
    if (err == PN_OK) {
        err = pn_liquid_render(template, &context, &arena, &out, &diag);
    }
    bool passes = invalid ? err != PN_OK : err == PN_OK && is_expected(test, pn_buf_str(&out));
    if (!passes) {
        print_error("%.*s: got “%.*s” %s %s\n",
                    PN_STR_ARG(pn_json_text(pn_json_field(test, "name"), PN_STR("?"))),
                    PN_STR_ARG(pn_buf_str(&out)), diag.where, diag.what);
    }
    pn_buf_done(&out);
    return passes;
}

static void golden_liquid_is_met(void **state) {
    (void)state;
    const char *path = corpus_or_skip("9-conformance/golden-liquid/golden_liquid.json");
    pn_json *suite = NULL;
    assert_int_equal(pn_json_parse(file_read(&arena, path), NULL, &arena, &suite, NULL), PN_OK);
    const pn_json *tests = pn_json_field(suite, "tests");
    unsigned counted = 0, passed = 0;
    for (uint32_t i = 0; i < tests->count; i++) {
        if (is_counted(&tests->items[i])) {
            counted++;
            passed += golden_case_passes(&tests->items[i]);
        }
    }
    print_message("golden-liquid: %u of %u cases pass (%.2f %%)\n", passed, counted,
                  100.0 * passed / counted);
    assert_true(counted > 100);
    assert_true(passed * 100 >= counted * 97);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_liquid_is_met),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
