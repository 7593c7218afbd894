/* What goes with a message: the invoices it lists, their XML, the statement of the account.
 *
 * What is wanted follows from the node at the claim; the files are read or made while the text is
 * written, outside any transaction. T2 stores nothing if a fact moved meanwhile, so a document can
 * say nothing else than its text. A document that cannot be made fails the message: one that
 * promises a statement does not go without it. What does not fit is left out, and the message keeps
 * that with its reason. */
#include "app/deliver_claim.h"
#include "app/documents.h"

#include <stdio.h>

#include "base/banned.h"
#include "compose/document.h"
#include "store/file.h"

/* ── what is wanted ──────────────────────────────────────────────────────────────────────────── */

static void want(pn_claimer *c, pn_parcel *parcel, size_t *capacity, pn_want wanted) {
    parcel->wants =
        pn_arena_grow(c->arena, parcel->wants, parcel->want_count, capacity, sizeof *parcel->wants);
    parcel->wants[parcel->want_count++] = wanted;
}

void pn_parcel_wants(pn_claimer *c, pn_str wanted, const pn_text_items *groups, size_t group_count,
                     pn_parcel *parcel) {
    size_t capacity = 0;
    bool statement = pn_str_find(wanted, PN_STR("\"statement\"")) != SIZE_MAX;
    bool invoice = pn_str_find(wanted, PN_STR("\"invoice\"")) != SIZE_MAX;
    bool xml = pn_str_find(wanted, PN_STR("\"xml\"")) != SIZE_MAX;
    for (size_t i = 0; i < group_count && statement; i++) {
        want(c, parcel, &capacity,
             (pn_want){.kind = PN_WANT_STATEMENT,
                       .debtor_id = groups[i].view->row.id,
                       .account_id = groups[i].account->row.id,
                       .number = groups[i].view->row.external_id});
    }
    for (size_t i = 0; i < group_count && (invoice || xml); i++) {
        const pn_view_account *account = groups[i].account;
        for (size_t j = 0; j < groups[i].count; j++) {
            const pn_invoice_row *row = account->invoices[groups[i].items[j] - account->items];
            pn_want each = {.debtor_id = row->debtor_id,
                            .invoice_id = row->item.id,
                            .number = row->item.number,
                            .path = row->document};
            each.kind = PN_WANT_INVOICE;
            if (invoice) {
                want(c, parcel, &capacity, each);
            }
            each.kind = PN_WANT_XML;
            if (xml && row->document.len != 0) {
                want(c, parcel, &capacity, each);
            }
        }
    }
}

/* ── reading ─────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_delivery *d;
    pn_parcel *parcel;
    pn_arena *arena;
    pn_diag *diag;
    pn_mime_file *files;
    size_t file_count;
    size_t bytes; /* of them all */
} binder;

/* The whole file; false where it cannot be read or is larger than all attachments may be. */
static bool read_file(binder *b, pn_str path, pn_str *ret_bytes, const char **ret_remark) {
    FILE *file = fopen(pn_str_z(b->arena, path), "rb");
    if (file == NULL) {
        *ret_remark = "missing";
        return false;
    }
    pn_buf content;
    pn_buf_init(&content, PN_LIMIT_ATTACHMENTS_BYTES);
    char chunk[65536];
    for (size_t got = 0; (got = fread(chunk, 1, sizeof chunk, file)) > 0;) {
        pn_buf_add(&content, chunk, got);
    }
    bool whole = ferror(file) == 0 && pn_buf_err(&content) == PN_OK;
    *ret_remark = whole ? "" : pn_buf_err(&content) != PN_OK ? "too_large" : "missing";
    (void)fclose(file);
    if (whole) {
        *ret_bytes = pn_str_dup(b->arena, pn_buf_str(&content));
    }
    pn_buf_done(&content);
    return whole;
}

