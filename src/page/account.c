/* The account: what is owed and why, what is under way, and how to pay. */
#include "base/banned.h"
#include "page/frame.h"

typedef struct {
    pn_sheet *page;
    const pn_page_account *account;
} view;

static pn_str money(const view *v, int64_t minor) {
    return pn_page_money(v->page, minor, v->account->currency);
}

static pn_str word(const view *v, pn_saying key) {
    return pn_page_word(v->page, key);
}

static void add(const view *v, const char *html) {
    pn_buf_add_z(v->page->out, html);
}

static void say(const view *v, pn_str text) {
    pn_html_text(v->page->out, text);
}

/* ── amount and status ───────────────────────────────────────────────────────────────────────── */

static pn_str due_words(const view *v) {
    const pn_page_account *account = v->account;
    int32_t late = v->page->frame->today - account->oldest_due;
    pn_str day = pn_page_day(v->page, account->oldest_due);
    bool several = account->invoice_count > 1;
    if (late == 0) {
        return word(v, PN_SAY_STATE_DUE_TODAY);
    }
    if (late == -1) {
        return pn_page_say(v->page, PN_SAY_STATE_DUE_IN_ONE, day, PN_STR_NONE);
    }
    if (late == 1) {
        return pn_page_say(v->page,
                           several ? PN_SAY_STATE_OLDEST_OVERDUE_ONE : PN_SAY_STATE_OVERDUE_ONE,
                           day, PN_STR_NONE);
    }
    pn_saying key = late < 0  ? PN_SAY_STATE_DUE_IN
                    : several ? PN_SAY_STATE_OLDEST_OVERDUE
                              : PN_SAY_STATE_OVERDUE;
    return pn_page_say(v->page, key, day, pn_page_number(v->page, late < 0 ? -late : late));
}

static void put_status(const view *v, const char *classes, pn_str text) {
    pn_buf_add_format(v->page->out, "<p class=\"st %s\">", classes);
    say(v, text);
    add(v, "</p>");
}

static void put_open_status(const view *v) {
    const pn_page_account *account = v->account;
    if (account->oldest_due == PN_DATE_NONE) {
        return;
    }
    int32_t late = v->page->frame->today - account->oldest_due;
    put_status(v, late > 0 ? "bad" : late == 0 ? "warn" : "", due_words(v));
}

/* How the state is said; the words stand beside the colour. */
static void put_state(const view *v) {
    const pn_page_account *account = v->account;
    switch (account->state) {
    case PN_PAGE_OPEN: put_open_status(v); return;
    case PN_PAGE_PROCESSING: put_status(v, "warn", word(v, PN_SAY_STATE_PROCESSING)); return;
    case PN_PAGE_PLANNED: put_status(v, "ok", word(v, PN_SAY_STATE_PLAN)); return;
    case PN_PAGE_PROMISED:
        put_status(v, "ok",
                   pn_page_say(v->page, PN_SAY_STATE_PROMISED,
                               pn_page_day(v->page, account->promised_for), PN_STR_NONE));
        return;
    case PN_PAGE_DISPUTED: put_status(v, "warn", word(v, PN_SAY_STATE_DISPUTED)); return;
    case PN_PAGE_PAID: put_status(v, "ok", word(v, PN_SAY_ALL_PAID)); return;
    case PN_PAGE_CLOSED: put_status(v, "", word(v, PN_SAY_STATE_CLOSED)); return;
    }
}

static pn_str heading(const view *v) {
    const pn_page_account *account = v->account;
    return account->invoice_count == 1
               ? pn_page_say(v->page, PN_SAY_INVOICE_N, account->invoices[0].number, PN_STR_NONE)
               : word(v, PN_SAY_INVOICES);
}

