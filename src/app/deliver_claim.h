/* Shared by the two halves of a claim: which intents may go, and what a group of them becomes. */
#ifndef PN_APP_DELIVER_CLAIM_H
#define PN_APP_DELIVER_CLAIM_H

#include "app/deliver_int.h"

/* A debtor with its contacts. */
typedef struct {
    pn_view view;
    pn_contact_row *contacts;
    size_t contact_count;
    pn_contact_made *made; /* contacts made with it before this claim, oldest first */
    size_t made_count;
    bool contacted; /* a parcel of this claim went to it: caps and gaps must be asked again */
} pn_recipient;

/* An intent under examination. */
typedef struct {
    pn_message_row *message;
    pn_recipient *to;
    pn_view *view;     /* of the recipient */
    const pn_run *run; /* NULL: its run is over */
    pn_view_account *account;
    const pn_published *flow;
    const pn_published_family *family;
    pn_purpose purpose;
    const pn_contact_row *contact;
    const pn_policy *policy;
    pn_verdict verdict;
    bool lacks_particulars; /* allowed, but a text that the law wants in it cannot be written */
    const pn_item **items;  /* what it would ask for */
    size_t item_count;
    int64_t claimable;
    bool taken; /* it is in a parcel */
    bool left;  /* to a later claim: others have what it goes with */
} pn_candidate;

/* The claim of one zone under way. */
typedef struct {
    pn_delivery *d;
    pn_app *app;
    pn_time now;
    pn_claim *claim;
    pn_arena *arena;     /* the claim's */
    pn_table recipients; /* by debtor id */
    pn_candidate *candidates;
    size_t count, capacity;
    pn_time next_due; /* of what stays queued in the zone */
    pn_parcel **parcels;
    pn_diag *diag;
} pn_claimer;

/* Makes one parcel of intents that may go together: its carrier, its quota, the facts that its text
 * is written from; adds it to the claimer's parcels. */
PN_MUST_USE pn_err pn_parcel_make(pn_claimer *claimer, pn_candidate **group, size_t count);

/* Notes what documents go with the parcel: `wanted` is the node's list as JSON. */
void pn_parcel_wants(pn_claimer *claimer, pn_str wanted, const pn_text_items *groups,
                     size_t group_count, pn_parcel *parcel);

#endif
