#include "app/errands.h"

#include "app/errands_int.h"
#include "app/tasks.h"
#include "base/banned.h"

/* ── writing ─────────────────────────────────────────────────────────────────────────────────── */

pn_str pn_errand_param(const pn_flow_node *node, const char *name) {
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
                         .call.due_at = at,
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
    const pn_call *call = &row->call;
    if (call->state == PN_ERRAND_OPEN && call->attempts == 0) {
        pn_call_settle(&row->call, PN_ERRAND_DROPPED,
                       PN_STR("It was not asked yet, and nothing is to be suspended any more."),
                       at);
        return pn_errand_record(app->db, row);
    }
    if (call->state == PN_ERRAND_FAILED || call->state == PN_ERRAND_DROPPED) {
        return PN_OK;
    }
    PN_TRY(pn_catalog_version(app, row->version_id, &version, diag));
    if (pn_errand_param(&version->flow->nodes[row->node], "restore_path").len == 0) {
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
