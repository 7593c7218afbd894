#include "app/task_acts.h"

#include "app/books.h"
#include "app/contacts.h"
#include "app/people.h"
#include "app/replies.h"
#include "app/signals.h"
#include "base/banned.h"
#include "calendar/instant.h"
#include "core/run.h"
#include "store/queue.h"
#include "store/run.h"

typedef struct {
    pn_app *app;
    const pn_task_wish *wish;
    pn_id change_id;
    pn_arena *arena;
    pn_diag *diag;
    pn_task_made made;
    pn_id made_id;
} doing;

const char *pn_call_outcome_name(pn_call_outcome outcome) {
    switch (outcome) {
    case PN_CALL_REACHED: return "reached";
    case PN_CALL_NO_ANSWER: return "no_answer";
    case PN_CALL_VOICEMAIL: return "voicemail";
    case PN_CALL_CALL_BACK: return "call_back";
    case PN_CALL_PROMISED: return "promised";
    case PN_CALL_DISPUTED: return "disputed";
    case PN_CALL_REFUSED: return "refused";
    case PN_CALL_WRONG_NUMBER: return "wrong_number";
    case PN_CALL_OUTCOMES: break;
    }
    return "";
}

/* ── what is written down ────────────────────────────────────────────────────────────────────── */

static void put_time_if(pn_json_writer *w, const char *name, pn_time at) {
    char text[PN_INSTANT_SIZE];
    if (at != PN_TIME_NONE) {
        pn_json_put_str(w, name, pn_str_of(pn_instant_text(at, text)));
    }
}

/* Keys stand in their order: what an event says is hashed. */
static pn_err tell(pn_app *app, const pn_task_row *before, const pn_task_row *task,
                   const char *what) {
    char id[PN_ID_TEXT_SIZE];
    pn_buf body;
    pn_buf_init(&body, 16384);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    pn_json_put_str_if(&w, "assignee", task->assignee);
    if (before != NULL) {
        pn_json_put_str_if(&w, "before_assignee", before->assignee);
        put_time_if(&w, "before_until", before->snoozed_until);
    }
    pn_json_put_str_if(&w, "reason", task->snooze_reason);
    pn_json_put_str(&w, "task", pn_str_of(pn_id_text(PN_ID_TASK, task->id, id)));
    pn_json_put_str(&w, "title", task->title);
    put_time_if(&w, "until", task->snoozed_until);
    pn_json_put_str(&w, "what", pn_str_of(what));
    pn_json_end_object(&w);
    pn_err err = pn_buf_err(&body);
    err = err == PN_OK ? pn_tasks_event(app, task, pn_buf_str(&body)) : err;
    pn_buf_done(&body);
    return err;
}

static pn_err keep(doing *d, const pn_task_row *before, const pn_task_row *task) {
    pn_task_change_row row = {.change_id = d->change_id,
                              .task_id = task->id,
                              .org_id = d->app->org.id,
                              .debtor_id = task->debtor_id,
                              .act = d->wish->act,
                              .version = task->version,
                              .before = *before,
                              .made = d->made,
                              .made_id = d->made_id,
                              .actor = pn_str_of(d->app->actor),
                              .at = pn_app_now(d->app)};
    return pn_task_change_insert(d->app->db, &row);
}

/* ── calls ───────────────────────────────────────────────────────────────────────────────────── */

static bool was_talk(pn_call_outcome outcome) {
    return outcome == PN_CALL_REACHED || outcome == PN_CALL_CALL_BACK ||
           outcome == PN_CALL_PROMISED || outcome == PN_CALL_DISPUTED || outcome == PN_CALL_REFUSED;
}

