/* Channels: how messages leave. Settings with secrets are the command line's: they name files of
 * this machine, which nobody outside may do. */
#include "app/outlets.h"
#include "base/banned.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/tables.h"

static const pn_shape CHANNEL_FIELDS[] = {
    {.name = "channel", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "driver", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "sender", .type = PN_SHAPE_TEXT},
    {.name = "paused_reason", .type = PN_SHAPE_TEXT, .help = "nothing is sent: why"},
    {.name = "updated_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = NULL},
};
static const pn_schema_object CHANNEL = {"Channel", CHANNEL_FIELDS, "How messages leave"};
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
    {.name = "status", .type = PN_SHAPE_TEXT},
    {.name = "reply", .type = PN_SHAPE_LINES, .help = "what the server said"},
    {.name = "provider_id", .type = PN_SHAPE_TEXT},
    {.name = NULL},
};
static const pn_schema_object TEST = {"ChannelTest", TEST_FIELDS, "What became of a test message"};

static void put_channel(pn_json_writer *w, const pn_channel_row *row) {
    pn_json_begin_object(w);
    pn_json_put_str(w, "channel", pn_str_of(pn_channel_kind_name(row->channel)));
    pn_json_put_str(w, "driver", row->driver);
    pn_put_str_or_null(w, "sender", row->sender);
    pn_put_str_or_null(w, "paused_reason", row->paused_reason);
    pn_put_time(w, "updated_at", row->updated_at);
    pn_json_end_object(w);
}

static pn_err list_channels(pn_exchange *x) {
    pn_channel_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_told(x, pn_channel_list(x->db, x->app->org.id, x->arena, &rows, &count)));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        put_channel(w, &rows[i]);
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
    put_channel(pn_answer_bare(x), &row);
    return PN_OK;
}

static pn_err pause_channel(pn_exchange *x) {
    pn_channel_row row;
    PN_TRY(path_channel(x, &row));
    PN_TRY(pn_told(
        x, pn_channel_pause(x->db, x->app->org.id, row.channel, pn_body_value(x, "reason")->text)));
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
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_str(w, "outcome", pn_str_of(pn_send_outcome_name(result.outcome)));
    pn_put_str_or_null(w, "status", pn_str_of(result.status));
    pn_put_str_or_null(w, "reply", pn_str_of(result.reply));
    pn_put_str_or_null(w, "provider_id", pn_str_of(result.provider_id));
    pn_json_end_object(w);
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
    CHANGES("pause", "pause_channel", PN_RUNS_WRITER, PAUSE_BODY, &CHANNEL, pause_channel,
            "nothing leaves by it: messages wait"),
    CHANGES("resume", "resume_channel", PN_RUNS_WRITER, NULL, &CHANNEL, resume_channel,
            "it sends again"),
    CHANGES("test", "test_channel", PN_RUNS_LONG, TEST_BODY, &TEST, test_channel,
            "send one test message now, past queue and gate"),
    {.path = NULL},
};
