/* Ledger entries, payments, and bringing the sums up to date. */
#include "app/books.h"

#include "app/hooks.h"
#include "app/rollup.h"
#include "base/banned.h"
#include "store/message.h"
#include "store/run.h"

pn_err pn_books_account(pn_app *app, pn_id debtor_id, pn_id creditor_id, pn_currency currency,
                        pn_arena *arena, pn_account_row *ret_account) {
    pn_err err = pn_account_find(app->db, debtor_id, creditor_id, currency, arena, ret_account);
    if (err != PN_NOT_FOUND) {
        return err;
    }
    *ret_account = (pn_account_row){
        .debtor_id = debtor_id,
        .id = pn_app_id(app),
        .org_id = app->org.id,
        .creditor_id = creditor_id,
        .currency = currency,
        .scale = pn_currency_unit(currency),
        .oldest_due = PN_DATE_NONE,
        .chase_hold_until = PN_TIME_NONE,
    };
    return pn_account_insert(app->db, ret_account);
}

pn_err pn_books_touch(pn_app *app, pn_id debtor_id, uint32_t flags_on) {
    PN_TRY(pn_debtor_touch(app->db, debtor_id, flags_on, 0));
    return pn_poke(app->db, app->org.lane, debtor_id);
}

/* ── ledger ──────────────────────────────────────────────────────────────────────────────────── */

static pn_err fold_invoice(pn_app *app, pn_invoice_row *invoice, pn_arena *arena) {
    pn_ledger_row *rows = NULL;
    size_t count = 0;
    PN_TRY(
        pn_ledger_of_invoice(app->db, invoice->debtor_id, invoice->item.id, arena, &rows, &count));
    pn_entry *entries = pn_arena_array(arena, pn_entry, count + 1);
    for (size_t i = 0; i < count; i++) {
        entries[i] = (pn_entry){.kind = rows[i].kind,
                                .reversal = rows[i].reverses_id != 0,
                                .amount = rows[i].amount,
                                .at = rows[i].at};
    }
    pn_balance balance;
    PN_TRY(pn_ledger_fold(entries, count, &balance));
    invoice->item.open = balance.open;
    invoice->item.charges = balance.charges;
    invoice->item.closed = balance.closed;
    invoice->item.closed_at = balance.closed_at;
    invoice->item.reopened_at = balance.reopened_at;
    return PN_OK;
}

/* Who listens is told when money closes an invoice, and when it opens again. */
static pn_err tell_closing(pn_app *app, const pn_invoice_row *invoice, bool was_open) {
    bool open = invoice->item.closed == PN_CLOSED_NOT;
    if (was_open == open || (was_open && invoice->item.closed != PN_CLOSED_PAID)) {
        return PN_OK;
    }
    return pn_hooks_invoice(app, invoice->debtor_id, invoice->item.id, was_open);
}

pn_err pn_books_entry(pn_app *app, pn_invoice_row *invoice, pn_entry_kind kind, pn_id reverses_id,
                      int64_t amount, pn_id payment_id, pn_time at, pn_str note, pn_arena *arena) {
    pn_ledger_row row = {
        .debtor_id = invoice->debtor_id,
        .invoice_id = invoice->item.id,
        .id = pn_app_id(app),
        .org_id = app->org.id,
        .kind = kind,
        .reverses_id = reverses_id,
        .amount = amount,
        .payment_id = payment_id,
        .at = at,
        .recorded_at = pn_env_now(app->env),
        .actor = pn_str_of(app->actor),
        .note = note,
    };
    PN_TRY(pn_ledger_insert(app->db, &row));
    PN_TRY(pn_rollup_entry(app, invoice, &row, arena));
    bool was_open = invoice->item.closed == PN_CLOSED_NOT;
    PN_TRY(fold_invoice(app, invoice, arena));
    if (was_open && invoice->item.closed != PN_CLOSED_NOT) {
        invoice->item.claimable = 0;
        PN_TRY(pn_account_set_last_closed(app->db, invoice->debtor_id, invoice->account_id,
                                          invoice->item.closed));
    }
    PN_TRY(tell_closing(app, invoice, was_open));
    return pn_invoice_set_amounts(app->db, invoice);
}

/* ── refreshing an account ───────────────────────────────────────────────────────────────────── */

