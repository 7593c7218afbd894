#include "app/past.h"

#include "base/banned.h"
#include "base/sort.h"

enum { MORNING_SECONDS = 8 * 3600 };

pn_err pn_past_load(pn_app *app, pn_id first, pn_id last, pn_arena *arena,
                    pn_past_batch *ret_batch) {
    pn_past_batch b = {0};
    PN_TRY(pn_view_range(app, first, last, false, arena, &b.views, &b.view_count));
    PN_TRY(
        pn_invoice_range(app->db, app->org.id, first, last, arena, &b.invoices, &b.invoice_count));
    PN_TRY(pn_contact_range(app->db, first, last, arena, &b.contacts, &b.contact_count));
    for (int t = 0; t < PN_PAST_TABLES; t++) {
        PN_TRY(pn_past_rows(app->db, (pn_past_table)t, app->org.id, first, last, arena, &b.rows[t],
                            &b.row_counts[t]));
    }
    *ret_batch = b;
    return PN_OK;
}

/* ── a debtor's share of rows that stand in the order of debtors ─────────────────────────────── */

/* Rows of `size` bytes with the debtor's id `offset` bytes behind their beginning. */
static size_t share_of(const void *rows, size_t count, size_t size, size_t offset, pn_id debtor_id,
                       size_t *ret_count) {
    const char *bytes = rows;
    bytes += count != 0 ? offset : 0;
    size_t low = 0, high = count;
    pn_id id = 0;
    while (low < high) {
        size_t middle = (low + high) / 2;
        memcpy(&id, bytes + middle * size, sizeof id);
        if (id < debtor_id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *ret_count = 0;
    for (size_t at = low; at < count; at++) {
        memcpy(&id, bytes + at * size, sizeof id);
        if (id != debtor_id) {
            break;
        }
        ++*ret_count;
    }
    return low;
}

const pn_past_row *pn_past_rows_of(const pn_past_batch *b, pn_past_table table, pn_id debtor_id,
                                   size_t *ret_count) {
    const pn_past_row *rows = b->rows[table];
    return rows + share_of(rows, b->row_counts[table], sizeof *rows,
                           offsetof(pn_past_row, debtor_id), debtor_id, ret_count);
}

const pn_contact_row *pn_past_contacts_of(const pn_past_batch *b, pn_id debtor_id,
                                          size_t *ret_count) {
    return b->contacts + share_of(b->contacts, b->contact_count, sizeof *b->contacts,
                                  offsetof(pn_contact_row, debtor_id), debtor_id, ret_count);
}

/* ── channels ────────────────────────────────────────────────────────────────────────────────── */

static bool of_debtor(const pn_contact_row *contact) {
    return !pn_str_is(contact->relation, PN_RELATION_REPRESENTATIVE);
}

uint32_t pn_past_channels(const pn_contact_row *contacts, size_t count) {
    uint32_t bits = 0;
    for (size_t i = 0; i < count; i++) {
        bool known = contacts[i].state == PN_CONTACT_USABLE || contacts[i].state_at != PN_TIME_NONE;
        bits |= of_debtor(&contacts[i]) && known ? 1U << contacts[i].channel : 0U;
    }
    return bits;
}

/* When the last contact of a channel was lost; NONE while one is usable. */
static pn_time lost_at(const pn_contact_row *contacts, size_t count, pn_channel_kind channel) {
    pn_time last = PN_TIME_NONE;
    for (size_t i = 0; i < count; i++) {
        if (contacts[i].channel != channel || !of_debtor(&contacts[i])) {
            continue;
        }
        if (contacts[i].state == PN_CONTACT_USABLE) {
            return PN_TIME_NONE;
        }
        last = PN_MAX(last, contacts[i].state_at);
    }
    return last;
}

/* ── deeds ───────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    const pn_past_batch *batch;
    const pn_view *view;
    pn_id account_id;
    pn_arena *arena;
    pn_past_account *past;
    const pn_past_row *payments, *entries; /* the debtor's */
    size_t payment_count, entry_count;
    bool *before; /* beside the items: history from before Puntual */
    size_t deed_capacity, money_capacity;
} teller;

static void add(teller *t, pn_past_deed deed) {
    pn_past_account *p = t->past;
    p->deeds =
        pn_arena_grow(t->arena, p->deeds, p->deed_count, &t->deed_capacity, sizeof *p->deeds);
    p->deeds[p->deed_count++] = deed;
}

static const pn_past_row *payment_of(const teller *t, pn_id id) {
    for (size_t i = 0; id != 0 && i < t->payment_count; i++) {
        if (t->payments[i].id == id) {
            return &t->payments[i];
        }
    }
    return NULL;
}

static pn_time morning_after(const teller *t, pn_date day) {
    return pn_zone_instant(t->view->zone, day + 1, MORNING_SECONDS);
}

static size_t index_of(const teller *t, pn_id invoice_id) {
    size_t at = 0;
    while (at < t->past->item_count && t->past->items[at].id != invoice_id) {
        at++;
    }
    return at;
}

/* Money that came before its invoice was loaded. */
static void find_history(teller *t) {
    for (size_t i = 0; i < t->entry_count; i++) {
        size_t at = index_of(t, t->entries[i].about);
        const pn_past_row *payment = payment_of(t, t->entries[i].ref);
        if (at < t->past->item_count && payment != NULL &&
            payment->state < pn_zone_date(t->view->zone, t->past->known[at])) {
            t->before[at] = true;
        }
    }
    for (size_t i = 0; i < t->past->item_count; i++) {
        if (t->before[i]) {
            t->past->known[i] = morning_after(t, t->past->items[i].issued);
        }
    }
}

static void tell_entry(teller *t, const pn_past_row *row) {
    pn_past_account *p = t->past;
    size_t at = index_of(t, row->about);
    pn_entry_kind kind = (pn_entry_kind)row->kind;
    const pn_past_row *payment = payment_of(t, row->ref);
    if (payment != NULL && payment->about == t->account_id && at == p->item_count) {
        add(t, (pn_past_deed){.at = row->at, .kind = PN_PAST_CREDIT, .amount = row->amount});
    }
    if (at == p->item_count || kind == PN_ENTRY_FEE || kind == PN_ENTRY_INTEREST) {
        return;
    }
    bool reversal = row->state != 0;
    pn_time when = row->at;
    if (t->before[at] && payment != NULL && !reversal) {
        when = morning_after(t, (pn_date)payment->state);
    }
    when = kind == PN_ENTRY_CHARGE && !reversal ? p->known[at] : PN_MAX(when, p->known[at]);
    add(t, (pn_past_deed){.at = when,
                          .kind = PN_PAST_ENTRY,
                          .item = at,
                          .amount = row->amount,
                          .entry = kind,
                          .reversal = reversal});
    if (payment == NULL) {
        return;
    }
    add(t, (pn_past_deed){.at = when, .kind = PN_PAST_CREDIT, .amount = row->amount});
    if (!reversal) {
        p->money =
            pn_arena_grow(t->arena, p->money, p->money_count, &t->money_capacity, sizeof *p->money);
        p->money[p->money_count++] =
            (pn_past_money){(pn_date)payment->state, when, p->items[at].id};
    }
}

/* When a payment was known: of history from before Puntual, the morning after it came. */
static pn_time known_at(const teller *t, const pn_past_row *payment) {
    for (size_t i = 0; i < t->entry_count; i++) {
        size_t at = index_of(t, t->entries[i].about);
        if (t->entries[i].ref == payment->id && at < t->past->item_count && t->before[at]) {
            return PN_MAX(morning_after(t, (pn_date)payment->state), t->past->known[at]);
        }
    }
    return payment->at;
}

/* What stays of a payment when its entries are taken off is the account's credit. */
static void tell_credit(teller *t) {
    for (size_t i = 0; i < t->payment_count; i++) {
        const pn_past_row *row = &t->payments[i];
        if (row->about == t->account_id) {
            add(t, (pn_past_deed){
                       .at = known_at(t, row), .kind = PN_PAST_CREDIT, .amount = row->amount});
            if (row->end != PN_TIME_NONE) {
                add(t,
                    (pn_past_deed){.at = row->end, .kind = PN_PAST_CREDIT, .amount = -row->amount});
            }
        }
    }
}

static void tell_money(teller *t) {
    t->entries = pn_past_rows_of(t->batch, PN_PAST_LEDGER, t->view->row.id, &t->entry_count);
    find_history(t);
    for (size_t i = 0; i < t->past->item_count; i++) {
        add(t, (pn_past_deed){.at = t->past->known[i], .kind = PN_PAST_ARRIVES, .item = i});
    }
    tell_credit(t);
    for (size_t i = 0; i < t->entry_count; i++) {
        tell_entry(t, &t->entries[i]);
    }
}

static void tell_disputes(teller *t) {
    size_t count = 0;
    const pn_past_row *rows = pn_past_rows_of(t->batch, PN_PAST_DISPUTES, t->view->row.id, &count);
    for (size_t i = 0; i < count; i++) {
        size_t at = index_of(t, rows[i].about);
        if (at == t->past->item_count) {
            continue;
        }
        pn_past_deed deed = {
            .at = rows[i].at, .kind = PN_PAST_DISPUTED, .item = at, .amount = rows[i].amount};
        add(t, deed);
        if (rows[i].end != PN_TIME_NONE) {
            deed.at = rows[i].end;
            deed.amount = -deed.amount;
            add(t, deed);
        }
    }
}

/* Promises, plans and instruments: amounts that are not asked for meanwhile. */
static void tell_promised(teller *t, pn_past_table table) {
    size_t count = 0;
    const pn_past_row *rows = pn_past_rows_of(t->batch, table, t->view->row.id, &count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].about != t->account_id) {
            continue;
        }
        pn_past_deed deed = {
            .at = rows[i].at, .kind = PN_PAST_PROMISED, .id = rows[i].id, .amount = rows[i].amount};
        add(t, deed);
        if (rows[i].end != PN_TIME_NONE) {
            bool judged = table == PN_PAST_PROMISES;
            deed.word = judged && rows[i].state == PN_PROMISE_KEPT     ? PN_STR("kept")
                        : judged && rows[i].state == PN_PROMISE_BROKEN ? PN_STR("broken")
                                                                       : PN_STR_NONE;
            deed.at = rows[i].end;
            deed.amount = -deed.amount;
            add(t, deed);
        }
    }
}

