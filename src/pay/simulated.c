/* The simulated bank: a provider of our own without money, for trying things out, demonstrations
 * and tests. Its page says so, and no live organization may use it.
 *
 * The page (http/simulated.c) and the bank's own books (app/bank.h) are ours too; this driver keeps
 * to what the driver of a real provider does: it sends the payer to a page, verifies signed
 * webhooks, and asks the bank. */
#include "base/banned.h"
#include "base/hash.h"
#include "pay/pay.h"

static pn_err simulated_check(const pn_pay_account *account, pn_money amount, pn_diag *diag) {
    (void)account;
    return amount.minor > 0 ? PN_OK
                            : pn_diag_set(diag, PN_INVALID, "An amount to pay is positive.");
}

static pn_err simulated_create(const pn_pay_account *account, const pn_pay_request *request,
                               pn_arena *arena, pn_pay_created *ret_created, pn_diag *diag) {
    char letters[PN_ID_LETTERS];
    (void)diag;
    pn_letters_write((uint64_t)request->payin_id, PN_ID_LETTERS, letters);
    pn_str ref = pn_str_format(arena, "sim_%.*s", PN_ID_LETTERS, letters);
    *ret_created = (pn_pay_created){
        .ref = ref,
        .url = pn_str_format(arena, "%.*s/simulated-bank/%.*s",
                             PN_STR_ARG(account->host->public_url), PN_STR_ARG(ref)),
        .state = PN_PAYIN_CREATED,
        .expires_at = PN_TIME_NONE,
    };
    return PN_OK;
}

static pn_err simulated_poll(const pn_pay_account *account, pn_str ref, pn_arena *arena,
                             pn_pay_report *ret_report, pn_diag *diag) {
    pn_pay_report report = {0};
    PN_TRY(account->host->bank(account->host->bank_context, ref, arena, &report, diag));
    report.kind = PN_STR("poll");
    *ret_report = report;
    return PN_OK;
}

static pn_err simulated_refund(const pn_pay_account *account, pn_str ref, pn_money amount,
                               pn_str key, pn_arena *arena, pn_pay_report *ret_report,
                               pn_diag *diag) {
    pn_pay_report report = {0};
    (void)key;
    PN_TRY(account->host->bank(account->host->bank_context, ref, arena, &report, diag));
    if (!report.claims || report.state != PN_PAYIN_SUCCEEDED || amount.minor > report.paid.minor) {
        return pn_diag_set(diag, PN_CONFLICT, "So much was not paid there.");
    }
    report.kind = PN_STR("refund");
    report.refunded = amount;
    report.state = amount.minor == report.paid.minor ? PN_PAYIN_REFUNDED : PN_PAYIN_SUCCEEDED;
    *ret_report = report;
    return PN_OK;
}

/* A mandate says what becomes of the charge: "sim-paid", "sim-pending"; else the reason why not. */
static pn_err simulated_charge(const pn_pay_account *account, const pn_pay_request *request,
                               pn_str mandate, pn_arena *arena, pn_pay_report *ret_report,
                               pn_diag *diag) {
    pn_pay_created created;
    PN_TRY(simulated_create(account, request, arena, &created, diag));
    pn_pay_report report = {.kind = PN_STR("charge"),
                            .ref = created.ref,
                            .payin_id = request->payin_id,
                            .claims = true,
                            .method = PN_STR("card")};
    if (pn_str_is(mandate, "sim-paid")) {
        report.state = PN_PAYIN_SUCCEEDED;
        report.paid = request->amount;
    } else if (pn_str_is(mandate, "sim-pending")) {
        report.state = PN_PAYIN_PENDING;
    } else {
        report.state = PN_PAYIN_FAILED;
        report.reason = pn_str_starts(mandate, PN_STR("sim-")) ? pn_str_from(mandate, 4)
                                                               : PN_STR("card_declined");
    }
    *ret_report = report;
    return PN_OK;
}

static pn_err simulated_verify(const pn_pay_account *account, const pn_pay_webhook *webhook,
                               pn_diag *diag) {
    if (!pn_pay_signed(account->webhook_secret, &webhook->body, 1, webhook->signature)) {
        return pn_diag_set(diag, PN_DENIED, "The webhook's signature is not right.");
    }
    return PN_OK;
}

/* {"id", "ref", "payin", "state", "minor", "currency", "reason"} */
static pn_err simulated_read(const pn_pay_account *account, pn_str body, pn_arena *arena,
                             pn_pay_report ret_reports[PN_PAY_REPORTS], size_t *ret_count,
                             pn_diag *diag) {
    pn_json *event = NULL;
    pn_pay_report report = {.kind = PN_STR("simulated"), .claims = true, .method = PN_STR("card")};
    (void)account;
    PN_TRY(pn_json_parse(body, NULL, arena, &event, diag));
    report.event_id = pn_json_text(pn_json_field(event, "id"), PN_STR_NONE);
    report.ref = pn_json_text(pn_json_field(event, "ref"), PN_STR_NONE);
    report.reason = pn_json_text(pn_json_field(event, "reason"), PN_STR_NONE);
    report.state = pn_payin_state_of(pn_json_text(pn_json_field(event, "state"), PN_STR_NONE));
    if (report.event_id.len == 0 || report.ref.len == 0 || report.state == PN_PAYIN_STATES) {
        return pn_diag_set(diag, PN_INVALID, "The webhook is no event of the simulated bank.");
    }
    if (report.state == PN_PAYIN_SUCCEEDED) {
        pn_str code = pn_json_text(pn_json_field(event, "currency"), PN_STR_NONE);
        report.paid.minor = pn_json_int(pn_json_field(event, "minor"), 0);
        PN_TRY(pn_currency_parse(code, &report.paid.currency));
    }
    ret_reports[0] = report;
    *ret_count = 1;
    return PN_OK;
}

const pn_pay_provider pn_pay_simulated;
const pn_pay_provider pn_pay_simulated = {
    .name = "simulated",
    .title = "Simulated bank",
    .help = "a bank page of our own on which no money moves: for tests and demonstrations",
    .signature_header = "simulated-signature",
    .test_only = true,
    .check = simulated_check,
    .create = simulated_create,
    .poll = simulated_poll,
    .refund = simulated_refund,
    .charge = simulated_charge,
    .verify = simulated_verify,
    .read = simulated_read,
};
