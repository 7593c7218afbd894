/* Commands on tasks for people, on what debtors did, and on who must not be contacted. */
#include "app/books.h"
#include "app/lookup.h"
#include "app/people.h"
#include "app/signals.h"
#include "app/tasks.h"
#include "base/banned.h"
#include "cli/cmd.h"
#include "store/debtor.h"
#include "store/message.h"
#include "store/page.h"
#include "store/task.h"

const pn_cli_option PN_TASK_LIST_OPTIONS[] = {
    {"limit", "N", "at most so many (default 50)"},
    {NULL, NULL, NULL},
};

/* A task may be about no debtor: a webhook that was turned off. */
static pn_err debtor_of(pn_cli *cli, const pn_task_row *row, pn_debtor_row *ret_debtor) {
    *ret_debtor = (pn_debtor_row){0};
    return row->debtor_id == 0
               ? PN_OK
               : pn_debtor_get(cli->app->db, row->debtor_id, &cli->arena, ret_debtor);
}

static pn_err task_row(pn_cli *cli, const pn_task_row *row) {
    pn_debtor_row debtor;
    pn_err err = debtor_of(cli, row, &debtor);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_cell_id(&cli->out, PN_ID_TASK, row->id);
    pn_cell_str(&cli->out, row->category);
    pn_cell_str(&cli->out, row->title);
    pn_cell_str(&cli->out, debtor.name);
    pn_str queue = row->queue.len != 0 ? row->queue : debtor.owner;
    pn_colleague assignee = pn_people_find(cli->app, queue, pn_app_today(cli->app), &cli->arena);
    pn_cell_str(&cli->out, queue);
    pn_cell_str(&cli->out, assignee.known ? assignee.name : PN_STR_NONE);
    pn_cell_time(&cli->out, row->due_at);
    return PN_OK;
}

pn_err pn_cmd_task_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"id", "Task", false},     {"category", "Category", false},
        {"title", "Title", false}, {"debtor", "Debtor", false},
        {"queue", "Queue", false}, {"assignee", "Assignee", false},
        {"due_at", "Due", false},
    };
    int64_t limit = 50;
    pn_task_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_cli_int(cli, "limit", 1, 1000000, 50, &limit));
    pn_err err =
        pn_task_open_list(cli->app->db, cli->app->org.id, limit, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_table(&cli->out, "tasks", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        PN_TRY(task_row(cli, &rows[i]));
    }
    pn_out_table_end(&cli->out, "No task is open: nothing needs a person now.");
    return PN_OK;
}

static const char *state_name(pn_task_state state) {
    switch (state) {
    case PN_TASK_OPEN: return "open";
    case PN_TASK_DONE: return "done";
    case PN_TASK_CANCELLED: return "cancelled";
    }
    return "";
}

/* What the debtor sent with it. */
static pn_err show_files(pn_cli *cli, pn_id task_id) {
    enum { FILES_MAX = 20 };
    static const pn_column COLUMNS[] = {
        {"id", "File", false}, {"name", "Name", false}, {"size", "Bytes", true}};
    pn_page_file_row *rows = NULL;
    size_t count = 0;
    pn_page_scope scope = {.org_id = cli->app->org.id, .task_id = task_id};
    pn_err err = pn_page_file_page(cli->app->db, &scope, 0, FILES_MAX, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_table(&cli->out, "files", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        pn_cell_id(&cli->out, PN_ID_FILE, rows[i].id);
        pn_cell_str(&cli->out, rows[i].name);
        pn_cell_int(&cli->out, rows[i].size);
    }
    pn_out_table_end(&cli->out, "");
    return PN_OK;
}

pn_err pn_cmd_task_show(pn_cli *cli) {
    pn_id id = 0;
    pn_task_row row;
    pn_debtor_row debtor;
    pn_out *out = &cli->out;
    PN_TRY(pn_lookup_id(PN_ID_TASK, cli->args[0], &id, &cli->diag));
    pn_err err = pn_task_get(cli->app->db, cli->app->org.id, id, &cli->arena, &row);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(&cli->diag, err, "There is no such task.");
    }
    err = err == PN_OK ? debtor_of(cli, &row, &debtor) : err;
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_id(out, "id", "Task", PN_ID_TASK, row.id);
    pn_out_str(out, "category", "Category", row.category);
    pn_out_str(out, "title", "Title", row.title);
    pn_out_str(out, "state", "State", pn_str_of(state_name(row.state)));
    pn_out_id(out, "debtor", NULL, PN_ID_DEBTOR, row.debtor_id);
    pn_out_str(out, "debtor_name", "Debtor", debtor.name);
    pn_out_str(out, "queue", "Queue", row.queue);
    pn_out_time(out, "due_at", "Due", row.due_at);
    pn_out_time(out, "opened_at", "Opened", row.opened_at);
    if (row.state != PN_TASK_OPEN) {
        pn_out_time(out, "settled_at", "Ended", row.settled_at);
        pn_out_str(out, "settled_by", "By", row.settled_by);
        pn_out_str(out, "outcome", "Outcome", row.outcome);
    }
    pn_out_str(out, "script", NULL, row.script);
    if (row.script.len != 0) {
        pn_out_line(out, "\n%.*s", PN_STR_ARG(row.script));
    }
    return show_files(cli, id);
}

