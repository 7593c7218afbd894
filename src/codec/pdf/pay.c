/* How to pay: bank details at the left, a QR code at the right, a bar code below, and a link with
 * its address in words, because the page may be paper. One box that is never divided. */
#include "base/banned.h"
#include "codec/pdf/layout.h"
#include "codec/pdf/symbol.h"

enum { PADDING = 12, CAPTION_MORE = 100 };

/* A module of a QR code is printed 0.55 mm wide, or, where the code would pass 30 mm, no smaller
 * than 0.4 mm; of a bar code between 0.19 and 0.33 mm, or, of interleaved 2 of 5, 0.254 mm:
 * FEBRABAN wants the 44 digits of a boleto 103 mm wide and 13 mm high. Bars have a quiet zone of
 * ten modules. */
static const double QR_LEAST_MM = 22, QR_MODULE_MM = 0.55, QR_FINE_MM = 0.4, QR_ENOUGH_MM = 30,
                    BAR_MIN_MM = 0.19, BAR_MAX_MM = 0.33, ITF_MM = 0.254, BAR_HEIGHT_MM = 13;

typedef struct {
    pn_pdf_layout *layout;
    const pn_pdf_pay *pay;
    double left, width; /* of the box's inside */
    const pn_pdf_modules *qr, *bars;
    double qr_side, bar_width;
    pn_pdf_text caption, bar_text, link, url;
} sheet;

static pn_pdf_text set_plain(const sheet *s, pn_pdf_style style, pn_str text, double width) {
    pn_pdf_marked marked = pn_pdf_plain(text);
    return pn_pdf_set(s->layout->type, s->layout->arena, style, &marked, width);
}

/* Without a QR code a short bar code takes its place at the right. */
static bool bars_beside(const sheet *s) {
    bool alone = s->qr == NULL && s->bars != NULL && s->pay->lines.count > 0;
    return alone && s->bar_width <= s->width * 0.45;
}

/* What the code leaves at its left. */
static double left_width(const sheet *s) {
    if (bars_beside(s)) {
        return s->width - PN_MAX(s->bar_width, s->bar_text.width) - 40;
    }
    return s->qr == NULL ? s->width : s->width - PN_MAX(s->qr_side, s->caption.width) - 30;
}

static pn_err make_bars(sheet *s) {
    const pn_pdf_pay *pay = s->pay;
    PN_TRY(pn_pdf_symbol_bars(pay->bar_kind, pay->bar_payload, s->layout->arena, &s->bars,
                              s->layout->diag));
    double most = pay->bar_kind == PN_PDF_ITF ? ITF_MM : BAR_MAX_MM;
    double module = PN_MIN(most * PN_PDF_MM, s->width / (s->bars->columns + 20));
    if (module < BAR_MIN_MM * PN_PDF_MM) {
        (void)pn_diag_set(s->layout->diag, PN_LIMIT,
                          "The bar code would be too fine to be read: it has %zu characters.",
                          pay->bar_payload.len);
        pn_diag_mend(s->layout->diag, "Shorten what it says.");
        return PN_LIMIT;
    }
    s->bar_width = module * s->bars->columns;
    s->bar_text = set_plain(s, PN_STYLE_SMALL, pay->bar_text, s->width);
    return PN_OK;
}

static pn_err prepare(sheet *s) {
    const pn_pdf_pay *pay = s->pay;
    if (pay->qr_payload.len != 0) {
        PN_TRY(pn_pdf_symbol_qr(pay->qr_payload, pay->qr_ecc, s->layout->arena, &s->qr,
                                s->layout->diag));
        double wished = PN_MAX(QR_LEAST_MM, QR_MODULE_MM * s->qr->columns);
        double least = PN_MAX(QR_ENOUGH_MM, QR_FINE_MM * s->qr->columns);
        s->qr_side = PN_MIN(wished, least) * PN_PDF_MM;
        s->caption = set_plain(s, PN_STYLE_SMALL, pay->qr_caption, s->qr_side + CAPTION_MORE);
    }
    if (pay->bar_payload.len != 0) {
        PN_TRY(make_bars(s));
    }
    if (pay->link.len != 0) {
        double width = left_width(s);
        pn_str words = pay->link_words.len != 0 ? pay->link_words : pay->link;
        s->link = set_plain(s, PN_STYLE_STRONG, words, width);
        if (pay->link_words.len != 0) {
            s->url = set_plain(s, PN_STYLE_FINE, pay->link, width);
        }
    }
    return PN_OK;
}

