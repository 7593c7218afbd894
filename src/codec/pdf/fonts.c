#include "codec/pdf/fonts.h"

#include <fontconfig/fontconfig.h>
#include <hb.h>
#include <pango/pangofc-fontmap.h>

#include "base/arena.h"
#include "base/banned.h"

enum { SETS_MAX = 64 };

typedef struct {
    int size; /* in Pango's units */
    PangoWeight weight;
    PangoFontset *fonts;
} sized_set;

typedef struct {
    PangoFontMap parent;
    sized_set sets[SETS_MAX];
    unsigned count;
} table_map;

typedef struct {
    PangoFontMapClass parent;
} table_map_class;

struct pn_pdf_fonts {
    FcConfig *config;
    PangoFontMap *source; /* Pango's own, asked only in pn_pdf_fonts_add */
    PangoContext *context;
    table_map *table;
};

/* Inter has letters for all our languages and digits of equal width; what it lacks comes from
 * DejaVu. */
static const char *const FAMILIES[] = {"Inter", "DejaVu Sans", "Liberation Sans"};
static const char *const FILES[] = {
    "/usr/share/fonts/opentype/inter/Inter-Regular.otf",
    "/usr/share/fonts/opentype/inter/Inter-SemiBold.otf",
    "/usr/share/fonts/opentype/inter/Inter-Bold.otf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf",
};

/* ── the map ─────────────────────────────────────────────────────────────────────────────────── */

static PangoFontset *find_set(const table_map *map, const PangoFontDescription *wanted) {
    int size = pango_font_description_get_size(wanted);
    PangoWeight weight = pango_font_description_get_weight(wanted);
    for (unsigned i = 0; i < map->count; i++) {
        if (map->sets[i].size == size && map->sets[i].weight == weight) {
            return map->sets[i].fonts;
        }
    }
    assert(map->count > 0);
    return map->sets[0].fonts;
}

static PangoFontset *load_fontset(PangoFontMap *map, PangoContext *context,
                                  const PangoFontDescription *wanted, PangoLanguage *language) {
    (void)context;
    (void)language;
    return g_object_ref(find_set((const table_map *)map, wanted));
}

static PangoFont *load_font(PangoFontMap *map, PangoContext *context,
                            const PangoFontDescription *wanted) {
    (void)context;
    return pango_fontset_get_font(find_set((const table_map *)map, wanted), 'a');
}

static void list_families(PangoFontMap *map, PangoFontFamily ***families, int *count) {
    (void)map;
    *families = NULL;
    *count = 0;
}

static guint get_serial(PangoFontMap *map) {
    (void)map;
    return 1;
}

static void class_init(gpointer class, gpointer data) {
    (void)data;
    PangoFontMapClass *map = class;
    map->load_font = load_font;
    map->load_fontset = load_fontset;
    map->list_families = list_families;
    map->get_serial = get_serial;
}

static GType table_map_type(void) {
    static GType type;
    if (type == 0) {
        type = g_type_register_static_simple(PANGO_TYPE_FONT_MAP, "PuntualFontMap",
                                             sizeof(table_map_class), class_init, sizeof(table_map),
                                             NULL, 0);
    }
    return type;
}

/* ── heights ─────────────────────────────────────────────────────────────────────────────────── */

/* Pango sets a sample text to learn how high a font's letters are, anew for each language, through
 * its own map and that map's threads. The font says it by itself. */
static PangoFontMetrics *metrics_of(PangoFont *font, PangoLanguage *language) {
    (void)language;
    hb_font_extents_t extents = {0};
    (void)hb_font_get_h_extents(pango_font_get_hb_font(font), &extents);
    PangoFontMetrics *metrics = g_slice_new0(PangoFontMetrics);
    metrics->ref_count = 1;
    metrics->ascent = extents.ascender;
    metrics->descent = -extents.descender;
    metrics->height = extents.ascender - extents.descender + extents.line_gap;
    return metrics;
}

