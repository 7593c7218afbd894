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

/* An address to add. */
typedef struct {
    pn_id debtor_id;
    pn_channel_kind channel;
    pn_str address; /* as the channel wants it; not checked here */
    pn_str name, relation;
    bool mark_later; /* the caller marks it where others have it too (pn_contact_share_many) */
    bool last;       /* used after the channel's others, not before them */
    uint32_t known;  /* channels of the debtor that have a usable contact */
} pn_contact_request;

/* Adds an address unless the debtor has it, then nothing changes. It is the first to be used on
 * its channel, unless it shall be the last. The caller saves `ret_channels`. */
PN_MUST_USE pn_err pn_contacts_add(pn_app *app, const pn_contact_request *request, bool is_new,
                                   pn_arena *arena, uint32_t *ret_channels, bool *ret_added);
/* Uses an address again that was out of use; says why. CONFLICT when it is in use. */
PN_MUST_USE pn_err pn_contacts_enable(pn_app *app, pn_contact_row *contact, pn_str reason,
                                      pn_arena *arena, pn_diag *diag);
/* The debtor's contact of that id ("con_…") or address. NOT_FOUND with a sentence. */
PN_MUST_USE pn_err pn_contacts_find(pn_app *app, pn_id debtor_id, pn_str text, pn_arena *arena,
                                    pn_contact_row *ret_contact, pn_diag *diag);
/* The debtor agreed to be contacted there, or no longer does: what the policy's `consent` asks for.
 */
PN_MUST_USE pn_err pn_contacts_consent(pn_app *app, const pn_contact_row *contact,
                                       pn_consent consent, pn_str source, pn_arena *arena);
/* The channels on which the debtor has a usable contact now, written to its row. */
PN_MUST_USE pn_err pn_contacts_count(pn_app *app, pn_id debtor_id, pn_arena *arena);

#endif
