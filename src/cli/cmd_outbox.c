#include "app/outbox.h"
#include "base/banned.h"
#include "base/limits.h"
#include "cli/cmd.h"

enum { ROWS_MAX = 1000 };

const pn_cli_option PN_OUTBOX_LIST_OPTIONS[] = {
    {"days", "N", "so far ahead (default 1)"},
    {"limit", "N", "at most about so many (default 100); a debtor's are not torn apart"},
    {"after", "ID", "go on behind this debtor"},
    {NULL, NULL, NULL},
};

static void outbox_row(pn_out *out, const pn_outbox_row *row) {
    pn_cell_time(out, row->at);
    pn_cell_str(out, row->debtor_key);
    pn_cell_str(out, row->debtor_name);
    pn_cell_str(out, row->family);
    if (row->tone != 0) {
        pn_cell_int(out, row->tone);
    } else {
        pn_cell_raw(out, PN_STR_NONE);
    }
    pn_cell_amount(out, row->claimable);
    pn_cell_str(out, row->strategy);
    pn_cell_str(out, row->number);
    if (out->json) {
        pn_cell_id(out, PN_ID_RUN, row->run_id);
        pn_cell_id(out, PN_ID_DEBTOR, row->debtor_id);
        pn_cell_str(out, row->creditor);
        pn_cell_str(out, pn_str_of(row->claimable.currency.code));
    }
}

pn_err pn_cmd_outbox_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"at", "When", false},
        {"debtor_key", "Key", false},
        {"name", "Debtor", false},
        {"template", "Template", false},
        {"tone", "Tone", true},
        {"claimable", "To be asked for", true},
        {"strategy", "Strategy", false},
        {"invoice", "Invoice", false},
        {"run", "", false},
        {"debtor", "", false},
        {"creditor", "", false},
        {"currency", "", false},
    };
    enum { FOR_PROGRAMS = 4 };
    int64_t days = 0, limit = 0;
    pn_outbox_query query = {0};
    pn_outbox_row *rows = NULL;
    size_t count = 0;
    pn_id next = 0;
    PN_TRY(pn_cli_int(cli, "days", 1, PN_OUTLOOK_DAYS_MAX, 1, &days));
    PN_TRY(pn_cli_int(cli, "limit", 1, ROWS_MAX, 100, &limit));
    if (pn_cli_given(cli, "after")) {
        PN_TRY(pn_lookup_debtor(cli->app, pn_cli_value(cli, "after"), PN_STR_NONE, &query.after,
                                &cli->diag));
    }
    query.until = pn_app_now(cli->app) + days * PN_DAY;
    query.limit = (size_t)limit;
    PN_TRY(pn_outbox_list(cli->app, &query, &cli->arena, &rows, &count, &next, &cli->diag));
    pn_out_table(&cli->out, "messages", COLUMNS,
                 PN_COUNT(COLUMNS) - (cli->out.json ? 0 : FOR_PROGRAMS));
    for (size_t i = 0; i < count; i++) {
        outbox_row(&cli->out, &rows[i]);
    }
    pn_out_table_end(&cli->out, "Nothing is about to leave.");
    pn_out_id(&cli->out, "next", next != 0 ? "Go on with --after" : NULL, PN_ID_DEBTOR, next);
    return PN_OK;
}

#define FILTER_OPTIONS                                                                             \
    {"all", NULL, "instead of IDs: all messages that are written and wait"},                       \
        {"channel", "KIND", "of those that wait: in this channel"},                                \
        {"strategy", "NAME", "of this strategy"}, {"creditor", "NAME", "of this creditor"},        \
        {"before", "DATE", "that may leave before that day"},                                      \
        {"rule", "JSON", "whose account fits, like '[\"account.open\", \">\", 3000]'"}, {          \
        "dry-run", NULL, "say how many it would be; change nothing"                                \
    }

const pn_cli_option PN_OUTBOX_HOLD_OPTIONS[] = {
    {"reason", "TEXT", "why; it is kept"},
    {"until", "DATE", "when it is looked at again"},
    FILTER_OPTIONS,
    {NULL, NULL, NULL},
};

static bool filters(const pn_cli *cli) {
    return pn_cli_given(cli, "all") || pn_cli_given(cli, "channel") ||
           pn_cli_given(cli, "strategy") || pn_cli_given(cli, "creditor") ||
           pn_cli_given(cli, "before") || pn_cli_given(cli, "rule");
}

static pn_err read_rule(pn_cli *cli, const pn_rule **ret_rule) {
    pn_json *json = NULL;
    PN_TRY(pn_cli_parse_json(cli, pn_cli_value(cli, "rule"), PN_STR("--rule"), &json));
    return pn_rule_compile(json, PN_SUBJECT_ACCOUNT, &cli->arena, ret_rule, &cli->diag);
}

