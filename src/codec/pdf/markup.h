/* The light markup of texts: **bold** and [words](https://…), nested either way; a backslash before
 * one of * [ ] ( ) \ makes it a plain sign. What is not closed, or leads to no address that
 * pn_pdf_url_ok accepts, stays as it is written: markup can spoil no document. */
#ifndef PN_CODEC_PDF_MARKUP_H
#define PN_CODEC_PDF_MARKUP_H

#include "base/arena.h"
#include "base/str.h"

typedef struct {
    size_t start, end; /* bytes of the plain text */
    pn_str url;        /* none: bold */
} pn_pdf_span;

typedef struct {
    pn_str text; /* without signs */
    pn_pdf_span *spans;
    size_t span_count;
} pn_pdf_marked;

pn_pdf_marked pn_pdf_markup(pn_arena *arena, pn_str source);
/* A text that has no markup, as it stands. */
pn_pdf_marked pn_pdf_plain(pn_str text);
/* The bytes from `start` to `end` of it, with what is marked there. */
pn_pdf_marked pn_pdf_marked_part(pn_arena *arena, const pn_pdf_marked *whole, size_t start,
                                 size_t end);
/* The whole text is bold. */
bool pn_pdf_all_bold(const pn_pdf_marked *marked);

#endif
