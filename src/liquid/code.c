#include "liquid/code.h"

#include <assert.h>

#include "base/banned.h"
#include "base/sort.h"

static const uint32_t NO_JUMP = UINT32_MAX;

/* ── operations ──────────────────────────────────────────────────────────────────────────────── */

uint32_t pn_liquid_here(const pn_liquid_code *code) {
    return (uint32_t)code->op_count;
}

void pn_liquid_add_op(pn_liquid_code *code, const char *from, pn_liquid_opcode opcode, unsigned a,
                      unsigned b, size_t index, int effect) {
    assert(a <= UINT8_MAX && b <= UINT16_MAX && index <= UINT32_MAX);
    code->ops = pn_arena_grow(code->scratch, code->ops, code->op_count, &code->op_capacity,
                              sizeof *code->ops);
    code->positions = pn_arena_grow(code->scratch, code->positions, code->op_count,
                                    &code->position_capacity, sizeof *code->positions);
    code->ops[code->op_count] =
        (pn_liquid_op){(uint8_t)opcode, (uint8_t)a, (uint16_t)b, (uint32_t)index};
    code->positions[code->op_count] = (uint32_t)(from - code->parser->source.ptr);
    code->op_count++;
    assert(effect >= 0 || code->stack_depth >= (uint32_t)-effect);
    code->stack_depth = (uint32_t)((int)code->stack_depth + effect);
    code->deepest.stack_depth = PN_MAX(code->deepest.stack_depth, code->stack_depth);
}

void pn_liquid_add_jump(pn_liquid_code *code, const char *from, pn_liquid_opcode opcode, unsigned a,
                        unsigned b, pn_liquid_label *label, int effect) {
    uint32_t operand = label->known || label->used ? label->at : NO_JUMP;
    if (!label->known) {
        label->used = true;
        label->at = pn_liquid_here(code);
    }
    pn_liquid_add_op(code, from, opcode, a, b, operand, effect);
}

void pn_liquid_set_label(pn_liquid_code *code, pn_liquid_label *label) {
    uint32_t here = pn_liquid_here(code);
    uint32_t jump = label->used ? label->at : NO_JUMP;
    while (jump != NO_JUMP) {
        uint32_t earlier = code->ops[jump].index;
        code->ops[jump].index = here;
        jump = earlier;
    }
    *label = (pn_liquid_label){.known = true, .at = here};
}

/* ── tables ──────────────────────────────────────────────────────────────────────────────────── */

size_t pn_liquid_add_constant(pn_liquid_code *code, pn_liquid_value value) {
    if (value.kind == PN_LIQUID_RANGE) { /* the tree's range goes with the tree */
        pn_liquid_range *range = pn_arena_new(code->arena, pn_liquid_range);
        *range = *value.range;
        value.range = range;
    }
    code->constants = pn_arena_grow(code->scratch, code->constants, code->constant_count,
                                    &code->constant_capacity, sizeof *code->constants);
    code->constants[code->constant_count] = value;
    return code->constant_count++;
}

size_t pn_liquid_add_field(pn_liquid_code *code, pn_liquid_access access) {
    code->fields = pn_arena_grow(code->scratch, code->fields, code->field_count,
                                 &code->field_capacity, sizeof *code->fields);
    code->fields[code->field_count] = access;
    return code->field_count++;
}

pn_liquid_name_info *pn_liquid_name_of(pn_liquid_code *code, pn_str name) {
    pn_liquid_name_info *info = pn_table_get(&code->name_infos, name);
    if (info != NULL) {
        return info;
    }
    info = pn_arena_new(code->scratch, pn_liquid_name_info);
    info->index = (uint32_t)code->name_count;
    (void)pn_table_put(&code->name_infos, name, info);
    code->names = pn_arena_grow(code->scratch, code->names, code->name_count, &code->name_capacity,
                                sizeof *code->names);
    code->names[code->name_count++] = (pn_liquid_name){
        .name = name,
        .local = -1,
        .counter = -1,
        .slot = code->root == NULL ? 0 : pn_liquid_slot(code->root, name),
    };
    return info;
}

