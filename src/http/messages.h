/* Messages as several resources list them. */
#ifndef PN_HTTP_MESSAGES_H
#define PN_HTTP_MESSAGES_H

#include "http/route.h"
#include "store/message.h"

extern const pn_schema_object PN_MESSAGE_SCHEMA;

/* Of a page of pn_message_row (pn_page_give), by debtor and id. */
pn_err pn_put_row_of_messages(pn_exchange *exchange, pn_json_writer *w, const void *row,
                              int64_t key[PN_PAGE_KEYS]);

#endif
