/* A rule as SQL. Only our own fragments and placeholders are put together; no value from a user is
 * ever part of the text. Each comparison is two-valued by itself (`F IS NOT NULL AND …`), so that
 * NOT means the same as in C. */
#include "core/rule/rule_ast.h"

#include "base/utf8.h"

#include "base/banned.h"

typedef struct {
    pn_sql_dialect dialect;
    pn_date today;
    unsigned next;
    pn_buf *sql;
    pn_arena *arena;
    pn_sql_param *params;
    size_t count;
    size_t capacity;
} writer;

static void bind(writer *w, pn_sql_param param) {
    w->params = pn_arena_grow(w->arena, w->params, w->count, &w->capacity, sizeof *w->params);
    w->params[w->count++] = param;
    pn_buf_add_format(w->sql, "$%u", w->next++);
}

static void bind_number(writer *w, int64_t number) {
    bind(w, (pn_sql_param){.number = number});
}

static void bind_text(writer *w, pn_str text) {
    bind(w, (pn_sql_param){.is_text = true, .text = text});
}

/* A field's fragment, its `:names` replaced by parameters. PostgreSQL must be told their type. */
static void add_fragment(writer *w, const char *fragment) {
    pn_civil day = pn_date_civil(w->today);
    const struct {
        const char *name;
        int64_t value;
    } NAMES[] = {{":today", w->today}, {":monthday", day.day}, {":month", day.month}};
    pn_str rest = pn_str_of(fragment);
    while (rest.len != 0) {
        size_t colon = pn_str_find_char(rest, ':');
        pn_buf_add_str(w->sql, pn_str_first(rest, colon));
        if (colon == SIZE_MAX) {
            break;
        }
        rest = pn_str_from(rest, colon);
        for (size_t i = 0; i < PN_COUNT(NAMES); i++) {
            if (pn_str_starts(rest, pn_str_of(NAMES[i].name))) {
                pn_buf_add_lit(w->sql, "CAST(");
                bind_number(w, NAMES[i].value);
                pn_buf_add_lit(w->sql, " AS INTEGER)");
                rest = pn_str_from(rest, strlen(NAMES[i].name));
                break;
            }
        }
    }
}

/* What a comparison compares: the expression, its type, and for money its scale. */
typedef struct {
    const char *expression;
    const char *scale;
    pn_field_type type;
} operand;

static void add_operand(writer *w, const operand *o) {
    if (o->type == PN_FIELD_TEXT) {
        pn_buf_add_lit(w->sql, "nullif(");
        add_fragment(w, o->expression);
        pn_buf_add_lit(w->sql, ", '')");
    } else {
        add_fragment(w, o->expression);
    }
    if (o->type == PN_FIELD_MONEY) {
        pn_buf_add_format(w->sql, " * %d", PN_MONEY_LITERAL_UNIT);
    }
}

static void add_literal(writer *w, const operand *o, const pn_literal *literal) {
    if (o->type == PN_FIELD_TEXT) {
        bind_text(w, literal->text);
        return;
    }
    bind_number(w, pn_literal_number(literal, w->today));
    if (o->type == PN_FIELD_MONEY) {
        pn_buf_add_lit(w->sql, " * ");
        add_fragment(w, o->scale);
    }
}

static void add_list(writer *w, const operand *o, const pn_term *term) {
    pn_buf_add_lit(w->sql, " IN (");
    for (size_t i = 0; i < term->literal_count; i++) {
        if (i != 0) {
            pn_buf_add_lit(w->sql, ", ");
        }
        add_literal(w, o, &term->literals[i]);
    }
    pn_buf_add_lit(w->sql, ")");
}

static void add_contains(writer *w, const operand *o, const pn_literal *literal) {
    pn_buf_add_z(w->sql, w->dialect == PN_DIALECT_SQLITE ? "instr(" : "strpos(");
    add_operand(w, o);
    pn_buf_add_lit(w->sql, ", ");
    bind_text(w, literal->text);
    pn_buf_add_lit(w->sql, ") > 0");
}

static void add_starts(writer *w, const operand *o, const pn_literal *literal) {
    pn_buf_add_lit(w->sql, "substr(");
    add_operand(w, o);
    pn_buf_add_format(w->sql, ", 1, %zu) = ", pn_utf8_count(literal->text));
    bind_text(w, literal->text);
}

/* The comparison proper, of an operand that is known to be present. */
static void add_comparison(writer *w, const operand *o, const pn_term *term) {
    switch (term->op) {
    case PN_OP_EQ:
    case PN_OP_NE:
    case PN_OP_LT:
    case PN_OP_LE:
    case PN_OP_GT:
    case PN_OP_GE:
        add_operand(w, o);
        pn_buf_add_format(w->sql, " %s ", term->op == PN_OP_NE ? "<>" : pn_op_name(term->op));
        add_literal(w, o, &term->literals[0]);
        break;
    case PN_OP_BETWEEN:
        add_operand(w, o);
        pn_buf_add_lit(w->sql, " BETWEEN ");
        add_literal(w, o, &term->literals[0]);
        pn_buf_add_lit(w->sql, " AND ");
        add_literal(w, o, &term->literals[1]);
        break;
    case PN_OP_IN:
        add_operand(w, o);
        add_list(w, o, term);
        break;
    case PN_OP_CONTAINS: add_contains(w, o, &term->literals[0]); break;
    case PN_OP_STARTS: add_starts(w, o, &term->literals[0]); break;
    case PN_OP_PRESENT:
    case PN_OP_MISSING:
    case PN_OPS: pn_buf_add_lit(w->sql, "1 = 1"); break;
    }
}

