#include "app/errands.h"

#include "app/errands_int.h"
#include "app/tasks.h"
#include "base/banned.h"
#include "base/limits.h"

enum { BATCH = 2 * PN_LIMIT_FETCH_AT_ONCE };

/* ── writing ─────────────────────────────────────────────────────────────────────────────────── */

static pn_str param_text(const pn_flow_node *node, const char *name) {
    const pn_param_value *value = pn_node_param_named(node, name);
    return value != NULL && value->given ? value->text : PN_STR_NONE;
}

static pn_err insert(pn_app *app, const pn_run *run, pn_errand_kind kind, uint32_t visit,
                     pn_id version_id, uint32_t node, pn_str connector, pn_time at) {
    pn_errand_row row = {.debtor_id = run->debtor_id,
                         .id = pn_app_id(app),
                         .org_id = app->org.id,
                         .run_id = run->id,
                         .visit = visit,
                         .kind = kind,
                         .version_id = version_id,
                         .node = node,
                         .connector = connector,
                         .due_at = at,
                         .asked_at = at};
    return pn_errand_insert(app->db, &row);
}

static pn_err by_hand(pn_app *app, pn_id debtor_id, pn_arena *arena) {
    pn_task_request task = {
        .debtor_id = debtor_id, .kind = PN_TASK_RESTORE, .due_at = pn_app_now(app) + PN_DAY};
    return pn_tasks_open(app, &task, arena);
}

static bool restored(const pn_errand_row *rows, size_t count, uint32_t visit) {
    for (size_t i = 0; i < count; i++) {
        if (rows[i].kind == PN_ERRAND_RESTORE && rows[i].visit == visit) {
            return true;
        }
    }
    return false;
}

/* What was not asked yet need not be undone. */
static pn_err undo(pn_app *app, const pn_run *run, pn_errand_row *row, pn_time at, pn_arena *arena,
                   pn_diag *diag) {
    const pn_published *version = NULL;
    if (row->state == PN_ERRAND_OPEN && row->attempts == 0) {
        row->state = PN_ERRAND_DROPPED;
        row->settled_at = at;
        row->reason = PN_STR("It was not asked yet, and nothing is to be suspended any more.");
        return pn_errand_record(app->db, row);
    }
    if (row->state == PN_ERRAND_FAILED || row->state == PN_ERRAND_DROPPED) {
        return PN_OK;
    }
    PN_TRY(pn_catalog_version(app, row->version_id, &version, diag));
    if (param_text(&version->flow->nodes[row->node], "restore_path").len == 0) {
        return by_hand(app, row->debtor_id, arena);
    }
    return insert(app, run, PN_ERRAND_RESTORE, row->visit, row->version_id, row->node,
                  row->connector, at);
}

static pn_err restore(pn_app *app, const pn_run *run, pn_time at, pn_arena *arena, pn_diag *diag) {
    pn_errand_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_errand_of_run(app->db, run->debtor_id, run->id, arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].kind == PN_ERRAND_SUSPEND && !restored(rows, count, rows[i].visit)) {
            PN_TRY(undo(app, run, &rows[i], at, arena, diag));
        }
    }
    return PN_OK;
}

pn_err pn_errands_write(pn_app *app, const pn_move *move, const pn_cmd *cmd, pn_arena *arena,
                        pn_diag *diag) {
    const pn_run *run = &move->row.run;
    if (cmd->errand.kind == PN_ERRAND_RESTORE) {
        return restore(app, run, move->event.at, arena, diag);
    }
    return insert(app, run, cmd->errand.kind, cmd->visit, cmd->errand.version_id, cmd->node,
                  cmd->errand.connector, move->event.at);
}

pn_err pn_errands_closed(pn_app *app, const pn_move *move, pn_arena *arena, pn_diag *diag) {
    const pn_run *run = &move->row.run;
    bool asks = move->flow->flow->asks || run->jumps != 0;
    bool closed = run->status == PN_RUN_CLOSED || run->closing != PN_CLOSED_NOT;
    return asks && closed && move->was_active ? restore(app, run, move->event.at, arena, diag)
                                              : PN_OK;
}

