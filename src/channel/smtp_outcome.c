#include "channel/smtp_outcome.h"

#include "base/banned.h"

enum {
    SENDER = 1 << PN_SMTP_ABOUT_SENDER,
    RECIPIENT = 1 << PN_SMTP_ABOUT_RECIPIENT,
    MESSAGE = 1 << PN_SMTP_ABOUT_MESSAGE,
    ANY = SENDER | RECIPIENT | MESSAGE,
    ASK = 16, /* the text may say otherwise */
};

/* ── by text ── */

/* First match wins. A pattern begins at a word's beginning; addresses in <…> are not looked at.
 * What is part of another pattern stands behind it. */
static const struct {
    const char *pattern;
    pn_send_outcome outcome;
} TEXTS[] = {
    /* about us, though the words that follow would blame the recipient */
    {"sender address rejected", PN_SEND_SENDER_PROBLEM},
    {"sender rejected", PN_SEND_SENDER_PROBLEM},
    {"sender verify failed", PN_SEND_SENDER_PROBLEM},
    {"return path", PN_SEND_SENDER_PROBLEM},
    /* full: the person is there and will make room */
    {"mailbox full", PN_SEND_RETRY},
    {"mailbox is full", PN_SEND_RETRY},
    {"mailbox quota", PN_SEND_RETRY},
    {"inbox is full", PN_SEND_RETRY},
    {"full mailbox", PN_SEND_RETRY},
    {"over quota", PN_SEND_RETRY},
    {"overquota", PN_SEND_RETRY},
    {"over the maximum allowed quota", PN_SEND_RETRY},
    {"quota exceeded", PN_SEND_RETRY},
    {"exceeded quota", PN_SEND_RETRY},
    {"exceeds quota", PN_SEND_RETRY},
    {"quotaexceeded", PN_SEND_RETRY},
    {"disk quota", PN_SEND_RETRY},
    {"exceeded storage", PN_SEND_RETRY},
    {"out of storage", PN_SEND_RETRY},
    {"insufficient storage", PN_SEND_RETRY},
    {"insufficient system storage", PN_SEND_RETRY},
    {"not enough storage", PN_SEND_RETRY},
    {"insufficient disk", PN_SEND_RETRY},
    {"enough space", PN_SEND_RETRY},
    {"storage quota", PN_SEND_RETRY},
    {"buz\xC3\xB3n lleno", PN_SEND_RETRY},
    /* too large */
    {"message too large", PN_SEND_NEXT_CHANNEL},
    {"message is too large", PN_SEND_NEXT_CHANNEL},
    {"message too big", PN_SEND_NEXT_CHANNEL},
    {"message size exceeds", PN_SEND_NEXT_CHANNEL},
    {"message file too big", PN_SEND_NEXT_CHANNEL},
    {"message length exceeds", PN_SEND_NEXT_CHANNEL},
    {"size limit", PN_SEND_NEXT_CHANNEL},
    {"maximum message size", PN_SEND_NEXT_CHANNEL},
    {"maximum size", PN_SEND_NEXT_CHANNEL},
    /* later */
    {"greylist", PN_SEND_RETRY},
    {"graylist", PN_SEND_RETRY},
    {"grey list", PN_SEND_RETRY},
    {"try again", PN_SEND_RETRY},
    {"try later", PN_SEND_RETRY},
    {"retry later", PN_SEND_RETRY},
    {"temporarily", PN_SEND_RETRY},
    {"temporary", PN_SEND_RETRY},
    {"rate limit", PN_SEND_RETRY},
    {"frequency limited", PN_SEND_RETRY},
    {"throttl", PN_SEND_RETRY},
    {"too many connections", PN_SEND_RETRY},
    {"too many messages", PN_SEND_RETRY},
    {"too many concurrent", PN_SEND_RETRY},
    {"not accepting", PN_SEND_RETRY},
    {"timed out", PN_SEND_RETRY},
    /* asked not to be written to */
    {"unsubscribed", PN_SEND_STOP},
    {"opted out", PN_SEND_STOP},
    {"recipient complained", PN_SEND_STOP},
    /* nobody there */
    {"user unknown", PN_SEND_NEXT_CONTACT},
    {"unknown user", PN_SEND_NEXT_CONTACT},
    {"unknown recipient", PN_SEND_NEXT_CONTACT},
    {"unknown address", PN_SEND_NEXT_CONTACT},
    {"unknown local", PN_SEND_NEXT_CONTACT},
    {"unknown or illegal", PN_SEND_NEXT_CONTACT},
    {"unknown or invalid", PN_SEND_NEXT_CONTACT},
    {"recipient unknown", PN_SEND_NEXT_CONTACT},
    {"address unknown", PN_SEND_NEXT_CONTACT},
    {"mailbox unknown", PN_SEND_NEXT_CONTACT},
    {"no such user", PN_SEND_NEXT_CONTACT},
    {"no such recipient", PN_SEND_NEXT_CONTACT},
    {"no such mailbox", PN_SEND_NEXT_CONTACT},
    {"no such address", PN_SEND_NEXT_CONTACT},
    {"no such person", PN_SEND_NEXT_CONTACT},
    {"no such domain", PN_SEND_NEXT_CONTACT},
    {"no such account", PN_SEND_NEXT_CONTACT},
    {"no mailbox", PN_SEND_NEXT_CONTACT},
    {"no account", PN_SEND_NEXT_CONTACT},
    {"no user", PN_SEND_NEXT_CONTACT},
    {"not a known user", PN_SEND_NEXT_CONTACT},
    {"not a valid user", PN_SEND_NEXT_CONTACT},
    {"not a valid mailbox", PN_SEND_NEXT_CONTACT},
    {"not our customer", PN_SEND_NEXT_CONTACT},
    {"recipient not found", PN_SEND_NEXT_CONTACT},
    {"recipient notfound", PN_SEND_NEXT_CONTACT},
    {"user not found", PN_SEND_NEXT_CONTACT},
    {"mailbox not found", PN_SEND_NEXT_CONTACT},
    {"account not found", PN_SEND_NEXT_CONTACT},
    {"address not found", PN_SEND_NEXT_CONTACT},
    {"doesn't exist", PN_SEND_NEXT_CONTACT},
    {"doesn't have a", PN_SEND_NEXT_CONTACT},
    {"does not have a", PN_SEND_NEXT_CONTACT},
    {"not listed in", PN_SEND_NEXT_CONTACT},
    {"not exist", PN_SEND_NEXT_CONTACT},
    {"no longer", PN_SEND_NEXT_CONTACT},
    {"invalid recipient", PN_SEND_NEXT_CONTACT},
    {"invalid mailbox", PN_SEND_NEXT_CONTACT},
    {"invalid address", PN_SEND_NEXT_CONTACT},
    {"invalid user", PN_SEND_NEXT_CONTACT},
    {"bad destination", PN_SEND_NEXT_CONTACT},
    {"mailbox unavailable", PN_SEND_NEXT_CONTACT},
    {"mailbox not available", PN_SEND_NEXT_CONTACT},
    {"mailbox disabled", PN_SEND_NEXT_CONTACT},
    {"mailbox inactive", PN_SEND_NEXT_CONTACT},
    {"mailbox is disabled", PN_SEND_NEXT_CONTACT},
    {"mailbox is blocked", PN_SEND_NEXT_CONTACT},
    {"account is blocked", PN_SEND_NEXT_CONTACT},
    {"mailbox is inactive", PN_SEND_NEXT_CONTACT},
    {"account disabled", PN_SEND_NEXT_CONTACT},
    {"account is disabled", PN_SEND_NEXT_CONTACT},
    {"account has been disabled", PN_SEND_NEXT_CONTACT},
    {"account inactive", PN_SEND_NEXT_CONTACT},
    {"account is inactive", PN_SEND_NEXT_CONTACT},
    {"user disabled", PN_SEND_NEXT_CONTACT},
    {"undeliverable address", PN_SEND_NEXT_CONTACT},
    {"unrouteable", PN_SEND_NEXT_CONTACT},
    {"unroutable", PN_SEND_NEXT_CONTACT},
    {"host not found", PN_SEND_NEXT_CONTACT},
    {"host unknown", PN_SEND_NEXT_CONTACT},
    {"domain not found", PN_SEND_NEXT_CONTACT},
    {"domain name not found", PN_SEND_NEXT_CONTACT},
    {"unknown host", PN_SEND_NEXT_CONTACT},
    {"unknown domain", PN_SEND_NEXT_CONTACT},
    {"name or service not known", PN_SEND_NEXT_CONTACT},
    {"usuario desconocido", PN_SEND_NEXT_CONTACT},
    {"no existe", PN_SEND_NEXT_CONTACT},
    {"suppress", PN_SEND_NEXT_CONTACT}, /* on the provider's list of addresses that bounced */
    /* the recipient takes mail only from some people */
    {"restricted", PN_SEND_NEXT_CONTACT},
    {"only accepts", PN_SEND_NEXT_CONTACT},
    /* we, our address or our words */
    {"spam", PN_SEND_SENDER_PROBLEM},
    {"junk", PN_SEND_SENDER_PROBLEM},
    {"unsolicited", PN_SEND_SENDER_PROBLEM},
    {"blocked", PN_SEND_SENDER_PROBLEM},
    {"blocklist", PN_SEND_SENDER_PROBLEM},
    {"block list", PN_SEND_SENDER_PROBLEM},
    {"blacklist", PN_SEND_SENDER_PROBLEM},
    {"black list", PN_SEND_SENDER_PROBLEM},
    {"rbl", PN_SEND_SENDER_PROBLEM},
    {"dnsbl", PN_SEND_SENDER_PROBLEM},
    {"listed", PN_SEND_SENDER_PROBLEM},
    {"reputation", PN_SEND_SENDER_PROBLEM},
    {"policy", PN_SEND_SENDER_PROBLEM},
    {"spf", PN_SEND_SENDER_PROBLEM},
    {"dkim", PN_SEND_SENDER_PROBLEM},
    {"dmarc", PN_SEND_SENDER_PROBLEM},
    {"ptr record", PN_SEND_SENDER_PROBLEM},
    {"reverse dns", PN_SEND_SENDER_PROBLEM},
    {"rdns", PN_SEND_SENDER_PROBLEM},
    {"relay", PN_SEND_SENDER_PROBLEM},
    {"authenticat", PN_SEND_SENDER_PROBLEM},
    {"virus", PN_SEND_SENDER_PROBLEM},
    {"banned", PN_SEND_SENDER_PROBLEM},
    {"denied", PN_SEND_SENDER_PROBLEM},
    {"mismatch", PN_SEND_SENDER_PROBLEM},
    {"not permitted", PN_SEND_SENDER_PROBLEM},
    {"not allowed", PN_SEND_SENDER_PROBLEM},
    {"not authorized", PN_SEND_SENDER_PROBLEM},
};

