#include "format/link_token.h"

#include <assert.h>

#include "base/banned.h"

static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

enum { LETTER_BITS = 6, ID_BITS = 63, GROUP_BYTES = 3, GROUP_LETTERS = 4 };

static int value_of(char c) {
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : pn_is_digit(c)       ? c - '0' + 52
           : c == '-'             ? 62
           : c == '_'             ? 63
                                  : -1;
}

bool pn_link_kind_is(char letter) {
    switch ((pn_link_kind)letter) {
    case PN_LINK_PAGE:
    case PN_LINK_OPEN:
    case PN_LINK_CLICK:
    case PN_LINK_UNSUBSCRIBE:
    case PN_LINK_WEB:
    case PN_LINK_DOCUMENT:
    case PN_LINK_RECEIPT: return true;
    }
    return false;
}

/* ── MAC ─────────────────────────────────────────────────────────────────────────────────────── */

static pn_sha256 mac_of(char kind, pn_id id, const pn_link_key *key) {
    char message[11] = {kind, (char)(key->id >> 8), (char)(key->id & 0xFF)};
    for (size_t i = 0; i < sizeof id; i++) {
        message[3 + i] = (char)((uint64_t)id >> (56 - 8 * i) & 0xFF);
    }
    return pn_hmac_with(&key->mac, &(pn_str){message, sizeof message}, 1);
}

pn_link_key pn_link_key_of(int32_t id, pn_id org_id, const uint8_t secret[PN_LINK_KEY_BYTES]) {
    return (pn_link_key){.id = id,
                         .org_id = org_id,
                         .mac = pn_hmac_key_of((pn_str){(const char *)secret, PN_LINK_KEY_BYTES})};
}

/* ── head: number of the key (15 bits), id (63 bits) ─────────────────────────────────────────── */

static void write_head(int32_t key_id, pn_id id, char *out) {
    uint64_t low = (uint64_t)id | (uint64_t)key_id << ID_BITS, high = (uint64_t)key_id >> 1;
    for (size_t i = PN_LINK_HEAD_LETTERS; i > 0; i--) {
        out[i - 1] = LETTERS[low & 63];
        low = low >> LETTER_BITS | high << (64 - LETTER_BITS);
        high >>= LETTER_BITS;
    }
}

static pn_err read_head(const char *text, int32_t *ret_key_id, pn_id *ret_id) {
    uint64_t low = 0, high = 0;
    for (size_t i = 0; i < PN_LINK_HEAD_LETTERS; i++) {
        int value = value_of(text[i]);
        if (value < 0) {
            return PN_INVALID;
        }
        high = high << LETTER_BITS | low >> (64 - LETTER_BITS);
        low = low << LETTER_BITS | (uint64_t)value;
    }
    *ret_key_id = (int32_t)(high << 1 | low >> ID_BITS);
    *ret_id = (pn_id)(low & INT64_MAX);
    return PN_OK;
}

/* ── tail: the MAC's first 96 bits ───────────────────────────────────────────────────────────── */

static void write_tail(const pn_sha256 *mac, char *out) {
    for (size_t i = 0; i < PN_LINK_MAC_BYTES / GROUP_BYTES; i++) {
        const uint8_t *bytes = mac->bytes + i * GROUP_BYTES;
        unsigned group = (unsigned)bytes[0] << 16 | (unsigned)bytes[1] << 8 | bytes[2];
        for (size_t j = 0; j < GROUP_LETTERS; j++) {
            out[i * GROUP_LETTERS + j] = LETTERS[group >> (18 - LETTER_BITS * j) & 63];
        }
    }
}

static pn_err read_tail(const char *text, uint8_t mac[PN_LINK_MAC_BYTES]) {
    for (size_t i = 0; i < PN_LINK_MAC_BYTES / GROUP_BYTES; i++) {
        unsigned group = 0;
        for (size_t j = 0; j < GROUP_LETTERS; j++) {
            int value = value_of(text[i * GROUP_LETTERS + j]);
            if (value < 0) {
                return PN_INVALID;
            }
            group = group << LETTER_BITS | (unsigned)value;
        }
        mac[i * GROUP_BYTES] = (uint8_t)(group >> 16);
        mac[i * GROUP_BYTES + 1] = (uint8_t)(group >> 8 & 0xFF);
        mac[i * GROUP_BYTES + 2] = (uint8_t)(group & 0xFF);
    }
    return PN_OK;
}

/* ── tokens ──────────────────────────────────────────────────────────────────────────────────── */

const char *pn_link_token_write(pn_link_token about, const pn_link_key *key,
                                char out[PN_LINK_TOKEN_LEN + 1]) {
    assert(about.id > 0 && key->id > 0 && key->id <= PN_LINK_KEY_ID_MAX);
    pn_sha256 mac = mac_of((char)about.kind, about.id, key);
    write_head(key->id, about.id, out);
    write_tail(&mac, out + PN_LINK_HEAD_LETTERS);
    out[PN_LINK_TOKEN_LEN - 1] = (char)about.kind;
    out[PN_LINK_TOKEN_LEN] = '\0';
    return out;
}

static const pn_link_key *key_named(const pn_link_key *keys, size_t count, int32_t id) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (keys[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < count && keys[low].id == id ? &keys[low] : NULL;
}

pn_err pn_link_token_read(pn_str text, pn_link_kind kind, const pn_link_key *keys, size_t key_count,
                          pn_id *ret_id, const pn_link_key **ret_key) {
    int32_t key_id = 0;
    pn_id id = 0;
    uint8_t read[PN_LINK_MAC_BYTES];
    if (text.len != PN_LINK_TOKEN_LEN || text.ptr[PN_LINK_TOKEN_LEN - 1] != (char)kind) {
        return PN_INVALID;
    }
    PN_TRY(read_head(text.ptr, &key_id, &id));
    PN_TRY(read_tail(text.ptr + PN_LINK_HEAD_LETTERS, read));
    const pn_link_key *key = key_named(keys, key_count, key_id);
    if (id == 0 || key == NULL) {
        return id == 0 ? PN_INVALID : PN_DENIED;
    }
    pn_sha256 made = mac_of((char)kind, id, key);
    unsigned differs = 0;
    for (size_t i = 0; i < sizeof read; i++) { /* in constant time */
        differs |= (unsigned)(made.bytes[i] ^ read[i]);
    }
    if (differs != 0) {
        return PN_DENIED;
    }
    *ret_id = id;
    *ret_key = key;
    return PN_OK;
}

int64_t pn_link_code_of(pn_id link_id, const pn_link_key *key) {
    pn_sha256 mac = mac_of('s', link_id, key);
    uint64_t code = 0;
    for (size_t i = 0; i < sizeof code; i++) {
        code = code << 8 | mac.bytes[i];
    }
    code &= INT64_MAX;
    return code == 0 ? 1 : (int64_t)code;
}
