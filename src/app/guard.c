#include "app/guard.h"

#include "base/banned.h"

static pn_str barred_reason(const pn_debtor_row *row, pn_purpose purpose, pn_date today) {
    bool over = row->barred_until != PN_DATE_NONE && row->barred_until < today;
    return over || purpose != PN_PURPOSE_DEMAND ? PN_STR_NONE : row->barred_reason;
}

pn_err pn_guard_query(pn_app *app, const pn_guard *guard, pn_time at, pn_arena *arena,
                      pn_gate_query *ret_query, const pn_policy **ret_policy, pn_diag *diag) {
    const pn_view *view = guard->view;
    const pn_account_row *account = &guard->account->row;
    const pn_creditor_row *creditor = guard->account->creditor;
    pn_date today = pn_zone_date(view->zone, at);
    (void)arena;
    pn_gate_query query = {
        .about = {.channel = guard->channel,
                  .purpose = guard->purpose,
                  .person = view->row.kind != PN_DEBTOR_COMPANY,
                  .third_party = creditor != NULL && creditor->third_party,
                  .region = view->row.region},
        .zones = {view->zone},
        .zone_count = 1,
        .calendar = &view->calendar,
        .claimable = {guard->claimable, account->currency},
        .creditor_id = account->creditor_id,
        .account_id = account->id,
        .barred = barred_reason(&view->row, guard->purpose, today),
    };
    PN_TRY(pn_catalog_policy(app, creditor, view->row.country, today, ret_policy, diag));
    *ret_query = query;
    return PN_OK;
}