static pn_err call_event(pn_app *app, pn_id debtor_id, const pn_task_row *task,
                         const pn_task_call *call) {
    char id[PN_ID_TEXT_SIZE];
    pn_buf body;
    pn_buf_init(&body, 16384);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    pn_json_put_str_if(&w, "note", call->note);
    pn_json_put_str(&w, "outcome", pn_str_of(pn_call_outcome_name(call->outcome)));
    if (task != NULL) {
        pn_json_put_str(&w, "task", pn_str_of(pn_id_text(PN_ID_TASK, task->id, id)));
        pn_json_put_str(&w, "title", task->title);
    }
    put_time_if(&w, "until", call->again_at);
    pn_json_put_str(&w, "what", PN_STR("call"));
    pn_json_end_object(&w);
    pn_err err = pn_buf_err(&body);
    if (err == PN_OK) {
        err = task != NULL ? pn_tasks_event(app, task, pn_buf_str(&body))
                           : pn_journal_debtor(app, debtor_id, PN_EVENT_TASK, pn_buf_str(&body));
    }
    pn_buf_done(&body);
    return err;
}

static pn_err wrong_number(pn_app *app, pn_id debtor_id, pn_id contact_id, pn_arena *arena,
                           pn_diag *diag) {
    pn_contact_row contact;
    char id[PN_ID_TEXT_SIZE];
    PN_TRY(pn_contacts_find(app, debtor_id, pn_str_of(pn_id_text(PN_ID_CONTACT, contact_id, id)),
                            arena, &contact, diag));
    PN_TRY(pn_contacts_disable(app, debtor_id, contact.channel, contact.address, PN_CONTACT_INVALID,
                               PN_STR("wrong_number"), pn_app_now(app), arena));
    return pn_poke(app->db, app->org.lane, debtor_id);
}

pn_err pn_tasks_called(pn_app *app, pn_id debtor_id, const pn_task_row *task,
                       const pn_task_call *call, pn_arena *arena, pn_diag *diag) {
    if (call->contact_id != 0 && call->outcome == PN_CALL_WRONG_NUMBER) {
        PN_TRY(wrong_number(app, debtor_id, call->contact_id, arena, diag));
    }
    if (was_talk(call->outcome)) {
        pn_signal_report report = {
            .debtor_id = debtor_id, .kind = PN_SIGNAL_CONVERSATION, .source = PN_SOURCE_HUMAN};
        PN_TRY(pn_signals_add(app, &report, arena, diag));
    }
    return call_event(app, debtor_id, task, call);
}

/* ── each act ────────────────────────────────────────────────────────────────────────────────── */

static pn_err stale(doing *d) {
    return pn_diag_set(d->diag, PN_CONFLICT, "Somebody changed this task meanwhile.");
}

static pn_err save(doing *d, pn_task_row *task) {
    pn_err err = pn_task_update(d->app->db, task);
    return err == PN_CONFLICT ? stale(d) : err;
}

static pn_err finish(doing *d, pn_task_row *task, pn_str outcome) {
    PN_TRY(pn_tasks_done(d->app, task->id, outcome, d->arena, d->diag));
    return pn_task_get(d->app->db, d->app->org.id, task->id, d->arena, task);
}

static pn_err snooze(doing *d, pn_task_row *task, pn_time until, pn_str reason) {
    pn_task_row before = *task;
    task->snoozed_until = until;
    task->snooze_reason = reason;
    PN_TRY(save(d, task));
    return tell(d->app, &before, task, until == PN_TIME_NONE ? "wake" : "snooze");
}

static pn_err assign(doing *d, pn_task_row *task) {
    pn_task_row before = *task;
    task->assignee = d->wish->assignee;
    PN_TRY(save(d, task));
    return tell(d->app, &before, task, "assign");
}

static pn_err called(doing *d, pn_task_row *task) {
    const pn_task_call *call = &d->wish->call;
    if (task->debtor_id == 0) {
        return pn_diag_set(d->diag, PN_INVALID, "This task is about no debtor: nobody was called.");
    }
    PN_TRY(pn_tasks_called(d->app, task->debtor_id, task, call, d->arena, d->diag));
    if (call->finish) {
        return finish(d, task, pn_str_of(pn_call_outcome_name(call->outcome)));
    }
    if (call->again_at != PN_TIME_NONE) {
        return snooze(d, task, call->again_at, pn_str_of(pn_call_outcome_name(call->outcome)));
    }
    return save(d, task); /* another version: who looks at it sees the call */
}

