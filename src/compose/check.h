/* Collecting the problems of a document: every one is listed, the diag keeps the first error. */
#ifndef PN_COMPOSE_CHECK_H
#define PN_COMPOSE_CHECK_H

#include "compose/compose.h"

typedef struct {
    pn_arena *arena;
    pn_compose_problems *problems;
    pn_diag *diag;
    uint32_t variant; /* its number in the list, from 1; 0: none */
    pn_str where;     /* of what is being checked: "es, tone 2, block 3" */
} pn_checker;

void pn_check_error(pn_checker *checker, const char *format, ...) PN_PRINTF(2, 3);
void pn_check_warning(pn_checker *checker, const char *format, ...) PN_PRINTF(2, 3);
/* An error that a part below has found, with its own place behind ours and its remedy. */
void pn_check_diag(pn_checker *checker, const pn_diag *diag);

/* "Did you mean “x”?" behind the sentence when a word of the list is close, else the whole list. */
void pn_check_unknown(pn_checker *checker, const char *what, pn_str word, const char *const *known,
                      size_t known_count);

#endif
