#include "core/rule/rule_ast.h"

#include "base/banned.h"

typedef struct {
    pn_str language;
    pn_number_style style;
    pn_buf *out;
} speaker;

static const char *pick(const speaker *s, const char *es, const char *en, const char *pt) {
    if (pn_str_starts(s->language, PN_STR("en"))) {
        return en;
    }
    return pn_str_starts(s->language, PN_STR("pt")) ? pt : es;
}

static void say_field(const speaker *s, const pn_term *term) {
    switch (term->family) {
    case PN_FAMILY_NONE:
        pn_buf_add_z(s->out,
                     pick(s, term->field->label_es, term->field->label_en, term->field->label_pt));
        break;
    case PN_FAMILY_LINE:
        pn_buf_add_z(s->out, pick(s, "alguna línea: ", "any line: ", "alguma linha: "));
        pn_buf_add_str(s->out, term->key);
        break;
    case PN_FAMILY_INVOICE_ATTR:
    case PN_FAMILY_DEBTOR_ATTR: pn_buf_add_str(s->out, term->key); break;
    }
}

/* A fixed-point literal without superfluous zeros. */
static void say_decimal(const speaker *s, int64_t number, int64_t unit) {
    if (number < 0) {
        pn_buf_add_char(s->out, '-');
        number = -number;
    }
    pn_integer_text(s->out, number / unit, s->style);
    int64_t fraction = number % unit;
    if (fraction != 0) {
        pn_buf_add_char(s->out, s->style.decimal);
        for (unit /= 10; fraction != 0; unit /= 10) {
            pn_buf_add_char(s->out, (char)('0' + fraction / unit));
            fraction %= unit;
        }
    }
}

static void say_date(const speaker *s, const pn_literal *literal) {
    if (!literal->from_today) {
        pn_date_add_iso(s->out, (pn_date)literal->number);
        return;
    }
    pn_buf_add_z(s->out, pick(s, "hoy", "today", "hoje"));
    if (literal->number != 0) {
        pn_buf_add_format(s->out, "%+lld", (long long)literal->number);
    }
}

static void say_literal(const speaker *s, const pn_term *term, const pn_literal *literal) {
    switch (term->type) {
    case PN_FIELD_TEXT: pn_buf_add_format(s->out, "“%.*s”", PN_STR_ARG(literal->text)); break;
    case PN_FIELD_INT: say_decimal(s, literal->number, 1); break;
    case PN_FIELD_NUMBER: say_decimal(s, literal->number, 10000); break;
    case PN_FIELD_MONEY: say_decimal(s, literal->number, PN_MONEY_LITERAL_UNIT); break;
    case PN_FIELD_DATE: say_date(s, literal); break;
    case PN_FIELD_BOOL:
        pn_buf_add_z(s->out, literal->number != 0 ? pick(s, "sí", "yes", "sim")
                                                  : pick(s, "no", "no", "não"));
        break;
    }
}

static const char *op_words(const speaker *s, pn_op op) {
    switch (op) {
    case PN_OP_EQ: return " = ";
    case PN_OP_NE: return " ≠ ";
    case PN_OP_LT: return " < ";
    case PN_OP_LE: return " ≤ ";
    case PN_OP_GT: return " > ";
    case PN_OP_GE: return " ≥ ";
    case PN_OP_BETWEEN: return pick(s, " entre ", " between ", " entre ");
    case PN_OP_IN: return pick(s, " es uno de ", " is one of ", " é um de ");
    case PN_OP_MISSING: return pick(s, " falta", " is missing", " falta");
    case PN_OP_PRESENT: return pick(s, " existe", " is present", " existe");
    case PN_OP_CONTAINS: return pick(s, " contiene ", " contains ", " contém ");
    case PN_OP_STARTS: return pick(s, " empieza por ", " starts with ", " começa com ");
    case PN_OPS: break;
    }
    return " ? ";
}

static void say_comparison(const speaker *s, const pn_term *term) {
    say_field(s, term);
    pn_buf_add_z(s->out, op_words(s, term->op));
    for (size_t i = 0; i < term->literal_count; i++) {
        if (i != 0) {
            pn_buf_add_z(s->out, term->op == PN_OP_BETWEEN ? pick(s, " y ", " and ", " e ") : ", ");
        }
        say_literal(s, term, &term->literals[i]);
    }
}

static void say_term(const speaker *s, const pn_term *term, bool inside) {
    switch (term->kind) {
    case PN_TERM_COMPARE: say_comparison(s, term); break;
    case PN_TERM_NOT:
        pn_buf_add_z(s->out, pick(s, "no (", "not (", "não ("));
        say_term(s, term->children, false);
        pn_buf_add_char(s->out, ')');
        break;
    case PN_TERM_ALL:
    case PN_TERM_ANY:
        pn_buf_add_z(s->out, inside ? "(" : "");
        for (size_t i = 0; i < term->child_count; i++) {
            if (i != 0) {
                pn_buf_add_z(s->out, term->kind == PN_TERM_ALL ? pick(s, " y ", " and ", " e ")
                                                               : pick(s, " o ", " or ", " ou "));
            }
            say_term(s, &term->children[i], true);
        }
        pn_buf_add_z(s->out, inside ? ")" : "");
        break;
    }
}

void pn_rule_words(const pn_rule *rule, pn_str language, pn_buf *out) {
    speaker s = {
        .language = language, .style = pn_number_style_of(language, PN_STR("")), .out = out};
    say_term(&s, &rule->root, false);
}
