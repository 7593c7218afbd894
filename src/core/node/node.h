/* The node registry: one descriptor a type. Validator, JSON schema, palette, forms and docs are
 * made from it. A new node is one file and one line in registry.c. */
#ifndef PN_CORE_NODE_NODE_H
#define PN_CORE_NODE_NODE_H

#include "core/cmd.h"
#include "core/flow/flow.h"
#include "core/step.h"

enum {
    PN_NODE_BREATHES = 1,   /* always lets time pass or waits for somebody: may close a cycle */
    PN_NODE_DUE_WAIT = 2,   /* waits for a time relative to the due date */
    PN_NODE_SENDS = 4,      /* sends a message: what branch.message may name */
    PN_NODE_POSTPONES = 8,  /* late, it is done when the run rests, not dropped (law 4) */
    PN_NODE_COLLAPSES = 16, /* late, it collapses with other late ones (law 4) */
    PN_NODE_FINAL = 32,     /* hands the case away or ends it: not while catching up */
    PN_NODE_COUNTS = 64,    /* keeps a counter in the run */
    PN_NODE_SIGNALS = 128,  /* reads what the debtor did */
    PN_NODE_TASKS = 256,    /* opens tasks and reads what became of them */
    PN_NODE_ASKS = 512,     /* asks another system, which answers in its own time */
    PN_NODE_OFFERS = 1024,  /* offers something to the debtor, who answers or not */
};

/* What a node's step decides. */
typedef enum {
    PN_GO_STAY, /* until `wake`, or until a fact changes */
    PN_GO_EXIT,
    PN_GO_END, /* the flow ends here with `outcome` */
} pn_go_kind;

typedef struct {
    pn_go_kind kind;
    pn_run_wait wait; /* STAY */
    pn_time wake;     /* STAY; PN_TIME_NEVER */
    uint32_t exit;    /* EXIT */
    pn_time left_at;  /* EXIT: when it happened, at most now; what the next node counts from */
    pn_str outcome;   /* END */
} pn_go;

/* What a node may look at and change. */
typedef struct {
    const pn_flow *flow;
    const pn_flow_node *node;
    uint32_t node_index;
    const pn_facts *facts;
    pn_time now;
    pn_arena *arena;
    pn_run *run;
    pn_cmds *cmds;
    pn_path *path; /* NULL: nobody asks */
} pn_step_context;

struct pn_node_type {
    const char *type;
    const char *label_es, *label_en, *label_pt;
    const char *help;
    unsigned version;
    unsigned flags;
    const pn_param *params;
    size_t param_count;
    const char *const *exits; /* NULL-terminated; required ones */
    pn_go (*step)(pn_step_context *context);
    /* What its parameters cannot say alone: a sentence about what is wrong, or NULL. May be NULL.
     */
    const char *(*check)(const pn_flow *flow, const pn_flow_node *node);
    /* For a BREATHES node that does so only with some parameters, or only on the way to some exits;
     * NULL: always. */
    bool (*breathes)(const pn_flow_node *node, uint32_t exit);
    /* The effect of a POSTPONES or COLLAPSES node, done late when the run comes to rest; `others`
     * further nodes collapsed into it. NULL for the rest. */
    void (*late)(pn_step_context *context, uint32_t others);
};

size_t pn_node_type_count(void);
const pn_node_type *pn_node_type_at(size_t index);
const pn_node_type *pn_node_type_find(pn_str type);
pn_str pn_node_type_suggest(pn_str type);

/* Words of one thing in the console's languages. */
typedef struct {
    const char *es, *en, *pt;
} pn_node_words;

/* What a type is for; what a form calls a parameter, and what it says about it (words.c). */
pn_node_words pn_node_type_says(const pn_node_type *type);
pn_node_words pn_node_param_label(const pn_node_type *type, const pn_param *param);
pn_node_words pn_node_param_says(const pn_node_type *type, const pn_param *param);

/* ── helpers for node files ── */

