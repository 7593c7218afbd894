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

/* Why something was refused, for who tells people in words of their own: mostly another system
 * that could not be used. */
typedef enum {
    PN_CAUSE_NONE,
    PN_CAUSE_NO_HOST,     /* there is no host of that name */
    PN_CAUSE_CLOSED,      /* its address is one that may not be connected to */
    PN_CAUSE_UNREACHABLE, /* nothing takes connections there */
    PN_CAUSE_SILENT,      /* no answer in time */
    PN_CAUSE_HUNG_UP,     /* it ended the connection */
    PN_CAUSE_CERTIFICATE, /* who it says it is cannot be believed */
    PN_CAUSE_NO_TLS,      /* the connection cannot be secured as asked for */
    PN_CAUSE_PROTOCOL,    /* what answers there is something else */
    PN_CAUSE_LOGIN,       /* user, password or key are not taken */
    PN_CAUSE_FOLDER,      /* it has no such folder */
    PN_CAUSE_SENDER,      /* it does not send for this sender */
    PN_CAUSE_RECIPIENT,   /* it does not take this recipient */
    PN_CAUSE_REFUSED,     /* it refuses what it was asked */
    PN_CAUSE_LATER,       /* not now: it says so itself */
    PN_CAUSE_KEY_STAYS,   /* a secret belongs to the server that it was entered for */
    PN_CAUSE_NO_PASSWORD, /* there is a user without one */
    PN_CAUSE_UNPROTECTED, /* a password would cross the network in clear */
    PN_CAUSE_OPERATOR,    /* who runs the installation alone may */
    PN_CAUSE_NOT_LIVE,    /* outside live mode it reaches people of the organization alone */
    PN_CAUSE_OWN_REQUEST, /* whoever asked cannot allow it */
    PN_CAUSES,
} pn_cause;

/* A short lower-case word for JSON: "no_host"; NULL for NONE. */
const char *pn_cause_name(pn_cause cause);

typedef struct {
    char what[320];  /* what is wrong, one sentence */
    char where[160]; /* file and line, JSON pointer, node id, column; may be empty */
    char mend[320];  /* how to mend it, one sentence; may be empty */
    pn_cause cause;  /* mostly NONE */
} pn_diag;

void pn_diag_clear(pn_diag *diag);

/* Sets `what` by format and forgets the rest. Returns `err`, so that a caller can end with it. */
pn_err pn_diag_set(pn_diag *diag, pn_err err, const char *what_format, ...) PN_PRINTF(3, 4);

/* Adds the place and the remedy to a diag already set; long text is cut at a UTF-8 boundary. */
void pn_diag_where(pn_diag *diag, const char *format, ...) PN_PRINTF(2, 3);
void pn_diag_mend(pn_diag *diag, const char *format, ...) PN_PRINTF(2, 3);

void pn_diag_cause(pn_diag *diag, pn_cause cause);

/* INVALID, with all three of fixed words. */
pn_err pn_diag_refuse(pn_diag *diag, const char *where, const char *what, const char *mend);

/* Writes "where: what mend" into `out` (always NUL-terminated). */
void pn_diag_sentence(const pn_diag *diag, char *out, size_t out_size);

/* Ends the program because one of our own invariants broke or memory ran out: everything that was
 * accepted stands in the database, so stopping is the safe answer. */
void pn_panic(const char *format, ...) PN_PRINTF(1, 2) PN_NORETURN;

#endif
