/* What every act of signing in is made of. */
#include "app/sign_in_int.h"
#include "app/trail.h"
#include "auth/guess.h"
#include "base/banned.h"
#include "base/limits.h"

/* ── transactions ────────────────────────────────────────────────────────────────────────────── */

static pn_err write_once(const pn_visitor *visitor,
                         pn_err (*work)(const pn_visitor *visitor, void *context), void *context) {
    pn_app *app = visitor->app;
    PN_TRY(pn_app_begin_rows(app, visitor->diag)); /* each changes rows of its own */
    pn_err err = work(visitor, context);
    return pn_app_end(app, err, visitor->diag);
}

pn_err pn_visit_write(const pn_visitor *visitor, pn_id user_id,
                      pn_err (*work)(const pn_visitor *visitor, void *context), void *context) {
    char id[PN_ID_TEXT_SIZE];
    const char *actor = visitor->app->actor;
    pn_err err = PN_RETRY;
    if (user_id != 0) {
        visitor->app->actor =
            pn_str_format(visitor->arena, "user:%s", pn_id_text(PN_ID_USER, user_id, id)).ptr;
    }
    for (int i = 0; i < PN_LIMIT_TRANSACTION_TRIES && err == PN_RETRY; i++) {
        err = write_once(visitor, work, context);
    }
    visitor->app->actor = actor;
    pn_auth_forget(visitor->auth);
    return err;
}

/* ── sessions ────────────────────────────────────────────────────────────────────────────────── */

static pn_err end_shown(const pn_visitor *visitor, pn_time now) {
    pn_session_row shown;
    pn_db *db = visitor->app->db;
    if (!pn_token_looks_right(visitor->token)) {
        return PN_OK;
    }
    pn_sha256 hash = pn_token_hash(visitor->token);
    pn_err err = pn_session_find(db, &hash, now, visitor->arena, &shown);
    if (err == PN_OK) {
        err = pn_session_delete(db, shown.user_id, shown.id);
    }
    return err == PN_NOT_FOUND ? PN_OK : err;
}

pn_err pn_visit_begin_session(const pn_visitor *visitor, const pn_user_row *user, pn_id org_id,
                              bool waits, pn_signed_in *ret) {
    pn_app *app = visitor->app;
    pn_time now = pn_env_now(app->env);
    PN_TRY(end_shown(visitor, now));
    PN_TRY(pn_session_sweep(app->db, now));
    pn_token_make(app->env, ret->token);
    pn_session_row row = {
        .id = pn_app_id(app),
        .org_id = org_id,
        .user_id = user->id,
        .hash = pn_token_hash(pn_str_of(ret->token)),
        .state = waits ? PN_SESSION_WAITS : PN_SESSION_WHOLE,
        .device = pn_device_words(visitor->user_agent, visitor->arena),
        .address = pn_str_first(visitor->address, 64),
        .created_at = now,
        .seen_at = now,
        .ends_at = now + (waits ? 10 * PN_MINUTE : PN_LIMIT_SESSION_DAYS * PN_DAY),
        .strong_at = waits ? PN_TIME_NONE : now,
    };
    ret->waits = waits;
    ret->user_id = user->id;
    ret->org_id = org_id;
    ret->language = user->language;
    return pn_session_insert(app->db, &row);
}

pn_err pn_visit_renew(const pn_visitor *visitor, pn_session_row *row, pn_signed_in *ret) {
    pn_token_make(visitor->app->env, ret->token);
    row->hash = pn_token_hash(pn_str_of(ret->token));
    ret->waits = row->state == PN_SESSION_WAITS;
    ret->user_id = row->user_id;
    ret->org_id = row->org_id;
    return pn_session_update(visitor->app->db, row);
}

pn_err pn_visit_session(const pn_visitor *visitor, const pn_identity *identity,
                        pn_session_row *ret_row) {
    pn_sha256 hash = pn_token_hash(visitor->token);
    pn_err err = pn_session_find(visitor->app->db, &hash, pn_env_now(visitor->app->env),
                                 visitor->arena, ret_row);
    if (err == PN_OK && ret_row->id != identity->session_id) {
        err = PN_NOT_FOUND;
    }
    return err == PN_NOT_FOUND ? pn_diag_set(visitor->diag, PN_DENIED, "The session has ended.")
                               : err;
}

