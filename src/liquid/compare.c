#include "liquid/compare.h"

#include "base/banned.h"
#include "liquid/access.h"
#include "liquid/moment.h"
#include "liquid/number.h"
#include "liquid/print.h"

static bool is_number(pn_liquid_value value) {
    return value.kind == PN_LIQUID_INT || value.kind == PN_LIQUID_REAL;
}

static bool is_day_or_time(pn_liquid_value value) {
    return value.kind == PN_LIQUID_DATE || value.kind == PN_LIQUID_TIME;
}

static pn_liquid_decimal decimal_of(pn_liquid_value number) {
    if (number.kind == PN_LIQUID_MONEY) {
        pn_liquid_decimal amount = pn_liquid_decimal_int(number.integer);
        amount.exponent = -(int)pn_currency_decimals(number.currency);
        return amount;
    }
    return number.kind == PN_LIQUID_INT ? pn_liquid_decimal_int(number.integer)
                                        : pn_liquid_decimal_real(number.real);
}

static int order_of(int64_t a, int64_t b) {
    return (a > b) - (a < b);
}

/* ── equal ───────────────────────────────────────────────────────────────────────────────────── */

static pn_err arrays_equal(pn_liquid_run *run, pn_liquid_value a, pn_liquid_value b,
                           bool *ret_equal) {
    int64_t count = pn_liquid_item_count(a);
    bool equal = count == pn_liquid_item_count(b);
    PN_TRY(pn_liquid_charge(run, (uint64_t)count));
    for (int64_t i = 0; i < count && equal; i++) {
        PN_TRY(pn_liquid_equal(run, pn_liquid_item(a, i, run->arena),
                               pn_liquid_item(b, i, run->arena), &equal));
    }
    *ret_equal = equal;
    return PN_OK;
}

static pn_err objects_equal(pn_liquid_run *run, pn_liquid_value a, pn_liquid_value b,
                            bool *ret_equal) {
    bool equal = a.json->count == b.json->count;
    PN_TRY(pn_liquid_charge(run, a.json->count));
    for (uint32_t i = 0; i < a.json->count && equal; i++) {
        const pn_json_member *member = &a.json->members[i];
        const pn_json *other = pn_json_get(b.json, member->key);
        equal = other != NULL;
        if (equal) {
            PN_TRY(pn_liquid_equal(run, pn_liquid_json(&member->value), pn_liquid_json(other),
                                   &equal));
        }
    }
    *ret_equal = equal;
    return PN_OK;
}

/* Two values of one kind. */
static pn_err alike_equal(pn_liquid_run *run, pn_liquid_value a, pn_liquid_value b,
                          bool *ret_equal) {
    switch ((pn_liquid_kind)a.kind) {
    case PN_LIQUID_NIL:
    case PN_LIQUID_UNSET: *ret_equal = true; return PN_OK;
    case PN_LIQUID_BOOL: *ret_equal = a.boolean == b.boolean; return PN_OK;
    case PN_LIQUID_INT: *ret_equal = a.integer == b.integer; return PN_OK;
    case PN_LIQUID_REAL: *ret_equal = a.real == b.real; return PN_OK;
    case PN_LIQUID_STR:
        PN_TRY(pn_liquid_charge(run, a.count / 64));
        *ret_equal = pn_str_eq(pn_liquid_text(a), pn_liquid_text(b));
        return PN_OK;
    case PN_LIQUID_MONEY:
        *ret_equal = a.integer == b.integer && pn_currency_eq(a.currency, b.currency);
        return PN_OK;
    case PN_LIQUID_DATE: *ret_equal = a.date == b.date; return PN_OK;
    case PN_LIQUID_TIME: *ret_equal = a.time == b.time; return PN_OK;
    case PN_LIQUID_RANGE:
        *ret_equal = a.range->first == b.range->first && a.range->last == b.range->last;
        return PN_OK;
    case PN_LIQUID_ARRAY:
    case PN_LIQUID_LIST:
    case PN_LIQUID_JSON_ARRAY: return arrays_equal(run, a, b, ret_equal);
    case PN_LIQUID_JSON_OBJECT: return objects_equal(run, a, b, ret_equal);
    case PN_LIQUID_OBJECT: *ret_equal = a.items == b.items; return PN_OK;
    case PN_LIQUID_FORLOOP: *ret_equal = a.loop == b.loop; return PN_OK;
    case PN_LIQUID_LAZY:
    case PN_LIQUID_HEAD:
    case PN_LIQUID_BLANK:
    case PN_LIQUID_EMPTY: break;
    }
    *ret_equal = false;
    return PN_OK;
}

