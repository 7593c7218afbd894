/* Offers: what a debtor is offered now, and what accepting it makes.
 *
 * A node of a strategy makes an offer (offer.partial, offer.plan, offer.discount); its limits by
 * segment, amount and age are that node's. What it comes to is computed from what may be asked for
 * at the moment: so nobody accepts an amount that was paid meanwhile. Accepting is one transaction:
 * a plan as the books know it (which defaults when an installment is 5 days late), what was agreed
 * to in words with its hash, who did it and from where, and the run poked. A discount is entered
 * once the rest has been paid, so that a broken agreement needs nothing taken back. */
#ifndef PN_APP_OFFERS_H
#define PN_APP_OFFERS_H

#include "app/move.h"
#include "store/offer.h"

/* One way to accept an offer. */
typedef struct {
    pn_id offer_id;
    pn_id account_id;
    pn_offer_kind kind;
    int64_t choice;   /* of a plan: in how many installments; else 0 */
    int64_t total;    /* what it settles, minor units */
    int64_t discount; /* of it, what is let off */
    pn_currency currency;
    pn_date until;                          /* the last day on which it can be accepted */
    const pn_installment_row *installments; /* what is paid when; their sum is total − discount */
    size_t count;
} pn_offer_choice;

/* What the debtor's open offers come to now, of one account (0: of all); nothing where nothing may
 * be asked for, or a plan is under way already. */
PN_MUST_USE pn_err pn_offers_now(pn_app *app, pn_id debtor_id, pn_id account_id, pn_arena *arena,
                                 pn_offer_choice **ret_choices, size_t *ret_count);

/* What the debtor agrees to, in their language ("es", "en", "pt"): one paragraph, then a line an
 * installment. It is what is shown, hashed and kept. */
pn_str pn_offer_terms(pn_app *app, const pn_offer_choice *choice, pn_str language, pn_str country,
                      pn_arena *arena);

typedef struct {
    pn_id offer_id;
    int64_t choice;  /* of a plan: how many installments */
    int64_t total;   /* what was shown; 0: whatever it comes to. CONFLICT when it is another now */
    pn_str language; /* in which the terms were shown; empty: the debtor's */
    pn_str by;       /* who accepted: a name or address */
    pn_str from;     /* by which way: "page", an IP address, "phone" */
} pn_offer_acceptance;

/* In the transaction under way. NOT_FOUND; CONFLICT when it is over, or came to something else. */
PN_MUST_USE pn_err pn_offers_accept(pn_app *app, const pn_offer_acceptance *acceptance,
                                    pn_arena *arena, pn_id *ret_plan_id, pn_diag *diag);
/* It cannot be accepted any more; its run leaves by “expired”. In the transaction under way. */
PN_MUST_USE pn_err pn_offers_withdraw(pn_app *app, pn_id offer_id, pn_str reason, pn_arena *arena,
                                      pn_diag *diag);

/* ── for moves and books ── */

/* Writes what the run offers. */
PN_MUST_USE pn_err pn_offers_write(pn_app *app, const pn_move *move, const pn_cmd *cmd);
/* A plan has been paid: the discount that was agreed with it is entered. Before its earmarks go. */
PN_MUST_USE pn_err pn_offers_plan_done(pn_app *app, const pn_plan_row *plan, pn_arena *arena);

#endif
