#include "app/channel_setup.h"

#include "app/secret.h"
#include "app/trail.h"
#include "app/vault.h"
#include "base/banned.h"
#include "net/endpoint.h"
#include "store/setup.h"

enum { SETTINGS_BYTES_MAX = 131072 };

static const char *const PASSWORDS[] = {"password_file", "password_env", "password_kept"};
/* What no form has, and is kept while the driver is the same. */
static const char *const KEPT[] = {"auth",
                                   "verify",
                                   "ca_file",
                                   "helo",
                                   "connections",
                                   "connection_messages",
                                   "dkim_domain",
                                   "dkim_selector",
                                   "dkim_key_file",
                                   "dkim_ed25519_selector",
                                   "dkim_ed25519_key_file",
                                   "dkim_key_kept",
                                   "dkim_public"};

static pn_str text_of(const pn_json *settings, const char *key) {
    return pn_json_text(pn_json_get(settings, pn_str_of(key)), PN_STR(""));
}

static void keep(pn_json_writer *w, const pn_json *before, const char *key) {
    const pn_json *value = pn_json_get(before, pn_str_of(key));
    if (value != NULL) {
        pn_json_key(w, pn_str_of(key));
        pn_json_add_value(w, value);
    }
}

/* ── the sender ──────────────────────────────────────────────────────────────────────────────── */

static pn_err write_sender(const pn_channel_form *form, pn_arena *arena, pn_str *ret_sender,
                           pn_diag *diag) {
    bool odd = pn_str_find_char(form->from_name, '<') != SIZE_MAX ||
               pn_str_find_char(form->from_name, '>') != SIZE_MAX ||
               pn_str_find_char(form->from_name, '"') != SIZE_MAX;
    if (form->channel == PN_CHANNEL_EMAIL && !pn_mime_is_address(form->from_address)) {
        return pn_diag_refuse(diag, "from_address", "This is no e-mail address to send from.",
                              "Write it like cobros@example.com.");
    }
    if (odd) {
        return pn_diag_refuse(diag, "from_name", "A sender's name has no < > and no quotes.",
                              "Write the company's name as people know it.");
    }
    *ret_sender = form->from_name.len == 0
                      ? form->from_address
                      : pn_str_format(arena, "%.*s <%.*s>", PN_STR_ARG(form->from_name),
                                      PN_STR_ARG(form->from_address));
    return PN_OK;
}

/* ── settings of smtp ────────────────────────────────────────────────────────────────────────── */

static pn_str url_of(const pn_channel_form *form, pn_arena *arena) {
    const char *scheme = form->secured == PN_SECURED_TLS ? "smtps" : "smtp";
    return pn_endpoint_url(scheme, form->host, form->port, arena);
}

/* The host of a URL, without scheme and port: a password stays with it. */
static pn_str host_of(pn_str url) {
    pn_str host = PN_STR_NONE;
    uint16_t port = 0;
    size_t scheme = pn_str_find(url, PN_STR("://"));
    pn_str rest = pn_str_from(url, scheme == SIZE_MAX ? 0 : scheme + 3);
    return pn_endpoint_parse(rest, &host, &port) == NULL ? host : rest;
}

static pn_err write_password(pn_app *app, const pn_channel_form *form, const pn_json *before,
                             pn_arena *arena, pn_json_writer *w, pn_diag *diag) {
    bool had = before != NULL && pn_secret_is_named(before, "password");
    if (form->user.len == 0 || form->without_password) {
        return pn_vault_drop(app, PN_STR(PN_VAULT_MAIL_PASSWORD));
    }
    if (form->password.len != 0) {
        PN_TRY(pn_vault_put(app, PN_STR(PN_VAULT_MAIL_PASSWORD), form->password, arena, diag));
        pn_json_put_str(w, "password_kept", PN_STR(PN_VAULT_MAIL_PASSWORD));
        return PN_OK;
    }
    if (had && (!pn_str_eq(host_of(text_of(before, "url")), host_of(url_of(form, arena))) ||
                !pn_str_eq(text_of(before, "user"), form->user))) {
        pn_err err = pn_diag_set(diag, PN_DENIED,
                                 "The password belongs to the server and user that there were.");
        pn_diag_where(diag, "/password");
        pn_diag_cause(diag, PN_CAUSE_KEY_STAYS);
        pn_diag_mend(diag, "Enter the password of the new ones.");
        return err;
    }
    for (size_t i = 0; had && i < PN_COUNT(PASSWORDS); i++) {
        keep(w, before, PASSWORDS[i]);
    }
    return PN_OK;
}

