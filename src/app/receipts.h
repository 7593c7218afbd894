/* Receipts: what the system that carries a message says of it afterwards.
 *
 * It says so at the address that the message's request gave it (`receipt`, docs/connectors.md),
 * whose token only we can have made. What it says is believed as far as a mail server's report
 * would be: that a message arrived or was read stops nothing, that it did not arrive is a bounce.
 */
#ifndef PN_APP_RECEIPTS_H
#define PN_APP_RECEIPTS_H

#include "app/app.h"

typedef enum {
    PN_RECEIPT_DELIVERED,
    PN_RECEIPT_READ, /* by a person */
    PN_RECEIPT_FAILED,
    PN_RECEIPT_GONE, /* it failed, and nothing will ever arrive at the address */
} pn_receipt_kind;

typedef struct {
    pn_id carrier_id;
    pn_receipt_kind kind;
    pn_str detail; /* in the system's words; may be empty */
} pn_receipt;

/* Records it, in the transaction under way; the same again changes nothing. An uncertain message is
 * settled by it as sent. NOT_FOUND; CONFLICT where it is not known yet that it left: the system
 * answered us later than it told. */
PN_MUST_USE pn_err pn_receipt_take(pn_app *app, const pn_receipt *receipt, pn_arena *arena,
                                   pn_diag *diag);

#endif
