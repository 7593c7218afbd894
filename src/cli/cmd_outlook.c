#include "app/outlook.h"
#include "base/banned.h"
#include "base/limits.h"
#include "cli/cmd.h"
#include "cli/ready.h"

const pn_cli_option PN_OUTLOOK_OPTIONS[] = {
    {"days", "N", "so far ahead (default 60)"},
    {"strategy", "NAME|FILE", "try this one instead: published, ready-made, or a file's"},
    {NULL, NULL, NULL},
};

pn_err pn_cli_find_flow(pn_cli *cli, pn_str name, const pn_flow **ret_flow,
                        pn_id *ret_strategy_id) {
    const pn_published *published = NULL;
    if (pn_catalog_find(cli->app, name, &published, &cli->diag) == PN_OK) {
        *ret_flow = published->flow;
        *ret_strategy_id = published->strategy_id;
        return PN_OK;
    }
    pn_diag_clear(&cli->diag);
    pn_str text;
    pn_json *json = NULL;
    pn_flow_names names;
    pn_problems problems = {0};
    const pn_embedded *ready = pn_ready_strategy(name);
    if (ready != NULL) {
        text = pn_embedded_text(ready);
    } else {
        PN_TRY(pn_cli_read_file(cli, name, PN_LIMIT_STRATEGY_BYTES, &text));
    }
    PN_TRY(pn_cli_parse_json(cli, text, name, &json));
    PN_TRY(pn_catalog_names(cli->app, &cli->arena, &names, &cli->diag));
    PN_TRY(pn_flow_compile(json, &names, &cli->arena, ret_flow, &problems, &cli->diag));
    bool known = pn_catalog_find(cli->app, (*ret_flow)->name, &published, &cli->diag) == PN_OK;
    pn_diag_clear(&cli->diag);
    *ret_strategy_id = known ? published->strategy_id : 0;
    return PN_OK;
}

static void print_cases(pn_cli *cli, const pn_case_outlook *cases, size_t count) {
    static const pn_column COLUMNS[] = {
        {"case", "#", true},
        {"strategy", "Strategy", false},
        {"creditor", "Creditor", false},
        {"invoice", "Invoice", false},
        {"run", "Run", false},
        {"enters", "In it", false},
        {"endless", "Endless", false},
    };
    pn_out *out = &cli->out;
    pn_out_table(out, "cases", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        pn_cell_int(out, (int64_t)i + 1);
        pn_cell_str(out, cases[i].strategy);
        pn_cell_str(out, cases[i].creditor);
        pn_cell_str(out, cases[i].number);
        pn_cell_id(out, PN_ID_RUN, cases[i].run_id);
        pn_cell_bool(out, cases[i].enters);
        pn_cell_bool(out, cases[i].endless);
    }
    pn_out_table_end(out, "Nothing is open, or no strategy takes it.");
}

static void happening_row(pn_out *out, const pn_case_outlook *each, const pn_happening *h) {
    pn_cell_time(out, h->at);
    pn_cell_str(out, pn_str_of(pn_happening_name(h->kind)));
    bool says = h->kind == PN_HAPPENS_NOTE || h->kind == PN_HAPPENS_NOTIFY;
    pn_cell_str(out, says ? PN_STR_NONE : h->word);
    pn_cell_str(out, says ? h->word : h->title);
    if (h->tone != 0) {
        pn_cell_int(out, h->tone);
    } else {
        pn_cell_raw(out, PN_STR_NONE);
    }
    if (h->amount != 0) {
        pn_cell_amount(out, (pn_money){h->amount, each->currency});
    } else {
        pn_cell_raw(out, PN_STR_NONE);
    }
    pn_cell_str(out, h->node);
}

static void print_planned(pn_cli *cli, const pn_case_outlook *cases, size_t count) {
    static const pn_column COLUMNS[] = {
        {"case", "#", true},        {"at", "When", false},   {"kind", "What", false},
        {"word", "", false},        {"title", "", false},    {"tone", "Tone", true},
        {"amount", "Amount", true}, {"node", "Node", false},
    };
    pn_out *out = &cli->out;
    pn_out_table(out, "planned", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < cases[i].count; j++) {
            pn_cell_int(out, (int64_t)i + 1);
            happening_row(out, &cases[i], &cases[i].happenings[j]);
        }
    }
    pn_out_table_end(out, "Nothing happens until then, if nobody does anything.");
}

pn_err pn_cmd_case_outlook(pn_cli *cli) {
    pn_outlook_request request = {0};
    pn_case_outlook *cases = NULL;
    size_t count = 0;
    int64_t days = 0;
    PN_TRY(pn_cli_int(cli, "days", 1, PN_OUTLOOK_DAYS_MAX, 60, &days));
    PN_TRY(pn_lookup_case(cli->app, cli->args[0], &cli->arena, &request.about, &cli->diag));
    pn_str strategy = pn_cli_value(cli, "strategy");
    pn_id strategy_id = 0;
    if (strategy.len != 0) {
        PN_TRY(pn_cli_find_flow(cli, strategy, &request.flow, &strategy_id));
    }
    request.until = pn_app_now(cli->app) + days * PN_DAY;
    PN_TRY(pn_outlook_of(cli->app, &request, &cli->arena, &cases, &count, &cli->diag));
    print_cases(cli, cases, count);
    print_planned(cli, cases, count);
    return PN_OK;
}
