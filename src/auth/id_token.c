#include "auth/id_token.h"

#include <cjose/cjose.h>
#include <stdlib.h>

#include "auth/token.h"
#include "base/banned.h"
#include "base/hash.h"
#include "base/json.h"

enum { TOKEN_BYTES_MAX = 16384, KEYS_MAX = 100 };
#define CLOCK_SKEW (2 * PN_MINUTE)

/* ── base64url (RFC 4648, section 5) ─────────────────────────────────────────────────────────── */

static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

pn_str pn_pkce_challenge(pn_str verifier, pn_arena *arena) {
    pn_sha256 hash = pn_sha256_of(verifier.ptr, verifier.len);
    char *out = pn_arena_alloc(arena, 44);
    size_t len = 0;
    uint32_t bits = 0, held = 0;
    for (size_t i = 0; i < sizeof hash.bytes; i++) {
        bits = (bits << 8 | hash.bytes[i]) & 0xFFFFFF;
        for (held += 8; held >= 6; held -= 6) {
            out[len++] = LETTERS[bits >> (held - 6) & 63];
        }
    }
    out[len++] = LETTERS[bits << (6 - held) & 63];
    return (pn_str){out, len};
}

static bool decode(pn_str text, pn_arena *arena, pn_str *ret_bytes) {
    char *out = pn_arena_alloc(arena, text.len + 1);
    size_t len = 0;
    uint32_t bits = 0, held = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *hit = text.ptr[i] == '\0' ? NULL : strchr(LETTERS, text.ptr[i]);
        if (hit == NULL) {
            return false;
        }
        bits = (bits << 6 | (uint32_t)(hit - LETTERS)) & 0xFFFFFF;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out[len++] = (char)(bits >> held & 0xFF);
        }
    }
    *ret_bytes = (pn_str){out, len};
    return true;
}

/* ── keys ────────────────────────────────────────────────────────────────────────────────────── */

bool pn_id_token_algorithm_is(pn_str algorithm) {
    return pn_str_is(algorithm, "RS256") || pn_str_is(algorithm, "PS256") ||
           pn_str_is(algorithm, "ES256");
}

static pn_err denied(pn_diag *diag, const char *why) {
    return pn_diag_set(diag, PN_DENIED, "The provider's word cannot be trusted: %s.", why);
}

static pn_str text_of(const pn_json *object, const char *name) {
    return pn_json_text(pn_json_get(object, pn_str_of(name)), PN_STR(""));
}

static bool may_sign(const pn_json *key, pn_str algorithm, pn_str kid) {
    pn_str use = text_of(key, "use"), alg = text_of(key, "alg");
    pn_str kty = pn_str_is(algorithm, "ES256") ? PN_STR("EC") : PN_STR("RSA");
    return key->type == PN_JSON_OBJECT && pn_str_eq(text_of(key, "kty"), kty) &&
           (use.len == 0 || pn_str_is(use, "sig")) && (alg.len == 0 || pn_str_eq(alg, algorithm)) &&
           (kid.len == 0 || pn_str_eq(text_of(key, "kid"), kid));
}

/* The key that the token names; of a set with one that fits, that one. */
static const pn_json *find_key(const pn_json *keys, pn_str algorithm, pn_str kid) {
    const pn_json *found = NULL;
    for (uint32_t i = 0;
         keys != NULL && keys->type == PN_JSON_ARRAY && i < keys->count && i < KEYS_MAX; i++) {
        if (may_sign(&keys->items[i], algorithm, kid)) {
            if (found != NULL) {
                return NULL;
            }
            found = &keys->items[i];
        }
    }
    return found;
}

/* ── signature ───────────────────────────────────────────────────────────────────────────────── */

static pn_err check_header(pn_str token, const pn_id_token_wanted *wanted, pn_arena *arena,
                           pn_str *ret_kid, pn_diag *diag) {
    pn_str rest = token, head, bytes;
    pn_json *header = NULL;
    if (token.len > TOKEN_BYTES_MAX || !pn_str_split(&rest, '.', &head) ||
        !decode(head, arena, &bytes) || pn_json_parse(bytes, NULL, arena, &header, NULL) != PN_OK) {
        return denied(diag, "the token cannot be read");
    }
    if (!pn_str_eq(text_of(header, "alg"), wanted->algorithm) ||
        pn_json_get(header, PN_STR("crit")) != NULL) {
        return denied(diag, "it is signed by another algorithm than was agreed");
    }
    *ret_kid = text_of(header, "kid");
    return PN_OK;
}

