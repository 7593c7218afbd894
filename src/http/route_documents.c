/* What is published besides strategies: templates of messages, contact policies. */
#include "app/deliver.h"
#include "app/outlets.h"
#include "app/permit.h"
#include "app/publish.h"
#include "auth/identity.h"
#include "auth/user.h"
#include "base/banned.h"
#include "base/limits.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/problem.h"
#include "http/tables.h"
#include "store/document.h"

/* ── templates ── */

static const pn_shape TEMPLATE_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_TEMPLATE, .required = true},
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "version", .type = PN_SHAPE_INT, .required = true},
    {.name = "purpose", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "published_at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "published_by", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "document", .type = PN_SHAPE_JSON, .help = "where one is asked for"},
    {.name = NULL},
};
static const pn_schema_object TEMPLATE = {"Template", TEMPLATE_FIELDS, "A family of texts"};
static const pn_shape VERSION_QUERY[] = {
    {.name = "version", .type = PN_SHAPE_INT, .min = 1, .max = INT32_MAX, .help = "an earlier one"},
    {.name = NULL},
};
static const pn_shape DOCUMENT_BODY[] = {
    {.name = "document", .type = PN_SHAPE_JSON, .required = true, .max = PN_LIMIT_STRATEGY_BYTES},
    {.name = NULL},
};
static const pn_shape TEMPLATE_PUBLISHED_FIELDS[] = {
    {.name = "version", .type = PN_SHAPE_INT, .required = true},
    {.name = "published",
     .type = PN_SHAPE_BOOL,
     .required = true,
     .help = "false: the newest version is this very document"},
    {.name = NULL},
};
static const pn_schema_object TEMPLATE_PUBLISHED = {"TemplatePublished", TEMPLATE_PUBLISHED_FIELDS,
                                                    "What publishing did"};
static const char *const FORMS[] = {"usted", "tu", NULL};
static const pn_shape PREVIEW_QUERY[] = {
    {.name = "invoice", .type = PN_SHAPE_ID, .id_kind = PN_ID_INVOICE, .required = true},
    {.name = "tone", .type = PN_SHAPE_INT, .min = 1, .max = 5},
    {.name = "language", .type = PN_SHAPE_TEXT, .max = 6, .help = "the debtor's if left out"},
    {.name = "form", .type = PN_SHAPE_WORD, .words = FORMS},
    {.name = NULL},
};
static const char *const LOOKS[] = {"light", "dark", NULL};
static const pn_shape PAGE_QUERY[] = {
    {.name = "invoice", .type = PN_SHAPE_ID, .id_kind = PN_ID_INVOICE, .required = true},
    {.name = "tone", .type = PN_SHAPE_INT, .min = 1, .max = 5},
    {.name = "language", .type = PN_SHAPE_TEXT, .max = 6, .help = "the debtor's if left out"},
    {.name = "form", .type = PN_SHAPE_WORD, .words = FORMS},
    {.name = "look", .type = PN_SHAPE_WORD, .words = LOOKS, .help = "the reader's own if left out"},
    {.name = NULL},
};
static const pn_shape PREVIEW_FIELDS[] = {
    {.name = "subject", .type = PN_SHAPE_TEXT},
    {.name = "language", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "tone", .type = PN_SHAPE_INT, .required = true},
    {.name = "text", .type = PN_SHAPE_LINES, .required = true},
    {.name = "html", .type = PN_SHAPE_LINES},
    {.name = NULL},
};
static const pn_schema_object PREVIEW = {"Preview", PREVIEW_FIELDS,
                                         "A message as sending would write it"};

static void put_template(pn_json_writer *w, const pn_template_row *row, bool whole) {
    pn_json_begin_object(w);
    pn_put_id(w, "id", PN_ID_TEMPLATE, row->id);
    pn_json_put_str(w, "name", row->family);
    pn_json_put_int(w, "version", row->version);
    pn_json_put_str(w, "purpose", pn_str_of(pn_purpose_name(row->purpose)));
    pn_put_time(w, "published_at", row->published_at);
    pn_json_put_str(w, "published_by", row->published_by);
    if (whole) {
        pn_put_json(w, "document", row->document);
    }
    pn_json_end_object(w);
}

static pn_err list_templates(pn_exchange *x) {
    pn_template_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_told(x, pn_template_list(x->db, x->app->org.id, x->arena, &rows, &count)));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        put_template(w, &rows[i], false);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

