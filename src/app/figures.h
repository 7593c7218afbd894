/* Figures of a strategy's version: how many cases stand at each step, what is open of them, how
 * many came there and which way, what was sent from it, what it cost and what money is put down to
 * it (store/rollup.h). */
#ifndef PN_APP_FIGURES_H
#define PN_APP_FIGURES_H

#include "app/catalog.h"
#include "app/report_of.h"

/* Money of one currency. */
typedef struct {
    pn_currency currency;
    int64_t amount, count;
} pn_figure_money;

enum { PN_FIGURE_CURRENCIES = 8 };

/* Sums by currency; further currencies than PN_FIGURE_CURRENCIES are left out and said so. */
typedef struct {
    pn_figure_money items[PN_FIGURE_CURRENCIES];
    size_t count;
    bool more;
} pn_figure_monies;

void pn_figure_add(pn_figure_monies *to, pn_currency currency, int64_t amount, int64_t count);

/* What a thousand of something cost, as the organization decided; currency "" where it did not. */
typedef struct {
    pn_money channels[PN_CHANNEL_HTTP + 1];
    pn_money task;
} pn_costs;

PN_MUST_USE pn_err pn_costs_load(pn_app *app, pn_arena *arena, pn_costs *ret_costs);
/* Of so many: rounded to the minor unit, the half away from 0. */
int64_t pn_cost_of(pn_money thousand, int64_t count);

typedef struct {
    int64_t standing; /* cases now */
    pn_figure_monies open;
    int64_t entered;
    int64_t sent; /* e-mails and the like that left, bounced ones too */
    int64_t bounced, failed, read, clicked, visited;
    pn_figure_monies cost;
    pn_figure_monies paid; /* put down to it; count of payments */
} pn_node_figures;

typedef struct {
    int64_t from, to; /* −1: cases begin there */
    int64_t passed;
} pn_edge_figures;

typedef struct {
    const pn_flow *flow;
    pn_node_figures *nodes; /* one each of the flow's */
    bool narrowed;          /* entered and edges are not known then: no case is kept with them */
    pn_edge_figures *edges; /* those that were gone, by from and to */
    size_t edge_count;
} pn_figures;

/* Of the days from … to, both included; standing and open are now's. */
PN_MUST_USE pn_err pn_figures_make(pn_app *app, const pn_published *version, pn_date from,
                                   pn_date to, const pn_report_of *of, pn_arena *arena,
                                   pn_figures *ret_figures, pn_diag *diag);

#endif
