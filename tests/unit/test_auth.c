/* What lets people in, without a database: seals, tokens, passwords, codes, roles, networks. */
#define _GNU_SOURCE
#include "unit.h"

#include <argon2.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/auth.h"
#include "auth/key.h"
#include "auth/session.h"
#include "auth/token.h"
#include "auth/totp.h"
#include "base/limits.h"

static pn_arena arena;
static uint64_t draws;

static pn_time fixed_now(void *context) {
    (void)context;
    return INT64_C(1767225600) * PN_SECOND;
}

static int64_t fixed_ticks(void *context) {
    (void)context;
    return 0;
}

static void drawn(void *context, void *bytes, size_t size) {
    (void)context;
    pn_random random = pn_random_for(++draws, PN_STR("test"));
    for (size_t i = 0; i < size; i++) {
        ((uint8_t *)bytes)[i] = (uint8_t)pn_random_next(&random);
    }
}

static const pn_env ENV = {fixed_now, fixed_ticks, drawn, NULL};

static int set_up(void **state) {
    (void)state;
    pn_arena_init(&arena, 0);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    pn_arena_done(&arena);
    return 0;
}

/* ── seals ───────────────────────────────────────────────────────────────────────────────────── */

static void what_is_sealed_opens_in_its_place_alone(void **state) {
    (void)state;
    pn_seal_key key, other;
    pn_str sealed, again, plain;
    uint8_t master[PN_SEAL_KEY_BYTES] = {1};
    pn_seal_from(master, &key);
    master[0] = 2;
    pn_seal_from(master, &other);
    pn_str context = PN_STR("provider.secret prv_1");
    assert_int_equal(pn_seal(&key, context, PN_STR("s3cret"), &ENV, &arena, &sealed), PN_OK);
    assert_int_equal(pn_seal(&key, context, PN_STR("s3cret"), &ENV, &arena, &again), PN_OK);
    assert_false(pn_str_eq(sealed, again)); /* never the same nonce */
    assert_int_equal(pn_str_find(sealed, PN_STR("s3cret")), SIZE_MAX);
    assert_int_equal(pn_unseal(&key, context, sealed, &arena, &plain, NULL), PN_OK);
    assert_str(plain, "s3cret");
    assert_int_equal(pn_unseal(&key, PN_STR("provider.secret prv_2"), sealed, &arena, &plain, NULL),
                     PN_CORRUPT);
    assert_int_equal(pn_unseal(&other, context, sealed, &arena, &plain, NULL), PN_NOT_FOUND);
    for (size_t i = 0; i < sealed.len; i++) {
        char *bad = pn_arena_copy(&arena, sealed.ptr, sealed.len);
        bad[i] ^= 1;
        assert_int_not_equal(
            pn_unseal(&key, context, (pn_str){bad, sealed.len}, &arena, &plain, NULL), PN_OK);
        assert_int_not_equal(
            pn_unseal(&key, context, pn_str_first(sealed, i), &arena, &plain, NULL), PN_OK);
    }
}

static void the_master_key_is_made_once_and_for_its_user_alone(void **state) {
    (void)state;
    char folder[] = "/tmp/pn-seal-XXXXXX", path[64], url[64];
    pn_seal_key made, read;
    pn_diag diag = {0};
    struct stat status;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(url, sizeof url, "%s/p.db", folder);
    (void)snprintf(path, sizeof path, "%s/p.db.key", folder);
    (void)unsetenv("PUNTUAL_KEY_FILE");
    (void)unsetenv("CREDENTIALS_DIRECTORY");
    assert_int_equal(pn_seal_load(url, false, &ENV, &read, &diag), PN_NOT_FOUND);
    assert_int_equal(pn_seal_load(url, true, &ENV, &made, &diag), PN_OK);
    assert_int_equal(pn_seal_load(url, true, &ENV, &read, &diag), PN_OK);
    assert_memory_equal(&made, &read, sizeof made);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(chmod(path, 0644), 0);
    assert_int_equal(pn_seal_load(url, true, &ENV, &read, &diag), PN_DENIED);
    assert_non_null(strstr(diag.mend, "chmod 600"));
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(truncate(path, 31), 0);
    assert_int_equal(pn_seal_load(url, true, &ENV, &read, &diag), PN_CORRUPT);
    assert_int_equal(pn_seal_load("postgresql://h/d", true, &ENV, &read, &diag), PN_NOT_FOUND);
    assert_non_null(strstr(diag.mend, "PUNTUAL_KEY_FILE"));
    (void)unlink(path);
    (void)rmdir(folder);
}

