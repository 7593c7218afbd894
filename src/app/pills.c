#include "app/pills.h"

#include "app/books.h"
#include "base/banned.h"
#include "base/hash.h"

/* The invoice's own run before the account's, and of other invoices' the one that is due first, as
 * promises take them. */
static bool is_nearer(const pn_run *run, const pn_run *than, pn_id invoice_id) {
    bool own = invoice_id != 0 && run->invoice_id == invoice_id;
    bool than_own = invoice_id != 0 && than->invoice_id == invoice_id;
    if (own != than_own) {
        return own;
    }
    if ((run->invoice_id == 0) != (than->invoice_id == 0)) {
        return run->invoice_id == 0;
    }
    return run->anchor_due < than->anchor_due;
}

/* The run that a pill accompanies. What happened may concern one account, one creditor or one
 * invoice alone (0: any). */
static const pn_run *main_run(const pn_view *view, pn_id account_id, pn_id creditor_id,
                              pn_id invoice_id) {
    const pn_run *found = NULL;
    for (size_t i = 0; i < view->run_count; i++) {
        const pn_run *run = &view->runs[i].run;
        const pn_view_account *account = pn_view_account_of(view, run->account_id);
        if ((account_id != 0 && run->account_id != account_id) ||
            (creditor_id != 0 && (account == NULL || account->row.creditor_id != creditor_id))) {
            continue;
        }
        if (run->parent_id == 0 && pn_run_working(run) && !run->unreadable &&
            (found == NULL || is_nearer(run, found, invoice_id))) {
            found = run;
        }
    }
    return found;
}

static pn_trigger trigger_of(const pn_signal_row *signal) {
    switch (signal->kind) {
    case PN_SIGNAL_PAYMENT_FAILED: return PN_TRIGGER_PAYMENT_FAILED;
    case PN_SIGNAL_BOUNCE: return PN_TRIGGER_BOUNCE;
    case PN_SIGNAL_REPLY:
        return signal->source == PN_SOURCE_HUMAN ? PN_TRIGGER_REPLY : PN_TRIGGER_NONE;
    case PN_SIGNAL_VISIT:
        return signal->source == PN_SOURCE_HUMAN ? PN_TRIGGER_VISITED_NOT_PAID : PN_TRIGGER_NONE;
    case PN_SIGNAL_OPEN:
    case PN_SIGNAL_CLICK:
    case PN_SIGNAL_PAYMENT_ATTEMPT:
    case PN_SIGNAL_PROMISE:
    case PN_SIGNAL_AUTO_REPLY:
    case PN_SIGNAL_CONVERSATION:
    case PN_SIGNALS: break;
    }
    return PN_TRIGGER_NONE;
}

static pn_err creditor_of(pn_app *app, const pn_signal_row *signal, pn_arena *arena,
                          pn_id *ret_creditor) {
    pn_carrier_row carrier;
    *ret_creditor = 0;
    if (signal->carrier_id != 0) {
        PN_TRY(pn_carrier_get(app->db, signal->carrier_id, arena, &carrier));
        *ret_creditor = carrier.creditor_id;
    }
    return PN_OK;
}

static pn_err trigger_signals(pn_app *app, const pn_view *view, const pn_published *pill,
                              pn_time now, pn_arena *arena, pn_time *next) {
    pn_signal_row *signals = NULL;
    size_t count = 0;
    PN_TRY(pn_signal_list(app->db, view->row.id, arena, &signals, &count));
    for (size_t i = 0; i < count; i++) {
        const pn_signal_row *signal = &signals[i];
        if (trigger_of(signal) != pill->flow->trigger ||
            signal->at < now - PN_PILL_FACT_DAYS * PN_DAY) {
            continue;
        }
        pn_time from = signal->at;
        if (pill->flow->trigger == PN_TRIGGER_VISITED_NOT_PAID) {
            from += PN_PILL_VISIT_HOURS * PN_HOUR; /* time to pay; paid, no run works any more */
        }
        if (from > now) {
            *next = PN_MIN(*next, from);
            continue;
        }
        pn_id creditor_id = 0;
        PN_TRY(creditor_of(app, signal, arena, &creditor_id));
        const pn_run *beside = main_run(view, 0, creditor_id, 0);
        if (beside != NULL) {
            PN_TRY(pn_pill_begin(app, beside, pill, signal->id, now, arena));
        }
    }
    return PN_OK;
}

