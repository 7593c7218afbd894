/* Charging what a debtor agreed to be charged with: an errand to a provider (app/payins.h).
 *
 * The payment intent is the proof: it is written before the provider is asked, with the provider's
 * own key against doing it twice. When the program ends in between, the intent is found again and
 * asked about, and nothing is charged anew. */
#include "app/errands_int.h"
#include "app/payins.h"
#include "base/banned.h"

enum { LATEST = 20, DOUBT_DAYS = 3 };

/* Refusals after which another try is useless or forbidden, as providers word them. */
static const char *const FINAL[] = {"expired_card",
                                    "lost_card",
                                    "stolen_card",
                                    "pickup_card",
                                    "invalid_account",
                                    "account_closed",
                                    "revocation_of_authorization",
                                    "revocation_of_all_authorizations",
                                    "stop_payment_order",
                                    "do_not_honor_final",
                                    "authentication_required",
                                    "incorrect_number",
                                    "no_account",
                                    "debit_not_authorized",
                                    "bank_ownership_changed",
                                    "mandate_invalid",
                                    "provider_refused"};

static bool is_final(pn_str reason) {
    for (size_t i = 0; i < PN_COUNT(FINAL); i++) {
        if (pn_str_eq(reason, pn_str_of(FINAL[i]))) {
            return true;
        }
    }
    return false;
}

static void settle(pn_errand *e, pn_str outcome, pn_str reason, pn_time now) {
    e->row.state = PN_ERRAND_DONE;
    e->row.outcome = outcome;
    e->row.reason = reason;
    e->row.settled_at = now;
}

static void look_again(pn_errand *e, pn_str reason, pn_time at) {
    e->row.reason = reason;
    e->row.due_at = at;
}

static int64_t parameter(const pn_errand *e, const char *name) {
    return pn_node_param_named(e->node, name)->number;
}

/* Intents of this errand so far, the newest first. */
static bool is_own(const pn_errand *e, const pn_payin_row *payin) {
    return pn_str_is(payin->origin, "collect") && payin->created_at >= e->row.asked_at &&
           payin->account_id == e->account->row.id;
}

