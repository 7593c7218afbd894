/* Enrolment: which strategies a debtor's invoices and accounts enter now. */
#ifndef PN_APP_ENROLL_H
#define PN_APP_ENROLL_H

#include "app/move.h"

/* Plans the first moves of all runs of that subject that begin now. The view is loaded with
 * history; items that enter get `own_run`, so accounts are to be asked after invoices. `ret_next`
 * is when a date will next change an answer, PN_TIME_NEVER none.
 *
 * Strategies compete by priority, then name. An invoice enters a strategy once in its life; an
 * account enters again when everything that was open at the end of the earlier run is closed. */
PN_MUST_USE pn_err pn_enroll(pn_app *app, pn_view *view, pn_subject subject, pn_time now,
                             const pn_move_maker *maker, pn_arena *arena, pn_move **ret_moves,
                             size_t *ret_count, pn_time *ret_next, pn_diag *diag);

/* Enters one strategy regardless of its entry rule, where nothing works the case yet; for
 * `puntual strategy enroll`. The rule, compiled for the strategy's subject, may be NULL. */
PN_MUST_USE pn_err pn_enroll_in(pn_app *app, pn_view *view, const pn_published *strategy,
                                const pn_rule *rule, pn_time now, const pn_move_maker *maker,
                                pn_arena *arena, pn_move **ret_moves, size_t *ret_count,
                                pn_diag *diag);

#endif