static void tell_holds(teller *t) {
    size_t count = 0;
    const pn_past_row *rows = pn_past_rows_of(t->batch, PN_PAST_HOLDS, t->view->row.id, &count);
    for (size_t i = 0; i < count; i++) {
        /* an unread answer holds until somebody has read it, whatever its review says */
        bool reply = pn_str_is(rows[i].word, "reply");
        pn_time end = rows[i].end != PN_TIME_NONE ? rows[i].end : PN_TIME_NEVER;
        end = reply ? end : PN_MIN(end, rows[i].ref);
        add(t, (pn_past_deed){.at = rows[i].at,
                              .kind = PN_PAST_HELD,
                              .id = rows[i].id,
                              .until = rows[i].ref,
                              .word = rows[i].word});
        if (end != PN_TIME_NEVER) {
            add(t, (pn_past_deed){.at = end, .kind = PN_PAST_RELEASED, .id = rows[i].id});
        }
    }
}

static void tell_people(teller *t) {
    size_t count = 0, contact_count = 0;
    const pn_past_row *rows = pn_past_rows_of(t->batch, PN_PAST_SIGNALS, t->view->row.id, &count);
    for (size_t i = 0; i < count; i++) {
        add(t, (pn_past_deed){.at = rows[i].at,
                              .kind = PN_PAST_SIGNAL,
                              .signal = (pn_signal_kind)rows[i].kind,
                              .source = (pn_signal_source)rows[i].state});
    }
    rows = pn_past_rows_of(t->batch, PN_PAST_TASKS, t->view->row.id, &count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].end != PN_TIME_NONE) {
            add(t, (pn_past_deed){.at = rows[i].end,
                                  .kind = PN_PAST_TASK,
                                  .word = rows[i].word,
                                  .outcome = rows[i].outcome});
        }
    }
    const pn_contact_row *contacts = pn_past_contacts_of(t->batch, t->view->row.id, &contact_count);
    for (int channel = PN_CHANNEL_EMAIL; channel < PN_CHANNELS; channel++) {
        pn_time lost = lost_at(contacts, contact_count, (pn_channel_kind)channel);
        if (lost != PN_TIME_NONE) {
            add(t, (pn_past_deed){
                       .at = lost, .kind = PN_PAST_LOST, .channel = (pn_channel_kind)channel});
        }
    }
}

