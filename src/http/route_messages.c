/* Messages: what goes out, why or why not, and what it said. */
#include "app/edit.h"
#include "app/explain.h"
#include "app/sayings.h"
#include "app/touches.h"
#include "app/uncertain.h"
#include "base/banned.h"
#include "base/limits.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/messages.h"
#include "http/tables.h"

static const char *const STATES[] = {"queued", "sending", "sent", "delivered", "bounced",
                                     "failed", "skipped", "held", "uncertain", NULL};

static const pn_shape MESSAGE_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_MESSAGE, .required = true},
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .required = true},
    {.name = "run", .type = PN_SHAPE_ID, .id_kind = PN_ID_RUN, .required = true},
    {.name = "carrier", .type = PN_SHAPE_ID, .id_kind = PN_ID_CARRIER, .help = "that it left with"},
    {.name = "channel", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "template", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "tone", .type = PN_SHAPE_INT, .required = true},
    {.name = "state", .type = PN_SHAPE_WORD, .words = STATES, .required = true},
    {.name = "edited",
     .type = PN_SHAPE_BOOL,
     .required = true,
     .help = "a person wrote its words, see its draft"},
    {.name = "not_before", .type = PN_SHAPE_TIME, .help = "while it waits"},
    {.name = "attempts", .type = PN_SHAPE_INT, .required = true},
    {.name = "settled_at", .type = PN_SHAPE_TIME},
    {.name = "reason", .type = PN_SHAPE_TEXT, .help = "a word"},
    {.name = "reason_words", .type = PN_SHAPE_TEXT, .help = "what it means"},
    {.name = NULL},
};
const pn_schema_object PN_MESSAGE_SCHEMA = {"Message", MESSAGE_FIELDS,
                                            "Something said to a debtor"};

static const pn_shape FILE_FIELDS[] = {
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "bytes", .type = PN_SHAPE_INT, .required = true},
    {.name = "attached", .type = PN_SHAPE_BOOL, .required = true},
    {.name = "remark", .type = PN_SHAPE_TEXT},
    {.name = NULL},
};
static const pn_shape CARRIER_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_CARRIER, .required = true},
    {.name = "address", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "subject", .type = PN_SHAPE_TEXT},
    {.name = "state", .type = PN_SHAPE_WORD, .words = STATES, .required = true},
    {.name = "at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "status", .type = PN_SHAPE_TEXT},
    {.name = "reply", .type = PN_SHAPE_LINES, .help = "what the server said"},
    {.name = "facts", .type = PN_SHAPE_JSON},
    {.name = NULL},
};
static const pn_shape WHY_FIELDS[] = {
    {.name = "message", .type = PN_SHAPE_OBJECT, .fields = MESSAGE_FIELDS, .required = true},
    {.name = "sentence", .type = PN_SHAPE_LINES, .required = true},
    {.name = "strategy", .type = PN_SHAPE_TEXT},
    {.name = "version", .type = PN_SHAPE_INT},
    {.name = "node", .type = PN_SHAPE_TEXT},
    {.name = "entered_because", .type = PN_SHAPE_LINES},
    {.name = "written_by", .type = PN_SHAPE_ID, .id_kind = PN_ID_EVENT},
    {.name = "facts", .type = PN_SHAPE_JSON, .help = "the gate's verdicts with the facts used"},
    {.name = "carrier", .type = PN_SHAPE_OBJECT, .fields = CARRIER_FIELDS},
    {.name = "documents", .type = PN_SHAPE_LIST, .fields = FILE_FIELDS, .required = true},
    {.name = NULL},
};
static const pn_schema_object WHY = {"MessageWhy", WHY_FIELDS,
                                     "Why a message was sent, waits, or was not sent"};

static const pn_shape LIST_QUERY[] = {
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR},
    {.name = NULL},
};
static const char *const VERDICTS[] = {"sent", "resend", "drop", NULL};
static const pn_shape SETTLE_BODY[] = {
    {.name = "as",
     .type = PN_SHAPE_WORD,
     .words = VERDICTS,
     .required = true,
     .help = "it left; it did not and goes again; it did not and shall not"},
    {.name = "reason", .type = PN_SHAPE_TEXT, .required = true, .min = 1, .max = 400},
    {.name = NULL},
};
static const pn_shape COUNT_FIELDS[] = {
    {.name = "count", .type = PN_SHAPE_INT, .required = true},
    {.name = NULL},
};
static const pn_schema_object COUNT = {"Count", COUNT_FIELDS, "How many it was"};

