/* Messages as several resources list them. */
#ifndef PN_HTTP_MESSAGES_H
#define PN_HTTP_MESSAGES_H

#include "http/route.h"
#include "store/message.h"

extern const pn_schema_object PN_MESSAGE_SCHEMA;

/* A page by debtor and id; `count` is what was read, up to one more than `limit`. */
void pn_messages_page(pn_exchange *exchange, const pn_message_row *rows, size_t count,
                      int64_t limit);

#endif