static pn_err accept(doing *d, pn_task_row *task) {
    pn_str outcome = PN_STR_NONE;
    bool edited = false;
    PN_TRY(pn_tasks_answer(d->app, task, &d->wish->answer, d->arena, &d->made, &d->made_id,
                           &outcome, &edited, d->diag));
    task->suggestion = edited ? PN_SUGGESTION_EDITED : PN_SUGGESTION_ACCEPTED;
    PN_TRY(save(d, task));
    return finish(d, task, outcome);
}

static pn_err reject(doing *d, pn_task_row *task) {
    if (task->about != PN_ABOUT_MAIL) {
        return pn_diag_set(d->diag, PN_INVALID, "Nothing is suggested for this task.");
    }
    pn_task_row before = *task;
    task->suggestion = PN_SUGGESTION_REJECTED;
    PN_TRY(save(d, task));
    return tell(d->app, &before, task, "reject");
}

static pn_err act(doing *d, pn_task_row *task) {
    const pn_task_wish *wish = d->wish;
    switch (wish->act) {
    case PN_ACT_FINISH: return finish(d, task, wish->outcome);
    case PN_ACT_SNOOZE: return snooze(d, task, wish->until, wish->reason);
    case PN_ACT_WAKE: return snooze(d, task, PN_TIME_NONE, PN_STR_NONE);
    case PN_ACT_ASSIGN: return assign(d, task);
    case PN_ACT_CALL: return called(d, task);
    case PN_ACT_ACCEPT: return accept(d, task);
    case PN_ACT_REJECT: return reject(d, task);
    case PN_ACTS: break;
    }
    return PN_OK;
}

/* ── over many ───────────────────────────────────────────────────────────────────────────────── */

static pn_err wrong(pn_diag *diag, const char *where, const char *what) {
    pn_err err = pn_diag_set(diag, PN_INVALID, "%s", what);
    pn_diag_where(diag, "%s", where);
    return err;
}

static pn_err check_assignee(pn_app *app, pn_str who, pn_arena *arena, pn_diag *diag) {
    pn_colleague found = pn_people_find(app, who, pn_app_today(app), arena);
    if (who.len == 0 || found.known || pn_str_find(who, PN_STR("@")) != SIZE_MAX) {
        return PN_OK;
    }
    pn_err err = wrong(diag, "/assignee", "There is no such person of ours.");
    pn_diag_mend(diag, "`puntual person list` shows those there are.");
    return err;
}

static pn_err check(pn_app *app, const pn_task_wish *wish, size_t count, pn_arena *arena,
                    pn_diag *diag) {
    pn_time now = pn_app_now(app);
    if (count == 0 || count > PN_TASKS_AT_ONCE) {
        return pn_diag_set(diag, PN_INVALID, "One request is about 1 to %d tasks.",
                           PN_TASKS_AT_ONCE);
    }
    if (wish->act == PN_ACT_SNOOZE && wish->until <= now) {
        return wrong(diag, "/until", "The end of a snooze must lie ahead.");
    }
    if (wish->act == PN_ACT_CALL && wish->call.again_at != PN_TIME_NONE &&
        wish->call.again_at <= now) {
        return wrong(diag, "/again_at", "The next call must lie ahead.");
    }
    if (wish->act == PN_ACT_CALL && wish->call.finish && wish->call.again_at != PN_TIME_NONE) {
        return wrong(diag, "/again_at",
                     "A task that is finished is not called for again: leave one of them out.");
    }
    return wish->act == PN_ACT_ASSIGN ? check_assignee(app, wish->assignee, arena, diag) : PN_OK;
}

