/* What a carrier lists, how strong it may be, and what its text is written from: shared by sending
 * and previews, so that a preview cannot say anything else than what would be sent. */
#include "app/deliver_int.h"
#include "app/guard.h"

#include "app/books.h"
#include "app/documents.h"
#include "app/people.h"
#include "base/banned.h"
#include "base/sort.h"
#include "core/tone.h"

/* ── choosing ────────────────────────────────────────────────────────────────────────────────── */

const pn_contact_row *pn_usable_contact(const pn_contact_row *contacts, size_t count,
                                        pn_channel_kind channel) {
    const pn_contact_row *best = NULL;
    for (size_t i = 0; i < count; i++) {
        if (contacts[i].channel == channel && contacts[i].state == PN_CONTACT_USABLE &&
            !pn_str_is(contacts[i].relation, PN_RELATION_REPRESENTATIVE) &&
            (best == NULL || contacts[i].rank < best->rank)) {
            best = &contacts[i];
        }
    }
    return best;
}

/* A demand lists what may be asked for and so does a formal notice; another text of an account says
 * how things stand, and one of an invoice (a receipt) may be about an invoice that is paid. */
static bool lists(const pn_item *item, pn_id invoice_id, pn_purpose purpose) {
    bool works = invoice_id != 0 ? item->id == invoice_id : !item->own_run;
    if (!works || item->claimable > 0 || purpose == PN_PURPOSE_DEMAND) {
        return works && item->claimable > 0;
    }
    return invoice_id != 0 || (purpose == PN_PURPOSE_SERVICE && item->closed == PN_CLOSED_NOT);
}

const pn_item **pn_listed_items(const pn_view_account *account, pn_id invoice_id,
                                pn_purpose purpose, pn_arena *arena, size_t *ret_count,
                                int64_t *ret_claimable) {
    const pn_item **items = pn_arena_alloc(arena, (account->item_count + 1) * sizeof *items);
    *ret_count = 0;
    *ret_claimable = 0;
    for (size_t i = 0; i < account->item_count; i++) {
        const pn_item *item = &account->items[i];
        if (lists(item, invoice_id, purpose)) {
            *ret_claimable += PN_MAX(item->claimable, (int64_t)0);
            items[(*ret_count)++] = item;
        }
    }
    return items;
}

unsigned pn_demand_tone(const pn_text_items *groups, size_t group_count, unsigned wanted,
                        pn_time now) {
    pn_tone_bound bound = PN_TONE_BOUND_NONE;
    for (size_t i = 0; i < group_count; i++) {
        const pn_view *view = groups[i].view;
        pn_date today = pn_zone_date(view->zone, now);
        for (size_t j = 0; j < groups[i].count; j++) {
            pn_tone_bound_add(&bound, groups[i].items[j], &view->calendar, today);
        }
    }
    return pn_tone_within(&bound, wanted);
}

