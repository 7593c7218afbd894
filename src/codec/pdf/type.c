#include "codec/pdf/type.h"

#include <pango/pangocairo.h>

#include "base/banned.h"
#include "base/utf8.h"
#include "codec/pdf/fonts.h"

enum { FACES_MAX = 128, SAMPLED = 0x250, PLAIN = 0, BOLD = 1 };

typedef struct {
    float size, leading;
    PangoWeight weight;
} style_row;

/* Sizes in points. Leading about 1.4 for what is read, less for what is looked at. */
static const style_row STYLES[PN_STYLE_COUNT] = {
    [PN_STYLE_TITLE] = {19, 24, PANGO_WEIGHT_SEMIBOLD},
    [PN_STYLE_HEADING] = {11.5F, 15, PANGO_WEIGHT_SEMIBOLD},
    [PN_STYLE_BODY] = {9.5F, 14, PANGO_WEIGHT_NORMAL},
    [PN_STYLE_STRONG] = {9.5F, 14, PANGO_WEIGHT_SEMIBOLD},
    [PN_STYLE_CELL] = {9, 12.5F, PANGO_WEIGHT_NORMAL},
    [PN_STYLE_CELL_DENSE] = {7.5F, 10.5F, PANGO_WEIGHT_NORMAL},
    [PN_STYLE_CELL_TINY] = {6.5F, 9, PANGO_WEIGHT_NORMAL},
    [PN_STYLE_HEAD] = {8, 11, PANGO_WEIGHT_SEMIBOLD},
    [PN_STYLE_HEAD_DENSE] = {7, 9.5F, PANGO_WEIGHT_SEMIBOLD},
    [PN_STYLE_HEAD_TINY] = {6.2F, 8.5F, PANGO_WEIGHT_SEMIBOLD},
    [PN_STYLE_SMALL] = {8, 11.5F, PANGO_WEIGHT_NORMAL},
    [PN_STYLE_FINE] = {7, 10, PANGO_WEIGHT_NORMAL},
    [PN_STYLE_BRAND] = {15, 19, PANGO_WEIGHT_BOLD},
    [PN_STYLE_AMOUNT] = {22, 28, PANGO_WEIGHT_SEMIBOLD},
    [PN_STYLE_GRAND] = {12, 16, PANGO_WEIGHT_SEMIBOLD},
    [PN_STYLE_ADDRESS] = {10, 12.8F, PANGO_WEIGHT_NORMAL},
    [PN_STYLE_ADDRESS_SMALL] = {8.5F, 11.2F, PANGO_WEIGHT_NORMAL},
    [PN_STYLE_ADDRESS_FINE] = {7, 9.2F, PANGO_WEIGHT_NORMAL},
    [PN_STYLE_RETURN] = {6.5F, 8.5F, PANGO_WEIGHT_NORMAL},
};

struct pn_pdf_type {
    pn_pdf_fonts *loaded;
    PangoContext *context;
    PangoLayout *layout;
    PangoFontDescription *fonts[PN_STYLE_COUNT];
    double ascent[PN_STYLE_COUNT], descent[PN_STYLE_COUNT];
    pn_pdf_style style; /* that the layout has now */
    PangoFont *owners[FACES_MAX];
    cairo_scaled_font_t *faces[FACES_MAX];
    unsigned face_count;
    float advance[2][SAMPLED]; /* of letters at one point */
};

/* ── styles ──────────────────────────────────────────────────────────────────────────────────── */

