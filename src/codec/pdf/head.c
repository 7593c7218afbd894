#include "base/banned.h"
#include "codec/pdf/layout.h"

/* ── envelopes ───────────────────────────────────────────────────────────────────────────────── */

/* Where an address has to stand so that the window shows it wherever the sheet slides to, and what
 * else the window may show. Millimetres from the sheet's top left corner.
 *
 * Left on A4: DIN 5008:2020 form B. The field begins 20 mm from the left and 45 mm from the top and
 * has 85 × 45 mm; the address itself begins 62.7 mm from the top, the return address stands right
 * above it. Information stands beside it, from 120 mm on (the norm has 125); the subject from
 * 98.5 mm on; fold marks at 105 and 210 mm, punch mark at 148.5 mm.
 *
 * Right: the Spanish “sobre americano”, 110 × 220 or 115 × 225 mm, with a window of 45 × 100 mm
 * 20 mm from its right and lower edges (the same as the French DL); makers differ by some
 * millimetres. A sheet folded in three has 210 × 99 mm and slides 10 × 11 mm in the one, 15 × 16 mm
 * in the other, so that both windows always show x 105–190, y 50–79, and may at times show
 * x 90–205, y 34–95: nothing else stands there. Fold marks at 99 and 198 mm.
 *
 * Left on US letter: the No. 10 envelope, 9½ × 4⅛ inch, with a window of 4½ × 1⅛ inch ⅞ inch from
 * the left and ½ inch from the lower edge. The sheet folded in three has 8½ × 3⅔ inch: always shown
 * are x 22.2–111 mm, y 63.5–80.4 mm. There is no room for a return address. */
typedef struct {
    double x, y, width, height; /* of the field */
    double address_y;           /* where the address begins when it is short enough */
    double info_x;              /* of sender and meta; 0: they stand in a column at the left */
    double body_y;              /* the title begins here, or below */
    double margin_left;
    double folds[2], punch;
    bool return_line;
} envelope;

static const envelope DIN_LEFT = {.x = 25,
                                  .y = 45,
                                  .width = 78,
                                  .height = 45,
                                  .address_y = 62.7,
                                  .info_x = 120,
                                  .body_y = 98.5,
                                  .margin_left = 25,
                                  .folds = {105, 210},
                                  .punch = 148.5,
                                  .return_line = true};
static const envelope DL_RIGHT = {.x = 108,
                                  .y = 50,
                                  .width = 81,
                                  .height = 29,
                                  .address_y = 54,
                                  .info_x = 0,
                                  .body_y = 99,
                                  .margin_left = 20,
                                  .folds = {99, 198},
                                  .return_line = true};
static const envelope US_LEFT = {.x = 25,
                                 .y = 63.5,
                                 .width = 85,
                                 .height = 16.9,
                                 .address_y = 63.5,
                                 .info_x = 140,
                                 .body_y = 99,
                                 .margin_left = 25,
                                 .folds = {93.1, 186.3}};

enum { MARGIN_MM = 20, HEAD_MM = 16, INFO_WIDTH_MM = 68 };

static const envelope *envelope_of(const pn_pdf_doc *doc) {
    switch (doc->window) {
    case PN_PDF_NO_WINDOW: return NULL;
    case PN_PDF_WINDOW_LEFT: return doc->paper == PN_PDF_LETTER ? &US_LEFT : &DIN_LEFT;
    case PN_PDF_WINDOW_RIGHT: return &DL_RIGHT;
    }
    return NULL;
}

/* ── parts of the head ───────────────────────────────────────────────────────────────────────── */

static double mm(double millimetres) {
    return millimetres * PN_PDF_MM;
}

static pn_pdf_text set_plain(pn_pdf_layout *layout, pn_pdf_style style, pn_str text, double width) {
    pn_pdf_marked marked = pn_pdf_plain(text);
    return pn_pdf_set(layout->type, layout->arena, style, &marked, width);
}

