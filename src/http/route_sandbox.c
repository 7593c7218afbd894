/* A sandbox's time, moved by whoever tries things out. */
#include "app/work.h"
#include "base/banned.h"
#include "base/limits.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/tables.h"

static const pn_shape ADVANCE_BODY[] = {
    {.name = "to", .type = PN_SHAPE_TIME, .help = "or so many days"},
    {.name = "days", .type = PN_SHAPE_INT, .min = 1, .max = 366},
    {.name = NULL},
};
static const pn_shape ADVANCED_FIELDS[] = {
    {.name = "now", .type = PN_SHAPE_TIME, .required = true},
    {.name = "moments",
     .type = PN_SHAPE_INT,
     .required = true,
     .help = "at which something was due"},
    {.name = "sent", .type = PN_SHAPE_INT, .required = true},
    {.name = "skipped", .type = PN_SHAPE_INT, .required = true},
    {.name = NULL},
};
static const pn_schema_object ADVANCED = {"Advanced", ADVANCED_FIELDS, "What happened meanwhile"};

static pn_err target(pn_exchange *x, pn_time *ret_to) {
    const pn_route_value *to = pn_body_value(x, "to"), *days = pn_body_value(x, "days");
    pn_time now = pn_app_now(x->app);
    *ret_to = to->given ? to->number : now + days->number * PN_DAY;
    if (x->app->org.mode != PN_MODE_SANDBOX) {
        return pn_diag_set(&x->diag, PN_DENIED, "Only a sandbox's clock can be moved.");
    }
    if (to->given == days->given || *ret_to < now || *ret_to - now > 366 * PN_DAY) {
        return pn_diag_set(&x->diag, PN_INVALID,
                           "Say `to` or `days`: a time ahead, at most a year.");
    }
    return PN_OK;
}

static pn_err advance(pn_exchange *x) {
    pn_time to = 0;
    pn_worker *worker = NULL;
    pn_work_stats stats = {0};
    PN_TRY(target(x, &to));
    PN_TRY(pn_worker_open(x->app, &worker, &x->diag));
    pn_err err = pn_worker_advance(worker, to, NULL, &stats, &x->diag);
    pn_worker_close(worker);
    PN_TRY(err);
    pn_json_writer *w = pn_answer_json(x);
    pn_put_time(w, "now", pn_app_now(x->app));
    pn_json_put_int(w, "moments", stats.moments);
    pn_json_put_int(w, "sent", stats.delivery.sent);
    pn_json_put_int(w, "skipped", stats.delivery.skipped);
    pn_json_end_object(w);
    return PN_OK;
}

pn_route_table PN_ROUTES_SANDBOX = {
    {.method = PN_HTTP_POST,
     .path = "/v1/sandbox/advance",
     .name = "advance_sandbox",
     .runs = PN_RUNS_LONG,
     .roles = PN_MAY_MANAGE,
     .scope = "sandbox:write",
     .body = ADVANCE_BODY,
     .gives = &ADVANCED,
     .answer = advance,
     .summary = "move a sandbox's clock: all that falls due meanwhile is done",
     .help = "Refused outside a sandbox, whose clock is real."},
    {.path = NULL},
};