static void make_context(pn_pdf_type *type) {
    type->context = pango_font_map_create_context(pn_pdf_fonts_map(type->loaded));
    pango_context_set_round_glyph_positions(type->context, FALSE);
    type->layout = pango_layout_new(type->context);
    pango_layout_set_wrap(type->layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_auto_dir(type->layout, TRUE);
}

static void make_styles(pn_pdf_type *type) {
    for (unsigned i = 0; i < PN_STYLE_COUNT; i++) {
        PangoFontDescription *font = pango_font_description_new();
        pn_pdf_fonts_add(type->loaded, (double)STYLES[i].size, STYLES[i].weight);
        pn_pdf_fonts_add(type->loaded, (double)STYLES[i].size, PANGO_WEIGHT_SEMIBOLD);
        pango_font_description_set_family_static(font, "Inter");
        pango_font_description_set_weight(font, STYLES[i].weight);
        pango_font_description_set_absolute_size(font, (double)STYLES[i].size * PANGO_SCALE);
        PangoFontMetrics *metrics = pango_context_get_metrics(type->context, font, NULL);
        type->ascent[i] = pango_font_metrics_get_ascent(metrics) / (double)PANGO_SCALE;
        type->descent[i] = pango_font_metrics_get_descent(metrics) / (double)PANGO_SCALE;
        pango_font_metrics_unref(metrics);
        type->fonts[i] = font;
    }
    type->style = PN_STYLE_BODY;
    pango_layout_set_font_description(type->layout, type->fonts[PN_STYLE_BODY]);
}

/* The widths of the letters our languages are written with, each by itself. */
static void sample_widths(pn_pdf_type *type) {
    static const pn_pdf_style SAMPLES[2] = {[PLAIN] = PN_STYLE_BODY, [BOLD] = PN_STYLE_STRONG};
    pn_arena arena;
    pn_arena_init(&arena, 0);
    for (unsigned weight = 0; weight < 2; weight++) {
        for (uint32_t c = 0x20; c < SAMPLED; c++) {
            char bytes[4];
            pn_pdf_marked one = pn_pdf_plain((pn_str){bytes, pn_utf8_encode(c, bytes)});
            if (c < 0x7F || c >= 0xA0) {
                pn_pdf_text set = pn_pdf_set(type, &arena, SAMPLES[weight], &one, -1);
                type->advance[weight][c] =
                    (float)(set.width / (double)STYLES[SAMPLES[weight]].size);
            }
            pn_arena_reset(&arena);
        }
    }
    pn_arena_done(&arena);
}

pn_err pn_pdf_type_new(pn_pdf_type **ret_type, pn_diag *diag) {
    pn_pdf_type *type = pn_alloc(sizeof *type);
    *type = (pn_pdf_type){0};
    pn_err err = pn_pdf_fonts_new(&type->loaded, diag);
    if (err != PN_OK) {
        pn_pdf_type_free(type);
        return err;
    }
    make_context(type);
    make_styles(type);
    sample_widths(type);
    *ret_type = type;
    return PN_OK;
}

void pn_pdf_type_free(pn_pdf_type *type) {
    if (type == NULL) {
        return;
    }
    for (unsigned i = 0; i < type->face_count; i++) {
        g_object_unref(type->owners[i]);
    }
    for (unsigned i = 0; i < PN_STYLE_COUNT; i++) {
        pango_font_description_free(type->fonts[i]);
    }
    g_clear_object(&type->layout);
    g_clear_object(&type->context);
    pn_pdf_fonts_free(type->loaded);
    free(type);
}

void pn_pdf_type_language(pn_pdf_type *type, const char *language) {
    PangoLanguage *wanted = pango_language_from_string(language);
    if (pango_context_get_language(type->context) != wanted) {
        pango_context_set_language(type->context, wanted);
        pango_layout_context_changed(type->layout);
    }
}

cairo_scaled_font_t *pn_pdf_type_face(const pn_pdf_type *type, unsigned face) {
    assert(face < type->face_count);
    return type->faces[face];
}

/* Faces are kept for the life of the process: there are few, one a style and font. */
static bool face_of(pn_pdf_type *type, PangoFont *font, unsigned *ret_face) {
    for (unsigned i = 0; i < type->face_count; i++) {
        if (type->owners[i] == font) {
            *ret_face = i;
            return true;
        }
    }
    if (type->face_count == FACES_MAX) {
        return false;
    }
    cairo_scaled_font_t *scaled = pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(font));
    if (scaled == NULL || cairo_scaled_font_status(scaled) != CAIRO_STATUS_SUCCESS) {
        return false;
    }
    type->owners[type->face_count] = g_object_ref(font);
    type->faces[type->face_count] = scaled;
    *ret_face = type->face_count++;
    return true;
}

