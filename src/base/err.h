/* Errors and the sentence that goes with them.
 *
 * `pn_err` tells the caller what to do next; the sentence for a person goes into an optional
 * `pn_diag` (what is wrong, where, how to mend it). A diag is a plain value of fixed size, so that
 * reporting an error can never fail. Every function that takes a `pn_diag *` accepts NULL. */
#ifndef PN_BASE_ERR_H
#define PN_BASE_ERR_H

#include "base/macros.h"

typedef enum {
    PN_OK = 0,
    PN_NOT_FOUND, /* what was asked for does not exist */
    PN_INVALID,   /* the input is wrong; the diag says what and how to mend it */
    PN_CONFLICT,  /* it changed meanwhile, or exists already */
    PN_DENIED,    /* not allowed */
    PN_LIMIT,     /* a documented bound was reached */
    PN_RETRY,     /* another was in the way: roll back; the same again may work */
    PN_IO,        /* disk, network or peer failed */
    PN_CORRUPT,   /* stored data contradicts itself */
} pn_err;

/* A short lower-case word for logs and JSON: "ok", "not_found", … */
const char *pn_err_name(pn_err err);

typedef struct {
    char what[320];  /* what is wrong, one sentence */
    char where[160]; /* file and line, JSON pointer, node id, column; may be empty */
    char mend[320];  /* how to mend it, one sentence; may be empty */
} pn_diag;

void pn_diag_clear(pn_diag *diag);

/* Sets `what` by format and forgets the rest. Returns `err`, so that a caller can end with it. */
pn_err pn_diag_set(pn_diag *diag, pn_err err, const char *what_format, ...) PN_PRINTF(3, 4);

/* Adds the place and the remedy to a diag already set; long text is cut at a UTF-8 boundary. */
void pn_diag_where(pn_diag *diag, const char *format, ...) PN_PRINTF(2, 3);
void pn_diag_mend(pn_diag *diag, const char *format, ...) PN_PRINTF(2, 3);

/* INVALID, with all three of fixed words. */
pn_err pn_diag_refuse(pn_diag *diag, const char *where, const char *what, const char *mend);

/* Writes "where: what mend" into `out` (always NUL-terminated). */
void pn_diag_sentence(const pn_diag *diag, char *out, size_t out_size);

/* Ends the program because one of our own invariants broke or memory ran out: everything that was
 * accepted stands in the database, so stopping is the safe answer. */
void pn_panic(const char *format, ...) PN_PRINTF(1, 2) PN_NORETURN;

#endif
