/* Commands on what people do with tasks: put off, take over, call, accept, take back; the queue. */
#include "app/lookup.h"
#include "app/queue.h"
#include "app/task_acts.h"
#include "base/banned.h"
#include "cli/cmd.h"
#include "store/debtor.h"

/* ── the queue ───────────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_QUEUE_OPTIONS[] = {
    {"category", "NAME", "only those of it: call, reply, dispute …"},
    {"mine", "NAME", "only whose: a person's key, name or address"},
    {"snoozed", NULL, "those that are put off"},
    {"limit", "N", "at most so many (default 50)"},
    {NULL, NULL, NULL},
};

static pn_str reasons(const pn_queue_item *item, pn_arena *arena) {
    pn_str text = PN_STR("");
    for (size_t i = 0; i < item->because_count; i++) {
        text = pn_str_format(arena, "%.*s%s%.*s", PN_STR_ARG(text), i == 0 ? "" : "; ",
                             PN_STR_ARG(item->because[i]));
    }
    return text;
}

pn_err pn_cmd_queue(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"id", "Task", false},       {"category", "Category", false}, {"title", "Title", false},
        {"debtor", "Debtor", false}, {"assignee", "Assignee", false}, {"due_at", "Due", false},
        {"because", "Why", false},
    };
    pn_queue_item *items = NULL;
    size_t count = 0;
    int64_t limit = 50;
    pn_str mine = pn_cli_value(cli, "mine");
    pn_queue_who who = {.key = mine, .email = mine, .name = mine};
    pn_queue_query query = {.category = pn_cli_value(cli, "category"),
                            .snoozed = pn_cli_given(cli, "snoozed"),
                            .mine = mine.len != 0 ? &who : NULL,
                            .language = PN_STR("en")};
    PN_TRY(pn_cli_int(cli, "limit", 1, PN_QUEUE_RANKED_MAX, 50, &limit));
    PN_TRY(pn_app_fail(cli->app, pn_queue_list(cli->app, &query, &cli->arena, &items, &count),
                       &cli->diag));
    pn_out_table(&cli->out, "queue", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < PN_MIN(count, (size_t)limit); i++) {
        const pn_task_row *task = &items[i].row.task;
        pn_cell_id(&cli->out, PN_ID_TASK, task->id);
        pn_cell_str(&cli->out, items[i].category);
        pn_cell_str(&cli->out, items[i].title);
        pn_cell_str(&cli->out, items[i].row.debtor_name);
        pn_cell_str(&cli->out, items[i].assignee);
        pn_cell_time(&cli->out, task->due_at);
        pn_cell_str(&cli->out, reasons(&items[i], &cli->arena));
    }
    pn_out_table_end(&cli->out, "Nothing needs a person now.");
    return PN_OK;
}

/* ── doing ───────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    const pn_task_wish *wish;
    pn_id change_id;
    pn_task_result *results;
    size_t count;
    size_t refused;
} doing;

static pn_err act(pn_cli *cli, void *context) {
    doing *d = context;
    d->count = (size_t)cli->arg_count;
    pn_task_ref *refs = pn_arena_array(&cli->arena, pn_task_ref, d->count);
    for (size_t i = 0; i < d->count; i++) {
        PN_TRY(pn_lookup_id(PN_ID_TASK, cli->args[i], &refs[i].id, &cli->diag));
    }
    PN_TRY(pn_tasks_act(cli->app, refs, d->count, d->wish, &cli->arena, &d->results, &d->change_id,
                        &cli->diag));
    for (size_t i = 0; i < d->count; i++) {
        d->refused += d->results[i].refused.len != 0;
    }
    if (d->refused == d->count) { /* nothing is done: say why as any command does */
        cli->diag = d->results[0].diag;
        return d->results[0].err;
    }
    return PN_OK;
}

static void print_results(pn_cli *cli, const doing *d) {
    static const pn_column COLUMNS[] = {
        {"id", "Task", false}, {"title", "Title", false}, {"refused", "Not done, as", false}};
    if (d->change_id != 0) {
        pn_out_id(&cli->out, "change", "Change", PN_ID_CHANGE, d->change_id);
    }
    pn_out_table(&cli->out, "tasks", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < d->count; i++) {
        pn_cell_id(&cli->out, PN_ID_TASK, d->results[i].row.id);
        pn_cell_str(&cli->out, d->results[i].row.title);
        pn_cell_str(&cli->out, d->results[i].refused);
    }
    pn_out_table_end(&cli->out, "");
}

static pn_err act_and_print(pn_cli *cli, const pn_task_wish *wish) {
    doing d = {.wish = wish};
    PN_TRY(pn_cli_write(cli, act, &d));
    print_results(cli, &d);
    return PN_OK;
}

const pn_cli_option PN_TASK_SNOOZE_OPTIONS[] = {
    {"until", "TIME", "when it comes back: a day, or a day and a time"},
    {"reason", "TEXT", "why; it is kept and shown"},
    {NULL, NULL, NULL},
};

pn_err pn_cmd_task_snooze(pn_cli *cli) {
    pn_task_wish wish = {.act = PN_ACT_SNOOZE, .reason = pn_cli_value(cli, "reason")};
    PN_TRY(pn_cli_time(cli, "until", cli->out.zone, PN_TIME_NONE, &wish.until));
    if (wish.until == PN_TIME_NONE) {
        return pn_cli_usage(cli, "It needs --until TIME.");
    }
    return act_and_print(cli, &wish);
}

