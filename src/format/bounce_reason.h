/* Why a mail came back: the words, what each means for the address, and the sentences of mail
 * servers that say so.
 *
 * The words are those of sisimai (https://libsisimai.org/en/reason/), which other tools know too. A
 * status that no server stated is written as x.0.9yy with the number of its reason, as sisimai
 * does: it cannot be taken for a server's own (RFC 3463 leaves x.0.9yy unused). */
#ifndef PN_FORMAT_BOUNCE_REASON_H
#define PN_FORMAT_BOUNCE_REASON_H

#include "format/bounce.h"

/* X(NAME, word, class, number of x.0.9yy) */
#define PN_REASONS(X)                                                                              \
    X(UNDEFINED, "undefined", SOFT, 900)                                                           \
    X(ON_HOLD, "onhold", SOFT, 901)                                                                \
    X(USER_UNKNOWN, "userunknown", HARD, 911)                                                      \
    X(HOST_UNKNOWN, "hostunknown", HARD, 912)                                                      \
    X(HAS_MOVED, "hasmoved", HARD, 916)                                                            \
    X(NOT_ACCEPT, "notaccept", HARD, 932)                                                          \
    X(FILTERED, "filtered", SOFT, 910)                                                             \
    X(SUSPEND, "suspend", SOFT, 921)                                                               \
    X(MAILBOX_FULL, "mailboxfull", SOFT, 922)                                                      \
    X(EXCEED_LIMIT, "exceedlimit", SOFT, 923)                                                      \
    X(MESG_TOO_BIG, "mesgtoobig", SOFT, 934)                                                       \
    X(SYSTEM_ERROR, "systemerror", SOFT, 930)                                                      \
    X(SYSTEM_FULL, "systemfull", SOFT, 931)                                                        \
    X(MAILER_ERROR, "mailererror", SOFT, 939)                                                      \
    X(NETWORK_ERROR, "networkerror", SOFT, 944)                                                    \
    X(EXPIRED, "expired", SOFT, 947)                                                               \
    X(REJECTED, "rejected", POLICY, 918)                                                           \
    X(NO_RELAYING, "norelaying", POLICY, 909)                                                      \
    X(TOO_MANY_CONN, "toomanyconn", POLICY, 945)                                                   \
    X(RATE_LIMITED, "speeding", POLICY, 948)                                                       \
    X(CONTENT_ERROR, "contenterror", POLICY, 960)                                                  \
    X(NOT_COMPLIANT, "notcompliantrfc", POLICY, 961)                                               \
    X(SYNTAX_ERROR, "syntaxerror", POLICY, 902)                                                    \
    X(SECURITY_ERROR, "securityerror", POLICY, 970)                                                \
    X(BLOCKED, "blocked", POLICY, 971)                                                             \
    X(POLICY_VIOLATION, "policyviolation", POLICY, 972)                                            \
    X(AUTH_FAILURE, "authfailure", POLICY, 973)                                                    \
    X(BAD_REPUTATION, "badreputation", POLICY, 974)                                                \
    X(REQUIRE_PTR, "requireptr", POLICY, 975)                                                      \
    X(VIRUS_DETECTED, "virusdetected", POLICY, 976)                                                \
    X(SPAM_DETECTED, "spamdetected", POLICY, 980)                                                  \
    X(FEEDBACK, "feedback", COMPLAINT, 0)                                                          \
    X(VACATION, "vacation", AUTO_REPLY, 0)                                                         \
    X(AUTO_REPLY, "auto_reply", AUTO_REPLY, 0)                                                     \
    X(DELIVERED, "delivered", OTHER, 0)

typedef enum {
#define PN_REASON_ENUM(name, word, class, number) PN_REASON_##name,
    PN_REASONS(PN_REASON_ENUM)
#undef PN_REASON_ENUM
        PN_REASON_COUNT
} pn_reason;

pn_str pn_reason_word(pn_reason reason);
pn_mail_class pn_reason_class(pn_reason reason);
/* "5.0.911"; with `temporary` "4.0.947". */
pn_str pn_reason_status(pn_reason reason, bool temporary, pn_arena *arena);

/* How far a sentence can be trusted against a status that says something else. */
typedef enum {
    PN_SAYING_NONE,
    PN_SAYING_WEAK, /* may be said of many things: a particular status is believed first */
    PN_SAYING_STRONG,
} pn_saying;

/* The patterns, made ready to be looked for. Once for a mail, on its arena. */
typedef struct pn_reason_index pn_reason_index;
const pn_reason_index *pn_reason_index_new(pn_arena *arena);

/* What the words of a mail server mean. `folded` is what pn_utf8_fold without accents makes of
 * them, white space as single spaces. Where several patterns are found, the reason that stands
 * first in the table of patterns wins. Linear: each place in the text is compared with the patterns
 * that begin like it, whose number is fixed; `*work` (may be NULL) counts those comparisons. */
pn_saying pn_reason_of_words(const pn_reason_index *index, pn_str folded, pn_reason *ret_reason,
                             size_t *work);

/* What an enhanced status code alone says; false for a general one such as 5.0.0. */
bool pn_reason_of_status(pn_str status, pn_reason *ret_reason);

#endif
