/* Documents about what was settled: a payment plan, a payment. */
#include "app/documents_int.h"

#include "app/books.h"
#include "base/banned.h"
#include "base/sort.h"
#include "store/offer.h"

/* ── a plan ──────────────────────────────────────────────────────────────────────────────────── */

static pn_err find_plan(pn_documents *work, pn_plan_row *ret_plan) {
    pn_plan_row *plans = NULL;
    size_t count = 0;
    pn_id debtor_id = 0;
    pn_db *db = work->app->db;
    pn_err err = pn_plan_debtor(db, work->app->org.id, work->request->plan_id, &debtor_id);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(work->diag, err, "There is no such plan.");
    }
    PN_TRY(err);
    PN_TRY(pn_plan_list(db, debtor_id, work->arena, &plans, &count));
    for (size_t i = 0; i < count; i++) {
        if (plans[i].id == work->request->plan_id) {
            *ret_plan = plans[i];
            return PN_OK;
        }
    }
    return PN_NOT_FOUND;
}

/* "2026-03-06 11:00 (Europe/Madrid)" */
static pn_str local_time(const pn_documents *work, pn_time at) {
    char iso[PN_DATE_ISO_SIZE];
    pn_local local = pn_zone_local(work->zone, at);
    return pn_str_format(work->arena, "%s %02d:%02d (%.*s)", pn_date_iso(local.date, iso),
                         (int)(local.second / 3600), (int)(local.second / 60 % 60),
                         PN_STR_ARG(pn_zone_name(work->zone)));
}

/* When and by whom it was accepted; NOT_FOUND: it was agreed otherwise, and is to be signed. What
 * was accepted stays, whatever became of it. */
static pn_err add_acceptance(pn_documents *work, const pn_plan_row *row, pn_document_plan *plan) {
    pn_offer_row offer;
    char hash[2 * PN_SHA256_BYTES + 1];
    PN_TRY(pn_offer_of_plan(work->app->db, row->debtor_id, row->id, work->arena, &offer));
    if (offer.terms.len == 0) {
        return PN_NOT_FOUND; /* erased */
    }
    pn_hex(offer.hash.bytes, sizeof offer.hash.bytes, hash);
    pn_document_acceptance *a = pn_arena_new(work->arena, pn_document_acceptance);
    *a = (pn_document_acceptance){
        .terms = offer.terms,
        .by = offer.accepted_by,
        .at = local_time(work, offer.settled_at),
        .way = offer.accepted_from,
        .hash = pn_str_dup(work->arena, pn_str_of(hash)),
    };
    plan->acceptance = a;
    return PN_OK;
}

static pn_err must_be_active(pn_documents *work, const pn_plan_row *row) {
    if (row->state == PN_PLAN_ACTIVE) {
        return PN_OK;
    }
    return pn_diag_set(work->diag, PN_CONFLICT,
                       "This plan is over, so there is nothing to agree on any more.");
}

static int by_due(const void *a, const void *b) {
    const pn_document_covered *x = a;
    const pn_document_covered *y = b;
    return x->due != y->due ? (x->due > y->due) - (x->due < y->due)
                            : pn_str_cmp(x->number, y->number);
}

/* What the plan covers of each invoice is earmarked while it is in force. */
static pn_err add_covered(pn_documents *work, const pn_plan_row *row, pn_document_plan *plan) {
    pn_earmark_row *marks = NULL;
    size_t count = 0;
    PN_TRY(pn_earmark_list(work->app->db, row->debtor_id, work->arena, &marks, &count));
    pn_document_covered *covered = pn_arena_array(work->arena, pn_document_covered, count + 1);
    for (size_t i = 0; i < count; i++) {
        pn_invoice_row invoice;
        if (marks[i].kind == PN_EARMARK_PLAN && marks[i].owner_id == row->id) {
            PN_TRY(pn_invoice_get(work->app->db, marks[i].invoice_id, work->arena, &invoice));
            covered[plan->invoice_count++] =
                (pn_document_covered){invoice.item.number, invoice.item.due, marks[i].amount};
        }
    }
    pn_sort(covered, plan->invoice_count, sizeof *covered, by_due, work->arena);
    plan->invoices = covered;
    return PN_OK;
}

