/* The program under construction: operations, jumps, tables, and what is known of names. */
#ifndef PN_LIQUID_CODE_H
#define PN_LIQUID_CODE_H

#include "base/table.h"
#include "liquid/program.h"
#include "liquid/shape.h"

/* A name at the root of a path, other than loop variables. */
typedef struct {
    uint32_t index;        /* in the program's names */
    bool assigned;         /* by what stands before, in the order of the source */
    pn_liquid_shape shape; /* once assigned */
} pn_liquid_name_info;

/* A `for` around what is being emitted. */
typedef struct pn_liquid_scope {
    struct pn_liquid_scope *outer;
    pn_str variable;
    pn_liquid_shape item;
    unsigned depth;         /* of the loop, from 0 */
    unsigned captures_open; /* around the loop */
    struct pn_liquid_label *next_item, *done;
} pn_liquid_scope;

/* A capture or ifchanged around what is being emitted. */
typedef struct pn_liquid_open_capture {
    struct pn_liquid_open_capture *outer;
    bool changed;   /* ifchanged */
    uint32_t local; /* capture */
} pn_liquid_open_capture;

/* A place in the program that jumps lead to; the jumps met before it is known hang together through
 * their own operands. */
typedef struct pn_liquid_label {
    bool known, used;
    uint32_t at; /* once known; before that the last jump */
} pn_liquid_label;

/* A read of the host's data, before it has a line. */
typedef struct {
    pn_str path;
    size_t offset;
} pn_liquid_read;

/* A cycle without a name and of constants alone: the same values share their position. */
typedef struct pn_liquid_shared_cycle {
    struct pn_liquid_shared_cycle *next; /* of the same hash */
    const pn_liquid_arg *values;
    uint16_t own;
} pn_liquid_shared_cycle;

typedef struct {
    pn_liquid_parser *parser;
    pn_arena *arena;   /* of the template */
    pn_arena *scratch; /* of the tree */
    const pn_liquid_class *root;

    pn_liquid_op *ops;
    uint32_t *positions;
    size_t op_count, op_capacity, position_capacity;
    pn_liquid_value *constants;
    size_t constant_count, constant_capacity;
    pn_liquid_access *fields;
    size_t field_count, field_capacity;
    pn_liquid_name *names;
    size_t name_count, name_capacity;
    pn_liquid_for *loops;
    size_t loop_count, loop_capacity;
    pn_liquid_cycle *cycles;
    size_t cycle_count, cycle_capacity;
    pn_liquid_read *reads;
    size_t read_count, read_capacity;

    pn_table name_infos;    /* by name */
    pn_table loop_offsets;  /* by loop name: the index plus one */
    pn_table shared_cycles; /* by hash of the values */
    pn_liquid_scope *scope;
    pn_liquid_open_capture *capture;
    pn_liquid_label end;
    uint32_t local_count, counter_count, offset_count, own_cycle_count;
    uint32_t loop_depth, case_depth, capture_depth; /* now */
    uint32_t stack_depth;
    pn_liquid_template deepest; /* of each depth, so far */
} pn_liquid_code;

/* Appends an operation that changes the height of the stack by `effect`. */
void pn_liquid_add_op(pn_liquid_code *code, const char *from, pn_liquid_opcode opcode, unsigned a,
                      unsigned b, size_t index, int effect);
void pn_liquid_add_jump(pn_liquid_code *code, const char *from, pn_liquid_opcode opcode, unsigned a,
                        unsigned b, pn_liquid_label *label, int effect);
/* The label is here. */
void pn_liquid_set_label(pn_liquid_code *code, pn_liquid_label *label);
/* Where the next operation will stand. */
uint32_t pn_liquid_here(const pn_liquid_code *code);

size_t pn_liquid_add_constant(pn_liquid_code *code, pn_liquid_value value);
size_t pn_liquid_add_field(pn_liquid_code *code, pn_liquid_access access);
/* What is known of a root name; made at first sight. */
pn_liquid_name_info *pn_liquid_name_of(pn_liquid_code *code, pn_str name);
/* The variable that a name assigns to; the counter that it counts. */
uint32_t pn_liquid_local_of(pn_liquid_code *code, pn_str name);
void pn_liquid_counter_of(pn_liquid_code *code, pn_str name);
void pn_liquid_add_read(pn_liquid_code *code, pn_str path, const char *from);

/* The finished program. */
const pn_liquid_template *pn_liquid_finish(pn_liquid_code *code);

#endif
