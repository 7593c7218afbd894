#include "auth/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "auth/token.h"
#include "base/banned.h"
#include "base/buf.h"
#include "base/id.h"

enum { STEP_SECONDS = 30 };

void pn_hotp(pn_str secret, uint64_t counter, unsigned digits, char *out) {
    unsigned char message[8], mac[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    uint32_t modulus = 1;
    for (int i = 0; i < 8; i++) {
        message[i] = (unsigned char)(counter >> (56 - 8 * i));
    }
    if (HMAC(EVP_sha1(), secret.ptr, (int)secret.len, message, sizeof message, mac, &len) == NULL) {
        pn_panic("HMAC-SHA-1 does not work here");
    }
    unsigned at = mac[len - 1] & 15U; /* RFC 4226, 5.3: dynamic truncation */
    uint32_t value = ((uint32_t)mac[at] & 0x7F) << 24 | (uint32_t)mac[at + 1] << 16 |
                     (uint32_t)mac[at + 2] << 8 | mac[at + 3];
    assert(digits >= 6 && digits <= 8);
    for (unsigned i = 0; i < digits; i++) {
        modulus *= 10;
    }
    value %= modulus;
    for (unsigned i = digits; i > 0; i--) {
        out[i - 1] = (char)('0' + value % 10);
        value /= 10;
    }
    out[digits] = '\0';
}

pn_err pn_totp_verify(pn_str secret, pn_str code, pn_time now, int64_t last_step,
                      int64_t *ret_step) {
    char expected[9];
    int64_t step = now / (STEP_SECONDS * PN_SECOND), found = -1;
    for (int64_t at = step - 1; at <= step + 1; at++) {
        pn_hotp(secret, (uint64_t)at, PN_TOTP_DIGITS, expected);
        if (pn_secret_equal(code, pn_str_of(expected)) && at > last_step) {
            found = at;
        }
    }
    if (found < 0) {
        return PN_DENIED;
    }
    *ret_step = found;
    return PN_OK;
}

void pn_totp_make_secret(const pn_env *env, char out[PN_TOTP_SECRET_BYTES]) {
    pn_env_entropy(env, out, PN_TOTP_SECRET_BYTES);
}

pn_str pn_totp_secret_text(pn_str secret, pn_arena *arena) {
    static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    char *out = pn_arena_alloc(arena, secret.len * 2 + 1);
    size_t len = 0;
    uint32_t bits = 0, held = 0;
    for (size_t i = 0; i < secret.len; i++) {
        bits = bits << 8 | (unsigned char)secret.ptr[i];
        for (held += 8; held >= 5; held -= 5) {
            out[len++] = LETTERS[bits >> (held - 5) & 31];
        }
    }
    if (held != 0) {
        out[len++] = LETTERS[bits << (5 - held) & 31];
    }
    return (pn_str){out, len};
}

static void add_escaped(pn_buf *out, pn_str text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (pn_is_alpha((char)c) || pn_is_digit((char)c) || c == '.' || c == '-' || c == '_') {
            pn_buf_add_char(out, (char)c);
        } else {
            pn_buf_add_format(out, "%%%02X", c);
        }
    }
}

pn_str pn_totp_uri(pn_str secret, pn_str issuer, pn_str account, pn_arena *arena) {
    pn_buf out;
    pn_buf_init(&out, 8192);
    pn_buf_add_lit(&out, "otpauth://totp/");
    add_escaped(&out, issuer);
    pn_buf_add_char(&out, ':');
    add_escaped(&out, account);
    pn_buf_add_lit(&out, "?secret=");
    pn_buf_add_str(&out, pn_totp_secret_text(secret, arena));
    pn_buf_add_lit(&out, "&issuer=");
    add_escaped(&out, issuer);
    pn_str uri = pn_str_dup(arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return uri;
}

/* ── recovery codes ──────────────────────────────────────────────────────────────────────────── */

enum { HALF = 5 };

void pn_recovery_make(const pn_env *env, char out[PN_RECOVERY_SIZE]) {
    uint64_t drawn = 0;
    pn_env_entropy(env, &drawn, sizeof drawn);
    pn_letters_write(drawn, HALF, out);
    out[HALF] = '-';
    pn_letters_write(drawn >> 32, HALF, out + HALF + 1);
    out[2 * HALF + 1] = '\0';
}

pn_str pn_recovery_plain(pn_str code, pn_arena *arena) {
    char *out = pn_arena_alloc(arena, code.len + 1);
    size_t len = 0;
    uint64_t value = 0;
    for (size_t i = 0; i < code.len; i++) {
        if (code.ptr[i] != '-' && code.ptr[i] != ' ') {
            out[len++] = code.ptr[i];
        }
    }
    /* written again: look-alikes (O, I, L) become what was meant */
    if (len != 2 * HALF || pn_letters_read((pn_str){out, len}, &value) != PN_OK) {
        return PN_STR_NONE;
    }
    pn_letters_write(value, 2 * HALF, out);
    return (pn_str){out, len};
}