pn_err pn_cmd_task_wake(pn_cli *cli) {
    return act_and_print(cli, &(pn_task_wish){.act = PN_ACT_WAKE});
}

const pn_cli_option PN_TASK_ASSIGN_OPTIONS[] = {
    {"to", "PERSON", "a person's key, name or address; without it, back to its queue"},
    {NULL, NULL, NULL},
};

pn_err pn_cmd_task_assign(pn_cli *cli) {
    pn_task_wish wish = {.act = PN_ACT_ASSIGN, .assignee = pn_cli_value(cli, "to")};
    return act_and_print(cli, &wish);
}

const pn_cli_option PN_TASK_CALL_OPTIONS[] = {
    {"outcome", "NAME",
     "reached, no_answer, voicemail, call_back, promised, disputed, refused or wrong_number"},
    {"note", "TEXT", "what was said"},
    {"again", "TIME", "when to call again: the task is put off until then"},
    {"finish", NULL, "the task is done with it"},
    {NULL, NULL, NULL},
};

pn_err pn_cmd_task_call(pn_cli *cli) {
    pn_task_wish wish = {.act = PN_ACT_CALL,
                         .call = {.outcome = PN_CALL_OUTCOMES,
                                  .note = pn_cli_value(cli, "note"),
                                  .finish = pn_cli_given(cli, "finish")}};
    pn_str outcome = pn_cli_value(cli, "outcome");
    for (int each = 0; each < PN_CALL_OUTCOMES; each++) {
        if (pn_str_eq(outcome, pn_str_of(pn_call_outcome_name((pn_call_outcome)each)))) {
            wish.call.outcome = (pn_call_outcome)each;
        }
    }
    if (wish.call.outcome == PN_CALL_OUTCOMES) {
        return pn_cli_usage(cli, "--outcome is reached, no_answer, voicemail, call_back, promised, "
                                 "disputed, refused or wrong_number.");
    }
    PN_TRY(pn_cli_time(cli, "again", cli->out.zone, PN_TIME_NONE, &wish.call.again_at));
    return act_and_print(cli, &wish);
}

const pn_cli_option PN_TASK_ACCEPT_OPTIONS[] = {
    {"intent", "NAME", "promise, paid, dispute, wrong_person or stop (default: what is suggested)"},
    {"invoice", "ID", "which invoice is meant"},
    {"due", "DATE", "by when they pay"},
    {"reason", "TEXT", "of a dispute"},
    {NULL, NULL, NULL},
};

pn_err pn_cmd_task_accept(pn_cli *cli) {
    pn_invoice_row invoice;
    pn_task_wish wish = {
        .act = PN_ACT_ACCEPT,
        .answer = {.intent = pn_cli_value(cli, "intent"), .reason = pn_cli_value(cli, "reason")}};
    PN_TRY(pn_cli_date(cli, "due", PN_DATE_NONE, &wish.answer.due));
    if (pn_cli_given(cli, "invoice")) {
        PN_TRY(pn_lookup_invoice(cli->app, pn_cli_value(cli, "invoice"), &cli->arena, &invoice,
                                 &cli->diag));
        wish.answer.invoice_id = invoice.item.id;
    }
    return act_and_print(cli, &wish);
}

pn_err pn_cmd_task_reject(pn_cli *cli) {
    return act_and_print(cli, &(pn_task_wish){.act = PN_ACT_REJECT});
}

static pn_err undo(pn_cli *cli, void *context) {
    doing *d = context;
    pn_id change = 0;
    PN_TRY(pn_lookup_id(PN_ID_CHANGE, cli->args[0], &change, &cli->diag));
    return pn_tasks_undo(cli->app, change, &cli->arena, &d->results, &d->count, &cli->diag);
}

pn_err pn_cmd_task_undo(pn_cli *cli) {
    doing d = {0};
    PN_TRY(pn_cli_write(cli, undo, &d));
    print_results(cli, &d);
    return PN_OK;
}

/* ── writing one down ────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_TASK_ADD_OPTIONS[] = {
    {"category", "NAME", "what kind of work (default call)"},
    {"due", "TIME", "when it is due (default now)"},
    {"to", "PERSON", "who does it: a person's key, name or address"},
    {"script", "TEXT", "what to say or look at"},
    {NULL, NULL, NULL},
};

static pn_err add(pn_cli *cli, void *context) {
    pn_task_row *row = context;
    row->id = pn_app_id(cli->app);
    return pn_tasks_add(cli->app, row, &cli->arena, &cli->diag);
}

pn_err pn_cmd_task_add(pn_cli *cli) {
    pn_task_row row = {.org_id = cli->app->org.id,
                       .node = UINT32_MAX,
                       .category = pn_cli_given(cli, "category") ? pn_cli_value(cli, "category")
                                                                 : PN_STR("call"),
                       .title = cli->args[1],
                       .script = pn_cli_value(cli, "script"),
                       .assignee = pn_cli_value(cli, "to"),
                       .opened_at = pn_app_now(cli->app)};
    PN_TRY(pn_lookup_debtor(cli->app, cli->args[0], PN_STR_NONE, &row.debtor_id, &cli->diag));
    PN_TRY(pn_cli_time(cli, "due", cli->out.zone, row.opened_at, &row.due_at));
    PN_TRY(pn_cli_write(cli, add, &row));
    pn_out_id(&cli->out, "id", "Task", PN_ID_TASK, row.id);
    return PN_OK;
}
