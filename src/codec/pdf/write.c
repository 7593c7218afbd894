#include "codec/pdf/write.h"

#include "base/banned.h"
#include "base/limits.h"
#include "codec/pdf/finish.h"
#include "codec/pdf/image.h"
#include "codec/pdf/layout.h"
#include "codec/pdf/paint.h"

struct pn_pdf_press {
    pn_pdf_type *type;
    char *logo_bytes; /* of the logo that is kept */
    size_t logo_len;
    cairo_surface_t *logo;
};

void pn_pdf_press_free(pn_pdf_press *press) {
    if (press != NULL) {
        pn_pdf_type_free(press->type);
        cairo_surface_destroy(press->logo);
        free(press->logo_bytes);
        free(press);
    }
}

/* A creditor's documents follow each other and have one logo: it is decoded once. */
static pn_err take_logo(pn_pdf_press *press, pn_str bytes, pn_diag *diag) {
    if (press->logo != NULL && press->logo_len == bytes.len &&
        memcmp(press->logo_bytes, bytes.ptr, bytes.len) == 0) {
        return PN_OK;
    }
    cairo_surface_t *logo = NULL;
    PN_TRY(pn_pdf_image_read(bytes, &logo, diag));
    cairo_surface_destroy(press->logo);
    press->logo = logo;
    press->logo_bytes = pn_realloc(press->logo_bytes, bytes.len);
    press->logo_len = bytes.len;
    memcpy(press->logo_bytes, bytes.ptr, bytes.len);
    return PN_OK;
}

static pn_err write_pages(pn_pdf_press *press, const pn_pdf_doc *doc, pn_arena *arena,
                          pn_str *ret_pdf, size_t *ret_pages, pn_diag *diag) {
    cairo_surface_t *logo = doc->logo != 0 ? press->logo : NULL;
    pn_pdf_layout layout;
    PN_TRY(pn_pdf_layout_make(
        doc, press->type, logo == NULL ? 0 : cairo_image_surface_get_width(logo),
        logo == NULL ? 0 : cairo_image_surface_get_height(logo), arena, &layout, diag));
    pn_buf drawn;
    pn_buf_init(&drawn, PN_LIMIT_PDF_BYTES);
    pn_err err = pn_pdf_paint(&layout, logo, &drawn, diag);
    if (err == PN_OK) {
        err = pn_pdf_finish(&layout, pn_buf_str(&drawn), arena, ret_pdf, diag);
    }
    pn_buf_done(&drawn);
    if (err == PN_OK) {
        *ret_pages = layout.page_count;
    }
    return err;
}

pn_err pn_pdf_write(pn_pdf_press *press, const pn_str *parts, size_t count, pn_arena *arena,
                    pn_str *ret_pdf, size_t *ret_pages, pn_diag *diag) {
    if (count == 0 || count > PN_PDF_BLOBS_MAX + 1) {
        return pn_diag_set(diag, PN_INVALID, "A document comes with at most %d further parts.",
                           PN_PDF_BLOBS_MAX);
    }
    pn_pdf_doc doc;
    PN_TRY(pn_pdf_doc_read(parts[0], count, arena, &doc, diag));
    if (doc.logo != 0) {
        PN_TRY(take_logo(press, parts[doc.logo], diag));
    }
    return write_pages(press, &doc, arena, ret_pdf, ret_pages, diag);
}

/* Writes one document with every weight and with letters that only the second font has, because
 * libraries read their files at the first use, which a closed process could not do later. */
static pn_err warm_up(pn_pdf_press *press, pn_diag *diag) {
    static const pn_str DOCUMENT = {
        "{\"title\":\"A Б\",\"brand\":{\"name\":\"B\"},\"sender\":[\"S\"],\"recipient\":[\"R\"],"
        "\"page_words\":\"{page}\",\"blocks\":[{\"text\":\"א **ب** [\xE2\x98\x8E](https://a.b)\"},"
        "{\"table\":{\"columns\":[{\"title\":\"T\"}],\"rows\":[[\"1\"]]}},"
        "{\"totals\":[[\"**T**\",\"1\"]]},{\"amount\":{\"value\":\"1\"}},"
        "{\"pay\":{\"qr\":{\"payload\":\"1\"},\"barcode\":{\"payload\":\"1\"}}}]}",
        0};
    pn_str text = pn_str_of(DOCUMENT.ptr), pdf;
    size_t pages = 0;
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_err err = pn_pdf_write(press, &text, 1, &arena, &pdf, &pages, diag);
    pn_arena_done(&arena);
    return err;
}

pn_err pn_pdf_press_new(pn_pdf_press **ret_press, pn_diag *diag) {
    pn_pdf_press *press = pn_alloc(sizeof *press);
    *press = (pn_pdf_press){0};
    pn_err err = pn_pdf_type_new(&press->type, diag);
    if (err == PN_OK) {
        err = warm_up(press, diag);
    }
    if (err != PN_OK) {
        pn_pdf_press_free(press);
        return err;
    }
    *ret_press = press;
    return PN_OK;
}