uint32_t pn_liquid_local_of(pn_liquid_code *code, pn_str name) {
    uint32_t index = pn_liquid_name_of(code, name)->index; /* may move the names */
    pn_liquid_name *entry = &code->names[index];
    if (entry->local < 0) {
        entry->local = (int32_t)code->local_count++;
    }
    return (uint32_t)entry->local;
}

void pn_liquid_counter_of(pn_liquid_code *code, pn_str name) {
    uint32_t index = pn_liquid_name_of(code, name)->index; /* may move the names */
    pn_liquid_name *entry = &code->names[index];
    if (entry->counter < 0) {
        entry->counter = (int32_t)code->counter_count++;
    }
}

void pn_liquid_add_read(pn_liquid_code *code, pn_str path, const char *from) {
    if (path.ptr == NULL) {
        return;
    }
    code->reads = pn_arena_grow(code->scratch, code->reads, code->read_count, &code->read_capacity,
                                sizeof *code->reads);
    code->reads[code->read_count++] =
        (pn_liquid_read){path, (size_t)(from - code->parser->source.ptr)};
}

/* ── the finished program ────────────────────────────────────────────────────────────────────── */

static int by_offset(const void *left, const void *right) {
    const pn_liquid_read *a = left, *b = right;
    return (a->offset > b->offset) - (a->offset < b->offset);
}

/* The reads with their lines, which one walk through the source counts. */
static const pn_liquid_variable *finish_reads(pn_liquid_code *code) {
    pn_str source = code->parser->source;
    pn_liquid_variable *variables =
        pn_arena_array(code->arena, pn_liquid_variable, code->read_count);
    pn_sort(code->reads, code->read_count, sizeof *code->reads, by_offset, code->scratch);
    unsigned line = 1, column = 1;
    size_t at = 0;
    for (size_t i = 0; i < code->read_count; i++) {
        for (; at < code->reads[i].offset; at++) {
            bool starts_character = ((unsigned char)source.ptr[at] & 0xC0) != 0x80;
            line += source.ptr[at] == '\n';
            column = source.ptr[at] == '\n' ? 1 : column + starts_character;
        }
        variables[i] =
            (pn_liquid_variable){pn_str_dup(code->arena, code->reads[i].path), line, column};
    }
    return variables;
}

#define COPY_OUT(code, items, count)                                                               \
    ((count) == 0                                                                                  \
         ? NULL                                                                                    \
         : (const void *)pn_arena_copy((code)->arena, (items), (count) * sizeof *(items)))

const pn_liquid_template *pn_liquid_finish(pn_liquid_code *code) {
    pn_liquid_template *made = pn_arena_new(code->arena, pn_liquid_template);
    *made = code->deepest;
    made->source = code->parser->source;
    made->root = code->root;
    made->ops = COPY_OUT(code, code->ops, code->op_count);
    made->positions = COPY_OUT(code, code->positions, code->op_count);
    made->constants = COPY_OUT(code, code->constants, code->constant_count);
    made->fields = COPY_OUT(code, code->fields, code->field_count);
    made->names = COPY_OUT(code, code->names, code->name_count);
    made->loops = COPY_OUT(code, code->loops, code->loop_count);
    made->cycles = COPY_OUT(code, code->cycles, code->cycle_count);
    made->host_filters = code->parser->options->filters;
    made->variables = finish_reads(code);
    made->variable_count = code->read_count;
    made->op_count = (uint32_t)code->op_count;
    made->name_count = (uint32_t)code->name_count;
    made->local_count = code->local_count;
    made->counter_count = code->counter_count;
    made->offset_count = code->offset_count;
    made->own_cycle_count = code->own_cycle_count;
    return made;
}