static bool matches_at(pn_str text, const char *pattern) {
    size_t len = strlen(pattern);
    return pn_str_eq_nocase(pn_str_first(text, len), (pn_str){pattern, len});
}

/* The words may go on ("greylisted"), but a pattern begins where a word does. */
static bool says(pn_str text, const char *pattern) {
    bool in_address = false, word_begins = true;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!in_address && word_begins && matches_at(pn_str_from(text, i), pattern)) {
            return true;
        }
        in_address = c == '<' || (in_address && c != '>');
        word_begins = !pn_is_alpha(c) && !pn_is_digit(c);
    }
    return false;
}

static bool by_text(pn_str text, pn_send_outcome *ret_outcome) {
    for (size_t i = 0; i < PN_COUNT(TEXTS); i++) {
        if (says(text, TEXTS[i].pattern)) {
            *ret_outcome = TEXTS[i].outcome;
            return true;
        }
    }
    return false;
}

/* ── by enhanced status ── */

/* First match wins; '*' stands for any number. With `only` the text must say that too. */
static const struct {
    const char *status;
    unsigned about;
    const char *only;
    pn_send_outcome outcome;
} STATUSES[] = {
    {"2.*.*", ANY, NULL, PN_SEND_ACCEPTED},
    {"*.7.28", ANY, NULL, PN_SEND_SENDER_PROBLEM}, /* flood: Gmail's limits for bad reputation */
    {"4.*.*", ANY, NULL, PN_SEND_RETRY},
    /* addresses */
    {"5.1.7", ANY, NULL, PN_SEND_SENDER_PROBLEM}, /* bad sender address */
    {"5.1.8", ANY, NULL, PN_SEND_SENDER_PROBLEM}, /* bad sender domain */
    {"5.1.0", RECIPIENT | MESSAGE | ASK, NULL, PN_SEND_NEXT_CONTACT},
    {"5.1.*", RECIPIENT | MESSAGE, NULL, PN_SEND_NEXT_CONTACT},
    {"5.1.*", SENDER, NULL, PN_SEND_SENDER_PROBLEM},
    /* mailboxes */
    {"5.2.1", ANY, NULL, PN_SEND_NEXT_CONTACT},
    {"5.2.2", ANY, NULL, PN_SEND_RETRY},
    {"5.2.3", ANY, "quota", PN_SEND_RETRY},
    {"5.2.3", ANY, NULL, PN_SEND_NEXT_CHANNEL}, /* longer than this mailbox takes */
    {"5.2.*", ANY | ASK, NULL, PN_SEND_NEXT_CONTACT},
    /* systems */
    {"5.3.4", ANY, NULL, PN_SEND_NEXT_CHANNEL},
    {"5.3.*", ANY | ASK, NULL, PN_SEND_RETRY},
    /* routes */
    {"5.4.1", ANY, "access denied", PN_SEND_NEXT_CONTACT}, /* Exchange's "no such recipient" */
    {"5.4.310", ANY, NULL, PN_SEND_NEXT_CONTACT},          /* Exchange: no such domain */
    {"5.4.*", ANY | ASK, NULL, PN_SEND_RETRY},
    /* protocol */
    {"5.5.2", RECIPIENT, NULL, PN_SEND_NEXT_CONTACT}, /* Gmail's word for a malformed address */
    {"5.5.3", ANY, NULL, PN_SEND_RETRY},              /* too many recipients */
    {"5.5.*", ANY | ASK, NULL, PN_SEND_SENDER_PROBLEM},
    /* content */
    {"5.6.3", ANY, NULL, PN_SEND_SENDER_PROBLEM}, /* no 8-bit: all our mail would fail */
    {"5.6.7", RECIPIENT, NULL, PN_SEND_NEXT_CONTACT},
    {"5.6.*", ANY, NULL, PN_SEND_NEXT_CHANNEL},
    /* policy: ours to mend, but for what is only about this recipient */
    {"5.7.1", RECIPIENT | MESSAGE, "user unknown", PN_SEND_NEXT_CONTACT},
    {"5.7.1", RECIPIENT | MESSAGE, "recipient not found", PN_SEND_NEXT_CONTACT},
    {"5.7.1", RECIPIENT | MESSAGE, "not exist", PN_SEND_NEXT_CONTACT},
    {"5.7.1", RECIPIENT | MESSAGE, "invalid recipient", PN_SEND_NEXT_CONTACT},
    {"5.7.1", RECIPIENT | MESSAGE, "restricted", PN_SEND_NEXT_CONTACT},
    {"5.7.1", RECIPIENT | MESSAGE, "greylist", PN_SEND_RETRY},
    {"5.7.17", ANY, NULL, PN_SEND_NEXT_CONTACT},  /* the mailbox has another owner (RFC 7293) */
    {"5.7.18", ANY, NULL, PN_SEND_NEXT_CONTACT},  /* the domain has another owner */
    {"5.7.129", ANY, NULL, PN_SEND_NEXT_CONTACT}, /* Exchange: takes mail from its own people */
    {"5.7.133", ANY, NULL, PN_SEND_NEXT_CONTACT},
    {"5.7.134", ANY, NULL, PN_SEND_NEXT_CONTACT},
    {"5.7.*", ANY, NULL, PN_SEND_SENDER_PROBLEM},
};