static pn_err read_range(pn_cli *cli, pn_outbox_range *range) {
    pn_strategy_row strategy;
    const pn_creditor_row *creditor = NULL;
    *range = (pn_outbox_range){.from = PN_TIME_NONE,
                               .channel = pn_channel_kind_of(pn_cli_value(cli, "channel"))};
    if (pn_cli_given(cli, "channel") && range->channel == PN_CHANNEL_NONE) {
        return pn_cli_usage(cli, "--channel is one of email, sms, whatsapp, push, call, letter, "
                                 "http.");
    }
    if (pn_cli_given(cli, "strategy")) {
        pn_err err = pn_strategy_find(cli->app->db, cli->app->org.id, pn_cli_value(cli, "strategy"),
                                      &cli->arena, &strategy);
        if (err == PN_NOT_FOUND) {
            return pn_diag_set(&cli->diag, err, "There is no strategy of that name here.");
        }
        PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
        range->strategy_id = strategy.id;
    }
    if (pn_cli_given(cli, "creditor")) {
        PN_TRY(
            pn_app_find_creditor(cli->app, pn_cli_value(cli, "creditor"), &creditor, &cli->diag));
        range->creditor_id = creditor->id;
    }
    return pn_cli_time(cli, "before", cli->out.zone, PN_TIME_NEVER, &range->until);
}

/* The cases that are named, or that the filter picks. */
static pn_err pick(pn_cli *cli, pn_case_ref **ret_cases, size_t *ret_count, size_t *ret_messages) {
    pn_outbox_filter filter = {0};
    if (filters(cli) == (cli->arg_count != 0)) {
        return pn_cli_usage(cli, "Name cases or debtors, or give a filter (--all for everything "
                                 "that waits).");
    }
    if (cli->arg_count != 0) {
        *ret_cases = pn_arena_array(&cli->arena, pn_case_ref, (size_t)cli->arg_count);
        for (int i = 0; i < cli->arg_count; i++) {
            PN_TRY(
                pn_lookup_case(cli->app, cli->args[i], &cli->arena, &(*ret_cases)[i], &cli->diag));
        }
        *ret_count = *ret_messages = (size_t)cli->arg_count;
        return PN_OK;
    }
    PN_TRY(read_range(cli, &filter.range));
    if (pn_cli_given(cli, "rule")) {
        PN_TRY(read_rule(cli, &filter.rule));
    }
    return pn_outbox_pick(cli->app, &filter, &cli->arena, ret_cases, ret_count, ret_messages,
                          &cli->diag);
}

typedef struct {
    pn_case_ref *cases;
    size_t count, messages;
    pn_time until;
    pn_id *holds;
    size_t held;
} holding;

static pn_err hold(pn_cli *cli, void *context) {
    holding *h = context;
    PN_TRY(pick(cli, &h->cases, &h->count, &h->messages));
    if (pn_cli_given(cli, "dry-run")) {
        h->held = h->count;
        return PN_OK;
    }
    return pn_outbox_hold(cli->app, h->cases, h->count, pn_cli_value(cli, "reason"), h->until,
                          &cli->arena, &h->holds, &h->held, &cli->diag);
}

static void print_holds(pn_cli *cli, const holding *h) {
    static const pn_column COLUMNS[] = {{"hold", "Hold", false}};
    if (!cli->out.json || h->holds == NULL) {
        return;
    }
    pn_out_table(&cli->out, "holds", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < h->held; i++) {
        pn_cell_id(&cli->out, PN_ID_HOLD, h->holds[i]);
    }
    pn_out_table_end(&cli->out, NULL);
}

pn_err pn_cmd_outbox_hold(pn_cli *cli) {
    holding h = {0};
    PN_TRY(pn_cli_time(cli, "until", cli->out.zone, PN_TIME_NONE, &h.until));
    if (!pn_cli_given(cli, "reason") || h.until == PN_TIME_NONE) {
        return pn_cli_usage(cli, "A hold needs --reason TEXT and --until DATE.");
    }
    PN_TRY(pn_cli_write(cli, hold, &h));
    pn_out_int(&cli->out, "held", NULL, (int64_t)h.held);
    pn_out_int(&cli->out, "messages", NULL, (int64_t)h.messages);
    print_holds(cli, &h);
    pn_out_line(&cli->out,
                "%zu %s. `puntual case release ID` lets one go on, `puntual outbox "
                "release` with the same filter all of them.",
                h.held, pn_cli_given(cli, "dry-run") ? "would be held" : "held");
    return PN_OK;
}

const pn_cli_option PN_OUTBOX_RELEASE_OPTIONS[] = {
    FILTER_OPTIONS,
    {NULL, NULL, NULL},
};

static pn_err release(pn_cli *cli, void *context) {
    holding *h = context;
    PN_TRY(pick(cli, &h->cases, &h->count, &h->messages));
    PN_TRY(pn_outbox_holds_of(cli->app, h->cases, h->count, &cli->arena, &h->holds, &h->held,
                              &cli->diag));
    return pn_cli_given(cli, "dry-run")
               ? PN_OK
               : pn_outbox_release(cli->app, h->holds, h->held, &cli->arena, &h->held, &cli->diag);
}

pn_err pn_cmd_outbox_release(pn_cli *cli) {
    holding h = {0};
    PN_TRY(pn_cli_write(cli, release, &h));
    pn_out_int(&cli->out, "released", NULL, (int64_t)h.held);
    pn_out_line(&cli->out, "%zu %s.", h.held,
                pn_cli_given(cli, "dry-run") ? "would be released" : "released");
    return PN_OK;
}
