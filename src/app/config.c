#include "app/config.h"

#include "app/catalog.h"
#include "app/links.h"
#include "app/trail.h"
#include "auth/setting.h"
#include "base/banned.h"
#include "base/money.h"

enum { URL_BYTES_MAX = 200 };

static bool is_host(pn_str host) {
    bool dot = false, good = host.len != 0 && host.len <= 253;
    char before = '.';
    for (size_t i = 0; i < host.len && good; i++) {
        char c = host.ptr[i];
        dot = dot || c == '.';
        good = pn_is_alpha(c) || pn_is_digit(c) || (c == '-' && before != '.') ||
               (c == '.' && before != '.' && before != '-');
        before = c;
    }
    return good && dot && before != '.' && before != '-';
}

static bool is_port(pn_str port) {
    int64_t number = 0;
    return port.len != 0 && pn_is_digit(port.ptr[0]) && pn_str_to_int64(port, &number) == PN_OK &&
           number >= 1 && number <= 65535;
}

/* Nothing that would have to be escaped in a header or an attribute. */
static bool is_path(pn_str path) {
    bool good = true;
    for (size_t i = 0; i < path.len && good; i++) {
        char c = path.ptr[i];
        good = pn_is_alpha(c) || pn_is_digit(c) || c == '/' || c == '-' || c == '_' || c == '.' ||
               c == '~';
    }
    return good;
}

/* On this machine nobody can listen in between. */
static bool is_own_machine(pn_str host) {
    return pn_str_is(host, "127.0.0.1") || pn_str_is(host, "localhost");
}

/* "https://host[:port][/path]", or http to this very machine; the slash at its end goes. */
pn_err pn_config_public_url(pn_str url, pn_str *ret_url, pn_diag *diag) {
    bool open = pn_str_starts(url, PN_STR("http://"));
    pn_str rest = pn_str_from(url, open ? 7 : 8);
    size_t slash = PN_MIN(pn_str_find_char(rest, '/'), rest.len);
    pn_str authority = pn_str_first(rest, slash);
    size_t colon = PN_MIN(pn_str_find_char(authority, ':'), authority.len);
    bool good = url.len <= URL_BYTES_MAX && (open || pn_str_starts(url, PN_STR("https://"))) &&
                (!open || is_own_machine(pn_str_first(authority, colon))) &&
                is_host(pn_str_first(authority, colon)) && is_path(pn_str_from(rest, slash)) &&
                (colon == authority.len || is_port(pn_str_from(authority, colon + 1)));
    if (!good) {
        pn_err err = pn_diag_set(diag, PN_INVALID, "“%.*s” is no public address.",
                                 PN_STR_ARG(pn_str_first(url, URL_BYTES_MAX)));
        pn_diag_where(diag, "public_url");
        pn_diag_mend(diag, "Write it like https://pagos.example.com: https, a host name, and a "
                           "folder at most.");
        return err;
    }
    while (url.ptr[url.len - 1] == '/') {
        url.len--;
    }
    *ret_url = url;
    return PN_OK;
}

/* ── what an organization decided about itself ───────────────────────────────────────────────── */

static bool is_yes_no(pn_str value) {
    return pn_str_is(value, "yes") || pn_str_is(value, "no");
}

static bool is_factor(pn_str value) {
    return pn_str_is(value, "nobody") || pn_str_is(value, "owners") ||
           pn_str_is(value, "everybody");
}

/* "1000.00 EUR" */
static bool is_amount(pn_str value) {
    pn_money money;
    return pn_config_amount(value, &money) == PN_OK;
}

pn_err pn_config_amount(pn_str value, pn_money *ret_amount) {
    pn_str number, currency = value;
    pn_currency parsed;
    int64_t minor = 0;
    if (!pn_str_split(&currency, ' ', &number)) {
        return PN_INVALID;
    }
    PN_TRY(pn_currency_parse(pn_str_trim(currency), &parsed));
    PN_TRY(pn_amount_parse(number, parsed, (pn_number_style){.decimal = '.'}, &minor, NULL));
    *ret_amount = (pn_money){minor, parsed};
    return minor >= 0 ? PN_OK : PN_INVALID;
}

/* Of one, many are fractions of a cent. */
#define A_THOUSAND "It is what a thousand of them cost, like '45.00 EUR'."