static pn_err money_of(pn_app *app, pn_id debtor_id, pn_id invoice_id, pn_arena *arena,
                       pn_ledger_money **ret_receipts, size_t *ret_count) {
    pn_ledger_row *entries = NULL;
    size_t count = 0, kept = 0;
    PN_TRY(pn_ledger_of_invoice(app->db, debtor_id, invoice_id, arena, &entries, &count));
    count = pn_ledger_standing(entries, count);
    pn_ledger_money *money = pn_arena_array(arena, pn_ledger_money, count + 1);
    for (size_t i = 0; i < count; i++) {
        if (entries[i].kind == PN_ENTRY_PAYMENT) {
            money[kept++] = (pn_ledger_money){entries[i].id, -entries[i].amount};
        }
    }
    *ret_receipts = money;
    *ret_count = kept;
    return PN_OK;
}

static bool takes_money(const pn_earmark_row *mark) {
    return mark->kind == PN_EARMARK_PROMISE || mark->kind == PN_EARMARK_PLAN ||
           mark->kind == PN_EARMARK_FULFILLED;
}

pn_err pn_books_marks(pn_app *app, pn_id debtor_id, pn_arena *arena, pn_earmark_row **ret_marks,
                      int64_t **ret_fulfilled, size_t *ret_count) {
    pn_ledger_money *money = NULL;
    pn_id read = 0; /* the invoice that they are of */
    size_t count = 0, money_count = 0;
    PN_TRY(pn_earmark_list(app->db, debtor_id, arena, ret_marks, &count));
    int64_t *fulfilled = pn_arena_array(arena, int64_t, count + 1);
    for (size_t i = 0; i < count; i++) {
        const pn_earmark_row *mark = &(*ret_marks)[i];
        fulfilled[i] = 0;
        if (!takes_money(mark)) {
            continue;
        }
        if (mark->invoice_id != read) {
            read = mark->invoice_id;
            PN_TRY(money_of(app, debtor_id, read, arena, &money, &money_count));
        }
        fulfilled[i] = pn_ledger_take(money, money_count, mark->owner_id, mark->amount);
    }
    *ret_fulfilled = fulfilled;
    *ret_count = count;
    return PN_OK;
}

/* Of promises and plans what is still owed: else the rest of the invoice would seem to be paid. */
static void apply_earmarks(pn_item *item, const pn_earmark_row *earmarks, const int64_t *fulfilled,
                           size_t count) {
    item->disputed = item->promised = item->planned = item->in_flight = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t held = earmarks[i].amount - fulfilled[i];
        if (earmarks[i].invoice_id != item->id) {
            continue;
        }
        switch (earmarks[i].kind) {
        case PN_EARMARK_DISPUTE: item->disputed += held; break;
        case PN_EARMARK_PROMISE: item->promised += held; break;
        case PN_EARMARK_PLAN: item->planned += held; break;
        case PN_EARMARK_INSTRUMENT: item->in_flight += held; break;
        case PN_EARMARK_FULFILLED:
        case PN_EARMARKS: break;
        }
    }
}

static bool amounts_differ(const pn_item *a, const pn_item *b) {
    return a->disputed != b->disputed || a->promised != b->promised || a->planned != b->planned ||
           a->in_flight != b->in_flight || a->claimable != b->claimable;
}

static void sum_account(const pn_item *items, size_t count, pn_account_row *account) {
    account->open = account->claimable = 0;
    account->open_items = account->claimable_items = 0;
    account->oldest_due = PN_DATE_NONE;
    for (size_t i = 0; i < count; i++) {
        const pn_item *item = &items[i];
        if (item->closed != PN_CLOSED_NOT) {
            continue;
        }
        account->open += item->open;
        account->open_items++;
        if (item->claimable > 0) {
            account->claimable += item->claimable;
            account->claimable_items++;
            if (account->oldest_due == PN_DATE_NONE || item->effective_due < account->oldest_due) {
                account->oldest_due = item->effective_due;
            }
        }
    }
}

