/* Signing in and out, second factors, links to passwords: what a person does about themselves.
 *
 * Passwords are hashed outside of transactions, for that takes longer than everything else. Each of
 * these begins transactions of its own; `app` may be the instance's (org.id 0), for who signs in is
 * nobody yet. Answers to wrong guesses are the same, after the same work, whether the account
 * exists or not. */
#ifndef PN_APP_SIGN_IN_H
#define PN_APP_SIGN_IN_H

#include "app/app.h"
#include "auth/auth.h"
#include "auth/session.h"
#include "auth/ticket.h"
#include "auth/token.h"
#include "auth/totp.h"
#include "auth/user.h"

typedef struct {
    pn_app *app;
    pn_auth *auth;
    pn_arena *arena;
    pn_str address, user_agent; /* of the browser */
    pn_str token;               /* of the session it shows; empty: none */
    pn_diag *diag;
} pn_visitor;

typedef struct {
    char token[PN_TOKEN_SIZE]; /* the session's, new */
    bool waits;                /* for the second factor */
    pn_id user_id, org_id;
    pn_str language;
} pn_signed_in;

/* DENIED with one sentence for a wrong address or password; LIMIT where somebody guesses. */
PN_MUST_USE pn_err pn_sign_in(const pn_visitor *visitor, pn_str email, pn_str password,
                              pn_signed_in *ret);
/* A code of the second factor, or a recovery code. */
PN_MUST_USE pn_err pn_sign_in_code(const pn_visitor *visitor, pn_str code, pn_signed_in *ret);
/* For who was vouched for by a provider (app/oidc.h): a second factor is the provider's to ask. */
PN_MUST_USE pn_err pn_sign_in_vouched(const pn_visitor *visitor, pn_id user_id, pn_id org_id,
                                      pn_signed_in *ret);
/* The session that is shown ends. */
PN_MUST_USE pn_err pn_sign_out(const pn_visitor *visitor);
/* It works in another organization of the person's. */
PN_MUST_USE pn_err pn_session_go(const pn_visitor *visitor, const pn_identity *identity,
                                 pn_id org_id, pn_signed_in *ret);
/* Password or code once more: what is guarded is open for a while. The token changes. */
PN_MUST_USE pn_err pn_session_confirm(const pn_visitor *visitor, const pn_identity *identity,
                                      pn_str password, pn_str code, pn_signed_in *ret);
/* One session of the person's, or with id 0 all but the one that asks. NOT_FOUND. */
PN_MUST_USE pn_err pn_session_revoke(const pn_visitor *visitor, const pn_identity *identity,
                                     pn_id session_id, int64_t *ret_count);

/* ── passwords ── */

PN_MUST_USE pn_err pn_password_change(const pn_visitor *visitor, const pn_identity *identity,
                                      pn_str old, pn_str password, pn_signed_in *ret);
/* Asks for a letter with a link, where there is such an account; says nothing about that. */
PN_MUST_USE pn_err pn_password_forgot(const pn_visitor *visitor, pn_str email);

/* What a link is for; NOT_FOUND with a sentence for one that does not work any more. */
typedef struct {
    pn_ticket_kind kind;
    pn_str name, email, language, org_name; /* empty where nobody is known yet */
    bool founds;                            /* there is no organization yet (app/found.h) */
} pn_ticket_view;
PN_MUST_USE pn_err pn_ticket_look(const pn_visitor *visitor, pn_str token,
                                  pn_ticket_view *ret_view);
/* Sets the password and signs in. `name` and `email` are the first owner's to say; `name` may be
 * changed with an invitation too (empty: it stays). */
PN_MUST_USE pn_err pn_ticket_accept(const pn_visitor *visitor, pn_str token, pn_str name,
                                    pn_str email, pn_str password, pn_signed_in *ret);

/* ── second factor ── */

typedef struct {
    pn_str secret; /* as people type it */
    pn_str uri;    /* for the QR code */
} pn_factor_offer;
/* Begins to set one up; nothing holds until a code of it is given. */
PN_MUST_USE pn_err pn_factor_begin(const pn_visitor *visitor, const pn_identity *identity,
                                   pn_factor_offer *ret_offer);
typedef struct {
    char codes[PN_RECOVERY_CODES][PN_RECOVERY_SIZE]; /* shown once */
} pn_recovery_codes;
PN_MUST_USE pn_err pn_factor_confirm(const pn_visitor *visitor, const pn_identity *identity,
                                     pn_str code, pn_recovery_codes *ret_codes, pn_signed_in *ret);
/* CONFLICT where the organization wants one. */
PN_MUST_USE pn_err pn_factor_drop(const pn_visitor *visitor, const pn_identity *identity);
PN_MUST_USE pn_err pn_factor_renew_codes(const pn_visitor *visitor, const pn_identity *identity,
                                         pn_recovery_codes *ret_codes);

#endif