double pn_pdf_draw_pairs(pn_pdf_layout *layout, pn_pdf_piece *piece, const pn_pdf_pairs *pairs,
                         const pn_pdf_pairs_place *place) {
    const double gutter = 10;
    double label_width = 0, widest = 0, y = place->y;
    for (size_t i = 0; i < pairs->count; i++) {
        const pn_pdf_pair *pair = &pairs->items[i];
        double label = pn_pdf_measure(layout->type, place->label_style, pair->label, false);
        double value = pn_pdf_measure(layout->type, place->value_style, pair->value, false);
        label_width = PN_MAX(label_width, label * 1.02 + 1);
        widest = PN_MAX(widest, value * 1.02 + 1);
    }
    label_width = PN_MIN(label_width, PN_MAX(place->width * 0.45, place->width - gutter - widest));
    double value_width = place->width - label_width - gutter;
    for (size_t i = 0; i < pairs->count; i++) {
        pn_pdf_text label =
            set_plain(layout, place->label_style, pairs->items[i].label, label_width);
        pn_pdf_text value =
            set_plain(layout, place->value_style, pairs->items[i].value, value_width);
        double drop = PN_MAX(0, value.baseline - label.baseline);
        pn_pdf_draw_text(layout->arena, piece, &label, PN_PDF_LEFT, place->label_role, place->x,
                         y + drop);
        pn_pdf_draw_text(
            layout->arena, piece, &value, place->values_right ? PN_PDF_RIGHT : PN_PDF_LEFT,
            place->value_role,
            place->values_right ? place->x + place->width : place->x + label_width + gutter, y);
        y += PN_MAX(drop + pn_pdf_text_height(&label), pn_pdf_text_height(&value)) + place->row_gap;
    }
    return pairs->count == 0 ? 0 : y - place->y - place->row_gap;
}

/* The logo or else the brand's name; returns its lower edge. */
static double draw_brand(pn_pdf_layout *layout, pn_pdf_piece *piece, double x, double width) {
    const double top = mm(HEAD_MM), box_width = PN_MIN(mm(62), width), box_height = mm(18);
    if (layout->logo_width > 0 && layout->logo_height > 0) {
        double scale = PN_MIN(box_width / layout->logo_width, box_height / layout->logo_height);
        double height = layout->logo_height * scale;
        pn_pdf_draw(layout->arena, piece, PN_OP_LOGO, PN_ROLE_INK, x, top,
                    layout->logo_width * scale, height);
        return top + height;
    }
    pn_pdf_text name = set_plain(layout, PN_STYLE_BRAND, layout->doc->brand_name, width);
    pn_pdf_draw_text(layout->arena, piece, &name, PN_PDF_LEFT, PN_ROLE_ACCENT, x, top - 4);
    return top - 4 + pn_pdf_text_height(&name);
}

/* The brand stands there in letters, and the sender has the same name: once is enough. */
static bool says_brand(const pn_pdf_layout *layout) {
    const pn_pdf_doc *doc = layout->doc;
    return layout->logo_width <= 0 && doc->sender.count > 0 &&
           pn_str_eq(doc->sender.items[0], doc->brand_name);
}

/* The sender's particulars, its name stronger; returns their lower edge. */
static double draw_sender(pn_pdf_layout *layout, pn_pdf_piece *piece, double x, double y,
                          double width) {
    const pn_pdf_strs *sender = &layout->doc->sender;
    for (size_t i = says_brand(layout) ? 1 : 0; i < sender->count; i++) {
        pn_pdf_marked marked = pn_pdf_plain(sender->items[i]);
        pn_pdf_span bold = {0, marked.text.len, PN_STR_NONE};
        if (i == 0) {
            marked.spans = &bold;
            marked.span_count = 1;
        }
        pn_pdf_text line = pn_pdf_set(layout->type, layout->arena, PN_STYLE_SMALL, &marked, width);
        pn_pdf_draw_text(layout->arena, piece, &line, PN_PDF_LEFT,
                         i == 0 ? PN_ROLE_INK : PN_ROLE_MUTED, x, y);
        y += pn_pdf_text_height(&line);
    }
    return y;
}

static double draw_meta(pn_pdf_layout *layout, pn_pdf_piece *piece, double x, double y,
                        double width) {
    pn_pdf_pairs_place place = {
        x, y, width, PN_STYLE_CELL, PN_STYLE_CELL, PN_ROLE_MUTED, PN_ROLE_INK, true, 2};
    return y + pn_pdf_draw_pairs(layout, piece, &layout->doc->meta, &place);
}

