/* What the page shows of an account. */
#include "app/books.h"
#include "app/documents.h"
#include "app/portal_int.h"
#include "base/banned.h"
#include "codec/symbol.h"
#include "format/account.h"
#include "format/pay_code.h"
#include "store/bill.h"
#include "store/claim.h"

enum { INVOICES_MAX = 40, CLOSED_SHOWN = 5, PAYMENTS_SHOWN = 5, INTENTS_LOOKED_AT = 20 };

typedef struct {
    pn_portal *portal;
    pn_page_account *account;
    const pn_invoice_row *rows;
    size_t count;
} gathering;

/* ── invoices ────────────────────────────────────────────────────────────────────────────────── */

int64_t pn_portal_payable(const pn_item *item) {
    int64_t free = item->open - item->disputed - item->in_flight;
    return item->closed == PN_CLOSED_NOT ? PN_MAX(free, (int64_t)0) : 0;
}

/* Open ones, or where all is closed the last ones that were. */
static pn_err of_account(pn_portal *portal, pn_invoice_row **ret_rows, size_t *ret_count) {
    pn_invoice_row *rows = NULL;
    size_t count = 0;
    pn_db *db = portal->app->db;
    PN_TRY(pn_invoice_of_account(db, portal->debtor.id, portal->account.id, false, portal->arena,
                                 &rows, &count));
    size_t open = 0;
    for (size_t i = 0; i < count; i++) { /* those with a run of their own may be closed */
        if (rows[i].item.closed == PN_CLOSED_NOT) {
            rows[open++] = rows[i];
        }
    }
    if (open == 0) {
        PN_TRY(pn_invoice_of_account(db, portal->debtor.id, portal->account.id, true, portal->arena,
                                     &rows, &count));
        open = PN_MIN(count, (size_t)CLOSED_SHOWN);
        rows += count - open;
    }
    *ret_rows = rows;
    *ret_count = open;
    return PN_OK;
}

static size_t count_open(const pn_invoice_row *rows, size_t count) {
    size_t open = 0;
    for (size_t i = 0; i < count; i++) {
        open += rows[i].item.closed == PN_CLOSED_NOT;
    }
    return open;
}

pn_err pn_portal_invoices(pn_portal *portal, pn_invoice_row **ret_rows, size_t *ret_count,
                          size_t *ret_others) {
    pn_invoice_row *rows = NULL;
    size_t count = 0;
    *ret_others = 0;
    PN_TRY(of_account(portal, &rows, &count));
    if (portal->link.invoice_id != 0 && !portal->opened) {
        pn_invoice_row *one = pn_arena_new(portal->arena, pn_invoice_row);
        pn_err err = pn_invoice_get(portal->app->db, portal->link.invoice_id, portal->arena, one);
        bool there = err == PN_OK && one->debtor_id == portal->debtor.id;
        if (err != PN_OK && err != PN_NOT_FOUND) {
            return err;
        }
        size_t open = count_open(rows, count);
        *ret_others = open - (there && one->item.closed == PN_CLOSED_NOT && open > 0 ? 1 : 0);
        *ret_rows = one;
        *ret_count = there ? 1 : 0;
        return PN_OK;
    }
    *ret_others = count > INVOICES_MAX ? count - INVOICES_MAX : 0;
    *ret_rows = rows;
    *ret_count = PN_MIN(count, (size_t)INVOICES_MAX);
    return PN_OK;
}

pn_err pn_portal_invoice(pn_portal *portal, pn_str id, pn_invoice_row *ret_invoice) {
    pn_invoice_row *rows = NULL;
    size_t count = 0, others = 0;
    pn_id wanted = 0;
    if (pn_id_parse(PN_ID_INVOICE, id, &wanted) != PN_OK || !portal->has_account) {
        return PN_NOT_FOUND;
    }
    PN_TRY(pn_portal_invoices(portal, &rows, &count, &others));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].item.id == wanted) {
            *ret_invoice = rows[i];
            return PN_OK;
        }
    }
    return PN_NOT_FOUND;
}

