#include "unit.h"

#include <string.h>

#include "base/hash.h"
#include "format/verp.h"

static const char BYTES[PN_VERP_KEY_BYTES + 1] = "0123456789abcdef0123456789ABCDEF";
static const pn_str KEY = {BYTES, PN_VERP_KEY_BYTES};

/* ── what the tests share ── */

static const pn_verp ABOUT = {PN_VERP_BOUNCE, INT64_C(0x0123456789ABCDEF)};

/* The MAC once more, from the definition: bits of the hash, five to a letter. */
static void mac_by_definition(const char *message, char out[PN_VERP_MAC_LETTERS]) {
    pn_sha256 hash = pn_hmac_sha256(KEY, pn_str_of(message));
    for (size_t letter = 0; letter < PN_VERP_MAC_LETTERS; letter++) {
        unsigned value = 0;
        for (size_t bit = 5 * letter; bit < 5 * letter + 5; bit++) {
            value = value << 1 | (unsigned)(hash.bytes[bit / 8] >> (7 - bit % 8) & 1);
        }
        out[letter] = "0123456789abcdefghjkmnpqrstvwxyz"[value];
    }
}

/* ── tests ── */

static void an_address_has_kind_id_and_mac(void **state) {
    (void)state;
    char local[PN_VERP_LOCAL_LEN + 1], mac[PN_VERP_MAC_LETTERS];
    (void)pn_verp_local(&ABOUT, KEY, local);
    assert_int_equal(strlen(local), PN_VERP_LOCAL_LEN);
    assert_memory_equal(local, "b+028t5cy4tqkff-", 16);
    mac_by_definition("b+028t5cy4tqkff", mac);
    assert_memory_equal(local + 16, mac, sizeof mac);
}

static void what_was_written_is_read(void **state) {
    (void)state;
    static const pn_verp_kind KINDS[] = {PN_VERP_BOUNCE, PN_VERP_REPLY, PN_VERP_OPT_OUT};
    static const pn_id IDS[] = {1, 0x0123456789ABCDEF, INT64_MAX};
    for (size_t k = 0; k < PN_COUNT(KINDS); k++) {
        for (size_t i = 0; i < PN_COUNT(IDS); i++) {
            char local[PN_VERP_LOCAL_LEN + 1], address[80];
            pn_verp about = {KINDS[k], IDS[i]}, read = {0};
            (void)pn_verp_local(&about, KEY, local);
            assert_int_equal(pn_verp_read(pn_str_of(local), KEY, &read), PN_OK);
            assert_int_equal(read.kind, about.kind);
            assert_int_equal(read.id, about.id);
            (void)snprintf(address, sizeof address, "%s@bounce.example.com", local);
            assert_int_equal(pn_verp_read(pn_str_of(address), KEY, &read), PN_OK);
        }
    }
}

/* Servers change the case of a local part; people who type one mistake 0 for O and 1 for l. */
static void case_and_look_alikes_do_not_matter(void **state) {
    (void)state;
    char local[PN_VERP_LOCAL_LEN + 1];
    pn_verp read = {0};
    (void)pn_verp_local(&ABOUT, KEY, local);
    for (size_t i = 0; i < PN_VERP_LOCAL_LEN; i++) {
        local[i] = local[i] == '0' ? 'O' : local[i] == '1' ? 'l' : pn_to_upper(local[i]);
    }
    assert_int_equal(pn_verp_read(pn_str_of(local), KEY, &read), PN_OK);
    assert_int_equal(read.id, ABOUT.id);
}

static void any_other_letter_is_denied_or_invalid(void **state) {
    (void)state;
    char local[PN_VERP_LOCAL_LEN + 1];
    (void)pn_verp_local(&ABOUT, KEY, local);
    for (size_t i = 0; i < PN_VERP_LOCAL_LEN; i++) {
        for (const char *c = "bru+-0123456789acdefghjkmnpqstvwxyzil@ \\."; *c != '\0'; c++) {
            char changed[PN_VERP_LOCAL_LEN + 1];
            pn_verp read = {0};
            memcpy(changed, local, sizeof changed);
            changed[i] = *c;
            bool same = *c == local[i] || (local[i] == '1' && (*c == 'i' || *c == 'l'));
            assert_int_equal(pn_verp_read(pn_str_of(changed), KEY, &read) == PN_OK, same);
            assert_int_equal(read.id, same ? ABOUT.id : 0);
        }
    }
}

static void another_key_or_kind_denies(void **state) {
    (void)state;
    char local[PN_VERP_LOCAL_LEN + 1], token[PN_VERP_TOKEN_LEN + 1], other[PN_VERP_KEY_BYTES];
    pn_verp read = {0};
    pn_id id = 0;
    memcpy(other, BYTES, sizeof other);
    other[31] ^= 1;
    (void)pn_verp_local(&ABOUT, KEY, local);
    assert_int_equal(pn_verp_read(pn_str_of(local), (pn_str){other, sizeof other}, &read),
                     PN_DENIED);
    local[0] = 'u';
    assert_int_equal(pn_verp_read(pn_str_of(local), KEY, &read), PN_DENIED);
    (void)pn_verp_token(&(pn_verp){PN_VERP_OPT_OUT, 5}, KEY, token);
    assert_int_equal(pn_verp_read_token(PN_VERP_REPLY, pn_str_of(token), KEY, &id), PN_DENIED);
    assert_int_equal(pn_verp_read_token(PN_VERP_OPT_OUT, pn_str_of(token), KEY, &id), PN_OK);
    assert_int_equal(id, 5);
}

static void what_has_another_form_is_invalid(void **state) {
    (void)state;
    static const char *const OTHERS[] = {
        "",
        "@",
        "b+",
        "pagos@rayo.example",
        "b+0000000000000-0000000000000000",
        "b+028t5cy4tqkff-7k2m9c4d1e8f5g6",
        "b+028t5cy4tqkff-7k2m9c4d1e8f5g6h7",
        "x+028t5cy4tqkff-7k2m9c4d1e8f5g6h",
        "b-028t5cy4tqkff-7k2m9c4d1e8f5g6h",
        "b+zzzzzzzzzzzzz-7k2m9c4d1e8f5g6h",
    };
    for (size_t i = 0; i < PN_COUNT(OTHERS); i++) {
        pn_verp read = {0};
        assert_int_equal(pn_verp_read(pn_str_of(OTHERS[i]), KEY, &read), PN_INVALID);
    }
    pn_verp read = {0};
    char local[PN_VERP_LOCAL_LEN + 1];
    (void)pn_verp_local(&ABOUT, KEY, local);
    assert_int_equal(pn_verp_read(pn_str_of(local), PN_STR_NONE, &read), PN_INVALID);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_has_kind_id_and_mac),
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(case_and_look_alikes_do_not_matter),
        cmocka_unit_test(any_other_letter_is_denied_or_invalid),
        cmocka_unit_test(another_key_or_kind_denies),
        cmocka_unit_test(what_has_another_form_is_invalid),
    };
    return cmocka_run_group_tests_name("format: verp", tests, NULL, NULL);
}
