#include "liquid/emit.h"

#include <assert.h>

#include "base/banned.h"
#include "base/hash.h"
#include "liquid/emit_value.h"
#include "liquid/expression.h"

static pn_err emit_body(pn_liquid_code *code, const pn_liquid_body *body);

/* ── names that a template makes ─────────────────────────────────────────────────────────────── */

/* Which names are assigned or counted anywhere must be known before the first read of one: in a
 * loop, what is assigned further down is read further up. */
static void find_names(pn_liquid_code *code, const pn_liquid_body *body) {
    for (const pn_liquid_node *node = body->first; node != NULL; node = node->next) {
        if (node->kind == PN_NODE_ASSIGN || node->kind == PN_NODE_CAPTURE) {
            (void)pn_liquid_local_of(code, node->text);
        } else if (node->kind == PN_NODE_INCREMENT || node->kind == PN_NODE_DECREMENT) {
            pn_liquid_counter_of(code, node->text);
        }
        find_names(code, &node->body);
        find_names(code, &node->otherwise);
        for (const pn_liquid_branch *branch = node->branches; branch != NULL;
             branch = branch->next) {
            find_names(code, &branch->body);
        }
    }
}

static void note_assigned(pn_liquid_code *code, pn_str name, pn_liquid_shape shape) {
    pn_liquid_name_info *info = pn_liquid_name_of(code, name);
    info->shape = info->assigned ? pn_liquid_shape_either(info->shape, shape) : shape;
    info->assigned = true;
}

/* ── output ──────────────────────────────────────────────────────────────────────────────────── */

static void emit_text(pn_liquid_code *code, pn_str text) {
    if (text.len != 0) {
        size_t offset = (size_t)(text.ptr - code->parser->source.ptr);
        pn_liquid_add_op(code, text.ptr, PN_OP_TEXT, (unsigned)(text.len >> 16),
                         (unsigned)(text.len & 0xFFFF), offset, 0);
    }
}

/* Prints the top of the stack; a variable that was only just pushed is printed from where it is. */
static void emit_print(pn_liquid_code *code, const char *from) {
    static const struct {
        pn_liquid_opcode push, print;
    } DIRECT[] = {
        {PN_OP_ROOT, PN_OP_PRINT_ROOT},
        {PN_OP_ROOT_FIELD, PN_OP_PRINT_ROOT_FIELD},
        {PN_OP_ITEM, PN_OP_PRINT_ITEM},
        {PN_OP_ITEM_FIELD, PN_OP_PRINT_ITEM_FIELD},
    };
    pn_liquid_op *last = &code->ops[code->op_count - 1];
    for (size_t i = 0; i < PN_COUNT(DIRECT); i++) {
        if (last->code == DIRECT[i].push) {
            last->code = (uint8_t)DIRECT[i].print;
            code->stack_depth--;
            return;
        }
    }
    pn_liquid_add_op(code, from, PN_OP_PRINT, 0, 0, 0, -1);
}

/* Strict mode refuses to print what is no single value: the author forgot the field. */
static pn_err check_printable(pn_liquid_code *code, pn_liquid_shape shape, const char *from) {
    if (!code->parser->options->strict || shape.class == NULL) {
        return PN_OK;
    }
    bool list = shape.kind == PN_SHAPE_LIST;
    pn_err err =
        pn_liquid_error_at(code->parser, from, PN_INVALID, "%s cannot be printed as a whole.",
                           list ? "A list" : "An object");
    pn_diag_mend(code->parser->diag,
                 list ? "Go through it with “for”." : "Print one of its fields.");
    return err;
}

static pn_err emit_output(pn_liquid_code *code, const pn_liquid_node *node) {
    if (node->value.value == NULL) {
        return PN_OK;
    }
    pn_liquid_shape shape;
    PN_TRY(pn_liquid_emit_filtered(code, &node->value, node->from, &shape));
    PN_TRY(check_printable(code, shape, node->value.value->from));
    emit_print(code, node->from);
    return PN_OK;
}

/* ── captures ────────────────────────────────────────────────────────────────────────────────── */

static void open_capture(pn_liquid_code *code, const pn_liquid_node *node,
                         pn_liquid_open_capture *capture) {
    pn_liquid_add_op(code, node->from, PN_OP_CAPTURE, code->capture_depth, 0, 0, 0);
    capture->outer = code->capture;
    code->capture = capture;
    code->capture_depth++;
    code->deepest.capture_depth = PN_MAX(code->deepest.capture_depth, code->capture_depth);
}

/* Code that ends the capture `depth`. */
static void emit_capture_end(pn_liquid_code *code, const pn_liquid_open_capture *capture,
                             unsigned depth, const char *from) {
    pn_liquid_add_op(code, from, capture->changed ? PN_OP_CHANGED : PN_OP_CAPTURED, depth, 0,
                     capture->local, 0);
}

