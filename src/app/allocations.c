#include "app/allocations.h"

#include "base/banned.h"

typedef struct {
    pn_app *app;
    pn_payment_row payment;
    pn_allocation *parts; /* what is applied, or taken away */
    size_t count;
    pn_arena *arena;
    pn_diag *diag;
} allotting;

static pn_err find_payment(allotting *a, pn_id payment_id) {
    pn_err err = pn_payment_get(a->app->db, a->app->org.id, payment_id, a->arena, &a->payment);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(a->diag, err, "There is no such payment.");
    }
    PN_TRY(err);
    return a->payment.reversed_at != PN_TIME_NONE
               ? pn_diag_set(a->diag, PN_CONFLICT, "This payment was taken back.")
               : PN_OK;
}

static pn_err tell(allotting *a, const char *what, pn_str reason) {
    char id[PN_ID_TEXT_SIZE];
    pn_buf body;
    pn_buf_init(&body, 1 << 20);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "currency", (pn_str){a->payment.currency.code, 3});
    pn_json_key(&w, PN_STR("invoices"));
    pn_json_begin_array(&w);
    for (size_t i = 0; i < a->count; i++) {
        pn_json_begin_object(&w);
        pn_json_put_int(&w, "amount", a->parts[i].amount);
        pn_json_put_str(&w, "id", pn_str_of(pn_id_text(PN_ID_INVOICE, a->parts[i].item, id)));
        pn_json_end_object(&w);
    }
    pn_json_end_array(&w);
    pn_json_put_str(&w, "payment", pn_str_of(pn_id_text(PN_ID_PAYMENT, a->payment.id, id)));
    pn_json_put_str_if(&w, "reason", reason);
    pn_json_put_int(&w, "unapplied", a->payment.unapplied);
    pn_json_put_str(&w, "what", pn_str_of(what));
    pn_json_end_object(&w);
    pn_err err = pn_buf_err(&body);
    if (err == PN_OK) {
        err = pn_journal_debtor(a->app, a->payment.debtor_id, PN_EVENT_CHANGED, pn_buf_str(&body));
    }
    pn_buf_done(&body);
    return err;
}

static pn_err finish(allotting *a, const char *what, pn_str reason) {
    PN_TRY(pn_payment_set_unapplied(a->app->db, a->payment.id, a->payment.unapplied));
    PN_TRY(tell(a, what, reason));
    return pn_books_refresh(a->app, a->payment.debtor_id, a->payment.account_id, a->arena);
}

/* No rate is taken off: what was withheld is said when the money comes. */
static pn_err plan(allotting *a, const pn_invoice_row *rows, size_t row_count,
                   const pn_id *invoices, size_t count) {
    pn_allocation_rules rules = {.instructed = invoices, .instructed_count = count};
    pn_allocation_plan found;
    pn_item *items = pn_arena_array(a->arena, pn_item, row_count + 1);
    for (size_t i = 0; i < row_count; i++) {
        items[i] = rows[i].item;
    }
    PN_TRY(pn_allocate(items, row_count, a->payment.unapplied, &rules, a->arena, &found));
    a->parts = found.items;
    a->count = found.count;
    a->payment.unapplied = found.unapplied;
    return found.count != 0
               ? PN_OK
               : pn_diag_set(a->diag, PN_CONFLICT, "No invoice of this account is open.");
}

pn_err pn_payment_allocate(pn_app *app, pn_id payment_id, const pn_id *invoices, size_t count,
                           pn_arena *arena, pn_diag *diag) {
    allotting a = {.app = app, .arena = arena, .diag = diag};
    pn_invoice_row *rows = NULL;
    size_t row_count = 0;
    PN_TRY(find_payment(&a, payment_id));
    if (a.payment.unapplied == 0) {
        pn_err err = pn_diag_set(diag, PN_CONFLICT, "All of this payment is applied.");
        pn_diag_mend(diag, "Take it from an invoice first that it was not meant for.");
        return err;
    }
    PN_TRY(pn_invoice_of_account(app->db, a.payment.debtor_id, a.payment.account_id, false, arena,
                                 &rows, &row_count));
    PN_TRY(pn_books_check_open(invoices, count, rows, row_count, diag));
    PN_TRY(plan(&a, rows, row_count, invoices, count));
    for (size_t i = 0; i < a.count; i++) {
        PN_TRY(pn_books_entry(app, pn_books_row_of(rows, row_count, a.parts[i].item),
                              PN_ENTRY_PAYMENT, 0, -a.parts[i].amount, payment_id, a.payment.at,
                              PN_STR_NONE, arena));
    }
    return finish(&a, "payment.allocated", PN_STR_NONE);
}

/* ── taking away ─────────────────────────────────────────────────────────────────────────────── */

