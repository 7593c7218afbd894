#include "liquid/access.h"

#include <assert.h>
#include <float.h>
#include <math.h>

#include "base/banned.h"
#include "base/utf8.h"

/* ── values of the host ──────────────────────────────────────────────────────────────────────── */

pn_liquid_value pn_liquid_json(const pn_json *json) {
    if (json == NULL) {
        return pn_liquid_nil();
    }
    switch (json->type) {
    case PN_JSON_NULL: return pn_liquid_nil();
    case PN_JSON_BOOL: return pn_liquid_bool(json->boolean);
    case PN_JSON_INT: return pn_liquid_int(json->integer);
    case PN_JSON_REAL: {
        double value = pn_json_double(json, 0);
        return pn_liquid_real(isfinite(value) ? value : value < 0 ? -DBL_MAX : DBL_MAX);
    }
    case PN_JSON_STR: return pn_liquid_str(json->text);
    case PN_JSON_ARRAY:
        return (pn_liquid_value){.kind = PN_LIQUID_JSON_ARRAY, .count = json->count, .json = json};
    case PN_JSON_OBJECT:
        return (pn_liquid_value){.kind = PN_LIQUID_JSON_OBJECT, .count = json->count, .json = json};
    }
    return pn_liquid_nil();
}

uint32_t pn_liquid_slot(const pn_liquid_class *class, pn_str name) {
    for (uint32_t slot = 1; slot < class->count; slot++) {
        if (pn_str_eq(pn_str_of(class->fields[slot].name), name)) {
            return slot;
        }
    }
    return 0;
}

pn_liquid_value pn_liquid_force_slow(pn_liquid_value value, pn_arena *arena) {
    if (value.kind == PN_LIQUID_LAZY) {
        value = value.lazy->compute(value.lazy->host, arena);
        assert(value.kind != PN_LIQUID_LAZY);
    }
    return value;
}

static const pn_liquid_class *class_of(pn_liquid_value object) {
    assert(object.items[0].kind == PN_LIQUID_HEAD);
    return object.items[0].class;
}

bool pn_liquid_is_array(pn_liquid_value value) {
    return value.kind == PN_LIQUID_ARRAY || value.kind == PN_LIQUID_LIST ||
           value.kind == PN_LIQUID_JSON_ARRAY || value.kind == PN_LIQUID_RANGE;
}

bool pn_liquid_is_object(pn_liquid_value value) {
    return value.kind == PN_LIQUID_OBJECT || value.kind == PN_LIQUID_JSON_OBJECT;
}

/* ── forloop ─────────────────────────────────────────────────────────────────────────────────── */

static const pn_str LOOP_FIELDS[] = {
    [PN_LIQUID_LOOP_INDEX] = {"index", 5},   [PN_LIQUID_LOOP_INDEX0] = {"index0", 6},
    [PN_LIQUID_LOOP_RINDEX] = {"rindex", 6}, [PN_LIQUID_LOOP_RINDEX0] = {"rindex0", 7},
    [PN_LIQUID_LOOP_FIRST] = {"first", 5},   [PN_LIQUID_LOOP_LAST] = {"last", 4},
    [PN_LIQUID_LOOP_LENGTH] = {"length", 6}, [PN_LIQUID_LOOP_PARENT] = {"parentloop", 10},
    [PN_LIQUID_LOOP_NAME] = {"name", 4},
};

pn_liquid_loop_field pn_liquid_loop_field_of(pn_str name) {
    unsigned field = 0;
    while (field < PN_LIQUID_LOOP_FIELDS && !pn_str_eq(LOOP_FIELDS[field], name)) {
        field++;
    }
    return (pn_liquid_loop_field)field;
}

pn_liquid_value pn_liquid_loop_value(const pn_liquid_loop *loop, pn_liquid_loop_field field) {
    switch (field) {
    case PN_LIQUID_LOOP_INDEX: return pn_liquid_int(loop->index + 1);
    case PN_LIQUID_LOOP_INDEX0: return pn_liquid_int(loop->index);
    case PN_LIQUID_LOOP_RINDEX: return pn_liquid_int(loop->length - loop->index);
    case PN_LIQUID_LOOP_RINDEX0: return pn_liquid_int(loop->length - loop->index - 1);
    case PN_LIQUID_LOOP_FIRST: return pn_liquid_bool(loop->index == 0);
    case PN_LIQUID_LOOP_LAST: return pn_liquid_bool(loop->index == loop->length - 1);
    case PN_LIQUID_LOOP_LENGTH: return pn_liquid_int(loop->length);
    case PN_LIQUID_LOOP_PARENT:
        return loop->parent == NULL
                   ? pn_liquid_nil()
                   : (pn_liquid_value){.kind = PN_LIQUID_FORLOOP, .loop = loop->parent};
    case PN_LIQUID_LOOP_NAME: return pn_liquid_str(loop->made_of->name);
    case PN_LIQUID_LOOP_FIELDS: break;
    }
    return pn_liquid_nil();
}

