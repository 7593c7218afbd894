/* What timelines say: every saying in three languages with the same places for values. */
#include "unit.h"

#include "app/sayings.h"

static const char *const LANGUAGES[] = {"en", "es", "pt"};

static pn_str said(pn_said which, const char *language, pn_buf *out) {
    const pn_str values[] = {PN_STR("<1>"), PN_STR("<2>"), PN_STR("<3>"), PN_STR("<4>")};
    out->len = 0;
    pn_say(out, pn_str_of(language), which, values, 4);
    return pn_buf_str(out);
}

static void test_every_saying_is_said_everywhere(void **state) {
    (void)state;
    static const char *const PLACES[] = {"<1>", "<2>", "<3>", "<4>"};
    pn_buf english, other;
    pn_buf_init(&english, 1 << 12);
    pn_buf_init(&other, 1 << 12);
    for (pn_said which = 0; which < PN_SAIDS; which++) {
        pn_str first = said(which, "en", &english);
        assert_true(first.len != 0);
        for (size_t i = 1; i < PN_COUNT(LANGUAGES); i++) {
            pn_str second = said(which, LANGUAGES[i], &other);
            assert_true(second.len != 0);
            assert_true(pn_str_find(second, PN_STR("%")) == SIZE_MAX);
            for (size_t place = 0; place < PN_COUNT(PLACES); place++) {
                bool there = pn_str_find(first, pn_str_of(PLACES[place])) != SIZE_MAX;
                bool here = pn_str_find(second, pn_str_of(PLACES[place])) != SIZE_MAX;
                assert_int_equal(here, there);
            }
        }
    }
    pn_buf_done(&english);
    pn_buf_done(&other);
}

static void test_a_saying_with_its_values(void **state) {
    (void)state;
    pn_buf out;
    pn_buf_init(&out, 1 << 12);
    const pn_str values[] = {PN_STR("F-1"), PN_STR("10,00 €"), PN_STR("05/03/2026")};
    pn_say(&out, PN_STR("es-MX"), PN_SAID_CORRECTED, values, 3);
    assert_str(pn_buf_str(&out),
               "El ERP corrigió la factura F-1: 10,00 €, con vencimiento el 05/03/2026.");
    out.len = 0;
    pn_say(&out, PN_STR("fr"), PN_SAID_CORRECTED, values, 3);
    assert_str(pn_buf_str(&out), "The ERP corrected invoice F-1: 10,00 €, due 05/03/2026.");
    out.len = 0;
    pn_say(&out, PN_STR("es"), PN_SAID_NOTE, (const pn_str[]){PN_STR("50 %1 más")}, 1);
    assert_str(pn_buf_str(&out), "Nota: 50 %1 más");
    pn_buf_done(&out);
}

static void test_words_of_ours(void **state) {
    (void)state;
    assert_str(pn_code_words(PN_STR("kept"), PN_STR("es")), "cumplida");
    assert_str(pn_code_words(PN_STR("kept"), PN_STR("en")), "kept");
    assert_str(pn_code_words(PN_STR("days of grace"), PN_STR("es")), "días de cortesía");
    assert_str(pn_code_words(PN_STR("credit"), PN_STR("pt")), "nota de crédito");
    assert_str(pn_code_words(PN_STR("whatever"), PN_STR("pt")), "whatever");
    assert_str(pn_reason_words(PN_STR("holiday"), PN_STR("es")), "es festivo");
    assert_str(pn_reason_words(PN_STR("holiday"), PN_STR("")), "it is a public holiday");
    assert_str(pn_reason_words(PN_STR("whatever"), PN_STR("es")), "");
}

static void test_what_an_undo_leaves(void **state) {
    (void)state;
    static const char *const REASONS[] = {"paid",   "messaged", "sending",
                                          "agreed", "changed",  "used"};
    for (size_t i = 0; i < PN_COUNT(REASONS); i++) {
        for (size_t j = 0; j < PN_COUNT(LANGUAGES); j++) {
            assert_true(pn_left_words(pn_str_of(REASONS[i]), pn_str_of(LANGUAGES[j])).len != 0);
        }
    }
    assert_str(pn_left_words(PN_STR("changed"), PN_STR("es-MX")), "se modificó desde entonces");
    assert_int_equal(pn_left_words(PN_STR("whatever"), PN_STR("es")).len, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_saying_is_said_everywhere),
        cmocka_unit_test(test_a_saying_with_its_values),
        cmocka_unit_test(test_words_of_ours),
        cmocka_unit_test(test_what_an_undo_leaves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
