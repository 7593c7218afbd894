/* The debtor at a moment: what the ledger, promises, disputes, contacts and runs were then. */
#include "app/replay_int.h"
#include "base/banned.h"
#include "base/sort.h"

/* ── what is kept ────────────────────────────────────────────────────────────────────────────── */

static void add_mark(pn_replayer *r, pn_replay_mark mark) {
    pn_replay_debtor *d = &r->d;
    d->marks =
        pn_arena_grow(&r->scratch, d->marks, d->mark_count, &d->mark_capacity, sizeof *d->marks);
    d->marks[d->mark_count++] = mark;
}

/* The sum of an invoice's entries that were there when `before` was made. */
static int64_t open_before(const pn_replay_debtor *d, pn_id invoice_id, pn_id before) {
    int64_t open = 0;
    for (size_t i = 0; i < d->past.row_counts[PN_PAST_LEDGER]; i++) {
        const pn_past_row *row = &d->past.rows[PN_PAST_LEDGER][i];
        open += row->about == invoice_id && row->id < before ? row->amount : 0;
    }
    return open;
}

static int64_t marked_before(const pn_replay_debtor *d, pn_id invoice_id, pn_id before,
                             pn_time at) {
    int64_t marked = 0;
    for (size_t i = 0; i < d->mark_count; i++) {
        const pn_replay_mark *mark = &d->marks[i];
        bool there = mark->invoice_id == invoice_id && mark->owner_id < before;
        marked += there && (mark->over == PN_TIME_NONE || mark->over > at) ? mark->amount : 0;
    }
    return marked;
}

/* Over the invoices that are due first, as it was done when it was made: how much of each is kept
 * only while it lasts. */
static void spread(pn_replayer *r, const pn_past_row *row, pn_earmark_kind kind) {
    const pn_replay_debtor *d = &r->d;
    int64_t rest = row->amount;
    for (size_t i = 0; i < d->past.invoice_count && rest > 0; i++) {
        const pn_invoice_row *invoice = &d->past.invoices[i];
        if (invoice->account_id != row->about || invoice->item.id > row->id) {
            continue;
        }
        int64_t free = open_before(d, invoice->item.id, row->id) -
                       marked_before(d, invoice->item.id, row->id, row->at);
        int64_t part = PN_MIN(rest, free);
        if (part > 0) {
            rest -= part;
            add_mark(r, (pn_replay_mark){.owner_id = row->id,
                                         .invoice_id = invoice->item.id,
                                         .kind = kind,
                                         .amount = part,
                                         .made = row->at,
                                         .over = row->end,
                                         .guessed = true});
        }
    }
}

static void add_marks_of(pn_replayer *r, const pn_earmark_row *rows, size_t count,
                         pn_past_table table, pn_earmark_kind kind) {
    const pn_past_row *owners = r->d.past.rows[table];
    for (size_t i = 0; i < r->d.past.row_counts[table]; i++) {
        const pn_past_row *owner = &owners[i];
        bool kept = false;
        if (kind == PN_EARMARK_DISPUTE) {
            add_mark(r, (pn_replay_mark){.owner_id = owner->id,
                                         .invoice_id = owner->about,
                                         .kind = kind,
                                         .amount = owner->amount,
                                         .made = owner->at,
                                         .over = owner->end});
            continue;
        }
        for (size_t j = 0; j < count; j++) {
            if (rows[j].owner_id == owner->id && rows[j].kind == kind) {
                kept = true;
                add_mark(r, (pn_replay_mark){.owner_id = owner->id,
                                             .invoice_id = rows[j].invoice_id,
                                             .kind = kind,
                                             .amount = rows[j].amount,
                                             .made = owner->at,
                                             .over = owner->end});
            }
        }
        if (!kept) {
            spread(r, owner, kind);
        }
    }
}

/* In the order in which money fulfils them: promises by their day, then plans. */
static int by_turn(const void *a, const void *b) {
    const pn_replay_mark *x = a, *y = b;
    if (x->kind != y->kind) {
        return x->kind < y->kind ? -1 : 1;
    }
    if (x->due != y->due) {
        return x->due < y->due ? -1 : 1;
    }
    return (x->owner_id > y->owner_id) - (x->owner_id < y->owner_id);
}