static pn_err write_smtp(pn_app *app, const pn_channel_form *form, const pn_json *before,
                         pn_arena *arena, pn_json_writer *w, pn_diag *diag) {
    if (form->host.len == 0) {
        return pn_diag_refuse(diag, "host", "The mail server has no name.",
                              "Your mail provider says it: smtp.example.com.");
    }
    pn_json_put_str(w, "url", url_of(form, arena));
    pn_json_put_str_if(w, "user", form->user);
    PN_TRY(write_password(app, form, before, arena, w, diag));
    if (form->secured != PN_SECURED_TLS) {
        pn_json_put_str(w, "starttls",
                        form->secured == PN_SECURED_NOT ? PN_STR("never") : PN_STR("required"));
    }
    pn_json_put_bool(w, "private", form->private_network);
    pn_json_put_str_if(w, "bounce_domain", form->bounce_domain);
    if (form->rate_per_minute != 0) {
        pn_json_key(w, PN_STR("rate_per_second"));
        pn_json_add_raw(w, pn_str_format(arena, "%.4f", (double)form->rate_per_minute / 60));
    }
    for (size_t i = 0; before != NULL && i < PN_COUNT(KEPT); i++) {
        keep(w, before, KEPT[i]);
    }
    return PN_OK;
}

static void write_http(const pn_channel_form *form, pn_json_writer *w) {
    pn_json_put_str(w, "connector", form->connector);
    pn_json_put_str_if(w, "method", form->method);
    pn_json_put_str_if(w, "path", form->path);
    pn_json_put_str_if(w, "type", form->type);
    pn_json_put_str_if(w, "body", form->body);
    pn_json_put_str_if(w, "id", form->id);
    pn_json_put_str_if(w, "ok", form->ok);
    pn_json_put_str_if(w, "ok_words", form->ok_words);
    pn_json_put_str_if(w, "gone", form->gone);
}

static pn_err write_settings(pn_app *app, const pn_channel_form *form, const pn_json *before,
                             pn_arena *arena, pn_str *ret_settings, pn_diag *diag) {
    pn_err err = PN_OK;
    pn_buf text;
    pn_buf_init(&text, SETTINGS_BYTES_MAX);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    pn_json_begin_object(&w);
    if (pn_str_is(form->driver, "smtp")) {
        err = write_smtp(app, form, before, arena, &w, diag);
    } else if (pn_str_is(form->driver, "http")) {
        write_http(form, &w);
    }
    pn_json_end_object(&w);
    *ret_settings = pn_str_dup(arena, pn_buf_str(&text));
    err = err == PN_OK ? pn_buf_err(&text) : err;
    pn_buf_done(&text);
    return err;
}

static bool where_of(pn_str url, pn_str starttls, pn_channel_server *ret_server) {
    enum { PORT_SUBMISSION = 587, PORT_SUBMISSIONS = 465 };
    size_t scheme = pn_str_find(url, PN_STR("://"));
    bool tls = pn_str_starts(url, PN_STR("smtps://"));
    pn_channel_server server = {.port = tls ? PORT_SUBMISSIONS : PORT_SUBMISSION};
    if (scheme == SIZE_MAX ||
        pn_endpoint_parse(pn_str_from(url, scheme + 3), &server.host, &server.port) != NULL) {
        return false;
    }
    bool open = pn_str_is(starttls, "never");
    server.secured = tls ? PN_SECURED_TLS : open ? PN_SECURED_NOT : PN_SECURED_STARTTLS;
    *ret_server = server;
    return true;
}