static pn_err verify(pn_str token, const pn_json *key, pn_arena *arena, pn_str *ret_payload,
                     pn_diag *diag) {
    cjose_err err;
    pn_buf text;
    uint8_t *plain = NULL;
    size_t size = 0;
    pn_buf_init(&text, 65536);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    pn_json_add_value(&w, key);
    cjose_jwk_t *jwk = text.failed ? NULL : cjose_jwk_import(pn_buf_str(&text).ptr, text.len, &err);
    cjose_jws_t *jws = jwk == NULL ? NULL : cjose_jws_import(token.ptr, token.len, &err);
    bool good = jws != NULL && cjose_jws_verify(jws, jwk, &err) &&
                cjose_jws_get_plaintext(jws, &plain, &size, &err);
    if (good) {
        *ret_payload = pn_str_dup(arena, (pn_str){(const char *)plain, size});
    }
    cjose_jws_release(jws);
    cjose_jwk_release(jwk);
    pn_buf_done(&text);
    return good ? PN_OK : denied(diag, "its signature is wrong");
}

/* ── claims ──────────────────────────────────────────────────────────────────────────────────── */

static bool is_audience(const pn_json *claims, pn_str client_id) {
    const pn_json *aud = pn_json_get(claims, PN_STR("aud"));
    pn_str azp = text_of(claims, "azp");
    bool held = false;
    if (aud == NULL) {
        return false;
    }
    if (aud->type == PN_JSON_STR) {
        return pn_str_eq(aud->text, client_id) && (azp.len == 0 || pn_str_eq(azp, client_id));
    }
    for (uint32_t i = 0; aud->type == PN_JSON_ARRAY && i < aud->count; i++) {
        held = held || pn_str_eq(pn_json_text(&aud->items[i], PN_STR("")), client_id);
    }
    return held && (aud->count == 1 || pn_str_eq(azp, client_id));
}

static bool is_time(const pn_json *claims, const pn_id_token_wanted *wanted) {
    int64_t now = wanted->now / PN_SECOND, skew = CLOCK_SKEW / PN_SECOND;
    int64_t exp = pn_json_int(pn_json_get(claims, PN_STR("exp")), INT64_MIN);
    int64_t iat = pn_json_int(pn_json_get(claims, PN_STR("iat")), INT64_MAX);
    int64_t nbf = pn_json_int(pn_json_get(claims, PN_STR("nbf")), INT64_MIN);
    return exp > now - skew && iat <= now + skew && iat > now - 86400 && nbf <= now + skew;
}

static pn_err check_claims(const pn_json *claims, const pn_id_token_wanted *wanted,
                           pn_id_token *ret_token, pn_diag *diag) {
    if (!pn_str_eq(text_of(claims, "iss"), wanted->issuer)) {
        return denied(diag, "it comes from another issuer");
    }
    if (!is_audience(claims, wanted->client_id)) {
        return denied(diag, "it is for somebody else");
    }
    if (!is_time(claims, wanted)) {
        return denied(diag, "it is too old, or of the future");
    }
    if (wanted->nonce.len == 0 || !pn_secret_equal(text_of(claims, "nonce"), wanted->nonce)) {
        return denied(diag, "it does not belong to this sign-in");
    }
    pn_str subject = text_of(claims, "sub");
    if (subject.len == 0 || subject.len > 255) {
        return denied(diag, "it names nobody");
    }
    *ret_token = (pn_id_token){
        .subject = subject,
        .email = text_of(claims, "email"),
        .name = text_of(claims, "name"),
        .email_verified = pn_json_bool(pn_json_get(claims, PN_STR("email_verified")), false),
    };
    return PN_OK;
}

pn_err pn_id_token_verify(pn_str token, pn_str jwks, const pn_id_token_wanted *wanted,
                          pn_arena *arena, pn_id_token *ret_token, pn_diag *diag) {
    pn_str kid = PN_STR_NONE, payload = PN_STR_NONE;
    pn_json *set = NULL, *claims = NULL;
    assert(pn_id_token_algorithm_is(wanted->algorithm));
    PN_TRY(check_header(token, wanted, arena, &kid, diag));
    if (pn_json_parse(jwks, NULL, arena, &set, NULL) != PN_OK) {
        return denied(diag, "its keys cannot be read");
    }
    const pn_json *key = find_key(pn_json_get(set, PN_STR("keys")), wanted->algorithm, kid);
    if (key == NULL) {
        return denied(diag, "it is signed by a key that the provider does not publish");
    }
    PN_TRY(verify(token, key, arena, &payload, diag));
    if (pn_json_parse(payload, NULL, arena, &claims, NULL) != PN_OK ||
        claims->type != PN_JSON_OBJECT) {
        return denied(diag, "what it says cannot be read");
    }
    return check_claims(claims, wanted, ret_token, diag);
}
