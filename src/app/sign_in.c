#include "app/sign_in.h"

#include "app/sign_in_int.h"
#include "app/users.h"
#include "auth/guess.h"
#include "base/banned.h"
#include "base/limits.h"
#include "base/utf8.h"

static const char WRONG[] = "The address or the password is wrong.";

/* ── signing in ──────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_user_row user;
    pn_id org_id;
    pn_str account;                      /* folded */
    char renewed[PN_PASSWORD_HASH_SIZE]; /* a hash of today's parameters; empty: not needed */
    pn_signed_in signed_in;
} entering;

static pn_err enter(const pn_visitor *visitor, void *context) {
    entering *e = context;
    pn_db *db = visitor->app->db;
    bool waits = e->user.totp.len != 0;
    if (!waits) {
        PN_TRY(pn_guess_right(db, e->account));
    }
    if (e->renewed[0] != '\0') {
        PN_TRY(pn_user_set_password(db, e->user.id, pn_str_of(e->renewed), e->user.password_at));
    }
    PN_TRY(pn_guess_sweep(db, pn_env_now(visitor->app->env)));
    PN_TRY(pn_visit_home(visitor, e->user.id, &e->org_id));
    PN_TRY(pn_visit_begin_session(visitor, &e->user, e->org_id, waits, &e->signed_in));
    return waits ? PN_OK : pn_visit_tell(visitor, e->user.id, "session.begun");
}

/* The account a guess is counted for: whatever was typed, folded and cut. */
static pn_str account_of(pn_str email, pn_arena *arena) {
    return pn_utf8_fold(arena, pn_str_first(pn_str_trim(email), PN_LIMIT_EMAIL_BYTES), false);
}

static pn_err check_password(const pn_visitor *visitor, pn_str account, pn_str password,
                             pn_user_row *ret_user, bool *ret_right) {
    pn_app *app = visitor->app;
    PN_TRY(
        pn_guess_allowed(app->db, account, visitor->address, pn_env_now(app->env), visitor->diag));
    pn_err err = pn_user_by_email(app->db, account, visitor->arena, ret_user);
    if (err != PN_OK && err != PN_NOT_FOUND) {
        return err;
    }
    bool there = err == PN_OK && ret_user->archived_at == PN_TIME_NONE;
    PN_TRY(pn_password_verify(pn_auth_hasher(visitor->auth), password,
                              there ? ret_user->password : PN_STR_NONE, ret_right, visitor->diag));
    *ret_right = *ret_right && there;
    return PN_OK;
}

pn_err pn_sign_in(const pn_visitor *visitor, pn_str email, pn_str password, pn_signed_in *ret) {
    entering e = {.account = account_of(email, visitor->arena)};
    bool right = false;
    pn_err err = check_password(visitor, e.account, password, &e.user, &right);
    if (err != PN_OK) {
        return pn_app_fail(visitor->app, err, visitor->diag);
    }
    if (!right) {
        return pn_visit_wrong(visitor, e.account, WRONG);
    }
    if (pn_password_is_dated(e.user.password)) {
        PN_TRY(pn_password_hash(pn_auth_hasher(visitor->auth), password, visitor->app->env,
                                e.renewed, visitor->diag));
    }
    PN_TRY(pn_visit_write(visitor, e.user.id, enter, &e));
    *ret = e.signed_in;
    return PN_OK;
}

/* ── second factor ───────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_session_row session;
    pn_user_row user;
    pn_str code;
    pn_signed_in signed_in;
} finishing;

static pn_err finish(const pn_visitor *visitor, void *context) {
    finishing *f = context;
    PN_TRY(pn_visit_use_code(visitor, &f->user, f->code));
    PN_TRY(pn_guess_right(visitor->app->db, f->user.email_fold));
    /* a session of its own: the one that waited was short */
    PN_TRY(pn_session_delete(visitor->app->db, f->user.id, f->session.id));
    pn_visitor fresh = *visitor;
    fresh.token = PN_STR_NONE;
    PN_TRY(pn_visit_begin_session(&fresh, &f->user, f->session.org_id, false, &f->signed_in));
    return pn_visit_tell(visitor, f->user.id, "session.begun");
}

pn_err pn_sign_in_code(const pn_visitor *visitor, pn_str code, pn_signed_in *ret) {
    finishing f = {.code = code};
    pn_app *app = visitor->app;
    pn_time now = pn_env_now(app->env);
    pn_sha256 hash = pn_token_hash(visitor->token);
    pn_err err = pn_session_find(app->db, &hash, now, visitor->arena, &f.session);
    if (err == PN_OK && f.session.state != PN_SESSION_WAITS) {
        err = PN_NOT_FOUND;
    }
    if (err == PN_OK) {
        err = pn_user_get(app->db, f.session.user_id, visitor->arena, &f.user);
    }
    if (err == PN_NOT_FOUND) {
        err = pn_diag_set(visitor->diag, PN_DENIED, "There is no sign-in that waits for a code.");
        pn_diag_mend(visitor->diag, "Begin again with address and password.");
        return err;
    }
    PN_TRY(pn_app_fail(app, err, visitor->diag));
    PN_TRY(pn_guess_allowed(app->db, f.user.email_fold, visitor->address, now, visitor->diag));
    err = pn_visit_write(visitor, f.user.id, finish, &f);
    if (err == PN_DENIED) {
        return pn_visit_wrong(visitor, f.user.email_fold,
                              "The code is wrong, or was used already.");
    }
    PN_TRY(err);
    *ret = f.signed_in;
    return PN_OK;
}

