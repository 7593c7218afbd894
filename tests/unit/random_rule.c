#include "random_rule.h"

#include "base/utf8.h"
#include "core/rule/rule_ast.h"

uint64_t random_seed(void) {
    const char *given = getenv("PUNTUAL_SEED");
    return given != NULL ? strtoull(given, NULL, 10) : 20260302;
}

#define PICK(random, pool) ((pool)[pn_random_below((random), PN_COUNT(pool))])

/* ── pools ───────────────────────────────────────────────────────────────────────────────────── */

static const char *const WORDS[] = {"Fibra",  "fibra óptica", "TV",  "Móvil",  "NÚÑEZ",
                                    "Núñez",  "ACME, S.A.",   "a",   "ß-Bau",  "Ana",
                                    "F-2026", "f-2026/17",    "100", "x'y\"z", ""};
static const char *const PARTS[] = {"fib", "F", "óp", "Ñ", "ú", "-", "20", "a", "e", "zz"};
static const char *const COUNTRIES[] = {"ES", "MX", "PT", "es", ""};
static const char *const REGIONS[] = {"MD", "CT", "pv", ""};
static const char *const LANGUAGES[] = {"es", "en", "pt-BR", ""};
static const char *const ATTRIBUTES[] = {"sector", "score", "renewal", "vip", "Zona"};
static const char *const AMOUNTS[] = {"0",    "0.01",       "1",    "10", "12.5",   "\"99.99\"",
                                      "3000", "\"3000.0\"", "0.50", "-5", "1000000"};

pn_str random_word(pn_random *random) {
    return pn_str_of(PICK(random, WORDS));
}

pn_str random_country(pn_random *random) {
    return pn_str_of(PICK(random, COUNTRIES));
}

pn_str random_region(pn_random *random) {
    return pn_str_of(PICK(random, REGIONS));
}

pn_str random_language(pn_random *random) {
    return pn_str_of(PICK(random, LANGUAGES));
}

pn_currency random_currency(pn_random *random, int32_t *ret_scale) {
    static const struct {
        pn_currency currency;
        int32_t scale;
    } POOL[] = {{{"EUR"}, 100}, {{"CLP"}, 1}, {{"KWD"}, 1000}};
    size_t i = pn_random_below(random, PN_COUNT(POOL));
    *ret_scale = POOL[i].scale;
    return POOL[i].currency;
}

int64_t random_minor(pn_random *random) {
    static const int64_t POOL[] = {0, 1, 10, 50, 99, 100, 1000, 1250, 9999, 12500, 99990, 300000};
    return one_in(random, 4) ? between(random, 0, 500000) : PICK(random, POOL);
}

/* ── rules ───────────────────────────────────────────────────────────────────────────────────── */

static void add_word(pn_random *random, const char *field, pn_buf *out) {
    const char *text = PICK(random, WORDS);
    if (strstr(field, "country") != NULL) {
        text = PICK(random, COUNTRIES);
    } else if (strstr(field, "region") != NULL) {
        text = PICK(random, REGIONS);
    } else if (strstr(field, "language") != NULL) {
        text = PICK(random, LANGUAGES);
    } else if (strstr(field, "currency") != NULL) {
        text = one_in(random, 2) ? "eur" : "CLP";
    }
    pn_json_quote(out, pn_str_of(one_in(random, 4) ? PICK(random, PARTS) : text));
}

static void add_date(pn_random *random, pn_date today, pn_buf *out) {
    if (one_in(random, 2)) {
        pn_buf_add_char(out, '"');
        pn_date_add_iso(out, today + (pn_date)between(random, -60, 60));
        pn_buf_add_char(out, '"');
    } else if (one_in(random, 3)) {
        pn_buf_add_lit(out, "\"today\"");
    } else {
        pn_buf_add_format(out, "\"today%+lld\"", (long long)between(random, -70, 70));
    }
}

static void add_number(pn_random *random, pn_buf *out) {
    static const char *const POOL[] = {"0", "-1", "2.5", "0.0001", "100", "-3.75", "7"};
    pn_buf_add_z(out, PICK(random, POOL));
}

static void add_literal(pn_random *random, const char *field, pn_field_type type, pn_date today,
                        pn_buf *out) {
    switch (type) {
    case PN_FIELD_TEXT: add_word(random, field, out); break;
    case PN_FIELD_INT:
        pn_buf_add_format(
            out, "%lld",
            (long long)(one_in(random, 2) ? between(random, -3, 8) : between(random, -70, 70)));
        break;
    case PN_FIELD_NUMBER: add_number(random, out); break;
    case PN_FIELD_MONEY: pn_buf_add_z(out, PICK(random, AMOUNTS)); break;
    case PN_FIELD_DATE: add_date(random, today, out); break;
    case PN_FIELD_BOOL: pn_buf_add_z(out, one_in(random, 2) ? "true" : "false"); break;
    }
}

