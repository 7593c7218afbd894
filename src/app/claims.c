/* Promises, disputes, instruments, plans, reported payments, holds: what takes amounts out of what
 * may be asked for, and what stops runs. */
#include "app/books.h"

#include "app/offers.h"
#include "app/tasks.h"
#include "base/banned.h"
#include "store/bill.h"
#include "store/message.h"
#include "store/run.h"

/* ── small helpers ───────────────────────────────────────────────────────────────────────────── */

/* What happened to a promise, dispute, plan, instrument or hold; without an account (0) there is no
 * amount. */
static pn_err claim_event(pn_app *app, pn_id debtor_id, pn_id account_id, pn_event_kind kind,
                          const char *what, pn_id_kind id_kind, pn_id id, int64_t amount,
                          pn_date due, pn_str detail) {
    char text[PN_ID_TEXT_SIZE], day[PN_DATE_ISO_SIZE];
    pn_buf body;
    pn_buf_init(&body, 16384);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    if (account_id != 0) {
        pn_stmt *q =
            pn_db_stmt(app->db, "SELECT currency FROM account WHERE debtor_id = $1 AND id = $2");
        pn_bind_int(q, 1, debtor_id);
        pn_bind_int(q, 2, account_id);
        pn_json_put_int(&w, "amount", amount);
        if (pn_row_next(q) == PN_OK) {
            pn_json_put_str(&w, "currency", pn_col_str(q, 0));
        }
        pn_stmt_reset(q);
    }
    pn_json_put_str_if(&w, "detail", detail);
    if (due != PN_DATE_NONE) {
        pn_json_put_str(&w, "due", pn_str_of(pn_date_iso(due, day)));
    }
    pn_json_put_str(&w, "id", pn_str_of(pn_id_text(id_kind, id, text)));
    pn_json_put_str(&w, "what", pn_str_of(what));
    pn_json_end_object(&w);
    pn_err err = pn_journal_debtor(app, debtor_id, kind, pn_buf_str(&body));
    pn_buf_done(&body);
    return err;
}

static bool chosen(const pn_id *ids, size_t count, pn_id id) {
    for (size_t i = 0; i < count; i++) {
        if (ids[i] == id) {
            return true;
        }
    }
    return count == 0;
}

/* Earmarks `amount` on the account's claimable invoices, oldest first; `ret_left` is what found no
 * place. */
static pn_err earmark_oldest(pn_app *app, pn_id debtor_id, pn_id account_id, pn_earmark_kind kind,
                             pn_id owner_id, int64_t amount, const pn_id *invoices,
                             size_t invoice_count, pn_arena *arena, int64_t *ret_left) {
    pn_invoice_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_invoice_of_account(app->db, debtor_id, account_id, false, arena, &rows, &count));
    for (size_t i = 0; i < count && amount > 0; i++) {
        const pn_item *item = &rows[i].item;
        if (item->claimable <= 0 || !chosen(invoices, invoice_count, item->id)) {
            continue;
        }
        int64_t part = PN_MIN(item->claimable, amount);
        pn_earmark_row mark = {item->id, kind, owner_id, part};
        PN_TRY(pn_earmark_put(app->db, app->org.id, debtor_id, &mark));
        amount -= part;
    }
    *ret_left = amount;
    return PN_OK;
}

static pn_err too_much(pn_diag *diag, const char *what) {
    return pn_diag_set(diag, PN_INVALID, "%s is more than what may be claimed now.", what);
}

/* ── promises ────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_books_promise(pn_app *app, pn_id debtor_id, pn_id account_id, int64_t amount, pn_date due,
                        pn_str source, const pn_id *invoices, size_t invoice_count, pn_arena *arena,
                        pn_id *ret_id, pn_diag *diag) {
    pn_promise_row row = {.debtor_id = debtor_id,
                          .id = pn_app_id(app),
                          .org_id = app->org.id,
                          .account_id = account_id,
                          .amount = amount,
                          .due = due,
                          .source = source,
                          .made_at = pn_app_now(app)};
    int64_t left = 0;
    PN_TRY(earmark_oldest(app, debtor_id, account_id, PN_EARMARK_PROMISE, row.id, amount, invoices,
                          invoice_count, arena, &left));
    if (amount <= 0 || left != 0) {
        return too_much(diag, "The promised amount");
    }
    PN_TRY(pn_promise_insert(app->db, &row));
    PN_TRY(pn_books_touch(app, debtor_id, PN_DEBTOR_HAS_PROMISES));
    PN_TRY(claim_event(app, debtor_id, account_id, PN_EVENT_PROMISE, "promise", PN_ID_PROMISE,
                       row.id, amount, due, source));
    PN_TRY(pn_books_refresh(app, debtor_id, account_id, arena));
    *ret_id = row.id;
    return PN_OK;
}

/* The debtor's earmarks and what money has fulfilled of each. */
typedef struct {
    pn_earmark_row *rows;
    int64_t *fulfilled;
    size_t count;
} marked;

