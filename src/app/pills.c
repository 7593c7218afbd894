#include "app/pills.h"

#include "base/banned.h"

/* The run that a pill accompanies: an account's if one works, else an invoice's. What happened may
 * concern one account, or one creditor, alone (0: any). */
static const pn_run *main_run(const pn_view *view, pn_id account_id, pn_id creditor_id) {
    const pn_run *found = NULL;
    for (size_t i = 0; i < view->run_count; i++) {
        const pn_run *run = &view->runs[i].run;
        const pn_view_account *account = pn_view_account_of(view, run->account_id);
        if ((account_id != 0 && run->account_id != account_id) ||
            (creditor_id != 0 && (account == NULL || account->row.creditor_id != creditor_id))) {
            continue;
        }
        if (run->parent_id == 0 && pn_run_working(run) &&
            (found == NULL || (found->invoice_id != 0 && run->invoice_id == 0))) {
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
        const pn_run *beside = main_run(view, 0, creditor_id);
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
        const pn_run *beside = main_run(view, promises[i].account_id, 0);
        if (beside != NULL && promises[i].state == PN_PROMISE_BROKEN &&
            promises[i].judged_at >= now - PN_PILL_FACT_DAYS * PN_DAY) {
            PN_TRY(pn_pill_begin(app, beside, pill, promises[i].id, now, arena));
        }
    }
    return PN_OK;
}

pn_err pn_pills_trigger(pn_app *app, const pn_view *view, pn_time now, pn_arena *arena,
                        pn_time *ret_next, pn_diag *diag) {
    const pn_published *const *list = NULL;
    size_t count = 0;
    pn_time next = PN_TIME_NEVER;
    bool worked = main_run(view, 0, 0) != NULL;
    PN_TRY(pn_catalog_strategies(app, &list, &count, diag));
    for (size_t i = 0; worked && i < count; i++) {
        if (list[i]->flow->kind != PN_FLOW_PILL || list[i]->flow->trigger == PN_TRIGGER_NONE) {
            continue;
        }
        if (list[i]->flow->trigger == PN_TRIGGER_PROMISE_BROKEN) {
            if (view->row.promises_broken != 0) {
                PN_TRY(trigger_promises(app, view, list[i], now, arena));
            }
        } else if ((view->row.flags & PN_DEBTOR_HAS_SIGNALS) != 0) {
            PN_TRY(trigger_signals(app, view, list[i], now, arena, &next));
        }
    }
    *ret_next = next;
    return PN_OK;
}
