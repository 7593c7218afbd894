/* What people read of amounts, numbers and days: the table that the console is held to as well
 * (tests/e2e/format.test.mjs). */
#include "unit.h"

#include "base/money.h"
#include "calendar/date.h"

enum { COLUMNS = 6, TABLE_BYTES = 1 << 16 };

static char table[TABLE_BYTES];

static pn_str read_table(void) {
    char path[1024];
    const char *source = getenv("PUNTUAL_SOURCE");
    assert_non_null(source);
    (void)snprintf(path, sizeof path, "%s/tests/unit/golden/formats.tsv", source);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t len = fread(table, 1, sizeof table, file);
    (void)fclose(file);
    assert_true(len > 0 && len < sizeof table);
    return (pn_str){table, len};
}

static void write_text(const pn_str column[COLUMNS], pn_buf *out) {
    int64_t number = 0;
    pn_date day = 0;
    if (pn_str_is(column[0], "date")) {
        assert_int_equal(pn_date_parse_iso(column[4], &day), PN_OK);
        pn_date_text_long(out, day, column[1], column[2]);
        return;
    }
    assert_int_equal(pn_str_to_int64(column[4], &number), PN_OK);
    if (pn_str_is(column[0], "integer")) {
        pn_integer_text(out, number, pn_number_style_of(column[1], column[2]));
        return;
    }
    assert_str(column[0], "money");
    pn_money money = {.minor = number};
    assert_int_equal(pn_currency_parse(column[3], &money.currency), PN_OK);
    pn_money_text(out, money, column[1], column[2]);
}

/* The table shows no-break spaces as _. */
static void show_spaces(pn_str text, pn_buf *out) {
    for (size_t i = 0; i < text.len; i++) {
        bool space = i + 1 < text.len && text.ptr[i] == '\xC2' && text.ptr[i + 1] == '\xA0';
        pn_buf_add_char(out, space ? '_' : text.ptr[i]);
        i += space;
    }
}

static void texts_are_as_the_table_says(void **state) {
    (void)state;
    pn_str rest = read_table(), line, column[COLUMNS];
    size_t rows = 0;
    while (pn_str_split(&rest, '\n', &line)) {
        if (line.len == 0 || line.ptr[0] == '#') {
            continue;
        }
        for (size_t i = 0; i < COLUMNS; i++) {
            assert_true(pn_str_split(&line, '\t', &column[i]));
        }
        pn_buf text, shown;
        pn_buf_init(&text, 200);
        pn_buf_init(&shown, 200);
        write_text(column, &text);
        show_spaces(pn_buf_str(&text), &shown);
        char expected[200];
        (void)snprintf(expected, sizeof expected, "%.*s", PN_STR_ARG(column[5]));
        assert_str(pn_buf_str(&shown), expected);
        pn_buf_done(&text);
        pn_buf_done(&shown);
        rows++;
    }
    assert_true(rows > 40);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(texts_are_as_the_table_says)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
