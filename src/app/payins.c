#include "app/payins.h"

#include "app/books.h"
#include "app/payins_int.h"
#include "base/banned.h"
#include "base/limits.h"
#include "format/pay_code.h"

/* ── beginning ───────────────────────────────────────────────────────────────────────────────── */

static pn_err check_account(pn_app *app, const pn_payin_request *request, pn_arena *arena,
                            pn_account_row *ret_account, pn_diag *diag) {
    pn_err err =
        pn_account_get(app->db, request->debtor_id, request->account_id, arena, ret_account);
    if (err == PN_NOT_FOUND || (err == PN_OK && ret_account->org_id != app->org.id)) {
        return pn_diag_set(diag, PN_NOT_FOUND, "There is no such account.");
    }
    PN_TRY(err);
    if (!pn_currency_eq(ret_account->currency, request->amount.currency)) {
        return pn_diag_set(diag, PN_INVALID, "The account is in %s.", ret_account->currency.code);
    }
    if (request->amount.minor <= 0 || request->amount.minor > ret_account->open) {
        return pn_diag_set(diag, PN_INVALID,
                           "The amount must lie between 0 and what is open in the account.");
    }
    return PN_OK;
}

static pn_str invoice_ids(const pn_payin_request *request, pn_arena *arena) {
    pn_str text = PN_STR_NONE;
    for (size_t i = 0; i < request->invoice_count; i++) {
        char id[PN_ID_TEXT_SIZE];
        text = pn_str_format(arena, "%.*s%s%s", PN_STR_ARG(text), i == 0 ? "" : " ",
                             pn_id_text(PN_ID_INVOICE, request->invoices[i], id));
    }
    return text;
}

static pn_payin_row new_row(pn_app *app, const pn_payin_request *request,
                            const pn_account_row *account, pn_str provider, pn_arena *arena) {
    pn_time now = pn_app_now(app);
    return (pn_payin_row){
        .id = pn_app_id(app),
        .org_id = app->org.id,
        .creditor_id = account->creditor_id,
        .debtor_id = request->debtor_id,
        .account_id = account->id,
        .provider = provider,
        .currency = request->amount.currency,
        .amount = request->amount.minor,
        .origin = request->origin,
        .invoices = invoice_ids(request, arena),
        .created_at = now,
        .expires_at = now + PN_LIMIT_PAYIN_MINUTES * PN_MINUTE,
        .settled_at = PN_TIME_NONE,
        .poll_at = now + pn_payin_patience_seconds(0) * PN_SECOND,
    };
}

pn_err pn_payins_begin(pn_app *app, const pn_till *till, const pn_payin_request *request,
                       pn_arena *arena, pn_payin_row *ret_payin, pn_diag *diag) {
    pn_account_row account;
    PN_TRY(check_account(app, request, arena, &account, diag));
    PN_TRY(till->provider->check(&till->account, request->amount, diag));
    pn_payin_row row = new_row(app, request, &account, pn_str_of(till->provider->name), arena);
    PN_TRY(pn_payin_insert(app->db, &row));
    *ret_payin = row;
    return PN_OK;
}

static pn_pay_request asked_of_provider(pn_app *app, const pn_payin_request *request,
                                        const pn_payin_row *row) {
    return (pn_pay_request){
        .payin_id = row->id,
        .amount = request->amount,
        .title = request->title,
        .language = request->language,
        .back_url = request->back_url,
        .now = pn_env_now(app->env),
        .expires_at = pn_env_now(app->env) + PN_LIMIT_PAYIN_MINUTES * PN_MINUTE,
    };
}

/* ── around the network ──────────────────────────────────────────────────────────────────────── */

/* Commits what `err` allows. */
static pn_err end_transaction(pn_app *app, pn_err err, pn_diag *diag) {
    if (err == PN_OK) {
        return pn_app_commit(app, diag);
    }
    pn_app_rollback(app);
    return err;
}

static pn_err begin_alone(pn_app *app, const pn_till *till, const pn_payin_request *request,
                          pn_arena *arena, pn_payin_row *ret_payin, pn_diag *diag) {
    PN_TRY(pn_app_begin(app, diag));
    return end_transaction(app, pn_payins_begin(app, till, request, arena, ret_payin, diag), diag);
}

/* Applies a report in a transaction of its own. Meanwhile somebody else may have: the row is read
 * anew. */
