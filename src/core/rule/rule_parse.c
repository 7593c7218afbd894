#include "core/rule/rule_ast.h"

#include "base/banned.h"
#include "base/limits.h"
#include "base/utf8.h"

typedef struct {
    pn_subject subject;
    pn_arena *arena;
    pn_diag *diag;
    unsigned depth;
    unsigned terms;
    size_t values;
    unsigned needs;
    pn_str path; /* JSON pointer of the part being read */
} compiler;

static const char *const OP_NAMES[] = {
    [PN_OP_EQ] = "=",
    [PN_OP_NE] = "!=",
    [PN_OP_LT] = "<",
    [PN_OP_LE] = "<=",
    [PN_OP_GT] = ">",
    [PN_OP_GE] = ">=",
    [PN_OP_BETWEEN] = "between",
    [PN_OP_IN] = "in",
    [PN_OP_MISSING] = "missing",
    [PN_OP_PRESENT] = "present",
    [PN_OP_CONTAINS] = "contains",
    [PN_OP_STARTS] = "starts",
};
static_assert(PN_COUNT(OP_NAMES) == PN_OPS, "every operator has a name");

const char *pn_op_name(pn_op op) {
    return OP_NAMES[op];
}

static pn_err refuse(compiler *c, const char *mend, const char *format, ...) PN_PRINTF(3, 4);

static pn_err refuse(compiler *c, const char *mend, const char *format, ...) {
    va_list args;
    va_start(args, format);
    pn_str what = pn_str_format_args(c->arena, format, args);
    va_end(args);
    pn_err err = pn_diag_set(c->diag, PN_INVALID, "%.*s", PN_STR_ARG(what));
    pn_diag_where(c->diag, "%.*s", PN_STR_ARG(c->path));
    if (mend != NULL) {
        pn_diag_mend(c->diag, "%s", mend);
    }
    return err;
}

/* ── fields ──────────────────────────────────────────────────────────────────────────────────── */

static pn_err find_line_field(compiler *c, pn_term *term) {
    static const struct {
        const char *name;
        pn_line_field field;
        pn_field_type type;
    } LINES[] = {
        {"sku", PN_LINE_SKU, PN_FIELD_TEXT},
        {"product", PN_LINE_PRODUCT, PN_FIELD_TEXT},
        {"description", PN_LINE_DESCRIPTION, PN_FIELD_TEXT},
        {"amount", PN_LINE_AMOUNT, PN_FIELD_MONEY},
    };
    for (size_t i = 0; i < PN_COUNT(LINES); i++) {
        if (pn_str_eq(term->key, pn_str_of(LINES[i].name))) {
            term->line = LINES[i].field;
            term->type = LINES[i].type;
            c->needs |= PN_NEEDS_LINES;
            return PN_OK;
        }
    }
    return refuse(c, "Lines have: line.sku, line.product, line.description, line.amount.",
                  "There is no field “line.%.*s”.", PN_STR_ARG(term->key));
}

static pn_err wrong_subject(compiler *c, pn_str name) {
    return refuse(c, "Use account.… and debtor.… fields in an account's strategy.",
                  "“%.*s” does not exist in a rule about accounts.", PN_STR_ARG(name));
}

static pn_err unknown_field(compiler *c, pn_str name) {
    pn_str close = pn_field_suggest(name);
    pn_str mend = close.len != 0
                      ? pn_str_format(c->arena, "Did you mean “%.*s”?", PN_STR_ARG(close))
                      : PN_STR("`puntual strategy schema` lists all fields.");
    return refuse(c, pn_str_z(c->arena, mend), "There is no field “%.*s”.", PN_STR_ARG(name));
}

static pn_err find_field(compiler *c, pn_str name, pn_term *term) {
    term->family = pn_field_family_of(name, &term->key);
    bool of_invoice = term->family == PN_FAMILY_INVOICE_ATTR || term->family == PN_FAMILY_LINE;
    if (of_invoice && c->subject == PN_SUBJECT_ACCOUNT) {
        return wrong_subject(c, name);
    }
    switch (term->family) {
    case PN_FAMILY_LINE: return find_line_field(c, term);
    case PN_FAMILY_INVOICE_ATTR: c->needs |= PN_NEEDS_INVOICE_ATTRS; break;
    case PN_FAMILY_DEBTOR_ATTR: c->needs |= PN_NEEDS_DEBTOR_ATTRS; break;
    case PN_FAMILY_NONE: {
        term->field = pn_field_find(name);
        if (term->field == NULL) {
            return unknown_field(c, name);
        }
        term->type = term->field->type;
        unsigned scope =
            c->subject == PN_SUBJECT_INVOICE ? PN_FIELD_OF_INVOICE : PN_FIELD_OF_ACCOUNT;
        return (term->field->scope & scope) != 0 ? PN_OK : wrong_subject(c, name);
    }
    }
    term->key = pn_str_dup(c->arena, term->key);
    return PN_OK;
}

