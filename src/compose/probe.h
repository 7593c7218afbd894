/* Trying a variant out on invented debtors before it is published. */
#ifndef PN_COMPOSE_PROBE_H
#define PN_COMPOSE_PROBE_H

#include "compose/check.h"
#include "compose/family.h"

/* Renders the variant for one and for several overdue invoices, for invoices not due yet, and for
 * none. Reports what fails, an empty or overlong subject, raw HTML that is not nested properly,
 * and a demand that does not name creditor, every invoice, amount and calculation date, or does
 * not carry the anti-phishing code. */
void pn_probe_variant(pn_checker *checker, const pn_variant *variant);

#endif
