#include "liquid/emit_value.h"

#include "base/banned.h"
#include "liquid/access.h"
#include "liquid/expression.h"
#include "liquid/suggest.h"

static bool is_strict(const pn_liquid_code *code) {
    return code->parser->options->strict;
}

static void emit_constant(pn_liquid_code *code, const char *from, pn_liquid_value value) {
    pn_liquid_add_op(code, from, PN_OP_CONST, 0, 0, pn_liquid_add_constant(code, value), 1);
}

/* ── roots of paths ──────────────────────────────────────────────────────────────────────────── */

static pn_err unknown_variable(pn_liquid_code *code, pn_str name, const char *from) {
    pn_liquid_parser *parser = code->parser;
    const pn_liquid_name_info *info = pn_table_get(&code->name_infos, name);
    if (info != NULL && code->names[info->index].local >= 0) {
        pn_err err = pn_liquid_error_at(parser, from, PN_INVALID,
                                        "“%.*s” is read before anything is assigned to it.",
                                        PN_STR_ARG(pn_str_first(name, 60)));
        pn_diag_mend(parser->diag, "Assign a first value further up.");
        return err;
    }
    pn_err err = pn_liquid_error_at(parser, from, PN_INVALID, "There is no variable “%.*s”.",
                                    PN_STR_ARG(pn_str_first(name, 60)));
    pn_liquid_suggestion suggestion = pn_liquid_suggest(name);
    for (uint32_t slot = 1; slot < code->root->count; slot++) {
        pn_liquid_suggest_from(&suggestion, pn_str_of(code->root->fields[slot].name));
    }
    for (const pn_liquid_scope *scope = code->scope; scope != NULL; scope = scope->outer) {
        pn_liquid_suggest_from(&suggestion, scope->variable);
    }
    for (size_t i = 0; i < code->name_count; i++) {
        if (code->names[i].local >= 0 || code->names[i].counter >= 0) {
            pn_liquid_suggest_from(&suggestion, code->names[i].name);
        }
    }
    pn_liquid_suggest_end(&suggestion, parser->diag);
    return err;
}

/* A name that no loop around declares: assigned, counted, or the host's. */
static pn_err emit_name(pn_liquid_code *code, pn_str name, const char *from,
                        pn_liquid_shape *ret_shape) {
    pn_liquid_name_info *info = pn_liquid_name_of(code, name);
    pn_liquid_name entry = code->names[info->index];
    pn_liquid_shape shape = {.kind = PN_SHAPE_ANY, .path = name};
    if (info->assigned) {
        shape = info->shape;
    } else if (entry.slot != 0) {
        shape = pn_liquid_shape_of_field(code->root, entry.slot, name);
    } else if (entry.counter >= 0) {
        shape = pn_liquid_shape_scalar();
    } else if (is_strict(code) && code->root != NULL) {
        return unknown_variable(code, name, from);
    }
    if (entry.slot != 0 && entry.local < 0 && entry.counter < 0) {
        pn_liquid_add_op(code, from, PN_OP_ROOT, 0, 0, entry.slot, 1);
    } else {
        pn_liquid_add_op(code, from, PN_OP_NAME, 0, 0, info->index, 1);
    }
    *ret_shape = shape;
    return PN_OK;
}

/* The loop around that the name belongs to, or NULL. `forloop` is the innermost one's unless that
 * calls its item so. */
static const pn_liquid_scope *scope_of(const pn_liquid_code *code, pn_str name, bool *ret_forloop) {
    *ret_forloop = false;
    for (const pn_liquid_scope *scope = code->scope; scope != NULL; scope = scope->outer) {
        if (pn_str_eq(scope->variable, name)) {
            return scope;
        }
        if (pn_str_is(name, "forloop")) {
            *ret_forloop = true;
            return scope;
        }
    }
    return NULL;
}

/* forloop.parentloop.index and the like: which loop it is, is known already. Returns the segments
 * that are left. */
