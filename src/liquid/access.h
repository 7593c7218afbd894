/* Reading values: fields, indices, items. What is not there is nil; nothing here fails. */
#ifndef PN_LIQUID_ACCESS_H
#define PN_LIQUID_ACCESS_H

#include "liquid/run.h"

/* Computes a LAZY value; every other stays as it is. */
pn_liquid_value pn_liquid_force_slow(pn_liquid_value value, pn_arena *arena);
static inline pn_liquid_value pn_liquid_force(pn_liquid_value value, pn_arena *arena) {
    return PN_LIKELY(value.kind != PN_LIQUID_LAZY) ? value : pn_liquid_force_slow(value, arena);
}

/* False for nil and false; everything else counts as true, also 0 and "". */
static inline bool pn_liquid_truthy(pn_liquid_value value) {
    return value.kind != PN_LIQUID_NIL && !(value.kind == PN_LIQUID_BOOL && !value.boolean);
}

/* The value under a key; false when the value has no keys or not this one. */
bool pn_liquid_member(pn_liquid_value value, pn_str name, pn_arena *arena,
                      pn_liquid_value *ret_member);
/* `.name`: a member, or else one of the commands size, first and last. */
pn_liquid_value pn_liquid_dot(pn_liquid_value value, const pn_liquid_access *access,
                              pn_arena *arena);
/* `[key]` */
pn_liquid_value pn_liquid_look_up(pn_liquid_value value, pn_liquid_value key, pn_arena *arena);

pn_liquid_value pn_liquid_loop_value(const pn_liquid_loop *loop, pn_liquid_loop_field field);
/* PN_LIQUID_LOOP_FIELDS when there is none of that name. */
pn_liquid_loop_field pn_liquid_loop_field_of(pn_str name);

/* Arrays, lists and ranges, whatever holds their items. */
bool pn_liquid_is_array(pn_liquid_value value);
/* Objects: what has keys. */
bool pn_liquid_is_object(pn_liquid_value value);

/* Items that `for` finds: of an array, the pairs of an object, a text that is not empty as one
 * item; 0 for everything else. */
int64_t pn_liquid_item_count(pn_liquid_value value);
/* `index` is within the count. A pair is made on the arena. */
pn_liquid_value pn_liquid_item(pn_liquid_value value, int64_t index, pn_arena *arena);

/* What filters on arrays go through: the items with arrays among them flattened; an object or
 * scalar is one item, nil is none. LIMIT when that is too much work. */
PN_MUST_USE pn_err pn_liquid_flatten(pn_liquid_run *run, pn_liquid_value value,
                                     const pn_liquid_value **ret_items, uint32_t *ret_count);

/* Characters of a text, items of an array or object; 0 for everything else. */
int64_t pn_liquid_size(pn_liquid_value value);
/* The first or last character or item; nil where there is none. */
pn_liquid_value pn_liquid_first(pn_liquid_value value, pn_arena *arena);
pn_liquid_value pn_liquid_last(pn_liquid_value value, pn_arena *arena);

#endif
