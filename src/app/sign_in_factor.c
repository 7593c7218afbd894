/* The second factor of a person: set up, renewed, taken away. */
#include "app/sign_in_int.h"
#include "auth/setting.h"
#include "base/banned.h"

static pn_str context_of(const pn_visitor *visitor, const char *column, pn_id user_id) {
    char id[PN_ID_TEXT_SIZE];
    return pn_str_format(visitor->arena, "app_user.%s %s", column,
                         pn_id_text(PN_ID_USER, user_id, id));
}

/* ── setting up ──────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    const pn_identity *identity;
    pn_user_row user;
    pn_str sealed;
    pn_str code;
    const pn_seal_key *key;
    pn_recovery_codes *codes;
    pn_signed_in signed_in;
} factor;

static pn_err begin_in(const pn_visitor *visitor, void *context) {
    factor *f = context;
    return pn_user_set_totp(visitor->app->db, f->user.id, f->user.totp, f->sealed);
}

pn_err pn_factor_begin(const pn_visitor *visitor, const pn_identity *identity,
                       pn_factor_offer *ret_offer) {
    char bytes[PN_TOTP_SECRET_BYTES];
    factor f = {.identity = identity};
    pn_app *app = visitor->app;
    PN_TRY(pn_identity_strong(identity, pn_env_now(app->env), visitor->diag));
    PN_TRY(pn_user_get(app->db, identity->user_id, visitor->arena, &f.user));
    PN_TRY(pn_auth_key(visitor->auth, &f.key, visitor->diag));
    pn_totp_make_secret(app->env, bytes);
    pn_str secret = pn_str_dup(visitor->arena, (pn_str){bytes, sizeof bytes});
    PN_TRY(pn_seal(f.key, context_of(visitor, "totp", f.user.id), secret, app->env, visitor->arena,
                   &f.sealed));
    PN_TRY(pn_visit_write(visitor, f.user.id, begin_in, &f));
    ret_offer->secret = pn_totp_secret_text(secret, visitor->arena);
    ret_offer->uri = pn_totp_uri(secret, PN_STR("Puntual"), f.user.email, visitor->arena);
    return PN_OK;
}

static pn_err new_codes(const pn_visitor *visitor, const factor *f) {
    char id[PN_ID_TEXT_SIZE];
    pn_sha256 marks[PN_RECOVERY_CODES];
    for (size_t i = 0; i < PN_RECOVERY_CODES; i++) {
        pn_recovery_make(visitor->app->env, f->codes->codes[i]);
        pn_str plain = pn_recovery_plain(pn_str_of(f->codes->codes[i]), visitor->arena);
        pn_str message = pn_str_format(visitor->arena, "%s %.*s",
                                       pn_id_text(PN_ID_USER, f->user.id, id), PN_STR_ARG(plain));
        marks[i] = pn_seal_mark(f->key, PN_STR("recovery code"), message);
    }
    return pn_recovery_put(visitor->app->db, f->user.id, marks, PN_RECOVERY_CODES);
}

static pn_err confirm_in(const pn_visitor *visitor, void *context) {
    factor *f = context;
    pn_session_row row;
    pn_str secret;
    int64_t step = 0;
    pn_db *db = visitor->app->db;
    pn_time now = pn_env_now(visitor->app->env);
    PN_TRY(pn_visit_session(visitor, f->identity, &row));
    PN_TRY(pn_user_get(db, f->identity->user_id, visitor->arena, &f->user));
    if (f->user.totp_pending.len == 0) {
        return pn_diag_set(visitor->diag, PN_CONFLICT, "No second factor is being set up.");
    }
    PN_TRY(pn_unseal(f->key, context_of(visitor, "totp", f->user.id), f->user.totp_pending,
                     visitor->arena, &secret, visitor->diag));
    if (pn_totp_verify(secret, pn_str_trim(f->code), now, f->user.totp_step, &step) != PN_OK) {
        pn_err err = pn_diag_set(visitor->diag, PN_INVALID, "The code is not the app's.");
        pn_diag_where(visitor->diag, "code");
        pn_diag_mend(visitor->diag, "Wait for the next one; if it is wrong too, the telephone's "
                                    "clock is.");
        return err;
    }
    PN_TRY(pn_user_set_totp(db, f->user.id, f->user.totp_pending, PN_STR_NONE));
    PN_TRY(pn_user_use_step(db, f->user.id, step));
    PN_TRY(new_codes(visitor, f));
    PN_TRY(pn_session_delete_others(db, f->user.id, 0, row.id, NULL));
    row.strong_at = now;
    PN_TRY(pn_visit_renew(visitor, &row, &f->signed_in));
    PN_TRY(pn_visit_letter(visitor, f->user.id, PN_LETTER_CHANGED));
    return pn_visit_tell(visitor, f->user.id, "user.second_factor_set");
}

pn_err pn_factor_confirm(const pn_visitor *visitor, const pn_identity *identity, pn_str code,
                         pn_recovery_codes *ret_codes, pn_signed_in *ret) {
    factor f = {.identity = identity, .code = code, .codes = ret_codes};
    PN_TRY(pn_auth_key(visitor->auth, &f.key, visitor->diag));
    PN_TRY(pn_visit_write(visitor, identity->user_id, confirm_in, &f));
    *ret = f.signed_in;
    return PN_OK;
}

/* ── changing ────────────────────────────────────────────────────────────────────────────────── */

static pn_err drop_in(const pn_visitor *visitor, void *context) {
    factor *f = context;
    pn_db *db = visitor->app->db;
    PN_TRY(pn_user_set_totp(db, f->identity->user_id, PN_STR_NONE, PN_STR_NONE));
    PN_TRY(pn_recovery_put(db, f->identity->user_id, NULL, 0));
    PN_TRY(pn_visit_letter(visitor, f->identity->user_id, PN_LETTER_CHANGED));
    return pn_visit_tell(visitor, f->identity->user_id, "user.second_factor_dropped");
}

pn_err pn_factor_drop(const pn_visitor *visitor, const pn_identity *identity) {
    factor f = {.identity = identity};
    bool wanted = false;
    pn_app *app = visitor->app;
    PN_TRY(pn_identity_strong(identity, pn_env_now(app->env), visitor->diag));
    PN_TRY(pn_factor_wanted(app->db, identity->org_id, identity->role, &wanted));
    if (wanted) {
        return pn_diag_set(visitor->diag, PN_CONFLICT,
                           "The organization wants a second factor of you.");
    }
    return pn_visit_write(visitor, identity->user_id, drop_in, &f);
}

static pn_err renew_in(const pn_visitor *visitor, void *context) {
    factor *f = context;
    PN_TRY(new_codes(visitor, f));
    return pn_visit_tell(visitor, f->user.id, "user.recovery_codes_renewed");
}

pn_err pn_factor_renew_codes(const pn_visitor *visitor, const pn_identity *identity,
                             pn_recovery_codes *ret_codes) {
    factor f = {.identity = identity, .codes = ret_codes};
    PN_TRY(pn_identity_strong(identity, pn_env_now(visitor->app->env), visitor->diag));
    PN_TRY(pn_user_get(visitor->app->db, identity->user_id, visitor->arena, &f.user));
    if (f.user.totp.len == 0) {
        return pn_diag_set(visitor->diag, PN_CONFLICT, "You have no second factor.");
    }
    PN_TRY(pn_auth_key(visitor->auth, &f.key, visitor->diag));
    return pn_visit_write(visitor, f.user.id, renew_in, &f);
}
