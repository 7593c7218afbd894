/* From syntax tree to program. */
#ifndef PN_LIQUID_EMIT_H
#define PN_LIQUID_EMIT_H

#include "liquid/program.h"
#include "liquid/tree.h"

/* Makes the program on `arena`; the tree is on the parser's own. INVALID with a diag for what
 * strict mode refuses. */
PN_MUST_USE pn_err pn_liquid_emit(pn_liquid_parser *parser, const pn_liquid_body *body,
                                  pn_arena *arena, const pn_liquid_template **ret_template);

#endif