static void put_amount(const view *v) {
    const pn_page_account *account = v->account;
    bool closed = account->state == PN_PAGE_PAID || account->state == PN_PAGE_CLOSED;
    int64_t amount = closed                                 ? account->amount
                     : account->state == PN_PAGE_PROCESSING ? account->in_flight
                     : account->payable != 0                ? account->payable
                                                            : account->open;
    add(v, "<h1>");
    say(v, heading(v));
    add(v, "</h1>");
    pn_page_p(v->page, "m",
              word(v, closed                  ? PN_SAY_TOTAL
                      : account->payable != 0 ? PN_SAY_TO_PAY
                                              : PN_SAY_OPEN_AMOUNT));
    pn_page_p(v->page, "amt", money(v, amount));
    put_state(v);
    if (account->state == PN_PAGE_PAID) {
        pn_page_p(
            v->page, "",
            pn_page_say(v->page, PN_SAY_ALL_PAID_TEXT, v->page->frame->creditor, PN_STR_NONE));
    } else if (account->paid > 0 && account->open > 0) {
        pn_page_p(v->page, "",
                  pn_page_say(v->page, PN_SAY_PARTLY_PAID, money(v, account->paid),
                              money(v, account->amount)));
    }
}

/* ── what is under way ───────────────────────────────────────────────────────────────────────── */

static void put_voucher(const view *v) {
    const pn_page_account *account = v->account;
    add(v, "<div class=\"note warn\"><p><strong>");
    say(v, pn_page_say(v->page, PN_SAY_VOUCHER_TITLE, money(v, account->voucher), PN_STR_NONE));
    add(v, "</strong></p>");
    pn_page_p(v->page, "",
              pn_page_say(v->page, PN_SAY_VOUCHER_TEXT,
                          pn_page_day(v->page, account->voucher_until), PN_STR_NONE));
    pn_page_link(v->page, "t", "/voucher/", account->voucher_id, word(v, PN_SAY_VOUCHER_SHOW));
    add(v, "</div>");
}

static void put_plan(const view *v) {
    const pn_page_account *account = v->account;
    int64_t total = 0;
    for (size_t i = 0; i < account->plan_count; i++) {
        total += account->plan[i].amount;
    }
    add(v, "<section class=\"card\"><h2>");
    say(v, word(v, PN_SAY_PLAN_TITLE));
    add(v, "</h2>");
    if (account->plan_next != 0) {
        pn_page_p(v->page, "",
                  pn_page_say(v->page, PN_SAY_PLAN_NEXT, money(v, account->plan_next),
                              pn_page_day(v->page, account->plan_next_due)));
    }
    pn_page_p(
        v->page, "m",
        pn_page_say(v->page, PN_SAY_PLAN_DONE_PART, money(v, account->plan_paid), money(v, total)));
    add(v, "<table><thead><tr><th scope=\"col\">");
    say(v, word(v, PN_SAY_INSTALLMENT));
    add(v, "</th><th scope=\"col\">");
    say(v, word(v, PN_SAY_DUE));
    add(v, "</th><th scope=\"col\">");
    say(v, word(v, PN_SAY_AMOUNT));
    add(v, "</th></tr></thead><tbody>");
    for (size_t i = 0; i < account->plan_count; i++) {
        pn_buf_add_format(v->page->out, "<tr><td>%zu</td><td>", i + 1);
        say(v, pn_page_day(v->page, account->plan[i].due));
        add(v, "</td><td>");
        say(v, money(v, account->plan[i].amount));
        add(v, account->plan[i].paid ? " ✓</td></tr>" : "</td></tr>");
    }
    add(v, "</tbody></table></section>");
}

/* A box that leads somewhere. */
static void put_way(const view *v, const char *classes, pn_str title, pn_str text, const char *path,
                    pn_saying label) {
    pn_buf_add_format(v->page->out, "<div class=\"note %s\"><p><strong>", classes);
    say(v, title);
    add(v, "</strong></p>");
    pn_page_p(v->page, "", text);
    pn_page_link(v->page, "t noprint", path, PN_STR_NONE, word(v, label));
    add(v, "</div>");
}

