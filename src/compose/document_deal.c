/* What two parties settle: the agreement of a payment plan, the receipt of a payment. */
#include "base/banned.h"
#include "compose/document_int.h"

/* ── plans ───────────────────────────────────────────────────────────────────────────────────── */

static int64_t planned(const pn_document_plan *plan) {
    int64_t sum = 0;
    for (size_t i = 0; i < plan->installment_count; i++) {
        sum += plan->installments[i].amount;
    }
    return sum;
}

static void put_covered(pn_doc *doc, const pn_document_plan *plan) {
    const pn_doc_column columns[] = {
        {pn_doc_word(doc, PN_DOC_INVOICE), false, true},
        {pn_doc_word(doc, PN_DOC_PLAN_ORIGINAL_DUE), false, false},
        {pn_doc_word(doc, PN_DOC_PLAN_INCLUDED), true, false},
    };
    int64_t sum = 0;
    pn_doc_table_begin(doc, PN_STR_NONE, columns, PN_COUNT(columns));
    for (size_t i = 0; i < plan->invoice_count; i++) {
        const pn_document_covered *invoice = &plan->invoices[i];
        pn_str cells[] = {pn_doc_cell(doc, invoice->number), pn_doc_day(doc, invoice->due),
                          pn_doc_money(doc, invoice->amount)};
        pn_doc_row(doc, cells, PN_COUNT(cells));
        sum += invoice->amount;
    }
    pn_doc_table_foot(doc);
    pn_str foot[] = {pn_doc_word(doc, PN_DOC_TOTAL), pn_doc_money(doc, sum)};
    pn_doc_row(doc, foot, PN_COUNT(foot));
    pn_doc_table_end(doc);
}

static void put_installments(pn_doc *doc, const pn_document_plan *plan) {
    const pn_doc_column columns[] = {
        {pn_doc_word(doc, PN_DOC_INSTALLMENT), false, false},
        {pn_doc_word(doc, PN_DOC_DUE), false, true},
        {pn_doc_word(doc, PN_DOC_AMOUNT), true, false},
    };
    pn_doc_table_begin(doc, PN_STR_NONE, columns, PN_COUNT(columns));
    for (size_t i = 0; i < plan->installment_count; i++) {
        pn_str cells[] = {pn_str_format(doc->arena, "%zu / %zu", i + 1, plan->installment_count),
                          pn_doc_long_day(doc, plan->installments[i].due),
                          pn_doc_money(doc, plan->installments[i].amount)};
        pn_doc_row(doc, cells, PN_COUNT(cells));
    }
    pn_doc_table_foot(doc);
    pn_str foot[] = {pn_doc_word(doc, PN_DOC_TOTAL), pn_doc_money(doc, planned(plan))};
    pn_doc_row(doc, foot, PN_COUNT(foot));
    pn_doc_table_end(doc);
}

static void put_signatures(pn_doc *doc) {
    const struct {
        const pn_document_party *party;
        pn_doc_key role;
    } boxes[] = {{&doc->frame->creditor, PN_DOC_ROLE_CREDITOR},
                 {&doc->frame->debtor, PN_DOC_ROLE_CUSTOMER}};
    pn_json_writer *w = &doc->json;
    pn_json_begin_object(w);
    pn_json_key(w, PN_STR("signatures"));
    pn_json_begin_array(w);
    for (size_t i = 0; i < PN_COUNT(boxes); i++) {
        pn_json_begin_object(w);
        pn_json_put_str(w, "name", pn_doc_line(doc, boxes[i].party->name));
        pn_json_put_str(w, "role", pn_doc_word(doc, boxes[i].role));
        pn_json_end_object(w);
    }
    pn_json_end_array(w);
    pn_json_end_object(w);
}

