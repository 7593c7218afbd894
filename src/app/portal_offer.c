/* What can be agreed on the page: offers, the matrix, and what debtors propose themselves. */
#include "app/portal_int.h"
#include "base/banned.h"
#include "store/claim.h"

/* A link of one invoice tells nothing of the others. */
static pn_offer_scope scope_of(const pn_portal *portal) {
    bool limited = portal->link.invoice_id != 0 && !portal->opened;
    return (pn_offer_scope){.debtor_id = portal->debtor.id,
                            .account_id = portal->account.id,
                            .invoice_id = limited ? portal->link.invoice_id : 0};
}

/* A plan has many lengths; what is chosen from on a phone has few: these, and the longest. */
static bool is_plain(const pn_offer_choice *choices, size_t count, size_t at) {
    static const int64_t PLAIN[] = {0, 2, 3, 4, 6, 9, 12, 18, 24, 36};
    const pn_offer_choice *choice = &choices[at];
    bool last = at + 1 == count || choices[at + 1].offer_id != choice->offer_id ||
                choices[at + 1].row != choice->row;
    bool plain = last;
    for (size_t i = 0; i < PN_COUNT(PLAIN); i++) {
        plain = plain || choice->choice == PLAIN[i];
    }
    return plain;
}

pn_err pn_portal_offers(pn_portal *portal, pn_offer_choice **ret_choices, size_t *ret_count) {
    enum { SHOWN_MAX = 16 };
    pn_offer_choice *choices = NULL;
    size_t count = 0, kept = 0;
    pn_offer_scope scope = scope_of(portal);
    *ret_count = 0;
    if (!portal->has_account || portal->account.claimable <= 0) {
        return PN_OK;
    }
    PN_TRY(pn_offers_now(portal->app, &scope, portal->arena, &choices, &count));
    pn_offer_choice *shown = pn_arena_array(portal->arena, pn_offer_choice, SHOWN_MAX);
    for (size_t i = 0; i < count && kept < SHOWN_MAX; i++) {
        if (is_plain(choices, count, i)) {
            shown[kept++] = choices[i];
        }
    }
    *ret_choices = shown;
    *ret_count = kept;
    return PN_OK;
}

/* What stands for a choice in a form; with what it came to when it was shown. */
pn_str pn_portal_offer_key(const pn_portal *portal, const pn_offer_choice *choice) {
    char id[PN_ID_TEXT_SIZE] = "";
    if (choice->offer_id != 0) {
        pn_id_text(PN_ID_OFFER, choice->offer_id, id);
    }
    return pn_str_format(portal->arena, "%s.%lld.%lld.%lld.%lld", id, (long long)choice->row,
                         (long long)choice->choice, (long long)choice->total,
                         (long long)choice->discount);
}

pn_str pn_portal_offer_terms(pn_portal *portal, const pn_offer_choice *choice) {
    return pn_offer_terms(portal->app, choice, portal->frame.language, portal->debtor.country,
                          portal->arena);
}

/* By which link: what it stood in, where it came with a message. */
static pn_str way_of(const pn_portal *portal) {
    char id[PN_ID_TEXT_SIZE];
    bool carried = portal->link.carrier_id != 0 && portal->link.carrier_id == portal->link.id;
    return pn_str_format(portal->arena, "page %s",
                         pn_id_text(carried ? PN_ID_CARRIER : PN_ID_LINK, portal->link.id, id));
}

pn_err pn_portal_accept(pn_portal *portal, const pn_offer_choice *choice, pn_str name,
                        pn_diag *diag) {
    pn_id plan_id = 0;
    pn_offer_scope scope = scope_of(portal);
    pn_offer_acceptance a = {.offer_id = choice->offer_id,
                             .choice = choice->choice,
                             .total = choice->total,
                             .language = portal->frame.language,
                             .by = name,
                             .from = way_of(portal)};
    if (a.offer_id == 0) {
        PN_TRY(pn_offers_make(portal->app, &scope, choice->row, portal->arena, &a.offer_id, diag));
    }
    return pn_offers_accept(portal->app, &a, portal->arena, &plan_id, diag);
}

pn_err pn_portal_ask(pn_portal *portal, int64_t count, pn_date first, pn_str text, pn_diag *diag) {
    pn_id id = 0;
    pn_offer_wish wish = {.scope = scope_of(portal),
                          .count = count,
                          .first = first,
                          .text = text,
                          .language = portal->frame.language};
    return pn_offers_ask(portal->app, &wish, portal->arena, &id, diag);
}

