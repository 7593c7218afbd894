/* The outbox: what is written and waits, held and let go by name or by a filter. */
#include "app/outbox.h"
#include "base/banned.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/messages.h"
#include "http/tables.h"

static const pn_shape LIST_QUERY[] = {
    {.name = "until",
     .type = PN_SHAPE_TIME,
     .help = "those that may leave before; without it all that wait"},
    {.name = NULL},
};
static const char *const CHANNELS[] = {"email", "sms",    "whatsapp", "push",
                                       "call",  "letter", "http",     NULL};
static const pn_shape FILTER_FIELDS[] = {
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR},
    {.name = "creditor", .type = PN_SHAPE_ID, .id_kind = PN_ID_CREDITOR},
    {.name = "strategy", .type = PN_SHAPE_ID, .id_kind = PN_ID_STRATEGY},
    {.name = "channel", .type = PN_SHAPE_WORD, .words = CHANNELS},
    {.name = "from", .type = PN_SHAPE_TIME, .help = "that may leave then or later"},
    {.name = "until", .type = PN_SHAPE_TIME, .help = "that may leave before"},
    {.name = "rule",
     .type = PN_SHAPE_RULE,
     .min = PN_SUBJECT_ACCOUNT,
     .help = "what the account is like, as a segment says it"},
    {.name = NULL},
};
#define FILTER                                                                                     \
    {                                                                                              \
        .name = "filter", .type = PN_SHAPE_OBJECT, .fields = FILTER_FIELDS,                        \
        .help = "instead of names: what of those that wait is meant; {} is all"                    \
    }
#define DRY_RUN                                                                                    \
    { .name = "dry_run", .type = PN_SHAPE_BOOL, .help = "say how many it would be; change nothing" }
static const pn_shape A_MESSAGE[] = {{.name = "", .type = PN_SHAPE_ID, .id_kind = PN_ID_MESSAGE},
                                     {.name = NULL}};
static const pn_shape A_HOLD[] = {{.name = "", .type = PN_SHAPE_ID, .id_kind = PN_ID_HOLD},
                                  {.name = NULL}};
static const pn_shape HOLD_BODY[] = {
    {.name = "messages", .type = PN_SHAPE_LIST, .min = 1, .max = 1000, .fields = A_MESSAGE},
    FILTER,
    {.name = "reason", .type = PN_SHAPE_TEXT, .required = true, .min = 1, .max = 400},
    {.name = "until", .type = PN_SHAPE_TIME, .required = true},
    DRY_RUN,
    {.name = NULL},
};
static const pn_shape RELEASE_BODY[] = {
    {.name = "holds",
     .type = PN_SHAPE_LIST,
     .min = 1,
     .max = PN_OUTBOX_PICK_MAX,
     .fields = A_HOLD,
     .help = "as holding gave them: takes it back"},
    {.name = "messages",
     .type = PN_SHAPE_LIST,
     .min = 1,
     .max = 1000,
     .fields = A_MESSAGE,
     .help = "instead: ends what people laid on the very cases of these"},
    FILTER,
    DRY_RUN,
    {.name = NULL},
};
static const pn_shape HELD_FIELDS[] = {
    {.name = "dry_run", .type = PN_SHAPE_BOOL, .required = true},
    {.name = "count", .type = PN_SHAPE_INT, .required = true, .help = "messages"},
    {.name = "cases", .type = PN_SHAPE_INT, .required = true},
    {.name = "holds",
     .type = PN_SHAPE_LIST,
     .fields = A_HOLD,
     .required = true,
     .help = "that were made; releasing them takes it back"},
    {.name = NULL},
};
static const pn_schema_object HELD = {"OutboxHeld", HELD_FIELDS, "What is held"};
static const pn_shape RELEASED_FIELDS[] = {
    {.name = "dry_run", .type = PN_SHAPE_BOOL, .required = true},
    {.name = "count", .type = PN_SHAPE_INT, .required = true, .help = "holds"},
    {.name = NULL},
};
static const pn_schema_object RELEASED = {"OutboxReleased", RELEASED_FIELDS, "What goes on"};

