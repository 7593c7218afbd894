#include "app/permit.h"

#include "app/view.h"
#include "base/banned.h"
#include "store/message.h"

/* What may be asked for of the whole account, whatever runs work it. */
static int64_t claimable_of(const pn_view_account *account) {
    int64_t sum = 0;
    for (size_t i = 0; i < account->item_count; i++) {
        sum += account->items[i].claimable;
    }
    return sum;
}

static pn_err ask(pn_app *app, const pn_view *view, const pn_view_account *account,
                  const pn_permit_query *query, pn_arena *arena, pn_permit *ret_permit,
                  pn_diag *diag) {
    pn_contact_made *made = NULL;
    pn_date today = pn_zone_date(view->zone, query->at);
    bool bar_over = view->row.barred_until != PN_DATE_NONE && view->row.barred_until < today;
    pn_gate_query gate = {
        .channel = query->channel,
        .purpose = query->purpose,
        .person = view->row.kind != PN_DEBTOR_COMPANY,
        .zones = {view->zone, NULL},
        .zone_count = 1,
        .calendar = &view->calendar,
        .claimable = {claimable_of(account), account->row.currency},
        .barred = query->purpose == PN_PURPOSE_DEMAND && !bar_over ? view->row.barred_reason
                                                                   : PN_STR_NONE,
    };
    PN_TRY(pn_contact_made_list(app->db, view->row.id, query->at - PN_GATE_HISTORY_DAYS * PN_DAY,
                                arena, &made, &gate.history_count));
    gate.history = made;
    const pn_policy *policy = NULL;
    PN_TRY(pn_catalog_policy(app, account->creditor, view->row.country, today, &policy, diag));
    *ret_permit = (pn_permit){.creditor = account->creditor->name,
                              .policy = policy,
                              .verdict = pn_gate(policy, &gate, query->at)};
    pn_buf words;
    pn_buf_init(&words, 2000);
    pn_gate_explain(&ret_permit->verdict, policy, view->zone, PN_STR("en"), &words);
    ret_permit->explanation = pn_str_dup(arena, pn_buf_str(&words));
    pn_buf_done(&words);
    return PN_OK;
}

pn_err pn_permit_ask(pn_app *app, const pn_permit_query *query, pn_arena *arena,
                     pn_permit **ret_permits, size_t *ret_count, pn_diag *diag) {
    pn_view view;
    pn_err err = pn_view_one(app, query->debtor_id, false, arena, &view);
    if (err != PN_OK) {
        return pn_app_fail(app, err, diag);
    }
    pn_permit *permits = pn_arena_array(arena, pn_permit, view.account_count);
    for (size_t i = 0; i < view.account_count; i++) {
        err = ask(app, &view, &view.accounts[i], query, arena, &permits[i], diag);
        if (err != PN_OK) {
            return pn_app_fail(app, err, diag);
        }
    }
    *ret_permits = permits;
    *ret_count = view.account_count;
    return PN_OK;
}
