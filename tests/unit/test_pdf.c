/* Block documents to PDFs: what is read and refused, where things stand on pages, equal bytes, and
 * the helper process. What the files say is looked at by tests/pdf/check, with other programs. */
#define _GNU_SOURCE /* clocks */
#include "unit.h"

#include <string.h>

#include "base/limits.h"
#include "codec/pdf.h"
#include "codec/pdf/colour.h"
#include "codec/pdf/image.h"
#include "codec/pdf/layout.h"
#include "codec/pdf/symbol.h"
#include "codec/pdf/write.h"
#include "real_env.h"
#include "../pdf/leaks.h"

static pn_arena arena;
static pn_diag diag;
static pn_pdf_press *press;
static pn_pdf_type *type;

static int start(void **state) {
    (void)state;
    return pn_pdf_press_new(&press, &diag) == PN_OK && pn_pdf_type_new(&type, &diag) == PN_OK ? 0
                                                                                              : -1;
}

static int finish(void **state) {
    (void)state;
    pn_pdf_press_free(press);
    pn_pdf_type_free(type);
    return 0;
}

static int set_up(void **state) {
    (void)state;
    pn_arena_init(&arena, 0);
    pn_diag_clear(&diag);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    pn_arena_done(&arena);
    return 0;
}

static pn_err write_json(const char *json, pn_str *ret_pdf, size_t *ret_pages) {
    pn_str part = pn_str_of(json);
    return pn_pdf_write(press, &part, 1, &arena, ret_pdf, ret_pages, &diag);
}

/* Documents are written here with ' for ", to be read by people. */
static const char *json_of(const char *text) {
    char *copy = pn_arena_copy(&arena, text, strlen(text));
    for (char *c = copy; *c != '\0'; c++) {
        *c = *c == '\'' ? '"' : *c;
    }
    return copy;
}

static size_t pages_of(const char *text) {
    pn_str pdf;
    size_t pages = 0;
    if (write_json(json_of(text), &pdf, &pages) != PN_OK) {
        print_error("%s %s\n", diag.what, diag.where);
        fail();
    }
    assert_true(pn_str_starts(pdf, PN_STR("%PDF-")));
    return pages;
}

static pn_pdf_layout laid_out(const char *text) {
    pn_pdf_doc *doc = pn_arena_new(&arena, pn_pdf_doc);
    pn_pdf_layout layout = {0};
    if (pn_pdf_doc_read(pn_str_of(json_of(text)), 1, &arena, doc, &diag) != PN_OK ||
        pn_pdf_layout_make(doc, type, 0, 0, &arena, &layout, &diag) != PN_OK) {
        print_error("%s %s\n", diag.what, diag.where);
        fail();
    }
    return layout;
}