static pn_err apply_alone(pn_app *app, pn_id payin_id, const pn_pay_report *report, pn_arena *arena,
                          pn_payin_row *ret_payin, pn_str *ret_verdict, pn_diag *diag) {
    PN_TRY(pn_app_begin(app, diag));
    pn_err err = pn_payin_get(app->db, app->org.id, payin_id, arena, ret_payin);
    if (err == PN_OK) {
        err = pn_debtors_lock(app->db, &ret_payin->debtor_id, 1);
    }
    if (err == PN_OK) {
        err = pn_payin_apply(app, ret_payin, report, arena, ret_verdict, diag);
    }
    return end_transaction(app, err, diag);
}

static pn_err keep_created(pn_app *app, pn_payin_row *payin, const pn_pay_created *created,
                           pn_arena *arena, pn_diag *diag) {
    PN_TRY(pn_app_begin(app, diag));
    pn_err err = pn_payin_get(app->db, app->org.id, payin->id, arena, payin);
    if (err == PN_OK) {
        payin->ref = created->ref;
        payin->url = created->url;
        payin->expires_at =
            created->expires_at != PN_TIME_NONE ? created->expires_at : payin->expires_at;
        err = pn_payin_update(app->db, payin);
    }
    return end_transaction(app, err, diag);
}

/* The provider refused: there is nothing to pay on. Its sentence stays in the diag. */
static pn_err give_up(pn_app *app, pn_payin_row *payin, pn_arena *arena) {
    pn_str verdict;
    pn_pay_report report = {
        .claims = true, .state = PN_PAYIN_FAILED, .reason = PN_STR("provider_refused")};
    return apply_alone(app, payin->id, &report, arena, payin, &verdict, NULL);
}

pn_err pn_payins_start(pn_app *app, const pn_till *till, const pn_payin_request *request,
                       pn_arena *arena, pn_payin_row *ret_payin, pn_diag *diag) {
    pn_pay_created created;
    PN_TRY(begin_alone(app, till, request, arena, ret_payin, diag));
    pn_pay_request asked = asked_of_provider(app, request, ret_payin);
    pn_err err = till->provider->create(&till->account, &asked, arena, &created, diag);
    if (err != PN_OK) {
        PN_TRY(give_up(app, ret_payin, arena));
        return err;
    }
    return keep_created(app, ret_payin, &created, arena, diag);
}

pn_err pn_payins_charge(pn_app *app, const pn_till *till, const pn_payin_request *request,
                        pn_str mandate, pn_arena *arena, pn_payin_row *ret_payin, pn_diag *diag) {
    pn_pay_report report = {0};
    pn_str verdict;
    if (till->provider->charge == NULL) {
        return pn_diag_set(diag, PN_INVALID, "%s cannot charge a mandate.", till->provider->title);
    }
    PN_TRY(begin_alone(app, till, request, arena, ret_payin, diag));
    pn_pay_request asked = asked_of_provider(app, request, ret_payin);
    pn_err err = till->provider->charge(&till->account, &asked, mandate, arena, &report, diag);
    if (err == PN_IO || err == PN_RETRY) {
        return err; /* it may have been done: a webhook or the next asking tells */
    }
    if (err != PN_OK) {
        report = (pn_pay_report){
            .claims = true, .state = PN_PAYIN_FAILED, .reason = PN_STR("provider_refused")};
    }
    return apply_alone(app, ret_payin->id, &report, arena, ret_payin, &verdict, diag);
}

/* ── vouchers ────────────────────────────────────────────────────────────────────────────────── */

static pn_err vouchers_run_out(pn_app *app, pn_id debtor_id, int64_t *ret_count) {
    enum { LOOK_BACK_DAYS = 30 };
    pn_stmt *q =
        pn_db_stmt(app->db, "SELECT count(*) FROM payment_intent WHERE debtor_id = $1"
                            " AND provider = 'voucher' AND state = $2 AND created_at > $3");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, PN_PAYIN_EXPIRED);
    pn_bind_int(q, 3, pn_app_now(app) - LOOK_BACK_DAYS * PN_DAY);
    PN_TRY(pn_row_next(q));
    *ret_count = pn_col_int(q, 0);
    pn_stmt_reset(q);
    return PN_OK;
}

