#include "app/studies.h"

#include "app/catalog.h"
#include "app/forecast.h"
#include "app/jobs.h"
#include "base/banned.h"
#include "base/limits.h"

/* ── strategies ──────────────────────────────────────────────────────────────────────────────── */

pn_err pn_studies_flow(pn_app *app, const pn_study_strategy *strategy, pn_arena *arena,
                       const pn_flow **ret_flow, pn_id *ret_strategy_id, pn_diag *diag) {
    const pn_published *published = NULL;
    pn_json *json = NULL;
    pn_flow_names names;
    pn_problems problems = {0};
    if (strategy->document.len == 0) {
        PN_TRY(pn_catalog_find(app, strategy->name, &published, diag));
        *ret_flow = published->flow;
        *ret_strategy_id = published->strategy_id;
        return PN_OK;
    }
    PN_TRY(pn_json_parse(strategy->document, NULL, arena, &json, diag));
    PN_TRY(pn_catalog_names(app, arena, &names, diag));
    PN_TRY(pn_flow_compile(json, &names, arena, ret_flow, &problems, diag));
    pn_diag none = {0};
    bool known = pn_catalog_find(app, (*ret_flow)->name, &published, &none) == PN_OK;
    *ret_strategy_id = known ? published->strategy_id : 0;
    return PN_OK;
}

/* ── the request as it is kept ───────────────────────────────────────────────────────────────── */

static void put_date(pn_json_writer *w, const char *key, pn_date date) {
    char text[PN_DATE_ISO_SIZE];
    pn_json_put_str(w, key, pn_str_of(pn_date_iso(date, text)));
}

