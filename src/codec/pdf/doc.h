/* The block document: what a PDF shall say, in order, with every amount and date already text.
 *
 * It is read from JSON, which may come from anywhere: every key is known, every text bounded and
 * free of control characters, or the document is refused with a sentence and a JSON pointer. Only
 * `title` and `blocks` have to be there.
 *
 *   title, author, subject   of the file; the title is also printed
 *   language                 es, pt-BR …
 *   created                  2026-11-22T10:00:00Z; without it the file tells no date
 *   page                     a4 or letter
 *   brand                    {name, colour: "#0b5fcc", logo: 1}: the logo by its part's number
 *   sender                   lines; the first three are name, street and town: they also stand
 *                            above the address of a letter for a window envelope
 *   recipient                lines
 *   window                   none, left or right: the address stands in an envelope's window
 *   meta                     [label, value] …, beside the recipient
 *   footer                   lines, small, on every page
 *   page_words               “Página {page} de {pages}”
 *   blocks                   objects of one key each:
 *
 *   {heading: "…"}           stays with what follows
 *   {text: "…"}              paragraphs, divided by blank lines
 *   {table: {section, columns: [{title, align: left|right|centre, grow}], rows: [["…"]],
 *            foot: [["…"]]}} section and titles again on every page; a row of the foot with fewer
 *                            cells than columns spans those left over with its first
 *   {totals: [[label, value]]}   a bold label makes the sum itself; one row of a table before it
 *                            stays with it
 *   {amount: {label, value, note}}   the one sum that matters
 *   {pay: {lines: [[label, value]], qr: {payload, ecc: L|M|Q|H, caption}, barcode: {kind, payload,
 *          text}, link, link_words}}   kind: code128; gs1-128, with application identifiers in
 *                            round brackets, “(90)5230…”; itf, an even number of digits
 *   {signature: ["…"]}       an empty line is a small gap
 *   {signatures: [{name, role}]}   room to sign, two beside each other
 *   {legal: "…"}             small print
 *   {divider: true}, {space: 5}   a line; millimetres
 *
 * `text`, `legal`, `totals`, the cells of tables and the note of an amount know **bold** and
 * [words](https://…); a backslash before one of * [ ] ( ) \ means the sign itself. */
#ifndef PN_CODEC_PDF_DOC_H
#define PN_CODEC_PDF_DOC_H

#include "base/json.h"

enum {
    PN_PDF_COLUMNS_MAX = 12,
    PN_PDF_LINES_MAX = 12,        /* sender, recipient, signature, footer */
    PN_PDF_PAIRS_MAX = 40,        /* meta, totals, lines of a pay block */
    PN_PDF_LINE_BYTES_MAX = 1000, /* a title, a line, a label */
    PN_PDF_CELL_BYTES_MAX = 4000,
    PN_PDF_TEXT_BYTES_MAX = 40000,
    PN_PDF_URL_BYTES_MAX = 2000,
    PN_PDF_CODE_BYTES_MAX = 1000, /* what a QR or bar code says */
    PN_PDF_BLOBS_MAX = 4,
    PN_PDF_LINKS_MAX = 5000, /* rectangles of links on all pages */
};

typedef struct {
    pn_str *items;
    size_t count;
} pn_pdf_strs;

typedef struct {
    pn_str label;
    pn_str value;
} pn_pdf_pair;

typedef struct {
    pn_pdf_pair *items;
    size_t count;
} pn_pdf_pairs;

typedef enum { PN_PDF_LEFT, PN_PDF_RIGHT, PN_PDF_CENTRE } pn_pdf_align;

typedef struct {
    pn_str title;
    pn_pdf_align align;
    bool grow; /* takes the width that is left, and wraps */
} pn_pdf_column;

typedef struct {
    pn_str section; /* above the header, on every page */
    pn_pdf_column *columns;
    size_t column_count;
    pn_pdf_strs *rows; /* a cell a column */
    size_t row_count;
    pn_pdf_strs *foot; /* as many cells or fewer: the first spans the columns left over */
    size_t foot_count;
} pn_pdf_table;

typedef enum { PN_PDF_CODE128, PN_PDF_GS1_128, PN_PDF_ITF } pn_pdf_bar_kind;

typedef struct {
    pn_pdf_pairs lines;
    pn_str qr_payload; /* none: no QR */
    char qr_ecc;       /* L, M, Q, H */
    pn_str qr_caption;
    pn_pdf_bar_kind bar_kind;
    pn_str bar_payload; /* none: no bar code */
    pn_str bar_text;
    pn_str link; /* none: no link */
    pn_str link_words;
} pn_pdf_pay;

typedef struct {
    pn_str label, value, note;
} pn_pdf_amount;

typedef enum {
    PN_PDF_HEADING,
    PN_PDF_TEXT,
    PN_PDF_TABLE,
    PN_PDF_TOTALS,
    PN_PDF_AMOUNT,
    PN_PDF_PAY,
    PN_PDF_SIGNATURE,
    PN_PDF_SIGNATURES,
    PN_PDF_LEGAL,
    PN_PDF_DIVIDER,
    PN_PDF_SPACE,
} pn_pdf_block_kind;

typedef struct {
    pn_pdf_block_kind kind;
    union {
        pn_str text; /* heading, text, legal */
        pn_pdf_table table;
        pn_pdf_pairs pairs; /* totals; signatures as name and role */
        pn_pdf_amount amount;
        pn_pdf_pay pay;
        pn_pdf_strs lines; /* signature */
        double space_mm;
    };
} pn_pdf_block;

typedef enum { PN_PDF_A4, PN_PDF_LETTER } pn_pdf_paper;
typedef enum { PN_PDF_NO_WINDOW, PN_PDF_WINDOW_LEFT, PN_PDF_WINDOW_RIGHT } pn_pdf_window;

typedef struct {
    pn_str title, language, author, subject;
    pn_str created; /* 2026-11-22T10:00:00Z, or empty: the file tells no date */
    pn_pdf_paper paper;
    pn_str brand_name;
    uint32_t brand_colour; /* 0xRRGGBB as given */
    size_t logo;           /* index of a part, 0: none */
    pn_pdf_strs sender, recipient, footer;
    pn_pdf_window window;
    pn_pdf_pairs meta;
    pn_str page_words; /* with {page} and {pages}; none: no page numbers */
    pn_pdf_block *blocks;
    size_t block_count;
} pn_pdf_doc;

/* `part_count` is how many parts the request has, to check the logo's index. INVALID or LIMIT with
 * a sentence and a JSON pointer. Texts borrow from `json` and the arena. */
PN_MUST_USE pn_err pn_pdf_doc_read(pn_str json, size_t part_count, pn_arena *arena,
                                   pn_pdf_doc *ret_doc, pn_diag *diag);

/* True for an address that a reader may be sent to: https, http, mailto, tel, without spaces and
 * control characters. */
bool pn_pdf_url_ok(pn_str url);

#endif
