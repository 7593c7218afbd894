/* Documents of debtors and invoices. */
#include "app/papers.h"
#include "base/banned.h"
#include "base/limits.h"
#include "http/answer.h"
#include "http/files.h"
#include "http/find.h"
#include "http/tables.h"

static const pn_shape PAPER_FIELDS[] = {
    {.name = "id", .type = PN_SHAPE_ID, .id_kind = PN_ID_DOCUMENT, .required = true},
    {.name = "debtor", .type = PN_SHAPE_ID, .id_kind = PN_ID_DEBTOR, .required = true},
    {.name = "invoice",
     .type = PN_SHAPE_ID,
     .id_kind = PN_ID_INVOICE,
     .help = "null: of the debtor as a whole"},
    {.name = "name", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "type", .type = PN_SHAPE_TEXT, .required = true, .help = "by its content"},
    {.name = "bytes", .type = PN_SHAPE_INT, .required = true},
    {.name = "sha256", .type = PN_SHAPE_TEXT, .required = true},
    {.name = "shown", .type = PN_SHAPE_BOOL, .required = true, .help = "to the debtor"},
    {.name = "at", .type = PN_SHAPE_TIME, .required = true},
    {.name = "by", .type = PN_SHAPE_TEXT, .required = true},
    {.name = NULL},
};
static const pn_schema_object PAPER = {"Document", PAPER_FIELDS, "A file kept with a debtor"};

static const pn_shape ADD_QUERY[] = {
    {.name = "name", .type = PN_SHAPE_TEXT, .max = 200, .help = "as people know it"},
    {.name = "shown",
     .type = PN_SHAPE_BOOL,
     .help = "of an invoice: a PDF is its copy on the debtor's page and in e-mails"},
    {.name = NULL},
};

static void put_paper(pn_json_writer *w, const pn_file_row *row) {
    char hex[65];
    pn_hex(row->hash.bytes, sizeof row->hash.bytes, hex);
    pn_put_id(w, "id", PN_ID_DOCUMENT, row->id);
    pn_put_id(w, "debtor", PN_ID_DEBTOR, row->debtor_id);
    pn_put_id(w, "invoice", PN_ID_INVOICE, row->invoice_id);
    pn_json_put_str(w, "name", row->name);
    pn_json_put_str(w, "type", row->type);
    pn_json_put_int(w, "bytes", row->size);
    pn_json_put_str(w, "sha256", pn_str_of(hex));
    pn_json_put_bool(w, "shown", row->shown);
    pn_put_time(w, "at", row->at);
    pn_json_put_str(w, "by", row->actor);
}

static pn_err path_paper(pn_exchange *x, pn_file_row *ret_row) {
    pn_id id = 0;
    PN_TRY(pn_argument_id(x, 0, PN_ID_DOCUMENT, &id));
    pn_err err = pn_file_get(x->db, x->app->org.id, PN_FILE_DOCUMENT, id, x->arena, ret_row);
    return err == PN_NOT_FOUND ? pn_nothing_here(x, "document", PN_ID_DOCUMENT, id)
                               : pn_told(x, err);
}

static pn_err add(pn_exchange *x, pn_id debtor_id, pn_id invoice_id) {
    pn_id id = 0;
    pn_paper paper = {.debtor_id = debtor_id,
                      .invoice_id = invoice_id,
                      .name = pn_query_value(x, "name")->text,
                      .bytes = x->body,
                      .shown = pn_query_value(x, "shown")->number != 0};
    PN_TRY(pn_app_begin(x->app, &x->diag));
    PN_TRY(pn_app_end(x->app, pn_papers_add(x->app, &paper, x->arena, &id, &x->diag), &x->diag));
    return pn_answer_made(x, "/v1/documents", PN_ID_DOCUMENT, id);
}

static pn_err add_to_debtor(pn_exchange *x) {
    pn_debtor_row debtor;
    PN_TRY(pn_path_debtor(x, &debtor));
    return add(x, debtor.id, 0);
}