static const pn_liquid_segment *emit_forloop(pn_liquid_code *code, const pn_liquid_scope *scope,
                                             const pn_liquid_segment *segments, const char *from) {
    unsigned depth = scope->depth;
    for (; segments != NULL && segments->key == NULL; segments = segments->next) {
        pn_liquid_loop_field field = pn_liquid_loop_field_of(segments->name);
        if (field != PN_LIQUID_LOOP_PARENT) {
            pn_liquid_add_op(code, from, PN_OP_FORLOOP_FIELD, depth, field, 0, 1);
            return segments->next;
        }
        if (depth == 0) {
            emit_constant(code, from, pn_liquid_nil());
            return segments->next;
        }
        depth--;
    }
    pn_liquid_add_op(code, from, PN_OP_FORLOOP, depth, 0, 0, 1);
    return segments;
}

/* ── segments ────────────────────────────────────────────────────────────────────────────────── */

/* `.name` on what was just pushed: one operation with a root slot or a loop's item. The size of a
 * text is an operation of its own, because it is charged by the text's length. */
static void emit_field(pn_liquid_code *code, const char *from, pn_liquid_access access) {
    size_t index = pn_liquid_add_field(code, access);
    pn_liquid_op *last = &code->ops[code->op_count - 1];
    if (access.slot == 0 && access.command && pn_str_is(access.name, "size")) {
        pn_liquid_add_op(code, from, PN_OP_FIELD, 0, 0, index, 0);
    } else if (last->code == PN_OP_ROOT && last->index <= UINT16_MAX) {
        *last = (pn_liquid_op){PN_OP_ROOT_FIELD, 0, (uint16_t)last->index, (uint32_t)index};
    } else if (last->code == PN_OP_ITEM) {
        *last = (pn_liquid_op){PN_OP_ITEM_FIELD, last->a, 0, (uint32_t)index};
    } else {
        pn_liquid_add_op(code, from, PN_OP_FIELD, 0, 0, index, 0);
    }
}

static pn_err emit_segment(pn_liquid_code *code, const pn_liquid_segment *segment,
                           pn_liquid_shape *shape) {
    const pn_liquid_expr *key = segment->key;
    bool named = key == NULL || (key->kind == PN_EXPR_CONST && key->constant.kind == PN_LIQUID_STR);
    if (named) {
        pn_liquid_access access = {
            .name = key == NULL ? segment->name : pn_liquid_text(key->constant),
            .class = shape->kind == PN_SHAPE_OBJECT ? shape->class : NULL,
            .command = key == NULL,
        };
        PN_TRY(pn_liquid_shape_field(code->parser, *shape, access.name, segment->from,
                                     access.command, &access.slot, shape));
        access.class = access.slot == 0 ? NULL : access.class;
        emit_field(code, segment->from, access);
        return PN_OK;
    }
    pn_liquid_shape ignored;
    PN_TRY(pn_liquid_emit_expr(code, key, &ignored));
    pn_liquid_add_op(code, segment->from, PN_OP_LOOK_UP, 0, 0, 0, -1);
    *shape = pn_liquid_shape_item(*shape, code->scratch);
    return PN_OK;
}

static pn_err emit_path(pn_liquid_code *code, const pn_liquid_expr *expr,
                        pn_liquid_shape *ret_shape) {
    pn_liquid_shape shape = {.kind = PN_SHAPE_ANY};
    const pn_liquid_segment *segment = expr->segments;
    bool forloop = false;
    const pn_liquid_scope *scope =
        expr->root_key == NULL ? scope_of(code, expr->name, &forloop) : NULL;
    if (expr->root_key != NULL) {
        PN_TRY(pn_liquid_emit_expr(code, expr->root_key, &shape));
        pn_liquid_add_op(code, expr->from, PN_OP_BY_NAME, code->loop_depth, 0, 0, 0);
        shape = (pn_liquid_shape){.kind = PN_SHAPE_ANY};
    } else if (forloop) {
        segment = emit_forloop(code, scope, segment, expr->from);
    } else if (scope != NULL) {
        pn_liquid_add_op(code, expr->from, PN_OP_ITEM, scope->depth, 0, 0, 1);
        shape = scope->item;
    } else {
        PN_TRY(emit_name(code, expr->name, expr->from, &shape));
    }
    for (; segment != NULL; segment = segment->next) {
        PN_TRY(emit_segment(code, segment, &shape));
    }
    pn_liquid_add_read(code, shape.path, expr->from);
    *ret_shape = shape;
    return PN_OK;
}