static bool is_of(const pn_earmark_row *mark, const pn_promise_row *promise) {
    return mark->kind == PN_EARMARK_PROMISE && mark->owner_id == promise->id;
}

static int64_t paid_for_promise(const pn_promise_row *promise, const marked *m) {
    int64_t paid = 0;
    for (size_t i = 0; i < m->count; i++) {
        paid += is_of(&m->rows[i], promise) ? m->fulfilled[i] : 0;
    }
    return paid;
}

/* What the promise had stays taken: another over the same invoice does not count it again. */
static pn_err keep_taken(pn_app *app, const pn_promise_row *promise, const marked *m) {
    for (size_t i = 0; i < m->count; i++) {
        if (is_of(&m->rows[i], promise) && m->fulfilled[i] > 0) {
            pn_earmark_row mark = {m->rows[i].invoice_id, PN_EARMARK_FULFILLED, promise->id,
                                   m->fulfilled[i]};
            PN_TRY(pn_earmark_put(app->db, app->org.id, promise->debtor_id, &mark));
        }
    }
    return PN_OK;
}

static pn_err end_promise(pn_app *app, const pn_promise_row *promise, pn_promise_state state,
                          int64_t paid, pn_time now, pn_arena *arena) {
    PN_TRY(pn_promise_judge(app->db, promise->debtor_id, promise->id, state, paid, now));
    PN_TRY(pn_earmark_remove(app->db, promise->debtor_id, PN_EARMARK_PROMISE, promise->id));
    if (state != PN_PROMISE_CANCELLED) {
        PN_TRY(pn_debtor_count_promise(app->db, promise->debtor_id, state == PN_PROMISE_KEPT));
    }
    PN_TRY(claim_event(app, promise->debtor_id, promise->account_id, PN_EVENT_PROMISE_JUDGED,
                       pn_promise_state_name(state), PN_ID_PROMISE, promise->id, paid, PN_DATE_NONE,
                       PN_STR_NONE));
    return pn_books_refresh(app, promise->debtor_id, promise->account_id, arena);
}

pn_err pn_books_cancel_promise(pn_app *app, pn_id debtor_id, pn_id promise_id, pn_arena *arena,
                               pn_diag *diag) {
    pn_promise_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_promise_list(app->db, debtor_id, arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].id == promise_id && rows[i].state == PN_PROMISE_OPEN) {
            return end_promise(app, &rows[i], PN_PROMISE_CANCELLED, 0, pn_app_now(app), arena);
        }
    }
    return pn_diag_set(diag, PN_NOT_FOUND, "There is no such open promise.");
}

/* When a promise may be judged: the day after its last bank day, and only when statements reach
 * that far, where the creditor loads any (law 13). PN_TIME_NEVER: the statement is missing. */
static pn_time judged_from(pn_app *app, const pn_promise_row *promise, pn_id creditor_id,
                           const pn_zone *zone) {
    const pn_creditor_row *creditor = pn_app_creditor(app, creditor_id);
    pn_calendar bank = creditor != NULL ? pn_calendar_for(creditor->country, creditor->region)
                                        : pn_calendar_for(app->org.country, app->org.region);
    pn_date last = pn_promise_last_day(promise->due, &bank);
    if (creditor != NULL && creditor->statement_through != PN_DATE_NONE &&
        creditor->statement_through < last) {
        return PN_TIME_NEVER;
    }
    return pn_zone_instant(zone, last + 1, 0);
}

static pn_err two_broken_task(pn_app *app, const pn_debtor_row *debtor, pn_time now,
                              pn_arena *arena) {
    pn_task_request task = {.debtor_id = debtor->id,
                            .kind = PN_TASK_BROKEN_PROMISES,
                            .queue = debtor->owner,
                            .due_at = now + 2 * PN_DAY};
    return pn_tasks_open(app, &task, arena);
}

/* A promise that is paid in full before its time is kept at once. */
static pn_err judge_promise(pn_app *app, const pn_debtor_row *debtor, const pn_promise_row *promise,
                            const marked *m, pn_id creditor_id, pn_time now, pn_arena *arena,
                            bool *changed, pn_time *next) {
    int64_t paid = paid_for_promise(promise, m);
    pn_time from = judged_from(app, promise, creditor_id, pn_app_zone_or_own(app, debtor->zone));
    bool kept = pn_promise_kept(promise->amount, paid);
    if (!kept && now < from) {
        *next = PN_MIN(*next, from);
        return PN_OK;
    }
    *changed = true;
    PN_TRY(keep_taken(app, promise, m));
    PN_TRY(end_promise(app, promise, kept ? PN_PROMISE_KEPT : PN_PROMISE_BROKEN, paid, now, arena));
    if (!kept && debtor->promises_broken + 1 == 2) {
        PN_TRY(two_broken_task(app, debtor, now, arena));
    }
    return PN_OK;
}