static pn_err reverse_entry(allotting *a, const pn_ledger_row *entry, pn_str reason) {
    pn_invoice_row invoice;
    PN_TRY(pn_invoice_get(a->app->db, entry->invoice_id, a->arena, &invoice));
    PN_TRY(pn_books_entry(a->app, &invoice, entry->kind, entry->id, -entry->amount, a->payment.id,
                          pn_app_now(a->app), reason, a->arena));
    if (entry->kind == PN_ENTRY_PAYMENT) {
        a->parts[a->count++] = (pn_allocation){entry->invoice_id, -entry->amount, 0};
        a->payment.unapplied -= entry->amount;
    }
    return PN_OK;
}

static pn_err take_from(allotting *a, pn_id invoice_id, const pn_ledger_row *entries, size_t count,
                        pn_str reason) {
    size_t before = a->count;
    for (size_t i = 0; i < count; i++) {
        if (entries[i].invoice_id == invoice_id) {
            PN_TRY(reverse_entry(a, &entries[i], reason));
        }
    }
    if (a->count == before) {
        char id[PN_ID_TEXT_SIZE];
        return pn_diag_set(a->diag, PN_INVALID, "This payment settles nothing of invoice %s.",
                           pn_id_text(PN_ID_INVOICE, invoice_id, id));
    }
    return PN_OK;
}

pn_err pn_payment_deallocate(pn_app *app, pn_id payment_id, const pn_id *invoices, size_t count,
                             pn_str reason, pn_arena *arena, pn_diag *diag) {
    allotting a = {.app = app, .arena = arena, .diag = diag};
    pn_ledger_row *entries = NULL;
    size_t entry_count = 0;
    PN_TRY(find_payment(&a, payment_id));
    PN_TRY(pn_ledger_of_payment(app->db, a.payment.debtor_id, payment_id, arena, &entries,
                                &entry_count));
    entry_count = pn_ledger_standing(entries, entry_count);
    a.parts = pn_arena_array(arena, pn_allocation, entry_count + 1);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (invoices[j] == invoices[i]) {
                return pn_diag_set(diag, PN_INVALID, "An invoice is named twice.");
            }
        }
        PN_TRY(take_from(&a, invoices[i], entries, entry_count, reason));
    }
    return finish(&a, "payment.deallocated", reason);
}

/* ── exactly so ──────────────────────────────────────────────────────────────────────────────── */

static pn_settled settled_of(const pn_ledger_row *entries, size_t count, pn_id invoice_id) {
    pn_settled sum = {.invoice_id = invoice_id};
    for (size_t i = 0; i < count; i++) {
        if (entries[i].invoice_id == invoice_id) {
            *(entries[i].kind == PN_ENTRY_PAYMENT ? &sum.amount : &sum.withheld) -=
                entries[i].amount;
        }
    }
    return sum;
}

static bool stands(const pn_settled *wanted, size_t count, const pn_settled *found) {
    for (size_t i = 0; i < count; i++) {
        if (wanted[i].invoice_id == found->invoice_id) {
            return wanted[i].amount == found->amount && wanted[i].withheld == found->withheld;
        }
    }
    return found->amount == 0 && found->withheld == 0;
}

static pn_err take_what_differs(allotting *a, const pn_settled *wanted, size_t count,
                                const pn_ledger_row *entries, size_t entry_count, pn_str reason) {
    for (size_t i = 0; i < entry_count; i++) {
        pn_settled found = settled_of(entries, entry_count, entries[i].invoice_id);
        bool first = true;
        for (size_t j = 0; j < i; j++) {
            first = first && entries[j].invoice_id != entries[i].invoice_id;
        }
        if (first && !stands(wanted, count, &found)) {
            PN_TRY(take_from(a, found.invoice_id, entries, entry_count, reason));
        }
    }
    return a->count == 0 ? PN_OK : finish(a, "payment.deallocated", reason);
}

static pn_err enter(allotting *a, pn_invoice_row *row, const pn_settled *wanted) {
    if (wanted->amount <= 0 || wanted->withheld < 0 || wanted->amount > a->payment.unapplied ||
        wanted->amount > row->item.open || wanted->withheld > row->item.open - wanted->amount) {
        return pn_diag_set(a->diag, PN_CONFLICT,
                           "The payment or invoice %.*s has not that much left.",
                           PN_STR_ARG(row->item.number));
    }
    PN_TRY(pn_books_entry(a->app, row, PN_ENTRY_PAYMENT, 0, -wanted->amount, a->payment.id,
                          a->payment.at, PN_STR_NONE, a->arena));
    if (wanted->withheld != 0) {
        PN_TRY(pn_books_entry(a->app, row, PN_ENTRY_WITHHOLDING, 0, -wanted->withheld,
                              a->payment.id, a->payment.at, PN_STR_NONE, a->arena));
    }
    a->parts[a->count++] = (pn_allocation){wanted->invoice_id, wanted->amount, wanted->withheld};
    a->payment.unapplied -= wanted->amount;
    return PN_OK;
}