static pn_str json_of(const pn_study_wish *wish, pn_arena *arena) {
    pn_buf text;
    pn_buf_init(&text, 1 << 16);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    pn_json_begin_object(&w);
    pn_json_put_str_if(&w, "cost", wish->cost);
    if (wish->kind == PN_STUDY_SIMULATION) {
        put_date(&w, "from", wish->from);
        pn_json_put_int(&w, "sample", wish->sample);
        put_date(&w, "to", wish->to);
    } else {
        pn_json_put_int(&w, "days", wish->days);
        pn_json_put_int(&w, "debtors", wish->debtors);
    }
    pn_json_end_object(&w);
    pn_str copy = pn_str_dup(arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

static pn_err date_of(const pn_json *json, const char *key, pn_date *ret_date) {
    pn_str text = pn_json_text(pn_json_get(json, pn_str_of(key)), PN_STR_NONE);
    return text.len == 0 ? PN_OK : pn_date_parse_iso(text, ret_date);
}

pn_err pn_studies_wish(const pn_study_row *row, pn_arena *arena, pn_study_wish *ret_wish,
                       pn_diag *diag) {
    pn_json *json = NULL;
    PN_TRY(pn_json_parse(row->request, NULL, arena, &json, diag));
    pn_study_wish wish = {
        .kind = row->kind,
        .name = row->name,
        .strategy = {row->strategy, row->document},
        .against = {row->against, row->against_document},
        .sample = pn_json_int(pn_json_get(json, PN_STR("sample")), 0),
        .days = pn_json_int(pn_json_get(json, PN_STR("days")), 0),
        .debtors = pn_json_int(pn_json_get(json, PN_STR("debtors")), 0),
        .cost = pn_json_text(pn_json_get(json, PN_STR("cost")), PN_STR_NONE),
    };
    PN_TRY(date_of(json, "from", &wish.from));
    PN_TRY(date_of(json, "to", &wish.to));
    *ret_wish = wish;
    return PN_OK;
}

/* ── adding ──────────────────────────────────────────────────────────────────────────────────── */

static pn_err check_strategy(pn_app *app, pn_study_wish *wish, pn_study_strategy *strategy,
                             const char *where, pn_arena *arena, pn_diag *diag) {
    pn_simulate_request request = {.from = wish->from, .to = wish->to};
    pn_err err = pn_studies_flow(app, strategy, arena, &request.flow, &request.strategy_id, diag);
    err = err == PN_OK ? pn_simulate_check(&request, diag) : err;
    if (err != PN_OK) {
        pn_diag_where(diag, "%s", where);
        return err;
    }
    strategy->name = request.flow->name;
    return PN_OK;
}

static pn_err check_wish(pn_app *app, pn_study_wish *wish, pn_arena *arena, pn_diag *diag) {
    pn_simulate_prices prices;
    pn_err err = pn_simulate_prices_parse(wish->cost, app, &prices, diag);
    if (err != PN_OK) {
        pn_diag_where(diag, "/cost");
        return err;
    }
    if (wish->kind == PN_STUDY_FORECAST) {
        return PN_OK;
    }
    PN_TRY(check_strategy(app, wish, &wish->strategy, "/strategy", arena, diag));
    bool against = wish->against.name.len != 0 || wish->against.document.len != 0;
    return against ? check_strategy(app, wish, &wish->against, "/against", arena, diag) : PN_OK;
}

static pn_err check_room(pn_app *app, pn_diag *diag) {
    int64_t kept = 0, open = 0;
    PN_TRY(pn_app_fail(app, pn_study_count(app->db, app->org.id, &kept, &open), diag));
    if (open >= PN_LIMIT_STUDIES_WAITING) {
        return pn_diag_set(diag, PN_LIMIT,
                           "%d simulations and forecasts wait already: wait until one is done, or "
                           "cancel one.",
                           PN_LIMIT_STUDIES_WAITING);
    }
    if (kept >= PN_LIMIT_STUDIES) {
        return pn_diag_set(diag, PN_LIMIT,
                           "%d simulations and forecasts are kept already: delete some.",
                           PN_LIMIT_STUDIES);
    }
    return PN_OK;
}

static pn_err insert(pn_app *app, pn_study_row *row, pn_diag *diag) {
    bool simulates = row->kind == PN_STUDY_SIMULATION;
    char id[PN_ID_TEXT_SIZE], request[80];
    row->id = pn_app_id(app);
    pn_id_text(simulates ? PN_ID_SIMULATION : PN_ID_FORECAST, row->id, id);
    const char *kind = simulates ? "simulation" : "forecast";
    pn_buf text;
    pn_buf_init(&text, sizeof request);
    pn_buf_add_format(&text, "{\"%s\":\"%s\"}", kind, id);
    pn_err err = pn_jobs_add(app, pn_str_of(kind), 0, pn_buf_str(&text), &row->job_id, diag);
    pn_buf_done(&text);
    PN_TRY(err);
    return pn_app_fail(app, pn_study_insert(app->db, row), diag);
}

pn_err pn_studies_add(pn_app *app, const pn_study_wish *wish, pn_arena *arena, pn_id *ret_id,
                      pn_diag *diag) {
    pn_study_wish checked = *wish;
    PN_TRY(check_wish(app, &checked, arena, diag));
    PN_TRY(check_room(app, diag));
    pn_study_row row = {.org_id = app->org.id,
                        .kind = checked.kind,
                        .name = checked.name,
                        .strategy = checked.strategy.name,
                        .document = checked.strategy.document,
                        .against = checked.against.name,
                        .against_document = checked.against.document,
                        .request = json_of(&checked, arena),
                        .actor = pn_str_of(app->actor),
                        .created_at = pn_env_now(app->env)};
    PN_TRY(insert(app, &row, diag));
    *ret_id = row.id;
    return PN_OK;
}

pn_err pn_studies_again(pn_app *app, const pn_study_row *row, pn_arena *arena, pn_id *ret_id,
                        pn_diag *diag) {
    pn_study_wish wish;
    PN_TRY(pn_studies_wish(row, arena, &wish, diag));
    return pn_studies_add(app, &wish, arena, ret_id, diag);
}

pn_err pn_studies_delete(pn_app *app, const pn_study_row *row, pn_diag *diag) {
    if (row->state == PN_JOB_WAITS || row->state == PN_JOB_RUNS) {
        return pn_diag_set(diag, PN_CONFLICT, "It is not over yet: cancel it first.");
    }
    return pn_app_fail(app, pn_study_delete(app->db, app->org.id, row->id), diag);
}