static void put_message(pn_json_writer *w, const pn_message_row *row, pn_str language) {
    bool open = pn_message_open(row->state);
    pn_put_id(w, "id", PN_ID_MESSAGE, row->id);
    pn_put_id(w, "debtor", PN_ID_DEBTOR, row->debtor_id);
    pn_put_id(w, "run", PN_ID_RUN, row->run_id);
    pn_put_id(w, "carrier", PN_ID_CARRIER, row->carrier_id);
    pn_json_put_str(w, "channel", pn_str_of(pn_channel_kind_name(row->channel)));
    pn_json_put_str(w, "template", row->template_name);
    pn_json_put_int(w, "tone", row->tone);
    pn_json_put_str(w, "state", pn_str_of(STATES[row->state]));
    pn_json_put_bool(w, "edited", pn_edit_is(row));
    pn_put_time(w, "not_before", open ? row->not_before : PN_TIME_NONE);
    pn_json_put_int(w, "attempts", row->attempts);
    pn_put_time(w, "settled_at", row->settled_at);
    pn_put_str_or_null(w, "reason", row->reason);
    pn_put_str_or_null(w, "reason_words",
                       row->reason.len == 0 ? PN_STR_NONE : pn_reason_words(row->reason, language));
}

pn_err pn_put_row_of_messages(pn_exchange *x, pn_json_writer *w, const void *item,
                              int64_t key[PN_PAGE_KEYS]) {
    const pn_message_row *row = item;
    pn_json_begin_object(w);
    put_message(w, row, pn_exchange_reader(x));
    pn_json_end_object(w);
    key[0] = row->debtor_id;
    key[1] = row->id;
    return PN_OK;
}

static pn_err list_messages(pn_exchange *x) {
    pn_page page;
    pn_debtor_row debtor = {0};
    pn_message_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_page_read(x, &page));
    if (pn_query_value(x, "debtor")->given) {
        PN_TRY(pn_find_debtor(x, pn_query_value(x, "debtor")->number, &debtor));
    }
    pn_id before = page.key[0] == INT64_MIN ? INT64_MAX : page.key[1];
    PN_TRY(pn_told(x, pn_message_page(x->db, x->app->org.id, debtor.id, before, page.limit + 1,
                                      x->arena, &rows, &count)));
    return pn_page_give(x, &page, rows, sizeof *rows, count, pn_put_row_of_messages);
}

/* ── why ── */

static void put_carrier(pn_json_writer *w, const pn_carrier_row *row) {
    pn_put_object(w, "carrier");
    pn_put_id(w, "id", PN_ID_CARRIER, row->id);
    pn_json_put_str(w, "address", row->address);
    pn_put_str_or_null(w, "subject", row->subject);
    pn_json_put_str(w, "state", pn_str_of(STATES[row->state]));
    pn_put_time(w, "at", row->at);
    pn_put_str_or_null(w, "status", row->status);
    pn_put_str_or_null(w, "reply", row->reply);
    pn_put_json(w, "facts", row->facts);
    pn_json_end_object(w);
}

static void put_files(pn_json_writer *w, const pn_why *why, pn_str language) {
    pn_put_list(w, "documents");
    for (size_t i = 0; i < why->file_count; i++) {
        const pn_carrier_file *file = &why->files[i];
        pn_json_begin_object(w);
        pn_json_put_str(w, "name", file->name);
        pn_json_put_int(w, "bytes", file->size);
        pn_json_put_bool(w, "attached", file->attached);
        pn_put_str_or_null(w, "remark",
                           file->remark.len == 0 ? PN_STR_NONE
                                                 : pn_reason_words(file->remark, language));
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
}

static pn_err get_message(pn_exchange *x) {
    pn_message_row row;
    pn_why why;
    PN_TRY(pn_path_message(x, &row));
    PN_TRY(pn_why_message(x->app, row.id, pn_exchange_reader(x), x->arena, &why, &x->diag));
    PN_TRY(pn_answer_version(x, pn_edit_version(&row, x->arena)));
    pn_json_writer *w = pn_answer_json(x);
    pn_put_object(w, "message");
    put_message(w, &row, pn_exchange_reader(x));
    pn_json_end_object(w);
    pn_json_put_str(w, "sentence", why.sentence);
    pn_put_str_or_null(w, "strategy", why.strategy);
    pn_json_put_int(w, "version", why.version);
    pn_put_str_or_null(w, "node", why.node);
    pn_put_str_or_null(w, "entered_because", why.entry_rule);
    pn_put_id(w, "written_by", PN_ID_EVENT, why.written_by.id);
    pn_put_json(w, "facts", row.params);
    if (why.carrier.id != 0) {
        put_carrier(w, &why.carrier);
    }
    put_files(w, &why, pn_exchange_reader(x));
    pn_json_end_object(w);
    return PN_OK;
}

/* As it was sent, byte for byte. */
static pn_err get_content(pn_exchange *x) {
    pn_message_row row;
    pn_str content = PN_STR_NONE;
    PN_TRY(pn_path_message(x, &row));
    pn_err err = row.carrier_id == 0
                     ? PN_NOT_FOUND
                     : pn_carrier_content(x->db, row.carrier_id, x->arena, &content);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(&x->diag, err, "This message has not been sent.");
    }
    PN_TRY(pn_told(x, err));
    pn_buf_init(&x->answer.body, content.len + 1);
    pn_buf_add_str(&x->answer.body, content);
    bool mail = row.channel == PN_CHANNEL_EMAIL; /* else the request that was made of it */
    x->answer.content_type = mail ? "message/rfc822" : "message/http";
    pn_answer_field(x, "Content-Disposition",
                    mail ? PN_STR("attachment; filename=\"message.eml\"")
                         : PN_STR("attachment; filename=\"message.http\""));
    return PN_OK;
}

