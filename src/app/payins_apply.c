/* From what a provider tells to the books. */
#include "app/books.h"
#include "app/payins_int.h"
#include "app/signals.h"
#include "app/tasks.h"
#include "base/banned.h"

typedef struct {
    pn_app *app;
    pn_payin_row *payin;
    const pn_pay_report *report;
    pn_arena *arena;
    pn_diag *diag;
} change;

void pn_payin_invoices(const pn_payin_row *payin, pn_arena *arena, pn_id **ret_ids,
                       size_t *ret_count) {
    pn_str rest = payin->invoices, part;
    size_t count = 0;
    pn_id *ids = pn_arena_array(arena, pn_id, payin->invoices.len / 2 + 1);
    while (rest.len != 0 && pn_str_split(&rest, ' ', &part)) {
        count += pn_id_parse(PN_ID_INVOICE, part, &ids[count]) == PN_OK;
    }
    *ret_ids = ids;
    *ret_count = count;
}

/* ── signals and tasks ───────────────────────────────────────────────────────────────────────── */

static pn_err signal(const change *c, pn_signal_kind kind, pn_str detail) {
    pn_signal_report report = {.debtor_id = c->payin->debtor_id,
                               .kind = kind,
                               .source = PN_SOURCE_HUMAN,
                               .detail = detail};
    return pn_signals_add(c->app, &report, c->arena, c->diag);
}

static pn_err task(const change *c, pn_task_kind kind) {
    pn_str about = pn_str_format(c->arena, "%.*s %.*s", PN_STR_ARG(c->payin->provider),
                                 PN_STR_ARG(c->payin->ref));
    pn_task_request request = {.debtor_id = c->payin->debtor_id,
                               .kind = kind,
                               .about = about,
                               .script = c->report->reason,
                               .due_at = pn_app_now(c->app) + PN_DAY};
    return pn_tasks_open(c->app, &request, c->arena);
}

/* ── on its way ──────────────────────────────────────────────────────────────────────────────── */

/* What may be asked for of what it pays: no more can be held back. */
static pn_err claimable_of(const change *c, const pn_id *ids, size_t count, int64_t *ret_sum) {
    pn_invoice_row *rows = NULL;
    size_t row_count = 0;
    int64_t sum = 0;
    PN_TRY(pn_invoice_of_account(c->app->db, c->payin->debtor_id, c->payin->account_id, false,
                                 c->arena, &rows, &row_count));
    for (size_t i = 0; i < row_count; i++) {
        bool chosen = count == 0;
        for (size_t k = 0; k < count; k++) {
            chosen = chosen || ids[k] == rows[i].item.id;
        }
        sum += chosen ? rows[i].item.claimable : 0;
    }
    *ret_sum = sum;
    return PN_OK;
}

static pn_date expected_day(const change *c) {
    enum { DAYS_UNDER_WAY = 7 };
    const pn_payin_row *payin = c->payin;
    pn_time by = pn_str_eq(payin->provider, PN_PAYIN_VOUCHER)
                     ? payin->expires_at
                     : pn_app_now(c->app) + DAYS_UNDER_WAY * PN_DAY;
    return pn_zone_date(pn_app_zone_or_own(c->app, c->app->org.zone), by);
}

static pn_err hold_back(const change *c) {
    pn_id *ids = NULL;
    size_t count = 0;
    int64_t claimable = 0;
    pn_payin_invoices(c->payin, c->arena, &ids, &count);
    PN_TRY(claimable_of(c, ids, count, &claimable));
    int64_t amount = PN_MIN(claimable, c->payin->amount);
    if (amount <= 0) {
        return PN_OK; /* promised, planned or disputed: held back already */
    }
    return pn_books_instrument(c->app, c->payin->debtor_id, c->payin->account_id,
                               c->payin->provider, c->payin->ref, amount, expected_day(c), ids,
                               count, c->arena, &c->payin->instrument_id, c->diag);
}

