#include "core/node/node.h"

#include "base/banned.h"

enum { TITLE, CATEGORY, QUEUE, DUE_DAYS, SCRIPT, OUTCOMES };
enum { DONE, OVERDUE };

static const pn_param PARAMS[] = {
    {.name = "title",
     .type = PN_PARAM_TEXT,
     .required = true,
     .max = 200,
     .help = "What is to be done."},
    {.name = "category",
     .type = PN_PARAM_TEXT,
     .otherwise = "\"general\"",
     .max = 60,
     .help = "What kind of work: call, dispute, contact …"},
    {.name = "queue",
     .type = PN_PARAM_TEXT,
     .max = 60,
     .help = "Whose work; without it, the debtor's collector."},
    {.name = "due_days",
     .type = PN_PARAM_INT,
     .otherwise = "2",
     .min = 1,
     .max = 90,
     .help = "Business days until it is overdue."},
    {.name = "script", .type = PN_PARAM_TEXT, .max = 4000, .help = "What to say or look at."},
    {.name = "outcomes",
     .type = PN_PARAM_OUTCOMES,
     .help = "Exits for words with which the task may be done (`task done --outcome`): "
             "[{\"name\": …, \"next\": …}]; any other word leaves by “done”."},
};

static const char *const EXITS[] = {"done", "overdue", NULL};

static pn_time open_task(pn_step_context *c, uint32_t others) {
    pn_cmd *cmd = pn_cmd_add(c, PN_CMD_TASK);
    cmd->task.title = pn_node_param(c, TITLE)->text;
    cmd->task.category = pn_node_param(c, CATEGORY)->text;
    cmd->task.queue = pn_node_param(c, QUEUE)->text;
    cmd->task.script = pn_node_param(c, SCRIPT)->text;
    cmd->task.due_at =
        pn_time_add_days(c->now, pn_node_param(c, DUE_DAYS)->number, true, -1, c->facts);
    cmd->task.collapsed = others;
    return cmd->task.due_at;
}

/* The exit of the word with which it was done. */
static uint32_t exit_of(const pn_step_context *c, const pn_task_fact *task) {
    const pn_param_value *outcomes = pn_node_param(c, OUTCOMES);
    for (size_t i = 0; task->state == PN_TASK_DONE && i < outcomes->option_count; i++) {
        if (pn_str_eq_nocase(outcomes->options[i].name, task->outcome)) {
            return outcomes->options[i].exit;
        }
    }
    return DONE;
}

static pn_go step(pn_step_context *c) {
    pn_run *run = c->run;
    if (run->task_visit != run->visit) {
        if (pn_stage_missed(c) && pn_postpone(c)) {
            return pn_leave(OVERDUE, c->now);
        }
        pn_postpone_no_more(c);
        run->task_visit = run->visit;
        run->task_due = open_task(c, 0);
    }
    const pn_task_fact *task = pn_task_fact_of(c);
    if (task != NULL && task->state != PN_TASK_OPEN) {
        return pn_leave(exit_of(c, task), task->settled_at);
    }
    return c->now >= run->task_due ? pn_leave(OVERDUE, run->task_due)
                                   : pn_stay(PN_WAIT_TASK, run->task_due);
}

static void late(pn_step_context *c, uint32_t others) {
    (void)open_task(c, others);
}

const pn_node_type pn_node_task = {
    .type = "task",
    .label_es = "Tarea",
    .label_en = "Task",
    .label_pt = "Tarefa",
    .help = "Opens a task for a person and waits until it is done or overdue. Late tasks collapse "
            "to one.",
    .version = 1,
    .flags = PN_NODE_BREATHES | PN_NODE_COLLAPSES | PN_NODE_TASKS,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
    .late = late,
};
