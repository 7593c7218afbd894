#include "codec/pdf/finish.h"

#include <qpdf/qpdf-c.h>

#include "base/banned.h"
#include "base/limits.h"

typedef struct {
    qpdf_data pdf;
    const pn_pdf_layout *layout;
    pn_arena *arena;
} finisher;

/* ── links ───────────────────────────────────────────────────────────────────────────────────── */

/* The address as a PDF string: ASCII, with what is special in the string or outside ASCII as %XX
 * (RFC 3986). */
static pn_str uri_text(pn_arena *arena, pn_str url) {
    static const char HEX[] = "0123456789ABCDEF";
    char *text = pn_arena_alloc(arena, url.len * 3 + 1);
    size_t len = 0;
    for (size_t i = 0; i < url.len; i++) {
        unsigned char c = (unsigned char)url.ptr[i];
        if (c > 0x20 && c < 0x7F && strchr("()\\<>\"", c) == NULL) {
            text[len++] = (char)c;
        } else {
            text[len++] = '%';
            text[len++] = HEX[c >> 4];
            text[len++] = HEX[c & 15];
        }
    }
    return (pn_str){text, len};
}

/* One annotation for each link that stands on the page. */
static void add_link(const finisher *f, qpdf_oh annotations, const pn_pdf_op *op, double top) {
    pn_str uri = uri_text(f->arena, op->url);
    double y = f->layout->paper_height - (top + op->y);
    pn_str text = pn_str_format(
        f->arena,
        "<< /Type /Annot /Subtype /Link /F 4 /Border [0 0 0] /Rect [%.2f %.2f %.2f %.2f] "
        "/A << /Type /Action /S /URI /URI (%.*s) >> >>",
        op->x, y - op->height, op->x + op->width, y, PN_STR_ARG(uri));
    qpdf_oh annotation = qpdf_oh_parse(f->pdf, pn_str_z(f->arena, text));
    qpdf_oh_append_item(f->pdf, annotations, qpdf_make_indirect_object(f->pdf, annotation));
}

static void add_links(const finisher *f, size_t page) {
    qpdf_oh annotations = 0;
    for (const pn_pdf_placed *placed = f->layout->pages[page].first; placed != NULL;
         placed = placed->next) {
        for (const pn_pdf_op *op = placed->piece->first; op != NULL; op = op->next) {
            if (op->kind == PN_OP_LINK) {
                annotations = annotations != 0 ? annotations : qpdf_oh_new_array(f->pdf);
                add_link(f, annotations, op, placed->y);
            }
        }
    }
    if (annotations != 0) {
        qpdf_oh_replace_key(f->pdf, qpdf_get_page_n(f->pdf, page), "/Annots", annotations);
    }
}

static size_t count_links(const pn_pdf_layout *layout) {
    size_t count = 0;
    for (size_t i = 0; i < layout->page_count; i++) {
        for (const pn_pdf_placed *placed = layout->pages[i].first; placed != NULL;
             placed = placed->next) {
            for (const pn_pdf_op *op = placed->piece->first; op != NULL; op = op->next) {
                count += op->kind == PN_OP_LINK;
            }
        }
    }
    return count;
}

/* ── information ─────────────────────────────────────────────────────────────────────────────── */

static void put_text(const finisher *f, qpdf_oh dictionary, const char *key, pn_str text) {
    if (text.len != 0) {
        qpdf_oh value = qpdf_oh_new_unicode_string(f->pdf, pn_str_z(f->arena, text));
        qpdf_oh_replace_key(f->pdf, dictionary, key, value);
    }
}

/* D:20261122100000Z (ISO 32000-1, 7.9.4) */
static pn_str date_text(pn_arena *arena, pn_str moment) {
    char digits[16];
    size_t count = 0;
    for (size_t i = 0; i < moment.len; i++) {
        if (pn_is_digit(moment.ptr[i]) && count < sizeof digits) {
            digits[count++] = moment.ptr[i];
        }
    }
    return pn_str_format(arena, "D:%.*sZ", (int)count, digits);
}

static void put_information(const finisher *f) {
    const pn_pdf_doc *doc = f->layout->doc;
    qpdf_oh info = qpdf_oh_new_dictionary(f->pdf), root = qpdf_get_root(f->pdf);
    put_text(f, info, "/Title", doc->title);
    put_text(f, info, "/Author", doc->author.len != 0 ? doc->author : doc->brand_name);
    put_text(f, info, "/Subject", doc->subject);
    put_text(f, info, "/Creator", PN_STR("Puntual"));
    put_text(f, info, "/Producer", PN_STR("Puntual"));
    if (doc->created.len != 0) {
        put_text(f, info, "/CreationDate", date_text(f->arena, doc->created));
    }
    qpdf_oh_replace_key(f->pdf, qpdf_get_trailer(f->pdf), "/Info",
                        qpdf_make_indirect_object(f->pdf, info));
    put_text(f, root, "/Lang", doc->language);
    qpdf_oh_replace_key(f->pdf, root, "/ViewerPreferences",
                        qpdf_oh_parse(f->pdf, "<< /DisplayDocTitle true >>"));
}

/* ── the file ────────────────────────────────────────────────────────────────────────────────── */

static bool write_file(const finisher *f, pn_str *ret_pdf) {
    if ((qpdf_init_write_memory(f->pdf) & QPDF_ERRORS) != 0) {
        return false;
    }
    qpdf_set_deterministic_ID(f->pdf, QPDF_TRUE);
    qpdf_set_object_stream_mode(f->pdf, qpdf_o_generate);
    if ((qpdf_write(f->pdf) & QPDF_ERRORS) != 0 || qpdf_has_error(f->pdf)) {
        return false;
    }
    const unsigned char *bytes = qpdf_get_buffer(f->pdf);
    size_t length = qpdf_get_buffer_length(f->pdf);
    if (bytes == NULL) {
        return false;
    }
    *ret_pdf = (pn_str){pn_arena_copy(f->arena, bytes, length), length};
    return true;
}

pn_err pn_pdf_finish(const pn_pdf_layout *layout, pn_str drawn, pn_arena *arena, pn_str *ret_pdf,
                     pn_diag *diag) {
    if (count_links(layout) > PN_PDF_LINKS_MAX) {
        return pn_diag_set(diag, PN_LIMIT, "The document has more than %d links.",
                           PN_PDF_LINKS_MAX);
    }
    finisher f = {.pdf = qpdf_init(), .layout = layout, .arena = arena};
    qpdf_silence_errors(f.pdf);
    qpdf_set_suppress_warnings(f.pdf, QPDF_TRUE);
    pn_str pdf = PN_STR_NONE;
    bool fine = (qpdf_read_memory(f.pdf, "drawn", drawn.ptr, drawn.len, NULL) & QPDF_ERRORS) == 0;
    for (size_t i = 0; fine && i < layout->page_count; i++) {
        add_links(&f, i);
    }
    if (fine) {
        put_information(&f);
        fine = write_file(&f, &pdf);
    }
    qpdf_cleanup(&f.pdf);
    if (!fine) {
        return pn_diag_set(diag, PN_IO, "The document could not be completed.");
    }
    if (pdf.len > PN_LIMIT_PDF_BYTES) {
        return pn_diag_set(diag, PN_LIMIT, "The document would be larger than %d bytes.",
                           PN_LIMIT_PDF_BYTES);
    }
    *ret_pdf = pdf;
    return PN_OK;
}