/* ── literals ────────────────────────────────────────────────────────────────────────────────── */

/* A decimal literal (number or text) in 10^-places; digits before the point are bounded. */
static pn_err decimal(compiler *c, const pn_json *json, unsigned places, int64_t *ret_number) {
    pn_str text = json->type == PN_JSON_INT
                      ? pn_str_format(c->arena, "%lld", (long long)json->integer)
                      : json->text;
    bool negative = text.len > 0 && text.ptr[0] == '-';
    size_t i = negative ? 1 : 0;
    int64_t value = 0;
    unsigned whole = 0, fraction = 0;
    bool point = false;
    for (; i < text.len; i++) {
        char digit = text.ptr[i];
        if (digit == '.' && !point) {
            point = true;
        } else if (!pn_is_digit(digit) || (point ? ++fraction > places : ++whole > 12)) {
            return refuse(c, NULL, "“%.*s” is not a number with at most 12 digits and %u decimals.",
                          PN_STR_ARG(text), places);
        } else {
            value = value * 10 + (digit - '0');
        }
    }
    if (whole == 0) {
        return refuse(c, NULL, "“%.*s” is not a number.", PN_STR_ARG(text));
    }
    for (; fraction < places; fraction++) {
        value *= 10;
    }
    *ret_number = negative ? -value : value;
    return PN_OK;
}

static bool date_literal(pn_str text, pn_literal *literal) {
    if (pn_str_starts(text, PN_STR("today"))) {
        pn_str offset = pn_str_from(text, 5);
        literal->from_today = true;
        if (offset.len == 0) {
            return true;
        }
        return (offset.ptr[0] == '+' || offset.ptr[0] == '-') &&
               pn_str_to_int64(offset, &literal->number) == PN_OK && literal->number > -36500 &&
               literal->number < 36500;
    }
    pn_date day = 0;
    if (pn_date_parse_iso(text, &day) != PN_OK) {
        return false;
    }
    literal->number = day;
    return true;
}

static pn_err text_literal(compiler *c, const pn_json *json, pn_literal *literal) {
    if (json->type != PN_JSON_STR) {
        return refuse(c, NULL, "A text in quotes is expected here, not %s.",
                      pn_json_type_name(json->type));
    }
    literal->is_text = true;
    literal->text = pn_utf8_fold(c->arena, json->text, false);
    return PN_OK;
}

static pn_err number_literal(compiler *c, const pn_json *json, unsigned places, const char *what,
                             pn_literal *literal) {
    bool usable = json->type == PN_JSON_INT || json->type == PN_JSON_REAL ||
                  (places == 2 && json->type == PN_JSON_STR);
    if (!usable) {
        return refuse(c, NULL, "%s is expected here, not %s.", what, pn_json_type_name(json->type));
    }
    return decimal(c, json, places, &literal->number);
}

/* An attribute has no declared type here: the literal's own type decides which values it meets. */
static pn_err attribute_literal(compiler *c, const pn_json *json, pn_field_type *type,
                                pn_literal *literal) {
    switch (json->type) {
    case PN_JSON_INT:
    case PN_JSON_REAL:
        *type = PN_FIELD_NUMBER;
        return number_literal(c, json, 4, "A number", literal);
    case PN_JSON_BOOL:
        *type = PN_FIELD_BOOL;
        literal->number = json->boolean;
        return PN_OK;
    case PN_JSON_STR: {
        *type = PN_FIELD_TEXT;
        pn_literal as_date = {0};
        PN_TRY(text_literal(c, json, literal));
        if (date_literal(json->text, &as_date)) {
            literal->is_date = true;
            literal->from_today = as_date.from_today;
            literal->number = as_date.number;
        }
        return PN_OK;
    }
    case PN_JSON_NULL:
    case PN_JSON_ARRAY:
    case PN_JSON_OBJECT: break;
    }
    return refuse(c, NULL, "A text, a number or true/false is expected here, not %s.",
                  pn_json_type_name(json->type));
}