static pn_err read_ledger(const gathering *g, const pn_invoice_row *row, pn_page_invoice *shown) {
    pn_ledger_row *entries = NULL;
    size_t count = 0;
    PN_TRY(pn_ledger_of_invoice(g->portal->app->db, row->debtor_id, row->item.id, g->portal->arena,
                                &entries, &count));
    for (size_t i = 0; i < count; i++) {
        shown->paid -= entries[i].kind == PN_ENTRY_PAYMENT ? entries[i].amount : 0;
    }
    shown->lowered = shown->amount + shown->charges - shown->open - shown->paid;
    return PN_OK;
}

static pn_str quantity_text(const gathering *g, int64_t millionths) {
    if (millionths == PN_MILLIONTHS_NONE) {
        return PN_STR_NONE;
    }
    pn_number_style style = pn_number_style_of(g->portal->frame.language, g->portal->frame.country);
    pn_str text =
        millionths % 1000000 == 0
            ? pn_str_format(g->portal->arena, "%lld", (long long)(millionths / 1000000))
            : pn_str_format(g->portal->arena, "%lld%c%02lld", (long long)(millionths / 1000000),
                            style.decimal, (long long)(millionths % 1000000 / 10000));
    return text;
}

static pn_err read_lines(const gathering *g, const pn_invoice_row *row, pn_page_invoice *shown) {
    enum { LINES_SHOWN = 30 };
    pn_bill bill = {0};
    if ((row->flags & PN_INVOICE_HAS_LINES) == 0) {
        return PN_OK;
    }
    PN_TRY(pn_bill_get(g->portal->app->db, row->debtor_id, row->item.id, g->portal->arena, &bill));
    size_t count = PN_MIN(bill.line_count, (size_t)LINES_SHOWN);
    pn_page_line *lines = pn_arena_array(g->portal->arena, pn_page_line, count + 1);
    for (size_t i = 0; i < count; i++) {
        const pn_bill_line *line = &bill.lines[i];
        lines[i] = (pn_page_line){
            .description = line->description.len != 0 ? line->description : line->product,
            .quantity = quantity_text(g, line->quantity),
            .amount = line->amount,
        };
    }
    shown->lines = lines;
    shown->line_count = count;
    return PN_OK;
}

static pn_err read_invoice(const gathering *g, const pn_invoice_row *row, pn_page_invoice *shown) {
    char id[PN_ID_TEXT_SIZE];
    const pn_item *item = &row->item;
    *shown = (pn_page_invoice){
        .id = pn_str_dup(g->portal->arena, pn_str_of(pn_id_text(PN_ID_INVOICE, item->id, id))),
        .number = item->number,
        .product = row->product,
        .issued = item->issued,
        .due = item->effective_due,
        .amount = item->amount,
        .open = item->open,
        .charges = item->charges,
        .payable = pn_portal_payable(item),
        .disputed = item->disputed,
        .promised = item->promised,
        .planned = item->planned,
        .in_flight = item->in_flight,
        .reported = row->paid_reported_until != PN_DATE_NONE &&
                    row->paid_reported_until >= g->portal->frame.today,
        .closed = item->closed != PN_CLOSED_NOT,
        .paid_up = item->closed == PN_CLOSED_PAID,
        .paid_on = item->closed == PN_CLOSED_PAID && item->closed_at != PN_TIME_NONE
                       ? pn_zone_date(g->portal->zone, item->closed_at)
                       : PN_DATE_NONE,
    };
    PN_TRY(read_ledger(g, row, shown));
    return g->count <= 10 ? read_lines(g, row, shown) : PN_OK;
}

static void sum_invoice(pn_page_account *account, const pn_page_invoice *invoice) {
    account->open += invoice->open;
    account->payable += invoice->payable;
    account->amount += invoice->amount;
    account->paid += invoice->paid;
    account->disputed += invoice->disputed;
    account->in_flight += invoice->in_flight;
    account->reported = account->reported || (invoice->reported && !invoice->closed);
    bool oldest = account->oldest_due == PN_DATE_NONE || invoice->due < account->oldest_due;
    if (invoice->payable > 0 && oldest) {
        account->oldest_due = invoice->due;
    }
}

static pn_err gather_invoices(gathering *g) {
    pn_page_invoice *shown = pn_arena_array(g->portal->arena, pn_page_invoice, g->count + 1);
    g->account->oldest_due = PN_DATE_NONE;
    for (size_t i = 0; i < g->count; i++) {
        PN_TRY(read_invoice(g, &g->rows[i], &shown[i]));
        sum_invoice(g->account, &shown[i]);
    }
    g->account->invoices = shown;
    g->account->invoice_count = g->count;
    return PN_OK;
}

