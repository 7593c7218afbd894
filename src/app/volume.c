#include "app/volume.h"

#include <stdlib.h>

#include "base/banned.h"
#include "store/message.h"
#include "store/run.h"
#include "store/task.h"

typedef struct {
    pn_strategy_row strategy;
    pn_date day;
    int64_t sent, saved; /* today; of it, what the database knows */
    int64_t allowed;
} counted;

struct pn_volumes {
    pn_app *app;
    pn_arena arena;
    pn_table strategies; /* `counted` by id */
    counted **list;
    size_t count, capacity;
};

pn_volumes *pn_volumes_new(pn_app *app) {
    pn_volumes *volumes = pn_alloc(sizeof *volumes);
    *volumes = (pn_volumes){.app = app};
    pn_arena_init(&volumes->arena, 0);
    volumes->strategies = pn_table_on(&volumes->arena);
    return volumes;
}

void pn_volumes_free(pn_volumes *volumes) {
    if (volumes != NULL) {
        pn_arena_done(&volumes->arena);
        free(volumes);
    }
}

void pn_volumes_forget(pn_volumes *volumes) {
    pn_arena_reset(&volumes->arena);
    volumes->strategies = pn_table_on(&volumes->arena);
    volumes->list = NULL;
    volumes->count = volumes->capacity = 0;
}

/* ── what a day allows ───────────────────────────────────────────────────────────────────────── */

static pn_date day_of(pn_app *app, pn_time now) {
    return pn_zone_date(pn_app_zone_or_own(app, app->org.zone), now);
}

static pn_err report_on(pn_app *app, const pn_strategy_row *strategy, pn_date today,
                        pn_arena *arena, pn_volume_report *ret_report) {
    pn_volume_report report = {.strategy = *strategy, .allowed_today = INT64_MAX};
    PN_TRY(pn_strategy_day_list(app->db, strategy->id, today - PN_VOLUME_HISTORY_DAYS, arena,
                                &report.days, &report.day_count));
    pn_volume_day *days = pn_arena_array(arena, pn_volume_day, report.day_count + 1);
    for (size_t i = 0; i < report.day_count; i++) {
        days[i] = (pn_volume_day){report.days[i].day, report.days[i].sent};
        if (report.days[i].day == today) {
            report.sent_today = report.days[i].sent;
            report.released_today = report.days[i].released;
        }
    }
    report.predicted = pn_volume_predict(days, report.day_count, today);
    if (!report.released_today) {
        report.allowed_today = report.predicted.allowed;
        if (strategy->daily_max != 0) {
            report.allowed_today = PN_MIN(report.allowed_today, strategy->daily_max);
        }
    }
    *ret_report = report;
    return PN_OK;
}

/* ── counting ────────────────────────────────────────────────────────────────────────────────── */

static pn_err read_count(pn_volumes *v, pn_id strategy_id, pn_date day, counted *ret_each) {
    pn_volume_report report;
    pn_strategy_row strategy;
    PN_TRY(pn_strategy_get(v->app->db, strategy_id, &v->arena, &strategy));
    PN_TRY(report_on(v->app, &strategy, day, &v->arena, &report));
    *ret_each = (counted){.strategy = strategy,
                          .day = day,
                          .sent = report.sent_today,
                          .saved = report.sent_today,
                          .allowed = report.allowed_today};
    return PN_OK;
}

static pn_err load(pn_volumes *v, pn_id strategy_id, pn_date today, counted **ret_each) {
    counted *each = pn_arena_new(&v->arena, counted);
    PN_TRY(read_count(v, strategy_id, today, each));
    (void)pn_table_put_int(&v->strategies, strategy_id, each);
    v->list = pn_arena_grow(&v->arena, v->list, v->count, &v->capacity, sizeof(counted *));
    v->list[v->count++] = each;
    *ret_each = each;
    return PN_OK;
}

pn_err pn_volumes_again(pn_volumes *v) {
    for (size_t i = 0; i < v->count; i++) {
        PN_TRY(read_count(v, v->list[i]->strategy.id, v->list[i]->day, v->list[i]));
    }
    return PN_OK;
}

/* Said where people look: on the strategy, to its manager, and in the organization's journal. */
static pn_err stop(pn_volumes *v, counted *each) {
    char day[PN_DATE_ISO_SIZE];
    each->strategy.stopped_on = each->day;
    bool stopped = false;
    PN_TRY(pn_strategy_stop(v->app->db, each->strategy.id, each->day, &stopped));
    if (!stopped) { /* another process has just done so */
        return PN_OK;
    }
    pn_str text = pn_str_format(
        &v->arena,
        "%.*s: more than %lld messages on %s, so it was stopped. "
        "puntual strategy volume %.*s shows why; puntual strategy release %.*s "
        "lets it go on.",
        PN_STR_ARG(each->strategy.name), (long long)each->allowed, pn_date_iso(each->day, day),
        PN_STR_ARG(each->strategy.name), PN_STR_ARG(each->strategy.name));
    pn_notice_row notice = {.id = pn_app_id(v->app),
                            .org_id = v->app->org.id,
                            .recipient = PN_STR("manager"),
                            .text = text,
                            .at = pn_app_now(v->app)};
    PN_TRY(pn_notice_insert(v->app->db, &notice));
    pn_log_write(v->app->log, PN_LOG_ERROR, "strategy.stopped",
                 (pn_log_fields){.org = v->app->org.id});
    pn_id event_id = 0;
    return pn_journal_add(v->app, 0, 0, 0, PN_EVENT_SETTING,
                          pn_str_format(&v->arena, "{\"allowed\":%lld,\"stopped\":\"%.*s\"}",
                                        (long long)each->allowed, PN_STR_ARG(each->strategy.name)),
                          &event_id);
}

