#include "app/papers.h"

#include "base/banned.h"
#include "base/limits.h"
#include "format/form.h"
#include "store/debtor.h"

static pn_err check(pn_app *app, const pn_paper *paper, pn_str type, pn_diag *diag) {
    int64_t kept = 0;
    if (!pn_str_is(type, "application/pdf") && !pn_str_is(type, "image/jpeg") &&
        !pn_str_is(type, "image/png")) {
        return pn_diag_set(diag, PN_INVALID, "A document is a PDF, JPEG or PNG file.");
    }
    if (paper->bytes.len > PN_LIMIT_API_DOCUMENT_BYTES) {
        return pn_diag_set(diag, PN_LIMIT, "A document has %d MB at most.",
                           PN_LIMIT_API_DOCUMENT_BYTES >> 20);
    }
    PN_TRY(pn_app_fail(
        app, pn_file_bytes(app->db, app->org.id, PN_FILE_DOCUMENT, paper->debtor_id, &kept), diag));
    return kept + (int64_t)paper->bytes.len <= PN_LIMIT_DOCUMENTS_BYTES
               ? PN_OK
               : pn_diag_set(diag, PN_LIMIT, "All documents of a debtor have %d MB at most.",
                             PN_LIMIT_DOCUMENTS_BYTES >> 20);
}

static pn_err tell(pn_app *app, const pn_file_row *row, const char *what) {
    char id[PN_ID_TEXT_SIZE];
    pn_buf body;
    pn_buf_init(&body, 1 << 16);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "id", pn_str_of(pn_id_text(PN_ID_DOCUMENT, row->id, id)));
    if (row->invoice_id != 0) {
        pn_json_put_str(&w, "invoice", pn_str_of(pn_id_text(PN_ID_INVOICE, row->invoice_id, id)));
    }
    pn_json_put_str(&w, "name", row->name);
    pn_json_put_str(&w, "what", pn_str_of(what));
    pn_json_end_object(&w);
    pn_err err = pn_buf_err(&body);
    err = err == PN_OK ? pn_journal_debtor(app, row->debtor_id, PN_EVENT_CHANGED, pn_buf_str(&body))
                       : err;
    pn_buf_done(&body);
    return err;
}

static pn_str name_of(const pn_paper *paper, pn_str type) {
    return paper->name.len != 0                 ? paper->name
           : pn_str_is(type, "application/pdf") ? PN_STR("document.pdf")
           : pn_str_is(type, "image/png")       ? PN_STR("image.png")
                                                : PN_STR("image.jpg");
}

pn_err pn_papers_add(pn_app *app, const pn_paper *paper, pn_arena *arena, pn_id *ret_id,
                     pn_diag *diag) {
    pn_str type = pn_upload_type(paper->bytes);
    PN_TRY(check(app, paper, type, diag));
    pn_sha256 hash = pn_sha256_of(paper->bytes.ptr, paper->bytes.len);
    pn_err err = pn_file_same(app->db, paper->debtor_id, paper->invoice_id, &hash, ret_id);
    if (err != PN_NOT_FOUND) {
        return pn_app_fail(app, err, diag);
    }
    pn_file_row row = {.id = pn_app_id(app),
                       .org_id = app->org.id,
                       .use = PN_FILE_DOCUMENT,
                       .debtor_id = paper->debtor_id,
                       .invoice_id = paper->invoice_id,
                       .name = name_of(paper, type),
                       .type = type,
                       .shown = paper->shown,
                       .actor = pn_str_of(app->actor),
                       .at = pn_env_now(app->env)};
    (void)arena;
    err = pn_file_insert(app->db, &row, paper->bytes);
    err = err == PN_OK ? tell(app, &row, "document.added") : err;
    *ret_id = row.id;
    return pn_app_fail(app, err, diag);
}

pn_err pn_papers_delete(pn_app *app, pn_id id, pn_arena *arena, pn_diag *diag) {
    pn_file_row row;
    pn_err err = pn_file_get(app->db, app->org.id, PN_FILE_DOCUMENT, id, arena, &row);
    if (err == PN_NOT_FOUND) {
        char text[PN_ID_TEXT_SIZE];
        return pn_diag_set(diag, err, "There is no document %s here.",
                           pn_id_text(PN_ID_DOCUMENT, id, text));
    }
    err = err == PN_OK ? pn_file_delete(app->db, app->org.id, id) : err;
    err = err == PN_OK ? tell(app, &row, "document.deleted") : err;
    return pn_app_fail(app, err, diag);
}
