/* What cases ask over connectors, as calls (app/calls.h). */
#include "app/connectors.h"
#include "app/errands_int.h"
#include "base/banned.h"

/* ── what stands around one ──────────────────────────────────────────────────────────────────── */

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

/* The guard is last here too: nobody is cut off who has paid since the step. */
const char *pn_errand_unwanted(const pn_errand *e) {
    bool waits = e->run->status == PN_RUN_ACTIVE && e->run->visit == e->row.visit;
    if (e->run->unreadable && e->row.kind != PN_ERRAND_RESTORE) {
        return "The case cannot be read.";
    }
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

pn_err pn_errand_look(pn_app *app, pn_errand *e, pn_arena *arena, pn_diag *diag) {
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

/* ── taking ──────────────────────────────────────────────────────────────────────────────────── */

static pn_err open_connector(pn_app *app, pn_errand *e, pn_arena *arena, pn_diag *diag) {
    PN_TRY(pn_connector_open(app, e->row.connector, arena, &e->connector, diag));
    e->method = pn_ask_methods[pn_node_param_named(e->node, "method")->number];
    e->may_repeat = e->connector.repeats || repeatable(e->method);
    return PN_OK;
}

/* The request lives on `arena`, what it is made from on `scratch`. */
static pn_err make_request(pn_app *app, const pn_errand *e, pn_time now, pn_arena *arena,
                           pn_arena *scratch, pn_fetch_request *ret_request, pn_diag *diag) {
    bool restores = e->row.kind == PN_ERRAND_RESTORE;
    pn_str path = pn_errand_param(e->node, restores ? "restore_path" : "path");
    pn_str body = pn_errand_param(e->node, restores ? "restore_body" : "body");
    pn_liquid_escape inside = e->connector.form ? PN_LIQUID_ESCAPE_URL : PN_LIQUID_ESCAPE_JSON;
    char key[PN_ID_TEXT_SIZE];
    pn_json *data = NULL;
    PN_TRY(pn_errand_data(app, e, now, scratch, &data, diag));
    PN_TRY(
        pn_errand_render(app, e->view, path, PN_LIQUID_ESCAPE_URL, data, now, arena, &path, diag));
    PN_TRY(pn_errand_render(app, e->view, body, inside, data, now, arena, &body, diag));
    pn_str id = pn_str_dup(arena, pn_str_of(pn_id_text(PN_ID_ERRAND, e->row.id, key)));
    return pn_connector_request(&e->connector, e->method, path, body, id, arena, ret_request, diag);
}

pn_err pn_errand_settle(pn_app *app, pn_errand *e, pn_errand_state state, pn_str reason,
                        pn_time now, pn_arena *arena, pn_diag *diag) {
    pn_call_settle(&e->row.call, (int)state, reason, now);
    PN_TRY(pn_errand_record(app->db, &e->row));
    return pn_errand_follow(app, e, PN_STR_NONE, arena, diag);
}

pn_err pn_errand_wanted(pn_app *app, pn_errand *e, pn_time now, pn_arena *arena, bool *ret_wanted,
                        pn_diag *diag) {
    *ret_wanted = false;
    pn_err around = pn_errand_look(app, e, arena, diag);
    if (around == PN_NOT_FOUND) { /* the case is gone: nobody waits for the answer */
        pn_call_settle(&e->row.call, PN_ERRAND_DROPPED, PN_STR(""), now);
        return pn_errand_record(app->db, &e->row);
    }
    PN_TRY(around);
    const char *gone = pn_errand_unwanted(e);
    bool broke_off = e->row.call.lease_until != 0;
    if (gone != NULL && !broke_off) {
        return pn_errand_settle(app, e, PN_ERRAND_DROPPED, pn_str_of(gone), now, arena, diag);
    }
    *ret_wanted = true;
    return PN_OK;
}

/* `ret_ready` where there is something to ask. */
static pn_err prepare(pn_app *app, pn_errand *e, pn_call_job *job, pn_time now, pn_arena *scratch,
                      bool *ret_ready, pn_diag *diag) {
    pn_diag why = {0};
    char sentence[600];
    bool wanted = false;
    PN_TRY(pn_errand_wanted(app, e, now, scratch, &wanted, diag));
    if (!wanted) {
        return PN_OK;
    }
    pn_err err = open_connector(app, e, &job->arena, &why);
    err = err == PN_OK ? make_request(app, e, now, &job->arena, scratch, &job->request, &why) : err;
    if (err != PN_OK) {
        pn_diag_sentence(&why, sentence, sizeof sentence);
        return pn_errand_settle(app, e, PN_ERRAND_FAILED, pn_str_of(sentence), now, scratch, diag);
    }
    if (e->row.call.lease_until != 0 && !e->may_repeat) {
        return pn_errand_settle(app, e, PN_ERRAND_UNCERTAIN,
                                PN_STR("The program ended while it was asked; it may have been "
                                       "done."),
                                now, scratch, diag);
    }
    *ret_ready = true;
    return pn_call_lease(app->db, &PN_ERRAND_CALLS, e->row.debtor_id, e->row.id,
                         pn_call_lease_until(app, e->connector.timeout_ms), &e->row.call);
}

static void count_settled(const pn_errand *e, pn_errand_stats *stats) {
    stats->done += e->row.call.state == PN_ERRAND_DONE;
    stats->failed += e->row.call.state == PN_ERRAND_FAILED;
    stats->uncertain += e->row.call.state == PN_ERRAND_UNCERTAIN;
}

static pn_err take(pn_app *app, pn_call_job *job, const pn_call_to *to, pn_time now,
                   pn_arena *scratch, pn_taken *ret_taken, pn_call_stats *stats, pn_diag *diag) {
    pn_errand *e = pn_arena_new(&job->arena, pn_errand);
    bool ready = false;
    pn_err err =
        pn_errand_due(app->db, app->org.id, to, now, pn_env_now(app->env), &job->arena, &e->row);
    if (err == PN_NOT_FOUND) {
        *ret_taken = PN_TAKEN_NONE;
        return PN_OK;
    }
    PN_TRY(err);
    PN_TRY(prepare(app, e, job, now, scratch, &ready, diag));
    count_settled(e, &stats->errands);
    job->row = e;
    *ret_taken = ready ? PN_TAKEN_READY : PN_TAKEN_SETTLED;
    return PN_OK;
}

/* ── recording ───────────────────────────────────────────────────────────────────────────────── */

pn_err pn_errand_end(pn_app *app, pn_errand *e, pn_str value, pn_arena *arena,
                     pn_errand_stats *stats, pn_diag *diag) {
    const pn_call *call = &e->row.call;
    pn_err err = pn_errand_record(app->db, &e->row);
    if (err == PN_CONFLICT) {
        return PN_OK; /* another process took it after the lease, and its word stands */
    }
    PN_TRY(err);
    pn_str trouble = call->state == PN_ERRAND_DONE ? PN_STR("") : call->reason;
    PN_TRY(
        pn_connector_used(app->db, app->org.id, e->row.connector, trouble, pn_env_now(app->env)));
    count_settled(e, stats);
    stats->retried += call->state == PN_ERRAND_OPEN;
    return call->state == PN_ERRAND_OPEN ? PN_OK : pn_errand_follow(app, e, value, arena, diag);
}

/* What stands around it is looked at again: it may have changed while it was asked. */
static pn_err record(pn_app *app, pn_call_job *job, pn_time now, pn_arena *scratch,
                     pn_call_stats *stats, pn_diag *diag) {
    pn_errand e = *(const pn_errand *)job->row; /* a transaction that is undone judges again */
    pn_str value = PN_STR_NONE;
    stats->errands.asked++;
    pn_err around = pn_errand_look(app, &e, scratch, diag);
    if (around == PN_NOT_FOUND) {
        pn_call_settle(&e.row.call, PN_ERRAND_DROPPED, PN_STR(""), now);
        pn_err err = pn_errand_record(app->db, &e.row);
        return err == PN_CONFLICT ? PN_OK : err;
    }
    PN_TRY(around);
    pn_errand_judge(&e, &job->answer, now, scratch, &value);
    return pn_errand_end(app, &e, value, scratch, &stats->errands, diag);
}

const pn_call_kind PN_ERRAND_KIND = {.texts = &PN_ERRAND_CALLS, .take = take, .record = record};
