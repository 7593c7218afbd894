/* Mail that came in: looking at it, and saying what it belongs to. */
#include "app/inbound.h"
#include "app/lookup.h"
#include "base/banned.h"
#include "cli/cmd.h"
#include "format/bounce.h"
#include "store/debtor.h"
#include "store/message.h"

const pn_cli_option PN_INBOUND_LIST_OPTIONS[] = {
    {"unmatched", NULL, "only what belongs to nobody yet"},
    {"class", "NAME", "hard, soft, policy, complaint, auto_reply, reply or other"},
    {"debtor", "ID", "only of this debtor"},
    {"limit", "N", "at most so many (default 50)"},
    {NULL, NULL, NULL},
};

static pn_err read_filter(pn_cli *cli, pn_received_filter *filter) {
    pn_str class = pn_cli_value(cli, "class");
    *filter = (pn_received_filter){
        .state = pn_cli_given(cli, "unmatched") ? (int)PN_RECEIVED_UNMATCHED : -1, .class = -1};
    for (int i = 0; i < PN_MAIL_CLASSES; i++) {
        if (pn_str_eq(class, pn_str_of(pn_mail_class_name((pn_mail_class)i)))) {
            filter->class = i;
        }
    }
    if (class.len != 0 && filter->class < 0) {
        return pn_cli_usage(cli, "--class is hard, soft, policy, complaint, auto_reply, reply or "
                                 "other.");
    }
    if (pn_cli_given(cli, "debtor")) {
        PN_TRY(pn_lookup_debtor(cli->app, pn_cli_value(cli, "debtor"), PN_STR_NONE,
                                &filter->debtor_id, &cli->diag));
    }
    return pn_cli_int(cli, "limit", 1, 1000000, 50, &filter->limit);
}

static pn_err debtor_name(pn_cli *cli, pn_id id, pn_str *ret_name) {
    pn_debtor_row debtor;
    *ret_name = PN_STR("");
    if (id == 0) {
        return PN_OK;
    }
    pn_err err = pn_debtor_get(cli->app->db, id, &cli->arena, &debtor);
    *ret_name = err == PN_OK ? debtor.name : PN_STR("");
    return pn_app_fail(cli->app, err, &cli->diag);
}

pn_err pn_cmd_inbound_list(pn_cli *cli) {
    static const pn_column COLUMNS[] = {
        {"id", "Mail", false},       {"at", "Received", false},   {"class", "Class", false},
        {"state", "State", false},   {"from", "From", false},     {"subject", "Subject", false},
        {"debtor", "Debtor", false}, {"matched_by", "By", false}, {"reason", "Reason", false},
    };
    pn_received_filter filter;
    pn_received_row *rows = NULL;
    size_t count = 0;
    PN_TRY(read_filter(cli, &filter));
    pn_err err =
        pn_received_list(cli->app->db, cli->app->org.id, &filter, &cli->arena, &rows, &count);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    pn_out_table(&cli->out, "mails", COLUMNS, PN_COUNT(COLUMNS));
    for (size_t i = 0; i < count; i++) {
        const pn_received_row *row = &rows[i];
        pn_str name;
        PN_TRY(debtor_name(cli, row->debtor_id, &name));
        pn_cell_id(&cli->out, PN_ID_RECEIVED, row->id);
        pn_cell_time(&cli->out, row->at);
        pn_cell_str(&cli->out, pn_str_of(pn_mail_class_name((pn_mail_class)row->class)));
        pn_cell_str(&cli->out, pn_str_of(pn_received_state_name(row->state)));
        pn_cell_str(&cli->out, row->sender);
        pn_cell_str(&cli->out, row->subject);
        pn_cell_str(&cli->out, name);
        pn_cell_str(&cli->out, pn_str_of(pn_matched_name(row->matched_by)));
        pn_cell_str(&cli->out, row->note.len != 0 ? row->note : row->reason);
    }
    pn_out_table_end(&cli->out, filter.state == (int)PN_RECEIVED_UNMATCHED
                                    ? "Every mail belongs to somebody."
                                    : "No mail came in.");
    return PN_OK;
}

