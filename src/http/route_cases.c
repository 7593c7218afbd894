/* The worklist: open accounts or invoices with the run that works them; and runs held and let go.
 */
#include "app/books.h"
#include "app/cases.h"
#include "app/steer.h"
#include "app/catalog.h"
#include "base/banned.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/four_eyes.h"
#include "http/tables.h"

static const char *const WAITS[] = {"none", "time",    "message", "signal", "task",
                                    "rule", "amounts", "hold",    "over",   NULL};

static const pn_shape CASE_FIELDS[] = {
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .required = true},
    {.name = "debtor_key", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "debtor_name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "creditor", .type = PN_SHAPE_TEXT, .required = true, .help = "its name"},
    {.name = "owner", .type = PN_SHAPE_TEXT, .help = "key of the collector"},
    {.name = "invoice", .type = PN_SHAPE_ID, .id_kind = PN_ID_INVOICE, .help = "of an invoice's"},
    {.name = "number", .type = PN_SHAPE_TEXT, .help = "of the invoice"},
    {.name = "invoices", .type = PN_SHAPE_INT, .required = true, .help = "that are open"},
    {.name = "open", .type = PN_SHAPE_AMOUNT, .required = true},
    {.name = "claimable",
     .type = PN_SHAPE_AMOUNT,
     .required = true,
     .help = "what may be asked for now"},
    {.name = "due", .type = PN_SHAPE_DATE, .help = "of the oldest that may be asked for"},
    {.name = "run", .type = PN_SHAPE_ID, .id_kind = PN_ID_RUN, .help = "null: none works it"},
    {.name = "strategy", .type = PN_SHAPE_TEXT},
    {.name = "node", .type = PN_SHAPE_TEXT},
    {.name = "waits_for", .type = PN_SHAPE_WORD, .words = WAITS},
    {.name = "wake_at", .type = PN_SHAPE_TIME},
    {.name = NULL},
};
static const pn_schema_object CASE = {"Case", CASE_FIELDS, "What is worked: an account or invoice"};

#define CASE_QUERY(subject)                                                                        \
    {                                                                                              \
        {.name = "filter", .type = PN_SHAPE_RULE, .min = (subject)},                               \
            {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR},                      \
            {.name = "closed", .type = PN_SHAPE_BOOL, .help = "those with nothing open too"}, {    \
            .name = NULL                                                                           \
        }                                                                                          \
    }
static const pn_shape ACCOUNT_QUERY[] = CASE_QUERY(PN_SUBJECT_ACCOUNT);
static const pn_shape INVOICE_QUERY[] = CASE_QUERY(PN_SUBJECT_INVOICE);

static void put_case(pn_json_writer *w, const pn_case_row *row) {
    bool works = row->run_id != 0;
    pn_json_begin_object(w);
    pn_put_id(w, "debtor", PN_ID_DEBTOR, row->debtor_id);
    pn_json_put_str(w, "debtor_key", row->debtor_key);
    pn_json_put_str(w, "debtor_name", row->debtor_name);
    pn_json_put_str(w, "creditor", row->creditor);
    pn_put_str_or_null(w, "owner", row->owner);
    pn_put_id(w, "invoice", PN_ID_INVOICE, row->invoice_id);
    pn_put_str_or_null(w, "number", row->number);
    pn_json_put_int(w, "invoices", row->open_items);
    pn_put_amount(w, "open", row->open, row->currency);
    pn_put_amount(w, "claimable", row->claimable, row->currency);
    pn_put_date(w, "due", row->due);
    pn_put_id(w, "run", PN_ID_RUN, row->run_id);
    pn_put_str_or_null(w, "strategy", row->strategy);
    pn_put_str_or_null(w, "node", row->node);
    pn_put_str_or_null(w, "waits_for", works ? pn_str_of(WAITS[row->wait]) : PN_STR_NONE);
    pn_put_time(w, "wake_at", works ? row->wake_at : PN_TIME_NEVER);
    pn_json_end_object(w);
}

static pn_err put_row_of_cases(pn_exchange *x, pn_json_writer *w, const void *item,
                               int64_t key[PN_PAGE_KEYS]) {
    const pn_case_row *row = item;
    (void)x;
    put_case(w, row);
    key[0] = row->due;
    key[1] = row->debtor_id;
    key[2] = row->invoice_id != 0 ? row->invoice_id : row->account_id;
    return PN_OK;
}

