/* Who asks: sessions and keys turned into identities, in front of every route.
 *
 * A pn_auth is one per process and used by all its threads. It holds the hasher of passwords, the
 * master key, and a short-lived cache of who tokens belong to: a revocation in this process empties
 * it at once, one in another is seen when an entry is PN_AUTH_CACHE_SECONDS old. When a session or
 * key was last used is gathered there too, and written now and then (pn_auth_flush), so that no
 * request that reads has to write. */
#ifndef PN_AUTH_AUTH_H
#define PN_AUTH_AUTH_H

#include "auth/identity.h"
#include "auth/password.h"
#include "auth/seal.h"
#include "base/hash.h"
#include "store/db.h"

typedef struct pn_auth pn_auth;

enum { PN_AUTH_CACHE_SECONDS = 5 };

/* `db_url` says where the master key is; it is read, and made where it may be, when it is first
 * needed. */
pn_auth *pn_auth_new(const char *db_url, const pn_env *env);
void pn_auth_free(pn_auth *auth);

pn_hasher *pn_auth_hasher(pn_auth *auth);
const pn_env *pn_auth_env(const pn_auth *auth);
/* pn_seal_load's errors. The key lives as long as `auth`. */
PN_MUST_USE pn_err pn_auth_key(pn_auth *auth, const pn_seal_key **ret_key, pn_diag *diag);

/* What a request shows; every text may be empty. */
typedef struct {
    pn_str authorization; /* the header: "Bearer pk_live_…" */
    pn_str cookie;        /* the session's cookie (pn_cookie_name) */
    pn_str csrf;          /* header "x-csrf-token" */
    pn_str origin;        /* header "origin" */
    pn_str fetch_site;    /* header "sec-fetch-site" */
    pn_str host;          /* header "host" */
    pn_str address;       /* of the client */
    bool secure;          /* it came by TLS */
    bool changes;         /* its method may change something: not GET, not HEAD */
} pn_credentials;

/* NOT_FOUND where nothing is shown; DENIED with a sentence for what is shown and wrong. The key has
 * precedence over the cookie. Reads `db` outside or inside a transaction. */
PN_MUST_USE pn_err pn_auth_identify(pn_auth *auth, pn_db *db, const pn_credentials *shown,
                                    pn_arena *arena, pn_identity *ret_identity, pn_diag *diag);

/* Somebody's rights, sessions or keys changed: nothing is remembered. */
void pn_auth_forget(pn_auth *auth);

/* Writes when sessions and keys were last used, in the transaction under way; once a minute is
 * enough. */
PN_MUST_USE pn_err pn_auth_flush(pn_auth *auth, pn_db *db);

/* ── cookies and forms ── */

/* "__Host-puntual", which browsers take by TLS alone; "puntual" on plain loopback. */
const char *pn_cookie_name(bool secure);
/* The value of Set-Cookie; an empty token takes the cookie away. */
pn_str pn_cookie_text(bool secure, pn_str token, int64_t max_age_seconds, pn_arena *arena);
/* Made from the session's token, which a page of another origin cannot read. */
pn_str pn_csrf_token(pn_str session_token, pn_arena *arena);
/* What comes from a page of ours: DENIED with a sentence otherwise. For forms `csrf` is the field's
 * value. */
PN_MUST_USE pn_err pn_csrf_check(const pn_credentials *shown, pn_diag *diag);
/* The same without a session: the origin alone. */
PN_MUST_USE pn_err pn_origin_check(const pn_credentials *shown, pn_diag *diag);

#endif