/* ── setting a text ──────────────────────────────────────────────────────────────────────────── */

static void add_attribute(PangoAttrList *list, PangoAttribute *attribute, size_t start,
                          size_t end) {
    attribute->start_index = (guint)start;
    attribute->end_index = (guint)end;
    pango_attr_list_insert(list, attribute);
}

/* Digits of equal width everywhere: figures stand below figures. No letters that depend on their
 * neighbours, which in Inter make “->” an arrow and “2x3” a product. No hyphen where a long word is
 * broken: it may be a reference. The colour of a link is set only so that Pango ends a run where
 * the link ends. */
static void set_attributes(pn_pdf_type *type, const pn_pdf_marked *text) {
    PangoAttrList *list = pango_attr_list_new();
    add_attribute(list, pango_attr_font_features_new("tnum, calt=0"), 0, text->text.len);
    add_attribute(list, pango_attr_insert_hyphens_new(FALSE), 0, text->text.len);
    for (size_t i = 0; i < text->span_count; i++) {
        const pn_pdf_span *span = &text->spans[i];
        add_attribute(list,
                      span->url.len != 0 ? pango_attr_foreground_new(0, 0, 1)
                                         : pango_attr_weight_new(PANGO_WEIGHT_SEMIBOLD),
                      span->start, span->end);
    }
    pango_layout_set_attributes(type->layout, list);
    pango_attr_list_unref(list);
}

static pn_str url_at(const pn_pdf_marked *text, size_t offset) {
    for (size_t i = 0; i < text->span_count; i++) {
        const pn_pdf_span *span = &text->spans[i];
        if (span->url.len != 0 && offset >= span->start && offset < span->end) {
            return span->url;
        }
    }
    return PN_STR_NONE;
}

static const pn_pdf_cluster *copy_clusters(pn_arena *arena, PangoGlyphItem *item, const char *text,
                                           unsigned *ret_count) {
    PangoGlyphItemIter iter;
    unsigned count = 0;
    pn_pdf_cluster *clusters =
        pn_arena_alloc(arena, ((size_t)item->item->num_chars + 1) * sizeof *clusters);
    for (gboolean more = pango_glyph_item_iter_init_start(&iter, item, text); more;
         more = pango_glyph_item_iter_next_cluster(&iter)) {
        int bytes = iter.end_index - iter.start_index, glyphs = 0;
        int step = iter.end_glyph > iter.start_glyph ? 1 : -1;
        for (int g = iter.start_glyph; g != iter.end_glyph; g += step) {
            glyphs += item->glyphs->glyphs[g].glyph != PANGO_GLYPH_EMPTY;
        }
        if (bytes <= 0 || bytes > UINT8_MAX || glyphs > UINT8_MAX ||
            count > (unsigned)item->item->num_chars) {
            return NULL;
        }
        clusters[count++] = (pn_pdf_cluster){(uint8_t)bytes, (uint8_t)glyphs};
    }
    *ret_count = count;
    return clusters;
}

static void add_box(pn_arena *arena, pn_pdf_line *line, double x, double width, double size) {
    pn_pdf_box *box = pn_arena_new(arena, pn_pdf_box);
    *box = (pn_pdf_box){line->boxes, (float)x, (float)width, (float)(size * 0.7)};
    line->boxes = box;
}