pn_err pn_books_refresh(pn_app *app, pn_id debtor_id, pn_id account_id, pn_arena *arena) {
    pn_account_row account;
    pn_invoice_row *invoices = NULL;
    pn_earmark_row *earmarks = NULL;
    int64_t *fulfilled = NULL;
    size_t count = 0, earmark_count = 0;
    PN_TRY(pn_account_get(app->db, debtor_id, account_id, arena, &account));
    PN_TRY(pn_invoice_of_account(app->db, debtor_id, account_id, false, arena, &invoices, &count));
    PN_TRY(pn_books_marks(app, debtor_id, arena, &earmarks, &fulfilled, &earmark_count));
    PN_TRY(pn_payment_unapplied_sum(app->db, debtor_id, account_id, &account.unapplied));
    pn_item *items = pn_arena_array(arena, pn_item, count + 1);
    for (size_t i = 0; i < count; i++) {
        items[i] = invoices[i].item;
        apply_earmarks(&items[i], earmarks, fulfilled, earmark_count);
    }
    pn_ledger_claimable(items, count, account.unapplied);
    bool freed = false;
    for (size_t i = 0; i < count; i++) {
        if (amounts_differ(&items[i], &invoices[i].item)) {
            freed = freed || items[i].claimable > invoices[i].item.claimable;
            invoices[i].item = items[i];
            PN_TRY(pn_invoice_set_amounts(app->db, &invoices[i]));
        }
    }
    sum_account(items, count, &account);
    PN_TRY(pn_account_update(app->db, &account));
    if (freed) { /* a message that waits because all was held may go */
        PN_TRY(pn_message_due_again(app->db, app->org.id, debtor_id, PN_STR("held_amounts"),
                                    pn_app_now(app)));
    }
    return pn_books_touch(app, debtor_id, account.unapplied != 0 ? PN_DEBTOR_HAS_CREDIT : 0);
}

/* ── payments ────────────────────────────────────────────────────────────────────────────────── */

static void read_rates(pn_str text, int32_t *rates, size_t max, size_t *ret_count) {
    pn_str part;
    *ret_count = 0;
    while (*ret_count < max && pn_str_split(&text, ' ', &part)) {
        int64_t rate = 0;
        if (part.len != 0 && pn_str_to_int64(part, &rate) == PN_OK) {
            rates[(*ret_count)++] = (int32_t)rate;
        }
    }
}

pn_invoice_row *pn_books_row_of(pn_invoice_row *rows, size_t count, pn_id id) {
    for (size_t i = 0; i < count; i++) {
        if (rows[i].item.id == id) {
            return &rows[i];
        }
    }
    return NULL;
}

static pn_err post_allocation(pn_app *app, pn_invoice_row *invoice, const pn_allocation *part,
                              pn_id payment_id, pn_time at, pn_arena *arena) {
    PN_TRY(pn_books_entry(app, invoice, PN_ENTRY_PAYMENT, 0, -part->amount, payment_id, at,
                          PN_STR_NONE, arena));
    if (part->withheld == 0) {
        return PN_OK;
    }
    return pn_books_entry(app, invoice, PN_ENTRY_WITHHOLDING, 0, -part->withheld, payment_id, at,
                          PN_STR("withheld by the debtor; the certificate is receivable"), arena);
}

static pn_err payment_event(pn_app *app, const pn_payment_row *payment,
                            const pn_allocation_plan *plan) {
    pn_buf body;
    pn_buf_init(&body, 1 << 20);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    char id[PN_ID_TEXT_SIZE];
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "allocation", pn_str_of(pn_allocation_method_name(plan->method)));
    pn_json_put_int(&w, "amount", payment->amount);
    pn_json_put_str(&w, "currency", (pn_str){payment->currency.code, 3});
    pn_json_key(&w, PN_STR("invoices"));
    pn_json_begin_array(&w);
    for (size_t i = 0; i < plan->count; i++) {
        pn_json_begin_object(&w);
        pn_json_put_int(&w, "amount", plan->items[i].amount);
        pn_json_put_str(&w, "id", pn_str_of(pn_id_text(PN_ID_INVOICE, plan->items[i].item, id)));
        if (plan->items[i].withheld != 0) {
            pn_json_put_int(&w, "withheld", plan->items[i].withheld);
        }
        pn_json_end_object(&w);
    }
    pn_json_end_array(&w);
    pn_json_put_str(&w, "payment", pn_str_of(pn_id_text(PN_ID_PAYMENT, payment->id, id)));
    if (plan->unapplied != 0) {
        pn_json_put_int(&w, "unapplied", plan->unapplied);
    }
    pn_json_end_object(&w);
    pn_err err = pn_buf_err(&body);
    if (err == PN_OK) {
        err = pn_journal_debtor(app, payment->debtor_id, PN_EVENT_PAYMENT, pn_buf_str(&body));
    }
    pn_buf_done(&body);
    return err;
}

