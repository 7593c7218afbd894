/* Blocks of raw HTML: what may stand in them, and what they say as plain text. */
#ifndef PN_COMPOSE_RAW_H
#define PN_COMPOSE_RAW_H

#include "compose/check.h"

/* Reports elements and attributes that have no place in an e-mail, URLs of other schemes than
 * http, https, mailto and tel, and outputs where escaping cannot protect (outside of text and
 * quoted attributes). */
void pn_raw_check(pn_checker *checker, pn_str source);

/* Reports tags of the rendered HTML that are not closed, or closed where they were not open: they
 * would take the rest of the e-mail along. False when it did. */
bool pn_raw_check_nesting(pn_checker *checker, pn_str html);

/* Appends what the rendered HTML says, without tags and entities; a link's address stands in
 * brackets behind its words. */
void pn_raw_plain(pn_buf *out, pn_str html);

#endif
