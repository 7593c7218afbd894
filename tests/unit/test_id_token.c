/* ID tokens: what a provider signs is taken, and nothing that only looks like it. */
#include "unit.h"

#include <cjose/cjose.h>

#include "auth/id_token.h"

static pn_arena arena;
static cjose_jwk_t *rsa, *other, *ec;

static const char ISSUER[] = "https://id.example";
enum { NOW = 1767225600 };

static pn_str sign(cjose_jwk_t *key, const char *alg, const char *kid, const char *claims) {
    cjose_err err;
    const char *text = NULL;
    cjose_header_t *header = cjose_header_new(&err);
    assert_true(cjose_header_set(header, CJOSE_HDR_ALG, alg, &err));
    if (kid != NULL) {
        assert_true(cjose_header_set(header, CJOSE_HDR_KID, kid, &err));
    }
    cjose_jws_t *jws = cjose_jws_sign(key, header, (const uint8_t *)claims, strlen(claims), &err);
    assert_non_null(jws);
    assert_true(cjose_jws_export(jws, &text, &err));
    pn_str token = pn_str_dup(&arena, pn_str_of(text));
    cjose_jws_release(jws);
    cjose_header_release(header);
    return token;
}

static pn_str keys(cjose_jwk_t *first, cjose_jwk_t *second) {
    cjose_err err;
    char *a = cjose_jwk_to_json(first, false, &err);
    char *b = second != NULL ? cjose_jwk_to_json(second, false, &err) : NULL;
    pn_str set =
        pn_str_format(&arena, "{\"keys\":[%s%s%s]}", a, b != NULL ? "," : "", b != NULL ? b : "");
    free(a);
    free(b);
    return set;
}

static const char *claims_with(const char *iss, const char *aud, long exp, const char *nonce) {
    return pn_str_format(&arena,
                         "{\"iss\":\"%s\",\"aud\":%s,\"exp\":%ld,\"iat\":%d,\"nonce\":\"%s\","
                         "\"sub\":\"s1\",\"email\":\"ana@cobros.example\",\"email_verified\":true}",
                         iss, aud, exp, NOW - 10, nonce)
        .ptr;
}

static pn_err take(pn_str token, pn_str jwks, const char *alg) {
    pn_id_token read;
    pn_diag diag = {0};
    pn_id_token_wanted wanted = {.issuer = pn_str_of(ISSUER),
                                 .client_id = PN_STR("puntual"),
                                 .nonce = PN_STR("n-1"),
                                 .algorithm = pn_str_of(alg),
                                 .now = NOW * PN_SECOND};
    pn_err err = pn_id_token_verify(token, jwks, &wanted, &arena, &read, &diag);
    if (err == PN_OK) {
        assert_str(read.subject, "s1");
        assert_str(read.email, "ana@cobros.example");
        assert_true(read.email_verified);
    } else {
        assert_non_null(strstr(diag.what, "cannot be trusted"));
    }
    return err;
}

static int set_up(void **state) {
    cjose_err err;
    (void)state;
    pn_arena_init(&arena, 0);
    rsa = cjose_jwk_create_RSA_random(2048, (const uint8_t *)"\x01\x00\x01", 3, &err);
    other = cjose_jwk_create_RSA_random(2048, (const uint8_t *)"\x01\x00\x01", 3, &err);
    ec = cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, &err);
    assert_true(cjose_jwk_set_kid(rsa, "one", 3, &err));
    assert_true(cjose_jwk_set_kid(other, "two", 3, &err));
    assert_true(cjose_jwk_set_kid(ec, "ec", 2, &err));
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    cjose_jwk_release(rsa);
    cjose_jwk_release(other);
    cjose_jwk_release(ec);
    pn_arena_done(&arena);
    return 0;
}

static void what_was_agreed_is_taken(void **state) {
    (void)state;
    const char *good = claims_with(ISSUER, "\"puntual\"", NOW + 300, "n-1");
    assert_int_equal(take(sign(rsa, "RS256", "one", good), keys(rsa, other), "RS256"), PN_OK);
    assert_int_equal(take(sign(rsa, "PS256", "one", good), keys(rsa, other), "PS256"), PN_OK);
    assert_int_equal(take(sign(ec, "ES256", "ec", good), keys(rsa, ec), "ES256"), PN_OK);
    assert_int_equal(take(sign(rsa, "RS256", NULL, good), keys(rsa, NULL), "RS256"), PN_OK);
    assert_int_equal(take(sign(rsa, "RS256", NULL, good), keys(rsa, other), "RS256"), PN_DENIED);
    /* a new key appears beside the old one, then alone */
    assert_int_equal(take(sign(other, "RS256", "two", good), keys(rsa, other), "RS256"), PN_OK);
    assert_int_equal(take(sign(rsa, "RS256", "one", good), keys(other, NULL), "RS256"), PN_DENIED);
}