/* Copies the glyphs of one run; returns the place behind it. */
static double copy_run(pn_pdf_type *type, pn_arena *arena, PangoGlyphItem *item,
                       const pn_pdf_marked *text, pn_pdf_style style, double x, pn_pdf_line *line,
                       pn_pdf_run ***tail) {
    const PangoGlyphString *string = item->glyphs;
    const double start = x;
    pn_pdf_run run = {.x = (float)x};
    pn_pdf_glyph *glyphs =
        pn_arena_alloc(arena, (size_t)PN_MAX(string->num_glyphs, 1) * sizeof *glyphs);
    bool unknown = false;
    for (int i = 0; i < string->num_glyphs; i++) {
        const PangoGlyphInfo *info = &string->glyphs[i];
        double width = info->geometry.width / (double)PANGO_SCALE;
        if ((info->glyph & PANGO_GLYPH_UNKNOWN_FLAG) != 0) {
            unknown = true;
            if (width > 0) {
                add_box(arena, line, x, width, (double)STYLES[style].size);
            }
        } else if (info->glyph != PANGO_GLYPH_EMPTY) {
            glyphs[run.glyph_count++] = (pn_pdf_glyph){
                info->glyph, (float)(x + info->geometry.x_offset / (double)PANGO_SCALE),
                (float)(info->geometry.y_offset / (double)PANGO_SCALE)};
        }
        x += width;
    }
    if (run.glyph_count == 0 || !face_of(type, item->item->analysis.font, &run.face)) {
        return x;
    }
    size_t offset = (size_t)item->item->offset, length = (size_t)item->item->length;
    run.glyphs = glyphs;
    run.width = (float)(x - start);
    run.url = url_at(text, offset);
    run.text = pn_str_first(pn_str_from(text->text, offset), length);
    run.backward = (item->item->analysis.level & 1) != 0;
    run.clusters = unknown ? NULL : copy_clusters(arena, item, text->text.ptr, &run.cluster_count);
    **tail = pn_arena_alloc(arena, sizeof run);
    ***tail = run;
    *tail = &(**tail)->next;
    return x;
}

static void copy_line(pn_pdf_type *type, pn_arena *arena, PangoLayoutLine *from,
                      const pn_pdf_marked *text, pn_pdf_style style, pn_pdf_line *line) {
    pn_pdf_run *runs = NULL, **tail = &runs;
    double x = 0;
    for (GSList *node = from->runs; node != NULL; node = node->next) {
        PangoGlyphItem *item = node->data;
        x = copy_run(type, arena, item, text, style, x, line, &tail);
    }
    line->runs = runs;
    line->width = x;
    size_t end = (size_t)from->start_index + (size_t)from->length;
    line->paragraph_end = end >= text->text.len || text->text.ptr[end] == '\n';
}

pn_pdf_text pn_pdf_set(pn_pdf_type *type, pn_arena *arena, pn_pdf_style style,
                       const pn_pdf_marked *text, double width) {
    pn_pdf_text set = {.style = style, .leading = (double)STYLES[style].leading};
    set.baseline =
        (set.leading - type->ascent[style] - type->descent[style]) / 2 + type->ascent[style];
    if (text->text.len == 0) {
        return set;
    }
    if (type->style != style) {
        pango_layout_set_font_description(type->layout, type->fonts[style]);
        type->style = style;
    }
    pango_layout_set_width(type->layout, width < 0 ? -1 : (int)(width * PANGO_SCALE));
    set_attributes(type, text);
    pango_layout_set_text(type->layout, text->text.ptr, (int)text->text.len);
    pn_pdf_line *lines =
        pn_arena_array(arena, pn_pdf_line, (size_t)pango_layout_get_line_count(type->layout));
    for (GSList *node = pango_layout_get_lines_readonly(type->layout); node != NULL;
         node = node->next) {
        pn_pdf_line *line = &lines[set.count++];
        copy_line(type, arena, node->data, text, style, line);
        set.width = PN_MAX(set.width, line->width);
    }
    set.lines = lines;
    return set;
}

double pn_pdf_measure(const pn_pdf_type *type, pn_pdf_style style, pn_str text, bool bold) {
    const float *advance =
        type->advance[bold || STYLES[style].weight >= PANGO_WEIGHT_SEMIBOLD ? BOLD : PLAIN];
    double width = 0;
    for (size_t i = 0; i < text.len;) {
        uint32_t c = (unsigned char)text.ptr[i];
        size_t step = 1;
        if (c >= 0x80) {
            step = pn_utf8_decode(pn_str_from(text, i), &c);
        }
        width += c < SAMPLED ? (double)advance[c] : 1;
        i += step;
    }
    return width * (double)STYLES[style].size;
}

double pn_pdf_style_leading(pn_pdf_style style) {
    return (double)STYLES[style].leading;
}
