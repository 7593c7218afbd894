#include "liquid/lex.h"

#include "base/banned.h"

bool pn_liquid_is_word(char c) {
    return pn_is_alpha(c) || pn_is_digit(c) || c == '_';
}

static bool is_blank(char c) {
    return pn_is_space(c) || c == '\0';
}

pn_str pn_liquid_strip_left(pn_str text) {
    while (text.len > 0 && is_blank(text.ptr[0])) {
        text = pn_str_from(text, 1);
    }
    return text;
}

pn_str pn_liquid_strip_right(pn_str text) {
    while (text.len > 0 && is_blank(text.ptr[text.len - 1])) {
        text.len--;
    }
    return text;
}

/* ── pieces ──────────────────────────────────────────────────────────────────────────────────── */

static bool is_pair(pn_str source, size_t at, char first, char second) {
    return at + 1 < source.len && source.ptr[at] == first && source.ptr[at + 1] == second;
}

static size_t text_end(pn_str source, size_t at) {
    while (at < source.len) {
        size_t brace = pn_str_find_char(pn_str_from(source, at), '{');
        if (brace == SIZE_MAX) {
            return source.len;
        }
        at += brace;
        if (is_pair(source, at, '{', '{') || is_pair(source, at, '{', '%')) {
            return at;
        }
        at++;
    }
    return at;
}

/* Offset of the }} that ends the output whose inside begins at `at`, or SIZE_MAX; `*ret_stop` is
 * then where reading goes on. */
static size_t output_end(pn_str source, size_t at, size_t *ret_stop) {
    for (; at < source.len; at++) {
        if (is_pair(source, at, '}', '}')) {
            return at;
        }
        if (source.ptr[at] == '}') {
            *ret_stop = at + 1;
            return SIZE_MAX;
        }
        if (is_pair(source, at, '{', '%')) {
            size_t end = pn_str_find(pn_str_from(source, at), PN_STR("%}"));
            *ret_stop = end == SIZE_MAX ? source.len : at + end + 2;
            return SIZE_MAX;
        }
    }
    *ret_stop = source.len;
    return SIZE_MAX;
}

/* Cuts name and markup out of the inside of a tag. */
static void split_tag(pn_liquid_piece *piece, pn_str inside) {
    inside = pn_liquid_strip_left(inside);
    size_t len = 0;
    if (inside.len > 0 && inside.ptr[0] == '#') {
        len = 1;
    } else {
        while (len < inside.len && pn_liquid_is_word(inside.ptr[len])) {
            len++;
        }
    }
    piece->name = pn_str_first(inside, len);
    piece->markup = pn_liquid_strip_right(pn_liquid_strip_left(pn_str_from(inside, len)));
}

static void take_inside(pn_liquid_piece *piece, pn_str source, size_t from, size_t to) {
    piece->trims_left = from < source.len && source.ptr[from] == '-';
    piece->trims_right = to > piece->offset + 2 && source.ptr[to - 1] == '-';
    from += piece->trims_left;
    to -= piece->trims_right && to > from;
    pn_str inside = {source.ptr + from, to > from ? to - from : 0};
    if (piece->kind == PN_PIECE_TAG) {
        split_tag(piece, inside);
    } else {
        piece->markup = inside;
    }
}

pn_liquid_piece pn_liquid_next_piece(pn_str source, size_t *at) {
    pn_liquid_piece piece = {.kind = PN_PIECE_END, .offset = *at};
    if (*at >= source.len) {
        return piece;
    }
    bool output = is_pair(source, *at, '{', '{');
    if (!output && !is_pair(source, *at, '{', '%')) {
        size_t end = text_end(source, *at);
        piece.kind = PN_PIECE_TEXT;
        piece.text = (pn_str){source.ptr + *at, end - *at};
        *at = end;
        return piece;
    }
    piece.kind = output ? PN_PIECE_OUTPUT : PN_PIECE_TAG;
    size_t from = *at + 2, stop = source.len, end = SIZE_MAX;
    if (output) {
        end = output_end(source, from, &stop);
    } else {
        size_t found = pn_str_find(pn_str_from(source, from), PN_STR("%}"));
        end = found == SIZE_MAX ? SIZE_MAX : from + found;
    }
    piece.unclosed = end == SIZE_MAX;
    if (piece.unclosed) {
        *at = stop;
    } else {
        take_inside(&piece, source, from, end);
        *at = end + 2;
    }
    return piece;
}

