/* DKIM: keys, and what a signature says. That it is right is asked of another implementation, in
 * tests/mail/dkim. */
#include "unit.h"

#include <string.h>

#include <openssl/evp.h>

#include "base/hash.h"
#include "codec/dkim.h"

static pn_buf pem[2], public[2];

static int make_keys(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++) {
        pn_buf_init(&pem[i], 1 << 16);
        pn_buf_init(&public[i], 1 << 12);
        if (pn_dkim_generate(i == 0 ? PN_DKIM_RSA : PN_DKIM_ED25519, &pem[i], &public[i], NULL) !=
            PN_OK) {
            return 1;
        }
    }
    return 0;
}

static int free_keys(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++) {
        pn_buf_done(&pem[i]);
        pn_buf_done(&public[i]);
    }
    return 0;
}

static pn_dkim *signer_of(size_t count) {
    pn_dkim_key keys[2] = {
        {PN_STR("example.com"), PN_STR("s2026"), pn_buf_str(&pem[0])},
        {PN_STR("example.com"), PN_STR("e2026"), pn_buf_str(&pem[1])},
    };
    pn_dkim *dkim = NULL;
    assert_int_equal(pn_dkim_new(keys, count, &dkim, NULL), PN_OK);
    return dkim;
}

static bool has(const pn_buf *fields, const char *text) {
    return pn_str_find(pn_buf_str(fields), pn_str_of(text)) != SIZE_MAX;
}

#define HEAD                                                                                       \
    "From: Cobros <cobros@example.com>\r\nTo: a@b.example\r\nSubject: Hola\r\n"                    \
    "List-Unsubscribe: <https://example.com/u/1>,\r\n <mailto:u@example.com>\r\n"                  \
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"

/* ── tests ── */

static void a_message_gets_a_signature_of_each_key(void **state) {
    (void)state;
    pn_dkim *dkim = signer_of(2);
    pn_dkim_job job;
    pn_dkim_begin(dkim, &job, PN_STR(HEAD "\r\nHola\r\n"), INT64_C(1772000000) * PN_SECOND);
    assert_int_equal(pn_dkim_end(dkim, &job), PN_OK);
    assert_true(has(&job.fields, "a=rsa-sha256"));
    assert_true(has(&job.fields, "a=ed25519-sha256"));
    assert_true(has(&job.fields, "c=relaxed/relaxed"));
    assert_true(has(&job.fields, "s=s2026"));
    assert_true(has(&job.fields, "s=e2026"));
    assert_true(has(&job.fields, "t=1772000000"));
    for (size_t i = 0; i < job.fields.len; i++) {
        if (job.fields.ptr[i] == '\n') {
            assert_true(i > 0 && job.fields.ptr[i - 1] == '\r');
        }
    }
    pn_buf_done(&job.fields);
    pn_dkim_free(dkim);
}

/* The hash of an empty body is published: RFC 6376, section 3.4.4. */
static void the_empty_body_has_its_known_hash(void **state) {
    (void)state;
    pn_dkim *dkim = signer_of(1);
    pn_dkim_job job;
    pn_dkim_begin(dkim, &job, PN_STR(HEAD "\r\n"), PN_SECOND);
    assert_int_equal(pn_dkim_end(dkim, &job), PN_OK);
    assert_true(has(&job.fields, "bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="));
    pn_buf_done(&job.fields);
    pn_dkim_free(dkim);
}

/* What stands behind "bh=" from `at` on, without folds. */
static pn_str body_hash(const pn_buf *fields, size_t *at, char out[64]) {
    pn_str rest = pn_str_from(pn_buf_str(fields), *at);
    size_t from = pn_str_find(rest, PN_STR("bh=")), len = 0;
    assert_true(from != SIZE_MAX);
    for (from += 3; rest.ptr[from] != ';'; from++) {
        if (!pn_is_space(rest.ptr[from])) {
            out[len++] = rest.ptr[from];
        }
    }
    *at += from;
    return (pn_str){out, len};
}

/* The two come from different code: they must read a body alike. The first is the example of RFC
 * 6376, section 3.4.5. */
