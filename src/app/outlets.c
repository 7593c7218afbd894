#include "app/outlets.h"

#include "app/connectors.h"
#include "app/http_message.h"
#include "app/secret.h"
#include "app/users.h"
#include "base/banned.h"
#include "base/hash.h"
#include "base/limits.h"
#include "net/address.h"
#include "net/endpoint.h"
#include "net/host.h"
#include "store/run.h"
#include "store/setup.h"

pn_channel_host pn_outlet_host(const pn_app *app) {
    return (pn_channel_host){
        .env = app->env,
        .log = app->log,
        .networks = app->org.mode == PN_MODE_LIVE ? PN_NET_PUBLIC | PN_NET_PRIVATE | PN_NET_LOOPBACK
                                                  : PN_NET_LOOPBACK,
    };
}

unsigned pn_outlet_networks(pn_org_mode mode, const pn_json *settings) {
    const pn_json *private = pn_json_field(settings, "private");
    bool opened = private == NULL || pn_json_bool(private, false);
    switch (mode) {
    case PN_MODE_SANDBOX: return PN_NET_LOOPBACK;
    case PN_MODE_TEST: return opened ? PN_NET_LOOPBACK : PN_NET_NONE;
    case PN_MODE_LIVE: break;
    }
    return opened ? PN_NET_PUBLIC | PN_NET_PRIVATE | PN_NET_LOOPBACK : PN_NET_PUBLIC;
}

static pn_err find_driver(const pn_app *app, const pn_channel_row *row,
                          const pn_channel_driver **ret_driver, pn_diag *diag) {
    const pn_channel_driver *driver =
        app->driver_override != NULL ? app->driver_override : pn_channel_driver_find(row->driver);
    if (driver == NULL) {
        pn_err err = pn_diag_set(diag, PN_INVALID, "There is no channel driver “%.*s”.",
                                 PN_STR_ARG(row->driver));
        pn_diag_mend(diag, "There are capture, smtp and http.");
        return err;
    }
    pn_str kind = pn_str_of(pn_channel_kind_name(row->channel));
    if (strcmp(driver->channel, "any") != 0 && !pn_str_eq(pn_str_of(driver->channel), kind)) {
        return pn_diag_set(diag, PN_INVALID, "The driver %s is for %s, not for %.*s.", driver->name,
                           driver->channel, PN_STR_ARG(kind));
    }
    *ret_driver = driver;
    return PN_OK;
}

/* Where the channel's messages go, and how we sign in there. */
static pn_err read_card(pn_app *app, const pn_json *settings, pn_arena *arena, pn_str *ret_card,
                        pn_diag *diag) {
    pn_connector connector;
    pn_str name = pn_json_text(pn_json_get(settings, PN_STR("connector")), PN_STR(""));
    PN_TRY(pn_connector_open(app, name, arena, &connector, diag));
    *ret_card = pn_connector_card(&connector, arena);
    return PN_OK;
}

/* Whether a URL names this very machine. */
static bool is_here(pn_str url) {
    pn_str host = PN_STR_NONE;
    uint16_t port = 0;
    size_t scheme = pn_str_find(url, PN_STR("://"));
    pn_str rest = pn_str_trim(pn_str_from(url, scheme == SIZE_MAX ? 0 : scheme + 3));
    rest = pn_str_first(rest, PN_MIN(pn_str_find_char(rest, '/'), rest.len));
    return pn_endpoint_parse(rest, &host, &port) == NULL && pn_host_is_loopback(host);
}

/* Whether a channel's server is this very machine. */
static pn_err reaches_here(pn_app *app, const pn_channel_driver *driver, const pn_json *settings,
                           pn_arena *arena, bool *ret_here, pn_diag *diag) {
    pn_connector connector;
    *ret_here = !driver->delivers;
    if (driver->over_connector) {
        pn_str name = pn_json_text(pn_json_get(settings, PN_STR("connector")), PN_STR(""));
        PN_TRY(pn_connector_open(app, name, arena, &connector, diag));
        *ret_here = is_here(connector.url);
    } else if (driver->delivers) {
        *ret_here = is_here(pn_json_text(pn_json_get(settings, PN_STR("url")), PN_STR("")));
    }
    return PN_OK;
}

