/* Codes in texts, and the weighing of all that is known about one recipient. */
#include "base/banned.h"
#include "format/bounce_int.h"

/* ── codes ───────────────────────────────────────────────────────────────────────────────────── */

static size_t digits_at(pn_str text, size_t at) {
    size_t count = 0;
    while (at + count < text.len && count < 4 && pn_is_digit(text.ptr[at + count])) {
        count++;
    }
    return count;
}

static bool is_word_byte(char c) {
    return pn_is_alpha(c) || pn_is_digit(c) || c == '.' || c == '_';
}

/* Length of "5.1.1" at `at`, 0 when there is none: an address of the internet, a version or a
 * number with a point is none. */
static size_t enhanced_at(pn_str text, size_t at) {
    char class = text.ptr[at];
    bool inside = at > 0 && (is_word_byte(text.ptr[at - 1]) || text.ptr[at - 1] == '/');
    if ((class != '2' && class != '4' && class != '5') || inside || at + 4 >= text.len ||
        text.ptr[at + 1] != '.' || text.ptr[at + 2] < '0' || text.ptr[at + 2] > '7' ||
        text.ptr[at + 3] != '.') {
        return 0;
    }
    size_t detail = digits_at(text, at + 4);
    size_t end = at + 4 + detail;
    if (detail == 0 || detail > 3 || (end < text.len && pn_is_alpha(text.ptr[end])) ||
        (end + 1 < text.len && text.ptr[end] == '.' && pn_is_digit(text.ptr[end + 1]))) {
        return 0;
    }
    return end - at;
}

/* "550" as a word, followed by what follows a reply code. */
static bool reply_at(pn_str text, size_t at) {
    char c = text.ptr[at];
    if ((c != '4' && c != '5') ||
        (at > 0 && (is_word_byte(text.ptr[at - 1]) ||
                    pn_str_find_char(PN_STR("/-+=@#&?%"), text.ptr[at - 1]) != SIZE_MAX)) ||
        digits_at(text, at) != 3 || text.ptr[at + 1] > '7') {
        return false;
    }
    return at + 3 == text.len ||
           pn_str_find_char(PN_STR(" -:,;\n\t\r\"')<("), text.ptr[at + 3]) != SIZE_MAX;
}

bool pn_status_is_general(pn_str status) {
    return status.len < 5 || pn_str_is(pn_str_from(status, 1), ".0.0");
}

static bool is_expired(pn_str status) {
    return status.len >= 5 && pn_str_is(pn_str_from(status, 1), ".4.7");
}

/* The first code that says something; that the queue gave up (x.4.7) only when no server said
 * why. */
static bool is_better(pn_str code, pn_str than) {
    return than.len == 0 || (pn_status_is_general(than) && !pn_status_is_general(code)) ||
           (is_expired(than) && !is_expired(code) && !pn_status_is_general(code));
}

pn_codes pn_codes_of(pn_str text) {
    pn_codes codes = {0};
    size_t i = 0;
    while (i < text.len) {
        size_t len = enhanced_at(text, i);
        pn_str code = {text.ptr + i, len};
        if (len != 0) {
            if (text.ptr[i] != '2' && is_better(code, codes.status)) {
                codes.status = code;
            }
            i += len;
        } else if (codes.reply.len == 0 && reply_at(text, i)) {
            codes.reply = (pn_str){text.ptr + i, 3};
            i += 3;
        } else {
            i++;
        }
    }
    return codes;
}

/* ── weighing ────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_str folded;
    pn_codes codes;
    pn_saying saying;
    pn_reason reason;
} evidence;

/* An address may contain words of a pattern ("mailboxfull@…"): it is evidence of nothing. */
static pn_str without_addresses(pn_str folded, pn_arena *arena) {
    char *copy = pn_arena_copy(arena, folded.ptr, folded.len);
    pn_str rest = folded;
    pn_str found;
    while (pn_mail_addresses(rest, &found, 1) == 1) {
        memset(copy + (found.ptr - folded.ptr), '@', found.len);
        rest = pn_str_sub(found.ptr + found.len, folded.ptr + folded.len);
    }
    return (pn_str){copy, folded.len};
}