/* ── vouched for ─────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_id user_id, org_id;
    pn_signed_in signed_in;
} vouched;

static pn_err enter_vouched(const pn_visitor *visitor, void *context) {
    vouched *v = context;
    pn_user_row user;
    PN_TRY(pn_user_get(visitor->app->db, v->user_id, visitor->arena, &user));
    if (user.archived_at != PN_TIME_NONE) {
        return pn_diag_set(visitor->diag, PN_DENIED, "This person was archived.");
    }
    PN_TRY(pn_visit_begin_session(visitor, &user, v->org_id, false, &v->signed_in));
    return pn_visit_tell(visitor, user.id, "session.begun_by_provider");
}

pn_err pn_sign_in_vouched(const pn_visitor *visitor, pn_id user_id, pn_id org_id,
                          pn_signed_in *ret) {
    vouched v = {.user_id = user_id, .org_id = org_id};
    PN_TRY(pn_visit_write(visitor, user_id, enter_vouched, &v));
    *ret = v.signed_in;
    return PN_OK;
}

/* ── sessions ────────────────────────────────────────────────────────────────────────────────── */

static pn_err sign_out(const pn_visitor *visitor, void *context) {
    pn_session_row row;
    pn_db *db = visitor->app->db;
    (void)context;
    if (!pn_token_looks_right(visitor->token)) {
        return PN_OK;
    }
    pn_sha256 hash = pn_token_hash(visitor->token);
    pn_err err = pn_session_find(db, &hash, pn_env_now(visitor->app->env), visitor->arena, &row);
    if (err != PN_OK) {
        return err == PN_NOT_FOUND ? PN_OK : err;
    }
    PN_TRY(pn_session_delete(db, row.user_id, row.id));
    return pn_visit_tell(visitor, row.user_id, "session.ended");
}

pn_err pn_sign_out(const pn_visitor *visitor) {
    return pn_visit_write(visitor, 0, sign_out, NULL);
}

typedef struct {
    const pn_identity *identity;
    pn_id org_id;
    pn_signed_in signed_in;
} going;

static pn_err go(const pn_visitor *visitor, void *context) {
    going *g = context;
    pn_session_row row;
    pn_membership_row membership;
    PN_TRY(pn_visit_session(visitor, g->identity, &row));
    pn_err err = pn_membership_get(visitor->app->db, g->org_id, g->identity->user_id,
                                   visitor->arena, &membership);
    if (err == PN_NOT_FOUND || (err == PN_OK && membership.archived_at != PN_TIME_NONE)) {
        return pn_diag_set(visitor->diag, PN_NOT_FOUND,
                           "There is no such organization among yours.");
    }
    PN_TRY(err);
    row.org_id = g->org_id;
    return pn_visit_renew(visitor, &row, &g->signed_in);
}

pn_err pn_session_go(const pn_visitor *visitor, const pn_identity *identity, pn_id org_id,
                     pn_signed_in *ret) {
    going g = {.identity = identity, .org_id = org_id};
    PN_TRY(pn_visit_write(visitor, identity->user_id, go, &g));
    *ret = g.signed_in;
    return PN_OK;
}

typedef struct {
    const pn_identity *identity;
    const pn_user_row *user;
    pn_str code; /* empty: the password was right */
    pn_signed_in signed_in;
} confirming;

static pn_err confirm(const pn_visitor *visitor, void *context) {
    confirming *c = context;
    pn_session_row row;
    PN_TRY(pn_visit_session(visitor, c->identity, &row));
    if (c->code.len != 0) {
        PN_TRY(pn_visit_use_code(visitor, c->user, c->code));
    }
    PN_TRY(pn_guess_right(visitor->app->db, c->user->email_fold));
    row.strong_at = pn_env_now(visitor->app->env);
    return pn_visit_renew(visitor, &row, &c->signed_in);
}

/* Who has a second factor gives that; who has none the password. */
pn_err pn_session_confirm(const pn_visitor *visitor, const pn_identity *identity, pn_str password,
                          pn_str code, pn_signed_in *ret) {
    pn_user_row user;
    pn_app *app = visitor->app;
    bool right = true;
    PN_TRY(pn_user_get(app->db, identity->user_id, visitor->arena, &user));
    confirming c = {.identity = identity, .user = &user};
    if (user.totp.len != 0) {
        PN_TRY(pn_guess_allowed(app->db, user.email_fold, visitor->address, pn_env_now(app->env),
                                visitor->diag));
        c.code = code.len != 0 ? code : PN_STR("none");
    } else {
        PN_TRY(check_password(visitor, user.email_fold, password, &user, &right));
    }
    pn_err err = right ? pn_visit_write(visitor, user.id, confirm, &c) : PN_DENIED;
    if (err == PN_DENIED && (visitor->diag == NULL || visitor->diag->what[0] == '\0')) {
        return pn_visit_wrong(visitor, user.email_fold,
                              user.totp.len != 0 ? "The code is wrong, or was used already."
                                                 : "The password is wrong.");
    }
    PN_TRY(err);
    *ret = c.signed_in;
    return PN_OK;
}