/* The same as the debtor's mail program shows it. Its links are the debtor's: whoever follows one
 * is counted as that debtor, so none opens by a click here. A frame that is sandboxed opens no
 * windows, and the first <base> decides where links open, wherever it stands. */
static pn_err get_page(pn_exchange *x) {
    pn_message_row row;
    PN_TRY(pn_path_message(x, &row));
    bool mail = row.carrier_id != 0 && row.channel == PN_CHANNEL_EMAIL;
    pn_buf_init(&x->answer.body, PN_LIMIT_API_ANSWER_BYTES);
    pn_err err =
        mail ? pn_touches_page(x->app, row.carrier_id, x->arena, &x->answer.body) : PN_NOT_FOUND;
    if (err == PN_NOT_FOUND) {
        pn_buf_done(&x->answer.body);
        return pn_diag_set(&x->diag, err,
                           "There is no page: no e-mail was sent, it is text alone, or it is not "
                           "kept any more.");
    }
    PN_TRY(pn_told(x, err));
    pn_buf_add_str(&x->answer.body, PN_STR("<base target=\"_blank\">"));
    pn_answer_framed(x);
    return PN_OK;
}

/* ── what people do about them ── */

static pn_err settle_message(pn_exchange *x) {
    pn_message_row row;
    size_t count = 0;
    PN_TRY(pn_path_message(x, &row));
    PN_TRY(pn_uncertain_settle(x->app, row.id, (pn_uncertain_verdict)pn_body_value(x, "as")->number,
                               pn_body_value(x, "reason")->text, x->arena, &count, &x->diag));
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_int(w, "count", (int64_t)count);
    pn_json_end_object(w);
    return PN_OK;
}

#define READS(at, id, takes, what, is_list, does, says)                                            \
    {                                                                                              \
        .method = PN_HTTP_GET, .path = at, .name = id, .runs = PN_RUNS_READER,                     \
        .roles = PN_MAY_READ, .scope = "messages:read", .query = takes, .gives = what,             \
        .gives_list = is_list, .answer = does, .summary = says                                     \
    }

pn_route_table PN_ROUTES_MESSAGES = {
    READS("/v1/messages", "list_messages", LIST_QUERY, &PN_MESSAGE_SCHEMA, true, list_messages,
          "messages, the newest first"),
    READS("/v1/messages/{message}", "get_message", NULL, &WHY, false, get_message,
          "one message, and why it was sent, waits, or was not sent"),
    {.method = PN_HTTP_GET,
     .path = "/v1/messages/{message}/content",
     .name = "get_message_content",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "messages:read",
     .answer_type = "message/rfc822",
     .answer = get_content,
     .summary = "what was sent, byte for byte: an e-mail; over a connector, the request without its"
                " secrets, as message/http"},
    {.method = PN_HTTP_GET,
     .path = "/v1/messages/{message}/page",
     .name = "get_message_page",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "messages:read",
     .answer_type = "text/html",
     .answer = get_page,
     .summary = "the e-mail as it was sent, as a page for a frame; looking at it is no open"},
    {.method = PN_HTTP_POST,
     .path = "/v1/messages/{message}/settle",
     .name = "settle_message",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_COLLECT,
     .scope = "messages:write",
     .body = SETTLE_BODY,
     .gives = &COUNT,
     .answer = settle_message,
     .summary = "say what became of an uncertain message; one that goes again passes the gate"},
    {.path = NULL},
};
