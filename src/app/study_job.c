/* Simulations and forecasts as jobs: they read as of one moment, and what came of them and that
 * they are done are one transaction. */
#include "app/figures.h"
#include "app/forecast.h"
#include "app/jobs.h"
#include "app/studies.h"
#include "base/banned.h"
#include "base/limits.h"

typedef struct {
    pn_job_run *run;
    pn_study_row row;
    pn_study_wish wish;
    pn_simulate_prices prices;
    int64_t side, sides;
    pn_effect *effect; /* of both sides */
    pn_simulation told[2];
} study_job;

static bool tell(void *context, int64_t done, int64_t total) {
    study_job *job = context;
    return pn_job_tell(job->run, job->side * total + done, job->sides * total);
}

/* While it fits: nobody was simulated yet. */
static bool goes_on(void *context) {
    return tell(context, 0, 0);
}

/* What a thousand cost, as prices of one: what it was told, else what the organization decided. All
 * of one currency, that of the first price. */
static void take_cost(pn_money thousand, int64_t *ret_price, pn_simulate_prices *prices) {
    bool first = prices->currency.code[0] == '\0';
    if (thousand.minor == 0 || (!first && !pn_currency_eq(prices->currency, thousand.currency))) {
        return;
    }
    prices->currency = thousand.currency;
    *ret_price = thousand.minor * 1000 / pn_currency_unit(thousand.currency);
}

static pn_err find_prices(study_job *job) {
    pn_costs costs;
    pn_job_run *run = job->run;
    if (job->wish.cost.len != 0) {
        return pn_simulate_prices_parse(job->wish.cost, run->app, &job->prices, run->diag);
    }
    PN_TRY(pn_costs_load(run->app, run->arena, &costs));
    take_cost(costs.task, &job->prices.task, &job->prices);
    for (int i = PN_CHANNEL_EMAIL; i <= PN_CHANNEL_HTTP; i++) {
        take_cost(costs.channels[i], &job->prices.contact[i], &job->prices);
    }
    return PN_OK;
}

static pn_err begin(pn_job_run *run, study_job *job) {
    *job = (study_job){.run = run, .sides = 1};
    pn_err err =
        pn_study_of_job(run->app->db, run->app->org.id, run->row->id, run->arena, &job->row);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(run->diag, PN_INVALID, "What this job was to do is gone.");
    }
    PN_TRY(err);
    PN_TRY(pn_studies_wish(&job->row, run->arena, &job->wish, run->diag));
    return find_prices(job);
}

/* ── its end ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err keep_messages(const study_job *job, int64_t side) {
    const pn_simulation *s = &job->told[side];
    for (size_t i = 0; i < s->list_count; i++) {
        const pn_simulated_message *each = &s->list[i];
        pn_study_message row = {.study_id = job->row.id,
                                .side = side,
                                .number = (int64_t)i + 1,
                                .org_id = job->row.org_id,
                                .debtor_id = each->debtor_id,
                                .invoice_id = each->invoice_id,
                                .at = each->at,
                                .channel = (int)each->channel,
                                .family = each->family,
                                .tone = each->tone,
                                .amount = each->claimable.minor,
                                .currency = each->claimable.currency,
                                .crossed = each->crossed};
        PN_TRY(pn_study_message_insert(job->run->app->db, &row));
    }
    return PN_OK;
}

static pn_err keep(study_job *job) {
    pn_err err = pn_study_finish(job->run->app->db, &job->row);
    for (int64_t side = 0; err == PN_OK && side < job->sides; side++) {
        err = keep_messages(job, side);
    }
    return err == PN_OK ? pn_job_over(job->run, PN_JOB_DONE) : err;
}

static pn_err finish(study_job *job) {
    pn_job_run *run = job->run;
    PN_TRY(pn_app_begin_rows(run->app, run->diag));
    return pn_app_end(run->app, keep(job), run->diag);
}

static pn_err take_text(pn_buf *text, pn_arena *arena, pn_str *ret_text) {
    pn_err err = pn_buf_err(text);
    if (err == PN_OK) {
        *ret_text = pn_str_dup(arena, pn_buf_str(text));
    }
    pn_buf_done(text);
    return err;
}

/* ── simulations ─────────────────────────────────────────────────────────────────────────────── */

static pn_err simulate_side(study_job *job, const pn_study_strategy *strategy) {
    pn_job_run *run = job->run;
    pn_simulate_request request = {.from = job->wish.from,
                                   .to = job->wish.to,
                                   .sample = job->wish.sample,
                                   .list_max = PN_LIMIT_STUDY_MESSAGES,
                                   .bytes_max = (size_t)PN_LIMIT_STUDY_BYTES,
                                   .prices = job->prices,
                                   .effect = job->effect,
                                   .tell = tell,
                                   .context = job};
    PN_TRY(pn_studies_flow(run->app, strategy, run->arena, &request.flow, &request.strategy_id,
                           run->diag));
    return pn_simulate(run->app, &request, run->arena, &job->told[job->side], run->diag);
}

