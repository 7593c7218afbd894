/* Links that debtors hold: made by hand, listed, ended; and the keys of their tokens. */
#include "app/links.h"
#include "app/lookup.h"
#include "base/banned.h"
#include "cli/cmd.h"

const pn_cli_option PN_LINK_MAKE_OPTIONS[] = {
    {"short", NULL, "a short link, to be typed or for a text message"},
    {"document", NULL, "of an invoice: to its copy as PDF alone, without the page"},
    {"days", "N", "how long it is good for (default 180)"},
    {NULL, NULL, NULL},
};
const pn_cli_option PN_LINK_KEY_OPTIONS[] = {
    {"end-older", NULL, "end every link that is out: all of them are worth nothing then"},
    {NULL, NULL, NULL},
};

/* ── making ──────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_link_request request;
    pn_link link;
} making;

static pn_err make(pn_cli *cli, void *context) {
    making *m = context;
    return pn_link_make(cli->app, &m->request, &cli->arena, &m->link, &cli->diag);
}

/* About the debtor, or the account of the invoice that was named. */
static pn_err about(pn_cli *cli, pn_link_request *request) {
    pn_case_ref found;
    pn_invoice_row invoice;
    char id[PN_ID_TEXT_SIZE];
    PN_TRY(pn_lookup_case(cli->app, cli->args[0], &cli->arena, &found, &cli->diag));
    request->debtor_id = found.debtor_id;
    if (found.invoice_id != 0) {
        pn_str text = pn_str_of(pn_id_text(PN_ID_INVOICE, found.invoice_id, id));
        PN_TRY(pn_lookup_invoice(cli->app, text, &cli->arena, &invoice, &cli->diag));
        request->account_id = invoice.account_id;
        request->invoice_id = found.invoice_id;
    }
    return PN_OK;
}

pn_err pn_cmd_link_make(pn_cli *cli) {
    enum { DAYS_MAX = 3650 };
    making m = {.request = {.kind = PN_LINK_PAGE, .brief = pn_cli_given(cli, "short")}};
    int64_t days = 0;
    PN_TRY(pn_cli_int(cli, "days", 1, DAYS_MAX, 0, &days));
    PN_TRY(about(cli, &m.request));
    if (pn_cli_given(cli, "document")) {
        if (m.request.invoice_id == 0 || m.request.brief) {
            return pn_cli_usage(cli, "--document is about an invoice, and has no short link.");
        }
        m.request.kind = PN_LINK_DOCUMENT;
        m.request.target = PN_STR("invoice");
    }
    m.request.expires_at = days == 0 ? 0 : pn_env_now(cli->env) + days * PN_DAY;
    PN_TRY(pn_cli_write(cli, make, &m));
    pn_out_id(&cli->out, "id", "Link", PN_ID_LINK, m.link.id);
    pn_out_str(&cli->out, "url", "Address",
               m.link.code != 0 ? pn_link_brief_url(cli->app, m.link.code, &cli->arena)
                                : pn_link_url(cli->app, m.request.kind, m.link.id, &cli->arena));
    pn_out_time(&cli->out, "expires_at", "Good until", m.link.expires_at);
    return PN_OK;
}

/* ── listing ─────────────────────────────────────────────────────────────────────────────────── */

static pn_str state_of(const pn_link_row *row, pn_time now) {
    return row->revoked_at != PN_TIME_NONE ? PN_STR("ended")
           : row->expires_at <= now        ? PN_STR("expired")
                                           : PN_STR("good");
}

pn_err pn_cmd_link_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"id", "ID", false},      {"made_at", "Made", false}, {"expires_at", "Until", false},
        {"message", "In", false}, {"state", "State", false},
    };
    pn_id debtor = 0;
    pn_link_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_lookup_debtor(cli->app, cli->args[0], PN_STR_NONE, &debtor, &cli->diag));
    PN_TRY(pn_app_fail(
        cli->app, pn_link_list(cli->app->db, cli->app->org.id, debtor, &cli->arena, &rows, &count),
        &cli->diag));
    pn_out_table(&cli->out, "links", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        pn_cell_id(&cli->out, rows[i].kind == 0 ? PN_ID_CARRIER : PN_ID_LINK, rows[i].id);
        pn_cell_time(&cli->out, rows[i].made_at);
        pn_cell_time(&cli->out, rows[i].expires_at);
        pn_cell_id(&cli->out, PN_ID_CARRIER, rows[i].carrier_id);
        pn_cell_str(&cli->out, state_of(&rows[i], pn_env_now(cli->env)));
    }
    pn_out_table_end(&cli->out, "No link of this debtor stands by itself; e-mails have their own.");
    return PN_OK;
}

/* ── ending ──────────────────────────────────────────────────────────────────────────────────── */

static pn_err end(pn_cli *cli, void *context) {
    const pn_id *id = context;
    return pn_link_revoke(cli->app, *id, &cli->arena, &cli->diag);
}

pn_err pn_cmd_link_end(pn_cli *cli) {
    pn_id id = 0;
    pn_id_kind kind = pn_str_starts(cli->args[0], PN_STR("car_")) ? PN_ID_CARRIER : PN_ID_LINK;
    PN_TRY(pn_lookup_id(kind, cli->args[0], &id, &cli->diag));
    PN_TRY(pn_cli_write(cli, end, &id));
    pn_out_id(&cli->out, "id", NULL, kind, id);
    pn_out_line(&cli->out, "Ended: nobody gets anywhere with it.");
    return PN_OK;
}

static pn_err new_key(pn_cli *cli, void *context) {
    size_t *ended = context;
    return pn_cli_given(cli, "end-older") ? pn_links_retire_keys(cli->app, ended, &cli->diag)
                                          : pn_links_new_key(cli->app, &cli->diag);
}

pn_err pn_cmd_link_key(pn_cli *cli) {
    size_t ended = 0;
    PN_TRY(pn_cli_write(cli, new_key, &ended));
    pn_out_int(&cli->out, "ended", NULL, (int64_t)ended);
    pn_out_line(&cli->out, ended != 0 ? "Links are made with a new key; all older ones are ended."
                                      : "Links are made with a new key; older ones go on working.");
    return PN_OK;
}