pn_err pn_liquid_equal(pn_liquid_run *run, pn_liquid_value a, pn_liquid_value b, bool *ret_equal) {
    if (a.kind == b.kind) {
        return alike_equal(run, a, b, ret_equal);
    }
    bool a_array = pn_liquid_is_array(a) && a.kind != PN_LIQUID_RANGE;
    bool b_array = pn_liquid_is_array(b) && b.kind != PN_LIQUID_RANGE;
    if (a_array && b_array) {
        return arrays_equal(run, a, b, ret_equal);
    }
    bool a_amount = is_number(a) || a.kind == PN_LIQUID_MONEY;
    bool b_amount = is_number(b) || b.kind == PN_LIQUID_MONEY;
    if (a_amount && b_amount) {
        *ret_equal = pn_liquid_decimal_cmp(decimal_of(a), decimal_of(b)) == 0;
        return PN_OK;
    }
    if ((is_day_or_time(a) && (is_day_or_time(b) || b.kind == PN_LIQUID_STR)) ||
        (is_day_or_time(b) && a.kind == PN_LIQUID_STR)) {
        pn_liquid_moment left, right;
        *ret_equal = pn_liquid_moment_of(run->context, a, &left) &&
                     pn_liquid_moment_of(run->context, b, &right) && left.date == right.date;
        return PN_OK;
    }
    *ret_equal = false;
    return PN_OK;
}

pn_err pn_liquid_same(pn_liquid_run *run, pn_liquid_value a, pn_liquid_value b, bool *ret_same) {
    if (a.kind != b.kind && (!pn_liquid_is_array(a) || !pn_liquid_is_array(b))) {
        *ret_same = false;
        return PN_OK;
    }
    return pn_liquid_equal(run, a, b, ret_same);
}

/* ── order ───────────────────────────────────────────────────────────────────────────────────── */

static bool has_order(pn_liquid_value value) {
    return is_number(value) || value.kind == PN_LIQUID_STR || value.kind == PN_LIQUID_MONEY ||
           is_day_or_time(value);
}

static pn_err no_common_order(pn_liquid_run *run, pn_liquid_value a, pn_liquid_value b) {
    return pn_liquid_fail(run, "There is no order between %s and %s.",
                          pn_liquid_kind_name((pn_liquid_kind)a.kind),
                          pn_liquid_kind_name((pn_liquid_kind)b.kind));
}

/* Two instants, or two days when one of them is only a day. */
static pn_err order_of_moments(pn_liquid_run *run, pn_liquid_value a, pn_liquid_value b,
                               int *ret_order) {
    if (a.kind == PN_LIQUID_TIME && b.kind == PN_LIQUID_TIME) {
        *ret_order = order_of(a.time, b.time);
        return PN_OK;
    }
    pn_liquid_moment left, right;
    if (!pn_liquid_moment_of(run->context, a, &left) ||
        !pn_liquid_moment_of(run->context, b, &right)) {
        return no_common_order(run, a, b);
    }
    *ret_order = order_of(left.date, right.date);
    return PN_OK;
}

pn_err pn_liquid_order(pn_liquid_run *run, pn_liquid_value a, pn_liquid_value b, int *ret_order) {
    if (!has_order(a) || !has_order(b)) {
        return PN_NOT_FOUND;
    }
    if (a.kind == PN_LIQUID_INT && b.kind == PN_LIQUID_INT) {
        *ret_order = order_of(a.integer, b.integer);
        return PN_OK;
    }
    if (is_day_or_time(a) || is_day_or_time(b)) {
        bool others_fit = (is_day_or_time(a) || a.kind == PN_LIQUID_STR) &&
                          (is_day_or_time(b) || b.kind == PN_LIQUID_STR);
        return others_fit ? order_of_moments(run, a, b, ret_order) : no_common_order(run, a, b);
    }
    if (a.kind == PN_LIQUID_STR && b.kind == PN_LIQUID_STR) {
        PN_TRY(pn_liquid_charge(run, a.count / 64));
        *ret_order = pn_str_cmp(pn_liquid_text(a), pn_liquid_text(b));
        return PN_OK;
    }
    if (a.kind == PN_LIQUID_STR || b.kind == PN_LIQUID_STR) {
        return no_common_order(run, a, b);
    }
    if (a.kind == PN_LIQUID_MONEY && b.kind == PN_LIQUID_MONEY &&
        !pn_currency_eq(a.currency, b.currency)) {
        return pn_liquid_fail(run, "%s and %s cannot be compared.", a.currency.code,
                              b.currency.code);
    }
    *ret_order = pn_liquid_decimal_cmp(decimal_of(a), decimal_of(b));
    return PN_OK;
}

/* ── conditions ──────────────────────────────────────────────────────────────────────────────── */

