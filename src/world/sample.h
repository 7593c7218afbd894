/* What a browser shows of a message as it was sent. */
#ifndef PN_WORLD_SAMPLE_H
#define PN_WORLD_SAMPLE_H

#include "base/str.h"

/* The HTML part of a message that our own writer made (format/mime.h), decoded. NOT_FOUND when it
 * has none. */
PN_MUST_USE pn_err pn_sample_html(pn_str mail, pn_arena *arena, pn_str *ret_html);

#endif
