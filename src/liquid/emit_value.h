/* Code for values: paths, filters, conditions. */
#ifndef PN_LIQUID_EMIT_VALUE_H
#define PN_LIQUID_EMIT_VALUE_H

#include "liquid/code.h"

/* Code that pushes the value. */
PN_MUST_USE pn_err pn_liquid_emit_expr(pn_liquid_code *code, const pn_liquid_expr *expr,
                                       pn_liquid_shape *ret_shape);
PN_MUST_USE pn_err pn_liquid_emit_filtered(pn_liquid_code *code, const pn_liquid_filtered *filtered,
                                           const char *from, pn_liquid_shape *ret_shape);
/* Code that goes to `on_false` when the condition does not hold (or, `negated`, when it does), and
 * on behind itself otherwise. */
PN_MUST_USE pn_err pn_liquid_emit_condition(pn_liquid_code *code,
                                            const pn_liquid_condition *condition, bool negated,
                                            pn_liquid_label *on_false);

#endif