/* Without what is ours and no driver's. */
static pn_json *without_private(const pn_json *settings, pn_arena *arena) {
    pn_json *kept = pn_arena_new(arena, pn_json);
    *kept = (pn_json){.type = PN_JSON_OBJECT};
    kept->members = pn_arena_array(arena, pn_json_member, settings->count + 1);
    for (size_t i = 0; i < settings->count; i++) {
        if (!pn_str_is(settings->members[i].key, "private")) {
            kept->members[kept->count++] = settings->members[i];
        }
    }
    return kept;
}

/* Nothing leaves outside live mode: what would is kept here instead. */
static pn_err capture_instead(pn_app *app, pn_outlet_use use, pn_arena *arena, pn_json **settings,
                              pn_started *started, pn_diag *diag) {
    bool here = true;
    if (app->org.mode == PN_MODE_LIVE || use != PN_OUTLET_DELIVERS ||
        app->driver_override != NULL) {
        return PN_OK;
    }
    PN_TRY(reaches_here(app, started->driver, *settings, arena, &here, diag));
    if (!here) {
        started->driver = pn_channel_driver_find(PN_STR("capture"));
        *settings = pn_arena_new(arena, pn_json);
        **settings = (pn_json){.type = PN_JSON_OBJECT};
    }
    return PN_OK;
}

/* What is for us leaves in test mode as it would live. */
static pn_channel_host *host_for(const pn_app *app, const pn_json *settings, pn_outlet_use use,
                                 pn_arena *arena) {
    bool leaves = use == PN_OUTLET_TO_US && app->org.mode == PN_MODE_TEST;
    pn_channel_host *host = pn_arena_new(arena, pn_channel_host);
    *host = pn_outlet_host(app);
    host->networks = pn_outlet_networks(leaves ? PN_MODE_LIVE : app->org.mode, settings);
    return host;
}

pn_err pn_outlet_start(pn_app *app, const pn_channel_row *row, pn_outlet_use use, pn_arena *arena,
                       pn_started *ret_started, pn_diag *diag) {
    pn_started started = {0};
    pn_json *settings = NULL;
    pn_str secret = PN_STR_NONE;
    PN_TRY(find_driver(app, row, &started.driver, diag));
    PN_TRY(pn_json_parse(row->settings, NULL, arena, &settings, diag));
    if (row->channel == PN_CHANNEL_EMAIL) {
        PN_TRY(pn_mail_settings_read(app, settings, row->sender, true, arena, &settings,
                                     &started.mail, diag));
    }
    const pn_channel_host *host = host_for(app, settings, use, arena);
    settings = without_private(settings, arena);
    PN_TRY(pn_secret_read(app, settings, arena, &settings, &secret, diag));
    PN_TRY(pn_channel_settings_check(started.driver, settings, diag));
    if (started.driver->over_connector) {
        PN_TRY(read_card(app, settings, arena, &secret, diag));
    }
    if (row->channel == PN_CHANNEL_HTTP) {
        PN_TRY(pn_http_message_read(settings, arena, &started.http, diag));
    }
    PN_TRY(capture_instead(app, use, arena, &settings, &started, diag));
    PN_TRY(started.driver->start(settings, secret, host, &started.channel, diag));
    if (started.mail.key_count != 0) {
        pn_err err = pn_dkim_new(started.mail.keys, started.mail.key_count, &started.dkim, diag);
        if (err != PN_OK) {
            pn_outlet_stop(&started);
            return err;
        }
    }
    *ret_started = started;
    return PN_OK;
}

void pn_outlet_stop(pn_started *started) {
    if (started->channel != NULL) {
        started->driver->stop(started->channel);
    }
    pn_dkim_free(started->dkim);
    *started = (pn_started){0};
}