static inline const pn_param_value *pn_node_param(const pn_step_context *c, size_t index) {
    return &c->node->params[index];
}
static inline pn_go pn_stay(pn_run_wait wait, pn_time wake) {
    return (pn_go){.kind = PN_GO_STAY, .wait = wait, .wake = wake};
}
static inline pn_go pn_leave(uint32_t exit, pn_time left_at) {
    return (pn_go){.kind = PN_GO_EXIT, .exit = exit, .left_at = left_at};
}
/* Stays until `time` has come, then leaves by the first exit as of that time. */
pn_go pn_wait_until(const pn_step_context *c, pn_time time);

/* The same, and counts each time the node is left. */
pn_go pn_wait_counted(pn_step_context *c, pn_time time);

/* A new command of this node's visit, zeroed. */
pn_cmd *pn_cmd_add(pn_step_context *c, pn_cmd_kind kind);

/* The first parameters of every PN_NODE_DUE_WAIT. */
enum { PN_DUE_DAYS, PN_DUE_KIND, PN_DUE_AT };

/* The instant of a due-wait: effective due date (or anchor), days, time of day and the debtor's
 * grace. PN_TIME_NEVER while the case has no anchor. */
pn_time pn_due_wait_time(const pn_flow_node *node, const pn_run *run, const pn_facts *facts);
/* When the stage of this node is over: the latest of the due-waits that may come next (law 4);
 * PN_TIME_NEVER when there is none. */
pn_time pn_stage_end(const pn_flow_node *node, const pn_flow *flow, const pn_run *run,
                     const pn_facts *facts);
/* The stage is over already, or the run is catching up: effects are not for now. */
bool pn_stage_missed(const pn_step_context *c);

/* Postpones the node's effect until the run rests (law 4). False when it is postponed already, or
 * when no more can be: a loop has come back to it, and it must be done now. */
bool pn_postpone(pn_step_context *c);
/* Takes it back: it is done now. */
void pn_postpone_no_more(pn_step_context *c);

/* This step has charged interest (or a fee) to that item already, which facts cannot say yet. Items
 * are asked about in their order: `cursor` (0 at first) keeps the search short. */
bool pn_charged_in_step(const pn_step_context *c, pn_id item, bool interest, size_t *cursor);

/* `days` later by that kind of day, at a time of day (seconds; -1 keeps the wall-clock time). */
pn_time pn_time_add_days(pn_time from, int64_t days, bool business, int64_t at_second,
                         const pn_facts *facts);
/* A duration in seconds; whole days keep the wall-clock time across daylight saving. */
pn_time pn_time_add_duration(pn_time from, int64_t seconds, const pn_facts *facts);

/* The message fact the run remembers, NULL when it is not known (yet). */
const pn_message_fact *pn_message_fact_of(const pn_facts *facts, pn_id message);
/* The task this visit of the node opened, NULL when there is none (yet). */
const pn_task_fact *pn_task_fact_of(const pn_step_context *c);

/* The parameter of that name; NULL where the node's type has none. */
const pn_param_value *pn_node_param_named(const pn_flow_node *node, const char *name);

/* ── asking another system (ask.c) ── */

/* What every node that asks begins with; `method_` is the default, as JSON. */
#define PN_ASK_PARAMS(method_)                                                                     \
    {.name = "connector",                                                                          \
     .type = PN_PARAM_CONNECTOR,                                                                   \
     .required = true,                                                                             \
     .max = 60,                                                                                    \
     .help = "Which system is asked: a connector (`puntual connector list`)."},                    \
        {.name = "method",                                                                         \
         .type = PN_PARAM_CHOICE,                                                                  \
         .choices = pn_ask_methods,                                                                \
         .otherwise = (method_),                                                                   \
         .help = "The method of the request."},                                                    \
        {.name = "path",                                                                           \
         .type = PN_PARAM_TEXT,                                                                    \
         .required = true,                                                                         \
         .max = 1000,                                                                              \
         .help =                                                                                   \
             "What follows the connector's address; a template, what it prints is encoded for "    \
             "a URL: \"/customers/{{ debtor.external_id }}\"."},                                   \
    {                                                                                              \
        .name = "body", .type = PN_PARAM_TEXT, .max = 4000,                                        \
        .help = "The body of the request; a template, what it prints is escaped for JSON (or, "    \
                "with a connector that says so, for a form)."                                      \
    }