static pn_op random_op(pn_random *random, pn_field_type type) {
    static const pn_op TEXTS[] = {PN_OP_EQ,     PN_OP_NE,      PN_OP_IN,     PN_OP_CONTAINS,
                                  PN_OP_STARTS, PN_OP_MISSING, PN_OP_PRESENT};
    static const pn_op NUMBERS[] = {PN_OP_EQ,      PN_OP_NE,     PN_OP_LT, PN_OP_LE,
                                    PN_OP_GT,      PN_OP_GE,     PN_OP_IN, PN_OP_BETWEEN,
                                    PN_OP_MISSING, PN_OP_PRESENT};
    static const pn_op BOOLS[] = {PN_OP_EQ, PN_OP_NE, PN_OP_MISSING, PN_OP_PRESENT};
    switch (type) {
    case PN_FIELD_TEXT: return PICK(random, TEXTS);
    case PN_FIELD_BOOL: return PICK(random, BOOLS);
    case PN_FIELD_INT:
    case PN_FIELD_NUMBER:
    case PN_FIELD_MONEY:
    case PN_FIELD_DATE: break;
    }
    return PICK(random, NUMBERS);
}

static pn_field_type random_field(pn_random *random, pn_subject subject, pn_buf *name) {
    bool invoice = subject == PN_SUBJECT_INVOICE;
    uint64_t kind = pn_random_below(random, 10);
    if (kind < 2) {
        static const pn_field_type TYPES[] = {PN_FIELD_TEXT, PN_FIELD_NUMBER, PN_FIELD_DATE,
                                              PN_FIELD_BOOL};
        size_t i = pn_random_below(random, PN_COUNT(ATTRIBUTES));
        pn_buf_add_format(name, "%s.attr.%s", invoice && one_in(random, 2) ? "invoice" : "debtor",
                          ATTRIBUTES[i]);
        return i < PN_COUNT(TYPES) && !one_in(random, 4) ? TYPES[i] : PICK(random, TYPES);
    }
    if (kind == 2 && invoice) {
        static const char *const LINES[] = {"line.sku", "line.product", "line.description"};
        bool amount = one_in(random, 4);
        pn_buf_add_z(name, amount ? "line.amount" : PICK(random, LINES));
        return amount ? PN_FIELD_MONEY : PN_FIELD_TEXT;
    }
    unsigned scope = invoice ? PN_FIELD_OF_INVOICE : PN_FIELD_OF_ACCOUNT;
    for (;;) {
        const pn_field *field = pn_field_at(pn_random_below(random, pn_field_count()));
        if ((field->scope & scope) != 0) {
            pn_buf_add_z(name, field->name);
            return field->type;
        }
    }
}

static void add_comparison(pn_random *random, pn_subject subject, pn_date today, pn_buf *out) {
    pn_buf name;
    pn_buf_init(&name, 200);
    pn_field_type type = random_field(random, subject, &name);
    pn_buf_add_char(&name, '\0');
    pn_op op = random_op(random, type);
    pn_buf_add_format(out, "[\"%s\",\"%s\"", name.ptr, pn_op_name(op));
    if (op == PN_OP_BETWEEN || op == PN_OP_IN) {
        int64_t count = op == PN_OP_BETWEEN ? 2 : between(random, 1, 4);
        pn_buf_add_lit(out, ",[");
        for (int64_t i = 0; i < count; i++) {
            pn_buf_add_z(out, i == 0 ? "" : ",");
            add_literal(random, name.ptr, type, today, out);
        }
        pn_buf_add_lit(out, "]");
    } else if (op != PN_OP_MISSING && op != PN_OP_PRESENT) {
        pn_buf_add_lit(out, ",");
        add_literal(random, name.ptr, type, today, out);
    }
    pn_buf_add_lit(out, "]");
    pn_buf_done(&name);
}

static void add_term(pn_random *random, pn_subject subject, pn_date today, int depth, pn_buf *out) {
    uint64_t kind = depth == 0 ? 9 : pn_random_below(random, 10);
    if (kind < 2) {
        pn_buf_add_lit(out, "{\"not\":");
        add_term(random, subject, today, depth - 1, out);
        pn_buf_add_lit(out, "}");
    } else if (kind < 6) {
        pn_buf_add_z(out, kind < 4 ? "{\"all\":[" : "{\"any\":[");
        int64_t count = between(random, 1, 3);
        for (int64_t i = 0; i < count; i++) {
            pn_buf_add_z(out, i == 0 ? "" : ",");
            add_term(random, subject, today, depth - 1, out);
        }
        pn_buf_add_lit(out, "]}");
    } else {
        add_comparison(random, subject, today, out);
    }
}

void random_rule(pn_random *random, pn_subject subject, pn_date today, pn_buf *out) {
    pn_buf_clear(out);
    add_term(random, subject, today, (int)between(random, 0, 4), out);
}

