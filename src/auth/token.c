#include "auth/token.h"

#include <openssl/crypto.h>

#include "base/banned.h"
#include "base/id.h"

void pn_token_make(const pn_env *env, char out[PN_TOKEN_SIZE]) {
    uint64_t drawn[4];
    pn_env_entropy(env, drawn, sizeof drawn);
    for (size_t i = 0; i < PN_COUNT(drawn); i++) {
        pn_letters_write(drawn[i], 13, out + 13 * i);
    }
    out[PN_TOKEN_LETTERS] = '\0';
    OPENSSL_cleanse(drawn, sizeof drawn);
}

static bool is_lower_alnum(pn_str text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!pn_is_digit(c) && !(c >= 'a' && c <= 'z')) {
            return false;
        }
    }
    return true;
}

bool pn_token_looks_right(pn_str token) {
    return token.len == PN_TOKEN_LETTERS && is_lower_alnum(token);
}

pn_sha256 pn_token_hash(pn_str token) {
    return pn_sha256_of(token.ptr, token.len);
}

enum { KEY_BODY = 40, KEY_SUM = 6 };

static void key_sum(const char *key, char out[KEY_SUM]) {
    pn_sha256 hash = pn_sha256_of(key, KEY_BODY);
    uint64_t bits = (uint64_t)hash.bytes[0] << 24 | (uint64_t)hash.bytes[1] << 16 |
                    (uint64_t)hash.bytes[2] << 8 | hash.bytes[3];
    pn_letters_write(bits, KEY_SUM, out);
}

void pn_key_make(const pn_env *env, bool live, char out[PN_KEY_SIZE]) {
    uint64_t drawn[4];
    pn_env_entropy(env, drawn, sizeof drawn);
    memcpy(out, live ? "pk_live_" : "pk_test_", 8);
    for (size_t i = 0; i < PN_COUNT(drawn); i++) {
        pn_letters_write(drawn[i], 8, out + 8 + 8 * i);
    }
    key_sum(out, out + KEY_BODY);
    out[PN_KEY_LETTERS] = '\0';
    OPENSSL_cleanse(drawn, sizeof drawn);
}

bool pn_key_looks_right(pn_str key, bool *ret_live) {
    char sum[KEY_SUM];
    bool live = pn_str_starts(key, PN_STR("pk_live_"));
    if (key.len != PN_KEY_LETTERS || (!live && !pn_str_starts(key, PN_STR("pk_test_"))) ||
        !is_lower_alnum(pn_str_from(key, 8))) {
        return false;
    }
    key_sum(key.ptr, sum);
    if (ret_live != NULL) {
        *ret_live = live;
    }
    return memcmp(sum, key.ptr + KEY_BODY, KEY_SUM) == 0;
}

bool pn_secret_equal(pn_str a, pn_str b) {
    return a.len == b.len && (a.len == 0 || CRYPTO_memcmp(a.ptr, b.ptr, a.len) == 0);
}
