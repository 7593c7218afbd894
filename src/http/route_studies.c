/* Simulations and forecasts: asked for, watched, kept, compared. The work is a job's. */
#include "app/catalog.h"
#include "app/drafts.h"
#include "app/forecast.h"
#include "app/jobs.h"
#include "app/simulate.h"
#include "app/studies.h"
#include "base/banned.h"
#include "base/limits.h"
#include "core/fact.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/service.h"
#include "http/studies.h"
#include "http/tables.h"

static const char *const SIDES[] = {"strategy", "against", NULL};

static const pn_shape ADD_BODY[] = {
    {.name = "strategy",
     .type = PN_SHAPE_TEXT,
     .min = 1,
     .max = 200,
     .help = "name of one that is published; or give a draft, or a document"},
    {.name = "draft", .type = PN_SHAPE_ID, .id_kind = PN_ID_DRAFT, .help = "of a strategy"},
    {.name = "document", .type = PN_SHAPE_JSON, .max = PN_LIMIT_STRATEGY_BYTES},
    {.name = "against",
     .type = PN_SHAPE_TEXT,
     .max = 200,
     .help = "another published one, over the same past"},
    {.name = "against_draft", .type = PN_SHAPE_ID, .id_kind = PN_ID_DRAFT},
    {.name = "from", .type = PN_SHAPE_DATE, .help = "else 180 days before `to`"},
    {.name = "to",
     .type = PN_SHAPE_DATE,
     .help = "the first day that is not in it; else today of the organization"},
    {.name = "sample",
     .type = PN_SHAPE_INT,
     .min = 0,
     .max = 10000000,
     .help = "so many debtors, always the same ones; 0 and nothing: all"},
    {.name = "cost",
     .type = PN_SHAPE_TEXT,
     .max = 400,
     .help = "what a contact and a task cost: email=0.02,letter=1.10,task=3"},
    {.name = "name", .type = PN_SHAPE_TEXT, .max = 200},
    {.name = NULL},
};
static const pn_shape FORECAST_BODY[] = {
    {.name = "days",
     .type = PN_SHAPE_INT,
     .min = 1,
     .max = PN_FORECAST_DAYS_MAX,
     .help = "so far ahead; 60 where it is left out"},
    {.name = "debtors",
     .type = PN_SHAPE_INT,
     .min = 0,
     .max = 1000000,
     .help = "messages and tasks from at most so many debtors, scaled; 2000 where it is left out"},
    {.name = "cost",
     .type = PN_SHAPE_TEXT,
     .max = 400,
     .help = "what a message and a task cost: email=0.02,letter=1.10,task=3"},
    {.name = "name", .type = PN_SHAPE_TEXT, .max = 200},
    {.name = NULL},
};
static const pn_shape MESSAGES_QUERY[] = {
    {.name = "side", .type = PN_SHAPE_WORD, .words = SIDES, .help = "else `strategy`"},
    {.name = NULL},
};

/* ── answers ── */

static void put_common(pn_exchange *x, pn_json_writer *w, const pn_study_row *row) {
    static const char *const STATES[] = {"waits", "runs", "done", "failed", "cancelled"};
    pn_id job = row->job_id;
    int64_t done = row->done, total = row->total;
    if (row->state == PN_JOB_RUNS && x->service != NULL && x->service->analyst != NULL) {
        (void)pn_foreman_at(x->service->analyst, row->org_id, &job, &done, &total);
    }
    pn_put_id(w, "job", PN_ID_JOB, row->job_id);
    pn_put_str_or_null(w, "name", row->name);
    pn_json_put_str(w, "state", pn_str_of(STATES[row->state]));
    pn_json_put_int(w, "done", done);
    pn_json_put_int(w, "total", total);
    pn_json_put_int(w, "begun", row->tries);
    pn_put_str_or_null(w, "problem", row->problem);
    pn_json_put_str(w, "by", row->actor);
    pn_put_time(w, "created_at", row->created_at);
    pn_put_time(w, "started_at", row->started_at);
    pn_put_time(w, "finished_at", row->finished_at);
}

static pn_err put_simulation(pn_exchange *x, pn_json_writer *w, const pn_study_row *row) {
    pn_study_wish wish;
    PN_TRY(pn_studies_wish(row, x->arena, &wish, &x->diag));
    pn_put_id(w, "id", PN_ID_SIMULATION, row->id);
    put_common(x, w, row);
    pn_json_put_str(w, "strategy", row->strategy);
    pn_put_str_or_null(w, "against", row->against);
    pn_put_date(w, "from", wish.from);
    pn_put_date(w, "to", wish.to);
    pn_json_put_int(w, "sample", wish.sample);
    pn_put_str_or_null(w, "cost", wish.cost);
    pn_put_json(w, "summary", row->summary);
    return PN_OK;
}