static void put_summary(pn_json_writer *w, const pn_simulation *s) {
    pn_json_begin_object(w);
    pn_json_put_int(w, "contacts", s->contacts);
    pn_simulated_cost_put(w, s->cost, s->cost_currency);
    pn_json_put_int(w, "crossed_payments", s->crossed);
    pn_json_put_int(w, "debtors_contacted", s->debtors_contacted);
    pn_json_put_int(w, "messages", s->messages);
    pn_json_put_str(w, "strategy", s->strategy);
    pn_json_put_int(w, "tasks", s->tasks);
    pn_json_end_object(w);
}

static pn_err tell_simulations(study_job *job) {
    pn_arena *arena = job->run->arena;
    pn_app *app = job->run->app;
    pn_buf summary, result;
    pn_buf_init(&summary, 1 << 16);
    pn_buf_init(&result, 16 << 20);
    pn_json_writer of_summary = pn_json_writer_on(&summary, 0);
    pn_json_writer of_result = pn_json_writer_on(&result, 0);
    pn_json_begin_array(&of_summary);
    pn_json_begin_array(&of_result);
    for (int64_t i = 0; i < job->sides; i++) {
        pn_simulation bare = job->told[i]; /* its messages are rows of their own */
        bare.list_count = 0;
        put_summary(&of_summary, &bare);
        pn_simulation_put(&of_result, &bare, i + 1 < job->sides ? &job->told[i + 1] : NULL,
                          pn_app_zone_or_own(app, app->org.zone), arena);
    }
    pn_json_end_array(&of_summary);
    pn_json_end_array(&of_result);
    pn_err err = take_text(&summary, arena, &job->row.summary);
    pn_err err_result = take_text(&result, arena, &job->row.result);
    return err == PN_OK ? err_result : err;
}

pn_err pn_job_simulation(pn_job_run *run) {
    study_job job;
    PN_TRY(begin(run, &job));
    job.sides = job.wish.against.name.len != 0 ? 2 : 1;
    pn_patience patience = {goes_on, &job};
    PN_TRY(pn_effect_new(run->app, job.wish.from, job.wish.to, &patience, run->arena, &job.effect,
                         run->diag));
    for (; job.side < job.sides; job.side++) {
        PN_TRY(simulate_side(&job, job.side == 0 ? &job.wish.strategy : &job.wish.against));
    }
    PN_TRY(tell_simulations(&job));
    return finish(&job);
}

/* ── forecasts ───────────────────────────────────────────────────────────────────────────────── */

static void put_forecast_summary(pn_json_writer *w, const pn_forecast *f) {
    int64_t messages = 0, tasks = 0;
    for (int64_t day = 0; day < f->days; day++) {
        messages += f->loads[day].messages;
        tasks += f->loads[day].tasks;
    }
    pn_json_begin_object(w);
    pn_json_key(w, PN_STR("cash"));
    pn_json_begin_array(w);
    for (size_t i = 0; f->fitted && i < f->cash_count; i++) {
        const pn_forecast_day *last = &f->cash[i].days[f->days - 1];
        pn_json_begin_object(w);
        pn_json_put_str(w, "currency", pn_str_of(f->cash[i].currency.code));
        pn_json_put_int(w, "p10", last->p10);
        pn_json_put_int(w, "p50", last->p50);
        pn_json_put_int(w, "p90", last->p90);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
    pn_json_put_int(w, "messages", (messages + 50) / 100);
    pn_json_put_int(w, "tasks", (tasks + 50) / 100);
    pn_json_end_object(w);
}

static pn_err tell_forecast(study_job *job, const pn_forecast *f) {
    pn_arena *arena = job->run->arena;
    pn_buf summary, result;
    pn_buf_init(&summary, 1 << 16);
    pn_buf_init(&result, 16 << 20);
    pn_json_writer of_summary = pn_json_writer_on(&summary, 0);
    pn_json_writer of_result = pn_json_writer_on(&result, 0);
    put_forecast_summary(&of_summary, f);
    pn_forecast_put(&of_result, f);
    pn_err err = take_text(&summary, arena, &job->row.summary);
    pn_err err_result = take_text(&result, arena, &job->row.result);
    return err == PN_OK ? err_result : err;
}

pn_err pn_job_forecast(pn_job_run *run) {
    study_job job;
    pn_forecast f;
    PN_TRY(begin(run, &job));
    pn_forecast_request request = {.days = job.wish.days,
                                   .debtors_max = job.wish.debtors,
                                   .prices = job.prices,
                                   .tell = tell,
                                   .context = &job};
    PN_TRY(pn_forecast_make(run->app, &request, run->arena, &f, run->diag));
    PN_TRY(tell_forecast(&job, &f));
    job.sides = 0; /* no messages to keep */
    return finish(&job);
}
