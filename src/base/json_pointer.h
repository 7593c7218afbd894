/* JSON pointers (RFC 6901): "/customer/status", "/items/0/id". */
#ifndef PN_BASE_JSON_POINTER_H
#define PN_BASE_JSON_POINTER_H

#include "base/json.h"

/* The value there; NULL where there is none. */
const pn_json *pn_json_at(const pn_json *value, pn_str pointer, pn_arena *arena);
/* The same as text: of a text, a number, true or false; empty for anything else, and for an empty
 * pointer. `value` may be NULL. */
pn_str pn_json_text_at(const pn_json *value, pn_str pointer, pn_arena *arena);

#endif
