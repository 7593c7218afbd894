/* Sending once more what has left or failed, because a person wants it.
 *
 * It is a message of its own, beside those of the case's strategy: written anew from today's facts,
 * asked of gate and guard like every other, counted among the contacts. The run does not wait for
 * it. */
#ifndef PN_APP_RESEND_H
#define PN_APP_RESEND_H

#include "app/app.h"

typedef struct {
    pn_id message_id;
    pn_time at;         /* when it may leave: now, or when the gate opens */
    pn_str explanation; /* the gate's, in English */
} pn_resent;

/* In the transaction under way. NOT_FOUND; CONFLICT with the reason where it may not be sent: it
 * has not left yet, its case is over, nothing is to be asked for, nobody can be reached, or the
 * gate says never. */
PN_MUST_USE pn_err pn_resend(pn_app *app, pn_id message_id, pn_str reason, pn_arena *arena,
                             pn_resent *ret_resent, pn_diag *diag);

#endif