pn_err pn_tasks_about(pn_app *app, pn_task_about about, pn_id id, pn_arena *arena,
                      pn_task_row *ret_row, pn_diag *diag) {
    pn_id debtor_id = 0;
    pn_str words;
    pn_err err = pn_task_of_about(app->db, app->org.id, about, id, arena, ret_row);
    if (err != PN_NOT_FOUND) {
        return pn_app_fail(app, err, diag);
    }
    err = pn_queue_debtor(app->db, app->org.id, about, id, arena, &debtor_id, &words);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(diag, err, "That does not wait for a person any more.");
    }
    PN_TRY(pn_app_fail(app, err, diag));
    pn_task_request request = {.id = pn_app_id(app),
                               .debtor_id = debtor_id,
                               .kind = about == PN_ABOUT_PROMISE   ? PN_TASK_BROKEN_PROMISE
                                       : about == PN_ABOUT_MESSAGE ? PN_TASK_UNCERTAIN
                                                                   : PN_TASK_HOLD_ENDS,
                               .about = words,
                               .due_at = pn_app_now(app),
                               .about_kind = about,
                               .about_id = id};
    err = pn_tasks_open(app, &request, arena);
    err = err == PN_OK ? pn_task_get(app->db, app->org.id, request.id, arena, ret_row) : err;
    return pn_app_fail(app, err, diag);
}

pn_err pn_tasks_add(pn_app *app, pn_task_row *row, pn_arena *arena, pn_diag *diag) {
    PN_TRY(check_assignee(app, row->assignee, arena, diag));
    pn_err err = pn_task_insert(app->db, row);
    err = err == PN_OK ? pn_task_get(app->db, app->org.id, row->id, arena, row) : err;
    err = err == PN_OK ? tell(app, NULL, row, "add") : err;
    return pn_app_fail(app, err, diag);
}

static pn_err read_one(doing *d, const pn_task_ref *ref, pn_task_row *ret_row) {
    if (ref->about != PN_ABOUT_NOTHING) {
        PN_TRY(pn_tasks_about(d->app, ref->about, ref->id, d->arena, ret_row, d->diag));
    } else {
        pn_err err = pn_task_get(d->app->db, d->app->org.id, ref->id, d->arena, ret_row);
        if (err == PN_NOT_FOUND) {
            return pn_diag_set(d->diag, err, "There is no such task.");
        }
        PN_TRY(pn_app_fail(d->app, err, d->diag));
    }
    if (ref->version != 0 && ref->version != ret_row->version) {
        return stale(d);
    }
    return ret_row->state == PN_TASK_OPEN
               ? PN_OK
               : pn_diag_set(d->diag, PN_CONFLICT, "This task is not open any more.");
}

static pn_err do_one(doing *d, const pn_task_ref *ref, pn_task_row *ret_row) {
    pn_task_row before;
    PN_TRY(read_one(d, ref, ret_row));
    before = *ret_row;
    PN_TRY(act(d, ret_row));
    return keep(d, &before, ret_row);
}

/* What cannot be done with one does not undo the others. */
static pn_err try_one(doing *d, pn_task_result *result) {
    pn_app_mark mark;
    pn_diag diag = {0};
    pn_diag *outer = d->diag;
    d->diag = &diag;
    d->made = PN_MADE_NOTHING;
    d->made_id = 0;
    PN_TRY(pn_app_savepoint(d->app, &mark, outer));
    pn_err err = pn_app_fail(d->app, do_one(d, &result->ref, &result->row), &diag);
    d->diag = outer;
    if (err == PN_OK) {
        return pn_app_keep(d->app, outer);
    }
    PN_TRY(pn_app_undo(d->app, &mark, outer));
    if (err != PN_NOT_FOUND && err != PN_CONFLICT && err != PN_INVALID) {
        *outer = diag;
        return err;
    }
    result->refused = pn_str_dup(d->arena, pn_str_of(diag.what));
    result->err = err;
    result->diag = diag;
    /* as it stands now, where there is one */
    if (result->ref.about != PN_ABOUT_NOTHING ||
        pn_task_get(d->app->db, d->app->org.id, result->ref.id, d->arena, &result->row) != PN_OK) {
        result->row = (pn_task_row){0};
    }
    return PN_OK;
}

