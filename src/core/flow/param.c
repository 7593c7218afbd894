#include "core/flow/param.h"

#include <stdio.h>

#include "base/banned.h"
#include "base/limits.h"

const char *pn_param_type_name(pn_param_type type) {
    switch (type) {
    case PN_PARAM_INT: return "whole number";
    case PN_PARAM_BOOL: return "true or false";
    case PN_PARAM_TEXT: return "text";
    case PN_PARAM_TEMPLATE: return "name of a template";
    case PN_PARAM_CHOICE: return "one of a list";
    case PN_PARAM_CHOICES: return "list of choices";
    case PN_PARAM_RECIPIENTS: return "list of recipients";
    case PN_PARAM_DAYKIND: return "\"calendar\" or \"business\"";
    case PN_PARAM_CLOCK: return "time of day, \"09:00\"";
    case PN_PARAM_DURATION: return "duration: \"30m\", \"48h\", \"3d\", \"2w\"";
    case PN_PARAM_WEEKDAYS: return "list of weekdays";
    case PN_PARAM_MONTHDAY: return "day of the month, 1–31 or \"last\"";
    case PN_PARAM_AMOUNT: return "amount";
    case PN_PARAM_PERCENT: return "percentage";
    case PN_PARAM_VALUE: return "text, number or true/false";
    case PN_PARAM_RULE: return "rule";
    case PN_PARAM_RULES: return "list of named rules with their exits";
    case PN_PARAM_ARMS: return "list of arms with their exits";
    case PN_PARAM_HOLDOUT: return "held-out share with its exit";
    case PN_PARAM_OUTCOMES: return "list of outcomes with their exits";
    case PN_PARAM_NODE: return "id of a node";
    case PN_PARAM_STRATEGY: return "name of a strategy";
    case PN_PARAM_PILL: return "name of a pill";
    case PN_PARAM_CONNECTOR: return "name of a connector";
    }
    return "?";
}

const char *pn_param_type_word(pn_param_type type) {
    switch (type) {
    case PN_PARAM_INT: return "int";
    case PN_PARAM_BOOL: return "bool";
    case PN_PARAM_TEXT: return "text";
    case PN_PARAM_TEMPLATE: return "template";
    case PN_PARAM_CHOICE: return "choice";
    case PN_PARAM_CHOICES: return "choices";
    case PN_PARAM_RECIPIENTS: return "recipients";
    case PN_PARAM_DAYKIND: return "daykind";
    case PN_PARAM_CLOCK: return "clock";
    case PN_PARAM_DURATION: return "duration";
    case PN_PARAM_WEEKDAYS: return "weekdays";
    case PN_PARAM_MONTHDAY: return "monthday";
    case PN_PARAM_AMOUNT: return "amount";
    case PN_PARAM_PERCENT: return "percent";
    case PN_PARAM_VALUE: return "value";
    case PN_PARAM_RULE: return "rule";
    case PN_PARAM_RULES: return "rules";
    case PN_PARAM_ARMS: return "arms";
    case PN_PARAM_HOLDOUT: return "holdout";
    case PN_PARAM_OUTCOMES: return "outcomes";
    case PN_PARAM_NODE: return "node";
    case PN_PARAM_STRATEGY: return "strategy";
    case PN_PARAM_PILL: return "pill";
    case PN_PARAM_CONNECTOR: return "connector";
    }
    return "?";
}

static const char *article(pn_param_type type) {
    switch (type) {
    case PN_PARAM_AMOUNT:
    case PN_PARAM_NODE: return "an ";
    case PN_PARAM_BOOL:
    case PN_PARAM_CHOICE:
    case PN_PARAM_DAYKIND:
    case PN_PARAM_VALUE: return "";
    case PN_PARAM_INT:
    case PN_PARAM_TEXT:
    case PN_PARAM_TEMPLATE:
    case PN_PARAM_CHOICES:
    case PN_PARAM_RECIPIENTS:
    case PN_PARAM_CLOCK:
    case PN_PARAM_DURATION:
    case PN_PARAM_WEEKDAYS:
    case PN_PARAM_MONTHDAY:
    case PN_PARAM_PERCENT:
    case PN_PARAM_RULE:
    case PN_PARAM_RULES:
    case PN_PARAM_ARMS:
    case PN_PARAM_HOLDOUT:
    case PN_PARAM_OUTCOMES:
    case PN_PARAM_STRATEGY:
    case PN_PARAM_PILL:
    case PN_PARAM_CONNECTOR: break;
    }
    return "a ";
}