static pn_err find_template(pn_exchange *x, int64_t version, pn_template_row *ret_row) {
    pn_err err =
        pn_template_find(x->db, x->app->org.id, x->arguments[0], version, x->arena, ret_row);
    return err == PN_NOT_FOUND
               ? pn_diag_set(&x->diag, err, "There is no such template, or no such version of it.")
               : pn_told(x, err);
}

static pn_err get_template(pn_exchange *x) {
    pn_template_row row;
    PN_TRY(find_template(x, pn_query_value(x, "version")->number, &row));
    put_template(pn_answer_bare(x), &row, true);
    return PN_OK;
}

static pn_err publish_template(pn_exchange *x) {
    pn_compose_problems problems = {0};
    int64_t version = 0;
    bool same = false;
    pn_err err = pn_publish_template(x->app, pn_body_value(x, "document")->text, x->arena,
                                     &problems, &version, &same, &x->diag);
    for (size_t i = 0; i < problems.count && err != PN_OK; i++) {
        if (!problems.items[i].warning) {
            pn_problem_tell(x, PN_STR("/document"), PN_STR_NONE, "%.*s: %.*s",
                            PN_STR_ARG(problems.items[i].where),
                            PN_STR_ARG(problems.items[i].sentence));
        }
    }
    PN_TRY(err);
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_int(w, "version", version);
    pn_json_put_bool(w, "published", !same);
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err write_preview(pn_exchange *x, pn_preview *ret_preview) {
    pn_template_row row;
    pn_invoice_row invoice;
    PN_TRY(find_template(x, 0, &row));
    PN_TRY(pn_find_invoice(x, pn_query_value(x, "invoice")->number, &invoice));
    pn_preview_wish wish = {
        .tone = (unsigned)pn_query_value(x, "tone")->number,
        .language = pn_query_value(x, "language")->text,
        .form = pn_form_of(pn_query_value(x, "form")->text),
    };
    return pn_preview_write(x->app, row.family, invoice.item.id, &wish, x->arena, ret_preview,
                            &x->diag);
}

static pn_err preview_template(pn_exchange *x) {
    pn_preview preview = {0};
    PN_TRY(write_preview(x, &preview));
    pn_json_writer *w = pn_answer_json(x);
    pn_put_str_or_null(w, "subject", preview.subject);
    pn_json_put_str(w, "language", preview.language);
    pn_json_put_int(w, "tone", preview.tone);
    pn_json_put_str(w, "text", preview.text);
    pn_put_str_or_null(w, "html", preview.html);
    pn_json_end_object(w);
    return PN_OK;
}

/* What the page asks its reader's device is decided here, where a look was asked for. */
static void put_in_look(pn_exchange *x, pn_str html) {
    static const char ASKED[] = "(prefers-color-scheme:dark)";
    const pn_route_value *look = pn_query_value(x, "look");
    size_t at;
    while (look->given && (at = pn_str_find(html, pn_str_of(ASKED))) != SIZE_MAX) {
        pn_buf_add_str(&x->answer.body, pn_str_first(html, at));
        pn_buf_add_str(&x->answer.body, look->number == 1 ? PN_STR("all") : PN_STR("not all"));
        html = pn_str_from(html, at + sizeof ASKED - 1);
    }
    pn_buf_add_str(&x->answer.body, html);
}

static pn_err preview_page(pn_exchange *x) {
    pn_preview preview = {0};
    PN_TRY(write_preview(x, &preview));
    if (preview.html.len == 0) {
        return pn_diag_set(&x->diag, PN_NOT_FOUND, "This template has no page: it is text alone.");
    }
    pn_answer_framed(x);
    pn_buf_init(&x->answer.body, preview.html.len + 1024);
    put_in_look(x, preview.html);
    return PN_OK;
}

static const pn_shape SAMPLE_BODY[] = {
    {.name = "invoice", .type = PN_SHAPE_ID, .id_kind = PN_ID_INVOICE, .required = true},
    {.name = "tone", .type = PN_SHAPE_INT, .min = 1, .max = 5},
    {.name = "language", .type = PN_SHAPE_TEXT, .max = 6, .help = "the debtor's if left out"},
    {.name = "form", .type = PN_SHAPE_WORD, .words = FORMS},
    {.name = NULL},
};
static const pn_shape SAMPLE_FIELDS[] = {
    {.name = "to", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "outcome",
     .type = PN_SHAPE_TEXT,
     .required = true,
     .help = "accepted, or how it failed"},
    {.name = "reply", .type = PN_SHAPE_LINES, .help = "what the server said"},
    {.name = NULL},
};
static const pn_schema_object SAMPLE = {"TemplateSample", SAMPLE_FIELDS,
                                        "What became of a message to oneself"};

/* To whoever asks and to nobody else: so no debtor can be written to past the gate. */
static pn_err send_sample(pn_exchange *x) {
    pn_template_row row;
    pn_invoice_row invoice;
    pn_user_row user;
    pn_preview preview = {0};
    pn_send_result result = {0};
    PN_TRY(find_template(x, 0, &row));
    PN_TRY(pn_find_invoice(x, pn_body_value(x, "invoice")->number, &invoice));
    PN_TRY(pn_told(x, pn_user_get(x->db, x->identity->user_id, x->arena, &user)));
    pn_preview_wish wish = {
        .tone = (unsigned)pn_body_value(x, "tone")->number,
        .language = pn_body_value(x, "language")->text,
        .form = pn_form_of(pn_body_value(x, "form")->text),
    };
    PN_TRY(
        pn_preview_write(x->app, row.family, invoice.item.id, &wish, x->arena, &preview, &x->diag));
    pn_str mail = preview.copy_eml.len != 0 ? preview.copy_eml : preview.eml;
    PN_TRY(pn_outlet_sample(x->app, mail, user.email, x->arena, &result, &x->diag));
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_str(w, "to", user.email);
    pn_json_put_str(w, "outcome", pn_str_of(pn_send_outcome_name(result.outcome)));
    pn_put_str_or_null(w, "reply", pn_str_of(result.reply));
    pn_json_end_object(w);
    return PN_OK;
}

/* ── policies ── */

static const pn_shape POLICY_FIELDS[] = {
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "title", .type = PN_SHAPE_TEXT},
    {.name = "version", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "country", .type = PN_SHAPE_TEXT},
    {.name = "from", .type = PN_SHAPE_DATE, .help = "in force from"},
    {.name = NULL},
};
static const pn_schema_object POLICY = {"Policy", POLICY_FIELDS, "When whom may be contacted how"};

