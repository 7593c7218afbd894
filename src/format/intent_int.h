/* What the parts of pn_intent_of share: words, rules, dates. */
#ifndef PN_FORMAT_INTENT_INT_H
#define PN_FORMAT_INTENT_INT_H

#include "format/intent.h"

enum { PN_INTENT_WORDS_MAX = 600 };

typedef struct {
    pn_str raw;    /* as written, borrowed */
    pn_str folded; /* lower case, no accents */
    uint16_t sentence, clause;
    char after; /* the byte behind it */
    char before;
} pn_word;

typedef struct {
    const pn_word *items;
    size_t count;
    const bool *questions; /* by sentence */
    const bool *dated;     /* by sentence: it names a day to come */
    const bool *next_week; /* by sentence: it speaks of the next week */
    pn_date written;
    bool month_first;
} pn_words;

typedef struct {
    pn_intent_kind kind;
    uint8_t weight; /* 1–10 */
    /* Elements apart by a space: alternatives apart by '|', one ending with '*' is a beginning;
     * "~3" is a gap of at most three words. */
    const char *pattern;
} pn_intent_rule;

extern const pn_intent_rule pn_intent_rules[];
extern const size_t pn_intent_rule_count;

/* True when `word` is one of the alternatives. */
bool pn_word_is(pn_str word, const char *alternatives);

/* The day that words of `sentence` (or, when that names none, of any sentence) name: `past` for a
 * payment that was made, else for one to come. NONE when there is none. */
pn_date pn_words_date(const pn_words *words, unsigned sentence, bool past);
/* Fills `dated` and `next_week`. */
void pn_words_note_dates(pn_words *words, pn_arena *arena);

#endif
