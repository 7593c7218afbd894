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

void pn_guard_texts(const pn_app *app, const pn_gate_query *query, const pn_policy *policy,
                    pn_time at, pn_arena *arena, const pn_legal *const **ret_texts,
                    size_t *ret_count) {
    const pn_legal *const *all = pn_catalog_texts(app, policy);
    const pn_legal **texts = pn_arena_alloc(arena, (policy->text_count + 1) * sizeof *texts);
    pn_date day = pn_zone_date(query->zones[0], at);
    size_t count = 0;
    for (size_t i = 0; all != NULL && i < policy->text_count; i++) {
        if (pn_policy_applies(&policy->texts[i].scope, &query->about, day)) {
            texts[count++] = all[i];
        }
    }
    *ret_texts = texts;
    *ret_count = count;
}

bool pn_guard_lacks_particulars(const pn_guard *guard, const pn_gate_query *query,
                                const pn_policy *policy, pn_time at) {
    const pn_creditor_row *creditor = guard->account->creditor;
    pn_date day = pn_zone_date(query->zones[0], at);
    unsigned lacking = 0;
    if (creditor != NULL) {
        lacking = (creditor->tax_id.len == 0 ? PN_NEEDS_TAX_ID : 0U) |
                  (creditor->address.len == 0 ? PN_NEEDS_ADDRESS : 0U) |
                  (creditor->phone.len == 0 ? PN_NEEDS_PHONE : 0U) |
                  (creditor->email.len == 0 ? PN_NEEDS_EMAIL : 0U);
    }
    for (size_t i = 0; i < policy->text_count; i++) {
        const pn_policy_text *text = &policy->texts[i];
        if ((text->needs & lacking) != 0 && pn_policy_applies(&text->scope, &query->about, day)) {
            return true;
        }
    }
    return false;
}
