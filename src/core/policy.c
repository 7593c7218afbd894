#include "core/policy.h"

#include "base/banned.h"
#include "core/flow/param.h"

typedef struct {
    pn_arena *arena;
    pn_diag *diag;
    pn_policy *policy;
} parser;

static pn_err refuse(parser *p, const char *where, const char *what) {
    pn_err err = pn_diag_set(p->diag, PN_INVALID, "%s", what);
    pn_diag_where(p->diag, "policy %.*s, %s", PN_STR_ARG(p->policy->name), where);
    return err;
}

static pn_err check_keys(parser *p, const pn_json *json, const char *where,
                         const char *const *known) {
    if (json->type != PN_JSON_OBJECT) {
        return refuse(p, where, "An object in braces is expected here.");
    }
    for (size_t i = 0; i < json->count; i++) {
        bool found = false;
        for (size_t j = 0; known[j] != NULL; j++) {
            found = found || pn_str_eq(json->members[i].key, pn_str_of(known[j]));
        }
        if (!found) {
            pn_str what = pn_str_format(p->arena, "There is no field “%.*s”.",
                                        PN_STR_ARG(json->members[i].key));
            return refuse(p, where, pn_str_z(p->arena, what));
        }
    }
    return PN_OK;
}

/* A word of the document; what is no text is refused, not taken for the default. */
static pn_err read_word(parser *p, const pn_json *json, const char *where, const char *name,
                        pn_str otherwise, pn_str *ret_word) {
    if (json != NULL && json->type != PN_JSON_STR) {
        pn_str what = pn_str_format(p->arena, "“%s” must be a text.", name);
        return refuse(p, where, pn_str_z(p->arena, what));
    }
    *ret_word = pn_str_dup(p->arena, pn_json_text(json, otherwise));
    return PN_OK;
}

static pn_err read_source(parser *p, const pn_json *json, const char *where, pn_str *ret_source) {
    return read_word(p, pn_json_field(json, "source"), where, "source", PN_STR(""), ret_source);
}

static pn_err read_channels(parser *p, const pn_json *json, const char *where,
                            uint32_t *ret_channels) {
    if (json == NULL) {
        *ret_channels = UINT32_MAX;
        return PN_OK;
    }
    uint32_t channels = 0;
    for (size_t i = 0; json->type == PN_JSON_ARRAY && i < json->count; i++) {
        pn_channel_kind kind = pn_channel_kind_of(pn_json_text(&json->items[i], PN_STR("")));
        if (kind == PN_CHANNEL_NONE) {
            return refuse(p, where, "“channels” lists email, sms, whatsapp, push, call, letter.");
        }
        channels |= 1U << kind;
    }
    if (channels == 0) {
        return refuse(p, where, "“channels” must be a list with at least one channel.");
    }
    *ret_channels = channels;
    return PN_OK;
}

static pn_err read_applies(parser *p, const pn_json *json, const char *where,
                           unsigned *ret_applies) {
    pn_str text;
    PN_TRY(read_word(p, json, where, "applies", PN_STR("all"), &text));
    if (pn_str_is(text, "all")) {
        *ret_applies = PN_APPLIES_ALL;
    } else if (pn_str_is(text, "person")) {
        *ret_applies = PN_APPLIES_PERSON;
    } else if (pn_str_is(text, "company")) {
        *ret_applies = PN_APPLIES_COMPANY;
    } else {
        return refuse(p, where, "“applies” is \"all\", \"person\" or \"company\".");
    }
    return PN_OK;
}

static pn_err read_purposes(parser *p, const pn_json *json, const char *where,
                            unsigned *ret_purposes) {
    pn_str text;
    PN_TRY(read_word(p, json, where, "purposes", PN_STR("demand"), &text));
    if (!pn_str_is(text, "demand") && !pn_str_is(text, "all")) {
        return refuse(p, where, "“purposes” is \"demand\" or \"all\".");
    }
    *ret_purposes = pn_str_is(text, "all") ? PN_PURPOSES_ALL : PN_PURPOSES_DEMAND;
    return PN_OK;
}

static pn_err read_count(parser *p, const pn_json *json, const char *where, const char *what,
                         int32_t *ret_number) {
    if (json == NULL || json->type != PN_JSON_INT || json->integer < 1 || json->integer > 8784) {
        return refuse(p, where, what);
    }
    *ret_number = (int32_t)json->integer;
    return PN_OK;
}

