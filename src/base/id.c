#include "base/id.h"

#include <assert.h>

#include "base/banned.h"

enum { NODE_BITS = 9, SEQUENCE_BITS = 13, TIME_SHIFT = NODE_BITS + SEQUENCE_BITS };

static_assert(PN_ID_NODES == 1 << NODE_BITS, "node bits");

static const char CROCKFORD[] = "0123456789abcdefghjkmnpqrstvwxyz";

static const char *const PREFIXES[] = {
    [PN_ID_ORGANIZATION] = "org", [PN_ID_CREDITOR] = "cre",   [PN_ID_DEBTOR] = "deb",
    [PN_ID_CONTACT] = "con",      [PN_ID_INVOICE] = "inv",    [PN_ID_LEDGER_ENTRY] = "led",
    [PN_ID_PAYMENT] = "pay",      [PN_ID_STRATEGY] = "str",   [PN_ID_VERSION] = "ver",
    [PN_ID_RUN] = "run",          [PN_ID_MESSAGE] = "msg",    [PN_ID_CARRIER] = "car",
    [PN_ID_TEMPLATE] = "tpl",     [PN_ID_TASK] = "tsk",       [PN_ID_EVENT] = "evt",
    [PN_ID_PROMISE] = "pro",      [PN_ID_PLAN] = "pln",       [PN_ID_DISPUTE] = "dis",
    [PN_ID_HOLD] = "hld",         [PN_ID_INSTRUMENT] = "ins", [PN_ID_IMPORT] = "imp",
    [PN_ID_SIGNAL] = "sig",       [PN_ID_CHANNEL] = "chn",    [PN_ID_POLICY] = "pol",
    [PN_ID_PERSON] = "per",       [PN_ID_RECEIVED] = "rcv",   [PN_ID_PAYIN] = "pin",
    [PN_ID_LINK] = "lnk",         [PN_ID_USER] = "usr",       [PN_ID_SESSION] = "ses",
    [PN_ID_KEY] = "key",          [PN_ID_PROVIDER] = "idp",   [PN_ID_APPROVAL] = "apr",
    [PN_ID_CONNECTOR] = "cnx",    [PN_ID_MANDATE] = "mdt",    [PN_ID_ERRAND] = "ern",
    [PN_ID_OFFER] = "off",        [PN_ID_WEBHOOK] = "whk",    [PN_ID_NOTIFICATION] = "ntf",
    [PN_ID_JOB] = "job",          [PN_ID_UPLOAD] = "upl",     [PN_ID_DOCUMENT] = "doc",
    [PN_ID_COMPLAINT] = "cpl",    [PN_ID_FILE] = "fil",       [PN_ID_CHANGE] = "chg",
    [PN_ID_VIEW] = "viw",         [PN_ID_DRAFT] = "drf",      [PN_ID_SIMULATION] = "sim",
    [PN_ID_FORECAST] = "fct",
};

static_assert(PN_COUNT(PREFIXES) == PN_ID_KINDS, "every kind of id has a prefix");

const char *pn_id_prefix(pn_id_kind kind) {
    return PREFIXES[kind];
}

pn_id_maker pn_id_maker_from(unsigned node, pn_id floor) {
    assert(node < PN_ID_NODES);
    return (pn_id_maker){.last = floor, .node = node};
}

pn_id pn_id_next(pn_id_maker *maker, pn_time now) {
    int64_t ms = now / 1000 - PN_ID_EPOCH_MS;
    ms = PN_MAX(ms, 0);
    int64_t candidate = ms << TIME_SHIFT | (int64_t)maker->node << SEQUENCE_BITS;
    if (candidate <= maker->last) {
        int64_t last_ms = maker->last >> TIME_SHIFT;
        int64_t sequence = maker->last & ((1 << SEQUENCE_BITS) - 1);
        bool same_node = (maker->last >> SEQUENCE_BITS & (PN_ID_NODES - 1)) == (int64_t)maker->node;
        if (same_node && sequence + 1 < 1 << SEQUENCE_BITS) {
            candidate = maker->last + 1;
        } else {
            candidate = (last_ms + 1) << TIME_SHIFT | (int64_t)maker->node << SEQUENCE_BITS;
        }
    }
    assert(candidate > maker->last);
    maker->last = candidate;
    return candidate;
}

pn_time pn_id_time(pn_id id) {
    return ((id >> TIME_SHIFT) + PN_ID_EPOCH_MS) * 1000;
}

unsigned pn_id_node(pn_id id) {
    return (unsigned)(id >> SEQUENCE_BITS & (PN_ID_NODES - 1));
}

void pn_letters_write(uint64_t value, size_t letters, char *out) {
    for (size_t i = letters; i > 0; i--) {
        out[i - 1] = CROCKFORD[value & 31];
        value >>= 5;
    }
}

const char *pn_id_text(pn_id_kind kind, pn_id id, char *out) {
    size_t len = strlen(PREFIXES[kind]);
    memcpy(out, PREFIXES[kind], len);
    out[len++] = '_';
    pn_letters_write((uint64_t)id, PN_ID_LETTERS, out + len);
    out[len + PN_ID_LETTERS] = '\0';
    return out;
}

static int letter_value(char c) {
    c = pn_to_lower(c);
    if (c == 'o') {
        return 0;
    }
    if (c == 'i' || c == 'l') {
        return 1;
    }
    const char *hit = c == '\0' ? NULL : strchr(CROCKFORD, c);
    return hit == NULL ? -1 : (int)(hit - CROCKFORD);
}

pn_err pn_letters_read(pn_str text, uint64_t *ret_value) {
    uint64_t value = 0;
    for (size_t i = 0; i < text.len; i++) {
        int letter = letter_value(text.ptr[i]);
        if (letter < 0 || value >> 59 != 0) {
            return PN_INVALID;
        }
        value = value << 5 | (unsigned)letter;
    }
    *ret_value = value;
    return PN_OK;
}

pn_err pn_id_parse(pn_id_kind kind, pn_str text, pn_id *ret_id) {
    pn_str prefix = pn_str_of(PREFIXES[kind]);
    uint64_t value = 0;
    if (text.len != prefix.len + 1 + PN_ID_LETTERS || !pn_str_starts(text, prefix) ||
        text.ptr[prefix.len] != '_') {
        return PN_INVALID;
    }
    PN_TRY(pn_letters_read(pn_str_from(text, prefix.len + 1), &value));
    if (value == 0 || value > INT64_MAX) {
        return PN_INVALID;
    }
    *ret_id = (pn_id)value;
    return PN_OK;
}