static pn_err emit_capture(pn_liquid_code *code, const pn_liquid_node *node) {
    bool changed = node->kind == PN_NODE_IFCHANGED;
    pn_liquid_open_capture capture = {.changed = changed};
    if (!changed) {
        capture.local = pn_liquid_local_of(code, node->text);
    }
    open_capture(code, node, &capture);
    PN_TRY(emit_body(code, &node->body));
    code->capture = capture.outer;
    code->capture_depth--;
    emit_capture_end(code, &capture, code->capture_depth, node->from);
    if (!changed) {
        note_assigned(code, node->text, pn_liquid_shape_scalar());
    }
    return PN_OK;
}

/* break and continue: the captures that were opened within the loop end first. Outside of any loop
 * either ends the whole text. */
static pn_err emit_interrupt(pn_liquid_code *code, const pn_liquid_node *node) {
    pn_liquid_scope *scope = code->scope;
    if (scope == NULL && code->parser->options->strict) {
        return pn_liquid_error_at(code->parser, node->from, PN_INVALID,
                                  "“%s” has a meaning within “for” only.",
                                  node->kind == PN_NODE_BREAK ? "break" : "continue");
    }
    unsigned depth = code->capture_depth;
    unsigned until = scope == NULL ? 0 : scope->captures_open;
    for (const pn_liquid_open_capture *capture = code->capture; depth > until;
         capture = capture->outer) {
        depth--;
        emit_capture_end(code, capture, depth, node->from);
    }
    pn_liquid_label *target = scope == NULL                 ? &code->end
                              : node->kind == PN_NODE_BREAK ? scope->done
                                                            : scope->next_item;
    pn_liquid_add_jump(code, node->from, PN_OP_JUMP, 0, 0, target, 0);
    return PN_OK;
}

/* ── if, case ────────────────────────────────────────────────────────────────────────────────── */

static pn_err emit_if(pn_liquid_code *code, const pn_liquid_node *node) {
    pn_liquid_label done = {0};
    for (const pn_liquid_branch *branch = node->branches; branch != NULL; branch = branch->next) {
        pn_liquid_label next = {0};
        if (branch->condition != NULL) {
            PN_TRY(pn_liquid_emit_condition(code, branch->condition, branch->negated, &next));
        }
        PN_TRY(emit_body(code, &branch->body));
        if (branch->next != NULL) {
            pn_liquid_add_jump(code, node->from, PN_OP_JUMP, 0, 0, &done, 0);
        }
        pn_liquid_set_label(code, &next);
    }
    pn_liquid_set_label(code, &done);
    return PN_OK;
}

/* Every when that holds is written, once for each of its values that is the subject; an else only
 * if nothing before it was. */
static pn_err emit_case(pn_liquid_code *code, const pn_liquid_node *node) {
    pn_liquid_shape ignored;
    unsigned depth = code->case_depth++;
    code->deepest.case_depth = PN_MAX(code->deepest.case_depth, code->case_depth);
    PN_TRY(pn_liquid_emit_expr(code, node->value.value, &ignored));
    pn_liquid_add_op(code, node->from, PN_OP_CASE, depth, 0, 0, -1);
    for (const pn_liquid_branch *branch = node->branches; branch != NULL; branch = branch->next) {
        pn_liquid_label next = {0}, again = {0};
        for (const pn_liquid_arg *value = branch->values; value != NULL; value = value->next) {
            PN_TRY(pn_liquid_emit_expr(code, value->value, &ignored));
            pn_liquid_add_op(code, value->value->from, PN_OP_WHEN, depth, 0, 0, -1);
        }
        bool is_else = branch->values == NULL;
        pn_liquid_set_label(code, &again);
        pn_liquid_add_jump(code, node->from, is_else ? PN_OP_CASE_ELSE : PN_OP_WHEN_BODY, depth, 0,
                           &next, 0);
        PN_TRY(emit_body(code, &branch->body));
        if (!is_else && branch->values->next != NULL) {
            pn_liquid_add_jump(code, node->from, PN_OP_JUMP, 0, 0, &again, 0);
        }
        pn_liquid_set_label(code, &next);
    }
    code->case_depth--;
    return PN_OK;
}

/* ── for, cycle ──────────────────────────────────────────────────────────────────────────────── */

static uint16_t offset_of(pn_liquid_code *code, pn_str loop_name) {
    uintptr_t known = (uintptr_t)pn_table_get(&code->loop_offsets, loop_name);
    if (known == 0) {
        known = ++code->offset_count;
        (void)pn_table_put(&code->loop_offsets, loop_name, (void *)known);
    }
    return (uint16_t)(known - 1);
}

