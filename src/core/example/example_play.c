/* Living an example: time moves from moment to moment, as the engine moves it. At each one what was
 * done is written down as facts, the run is stepped until it rests, and what may leave leaves. */
#include "base/banned.h"
#include "base/limits.h"
#include "core/example/example_life.h"
#include "core/ledger.h"
#include "core/node/node.h"

/* Ids that stand for the one of its kind there is. */
enum { RUN = 1, STRATEGY = 2, MAIN_RUN = 3, DEBTOR = 4, ACCOUNT = 5 };
/* An unread reply is looked at again after so many business days. */
enum { REVIEW_DAYS = 2 };

pn_happening *life_note(life *l, pn_happening_kind kind, pn_str word) {
    l->happenings = pn_arena_grow(l->arena, l->happenings, l->happening_count,
                                  &l->happening_capacity, sizeof *l->happenings);
    pn_happening *happening = &l->happenings[l->happening_count++];
    *happening = (pn_happening){.kind = kind,
                                .day = pn_zone_date(l->world->zone, l->now) - l->example->day_0,
                                .at = l->now,
                                .word = word,
                                .currency = l->example->currency};
    return happening;
}

void life_refresh(life *l) {
    pn_facts *f = &l->facts;
    f->today = pn_zone_date(l->world->zone, l->now);
    f->items = l->items;
    f->item_count = l->item_count;
    f->messages = l->messages;
    f->message_count = l->message_count;
    f->signals = l->signals;
    f->signal_count = l->signal_count;
    f->tasks = l->tasks;
    f->task_count = l->task_count;
    f->arms = l->arms;
    f->arm_count = l->arm_count;
    f->errands = l->errands;
    f->errand_count = l->errand_count;
    f->offers = l->offers;
    f->offer_count = l->offer_count;
    f->holds = l->holds;
    f->hold_count = l->hold_count;
    pn_ledger_claimable(l->items, l->item_count, l->unapplied);
    pn_facts_sum(f);
}

/* ── what is done ────────────────────────────────────────────────────────────────────────────── */

static void hold(life *l, pn_str reason) {
    for (size_t i = 0; i < l->hold_count; i++) {
        if (pn_str_eq(l->holds[i].reason, reason)) {
            return;
        }
    }
    l->holds[l->hold_count] =
        (pn_hold_fact){.id = (pn_id)l->hold_count + 1,
                       .reason = reason,
                       .since = l->now,
                       .until = pn_time_add_days(l->now, REVIEW_DAYS, true, -1, &l->facts)};
    l->hold_count++;
}

static void release(life *l, pn_str reason) {
    size_t kept = 0;
    for (size_t i = 0; i < l->hold_count; i++) {
        if (!pn_str_eq(l->holds[i].reason, reason)) {
            l->holds[kept++] = l->holds[i];
        }
    }
    l->hold_count = kept;
    life_due_again(l);
}

/* The last message that left; NULL when none did. */
static pn_message_fact *last_message(life *l) {
    for (size_t i = l->message_count; i-- > 0;) {
        if (l->messages[i].state == PN_MESSAGE_SENT) {
            return &l->messages[i];
        }
    }
    return NULL;
}

void life_heard(life *l, pn_signal_kind kind, pn_signal_source source) {
    pn_message_fact *message = last_message(l);
    bool reads = kind != PN_SIGNAL_BOUNCE && kind != PN_SIGNAL_PROMISE && source == PN_SOURCE_HUMAN;
    if (message != NULL && reads && message->read_at == PN_TIME_NONE) {
        message->read_at = l->now;
    }
    l->signals = pn_arena_grow(l->arena, l->signals, l->signal_count, &l->signal_capacity,
                               sizeof *l->signals);
    l->signals[l->signal_count] = (pn_signal){.id = (pn_id)l->signal_count + 1,
                                              .kind = kind,
                                              .source = source,
                                              .at = l->now,
                                              .message = message != NULL ? message->id : 0};
    l->signal_count++;
}

static void heard(life *l, pn_signal_kind kind) {
    life_heard(l, kind, PN_SOURCE_HUMAN);
}

