/* What only the whole graph shows: law 9, and the due-waits that supersede a message (law 4). */
#include "core/flow/flow.h"

#include "base/banned.h"
#include "core/node/node.h"

typedef struct {
    pn_flow *flow;
    pn_flow_node *nodes;
    pn_arena *arena;
    pn_problems *problems;
} checker;

static void mark_reachable(const checker *c, uint32_t from, bool *seen, uint32_t *stack) {
    size_t depth = 0;
    if (from == PN_NODE_NONE || seen[from]) {
        return;
    }
    seen[from] = true;
    stack[depth++] = from;
    while (depth > 0) {
        const pn_flow_node *node = &c->nodes[stack[--depth]];
        for (uint32_t i = 0; i < node->exit_count; i++) {
            uint32_t next = node->exits[i].target;
            if (next != PN_NODE_NONE && !seen[next]) {
                seen[next] = true;
                stack[depth++] = next;
            }
        }
    }
}

static void check_reachable(checker *c) {
    uint32_t count = c->flow->node_count;
    bool *seen = pn_arena_array(c->arena, bool, count);
    uint32_t *stack = pn_arena_array(c->arena, uint32_t, count);
    const uint32_t roots[] = {c->flow->start, c->flow->on_paid, c->flow->on_closed,
                              c->flow->on_returned};
    for (size_t i = 0; i < PN_COUNT(roots); i++) {
        mark_reachable(c, roots[i], seen, stack);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!seen[i]) {
            pn_problem_add(c->problems, c->arena, PN_PROBLEM_ERROR, "unreachable", c->nodes[i].id,
                           "No path leads to this node. Connect an exit to it, or remove it.");
        }
    }
}

/* Depth-first search along the exits that do not breathe: a way back to a node on the path is a
 * cycle in which no time passes. */
typedef enum { UNSEEN, ON_PATH, DONE } colour;

typedef struct {
    uint32_t node;
    uint32_t next_exit;
} frame;

static void report_cycle(checker *c, const frame *path, size_t depth, uint32_t back_to) {
    pn_buf ids;
    pn_buf_init(&ids, 2000);
    size_t first = depth;
    while (first > 0 && path[first - 1].node != back_to) {
        first--;
    }
    for (size_t i = first == 0 ? 0 : first - 1; i < depth; i++) {
        pn_buf_add_str(&ids, c->nodes[path[i].node].id);
        pn_buf_add_lit(&ids, " → ");
    }
    pn_buf_add_str(&ids, c->nodes[back_to].id);
    pn_problem_add(c->problems, c->arena, PN_PROBLEM_ERROR, "cycle", c->nodes[back_to].id,
                   "This loop may never let time pass: %.*s. Put a wait.days, wait.weekday, "
                   "wait.monthday or repeat into it.",
                   PN_STR_ARG(pn_buf_str(&ids)));
    pn_buf_done(&ids);
}

static bool breathes(const pn_flow_node *node, uint32_t exit) {
    return (node->type->flags & PN_NODE_BREATHES) != 0 &&
           (node->type->breathes == NULL || node->type->breathes(node, exit));
}

static void search_cycles(checker *c, uint32_t root, colour *colours, frame *path) {
    size_t depth = 0;
    path[depth++] = (frame){root, 0};
    colours[root] = ON_PATH;
    while (depth > 0) {
        frame *top = &path[depth - 1];
        const pn_flow_node *node = &c->nodes[top->node];
        if (top->next_exit == node->exit_count) {
            colours[top->node] = DONE;
            depth--;
            continue;
        }
        uint32_t exit = top->next_exit++;
        uint32_t next = node->exits[exit].target;
        if (next == PN_NODE_NONE || breathes(node, exit)) {
            continue;
        }
        if (colours[next] == ON_PATH) {
            report_cycle(c, path, depth, next);
        } else if (colours[next] == UNSEEN) {
            colours[next] = ON_PATH;
            path[depth++] = (frame){next, 0};
        }
    }
}

