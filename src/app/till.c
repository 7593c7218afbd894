#include "app/till.h"

#include <stdlib.h>

#include "app/bank.h"
#include "app/outlets.h"
#include "app/secret.h"
#include "app/trail.h"
#include "app/vault.h"
#include "base/banned.h"
#include "base/limits.h"

#define TRANSFER "transfer"
#define VOUCHER "voucher"

/* ── checking ────────────────────────────────────────────────────────────────────────────────── */

static pn_err parse_settings(pn_str text, pn_arena *arena, pn_json **ret_json, pn_diag *diag) {
    PN_TRY(pn_json_parse(text.len != 0 ? text : PN_STR("{}"), NULL, arena, ret_json, diag));
    if ((*ret_json)->type != PN_JSON_OBJECT) {
        return pn_diag_set(diag, PN_INVALID, "Settings are a JSON object.");
    }
    return PN_OK;
}

static pn_err read_account(const pn_app *app, const pn_pay_provider *provider, pn_str settings,
                           pn_arena *arena, pn_pay_account *ret_account, pn_diag *diag) {
    pn_json *json = NULL;
    PN_TRY(parse_settings(settings, arena, &json, diag));
    PN_TRY(pn_secret_take(app, json, "key", arena, &json, &ret_account->key, diag));
    PN_TRY(pn_secret_take(app, json, "webhook_secret", arena, &json, &ret_account->webhook_secret,
                          diag));
    PN_TRY(pn_pay_settings_check(provider, json, diag));
    if (provider->test_only) { /* the bank is ours, and signs with what is ours */
        ret_account->webhook_secret = pn_bank_secret(app, arena);
    }
    if (provider->needs_key && ret_account->key.len == 0) {
        return pn_diag_set(diag, PN_INVALID,
                           "%s needs its key: name it by “key_file” or “key_env”.",
                           provider->title);
    }
    if (ret_account->webhook_secret.len == 0) {
        return pn_diag_set(diag, PN_INVALID,
                           "%s needs the secret of its webhooks: name it by “webhook_secret_file” "
                           "or “webhook_secret_env”.",
                           provider->title);
    }
    ret_account->settings = json;
    return PN_OK;
}

static pn_err check_provider(const pn_app *app, const pn_method_row *row, pn_arena *arena,
                             pn_diag *diag) {
    pn_pay_account account = {0};
    const pn_pay_provider *provider = pn_pay_provider_find(row->kind);
    if (provider == NULL) {
        pn_err err = pn_diag_set(diag, PN_INVALID, "There is no way to pay called “%.*s”.",
                                 PN_STR_ARG(pn_str_first(row->kind, 60)));
        pn_diag_mend(diag, "There are transfer, voucher, simulated and stripe.");
        return err;
    }
    if (provider->test_only && app->org.mode == PN_MODE_LIVE) {
        return pn_diag_set(diag, PN_DENIED,
                           "No money moves with the simulated bank: a live organization cannot "
                           "offer it.");
    }
    return read_account(app, provider, row->settings, arena, &account, diag);
}

static bool digits_between(pn_str text, size_t min, size_t max) {
    return text.len >= min && text.len <= max && pn_str_is_digits(text);
}