/* ── what the account's page says of it ──────────────────────────────────────────────────────── */

static bool is_shown(const pn_portal *portal, const pn_offer_row *row) {
    pn_offer_scope scope = scope_of(portal);
    return row->account_id == scope.account_id &&
           (scope.invoice_id == 0 || row->invoice_id == scope.invoice_id);
}

/* The newest proposal, as long as it is worth telling. */
static void gather_asked(const pn_portal *portal, const pn_offer_row *row,
                         pn_page_account *account) {
    enum { REFUSAL_SHOWN_DAYS = 14 };
    pn_time now = pn_app_now(portal->app);
    bool refused =
        row->state == PN_OFFER_REFUSED && now - row->settled_at < REFUSAL_SHOWN_DAYS * PN_DAY;
    bool approved = row->state == PN_OFFER_OPEN && row->until > now;
    account->asked = row->state == PN_OFFER_ASKED ? PN_PAGE_ASKED_WAITS
                     : approved                   ? PN_PAGE_ASKED_APPROVED
                     : refused                    ? PN_PAGE_ASKED_REFUSED
                                                  : PN_PAGE_ASKED_NOT;
    account->asked_count = row->asked_count;
    account->asked_first = row->asked_first;
    account->asked_answer = row->answer;
    account->asked_until = approved ? pn_zone_date(portal->zone, row->until - 1) : PN_DATE_NONE;
}

static pn_err find_plan(const pn_portal *portal, pn_plan_row *ret_plan) {
    pn_plan_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_plan_list(portal->app->db, portal->debtor.id, portal->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].state == PN_PLAN_ACTIVE && rows[i].account_id == portal->account.id) {
            *ret_plan = rows[i];
            return PN_OK;
        }
    }
    return PN_NOT_FOUND;
}

/* What is let off once the plan under way has been paid. */
static pn_err gather_discount(pn_portal *portal, pn_page_account *account) {
    pn_plan_row plan;
    pn_offer_row offer;
    pn_err err = find_plan(portal, &plan);
    if (err == PN_OK) {
        err = pn_offer_of_plan(portal->app->db, portal->debtor.id, plan.id, portal->arena, &offer);
    }
    if (err == PN_OK) {
        account->agreed_off = PN_MIN(offer.discount, account->payable);
        account->payable -= account->agreed_off;
    }
    return err == PN_NOT_FOUND ? PN_OK : err;
}

static void sum_choices(const pn_offer_choice *choices, size_t count, pn_page_account *account) {
    account->discount_until = PN_DATE_NONE;
    for (size_t i = 0; i < count; i++) {
        const pn_offer_choice *c = &choices[i];
        int64_t rest = c->total - c->discount;
        bool best = account->discounted == 0 || rest < account->discounted;
        if (c->kind != PN_OFFER_DISCOUNT) {
            account->plans = true;
        } else if (best) {
            account->discounted = rest;
            account->discounted_from = c->total;
            account->discount_until = c->until;
        }
    }
}

pn_err pn_portal_agreement(pn_portal *portal, pn_id *ret_plan_id) {
    pn_offer_row *rows = NULL;
    size_t count = 0;
    *ret_plan_id = 0;
    PN_TRY(pn_offer_of_debtor(portal->app->db, portal->debtor.id, portal->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].state == PN_OFFER_ACCEPTED && is_shown(portal, &rows[i])) {
            *ret_plan_id = rows[i].plan_id;
        }
    }
    return *ret_plan_id != 0 ? PN_OK : PN_NOT_FOUND;
}

pn_err pn_portal_gather_offers(pn_portal *portal, pn_page_account *account) {
    pn_offer_choice *choices = NULL;
    pn_offer_row *rows = NULL;
    size_t count = 0;
    pn_id plan_id = 0;
    PN_TRY(gather_discount(portal, account));
    PN_TRY(pn_portal_offers(portal, &choices, &count));
    sum_choices(choices, count, account);
    account->asks = portal->account.claimable > 0;
    PN_TRY(pn_offer_of_debtor(portal->app->db, portal->debtor.id, portal->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].asked_count != 0 && is_shown(portal, &rows[i])) {
            gather_asked(portal, &rows[i], account);
        }
    }
    pn_err err = pn_portal_agreement(portal, &plan_id);
    account->agreement = err == PN_OK;
    return err == PN_NOT_FOUND ? PN_OK : err;
}