static pn_err let_go(const change *c, pn_str reason) {
    pn_id id = c->payin->instrument_id;
    if (id == 0) {
        return PN_OK;
    }
    c->payin->instrument_id = 0;
    return pn_books_settle_instrument(c->app, id, false, reason, c->arena, c->diag);
}

/* ── there ───────────────────────────────────────────────────────────────────────────────────── */

/* The payer's invoices that are still open: others may have been paid meanwhile, and money is
 * never refused. */
static pn_err open_invoices(const change *c, pn_id **ret_ids, size_t *ret_count) {
    pn_id *ids = NULL;
    size_t count = 0, kept = 0;
    pn_payin_invoices(c->payin, c->arena, &ids, &count);
    for (size_t i = 0; i < count; i++) {
        pn_invoice_row row;
        pn_err err = pn_invoice_get(c->app->db, ids[i], c->arena, &row);
        if (err == PN_OK && row.item.closed == PN_CLOSED_NOT &&
            row.account_id == c->payin->account_id) {
            ids[kept++] = ids[i];
        } else if (err != PN_OK && err != PN_NOT_FOUND) {
            return err;
        }
    }
    *ret_ids = ids;
    *ret_count = kept;
    return PN_OK;
}

/* `again` tells what is left after a part went back from the payment before. */
static pn_err post(const change *c, int64_t minor, bool again) {
    pn_payin_row *payin = c->payin;
    pn_payment_result result = {0};
    pn_payment_request request = {
        .debtor_id = payin->debtor_id,
        .creditor_id = payin->creditor_id,
        .amount = {minor, payin->currency},
        .received = PN_DATE_NONE,
        .at = PN_TIME_NONE,
        .external_id = pn_str_format(c->arena, "%.*s:%.*s", PN_STR_ARG(payin->provider),
                                     PN_STR_ARG(payin->ref)),
        .method = payin->method.len != 0 ? payin->method : payin->provider,
        .reference = payin->ref,
    };
    if (again) {
        request.external_id =
            pn_str_format(c->arena, "%.*s/%lld", PN_STR_ARG(request.external_id), (long long)minor);
    }
    pn_id *ids = NULL;
    PN_TRY(open_invoices(c, &ids, &request.invoice_count));
    request.invoices = ids;
    if (payin->instrument_id != 0) {
        PN_TRY(pn_books_instrument_paid(c->app, payin->instrument_id, &request, c->arena, &result,
                                        c->diag));
        payin->instrument_id = 0;
    } else {
        PN_TRY(pn_books_pay(c->app, &request, c->arena, &result, c->diag));
    }
    payin->payment_id = result.payment_id;
    return pn_books_settle_plan(c->app, payin->debtor_id, payin->account_id, c->arena);
}

static pn_err reverse(const change *c, pn_str reason) {
    pn_id id = c->payin->payment_id;
    if (id == 0) {
        return PN_OK;
    }
    c->payin->payment_id = 0;
    return pn_books_reverse(c->app, id, reason, c->arena, c->diag);
}

/* ── the report ──────────────────────────────────────────────────────────────────────────────── */

static bool same_currency(const change *c) {
    const pn_money *paid = &c->report->paid;
    return paid->currency.code[0] == '\0' || pn_currency_eq(paid->currency, c->payin->currency);
}

static pn_err succeed(const change *c) {
    const pn_money *paid = &c->report->paid;
    if (!same_currency(c) || paid->minor < 0) {
        return task(c, PN_TASK_STRANGE_MONEY);
    }
    int64_t minor = paid->minor > 0 ? paid->minor : c->payin->amount;
    PN_TRY(post(c, minor, false));
    return minor == c->payin->amount ? PN_OK : task(c, PN_TASK_STRANGE_MONEY);
}