static void add_presence(writer *w, const operand *o, bool present) {
    operand bare = *o;
    bare.type = o->type == PN_FIELD_TEXT ? PN_FIELD_TEXT : PN_FIELD_INT;
    add_operand(w, &bare);
    pn_buf_add_z(w->sql, present ? " IS NOT NULL" : " IS NULL");
}

static void add_field(writer *w, const pn_term *term) {
    operand o = {term->field->sql, term->field->sql_scale, term->type};
    pn_buf_add_lit(w->sql, "(");
    add_presence(w, &o, term->op != PN_OP_MISSING);
    if (term->op != PN_OP_MISSING && term->op != PN_OP_PRESENT) {
        pn_buf_add_lit(w->sql, " AND ");
        add_comparison(w, &o, term);
    }
    pn_buf_add_lit(w->sql, ")");
}

/* Rows of `attribute` carry one typed value each. */
static void add_attribute(writer *w, const pn_term *term) {
    const char *owner = term->family == PN_FAMILY_INVOICE_ATTR
                            ? "x.debtor_id = i.debtor_id AND x.owner_id = i.id"
                            : "x.debtor_id = d.id AND x.owner_id = d.id";
    if (term->op == PN_OP_MISSING) {
        pn_buf_add_lit(w->sql, "NOT ");
    }
    pn_buf_add_format(w->sql, "EXISTS (SELECT 1 FROM attribute x WHERE %s AND x.name = ", owner);
    bind_text(w, term->key);
    if (term->op == PN_OP_MISSING || term->op == PN_OP_PRESENT) {
        pn_buf_add_format(w->sql, " AND (x.kind <> %d OR x.fold <> '')", PN_ATTR_TEXT);
    } else {
        static const int KINDS[] = {
            [PN_FIELD_TEXT] = PN_ATTR_TEXT,     [PN_FIELD_INT] = PN_ATTR_NUMBER,
            [PN_FIELD_NUMBER] = PN_ATTR_NUMBER, [PN_FIELD_MONEY] = PN_ATTR_NUMBER,
            [PN_FIELD_DATE] = PN_ATTR_DATE,     [PN_FIELD_BOOL] = PN_ATTR_BOOL};
        bool text = term->type == PN_FIELD_TEXT;
        bool dates = text;
        for (size_t i = 0; i < term->literal_count; i++) {
            dates = dates && term->literals[i].is_date;
        }
        pn_buf_add_format(w->sql, " AND ((x.kind = %d AND ", KINDS[term->type]);
        add_comparison(w, &(operand){text ? "x.fold" : "x.number", NULL, term->type}, term);
        pn_buf_add_lit(w->sql, ")");
        if (dates && term->op != PN_OP_CONTAINS && term->op != PN_OP_STARTS) {
            pn_buf_add_format(w->sql, " OR (x.kind = %d AND ", PN_ATTR_DATE);
            add_comparison(w, &(operand){"x.number", NULL, PN_FIELD_DATE}, term);
            pn_buf_add_lit(w->sql, ")");
        }
        pn_buf_add_lit(w->sql, ")");
    }
    pn_buf_add_lit(w->sql, ")");
}

static void add_line(writer *w, const pn_term *term) {
    static const char *const COLUMNS[] = {[PN_LINE_SKU] = "x.sku_fold",
                                          [PN_LINE_PRODUCT] = "x.product_fold",
                                          [PN_LINE_DESCRIPTION] = "x.description_fold",
                                          [PN_LINE_AMOUNT] = "x.amount_minor"};
    operand o = {COLUMNS[term->line], "i.scale", term->type};
    pn_buf_add_z(w->sql, term->op == PN_OP_MISSING ? "NOT " : "");
    pn_buf_add_lit(w->sql, "EXISTS (SELECT 1 FROM invoice_line x WHERE x.debtor_id = i.debtor_id"
                           " AND x.invoice_id = i.id AND ");
    add_presence(w, &o, true);
    if (term->op != PN_OP_MISSING && term->op != PN_OP_PRESENT) {
        pn_buf_add_lit(w->sql, " AND ");
        add_comparison(w, &o, term);
    }
    pn_buf_add_lit(w->sql, ")");
}

static void add_term(writer *w, const pn_term *term) {
    switch (term->kind) {
    case PN_TERM_NOT:
        pn_buf_add_lit(w->sql, "NOT ");
        add_term(w, term->children);
        return;
    case PN_TERM_ALL:
    case PN_TERM_ANY:
        pn_buf_add_lit(w->sql, "(");
        for (size_t i = 0; i < term->child_count; i++) {
            if (i != 0) {
                pn_buf_add_z(w->sql, term->kind == PN_TERM_ALL ? " AND " : " OR ");
            }
            add_term(w, &term->children[i]);
        }
        pn_buf_add_lit(w->sql, ")");
        return;
    case PN_TERM_COMPARE: break;
    }
    switch (term->family) {
    case PN_FAMILY_NONE: add_field(w, term); break;
    case PN_FAMILY_LINE: add_line(w, term); break;
    case PN_FAMILY_INVOICE_ATTR:
    case PN_FAMILY_DEBTOR_ATTR: add_attribute(w, term); break;
    }
}

pn_err pn_rule_sql(const pn_rule *rule, pn_sql_dialect dialect, pn_date today,
                   unsigned first_placeholder, pn_arena *arena, pn_buf *sql,
                   pn_sql_param **ret_params, size_t *ret_count) {
    writer w = {
        .dialect = dialect, .today = today, .next = first_placeholder, .sql = sql, .arena = arena};
    add_term(&w, &rule->root);
    PN_TRY(pn_buf_err(sql));
    *ret_params = w.params;
    *ret_count = w.count;
    return PN_OK;
}
