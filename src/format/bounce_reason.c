#include "format/bounce_reason.h"

#include <assert.h>

#include "base/banned.h"
#include "format/bounce_words.h"

static const struct {
    const char *word;
    pn_mail_class class;
    int number;
} REASONS[] = {
#define PN_REASON_ROW(name, word, class, number) {word, PN_MAIL_##class, number},
    PN_REASONS(PN_REASON_ROW)
#undef PN_REASON_ROW
};

pn_str pn_reason_word(pn_reason reason) {
    return pn_str_of(REASONS[reason].word);
}

pn_mail_class pn_reason_class(pn_reason reason) {
    return REASONS[reason].class;
}

pn_str pn_reason_status(pn_reason reason, bool temporary, pn_arena *arena) {
    return REASONS[reason].number == 0
               ? PN_STR_NONE
               : pn_str_format(arena, "%d.0.%d", temporary ? 4 : 5, REASONS[reason].number);
}

/* ── words ───────────────────────────────────────────────────────────────────────────────────── */

enum { GAP_BYTES = 60 }; /* what a "*" in a pattern may stand for */

/* One pattern; those with the same first two bytes hang together. */
typedef struct {
    pn_str text;
    uint16_t group;
    uint16_t next; /* the place of the next one, from 1 */
} pattern;

enum { HEADS = 4096, PATTERNS_MAX = 4096 };

struct pn_reason_index {
    pattern *patterns;
    size_t count;
    uint16_t heads[HEADS]; /* by hash of two bytes: the first pattern, from 1 */
};

static size_t head_of(const char *bytes) {
    return ((size_t)(unsigned char)bytes[0] * 31 + (unsigned char)bytes[1]) % HEADS;
}

static size_t count_patterns(void) {
    size_t count = 0;
    for (size_t i = 0; i < PN_WORDS_COUNT; i++) {
        count++;
        for (const char *at = PN_WORDS[i].patterns; *at != '\0'; at++) {
            count += *at == '|';
        }
    }
    return count;
}

const pn_reason_index *pn_reason_index_new(pn_arena *arena) {
    pn_reason_index *index = pn_arena_new(arena, pn_reason_index);
    size_t count = count_patterns();
    assert(count < PATTERNS_MAX);
    index->patterns = pn_arena_array(arena, pattern, count);
    for (size_t i = 0; i < PN_WORDS_COUNT; i++) {
        pn_str rest = pn_str_of(PN_WORDS[i].patterns);
        pn_str text;
        while (pn_str_split(&rest, '|', &text)) {
            assert(text.len >= 2);
            index->patterns[index->count++] = (pattern){.text = text, .group = (uint16_t)i};
        }
    }
    for (size_t i = index->count; i > 0; i--) { /* backwards: chains run from the first on */
        uint16_t *head = &index->heads[head_of(index->patterns[i - 1].text.ptr)];
        index->patterns[i - 1].next = *head;
        *head = (uint16_t)i;
    }
    return index;
}

static bool starts_at(pn_str text, size_t at, pn_str piece) {
    return text.len - at >= piece.len && memcmp(text.ptr + at, piece.ptr, piece.len) == 0;
}

/* "first*then": `then` begins at most GAP_BYTES after `first`. */
static bool matches_at(pn_str text, size_t at, pn_str rest) {
    pn_str piece;
    if (!pn_str_split(&rest, '*', &piece) || !starts_at(text, at, piece)) {
        return false;
    }
    at += piece.len;
    while (pn_str_split(&rest, '*', &piece)) {
        size_t end = PN_MIN(at + GAP_BYTES, text.len);
        while (at < end && !starts_at(text, at, piece)) {
            at++;
        }
        if (at >= end) {
            return false;
        }
        at += piece.len;
    }
    return true;
}

pn_saying pn_reason_of_words(const pn_reason_index *index, pn_str folded, pn_reason *ret_reason,
                             size_t *work) {
    size_t best = SIZE_MAX;
    for (size_t at = 0; at + 1 < folded.len; at++) {
        size_t i = index->heads[head_of(folded.ptr + at)];
        while (i != 0 && i < best) {
            const pattern *p = &index->patterns[i - 1];
            if (work != NULL) {
                (*work)++;
            }
            best = matches_at(folded, at, p->text) ? i : best;
            i = p->next;
        }
    }
    if (best == SIZE_MAX) {
        return PN_SAYING_NONE;
    }
    const pn_words *group = &PN_WORDS[index->patterns[best - 1].group];
    *ret_reason = group->reason;
    return group->weak ? PN_SAYING_WEAK : PN_SAYING_STRONG;
}

/* ── status codes ────────────────────────────────────────────────────────────────────────────── */

/* RFC 3463, the registry of enhanced status codes, and what large receivers use besides. The first
 * digit is left out where both mean the same; "x.7.1" and other codes that are used for anything
 * say little and stand at the end of what is asked. */