static pn_err move(const change *c, pn_payin_state to) {
    pn_payin_row *payin = c->payin;
    payin->state = to;
    payin->poll_at = PN_TIME_NEVER;
    payin->settled_at = pn_app_now(c->app);
    switch (to) {
    case PN_PAYIN_PENDING:
        payin->settled_at = PN_TIME_NONE;
        payin->asked = 0;
        payin->poll_at = pn_app_now(c->app) + pn_payin_patience_seconds(0) * PN_SECOND;
        return hold_back(c);
    case PN_PAYIN_SUCCEEDED: return succeed(c);
    case PN_PAYIN_FAILED:
        PN_TRY(let_go(c, c->report->reason.len != 0 ? c->report->reason : PN_STR("failed")));
        return signal(c, PN_SIGNAL_PAYMENT_FAILED, c->report->reason);
    case PN_PAYIN_EXPIRED: return let_go(c, PN_STR("expired"));
    case PN_PAYIN_REFUNDED:
        PN_TRY(let_go(c, PN_STR("refunded")));
        payin->refunded = payin->amount;
        return reverse(c, PN_STR("refunded"));
    case PN_PAYIN_CREATED:
    case PN_PAYIN_STATES: break;
    }
    return PN_OK;
}

/* A part went back: what is left is posted in place of the whole. */
static pn_err refund_part(const change *c) {
    pn_payin_row *payin = c->payin;
    const pn_money *refunded = &c->report->refunded;
    bool more = refunded->minor > payin->refunded && payin->state == PN_PAYIN_SUCCEEDED;
    if (!more || !pn_currency_eq(refunded->currency, payin->currency)) {
        return PN_OK;
    }
    pn_payment_row payment;
    PN_TRY(pn_payment_get(c->app->db, c->app->org.id, payin->payment_id, c->arena, &payment));
    int64_t left = payment.amount + payin->refunded - refunded->minor;
    PN_TRY(reverse(c, PN_STR("refunded in part")));
    payin->refunded = refunded->minor;
    return left > 0 ? post(c, left, true) : PN_OK;
}

static void keep_words(const change *c) {
    pn_payin_row *payin = c->payin;
    const pn_pay_report *report = c->report;
    payin->money_ref = report->money_ref.len != 0 ? report->money_ref : payin->money_ref;
    payin->method = report->method.len != 0 ? report->method : payin->method;
    payin->reason = report->reason.len != 0 ? report->reason : payin->reason;
    if (payin->ref.len == 0) {
        payin->ref = report->ref.len != 0 ? report->ref : report->money_ref;
    }
}

static pn_err judge(const change *c, pn_str *ret_verdict) {
    pn_payin_verdict verdict =
        c->report->claims ? pn_payin_judge(c->payin->state, c->report->state) : PN_PAYIN_STAYS;
    switch (verdict) {
    case PN_PAYIN_STAYS: *ret_verdict = PN_STR("known"); return PN_OK;
    case PN_PAYIN_CONTRADICTS:
        *ret_verdict = PN_STR("contradicts");
        c->payin->poll_at = pn_app_now(c->app);
        return PN_OK;
    case PN_PAYIN_MOVES: *ret_verdict = PN_STR("moved"); return move(c, c->report->state);
    }
    return PN_OK;
}

pn_err pn_payin_apply(pn_app *app, pn_payin_row *payin, const pn_pay_report *report,
                      pn_arena *arena, pn_str *ret_verdict, pn_diag *diag) {
    pn_pay_report said = *report;
    if (said.attempt_failed && !said.claims && pn_str_is(payin->origin, "collect")) {
        said.claims = true; /* nobody is there to try again */
        said.state = PN_PAYIN_FAILED;
    }
    report = &said;
    change c = {app, payin, report, arena, diag};
    keep_words(&c);
    PN_TRY(judge(&c, ret_verdict));
    PN_TRY(refund_part(&c));
    if (report->attempt_failed) {
        PN_TRY(signal(&c, PN_SIGNAL_PAYMENT_FAILED, report->reason));
    }
    if (report->contested) {
        PN_TRY(task(&c, PN_TASK_CONTESTED));
    }
    return pn_payin_update(app->db, payin);
}
