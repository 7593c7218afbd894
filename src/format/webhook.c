#include "format/webhook.h"

#include "base/banned.h"
#include "base/base64.h"
#include "base/hash.h"

enum { SECRET_MIN = 24, SECRET_MAX = 64 };

void pn_webhook_sign(pn_str secret, pn_str id, int64_t seconds, pn_str body, pn_buf *out) {
    pn_buf signed_text;
    pn_buf_init(&signed_text, id.len + body.len + 32);
    pn_buf_add_str(&signed_text, id);
    pn_buf_add_char(&signed_text, '.');
    pn_buf_add_int(&signed_text, seconds);
    pn_buf_add_char(&signed_text, '.');
    pn_buf_add_str(&signed_text, body);
    pn_sha256 mac = pn_hmac_sha256(secret, pn_buf_str(&signed_text));
    pn_buf_done(&signed_text);
    pn_buf_add_lit(out, "v1,");
    pn_base64_add(out, mac.bytes, sizeof mac.bytes);
}

void pn_webhook_secret_text(pn_str secret, pn_buf *out) {
    pn_buf_add_lit(out, "whsec_");
    pn_base64_add(out, secret.ptr, secret.len);
}

pn_err pn_webhook_secret_read(pn_str text, pn_buf *out) {
    size_t before = out->len;
    if (!pn_str_starts(text, PN_STR("whsec_"))) {
        return PN_INVALID;
    }
    PN_TRY(pn_base64_read(pn_str_from(text, 6), out));
    size_t len = out->len - before;
    return len >= SECRET_MIN && len <= SECRET_MAX ? PN_OK : PN_INVALID;
}