/* ── what is under way ───────────────────────────────────────────────────────────────────────── */

static bool is_recent(const pn_portal *portal, pn_time at) {
    enum { RECENT_DAYS = 3 };
    return at != PN_TIME_NONE && pn_app_now(portal->app) - at < RECENT_DAYS * PN_DAY;
}

/* The newest attempt says whether one failed; a voucher that is good is shown by itself. */
static pn_err gather_intents(gathering *g) {
    pn_portal *portal = g->portal;
    pn_payin_row *rows = NULL;
    size_t count = 0;
    bool newest = true;
    PN_TRY(pn_payin_of_debtor(portal->app->db, portal->debtor.id, INTENTS_LOOKED_AT, portal->arena,
                              &rows, &count));
    for (size_t i = 0; i < count; i++) {
        bool voucher = pn_str_is(rows[i].provider, "voucher");
        if (rows[i].account_id != portal->account.id) {
            continue;
        }
        if (voucher && rows[i].state == PN_PAYIN_PENDING && g->account->voucher == 0) {
            char id[PN_ID_TEXT_SIZE];
            g->account->voucher = rows[i].amount;
            g->account->voucher_until = pn_zone_date(portal->zone, rows[i].expires_at);
            g->account->voucher_id =
                pn_str_dup(portal->arena, pn_str_of(pn_id_text(PN_ID_PAYIN, rows[i].id, id)));
        }
        if (!voucher && newest && rows[i].state != PN_PAYIN_CREATED) {
            g->account->failed =
                rows[i].state == PN_PAYIN_FAILED && is_recent(portal, rows[i].settled_at);
            g->account->failed_funds = pn_str_is(rows[i].reason, "insufficient_funds");
            newest = false;
        }
    }
    if (g->account->voucher != 0) { /* shown by itself */
        g->account->in_flight = PN_MAX(g->account->in_flight - g->account->voucher, (int64_t)0);
    }
    return PN_OK;
}

static pn_err gather_promises(gathering *g) {
    pn_promise_row *rows = NULL;
    size_t count = 0;
    g->account->promised_for = PN_DATE_NONE;
    PN_TRY(
        pn_promise_list(g->portal->app->db, g->portal->debtor.id, g->portal->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].state == PN_PROMISE_OPEN && rows[i].account_id == g->portal->account.id) {
            g->account->promised += rows[i].amount;
            bool first =
                g->account->promised_for == PN_DATE_NONE || rows[i].due < g->account->promised_for;
            g->account->promised_for = first ? rows[i].due : g->account->promised_for;
        }
    }
    return PN_OK;
}

static pn_err gather_plan(gathering *g) {
    pn_installment_row *rows = NULL;
    size_t count = 0;
    int64_t paid = 0, wanted = 0;
    PN_TRY(pn_books_installments(g->portal->app, g->portal->debtor.id, g->portal->account.id,
                                 g->portal->arena, &rows, &count, &paid));
    pn_page_installment *shown = pn_arena_array(g->portal->arena, pn_page_installment, count + 1);
    for (size_t i = 0; i < count; i++) {
        wanted += rows[i].amount;
        shown[i] = (pn_page_installment){rows[i].due, rows[i].amount, paid >= wanted};
        if (paid < wanted && g->account->plan_next == 0) {
            g->account->plan_next = PN_MIN(wanted - paid, rows[i].amount);
            g->account->plan_next_due = rows[i].due;
        }
    }
    g->account->plan = shown;
    g->account->plan_count = count;
    g->account->plan_paid = paid;
    return PN_OK;
}

static pn_err gather_payments(gathering *g) {
    pn_payment_row *rows = NULL;
    size_t count = 0, kept = 0;
    PN_TRY(pn_payment_of_debtor(g->portal->app->db, g->portal->debtor.id, g->portal->arena, &rows,
                                &count));
    pn_page_payment *shown = pn_arena_array(g->portal->arena, pn_page_payment, PAYMENTS_SHOWN);
    for (size_t i = count; i > 0 && kept < PAYMENTS_SHOWN; i--) {
        const pn_payment_row *row = &rows[i - 1];
        if (row->account_id == g->portal->account.id && row->reversed_at == PN_TIME_NONE) {
            char id[PN_ID_TEXT_SIZE];
            shown[kept++] = (pn_page_payment){
                .id =
                    pn_str_dup(g->portal->arena, pn_str_of(pn_id_text(PN_ID_PAYMENT, row->id, id))),
                .amount = row->amount,
                .on = row->received};
        }
    }
    g->account->payments = shown;
    g->account->payment_count = g->portal->link.invoice_id == 0 || g->portal->opened ? kept : 0;
    return PN_OK;
}