pn_err pn_tasks_act(pn_app *app, const pn_task_ref *refs, size_t count, const pn_task_wish *wish,
                    pn_arena *arena, pn_task_result **ret_results, pn_id *ret_change_id,
                    pn_diag *diag) {
    PN_TRY(check(app, wish, count, arena, diag));
    doing d = {.app = app, .wish = wish, .change_id = pn_app_id(app), .arena = arena, .diag = diag};
    pn_task_result *results = pn_arena_array(arena, pn_task_result, count);
    for (size_t i = 0; i < count; i++) {
        results[i] = (pn_task_result){.ref = refs[i]};
        PN_TRY(try_one(&d, &results[i]));
    }
    PN_TRY(pn_app_fail(
        app,
        pn_task_change_forget(app->db, app->org.id, pn_app_now(app) - PN_TASK_UNDO_DAYS * PN_DAY),
        diag));
    *ret_results = results;
    *ret_change_id = d.change_id;
    return PN_OK;
}

/* ── taken back ──────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_app *app;
    const pn_task_change_row *change;
    pn_arena *arena;
    pn_diag *diag;
} undoing;

/* The run that waited for it must wait still, as if nothing had been done. */
static pn_err still_there(undoing *u, const pn_task_row *task) {
    pn_run_row run;
    if (task->run_id == 0) {
        return PN_OK;
    }
    pn_err err = pn_run_get(u->app->db, task->run_id, u->arena, &run);
    if (err == PN_NOT_FOUND ||
        (err == PN_OK && (run.run.status != PN_RUN_ACTIVE || run.run.visit != task->visit))) {
        return pn_diag_set(u->diag, PN_CONFLICT,
                           "Its case has gone on since; the case can be led back by hand.");
    }
    return err;
}

/* What became of the contact since is not known to a task. */
static pn_err use_again(undoing *u) {
    pn_contact_row contact;
    char id[PN_ID_TEXT_SIZE];
    pn_err err = pn_contacts_find(u->app, u->change->debtor_id,
                                  pn_str_of(pn_id_text(PN_ID_CONTACT, u->change->made_id, id)),
                                  u->arena, &contact, u->diag);
    if (err == PN_NOT_FOUND || (err == PN_OK && contact.state != PN_CONTACT_INVALID)) {
        return pn_diag_set(u->diag, PN_CONFLICT, "The contact was changed since.");
    }
    PN_TRY(err);
    PN_TRY(pn_contacts_enable(u->app, &contact, PN_STR("undo"), u->arena, u->diag));
    return pn_poke(u->app->db, u->app->org.lane, u->change->debtor_id);
}

static pn_err unmake(undoing *u) {
    const pn_task_change_row *change = u->change;
    switch (change->made) {
    case PN_MADE_NOTHING: return PN_OK;
    case PN_MADE_PROMISE:
        return pn_books_cancel_promise(u->app, change->debtor_id, change->made_id, u->arena,
                                       u->diag);
    case PN_MADE_DISPUTE:
        return pn_books_close_dispute(u->app, change->made_id, PN_STR("withdrawn"), u->arena,
                                      u->diag);
    case PN_MADE_PAID_REPORT:
        return pn_books_unreport_paid(u->app, change->made_id, u->arena, u->diag);
    case PN_MADE_WRONG_CONTACT: return use_again(u);
    case PN_MADE_OPT_OUT: /* what they asked for themselves is not one click's to take back */
        return pn_diag_set(u->diag, PN_CONFLICT,
                           "They asked not to be written to, and that stands. If it was read wrong,"
                           " use the address again among the debtor's contacts.");
    }
    return PN_OK;
}

