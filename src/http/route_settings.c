/* What an organization decided about itself; where it is reached stands in /v1/organization. */
#include "app/config.h"
#include "base/banned.h"
#include "http/answer.h"
#include "http/four_eyes.h"
#include "http/tables.h"

static const char *const WHO[] = {"nobody", "owners", "everybody", NULL};

#define COST(field, what)                                                                          \
    {                                                                                              \
        .name = field, .type = PN_SHAPE_AMOUNT, .min = 0, .max = PN_AMOUNT_MAX,                    \
        .help = "what a thousand " what " cost; null: not known"                                   \
    }

#define SETTINGS                                                                                   \
    {.name = "second_factor",                                                                      \
     .type = PN_SHAPE_WORD,                                                                        \
     .words = WHO,                                                                                 \
     .help = "who has to have a second factor; null: nobody"},                                     \
        {.name = "four_eyes_publish",                                                              \
         .type = PN_SHAPE_BOOL,                                                                    \
         .help = "publishing a strategy waits for a second person"},                               \
        {.name = "four_eyes_release",                                                              \
         .type = PN_SHAPE_BOOL,                                                                    \
         .help = "releasing held sends waits for a second person"},                                \
        {.name = "four_eyes_steer",                                                                \
         .type = PN_SHAPE_BOOL,                                                                    \
         .help = "leading a case by hand waits for a second person"},                              \
        {.name = "four_eyes_live",                                                                 \
         .type = PN_SHAPE_BOOL,                                                                    \
         .help = "going live waits for a second person"},                                          \
        {.name = "four_eyes_write_off",                                                            \
         .type = PN_SHAPE_AMOUNT,                                                                  \
         .min = 0,                                                                                 \
         .max = PN_AMOUNT_MAX,                                                                     \
         .help = "write-offs above it wait for a second person; null: none does"},                 \
        COST("cost_email", "e-mails"), COST("cost_sms", "SMS"),                                    \
        COST("cost_whatsapp", "WhatsApp messages"), COST("cost_push", "push messages"),            \
        COST("cost_call", "calls"), COST("cost_letter", "letters"),                                \
        COST("cost_http", "messages by HTTP"), COST("cost_task", "tasks of people")

static const pn_shape FIELDS[] = {SETTINGS, {.name = NULL}};
static const pn_shape GIVEN[] = {
    SETTINGS,
    {.name = "version", .type = PN_SHAPE_TEXT, .required = true, .help = "for If-Match"},
    {.name = NULL},
};
static const pn_schema_object OBJECT = {"Settings", GIVEN,
                                        "What the organization decided about itself"};

static pn_err setting(pn_exchange *x, const char *name, pn_str *ret_value) {
    return pn_config_get(x->app, pn_str_of(name), x->arena, ret_value);
}

/* Of all of them together. */
static pn_err version_of(pn_exchange *x, int64_t *ret_version) {
    pn_str all = PN_STR(""), value;
    for (const pn_shape *field = FIELDS; field->name != NULL; field++) {
        PN_TRY(setting(x, field->name, &value));
        all = pn_str_format(x->arena, "%.*s|%.*s", PN_STR_ARG(all), PN_STR_ARG(value));
    }
    *ret_version = pn_version_of(all);
    return PN_OK;
}