/* What came for a promise, told of its marks in turn. */
static void tell_promise(pn_replay_debtor *d, const pn_past_row *promise) {
    int64_t rest = promise->ref;
    for (size_t i = 0; i < d->mark_count; i++) {
        pn_replay_mark *mark = &d->marks[i];
        if (mark->kind == PN_EARMARK_PROMISE && mark->owner_id == promise->id) {
            mark->due = promise->kind;
            mark->had = PN_MIN(rest, mark->amount);
            rest -= mark->had;
        }
    }
}

static void put_in_turn(pn_replayer *r) {
    pn_replay_debtor *d = &r->d;
    for (size_t i = 0; i < d->past.row_counts[PN_PAST_PROMISES]; i++) {
        tell_promise(d, &d->past.rows[PN_PAST_PROMISES][i]);
    }
    pn_sort(d->marks, d->mark_count, sizeof *d->marks, by_turn, &r->scratch);
}

static pn_err load_marks(pn_replayer *r, pn_id debtor_id) {
    pn_earmark_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_earmark_list(r->app->db, debtor_id, &r->scratch, &rows, &count));
    add_marks_of(r, rows, count, PN_PAST_DISPUTES, PN_EARMARK_DISPUTE);
    add_marks_of(r, rows, count, PN_PAST_INSTRUMENTS, PN_EARMARK_INSTRUMENT);
    add_marks_of(r, rows, count, PN_PAST_PLANS, PN_EARMARK_PLAN);
    add_marks_of(r, rows, count, PN_PAST_PROMISES, PN_EARMARK_PROMISE);
    put_in_turn(r);
    return PN_OK;
}

static void load_holds(pn_replayer *r) {
    const pn_past_row *rows = r->d.past.rows[PN_PAST_HOLDS];
    size_t count = r->d.past.row_counts[PN_PAST_HOLDS];
    pn_hold_row *holds = pn_arena_array(&r->scratch, pn_hold_row, count + 1);
    for (size_t i = 0; i < count; i++) {
        holds[i] = (pn_hold_row){.debtor_id = rows[i].debtor_id,
                                 .id = rows[i].id,
                                 .run_id = rows[i].about,
                                 .reason = rows[i].word,
                                 .since = rows[i].at,
                                 .until = rows[i].ref,
                                 .released_at = rows[i].end};
    }
    r->d.holds = holds;
    r->d.hold_count = count;
}

pn_err pn_replay_load(pn_replayer *r, pn_id debtor_id) {
    pn_replay_debtor *d = &r->d;
    *d = (pn_replay_debtor){0};
    PN_TRY(pn_past_load(r->app, debtor_id, debtor_id, &r->scratch, &d->past));
    pn_view *view = pn_arena_alloc(&r->scratch, sizeof *view);
    PN_TRY(pn_view_one(r->app, debtor_id, true, &r->scratch, view));
    d->base = view;
    d->contacts = pn_past_contacts_of(&d->past, debtor_id, &d->contact_count);
    PN_TRY(load_marks(r, debtor_id));
    load_holds(r);
    return PN_OK;
}

/* ── what became of messages ─────────────────────────────────────────────────────────────────── */

static bool settles(pn_event_kind kind, pn_message_state *ret_state) {
    *ret_state = kind == PN_EVENT_MESSAGE_SENT        ? PN_MESSAGE_SENT
                 : kind == PN_EVENT_MESSAGE_FAILED    ? PN_MESSAGE_FAILED
                 : kind == PN_EVENT_MESSAGE_SKIPPED   ? PN_MESSAGE_SKIPPED
                 : kind == PN_EVENT_MESSAGE_UNCERTAIN ? PN_MESSAGE_UNCERTAIN
                                                      : PN_MESSAGE_QUEUED;
    return *ret_state != PN_MESSAGE_QUEUED;
}

static void add_fate(pn_replayer *r, pn_moment_message fate, pn_arena *arena) {
    pn_replay_debtor *d = &r->d;
    d->messages = pn_arena_grow(arena, d->messages, d->message_count, &d->message_capacity,
                                sizeof *d->messages);
    d->messages[d->message_count++] = fate;
}

static void add_message(pn_replayer *r, const pn_event_row *event, pn_message_state state,
                        pn_str text) {
    pn_id id = 0;
    if (pn_id_parse(PN_ID_MESSAGE, text, &id) == PN_OK) {
        add_fate(r,
                 (pn_moment_message){.id = id, .event = event->id, .at = event->at, .state = state},
                 &r->scratch);
    }
}

