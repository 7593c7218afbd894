#include "app/chores.h"

#include "app/errands.h"
#include "app/offers.h"
#include "app/payins.h"
#include "app/rollup.h"
#include "base/banned.h"

/* How it goes with money that is on its way, where no webhook said so. */
static pn_err ask_providers(pn_app *app, pn_arena *arena, pn_time *ret_next, pn_diag *diag) {
    enum { AT_ONCE = 50 };
    pn_payin_poll_stats stats;
    return pn_payins_poll(app, AT_ONCE, arena, &stats, ret_next, diag);
}

/* One after the other: providers are few, and what is charged once need not be quick. */
static pn_err charge(pn_app *app, pn_arena *arena, pn_time *ret_next, pn_diag *diag) {
    enum { AT_ONCE = 20 };
    pn_errand_stats stats = {0};
    (void)arena;
    return pn_charges_work(app, pn_app_now(app), AT_ONCE, &stats, ret_next, diag);
}

const pn_chore PN_CHORES[] = {
    {"charges", charge},
    {"payins", ask_providers},
    {"proposals", pn_offers_tell},
    {"rollups", pn_rollup_chore},
    {NULL, NULL},
};
