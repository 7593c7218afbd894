#include "app/enroll.h"

#include "base/banned.h"

typedef struct {
    pn_app *app;
    pn_view *view;
    pn_time now;
    const pn_move_maker *maker;
    pn_arena *arena;
    pn_move *moves;
    size_t count, capacity;
    pn_time next;
    /* the strategy to enter in any case, and the rule for it */
    const pn_published *forced;
    const pn_rule *forced_rule;
} enroller;

static bool ran_before(const pn_view *view, pn_id strategy_id, pn_id invoice_id) {
    for (size_t i = 0; i < view->run_count; i++) {
        const pn_run *run = &view->runs[i].run;
        if (run->invoice_id == invoice_id && pn_run_passed(run, strategy_id) &&
            run->parent_id == 0) {
            return true;
        }
    }
    return false;
}

/* An account comes back into a strategy that ended by itself only after all that was open then is
 * closed; one whose case closed comes back with the next debt. */
static bool may_return(const pn_view *view, const pn_view_account *account, pn_id strategy_id) {
    pn_time ended = PN_TIME_NONE;
    for (size_t i = 0; i < view->run_count; i++) {
        const pn_run *run = &view->runs[i].run;
        if (run->account_id == account->row.id && run->invoice_id == 0 && run->parent_id == 0 &&
            pn_run_passed(run, strategy_id) && run->status == PN_RUN_ENDED) {
            ended = PN_MAX(ended, run->closed_at);
        }
    }
    for (size_t i = 0; ended != PN_TIME_NONE && i < account->item_count; i++) {
        if (account->items[i].closed == PN_CLOSED_NOT &&
            account->invoices[i]->created_at <= ended) {
            return false;
        }
    }
    return true;
}

static bool account_worked(const pn_view *view, pn_id account_id) {
    for (size_t i = 0; i < view->run_count; i++) {
        const pn_run *run = &view->runs[i].run;
        if (run->account_id == account_id && run->invoice_id == 0 && run->parent_id == 0 &&
            pn_run_working(run)) {
            return true;
        }
    }
    return false;
}

static pn_err begin_run(enroller *e, pn_view_account *account, const pn_item *item,
                        const pn_published *strategy, const pn_facts *facts, pn_diag *diag) {
    PN_TRY(pn_app_reserve_ids(e->app, PN_MOVE_IDS_MAX));
    pn_run_row row = pn_move_new_run(e->app, e->view, account, item, strategy, facts,
                                     pn_id_next(e->maker->ids, 0), e->now);
    e->moves = pn_arena_grow(e->arena, e->moves, e->count, &e->capacity, sizeof *e->moves);
    return pn_move_plan(e->app, e->view, &row, true, e->now, e->maker, e->arena,
                        &e->moves[e->count++], diag);
}

/* Does the case enter? Where it does not yet, remembers when a date may change that. */
static pn_err consider(enroller *e, pn_view_account *account, pn_item *item,
                       const pn_published *strategy, bool *entered, pn_diag *diag) {
    const pn_flow *flow = strategy->flow;
    bool forced = e->forced == strategy;
    const pn_rule *rule = forced ? e->forced_rule : flow->entry;
    pn_facts facts;
    PN_TRY(pn_view_facts(e->app, e->view, account, item, NULL, flow, e->now, e->arena, &facts));
    if (rule == NULL ? forced : pn_rule_holds(rule, &facts)) {
        *entered = true;
        if (item != NULL) {
            item->own_run = true;
        }
        return begin_run(e, account, item, strategy, &facts, diag);
    }
    pn_date change = rule != NULL ? pn_rule_next_change(rule, &facts) : PN_DATE_NONE;
    if (change != PN_DATE_NONE) {
        pn_time at = pn_zone_instant(e->view->zone, change, 0);
        e->next = PN_MIN(e->next, at);
    }
    return PN_OK;
}

static pn_err consider_invoice(enroller *e, pn_view_account *account, pn_item *item,
                               const pn_published *const *list, size_t count, pn_diag *diag) {
    bool entered = false;
    for (size_t i = 0; i < count && !entered; i++) {
        const pn_flow *flow = list[i]->flow;
        if (flow->kind != PN_FLOW_STRATEGY || flow->subject != PN_SUBJECT_INVOICE ||
            (flow->entry == NULL && e->forced != list[i]) ||
            ran_before(e->view, list[i]->strategy_id, item->id)) {
            continue;
        }
        PN_TRY(consider(e, account, item, list[i], &entered, diag));
    }
    return PN_OK;
}

static bool has_free_debt(const pn_view_account *account) {
    for (size_t i = 0; i < account->item_count; i++) {
        if (account->items[i].claimable > 0 && !account->items[i].own_run) {
            return true;
        }
    }
    return false;
}

static pn_err consider_account(enroller *e, pn_view_account *account,
                               const pn_published *const *list, size_t count, pn_diag *diag) {
    bool entered = false;
    if (!has_free_debt(account) || account_worked(e->view, account->row.id)) {
        return PN_OK;
    }
    for (size_t i = 0; i < count && !entered; i++) {
        const pn_flow *flow = list[i]->flow;
        if (flow->kind != PN_FLOW_STRATEGY || flow->subject != PN_SUBJECT_ACCOUNT ||
            (flow->entry == NULL && e->forced != list[i]) ||
            !may_return(e->view, account, list[i]->strategy_id)) {
            continue;
        }
        PN_TRY(consider(e, account, NULL, list[i], &entered, diag));
    }
    return PN_OK;
}

static pn_err consider_all(enroller *e, pn_subject subject, const pn_published *const *list,
                           size_t count, pn_diag *diag) {
    for (size_t i = 0; i < e->view->account_count; i++) {
        pn_view_account *account = &e->view->accounts[i];
        if (subject == PN_SUBJECT_ACCOUNT) {
            PN_TRY(consider_account(e, account, list, count, diag));
            continue;
        }
        for (size_t j = 0; j < account->item_count; j++) {
            pn_item *item = &account->items[j];
            if (item->claimable > 0 && !item->own_run) {
                PN_TRY(consider_invoice(e, account, item, list, count, diag));
            }
        }
    }
    return PN_OK;
}

pn_err pn_enroll(pn_app *app, pn_view *view, pn_subject subject, pn_time now,
                 const pn_move_maker *maker, pn_arena *arena, pn_move **ret_moves,
                 size_t *ret_count, pn_time *ret_next, pn_diag *diag) {
    const pn_published *const *list = NULL;
    size_t count = 0;
    PN_TRY(pn_catalog_strategies(app, &list, &count, diag));
    enroller e = {.app = app,
                  .view = view,
                  .now = now,
                  .maker = maker,
                  .arena = arena,
                  .next = PN_TIME_NEVER};
    PN_TRY(consider_all(&e, subject, list, count, diag));
    *ret_moves = e.moves;
    *ret_count = e.count;
    *ret_next = e.next;
    return PN_OK;
}

pn_err pn_enroll_in(pn_app *app, pn_view *view, const pn_published *strategy, const pn_rule *rule,
                    pn_time now, const pn_move_maker *maker, pn_arena *arena, pn_move **ret_moves,
                    size_t *ret_count, pn_diag *diag) {
    enroller e = {.app = app,
                  .view = view,
                  .now = now,
                  .maker = maker,
                  .arena = arena,
                  .next = PN_TIME_NEVER,
                  .forced = strategy,
                  .forced_rule = rule};
    PN_TRY(consider_all(&e, strategy->flow->subject, &strategy, 1, diag));
    *ret_moves = e.moves;
    *ret_count = e.count;
    return PN_OK;
}
