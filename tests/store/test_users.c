/* People who sign in, against a database: invitations, sessions, second factors, keys, roles. */
#define _GNU_SOURCE
#include "app_rig.h"

#include <unistd.h>

#include "app/api_keys.h"
#include "app/letters.h"
#include "app/sign_in.h"
#include "app/trail.h"
#include "app/users.h"
#include "auth/guess.h"
#include "base/limits.h"

static const char PASSWORD[] = "caballo grapa correcto";

typedef struct {
    rig r;
    pn_auth *auth;
    pn_visitor visitor;
    pn_signed_in in;
    char key_file[128];
} desk;

static desk d;

static int begin(void **state) {
    (void)state;
    rig_open(&d.r);
    (void)snprintf(d.key_file, sizeof d.key_file, "%s/master.key", d.r.at.folder);
    (void)setenv("PUNTUAL_KEY_FILE", d.key_file, 1);
    d.auth = pn_auth_new(d.r.at.url, &d.r.env);
    d.visitor = (pn_visitor){.app = d.r.app,
                             .auth = d.auth,
                             .arena = &d.r.arena,
                             .address = PN_STR("192.0.2.1"),
                             .user_agent = PN_STR("Firefox/128.0 Linux"),
                             .diag = &d.r.diag};
    d.in = (pn_signed_in){0};
    return 0;
}

static int end(void **state) {
    (void)state;
    pn_auth_free(d.auth);
    (void)unlink(d.key_file);
    rig_close(&d.r);
    return 0;
}

/* ── short ways ──────────────────────────────────────────────────────────────────────────────── */

static pn_id invite(const char *email, pn_role role, char token[PN_TOKEN_SIZE]) {
    pn_id id = 0;
    pn_invitation invitation = {.email = pn_str_of(email),
                                .name = PN_STR("Ana Ruiz"),
                                .role = role,
                                .person_key = PN_STR(""),
                                .sender = PN_STR("Jefa"),
                                .no_letter = true};
    rig_ok(&d.r, pn_app_begin(d.r.app, &d.r.diag));
    rig_ok(&d.r, pn_users_invite(d.r.app, &invitation, &d.r.arena, &id, &d.r.diag));
    rig_ok(&d.r, pn_users_make_link(d.r.app, id, &d.r.arena, token, &d.r.diag));
    rig_ok(&d.r, pn_app_commit(d.r.app, &d.r.diag));
    return id;
}

static pn_id member(const char *email, pn_role role) {
    char token[PN_TOKEN_SIZE];
    pn_id id = invite(email, role, token);
    pn_diag_clear(&d.r.diag);
    rig_ok(&d.r, pn_ticket_accept(&d.visitor, pn_str_of(token), PN_STR_NONE, PN_STR_NONE,
                                  pn_str_of(PASSWORD), &d.in));
    return id;
}

static pn_err sign_in(const char *email, const char *password) {
    pn_diag_clear(&d.r.diag);
    return pn_sign_in(&d.visitor, pn_str_of(email), pn_str_of(password), &d.in);
}

static pn_err identify(const char *token, pn_identity *ret_identity) {
    pn_credentials shown = {.cookie = pn_str_of(token)};
    pn_diag_clear(&d.r.diag);
    return pn_auth_identify(d.auth, d.r.app->db, &shown, &d.r.arena, ret_identity, &d.r.diag);
}

static pn_identity me(void) {
    pn_identity identity = {0};
    d.visitor.token = pn_str_dup(&d.r.arena, pn_str_of(d.in.token));
    rig_ok(&d.r, identify(d.in.token, &identity));
    return identity;
}

#define assert_says(words) assert_non_null(strstr(d.r.diag.what, words))

/* ── signing in ──────────────────────────────────────────────────────────────────────────────── */