static pn_err list_cases(pn_exchange *x, pn_subject subject) {
    pn_page page;
    pn_case_row *rows = NULL;
    size_t count = 0;
    int64_t total = 0;
    PN_TRY(pn_page_read(x, &page));
    pn_case_query query = {
        .subject = subject,
        .rule = pn_query_value(x, "filter")->rule,
        .debtor_id = pn_query_value(x, "debtor")->number,
        .closed = pn_query_value(x, "closed")->number != 0,
        .limit = page.limit + 1,
        .uncounted = true,
        .behind = page.key[0] != INT64_MIN,
        .behind_due = (pn_date)page.key[0],
        .behind_debtor = page.key[1],
        .behind_id = page.key[2],
    };
    PN_TRY(pn_case_list(x->app, &query, x->arena, &rows, &count, &total, &x->diag));
    return pn_page_give(x, &page, rows, sizeof *rows, count, put_row_of_cases);
}

static pn_err list_accounts(pn_exchange *x) {
    return list_cases(x, PN_SUBJECT_ACCOUNT);
}

static pn_err list_invoice_cases(pn_exchange *x) {
    return list_cases(x, PN_SUBJECT_INVOICE);
}

/* ── runs ── */

static const char *const STATUSES[] = {"active", "ended", "closed", NULL};
static const pn_shape RUN_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_RUN, .required = true},
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .required = true},
    {.name = "invoice", .type = PN_SHAPE_ID, .id_kind = PN_ID_INVOICE},
    {.name = "beside", .type = PN_SHAPE_ID, .id_kind = PN_ID_RUN, .help = "a pill's: which run's"},
    {.name = "strategy", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "version", .type = PN_SHAPE_INT, .required = true},
    {.name = "node", .type = PN_SHAPE_TEXT},
    {.name = "status", .type = PN_SHAPE_WORD, .words = STATUSES, .required = true},
    {.name = "cycle", .type = PN_SHAPE_INT, .required = true},
    {.name = "waits_for", .type = PN_SHAPE_WORD, .words = WAITS, .required = true},
    {.name = "wake_at", .type = PN_SHAPE_TIME},
    {.name = "started_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = NULL},
};
static const pn_schema_object RUN = {"Run", RUN_FIELDS, "A case on its way through a strategy"};
static const pn_shape RUN_QUERY[] = {
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .required = true},
    {.name = "active", .type = PN_SHAPE_BOOL, .help = "only those that go on"},
    {.name = NULL},
};
static const pn_shape HOLD_BODY[] = {
    {.name = "reason", .type = PN_SHAPE_TEXT, .required = true, .min = 1, .max = 400},
    {.name = "until", .type = PN_SHAPE_TIME, .required = true, .help = "when it ends by itself"},
    {.name = NULL},
};
static const pn_shape RELEASED_FIELDS[] = {
    {.name = "released", .type = PN_SHAPE_INT, .required = true, .help = "holds that ended"},
    {.name = NULL},
};
static const pn_schema_object RELEASED = {"Released", RELEASED_FIELDS, "Holds that ended"};

static pn_err put_run(pn_exchange *x, pn_json_writer *w, const pn_run *run) {
    const pn_published *version = NULL;
    PN_TRY(pn_catalog_version(x->app, run->version_id, &version, &x->diag));
    pn_put_id(w, "id", PN_ID_RUN, run->id);
    pn_put_id(w, "debtor", PN_ID_DEBTOR, run->debtor_id);
    pn_put_id(w, "invoice", PN_ID_INVOICE, run->invoice_id);
    pn_put_id(w, "beside", PN_ID_RUN, run->parent_id);
    pn_json_put_str(w, "strategy", version->flow->name);
    pn_json_put_int(w, "version", version->version);
    pn_put_str_or_null(w, "node", pn_flow_node_id(version->flow, run->node));
    pn_json_put_str(w, "status", pn_str_of(STATUSES[run->status]));
    pn_json_put_int(w, "cycle", run->cycle);
    pn_json_put_str(w, "waits_for", pn_str_of(WAITS[run->wait]));
    pn_put_time(w, "wake_at", run->status == PN_RUN_ACTIVE ? run->wake_at : PN_TIME_NEVER);
    pn_put_time(w, "started_at", run->started_at);
    return PN_OK;
}

