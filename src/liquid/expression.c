#include "liquid/expression.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"
#include "base/limits.h"
#include "liquid/number.h"
#include "liquid/suggest.h"

/* ── errors ──────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_liquid_error_at(pn_liquid_parser *parser, const char *from, pn_err err,
                          const char *format, ...) {
    char what[320];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    (void)pn_diag_set(parser->diag, err, "%s", what);
    pn_liquid_place(parser->diag, parser->source, (size_t)(from - parser->source.ptr));
    return err;
}

pn_err pn_liquid_unexpected(pn_liquid_parser *parser, const pn_liquid_lexer *lexer,
                            const char *expected) {
    const pn_liquid_token *token = &lexer->now;
    if (token->kind == PN_TOKEN_END) {
        return pn_liquid_error_at(parser, token->from, PN_INVALID, "%s is missing here.", expected);
    }
    if (token->kind == PN_TOKEN_BAD && (*token->from == '"' || *token->from == '\'')) {
        return pn_liquid_error_at(parser, token->from, PN_INVALID,
                                  "A text has no closing quotation mark.");
    }
    pn_str text = pn_str_sub(token->from, token->text.ptr + token->text.len);
    while (text.ptr + text.len < lexer->end && ((unsigned char)text.ptr[text.len] & 0xC0) == 0x80) {
        text.len++;
    }
    return pn_liquid_error_at(parser, token->from, PN_INVALID,
                              "%s was expected, but there is “%.*s”.", expected,
                              PN_STR_ARG(pn_str_first(text, 60)));
}

/* ── tokens ──────────────────────────────────────────────────────────────────────────────────── */

bool pn_liquid_take(pn_liquid_lexer *lexer, pn_liquid_token_kind kind) {
    bool found = lexer->now.kind == kind;
    if (found) {
        pn_liquid_advance(lexer);
    }
    return found;
}

bool pn_liquid_take_word(pn_liquid_lexer *lexer, pn_str word) {
    bool found = lexer->now.kind == PN_TOKEN_NAME && pn_str_eq(lexer->now.text, word);
    if (found) {
        pn_liquid_advance(lexer);
    }
    return found;
}

static pn_err expect(pn_liquid_parser *parser, pn_liquid_lexer *lexer, pn_liquid_token_kind kind,
                     const char *expected) {
    return pn_liquid_take(lexer, kind) ? PN_OK : pn_liquid_unexpected(parser, lexer, expected);
}

pn_err pn_liquid_parse_end(pn_liquid_parser *parser, const pn_liquid_lexer *lexer) {
    return lexer->now.kind == PN_TOKEN_END ? PN_OK : pn_liquid_unexpected(parser, lexer, "The end");
}

/* ── values ──────────────────────────────────────────────────────────────────────────────────── */

static pn_liquid_value number_of(pn_str text) {
    int64_t integer = 0;
    if (pn_str_find_char(text, '.') == SIZE_MAX && pn_str_to_int64(text, &integer) == PN_OK) {
        return pn_liquid_int(integer);
    }
    pn_liquid_decimal decimal = pn_liquid_decimal_text(text);
    decimal.real = true;
    pn_liquid_value value;
    return pn_liquid_decimal_value(decimal, &value) == PN_OK ? value : pn_liquid_int(INT64_MAX);
}

/* The words that are values rather than variables. */
static bool word_value(pn_str word, bool words, pn_liquid_value *ret_value) {
    if (pn_str_is(word, "nil") || pn_str_is(word, "null")) {
        *ret_value = pn_liquid_nil();
    } else if (pn_str_is(word, "true") || pn_str_is(word, "false")) {
        *ret_value = pn_liquid_bool(word.len == 4);
    } else if (pn_str_is(word, "blank") || pn_str_is(word, "empty")) {
        pn_liquid_value marker = {.kind = word.ptr[0] == 'b' ? PN_LIQUID_BLANK : PN_LIQUID_EMPTY};
        *ret_value = words ? marker : pn_liquid_str(PN_STR(""));
    } else {
        return false;
    }
    return true;
}

static pn_err parse_segments(pn_liquid_parser *parser, pn_liquid_lexer *lexer,
                             pn_liquid_expr *expr) {
    pn_liquid_segment **tail = &expr->segments;
    for (;;) {
        const char *from = lexer->now.from;
        pn_liquid_segment segment = {.from = from};
        if (pn_liquid_take(lexer, PN_TOKEN_DOT)) {
            segment.from = lexer->now.from;
            segment.name = lexer->now.text;
            PN_TRY(expect(parser, lexer, PN_TOKEN_NAME, "A name behind the dot"));
        } else if (pn_liquid_take(lexer, PN_TOKEN_OPEN_SQUARE)) {
            PN_TRY(pn_liquid_parse_expr(parser, lexer, false, &segment.key));
            PN_TRY(expect(parser, lexer, PN_TOKEN_CLOSE_SQUARE, "A closing “]”"));
        } else {
            return PN_OK;
        }
        *tail = pn_arena_new(parser->arena, pn_liquid_segment);
        **tail = segment;
        tail = &(*tail)->next;
    }
}

