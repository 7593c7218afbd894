/* Documents about what is owed: an invoice, an account. */
#include "app/documents_int.h"

#include "base/banned.h"
#include "base/sort.h"
#include "store/bill.h"

/* ── an invoice ──────────────────────────────────────────────────────────────────────────────── */

/* What was paid and charged since, from the ledger; the rest of the difference lowered it. */
static pn_err add_history(pn_documents *work, const pn_invoice_row *row,
                          pn_document_invoice *invoice) {
    pn_ledger_row *entries = NULL;
    size_t count = 0;
    PN_TRY(pn_ledger_of_invoice(work->app->db, row->debtor_id, row->item.id, work->arena, &entries,
                                &count));
    for (size_t i = 0; i < count; i++) {
        bool charge = entries[i].kind == PN_ENTRY_FEE || entries[i].kind == PN_ENTRY_INTEREST;
        invoice->charges += charge ? entries[i].amount : 0;
        invoice->paid -= entries[i].kind == PN_ENTRY_PAYMENT ? entries[i].amount : 0;
    }
    invoice->lowered = invoice->amount + invoice->charges - invoice->paid - invoice->open;
    return PN_OK;
}

pn_err pn_documents_invoice(pn_documents *work) {
    pn_invoice_row row;
    pn_bill bill;
    pn_app *app = work->app;
    pn_err err = pn_invoice_get(app->db, work->request->invoice_id, work->arena, &row);
    if (err == PN_NOT_FOUND || (err == PN_OK && row.org_id != app->org.id)) {
        return pn_diag_set(work->diag, PN_NOT_FOUND, "There is no such invoice.");
    }
    PN_TRY(err);
    PN_TRY(pn_documents_open(work, row.debtor_id, row.creditor_id));
    PN_TRY(pn_bill_get(app->db, row.debtor_id, row.item.id, work->arena, &bill));
    pn_document_invoice invoice = {.number = row.item.number,
                                   .product = row.product,
                                   .issued = row.item.issued,
                                   .due = row.item.due,
                                   .currency = row.item.currency,
                                   .amount = row.item.amount,
                                   .open = row.item.open,
                                   .disputed = row.item.disputed,
                                   .promised = row.item.promised,
                                   .planned = row.item.planned,
                                   .in_flight = row.item.in_flight,
                                   .claimable = row.item.claimable,
                                   .paid_up = row.item.closed == PN_CLOSED_PAID,
                                   .bill = &bill};
    PN_TRY(add_history(work, &row, &invoice));
    pn_documents_payable(work, row.item.number, (pn_money){row.item.claimable, row.item.currency});
    work->file_name = pn_document_invoice_name(work->frame.language, work->frame.country,
                                               row.item.number, ".pdf", work->arena);
    return pn_document_invoice_write(&work->frame, &invoice, work->arena, &work->json);
}

/* ── an account ──────────────────────────────────────────────────────────────────────────────── */

/* The day of the first open promise over an invoice. */
static pn_date promise_for(const pn_promise_row *promises, size_t promise_count,
                           const pn_earmark_row *marks, size_t mark_count, pn_id invoice_id) {
    pn_date due = PN_DATE_NONE;
    for (size_t i = 0; i < mark_count; i++) {
        bool fits = marks[i].kind == PN_EARMARK_PROMISE && marks[i].invoice_id == invoice_id;
        for (size_t j = 0; fits && j < promise_count; j++) {
            if (promises[j].id == marks[i].owner_id && promises[j].state == PN_PROMISE_OPEN &&
                (due == PN_DATE_NONE || promises[j].due < due)) {
                due = promises[j].due;
            }
        }
    }
    return due;
}

static pn_err add_items(pn_documents *work, const pn_invoice_row *rows, size_t count,
                        pn_document_statement *statement) {
    pn_promise_row *promises = NULL;
    pn_earmark_row *marks = NULL;
    size_t promise_count = 0, mark_count = 0;
    pn_db *db = work->app->db;
    PN_TRY(pn_promise_list(db, work->debtor.id, work->arena, &promises, &promise_count));
    PN_TRY(pn_earmark_list(db, work->debtor.id, work->arena, &marks, &mark_count));
    pn_document_item *items = pn_arena_array(work->arena, pn_document_item, count + 1);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const pn_item *item = &rows[i].item;
        if (item->closed != PN_CLOSED_NOT || item->open == 0) {
            continue;
        }
        items[kept++] = (pn_document_item){
            .number = item->number,
            .issued = item->issued,
            .effective_due = item->effective_due,
            .amount = item->amount,
            .open = item->open,
            .disputed = item->disputed,
            .promised = item->promised,
            .planned = item->planned,
            .in_flight = item->in_flight,
            .claimable = item->claimable,
            .promise_due = promise_for(promises, promise_count, marks, mark_count, item->id),
        };
    }
    statement->items = items;
    statement->item_count = kept;
    return PN_OK;
}

