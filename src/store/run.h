/* Runs, their timers (wake zones), pokes, split arms, started pills. */
#ifndef PN_STORE_RUN_H
#define PN_STORE_RUN_H

#include "core/run.h"
#include "store/db.h"

/* A run with what the store keeps beside it. run.creditor_id and run.strategy_id are not stored:
 * they follow from the account and the version. A damaged row is read too: run.unreadable. */
typedef struct {
    pn_run run;
    pn_id org_id;
    pn_id last_event_id;
    pn_id last_message_id;
    pn_str memory; /* the run's, as it was read; empty for one that was not */
} pn_run_row;

PN_MUST_USE pn_err pn_run_insert(pn_db *db, const pn_run_row *row, pn_str memory);
/* Writes a run's new state where it is still at visit `old_visit` in the old state; CONFLICT when
 * it is not: then somebody else moved it, and nothing of this step may be written. */
PN_MUST_USE pn_err pn_run_update(pn_db *db, const pn_run_row *row, pn_str memory,
                                 uint32_t old_visit);
PN_MUST_USE pn_err pn_run_get(pn_db *db, pn_id id, pn_arena *arena, pn_run_row *ret_row);
/* All runs of debtors first … last, by debtor and id; only active ones with `active_only`. */
PN_MUST_USE pn_err pn_run_range(pn_db *db, pn_id first, pn_id last, bool active_only,
                                pn_arena *arena, pn_run_row **ret_rows, size_t *ret_count);
/* For a shared database: of these debtors, in the same order. */
PN_MUST_USE pn_err pn_run_of_debtors(pn_db *db, const pn_id *debtors, size_t count,
                                     bool active_only, pn_arena *arena, pn_run_row **ret_rows,
                                     size_t *ret_count);
/* 0 when it has written none, and for a run that is not there. */
PN_MUST_USE pn_err pn_run_last_message(pn_db *db, pn_id debtor_id, pn_id id, pn_id *ret_message_id);
PN_MUST_USE pn_err pn_run_set_last_event(pn_db *db, pn_id debtor_id, pn_id id, pn_id event_id);

/* ── wake zones: written by engines alone (app/zones.h) ── */

enum { PN_ZONE_DEBTORS = 256 };

typedef struct {
    int64_t lane;
    pn_id first_debtor, last_debtor;
    int64_t debtors;
    pn_time wake_at, deliver_at;
} pn_zone_row;

PN_MUST_USE pn_err pn_zone_list(pn_db *db, int64_t lane, pn_arena *arena, pn_zone_row **ret_rows,
                                size_t *ret_count);
/* Inserts or replaces. */
PN_MUST_USE pn_err pn_zone_put(pn_db *db, const pn_zone_row *row);
/* The earliest times of all zones of the lane. */
PN_MUST_USE pn_err pn_zone_min_due(pn_db *db, int64_t lane, pn_time *ret_wake,
                                   pn_time *ret_deliver);
/* True when a zone of the lane begins behind that debtor. */
PN_MUST_USE pn_err pn_zone_any_behind(pn_db *db, int64_t lane, pn_id debtor_id, bool *ret_any);

/* The following are for shared databases alone: what they give is locked until the transaction
 * ends, but for the first. */

/* The last zone that begins at or before each of the debtors. */
PN_MUST_USE pn_err pn_zone_of_debtors(pn_db *db, int64_t lane, const pn_id *debtors, size_t count,
                                      pn_arena *arena, pn_zone_row **ret_rows, size_t *ret_count);
/* Zones by the debtors they begin with. */
PN_MUST_USE pn_err pn_zone_lock(pn_db *db, int64_t lane, const pn_id *firsts, size_t count,
                                pn_arena *arena, pn_zone_row **ret_rows, size_t *ret_count);
/* The last zone that begins at or before the debtor; NOT_FOUND. */
PN_MUST_USE pn_err pn_zone_lock_before(pn_db *db, int64_t lane, pn_id debtor_id,
                                       pn_zone_row *ret_row);
/* The first zone from a debtor on that is due by `now`, of those nobody has locked; NOT_FOUND. */
PN_MUST_USE pn_err pn_zone_lock_next(pn_db *db, int64_t lane, bool deliver, pn_time now, pn_id from,
                                     pn_zone_row *ret_row);

/* Makes what waits for delivery in the lane due: a channel works again. No engine may be open. */
PN_MUST_USE pn_err pn_zone_deliver_now(pn_db *db, int64_t lane, pn_time now);

/* ── pokes ── */

PN_MUST_USE pn_err pn_poke(pn_db *db, int64_t lane, pn_id debtor_id);
/* Every debtor with a message that is uncertain. */
PN_MUST_USE pn_err pn_poke_uncertain(pn_db *db, pn_id org_id, int64_t lane);
/* Pokes every debtor of the organization that has a run on hold: what held it may be over. */
PN_MUST_USE pn_err pn_poke_held(pn_db *db, pn_id org_id, int64_t lane);
/* Distinct debtors poked, at most `max` of the oldest pokes, ascending; `ret_last` the newest poke
 * seen. */
PN_MUST_USE pn_err pn_poke_list(pn_db *db, int64_t lane, size_t max, pn_arena *arena,
                                pn_id **ret_debtors, size_t *ret_count, pn_id *ret_last);
PN_MUST_USE pn_err pn_poke_drain(pn_db *db, int64_t lane, pn_id last);
/* For shared databases: removes the oldest pokes that nobody else is removing, at most `max`, and
 * gives their debtors, ascending, each once. */
PN_MUST_USE pn_err pn_poke_take(pn_db *db, int64_t lane, size_t max, pn_arena *arena,
                                pn_id **ret_debtors, size_t *ret_count);

/* ── arms and pills ── */

PN_MUST_USE pn_err pn_arm_put(pn_db *db, pn_id org_id, pn_id debtor_id, const pn_arm_fact *arm,
                              pn_time at);
PN_MUST_USE pn_err pn_arm_list(pn_db *db, pn_id debtor_id, pn_arena *arena, pn_arm_fact **ret_arms,
                               size_t *ret_count);
/* CONFLICT when this pill was started for this fact already. */
PN_MUST_USE pn_err pn_pill_start_insert(pn_db *db, pn_id org_id, pn_id debtor_id, pn_id strategy_id,
                                        pn_id fact_id, pn_id run_id);

#endif