static void put_asked(const view *v) {
    const pn_page_account *account = v->account;
    pn_sheet *page = v->page;
    switch (account->asked) {
    case PN_PAGE_ASKED_NOT: return;
    case PN_PAGE_ASKED_WAITS:
        pn_page_note(page, "warn",
                     pn_page_say(page, PN_SAY_ASKED_TITLE,
                                 pn_page_number(page, account->asked_count),
                                 pn_page_day(page, account->asked_first)),
                     word(v, PN_SAY_PLAN_OTHER_DONE_TEXT));
        return;
    case PN_PAGE_ASKED_APPROVED: {
        pn_str until = pn_page_say(page, PN_SAY_APPROVED_TEXT,
                                   pn_page_day(page, account->asked_until), PN_STR_NONE);
        put_way(v, "ok", word(v, PN_SAY_APPROVED_TITLE),
                pn_str_format(page->arena, "%.*s%s%.*s", PN_STR_ARG(account->asked_answer),
                              account->asked_answer.len != 0 ? " " : "", PN_STR_ARG(until)),
                "/plan", PN_SAY_APPROVED_SEE);
        return;
    }
    case PN_PAGE_ASKED_REFUSED:
        pn_page_note(page, "warn", word(v, PN_SAY_REFUSED_TITLE), account->asked_answer);
        return;
    }
}

static void put_discount(const view *v) {
    const pn_page_account *account = v->account;
    pn_sheet *page = v->page;
    if (account->discounted > 0) {
        put_way(v, "ok",
                pn_page_say(page, PN_SAY_DISCOUNT, money(v, account->discounted),
                            money(v, account->discounted_from)),
                pn_page_say(page, PN_SAY_DISCOUNT_UNTIL, pn_page_day(page, account->discount_until),
                            PN_STR_NONE),
                "/plan", PN_SAY_DISCOUNT_SEE);
    }
    if (account->agreed_off > 0) {
        pn_page_note(
            page, "ok", word(v, PN_SAY_AGREED_TITLE),
            pn_page_say(page, PN_SAY_AGREED_TEXT, money(v, account->agreed_off), PN_STR_NONE));
    }
}

static void put_under_way(const view *v) {
    const pn_page_account *account = v->account;
    pn_sheet *page = v->page;
    if (account->failed) {
        pn_page_note(page, "bad", word(v, PN_SAY_FAILED_TITLE),
                     word(v, account->failed_funds ? PN_SAY_FAILED_FUNDS : PN_SAY_FAILED_TEXT));
    }
    if (account->in_flight > 0) {
        pn_page_note(
            page, "warn",
            pn_page_say(page, PN_SAY_PROCESSING_TITLE, money(v, account->in_flight), PN_STR_NONE),
            word(v, PN_SAY_PROCESSING_TEXT));
    }
    if (account->voucher > 0) {
        put_voucher(v);
    }
    if (account->disputed > 0) {
        pn_str rest = account->payable > 0 ? pn_page_say(page, PN_SAY_DISPUTED_REST,
                                                         money(v, account->payable), PN_STR_NONE)
                                           : PN_STR_NONE;
        pn_str text = word(v, PN_SAY_DISPUTED_TEXT);
        pn_page_note(
            page, "warn",
            pn_page_say(page, PN_SAY_DISPUTED_TITLE, money(v, account->disputed), PN_STR_NONE),
            pn_str_format(page->arena, "%.*s %.*s", PN_STR_ARG(text), PN_STR_ARG(rest)));
    }
    if (account->promised > 0) {
        pn_page_note(page, "ok",
                     pn_page_say(page, PN_SAY_PROMISED_TITLE, money(v, account->promised),
                                 pn_page_day(page, account->promised_for)),
                     word(v, PN_SAY_PROMISED_TEXT));
    }
    if (account->reported) {
        pn_page_note(page, "warn", word(v, PN_SAY_REPORTED_TITLE), word(v, PN_SAY_REPORTED_TEXT));
    }
    if (account->open > 0) {
        put_asked(v);
        put_discount(v);
    }
    if (account->plan_count > 0) {
        put_plan(v);
    }
}

