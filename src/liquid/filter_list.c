/* Filters on arrays and on values of any kind. Arrays are flattened first, one object or scalar
 * counts as an array of it, and nil as an empty one. */
#include "base/banned.h"
#include "base/sort.h"
#include "base/table.h"
#include "base/utf8.h"
#include "liquid/access.h"
#include "liquid/compare.h"
#include "liquid/filter.h"
#include "liquid/print.h"

/* ── fields of items ─────────────────────────────────────────────────────────────────────────── */

static pn_err no_property(pn_liquid_run *run, pn_liquid_value item, pn_liquid_value property) {
    pn_str name;
    PN_TRY(pn_liquid_to_text(run, property, &name));
    return pn_liquid_fail(run, "There is no field “%.*s” in %s.",
                          PN_STR_ARG(pn_str_first(name, 60)),
                          pn_liquid_kind_name((pn_liquid_kind)item.kind));
}

/* A text's "field" is that part of it, or its character at an index. */
static pn_err property_of_text(pn_liquid_run *run, pn_liquid_value item, pn_liquid_value property,
                               pn_liquid_value *ret_value) {
    pn_str text = pn_liquid_text(item);
    if (property.kind == PN_LIQUID_STR) {
        PN_TRY(pn_liquid_charge_search(run, text.len, property.count));
        bool found = pn_str_find(text, pn_liquid_text(property)) != SIZE_MAX;
        *ret_value = found ? property : pn_liquid_nil();
        return PN_OK;
    }
    if (property.kind != PN_LIQUID_INT) {
        return no_property(run, item, property);
    }
    int64_t length = (int64_t)pn_utf8_count(text);
    int64_t index = property.integer < 0 ? property.integer + length : property.integer;
    *ret_value = pn_liquid_nil();
    if (index >= 0 && index < length) {
        pn_str rest = pn_str_from(text, pn_utf8_prefix(text, (size_t)index));
        *ret_value = pn_liquid_str(pn_str_first(rest, pn_utf8_prefix(rest, 1)));
    }
    return PN_OK;
}

/* Texts and integers have some in Liquid, although an integer refuses every name. */
static bool has_fields(pn_liquid_value item) {
    return item.kind == PN_LIQUID_STR || item.kind == PN_LIQUID_INT ||
           item.kind == PN_LIQUID_FORLOOP || pn_liquid_is_object(item);
}

/* NOT_FOUND when the item is of a kind that has no fields at all (nil, a decimal number, true). */
static pn_err property_of(pn_liquid_run *run, pn_liquid_value item, pn_liquid_value property,
                          pn_liquid_value *ret_value) {
    if (item.kind == PN_LIQUID_STR) {
        return property_of_text(run, item, property, ret_value);
    }
    if (item.kind == PN_LIQUID_INT) {
        return no_property(run, item, property);
    }
    if (!has_fields(item)) {
        return PN_NOT_FOUND;
    }
    *ret_value = pn_liquid_nil();
    if (property.kind == PN_LIQUID_STR) {
        (void)pn_liquid_member(item, pn_liquid_text(property), run->arena, ret_value);
    }
    return PN_OK;
}

/* ── picking items ───────────────────────────────────────────────────────────────────────────── */

typedef struct {
    const pn_liquid_value *items;
    uint32_t count;
} item_array;

static pn_err items_of(pn_liquid_run *run, pn_liquid_value value, item_array *ret_items) {
    return pn_liquid_flatten(run, value, &ret_items->items, &ret_items->count);
}

/* Whether the item's field is the wanted value, or simply true when none is wanted. */
static pn_err matches(pn_liquid_run *run, pn_liquid_value item, const pn_liquid_value *args,
                      size_t count, bool *ret_matches) {
    pn_liquid_value found = pn_liquid_nil();
    PN_TRY(property_of(run, item, args[1], &found));
    if (count > 2 && args[2].kind != PN_LIQUID_NIL) {
        return pn_liquid_equal(run, found, args[2], ret_matches);
    }
    *ret_matches = pn_liquid_truthy(found);
    return PN_OK;
}

