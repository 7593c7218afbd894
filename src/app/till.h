/* Tills: the ways to pay that a creditor offers, and a provider as it was set there.
 *
 * A way is a bank transfer, a cash voucher, or a provider (pay/pay.h). It is set for one
 * creditor or for all, and for debtors of one country or of all; of several that fit, the nearest
 * holds: the creditor's before everybody's, the country's before any. */
#ifndef PN_APP_TILL_H
#define PN_APP_TILL_H

#include "app/app.h"
#include "pay/pay.h"
#include "store/payin.h"

/* ── ways to pay ── */

/* Checks and writes one, in the transaction under way. Secrets stand in settings by the names
 * "key_file" or "key_env", "webhook_secret_file" or "webhook_secret_env", and are read once to see
 * that they are there. INVALID or DENIED with a sentence. */
PN_MUST_USE pn_err pn_till_set(pn_app *app, const pn_method_row *row, pn_arena *arena,
                               pn_diag *diag);
/* NOT_FOUND with a sentence. */
PN_MUST_USE pn_err pn_till_remove(pn_app *app, pn_id creditor_id, pn_str country, pn_str kind,
                                  pn_diag *diag);

/* The same by a form, with the audit trail: secrets that are given go to the vault, those that are
 * not stay as they were. In the transaction under way. */
typedef struct {
    pn_method_row row; /* settings without secrets, as JSON; those that name one are refused */
    pn_str key, webhook_secret;
} pn_till_form;
PN_MUST_USE pn_err pn_till_setup(pn_app *app, const pn_till_form *form, pn_arena *arena,
                                 pn_diag *diag);
/* Takes it away with its secrets, with the audit trail. NOT_FOUND with a sentence. */
PN_MUST_USE pn_err pn_till_drop(pn_app *app, const pn_method_row *row, pn_arena *arena,
                                pn_diag *diag);
/* One of that creditor, country and kind; NOT_FOUND. */
PN_MUST_USE pn_err pn_till_find(pn_app *app, pn_id creditor_id, pn_str country, pn_str kind,
                                pn_arena *arena, pn_method_row *ret_row);
/* Asks the provider whether it takes the key, and whether that moves real money; nothing is changed
 * there. In test mode too it asks where it would live. May wait for the network: for threads that
 * may. INVALID where there is nothing to ask; else what the provider said, with a cause. */
PN_MUST_USE pn_err pn_till_look(pn_app *app, const pn_method_row *row, pn_arena *arena,
                                bool *ret_live, pn_diag *diag);
/* The name in the vault of a secret ("key", "webhook_secret") of a way to pay. */
pn_str pn_till_vault(const pn_method_row *row, const char *what, pn_arena *arena);

/* What a debtor of that country is offered by the creditor: one row a kind, in their order. Without
 * any setting that is a transfer, where the creditor has an account. */
PN_MUST_USE pn_err pn_till_offers(pn_app *app, pn_id creditor_id, pn_str country, pn_arena *arena,
                                  pn_method_row **ret_rows, size_t *ret_count);

/* ── a provider ── */

typedef struct {
    const pn_pay_provider *provider;
    pn_id creditor_id;
    pn_pay_account account;
    pn_pay_host host;
} pn_till;

/* With its secrets. NOT_FOUND with a sentence where the creditor has no such provider. `app` is
 * borrowed as long as the till is used. A till must not be copied. */
PN_MUST_USE pn_err pn_till_open(pn_app *app, pn_id creditor_id, pn_str country, pn_str provider,
                                pn_arena *arena, pn_till *ret_till, pn_diag *diag);

/* The same for what comes in masses, as it stood at most a second ago: with settings and secrets
 * that were read then. It lives until the next call, or until the application is closed. */
PN_MUST_USE pn_err pn_till_recall(pn_app *app, pn_id creditor_id, pn_str country, pn_str provider,
                                  const pn_till **ret_till, pn_diag *diag);
/* What is set is another from now on. */
void pn_tills_forget(pn_app *app);

/* ── vouchers ── */

typedef struct {
    pn_str place; /* "OXXO", "Correos": where it can be paid */
    pn_str form;  /* "n57" (Spain, Cuaderno 57) or "code128" */
    pn_str issuer, suffix, prefix;
    int64_t days;
} pn_voucher_settings;

PN_MUST_USE pn_err pn_till_voucher(const pn_method_row *row, pn_arena *arena,
                                   pn_voucher_settings *ret_settings, pn_diag *diag);

#endif