/* One voucher at a time: a new one takes the old one's place. */
static pn_err end_other_vouchers(pn_app *app, pn_id debtor_id, pn_id account_id, pn_arena *arena,
                                 pn_diag *diag) {
    enum { LATEST = 20 };
    pn_payin_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_payin_of_debtor(app->db, debtor_id, LATEST, arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        pn_str verdict;
        pn_pay_report ended = {
            .claims = true, .state = PN_PAYIN_FAILED, .reason = PN_STR("replaced")};
        bool open = rows[i].state == PN_PAYIN_PENDING && rows[i].account_id == account_id &&
                    pn_str_eq(rows[i].provider, PN_PAYIN_VOUCHER);
        if (open) {
            rows[i].state = PN_PAYIN_FAILED;
            rows[i].reason = ended.reason;
            rows[i].settled_at = pn_app_now(app);
            rows[i].poll_at = PN_TIME_NEVER;
            pn_id instrument = rows[i].instrument_id;
            rows[i].instrument_id = 0;
            PN_TRY(pn_payin_update(app->db, &rows[i]));
            if (instrument != 0) {
                PN_TRY(
                    pn_books_settle_instrument(app, instrument, false, ended.reason, arena, diag));
            }
        }
        (void)verdict;
    }
    return PN_OK;
}

pn_err pn_payins_voucher(pn_app *app, const pn_payin_request *request,
                         const pn_voucher_settings *settings, pn_arena *arena,
                         pn_payin_row *ret_payin, pn_diag *diag) {
    enum { PATIENCE = 2 };
    pn_account_row account;
    pn_str verdict, code;
    int64_t run_out = 0;
    PN_TRY(check_account(app, request, arena, &account, diag));
    PN_TRY(vouchers_run_out(app, request->debtor_id, &run_out));
    PN_TRY(end_other_vouchers(app, request->debtor_id, account.id, arena, diag));
    pn_payin_row row = new_row(app, request, &account, PN_PAYIN_VOUCHER, arena);
    row.expires_at = row.created_at + settings->days * PN_DAY;
    row.method = PN_PAYIN_VOUCHER;
    row.ref =
        pn_str_format(arena, "%013lld", (long long)((uint64_t)row.id % UINT64_C(10000000000000)));
    PN_TRY(pn_payins_voucher_code(&row, settings, arena, &code, diag));
    PN_TRY(pn_payin_insert(app->db, &row));
    if (run_out < PATIENCE) {
        pn_pay_report report = {.claims = true, .state = PN_PAYIN_PENDING};
        PN_TRY(pn_payin_apply(app, &row, &report, arena, &verdict, diag));
    }
    row.state = PN_PAYIN_PENDING;
    row.poll_at = row.expires_at;
    PN_TRY(pn_payin_update(app->db, &row));
    *ret_payin = row;
    return PN_OK;
}

pn_err pn_payins_voucher_code(const pn_payin_row *payin, const pn_voucher_settings *settings,
                              pn_arena *arena, pn_str *ret_code, pn_diag *diag) {
    if (!pn_str_is(settings->form, "n57")) {
        *ret_code =
            pn_str_format(arena, "%.*s%.*s", PN_STR_ARG(settings->prefix), PN_STR_ARG(payin->ref));
        return PN_OK;
    }
    pn_n57_request request = {.issuer = settings->issuer,
                              .suffix = settings->suffix,
                              .reference = pn_str_from(payin->ref, 2),
                              .amount = {payin->amount, payin->currency}};
    char code[PN_N57_SIZE];
    if (pn_n57_write(&request, code) != PN_OK) {
        return pn_diag_set(diag, PN_INVALID, "This amount cannot be paid with a voucher.");
    }
    *ret_code = pn_str_dup(arena, pn_str_of(code));
    return PN_OK;
}

/* ── webhooks ────────────────────────────────────────────────────────────────────────────────── */

/* The intent a report is about: by our own id where it gives it back, else by the provider's. It
 * must be this creditor's and this provider's, whatever the report says. */
static pn_err find_payin(pn_app *app, const pn_till *till, const pn_pay_report *report,
                         pn_arena *arena, pn_payin_row *ret_payin) {
    pn_str provider = pn_str_of(till->provider->name);
    pn_err err = PN_NOT_FOUND;
    if (report->payin_id != 0) {
        err = pn_payin_get(app->db, app->org.id, report->payin_id, arena, ret_payin);
    }
    if (err == PN_NOT_FOUND) {
        err = pn_payin_by_ref(app->db, app->org.id, provider, report->ref, arena, ret_payin);
    }
    if (err == PN_NOT_FOUND) {
        err = pn_payin_by_ref(app->db, app->org.id, provider, report->money_ref, arena, ret_payin);
    }
    PN_TRY(err);
    bool theirs = pn_str_eq(ret_payin->provider, provider) &&
                  (till->creditor_id == 0 || ret_payin->creditor_id == till->creditor_id);
    return theirs ? PN_OK : PN_NOT_FOUND;
}

