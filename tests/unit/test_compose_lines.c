/* Lines of plain text, wrapped as a reader who counts characters one by one would wrap them. */
#include "unit.h"

#include "base/hash.h"
#include "compose/lines.h"

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r';
}

/* Characters but for combining marks (U+0300 to U+036F). */
static size_t columns_of(pn_str text) {
    size_t columns = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        unsigned char next = i + 1 < text.len ? (unsigned char)text.ptr[i + 1] : 0;
        bool mark = (c == 0xCC && next >= 0x80) || (c == 0xCD && next >= 0x80 && next <= 0xAF);
        columns += (c & 0xC0) != 0x80 && !mark;
    }
    return columns;
}

static void wrap(pn_str line, size_t margin, pn_buf *out) {
    size_t column = margin;
    bool first = true;
    for (size_t i = 0; i < line.len;) {
        while (i < line.len && is_blank(line.ptr[i])) {
            i++;
        }
        size_t from = i;
        while (i < line.len && !is_blank(line.ptr[i])) {
            i++;
        }
        pn_str word = {line.ptr + from, i - from};
        size_t width = columns_of(word);
        if (word.len == 0) {
            break;
        }
        if (!first && column > margin && column + 1 + width > PN_LINE_WIDTH) {
            pn_buf_add_char(out, '\n');
            for (size_t k = 0; k < margin; k++) {
                pn_buf_add_char(out, ' ');
            }
            column = margin;
        } else if (!first) {
            pn_buf_add_char(out, ' ');
            column++;
        }
        pn_buf_add_str(out, word);
        column += width;
        first = false;
    }
    pn_buf_add_char(out, '\n');
}

static void check(pn_str line, size_t margin) {
    pn_buf out, wanted;
    pn_buf_init(&out, 1 << 16);
    pn_buf_init(&wanted, 1 << 16);
    wrap(line, margin, &wanted);
    pn_line_add_behind(&out, line, margin);
    if (!pn_str_eq(pn_buf_str(&out), pn_buf_str(&wanted))) {
        fail_msg("at margin %zu “%.*s” became\n%.*sand not\n%.*s", margin, PN_STR_ARG(line),
                 PN_STR_ARG(pn_buf_str(&out)), PN_STR_ARG(pn_buf_str(&wanted)));
    }
    pn_buf_done(&out);
    pn_buf_done(&wanted);
}

static uint64_t dice(uint64_t seed, uint64_t *throws, uint64_t sides) {
    (*throws)++;
    return pn_hash64((const char *)throws, sizeof *throws, seed) % sides;
}

static void add_word(pn_buf *line, uint64_t seed, uint64_t *throws) {
    static const char *const LETTERS[] = {"a", "b",      "n",  ".",       "ó",       "ñ", "é",
                                          "€", "\u00A0", "漢", "e\u0301", "o\u036F", "𝄞"};
    uint64_t plain = dice(seed, throws, 3);
    uint64_t kinds = plain == 0 ? 4 : plain == 1 ? 10 : PN_COUNT(LETTERS);
    uint64_t length = dice(seed, throws, 40) == 0 ? 90 : 1 + dice(seed, throws, 11);
    for (uint64_t i = 0; i < length; i++) {
        pn_buf_add_z(line, LETTERS[dice(seed, throws, kinds)]);
    }
}

static void test_any_line(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 4000; seed++) {
        static const char *const GAPS[] = {" ", " ", " ", " ", " ", " ", " ", "  ", "\t", " \r"};
        uint64_t throws = 0, words = dice(seed, &throws, 40);
        uint64_t gaps = dice(seed, &throws, 2) == 0 ? 1 : PN_COUNT(GAPS);
        pn_buf line;
        pn_buf_init(&line, 1 << 16);
        for (uint64_t i = 0; i < words; i++) {
            if (i != 0 || dice(seed, &throws, 8) == 0) {
                pn_buf_add_z(&line, GAPS[dice(seed, &throws, gaps)]);
            }
            add_word(&line, seed, &throws);
        }
        assert_int_equal(pn_line_width(pn_buf_str(&line)), columns_of(pn_buf_str(&line)));
        check(pn_buf_str(&line), dice(seed, &throws, 3) * 17);
        check(pn_buf_str(&line), PN_LINE_WIDTH + dice(seed, &throws, 3));
        pn_buf_done(&line);
    }
}

/* Words that end exactly at the edge, and one behind it. */
static void test_the_edge(void **state) {
    (void)state;
    for (size_t first = 60; first <= PN_LINE_WIDTH + 2; first++) {
        for (size_t second = 1; second <= 14; second++) {
            pn_buf line;
            pn_buf_init(&line, 4096);
            pn_line_repeat(&line, 'x', first);
            pn_buf_add_char(&line, ' ');
            pn_line_repeat(&line, 'y', second);
            pn_buf_add_lit(&line, " z");
            check(pn_buf_str(&line), 0);
            pn_buf_done(&line);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_line),
        cmocka_unit_test(test_the_edge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