pn_err pn_replay_uncertain(pn_replayer *r, const pn_moment *moment, const pn_run *run,
                           pn_arena *arena) {
    for (size_t i = 0; i < run->message_count; i++) {
        pn_message_row row;
        pn_err err = pn_message_get(r->app->db, run->messages[i].message, &r->scratch, &row);
        if (err == PN_NOT_FOUND) {
            continue;
        }
        PN_TRY(err);
        pn_moment_of_message(moment, &row);
        if (row.state == PN_MESSAGE_UNCERTAIN && row.settled_at == moment->at) {
            add_fate(r,
                     (pn_moment_message){.id = row.id,
                                         .event = moment->event - 1,
                                         .at = moment->at,
                                         .state = PN_MESSAGE_UNCERTAIN},
                     arena);
        }
    }
    return PN_OK;
}

static void add_tones(pn_replayer *r, const pn_carrier_row *carrier) {
    pn_replay_debtor *d = &r->d;
    pn_json *facts = NULL;
    if (carrier->purpose != PN_PURPOSE_DEMAND ||
        pn_json_parse(carrier->facts, NULL, &r->scratch, &facts, NULL) != PN_OK) {
        return;
    }
    const pn_json *items = pn_json_field(facts, "items");
    pn_time asked = pn_json_int(pn_json_field(facts, "asked_at"), carrier->at);
    pn_date today = pn_zone_date(d->base->zone, asked);
    bool overdue = false; /* then what is not due yet is only mentioned */
    for (size_t i = 0; items != NULL && items->type == PN_JSON_ARRAY && i < items->count; i++) {
        overdue = overdue || pn_json_int(pn_json_field(&items->items[i], "due"), today) < today;
    }
    for (size_t i = 0; items != NULL && items->type == PN_JSON_ARRAY && i < items->count; i++) {
        pn_id id = 0;
        pn_str text = pn_json_text(pn_json_field(&items->items[i], "id"), PN_STR(""));
        bool told = !overdue || pn_json_int(pn_json_field(&items->items[i], "due"), today) < today;
        if (told && pn_id_parse(PN_ID_INVOICE, text, &id) == PN_OK) {
            d->tones = pn_arena_grow(&r->scratch, d->tones, d->tone_count, &d->tone_capacity,
                                     sizeof *d->tones);
            d->tones[d->tone_count++] =
                (pn_replay_tone){id, carrier->event_id,
                                 carrier->settled_at != PN_TIME_NONE ? carrier->settled_at : asked,
                                 (uint8_t)carrier->tone};
        }
    }
}

static bool has_left(pn_message_state state) {
    return state == PN_MESSAGE_SENT || state == PN_MESSAGE_DELIVERED || state == PN_MESSAGE_BOUNCED;
}

static void add_try(pn_replayer *r, const pn_message_row *row) {
    pn_replay_debtor *d = &r->d;
    if (row->first_try_at == PN_TIME_NONE) {
        return;
    }
    d->tries =
        pn_arena_grow(&r->scratch, d->tries, d->try_count, &d->try_capacity, sizeof *d->tries);
    d->tries[d->try_count++] = (pn_replay_try){
        row->id, row->first_try_at, has_left(row->state) ? row->settled_at : PN_TIME_NEVER};
}

/* The event of a sending hangs on what was sent, not on the run. */
pn_err pn_replay_sendings(pn_replayer *r, const pn_run_row *kept) {
    pn_message_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_message_chain(r->app->db, kept->last_message_id, PN_REPLAY_MESSAGES_MAX, &r->scratch,
                            &rows, &count));
    for (size_t i = 0; i < count; i++) {
        pn_carrier_row carrier;
        add_try(r, &rows[i]);
        if (rows[i].carrier_id == 0) {
            continue;
        }
        pn_err err = pn_carrier_get(r->app->db, rows[i].carrier_id, &r->scratch, &carrier);
        bool left = err == PN_OK && carrier.event_id != 0 && has_left(carrier.state);
        if (left) {
            add_tones(r, &carrier);
            add_fate(r,
                     (pn_moment_message){.id = rows[i].id,
                                         .event = carrier.event_id,
                                         .at = carrier.settled_at,
                                         .state = PN_MESSAGE_SENT},
                     &r->scratch);
        }
        PN_TRY(err == PN_NOT_FOUND ? PN_OK : err);
    }
    return PN_OK;
}

