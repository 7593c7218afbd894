/* Writing ahead: a thread that renders, signs, hashes and compresses what was claimed, while
 * delivery claims, stores, hands over and records.
 *
 * An order is what one claim made. From its order until it is taken back nobody but the thread
 * touches its parcels and their claim; what it reads beside them (compiled templates, creditors,
 * settings) must not change meanwhile, so everything is taken back before somebody may publish or
 * set something. The thread has no database and no clock. That a text still holds is not its
 * matter: T2 asks for the facts. */
#ifndef PN_APP_SCRIBE_H
#define PN_APP_SCRIBE_H

#include "app/app.h"

typedef struct pn_scribe pn_scribe;
typedef struct pn_parcel pn_parcel;

/* Starts the thread. */
PN_MUST_USE pn_err pn_scribe_open(const pn_app *app, pn_scribe **ret_scribe, pn_diag *diag);
/* Ends it when it is done with the order under way; what was not taken is the caller's again. NULL
 * accepted. */
void pn_scribe_close(pn_scribe *scribe);

/* True when it takes another order. */
bool pn_scribe_has_room(const pn_scribe *scribe);
/* Prepared parcels, `count` of them; `signed_at` is what their signatures name. */
void pn_scribe_order(pn_scribe *scribe, pn_parcel *parcels, size_t count, pn_time signed_at);
/* Parcels that are ordered and not taken. */
size_t pn_scribe_ordered(const pn_scribe *scribe);
/* The oldest order when it is written; waits for it where `wait` says so. NULL for none. */
pn_parcel *pn_scribe_take(pn_scribe *scribe, bool wait, size_t *ret_count);
/* Readable when there may be something to take. */
int pn_scribe_wait_fd(const pn_scribe *scribe);

#endif
