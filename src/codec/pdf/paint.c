#include "codec/pdf/paint.h"

#include <cairo-pdf.h>

#include "base/banned.h"
#include "base/limits.h"
#include "codec/pdf/colour.h"

typedef struct {
    cairo_t *cr;
    const pn_pdf_layout *layout;
    cairo_surface_t *logo;
    uint32_t colours[PN_ROLE_COUNT];
    cairo_glyph_t *glyphs; /* room for the longest run so far */
    cairo_text_cluster_t *clusters;
    size_t glyph_room, cluster_room;
} painter;

static void take_colour(const painter *p, uint32_t colour) {
    cairo_set_source_rgb(p->cr, (colour >> 16 & 0xFF) / 255.0, (colour >> 8 & 0xFF) / 255.0,
                         (colour & 0xFF) / 255.0);
}

/* ── text ────────────────────────────────────────────────────────────────────────────────────── */

static void make_room(painter *p, const pn_pdf_run *run) {
    if (run->glyph_count > p->glyph_room) {
        p->glyph_room = run->glyph_count * 2;
        p->glyphs = pn_realloc(p->glyphs, p->glyph_room * sizeof *p->glyphs);
    }
    if (run->cluster_count > p->cluster_room) {
        p->cluster_room = run->cluster_count * 2;
        p->clusters = pn_realloc(p->clusters, p->cluster_room * sizeof *p->clusters);
    }
}

/* Cairo stops drawing for good when clusters do not cover the text and the glyphs exactly. */
static bool clusters_cover(const pn_pdf_run *run) {
    size_t bytes = 0, glyphs = 0;
    for (unsigned i = 0; run->clusters != NULL && i < run->cluster_count; i++) {
        bytes += run->clusters[i].bytes;
        glyphs += run->clusters[i].glyphs;
    }
    return run->clusters != NULL && bytes == run->text.len && glyphs == run->glyph_count;
}

static void paint_run(painter *p, const pn_pdf_run *run, double x, double y) {
    make_room(p, run);
    for (unsigned i = 0; i < run->glyph_count; i++) {
        const pn_pdf_glyph *glyph = &run->glyphs[i];
        p->glyphs[i] = (cairo_glyph_t){glyph->index, x + (double)glyph->x, y + (double)glyph->y};
    }
    cairo_set_scaled_font(p->cr, pn_pdf_type_face(p->layout->type, run->face));
    if (!clusters_cover(run)) {
        cairo_show_glyphs(p->cr, p->glyphs, (int)run->glyph_count);
        return;
    }
    for (unsigned i = 0; i < run->cluster_count; i++) {
        p->clusters[i] = (cairo_text_cluster_t){run->clusters[i].bytes, run->clusters[i].glyphs};
    }
    cairo_show_text_glyphs(p->cr, run->text.ptr, (int)run->text.len, p->glyphs,
                           (int)run->glyph_count, p->clusters, (int)run->cluster_count,
                           run->backward ? CAIRO_TEXT_CLUSTER_FLAG_BACKWARD : 0);
}

static void paint_line(painter *p, const pn_pdf_op *op, double y) {
    take_colour(p, p->colours[op->role]);
    bool accent = false;
    for (const pn_pdf_run *run = op->line->runs; run != NULL; run = run->next) {
        if (accent != (run->url.len != 0)) {
            accent = !accent;
            take_colour(p, p->colours[accent ? PN_ROLE_ACCENT : op->role]);
        }
        paint_run(p, run, op->x, y);
    }
    cairo_set_line_width(p->cr, 0.5);
    for (const pn_pdf_box *box = op->line->boxes; box != NULL; box = box->next) {
        cairo_rectangle(p->cr, op->x + (double)box->x + 0.5, y - (double)box->height,
                        PN_MAX((double)box->width - 1, 0.5), (double)box->height);
        cairo_stroke(p->cr);
    }
}

/* ── shapes ──────────────────────────────────────────────────────────────────────────────────── */

/* Each row is a broken line as wide as a module: half the points that rectangles would have, and
 * one path for all of them. */
static void paint_modules(painter *p, const pn_pdf_op *op, double y) {
    const pn_pdf_modules *modules = op->modules;
    double width = op->width / modules->columns, height = op->height / modules->rows;
    take_colour(p, 0);
    cairo_set_line_width(p->cr, height * 1.02); /* rows overlap: numbers in the file are rounded */
    for (unsigned r = 0; r < modules->rows; r++) {
        const uint8_t *row = modules->dark + (size_t)r * modules->columns;
        for (unsigned c = 0; c < modules->columns;) {
            unsigned begin = c;
            while (c < modules->columns && row[c] != 0) {
                c++;
            }
            if (c > begin) {
                cairo_move_to(p->cr, op->x + begin * width, y + (r + 0.5) * height);
                cairo_line_to(p->cr, op->x + c * width, y + (r + 0.5) * height);
            }
            c += c == begin;
        }
    }
    cairo_stroke(p->cr);
}

