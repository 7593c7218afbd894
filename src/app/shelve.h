/* Strategies that are not used any more, and again. */
#ifndef PN_APP_SHELVE_H
#define PN_APP_SHELVE_H

#include "app/catalog.h"

/* In the transaction under way: nothing new enters the strategy (with `shelved` false it may
 * again); what is in it goes on. NOT_FOUND; CONFLICT where it is so already, or where an active
 * strategy leads into it, which the sentence names. */
PN_MUST_USE pn_err pn_strategy_shelve(pn_app *app, pn_str name, bool shelved, pn_str reason,
                                      pn_arena *arena, pn_diag *diag);

#endif