static void both_algorithms_hash_the_same_body(void **state) {
    (void)state;
    static const char *const BODIES[] = {" C \r\nD \t E\r\n\r\n\r\n",
                                         "",
                                         "\r\n",
                                         "\r\n\r\n",
                                         " \t \r\n\r\n",
                                         "a\r\n",
                                         "a \r\n \r\nb\t\t\r\n \r\n",
                                         "\r\n\r\na  b\r\n",
                                         ".\r\n..\r\n=20\r\n"};
    pn_dkim *dkim = signer_of(2);
    for (size_t i = 0; i < PN_COUNT(BODIES); i++) {
        char message[1024], rsa[64], ed25519[64];
        pn_dkim_job job;
        size_t at = 0;
        (void)snprintf(message, sizeof message, "%s\r\n%s", HEAD, BODIES[i]);
        pn_dkim_begin(dkim, &job, pn_str_of(message), PN_SECOND);
        assert_int_equal(pn_dkim_end(dkim, &job), PN_OK);
        pn_str one = body_hash(&job.fields, &at, rsa);
        assert_true(pn_str_eq(one, body_hash(&job.fields, &at, ed25519)));
        if (i == 0) { /* of " C CRLF D E CRLF" */
            pn_sha256 hash = pn_sha256_of(" C\r\nD E\r\n", 9);
            unsigned char text[64];
            (void)EVP_EncodeBlock(text, hash.bytes, sizeof hash.bytes);
            assert_str(one, (const char *)text);
        }
        pn_buf_done(&job.fields);
    }
    pn_dkim_free(dkim);
}

static void many_messages_are_signed_at_the_same_time(void **state) {
    (void)state;
    enum { MESSAGES = 40 };
    static pn_dkim_job jobs[MESSAGES];
    pn_dkim *dkim = signer_of(1);
    for (int i = 0; i < MESSAGES; i++) {
        pn_dkim_begin(dkim, &jobs[i], PN_STR(HEAD "\r\nHola\r\n"), PN_SECOND);
    }
    for (int i = 0; i < MESSAGES; i++) {
        assert_int_equal(pn_dkim_end(dkim, &jobs[i]), PN_OK);
        assert_true(pn_str_eq(pn_buf_str(&jobs[i].fields), pn_buf_str(&jobs[0].fields)));
    }
    for (int i = 0; i < MESSAGES; i++) {
        pn_buf_done(&jobs[i].fields);
    }
    pn_dkim_free(dkim);
}

static void what_cannot_be_signed_is_told(void **state) {
    (void)state;
    pn_dkim *dkim = signer_of(1);
    pn_dkim_job job;
    pn_dkim_begin(dkim, &job, PN_STR("Subject: no From\r\n\r\nHola\r\n"), PN_SECOND);
    assert_int_equal(pn_dkim_end(dkim, &job), PN_IO);
    assert_int_equal(job.fields.len, 0);
    pn_buf_done(&job.fields);
    pn_dkim_free(dkim);
}

static void wrong_keys_are_refused(void **state) {
    (void)state;
    pn_dkim *dkim = NULL;
    pn_diag diag = {0};
    pn_dkim_key key = {PN_STR("example.com"), PN_STR("s"), PN_STR("no key")};
    assert_int_equal(pn_dkim_new(&key, 1, &dkim, &diag), PN_INVALID);
    assert_non_null(strstr(diag.what, "no private key"));
    key = (pn_dkim_key){PN_STR("exam ple.com"), PN_STR("s"), pn_buf_str(&pem[0])};
    assert_int_equal(pn_dkim_new(&key, 1, &dkim, &diag), PN_INVALID);
    assert_non_null(strstr(diag.what, "no DKIM name"));
    pn_dkim_free(NULL);
}

static void names_are_those_of_dns(void **state) {
    (void)state;
    static const char *const GOOD[] = {"a", "s2026", "mail.example.com", "xn--espaa-rta.example",
                                       "_x.example"};
    static const char *const BAD[] = {"",    ".",   "a.", ".a", "a..b",
                                      "a b", "a;b", "-a", "a-", "ñ.es"};
    for (size_t i = 0; i < PN_COUNT(GOOD); i++) {
        assert_true(pn_dkim_is_name(pn_str_of(GOOD[i])));
    }
    for (size_t i = 0; i < PN_COUNT(BAD); i++) {
        assert_false(pn_dkim_is_name(pn_str_of(BAD[i])));
    }
}

static void public_keys_have_the_form_of_the_record(void **state) {
    (void)state;
    assert_int_equal(public[1].len, 44); /* 32 bytes */
    assert_true(public[0].len > 380 && public[0].len < 400);
    assert_true(pn_str_starts(pn_buf_str(&pem[0]), PN_STR("-----BEGIN PRIVATE KEY-----")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_gets_a_signature_of_each_key),
        cmocka_unit_test(the_empty_body_has_its_known_hash),
        cmocka_unit_test(both_algorithms_hash_the_same_body),
        cmocka_unit_test(many_messages_are_signed_at_the_same_time),
        cmocka_unit_test(what_cannot_be_signed_is_told),
        cmocka_unit_test(wrong_keys_are_refused),
        cmocka_unit_test(names_are_those_of_dns),
        cmocka_unit_test(public_keys_have_the_form_of_the_record),
    };
    return cmocka_run_group_tests_name("codec: dkim", tests, make_keys, free_keys);
}