static double draw_link(const sheet *s, pn_pdf_piece *piece, double y) {
    pn_arena *arena = s->layout->arena;
    double link_height = pn_pdf_text_height(&s->link), url_height = pn_pdf_text_height(&s->url);
    pn_pdf_draw_text(arena, piece, &s->link, PN_PDF_LEFT, PN_ROLE_ACCENT, s->left, y);
    pn_pdf_draw_text(arena, piece, &s->url, PN_PDF_LEFT, PN_ROLE_MUTED, s->left, y + link_height);
    double width = PN_MAX(s->link.width, s->url.width);
    pn_pdf_draw(arena, piece, PN_OP_LINK, PN_ROLE_INK, s->left, y, width, link_height + url_height)
        ->url = s->pay->link;
    return y + link_height + url_height;
}

/* Bank details and the link; returns their lower edge. */
static double draw_left(const sheet *s, pn_pdf_piece *piece) {
    double width = left_width(s);
    pn_pdf_pairs_place place = {s->left,       PADDING,         PN_MIN(width, 330),
                                PN_STYLE_CELL, PN_STYLE_STRONG, PN_ROLE_MUTED,
                                PN_ROLE_INK,   false,           4};
    double y = PADDING + pn_pdf_draw_pairs(s->layout, piece, &s->pay->lines, &place);
    if (s->link.count > 0) {
        y = draw_link(s, piece, y + (s->pay->lines.count > 0 ? 10 : 0));
    }
    return y;
}

/* A caption no wider than the code stands below its middle, a wider one ends where the code does.
 */
static double draw_qr(const sheet *s, pn_pdf_piece *piece) {
    double right = s->left + s->width - 2, y = PADDING + 2;
    pn_pdf_draw(s->layout->arena, piece, PN_OP_MODULES, PN_ROLE_BLACK, right - s->qr_side, y,
                s->qr_side, s->qr_side)
        ->modules = s->qr;
    y += s->qr_side + 5;
    bool wide = s->caption.width > s->qr_side;
    pn_pdf_draw_text(s->layout->arena, piece, &s->caption, wide ? PN_PDF_RIGHT : PN_PDF_CENTRE,
                     PN_ROLE_MUTED, wide ? right : right - s->qr_side / 2, y);
    return y + pn_pdf_text_height(&s->caption);
}

static double draw_bars(const sheet *s, pn_pdf_piece *piece, double middle, double y) {
    double height = BAR_HEIGHT_MM * PN_PDF_MM;
    pn_pdf_draw(s->layout->arena, piece, PN_OP_MODULES, PN_ROLE_BLACK, middle - s->bar_width / 2, y,
                s->bar_width, height)
        ->modules = s->bars;
    y += height + 4;
    pn_pdf_draw_text(s->layout->arena, piece, &s->bar_text, PN_PDF_CENTRE, PN_ROLE_INK, middle, y);
    return y + pn_pdf_text_height(&s->bar_text);
}

pn_err pn_pdf_pay_block(pn_pdf_layout *layout, const pn_pdf_pay *pay) {
    sheet s = {.layout = layout,
               .pay = pay,
               .left = layout->left + PADDING,
               .width = layout->right - layout->left - 2 * PADDING};
    PN_TRY(prepare(&s));
    pn_pdf_gap(layout, 14);
    pn_pdf_piece *piece = pn_pdf_piece_add(layout, 0);
    double y = draw_left(&s, piece);
    if (s.qr != NULL) {
        double below = draw_qr(&s, piece);
        y = PN_MAX(y, below);
    }
    if (s.bars != NULL && bars_beside(&s)) {
        double reach = PN_MAX(s.bar_width, s.bar_text.width) / 2 + 10;
        double below = draw_bars(&s, piece, s.left + s.width - reach, PADDING + 2);
        y = PN_MAX(y, below);
    } else if (s.bars != NULL) {
        y = draw_bars(&s, piece, s.left + s.width / 2, y > PADDING ? y + 14 : y);
    }
    piece->height = y + PADDING;
    layout->height += piece->height;
    pn_pdf_draw(layout->arena, piece, PN_OP_OUTLINE, PN_ROLE_HAIR, layout->left, 0,
                layout->right - layout->left, piece->height);
    pn_pdf_gap(layout, 14);
    return PN_OK;
}
