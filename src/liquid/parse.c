/* Tags and blocks. How text between tags is cut is Liquid's: {{- and -%} take the white space
 * beside them, and a control block that shows nothing at all loses its white space (so that
 * `{% if x %} {% assign y = 1 %} {% endif %}` leaves no trace). */
#include "liquid/parse.h"

#include "base/banned.h"
#include "base/limits.h"
#include "liquid/expression.h"
#include "liquid/lex.h"
#include "liquid/suggest.h"

typedef pn_err tag_parser(pn_liquid_parser *parser, const pn_liquid_piece *tag,
                          pn_liquid_body *body);

typedef struct {
    const char *name;
    tag_parser *parse;
} tag_entry;

static tag_parser parse_assign, parse_break, parse_capture, parse_case, parse_comment,
    parse_continue, parse_cycle, parse_decrement, parse_echo, parse_for, parse_if, parse_ifchanged,
    parse_increment, parse_inline_comment, parse_liquid, parse_raw, parse_unless;

static const tag_entry TAGS[] = {
    {"#", parse_inline_comment},
    {"assign", parse_assign},
    {"break", parse_break},
    {"capture", parse_capture},
    {"case", parse_case},
    {"comment", parse_comment},
    {"continue", parse_continue},
    {"cycle", parse_cycle},
    {"decrement", parse_decrement},
    {"echo", parse_echo},
    {"for", parse_for},
    {"if", parse_if},
    {"ifchanged", parse_ifchanged},
    {"increment", parse_increment},
    {"liquid", parse_liquid},
    {"raw", parse_raw},
    {"unless", parse_unless},
};

const char *pn_liquid_tag_name(size_t index) {
    return index < PN_COUNT(TAGS) ? TAGS[index].name : NULL;
}

/* ── the tree under construction ─────────────────────────────────────────────────────────────── */

static pn_liquid_node *add_node(pn_liquid_parser *parser, pn_liquid_body *body,
                                pn_liquid_node_kind kind, const char *from) {
    pn_liquid_node *node = pn_arena_new(parser->arena, pn_liquid_node);
    node->kind = kind;
    node->from = from;
    if (body->last == NULL) {
        body->first = node;
    } else {
        body->last->next = node;
    }
    body->last = node;
    return node;
}

static void set_solid(pn_liquid_body *body, pn_liquid_node *node, bool solid) {
    node->solid = solid;
    body->solid = body->solid || solid;
}

/* Takes the white space out of a block that shows nothing. */
static void remove_text(pn_liquid_body *body) {
    pn_liquid_node **link = &body->first;
    while (*link != NULL) {
        if ((*link)->kind == PN_NODE_TEXT) {
            *link = (*link)->next;
        } else {
            link = &(*link)->next;
        }
    }
}

static const char *start_of(const pn_liquid_parser *parser, const pn_liquid_piece *piece) {
    return parser->source.ptr + piece->offset;
}

/* ── errors ──────────────────────────────────────────────────────────────────────────────────── */

static pn_err unknown_tag(pn_liquid_parser *parser, const pn_liquid_piece *tag) {
    static const char *const NOT_OURS[] = {"include",  "render", "layout",  "section", "doc",
                                           "tablerow", "block",  "extends", "form",    "paginate"};
    const char *from = start_of(parser, tag);
    if (tag->name.len == 0) {
        return pn_liquid_error_at(parser, from, PN_INVALID, "This tag has no name.");
    }
    for (size_t i = 0; i < PN_COUNT(NOT_OURS); i++) {
        if (pn_str_eq(tag->name, pn_str_of(NOT_OURS[i]))) {
            pn_err err = pn_liquid_error_at(parser, from, PN_INVALID,
                                            "The tag “%s” does not exist here.", NOT_OURS[i]);
            pn_diag_mend(parser->diag, "A template stands alone: write its content in place.");
            return err;
        }
    }
    pn_err err = pn_liquid_error_at(parser, from, PN_INVALID, "There is no tag “%.*s”.",
                                    PN_STR_ARG(pn_str_first(tag->name, 60)));
    static const char *const INNER[] = {"else",   "elsif",      "when",        "endif",
                                        "endfor", "endunless",  "endcase",     "endcapture",
                                        "endraw", "endcomment", "endifchanged"};
    pn_liquid_suggestion suggestion = pn_liquid_suggest(tag->name);
    for (size_t i = 0; i < PN_COUNT(TAGS); i++) {
        pn_liquid_suggest_from(&suggestion, pn_str_of(TAGS[i].name));
    }
    for (size_t i = 0; i < PN_COUNT(INNER); i++) {
        pn_liquid_suggest_from(&suggestion, pn_str_of(INNER[i]));
    }
    pn_liquid_suggest_end(&suggestion, parser->diag);
    return err;
}

