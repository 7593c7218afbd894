/* Fuzzes the reading of VERP addresses: nobody but who has the key makes one that is read, and one
 * that is read is written back as it stood. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/hash.h"
#include "format/verp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char KEY_BYTES[PN_VERP_KEY_BYTES + 1] = "0123456789abcdef0123456789ABCDEF";
static const pn_str KEY = {KEY_BYTES, PN_VERP_KEY_BYTES};

/* The input with a MAC that holds for what stands before it, where it has the form. */
static void with_mac(char *text, size_t size) {
    if (size < PN_VERP_LOCAL_LEN) {
        return;
    }
    uint64_t id = 0;
    char local[PN_VERP_LOCAL_LEN + 1];
    pn_verp about = {.kind = (pn_verp_kind)text[0]};
    if (pn_letters_read((pn_str){text + 2, PN_ID_LETTERS}, &id) == PN_OK && id != 0 &&
        id <= INT64_MAX) {
        about.id = (pn_id)id;
        (void)pn_verp_local(&about, KEY, local);
        memcpy(text + 16, local + 16, PN_VERP_MAC_LETTERS);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) {
        return 0;
    }
    char *text = malloc(size); /* of exact size, for the sanitizer */
    memcpy(text, data + 1, size - 1);
    bool ours = (data[0] & 1) != 0;
    if (ours) {
        with_mac(text, size - 1);
    }
    pn_verp read = {0};
    if (pn_verp_read((pn_str){text, size - 1}, KEY, &read) == PN_OK) {
        char local[PN_VERP_LOCAL_LEN + 1];
        pn_verp again = {0};
        assert(ours && read.id > 0);
        assert(pn_verp_read(pn_str_of(pn_verp_local(&read, KEY, local)), KEY, &again) == PN_OK);
        assert(again.kind == read.kind && again.id == read.id);
    }
    free(text);
    return 0;
}