static bool is_like(pn_str status, const char *pattern) {
    pn_str patterns = pn_str_of(pattern), wanted, part;
    while (pn_str_split(&patterns, '.', &wanted)) {
        if (!pn_str_split(&status, '.', &part) ||
            (!pn_str_is(wanted, "*") && !pn_str_eq(wanted, part))) {
            return false;
        }
    }
    return status.ptr == NULL;
}

static bool by_status(pn_smtp_about about, pn_str status, pn_str text,
                      pn_send_outcome *ret_outcome) {
    if (pn_str_is(status, "5.5.0")) {
        return false; /* "other": sent with anything, so the code knows more */
    }
    for (size_t i = 0; i < PN_COUNT(STATUSES); i++) {
        if ((STATUSES[i].about & 1U << about) == 0 || !is_like(status, STATUSES[i].status) ||
            (STATUSES[i].only != NULL && !says(text, STATUSES[i].only))) {
            continue;
        }
        if ((STATUSES[i].about & ASK) == 0 || !by_text(text, ret_outcome)) {
            *ret_outcome = STATUSES[i].outcome;
        }
        return true;
    }
    return false;
}

/* ── by reply code ── */

static const struct {
    unsigned first, last;
    unsigned about;
    pn_send_outcome outcome;
} CODES[] = {
    {200, 299, ANY, PN_SEND_ACCEPTED},
    {400, 499, ANY, PN_SEND_RETRY},
    {501, 501, RECIPIENT | ASK, PN_SEND_NEXT_CONTACT},
    {500, 504, ANY, PN_SEND_SENDER_PROBLEM},
    {521, 521, RECIPIENT, PN_SEND_NEXT_CONTACT}, /* takes no mail at all (RFC 7504) */
    {523, 523, ANY, PN_SEND_NEXT_CHANNEL},       /* too long */
    {530, 538, ANY, PN_SEND_SENDER_PROBLEM},     /* log in first, or otherwise (RFC 4954) */
    {550, 550, RECIPIENT | ASK, PN_SEND_NEXT_CONTACT},
    {550, 550, MESSAGE | ASK, PN_SEND_NEXT_CHANNEL},
    {551, 551, RECIPIENT | MESSAGE, PN_SEND_NEXT_CONTACT},
    {552, 552, RECIPIENT | MESSAGE | ASK, PN_SEND_NEXT_CHANNEL},
    {553, 553, RECIPIENT | ASK, PN_SEND_NEXT_CONTACT},
    {554, 554, MESSAGE | ASK, PN_SEND_NEXT_CHANNEL},
    {554, 554, RECIPIENT | ASK, PN_SEND_SENDER_PROBLEM},
    {556, 556, RECIPIENT | MESSAGE, PN_SEND_NEXT_CONTACT}, /* the domain takes none (RFC 7504) */
    {500, 599, SENDER, PN_SEND_SENDER_PROBLEM},
    {500, 599, RECIPIENT | ASK, PN_SEND_SENDER_PROBLEM},
    {500, 599, MESSAGE | ASK, PN_SEND_NEXT_CHANNEL},
};