static pn_err read_literal(compiler *c, const pn_json *json, pn_term *term, pn_literal *literal) {
    if (term->family == PN_FAMILY_INVOICE_ATTR || term->family == PN_FAMILY_DEBTOR_ATTR) {
        pn_field_type type = term->type;
        PN_TRY(attribute_literal(c, json, &type, literal));
        if (term->literal_count != 0 && type != term->type) {
            return refuse(c, NULL, "The values of one comparison must be of one type.");
        }
        term->type = type;
        return PN_OK;
    }
    switch (term->type) {
    case PN_FIELD_TEXT: return text_literal(c, json, literal);
    case PN_FIELD_INT: return number_literal(c, json, 0, "A whole number", literal);
    case PN_FIELD_NUMBER: return number_literal(c, json, 4, "A number", literal);
    case PN_FIELD_MONEY: return number_literal(c, json, 2, "An amount", literal);
    case PN_FIELD_BOOL:
        if (json->type != PN_JSON_BOOL) {
            return refuse(c, NULL, "true or false is expected here.");
        }
        literal->number = json->boolean;
        return PN_OK;
    case PN_FIELD_DATE:
        if (json->type != PN_JSON_STR || !date_literal(json->text, literal)) {
            return refuse(c, "Write \"2026-03-01\", \"today\" or \"today+5\".",
                          "A date is expected here.");
        }
        return PN_OK;
    }
    return PN_INVALID;
}

/* ── comparisons ─────────────────────────────────────────────────────────────────────────────── */

static bool op_allowed(pn_op op, pn_field_type type) {
    switch (op) {
    case PN_OP_EQ:
    case PN_OP_NE:
    case PN_OP_MISSING:
    case PN_OP_PRESENT: return true;
    case PN_OP_IN: return type != PN_FIELD_BOOL;
    case PN_OP_LT:
    case PN_OP_LE:
    case PN_OP_GT:
    case PN_OP_GE:
    case PN_OP_BETWEEN: return type != PN_FIELD_TEXT && type != PN_FIELD_BOOL;
    case PN_OP_CONTAINS:
    case PN_OP_STARTS: return type == PN_FIELD_TEXT;
    case PN_OPS: break;
    }
    return false;
}

static pn_err find_op(compiler *c, pn_str name, pn_op *ret_op) {
    for (size_t i = 0; i < PN_OPS; i++) {
        if (pn_str_eq(name, pn_str_of(OP_NAMES[i]))) {
            *ret_op = (pn_op)i;
            return PN_OK;
        }
    }
    return refuse(c, "Use = != < <= > >= between in missing present contains or starts.",
                  "There is no operator “%.*s”.", PN_STR_ARG(name));
}

static pn_err read_literals(compiler *c, const pn_json *json, pn_term *term) {
    bool list = term->op == PN_OP_BETWEEN || term->op == PN_OP_IN;
    if (list && json->type != PN_JSON_ARRAY) {
        return refuse(c, NULL, "“%s” needs a list of values in brackets.", pn_op_name(term->op));
    }
    size_t count = list ? json->count : 1;
    if (term->op == PN_OP_BETWEEN && count != 2) {
        return refuse(c, NULL, "“between” needs two values: [from, to].");
    }
    if (count == 0 || count > PN_LIMIT_RULE_LIST) {
        return refuse(c, NULL, "“in” needs between 1 and %d values.", PN_LIMIT_RULE_LIST);
    }
    c->values += count; /* each becomes a parameter in SQL, of which databases take so many */
    if (c->values > PN_LIMIT_RULE_VALUES) {
        return refuse(c, NULL, "A rule compares with at most %d values in all.",
                      PN_LIMIT_RULE_VALUES);
    }
    pn_literal *literals = pn_arena_array(c->arena, pn_literal, count);
    term->literals = literals;
    for (size_t i = 0; i < count; i++) {
        PN_TRY(read_literal(c, list ? &json->items[i] : json, term, &literals[i]));
        term->literal_count++;
    }
    return PN_OK;
}

/* Only a day can be before or after another: `<` and its like over texts that are dates ask about
 * attributes that are dates. */
static void prefer_dates(pn_term *term) {
    bool order = term->op == PN_OP_LT || term->op == PN_OP_LE || term->op == PN_OP_GT ||
                 term->op == PN_OP_GE || term->op == PN_OP_BETWEEN;
    bool dates = term->field == NULL && term->type == PN_FIELD_TEXT && order;
    for (size_t i = 0; i < term->literal_count; i++) {
        dates = dates && term->literals[i].is_date;
    }
    term->type = dates ? PN_FIELD_DATE : term->type;
}