static pn_err take_report(pn_app *app, const pn_till *till, const pn_pay_report *report,
                          pn_str body, pn_arena *arena, bool *news, pn_diag *diag) {
    pn_payin_row payin;
    pn_str verdict;
    pn_err found = find_payin(app, till, report, arena, &payin);
    if (found != PN_OK && found != PN_NOT_FOUND) {
        return found;
    }
    pn_provider_event_row event = {.id = pn_app_id(app),
                                   .org_id = app->org.id,
                                   .creditor_id = till->creditor_id,
                                   .provider = pn_str_of(till->provider->name),
                                   .event_id = report->event_id,
                                   .kind = report->kind,
                                   .verdict = found == PN_OK ? PN_STR("") : PN_STR("not ours"),
                                   .body = body,
                                   .received_at = pn_env_now(app->env)};
    pn_err err = pn_provider_event_insert(app->db, &event);
    if (err == PN_CONFLICT) {
        return PN_OK; /* told before */
    }
    PN_TRY(err);
    *news = true;
    if (found == PN_NOT_FOUND) {
        return PN_OK;
    }
    PN_TRY(pn_debtors_lock(app->db, &payin.debtor_id, 1));
    PN_TRY(pn_payin_apply(app, &payin, report, arena, &verdict, diag));
    return pn_provider_event_settle(app->db, event.id, payin.id, payin.debtor_id, verdict);
}

pn_err pn_payins_webhook(pn_app *app, const pn_till *till, const pn_pay_webhook *webhook,
                         pn_arena *arena, bool *ret_news, pn_diag *diag) {
    pn_pay_report reports[PN_PAY_REPORTS];
    size_t count = 0;
    bool news = false;
    PN_TRY(till->provider->verify(&till->account, webhook, diag));
    PN_TRY(till->provider->read(&till->account, webhook->body, arena, reports, &count, diag));
    for (size_t i = 0; i < count; i++) {
        PN_TRY(take_report(app, till, &reports[i], webhook->body, arena, &news, diag));
    }
    *ret_news = news;
    return PN_OK;
}

/* ── asking ──────────────────────────────────────────────────────────────────────────────────── */

/* What to believe where the provider says nothing: after its time nobody can pay any more. */
static void age(pn_app *app, const pn_payin_row *payin, pn_pay_report *report) {
    enum { GRACE_MINUTES = 60 };
    bool voucher = pn_str_eq(payin->provider, PN_PAYIN_VOUCHER);
    pn_time end = payin->expires_at + (voucher ? 0 : GRACE_MINUTES * PN_MINUTE);
    bool over = pn_app_now(app) >= end && (voucher || payin->state == PN_PAYIN_CREATED);
    if (!report->claims && over) {
        report->claims = true;
        report->state = PN_PAYIN_EXPIRED;
    }
}

static pn_err ask_provider(pn_app *app, const pn_payin_row *payin, pn_arena *arena,
                           pn_pay_report *ret_report, pn_diag *diag) {
    pn_debtor_row debtor;
    pn_till till;
    if (pn_str_eq(payin->provider, PN_PAYIN_VOUCHER) || payin->ref.len == 0) {
        return PN_OK; /* there is nobody to ask */
    }
    PN_TRY(pn_debtor_get(app->db, payin->debtor_id, arena, &debtor));
    PN_TRY(
        pn_till_open(app, payin->creditor_id, debtor.country, payin->provider, arena, &till, diag));
    return till.provider->poll(&till.account, payin->ref, arena, ret_report, diag);
}

/* Asked, whatever came of it: again later, unless it is settled. */
static pn_err ask_later(pn_app *app, pn_payin_row *payin, pn_diag *diag) {
    bool open = payin->state == PN_PAYIN_CREATED || payin->state == PN_PAYIN_PENDING;
    bool voucher = pn_str_eq(payin->provider, PN_PAYIN_VOUCHER);
    PN_TRY(pn_app_begin(app, diag));
    payin->asked++;
    payin->poll_at = !open ? PN_TIME_NEVER
                     : voucher
                         ? payin->expires_at
                         : pn_app_now(app) + pn_payin_patience_seconds(payin->asked) * PN_SECOND;
    return end_transaction(app, pn_payin_update(app->db, payin), diag);
}

