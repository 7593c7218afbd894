#include "unit.h"

#include <string.h>

#include "base/hash.h"
#include "format/link_token.h"

/* ── what the tests share ── */

static const char SECRET[PN_LINK_KEY_BYTES + 1] = "0123456789abcdef0123456789ABCDEF";
static const pn_link_kind KINDS[] = {PN_LINK_PAGE,        PN_LINK_OPEN, PN_LINK_CLICK,
                                     PN_LINK_UNSUBSCRIBE, PN_LINK_WEB,  PN_LINK_DOCUMENT,
                                     PN_LINK_RECEIPT};

static void secret_of(int32_t id, uint8_t secret[PN_LINK_KEY_BYTES]) {
    memcpy(secret, SECRET, PN_LINK_KEY_BYTES);
    secret[31] ^= (uint8_t)id;
}

static pn_link_key key_of(int32_t id, pn_id org_id) {
    uint8_t secret[PN_LINK_KEY_BYTES];
    secret_of(id, secret);
    return pn_link_key_of(id, org_id, secret);
}

static pn_err read_token(const char *token, pn_link_kind kind, const pn_link_key *keys,
                         size_t count, pn_id *ret_id) {
    const pn_link_key *key = NULL;
    return pn_link_token_read(pn_str_of(token), kind, keys, count, ret_id, &key);
}

/* The token once more, from the definition: 78 bits, 96 bits, six to a letter. */
static void by_definition(char kind, int32_t key_id, pn_id id, const pn_link_key *key, char *out) {
    uint8_t secret[PN_LINK_KEY_BYTES];
    uint8_t bits[78 + 96], message[11] = {(uint8_t)kind, (uint8_t)(key_id >> 8), (uint8_t)key_id};
    for (int i = 0; i < 8; i++) {
        message[3 + i] = (uint8_t)((uint64_t)id >> (56 - 8 * i));
    }
    secret_of(key->id, secret);
    pn_sha256 mac = pn_hmac_sha256((pn_str){(const char *)secret, sizeof secret},
                                   (pn_str){(const char *)message, sizeof message});
    for (int i = 0; i < 15; i++) {
        bits[i] = key_id >> (14 - i) & 1;
    }
    for (int i = 0; i < 63; i++) {
        bits[15 + i] = (uint64_t)id >> (62 - i) & 1;
    }
    for (int i = 0; i < 96; i++) {
        bits[78 + i] = mac.bytes[i / 8] >> (7 - i % 8) & 1;
    }
    for (int letter = 0; letter < 29; letter++) {
        int value = 0;
        for (int i = 0; i < 6; i++) {
            value = value << 1 | bits[6 * letter + i];
        }
        out[letter] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[value];
    }
    out[29] = kind;
    out[30] = '\0';
}

/* ── tests ── */

static void a_token_is_as_defined(void **state) {
    (void)state;
    static const pn_id IDS[] = {1, 0x0123456789ABCDEF, INT64_MAX};
    static const int32_t KEYS[] = {1, 2, 255, 256, PN_LINK_KEY_ID_MAX};
    for (size_t k = 0; k < PN_COUNT(KEYS); k++) {
        for (size_t i = 0; i < PN_COUNT(IDS); i++) {
            for (size_t j = 0; j < PN_COUNT(KINDS); j++) {
                char token[PN_LINK_TOKEN_LEN + 1], wanted[PN_LINK_TOKEN_LEN + 1];
                pn_link_key key = key_of(KEYS[k], 7);
                pn_id id = 0;
                (void)pn_link_token_write((pn_link_token){KINDS[j], IDS[i]}, &key, token);
                by_definition((char)KINDS[j], KEYS[k], IDS[i], &key, wanted);
                assert_string_equal(token, wanted);
                assert_int_equal(read_token(token, KINDS[j], &key, 1, &id), PN_OK);
                assert_int_equal(id, IDS[i]);
            }
        }
    }
}

/* Computed apart from this program (Python's hmac), so that tokens already sent stay good. */
static void tokens_stay_what_they_were(void **state) {
    (void)state;
    pn_link_key key = pn_link_key_of(1, 7, (const uint8_t *)SECRET);
    char token[PN_LINK_TOKEN_LEN + 1];
    (void)pn_link_token_write((pn_link_token){PN_LINK_PAGE, 0x0123456789ABCDEF}, &key, token);
    assert_string_equal(token, "AAIEjRWeJq83vVvZurOWu_jUMdQgrp");
    (void)pn_link_token_write((pn_link_token){PN_LINK_CLICK, 0x0123456789ABCDEF}, &key, token);
    assert_string_equal(token, "AAIEjRWeJq83vo3_ha3cfygrKo2rcc");
    assert_int_equal(pn_link_code_of(0x0123456789ABCDEF, &key), INT64_C(7288944532222302361));
}