void pn_replay_fate(pn_replayer *r, const pn_event_row *event) {
    pn_message_state state;
    pn_json *body = NULL;
    if (event->erased || !settles(event->kind, &state) ||
        pn_json_parse(event->body, NULL, &r->scratch, &body, NULL) != PN_OK) {
        return;
    }
    const pn_json *one = pn_json_field(body, "message");
    const pn_json *many = pn_json_field(body, "messages");
    if (one != NULL && one->type == PN_JSON_STR) {
        add_message(r, event, state, one->text);
    }
    for (size_t i = 0; many != NULL && many->type == PN_JSON_ARRAY && i < many->count; i++) {
        if (many->items[i].type == PN_JSON_STR) {
            add_message(r, event, state, many->items[i].text);
        }
    }
}

/* ── an invoice ──────────────────────────────────────────────────────────────────────────────── */

/* "interest from 2026-03-01 to 2026-03-31 at 11.15 %": up to when it was charged. */
static pn_date charged_to(pn_str note) {
    size_t at = pn_str_find(note, PN_STR(" to "));
    pn_date day = PN_DATE_NONE;
    if (at == SIZE_MAX || note.len < at + 14 ||
        pn_date_parse_iso((pn_str){note.ptr + at + 4, 10}, &day) != PN_OK) {
        return PN_DATE_NONE;
    }
    return day;
}