static pn_id creditor_of_account(const pn_account_row *accounts, size_t count, pn_id id) {
    for (size_t i = 0; i < count; i++) {
        if (accounts[i].id == id) {
            return accounts[i].creditor_id;
        }
    }
    return 0;
}

static pn_err judge_promises(pn_app *app, const pn_debtor_row *debtor, pn_time now, pn_arena *arena,
                             bool *changed, pn_time *next) {
    pn_promise_row *promises = NULL;
    pn_account_row *accounts = NULL;
    marked m = {0};
    size_t count = 0, account_count = 0;
    bool any_open = false;
    PN_TRY(pn_promise_list(app->db, debtor->id, arena, &promises, &count));
    PN_TRY(pn_books_marks(app, debtor->id, arena, &m.rows, &m.fulfilled, &m.count));
    PN_TRY(pn_account_range(app->db, debtor->id, debtor->id, arena, &accounts, &account_count));
    for (size_t i = 0; i < count; i++) {
        if (promises[i].state != PN_PROMISE_OPEN) {
            continue;
        }
        bool judged = false;
        pn_id creditor_id = creditor_of_account(accounts, account_count, promises[i].account_id);
        PN_TRY(
            judge_promise(app, debtor, &promises[i], &m, creditor_id, now, arena, &judged, next));
        *changed = *changed || judged;
        any_open = any_open || !judged;
    }
    return any_open ? PN_OK : pn_debtor_touch(app->db, debtor->id, 0, PN_DEBTOR_HAS_PROMISES);
}

/* ── reported payments ───────────────────────────────────────────────────────────────────────── */

enum { REPORTED_BUSINESS_DAYS = 5 };

static pn_err own_invoice(pn_app *app, pn_id invoice_id, pn_arena *arena,
                          pn_invoice_row *ret_invoice, pn_diag *diag) {
    pn_err err = pn_invoice_get(app->db, invoice_id, arena, ret_invoice);
    if (err == PN_NOT_FOUND || (err == PN_OK && ret_invoice->org_id != app->org.id)) {
        return pn_diag_set(diag, PN_NOT_FOUND, "There is no such invoice.");
    }
    return err;
}

pn_err pn_books_report_paid(pn_app *app, pn_id invoice_id, pn_arena *arena, pn_diag *diag) {
    pn_invoice_row invoice;
    PN_TRY(own_invoice(app, invoice_id, arena, &invoice, diag));
    pn_calendar calendar = pn_calendar_for(app->org.country, app->org.region);
    pn_date until = pn_calendar_add(&calendar, pn_app_today(app), REPORTED_BUSINESS_DAYS);
    PN_TRY(pn_invoice_report_paid(app->db, invoice.debtor_id, invoice_id, until));
    PN_TRY(pn_books_touch(app, invoice.debtor_id, PN_DEBTOR_HAS_REPORTED));
    PN_TRY(claim_event(app, invoice.debtor_id, 0, PN_EVENT_SIGNAL, "reported_paid", PN_ID_INVOICE,
                       invoice_id, 0, until, PN_STR_NONE));
    return pn_books_refresh(app, invoice.debtor_id, invoice.account_id, arena);
}

pn_err pn_books_unreport_paid(pn_app *app, pn_id invoice_id, pn_arena *arena, pn_diag *diag) {
    pn_invoice_row invoice;
    PN_TRY(own_invoice(app, invoice_id, arena, &invoice, diag));
    if (invoice.paid_reported_until == PN_DATE_NONE) {
        return PN_OK;
    }
    PN_TRY(pn_invoice_report_paid(app->db, invoice.debtor_id, invoice_id, PN_DATE_NONE));
    PN_TRY(pn_books_touch(app, invoice.debtor_id, 0));
    PN_TRY(claim_event(app, invoice.debtor_id, 0, PN_EVENT_SIGNAL, "not_paid", PN_ID_INVOICE,
                       invoice_id, 0, PN_DATE_NONE, PN_STR_NONE));
    return pn_books_refresh(app, invoice.debtor_id, invoice.account_id, arena);
}

static pn_err reported_task(pn_app *app, const pn_debtor_row *debtor, const pn_invoice_row *invoice,
                            pn_time now, pn_arena *arena) {
    pn_task_request task = {.debtor_id = debtor->id,
                            .kind = PN_TASK_REPORTED_PAID,
                            .about = invoice->item.number,
                            .queue = debtor->owner,
                            .due_at = now + 2 * PN_DAY};
    return pn_tasks_open(app, &task, arena);
}

