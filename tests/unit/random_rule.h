/* Random rules, made from the field registry, and random facts that they often hold for. Both draw
 * from the same small pools, so that equal texts, days and amounts are common. */
#ifndef PN_TESTS_RANDOM_RULE_H
#define PN_TESTS_RANDOM_RULE_H

#include "unit.h"

#include "base/hash.h"
#include "core/rule/rule.h"

/* PUNTUAL_SEED, or a fixed one: print it when a property fails. */
uint64_t random_seed(void);

static inline bool one_in(pn_random *random, uint64_t count) {
    return pn_random_below(random, count) == 0;
}
static inline int64_t between(pn_random *random, int64_t from, int64_t to) {
    return from + (int64_t)pn_random_below(random, (uint64_t)(to - from + 1));
}

/* A rule as JSON: nested groups, every field and operator of the subject. */
void random_rule(pn_random *random, pn_subject subject, pn_date today, pn_buf *out);

/* Texts as somebody writes them ("Fibra Óptica"); empty now and then. */
pn_str random_word(pn_random *random);
pn_str random_country(pn_random *random);
pn_str random_region(pn_random *random);
pn_str random_language(pn_random *random);
/* EUR, CLP or KWD with its scale. */
pn_currency random_currency(pn_random *random, int32_t *ret_scale);
int64_t random_minor(pn_random *random);

/* Up to four attributes of four kinds, up to three lines. */
const pn_attr *random_attrs(pn_random *random, pn_arena *arena, pn_date today, size_t *ret_count);
const pn_line *random_lines(pn_random *random, pn_arena *arena, size_t *ret_count);

/* A case with one to four items; `subject` decides whether the first one is its invoice. */
pn_facts random_facts(pn_random *random, pn_arena *arena, pn_subject subject, pn_date today);

#endif