/* A tag that ends or divides a block, where no such block is open. `block` NULL: none is. */
static pn_err misplaced_tag(pn_liquid_parser *parser, const pn_liquid_piece *tag,
                            const char *block) {
    bool divides = pn_str_is(tag->name, "else") || pn_str_is(tag->name, "elsif") ||
                   pn_str_is(tag->name, "when");
    bool ends = pn_str_starts(tag->name, PN_STR("end"));
    if (!divides && !ends) {
        return unknown_tag(parser, tag);
    }
    const char *from = start_of(parser, tag);
    if (block == NULL) {
        return pn_liquid_error_at(parser, from, PN_INVALID, "“%.*s” stands outside of any block.",
                                  PN_STR_ARG(pn_str_first(tag->name, 60)));
    }
    return pn_liquid_error_at(parser, from, PN_INVALID, "“%.*s” has no place in “%s”.",
                              PN_STR_ARG(pn_str_first(tag->name, 60)), block);
}

static pn_err never_closed(pn_liquid_parser *parser, const char *from, const char *block) {
    return pn_liquid_error_at(parser, from, PN_INVALID,
                              "“%s” is opened here and never closed: “end%s” is missing.", block,
                              block);
}

/* ── bodies ──────────────────────────────────────────────────────────────────────────────────── */

static pn_liquid_piece next_piece(pn_liquid_parser *parser) {
    return parser->lines_end != 0
               ? pn_liquid_next_line(parser->source, &parser->at, parser->lines_end)
               : pn_liquid_next_piece(parser->source, &parser->at);
}

static void add_text(pn_liquid_parser *parser, pn_liquid_body *body, const pn_liquid_piece *piece) {
    pn_str text = parser->trim_next ? pn_liquid_strip_left(piece->text) : piece->text;
    parser->trim_next = false;
    pn_liquid_node *node = add_node(parser, body, PN_NODE_TEXT, text.ptr);
    node->text = text;
    set_solid(body, node, pn_str_trim(text).len != 0);
}

static pn_err add_output(pn_liquid_parser *parser, pn_liquid_body *body, pn_str markup,
                         const char *from) {
    pn_liquid_node *node = add_node(parser, body, PN_NODE_OUTPUT, from);
    set_solid(body, node, true);
    return pn_liquid_parse_filtered(parser, markup, &node->value);
}

/* What -%} and {%- of this piece do to the text around it. */
static void control_space(pn_liquid_parser *parser, pn_liquid_body *body,
                          const pn_liquid_piece *piece) {
    if (parser->lines_end != 0) {
        return;
    }
    if (piece->trims_left && body->last != NULL && body->last->kind == PN_NODE_TEXT) {
        body->last->text = pn_liquid_strip_right(body->last->text);
    }
    parser->trim_next = piece->trims_right;
}

static const tag_entry *tag_of(pn_str name) {
    for (size_t i = 0; i < PN_COUNT(TAGS); i++) {
        if (pn_str_eq(name, pn_str_of(TAGS[i].name))) {
            return &TAGS[i];
        }
    }
    return NULL;
}