static void no_other_spelling_is_read(void **state) {
    (void)state;
    pn_link_key key = key_of(3, 7);
    char token[PN_LINK_TOKEN_LEN + 1];
    (void)pn_link_token_write((pn_link_token){PN_LINK_OPEN, 0x0123456789ABCDEF}, &key, token);
    for (size_t i = 0; i < PN_LINK_TOKEN_LEN; i++) {
        for (int c = 1; c < 256; c++) {
            char changed[PN_LINK_TOKEN_LEN + 1];
            pn_id id = 0;
            memcpy(changed, token, sizeof changed);
            changed[i] = (char)c;
            bool same = changed[i] == token[i];
            assert_int_equal(read_token(changed, PN_LINK_OPEN, &key, 1, &id) == PN_OK, same);
            assert_true(same || id == 0);
        }
    }
}

static void another_kind_or_key_is_no_token(void **state) {
    (void)state;
    pn_link_key keys[] = {key_of(2, 7), key_of(3, 8), key_of(9, 7)};
    char token[PN_LINK_TOKEN_LEN + 1];
    pn_id id = 0;
    (void)pn_link_token_write((pn_link_token){PN_LINK_OPEN, 5}, &keys[1], token);
    for (size_t i = 0; i < PN_COUNT(KINDS); i++) {
        token[PN_LINK_TOKEN_LEN - 1] = (char)KINDS[i]; /* the MAC is over the kind too */
        pn_err err = read_token(token, KINDS[i], keys, PN_COUNT(keys), &id);
        assert_int_equal(err, KINDS[i] == PN_LINK_OPEN ? PN_OK : PN_DENIED);
    }
    token[PN_LINK_TOKEN_LEN - 1] = 'o';
    assert_int_equal(read_token(token, PN_LINK_CLICK, keys, PN_COUNT(keys), &id), PN_INVALID);
    assert_int_equal(read_token(token, PN_LINK_OPEN, keys, 1, &id), PN_DENIED); /* it is gone */
    assert_int_equal(read_token(token, PN_LINK_OPEN, NULL, 0, &id), PN_DENIED);
    keys[1].mac.outer.state[0] ^= 1;
    assert_int_equal(read_token(token, PN_LINK_OPEN, keys, PN_COUNT(keys), &id), PN_DENIED);
}

static void a_token_says_whose_it_is(void **state) {
    (void)state;
    pn_link_key keys[] = {key_of(2, 70), key_of(3, 80), key_of(9, 70)};
    for (size_t i = 0; i < PN_COUNT(keys); i++) {
        char token[PN_LINK_TOKEN_LEN + 1];
        const pn_link_key *key = NULL;
        pn_id id = 0;
        (void)pn_link_token_write((pn_link_token){PN_LINK_WEB, 11}, &keys[i], token);
        assert_int_equal(
            pn_link_token_read(pn_str_of(token), PN_LINK_WEB, keys, PN_COUNT(keys), &id, &key),
            PN_OK);
        assert_ptr_equal(key, &keys[i]);
    }
}

static void what_has_another_form_is_invalid(void **state) {
    (void)state;
    static const char *const OTHERS[] = {
        "",
        "p",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAp",   /* link 0 */
        "AAAAAAAAAAAABAAAAAAAAAAAAAAA=p",   /* padding */
        "AAAAAAAAAAAABAAAAAAAAAAAAAAp",     /* too short */
        "AAAAAAAAAAAABAAAAAAAAAAAAAAAAAAp", /* too long */
        "AAAAAAAAAAAAB AAAAAAAAAAAAAAAp",   /* a space */
        "AAAAAAAAAAAAB+AAAAAAAAAAAAAAAp",   /* the other base 64 */
        "028t5cy4tqkff-7k2m9c4d1e8f5g6u",
    };
    pn_link_key key = key_of(1, 7);
    for (size_t i = 0; i < PN_COUNT(OTHERS); i++) {
        pn_id id = 0;
        assert_int_equal(read_token(OTHERS[i], PN_LINK_PAGE, &key, 1, &id), PN_INVALID);
    }
    for (int c = 0; c < 256; c++) {
        bool known = false;
        for (size_t i = 0; i < PN_COUNT(KINDS); i++) {
            known = known || (int)KINDS[i] == c;
        }
        assert_int_equal(pn_link_kind_is((char)c), known);
    }
}

static void codes_differ_by_link_and_key(void **state) {
    (void)state;
    pn_link_key one = key_of(1, 7), two = key_of(2, 7);
    int64_t before = 0;
    for (pn_id id = 1; id < 2000; id++) {
        int64_t code = pn_link_code_of(id, &one);
        assert_true(code > 0 && code != before && code != pn_link_code_of(id, &two));
        before = code;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_as_defined),
        cmocka_unit_test(tokens_stay_what_they_were),
        cmocka_unit_test(no_other_spelling_is_read),
        cmocka_unit_test(another_kind_or_key_is_no_token),
        cmocka_unit_test(a_token_says_whose_it_is),
        cmocka_unit_test(what_has_another_form_is_invalid),
        cmocka_unit_test(codes_differ_by_link_and_key),
    };
    return cmocka_run_group_tests_name("format: link tokens", tests, NULL, NULL);
}
