/* Hints that something happened, as server-sent events (WHATWG HTML, section 9.2).
 *
 * An answer holds what has happened since the last event that the client knows, and ends; the
 * client asks again by itself after `retry`, with Last-Event-ID. So a lost connection loses nothing
 * and no thread waits for anybody. A hint says what to read again, never what changed. */
#include "base/banned.h"
#include "base/limits.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/problem.h"
#include "http/service.h"
#include "http/tables.h"
#include "store/event.h"

enum { HINTS_MAX = 200, RETRY_MS = 3000 };

static const pn_shape QUERY[] = {
    {.name = "after",
     .type = PN_SHAPE_ID,
     .id_kind = PN_ID_EVENT,
     .help = "as Last-Event-ID, which wins; without either, from now on"},
    {.name = NULL},
};

static pn_err read_after(pn_exchange *x, pn_id *ret_after) {
    pn_str last = pn_exchange_header(x, "last-event-id");
    *ret_after = pn_query_value(x, "after")->number;
    if (last.len != 0 && pn_id_parse(PN_ID_EVENT, last, ret_after) != PN_OK) {
        return pn_problem_set(x, PN_PROBLEM_HEADER, "Last-Event-ID should be an event's id.");
    }
    return PN_OK;
}

static void put_hint(pn_buf *body, const pn_event_hint *hint) {
    char event[PN_ID_TEXT_SIZE], debtor[PN_ID_TEXT_SIZE], run[PN_ID_TEXT_SIZE];
    pn_buf_add_format(body, "id: %s\nevent: %s\ndata: {\"debtor\":",
                      pn_id_text(PN_ID_EVENT, hint->id, event), pn_event_kind_name(hint->kind));
    pn_buf_add_format(body, hint->debtor_id == 0 ? "null%s" : "\"%s\"",
                      hint->debtor_id == 0 ? ""
                                           : pn_id_text(PN_ID_DEBTOR, hint->debtor_id, debtor));
    pn_buf_add_lit(body, ",\"run\":");
    pn_buf_add_format(body, hint->run_id == 0 ? "null%s" : "\"%s\"",
                      hint->run_id == 0 ? "" : pn_id_text(PN_ID_RUN, hint->run_id, run));
    pn_buf_add_lit(body, "}\n\n");
}

/* A job that runs has no event until it is over; what it is at is told without an id, so that it
 * moves nobody's place. */
static void put_job(pn_exchange *x, pn_foreman *foreman, pn_buf *body) {
    pn_id job_id = 0;
    int64_t done = 0, total = 0;
    char id[PN_ID_TEXT_SIZE];
    if (foreman != NULL && pn_foreman_at(foreman, x->app->org.id, &job_id, &done, &total)) {
        pn_buf_add_format(body,
                          "event: job\ndata: {\"job\":\"%s\",\"done\":%lld,\"total\":%lld}\n\n",
                          pn_id_text(PN_ID_JOB, job_id, id), (long long)done, (long long)total);
    }
}

static pn_err list_events(pn_exchange *x) {
    pn_event_hint *hints = NULL;
    size_t count = 0;
    pn_id after = 0;
    char id[PN_ID_TEXT_SIZE];
    PN_TRY(read_after(x, &after));
    bool begins = after == 0;
    if (begins) {
        PN_TRY(pn_told(x, pn_event_newest(x->db, x->app->org.id, &after)));
    } else {
        PN_TRY(pn_told(
            x, pn_event_hints(x->db, x->app->org.id, after, HINTS_MAX, x->arena, &hints, &count)));
    }
    pn_buf *body = &x->answer.body;
    pn_buf_init(body, 1 << 20);
    pn_buf_add_format(body, "retry: %d\n\n", count == HINTS_MAX ? 100 : RETRY_MS);
    if (begins && after != 0) { /* where to go on from */
        pn_buf_add_format(body, "id: %s\nevent: hello\ndata: {}\n\n",
                          pn_id_text(PN_ID_EVENT, after, id));
    }
    for (size_t i = 0; i < count; i++) {
        put_hint(body, &hints[i]);
    }
    if (x->service != NULL) {
        put_job(x, x->service->foreman, body);
        put_job(x, x->service->analyst, body);
    }
    x->answer.content_type = "text/event-stream";
    return pn_buf_err(body);
}

pn_route_table PN_ROUTES_EVENTS = {
    {.method = PN_HTTP_GET,
     .path = "/v1/events",
     .name = "list_events",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "events:read",
     .query = QUERY,
     .answer_type = "text/event-stream",
     .answer = list_events,
     .summary = "hints that something happened, as server-sent events",
     .help = "A hint names debtor and run, and no data: read again what you show of them. The "
             "answer ends; an EventSource asks again by itself, with the last event's id."},
    {.path = NULL},
};
