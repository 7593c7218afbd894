/* "Did you mean …": the known word that is closest to a misspelt one. */
#ifndef PN_LIQUID_SUGGEST_H
#define PN_LIQUID_SUGGEST_H

#include "base/str.h"

typedef struct {
    pn_str word;
    pn_str best; /* empty: nothing is close */
    unsigned distance;
} pn_liquid_suggestion;

pn_liquid_suggestion pn_liquid_suggest(pn_str word);
void pn_liquid_suggest_from(pn_liquid_suggestion *suggestion, pn_str candidate);
/* Writes the question into the diag's remedy, if there is one to ask. */
void pn_liquid_suggest_end(const pn_liquid_suggestion *suggestion, pn_diag *diag);

/* "line 3, column 7" into the diag's place; columns count characters. */
void pn_liquid_locate(pn_str source, size_t offset, unsigned *ret_line, unsigned *ret_column);
void pn_liquid_place(pn_diag *diag, pn_str source, size_t offset);

#endif