/* ── fields and indices ──────────────────────────────────────────────────────────────────────── */

bool pn_liquid_member(pn_liquid_value value, pn_str name, pn_arena *arena,
                      pn_liquid_value *ret_member) {
    if (value.kind == PN_LIQUID_JSON_OBJECT) {
        const pn_json *member = pn_json_get(value.json, name);
        *ret_member = pn_liquid_json(member);
        return member != NULL;
    }
    if (value.kind == PN_LIQUID_OBJECT) {
        uint32_t slot = pn_liquid_slot(class_of(value), name);
        *ret_member = slot == 0 ? pn_liquid_nil() : pn_liquid_force(value.items[slot], arena);
        return slot != 0;
    }
    if (value.kind == PN_LIQUID_FORLOOP) {
        *ret_member = pn_liquid_loop_value(value.loop, pn_liquid_loop_field_of(name));
        return true;
    }
    *ret_member = pn_liquid_nil();
    return false;
}

pn_liquid_value pn_liquid_dot(pn_liquid_value value, const pn_liquid_access *access,
                              pn_arena *arena) {
    if (PN_LIKELY(value.kind == PN_LIQUID_OBJECT && value.items[0].class == access->class)) {
        return pn_liquid_force(value.items[access->slot], arena);
    }
    pn_liquid_value member;
    if (pn_liquid_member(value, access->name, arena, &member) || !access->command) {
        return member;
    }
    if (pn_str_is(access->name, "size")) {
        bool sized =
            value.kind == PN_LIQUID_STR || pn_liquid_is_array(value) || pn_liquid_is_object(value);
        return sized ? pn_liquid_int(pn_liquid_size(value)) : pn_liquid_nil();
    }
    if (pn_str_is(access->name, "first")) {
        return pn_liquid_first(value, arena);
    }
    if (pn_str_is(access->name, "last")) {
        return pn_liquid_last(value, arena);
    }
    return pn_liquid_nil();
}

pn_liquid_value pn_liquid_look_up(pn_liquid_value value, pn_liquid_value key, pn_arena *arena) {
    pn_liquid_value found = pn_liquid_nil();
    if (key.kind == PN_LIQUID_STR) {
        (void)pn_liquid_member(value, pn_liquid_text(key), arena, &found);
    } else if (key.kind == PN_LIQUID_INT && pn_liquid_is_array(value) &&
               value.kind != PN_LIQUID_RANGE) {
        int64_t index = key.integer < 0 ? key.integer + value.count : key.integer;
        if (index >= 0 && index < value.count) {
            found = pn_liquid_item(value, index, arena);
        }
    }
    return found;
}

/* ── items ───────────────────────────────────────────────────────────────────────────────────── */

/* Items of a range, at most INT64_MAX. */
static int64_t range_count(const pn_liquid_range *range) {
    if (range->last < range->first) {
        return 0;
    }
    uint64_t distance = (uint64_t)range->last - (uint64_t)range->first;
    return distance >= INT64_MAX ? INT64_MAX : (int64_t)distance + 1;
}

int64_t pn_liquid_item_count(pn_liquid_value value) {
    switch ((pn_liquid_kind)value.kind) {
    case PN_LIQUID_RANGE: return range_count(value.range);
    case PN_LIQUID_STR: return value.count != 0;
    case PN_LIQUID_OBJECT: return class_of(value)->count - 1;
    case PN_LIQUID_ARRAY:
    case PN_LIQUID_LIST:
    case PN_LIQUID_JSON_ARRAY:
    case PN_LIQUID_JSON_OBJECT: return value.count;
    case PN_LIQUID_NIL:
    case PN_LIQUID_BOOL:
    case PN_LIQUID_INT:
    case PN_LIQUID_REAL:
    case PN_LIQUID_MONEY:
    case PN_LIQUID_DATE:
    case PN_LIQUID_TIME:
    case PN_LIQUID_LAZY:
    case PN_LIQUID_HEAD:
    case PN_LIQUID_FORLOOP:
    case PN_LIQUID_BLANK:
    case PN_LIQUID_EMPTY:
    case PN_LIQUID_UNSET: break;
    }
    return 0;
}

static pn_liquid_value pair(pn_str name, pn_liquid_value value, pn_arena *arena) {
    pn_liquid_value *items = pn_arena_alloc(arena, 2 * sizeof *items);
    items[0] = pn_liquid_str(name);
    items[1] = value;
    return pn_liquid_array(items, 2);
}