static bool by_code(pn_smtp_about about, unsigned code, pn_str text, pn_send_outcome *ret_outcome) {
    for (size_t i = 0; i < PN_COUNT(CODES); i++) {
        if (code < CODES[i].first || code > CODES[i].last || (CODES[i].about & 1U << about) == 0) {
            continue;
        }
        if ((CODES[i].about & ASK) == 0 || !by_text(text, ret_outcome)) {
            *ret_outcome = CODES[i].outcome;
        }
        return true;
    }
    return false;
}

/* ── all three ── */

/* Nobody's address is at fault when a session does not come about. Only for a refused login "too
 * many" and "try again" are no reason to go on trying: that is how accounts get locked. */
static pn_send_outcome about_session(unsigned code, pn_str status, pn_str text) {
    bool login = code / 10 == 53;
    pn_send_outcome outcome = PN_SEND_SENDER_PROBLEM;
    if (code / 100 == 4 || (code == 0 && status.len > 0 && status.ptr[0] == '4') ||
        (code == 0 && status.len == 0)) {
        outcome = PN_SEND_RETRY;
    } else if (!login && by_text(text, &outcome) && outcome != PN_SEND_RETRY) {
        outcome = PN_SEND_SENDER_PROBLEM;
    }
    return outcome;
}

pn_send_outcome pn_smtp_outcome(pn_smtp_about about, unsigned code, pn_str status, pn_str text) {
    pn_send_outcome outcome = PN_SEND_RETRY;
    if (about == PN_SMTP_ABOUT_SESSION) {
        return about_session(code, status, text);
    }
    unsigned class = status.len > 0 ? (unsigned)(status.ptr[0] - '0') : 0;
    if (code != 0 && class != code / 100 && !(class == 4 && code / 100 == 5)) {
        status = PN_STR_NONE;
    }
    if (by_status(about, status, text, &outcome) || by_code(about, code, text, &outcome) ||
        by_text(text, &outcome)) {
        return outcome;
    }
    return PN_SEND_RETRY;
}