pn_mime_address pn_outlet_sender(pn_str sender) {
    size_t open = pn_str_find_char(sender, '<');
    if (open == SIZE_MAX || sender.ptr[sender.len - 1] != '>') {
        return (pn_mime_address){.address = pn_str_trim(sender)};
    }
    return (pn_mime_address){.name = pn_str_trim(pn_str_first(sender, open)),
                             .address =
                                 pn_str_sub(sender.ptr + open + 1, sender.ptr + sender.len - 1)};
}

/* ── setting ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err check_sender(const pn_channel_row *row, pn_diag *diag) {
    if (row->channel != PN_CHANNEL_EMAIL ||
        pn_mime_is_address(pn_outlet_sender(row->sender).address)) {
        return PN_OK;
    }
    pn_err err = pn_diag_set(diag, PN_INVALID, "“%.*s” is no sender.", PN_STR_ARG(row->sender));
    pn_diag_mend(diag, "Write it like 'Cobros <cobros@example.com>'.");
    return err;
}

static pn_err record(pn_app *app, pn_channel_kind channel, const char *what, pn_arena *arena) {
    pn_str body = pn_str_format(arena, "{\"channel\":\"%s\",\"what\":\"%s\"}",
                                pn_channel_kind_name(channel), what);
    return pn_journal_add(app, 0, 0, 0, PN_EVENT_SETTING, body, &(pn_id){0});
}

pn_err pn_outlet_set(pn_app *app, const pn_channel_row *row, pn_arena *arena, pn_str *ret_warning,
                     pn_diag *diag) {
    pn_started started = {0};
    pn_channel_row stored = *row;
    PN_TRY(check_sender(row, diag));
    PN_TRY(pn_outlet_start(app, row, PN_OUTLET_TO_US, arena, &started, diag));
    *ret_warning = pn_mail_settings_warning(&started.mail, row->sender, arena);
    pn_outlet_stop(&started);
    stored.updated_at = pn_env_now(app->env);
    PN_TRY(pn_channel_put(app->db, &stored));
    PN_TRY(pn_zone_deliver_now(app->db, app->org.lane, pn_app_now(app)));
    return record(app, row->channel, "set", arena);
}

pn_err pn_outlet_pause(pn_app *app, pn_channel_kind channel, pn_str reason) {
    PN_TRY(pn_channel_pause(app->db, app->org.id, channel, reason));
    return record(app, channel, "paused", &app->arena);
}

pn_err pn_outlet_resume(pn_app *app, pn_channel_kind channel, pn_diag *diag) {
    pn_channel_row row;
    pn_err err = pn_channel_get(app->db, app->org.id, channel, &app->arena, &row);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(diag, err, "The channel %s is not set.", pn_channel_kind_name(channel));
    }
    PN_TRY(err);
    if (row.paused_reason.len == 0) {
        return pn_diag_set(diag, PN_CONFLICT, "The channel %s is not paused.",
                           pn_channel_kind_name(channel));
    }
    PN_TRY(pn_channel_pause(app->db, app->org.id, channel, PN_STR("")));
    PN_TRY(pn_zone_deliver_now(app->db, app->org.lane, pn_app_now(app)));
    return record(app, channel, "resumed", &app->arena);
}

/* ── testing ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err test_mail(pn_app *app, const pn_channel_row *row, pn_str recipient, pn_id id,
                        pn_arena *arena, pn_str *ret_content, pn_diag *diag) {
    static const pn_mime_header AUTO = {{"Auto-Submitted", 14}, {"auto-generated", 14}};
    char text[PN_ID_TEXT_SIZE];
    pn_mime_address to = {.address = recipient};
    pn_mime_message mail = {
        .from = pn_outlet_sender(row->sender),
        .to = {&to, 1},
        .subject = PN_STR("Puntual: prueba del correo · mail test"),
        .date = pn_env_now(app->env),
        .message_id =
            pn_str_format(arena, "%s@puntual.invalid", pn_id_text(PN_ID_CARRIER, id, text)),
        .headers = &AUTO,
        .headers_count = 1,
        .text = pn_str_format(arena,
                              "Esta es una prueba de %.*s: el correo sale como debe.\n"
                              "This is a test of %.*s: mail leaves as it should.\n",
                              PN_STR_ARG(app->org.name), PN_STR_ARG(app->org.name)),
    };
    pn_buf out;
    pn_buf_init(&out, 1 << 16);
    pn_err err = pn_mime_write(&mail, &out, diag);
    *ret_content = pn_str_dup(arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return err;
}

static pn_err test_request(const pn_app *app, const pn_channel_row *row, pn_str recipient,
                           pn_arena *arena, pn_str *ret_content, pn_diag *diag) {
    pn_json *settings = NULL;
    pn_http_message http;
    pn_http_message_facts facts = {
        .id = pn_env_now(app->env),
        .to = recipient,
        .text = pn_str_format(arena, "Puntual: prueba de %.*s · test", PN_STR_ARG(app->org.name)),
        .language = app->org.language,
        .tone = 1,
        .creditor = app->org.name,
        .from = row->sender};
    PN_TRY(pn_json_parse(row->settings, NULL, arena, &settings, diag));
    PN_TRY(pn_http_message_read(settings, arena, &http, diag));
    return pn_http_message_write(&http, &facts, arena, ret_content, diag);
}

/* A channel that somebody has set; NOT_FOUND with a sentence. */
static pn_err set_channel(pn_app *app, pn_channel_kind channel, pn_arena *arena,
                          pn_channel_row *ret_row, pn_diag *diag) {
    const char *name = pn_channel_kind_name(channel);
    pn_err err = pn_channel_get(app->db, app->org.id, channel, arena, ret_row);
    if (err == PN_NOT_FOUND) {
        err = pn_diag_set(diag, err, "The channel %s is not set.", name);
        pn_diag_mend(diag, "`puntual channel set %s …` sets it.", name);
    }
    return pn_app_fail(app, err, diag);
}

