/* Checking what was given by the route's descriptor, before the route sees it.
 *
 * Everything from outside is refused unless a shape allows it: unknown fields, fields of another
 * type, bounds. All that is wrong is told at once, each by its JSON pointer. */
#ifndef PN_HTTP_SHAPE_H
#define PN_HTTP_SHAPE_H

#include "http/route.h"

/* The checked values of a request; exchange->values. */
struct pn_route_values {
    pn_route_value *query;  /* beside route->query */
    pn_route_value page[2]; /* "limit" and "cursor", of a route that gives a list */
    pn_route_value *body;   /* beside route->body */
    pn_json *json;          /* the body as it came */
};

/* Sets exchange->values from query and body. INVALID with exchange->problem and its list. A route
 * without a declared body takes none; whether a raw body is of the route's type is checked too. */
PN_MUST_USE pn_err pn_shape_request(pn_exchange *exchange);

/* How many entries there are before the one without a name. */
size_t pn_shape_count(const pn_shape *fields);
/* True for the fields of a list of values, not of objects. */
bool pn_shape_is_value_list(const pn_shape *list);

/* The parameters of a page, which a route that gives a list has besides its own. */
extern const pn_shape PN_PAGE_SHAPES[];

#endif