/* Parses up to a tag that this body does not know, which is for the caller to judge, or to the end
 * (PN_PIECE_END). */
static pn_err parse_pieces(pn_liquid_parser *parser, pn_liquid_body *body,
                           pn_liquid_piece *ret_stop) {
    for (;;) {
        pn_liquid_piece piece = next_piece(parser);
        if (piece.unclosed) {
            return pn_liquid_error_at(
                parser, start_of(parser, &piece), PN_INVALID, "This “%s” is not closed by “%s”.",
                piece.kind == PN_PIECE_TAG ? "{%" : "{{", piece.kind == PN_PIECE_TAG ? "%}" : "}}");
        }
        if (piece.kind == PN_PIECE_TEXT) {
            add_text(parser, body, &piece);
            continue;
        }
        if (piece.kind == PN_PIECE_END) {
            *ret_stop = piece;
            return PN_OK;
        }
        if (parser->lines_end != 0 && piece.name.len == 0 && piece.markup.len == 0) {
            continue; /* a blank line */
        }
        control_space(parser, body, &piece);
        if (piece.kind == PN_PIECE_OUTPUT) {
            PN_TRY(add_output(parser, body, piece.markup, start_of(parser, &piece)));
            continue;
        }
        const tag_entry *tag = tag_of(piece.name);
        if (tag == NULL) {
            *ret_stop = piece;
            return PN_OK;
        }
        PN_TRY(tag->parse(parser, &piece, body));
    }
}

/* The same within a block: counts the depth, and the end of the source is an error. */
static pn_err parse_block(pn_liquid_parser *parser, const pn_liquid_piece *opened,
                          const char *block, pn_liquid_body *body, pn_liquid_piece *ret_stop) {
    if (parser->depth >= PN_LIMIT_TEMPLATE_DEPTH) {
        return pn_liquid_error_at(parser, start_of(parser, opened), PN_LIMIT,
                                  "Blocks nest deeper than %d levels.", PN_LIMIT_TEMPLATE_DEPTH);
    }
    parser->depth++;
    pn_err err = parse_pieces(parser, body, ret_stop);
    parser->depth--;
    if (err == PN_OK && ret_stop->kind == PN_PIECE_END) {
        err = never_closed(parser, start_of(parser, opened), block);
    }
    return err;
}

/* "end" and the block's name. */
static bool closes(const pn_liquid_piece *tag, const char *block) {
    return pn_str_starts(tag->name, PN_STR("end")) &&
           pn_str_eq(pn_str_from(tag->name, 3), pn_str_of(block));
}

/* In strict mode a tag says what it needs and no more. */
static pn_err check_rest(pn_liquid_parser *parser, const pn_liquid_lexer *lexer) {
    return parser->options->strict ? pn_liquid_parse_end(parser, lexer) : PN_OK;
}

/* ── simple tags ─────────────────────────────────────────────────────────────────────────────── */

static pn_err parse_echo(pn_liquid_parser *parser, const pn_liquid_piece *tag,
                         pn_liquid_body *body) {
    return add_output(parser, body, tag->markup, start_of(parser, tag));
}

/* A name that is assigned to. Liquid is lenient here: digits alone and dots are names too; strict
 * mode wants a name that can be read again. */
