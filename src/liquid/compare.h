/* Comparing values: what conditions and filters mean by equal, less and contains. */
#ifndef PN_LIQUID_COMPARE_H
#define PN_LIQUID_COMPARE_H

#include "liquid/run.h"

/* Numbers by value, texts bytewise, arrays and JSON trees item by item, host objects by identity,
 * money with a number as its amount in whole units, dates with texts that read as dates. Values of
 * other kinds than each other are not equal. */
PN_MUST_USE pn_err pn_liquid_equal(pn_liquid_run *run, pn_liquid_value a, pn_liquid_value b,
                                   bool *ret_equal);
/* The stricter notion of `uniq`: 1 and 1.0 differ. */
PN_MUST_USE pn_err pn_liquid_same(pn_liquid_run *run, pn_liquid_value a, pn_liquid_value b,
                                  bool *ret_same);

/* <0, 0 or >0. NOT_FOUND when the two have no order (nil, arrays, true), INVALID with a diag when
 * both have one but not with each other (a number and a text, two currencies). */
PN_MUST_USE pn_err pn_liquid_order(pn_liquid_run *run, pn_liquid_value a, pn_liquid_value b,
                                   int *ret_order);

/* One comparison of a condition; `blank` and `empty` may be operands. */
PN_MUST_USE pn_err pn_liquid_compare(pn_liquid_run *run, pn_liquid_comparison comparison,
                                     pn_liquid_value a, pn_liquid_value b, bool *ret_holds);

#endif