/* ── facts ───────────────────────────────────────────────────────────────────────────────────── */

const pn_attr *random_attrs(pn_random *random, pn_arena *arena, pn_date today, size_t *ret_count) {
    pn_attr *attrs = pn_arena_array(arena, pn_attr, PN_COUNT(ATTRIBUTES));
    size_t count = 0;
    for (size_t i = 0; i < PN_COUNT(ATTRIBUTES); i++) {
        if (one_in(random, 2)) {
            continue;
        }
        pn_attr *attr = &attrs[count++];
        attr->key = pn_str_of(ATTRIBUTES[i]);
        attr->type = (pn_attr_type)(one_in(random, 5) ? pn_random_below(random, 4) : i % 4);
        switch (attr->type) {
        case PN_ATTR_TEXT:
            attr->text = random_word(random);
            attr->fold = pn_utf8_fold(arena, attr->text, false);
            break;
        case PN_ATTR_NUMBER: {
            static const int64_t POOL[] = {0, -10000, 25000, 1, 1000000, -37500, 70000};
            attr->number = PICK(random, POOL);
            break;
        }
        case PN_ATTR_DATE: attr->number = today + between(random, -60, 60); break;
        case PN_ATTR_BOOL: attr->number = (int64_t)pn_random_below(random, 2); break;
        }
    }
    *ret_count = count;
    return attrs;
}

const pn_line *random_lines(pn_random *random, pn_arena *arena, size_t *ret_count) {
    *ret_count = pn_random_below(random, 4);
    pn_line *lines = pn_arena_array(arena, pn_line, *ret_count + 1);
    for (size_t i = 0; i < *ret_count; i++) {
        lines[i].sku = pn_utf8_fold(arena, random_word(random), false);
        lines[i].product = pn_utf8_fold(arena, random_word(random), false);
        lines[i].description = pn_utf8_fold(arena, random_word(random), false);
        lines[i].amount = random_minor(random);
    }
    return lines;
}

static pn_item random_item(pn_random *random, pn_arena *arena, const pn_account_fact *account,
                           pn_date today, pn_id id) {
    pn_date due = today + (pn_date)between(random, -45, 60);
    pn_item item = {
        .id = id,
        .number_fold = pn_utf8_fold(arena, random_word(random), false),
        .product = pn_utf8_fold(arena, random_word(random), false),
        .currency = account->currency,
        .scale = account->scale,
        .issued = due - (pn_date)between(random, 0, 60),
        .due = due,
        .effective_due = due + (pn_date)between(random, 0, 5),
        .amount = random_minor(random),
        .open = random_minor(random),
        .claimable = one_in(random, 3) ? 0 : random_minor(random),
        .disputed = one_in(random, 3) ? random_minor(random) : 0,
        .promised = one_in(random, 3) ? random_minor(random) : 0,
        .tone_received = (uint8_t)pn_random_below(random, 6),
        .reopened_at = one_in(random, 3) ? 1 : PN_TIME_NONE,
        .closed_at = PN_TIME_NONE,
    };
    item.attrs = random_attrs(random, arena, today, &item.attr_count);
    item.lines = random_lines(random, arena, &item.line_count);
    return item;
}

pn_facts random_facts(pn_random *random, pn_arena *arena, pn_subject subject, pn_date today) {
    pn_facts facts = {.today = today, .subject = subject};
    facts.account.currency = random_currency(random, &facts.account.scale);
    pn_debtor_fact *debtor = &facts.debtor;
    debtor->external_id = pn_utf8_fold(arena, random_word(random), false);
    debtor->name = pn_utf8_fold(arena, random_word(random), false);
    debtor->country = random_country(random);
    debtor->region = random_region(random);
    debtor->language = random_language(random);
    debtor->owner = pn_utf8_fold(arena, random_word(random), false);
    debtor->salesperson = pn_utf8_fold(arena, random_word(random), false);
    debtor->channels = (uint32_t)pn_random_below(random, 256);
    debtor->promises_broken = (int32_t)pn_random_below(random, 4);
    debtor->promises_kept = (int32_t)pn_random_below(random, 4);
    debtor->attrs = random_attrs(random, arena, today, &debtor->attr_count);
    facts.creditor.name = pn_utf8_fold(arena, random_word(random), false);
    facts.creditor.country = random_country(random);
    facts.item_count = (size_t)between(random, 1, 4);
    pn_item *items = pn_arena_array(arena, pn_item, facts.item_count);
    for (size_t i = 0; i < facts.item_count; i++) {
        items[i] = random_item(random, arena, &facts.account, today, (pn_id)i + 1);
    }
    facts.items = items;
    facts.item = subject == PN_SUBJECT_INVOICE ? items : NULL;
    pn_facts_sum(&facts);
    return facts;
}