static pn_err end_reports(pn_app *app, const pn_debtor_row *debtor, pn_time now, pn_arena *arena,
                          bool *changed, pn_time *next) {
    const pn_zone *zone = pn_app_zone_or_own(app, debtor->zone);
    pn_date today = pn_zone_date(zone, now);
    pn_invoice_row *rows = NULL;
    size_t count = 0;
    bool any = false;
    PN_TRY(pn_invoice_working_range(app->db, debtor->id, debtor->id, arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        pn_invoice_row *row = &rows[i];
        if (row->paid_reported_until == PN_DATE_NONE || row->item.closed != PN_CLOSED_NOT) {
            continue;
        }
        if (today <= row->paid_reported_until) {
            any = true;
            pn_time ends = pn_zone_instant(zone, row->paid_reported_until + 1, 0);
            *next = PN_MIN(*next, ends);
            continue;
        }
        *changed = true;
        PN_TRY(pn_invoice_report_paid(app->db, debtor->id, row->item.id, PN_DATE_NONE));
        PN_TRY(reported_task(app, debtor, row, now, arena));
        PN_TRY(pn_books_refresh(app, debtor->id, row->account_id, arena));
    }
    return any ? PN_OK : pn_debtor_touch(app->db, debtor->id, 0, PN_DEBTOR_HAS_REPORTED);
}

/* ── plans ───────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_books_plan(pn_app *app, pn_id debtor_id, pn_id account_id,
                     const pn_installment_row *installments, size_t count, pn_arena *arena,
                     pn_id *ret_id, pn_diag *diag) {
    return pn_books_plan_over(app, debtor_id, account_id, NULL, installments, count, arena, ret_id,
                              diag);
}

pn_err pn_books_plan_over(pn_app *app, pn_id debtor_id, pn_id account_id,
                          const pn_plan_scope *scope, const pn_installment_row *installments,
                          size_t count, pn_arena *arena, pn_id *ret_id, pn_diag *diag) {
    int64_t total = 0;
    for (size_t i = 0; i < count; i++) {
        bool ordered = i == 0 || installments[i].due > installments[i - 1].due;
        if (installments[i].amount <= 0 || !ordered) {
            return pn_diag_set(diag, PN_INVALID,
                               "A plan's installments have positive amounts and rising due dates.");
        }
        total += installments[i].amount;
    }
    pn_plan_row row = {.debtor_id = debtor_id,
                       .id = pn_app_id(app),
                       .org_id = app->org.id,
                       .account_id = account_id,
                       .made_at = pn_app_now(app)};
    int64_t left = 0;
    int64_t covered = scope != NULL && scope->covered != 0 ? scope->covered : total;
    PN_TRY(earmark_oldest(app, debtor_id, account_id, PN_EARMARK_PLAN, row.id, covered,
                          scope != NULL ? scope->invoices : NULL,
                          scope != NULL ? scope->invoice_count : 0, arena, &left));
    if (total <= 0 || left != 0) {
        return too_much(diag, "The plan's total");
    }
    PN_TRY(pn_plan_insert(app->db, &row, installments, count));
    PN_TRY(pn_books_touch(app, debtor_id, PN_DEBTOR_HAS_PLANS));
    PN_TRY(claim_event(app, debtor_id, account_id, PN_EVENT_PLAN, "plan", PN_ID_PLAN, row.id, total,
                       installments[count - 1].due, PN_STR_NONE));
    PN_TRY(pn_books_refresh(app, debtor_id, account_id, arena));
    *ret_id = row.id;
    return PN_OK;
}

static pn_err paid_for_plan(pn_app *app, const pn_plan_row *plan, const pn_earmark_row *marks,
                            size_t count, int64_t *ret_paid) {
    int64_t paid = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t received = 0;
        if (marks[i].kind == PN_EARMARK_PLAN && marks[i].owner_id == plan->id) {
            PN_TRY(pn_ledger_paid_after(app->db, plan->debtor_id, marks[i].invoice_id, plan->id,
                                        &received));
            paid += PN_MIN(received, marks[i].amount);
        }
    }
    *ret_paid = paid;
    return PN_OK;
}

static const pn_plan_row *active_plan(const pn_plan_row *plans, size_t count, pn_id account_id) {
    for (size_t i = 0; i < count; i++) {
        if (plans[i].state == PN_PLAN_ACTIVE && plans[i].account_id == account_id) {
            return &plans[i];
        }
    }
    return NULL;
}

pn_err pn_books_installments(pn_app *app, pn_id debtor_id, pn_id account_id, pn_arena *arena,
                             pn_installment_row **ret_rows, size_t *ret_count, int64_t *ret_paid) {
    pn_plan_row *plans = NULL;
    pn_earmark_row *marks = NULL;
    size_t plan_count = 0, mark_count = 0;
    *ret_count = 0;
    *ret_paid = 0;
    PN_TRY(pn_plan_list(app->db, debtor_id, arena, &plans, &plan_count));
    const pn_plan_row *plan = active_plan(plans, plan_count, account_id);
    if (plan == NULL) {
        return PN_OK;
    }
    PN_TRY(pn_earmark_list(app->db, debtor_id, arena, &marks, &mark_count));
    PN_TRY(pn_plan_installments(app->db, debtor_id, plan->id, arena, ret_rows, ret_count));
    return paid_for_plan(app, plan, marks, mark_count, ret_paid);
}

static pn_err end_plan(pn_app *app, const pn_plan_row *plan, pn_plan_state state, int64_t paid,
                       pn_str reason, pn_time now, pn_arena *arena) {
    if (state == PN_PLAN_DONE) {
        PN_TRY(pn_offers_plan_done(app, plan, arena));
    }
    PN_TRY(pn_plan_end(app->db, plan->debtor_id, plan->id, state, now));
    PN_TRY(pn_earmark_remove(app->db, plan->debtor_id, PN_EARMARK_PLAN, plan->id));
    PN_TRY(claim_event(app, plan->debtor_id, plan->account_id, PN_EVENT_PLAN,
                       pn_plan_state_name(state), PN_ID_PLAN, plan->id, paid, PN_DATE_NONE,
                       reason));
    return pn_books_refresh(app, plan->debtor_id, plan->account_id, arena);
}

pn_err pn_books_settle_plan(pn_app *app, pn_id debtor_id, pn_id account_id, pn_arena *arena) {
    pn_plan_row *plans = NULL;
    pn_installment_row *installments = NULL;
    size_t plan_count = 0, count = 0;
    int64_t paid = 0, wanted = 0;
    PN_TRY(pn_plan_list(app->db, debtor_id, arena, &plans, &plan_count));
    const pn_plan_row *plan = active_plan(plans, plan_count, account_id);
    if (plan == NULL) {
        return PN_OK;
    }
    PN_TRY(pn_books_installments(app, debtor_id, account_id, arena, &installments, &count, &paid));
    for (size_t i = 0; i < count; i++) {
        wanted += installments[i].amount;
    }
    return paid < wanted
               ? PN_OK
               : end_plan(app, plan, PN_PLAN_DONE, paid, PN_STR_NONE, pn_app_now(app), arena);
}

pn_err pn_books_cancel_plan(pn_app *app, pn_id debtor_id, pn_id plan_id, pn_str reason,
                            pn_arena *arena, pn_diag *diag) {
    pn_plan_row *plans = NULL;
    pn_earmark_row *marks = NULL;
    size_t count = 0, mark_count = 0;
    int64_t paid = 0;
    PN_TRY(pn_plan_list(app->db, debtor_id, arena, &plans, &count));
    for (size_t i = 0; i < count; i++) {
        if (plans[i].id == plan_id && plans[i].state == PN_PLAN_ACTIVE) {
            PN_TRY(pn_earmark_list(app->db, debtor_id, arena, &marks, &mark_count));
            PN_TRY(paid_for_plan(app, &plans[i], marks, mark_count, &paid));
            return end_plan(app, &plans[i], PN_PLAN_CANCELLED, paid, reason, pn_app_now(app),
                            arena);
        }
    }
    return pn_diag_set(diag, PN_NOT_FOUND, "There is no such plan under way.");
}

/* An installment 5 days late defaults the plan: the original due dates return. */
static pn_err judge_plan(pn_app *app, const pn_debtor_row *debtor, const pn_plan_row *plan,
                         const pn_earmark_row *marks, size_t mark_count, pn_time now,
                         pn_arena *arena, bool *ended, pn_time *next) {
    pn_installment_row *installments = NULL;
    size_t count = 0;
    int64_t paid = 0, wanted = 0;
    PN_TRY(pn_plan_installments(app->db, debtor->id, plan->id, arena, &installments, &count));
    PN_TRY(paid_for_plan(app, plan, marks, mark_count, &paid));
    const pn_zone *zone = pn_app_zone_or_own(app, debtor->zone);
    pn_plan_state state = PN_PLAN_DONE;
    for (size_t i = 0; i < count; i++) {
        wanted += installments[i].amount;
        if (paid >= wanted) {
            continue;
        }
        pn_time late = pn_zone_instant(zone, installments[i].due + PN_PLAN_DEFAULT_DAYS + 1, 0);
        if (now < late) {
            *next = PN_MIN(*next, late);
            return PN_OK;
        }
        state = PN_PLAN_DEFAULTED;
        break;
    }
    *ended = true;
    return end_plan(app, plan, state, paid, PN_STR_NONE, now, arena);
}

static pn_err judge_plans(pn_app *app, const pn_debtor_row *debtor, pn_time now, pn_arena *arena,
                          bool *changed, pn_time *next) {
    pn_plan_row *plans = NULL;
    pn_earmark_row *marks = NULL;
    size_t count = 0, mark_count = 0;
    bool any = false;
    PN_TRY(pn_plan_list(app->db, debtor->id, arena, &plans, &count));
    PN_TRY(pn_earmark_list(app->db, debtor->id, arena, &marks, &mark_count));
    for (size_t i = 0; i < count; i++) {
        if (plans[i].state == PN_PLAN_ACTIVE) {
            bool ended = false;
            PN_TRY(judge_plan(app, debtor, &plans[i], marks, mark_count, now, arena, &ended, next));
            *changed = *changed || ended;
            any = any || !ended;
        }
    }
    return any ? PN_OK : pn_debtor_touch(app->db, debtor->id, 0, PN_DEBTOR_HAS_PLANS);
}

pn_err pn_books_timers(pn_app *app, const pn_debtor_row *debtor, pn_time now, pn_arena *arena,
                       bool *ret_changed, pn_time *ret_next) {
    bool changed = false;
    pn_time next = PN_TIME_NEVER;
    if ((debtor->flags & PN_DEBTOR_HAS_PROMISES) != 0) {
        PN_TRY(judge_promises(app, debtor, now, arena, &changed, &next));
    }
    if ((debtor->flags & PN_DEBTOR_HAS_REPORTED) != 0) {
        PN_TRY(end_reports(app, debtor, now, arena, &changed, &next));
    }
    if ((debtor->flags & PN_DEBTOR_HAS_PLANS) != 0) {
        PN_TRY(judge_plans(app, debtor, now, arena, &changed, &next));
    }
    *ret_changed = changed;
    *ret_next = next;
    return PN_OK;
}

/* ── disputes ────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_books_dispute(pn_app *app, pn_id invoice_id, int64_t line, int64_t amount, pn_str reason,
                        pn_arena *arena, pn_id *ret_id, pn_diag *diag) {
    pn_invoice_row invoice;
    PN_TRY(own_invoice(app, invoice_id, arena, &invoice, diag));
    if (line != 0) {
        int64_t of_line = 0;
        pn_err err = pn_line_amount(app->db, invoice.debtor_id, invoice_id, line, &of_line);
        if (err == PN_NOT_FOUND) {
            return pn_diag_set(diag, PN_INVALID, "Invoice %.*s has no line %lld.",
                               PN_STR_ARG(invoice.item.number), (long long)line);
        }
        PN_TRY(err);
        amount = amount != 0 ? amount : of_line;
    }
    if (invoice.item.closed != PN_CLOSED_NOT) { /* a fee may be left, of which nothing is said */
        return pn_diag_set(diag, PN_INVALID,
                           "Invoice %.*s is closed: nothing of it is asked for any more.",
                           PN_STR_ARG(invoice.item.number));
    }
    int64_t free = invoice.item.open - invoice.item.disputed;
    amount = amount != 0 ? amount : free;
    if (amount <= 0 || amount > free) {
        return pn_diag_set(diag, PN_INVALID,
                           "The disputed amount must lie between 0 and what is open and not "
                           "disputed yet of invoice %.*s.",
                           PN_STR_ARG(invoice.item.number));
    }
    pn_dispute_row row = {.debtor_id = invoice.debtor_id,
                          .id = pn_app_id(app),
                          .org_id = app->org.id,
                          .invoice_id = invoice_id,
                          .line = line,
                          .amount = amount,
                          .reason = reason,
                          .opened_at = pn_app_now(app)};
    pn_earmark_row mark = {invoice_id, PN_EARMARK_DISPUTE, row.id, amount};
    PN_TRY(pn_dispute_insert(app->db, &row));
    PN_TRY(pn_earmark_put(app->db, app->org.id, invoice.debtor_id, &mark));
    PN_TRY(claim_event(app, invoice.debtor_id, invoice.account_id, PN_EVENT_DISPUTE, "dispute",
                       PN_ID_DISPUTE, row.id, amount, PN_DATE_NONE, reason));
    PN_TRY(pn_books_refresh(app, invoice.debtor_id, invoice.account_id, arena));
    *ret_id = row.id;
    return PN_OK;
}

