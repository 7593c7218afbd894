/* Wake zones of a lane: minima over up to 256 neighbouring debtors, of when one of their runs is
 * due and of when one of their messages is.
 *
 * On a file the engine is alone with its lane: all zones are in memory, and what changed is written
 * with the transaction. On a shared database zones belong to nobody: a transaction reads a zone and
 * locks its row when it touches it first, and forgets it when it ends; who holds a zone's row may
 * step its debtors. Rejected: leases that outlive a transaction. They would need a check of every
 * late write and somebody who takes over; the server ends the transaction of a process that
 * vanished or stands still. */
#ifndef PN_APP_ZONES_H
#define PN_APP_ZONES_H

#include "app/app.h"
#include "store/run.h"

typedef struct {
    pn_app *app;
    bool shared;
    pn_zone_row *rows; /* ascending: all there are; shared: those the transaction holds */
    size_t count, capacity;
    pn_id *changed; /* first debtors of those to be written */
    size_t changed_count, changed_capacity;
    bool may_add;    /* shared: the transaction has the lane's lock for adding zones */
    pn_id last_zone; /* shared: first debtor of the lane's last zone, once it is known; else 0 */
} pn_zones;

/* Reads the lane's zones from a file. */
PN_MUST_USE pn_err pn_zones_open(pn_zones *zones, pn_app *app);
void pn_zones_close(pn_zones *zones);
/* As they stand in the database: a transaction that changed them was undone. */
void pn_zones_again(pn_zones *zones);

/* ── in a transaction ── */

/* It begins: shared, it holds none yet. */
void pn_zones_begin(pn_zones *zones);
/* Shared: holds the zones of these debtors, which ascend; before the debtors are locked. */
PN_MUST_USE pn_err pn_zones_hold(pn_zones *zones, const pn_id *debtors, size_t count);

typedef enum { PN_ZONE_STEP, PN_ZONE_DELIVER } pn_zone_need;
/* The first zone from debtor `from` on in which something is due, held; zones that others hold are
 * passed over. NOT_FOUND: there is none. */
PN_MUST_USE pn_err pn_zones_next(pn_zones *zones, pn_zone_need need, pn_time now, pn_id from,
                                 size_t *ret_index);
/* The debtor's zone is due at these times at the latest. */
PN_MUST_USE pn_err pn_zones_lower(pn_zones *zones, pn_id debtor_id, pn_time wake_at,
                                  pn_time deliver_at);
/* rows[index] is to be written. */
void pn_zones_touch(pn_zones *zones, size_t index);
/* Writes what changed. */
PN_MUST_USE pn_err pn_zones_save(pn_zones *zones);

/* ── */

/* When something is due next, of either kind. */
PN_MUST_USE pn_err pn_zones_due(pn_zones *zones, pn_time *ret_step, pn_time *ret_deliver);

#endif
