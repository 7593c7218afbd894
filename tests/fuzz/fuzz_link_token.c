/* Fuzzes the reading of link tokens: nobody but who has the key makes one that is read, and one
 * that is read is written back as it stood. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "format/link_token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t SECRETS[2][PN_LINK_KEY_BYTES] = {"0123456789abcdef0123456789ABCDE",
                                                      "fedcba9876543210fedcba987654321"};
static pn_link_key keys[2];

static void make_keys(void) {
    for (size_t i = 0; i < PN_COUNT(keys) && keys[1].id == 0; i++) {
        keys[i] = pn_link_key_of((int32_t)i + 1, (pn_id)i + 7, SECRETS[i]);
    }
}

/* What stands before it is signed where the input wants it so. */
static bool sign(char *text, size_t size, uint8_t how) {
    if ((how & 1) == 0 || size != PN_LINK_TOKEN_LEN || !pn_link_kind_is(text[size - 1])) {
        return false;
    }
    pn_id id = 1 + how;
    char token[PN_LINK_TOKEN_LEN + 1];
    (void)pn_link_token_write((pn_link_token){(pn_link_kind)text[size - 1], id}, &keys[how >> 7],
                              token);
    memcpy(text, token, size);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) {
        return 0;
    }
    make_keys();
    char *text = malloc(size); /* of exact size, for the sanitizer */
    memcpy(text, data + 1, size - 1);
    bool ours = sign(text, size - 1, data[0]);
    char kind = size > 1 ? text[size - 2] : 'p';
    pn_id id = 0;
    const pn_link_key *key = NULL;
    if (pn_link_token_read((pn_str){text, size - 1}, (pn_link_kind)kind, keys, PN_COUNT(keys), &id,
                           &key) == PN_OK) {
        char again[PN_LINK_TOKEN_LEN + 1];
        assert(ours && id > 0);
        (void)pn_link_token_write((pn_link_token){(pn_link_kind)kind, id}, key, again);
        assert(memcmp(again, text, PN_LINK_TOKEN_LEN) == 0);
    }
    free(text);
    return 0;
}
