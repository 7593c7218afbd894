/* Shared by the builders of documents: a document being written, its words, amounts and days. */
#ifndef PN_COMPOSE_DOCUMENT_INT_H
#define PN_COMPOSE_DOCUMENT_INT_H

#include "compose/document.h"
#include "compose/document_words.h"

typedef struct {
    const pn_document_frame *frame;
    pn_currency currency;
    pn_arena *arena;
    pn_buf *out;
    size_t start; /* of the document in `out` */
    pn_json_writer json;
} pn_doc;

/* A document that texts can be made for. */
pn_doc pn_doc_on(const pn_document_frame *frame, pn_currency currency, pn_arena *arena,
                 pn_buf *out);
/* Begins it: title, paper, brand, sender, recipient; `meta` and `blocks` follow. */
void pn_doc_begin(pn_doc *doc, pn_str title, pn_document_window window);
/* Ends `blocks` and the document, with the footer's lines; LIMIT undoes it. */
PN_MUST_USE pn_err pn_doc_end(pn_doc *doc, pn_str footer);

/* ── texts on the arena ── */

pn_str pn_doc_word(const pn_doc *doc, pn_doc_key key);
/* A pattern's word with its values, which are markup already. */
pn_str pn_doc_say(const pn_doc *doc, pn_doc_key key, pn_str first, pn_str second);
pn_str pn_doc_money(const pn_doc *doc, int64_t minor);
pn_str pn_doc_day(const pn_doc *doc, pn_date date);      /* "03/03/2026"; empty for none */
pn_str pn_doc_long_day(const pn_doc *doc, pn_date date); /* "3 de marzo de 2026" */
/* "21 %" */
pn_str pn_doc_percent(const pn_doc *doc, int64_t ppm);
/* "1.234,5" from millionths */
pn_str pn_doc_number(const pn_doc *doc, int64_t millionths);
/* One clean line for a place that knows no markup, and one for a place that does. */
pn_str pn_doc_line(const pn_doc *doc, pn_str text);
pn_str pn_doc_cell(const pn_doc *doc, pn_str text);

/* ── parts ── */

/* Between pn_doc_meta_begin and pn_doc_blocks_begin; empty values are left out. */
void pn_doc_meta_begin(pn_doc *doc);
void pn_doc_meta(pn_doc *doc, pn_doc_key label, pn_str value);
void pn_doc_blocks_begin(pn_doc *doc);

void pn_doc_heading(pn_doc *doc, pn_str text);
void pn_doc_text(pn_doc *doc, pn_str markup);
void pn_doc_legal(pn_doc *doc, pn_str markup);
void pn_doc_amount(pn_doc *doc, pn_str label, pn_str value, pn_str note);

typedef struct {
    pn_str title;
    bool right, grow;
} pn_doc_column;

/* A table's cells are markup. Rows between begin and pn_doc_table_foot or end. */
void pn_doc_table_begin(pn_doc *doc, pn_str section, const pn_doc_column *columns, size_t count);
void pn_doc_row(pn_doc *doc, const pn_str *cells, size_t count);
void pn_doc_table_foot(pn_doc *doc);
void pn_doc_table_end(pn_doc *doc);

void pn_doc_totals_begin(pn_doc *doc);
void pn_doc_total(pn_doc *doc, pn_str label, pn_str value, bool strong);
void pn_doc_totals_end(pn_doc *doc);

/* How to pay `amount` (0: whatever is open); nothing where there is no way. */
void pn_doc_pay(pn_doc *doc, int64_t amount, bool with_code);
/* The sentence about the anti-phishing code. */
void pn_doc_code_note(pn_doc *doc);

#endif
