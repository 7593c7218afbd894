#include "app/mailbox.h"

#include "app/outlets.h"
#include "app/secret.h"
#include "app/trail.h"
#include "app/vault.h"
#include "base/banned.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "net/endpoint.h"
#include "net/host.h"
#include "store/received.h"

enum { PORT_IMAP = 143, PORT_IMAPS = 993, DAYS = 7, DAYS_MAX = 3650, USER_MAX = 1000 };

static const char *const KEYS[] = {"url",           "user",     "password_file", "password_env",
                                   "password_kept", "private",  "token_file",    "folder",
                                   "processed",     "starttls", "verify",        "ca_file",
                                   "days"};

static pn_str text_of(const pn_json *settings, const char *key) {
    return pn_json_text(pn_json_get(settings, pn_str_of(key)), PN_STR(""));
}

static pn_err check_keys(const pn_json *settings, pn_diag *diag) {
    for (size_t i = 0; i < settings->count; i++) {
        bool known = false;
        for (size_t k = 0; k < PN_COUNT(KEYS); k++) {
            known = known || pn_str_eq(settings->members[i].key, pn_str_of(KEYS[k]));
        }
        if (!known) {
            return pn_diag_set(diag, PN_INVALID, "“%.*s” is no setting of a mailbox.",
                               PN_STR_ARG(settings->members[i].key));
        }
    }
    return PN_OK;
}

static pn_err read_url(pn_mailbox *m, pn_str url, pn_arena *arena, pn_diag *diag) {
    static const char mend[] =
        "Write it like imaps://mail.example.com or imap://mail.example.com:143.";
    pn_imap_account *account = &m->account;
    url = pn_str_trim(url);
    size_t scheme = pn_str_find(url, PN_STR("://"));
    pn_str name = pn_str_first(url, scheme == SIZE_MAX ? 0 : scheme);
    account->tls_at_once = pn_str_eq_nocase(name, PN_STR("imaps"));
    account->port = account->tls_at_once ? PORT_IMAPS : PORT_IMAP;
    if (!account->tls_at_once && !pn_str_eq_nocase(name, PN_STR("imap"))) {
        return pn_diag_refuse(diag, "url", "The url does not begin with imap:// or imaps://.",
                              mend);
    }
    pn_str host = pn_str_dup(arena, pn_str_from(url, scheme + 3));
    if (pn_str_find_char(host, '@') != SIZE_MAX) {
        return pn_diag_refuse(
            diag, "url", "The url holds a user name or password.",
            "Give the user as such, and the password in a file: the url is shown in lists.");
    }
    if (pn_str_ends(host, PN_STR("/"))) {
        host = pn_str_first(host, host.len - 1);
    }
    const char *mistake = pn_endpoint_parse(host, &account->host, &account->port);
    return mistake == NULL ? PN_OK : pn_diag_refuse(diag, "url", mistake, mend);
}

static bool has_line_end(pn_str text) {
    return pn_str_find_char(text, '\n') != SIZE_MAX || pn_str_find_char(text, '\r') != SIZE_MAX ||
           pn_str_find_char(text, '\0') != SIZE_MAX;
}

/* A token file is a password file whose content is an access token. */
static pn_err read_login(const pn_app *app, pn_mailbox *m, const pn_json *settings, pn_arena *arena,
                         pn_diag *diag) {
    pn_imap_options *session = &m->account.session;
    pn_json *rest = NULL;
    pn_str secret = PN_STR_NONE, token_file = text_of(settings, "token_file");
    pn_json_member member = {.key = PN_STR("password_file"),
                             .value = {.type = PN_JSON_STR, .text = token_file}};
    pn_json token = {.type = PN_JSON_OBJECT, .count = 1, .members = &member};
    session->user = pn_str_dup(arena, text_of(settings, "user"));
    session->auth = token_file.len != 0 ? PN_SMTP_AUTH_XOAUTH2 : PN_SMTP_AUTH_AUTO;
    if (session->user.len == 0 || session->user.len > USER_MAX || has_line_end(session->user)) {
        return pn_diag_refuse(diag, "user", "There is no user to log in with.",
                              "It is mostly the whole address: cobros@example.com.");
    }
    PN_TRY(
        pn_secret_read(app, token_file.len != 0 ? &token : settings, arena, &rest, &secret, diag));
    if (secret.len == 0 || has_line_end(secret)) {
        return pn_diag_refuse(
            diag, "password_file", "There is no password, or it has several lines.",
            "Give a file that holds it and nothing else (password_file, or token_file for "
            "an access token), or the name of an environment variable (password_env).");
    }
    session->secret = secret;
    return PN_OK;
}