static pn_err picked(pn_liquid_run *run, const pn_liquid_value *args, size_t count, bool wanted,
                     pn_liquid_value *ret_value) {
    item_array from;
    PN_TRY(items_of(run, args[0], &from));
    pn_liquid_value *kept = pn_arena_alloc(run->arena, from.count * sizeof *kept);
    uint32_t kept_count = 0;
    for (uint32_t i = 0; i < from.count; i++) {
        bool match = false;
        pn_err err = matches(run, from.items[i], args, count, &match);
        if (err == PN_NOT_FOUND) {
            *ret_value = pn_liquid_nil();
            return PN_OK;
        }
        PN_TRY(err);
        if (match == wanted) {
            kept[kept_count++] = from.items[i];
        }
    }
    *ret_value = pn_liquid_array(kept, kept_count);
    return PN_OK;
}

pn_err pn_liquid_filter_where(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                              pn_liquid_value *ret_value) {
    return picked(run, args, count, true, ret_value);
}

pn_err pn_liquid_filter_reject(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                               pn_liquid_value *ret_value) {
    return picked(run, args, count, false, ret_value);
}

typedef enum { FIND_ITEM, FIND_INDEX, FIND_WHETHER } find_what;

static pn_err found(pn_liquid_run *run, const pn_liquid_value *args, size_t count, find_what what,
                    pn_liquid_value *ret_value) {
    item_array from;
    PN_TRY(items_of(run, args[0], &from));
    for (uint32_t i = 0; i < from.count; i++) {
        bool match = false;
        pn_err err = matches(run, from.items[i], args, count, &match);
        if (err == PN_NOT_FOUND) {
            *ret_value = pn_liquid_nil();
            return PN_OK;
        }
        PN_TRY(err);
        if (!match) {
            continue;
        }
        switch (what) {
        case FIND_ITEM: *ret_value = from.items[i]; break;
        case FIND_INDEX: *ret_value = pn_liquid_int(i); break;
        case FIND_WHETHER: *ret_value = pn_liquid_bool(true); break;
        }
        return PN_OK;
    }
    *ret_value = what == FIND_WHETHER ? pn_liquid_bool(false) : pn_liquid_nil();
    return PN_OK;
}

pn_err pn_liquid_filter_find(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                             pn_liquid_value *ret_value) {
    return found(run, args, count, FIND_ITEM, ret_value);
}

pn_err pn_liquid_filter_find_index(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                                   pn_liquid_value *ret_value) {
    return found(run, args, count, FIND_INDEX, ret_value);
}

pn_err pn_liquid_filter_has(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                            pn_liquid_value *ret_value) {
    return found(run, args, count, FIND_WHETHER, ret_value);
}

pn_err pn_liquid_filter_map(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                            pn_liquid_value *ret_value) {
    (void)count;
    item_array from;
    PN_TRY(items_of(run, args[0], &from));
    pn_liquid_value *fields = pn_arena_array(run->arena, pn_liquid_value, from.count);
    for (uint32_t i = 0; i < from.count; i++) {
        pn_err err = property_of(run, from.items[i], args[1], &fields[i]);
        if (err != PN_NOT_FOUND) {
            PN_TRY(err);
        }
    }
    *ret_value = pn_liquid_array(fields, from.count);
    return PN_OK;
}

pn_err pn_liquid_filter_compact(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                                pn_liquid_value *ret_value) {
    item_array from;
    PN_TRY(items_of(run, args[0], &from));
    pn_liquid_value *kept = pn_arena_alloc(run->arena, from.count * sizeof *kept);
    uint32_t kept_count = 0;
    for (uint32_t i = 0; i < from.count; i++) {
        pn_liquid_value tested = from.items[i];
        if (count > 1 && args[1].kind != PN_LIQUID_NIL) {
            pn_err err = property_of(run, from.items[i], args[1], &tested);
            if (err == PN_NOT_FOUND) {
                *ret_value = pn_liquid_nil();
                return PN_OK;
            }
            PN_TRY(err);
        }
        if (tested.kind != PN_LIQUID_NIL) {
            kept[kept_count++] = from.items[i];
        }
    }
    *ret_value = pn_liquid_array(kept, kept_count);
    return PN_OK;
}

/* ── keys: what items are sorted or told apart by ────────────────────────────────────────────── */

typedef struct {
    pn_liquid_value item, key;
    pn_str text; /* of the key, for sort_natural */
    struct sorting *sorting;
} keyed;

