/* Money that comes in through a provider, or on a voucher: payment intents, from the wish to pay to
 * the books.
 *
 *   begin ─▶ the provider makes its page ─▶ the payer goes there ─▶ webhook, or our asking
 *     row         (network, no lock)                                   │ a report (pay/pay.h)
 *                                                                      ▼
 *                    core/payin.h judges it ─▶ state ─▶ books, in the same transaction
 *
 * What is under way is in flight (an instrument of the books): nobody is asked for it meanwhile.
 * What succeeded is a payment with the external id "provider:reference", so that it is posted once
 * whatever is told twice; a refund reverses it. Every event is stored before anything follows from
 * it. What a webhook does not bring, the next asking does. */
#ifndef PN_APP_PAYINS_H
#define PN_APP_PAYINS_H

#include "app/till.h"

typedef struct {
    pn_id debtor_id, account_id;
    pn_money amount;
    const pn_id *invoices; /* the payer's choice; none: the oldest first */
    size_t invoice_count;
    pn_str origin;   /* "page", "collect" */
    pn_str title;    /* what the payer reads at the provider */
    pn_str language; /* theirs */
    pn_str back_url;
} pn_payin_request;

/* The first half, in the transaction under way: checks, and the row. The signal of the attempt is
 * the caller's. INVALID with a sentence. */
PN_MUST_USE pn_err pn_payins_begin(pn_app *app, const pn_till *till,
                                   const pn_payin_request *request, pn_arena *arena,
                                   pn_payin_row *ret_payin, pn_diag *diag);
/* All of it, with transactions of its own around the provider's answer: `ret_payin->url` is where
 * the payer goes. Where the provider refuses, the intent has failed. Not inside a transaction. */
PN_MUST_USE pn_err pn_payins_start(pn_app *app, const pn_till *till,
                                   const pn_payin_request *request, pn_arena *arena,
                                   pn_payin_row *ret_payin, pn_diag *diag);
/* Charges a mandate; what came of it is in the row. Not inside a transaction. */
PN_MUST_USE pn_err pn_payins_charge(pn_app *app, const pn_till *till,
                                    const pn_payin_request *request, pn_str mandate,
                                    pn_arena *arena, pn_payin_row *ret_payin, pn_diag *diag);

/* A voucher: pending from the beginning until it is paid some other way or runs out. Who let two
 * run out within 30 days gets one that holds nothing back. In the transaction under way. */
PN_MUST_USE pn_err pn_payins_voucher(pn_app *app, const pn_payin_request *request,
                                     const pn_voucher_settings *settings, pn_arena *arena,
                                     pn_payin_row *ret_payin, pn_diag *diag);
/* What its bar code says, and what a person reads out: on the arena. */
PN_MUST_USE pn_err pn_payins_voucher_code(const pn_payin_row *payin,
                                          const pn_voucher_settings *settings, pn_arena *arena,
                                          pn_str *ret_code, pn_diag *diag);

/* A webhook as it came, in the transaction under way: verified, stored, applied. DENIED for one
 * that is not the provider's; `ret_news` says whether any of it was not known before. */
PN_MUST_USE pn_err pn_payins_webhook(pn_app *app, const pn_till *till,
                                     const pn_pay_webhook *webhook, pn_arena *arena, bool *ret_news,
                                     pn_diag *diag);

/* Asks providers how it goes with what is due, at most `max`; `ret_next` is when there is something
 * to ask again (PN_TIME_NEVER). With transactions of its own. */
typedef struct {
    int64_t asked, moved, unanswered;
} pn_payin_poll_stats;

PN_MUST_USE pn_err pn_payins_poll(pn_app *app, int64_t max, pn_arena *arena,
                                  pn_payin_poll_stats *ret_stats, pn_time *ret_next, pn_diag *diag);

/* Asks about one of them now, whatever its time: a payer came back from the provider's page. */
PN_MUST_USE pn_err pn_payins_ask(pn_app *app, pn_payin_row *payin, pn_arena *arena, pn_diag *diag);

/* Sends money back (0: all that was paid). With transactions of its own. */
PN_MUST_USE pn_err pn_payins_refund(pn_app *app, pn_id payin_id, int64_t amount, pn_str reason,
                                    pn_arena *arena, pn_payin_row *ret_payin, pn_diag *diag);

#endif
