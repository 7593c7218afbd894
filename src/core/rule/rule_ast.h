/* The compiled form of a rule, shared by the rule's own files. */
#ifndef PN_CORE_RULE_RULE_AST_H
#define PN_CORE_RULE_RULE_AST_H

#include "core/rule/rule.h"

typedef enum { PN_TERM_ALL, PN_TERM_ANY, PN_TERM_NOT, PN_TERM_COMPARE } pn_term_kind;

typedef enum {
    PN_OP_EQ,
    PN_OP_NE,
    PN_OP_LT,
    PN_OP_LE,
    PN_OP_GT,
    PN_OP_GE,
    PN_OP_BETWEEN,
    PN_OP_IN,
    PN_OP_MISSING,
    PN_OP_PRESENT,
    PN_OP_CONTAINS,
    PN_OP_STARTS,
    PN_OPS
} pn_op;

/* The line fields of PN_FAMILY_LINE. */
typedef enum { PN_LINE_SKU, PN_LINE_PRODUCT, PN_LINE_DESCRIPTION, PN_LINE_AMOUNT } pn_line_field;

/* A literal in the unit of its field: MONEY in hundredths of a major unit, NUMBER in
 * ten-thousandths, DATE a day, or with `from_today` a number of days to add to today. */
typedef struct {
    bool is_text;
    bool is_date; /* an attribute's text literal that is a date too */
    bool from_today;
    pn_str text; /* folded */
    int64_t number;
} pn_literal;

typedef struct pn_term {
    pn_term_kind kind;
    /* ALL, ANY, NOT */
    const struct pn_term *children;
    size_t child_count;
    /* COMPARE */
    pn_field_family family;
    const pn_field *field; /* NULL for a family */
    pn_str key;            /* attribute's name */
    pn_line_field line;
    pn_field_type type; /* of the literals: an attribute has the type of what it is compared with */
    pn_op op;
    const pn_literal *literals;
    size_t literal_count;
} pn_term;

struct pn_rule {
    pn_term root;
    unsigned needs;
};

const char *pn_op_name(pn_op op);
/* A literal's number on that day. */
static inline int64_t pn_literal_number(const pn_literal *literal, pn_date today) {
    return literal->from_today ? today + literal->number : literal->number;
}

/* Money: a literal counts hundredths of a major unit, a value minor units. Both sides are brought
 * to the same unit; amounts have at most 16 digits and literals at most 12 before the point, so
 * neither product can overflow. */
enum { PN_MONEY_LITERAL_UNIT = 100 };

#endif