/* ── tokens ──────────────────────────────────────────────────────────────────────────────────── */

static void a_key_knows_when_it_was_mistyped(void **state) {
    (void)state;
    char key[PN_KEY_SIZE], token[PN_TOKEN_SIZE], other[PN_TOKEN_SIZE];
    bool live = false;
    pn_key_make(&ENV, true, key);
    assert_int_equal(strlen(key), PN_KEY_LETTERS);
    assert_true(pn_key_looks_right(pn_str_of(key), &live));
    assert_true(live);
    for (size_t i = 8; i < PN_KEY_LETTERS; i++) {
        char was = key[i];
        key[i] = was == 'x' ? 'y' : 'x';
        assert_false(pn_key_looks_right(pn_str_of(key), NULL));
        key[i] = was;
    }
    assert_false(pn_key_looks_right(pn_str_first(pn_str_of(key), PN_KEY_LETTERS - 1), NULL));
    pn_key_make(&ENV, false, key);
    assert_true(pn_str_starts(pn_str_of(key), PN_STR("pk_test_")));
    assert_true(pn_key_looks_right(pn_str_of(key), &live));
    assert_false(live);
    pn_token_make(&ENV, token);
    pn_token_make(&ENV, other);
    assert_true(pn_token_looks_right(pn_str_of(token)));
    assert_string_not_equal(token, other);
    assert_false(pn_token_looks_right(PN_STR("../../etc")));
}

/* ── passwords ───────────────────────────────────────────────────────────────────────────────── */

/* The reference implementation's own vectors (phc-winner-argon2, src/test.c: argon2id, v = 0x13).
 */
static void argon2id_is_the_published_one(void **state) {
    (void)state;
    static const struct {
        uint32_t passes, memory, lanes;
        const char *password, *salt, *hex;
    } KNOWN[] = {
        {2, 65536, 1, "password", "somesalt",
         "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"},
        {2, 256, 1, "password", "somesalt",
         "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"},
        {2, 256, 2, "password", "somesalt",
         "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037"},
        {4, 65536, 1, "password", "somesalt",
         "9025d48e68ef7395cca9079da4c4ec3affb3c8911fe4f86d1a2520856f63172c"},
        {2, 65536, 1, "differentpassword", "somesalt",
         "0b84d652cf6b0c4beaef0dfe278ba6a80df6696281d7e0d2891b817d8c458fde"},
        {2, 65536, 1, "password", "diffsalt",
         "bdf32b05ccc42eb15d58fd19b1f856b113da1e9a5874fdcc544308565aa8141c"},
    };
    for (size_t i = 0; i < PN_COUNT(KNOWN); i++) {
        uint8_t hash[32];
        char hex[65];
        assert_int_equal(argon2id_hash_raw(KNOWN[i].passes, KNOWN[i].memory, KNOWN[i].lanes,
                                           KNOWN[i].password, strlen(KNOWN[i].password),
                                           KNOWN[i].salt, strlen(KNOWN[i].salt), hash, sizeof hash),
                         ARGON2_OK);
        pn_hex(hash, sizeof hash, hex);
        assert_string_equal(hex, KNOWN[i].hex);
    }
}

static void a_password_is_known_by_its_hash(void **state) {
    (void)state;
    char hash[PN_PASSWORD_HASH_SIZE];
    bool right = false;
    pn_hasher *hasher = pn_hasher_new();
    pn_str password = PN_STR("caballo grapa correcto");
    assert_int_equal(pn_password_hash(hasher, password, &ENV, hash, NULL), PN_OK);
    assert_true(pn_str_starts(pn_str_of(hash), PN_STR("$argon2id$v=19$m=19456,t=2,p=1$")));
    assert_false(pn_password_is_dated(pn_str_of(hash)));
    assert_int_equal(pn_password_verify(hasher, password, pn_str_of(hash), &right, NULL), PN_OK);
    assert_true(right);
    assert_int_equal(
        pn_password_verify(hasher, PN_STR("caballo grapa correctA"), pn_str_of(hash), &right, NULL),
        PN_OK);
    assert_false(right);
    /* nobody's, and one that would take all memory: wrong, after the same work */
    assert_int_equal(pn_password_verify(hasher, password, PN_STR_NONE, &right, NULL), PN_OK);
    assert_false(right);
    pn_str greedy = PN_STR("$argon2id$v=19$m=4194304,t=2,p=1$cHVudHVhbG5vYm9keQ$AAAA");
    assert_int_equal(pn_password_verify(hasher, password, greedy, &right, NULL), PN_OK);
    assert_false(right);
    /* made by an earlier choice of parameters, still right */
    assert_int_equal(argon2id_hash_encoded(1, 8192, 1, password.ptr, password.len, "saltsalt", 8,
                                           32, hash, sizeof hash),
                     ARGON2_OK);
    assert_true(pn_password_is_dated(pn_str_of(hash)));
    assert_int_equal(pn_password_verify(hasher, password, pn_str_of(hash), &right, NULL), PN_OK);
    assert_true(right);
    pn_hasher_free(hasher);
}

