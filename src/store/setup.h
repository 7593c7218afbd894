/* What a company sets up: how its channels do, and the days on which it rests. */
#ifndef PN_STORE_SETUP_H
#define PN_STORE_SETUP_H

#include "base/id.h"
#include "calendar/date.h"
#include "core/cmd.h"
#include "store/db.h"

/* ── channels ── */

typedef struct {
    pn_time tested_at; /* real time of the last test that was accepted; PN_TIME_NONE */
    pn_str trouble;    /* what its server said last that was no yes; empty */
    pn_time trouble_at;
} pn_channel_health;

/* Nothing is known of one that was never tried. */
PN_MUST_USE pn_err pn_channel_health_get(pn_db *db, pn_id org_id, pn_channel_kind channel,
                                         pn_arena *arena, pn_channel_health *ret_health);
/* A test was accepted: what was wrong before is over. */
PN_MUST_USE pn_err pn_channel_health_tested(pn_db *db, pn_id org_id, pn_channel_kind channel,
                                            pn_time at);
PN_MUST_USE pn_err pn_channel_health_trouble(pn_db *db, pn_id org_id, pn_channel_kind channel,
                                             pn_str trouble, pn_time at);
/* It was set anew: nothing is known of it. */
PN_MUST_USE pn_err pn_channel_health_forget(pn_db *db, pn_id org_id, pn_channel_kind channel);

/* ── closing days ── */

typedef struct {
    pn_date day;
    pn_str name;
} pn_closing_day;

/* All of an organization, ascending. */
PN_MUST_USE pn_err pn_closing_days(pn_db *db, pn_id org_id, pn_arena *arena,
                                   pn_closing_day **ret_days, size_t *ret_count);
PN_MUST_USE pn_err pn_closing_day_put(pn_db *db, pn_id org_id, const pn_closing_day *day);
/* NOT_FOUND. */
PN_MUST_USE pn_err pn_closing_day_remove(pn_db *db, pn_id org_id, pn_date day);

#endif