static pn_err parse_name(pn_liquid_parser *parser, pn_liquid_lexer *lexer, bool words,
                         pn_liquid_expr *expr) {
    expr->kind = PN_EXPR_PATH;
    expr->name = lexer->now.text;
    pn_liquid_advance(lexer);
    PN_TRY(parse_segments(parser, lexer, expr));
    if (expr->segments == NULL && word_value(expr->name, words, &expr->constant)) {
        expr->kind = PN_EXPR_CONST;
    }
    return PN_OK;
}

/* A range of two constants is a constant; whatever they are, they count as integers. */
static pn_err fold_range(pn_liquid_parser *parser, pn_liquid_expr *expr) {
    const pn_liquid_expr *ends[2] = {expr->first, expr->last};
    int64_t bounds[2] = {0, 0};
    for (size_t i = 0; i < 2; i++) {
        pn_liquid_value value = ends[i]->constant;
        if (value.kind == PN_LIQUID_INT) {
            bounds[i] = value.integer;
        } else if (value.kind == PN_LIQUID_STR) {
            bounds[i] = pn_liquid_integer_prefix(pn_liquid_text(value));
        } else if (value.kind == PN_LIQUID_REAL && value.real < 0x1p63 && value.real >= -0x1p63) {
            bounds[i] = (int64_t)value.real;
        } else if (value.kind != PN_LIQUID_NIL) {
            return pn_liquid_error_at(parser, ends[i]->from, PN_INVALID,
                                      "A range goes from one whole number to another.");
        }
    }
    pn_liquid_range *range = pn_arena_new(parser->arena, pn_liquid_range);
    *range = (pn_liquid_range){bounds[0], bounds[1]};
    expr->kind = PN_EXPR_CONST;
    expr->constant = (pn_liquid_value){.kind = PN_LIQUID_RANGE, .range = range};
    return PN_OK;
}

static pn_err parse_range(pn_liquid_parser *parser, pn_liquid_lexer *lexer, pn_liquid_expr *expr) {
    pn_liquid_advance(lexer);
    expr->kind = PN_EXPR_RANGE;
    PN_TRY(pn_liquid_parse_expr(parser, lexer, false, &expr->first));
    PN_TRY(expect(parser, lexer, PN_TOKEN_DOTS, "“..” of a range"));
    PN_TRY(pn_liquid_parse_expr(parser, lexer, false, &expr->last));
    PN_TRY(expect(parser, lexer, PN_TOKEN_CLOSE_ROUND, "A closing “)”"));
    bool constant = expr->first->kind == PN_EXPR_CONST && expr->last->kind == PN_EXPR_CONST;
    return constant ? fold_range(parser, expr) : PN_OK;
}

static pn_err parse_bracketed_root(pn_liquid_parser *parser, pn_liquid_lexer *lexer,
                                   pn_liquid_expr *expr) {
    pn_liquid_advance(lexer);
    expr->kind = PN_EXPR_PATH;
    const pn_liquid_expr *key = NULL;
    PN_TRY(pn_liquid_parse_expr(parser, lexer, false, &key));
    PN_TRY(expect(parser, lexer, PN_TOKEN_CLOSE_SQUARE, "A closing “]”"));
    if (key->kind == PN_EXPR_CONST && key->constant.kind == PN_LIQUID_STR) {
        expr->name = pn_liquid_text(key->constant);
    } else {
        expr->root_key = key;
    }
    return parse_segments(parser, lexer, expr);
}