/* A document whose one table has `rows` rows, then `more` blocks. */
static const char *with_rows(size_t rows, const char *cell, const char *more) {
    pn_buf text;
    pn_buf_init(&text, 1 << 24);
    pn_buf_add_z(&text, "{'title':'T','page_words':'{page}/{pages}','blocks':[{'table':{'columns':"
                        "[{'title':'What','grow':true},{'title':'Sum','align':'right'}],'rows':[");
    for (size_t i = 0; i < rows; i++) {
        pn_buf_add_format(&text, "%s['%s %zu','%zu,00 €']", i == 0 ? "" : ",", cell, i, i);
    }
    pn_buf_add_format(&text, "]}}%s]}", more);
    const char *copy = pn_str_z(&arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

/* ── reading ── */

static void test_refusals(void **state) {
    (void)state;
    static const struct {
        const char *json, *what, *where;
    } CASES[] = {
        {"[]", "list", ""},
        {"{}", "“title”", ""},
        {"{'title':'T'}", "“blocks”", "/blocks"},
        {"{'title':5,'blocks':[]}", "where text belongs", "/title"},
        {"{'title':'T','blocks':[],'colour':1}", "“colour” is no key here", ""},
        {"{'title':'T','blocks':[],'page':'a3'}", "one of a4, letter", ""},
        {"{'title':'T','blocks':[],'created':'yesterday'}", "2026-11-22T10:00:00Z", ""},
        {"{'title':'T','blocks':[],'language':'es<'}", "pt-BR", ""},
        {"{'title':'T','blocks':[],'brand':{'colour':'red'}}", "hexadecimal", "/brand"},
        {"{'title':'T','blocks':[],'brand':{'logo':1}}", "number of a part", "/brand"},
        {"{'title':'T','blocks':[],'meta':[['a']]}", "a label and a value", "/meta/0"},
        {"{'title':'T','blocks':[],'sender':['a',1]}", "where text belongs", "/sender/1"},
        {"{'title':'T','blocks':[{'headline':'x'}]}", "no kind of block", "/blocks/0"},
        {"{'title':'T','blocks':[{'heading':'x','text':'y'}]}", "one key", "/blocks/0"},
        {"{'title':'T','blocks':[{'space':-1}]}", "0 to 200", "/blocks/0/space"},
        {"{'title':'T','blocks':[{'divider':false}]}", "left out", "/blocks/0/divider"},
        {"{'title':'T','blocks':[{'table':{'columns':[],'rows':[]}}]}", "1 to 12",
         "/blocks/0/table"},
        {"{'title':'T','blocks':[{'table':{'columns':[{'title':'a'}],'rows':[['1'],['1','2']]}}]}",
         "more than the 1", "/blocks/0/table/rows/1"},
        {"{'title':'T','blocks':[{'pay':{'link':'javascript:alert(1)'}}]}", "no address",
         "/blocks/0/pay"},
        {"{'title':'T','blocks':[{'pay':{'barcode':{'kind':'itf','payload':'123'}}}]}",
         "even number of digits", ""},
        {"{'title':'T','blocks':[{'pay':{'barcode':{'kind':'gs1-128','payload':'90123'}}}]}",
         "round brackets", ""},
        {"{'title':'T','blocks':[{'pay':{'qr':{'payload':'a\\u0000b'}}}]}", "no NUL",
         "/blocks/0/pay/qr"},
        {"{'title':'T','blocks':[],'window':'left','recipient':['a\\na\\na\\na\\na\\na\\na\\na\\na"
         "\\na\\na\\na\\na\\na\\na\\na\\na']}",
         "does not fit", "/recipient"},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        pn_str pdf = PN_STR_NONE;
        size_t pages = 0;
        pn_diag_clear(&diag);
        assert_int_equal(write_json(json_of(CASES[i].json), &pdf, &pages), PN_INVALID);
        assert_null(pdf.ptr);
        if (strstr(diag.what, CASES[i].what) == NULL || strcmp(diag.where, CASES[i].where) != 0) {
            print_error("%s: “%s” at “%s”\n", CASES[i].json, diag.what, diag.where);
            fail();
        }
    }
}

static void test_bounds(void **state) {
    (void)state;
    pn_str pdf;
    size_t pages = 0;
    const char *many = json_of(with_rows(PN_LIMIT_PDF_ROWS + 1, "x", ""));
    assert_int_equal(write_json(many, &pdf, &pages), PN_LIMIT);
    assert_non_null(strstr(diag.what, "20000 rows"));
    /* As many rows as there may be, but each of several lines. */
    const char *lines = "a\\na\\na\\na\\na\\na\\na\\na\\na\\na";
    assert_int_equal(write_json(json_of(with_rows(9000, lines, "")), &pdf, &pages), PN_LIMIT);
    assert_non_null(strstr(diag.what, "500 pages"));
    pn_buf tall;
    pn_buf_init(&tall, 1 << 16);
    for (int i = 0; i < 200; i++) {
        pn_buf_add_lit(&tall, "a\\n");
    }
    const char *high = with_rows(1, pn_str_z(&arena, pn_buf_str(&tall)), "");
    assert_int_equal(write_json(json_of(high), &pdf, &pages), PN_INVALID);
    assert_non_null(strstr(diag.what, "higher than a page"));
    pn_buf_done(&tall);
}

static void check_markup(const char *source, const char *text, size_t spans, const char *url) {
    pn_pdf_marked marked = pn_pdf_markup(&arena, pn_str_of(source));
    assert_str(marked.text, text);
    assert_int_equal(marked.span_count, spans);
    const char *found = "";
    for (size_t i = 0; i < spans; i++) {
        assert_true(marked.spans[i].start < marked.spans[i].end);
        assert_true(marked.spans[i].end <= marked.text.len);
        found = marked.spans[i].url.len != 0 ? pn_str_z(&arena, marked.spans[i].url) : found;
    }
    assert_string_equal(found, url);
}

static void test_markup(void **state) {
    (void)state;
    check_markup("plain", "plain", 0, "");
    check_markup("a **b** c", "a b c", 1, "");
    check_markup("a ** b", "a ** b", 0, "");
    check_markup("****", "****", 0, "");
    check_markup("\\*\\*a\\*\\*", "**a**", 0, "");
    check_markup("[a](https://b.c)", "a", 1, "https://b.c");
    check_markup("**[a](https://b.c)**", "a", 2, "https://b.c");
    check_markup("[**a**](https://b.c)", "a", 2, "https://b.c");
    check_markup("[a](https://b.c/\\(d\\))", "a", 1, "https://b.c/(d)");
    check_markup("[a](javascript:b)", "[a](javascript:b)", 0, "");
    check_markup("[a](https://b c)", "[a](https://b c)", 0, "");
    check_markup("[a]", "[a]", 0, "");
    check_markup("[a](https://b.c", "[a](https://b.c", 0, "");
    check_markup("\\[a](https://b.c)", "[a](https://b.c)", 0, "");
    check_markup("end\\", "end\\", 0, "");
    pn_pdf_marked bold = pn_pdf_markup(&arena, PN_STR("**Total**"));
    assert_true(pn_pdf_all_bold(&bold));
    bold = pn_pdf_markup(&arena, PN_STR("**Total** net"));
    assert_false(pn_pdf_all_bold(&bold));
}

static void test_markup_parts(void **state) {
    (void)state;
    pn_pdf_marked whole = pn_pdf_markup(&arena, PN_STR("ab**cdef**[gh](https://i.j)"));
    pn_pdf_marked part = pn_pdf_marked_part(&arena, &whole, 3, 7);
    assert_str(part.text, "defg");
    assert_int_equal(part.span_count, 2);
    assert_int_equal(part.spans[0].start, 0);
    assert_int_equal(part.spans[0].end, 3);
    assert_int_equal(part.spans[1].start, 3);
    assert_int_equal(part.spans[1].end, 4);
    assert_str(part.spans[1].url, "https://i.j");
    assert_int_equal(pn_pdf_marked_part(&arena, &whole, 0, 2).span_count, 0);
}

/* Words that fill pages, brackets that never close, links without end. */
static void test_monsters(void **state) {
    (void)state;
    static const struct {
        const char *piece;
        size_t times;
        pn_err expected;
    } CASES[] = {{"x", 39000, PN_OK},
                 {"[", 39000, PN_OK},
                 {"**", 19000, PN_OK},
                 {"ñ", 19000, PN_OK},
                 {"[a](http://b) ", 2800, PN_LIMIT}};
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        pn_buf text;
        pn_buf_init(&text, 1 << 20);
        pn_buf_add_z(&text, "{'title':'T','blocks':[{'text':'");
        for (size_t n = 0; n < CASES[i].times; n++) {
            pn_buf_add_z(&text, CASES[i].piece);
        }
        pn_str block = pn_str_dup(&arena, pn_str_from(pn_buf_str(&text), 23));
        pn_buf_add_format(&text, "'},%.*s'}]}", PN_STR_ARG(block));
        pn_str pdf;
        size_t pages = 0;
        const char *json = json_of(pn_str_z(&arena, pn_buf_str(&text)));
        pn_err err = write_json(json, &pdf, &pages);
        pn_buf_done(&text);
        assert_int_equal(err, CASES[i].expected);
        assert_true(err != PN_OK || pages > 2);
    }
}

static void test_colours(void **state) {
    (void)state;
    uint32_t colour = 0;
    assert_true(pn_pdf_colour_read(PN_STR("#0B5fcc"), &colour));
    assert_int_equal(colour, 0x0b5fcc);
    assert_false(pn_pdf_colour_read(PN_STR("#0B5fcg"), &colour));
    assert_false(pn_pdf_colour_read(PN_STR("0B5fcc"), &colour));
    assert_int_equal(pn_pdf_colour_readable(0x0b5fcc), 0x0b5fcc);
    assert_true(pn_pdf_contrast(0, 0xffffff) > 20.99 && pn_pdf_contrast(0, 0xffffff) < 21.01);
    for (uint32_t c = 0; c < 0x1000000; c += 0x10305) {
        assert_true(pn_pdf_contrast(pn_pdf_colour_readable(c), 0xffffff) >= 4.5);
    }
    assert_true(pn_pdf_contrast(PN_PDF_MUTED, PN_PDF_SOFT) >= 4.5);
}

/* ── pages ── */

static const char TALL[] = "12345678";

/* Pieces of the text in order, each once; none below the foot; a header where a page begins. */
static size_t check_pages(const pn_pdf_layout *layout, const pn_pdf_piece *header) {
    const pn_pdf_piece *next = layout->first;
    size_t headers = 0;
    for (size_t p = 0; p < layout->page_count; p++) {
        double y = p == 0 ? layout->top_first : layout->top;
        bool first = true;
        for (const pn_pdf_placed *on = layout->pages[p].first; on != NULL; on = on->next) {
            if (on->piece == header && header != next) {
                assert_true(first && p > 0 && on->y == layout->top);
                y += on->piece->height;
                headers++;
            } else if (on->piece == next) {
                assert_true(on->y >= y - 0.01);
                assert_true(on->y + on->piece->height <= layout->bottom + 0.02);
                assert_true(!first || p == 0 || on->piece->header == NULL ||
                            on->y >= layout->top + on->piece->header->height - 0.01);
                y = on->y + on->piece->height;
                first = false;
                next = next->next;
            }
        }
    }
    assert_null(next);
    return headers;
}

static void test_long_table(void **state) {
    (void)state;
    pn_pdf_layout layout = laid_out(with_rows(150, TALL, ""));
    assert_true(layout.page_count >= 4);
    assert_int_equal(check_pages(&layout, layout.first), layout.page_count - 1);
}

static const pn_pdf_piece *last_but_one(const pn_pdf_layout *layout) {
    const pn_pdf_piece *piece = layout->first;
    while (piece->next->next != NULL) {
        piece = piece->next;
    }
    return piece;
}

static bool on_page(const pn_pdf_layout *layout, size_t page, const pn_pdf_piece *piece) {
    for (const pn_pdf_placed *on = layout->pages[page].first; on != NULL; on = on->next) {
        if (on->piece == piece) {
            return true;
        }
    }
    return false;
}

/* However many rows there are, the totals have one with them. */
static void test_totals_keep(void **state) {
    (void)state;
    bool broke = false;
    for (size_t rows = 20; rows < 45; rows++) {
        pn_pdf_layout layout = laid_out(
            with_rows(rows, TALL, ",{'totals':[['a','1'],['b','2'],['c','3'],['**d**','4']]}"));
        size_t last = layout.page_count - 1;
        (void)check_pages(&layout, layout.first);
        assert_true(on_page(&layout, last, layout.last));
        assert_true(on_page(&layout, last, last_but_one(&layout)));
        broke = broke || last > 0;
    }
    assert_true(broke);
}

/* However full the page is, the lines of a signature stand on one. */
static void test_signature_keeps(void **state) {
    (void)state;
    bool broke = false;
    for (size_t rows = 20; rows < 45; rows++) {
        pn_pdf_layout layout = laid_out(
            with_rows(rows, TALL, ",{'text':'Atentamente,\\nAna\\nCobros\\n983\\nDuero'}"));
        const pn_pdf_piece *piece = layout.first;
        size_t last = layout.page_count - 1, pieces = 0;
        for (const pn_pdf_piece *each = piece; each != NULL; each = each->next) {
            pieces++;
        }
        for (size_t i = 0; piece != NULL; i++, piece = piece->next) {
            assert_true(i + 5 < pieces || on_page(&layout, last, piece));
        }
        broke = broke || last > 0;
    }
    assert_true(broke);
}

/* Some lines too many: narrower gaps save the page; many too many: nothing is narrowed. */
static void test_narrow_gaps(void **state) {
    (void)state;
    bool narrowed = false, plain = false;
    for (int paragraphs = 20; paragraphs < 60; paragraphs++) {
        pn_buf text;
        pn_buf_init(&text, 1 << 16);
        pn_buf_add_z(&text, "{'title':'T','blocks':[{'text':'");
        for (int i = 0; i < paragraphs; i++) {
            pn_buf_add_lit(&text, "One line.\\n\\n");
        }
        pn_buf_add_z(&text, "'}]}");
        pn_pdf_layout layout = laid_out(pn_str_z(&arena, pn_buf_str(&text)));
        pn_buf_done(&text);
        (void)check_pages(&layout, NULL);
        narrowed = narrowed || layout.gap_scale < 1;
        plain = plain || layout.page_count > 1;
        assert_true(layout.gap_scale >= 1 || layout.page_count == 1);
    }
    assert_true(narrowed && plain);
}

/* ── windows ── */

typedef struct {
    double x0, y0, x1, y1;
} area;

static double mm_of(double points) {
    return points / PN_PDF_MM;
}

/* Counts lines of text of the first page that lie within the area, and those that touch it. */
static void count_lines(const pn_pdf_layout *layout, area where, size_t *ret_within,
                        size_t *ret_touching) {
    *ret_within = *ret_touching = 0;
    for (const pn_pdf_placed *on = layout->pages[0].first; on != NULL; on = on->next) {
        for (const pn_pdf_op *op = on->piece->first; op != NULL; op = op->next) {
            if (op->kind != PN_OP_LINE) {
                continue;
            }
            double x0 = mm_of(op->x), x1 = mm_of(op->x + op->width);
            double foot = mm_of(on->y + op->y + op->height * 0.25);
            double head = mm_of(on->y + op->y - op->height * 0.72);
            *ret_within += x0 >= where.x0 && x1 <= where.x1 && head >= where.y0 && foot <= where.y1;
            *ret_touching += x0 < where.x1 && x1 > where.x0 && head < where.y1 && foot > where.y0;
        }
    }
}

static void test_windows(void **state) {
    (void)state;
    static const struct {
        const char *window, *page;
        area always, sometimes;
        size_t lines;
    } CASES[] = {
        {"left", "a4", {20, 45, 105, 90}, {20, 45, 105, 90}, 6},
        {"right", "a4", {105, 50, 190, 79}, {90, 34, 205, 95}, 6},
        {"left", "letter", {22, 63, 111, 80.6}, {22, 52, 136, 92}, 5},
    };
    for (size_t i = 0; i < PN_COUNT(CASES); i++) {
        const char *json =
            pn_str_format(&arena,
                          "{'title':'Requerimiento','window':'%s','page':'%s','sender':["
                          "'Suministros Duero S.L.','Calle López Bravo 18','09001 Burgos','CIF "
                          "B09123456','Tel. 947','a@b.example'],'recipient':['Talleres Rayo S.L.',"
                          "'A la atención de D.ª Ana Prieto','Calle de la Estación 45','47004 "
                          "Valladolid','ESPAÑA'],'meta':[['Fecha','1'],['Ref.','2']],"
                          "'brand':{'name':'Suministros Duero'},'blocks':[{'text':'Hola'}]}",
                          CASES[i].window, CASES[i].page)
                .ptr;
        pn_pdf_layout layout = laid_out(json);
        size_t within = 0, touching = 0;
        count_lines(&layout, CASES[i].always, &within, &touching);
        assert_int_equal(within, CASES[i].lines);
        count_lines(&layout, CASES[i].sometimes, &within, &touching);
        assert_int_equal(touching, CASES[i].lines);
    }
}

/* ── letters ── */

static size_t count_boxes(const char *text) {
    pn_pdf_marked marked = pn_pdf_plain(pn_str_of(text));
    pn_pdf_text set = pn_pdf_set(type, &arena, PN_STYLE_BODY, &marked, -1);
    size_t boxes = 0;
    for (size_t i = 0; i < set.count; i++) {
        for (const pn_pdf_box *box = set.lines[i].boxes; box != NULL; box = box->next) {
            boxes++;
        }
    }
    return boxes;
}

static void test_letters(void **state) {
    (void)state;
    assert_int_equal(count_boxes("áéíóúüñçÁÉÍÓÚÜÑÇâêôãõàèìòùäëïößœæøåÅØÆŒÂÊÔÃÕÀ¿¡«»“”‘’ªº§¶…–—−×÷"
                                 "½¼¾€£¥$₡₲₿S/✓✗№™®©°·•→←"),
                     0);
    assert_int_equal(count_boxes("日本語"), 3);
    /* As wide as it is said to be, and no wider than asked for. */
    pn_pdf_marked marked = pn_pdf_plain(PN_STR("PalabraMuyLargaSinEspacios y algunas más"));
    pn_pdf_text set = pn_pdf_set(type, &arena, PN_STYLE_BODY, &marked, 60);
    assert_true(set.count > 3 && set.width <= 60.5);
    for (size_t i = 0; i < set.count; i++) {
        for (const pn_pdf_run *run = set.lines[i].runs; run != NULL; run = run->next) {
            assert_true((double)run->x + (double)run->width <= set.lines[i].width + 0.01);
        }
    }
    double measured = pn_pdf_measure(type, PN_STYLE_BODY, PN_STR("1.234.567,89 €"), false);
    marked = pn_pdf_plain(PN_STR("1.234.567,89 €"));
    set = pn_pdf_set(type, &arena, PN_STYLE_BODY, &marked, -1);
    assert_true(set.width <= measured * 1.01 + 1.5 && set.width >= measured * 0.9);
}

static void test_hostile_texts(void **state) {
    (void)state;
    static const char *const TEXTS[] = {
        "\\u0001\\u0000\\u007f\\u009f",
        "\\u202e\\u2066abc\\u2069 \\u05d0\\u05d1 \\u0627\\u0644",
        "\\u200b\\u200d\\ufeff\\ufffc\\uffff",
        "e\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301\\u0301",
        "\\ud83d\\ude00\\ud83c\\uddea\\ud83c\\uddf8 \\u0e33\\u0e33",
        "\\n\\n\\n\\n",
        "\\r\\n\\r\\r\\n",
        "[[[[[[((((****",
        "",
    };
    for (size_t i = 0; i < PN_COUNT(TEXTS); i++) {
        const char *t = TEXTS[i];
        const char *json =
            pn_str_format(&arena,
                          "{'title':'T%s','sender':['%s'],'recipient':['%s'],'meta':[['%s','%s']],"
                          "'brand':{'name':'%s'},'page_words':'%s{page}','footer':['%s'],'blocks':"
                          "[{'heading':'%s'},{'text':'%s'},{'table':{'section':'%s','columns':[{"
                          "'title':'%s'},{}],'rows':[['%s','%s']],'foot':[['%s']]}},{'totals':[["
                          "'%s','%s']]},{'amount':{'label':'%s','value':'%s','note':'%s'}},{'pay':"
                          "{'lines':[['%s','%s']]}},{'signature':['%s']},{'signatures':[{'name':"
                          "'%s','role':'%s'}]},{'legal':'%s'}]}",
                          t, t, t, t, t, t, t, t, t, t, t, t, t, t, t, t, t, t, t, t, t, t, t, t, t,
                          t)
                .ptr;
        assert_true(pages_of(json) >= 1);
    }
}

/* ── codes and logos ── */

static void test_symbols(void **state) {
    (void)state;
    const pn_pdf_modules *modules = NULL;
    assert_int_equal(pn_pdf_symbol_qr(PN_STR("BCD\n002\n1\nSCT"), 'M', &arena, &modules, &diag),
                     PN_OK);
    assert_int_equal(modules->columns, 21);
    assert_int_equal(modules->rows, 21);
    assert_int_equal(modules->dark[0], 1);
    /* ITF: start 4, 22 pairs of 18 modules, stop 5. */
    assert_int_equal(pn_pdf_symbol_bars(PN_PDF_ITF,
                                        PN_STR("23793381286000000003305000063305975520000370"),
                                        &arena, &modules, &diag),
                     PN_OK);
    assert_int_equal(modules->columns, 4 + 22 * 18 + 5);
    /* Code 128: start, a symbol for each pair of digits, check, 11 modules each, and a stop of 13.
     */
    assert_int_equal(pn_pdf_symbol_bars(PN_PDF_CODE128, PN_STR("123456"), &arena, &modules, &diag),
                     PN_OK);
    assert_int_equal(modules->columns, 11 * 5 + 13);
    char many[600];
    memset(many, 'x', sizeof many);
    assert_int_equal(pn_pdf_symbol_qr((pn_str){many, sizeof many}, 'H', &arena, &modules, &diag),
                     PN_LIMIT);
    assert_int_equal(
        pn_pdf_symbol_bars(PN_PDF_CODE128, (pn_str){many, 91}, &arena, &modules, &diag),
        PN_INVALID);
}

static void check_logo(pn_str bytes, pn_err expected, const char *what) {
    cairo_surface_t *logo = NULL;
    pn_diag_clear(&diag);
    assert_int_equal(pn_pdf_image_read(bytes, &logo, &diag), expected);
    assert_true((logo != NULL) == (expected == PN_OK));
    assert_non_null(strstr(diag.what, what));
    cairo_surface_destroy(logo);
}

static void test_logos(void **state) {
    (void)state;
    const char *source = getenv("PUNTUAL_SOURCE");
    pn_str png =
        file_read(&arena, pn_str_format(&arena, "%s/tests/pdf/samples/factura.png", source).ptr);
    pn_str jpeg =
        file_read(&arena, pn_str_format(&arena, "%s/tests/pdf/samples/recibo.jpg", source).ptr);
    check_logo(png, PN_OK, "");
    check_logo(jpeg, PN_OK, "");
    check_logo(PN_STR("<svg/>"), PN_INVALID, "neither a PNG nor a JPEG");
    check_logo(PN_STR(""), PN_INVALID, "neither a PNG nor a JPEG");
    for (size_t cut = 8; cut < png.len; cut += 61) {
        check_logo(pn_str_first(png, cut), PN_INVALID, "damaged");
    }
    for (size_t cut = 3; cut < jpeg.len; cut += 61) {
        check_logo(pn_str_first(jpeg, cut), PN_INVALID, "damaged");
    }
    char *wide = pn_arena_copy(&arena, png.ptr, png.len);
    wide[16] = 0x7F;
    check_logo((pn_str){wide, png.len}, PN_LIMIT, "pixels");
    char *large = pn_arena_zalloc(&arena, 1, PN_LIMIT_LOGO_BYTES + 1);
    check_logo((pn_str){large, PN_LIMIT_LOGO_BYTES + 1}, PN_LIMIT, "bytes");
}

/* ── the file ── */

static const char SMALL[] =
    "{'title':'Factura "
    "F-1','language':'es','created':'2026-11-22T10:00:00Z','brand':{'name':'Duero'"
    "},'sender':['A'],'recipient':['B'],'blocks':[{'text':'**Hola** [x](https://a.b/ñ?(c\\\\))'},"
    "{'totals':[['**Total**','1.210,00 €']]},{'pay':{'qr':{'payload':'BCD'}}}]}";

static void test_equal_bytes(void **state) {
    (void)state;
    pn_str first, again, other;
    size_t pages = 0;
    pn_pdf_press *second = NULL;
    const char *json = json_of(SMALL);
    assert_int_equal(write_json(json, &first, &pages), PN_OK);
    (void)pages_of("{'title':'日本 Ж','blocks':[{'text':'quite another one'}]}");
    assert_int_equal(write_json(json, &again, &pages), PN_OK);
    assert_true(pn_str_eq(first, again));
    assert_int_equal(pn_pdf_press_new(&second, &diag), PN_OK);
    pn_str part = pn_str_of(json);
    assert_int_equal(pn_pdf_write(second, &part, 1, &arena, &other, &pages, &diag), PN_OK);
    assert_true(pn_str_eq(first, other));
    pn_pdf_press_free(second);
}

/* The same bytes come from the process in its sandbox, whatever letters it meets there first. */
static void test_helper(void **state) {
    (void)state;
    static const char *const SAMPLES[] = {"recibo", "letras", "boleto", "statement", "letras"};
    pn_helper *helper = NULL;
    pn_str pdf, here;
    size_t pages = 0, pages_here = 0;
    const char *source = getenv("PUNTUAL_SOURCE");
    pn_str logo =
        file_read(&arena, pn_str_format(&arena, "%s/tests/pdf/samples/recibo.jpg", source).ptr);
    assert_int_equal(pn_helper_new(&REAL_ENV, "puntual-pdf", &helper, &diag), PN_OK);
    for (size_t i = 0; i < PN_COUNT(SAMPLES); i++) {
        pn_str path = pn_str_format(&arena, "%s/tests/pdf/samples/%s.json", source, SAMPLES[i]);
        pn_str parts[] = {file_read(&arena, path.ptr), logo};
        if (pn_pdf_make(helper, parts[0], &logo, 1, &arena, &pdf, &pages, &diag) != PN_OK) {
            print_error("%s: %s %s\n", SAMPLES[i], diag.what, diag.where);
            fail();
        }
        assert_int_equal(pn_pdf_write(press, parts, 2, &arena, &here, &pages_here, &diag), PN_OK);
        assert_int_equal(pages, pages_here);
        assert_true(pn_str_eq(pdf, here));
    }
    assert_int_equal(
        pn_pdf_make(helper, PN_STR("{\"title\":1}"), NULL, 0, &arena, &pdf, &pages, &diag),
        PN_INVALID);
    assert_string_equal(diag.where, "/title");
    const char *long_one = json_of(with_rows(2000, TALL, ""));
    assert_int_equal(pn_pdf_make(helper, pn_str_of(long_one), NULL, 0, &arena, &pdf, &pages, &diag),
                     PN_OK);
    assert_true(pages > 40);
    pn_helper_free(helper);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_refusals),      TEST(test_bounds),      TEST(test_markup),
        TEST(test_markup_parts),  TEST(test_monsters),    TEST(test_colours),
        TEST(test_long_table),    TEST(test_totals_keep), TEST(test_signature_keeps),
        TEST(test_narrow_gaps),   TEST(test_windows),     TEST(test_letters),
        TEST(test_hostile_texts), TEST(test_symbols),     TEST(test_logos),
        TEST(test_equal_bytes),   TEST(test_helper),
    };
    return cmocka_run_group_tests(tests, start, finish);
}