static void an_invitation_opens_once(void **state) {
    (void)state;
    char token[PN_TOKEN_SIZE];
    pn_ticket_view view;
    pn_identity identity;
    invite("Ana@Cobros.example", PN_ROLE_OWNER, token);
    rig_ok(&d.r, pn_ticket_look(&d.visitor, pn_str_of(token), &view));
    assert_str(view.email, "Ana@Cobros.example");
    assert_str(view.org_name, "Ibarra");
    assert_int_equal(pn_ticket_accept(&d.visitor, pn_str_of(token), PN_STR_NONE, PN_STR_NONE,
                                      PN_STR("password1234"), &d.in),
                     PN_INVALID);
    pn_diag_clear(&d.r.diag);
    rig_ok(&d.r, pn_ticket_accept(&d.visitor, pn_str_of(token), PN_STR("Ana R."), PN_STR_NONE,
                                  pn_str_of(PASSWORD), &d.in));
    assert_false(d.in.waits);
    rig_ok(&d.r, identify(d.in.token, &identity));
    assert_int_equal(identity.role, PN_ROLE_OWNER);
    assert_int_equal(identity.org_id, d.r.app->org.id);
    assert_str(identity.name, "Ana R.");
    assert_true(pn_str_starts(identity.actor, PN_STR("user:usr_")));
    pn_diag_clear(&d.r.diag);
    assert_int_equal(pn_ticket_accept(&d.visitor, pn_str_of(token), PN_STR_NONE, PN_STR_NONE,
                                      pn_str_of(PASSWORD), &d.in),
                     PN_NOT_FOUND);
    assert_says("does not work any more");
    /* neither token nor password is anywhere in the database */
    assert_int_equal(
        rig_int(&d.r, "SELECT count(*) FROM app_user WHERE password LIKE '%%%s%%'", PASSWORD), 0);
    rig_agrees(&d.r);
}

static void a_link_grows_old(void **state) {
    (void)state;
    char token[PN_TOKEN_SIZE];
    pn_ticket_view view;
    invite("ana@cobros.example", PN_ROLE_OWNER, token);
    d.r.clock.now += 7 * PN_DAY - PN_SECOND;
    rig_ok(&d.r, pn_ticket_look(&d.visitor, pn_str_of(token), &view));
    d.r.clock.now += 2 * PN_SECOND;
    assert_int_equal(pn_ticket_look(&d.visitor, pn_str_of(token), &view), PN_NOT_FOUND);
}

static void wrong_guesses_are_answered_alike_and_slowed(void **state) {
    (void)state;
    pn_diag known;
    member("ana@cobros.example", PN_ROLE_OWNER);
    assert_int_equal(sign_in("ana@cobros.example", "wrong"), PN_DENIED);
    known = d.r.diag;
    assert_int_equal(sign_in("nobody@cobros.example", "wrong"), PN_DENIED);
    assert_memory_equal(&known, &d.r.diag, sizeof known);
    rig_ok(&d.r, sign_in(" ANA@cobros.example", PASSWORD)); /* the right one begins anew */
    for (int i = 0; i < PN_LIMIT_GUESSES_OF_ACCOUNT; i++) {
        assert_int_equal(sign_in("ana@cobros.example", "wrong"), PN_DENIED);
    }
    assert_int_equal(sign_in("ana@cobros.example", PASSWORD), PN_LIMIT);
    known = d.r.diag;
    for (int i = 0; i < PN_LIMIT_GUESSES_OF_ACCOUNT; i++) {
        (void)sign_in("nobody@cobros.example", "wrong");
    }
    assert_int_equal(sign_in("nobody@cobros.example", PASSWORD), PN_LIMIT);
    assert_memory_equal(&known, &d.r.diag, sizeof known);
    d.r.clock.now += (PN_LIMIT_GUESS_PAUSE_MINUTES + 1) * PN_MINUTE;
    rig_ok(&d.r, sign_in("ana@cobros.example", PASSWORD)); /* never for good */
}

static void an_address_that_tries_all_accounts_is_slowed(void **state) {
    (void)state;
    char email[64];
    member("ana@cobros.example", PN_ROLE_OWNER);
    for (int i = 0; i < PN_LIMIT_GUESSES_OF_ADDRESS; i++) {
        (void)snprintf(email, sizeof email, "u%d@cobros.example", i);
        rig_ok(&d.r, pn_app_begin(d.r.app, &d.r.diag));
        rig_ok(&d.r,
               pn_guess_wrong(d.r.app->db, pn_str_of(email), d.visitor.address, d.r.clock.now));
        rig_ok(&d.r, pn_app_commit(d.r.app, &d.r.diag));
    }
    assert_int_equal(sign_in("ana@cobros.example", PASSWORD), PN_LIMIT);
    d.visitor.address = PN_STR("192.0.2.2");
    rig_ok(&d.r, sign_in("ana@cobros.example", PASSWORD));
}

/* ── sessions ────────────────────────────────────────────────────────────────────────────────── */

