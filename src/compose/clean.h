/* Texts from outside, made harmless for one line of a message. */
#ifndef PN_COMPOSE_CLEAN_H
#define PN_COMPOSE_CLEAN_H

#include "base/str.h"

/* The text without what could break out of its line or show something else than it says: runs of
 * control characters and line breaks become `joint`, marks that change the direction of writing go,
 * malformed bytes become U+FFFD, white space at both ends goes. A copy on the arena only where
 * something had to change. */
pn_str pn_clean(pn_str text, pn_str joint, pn_arena *arena);

/* A URL that may stand in a message: http, https, mailto or tel, with nothing in it that would end
 * an attribute or a line. */
bool pn_url_allowed(pn_str url);

/* The same of a URL's first part, such as "mailto:". */
bool pn_url_begins(pn_str text);

#endif
