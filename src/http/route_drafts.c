/* Messages in the hands of a person: other words before one leaves, one that left sent once more.
 */
#include "app/edit.h"
#include "app/resend.h"
#include "base/banned.h"
#include "base/limits.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/problem.h"
#include "http/tables.h"

static const pn_shape SHOWN_FIELDS[] = {
    {.name = "subject", .type = PN_SHAPE_TEXT},
    {.name = "text", .type = PN_SHAPE_LINES, .required = true},
    {.name = "html", .type = PN_SHAPE_LINES},
    {.name = NULL},
};
static const pn_shape DRAFT_FIELDS[] = {
    {.name = "message", .type = PN_SHAPE_ID, .id_kind = PN_ID_MESSAGE, .required = true},
    {.name = "version", .type = PN_SHAPE_TEXT, .required = true, .help = "for If-Match"},
    {.name = "edited",
     .type = PN_SHAPE_BOOL,
     .required = true,
     .help = "false: the template's own words"},
    {.name = "edited_by", .type = PN_SHAPE_TEXT},
    {.name = "edited_at", .type = PN_SHAPE_TIME},
    {.name = "channel", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "language", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "subject", .type = PN_SHAPE_TEXT, .help = "of an e-mail"},
    {.name = "preheader", .type = PN_SHAPE_TEXT, .help = "of an e-mail"},
    {.name = "blocks", .type = PN_SHAPE_JSON, .help = "of an e-mail, as in a template"},
    {.name = "text", .type = PN_SHAPE_LINES, .help = "of every other channel"},
    {.name = "shown",
     .type = PN_SHAPE_OBJECT,
     .fields = SHOWN_FIELDS,
     .help = "as it would be written now; null where it would not be sent now"},
    {.name = "not_shown", .type = PN_SHAPE_LINES, .help = "why it would not be sent now"},
    {.name = NULL},
};
static const pn_schema_object DRAFT = {"MessageDraft", DRAFT_FIELDS,
                                       "The words of a message that has not left"};

#define REASON                                                                                     \
    { .name = "reason", .type = PN_SHAPE_TEXT, .required = true, .min = 1, .max = 400 }
static const pn_shape EDIT_BODY[] = {
    {.name = "subject", .type = PN_SHAPE_TEXT, .min = 1, .max = 1000},
    {.name = "preheader", .type = PN_SHAPE_TEXT, .min = 1, .max = 1000},
    {.name = "blocks", .type = PN_SHAPE_JSON, .max = PN_LIMIT_TEMPLATE_BYTES},
    {.name = "text", .type = PN_SHAPE_LINES, .min = 1, .max = 4000},
    REASON,
    {.name = NULL},
};
static const pn_shape REASON_BODY[] = {REASON, {.name = NULL}};

static const pn_shape RESENT_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_MESSAGE, .required = true},
    {.name = "not_before",
     .type = PN_SHAPE_TIME,
     .required = true,
     .help = "when the gate lets it"},
    {.name = "explanation", .type = PN_SHAPE_LINES, .required = true, .help = "the gate's"},
    {.name = NULL},
};
static const pn_schema_object RESENT = {"MessageResent", RESENT_FIELDS, "What was written anew"};

/* ── words ── */

static void put_text(pn_json_writer *w, const pn_edit *edit, const char *name) {
    pn_put_str_or_null(w, name,
                       pn_json_text(pn_json_get(edit->variant, pn_str_of(name)), PN_STR_NONE));
}

static void put_shown(pn_exchange *x, pn_json_writer *w, const pn_edit *edit) {
    pn_preview shown = {0};
    pn_diag diag = {0};
    if (pn_edit_preview(x->app, edit, x->arena, &shown, &diag) != PN_OK) {
        pn_put_str_or_null(w, "not_shown", pn_str_of(diag.what));
        return;
    }
    pn_put_object(w, "shown");
    pn_put_str_or_null(w, "subject", shown.subject);
    pn_json_put_str(w, "text", shown.text);
    pn_put_str_or_null(w, "html", shown.html);
    pn_json_end_object(w);
}

static pn_err give_draft(pn_exchange *x, const pn_edit *edit) {
    const pn_json *blocks = pn_json_field(edit->variant, "blocks");
    long long version = (long long)pn_edit_version(&edit->message, x->arena);
    pn_answer_field(x, "ETag", pn_str_format(x->arena, "\"%lld\"", version));
    pn_json_writer *w = pn_answer_json(x);
    pn_put_id(w, "message", PN_ID_MESSAGE, edit->message.id);
    pn_json_put_str(w, "version", pn_str_format(x->arena, "%lld", version));
    pn_json_put_bool(w, "edited", edit->edited);
    pn_put_str_or_null(w, "edited_by", edit->by);
    pn_put_time(w, "edited_at", edit->at);
    pn_json_put_str(w, "channel", pn_str_of(pn_channel_kind_name(edit->message.channel)));
    pn_json_put_str(w, "language",
                    pn_json_text(pn_json_field(edit->variant, "language"), PN_STR("")));
    put_text(w, edit, "subject");
    put_text(w, edit, "preheader");
    if (blocks != NULL) {
        pn_json_key(w, PN_STR("blocks"));
        pn_json_add_value(w, blocks);
    }
    put_text(w, edit, "text");
    put_shown(x, w, edit);
    pn_json_end_object(w);
    return PN_OK;
}