/* "“at” must be a time of day, "09:00"; it is “9am”." */
static pn_err wrong(pn_diag *diag, const pn_param *param, const pn_json *json) {
    const char *type = pn_param_type_name(param->type);
    if (json->type == PN_JSON_STR) {
        return pn_diag_set(diag, PN_INVALID, "“%s” must be %s%s; it is “%.*s”.", param->name,
                           article(param->type), type, PN_STR_ARG(pn_str_first(json->text, 40)));
    }
    return pn_diag_set(diag, PN_INVALID, "“%s” must be %s%s; it is %s.", param->name,
                       article(param->type), type, pn_json_type_name(json->type));
}

static pn_err out_of_range(pn_diag *diag, const pn_param *param) {
    long long min = param->min, max = param->max;
    if (param->type == PN_PARAM_AMOUNT) { /* told in the unit in which it is written */
        return pn_diag_set(diag, PN_INVALID, "“%s” must be between %lld.%02lld and %lld.%02lld.",
                           param->name, min / 100, min % 100, max / 100, max % 100);
    }
    return pn_diag_set(diag, PN_INVALID, "“%s” must be between %lld and %lld.", param->name, min,
                       max);
}

/* Digits only: pn_str_to_int64 takes signs too. */
static bool digits(pn_str text, int64_t *ret_value) {
    for (size_t i = 0; i < text.len; i++) {
        if (!pn_is_digit(text.ptr[i])) {
            return false;
        }
    }
    return pn_str_to_int64(text, ret_value) == PN_OK;
}

pn_err pn_duration_parse(pn_str text, int64_t *ret_seconds) {
    if (text.len < 2) {
        return PN_INVALID;
    }
    int64_t unit = 0;
    switch (text.ptr[text.len - 1]) {
    case 'm': unit = 60; break;
    case 'h': unit = 3600; break;
    case 'd': unit = 86400; break;
    case 'w': unit = INT64_C(7) * 86400; break;
    default: return PN_INVALID;
    }
    int64_t count = 0;
    if (!digits(pn_str_first(text, text.len - 1), &count) || count > 100000) {
        return PN_INVALID;
    }
    *ret_seconds = count * unit;
    return PN_OK;
}

static bool clock_parse(pn_str text, int64_t *ret_second) {
    int64_t hour = 0, minute = 0;
    if (text.len != 5 || text.ptr[2] != ':' || !digits(pn_str_first(text, 2), &hour) ||
        !digits(pn_str_from(text, 3), &minute) || hour > 23 || minute > 59) {
        return false;
    }
    *ret_second = hour * 3600 + minute * 60;
    return true;
}

static const char *const WEEKDAYS[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL};

static size_t choice_index(const char *const *choices, pn_str text) {
    for (size_t i = 0; choices[i] != NULL; i++) {
        if (pn_str_eq(text, pn_str_of(choices[i]))) {
            return i;
        }
    }
    return SIZE_MAX;
}

static pn_err unknown_choice(pn_diag *diag, const pn_param *param, const char *const *choices,
                             pn_str text) {
    pn_err err =
        pn_diag_set(diag, PN_INVALID, "“%s” cannot be “%.*s”.", param->name, PN_STR_ARG(text));
    char list[200] = "";
    size_t len = 0;
    for (size_t i = 0; choices[i] != NULL && len + strlen(choices[i]) + 3 < sizeof list; i++) {
        int added = snprintf(list + len, sizeof list - len, "%s%s", i == 0 ? "" : ", ", choices[i]);
        len += (size_t)added;
    }
    pn_diag_mend(diag, "It can be: %s.", list);
    return err;
}

static pn_err parse_set(const pn_param *param, const char *const *choices, const pn_json *json,
                        int64_t *ret_bits, pn_diag *diag) {
    if (json->type != PN_JSON_ARRAY || json->count == 0) {
        return pn_diag_set(diag, PN_INVALID, "“%s” must be a list with at least one entry.",
                           param->name);
    }
    int64_t bits = 0;
    for (size_t i = 0; i < json->count; i++) {
        if (json->items[i].type != PN_JSON_STR) {
            return wrong(diag, param, &json->items[i]);
        }
        size_t index = choice_index(choices, json->items[i].text);
        if (index == SIZE_MAX) {
            return unknown_choice(diag, param, choices, json->items[i].text);
        }
        bits |= INT64_C(1) << index;
    }
    *ret_bits = bits;
    return PN_OK;
}

