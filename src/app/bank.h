/* The simulated bank: what stands behind the provider "simulated" (pay/simulated.c).
 *
 * It is a product of its own beside Puntual: it keeps books of its own, shows a page on which
 * somebody decides what becomes of a payment, and tells it by signed webhooks, or by nothing but
 * its answer when it is asked. No money moves, and no live organization may use it. */
#ifndef PN_APP_BANK_H
#define PN_APP_BANK_H

#include "app/app.h"
#include "pay/pay.h"

/* What the person on its page chooses. */
typedef enum {
    PN_BANK_PAY,     /* paid, told at once */
    PN_BANK_DECLINE, /* refused, told at once */
    PN_BANK_PENDING, /* on its way, told at once; for ever */
    PN_BANK_LATE,    /* on its way, told at once; paid after a day, which only asking tells */
    PN_BANK_LOST,    /* paid, and nothing is told: only asking tells */
    PN_BANK_CHOICES
} pn_bank_choice;

/* "pay", "decline", … ; PN_BANK_CHOICES for another word. */
pn_bank_choice pn_bank_choice_of(pn_str word);
const char *pn_bank_choice_name(pn_bank_choice choice);

/* What webhooks of the bank are signed with, of this organization. */
pn_str pn_bank_secret(const pn_app *app, pn_arena *arena);

/* Books the choice about the payment of that reference, of `amount`. `ret_webhook` is the raw body
 * that it would send and `ret_signature` what goes with it; both empty where it tells nothing. In
 * the transaction under way. */
PN_MUST_USE pn_err pn_bank_choose(pn_app *app, pn_str ref, pn_money amount, pn_bank_choice choice,
                                  pn_arena *arena, pn_str *ret_webhook, pn_str *ret_signature,
                                  pn_diag *diag);

/* How it stands there: what the driver's `poll` asks (pn_pay_bank; the context is a pn_app). */
PN_MUST_USE pn_err pn_bank_tell(void *context, pn_str ref, pn_arena *arena,
                                pn_pay_report *ret_report, pn_diag *diag);

#endif
