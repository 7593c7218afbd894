/* Offers: what debtors are offered, and what they agreed to. */
#include "app/lookup.h"
#include "app/offers.h"
#include "base/banned.h"
#include "cli/cmd.h"
#include "store/debtor.h"

const pn_cli_option PN_OFFER_LIST_OPTIONS[] = {
    {"debtor", "DEBTOR", "what this one can accept now, and in what ways"},
    {"language", "es|en|pt", "the language of what is agreed to (default: the debtor's)"},
    {NULL, NULL, NULL},
};

static pn_err list_all(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"id", "Offer", false},    {"debtor", "Debtor", false},
        {"kind", "Kind", false},   {"state", "State", false},
        {"until", "Until", false}, {"choice", "Installments", true},
        {"plan", "Plan", false},   {"by", "Accepted by", false},
        {"from", "From", false},   {"settled_at", "Settled", false},
    };
    pn_offer_row *rows = NULL;
    size_t count = 0;
    pn_err err = pn_offer_list(cli->app->db, cli->app->org.id, 100, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out *out = &cli->out;
    pn_out_table(out, "offers", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        const pn_offer_row *row = &rows[i];
        bool over = row->state == PN_OFFER_OPEN && row->until <= pn_app_now(cli->app);
        pn_cell_id(out, PN_ID_OFFER, row->id);
        pn_cell_id(out, PN_ID_DEBTOR, row->debtor_id);
        pn_cell_str(out, pn_str_of(pn_offer_kind_name(row->kind)));
        pn_cell_str(out, pn_str_of(pn_offer_state_name(over ? PN_OFFER_EXPIRED : row->state)));
        pn_cell_time(out, row->until);
        pn_cell_int(out, row->choice);
        pn_cell_id(out, PN_ID_PLAN, row->plan_id);
        pn_cell_str(out, row->accepted_by);
        pn_cell_str(out, row->accepted_from);
        pn_cell_time(out, row->settled_at);
    }
    pn_out_table_end(out, "Nothing was offered yet.");
    return PN_OK;
}

static pn_err list_of(pn_cli *cli, pn_str name) {
    static const pn_column COLUMNS[] = {
        {"id", "Offer", false},     {"kind", "Kind", false},       {"choice", "Installments", true},
        {"total", "Settles", true}, {"discount", "Let off", true}, {"until", "Until", false},
        {"terms", "Terms", false},
    };
    pn_offer_choice *choices = NULL;
    size_t count = 0;
    pn_id debtor_id = 0;
    pn_debtor_row debtor;
    PN_TRY(pn_lookup_debtor(cli->app, name, PN_STR(""), &debtor_id, &cli->diag));
    pn_err err = pn_debtor_get(cli->app->db, debtor_id, &cli->arena, &debtor);
    if (err == PN_OK) {
        err = pn_offers_now(cli->app, debtor_id, 0, &cli->arena, &choices, &count);
    }
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_str language =
        pn_cli_given(cli, "language") ? pn_cli_value(cli, "language") : debtor.language;
    pn_out *out = &cli->out;
    pn_out_table(out, "choices", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        const pn_offer_choice *each = &choices[i];
        pn_cell_id(out, PN_ID_OFFER, each->offer_id);
        pn_cell_str(out, pn_str_of(pn_offer_kind_name(each->kind)));
        pn_cell_int(out, each->choice);
        pn_cell_amount(out, (pn_money){each->total, each->currency});
        pn_cell_amount(out, (pn_money){each->discount, each->currency});
        pn_cell_date(out, each->until);
        pn_cell_str(out, pn_offer_terms(cli->app, each, language, debtor.country, &cli->arena));
    }
    pn_out_table_end(out, "Nothing can be accepted now.");
    return PN_OK;
}

pn_err pn_cmd_offer_list(pn_cli *cli) {
    return pn_cli_given(cli, "debtor") ? list_of(cli, pn_cli_value(cli, "debtor")) : list_all(cli);
}

const pn_cli_option PN_OFFER_ACCEPT_OPTIONS[] = {
    {"installments", "N", "of a plan: in how many installments"},
    {"by", "NAME", "who accepted it"},
    {"from", "TEXT", "by which way: phone, e-mail (default: phone)"},
    {NULL, NULL, NULL},
};

typedef struct {
    pn_offer_acceptance acceptance;
    pn_id plan_id;
} accepting;

static pn_err accept(pn_cli *cli, void *context) {
    accepting *a = context;
    return pn_offers_accept(cli->app, &a->acceptance, &cli->arena, &a->plan_id, &cli->diag);
}

pn_err pn_cmd_offer_accept(pn_cli *cli) {
    accepting a = {.acceptance = {.by = pn_cli_value(cli, "by"),
                                  .from = pn_cli_given(cli, "from") ? pn_cli_value(cli, "from")
                                                                    : PN_STR("phone")}};
    if (!pn_cli_given(cli, "by")) {
        return pn_cli_usage(cli, "Say who accepted it with --by.");
    }
    PN_TRY(pn_cli_int(cli, "installments", 2, 36, 0, &a.acceptance.choice));
    PN_TRY(pn_lookup_id(PN_ID_OFFER, cli->args[0], &a.acceptance.offer_id, &cli->diag));
    PN_TRY(pn_cli_write(cli, accept, &a));
    pn_out_id(&cli->out, "offer", "Offer", PN_ID_OFFER, a.acceptance.offer_id);
    pn_out_id(&cli->out, "plan", "Plan", PN_ID_PLAN, a.plan_id);
    pn_out_line(&cli->out, "Nothing is asked for while the plan holds.");
    return PN_OK;
}

const pn_cli_option PN_OFFER_WITHDRAW_OPTIONS[] = {
    {"reason", "TEXT", "why"},
    {NULL, NULL, NULL},
};

static pn_err withdraw(pn_cli *cli, void *context) {
    const pn_id *id = context;
    return pn_offers_withdraw(cli->app, *id, pn_cli_value(cli, "reason"), &cli->arena, &cli->diag);
}

pn_err pn_cmd_offer_withdraw(pn_cli *cli) {
    pn_id id = 0;
    PN_TRY(pn_lookup_id(PN_ID_OFFER, cli->args[0], &id, &cli->diag));
    PN_TRY(pn_cli_write(cli, withdraw, &id));
    pn_out_id(&cli->out, "offer", "Offer", PN_ID_OFFER, id);
    pn_out_line(&cli->out, "Withdrawn: it cannot be accepted any more.");
    return PN_OK;
}