static evidence look(const pn_bounce *bounce, pn_str text, size_t bytes_max) {
    evidence e = {.folded = pn_fold_words(text, bytes_max, bounce->arena)};
    e.codes = pn_codes_of(pn_str_first(text, bytes_max));
    e.folded = without_addresses(e.folded, bounce->arena);
    e.saying = pn_reason_of_words(bounce->index, e.folded, &e.reason, NULL);
    return e;
}

/* The status as the field of the report states it, without its explanation. */
static pn_str field_status(pn_str value) {
    for (size_t i = 0; i + 4 < value.len; i++) {
        size_t len = enhanced_at(value, i);
        if (len != 0) {
            return (pn_str){value.ptr + i, len};
        }
    }
    return PN_STR_NONE;
}

/* The diagnostic is the server's own sentence; the field is what the reporting system made of it,
 * and gateways write 5.0.0 or 5.1.1 there whatever it said. */
static pn_str choose_status(const evidence *sources, size_t count, pn_str field) {
    pn_str best = PN_STR_NONE;
    for (size_t i = 0; i < count; i++) {
        pn_str code = sources[i].codes.status;
        if (code.len != 0 && is_better(code, best)) {
            best = code;
        }
        if (i == 0 && field.len != 0 && is_better(field, best)) {
            best = field;
        }
    }
    return best;
}

static pn_str choose_reply(const evidence *sources, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (sources[i].codes.reply.len != 0) {
            return sources[i].codes.reply;
        }
    }
    return PN_STR_NONE;
}

static bool find_saying(const evidence *sources, size_t count, pn_saying least,
                        pn_reason *ret_reason) {
    for (size_t i = 0; i < count; i++) {
        if (sources[i].saying >= least) {
            *ret_reason = sources[i].reason;
            return true;
        }
    }
    return false;
}

static pn_reason by_reply(pn_str reply, bool delayed) {
    if (pn_str_is(reply, "521") || pn_str_is(reply, "556")) { /* RFC 7504 */
        return PN_REASON_NOT_ACCEPT;
    }
    if (pn_str_is(reply, "552")) {
        return PN_REASON_MAILBOX_FULL;
    }
    if (pn_str_is(reply, "421") || pn_str_is(reply, "450") || pn_str_is(reply, "451") || delayed) {
        return PN_REASON_EXPIRED;
    }
    return PN_REASON_ON_HOLD;
}

/* What stands in front of a mere "user unknown" when the report explains it. */
static bool explains(pn_reason reason) {
    return reason == PN_REASON_SUSPEND || reason == PN_REASON_MAILBOX_FULL;
}

typedef struct {
    const pn_bounce *bounce;
    const pn_suspect *suspect;
    const evidence *sources;
    size_t near;  /* of the sources that are about this recipient alone */
    size_t count; /* of all, with the whole report */
    pn_str status, reply;
    bool delayed;
} question;

/* All that is said about this recipient alone. */
static pn_str said_of(const question *q) {
    const evidence *s = q->sources;
    return pn_str_format(q->bounce->arena, "%.*s %.*s %.*s", PN_STR_ARG(s[0].folded),
                         PN_STR_ARG(s[1].folded),
                         PN_STR_ARG(q->near == 3 ? s[2].folded : PN_STR_NONE));
}

/* Signs that a server answered the recipient's address, not the whole mail; the last line is of
 * mail systems that say in their own words what they concluded. */
static const char TO_RCPT[] =
    ">rcpt|>>> rcpt|rcpt to:<|rcpt to <|rcpt to: <|to rcpt|after rcpt|rcpt to command|rcpt command|"
    "rcpt_to|rcpt host|(state 12)|(state 13)|(state 14)|(state 15)|does not like recipient|"
    "rejected recipient|recipient address rejected|"
    "couldn't be found|wasn't found|could not be found|bad-mailbox";
/* Receivers that are known to refuse addresses at RCPT only, whoever reports it: by the names of
 * their hosts and domains, and by what only they write. */
static const char REFUSE_EARLY[] =
    "google|gmail|outlook|hotmail|live.com|yahoo|aol.com|icloud|messagelabs|mimecast|pphosted|"
    "secureserver|orange.|wanadoo|laposte|qq.com|ezweb|softbank|mail.ru|gmx.|web.de|t-online";
