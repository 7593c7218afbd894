#include "format/verp.h"

#include <assert.h>

#include "base/banned.h"
#include "base/hash.h"

enum { HALF_LETTERS = PN_VERP_MAC_LETTERS / 2, HALF_BYTES = 5 };

/* The 80 bits as two numbers of 40: eight letters each. */
typedef struct {
    uint64_t halves[2];
} mac;

static mac mac_of(const pn_verp *about, pn_str key) {
    char message[2 + PN_ID_LETTERS] = {(char)about->kind, '+'};
    pn_letters_write((uint64_t)about->id, PN_ID_LETTERS, message + 2);
    pn_sha256 hash = pn_hmac_sha256(key, (pn_str){message, sizeof message});
    mac made = {{0}};
    for (size_t i = 0; i < 2 * HALF_BYTES; i++) {
        uint64_t *half = &made.halves[i / HALF_BYTES];
        *half = *half << 8 | hash.bytes[i];
    }
    return made;
}

const char *pn_verp_token(const pn_verp *about, pn_str key, char out[PN_VERP_TOKEN_LEN + 1]) {
    assert(about->id > 0 && key.len == PN_VERP_KEY_BYTES);
    mac made = mac_of(about, key);
    pn_letters_write((uint64_t)about->id, PN_ID_LETTERS, out);
    out[PN_ID_LETTERS] = '-';
    pn_letters_write(made.halves[0], HALF_LETTERS, out + PN_ID_LETTERS + 1);
    pn_letters_write(made.halves[1], HALF_LETTERS, out + PN_ID_LETTERS + 1 + HALF_LETTERS);
    out[PN_VERP_TOKEN_LEN] = '\0';
    return out;
}

const char *pn_verp_local(const pn_verp *about, pn_str key, char out[PN_VERP_LOCAL_LEN + 1]) {
    out[0] = (char)about->kind;
    out[1] = '+';
    (void)pn_verp_token(about, key, out + 2);
    return out;
}

pn_err pn_verp_read_token(pn_verp_kind kind, pn_str token, pn_str key, pn_id *ret_id) {
    uint64_t id = 0;
    mac read = {{0}};
    if (token.len != PN_VERP_TOKEN_LEN || token.ptr[PN_ID_LETTERS] != '-') {
        return PN_INVALID;
    }
    pn_str letters = pn_str_from(token, PN_ID_LETTERS + 1);
    PN_TRY(pn_letters_read(pn_str_first(token, PN_ID_LETTERS), &id));
    PN_TRY(pn_letters_read(pn_str_first(letters, HALF_LETTERS), &read.halves[0]));
    PN_TRY(pn_letters_read(pn_str_from(letters, HALF_LETTERS), &read.halves[1]));
    if (id == 0 || id > INT64_MAX || key.len != PN_VERP_KEY_BYTES) {
        return PN_INVALID;
    }
    mac made = mac_of(&(pn_verp){kind, (pn_id)id}, key);
    uint64_t differs = (made.halves[0] ^ read.halves[0]) | (made.halves[1] ^ read.halves[1]);
    if (differs != 0) {
        return PN_DENIED;
    }
    *ret_id = (pn_id)id;
    return PN_OK;
}

pn_err pn_verp_read(pn_str address, pn_str key, pn_verp *ret) {
    pn_str local = pn_str_first(address, pn_str_find_char(address, '@'));
    if (local.len != PN_VERP_LOCAL_LEN || local.ptr[1] != '+') {
        return PN_INVALID;
    }
    pn_verp read = {.kind = (pn_verp_kind)pn_to_lower(local.ptr[0])};
    if (read.kind != PN_VERP_BOUNCE && read.kind != PN_VERP_REPLY && read.kind != PN_VERP_OPT_OUT) {
        return PN_INVALID;
    }
    PN_TRY(pn_verp_read_token(read.kind, pn_str_from(local, 2), key, &read.id));
    *ret = read;
    return PN_OK;
}