enum { PN_ASK_CONNECTOR, PN_ASK_METHOD, PN_ASK_PATH, PN_ASK_BODY, PN_ASK_PARAM_COUNT };

/* "GET", "POST", …: the choices of `method`. */
extern const char *const pn_ask_methods[];

/* Asks, once a visit, and gives the answer; NULL while there is none. */
const pn_errand_fact *pn_ask(pn_step_context *c, pn_errand_kind kind);
/* Asks where this visit has not asked yet; nobody waits for the answer. */
void pn_ask_once(pn_step_context *c, pn_errand_kind kind);
/* A sentence about a path or body that cannot be one; NULL where they are fine. */
const char *pn_ask_check(const pn_flow *flow, const pn_flow_node *node);

/* ── offering (offer.c) ── */

/* What every offering node does: accepted, or expired after its days. The parameter "days" is its
 * first. */
enum { PN_OFFER_ACCEPTED_EXIT, PN_OFFER_EXPIRED_EXIT, PN_OFFER_DAYS = 0 };
pn_go pn_offer_step(pn_step_context *c, pn_offer_kind kind);
/* Whether its limits by segment, amount and age let it be offered by these facts. */
bool pn_offer_allowed(const pn_flow_node *node, const pn_facts *facts);
/* What every offering node begins with: how long it stands, and for whom. */
#define PN_OFFER_PARAMS                                                                            \
    {.name = "days",                                                                               \
     .type = PN_PARAM_INT,                                                                         \
     .otherwise = "10",                                                                            \
     .min = 1,                                                                                     \
     .max = 90,                                                                                    \
     .help = "How many days it can be accepted."},                                                 \
        {.name = "when",                                                                           \
         .type = PN_PARAM_RULE,                                                                    \
         .help = "For whom (segment, amount, age): a rule; where it does not hold, nothing is "    \
                 "offered, and it leaves by “expired” at once. Without it, for everybody."},       \
        {.name = "amount_min",                                                                     \
         .type = PN_PARAM_AMOUNT,                                                                  \
         .min = 1,                                                                                 \
         .max = INT64_C(100000000000),                                                             \
         .help = "Only where at least this may be asked for."},                                    \
        {.name = "amount_max",                                                                     \
         .type = PN_PARAM_AMOUNT,                                                                  \
         .min = 1,                                                                                 \
         .max = INT64_C(100000000000),                                                             \
         .help = "Only where no more than this may be asked for."},                                \
    {                                                                                              \
        .name = "age_min", .type = PN_PARAM_INT, .min = 0, .max = 3650,                            \
        .help = "Only where the oldest invoice is overdue for so many days."                       \
    }
enum {
    PN_OFFER_WHEN = 1,
    PN_OFFER_AMOUNT_MIN,
    PN_OFFER_AMOUNT_MAX,
    PN_OFFER_AGE_MIN,
    PN_OFFER_PARAM_COUNT
};
/* Where nothing is offered, “expired” is left by at once. */
bool pn_offer_breathes(const pn_flow_node *node, uint32_t exit);
const char *pn_offer_check(const pn_flow *flow, const pn_flow_node *node);

/* What every send node does, on its channel. Its parameters begin with PN_SEND_PARAMS. */
enum { PN_SEND_TEMPLATE, PN_SEND_TONE, PN_SEND_ATTACH, PN_SEND_COPY, PN_SEND_PARAM_COUNT };
pn_go pn_send_step(pn_step_context *c, pn_channel_kind channel);

#endif