static pn_err trigger_promises(pn_app *app, const pn_view *view, const pn_published *pill,
                               pn_time now, pn_arena *arena) {
    pn_promise_row *promises = NULL;
    size_t count = 0;
    PN_TRY(pn_promise_list(app->db, view->row.id, arena, &promises, &count));
    for (size_t i = 0; i < count; i++) {
        const pn_run *beside = main_run(view, promises[i].account_id, 0, 0);
        if (beside != NULL && promises[i].state == PN_PROMISE_BROKEN &&
            promises[i].judged_at >= now - PN_PILL_FACT_DAYS * PN_DAY) {
            PN_TRY(pn_pill_begin(app, beside, pill, promises[i].id, now, arena));
        }
    }
    return PN_OK;
}

/* ── what falls due ── */

/* Something agreed: who is reminded of it, when it is due, and which fact it is. */
typedef struct {
    pn_id account_id, fact_id;
    pn_date due, agreed_on;
    int days_before;
} agreed;

/* A reminder is of use on a business day before the day itself; what was agreed on that very day
 * needs none. */
static pn_err remind(pn_app *app, const pn_view *view, const pn_published *pill, const agreed *what,
                     pn_time now, pn_arena *arena, pn_time *next) {
    pn_date on = pn_calendar_previous(&view->calendar, what->due - what->days_before);
    pn_date today = pn_zone_date(view->zone, now);
    const pn_run *beside = main_run(view, what->account_id, 0, 0);
    if (today < on) {
        pn_time at = pn_zone_instant(view->zone, on, 0);
        *next = PN_MIN(*next, at);
    } else if (today < what->due && on > what->agreed_on && beside != NULL) {
        return pn_pill_begin(app, beside, pill, what->fact_id, now, arena);
    }
    return PN_OK;
}

static pn_err trigger_promises_due(pn_app *app, const pn_view *view, const pn_published *pill,
                                   pn_time now, pn_arena *arena, pn_time *next) {
    pn_promise_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_promise_list(app->db, view->row.id, arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        agreed what = {.account_id = rows[i].account_id,
                       .fact_id = rows[i].id,
                       .due = rows[i].due,
                       .agreed_on = pn_zone_date(view->zone, rows[i].made_at),
                       .days_before = PN_PILL_PROMISE_DAYS};
        if (rows[i].state == PN_PROMISE_OPEN) {
            PN_TRY(remind(app, view, pill, &what, now, arena, next));
        }
    }
    return PN_OK;
}

/* The first that is not paid in full; NULL when all are. */
static const pn_installment_row *next_installment(const pn_installment_row *rows, size_t count,
                                                  int64_t paid) {
    for (size_t i = 0; i < count; i++) {
        if (paid < rows[i].amount) {
            return &rows[i];
        }
        paid -= rows[i].amount;
    }
    return NULL;
}

static pn_err trigger_installments(pn_app *app, const pn_view *view, const pn_published *pill,
                                   pn_time now, pn_arena *arena, pn_time *next) {
    pn_plan_row *plans = NULL;
    size_t count = 0;
    PN_TRY(pn_plan_list(app->db, view->row.id, arena, &plans, &count));
    for (size_t i = 0; i < count; i++) {
        pn_installment_row *rows = NULL;
        size_t row_count = 0;
        int64_t paid = 0;
        if (plans[i].state != PN_PLAN_ACTIVE) {
            continue;
        }
        PN_TRY(pn_books_installments(app, view->row.id, plans[i].account_id, arena, &rows,
                                     &row_count, &paid));
        const pn_installment_row *row = next_installment(rows, row_count, paid);
        if (row != NULL) {
            /* an installment has no id of its own: one is made of its plan's and its number */
            uint64_t mixed = pn_mix64((uint64_t)plans[i].id ^ pn_mix64((uint64_t)row->number));
            agreed what = {.account_id = plans[i].account_id,
                           .fact_id = (pn_id)(mixed >> 1),
                           .due = row->due,
                           .agreed_on = pn_zone_date(view->zone, plans[i].made_at),
                           .days_before = PN_PILL_INSTALLMENT_DAYS};
            PN_TRY(remind(app, view, pill, &what, now, arena, next));
        }
    }
    return PN_OK;
}