bool pn_channel_where(const pn_json *settings, pn_channel_server *ret_server) {
    return where_of(text_of(settings, "url"), text_of(settings, "starttls"), ret_server);
}

bool pn_channel_form_where(const pn_channel_form *form, pn_arena *arena,
                           pn_channel_server *ret_server) {
    return form->host.len != 0 && where_of(url_of(form, arena), PN_STR_NONE, ret_server);
}

/* ── the trail ───────────────────────────────────────────────────────────────────────────────── */

/* {"channel":"email","driver":"smtp","sender":"…","settings":{…}}: settings hold no secrets. */
static pn_str told(const pn_channel_row *row, pn_arena *arena) {
    pn_buf text;
    pn_buf_init(&text, 2 * SETTINGS_BYTES_MAX);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "channel", pn_str_of(pn_channel_kind_name(row->channel)));
    pn_json_put_str(&w, "driver", row->driver);
    pn_json_put_str(&w, "sender", row->sender);
    pn_json_key(&w, PN_STR("settings"));
    pn_json_add_raw(&w, row->settings);
    pn_json_end_object(&w);
    pn_str copy = pn_str_dup(arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

static pn_err find(pn_app *app, pn_channel_kind channel, pn_arena *arena, pn_channel_row *ret_row,
                   bool *ret_there) {
    pn_err err = pn_channel_get(app->db, app->org.id, channel, arena, ret_row);
    *ret_there = err == PN_OK;
    return err == PN_NOT_FOUND ? PN_OK : err;
}

/* ── setting ─────────────────────────────────────────────────────────────────────────────────── */

/* Why one that is new does not send: for people of the organization. */
static pn_str not_yet(const pn_app *app) {
    return pn_str_starts(app->org.language, PN_STR("es"))   ? PN_STR("Sin encender todavía")
           : pn_str_starts(app->org.language, PN_STR("pt")) ? PN_STR("Ainda não foi ligado")
                                                            : PN_STR("Not switched on yet");
}

/* What no settings name any more is nobody's. */
static pn_err drop_secrets(pn_app *app) {
    PN_TRY(pn_vault_drop(app, PN_STR(PN_VAULT_MAIL_PASSWORD)));
    return pn_vault_drop(app, PN_STR(PN_VAULT_MAIL_DKIM));
}

pn_err pn_channel_setup(pn_app *app, const pn_channel_form *form, pn_arena *arena,
                        pn_str *ret_warning, pn_diag *diag) {
    pn_channel_row before, row = {.org_id = app->org.id,
                                  .channel = form->channel,
                                  .driver = form->driver,
                                  .paused_reason = not_yet(app)};
    pn_json *settings = NULL;
    bool there = false;
    PN_TRY(find(app, form->channel, arena, &before, &there));
    if (there) {
        row.paused_reason = before.paused_reason;
    }
    if (there && pn_str_eq(before.driver, form->driver)) {
        PN_TRY(pn_json_parse(before.settings, NULL, arena, &settings, diag));
    }
    if (there && form->channel == PN_CHANNEL_EMAIL && !pn_str_eq(before.driver, form->driver)) {
        PN_TRY(drop_secrets(app));
    }
    PN_TRY(write_sender(form, arena, &row.sender, diag));
    PN_TRY(write_settings(app, form, settings, arena, &row.settings, diag));
    PN_TRY(pn_outlet_set(app, &row, arena, ret_warning, diag));
    PN_TRY(pn_channel_health_forget(app->db, app->org.id, form->channel));
    pn_trail_change change = {.what = "channel", .after = told(&row, arena)};
    change.before = there ? told(&before, arena) : PN_STR_NONE;
    return pn_trail_add(app, &change);
}

pn_err pn_channel_remove(pn_app *app, pn_channel_kind channel, pn_arena *arena, pn_diag *diag) {
    pn_channel_row before;
    bool there = false;
    PN_TRY(find(app, channel, arena, &before, &there));
    if (!there) {
        return pn_diag_set(diag, PN_NOT_FOUND, "There is no such channel here.");
    }
    if (channel == PN_CHANNEL_EMAIL) {
        PN_TRY(drop_secrets(app));
    }
    PN_TRY(pn_channel_health_forget(app->db, app->org.id, channel));
    pn_stmt *q =
        pn_db_stmt(app->db, "DELETE FROM channel_setting WHERE org_id = $1 AND channel = $2");
    pn_bind_int(q, 1, app->org.id);
    pn_bind_int(q, 2, (int64_t)channel);
    PN_TRY(pn_stmt_run(q, NULL));
    pn_trail_change change = {.what = "channel", .before = told(&before, arena)};
    return pn_trail_add(app, &change);
}

/* ── signing ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err signed_settings(const pn_json *before, pn_str domain, pn_str selector,
                              pn_str public_base64, pn_arena *arena, pn_str *ret_settings) {
    static const char *const OURS[] = {"dkim_domain", "dkim_selector", "dkim_key_file",
                                       "dkim_key_kept", "dkim_public"};
    pn_buf text;
    pn_buf_init(&text, SETTINGS_BYTES_MAX);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    pn_json_begin_object(&w);
    for (size_t i = 0; i < before->count; i++) {
        bool ours = false;
        for (size_t k = 0; k < PN_COUNT(OURS); k++) {
            ours = ours || pn_str_eq(before->members[i].key, pn_str_of(OURS[k]));
        }
        if (!ours) {
            pn_json_key(&w, before->members[i].key);
            pn_json_add_value(&w, &before->members[i].value);
        }
    }
    pn_json_put_str(&w, "dkim_domain", domain);
    pn_json_put_str(&w, "dkim_selector", selector);
    pn_json_put_str(&w, "dkim_key_kept", PN_STR(PN_VAULT_MAIL_DKIM));
    pn_json_put_str(&w, "dkim_public", public_base64);
    pn_json_end_object(&w);
    *ret_settings = pn_str_dup(arena, pn_buf_str(&text));
    pn_err err = pn_buf_err(&text);
    pn_buf_done(&text);
    return err;
}

pn_err pn_channel_sign(pn_app *app, pn_str selector, pn_str private_pem, pn_str public_base64,
                       pn_arena *arena, pn_diag *diag) {
    pn_channel_row before;
    pn_json *settings = NULL;
    pn_str warning;
    bool there = false;
    PN_TRY(find(app, PN_CHANNEL_EMAIL, arena, &before, &there));
    pn_channel_row row = before;
    if (!there || pn_str_is(row.driver, "capture")) {
        return pn_diag_set(diag, PN_CONFLICT,
                           "Set the mail server first: its mail is what is "
                           "signed.");
    }
    pn_str address = pn_outlet_sender(row.sender).address;
    size_t at = pn_str_find_char(address, '@');
    pn_str domain = pn_str_from(address, at == SIZE_MAX ? address.len : at + 1);
    if (!pn_dkim_is_name(selector) || !pn_dkim_is_name(domain)) {
        return pn_diag_refuse(diag, "selector", "This is no name of a key.",
                              "Letters, digits and hyphens: s2026.");
    }
    PN_TRY(pn_vault_put(app, PN_STR(PN_VAULT_MAIL_DKIM), private_pem, arena, diag));
    PN_TRY(pn_json_parse(row.settings, NULL, arena, &settings, diag));
    PN_TRY(signed_settings(settings, domain, selector, public_base64, arena, &row.settings));
    PN_TRY(pn_outlet_set(app, &row, arena, &warning, diag));
    pn_trail_change change = {.what = "channel", .after = told(&row, arena)};
    change.before = told(&before, arena);
    return pn_trail_add(app, &change);
}
