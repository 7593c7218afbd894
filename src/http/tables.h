/* The tables of routes, one file a resource; routes.c lists them. */
#ifndef PN_HTTP_TABLES_H
#define PN_HTTP_TABLES_H

#include "http/route.h"

extern pn_route_table PN_ROUTES_DEALS;
extern pn_route_table PN_ROUTES_DEBTORS;
extern pn_route_table PN_ROUTES_DOCS;
extern pn_route_table PN_ROUTES_HEALTH;
extern pn_route_table PN_ROUTES_PAYMENTS;

#endif