/* The address in one style; `ret_height` is what it takes. */
static void set_address(pn_pdf_layout *layout, pn_pdf_style style, double width,
                        pn_pdf_text texts[PN_PDF_LINES_MAX], double *ret_height) {
    const pn_pdf_strs *recipient = &layout->doc->recipient;
    *ret_height = 0;
    for (size_t i = 0; i < recipient->count; i++) {
        texts[i] = set_plain(layout, style, recipient->items[i], width);
        *ret_height += pn_pdf_text_height(&texts[i]);
    }
}

static void draw_address(pn_pdf_layout *layout, pn_pdf_piece *piece,
                         const pn_pdf_text texts[PN_PDF_LINES_MAX], double x, double y) {
    for (size_t i = 0; i < layout->doc->recipient.count; i++) {
        pn_pdf_draw_text(layout->arena, piece, &texts[i], PN_PDF_LEFT, PN_ROLE_INK, x, y);
        y += pn_pdf_text_height(&texts[i]);
    }
}

/* The sender's first lines (name, street, town) above the address, so that the post can return the
 * letter: as many as there is room for. */
static void draw_return_line(pn_pdf_layout *layout, pn_pdf_piece *piece, double x, double y,
                             double width) {
    pn_str line = PN_STR("");
    for (size_t i = 0; i < PN_MIN(layout->doc->sender.count, 3); i++) {
        pn_str longer =
            pn_str_format(layout->arena, "%.*s%s%.*s", PN_STR_ARG(line), i == 0 ? "" : " · ",
                          PN_STR_ARG(layout->doc->sender.items[i]));
        if (i > 0 && pn_pdf_measure(layout->type, PN_STYLE_RETURN, longer, false) > width) {
            break;
        }
        line = longer;
    }
    pn_pdf_text text = set_plain(layout, PN_STYLE_RETURN, line, width);
    if (text.count > 0) {
        pn_pdf_draw_lines(layout->arena, piece, &text, 0, 1, PN_PDF_LEFT, PN_ROLE_MUTED, x, y);
    }
}

/* Sets the address as large as the window allows, and refuses what cannot be read through it. */
static pn_err draw_window(pn_pdf_layout *layout, pn_pdf_piece *piece, const envelope *window) {
    static const pn_pdf_style STYLES[] = {PN_STYLE_ADDRESS, PN_STYLE_ADDRESS_SMALL,
                                          PN_STYLE_ADDRESS_FINE};
    pn_pdf_text texts[PN_PDF_LINES_MAX];
    double return_height = window->return_line ? pn_pdf_style_leading(PN_STYLE_RETURN) + 2 : 0;
    double room = mm(window->height) - return_height;
    for (size_t i = 0; i < PN_COUNT(STYLES); i++) {
        double height = 0;
        set_address(layout, STYLES[i], mm(window->width), texts, &height);
        if (height <= room) {
            double lowest = mm(window->y + window->height) - height;
            double y = PN_MIN(mm(window->address_y), lowest);
            draw_address(layout, piece, texts, mm(window->x), y);
            if (window->return_line) {
                draw_return_line(layout, piece, mm(window->x), y - return_height,
                                 mm(window->width));
            }
            return PN_OK;
        }
    }
    (void)pn_diag_set(layout->diag, PN_INVALID,
                      "The recipient's address does not fit into the window of the envelope, "
                      "which shows %.0f by %.0f mm.",
                      window->width, window->height);
    pn_diag_where(layout->diag, "/recipient");
    pn_diag_mend(layout->diag, "Shorten it, or leave “window” out.");
    return PN_INVALID;
}

static void draw_marks(pn_pdf_layout *layout, pn_pdf_piece *piece, const envelope *window) {
    for (size_t i = 0; i < PN_COUNT(window->folds); i++) {
        pn_pdf_draw(layout->arena, piece, PN_OP_FILL, PN_ROLE_MUTED, mm(4), mm(window->folds[i]),
                    mm(4), 0.4);
    }
    if (window->punch > 0) {
        pn_pdf_draw(layout->arena, piece, PN_OP_FILL, PN_ROLE_MUTED, mm(4), mm(window->punch),
                    mm(6), 0.4);
    }
}

/* ── the first page ──────────────────────────────────────────────────────────────────────────── */