pn_liquid_piece pn_liquid_next_line(pn_str source, size_t *at, size_t end) {
    pn_liquid_piece piece = {.kind = PN_PIECE_END, .offset = *at};
    if (*at >= end) {
        return piece;
    }
    pn_str rest = {source.ptr + *at, end - *at};
    size_t len = PN_MIN(pn_str_find_char(rest, '\n'), rest.len);
    pn_str line = pn_liquid_strip_left(pn_str_first(rest, len));
    piece.kind = PN_PIECE_TAG;
    piece.offset = (size_t)(line.ptr - source.ptr);
    split_tag(&piece, line);
    *at += len + 1;
    return piece;
}

/* ── tokens ──────────────────────────────────────────────────────────────────────────────────── */

static pn_liquid_token_kind sign_kind(char c) {
    switch (c) {
    case '|': return PN_TOKEN_PIPE;
    case ':': return PN_TOKEN_COLON;
    case ',': return PN_TOKEN_COMMA;
    case '[': return PN_TOKEN_OPEN_SQUARE;
    case ']': return PN_TOKEN_CLOSE_SQUARE;
    case '(': return PN_TOKEN_OPEN_ROUND;
    case ')': return PN_TOKEN_CLOSE_ROUND;
    default: return PN_TOKEN_BAD;
    }
}

static size_t name_length(const char *at, const char *end) {
    size_t len = 0;
    while (at + len < end && (pn_liquid_is_word(at[len]) || at[len] == '-')) {
        len++;
    }
    return len + (at + len < end && at[len] == '?');
}

/* -?\d+(\.\d+)? */
static size_t number_length(const char *at, const char *end) {
    size_t len = at < end && *at == '-';
    while (at + len < end && pn_is_digit(at[len])) {
        len++;
    }
    if (at + len + 1 < end && at[len] == '.' && pn_is_digit(at[len + 1])) {
        len++;
        while (at + len < end && pn_is_digit(at[len])) {
            len++;
        }
    }
    return len;
}

/* Length of a comparison sign at `at`, or 0. */
static size_t comparison_length(const char *at, const char *end) {
    char c = at[0];
    char second = at + 1 < end ? at[1] : '\0';
    if ((c == '=' || c == '!') && second == '=') {
        return 2;
    }
    if (c == '<' || c == '>') {
        return second == '=' || (c == '<' && second == '>') ? 2 : 1;
    }
    return 0;
}

static size_t dots_length(const char *at, const char *end) {
    return at + 1 < end && at[1] == '.' ? 2 : 1;
}

/* Reads the token at lexer->at into lexer->next. `contains` is a comparison, unless behind a dot.
 */
static void read_token(pn_liquid_lexer *lexer, bool behind_dot) {
    while (lexer->at < lexer->end && pn_is_space(*lexer->at)) {
        lexer->at++;
    }
    const char *at = lexer->at, *end = lexer->end;
    pn_liquid_token token = {PN_TOKEN_END, {at, 0}, at};
    if (at == end) {
        lexer->next = token;
        return;
    }
    char c = *at;
    size_t len = 1, comparison = comparison_length(at, end);
    if (pn_is_alpha(c) || c == '_') {
        len = name_length(at, end);
        token.kind = !behind_dot && pn_str_is(((pn_str){at, len}), "contains") ? PN_TOKEN_COMPARISON
                                                                               : PN_TOKEN_NAME;
    } else if (pn_is_digit(c) || (c == '-' && at + 1 < end && pn_is_digit(at[1]))) {
        len = number_length(at, end);
        token.kind = PN_TOKEN_NUMBER;
    } else if (c == '"' || c == '\'') {
        const char *close = memchr(at + 1, c, (size_t)(end - at) - 1);
        token.kind = close == NULL ? PN_TOKEN_BAD : PN_TOKEN_STRING;
        len = close == NULL ? 1 : (size_t)(close - at) + 1;
    } else if (comparison != 0) {
        len = comparison;
        token.kind = PN_TOKEN_COMPARISON;
    } else if (c == '.') {
        len = dots_length(at, end);
        token.kind = len == 2 ? PN_TOKEN_DOTS : PN_TOKEN_DOT;
    } else {
        token.kind = c == '=' ? PN_TOKEN_EQUALS : sign_kind(c);
    }
    token.text = (pn_str){at, len};
    if (token.kind == PN_TOKEN_STRING) {
        token.text = (pn_str){at + 1, len - 2};
    }
    lexer->at = at + len;
    lexer->next = token;
}

void pn_liquid_advance(pn_liquid_lexer *lexer) {
    lexer->now = lexer->next;
    read_token(lexer, lexer->now.kind == PN_TOKEN_DOT);
}

pn_liquid_lexer pn_liquid_lex(pn_str markup) {
    pn_liquid_lexer lexer = {.at = markup.ptr, .end = markup.ptr + markup.len};
    read_token(&lexer, false);
    pn_liquid_advance(&lexer);
    return lexer;
}
