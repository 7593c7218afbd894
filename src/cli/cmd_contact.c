/* Addresses of debtors, by hand. */
#include "app/contacts.h"
#include "app/lookup.h"
#include "base/banned.h"
#include "calendar/phone.h"
#include "cli/cmd.h"
#include "format/mime.h"
#include "store/debtor.h"
#include "store/run.h"

pn_err pn_cmd_contact_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"id", "Contact", false}, {"channel", "Channel", false},   {"address", "Address", false},
        {"name", "Name", false},  {"relation", "Relation", false}, {"state", "State", false},
        {"reason", "Why", false}, {"state_at", "Since", false},    {"consent", "Consent", false},
    };
    pn_id debtor = 0;
    pn_contact_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_lookup_debtor(cli->app, cli->args[0], PN_STR_NONE, &debtor, &cli->diag));
    pn_err err = pn_contact_range(cli->app->db, debtor, debtor, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_table(&cli->out, "contacts", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        pn_cell_id(&cli->out, PN_ID_CONTACT, rows[i].id);
        pn_cell_str(&cli->out, pn_str_of(pn_channel_kind_name(rows[i].channel)));
        pn_cell_str(&cli->out, rows[i].address);
        pn_cell_str(&cli->out, rows[i].name);
        pn_cell_str(&cli->out, rows[i].relation);
        pn_cell_str(&cli->out, pn_str_of(pn_contact_state_name(rows[i].state)));
        pn_cell_str(&cli->out, rows[i].state_reason);
        pn_cell_time(&cli->out, rows[i].state_at);
        pn_cell_str(&cli->out, pn_str_of(pn_consent_name(rows[i].consent)));
    }
    pn_out_table_end(&cli->out, "This debtor has no contact. `puntual contact add` gives one.");
    return PN_OK;
}

/* ── add ─────────────────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_CONTACT_ADD_OPTIONS[] = {
    {"channel", "CHANNEL", "email, sms, call, letter … (default: email for an address with @)"},
    {"name", "TEXT", "the person behind it"},
    {"relation", "payer|approver|guarantor", "what that person is to the debt (default payer)"},
    {"last", NULL, "use it after the channel's others; without this it is used first"},
    {NULL, NULL, NULL},
};

/* As imports do: "664 123 4567" in Mexico becomes "+526641234567", which tells its zone. */
static pn_err read_number(pn_cli *cli, pn_contact_request *request) {
    pn_debtor_row debtor;
    pn_err err = pn_debtor_get(cli->app->db, request->debtor_id, &cli->arena, &debtor);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_str country = debtor.country.len != 0 ? debtor.country : cli->app->org.country;
    return pn_phone_read(cli->args[1], country, &cli->arena, &request->address, &cli->diag);
}

static pn_err read_request(pn_cli *cli, pn_contact_request *request) {
    pn_str channel = pn_cli_value(cli, "channel"), relation = pn_cli_value(cli, "relation");
    bool mail = pn_str_find_char(cli->args[1], '@') != SIZE_MAX;
    *request = (pn_contact_request){.channel = channel.len != 0
                                                   ? pn_channel_kind_of(channel)
                                                   : (mail ? PN_CHANNEL_EMAIL : PN_CHANNEL_SMS),
                                    .address = cli->args[1],
                                    .name = pn_cli_value(cli, "name"),
                                    .relation = relation.len != 0 ? relation : PN_STR("payer"),
                                    .last = pn_cli_given(cli, "last")};
    if (request->channel == PN_CHANNEL_NONE) {
        return pn_cli_usage(cli, "“%.*s” is no channel.", PN_STR_ARG(channel));
    }
    if (!pn_str_is(request->relation, "payer") && !pn_str_is(request->relation, "approver") &&
        !pn_str_is(request->relation, "guarantor")) {
        return pn_cli_usage(cli, "--relation is payer, approver or guarantor.");
    }
    if (request->channel == PN_CHANNEL_EMAIL && !pn_mime_is_address(request->address)) {
        return pn_diag_set(&cli->diag, PN_INVALID, "“%.*s” is no e-mail address.",
                           PN_STR_ARG(request->address));
    }
    PN_TRY(pn_lookup_debtor(cli->app, cli->args[0], PN_STR_NONE, &request->debtor_id, &cli->diag));
    bool phone = request->channel == PN_CHANNEL_SMS || request->channel == PN_CHANNEL_WHATSAPP ||
                 request->channel == PN_CHANNEL_CALL;
    return phone ? read_number(cli, request) : PN_OK;
}

static pn_err add(pn_cli *cli, void *context) {
    const pn_contact_request *request = context;
    uint32_t channels = 0;
    bool added = false;
    pn_app *app = cli->app;
    PN_TRY(pn_contacts_add(app, request, false, &cli->arena, &channels, &added));
    if (!added) {
        return pn_diag_set(&cli->diag, PN_CONFLICT, "The debtor has “%.*s” already.",
                           PN_STR_ARG(request->address));
    }
    PN_TRY(pn_contacts_count(app, request->debtor_id, &cli->arena));
    return pn_poke(app->db, app->org.lane, request->debtor_id);
}