pn_err pn_liquid_parse_expr(pn_liquid_parser *parser, pn_liquid_lexer *lexer, bool words,
                            const pn_liquid_expr **ret_expr) {
    if (parser->expr_depth >= PN_LIMIT_TEMPLATE_DEPTH) {
        return pn_liquid_error_at(parser, lexer->now.from, PN_LIMIT,
                                  "Brackets nest deeper than %d levels.", PN_LIMIT_TEMPLATE_DEPTH);
    }
    pn_liquid_expr *expr = pn_arena_new(parser->arena, pn_liquid_expr);
    expr->from = lexer->now.from;
    pn_err err = PN_OK;
    parser->expr_depth++;
    if (lexer->now.kind == PN_TOKEN_NAME) {
        err = parse_name(parser, lexer, words, expr);
    } else if (lexer->now.kind == PN_TOKEN_STRING) {
        expr->constant = pn_liquid_str(lexer->now.text);
        pn_liquid_advance(lexer);
    } else if (lexer->now.kind == PN_TOKEN_NUMBER) {
        expr->constant = number_of(lexer->now.text);
        pn_liquid_advance(lexer);
    } else if (lexer->now.kind == PN_TOKEN_OPEN_ROUND) {
        err = parse_range(parser, lexer, expr);
    } else if (lexer->now.kind == PN_TOKEN_OPEN_SQUARE) {
        err = parse_bracketed_root(parser, lexer, expr);
    } else {
        err = pn_liquid_unexpected(parser, lexer, "A value");
    }
    parser->expr_depth--;
    expr->to = lexer->now.from;
    *ret_expr = expr;
    return err;
}

/* ── filters ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err unknown_filter(pn_liquid_parser *parser, const pn_liquid_token *name) {
    if (pn_str_is(name->text, "qr")) {
        return pn_liquid_error_at(parser, name->from, PN_INVALID,
                                  "The filter “qr” is available in e-mail blocks only.");
    }
    pn_err err = pn_liquid_error_at(parser, name->from, PN_INVALID, "There is no filter “%.*s”.",
                                    PN_STR_ARG(pn_str_first(name->text, 60)));
    pn_liquid_suggestion suggestion = pn_liquid_suggest(name->text);
    const char *known = NULL;
    for (size_t i = 0; (known = pn_liquid_filter_name(i)) != NULL; i++) {
        pn_liquid_suggest_from(&suggestion, pn_str_of(known));
    }
    for (size_t i = 0; i < parser->options->filter_count; i++) {
        pn_liquid_suggest_from(&suggestion, pn_str_of(parser->options->filters[i].name));
    }
    pn_liquid_suggest_end(&suggestion, parser->diag);
    return err;
}

static pn_err find_filter(pn_liquid_parser *parser, const pn_liquid_token *name,
                          pn_liquid_call *call) {
    for (size_t i = 0; i < parser->options->filter_count; i++) {
        if (pn_str_eq(name->text, pn_str_of(parser->options->filters[i].name))) {
            call->host_filter = &parser->options->filters[i];
            assert(call->host_filter->args_max <= PN_LIQUID_ARGS_MAX);
            return PN_OK;
        }
    }
    call->filter = pn_liquid_find_filter(name->text);
    if (call->filter == NULL) {
        return unknown_filter(parser, name);
    }
    if (call->filter->apply == pn_liquid_filter_safe && !parser->options->allow_safe) {
        return pn_liquid_error_at(parser, name->from, PN_INVALID,
                                  "The filter “safe” is not allowed in this template.");
    }
    return PN_OK;
}

/* A keyword is kept apart, everything else in order. */
static pn_err parse_args(pn_liquid_parser *parser, pn_liquid_lexer *lexer, pn_liquid_call *call) {
    pn_liquid_arg **tail = &call->args;
    do {
        if (lexer->now.kind == PN_TOKEN_NAME && lexer->next.kind == PN_TOKEN_COLON) {
            const char *keyword = call->filter != NULL ? call->filter->keyword : NULL;
            if (!pn_str_eq(lexer->now.text, pn_str_of(keyword))) {
                return pn_liquid_error_at(parser, lexer->now.from, PN_INVALID,
                                          "This filter has no argument named “%.*s”.",
                                          PN_STR_ARG(pn_str_first(lexer->now.text, 60)));
            }
            pn_liquid_advance(lexer);
            pn_liquid_advance(lexer);
            PN_TRY(pn_liquid_parse_expr(parser, lexer, false, &call->keyword_value));
            continue;
        }
        pn_liquid_arg *arg = pn_arena_new(parser->arena, pn_liquid_arg);
        PN_TRY(pn_liquid_parse_expr(parser, lexer, false, &arg->value));
        *tail = arg;
        tail = &arg->next;
        call->arg_count++;
    } while (pn_liquid_take(lexer, PN_TOKEN_COMMA));
    return PN_OK;
}