static pn_err parse_target(pn_liquid_parser *parser, pn_str *markup, pn_str *ret_name) {
    pn_str text = pn_liquid_strip_left(*markup);
    char quote = text.len > 0 && (text.ptr[0] == '"' || text.ptr[0] == '\'') ? text.ptr[0] : '\0';
    if (quote != '\0') {
        text = pn_str_from(text, 1);
    }
    size_t len = 0;
    while (len < text.len &&
           (pn_liquid_is_word(text.ptr[len]) || text.ptr[len] == '-' || text.ptr[len] == '.')) {
        len++;
    }
    pn_str name = pn_str_first(text, len);
    bool readable = len > 0 && (pn_is_alpha(name.ptr[0]) || name.ptr[0] == '_') &&
                    pn_str_find_char(name, '.') == SIZE_MAX;
    if (len == 0 || (parser->options->strict && !readable)) {
        return pn_liquid_error_at(parser, text.ptr, PN_INVALID,
                                  "The name of a variable was expected here.");
    }
    *markup = pn_str_from(text, len);
    if (quote != '\0' && markup->len > 0 && markup->ptr[0] == quote) {
        *markup = pn_str_from(*markup, 1);
    }
    *ret_name = name;
    return PN_OK;
}

static pn_err parse_assign(pn_liquid_parser *parser, const pn_liquid_piece *tag,
                           pn_liquid_body *body) {
    pn_liquid_node *node = add_node(parser, body, PN_NODE_ASSIGN, start_of(parser, tag));
    pn_str rest = tag->markup;
    PN_TRY(parse_target(parser, &rest, &node->text));
    rest = pn_liquid_strip_left(rest);
    if (rest.len == 0 || rest.ptr[0] != '=') {
        return pn_liquid_error_at(parser, rest.ptr, PN_INVALID,
                                  "“assign” is written: assign name = value.");
    }
    return pn_liquid_parse_filtered(parser, pn_str_from(rest, 1), &node->value);
}

static pn_err parse_counter(pn_liquid_parser *parser, const pn_liquid_piece *tag,
                            pn_liquid_body *body, pn_liquid_node_kind kind) {
    pn_liquid_node *node = add_node(parser, body, kind, start_of(parser, tag));
    set_solid(body, node, true);
    pn_str rest = tag->markup;
    PN_TRY(parse_target(parser, &rest, &node->text));
    if (pn_str_trim(rest).len != 0) {
        return pn_liquid_error_at(parser, rest.ptr, PN_INVALID,
                                  "Only the name of a counter belongs here.");
    }
    return PN_OK;
}

static pn_err parse_increment(pn_liquid_parser *parser, const pn_liquid_piece *tag,
                              pn_liquid_body *body) {
    return parse_counter(parser, tag, body, PN_NODE_INCREMENT);
}

static pn_err parse_decrement(pn_liquid_parser *parser, const pn_liquid_piece *tag,
                              pn_liquid_body *body) {
    return parse_counter(parser, tag, body, PN_NODE_DECREMENT);
}

static pn_err parse_break(pn_liquid_parser *parser, const pn_liquid_piece *tag,
                          pn_liquid_body *body) {
    set_solid(body, add_node(parser, body, PN_NODE_BREAK, start_of(parser, tag)), true);
    return PN_OK;
}

static pn_err parse_continue(pn_liquid_parser *parser, const pn_liquid_piece *tag,
                             pn_liquid_body *body) {
    set_solid(body, add_node(parser, body, PN_NODE_CONTINUE, start_of(parser, tag)), true);
    return PN_OK;
}

/* Values separated by commas (and, in `when`, by "or") from the lexer's token on. */
static pn_err parse_values(pn_liquid_parser *parser, pn_liquid_lexer *lexer, bool when,
                           pn_liquid_arg **ret_values) {
    pn_liquid_arg **tail = ret_values;
    do {
        pn_liquid_arg *value = pn_arena_new(parser->arena, pn_liquid_arg);
        PN_TRY(pn_liquid_parse_expr(parser, lexer, when, &value->value));
        *tail = value;
        tail = &value->next;
    } while (pn_liquid_take(lexer, PN_TOKEN_COMMA) ||
             (when && pn_liquid_take_word(lexer, PN_STR("or"))));
    return check_rest(parser, lexer);
}