/* The items with what they are told apart by: a field, or themselves. A single item needs no key.
 * `*ret_fit` is false when an item is of a kind that has no fields; `all_first` looks for one
 * before any field is read. */
static pn_err keyed_items(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                          bool all_first, keyed **ret_items, uint32_t *ret_count, bool *ret_fit) {
    item_array from;
    PN_TRY(items_of(run, args[0], &from));
    bool by_field = count > 1 && args[1].kind != PN_LIQUID_NIL;
    keyed *items = pn_arena_array(run->arena, keyed, from.count);
    bool fit = true;
    for (uint32_t i = 0; i < from.count; i++) {
        items[i].item = items[i].key = from.items[i];
        fit = fit && (!by_field || !all_first || has_fields(from.items[i]));
    }
    for (uint32_t i = 0; i < from.count && from.count > 1 && by_field && fit; i++) {
        pn_err err = property_of(run, from.items[i], args[1], &items[i].key);
        fit = err != PN_NOT_FOUND;
        if (fit) {
            PN_TRY(err);
        }
    }
    *ret_items = items;
    *ret_count = from.count;
    *ret_fit = fit;
    return PN_OK;
}

static pn_liquid_value items_without_keys(pn_liquid_run *run, const keyed *items, uint32_t count) {
    pn_liquid_value *plain = pn_arena_alloc(run->arena, count * sizeof *plain);
    for (uint32_t i = 0; i < count; i++) {
        plain[i] = items[i].item;
    }
    return pn_liquid_array(plain, count);
}

/* The items whose key is not that of an earlier one. Texts, the usual keys, are looked up in a
 * table. */
static pn_err keep_distinct(pn_liquid_run *run, keyed *items, uint32_t *count) {
    pn_table texts = pn_table_on(run->arena);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < *count; i++) {
        bool seen = false;
        if (items[i].key.kind == PN_LIQUID_STR) {
            PN_TRY(pn_liquid_charge_bytes(run, items[i].key.count));
            seen = pn_table_put(&texts, pn_liquid_text(items[i].key), items) != NULL;
        } else {
            PN_TRY(pn_liquid_charge(run, 1 + kept / 16));
        }
        for (uint32_t j = 0; items[i].key.kind != PN_LIQUID_STR && j < kept && !seen; j++) {
            PN_TRY(pn_liquid_same(run, items[i].key, items[j].key, &seen));
        }
        if (!seen) {
            items[kept++] = items[i];
        }
    }
    *count = kept;
    return PN_OK;
}

pn_err pn_liquid_filter_uniq(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                             pn_liquid_value *ret_value) {
    keyed *items = NULL;
    uint32_t item_count = 0;
    bool fit = false;
    PN_TRY(keyed_items(run, args, count, false, &items, &item_count, &fit));
    if (!fit) {
        *ret_value = pn_liquid_nil();
        return PN_OK;
    }
    PN_TRY(keep_distinct(run, items, &item_count));
    *ret_value = items_without_keys(run, items, item_count);
    return PN_OK;
}

/* ── sorting ─────────────────────────────────────────────────────────────────────────────────── */

/* pn_sort's comparison cannot fail, so the first error is kept here and the rest is equal. */
typedef struct sorting {
    pn_liquid_run *run;
    pn_err err;
} sorting;

/* nil goes last. */
static int by_key(const void *left, const void *right) {
    const keyed *a = left, *b = right;
    sorting *s = a->sorting;
    bool a_nil = a->key.kind == PN_LIQUID_NIL, b_nil = b->key.kind == PN_LIQUID_NIL;
    if (a_nil || b_nil || s->err != PN_OK) {
        return a_nil - b_nil;
    }
    int order = 0;
    pn_err err = pn_liquid_order(s->run, a->key, b->key, &order);
    if (err == PN_NOT_FOUND) {
        bool equal = false;
        err = pn_liquid_equal(s->run, a->key, b->key, &equal);
        if (err == PN_OK && !equal) {
            err = pn_liquid_fail(s->run, "There is no order between %s and %s.",
                                 pn_liquid_kind_name((pn_liquid_kind)a->key.kind),
                                 pn_liquid_kind_name((pn_liquid_kind)b->key.kind));
        }
    }
    s->err = err;
    return order;
}

