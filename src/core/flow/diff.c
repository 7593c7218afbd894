#include "core/flow/diff.h"

#include "base/banned.h"
#include "base/sort.h"
#include "core/node/node.h"

typedef struct {
    pn_arena *arena;
    pn_change *changes;
    size_t count;
    size_t capacity;
} collector;

const char *pn_change_kind_name(pn_change_kind kind) {
    switch (kind) {
    case PN_CHANGE_ADDED: return "added";
    case PN_CHANGE_REMOVED: return "removed";
    case PN_CHANGE_TYPE: return "type";
    case PN_CHANGE_PARAM: return "parameter";
    case PN_CHANGE_EXIT: return "exit";
    case PN_CHANGE_HEADER: return "header";
    }
    return "?";
}

static pn_str as_text(collector *c, const pn_json *json) {
    if (json == NULL) {
        return PN_STR_NONE;
    }
    pn_buf text;
    pn_buf_init(&text, 1 << 20);
    pn_json_writer writer = pn_json_writer_on(&text, 0);
    pn_json_add_canonical(&writer, json, c->arena);
    pn_str copy = pn_str_dup(c->arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

static void add(collector *c, pn_change_kind kind, pn_str node, pn_str what, const pn_json *before,
                const pn_json *after) {
    c->changes = pn_arena_grow(c->arena, c->changes, c->count, &c->capacity, sizeof *c->changes);
    c->changes[c->count++] = (pn_change){.kind = kind,
                                         .node = node,
                                         .what = what,
                                         .before = as_text(c, before),
                                         .after = as_text(c, after)};
}

static bool differ(const pn_json *a, const pn_json *b) {
    if (a == NULL || b == NULL) {
        return a != b;
    }
    return !pn_json_equal(a, b);
}

static bool is_exit(const pn_json *node, pn_str key) {
    const pn_node_type *type =
        pn_node_type_find(pn_json_text(pn_json_field(node, "type"), PN_STR("")));
    for (size_t i = 0; type != NULL && type->exits[i] != NULL; i++) {
        if (pn_str_eq(key, pn_str_of(type->exits[i]))) {
            return true;
        }
    }
    return false;
}

static int by_text(const void *a, const void *b) {
    return pn_str_cmp(*(const pn_str *)a, *(const pn_str *)b);
}

/* Every key of either object, each once, sorted. */
static const pn_str *all_keys(collector *c, const pn_json *a, const pn_json *b, size_t *ret_count) {
    size_t room = (a != NULL ? a->count : 0) + (b != NULL ? b->count : 0);
    pn_str *keys = pn_arena_array(c->arena, pn_str, room + 1);
    size_t count = 0;
    for (size_t i = 0; a != NULL && i < a->count; i++) {
        keys[count++] = a->members[i].key;
    }
    for (size_t i = 0; b != NULL && i < b->count; i++) {
        if (pn_json_get(a, b->members[i].key) == NULL) {
            keys[count++] = b->members[i].key;
        }
    }
    pn_sort(keys, count, sizeof *keys, by_text, c->arena);
    *ret_count = count;
    return keys;
}

static void diff_node(collector *c, pn_str id, const pn_json *before, const pn_json *after) {
    if (before == NULL || after == NULL) {
        add(c, before == NULL ? PN_CHANGE_ADDED : PN_CHANGE_REMOVED, id, PN_STR_NONE, before,
            after);
        return;
    }
    if (differ(pn_json_field(before, "type"), pn_json_field(after, "type"))) {
        add(c, PN_CHANGE_TYPE, id, PN_STR("type"), pn_json_field(before, "type"),
            pn_json_field(after, "type"));
        return;
    }
    size_t count = 0;
    const pn_str *keys = all_keys(c, before, after, &count);
    for (size_t i = 0; i < count; i++) {
        const pn_json *old = pn_json_get(before, keys[i]);
        const pn_json *new = pn_json_get(after, keys[i]);
        if (differ(old, new)) {
            add(c, is_exit(after, keys[i]) ? PN_CHANGE_EXIT : PN_CHANGE_PARAM, id, keys[i], old,
                new);
        }
    }
}

void pn_flow_diff(const pn_json *before, const pn_json *after, pn_arena *arena,
                  pn_change **ret_changes, size_t *ret_count) {
    collector c = {.arena = arena};
    size_t count = 0;
    const pn_str *keys = all_keys(&c, before, after, &count);
    for (size_t i = 0; i < count; i++) {
        /* where nodes stand on the canvas and what is tested change nothing that happens */
        if (pn_str_is(keys[i], "nodes") || pn_str_is(keys[i], "layout") ||
            pn_str_is(keys[i], "examples")) {
            continue;
        }
        const pn_json *old = pn_json_get(before, keys[i]);
        const pn_json *new = pn_json_get(after, keys[i]);
        if (differ(old, new)) {
            add(&c, PN_CHANGE_HEADER, PN_STR_NONE, keys[i], old, new);
        }
    }
    const pn_json *old_nodes = pn_json_field(before, "nodes");
    const pn_json *new_nodes = pn_json_field(after, "nodes");
    keys = all_keys(&c, old_nodes, new_nodes, &count);
    for (size_t i = 0; i < count; i++) {
        diff_node(&c, keys[i], pn_json_get(old_nodes, keys[i]), pn_json_get(new_nodes, keys[i]));
    }
    *ret_changes = c.changes;
    *ret_count = c.count;
}
