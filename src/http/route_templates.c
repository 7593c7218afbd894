/* Templates of messages: families of texts by channel, language, form of address and tone. */
#include "base/banned.h"
#include "base/limits.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/publishing.h"
#include "http/tables.h"
#include "store/document.h"

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
static const char *const CHANNELS[] = {"email", "sms",    "whatsapp", "push",
                                       "call",  "letter", "http",     NULL};
static const pn_shape PREVIEW_QUERY[] = {
    {.name = "invoice", .type = PN_SHAPE_ID, .id_kind = PN_ID_INVOICE, .required = true},
    {.name = "tone", .type = PN_SHAPE_INT, .min = 1, .max = 5},
    {.name = "language", .type = PN_SHAPE_TEXT, .max = 6, .help = "the debtor's if left out"},
    {.name = "form", .type = PN_SHAPE_WORD, .words = PN_FORM_WORDS},
    {.name = "channel", .type = PN_SHAPE_WORD, .words = CHANNELS, .help = "else e-mail"},
    {.name = NULL},
};
static const pn_shape PAGE_QUERY[] = {
    {.name = "invoice", .type = PN_SHAPE_ID, .id_kind = PN_ID_INVOICE, .required = true},
    {.name = "tone", .type = PN_SHAPE_INT, .min = 1, .max = 5},
    {.name = "language", .type = PN_SHAPE_TEXT, .max = 6, .help = "the debtor's if left out"},
    {.name = "form", .type = PN_SHAPE_WORD, .words = PN_FORM_WORDS},
    {.name = "channel", .type = PN_SHAPE_WORD, .words = CHANNELS, .help = "else e-mail"},
    {.name = "look",
     .type = PN_SHAPE_WORD,
     .words = PN_LOOK_WORDS,
     .help = "the reader's own if left out"},
    {.name = NULL},
};
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
    PN_TRY(pn_answer_version(x, row.version));
    put_template(pn_answer_bare(x), &row, true);
    return PN_OK;
}

/* If-Match names the newest version that there is of what the document names. */
static pn_err check_newest(pn_exchange *x, const pn_json *document) {
    pn_template_row row;
    pn_str name = pn_json_text(pn_json_field(document, "family"), PN_STR(""));
    pn_err err = pn_template_find(x->db, x->app->org.id, name, 0, x->arena, &row);
    if (err != PN_OK && err != PN_NOT_FOUND) {
        return pn_told(x, err);
    }
    return pn_check_version(x, err == PN_OK ? row.version : 0);
}

static pn_err publish_template(pn_exchange *x) {
    const pn_route_value *document = pn_body_value(x, "document");
    int64_t version = 0;
    bool same = false;
    PN_TRY(check_newest(x, document->json));
    PN_TRY(pn_publish_template_told(x, document->text, NULL, &version, &same));
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_int(w, "version", version);
    pn_json_put_bool(w, "published", !same);
    pn_json_end_object(w);
    return PN_OK;
}

/* ── what is wrong ── */

static const pn_shape PROBLEM_FIELDS[] = {
    {.name = "error", .type = PN_SHAPE_BOOL, .required = true, .help = "false: a warning"},
    {.name = "variant", .type = PN_SHAPE_INT, .help = "of the list, from 0; null: the whole"},
    {.name = "where", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "sentence", .type = PN_SHAPE_LINES, .required = true},
    {.name = NULL},
};
static const pn_shape CHECK_FIELDS[] = {
    {.name = "ok", .type = PN_SHAPE_BOOL, .required = true},
    {.name = "problems", .type = PN_SHAPE_LIST, .fields = PROBLEM_FIELDS, .required = true},
    {.name = NULL},
};
static const pn_schema_object CHECK = {"TemplateCheck", CHECK_FIELDS,
                                       "What is wrong with a template's document"};