pn_str pn_trust_code(const pn_creditor_row *creditor, pn_id debtor_id, pn_arena *arena) {
    /* letters that cannot be mistaken for each other, read aloud or typed */
    static const char LETTERS[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    static_assert(sizeof LETTERS == 33, "five bits a letter");
    pn_sha256 mac =
        pn_hmac_sha256(creditor->trust_key, (pn_str){(const char *)&debtor_id, sizeof debtor_id});
    char *code = pn_arena_alloc(arena, 8);
    for (size_t i = 0; i < 6; i++) {
        code[i + (i >= 3)] = LETTERS[mac.bytes[i] & 31];
    }
    code[3] = '-';
    return (pn_str){code, 7};
}

/* ── the invoices ────────────────────────────────────────────────────────────────────────────── */

static pn_compose_item line_of(const pn_item *item, pn_str product, pn_date today) {
    return (pn_compose_item){
        .number = item->number,
        .product = product,
        .issued = item->issued,
        .due = item->effective_due,
        .amount = {item->amount, item->currency},
        .open = {item->open, item->currency},
        .claimable = {item->claimable, item->currency},
        .charges = {item->charges, item->currency},
        .days_overdue = today - item->effective_due,
    };
}

/* Accounts of several debtors behind one address come one after the other; a text lists them all
 * by due date. */
static int by_due(const void *a, const void *b) {
    const pn_compose_item *x = a;
    const pn_compose_item *y = b;
    return (x->due > y->due) - (x->due < y->due);
}

static void list_items(const pn_text_items *groups, size_t group_count, pn_arena *arena,
                       pn_compose_facts *facts) {
    size_t total = 0;
    for (size_t i = 0; i < group_count; i++) {
        total += groups[i].count;
    }
    pn_compose_item *overdue = pn_arena_array(arena, pn_compose_item, total + 1);
    pn_compose_item *upcoming = pn_arena_array(arena, pn_compose_item, total + 1);
    for (size_t i = 0; i < group_count; i++) {
        const pn_view_account *account = groups[i].account;
        for (size_t j = 0; j < groups[i].count; j++) {
            const pn_item *item = groups[i].items[j];
            const pn_invoice_row *invoice = account->invoices[item - account->items];
            pn_compose_item line = line_of(item, invoice->product, facts->today);
            facts->total.minor += item->claimable;
            if (line.days_overdue > 0) {
                facts->total_overdue.minor += item->claimable;
                overdue[facts->overdue_count++] = line;
            } else {
                upcoming[facts->upcoming_count++] = line;
            }
        }
    }
    pn_sort(overdue, facts->overdue_count, sizeof *overdue, by_due, arena);
    pn_sort(upcoming, facts->upcoming_count, sizeof *upcoming, by_due, arena);
    facts->overdue = overdue;
    facts->upcoming = upcoming;
}

/* ── what only some texts are about ──────────────────────────────────────────────────────────── */

/* The next promise that is open; without one, the last that was broken within a month. */
static pn_err add_promise(pn_app *app, const pn_text_items *about, pn_arena *arena,
                          pn_compose_facts *facts) {
    const pn_debtor_row *debtor = &about->view->row;
    pn_promise_row *rows = NULL;
    const pn_promise_row *open = NULL, *broken = NULL;
    size_t count = 0;
    if ((debtor->flags & PN_DEBTOR_HAS_PROMISES) == 0 && debtor->promises_broken == 0) {
        return PN_OK;
    }
    PN_TRY(pn_promise_list(app->db, debtor->id, arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        const pn_promise_row *row = &rows[i];
        if (row->account_id != about->account->row.id) {
            continue;
        }
        if (row->state == PN_PROMISE_OPEN && (open == NULL || row->due < open->due)) {
            open = row;
        } else if (row->state == PN_PROMISE_BROKEN && row->judged_at > facts->now - 30 * PN_DAY &&
                   (broken == NULL || row->judged_at > broken->judged_at)) {
            broken = row;
        }
    }
    const pn_promise_row *promise = open != NULL ? open : broken;
    if (promise != NULL) {
        facts->promise_amount = (pn_money){promise->amount, about->account->row.currency};
        facts->promise_due = promise->due;
    }
    return PN_OK;
}

/* The plan, and the first installment of it that is not paid in full. */
static pn_err add_installments(pn_app *app, const pn_text_items *about, pn_arena *arena,
                               pn_compose_facts *facts) {
    const pn_debtor_row *debtor = &about->view->row;
    pn_currency currency = about->account->row.currency;
    pn_installment_row *rows = NULL;
    int64_t paid = 0;
    if ((debtor->flags & PN_DEBTOR_HAS_PLANS) == 0) {
        return PN_OK;
    }
    PN_TRY(pn_books_installments(app, debtor->id, about->account->row.id, arena, &rows,
                                 &facts->plan_count, &paid));
    pn_compose_installment *plan =
        pn_arena_array(arena, pn_compose_installment, facts->plan_count + 1);
    for (size_t i = 0; i < facts->plan_count; i++) {
        int64_t part = PN_MIN(paid, rows[i].amount);
        paid -= part;
        plan[i] = (pn_compose_installment){.due = rows[i].due,
                                           .amount = {rows[i].amount, currency},
                                           .open = {rows[i].amount - part, currency}};
        if (plan[i].open.minor > 0 && facts->installment_due == PN_DATE_NONE) {
            facts->installment_amount = plan[i].open;
            facts->installment_due = rows[i].due;
            facts->installment_number = (size_t)rows[i].number;
            facts->installment_count = facts->plan_count;
        }
    }
    facts->plan = plan;
    return PN_OK;
}

/* The payment that came last: for the invoice, where the text is about one, else for the account.
 */
static pn_err add_payment(pn_app *app, const pn_text_items *about, pn_id invoice_id,
                          pn_arena *arena, pn_compose_facts *facts) {
    pn_id debtor_id = about->view->row.id, newest = 0;
    pn_payment_row *rows = NULL;
    pn_ledger_row *entries = NULL;
    size_t count = 0, entry_count = 0;
    if (invoice_id != 0) {
        PN_TRY(pn_ledger_of_invoice(app->db, debtor_id, invoice_id, arena, &entries, &entry_count));
    }
    for (size_t i = 0; i < entry_count; i++) {
        newest = entries[i].kind == PN_ENTRY_PAYMENT ? entries[i].payment_id : newest;
    }
    if (invoice_id != 0 && newest == 0) {
        return PN_OK;
    }
    PN_TRY(pn_payment_of_debtor(app->db, debtor_id, arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        const pn_payment_row *row = &rows[i];
        bool fits = newest != 0 ? row->id == newest : row->account_id == about->account->row.id;
        if (fits && row->reversed_at == PN_TIME_NONE) {
            facts->payment_amount = (pn_money){row->amount, row->currency};
            facts->payment_date = row->received;
            facts->payment_reference = row->reference;
        }
    }
    return PN_OK;
}

/* The last business day on which an answer comes before the next step: before the day on which the
 * next demand may be stronger (law 5, where this tone is new to every overdue invoice), and before
 * the one on which this message itself would be superseded. */
static pn_date deadline_of(const pn_text_items *groups, size_t group_count,
                           const pn_text_about *about, const pn_compose_facts *facts) {
    const pn_view *view = groups[0].view;
    pn_date last = PN_DATE_LAST;
    bool fresh = about->purpose == PN_PURPOSE_DEMAND && facts->tone < PN_TONE_MAX;
    for (size_t i = 0; i < group_count; i++) {
        for (size_t j = 0; j < groups[i].count; j++) {
            const pn_item *item = groups[i].items[j];
            bool overdue = item->effective_due < facts->today;
            fresh = fresh && (!overdue || item->tone_received < facts->tone);
        }
    }
    if (fresh) {
        last = pn_calendar_add(&view->calendar, facts->today, PN_TONE_STEP_BUSINESS_DAYS) - 1;
    }
    if (about->supersede_at != PN_TIME_NEVER) {
        last = PN_MIN(last, pn_zone_date(view->zone, about->supersede_at) - 1);
    }
    return last == PN_DATE_LAST ? PN_DATE_NONE : pn_calendar_previous(&view->calendar, last);
}

pn_form pn_text_form(const pn_creditor_row *creditor, const pn_debtor_row *debtor) {
    switch (creditor->address_form) {
    case PN_ADDRESS_USTED: return PN_FORM_USTED;
    case PN_ADDRESS_TU: return PN_FORM_TU;
    case PN_ADDRESS_TU_PEOPLE: return debtor->kind == PN_DEBTOR_PERSON ? PN_FORM_TU : PN_FORM_USTED;
    }
    return PN_FORM_ANY;
}

/* ── the whole ───────────────────────────────────────────────────────────────────────────────── */

/* Who signs: nobody but the creditor where it wants that. */
static void add_signature(const pn_app *app, const pn_view *view, const pn_creditor_row *creditor,
                          pn_arena *arena, pn_compose_facts *facts) {
    if (creditor != NULL && creditor->signs == PN_SIGNS_CREDITOR) {
        return;
    }
    pn_colleague collector = pn_people_find(app, view->row.owner, facts->today, arena);
    facts->sender_name = collector.name;
    facts->sender_title = collector.title;
    facts->sender_phone = collector.phone;
    facts->sender_email = collector.email;
    facts->sender_signature = collector.signature;
}

static void add_creditor(const pn_creditor_row *creditor, pn_id debtor_id, pn_currency currency,
                         pn_arena *arena, pn_compose_facts *facts) {
    facts->creditor_name = creditor->name;
    facts->creditor_tax_id = creditor->tax_id;
    facts->creditor_address = creditor->address;
    facts->creditor_phone = creditor->phone;
    facts->creditor_email = creditor->email;
    facts->creditor_iban = creditor->iban;
    if (strcmp(currency.code, "BRL") == 0) {
        facts->creditor_pix = creditor->pix_key;
    }
    facts->brand_colour = creditor->colour;
    facts->code = pn_trust_code(creditor, debtor_id, arena);
}

static pn_err add_attributes(pn_app *app, const pn_debtor_row *debtor, pn_arena *arena,
                             pn_compose_facts *facts) {
    pn_attr *attrs = NULL;
    size_t count = 0;
    if ((debtor->flags & PN_DEBTOR_HAS_ATTRS) != 0) {
        PN_TRY(pn_attribute_list(app->db, debtor->id, debtor->id, arena, &attrs, &count));
    }
    facts->debtor_attrs = attrs;
    facts->debtor_attr_count = count;
    return PN_OK;
}

/* Of the kind to whom the case was handed, the creditor's own before the organization's; the only
 * one there is where the kind is not known. */
static pn_err add_partner(pn_app *app, pn_id creditor_id, pn_partner_kind kind, pn_arena *arena,
                          pn_compose_facts *facts) {
    pn_partner_row *rows = NULL;
    const pn_partner_row *found = NULL;
    size_t count = 0;
    PN_TRY(pn_partner_list(app->db, app->org.id, arena, &rows, &count));
    for (size_t i = 0; i < count; i++) { /* those for every creditor come first */
        bool fits = rows[i].creditor_id == 0 || rows[i].creditor_id == creditor_id;
        if (fits && (rows[i].kind == kind || (kind == PN_PARTNER_NONE && count == 1))) {
            found = &rows[i];
        }
    }
    if (found != NULL) {
        facts->handover_name = found->name;
        facts->handover_contact = found->contact;
    }
    return PN_OK;
}

/* Who collects, and what the debtor's policy wants the message to say. */
static pn_err add_legal(pn_app *app, const pn_text_items *first, const pn_text_about *about,
                        pn_time now, pn_arena *arena, pn_compose_facts *facts) {
    const pn_creditor_row *creditor = first->account->creditor;
    const pn_policy *policy = NULL;
    pn_diag diag = {0};
    pn_gate_query query;
    pn_guard guard = {.view = first->view,
                      .account = first->account,
                      .channel = about->channel,
                      .purpose = about->purpose};
    if (creditor != NULL && creditor->third_party) {
        facts->agency_name = app->org.name;
    }
    PN_TRY(pn_guard_query(app, &guard, now, arena, &query, &policy, &diag));
    pn_guard_texts(app, &query, policy, now, arena, &facts->legal, &facts->legal_count);
    return PN_OK;
}

/* Of the only invoice, else of the debtor. */
static pn_str rf_reference(const pn_creditor_row *creditor, const pn_view *view,
                           const pn_compose_facts *facts, pn_arena *arena) {
    bool one = facts->overdue_count + facts->upcoming_count == 1;
    const pn_compose_item *item = facts->overdue_count != 0 ? facts->overdue : facts->upcoming;
    return pn_documents_reference(creditor, one ? item->number : view->row.external_id, arena);
}

pn_err pn_text_facts(pn_app *app, const pn_text_items *groups, size_t group_count,
                     const pn_text_about *about, pn_time now, unsigned tone, pn_arena *arena,
                     pn_compose_facts *ret_facts) {
    const pn_view *view = groups[0].view;
    const pn_creditor_row *creditor = groups[0].account->creditor;
    pn_currency currency = groups[0].account->row.currency;
    pn_compose_facts facts = {
        .language = view->row.language,
        .country = view->row.country,
        .zone = view->zone,
        .now = now,
        .today = pn_zone_date(view->zone, now),
        .tone = tone,
        .debtor_name = view->row.name,
        .debtor_external_id = view->row.external_id,
        .debtor_tax_id = view->row.tax_id,
        .contact_name = about->contact_name,
        .total = {0, currency},
        .total_overdue = {0, currency},
        .promise_due = PN_DATE_NONE,
        .installment_due = PN_DATE_NONE,
        .payment_date = PN_DATE_NONE,
    };
    if (creditor != NULL) {
        facts.form = pn_text_form(creditor, &view->row);
        add_creditor(creditor, view->row.id, currency, arena, &facts);
    }
    add_signature(app, view, creditor, arena, &facts);
    PN_TRY(add_legal(app, &groups[0], about, now, arena, &facts));
    list_items(groups, group_count, arena, &facts);
    if (creditor != NULL && creditor->rf_reference) {
        facts.reference = rf_reference(creditor, view, &facts, arena);
    }
    facts.deadline = deadline_of(groups, group_count, about, &facts);
    PN_TRY(add_attributes(app, &view->row, arena, &facts));
    PN_TRY(add_promise(app, &groups[0], arena, &facts));
    PN_TRY(add_installments(app, &groups[0], arena, &facts));
    if (about->purpose == PN_PURPOSE_SERVICE) {
        PN_TRY(add_payment(app, &groups[0], about->invoice_id, arena, &facts));
    }
    if (about->purpose == PN_PURPOSE_LEGAL) {
        PN_TRY(
            add_partner(app, groups[0].account->row.creditor_id, about->handed_to, arena, &facts));
    }
    *ret_facts = facts;
    return PN_OK;
}