/* With its signatures in front, where the channel has keys. */
static pn_err sign_one(const pn_app *app, const pn_started *started, pn_arena *arena,
                       pn_str *content, pn_diag *diag) {
    pn_dkim_job job;
    if (started->dkim == NULL) {
        return PN_OK;
    }
    pn_dkim_begin(started->dkim, &job, *content, pn_env_now(app->env));
    pn_err err = pn_dkim_end(started->dkim, &job);
    if (err == PN_OK) {
        *content = pn_str_format(arena, "%.*s%.*s", PN_STR_ARG(pn_buf_str(&job.fields)),
                                 PN_STR_ARG(*content));
    }
    pn_buf_done(&job.fields);
    return err == PN_OK ? PN_OK : pn_diag_set(diag, err, "The message could not be signed.");
}

static pn_err send_one(const pn_app *app, const pn_started *started, const pn_outgoing *message,
                       pn_send_result *ret_result, pn_diag *diag) {
    const pn_channel_driver *driver = started->driver;
    pn_channel *channel = started->channel;
    size_t taken = 0, got = 0;
    int64_t until = pn_env_ticks(app->env) + PN_LIMIT_CHANNEL_RESULT_SECONDS * PN_SECOND;
    PN_TRY(driver->send(channel, message, 1, &taken));
    while (got == 0 && pn_env_ticks(app->env) < until) {
        PN_TRY(driver->poll(channel, 1000, ret_result, 1, &got));
    }
    return got != 0 ? PN_OK : pn_diag_set(diag, PN_IO, "The mail server gave no answer in time.");
}

pn_err pn_outlet_is_ours(pn_app *app, pn_str address, pn_arena *arena, bool *ret_ours) {
    pn_str fold = PN_STR_NONE;
    *ret_ours = false;
    if (pn_email_fold(address, arena, &fold, NULL) != PN_OK) {
        return PN_OK; /* a telephone number */
    }
    pn_stmt *q = pn_db_stmt(app->db, "SELECT 1 FROM app_user u JOIN membership m"
                                     " ON m.user_id = u.id WHERE m.org_id = $1"
                                     " AND u.email_fold = $2 AND m.archived_at IS NULL"
                                     " AND u.archived_at IS NULL");
    pn_bind_int(q, 1, app->org.id);
    pn_bind_str(q, 2, fold);
    pn_err err = pn_row_next(q);
    pn_stmt_reset(q);
    *ret_ours = err == PN_OK;
    return err == PN_NOT_FOUND ? PN_OK : err;
}