static void put_terms(pn_doc *doc, const pn_document_plan *plan) {
    pn_str day = pn_doc_long_day(doc, plan->made);
    pn_doc_heading(doc, pn_doc_word(doc, PN_DOC_PLAN_DEBT_TITLE));
    pn_doc_text(doc, pn_doc_say(doc, PN_DOC_PLAN_DEBT, pn_doc_money(doc, planned(plan)), day));
    put_covered(doc, plan);
    pn_doc_heading(doc, pn_doc_word(doc, PN_DOC_PLAN_DATES_TITLE));
    pn_str count = pn_str_format(doc->arena, "%zu", plan->installment_count);
    pn_doc_text(doc, plan->installment_count == 1
                         ? pn_doc_word(doc, PN_DOC_PLAN_DATES_ONE)
                         : pn_doc_say(doc, PN_DOC_PLAN_DATES, count, PN_STR_NONE));
    put_installments(doc, plan);
    if (doc->frame->account.len != 0 || doc->frame->pix_key.len != 0) {
        pn_doc_heading(doc, pn_doc_word(doc, PN_DOC_PLAN_PAY_TITLE));
        pn_doc_pay(doc, 0, false);
    }
    pn_doc_heading(doc, pn_doc_word(doc, PN_DOC_PLAN_DEFAULT_TITLE));
    pn_doc_text(doc, pn_doc_say(doc, PN_DOC_PLAN_DEFAULT,
                                pn_str_format(doc->arena, "%d", plan->default_days), PN_STR_NONE));
    pn_doc_heading(doc, pn_doc_word(doc, PN_DOC_PLAN_REST_TITLE));
    pn_doc_text(doc, pn_doc_word(doc, PN_DOC_PLAN_REST));
}

/* What was accepted, word for word: nothing is said in other words beside it. */
static void put_accepted(pn_doc *doc, const pn_document_plan *plan) {
    const pn_document_acceptance *a = plan->acceptance;
    pn_str rest = a->terms, line;
    pn_doc_heading(doc, pn_doc_word(doc, PN_DOC_PLAN_ACCEPTED_TITLE));
    while (rest.len != 0) {
        (void)pn_str_split(&rest, '\n', &line);
        pn_doc_text(doc, pn_doc_cell(doc, line));
    }
    if (plan->invoice_count != 0) {
        pn_doc_heading(doc, pn_doc_word(doc, PN_DOC_PLAN_COVERED_TITLE));
        put_covered(doc, plan);
    }
    pn_doc_heading(doc, pn_doc_word(doc, PN_DOC_PLAN_PROOF_TITLE));
    pn_doc_text(doc, pn_doc_say(doc, PN_DOC_PLAN_ACCEPTED_BY, pn_doc_cell(doc, a->by),
                                pn_doc_cell(doc, a->at)));
    pn_doc_text(doc,
                pn_doc_say(doc, PN_DOC_PLAN_ACCEPTED_WAY, pn_doc_cell(doc, a->way), PN_STR_NONE));
    pn_doc_text(doc,
                pn_doc_say(doc, PN_DOC_PLAN_ACCEPTED_HASH, pn_doc_cell(doc, a->hash), PN_STR_NONE));
}

pn_err pn_document_plan_write(const pn_document_frame *frame, const pn_document_plan *plan,
                              pn_arena *arena, pn_buf *out) {
    pn_doc doc = pn_doc_on(frame, plan->currency, arena, out);
    pn_doc_begin(&doc, pn_doc_word(&doc, PN_DOC_PLAN), PN_DOCUMENT_NO_WINDOW);
    pn_doc_meta_begin(&doc);
    pn_doc_meta(&doc, PN_DOC_DATE, pn_doc_day(&doc, plan->made));
    pn_doc_meta(&doc, PN_DOC_REFERENCE, plan->reference);
    pn_doc_meta(&doc, PN_DOC_CUSTOMER, frame->customer);
    pn_doc_blocks_begin(&doc);
    pn_doc_text(&doc, pn_doc_say(&doc, PN_DOC_PLAN_PARTIES, pn_doc_cell(&doc, frame->creditor.name),
                                 pn_doc_cell(&doc, frame->debtor.name)));
    if (plan->acceptance != NULL) {
        put_accepted(&doc, plan);
    } else {
        put_terms(&doc, plan);
        pn_doc_text(&doc, pn_doc_word(&doc, PN_DOC_PLAN_SIGNED));
        put_signatures(&doc);
    }
    pn_doc_code_note(&doc);
    return pn_doc_end(&doc, frame->creditor.name);
}

