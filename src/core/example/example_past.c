/* The life of a real case in what truly happened to it. */
#include "base/banned.h"
#include "core/example/example_life.h"
#include "core/ledger.h"

/* What a promise, plan or cheque holds back, invoice by invoice. */
typedef struct {
    pn_id id;
    int64_t *parts; /* beside the question's items */
} past_share;

struct pn_past_case {
    const pn_past_question *q;
    life life;
    pn_example nothing_done;
    pn_example_world world;
    size_t next_deed;
    size_t *last_deed; /* beside the question's items: after it the invoice does not change */
    past_share *shares;
    size_t share_count, share_capacity;
    pn_past_held *held;
    size_t held_count, held_capacity;
    pn_past_sent *sent;
    size_t sent_count, sent_capacity;
    size_t entries;
    pn_contact_made *own; /* contacts it made */
    size_t own_count, own_capacity;
    bool rests;
};

/* ── invoices ────────────────────────────────────────────────────────────────────────────────── */

static size_t place_of(const life *l, pn_id id) {
    size_t at = 0;
    while (at < l->item_count && l->items[at].id != id) {
        at++;
    }
    return at;
}

static pn_item *item_of(life *l, size_t index) {
    size_t at = place_of(l, l->past->q->items[index].id);
    return at < l->item_count ? &l->items[at] : NULL;
}

static void find_own(life *l) {
    size_t at = place_of(l, l->past->q->item_id);
    l->facts.item = at < l->item_count ? &l->items[at] : NULL;
}

static void put_in(life *l, pn_item item) {
    size_t at = l->item_count++;
    while (at > 0 && l->items[at - 1].effective_due > item.effective_due) {
        l->items[at] = l->items[at - 1];
        at--;
    }
    l->items[at] = item;
    find_own(l);
}

/* As a case sees its account: what is closed, and not its own, is gone. */
static void forget_closed(life *l) {
    const pn_past_case *p = l->past;
    size_t kept = 0;
    for (size_t i = 0; i < l->item_count; i++) {
        const pn_item *item = &l->items[i];
        size_t index = 0;
        while (p->q->items[index].id != item->id) {
            index++;
        }
        bool over = item->closed != PN_CLOSED_NOT && p->last_deed[index] < p->next_deed;
        if (!over || item->id == p->q->item_id) {
            l->items[kept++] = l->items[i];
        }
    }
    l->item_count = kept;
    find_own(l);
}

static pn_closed closed_by(pn_entry_kind kind) {
    switch (kind) {
    case PN_ENTRY_PAYMENT:
    case PN_ENTRY_WITHHOLDING:
    case PN_ENTRY_DISCOUNT:
    case PN_ENTRY_FX: return PN_CLOSED_PAID;
    case PN_ENTRY_CREDIT: return PN_CLOSED_CREDITED;
    case PN_ENTRY_WRITE_OFF: return PN_CLOSED_WRITTEN_OFF;
    case PN_ENTRY_CANCEL: return PN_CLOSED_CANCELLED;
    case PN_ENTRY_CHARGE:
    case PN_ENTRY_FEE:
    case PN_ENTRY_INTEREST:
    case PN_ENTRIES: break;
    }
    return PN_CLOSED_PAID;
}

static void post(life *l, const pn_past_deed *deed) {
    pn_item *item = item_of(l, deed->item);
    if (item == NULL) {
        return;
    }
    item->open += deed->amount;
    bool settled = item->open - item->charges <= 0;
    if (settled && item->closed == PN_CLOSED_NOT && deed->entry != PN_ENTRY_CHARGE) {
        item->closed = closed_by(deed->entry);
        item->closed_at = l->now;
        l->facts.account.last_closed = item->closed;
    } else if (!settled && item->closed != PN_CLOSED_NOT) {
        item->closed = PN_CLOSED_NOT;
        item->closed_at = PN_TIME_NONE;
        item->reopened_at = l->now;
    }
}

static void dispute(life *l, const pn_past_deed *deed) {
    pn_item *item = item_of(l, deed->item);
    if (item != NULL) {
        item->disputed = PN_MAX(item->disputed + deed->amount, 0);
    }
}

/* ── what holds amounts back ─────────────────────────────────────────────────────────────────── */

static void hold_back(life *l, const pn_past_deed *deed) {
    pn_past_case *p = l->past;
    p->shares =
        pn_arena_grow(l->arena, p->shares, p->share_count, &p->share_capacity, sizeof *p->shares);
    past_share *share = &p->shares[p->share_count++];
    *share = (past_share){deed->id, pn_arena_array(l->arena, int64_t, p->q->item_count)};
    life_refresh(l);
    int64_t left = deed->amount;
    for (size_t i = 0; i < l->item_count && left > 0; i++) {
        pn_item *item = &l->items[i];
        int64_t part = PN_MIN(left, item->claimable);
        for (size_t j = 0; part > 0 && j < p->q->item_count; j++) {
            share->parts[j] += p->q->items[j].id == item->id ? part : 0;
        }
        item->promised += part;
        left -= part;
    }
}

