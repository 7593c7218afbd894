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
        {"id", "Offer", false},           {"row", "Row", true},       {"kind", "Kind", false},
        {"choice", "Installments", true}, {"total", "Settles", true}, {"discount", "Let off", true},
        {"until", "Until", false},        {"terms", "Terms", false},
    };
    pn_offer_choice *choices = NULL;
    size_t count = 0;
    pn_id debtor_id = 0;
    pn_debtor_row debtor;
    PN_TRY(pn_lookup_debtor(cli->app, name, PN_STR(""), &debtor_id, &cli->diag));
    pn_err err = pn_debtor_get(cli->app->db, debtor_id, &cli->arena, &debtor);
    if (err == PN_OK) {
        err = pn_offers_now(cli->app, &(pn_offer_scope){.debtor_id = debtor_id}, &cli->arena,
                            &choices, &count);
    }
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_str language =
        pn_cli_given(cli, "language") ? pn_cli_value(cli, "language") : debtor.language;
    pn_out *out = &cli->out;
    pn_out_table(out, "choices", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        const pn_offer_choice *each = &choices[i];
        pn_cell_id(out, PN_ID_OFFER, each->offer_id);
        pn_cell_int(out, each->row);
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

/* ── the matrix ──────────────────────────────────────────────────────────────────────────────── */

pn_err pn_cmd_offer_matrix_show(pn_cli *cli) {
    pn_str json;
    pn_json *rows = NULL;
    pn_buf text;
    pn_err err = pn_offers_matrix(cli->app, &cli->arena, &json);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    PN_TRY(pn_json_parse(json, NULL, &cli->arena, &rows, &cli->diag));
    pn_buf_init(&text, 1 << 20);
    pn_json_writer w = pn_json_writer_on(&text, 2);
    pn_json_add_value(&w, rows);
    pn_out_raw(&cli->out, "rows", NULL, json);
    pn_out_text(&cli->out, pn_str_dup(&cli->arena, pn_buf_str(&text)));
    pn_buf_done(&text);
    return PN_OK;
}

static pn_err set_matrix(pn_cli *cli, void *context) {
    const pn_str *text = context;
    return pn_offers_matrix_set(cli->app, *text, &cli->arena, &cli->diag);
}

pn_err pn_cmd_offer_matrix_set(pn_cli *cli) {
    pn_str text;
    PN_TRY(pn_cli_read_file(cli, cli->args[0], 1 << 20, &text));
    PN_TRY(pn_cli_write(cli, set_matrix, &text));
    pn_out_bool(&cli->out, "set", NULL, true);
    pn_out_line(&cli->out, "Set; debtors are offered it from now on.");
    return PN_OK;
}

typedef struct {
    pn_offer_scope scope;
    int64_t row;
    pn_id offer_id;
} making;

static pn_err make(pn_cli *cli, void *context) {
    making *m = context;
    return pn_offers_make(cli->app, &m->scope, m->row, &cli->arena, &m->offer_id, &cli->diag);
}

const pn_cli_option PN_OFFER_MAKE_OPTIONS[] = {
    {"row", "N", "which row of the matrix (`puntual offer list --debtor` has their numbers)"},
    {NULL, NULL, NULL},
};

pn_err pn_cmd_offer_make(pn_cli *cli) {
    making m = {0};
    if (!pn_cli_given(cli, "row")) {
        return pn_cli_usage(cli, "Say which row of the matrix with --row.");
    }
    PN_TRY(pn_cli_int(cli, "row", 1, 50, 0, &m.row));
    PN_TRY(pn_lookup_debtor(cli->app, cli->args[0], PN_STR(""), &m.scope.debtor_id, &cli->diag));
    PN_TRY(pn_cli_write(cli, make, &m));
    pn_out_id(&cli->out, "offer", "Offer", PN_ID_OFFER, m.offer_id);
    pn_out_line(&cli->out, "It can be accepted from now on.");
    return PN_OK;
}

/* ── what debtors propose ────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_PROPOSAL_LIST_OPTIONS[] = {
    {"all", NULL, "those that were answered too"},
    {NULL, NULL, NULL},
};

pn_err pn_cmd_proposal_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"id", "Proposal", false},       {"debtor", "Debtor", false}, {"state", "State", false},
        {"count", "Installments", true}, {"first", "First", false},   {"text", "Says", false},
        {"made_at", "Proposed", false},  {"answer", "Answer", false},
    };
    pn_offer_row *rows = NULL;
    size_t count = 0;
    pn_err err = pn_offer_asked_page(cli->app->db, cli->app->org.id, pn_cli_given(cli, "all"), 0,
                                     200, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out *out = &cli->out;
    pn_out_table(out, "proposals", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        pn_cell_id(out, PN_ID_OFFER, rows[i].id);
        pn_cell_id(out, PN_ID_DEBTOR, rows[i].debtor_id);
        pn_cell_str(out, pn_str_of(pn_offer_state_name(rows[i].state)));
        pn_cell_int(out, rows[i].asked_count);
        pn_cell_date(out, rows[i].asked_first);
        pn_cell_str(out, rows[i].asked_text);
        pn_cell_time(out, rows[i].made_at);
        pn_cell_str(out, rows[i].answer);
    }
    pn_out_table_end(out, "Nothing waits for an answer.");
    return PN_OK;
}

const pn_cli_option PN_PROPOSAL_ADD_OPTIONS[] = {
    {"installments", "N", "how many, a month apart"},
    {"first", "DATE", "the day of the first"},
    {"text", "TEXT", "what they said"},
    {NULL, NULL, NULL},
};

typedef struct {
    pn_offer_wish wish;
    pn_id offer_id;
} asking;

static pn_err ask(pn_cli *cli, void *context) {
    asking *a = context;
    return pn_offers_ask(cli->app, &a->wish, &cli->arena, &a->offer_id, &cli->diag);
}

pn_err pn_cmd_proposal_add(pn_cli *cli) {
    asking a = {.wish = {.text = pn_cli_value(cli, "text")}};
    if (!pn_cli_given(cli, "installments") || !pn_cli_given(cli, "first")) {
        return pn_cli_usage(cli, "Say what they proposed with --installments and --first.");
    }
    PN_TRY(pn_cli_int(cli, "installments", PN_ASKED_MIN, PN_ASKED_MAX, 0, &a.wish.count));
    PN_TRY(pn_cli_date(cli, "first", PN_DATE_NONE, &a.wish.first));
    PN_TRY(
        pn_lookup_debtor(cli->app, cli->args[0], PN_STR(""), &a.wish.scope.debtor_id, &cli->diag));
    PN_TRY(pn_cli_write(cli, ask, &a));
    pn_out_id(&cli->out, "proposal", "Proposal", PN_ID_OFFER, a.offer_id);
    pn_out_line(&cli->out, "It waits for an answer; there is a task.");
    return PN_OK;
}

static pn_err give_answer(pn_cli *cli, void *context) {
    const pn_offer_answer_given *given = context;
    return pn_offers_answer(cli->app, given, &cli->arena, &cli->diag);
}

/* The debtor is told at once, where mail can be sent; else the server does later. */
static pn_err answer(pn_cli *cli, pn_offer_answer_given *given) {
    pn_time next = PN_TIME_NEVER;
    PN_TRY(pn_lookup_id(PN_ID_OFFER, cli->args[0], &given->offer_id, &cli->diag));
    PN_TRY(pn_cli_write(cli, give_answer, given));
    PN_TRY(pn_offers_tell(cli->app, &cli->arena, &next, &cli->diag));
    pn_out_id(&cli->out, "proposal", "Proposal", PN_ID_OFFER, given->offer_id);
    return PN_OK;
}

const pn_cli_option PN_PROPOSAL_APPROVE_OPTIONS[] = {
    {"days", "N", "how many days it can be accepted (default: 10)"},
    {"installments", "N", "other than were proposed"},
    {"first", "DATE", "another first day"},
    {"answer", "TEXT", "what the debtor reads with it"},
    {NULL, NULL, NULL},
};

pn_err pn_cmd_proposal_approve(pn_cli *cli) {
    pn_offer_answer_given given = {.yes = true, .answer = pn_cli_value(cli, "answer")};
    PN_TRY(pn_cli_int(cli, "days", 1, 90, 10, &given.days));
    PN_TRY(pn_cli_int(cli, "installments", PN_ASKED_MIN, PN_ASKED_MAX, 0, &given.count));
    PN_TRY(pn_cli_date(cli, "first", PN_DATE_NONE, &given.first));
    PN_TRY(answer(cli, &given));
    pn_out_line(&cli->out, "Approved: the debtor is told, and can accept it.");
    return PN_OK;
}

const pn_cli_option PN_PROPOSAL_REFUSE_OPTIONS[] = {
    {"answer", "TEXT", "what the debtor reads: why not, or what is possible"},
    {NULL, NULL, NULL},
};

pn_err pn_cmd_proposal_refuse(pn_cli *cli) {
    pn_offer_answer_given given = {.first = PN_DATE_NONE, .answer = pn_cli_value(cli, "answer")};
    PN_TRY(answer(cli, &given));
    pn_out_line(&cli->out, "Refused: the debtor is told.");
    return PN_OK;
}