static void check_cycles(checker *c) {
    uint32_t count = c->flow->node_count;
    colour *colours = pn_arena_array(c->arena, colour, count);
    frame *path = pn_arena_array(c->arena, frame, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        if (colours[i] == UNSEEN) {
            search_cycles(c, i, colours, path);
        }
    }
}

static void check_references(checker *c) {
    uint32_t counters = 0;
    for (uint32_t i = 0; i < c->flow->node_count; i++) {
        const pn_flow_node *node = &c->nodes[i];
        const char *wrong = node->type->check != NULL ? node->type->check(c->flow, node) : NULL;
        if (wrong != NULL) {
            pn_problem_add(c->problems, c->arena, PN_PROBLEM_ERROR, "bad_value", node->id, "%s",
                           wrong);
        }
        counters += (node->type->flags & PN_NODE_COUNTS) != 0;
        for (size_t j = 0; j < node->type->param_count; j++) {
            if (node->type->params[j].type != PN_PARAM_NODE || !node->params[j].given) {
                continue;
            }
            pn_str id = node->params[j].text;
            uint32_t target = pn_flow_find(c->flow, id);
            if (target == PN_NODE_NONE) {
                pn_problem_add(c->problems, c->arena, PN_PROBLEM_ERROR, "missing_node", node->id,
                               "“%s” names “%.*s”, and there is no such node.",
                               node->type->params[j].name, PN_STR_ARG(id));
            } else if ((c->nodes[target].type->flags & PN_NODE_SENDS) == 0) {
                pn_problem_add(c->problems, c->arena, PN_PROBLEM_ERROR, "not_a_send", node->id,
                               "“%s” names “%.*s”, which sends nothing.",
                               node->type->params[j].name, PN_STR_ARG(id));
            }
        }
    }
    if (counters > PN_RUN_COUNTERS_MAX) {
        pn_problem_add(c->problems, c->arena, PN_PROBLEM_ERROR, "too_many_counters", PN_STR(""),
                       "A strategy has at most %d repeat and charge nodes.", PN_RUN_COUNTERS_MAX);
    }
}

/* The due-waits that come next on some path, not looking beyond them. Exit 0 of a send is the way
 * of a message that left or was superseded; its error exit is another story, which must not prolong
 * the stage. */
static void find_next_dues(checker *c, uint32_t from, bool *seen, uint32_t *stack,
                           uint32_t *found) {
    memset(seen, 0, c->flow->node_count * sizeof *seen);
    size_t depth = 0;
    uint32_t count = 0;
    stack[depth++] = from;
    while (depth > 0) {
        const pn_flow_node *node = &c->nodes[stack[--depth]];
        bool sends = (node->type->flags & PN_NODE_SENDS) != 0;
        for (uint32_t i = 0; i < (sends ? 1 : node->exit_count); i++) {
            uint32_t next = node->exits[i].target;
            if (next == PN_NODE_NONE || seen[next]) {
                continue;
            }
            seen[next] = true;
            if ((c->nodes[next].type->flags & PN_NODE_DUE_WAIT) != 0) {
                found[count++] = next;
            } else {
                stack[depth++] = next;
            }
        }
    }
    uint32_t *kept = pn_arena_array(c->arena, uint32_t, count + 1U);
    memcpy(kept, found, count * sizeof *kept);
    c->nodes[from].next_dues = kept;
    c->nodes[from].next_due_count = count;
}

void pn_flow_check(pn_flow *flow, pn_flow_node *nodes, pn_arena *arena, pn_problems *problems) {
    checker c = {flow, nodes, arena, problems};
    check_reachable(&c);
    check_cycles(&c);
    check_references(&c);
    bool *seen = pn_arena_array(arena, bool, flow->node_count);
    uint32_t *stack = pn_arena_array(arena, uint32_t, flow->node_count + 1U);
    uint32_t *found = pn_arena_array(arena, uint32_t, flow->node_count);
    for (uint32_t i = 0; i < flow->node_count; i++) {
        find_next_dues(&c, i, seen, stack, found);
    }
}