pn_err pn_books_check_open(const pn_id *wanted, size_t wanted_count, pn_invoice_row *invoices,
                           size_t count, pn_diag *diag) {
    for (size_t i = 0; i < wanted_count; i++) {
        const pn_invoice_row *row = pn_books_row_of(invoices, count, wanted[i]);
        if (row == NULL || row->item.closed != PN_CLOSED_NOT) {
            char id[PN_ID_TEXT_SIZE];
            return pn_diag_set(
                diag, PN_INVALID,
                "Invoice %s is not an open one of this debtor, creditor and currency.",
                pn_id_text(PN_ID_INVOICE, wanted[i], id));
        }
    }
    return PN_OK;
}

static pn_err plan_payment(pn_app *app, const pn_payment_request *request,
                           const pn_invoice_row *invoices, size_t count, pn_arena *arena,
                           pn_allocation_plan *ret_plan) {
    const pn_creditor_row *creditor = pn_app_creditor(app, request->creditor_id);
    int32_t rates[8];
    pn_allocation_rules rules = {.instructed = request->invoices,
                                 .instructed_count = request->invoice_count,
                                 .withholding_bp = rates};
    if (creditor != NULL) {
        read_rates(creditor->withholding_bp, rates, PN_COUNT(rates), &rules.withholding_count);
    }
    pn_item *items = pn_arena_array(arena, pn_item, count + 1);
    for (size_t i = 0; i < count; i++) {
        items[i] = invoices[i].item;
    }
    return pn_allocate(items, count, request->amount.minor, &rules, arena, ret_plan);
}

static pn_err existing_payment(pn_app *app, const pn_payment_request *request, pn_arena *arena,
                               pn_payment_result *ret_result, pn_diag *diag) {
    pn_payment_row row;
    pn_err err =
        pn_payment_by_key(app->db, request->creditor_id, request->external_id, arena, &row);
    if (err != PN_OK) {
        return err;
    }
    if (row.debtor_id != request->debtor_id || row.amount != request->amount.minor ||
        !pn_currency_eq(row.currency, request->amount.currency)) {
        err = pn_diag_set(diag, PN_CONFLICT,
                          "Payment “%.*s” is there already with another amount or debtor.",
                          PN_STR_ARG(request->external_id));
        pn_diag_mend(diag, "Reverse it with `puntual payment reverse`, then add the right one.");
        return err;
    }
    *ret_result = (pn_payment_result){.payment_id = row.id, .existed = true};
    return PN_OK;
}

pn_err pn_books_pay(pn_app *app, const pn_payment_request *request, pn_arena *arena,
                    pn_payment_result *ret_result, pn_diag *diag) {
    if (request->amount.minor <= 0) {
        return pn_diag_set(diag, PN_INVALID, "A payment's amount must be positive.");
    }
    if (request->external_id.len != 0) {
        pn_err err = existing_payment(app, request, arena, ret_result, diag);
        if (err != PN_NOT_FOUND) {
            return err;
        }
    }
    pn_account_row account;
    pn_invoice_row *invoices = NULL;
    size_t count = 0;
    PN_TRY(pn_books_account(app, request->debtor_id, request->creditor_id, request->amount.currency,
                            arena, &account));
    PN_TRY(pn_invoice_of_account(app->db, request->debtor_id, account.id, false, arena, &invoices,
                                 &count));
    PN_TRY(pn_books_check_open(request->invoices, request->invoice_count, invoices, count, diag));
    pn_allocation_plan plan;
    PN_TRY(plan_payment(app, request, invoices, count, arena, &plan));
    pn_time now = pn_app_now(app);
    pn_payment_row payment = {
        .id = pn_app_id(app),
        .org_id = app->org.id,
        .creditor_id = request->creditor_id,
        .debtor_id = request->debtor_id,
        .account_id = account.id,
        .external_id = request->external_id,
        .currency = request->amount.currency,
        .amount = request->amount.minor,
        .unapplied = plan.unapplied,
        .received = request->received != PN_DATE_NONE ? request->received : pn_app_today(app),
        .at = request->at != PN_TIME_NONE ? request->at : now,
        .recorded_at = pn_env_now(app->env),
        .method = request->method,
        .reference = request->reference,
        .allocation = pn_str_of(pn_allocation_method_name(plan.method)),
    };
    PN_TRY(pn_payment_insert(app->db, &payment));
    for (size_t i = 0; i < plan.count; i++) {
        PN_TRY(post_allocation(app, pn_books_row_of(invoices, count, plan.items[i].item),
                               &plan.items[i], payment.id, payment.at, arena));
    }
    PN_TRY(payment_event(app, &payment, &plan));
    PN_TRY(pn_books_refresh(app, request->debtor_id, account.id, arena));
    *ret_result = (pn_payment_result){.payment_id = payment.id, .plan = plan};
    return PN_OK;
}

