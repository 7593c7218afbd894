/* The query of a URL: "a=1&b=x%20y", read one by one. */
#ifndef PN_HTTP_QUERY_H
#define PN_HTTP_QUERY_H

#include "base/buf.h"

/* Takes the next parameter off `rest`, decoded on the arena ("+" is a space). NOT_FOUND at the end;
 * INVALID for an escape that is none, for text that is no UTF-8, and for control characters but
 * line ends. */
PN_MUST_USE pn_err pn_query_next(pn_str *rest, pn_arena *arena, pn_str *ret_name,
                                 pn_str *ret_value);
/* Decodes percent escapes alone, as in a path. INVALID as above. */
PN_MUST_USE pn_err pn_percent_decode(pn_str text, pn_arena *arena, pn_str *ret_text);
/* Appends `text` with everything but letters, digits and -._~ escaped. */
void pn_percent_encode(pn_buf *buf, pn_str text);

#endif
