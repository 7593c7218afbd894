#include "app/steer.h"

#include "app/catalog.h"
#include "app/offers.h"
#include "app/rollup.h"
#include "base/banned.h"
#include "store/invoice.h"
#include "store/message.h"
#include "store/offer.h"
#include "store/task.h"

/* Messages of a run that are looked through for those that wait. */
enum { MESSAGES_MAX = 200, POSTPONE_DAYS_MAX = 366 };

typedef struct {
    pn_app *app;
    pn_run_row *row;
    const pn_steer_wish *wish;
    const pn_flow *flow;
    pn_time now;
    uint32_t from, old_visit;
    pn_run_wait old_wait;
    bool leaves; /* the node: what it had begun ends */
    pn_arena *arena;
    pn_diag *diag;
} steering;

/* ── what the case had begun ─────────────────────────────────────────────────────────────────── */

static pn_err skip_message(steering *s, pn_message_row *message) {
    char id[PN_ID_TEXT_SIZE];
    message->state = PN_MESSAGE_SKIPPED;
    message->reason = PN_STR("led_on");
    message->settled_at = s->now;
    message->lease_until = 0;
    PN_TRY(pn_message_update(s->app->db, message));
    pn_str body = pn_str_format(s->arena, "{\"message\":\"%s\",\"reason\":\"led_on\"}",
                                pn_id_text(PN_ID_MESSAGE, message->id, id));
    return pn_journal_run(s->app, message->debtor_id, message->run_id, PN_EVENT_MESSAGE_SKIPPED,
                          body);
}

static pn_err end_messages(steering *s) {
    pn_message_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_message_chain(s->app->db, s->row->last_message_id, MESSAGES_MAX, s->arena, &rows,
                            &count));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].state == PN_MESSAGE_SENDING || rows[i].state == PN_MESSAGE_UNCERTAIN) {
            return pn_diag_set(s->diag, PN_CONFLICT,
                               rows[i].state == PN_MESSAGE_SENDING
                                   ? "A message of this case is leaving now."
                                   : "Of a message of this case nobody knows "
                                     "whether it left: settle it first.");
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (rows[i].state == PN_MESSAGE_QUEUED) {
            PN_TRY(skip_message(s, &rows[i]));
        }
    }
    return PN_OK;
}

static pn_err end_offer(steering *s) {
    const pn_run *run = &s->row->run;
    pn_offer_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_offer_of_debtor(s->app->db, run->debtor_id, s->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].run_id == run->id && rows[i].visit == s->old_visit &&
            rows[i].state == PN_OFFER_OPEN) {
            return pn_offers_withdraw(s->app, rows[i].id, s->wish->reason, s->arena, s->diag);
        }
    }
    return PN_OK;
}

/* After the run was written: its chain of events is read and moved. */
static pn_err end_begun(steering *s) {
    int64_t cancelled = 0;
    const pn_run *run = &s->row->run;
    PN_TRY(end_messages(s));
    if (s->old_wait == PN_WAIT_OFFER) {
        PN_TRY(end_offer(s));
    }
    return pn_task_cancel_of_run(s->app->db, run->debtor_id, run->id, s->now, &cancelled);
}

/* ── the place ───────────────────────────────────────────────────────────────────────────────── */

static void enter(steering *s, uint32_t node) {
    pn_run *run = &s->row->run;
    run->node = node;
    run->visit++;
    run->entered_at = s->now;
    run->paused_us = 0;
    run->not_before = PN_TIME_NONE;
    run->late_count = 0;
    run->catch_up = false;
    run->catch_due = PN_NODE_NONE;
    run->returned = false;
    run->wait = PN_WAIT_NONE;
    run->wake_at = s->now;
    s->leaves = true;
}

static pn_err move(steering *s) {
    uint32_t node = pn_flow_find(s->flow, s->wish->node);
    if (node == PN_NODE_NONE) {
        return pn_diag_set(s->diag, PN_INVALID, "“%.*s” has no node “%.*s”.",
                           PN_STR_ARG(s->flow->name), PN_STR_ARG(s->wish->node));
    }
    enter(s, node);
    return PN_OK;
}

/* The exit of a wait whose time is over; NONE where the node has none of that kind. */
static uint32_t exit_in_time(const pn_flow_node *node) {
    static const char *const NAMES[] = {"next", "timeout", "unread", "else"};
    for (size_t i = 0; i < PN_COUNT(NAMES); i++) {
        for (uint32_t j = 0; j < node->exit_count; j++) {
            if (pn_str_eq(node->exits[j].name, pn_str_of(NAMES[i]))) {
                return node->exits[j].target;
            }
        }
    }
    return PN_NODE_NONE;
}

static pn_err skip(steering *s) {
    const pn_run *run = &s->row->run;
    bool waits =
        run->wait == PN_WAIT_TIME || run->wait == PN_WAIT_SIGNAL || run->wait == PN_WAIT_RULE;
    uint32_t target = exit_in_time(&s->flow->nodes[run->node]);
    if (!waits || target == PN_NODE_NONE) {
        pn_err err = pn_diag_set(s->diag, PN_CONFLICT,
                                 "The case does not wait for a time that could be skipped.");
        pn_diag_mend(s->diag, "Move it to the node it should go on from.");
        return err;
    }
    enter(s, target);
    return PN_OK;
}

