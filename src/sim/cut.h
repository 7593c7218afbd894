/* A way to a PostgreSQL server that breaks when it is told to: a process that hands sessions on and
 * cuts one at a message. What a session had sent before stays sent; afterwards sessions pass as
 * before. There is one in a process. */
#ifndef PN_SIM_CUT_H
#define PN_SIM_CUT_H

#include "base/err.h"

typedef enum {
    PN_CUT_BEFORE, /* the message does not reach the server */
    PN_CUT_HALF,   /* half of its bytes do */
    PN_CUT_SENT,   /* it reaches the server, and nobody waits for the answer */
    PN_CUT_AFTER,  /* the server has done it, and its answer is lost */
    PN_CUTS
} pn_cut_manner;

/* Starts it: sessions that come to a socket in the folder (pn_cut_url) are handed on to the server
 * of the URL. It ends with the process. INVALID with a sentence where the URL has several hosts. */
PN_MUST_USE pn_err pn_cut_start(const char *url, const char *folder, pn_diag *diag);
/* The URL of a schema there: by this way, or straight where `folder` is NULL. */
PN_MUST_USE pn_err pn_cut_url(const char *url, const char *schema, const char *folder, char *out,
                              size_t size, pn_diag *diag);

/* The so many-th message from now on, from 1, or the so many-th COMMIT. */
void pn_cut_plan(pn_cut_manner manner, unsigned nth, bool commits_only);
void pn_cut_clear(void);
/* While it rests nothing is counted and nothing is cut. */
void pn_cut_rest(bool rests);
/* Whether what was planned last has happened. */
bool pn_cut_happened(void);

#endif
