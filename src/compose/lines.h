/* Lines of plain text: widths, columns, wrapping at PN_LINE_WIDTH. */
#ifndef PN_COMPOSE_LINES_H
#define PN_COMPOSE_LINES_H

#include "base/buf.h"

enum { PN_LINE_WIDTH = 72 }; /* what a quoted reply still shows without breaking */

/* Columns that a text takes: its characters, without combining marks. */
size_t pn_line_width(pn_str text);

/* Appends the line and a line feed, wrapped between words; only a word that is itself too long
 * passes the width. White space at both ends goes, runs within become one space. */
void pn_line_add(pn_buf *out, pn_str line);

/* The same on a line that has `column` columns already; what is wrapped begins below it. */
void pn_line_add_behind(pn_buf *out, pn_str line, size_t column);

/* Appends every line of the text; blank lines at both ends go, runs of them become one. */
void pn_lines_add(pn_buf *out, pn_str text);

void pn_line_repeat(pn_buf *out, char c, size_t count);

/* The text, padded on the left or right to `width`. */
typedef enum { PN_ALIGN_LEFT, PN_ALIGN_RIGHT } pn_align;
void pn_line_cell(pn_buf *out, pn_str text, size_t width, pn_align align);

#endif