pn_err pn_outlet_is_captured(pn_app *app, const pn_channel_row *row, pn_arena *arena,
                             bool *ret_captured, pn_diag *diag) {
    const pn_channel_driver *driver = NULL;
    pn_json *settings = NULL;
    bool here = true;
    PN_TRY(find_driver(app, row, &driver, diag));
    PN_TRY(pn_json_parse(row->settings, NULL, arena, &settings, diag));
    if (driver->delivers && app->org.mode != PN_MODE_LIVE) {
        pn_diag ignored = {0}; /* its connector is gone: it delivers nothing */
        here = reaches_here(app, driver, settings, arena, &here, &ignored) == PN_OK && here;
        *ret_captured = !here;
    } else {
        *ret_captured = !driver->delivers;
    }
    return PN_OK;
}

/* A test that would only be captured says so, instead of pretending that it arrived. */
static pn_err check_reaches(pn_app *app, const pn_channel_row *row, pn_str recipient,
                            pn_arena *arena, pn_diag *diag) {
    const pn_channel_driver *driver = NULL;
    pn_json *settings = NULL;
    bool here = false, ours = false;
    if (app->org.mode == PN_MODE_LIVE) {
        return PN_OK;
    }
    PN_TRY(find_driver(app, row, &driver, diag));
    PN_TRY(pn_json_parse(row->settings, NULL, arena, &settings, diag));
    PN_TRY(reaches_here(app, driver, settings, arena, &here, diag));
    PN_TRY(pn_outlet_is_ours(app, recipient, arena, &ours));
    if (here || (ours && app->org.mode == PN_MODE_TEST)) {
        return PN_OK;
    }
    pn_err err = pn_diag_set(diag, PN_DENIED,
                             "Outside live mode a test goes to people of the "
                             "organization alone, and in a sandbox to nobody.");
    pn_diag_mend(diag, "Send it to the address that you sign in with.");
    pn_diag_cause(diag, PN_CAUSE_NOT_LIVE);
    return err;
}

pn_err pn_outlet_send(pn_app *app, const pn_channel_row *row, pn_outgoing *message, pn_arena *arena,
                      pn_send_result *ret_result, pn_diag *diag) {
    pn_started started = {0};
    bool ours = false;
    PN_TRY(pn_outlet_is_ours(app, message->recipient, arena, &ours));
    PN_TRY(pn_outlet_start(app, row, ours ? PN_OUTLET_TO_US : PN_OUTLET_DELIVERS, arena, &started,
                           diag));
    pn_err err = sign_one(app, &started, arena, &message->content, diag);
    if (err == PN_OK) {
        err = send_one(app, &started, message, ret_result, diag);
    }
    pn_outlet_stop(&started);
    return err;
}

pn_err pn_outlet_tested(pn_app *app, pn_channel_kind channel, const pn_send_result *result,
                        pn_diag *diag) {
    pn_str said = pn_str_of(result->reply[0] != '\0'    ? result->reply
                            : result->status[0] != '\0' ? result->status
                                                        : pn_send_outcome_name(result->outcome));
    bool good = result->outcome == PN_SEND_ACCEPTED;
    PN_TRY(pn_app_begin(app, diag));
    pn_err err =
        good ? pn_channel_health_tested(app->db, app->org.id, channel, pn_env_now(app->env))
             : pn_channel_health_trouble(app->db, app->org.id, channel, said, pn_env_now(app->env));
    return pn_app_end(app, err, diag);
}