static void paint_outline(painter *p, const pn_pdf_op *op, double y) {
    const double radius = 4, quarter = 1.5707963267948966;
    double x0 = op->x, x1 = op->x + op->width, y1 = y + op->height;
    cairo_new_sub_path(p->cr);
    cairo_arc(p->cr, x1 - radius, y + radius, radius, -quarter, 0);
    cairo_arc(p->cr, x1 - radius, y1 - radius, radius, 0, quarter);
    cairo_arc(p->cr, x0 + radius, y1 - radius, radius, quarter, 2 * quarter);
    cairo_arc(p->cr, x0 + radius, y + radius, radius, 2 * quarter, 3 * quarter);
    cairo_close_path(p->cr);
    take_colour(p, p->colours[op->role]);
    cairo_set_line_width(p->cr, 1);
    cairo_stroke(p->cr);
}

static void paint_logo(painter *p, const pn_pdf_op *op, double y) {
    cairo_save(p->cr);
    cairo_translate(p->cr, op->x, y);
    cairo_scale(p->cr, op->width / cairo_image_surface_get_width(p->logo),
                op->height / cairo_image_surface_get_height(p->logo));
    cairo_set_source_surface(p->cr, p->logo, 0, 0);
    cairo_paint(p->cr);
    cairo_restore(p->cr);
}

static void paint_op(painter *p, const pn_pdf_op *op, double top) {
    double y = top + op->y;
    switch (op->kind) {
    case PN_OP_LINE: paint_line(p, op, y); break;
    case PN_OP_FILL:
        take_colour(p, p->colours[op->role]);
        cairo_rectangle(p->cr, op->x, y, op->width, op->height);
        cairo_fill(p->cr);
        break;
    case PN_OP_OUTLINE: paint_outline(p, op, y); break;
    case PN_OP_LOGO:
        if (p->logo != NULL) {
            paint_logo(p, op, y);
        }
        break;
    case PN_OP_MODULES: paint_modules(p, op, y); break;
    case PN_OP_LINK: break;
    }
}

/* ── the file ────────────────────────────────────────────────────────────────────────────────── */

static cairo_status_t write_bytes(void *closure, const unsigned char *data, unsigned length) {
    pn_buf *out = closure;
    pn_buf_add(out, data, length);
    return out->failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void paint_pages(painter *p) {
    for (size_t i = 0; i < p->layout->page_count; i++) {
        for (const pn_pdf_placed *placed = p->layout->pages[i].first; placed != NULL;
             placed = placed->next) {
            for (const pn_pdf_op *op = placed->piece->first; op != NULL; op = op->next) {
                paint_op(p, op, placed->y);
            }
        }
        cairo_show_page(p->cr);
    }
}

pn_err pn_pdf_paint(const pn_pdf_layout *layout, cairo_surface_t *logo, pn_buf *out,
                    pn_diag *diag) {
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(
        write_bytes, out, layout->paper_width, layout->paper_height);
    painter p = {.cr = cairo_create(surface),
                 .layout = layout,
                 .logo = logo,
                 .colours = {[PN_ROLE_INK] = PN_PDF_INK,
                             [PN_ROLE_MUTED] = PN_PDF_MUTED,
                             [PN_ROLE_ACCENT] = pn_pdf_colour_readable(layout->doc->brand_colour),
                             [PN_ROLE_HAIR] = PN_PDF_HAIR,
                             [PN_ROLE_SOFT] = PN_PDF_SOFT}};
    paint_pages(&p);
    cairo_status_t status = cairo_status(p.cr);
    cairo_destroy(p.cr);
    cairo_surface_finish(surface);
    status = status == CAIRO_STATUS_SUCCESS ? cairo_surface_status(surface) : status;
    cairo_surface_destroy(surface);
    free(p.glyphs);
    free(p.clusters);
    if (out->failed) {
        return pn_diag_set(diag, PN_LIMIT, "The document would be larger than %d bytes.",
                           PN_LIMIT_PDF_BYTES);
    }
    return status == CAIRO_STATUS_SUCCESS
               ? PN_OK
               : pn_diag_set(diag, PN_IO, "The document could not be drawn: %s.",
                             cairo_status_to_string(status));
}