static pn_err read_security(pn_mailbox *m, const pn_json *settings, pn_diag *diag) {
    pn_imap_account *account = &m->account;
    bool local = pn_host_is_loopback(account->host);
    pn_str mode = text_of(settings, "starttls"), verify = text_of(settings, "verify");
    if ((mode.len != 0 && !pn_str_is(mode, "required") && !pn_str_is(mode, "never")) ||
        (mode.len != 0 && account->tls_at_once)) {
        return pn_diag_refuse(
            diag, "starttls", "starttls is required or never, and only for imap://.",
            "Leave it out: imap:// is secured by STARTTLS, imaps:// from the start.");
    }
    bool never = pn_str_is(mode, "never") || (mode.len == 0 && local);
    if (never && !local && !account->tls_at_once) {
        return pn_diag_refuse(diag, "starttls", "The password would cross the network unprotected.",
                              "Use starttls required, or imaps://.");
    }
    account->session.starttls = never ? PN_SMTP_STARTTLS_NEVER : PN_SMTP_STARTTLS_REQUIRED;
    account->session.auth_in_clear = local;
    account->verify_none = pn_str_is(verify, "none");
    if ((verify.len != 0 && !account->verify_none && !pn_str_is(verify, "full")) ||
        (account->verify_none && !local)) {
        return pn_diag_refuse(
            diag, "verify", "verify is full or none, and none only for an address of this machine.",
            "Give the authority of a private certificate as ca_file.");
    }
    account->ca_file = text_of(settings, "ca_file");
    return PN_OK;
}

static pn_err read_folders(pn_mailbox *m, const pn_json *settings, pn_arena *arena, pn_diag *diag) {
    pn_imap_options *session = &m->account.session;
    pn_buf name;
    pn_buf_init(&name, 4096);
    session->folder = pn_str_dup(arena, text_of(settings, "folder"));
    session->processed = pn_str_dup(arena, text_of(settings, "processed"));
    bool odd = pn_imap_folder_name(session->folder, &name) != PN_OK ||
               pn_imap_folder_name(session->processed, &name) != PN_OK || name.failed;
    pn_buf_done(&name);
    if (odd) {
        return pn_diag_refuse(diag, "folder",
                              "The name of a folder is too long or has odd letters.",
                              "Write it as your mail program shows it, like INBOX/Cobros.");
    }
    if (session->processed.len != 0 &&
        pn_str_eq(session->processed,
                  session->folder.len != 0 ? session->folder : PN_STR("INBOX"))) {
        return pn_diag_refuse(diag, "processed", "Mail would be moved to the folder it comes from.",
                              "Name another folder, or none: then mail is only marked as read.");
    }
    return PN_OK;
}

/* "1-Mar-2026": from when on a folder that was never seen is read. */
static pn_err read_since(pn_mailbox *m, const pn_app *app, const pn_json *settings, pn_arena *arena,
                         pn_diag *diag) {
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int64_t days = pn_json_int(pn_json_field(settings, "days"), DAYS);
    if (days < 0 || days > DAYS_MAX) {
        return pn_diag_refuse(
            diag, "days", "days is a number from 0 to 3650.",
            "It says how old mail may be when a folder is read for the first time.");
    }
    pn_civil day = pn_date_civil((pn_date)(pn_env_now(app->env) / PN_DAY) - (pn_date)days);
    m->account.session.since =
        pn_str_format(arena, "%d-%.3s-%d", day.day, months + 3 * (day.month - 1), day.year);
    return PN_OK;
}