static const char WRITE_EARLY[] = "gsmtp|ofr_|ofr0|ofr2|lpn0|messagelabs";

/* What filters say, too; words in other languages are meant for people, and are believed. */
static const char HIDES_BEHIND[] = "user|no such|unknown|recipient|mailbox|account";

bool pn_bounce_places_replies(const pn_bounce *bounce) {
    pn_str report = pn_fold_words(bounce->report, PN_BOUNCE_REPORT_BYTES, bounce->arena);
    return pn_has_any(report, TO_RCPT) || pn_has_any(report, WRITE_EARLY);
}

/* The reply of a server of which nobody says what it answered. */
static bool is_unplaced(const question *q, pn_str said) {
    pn_str reply = PN_STR_NONE;
    for (size_t i = 0; i < q->near && reply.len == 0; i++) {
        const evidence *e = &q->sources[i];
        reply = e->saying != PN_SAYING_NONE ? e->codes.reply : PN_STR_NONE;
    }
    pn_str hosts = pn_str_format(q->bounce->arena, "%.*s %.*s", PN_STR_ARG(q->suspect->address),
                                 PN_STR_ARG(pn_str_first(q->suspect->remote, 200)));
    return reply.len != 0 && !q->bounce->places_replies && pn_has_any(said, HIDES_BEHIND) &&
           !pn_has_any(said, TO_RCPT) && !pn_has_any(said, WRITE_EARLY) &&
           !pn_has_any(pn_fold_words(hosts, 600, q->bounce->arena), REFUSE_EARLY);
}

/* "User unknown" means what it says to RCPT, or with x.1.1. Said of a mailbox that exists (x.2.y),
 * with a code of policy, after the whole mail was taken, or nobody knows when, it may as well be a
 * filter of the recipient that speaks. */
static bool is_filter(const question *q) {
    const evidence *s = q->sources;
    pn_str said = said_of(q);
    pn_str code = q->status.len >= 5 ? pn_str_from(q->status, 1) : PN_STR_NONE;
    bool to_rcpt = pn_has_any(said, "rcpt|does not like recipient");
    bool mailbox = pn_str_is(code, ".2.0") || (pn_str_is(code, ".2.1") && !to_rcpt);
    bool after_data =
        pn_has_any(said, "after end of data|after data|end of data command|smtp command data|"
                         "sending message body|in reply to end of data|(state 17)|(state 18)");
    bool stated =
        pn_str_eq(q->status, s[0].codes.status) || pn_str_eq(q->status, s[1].codes.status);
    bool contradicts = stated && !to_rcpt && pn_str_starts(code, PN_STR(".7.")) &&
                       pn_has_any(said, "user unknown|unknown user");
    /* NTT DOCOMO answers "Unknown user" for its customers' filters. */
    bool docomo = pn_has_any(said, "host mfsmax.") ||
                  pn_has_any(pn_fold_words(q->suspect->remote, 200, q->bounce->arena),
                             "mfsmax.|docomo.ne.jp");
    /* Yahoo says this in mail of its own, after it took ours, of accounts that it closed, too. */
    bool yahoo = q->reply.len == 0 && pn_has_any(said, "this user doesn't have a");
    bool address = pn_str_starts(code, PN_STR(".1."));
    return mailbox || yahoo || contradicts || docomo ||
           (!address && (after_data || is_unplaced(q, said)));
}

static pn_reason strong_reason(const question *q, pn_reason reason) {
    if (reason != PN_REASON_USER_UNKNOWN) {
        return reason;
    }
    if (is_filter(q)) {
        return PN_REASON_FILTERED;
    }
    const evidence *report = &q->sources[q->count - 1];
    if (q->bounce->suspect_count == 1 && report->saying == PN_SAYING_STRONG &&
        explains(report->reason)) {
        return report->reason;
    }
    return q->suspect->by_program ? PN_REASON_MAILER_ERROR : reason;
}

static bool is_vague(pn_str status) {
    pn_str code = pn_str_from(status, 1);
    return pn_str_is(code, ".7.0") || pn_str_is(code, ".7.1");
}

