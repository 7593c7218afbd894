/* Messages in the hands of a person: other words before one leaves, one that left sent once more.
 */
#include "app/edit.h"
#include "app/lookup.h"
#include "app/resend.h"
#include "base/banned.h"
#include "base/limits.h"
#include "cli/cmd.h"

/* Its words as a template has them, then as they would be written now. */
static void print(pn_cli *cli, const pn_edit *edit) {
    pn_preview shown = {0};
    pn_diag diag = {0};
    const pn_json *blocks = pn_json_field(edit->variant, "blocks");
    pn_out_id(&cli->out, "id", NULL, PN_ID_MESSAGE, edit->message.id);
    pn_out_str(&cli->out, "words", "Words", edit->edited ? edit->by : PN_STR("the template's"));
    if (cli->out.json && blocks != NULL) {
        pn_buf text;
        pn_buf_init(&text, PN_LIMIT_TEMPLATE_BYTES);
        pn_json_writer w = pn_json_writer_on(&text, 0);
        pn_json_add_value(&w, blocks);
        pn_out_raw(&cli->out, "blocks", NULL, pn_str_dup(&cli->arena, pn_buf_str(&text)));
        pn_buf_done(&text);
    }
    if (pn_edit_preview(cli->app, edit, &cli->arena, &shown, &diag) != PN_OK) {
        pn_out_str(&cli->out, "not_shown", "It would not be sent now", pn_str_of(diag.what));
        return;
    }
    if (shown.subject.len != 0) {
        pn_out_str(&cli->out, "subject", "Subject", shown.subject);
    }
    pn_out_str(&cli->out, "text", NULL, cli->out.json ? shown.text : PN_STR(""));
    pn_out_line(&cli->out, "%s", "");
    pn_out_text(&cli->out, shown.text);
}

pn_err pn_cmd_message_draft(pn_cli *cli) {
    pn_id id = 0;
    pn_edit edit;
    PN_TRY(pn_lookup_id(PN_ID_MESSAGE, cli->args[0], &id, &cli->diag));
    PN_TRY(pn_edit_read(cli->app, id, &cli->arena, &edit, &cli->diag));
    print(cli, &edit);
    return PN_OK;
}

const pn_cli_option PN_MESSAGE_EDIT_OPTIONS[] = {
    {"subject", "TEXT", "of an e-mail"},
    {"preheader", "TEXT", "of an e-mail"},
    {"blocks", "FILE", "of an e-mail: a JSON list, as in a template"},
    {"text", "FILE", "of every other channel"},
    {"reason", "TEXT", "why; it is kept"},
    {NULL, NULL, NULL},
};

typedef struct {
    pn_id message_id;
    pn_edit edit;
    pn_edit_wish wish;
} editing;

static const pn_json *json_of(pn_cli *cli, pn_str text) {
    pn_json *json = pn_arena_new(&cli->arena, pn_json);
    json->type = PN_JSON_STR;
    json->text = text;
    return json;
}

static pn_err read_wish(pn_cli *cli, pn_edit_wish *wish) {
    pn_str bytes;
    pn_json *blocks = NULL;
    wish->reason = pn_cli_value(cli, "reason");
    if (pn_cli_given(cli, "subject")) {
        wish->subject = json_of(cli, pn_cli_value(cli, "subject"));
    }
    if (pn_cli_given(cli, "preheader")) {
        wish->preheader = json_of(cli, pn_cli_value(cli, "preheader"));
    }
    if (pn_cli_given(cli, "text")) {
        PN_TRY(pn_cli_read_file(cli, pn_cli_value(cli, "text"), PN_LIMIT_TEMPLATE_BYTES, &bytes));
        wish->text = json_of(cli, pn_str_dup(&cli->arena, bytes));
    }
    if (pn_cli_given(cli, "blocks")) {
        pn_str path = pn_cli_value(cli, "blocks");
        PN_TRY(pn_cli_read_file(cli, path, PN_LIMIT_TEMPLATE_BYTES, &bytes));
        PN_TRY(pn_cli_parse_json(cli, pn_str_dup(&cli->arena, bytes), path, &blocks));
        wish->blocks = blocks;
    }
    return PN_OK;
}

static pn_err edit_message(pn_cli *cli, void *context) {
    editing *e = context;
    pn_compose_problems problems = {0};
    PN_TRY(pn_edit_read(cli->app, e->message_id, &cli->arena, &e->edit, &cli->diag));
    return pn_edit_write(cli->app, &e->edit, &e->wish, &cli->arena, &problems, &cli->diag);
}

static pn_err drop_edit(pn_cli *cli, void *context) {
    editing *e = context;
    PN_TRY(pn_edit_read(cli->app, e->message_id, &cli->arena, &e->edit, &cli->diag));
    return pn_edit_drop(cli->app, &e->edit, e->wish.reason, &cli->arena, &cli->diag);
}

static pn_err wants_reason(pn_cli *cli, pn_id *ret_id) {
    if (!pn_cli_given(cli, "reason")) {
        return pn_cli_usage(cli, "--reason says why; it is kept.");
    }
    return pn_lookup_id(PN_ID_MESSAGE, cli->args[0], ret_id, &cli->diag);
}

pn_err pn_cmd_message_edit(pn_cli *cli) {
    editing e = {0};
    PN_TRY(wants_reason(cli, &e.message_id));
    PN_TRY(read_wish(cli, &e.wish));
    PN_TRY(pn_cli_write(cli, edit_message, &e));
    print(cli, &e.edit);
    return PN_OK;
}

const pn_cli_option PN_MESSAGE_REASON_OPTIONS[] = {
    {"reason", "TEXT", "why; it is kept"},
    {NULL, NULL, NULL},
};

pn_err pn_cmd_message_unedit(pn_cli *cli) {
    editing e = {.wish.reason = pn_cli_value(cli, "reason")};
    PN_TRY(wants_reason(cli, &e.message_id));
    PN_TRY(pn_cli_write(cli, drop_edit, &e));
    print(cli, &e.edit);
    return PN_OK;
}

typedef struct {
    pn_id message_id;
    pn_resent resent;
} resending;

static pn_err resend(pn_cli *cli, void *context) {
    resending *r = context;
    return pn_resend(cli->app, r->message_id, pn_cli_value(cli, "reason"), &cli->arena, &r->resent,
                     &cli->diag);
}

pn_err pn_cmd_message_resend(pn_cli *cli) {
    resending r = {0};
    PN_TRY(wants_reason(cli, &r.message_id));
    PN_TRY(pn_cli_write(cli, resend, &r));
    pn_out_id(&cli->out, "id", "Written anew as", PN_ID_MESSAGE, r.resent.message_id);
    pn_out_time(&cli->out, "not_before", "Leaves at", r.resent.at);
    pn_out_str(&cli->out, "explanation", "The gate", r.resent.explanation);
    return PN_OK;
}
