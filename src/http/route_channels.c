/* Channels: how messages leave, and what one needs to set one up on a screen.
 *
 * Passwords come in and never go out: they are sealed (app/vault.h), and what is told of one is
 * since when it is there. Whoever sets one is an owner who signed in lately; files of the server,
 * whose certificates and keys they are, stay the command line's. Addresses of private networks are
 * an operator's to allow: organizations of one installation share its network. */
#include "app/channel_setup.h"
#include "app/mail_dns.h"
#include "app/secret.h"
#include "app/vault.h"
#include "auth/identity.h"
#include "base/banned.h"
#include "base/limits.h"
#include "format/bounce.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/problem.h"
#include "http/reach.h"
#include "http/tables.h"
#include "http/visit.h"
#include "store/received.h"
#include "store/setup.h"

static const char *const DRIVERS[] = {"capture", "smtp", "http", NULL};
static const char *const SECURED[] = {"tls", "starttls", "none", NULL};
static const char *const METHODS[] = {"POST", "PUT", NULL};
static const char *const TYPES[] = {"json", "form", "text", NULL};

/* What a channel over a connector says. */
#define HTTP_FIELDS                                                                                \
    {.name = "connector", .type = PN_SHAPE_TEXT, .max = 60, .help = "over which messages go"},     \
        {.name = "method", .type = PN_SHAPE_WORD, .words = METHODS},                               \
        {.name = "path", .type = PN_SHAPE_TEXT, .max = 2000, .help = "a template"},                \
        {.name = "type", .type = PN_SHAPE_WORD, .words = TYPES},                                   \
        {.name = "body", .type = PN_SHAPE_LINES, .max = 65536, .help = "a template"},              \
        {.name = "id",                                                                             \
         .type = PN_SHAPE_TEXT,                                                                    \
         .max = 200,                                                                               \
         .help = "where the answer has the message's id there: /message/id"},                      \
        {.name = "ok",                                                                             \
         .type = PN_SHAPE_TEXT,                                                                    \
         .max = 200,                                                                               \
         .help = "where the answer says that it was taken: /status"},                              \
        {.name = "ok_words", .type = PN_SHAPE_TEXT, .max = 200}, {                                 \
        .name = "gone", .type = PN_SHAPE_TEXT, .max = 200,                                         \
        .help = "statuses of an address that does not work"                                        \
    }