static pn_err parse_cycle(pn_liquid_parser *parser, const pn_liquid_piece *tag,
                          pn_liquid_body *body) {
    pn_liquid_node *node = add_node(parser, body, PN_NODE_CYCLE, start_of(parser, tag));
    set_solid(body, node, true);
    pn_liquid_lexer lexer = pn_liquid_lex(tag->markup);
    pn_liquid_lexer probe = lexer;
    const pn_liquid_expr *name = NULL;
    PN_TRY(pn_liquid_parse_expr(parser, &probe, false, &name));
    if (pn_liquid_take(&probe, PN_TOKEN_COLON)) {
        node->name = name;
        lexer = probe;
    }
    return parse_values(parser, &lexer, false, &node->values);
}

/* ── comments and raw text ───────────────────────────────────────────────────────────────────── */

static pn_err parse_inline_comment(pn_liquid_parser *parser, const pn_liquid_piece *tag,
                                   pn_liquid_body *body) {
    (void)add_node(parser, body, PN_NODE_NOTHING, start_of(parser, tag));
    pn_str rest = tag->markup;
    pn_str line;
    bool first = true;
    while (pn_str_split(&rest, '\n', &line)) {
        line = pn_str_trim(line);
        if (!first && line.len > 0 && line.ptr[0] != '#') {
            return pn_liquid_error_at(parser, line.ptr, PN_INVALID,
                                      "Every line of a comment begins with “#”.");
        }
        first = false;
    }
    return PN_OK;
}

/* Finds the endraw that closes a raw block: where it begins and what stands behind it. */
static bool find_endraw(const pn_liquid_parser *parser, size_t *ret_from, size_t *ret_behind) {
    pn_str source = parser->source;
    for (size_t at = parser->at;; at += 2) {
        size_t found = pn_str_find(pn_str_from(source, at), PN_STR("{%"));
        if (found == SIZE_MAX) {
            return false;
        }
        at += found;
        pn_str rest = pn_str_from(source, at + 2);
        if (rest.len > 0 && rest.ptr[0] == '-') {
            rest = pn_str_from(rest, 1);
        }
        rest = pn_liquid_strip_left(rest);
        bool word = pn_str_starts(rest, PN_STR("endraw")) &&
                    (rest.len == 6 || !pn_liquid_is_word(rest.ptr[6]));
        if (word) {
            size_t end = pn_str_find(rest, PN_STR("%}"));
            *ret_from = at;
            *ret_behind = (size_t)(rest.ptr - source.ptr) + end + 2;
            return end != SIZE_MAX;
        }
    }
}

static pn_err parse_raw(pn_liquid_parser *parser, const pn_liquid_piece *tag,
                        pn_liquid_body *body) {
    size_t from = 0, behind = 0;
    if (tag->markup.len != 0) {
        return pn_liquid_error_at(parser, tag->markup.ptr, PN_INVALID,
                                  "Nothing belongs behind the word “raw”.");
    }
    if (parser->lines_end != 0 || !find_endraw(parser, &from, &behind)) {
        return never_closed(parser, start_of(parser, tag), "raw");
    }
    const char *start = parser->source.ptr + parser->at;
    pn_liquid_node *node = add_node(parser, body, PN_NODE_RAW, start);
    node->text = pn_str_sub(start, parser->source.ptr + from);
    set_solid(body, node, node->text.len != 0);
    parser->trim_next = parser->source.ptr[behind - 3] == '-';
    parser->at = behind;
    return PN_OK;
}

static pn_err parse_comment(pn_liquid_parser *parser, const pn_liquid_piece *tag,
                            pn_liquid_body *body) {
    (void)add_node(parser, body, PN_NODE_NOTHING, start_of(parser, tag));
    for (unsigned open = 1; open > 0;) {
        pn_liquid_piece piece = next_piece(parser);
        if (piece.kind == PN_PIECE_END) {
            return never_closed(parser, start_of(parser, tag), "comment");
        }
        if (piece.kind != PN_PIECE_TAG || piece.unclosed) {
            continue;
        }
        if (pn_str_is(piece.name, "raw") && parser->lines_end == 0) {
            size_t from = 0;
            if (!find_endraw(parser, &from, &parser->at)) {
                return never_closed(parser, start_of(parser, &piece), "raw");
            }
        }
        open += pn_str_is(piece.name, "comment");
        open -= pn_str_is(piece.name, "endcomment");
        if (open == 0 && parser->lines_end == 0) {
            parser->trim_next = piece.trims_right;
        }
    }
    return PN_OK;
}