static pn_err put_forecast(pn_exchange *x, pn_json_writer *w, const pn_study_row *row) {
    pn_study_wish wish;
    PN_TRY(pn_studies_wish(row, x->arena, &wish, &x->diag));
    pn_put_id(w, "id", PN_ID_FORECAST, row->id);
    put_common(x, w, row);
    pn_json_put_int(w, "days", wish.days);
    pn_json_put_int(w, "debtors", wish.debtors);
    pn_put_str_or_null(w, "cost", wish.cost);
    pn_put_json(w, "summary", row->summary);
    return PN_OK;
}

static pn_id_kind id_kind_of(pn_study_kind kind) {
    return kind == PN_STUDY_SIMULATION ? PN_ID_SIMULATION : PN_ID_FORECAST;
}

static pn_err path_study(pn_exchange *x, pn_study_kind kind, pn_study_row *ret_row) {
    pn_id id = 0;
    PN_TRY(pn_argument_id(x, 0, id_kind_of(kind), &id));
    pn_err err = pn_study_get(x->db, x->app->org.id, kind, id, x->arena, ret_row);
    return err == PN_NOT_FOUND
               ? pn_nothing_here(x, kind == PN_STUDY_SIMULATION ? "simulation" : "forecast",
                                 id_kind_of(kind), id)
               : pn_told(x, err);
}

static pn_err put_row(pn_exchange *x, pn_json_writer *w, const void *item,
                      int64_t key[PN_PAGE_KEYS]) {
    const pn_study_row *row = item;
    pn_json_begin_object(w);
    PN_TRY(row->kind == PN_STUDY_SIMULATION ? put_simulation(x, w, row) : put_forecast(x, w, row));
    pn_json_end_object(w);
    key[0] = row->id;
    return PN_OK;
}

static pn_err list_kind(pn_exchange *x, pn_study_kind kind) {
    pn_page page;
    pn_study_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_page_read(x, &page));
    PN_TRY(pn_told(x, pn_study_page(x->db, x->app->org.id, kind, pn_page_before(&page),
                                    page.limit + 1, x->arena, &rows, &count)));
    return pn_page_give(x, &page, rows, sizeof *rows, count, put_row);
}

static pn_err list_simulations(pn_exchange *x) {
    return list_kind(x, PN_STUDY_SIMULATION);
}

static pn_err list_forecasts(pn_exchange *x) {
    return list_kind(x, PN_STUDY_FORECAST);
}

