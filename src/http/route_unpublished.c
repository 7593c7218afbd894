/* Drafts: strategies and templates while they are written, kept here and not in one browser. */
#include "app/drafts.h"
#include "base/banned.h"
#include "base/limits.h"
#include "http/answer.h"
#include "http/find.h"
#include "http/publishing.h"
#include "http/tables.h"

static const char *const KINDS[] = {"strategy", "template", NULL};
static_assert(PN_DRAFT_STRATEGY == 0 && PN_DRAFT_TEMPLATE == 1, "the order of KINDS");

#define COMMON                                                                                     \
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_DRAFT, .required = true},                 \
        {.name = "kind", .type = PN_SHAPE_WORD, .words = KINDS, .required = true},                 \
        {.name = "name",                                                                           \
         .type = PN_SHAPE_TEXT,                                                                    \
         .help = "of the published strategy or template that it changes; null: of none yet"},      \
        {.name = "title", .type = PN_SHAPE_TEXT, .help = "what its document calls itself"},        \
        {.name = "base",                                                                           \
         .type = PN_SHAPE_INT,                                                                     \
         .required = true,                                                                         \
         .help = "the version that it began from; 0: none"},                                       \
        {.name = "version",                                                                        \
         .type = PN_SHAPE_INT,                                                                     \
         .required = true,                                                                         \
         .help = "one more with every change; its ETag"},                                          \
        {.name = "created_by", .type = PN_SHAPE_TEXT, .required = true},                           \
        {.name = "created_at", .type = PN_SHAPE_TIME, .required = true},                           \
        {.name = "changed_by", .type = PN_SHAPE_TEXT, .required = true}, {                         \
        .name = "changed_at", .type = PN_SHAPE_TIME, .required = true                              \
    }
static const pn_shape ROW_FIELDS[] = {COMMON, {.name = NULL}};
static const pn_schema_object ROW = {"DraftRow", ROW_FIELDS, "What is being written"};
static const pn_shape DRAFT_FIELDS[] = {
    COMMON,
    {.name = "newest",
     .type = PN_SHAPE_INT,
     .required = true,
     .help = "the version that is published now; 0: none"},
    {.name = "document", .type = PN_SHAPE_JSON, .required = true},
    {.name = NULL},
};
static const pn_schema_object DRAFT = {"Draft", DRAFT_FIELDS,
                                       "A strategy or template that is being written"};

static const pn_shape LIST_QUERY[] = {
    {.name = "kind", .type = PN_SHAPE_WORD, .words = KINDS},
    {.name = NULL},
};
#define DOCUMENT                                                                                   \
    {.name = "document",                                                                           \
     .type = PN_SHAPE_JSON,                                                                        \
     .required = true,                                                                             \
     .max = PN_LIMIT_STRATEGY_BYTES,                                                               \
     .help = "as publishing takes it, but it need not be right yet"},                              \
    {                                                                                              \
        .name = "base", .type = PN_SHAPE_INT, .min = 0, .max = INT32_MAX,                          \
        .help = "the published version that it begins from"                                        \
    }
static const pn_shape BEGIN_BODY[] = {
    {.name = "kind", .type = PN_SHAPE_WORD, .words = KINDS, .required = true},
    {.name = "name", .type = PN_SHAPE_TEXT, .max = 200, .help = "of what is published already"},
    DOCUMENT,
    {.name = NULL},
};
static const pn_shape WRITE_BODY[] = {DOCUMENT, {.name = NULL}};
static const pn_shape RESTORE_BODY[] = {
    {.name = "replace",
     .type = PN_SHAPE_BOOL,
     .help = "where another draft of the same is being written by now, that one is thrown away"},
    {.name = NULL},
};
static const pn_shape PUBLISH_BODY[] = {
    {.name = "runs",
     .type = PN_SHAPE_WORD,
     .words = PN_RUNS_WORDS,
     .help = "of a strategy, as in POST /v1/strategies"},
    {.name = "skip_examples", .type = PN_SHAPE_BOOL},
    {.name = "over",
     .type = PN_SHAPE_INT,
     .min = 0,
     .max = INT32_MAX,
     .help =
         "the newest version that you have seen; without it, the one that the draft began from. "
         "Over another one nothing is published"},
    {.name = NULL},
};
#define PREVIEW_COMMON                                                                             \
    {.name = "invoice", .type = PN_SHAPE_ID, .id_kind = PN_ID_INVOICE, .required = true}, {        \
        .name = "variant", .type = PN_SHAPE_INT, .min = 0, .max = PN_LIMIT_TEMPLATE_VARIANTS,      \
        .help = "which of its texts, from 0; else the first"                                       \
    }