static bool accepts(const char *password) {
    pn_diag diag = {0};
    pn_err err = pn_password_check(pn_str_of(password), PN_STR("ana.ruiz@cobros.example"),
                                   PN_STR("Ana Ruiz Ibáñez"), &arena, &diag);
    assert_true(err == PN_OK || (err == PN_INVALID && diag.mend[0] != '\0'));
    return err == PN_OK;
}

static void passwords_that_all_try_are_refused(void **state) {
    (void)state;
    static const char *const REFUSED[] = {
        "corto",        "123456789",     "1234567890",   "0987654321",    "aaaaaaaaaaaa",
        "password123",  "Password1234!", "P@ssw0rd1234", "contraseña1",   "Contraseña2026",
        "qwertyuiop",   "qwertyuiop1",   "abcdefghijkl", "iloveyou1234",  "barcelona2024",
        "puntual2026!", "Admin12345",    "senha123456",  "bienvenido1",   "ana.ruiz2026",
        "ibanez12345",  "RuizIbáñez1",   "abcabcabcabc", "welcome12345!", "1111122222",
    };
    static const char *const TAKEN[] = {
        "caballo grapa correcto", "tres tristes tigres",   "vX9$kq27Lmzp",
        "el gato de mi vecina 7", "correct horse battery", "ñandú veloz cruza",
    };
    for (size_t i = 0; i < PN_COUNT(REFUSED); i++) {
        if (accepts(REFUSED[i])) {
            print_error("taken: %s\n", REFUSED[i]);
            fail();
        }
    }
    for (size_t i = 0; i < PN_COUNT(TAKEN); i++) {
        if (!accepts(TAKEN[i])) {
            print_error("refused: %s\n", TAKEN[i]);
            fail();
        }
    }
}

/* ── codes ───────────────────────────────────────────────────────────────────────────────────── */

