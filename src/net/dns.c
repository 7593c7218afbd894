#include "net/dns.h"

#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>

#include "base/banned.h"

enum { ANSWER_BYTES_MAX = 16384, NAME_BYTES_MAX = 253, HEADER_BYTES = 12, TYPE_TXT = 16 };
enum { SECONDS = 2, TRIES = 2 };

/* ── reading an answer ───────────────────────────────────────────────────────────────────────── */

typedef struct {
    const uint8_t *bytes;
    size_t size, at;
    bool bad;
} reader;

static unsigned u16(reader *r) {
    if (r->size - r->at < 2) {
        r->bad = true;
        return 0;
    }
    unsigned value = (unsigned)r->bytes[r->at] << 8 | r->bytes[r->at + 1];
    r->at += 2;
    return value;
}

static void skip(reader *r, size_t count) {
    r->bad = r->bad || r->size - r->at < count;
    r->at = r->bad ? r->size : r->at + count;
}

/* Labels, up to the empty one or a pointer: what a name is does not matter here. */
static void skip_name(reader *r) {
    while (!r->bad && r->at < r->size) {
        uint8_t length = r->bytes[r->at++];
        if (length == 0) {
            return;
        }
        if ((length & 0xC0) != 0) {
            skip(r, 1);
            return;
        }
        skip(r, length);
    }
    r->bad = true;
}

/* Strings of one record behind each other. */
static pn_str joined(const uint8_t *data, size_t size, pn_arena *arena) {
    char *text = pn_arena_alloc(arena, size + 1);
    size_t length = 0;
    for (size_t at = 0; at < size;) {
        size_t part = PN_MIN((size_t)data[at], size - at - 1);
        if (part != 0) {
            memcpy(text + length, data + at + 1, part);
        }
        length += part;
        at += part + 1;
    }
    return (pn_str){text, length};
}

pn_err pn_dns_read_texts(const uint8_t *answer, size_t size, pn_arena *arena, pn_str **ret_texts,
                         size_t *ret_count) {
    reader r = {.bytes = answer, .size = size};
    pn_str *texts = pn_arena_array(arena, pn_str, PN_DNS_TEXTS_MAX);
    size_t count = 0;
    skip(&r, 4);
    unsigned questions = u16(&r), answers = u16(&r);
    skip(&r, 4);
    for (unsigned i = 0; i < questions && !r.bad; i++) {
        skip_name(&r);
        skip(&r, 4);
    }
    for (unsigned i = 0; i < answers && !r.bad; i++) {
        skip_name(&r);
        unsigned type = u16(&r);
        skip(&r, 6); /* class, time to live */
        unsigned length = u16(&r);
        const uint8_t *data = r.bytes + r.at;
        skip(&r, length);
        if (!r.bad && type == TYPE_TXT && count < PN_DNS_TEXTS_MAX) {
            texts[count++] = joined(data, length, arena);
        }
    }
    if (r.bad) {
        return PN_CORRUPT;
    }
    *ret_texts = texts;
    *ret_count = count;
    return PN_OK;
}

/* ── asking ──────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_dns_texts(pn_str name, pn_arena *arena, pn_str **ret_texts, size_t *ret_count) {
    struct __res_state state;
    uint8_t *answer = pn_arena_alloc(arena, ANSWER_BYTES_MAX);
    if (name.len == 0 || name.len > NAME_BYTES_MAX) {
        return PN_INVALID;
    }
    memset(&state, 0, sizeof state);
    if (res_ninit(&state) != 0) {
        return PN_IO;
    }
    state.retrans = SECONDS;
    state.retry = TRIES;
    int size = res_nquery(&state, pn_str_z(arena, name), C_IN, TYPE_TXT, answer, ANSWER_BYTES_MAX);
    int why = state.res_h_errno;
    res_nclose(&state);
    if (size >= 0) {
        return pn_dns_read_texts(answer, PN_MIN((size_t)size, (size_t)ANSWER_BYTES_MAX), arena,
                                 ret_texts, ret_count);
    }
    *ret_texts = NULL;
    *ret_count = 0;
    return why == HOST_NOT_FOUND || why == NO_DATA ? PN_OK : PN_IO;
}