pn_err pn_books_close_dispute(pn_app *app, pn_id dispute_id, pn_str outcome, pn_arena *arena,
                              pn_diag *diag) {
    pn_dispute_row row;
    pn_invoice_row invoice;
    pn_err err = pn_dispute_get(app->db, app->org.id, dispute_id, arena, &row);
    if (err == PN_NOT_FOUND || (err == PN_OK && row.closed)) {
        return pn_diag_set(diag, PN_NOT_FOUND, "There is no such open dispute.");
    }
    PN_TRY(err);
    PN_TRY(pn_dispute_close(app->db, row.debtor_id, dispute_id, outcome, pn_app_now(app)));
    PN_TRY(pn_earmark_remove(app->db, row.debtor_id, PN_EARMARK_DISPUTE, dispute_id));
    PN_TRY(pn_invoice_get(app->db, row.invoice_id, arena, &invoice));
    PN_TRY(claim_event(app, row.debtor_id, invoice.account_id, PN_EVENT_DISPUTE_CLOSED, "dispute",
                       PN_ID_DISPUTE, dispute_id, row.amount, PN_DATE_NONE, outcome));
    return pn_books_refresh(app, row.debtor_id, invoice.account_id, arena);
}

/* ── instruments ─────────────────────────────────────────────────────────────────────────────── */