/* Brand and sender at the top, recipient and meta below them, side by side. */
static double draw_open_head(pn_pdf_layout *layout, pn_pdf_piece *piece) {
    const pn_pdf_doc *doc = layout->doc;
    double info_width = mm(INFO_WIDTH_MM), info_x = layout->right - info_width;
    double column = info_x - layout->left - mm(8);
    double brand_y = draw_brand(layout, piece, layout->left, column);
    double sender_y = draw_sender(layout, piece, info_x, mm(HEAD_MM) - 2, info_width);
    double y = PN_MAX(PN_MAX(brand_y, sender_y) + mm(12), mm(46)), height = 0;
    pn_pdf_text texts[PN_PDF_LINES_MAX];
    set_address(layout, PN_STYLE_ADDRESS, column, texts, &height);
    draw_address(layout, piece, texts, layout->left, y);
    bool alone = doc->recipient.count == 0;
    double meta_y = draw_meta(layout, piece, alone ? layout->left : info_x, y, info_width);
    double end = PN_MAX(y + height, meta_y);
    return alone && doc->meta.count == 0 ? y : end + mm(12);
}

static pn_err draw_window_head(pn_pdf_layout *layout, pn_pdf_piece *piece, const envelope *window,
                               double *ret_y) {
    double info_y = 0;
    if (window->info_x > 0) {
        double info_x = mm(window->info_x), info_width = layout->right - info_x;
        (void)draw_brand(layout, piece, layout->left, info_x - layout->left - mm(6));
        double sender_y = draw_sender(layout, piece, info_x, mm(HEAD_MM) - 2, info_width);
        info_y = draw_meta(layout, piece, info_x, PN_MAX(mm(50), sender_y + mm(6)), info_width);
    } else {
        double width = mm(66);
        double brand_y = draw_brand(layout, piece, layout->left, width);
        double sender_y = draw_sender(layout, piece, layout->left, brand_y + mm(4), width);
        info_y = draw_meta(layout, piece, layout->left, sender_y + mm(7), width);
    }
    PN_TRY(draw_window(layout, piece, window));
    draw_marks(layout, piece, window);
    *ret_y = PN_MAX(mm(window->body_y), info_y + mm(9));
    return PN_OK;
}

static void set_edges(pn_pdf_layout *layout, const envelope *window) {
    layout->paper_width = layout->doc->paper == PN_PDF_LETTER ? 612 : mm(210);
    layout->paper_height = layout->doc->paper == PN_PDF_LETTER ? 792 : mm(297);
    layout->left = mm(window == NULL ? MARGIN_MM : window->margin_left);
    layout->right = layout->paper_width - mm(MARGIN_MM);
    layout->top = mm(28);
}

/* ── footers ─────────────────────────────────────────────────────────────────────────────────── */

static const double FOOTER_EDGE_MM = 11;

/* The footer's lines are equal on all pages; the page's number stands at the right of the last. */
static pn_err make_footer(pn_pdf_layout *layout, pn_pdf_piece **ret_piece) {
    const pn_pdf_doc *doc = layout->doc;
    pn_pdf_piece *piece = pn_pdf_piece_new(layout->arena, 0);
    double width = layout->right - layout->left, y = 6;
    if (doc->page_words.len != 0) {
        /* As wide as “{page}” and “{pages}” are, the numbers are not. */
        width -= pn_pdf_measure(layout->type, PN_STYLE_FINE, doc->page_words, false) + 8;
    }
    for (size_t i = 0; i < doc->footer.count; i++) {
        pn_pdf_text line = set_plain(layout, PN_STYLE_FINE, doc->footer.items[i], width);
        pn_pdf_draw_text(layout->arena, piece, &line, PN_PDF_LEFT, PN_ROLE_MUTED, layout->left, y);
        y += pn_pdf_text_height(&line);
    }
    if (doc->footer.count == 0) {
        y += pn_pdf_style_leading(PN_STYLE_FINE);
    } else {
        pn_pdf_draw(layout->arena, piece, PN_OP_FILL, PN_ROLE_HAIR, layout->left, 0,
                    layout->right - layout->left, 0.5);
    }
    piece->height = y;
    if (y > mm(50)) {
        (void)pn_diag_set(layout->diag, PN_INVALID, "The footer is higher than 50 mm.");
        pn_diag_where(layout->diag, "/footer");
        pn_diag_mend(layout->diag, "Shorten it, or make it a block “legal” at the end.");
        return PN_INVALID;
    }
    layout->bottom = layout->paper_height - mm(FOOTER_EDGE_MM) - y - mm(6);
    *ret_piece = piece;
    return PN_OK;
}