pn_err pn_mailbox_read(pn_app *app, const pn_json *settings, pn_arena *arena,
                       pn_mailbox *ret_mailbox, pn_diag *diag) {
    pn_mailbox m = {.account = {.networks = pn_outlet_networks(app->org.mode, settings)}};
    m.account.session.mail_bytes_max = PN_LIMIT_INBOUND_BYTES;
    PN_TRY(check_keys(settings, diag));
    PN_TRY(read_url(&m, text_of(settings, "url"), arena, diag));
    PN_TRY(read_login(app, &m, settings, arena, diag));
    PN_TRY(read_security(&m, settings, diag));
    PN_TRY(read_folders(&m, settings, arena, diag));
    PN_TRY(read_since(&m, app, settings, arena, diag));
    pn_str folder = m.account.session.folder;
    m.source = pn_str_format(arena, "imap://%.*s@%.*s:%u/%.*s", PN_STR_ARG(m.account.session.user),
                             PN_STR_ARG(m.account.host), (unsigned)m.account.port,
                             PN_STR_ARG(folder.len != 0 ? folder : PN_STR("INBOX")));
    *ret_mailbox = m;
    return PN_OK;
}

/* ── setting up ──────────────────────────────────────────────────────────────────────────────── */

pn_str pn_mailbox_vault(pn_str name, pn_arena *arena) {
    return pn_str_format(arena, "mailbox.%.*s.password", PN_STR_ARG(name));
}

static pn_str form_url(const pn_mailbox_form *form, pn_arena *arena) {
    return pn_endpoint_url(form->tls ? "imaps" : "imap", form->host, form->port, arena);
}

bool pn_mailbox_is_there(const pn_mailbox_form *form, const pn_json *settings, pn_arena *arena) {
    pn_mailbox was = {0}, now = {0};
    pn_diag ignored = {0};
    return read_url(&was, text_of(settings, "url"), arena, &ignored) == PN_OK &&
           read_url(&now, form_url(form, arena), arena, &ignored) == PN_OK &&
           was.account.port == now.account.port &&
           pn_str_eq_nocase(was.account.host, now.account.host);
}

/* The password that there is goes nowhere but where it went. */
static pn_err keep_password(const pn_mailbox_form *form, const pn_json *before, pn_arena *arena,
                            pn_json_writer *w, pn_diag *diag) {
    static const char *const NAMES[] = {"password_kept", "password_file", "password_env",
                                        "token_file"};
    pn_mailbox old = {0}, now = {0};
    pn_diag ignored = {0};
    bool same = before != NULL && pn_str_eq(text_of(before, "user"), form->user) &&
                read_url(&old, text_of(before, "url"), arena, &ignored) == PN_OK &&
                read_url(&now, form_url(form, arena), arena, &ignored) == PN_OK &&
                pn_str_eq(old.account.host, now.account.host);
    if (!same) {
        pn_err err =
            pn_diag_set(diag, PN_DENIED, "There is no password for this server and user yet.");
        pn_diag_where(diag, "/password");
        pn_diag_mend(diag, "Enter it.");
        pn_diag_cause(diag, before != NULL ? PN_CAUSE_KEY_STAYS : PN_CAUSE_NO_PASSWORD);
        return err;
    }
    for (size_t i = 0; i < PN_COUNT(NAMES); i++) {
        pn_json_put_str_if(w, NAMES[i], text_of(before, NAMES[i]));
    }
    return PN_OK;
}

