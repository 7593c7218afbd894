/* What a debtor's reply wants, carried out once a person has accepted it. */
#include "app/task_acts.h"

#include "app/books.h"
#include "app/contacts.h"
#include "app/lookup.h"
#include "base/banned.h"
#include "store/received.h"

typedef struct {
    pn_app *app;
    const pn_task_row *task;
    const pn_task_answer *answer;
    pn_arena *arena;
    pn_diag *diag;
    pn_received_row mail;
    const pn_json *suggested; /* NULL: nothing is suggested */
} answering;

static pn_err missing(answering *a, const char *where, const char *what) {
    pn_err err = pn_diag_set(a->diag, PN_INVALID, "%s", what);
    pn_diag_where(a->diag, "%s", where);
    return err;
}

static pn_str suggested_text(const answering *a, const char *name) {
    return a->suggested == NULL
               ? PN_STR("")
               : pn_json_text(pn_json_get(a->suggested, pn_str_of(name)), PN_STR(""));
}

static pn_err read_mail(answering *a) {
    pn_json *json = NULL;
    if (a->task->about != PN_ABOUT_MAIL) {
        return pn_diag_set(a->diag, PN_INVALID, "This task is about no reply that was read.");
    }
    PN_TRY(pn_received_get(a->app->db, a->app->org.id, a->task->about_id, a->arena, &a->mail));
    if (a->mail.suggestion.len != 0) {
        PN_TRY(pn_json_parse(a->mail.suggestion, NULL, a->arena, &json, a->diag));
        a->suggested = json;
    }
    return PN_OK;
}

/* The invoice that is meant: the one named, or the only one that is open. */
static pn_err invoice_of(answering *a, pn_invoice_row *ret_invoice) {
    pn_invoice_row *rows = NULL;
    size_t count = 0, open = 0;
    if (a->answer->invoice_id != 0) {
        pn_err err = pn_invoice_get(a->app->db, a->answer->invoice_id, a->arena, ret_invoice);
        return err == PN_NOT_FOUND || (err == PN_OK && ret_invoice->debtor_id != a->task->debtor_id)
                   ? missing(a, "/invoice", "The debtor has no such invoice.")
                   : err;
    }
    PN_TRY(pn_invoice_working_range(a->app->db, a->task->debtor_id, a->task->debtor_id, a->arena,
                                    &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].item.open > 0) {
            *ret_invoice = rows[i];
            open++;
        }
    }
    return open == 1 ? PN_OK
                     : missing(a, "/invoice",
                               "Say which invoice: the debtor has several open, "
                               "or none.");
}

static pn_err promise(answering *a, pn_id *ret_id) {
    pn_account_row account;
    pn_invoice_row invoice;
    const pn_task_answer *answer = a->answer;
    pn_date due = answer->due;
    pn_str day = suggested_text(a, "date");
    if (due == PN_DATE_NONE && (day.len == 0 || pn_date_parse_iso(day, &due) != PN_OK)) {
        return missing(a, "/due", "Say by which day they will pay.");
    }
    pn_str currency =
        answer->amount.minor != 0 ? pn_str_of(answer->amount.currency.code) : PN_STR_NONE;
    bool one = answer->invoice_id != 0;
    if (one) {
        PN_TRY(invoice_of(a, &invoice));
        PN_TRY(
            pn_account_get(a->app->db, a->task->debtor_id, invoice.account_id, a->arena, &account));
    } else {
        PN_TRY(pn_lookup_account(a->app, a->task->debtor_id, PN_STR_NONE, currency, a->arena,
                                 &account, a->diag));
    }
    int64_t amount = answer->amount.minor != 0 ? answer->amount.minor
                     : one                     ? invoice.item.claimable
                                               : account.claimable;
    return pn_books_promise(a->app, a->task->debtor_id, account.id, amount, due, PN_STR("reply"),
                            one ? &invoice.item.id : NULL, one ? 1 : 0, a->arena, ret_id, a->diag);
}