pn_err pn_books_instrument(pn_app *app, pn_id debtor_id, pn_id account_id, pn_str kind,
                           pn_str number, int64_t amount, pn_date due, const pn_id *invoices,
                           size_t invoice_count, pn_arena *arena, pn_id *ret_id, pn_diag *diag) {
    pn_instrument_row row = {.debtor_id = debtor_id,
                             .id = pn_app_id(app),
                             .org_id = app->org.id,
                             .account_id = account_id,
                             .kind = kind,
                             .number = number,
                             .amount = amount,
                             .due = due,
                             .taken_at = pn_app_now(app)};
    int64_t left = 0;
    PN_TRY(earmark_oldest(app, debtor_id, account_id, PN_EARMARK_INSTRUMENT, row.id, amount,
                          invoices, invoice_count, arena, &left));
    if (amount <= 0 || left != 0) {
        return too_much(diag, "The instrument's amount");
    }
    PN_TRY(pn_instrument_insert(app->db, &row));
    PN_TRY(claim_event(app, debtor_id, account_id, PN_EVENT_INSTRUMENT, "taken", PN_ID_INSTRUMENT,
                       row.id, amount, due, kind));
    PN_TRY(pn_books_refresh(app, debtor_id, account_id, arena));
    *ret_id = row.id;
    return PN_OK;
}