/* Of this organization, and the version that was read. */
static pn_err read_edit(pn_exchange *x, pn_edit *ret_edit) {
    pn_message_row row;
    PN_TRY(pn_path_message(x, &row));
    PN_TRY(pn_check_version(x, pn_edit_version(&row, x->arena)));
    return pn_edit_read(x->app, row.id, x->arena, ret_edit, &x->diag);
}

static pn_err get_draft(pn_exchange *x) {
    pn_edit edit;
    PN_TRY(read_edit(x, &edit));
    return give_draft(x, &edit);
}

static const pn_json *text_json(pn_exchange *x, const char *name) {
    const pn_route_value *value = pn_body_value(x, name);
    if (!value->given) {
        return NULL;
    }
    pn_json *json = pn_arena_new(x->arena, pn_json);
    json->type = PN_JSON_STR;
    json->text = value->text;
    return json;
}

static pn_err change_draft(pn_exchange *x) {
    pn_edit edit;
    pn_compose_problems problems = {0};
    const pn_route_value *blocks = pn_body_value(x, "blocks");
    PN_TRY(read_edit(x, &edit));
    pn_edit_wish wish = {.subject = text_json(x, "subject"),
                         .preheader = text_json(x, "preheader"),
                         .blocks = blocks->given ? blocks->json : NULL,
                         .text = text_json(x, "text"),
                         .reason = pn_body_value(x, "reason")->text};
    pn_err err = pn_edit_write(x->app, &edit, &wish, x->arena, &problems, &x->diag);
    for (size_t i = 0; i < problems.count && err != PN_OK; i++) {
        if (!problems.items[i].warning) {
            pn_problem_tell(x, blocks->given ? PN_STR("/blocks") : PN_STR(""), PN_STR_NONE,
                            "%.*s: %.*s", PN_STR_ARG(problems.items[i].where),
                            PN_STR_ARG(problems.items[i].sentence));
        }
    }
    PN_TRY(err);
    return give_draft(x, &edit);
}

static pn_err drop_draft(pn_exchange *x) {
    pn_edit edit;
    PN_TRY(read_edit(x, &edit));
    PN_TRY(pn_edit_drop(x->app, &edit, pn_body_value(x, "reason")->text, x->arena, &x->diag));
    return give_draft(x, &edit);
}

/* ── once more ── */

static pn_err resend(pn_exchange *x) {
    pn_message_row row;
    pn_resent resent;
    PN_TRY(pn_path_message(x, &row));
    PN_TRY(
        pn_resend(x->app, row.id, pn_body_value(x, "reason")->text, x->arena, &resent, &x->diag));
    pn_answer_created(x, "/v1/messages", PN_ID_MESSAGE, resent.message_id);
    pn_json_writer *w = pn_answer_json(x);
    pn_put_id(w, "id", PN_ID_MESSAGE, resent.message_id);
    pn_put_time(w, "not_before", resent.at);
    pn_json_put_str(w, "explanation", resent.explanation);
    pn_json_end_object(w);
    return PN_OK;
}

#define ONE "/v1/messages/{message}"
#define CHANGES(how, at, id, takes, what, does, says)                                              \
    .method = how, .path = ONE at, .name = id, .runs = PN_RUNS_WRITER, .roles = PN_MAY_COLLECT,    \
    .scope = "messages:write", .body = takes, .gives = what, .answer = does, .summary = says

pn_route_table PN_ROUTES_DRAFTS = {
    {.method = PN_HTTP_GET,
     .path = ONE "/draft",
     .name = "get_draft",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "messages:read",
     .gives = &DRAFT,
     .answer = get_draft,
     .summary = "the words of a message that waits, and how it would look"},
    {CHANGES(PN_HTTP_PATCH, "/draft", "change_draft", EDIT_BODY, &DRAFT, change_draft,
             "write other words for this one message"),
     .help = "In the language of templates, and as strict: a demand still names creditor, "
             "invoices, amount and day. It goes alone, not together with others. With If-Match "
             "nothing is changed that changed or left meanwhile."},
    {CHANGES(PN_HTTP_POST, "/draft/drop", "drop_draft", REASON_BODY, &DRAFT, drop_draft,
             "go back to the template's words")},
    {CHANGES(PN_HTTP_POST, "/resend", "resend_message", REASON_BODY, &RESENT, resend,
             "send what left or failed once more, written anew, where the gate allows it")},
    {.path = NULL},
};
