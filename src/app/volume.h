/* The volume breaker: a strategy that would send more on a day than its history predicts, or than a
 * person allowed, stops until a person releases it. What it wants to send meanwhile stays queued.
 *
 * A wrong import, a rule with one condition too few or a clock set wrong look the same from here:
 * suddenly too many messages. Each of them passed the gate; together they are the mistake that
 * cannot be called back. */
#ifndef PN_APP_VOLUME_H
#define PN_APP_VOLUME_H

#include "app/app.h"
#include "core/volume.h"
#include "store/document.h"

/* The counts of the strategies that a delivery works for. */
typedef struct pn_volumes pn_volumes;

pn_volumes *pn_volumes_new(pn_app *app);
void pn_volumes_free(pn_volumes *volumes);
/* Reads everything again when it is needed next: another day, a release, a transaction undone. */
void pn_volumes_forget(pn_volumes *volumes);

/* Reads the counts that are known again, for others count too; all that was counted is saved. */
PN_MUST_USE pn_err pn_volumes_again(pn_volumes *volumes);

/* Whether the strategy may send one more message at `now`. The first time it may not, it is
 * stopped: inside a transaction. */
PN_MUST_USE pn_err pn_volumes_allow(pn_volumes *volumes, pn_id strategy_id, pn_time now,
                                    bool *ret_allowed);
/* One message was claimed. */
void pn_volumes_count(pn_volumes *volumes, pn_id strategy_id);
/* One that was claimed then is back in the queue and will be counted when it is claimed again: in
 * the transaction under way. */
PN_MUST_USE pn_err pn_volumes_give_back(pn_volumes *volumes, pn_id strategy_id, pn_time claimed_at);
/* Writes the counts that changed, in the transaction under way; RETRY when more would be sent than
 * is allowed, for others have counted meanwhile. */
PN_MUST_USE pn_err pn_volumes_save(pn_volumes *volumes);

/* What one strategy has sent, may send today, and whether it is stopped. */
typedef struct {
    pn_strategy_row strategy;
    pn_strategy_day *days; /* newest first, today included, of the history */
    size_t day_count;
    int64_t sent_today;
    bool released_today;
    pn_volume predicted;
    int64_t allowed_today; /* INT64_MAX: no bound */
} pn_volume_report;

PN_MUST_USE pn_err pn_volume_look(pn_app *app, pn_str strategy, pn_arena *arena,
                                  pn_volume_report *ret_report, pn_diag *diag);
/* Lets a stopped strategy send whatever it wants for the rest of the day. In the transaction under
 * way. CONFLICT when it is not stopped. */
PN_MUST_USE pn_err pn_volume_release(pn_app *app, pn_str strategy, pn_str reason, pn_arena *arena,
                                     pn_diag *diag);
/* At most so many messages a day, whatever is predicted; 0: no bound of a person's. */
PN_MUST_USE pn_err pn_volume_set_max(pn_app *app, pn_str strategy, int64_t daily_max,
                                     pn_arena *arena, pn_diag *diag);

#endif
