/* Webhooks: who is told of what happens, and what they were told. */
#include "app/webhooks.h"
#include "base/banned.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/tables.h"

static const char *const STATES[] = {"on", "off", NULL};
static const char *const OUTCOMES[] = {"waits", "delivered", "given_up", "dropped", NULL};

static const pn_shape WEBHOOK_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_WEBHOOK, .required = true},
    {.name = "url", .type = PN_SHAPE_URL, .required = true},
    {.name = "events", .type = PN_SHAPE_TEXT, .help = "types separated by spaces; null: all"},
    {.name = "state", .type = PN_SHAPE_WORD, .words = STATES, .required = true},
    {.name = "trouble", .type = PN_SHAPE_TEXT, .help = "how the last try failed"},
    {.name = "failing_since", .type = PN_SHAPE_TIME},
    {.name = "created_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = NULL},
};
static const pn_schema_object WEBHOOK = {"Webhook", WEBHOOK_FIELDS,
                                         "Somebody who is told of what happens"};

static const pn_shape SECRET_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_WEBHOOK, .required = true},
    {.name = "secret", .type = PN_SHAPE_TEXT, .required = true, .help = "whsec_…: it signs"},
    {.name = NULL},
};
static const pn_schema_object SECRET = {"WebhookSecret", SECRET_FIELDS,
                                        "What signatures are checked with (Standard Webhooks)"};

static const pn_shape TOLD_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_NOTIFICATION, .required = true},
    {.name = "webhook", .type = PN_SHAPE_ID, .id_kind = PN_ID_WEBHOOK, .required = true},
    {.name = "type", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "state", .type = PN_SHAPE_WORD, .words = OUTCOMES, .required = true},
    {.name = "attempts", .type = PN_SHAPE_INT, .required = true},
    {.name = "status", .type = PN_SHAPE_INT, .required = true, .help = "0: there was no answer"},
    {.name = "reason", .type = PN_SHAPE_TEXT},
    {.name = "at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "next_try", .type = PN_SHAPE_TIME},
    {.name = NULL},
};
static const pn_schema_object TOLD = {"Notification", TOLD_FIELDS, "What a webhook was told"};

static const pn_shape ADD_BODY[] = {
    {.name = "url", .type = PN_SHAPE_URL, .required = true, .max = 2000},
    {.name = "events",
     .type = PN_SHAPE_TEXT,
     .max = 2000,
     .help = "types separated by spaces (docs/webhooks.md); all where it is left out"},
    {.name = NULL},
};

/* ── answers ── */

static void put_webhook(pn_json_writer *w, const pn_webhook_row *row) {
    pn_json_begin_object(w);
    pn_put_id(w, "id", PN_ID_WEBHOOK, row->id);
    pn_json_put_str(w, "url", row->url);
    pn_put_str_or_null(w, "events", row->events);
    pn_json_put_str(w, "state", pn_str_of(STATES[row->state]));
    pn_put_str_or_null(w, "trouble", row->trouble);
    pn_put_time(w, "failing_since", row->failing_since);
    pn_put_time(w, "created_at", row->created_at);
    pn_json_end_object(w);
}

static void put_told(pn_json_writer *w, const pn_notification_row *row) {
    bool waits = row->call.state == PN_NOTIFICATION_WAITS;
    pn_json_begin_object(w);
    pn_put_id(w, "id", PN_ID_NOTIFICATION, row->id);
    pn_put_id(w, "webhook", PN_ID_WEBHOOK, row->webhook_id);
    pn_json_put_str(w, "type", row->type);
    pn_json_put_str(w, "state", pn_str_of(OUTCOMES[row->call.state]));
    pn_json_put_int(w, "attempts", row->call.attempts);
    pn_json_put_int(w, "status", row->call.status);
    pn_put_str_or_null(w, "reason", row->call.reason);
    pn_put_time(w, "at", row->at);
    pn_put_time(w, "next_try", waits ? row->call.due_at : PN_TIME_NONE);
    pn_json_end_object(w);
}

static pn_err give_secret(pn_exchange *x, const pn_webhook_row *row) {
    pn_json_writer *w = pn_answer_json(x);
    pn_put_id(w, "id", PN_ID_WEBHOOK, row->id);
    pn_json_put_str(w, "secret", pn_webhook_secret(x->app, row, row->generation, x->arena));
    pn_json_end_object(w);
    return PN_OK;
}

/* All there are stand on one page: an organization has few. */
static pn_err list_webhooks(pn_exchange *x) {
    pn_webhook_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_told(x, pn_webhook_list(x->db, x->app->org.id, x->arena, &rows, &count)));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        put_webhook(w, &rows[i]);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