/* RFC 4226, appendix D; RFC 6238, appendix B (SHA-1, eight digits). */
static void codes_are_those_of_the_standards(void **state) {
    (void)state;
    static const char *const HOTP[] = {"755224", "287082", "359152", "969429", "338314",
                                       "254676", "287922", "162583", "399871", "520489"};
    static const struct {
        int64_t seconds;
        const char *code;
    } TOTP[] = {{59, "94287082"},         {1111111109, "07081804"}, {1111111111, "14050471"},
                {1234567890, "89005924"}, {2000000000, "69279037"}, {20000000000, "65353130"}};
    pn_str secret = PN_STR("12345678901234567890");
    char code[9];
    for (size_t i = 0; i < PN_COUNT(HOTP); i++) {
        pn_hotp(secret, i, 6, code);
        assert_string_equal(code, HOTP[i]);
    }
    for (size_t i = 0; i < PN_COUNT(TOTP); i++) {
        pn_hotp(secret, (uint64_t)(TOTP[i].seconds / 30), 8, code);
        assert_string_equal(code, TOTP[i].code);
    }
    assert_str(pn_totp_secret_text(secret, &arena), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    assert_str(pn_totp_uri(secret, PN_STR("Puntual"), PN_STR("ana+x@cobros.example"), &arena),
               "otpauth://totp/Puntual:ana%2Bx%40cobros.example?secret="
               "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Puntual");
}

static void a_code_is_taken_once_and_near_its_time(void **state) {
    (void)state;
    pn_str secret = PN_STR("12345678901234567890");
    pn_time now = INT64_C(1111111109) * PN_SECOND;
    int64_t step = 0, at = 1111111109 / 30;
    char code[9];
    for (int64_t off = -3; off <= 3; off++) {
        pn_hotp(secret, (uint64_t)(at + off), 6, code);
        pn_err err = pn_totp_verify(secret, pn_str_of(code), now, 0, &step);
        assert_int_equal(err, off >= -1 && off <= 1 ? PN_OK : PN_DENIED);
        assert_true(err != PN_OK || step == at + off);
    }
    pn_hotp(secret, (uint64_t)at, 6, code);
    assert_int_equal(pn_totp_verify(secret, pn_str_of(code), now, at, &step), PN_DENIED);
    assert_int_equal(pn_totp_verify(secret, pn_str_of(code), now, at - 1, &step), PN_OK);
    assert_int_equal(pn_totp_verify(secret, PN_STR(""), now, 0, &step), PN_DENIED);
    assert_int_equal(pn_totp_verify(secret, PN_STR("0000000"), now, 0, &step), PN_DENIED);
}

static void recovery_codes_forgive_how_they_are_typed(void **state) {
    (void)state;
    char code[PN_RECOVERY_SIZE], other[PN_RECOVERY_SIZE];
    pn_recovery_make(&ENV, code);
    pn_recovery_make(&ENV, other);
    assert_string_not_equal(code, other);
    assert_int_equal(strlen(code), PN_RECOVERY_SIZE - 1);
    assert_str(pn_recovery_plain(PN_STR("OIL23-45678"), &arena), "0112345678");
    assert_str(pn_recovery_plain(PN_STR(" abcde fghjk "), &arena), "abcdefghjk");
    assert_int_equal(pn_recovery_plain(pn_str_of(code), &arena).len, 10);
    assert_int_equal(pn_recovery_plain(PN_STR("abcde-fghj"), &arena).len, 0);
    assert_int_equal(pn_recovery_plain(PN_STR("abcde-fghju"), &arena).len, 0);
}

/* ── roles, keys ─────────────────────────────────────────────────────────────────────────────── */

static void rights_come_from_role_and_scope(void **state) {
    (void)state;
    static const pn_str SCOPES[] = {{"invoices:write", 14}, {"debtors:read", 12}};
    pn_identity key = {.key_id = 1, .role = PN_ROLE_TREASURER, .scopes = SCOPES, .scope_count = 2};
    pn_identity person = {.session_id = 1, .role = PN_ROLE_AUDITOR};
    assert_true(pn_identity_may(&key, PN_MAY_BOOK, "invoices:write"));
    assert_true(pn_identity_may(&key, PN_MAY_READ, "invoices:read"));
    assert_false(pn_identity_may(&key, PN_MAY_READ, "debtors:write"));
    assert_false(pn_identity_may(&key, PN_MAY_MANAGE, "invoices:write")); /* its maker may not */
    assert_false(pn_identity_may(&key, PN_MAY_READ, NULL));
    assert_false(pn_identity_may(&key, PN_MAY_SELF, NULL));
    assert_true(pn_identity_may(&person, PN_MAY_READ, "invoices:read"));
    assert_true(pn_identity_may(&person, PN_MAY_SELF, NULL));
    assert_false(pn_identity_may(&person, PN_MAY_BOOK, "invoices:write"));
    assert_false(pn_identity_may(&person, PN_MAY_OPERATE, NULL));
    person.operates = true;
    assert_true(pn_identity_may(&person, PN_MAY_OPERATE, NULL));
    person.factor_due = true;
    person.role = PN_ROLES;
    assert_false(pn_identity_may(&person, PN_MAY_OPERATE, NULL));
    assert_false(pn_identity_may(&person, PN_MAY_READ, NULL));
    assert_true(pn_identity_may(&person, PN_MAY_SELF, NULL));
    assert_true(pn_role_covers(PN_ROLE_OWNER, PN_ROLE_MANAGER));
    assert_false(pn_role_covers(PN_ROLE_MANAGER, PN_ROLE_OWNER));
    assert_false(pn_role_covers(PN_ROLE_COLLECTOR, PN_ROLE_TREASURER));
    assert_int_equal(pn_role_of(PN_STR("treasurer")), PN_ROLE_TREASURER);
    assert_int_equal(pn_role_of(PN_STR("god")), PN_ROLES);
    assert_true(pn_scope_is(PN_STR("credit_notes:read")));
    assert_false(pn_scope_is(PN_STR("invoices:delete")));
    assert_false(pn_scope_is(PN_STR(":read")));
    assert_false(pn_scope_is(PN_STR("invoices")));
    assert_false(pn_scope_covers(PN_STR("invoices:read"), PN_STR("invoices:write")));
}

static void networks_hold_their_addresses(void **state) {
    (void)state;
    pn_str list = PN_STR("203.0.113.0/24 198.51.100.7 2001:db8:1::/48");
    assert_true(pn_network_holds(list, PN_STR("203.0.113.200")));
    assert_true(pn_network_holds(list, PN_STR("::ffff:203.0.113.1")));
    assert_true(pn_network_holds(list, PN_STR("198.51.100.7")));
    assert_false(pn_network_holds(list, PN_STR("198.51.100.8")));
    assert_true(pn_network_holds(list, PN_STR("2001:db8:1:ffff::1")));
    assert_false(pn_network_holds(list, PN_STR("2001:db8:2::1")));
    assert_false(pn_network_holds(list, PN_STR("nonsense")));
    assert_false(pn_network_holds(PN_STR(""), PN_STR("203.0.113.1")));
    assert_true(pn_network_holds(PN_STR("0.0.0.0/0"), PN_STR("8.8.8.8")));
    assert_false(pn_network_is(PN_STR("203.0.113.0/33")));
    assert_false(pn_network_is(PN_STR("203.0.113.0/")));
    assert_false(pn_network_is(PN_STR("203.0.113/24")));
    assert_false(pn_network_is(PN_STR("2001:db8::/129")));
    assert_true(pn_network_is(PN_STR("2001:db8::/32")));
}

static void forms_are_taken_from_pages_of_ours(void **state) {
    (void)state;
    pn_diag diag = {0};
    pn_credentials shown = {.cookie = PN_STR("token"), .host = PN_STR("p.example")};
    shown.csrf = pn_csrf_token(shown.cookie, &arena);
    assert_int_equal(pn_csrf_check(&shown, &diag), PN_OK);
    shown.origin = PN_STR("https://p.example");
    shown.fetch_site = PN_STR("same-origin");
    assert_int_equal(pn_csrf_check(&shown, &diag), PN_OK);
    shown.origin = PN_STR("https://evil.example");
    assert_int_equal(pn_csrf_check(&shown, &diag), PN_DENIED);
    shown.origin = PN_STR("null");
    assert_int_equal(pn_csrf_check(&shown, &diag), PN_DENIED);
    shown.origin = PN_STR_NONE;
    shown.fetch_site = PN_STR("same-site");
    assert_int_equal(pn_csrf_check(&shown, &diag), PN_DENIED);
    shown.fetch_site = PN_STR("same-origin");
    shown.csrf = pn_csrf_token(PN_STR("another"), &arena);
    assert_int_equal(pn_csrf_check(&shown, &diag), PN_DENIED);
    shown.csrf = PN_STR_NONE;
    assert_int_equal(pn_csrf_check(&shown, &diag), PN_DENIED);
    assert_str(pn_cookie_text(true, PN_STR("t"), 60, &arena),
               "__Host-puntual=t; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure");
    assert_str(pn_cookie_text(false, PN_STR_NONE, 60, &arena),
               "puntual=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
}

static void devices_have_words(void **state) {
    (void)state;
    assert_str(pn_device_words(PN_STR("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 "
                                      "Firefox/128.0"),
                               &arena),
               "Firefox, Linux");
    assert_str(pn_device_words(PN_STR("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) "
                                      "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
                                      "Mobile/15E148 Safari/604.1"),
                               &arena),
               "Safari, iPhone");
    assert_str(
        pn_device_words(PN_STR("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
                               "(KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 "
                               "Edg/126.0.0.0"),
                        &arena),
        "Edge, Windows");
    assert_str(pn_device_words(PN_STR("<script>"), &arena), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sealed_opens_in_its_place_alone),
        cmocka_unit_test(the_master_key_is_made_once_and_for_its_user_alone),
        cmocka_unit_test(a_key_knows_when_it_was_mistyped),
        cmocka_unit_test(argon2id_is_the_published_one),
        cmocka_unit_test(a_password_is_known_by_its_hash),
        cmocka_unit_test(passwords_that_all_try_are_refused),
        cmocka_unit_test(codes_are_those_of_the_standards),
        cmocka_unit_test(a_code_is_taken_once_and_near_its_time),
        cmocka_unit_test(recovery_codes_forgive_how_they_are_typed),
        cmocka_unit_test(rights_come_from_role_and_scope),
        cmocka_unit_test(networks_hold_their_addresses),
        cmocka_unit_test(forms_are_taken_from_pages_of_ours),
        cmocka_unit_test(devices_have_words),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