pn_err pn_liquid_emit_expr(pn_liquid_code *code, const pn_liquid_expr *expr,
                           pn_liquid_shape *ret_shape) {
    pn_liquid_shape ignored;
    switch (expr->kind) {
    case PN_EXPR_CONST:
        emit_constant(code, expr->from, expr->constant);
        *ret_shape = expr->constant.kind == PN_LIQUID_NIL ? (pn_liquid_shape){.kind = PN_SHAPE_ANY}
                                                          : pn_liquid_shape_scalar();
        return PN_OK;
    case PN_EXPR_PATH: return emit_path(code, expr, ret_shape);
    case PN_EXPR_RANGE:
        PN_TRY(pn_liquid_emit_expr(code, expr->first, &ignored));
        PN_TRY(pn_liquid_emit_expr(code, expr->last, &ignored));
        pn_liquid_add_op(code, expr->from, PN_OP_RANGE, 0, 0, 0, -1);
        *ret_shape = (pn_liquid_shape){.kind = PN_SHAPE_LIST};
        return PN_OK;
    }
    return PN_INVALID;
}

/* ── filters ─────────────────────────────────────────────────────────────────────────────────── */

/* The arguments behind the value; returns how many values stand on the stack for the filter. */
static pn_err emit_args(pn_liquid_code *code, const pn_liquid_call *call, size_t *ret_count,
                        pn_liquid_shape *ret_first) {
    size_t count = 1;
    pn_liquid_shape shape;
    *ret_first = pn_liquid_shape_scalar();
    size_t most = call->filter != NULL ? call->filter->args_max : call->host_filter->args_max;
    for (const pn_liquid_arg *arg = call->args; arg != NULL && count <= most; arg = arg->next) {
        PN_TRY(pn_liquid_emit_expr(code, arg->value, &shape));
        if (arg == call->args) {
            *ret_first = shape;
        }
        count++;
    }
    if (call->keyword_value != NULL) {
        for (; count <= call->filter->args_max; count++) {
            emit_constant(code, call->from, pn_liquid_str(PN_STR("")));
        }
        PN_TRY(pn_liquid_emit_expr(code, call->keyword_value, &shape));
        count++;
    }
    *ret_count = count;
    return PN_OK;
}

/* Checks and records the field that `map`, `where` and the like name in their first argument. */
static pn_err check_named_field(pn_liquid_code *code, const pn_liquid_call *call,
                                pn_liquid_shape input, pn_liquid_shape *ret_field) {
    *ret_field = (pn_liquid_shape){.kind = PN_SHAPE_ANY};
    const pn_liquid_expr *name = call->args == NULL ? NULL : call->args->value;
    if (!call->filter->names_field || name == NULL || name->kind != PN_EXPR_CONST ||
        name->constant.kind != PN_LIQUID_STR) {
        return PN_OK;
    }
    PN_TRY(pn_liquid_shape_field_of_items(code->parser, input, pn_liquid_text(name->constant),
                                          name->from, ret_field));
    pn_liquid_add_read(code, ret_field->path, name->from);
    return PN_OK;
}