static pn_err form_json(pn_app *app, const pn_mailbox_form *form, const pn_json *before,
                        pn_arena *arena, pn_str *ret_json, pn_diag *diag) {
    pn_err err = PN_OK;
    pn_buf text;
    pn_buf_init(&text, 65536);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "url", form_url(form, arena));
    pn_json_put_str(&w, "user", form->user);
    if (form->password.len != 0) {
        pn_str name = pn_mailbox_vault(form->name, arena);
        err = pn_vault_put(app, name, form->password, arena, diag);
        pn_json_put_str(&w, "password_kept", name);
    } else {
        err = keep_password(form, before, arena, &w, diag);
    }
    pn_json_put_str_if(&w, "folder", form->folder);
    pn_json_put_str_if(&w, "processed", form->processed);
    if (!form->tls) { /* said, for a server of this machine is not secured otherwise */
        pn_json_put_str(&w, "starttls", form->clear ? PN_STR("never") : PN_STR("required"));
    }
    pn_json_put_bool(&w, "private", form->private_network);
    if (form->days >= 0) {
        pn_json_put_int(&w, "days", form->days);
    }
    if (before != NULL) {
        pn_json_put_str_if(&w, "ca_file", text_of(before, "ca_file"));
        pn_json_put_str_if(&w, "verify", text_of(before, "verify"));
    }
    pn_json_end_object(&w);
    *ret_json = pn_str_dup(arena, pn_buf_str(&text));
    err = err == PN_OK ? pn_buf_err(&text) : err;
    pn_buf_done(&text);
    return err;
}

static pn_err note(pn_app *app, pn_str before, pn_str after) {
    pn_trail_change change = {.what = "mailbox", .before = before, .after = after};
    PN_TRY(pn_trail_add(app, &change));
    return pn_journal_add(app, 0, 0, 0, PN_EVENT_SETTING, PN_STR("{\"setting\":\"mailbox\"}"),
                          &(pn_id){0});
}

pn_err pn_mailbox_setup(pn_app *app, const pn_mailbox_form *form, pn_arena *arena, pn_diag *diag) {
    enum { NAME_MAX = 60 };
    pn_mailbox_row before = {0};
    pn_mailbox made;
    pn_json *old = NULL, *json = NULL;
    pn_mailbox_row row = {
        .org_id = app->org.id, .name = form->name, .updated_at = pn_env_now(app->env)};
    if (form->name.len == 0 || form->name.len > NAME_MAX || pn_str_is(form->name, "all")) {
        return pn_diag_refuse(diag, "mailbox",
                              "A mailbox has a name of 1 to 60 letters, not “all”.",
                              "Call it after what comes there: respuestas.");
    }
    pn_err err = pn_mailbox_get(app->db, app->org.id, form->name, arena, &before);
    if (err == PN_OK) {
        PN_TRY(pn_json_parse(before.settings, NULL, arena, &old, diag));
    } else if (err != PN_NOT_FOUND) {
        return err;
    }
    PN_TRY(form_json(app, form, old, arena, &row.settings, diag));
    PN_TRY(pn_json_parse(row.settings, NULL, arena, &json, diag));
    PN_TRY(pn_mailbox_read(app, json, arena, &made, diag));
    PN_TRY(pn_mailbox_put(app->db, &row));
    return note(app, before.settings, row.settings);
}

pn_err pn_mailbox_drop(pn_app *app, pn_str name, pn_arena *arena, pn_diag *diag) {
    pn_mailbox_row before = {0};
    pn_err err = pn_mailbox_get(app->db, app->org.id, name, arena, &before);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(diag, err, "There is no such mailbox here.");
    }
    PN_TRY(err);
    PN_TRY(pn_mailbox_remove(app->db, app->org.id, name));
    PN_TRY(pn_vault_drop(app, pn_mailbox_vault(name, arena)));
    return note(app, before.settings, PN_STR_NONE);
}

void pn_mailbox_where(const pn_json *settings, pn_arena *arena, pn_mailbox_place *ret_place) {
    pn_mailbox m = {0};
    pn_diag ignored = {0};
    const pn_json *private = pn_json_get(settings, PN_STR("private"));
    pn_err err = read_url(&m, text_of(settings, "url"), arena, &ignored);
    pn_str mode = text_of(settings, "starttls");
    *ret_place = (pn_mailbox_place){
        .host = err == PN_OK ? m.account.host : PN_STR_NONE,
        .port = err == PN_OK ? m.account.port : 0,
        .tls = m.account.tls_at_once,
        .clear = pn_str_is(mode, "never") ||
                 (mode.len == 0 && err == PN_OK && pn_host_is_loopback(m.account.host)),
        .user = text_of(settings, "user"),
        .folder = text_of(settings, "folder"),
        .processed = text_of(settings, "processed"),
        .private_network = private == NULL || pn_json_bool(private, false),
    };
}