/* ── facts ───────────────────────────────────────────────────────────────────────────────────── */

static void fact(const view *v, pn_saying label, pn_str value, bool strong) {
    if (value.len != 0) {
        add(v, strong ? "<dt class=\"z\">" : "<dt>");
        say(v, word(v, label));
        add(v, strong ? "</dt><dd class=\"z\">" : "</dt><dd>");
        say(v, value);
        add(v, "</dd>");
    }
}

static void fact_amount(const view *v, pn_saying label, int64_t minor) {
    if (minor != 0) {
        fact(v, label, money(v, minor), false);
    }
}

static void put_lines(const view *v, const pn_page_invoice *invoice) {
    if (invoice->line_count == 0) {
        return;
    }
    add(v, "<details><summary>");
    say(v, word(v, PN_SAY_LINES));
    add(v, "</summary><table><thead><tr><th scope=\"col\">");
    say(v, word(v, PN_SAY_LINE));
    add(v, "</th><th scope=\"col\">");
    say(v, word(v, PN_SAY_QUANTITY));
    add(v, "</th><th scope=\"col\">");
    say(v, word(v, PN_SAY_AMOUNT));
    add(v, "</th></tr></thead><tbody>");
    for (size_t i = 0; i < invoice->line_count; i++) {
        add(v, "<tr><td>");
        say(v, invoice->lines[i].description);
        add(v, "</td><td>");
        say(v, invoice->lines[i].quantity);
        add(v, "</td><td>");
        say(v, money(v, invoice->lines[i].amount));
        add(v, "</td></tr>");
    }
    add(v, "</tbody></table></details>");
}

static pn_str invoice_status(const view *v, const pn_page_invoice *invoice) {
    if (invoice->closed) {
        return invoice->paid_up && invoice->paid_on != PN_DATE_NONE
                   ? pn_page_say(v->page, PN_SAY_STATE_PAID_ON,
                                 pn_page_day(v->page, invoice->paid_on), PN_STR_NONE)
                   : word(v, invoice->paid_up ? PN_SAY_STATE_PAID : PN_SAY_STATE_CREDITED);
    }
    return PN_STR_NONE;
}

static void put_invoice(const view *v, const pn_page_invoice *invoice, bool titled) {
    add(v, "<section class=\"card\">");
    if (titled) {
        add(v, "<h2>");
        say(v, pn_page_say(v->page, PN_SAY_INVOICE_N, invoice->number, PN_STR_NONE));
        add(v, "</h2>");
    }
    pn_str status = invoice_status(v, invoice);
    if (titled && status.len != 0) {
        put_status(v, "ok", status);
    }
    add(v, "<dl class=\"kv\">");
    if (!titled) {
        fact(v, PN_SAY_CUSTOMER, v->account->customer, false);
    }
    fact(v, PN_SAY_ISSUED, pn_page_day(v->page, invoice->issued), false);
    fact(v, PN_SAY_DUE, pn_page_day(v->page, invoice->due), false);
    fact_amount(v, PN_SAY_TOTAL, invoice->amount);
    fact_amount(v, PN_SAY_CHARGES, invoice->charges);
    fact_amount(v, PN_SAY_CREDITED, -invoice->lowered);
    fact_amount(v, PN_SAY_PAID, -invoice->paid);
    fact(v, PN_SAY_OPEN, money(v, invoice->open), true);
    add(v, "</dl>");
    put_lines(v, invoice);
    pn_page_link(v->page, "t", "/invoice/", invoice->id, word(v, PN_SAY_DOWNLOAD_INVOICE));
    add(v, "</section>");
}