typedef struct {
    const pn_identity *identity;
    pn_id session_id;
    int64_t count;
} revoking;

static pn_err revoke(const pn_visitor *visitor, void *context) {
    revoking *r = context;
    pn_db *db = visitor->app->db;
    pn_id user_id = r->identity->user_id;
    r->count = 1;
    pn_err err = r->session_id != 0
                     ? pn_session_delete(db, user_id, r->session_id)
                     : pn_session_delete_others(db, user_id, 0, r->identity->session_id, &r->count);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(visitor->diag, err, "There is no such session of yours.");
    }
    PN_TRY(err);
    return r->count == 0 ? PN_OK : pn_visit_tell(visitor, user_id, "session.revoked");
}

pn_err pn_session_revoke(const pn_visitor *visitor, const pn_identity *identity, pn_id session_id,
                         int64_t *ret_count) {
    revoking r = {.identity = identity, .session_id = session_id};
    PN_TRY(pn_visit_write(visitor, identity->user_id, revoke, &r));
    *ret_count = r.count;
    return PN_OK;
}

/* ── passwords ───────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    const pn_identity *identity;
    char hash[PN_PASSWORD_HASH_SIZE];
    pn_signed_in signed_in;
} changing;

/* Whoever else is signed in as this person is so no more. */
static pn_err change_password(const pn_visitor *visitor, void *context) {
    changing *c = context;
    pn_db *db = visitor->app->db;
    pn_session_row row;
    pn_time now = pn_env_now(visitor->app->env);
    pn_id user_id = c->identity->user_id;
    PN_TRY(pn_visit_session(visitor, c->identity, &row));
    PN_TRY(pn_user_set_password(db, user_id, pn_str_of(c->hash), now));
    PN_TRY(pn_session_delete_others(db, user_id, 0, row.id, NULL));
    PN_TRY(pn_ticket_end(db, user_id, now));
    row.strong_at = now;
    PN_TRY(pn_visit_renew(visitor, &row, &c->signed_in));
    PN_TRY(pn_visit_letter(visitor, user_id, PN_LETTER_CHANGED));
    return pn_visit_tell(visitor, user_id, "user.password_changed");
}

pn_err pn_password_change(const pn_visitor *visitor, const pn_identity *identity, pn_str old,
                          pn_str password, pn_signed_in *ret) {
    pn_user_row user;
    bool right = false;
    changing c = {.identity = identity};
    PN_TRY(pn_user_get(visitor->app->db, identity->user_id, visitor->arena, &user));
    PN_TRY(check_password(visitor, user.email_fold, old, &user, &right));
    if (!right) {
        return pn_visit_wrong(visitor, user.email_fold, "The present password is wrong.");
    }
    PN_TRY(pn_password_check(password, user.email, user.name, visitor->arena, visitor->diag));
    PN_TRY(pn_password_hash(pn_auth_hasher(visitor->auth), password, visitor->app->env, c.hash,
                            visitor->diag));
    PN_TRY(pn_visit_write(visitor, identity->user_id, change_password, &c));
    *ret = c.signed_in;
    return PN_OK;
}

typedef struct {
    pn_str account, counted;
} forgetting;

static pn_err forgot(const pn_visitor *visitor, void *context) {
    const forgetting *f = context;
    pn_user_row user;
    pn_db *db = visitor->app->db;
    PN_TRY(pn_guess_wrong(db, f->counted, visitor->address, pn_env_now(visitor->app->env)));
    pn_err err = pn_user_by_email(db, f->account, visitor->arena, &user);
    if (err != PN_OK) {
        return err == PN_NOT_FOUND ? PN_OK : err;
    }
    return user.archived_at != PN_TIME_NONE
               ? PN_OK
               : pn_visit_letter(visitor, user.id,
                                 user.password.len != 0 ? PN_LETTER_RESET : PN_LETTER_INVITATION);
}

/* Counted like guesses, but apart from those of the password: who asks for links in somebody's name
 * keeps nobody from signing in. */
pn_err pn_password_forgot(const pn_visitor *visitor, pn_str email) {
    forgetting f = {.account = account_of(email, visitor->arena)};
    f.counted = pn_str_format(visitor->arena, "forgot %.*s", PN_STR_ARG(f.account));
    PN_TRY(pn_guess_allowed(visitor->app->db, f.counted, visitor->address,
                            pn_env_now(visitor->app->env), visitor->diag));
    return pn_visit_write(visitor, 0, forgot, &f);
}
