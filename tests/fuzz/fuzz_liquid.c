/* Fuzzes compiling and rendering. The first byte chooses the escaping, strictness, and whether the
 * data is a JSON tree or objects of a class; the rest is the template. Checked besides memory: what
 * compiles leniently and renders does so twice alike, the bounds hold, a header is one line, and
 * the variables lie within the source. */
#include <stdint.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "liquid/liquid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ITEM_HEAD, ITEM_TEXT, ITEM_MONEY, ITEM_DATE, ITEM_TIME, ITEM_SELF, ITEM_SLOTS };
enum { ROOT_HEAD, ROOT_A, ROOT_LIST, ROOT_N, ROOT_HTML, ROOT_LINK, ROOT_TREE, ROOT_SLOTS };

static const pn_liquid_class ITEM;
static const pn_liquid_field ITEM_FIELDS[ITEM_SLOTS] = {
    [ITEM_TEXT] = {"b", PN_LIQUID_STR, NULL, NULL},
    [ITEM_MONEY] = {"m", PN_LIQUID_MONEY, NULL, NULL},
    [ITEM_DATE] = {"d", PN_LIQUID_DATE, NULL, NULL},
    [ITEM_TIME] = {"t", PN_LIQUID_TIME, NULL, NULL},
    [ITEM_SELF] = {"self", PN_LIQUID_OBJECT, &ITEM, NULL},
};
static const pn_liquid_class ITEM = {"item", ITEM_FIELDS, ITEM_SLOTS};
static const pn_liquid_field ROOT_FIELDS[ROOT_SLOTS] = {
    [ROOT_A] = {"a", PN_LIQUID_OBJECT, &ITEM, NULL},
    [ROOT_LIST] = {"list", PN_LIQUID_LIST, &ITEM, NULL},
    [ROOT_N] = {"n", PN_LIQUID_INT, NULL, NULL},
    [ROOT_HTML] = {"html", PN_LIQUID_STR, NULL, NULL},
    [ROOT_LINK] = {"link", PN_LIQUID_STR, NULL, NULL},
    [ROOT_TREE] = {"tree", PN_LIQUID_JSON_OBJECT, NULL, NULL},
};
static const pn_liquid_class ROOT = {"root", ROOT_FIELDS, ROOT_SLOTS};

static const char TREE[] =
    "{\"a\":{\"b\":\"text <&> "
    "\\u00f1\",\"c\":[1,2.5,null,\"x\",[3,[4]],{\"k\":\"v\"}],\"self\":{}},"
    "\"list\":[{\"b\":\"z\",\"m\":3},{\"b\":\"y\",\"m\":1.5},{\"b\":\"x\"}],\"n\":3,\"neg\":-7,"
    "\"words\":\"one two  three\\nfour\",\"big\":9223372036854775807,\"huge\":1e300,\"t\":true,"
    "\"date\":\"2026-03-14 15:09:26 +0200\",\"stamp\":1152098955,\"empty\":{},\"none\":null}";

static void check(bool holds) {
    if (!holds) {
        abort();
    }
}

static pn_liquid_value make_link(const void *host, pn_arena *arena) {
    (void)host;
    return pn_liquid_str(pn_str_dup(arena, PN_STR("https://a?b&c")));
}

typedef struct {
    pn_liquid_value root[ROOT_SLOTS], items[3 * ITEM_SLOTS];
    pn_liquid_lazy link;
} host_data;