static int by_text(const void *left, const void *right) {
    const keyed *a = left, *b = right;
    bool a_nil = a->key.kind == PN_LIQUID_NIL, b_nil = b->key.kind == PN_LIQUID_NIL;
    if (a_nil || b_nil) {
        return a_nil - b_nil;
    }
    size_t common = PN_MIN(a->text.len, b->text.len);
    for (size_t i = 0; i < common; i++) {
        int difference =
            (unsigned char)pn_to_lower(a->text.ptr[i]) - (unsigned char)pn_to_lower(b->text.ptr[i]);
        if (difference != 0) {
            return difference;
        }
    }
    return (a->text.len > b->text.len) - (a->text.len < b->text.len);
}

static uint64_t sorting_work(uint32_t count) {
    uint64_t work = 0;
    for (uint32_t rest = count; rest > 1; rest /= 2) {
        work += count;
    }
    return work;
}

static pn_err sorted(pn_liquid_run *run, const pn_liquid_value *args, size_t count, bool natural,
                     pn_liquid_value *ret_value) {
    keyed *items = NULL;
    uint32_t item_count = 0;
    bool fit = false;
    PN_TRY(keyed_items(run, args, count, true, &items, &item_count, &fit));
    if (!fit) {
        *ret_value = pn_liquid_nil();
        return PN_OK;
    }
    PN_TRY(pn_liquid_charge(run, sorting_work(item_count) / 4));
    sorting state = {run, PN_OK};
    for (uint32_t i = 0; i < item_count; i++) {
        items[i].sorting = &state;
        if (natural) {
            PN_TRY(pn_liquid_to_text(run, items[i].key, &items[i].text));
        }
    }
    pn_sort(items, item_count, sizeof *items, natural ? by_text : by_key, run->arena);
    PN_TRY(state.err);
    *ret_value = items_without_keys(run, items, item_count);
    return PN_OK;
}

pn_err pn_liquid_filter_sort(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                             pn_liquid_value *ret_value) {
    return sorted(run, args, count, false, ret_value);
}

pn_err pn_liquid_filter_sort_natural(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                                     pn_liquid_value *ret_value) {
    return sorted(run, args, count, true, ret_value);
}

/* ── whole arrays ────────────────────────────────────────────────────────────────────────────── */

pn_err pn_liquid_filter_reverse(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                                pn_liquid_value *ret_value) {
    (void)count;
    item_array from;
    PN_TRY(items_of(run, args[0], &from));
    pn_liquid_value *reversed = pn_arena_alloc(run->arena, from.count * sizeof *reversed);
    for (uint32_t i = 0; i < from.count; i++) {
        reversed[i] = from.items[from.count - 1 - i];
    }
    *ret_value = pn_liquid_array(reversed, from.count);
    return PN_OK;
}

pn_err pn_liquid_filter_concat(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                               pn_liquid_value *ret_value) {
    (void)count;
    if (!pn_liquid_is_array(args[1]) || args[1].kind == PN_LIQUID_RANGE) {
        return pn_liquid_fail(run, "concat needs a list, not %s.",
                              pn_liquid_kind_name((pn_liquid_kind)args[1].kind));
    }
    item_array from;
    PN_TRY(items_of(run, args[0], &from));
    int64_t added = pn_liquid_item_count(args[1]);
    PN_TRY(pn_liquid_charge(run, from.count + (uint64_t)added));
    size_t total = from.count + (size_t)added;
    pn_liquid_value *all = pn_arena_alloc(run->arena, total * sizeof *all);
    if (from.count != 0) {
        memcpy(all, from.items, from.count * sizeof *all);
    }
    for (int64_t i = 0; i < added; i++) {
        all[from.count + (size_t)i] = pn_liquid_item(args[1], i, run->arena);
    }
    *ret_value = pn_liquid_array(all, (uint32_t)total);
    return PN_OK;
}

pn_err pn_liquid_filter_join(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                             pn_liquid_value *ret_value) {
    item_array from;
    pn_str glue = PN_STR(" "), text;
    PN_TRY(items_of(run, args[0], &from));
    if (count > 1) {
        PN_TRY(pn_liquid_to_text(run, args[1], &glue));
    }
    pn_buf *buf = pn_liquid_begin(run);
    for (uint32_t i = 0; i < from.count && !buf->failed; i++) {
        if (i != 0) {
            pn_buf_add_str(buf, glue);
        }
        pn_liquid_write(run, buf, from.items[i]);
    }
    PN_TRY(pn_liquid_end(run, &text));
    *ret_value = pn_liquid_str(text);
    return PN_OK;
}

