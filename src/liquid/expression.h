/* Parsing expressions, filters and conditions. */
#ifndef PN_LIQUID_EXPRESSION_H
#define PN_LIQUID_EXPRESSION_H

#include "liquid/lex.h"
#include "liquid/tree.h"

/* An error at a place of the source: sets the diag and returns `err`. */
pn_err pn_liquid_error_at(pn_liquid_parser *parser, const char *from, pn_err err,
                          const char *format, ...) PN_PRINTF(4, 5);
/* "… was expected, but there is …" at the lexer's token. */
pn_err pn_liquid_unexpected(pn_liquid_parser *parser, const pn_liquid_lexer *lexer,
                            const char *expected);

/* One value. `words`: `blank` and `empty` stand for themselves rather than for an empty text, as in
 * conditions. */
PN_MUST_USE pn_err pn_liquid_parse_expr(pn_liquid_parser *parser, pn_liquid_lexer *lexer,
                                        bool words, const pn_liquid_expr **ret_expr);
/* A value and its filters, up to the end of the markup. */
PN_MUST_USE pn_err pn_liquid_parse_filtered(pn_liquid_parser *parser, pn_str markup,
                                            pn_liquid_filtered *ret_filtered);
/* Comparisons up to the end of the markup. */
PN_MUST_USE pn_err pn_liquid_parse_condition(pn_liquid_parser *parser, pn_str markup,
                                             const pn_liquid_condition **ret_condition);

/* The next token is the word, which is then taken. */
bool pn_liquid_take_word(pn_liquid_lexer *lexer, pn_str word);
/* The next token is of the kind, and is then taken. */
bool pn_liquid_take(pn_liquid_lexer *lexer, pn_liquid_token_kind kind);
/* Nothing is left. */
PN_MUST_USE pn_err pn_liquid_parse_end(pn_liquid_parser *parser, const pn_liquid_lexer *lexer);

#endif