static pn_err list_policies(pn_exchange *x) {
    const pn_policy *const *list = NULL;
    size_t count = 0;
    PN_TRY(pn_catalog_policies(x->app, &list, &count, &x->diag));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        pn_json_begin_object(w);
        pn_json_put_str(w, "name", list[i]->name);
        pn_put_str_or_null(w, "title", list[i]->title);
        pn_json_put_str(w, "version", list[i]->version);
        pn_put_str_or_null(w, "country", list[i]->country);
        pn_put_date(w, "from", list[i]->from);
        pn_json_end_object(w);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

static const pn_shape POLICY_TEXT_FIELDS[] = {
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "document", .type = PN_SHAPE_JSON, .required = true},
    {.name = NULL},
};
static const pn_schema_object POLICY_TEXT = {"PolicyDocument", POLICY_TEXT_FIELDS,
                                             "A policy with its document"};

static pn_err get_policy(pn_exchange *x) {
    pn_str text;
    PN_TRY(pn_catalog_policy_text(x->app, x->arguments[0], x->arena, &text, &x->diag));
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_str(w, "name", x->arguments[0]);
    pn_put_json(w, "document", text);
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err publish_policy(pn_exchange *x) {
    return pn_publish_policy(x->app, pn_body_value(x, "document")->text, x->arena, &x->diag);
}

static const char *const CHANNELS[] = {"email", "sms", "whatsapp", "push", "call", "letter", NULL};
static const char *const PURPOSES[] = {"demand", "service", NULL};
static const pn_shape PERMIT_QUERY[] = {
    {.name = "channel", .type = PN_SHAPE_WORD, .words = CHANNELS},
    {.name = "purpose", .type = PN_SHAPE_WORD, .words = PURPOSES},
    {.name = "at", .type = PN_SHAPE_TIME, .help = "now where it is left out"},
    {.name = NULL},
};
static const pn_shape PERMIT_FIELDS[] = {
    {.name = "creditor", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "policy", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "policy_version", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "answer", .type = PN_SHAPE_TEXT, .required = true, .help = "allow, later or never"},
    {.name = "reason", .type = PN_SHAPE_TEXT},
    {.name = "from", .type = PN_SHAPE_TIME, .help = "when it is possible"},
    {.name = "explanation", .type = PN_SHAPE_LINES, .required = true},
    {.name = NULL},
};
static const pn_schema_object PERMIT = {"Permit", PERMIT_FIELDS, "What the gate would say"};

static pn_err ask_permit(pn_exchange *x) {
    pn_debtor_row debtor;
    pn_permit *permits = NULL;
    size_t count = 0;
    const pn_route_value *channel = pn_query_value(x, "channel"), *at = pn_query_value(x, "at");
    const pn_route_value *purpose = pn_query_value(x, "purpose");
    PN_TRY(pn_path_debtor(x, &debtor));
    pn_permit_query query = {
        .debtor_id = debtor.id,
        .channel = channel->given ? pn_channel_kind_of(channel->text) : PN_CHANNEL_EMAIL,
        .purpose = purpose->number == 1 ? PN_PURPOSE_SERVICE : PN_PURPOSE_DEMAND,
        .at = at->given ? at->number : pn_app_now(x->app),
        .language = pn_exchange_reader(x),
    };
    PN_TRY(pn_permit_ask(x->app, &query, x->arena, &permits, &count, &x->diag));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        const pn_verdict *verdict = &permits[i].verdict;
        pn_json_begin_object(w);
        pn_json_put_str(w, "creditor", permits[i].creditor);
        pn_json_put_str(w, "policy", permits[i].policy->name);
        pn_json_put_str(w, "policy_version", permits[i].policy->version);
        pn_json_put_str(w, "answer", pn_str_of(pn_gate_answer_name(verdict->answer)));
        pn_put_str_or_null(w, "reason", pn_str_of(pn_gate_reason_name(verdict->reason)));
        pn_put_time(w, "from", verdict->answer == PN_GATE_LATER ? verdict->at : PN_TIME_NONE);
        pn_json_put_str(w, "explanation", permits[i].explanation);
        pn_json_end_object(w);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

#define ROUTE(verb, at, id, on, may, of, takes, what, does, says)                                  \
    .method = PN_HTTP_##verb, .path = at, .name = id, .runs = on, .roles = may, .scope = of,       \
    .body = takes, .gives = what, .answer = does, .summary = says

pn_route_table PN_ROUTES_DOCUMENTS = {
    {ROUTE(GET, "/v1/templates", "list_templates", PN_RUNS_READER, PN_MAY_READ, "templates:read",
           NULL, &TEMPLATE, list_templates, "the newest version of each template, by name"),
     .gives_list = true},
    {ROUTE(POST, "/v1/templates", "publish_template", PN_RUNS_WRITER, PN_MAY_MANAGE,
           "templates:write", DOCUMENT_BODY, &TEMPLATE_PUBLISHED, publish_template,
           "publish a document as a new version of the template it names")},
    {ROUTE(GET, "/v1/templates/{name}", "get_template", PN_RUNS_READER, PN_MAY_READ,
           "templates:read", NULL, &TEMPLATE, get_template, "one template with its document"),
     .query = VERSION_QUERY},
    {ROUTE(GET, "/v1/templates/{name}/preview", "preview_template", PN_RUNS_READER, PN_MAY_READ,
           "templates:read", NULL, &PREVIEW, preview_template,
           "what it would say now about an invoice; nothing is sent"),
     .query = PREVIEW_QUERY},
    {ROUTE(GET, "/v1/templates/{name}/preview/page", "preview_template_page", PN_RUNS_READER,
           PN_MAY_READ, "templates:read", NULL, NULL, preview_page,
           "the same as a page, for a frame beside the editor"),
     .query = PAGE_QUERY, .answer_type = "text/html"},
    {ROUTE(POST, "/v1/templates/{name}/send", "send_template", PN_RUNS_LONG, PN_MAY_COLLECT, NULL,
           SAMPLE_BODY, &SAMPLE, send_sample,
           "send what it would say about an invoice to oneself, and to nobody else")},
    {ROUTE(GET, "/v1/policies", "list_policies", PN_RUNS_READER, PN_MAY_READ, "policies:read", NULL,
           &POLICY, list_policies, "the organization's own policies and the ready ones"),
     .gives_list = true},
    {ROUTE(GET, "/v1/policies/{policy}", "get_policy", PN_RUNS_READER, PN_MAY_READ, "policies:read",
           NULL, &POLICY_TEXT, get_policy, "one policy with its document")},
    {ROUTE(POST, "/v1/policies", "publish_policy", PN_RUNS_LONG, PN_MAY_MANAGE, "policies:write",
           DOCUMENT_BODY, NULL, publish_policy, "publish a policy of the organization's own")},
    {ROUTE(GET, "/v1/debtors/{debtor}/permit", "ask_permit", PN_RUNS_READER, PN_MAY_READ,
           "policies:read", NULL, &PERMIT, ask_permit,
           "whether contact law lets a debtor be contacted, one answer for each account"),
     .query = PERMIT_QUERY, .gives_list = true},
    {.path = NULL},
};
