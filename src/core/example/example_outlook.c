/* The life of a real case: its own facts, and an example in which nothing is done. */
#include "base/banned.h"
#include "core/example/example_life.h"

static void take_waiting(life *l, size_t at, const pn_outlook_waiting *waiting) {
    l->messages[at].id = waiting->id;
    l->messages[at].channel = waiting->channel;
    l->messages[at].state = PN_MESSAGE_QUEUED;
    l->intents[at] = (life_intent){.cmd = {.kind = PN_CMD_SEND,
                                           .node = waiting->node,
                                           .visit = waiting->visit,
                                           .send = {.channel = waiting->channel,
                                                    .template_name = waiting->template_name,
                                                    .tone = (uint8_t)waiting->tone,
                                                    .supersede_at = waiting->supersede_at}},
                                   .purpose = life_purpose(l, waiting->template_name),
                                   .not_before = PN_MAX(waiting->not_before, l->now)};
}

/* Those the run remembers, then those that wait and are not among them. */
static void take_messages(life *l, const pn_outlook_question *q) {
    size_t known = q->facts->message_count, most = known + q->waiting_count;
    l->messages = pn_arena_array(l->arena, pn_message_fact, most);
    l->intents = pn_arena_array(l->arena, life_intent, most);
    l->message_capacity = l->intent_capacity = most;
    for (size_t i = 0; i < known; i++) {
        l->messages[i] = q->facts->messages[i];
        l->intents[i].not_before = PN_TIME_NEVER;
    }
    l->message_count = known;
    for (size_t i = 0; i < q->waiting_count; i++) {
        size_t at = 0;
        while (at < known && l->messages[at].id != q->waiting[i].id) {
            at++;
        }
        if (at == known) {
            at = l->message_count++;
            l->messages[at] = (pn_message_fact){
                .settled_at = PN_TIME_NONE, .read_at = PN_TIME_NONE, .bounced_at = PN_TIME_NONE};
        }
        take_waiting(l, at, &q->waiting[i]);
    }
}

static void take_items(life *l, const pn_facts *facts) {
    l->items = pn_arena_array(l->arena, pn_item, facts->item_count);
    l->item_count = facts->item_count;
    for (size_t i = 0; i < facts->item_count; i++) {
        l->items[i] = facts->items[i];
    }
    l->facts.item = facts->item != NULL ? &l->items[facts->item - facts->items] : NULL;
}

static void take_lists(life *l, const pn_outlook_question *q) {
    const pn_facts *facts = q->facts;
    l->tasks = pn_arena_array(l->arena, pn_task_fact, facts->task_count);
    l->task_words = pn_arena_array(l->arena, life_task, facts->task_count);
    l->task_count = l->task_capacity = l->word_capacity = facts->task_count;
    for (size_t i = 0; i < facts->task_count; i++) {
        l->tasks[i] = facts->tasks[i];
    }
    l->signals = pn_arena_array(l->arena, pn_signal, facts->signal_count);
    l->signal_count = l->signal_capacity = facts->signal_count;
    for (size_t i = 0; i < facts->signal_count; i++) {
        l->signals[i] = facts->signals[i];
    }
    l->holds = pn_arena_array(l->arena, pn_hold_fact, facts->hold_count + LIFE_HOLDS_OWN);
    l->hold_count = facts->hold_count;
    for (size_t i = 0; i < facts->hold_count; i++) {
        l->holds[i] = facts->holds[i];
    }
    l->arms = pn_arena_array(l->arena, pn_arm_fact, facts->arm_count);
    l->arm_count = l->arm_capacity = facts->arm_count;
    for (size_t i = 0; i < facts->arm_count; i++) {
        l->arms[i] = facts->arms[i];
    }
    l->contacts = pn_arena_array(l->arena, pn_contact_made, q->gate->history_count);
    l->contact_count = l->contact_capacity = q->gate->history_count;
    for (size_t i = 0; i < q->gate->history_count; i++) {
        l->contacts[i] = q->gate->history[i];
    }
}

static void begin_real(life *l, const pn_outlook_question *q) {
    l->facts = *q->facts;
    l->gate = q->gate;
    l->unapplied = q->unapplied;
    l->strategy_id = q->run != NULL ? q->run->strategy_id : q->strategy_id;
    l->now = q->now;
    l->end = q->until;
    take_items(l, q->facts);
    take_lists(l, q);
    take_messages(l, q);
    if (q->run != NULL) {
        l->run = pn_run_copy(q->run, l->arena);
        l->started = true;
        if (l->run.visit != 0) { /* where it stands */
            l->path.items =
                pn_arena_grow(l->arena, NULL, 0, &l->path.capacity, sizeof *l->path.items);
            l->path.items[l->path.count++] = (pn_visited){l->run.node, l->run.entered_at};
        }
    }
}

void pn_outlook_live(const pn_outlook_question *q, pn_arena *arena, pn_outlook *ret_outlook) {
    const pn_zone *zone = q->facts->debtor.zone;
    pn_example nothing_done = {.day_0 = pn_zone_date(zone, q->now),
                               .currency = q->facts->account.currency,
                               .enrolled = q->flow->entry == NULL};
    pn_example_world world = {.zone = zone, .policy = q->policy, .names = q->names};
    life l = {.flow = q->flow, .example = &nothing_done, .world = &world, .arena = arena};
    begin_real(&l, q);
    bool rests = life_moment(&l) && life_go_on(&l);
    life_refresh(&l);
    *ret_outlook = (pn_outlook){.happenings = l.happenings,
                                .count = l.happening_count,
                                .visits = l.path.items,
                                .visit_count = l.path.count,
                                .entered = l.started,
                                .rests = rests,
                                .at = l.over ? l.now : q->until,
                                .run = l.run,
                                .facts = l.facts,
                                .made = l.contacts,
                                .made_count = l.contact_count};
}