static pn_err list_outbox(pn_exchange *x) {
    pn_page page;
    pn_message_row *rows = NULL;
    size_t count = 0;
    const pn_route_value *until = pn_query_value(x, "until");
    PN_TRY(pn_page_read(x, &page));
    PN_TRY(pn_told(x, pn_message_waiting(x->db, x->app->org.id,
                                         until->given ? until->number : PN_TIME_NEVER, page.key[0],
                                         page.key[1], page.limit + 1, x->arena, &rows, &count)));
    return pn_page_give(x, &page, rows, sizeof *rows, count, pn_put_row_of_messages);
}

/* ── which ── */

static pn_err read_filter(pn_exchange *x, pn_outbox_filter *ret_filter) {
    pn_route_value *values = NULL;
    PN_TRY(pn_shape_read(x, FILTER_FIELDS, pn_body_value(x, "filter")->json, "/filter", &values));
    const pn_route_value *from = pn_value_named(FILTER_FIELDS, values, "from");
    const pn_route_value *until = pn_value_named(FILTER_FIELDS, values, "until");
    const pn_route_value *channel = pn_value_named(FILTER_FIELDS, values, "channel");
    const pn_route_value *debtor = pn_value_named(FILTER_FIELDS, values, "debtor");
    pn_debtor_row row;
    if (debtor->given) { /* one that is not there would hold nothing, and nobody would notice */
        PN_TRY(pn_find_debtor(x, debtor->number, &row));
    }
    *ret_filter = (pn_outbox_filter){
        .range = {.debtor_id = debtor->number,
                  .creditor_id = pn_value_named(FILTER_FIELDS, values, "creditor")->number,
                  .strategy_id = pn_value_named(FILTER_FIELDS, values, "strategy")->number,
                  .channel = channel->given ? pn_channel_kind_of(channel->text) : PN_CHANNEL_NONE,
                  .from = from->given ? from->number : PN_TIME_NONE,
                  .until = until->given ? until->number : PN_TIME_NEVER},
        .rule = pn_value_named(FILTER_FIELDS, values, "rule")->rule,
    };
    return PN_OK;
}

static pn_err pick_by_filter(pn_exchange *x, pn_case_ref **ret_cases, size_t *ret_count,
                             size_t *ret_messages) {
    pn_outbox_filter filter;
    PN_TRY(read_filter(x, &filter));
    return pn_outbox_pick(x->app, &filter, x->arena, ret_cases, ret_count, ret_messages, &x->diag);
}

static pn_err pick_by_name(pn_exchange *x, pn_case_ref **ret_cases, size_t *ret_count) {
    const pn_id *ids = NULL;
    size_t count = 0;
    pn_value_ids(pn_body_value(x, "messages"), PN_ID_MESSAGE, x->arena, &ids, &count);
    pn_case_ref *cases = pn_arena_array(x->arena, pn_case_ref, count);
    for (size_t i = 0; i < count; i++) {
        pn_message_row row;
        PN_TRY(pn_find_message(x, ids[i], &row));
        if (row.state != PN_MESSAGE_QUEUED) {
            pn_err err = pn_diag_set(&x->diag, PN_CONFLICT, "This message does not wait any more.");
            pn_diag_where(&x->diag, "/messages/%zu", i);
            return err;
        }
        cases[i] = (pn_case_ref){.debtor_id = row.debtor_id, .run_id = row.run_id};
    }
    *ret_cases = cases;
    *ret_count = count;
    return PN_OK;
}

/* Either names or a filter: a request that forgot both would mean everything. */
static pn_err one_of(pn_exchange *x, const char *names) {
    return pn_body_value(x, names)->given != pn_body_value(x, "filter")->given
               ? PN_OK
               : pn_diag_set(&x->diag, PN_INVALID, "Give %s or a filter, one of them.", names);
}

/* Of several messages of one case, the case once. */
static size_t each_once(pn_case_ref *cases, size_t count) {
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        size_t j = 0;
        while (j < kept && cases[j].run_id != cases[i].run_id) {
            j++;
        }
        if (j == kept) {
            cases[kept++] = cases[i];
        }
    }
    return kept;
}

/* ── holding ── */

static void put_holds(pn_json_writer *w, const pn_id *holds, size_t count) {
    char id[PN_ID_TEXT_SIZE];
    pn_put_list(w, "holds");
    for (size_t i = 0; i < count; i++) {
        pn_json_add_str(w, pn_str_of(pn_id_text(PN_ID_HOLD, holds[i], id)));
    }
    pn_json_end_array(w);
}

