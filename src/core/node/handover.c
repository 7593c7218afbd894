#include "core/node/node.h"

#include "base/banned.h"

enum { TO, DUE_DAYS, NOTE };
enum { APPROVED, REFUSED };

static const char *const RECIPIENTS[] = {"lawyer", "insurer", "agency", NULL};

static const pn_param PARAMS[] = {
    {.name = "to",
     .type = PN_PARAM_CHOICE,
     .choices = RECIPIENTS,
     .required = true,
     .help = "Who takes the case: lawyer, insurer or agency."},
    {.name = "due_days",
     .type = PN_PARAM_INT,
     .otherwise = "5",
     .min = 1,
     .max = 90,
     .help = "Business days in which somebody should decide."},
    {.name = "note_to_approver",
     .type = PN_PARAM_TEXT,
     .max = 1000,
     .help = "What the person who approves should know."},
};

static const char *const EXITS[] = {"approved", "refused", NULL};

/* It waits for a decision without end: handing over a case is never done by a timer. */
static pn_go step(pn_step_context *c) {
    pn_run *run = c->run;
    if (run->task_visit != run->visit) {
        run->task_visit = run->visit;
        pn_cmd *cmd = pn_cmd_add(c, PN_CMD_TASK);
        cmd->task.handover_to = (uint8_t)(pn_node_param(c, TO)->number + 1);
        cmd->task.category = PN_STR("approval");
        cmd->task.script = pn_node_param(c, NOTE)->text;
        cmd->task.due_at = run->task_due =
            pn_time_add_days(c->now, pn_node_param(c, DUE_DAYS)->number, true, -1, c->facts);
    }
    const pn_task_fact *task = pn_task_fact_of(c);
    if (task == NULL || task->state == PN_TASK_OPEN) {
        return pn_stay(PN_WAIT_TASK, PN_TIME_NEVER);
    }
    bool approved = task->state == PN_TASK_DONE && pn_str_is(task->outcome, "approved");
    return pn_leave(approved ? APPROVED : REFUSED, task->settled_at);
}

const pn_node_type pn_node_handover = {
    .type = "handover",
    .label_es = "Ceder el caso",
    .label_en = "Hand the case over",
    .label_pt = "Ceder o caso",
    .help = "Asks a person to approve handing the case to a lawyer, insurer or agency.",
    .version = 1,
    .flags = PN_NODE_BREATHES | PN_NODE_FINAL | PN_NODE_TASKS,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
};