static pn_err reopen(undoing *u, pn_task_row *task) {
    bool reply = task->run_id == 0 &&
                 (pn_str_is(task->category, "reply") || pn_str_is(task->category, "escalation"));
    PN_TRY(still_there(u, task));
    PN_TRY(unmake(u));
    task->state = PN_TASK_OPEN;
    task->outcome = task->settled_by = PN_STR("");
    task->settled_at = PN_TIME_NONE;
    if (task->debtor_id == 0) {
        return PN_OK;
    }
    return reply ? pn_replies_unread(u->app, task->debtor_id, u->arena)
                 : pn_books_touch(u->app, task->debtor_id, 0);
}

static pn_err undo_one(undoing *u, pn_task_row *ret_row) {
    const pn_task_change_row *change = u->change;
    PN_TRY(pn_task_get(u->app->db, u->app->org.id, change->task_id, u->arena, ret_row));
    if (ret_row->version != change->version) {
        return pn_diag_set(u->diag, PN_CONFLICT, "Something else was done with this task since.");
    }
    if (ret_row->state == PN_TASK_CANCELLED) {
        return pn_diag_set(u->diag, PN_CONFLICT, "This task is not needed any more.");
    }
    if (ret_row->state == PN_TASK_DONE) {
        PN_TRY(reopen(u, ret_row));
    }
    pn_task_row now = *ret_row;
    ret_row->assignee = change->before.assignee;
    ret_row->snoozed_until = change->before.snoozed_until;
    ret_row->snooze_reason = change->before.snooze_reason;
    ret_row->suggestion = change->before.suggestion;
    PN_TRY(pn_task_update(u->app->db, ret_row));
    PN_TRY(tell(u->app, &now, ret_row, "undo"));
    return pn_task_change_undone(u->app->db, change->change_id, change->task_id,
                                 pn_app_now(u->app));
}

static pn_err try_undo(undoing *u, pn_task_result *result) {
    pn_app_mark mark;
    pn_diag diag = {0};
    pn_diag *outer = u->diag;
    PN_TRY(pn_app_savepoint(u->app, &mark, outer));
    u->diag = &diag;
    pn_err err = pn_app_fail(u->app, undo_one(u, &result->row), &diag);
    u->diag = outer;
    if (err == PN_OK) {
        return pn_app_keep(u->app, outer);
    }
    PN_TRY(pn_app_undo(u->app, &mark, outer));
    if (err != PN_CONFLICT && err != PN_NOT_FOUND) {
        *outer = diag;
        return err;
    }
    result->refused = pn_str_dup(u->arena, pn_str_of(diag.what));
    return pn_task_get(u->app->db, u->app->org.id, u->change->task_id, u->arena, &result->row);
}

pn_err pn_tasks_undo(pn_app *app, pn_id change_id, pn_arena *arena, pn_task_result **ret_results,
                     size_t *ret_count, pn_diag *diag) {
    pn_task_change_row *rows = NULL;
    size_t count = 0, stand = 0;
    PN_TRY(pn_app_fail(
        app, pn_task_change_list(app->db, app->org.id, change_id, arena, &rows, &count), diag));
    if (count == 0) {
        return pn_diag_set(diag, PN_NOT_FOUND, "There is no such change.");
    }
    pn_task_result *results = pn_arena_array(arena, pn_task_result, count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].undone_at != PN_TIME_NONE) {
            continue;
        }
        undoing u = {.app = app, .change = &rows[i], .arena = arena, .diag = diag};
        results[stand] = (pn_task_result){.ref = {.id = rows[i].task_id}};
        PN_TRY(try_undo(&u, &results[stand++]));
    }
    *ret_results = results;
    *ret_count = stand;
    return stand != 0 ? PN_OK : pn_diag_set(diag, PN_CONFLICT, "This was undone already.");
}