static pn_err postpone(steering *s) {
    pn_run *run = &s->row->run;
    if (run->wait != PN_WAIT_TIME) {
        pn_err err = pn_diag_set(s->diag, PN_CONFLICT,
                                 "The case does not wait for a time that could be put off.");
        pn_diag_mend(s->diag, "Hold it instead.");
        return err;
    }
    if (s->wish->until <= s->now || s->wish->until > s->now + POSTPONE_DAYS_MAX * PN_DAY) {
        return pn_diag_set(s->diag, PN_INVALID,
                           "A wait is put off into the future, by a year at "
                           "most.");
    }
    run->not_before = s->wish->until;
    run->wake_at = s->wish->until;
    return PN_OK;
}

static pn_err stop(steering *s) {
    pn_run *run = &s->row->run;
    s->leaves = true;
    run->status = PN_RUN_ENDED;
    run->outcome = PN_STR("stopped");
    run->closed_at = s->now;
    run->late_count = 0;
    run->catch_up = false;
    run->catch_due = PN_NODE_NONE;
    run->returned = false;
    run->wait = PN_WAIT_OVER;
    run->wake_at = PN_TIME_NEVER;
    return pn_run_owns(run) ? pn_invoice_set_run(s->app->db, run->debtor_id, run->invoice_id, 0)
                            : PN_OK;
}

/* ── the whole ───────────────────────────────────────────────────────────────────────────────── */

static const char *const WHAT[] = {
    [PN_STEER_MOVE] = "run.moved",
    [PN_STEER_SKIP] = "run.skipped",
    [PN_STEER_POSTPONE] = "run.postponed",
    [PN_STEER_STOP] = "run.stopped",
};

static pn_err tell(steering *s) {
    const pn_run *run = &s->row->run;
    pn_buf body;
    pn_buf_init(&body, 1 << 16);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "from", pn_flow_node_id(s->flow, s->from));
    pn_json_put_str(&w, "reason", s->wish->reason);
    if (run->status == PN_RUN_ACTIVE) {
        pn_json_put_str(&w, "to", pn_flow_node_id(s->flow, run->node));
    }
    if (s->wish->kind == PN_STEER_POSTPONE) {
        pn_json_put_int(&w, "until", s->wish->until);
    }
    pn_json_put_str(&w, "what", pn_str_of(WHAT[s->wish->kind]));
    pn_json_end_object(&w);
    pn_err err = pn_buf_err(&body);
    err = err == PN_OK
              ? pn_journal_run(s->app, run->debtor_id, run->id, PN_EVENT_CHANGED, pn_buf_str(&body))
              : err;
    pn_buf_done(&body);
    return err;
}

static pn_err write(steering *s, const pn_run *before) {
    pn_buf bytes;
    pn_buf_init(&bytes, 1 << 16);
    pn_run_encode(&s->row->run, &bytes);
    pn_err err =
        pn_run_update(s->app->db, s->row, pn_str_dup(s->arena, pn_buf_str(&bytes)), s->old_visit);
    pn_buf_done(&bytes);
    pn_rollup_run(s->app, before, &s->row->run);
    return err;
}

static pn_err steer(steering *s) {
    switch (s->wish->kind) {
    case PN_STEER_MOVE: return move(s);
    case PN_STEER_SKIP: return skip(s);
    case PN_STEER_POSTPONE: return postpone(s);
    case PN_STEER_STOP: return stop(s);
    }
    return PN_INVALID;
}

pn_err pn_steer(pn_app *app, pn_run_row *row, const pn_steer_wish *wish, pn_arena *arena,
                pn_diag *diag) {
    const pn_published *version = NULL;
    if (!pn_run_working(&row->run) || row->run.visit == 0) {
        return pn_diag_set(diag, PN_CONFLICT,
                           row->run.visit == 0 ? "The case has not begun yet; try in a moment."
                                               : "This case is over.");
    }
    if (row->run.unreadable) {
        pn_err err = pn_diag_set(diag, PN_CONFLICT, "What this case remembers cannot be read.");
        pn_diag_mend(diag, "Its row in the database is damaged: `puntual audit` names each such "
                           "case; a backup has the row as it was.");
        return err;
    }
    PN_TRY(pn_catalog_version(app, row->run.version_id, &version, diag));
    row->run = pn_run_copy(&row->run, arena);
    steering s = {.app = app,
                  .row = row,
                  .wish = wish,
                  .flow = version->flow,
                  .now = pn_app_now(app),
                  .from = row->run.node,
                  .old_visit = row->run.visit,
                  .old_wait = row->run.wait,
                  .arena = arena,
                  .diag = diag};
    const pn_run before = row->run;
    pn_err err = steer(&s);
    err = err == PN_OK ? write(&s, &before) : err;
    err = err == PN_OK && s.leaves ? end_begun(&s) : err;
    err = err == PN_OK ? tell(&s) : err;
    /* whoever watches the zones finds its new time by stepping it */
    err = err == PN_OK ? pn_poke(app->db, app->org.lane, row->run.debtor_id) : err;
    return pn_app_fail(app, err, diag);
}