static void sessions_end_idle_old_and_revoked(void **state) {
    (void)state;
    pn_identity identity;
    int64_t ended = 0;
    char first[PN_TOKEN_SIZE], second[PN_TOKEN_SIZE];
    member("ana@cobros.example", PN_ROLE_OWNER);
    memcpy(first, d.in.token, sizeof first);
    rig_ok(&d.r, sign_in("ana@cobros.example", PASSWORD));
    memcpy(second, d.in.token, sizeof second);
    identity = me();
    rig_ok(&d.r, identify(first, &identity));
    rig_ok(&d.r, identify(second, &identity));
    rig_ok(&d.r, pn_session_revoke(&d.visitor, &identity, 0, &ended));
    assert_int_equal(ended, 1);
    assert_int_equal(identify(first, &identity), PN_DENIED); /* at once, in spite of the cache */
    rig_ok(&d.r, identify(second, &identity));
    /* used every hour it goes on, until it is too old */
    for (int hours = 0; hours < PN_LIMIT_SESSION_DAYS * 24 - 1; hours++) {
        d.r.clock.now += PN_HOUR;
        rig_ok(&d.r, identify(second, &identity));
        rig_ok(&d.r, pn_app_begin(d.r.app, &d.r.diag));
        rig_ok(&d.r, pn_auth_flush(d.auth, d.r.app->db));
        rig_ok(&d.r, pn_app_commit(d.r.app, &d.r.diag));
    }
    d.r.clock.now += 2 * PN_HOUR;
    assert_int_equal(identify(second, &identity), PN_DENIED);
    rig_ok(&d.r, sign_in("ana@cobros.example", PASSWORD));
    d.r.clock.now += (PN_LIMIT_SESSION_IDLE_HOURS + 1) * PN_HOUR;
    assert_int_equal(identify(d.in.token, &identity), PN_DENIED);
    assert_says("has ended");
}

static void a_restored_backup_lets_nobody_in(void **state) {
    (void)state;
    pn_identity identity;
    pn_ticket_view view;
    char token[PN_TOKEN_SIZE];
    member("ana@cobros.example", PN_ROLE_OWNER);
    invite("eva@cobros.example", PN_ROLE_MANAGER, token);
    rig_ok(&d.r, identify(d.in.token, &identity));
    rig_ok(&d.r, pn_app_begin(d.r.app, &d.r.diag));
    rig_ok(&d.r, pn_session_end_restored(d.r.app->db, d.r.app->org.id, d.r.clock.now));
    rig_ok(&d.r, pn_app_commit(d.r.app, &d.r.diag));
    pn_auth_forget(d.auth);
    assert_int_equal(identify(d.in.token, &identity), PN_DENIED);
    assert_int_equal(pn_ticket_look(&d.visitor, pn_str_of(token), &view), PN_NOT_FOUND);
    pn_diag_clear(&d.r.diag);
    rig_ok(&d.r, sign_in("ana@cobros.example", PASSWORD));
}

static void a_new_password_ends_what_others_have(void **state) {
    (void)state;
    pn_identity identity;
    char other[PN_TOKEN_SIZE], own[PN_TOKEN_SIZE];
    member("ana@cobros.example", PN_ROLE_OWNER);
    memcpy(other, d.in.token, sizeof other);
    d.visitor.token = PN_STR_NONE;
    rig_ok(&d.r, sign_in("ana@cobros.example", PASSWORD));
    memcpy(own, d.in.token, sizeof own);
    identity = me();
    assert_int_equal(pn_password_change(&d.visitor, &identity, PN_STR("wrong"),
                                        PN_STR("otra clave bien larga"), &d.in),
                     PN_DENIED);
    pn_diag_clear(&d.r.diag);
    rig_ok(&d.r, pn_password_change(&d.visitor, &identity, pn_str_of(PASSWORD),
                                    PN_STR("otra clave bien larga"), &d.in));
    assert_int_equal(identify(other, &identity), PN_DENIED);
    assert_int_equal(identify(own, &identity), PN_DENIED); /* the token is another one */
    rig_ok(&d.r, identify(d.in.token, &identity));
    d.visitor.token = PN_STR_NONE;
    assert_int_equal(sign_in("ana@cobros.example", PASSWORD), PN_DENIED);
    rig_ok(&d.r, sign_in("ana@cobros.example", "otra clave bien larga"));
}

