#include "app/outlets.h"

#include "app/connectors.h"
#include "app/http_message.h"
#include "app/secret.h"
#include "base/banned.h"
#include "base/hash.h"
#include "base/limits.h"
#include "net/address.h"
#include "store/run.h"

pn_channel_host pn_outlet_host(const pn_app *app) {
    return (pn_channel_host){
        .env = app->env,
        .log = app->log,
        .networks = app->org.mode == PN_MODE_LIVE ? PN_NET_PUBLIC | PN_NET_PRIVATE | PN_NET_LOOPBACK
                                                  : PN_NET_LOOPBACK,
    };
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

pn_err pn_outlet_start(pn_app *app, const pn_channel_row *row, const pn_channel_host *host,
                       pn_arena *arena, pn_started *ret_started, pn_diag *diag) {
    pn_started started = {0};
    pn_json *settings = NULL;
    pn_str secret = PN_STR_NONE;
    PN_TRY(find_driver(app, row, &started.driver, diag));
    PN_TRY(pn_json_parse(row->settings, NULL, arena, &settings, diag));
    if (row->channel == PN_CHANNEL_EMAIL) {
        PN_TRY(pn_mail_settings_read(settings, row->sender, true, arena, &settings, &started.mail,
                                     diag));
    }
    PN_TRY(pn_secret_read(settings, arena, &settings, &secret, diag));
    PN_TRY(pn_channel_settings_check(started.driver, settings, diag));
    if (started.driver->over_connector) {
        PN_TRY(read_card(app, settings, arena, &secret, diag));
    }
    if (row->channel == PN_CHANNEL_HTTP) {
        PN_TRY(pn_http_message_read(settings, arena, &started.http, diag));
    }
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
    pn_channel_host host = pn_outlet_host(app);
    pn_channel_row stored = *row;
    PN_TRY(check_sender(row, diag));
    PN_TRY(pn_outlet_start(app, row, &host, arena, &started, diag));
    *ret_warning = pn_mail_settings_warning(&started.mail, row->sender, arena);
    pn_outlet_stop(&started);
    stored.updated_at = pn_env_now(app->env);
    PN_TRY(pn_channel_put(app->db, &stored));
    PN_TRY(pn_zone_deliver_now(app->db, app->org.lane, pn_app_now(app)));
    return record(app, row->channel, "set", arena);
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

pn_err pn_outlet_send(pn_app *app, const pn_channel_row *row, pn_outgoing *message, pn_arena *arena,
                      pn_send_result *ret_result, pn_diag *diag) {
    pn_started started = {0};
    pn_channel_host host = pn_outlet_host(app);
    PN_TRY(pn_outlet_start(app, row, &host, arena, &started, diag));
    pn_err err = sign_one(app, &started, arena, &message->content, diag);
    if (err == PN_OK) {
        err = send_one(app, &started, message, ret_result, diag);
    }
    pn_outlet_stop(&started);
    return err;
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