/* ── taking ──────────────────────────────────────────────────────────────────────────────────── */

static const pn_run *run_of(const pn_view *view, pn_id id) {
    for (size_t i = 0; i < view->run_count; i++) {
        if (view->runs[i].run.id == id) {
            return &view->runs[i].run;
        }
    }
    return NULL;
}

static int64_t claimable_of(const pn_errand *e) {
    int64_t sum = 0;
    for (size_t i = 0; i < e->account->item_count; i++) {
        const pn_item *item = &e->account->items[i];
        bool works = e->run->invoice_id != 0 ? item->id == e->run->invoice_id : !item->own_run;
        sum += works ? item->claimable : 0;
    }
    return sum;
}

/* Why it is not asked any more; NULL: it is. The guard is last here too: nobody is cut off who has
 * paid since the step. */
static const char *unwanted(const pn_errand *e) {
    bool waits = e->run->status == PN_RUN_ACTIVE && e->run->visit == e->row.visit;
    switch (e->row.kind) {
    case PN_ERRAND_SUSPEND:
        return !pn_run_working(e->run) ? "The case is over."
               : claimable_of(e) <= 0  ? "Nothing may be asked for any more."
                                       : NULL;
    case PN_ERRAND_COLLECT:
        return !waits                                              ? "The case has gone on."
               : e->row.reference.len == 0 && claimable_of(e) <= 0 ? "Nothing is left."
                                                                   : NULL;
    case PN_ERRAND_HTTP:
    case PN_ERRAND_TICKET:
    case PN_ERRAND_PAID: return waits ? NULL : "The case has gone on.";
    case PN_ERRAND_RESTORE:
    case PN_ERRANDS: break;
    }
    return NULL;
}

static bool repeatable(const char *method) {
    return strcmp(method, "GET") == 0 || strcmp(method, "PUT") == 0 ||
           strcmp(method, "DELETE") == 0;
}

/* What stands around it: the run, its account, the node that wants it. */
static pn_err look_around(pn_app *app, pn_errand *e, pn_arena *arena, pn_diag *diag) {
    const pn_published *version = NULL;
    pn_view *view = pn_arena_new(arena, pn_view);
    PN_TRY(pn_catalog_version(app, e->row.version_id, &version, diag));
    PN_TRY(pn_view_one(app, e->row.debtor_id, true, arena, view));
    e->node = &version->flow->nodes[e->row.node];
    e->view = view;
    e->run = run_of(view, e->row.run_id);
    e->account = e->run != NULL ? pn_view_account_of(view, e->run->account_id) : NULL;
    return e->account != NULL ? PN_OK : PN_NOT_FOUND;
}

static pn_err make_request(pn_app *app, pn_errand *e, pn_time now, pn_arena *arena,
                           pn_fetch_request *ret_request, pn_diag *diag) {
    bool restores = e->row.kind == PN_ERRAND_RESTORE;
    pn_str path = param_text(e->node, restores ? "restore_path" : "path");
    pn_str body = param_text(e->node, restores ? "restore_body" : "body");
    char key[PN_ID_TEXT_SIZE];
    pn_json *data = NULL;
    PN_TRY(pn_connector_open(app, e->row.connector, arena, &e->connector, diag));
    e->method = pn_ask_methods[pn_node_param_named(e->node, "method")->number];
    e->may_repeat = e->connector.repeats || repeatable(e->method);
    PN_TRY(pn_errand_data(app, e, now, arena, &data, diag));
    PN_TRY(
        pn_errand_render(app, e->view, path, PN_LIQUID_ESCAPE_URL, data, now, arena, &path, diag));
    PN_TRY(pn_errand_render(app, e->view, body,
                            e->connector.form ? PN_LIQUID_ESCAPE_URL : PN_LIQUID_ESCAPE_JSON, data,
                            now, arena, &body, diag));
    pn_str id = pn_str_dup(arena, pn_str_of(pn_id_text(PN_ID_ERRAND, e->row.id, key)));
    return pn_connector_request(&e->connector, e->method, path, body, id, arena, ret_request, diag);
}