/* Clearing pays the invoices that the instrument covered. */
static pn_err clear_instrument(pn_app *app, const pn_instrument_row *row, pn_arena *arena,
                               pn_id *ret_payment, pn_diag *diag) {
    pn_earmark_row *marks = NULL;
    size_t count = 0, covered = 0;
    pn_account_row account;
    PN_TRY(pn_earmark_list(app->db, row->debtor_id, arena, &marks, &count));
    pn_id *invoices = pn_arena_array(arena, pn_id, count + 1);
    for (size_t i = 0; i < count; i++) {
        if (marks[i].kind == PN_EARMARK_INSTRUMENT && marks[i].owner_id == row->id) {
            invoices[covered++] = marks[i].invoice_id;
        }
    }
    PN_TRY(pn_earmark_remove(app->db, row->debtor_id, PN_EARMARK_INSTRUMENT, row->id));
    PN_TRY(pn_account_get(app->db, row->debtor_id, row->account_id, arena, &account));
    pn_payment_request request = {.debtor_id = row->debtor_id,
                                  .creditor_id = account.creditor_id,
                                  .amount = {row->amount, account.currency},
                                  .received = PN_DATE_NONE,
                                  .at = PN_TIME_NONE,
                                  .method = row->kind,
                                  .reference = row->number,
                                  .invoices = invoices,
                                  .invoice_count = covered};
    pn_payment_result result;
    PN_TRY(pn_books_pay(app, &request, arena, &result, diag));
    *ret_payment = result.payment_id;
    return PN_OK;
}

pn_err pn_books_settle_instrument(pn_app *app, pn_id instrument_id, bool cleared, pn_str reason,
                                  pn_arena *arena, pn_diag *diag) {
    pn_instrument_row row;
    pn_err err = pn_instrument_get(app->db, app->org.id, instrument_id, arena, &row);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(diag, err, "There is no such instrument.");
    }
    PN_TRY(err);
    if (row.state == PN_INSTRUMENT_RETURNED || (cleared && row.state != PN_INSTRUMENT_IN_FLIGHT)) {
        return pn_diag_set(diag, PN_CONFLICT, "This instrument is %s already.",
                           pn_instrument_state_name(row.state));
    }
    pn_id payment_id = row.payment_id;
    if (cleared) {
        PN_TRY(clear_instrument(app, &row, arena, &payment_id, diag));
    } else if (row.state == PN_INSTRUMENT_CLEARED) {
        PN_TRY(pn_books_reverse(app, row.payment_id, reason, arena, diag));
    } else {
        PN_TRY(pn_earmark_remove(app->db, row.debtor_id, PN_EARMARK_INSTRUMENT, row.id));
    }
    PN_TRY(pn_instrument_settle(app->db, row.debtor_id, row.id,
                                cleared ? PN_INSTRUMENT_CLEARED : PN_INSTRUMENT_RETURNED,
                                payment_id, pn_app_now(app)));
    PN_TRY(claim_event(app, row.debtor_id, row.account_id, PN_EVENT_INSTRUMENT,
                       cleared ? "cleared" : "returned", PN_ID_INSTRUMENT, row.id, row.amount,
                       PN_DATE_NONE, reason));
    return pn_books_refresh(app, row.debtor_id, row.account_id, arena);
}

