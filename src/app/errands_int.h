/* For the files of errands alone. */
#ifndef PN_APP_ERRANDS_INT_H
#define PN_APP_ERRANDS_INT_H

#include "app/connectors.h"
#include "app/errands.h"
#include "core/node/node.h"
#include "liquid/liquid.h"
#include "store/mandate.h"

/* One errand on its way. */
typedef struct {
    pn_errand_row row;
    const pn_flow_node *node;
    const pn_view_account *account; /* of its run */
    const pn_run *run;
    const pn_view *view;
    pn_connector connector;
    const char *method;
    bool may_repeat; /* asked twice it is done once */
    /* of a charge */
    pn_mandate_row mandate;
    bool final;     /* declined for good: the mandate ends */
    bool no_answer; /* of the provider */
} pn_errand;

/* A parameter of a node as text; empty where it is not given. */
pn_str pn_errand_param(const pn_flow_node *node, const char *name);

/* What stands around it: the run, its account, the node that wants it. NOT_FOUND where the case is
 * gone. */
PN_MUST_USE pn_err pn_errand_look(pn_app *app, pn_errand *errand, pn_arena *arena, pn_diag *diag);
/* Why it is not asked any more; NULL: it is. */
const char *pn_errand_unwanted(const pn_errand *errand);
/* Looks around, and settles what is not wanted any more, unless it may have been asked before. */
PN_MUST_USE pn_err pn_errand_wanted(pn_app *app, pn_errand *errand, pn_time now, pn_arena *arena,
                                    bool *ret_wanted, pn_diag *diag);
/* Records that it needs no asking, with what follows. */
PN_MUST_USE pn_err pn_errand_settle(pn_app *app, pn_errand *errand, pn_errand_state state,
                                    pn_str reason, pn_time now, pn_arena *arena, pn_diag *diag);
/* Records what stands in the row after it was asked, with what follows. */
PN_MUST_USE pn_err pn_errand_end(pn_app *app, pn_errand *errand, pn_str value, pn_arena *arena,
                                 pn_errand_stats *stats, pn_diag *diag);

/* What a template may say about the case: an object of `debtor`, `account`, `invoice` … */
PN_MUST_USE pn_err pn_errand_data(pn_app *app, const pn_errand *errand, pn_time now,
                                  pn_arena *arena, pn_json **ret_data, pn_diag *diag);
/* Renders a path or a body. */
PN_MUST_USE pn_err pn_errand_render(const pn_app *app, const pn_view *view, pn_str source,
                                    pn_liquid_escape escape, const pn_json *data, pn_time now,
                                    pn_arena *arena, pn_str *ret_text, pn_diag *diag);

/* What an answer means for the row: its state, when it is asked again, outcome, reference, reason.
 */
void pn_errand_judge(pn_errand *errand, const pn_fetch_answer *answer, pn_time now, pn_arena *arena,
                     pn_str *ret_value);
/* What follows from a settled errand, in the transaction that records it: fields, reported
 * payments, tasks, the event. `value` is what the node picks out of the answer. */
PN_MUST_USE pn_err pn_errand_follow(pn_app *app, const pn_errand *errand, pn_str value,
                                    pn_arena *arena, pn_diag *diag);

#endif
