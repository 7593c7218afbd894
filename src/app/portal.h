/* The debtor's page: what it knows, and what can be done on it.
 *
 * A link opens a portal: one debtor's account with one creditor, or one invoice of it. What is
 * beyond that (other invoices, another contact) takes a code sent to a contact that was known
 * before. Every form carries a token bound to link and action, which works once; what is done is
 * said in the debtor's own words in the same transaction as its signal. A GET changes nothing. */
#ifndef PN_APP_PORTAL_H
#define PN_APP_PORTAL_H

#include "app/links.h"
#include "app/payins.h"
#include "format/form.h"
#include "page/page.h"
#include "store/debtor.h"
#include "store/invoice.h"

typedef struct {
    pn_app *app;
    pn_arena *arena;
    pn_str token;
    pn_link link;
    pn_debtor_row debtor;
    const pn_creditor_row *creditor;
    pn_account_row account;
    bool has_account;
    const pn_zone *zone;
    bool opened; /* a code was given */
    pn_page_frame frame;
} pn_portal;

/* What a token opens, whatever its state (portal->link.state). NOT_FOUND for what we did not make.
 * `language` is the reader's choice, empty: the debtor's. `pass` is what the browser holds from a
 * code. */
PN_MUST_USE pn_err pn_portal_open(pn_app *app, pn_str token, pn_str language, pn_str pass,
                                  pn_arena *arena, pn_portal *ret_portal, pn_diag *diag);

/* True where the company looks at it and not the debtor: it may see everything that the link
 * shows, and nothing is taken from it. */
bool pn_portal_own_look(const pn_portal *portal);

/* ── what it shows ── */

/* Everything of the account's page but its form token and problems. */
PN_MUST_USE pn_err pn_portal_account(pn_portal *portal, pn_page_account *ret_account,
                                     pn_diag *diag);
/* Whether this invoice is shown here: what a link may download, pay and dispute. */
PN_MUST_USE pn_err pn_portal_invoice(pn_portal *portal, pn_str id, pn_invoice_row *ret_invoice);
PN_MUST_USE pn_err pn_portal_payment(pn_portal *portal, pn_str id, pn_payment_row *ret_payment);
/* The plan that was agreed last: what can be downloaded of it. NOT_FOUND. */
PN_MUST_USE pn_err pn_portal_agreement(pn_portal *portal, pn_id *ret_plan_id);
PN_MUST_USE pn_err pn_portal_voucher(pn_portal *portal, pn_str id, pn_page_voucher *ret_voucher,
                                     pn_diag *diag);

/* ── forms ── */

/* What makes a form of this link and action work once, within a day. */
pn_str pn_portal_form_token(const pn_portal *portal, const char *action);
/* In the transaction under way. CONFLICT: it was used before, and what it did is done. DENIED: it
 * is not of this link and action, or too old. LIMIT: too much was done in the last hour. */
PN_MUST_USE pn_err pn_portal_spend(pn_portal *portal, const char *action, pn_str token);
/* The same without a link: the page that checks messages, the simulated bank's. */
pn_str pn_page_token_make(const pn_app *app, pn_str about, pn_arena *arena);
bool pn_page_token_good(const pn_app *app, pn_str token, pn_str about, pn_str *ret_nonce);

/* Guesses on the page that checks messages, by who makes them: how many since then; one more. */
PN_MUST_USE pn_err pn_page_guesses(pn_app *app, pn_id who, pn_time since, int64_t *ret_count);
PN_MUST_USE pn_err pn_page_guessed(pn_app *app, pn_id who, pn_str nonce);

/* ── what can be done; each in the transaction under way, INVALID with what is wrong ── */

/* What is wrong with a field: its name and the sentence. */
typedef struct {
    const char *field;
    pn_str sentence;
} pn_portal_problem;

typedef struct {
    pn_portal_problem items[8];
    size_t count;
} pn_portal_problems;