static size_t add_loop(pn_liquid_code *code, const pn_liquid_node *node) {
    code->loops = pn_arena_grow(code->scratch, code->loops, code->loop_count, &code->loop_capacity,
                                sizeof *code->loops);
    code->loops[code->loop_count] = (pn_liquid_for){
        .name = pn_str_dup(code->arena, node->loop_name),
        .variable = node->text,
        .offset = offset_of(code, node->loop_name),
        .depth = (uint8_t)code->loop_depth,
        .has_offset = node->offset != NULL && !node->resumes,
        .has_limit = node->limit != NULL,
        .resumes = node->resumes,
        .reversed = node->reversed,
    };
    return code->loop_count++;
}

/* The collection, offset and limit, on the stack. */
static pn_err emit_for_head(pn_liquid_code *code, const pn_liquid_node *node, int *ret_values,
                            pn_liquid_shape *ret_collection) {
    pn_liquid_shape ignored;
    int values = 1;
    PN_TRY(pn_liquid_emit_expr(code, node->value.value, ret_collection));
    if (node->offset != NULL && !node->resumes) {
        PN_TRY(pn_liquid_emit_expr(code, node->offset, &ignored));
        values++;
    }
    if (node->limit != NULL) {
        PN_TRY(pn_liquid_emit_expr(code, node->limit, &ignored));
        values++;
    }
    *ret_values = values;
    return PN_OK;
}

static pn_err emit_for(pn_liquid_code *code, const pn_liquid_node *node) {
    pn_liquid_label body = {0}, next = {0}, nothing = {0}, done = {0};
    pn_liquid_shape collection;
    int values = 0;
    PN_TRY(emit_for_head(code, node, &values, &collection));
    size_t loop = add_loop(code, node);
    pn_liquid_scope scope = {.outer = code->scope,
                             .variable = node->text,
                             .item = pn_liquid_shape_item(collection, code->scratch),
                             .depth = code->loop_depth,
                             .captures_open = code->capture_depth,
                             .next_item = &next,
                             .done = &done};
    pn_liquid_add_jump(code, node->from, PN_OP_FOR, scope.depth, (unsigned)loop, &nothing, -values);
    code->scope = &scope;
    code->loop_depth++;
    code->deepest.loop_depth = PN_MAX(code->deepest.loop_depth, code->loop_depth);
    pn_liquid_set_label(code, &body);
    PN_TRY(emit_body(code, &node->body));
    code->loop_depth--;
    code->scope = scope.outer;
    pn_liquid_set_label(code, &next);
    pn_liquid_add_jump(code, node->from, PN_OP_NEXT, scope.depth, 0, &body, 0);
    if (node->otherwise.first != NULL) {
        pn_liquid_add_jump(code, node->from, PN_OP_JUMP, 0, 0, &done, 0);
    }
    pn_liquid_set_label(code, &nothing);
    PN_TRY(emit_body(code, &node->otherwise));
    pn_liquid_set_label(code, &done);
    return PN_OK;
}

static bool same_constant(pn_liquid_value a, pn_liquid_value b) {
    return a.kind == b.kind &&
           (a.kind == PN_LIQUID_STR ? pn_str_eq(pn_liquid_text(a), pn_liquid_text(b))
                                    : a.integer == b.integer);
}

static bool same_constants(const pn_liquid_arg *a, const pn_liquid_arg *b) {
    while (a != NULL && b != NULL && same_constant(a->value->constant, b->value->constant)) {
        a = a->next;
        b = b->next;
    }
    return a == NULL && b == NULL;
}

static uint64_t hash_of(const pn_liquid_arg *values) {
    uint64_t hash = 0;
    for (; values != NULL; values = values->next) {
        pn_liquid_value value = values->value->constant;
        hash = pn_mix64(hash + value.kind);
        hash = value.kind == PN_LIQUID_STR ? pn_hash64_str(pn_liquid_text(value), hash)
                                           : pn_mix64(hash ^ (uint64_t)value.integer);
    }
    return hash;
}

static bool all_constant(const pn_liquid_arg *values) {
    while (values != NULL && values->value->kind == PN_EXPR_CONST) {
        values = values->next;
    }
    return values == NULL;
}

static uint16_t position_of(pn_liquid_code *code, const pn_liquid_node *node) {
    if (!all_constant(node->values)) {
        return (uint16_t)code->own_cycle_count++;
    }
    int64_t hash = (int64_t)hash_of(node->values);
    pn_liquid_shared_cycle *first = pn_table_get_int(&code->shared_cycles, hash);
    for (const pn_liquid_shared_cycle *shared = first; shared != NULL; shared = shared->next) {
        if (same_constants(shared->values, node->values)) {
            return shared->own;
        }
    }
    pn_liquid_shared_cycle *shared = pn_arena_new(code->scratch, pn_liquid_shared_cycle);
    *shared = (pn_liquid_shared_cycle){first, node->values, (uint16_t)code->own_cycle_count++};
    (void)pn_table_put_int(&code->shared_cycles, hash, shared);
    return shared->own;
}

