#include "app/chores.h"

#include "app/offers.h"
#include "app/payins.h"
#include "base/banned.h"

/* How it goes with money that is on its way, where no webhook said so. */
static pn_err ask_providers(pn_app *app, pn_arena *arena, pn_time *ret_next, pn_diag *diag) {
    enum { AT_ONCE = 50 };
    pn_payin_poll_stats stats;
    return pn_payins_poll(app, AT_ONCE, arena, &stats, ret_next, diag);
}

const pn_chore PN_CHORES[] = {
    {"payins", ask_providers},
    {"proposals", pn_offers_tell},
    {NULL, NULL},
};
