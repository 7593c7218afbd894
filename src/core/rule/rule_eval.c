#include "core/rule/rule_ast.h"

#include "base/banned.h"

/* Codes such as countries stand in facts as written; everything else is folded already, so a
 * comparison without ASCII case is bytewise for it. */
static bool text_equal(pn_str a, pn_str b) {
    return pn_str_eq_nocase(a, b);
}

static bool text_contains(pn_str text, pn_str part) {
    for (size_t i = 0; i + part.len <= text.len; i++) {
        if (pn_str_eq_nocase((pn_str){text.ptr + i, part.len}, part)) {
            return true;
        }
    }
    return false;
}

static int order_of(int64_t a, int64_t b) {
    return (a > b) - (a < b);
}

/* Orders the value against a literal, both in one unit. */
static int compare_number(const pn_value *value, const pn_literal *literal, pn_date today) {
    int64_t number = pn_literal_number(literal, today);
    if (value->type == PN_FIELD_MONEY) {
        return order_of(value->number * PN_MONEY_LITERAL_UNIT, number * value->scale);
    }
    return order_of(value->number, number);
}

static bool compare_text(pn_op op, pn_str text, const pn_literal *literals, size_t count) {
    switch (op) {
    case PN_OP_EQ: return text_equal(text, literals[0].text);
    case PN_OP_NE: return !text_equal(text, literals[0].text);
    case PN_OP_CONTAINS: return text_contains(text, literals[0].text);
    case PN_OP_STARTS:
        return text.len >= literals[0].text.len &&
               text_equal(pn_str_first(text, literals[0].text.len), literals[0].text);
    case PN_OP_IN:
        for (size_t i = 0; i < count; i++) {
            if (text_equal(text, literals[i].text)) {
                return true;
            }
        }
        return false;
    case PN_OP_LT:
    case PN_OP_LE:
    case PN_OP_GT:
    case PN_OP_GE:
    case PN_OP_BETWEEN:
    case PN_OP_MISSING:
    case PN_OP_PRESENT:
    case PN_OPS: break;
    }
    return false;
}

static bool compare_value(pn_op op, const pn_value *value, const pn_literal *literals, size_t count,
                          pn_date today) {
    if (value->type == PN_FIELD_TEXT) {
        return compare_text(op, value->text, literals, count);
    }
    switch (op) {
    case PN_OP_EQ: return compare_number(value, literals, today) == 0;
    case PN_OP_NE: return compare_number(value, literals, today) != 0;
    case PN_OP_LT: return compare_number(value, literals, today) < 0;
    case PN_OP_LE: return compare_number(value, literals, today) <= 0;
    case PN_OP_GT: return compare_number(value, literals, today) > 0;
    case PN_OP_GE: return compare_number(value, literals, today) >= 0;
    case PN_OP_BETWEEN:
        return compare_number(value, &literals[0], today) >= 0 &&
               compare_number(value, &literals[1], today) <= 0;
    case PN_OP_IN:
        for (size_t i = 0; i < count; i++) {
            if (compare_number(value, &literals[i], today) == 0) {
                return true;
            }
        }
        return false;
    case PN_OP_MISSING:
    case PN_OP_PRESENT:
    case PN_OP_CONTAINS:
    case PN_OP_STARTS:
    case PN_OPS: break;
    }
    return false;
}

static bool meets(const pn_term *term, const pn_value *value, pn_date today) {
    if (term->op == PN_OP_MISSING) {
        return !value->present;
    }
    if (!value->present) {
        return false;
    }
    return term->op == PN_OP_PRESENT ||
           compare_value(term->op, value, term->literals, term->literal_count, today);
}

/* An attribute meets literals of its own type only; a text literal that is a date meets a date. */
static bool attribute_holds(const pn_term *term, const pn_attr *attrs, size_t count,
                            pn_date today) {
    for (size_t i = 0; i < count; i++) {
        const pn_attr *attr = &attrs[i];
        if (!pn_str_eq(attr->key, term->key)) {
            continue;
        }
        pn_value value = {.present = true, .number = attr->number, .text = attr->fold};
        switch (attr->type) {
        case PN_ATTR_TEXT:
            value.type = PN_FIELD_TEXT;
            value.present = attr->fold.len != 0; /* as in every other text */
            break;
        case PN_ATTR_NUMBER: value.type = PN_FIELD_NUMBER; break;
        case PN_ATTR_BOOL: value.type = PN_FIELD_BOOL; break;
        case PN_ATTR_DATE: value.type = PN_FIELD_DATE; break;
        }
        if (!value.present || term->op == PN_OP_MISSING || term->op == PN_OP_PRESENT) {
            return meets(term, &value, today);
        }
        if (value.type == PN_FIELD_DATE && term->type == PN_FIELD_TEXT) {
            for (size_t j = 0; j < term->literal_count; j++) {
                if (!term->literals[j].is_date) {
                    return false;
                }
            }
            return compare_value(term->op, &value, term->literals, term->literal_count, today);
        }
        return value.type == term->type &&
               compare_value(term->op, &value, term->literals, term->literal_count, today);
    }
    return term->op == PN_OP_MISSING;
}

static pn_value line_value(const pn_line *line, pn_line_field field, int32_t scale) {
    pn_str text = PN_STR_NONE;
    switch (field) {
    case PN_LINE_SKU: text = line->sku; break;
    case PN_LINE_PRODUCT: text = line->product; break;
    case PN_LINE_DESCRIPTION: text = line->description; break;
    case PN_LINE_AMOUNT:
        return (pn_value){
            .present = true, .type = PN_FIELD_MONEY, .number = line->amount, .scale = scale};
    }
    return (pn_value){.present = text.len != 0, .type = PN_FIELD_TEXT, .text = text};
}

