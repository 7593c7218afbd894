/* What Stripe says, as reports. An object may lack anything: what is not there claims nothing. */
#include "base/banned.h"
#include "pay/stripe_int.h"

static pn_str text_of(const pn_json *object, const char *name) {
    return pn_json_text(pn_json_get(object, pn_str_of(name)), PN_STR_NONE);
}

/* An id that is given as such or as the object itself. */
static pn_str id_of(const pn_json *value) {
    return value != NULL && value->type == PN_JSON_OBJECT ? text_of(value, "id")
                                                          : pn_json_text(value, PN_STR_NONE);
}

static const pn_json *object_of(const pn_json *object, const char *name) {
    const pn_json *value = pn_json_get(object, pn_str_of(name));
    return value != NULL && value->type == PN_JSON_OBJECT ? value : NULL;
}

static pn_money money_of(const pn_json *object, const char *name) {
    pn_money amount = {0};
    int64_t units = pn_json_int(pn_json_get(object, pn_str_of(name)), -1);
    if (pn_stripe_money(units, text_of(object, "currency"), &amount) != PN_OK) {
        return (pn_money){0};
    }
    return amount;
}

static void claim(pn_pay_report *report, pn_payin_state state) {
    report->claims = true;
    report->state = state;
}

/* We put our own id into the metadata of everything that we make. */
static void read_our_id(const pn_json *object, pn_pay_report *report) {
    pn_id id = 0;
    pn_str text = text_of(object_of(object, "metadata"), "payin");
    if (text.len == 0) {
        text = text_of(object, "client_reference_id");
    }
    if (pn_id_parse(PN_ID_PAYIN, text, &id) == PN_OK) {
        report->payin_id = id;
    }
}

static void read_error(const pn_json *error, pn_pay_report *report) {
    pn_str reason = text_of(error, "decline_code");
    report->reason = reason.len != 0 ? reason : text_of(error, "code");
}

/* ── charges ─────────────────────────────────────────────────────────────────────────────────── */

static void read_refund(const pn_json *charge, pn_pay_report *report) {
    report->refunded = money_of(charge, "amount_refunded");
    if (report->refunded.minor == 0) {
        report->refunded = (pn_money){0};
    }
    if (pn_json_bool(pn_json_field(charge, "refunded"), false)) {
        claim(report, PN_PAYIN_REFUNDED);
    }
}

static void read_charge(const pn_json *charge, pn_pay_report *report) {
    read_our_id(charge, report);
    report->money_ref = id_of(pn_json_field(charge, "payment_intent"));
    report->method = text_of(object_of(charge, "payment_method_details"), "type");
    read_refund(charge, report);
}

/* ── payment intents ─────────────────────────────────────────────────────────────────────────── */

void pn_stripe_read_payment(const pn_json *payment, pn_arena *arena, pn_pay_report *report) {
    pn_str status = text_of(payment, "status");
    (void)arena;
    read_our_id(payment, report);
    report->money_ref = text_of(payment, "id");
    if (report->ref.len == 0) {
        report->ref = report->money_ref;
    }
    const pn_json *error = object_of(payment, "last_payment_error");
    if (pn_str_is(status, "succeeded")) {
        claim(report, PN_PAYIN_SUCCEEDED);
        report->paid = money_of(payment, "amount_received");
    } else if (pn_str_is(status, "processing")) {
        claim(report, PN_PAYIN_PENDING);
    } else if (pn_str_is(status, "canceled")) {
        claim(report, PN_PAYIN_FAILED);
        report->reason = text_of(payment, "cancellation_reason");
    } else if (pn_str_is(status, "requires_payment_method") && error != NULL) {
        report->attempt_failed = true;
        read_error(error, report);
    }
    const pn_json *charge = object_of(payment, "latest_charge");
    if (charge != NULL) {
        report->method = text_of(object_of(charge, "payment_method_details"), "type");
        read_refund(charge, report);
    }
}

void pn_stripe_read_decline(const pn_json *answer, pn_arena *arena, pn_pay_report *report) {
    const pn_json *error = object_of(answer, "error");
    const pn_json *payment = object_of(error, "payment_intent");
    if (payment != NULL) {
        pn_stripe_read_payment(payment, arena, report);
    }
    read_error(error, report);
    claim(report, PN_PAYIN_FAILED);
}