static pn_err read_window(parser *p, const pn_json *json, pn_policy_window *window) {
    static const char *const KEYS[] = {"channels", "applies", "weekdays", "from",
                                       "to",       "source",  NULL};
    static const pn_param DAYS = {.name = "weekdays", .type = PN_PARAM_WEEKDAYS};
    static const pn_param FROM = {.name = "from", .type = PN_PARAM_CLOCK};
    PN_TRY(check_keys(p, json, "windows", KEYS));
    PN_TRY(read_channels(p, pn_json_field(json, "channels"), "windows", &window->channels));
    PN_TRY(read_applies(p, pn_json_field(json, "applies"), "windows", &window->applies));
    const pn_json *days = pn_json_field(json, "weekdays");
    const pn_json *from = pn_json_field(json, "from");
    const pn_json *to = pn_json_field(json, "to");
    if (days == NULL || from == NULL || to == NULL) {
        return refuse(p, "windows", "A window needs \"weekdays\", \"from\" and \"to\".");
    }
    pn_param_value value = {0};
    PN_TRY(pn_param_parse(&DAYS, days, PN_SUBJECT_INVOICE, p->arena, &value, p->diag));
    window->weekdays = (uint8_t)value.number;
    PN_TRY(pn_param_parse(&FROM, from, PN_SUBJECT_INVOICE, p->arena, &value, p->diag));
    window->from_second = (int32_t)value.number;
    if (pn_str_is(pn_json_text(to, PN_STR("")), "24:00")) {
        window->to_second = 86400;
    } else {
        PN_TRY(pn_param_parse(&FROM, to, PN_SUBJECT_INVOICE, p->arena, &value, p->diag));
        window->to_second = (int32_t)value.number;
    }
    if (window->from_second >= window->to_second) {
        return refuse(p, "windows", "A window's \"from\" must be earlier than its \"to\".");
    }
    return read_source(p, json, "windows", &window->source);
}

static pn_err read_cap(parser *p, const pn_json *json, pn_policy_cap *cap) {
    static const char *const KEYS[] = {"channels", "applies", "purposes", "max",
                                       "days",     "source",  NULL};
    PN_TRY(check_keys(p, json, "caps", KEYS));
    PN_TRY(read_channels(p, pn_json_field(json, "channels"), "caps", &cap->channels));
    PN_TRY(read_applies(p, pn_json_field(json, "applies"), "caps", &cap->applies));
    PN_TRY(read_purposes(p, pn_json_field(json, "purposes"), "caps", &cap->purposes));
    PN_TRY(read_count(p, pn_json_field(json, "max"), "caps",
                      "A cap needs \"max\": how many contacts.", &cap->max));
    PN_TRY(read_count(p, pn_json_field(json, "days"), "caps",
                      "A cap needs \"days\": in how many days.", &cap->days));
    if (cap->days > 31) {
        return refuse(p, "caps", "A cap looks back 31 days at most.");
    }
    return read_source(p, json, "caps", &cap->source);
}

static pn_err read_gap(parser *p, const pn_json *json, pn_policy_gap *gap) {
    static const char *const KEYS[] = {"channels", "applies", "purposes", "hours", "source", NULL};
    PN_TRY(check_keys(p, json, "gaps", KEYS));
    PN_TRY(read_channels(p, pn_json_field(json, "channels"), "gaps", &gap->channels));
    PN_TRY(read_applies(p, pn_json_field(json, "applies"), "gaps", &gap->applies));
    PN_TRY(read_purposes(p, pn_json_field(json, "purposes"), "gaps", &gap->purposes));
    PN_TRY(read_count(p, pn_json_field(json, "hours"), "gaps",
                      "A gap needs \"hours\": the least time between two contacts.", &gap->hours));
    if (gap->hours > 744) {
        return refuse(p, "gaps", "A gap looks back 744 hours (31 days) at most.");
    }
    return read_source(p, json, "gaps", &gap->source);
}

static pn_err read_minimum(parser *p, const pn_json_member *member, pn_policy_minimum *minimum) {
    if (pn_currency_parse(member->key, &minimum->currency) != PN_OK) {
        return refuse(p, "minimum",
                      "“minimum” lists currencies with amounts: {\"EUR\": \"5.00\"}.");
    }
    pn_str text = member->value.type == PN_JSON_INT
                      ? pn_str_format(p->arena, "%lld", (long long)member->value.integer)
                  : member->value.type == PN_JSON_STR || member->value.type == PN_JSON_REAL
                      ? member->value.text
                      : PN_STR("");
    PN_TRY(pn_amount_parse(text, minimum->currency, (pn_number_style){'.', '\0'}, &minimum->minor,
                           p->diag));
    return minimum->minor >= 0 ? PN_OK
                               : refuse(p, "minimum", "An amount worth chasing is not negative.");
}

static pn_err list_of(parser *p, const pn_json *document, const char *name, size_t *ret_count,
                      const pn_json **ret_items) {
    const pn_json *list = pn_json_get(document, pn_str_of(name));
    *ret_count = 0;
    if (list == NULL) {
        return PN_OK;
    }
    if (list->type != PN_JSON_ARRAY || list->count > 100) {
        return refuse(p, name, "A list of at most 100 entries is expected here.");
    }
    *ret_count = list->count;
    *ret_items = list->items;
    return PN_OK;
}