/* ── second factor ───────────────────────────────────────────────────────────────────────────── */

static pn_str code_now(const pn_factor_offer *offer, int64_t off) {
    static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    char secret[PN_TOTP_SECRET_BYTES] = {0}, *code = pn_arena_alloc(&d.r.arena, 9);
    for (size_t i = 0; i < offer->secret.len; i++) {
        size_t value = (size_t)(strchr(LETTERS, offer->secret.ptr[i]) - LETTERS);
        for (size_t bit = 0; bit < 5; bit++) {
            size_t at = i * 5 + bit;
            secret[at / 8] =
                (char)((unsigned char)secret[at / 8] | (value >> (4 - bit) & 1) << (7 - at % 8));
        }
    }
    pn_hotp((pn_str){secret, sizeof secret}, (uint64_t)(d.r.clock.now / (30 * PN_SECOND) + off), 6,
            code);
    return pn_str_of(code);
}

static void a_second_factor_is_asked_and_taken_once(void **state) {
    (void)state;
    pn_factor_offer offer;
    pn_recovery_codes codes;
    member("ana@cobros.example", PN_ROLE_OWNER);
    pn_identity identity = me();
    rig_ok(&d.r, pn_factor_begin(&d.visitor, &identity, &offer));
    assert_int_equal(pn_factor_confirm(&d.visitor, &identity, PN_STR("000000"), &codes, &d.in),
                     PN_INVALID);
    pn_diag_clear(&d.r.diag);
    rig_ok(&d.r, pn_factor_confirm(&d.visitor, &identity, code_now(&offer, 0), &codes, &d.in));
    rig_ok(&d.r, sign_in("ana@cobros.example", PASSWORD));
    assert_true(d.in.waits);
    assert_int_equal(identify(d.in.token, &identity), PN_DENIED); /* half a session opens nothing */
    d.visitor.token = pn_str_dup(&d.r.arena, pn_str_of(d.in.token));
    assert_int_equal(pn_sign_in_code(&d.visitor, code_now(&offer, 0), &d.in), PN_DENIED); /* used */
    pn_diag_clear(&d.r.diag);
    d.r.clock.now += 30 * PN_SECOND;
    rig_ok(&d.r, pn_sign_in_code(&d.visitor, code_now(&offer, 0), &d.in));
    identity = me();
    assert_int_equal(identity.role, PN_ROLE_OWNER);
    /* a recovery code, once */
    for (int i = 0; i < 2; i++) {
        d.visitor.token = PN_STR_NONE;
        rig_ok(&d.r, sign_in("ana@cobros.example", PASSWORD));
        d.visitor.token = pn_str_dup(&d.r.arena, pn_str_of(d.in.token));
        assert_int_equal(pn_sign_in_code(&d.visitor, pn_str_of(codes.codes[3]), &d.in),
                         i == 0 ? PN_OK : PN_DENIED);
        pn_diag_clear(&d.r.diag);
    }
    /* the secret is sealed, and bound to its row */
    assert_int_equal(rig_int(&d.r, "SELECT count(*) FROM app_user WHERE length(totp) = 57"), 1);
}

static void owners_may_have_to_have_one(void **state) {
    (void)state;
    pn_factor_offer offer;
    pn_recovery_codes codes;
    member("ana@cobros.example", PN_ROLE_OWNER);
    rig_sql(&d.r,
            "INSERT INTO org_setting (org_id, name, value, updated_at) VALUES (%lld, "
            "'second_factor', 'owners', 0)",
            (long long)d.r.app->org.id);
    pn_auth_forget(d.auth);
    pn_identity identity = me();
    assert_true(identity.factor_due);
    assert_false(pn_identity_may(&identity, PN_MAY_READ, "invoices:read"));
    assert_true(pn_identity_may(&identity, PN_MAY_SELF, NULL));
    rig_ok(&d.r, pn_factor_begin(&d.visitor, &identity, &offer));
    rig_ok(&d.r, pn_factor_confirm(&d.visitor, &identity, code_now(&offer, 0), &codes, &d.in));
    identity = me();
    assert_false(identity.factor_due);
    assert_true(pn_identity_may(&identity, PN_MAY_OWN, NULL));
    assert_int_equal(pn_factor_drop(&d.visitor, &identity), PN_CONFLICT);
}