pn_err pn_books_reverse(pn_app *app, pn_id payment_id, pn_str reason, pn_arena *arena,
                        pn_diag *diag) {
    pn_payment_row payment;
    pn_err err = pn_payment_get(app->db, app->org.id, payment_id, arena, &payment);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(diag, err, "There is no such payment.");
    }
    PN_TRY(err);
    err = pn_payment_reverse(app->db, payment_id, pn_app_now(app), reason);
    if (err == PN_CONFLICT) {
        return pn_diag_set(diag, err, "This payment was reversed before.");
    }
    PN_TRY(err);
    pn_ledger_row *entries = NULL;
    size_t count = 0;
    PN_TRY(pn_ledger_of_payment(app->db, payment.debtor_id, payment_id, arena, &entries, &count));
    count = pn_ledger_standing(entries, count);
    for (size_t i = 0; i < count; i++) {
        pn_invoice_row invoice;
        PN_TRY(pn_invoice_get(app->db, entries[i].invoice_id, arena, &invoice));
        PN_TRY(pn_books_entry(app, &invoice, entries[i].kind, entries[i].id, -entries[i].amount,
                              payment_id, pn_app_now(app), reason, arena));
    }
    char id[PN_ID_TEXT_SIZE];
    pn_buf body;
    pn_buf_init(&body, 8192);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    pn_json_put_int(&w, "amount", payment.amount);
    pn_json_put_str(&w, "payment", pn_str_of(pn_id_text(PN_ID_PAYMENT, payment_id, id)));
    pn_json_put_str_if(&w, "reason", reason);
    pn_json_end_object(&w);
    err = pn_journal_debtor(app, payment.debtor_id, PN_EVENT_PAYMENT_REVERSED, pn_buf_str(&body));
    pn_buf_done(&body);
    PN_TRY(err);
    return pn_books_refresh(app, payment.debtor_id, payment.account_id, arena);
}

/* ── credit notes and the like ───────────────────────────────────────────────────────────────── */

static pn_err find_invoice(pn_app *app, pn_id invoice_id, pn_arena *arena,
                           pn_invoice_row *ret_invoice, pn_diag *diag) {
    pn_err err = pn_invoice_get(app->db, invoice_id, arena, ret_invoice);
    if (err == PN_NOT_FOUND || (err == PN_OK && ret_invoice->org_id != app->org.id)) {
        return pn_diag_set(diag, PN_NOT_FOUND, "There is no such invoice.");
    }
    return err;
}

pn_err pn_books_lower(pn_app *app, pn_id invoice_id, pn_entry_kind kind, int64_t amount,
                      pn_str note, pn_arena *arena, pn_diag *diag) {
    pn_invoice_row invoice;
    PN_TRY(find_invoice(app, invoice_id, arena, &invoice, diag));
    if (amount == 0) {
        amount = invoice.item.open;
    }
    if (amount <= 0 || amount > invoice.item.open) {
        pn_buf open;
        pn_buf_init(&open, 64);
        pn_amount_plain(&open, invoice.item.open, pn_currency_decimals(invoice.item.currency));
        pn_err err = pn_diag_set(diag, PN_INVALID,
                                 "Invoice %.*s has %.*s %s open; the amount must lie between 0 "
                                 "and that.",
                                 PN_STR_ARG(invoice.item.number), PN_STR_ARG(pn_buf_str(&open)),
                                 invoice.item.currency.code);
        pn_buf_done(&open);
        return err;
    }
    PN_TRY(pn_books_entry(app, &invoice, kind, 0, -amount, 0, pn_app_now(app), note, arena));
    char id[PN_ID_TEXT_SIZE];
    pn_buf body;
    pn_buf_init(&body, 16384);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    pn_json_put_int(&w, "amount", amount);
    pn_json_put_str(&w, "currency", pn_str_of(invoice.item.currency.code));
    pn_json_put_str(&w, "invoice", pn_str_of(pn_id_text(PN_ID_INVOICE, invoice_id, id)));
    pn_json_put_str(&w, "kind", pn_str_of(pn_entry_kind_name(kind)));
    pn_json_put_str_if(&w, "note", note);
    pn_json_end_object(&w);
    pn_err err = pn_journal_debtor(app, invoice.debtor_id, PN_EVENT_CREDIT, pn_buf_str(&body));
    pn_buf_done(&body);
    PN_TRY(err);
    return pn_books_refresh(app, invoice.debtor_id, invoice.account_id, arena);
}