static pn_err count_tries(pn_app *app, const pn_errand *e, pn_arena *arena, int64_t *ret_tries) {
    pn_payin_row *rows = NULL;
    size_t count = 0;
    *ret_tries = 0;
    PN_TRY(pn_payin_of_debtor(app->db, e->row.debtor_id, LATEST, arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        *ret_tries += is_own(e, &rows[i]);
    }
    return PN_OK;
}

/* Not now: after some days, so often as the node allows. */
static void declined(pn_errand *e, pn_str reason, int64_t tries, pn_time now) {
    e->row.reference = PN_STR(""); /* the next try is an intent of its own */
    e->final = is_final(reason);
    if (e->final || tries > parameter(e, "retries")) {
        settle(e, PN_STR("declined"), reason, now);
    } else {
        look_again(e, reason, now + parameter(e, "retry_days") * PN_DAY);
    }
}

static void on_its_way(pn_errand *e, const pn_payin_row *payin, pn_time now) {
    bool created = payin->state == PN_PAYIN_CREATED;
    if (created && now - payin->created_at > DOUBT_DAYS * PN_DAY) {
        e->row.state = PN_ERRAND_UNCERTAIN;
        e->row.reason = PN_STR("The provider never said what became of it.");
        e->row.settled_at = now;
    } else {
        look_again(e, PN_STR("It is on its way."), now + PN_DAY / 4);
    }
}

static void judge(pn_errand *e, const pn_payin_row *payin, int64_t tries, pn_time now,
                  pn_arena *arena) {
    char id[PN_ID_TEXT_SIZE];
    e->row.reference = pn_str_dup(arena, pn_str_of(pn_id_text(PN_ID_PAYIN, payin->id, id)));
    switch (payin->state) {
    case PN_PAYIN_SUCCEEDED:
    case PN_PAYIN_REFUNDED: settle(e, PN_STR("paid"), PN_STR(""), now); break;
    case PN_PAYIN_CREATED:
    case PN_PAYIN_PENDING: on_its_way(e, payin, now); break;
    case PN_PAYIN_FAILED:
    case PN_PAYIN_EXPIRED: declined(e, payin->reason, tries, now); break;
    case PN_PAYIN_STATES: break;
    }
}

static pn_err charge(pn_app *app, pn_errand *e, pn_arena *arena, pn_payin_row *ret_payin,
                     pn_diag *diag) {
    pn_till *till = pn_arena_new(arena, pn_till);
    const pn_account_row *account = &e->account->row;
    pn_id *invoices = pn_arena_array(arena, pn_id, e->account->item_count + 1);
    pn_payin_request request = {.debtor_id = e->row.debtor_id,
                                .account_id = account->id,
                                .amount = {0, account->currency},
                                .invoices = invoices,
                                .origin = PN_STR("collect"),
                                .title = e->account->creditor != NULL ? e->account->creditor->name
                                                                      : app->org.name,
                                .language = e->view->row.language};
    for (size_t i = 0; i < e->account->item_count; i++) {
        const pn_item *item = &e->account->items[i];
        bool works = e->run->invoice_id != 0 ? item->id == e->run->invoice_id : !item->own_run;
        if (works && item->claimable > 0) {
            request.amount.minor += item->claimable;
            invoices[request.invoice_count++] = item->id;
        }
    }
    PN_TRY(pn_till_open(app, account->creditor_id, e->view->row.country, e->mandate.provider, arena,
                        till, diag));
    return pn_payins_charge(app, till, &request, e->mandate.token, arena, ret_payin, diag);
}

/* The intent of the try before: by what was kept, or the newest since this was wanted. */
static pn_err find_before(pn_app *app, const pn_errand *e, pn_arena *arena, pn_payin_row *ret) {
    pn_payin_row *rows = NULL;
    size_t count = 0;
    pn_id id = 0;
    if (e->row.reference.len != 0 && pn_id_parse(PN_ID_PAYIN, e->row.reference, &id) == PN_OK) {
        return pn_payin_get(app->db, app->org.id, id, arena, ret);
    }
    PN_TRY(pn_payin_of_debtor(app->db, e->row.debtor_id, LATEST, arena, &rows, &count));
    for (size_t i = 0; i < count && e->row.lease_until != 0; i++) {
        if (is_own(e, &rows[i]) &&
            (rows[i].state == PN_PAYIN_CREATED || rows[i].state == PN_PAYIN_PENDING ||
             rows[i].state == PN_PAYIN_SUCCEEDED)) {
            *ret = rows[i];
            return PN_OK;
        }
    }
    return PN_NOT_FOUND;
}

pn_err pn_errand_collect(pn_app *app, pn_errand *e, pn_time now, pn_arena *arena, pn_diag *diag) {
    pn_payin_row payin = {0};
    pn_diag why = {0};
    char id[PN_ID_TEXT_SIZE];
    int64_t tries = 0;
    pn_err err = find_before(app, e, arena, &payin);
    if (err == PN_NOT_FOUND) {
        err = charge(app, e, arena, &payin, &why);
    }
    PN_TRY(pn_app_fail(app, count_tries(app, e, arena, &tries), diag));
    if (err == PN_OK) {
        judge(e, &payin, tries, now, arena);
    } else if ((err == PN_IO || err == PN_RETRY) && payin.id != 0) {
        /* it may have been done: the intent is asked about, and nothing is charged meanwhile */
        e->row.reference = pn_str_dup(arena, pn_str_of(pn_id_text(PN_ID_PAYIN, payin.id, id)));
        look_again(e, pn_str_dup(arena, pn_str_of(why.what)), now + PN_HOUR);
    } else if (err == PN_IO || err == PN_RETRY) {
        look_again(e, pn_str_dup(arena, pn_str_of(why.what)), now + PN_HOUR);
    } else {
        settle(e, PN_STR("declined"), pn_str_dup(arena, pn_str_of(why.what)), now);
    }
    return PN_OK;
}