static void put_others(const view *v) {
    size_t others = v->account->others;
    if (others == 0) {
        return;
    }
    add(v, "<section class=\"card\"><p>");
    say(v, others == 1 ? word(v, PN_SAY_OTHERS_ONE)
                       : pn_page_say(v->page, PN_SAY_OTHERS,
                                     pn_page_number(v->page, (int64_t)others), PN_STR_NONE));
    add(v, "</p>");
    pn_page_link(v->page, "t", "/all", PN_STR_NONE, word(v, PN_SAY_OTHERS_SEE));
    add(v, "</section>");
}

static void put_payments(const view *v) {
    const pn_page_account *account = v->account;
    if (account->payment_count == 0) {
        return;
    }
    add(v, "<section class=\"card\"><h2>");
    say(v, word(v, PN_SAY_RECEIPT_TITLE));
    add(v, "</h2><ul class=\"acts\">");
    for (size_t i = 0; i < account->payment_count; i++) {
        const pn_page_payment *payment = &account->payments[i];
        pn_str line = pn_page_say(v->page, PN_SAY_RECEIPT_LINE, money(v, payment->amount),
                                  pn_page_day(v->page, payment->on));
        pn_str download = word(v, PN_SAY_DOWNLOAD_RECEIPT);
        add(v, "<li>");
        pn_page_link(
            v->page, "", "/receipt/", payment->id,
            pn_str_format(v->page->arena, "%.*s. %.*s", PN_STR_ARG(line), PN_STR_ARG(download)));
        add(v, "</li>");
    }
    add(v, "</ul></section>");
}

/* ── paying ──────────────────────────────────────────────────────────────────────────────────── */

static void option_open(const view *v, const char *type, const char *name, pn_str value,
                        bool checked) {
    pn_buf_add_format(v->page->out, "<label class=\"o\"><input type=\"%s\" name=\"%s\" value=\"",
                      type, name);
    pn_html_attr(v->page->out, value);
    add(v, checked ? "\" checked><span>" : "\"><span>");
}

static void option_close(const view *v, pn_str note) {
    if (note.len != 0) {
        add(v, "<small>");
        say(v, note);
        add(v, "</small>");
    }
    add(v, "</span></label>");
}

static void option(const view *v, const char *name, pn_str value, bool checked, pn_str label,
                   pn_str note) {
    option_open(v, "radio", name, value, checked);
    say(v, label);
    option_close(v, note);
}

/* Which invoices, where there are several that can be paid. */
static void put_choice_of_invoices(const view *v) {
    const pn_page_account *account = v->account;
    add(v, "<fieldset><legend>");
    say(v, word(v, PN_SAY_INVOICES));
    add(v, "</legend>");
    for (size_t i = 0; i < account->invoice_count; i++) {
        const pn_page_invoice *invoice = &account->invoices[i];
        if (invoice->payable > 0) {
            option_open(v, "checkbox", "invoice", invoice->id, true);
            say(v, pn_page_say(v->page, PN_SAY_INVOICE_N, invoice->number, PN_STR_NONE));
            add(v, " · <b>");
            say(v, money(v, invoice->payable));
            add(v, "</b>");
            option_close(v, pn_page_day(v->page, invoice->due));
        }
    }
    add(v, "</fieldset>");
}

static size_t payable_count(const pn_page_account *account) {
    size_t count = 0;
    for (size_t i = 0; i < account->invoice_count; i++) {
        count += account->invoices[i].payable > 0;
    }
    return count;
}