/* ── roles ───────────────────────────────────────────────────────────────────────────────────── */

static pn_err set_role(pn_id user_id, pn_role role) {
    pn_diag_clear(&d.r.diag);
    rig_ok(&d.r, pn_app_begin(d.r.app, &d.r.diag));
    pn_err err = pn_users_set(d.r.app, user_id, role, PN_STR(""), &d.r.arena, &d.r.diag);
    if (err == PN_OK) {
        rig_ok(&d.r, pn_app_commit(d.r.app, &d.r.diag));
        pn_auth_forget(d.auth);
    } else {
        pn_app_rollback(d.r.app);
    }
    return err;
}

static pn_err archive(pn_id user_id) {
    pn_diag_clear(&d.r.diag);
    rig_ok(&d.r, pn_app_begin(d.r.app, &d.r.diag));
    pn_err err = pn_users_archive(d.r.app, user_id, &d.r.arena, &d.r.diag);
    if (err == PN_OK) {
        rig_ok(&d.r, pn_app_commit(d.r.app, &d.r.diag));
        pn_auth_forget(d.auth);
    } else {
        pn_app_rollback(d.r.app);
    }
    return err;
}

static pn_err use_key(const char *key, const char *address, pn_identity *ret_identity) {
    pn_credentials shown = {.authorization = pn_str_format(&d.r.arena, "Bearer %s", key),
                            .address = pn_str_of(address)};
    pn_diag_clear(&d.r.diag);
    return pn_auth_identify(d.auth, d.r.app->db, &shown, &d.r.arena, ret_identity, &d.r.diag);
}

static pn_id make_key(pn_id user_id, const char *network, pn_time expires_at,
                      char key[PN_KEY_SIZE]) {
    static const pn_str SCOPES[] = {{"invoices:write", 14}};
    pn_str networks[] = {pn_str_of(network)};
    pn_id id = 0;
    pn_key_request request = {.user_id = user_id,
                              .name = PN_STR("SAP"),
                              .scopes = SCOPES,
                              .scope_count = 1,
                              .addresses = networks,
                              .address_count = network == NULL ? 0 : 1,
                              .expires_at = expires_at};
    pn_diag_clear(&d.r.diag);
    rig_ok(&d.r, pn_app_begin(d.r.app, &d.r.diag));
    rig_ok(&d.r, pn_api_key_add(d.r.app, &request, &d.r.arena, &id, key, &d.r.diag));
    rig_ok(&d.r, pn_app_commit(d.r.app, &d.r.diag));
    return id;
}

static void a_key_ends_with_who_made_it(void **state) {
    (void)state;
    char key[PN_KEY_SIZE], bound[PN_KEY_SIZE], short_lived[PN_KEY_SIZE];
    pn_identity identity;
    member("ana@cobros.example", PN_ROLE_OWNER);
    pn_id luis = member("luis@cobros.example", PN_ROLE_TREASURER);
    make_key(luis, NULL, PN_TIME_NONE, key);
    make_key(luis, "203.0.113.0/24", PN_TIME_NONE, bound);
    make_key(luis, NULL, d.r.clock.now + PN_DAY, short_lived);
    assert_true(pn_str_starts(pn_str_of(key), PN_STR("pk_test_"))); /* a sandbox's */
    rig_ok(&d.r, use_key(key, "192.0.2.1", &identity));
    assert_int_equal(identity.role, PN_ROLE_TREASURER);
    assert_true(pn_identity_may(&identity, PN_MAY_BOOK, "invoices:read"));
    rig_ok(&d.r, use_key(bound, "203.0.113.9", &identity));
    assert_int_equal(use_key(bound, "192.0.2.1", &identity), PN_DENIED);
    assert_says("this address");
    rig_ok(&d.r, use_key(short_lived, "192.0.2.1", &identity));
    d.r.clock.now += 2 * PN_DAY;
    assert_int_equal(use_key(short_lived, "192.0.2.1", &identity), PN_DENIED);
    rig_ok(&d.r, use_key(key, "192.0.2.1", &identity));
    rig_ok(&d.r, set_role(luis, PN_ROLE_MANAGER)); /* may all that a treasurer may */
    rig_ok(&d.r, use_key(key, "192.0.2.1", &identity));
    rig_ok(&d.r, set_role(luis, PN_ROLE_AUDITOR));
    assert_int_equal(use_key(key, "192.0.2.1", &identity), PN_DENIED);
    make_key(luis, NULL, PN_TIME_NONE, key);
    rig_ok(&d.r, use_key(key, "192.0.2.1", &identity));
    rig_ok(&d.r, archive(luis));
    assert_int_equal(use_key(key, "192.0.2.1", &identity), PN_DENIED);
    assert_int_equal(sign_in("luis@cobros.example", PASSWORD), PN_DENIED);
    rig_agrees(&d.r);
}