pn_err pn_visit_home(const pn_visitor *visitor, pn_id user_id, pn_id *ret_org_id) {
    pn_membership_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_membership_of_user(visitor->app->db, user_id, visitor->arena, &rows, &count));
    *ret_org_id = count == 0 ? 0 : rows[0].org_id;
    return PN_OK;
}

/* ── telling ─────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_visit_tell(const pn_visitor *visitor, pn_id user_id, const char *what) {
    pn_membership_row *rows = NULL;
    size_t count = 0;
    pn_trail_change change = {.what = what, .kind = PN_ID_USER, .id = user_id};
    PN_TRY(pn_membership_of_user(visitor->app->db, user_id, visitor->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        PN_TRY(pn_trail_add_org(visitor->app, rows[i].org_id, &change));
    }
    return count == 0 ? pn_trail_add_org(visitor->app, 0, &change) : PN_OK;
}

pn_err pn_visit_letter(const pn_visitor *visitor, pn_id user_id, pn_letter_kind kind) {
    pn_time now = pn_env_now(visitor->app->env);
    pn_id org_id = 0;
    PN_TRY(pn_visit_home(visitor, user_id, &org_id));
    if (org_id == 0) {
        return PN_OK; /* an operator alone: no channel carries it */
    }
    pn_letter_row letter = {
        .id = pn_app_id(visitor->app),
        .org_id = org_id,
        .user_id = user_id,
        .kind = kind,
        .sender = PN_STR(""),
        .not_before = now,
        .requested_at = now,
    };
    return pn_letter_insert(visitor->app->db, &letter);
}

/* ── codes ───────────────────────────────────────────────────────────────────────────────────── */

static pn_err use_recovery(const pn_visitor *visitor, const pn_seal_key *key, pn_id user_id,
                           pn_str code) {
    char id[PN_ID_TEXT_SIZE];
    pn_str plain = pn_recovery_plain(code, visitor->arena);
    if (plain.len == 0) {
        return PN_DENIED;
    }
    pn_str message = pn_str_format(visitor->arena, "%s %.*s", pn_id_text(PN_ID_USER, user_id, id),
                                   PN_STR_ARG(plain));
    pn_sha256 mark = pn_seal_mark(key, PN_STR("recovery code"), message);
    pn_time now = pn_env_now(visitor->app->env);
    pn_err err = pn_recovery_use(visitor->app->db, user_id, &mark, now);
    return err == PN_NOT_FOUND ? PN_DENIED : err;
}

pn_err pn_visit_use_code(const pn_visitor *visitor, const pn_user_row *user, pn_str code) {
    char id[PN_ID_TEXT_SIZE];
    const pn_seal_key *key = NULL;
    pn_str secret;
    int64_t step = 0;
    pn_time now = pn_env_now(visitor->app->env);
    code = pn_str_trim(code);
    if (user->totp.len == 0) {
        return PN_DENIED;
    }
    PN_TRY(pn_auth_key(visitor->auth, &key, visitor->diag));
    if (code.len != PN_TOTP_DIGITS) {
        return use_recovery(visitor, key, user->id, code);
    }
    pn_str context =
        pn_str_format(visitor->arena, "app_user.totp %s", pn_id_text(PN_ID_USER, user->id, id));
    PN_TRY(pn_unseal(key, context, user->totp, visitor->arena, &secret, visitor->diag));
    PN_TRY(pn_totp_verify(secret, code, now, user->totp_step, &step));
    pn_err err = pn_user_use_step(visitor->app->db, user->id, step);
    return err == PN_CONFLICT ? PN_DENIED : err; /* used by somebody else a moment ago */
}

/* ── wrong guesses ───────────────────────────────────────────────────────────────────────────── */

static pn_err count_wrong(const pn_visitor *visitor, void *account) {
    return pn_guess_wrong(visitor->app->db, *(const pn_str *)account, visitor->address,
                          pn_env_now(visitor->app->env));
}

pn_err pn_visit_wrong(const pn_visitor *visitor, pn_str account, const char *sentence) {
    PN_TRY(pn_visit_write(visitor, 0, count_wrong, &account));
    return pn_diag_set(visitor->diag, PN_DENIED, "%s", sentence);
}