pn_liquid_value pn_liquid_item(pn_liquid_value value, int64_t index, pn_arena *arena) {
    size_t at = (size_t)index;
    if (value.kind == PN_LIQUID_LIST) {
        return pn_liquid_object(value.items + at * class_of(value)->count);
    }
    if (value.kind == PN_LIQUID_ARRAY) {
        return pn_liquid_force(value.items[at], arena);
    }
    if (value.kind == PN_LIQUID_JSON_ARRAY) {
        return pn_liquid_json(&value.json->items[at]);
    }
    if (value.kind == PN_LIQUID_RANGE) {
        return pn_liquid_int(value.range->first + index);
    }
    if (value.kind == PN_LIQUID_JSON_OBJECT) {
        const pn_json_member *member = &value.json->members[at];
        return pair(member->key, pn_liquid_json(&member->value), arena);
    }
    if (value.kind == PN_LIQUID_OBJECT) {
        const char *name = class_of(value)->fields[at + 1].name;
        return pair(pn_str_of(name), pn_liquid_force(value.items[at + 1], arena), arena);
    }
    return value;
}

/* Items when flattened. The depth of arrays in arrays is that of the JSON reader. */
static pn_err count_flat(pn_liquid_run *run, pn_liquid_value value, uint64_t *count) {
    int64_t items = pn_liquid_item_count(value);
    PN_TRY(pn_liquid_charge(run, (uint64_t)items + 1));
    if (value.kind == PN_LIQUID_LIST || value.kind == PN_LIQUID_RANGE) {
        *count += (uint64_t)items;
        return PN_OK;
    }
    for (int64_t i = 0; i < items; i++) {
        pn_liquid_value item = pn_liquid_item(value, i, run->arena);
        if (pn_liquid_is_array(item) && item.kind != PN_LIQUID_RANGE) {
            PN_TRY(count_flat(run, item, count));
        } else {
            (*count)++;
        }
    }
    return PN_OK;
}

static pn_liquid_value *fill_flat(pn_liquid_value value, pn_liquid_value *out, pn_arena *arena) {
    int64_t items = pn_liquid_item_count(value);
    for (int64_t i = 0; i < items; i++) {
        pn_liquid_value item = pn_liquid_item(value, i, arena);
        if (pn_liquid_is_array(item) && item.kind != PN_LIQUID_RANGE) {
            out = fill_flat(item, out, arena);
        } else {
            *out++ = item;
        }
    }
    return out;
}

pn_err pn_liquid_flatten(pn_liquid_run *run, pn_liquid_value value,
                         const pn_liquid_value **ret_items, uint32_t *ret_count) {
    if (value.kind == PN_LIQUID_NIL) {
        *ret_items = NULL;
        *ret_count = 0;
        return PN_OK;
    }
    if (!pn_liquid_is_array(value)) {
        pn_liquid_value *single = pn_arena_new(run->arena, pn_liquid_value);
        *single = value;
        *ret_items = single;
        *ret_count = 1;
        return PN_OK;
    }
    uint64_t count = 0;
    PN_TRY(count_flat(run, value, &count));
    pn_liquid_value *items = pn_arena_alloc(run->arena, count * sizeof *items);
    pn_liquid_value *end = fill_flat(value, items, run->arena);
    assert(end == items + count);
    *ret_items = items;
    *ret_count = (uint32_t)count;
    return PN_OK;
}

int64_t pn_liquid_size(pn_liquid_value value) {
    if (value.kind == PN_LIQUID_STR) {
        return (int64_t)pn_utf8_count(pn_liquid_text(value));
    }
    return pn_liquid_item_count(value);
}

static pn_liquid_value character(pn_str text, bool last) {
    size_t from = 0;
    if (last) {
        from = text.len;
        while (from > 0 && ((unsigned char)text.ptr[--from] & 0xC0) == 0x80) {
        }
    }
    pn_str rest = pn_str_from(text, from);
    return pn_liquid_str(pn_str_first(rest, pn_utf8_prefix(rest, 1)));
}

pn_liquid_value pn_liquid_first(pn_liquid_value value, pn_arena *arena) {
    if (value.kind == PN_LIQUID_STR) {
        return character(pn_liquid_text(value), false);
    }
    return pn_liquid_item_count(value) == 0 ? pn_liquid_nil() : pn_liquid_item(value, 0, arena);
}

pn_liquid_value pn_liquid_last(pn_liquid_value value, pn_arena *arena) {
    if (value.kind == PN_LIQUID_STR) {
        return character(pn_liquid_text(value), true);
    }
    int64_t count = pn_liquid_is_object(value) ? 0 : pn_liquid_item_count(value);
    return count == 0 ? pn_liquid_nil() : pn_liquid_item(value, count - 1, arena);
}