const pn_cli_option PN_TASK_DONE_OPTIONS[] = {
    {"outcome", "TEXT", "how it ended: approved, refused, promised … (default done)"},
    {NULL, NULL, NULL},
};

static pn_err done(pn_cli *cli, void *context) {
    return pn_tasks_done(cli->app, *(const pn_id *)context, pn_cli_value(cli, "outcome"),
                         &cli->arena, &cli->diag);
}

pn_err pn_cmd_task_done(pn_cli *cli) {
    pn_id id = 0;
    PN_TRY(pn_lookup_id(PN_ID_TASK, cli->args[0], &id, &cli->diag));
    PN_TRY(pn_cli_write(cli, done, &id));
    pn_out_id(&cli->out, "id", NULL, PN_ID_TASK, id);
    pn_out_line(&cli->out, "Done.");
    return PN_OK;
}

/* ── notices ─────────────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_NOTICE_LIST_OPTIONS[] = {
    {"limit", "N", "at most so many (default 50)"},
    {NULL, NULL, NULL},
};

pn_err pn_cmd_notice_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"at", "When", false},
        {"recipient", "For", false},
        {"debtor", "Debtor", false},
        {"text", "Notice", false},
    };
    int64_t limit = 50;
    pn_notice_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_cli_int(cli, "limit", 1, 1000000, 50, &limit));
    pn_err err = pn_notice_list(cli->app->db, cli->app->org.id, limit, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_table(&cli->out, "notices", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        pn_debtor_row debtor = {.name = PN_STR_NONE};
        if (rows[i].debtor_id != 0) {
            err = pn_debtor_get(cli->app->db, rows[i].debtor_id, &cli->arena, &debtor);
            PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
        }
        pn_cell_time(&cli->out, rows[i].at);
        pn_cell_str(&cli->out, rows[i].recipient);
        pn_cell_str(&cli->out, debtor.name);
        pn_cell_str(&cli->out, rows[i].text);
    }
    pn_out_table_end(&cli->out, "There are no notices.");
    return PN_OK;
}

/* ── signals ─────────────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_SIGNAL_OPTIONS[] = {
    {"kind", "NAME",
     "open, click, visit, reply, payment_attempt, payment_failed, bounce, auto_reply "
     "or conversation"},
    {"source", "human|proxy|machine", "who did it (default human)"},
    {"message", "ID", "the message or carrier it answers"},
    {"debtor", "ID", "who did it, where it answers no message"},
    {"status", "CODE", "of a bounce, like 5.1.1"},
    {"detail", "TEXT", "what was said"},
    {NULL, NULL, NULL},
};

static bool parse_kind(pn_str text, pn_signal_kind *ret_kind) {
    for (int kind = 0; kind < PN_SIGNALS; kind++) {
        if (pn_str_eq(text, pn_str_of(pn_signal_kind_name((pn_signal_kind)kind)))) {
            *ret_kind = (pn_signal_kind)kind;
            return true;
        }
    }
    return false;
}

static bool parse_source(pn_str text, pn_signal_source *ret_source) {
    for (int source = PN_SOURCE_HUMAN; source <= PN_SOURCE_MACHINE; source++) {
        if (pn_str_eq(text, pn_str_of(pn_signal_source_name((pn_signal_source)source)))) {
            *ret_source = (pn_signal_source)source;
            return true;
        }
    }
    return text.len == 0;
}

/* A message's carrier, or the carrier itself. */
static pn_err parse_carrier(pn_cli *cli, pn_id *ret_carrier) {
    pn_str text = pn_cli_value(cli, "message");
    pn_message_row message;
    pn_id id = 0;
    if (text.len == 0 || pn_id_parse(PN_ID_CARRIER, text, ret_carrier) == PN_OK) {
        return PN_OK;
    }
    PN_TRY(pn_lookup_id(PN_ID_MESSAGE, text, &id, &cli->diag));
    pn_err err = pn_message_get(cli->app->db, id, &cli->arena, &message);
    if (err == PN_NOT_FOUND || (err == PN_OK && message.carrier_id == 0)) {
        return pn_diag_set(&cli->diag, PN_NOT_FOUND, "“%.*s” never left.", PN_STR_ARG(text));
    }
    *ret_carrier = err == PN_OK ? message.carrier_id : 0;
    return pn_app_fail(cli->app, err, &cli->diag);
}