static pn_err charges_then(pn_replayer *r, const pn_moment *moment, pn_id debtor_id,
                           pn_item *item) {
    pn_ledger_row *rows = NULL;
    size_t count = 0;
    item->fee_charged = false;
    item->interest_until = PN_DATE_NONE;
    PN_TRY(pn_ledger_of_invoice(r->app->db, debtor_id, item->id, &r->scratch, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (pn_moment_made(moment, rows[i].id, rows[i].at)) {
            item->fee_charged = item->fee_charged || rows[i].kind == PN_ENTRY_FEE;
            item->interest_until = rows[i].kind == PN_ENTRY_INTEREST && rows[i].reverses_id == 0
                                       ? PN_MAX(item->interest_until, charged_to(rows[i].note))
                                       : item->interest_until;
        }
    }
    return PN_OK;
}

/* Its balance; `ret_entries` the entries that were there. */
static pn_err fold_then(pn_replayer *r, const pn_moment *moment, pn_item *item,
                        size_t *ret_entries) {
    const pn_past_row *rows = r->d.past.rows[PN_PAST_LEDGER];
    size_t all = r->d.past.row_counts[PN_PAST_LEDGER], count = 0;
    pn_entry *entries = pn_arena_array(&r->scratch, pn_entry, all + 1);
    for (size_t i = 0; i < all; i++) {
        if (rows[i].about == item->id && pn_moment_made(moment, rows[i].id, rows[i].at)) {
            entries[count++] = (pn_entry){.kind = (pn_entry_kind)rows[i].kind,
                                          .reversal = rows[i].state != 0,
                                          .amount = rows[i].amount,
                                          .at = rows[i].at};
        }
    }
    pn_balance balance;
    PN_TRY(pn_ledger_fold(entries, count, &balance));
    item->open = balance.open;
    item->charges = balance.charges;
    item->closed = balance.closed;
    item->closed_at = balance.closed_at;
    item->reopened_at = balance.reopened_at;
    *ret_entries = count;
    return PN_OK;
}

static bool taken_back(const pn_replay_debtor *d, const pn_moment *moment, pn_id entry_id) {
    for (size_t i = 0; i < d->past.row_counts[PN_PAST_LEDGER]; i++) {
        const pn_past_row *row = &d->past.rows[PN_PAST_LEDGER][i];
        if (row->state == entry_id && pn_moment_made(moment, row->id, row->at)) {
            return true;
        }
    }
    return false;
}

/* The money that had come for the invoice. */
static pn_ledger_money *money_then(pn_replayer *r, const pn_moment *moment, pn_id invoice_id,
                                   size_t *ret_count) {
    const pn_replay_debtor *d = &r->d;
    size_t all = d->past.row_counts[PN_PAST_LEDGER], count = 0;
    pn_ledger_money *money = pn_arena_array(&r->scratch, pn_ledger_money, all + 1);
    for (size_t i = 0; i < all; i++) {
        const pn_past_row *row = &d->past.rows[PN_PAST_LEDGER][i];
        if (row->about == invoice_id && row->kind == PN_ENTRY_PAYMENT && row->state == 0 &&
            pn_moment_made(moment, row->id, row->at) && !taken_back(d, moment, row->id)) {
            money[count++] = (pn_ledger_money){row->id, -row->amount};
        }
    }
    *ret_count = count;
    return money;
}

static void hold_then(pn_item *item, const pn_replay_mark *mark, int64_t held) {
    switch (mark->kind) {
    case PN_EARMARK_DISPUTE: item->disputed += held; break;
    case PN_EARMARK_INSTRUMENT: item->in_flight += held; break;
    case PN_EARMARK_PROMISE: item->promised += held; break;
    case PN_EARMARK_PLAN: item->planned += held; break;
    case PN_EARMARK_FULFILLED:
    case PN_EARMARKS: break;
    }
}

/* Money fulfils promises and plans once: what was judged by then keeps what it had. */
static void marks_then(pn_replayer *r, const pn_moment *moment, pn_item *item) {
    const pn_replay_debtor *d = &r->d;
    size_t count = 0;
    pn_ledger_money *money = NULL;
    item->disputed = item->promised = item->planned = item->in_flight = 0;
    for (size_t i = 0; i < 2 * d->mark_count; i++) {
        const pn_replay_mark *mark = &d->marks[i % d->mark_count];
        bool over = pn_moment_over(moment, mark->over), past = i < d->mark_count;
        bool fulfils = mark->kind == PN_EARMARK_PROMISE || mark->kind == PN_EARMARK_PLAN;
        if (mark->invoice_id != item->id || over != past ||
            !pn_moment_made(moment, mark->owner_id, mark->made)) {
            continue;
        }
        if (fulfils && money == NULL) {
            money = money_then(r, moment, item->id, &count);
        }
        int64_t wanted = over ? mark->had : mark->amount;
        int64_t part = fulfils ? pn_ledger_take(money, count, mark->owner_id, wanted) : 0;
        hold_then(item, mark, over ? 0 : mark->amount - part);
    }
}

/* A run of its own works it. */
static bool works_it(const pn_replay_debtor *d, pn_id invoice_id) {
    for (size_t i = 0; i < d->run_count; i++) {
        const pn_run *run = &d->runs[i].row.run;
        if (d->runs[i].begun && d->runs[i].active && run->parent_id == 0 &&
            run->invoice_id == invoice_id) {
            return true;
        }
    }
    return false;
}

/* The strongest that had been received, and the day on which it was first (law 5). */
static void tone_then(const pn_replay_debtor *d, const pn_moment *moment, const pn_view *base,
                      pn_item *item) {
    pn_id first = INT64_MAX;
    item->tone_received = 0;
    item->tone_on = PN_DATE_NONE;
    for (size_t i = 0; i < d->tone_count; i++) {
        const pn_replay_tone *tone = &d->tones[i];
        if (tone->invoice_id != item->id || !pn_moment_made(moment, tone->event, tone->at) ||
            tone->tone < item->tone_received ||
            (tone->tone == item->tone_received && tone->event > first)) {
            continue;
        }
        first = tone->event;
        item->tone_received = tone->tone;
        item->tone_on = pn_zone_date(base->zone, tone->at);
    }
}

static pn_err item_then(pn_replayer *r, const pn_moment *moment, const pn_invoice_row *invoice,
                        const pn_view *base, pn_item *ret_item, bool *ret_there) {
    pn_item item = invoice->item;
    size_t entries = 0;
    *ret_there = false;
    if (!pn_moment_made(moment, item.id, invoice->created_at)) {
        return PN_OK;
    }
    PN_TRY(fold_then(r, moment, &item, &entries));
    if (entries == 0) {
        return PN_OK;
    }
    if (item.fee_charged || item.interest_until != PN_DATE_NONE) {
        PN_TRY(charges_then(r, moment, invoice->debtor_id, &item));
    }
    marks_then(r, moment, &item);
    item.own_run = works_it(&r->d, item.id);
    tone_then(&r->d, moment, base, &item);
    *ret_there = true;
    *ret_item = item;
    return PN_OK;
}

/* ── an account ──────────────────────────────────────────────────────────────────────────────── */

/* Money that settles no invoice. */
static int64_t unapplied_then(const pn_replay_debtor *d, const pn_moment *moment,
                              pn_id account_id) {
    int64_t credit = 0;
    for (size_t i = 0; i < d->past.row_counts[PN_PAST_PAYMENTS]; i++) {
        const pn_past_row *payment = &d->past.rows[PN_PAST_PAYMENTS][i];
        if (payment->about != account_id || !pn_moment_made(moment, payment->id, payment->at) ||
            pn_moment_over(moment, payment->end)) {
            continue;
        }
        credit += payment->amount;
        for (size_t j = 0; j < d->past.row_counts[PN_PAST_LEDGER]; j++) {
            const pn_past_row *row = &d->past.rows[PN_PAST_LEDGER][j];
            if (row->ref == payment->id && row->kind == PN_ENTRY_PAYMENT &&
                pn_moment_made(moment, row->id, row->at)) {
                credit += row->amount;
            }
        }
    }
    return PN_MAX(credit, (int64_t)0);
}

static pn_err account_then(pn_replayer *r, const pn_moment *moment, const pn_view *base,
                           pn_view_account *account) {
    const pn_past_batch *past = &r->d.past;
    pn_time last = PN_TIME_NONE;
    size_t count = 0;
    account->items = pn_arena_array(&r->scratch, pn_item, past->invoice_count + 1);
    account->invoices =
        pn_arena_array(&r->scratch, const pn_invoice_row *, past->invoice_count + 1);
    account->row.last_closed = PN_CLOSED_NOT;
    for (size_t i = 0; i < past->invoice_count; i++) {
        const pn_invoice_row *invoice = &past->invoices[i];
        pn_item item;
        bool there = false;
        if (invoice->account_id != account->row.id) {
            continue;
        }
        PN_TRY(item_then(r, moment, invoice, base, &item, &there));
        if (there && item.closed != PN_CLOSED_NOT && item.closed_at >= last) {
            last = item.closed_at;
            account->row.last_closed = item.closed;
        }
        if (there && (item.closed == PN_CLOSED_NOT || item.own_run)) {
            account->items[count] = item;
            account->invoices[count++] = invoice;
        }
    }
    account->item_count = count;
    account->row.unapplied = unapplied_then(&r->d, moment, account->row.id);
    pn_ledger_claimable(account->items, count, account->row.unapplied);
    return PN_OK;
}

/* ── the debtor ──────────────────────────────────────────────────────────────────────────────── */

static uint32_t channels_then(const pn_replay_debtor *d, const pn_moment *moment) {
    uint32_t bits = 0;
    for (size_t i = 0; i < d->contact_count; i++) {
        const pn_contact_row *contact = &d->contacts[i];
        bool usable =
            contact->state == PN_CONTACT_USABLE ||
            (contact->state_at != PN_TIME_NONE && !pn_moment_over(moment, contact->state_at));
        bool own = !pn_str_is(contact->relation, PN_RELATION_REPRESENTATIVE);
        if (usable && own && pn_moment_made(moment, contact->id, contact->created_at)) {
            bits |= 1U << contact->channel;
        }
    }
    return bits;
}

static void promises_then(const pn_replay_debtor *d, const pn_moment *moment, pn_debtor_row *row) {
    row->promises_kept = row->promises_broken = 0;
    for (size_t i = 0; i < d->past.row_counts[PN_PAST_PROMISES]; i++) {
        const pn_past_row *promise = &d->past.rows[PN_PAST_PROMISES][i];
        if (pn_moment_made(moment, promise->id, promise->at) &&
            pn_moment_over(moment, promise->end)) {
            row->promises_kept += promise->state == PN_PROMISE_KEPT;
            row->promises_broken += promise->state == PN_PROMISE_BROKEN;
        }
    }
}

pn_err pn_replay_view(pn_replayer *r, const pn_moment *moment, pn_view *ret_view) {
    const pn_replay_debtor *d = &r->d;
    pn_view view = *d->base;
    view.moment = moment;
    view.row.channels = channels_then(d, moment);
    view.row.flags |= PN_DEBTOR_HAS_SIGNALS | PN_DEBTOR_HAS_ARMS;
    promises_then(d, moment, &view.row);
    view.accounts = pn_arena_array(&r->scratch, pn_view_account, view.account_count + 1);
    for (size_t i = 0; i < view.account_count; i++) {
        view.accounts[i] = d->base->accounts[i];
        PN_TRY(account_then(r, moment, d->base, &view.accounts[i]));
    }
    view.runs = pn_arena_array(&r->scratch, pn_run_row, d->run_count + 1);
    view.run_count = 0;
    for (size_t i = 0; i < d->run_count; i++) {
        if (d->runs[i].begun) {
            view.runs[view.run_count++] = d->runs[i].row;
        }
    }
    *ret_view = view;
    return PN_OK;
}