static pn_err enter_what_is_missing(allotting *a, const pn_settled *wanted, size_t count,
                                    const pn_ledger_row *entries, size_t entry_count) {
    pn_invoice_row *rows = NULL;
    size_t row_count = 0;
    PN_TRY(pn_invoice_of_account(a->app->db, a->payment.debtor_id, a->payment.account_id, false,
                                 a->arena, &rows, &row_count));
    a->count = 0;
    for (size_t i = 0; i < count; i++) {
        pn_settled found = settled_of(entries, entry_count, wanted[i].invoice_id);
        pn_invoice_row *row = pn_books_row_of(rows, row_count, wanted[i].invoice_id);
        if (found.amount != 0 && stands(&wanted[i], 1, &found)) {
            continue;
        }
        if (row == NULL) {
            char id[PN_ID_TEXT_SIZE];
            return pn_diag_set(a->diag, PN_INVALID,
                               "Invoice %s is no open one of the payment's account.",
                               pn_id_text(PN_ID_INVOICE, wanted[i].invoice_id, id));
        }
        PN_TRY(enter(a, row, &wanted[i]));
    }
    return a->count == 0 ? PN_OK : finish(a, "payment.allocated", PN_STR_NONE);
}

pn_err pn_payment_settle(pn_app *app, pn_id payment_id, const pn_settled *wanted, size_t count,
                         pn_str reason, pn_arena *arena, pn_diag *diag) {
    allotting a = {.app = app, .arena = arena, .diag = diag};
    pn_ledger_row *entries = NULL;
    size_t entry_count = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (wanted[j].invoice_id == wanted[i].invoice_id) {
                return pn_diag_set(diag, PN_INVALID, "An invoice is named twice.");
            }
        }
    }
    PN_TRY(find_payment(&a, payment_id));
    PN_TRY(pn_ledger_of_payment(app->db, a.payment.debtor_id, payment_id, arena, &entries,
                                &entry_count));
    entry_count = pn_ledger_standing(entries, entry_count);
    a.parts = pn_arena_array(arena, pn_allocation, entry_count + count + 1);
    PN_TRY(take_what_differs(&a, wanted, count, entries, entry_count, reason));
    return enter_what_is_missing(&a, wanted, count, entries, entry_count);
}

/* ── giving back what is too much ────────────────────────────────────────────────────────────── */

/* Of an entry that lowers the invoice, `part` does not any more. The rest is entered before the
 * entry is taken back, so that the invoice is not open in between. */
static pn_err give_back(pn_app *app, pn_invoice_row *invoice, const pn_ledger_row *entry,
                        int64_t part, pn_str reason, pn_arena *arena) {
    if (entry->amount != -part) {
        PN_TRY(pn_books_entry(app, invoice, entry->kind, 0, entry->amount + part, entry->payment_id,
                              entry->at, entry->note, arena));
    }
    return pn_books_entry(app, invoice, entry->kind, entry->id, -entry->amount, entry->payment_id,
                          pn_app_now(app), reason, arena);
}

static pn_err give_back_money(pn_app *app, const pn_ledger_row *entry, int64_t part, pn_str reason,
                              pn_arena *arena) {
    pn_allocation freed = {entry->invoice_id, part, 0};
    allotting a = {.app = app, .arena = arena, .parts = &freed, .count = 1};
    PN_TRY(pn_payment_get(app->db, app->org.id, entry->payment_id, arena, &a.payment));
    a.payment.unapplied += part;
    return finish(&a, "payment.deallocated", reason);
}

static bool is_money(const pn_ledger_row *entry) {
    return entry->kind == PN_ENTRY_PAYMENT && entry->payment_id != 0;
}

/* A charge that lowers is the correction itself: given back, the invoice would cost more again. */
static bool may_be_given_back(const pn_ledger_row *entry) {
    return entry->amount < 0 && entry->kind != PN_ENTRY_CHARGE;
}

pn_err pn_invoice_free_excess(pn_app *app, pn_invoice_row *invoice, pn_str reason,
                              pn_arena *arena) {
    pn_ledger_row *entries = NULL;
    size_t count = 0;
    int64_t excess = 0;
    PN_TRY(pn_ledger_of_invoice(app->db, invoice->debtor_id, invoice->item.id, arena, &entries,
                                &count));
    for (size_t i = 0; i < count; i++) {
        excess -= entries[i].amount;
    }
    count = pn_ledger_standing(entries, count);
    for (int money = 1; money >= 0; money--) {
        for (size_t i = count; i > 0 && excess > 0; i--) {
            const pn_ledger_row *entry = &entries[i - 1];
            if (is_money(entry) != (money == 1) || !may_be_given_back(entry)) {
                continue;
            }
            int64_t part = PN_MIN(excess, -entry->amount);
            PN_TRY(give_back(app, invoice, entry, part, reason, arena));
            if (money == 1) {
                PN_TRY(give_back_money(app, entry, part, reason, arena));
            }
            excess -= part;
        }
    }
    return PN_OK;
}