static pn_err signal_add(pn_cli *cli, void *context) {
    return pn_signals_add(cli->app, context, &cli->arena, &cli->diag);
}

pn_err pn_cmd_signal_add(pn_cli *cli) {
    pn_signal_report report = {.status = pn_cli_value(cli, "status"),
                               .detail = pn_cli_value(cli, "detail")};
    if (!parse_kind(pn_cli_value(cli, "kind"), &report.kind)) {
        return pn_cli_usage(cli, "--kind is open, click, visit, reply, payment_attempt, "
                                 "payment_failed, bounce, auto_reply or conversation.");
    }
    if (!parse_source(pn_cli_value(cli, "source"), &report.source)) {
        return pn_cli_usage(cli, "--source is human, proxy or machine.");
    }
    PN_TRY(parse_carrier(cli, &report.carrier_id));
    if (pn_cli_given(cli, "debtor")) {
        PN_TRY(pn_lookup_debtor(cli->app, pn_cli_value(cli, "debtor"), PN_STR_NONE,
                                &report.debtor_id, &cli->diag));
    }
    if (report.carrier_id == 0 && report.debtor_id == 0) {
        return pn_cli_usage(cli, "Say what it answers (--message ID) or who did it (--debtor ID).");
    }
    PN_TRY(pn_cli_write(cli, signal_add, &report));
    pn_out_str(&cli->out, "kind", NULL, pn_cli_value(cli, "kind"));
    pn_out_line(&cli->out, "Recorded.");
    return PN_OK;
}

/* ── who must not be contacted ───────────────────────────────────────────────────────────────── */

const pn_cli_option PN_EXCLUDE_OPTIONS[] = {
    {"reason", "TEXT", "why: insolvency, lawyer, key account …; it is kept and shown"},
    {"until", "DATE", "the last day of it (default: without end)"},
    {NULL, NULL, NULL},
};

typedef struct {
    pn_id debtor_id;
    pn_str reason;
    pn_date until;
} barring;

static pn_err bar(pn_cli *cli, void *context) {
    const barring *b = context;
    return pn_books_bar(cli->app, b->debtor_id, b->reason, b->until, &cli->arena);
}

pn_err pn_cmd_debtor_exclude(pn_cli *cli) {
    barring b = {.reason = pn_cli_value(cli, "reason")};
    PN_TRY(pn_lookup_debtor(cli->app, cli->args[0], PN_STR_NONE, &b.debtor_id, &cli->diag));
    PN_TRY(pn_cli_date(cli, "until", PN_DATE_NONE, &b.until));
    if (b.reason.len == 0) {
        return pn_cli_usage(cli, "--reason says why.");
    }
    PN_TRY(pn_cli_write(cli, bar, &b));
    pn_out_id(&cli->out, "debtor", NULL, PN_ID_DEBTOR, b.debtor_id);
    pn_out_line(&cli->out, "No demand goes to this debtor any more.");
    return PN_OK;
}

pn_err pn_cmd_debtor_include(pn_cli *cli) {
    barring b = {.reason = PN_STR(""), .until = PN_DATE_NONE};
    PN_TRY(pn_lookup_debtor(cli->app, cli->args[0], PN_STR_NONE, &b.debtor_id, &cli->diag));
    PN_TRY(pn_cli_write(cli, bar, &b));
    pn_out_id(&cli->out, "debtor", NULL, PN_ID_DEBTOR, b.debtor_id);
    pn_out_line(&cli->out, "This debtor may be asked again.");
    return PN_OK;
}
