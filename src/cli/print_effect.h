/* What simulated strategies would have changed in payment, for people: ranges, what they rest on,
 * and what holdouts truly measured. */
#ifndef PN_CLI_PRINT_EFFECT_H
#define PN_CLI_PRINT_EFFECT_H

#include "app/simulate.h"
#include "cli/out.h"

/* One or two simulations with an effect; of two the difference is told too. */
void pn_print_effect(pn_out *out, const pn_simulation *all, size_t count);

#endif
