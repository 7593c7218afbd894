/* Signals: what debtors do, as channels, pages and mailboxes report it.
 *
 * A signal is inserted and its runs are poked; it never changes money (law 10). Two kinds change
 * facts: a bounce that comes after a message was accepted ends the use of its address (law 11), and
 * a person's reply stops the debtor's runs until somebody has read it (law 3). */
#ifndef PN_APP_SIGNALS_H
#define PN_APP_SIGNALS_H

#include "app/app.h"
#include "core/fact.h"

/* What a bounce says about the address. */
typedef enum {
    PN_BOUNCE_BY_STATUS, /* 4.x.x may pass, all else does not */
    PN_BOUNCE_DEAD,
    PN_BOUNCE_PASSING, /* the message did not arrive; the address stays in use */
} pn_bounce_kind;

typedef struct {
    pn_id carrier_id; /* what it answers; 0: nothing that we sent */
    pn_id debtor_id;  /* needed only without a carrier, whose debtors are all meant */
    pn_signal_kind kind;
    pn_signal_source source;
    pn_bounce_kind bounce;
    pn_str status; /* of a bounce: "5.1.1" */
    pn_str detail; /* of a reply its first PN_LIMIT_REPLY_BYTES are kept, else 200 characters */
    pn_id mail_id; /* of a reply that came as one; 0: otherwise */
    pn_str script; /* of a reply: what the task says; empty: the detail */
} pn_signal_report;

/* Records a signal as of the organization's now, in the transaction under way. NOT_FOUND when the
 * organization has no such carrier or debtor. */
PN_MUST_USE pn_err pn_signals_add(pn_app *app, const pn_signal_report *report, pn_arena *arena,
                                  pn_diag *diag);

#endif