/* ── movements ───────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_document_movement *items;
    size_t count, capacity;
} movements;

static void add_movement(pn_documents *work, movements *all, pn_document_movement movement) {
    all->items =
        pn_arena_grow(work->arena, all->items, all->count, &all->capacity, sizeof *all->items);
    all->items[all->count++] = movement;
}

static const pn_payment_row *payment_of(const pn_payment_row *payments, size_t count, pn_id id) {
    for (size_t i = 0; i < count; i++) {
        if (payments[i].id == id) {
            return &payments[i];
        }
    }
    return NULL;
}

/* An invoice counts from its issue, money from the day it was received, the rest from when it was
 * entered. */
static pn_err add_entries(pn_documents *work, const pn_invoice_row *row,
                          const pn_payment_row *payments, size_t payment_count, movements *all) {
    pn_ledger_row *entries = NULL;
    size_t count = 0;
    PN_TRY(pn_ledger_of_invoice(work->app->db, row->debtor_id, row->item.id, work->arena, &entries,
                                &count));
    for (size_t i = 0; i < count; i++) {
        const pn_ledger_row *entry = &entries[i];
        const pn_payment_row *payment = payment_of(payments, payment_count, entry->payment_id);
        pn_date on = pn_zone_date(work->zone, entry->at);
        if (i == 0 && entry->kind == PN_ENTRY_CHARGE) {
            on = row->item.issued;
        } else if (payment != NULL && entry->reverses_id == 0) {
            on = payment->received;
        }
        add_movement(work, all,
                     (pn_document_movement){.on = on,
                                            .kind = entry->kind,
                                            .reversal = entry->reverses_id != 0,
                                            .number = row->item.number,
                                            .amount = entry->amount});
    }
    return PN_OK;
}

static int by_day(const void *a, const void *b) {
    const pn_document_movement *x = a;
    const pn_document_movement *y = b;
    return (x->on > y->on) - (x->on < y->on);
}

/* Those before `since` are the opening balance. */
static void cut_movements(pn_documents *work, movements *all, pn_document_statement *statement) {
    size_t first = 0;
    pn_sort(all->items, all->count, sizeof *all->items, by_day, work->arena);
    while (first < all->count && all->items[first].on < statement->since) {
        statement->opening += all->items[first++].amount;
    }
    statement->movements = all->items + first;
    statement->movement_count = all->count - first;
}

static pn_err add_movements(pn_documents *work, const pn_account_row *account,
                            const pn_invoice_row *rows, size_t count,
                            pn_document_statement *statement) {
    pn_payment_row *payments = NULL;
    size_t payment_count = 0;
    movements all = {0};
    PN_TRY(pn_payment_of_debtor(work->app->db, account->debtor_id, work->arena, &payments,
                                &payment_count));
    for (size_t i = 0; i < count; i++) {
        PN_TRY(add_entries(work, &rows[i], payments, payment_count, &all));
    }
    for (size_t i = 0; i < payment_count; i++) {
        const pn_payment_row *payment = &payments[i];
        if (payment->account_id == account->id && payment->unapplied != 0 &&
            payment->reversed_at == PN_TIME_NONE) {
            add_movement(work, &all,
                         (pn_document_movement){.on = payment->received,
                                                .kind = PN_ENTRY_PAYMENT,
                                                .number = payment->reference,
                                                .amount = -payment->unapplied});
        }
    }
    cut_movements(work, &all, statement);
    return PN_OK;
}

/* ── the statement ───────────────────────────────────────────────────────────────────────────── */

/* One or two invoices are named; for more the customer's number says whose money it is. */
static pn_str statement_reference(const pn_documents *work,
                                  const pn_document_statement *statement) {
    enum { NAMED = 2 };
    pn_str text = PN_STR_NONE;
    size_t count = 0;
    for (size_t i = 0; i < statement->item_count; i++) {
        if (statement->items[i].claimable > 0) {
            text = count == 0 ? statement->items[i].number
                              : pn_str_format(work->arena, "%.*s %.*s", PN_STR_ARG(text),
                                              PN_STR_ARG(statement->items[i].number));
            count += 1;
        }
    }
    bool one_number = count == 1 || !work->creditor->rf_reference;
    return count != 0 && count <= NAMED && one_number ? text : work->debtor.external_id;
}

pn_err pn_documents_statement(pn_documents *work) {
    const pn_document_request *request = work->request;
    pn_account_row account;
    pn_invoice_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_documents_account(work, request->debtor_id, request->account_id, &account));
    PN_TRY(pn_documents_open(work, account.debtor_id, account.creditor_id));
    bool history = request->since != PN_DATE_NONE;
    PN_TRY(pn_invoice_of_account(work->app->db, account.debtor_id, account.id, history, work->arena,
                                 &rows, &count));
    pn_document_statement statement = {
        .currency = account.currency, .unapplied = account.unapplied, .since = request->since};
    PN_TRY(add_items(work, rows, count, &statement));
    if (history) {
        PN_TRY(add_movements(work, &account, rows, count, &statement));
    }
    pn_documents_payable(work, statement_reference(work, &statement),
                         (pn_money){pn_document_statement_due(&statement), account.currency});
    work->file_name =
        pn_document_statement_name(work->frame.language, work->frame.country,
                                   work->debtor.external_id, work->frame.today, work->arena);
    return pn_document_statement_write(&work->frame, &statement, work->arena, &work->json);
}