static void let_free(life *l, const pn_past_deed *deed) {
    const pn_past_case *p = l->past;
    for (size_t i = 0; i < p->share_count; i++) {
        for (size_t j = 0; p->shares[i].id == deed->id && j < p->q->item_count; j++) {
            pn_item *item = item_of(l, j);
            if (item != NULL) {
                item->promised -= p->shares[i].parts[j];
            }
            p->shares[i].parts[j] = 0;
        }
    }
    l->facts.debtor.promises_kept += pn_str_is(deed->word, "kept");
    l->facts.debtor.promises_broken += pn_str_is(deed->word, "broken");
}

/* A pill may answer what a reply holds. */
static void hold(life *l, const pn_past_deed *deed) {
    if (l->flow->kind == PN_FLOW_PILL && pn_str_is(deed->word, "reply")) {
        return;
    }
    l->holds[l->hold_count++] =
        (pn_hold_fact){.id = deed->id, .reason = deed->word, .since = l->now, .until = deed->until};
}

static void release(life *l, const pn_past_deed *deed) {
    size_t kept = 0;
    for (size_t i = 0; i < l->hold_count; i++) {
        if (l->holds[i].id != deed->id) {
            l->holds[kept++] = l->holds[i];
        }
    }
    l->hold_count = kept;
    life_due_again(l);
}

/* ── time ────────────────────────────────────────────────────────────────────────────────────── */

static void do_deed(life *l, const pn_past_deed *deed) {
    switch (deed->kind) {
    case PN_PAST_ARRIVES: put_in(l, l->past->q->items[deed->item]); break;
    case PN_PAST_ENTRY: post(l, deed); break;
    case PN_PAST_DISPUTED: dispute(l, deed); break;
    case PN_PAST_PROMISED: deed->amount > 0 ? hold_back(l, deed) : let_free(l, deed); break;
    case PN_PAST_CREDIT: l->unapplied += deed->amount; break;
    case PN_PAST_HELD: hold(l, deed); break;
    case PN_PAST_RELEASED: release(l, deed); break;
    case PN_PAST_SIGNAL: life_heard(l, deed->signal, deed->source); break;
    case PN_PAST_LOST: l->facts.debtor.channels &= ~(1U << deed->channel); break;
    case PN_PAST_TASK: life_finish_task(l, deed->word, deed->outcome); break;
    }
}

const pn_past_beside *life_past_beside(const life *l) {
    return l->past != NULL ? l->past->q->beside : NULL;
}

void life_past_do(life *l) {
    pn_past_case *p = l->past;
    bool any = false;
    while (p->next_deed < p->q->deed_count && p->q->deeds[p->next_deed].at <= l->now) {
        do_deed(l, &p->q->deeds[p->next_deed++]);
        any = true;
    }
    if (any) {
        forget_closed(l);
    }
}

pn_time life_past_next(const life *l) {
    const pn_past_case *p = l->past;
    return p->next_deed < p->q->deed_count ? p->q->deeds[p->next_deed].at : PN_TIME_NEVER;
}

void life_past_sent(life *l, const pn_past_sent *sent) {
    pn_past_case *p = l->past;
    p->sent = pn_arena_grow(l->arena, p->sent, p->sent_count, &p->sent_capacity, sizeof *p->sent);
    p->sent[p->sent_count++] = *sent;
    p->own = pn_arena_grow(l->arena, p->own, p->own_count, &p->own_capacity, sizeof *p->own);
    p->own[p->own_count++] = l->contacts[l->contact_count - 1];
}

void life_past_held(life *l, pn_gate_reason reason) {
    pn_past_case *p = l->past;
    p->held = pn_arena_grow(l->arena, p->held, p->held_count, &p->held_capacity, sizeof *p->held);
    p->held[p->held_count++] = (pn_past_held){l->now, reason};
}

/* An account comes back into a strategy that ended by itself only after all that was open then is
 * closed; one whose case closed comes back with the next debt. */
static bool may_return(const life *l) {
    const pn_past_question *q = l->past->q;
    if (l->run.status == PN_RUN_CLOSED) {
        return true;
    }
    for (size_t i = 0; i < q->deed_count && q->deeds[i].at <= l->run.closed_at; i++) {
        size_t at = q->deeds[i].kind == PN_PAST_ARRIVES ? place_of(l, q->items[q->deeds[i].item].id)
                                                        : l->item_count;
        if (at < l->item_count && l->items[at].closed == PN_CLOSED_NOT) {
            return false;
        }
    }
    return true;
}

static bool begins_again(const life *l) {
    return l->started && !l->over && l->run.status != PN_RUN_ACTIVE &&
           l->flow->kind != PN_FLOW_PILL && l->flow->subject == PN_SUBJECT_ACCOUNT &&
           l->facts.account.claimable > 0 && may_return(l);
}