static const struct {
    const char *key;
    bool (*is)(pn_str value);
    const char *mend;
} DECISIONS[] = {
    {"second_factor", is_factor, "It is nobody, owners or everybody."},
    {"four_eyes_publish", is_yes_no, "It is yes or no."},
    {"four_eyes_release", is_yes_no, "It is yes or no."},
    {"four_eyes_steer", is_yes_no, "It is yes or no."},
    {"four_eyes_live", is_yes_no, "It is yes or no."},
    {"four_eyes_write_off", is_amount, "It is an amount like '1000.00 EUR'."},
    {"cost_email", is_amount, A_THOUSAND},
    {"cost_sms", is_amount, A_THOUSAND},
    {"cost_whatsapp", is_amount, A_THOUSAND},
    {"cost_push", is_amount, A_THOUSAND},
    {"cost_call", is_amount, A_THOUSAND},
    {"cost_letter", is_amount, A_THOUSAND},
    {"cost_http", is_amount, A_THOUSAND},
    {"cost_task", is_amount, A_THOUSAND},
};

/* {"name":"second_factor","value":"owners"} */
static pn_str decision_json(pn_str key, pn_str value, pn_arena *arena) {
    pn_buf out;
    pn_buf_init(&out, 4096);
    pn_json_writer w = pn_json_writer_on(&out, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "name", key);
    pn_json_put_str(&w, "value", value);
    pn_json_end_object(&w);
    pn_str json = pn_str_dup(arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return json;
}

static pn_err decide(pn_app *app, size_t index, pn_str value, pn_diag *diag) {
    pn_arena arena;
    pn_str old, key = pn_str_of(DECISIONS[index].key);
    if (value.len > 100 || (value.len != 0 && !DECISIONS[index].is(value))) {
        pn_err err = pn_diag_set(diag, PN_INVALID, "“%.*s” is no value of %s.",
                                 PN_STR_ARG(pn_str_first(value, 60)), DECISIONS[index].key);
        pn_diag_where(diag, "%s", DECISIONS[index].key);
        pn_diag_mend(diag, "%s", DECISIONS[index].mend);
        return err;
    }
    pn_arena_init(&arena, 0);
    pn_err err = pn_setting_get(app->db, app->org.id, key, &arena, &old);
    err =
        err == PN_OK ? pn_setting_put(app->db, app->org.id, key, value, pn_env_now(app->env)) : err;
    pn_trail_change change = {.what = "setting", .after = decision_json(key, value, &arena)};
    change.before = decision_json(key, old, &arena);
    err = err == PN_OK ? pn_trail_add(app, &change) : err;
    pn_arena_done(&arena);
    return err;
}

pn_err pn_config_get(pn_app *app, pn_str key, pn_arena *arena, pn_str *ret_value) {
    if (pn_str_is(key, "public_url")) {
        *ret_value = app->org.public_url;
        return PN_OK;
    }
    return pn_setting_get(app->db, app->org.id, key, arena, ret_value);
}

pn_err pn_config_set(pn_app *app, pn_str key, pn_str value, pn_diag *diag) {
    for (size_t i = 0; i < PN_COUNT(DECISIONS); i++) {
        if (pn_str_eq(key, pn_str_of(DECISIONS[i].key))) {
            return decide(app, i, value, diag);
        }
    }
    if (!pn_str_is(key, "public_url")) {
        pn_err err = pn_diag_set(diag, PN_NOT_FOUND, "There is no setting “%.*s” of organizations.",
                                 PN_STR_ARG(pn_str_first(key, 100)));
        pn_diag_mend(diag, "There are public_url, second_factor, four_eyes_publish, "
                           "four_eyes_release, four_eyes_steer, four_eyes_live, "
                           "four_eyes_write_off, and what a thousand cost: cost_email, cost_sms, "
                           "cost_whatsapp, cost_push, "
                           "cost_call, cost_letter, cost_http and cost_task.");
        return err;
    }
    if (value.len != 0) {
        PN_TRY(pn_config_public_url(value, &value, diag));
        PN_TRY(pn_links_ready(app, diag));
    }
    PN_TRY(pn_org_set_public_url(app->db, app->org.id, value));
    return pn_journal_add(app, 0, 0, 0, PN_EVENT_SETTING, PN_STR("{\"setting\":\"public_url\"}"),
                          &(pn_id){0});
}

pn_err pn_config_policy(pn_app *app, pn_str name, pn_arena *arena, pn_diag *diag) {
    pn_str document;
    if (name.len != 0) {
        PN_TRY(pn_catalog_policy_text(app, name, arena, &document, diag));
    }
    pn_trail_change change = {.what = "policy",
                              .before = decision_json(PN_STR("policy"), app->org.policy, arena)};
    change.after = decision_json(PN_STR("policy"), name, arena);
    PN_TRY(pn_org_set_policy(app->db, app->org.id, name));
    PN_TRY(pn_trail_add(app, &change));
    return pn_journal_add(app, 0, 0, 0, PN_EVENT_SETTING, PN_STR("{\"setting\":\"policy\"}"),
                          &(pn_id){0});
}