static pn_reason choose_reason(const question *q) {
    pn_reason reason;
    pn_reason coded;
    if (find_saying(q->sources, q->near, PN_SAYING_STRONG, &reason)) {
        return strong_reason(q, reason);
    }
    bool said = find_saying(q->sources, q->near, PN_SAYING_WEAK, &reason);
    if (pn_reason_of_status(q->status, &coded)) {
        return is_vague(q->status) && said ? reason : coded;
    }
    if (said || find_saying(q->sources, q->count, PN_SAYING_STRONG, &reason) ||
        find_saying(q->sources, q->count, PN_SAYING_WEAK, &reason)) {
        return strong_reason(q, reason);
    }
    if (q->suspect->by_program) {
        return PN_REASON_MAILER_ERROR;
    }
    bool silent = q->suspect->source == PN_SOURCE_RETURNED && q->reply.len == 0;
    return silent ? PN_REASON_UNDEFINED : by_reply(q->reply, q->delayed);
}

/* On one line, for people; at most what a note may hold. */
static pn_str one_line(pn_str text, pn_arena *arena) {
    enum { DIAGNOSTIC_BYTES = 500 };
    pn_str cut = pn_str_trim(pn_str_first(text, DIAGNOSTIC_BYTES));
    while (cut.len > 0 && cut.len < text.len && ((unsigned char)text.ptr[cut.len] & 0xC0) == 0x80) {
        cut.len--; /* not in the middle of a character */
    }
    char *out = pn_arena_copy(arena, cut.ptr, cut.len);
    size_t len = 0;
    for (size_t i = 0; i < cut.len; i++) {
        bool space = pn_is_space(out[i]);
        if (!space || (len > 0 && out[len - 1] != ' ')) {
            out[len++] = space ? ' ' : out[i];
        }
    }
    return (pn_str){out, len};
}

static void judge_delivered(const pn_suspect *suspect, pn_mail_recipient *ret) {
    ret->class = PN_MAIL_OTHER;
    ret->reason = pn_reason_word(PN_REASON_DELIVERED);
    pn_str field = field_status(suspect->status);
    ret->status = field.len != 0 ? field : field_status(suspect->diagnostic);
}

void pn_bounce_judge(const pn_bounce *bounce, pn_suspect *suspect, pn_mail_recipient *ret) {
    *ret = (pn_mail_recipient){.address = suspect->address};
    pn_str words = pn_str_dup(bounce->arena, pn_buf_str(&suspect->words));
    ret->diagnostic =
        one_line(suspect->diagnostic.len != 0 ? suspect->diagnostic : words, bounce->arena);
    if (suspect->action >= PN_ACTION_DELIVERED) {
        judge_delivered(suspect, ret);
        return;
    }
    evidence sources[3] = {
        look(bounce, suspect->diagnostic, PN_BOUNCE_WORDS_BYTES),
        look(bounce, words, PN_BOUNCE_WORDS_BYTES),
    };
    size_t count = 2;
    size_t near = 2;
    if (bounce->suspect_count == 1 || words.len == 0) {
        sources[count++] = look(bounce, bounce->report, PN_BOUNCE_REPORT_BYTES);
        near = suspect->diagnostic.len == 0 ? 3 : 2; /* nothing is said more closely */
    }
    bool delayed = suspect->action == PN_ACTION_DELAYED || bounce->delayed;
    ret->status = choose_status(sources, count, field_status(suspect->status));
    ret->reply = choose_reply(sources, count);
    question q = {bounce, suspect, sources, near, count, ret->status, ret->reply, delayed};
    pn_reason reason = choose_reason(&q);
    bool temporary = delayed || (ret->reply.len != 0 && ret->reply.ptr[0] == '4') ||
                     pn_has_any(sources[near - 1].folded, "retry timeout exceeded");
    if (ret->status.len == 0) {
        ret->status = pn_reason_status(reason, temporary, bounce->arena);
        ret->status_derived = true;
    }
    ret->reason = pn_reason_word(reason);
    ret->class = pn_reason_class(reason);
    /* Nobody who will try again has given the address up; a name server may have been down. */
    bool address = reason == PN_REASON_USER_UNKNOWN || reason == PN_REASON_HAS_MOVED;
    if (ret->class == PN_MAIL_HARD &&
        (delayed || (!address && ret->status.len != 0 && ret->status.ptr[0] == '4'))) {
        ret->class = PN_MAIL_SOFT;
    }
}
