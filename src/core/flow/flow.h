/* Flows: a strategy's document, compiled.
 *
 * A strategy is one JSON document in canonical form (sorted keys). Compiling reads it into nodes
 * with typed parameters and exits, and checks it: every problem is reported with the node's id and
 * a sentence that helps (law 9 and the registry's limits). A compiled flow is immutable and lives
 * in its arena. Nodes are numbered in the order of their ids, so a number means the same wherever
 * the same version is compiled. */
#ifndef PN_CORE_FLOW_FLOW_H
#define PN_CORE_FLOW_FLOW_H

#include "core/flow/param.h"
#include "core/run.h"

typedef struct pn_node_type pn_node_type;

typedef struct {
    pn_str name;
    uint32_t target; /* node number, or PN_NODE_NONE for a flow's end */
} pn_flow_exit;

typedef struct {
    pn_str id;
    const pn_node_type *type;
    const pn_param_value *params; /* in the order of type->params */
    const pn_flow_exit *exits;    /* type->exits first, then those of rules, arms, holdout */
    uint32_t exit_count;
    const uint32_t *next_dues; /* the due-waits that may come next: what supersedes a message */
    uint32_t next_due_count;
} pn_flow_node;

typedef enum { PN_FLOW_STRATEGY, PN_FLOW_PILL } pn_flow_kind;

/* What starts a pill by itself. Order is stored. */
typedef enum {
    PN_TRIGGER_NONE,
    PN_TRIGGER_PAYMENT_FAILED,
    PN_TRIGGER_VISITED_NOT_PAID,
    PN_TRIGGER_PROMISE_BROKEN,
    PN_TRIGGER_BOUNCE,
    PN_TRIGGER_REPLY,
    PN_TRIGGER_PROMISE_DUE,     /* the last business day before a promised one */
    PN_TRIGGER_INSTALLMENT_DUE, /* three days before an installment of a plan */
    PN_TRIGGER_DISPUTE_OPENED,
    PN_TRIGGERS
} pn_trigger;

const char *pn_trigger_name(pn_trigger trigger);
/* The pill speaks of amounts that are held (promised, planned, disputed), so it goes on while
 * nothing may be asked for. */
static inline bool pn_trigger_of_held(pn_trigger trigger) {
    return trigger == PN_TRIGGER_PROMISE_DUE || trigger == PN_TRIGGER_INSTALLMENT_DUE ||
           trigger == PN_TRIGGER_DISPUTE_OPENED;
}

/* When this strategy may contact, inside what the policy allows. */
typedef struct {
    bool given;
    uint8_t weekdays;
    int32_t from_second, to_second;
} pn_flow_hours;

typedef struct pn_flow {
    pn_str name;
    pn_str description;
    pn_flow_kind kind;
    pn_subject subject;
    int32_t priority;     /* the higher one wins; default 0 */
    pn_trigger trigger;   /* a pill's; NONE: only a pill node starts it */
    const pn_rule *entry; /* NULL: nothing enters by itself */
    pn_flow_hours hours;
    const pn_flow_node *nodes;
    uint32_t node_count;
    uint32_t start;
    uint32_t on_paid; /* PN_NODE_NONE: the case simply closes */
    uint32_t on_closed;
    uint32_t on_returned; /* PN_NODE_NONE: the start, catching up */
    unsigned needs;       /* PN_NEEDS_… of all its rules */
    bool reads_signals;   /* has branches on what the debtor did */
    bool has_tasks;
    bool asks;   /* other systems */
    bool offers; /* something to the debtor */
} pn_flow;

/* What a validator may ask about outside the document. */
typedef struct {
    pn_str name;
    unsigned channels; /* bit (1 << pn_channel_kind) */
    pn_purpose purpose;
    pn_str languages; /* "es en pt" */
    unsigned tones;   /* bit (1 << tone) over all languages */
    pn_str gaps;      /* "en, pt": languages it lacks of those the organization uses; empty */
} pn_template_name;

typedef struct {
    const pn_template_name *templates;
    size_t template_count;
    const pn_str *strategies;
    size_t strategy_count;
    const pn_str *pills;
    size_t pill_count;
    const pn_str *connectors;
    size_t connector_count;
} pn_flow_names;

typedef enum { PN_PROBLEM_ERROR, PN_PROBLEM_WARNING } pn_problem_level;

typedef struct {
    pn_problem_level level;
    const char *code; /* stable word: "dangling_exit" */
    pn_str node;      /* its id; empty for the document */
    pn_str sentence;
} pn_problem;

typedef struct {
    pn_problem *items;
    size_t count;
    size_t capacity;
    size_t errors;
} pn_problems;

/* Compiles a document. OK only when there is no error; all problems found are in `ret_problems`
 * either way (a diag keeps the first). `names` may be NULL: then templates and strategies that a
 * node names are not looked up. Everything lives in the arena. */
PN_MUST_USE pn_err pn_flow_compile(const pn_json *document, const pn_flow_names *names,
                                   pn_arena *arena, const pn_flow **ret_flow,
                                   pn_problems *ret_problems, pn_diag *diag);

/* The canonical form, two spaces a level, with a final newline. */
PN_MUST_USE pn_err pn_flow_format(const pn_json *document, pn_arena *arena, pn_buf *out);

/* PN_NODE_NONE when there is no node of that id. */
uint32_t pn_flow_find(const pn_flow *flow, pn_str id);
/* Its id; "" for PN_NODE_NONE. */
pn_str pn_flow_node_id(const pn_flow *flow, uint32_t node);

/* ── for the files of this folder ── */

void pn_problem_add(pn_problems *problems, pn_arena *arena, pn_problem_level level,
                    const char *code, pn_str node, const char *format, ...) PN_PRINTF(6, 7);
/* Checks what only the whole graph shows; adds problems. Fills next_dues. */
void pn_flow_check(pn_flow *flow, pn_flow_node *nodes, pn_arena *arena, pn_problems *problems);

#endif
