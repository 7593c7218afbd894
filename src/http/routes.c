/* All routes, one table a resource. */
#include "base/banned.h"
#include "http/tables.h"

const pn_route *const PN_ROUTES[] = {
    PN_ROUTES_CASES,
    PN_ROUTES_CONTACTS,
    PN_ROUTES_DEALS,
    PN_ROUTES_DEBTORS,
    PN_ROUTES_DOCS,
    PN_ROUTES_HEALTH,
    PN_ROUTES_IMPORTS,
    PN_ROUTES_INVOICES,
    PN_ROUTES_MESSAGES,
    PN_ROUTES_ORGANIZATION,
    PN_ROUTES_PAYMENTS,
    PN_ROUTES_STRATEGIES,
    PN_ROUTES_TASKS,
    PN_ROUTES_TRACK,
    PN_ROUTES_OFFERS,
    PN_ROUTES_WEBHOOKS,
    NULL,
};
