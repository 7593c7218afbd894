/* Sealing: what must be read again (secrets of second factors and of providers) stands in the
 * database encrypted with AES-256-GCM (NIST SP 800-38D) under a key that is not in it.
 *
 * The master key is 32 random bytes in a file that only the program's user may read: the one that
 * PUNTUAL_KEY_FILE names, systemd's credential "puntual.key", or beside a database that is a file
 * PATH.key. So a copy or backup of the database alone gives nobody a secret. What it is used for is
 * derived from it by purpose (HMAC-SHA-256), so that no two uses share a key. Everything sealed
 * says under which key, and is bound to its place by a context: moved to another row it does not
 * open. */
#ifndef PN_AUTH_SEAL_H
#define PN_AUTH_SEAL_H

#include "base/hash.h"
#include "base/time.h"

enum { PN_SEAL_KEY_BYTES = 32, PN_SEAL_ID_BYTES = 8 };

typedef struct {
    uint8_t sealing[PN_SEAL_KEY_BYTES];
    uint8_t marking[PN_SEAL_KEY_BYTES];
    uint8_t id[PN_SEAL_ID_BYTES]; /* tells keys apart; says nothing about them */
    bool loaded;
} pn_seal_key;

/* Reads the master key that belongs to a database. With `create` it is made where a file beside the
 * database is its place, or the file that is named does not exist yet. NOT_FOUND where there is
 * none, DENIED where others may read it, with sentences. */
PN_MUST_USE pn_err pn_seal_load(const char *db_url, bool create, const pn_env *env,
                                pn_seal_key *ret_key, pn_diag *diag);
/* From 32 bytes: for tests, and for whom the key is given. */
void pn_seal_from(const uint8_t master[PN_SEAL_KEY_BYTES], pn_seal_key *ret_key);
/* Overwrites it. */
void pn_seal_forget(pn_seal_key *key);

/* `context` names the row and column: "app_user.totp usr_…". */
PN_MUST_USE pn_err pn_seal(const pn_seal_key *key, pn_str context, pn_str plain, const pn_env *env,
                           pn_arena *arena, pn_str *ret_sealed);
/* CORRUPT where it was changed, or belongs elsewhere; NOT_FOUND where another key sealed it; both
 * with a sentence. */
PN_MUST_USE pn_err pn_unseal(const pn_seal_key *key, pn_str context, pn_str sealed, pn_arena *arena,
                             pn_str *ret_plain, pn_diag *diag);

/* HMAC-SHA-256 under the master key: of what is too short to be kept as a plain hash. */
pn_sha256 pn_seal_mark(const pn_seal_key *key, pn_str purpose, pn_str message);

#endif