static void bounce(life *l) {
    pn_message_fact *message = last_message(l);
    heard(l, PN_SIGNAL_BOUNCE);
    if (message != NULL) {
        message->state = PN_MESSAGE_BOUNCED;
        message->bounced_at = l->now;
        l->facts.debtor.channels &= ~(1U << message->channel);
    }
}

void life_finish_task(life *l, pn_str category, pn_str outcome) {
    for (size_t i = 0; i < l->task_count; i++) {
        if (l->tasks[i].state == PN_TASK_OPEN && pn_str_eq(l->task_words[i].category, category)) {
            l->tasks[i].state = PN_TASK_DONE;
            l->tasks[i].settled_at = l->now;
            l->tasks[i].outcome = outcome;
            return;
        }
    }
}

static void promise(life *l, const pn_deed *deed) {
    life_promise(l, deed->amount, deed->by_day);
    heard(l, PN_SIGNAL_PROMISE);
}

static void reply(life *l) {
    heard(l, PN_SIGNAL_REPLY);
    /* the pill that answers is not stopped by what it answers */
    if (l->flow->kind != PN_FLOW_PILL) {
        hold(l, PN_STR("reply"));
    }
}

static void set_email(life *l, bool known) {
    unsigned bit = 1U << PN_CHANNEL_EMAIL;
    l->facts.debtor.channels =
        known ? l->facts.debtor.channels | bit : l->facts.debtor.channels & ~bit;
}

static void do_deed(life *l, const pn_deed *deed) {
    switch (deed->kind) {
    case PN_DEED_PAYS: life_pay(l, deed->amount, deed->invoice, PN_CLOSED_PAID); break;
    case PN_DEED_CREDITED: life_pay(l, deed->amount, deed->invoice, PN_CLOSED_CREDITED); break;
    case PN_DEED_RETURNED: life_return(l); break;
    case PN_DEED_PROMISES: promise(l, deed); break;
    case PN_DEED_DISPUTES: life_dispute(l, deed->amount, deed->invoice); break;
    case PN_DEED_SETTLED: life_settle(l); break;
    case PN_DEED_BOUNCES: bounce(l); break;
    case PN_DEED_REPLIES: reply(l); break;
    case PN_DEED_ANSWERED: release(l, PN_STR("reply")); break;
    case PN_DEED_READS: heard(l, PN_SIGNAL_CLICK); break;
    case PN_DEED_VISITS: heard(l, PN_SIGNAL_VISIT); break;
    case PN_DEED_TRIES: heard(l, PN_SIGNAL_PAYMENT_ATTEMPT); break;
    case PN_DEED_TASK: life_finish_task(l, deed->task, deed->outcome); break;
    case PN_DEED_PAUSED: hold(l, PN_STR("manual")); break;
    case PN_DEED_RESUMED: release(l, PN_STR("manual")); break;
    case PN_DEED_EMAIL: set_email(l, deed->on); break;
    }
}

static pn_time deed_time(const life *l, const pn_deed *deed) {
    return pn_zone_instant(l->world->zone, l->example->day_0 + deed->day, deed->second);
}

static void do_deeds(life *l) {
    const pn_example *e = l->example;
    while (l->next_deed < e->deed_count && deed_time(l, &e->deeds[l->next_deed]) <= l->now) {
        life_refresh(l);
        do_deed(l, &e->deeds[l->next_deed++]);
    }
}

/* ── what the run commands ───────────────────────────────────────────────────────────────────── */

static void open_task(life *l, const pn_cmd *cmd) {
    static const char *const TO[] = {"", "lawyer", "insurer", "agency"};
    size_t at = l->task_count;
    l->tasks = pn_arena_grow(l->arena, l->tasks, at, &l->task_capacity, sizeof *l->tasks);
    l->task_words =
        pn_arena_grow(l->arena, l->task_words, at, &l->word_capacity, sizeof *l->task_words);
    l->tasks[at] =
        (pn_task_fact){.node = cmd->node, .visit = cmd->visit, .settled_at = PN_TIME_NONE};
    l->task_words[at] = (life_task){cmd->task.category, cmd->task.title};
    l->task_count++;
    if (cmd->task.handover_to != 0) {
        life_note(l, PN_HAPPENS_HANDOVER, pn_str_of(TO[cmd->task.handover_to]));
    } else {
        life_note(l, PN_HAPPENS_TASK, cmd->task.category)->title = cmd->task.title;
    }
}

