/* Charging what a debtor agreed to be charged with: an errand to a provider (app/payins.h).
 *
 * The payment intent is the proof: it is written before the provider is asked, with the provider's
 * own key against doing it twice. When the program ends in between, the intent is found again and
 * asked about, and nothing is charged anew. */
#include <stdio.h>

#include "app/errands_int.h"
#include "app/payins.h"
#include "base/banned.h"
#include "base/limits.h"

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
    pn_call_settle(&e->row.call, PN_ERRAND_DONE, reason, now);
    e->row.outcome = outcome;
}

static void look_again(pn_errand *e, pn_str reason, pn_time at) {
    e->row.call.reason = reason;
    e->row.call.due_at = at;
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
        pn_call_settle(&e->row.call, PN_ERRAND_UNCERTAIN,
                       PN_STR("The provider never said what became of it."), now);
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
    for (size_t i = 0; i < count && e->row.call.lease_until != 0; i++) {
        if (is_own(e, &rows[i]) &&
            (rows[i].state == PN_PAYIN_CREATED || rows[i].state == PN_PAYIN_PENDING ||
             rows[i].state == PN_PAYIN_SUCCEEDED)) {
            *ret = rows[i];
            return PN_OK;
        }
    }
    return PN_NOT_FOUND;
}

/* Charges the mandate, or asks what became of the last charge, with transactions of its own; what
 * came of it stands in the row, not recorded yet. */
static pn_err collect(pn_app *app, pn_errand *e, pn_time now, pn_arena *arena, pn_diag *diag) {
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
    } else if (err == PN_IO || err == PN_RETRY) {
        if (payin.id != 0) {
            /* it may have been done: the intent is asked about, nothing is charged meanwhile */
            e->row.reference = pn_str_dup(arena, pn_str_of(pn_id_text(PN_ID_PAYIN, payin.id, id)));
        }
        e->no_answer = true;
        look_again(e, pn_str_dup(arena, pn_str_of(why.what)), now + PN_HOUR);
    } else {
        settle(e, PN_STR("declined"), pn_str_dup(arena, pn_str_of(why.what)), now);
    }
    return PN_OK;
}

/* ── one after the other ─────────────────────────────────────────────────────────────────────── */

enum { REST_MINUTES = 5, RESTING_MAX = 16 };

static const pn_call_to NOBODY = {.name = {"", 0}};

/* Whom nobody asks for a while: a provider of a creditor. */
typedef struct {
    pn_id creditor_id;
    char provider[32];
} resting;

typedef struct {
    resting items[RESTING_MAX];
    size_t count;
} pause_list;

static bool rests(const pause_list *list, const pn_errand *e) {
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].creditor_id == e->account->row.creditor_id &&
            pn_str_eq(e->mandate.provider, pn_str_of(list->items[i].provider))) {
            return true;
        }
    }
    return false;
}

static void let_rest(pause_list *list, const pn_errand *e) {
    resting *item = &list->items[list->count % RESTING_MAX];
    item->creditor_id = e->account->row.creditor_id;
    (void)snprintf(item->provider, sizeof item->provider, "%.*s", PN_STR_ARG(e->mandate.provider));
    list->count += list->count < RESTING_MAX;
}

/* `ret_ready` where there is somebody to charge now. */
static pn_err prepare(pn_app *app, pn_errand *e, const pause_list *paused, pn_time now,
                      pn_arena *arena, bool *ret_ready, pn_diag *diag) {
    bool wanted = false;
    PN_TRY(pn_errand_wanted(app, e, now, arena, &wanted, diag));
    if (!wanted) {
        return PN_OK;
    }
    pn_err err =
        pn_mandate_for(app->db, e->row.debtor_id, e->account->row.creditor_id, arena, &e->mandate);
    if (err == PN_NOT_FOUND) {
        e->row.outcome = PN_STR("no_mandate");
        return pn_errand_settle(app, e, PN_ERRAND_DONE, PN_STR(""), now, arena, diag);
    }
    PN_TRY(err);
    if (rests(paused, e)) {
        look_again(e, PN_STR("Its provider does not answer."), now + REST_MINUTES * PN_MINUTE);
        return pn_errand_record(app->db, &e->row);
    }
    *ret_ready = true;
    return pn_call_lease(app->db, &PN_ERRAND_CALLS, e->row.debtor_id, e->row.id,
                         pn_call_lease_until(app, PN_LIMIT_FETCH_SECONDS * 1000), &e->row.call);
}

static pn_err record(pn_app *app, pn_errand *e, pn_time now, pn_arena *arena,
                     pn_errand_stats *stats, pn_diag *diag) {
    pn_errand as_asked = *e;
    pn_err around = pn_errand_look(app, e, arena, diag);
    if (around != PN_OK && around != PN_NOT_FOUND) {
        return around;
    }
    if (around == PN_NOT_FOUND) { /* the case is gone; the money is in the books */
        *e = as_asked;
        pn_call_settle(&e->row.call, PN_ERRAND_DROPPED, PN_STR(""), now);
        return pn_errand_record(app->db, &e->row);
    }
    return pn_errand_end(app, e, PN_STR_NONE, arena, stats, diag);
}

/* One of them. `ret_any`: one was due. */
static pn_err work_one(pn_app *app, pause_list *paused, pn_time now, pn_arena *arena,
                       pn_errand_stats *stats, bool *ret_any, pn_diag *diag) {
    pn_errand *e = pn_arena_new(arena, pn_errand);
    bool ready = false;
    PN_TRY(pn_app_begin(app, diag));
    pn_err err =
        pn_errand_due(app->db, app->org.id, &NOBODY, now, pn_env_now(app->env), arena, &e->row);
    *ret_any = err != PN_NOT_FOUND;
    if (err == PN_OK) {
        err = prepare(app, e, paused, now, arena, &ready, diag);
    }
    PN_TRY(pn_app_end(app, *ret_any ? err : PN_OK, diag));
    if (!ready) {
        return PN_OK;
    }
    PN_TRY(collect(app, e, now, arena, diag));
    if (e->no_answer) {
        let_rest(paused, e);
    }
    stats->asked++;
    PN_TRY(pn_app_begin(app, diag));
    return pn_app_end(app, record(app, e, now, arena, stats, diag), diag);
}

pn_err pn_charges_next(pn_app *app, pn_time *ret_next) {
    return pn_call_next(app->db, &PN_ERRAND_CALLS, app->org.id, &NOBODY, pn_env_now(app->env),
                        ret_next);
}

pn_err pn_charges_work(pn_app *app, pn_time now, int64_t max, pn_errand_stats *stats,
                       pn_time *ret_next, pn_diag *diag) {
    pause_list paused = {0};
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_err err = pn_app_fail(app, pn_charges_next(app, ret_next), diag);
    int64_t before = stats->asked;
    bool any = true;
    while (err == PN_OK && any && *ret_next <= now && stats->asked - before < max &&
           !pn_app_stops(app)) {
        err = work_one(app, &paused, now, &arena, stats, &any, diag);
        err = err == PN_OK ? pn_app_fail(app, pn_charges_next(app, ret_next), diag) : err;
        pn_arena_reset(&arena);
    }
    pn_arena_done(&arena);
    return err;
}
