/* Passwords: argon2id (RFC 9106), and what a password must be.
 *
 * A hash takes 19 MiB (OWASP's second choice: 2 passes, 1 lane), so only two are made at a time,
 * and so many may wait that nobody waits for long: past that the answer is “later”, and the rest of
 * the server does not notice. The parameters stand in the hash: a stronger choice of a later
 * release finds its old ones, and replaces each when its password is given the next time. */
#ifndef PN_AUTH_PASSWORD_H
#define PN_AUTH_PASSWORD_H

#include "base/str.h"
#include "base/time.h"

typedef struct pn_hasher pn_hasher;

enum { PN_PASSWORD_HASH_SIZE = 128 };

pn_hasher *pn_hasher_new(void);
void pn_hasher_free(pn_hasher *hasher);

/* LIMIT with a sentence where too many wait. */
PN_MUST_USE pn_err pn_password_hash(pn_hasher *hasher, pn_str password, const pn_env *env,
                                    char ret_hash[PN_PASSWORD_HASH_SIZE], pn_diag *diag);
/* `ret_right` where it is the password of `hash`. With an empty `hash` (an account that does not
 * exist, or has no password) it is wrong after the same work. */
PN_MUST_USE pn_err pn_password_verify(pn_hasher *hasher, pn_str password, pn_str hash,
                                      bool *ret_right, pn_diag *diag);
/* True where a hash was made with other parameters than are the choice today. */
bool pn_password_is_dated(pn_str hash);

/* INVALID with a sentence for a password that is too short or long, among the commonest, or made of
 * the person's own name or address. */
PN_MUST_USE pn_err pn_password_check(pn_str password, pn_str email, pn_str name, pn_arena *arena,
                                     pn_diag *diag);

#endif