static void cancel_tasks(life *l) {
    for (size_t i = 0; i < l->task_count; i++) {
        if (l->tasks[i].state == PN_TASK_OPEN) {
            l->tasks[i].state = PN_TASK_CANCELLED;
            l->tasks[i].settled_at = l->now;
        }
    }
}

static void charge(life *l, const pn_cmd *cmd) {
    for (size_t i = 0; i < l->item_count; i++) {
        pn_item *item = &l->items[i];
        if (item->id == cmd->charge.item) {
            item->open += cmd->charge.amount;
            item->charges += cmd->charge.amount;
            item->fee_charged = item->fee_charged || !cmd->charge.interest;
            item->interest_until = cmd->charge.interest ? cmd->charge.to : item->interest_until;
        }
    }
    life_note(l, cmd->charge.interest ? PN_HAPPENS_INTEREST : PN_HAPPENS_FEE, PN_STR(""))->amount =
        cmd->charge.amount;
}

static void set_attr(life *l, const pn_attr **attrs, size_t *count, pn_str key, pn_str json) {
    pn_json *value = NULL;
    pn_attr *copy = pn_arena_array(l->arena, pn_attr, *count + 1);
    size_t at = *count;
    for (size_t i = 0; i < *count; i++) {
        copy[i] = (*attrs)[i];
        at = pn_str_eq(copy[i].key, key) ? i : at;
    }
    pn_err err = pn_json_parse(json, NULL, l->arena, &value, NULL);
    assert(err == PN_OK); /* it stood in the document */
    copy[at] = pn_attr_read(value->type == PN_JSON_STR ? value->text : json, l->arena);
    copy[at].key = key;
    *count = PN_MAX(*count, at + 1);
    *attrs = copy;
}

/* An attribute of the debtor, or of the invoices that the case works. */
static void set_field(life *l, const pn_cmd *cmd) {
    const pn_str of_debtor = PN_STR("debtor.attr."), of_invoice = PN_STR("invoice.attr.");
    pn_debtor_fact *debtor = &l->facts.debtor;
    if (pn_str_starts(cmd->set.field, of_debtor)) {
        set_attr(l, &debtor->attrs, &debtor->attr_count, pn_str_from(cmd->set.field, of_debtor.len),
                 cmd->set.value);
        return;
    }
    for (size_t i = 0; i < l->item_count; i++) {
        if (pn_facts_works(&l->facts, &l->items[i])) {
            set_attr(l, &l->items[i].attrs, &l->items[i].attr_count,
                     pn_str_from(cmd->set.field, of_invoice.len), cmd->set.value);
        }
    }
}

static void keep_arm(life *l, const pn_cmd *cmd) {
    l->arms = pn_arena_grow(l->arena, l->arms, l->arm_count, &l->arm_capacity, sizeof *l->arms);
    l->arms[l->arm_count++] = (pn_arm_fact){l->strategy_id, cmd->arm.key, cmd->arm.arm};
}

/* Nobody is asked: other systems do what they are asked to, and know no more about payments than
 * the books do. A charge is declined. */
static void answer(life *l, const pn_cmd *cmd) {
    static const char *const OUTCOMES[PN_ERRANDS] = {
        [PN_ERRAND_PAID] = "unpaid", [PN_ERRAND_COLLECT] = "declined"};
    l->errands = pn_arena_grow(l->arena, l->errands, l->errand_count, &l->errand_capacity,
                               sizeof *l->errands);
    l->errands[l->errand_count++] =
        (pn_errand_fact){.visit = cmd->visit,
                         .kind = cmd->errand.kind,
                         .state = PN_ERRAND_DONE,
                         .settled_at = l->now,
                         .outcome = pn_str_of(OUTCOMES[cmd->errand.kind])};
    life_note(l, PN_HAPPENS_NOTE, pn_str_of(pn_errand_kind_name(cmd->errand.kind)));
}

/* Nobody accepts it. */
static void offer(life *l, const pn_cmd *cmd) {
    l->offers =
        pn_arena_grow(l->arena, l->offers, l->offer_count, &l->offer_capacity, sizeof *l->offers);
    l->offers[l->offer_count++] =
        (pn_offer_fact){.visit = cmd->visit, .state = PN_OFFER_OPEN, .settled_at = PN_TIME_NONE};
    life_note(l, PN_HAPPENS_NOTE, pn_str_of(pn_offer_kind_name(cmd->offer.kind)));
}

