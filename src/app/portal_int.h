/* Shared by the parts of the debtor's page. */
#ifndef PN_APP_PORTAL_INT_H
#define PN_APP_PORTAL_INT_H

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

/* ── instalments ── */

enum { PN_PORTAL_PLANS = 4, PN_PORTAL_INSTALLMENTS = 24 };

typedef struct {
    pn_date due[PN_PORTAL_INSTALLMENTS];
    int64_t amount[PN_PORTAL_INSTALLMENTS];
    size_t count;
} pn_portal_plan_choice;

/* The plans that may be chosen without asking anybody; none where there is a plan or little. */
PN_MUST_USE pn_err pn_portal_plans(pn_portal *portal,
                                   pn_portal_plan_choice ret_plans[PN_PORTAL_PLANS],
                                   size_t *ret_count);

#endif