static pn_err emit_cycle(pn_liquid_code *code, const pn_liquid_node *node) {
    pn_liquid_shape ignored;
    pn_liquid_label done = {0};
    uint32_t count = 0;
    for (const pn_liquid_arg *value = node->values; value != NULL; value = value->next) {
        count++;
    }
    if (node->name != NULL) {
        PN_TRY(pn_liquid_emit_expr(code, node->name, &ignored));
    }
    uint32_t *starts = pn_arena_array(code->arena, uint32_t, count);
    code->cycles = pn_arena_grow(code->scratch, code->cycles, code->cycle_count,
                                 &code->cycle_capacity, sizeof *code->cycles);
    size_t cycle = code->cycle_count++;
    code->cycles[cycle] = (pn_liquid_cycle){
        .named = node->name != NULL,
        .own = node->name != NULL ? (uint16_t)0 : position_of(code, node),
        .count = count,
        .values = starts,
    };
    pn_liquid_add_op(code, node->from, PN_OP_CYCLE, 0, 0, cycle, node->name != NULL ? -1 : 0);
    for (const pn_liquid_arg *value = node->values; value != NULL; value = value->next) {
        *starts++ = pn_liquid_here(code);
        PN_TRY(pn_liquid_emit_expr(code, value->value, &ignored));
        emit_print(code, node->from);
        pn_liquid_add_jump(code, node->from, PN_OP_JUMP, 0, 0, &done, 0);
    }
    pn_liquid_set_label(code, &done);
    code->cycles[cycle].done = pn_liquid_here(code);
    return PN_OK;
}

/* ── all of them ─────────────────────────────────────────────────────────────────────────────── */

static pn_err emit_assign(pn_liquid_code *code, const pn_liquid_node *node) {
    pn_liquid_shape shape;
    PN_TRY(pn_liquid_emit_filtered(code, &node->value, node->from, &shape));
    pn_liquid_add_op(code, node->from, PN_OP_ASSIGN, 0, 0, pn_liquid_local_of(code, node->text),
                     -1);
    note_assigned(code, node->text, shape);
    return PN_OK;
}

static pn_err emit_node(pn_liquid_code *code, const pn_liquid_node *node) {
    switch (node->kind) {
    case PN_NODE_NOTHING: return PN_OK;
    case PN_NODE_TEXT:
    case PN_NODE_RAW: emit_text(code, node->text); return PN_OK;
    case PN_NODE_OUTPUT: return emit_output(code, node);
    case PN_NODE_ASSIGN: return emit_assign(code, node);
    case PN_NODE_CAPTURE:
    case PN_NODE_IFCHANGED: return emit_capture(code, node);
    case PN_NODE_IF: return emit_if(code, node);
    case PN_NODE_CASE: return emit_case(code, node);
    case PN_NODE_FOR: return emit_for(code, node);
    case PN_NODE_CYCLE: return emit_cycle(code, node);
    case PN_NODE_INCREMENT:
    case PN_NODE_DECREMENT:
        pn_liquid_add_op(code, node->from,
                         node->kind == PN_NODE_INCREMENT ? PN_OP_INCREMENT : PN_OP_DECREMENT, 0, 0,
                         pn_liquid_name_of(code, node->text)->index, 0);
        return PN_OK;
    case PN_NODE_BREAK:
    case PN_NODE_CONTINUE: return emit_interrupt(code, node);
    }
    return PN_INVALID;
}

static pn_err emit_body(pn_liquid_code *code, const pn_liquid_body *body) {
    for (const pn_liquid_node *node = body->first; node != NULL; node = node->next) {
        PN_TRY(emit_node(code, node));
    }
    return PN_OK;
}

pn_err pn_liquid_emit(pn_liquid_parser *parser, const pn_liquid_body *body, pn_arena *arena,
                      const pn_liquid_template **ret_template) {
    pn_liquid_code code = {
        .parser = parser,
        .arena = arena,
        .scratch = parser->arena,
        .root = parser->options->root,
        .name_infos = pn_table_on(parser->arena),
        .loop_offsets = pn_table_on(parser->arena),
        .shared_cycles = pn_table_on(parser->arena),
    };
    find_names(&code, body);
    PN_TRY(emit_body(&code, body));
    pn_liquid_set_label(&code, &code.end);
    pn_liquid_add_op(&code, parser->source.ptr + parser->source.len, PN_OP_END, 0, 0, 0, 0);
    assert(code.stack_depth == 0);
    *ret_template = pn_liquid_finish(&code);
    return PN_OK;
}