pn_err pn_till_voucher(const pn_method_row *row, pn_arena *arena, pn_voucher_settings *ret_settings,
                       pn_diag *diag) {
    enum { DAYS_MAX = 30, DAYS = 5 };
    pn_json *json = NULL;
    PN_TRY(parse_settings(row->settings, arena, &json, diag));
    pn_voucher_settings settings = {
        .place = pn_json_text(pn_json_field(json, "place"), PN_STR_NONE),
        .form = pn_json_text(pn_json_field(json, "form"), PN_STR("code128")),
        .issuer = pn_json_text(pn_json_field(json, "issuer"), PN_STR_NONE),
        .suffix = pn_json_text(pn_json_field(json, "suffix"), PN_STR_NONE),
        .prefix = pn_json_text(pn_json_field(json, "prefix"), PN_STR_NONE),
        .days = pn_json_int(pn_json_field(json, "days"), DAYS),
    };
    bool n57 = pn_str_is(settings.form, "n57");
    if (!n57 && !pn_str_is(settings.form, "code128")) {
        return pn_diag_set(diag, PN_INVALID, "A voucher's “form” is n57 or code128.");
    }
    if (settings.place.len == 0 || settings.place.len > 80) {
        return pn_diag_set(diag, PN_INVALID, "A voucher needs “place”: where it can be paid.");
    }
    if (settings.days < 1 || settings.days > DAYS_MAX) {
        return pn_diag_set(diag, PN_INVALID, "A voucher's “days” lie between 1 and %d.", DAYS_MAX);
    }
    if (n57 && (!digits_between(settings.issuer, 8, 8) || !digits_between(settings.suffix, 3, 3))) {
        return pn_diag_set(diag, PN_INVALID,
                           "A voucher of Cuaderno 57 needs “issuer”, 8 digits, and “suffix”, 3.");
    }
    if (settings.prefix.len != 0 && !digits_between(settings.prefix, 1, 8)) {
        return pn_diag_set(diag, PN_INVALID, "A voucher's “prefix” is 1 to 8 digits.");
    }
    *ret_settings = settings;
    return PN_OK;
}

pn_err pn_till_set(pn_app *app, const pn_method_row *row, pn_arena *arena, pn_diag *diag) {
    pn_voucher_settings voucher;
    pn_json *json = NULL;
    bool transfer = pn_str_is(row->kind, TRANSFER);
    if (row->creditor_id != 0 && pn_app_creditor(app, row->creditor_id) == NULL) {
        return pn_diag_set(diag, PN_NOT_FOUND, "There is no such creditor.");
    }
    if (row->country.len != 0 && row->country.len != 2) {
        return pn_diag_set(diag, PN_INVALID, "A country is written with two letters, as in ES.");
    }
    if (transfer) {
        PN_TRY(parse_settings(row->settings, arena, &json, diag));
        if (json->count != 0) {
            return pn_diag_set(diag, PN_INVALID,
                               "A transfer has no settings of its own: account "
                               "and references are the creditor's.");
        }
    } else if (pn_str_is(row->kind, VOUCHER)) {
        PN_TRY(pn_till_voucher(row, arena, &voucher, diag));
    } else {
        PN_TRY(check_provider(app, row, arena, diag));
    }
    pn_method_row stored = *row;
    stored.org_id = app->org.id;
    stored.settings = row->settings.len != 0 ? row->settings : PN_STR("{}");
    stored.updated_at = pn_env_now(app->env);
    pn_tills_forget(app);
    return pn_app_fail(app, pn_method_put(app->db, &stored), diag);
}

pn_err pn_till_remove(pn_app *app, pn_id creditor_id, pn_str country, pn_str kind, pn_diag *diag) {
    pn_tills_forget(app);
    pn_err err = pn_method_remove(app->db, app->org.id, creditor_id, country, kind);
    return err == PN_NOT_FOUND ? pn_diag_set(diag, err, "There is no such way to pay.") : err;
}

/* ── by a form ───────────────────────────────────────────────────────────────────────────────── */

pn_str pn_till_vault(const pn_method_row *row, const char *what, pn_arena *arena) {
    char creditor[PN_ID_TEXT_SIZE];
    return pn_str_format(
        arena, "way.%.*s.%s.%.*s.%s", PN_STR_ARG(row->kind),
        row->creditor_id != 0 ? pn_id_text(PN_ID_CREDITOR, row->creditor_id, creditor) : "all",
        PN_STR_ARG(row->country), what);
}

pn_err pn_till_find(pn_app *app, pn_id creditor_id, pn_str country, pn_str kind, pn_arena *arena,
                    pn_method_row *ret_row) {
    pn_method_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_method_list(app->db, app->org.id, creditor_id, arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].creditor_id == creditor_id && pn_str_eq(rows[i].country, country) &&
            pn_str_eq(rows[i].kind, kind)) {
            *ret_row = rows[i];
            return PN_OK;
        }
    }
    return PN_NOT_FOUND;
}