/* ── why ── */

/* 5.7.10 and 5.7.11 (the IANA's registry of statuses) ask for encryption, whoever says them. */
static bool asks_for_tls(pn_str status) {
    return pn_str_is(status, "5.7.10") || pn_str_is(status, "5.7.11");
}

pn_cause pn_smtp_cause(pn_smtp_stage stage, pn_send_outcome outcome, unsigned code, pn_str status) {
    if (asks_for_tls(status)) {
        return PN_CAUSE_NO_TLS;
    }
    if (code / 100 == 4) {
        return PN_CAUSE_LATER;
    }
    switch (stage) {
    case PN_SMTP_STAGE_TLS: return PN_CAUSE_NO_TLS;
    case PN_SMTP_STAGE_AUTH: return PN_CAUSE_LOGIN;
    case PN_SMTP_STAGE_MAIL: return PN_CAUSE_SENDER;
    case PN_SMTP_STAGE_RCPT: /* many servers refuse a sender only when they hear the recipient */
        return outcome == PN_SEND_SENDER_PROBLEM ? PN_CAUSE_SENDER : PN_CAUSE_RECIPIENT;
    case PN_SMTP_STAGE_GREETING:
    case PN_SMTP_STAGE_HELLO:
    case PN_SMTP_STAGE_DATA:
    case PN_SMTP_STAGE_CONTENT: break;
    }
    return PN_CAUSE_REFUSED;
}