static pn_liquid_shape shape_made(pn_liquid_code *code, const pn_liquid_call *call,
                                  pn_liquid_shape input, pn_liquid_shape argument) {
    pn_liquid_shape made = {.kind = PN_SHAPE_ANY};
    switch (call->filter->makes) {
    case PN_LIQUID_MAKES_OTHER: made = pn_liquid_shape_scalar(); break;
    case PN_LIQUID_MAKES_SAME:
        if (input.kind == PN_SHAPE_LIST || input.kind == PN_SHAPE_SCALAR) {
            made = input;
        }
        break;
    case PN_LIQUID_MAKES_ITEM: made = pn_liquid_shape_item(input, code->scratch); break;
    case PN_LIQUID_MAKES_MAPPED: break;
    case PN_LIQUID_MAKES_DEFAULT: made = pn_liquid_shape_either(input, argument); break;
    }
    return made;
}

static pn_err emit_call(pn_liquid_code *code, const pn_liquid_call *call, pn_liquid_shape *shape) {
    size_t count = 0;
    pn_liquid_shape argument, field;
    PN_TRY(emit_args(code, call, &count, &argument));
    if (call->host_filter != NULL) {
        size_t index = (size_t)(call->host_filter - code->parser->options->filters);
        pn_liquid_add_op(code, call->from, PN_OP_HOST_FILTER, (unsigned)count, 0, index,
                         1 - (int)count);
        *shape = (pn_liquid_shape){.kind = PN_SHAPE_ANY};
        return PN_OK;
    }
    PN_TRY(check_named_field(code, call, *shape, &field));
    pn_liquid_add_op(code, call->from, PN_OP_FILTER, (unsigned)count, 0,
                     pn_liquid_filter_index(call->filter), 1 - (int)count);
    *shape = shape_made(code, call, *shape, argument);
    return PN_OK;
}

pn_err pn_liquid_emit_filtered(pn_liquid_code *code, const pn_liquid_filtered *filtered,
                               const char *from, pn_liquid_shape *ret_shape) {
    if (filtered->value == NULL) {
        emit_constant(code, from, pn_liquid_nil());
        *ret_shape = (pn_liquid_shape){.kind = PN_SHAPE_ANY};
        return PN_OK;
    }
    PN_TRY(pn_liquid_emit_expr(code, filtered->value, ret_shape));
    for (const pn_liquid_call *call = filtered->calls; call != NULL; call = call->next) {
        PN_TRY(emit_call(code, call, ret_shape));
    }
    return PN_OK;
}

/* ── conditions ──────────────────────────────────────────────────────────────────────────────── */

static pn_err emit_comparison(pn_liquid_code *code, const pn_liquid_condition *condition) {
    pn_liquid_shape ignored;
    PN_TRY(pn_liquid_emit_expr(code, condition->left, &ignored));
    if (condition->right != NULL) {
        PN_TRY(pn_liquid_emit_expr(code, condition->right, &ignored));
        pn_liquid_add_op(code, condition->from, PN_OP_COMPARE, condition->comparison, 0, 0, -1);
    }
    return PN_OK;
}

/* `a and b or c` is a and (b or c): a false `and` and a true `or` decide the whole. */
pn_err pn_liquid_emit_condition(pn_liquid_code *code, const pn_liquid_condition *condition,
                                bool negated, pn_liquid_label *on_false) {
    pn_liquid_label on_true = {0};
    pn_liquid_label *holds = negated ? on_false : &on_true;
    pn_liquid_label *fails = negated ? &on_true : on_false;
    for (; condition != NULL; condition = condition->next) {
        PN_TRY(emit_comparison(code, condition));
        if (condition->relation == PN_RELATION_OR) {
            pn_liquid_add_jump(code, condition->from, PN_OP_JUMP_IF, 0, 0, holds, -1);
        } else if (condition->relation == PN_RELATION_AND) {
            pn_liquid_add_jump(code, condition->from, PN_OP_JUMP_UNLESS, 0, 0, fails, -1);
        } else {
            pn_liquid_add_jump(code, condition->from, negated ? PN_OP_JUMP_IF : PN_OP_JUMP_UNLESS,
                               0, 0, on_false, -1);
        }
    }
    pn_liquid_set_label(code, &on_true);
    return PN_OK;
}
