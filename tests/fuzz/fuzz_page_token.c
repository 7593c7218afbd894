/* Fuzzes the tokens of the debtor's page's forms: nobody but who has the key makes one that is
 * good, and none is good for anything but what it was made for. The first byte says how a token of
 * ours is changed by the rest. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "app/portal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static pn_time now(void *context) {
    (void)context;
    return INT64_C(1790000000) * PN_SECOND;
}

static void entropy(void *context, void *bytes, size_t size) {
    (void)context;
    memset(bytes, 7, size);
}

static const pn_env ENV = {.now = now, .entropy = entropy};

/* Our token with the bytes put over it from some place on. */
static char *with_bytes(pn_str token, const uint8_t *data, size_t size, uint8_t from,
                        size_t *ret_len) {
    size_t at = from % (token.len + 1), len = at + size > token.len ? at + size : token.len;
    char *text = malloc(len + 1); /* of exact size but for one, for the sanitizer */
    memcpy(text, token.ptr, token.len);
    if (size != 0) {
        memcpy(text + at, data, size);
    }
    *ret_len = len;
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    pn_app app = {.env = &ENV};
    pn_arena arena;
    pn_str nonce = PN_STR_NONE;
    size_t len = 0;
    if (size == 0 || size > 1000) {
        return 0;
    }
    app.org.mail_key = PN_STR("0123456789abcdef0123456789abcdef");
    pn_arena_init(&arena, 0);
    pn_str token = pn_page_token_make(&app, PN_STR("pay"), &arena);
    char *text = with_bytes(token, data + 1, size - 1, data[0], &len);
    bool good = pn_page_token_good(&app, (pn_str){text, len}, PN_STR("pay"), &nonce);
    assert(good == pn_str_eq((pn_str){text, len}, token));
    assert(!pn_page_token_good(&app, (pn_str){text, len}, PN_STR("plan"), &nonce));
    free(text);
    pn_arena_done(&arena);
    return 0;
}