/* A letter that no font has is shown as a box, and for its width Pango loads one more font. */
static void prepare_boxes(PangoFont *font) {
    PangoRectangle width;
    pango_font_get_glyph_extents(font, PANGO_GET_UNKNOWN_GLYPH(0x65E5), NULL, &width);
    pango_font_get_glyph_extents(font, PANGO_GET_UNKNOWN_GLYPH(0x1F9F7), NULL, &width);
}

/* ── loading ─────────────────────────────────────────────────────────────────────────────────── */

static FcConfig *find_files(void) {
    FcConfig *config = FcConfigCreate();
    unsigned found = 0;
    for (size_t i = 0; i < PN_COUNT(FILES) && config != NULL; i++) {
        found += FcConfigAppFontAddFile(config, (const FcChar8 *)FILES[i]) == FcTrue;
    }
    if (found > 0 || config == NULL) {
        return config;
    }
    /* Another system keeps its fonts elsewhere: what it has is better than nothing. */
    FcConfigDestroy(config);
    config = FcInitLoadConfigAndFonts();
    FcFontSet *all = config == NULL ? NULL : FcConfigGetFonts(config, FcSetSystem);
    if (config != NULL && (all == NULL || all->nfont == 0)) {
        FcConfigDestroy(config);
        config = NULL;
    }
    return config;
}

/* Glyphs stand where the font says, not where a screen's pixels would like them. */
static PangoContext *make_context(PangoFontMap *source) {
    PangoContext *context = pango_font_map_create_context(source);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    return context;
}

pn_err pn_pdf_fonts_new(pn_pdf_fonts **ret_fonts, pn_diag *diag) {
    FcConfig *config = find_files();
    if (config == NULL) {
        (void)pn_diag_set(diag, PN_IO, "No font was found to write a PDF with.");
        pn_diag_mend(diag, "Install the packages fonts-inter and fonts-dejavu-core.");
        return PN_IO;
    }
    pn_pdf_fonts *fonts = pn_alloc(sizeof *fonts);
    *fonts = (pn_pdf_fonts){
        .config = config,
        .source = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT),
        .table = g_object_new(table_map_type(), NULL),
    };
    pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(fonts->source), config);
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(fonts->source), 72);
    fonts->context = make_context(fonts->source);
    *ret_fonts = fonts;
    return PN_OK;
}

void pn_pdf_fonts_free(pn_pdf_fonts *fonts) {
    if (fonts == NULL) {
        return;
    }
    for (unsigned i = 0; i < fonts->table->count; i++) {
        g_object_unref(fonts->table->sets[i].fonts);
    }
    g_object_unref(fonts->table);
    g_object_unref(fonts->context);
    g_object_unref(fonts->source);
    FcConfigDestroy(fonts->config);
    free(fonts);
}

void pn_pdf_fonts_add(pn_pdf_fonts *fonts, double size, PangoWeight weight) {
    table_map *table = fonts->table;
    int units = (int)(size * PANGO_SCALE);
    for (unsigned i = 0; i < table->count; i++) {
        if (table->sets[i].size == units && table->sets[i].weight == weight) {
            return;
        }
    }
    assert(table->count < SETS_MAX);
    PangoFontDescription *wanted = pango_font_description_new();
    pango_font_description_set_weight(wanted, weight);
    pango_font_description_set_absolute_size(wanted, units);
    PangoFontsetSimple *set = pango_fontset_simple_new(pango_language_from_string("en"));
    for (size_t i = 0; i < PN_COUNT(FAMILIES); i++) {
        pango_font_description_set_family_static(wanted, FAMILIES[i]);
        PangoFont *font = pango_font_map_load_font(fonts->source, fonts->context, wanted);
        if (font != NULL) {
            PANGO_FONT_GET_CLASS(font)->get_metrics = metrics_of;
            prepare_boxes(font);
            pango_fontset_simple_append(set, font); /* which owns it from here on */
        }
    }
    pango_font_description_free(wanted);
    table->sets[table->count++] = (sized_set){units, weight, PANGO_FONTSET(set)};
}

PangoFontMap *pn_pdf_fonts_map(const pn_pdf_fonts *fonts) {
    return (PangoFontMap *)fonts->table;
}