pn_err pn_payins_ask(pn_app *app, pn_payin_row *payin, pn_arena *arena, pn_diag *diag) {
    pn_pay_report report = {0};
    pn_str verdict;
    pn_err err = ask_provider(app, payin, arena, &report, diag);
    if (err == PN_OK) {
        age(app, payin, &report);
        PN_TRY(apply_alone(app, payin->id, &report, arena, payin, &verdict, diag));
    }
    PN_TRY(ask_later(app, payin, diag));
    return err;
}

static pn_err next_ask(pn_app *app, pn_time *ret_next) {
    pn_stmt *q = pn_db_stmt(app->db, "SELECT min(poll_at) FROM payment_intent WHERE org_id = $1"
                                     " AND poll_at < 9223372036854775807");
    pn_bind_int(q, 1, app->org.id);
    PN_TRY(pn_row_next(q));
    *ret_next = pn_col_int_or(q, 0, PN_TIME_NEVER);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_payins_poll(pn_app *app, int64_t max, pn_arena *arena, pn_payin_poll_stats *ret_stats,
                      pn_time *ret_next, pn_diag *diag) {
    pn_payin_row *rows = NULL;
    size_t count = 0;
    pn_payin_poll_stats stats = {0};
    PN_TRY(pn_payin_due(app->db, app->org.id, pn_app_now(app), max, arena, &rows, &count));
    for (size_t i = 0; i < count && !pn_app_stops(app); i++) {
        pn_payin_state before = rows[i].state;
        pn_err err = pn_payins_ask(app, &rows[i], arena, diag);
        stats.asked++;
        stats.moved += rows[i].state != before;
        if (err == PN_CORRUPT || pn_db_in_transaction(app->db)) {
            return err;
        }
        stats.unanswered += err != PN_OK;
    }
    *ret_stats = stats;
    return next_ask(app, ret_next);
}

/* ── sending back ────────────────────────────────────────────────────────────────────────────── */

static pn_err check_refund(const pn_payin_row *payin, int64_t *amount, pn_diag *diag) {
    int64_t left = payin->amount - payin->refunded;
    if (payin->state != PN_PAYIN_SUCCEEDED) {
        return pn_diag_set(diag, PN_CONFLICT, "This payment is %s: nothing can go back.",
                           pn_payin_state_name(payin->state));
    }
    *amount = *amount == 0 ? left : *amount;
    if (*amount <= 0 || *amount > left) {
        return pn_diag_set(diag, PN_INVALID,
                           "What goes back must lie between 0 and what was paid.");
    }
    return PN_OK;
}

pn_err pn_payins_refund(pn_app *app, pn_id payin_id, int64_t amount, pn_str reason, pn_arena *arena,
                        pn_payin_row *ret_payin, pn_diag *diag) {
    pn_debtor_row debtor;
    pn_till till;
    pn_pay_report report = {0};
    pn_str verdict;
    char id[PN_ID_TEXT_SIZE];
    pn_err err = pn_payin_get(app->db, app->org.id, payin_id, arena, ret_payin);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(diag, err, "There is no such payment.");
    }
    PN_TRY(err);
    PN_TRY(check_refund(ret_payin, &amount, diag));
    PN_TRY(pn_debtor_get(app->db, ret_payin->debtor_id, arena, &debtor));
    PN_TRY(pn_till_open(app, ret_payin->creditor_id, debtor.country, ret_payin->provider, arena,
                        &till, diag));
    /* how much had gone back is part of the key: the same wish twice is one refund */
    pn_str key = pn_str_format(arena, "%s-refund-%lld-%lld", pn_id_text(PN_ID_PAYIN, payin_id, id),
                               (long long)ret_payin->refunded, (long long)amount);
    PN_TRY(till.provider->refund(&till.account, ret_payin->ref,
                                 (pn_money){amount, ret_payin->currency}, key, arena, &report,
                                 diag));
    report.reason = reason;
    return apply_alone(app, payin_id, &report, arena, ret_payin, &verdict, diag);
}