static pn_err read_rules(parser *p, const pn_json *document) {
    pn_policy *policy = p->policy;
    const pn_json *items = NULL;
    PN_TRY(list_of(p, document, "windows", &policy->window_count, &items));
    pn_policy_window *windows = pn_arena_array(p->arena, pn_policy_window, policy->window_count);
    policy->windows = windows;
    for (size_t i = 0; i < policy->window_count; i++) {
        PN_TRY(read_window(p, &items[i], &windows[i]));
    }
    PN_TRY(list_of(p, document, "caps", &policy->cap_count, &items));
    pn_policy_cap *caps = pn_arena_array(p->arena, pn_policy_cap, policy->cap_count);
    policy->caps = caps;
    for (size_t i = 0; i < policy->cap_count; i++) {
        PN_TRY(read_cap(p, &items[i], &caps[i]));
    }
    PN_TRY(list_of(p, document, "gaps", &policy->gap_count, &items));
    pn_policy_gap *gaps = pn_arena_array(p->arena, pn_policy_gap, policy->gap_count);
    policy->gaps = gaps;
    for (size_t i = 0; i < policy->gap_count; i++) {
        PN_TRY(read_gap(p, &items[i], &gaps[i]));
    }
    return PN_OK;
}

static pn_err read_conversation(parser *p, const pn_json *json) {
    static const char *const KEYS[] = {"days", "channels", "source", NULL};
    if (json == NULL) {
        return PN_OK;
    }
    PN_TRY(check_keys(p, json, "after_conversation", KEYS));
    PN_TRY(read_channels(p, pn_json_field(json, "channels"), "after_conversation",
                         &p->policy->after_conversation_channels));
    PN_TRY(read_count(p, pn_json_field(json, "days"), "after_conversation",
                      "“after_conversation” needs \"days\".", &p->policy->after_conversation_days));
    if (p->policy->after_conversation_days > 31) { /* no older contacts are looked at */
        return refuse(p, "after_conversation", "“after_conversation” looks back 31 days at most.");
    }
    return PN_OK;
}

static pn_err read_head(parser *p, const pn_json *document) {
    static const char *const KEYS[] = {
        "puntual", "kind", "name", "title",   "version",  "country", "from",
        "windows", "caps", "gaps", "minimum", "holidays", "sources", "after_conversation",
        NULL};
    pn_policy *policy = p->policy;
    policy->name = pn_str_dup(p->arena, pn_json_text(pn_json_field(document, "name"), PN_STR("")));
    PN_TRY(check_keys(p, document, "head", KEYS));
    if (pn_json_int(pn_json_field(document, "puntual"), 0) != 1 ||
        !pn_str_is(pn_json_text(pn_json_field(document, "kind"), PN_STR("")), "policy")) {
        return refuse(p, "head", "A policy says \"puntual\": 1 and \"kind\": \"policy\".");
    }
    PN_TRY(read_word(p, pn_json_field(document, "title"), "head", "title", policy->name,
                     &policy->title));
    PN_TRY(read_word(p, pn_json_field(document, "version"), "head", "version", PN_STR(""),
                     &policy->version));
    PN_TRY(read_word(p, pn_json_field(document, "country"), "head", "country", PN_STR(""),
                     &policy->country));
    if (policy->name.len == 0 || policy->version.len == 0) {
        return refuse(p, "head", "A policy needs a \"name\" and a \"version\".");
    }
    policy->from = PN_DATE_NONE;
    const pn_json *from = pn_json_field(document, "from");
    if (from != NULL && pn_date_parse_iso(pn_json_text(from, PN_STR("")), &policy->from) != PN_OK) {
        return refuse(p, "from", "“from” is a date like \"2026-01-01\".");
    }
    /* "avoid" (the default): nothing on public holidays; "ignore": they are days like others */
    pn_str holidays;
    PN_TRY(read_word(p, pn_json_field(document, "holidays"), "holidays", "holidays",
                     PN_STR("avoid"), &holidays));
    if (!pn_str_is(holidays, "avoid") && !pn_str_is(holidays, "ignore")) {
        return refuse(p, "holidays", "“holidays” is \"avoid\" or \"ignore\".");
    }
    policy->no_holidays = pn_str_is(holidays, "avoid");
    return PN_OK;
}

pn_err pn_policy_parse(const pn_json *document, pn_arena *arena, const pn_policy **ret_policy,
                       pn_diag *diag) {
    parser p = {.arena = arena, .diag = diag, .policy = pn_arena_new(arena, pn_policy)};
    PN_TRY(read_head(&p, document));
    PN_TRY(read_rules(&p, document));
    PN_TRY(read_conversation(&p, pn_json_field(document, "after_conversation")));
    const pn_json *minimum = pn_json_field(document, "minimum");
    if (minimum != NULL && minimum->type != PN_JSON_OBJECT) {
        return refuse(&p, "minimum", "“minimum” lists currencies with amounts.");
    }
    if (minimum != NULL) {
        pn_policy_minimum *minimums = pn_arena_array(arena, pn_policy_minimum, minimum->count);
        for (size_t i = 0; i < minimum->count; i++) {
            PN_TRY(read_minimum(&p, &minimum->members[i], &minimums[i]));
        }
        p.policy->minimums = minimums;
        p.policy->minimum_count = minimum->count;
    }
    *ret_policy = p.policy;
    return PN_OK;
}