static pn_err dispute(answering *a, pn_id *ret_id) {
    pn_invoice_row invoice;
    PN_TRY(invoice_of(a, &invoice));
    pn_str words = a->answer->reason.len != 0 ? a->answer->reason : suggested_text(a, "words");
    return pn_books_dispute(a->app, invoice.item.id, 0, a->answer->amount.minor,
                            words.len != 0 ? words : a->mail.subject, a->arena, ret_id, a->diag);
}

/* One that was reported already stays so when this is taken back. */
static pn_err paid(answering *a, pn_task_made *ret_made, pn_id *ret_id) {
    pn_invoice_row invoice;
    PN_TRY(invoice_of(a, &invoice));
    if (invoice.paid_reported_until == PN_DATE_NONE) {
        *ret_made = PN_MADE_PAID_REPORT;
        *ret_id = invoice.item.id;
    }
    return pn_books_report_paid(a->app, invoice.item.id, a->arena, a->diag);
}

/* Whoever wrote is not written to any more. */
static pn_err close_sender(answering *a, pn_contact_state state, const char *reason,
                           pn_task_made *ret_made, pn_id *ret_id) {
    pn_contact_row contact;
    pn_err err =
        pn_contacts_find(a->app, a->task->debtor_id, a->mail.sender, a->arena, &contact, a->diag);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(a->diag, PN_CONFLICT,
                           "It came from %.*s, which is no address of this debtor.",
                           PN_STR_ARG(a->mail.sender));
    }
    PN_TRY(err);
    if (contact.state == PN_CONTACT_USABLE) { /* else nothing is changed */
        *ret_made = state == PN_CONTACT_OPTED_OUT ? PN_MADE_OPT_OUT : PN_MADE_WRONG_CONTACT;
        *ret_id = contact.id;
    }
    PN_TRY(pn_contacts_disable(a->app, a->task->debtor_id, contact.channel, contact.address, state,
                               pn_str_of(reason), pn_app_now(a->app), a->arena));
    return pn_poke(a->app->db, a->app->org.lane, a->task->debtor_id);
}

pn_err pn_tasks_answer(pn_app *app, const pn_task_row *task, const pn_task_answer *answer,
                       pn_arena *arena, pn_task_made *ret_made, pn_id *ret_made_id,
                       pn_str *ret_outcome, bool *ret_edited, pn_diag *diag) {
    answering a = {.app = app, .task = task, .answer = answer, .arena = arena, .diag = diag};
    PN_TRY(read_mail(&a));
    pn_str suggested = suggested_text(&a, "intent");
    pn_str intent = answer->intent.len != 0 ? answer->intent : suggested;
    *ret_made = PN_MADE_NOTHING;
    *ret_made_id = 0;
    *ret_edited = !pn_str_eq(intent, suggested) || answer->amount.minor != 0 ||
                  answer->due != PN_DATE_NONE || answer->reason.len != 0 || answer->invoice_id != 0;
    if (pn_str_is(intent, "promise")) {
        *ret_outcome = PN_STR("promised");
        *ret_made = PN_MADE_PROMISE;
        return promise(&a, ret_made_id);
    }
    if (pn_str_is(intent, "dispute")) {
        *ret_outcome = PN_STR("disputed");
        *ret_made = PN_MADE_DISPUTE;
        return dispute(&a, ret_made_id);
    }
    if (pn_str_is(intent, "paid")) {
        *ret_outcome = PN_STR("reported_paid");
        return paid(&a, ret_made, ret_made_id);
    }
    if (pn_str_is(intent, "wrong_person")) {
        *ret_outcome = PN_STR("wrong_person");
        return close_sender(&a, PN_CONTACT_INVALID, "wrong_person", ret_made, ret_made_id);
    }
    if (pn_str_is(intent, "stop")) {
        *ret_outcome = PN_STR("opted_out");
        return close_sender(&a, PN_CONTACT_OPTED_OUT, "opt_out", ret_made, ret_made_id);
    }
    return missing(&a, "/intent",
                   "Nothing can be done by itself with this reply: answer it, then "
                   "finish the task.");
}
