#include "app/replies.h"

#include "app/books.h"
#include "app/tasks.h"
#include "base/banned.h"
#include "core/run.h"

#define REPLY PN_STR("reply")
#define ESCALATION PN_STR("escalation")

enum { DUE_SECOND = 18 * 3600 };

bool pn_hold_in_force(const pn_hold_row *hold, pn_time now) {
    return hold->until > now || pn_str_eq(hold->reason, REPLY);
}

static pn_time business_days_later(pn_app *app, const pn_debtor_row *debtor, pn_time from,
                                   int days) {
    const pn_zone *zone = pn_app_zone_or_own(app, debtor->zone);
    pn_calendar calendar = pn_app_calendar(app, debtor->country, debtor->region);
    pn_date date = pn_calendar_add(&calendar, pn_zone_date(zone, from), days);
    return pn_zone_instant(zone, date, DUE_SECOND);
}

pn_time pn_hold_review_then(pn_app *app, const pn_debtor_row *debtor, const pn_hold_row *hold,
                            pn_time at) {
    if (!pn_str_eq(hold->reason, REPLY)) {
        return hold->until;
    }
    pn_time until = business_days_later(app, debtor, hold->since, PN_REPLY_DUE_BUSINESS_DAYS);
    while (until <= at && until < hold->until) {
        until = business_days_later(app, debtor, until, PN_REPLY_REVIEW_BUSINESS_DAYS);
    }
    return PN_MIN(until, hold->until);
}

pn_err pn_replies_unread(pn_app *app, pn_id debtor_id, pn_arena *arena) {
    pn_debtor_row debtor;
    pn_hold_row *holds = NULL;
    size_t count = 0;
    PN_TRY(pn_hold_list(app->db, debtor_id, arena, &holds, &count));
    for (size_t i = 0; i < count; i++) {
        if (pn_str_eq(holds[i].reason, REPLY)) {
            return PN_OK;
        }
    }
    PN_TRY(pn_debtor_get(app->db, debtor_id, arena, &debtor));
    pn_time due = business_days_later(app, &debtor, pn_app_now(app), PN_REPLY_DUE_BUSINESS_DAYS);
    return pn_books_hold(app, debtor_id, 0, REPLY, due, &(pn_id){0});
}

pn_err pn_replies_received(pn_app *app, pn_id debtor_id, pn_str detail, pn_id mail_id,
                           pn_arena *arena) {
    pn_debtor_row debtor;
    pn_id hold = 0;
    pn_time now = pn_app_now(app);
    PN_TRY(pn_debtor_get(app->db, debtor_id, arena, &debtor));
    pn_time due = business_days_later(app, &debtor, now, PN_REPLY_DUE_BUSINESS_DAYS);
    PN_TRY(pn_books_hold(app, debtor_id, 0, REPLY, due, &hold));
    pn_task_request task = {.debtor_id = debtor_id,
                            .kind = PN_TASK_REPLY,
                            .script = detail,
                            .queue = debtor.owner,
                            .due_at = due,
                            .about_kind = mail_id != 0 ? PN_ABOUT_MAIL : PN_ABOUT_NOTHING,
                            .about_id = mail_id};
    return pn_tasks_open(app, &task, arena);
}

/* Open tasks of replies and of what went up; strategies may name theirs alike. */
static bool is_open(const pn_task_row *task, pn_str category) {
    return task->state == PN_TASK_OPEN && task->run_id == 0 && pn_str_eq(task->category, category);
}

static bool any_open(const pn_task_row *tasks, size_t count, pn_str category) {
    for (size_t i = 0; i < count; i++) {
        if (is_open(&tasks[i], category)) {
            return true;
        }
    }
    return false;
}

static pn_err settle_all(pn_app *app, const pn_task_row *tasks, size_t count, pn_str category) {
    for (size_t i = 0; i < count; i++) {
        if (is_open(&tasks[i], category)) {
            PN_TRY(pn_task_settle(app->db, tasks[i].id, PN_TASK_CANCELLED, PN_STR("answered"),
                                  pn_str_of(app->actor), pn_app_now(app)));
        }
    }
    return PN_OK;
}

pn_err pn_replies_read(pn_app *app, const pn_task_row *task, pn_arena *arena) {
    bool escalation = pn_str_eq(task->category, ESCALATION);
    if (task->run_id != 0 || (!escalation && !pn_str_eq(task->category, REPLY))) {
        return PN_OK;
    }
    pn_task_row *tasks = NULL;
    size_t count = 0;
    PN_TRY(pn_task_of_debtor(app->db, task->debtor_id, arena, &tasks, &count));
    if (escalation) { /* whoever it went up to has dealt with all of them */
        PN_TRY(settle_all(app, tasks, count, REPLY));
    } else if (any_open(tasks, count, REPLY)) {
        return PN_OK; /* another one is still unread */
    } else {
        PN_TRY(settle_all(app, tasks, count, ESCALATION));
    }
    return pn_books_release_reason(app, task->debtor_id, REPLY, arena);
}

static pn_err escalate(pn_app *app, const pn_debtor_row *debtor, pn_time now, pn_arena *arena) {
    pn_task_row *tasks = NULL;
    size_t count = 0;
    PN_TRY(pn_task_of_debtor(app->db, debtor->id, arena, &tasks, &count));
    if (any_open(tasks, count, ESCALATION)) {
        return PN_OK;
    }
    pn_task_request task = {.debtor_id = debtor->id,
                            .kind = PN_TASK_ESCALATION,
                            .queue = PN_STR("manager"),
                            .due_at = business_days_later(app, debtor, now, 1)};
    return pn_tasks_open(app, &task, arena);
}

pn_err pn_replies_timers(pn_app *app, const pn_debtor_row *debtor, pn_time now, pn_arena *arena,
                         pn_time *ret_next) {
    pn_hold_row *holds = NULL;
    size_t count = 0;
    pn_time next = PN_TIME_NEVER;
    PN_TRY(pn_hold_list(app->db, debtor->id, arena, &holds, &count));
    for (size_t i = 0; i < count; i++) {
        if (!pn_str_eq(holds[i].reason, REPLY)) {
            continue;
        }
        if (holds[i].until <= now) {
            PN_TRY(escalate(app, debtor, now, arena));
            holds[i].until = business_days_later(app, debtor, now, PN_REPLY_REVIEW_BUSINESS_DAYS);
            PN_TRY(pn_hold_review(app->db, debtor->id, holds[i].id, holds[i].until));
        }
        next = PN_MIN(next, holds[i].until);
    }
    *ret_next = next;
    return PN_OK;
}