/* A secret that is given is kept; else what named the one before goes on naming it. */
static pn_err keep_secret(pn_app *app, const pn_method_row *row, const char *what, pn_str given,
                          const pn_json *before, pn_arena *arena, pn_json_writer *w,
                          pn_diag *diag) {
    static const char *const ENDS[] = {"kept", "file", "env"};
    if (given.len != 0) {
        pn_str name = pn_till_vault(row, what, arena);
        PN_TRY(pn_vault_put(app, name, given, arena, diag));
        pn_json_key(w, pn_str_format(arena, "%s_kept", what));
        pn_json_add_str(w, name);
        return PN_OK;
    }
    for (size_t i = 0; before != NULL && i < PN_COUNT(ENDS); i++) {
        pn_str key = pn_str_format(arena, "%s_%s", what, ENDS[i]);
        const pn_json *value = pn_json_get(before, key);
        if (value != NULL) {
            pn_json_key(w, key);
            pn_json_add_value(w, value);
        }
    }
    return PN_OK;
}

static pn_err with_secrets(pn_app *app, const pn_till_form *form, const pn_json *before,
                           pn_arena *arena, pn_str *ret_settings, pn_diag *diag) {
    pn_json *json = NULL;
    pn_buf text;
    PN_TRY(parse_settings(form->row.settings, arena, &json, diag));
    if (pn_secret_is_named(json, "key") || pn_secret_is_named(json, "webhook_secret") ||
        pn_json_get(json, PN_STR("api_url")) != NULL) {
        return pn_diag_set(diag, PN_INVALID,
                           "Where secrets are, and other addresses, are said on the server.");
    }
    pn_buf_init(&text, 65536);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    pn_json_begin_object(&w);
    for (size_t i = 0; i < json->count; i++) {
        pn_json_key(&w, json->members[i].key);
        pn_json_add_value(&w, &json->members[i].value);
    }
    pn_err err = keep_secret(app, &form->row, "key", form->key, before, arena, &w, diag);
    err = err == PN_OK ? keep_secret(app, &form->row, "webhook_secret", form->webhook_secret,
                                     before, arena, &w, diag)
                       : err;
    const pn_json *elsewhere = pn_json_field(before, "api_url"); /* no form has it */
    if (elsewhere != NULL) {
        pn_json_key(&w, PN_STR("api_url"));
        pn_json_add_value(&w, elsewhere);
    }
    pn_json_end_object(&w);
    *ret_settings = pn_str_dup(arena, pn_buf_str(&text));
    err = err == PN_OK ? pn_buf_err(&text) : err;
    pn_buf_done(&text);
    return err;
}

/* {"way":"stripe","settings":{…}}: settings hold no secrets. */
static pn_str told(const pn_method_row *row, pn_arena *arena) {
    pn_buf text;
    pn_buf_init(&text, 131072);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "way", row->kind);
    pn_json_put_str_if(&w, "country", row->country);
    pn_json_put_str_if(&w, "paused", row->paused);
    pn_json_put_int(&w, "position", row->position);
    pn_json_key(&w, PN_STR("settings"));
    pn_json_add_raw(&w, row->settings.len != 0 ? row->settings : PN_STR("{}"));
    pn_json_end_object(&w);
    pn_str copy = pn_str_dup(arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

pn_err pn_till_setup(pn_app *app, const pn_till_form *form, pn_arena *arena, pn_diag *diag) {
    pn_method_row before = {0}, row = form->row;
    pn_json *json = NULL;
    pn_trail_change change = {.what = "way_to_pay"};
    pn_err err = pn_till_find(app, row.creditor_id, row.country, row.kind, arena, &before);
    if (err == PN_OK) {
        PN_TRY(parse_settings(before.settings, arena, &json, diag));
        change.before = told(&before, arena);
    } else if (err != PN_NOT_FOUND) {
        return err;
    }
    PN_TRY(with_secrets(app, form, json, arena, &row.settings, diag));
    PN_TRY(pn_till_set(app, &row, arena, diag));
    change.after = told(&row, arena);
    PN_TRY(pn_trail_add(app, &change));
    return pn_journal_add(app, 0, 0, 0, PN_EVENT_SETTING, PN_STR("{\"setting\":\"way_to_pay\"}"),
                          &(pn_id){0});
}

pn_err pn_till_drop(pn_app *app, const pn_method_row *row, pn_arena *arena, pn_diag *diag) {
    pn_method_row before = {0};
    pn_trail_change change = {.what = "way_to_pay"};
    pn_err err = pn_till_find(app, row->creditor_id, row->country, row->kind, arena, &before);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(diag, err, "There is no such way to pay.");
    }
    PN_TRY(err);
    change.before = told(&before, arena);
    PN_TRY(pn_till_remove(app, row->creditor_id, row->country, row->kind, diag));
    PN_TRY(pn_vault_drop(app, pn_till_vault(row, "key", arena)));
    PN_TRY(pn_vault_drop(app, pn_till_vault(row, "webhook_secret", arena)));
    PN_TRY(pn_trail_add(app, &change));
    return pn_journal_add(app, 0, 0, 0, PN_EVENT_SETTING, PN_STR("{\"setting\":\"way_to_pay\"}"),
                          &(pn_id){0});
}