static void another_algorithm_is_not(void **state) {
    (void)state;
    cjose_err err;
    const char *good = claims_with(ISSUER, "\"puntual\"", NOW + 300, "n-1");
    pn_str set = keys(rsa, ec);
    /* a secret made of what everybody can read, as some libraries have taken it */
    cjose_jwk_t *public_as_secret =
        cjose_jwk_create_oct_spec((const uint8_t *)set.ptr, set.len, &err);
    assert_int_equal(take(sign(public_as_secret, "HS256", "one", good), set, "RS256"), PN_DENIED);
    cjose_jwk_release(public_as_secret);
    assert_int_equal(take(sign(ec, "ES256", "ec", good), set, "RS256"), PN_DENIED);
    assert_int_equal(take(sign(rsa, "RS384", "one", good), set, "RS256"), PN_DENIED);
    /* {"alg":"none"} with and without a signature */
    pn_str none = PN_STR("eyJhbGciOiJub25lIn0.eyJzdWIiOiJzMSJ9.");
    assert_int_equal(take(none, set, "RS256"), PN_DENIED);
    assert_int_equal(take(PN_STR("eyJhbGciOiJub25lIn0.eyJzdWIiOiJzMSJ9.AAAA"), set, "RS256"),
                     PN_DENIED);
}

static void what_it_says_must_fit(void **state) {
    (void)state;
    static const char *const AUDIENCES[] = {"\"other\"", "[\"other\"]", "[\"puntual\",\"other\"]",
                                            "[]",        "7",           "null"};
    pn_str set = keys(rsa, NULL);
    for (size_t i = 0; i < PN_COUNT(AUDIENCES); i++) {
        const char *claims = claims_with(ISSUER, AUDIENCES[i], NOW + 300, "n-1");
        assert_int_equal(take(sign(rsa, "RS256", "one", claims), set, "RS256"), PN_DENIED);
    }
    const char *wrong[] = {
        claims_with("https://id.example.evil", "\"puntual\"", NOW + 300, "n-1"),
        claims_with(ISSUER, "\"puntual\"", NOW - 300, "n-1"),
        claims_with(ISSUER, "\"puntual\"", NOW + 300, "n-2"),
        claims_with(ISSUER, "\"puntual\"", NOW + 300, ""),
        "{}",
        "[]",
        "7",
        "{\"iss\":\"https://id.example\",\"iss\":\"x\"}",
    };
    for (size_t i = 0; i < PN_COUNT(wrong); i++) {
        assert_int_equal(take(sign(rsa, "RS256", "one", wrong[i]), set, "RS256"), PN_DENIED);
    }
    const char *array = claims_with(ISSUER, "[\"puntual\"]", NOW + 300, "n-1");
    assert_int_equal(take(sign(rsa, "RS256", "one", array), set, "RS256"), PN_OK);
}

static void a_token_that_was_touched_is_refused(void **state) {
    (void)state;
    pn_str set = keys(rsa, NULL);
    pn_str token = sign(rsa, "RS256", "one", claims_with(ISSUER, "\"puntual\"", NOW + 300, "n-1"));
    for (size_t i = 0; i + 1 < token.len; i += 7) {
        char *bad = pn_arena_copy(&arena, token.ptr, token.len);
        bad[i] = bad[i] == 'A' ? 'B' : 'A';
        assert_int_equal(take((pn_str){bad, token.len}, set, "RS256"), PN_DENIED);
        assert_int_equal(take(pn_str_first(token, i), set, "RS256"), PN_DENIED);
    }
    assert_int_equal(take(token, PN_STR("{}"), "RS256"), PN_DENIED);
    assert_int_equal(take(token, PN_STR("{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"one\"}]}"), "RS256"),
                     PN_DENIED);
    assert_int_equal(take(token, PN_STR("<html>"), "RS256"), PN_DENIED);
}

/* RFC 7636, appendix B. */
static void the_challenge_is_the_standards(void **state) {
    (void)state;
    assert_str(pn_pkce_challenge(PN_STR("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), &arena),
               "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_agreed_is_taken),
        cmocka_unit_test(another_algorithm_is_not),
        cmocka_unit_test(what_it_says_must_fit),
        cmocka_unit_test(a_token_that_was_touched_is_refused),
        cmocka_unit_test(the_challenge_is_the_standards),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
