/* Messages of an example: decided at the moment of sending by the gate and the tone law, as the
 * delivery of a real case does it. */
#include "base/banned.h"
#include "core/example/example_life.h"
#include "core/tone.h"

pn_purpose life_purpose(const life *l, pn_str name) {
    const pn_flow_names *names = l->world->names;
    pn_str family = pn_str_first(name, pn_str_find_char(name, '@'));
    for (size_t i = 0; names != NULL && i < names->template_count; i++) {
        if (pn_str_eq(names->templates[i].name, family)) {
            return names->templates[i].purpose;
        }
    }
    return PN_PURPOSE_DEMAND;
}

static pn_str family_of(const pn_cmd *cmd) {
    pn_str name = cmd->send.template_name;
    return pn_str_first(name, pn_str_find_char(name, '@'));
}

static void note_skipped(life *l, const pn_cmd *cmd, pn_str why) {
    pn_happening *happening = life_note(l, PN_HAPPENS_SKIPPED, family_of(cmd));
    happening->title = why;
    happening->node = pn_flow_node_id(l->flow, cmd->node);
}

void life_queue(life *l, const pn_cmd *cmd) {
    size_t at = l->message_count;
    l->messages =
        pn_arena_grow(l->arena, l->messages, at, &l->message_capacity, sizeof *l->messages);
    l->intents = pn_arena_grow(l->arena, l->intents, at, &l->intent_capacity, sizeof *l->intents);
    l->message_count++;
    l->messages[at] = (pn_message_fact){.id = (pn_id)at + 1,
                                        .channel = cmd->send.channel,
                                        .settled_at = PN_TIME_NONE,
                                        .read_at = PN_TIME_NONE,
                                        .bounced_at = PN_TIME_NONE};
    l->intents[at] = (life_intent){
        .cmd = *cmd, .purpose = life_purpose(l, cmd->send.template_name), .not_before = l->now};
    if (cmd->send.skip != PN_SKIP_NOT) {
        l->messages[at].state = PN_MESSAGE_SKIPPED;
        l->messages[at].settled_at = l->now;
        note_skipped(l, cmd,
                     cmd->send.skip == PN_SKIP_SUPERSEDED ? PN_STR("superseded")
                                                          : PN_STR("reanchored"));
    }
    if (!cmd->send.neutral) {
        pn_run_remember(&l->run, cmd->node, cmd->visit, l->messages[at].id);
    }
}

static void settle(life *l, size_t at, pn_message_state state, pn_str why) {
    l->messages[at].state = state;
    l->messages[at].settled_at = l->now;
    note_skipped(l, &l->intents[at].cmd, why);
}

static bool lists(const life *l, const pn_item *item) {
    return pn_facts_works(&l->facts, item) && item->claimable > 0;
}

static void raise_tones(life *l, unsigned tone) {
    bool any_overdue = false;
    for (size_t i = 0; i < l->item_count; i++) {
        any_overdue =
            any_overdue || (lists(l, &l->items[i]) && l->items[i].effective_due < l->facts.today);
    }
    for (size_t i = 0; i < l->item_count; i++) {
        pn_item *item = &l->items[i];
        bool asked = lists(l, item) && (!any_overdue || item->effective_due < l->facts.today);
        if (asked && tone > item->tone_received) {
            item->tone_received = (uint8_t)tone;
            item->tone_on = l->facts.today;
        }
    }
}

static void let_go(life *l, size_t at, int64_t claimable) {
    const life_intent *intent = &l->intents[at];
    unsigned tone = intent->cmd.send.tone;
    if (intent->purpose == PN_PURPOSE_DEMAND) {
        pn_tone_bound bound = PN_TONE_BOUND_NONE;
        for (size_t i = 0; i < l->item_count; i++) {
            if (lists(l, &l->items[i])) {
                pn_tone_bound_add(&bound, &l->items[i], &l->facts.debtor.calendar, l->facts.today);
            }
        }
        tone = pn_tone_within(&bound, tone);
        raise_tones(l, tone);
    }
    l->messages[at].state = PN_MESSAGE_SENT;
    l->messages[at].settled_at = l->now;
    l->contacts = pn_arena_grow(l->arena, l->contacts, l->contact_count, &l->contact_capacity,
                                sizeof *l->contacts);
    l->contacts[l->contact_count++] =
        (pn_contact_made){.at = l->now,
                          .channel = l->messages[at].channel,
                          .purpose = intent->purpose,
                          .creditor_id = l->gate != NULL ? l->gate->creditor_id : 0,
                          .account_id = l->gate != NULL ? l->gate->account_id : 0};
    pn_happening *happening = life_note(l, PN_HAPPENS_MAIL, family_of(&intent->cmd));
    happening->tone = tone;
    happening->channel = l->messages[at].channel;
    happening->node = pn_flow_node_id(l->flow, intent->cmd.node);
    if (l->past != NULL) {
        life_past_sent(l, &(pn_past_sent){.at = l->now,
                                          .family = happening->word,
                                          .channel = l->messages[at].channel,
                                          .purpose = intent->purpose,
                                          .tone = tone,
                                          .node = intent->cmd.node,
                                          .claimable = claimable});
    }
}

