/* What a mailbox's server may send: the responses alone, and the whole session on top. The first
 * byte chooses how the session is set up and how the rest is cut into pieces. */
#include <assert.h>

#include "net/imap.h"
#include "net/imap_reply.h"

enum { MAIL_MAX = 4096, RESPONSE_MAX = 1 << 20 };

static void look_at(const pn_imap_value *values, size_t count, pn_str input, unsigned depth) {
    assert(depth <= PN_IMAP_DEPTH_MAX + 1);
    for (size_t i = 0; i < count; i++) {
        assert(values[i].text.len <= input.len);
        look_at(values[i].items, values[i].count, input, depth + 1);
    }
}

static void read_alone(pn_str input) {
    pn_arena arena;
    pn_arena_init(&arena, 0);
    while (input.len > 0) {
        pn_imap_reply reply;
        size_t size = 0;
        if (pn_imap_reply_size(input, RESPONSE_MAX, &size) != PN_OK) {
            break;
        }
        assert(size > 0 && size <= input.len);
        pn_arena_reset(&arena);
        if (pn_imap_reply_parse(pn_str_first(input, size), &arena, &reply) == PN_OK) {
            look_at(reply.values, reply.count, input, 0);
        }
        input = pn_str_from(input, size);
    }
    pn_arena_done(&arena);
}

static void opened(void *context, uint32_t uid_validity, uint32_t mails) {
    (void)context;
    (void)uid_validity;
    (void)mails;
}

static pn_err mail(void *context, const pn_imap_mail *m) {
    unsigned *count = context;
    assert(m->uid > 0 || m->bytes.len < SIZE_MAX);
    return ++*count % 50 == 0 ? PN_RETRY : PN_OK;
}

static void converse(const pn_imap_options *options, unsigned seed, pn_str input) {
    static const pn_imap_owner owner = {.opened = opened, .mail = mail};
    unsigned count = 0;
    pn_imap *imap = pn_imap_new(options, &owner, &count);
    pn_buf out;
    pn_buf_init(&out, 1 << 22);
    size_t at = 0, end = 0;
    pn_imap_begin(imap, (seed & 1) != 0);
    while (pn_imap_state_of(imap) != PN_IMAP_ENDED && end < input.len) {
        seed = seed * 1103515245U + 12345U;
        end = PN_MIN(input.len, end + 1 + (seed >> 16) % 97);
        size_t consumed = 0;
        pn_imap_receive(imap, pn_str_sub(input.ptr + at, input.ptr + end), &consumed);
        at += consumed;
        assert(at <= end);
        if (pn_imap_state_of(imap) == PN_IMAP_WANTS_TLS && at == end) {
            pn_imap_secured(imap);
        }
        if ((seed >> 20) % 11 == 0) {
            pn_imap_look_again(imap);
        }
        if ((seed >> 20) % 97 == 0) {
            pn_imap_logout(imap);
        }
        pn_buf_clear(&out);
        pn_imap_advance(imap, &out);
        assert(!out.failed);
    }
    pn_diag diag;
    (void)pn_imap_result(imap, &diag);
    for (const char *c = diag.what; *c != '\0'; c++) {
        assert((unsigned char)*c >= 0x20 && *c != 0x7F);
    }
    pn_buf_done(&out);
    pn_imap_free(imap);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) {
        return 0;
    }
    unsigned seed = data[0];
    pn_str input = {(const char *)data + 1, size - 1};
    read_alone(input);
    pn_imap_options options = {
        .user = PN_STR("ana"),
        .secret = PN_STR("secret"),
        .auth = (pn_smtp_auth)(1 + (seed >> 1) % 4),
        .starttls = (pn_smtp_starttls)((seed >> 3) % 3),
        .auth_in_clear = true,
        .processed = (seed & 64) != 0 ? PN_STR("Hecho") : PN_STR_NONE,
        .wait = (seed & 128) != 0,
        .mail_bytes_max = MAIL_MAX,
    };
    converse(&options, seed, input);
    return 0;
}