/* A path in an import may name anything; only what is a PDF goes out as one. */
static bool is_pdf(pn_str bytes) {
    return pn_str_starts(bytes, PN_STR("%PDF-"));
}

static bool is_xml(pn_str bytes) {
    if (pn_str_starts(bytes, PN_STR("\xEF\xBB\xBF"))) {
        bytes = pn_str_from(bytes, 3);
    }
    return pn_str_starts(pn_str_trim(bytes), PN_STR("<"));
}

/* ── binding ─────────────────────────────────────────────────────────────────────────────────── */

static void note(binder *b, pn_str name, pn_str bytes, bool attached, const char *remark) {
    pn_parcel *parcel = b->parcel;
    pn_carrier_file *file = &parcel->file_notes[parcel->file_note_count++];
    *file = (pn_carrier_file){.name = name,
                              .size = (int64_t)bytes.len,
                              .attached = attached,
                              .remark = pn_str_of(remark)};
    if (bytes.len != 0) {
        file->hash = pn_sha256_of(bytes.ptr, bytes.len);
    }
}

static void bind_file(binder *b, pn_str name, const char *type, pn_str bytes, const char *remark) {
    if (b->file_count == PN_LIMIT_MESSAGE_ATTACHMENTS) {
        note(b, name, bytes, false, "too_many");
    } else if (bytes.len > PN_LIMIT_ATTACHMENTS_BYTES - b->bytes) {
        note(b, name, bytes, false, "too_large");
    } else {
        b->files[b->file_count++] =
            (pn_mime_file){.file_name = name, .content_type = pn_str_of(type), .bytes = bytes};
        b->bytes += bytes.len;
        note(b, name, bytes, true, remark);
    }
}

/* The helper is kept by the delivery; when it died it is started again, and asked once more. */
static pn_err make(binder *b, const pn_want *want, pn_document_file *ret_file) {
    enum { TRIES = 2 };
    const pn_document_request request = {
        .kind = want->kind == PN_WANT_STATEMENT ? PN_DOCUMENT_STATEMENT : PN_DOCUMENT_INVOICE,
        .invoice_id = want->invoice_id,
        .debtor_id = want->debtor_id,
        .account_id = want->account_id,
        .since = PN_DATE_NONE};
    pn_err err = PN_OK;
    if (b->d->pdf == NULL) {
        PN_TRY(pn_helper_new(b->d->app->env, "puntual-pdf", &b->d->pdf, b->diag));
    }
    for (int i = 0; i < TRIES; i++) {
        err = pn_documents_make(b->d->app, b->d->pdf, &request, b->arena, ret_file, b->diag);
        if (err == PN_OK) {
            break;
        }
    }
    return err;
}

static pn_err bind_made(binder *b, const pn_want *want, const char *remark) {
    pn_document_file file;
    PN_TRY(make(b, want, &file));
    bind_file(b, file.sheet.file_name, "application/pdf", file.pdf, remark);
    return PN_OK;
}

/* The one that people attached for the debtor to see, where there is one that fits into a mail. */
static pn_err find_attached(binder *b, const pn_want *want, pn_str *ret_bytes) {
    pn_file_row row;
    pn_buf content;
    pn_db *db = b->d->app->db;
    pn_err err = pn_file_copy_of(db, want->debtor_id, want->invoice_id, b->arena, &row);
    if (err == PN_NOT_FOUND || (err == PN_OK && row.size > PN_LIMIT_ATTACHMENTS_BYTES)) {
        return PN_OK;
    }
    PN_TRY(pn_app_fail(b->d->app, err, b->diag));
    pn_buf_init(&content, PN_LIMIT_ATTACHMENTS_BYTES);
    err = pn_app_fail(b->d->app, pn_file_content(db, &row, &content), b->diag);
    *ret_bytes = pn_str_dup(b->arena, pn_buf_str(&content));
    pn_buf_done(&content);
    return err;
}

/* The invoice as people attached it, or the ERP made it; where it has none, or none that can be
 * read, the copy. */
