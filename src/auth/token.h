/* Tokens: what a browser or a system shows to be let in. Of each only a hash is stored.
 *
 * A token has 256 bits as 52 letters of Crockford's base 32; a plain SHA-256 of that much entropy
 * cannot be searched, so it needs no salt, and finds its row. A key of a system is
 * "pk_live_" or "pk_test_", 32 letters of 160 bits, and 6 letters that are a check sum: a key that
 * was cut or mistyped is told from one that is wrong, and scanners for lost secrets know it. */
#ifndef PN_AUTH_TOKEN_H
#define PN_AUTH_TOKEN_H

#include "base/hash.h"
#include "base/time.h"

enum {
    PN_TOKEN_LETTERS = 52,
    PN_TOKEN_SIZE = PN_TOKEN_LETTERS + 1,
    PN_KEY_LETTERS = 8 + 32 + 6,
    PN_KEY_SIZE = PN_KEY_LETTERS + 1,
    PN_KEY_START_LETTERS = 12, /* what is kept and shown of it */
};

void pn_token_make(const pn_env *env, char out[PN_TOKEN_SIZE]);
/* The form alone: as many letters as a token has. */
bool pn_token_looks_right(pn_str token);
pn_sha256 pn_token_hash(pn_str token);

void pn_key_make(const pn_env *env, bool live, char out[PN_KEY_SIZE]);
/* True for a key whose check sum is right; `ret_live` may be NULL. */
bool pn_key_looks_right(pn_str key, bool *ret_live);

/* In a time that depends on the lengths alone. */
bool pn_secret_equal(pn_str a, pn_str b);

#endif
