/* Standard Webhooks 1.0: the signature of what leaves (https://www.standardwebhooks.com). */
#ifndef PN_FORMAT_WEBHOOK_H
#define PN_FORMAT_WEBHOOK_H

#include "base/buf.h"
#include "base/time.h"

/* Appends "v1,<base64 of HMAC-SHA-256(id.seconds.body)>". `secret` is bytes, not their text. */
void pn_webhook_sign(pn_str secret, pn_str id, int64_t seconds, pn_str body, pn_buf *out);

/* "whsec_" and the secret in base64: what the other side is given. */
void pn_webhook_secret_text(pn_str secret, pn_buf *out);
/* The bytes of it; INVALID unless it is such a text of 24 to 64 bytes. */
PN_MUST_USE pn_err pn_webhook_secret_read(pn_str text, pn_buf *out);

#endif
