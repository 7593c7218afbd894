/* Uncertain messages: handed over whole, and the answer was lost. Nothing sends one again by
 * itself; a person who has looked (at the server's log, at the debtor's answer) says what became of
 * it. */
#ifndef PN_APP_UNCERTAIN_H
#define PN_APP_UNCERTAIN_H

#include "app/app.h"

typedef enum {
    PN_UNCERTAIN_SENT,   /* it left: as if the server had said so */
    PN_UNCERTAIN_RESEND, /* it did not: back to the queue, through gate and guard again */
    PN_UNCERTAIN_DROP,   /* it did not, and shall not any more */
} pn_uncertain_verdict;

/* Settles the message and those that left with it, in the transaction under way. NOT_FOUND;
 * CONFLICT when it is not uncertain. `ret_count` is how many were settled. */
PN_MUST_USE pn_err pn_uncertain_settle(pn_app *app, pn_id message_id, pn_uncertain_verdict verdict,
                                       pn_str reason, pn_arena *arena, size_t *ret_count,
                                       pn_diag *diag);

#endif