pn_err pn_till_look(pn_app *app, const pn_method_row *row, pn_arena *arena, bool *ret_live,
                    pn_diag *diag) {
    bool sandbox = app->org.mode == PN_MODE_SANDBOX;
    pn_pay_account account = {0};
    const pn_pay_provider *provider = pn_pay_provider_find(row->kind);
    if (provider == NULL || provider->look == NULL) {
        return pn_diag_set(diag, PN_INVALID, "This way to pay has no keys to check.");
    }
    PN_TRY(read_account(app, provider, row->settings, arena, &account, diag));
    const pn_pay_host host = {
        .networks = sandbox ? PN_NET_LOOPBACK : PN_NET_PUBLIC | PN_NET_PRIVATE | PN_NET_LOOPBACK,
        .fetch = pn_fetch,
    };
    account.host = &host;
    return provider->look(&account, arena, ret_live, diag);
}

/* ── what is offered ─────────────────────────────────────────────────────────────────────────── */

/* How near a setting is to the debtor; 0: not for it. */
static int nearness(const pn_method_row *row, pn_id creditor_id, pn_str country) {
    bool of_creditor = row->creditor_id == creditor_id;
    bool of_country = pn_str_eq(row->country, country);
    if ((row->creditor_id != 0 && !of_creditor) || (row->country.len != 0 && !of_country)) {
        return 0;
    }
    return 1 + (row->creditor_id != 0 ? 2 : 0) + (row->country.len != 0 ? 1 : 0);
}

static size_t place_of(const pn_method_row *rows, size_t count, pn_str kind) {
    size_t i = 0;
    while (i < count && !pn_str_eq(rows[i].kind, kind)) {
        i++;
    }
    return i;
}

pn_err pn_till_offers(pn_app *app, pn_id creditor_id, pn_str country, pn_arena *arena,
                      pn_method_row **ret_rows, size_t *ret_count) {
    pn_method_row *all = NULL;
    size_t all_count = 0, count = 0;
    const pn_creditor_row *creditor = pn_app_creditor(app, creditor_id);
    bool has_account = creditor != NULL && creditor->iban.len != 0;
    PN_TRY(pn_method_list(app->db, app->org.id, creditor_id, arena, &all, &all_count));
    pn_method_row *rows = pn_arena_array(arena, pn_method_row, all_count + 1);
    for (size_t i = 0; i < all_count; i++) {
        size_t place = place_of(rows, count, all[i].kind);
        int near = nearness(&all[i], creditor_id, country);
        bool transfer = pn_str_is(all[i].kind, TRANSFER);
        if (near == 0 || (transfer && !has_account)) {
            continue;
        }
        if (place == count) {
            rows[count++] = all[i];
        } else if (near > nearness(&rows[place], creditor_id, country)) {
            rows[place] = all[i];
        }
    }
    if (all_count == 0 && has_account) {
        rows[count++] = (pn_method_row){
            .org_id = app->org.id, .kind = PN_STR(TRANSFER), .settings = PN_STR("{}")};
    }
    *ret_rows = rows;
    *ret_count = count;
    return PN_OK;
}