/* Filled from the form: what to pay. */
typedef struct {
    pn_money amount;
    pn_id *invoices;
    size_t invoice_count;
    pn_str method;
    pn_str title;
} pn_portal_wish;

PN_MUST_USE pn_err pn_portal_wish_read(pn_portal *portal, const pn_form_data *form,
                                       pn_portal_wish *ret_wish, pn_portal_problems *problems);
PN_MUST_USE pn_err pn_portal_promise(pn_portal *portal, const pn_form_data *form,
                                     pn_portal_problems *problems, pn_diag *diag);
PN_MUST_USE pn_err pn_portal_dispute(pn_portal *portal, const pn_form_data *form,
                                     pn_portal_problems *problems, pn_diag *diag);
PN_MUST_USE pn_err pn_portal_paid(pn_portal *portal, const pn_form_data *form,
                                  pn_portal_problems *problems, pn_diag *diag);
PN_MUST_USE pn_err pn_portal_help(pn_portal *portal, const pn_form_data *form,
                                  pn_portal_problems *problems, pn_diag *diag);
PN_MUST_USE pn_err pn_portal_contact(pn_portal *portal, const pn_form_data *form,
                                     pn_portal_problems *problems, pn_diag *diag);
PN_MUST_USE pn_err pn_portal_plan(pn_portal *portal, const pn_form_data *form,
                                  pn_portal_problems *problems, pn_diag *diag);
PN_MUST_USE pn_err pn_portal_plan_other(pn_portal *portal, const pn_form_data *form,
                                        pn_portal_problems *problems, pn_diag *diag);

/* The forms of all these, empty or as they were sent. `name` is "promise", "dispute", …; NOT_FOUND
 * where it makes no sense now. */
PN_MUST_USE pn_err pn_portal_form(pn_portal *portal, const char *name, const pn_form_data *sent,
                                  const pn_portal_problems *problems, pn_page_form *ret_form,
                                  pn_diag *diag);

/* The day up to which a promise may go. */
pn_date pn_portal_promise_until(const pn_portal *portal);

/* ── the code, a new link ── */

enum { PN_CODE_DIGITS = 6, PN_CODE_MINUTES = 10, PN_CODE_TRIES = 5, PN_PASS_MINUTES = 30 };

/* Makes a code and sends it to the contact (an id of one of the debtor's usable e-mail addresses).
 * Not inside a transaction: the mail is waited for. `ret_masked` says where it went. LIMIT past
 * five an hour. */
PN_MUST_USE pn_err pn_portal_code_send(pn_portal *portal, pn_str contact, pn_str *ret_masked,
                                       pn_diag *diag);
/* In the transaction under way. OK: `ret_pass` is for the browser alone. DENIED: `ret_left` tries;
 * 0: that code is over. */
PN_MUST_USE pn_err pn_portal_code_enter(pn_portal *portal, pn_str code, pn_str *ret_pass,
                                        int64_t *ret_left);
/* Sends a new link for one that expired to a usable e-mail address that is known; OK also where
 * there is none, for nobody shall learn that. Not inside a transaction. */
PN_MUST_USE pn_err pn_portal_renew(pn_portal *portal, pn_diag *diag);

/* ── signals ── */

/* Somebody looked, in the transaction under way: told by the page's own picture, or by a form. */
PN_MUST_USE pn_err pn_portal_visited(pn_portal *portal, pn_signal_source source, pn_diag *diag);
PN_MUST_USE pn_err pn_portal_signal(pn_portal *portal, pn_signal_kind kind, pn_str detail,
                                    pn_diag *diag);

/* ── is this message from us? ── */

/* The creditor with an invoice of that number whose debtor has that code; NULL where there is
 * none. */
PN_MUST_USE pn_err pn_portal_verify(pn_app *app, pn_str number, pn_str code, pn_arena *arena,
                                    const pn_creditor_row **ret_creditor);

#endif
