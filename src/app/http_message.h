/* What a message over a connector says: the request that the channel's settings make of a text.
 *
 * It is kept, hashed and sent as it stands, without the connector's secrets (channel/http.c):
 *
 *   POST /messages HTTP/1.1
 *   Content-Type: application/json
 *   Idempotency-Key: msg_…
 *
 *   {"id":"msg_…","to":"u-17","text":"…"}
 */
#ifndef PN_APP_HTTP_MESSAGE_H
#define PN_APP_HTTP_MESSAGE_H

#include "base/id.h"
#include "base/json.h"
#include "liquid/liquid.h"

/* Compiled settings; may be used by several threads. */
typedef struct {
    pn_str method, content_type;
    const pn_liquid_template *path, *body;
    pn_liquid_escape escape; /* of what the body prints */
} pn_http_message;

/* What its templates may name. */
typedef struct {
    pn_id id;        /* of the first message in it: the same at every try */
    pn_str to, name; /* the contact */
    pn_str text, language;
    unsigned tone;
    pn_str debtor_id, debtor_name; /* the ERP's id */
    pn_str creditor;
    pn_str from;    /* the channel's sender */
    pn_str link;    /* the debtor's page; may be empty */
    pn_str receipt; /* where to say what became of it (app/receipts.h); may be empty */
} pn_http_message_facts;

/* Reads the settings path, body, type and method, each of which may be missing. INVALID with a
 * sentence. What is compiled lives on the arena. */
PN_MUST_USE pn_err pn_http_message_read(const pn_json *settings, pn_arena *arena,
                                        pn_http_message *ret_message, pn_diag *diag);
/* The request, on the arena. */
PN_MUST_USE pn_err pn_http_message_write(const pn_http_message *message,
                                         const pn_http_message_facts *facts, pn_arena *arena,
                                         pn_str *ret_content, pn_diag *diag);

#endif