/* What the gate is asked in an example, but for the message. */
static pn_gate_query query_of_example(const life *l) {
    return (pn_gate_query){.about = {.person = l->example->person,
                                     .third_party = l->example->third_party,
                                     .region = l->facts.debtor.region},
                           .consented = true, /* an example is about a strategy, not about that */
                           .zones = {l->world->zone},
                           .zone_count = 1,
                           .calendar = &l->facts.debtor.calendar};
}

static pn_verdict ask_gate(const life *l, const life_intent *intent, int64_t claimable) {
    pn_gate_query query = l->gate != NULL ? *l->gate : query_of_example(l);
    query.about.channel = intent->cmd.send.channel;
    query.about.purpose = intent->purpose;
    query.hours = l->flow->hours;
    query.claimable = (pn_money){claimable, l->facts.account.currency};
    query.history = l->contacts;
    query.history_count = l->contact_count;
    return pn_gate(l->world->policy, &query, l->now);
}

static void examine(life *l, size_t at) {
    life_intent *intent = &l->intents[at];
    bool demand = intent->purpose == PN_PURPOSE_DEMAND;
    int64_t claimable = 0;
    bool open = false;
    for (size_t i = 0; i < l->item_count; i++) {
        claimable += lists(l, &l->items[i]) ? l->items[i].claimable : 0;
        open = open ||
               (pn_facts_works(&l->facts, &l->items[i]) && l->items[i].closed == PN_CLOSED_NOT);
    }
    if (l->now >= intent->cmd.send.supersede_at) {
        settle(l, at, PN_MESSAGE_SKIPPED, PN_STR("superseded"));
    } else if (demand && claimable <= 0 && !open) {
        settle(l, at, PN_MESSAGE_SKIPPED, PN_STR("paid"));
    } else if (demand && (claimable <= 0 || l->facts.hold_count != 0)) {
        intent->not_before = l->now + PN_DAY;
    } else if (!pn_facts_reachable(&l->facts, intent->cmd.send.channel)) {
        settle(l, at, PN_MESSAGE_FAILED, PN_STR("no_usable_contact"));
    } else {
        pn_verdict verdict = ask_gate(l, intent, claimable);
        if (l->past != NULL && verdict.answer != PN_GATE_ALLOW) {
            life_past_held(l, verdict.reason);
        }
        if (verdict.answer == PN_GATE_ALLOW) {
            let_go(l, at, claimable);
        } else if (verdict.answer == PN_GATE_NEVER) {
            settle(l, at, PN_MESSAGE_SKIPPED, pn_str_of(pn_gate_reason_name(verdict.reason)));
        } else if (verdict.at >= intent->cmd.send.supersede_at) {
            settle(l, at, PN_MESSAGE_SKIPPED, PN_STR("superseded"));
        } else {
            intent->not_before = verdict.at;
        }
    }
}

bool life_deliver(life *l) {
    bool changed = false;
    for (size_t i = 0; i < l->message_count; i++) {
        if (l->messages[i].state == PN_MESSAGE_QUEUED && l->intents[i].not_before <= l->now) {
            life_refresh(l);
            examine(l, i);
            changed = changed || l->messages[i].state != PN_MESSAGE_QUEUED;
        }
    }
    return changed;
}

void life_due_again(life *l) {
    for (size_t i = 0; i < l->message_count; i++) {
        l->intents[i].not_before = PN_MIN(l->intents[i].not_before, l->now);
    }
}

pn_time life_deliver_next(const life *l) {
    pn_time next = PN_TIME_NEVER;
    for (size_t i = 0; i < l->message_count; i++) {
        if (l->messages[i].state == PN_MESSAGE_QUEUED) {
            next = PN_MIN(next, l->intents[i].not_before);
        }
    }
    return next;
}
