/* What the compiler knows of a value before there is data: its class, and the path in the host's
 * data that it was read from. It serves three ends: fields by slot, strict mode's errors, and the
 * list of variables. */
#ifndef PN_LIQUID_SHAPE_H
#define PN_LIQUID_SHAPE_H

#include "liquid/tree.h"

typedef enum {
    PN_SHAPE_ANY,    /* nothing is known, or nothing can be */
    PN_SHAPE_SCALAR, /* a text, number, date …: no fields */
    PN_SHAPE_OBJECT,
    PN_SHAPE_LIST, /* of `class`, or of scalars when that is NULL */
} pn_liquid_shape_kind;

typedef struct {
    pn_liquid_shape_kind kind;
    const pn_liquid_class *class;
    pn_str path; /* "invoices[].amount"; `ptr` NULL when it is not the host's data */
} pn_liquid_shape;

pn_liquid_shape pn_liquid_shape_scalar(void);
pn_liquid_shape pn_liquid_shape_of_field(const pn_liquid_class *class, uint32_t slot, pn_str path);
/* One of the items, as `for` or an index gives it. */
pn_liquid_shape pn_liquid_shape_item(pn_liquid_shape list, pn_arena *arena);
/* What a variable is that was assigned both. */
pn_liquid_shape pn_liquid_shape_either(pn_liquid_shape a, pn_liquid_shape b);

/* The shape behind `.name`, or behind ["name"] when `dotted` is false. In strict mode a field that
 * cannot be there is INVALID with a diag. `*ret_slot` is 0 unless the class has the field. */
PN_MUST_USE pn_err pn_liquid_shape_field(pn_liquid_parser *parser, pn_liquid_shape shape,
                                         pn_str name, const char *from, bool dotted,
                                         uint32_t *ret_slot, pn_liquid_shape *ret_field);

/* The first argument of a filter such as `map` or `where` names a field of the input's items: the
 * shape of that field of one item. */
PN_MUST_USE pn_err pn_liquid_shape_field_of_items(pn_liquid_parser *parser, pn_liquid_shape input,
                                                  pn_str name, const char *from,
                                                  pn_liquid_shape *ret_field);

#endif
