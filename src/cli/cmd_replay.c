#include "app/lookup.h"
#include "app/replay.h"
#include "base/banned.h"
#include "cli/cmd.h"
#include "store/document.h"

const pn_cli_option PN_REPLAY_OPTIONS[] = {
    {"debtor", "KEY", "of one debtor"},
    {"strategy", "NAME", "of one strategy"},
    {"from", "DATE", "decisions of that day and later"},
    {"to", "DATE", "the first day that is not in it"},
    {"sample", "N", "so many debtors, drawn by a hash of their ids (default: all)"},
    {"list", "N", "lists so many differences (default 100)"},
    {NULL, NULL, NULL},
};

static bool show_progress(void *context, int64_t done, int64_t total) {
    (void)context;
    if (pn_cli_interactive() && (done % 16 == 0 || done == total)) {
        pn_cli_progress("%lld of %lld debtors", (long long)done, (long long)total);
    }
    return true;
}

static void print_decisions(pn_out *out, const pn_replay_report *report) {
    static const char *const WHAT[PN_DECISIONS] = {
        [PN_DECISION_STEP] = "steps of cases",
        [PN_DECISION_REST] = "states that cases have come to",
        [PN_DECISION_TEXT] = "messages that were written",
        [PN_DECISION_GATE] = "answers of the contact law",
    };
    static const pn_column COLUMNS[] = {{"kind", "", false},
                                        {"what", "What", false},
                                        {"recorded", "Recorded", true},
                                        {"equal", "Decided alike", true}};
    pn_out_table(out, "decisions", COLUMNS, PN_COUNT(COLUMNS));
    for (int i = 0; i < PN_DECISIONS; i++) {
        pn_cell_str(out, pn_str_of(pn_decision_name((pn_decision_kind)i)));
        pn_cell_str(out, pn_str_of(WHAT[i]));
        pn_cell_int(out, report->decisions[i]);
        pn_cell_int(out, report->equal[i]);
    }
    pn_out_table_end(out, NULL);
}

static void print_unreplayed(pn_out *out, const pn_replay_report *report) {
    static const pn_column COLUMNS[] = {
        {"reason", "", false}, {"count", "How many", true}, {"why", "Why", false}};
    pn_out_title(out, "What cannot be decided again");
    pn_out_table(out, "unreplayed", COLUMNS, PN_COUNT(COLUMNS));
    for (int i = PN_UNREPLAYED_BEGINNING; i < PN_UNREPLAYED_REASONS; i++) {
        if (report->unreplayed[i] != 0) {
            pn_cell_str(out, pn_str_of(pn_unreplayed_name((pn_unreplayed)i)));
            pn_cell_int(out, report->unreplayed[i]);
            pn_cell_str(out, pn_str_of(pn_unreplayed_words((pn_unreplayed)i)));
        }
    }
    pn_out_table_end(out, "Nothing.");
}

static void print_differences(pn_out *out, const pn_replay_report *report) {
    static const pn_column COLUMNS[] = {
        {"at", "When", false},           {"debtor", "Debtor", false},
        {"run", "Case", false},          {"strategy", "Strategy", false},
        {"version", "Version", true},    {"kind", "What", false},
        {"why", "Differs", false},       {"message", "Message", false},
        {"recorded", "Recorded", false}, {"now", "Now", false}};
    pn_out_title(out, "Differences");
    pn_out_table(out, "differences_shown", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < report->list_count; i++) {
        const pn_replay_difference *each = &report->list[i];
        pn_cell_time(out, each->at);
        pn_cell_str(out, each->debtor);
        pn_cell_id(out, PN_ID_RUN, each->run_id);
        pn_cell_str(out, each->strategy);
        pn_cell_int(out, each->version);
        pn_cell_str(out, pn_str_of(pn_decision_name(each->kind)));
        pn_cell_str(out, each->why);
        pn_cell_id(out, PN_ID_MESSAGE, each->message_id);
        pn_cell_str(out, each->recorded);
        pn_cell_str(out, each->now);
    }
    pn_out_table_end(out, "None.");
}