static pn_err settle(pn_app *app, pn_errand *e, pn_errand_state state, pn_str reason, pn_time now,
                     pn_arena *arena, pn_diag *diag) {
    e->row.state = state;
    e->row.reason = reason;
    e->row.settled_at = now;
    PN_TRY(pn_errand_record(app->db, &e->row));
    return pn_errand_follow(app, e, PN_STR_NONE, arena, diag);
}

static pn_err lease(pn_app *app, const pn_errand *e) {
    return pn_errand_lease(app->db, &e->row, pn_env_now(app->env) + app->lease_seconds * PN_SECOND);
}

static pn_err prepare_charge(pn_app *app, pn_errand *e, pn_time now, pn_arena *arena,
                             bool *ret_ready, pn_diag *diag) {
    pn_err err =
        pn_mandate_for(app->db, e->row.debtor_id, e->account->row.creditor_id, arena, &e->mandate);
    if (err == PN_NOT_FOUND) {
        e->row.outcome = PN_STR("no_mandate");
        return settle(app, e, PN_ERRAND_DONE, PN_STR(""), now, arena, diag);
    }
    PN_TRY(err);
    *ret_ready = true;
    return lease(app, e);
}

/* `ret_ready` where there is something to ask. */
static pn_err prepare(pn_app *app, pn_errand *e, pn_time now, pn_arena *arena,
                      pn_fetch_request *ret_request, bool *ret_ready, pn_diag *diag) {
    pn_diag why = {0};
    char sentence[600];
    *ret_ready = false;
    pn_err around = look_around(app, e, arena, diag);
    if (around == PN_NOT_FOUND) { /* the case is gone: nobody waits for the answer */
        e->row.state = PN_ERRAND_DROPPED;
        e->row.settled_at = now;
        return pn_errand_record(app->db, &e->row);
    }
    PN_TRY(around);
    const char *gone = unwanted(e);
    bool broke_off = e->row.lease_until != 0;
    if (gone != NULL && !broke_off) {
        return settle(app, e, PN_ERRAND_DROPPED, pn_str_of(gone), now, arena, diag);
    }
    if (e->row.kind == PN_ERRAND_COLLECT) {
        return prepare_charge(app, e, now, arena, ret_ready, diag);
    }
    pn_err err = make_request(app, e, now, arena, ret_request, &why);
    if (err != PN_OK) {
        pn_diag_sentence(&why, sentence, sizeof sentence);
        return settle(app, e, PN_ERRAND_FAILED, pn_str_dup(arena, pn_str_of(sentence)), now, arena,
                      diag);
    }
    if (broke_off && !e->may_repeat) {
        return settle(app, e, PN_ERRAND_UNCERTAIN,
                      PN_STR("The program ended while it was asked; it may have been done."), now,
                      arena, diag);
    }
    *ret_ready = true;
    return lease(app, e);
}

typedef struct {
    pn_errand items[BATCH];
    pn_fetch_request requests[BATCH];
    pn_fetch_answer answers[BATCH];
    size_t count; /* of those to be asked */
    pn_errand charges[BATCH];
    size_t charge_count;
    size_t seen; /* that were due */
} batch;

static pn_err take(pn_app *app, batch *b, pn_time now, pn_arena *arena, pn_errand_stats *stats,
                   pn_diag *diag) {
    pn_errand_row *rows = NULL;
    PN_TRY(pn_errand_due(app->db, app->org.id, now, pn_env_now(app->env), BATCH, arena, &rows,
                         &b->seen));
    for (size_t i = 0; i < b->seen; i++) {
        pn_errand *e = &b->items[b->count];
        bool ready = false;
        *e = (pn_errand){.row = rows[i]};
        PN_TRY(prepare(app, e, now, arena, &b->requests[b->count], &ready, diag));
        stats->failed += e->row.state == PN_ERRAND_FAILED;
        stats->uncertain += e->row.state == PN_ERRAND_UNCERTAIN;
        if (ready && e->row.kind == PN_ERRAND_COLLECT) {
            b->charges[b->charge_count++] = *e;
        } else {
            b->count += ready;
        }
    }
    return PN_OK;
}