/* ── receipts ────────────────────────────────────────────────────────────────────────────────── */

static void put_applied(pn_doc *doc, const pn_document_receipt *receipt) {
    const pn_doc_column columns[] = {
        {pn_doc_word(doc, PN_DOC_INVOICE), false, true},
        {pn_doc_word(doc, PN_DOC_APPLIED), true, false},
        {pn_doc_word(doc, PN_DOC_REMAINS), true, false},
    };
    pn_doc_table_begin(doc, pn_doc_word(doc, PN_DOC_APPLIED_TO), columns, PN_COUNT(columns));
    for (size_t i = 0; i < receipt->applied_count; i++) {
        const pn_document_applied *applied = &receipt->applied[i];
        pn_str cells[] = {pn_doc_cell(doc, applied->number), pn_doc_money(doc, applied->applied),
                          pn_doc_money(doc, applied->remains)};
        pn_doc_row(doc, cells, PN_COUNT(cells));
    }
    if (receipt->unapplied > 0) {
        pn_str cells[] = {pn_doc_word(doc, PN_DOC_NOT_APPLIED),
                          pn_doc_money(doc, receipt->unapplied), PN_STR_NONE};
        pn_doc_row(doc, cells, PN_COUNT(cells));
    }
    pn_doc_table_end(doc);
}

static void put_remaining(pn_doc *doc, const pn_document_receipt *receipt) {
    if (receipt->account_open <= 0) {
        pn_doc_text(doc, pn_doc_word(doc, PN_DOC_ACCOUNT_CLEAR));
        return;
    }
    pn_doc_text(doc,
                pn_doc_say(doc, PN_DOC_ACCOUNT_REMAINS, pn_doc_long_day(doc, doc->frame->today),
                           pn_doc_money(doc, receipt->account_open)));
}

pn_err pn_document_receipt_write(const pn_document_frame *frame, const pn_document_receipt *receipt,
                                 pn_arena *arena, pn_buf *out) {
    pn_doc doc = pn_doc_on(frame, receipt->currency, arena, out);
    pn_doc_begin(&doc, pn_doc_word(&doc, PN_DOC_RECEIPT), PN_DOCUMENT_NO_WINDOW);
    pn_doc_meta_begin(&doc);
    pn_doc_meta(&doc, PN_DOC_DATE, pn_doc_day(&doc, frame->today));
    pn_doc_meta(&doc, PN_DOC_NUMBER, receipt->number);
    pn_doc_meta(&doc, PN_DOC_CUSTOMER, frame->customer);
    pn_doc_meta(&doc, PN_DOC_PAYER_REFERENCE, receipt->reference);
    pn_doc_blocks_begin(&doc);
    pn_doc_text(&doc, pn_doc_say(&doc, PN_DOC_RECEIPT_FROM, pn_doc_cell(&doc, frame->debtor.name),
                                 PN_STR_NONE));
    pn_str note = receipt->received == PN_DATE_NONE
                      ? PN_STR_NONE
                      : pn_doc_say(&doc, PN_DOC_RECEIVED_ON,
                                   pn_doc_long_day(&doc, receipt->received), PN_STR_NONE);
    pn_doc_amount(&doc, pn_doc_word(&doc, PN_DOC_RECEIVED), pn_doc_money(&doc, receipt->amount),
                  note);
    if (receipt->applied_count != 0 || receipt->unapplied > 0) {
        put_applied(&doc, receipt);
    }
    put_remaining(&doc, receipt);
    pn_doc_code_note(&doc);
    return pn_doc_end(&doc, frame->creditor.name);
}