/* ── blocks ──────────────────────────────────────────────────────────────────────────────────── */

/* A block with one body and no divisions. */
static pn_err parse_plain_block(pn_liquid_parser *parser, const pn_liquid_piece *tag,
                                const char *block, pn_liquid_body *body) {
    pn_liquid_piece stop;
    PN_TRY(parse_block(parser, tag, block, body, &stop));
    return closes(&stop, block) ? PN_OK : misplaced_tag(parser, &stop, block);
}

static pn_err parse_capture(pn_liquid_parser *parser, const pn_liquid_piece *tag,
                            pn_liquid_body *body) {
    pn_liquid_node *node = add_node(parser, body, PN_NODE_CAPTURE, start_of(parser, tag));
    pn_str rest = tag->markup;
    PN_TRY(parse_target(parser, &rest, &node->text));
    if (parser->options->strict && pn_str_trim(rest).len != 0) {
        return pn_liquid_error_at(parser, rest.ptr, PN_INVALID,
                                  "Only the name of a variable belongs here.");
    }
    return parse_plain_block(parser, tag, "capture", &node->body);
}

static pn_err parse_ifchanged(pn_liquid_parser *parser, const pn_liquid_piece *tag,
                              pn_liquid_body *body) {
    pn_liquid_node *node = add_node(parser, body, PN_NODE_IFCHANGED, start_of(parser, tag));
    PN_TRY(parse_plain_block(parser, tag, "ifchanged", &node->body));
    set_solid(body, node, node->body.solid);
    return PN_OK;
}

static pn_liquid_branch *add_branch(pn_liquid_parser *parser, pn_liquid_branch ***tail) {
    pn_liquid_branch *branch = pn_arena_new(parser->arena, pn_liquid_branch);
    **tail = branch;
    *tail = &branch->next;
    return branch;
}

/* Ends a control block: solid if any branch is, otherwise all lose their white space. */
static void finish_branches(pn_liquid_body *body, pn_liquid_node *node, bool solid) {
    for (pn_liquid_branch *branch = node->branches; branch != NULL; branch = branch->next) {
        solid = solid || branch->body.solid;
    }
    for (pn_liquid_branch *branch = node->branches; branch != NULL; branch = branch->next) {
        if (!solid) {
            remove_text(&branch->body);
        }
    }
    set_solid(body, node, solid);
}

static pn_err parse_if_block(pn_liquid_parser *parser, const pn_liquid_piece *tag,
                             pn_liquid_body *body, const char *block) {
    pn_liquid_node *node = add_node(parser, body, PN_NODE_IF, start_of(parser, tag));
    pn_liquid_branch **tail = &node->branches;
    pn_liquid_branch *branch = add_branch(parser, &tail);
    branch->negated = block[0] == 'u';
    PN_TRY(pn_liquid_parse_condition(parser, tag->markup, &branch->condition));
    for (;;) {
        pn_liquid_piece stop;
        PN_TRY(parse_block(parser, tag, block, &branch->body, &stop));
        if (closes(&stop, block)) {
            break;
        }
        bool elsif = pn_str_is(stop.name, "elsif");
        if (!elsif && !pn_str_is(stop.name, "else")) {
            return misplaced_tag(parser, &stop, block);
        }
        if (parser->options->strict && branch->condition == NULL) {
            return pn_liquid_error_at(parser, start_of(parser, &stop), PN_INVALID,
                                      "Nothing comes behind “else” but “end%s”.", block);
        }
        branch = add_branch(parser, &tail);
        if (elsif) {
            PN_TRY(pn_liquid_parse_condition(parser, stop.markup, &branch->condition));
        } else if (parser->options->strict && stop.markup.len != 0) {
            return pn_liquid_error_at(parser, stop.markup.ptr, PN_INVALID,
                                      "“else” takes no condition; “elsif” does.");
        }
    }
    finish_branches(body, node, false);
    return PN_OK;
}

