#include "app/permit.h"

#include "app/guard.h"
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
    pn_contact_row *contacts = NULL;
    pn_contact_made *made = NULL;
    pn_guard guard = {.view = view,
                      .account = account,
                      .channel = query->channel,
                      .purpose = query->purpose,
                      .claimable = claimable_of(account)};
    pn_id id = view->row.id;
    PN_TRY(pn_contact_range(app->db, id, id, arena, &contacts, &guard.contact_count));
    guard.contacts = contacts;
    PN_TRY(pn_guard_contact(app, &guard, query->at, arena, &guard.contact, diag));
    pn_gate_query gate;
    const pn_policy *policy = NULL;
    PN_TRY(pn_guard_query(app, &guard, query->at, arena, &gate, &policy, diag));
    PN_TRY(pn_contact_made_list(app->db, id, query->at - PN_GATE_HISTORY_DAYS * PN_DAY, arena,
                                &made, &gate.history_count));
    gate.history = made;
    *ret_permit = (pn_permit){.account_id = account->row.id,
                              .creditor = account->creditor->name,
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