static pn_err check_template(pn_exchange *x) {
    const pn_family *family = NULL;
    pn_compose_problems problems = {0};
    pn_diag diag = {0};
    pn_err err =
        pn_family_compile(pn_body_value(x, "document")->json, x->arena, &family, &problems, &diag);
    if (err != PN_OK && problems.count == 0) {
        x->diag = diag;
        return err;
    }
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_bool(w, "ok", problems.errors == 0);
    pn_put_list(w, "problems");
    for (size_t i = 0; i < problems.count; i++) {
        const pn_compose_problem *one = &problems.items[i];
        pn_json_begin_object(w);
        pn_json_put_bool(w, "error", !one->warning);
        if (one->variant != 0) {
            pn_json_put_int(w, "variant", (int64_t)one->variant - 1);
        }
        pn_json_put_str(w, "where", one->where);
        pn_json_put_str(w, "sentence", one->sentence);
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
    pn_json_end_object(w);
    return PN_OK;
}

/* ── how it reads ── */

static pn_err write_preview(pn_exchange *x, pn_preview *ret_preview) {
    pn_template_row row;
    pn_invoice_row invoice;
    PN_TRY(find_template(x, 0, &row));
    PN_TRY(pn_find_invoice(x, pn_query_value(x, "invoice")->number, &invoice));
    pn_preview_wish wish = {
        .tone = (unsigned)pn_query_value(x, "tone")->number,
        .language = pn_query_value(x, "language")->text,
        .form = pn_form_of(pn_query_value(x, "form")->text),
        .channel = pn_channel_kind_of(pn_query_value(x, "channel")->text),
    };
    return pn_preview_write(x->app, row.family, invoice.item.id, &wish, x->arena, ret_preview,
                            &x->diag);
}

static pn_err preview_template(pn_exchange *x) {
    pn_preview preview = {0};
    PN_TRY(write_preview(x, &preview));
    return pn_answer_preview(x, &preview);
}

static pn_err preview_page(pn_exchange *x) {
    pn_preview preview = {0};
    PN_TRY(write_preview(x, &preview));
    return pn_answer_preview_page(x, &preview);
}

static const pn_shape SAMPLE_BODY[] = {
    {.name = "invoice", .type = PN_SHAPE_ID, .id_kind = PN_ID_INVOICE, .required = true},
    {.name = "tone", .type = PN_SHAPE_INT, .min = 1, .max = 5},
    {.name = "language", .type = PN_SHAPE_TEXT, .max = 6, .help = "the debtor's if left out"},
    {.name = "form", .type = PN_SHAPE_WORD, .words = PN_FORM_WORDS},
    {.name = NULL},
};
static pn_err send_sample(pn_exchange *x) {
    pn_template_row row;
    pn_invoice_row invoice;
    pn_preview preview = {0};
    PN_TRY(find_template(x, 0, &row));
    PN_TRY(pn_find_invoice(x, pn_body_value(x, "invoice")->number, &invoice));
    pn_preview_wish wish = {
        .tone = (unsigned)pn_body_value(x, "tone")->number,
        .language = pn_body_value(x, "language")->text,
        .form = pn_form_of(pn_body_value(x, "form")->text),
    };
    PN_TRY(
        pn_preview_write(x->app, row.family, invoice.item.id, &wish, x->arena, &preview, &x->diag));
    return pn_answer_sample(x, &preview);
}

#define ROUTE(verb, at, id, on, may, of, takes, what, does, says)                                  \
    .method = PN_HTTP_##verb, .path = at, .name = id, .runs = on, .roles = may, .scope = of,       \
    .body = takes, .gives = what, .answer = does, .summary = says

pn_route_table PN_ROUTES_TEMPLATES = {
    {ROUTE(GET, "/v1/templates", "list_templates", PN_RUNS_READER, PN_MAY_READ, "templates:read",
           NULL, &TEMPLATE, list_templates, "the newest version of each template, by name"),
     .gives_list = true},
    {ROUTE(POST, "/v1/templates", "publish_template", PN_RUNS_WRITER, PN_MAY_MANAGE,
           "templates:write", DOCUMENT_BODY, &TEMPLATE_PUBLISHED, publish_template,
           "publish a document as a new version of the template it names"),
     .help = "With If-Match (the ETag of the template, \"0\" where there is none) nothing is "
             "published over a version that was not read."},
    {ROUTE(POST, "/v1/templates/check", "check_template", PN_RUNS_READER, PN_MAY_READ,
           "templates:read", DOCUMENT_BODY, &CHECK, check_template,
           "what is wrong with a document, and where")},
    {ROUTE(GET, "/v1/templates/{name}", "get_template", PN_RUNS_READER, PN_MAY_READ,
           "templates:read", NULL, &TEMPLATE, get_template, "one template with its document"),
     .query = VERSION_QUERY},
    {ROUTE(GET, "/v1/templates/{name}/preview", "preview_template", PN_RUNS_READER, PN_MAY_READ,
           "templates:read", NULL, &PN_PREVIEW_SCHEMA, preview_template,
           "what it would say now about an invoice; nothing is sent"),
     .query = PREVIEW_QUERY},
    {ROUTE(GET, "/v1/templates/{name}/preview/page", "preview_template_page", PN_RUNS_READER,
           PN_MAY_READ, "templates:read", NULL, NULL, preview_page,
           "the same as a page, for a frame beside the editor"),
     .query = PAGE_QUERY, .answer_type = "text/html"},
    {ROUTE(POST, "/v1/templates/{name}/send", "send_template", PN_RUNS_LONG, PN_MAY_COLLECT, NULL,
           SAMPLE_BODY, &PN_SAMPLE_SCHEMA, send_sample,
           "send what it would say about an invoice to oneself, and to nobody else")},
    {.path = NULL},
};
