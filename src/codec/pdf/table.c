/* Tables. Columns are as wide as their contents where that fits; those that grow take what is left,
 * and wrap. Where even that is too little, a smaller type is taken, and in the end every column
 * wraps. Rows are divided by hairlines; nothing else is drawn between figures. */
#include "base/banned.h"
#include "base/table.h"
#include "codec/pdf/layout.h"

enum { CACHED_BYTES_MAX = 60 };

typedef struct {
    pn_pdf_layout *layout;
    const pn_pdf_table *table;
    pn_pdf_style cell, head;
    double gutter, padding;
    double natural[PN_PDF_COLUMNS_MAX];
    double width[PN_PDF_COLUMNS_MAX];
    double x[PN_PDF_COLUMNS_MAX];
    pn_table cells; /* those already set, by column and text */
} grid;

/* ── widths ──────────────────────────────────────────────────────────────────────────────────── */

static double measure_cell(const grid *g, pn_pdf_style style, pn_str source, bool bold) {
    pn_pdf_marked marked = pn_pdf_markup(g->layout->arena, source);
    double widest = 0;
    for (pn_str rest = marked.text, line; pn_str_split(&rest, '\n', &line);) {
        double width = pn_pdf_measure(g->layout->type, style, line, bold || marked.span_count > 0);
        widest = PN_MAX(widest, width);
    }
    return widest;
}

static void measure_columns(grid *g) {
    const pn_pdf_table *table = g->table;
    for (size_t c = 0; c < table->column_count; c++) {
        g->natural[c] = measure_cell(g, g->head, table->columns[c].title, true);
    }
    for (size_t r = 0; r < table->row_count; r++) {
        for (size_t c = 0; c < table->column_count; c++) {
            double width = measure_cell(g, g->cell, table->rows[r].items[c], false);
            g->natural[c] = PN_MAX(g->natural[c], width);
        }
    }
    for (size_t r = 0; r < table->foot_count; r++) {
        size_t skipped = table->column_count - table->foot[r].count;
        for (size_t i = skipped == 0 ? 0 : 1; i < table->foot[r].count; i++) {
            double width = measure_cell(g, g->cell, table->foot[r].items[i], true);
            g->natural[skipped + i] = PN_MAX(g->natural[skipped + i], width);
        }
    }
    for (size_t c = 0; c < table->column_count; c++) {
        g->natural[c] = g->natural[c] * 1.01 + 1.5; /* kerning is not measured */
    }
}

/* Figures do not wrap; words do, but not in less than this. */
static double least_width(const grid *g, size_t column) {
    const pn_pdf_column *c = &g->table->columns[column];
    double enough = c->grow ? 110 : c->align == PN_PDF_LEFT ? 60 : g->natural[column];
    return PN_MIN(g->natural[column], enough);
}

/* Hands out what is left of `room` over the least widths, in proportion to what is wanted. */
static void share_room(grid *g, double room, bool growing_only) {
    double wanted = 0;
    for (size_t c = 0; c < g->table->column_count; c++) {
        bool takes = !growing_only || g->table->columns[c].grow;
        wanted += takes ? g->natural[c] - g->width[c] : 0;
    }
    for (size_t c = 0; c < g->table->column_count && wanted > 0; c++) {
        bool takes = !growing_only || g->table->columns[c].grow;
        double missing = takes ? g->natural[c] - g->width[c] : 0;
        g->width[c] += missing * PN_MIN(1, room / wanted);
    }
}

static bool choose_widths(grid *g, double total) {
    size_t count = g->table->column_count, growing = 0, taker = 0;
    double room = total - g->gutter * (double)(count - 1), least = 0, fixed = 0;
    for (size_t c = 0; c < count; c++) {
        growing += g->table->columns[c].grow;
        taker = g->table->columns[c].grow && !g->table->columns[taker].grow ? c : taker;
        g->width[c] = g->table->columns[c].grow ? least_width(g, c) : g->natural[c];
        fixed += g->width[c];
        least += least_width(g, c);
    }
    if (fixed <= room) {
        share_room(g, room - fixed, true);
    } else if (least <= room) {
        for (size_t c = 0; c < count; c++) {
            g->width[c] = least_width(g, c);
        }
        share_room(g, room - least, false);
    } else {
        for (size_t c = 0; c < count; c++) {
            g->width[c] = room * least_width(g, c) / least;
        }
        return false;
    }
    double used = 0;
    for (size_t c = 0; c < count; c++) {
        used += g->width[c];
    }
    for (size_t c = 0; c < count; c++) {
        bool takes = growing == 0 ? c == taker : g->table->columns[c].grow;
        g->width[c] += takes ? PN_MAX(0, room - used) / (double)PN_MAX(growing, 1) : 0;
    }
    return true;
}