static pn_err list_runs(pn_exchange *x) {
    pn_debtor_row debtor;
    pn_run_row *rows = NULL;
    size_t count = 0;
    bool active = pn_query_value(x, "active")->number != 0;
    PN_TRY(pn_find_debtor(x, pn_query_value(x, "debtor")->number, &debtor));
    PN_TRY(pn_told(x, pn_run_range(x->db, debtor.id, debtor.id, active, x->arena, &rows, &count)));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        pn_json_begin_object(w);
        PN_TRY(put_run(x, w, &rows[i].run));
        pn_json_end_object(w);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

static pn_err get_run(pn_exchange *x) {
    pn_run_row row;
    PN_TRY(pn_path_run(x, &row));
    pn_answer_field(x, "ETag", pn_str_format(x->arena, "\"%u\"", row.run.visit));
    pn_json_writer *w = pn_answer_json(x);
    PN_TRY(put_run(x, w, &row.run));
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err hold(pn_exchange *x, pn_id debtor_id, pn_id run_id) {
    pn_id id = 0;
    pn_time until = pn_body_value(x, "until")->number;
    if (until <= pn_app_now(x->app)) {
        pn_err err = pn_diag_set(&x->diag, PN_INVALID, "The end of a hold must lie ahead.");
        pn_diag_where(&x->diag, "/until");
        return err;
    }
    PN_TRY(pn_told(
        x, pn_books_hold(x->app, debtor_id, run_id, pn_body_value(x, "reason")->text, until, &id)));
    char text[PN_ID_TEXT_SIZE];
    pn_json_writer *w = pn_answer_json(x);
    x->answer.status = 201;
    pn_json_put_str(w, "id", pn_str_of(pn_id_text(PN_ID_HOLD, id, text)));
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err release(pn_exchange *x, pn_id debtor_id, pn_id run_id) {
    size_t count = 0;
    PN_TRY(pn_told(x, pn_books_release(x->app, debtor_id, run_id, x->arena, &count)));
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_int(w, "released", (int64_t)count);
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err hold_run(pn_exchange *x) {
    pn_run_row row;
    PN_TRY(pn_path_run(x, &row));
    PN_TRY(pn_check_version(x, row.run.visit));
    return hold(x, row.run.debtor_id, row.run.id);
}

static pn_err release_run(pn_exchange *x) {
    pn_run_row row;
    PN_TRY(pn_path_run(x, &row));
    PN_TRY(pn_check_version(x, row.run.visit));
    return release(x, row.run.debtor_id, row.run.id);
}

static pn_err hold_debtor(pn_exchange *x) {
    pn_debtor_row row;
    PN_TRY(pn_path_debtor(x, &row));
    PN_TRY(pn_check_version(x, row.seq));
    return hold(x, row.id, 0);
}

static pn_err release_debtor(pn_exchange *x) {
    pn_debtor_row row;
    PN_TRY(pn_path_debtor(x, &row));
    PN_TRY(pn_check_version(x, row.seq));
    return release(x, row.id, 0);
}

/* ── leading a case by hand ── */

#define REASON                                                                                     \
    { .name = "reason", .type = PN_SHAPE_TEXT, .required = true, .min = 1, .max = 400 }
static const pn_shape REASON_BODY[] = {REASON, {.name = NULL}};
static const pn_shape MOVE_BODY[] = {
    {.name = "node",
     .type = PN_SHAPE_TEXT,
     .required = true,
     .min = 1,
     .max = 80,
     .help = "of the version it walks in"},
    REASON,
    {.name = NULL},
};
static const pn_shape POSTPONE_BODY[] = {
    {.name = "until", .type = PN_SHAPE_TIME, .required = true},
    REASON,
    {.name = NULL},
};

/* Another place of the case, or another time, is another question. */
static pn_err may_steer(pn_exchange *x, const pn_run *run, const pn_steer_wish *wish,
                        bool *ret_go) {
    static const char *const WAYS[] = {"move", "skip", "postpone", "stop"};
    char id[PN_ID_TEXT_SIZE];
    pn_str subject = pn_str_format(x->arena, "%s %s at %u %.*s%lld", WAYS[wish->kind],
                                   pn_id_text(PN_ID_RUN, run->id, id), run->visit,
                                   PN_STR_ARG(wish->node), (long long)wish->until);
    pn_str words = pn_str_format(x->arena, "%s %s%s%.*s: %.*s", WAYS[wish->kind], id,
                                 wish->node.len != 0 ? " to " : "", PN_STR_ARG(wish->node),
                                 PN_STR_ARG(wish->reason));
    return pn_four_eyes(x, PN_APPROVE_STEER, subject, words, (pn_money){0}, ret_go);
}

static pn_err steer(pn_exchange *x, pn_steer_wish wish) {
    pn_run_row row;
    bool go = false;
    PN_TRY(pn_path_run(x, &row));
    PN_TRY(pn_check_version(x, row.run.visit));
    wish.reason = pn_body_value(x, "reason")->text;
    PN_TRY(may_steer(x, &row.run, &wish, &go));
    if (!go) {
        return PN_OK; /* the answer says what it waits for */
    }
    PN_TRY(pn_steer(x->app, &row, &wish, x->arena, &x->diag));
    pn_json_writer *w = pn_answer_json(x);
    PN_TRY(put_run(x, w, &row.run));
    pn_json_end_object(w);
    return pn_answer_version(x, row.run.visit);
}

static pn_err move_run(pn_exchange *x) {
    return steer(x, (pn_steer_wish){.kind = PN_STEER_MOVE, .node = pn_body_value(x, "node")->text});
}

static pn_err skip_wait(pn_exchange *x) {
    return steer(x, (pn_steer_wish){.kind = PN_STEER_SKIP});
}

static pn_err postpone_wait(pn_exchange *x) {
    return steer(
        x, (pn_steer_wish){.kind = PN_STEER_POSTPONE, .until = pn_body_value(x, "until")->number});
}

static pn_err stop_run(pn_exchange *x) {
    return steer(x, (pn_steer_wish){.kind = PN_STEER_STOP});
}

#define LISTS(at, id, takes, what, does, says)                                                     \
    {                                                                                              \
        .method = PN_HTTP_GET, .path = at, .name = id, .runs = PN_RUNS_READER,                     \
        .roles = PN_MAY_READ, .scope = "cases:read", .query = takes, .gives = what,                \
        .gives_list = true, .answer = does, .summary = says                                        \
    }
#define CHANGES(at, id, takes, what, does, says)                                                   \
    {                                                                                              \
        .method = PN_HTTP_POST, .path = at, .name = id, .runs = PN_RUNS_WRITER,                    \
        .roles = PN_MAY_COLLECT, .scope = "cases:write", .body = takes, .gives = what,             \
        .answer = does, .summary = says                                                            \
    }

pn_route_table PN_ROUTES_CASES = {
    LISTS("/v1/cases", "list_cases", ACCOUNT_QUERY, &CASE, list_accounts,
          "open accounts, the oldest due date first"),
    LISTS("/v1/cases/invoices", "list_invoice_cases", INVOICE_QUERY, &CASE, list_invoice_cases,
          "open invoices, the oldest due date first"),
    LISTS("/v1/runs", "list_runs", RUN_QUERY, &RUN, list_runs, "runs of a debtor"),
    {.method = PN_HTTP_GET,
     .path = "/v1/runs/{run}",
     .name = "get_run",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "cases:read",
     .gives = &RUN,
     .answer = get_run,
     .summary = "one run"},
    CHANGES("/v1/runs/{run}/hold", "hold_run", HOLD_BODY, &PN_MADE, hold_run,
            "nothing is asked in this case meanwhile"),
    CHANGES("/v1/runs/{run}/release", "release_run", NULL, &RELEASED, release_run,
            "the case goes on"),
    CHANGES("/v1/runs/{run}/move", "move_run", MOVE_BODY, &RUN, move_run,
            "lead the case to another node; what it had begun ends, and the laws hold there"),
    CHANGES("/v1/runs/{run}/skip", "skip_wait", REASON_BODY, &RUN, skip_wait,
            "go on as if the present wait were over"),
    CHANGES("/v1/runs/{run}/postpone", "postpone_wait", POSTPONE_BODY, &RUN, postpone_wait,
            "the present wait lasts until then at least"),
    CHANGES("/v1/runs/{run}/stop", "stop_run", REASON_BODY, &RUN, stop_run,
            "end the run: its strategy does not take what is open now again"),
    CHANGES("/v1/debtors/{debtor}/hold", "hold_debtor", HOLD_BODY, &PN_MADE, hold_debtor,
            "nothing is asked of this debtor meanwhile"),
    CHANGES("/v1/debtors/{debtor}/release", "release_debtor", NULL, &RELEASED, release_debtor,
            "its cases go on"),
    {.path = NULL},
};