/* ── a provider ──────────────────────────────────────────────────────────────────────────────── */

pn_err pn_till_open(pn_app *app, pn_id creditor_id, pn_str country, pn_str provider,
                    pn_arena *arena, pn_till *ret_till, pn_diag *diag) {
    pn_method_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_till_offers(app, creditor_id, country, arena, &rows, &count));
    size_t place = place_of(rows, count, provider);
    pn_till till = {.provider = pn_pay_provider_find(provider), .creditor_id = creditor_id};
    if (place == count || till.provider == NULL) {
        return pn_diag_set(diag, PN_NOT_FOUND, "The creditor does not offer %.*s.",
                           PN_STR_ARG(pn_str_first(provider, 60)));
    }
    *ret_till = till;
    ret_till->host = (pn_pay_host){
        .public_url = app->org.public_url,
        .networks = pn_outlet_host(app).networks,
        .fetch = pn_fetch,
        .bank = pn_bank_tell,
        .bank_context = app,
    };
    PN_TRY(read_account(app, till.provider, rows[place].settings, arena, &ret_till->account, diag));
    ret_till->account.host = &ret_till->host;
    return PN_OK;
}

/* ── those that were opened lately ───────────────────────────────────────────────────────────── */

enum { TILLS_KEPT = 16 };

typedef struct {
    pn_arena arena;
    pn_str country, provider;
    pn_till till;
} kept_till;

struct pn_tills {
    int64_t began; /* ticks at which there was none */
    kept_till items[TILLS_KEPT];
    size_t count;
};

static void empty(struct pn_tills *tills) {
    for (size_t i = 0; i < tills->count; i++) {
        pn_arena_done(&tills->items[i].arena);
    }
    tills->count = 0;
}

void pn_tills_forget(pn_app *app) {
    if (app->tills != NULL) {
        empty(app->tills);
        free(app->tills);
        app->tills = NULL;
    }
}

static struct pn_tills *tills_of(pn_app *app) {
    struct pn_tills *tills = app->tills;
    int64_t now = pn_env_ticks(app->env);
    if (tills == NULL) {
        tills = app->tills = pn_alloc(sizeof *tills);
        tills->count = 0;
        tills->began = now;
    }
    if (now - tills->began >= PN_SECOND || tills->count == PN_COUNT(tills->items)) {
        empty(tills);
        tills->began = now;
    }
    return tills;
}

static const pn_till *find_kept(const struct pn_tills *tills, pn_id creditor_id, pn_str country,
                                pn_str provider) {
    for (size_t i = 0; i < tills->count; i++) {
        const kept_till *kept = &tills->items[i];
        if (kept->till.creditor_id == creditor_id && pn_str_eq(kept->provider, provider) &&
            pn_str_eq(kept->country, country)) {
            return &kept->till;
        }
    }
    return NULL;
}

pn_err pn_till_recall(pn_app *app, pn_id creditor_id, pn_str country, pn_str provider,
                      const pn_till **ret_till, pn_diag *diag) {
    struct pn_tills *tills = tills_of(app);
    *ret_till = find_kept(tills, creditor_id, country, provider);
    if (*ret_till != NULL) {
        return PN_OK;
    }
    kept_till *kept = &tills->items[tills->count];
    pn_arena_init(&kept->arena, 0);
    kept->country = pn_str_dup(&kept->arena, country);
    kept->provider = pn_str_dup(&kept->arena, provider);
    pn_err err = pn_till_open(app, creditor_id, kept->country, kept->provider, &kept->arena,
                              &kept->till, diag);
    if (err != PN_OK) {
        pn_arena_done(&kept->arena);
        return err;
    }
    tills->count++;
    *ret_till = &kept->till;
    return PN_OK;
}
