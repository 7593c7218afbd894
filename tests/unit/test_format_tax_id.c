/* Tax ids of eight countries: those that authorities and holders publish, what one changed
 * character does, and what is no tax id at all. */
#include "unit.h"

#include "base/banned.h"
#include "base/hash.h"
#include "format/tax_id.h"

static const char *const VERDICTS[] = {
    [PN_TAX_ID_GOOD] = "good",       [PN_TAX_ID_UNKNOWN] = "unknown",
    [PN_TAX_ID_ANYBODY] = "anybody", [PN_TAX_ID_DOUBTFUL] = "doubtful",
    [PN_TAX_ID_FORM] = "form",       [PN_TAX_ID_SUM] = "sum",
};

static void golden_ids(void **state) {
    (void)state;
    char line[200];
    size_t count = 0;
    char path[512];
    (void)snprintf(path, sizeof path, "%s/tests/unit/golden/tax_ids.tsv", getenv("PUNTUAL_SOURCE"));
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        pn_str rest = pn_str_trim(pn_str_of(line)), country = PN_STR_NONE, text = PN_STR_NONE;
        if (rest.len == 0 || rest.ptr[0] == '#') {
            continue;
        }
        assert_true(pn_str_split(&rest, '\t', &country));
        assert_true(pn_str_split(&rest, '\t', &text));
        const char *verdict = VERDICTS[pn_tax_id_check(text, country)];
        if (!pn_str_eq(rest, pn_str_of(verdict))) {
            fail_msg("%s: it is %s", line, verdict);
        }
        count++;
    }
    (void)fclose(file);
    assert_true(count > 60);
}

/* One wrong digit anywhere is found out; in those whose rest of eleven is cut to ten digits, but
 * for a few. */
static void a_wrong_digit_is_found(void **state) {
    (void)state;
    enum { TAKEN_MAX = 3 };
    static const char *const GOOD[][2] = {
        {"ES", "12345678Z"},      {"ES", "A58818501"},   {"ES", "X5253868R"},
        {"MX", "SAT970701NN3"},   {"BR", "39053344705"}, {"BR", "12ABC34501DE35"},
        {"BR", "11222333000181"}, {"CL", "76086428-5"},  {"CO", "800197268-4"},
        {"PE", "20512333797"},    {"GT", "576937-K"},
    };
    for (size_t n = 0; n < PN_COUNT(GOOD); n++) {
        pn_str id = pn_str_of(GOOD[n][1]), country = pn_str_of(GOOD[n][0]);
        bool cut = pn_str_is(country, "BR") || pn_str_is(country, "PE");
        size_t taken = 0;
        assert_int_equal(pn_tax_id_check(id, country), PN_TAX_ID_GOOD);
        for (size_t at = 0; at < id.len; at++) {
            char changed[20];
            memcpy(changed, id.ptr, id.len);
            for (char c = '0'; pn_is_digit(id.ptr[at]) && c <= '9'; c++) {
                changed[at] = c;
                bool good = pn_tax_id_check((pn_str){changed, id.len}, country) == PN_TAX_ID_GOOD;
                taken += good && c != id.ptr[at];
                assert_true(good || c != id.ptr[at]);
            }
        }
        if (taken > (cut ? TAKEN_MAX : 0)) {
            fail_msg("%zu changes of %s are taken", taken, GOOD[n][1]);
        }
    }
}

static void a_refusal_says_why(void **state) {
    (void)state;
    static const struct {
        const char *text, *country, *what, *mend;
    } BAD[] = {
        {"B12345678", "ES", "“B12345678” is not a valid NIF.",
         "Its check digit does not agree with the rest: look for a mistyped or swapped character."},
        {"B1234", "ES", "“B1234” is not a valid NIF.", "One is written like B12345674."},
        {"cf", "GT", "“cf” is not a valid NIT.", "It stands for whoever has none of their own."},
    };
    for (size_t i = 0; i < PN_COUNT(BAD); i++) {
        pn_diag diag = {0};
        assert_int_equal(pn_tax_id_read(pn_str_of(BAD[i].text), pn_str_of(BAD[i].country), &diag),
                         PN_INVALID);
        assert_string_equal(diag.what, BAD[i].what);
        assert_string_equal(diag.mend, BAD[i].mend);
    }
    static const char *const TAKEN[][2] = {
        {"B12345674", "ES"}, {"SAT970701NN4", "MX"}, {"123", "US"}, {"123", ""}};
    for (size_t i = 0; i < PN_COUNT(TAKEN); i++) {
        assert_int_equal(pn_tax_id_read(pn_str_of(TAKEN[i][0]), pn_str_of(TAKEN[i][1]), NULL),
                         PN_OK);
    }
}

/* The example that a refusal gives is right itself. */
static void examples_are_good(void **state) {
    (void)state;
    static const char *const COUNTRIES[] = {"AR", "BR", "CL", "CO", "ES", "GT", "MX", "PE"};
    for (size_t i = 0; i < PN_COUNT(COUNTRIES); i++) {
        pn_str country = pn_str_of(COUNTRIES[i]);
        assert_true(pn_tax_id_name(country).len >= 3);
        assert_int_equal(pn_tax_id_check(pn_tax_id_example(country), country), PN_TAX_ID_GOOD);
    }
    assert_int_equal(pn_tax_id_name(PN_STR("US")).len, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_ids),
        cmocka_unit_test(a_wrong_digit_is_found),
        cmocka_unit_test(a_refusal_says_why),
        cmocka_unit_test(examples_are_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
