/* Invoices, payments, promises and disputes of an example, as the ledger keeps them. */
#include "base/banned.h"
#include "core/example/example_life.h"
#include "core/ledger.h"

static pn_item *item_of(life *l, size_t invoice) {
    for (size_t i = 0; i < l->item_count; i++) {
        if (l->items[i].id == (pn_id)invoice + 1) {
            return &l->items[i];
        }
    }
    return NULL;
}

static pn_item item_from(const life *l, size_t index) {
    const pn_example *e = l->example;
    const pn_example_invoice *from = &e->invoices[index];
    pn_due_rules rules = {.portal_accepted = PN_DATE_NONE, .calendar = &l->facts.debtor.calendar};
    pn_date due = e->day_0 + from->due_day, issued = e->day_0 + from->issued_day;
    return (pn_item){.id = (pn_id)index + 1,
                     .number = from->number,
                     .number_fold = from->number,
                     .product = from->product,
                     .currency = e->currency,
                     .scale = e->scale,
                     .issued = issued,
                     .due = due,
                     .effective_due = pn_effective_due(due, issued, &rules),
                     .amount = from->amount,
                     .open = from->amount,
                     .closed_at = PN_TIME_NONE,
                     .reopened_at = PN_TIME_NONE,
                     .tone_received = (uint8_t)from->tone,
                     .tone_on = from->tone != 0 ? e->day_0 + from->tone_day : PN_DATE_NONE,
                     .interest_until = PN_DATE_NONE,
                     .attrs = from->attrs,
                     .attr_count = from->attr_count};
}

static void put_in_order(life *l, pn_item item) {
    size_t at = l->item_count++;
    while (at > 0 && l->items[at - 1].effective_due > item.effective_due) {
        l->items[at] = l->items[at - 1];
        at--;
    }
    l->items[at] = item;
    bool of_invoice = l->flow->subject == PN_SUBJECT_INVOICE;
    l->facts.item = of_invoice ? item_of(l, 0) : NULL;
}

static pn_time arrives_at(const life *l, size_t invoice) {
    return pn_zone_instant(l->world->zone,
                           l->example->day_0 + l->example->invoices[invoice].arrives_day, 8 * 3600);
}

void life_arrive(life *l) {
    for (size_t i = 0; i < l->example->invoice_count; i++) {
        if (!l->arrived[i] && arrives_at(l, i) <= l->now) {
            l->arrived[i] = true;
            put_in_order(l, item_from(l, i));
        }
    }
}

/* What a deed is about: the named invoice, else what the case works. */
static bool meant(const life *l, const pn_item *item, pn_str invoice) {
    return item->closed == PN_CLOSED_NOT &&
           (invoice.len != 0 ? pn_str_eq(item->number, invoice)
                             : l->facts.item == NULL || item == l->facts.item);
}

static void close_if_settled(life *l, pn_item *item, pn_closed how) {
    if (item->open - item->charges <= 0 && item->closed == PN_CLOSED_NOT) {
        item->closed = how;
        item->closed_at = l->now;
        l->facts.account.last_closed = how;
    }
}

static void count_for_promises(life *l, const life_share *payment) {
    for (size_t i = 0; i < l->promise_count; i++) {
        life_share *promise = &l->promises[i];
        for (size_t j = 0; !promise->over && j < l->example->invoice_count; j++) {
            promise->paid += PN_MIN(payment->parts[j], promise->parts[j]);
        }
    }
}

static life_share new_share(life *l, int64_t amount) {
    return (life_share){.amount = amount,
                        .parts = pn_arena_array(l->arena, int64_t, l->example->invoice_count),
                        .judge_at = PN_TIME_NEVER};
}

void life_pay(life *l, int64_t amount, pn_str invoice, pn_closed how) {
    life_share share = new_share(l, 0);
    int64_t left = amount != 0 ? amount : INT64_MAX;
    for (size_t i = 0; i < l->item_count && left > 0; i++) {
        pn_item *item = &l->items[i];
        if (meant(l, item, invoice)) {
            int64_t part = PN_MIN(left, item->open);
            item->open -= part;
            left -= part;
            share.parts[item->id - 1] = part;
            share.amount += part;
            close_if_settled(l, item, how);
        }
    }
    if (how == PN_CLOSED_PAID) {
        l->payments = pn_arena_grow(l->arena, l->payments, l->payment_count, &l->payment_capacity,
                                    sizeof *l->payments);
        l->payments[l->payment_count++] = share;
        count_for_promises(l, &share);
    }
}

void life_return(life *l) {
    if (l->payment_count == 0) {
        return;
    }
    const life_share *payment = &l->payments[--l->payment_count];
    for (size_t i = 0; i < l->item_count; i++) {
        pn_item *item = &l->items[i];
        int64_t part = payment->parts[item->id - 1];
        item->open += part;
        if (part != 0 && item->closed != PN_CLOSED_NOT) {
            item->closed = PN_CLOSED_NOT;
            item->closed_at = PN_TIME_NONE;
            item->reopened_at = l->now;
        }
    }
}

void life_promise(life *l, int64_t amount, int32_t by_day) {
    pn_date last = pn_promise_last_day(l->example->day_0 + by_day, &l->facts.creditor.calendar);
    life_share promise = new_share(l, 0);
    int64_t left = amount != 0 ? amount : INT64_MAX;
    for (size_t i = 0; i < l->item_count && left > 0; i++) {
        pn_item *item = &l->items[i];
        if (meant(l, item, PN_STR_NONE) && item->claimable > 0) {
            int64_t part = PN_MIN(left, item->claimable);
            item->promised += part;
            left -= part;
            promise.parts[item->id - 1] = part;
            promise.amount += part;
        }
    }
    promise.judge_at = pn_zone_instant(l->world->zone, last + 1, 0);
    l->promises = pn_arena_grow(l->arena, l->promises, l->promise_count, &l->promise_capacity,
                                sizeof *l->promises);
    l->promises[l->promise_count++] = promise;
}

static void end_promise(life *l, life_share *promise, bool kept) {
    promise->over = true;
    for (size_t i = 0; i < l->item_count; i++) {
        l->items[i].promised -= promise->parts[l->items[i].id - 1];
    }
    l->facts.debtor.promises_kept += kept;
    l->facts.debtor.promises_broken += !kept;
}

void life_judge_promises(life *l) {
    for (size_t i = 0; i < l->promise_count; i++) {
        life_share *promise = &l->promises[i];
        bool kept = pn_promise_kept(promise->amount, promise->paid);
        if (!promise->over && (kept || promise->judge_at <= l->now)) {
            end_promise(l, promise, kept);
        }
    }
}

void life_dispute(life *l, int64_t amount, pn_str invoice) {
    int64_t left = amount != 0 ? amount : INT64_MAX;
    for (size_t i = 0; i < l->item_count && left > 0; i++) {
        pn_item *item = &l->items[i];
        if (meant(l, item, invoice)) {
            int64_t part = PN_MIN(left, item->open - item->disputed);
            item->disputed += part;
            left -= part;
        }
    }
}

void life_settle(life *l) {
    for (size_t i = 0; i < l->item_count; i++) {
        l->items[i].disputed = 0;
    }
}

pn_time life_money_next(const life *l) {
    pn_time next = PN_TIME_NEVER;
    for (size_t i = 0; i < l->example->invoice_count; i++) {
        next = l->arrived[i] ? next : PN_MIN(next, arrives_at(l, i));
    }
    for (size_t i = 0; i < l->promise_count; i++) {
        next = l->promises[i].over ? next : PN_MIN(next, l->promises[i].judge_at);
    }
    return next;
}
