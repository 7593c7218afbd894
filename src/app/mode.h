/* Going live, and back: what an organization still lacks, and the switch.
 *
 * Test and live run by the same clock, so one becomes the other at any time; a sandbox has its own
 * and stays one. Whatever channel was on is paused when an organization goes live: automatic
 * sending is a decision of its own. What was captured in test mode nobody received: cases go on
 * from where they are, so how much it was is among the checks. */
#ifndef PN_APP_MODE_H
#define PN_APP_MODE_H

#include "app/app.h"

typedef enum {
    PN_READY_SENDER,    /* mail leaves by a server */
    PN_READY_TESTED,    /* a test by it was accepted since it was set */
    PN_READY_CREDITOR,  /* every creditor with open invoices says how it is paid and who answers */
    PN_READY_POLICY,    /* hours and caps of contact are those of a country or one's own */
    PN_READY_INVOICES,  /* there are some */
    PN_READY_STRATEGY,  /* one is in use */
    PN_READY_ADDRESS,   /* debtors can open their pages */
    PN_READY_SIMULATED, /* nobody is offered the simulated bank */
    PN_READY_CAPTURED,  /* nothing was captured that debtors should have got */
    PN_READY_CHECKS
} pn_ready_kind;

typedef struct {
    pn_ready_kind kind;
    bool good;
    bool needed;   /* without it an organization does not go live */
    int64_t count; /* CREDITOR: how many lack something; CAPTURED: messages */
} pn_ready_check;

/* "sender" */
const char *pn_ready_kind_name(pn_ready_kind kind);

PN_MUST_USE pn_err pn_mode_checks(pn_app *app, pn_arena *arena,
                                  pn_ready_check ret_checks[PN_READY_CHECKS], pn_diag *diag);

/* From test to live or back, with the audit trail; in the transaction under way. DENIED for a
 * sandbox, INVALID with a sentence that names the first thing that is needed and missing. The same
 * mode again is no error. */
PN_MUST_USE pn_err pn_mode_set(pn_app *app, pn_org_mode mode, pn_arena *arena, pn_diag *diag);

#endif