static pn_err get_simulation(pn_exchange *x) {
    pn_study_row row;
    PN_TRY(path_study(x, PN_STUDY_SIMULATION, &row));
    pn_json_writer *w = pn_answer_json(x);
    PN_TRY(put_simulation(x, w, &row));
    pn_put_json(w, "results", row.result);
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err get_forecast(pn_exchange *x) {
    pn_study_row row;
    PN_TRY(path_study(x, PN_STUDY_FORECAST, &row));
    pn_json_writer *w = pn_answer_json(x);
    PN_TRY(put_forecast(x, w, &row));
    pn_put_json(w, "result", row.result);
    pn_json_end_object(w);
    return PN_OK;
}

/* ── messages ── */

static pn_err put_message(pn_exchange *x, pn_json_writer *w, const void *item,
                          int64_t key[PN_PAGE_KEYS]) {
    const pn_study_message *row = item;
    (void)x;
    pn_json_begin_object(w);
    pn_put_time(w, "at", row->at);
    pn_json_put_str(w, "channel", pn_str_of(pn_channel_kind_name((pn_channel_kind)row->channel)));
    pn_put_amount(w, "claimable", row->amount, row->currency);
    pn_json_put_bool(w, "crossed_payment", row->crossed);
    pn_put_id(w, "debtor", PN_ID_DEBTOR, row->debtor_id);
    pn_json_put_str(w, "debtor_name", row->debtor);
    pn_put_id(w, "invoice", PN_ID_INVOICE, row->invoice_id);
    pn_put_str_or_null(w, "number", row->invoice);
    pn_json_put_str(w, "template", row->family);
    pn_json_put_int(w, "tone", row->tone);
    pn_json_end_object(w);
    key[0] = row->number;
    return PN_OK;
}

static pn_err list_messages(pn_exchange *x) {
    pn_page page;
    pn_study_row row;
    pn_study_message *rows = NULL;
    size_t count = 0;
    PN_TRY(path_study(x, PN_STUDY_SIMULATION, &row));
    PN_TRY(pn_page_read(x, &page));
    PN_TRY(pn_told(x, pn_study_message_page(x->db, x->app->org.id, row.id,
                                            pn_query_value(x, "side")->number,
                                            page.key[0] == INT64_MIN ? 0 : page.key[0],
                                            page.limit + 1, x->arena, &rows, &count)));
    return pn_page_give(x, &page, rows, sizeof *rows, count, put_message);
}

/* ── asking for one ── */

/* What is published under a name, a draft as it stands now, or a document; none of them: empty. */
static pn_err read_strategy(pn_exchange *x, const char *name, const char *draft,
                            const char *document, pn_study_strategy *ret_strategy) {
    const pn_route_value *named = pn_body_value(x, name), *drawn = pn_body_value(x, draft);
    const pn_route_value *given = document != NULL ? pn_body_value(x, document) : NULL;
    bool whole = given != NULL && given->given;
    if ((int)named->given + (int)drawn->given + (int)whole > 1) {
        pn_diag_set(&x->diag, PN_INVALID, "Name one strategy only: published, draft or document.");
        pn_diag_where(&x->diag, "/%s", name);
        return PN_INVALID;
    }
    *ret_strategy = (pn_study_strategy){.name = named->text};
    if (whole) {
        ret_strategy->document = given->text;
    }
    if (!drawn->given) {
        return PN_OK;
    }
    pn_draft_row row;
    pn_err err = pn_drafts_get(x->app, drawn->number, false, x->arena, &row, &x->diag);
    if (err == PN_OK && row.kind != PN_DRAFT_STRATEGY) {
        err = pn_diag_set(&x->diag, PN_NOT_FOUND, "This draft is no strategy's.");
    }
    if (err != PN_OK) {
        pn_diag_where(&x->diag, "/%s", draft);
        return err;
    }
    ret_strategy->document = row.document;
    return PN_OK;
}

static pn_err answer_begun(pn_exchange *x, pn_study_kind kind, pn_id id) {
    if (x->service != NULL) {
        atomic_store(&x->service->job_added, true);
    }
    bool simulates = kind == PN_STUDY_SIMULATION;
    PN_TRY(
        pn_answer_made(x, simulates ? "/v1/simulations" : "/v1/forecasts", id_kind_of(kind), id));
    x->answer.status = 202;
    return PN_OK;
}

static pn_err begin_simulation(pn_exchange *x) {
    pn_id id = 0;
    const pn_route_value *from = pn_body_value(x, "from"), *to = pn_body_value(x, "to");
    pn_study_wish wish = {.kind = PN_STUDY_SIMULATION,
                          .name = pn_body_value(x, "name")->text,
                          .sample = pn_body_value(x, "sample")->number,
                          .cost = pn_body_value(x, "cost")->text};
    PN_TRY(read_strategy(x, "strategy", "draft", "document", &wish.strategy));
    PN_TRY(read_strategy(x, "against", "against_draft", NULL, &wish.against));
    if (wish.strategy.name.len == 0 && wish.strategy.document.len == 0) {
        return pn_diag_set(&x->diag, PN_INVALID,
                           "Name a published strategy, or give a draft or a document.");
    }
    wish.to = to->given ? (pn_date)to->number : pn_app_today(x->app);
    wish.from = from->given ? (pn_date)from->number : wish.to - 180;
    PN_TRY(pn_studies_add(x->app, &wish, x->arena, &id, &x->diag));
    return answer_begun(x, PN_STUDY_SIMULATION, id);
}

static pn_err begin_forecast(pn_exchange *x) {
    pn_id id = 0;
    const pn_route_value *days = pn_body_value(x, "days"), *debtors = pn_body_value(x, "debtors");
    pn_study_wish wish = {.kind = PN_STUDY_FORECAST,
                          .name = pn_body_value(x, "name")->text,
                          .days = days->given ? days->number : 60,
                          .debtors = debtors->given ? debtors->number : 2000,
                          .cost = pn_body_value(x, "cost")->text};
    PN_TRY(pn_studies_add(x->app, &wish, x->arena, &id, &x->diag));
    return answer_begun(x, PN_STUDY_FORECAST, id);
}

static pn_err again(pn_exchange *x, pn_study_kind kind) {
    pn_id id = 0;
    pn_study_row row;
    PN_TRY(path_study(x, kind, &row));
    PN_TRY(pn_studies_again(x->app, &row, x->arena, &id, &x->diag));
    return answer_begun(x, kind, id);
}

static pn_err simulate_again(pn_exchange *x) {
    return again(x, PN_STUDY_SIMULATION);
}

static pn_err forecast_again(pn_exchange *x) {
    return again(x, PN_STUDY_FORECAST);
}

/* ── ending one ── */

static pn_err cancel(pn_exchange *x, pn_study_kind kind) {
    pn_study_row row;
    PN_TRY(path_study(x, kind, &row));
    if (row.state != PN_JOB_WAITS && row.state != PN_JOB_RUNS) {
        return pn_diag_set(&x->diag, PN_CONFLICT, "It is over already.");
    }
    if (x->service != NULL && x->service->analyst != NULL) {
        pn_foreman_cancel(x->service->analyst, x->app->org.id, row.job_id);
    }
    return pn_jobs_cancel(x->app, row.job_id, &x->diag);
}

static pn_err cancel_simulation(pn_exchange *x) {
    return cancel(x, PN_STUDY_SIMULATION);
}

static pn_err cancel_forecast(pn_exchange *x) {
    return cancel(x, PN_STUDY_FORECAST);
}

static pn_err drop(pn_exchange *x, pn_study_kind kind) {
    pn_study_row row;
    PN_TRY(path_study(x, kind, &row));
    return pn_studies_delete(x->app, &row, &x->diag);
}

static pn_err delete_simulation(pn_exchange *x) {
    return drop(x, PN_STUDY_SIMULATION);
}

static pn_err delete_forecast(pn_exchange *x) {
    return drop(x, PN_STUDY_FORECAST);
}

#define SIMULATION "/v1/simulations/{simulation}"
#define FORECAST "/v1/forecasts/{forecast}"
#define READS(at, id, may, what, does, says)                                                       \
    .method = PN_HTTP_GET, .path = at, .name = id, .runs = PN_RUNS_READER, .roles = PN_MAY_READ,   \
    .scope = may ":read", .gives = what, .answer = does, .summary = says
#define CHANGES(verb, at, id, on, may, who, takes, what, does, says)                               \
    .method = PN_HTTP_##verb, .path = at, .name = id, .runs = on, .roles = who,                    \
    .scope = may ":write", .body = takes, .gives = what, .answer = does, .summary = says

pn_route_table PN_ROUTES_STUDIES = {
    {READS("/v1/simulations", "list_simulations", "simulations", &PN_SIMULATION_ROW,
           list_simulations, "simulations that are kept, the newest first"),
     .gives_list = true},
    {CHANGES(POST, "/v1/simulations", "begin_simulation", PN_RUNS_WRITER, "simulations",
             PN_MAY_MANAGE, ADD_BODY, &PN_MADE, begin_simulation,
             "live the organization's own past again under a strategy"),
     .help = "It runs beside everything else, with the lowest priority, one at a time; nothing is "
             "sent. `GET /v1/simulations/{simulation}` says how far it is, and what came of it. "
             "One that its server did not end is begun again by the next (`begun`)."},
    {READS(SIMULATION, "get_simulation", "simulations", &PN_SIMULATION, get_simulation,
           "one simulation: how far it is, what came of it"),
     .help = "`results` stand in the order of strategies: the one that was tried, then the one "
             "against it."},
    {CHANGES(DELETE, SIMULATION, "delete_simulation", PN_RUNS_WRITER, "simulations", PN_MAY_MANAGE,
             NULL, NULL, delete_simulation, "delete one that is over")},
    {CHANGES(POST, SIMULATION "/cancel", "cancel_simulation", PN_RUNS_LONG, "simulations",
             PN_MAY_MANAGE, NULL, NULL, cancel_simulation, "end one that waits or runs")},
    {CHANGES(POST, SIMULATION "/again", "simulate_again", PN_RUNS_WRITER, "simulations",
             PN_MAY_MANAGE, NULL, &PN_MADE, simulate_again, "the same once more, as a new one")},
    {READS(SIMULATION "/messages", "list_simulation_messages", "simulations",
           &PN_SIMULATION_MESSAGE, list_messages,
           "what would have been sent, debtor by debtor: the first 5,000 of each strategy"),
     .query = MESSAGES_QUERY, .gives_list = true},
    {READS("/v1/forecasts", "list_forecasts", "forecasts", &PN_FORECAST_ROW, list_forecasts,
           "forecasts that are kept, the newest first"),
     .gives_list = true},
    {CHANGES(POST, "/v1/forecasts", "begin_forecast", PN_RUNS_WRITER, "forecasts", PN_MAY_BOOK,
             FORECAST_BODY, &PN_MADE, begin_forecast,
             "foretell money, messages and tasks of what is open today"),
     .help = "It runs as a simulation does."},
    {READS(FORECAST, "get_forecast", "forecasts", &PN_FORECAST, get_forecast,
           "one forecast: how far it is, what came of it")},
    {CHANGES(DELETE, FORECAST, "delete_forecast", PN_RUNS_WRITER, "forecasts", PN_MAY_BOOK, NULL,
             NULL, delete_forecast, "delete one that is over")},
    {CHANGES(POST, FORECAST "/cancel", "cancel_forecast", PN_RUNS_LONG, "forecasts", PN_MAY_BOOK,
             NULL, NULL, cancel_forecast, "end one that waits or runs")},
    {CHANGES(POST, FORECAST "/again", "forecast_again", PN_RUNS_WRITER, "forecasts", PN_MAY_BOOK,
             NULL, &PN_MADE, forecast_again, "the same once more, as a new one")},
    {.path = NULL},
};
