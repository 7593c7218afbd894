/* The light markup of text blocks: paragraphs, line breaks, **bold**, [links](https://…).
 *
 * Before a text is compiled as Liquid its signs become control characters that no data can contain
 * (pn_clean took them out), one for one, so that lines and columns in messages stay right. The
 * rendered text is then read once for HTML and once for plain text. Everything else in it is
 * escaped, whether the author wrote it or the data brought it: a text block cannot make markup.
 * Rejected: making HTML first and letting Liquid fill it, which gives empty paragraphs and open
 * tags wherever a condition stands between two of them, and renders everything twice. */
#ifndef PN_COMPOSE_MARKUP_H
#define PN_COMPOSE_MARKUP_H

#include "compose/check.h"

/* The source to compile. Reports control characters, links of other schemes, bold that is not
 * closed, and filters that make no sense in a text block. */
pn_str pn_markup_prepare(pn_checker *checker, pn_str source);

/* Paragraphs, `gap_px` apart. Nothing for a blank text. Links have the colour `link`, "#0b5fcc". */
void pn_markup_html(pn_buf *html, pn_str rendered, unsigned gap_px, const char *link);
/* The same on one line and without paragraphs, for headings and labels. */
void pn_markup_html_line(pn_buf *html, pn_str rendered, const char *link);
/* Without any sign; a link's address stands in brackets behind its words. */
void pn_markup_plain(pn_buf *out, pn_str rendered);

/* As block documents (PDF) write it: **bold**, [words](https://…), and a backslash before signs
 * that are meant literally. */
void pn_markup_document(pn_buf *out, pn_str rendered);
/* A text that is no markup, the same way. */
void pn_markup_literal(pn_buf *out, pn_str text);

/* Refuses control characters other than line feed, carriage return and tab. */
bool pn_markup_check_controls(pn_checker *checker, pn_str source);

#endif