static void do_command(life *l, const pn_cmd *cmd) {
    switch (cmd->kind) {
    case PN_CMD_SEND: life_queue(l, cmd); break;
    case PN_CMD_TASK: open_task(l, cmd); break;
    case PN_CMD_CANCEL_TASKS: cancel_tasks(l); break;
    case PN_CMD_CHARGE: charge(l, cmd); break;
    case PN_CMD_SET: set_field(l, cmd); break;
    case PN_CMD_NOTE: life_note(l, PN_HAPPENS_NOTE, cmd->note.text); break;
    case PN_CMD_NOTIFY: life_note(l, PN_HAPPENS_NOTIFY, cmd->note.text); break;
    case PN_CMD_PILL: life_note(l, PN_HAPPENS_PILL, cmd->start.name); break;
    case PN_CMD_ARM: keep_arm(l, cmd); break;
    case PN_CMD_ERRAND: answer(l, cmd); break;
    case PN_CMD_OFFER: offer(l, cmd); break;
    case PN_CMD_JUMP:
        life_note(l, PN_HAPPENS_JUMP, cmd->start.name);
        l->over = true;
        break;
    }
}

static void obey(life *l, const pn_cmd *cmd) {
    size_t before = l->happening_count;
    do_command(l, cmd);
    for (size_t i = before; i < l->happening_count; i++) {
        l->happenings[i].node = pn_flow_node_id(l->flow, cmd->node);
    }
}

static bool step(life *l) {
    pn_run next;
    pn_cmds cmds;
    life_refresh(l);
    l->steps++;
    pn_err err =
        pn_step_along(l->flow, &l->run, &l->facts, l->now, l->arena, &l->path, &next, &cmds);
    assert(err == PN_OK); /* a run of this very flow */
    bool changed = cmds.count != 0 || !pn_run_equal(&l->run, &next);
    bool ends = l->run.status == PN_RUN_ACTIVE && next.status != PN_RUN_ACTIVE;
    if (!pn_str_eq(l->run.phase, next.phase)) {
        life_note(l, PN_HAPPENS_PHASE, next.phase);
    }
    l->run = next;
    for (size_t i = 0; i < cmds.count; i++) {
        obey(l, &cmds.items[i]);
    }
    if (ends) {
        life_note(l, PN_HAPPENS_END, next.outcome);
    }
    return changed;
}

/* ── the moments ─────────────────────────────────────────────────────────────────────────────── */

static pn_time start_time(const life *l) {
    const pn_past_beside *beside = life_past_beside(l);
    if (beside != NULL) {
        return beside->at;
    }
    return pn_zone_instant(l->world->zone, l->example->day_0 + l->example->starts_day, 8 * 3600);
}

static bool by_hand(const life *l) {
    return l->example->enrolled || l->flow->entry == NULL;
}

static bool enters(const life *l) {
    if (life_past_beside(l) != NULL) {
        return l->now >= start_time(l);
    }
    if (l->flow->subject == PN_SUBJECT_INVOICE
            ? l->facts.item == NULL || l->facts.item->claimable <= 0
            : l->facts.account.claimable <= 0 && l->flow->kind != PN_FLOW_PILL) {
        return false;
    }
    return by_hand(l) ? l->now >= start_time(l) : pn_rule_holds(l->flow->entry, &l->facts);
}

static void enroll(life *l) {
    life_refresh(l);
    if (l->started || !enters(l)) {
        return;
    }
    l->started = true;
    pn_run run = pn_run_start(l->flow, &l->facts, l->now);
    run.id = RUN;
    run.strategy_id = l->strategy_id;
    run.debtor_id = l->facts.debtor.id;
    run.account_id = l->facts.account.id;
    run.invoice_id = l->facts.item != NULL ? l->facts.item->id : 0;
    run.parent_id = l->flow->kind == PN_FLOW_PILL ? MAIN_RUN : 0;
    const pn_past_beside *beside = life_past_beside(l);
    if (beside != NULL) {
        run.anchor_item = beside->anchor_item;
        run.anchor_due = beside->anchor_due;
    }
    l->run = pn_run_copy(&run, l->arena);
    for (size_t i = 0; l->flow->kind != PN_FLOW_PILL && i < l->item_count; i++) {
        l->items[i].own_run = &l->items[i] == l->facts.item;
    }
}