/* ── recording ───────────────────────────────────────────────────────────────────────────────── */

static pn_err record_one(pn_app *app, pn_errand *e, const pn_fetch_answer *answer, pn_time now,
                         pn_arena *arena, pn_errand_stats *stats, pn_diag *diag) {
    pn_str value = PN_STR_NONE;
    stats->asked++;
    if (answer != NULL) {
        e->row.attempts++;
        pn_errand_judge(e, answer, now, arena, &value);
    }
    pn_err err = pn_errand_record(app->db, &e->row);
    if (err == PN_CONFLICT) {
        return PN_OK; /* another process took it after the lease, and its word stands */
    }
    PN_TRY(err);
    pn_str trouble = e->row.state == PN_ERRAND_DONE ? PN_STR("") : e->row.reason;
    PN_TRY(
        pn_connector_used(app->db, app->org.id, e->row.connector, trouble, pn_env_now(app->env)));
    stats->done += e->row.state == PN_ERRAND_DONE;
    stats->failed += e->row.state == PN_ERRAND_FAILED;
    stats->uncertain += e->row.state == PN_ERRAND_UNCERTAIN;
    stats->retried += e->row.state == PN_ERRAND_OPEN;
    return e->row.state == PN_ERRAND_OPEN ? PN_OK : pn_errand_follow(app, e, value, arena, diag);
}

static pn_err record(pn_app *app, batch *b, pn_time now, pn_arena *arena, pn_errand_stats *stats,
                     pn_diag *diag) {
    for (size_t i = 0; i < b->count; i++) {
        PN_TRY(record_one(app, &b->items[i], &b->answers[i], now, arena, stats, diag));
    }
    for (size_t i = 0; i < b->charge_count; i++) {
        PN_TRY(record_one(app, &b->charges[i], NULL, now, arena, stats, diag));
    }
    return PN_OK;
}

static pn_err work_batch(pn_app *app, batch *b, pn_time now, pn_arena *arena,
                         pn_errand_stats *stats, pn_diag *diag) {
    PN_TRY(pn_app_begin(app, diag));
    PN_TRY(pn_app_end(app, take(app, b, now, arena, stats, diag), diag));
    if (b->count + b->charge_count == 0) {
        return PN_OK;
    }
    for (size_t i = 0; i < b->charge_count; i++) {
        PN_TRY(pn_errand_collect(app, &b->charges[i], now, arena, diag));
    }
    pn_fetch_all(b->requests, b->count, app->should_stop, arena, b->answers);
    PN_TRY(pn_app_begin(app, diag));
    return pn_app_end(app, record(app, b, now, arena, stats, diag), diag);
}

pn_err pn_errands_next(pn_app *app, pn_time *ret_next) {
    return pn_errand_next(app->db, app->org.id, pn_env_now(app->env), ret_next);
}

pn_err pn_errands_work(pn_app *app, pn_time now, pn_errand_stats *stats, pn_diag *diag) {
    pn_arena arena;
    pn_time next = PN_TIME_NEVER;
    pn_arena_init(&arena, 0);
    pn_err err = pn_errands_next(app, &next);
    while (err == PN_OK && next <= now && !pn_app_stops(app)) {
        batch *b = pn_arena_new(&arena, batch);
        err = work_batch(app, b, now, &arena, stats, diag);
        err = err == PN_OK ? pn_errands_next(app, &next) : err;
        pn_arena_reset(&arena);
    }
    pn_arena_done(&arena);
    return err;
}