static pn_err parse_if(pn_liquid_parser *parser, const pn_liquid_piece *tag, pn_liquid_body *body) {
    return parse_if_block(parser, tag, body, "if");
}

static pn_err parse_unless(pn_liquid_parser *parser, const pn_liquid_piece *tag,
                           pn_liquid_body *body) {
    return parse_if_block(parser, tag, body, "unless");
}

static pn_err parse_when(pn_liquid_parser *parser, const pn_liquid_piece *tag,
                         pn_liquid_branch *branch) {
    pn_liquid_lexer lexer = pn_liquid_lex(tag->markup);
    return parse_values(parser, &lexer, true, &branch->values);
}

static pn_err parse_case(pn_liquid_parser *parser, const pn_liquid_piece *tag,
                         pn_liquid_body *body) {
    pn_liquid_node *node = add_node(parser, body, PN_NODE_CASE, start_of(parser, tag));
    pn_liquid_lexer lexer = pn_liquid_lex(tag->markup);
    PN_TRY(pn_liquid_parse_expr(parser, &lexer, false, &node->value.value));
    PN_TRY(check_rest(parser, &lexer));
    pn_liquid_body ignored = {0}; /* what stands before the first when */
    pn_liquid_body *current = &ignored;
    pn_liquid_branch **tail = &node->branches;
    for (;;) {
        pn_liquid_piece stop;
        PN_TRY(parse_block(parser, tag, "case", current, &stop));
        if (closes(&stop, "case")) {
            break;
        }
        bool when = pn_str_is(stop.name, "when");
        if (!when && !pn_str_is(stop.name, "else")) {
            return misplaced_tag(parser, &stop, "case");
        }
        pn_liquid_branch *branch = add_branch(parser, &tail);
        if (when) {
            PN_TRY(parse_when(parser, &stop, branch));
        } else if (stop.markup.len != 0) {
            return pn_liquid_error_at(parser, stop.markup.ptr, PN_INVALID,
                                      "“else” takes no value; “when” does.");
        }
        current = &branch->body;
    }
    finish_branches(body, node, ignored.solid);
    return PN_OK;
}

/* The text of the collection without its white space: part of the loop's name. */
static pn_str loop_name(pn_liquid_parser *parser, pn_str variable, const pn_liquid_expr *from) {
    pn_str collection = pn_str_sub(from->from, from->to);
    char *name = pn_arena_alloc(parser->arena, variable.len + 1 + collection.len);
    size_t len = variable.len;
    memcpy(name, variable.ptr, len);
    name[len++] = '-';
    char quote = '\0';
    for (size_t i = 0; i < collection.len; i++) {
        char c = collection.ptr[i];
        if (quote == '\0' ? c == '"' || c == '\'' : c == quote) {
            quote = quote == '\0' ? c : '\0';
        }
        if (quote != '\0' || !pn_is_space(c)) {
            name[len++] = c;
        }
    }
    return (pn_str){name, len};
}

