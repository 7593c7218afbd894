/* From a template's source to tags and outputs, and from what stands in them to words and signs. */
#ifndef PN_LIQUID_LEX_H
#define PN_LIQUID_LEX_H

#include "base/str.h"

/* ── the template ── */

typedef enum { PN_PIECE_TEXT, PN_PIECE_OUTPUT, PN_PIECE_TAG, PN_PIECE_END } pn_liquid_piece_kind;

typedef struct {
    pn_liquid_piece_kind kind;
    size_t offset;                /* of its first byte */
    pn_str text;                  /* TEXT: as written */
    pn_str name;                  /* TAG: one word or #; empty when there is none */
    pn_str markup;                /* OUTPUT, TAG: what stands between, without the dashes */
    bool trims_left, trims_right; /* {{- and -}} */
    bool unclosed;                /* OUTPUT, TAG: without its closing brace */
} pn_liquid_piece;

/* The piece at `*at`, which moves behind it. As in Liquid, the first %} ends a tag and the first }}
 * an output, whatever stands in quotes; a single } in an output leaves it unclosed. */
pn_liquid_piece pn_liquid_next_piece(pn_str source, size_t *at);
/* One line of a `liquid` tag as a TAG; a blank one has neither name nor markup. END behind `end`.
 */
pn_liquid_piece pn_liquid_next_line(pn_str source, size_t *at, size_t end);

/* White space, and NUL, as Liquid strips it. */
pn_str pn_liquid_strip_left(pn_str text);
pn_str pn_liquid_strip_right(pn_str text);
bool pn_liquid_is_word(char c); /* letter, digit or underscore */

/* ── markup ── */

typedef enum {
    PN_TOKEN_END,
    PN_TOKEN_NAME,
    PN_TOKEN_NUMBER,
    PN_TOKEN_STRING, /* `text` without its quotes */
    PN_TOKEN_COMPARISON,
    PN_TOKEN_PIPE,
    PN_TOKEN_COLON,
    PN_TOKEN_COMMA,
    PN_TOKEN_DOT,
    PN_TOKEN_DOTS,
    PN_TOKEN_OPEN_SQUARE,
    PN_TOKEN_CLOSE_SQUARE,
    PN_TOKEN_OPEN_ROUND,
    PN_TOKEN_CLOSE_ROUND,
    PN_TOKEN_EQUALS, /* a single =, which belongs to assign alone */
    PN_TOKEN_BAD,    /* a character that has no place here */
} pn_liquid_token_kind;

typedef struct {
    pn_liquid_token_kind kind;
    pn_str text;
    const char *from; /* its first byte in the source, quotes included */
} pn_liquid_token;

/* Looks at one token and at the one behind it. */
typedef struct {
    const char *at, *end;
    pn_liquid_token now, next;
} pn_liquid_lexer;

pn_liquid_lexer pn_liquid_lex(pn_str markup);
void pn_liquid_advance(pn_liquid_lexer *lexer);

#endif
