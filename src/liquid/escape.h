/* Escaping for the place where a text will stand. */
#ifndef PN_LIQUID_ESCAPE_H
#define PN_LIQUID_ESCAPE_H

#include "base/buf.h"

/* & < > " ' as entities: right for text and quoted attributes. */
void pn_liquid_escape_html(pn_buf *buf, pn_str text);
/* The same, but what already is an entity stays. */
void pn_liquid_escape_html_once(pn_buf *buf, pn_str text);
/* Percent-encoding: RFC 3986's unreserved characters stay; a space becomes %20, or + in `form`. */
void pn_liquid_escape_url(pn_buf *buf, pn_str text, bool form);

/* What may stand between the quotes of a JSON string (RFC 8259, section 7). */
void pn_liquid_escape_json(pn_buf *buf, pn_str text);

/* In place, both return the new length. A header is one line: each run of control characters
 * becomes one space, none at the ends. An SMS keeps its line feeds, loses the other ones, and has
 * plain spaces for those that do not break. */
size_t pn_liquid_clean_header(char *text, size_t len);
size_t pn_liquid_clean_sms(char *text, size_t len);

#endif