/* ── disputes ── */

/* The account of which that invoice is disputed; 0 for none. */
static pn_id disputed_in(const pn_view *view, pn_id invoice_id) {
    for (size_t i = 0; i < view->account_count; i++) {
        const pn_view_account *account = &view->accounts[i];
        for (size_t j = 0; j < account->item_count; j++) {
            const pn_item *item = &account->items[j];
            if (item->disputed != 0 && (invoice_id == 0 || item->id == invoice_id)) {
                return account->row.id;
            }
        }
    }
    return 0;
}

static pn_err trigger_disputes(pn_app *app, const pn_view *view, const pn_published *pill,
                               pn_time now, pn_arena *arena) {
    pn_dispute_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_dispute_list(app->db, view->row.id, arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        pn_id account_id = disputed_in(view, rows[i].invoice_id);
        const pn_run *beside =
            account_id != 0 ? main_run(view, account_id, 0, rows[i].invoice_id) : NULL;
        if (beside != NULL && !rows[i].closed &&
            rows[i].opened_at >= now - PN_PILL_FACT_DAYS * PN_DAY) {
            PN_TRY(pn_pill_begin(app, beside, pill, rows[i].id, now, arena));
        }
    }
    return PN_OK;
}

static pn_err trigger_one(pn_app *app, const pn_view *view, const pn_published *pill, pn_time now,
                          pn_arena *arena, pn_time *next) {
    unsigned flags = view->row.flags;
    switch (pill->flow->trigger) {
    case PN_TRIGGER_PROMISE_BROKEN:
        return view->row.promises_broken != 0 ? trigger_promises(app, view, pill, now, arena)
                                              : PN_OK;
    case PN_TRIGGER_PROMISE_DUE:
        return (flags & PN_DEBTOR_HAS_PROMISES) != 0
                   ? trigger_promises_due(app, view, pill, now, arena, next)
                   : PN_OK;
    case PN_TRIGGER_INSTALLMENT_DUE:
        return (flags & PN_DEBTOR_HAS_PLANS) != 0
                   ? trigger_installments(app, view, pill, now, arena, next)
                   : PN_OK;
    case PN_TRIGGER_DISPUTE_OPENED:
        return disputed_in(view, 0) != 0 ? trigger_disputes(app, view, pill, now, arena) : PN_OK;
    case PN_TRIGGER_PAYMENT_FAILED:
    case PN_TRIGGER_VISITED_NOT_PAID:
    case PN_TRIGGER_BOUNCE:
    case PN_TRIGGER_REPLY:
        return (flags & PN_DEBTOR_HAS_SIGNALS) != 0
                   ? trigger_signals(app, view, pill, now, arena, next)
                   : PN_OK;
    case PN_TRIGGER_NONE:
    case PN_TRIGGERS: break;
    }
    return PN_OK;
}

pn_err pn_pills_trigger(pn_app *app, const pn_view *view, pn_time now, pn_arena *arena,
                        pn_time *ret_next, pn_diag *diag) {
    const pn_published *const *list = NULL;
    size_t count = 0;
    pn_time next = PN_TIME_NEVER;
    bool worked = main_run(view, 0, 0, 0) != NULL;
    PN_TRY(pn_catalog_strategies(app, &list, &count, diag));
    for (size_t i = 0; worked && i < count; i++) {
        if (list[i]->flow->kind == PN_FLOW_PILL) {
            PN_TRY(trigger_one(app, view, list[i], now, arena, &next));
        }
    }
    *ret_next = next;
    return PN_OK;
}
