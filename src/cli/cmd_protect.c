/* Protected debtors. */
#include "app/lookup.h"
#include "app/protect.h"
#include "base/banned.h"
#include "cli/cmd.h"
#include "format/mime.h"

const pn_cli_option PN_DEBTOR_PROTECT_OPTIONS[] = {
    {"as", "KIND", "vulnerable, bankruptcy, attorney, deceased, cease or minor"},
    {"reason", "TEXT", "how it is known: what they said, a file number"},
    {"until", "DATE", "the last day (default without end)"},
    {"representative", "ADDRESS", "e-mail of who represents the debtor"},
    {"representative-name", "TEXT", "their name"},
    {NULL, NULL, NULL},
};

const pn_cli_option PN_DEBTOR_UNPROTECT_OPTIONS[] = {
    {"as", "KIND", "this kind alone (default all)"},
    {NULL, NULL, NULL},
};

/* PN_PROTECTIONS where no kind was given. */
static pn_err read_kind(pn_cli *cli, pn_protect_kind *ret_kind) {
    *ret_kind = pn_protect_of(pn_cli_value(cli, "as"));
    if (pn_cli_given(cli, "as") && *ret_kind == PN_PROTECTIONS) {
        return pn_cli_usage(cli,
                            "--as is vulnerable, bankruptcy, attorney, deceased, cease or minor.");
    }
    return PN_OK;
}

static pn_err protect(pn_cli *cli, void *context) {
    pn_id id = 0;
    return pn_protect_add(cli->app, context, &cli->arena, &id, &cli->diag);
}

/* What follows from it, for each creditor. */
static pn_err print_treatments(pn_cli *cli, const pn_protect_request *request) {
    static const pn_column COLUMNS[] = {
        {"creditor", "Creditor", false},
        {"policy", "Policy", false},
        {"treatment", "Treatment", false},
        {"words", "Demands by e-mail", false},
    };
    static const char *const WORDS[] = {"go on", "go on only by the channels that the policy names",
                                        "go only to who represents the debtor",
                                        "are not sent; a task for a person is open",
                                        "are not sent"};
    pn_view view;
    pn_err err = pn_view_one(cli->app, request->debtor_id, false, &cli->arena, &view);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_table(&cli->out, "treatments", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < view.account_count; i++) {
        pn_treatment treatment = PN_TREAT_NOTHING;
        const pn_policy *policy = NULL;
        PN_TRY(pn_protect_treatment(cli->app, &view, &view.accounts[i], request->kind,
                                    pn_app_now(cli->app), &cli->arena, &treatment, &policy,
                                    &cli->diag));
        pn_cell_str(&cli->out, view.accounts[i].creditor->name);
        pn_cell_str(&cli->out, pn_str_format(&cli->arena, "%.*s %.*s", PN_STR_ARG(policy->name),
                                             PN_STR_ARG(policy->version)));
        pn_cell_str(&cli->out, pn_str_of(pn_treatment_name(treatment)));
        pn_cell_str(&cli->out, pn_str_of(WORDS[treatment]));
    }
    pn_out_table_end(&cli->out, "This debtor owes nothing.");
    return PN_OK;
}

pn_err pn_cmd_debtor_protect(pn_cli *cli) {
    pn_protect_request request = {.reason = pn_cli_value(cli, "reason"),
                                  .representative = pn_cli_value(cli, "representative"),
                                  .representative_name = pn_cli_value(cli, "representative-name")};
    PN_TRY(read_kind(cli, &request.kind));
    PN_TRY(pn_lookup_debtor(cli->app, cli->args[0], PN_STR_NONE, &request.debtor_id, &cli->diag));
    PN_TRY(pn_cli_date(cli, "until", PN_DATE_NONE, &request.until));
    if (request.kind == PN_PROTECTIONS) {
        return pn_cli_usage(cli, "--as says as what.");
    }
    if (request.reason.len == 0) {
        return pn_cli_usage(cli, "--reason says how it is known.");
    }
    if (request.representative.len != 0 && !pn_mime_is_address(request.representative)) {
        return pn_cli_usage(cli, "--representative is an e-mail address, not “%.*s”.",
                            PN_STR_ARG(request.representative));
    }
    PN_TRY(pn_cli_write(cli, protect, &request));
    pn_out_id(&cli->out, "debtor", NULL, PN_ID_DEBTOR, request.debtor_id);
    pn_out_str(&cli->out, "kind", NULL, pn_str_of(pn_protect_name(request.kind)));
    return print_treatments(cli, &request);
}

typedef struct {
    pn_id debtor_id;
    pn_protect_kind kind;
} ending;

static pn_err unprotect(pn_cli *cli, void *context) {
    const ending *e = context;
    return pn_protect_end(cli->app, e->debtor_id, e->kind, &cli->arena, &cli->diag);
}

pn_err pn_cmd_debtor_unprotect(pn_cli *cli) {
    ending e = {0};
    PN_TRY(read_kind(cli, &e.kind));
    PN_TRY(pn_lookup_debtor(cli->app, cli->args[0], PN_STR_NONE, &e.debtor_id, &cli->diag));
    PN_TRY(pn_cli_write(cli, unprotect, &e));
    pn_out_id(&cli->out, "debtor", NULL, PN_ID_DEBTOR, e.debtor_id);
    pn_out_line(&cli->out, "The protection is over.");
    return PN_OK;
}

pn_err pn_cli_print_protections(pn_cli *cli, pn_id debtor_id) {
    static const pn_column COLUMNS[] = {
        {"kind", "Protected as", false}, {"reason", "Reason", false}, {"since", "Since", false},
        {"until", "Until", false},       {"actor", "By", false},
    };
    pn_protection_row *rows = NULL;
    size_t count = 0;
    pn_err err = pn_protection_list(cli->app->db, debtor_id, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    if (count == 0 && !cli->out.json) {
        return PN_OK;
    }
    pn_out_title(&cli->out, "Protections");
    pn_out_table(&cli->out, "protections", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        bool endless = rows[i].until == PN_TIME_NEVER;
        pn_cell_str(&cli->out, pn_str_of(pn_protect_name(rows[i].kind)));
        pn_cell_str(&cli->out, rows[i].reason);
        pn_cell_time(&cli->out, rows[i].since);
        pn_cell_time(&cli->out, endless ? PN_TIME_NONE : rows[i].until);
        pn_cell_str(&cli->out, rows[i].actor);
    }
    pn_out_table_end(&cli->out, NULL);
    return PN_OK;
}