/* Holds the runs that they belong to: a message whose run is held is not sent. */
static pn_err hold_messages(pn_exchange *x) {
    pn_case_ref *cases = NULL;
    pn_id *holds = NULL;
    size_t count = 0, messages = 0, held = 0;
    pn_time until = pn_body_value(x, "until")->number;
    bool dry = pn_body_value(x, "dry_run")->number != 0;
    if (until <= pn_app_now(x->app)) {
        pn_err err = pn_diag_set(&x->diag, PN_INVALID, "The end of a hold must lie ahead.");
        pn_diag_where(&x->diag, "/until");
        return err;
    }
    PN_TRY(one_of(x, "messages"));
    if (pn_body_value(x, "filter")->given) {
        PN_TRY(pick_by_filter(x, &cases, &count, &messages));
    } else {
        PN_TRY(pick_by_name(x, &cases, &count));
        messages = count;
    }
    if (!dry) {
        PN_TRY(pn_outbox_hold(x->app, cases, count, pn_body_value(x, "reason")->text, until,
                              x->arena, &holds, &held, &x->diag));
    }
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_bool(w, "dry_run", dry);
    pn_json_put_int(w, "count", (int64_t)messages);
    pn_json_put_int(w, "cases", (int64_t)(dry ? count : held));
    put_holds(w, holds, held);
    pn_json_end_object(w);
    return PN_OK;
}

/* Which holds are meant: by themselves, by messages or by a filter. */
static pn_err pick_holds(pn_exchange *x, const pn_id **ret_holds, size_t *ret_count) {
    pn_case_ref *cases = NULL;
    pn_id *found = NULL;
    size_t count = 0, messages = 0;
    bool by_message = pn_body_value(x, "messages")->given;
    if (by_message && (pn_body_value(x, "holds")->given || pn_body_value(x, "filter")->given)) {
        return pn_diag_set(&x->diag, PN_INVALID, "Give holds, messages or a filter, one of them.");
    }
    if (!by_message) {
        PN_TRY(one_of(x, "holds"));
    }
    if (pn_body_value(x, "holds")->given) {
        pn_value_ids(pn_body_value(x, "holds"), PN_ID_HOLD, x->arena, ret_holds, ret_count);
        return PN_OK;
    }
    PN_TRY(by_message ? pick_by_name(x, &cases, &count)
                      : pick_by_filter(x, &cases, &count, &messages));
    count = by_message ? each_once(cases, count) : count;
    PN_TRY(pn_outbox_holds_of(x->app, cases, count, x->arena, &found, ret_count, &x->diag));
    *ret_holds = found;
    return PN_OK;
}

static pn_err release_messages(pn_exchange *x) {
    const pn_id *holds = NULL;
    size_t count = 0, released = 0;
    bool dry = pn_body_value(x, "dry_run")->number != 0;
    PN_TRY(pick_holds(x, &holds, &count));
    released = count;
    if (!dry) {
        PN_TRY(pn_outbox_release(x->app, holds, count, x->arena, &released, &x->diag));
    }
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_bool(w, "dry_run", dry);
    pn_json_put_int(w, "count", (int64_t)released);
    pn_json_end_object(w);
    return PN_OK;
}

#define CHANGES(at, id, takes, what, does, says)                                                   \
    .method = PN_HTTP_POST, .path = at, .name = id, .runs = PN_RUNS_WRITER,                        \
    .roles = PN_MAY_COLLECT, .scope = "messages:write", .body = takes, .gives = what,              \
    .answer = does, .summary = says

pn_route_table PN_ROUTES_OUTBOX = {
    {.method = PN_HTTP_GET,
     .path = "/v1/outbox",
     .name = "list_outbox",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "messages:read",
     .query = LIST_QUERY,
     .gives = &PN_MESSAGE_SCHEMA,
     .gives_list = true,
     .answer = list_outbox,
     .summary = "messages that wait to leave"},
    {CHANGES("/v1/outbox/hold", "hold_outbox", HOLD_BODY, &HELD, hold_messages,
             "hold the cases of messages that wait: they do not leave meanwhile"),
     .help = "With dry_run it says how many it would be. A filter takes up to 5,000 messages."},
    {CHANGES("/v1/outbox/release", "release_outbox", RELEASE_BODY, &RELEASED, release_messages,
             "let cases that were held go on"),
     .help = "By the holds that holding gave, which takes it back; or by messages or a filter over "
             "what waits, which ends what people laid on these very cases."},
    {.path = NULL},
};
