/* Offers: what a debtor is offered now, and what accepting it makes.
 *
 * A node of a strategy makes an offer (offer.partial, offer.plan, offer.discount); its limits by
 * segment, amount and age are that node's. Beside that, an organization has a matrix of what every
 * debtor may take at any time: rows with the same words and limits as those nodes. What is in
 * neither a debtor can propose: then a person says yes or no, and yes makes it an offer like the
 * others.
 *
 * What an offer comes to is computed from what may be asked for at the moment: so nobody accepts an
 * amount that was paid meanwhile. Accepting is one transaction:
 * a plan as the books know it (which defaults when an installment is 5 days late), what was agreed
 * to in words with its hash, who did it and from where, and the run poked. A discount is entered
 * once the rest has been paid, so that a broken agreement needs nothing taken back. */
#ifndef PN_APP_OFFERS_H
#define PN_APP_OFFERS_H

#include "app/move.h"
#include "store/offer.h"

/* One way to accept an offer. */
typedef struct {
    pn_id offer_id; /* 0: it stands in the matrix, and is no offer yet */
    int64_t row;    /* of the matrix, from 1; 0: it is an offer */
    pn_id debtor_id, account_id;
    pn_id invoice_id; /* 0: about all of the account */
    pn_offer_kind kind;
    int64_t choice;   /* of a plan: in how many installments; else 0 */
    int64_t total;    /* what it settles, minor units */
    int64_t discount; /* of it, what is let off */
    pn_currency currency;
    pn_date until;                          /* the last day on which it can be accepted */
    const pn_installment_row *installments; /* what is paid when; their sum is total − discount */
    size_t count;
} pn_offer_choice;

/* What is asked about. */
typedef struct {
    pn_id debtor_id;
    pn_id account_id; /* 0: all */
    pn_id invoice_id; /* what is about this one alone; 0: whatever it is about */
} pn_offer_scope;

/* What the debtor's open offers come to now, and what else the matrix has for them: of each kind
 * its first row that fits, where no offer of that kind stands. Nothing where nothing may be asked
 * for, or a plan is under way already. */
PN_MUST_USE pn_err pn_offers_now(pn_app *app, const pn_offer_scope *scope, pn_arena *arena,
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
/* A row of the matrix, from 1, is offered to a debtor from now on (account 0: where they have one
 * alone). In the transaction under way. NOT_FOUND; CONFLICT where its limits do not hold. */
PN_MUST_USE pn_err pn_offers_make(pn_app *app, const pn_offer_scope *scope, int64_t row,
                                  pn_arena *arena, pn_id *ret_offer_id, pn_diag *diag);
/* It cannot be accepted any more; its run leaves by “expired”. In the transaction under way. */
PN_MUST_USE pn_err pn_offers_withdraw(pn_app *app, pn_id offer_id, pn_str reason, pn_arena *arena,
                                      pn_diag *diag);

/* ── the matrix ── */

/* Its rows as JSON: a list of objects like the offering nodes of strategies, without exits; "[]"
 * where there are none. */
PN_MUST_USE pn_err pn_offers_matrix(pn_app *app, pn_arena *arena, pn_str *ret_json);
/* In the transaction under way. INVALID with the row and what is wrong with it. */
PN_MUST_USE pn_err pn_offers_matrix_set(pn_app *app, pn_str json, pn_arena *arena, pn_diag *diag);

/* ── what debtors propose ── */

enum { PN_ASKED_MIN = 2, PN_ASKED_MAX = 36, PN_ASKED_FIRST_DAYS = 60 };

typedef struct {
    pn_offer_scope scope;
    int64_t count; /* installments, a month apart; between PN_ASKED_MIN and PN_ASKED_MAX */
    pn_date first; /* at most PN_ASKED_FIRST_DAYS from today */
    pn_str text;
    pn_str language; /* in which they are answered; empty: the debtor's */
} pn_offer_wish;

/* It waits for a person, with a task; what the debtor proposed before and nobody answered is
 * withdrawn. In the transaction under way. INVALID with a sentence. */
PN_MUST_USE pn_err pn_offers_ask(pn_app *app, const pn_offer_wish *wish, pn_arena *arena,
                                 pn_id *ret_offer_id, pn_diag *diag);

typedef struct {
    pn_id offer_id;
    bool yes;
    int64_t days;  /* how many days it can be accepted */
    int64_t count; /* other installments than were proposed; 0: those */
    pn_date first; /* another day; PN_DATE_NONE: that one */
    pn_str answer; /* what the debtor reads; needed for a no */
} pn_offer_answer_given;

/* A person says yes or no; the debtor is told by e-mail (pn_offers_tell) and on their page. In the
 * transaction under way. NOT_FOUND, INVALID; CONFLICT when it was answered before. */
PN_MUST_USE pn_err pn_offers_answer(pn_app *app, const pn_offer_answer_given *given,
                                    pn_arena *arena, pn_diag *diag);
/* Tells debtors what they were answered, with transactions of its own. An answer is marked as told
 * before its mail is sent, so that no crash sends it twice; one that certainly was not accepted is
 * tried again for a day. `ret_next` is real time. */
PN_MUST_USE pn_err pn_offers_tell(pn_app *app, pn_arena *arena, pn_time *ret_next, pn_diag *diag);

/* ── for moves and books ── */

/* Writes what the run offers. */
PN_MUST_USE pn_err pn_offers_write(pn_app *app, const pn_move *move, const pn_cmd *cmd);
/* A plan has been paid: the discount that was agreed with it is entered. Before its earmarks go. */
PN_MUST_USE pn_err pn_offers_plan_done(pn_app *app, const pn_plan_row *plan, pn_arena *arena);

#endif