static void an_owner_stays(void **state) {
    (void)state;
    pn_identity identity;
    pn_id ana = member("ana@cobros.example", PN_ROLE_OWNER);
    char token[PN_TOKEN_SIZE];
    memcpy(token, d.in.token, sizeof token);
    assert_int_equal(set_role(ana, PN_ROLE_MANAGER), PN_CONFLICT);
    assert_says("no owner");
    assert_int_equal(archive(ana), PN_CONFLICT);
    member("eva@cobros.example", PN_ROLE_OWNER);
    rig_ok(&d.r, identify(token, &identity));
    rig_ok(&d.r, set_role(ana, PN_ROLE_MANAGER));
    assert_int_equal(identify(token, &identity), PN_DENIED); /* rights changed: sign in again */
    rig_ok(&d.r, sign_in("ana@cobros.example", PASSWORD));
    assert_int_equal(me().role, PN_ROLE_MANAGER);
}

static void the_first_owner_gets_one_link(void **state) {
    (void)state;
    char token[PN_TOKEN_SIZE], again[PN_TOKEN_SIZE];
    rig_ok(&d.r, pn_users_first_link(d.r.app, token, &d.r.diag));
    rig_ok(&d.r, pn_users_first_link(d.r.app, again, &d.r.diag));
    assert_int_equal(pn_ticket_accept(&d.visitor, pn_str_of(token), PN_STR("Ana"),
                                      PN_STR("ana@cobros.example"), pn_str_of(PASSWORD), &d.in),
                     PN_NOT_FOUND); /* a newer one was printed */
    pn_diag_clear(&d.r.diag);
    rig_ok(&d.r, pn_ticket_accept(&d.visitor, pn_str_of(again), PN_STR("Ana"),
                                  PN_STR("ana@cobros.example"), pn_str_of(PASSWORD), &d.in));
    pn_identity identity = me();
    assert_true(identity.operates);
    assert_int_equal(identity.role, PN_ROLE_OWNER);
    assert_int_equal(pn_users_first_link(d.r.app, token, &d.r.diag), PN_CONFLICT);
}

/* ── trail, letters ──────────────────────────────────────────────────────────────────────────── */

static void every_change_is_in_the_trail(void **state) {
    (void)state;
    pn_event_row *rows = NULL;
    size_t count = 0;
    member("ana@cobros.example", PN_ROLE_OWNER);
    pn_id luis = member("luis@cobros.example", PN_ROLE_TREASURER);
    rig_ok(&d.r, set_role(luis, PN_ROLE_AUDITOR));
    rig_ok(&d.r, pn_trail_list(d.r.app, &(pn_trail_request){.max = 1}, &d.r.arena, &rows, &count));
    assert_int_equal(count, 1);
    assert_non_null(
        strstr(pn_str_z(&d.r.arena, rows[0].body),
               "{\"after\":{\"role\":\"auditor\"},\"before\":{\"role\":\"treasurer\"},"));
    assert_str(rows[0].actor, "test");
    pn_id newest = rows[0].id;
    rig_ok(&d.r, pn_trail_list(d.r.app, &(pn_trail_request){.before = newest, .max = 100},
                               &d.r.arena, &rows, &count));
    assert_true(count >= 4); /* two invitations, two links, two passwords … */
    assert_true(rows[0].id < newest);
    char id[PN_ID_TEXT_SIZE];
    pn_str actor = pn_str_format(&d.r.arena, "user:%s", pn_id_text(PN_ID_USER, luis, id));
    rig_ok(&d.r, pn_trail_list(d.r.app, &(pn_trail_request){.actor = actor, .max = 100}, &d.r.arena,
                               &rows, &count));
    assert_int_equal(count, 1);
    assert_non_null(strstr(pn_str_z(&d.r.arena, rows[0].body), "user.accepted"));
    rig_agrees(&d.r);
}

