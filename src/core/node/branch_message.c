#include "core/node/node.h"

#include "base/banned.h"

enum { MESSAGE, WITHIN };
enum { READ, UNREAD, FAILED };

static const pn_param PARAMS[] = {
    {.name = "message",
     .type = PN_PARAM_NODE,
     .max = 60,
     .help = "The send node whose message is meant; without it, the last one sent."},
    {.name = "within",
     .type = PN_PARAM_DURATION,
     .otherwise = "\"72h\"",
     .min = 60,
     .max = INT64_C(365) * 86400,
     .help = "How long after its sending a reading counts; time on hold does not count."},
};

static const char *const EXITS[] = {"read", "unread", "error", NULL};

static pn_go decide(const pn_step_context *c, const pn_message_fact *message) {
    switch (message->state) {
    case PN_MESSAGE_QUEUED:
    case PN_MESSAGE_SENDING:
    case PN_MESSAGE_HELD: return pn_stay(PN_WAIT_MESSAGE, PN_TIME_NEVER);
    case PN_MESSAGE_FAILED: return pn_leave(FAILED, message->settled_at);
    case PN_MESSAGE_BOUNCED: return pn_leave(FAILED, message->bounced_at);
    case PN_MESSAGE_SKIPPED: return pn_leave(UNREAD, message->settled_at);
    case PN_MESSAGE_SENT:
    case PN_MESSAGE_DELIVERED:
    case PN_MESSAGE_UNCERTAIN: break;
    case PN_MESSAGE_STATES: break;
    }
    if (message->read_at != PN_TIME_NONE) {
        return pn_leave(READ, message->read_at);
    }
    pn_time deadline =
        pn_time_add_duration(message->settled_at, pn_node_param(c, WITHIN)->number, c->facts) +
        c->run->paused_us;
    return c->now >= deadline ? pn_leave(UNREAD, deadline) : pn_stay(PN_WAIT_SIGNAL, deadline);
}

static pn_go step(pn_step_context *c) {
    uint32_t send = PN_NODE_NONE;
    if (pn_node_param(c, MESSAGE)->given) {
        send = pn_flow_find(c->flow, pn_node_param(c, MESSAGE)->text);
    }
    const pn_run_message *last = pn_run_message_of(c->run, send);
    if (last == NULL || last->message == 0) {
        return pn_leave(UNREAD, c->now); /* never sent, or skipped in this very step */
    }
    const pn_message_fact *message = pn_message_fact_of(c->facts, last->message);
    return message != NULL ? decide(c, message) : pn_stay(PN_WAIT_MESSAGE, PN_TIME_NEVER);
}

const pn_node_type pn_node_branch_message = {
    .type = "branch.message",
    .label_es = "¿Leyó el mensaje?",
    .label_en = "Was the message read?",
    .label_pt = "Leu a mensagem?",
    .help = "Read, unread or failed. Only human signals count: an opening, a click, a visit, a "
            "reply. A skipped message is unread, a bounced one an error.",
    .version = 1,
    .flags = PN_NODE_SIGNALS,
    .params = PARAMS,
    .param_count = PN_COUNT(PARAMS),
    .exits = EXITS,
    .step = step,
};
