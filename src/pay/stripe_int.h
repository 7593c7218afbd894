/* Shared by the parts of the Stripe driver. */
#ifndef PN_PAY_STRIPE_INT_H
#define PN_PAY_STRIPE_INT_H

#include "pay/pay.h"

/* ── amounts: Stripe counts some currencies in other units than ISO 4217 does ── */

/* INVALID with a sentence where Stripe has no such amount. */
PN_MUST_USE pn_err pn_stripe_amount(pn_money amount, int64_t *ret_units, pn_diag *diag);
/* Back; `code` in small letters as Stripe writes it. INVALID for what is no amount of ours. */
PN_MUST_USE pn_err pn_stripe_money(int64_t units, pn_str code, pn_money *ret_amount);

/* ── objects as Stripe's API gives them (docs.stripe.com/api) ── */

/* A Checkout Session; `payment_intent` in it may be expanded, and `latest_charge` in that. */
void pn_stripe_read_session(const pn_json *session, pn_arena *arena, pn_pay_report *report);
/* A card's bank said no: the error, and the payment in it. It claims that the payment failed. */
void pn_stripe_read_decline(const pn_json *answer, pn_arena *arena, pn_pay_report *report);
void pn_stripe_read_payment(const pn_json *payment_intent, pn_arena *arena, pn_pay_report *report);

PN_MUST_USE pn_err pn_stripe_read_event(pn_str body, pn_arena *arena, pn_pay_report *ret_reports,
                                        size_t *ret_count, pn_diag *diag);

#endif