pn_err pn_volumes_allow(pn_volumes *v, pn_id strategy_id, pn_time now, bool *ret_allowed) {
    pn_date today = day_of(v->app, now);
    counted *each = pn_table_get_int(&v->strategies, strategy_id);
    if (each != NULL && each->day != today) {
        PN_TRY(pn_volumes_save(v));
        pn_volumes_forget(v);
        each = NULL;
    }
    if (each == NULL) {
        PN_TRY(load(v, strategy_id, today, &each));
    }
    if (each->strategy.stopped_on == PN_DATE_NONE && each->sent >= each->allowed) {
        PN_TRY(stop(v, each));
    }
    /* what was given back on the day of the stop (a crash, a fact that changed) still fits */
    *ret_allowed = each->strategy.stopped_on == PN_DATE_NONE ||
                   (each->strategy.stopped_on == today && each->sent < each->allowed);
    return PN_OK;
}

void pn_volumes_count(pn_volumes *v, pn_id strategy_id) {
    counted *each = pn_table_get_int(&v->strategies, strategy_id);
    assert(each != NULL); /* it was asked for before */
    each->sent++;
}

pn_err pn_volumes_give_back(pn_volumes *v, pn_id strategy_id, pn_time claimed_at) {
    pn_date day = day_of(v->app, claimed_at);
    counted *each = pn_table_get_int(&v->strategies, strategy_id);
    if (each != NULL && each->day == day) {
        each->sent--;
        each->saved--;
    }
    return pn_strategy_day_add(v->app->db, v->app->org.id, strategy_id, day, -1, INT64_MAX);
}

pn_err pn_volumes_save(pn_volumes *v) {
    for (size_t i = 0; i < v->count; i++) {
        counted *each = v->list[i];
        if (each->sent != each->saved) {
            PN_TRY(pn_strategy_day_add(v->app->db, v->app->org.id, each->strategy.id, each->day,
                                       each->sent - each->saved, each->allowed));
            each->saved = each->sent;
        }
    }
    return PN_OK;
}

/* ── what people do ──────────────────────────────────────────────────────────────────────────── */

static pn_err find(pn_app *app, pn_str name, pn_arena *arena, pn_strategy_row *ret_row,
                   pn_diag *diag) {
    pn_err err = pn_strategy_find(app->db, app->org.id, name, arena, ret_row);
    if (err == PN_NOT_FOUND) {
        err = pn_diag_set(diag, err, "There is no strategy “%.*s”.", PN_STR_ARG(name));
        pn_diag_mend(diag, "`puntual strategy list` shows those there are.");
        return err;
    }
    return err == PN_OK ? PN_OK : pn_app_fail(app, err, diag);
}

pn_err pn_volume_look(pn_app *app, pn_str strategy, pn_arena *arena, pn_volume_report *ret_report,
                      pn_diag *diag) {
    pn_strategy_row row;
    PN_TRY(find(app, strategy, arena, &row, diag));
    pn_err err = report_on(app, &row, day_of(app, pn_app_now(app)), arena, ret_report);
    return err == PN_OK ? PN_OK : pn_app_fail(app, err, diag);
}

static pn_err record(pn_app *app, pn_str body) {
    pn_id event_id = 0;
    return pn_journal_add(app, 0, 0, 0, PN_EVENT_SETTING, body, &event_id);
}

pn_err pn_volume_release(pn_app *app, pn_str strategy, pn_str reason, pn_arena *arena,
                         pn_diag *diag) {
    pn_strategy_row row;
    pn_buf body;
    PN_TRY(find(app, strategy, arena, &row, diag));
    if (row.stopped_on == PN_DATE_NONE) {
        return pn_diag_set(diag, PN_CONFLICT, "The strategy “%.*s” is not stopped.",
                           PN_STR_ARG(strategy));
    }
    pn_time now = pn_app_now(app);
    PN_TRY(pn_strategy_go_on(app->db, row.id));
    PN_TRY(pn_strategy_day_release(app->db, app->org.id, row.id, day_of(app, now)));
    PN_TRY(pn_message_due_again_all(app->db, app->org.id, PN_STR("volume"), now));
    PN_TRY(pn_zone_deliver_now(app->db, app->org.lane, now));
    pn_buf_init(&body, 8192);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "reason", reason);
    pn_json_put_str(&w, "released", row.name);
    pn_json_end_object(&w);
    pn_err err = record(app, pn_str_dup(arena, pn_buf_str(&body)));
    pn_buf_done(&body);
    return err;
}

pn_err pn_volume_set_max(pn_app *app, pn_str strategy, int64_t daily_max, pn_arena *arena,
                         pn_diag *diag) {
    pn_strategy_row row;
    PN_TRY(find(app, strategy, arena, &row, diag));
    PN_TRY(pn_strategy_set_max(app->db, row.id, daily_max));
    return record(app, pn_str_format(arena, "{\"daily_max\":%lld,\"strategy\":\"%.*s\"}",
                                     (long long)daily_max, PN_STR_ARG(row.name)));
}