static pn_err check_arg_count(pn_liquid_parser *parser, const pn_liquid_call *call) {
    const char *name = call->filter != NULL ? call->filter->name : call->host_filter->name;
    unsigned least = call->filter != NULL ? call->filter->args_min : call->host_filter->args_min;
    unsigned most = call->filter != NULL ? call->filter->args_max : call->host_filter->args_max;
    /* Liquid takes keywords for one more argument, and overlooks one that is none. */
    bool one_more = call->filter != NULL && call->filter->keyword != NULL &&
                    call->keyword_value == NULL && !parser->options->strict;
    if (call->arg_count >= least && call->arg_count <= most + one_more) {
        return PN_OK;
    }
    char wanted[40];
    if (most == 0) {
        (void)snprintf(wanted, sizeof wanted, "no arguments");
    } else if (least == most) {
        (void)snprintf(wanted, sizeof wanted, "%u argument%s", least, least == 1 ? "" : "s");
    } else {
        (void)snprintf(wanted, sizeof wanted, "%u to %u arguments", least, most);
    }
    return pn_liquid_error_at(parser, call->from, PN_INVALID, "The filter “%s” takes %s, not %zu.",
                              name, wanted, call->arg_count);
}

static pn_err parse_calls(pn_liquid_parser *parser, pn_liquid_lexer *lexer,
                          pn_liquid_call **ret_calls) {
    pn_liquid_call **tail = ret_calls;
    while (pn_liquid_take(lexer, PN_TOKEN_PIPE)) {
        pn_liquid_call *call = pn_arena_new(parser->arena, pn_liquid_call);
        call->from = lexer->now.from;
        if (lexer->now.kind != PN_TOKEN_NAME) {
            return pn_liquid_unexpected(parser, lexer, "The name of a filter");
        }
        PN_TRY(find_filter(parser, &lexer->now, call));
        pn_liquid_advance(lexer);
        if (pn_liquid_take(lexer, PN_TOKEN_COLON)) {
            PN_TRY(parse_args(parser, lexer, call));
        }
        PN_TRY(check_arg_count(parser, call));
        *tail = call;
        tail = &call->next;
    }
    return PN_OK;
}

pn_err pn_liquid_parse_filtered(pn_liquid_parser *parser, pn_str markup,
                                pn_liquid_filtered *ret_filtered) {
    pn_liquid_lexer lexer = pn_liquid_lex(markup);
    *ret_filtered = (pn_liquid_filtered){0};
    if (lexer.now.kind == PN_TOKEN_END) {
        return PN_OK;
    }
    PN_TRY(pn_liquid_parse_expr(parser, &lexer, false, &ret_filtered->value));
    PN_TRY(parse_calls(parser, &lexer, &ret_filtered->calls));
    return pn_liquid_parse_end(parser, &lexer);
}

/* ── conditions ──────────────────────────────────────────────────────────────────────────────── */

static pn_liquid_comparison comparison_of(pn_str sign) {
    static const struct {
        const char *sign;
        pn_liquid_comparison comparison;
    } SIGNS[] = {
        {"==", PN_LIQUID_EQUAL},         {"!=", PN_LIQUID_NOT_EQUAL}, {"<>", PN_LIQUID_NOT_EQUAL},
        {"<", PN_LIQUID_LESS},           {">", PN_LIQUID_GREATER},    {"<=", PN_LIQUID_LESS_EQUAL},
        {">=", PN_LIQUID_GREATER_EQUAL},
    };
    for (size_t i = 0; i < PN_COUNT(SIGNS); i++) {
        if (pn_str_eq(sign, pn_str_of(SIGNS[i].sign))) {
            return SIGNS[i].comparison;
        }
    }
    return PN_LIQUID_CONTAINS;
}

static pn_err parse_comparison(pn_liquid_parser *parser, pn_liquid_lexer *lexer,
                               pn_liquid_condition *condition) {
    condition->from = lexer->now.from;
    PN_TRY(pn_liquid_parse_expr(parser, lexer, true, &condition->left));
    if (lexer->now.kind != PN_TOKEN_COMPARISON) {
        return PN_OK;
    }
    condition->comparison = comparison_of(lexer->now.text);
    pn_liquid_advance(lexer);
    return pn_liquid_parse_expr(parser, lexer, true, &condition->right);
}

pn_err pn_liquid_parse_condition(pn_liquid_parser *parser, pn_str markup,
                                 const pn_liquid_condition **ret_condition) {
    pn_liquid_lexer lexer = pn_liquid_lex(markup);
    pn_liquid_condition *first = pn_arena_new(parser->arena, pn_liquid_condition);
    pn_liquid_condition *last = first;
    for (;;) {
        PN_TRY(parse_comparison(parser, &lexer, last));
        if (pn_liquid_take_word(&lexer, PN_STR("and"))) {
            last->relation = PN_RELATION_AND;
        } else if (pn_liquid_take_word(&lexer, PN_STR("or"))) {
            last->relation = PN_RELATION_OR;
        } else {
            break;
        }
        last->next = pn_arena_new(parser->arena, pn_liquid_condition);
        last = last->next;
    }
    *ret_condition = first;
    return pn_liquid_parse_end(parser, &lexer);
}