static pn_err add_to_invoice(pn_exchange *x) {
    pn_invoice_row invoice;
    PN_TRY(pn_path_invoice(x, &invoice));
    return add(x, invoice.debtor_id, invoice.item.id);
}

static pn_err put_row_of_papers(pn_exchange *x, pn_json_writer *w, const void *item,
                                int64_t key[PN_PAGE_KEYS]) {
    const pn_file_row *row = item;
    (void)x;
    pn_json_begin_object(w);
    put_paper(w, row);
    pn_json_end_object(w);
    key[0] = row->id;
    return PN_OK;
}

static pn_err list_papers(pn_exchange *x) {
    pn_page page;
    pn_debtor_row debtor;
    pn_file_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_path_debtor(x, &debtor));
    PN_TRY(pn_page_read(x, &page));
    pn_id before = pn_page_before(&page);
    PN_TRY(pn_told(
        x, pn_file_of_debtor(x->db, debtor.id, before, page.limit + 1, x->arena, &rows, &count)));
    return pn_page_give(x, &page, rows, sizeof *rows, count, put_row_of_papers);
}

static pn_err get_paper(pn_exchange *x) {
    pn_file_row row;
    PN_TRY(path_paper(x, &row));
    pn_json_writer *w = pn_answer_json(x);
    put_paper(w, &row);
    pn_json_end_object(w);
    return PN_OK;
}

static pn_err get_content(pn_exchange *x) {
    pn_file_row row;
    PN_TRY(path_paper(x, &row));
    return pn_file_answer(x, &row);
}

static pn_err delete_paper(pn_exchange *x) {
    pn_file_row row;
    PN_TRY(path_paper(x, &row));
    return pn_papers_delete(x->app, row.id, x->arena, &x->diag);
}

#define ADDS(at, id, does, says)                                                                   \
    {                                                                                              \
        .method = PN_HTTP_POST, .path = at, .name = id, .runs = PN_RUNS_LONG,                      \
        .roles = PN_MAY_COLLECT, .scope = "documents:write", .query = ADD_QUERY,                   \
        .body_type = "application/pdf image/jpeg image/png application/octet-stream",              \
        .body_max = PN_LIMIT_API_DOCUMENT_BYTES, .gives = &PN_MADE, .answer = does,                \
        .summary = says,                                                                           \
        .help = "What it is, its content says. The same bytes again are the "                      \
                "document that is there."                                                          \
    }

pn_route_table PN_ROUTES_PAPERS = {
    ADDS("/v1/debtors/{debtor}/documents", "add_debtor_document", add_to_debtor,
         "keep a PDF, JPEG or PNG of up to 20 MB with a debtor"),
    ADDS("/v1/invoices/{invoice}/documents", "add_invoice_document", add_to_invoice,
         "keep a PDF, JPEG or PNG of up to 20 MB with an invoice"),
    {.method = PN_HTTP_GET,
     .path = "/v1/debtors/{debtor}/documents",
     .name = "list_documents",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "documents:read",
     .gives = &PAPER,
     .gives_list = true,
     .answer = list_papers,
     .summary = "documents of a debtor and of its invoices, the newest first"},
    {.method = PN_HTTP_GET,
     .path = "/v1/documents/{document}",
     .name = "get_document",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "documents:read",
     .gives = &PAPER,
     .answer = get_paper,
     .summary = "what a document is"},
    {.method = PN_HTTP_GET,
     .path = "/v1/documents/{document}/content",
     .name = "get_document_content",
     .runs = PN_RUNS_READER,
     .roles = PN_MAY_READ,
     .scope = "documents:read",
     .answer_type = "application/octet-stream",
     .answer = get_content,
     .summary = "its bytes, with an ETag that If-None-Match may name"},
    {.method = PN_HTTP_DELETE,
     .path = "/v1/documents/{document}",
     .name = "delete_document",
     .runs = PN_RUNS_WRITER,
     .roles = PN_MAY_COLLECT,
     .scope = "documents:write",
     .answer = delete_paper,
     .summary = "delete a document; what was sent with it stays as it was sent"},
    {.path = NULL},
};
