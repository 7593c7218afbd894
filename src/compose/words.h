/* The words that blocks bring along: headings of tables, labels, "17 days ago". What an author
 * writes stands in the template; these stand here so that every template says them alike. They
 * address nobody, so that they go with tú and usted. */
#ifndef PN_COMPOSE_WORDS_H
#define PN_COMPOSE_WORDS_H

#include "base/buf.h"

/* In patterns a % is where the value goes. */
typedef struct {
    const char *language; /* "es", "es-419" */
    const char *amount_overdue;
    const char *amount_due;
    const char *calculated_on; /* pattern: a day */
    const char *not_included;  /* pattern: an amount */
    const char *invoice, *due, *amount, *total;
    const char *not_due_yet;     /* heading over invoices whose day has not come */
    const char *out_of;          /* pattern: the invoice's own amount */
    const char *with_charges;    /* pattern: an amount */
    const char *one_more, *more; /* more: pattern, a number of invoices */
    const char *day, *days;
    const char *ago, *ahead; /* patterns: a number of days with its word */
    const char *today;
    const char *copy_link;
    const char *in_browser;
    const char *installment, *paid; /* of a plan */
    const char *transfer, *by_pix, *holder, *account, *pix_key, *reference;
} pn_words;

/* Whether the Spanish of a country is "es-419", as the parent locales of Unicode's CLDR have it. */
bool pn_is_latin_america(pn_str country);

/* English for a language that there are no words in; `*ret_known` (may be NULL) is then false. */
const pn_words *pn_words_of(pn_str language, bool *ret_known);

/* Writes the pattern with `value` in the place of its %. */
void pn_words_fill(pn_buf *out, const char *pattern, pn_str value);

/* "hace 17 días", "hoy", "en 3 días" */
void pn_words_delay(pn_buf *out, const pn_words *words, int32_t days_overdue);

#endif