static void fill(host_data *host, const pn_json *tree) {
    for (int i = 0; i < 3; i++) {
        pn_liquid_value *item = host->items + i * ITEM_SLOTS;
        item[ITEM_HEAD] = pn_liquid_head(&ITEM);
        item[ITEM_TEXT] = pn_liquid_str(PN_STR("b\r\n<\"ñ"));
        item[ITEM_MONEY] = pn_liquid_money((pn_money){123456 * (1 - i), {{"EUR"}}});
        item[ITEM_DATE] = pn_liquid_date(20000 + i);
        item[ITEM_TIME] = pn_liquid_time(INT64_C(1700000000000000) + i);
        item[ITEM_SELF] = pn_liquid_object(host->items);
    }
    host->link = (pn_liquid_lazy){make_link, NULL};
    host->root[ROOT_HEAD] = pn_liquid_head(&ROOT);
    host->root[ROOT_A] = pn_liquid_object(host->items);
    host->root[ROOT_LIST] = pn_liquid_list(host->items, 3);
    host->root[ROOT_N] = pn_liquid_int(3);
    host->root[ROOT_HTML] = pn_liquid_safe(PN_STR("<b>&amp;</b>"));
    host->root[ROOT_LINK] = pn_liquid_lazy_value(&host->link);
    host->root[ROOT_TREE] = pn_liquid_json(tree);
}

static void render(const pn_liquid_template *template, const pn_liquid_context *context) {
    pn_buf out[2];
    pn_err err[2];
    for (int i = 0; i < 2; i++) {
        pn_arena arena;
        pn_diag diag;
        pn_arena_init(&arena, 64 << 20);
        pn_buf_init(&out[i], 2 * PN_LIMIT_TEMPLATE_BYTES);
        pn_buf_add_lit(&out[i], "kept");
        err[i] = pn_liquid_render(template, context, &arena, &out[i], i == 0 ? &diag : NULL);
        check(err[i] == PN_OK || err[i] == PN_INVALID || err[i] == PN_LIMIT);
        check(err[i] == PN_OK || out[i].len == 4);
        check(out[i].len <= 4 + PN_LIMIT_TEMPLATE_BYTES);
        check(arena.used_bytes < 256 << 20);
        pn_arena_done(&arena);
    }
    check(err[0] == err[1] && pn_str_eq(pn_buf_str(&out[0]), pn_buf_str(&out[1])));
    if (context->escape == PN_LIQUID_ESCAPE_HEADER) {
        check(pn_str_find_char(pn_buf_str(&out[0]), '\n') == SIZE_MAX);
    }
    check(pn_utf8_valid(pn_buf_str(&out[0])));
    pn_buf_done(&out[0]);
    pn_buf_done(&out[1]);
}

static void check_variables(const pn_liquid_template *template, pn_str source) {
    const pn_liquid_variable *variables = NULL;
    size_t count = 0;
    pn_liquid_variables(template, &variables, &count);
    for (size_t i = 0; i < count; i++) {
        check(variables[i].line >= 1 && variables[i].line <= source.len + 1);
        check(variables[i].column >= 1 && variables[i].column <= source.len + 1);
        check(pn_utf8_valid(variables[i].path));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) {
        return 0;
    }
    static const char *const LANGUAGES[] = {"", "es", "en", "pt"};
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_json *tree = NULL;
    check(pn_json_parse(pn_str_of(TREE), NULL, &arena, &tree, NULL) == PN_OK);
    host_data host = {0};
    fill(&host, tree);
    bool objects = (data[0] & 8) != 0;
    pn_liquid_options options = {
        .root = objects ? &ROOT : NULL, .strict = (data[0] & 16) != 0, .allow_safe = true};
    pn_liquid_context context = {
        .root = objects ? host.root : NULL,
        .data = tree,
        .language = pn_str_of(LANGUAGES[data[0] >> 5 & 3]),
        .now = (data[0] & 128) != 0 ? INT64_C(1773133260000000) : PN_TIME_NONE,
        .escape = (pn_liquid_escape)((data[0] & 7) % 5),
    };
    pn_str source = {(const char *)data + 1, size - 1};
    const pn_liquid_template *template = NULL;
    pn_diag diag;
    if (pn_liquid_compile(source, &options, &arena, &template, &diag) == PN_OK) {
        check_variables(template, source);
        render(template, &context);
    }
    pn_arena_done(&arena);
    return 0;
}
