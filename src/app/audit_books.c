/* Money: every sum from its entries, debtor by debtor. */
#include "app/audit_int.h"

#include "base/banned.h"
#include "base/sort.h"
#include "store/claim.h"
#include "store/currency.h"
#include "store/debtor.h"
#include "store/invoice.h"

/* An invoice as it is stored, and what it should be. */
typedef struct {
    pn_id id, account_id;
    pn_str number;
    pn_currency currency;
    int64_t open, charges, marks[PN_EARMARKS], claimable;
    int64_t closed;
    pn_time closed_at, reopened_at;
    int64_t effective_due;
    bool reported;
    /* recomputed */
    int64_t sum, principal, marked[PN_EARMARKS];
    pn_closed closing;
    pn_time closing_at, reopening_at;
    int64_t claim;
    size_t entries;
} invoice;

typedef struct {
    pn_id id;
    pn_currency currency;
    int64_t open, claimable, open_items, claimable_items, oldest_due, unapplied;
    int64_t credit; /* recomputed */
} account;

typedef struct {
    pn_id invoice_id, id, reverses_id, payment_id;
    int64_t kind, amount;
    pn_time at;
    bool reversed;
    int64_t taken; /* of money: what fulfils promises and plans */
} entry;

typedef struct {
    pn_id id, account_id;
    pn_currency currency;
    int64_t amount, unapplied;
    bool reversed;
    int64_t applied; /* recomputed: by entries that were not taken back */
} payment;

/* A promise, dispute, plan or instrument. */
typedef struct {
    pn_earmark_kind kind;
    pn_id id, account_id;
    int64_t amount;
    bool open;
    int64_t marked; /* recomputed */
} claim;

typedef struct {
    pn_auditor *auditor;
    pn_audit_check *ledger, *closing, *earmarks, *claimable, *accounts, *payments, *promises,
        *contacts;
    pn_audit_cursor account_rows, invoice_rows, entry_rows, earmark_rows, payment_rows,
        promise_rows, dispute_rows, plan_rows, instrument_rows, contact_rows;
    /* of one debtor */
    pn_id debtor;
    pn_str debtor_key;
    account *account_list;
    size_t account_count, account_capacity;
    invoice *invoices;
    size_t invoice_count, invoice_capacity;
    entry *entries;
    size_t entry_count, entry_capacity;
    payment *payment_list;
    size_t payment_count, payment_capacity;
    claim *claims;
    size_t claim_count, claim_capacity;
    int64_t kept, broken, channels;
} books;

#define ADD(b, list, count, capacity)                                                              \
    ((b)->list = pn_arena_grow(&(b)->auditor->scratch, (b)->list, (b)->count, &(b)->capacity,      \
                               sizeof *(b)->list),                                                 \
     &(b)->list[(b)->count++])

static const char *name_of(const books *b, const invoice *row) {
    return pn_audit_name(b->auditor, PN_ID_INVOICE, row->id, row->number);
}

static const char *amount_of(const books *b, int64_t minor, pn_currency currency) {
    return pn_audit_amount(b->auditor, minor, currency);
}

