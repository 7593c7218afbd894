/* From source to syntax tree. */
#ifndef PN_LIQUID_PARSE_H
#define PN_LIQUID_PARSE_H

#include "liquid/tree.h"

/* Parses parser->source, valid UTF-8 that outlives the tree. INVALID or LIMIT with a diag. */
PN_MUST_USE pn_err pn_liquid_parse(pn_liquid_parser *parser, pn_liquid_body *ret_body);

#endif
