/* Shared by the parts of the debtor's page. */
#ifndef PN_APP_PORTAL_INT_H
#define PN_APP_PORTAL_INT_H

#include "app/offers.h"
#include "app/portal.h"

/* ── texts ── */

pn_str pn_portal_word(const pn_portal *portal, pn_saying key);
pn_str pn_portal_say(const pn_portal *portal, pn_saying key, pn_str first, pn_str second);
pn_str pn_portal_money(const pn_portal *portal, int64_t minor);
pn_str pn_portal_day(const pn_portal *portal, pn_date day);
/* An address shown in part. */
pn_str pn_portal_masked(pn_str address, pn_arena *arena);
void pn_portal_wrong(pn_portal_problems *problems, const char *field, pn_str sentence);

/* ── invoices that are shown ── */

PN_MUST_USE pn_err pn_portal_invoices(pn_portal *portal, pn_invoice_row **ret_rows,
                                      size_t *ret_count, size_t *ret_others);
/* What can be paid of one here: open, and neither on its way nor in doubt. */
int64_t pn_portal_payable(const pn_item *item);

/* ── what can be agreed (portal_offer.c) ── */

/* What may be accepted here now without asking anybody. */
PN_MUST_USE pn_err pn_portal_offers(pn_portal *portal, pn_offer_choice **ret_choices,
                                    size_t *ret_count);
/* What stands for a choice in a form; another where it came to something else. */
pn_str pn_portal_offer_key(const pn_portal *portal, const pn_offer_choice *choice);
/* The words that are accepted with it, in the page's language. */
pn_str pn_portal_offer_terms(pn_portal *portal, const pn_offer_choice *choice);
PN_MUST_USE pn_err pn_portal_accept(pn_portal *portal, const pn_offer_choice *choice, pn_str name,
                                    pn_diag *diag);
PN_MUST_USE pn_err pn_portal_ask(pn_portal *portal, int64_t count, pn_date first, pn_str text,
                                 pn_diag *diag);
/* Fills what the account's page says of all that, after its plan and before its transfer. */
PN_MUST_USE pn_err pn_portal_gather_offers(pn_portal *portal, pn_page_account *account);

#endif