static void begin_again(life *l) {
    for (size_t i = 0; i < l->message_count; i++) {
        if (l->messages[i].state == PN_MESSAGE_QUEUED) {
            l->messages[i].state = PN_MESSAGE_SKIPPED;
            l->messages[i].settled_at = l->now;
        }
    }
    l->started = false;
    l->task_count = l->errand_count = l->offer_count = 0; /* visits are counted anew */
}

/* ── from outside ────────────────────────────────────────────────────────────────────────────── */

static size_t count_kind(const pn_past_question *q, pn_past_kind kind) {
    size_t count = 0;
    for (size_t i = 0; i < q->deed_count; i++) {
        count += q->deeds[i].kind == kind;
    }
    return count;
}

pn_past_case *pn_past_begin(const pn_past_question *q, pn_arena *arena) {
    pn_past_case *p = pn_arena_new(arena, pn_past_case);
    const pn_zone *zone = q->facts->debtor.zone;
    p->q = q;
    p->nothing_done = (pn_example){.day_0 = pn_zone_date(zone, q->from),
                                   .currency = q->facts->account.currency,
                                   .enrolled = q->flow->entry == NULL};
    p->world = (pn_example_world){.zone = zone, .policy = q->policy, .names = q->names};
    p->rests = true;
    p->last_deed = pn_arena_array(arena, size_t, q->item_count + 1);
    for (size_t i = 0; i < q->deed_count; i++) {
        pn_past_kind kind = q->deeds[i].kind;
        if (kind == PN_PAST_ARRIVES || kind == PN_PAST_ENTRY || kind == PN_PAST_DISPUTED) {
            p->last_deed[q->deeds[i].item] = i;
        }
    }
    life *l = &p->life;
    *l = (life){.flow = q->flow,
                .example = &p->nothing_done,
                .world = &p->world,
                .arena = arena,
                .now = q->from,
                .end = q->until,
                .facts = *q->facts,
                .gate = q->gate,
                .strategy_id = q->strategy_id,
                .past = p};
    l->facts.subject = q->flow->subject;
    l->items = pn_arena_array(arena, pn_item, q->item_count + 1);
    l->holds = pn_arena_array(arena, pn_hold_fact, count_kind(q, PN_PAST_HELD) + LIFE_HOLDS_OWN);
    return p;
}

pn_time pn_past_next(const pn_past_case *p) {
    const life *l = &p->life;
    if (l->over || !p->rests) {
        return PN_TIME_NEVER;
    }
    pn_time next = PN_MAX(life_next_moment(l), p->q->from);
    return next < p->q->until ? next : PN_TIME_NEVER;
}

void pn_past_live(pn_past_case *p, pn_time now) {
    life *l = &p->life;
    l->now = PN_MAX(now, l->now);
    l->steps = 0;
    bool started = l->started;
    p->rests = life_moment(l);
    p->entries += l->started && !started;
    if (p->rests && begins_again(l)) {
        begin_again(l);
        p->rests = life_moment(l);
        p->entries += l->started;
    }
}

void pn_past_contacted(pn_past_case *p, const pn_contact_made *made) {
    life *l = &p->life;
    l->contacts = pn_arena_grow(l->arena, l->contacts, l->contact_count, &l->contact_capacity,
                                sizeof *l->contacts);
    l->contacts[l->contact_count++] = *made;
}

bool pn_past_shared(pn_past_case *p, const pn_past_case *other, bool owns) {
    const life *from = &other->life;
    bool works = owns && from->started && from->run.status == PN_RUN_ACTIVE, changed = false;
    for (size_t i = 0; i < from->item_count; i++) {
        const pn_item *theirs = &from->items[i];
        if (from->facts.item != NULL && theirs != from->facts.item) {
            continue;
        }
        size_t at = place_of(&p->life, theirs->id);
        if (at == p->life.item_count) {
            continue;
        }
        pn_item *item = &p->life.items[at];
        if (theirs->tone_received > item->tone_received) {
            item->tone_received = theirs->tone_received;
            item->tone_on = theirs->tone_on;
        }
        if (owns && from->facts.item != NULL && item->own_run != works) {
            item->own_run = works;
            changed = true;
        }
    }
    return changed;
}

bool pn_past_works(const pn_past_case *p, pn_past_beside *ret_beside) {
    const life *l = &p->life;
    *ret_beside = (pn_past_beside){l->now, l->run.anchor_item, l->run.anchor_due};
    return l->started && !l->over && pn_run_working(&l->run);
}

const pn_contact_made *pn_past_contacts(const pn_past_case *p, size_t *ret_count) {
    *ret_count = p->own_count;
    return p->own;
}

pn_past_told pn_past_told_of(const pn_past_case *p) {
    return (pn_past_told){.happenings = p->life.happenings,
                          .count = p->life.happening_count,
                          .held = p->held,
                          .held_count = p->held_count,
                          .sent = p->sent,
                          .sent_count = p->sent_count,
                          .entered = p->entries != 0,
                          .entries = p->entries,
                          .rests = p->rests};
}