/* When a date in the entry rule is crossed. */
static pn_time entry_next(const life *l) {
    if (l->started || by_hand(l)) {
        return l->started ? PN_TIME_NEVER : start_time(l);
    }
    bool about = l->flow->subject == PN_SUBJECT_ACCOUNT || l->facts.item != NULL;
    pn_date change = about ? pn_rule_next_change(l->flow->entry, &l->facts) : PN_DATE_NONE;
    return change == PN_DATE_NONE ? PN_TIME_NEVER : pn_zone_instant(l->world->zone, change, 0);
}

pn_time life_next_moment(const life *l) {
    const pn_example *e = l->example;
    pn_time next = PN_MIN(life_money_next(l), life_deliver_next(l));
    next = l->past != NULL ? PN_MIN(next, life_past_next(l)) : next;
    if (l->next_deed < e->deed_count) {
        next = PN_MIN(next, deed_time(l, &e->deeds[l->next_deed]));
    }
    pn_time entry = entry_next(l);
    next = PN_MIN(next, entry > l->now ? entry : PN_TIME_NEVER);
    return l->started && l->run.wake_at > l->now ? PN_MIN(next, l->run.wake_at) : next;
}

bool life_moment(life *l) {
    life_arrive(l);
    do_deeds(l);
    if (l->past != NULL) {
        life_past_do(l);
    }
    life_judge_promises(l);
    enroll(l);
    while (l->started && !l->over && l->steps < PN_LIMIT_EXAMPLE_STEPS) {
        bool stepped = step(l);
        if (!life_deliver(l) && !stepped) {
            return true;
        }
    }
    return !l->started || l->over;
}

static void begin(life *l) {
    const pn_example *e = l->example;
    l->facts.subject = l->flow->subject;
    l->facts.debtor = e->debtor;
    l->facts.debtor.id = DEBTOR;
    l->facts.debtor.zone = l->world->zone;
    l->facts.debtor.calendar = pn_calendar_for(e->debtor.country, e->debtor.region);
    l->facts.creditor = e->creditor;
    l->facts.creditor.calendar = pn_calendar_for(e->creditor.country, PN_STR(""));
    l->facts.account = (pn_account_fact){.id = ACCOUNT, .currency = e->currency, .scale = e->scale};
    l->strategy_id = STRATEGY;
    l->holds = pn_arena_array(l->arena, pn_hold_fact, LIFE_HOLDS_OWN);
    l->items = pn_arena_array(l->arena, pn_item, e->invoice_count);
    l->arrived = pn_arena_array(l->arena, bool, e->invoice_count);
    for (size_t i = 0; i < e->arm_count; i++) {
        pn_cmd arm = {.arm = {e->arms[i].key, e->arms[i].arm}};
        keep_arm(l, &arm);
    }
    l->end = pn_zone_instant(l->world->zone, e->day_0 + e->until_day + 1, 0);
}

bool life_go_on(life *l) {
    bool rests = true;
    for (pn_time next = life_next_moment(l); rests && !l->over && next < l->end;
         next = life_next_moment(l)) {
        l->now = PN_MAX(next, l->now);
        rests = life_moment(l);
    }
    return rests;
}

void life_live(const pn_flow *flow, const pn_example *example, const pn_example_world *world,
               pn_arena *arena, pn_example_result *ret_result) {
    life l = {.flow = flow, .example = example, .world = world, .arena = arena};
    begin(&l);
    l.now = pn_zone_instant(world->zone, example->day_0 - 500, 0);
    bool rests = life_go_on(&l);
    *ret_result = (pn_example_result){
        .example = example, .happenings = l.happenings, .count = l.happening_count, .met = rests};
    if (!rests) {
        ret_result->day = pn_zone_date(world->zone, l.now) - example->day_0;
        ret_result->expected = PN_STR("that it comes to rest");
        ret_result->got = PN_STR("more steps than an example may take");
    }
}