static invoice *invoice_of(books *b, pn_id id) {
    size_t low = 0, high = b->invoice_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (b->invoices[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < b->invoice_count && b->invoices[low].id == id ? &b->invoices[low] : NULL;
}

static account *account_of(books *b, pn_id id) {
    for (size_t i = 0; i < b->account_count; i++) {
        if (b->account_list[i].id == id) {
            return &b->account_list[i];
        }
    }
    return NULL;
}

static payment *payment_of(books *b, pn_id id) {
    size_t low = 0, high = b->payment_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (b->payment_list[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < b->payment_count && b->payment_list[low].id == id ? &b->payment_list[low] : NULL;
}

static claim *claim_of(books *b, int64_t kind, pn_id id) {
    for (size_t i = 0; i < b->claim_count; i++) {
        if (b->claims[i].id == id && (int64_t)b->claims[i].kind == kind) {
            return &b->claims[i];
        }
    }
    return NULL;
}

/* ── reading one debtor ──────────────────────────────────────────────────────────────────────── */

static void read_account(void *context, pn_stmt *q) {
    books *b = context;
    *ADD(b, account_list, account_count, account_capacity) = (account){
        .id = pn_col_int(q, 1),
        .currency = pn_col_currency(q, 2),
        .open = pn_col_int(q, 3),
        .claimable = pn_col_int(q, 4),
        .open_items = pn_col_int(q, 5),
        .claimable_items = pn_col_int(q, 6),
        .oldest_due = pn_audit_optional(q, 7),
        .unapplied = pn_col_int(q, 8),
    };
}

static void read_invoice(void *context, pn_stmt *q) {
    books *b = context;
    *ADD(b, invoices, invoice_count, invoice_capacity) = (invoice){
        .id = pn_col_int(q, 1),
        .account_id = pn_col_int(q, 2),
        .number = pn_col_str_dup(q, 3, &b->auditor->scratch),
        .currency = pn_col_currency(q, 4),
        .open = pn_col_int(q, 5),
        .charges = pn_col_int(q, 6),
        .marks = {[PN_EARMARK_DISPUTE] = pn_col_int(q, 7),
                  [PN_EARMARK_PROMISE] = pn_col_int(q, 8),
                  [PN_EARMARK_PLAN] = pn_col_int(q, 9),
                  [PN_EARMARK_INSTRUMENT] = pn_col_int(q, 10)},
        .claimable = pn_col_int(q, 11),
        .closed = pn_col_int(q, 12),
        .closed_at = pn_audit_optional(q, 13),
        .reopened_at = pn_audit_optional(q, 14),
        .effective_due = pn_col_int(q, 15),
        .reported = !pn_col_null(q, 16),
        .closing_at = PN_TIME_NONE,
        .reopening_at = PN_TIME_NONE,
    };
}

static void read_entry(void *context, pn_stmt *q) {
    books *b = context;
    *ADD(b, entries, entry_count, entry_capacity) = (entry){
        .invoice_id = pn_col_int(q, 1),
        .id = pn_col_int(q, 2),
        .kind = pn_col_int(q, 3),
        .reverses_id = pn_col_int(q, 4),
        .amount = pn_col_int(q, 5),
        .payment_id = pn_col_int(q, 6),
        .at = pn_col_int(q, 7),
    };
}

static void read_payment(void *context, pn_stmt *q) {
    books *b = context;
    *ADD(b, payment_list, payment_count, payment_capacity) = (payment){
        .id = pn_col_int(q, 1),
        .account_id = pn_col_int(q, 2),
        .currency = pn_col_currency(q, 3),
        .amount = pn_col_int(q, 4),
        .unapplied = pn_col_int(q, 5),
        .reversed = !pn_col_null(q, 6),
    };
}

static void add_claim(books *b, pn_stmt *q, pn_earmark_kind kind) {
    *ADD(b, claims, claim_count, claim_capacity) = (claim){
        .kind = kind,
        .id = pn_col_int(q, 1),
        .account_id = pn_col_int(q, 2),
        .amount = pn_col_int(q, 3),
        .open = pn_col_int(q, 4) == 0,
    };
}

static void read_dispute(void *context, pn_stmt *q) {
    add_claim(context, q, PN_EARMARK_DISPUTE);
}

static void read_plan(void *context, pn_stmt *q) {
    add_claim(context, q, PN_EARMARK_PLAN);
}

static void read_instrument(void *context, pn_stmt *q) {
    add_claim(context, q, PN_EARMARK_INSTRUMENT);
}

/* A promise also says how it was judged: kept means that at least 95 % came (law 13). */
static void read_promise(void *context, pn_stmt *q) {
    books *b = context;
    add_claim(b, q, PN_EARMARK_PROMISE);
    int64_t promised = pn_col_int(q, 3), state = pn_col_int(q, 4), paid = pn_col_int(q, 5);
    bool judged = !pn_col_null(q, 6);
    bool enough = (pn_int128)paid * 20 >= (pn_int128)promised * 19;
    const char *name = pn_audit_name(b->auditor, PN_ID_PROMISE, pn_col_int(q, 1), PN_STR_NONE);
    b->kept += state == PN_PROMISE_KEPT;
    b->broken += state == PN_PROMISE_BROKEN;
    b->promises->rows++;
    if (state < PN_PROMISE_OPEN || state > PN_PROMISE_CANCELLED ||
        judged != (state != PN_PROMISE_OPEN)) {
        pn_audit_disagree(b->auditor, b->promises,
                          "Promise %s is in state %lld and %s a time of judgement.", name,
                          (long long)state, judged ? "has" : "lacks");
    } else if ((state == PN_PROMISE_KEPT && !enough) || (state == PN_PROMISE_BROKEN && enough)) {
        pn_audit_disagree(b->auditor, b->promises,
                          "Promise %s over %lld minor units was judged %s with %lld paid.", name,
                          (long long)promised, pn_promise_state_name((pn_promise_state)state),
                          (long long)paid);
    }
}

static bool taken_back(const books *b, pn_id entry_id) {
    for (size_t i = 0; i < b->entry_count; i++) {
        if (b->entries[i].reverses_id == entry_id) {
            return true;
        }
    }
    return false;
}

/* Money that came after a promise or a plan was agreed fulfils it, each unit one of them: first
 * those that were judged with it, then promises by their day, as the rows come; the oldest money
 * first. What is left of them is held. */
static int64_t fulfilled_of(books *b, const invoice *row, int64_t kind, pn_id owner_id,
                            int64_t amount) {
    int64_t part = 0;
    if (kind != PN_EARMARK_PROMISE && kind != PN_EARMARK_PLAN && kind != PN_EARMARK_FULFILLED) {
        return 0;
    }
    for (size_t i = 0; i < b->entry_count && part < amount; i++) {
        entry *e = &b->entries[i];
        if (e->invoice_id == row->id && e->kind == PN_ENTRY_PAYMENT && e->id > owner_id &&
            e->reverses_id == 0 && !taken_back(b, e->id)) {
            int64_t more = PN_MIN(-e->amount - e->taken, amount - part);
            e->taken += more;
            part += more;
        }
    }
    return part;
}

static void read_earmark(void *context, pn_stmt *q) {
    books *b = context;
    pn_id invoice_id = pn_col_int(q, 1), owner_id = pn_col_int(q, 3);
    int64_t kind = pn_col_int(q, 2), amount = pn_col_int(q, 4);
    invoice *row = invoice_of(b, invoice_id);
    bool had = kind == PN_EARMARK_FULFILLED;
    claim *owner = claim_of(b, had ? PN_EARMARK_PROMISE : kind, owner_id);
    b->earmarks->rows++;
    if (row == NULL || owner == NULL || owner->open == had || amount <= 0) {
        pn_audit_disagree(b->auditor, b->earmarks,
                          "An earmark of kind %lld over %lld minor units on invoice %s %s.",
                          (long long)kind, (long long)amount,
                          pn_audit_name(b->auditor, PN_ID_INVOICE, invoice_id, PN_STR_NONE),
                          row == NULL     ? "is on an invoice that its debtor does not have"
                          : owner == NULL ? "belongs to nothing"
                          : amount <= 0   ? "is not positive"
                          : had           ? "says what a promise had that was not judged"
                                          : "belongs to something that is over");
        return;
    }
    int64_t fulfilled = fulfilled_of(b, row, kind, owner_id, amount);
    if (!had) {
        row->marked[kind] += amount - fulfilled;
        owner->marked += amount;
    }
}

static void read_contact(void *context, pn_stmt *q) {
    books *b = context;
    int64_t channel = pn_col_int(q, 1), state = pn_col_int(q, 2);
    b->contacts->rows++;
    if (state == PN_CONTACT_USABLE && channel > 0 && channel < PN_CHANNELS) {
        b->channels |= INT64_C(1) << channel;
    }
}

/* ── invoices ────────────────────────────────────────────────────────────────────────────────── */

/* How an entry of this kind closes an invoice whose principal it settles. */
static pn_closed closes_as(int64_t kind) {
    switch (kind) {
    case PN_ENTRY_PAYMENT:
    case PN_ENTRY_WITHHOLDING:
    case PN_ENTRY_DISCOUNT:
    case PN_ENTRY_FX: return PN_CLOSED_PAID;
    case PN_ENTRY_CREDIT: return PN_CLOSED_CREDITED;
    case PN_ENTRY_WRITE_OFF: return PN_CLOSED_WRITTEN_OFF;
    default: return PN_CLOSED_CANCELLED;
    }
}

static void post(invoice *row, const entry *e) {
    bool extra = e->kind == PN_ENTRY_FEE || e->kind == PN_ENTRY_INTEREST;
    int64_t before = row->principal;
    row->sum += e->amount;
    row->principal += extra ? 0 : e->amount;
    bool first = row->entries++ == 0;
    if (row->principal <= 0 && (first || before > 0)) {
        row->closing = closes_as(e->kind);
        row->closing_at = e->at;
    } else if (row->principal > 0 && !first && before <= 0) {
        row->closing = PN_CLOSED_NOT;
        row->closing_at = PN_TIME_NONE;
        row->reopening_at = e->at;
    }
}

static entry *reversed_entry(books *b, const entry *e) {
    for (size_t i = 0; i < b->entry_count; i++) {
        if (b->entries[i].id == e->reverses_id && b->entries[i].invoice_id == e->invoice_id) {
            return &b->entries[i];
        }
    }
    return NULL;
}

static void check_entry(books *b, const entry *e) {
    const char *name = pn_audit_name(b->auditor, PN_ID_LEDGER_ENTRY, e->id, PN_STR_NONE);
    bool known = e->kind >= 0 && e->kind < PN_ENTRIES;
    /* a correction of the invoice's amount may lower it */
    int sign = known && e->kind != PN_ENTRY_CHARGE ? pn_entry_sign((pn_entry_kind)e->kind) : 0;
    if (e->reverses_id != 0) {
        entry *taken_back = reversed_entry(b, e);
        if (taken_back == NULL || taken_back->kind != e->kind || taken_back->amount != -e->amount ||
            taken_back->reversed || taken_back->id >= e->id) {
            pn_audit_disagree(b->auditor, b->ledger,
                              "Entry %s takes back no earlier entry of the opposite amount.", name);
        } else {
            taken_back->reversed = true;
        }
        sign = -sign;
    }
    if (!known || e->amount == 0 || (sign > 0 && e->amount < 0) || (sign < 0 && e->amount > 0)) {
        pn_audit_disagree(b->auditor, b->ledger, "Entry %s of kind %s has the amount %lld.", name,
                          known ? pn_entry_kind_name((pn_entry_kind)e->kind) : "unknown",
                          (long long)e->amount);
    }
    payment *money = e->payment_id != 0 ? payment_of(b, e->payment_id) : NULL;
    if (e->payment_id != 0 && money == NULL) {
        pn_audit_disagree(b->auditor, b->payments, "Entry %s names a payment that is not there.",
                          name);
    } else if (money != NULL && e->kind == PN_ENTRY_PAYMENT) {
        money->applied -= e->amount;
    }
}

static void post_all(books *b) {
    for (size_t i = 0; i < b->entry_count; i++) {
        const entry *e = &b->entries[i];
        invoice *row = invoice_of(b, e->invoice_id);
        b->ledger->rows++;
        if (row == NULL) {
            pn_audit_disagree(b->auditor, b->ledger,
                              "Entry %s is on an invoice that its debtor does not have.",
                              pn_audit_name(b->auditor, PN_ID_LEDGER_ENTRY, e->id, PN_STR_NONE));
            continue;
        }
        post(row, e);
        check_entry(b, e);
    }
}

static void check_sums(books *b, const invoice *row) {
    int64_t charges = row->sum - PN_MAX(row->principal, 0);
    if (row->open != row->sum) {
        pn_audit_disagree(b->auditor, b->ledger,
                          "Invoice %s: its entries sum to %s, and %s is stored as open.",
                          name_of(b, row), amount_of(b, row->sum, row->currency),
                          amount_of(b, row->open, row->currency));
    }
    if (row->charges != charges) {
        pn_audit_disagree(b->auditor, b->ledger,
                          "Invoice %s: %s of it is interest and fees, and %s is stored.",
                          name_of(b, row), amount_of(b, charges, row->currency),
                          amount_of(b, row->charges, row->currency));
    }
}

static void check_closing(books *b, const invoice *row) {
    b->closing->rows++;
    if ((row->closed != PN_CLOSED_NOT) != (row->principal <= 0)) {
        pn_audit_disagree(b->auditor, b->closing, "Invoice %s owes %s and is stored as %s.",
                          name_of(b, row), amount_of(b, row->principal, row->currency),
                          row->closed != PN_CLOSED_NOT ? "closed" : "open");
    } else if (row->closed != (int64_t)row->closing || row->closed_at != row->closing_at) {
        pn_audit_disagree(b->auditor, b->closing,
                          "Invoice %s closed as %s at %lld by its entries; state %lld at %lld is "
                          "stored.",
                          name_of(b, row), pn_closed_name(row->closing), (long long)row->closing_at,
                          (long long)row->closed, (long long)row->closed_at);
    } else if (row->reopened_at != row->reopening_at) {
        pn_audit_disagree(b->auditor, b->closing,
                          "Invoice %s was opened again at %lld by its entries; %lld is stored.",
                          name_of(b, row), (long long)row->reopening_at,
                          (long long)row->reopened_at);
    }
}

static void check_marks(books *b, const invoice *row) {
    static const char *const WORDS[PN_EARMARK_FULFILLED] = {"disputed", "promised", "planned",
                                                            "in flight"};
    for (size_t i = 0; i < PN_EARMARK_FULFILLED; i++) { /* which holds nothing */
        if (row->marks[i] != row->marked[i]) {
            pn_audit_disagree(b->auditor, b->earmarks,
                              "Invoice %s: its earmarks say that %s is %s, and %s is stored.",
                              name_of(b, row), amount_of(b, row->marked[i], row->currency),
                              WORDS[i], amount_of(b, row->marks[i], row->currency));
        }
    }
}

static void check_claims(books *b) {
    for (size_t i = 0; i < b->claim_count; i++) {
        const claim *each = &b->claims[i];
        static const pn_id_kind KINDS[PN_EARMARKS] = {PN_ID_DISPUTE, PN_ID_PROMISE, PN_ID_PLAN,
                                                      PN_ID_INSTRUMENT};
        if (each->open && each->marked != each->amount) {
            pn_audit_disagree(b->auditor, b->earmarks,
                              "%s is over %lld minor units, and %lld are earmarked for it.",
                              pn_audit_name(b->auditor, KINDS[each->kind], each->id, PN_STR_NONE),
                              (long long)each->amount, (long long)each->marked);
        }
    }
}

/* ── claimable ───────────────────────────────────────────────────────────────────────────────── */

static int by_due(const void *a, const void *b) {
    const invoice *x = *(invoice *const *)a;
    const invoice *y = *(invoice *const *)b;
    if (x->effective_due != y->effective_due) {
        return x->effective_due < y->effective_due ? -1 : 1;
    }
    return (x->id > y->id) - (x->id < y->id);
}

/* Open less what is held; then credit that was not applied covers the oldest first. */
static void claim_account(books *b, const account *of) {
    pn_arena *arena = &b->auditor->scratch;
    invoice **sorted = pn_arena_alloc(arena, (b->invoice_count + 1) * sizeof *sorted);
    size_t count = 0;
    for (size_t i = 0; i < b->invoice_count; i++) {
        invoice *row = &b->invoices[i];
        if (row->account_id != of->id) {
            continue;
        }
        int64_t held = 0;
        for (size_t kind = 0; kind < PN_EARMARKS; kind++) {
            held += row->marked[kind];
        }
        bool none = row->principal <= 0 || row->reported;
        row->claim = none ? 0 : PN_MAX(row->sum - held, 0);
        sorted[count++] = row;
    }
    pn_sort(sorted, count, sizeof *sorted, by_due, arena);
    int64_t credit = of->credit;
    for (size_t i = 0; i < count && credit > 0; i++) {
        int64_t covered = PN_MIN(credit, sorted[i]->claim);
        sorted[i]->claim -= covered;
        credit -= covered;
    }
}

static void check_claimable(books *b) {
    for (size_t i = 0; i < b->invoice_count; i++) {
        const invoice *row = &b->invoices[i];
        const account *of = account_of(b, row->account_id);
        b->claimable->rows++;
        if (of == NULL || memcmp(&of->currency, &row->currency, sizeof row->currency) != 0) {
            pn_audit_disagree(b->auditor, b->accounts,
                              "Invoice %s is in no account of its debtor and currency.",
                              name_of(b, row));
        } else if (row->claimable != row->claim) {
            pn_audit_disagree(b->auditor, b->claimable,
                              "Invoice %s: %s may be asked for, and %s is stored as claimable.",
                              name_of(b, row), amount_of(b, row->claim, row->currency),
                              amount_of(b, row->claimable, row->currency));
        }
    }
}

/* ── accounts ────────────────────────────────────────────────────────────────────────────────── */

static void compare(books *b, const account *of, const char *what, int64_t expected,
                    int64_t found) {
    if (expected != found) {
        pn_audit_disagree(b->auditor, b->accounts,
                          "The %s account of %s: %s is %lld by its invoices and payments, and %lld "
                          "is stored.",
                          of->currency.code,
                          pn_audit_name(b->auditor, PN_ID_DEBTOR, b->debtor, b->debtor_key), what,
                          (long long)expected, (long long)found);
    }
}

static void check_account(books *b, const account *of) {
    int64_t open = 0, claimable = 0, items = 0, claimable_items = 0, oldest = PN_TIME_NONE;
    for (size_t i = 0; i < b->invoice_count; i++) {
        const invoice *row = &b->invoices[i];
        if (row->account_id != of->id || row->principal <= 0) {
            continue;
        }
        open += row->sum;
        claimable += row->claim;
        items++;
        claimable_items += row->claim > 0;
        if (row->claim > 0 && (oldest == PN_TIME_NONE || row->effective_due < oldest)) {
            oldest = row->effective_due;
        }
    }
    b->accounts->rows++;
    compare(b, of, "what is open", open, of->open);
    compare(b, of, "what is claimable", claimable, of->claimable);
    compare(b, of, "the number of open invoices", items, of->open_items);
    compare(b, of, "the number of claimable invoices", claimable_items, of->claimable_items);
    compare(b, of, "the oldest due day", oldest, of->oldest_due);
    compare(b, of, "money not applied", of->credit, of->unapplied);
}

/* ── payments ────────────────────────────────────────────────────────────────────────────────── */

static void check_payment(books *b, const payment *row) {
    const char *name = pn_audit_name(b->auditor, PN_ID_PAYMENT, row->id, PN_STR_NONE);
    account *of = account_of(b, row->account_id);
    b->payments->rows++;
    if (of == NULL || memcmp(&of->currency, &row->currency, sizeof row->currency) != 0) {
        pn_audit_disagree(b->auditor, b->payments,
                          "Payment %s is in no account of its debtor and currency.", name);
        return;
    }
    if (row->reversed && (row->applied != 0 || row->unapplied != 0)) {
        pn_audit_disagree(b->auditor, b->payments,
                          "Payment %s was taken back, and %lld minor units of it still count.",
                          name, (long long)(row->applied + row->unapplied));
    } else if (!row->reversed && (row->applied + row->unapplied != row->amount ||
                                  row->unapplied < 0 || row->amount <= 0)) {
        pn_audit_disagree(b->auditor, b->payments, "Payment %s of %s: %s is applied and %s is not.",
                          name, amount_of(b, row->amount, row->currency),
                          amount_of(b, row->applied, row->currency),
                          amount_of(b, row->unapplied, row->currency));
    }
}

static void sum_credit(books *b) {
    for (size_t i = 0; i < b->payment_count; i++) {
        const payment *row = &b->payment_list[i];
        account *of = account_of(b, row->account_id);
        if (of != NULL && !row->reversed) {
            of->credit += row->amount - row->applied;
        }
    }
}

/* ── one debtor ──────────────────────────────────────────────────────────────────────────────── */

static pn_err read_debtor(books *b) {
    pn_auditor *a = b->auditor;
    PN_TRY(pn_audit_take(a, b->accounts, &b->account_rows, b->debtor, read_account, b));
    PN_TRY(pn_audit_take(a, b->ledger, &b->invoice_rows, b->debtor, read_invoice, b));
    PN_TRY(pn_audit_take(a, b->ledger, &b->entry_rows, b->debtor, read_entry, b));
    PN_TRY(pn_audit_take(a, b->payments, &b->payment_rows, b->debtor, read_payment, b));
    PN_TRY(pn_audit_take(a, b->promises, &b->promise_rows, b->debtor, read_promise, b));
    PN_TRY(pn_audit_take(a, b->earmarks, &b->dispute_rows, b->debtor, read_dispute, b));
    PN_TRY(pn_audit_take(a, b->earmarks, &b->plan_rows, b->debtor, read_plan, b));
    PN_TRY(pn_audit_take(a, b->earmarks, &b->instrument_rows, b->debtor, read_instrument, b));
    PN_TRY(pn_audit_take(a, b->earmarks, &b->earmark_rows, b->debtor, read_earmark, b));
    return pn_audit_take(a, b->contacts, &b->contact_rows, b->debtor, read_contact, b);
}

static void check_debtor(books *b, int64_t kept, int64_t broken, int64_t channels) {
    const char *name = pn_audit_name(b->auditor, PN_ID_DEBTOR, b->debtor, b->debtor_key);
    post_all(b);
    sum_credit(b);
    for (size_t i = 0; i < b->account_count; i++) {
        claim_account(b, &b->account_list[i]);
        check_account(b, &b->account_list[i]);
    }
    for (size_t i = 0; i < b->invoice_count; i++) {
        check_sums(b, &b->invoices[i]);
        check_closing(b, &b->invoices[i]);
        check_marks(b, &b->invoices[i]);
    }
    check_claimable(b);
    check_claims(b);
    for (size_t i = 0; i < b->payment_count; i++) {
        check_payment(b, &b->payment_list[i]);
    }
    if (kept != b->kept || broken != b->broken) {
        pn_audit_disagree(b->auditor, b->promises,
                          "Debtor %s kept %lld promises and broke %lld; %lld and %lld are stored.",
                          name, (long long)b->kept, (long long)b->broken, (long long)kept,
                          (long long)broken);
    }
    if (channels != b->channels) {
        pn_audit_disagree(b->auditor, b->contacts,
                          "Debtor %s has usable contacts for channels %llx (bits); %llx is stored.",
                          name, (unsigned long long)b->channels, (unsigned long long)channels);
    }
}

static void forget_debtor(books *b) {
    b->account_list = NULL;
    b->invoices = NULL;
    b->entries = NULL;
    b->payment_list = NULL;
    b->claims = NULL;
    b->account_count = b->account_capacity = b->invoice_count = b->invoice_capacity = 0;
    b->entry_count = b->entry_capacity = b->payment_count = b->payment_capacity = 0;
    b->claim_count = b->claim_capacity = 0;
    b->kept = b->broken = b->channels = 0;
    pn_arena_reset(&b->auditor->scratch);
}

/* ── all debtors ─────────────────────────────────────────────────────────────────────────────── */

static pn_err open_money(books *b) {
    pn_auditor *a = b->auditor;
    PN_TRY(pn_audit_open(a,
                         "SELECT debtor_id, id, currency, open_minor, claimable_minor, open_items,"
                         " claimable_items, oldest_due, unapplied_minor FROM account"
                         " WHERE +org_id = $1 ORDER BY debtor_id, id",
                         &b->account_rows));
    PN_TRY(pn_audit_open(a,
                         "SELECT debtor_id, id, account_id, external_id, currency, open_minor,"
                         " charges_minor, disputed_minor, promised_minor, planned_minor,"
                         " in_flight_minor, claimable_minor, closed, closed_at, reopened_at,"
                         " effective_due, paid_reported_until FROM invoice"
                         " WHERE +org_id = $1 ORDER BY debtor_id, id",
                         &b->invoice_rows));
    PN_TRY(pn_audit_open(a,
                         "SELECT debtor_id, invoice_id, id, kind, reverses_id, amount_minor,"
                         " payment_id, at FROM ledger WHERE +org_id = $1"
                         " ORDER BY debtor_id, invoice_id, id",
                         &b->entry_rows));
    return pn_audit_open(a,
                         "SELECT debtor_id, id, account_id, currency, amount_minor,"
                         " unapplied_minor, reversed_at FROM payment WHERE +org_id = $1"
                         " ORDER BY debtor_id, id",
                         &b->payment_rows);
}

/* What takes amounts out: the columns are debtor, id, account, amount, state. */
static pn_err open_claims(books *b) {
    pn_auditor *a = b->auditor;
    PN_TRY(pn_audit_open(a,
                         "SELECT e.debtor_id, e.invoice_id, e.kind, e.owner_id, e.amount_minor FROM"
                         " earmark e LEFT JOIN promise p ON p.debtor_id = e.debtor_id AND p.id ="
                         " e.owner_id WHERE e.org_id = $1 ORDER BY e.debtor_id, e.invoice_id,"
                         " CASE WHEN e.kind = 4 THEN -1 ELSE e.kind END, p.due, e.owner_id",
                         &b->earmark_rows));
    PN_TRY(pn_audit_open(a,
                         "SELECT debtor_id, id, account_id, amount_minor, state, paid_minor,"
                         " judged_at FROM promise WHERE org_id = $1 ORDER BY debtor_id, id",
                         &b->promise_rows));
    PN_TRY(pn_audit_open(a,
                         "SELECT debtor_id, id, invoice_id, amount_minor, state FROM dispute"
                         " WHERE +org_id = $1 ORDER BY debtor_id, id",
                         &b->dispute_rows));
    PN_TRY(pn_audit_open(a,
                         "SELECT p.debtor_id, p.id, p.account_id, (SELECT"
                         " coalesce(sum(i.amount_minor), 0) FROM plan_installment i"
                         " WHERE i.debtor_id = p.debtor_id AND i.plan_id = p.id) + (SELECT"
                         " coalesce(sum(o.discount_minor), 0) FROM offer o WHERE o.debtor_id ="
                         " p.debtor_id AND o.plan_id = p.id), p.state"
                         " FROM plan p WHERE p.org_id = $1 ORDER BY p.debtor_id, p.id",
                         &b->plan_rows));
    PN_TRY(pn_audit_open(a,
                         "SELECT debtor_id, id, account_id, amount_minor, state FROM instrument"
                         " WHERE +org_id = $1 ORDER BY debtor_id, id",
                         &b->instrument_rows));
    return pn_audit_open(a,
                         "SELECT debtor_id, channel, state FROM contact WHERE +org_id = $1"
                         " ORDER BY debtor_id, id",
                         &b->contact_rows);
}

static void begin_checks(books *b) {
    pn_auditor *a = b->auditor;
    b->ledger = pn_audit_begin(a, "ledger", "Open amounts are the sums of their ledger entries.");
    b->closing = pn_audit_begin(a, "closing", "An invoice is closed exactly when it owes nothing.");
    b->earmarks = pn_audit_begin(
        a, "earmarks", "What is disputed, promised, planned or in flight is earmarked so.");
    b->claimable = pn_audit_begin(
        a, "claimable", "Claimable is what is open less what is held and covered by credit.");
    b->accounts =
        pn_audit_begin(a, "accounts", "Accounts are the sums of their invoices and payments.");
    b->payments = pn_audit_begin(
        a, "payments", "Payments are applied or not, to the last cent, and nothing once reversed.");
    b->promises = pn_audit_begin(a, "promises", "Promises are judged by what was paid.");
    b->contacts =
        pn_audit_begin(a, "contacts", "Debtors can be reached where they have usable contacts.");
}

pn_err pn_audit_books(pn_auditor *auditor) {
    books b = {.auditor = auditor};
    pn_audit_cursor debtors;
    begin_checks(&b);
    PN_TRY(open_money(&b));
    PN_TRY(open_claims(&b));
    PN_TRY(pn_audit_open(auditor,
                         "SELECT id, external_id, promises_kept, promises_broken, channels"
                         " FROM debtor WHERE org_id = $1 ORDER BY id",
                         &debtors));
    while (debtors.live) {
        forget_debtor(&b);
        b.debtor = pn_col_int(debtors.q, 0);
        b.debtor_key = pn_col_str_dup(debtors.q, 1, &auditor->scratch);
        PN_TRY(read_debtor(&b));
        check_debtor(&b, pn_col_int(debtors.q, 2), pn_col_int(debtors.q, 3),
                     pn_col_int(debtors.q, 4));
        PN_TRY(pn_audit_next(&debtors));
    }
    forget_debtor(&b);
    b.debtor = INT64_MAX; /* whatever is left belongs to nobody */
    return read_debtor(&b);
}