static pn_err give_settings(pn_exchange *x) {
    static const char *const SWITCHES[] = {"four_eyes_publish", "four_eyes_release",
                                           "four_eyes_steer", "four_eyes_live"};
    pn_str value;
    pn_money limit;
    int64_t version = 0;
    PN_TRY(version_of(x, &version));
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_str(w, "version", pn_str_format(x->arena, "%lld", (long long)version));
    PN_TRY(setting(x, "second_factor", &value));
    pn_put_str_or_null(w, "second_factor", value);
    for (size_t i = 0; i < PN_COUNT(SWITCHES); i++) {
        PN_TRY(setting(x, SWITCHES[i], &value));
        pn_json_put_bool(w, SWITCHES[i], pn_str_is(value, "yes"));
    }
    for (const pn_shape *field = FIELDS; field->name != NULL; field++) {
        if (field->type != PN_SHAPE_AMOUNT) {
            continue;
        }
        PN_TRY(setting(x, field->name, &value));
        if (value.len != 0) {
            PN_TRY(pn_config_amount(value, &limit));
            pn_put_amount(w, field->name, limit.minor, limit.currency);
        } else {
            pn_put_str_or_null(w, field->name, PN_STR_NONE);
        }
    }
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err get_settings(pn_exchange *x) {
    int64_t version = 0;
    PN_TRY(version_of(x, &version));
    PN_TRY(pn_answer_version(x, version));
    return give_settings(x);
}

/* "1000.00 EUR" */
static pn_str amount_text(pn_arena *arena, int64_t minor, pn_currency currency) {
    pn_buf text;
    pn_buf_init(&text, 64);
    pn_amount_plain(&text, minor, pn_currency_decimals(currency));
    pn_str amount = pn_str_format(arena, "%.*s %s", PN_STR_ARG(pn_buf_str(&text)), currency.code);
    pn_buf_done(&text);
    return amount;
}

/* As the setting is written; empty takes it back. */
static pn_str text_of(pn_exchange *x, const pn_shape *field, const pn_route_value *value) {
    if (value->null) {
        return PN_STR("");
    }
    if (field->type == PN_SHAPE_WORD) {
        return pn_str_of(field->words[value->number]);
    }
    if (field->type == PN_SHAPE_BOOL) {
        return value->number != 0 ? PN_STR("yes") : PN_STR("no");
    }
    return amount_text(x->arena, value->number, value->currency);
}

/* Nobody lets go alone of what wants a second person. */
static pn_err ask_for(pn_exchange *x, const char *name, pn_str value, bool *ret_asks,
                      bool *ret_go) {
    static const struct {
        const char *name;
        pn_approval_kind kind;
    } GUARDED[] = {{"four_eyes_publish", PN_APPROVE_PUBLISH},
                   {"four_eyes_release", PN_APPROVE_RELEASE},
                   {"four_eyes_steer", PN_APPROVE_STEER},
                   {"four_eyes_live", PN_APPROVE_LIVE},
                   {"four_eyes_write_off", PN_APPROVE_WRITE_OFF}};
    pn_str words = pn_str_format(x->arena, "%s: %.*s", name, PN_STR_ARG(value));
    *ret_asks = false;
    for (size_t i = 0; i < PN_COUNT(GUARDED); i++) {
        if (strcmp(name, GUARDED[i].name) == 0 && !pn_str_is(value, "yes")) {
            *ret_asks = true;
            return pn_four_eyes(x, GUARDED[i].kind, words, words, (pn_money){0}, ret_go);
        }
    }
    return PN_OK;
}

/* One at a time, for an approval is of one thing. */
static pn_err ask_for_all(pn_exchange *x, bool *ret_go) {
    bool asked = false, asks = false;
    *ret_go = true;
    for (const pn_shape *field = FIELDS; field->name != NULL && *ret_go; field++) {
        const pn_route_value *value = pn_body_value(x, field->name);
        if (value->given || value->null) {
            PN_TRY(ask_for(x, field->name, text_of(x, field, value), &asks, ret_go));
            if (asks && asked) {
                return pn_diag_set(&x->diag, PN_INVALID,
                                   "Four eyes are let go of one at a time, each in a request.");
            }
            asked = asked || asks;
        }
    }
    return PN_OK;
}

static pn_err change_settings(pn_exchange *x) {
    bool go = false;
    int64_t version = 0;
    PN_TRY(version_of(x, &version));
    PN_TRY(pn_check_version(x, version));
    PN_TRY(ask_for_all(x, &go));
    if (!go) {
        return PN_OK; /* the answer says what it waits for */
    }
    for (const pn_shape *field = FIELDS; field->name != NULL; field++) {
        const pn_route_value *value = pn_body_value(x, field->name);
        if (value->given || value->null) {
            PN_TRY(
                pn_config_set(x->app, pn_str_of(field->name), text_of(x, field, value), &x->diag));
        }
    }
    return give_settings(x);
}

pn_route_table PN_ROUTES_SETTINGS = {
    {.method = PN_HTTP_GET,
     .path = "/v1/settings",
     .name = "get_settings",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "organization:read",
     .gives = &OBJECT,
     .answer = get_settings,
     .summary = "what the organization decided about itself"},
    {.method = PN_HTTP_PATCH,
     .path = "/v1/settings",
     .name = "change_settings",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_OWN,
     .body = FIELDS,
     .gives = &OBJECT,
     .answer = change_settings,
     .summary = "decide otherwise; null takes a decision back",
     .help = "What wants a second person is let go of by two: the answer is then 202 and the "
             "approval it waits for. With If-Match nothing is changed that changed meanwhile."},
    {.path = NULL},
};
