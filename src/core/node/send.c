/* What every send node does.
 *
 * The first visit writes the intent and stays; the message's result, a fact, moves it on. An intent
 * whose stage is over is born skipped, visibly, and the run goes on at once (law 4). */
#include "core/node/node.h"

#include "base/banned.h"

enum { NEXT, FAILED };

static pn_go after_message(const pn_message_fact *message) {
    switch (message->state) {
    case PN_MESSAGE_QUEUED:
    case PN_MESSAGE_SENDING:
    case PN_MESSAGE_HELD: return pn_stay(PN_WAIT_MESSAGE, PN_TIME_NEVER);
    case PN_MESSAGE_FAILED: return pn_leave(FAILED, message->settled_at);
    case PN_MESSAGE_SENT:
    case PN_MESSAGE_DELIVERED:
    case PN_MESSAGE_BOUNCED: /* it left; what came back is for branch.message */
    case PN_MESSAGE_SKIPPED:
    case PN_MESSAGE_UNCERTAIN: return pn_leave(NEXT, message->settled_at);
    case PN_MESSAGE_STATES: break;
    }
    return pn_stay(PN_WAIT_MESSAGE, PN_TIME_NEVER);
}

static void write_intent(pn_step_context *c, pn_channel_kind channel, pn_skip skip,
                         pn_time stage_end) {
    pn_cmd *cmd = pn_cmd_add(c, PN_CMD_SEND);
    cmd->send.channel = channel;
    cmd->send.template_name = pn_node_param(c, PN_SEND_TEMPLATE)->text;
    cmd->send.tone = (uint8_t)pn_node_param(c, PN_SEND_TONE)->number;
    cmd->send.skip = skip;
    cmd->send.supersede_at = stage_end;
    if (c->node->type->param_count > PN_SEND_COPY) { /* not every channel carries them */
        cmd->send.attach = (unsigned)pn_node_param(c, PN_SEND_ATTACH)->number;
        cmd->send.copy_to = pn_node_param(c, PN_SEND_COPY)->text;
    }
    pn_run_remember(c->run, c->node_index, c->run->visit, 0);
}

pn_go pn_send_step(pn_step_context *c, pn_channel_kind channel) {
    const pn_run_message *last = pn_run_message_of(c->run, c->node_index);
    if (last != NULL && last->visit == c->run->visit) {
        const pn_message_fact *message = pn_message_fact_of(c->facts, last->message);
        return message != NULL ? after_message(message) : pn_stay(PN_WAIT_MESSAGE, PN_TIME_NEVER);
    }
    pn_time stage_end = pn_stage_end(c->node, c->flow, c->run, c->facts);
    if (c->run->catch_up || stage_end <= c->now) {
        write_intent(c, channel, c->run->catch_up ? PN_SKIP_REANCHORED : PN_SKIP_SUPERSEDED,
                     stage_end);
        return pn_leave(NEXT, c->now);
    }
    if (c->run->quiet_until != PN_TIME_NONE && c->run->quiet_until > c->now &&
        c->run->closing == PN_CLOSED_NOT) {
        return pn_stay(PN_WAIT_TIME, c->run->quiet_until);
    }
    if (!pn_facts_reachable(c->facts, channel)) {
        return pn_leave(FAILED, c->now);
    }
    write_intent(c, channel, PN_SKIP_NOT, stage_end);
    return pn_stay(PN_WAIT_MESSAGE, PN_TIME_NEVER);
}