/* True when any line meets the comparison; `missing` when no line has a value. */
static bool lines_hold(const pn_term *term, const pn_item *item, pn_date today) {
    pn_term any = *term;
    if (term->op == PN_OP_MISSING) {
        any.op = PN_OP_PRESENT;
    }
    for (size_t i = 0; i < item->line_count; i++) {
        pn_value value = line_value(&item->lines[i], term->line, item->scale);
        if (meets(&any, &value, today)) {
            return term->op != PN_OP_MISSING;
        }
    }
    return term->op == PN_OP_MISSING;
}

static bool comparison_holds(const pn_term *term, const pn_facts *facts) {
    const pn_item *item = facts->item;
    switch (term->family) {
    case PN_FAMILY_INVOICE_ATTR:
        return attribute_holds(term, item->attrs, item->attr_count, facts->today);
    case PN_FAMILY_DEBTOR_ATTR:
        return attribute_holds(term, facts->debtor.attrs, facts->debtor.attr_count, facts->today);
    case PN_FAMILY_LINE: return lines_hold(term, item, facts->today);
    case PN_FAMILY_NONE: break;
    }
    pn_value value = term->field->get(facts, item);
    return meets(term, &value, facts->today);
}

static bool term_holds(const pn_term *term, const pn_facts *facts) {
    switch (term->kind) {
    case PN_TERM_COMPARE: return comparison_holds(term, facts);
    case PN_TERM_NOT: return !term_holds(term->children, facts);
    case PN_TERM_ALL:
        for (size_t i = 0; i < term->child_count; i++) {
            if (!term_holds(&term->children[i], facts)) {
                return false;
            }
        }
        return true;
    case PN_TERM_ANY:
        for (size_t i = 0; i < term->child_count; i++) {
            if (term_holds(&term->children[i], facts)) {
                return true;
            }
        }
        return false;
    }
    return false;
}

bool pn_rule_holds(const pn_rule *rule, const pn_facts *facts) {
    return term_holds(&rule->root, facts);
}

/* ── when the day changes the answer ─────────────────────────────────────────────────────────── */

static pn_date earliest(pn_date a, pn_date b) {
    if (a == PN_DATE_NONE || b == PN_DATE_NONE) {
        return a == PN_DATE_NONE ? b : a;
    }
    return PN_MIN(a, b);
}

/* The first of `day` and `day + 1` after today: a comparison may flip when the value reaches the
 * literal and when it leaves it. A day that no calendar has never comes. */
static pn_date flips_at(int64_t day, pn_date today) {
    day += day == today;
    return day > today && day <= PN_DATE_LAST ? (pn_date)day : PN_DATE_NONE;
}

static pn_date next_due_crossing(const pn_facts *facts) {
    pn_date next = PN_DATE_NONE;
    for (size_t i = 0; i < facts->item_count; i++) {
        if (facts->items[i].claimable > 0) {
            pn_date due = facts->items[i].effective_due;
            next = due >= facts->today ? earliest(next, flips_at(due + 1, facts->today)) : next;
        }
    }
    return next;
}

static pn_date field_next_change(const pn_term *term, const pn_facts *facts) {
    pn_date today = facts->today;
    pn_date next = PN_DATE_NONE;
    if (term->field->day == PN_DAY_TODAY) {
        bool about_overdue = pn_str_starts(pn_str_of(term->field->name), PN_STR("account."));
        return about_overdue ? next_due_crossing(facts) : today + 1;
    }
    pn_value value = term->field->get(facts, facts->item);
    if (!value.present) {
        return PN_DATE_NONE;
    }
    for (size_t i = 0; i < term->literal_count; i++) {
        const pn_literal *literal = &term->literals[i];
        if (term->field->day == PN_DAY_SINCE) {
            next = earliest(next, flips_at(today + (literal->number - value.number), today));
        } else if (term->field->day == PN_DAY_UNTIL) {
            next = earliest(next, flips_at(today + (value.number - literal->number), today));
        } else if (literal->from_today) {
            next = earliest(next, flips_at(value.number - literal->number, today));
        }
    }
    return next;
}

static pn_date attribute_next_change(const pn_term *term, const pn_attr *attrs, size_t count,
                                     pn_date today) {
    pn_date next = PN_DATE_NONE;
    for (size_t i = 0; i < count; i++) {
        if (attrs[i].type != PN_ATTR_DATE || !pn_str_eq(attrs[i].key, term->key)) {
            continue;
        }
        for (size_t j = 0; j < term->literal_count; j++) {
            if (term->literals[j].from_today) {
                int64_t day = attrs[i].number - term->literals[j].number;
                next = earliest(next, flips_at(day, today));
            }
        }
    }
    return next;
}

static pn_date term_next_change(const pn_term *term, const pn_facts *facts) {
    if (term->kind != PN_TERM_COMPARE) {
        pn_date next = PN_DATE_NONE;
        for (size_t i = 0; i < term->child_count; i++) {
            next = earliest(next, term_next_change(&term->children[i], facts));
        }
        return next;
    }
    switch (term->family) {
    case PN_FAMILY_NONE: return field_next_change(term, facts);
    case PN_FAMILY_DEBTOR_ATTR:
        return attribute_next_change(term, facts->debtor.attrs, facts->debtor.attr_count,
                                     facts->today);
    case PN_FAMILY_INVOICE_ATTR:
        return attribute_next_change(term, facts->item->attrs, facts->item->attr_count,
                                     facts->today);
    case PN_FAMILY_LINE: return PN_DATE_NONE;
    }
    return PN_DATE_NONE;
}

pn_date pn_rule_next_change(const pn_rule *rule, const pn_facts *facts) {
    return term_next_change(&rule->root, facts);
}
