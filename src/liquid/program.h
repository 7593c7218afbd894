/* What a template is compiled to. Made by emit.c, executed by render.c.
 *
 * Types only: there is nothing to implement. */
#ifndef PN_LIQUID_PROGRAM_H
#define PN_LIQUID_PROGRAM_H

#include "liquid/liquid.h"

typedef enum {
    PN_OP_END,
    PN_OP_TEXT, /* writes `index`, length `a` << 16 | `b`, of the source */
    /* Push a value. */
    PN_OP_CONST,         /* constants[index] */
    PN_OP_ROOT,          /* slot `index` of the root */
    PN_OP_ROOT_FIELD,    /* fields[index] of slot `b` of the root */
    PN_OP_NAME,          /* names[index] */
    PN_OP_ITEM,          /* the loop variable of loop `a` */
    PN_OP_ITEM_FIELD,    /* fields[index] of the loop variable of loop `a` */
    PN_OP_FORLOOP,       /* `forloop` of loop `a` */
    PN_OP_FORLOOP_FIELD, /* the pn_liquid_loop_field `b` of loop `a` */
    /* Change the top of the stack. */
    PN_OP_FIELD,   /* fields[index] of the top */
    PN_OP_LOOK_UP, /* pops a key, replaces the top by what stands under it */
    PN_OP_BY_NAME, /* replaces the top, a name, by the variable of that name; `a` loops around */
    PN_OP_RANGE,   /* pops two, pushes the range */
    PN_OP_COMPARE, /* pops two, pushes whether pn_liquid_comparison `a` holds */
    PN_OP_FILTER,  /* filters[index] with `a` values, replaced by its result */
    PN_OP_HOST_FILTER,
    /* Write a value. */
    PN_OP_PRINT, /* the top, popped */
    PN_OP_PRINT_ROOT,
    PN_OP_PRINT_ROOT_FIELD,
    PN_OP_PRINT_ITEM,
    PN_OP_PRINT_ITEM_FIELD,
    /* Go elsewhere. */
    PN_OP_JUMP,
    PN_OP_JUMP_IF,     /* pops */
    PN_OP_JUMP_UNLESS, /* pops */
    PN_OP_FOR,         /* loops[b] starts; to `index` when there is nothing to go through */
    PN_OP_NEXT,        /* loop `a` has more items: to `index` */
    /* case: the subject is kept in cases[a]. */
    PN_OP_CASE,
    PN_OP_WHEN,      /* pops a value; notes whether it is the subject */
    PN_OP_WHEN_BODY, /* to `index` unless a match is still to be written */
    PN_OP_CASE_ELSE, /* to `index` if there was a match */
    /* Change state. */
    PN_OP_ASSIGN,   /* pops into locals[index] */
    PN_OP_CAPTURE,  /* what is written from here on belongs to capture `a` */
    PN_OP_CAPTURED, /* capture `a` ends and becomes locals[index] */
    PN_OP_CHANGED,  /* capture `a` ends and is written if it differs from the last such text */
    PN_OP_INCREMENT,
    PN_OP_DECREMENT, /* counter of names[index] */
    PN_OP_CYCLE,     /* cycles[index]: pops the name, jumps to the right value's code */
} pn_liquid_opcode;

typedef struct {
    uint8_t code; /* pn_liquid_opcode */
    uint8_t a;
    uint16_t b;
    uint32_t index;
} pn_liquid_op;

typedef enum {
    PN_LIQUID_EQUAL,
    PN_LIQUID_NOT_EQUAL,
    PN_LIQUID_LESS,
    PN_LIQUID_GREATER,
    PN_LIQUID_LESS_EQUAL,
    PN_LIQUID_GREATER_EQUAL,
    PN_LIQUID_CONTAINS,
} pn_liquid_comparison;

typedef enum {
    PN_LIQUID_LOOP_INDEX,
    PN_LIQUID_LOOP_INDEX0,
    PN_LIQUID_LOOP_RINDEX,
    PN_LIQUID_LOOP_RINDEX0,
    PN_LIQUID_LOOP_FIRST,
    PN_LIQUID_LOOP_LAST,
    PN_LIQUID_LOOP_LENGTH,
    PN_LIQUID_LOOP_PARENT,
    PN_LIQUID_LOOP_NAME,
    PN_LIQUID_LOOP_FIELDS, /* none of them */
} pn_liquid_loop_field;

/* `.name` on a value. Where the compiler knows the class, `slot` is right whenever the object is of
 * it; anything else is looked up by name. */
typedef struct {
    pn_str name;
    const pn_liquid_class *class;
    uint32_t slot;
    bool command; /* behind a dot: `size`, `first` and `last` have a meaning of their own */
} pn_liquid_access;

/* A root name that is not simply a slot. Its meanings in the order in which they count; -1 or 0:
 * it has none of that kind. */
typedef struct {
    pn_str name;
    int32_t local;
    int32_t counter;
    uint32_t slot;
} pn_liquid_name;

typedef struct {
    pn_str name;     /* "item-items", what `offset: continue` continues */
    pn_str variable; /* for look-ups by a computed name */
    uint16_t offset; /* where the reached offset is remembered */
    uint8_t depth;
    bool has_offset, has_limit; /* on the stack, in this order, behind the collection */
    bool resumes;               /* offset: continue */
    bool reversed;
} pn_liquid_for;

/* The cycle's values stand one behind the other as code, each ended by a jump to `done`. */
typedef struct {
    bool named;   /* its name is on the stack; otherwise `position` is its own */
    uint16_t own; /* index of the position of an unnamed cycle */
    uint32_t count;
    const uint32_t *values; /* where each value's code begins */
    uint32_t done;
} pn_liquid_cycle;

struct pn_liquid_template {
    pn_str source;
    const pn_liquid_class *root;
    const pn_liquid_op *ops;
    const uint32_t *positions; /* offset in the source of each operation */
    const pn_liquid_value *constants;
    const pn_liquid_access *fields;
    const pn_liquid_name *names;
    const pn_liquid_for *loops;
    const pn_liquid_cycle *cycles;
    const pn_liquid_host_filter *host_filters;
    const pn_liquid_variable *variables;
    size_t variable_count;
    uint32_t op_count, name_count, local_count, counter_count, offset_count, own_cycle_count;
    /* How deep each gets. */
    uint32_t stack_depth, loop_depth, case_depth, capture_depth;
};

#endif
