#include "core/node/node.h"

#include "base/banned.h"

enum { WITHIN };
enum { PROMISED, TRIED, REPLIED, VISITED, ELSE };

static const pn_param PARAMS[] = {
    {.name = "within",
     .type = PN_PARAM_DURATION,
     .required = true,
     .min = 60,
     .max = INT64_C(365) * 86400,
     .help = "How long to watch, from the last message sent; time on hold does not count."},
};

static const char *const EXITS[] = {"promised", "tried", "replied", "visited", "else", NULL};

static int exit_of(pn_signal_kind kind) {
    switch (kind) {
    case PN_SIGNAL_PROMISE: return PROMISED;
    case PN_SIGNAL_PAYMENT_ATTEMPT:
    case PN_SIGNAL_PAYMENT_FAILED: return TRIED;
    case PN_SIGNAL_REPLY: return REPLIED;
    case PN_SIGNAL_VISIT: return VISITED;
    case PN_SIGNAL_OPEN:
    case PN_SIGNAL_CLICK:
    case PN_SIGNAL_BOUNCE:
    case PN_SIGNAL_AUTO_REPLY:
    case PN_SIGNAL_CONVERSATION:
    case PN_SIGNALS: break;
    }
    return ELSE;
}

/* What the debtor did since: the strongest thing, and when it was first done. */
static int strongest_since(const pn_step_context *c, pn_time since, pn_time *ret_at) {
    int best = ELSE;
    for (size_t i = 0; i < c->facts->signal_count; i++) {
        const pn_signal *signal = &c->facts->signals[i];
        if (signal->source != PN_SOURCE_HUMAN || signal->at < since || signal->at > c->now) {
            continue;
        }
        int exit = exit_of(signal->kind);
        if (exit < best) {
            best = exit;
            *ret_at = signal->at;
        }
    }
    return best;
}

static pn_go step(pn_step_context *c) {
    const pn_run_message *last = pn_run_message_of(c->run, PN_NODE_NONE);
    const pn_message_fact *message =
        last != NULL ? pn_message_fact_of(c->facts, last->message) : NULL;
    pn_time since = message != NULL && message->settled_at != PN_TIME_NONE ? message->settled_at
                                                                           : c->run->entered_at;
    pn_time deadline =
        pn_time_add_duration(since, pn_node_param(c, WITHIN)->number, c->facts) + c->run->paused_us;
    pn_time at = c->now;
    int exit = strongest_since(c, since, &at);
    if (exit < VISITED) {
        return pn_leave((uint32_t)exit, at);
    }
    /* A visit may still become more than a visit: it is judged when the time is over. */
    return c->now >= deadline ? pn_leave((uint32_t)exit, deadline)
                              : pn_stay(PN_WAIT_SIGNAL, deadline);
}

const pn_node_type pn_node_branch_behaviour = {
    .type = "branch.behaviour",
    .label_es = "¿Qué hizo?",
    .label_en = "What did they do?",
    .label_pt = "O que fez?",
    .help = "Goes on at once when the debtor promised, tried to pay or replied; at the end of the "
            "time when they only visited the page, or did nothing.",
    .version = 1,
    .flags = PN_NODE_SIGNALS,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
};