static pn_str replace_word(pn_arena *arena, pn_str text, pn_str word, size_t number) {
    size_t at = pn_str_find(text, word);
    if (at == SIZE_MAX) {
        return text;
    }
    return pn_str_format(arena, "%.*s%zu%.*s", PN_STR_ARG(pn_str_first(text, at)), number,
                         PN_STR_ARG(pn_str_from(text, at + word.len)));
}

static void add_page_words(pn_pdf_layout *layout, size_t page) {
    pn_str words = layout->doc->page_words;
    words = replace_word(layout->arena, words, PN_STR("{page}"), page + 1);
    words = replace_word(layout->arena, words, PN_STR("{pages}"), layout->page_count);
    pn_pdf_text text = set_plain(layout, PN_STYLE_FINE, words, mm(100));
    double leading = pn_pdf_style_leading(PN_STYLE_FINE);
    pn_pdf_piece *piece = pn_pdf_piece_new(layout->arena, leading);
    if (text.count > 0) {
        pn_pdf_draw_lines(layout->arena, piece, &text, 0, 1, PN_PDF_RIGHT, PN_ROLE_MUTED,
                          layout->right, 0);
    }
    pn_pdf_page_place(layout, page, piece, layout->paper_height - mm(FOOTER_EDGE_MM) - leading);
}

/* Whose document this is, and which, on every page but the first. */
static pn_pdf_piece *make_running_head(pn_pdf_layout *layout) {
    const pn_pdf_doc *doc = layout->doc;
    pn_pdf_piece *piece = pn_pdf_piece_new(layout->arena, 0);
    pn_str name = doc->brand_name.len != 0 ? doc->brand_name : doc->author;
    double half = (layout->right - layout->left) / 2 - 6;
    pn_pdf_text left = set_plain(layout, PN_STYLE_SMALL, name, half);
    pn_pdf_text right = set_plain(layout, PN_STYLE_SMALL, doc->title, half);
    if (left.count > 0) {
        pn_pdf_draw_lines(layout->arena, piece, &left, 0, 1, PN_PDF_LEFT, PN_ROLE_MUTED,
                          layout->left, 0);
    }
    pn_pdf_draw_lines(layout->arena, piece, &right, 0, 1, PN_PDF_RIGHT, PN_ROLE_MUTED,
                      layout->right, 0);
    pn_pdf_draw(layout->arena, piece, PN_OP_FILL, PN_ROLE_HAIR, layout->left, 16,
                layout->right - layout->left, 0.5);
    return piece;
}

void pn_pdf_head_finish(pn_pdf_layout *layout) {
    const pn_pdf_piece *running = layout->page_count > 1 ? make_running_head(layout) : NULL;
    for (size_t i = 0; i < layout->page_count; i++) {
        if (i > 0) {
            pn_pdf_page_place(layout, i, running, mm(14));
        }
        pn_pdf_page_place(layout, i, layout->footer,
                          layout->paper_height - mm(FOOTER_EDGE_MM) - layout->footer->height);
        if (layout->doc->page_words.len != 0) {
            add_page_words(layout, i);
        }
    }
}

pn_err pn_pdf_head(pn_pdf_layout *layout) {
    const envelope *window = envelope_of(layout->doc);
    pn_pdf_piece *piece = pn_pdf_piece_new(layout->arena, 0);
    double y = 0;
    set_edges(layout, window);
    PN_TRY(make_footer(layout, &layout->footer));
    if (window == NULL) {
        y = draw_open_head(layout, piece);
    } else {
        PN_TRY(draw_window_head(layout, piece, window, &y));
    }
    pn_pdf_text title =
        set_plain(layout, PN_STYLE_TITLE, layout->doc->title, layout->right - layout->left);
    pn_pdf_draw_text(layout->arena, piece, &title, PN_PDF_LEFT, PN_ROLE_INK, layout->left, y);
    layout->top_first = y + pn_pdf_text_height(&title) + mm(4);
    if (layout->top_first > layout->bottom - mm(40)) {
        (void)pn_diag_set(layout->diag, PN_INVALID,
                          "Sender, recipient, meta and title leave no room on the first page.");
        pn_diag_mend(layout->diag, "Shorten them.");
        return PN_INVALID;
    }
    PN_TRY(pn_pdf_page_add(layout));
    pn_pdf_page_place(layout, 0, piece, 0);
    return PN_OK;
}