static const pn_shape PREVIEW_QUERY[] = {PREVIEW_COMMON, {.name = NULL}};
static const pn_shape PAGE_QUERY[] = {
    PREVIEW_COMMON,
    {.name = "look", .type = PN_SHAPE_WORD, .words = PN_LOOK_WORDS, .help = "else the reader's"},
    {.name = NULL},
};

/* ── answers ── */

static void put_common(pn_json_writer *w, const pn_draft_row *row) {
    pn_put_id(w, "id", PN_ID_DRAFT, row->id);
    pn_json_put_str(w, "kind", pn_str_of(KINDS[row->kind]));
    pn_put_str_or_null(w, "name", row->name);
    pn_put_str_or_null(w, "title", row->title);
    pn_json_put_int(w, "base", row->base);
    pn_json_put_int(w, "version", row->version);
    pn_json_put_str(w, "created_by", row->created_by);
    pn_put_time(w, "created_at", row->created_at);
    pn_json_put_str(w, "changed_by", row->changed_by);
    pn_put_time(w, "changed_at", row->changed_at);
}

static pn_err give(pn_exchange *x, const pn_draft_row *row) {
    int64_t newest = 0;
    PN_TRY(pn_drafts_newest(x->app, row, x->arena, &newest, &x->diag));
    pn_answer_field(x, "ETag", pn_str_format(x->arena, "\"%lld\"", (long long)row->version));
    pn_json_writer *w = pn_answer_json(x);
    put_common(w, row);
    pn_json_put_int(w, "newest", newest);
    pn_put_json(w, "document", row->document);
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err list_drafts(pn_exchange *x) {
    const pn_route_value *kind = pn_query_value(x, "kind");
    pn_draft_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_told(x, pn_draft_list(x->db, x->app->org.id, kind->given ? (int)kind->number : -1,
                                    x->arena, &rows, &count)));
    pn_json_writer *w = pn_page_begin(x);
    for (size_t i = 0; i < count; i++) {
        pn_json_begin_object(w);
        put_common(w, &rows[i]);
        pn_json_end_object(w);
    }
    pn_page_end(x, (int64_t[PN_PAGE_KEYS]){0}, false);
    return PN_OK;
}

/* By the path; an ended one too where it is to be taken back. */
static pn_err path_draft(pn_exchange *x, bool ended, pn_draft_row *ret_row) {
    pn_id id = 0;
    PN_TRY(pn_argument_id(x, 0, PN_ID_DRAFT, &id));
    return pn_drafts_get(x->app, id, ended, x->arena, ret_row, &x->diag);
}

static pn_err path_version(pn_exchange *x, pn_draft_row *ret_row) {
    PN_TRY(path_draft(x, false, ret_row));
    return pn_check_version(x, ret_row->version);
}

static pn_err get_draft(pn_exchange *x) {
    pn_draft_row row;
    PN_TRY(path_draft(x, false, &row));
    return give(x, &row);
}

/* ── writing ── */

static pn_draft_wish wish_of(pn_exchange *x) {
    const pn_route_value *document = pn_body_value(x, "document");
    return (pn_draft_wish){.document = document->json,
                           .text = document->text,
                           .base = pn_body_value(x, "base")->number};
}

static pn_err begin_draft(pn_exchange *x) {
    pn_draft_row row;
    pn_draft_wish wish = wish_of(x);
    wish.kind = (pn_draft_kind)pn_body_value(x, "kind")->number;
    wish.name = pn_body_value(x, "name")->text;
    PN_TRY(pn_drafts_begin(x->app, &wish, x->arena, &row, &x->diag));
    pn_answer_created(x, "/v1/drafts", PN_ID_DRAFT, row.id);
    return give(x, &row);
}

static pn_err write_draft(pn_exchange *x) {
    pn_draft_row row;
    pn_draft_wish wish = wish_of(x);
    PN_TRY(path_version(x, &row));
    wish.base = pn_body_value(x, "base")->given ? wish.base : row.base;
    PN_TRY(pn_drafts_write(x->app, &row, &wish, x->arena, &x->diag));
    return give(x, &row);
}

