/* A payment provider: somebody outside who takes money for a creditor, and tells what became of it.
 *
 * The use case (app/payins.h) decides what is paid, keeps it, and posts it; a driver only speaks
 * the provider's language. It never reads the database and keeps nothing. What a provider tells is
 * a report: a claim about one intent (core/payin.h says what is believed of it). Its webhook is a
 * hint and its answer to `poll` is the truth; both give the same report, so what is lost comes with
 * the next poll, and what comes twice changes nothing. */
#ifndef PN_PAY_PAY_H
#define PN_PAY_PAY_H

#include "base/id.h"
#include "base/json.h"
#include "base/money.h"
#include "core/payin.h"
#include "net/fetch.h"

/* What somebody is to pay. */
typedef struct {
    pn_id payin_id;  /* ours; a provider that is asked twice for it makes one */
    pn_money amount; /* positive */
    pn_str title;    /* what the payer reads there: "Factura F-101" */
    pn_str language; /* "es", "en", "pt" */
    pn_str back_url; /* where the payer comes back to; the provider adds nothing to it */
    pn_time now, expires_at;
} pn_pay_request;

typedef struct {
    pn_str ref;           /* the provider's own id of it */
    pn_str url;           /* where the payer goes; empty: nowhere */
    pn_payin_state state; /* mostly PN_PAYIN_CREATED */
    pn_time expires_at;   /* PN_TIME_NONE: as asked for */
} pn_pay_created;

/* What a provider tells about one intent. Texts may be empty. */
typedef struct {
    pn_str event_id; /* unique with the provider; empty: of a poll */
    pn_str kind;     /* in the provider's words: "checkout.session.completed" */
    pn_str ref;      /* the provider's id of the intent */
    pn_id payin_id;  /* ours, where it gives it back; 0: not */
    bool claims;     /* it says something about the state */
    pn_payin_state state;
    pn_money paid;       /* SUCCEEDED: what was paid; no currency: what was asked for */
    pn_money refunded;   /* all that went back so far; no currency: nothing is said of it */
    bool attempt_failed; /* one try was refused; the payer may try again */
    bool contested;      /* the payer's bank takes the money back: for a person to look at */
    pn_str method;       /* "card" */
    pn_str money_ref;    /* what stands for the money itself: "pi_…" */
    pn_str reason;       /* why not, in the provider's words: "insufficient_funds" */
} pn_pay_report;

enum { PN_PAY_REPORTS = 16 }; /* that one webhook may hold */

/* A webhook as it came; nothing of it is parsed before it is verified. */
typedef struct {
    pn_str body;      /* raw bytes */
    pn_str signature; /* the header that the driver names */
    pn_time now;      /* real time */
} pn_pay_webhook;

/* ── drivers ── */

/* One key of a driver's settings. */
typedef struct {
    const char *name;
    bool required;
    const char *otherwise; /* what holds when it is absent, in words */
    const char *help;
} pn_pay_setting;

/* What drivers of real providers do not have: the simulated bank asks its own books. */
typedef pn_err pn_pay_bank(void *context, pn_str ref, pn_arena *arena, pn_pay_report *ret_report,
                           pn_diag *diag);

typedef struct {
    pn_str public_url; /* ours, without a slash at its end */
    unsigned networks; /* what may be connected to: a set of pn_net_kind */
    /* pn_fetch; tests give another one */
    pn_err (*fetch)(const pn_fetch_request *request, pn_arena *arena, pn_fetch_answer *ret_answer,
                    pn_diag *diag);
    pn_pay_bank *bank;
    void *bank_context;
} pn_pay_host;

/* One provider as a creditor has set it. Everything is borrowed. */
typedef struct {
    const pn_json *settings; /* an object; secrets taken out */
    pn_str key;              /* what we sign in with */
    pn_str webhook_secret;   /* one or several, separated by white space: while one is changed */
    const pn_pay_host *host;
} pn_pay_account;

typedef struct pn_pay_provider {
    const char *name;  /* "stripe" */
    const char *title; /* what people read: "Stripe" */
    const char *help;
    const char *signature_header; /* lower case */
    const char *payer_origin;     /* where payers are sent: for form-action; NULL: to us */
    bool needs_key;
    bool test_only; /* no money moves: never of a live organization */
    const pn_pay_setting *settings;
    size_t setting_count;

    /* INVALID with a sentence where the amount or currency is none that the provider takes. Nothing
     * is connected to. */
    pn_err (*check)(const pn_pay_account *account, pn_money amount, pn_diag *diag);
    /* The next five may wait for the network. RETRY: the same again may work; IO: what became of it
     * is not known, and the same again is safe; INVALID, DENIED with the provider's sentence. */
    pn_err (*create)(const pn_pay_account *account, const pn_pay_request *request, pn_arena *arena,
                     pn_pay_created *ret_created, pn_diag *diag);
    pn_err (*poll)(const pn_pay_account *account, pn_str ref, pn_arena *arena,
                   pn_pay_report *ret_report, pn_diag *diag);
    /* Part or all of what was paid; `key` makes the same refund one. The report says what has gone
     * back by then. */
    pn_err (*refund)(const pn_pay_account *account, pn_str ref, pn_money amount, pn_str key,
                     pn_arena *arena, pn_pay_report *ret_report, pn_diag *diag);
    /* Charges what a payer left with the provider, "cus_…/pm_…" or as the provider names it; the
     * payer is not there. NULL: it cannot. */
    pn_err (*charge)(const pn_pay_account *account, const pn_pay_request *request, pn_str mandate,
                     pn_arena *arena, pn_pay_report *ret_report, pn_diag *diag);
    /* Whether the key is taken, and moves real money; nothing is changed there. NULL: it has none
     * to look at. */
    pn_err (*look)(const pn_pay_account *account, pn_arena *arena, bool *ret_live, pn_diag *diag);
    /* DENIED with a sentence that tells nothing secret unless the bytes are the provider's and
     * fresh. */
    pn_err (*verify)(const pn_pay_account *account, const pn_pay_webhook *webhook, pn_diag *diag);
    /* What a verified webhook says; none for what does not concern us. */
    pn_err (*read)(const pn_pay_account *account, pn_str body, pn_arena *arena,
                   pn_pay_report ret_reports[PN_PAY_REPORTS], size_t *ret_count, pn_diag *diag);
} pn_pay_provider;

/* The registry: a static array, one line a driver. */
const pn_pay_provider *pn_pay_provider_find(pn_str name);
size_t pn_pay_provider_count(void);
const pn_pay_provider *pn_pay_provider_at(size_t index);

/* Keys and types of settings against the driver's table. INVALID with a sentence. */
PN_MUST_USE pn_err pn_pay_settings_check(const pn_pay_provider *provider, const pn_json *settings,
                                         pn_diag *diag);

/* Whether one of the secrets makes this hex HMAC-SHA-256 of the message, which may come in pieces;
 * in constant time. */
bool pn_pay_signed(pn_str secrets, const pn_str *pieces, size_t count, pn_str hex);

#endif