static pn_err compile_comparison(compiler *c, const pn_json *json, pn_term *term) {
    term->kind = PN_TERM_COMPARE;
    if (json->count < 2 || json->items[0].type != PN_JSON_STR ||
        json->items[1].type != PN_JSON_STR) {
        return refuse(c, "Write [\"field\", \"operator\", value].",
                      "A comparison starts with a field and an operator.");
    }
    PN_TRY(find_field(c, json->items[0].text, term));
    PN_TRY(find_op(c, json->items[1].text, &term->op));
    bool unary = term->op == PN_OP_MISSING || term->op == PN_OP_PRESENT;
    if (json->count != (unary ? 2U : 3U)) {
        return refuse(c, NULL, "“%s” takes %s.", pn_op_name(term->op),
                      unary ? "no value" : "one value");
    }
    if (!unary) {
        PN_TRY(read_literals(c, &json->items[2], term));
        prefer_dates(term);
    }
    if (!op_allowed(term->op, term->type)) {
        return refuse(c, NULL, "“%s” cannot be used with “%.*s”: its type is %s.",
                      pn_op_name(term->op), PN_STR_ARG(json->items[0].text),
                      pn_field_type_name(term->type));
    }
    return PN_OK;
}

static pn_err compile_term(compiler *c, const pn_json *json, pn_term *term);

static pn_err compile_children(compiler *c, const pn_json *list, pn_str word, pn_term *term) {
    if (list->type != PN_JSON_ARRAY || list->count == 0) {
        return refuse(c, NULL, "“%.*s” needs a list with at least one rule.", PN_STR_ARG(word));
    }
    pn_term *children = pn_arena_array(c->arena, pn_term, list->count);
    pn_str path = c->path;
    for (size_t i = 0; i < list->count; i++) {
        c->path = pn_str_format(c->arena, "%.*s/%.*s/%zu", PN_STR_ARG(path), PN_STR_ARG(word), i);
        PN_TRY(compile_term(c, &list->items[i], &children[i]));
    }
    c->path = path;
    term->children = children;
    term->child_count = list->count;
    return PN_OK;
}

static pn_err compile_group(compiler *c, const pn_json *json, pn_term *term) {
    if (json->count != 1) {
        return refuse(c, NULL, "A group has one key: \"all\", \"any\" or \"not\".");
    }
    pn_str word = json->members[0].key;
    const pn_json *inner = &json->members[0].value;
    if (pn_str_is(word, "not")) {
        pn_term *child = pn_arena_new(c->arena, pn_term);
        pn_str path = c->path;
        c->path = pn_str_format(c->arena, "%.*s/not", PN_STR_ARG(path));
        PN_TRY(compile_term(c, inner, child));
        c->path = path;
        *term = (pn_term){.kind = PN_TERM_NOT, .children = child, .child_count = 1};
        return PN_OK;
    }
    if (!pn_str_is(word, "all") && !pn_str_is(word, "any")) {
        return refuse(c, NULL, "A group's key is \"all\", \"any\" or \"not\", not “%.*s”.",
                      PN_STR_ARG(word));
    }
    term->kind = pn_str_is(word, "all") ? PN_TERM_ALL : PN_TERM_ANY;
    return compile_children(c, inner, word, term);
}

static pn_err compile_term(compiler *c, const pn_json *json, pn_term *term) {
    if (++c->terms > PN_LIMIT_RULE_TERMS) {
        return refuse(c, NULL, "A rule has at most %d comparisons and groups.",
                      PN_LIMIT_RULE_TERMS);
    }
    if (++c->depth > PN_LIMIT_RULE_DEPTH) {
        return refuse(c, NULL, "A rule is nested at most %d deep.", PN_LIMIT_RULE_DEPTH);
    }
    pn_err err = PN_OK;
    if (json->type == PN_JSON_ARRAY) {
        err = compile_comparison(c, json, term);
    } else if (json->type == PN_JSON_OBJECT) {
        err = compile_group(c, json, term);
    } else {
        err = refuse(c, NULL, "A rule is a comparison in brackets or a group in braces, not %s.",
                     pn_json_type_name(json->type));
    }
    c->depth--;
    return err;
}

pn_err pn_rule_compile(const pn_json *json, pn_subject subject, pn_arena *arena,
                       const pn_rule **ret_rule, pn_diag *diag) {
    compiler c = {.subject = subject, .arena = arena, .diag = diag};
    pn_rule *rule = pn_arena_new(arena, pn_rule);
    PN_TRY(compile_term(&c, json, &rule->root));
    rule->needs = c.needs;
    *ret_rule = rule;
    return PN_OK;
}

unsigned pn_rule_needs(const pn_rule *rule) {
    return rule->needs;
}