/* ── show ────────────────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_INBOUND_SHOW_OPTIONS[] = {
    {"raw", NULL, "print the mail as it came"},
    {NULL, NULL, NULL},
};

static pn_err get_row(pn_cli *cli, pn_received_row *ret_row) {
    pn_id id = 0;
    PN_TRY(pn_lookup_id(PN_ID_RECEIVED, cli->args[0], &id, &cli->diag));
    pn_err err = pn_received_get(cli->app->db, cli->app->org.id, id, &cli->arena, ret_row);
    return err == PN_NOT_FOUND ? pn_diag_set(&cli->diag, err, "There is no such mail.")
                               : pn_app_fail(cli->app, err, &cli->diag);
}

static pn_err show_raw(pn_cli *cli, const pn_received_row *row) {
    pn_str content;
    bool whole = false;
    pn_err err = pn_received_content(cli->app->db, row->id, &cli->arena, &content, &whole);
    PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
    if (cli->json) {
        pn_out_bool(&cli->out, "whole", NULL, whole);
        pn_out_str(&cli->out, "content", NULL, content);
    } else {
        pn_out_exact(&cli->out, content);
    }
    return PN_OK;
}

static pn_err show_owner(pn_cli *cli, const pn_received_row *row) {
    pn_str name;
    PN_TRY(debtor_name(cli, row->debtor_id, &name));
    pn_out_str(&cli->out, "state", "State", pn_str_of(pn_received_state_name(row->state)));
    pn_out_str(&cli->out, "note", "Because", row->note);
    pn_out_str(&cli->out, "matched_by", "Matched by", pn_str_of(pn_matched_name(row->matched_by)));
    if (row->debtor_id != 0) {
        pn_out_id(&cli->out, "debtor", NULL, PN_ID_DEBTOR, row->debtor_id);
        pn_out_str(&cli->out, "debtor_name", "Debtor", name);
    }
    if (row->carrier_id != 0) {
        pn_out_id(&cli->out, "carrier", "About", PN_ID_CARRIER, row->carrier_id);
    }
    return PN_OK;
}

pn_err pn_cmd_inbound_show(pn_cli *cli) {
    pn_received_row row;
    pn_out *out = &cli->out;
    PN_TRY(get_row(cli, &row));
    if (pn_cli_given(cli, "raw")) {
        return show_raw(cli, &row);
    }
    pn_out_id(out, "id", "Mail", PN_ID_RECEIVED, row.id);
    pn_out_time(out, "at", "Received", row.at);
    pn_out_str(out, "source", "Source", row.source);
    pn_out_str(out, "class", "Class", pn_str_of(pn_mail_class_name((pn_mail_class)row.class)));
    PN_TRY(show_owner(cli, &row));
    pn_out_str(out, "from", "From", row.sender);
    pn_out_str(out, "from_name", "Name", row.sender_name);
    pn_out_str(out, "sent_to", "To", row.sent_to);
    pn_out_str(out, "subject", "Subject", row.subject);
    pn_out_str(out, "message_id", "Message-ID", row.message_id);
    pn_out_str(out, "status", "Status", row.status);
    pn_out_str(out, "reason", "Reason", row.reason);
    pn_out_str(out, "recipient", "About the address", row.recipient);
    pn_out_bool(out, "opt_out", row.opt_out != 0 ? "Wants no more mail" : NULL, row.opt_out != 0);
    if (row.suggestion.len != 0) {
        pn_out_raw(out, "suggestion", NULL, row.suggestion);
        pn_out_line(out, "\n%.*s",
                    PN_STR_ARG(pn_inbound_suggestion_words(cli->app, row.suggestion, &cli->arena)));
    }
    pn_out_str(out, "text", NULL, row.text);
    if (row.text.len != 0) {
        pn_out_line(out, "\n%.*s", PN_STR_ARG(row.text));
    }
    return PN_OK;
}

/* ── by hand ─────────────────────────────────────────────────────────────────────────────────── */