static pn_err parse_text(const pn_param *param, const pn_json *json, pn_arena *arena,
                         pn_param_value *value, pn_diag *diag) {
    if (json->type != PN_JSON_STR) {
        return wrong(diag, param, json);
    }
    int64_t longest = param->max != 0 ? param->max : PN_LIMIT_TEXT_BYTES;
    if (json->text.len == 0 || json->text.len > (size_t)longest) {
        return pn_diag_set(diag, PN_INVALID, "“%s” must have between 1 and %lld bytes.",
                           param->name, (long long)longest);
    }
    value->text = pn_str_dup(arena, json->text);
    return PN_OK;
}

/* Decimal with up to two places, in hundredths. A text is nothing but the number: a currency in it
 * would be ignored, for the amount is in that of the invoices. */
static bool hundredths(const pn_json *json, int64_t *ret_value) {
    char integer[20];
    pn_str text = json->text;
    if (json->type == PN_JSON_INT) {
        text = (pn_str){integer, pn_int64_text(json->integer, integer)};
    } else if (json->type != PN_JSON_REAL && json->type != PN_JSON_STR) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        bool sign = i == 0 && text.ptr[i] == '-';
        if (!pn_is_digit(text.ptr[i]) && text.ptr[i] != '.' && !sign) {
            return false;
        }
    }
    pn_currency two_decimals = {.code = "EUR"};
    return pn_amount_parse(text, two_decimals, (pn_number_style){'.', '\0'}, ret_value, NULL) ==
           PN_OK;
}

pn_err pn_param_percent(const pn_json *json, int64_t *ret_hundredths, pn_diag *diag) {
    int64_t value = 0;
    if (json == NULL || json->type == PN_JSON_STR || !hundredths(json, &value) || value < 0 ||
        value > 10000) {
        return pn_diag_set(diag, PN_INVALID,
                           "“percent” must be a number from 0 to 100 with at most two decimals.");
    }
    *ret_hundredths = value;
    return PN_OK;
}

static pn_err parse_number(const pn_param *param, const pn_json *json, pn_param_value *value,
                           pn_diag *diag) {
    if (json->type != PN_JSON_INT) {
        return wrong(diag, param, json);
    }
    if (json->integer < param->min || json->integer > param->max) {
        return out_of_range(diag, param);
    }
    value->number = json->integer;
    return PN_OK;
}

static pn_err parse_duration(const pn_param *param, const pn_json *json, pn_param_value *value,
                             pn_diag *diag) {
    if (json->type != PN_JSON_STR || pn_duration_parse(json->text, &value->number) != PN_OK) {
        return wrong(diag, param, json);
    }
    if (value->number < param->min || value->number > param->max) {
        return pn_diag_set(diag, PN_INVALID, "“%s” must last between %lld minutes and %lld days.",
                           param->name, (long long)(param->min / 60),
                           (long long)(param->max / 86400));
    }
    return PN_OK;
}

static pn_err parse_monthday(const pn_param *param, const pn_json *json, pn_param_value *value,
                             pn_diag *diag) {
    if (json->type == PN_JSON_STR && pn_str_is(json->text, "last")) {
        value->number = 32;
        return PN_OK;
    }
    if (json->type != PN_JSON_INT || json->integer < 1 || json->integer > 31) {
        return wrong(diag, param, json);
    }
    value->number = json->integer;
    return PN_OK;
}

static pn_err parse_recipients(const pn_param *param, const pn_json *json, pn_arena *arena,
                               pn_param_value *value, pn_diag *diag) {
    if (json->type != PN_JSON_ARRAY || json->count == 0 || json->count > 10) {
        return pn_diag_set(diag, PN_INVALID, "“%s” must be a list of 1 to 10 recipients.",
                           param->name);
    }
    for (size_t i = 0; i < json->count; i++) {
        pn_str to = pn_json_text(&json->items[i], PN_STR(""));
        bool role = pn_str_is(to, "owner") || pn_str_is(to, "salesperson");
        size_t at = pn_str_find_char(to, '@');
        if (!role && (at == SIZE_MAX || at == 0 || at + 1 == to.len || to.len > 254)) {
            pn_err err = pn_diag_set(diag, PN_INVALID, "“%.*s” is no recipient.", PN_STR_ARG(to));
            pn_diag_mend(diag, "Use \"owner\", \"salesperson\" or an e-mail address.");
            return err;
        }
    }
    pn_buf list;
    pn_buf_init(&list, 4096);
    pn_json_writer writer = pn_json_writer_on(&list, 0);
    pn_json_add_value(&writer, json);
    value->text = pn_str_dup(arena, pn_buf_str(&list));
    pn_err err = pn_buf_err(&list);
    pn_buf_done(&list);
    return err;
}

