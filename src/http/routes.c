/* All routes, one table a resource. */
#include "base/banned.h"
#include "http/tables.h"

const pn_route *const PN_ROUTES[] = {
    PN_ROUTES_DEALS, PN_ROUTES_DEBTORS, PN_ROUTES_DOCS, PN_ROUTES_HEALTH, PN_ROUTES_PAYMENTS, NULL,
};