const pn_cli_option PN_INBOUND_MATCH_OPTIONS[] = {
    {"debtor", "ID", "whose it is"},
    {"message", "ID", "the message or carrier that it answers"},
    {NULL, NULL, NULL},
};

typedef struct {
    pn_id mail, carrier, debtor;
} matching;

static pn_err read_message(pn_cli *cli, pn_id *ret_carrier) {
    pn_str text = pn_cli_value(cli, "message");
    pn_message_row message;
    pn_carrier_row carrier;
    pn_id id = 0;
    if (pn_id_parse(PN_ID_CARRIER, text, ret_carrier) != PN_OK) {
        PN_TRY(pn_lookup_id(PN_ID_MESSAGE, text, &id, &cli->diag));
        pn_err err = pn_message_get(cli->app->db, id, &cli->arena, &message);
        if (err == PN_NOT_FOUND || (err == PN_OK && message.carrier_id == 0)) {
            return pn_diag_set(&cli->diag, PN_NOT_FOUND, "“%.*s” never left.", PN_STR_ARG(text));
        }
        PN_TRY(pn_app_fail(cli->app, err, &cli->diag));
        *ret_carrier = message.carrier_id;
    }
    pn_err err = pn_carrier_get(cli->app->db, *ret_carrier, &cli->arena, &carrier);
    if (err == PN_NOT_FOUND || (err == PN_OK && carrier.org_id != cli->app->org.id)) {
        return pn_diag_set(&cli->diag, PN_NOT_FOUND, "Nothing of that id was sent.");
    }
    return pn_app_fail(cli->app, err, &cli->diag);
}

static pn_err match(pn_cli *cli, void *context) {
    const matching *m = context;
    return pn_inbound_match(cli->app, m->mail, m->carrier, m->debtor, &cli->arena, &cli->diag);
}

pn_err pn_cmd_inbound_match(pn_cli *cli) {
    matching m = {0};
    pn_received_row row;
    if (pn_cli_given(cli, "debtor") == pn_cli_given(cli, "message")) {
        return pn_cli_usage(cli, "Say either --debtor ID or --message ID.");
    }
    PN_TRY(get_row(cli, &row));
    m.mail = row.id;
    if (pn_cli_given(cli, "message")) {
        PN_TRY(read_message(cli, &m.carrier));
    } else {
        PN_TRY(pn_lookup_debtor(cli->app, pn_cli_value(cli, "debtor"), PN_STR_NONE, &m.debtor,
                                &cli->diag));
    }
    PN_TRY(pn_cli_write(cli, match, &m));
    PN_TRY(get_row(cli, &row));
    pn_out_id(&cli->out, "id", "Mail", PN_ID_RECEIVED, row.id);
    return show_owner(cli, &row);
}

const pn_cli_option PN_INBOUND_IGNORE_OPTIONS[] = {
    {"reason", "TEXT", "why; it is kept and shown"},
    {NULL, NULL, NULL},
};

static pn_err ignore(pn_cli *cli, void *context) {
    return pn_inbound_ignore(cli->app, *(const pn_id *)context, pn_cli_value(cli, "reason"),
                             &cli->arena, &cli->diag);
}

pn_err pn_cmd_inbound_ignore(pn_cli *cli) {
    pn_received_row row;
    if (pn_cli_value(cli, "reason").len == 0) {
        return pn_cli_usage(cli, "--reason says why.");
    }
    PN_TRY(get_row(cli, &row));
    PN_TRY(pn_cli_write(cli, ignore, &row.id));
    pn_out_id(&cli->out, "id", NULL, PN_ID_RECEIVED, row.id);
    pn_out_line(&cli->out, "Ignored.");
    return PN_OK;
}
