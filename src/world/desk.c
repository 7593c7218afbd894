/* The collectors: four people who work through the open tasks, the most urgent first, and do not
 * get through all of them. */
#include "world/world.h"

#include "app/books.h"
#include "app/signals.h"
#include "app/tasks.h"
#include "base/banned.h"
#include "store/task.h"

enum {
    TASKS_A_SHIFT = 5, /* at most; somebody is always away */
    TASKS_A_SHIFT_MIN = 2,
    TASKS_LOOKED_AT = 400,
    SETTLE_HOURS = 3,  /* nobody takes a task the moment it appears */
    APPROVAL_DAYS = 2, /* who approves handing a case over takes time */
    ADDRESS_DAYS = 1,
};

typedef struct {
    pn_world *world;
    pn_world_debtor *found[TASKS_A_SHIFT]; /* whose new addresses are to be loaded */
    size_t found_count;
} shift;

/* ── calls ───────────────────────────────────────────────────────────────────────────────────── */

static pn_err spoke(pn_world *world, const pn_world_debtor *debtor, pn_diag *diag) {
    pn_signal_report report = {
        .debtor_id = debtor->id, .kind = PN_SIGNAL_CONVERSATION, .source = PN_SOURCE_HUMAN};
    return pn_signals_add(world->app, &report, &world->work, diag);
}

/* Whom one talks to promises, explains, complains, or asks for installments. */
static pn_err talk(pn_world *world, pn_world_debtor *debtor, const char **ret_outcome,
                   pn_diag *diag) {
    pn_random *dice = &debtor->dice;
    int point = pn_dice_between(dice, 0, 99);
    PN_TRY(spoke(world, debtor, diag));
    if (debtor->habit == PN_HABIT_DISPUTER && point < 55) {
        *ret_outcome = "disputed";
        return pn_world_dispute(world, debtor, diag);
    }
    if (debtor->habit == PN_HABIT_TROUBLED && point < 30) {
        *ret_outcome = "installments";
        return pn_world_installments(world, debtor, diag);
    }
    bool prompt = debtor->habit == PN_HABIT_PUNCTUAL || debtor->habit == PN_HABIT_FORGETFUL;
    if (prompt && point < 70) {
        *ret_outcome = "pays_now";
        pn_world_resolve(world, debtor, pn_dice_between(dice, 1, 3));
        return PN_OK;
    }
    if (point < 82) {
        *ret_outcome = "promised";
        return pn_world_promise(world, debtor, "call", diag);
    }
    *ret_outcome = "explained";
    return PN_OK;
}

static pn_err call(pn_world *world, pn_world_debtor *debtor, const char **ret_outcome,
                   pn_diag *diag) {
    int absent = debtor->habit == PN_HABIT_SILENT ? 92 : debtor->company ? 28 : 42;
    *ret_outcome = "no_answer";
    return pn_dice(&debtor->dice, absent) ? PN_OK : talk(world, debtor, ret_outcome, diag);
}

/* ── replies ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err report_paid(pn_world *world, pn_world_debtor *debtor, pn_diag *diag) {
    uint32_t index = (uint32_t)(debtor - world->debtors);
    pn_date today = pn_world_today(world);
    for (size_t i = 0; i < world->erp_at; i++) {
        const pn_world_invoice *invoice = &world->invoices[i];
        bool meant = invoice->debtor == index && invoice->loaded && invoice->due <= today &&
                     invoice->pays != PN_DATE_NONE && invoice->pays <= today + 6;
        if (meant) {
            PN_TRY(pn_books_report_paid(world->app, invoice->id, &world->work, diag));
        }
    }
    return PN_OK;
}

static pn_err read_reply(pn_world *world, pn_world_debtor *debtor, const char **ret_outcome,
                         pn_diag *diag) {
    pn_says says = debtor->says;
    debtor->says = PN_SAYS_NOTHING;
    switch (says) {
    case PN_SAYS_PROMISE:
        *ret_outcome = "promised";
        return pn_world_promise(world, debtor, "reply", diag);
    case PN_SAYS_DISPUTE: *ret_outcome = "disputed"; return pn_world_dispute(world, debtor, diag);
    case PN_SAYS_PAID: *ret_outcome = "says_paid"; return report_paid(world, debtor, diag);
    case PN_SAYS_NOTHING: break;
    }
    *ret_outcome = "copy_sent";
    return PN_OK;
}

/* ── addresses and approvals ─────────────────────────────────────────────────────────────────── */