static const struct {
    const char *code;
    pn_reason reason;
} CODES[] = {
    {"5.1.1", PN_REASON_USER_UNKNOWN},     {"x.1.1", PN_REASON_USER_UNKNOWN},
    {"x.1.2", PN_REASON_HOST_UNKNOWN},     {"x.1.3", PN_REASON_USER_UNKNOWN},
    {"x.1.4", PN_REASON_FILTERED},         {"x.1.6", PN_REASON_HAS_MOVED},
    {"x.1.7", PN_REASON_REJECTED},         {"x.1.8", PN_REASON_REJECTED},
    {"4.1.9", PN_REASON_SYSTEM_ERROR},     {"x.1.10", PN_REASON_USER_UNKNOWN},
    {"x.1.351", PN_REASON_USER_UNKNOWN},   {"4.1.0", PN_REASON_REJECTED},
    {"5.1.0", PN_REASON_USER_UNKNOWN},     {"x.2.0", PN_REASON_FILTERED},
    {"x.2.1", PN_REASON_SUSPEND},          {"x.2.2", PN_REASON_MAILBOX_FULL},
    {"x.2.3", PN_REASON_EXCEED_LIMIT},     {"x.2.4", PN_REASON_FILTERED},
    {"x.3.0", PN_REASON_SYSTEM_ERROR},     {"x.3.1", PN_REASON_SYSTEM_FULL},
    {"x.3.2", PN_REASON_NOT_ACCEPT},       {"x.3.3", PN_REASON_SYSTEM_ERROR},
    {"x.3.4", PN_REASON_MESG_TOO_BIG},     {"x.3.5", PN_REASON_SYSTEM_ERROR},
    {"x.4.0", PN_REASON_NETWORK_ERROR},    {"x.4.1", PN_REASON_EXPIRED},
    {"x.4.2", PN_REASON_NETWORK_ERROR},    {"x.4.3", PN_REASON_SYSTEM_ERROR},
    {"x.4.4", PN_REASON_HOST_UNKNOWN},     {"x.4.5", PN_REASON_SYSTEM_ERROR},
    {"x.4.6", PN_REASON_NETWORK_ERROR},    {"x.4.7", PN_REASON_EXPIRED},
    {"5.4.14", PN_REASON_NETWORK_ERROR},   {"5.4.310", PN_REASON_HOST_UNKNOWN},
    {"4.4.316", PN_REASON_EXPIRED},        {"x.5.3", PN_REASON_RATE_LIMITED},
    {"x.6.1", PN_REASON_CONTENT_ERROR},    {"x.6.2", PN_REASON_CONTENT_ERROR},
    {"x.6.3", PN_REASON_CONTENT_ERROR},    {"x.6.5", PN_REASON_CONTENT_ERROR},
    {"x.6.6", PN_REASON_CONTENT_ERROR},    {"x.6.7", PN_REASON_SYNTAX_ERROR},
    {"x.6.0", PN_REASON_CONTENT_ERROR},    {"x.7.0", PN_REASON_POLICY_VIOLATION},
    {"x.7.1", PN_REASON_POLICY_VIOLATION}, {"x.7.2", PN_REASON_FILTERED},
    {"x.7.7", PN_REASON_AUTH_FAILURE},     {"x.7.8", PN_REASON_SECURITY_ERROR},
    {"x.7.9", PN_REASON_AUTH_FAILURE},     {"x.7.13", PN_REASON_SUSPEND},
    {"x.7.17", PN_REASON_HAS_MOVED},       {"x.7.18", PN_REASON_HAS_MOVED},
    {"x.7.20", PN_REASON_AUTH_FAILURE},    {"x.7.21", PN_REASON_AUTH_FAILURE},
    {"x.7.22", PN_REASON_AUTH_FAILURE},    {"x.7.23", PN_REASON_AUTH_FAILURE},
    {"x.7.24", PN_REASON_AUTH_FAILURE},    {"x.7.25", PN_REASON_REQUIRE_PTR},
    {"x.7.26", PN_REASON_AUTH_FAILURE},    {"x.7.27", PN_REASON_AUTH_FAILURE},
    {"x.7.28", PN_REASON_RATE_LIMITED},    {"x.7.29", PN_REASON_AUTH_FAILURE},
    {"x.7.30", PN_REASON_AUTH_FAILURE},    {"x.7.32", PN_REASON_AUTH_FAILURE},
    {"x.7.40", PN_REASON_AUTH_FAILURE},    {"x.7.509", PN_REASON_AUTH_FAILURE},
    {"x.7.511", PN_REASON_BLOCKED},        {"x.7.512", PN_REASON_NOT_COMPLIANT},
    {"x.7.515", PN_REASON_AUTH_FAILURE},   {"x.7.606", PN_REASON_BLOCKED},
    {"x.7.708", PN_REASON_BLOCKED},
};

bool pn_reason_of_status(pn_str status, pn_reason *ret_reason) {
    if (status.len < 5) {
        return false;
    }
    for (size_t i = 0; i < PN_COUNT(CODES); i++) {
        pn_str code = pn_str_of(CODES[i].code);
        if (pn_str_eq(pn_str_from(code, 1), pn_str_from(status, 1)) &&
            (code.ptr[0] == 'x' || code.ptr[0] == status.ptr[0])) {
            *ret_reason = CODES[i].reason;
            return true;
        }
    }
    pn_str subject = pn_str_first(pn_str_from(status, 2), 2);
    /* Any other matter of what the mail holds, of security or policy. */
    *ret_reason = pn_str_is(subject, "6.") ? PN_REASON_CONTENT_ERROR : PN_REASON_POLICY_VIOLATION;
    return pn_str_is(subject, "6.") || pn_str_is(subject, "7.");
}
