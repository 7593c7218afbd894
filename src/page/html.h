/* Writing HTML: what comes from outside is escaped, and there is no other way in for it.
 *
 * Literals of ours go in by pn_buf_add_lit; texts by pn_html_text, attribute values by pn_html_attr
 * (they stand between double quotes), whole parameters of a URL by pn_html_url. All three remove
 * control characters. */
#ifndef PN_PAGE_HTML_H
#define PN_PAGE_HTML_H

#include "base/buf.h"

/* Between tags. */
void pn_html_text(pn_buf *out, pn_str text);
/* The same with line ends as <br>. */
void pn_html_lines(pn_buf *out, pn_str text);
/* Between double quotes. */
void pn_html_attr(pn_buf *out, pn_str text);
/* One part of a path or query, percent-encoded. */
void pn_html_url(pn_buf *out, pn_str text);

#endif