static void find_address(shift *s, pn_world_debtor *debtor, const char **ret_outcome) {
    pn_world *world = s->world;
    size_t at = pn_str_find_char(debtor->email, '@');
    *ret_outcome = "not_found";
    if (debtor->habit == PN_HABIT_SILENT || debtor->mailbox == PN_MAILBOX_FINE ||
        pn_dice(&debtor->dice, 35)) {
        return;
    }
    debtor->email =
        pn_str_format(&world->arena, "%.*s.nuevo%.*s", PN_STR_ARG(pn_str_first(debtor->email, at)),
                      PN_STR_ARG(pn_str_from(debtor->email, at)));
    debtor->mailbox = PN_MAILBOX_FINE;
    (void)pn_table_put(&world->by_email, debtor->email, debtor);
    s->found[s->found_count++] = debtor;
    *ret_outcome = "found";
}

static void approve(pn_world *world, pn_world_debtor *debtor, const char **ret_outcome) {
    bool yes = pn_dice(&world->desk, 65);
    debtor->lost = yes;
    *ret_outcome = yes ? "approved" : "refused";
}

/* ── a shift ─────────────────────────────────────────────────────────────────────────────────── */

static bool ripe(const pn_world *world, const pn_task_row *task) {
    int64_t age = pn_app_now(world->app) - task->opened_at;
    return age >= (pn_str_is(task->category, "approval")       ? APPROVAL_DAYS * PN_DAY
                   : pn_str_is(task->category, "find_contact") ? ADDRESS_DAYS * PN_DAY
                                                               : SETTLE_HOURS * PN_HOUR);
}

/* What went up is a reply that nobody had read. */
static bool is_reply(const pn_task_row *task) {
    return pn_str_is(task->category, "reply") ||
           (pn_str_is(task->category, "escalation") && task->run_id == 0);
}

/* Doing one task may have settled others of the list. */
static pn_err still_open(pn_world *world, const pn_task_row *task, bool *ret_open) {
    pn_task_row now;
    PN_TRY(pn_task_get(world->app->db, world->app->org.id, task->id, &world->work, &now));
    *ret_open = now.state == PN_TASK_OPEN;
    return PN_OK;
}

static pn_err do_task(shift *s, const pn_task_row *task, pn_diag *diag) {
    pn_world *world = s->world;
    pn_world_debtor *debtor = pn_world_debtor_of(world, task->debtor_id);
    const char *outcome = "done";
    if (pn_str_is(task->category, "find_contact")) {
        find_address(s, debtor, &outcome);
    } else if (pn_str_is(task->category, "approval")) {
        approve(world, debtor, &outcome);
    } else if (is_reply(task)) {
        PN_TRY(read_reply(world, debtor, &outcome, diag));
    } else {
        PN_TRY(call(world, debtor, &outcome, diag));
    }
    return pn_tasks_done(world->app, task->id, pn_str_of(outcome), &world->work, diag);
}

static pn_err work_tasks(shift *s, const pn_task_row *tasks, size_t count, pn_diag *diag) {
    int done = 0, able = pn_dice_between(&s->world->desk, TASKS_A_SHIFT_MIN, TASKS_A_SHIFT);
    for (size_t i = 0; i < count && done < able; i++) {
        bool open = false;
        PN_TRY(still_open(s->world, &tasks[i], &open));
        if (open && ripe(s->world, &tasks[i]) && pn_dice(&s->world->desk, 80)) {
            PN_TRY(do_task(s, &tasks[i], diag));
            done++;
        }
    }
    return PN_OK;
}

pn_err pn_world_desk(pn_world *world, pn_diag *diag) {
    shift s = {.world = world};
    pn_task_row *tasks = NULL;
    size_t count = 0;
    pn_app *app = world->app;
    pn_err err =
        pn_task_open_list(app->db, app->org.id, TASKS_LOOKED_AT, &world->work, &tasks, &count);
    if (err != PN_OK) {
        return pn_app_fail(app, err, diag);
    }
    PN_TRY(pn_app_begin(app, diag));
    err = work_tasks(&s, tasks, count, diag);
    PN_TRY(pn_app_end(app, err, diag));
    for (size_t i = 0; i < s.found_count; i++) {
        PN_TRY(pn_world_load_email(world, s.found[i], diag));
    }
    return PN_OK;
}