static void put_how_much(const view *v) {
    const pn_page_account *account = v->account;
    bool several = payable_count(account) > 1 && account->agreed_off == 0;
    bool next = account->plan_next != 0;
    add(v, "<fieldset><legend>");
    say(v, word(v, PN_SAY_HOW_MUCH));
    add(v, "</legend>");
    if (next) {
        option(v, "amount", PN_STR("next"), true,
               pn_page_say(v->page, PN_SAY_PAY_NEXT, money(v, account->plan_next), PN_STR_NONE),
               pn_page_day(v->page, account->plan_next_due));
    }
    option(v, "amount", PN_STR("all"), !next,
           pn_page_say(v->page, PN_SAY_PAY_ALL, money(v, account->payable), PN_STR_NONE),
           PN_STR_NONE);
    if (several) {
        option(v, "amount", PN_STR("some"), false, word(v, PN_SAY_PAY_SOME), PN_STR_NONE);
    }
    if (account->part_min > 0) {
        option(v, "amount", PN_STR("part"), false, word(v, PN_SAY_PAY_PART), PN_STR_NONE);
        add(v, "<div class=\"fld\"><label for=\"part\">");
        say(v, word(v, PN_SAY_PAY_PART_LABEL));
        add(v, "</label><input id=\"part\" name=\"part\" inputmode=\"decimal\" "
               "autocomplete=\"off\" aria-describedby=\"ph\"><p class=\"hint\" id=\"ph\">");
        say(v, pn_page_say(v->page, PN_SAY_PAY_PART_HINT, money(v, account->part_min),
                           money(v, account->payable)));
        add(v, "</p></div>");
    }
    add(v, "</fieldset>");
    if (several) {
        put_choice_of_invoices(v);
    }
}

static void put_method(const view *v, const pn_page_method *method, bool first) {
    pn_saying label = PN_SAY_METHOD_CARD, time = PN_SAY_METHOD_CARD_TIME;
    if (pn_str_is(method->kind, "transfer")) {
        label = PN_SAY_METHOD_TRANSFER;
        time = PN_SAY_METHOD_TRANSFER_TIME;
    } else if (pn_str_is(method->kind, "voucher")) {
        label = PN_SAY_METHOD_VOUCHER;
        time = PN_SAY_METHOD_VOUCHER_TIME;
    } else if (pn_str_is(method->kind, "simulated")) {
        label = PN_SAY_METHOD_SIMULATED;
        time = PN_SAY_METHOD_SIMULATED_TIME;
    }
    option(v, "method", method->kind, first,
           pn_page_say(v->page, label, method->title, PN_STR_NONE),
           pn_page_say(v->page, time, method->title, PN_STR_NONE));
}

/* Methods that have a page of their own; a transfer is explained below. */
static size_t online_count(const pn_page_account *account) {
    size_t count = 0;
    for (size_t i = 0; i < account->method_count; i++) {
        count += !pn_str_is(account->methods[i].kind, "transfer");
    }
    return count;
}

static void put_pay_form(const view *v) {
    const pn_page_account *account = v->account;
    bool first = true;
    if (account->payable == 0 || online_count(account) == 0) {
        return;
    }
    add(v, "<section class=\"card noprint\" id=\"pay\">");
    pn_page_form_open(v->page, "/pay", account->form_token, false);
    put_how_much(v);
    add(v, "<fieldset><legend>");
    say(v, word(v, PN_SAY_HOW));
    add(v, "</legend>");
    for (size_t i = 0; i < account->method_count; i++) {
        if (!pn_str_is(account->methods[i].kind, "transfer")) {
            put_method(v, &account->methods[i], first);
            first = false;
        }
    }
    add(v, "</fieldset><button class=\"k\">");
    say(v, word(v, PN_SAY_CONTINUE));
    add(v, "</button>");
    pn_page_p(v->page, "hint", word(v, PN_SAY_CONTINUE_NOTE));
    add(v, "</form></section>");
}