static pn_err drop_draft(pn_exchange *x) {
    pn_draft_row row;
    PN_TRY(path_version(x, &row));
    return pn_drafts_end(x->app, &row, false, x->arena, &x->diag);
}

static pn_err restore_draft(pn_exchange *x) {
    pn_draft_row row;
    PN_TRY(path_draft(x, true, &row));
    bool replace = pn_body_value(x, "replace")->number != 0;
    PN_TRY(pn_drafts_restore(x->app, &row, replace, x->arena, &x->diag));
    return give(x, &row);
}

/* ── publishing ── */

static int64_t newest_seen(const pn_exchange *x, const pn_draft_row *row) {
    const pn_route_value *over = pn_body_value(x, "over");
    return over->given ? over->number : row->base;
}

static pn_err publish_template(pn_exchange *x, const pn_draft_row *row) {
    int64_t version = 0, seen = newest_seen(x, row);
    bool same = false;
    PN_TRY(pn_publish_template_told(x, row->document, &seen, &version, &same));
    pn_json *document = NULL;
    PN_TRY(pn_json_parse(row->document, NULL, x->arena, &document, &x->diag));
    pn_json_writer *w = pn_answer_json(x);
    pn_json_put_str(w, "name", pn_json_text(pn_json_field(document, "family"), PN_STR("")));
    pn_json_put_int(w, "version", version);
    pn_json_put_bool(w, "published", !same);
    pn_json_put_int(w, "runs_active", 0);
    pn_json_put_int(w, "runs_moved", 0);
    pn_json_put_int(w, "runs_stayed", 0);
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err publish_strategy(pn_exchange *x, const pn_draft_row *row, bool *ret_done) {
    pn_json *json = NULL;
    int64_t seen = newest_seen(x, row);
    pn_publish_choice choice = {
        .seen = &seen,
        .runs = (pn_runs_choice)pn_body_value(x, "runs")->number,
        .skip_examples = pn_body_value(x, "skip_examples")->number != 0,
    };
    PN_TRY(pn_json_parse(row->document, NULL, x->arena, &json, &x->diag));
    return pn_answer_publish_strategy(x, row->document, json, choice, ret_done);
}

/* What somebody wrote while it was published is not: it goes on from the new version. */
static pn_err end_published(pn_exchange *x, const pn_draft_row *published) {
    pn_draft_row row;
    pn_err err = pn_drafts_get(x->app, published->id, false, x->arena, &row, &x->diag);
    if (err == PN_NOT_FOUND) {
        return PN_OK; /* thrown away meanwhile */
    }
    PN_TRY(err);
    return row.version == published->version ? pn_drafts_end(x->app, &row, true, x->arena, &x->diag)
                                             : pn_drafts_go_on(x->app, &row, x->arena, &x->diag);
}

/* What is published stands by itself, so the draft ends in a transaction after it: one that breaks
 * off between them leaves a draft that changes nothing. */
static pn_err publish_draft(pn_exchange *x) {
    pn_draft_row row;
    bool done = true;
    PN_TRY(path_version(x, &row));
    PN_TRY(row.kind == PN_DRAFT_STRATEGY ? publish_strategy(x, &row, &done)
                                         : publish_template(x, &row));
    if (!done) {
        return PN_OK;
    }
    PN_TRY(pn_app_begin(x->app, &x->diag));
    pn_err err = end_published(x, &row);
    return pn_app_end(x->app, err, &x->diag);
}

/* ── how a text of it reads ── */

static pn_err write_variant(pn_exchange *x, pn_id invoice_id, size_t number,
                            pn_preview *ret_preview) {
    pn_draft_row row;
    pn_invoice_row invoice;
    const pn_family *family = NULL;
    pn_compose_problems problems = {0};
    PN_TRY(path_draft(x, false, &row));
    PN_TRY(pn_find_invoice(x, invoice_id, &invoice));
    pn_err err = pn_drafts_variant(&row, number, x->arena, &family, &problems, &x->diag);
    if (err != PN_OK) {
        pn_tell_compose_problems(x, &problems);
        return err;
    }
    const pn_variant *variant = pn_family_variant(family, 0);
    pn_preview_wish wish = {.tone = pn_variant_tone(variant),
                            .language = pn_variant_language(variant),
                            .form = pn_variant_form(variant),
                            .channel = pn_variant_channel(variant),
                            .family = family,
                            .variant = variant};
    return pn_preview_write(x->app, pn_family_name(family), invoice.item.id, &wish, x->arena,
                            ret_preview, &x->diag);
}

static pn_err write_preview(pn_exchange *x, pn_preview *ret_preview) {
    return write_variant(x, pn_query_value(x, "invoice")->number,
                         (size_t)pn_query_value(x, "variant")->number, ret_preview);
}

static const pn_shape SAMPLE_BODY[] = {
    {.name = "invoice", .type = PN_SHAPE_ID, .id_kind = PN_ID_INVOICE, .required = true},
    {.name = "variant",
     .type = PN_SHAPE_INT,
     .required = true,
     .min = 0,
     .max = INT32_MAX,
     .help = "of the document's list, from 0; an e-mail"},
    {.name = NULL},
};

static pn_err send_draft(pn_exchange *x) {
    pn_preview preview = {0};
    PN_TRY(write_variant(x, pn_body_value(x, "invoice")->number,
                         (size_t)pn_body_value(x, "variant")->number, &preview));
    return pn_answer_sample(x, &preview);
}

static pn_err preview_draft(pn_exchange *x) {
    pn_preview preview = {0};
    PN_TRY(write_preview(x, &preview));
    return pn_answer_preview(x, &preview);
}

static pn_err preview_draft_page(pn_exchange *x) {
    pn_preview preview = {0};
    PN_TRY(write_preview(x, &preview));
    return pn_answer_preview_page(x, &preview);
}

#define ONE "/v1/drafts/{draft}"
#define READS(at, id, what, does, says)                                                            \
    .method = PN_HTTP_GET, .path = at, .name = id, .runs = PN_RUNS_READER, .roles = PN_MAY_READ,   \
    .scope = "drafts:read", .gives = what, .answer = does, .summary = says
#define CHANGES(verb, at, id, on, takes, what, does, says)                                         \
    .method = PN_HTTP_##verb, .path = at, .name = id, .runs = on, .roles = PN_MAY_MANAGE,          \
    .scope = "drafts:write", .body = takes, .gives = what, .answer = does, .summary = says

pn_route_table PN_ROUTES_UNPUBLISHED = {
    {READS("/v1/drafts", "list_drafts", &ROW, list_drafts,
           "strategies and templates that are being written"),
     .query = LIST_QUERY, .gives_list = true},
    {CHANGES(POST, "/v1/drafts", "begin_draft", PN_RUNS_WRITER, BEGIN_BODY, &DRAFT, begin_draft,
             "begin to write one"),
     .help = "One draft for each strategy and template; of what has no name yet, as many as you "
             "like."},
    {READS(ONE, "get_unpublished", &DRAFT, get_draft, "one with its document")},
    {CHANGES(PUT, ONE, "write_draft", PN_RUNS_WRITER, WRITE_BODY, &DRAFT, write_draft,
             "keep what it says now"),
     .help = "With If-Match nothing is written over what somebody else wrote meanwhile."},
    {CHANGES(DELETE, ONE, "discard_draft", PN_RUNS_WRITER, NULL, NULL, drop_draft,
             "throw it away; it can be taken back for 30 days")},
    {CHANGES(POST, ONE "/restore", "restore_draft", PN_RUNS_WRITER, RESTORE_BODY, &DRAFT,
             restore_draft, "take back that it was thrown away or published")},
    {CHANGES(POST, ONE "/publish", "publish_draft", PN_RUNS_LONG, PUBLISH_BODY,
             &PN_PUBLISHED_SCHEMA, publish_draft, "publish it as a new version, which ends it"),
     .help = "Where publishing takes four eyes it stays a draft until somebody else agreed."},
    {READS(ONE "/preview", "preview_draft", &PN_PREVIEW_SCHEMA, preview_draft,
           "what one text of a template's draft would say now about an invoice"),
     .query = PREVIEW_QUERY},
    {READS(ONE "/preview/page", "preview_draft_page", NULL, preview_draft_page,
           "the same as a page, for a frame beside the editor"),
     .query = PAGE_QUERY, .answer_type = "text/html"},
    {.method = PN_HTTP_POST,
     .path = ONE "/send",
     .name = "send_draft",
     .runs = PN_RUNS_LONG,
     .roles = PN_MAY_COLLECT,
     .body = SAMPLE_BODY,
     .gives = &PN_SAMPLE_SCHEMA,
     .answer = send_draft,
     .summary = "send what one e-mail of a template's draft would say about an invoice to oneself, "
                "and to nobody else"},
    {.path = NULL},
};
