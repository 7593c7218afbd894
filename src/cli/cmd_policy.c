#include "app/lookup.h"
#include "app/permit.h"
#include "app/publish.h"
#include "base/banned.h"
#include "cli/cmd.h"
#include "cli/ready.h"

/* ── list and show ───────────────────────────────────────────────────────────────────────────── */

pn_err pn_cmd_policy_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"name", "Policy", false},        {"title", "Title", false},
        {"version", "Version", false},    {"country", "Country", false},
        {"from", "In force from", false},
    };
    const pn_policy *const *list = NULL;
    size_t count = 0;
    PN_TRY(pn_catalog_policies(cli->app, &list, &count, &cli->diag));
    pn_out_table(&cli->out, "policies", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        pn_cell_str(&cli->out, list[i]->name);
        pn_cell_str(&cli->out, list[i]->title);
        pn_cell_str(&cli->out, list[i]->version);
        pn_cell_str(&cli->out, list[i]->country);
        pn_cell_date(&cli->out, list[i]->from);
    }
    pn_out_table_end(&cli->out, NULL);
    return PN_OK;
}

pn_err pn_cmd_policy_show(pn_cli *cli) {
    pn_str document;
    PN_TRY(pn_catalog_policy_text(cli->app, cli->args[0], &cli->arena, &document, &cli->diag));
    pn_out_raw(&cli->out, "document", NULL, document);
    pn_out_text(&cli->out, document);
    return PN_OK;
}

pn_err pn_cmd_policy_publish(pn_cli *cli) {
    pn_str text;
    PN_TRY(pn_cli_read_file(cli, cli->args[0], 1 << 20, &text));
    PN_TRY(pn_publish_policy(cli->app, text, &cli->arena, &cli->diag));
    pn_out_bool(&cli->out, "published", NULL, true);
    pn_out_line(&cli->out, "Published; it is asked from now on.");
    return PN_OK;
}

/* ── check ───────────────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_POLICY_CHECK_OPTIONS[] = {
    {"debtor", "ID", "who would be contacted"},
    {"channel", "NAME", "email, sms, whatsapp, push, call or letter (default email)"},
    {"at", "TIME", "when (default now); without an offset, in the organization's zone"},
    {"purpose", "demand|service|legal", "what for (default demand)"},
    {NULL, NULL, NULL},
};

static pn_err parse_purpose(pn_cli *cli, pn_purpose *ret_purpose) {
    pn_str text = pn_cli_value(cli, "purpose");
    *ret_purpose = PN_PURPOSE_DEMAND;
    for (int purpose = PN_PURPOSE_DEMAND; purpose <= PN_PURPOSE_LEGAL; purpose++) {
        if (pn_str_eq(text, pn_str_of(pn_purpose_name((pn_purpose)purpose)))) {
            *ret_purpose = (pn_purpose)purpose;
            return PN_OK;
        }
    }
    return text.len == 0 ? PN_OK : pn_cli_usage(cli, "--purpose is demand, service or legal.");
}

static pn_err parse_check(pn_cli *cli, pn_permit_query *query) {
    pn_str channel = pn_cli_value(cli, "channel");
    if (!pn_cli_given(cli, "debtor")) {
        return pn_cli_usage(cli, "--debtor says who would be contacted.");
    }
    PN_TRY(pn_lookup_debtor(cli->app, pn_cli_value(cli, "debtor"), PN_STR_NONE, &query->debtor_id,
                            &cli->diag));
    query->channel = channel.len == 0 ? PN_CHANNEL_EMAIL : pn_channel_kind_of(channel);
    if (query->channel == PN_CHANNEL_NONE) {
        return pn_cli_usage(cli, "--channel is email, sms, whatsapp, push, call, letter or http.");
    }
    PN_TRY(parse_purpose(cli, &query->purpose));
    return pn_cli_time(cli, "at", cli->out.zone, pn_app_now(cli->app), &query->at);
}

pn_err pn_cmd_policy_check(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"creditor", "Creditor", false},  {"policy", "Policy", false},
        {"answer", "Answer", false},      {"reason", "Reason", false},
        {"from", "Possible from", false}, {"explanation", "", false},
    };
    pn_permit_query query = {0};
    pn_permit *permits = NULL;
    size_t count = 0;
    PN_TRY(parse_check(cli, &query));
    PN_TRY(pn_permit_ask(cli->app, &query, &cli->arena, &permits, &count, &cli->diag));
    pn_out_table(&cli->out, "verdicts", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        const pn_verdict *verdict = &permits[i].verdict;
        pn_cell_str(&cli->out, permits[i].creditor);
        pn_cell_str(&cli->out,
                    pn_str_format(&cli->arena, "%.*s %.*s", PN_STR_ARG(permits[i].policy->name),
                                  PN_STR_ARG(permits[i].policy->version)));
        pn_cell_str(&cli->out, pn_str_of(pn_gate_answer_name(verdict->answer)));
        pn_cell_str(&cli->out, pn_str_of(pn_gate_reason_name(verdict->reason)));
        pn_cell_time(&cli->out, verdict->answer == PN_GATE_LATER ? verdict->at : PN_TIME_NONE);
        pn_cell_str(&cli->out, permits[i].explanation);
    }
    pn_out_table_end(&cli->out, "This debtor owes nothing.");
    return PN_OK;
}