static void put_transfer(const view *v) {
    const pn_page_account *account = v->account;
    bool offered = false;
    for (size_t i = 0; i < account->method_count; i++) {
        offered = offered || pn_str_is(account->methods[i].kind, "transfer");
    }
    if (account->payable == 0 || !offered) {
        return;
    }
    add(v, "<section class=\"card\" id=\"transfer\"><h2>");
    say(v, word(v, PN_SAY_BY_TRANSFER));
    add(v, "</h2>");
    pn_page_p(v->page, "", word(v, PN_SAY_TRANSFER_TEXT));
    add(v, "<dl class=\"kv w\">");
    fact(v, PN_SAY_HOLDER, account->holder, false);
    if (account->account.len != 0) {
        add(v, "<dt>");
        say(v, account->account_label.len != 0 ? account->account_label : word(v, PN_SAY_ACCOUNT));
        add(v, "</dt><dd>");
        say(v, account->account);
        add(v, "</dd>");
    }
    fact(v, PN_SAY_PIX_KEY, account->pix_key, false);
    fact(v, PN_SAY_REFERENCE, account->reference, false);
    fact(v, PN_SAY_AMOUNT, money(v, account->payable), false);
    fact(v, PN_SAY_PIX_TEXT, account->pix_text, false);
    add(v, "</dl>");
    if (account->qr != NULL) {
        pn_page_p(v->page, "", word(v, PN_SAY_QR_TEXT));
        pn_page_svg(v->page, account->qr, 4, false, word(v, PN_SAY_QR_ALT));
    }
    pn_page_p(v->page, "hint", word(v, PN_SAY_METHOD_TRANSFER_TIME));
    add(v, "</section>");
}

/* ── other things to do ──────────────────────────────────────────────────────────────────────── */

static void action(const view *v, const char *path, pn_saying label) {
    add(v, "<li>");
    pn_page_link(v->page, "", path, PN_STR_NONE, word(v, label));
    add(v, "</li>");
}

static void put_actions(const view *v) {
    const pn_page_account *account = v->account;
    bool open = account->open > 0;
    add(v, "<section class=\"card noprint\"><h2>");
    say(v, word(v, PN_SAY_OTHER_THINGS));
    add(v, "</h2><ul class=\"acts\">");
    if (open && account->plans) {
        action(v, "/plan", PN_SAY_PAY_PLAN_LINK);
    } else if (open && account->asks) {
        action(v, "/plan-other", PN_SAY_PLAN_PROPOSE);
    }
    if (open && account->promises) {
        action(v, "/promise", PN_SAY_DO_PROMISE);
    }
    if (open) {
        action(v, "/paid", PN_SAY_DO_PAID);
        action(v, "/dispute", PN_SAY_DO_DISPUTE);
        action(v, "/statement", PN_SAY_DOWNLOAD_STATEMENT);
    }
    if (account->agreement) {
        action(v, "/agreement", PN_SAY_DOWNLOAD_AGREEMENT);
    }
    action(v, "/help", PN_SAY_DO_HELP);
    action(v, "/contact", PN_SAY_DO_CONTACT);
    add(v, "</ul></section>");
}

/* Two taps: down to the form, and on. */
static void put_way_down(const view *v) {
    const pn_page_account *account = v->account;
    if (account->payable > 0 && account->method_count > 0) {
        pn_buf_add_format(v->page->out, "<a class=\"k noprint\" href=\"#%s\">",
                          online_count(account) != 0 ? "pay" : "transfer");
        say(v, word(v, PN_SAY_SKIP));
        add(v, "</a>");
    }
}

pn_err pn_page_account_write(const pn_page_frame *frame, const pn_page_account *account,
                             pn_arena *arena, pn_buf *out) {
    pn_sheet page = pn_sheet_on(frame, arena, out);
    view v = {&page, account};
    pn_sheet_begin(&page, heading(&v));
    pn_page_problems(&page, account->problems, account->problem_count);
    add(&v, "<section class=\"card\">");
    put_amount(&v);
    put_way_down(&v);
    add(&v, "</section>");
    put_under_way(&v);
    for (size_t i = 0; i < account->invoice_count; i++) {
        put_invoice(&v, &account->invoices[i], account->invoice_count > 1);
    }
    put_others(&v);
    put_pay_form(&v);
    put_transfer(&v);
    put_payments(&v);
    put_actions(&v);
    return pn_sheet_end(&page);
}