static const pn_shape DKIM_FIELDS[] = {
    {.name = "domain", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "selector", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "record", .type = PN_SHAPE_TEXT, .help = "the name under which the key is published"},
    {.name = "value", .type = PN_SHAPE_TEXT, .help = "what stands there"},
    {.name = "set_at", .type = PN_SHAPE_TIME},
    {.name = NULL},
};
static const pn_shape CHANNEL_FIELDS[] = {
    {.name = "channel", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "driver", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "sender", .type = PN_SHAPE_TEXT},
    {.name = "from_name", .type = PN_SHAPE_TEXT},
    {.name = "from_address", .type = PN_SHAPE_TEXT},
    {.name = "host", .type = PN_SHAPE_TEXT},
    {.name = "port", .type = PN_SHAPE_INT},
    {.name = "secured", .type = PN_SHAPE_WORD, .words = SECURED},
    {.name = "user", .type = PN_SHAPE_TEXT},
    {.name = "has_password", .type = PN_SHAPE_BOOL, .required = true},
    {.name = "password_set_at",
     .type = PN_SHAPE_TIME,
     .help = "null: there is none, or it stands in a file of the server"},
    {.name = "private",
     .type = PN_SHAPE_BOOL,
     .help = "its server may be in a private network, or this machine"},
    {.name = "rate_per_minute", .type = PN_SHAPE_INT},
    {.name = "bounce_domain", .type = PN_SHAPE_TEXT},
    {.name = "dkim", .type = PN_SHAPE_OBJECT, .fields = DKIM_FIELDS},
    HTTP_FIELDS,
    {.name = "captured",
     .type = PN_SHAPE_BOOL,
     .required = true,
     .help = "nothing leaves the machine by it now: the mode, or its driver"},
    {.name = "paused_reason", .type = PN_SHAPE_TEXT, .help = "nothing is sent: why"},
    {.name = "tested_at", .type = PN_SHAPE_TIME, .help = "when a test was last accepted"},
    {.name = "trouble", .type = PN_SHAPE_TEXT, .help = "what its server refused last"},
    {.name = "trouble_at", .type = PN_SHAPE_TIME},
    {.name = "refused",
     .type = PN_SHAPE_INT,
     .required = true,
     .help = "reports of the last seven days that a server refuses us, not the address"},
    {.name = "version", .type = PN_SHAPE_TEXT, .required = true, .help = "for If-Match"},
    {.name = "warning", .type = PN_SHAPE_TEXT, .help = "after it was set"},
    {.name = "updated_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = NULL},
};
static const pn_schema_object CHANNEL = {"Channel", CHANNEL_FIELDS, "How messages leave"};
static const pn_shape SET_BODY[] = {
    {.name = "driver", .type = PN_SHAPE_WORD, .words = DRIVERS, .required = true},
    {.name = "from_name", .type = PN_SHAPE_TEXT, .max = 120},
    {.name = "from_address",
     .type = PN_SHAPE_TEXT,
     .required = true,
     .min = 1,
     .max = 254,
     .help = "of mail its address; else what the other system calls us"},
    {.name = "host", .type = PN_SHAPE_TEXT, .max = 253},
    {.name = "port", .type = PN_SHAPE_INT, .min = 1, .max = 65535},
    {.name = "secured", .type = PN_SHAPE_WORD, .words = SECURED, .help = "starttls if left out"},
    {.name = "user", .type = PN_SHAPE_TEXT, .max = 320, .help = "none: no log-in"},
    {.name = "password",
     .type = PN_SHAPE_TEXT,
     .max = 4000,
     .help = "kept sealed and never given back; left out: as it is, null: none"},
    {.name = "private", .type = PN_SHAPE_BOOL, .help = "an operator's to allow"},
    {.name = "rate_per_minute", .type = PN_SHAPE_INT, .min = 1, .max = 100000},
    {.name = "bounce_domain", .type = PN_SHAPE_TEXT, .max = 253},
    HTTP_FIELDS,
    {.name = NULL},
};
static const pn_shape SIGN_BODY[] = {
    {.name = "selector",
     .type = PN_SHAPE_TEXT,
     .required = true,
     .min = 1,
     .max = 63,
     .help = "the key's name: a new key gets a new one"},
    {.name = NULL},
};
static const char *const DNS_KINDS[] = {"spf", "dkim", "dmarc", NULL};
static const char *const DNS_STATES[] = {"good", "missing", "wrong", "unknown", NULL};
static const pn_shape DNS_FIELDS[] = {
    {.name = "kind", .type = PN_SHAPE_WORD, .words = DNS_KINDS, .required = true},
    {.name = "state",
     .type = PN_SHAPE_WORD,
     .words = DNS_STATES,
     .required = true,
     .help = "unknown: no resolver answers here"},
    {.name = "record", .type = PN_SHAPE_TEXT, .help = "its name; null: there is no key yet"},
    {.name = "wanted", .type = PN_SHAPE_TEXT, .help = "what should stand there"},
    {.name = "found", .type = PN_SHAPE_TEXT, .help = "what stands there"},
    {.name = NULL},
};
static const pn_schema_object DNS = {"MailRecord", DNS_FIELDS,
                                     "What the DNS says of the sender of mail"};
static const pn_shape PAUSE_BODY[] = {
    {.name = "reason", .type = PN_SHAPE_TEXT, .required = true, .min = 1, .max = 200},
    {.name = NULL},
};
static const pn_shape TEST_BODY[] = {
    {.name = "to", .type = PN_SHAPE_TEXT, .required = true, .min = 1, .max = 254},
    {.name = NULL},
};
static const pn_shape TEST_FIELDS[] = {
    {.name = "outcome", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "cause",
     .type = PN_SHAPE_TEXT,
     .help = "why it was not accepted, as a word: login, certificate, recipient"},
    {.name = "status", .type = PN_SHAPE_TEXT},
    {.name = "reply", .type = PN_SHAPE_LINES, .help = "what the server said"},
    {.name = "provider_id", .type = PN_SHAPE_TEXT},
    {.name = NULL},
};
static const pn_schema_object TEST = {"ChannelTest", TEST_FIELDS, "What became of a test message"};

/* ── one channel as the API has it ───────────────────────────────────────────────────────────── */

static pn_str text_of(const pn_json *settings, const char *key) {
    return pn_json_text(pn_json_get(settings, pn_str_of(key)), PN_STR(""));
}

/* "smtp://mail.example.com:587" in its parts. */
static void put_server(pn_json_writer *w, const pn_json *settings) {
    pn_channel_server server;
    if (!pn_channel_where(settings, &server)) {
        return;
    }
    pn_json_put_str(w, "host", server.host);
    pn_json_put_int(w, "port", server.port);
    pn_json_put_str(w, "secured", pn_str_of(SECURED[server.secured]));
}

static void put_rate(pn_json_writer *w, const pn_json *settings) {
    double rate = pn_json_double(pn_json_get(settings, PN_STR("rate_per_second")), 0) * 60;
    if (rate >= 0.5) {
        pn_json_put_int(w, "rate_per_minute", (int64_t)(rate + 0.5));
    }
}

static pn_err put_dkim(pn_exchange *x, pn_json_writer *w, const pn_channel_row *row,
                       const pn_json *settings) {
    pn_dns_check checks[PN_DNS_CHECKS];
    pn_time set_at = PN_TIME_NONE;
    if (row->channel != PN_CHANNEL_EMAIL || text_of(settings, "dkim_selector").len == 0) {
        return PN_OK;
    }
    PN_TRY(pn_mail_dns_wanted(x->app, row, x->arena, checks, &x->diag));
    PN_TRY(pn_told(x, pn_vault_since(x->app, PN_STR(PN_VAULT_MAIL_DKIM), &set_at)));
    pn_put_object(w, "dkim");
    pn_json_put_str(w, "domain", text_of(settings, "dkim_domain"));
    pn_json_put_str(w, "selector", text_of(settings, "dkim_selector"));
    pn_json_put_str(w, "record", checks[PN_DNS_DKIM].name);
    pn_put_str_or_null(w, "value",
                       text_of(settings, "dkim_public").len != 0 ? checks[PN_DNS_DKIM].wanted
                                                                 : PN_STR_NONE);
    pn_put_time(w, "set_at", set_at);
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err put_password(pn_exchange *x, pn_json_writer *w, const pn_json *settings) {
    pn_time set_at = PN_TIME_NONE;
    if (pn_json_get(settings, PN_STR("password_kept")) != NULL) {
        PN_TRY(pn_told(x, pn_vault_since(x->app, PN_STR(PN_VAULT_MAIL_PASSWORD), &set_at)));
    }
    pn_json_put_bool(w, "has_password", pn_secret_is_named(settings, "password"));
    pn_put_time(w, "password_set_at", set_at);
    return PN_OK;
}

static pn_err put_health(pn_exchange *x, pn_json_writer *w, const pn_channel_row *row) {
    pn_channel_health health;
    int64_t refused = 0;
    PN_TRY(
        pn_told(x, pn_channel_health_get(x->db, x->app->org.id, row->channel, x->arena, &health)));
    if (row->channel == PN_CHANNEL_EMAIL) {
        pn_time since = pn_app_now(x->app) - 7 * PN_DAY;
        PN_TRY(pn_told(
            x, pn_received_count_class(x->db, x->app->org.id, PN_MAIL_POLICY, since, &refused)));
    }
    pn_put_time(w, "tested_at", health.tested_at);
    pn_put_str_or_null(w, "trouble", health.trouble);
    pn_put_time(w, "trouble_at", health.trouble_at);
    pn_json_put_int(w, "refused", refused);
    return PN_OK;
}

static int64_t version_of(const pn_exchange *x, const pn_channel_row *row) {
    return pn_version_of(pn_str_format(x->arena, "%.*s|%.*s|%.*s|%lld", PN_STR_ARG(row->driver),
                                       PN_STR_ARG(row->sender), PN_STR_ARG(row->settings),
                                       (long long)row->updated_at));
}

static pn_err put_channel(pn_exchange *x, pn_json_writer *w, const pn_channel_row *row,
                          pn_str warning) {
    static const char *const TEXTS[] = {"user", "bounce_domain", "connector", "method",
                                        "path", "type",          "body",      "id",
                                        "ok",   "ok_words",      "gone"};
    pn_json *settings = NULL;
    bool captured = false;
    pn_mime_address from = pn_outlet_sender(row->sender);
    if (pn_json_parse(row->settings, NULL, x->arena, &settings, &x->diag) != PN_OK) {
        return PN_CORRUPT; /* we wrote them */
    }
    PN_TRY(pn_outlet_is_captured(x->app, row, x->arena, &captured, &x->diag));
    pn_json_begin_object(w);
    pn_json_put_str(w, "channel", pn_str_of(pn_channel_kind_name(row->channel)));
    pn_json_put_str(w, "driver", row->driver);
    pn_put_str_or_null(w, "sender", row->sender);
    pn_put_str_or_null(w, "from_name", from.name);
    pn_put_str_or_null(w, "from_address", from.address);
    put_server(w, settings);
    for (size_t i = 0; i < PN_COUNT(TEXTS); i++) {
        pn_json_put_str_if(w, TEXTS[i], text_of(settings, TEXTS[i]));
    }
    PN_TRY(put_password(x, w, settings));
    const pn_json *private = pn_json_get(settings, PN_STR("private"));
    if (pn_str_is(row->driver, "smtp")) {
        pn_json_put_bool(w, "private", private == NULL || pn_json_bool(private, false));
    }
    put_rate(w, settings);
    PN_TRY(put_dkim(x, w, row, settings));
    pn_json_put_bool(w, "captured", captured);
    pn_put_str_or_null(w, "paused_reason", row->paused_reason);
    PN_TRY(put_health(x, w, row));
    pn_json_put_str(w, "version", pn_str_format(x->arena, "%lld", (long long)version_of(x, row)));
    pn_json_put_str_if(w, "warning", warning);
    pn_put_time(w, "updated_at", row->updated_at);
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err list_channels(pn_exchange *x) {
    pn_channel_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_told(x, pn_channel_list(x->db, x->app->org.id, x->arena, &rows, &count)));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        PN_TRY(put_channel(x, w, &rows[i], PN_STR_NONE));
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

static pn_err path_channel(pn_exchange *x, pn_channel_row *ret_row) {
    pn_channel_kind kind = pn_channel_kind_of(x->arguments[0]);
    pn_err err = kind == PN_CHANNEL_NONE
                     ? PN_NOT_FOUND
                     : pn_channel_get(x->db, x->app->org.id, kind, x->arena, ret_row);
    return err == PN_NOT_FOUND ? pn_diag_set(&x->diag, err, "There is no such channel here.")
                               : pn_told(x, err);
}

static pn_err give_channel(pn_exchange *x) {
    pn_channel_row row;
    PN_TRY(path_channel(x, &row));
    PN_TRY(pn_answer_version(x, version_of(x, &row)));
    return put_channel(x, pn_answer_bare(x), &row, PN_STR_NONE);
}

static pn_err pause_channel(pn_exchange *x) {
    pn_channel_row row;
    PN_TRY(path_channel(x, &row));
    PN_TRY(pn_told(x, pn_outlet_pause(x->app, row.channel, pn_body_value(x, "reason")->text)));
    return give_channel(x);
}

static pn_err resume_channel(pn_exchange *x) {
    pn_channel_row row;
    PN_TRY(path_channel(x, &row));
    PN_TRY(pn_outlet_resume(x->app, row.channel, &x->diag));
    return give_channel(x);
}

static pn_err test_channel(pn_exchange *x) {
    pn_channel_row row;
    pn_send_result result = {0};
    PN_TRY(path_channel(x, &row));
    PN_TRY(pn_outlet_test(x->app, row.channel, pn_body_value(x, "to")->text, x->arena, &result,
                          &x->diag));
    PN_TRY(pn_outlet_tested(x->app, row.channel, &result, &x->diag));
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_str(w, "outcome", pn_str_of(pn_send_outcome_name(result.outcome)));
    pn_put_str_or_null(w, "cause", pn_str_of(pn_cause_name(result.cause)));
    pn_put_str_or_null(w, "status", pn_str_of(result.status));
    pn_put_str_or_null(w, "reply", pn_str_of(result.reply));
    pn_put_str_or_null(w, "provider_id", pn_str_of(result.provider_id));
    pn_json_end_object(w);
    return PN_OK;
}

/* ── setting up ──────────────────────────────────────────────────────────────────────────────── */

/* Whether the server of the form was open to this channel. */
static bool was_opened(pn_exchange *x, const pn_channel_row *before, const pn_channel_form *form) {
    pn_json *settings = NULL;
    pn_channel_server was, now;
    if (pn_json_parse(before->settings, NULL, x->arena, &settings, NULL) != PN_OK ||
        !pn_channel_where(settings, &was) || !pn_channel_form_where(form, x->arena, &now)) {
        return false;
    }
    const pn_json *private = pn_json_get(settings, PN_STR("private"));
    return (private == NULL || pn_json_bool(private, false)) && was.port == now.port &&
           pn_str_eq_nocase(was.host, now.host);
}

typedef struct {
    pn_channel_kind kind;
    pn_str warning;
} setting_up;

static pn_str body_text(const pn_exchange *x, const char *name) {
    return pn_body_value(x, name)->text;
}

static pn_str body_word(const pn_exchange *x, const char *name, const char *const *words) {
    const pn_route_value *value = pn_body_value(x, name);
    return value->given ? pn_str_of(words[value->number]) : PN_STR("");
}

static pn_err set_in(pn_exchange *x, void *context) {
    setting_up *s = context;
    pn_channel_row before;
    const pn_route_value *secured = pn_body_value(x, "secured");
    pn_err err = pn_channel_get(x->db, x->app->org.id, s->kind, x->arena, &before);
    if (err == PN_OK) {
        PN_TRY(pn_check_version(x, version_of(x, &before)));
    } else if (err != PN_NOT_FOUND) {
        return err;
    }
    pn_channel_form form = {
        .channel = s->kind,
        .driver = pn_str_of(DRIVERS[pn_body_value(x, "driver")->number]),
        .from_name = pn_str_trim(body_text(x, "from_name")),
        .from_address = pn_str_trim(body_text(x, "from_address")),
        .host = pn_str_trim(body_text(x, "host")),
        .port = pn_body_value(x, "port")->number,
        .secured = secured->given ? (pn_secured)secured->number : PN_SECURED_STARTTLS,
        .user = pn_str_trim(body_text(x, "user")),
        .password = body_text(x, "password"),
        .without_password = pn_body_value(x, "password")->null,
        .private_network = pn_body_value(x, "private")->number != 0,
        .rate_per_minute = pn_body_value(x, "rate_per_minute")->number,
        .bounce_domain = pn_str_trim(body_text(x, "bounce_domain")),
        .connector = body_text(x, "connector"),
        .method = body_word(x, "method", METHODS),
        .path = body_text(x, "path"),
        .type = body_word(x, "type", TYPES),
        .body = body_text(x, "body"),
        .id = body_text(x, "id"),
        .ok = body_text(x, "ok"),
        .ok_words = body_text(x, "ok_words"),
        .gone = body_text(x, "gone"),
    };
    bool opened = err == PN_OK && was_opened(x, &before, &form);
    PN_TRY(pn_check_reach(x, form.private_network, opened));
    return pn_channel_setup(x->app, &form, x->arena, &s->warning, &x->diag);
}

static pn_err path_kind(pn_exchange *x, pn_channel_kind *ret_kind) {
    *ret_kind = pn_channel_kind_of(x->arguments[0]);
    return *ret_kind != PN_CHANNEL_NONE
               ? PN_OK
               : pn_diag_set(&x->diag, PN_NOT_FOUND, "There is no such channel.");
}

static pn_err set_channel(pn_exchange *x) {
    setting_up s = {.warning = PN_STR_NONE};
    pn_channel_row row;
    PN_TRY(path_kind(x, &s.kind));
    PN_TRY(pn_visit_write_owner(x, set_in, &s));
    PN_TRY(path_channel(x, &row));
    return put_channel(x, pn_answer_bare(x), &row, s.warning);
}

static pn_err remove_in(pn_exchange *x, void *context) {
    const pn_channel_kind *kind = context;
    return pn_channel_remove(x->app, *kind, x->arena, &x->diag);
}

static pn_err remove_channel(pn_exchange *x) {
    pn_channel_kind kind;
    PN_TRY(path_kind(x, &kind));
    return pn_visit_write_owner(x, remove_in, &kind);
}

typedef struct {
    pn_buf private_pem, public_base64;
} made_key;

static pn_err sign_in_transaction(pn_exchange *x, void *context) {
    const made_key *key = context;
    return pn_channel_sign(x->app, pn_str_trim(body_text(x, "selector")),
                           pn_buf_str(&key->private_pem), pn_buf_str(&key->public_base64), x->arena,
                           &x->diag);
}

/* The key is made before the transaction: it takes a while. */
static pn_err sign_mail(pn_exchange *x) {
    made_key key;
    pn_channel_row row;
    pn_buf_init(&key.private_pem, 16384);
    pn_buf_init(&key.public_base64, 4096);
    pn_err err = pn_dkim_generate(PN_DKIM_RSA, &key.private_pem, &key.public_base64, &x->diag);
    if (err == PN_OK) {
        err = pn_visit_write_owner(x, sign_in_transaction, &key);
    }
    pn_buf_done(&key.private_pem);
    pn_buf_done(&key.public_base64);
    PN_TRY(err);
    PN_TRY(pn_told(x, pn_channel_get(x->db, x->app->org.id, PN_CHANNEL_EMAIL, x->arena, &row)));
    return put_channel(x, pn_answer_bare(x), &row, PN_STR_NONE);
}

static pn_err check_dns(pn_exchange *x) {
    pn_channel_row row;
    pn_dns_check checks[PN_DNS_CHECKS];
    pn_err err = pn_channel_get(x->db, x->app->org.id, PN_CHANNEL_EMAIL, x->arena, &row);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(&x->diag, err, "No mail is set up here yet.");
    }
    PN_TRY(pn_told(x, err));
    PN_TRY(pn_mail_dns_wanted(x->app, &row, x->arena, checks, &x->diag));
    pn_mail_dns_ask(checks, x->arena);
    pn_json_writer *w = pn_page_begin(x);
    for (int kind = 0; kind < PN_DNS_CHECKS; kind++) {
        const pn_dns_check *check = &checks[kind];
        pn_json_begin_object(w);
        pn_json_put_str(w, "kind", pn_str_of(pn_dns_kind_name(check->kind)));
        pn_json_put_str(w, "state", pn_str_of(pn_dns_state_name(check->state)));
        pn_put_str_or_null(w, "record", check->name);
        pn_put_str_or_null(w, "wanted", check->wanted);
        pn_put_str_or_null(w, "found", check->found);
        pn_json_end_object(w);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

#define CHANGES(what, id, on, takes, gives_what, does, says)                                       \
    {                                                                                              \
        .method = PN_HTTP_POST, .path = "/v1/channels/{channel}/" what, .name = id, .runs = on,    \
        .roles = PN_MAY_MANAGE, .scope = "channels:write", .body = takes, .gives = gives_what,     \
        .answer = does, .summary = says                                                            \
    }

pn_route_table PN_ROUTES_CHANNELS = {
    {.method = PN_HTTP_GET,
     .path = "/v1/channels",
     .name = "list_channels",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "channels:read",
     .gives = &CHANNEL,
     .gives_list = true,
     .answer = list_channels,
     .summary = "how messages leave"},
    {.method = PN_HTTP_GET,
     .path = "/v1/channels/{channel}",
     .name = "get_channel",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "channels:read",
     .gives = &CHANNEL,
     .answer = give_channel,
     .summary = "one channel"},
    {.method = PN_HTTP_PUT,
     .path = "/v1/channels/{channel}",
     .name = "set_channel",
     .runs = PN_RUNS_ENTRANCE,
     .roles = PN_MAY_OWN,
     .body = SET_BODY,
     .gives = &CHANNEL,
     .answer = set_channel,
     .summary = "set a channel up, or change it",
     .help = "One that is new begins paused. With If-Match nothing is changed that changed "
             "meanwhile."},
    {.method = PN_HTTP_DELETE,
     .path = "/v1/channels/{channel}",
     .name = "remove_channel",
     .runs = PN_RUNS_ENTRANCE,
     .roles = PN_MAY_OWN,
     .answer = remove_channel,
     .summary = "take a channel away, with its password: messages wait"},
    {.method = PN_HTTP_POST,
     .path = "/v1/mail/signature",
     .name = "sign_mail",
     .runs = PN_RUNS_ENTRANCE,
     .roles = PN_MAY_OWN,
     .body = SIGN_BODY,
     .gives = &CHANNEL,
     .answer = sign_mail,
     .summary = "make a DKIM key that signs mail from now on",
     .help = "The answer has the record that publishes it. The private key never leaves the "
             "server."},
    {.method = PN_HTTP_GET,
     .path = "/v1/mail/records",
     .name = "check_mail_records",
     .runs = PN_RUNS_LONG,
     .roles = PN_MAY_READ,
     .scope = "channels:read",
     .gives = &DNS,
     .gives_list = true,
     .answer = check_dns,
     .summary = "what the DNS says of the sender: SPF, DKIM and DMARC, asked now"},
    CHANGES("pause", "pause_channel", PN_RUNS_WRITER, PAUSE_BODY, &CHANNEL, pause_channel,
            "nothing leaves by it: messages wait"),
    CHANGES("resume", "resume_channel", PN_RUNS_WRITER, NULL, &CHANNEL, resume_channel,
            "it sends again"),
    CHANGES("test", "test_channel", PN_RUNS_LONG, TEST_BODY, &TEST, test_channel,
            "send one test message now, past queue and gate"),
    {.path = NULL},
};