/* ── checkout sessions ───────────────────────────────────────────────────────────────────────── */

/* Complete and unpaid is a method that takes days; only then the payment itself says more. */
static void read_unpaid(const pn_json *session, pn_arena *arena, pn_pay_report *report) {
    const pn_json *payment = object_of(session, "payment_intent");
    pn_pay_report inner = {0};
    claim(report, PN_PAYIN_PENDING);
    if (payment == NULL) {
        return;
    }
    pn_stripe_read_payment(payment, arena, &inner);
    report->reason = inner.reason;
    if (inner.attempt_failed) {
        claim(report, PN_PAYIN_FAILED);
    } else if (inner.claims) {
        claim(report, inner.state);
    }
}

void pn_stripe_read_session(const pn_json *session, pn_arena *arena, pn_pay_report *report) {
    pn_str status = text_of(session, "status"), paid = text_of(session, "payment_status");
    const pn_json *payment = pn_json_field(session, "payment_intent");
    read_our_id(session, report);
    report->ref = text_of(session, "id");
    report->money_ref = id_of(payment);
    if (pn_str_is(paid, "paid") || pn_str_is(paid, "no_payment_required")) {
        claim(report, PN_PAYIN_SUCCEEDED);
        report->paid = money_of(session, "amount_total");
    } else if (pn_str_is(status, "expired")) {
        claim(report, PN_PAYIN_EXPIRED);
    } else if (pn_str_is(status, "complete")) {
        read_unpaid(session, arena, report);
    }
    if (payment != NULL && payment->type == PN_JSON_OBJECT && report->claims &&
        report->state == PN_PAYIN_SUCCEEDED) {
        const pn_json *charge = object_of(payment, "latest_charge");
        if (charge != NULL) {
            report->method = text_of(object_of(charge, "payment_method_details"), "type");
            read_refund(charge, report);
        }
    }
}

/* ── events ──────────────────────────────────────────────────────────────────────────────────── */

/* False: an event that does not concern us. */
static bool read_object(pn_str type, const pn_json *object, pn_arena *arena,
                        pn_pay_report *report) {
    if (pn_str_starts(type, PN_STR("checkout.session."))) {
        pn_stripe_read_session(object, arena, report);
        if (pn_str_ends(type, PN_STR(".async_payment_failed"))) {
            claim(report, PN_PAYIN_FAILED);
        } else if (pn_str_ends(type, PN_STR(".async_payment_succeeded"))) {
            claim(report, PN_PAYIN_SUCCEEDED);
            report->paid = money_of(object, "amount_total");
        } else if (pn_str_ends(type, PN_STR(".completed")) && !report->claims) {
            claim(report, PN_PAYIN_PENDING); /* unpaid: nothing is fulfilled yet */
        }
        return true;
    }
    if (pn_str_starts(type, PN_STR("payment_intent."))) {
        pn_stripe_read_payment(object, arena, report);
        report->ref = PN_STR_NONE; /* of a session the intent is not its id: found by ours */
        return true;
    }
    if (pn_str_is(type, "charge.refunded")) {
        read_charge(object, report);
        return true;
    }
    if (pn_str_is(type, "charge.dispute.created")) {
        read_our_id(object, report);
        report->money_ref = id_of(pn_json_field(object, "payment_intent"));
        report->reason = text_of(object, "reason");
        report->contested = true;
        return true;
    }
    return false;
}

pn_err pn_stripe_read_event(pn_str body, pn_arena *arena, pn_pay_report *ret_reports,
                            size_t *ret_count, pn_diag *diag) {
    pn_json *event = NULL;
    pn_pay_report report = {0};
    PN_TRY(pn_json_parse(body, NULL, arena, &event, diag));
    report.event_id = text_of(event, "id");
    report.kind = text_of(event, "type");
    const pn_json *object = object_of(object_of(event, "data"), "object");
    if (report.event_id.len == 0 || report.kind.len == 0) {
        return pn_diag_set(diag, PN_INVALID, "The webhook is no event of Stripe.");
    }
    *ret_count = 0;
    if (object != NULL && read_object(report.kind, object, arena, &report)) {
        ret_reports[(*ret_count)++] = report;
    }
    return PN_OK;
}