/* From roomy to narrow: the first in which figures need not wrap. */
static const struct {
    pn_pdf_style cell, head;
    double gutter, padding;
} FASHIONS[] = {
    {PN_STYLE_CELL, PN_STYLE_HEAD, 14, 4},
    {PN_STYLE_CELL_DENSE, PN_STYLE_HEAD_DENSE, 9, 3},
    {PN_STYLE_CELL_TINY, PN_STYLE_HEAD_TINY, 7, 2.5},
};

static grid make_grid(pn_pdf_layout *layout, const pn_pdf_table *table) {
    grid g = {.layout = layout, .table = table, .cells = pn_table_on(layout->arena)};
    bool fits = false;
    for (size_t i = 0; i < PN_COUNT(FASHIONS) && !fits; i++) {
        g.cell = FASHIONS[i].cell;
        g.head = FASHIONS[i].head;
        g.gutter = FASHIONS[i].gutter;
        g.padding = FASHIONS[i].padding;
        measure_columns(&g);
        fits = choose_widths(&g, layout->right - layout->left);
    }
    double x = layout->left;
    for (size_t c = 0; c < table->column_count; c++) {
        g.x[c] = x;
        x += g.width[c] + g.gutter;
    }
    return g;
}

/* ── rows ────────────────────────────────────────────────────────────────────────────────────── */

static pn_pdf_text set_anew(const grid *g, pn_pdf_style style, pn_str source, bool strong,
                            double width) {
    pn_pdf_marked marked = pn_pdf_markup(g->layout->arena, source);
    pn_pdf_span whole = {0, marked.text.len, PN_STR_NONE};
    if (strong) {
        marked.spans = &whole;
        marked.span_count = 1;
    }
    return pn_pdf_set(g->layout->type, g->layout->arena, style, &marked, width);
}

/* Cells repeat (“21 %”, “1”, a name): what was set once for a column is taken again. */
static pn_pdf_text set_row_cell(grid *g, size_t column, pn_str source) {
    char key[CACHED_BYTES_MAX + 1];
    if (source.len == 0 || source.len > CACHED_BYTES_MAX) {
        return set_anew(g, g->cell, source, false, g->width[column]);
    }
    key[0] = (char)column;
    memcpy(key + 1, source.ptr, source.len);
    pn_str whole_key = {key, source.len + 1};
    pn_pdf_text *known = pn_table_get(&g->cells, whole_key);
    if (known == NULL) {
        known = pn_arena_new(g->layout->arena, pn_pdf_text);
        *known = set_anew(g, g->cell, source, false, g->width[column]);
        (void)pn_table_put(&g->cells, whole_key, known);
    }
    return *known;
}

static void draw_cell(const grid *g, pn_pdf_piece *piece, const pn_pdf_text *text, size_t column,
                      pn_pdf_role role, double y) {
    pn_pdf_align align = g->table->columns[column].align;
    double x = g->x[column] + (align == PN_PDF_RIGHT    ? g->width[column]
                               : align == PN_PDF_CENTRE ? g->width[column] / 2
                                                        : 0);
    pn_pdf_draw_text(g->layout->arena, piece, text, align, role, x, y);
}