pn_err pn_portal_payment(pn_portal *portal, pn_str id, pn_payment_row *ret_payment) {
    pn_id wanted = 0;
    bool whole = portal->link.invoice_id == 0 || portal->opened;
    if (!whole || pn_id_parse(PN_ID_PAYMENT, id, &wanted) != PN_OK) {
        return PN_NOT_FOUND;
    }
    PN_TRY(
        pn_payment_get(portal->app->db, portal->app->org.id, wanted, portal->arena, ret_payment));
    return ret_payment->debtor_id == portal->debtor.id &&
                   ret_payment->account_id == portal->account.id
               ? PN_OK
               : PN_NOT_FOUND;
}

/* ── how to pay ──────────────────────────────────────────────────────────────────────────────── */

static pn_err gather_methods(gathering *g) {
    pn_portal *portal = g->portal;
    pn_method_row *rows = NULL;
    size_t count = 0, kept = 0;
    PN_TRY(pn_till_offers(portal->app, portal->creditor->id, portal->debtor.country, portal->arena,
                          &rows, &count));
    pn_page_method *shown = pn_arena_array(portal->arena, pn_page_method, count + 1);
    for (size_t i = 0; i < count; i++) {
        const pn_pay_provider *provider = pn_pay_provider_find(rows[i].kind);
        pn_voucher_settings voucher = {0};
        if (rows[i].paused.len != 0) {
            continue;
        }
        shown[kept].kind = rows[i].kind;
        if (pn_str_is(rows[i].kind, "voucher")) {
            PN_TRY(pn_till_voucher(&rows[i], portal->arena, &voucher, NULL));
            shown[kept].title = voucher.place;
        } else if (provider != NULL) {
            shown[kept].title = pn_str_of(provider->title);
        }
        kept++;
    }
    g->account->methods = shown;
    g->account->method_count = kept;
    return PN_OK;
}

static void draw_qr(gathering *g, pn_str payload) {
    pn_symbol symbol;
    if (pn_symbol_qr(payload, g->portal->arena, &symbol) == PN_OK) {
        pn_page_modules *modules = pn_arena_new(g->portal->arena, pn_page_modules);
        *modules = (pn_page_modules){symbol.dark, symbol.width, symbol.height};
        g->account->qr = modules;
    }
}

/* The account, the reference that is this debtor's, and a code for the bank's app. */
static void gather_transfer(gathering *g) {
    enum { CODE_BYTES = 1000 };
    pn_portal *portal = g->portal;
    pn_page_account *account = g->account;
    const pn_creditor_row *creditor = portal->creditor;
    pn_money amount = {account->payable, account->currency};
    bool pix = strcmp(amount.currency.code, "BRL") == 0 && creditor->pix_key.len != 0;
    pn_str text = g->count == 1 ? g->rows[0].item.number : portal->debtor.external_id;
    pn_buf code;
    account->holder = creditor->name;
    account->account = pn_account_grouped(creditor->iban, portal->arena);
    account->account_label = pn_account_kind_name(pn_account_kind_of(creditor->iban));
    account->reference = pn_documents_reference(creditor, text, portal->arena);
    pn_epc_request epc = {creditor->name, creditor->iban, account->reference, amount};
    pn_pix_request br = {creditor->pix_key, creditor->name, creditor->city, account->reference,
                         amount};
    pn_buf_init(&code, CODE_BYTES);
    pn_err err = pix ? pn_pix_write(&br, &code) : pn_epc_write(&epc, &code);
    if (amount.minor > 0 && err == PN_OK) {
        pn_str payload = pn_str_dup(portal->arena, pn_buf_str(&code));
        account->pix_key = pix ? creditor->pix_key : PN_STR_NONE;
        account->pix_text = pix ? payload : PN_STR_NONE;
        draw_qr(g, payload);
    }
    pn_buf_done(&code);
}