/* `length` of `size` items from `offset`, which counts from the end when negative; false when there
 * is no such part. */
static bool part_within(int64_t size, int64_t offset, int64_t length, int64_t *ret_from,
                        int64_t *ret_count) {
    int64_t from = offset < 0 && offset >= -size ? offset + size : offset;
    if (from < 0 || from > size || length < 0) {
        return false;
    }
    *ret_from = from;
    *ret_count = PN_MIN(length, size - from);
    return true;
}

static pn_err slice_array(pn_liquid_run *run, pn_liquid_value array, int64_t from, int64_t count,
                          pn_liquid_value *ret_value) {
    PN_TRY(pn_liquid_charge(run, (uint64_t)count));
    pn_liquid_value *part = pn_arena_alloc(run->arena, (size_t)count * sizeof *part);
    for (int64_t i = 0; i < count; i++) {
        part[i] = pn_liquid_item(array, from + i, run->arena);
    }
    *ret_value = pn_liquid_array(part, (uint32_t)count);
    return PN_OK;
}

pn_err pn_liquid_filter_slice(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                              pn_liquid_value *ret_value) {
    int64_t offset = 0, length = 1, from = 0, taken = 0;
    PN_TRY(pn_liquid_to_integer(run, args[1], &offset));
    if (count > 2 && pn_liquid_truthy(args[2])) {
        PN_TRY(pn_liquid_to_integer(run, args[2], &length));
    }
    if (pn_liquid_is_array(args[0]) && args[0].kind != PN_LIQUID_RANGE) {
        bool within = part_within(pn_liquid_item_count(args[0]), offset, length, &from, &taken);
        return slice_array(run, args[0], from, within ? taken : 0, ret_value);
    }
    pn_str text;
    PN_TRY(pn_liquid_to_text(run, args[0], &text));
    PN_TRY(pn_liquid_charge_bytes(run, text.len));
    *ret_value = pn_liquid_str(PN_STR(""));
    if (part_within((int64_t)pn_utf8_count(text), offset, length, &from, &taken)) {
        pn_str rest = pn_str_from(text, pn_utf8_prefix(text, (size_t)from));
        *ret_value = pn_liquid_str(pn_str_first(rest, pn_utf8_prefix(rest, (size_t)taken)));
    }
    return PN_OK;
}

/* ── values of any kind ──────────────────────────────────────────────────────────────────────── */

pn_err pn_liquid_filter_size(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                             pn_liquid_value *ret_value) {
    (void)count;
    PN_TRY(pn_liquid_charge(run, args[0].kind == PN_LIQUID_STR ? args[0].count / 64 : 0));
    *ret_value = pn_liquid_int(pn_liquid_size(args[0]));
    return PN_OK;
}

pn_err pn_liquid_filter_first(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                              pn_liquid_value *ret_value) {
    (void)count;
    *ret_value = pn_liquid_first(args[0], run->arena);
    return PN_OK;
}

pn_err pn_liquid_filter_last(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                             pn_liquid_value *ret_value) {
    (void)count;
    *ret_value = pn_liquid_last(args[0], run->arena);
    return PN_OK;
}

/* The argument for nil, false (unless `allow_false`) and what is empty. */
pn_err pn_liquid_filter_default(pn_liquid_run *run, const pn_liquid_value *args, size_t count,
                                pn_liquid_value *ret_value) {
    (void)run;
    pn_liquid_value value = args[0];
    bool allow_false = count > 2 && pn_liquid_truthy(args[2]);
    bool absent = allow_false ? value.kind == PN_LIQUID_NIL : !pn_liquid_truthy(value);
    bool countable = value.kind == PN_LIQUID_STR || pn_liquid_is_object(value) ||
                     (pn_liquid_is_array(value) && value.kind != PN_LIQUID_RANGE);
    if (absent || (countable && pn_liquid_item_count(value) == 0)) {
        value = count > 1 ? args[1] : pn_liquid_str(PN_STR(""));
    }
    *ret_value = value;
    return PN_OK;
}