static bool is_empty(pn_liquid_value value) {
    bool countable =
        value.kind == PN_LIQUID_STR || pn_liquid_is_array(value) || pn_liquid_is_object(value);
    return countable && value.kind != PN_LIQUID_RANGE && pn_liquid_item_count(value) == 0;
}

static bool is_blank(pn_liquid_value value) {
    if (value.kind == PN_LIQUID_STR) {
        return pn_str_trim(pn_liquid_text(value)).len == 0;
    }
    return !pn_liquid_truthy(value) || is_empty(value);
}

static pn_err equal_in_condition(pn_liquid_run *run, pn_liquid_value a, pn_liquid_value b,
                                 bool *ret_equal) {
    bool a_word = a.kind == PN_LIQUID_BLANK || a.kind == PN_LIQUID_EMPTY;
    bool b_word = b.kind == PN_LIQUID_BLANK || b.kind == PN_LIQUID_EMPTY;
    if (!a_word && !b_word) {
        return pn_liquid_equal(run, a, b, ret_equal);
    }
    pn_liquid_value word = a_word ? a : b;
    pn_liquid_value other = a_word ? b : a;
    if (a_word && b_word) {
        *ret_equal = false;
    } else {
        *ret_equal = word.kind == PN_LIQUID_BLANK ? is_blank(other) : is_empty(other);
    }
    return PN_OK;
}

static pn_err text_contains(pn_liquid_run *run, pn_str text, pn_liquid_value part,
                            bool *ret_contains) {
    pn_str needle;
    PN_TRY(pn_liquid_to_text(run, part, &needle));
    PN_TRY(pn_liquid_charge_search(run, text.len, needle.len));
    *ret_contains = pn_str_find(text, needle) != SIZE_MAX;
    return PN_OK;
}

static pn_err contains(pn_liquid_run *run, pn_liquid_value a, pn_liquid_value b,
                       bool *ret_contains) {
    *ret_contains = false;
    if (!pn_liquid_truthy(a) || !pn_liquid_truthy(b)) {
        return PN_OK;
    }
    if (a.kind == PN_LIQUID_STR) {
        return text_contains(run, pn_liquid_text(a), b, ret_contains);
    }
    if (pn_liquid_is_object(a)) {
        pn_liquid_value ignored;
        *ret_contains =
            b.kind == PN_LIQUID_STR && pn_liquid_member(a, pn_liquid_text(b), run->arena, &ignored);
        return PN_OK;
    }
    if (a.kind == PN_LIQUID_RANGE) {
        pn_liquid_decimal first = pn_liquid_decimal_int(a.range->first);
        pn_liquid_decimal last = pn_liquid_decimal_int(a.range->last);
        *ret_contains = is_number(b) && pn_liquid_decimal_cmp(first, decimal_of(b)) <= 0 &&
                        pn_liquid_decimal_cmp(decimal_of(b), last) <= 0;
        return PN_OK;
    }
    int64_t count = pn_liquid_is_array(a) ? pn_liquid_item_count(a) : 0;
    PN_TRY(pn_liquid_charge(run, (uint64_t)count));
    for (int64_t i = 0; i < count && !*ret_contains; i++) {
        PN_TRY(pn_liquid_equal(run, pn_liquid_item(a, i, run->arena), b, ret_contains));
    }
    return PN_OK;
}

pn_err pn_liquid_compare(pn_liquid_run *run, pn_liquid_comparison comparison, pn_liquid_value a,
                         pn_liquid_value b, bool *ret_holds) {
    if (comparison == PN_LIQUID_CONTAINS) {
        return contains(run, a, b, ret_holds);
    }
    if (comparison == PN_LIQUID_EQUAL || comparison == PN_LIQUID_NOT_EQUAL) {
        bool equal = false;
        PN_TRY(equal_in_condition(run, a, b, &equal));
        *ret_holds = equal == (comparison == PN_LIQUID_EQUAL);
        return PN_OK;
    }
    int order = 0;
    pn_err err = pn_liquid_order(run, a, b, &order);
    if (err == PN_NOT_FOUND) {
        *ret_holds = false;
        return PN_OK;
    }
    PN_TRY(err);
    switch (comparison) {
    case PN_LIQUID_LESS: *ret_holds = order < 0; break;
    case PN_LIQUID_GREATER: *ret_holds = order > 0; break;
    case PN_LIQUID_LESS_EQUAL: *ret_holds = order <= 0; break;
    case PN_LIQUID_GREATER_EQUAL: *ret_holds = order >= 0; break;
    case PN_LIQUID_EQUAL:
    case PN_LIQUID_NOT_EQUAL:
    case PN_LIQUID_CONTAINS: break;
    }
    return PN_OK;
}