static pn_err bind_invoice(binder *b, const pn_want *want, pn_str name) {
    pn_str bytes = PN_STR_NONE;
    const char *remark = "";
    PN_TRY(find_attached(b, want, &bytes));
    if (bytes.len != 0) {
        bind_file(b, name, "application/pdf", bytes, "");
        return PN_OK;
    }
    if (want->path.len == 0) {
        return bind_made(b, want, "");
    }
    bool read = read_file(b, want->path, &bytes, &remark);
    if (read && is_pdf(bytes)) {
        bind_file(b, name, "application/pdf", bytes, "");
        return PN_OK;
    }
    return bind_made(b, want, read ? "no_pdf" : remark);
}

/* The file beside the document: "a/F-1.pdf" has "a/F-1.xml". One that is not there is nothing to
 * speak of. */
static void bind_xml(binder *b, const pn_want *want, pn_str name) {
    pn_str stem = want->path, bytes;
    const char *remark = "";
    static const char *const ENDS[] = {".xml", ".XML"};
    if (stem.len > 4 && stem.ptr[stem.len - 4] == '.') {
        stem = pn_str_first(stem, stem.len - 4);
    }
    for (size_t i = 0; i < PN_COUNT(ENDS); i++) {
        pn_str path = pn_str_format(b->arena, "%.*s%s", PN_STR_ARG(stem), ENDS[i]);
        if (read_file(b, path, &bytes, &remark)) {
            if (is_xml(bytes)) {
                bind_file(b, name, "application/xml", bytes, "");
            } else {
                note(b, name, PN_STR_NONE, false, "no_xml");
            }
            return;
        }
    }
}

static pn_err bind_one(binder *b, const pn_want *want) {
    const pn_compose_facts *facts = &b->parcel->facts;
    switch (want->kind) {
    case PN_WANT_STATEMENT: return bind_made(b, want, "");
    case PN_WANT_INVOICE:
        return bind_invoice(b, want,
                            pn_document_invoice_name(facts->language, facts->country, want->number,
                                                     ".pdf", b->arena));
    case PN_WANT_XML:
        bind_xml(b, want,
                 pn_document_invoice_name(facts->language, facts->country, want->number, ".xml",
                                          b->arena));
        return PN_OK;
    }
    return PN_INVALID;
}

/* Beyond the limit nothing more is made, only named. */
static void name_rest(binder *b, size_t from) {
    const pn_compose_facts *facts = &b->parcel->facts;
    for (size_t i = from; i < b->parcel->want_count; i++) {
        const pn_want *want = &b->parcel->wants[i];
        note(b,
             pn_document_invoice_name(facts->language, facts->country, want->number,
                                      want->kind == PN_WANT_XML ? ".xml" : ".pdf", b->arena),
             PN_STR_NONE, false, "too_many");
    }
}

pn_err pn_parcel_documents(pn_delivery *d, pn_parcel *parcel, pn_arena *arena, pn_diag *diag) {
    binder b = {.d = d, .parcel = parcel, .arena = arena, .diag = diag};
    parcel->facts.attachment_count = parcel->file_count = 0;
    if (parcel->want_count == 0) {
        return PN_OK;
    }
    b.files = pn_arena_array(arena, pn_mime_file, PN_LIMIT_MESSAGE_ATTACHMENTS);
    parcel->file_notes = pn_arena_array(arena, pn_carrier_file, parcel->want_count);
    parcel->file_note_count = 0;
    for (size_t i = 0; i < parcel->want_count; i++) {
        if (b.file_count == PN_LIMIT_MESSAGE_ATTACHMENTS) {
            name_rest(&b, i);
            break;
        }
        PN_TRY(bind_one(&b, &parcel->wants[i]));
    }
    parcel->files = b.files;
    parcel->facts.attachment_count = parcel->file_count = b.file_count;
    return PN_OK;
}