static pn_err print(pn_cli *cli, const pn_replay_report *report) {
    pn_out *out = &cli->out;
    int64_t decisions = 0, equal = 0;
    for (int i = 0; i < PN_DECISIONS; i++) {
        decisions += report->decisions[i];
        equal += report->equal[i];
    }
    pn_out_int(out, "debtors", "Debtors", report->debtors);
    pn_out_int(out, "runs", "Cases", report->runs);
    pn_out_int(out, "recorded", "Recorded decisions", decisions);
    pn_out_int(out, "equal", "Decided alike", equal);
    pn_out_int(out, "differences", "Decided otherwise", report->different);
    pn_out_int(out, "not_replayed", "Not decided again", decisions - equal - report->different);
    print_decisions(out, report);
    print_unreplayed(out, report);
    if (report->different != 0 || out->json) {
        print_differences(out, report);
    }
    if (report->different != 0) {
        return pn_diag_set(&cli->diag, PN_CONFLICT,
                           "%lld %s would be decided otherwise by this program; nothing was "
                           "changed.",
                           (long long)report->different,
                           report->different == 1 ? "decision" : "decisions");
    }
    pn_out_line(out, "\nNothing is decided otherwise.");
    return PN_OK;
}

static pn_err read_request(pn_cli *cli, pn_replay_request *request) {
    pn_date from = PN_DATE_NONE, to = PN_DATE_NONE;
    int64_t list_max = 0;
    pn_str debtor = pn_cli_value(cli, "debtor");
    PN_TRY(pn_cli_date(cli, "from", PN_DATE_NONE, &from));
    PN_TRY(pn_cli_date(cli, "to", PN_DATE_NONE, &to));
    PN_TRY(pn_cli_int(cli, "sample", 1, 10000000, 0, &request->sample));
    PN_TRY(pn_cli_int(cli, "list", 0, 1000000, 100, &list_max));
    request->list_max = (size_t)list_max;
    request->from = from == PN_DATE_NONE ? INT64_MIN : pn_zone_instant(cli->out.zone, from, 0);
    request->until = to == PN_DATE_NONE ? INT64_MAX : pn_zone_instant(cli->out.zone, to, 0);
    request->strategy = pn_cli_value(cli, "strategy");
    if (request->from >= request->until) {
        return pn_cli_usage(cli, "The span to replay has no days: --to is the first day that is "
                                 "not in it.");
    }
    if (request->strategy.len != 0) {
        pn_strategy_row row;
        pn_err err =
            pn_strategy_find(cli->app->db, cli->app->org.id, request->strategy, &cli->arena, &row);
        if (err == PN_NOT_FOUND) {
            return pn_diag_set(&cli->diag, PN_NOT_FOUND,
                               "There is no strategy “%.*s”; puntual strategy list names them.",
                               PN_STR_ARG(request->strategy));
        }
        PN_TRY(err);
    }
    if (debtor.len != 0) {
        PN_TRY(pn_lookup_debtor(cli->app, debtor, PN_STR_NONE, &request->debtor_id, &cli->diag));
    }
    return PN_OK;
}

pn_err pn_cmd_replay(pn_cli *cli) {
    pn_replay_request request = {.tell = show_progress};
    pn_replay_report report = {0};
    pn_app *reader = NULL;
    PN_TRY(read_request(cli, &request));
    PN_TRY(pn_app_open_reader(cli->app, cli->env, &reader, &cli->diag));
    pn_err err = pn_replay(reader, &request, &cli->arena, &report, &cli->diag);
    pn_app_close(reader);
    if (pn_cli_interactive()) {
        pn_cli_progress("%s", "");
    }
    return err == PN_OK ? print(cli, &report) : err;
}