/* Of one moment: invoices arrive before their money comes. */
static int by_time(const void *a, const void *b) {
    const pn_past_deed *x = a;
    const pn_past_deed *y = b;
    if (x->at != y->at) {
        return x->at < y->at ? -1 : 1;
    }
    return (x->kind != PN_PAST_ARRIVES) - (y->kind != PN_PAST_ARRIVES);
}

static pn_item as_it_arrives(const pn_item *now) {
    pn_item item = *now;
    item.open = item.charges = item.disputed = item.promised = 0;
    item.planned = item.in_flight = item.claimable = 0;
    item.closed = PN_CLOSED_NOT;
    item.closed_at = item.reopened_at = PN_TIME_NONE;
    item.tone_received = 0;
    item.tone_on = item.interest_until = PN_DATE_NONE;
    item.fee_charged = item.own_run = item.paid_reported = false;
    item.attrs = NULL;
    item.lines = NULL;
    item.attr_count = item.line_count = 0;
    return item;
}

void pn_past_of_account(const pn_past_batch *batch, const pn_view *view,
                        const pn_view_account *account, pn_time from, pn_arena *arena,
                        pn_past_account *ret_past) {
    size_t count = 0;
    size_t first = share_of(batch->invoices, batch->invoice_count, sizeof *batch->invoices,
                            offsetof(pn_invoice_row, debtor_id), view->row.id, &count);
    const pn_invoice_row *rows = batch->invoices + first;
    pn_past_account past = {.items = pn_arena_array(arena, pn_item, count + 1),
                            .known = pn_arena_array(arena, pn_time, count + 1)};
    teller t = {.batch = batch,
                .view = view,
                .account_id = account->row.id,
                .arena = arena,
                .past = &past,
                .before = pn_arena_array(arena, bool, count + 1)};
    for (size_t i = 0; i < count; i++) {
        bool over = rows[i].item.closed != PN_CLOSED_NOT && rows[i].item.closed_at < from;
        if (rows[i].account_id == account->row.id && !over) {
            past.items[past.item_count] = as_it_arrives(&rows[i].item);
            past.known[past.item_count++] = rows[i].created_at;
        }
    }
    if (past.item_count != 0) {
        t.payments = pn_past_rows_of(batch, PN_PAST_PAYMENTS, view->row.id, &t.payment_count);
        tell_money(&t);
        tell_disputes(&t);
        tell_promised(&t, PN_PAST_PROMISES);
        tell_promised(&t, PN_PAST_PLANS);
        tell_promised(&t, PN_PAST_INSTRUMENTS);
        tell_holds(&t);
        tell_people(&t);
        pn_sort(past.deeds, past.deed_count, sizeof *past.deeds, by_time, arena);
    }
    *ret_past = past;
}