static pn_pdf_piece *add_header(grid *g) {
    pn_pdf_layout *layout = g->layout;
    pn_pdf_text section =
        set_anew(g, PN_STYLE_STRONG, g->table->section, true, layout->right - layout->left);
    pn_pdf_text titles[PN_PDF_COLUMNS_MAX];
    double section_height = section.count > 0 ? pn_pdf_text_height(&section) + 5 : 0, height = 0;
    for (size_t c = 0; c < g->table->column_count; c++) {
        titles[c] = set_anew(g, g->head, g->table->columns[c].title, false, g->width[c]);
        height = PN_MAX(height, pn_pdf_text_height(&titles[c]));
    }
    if (height <= 0 && section_height <= 0) {
        return NULL;
    }
    double y = section_height + height + 4;
    pn_pdf_piece *piece = pn_pdf_piece_add(layout, y + 1);
    pn_pdf_draw_text(layout->arena, piece, &section, PN_PDF_LEFT, PN_ROLE_INK, layout->left, 0);
    for (size_t c = 0; c < g->table->column_count; c++) {
        draw_cell(g, piece, &titles[c], c, PN_ROLE_MUTED,
                  section_height + height - pn_pdf_text_height(&titles[c]));
    }
    pn_pdf_draw(layout->arena, piece, PN_OP_FILL, PN_ROLE_ACCENT, layout->left, y,
                layout->right - layout->left, 1);
    piece->keep = g->table->row_count + g->table->foot_count > 0;
    return piece;
}

static pn_pdf_piece *add_row(grid *g, const pn_pdf_strs *row, const pn_pdf_piece *header) {
    pn_pdf_layout *layout = g->layout;
    pn_pdf_text texts[PN_PDF_COLUMNS_MAX];
    double height = pn_pdf_style_leading(g->cell);
    for (size_t c = 0; c < row->count; c++) {
        texts[c] = set_row_cell(g, c, row->items[c]);
        height = PN_MAX(height, pn_pdf_text_height(&texts[c]));
    }
    pn_pdf_piece *piece = pn_pdf_piece_add(layout, height + 2 * g->padding);
    piece->header = header;
    for (size_t c = 0; c < row->count; c++) {
        draw_cell(g, piece, &texts[c], c, PN_ROLE_INK, g->padding);
    }
    pn_pdf_draw(layout->arena, piece, PN_OP_FILL, PN_ROLE_HAIR, layout->left, piece->height - 0.5,
                layout->right - layout->left, 0.5);
    return piece;
}

/* A row of the foot with fewer cells than columns: its first spans those left over. */
static pn_pdf_piece *add_foot(const grid *g, const pn_pdf_strs *row, const pn_pdf_piece *header,
                              bool first) {
    pn_pdf_layout *layout = g->layout;
    size_t skipped = g->table->column_count - row->count;
    pn_pdf_text texts[PN_PDF_COLUMNS_MAX];
    double height = pn_pdf_style_leading(g->cell);
    for (size_t i = 0; i < row->count; i++) {
        double width = i == 0 ? g->x[skipped] + g->width[skipped] - g->x[0] : g->width[skipped + i];
        texts[i] = set_anew(g, g->cell, row->items[i], true, width);
        height = PN_MAX(height, pn_pdf_text_height(&texts[i]));
    }
    pn_pdf_piece *piece = pn_pdf_piece_add(layout, height + 2 * g->padding);
    piece->header = header;
    if (first) {
        pn_pdf_draw(layout->arena, piece, PN_OP_FILL, PN_ROLE_INK, layout->left, -0.5,
                    layout->right - layout->left, 0.75);
    }
    for (size_t i = 0; i < row->count; i++) {
        if (i == 0 && skipped > 0) {
            pn_pdf_draw_text(layout->arena, piece, &texts[0], PN_PDF_LEFT, PN_ROLE_INK, g->x[0],
                             g->padding);
        } else {
            draw_cell(g, piece, &texts[i], skipped + i, PN_ROLE_INK, g->padding);
        }
    }
    return piece;
}

pn_err pn_pdf_table_block(pn_pdf_layout *layout, const pn_pdf_table *table) {
    pn_pdf_gap(layout, 12);
    grid g = make_grid(layout, table);
    const pn_pdf_piece *header = add_header(&g);
    for (size_t r = 0; r < table->row_count; r++) {
        pn_pdf_piece *piece = add_row(&g, &table->rows[r], header);
        piece->keep = r + 1 == table->row_count && table->foot_count > 0;
        PN_TRY(pn_pdf_layout_check(layout));
    }
    for (size_t r = 0; r < table->foot_count; r++) {
        pn_pdf_piece *piece = add_foot(&g, &table->foot[r], header, r == 0);
        piece->keep = r + 1 < table->foot_count;
        PN_TRY(pn_pdf_layout_check(layout));
    }
    pn_pdf_gap(layout, 12);
    return PN_OK;
}