pn_err pn_outlet_test(pn_app *app, pn_channel_kind channel, pn_str recipient, pn_arena *arena,
                      pn_send_result *ret_result, pn_diag *diag) {
    pn_channel_row row;
    pn_outgoing message = {.id = 1, .recipient = recipient};
    bool mail = channel == PN_CHANNEL_EMAIL;
    if (!mail && channel != PN_CHANNEL_HTTP) {
        return pn_diag_set(diag, PN_INVALID, "Nothing can be sent by %s yet.",
                           pn_channel_kind_name(channel));
    }
    if (mail && !pn_mime_is_address(recipient)) {
        return pn_diag_set(diag, PN_INVALID, "“%.*s” is no e-mail address.", PN_STR_ARG(recipient));
    }
    PN_TRY(set_channel(app, channel, arena, &row, diag));
    PN_TRY(check_reaches(app, &row, recipient, arena, diag));
    message.sender = pn_outlet_sender(row.sender).address;
    PN_TRY(
        mail ? test_mail(app, &row, recipient, pn_env_now(app->env), arena, &message.content, diag)
             : test_request(app, &row, recipient, arena, &message.content, diag));
    return pn_outlet_send(app, &row, &message, arena, ret_result, diag);
}

pn_err pn_outlet_sample(pn_app *app, pn_str mail, pn_str recipient, pn_arena *arena,
                        pn_send_result *ret_result, pn_diag *diag) {
    pn_channel_row row;
    pn_outgoing message = {.id = 1, .recipient = recipient, .content = mail};
    if (!pn_mime_is_address(recipient)) {
        return pn_diag_set(diag, PN_INVALID, "“%.*s” is no e-mail address.", PN_STR_ARG(recipient));
    }
    PN_TRY(set_channel(app, PN_CHANNEL_EMAIL, arena, &row, diag));
    message.sender = pn_outlet_sender(row.sender).address;
    return pn_outlet_send(app, &row, &message, arena, ret_result, diag);
}

static pn_err write_letter(pn_app *app, const pn_channel_row *row, const pn_outlet_letter *letter,
                           pn_arena *arena, pn_str *ret_content, pn_diag *diag) {
    static const pn_mime_header AUTO = {{"Auto-Submitted", 14}, {"auto-replied", 12}};
    uint8_t random[16];
    char name[2 * sizeof random + 1];
    pn_mime_address to = {.address = letter->recipient};
    pn_mime_address from = pn_outlet_sender(row->sender);
    size_t at = pn_str_find_char(from.address, '@');
    pn_env_entropy(app->env, random, sizeof random);
    pn_hex(random, sizeof random, name);
    from.name = letter->from_name.len != 0 ? letter->from_name : from.name;
    pn_mime_message mail = {
        .from = from,
        .to = {&to, 1},
        .subject = letter->subject,
        .language = letter->language,
        .date = pn_env_now(app->env),
        .message_id = pn_str_format(arena, "%s@%.*s", name,
                                    PN_STR_ARG(at == SIZE_MAX ? PN_STR("puntual.invalid")
                                                              : pn_str_from(from.address, at + 1))),
        .headers = &AUTO,
        .headers_count = 1,
        .text = letter->text,
    };
    pn_buf out;
    pn_buf_init(&out, 1 << 16);
    pn_err err = pn_mime_write(&mail, &out, diag);
    *ret_content = pn_str_dup(arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return err;
}

pn_err pn_outlet_post(pn_app *app, const pn_outlet_letter *letter, pn_arena *arena, pn_diag *diag) {
    pn_channel_row row;
    pn_outgoing message = {.id = 1, .recipient = letter->recipient};
    pn_send_result result = {0};
    PN_TRY(set_channel(app, PN_CHANNEL_EMAIL, arena, &row, diag));
    message.sender = pn_outlet_sender(row.sender).address;
    PN_TRY(write_letter(app, &row, letter, arena, &message.content, diag));
    PN_TRY(pn_outlet_send(app, &row, &message, arena, &result, diag));
    return result.outcome == PN_SEND_ACCEPTED || result.outcome == PN_SEND_UNCERTAIN
               ? PN_OK
               : pn_diag_set(diag, PN_IO, "The mail was not accepted (%s).",
                             pn_send_outcome_name(result.outcome));
}