static void letters_carry_their_link_and_leave_none(void **state) {
    (void)state;
    pn_letters_stats stats;
    pn_id id = 0;
    pn_invitation invitation = {.email = PN_STR("eva@cobros.example"),
                                .name = PN_STR("Eva Sanz"),
                                .role = PN_ROLE_MANAGER,
                                .person_key = PN_STR(""),
                                .sender = PN_STR("Ana Ruiz")};
    rig_ok(&d.r, pn_app_begin(d.r.app, &d.r.diag));
    rig_ok(&d.r, pn_users_invite(d.r.app, &invitation, &d.r.arena, &id, &d.r.diag));
    rig_ok(&d.r, pn_app_commit(d.r.app, &d.r.diag));
    /* no channel yet: it waits, and says why */
    rig_sql(&d.r, "DELETE FROM channel_setting");
    rig_ok(&d.r, pn_letters_send(d.r.app, PN_STR("https://p.example"), &stats, &d.r.diag));
    assert_int_equal(stats.failed, 1);
    rig_assert_rows(&d.r, "the e-mail channel is not set|0",
                    "SELECT trouble, state FROM user_letter");
    rig_sql(&d.r,
            "INSERT INTO channel_setting (org_id, channel, driver, settings, sender, paused_reason,"
            " updated_at) VALUES (%lld, %d, 'capture', '{}', 'Cobros <cobros@p.example>', '', 0)",
            (long long)d.r.app->org.id, PN_CHANNEL_EMAIL);
    d.r.clock.now += 2 * PN_MINUTE;
    rig_ok(&d.r, pn_letters_send(d.r.app, PN_STR("https://p.example"), &stats, &d.r.diag));
    rig_assert_rows(&d.r, "|1|2", "SELECT trouble, state, attempts FROM user_letter");
    assert_int_equal(stats.sent, 1);
    assert_int_equal(rig_int(&d.r, "SELECT count(*) FROM user_ticket WHERE used_at IS NULL"), 1);
    rig_ok(&d.r, pn_letters_send(d.r.app, PN_STR("https://p.example"), &stats, &d.r.diag));
    assert_int_equal(stats.sent, 0);
}

static void who_forgot_is_answered_alike(void **state) {
    (void)state;
    member("ana@cobros.example", PN_ROLE_OWNER);
    rig_ok(&d.r, pn_password_forgot(&d.visitor, PN_STR("nobody@cobros.example")));
    assert_int_equal(rig_int(&d.r, "SELECT count(*) FROM user_letter"), 0);
    rig_ok(&d.r, pn_password_forgot(&d.visitor, PN_STR("ANA@cobros.example")));
    rig_ok(&d.r, pn_password_forgot(&d.visitor, PN_STR("ana@cobros.example")));
    assert_int_equal(rig_int(&d.r, "SELECT count(*) FROM user_letter WHERE state = 0"), 1);
    rig_ok(&d.r, sign_in("ana@cobros.example", PASSWORD)); /* it works until it is changed */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_invitation_opens_once, begin, end),
        cmocka_unit_test_setup_teardown(a_link_grows_old, begin, end),
        cmocka_unit_test_setup_teardown(wrong_guesses_are_answered_alike_and_slowed, begin, end),
        cmocka_unit_test_setup_teardown(an_address_that_tries_all_accounts_is_slowed, begin, end),
        cmocka_unit_test_setup_teardown(sessions_end_idle_old_and_revoked, begin, end),
        cmocka_unit_test_setup_teardown(a_restored_backup_lets_nobody_in, begin, end),
        cmocka_unit_test_setup_teardown(a_new_password_ends_what_others_have, begin, end),
        cmocka_unit_test_setup_teardown(a_second_factor_is_asked_and_taken_once, begin, end),
        cmocka_unit_test_setup_teardown(owners_may_have_to_have_one, begin, end),
        cmocka_unit_test_setup_teardown(a_key_ends_with_who_made_it, begin, end),
        cmocka_unit_test_setup_teardown(an_owner_stays, begin, end),
        cmocka_unit_test_setup_teardown(the_first_owner_gets_one_link, begin, end),
        cmocka_unit_test_setup_teardown(every_change_is_in_the_trail, begin, end),
        cmocka_unit_test_setup_teardown(letters_carry_their_link_and_leave_none, begin, end),
        cmocka_unit_test_setup_teardown(who_forgot_is_answered_alike, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
