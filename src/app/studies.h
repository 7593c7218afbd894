/* Studies: simulations and forecasts that run beside everything else and are kept.
 *
 * What was asked stands with the study, the document of what is not published included, so that the
 * same can be asked again. Its job (app/jobs.h) reads one snapshot and writes once, at its end; one
 * that its process did not end is begun again by the next. */
#ifndef PN_APP_STUDIES_H
#define PN_APP_STUDIES_H

#include "app/app.h"
#include "core/flow/flow.h"
#include "store/study.h"

/* A strategy by its name, or a document that nobody published. */
typedef struct {
    pn_str name;
    pn_str document; /* JSON; empty: what is published under the name */
} pn_study_strategy;

typedef struct {
    pn_study_kind kind;
    pn_str name; /* empty: of its strategies */
    pn_study_strategy strategy, against;
    pn_date from, to; /* of a simulation */
    int64_t sample;
    int64_t days, debtors; /* of a forecast */
    pn_str cost;           /* pn_simulate_prices_parse */
} pn_study_wish;

/* In the transaction under way. INVALID where it could not be begun, LIMIT where too many wait or
 * are kept. */
PN_MUST_USE pn_err pn_studies_add(pn_app *app, const pn_study_wish *wish, pn_arena *arena,
                                  pn_id *ret_id, pn_diag *diag);
/* The same once more, as a new one. */
PN_MUST_USE pn_err pn_studies_again(pn_app *app, const pn_study_row *row, pn_arena *arena,
                                    pn_id *ret_id, pn_diag *diag);
/* CONFLICT for one that waits or runs. */
PN_MUST_USE pn_err pn_studies_delete(pn_app *app, const pn_study_row *row, pn_diag *diag);

/* ── for its job (study_job.c) ── */

/* What a request says; texts stay in the arena. */
PN_MUST_USE pn_err pn_studies_wish(const pn_study_row *row, pn_arena *arena,
                                   pn_study_wish *ret_wish, pn_diag *diag);
/* `strategy_id` 0: never published. */
PN_MUST_USE pn_err pn_studies_flow(pn_app *app, const pn_study_strategy *strategy, pn_arena *arena,
                                   const pn_flow **ret_flow, pn_id *ret_strategy_id, pn_diag *diag);

#endif