/* The newest hundred. */
static pn_err list_told(pn_exchange *x) {
    pn_notification_row *rows = NULL;
    size_t count = 0;
    pn_id id = 0;
    pn_webhook_row hook;
    PN_TRY(pn_argument_id(x, 0, PN_ID_WEBHOOK, &id));
    PN_TRY(pn_webhook_find(x->app, id, x->arena, &hook, &x->diag));
    PN_TRY(
        pn_told(x, pn_notification_list(x->db, x->app->org.id, id, 100, x->arena, &rows, &count)));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        put_told(w, &rows[i]);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

/* ── changes ── */

/* Only who runs the program lets it into its own network: the command line can. */
static pn_err add_webhook(pn_exchange *x) {
    pn_webhook_row row;
    PN_TRY(pn_webhook_add(x->app, pn_body_value(x, "url")->text, pn_body_value(x, "events")->text,
                          false, x->arena, &row, &x->diag));
    pn_answer_created(x, "/v1/webhooks", PN_ID_WEBHOOK, row.id);
    return give_secret(x, &row);
}

static pn_err remove_webhook(pn_exchange *x) {
    pn_id id = 0;
    PN_TRY(pn_argument_id(x, 0, PN_ID_WEBHOOK, &id));
    return pn_webhook_remove(x->app, id, &x->diag);
}

static pn_err rotate_webhook(pn_exchange *x) {
    pn_id id = 0;
    pn_webhook_row row;
    PN_TRY(pn_argument_id(x, 0, PN_ID_WEBHOOK, &id));
    PN_TRY(pn_webhook_rotate(x->app, id, x->arena, &row, &x->diag));
    return give_secret(x, &row);
}

static pn_err enable_webhook(pn_exchange *x) {
    pn_id id = 0;
    PN_TRY(pn_argument_id(x, 0, PN_ID_WEBHOOK, &id));
    return pn_webhook_enable(x->app, id, x->arena, &x->diag);
}

static pn_err test_webhook(pn_exchange *x) {
    pn_id id = 0, told = 0;
    pn_webhook_row hook;
    PN_TRY(pn_argument_id(x, 0, PN_ID_WEBHOOK, &id));
    PN_TRY(pn_webhook_find(x->app, id, x->arena, &hook, &x->diag));
    PN_TRY(pn_hooks_test(x->app, id, &told));
    return pn_answer_made(x, "/v1/notifications", PN_ID_NOTIFICATION, told);
}

static pn_err redeliver(pn_exchange *x) {
    pn_id id = 0;
    PN_TRY(pn_argument_id(x, 0, PN_ID_NOTIFICATION, &id));
    return pn_webhook_redeliver(x->app, id, x->arena, &x->diag);
}

/* ── the table ── */

enum { PN_MAY_HOOK = PN_MAY_MANAGE | 1U << PN_ROLE_INTEGRATION };

#define CHANGES(verb, at, id, takes, gives_what, function, says)                                   \
    {                                                                                              \
        .method = verb, .path = at, .name = id, .runs = PN_RUNS_WRITER, .roles = PN_MAY_HOOK,      \
        .scope = "webhooks:write", .body = takes, .gives = gives_what, .answer = function,         \
        .summary = says                                                                            \
    }

pn_route_table PN_ROUTES_WEBHOOKS = {
    {.method = PN_HTTP_GET,
     .path = "/v1/webhooks",
     .name = "list_webhooks",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "webhooks:read",
     .gives = &WEBHOOK,
     .gives_list = true,
     .answer = list_webhooks,
     .summary = "who is told of what happens"},
    {.method = PN_HTTP_GET,
     .path = "/v1/webhooks/{webhook}/notifications",
     .name = "list_notifications",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "webhooks:read",
     .gives = &TOLD,
     .gives_list = true,
     .answer = list_told,
     .summary = "what a webhook was told, the newest hundred"},
    CHANGES(PN_HTTP_POST, "/v1/webhooks", "add_webhook", ADD_BODY, &SECRET, add_webhook,
            "tell somebody of what happens; gives the secret that signs"),
    CHANGES(PN_HTTP_POST, "/v1/webhooks/{webhook}/test", "test_webhook", NULL, &PN_MADE,
            test_webhook, "tell it something"),
    CHANGES(PN_HTTP_POST, "/v1/webhooks/{webhook}/rotate", "rotate_webhook", NULL, &SECRET,
            rotate_webhook, "make another secret; for a day both sign"),
    CHANGES(PN_HTTP_POST, "/v1/webhooks/{webhook}/enable", "enable_webhook", NULL, NULL,
            enable_webhook, "tell it again, after it was turned off"),
    CHANGES(PN_HTTP_DELETE, "/v1/webhooks/{webhook}", "remove_webhook", NULL, NULL, remove_webhook,
            "tell it no more"),
    CHANGES(PN_HTTP_POST, "/v1/notifications/{notification}/redeliver", "redeliver_notification",
            NULL, NULL, redeliver, "tell the same once more, with the same id"),
    {.path = NULL},
};