pn_err pn_books_instrument_paid(pn_app *app, pn_id instrument_id, const pn_payment_request *request,
                                pn_arena *arena, pn_payment_result *ret_result, pn_diag *diag) {
    pn_instrument_row row;
    PN_TRY(pn_instrument_get(app->db, app->org.id, instrument_id, arena, &row));
    if (row.state != PN_INSTRUMENT_IN_FLIGHT) {
        return pn_diag_set(diag, PN_CONFLICT, "This instrument is %s already.",
                           pn_instrument_state_name(row.state));
    }
    PN_TRY(pn_earmark_remove(app->db, row.debtor_id, PN_EARMARK_INSTRUMENT, row.id));
    PN_TRY(pn_books_pay(app, request, arena, ret_result, diag));
    PN_TRY(pn_instrument_settle(app->db, row.debtor_id, row.id, PN_INSTRUMENT_CLEARED,
                                ret_result->payment_id, pn_app_now(app)));
    return claim_event(app, row.debtor_id, row.account_id, PN_EVENT_INSTRUMENT, "cleared",
                       PN_ID_INSTRUMENT, row.id, request->amount.minor, PN_DATE_NONE,
                       request->reference);
}

/* ── who must not be contacted ───────────────────────────────────────────────────────────────── */

pn_err pn_books_bar(pn_app *app, pn_id debtor_id, pn_str reason, pn_date until, pn_arena *arena) {
    char day[PN_DATE_ISO_SIZE];
    bool changed = false;
    pn_buf body;
    PN_TRY(pn_debtor_bar(app->db, debtor_id, reason, until, &changed));
    if (!changed) {
        return PN_OK;
    }
    PN_TRY(pn_books_touch(app, debtor_id, 0));
    pn_buf_init(&body, 65536);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    pn_json_put_bool(&w, "barred", reason.len != 0);
    pn_json_put_str_if(&w, "reason", reason);
    if (until != PN_DATE_NONE) {
        pn_json_put_str(&w, "until", pn_str_of(pn_date_iso(until, day)));
    }
    pn_json_end_object(&w);
    pn_str text = pn_str_dup(arena, pn_buf_str(&body));
    pn_buf_done(&body);
    return pn_journal_debtor(app, debtor_id, PN_EVENT_CONTACT, text);
}

/* ── holds ───────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_books_hold(pn_app *app, pn_id debtor_id, pn_id run_id, pn_str reason, pn_time until,
                     pn_id *ret_id) {
    pn_hold_row row = {.debtor_id = debtor_id,
                       .id = pn_app_id(app),
                       .org_id = app->org.id,
                       .run_id = run_id,
                       .reason = reason,
                       .actor = pn_str_of(app->actor),
                       .since = pn_app_now(app),
                       .until = until};
    PN_TRY(pn_hold_insert(app->db, &row));
    PN_TRY(pn_books_touch(app, debtor_id, PN_DEBTOR_HAS_HOLDS));
    *ret_id = row.id;
    return claim_event(app, debtor_id, 0, PN_EVENT_HOLD, "hold", PN_ID_HOLD, row.id, 0,
                       pn_zone_date(pn_app_zone_or_own(app, app->org.zone), until), reason);
}

static pn_err end_hold(pn_app *app, const pn_hold_row *hold) {
    PN_TRY(pn_hold_release(app->db, hold->debtor_id, hold->id, pn_app_now(app)));
    return claim_event(app, hold->debtor_id, 0, PN_EVENT_RELEASE, "hold", PN_ID_HOLD, hold->id, 0,
                       PN_DATE_NONE, hold->reason);
}

pn_err pn_books_end_hold(pn_app *app, const pn_hold_row *hold) {
    PN_TRY(end_hold(app, hold));
    PN_TRY(pn_message_due_again(app->db, app->org.id, hold->debtor_id, PN_STR("hold"),
                                pn_app_now(app)));
    return pn_books_touch(app, hold->debtor_id, 0);
}

/* Ends the debtor's holds of that run (0: any) and reason (empty: any); what waited for them is due
 * again. */
static pn_err release_holds(pn_app *app, pn_id debtor_id, pn_id run_id, pn_str reason,
                            pn_arena *arena, size_t *ret_count) {
    pn_hold_row *rows = NULL;
    size_t count = 0, released = 0;
    pn_time now = pn_app_now(app);
    PN_TRY(pn_hold_list(app->db, debtor_id, arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        bool of_run = rows[i].run_id == 0 || run_id == 0 || rows[i].run_id == run_id;
        if (!of_run || (reason.len != 0 && !pn_str_eq(rows[i].reason, reason))) {
            continue;
        }
        PN_TRY(end_hold(app, &rows[i]));
        released++;
    }
    if (released != 0) {
        PN_TRY(pn_message_due_again(app->db, app->org.id, debtor_id, PN_STR("hold"), now));
    }
    *ret_count = released;
    return pn_books_touch(app, debtor_id, 0);
}

pn_err pn_books_release(pn_app *app, pn_id debtor_id, pn_id run_id, pn_arena *arena,
                        size_t *ret_count) {
    return release_holds(app, debtor_id, run_id, PN_STR_NONE, arena, ret_count);
}

pn_err pn_books_release_reason(pn_app *app, pn_id debtor_id, pn_str reason, pn_arena *arena) {
    size_t released = 0;
    return release_holds(app, debtor_id, 0, reason, arena, &released);
}
