/* What a reply wants: a suggestion for the person who reads it, by local rules in Spanish, English
 * and Portuguese. Nothing acts on it by itself.
 *
 * Words are compared folded (lower case, no accents). A rule is a short run of words with gaps; a
 * negation before or inside it undoes it ("todavía no hemos pagado" is no payment), and so does
 * what makes a payment a future one. The heaviest intent wins. A statistical model was rejected for
 * now: there are no labelled replies to learn from, and a rule can say which words it saw. Pure. */
#ifndef PN_FORMAT_INTENT_H
#define PN_FORMAT_INTENT_H

#include "base/arena.h"
#include "base/str.h"
#include "calendar/date.h"

typedef enum {
    PN_INTENT_STOP,         /* wants no more messages */
    PN_INTENT_WRONG_PERSON, /* not whom it concerns */
    PN_INTENT_DISPUTE,      /* does not agree */
    PN_INTENT_PAID,         /* says that it is paid */
    PN_INTENT_COPY,         /* wants the invoice */
    PN_INTENT_PROMISE,      /* will pay */
    PN_INTENT_QUESTION,
    PN_INTENT_OTHER,
} pn_intent_kind;

enum { PN_INTENTS = PN_INTENT_OTHER + 1 };

/* "stop", "wrong_person", "dispute", "paid", "copy", "promise", "question", "other". */
const char *pn_intent_name(pn_intent_kind kind);

typedef struct {
    pn_intent_kind kind;
    int confidence;   /* 0–95; 0 for OTHER */
    pn_str words;     /* what gave it away, borrowed from the text */
    pn_date date;     /* of a promise: by when; of a payment: on which day; else NONE */
    pn_str amount;    /* the amount that is named, as written with its currency; may be empty */
    pn_str reference; /* the payment's, as written; may be empty */
} pn_intent;

/* `text` is what remains of a reply without quotations (format/reply.h); its first 600 words count.
 * `written`: the mail's day, from which "mañana" is counted. `month_first`: 04/05 is the fifth of
 * April. The arena is worked on. */
void pn_intent_of(pn_str text, pn_date written, bool month_first, pn_arena *arena,
                  pn_intent *ret_intent);

#endif