pn_err pn_portal_voucher(pn_portal *portal, pn_str id, pn_page_voucher *ret_voucher,
                         pn_diag *diag) {
    pn_payin_row payin;
    pn_method_row *rows = NULL;
    size_t count = 0;
    pn_id wanted = 0;
    pn_symbol symbol;
    pn_str code;
    if (pn_id_parse(PN_ID_PAYIN, id, &wanted) != PN_OK) {
        return PN_NOT_FOUND;
    }
    PN_TRY(pn_payin_get(portal->app->db, portal->app->org.id, wanted, portal->arena, &payin));
    if (payin.debtor_id != portal->debtor.id || payin.account_id != portal->account.id ||
        !pn_str_is(payin.provider, "voucher") || payin.state != PN_PAYIN_PENDING) {
        return PN_NOT_FOUND;
    }
    PN_TRY(pn_till_offers(portal->app, portal->creditor->id, portal->debtor.country, portal->arena,
                          &rows, &count));
    for (size_t i = 0; i < count; i++) {
        pn_voucher_settings settings;
        if (!pn_str_is(rows[i].kind, "voucher")) {
            continue;
        }
        PN_TRY(pn_till_voucher(&rows[i], portal->arena, &settings, diag));
        PN_TRY(pn_payins_voucher_code(&payin, &settings, portal->arena, &code, diag));
        PN_TRY(pn_symbol_code128(code, portal->arena, &symbol));
        pn_page_modules *bars = pn_arena_new(portal->arena, pn_page_modules);
        *bars = (pn_page_modules){symbol.dark, symbol.width, symbol.height};
        *ret_voucher = (pn_page_voucher){.amount = {payin.amount, payin.currency},
                                         .until = pn_zone_date(portal->zone, payin.expires_at),
                                         .place = settings.place,
                                         .code = code,
                                         .bars = bars};
        return PN_OK;
    }
    return PN_NOT_FOUND;
}

/* ── all of it ───────────────────────────────────────────────────────────────────────────────── */

static bool any_paid_up(const pn_page_account *account) {
    for (size_t i = 0; i < account->invoice_count; i++) {
        if (account->invoices[i].paid_up) {
            return true;
        }
    }
    return false;
}

static pn_page_state state_of(const pn_page_account *account, pn_date today) {
    if (account->open == 0) {
        return any_paid_up(account) ? PN_PAGE_PAID : PN_PAGE_CLOSED;
    }
    if (account->payable == 0) {
        return account->disputed > 0 && account->in_flight + account->voucher == 0
                   ? PN_PAGE_DISPUTED
                   : PN_PAGE_PROCESSING;
    }
    if (account->plan_count > 0 && account->plan_next != 0 && account->plan_next_due > today) {
        return PN_PAGE_PLANNED;
    }
    return account->promised >= account->payable ? PN_PAGE_PROMISED : PN_PAGE_OPEN;
}

static void gather_choices(gathering *g) {
    enum { PART_DIVISOR = 10 };
    pn_page_account *account = g->account;
    account->promises = g->portal->account.claimable > 0;
    account->part_min =
        account->payable >= 2 ? PN_MAX(account->payable / PART_DIVISOR, (int64_t)1) : 0;
}

pn_err pn_portal_account(pn_portal *portal, pn_page_account *ret_account, pn_diag *diag) {
    pn_page_account account = {.currency = portal->account.currency,
                               .customer = portal->debtor.external_id,
                               .oldest_due = PN_DATE_NONE};
    gathering g = {.portal = portal, .account = &account};
    pn_invoice_row *rows = NULL;
    (void)diag;
    if (portal->has_account) {
        PN_TRY(pn_portal_invoices(portal, &rows, &g.count, &account.others));
        g.rows = rows;
        PN_TRY(gather_invoices(&g));
        PN_TRY(gather_intents(&g));
        PN_TRY(gather_promises(&g));
        PN_TRY(gather_plan(&g));
        PN_TRY(gather_payments(&g));
        PN_TRY(gather_methods(&g));
        PN_TRY(pn_portal_gather_offers(portal, &account));
        gather_transfer(&g);
        gather_choices(&g);
    }
    account.state = state_of(&account, portal->frame.today);
    *ret_account = account;
    return PN_OK;
}
