/* Shared by the parts of the engine. */
#ifndef PN_APP_ENGINE_INT_H
#define PN_APP_ENGINE_INT_H

#include "app/engine.h"
#include "app/lock.h"
#include "app/planner.h"

struct pn_engine {
    pn_app *app;
    pn_lock *lock;
    pn_arena arena; /* of the batch under way */
    pn_zones zones;
    pn_journal salts;
    pn_buf scratch;
};

PN_MUST_USE pn_err pn_engine_begin_batch(pn_engine *engine, pn_diag *diag);
/* Commits, or undoes everything and reads the zones again as they stand in the database. */
PN_MUST_USE pn_err pn_engine_end_batch(pn_engine *engine, pn_err err, pn_diag *diag);
/* On a shared database, locks what the batch goes by, before it makes an id or reads a fact: the
 * zones of these debtors, which ascend, and then the debtors themselves. */
PN_MUST_USE pn_err pn_engine_hold(pn_engine *engine, const pn_id *debtors, size_t count);
/* Everything of one debtor, whose facts changed or whose own timer has run out, but for lowering
 * its zone to what its messages wait for. `view` is one with history. */
PN_MUST_USE pn_err pn_engine_work_debtor(pn_engine *engine, pn_view *view, pn_time now,
                                         pn_engine_stats *stats, pn_diag *diag);
PN_MUST_USE pn_err pn_engine_write_move(pn_engine *engine, const pn_move *move,
                                        pn_engine_stats *stats, pn_diag *diag);
/* A run that is due and does not move would be due for ever: it is looked at again in an hour, and
 * the log says so. One that cannot be read is shown as held. */
PN_MUST_USE pn_err pn_engine_unstick(pn_engine *engine, const pn_run_row *row, bool unreadable,
                                     pn_time now);
PN_MUST_USE pn_err pn_engine_step_due_runs(pn_engine *engine, const pn_view *view, pn_time now,
                                           pn_engine_stats *stats, pn_diag *diag);
/* Steps what is due of a zone, in the transaction under way. Where the turn is wanted it may stop
 * early; the zone stays due then. */
PN_MUST_USE pn_err pn_engine_work_zone(pn_engine *engine, size_t index, pn_time now,
                                       pn_engine_stats *stats, pn_diag *diag);

/* ── several engines on one database (share.c) ── */

/* One round over pokes, timers and zones; `ret_worked` when something was there that nobody else
 * was at already. */
PN_MUST_USE pn_err pn_share_work(pn_engine *engine, pn_time now, bool *ret_worked,
                                 pn_engine_stats *stats, pn_diag *diag);

/* ── the night: so many zones are due that planning ahead in a thread pays ── */

enum { PN_NIGHT_ZONES = 8 };

PN_MUST_USE pn_err pn_night_work(pn_engine *engine, pn_time now, pn_engine_stats *stats,
                                 pn_diag *diag);

#endif