pn_err pn_cmd_contact_add(pn_cli *cli) {
    pn_contact_request request;
    PN_TRY(read_request(cli, &request));
    PN_TRY(pn_cli_write(cli, add, &request));
    pn_out_str(&cli->out, "address", "Added", request.address);
    pn_out_str(&cli->out, "channel", "Channel", pn_str_of(pn_channel_kind_name(request.channel)));
    return PN_OK;
}

/* ── in and out of use ───────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_CONTACT_STOP_OPTIONS[] = {
    {"as", "opted_out|invalid", "they asked for it, or it is wrong (default opted_out)"},
    {"reason", "TEXT", "how you know; it is kept"},
    {NULL, NULL, NULL},
};

typedef struct {
    pn_contact_row contact;
    pn_contact_state state;
} change;

static pn_err find(pn_cli *cli, change *c) {
    pn_id debtor = 0;
    PN_TRY(pn_lookup_debtor(cli->app, cli->args[0], PN_STR_NONE, &debtor, &cli->diag));
    return pn_contacts_find(cli->app, debtor, cli->args[1], &cli->arena, &c->contact, &cli->diag);
}

static pn_err stop(pn_cli *cli, void *context) {
    change *c = context;
    pn_app *app = cli->app;
    PN_TRY(pn_contacts_disable(app, c->contact.debtor_id, c->contact.channel, c->contact.address,
                               c->state, pn_cli_value(cli, "reason"), pn_app_now(app),
                               &cli->arena));
    return pn_poke(app->db, app->org.lane, c->contact.debtor_id);
}

pn_err pn_cmd_contact_stop(pn_cli *cli) {
    pn_str as = pn_cli_value(cli, "as");
    change c = {.state = PN_CONTACT_OPTED_OUT};
    if (pn_str_is(as, "invalid")) {
        c.state = PN_CONTACT_INVALID;
    } else if (as.len != 0 && !pn_str_is(as, "opted_out")) {
        return pn_cli_usage(cli, "--as is opted_out or invalid.");
    }
    PN_TRY(find(cli, &c));
    if (c.contact.state != PN_CONTACT_USABLE) {
        return pn_diag_set(&cli->diag, PN_CONFLICT, "%.*s is out of use already.",
                           PN_STR_ARG(c.contact.address));
    }
    PN_TRY(pn_cli_write(cli, stop, &c));
    pn_out_str(&cli->out, "address", "Out of use", c.contact.address);
    pn_out_str(&cli->out, "state", "As", pn_str_of(pn_contact_state_name(c.state)));
    return PN_OK;
}

static pn_err use(pn_cli *cli, void *context) {
    change *c = context;
    PN_TRY(pn_contacts_enable(cli->app, &c->contact, pn_cli_value(cli, "reason"), &cli->arena,
                              &cli->diag));
    return pn_poke(cli->app->db, cli->app->org.lane, c->contact.debtor_id);
}

pn_err pn_cmd_contact_use(pn_cli *cli) {
    change c = {0};
    PN_TRY(find(cli, &c));
    if (c.contact.state == PN_CONTACT_OPTED_OUT && pn_cli_value(cli, "reason").len == 0) {
        pn_err err = pn_diag_set(&cli->diag, PN_DENIED,
                                 "%.*s asked not to be written to, so a reason is needed.",
                                 PN_STR_ARG(c.contact.address));
        pn_diag_mend(&cli->diag, "Say how they took it back: --reason 'phoned on 3 March'.");
        return err;
    }
    PN_TRY(pn_cli_write(cli, use, &c));
    pn_out_str(&cli->out, "address", "In use again", c.contact.address);
    return PN_OK;
}

/* ── consent ─────────────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_CONTACT_CONSENT_OPTIONS[] = {
    {"as", "given|withdrawn", "what they said (default given)"},
    {"reason", "TEXT", "how you know: the form and its date; it is kept"},
    {NULL, NULL, NULL},
};

static pn_err consent(pn_cli *cli, void *context) {
    change *c = context;
    pn_consent given =
        pn_str_is(pn_cli_value(cli, "as"), "withdrawn") ? PN_CONSENT_WITHDRAWN : PN_CONSENT_GIVEN;
    PN_TRY(pn_contacts_consent(cli->app, &c->contact, given, pn_cli_value(cli, "reason"),
                               &cli->arena));
    return pn_poke(cli->app->db, cli->app->org.lane, c->contact.debtor_id);
}

pn_err pn_cmd_contact_consent(pn_cli *cli) {
    pn_str as = pn_cli_value(cli, "as");
    change c = {0};
    if (as.len != 0 && !pn_str_is(as, "given") && !pn_str_is(as, "withdrawn")) {
        return pn_cli_usage(cli, "--as is given or withdrawn.");
    }
    if (pn_cli_value(cli, "reason").len == 0) {
        return pn_cli_usage(cli, "--reason says how you know.");
    }
    PN_TRY(find(cli, &c));
    PN_TRY(pn_cli_write(cli, consent, &c));
    pn_out_str(&cli->out, "address", "Address", c.contact.address);
    pn_out_str(&cli->out, "consent", "Consent", as.len != 0 ? as : PN_STR("given"));
    return PN_OK;
}