static pn_err add_installments(pn_documents *work, const pn_plan_row *row, pn_document_plan *plan) {
    pn_installment_row *rows = NULL;
    size_t count = 0;
    PN_TRY(
        pn_plan_installments(work->app->db, row->debtor_id, row->id, work->arena, &rows, &count));
    pn_document_installment *installments =
        pn_arena_array(work->arena, pn_document_installment, count + 1);
    for (size_t i = 0; i < count; i++) {
        installments[i] = (pn_document_installment){rows[i].due, rows[i].amount};
    }
    plan->installments = installments;
    plan->installment_count = count;
    return PN_OK;
}

pn_err pn_documents_plan(pn_documents *work) {
    pn_plan_row row = {0};
    pn_account_row account;
    char id[PN_ID_TEXT_SIZE];
    PN_TRY(find_plan(work, &row));
    PN_TRY(pn_documents_account(work, row.debtor_id, row.account_id, &account));
    PN_TRY(pn_documents_open(work, row.debtor_id, account.creditor_id));
    pn_document_plan plan = {.currency = account.currency,
                             .made = pn_zone_date(work->zone, row.made_at),
                             .default_days = PN_PLAN_DEFAULT_DAYS};
    plan.reference = pn_str_dup(work->arena, pn_str_of(pn_id_text(PN_ID_PLAN, row.id, id)));
    pn_err accepted = add_acceptance(work, &row, &plan);
    if (accepted == PN_NOT_FOUND) {
        accepted = must_be_active(work, &row);
    }
    PN_TRY(accepted);
    PN_TRY(add_covered(work, &row, &plan));
    PN_TRY(add_installments(work, &row, &plan));
    pn_documents_payable(work, work->debtor.external_id, (pn_money){0, account.currency});
    work->file_name = pn_str_format(work->arena, "%s.pdf", id);
    return pn_document_plan_write(&work->frame, &plan, work->arena, &work->json);
}

/* ── a payment ───────────────────────────────────────────────────────────────────────────────── */

/* What it is applied to, one row an invoice. */
static pn_err add_applied(pn_documents *work, const pn_payment_row *payment,
                          pn_document_receipt *receipt) {
    pn_ledger_row *entries = NULL;
    size_t count = 0;
    PN_TRY(pn_ledger_of_payment(work->app->db, payment->debtor_id, payment->id, work->arena,
                                &entries, &count));
    count = pn_ledger_standing(entries, count);
    pn_document_applied *applied = pn_arena_array(work->arena, pn_document_applied, count + 1);
    pn_id *invoices = pn_arena_array(work->arena, pn_id, count + 1);
    for (size_t i = 0; i < count; i++) {
        size_t at = 0;
        while (at < receipt->applied_count && invoices[at] != entries[i].invoice_id) {
            at++;
        }
        if (at == receipt->applied_count) {
            pn_invoice_row row;
            PN_TRY(pn_invoice_get(work->app->db, entries[i].invoice_id, work->arena, &row));
            invoices[at] = row.item.id;
            applied[at] = (pn_document_applied){row.item.number, 0, PN_MAX(row.item.open, 0)};
            receipt->applied_count++;
        }
        applied[at].applied -= entries[i].kind == PN_ENTRY_PAYMENT ? entries[i].amount : 0;
    }
    receipt->applied = applied;
    return PN_OK;
}

pn_err pn_documents_receipt(pn_documents *work) {
    pn_payment_row row;
    pn_account_row account;
    char id[PN_ID_TEXT_SIZE];
    pn_err err = pn_payment_get(work->app->db, work->app->org.id, work->request->payment_id,
                                work->arena, &row);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(work->diag, err, "There is no such payment.");
    }
    PN_TRY(err);
    if (row.reversed_at != PN_TIME_NONE) {
        return pn_diag_set(work->diag, PN_CONFLICT,
                           "This payment was reversed, so no receipt can be given for it.");
    }
    PN_TRY(pn_documents_account(work, row.debtor_id, row.account_id, &account));
    PN_TRY(pn_documents_open(work, row.debtor_id, row.creditor_id));
    (void)pn_id_text(PN_ID_PAYMENT, row.id, id);
    pn_document_receipt receipt = {.currency = row.currency,
                                   .number = row.external_id.len != 0
                                                 ? row.external_id
                                                 : pn_str_dup(work->arena, pn_str_of(id)),
                                   .received = row.received,
                                   .amount = row.amount,
                                   .unapplied = row.unapplied,
                                   .reference = row.reference,
                                   .account_open = account.open - account.unapplied};
    PN_TRY(add_applied(work, &row, &receipt));
    work->file_name = pn_str_format(work->arena, "%s.pdf", id);
    return pn_document_receipt_write(&work->frame, &receipt, work->arena, &work->json);
}