static pn_err parse_any(const pn_param *param, const pn_json *json, pn_arena *arena,
                        pn_param_value *value, pn_diag *diag) {
    if (json->type == PN_JSON_ARRAY || json->type == PN_JSON_OBJECT || json->type == PN_JSON_NULL) {
        return wrong(diag, param, json);
    }
    pn_buf text;
    pn_buf_init(&text, PN_LIMIT_TEXT_BYTES);
    pn_json_writer writer = pn_json_writer_on(&text, 0);
    pn_json_add_value(&writer, json);
    pn_err err = pn_buf_err(&text);
    value->text = pn_str_dup(arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return err == PN_OK ? PN_OK : pn_diag_set(diag, err, "“%s” is too long.", param->name);
}

static pn_err parse_scalar(const pn_param *param, const pn_json *json, pn_subject subject,
                           pn_arena *arena, pn_param_value *value, pn_diag *diag) {
    switch (param->type) {
    case PN_PARAM_INT: return parse_number(param, json, value, diag);
    case PN_PARAM_BOOL:
        value->number = pn_json_bool(json, false);
        return json->type == PN_JSON_BOOL ? PN_OK : wrong(diag, param, json);
    case PN_PARAM_TEXT:
    case PN_PARAM_TEMPLATE:
    case PN_PARAM_NODE:
    case PN_PARAM_STRATEGY:
    case PN_PARAM_PILL:
    case PN_PARAM_CONNECTOR: return parse_text(param, json, arena, value, diag);
    case PN_PARAM_CHOICE: {
        PN_TRY(parse_text(param, json, arena, value, diag));
        size_t index = choice_index(param->choices, value->text);
        value->number = (int64_t)index;
        return index != SIZE_MAX ? PN_OK : unknown_choice(diag, param, param->choices, value->text);
    }
    case PN_PARAM_CHOICES: return parse_set(param, param->choices, json, &value->number, diag);
    case PN_PARAM_WEEKDAYS: return parse_set(param, WEEKDAYS, json, &value->number, diag);
    case PN_PARAM_RECIPIENTS: return parse_recipients(param, json, arena, value, diag);
    case PN_PARAM_DAYKIND:
        PN_TRY(parse_text(param, json, arena, value, diag));
        value->number = pn_str_is(value->text, "business");
        return value->number != 0 || pn_str_is(value->text, "calendar")
                   ? PN_OK
                   : pn_diag_set(diag, PN_INVALID, "“%s” is \"calendar\" or \"business\".",
                                 param->name);
    case PN_PARAM_CLOCK:
        return json->type == PN_JSON_STR && clock_parse(json->text, &value->number)
                   ? PN_OK
                   : wrong(diag, param, json);
    case PN_PARAM_DURATION: return parse_duration(param, json, value, diag);
    case PN_PARAM_MONTHDAY: return parse_monthday(param, json, value, diag);
    case PN_PARAM_AMOUNT:
        if (!hundredths(json, &value->number)) {
            return wrong(diag, param, json);
        }
        return value->number >= param->min && value->number <= param->max
                   ? PN_OK
                   : out_of_range(diag, param);
    case PN_PARAM_PERCENT: return pn_param_percent(json, &value->number, diag);
    case PN_PARAM_VALUE: return parse_any(param, json, arena, value, diag);
    case PN_PARAM_RULE: return pn_rule_compile(json, subject, arena, &value->rule, diag);
    case PN_PARAM_RULES:
    case PN_PARAM_ARMS:
    case PN_PARAM_HOLDOUT:
    case PN_PARAM_OUTCOMES: break;
    }
    return PN_INVALID;
}

pn_err pn_param_parse(const pn_param *param, const pn_json *json, pn_subject subject,
                      pn_arena *arena, pn_param_value *ret_value, pn_diag *diag) {
    pn_param_value value = {.given = true};
    PN_TRY(parse_scalar(param, json, subject, arena, &value, diag));
    *ret_value = value;
    return PN_OK;
}