/* name in collection [reversed] [limit: value] [offset: value] */
static pn_err parse_for_head(pn_liquid_parser *parser, pn_str markup, pn_liquid_node *node) {
    pn_liquid_lexer lexer = pn_liquid_lex(markup);
    pn_str variable = lexer.now.text;
    if (!pn_liquid_take(&lexer, PN_TOKEN_NAME)) {
        return pn_liquid_unexpected(parser, &lexer, "The name of the loop's variable");
    }
    if (!pn_liquid_take_word(&lexer, PN_STR("in"))) {
        return pn_liquid_unexpected(parser, &lexer, "“in”");
    }
    PN_TRY(pn_liquid_parse_expr(parser, &lexer, false, &node->value.value));
    node->text = variable;
    node->loop_name = loop_name(parser, variable, node->value.value);
    node->reversed = pn_liquid_take_word(&lexer, PN_STR("reversed"));
    while (lexer.now.kind == PN_TOKEN_COMMA || lexer.now.kind == PN_TOKEN_NAME) {
        (void)pn_liquid_take(&lexer, PN_TOKEN_COMMA);
        bool limit = pn_liquid_take_word(&lexer, PN_STR("limit"));
        if (!limit && !pn_liquid_take_word(&lexer, PN_STR("offset"))) {
            return pn_liquid_unexpected(parser, &lexer, "“limit:” or “offset:”");
        }
        if (!pn_liquid_take(&lexer, PN_TOKEN_COLON)) {
            return pn_liquid_unexpected(parser, &lexer, "“:”");
        }
        bool resumes = !limit && pn_liquid_take_word(&lexer, PN_STR("continue"));
        if (!limit) {
            node->resumes = resumes;
        }
        if (!resumes) {
            PN_TRY(
                pn_liquid_parse_expr(parser, &lexer, false, limit ? &node->limit : &node->offset));
        }
    }
    return pn_liquid_parse_end(parser, &lexer);
}

static pn_err parse_for(pn_liquid_parser *parser, const pn_liquid_piece *tag,
                        pn_liquid_body *body) {
    pn_liquid_node *node = add_node(parser, body, PN_NODE_FOR, start_of(parser, tag));
    PN_TRY(parse_for_head(parser, tag->markup, node));
    pn_liquid_body *current = &node->body;
    for (;;) {
        pn_liquid_piece stop;
        PN_TRY(parse_block(parser, tag, "for", current, &stop));
        if (closes(&stop, "for")) {
            break;
        }
        if (!pn_str_is(stop.name, "else")) {
            return misplaced_tag(parser, &stop, "for");
        }
        node->otherwise = (pn_liquid_body){0};
        current = &node->otherwise;
    }
    bool solid = node->body.solid || node->otherwise.solid;
    if (!solid) {
        remove_text(&node->body);
        remove_text(&node->otherwise);
    }
    set_solid(body, node, solid);
    return PN_OK;
}

/* A tag whose lines are tags: they belong to the body around it. */
static pn_err parse_liquid(pn_liquid_parser *parser, const pn_liquid_piece *tag,
                           pn_liquid_body *body) {
    if (parser->depth >= PN_LIMIT_TEMPLATE_DEPTH) {
        return pn_liquid_error_at(parser, start_of(parser, tag), PN_LIMIT,
                                  "Blocks nest deeper than %d levels.", PN_LIMIT_TEMPLATE_DEPTH);
    }
    size_t at = parser->at, lines_end = parser->lines_end;
    parser->at = (size_t)(tag->markup.ptr - parser->source.ptr);
    parser->lines_end = parser->at + tag->markup.len;
    pn_liquid_piece stop = {.kind = PN_PIECE_END};
    if (tag->markup.len != 0) {
        parser->depth++;
        PN_TRY(parse_pieces(parser, body, &stop));
        parser->depth--;
    }
    parser->at = at;
    parser->lines_end = lines_end;
    return stop.kind == PN_PIECE_END ? PN_OK : misplaced_tag(parser, &stop, NULL);
}

pn_err pn_liquid_parse(pn_liquid_parser *parser, pn_liquid_body *ret_body) {
    pn_liquid_body body = {0};
    pn_liquid_piece stop;
    PN_TRY(parse_pieces(parser, &body, &stop));
    if (stop.kind != PN_PIECE_END) {
        return misplaced_tag(parser, &stop, NULL);
    }
    *ret_body = body;
    return PN_OK;
}
