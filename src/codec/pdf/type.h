/* Type: texts become lines of placed glyphs, by Pango. The fonts are files that are named here, not
 * what the machine's settings choose, so that equal text gives equal pages everywhere.
 *
 * Lengths are points (1/72 inch). A line has the height of its style, whichever fonts serve its
 * letters, and begins `baseline` above its letters' foot. */
#ifndef PN_CODEC_PDF_TYPE_H
#define PN_CODEC_PDF_TYPE_H

#include <cairo.h>

#include "codec/pdf/markup.h"

/* What a text is for; type.c has its size, weight and height of line. */
typedef enum {
    PN_STYLE_TITLE,
    PN_STYLE_HEADING,
    PN_STYLE_BODY,
    PN_STYLE_STRONG,     /* body, semibold */
    PN_STYLE_CELL,       /* rows of a table, totals, labels */
    PN_STYLE_CELL_DENSE, /* the same where columns are many */
    PN_STYLE_CELL_TINY,  /* or very many */
    PN_STYLE_HEAD,       /* header of a table */
    PN_STYLE_HEAD_DENSE,
    PN_STYLE_HEAD_TINY,
    PN_STYLE_SMALL,  /* sender, captions, notes */
    PN_STYLE_FINE,   /* legal, footer */
    PN_STYLE_BRAND,  /* the creditor's name where there is no logo */
    PN_STYLE_AMOUNT, /* the one sum of a letter */
    PN_STYLE_GRAND,  /* the last of the totals */
    PN_STYLE_ADDRESS,
    PN_STYLE_ADDRESS_SMALL, /* where an address is long for its window */
    PN_STYLE_ADDRESS_FINE,
    PN_STYLE_RETURN, /* the sender above the address */
    PN_STYLE_COUNT,
} pn_pdf_style;

typedef struct {
    uint32_t index;
    float x, y; /* from the line's beginning, and from its baseline */
} pn_pdf_glyph;

typedef struct {
    uint8_t bytes, glyphs;
} pn_pdf_cluster;

typedef struct pn_pdf_run pn_pdf_run;
struct pn_pdf_run {
    pn_pdf_run *next;
    unsigned face; /* of pn_pdf_type_face */
    const pn_pdf_glyph *glyphs;
    unsigned glyph_count;
    const pn_pdf_cluster *clusters; /* NULL: what the glyphs mean is not told */
    unsigned cluster_count;
    bool backward; /* the text's order is the reverse of the glyphs' */
    pn_str text;
    float x, width;
    pn_str url; /* none: no link */
};

/* A letter that no font has is shown as a box. */
typedef struct pn_pdf_box pn_pdf_box;
struct pn_pdf_box {
    const pn_pdf_box *next;
    float x, width, height;
};

typedef struct {
    const pn_pdf_run *runs;
    const pn_pdf_box *boxes;
    double width;
    bool paragraph_end;
} pn_pdf_line;

typedef struct {
    const pn_pdf_line *lines;
    size_t count;
    pn_pdf_style style;
    double leading;  /* height of each line */
    double baseline; /* from a line's top */
    double width;    /* of the widest line */
} pn_pdf_text;

typedef struct pn_pdf_type pn_pdf_type;

/* Loads the fonts. IO with a sentence when there are none. */
PN_MUST_USE pn_err pn_pdf_type_new(pn_pdf_type **ret_type, pn_diag *diag);
void pn_pdf_type_free(pn_pdf_type *type);

/* The language of what follows: it chooses between forms of letters. */
void pn_pdf_type_language(pn_pdf_type *type, const char *language);

/* Breaks the text into lines no wider than `width` (negative: only where it has breaks). */
pn_pdf_text pn_pdf_set(pn_pdf_type *type, pn_arena *arena, pn_pdf_style style,
                       const pn_pdf_marked *text, double width);

/* About the width that the text has on one line, quickly: to choose the widths of columns. */
double pn_pdf_measure(const pn_pdf_type *type, pn_pdf_style style, pn_str text, bool bold);

double pn_pdf_style_leading(pn_pdf_style style);

cairo_scaled_font_t *pn_pdf_type_face(const pn_pdf_type *type, unsigned face);

#endif
