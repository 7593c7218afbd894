/* Contacts: what becomes of an address (law 11). */
#ifndef PN_APP_CONTACTS_H
#define PN_APP_CONTACTS_H

#include "app/app.h"
#include "store/debtor.h"

/* This address of the debtor is not used any more: it bounced, or asked not to be written to. The
 * others stay in use. One that bounced opens a "find contact" task. Inside a transaction; the
 * debtor's seq rises. An address that is out of use already changes nothing. */
PN_MUST_USE pn_err pn_contacts_disable(pn_app *app, pn_id debtor_id, pn_channel_kind channel,
                                       pn_str address, pn_contact_state state, pn_str reason,
                                       pn_time now, pn_arena *arena);

#endif
