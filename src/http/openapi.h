/* What is made from the table of routes: the OpenAPI document, TypeScript types, the pages that
 * people read. */
#ifndef PN_HTTP_OPENAPI_H
#define PN_HTTP_OPENAPI_H

#include "http/route.h"

/* OpenAPI 3.1. */
void pn_openapi_write(const pn_route *const *tables, pn_arena *arena, pn_buf *buf);
/* An interface for each named object, and one operation type for each route. */
void pn_typescript_write(const pn_route *const *tables, pn_arena *arena, pn_buf *buf);
/* HTML: all routes; all problems. */
void pn_reference_write(const pn_route *const *tables, pn_arena *arena, pn_buf *buf);
void pn_reference_problems_write(pn_buf *buf);

/* ── for those who write them ── */

/* "invoices": what stands behind /v1/. */
pn_str pn_route_group(const pn_route *route);
/* The routes that are of the API, by group and then as they stand in the tables. */
void pn_routes_listed(const pn_route *const *tables, pn_arena *arena,
                      const pn_route *const **ret_routes, size_t *ret_count);
/* The objects that they give, each once, by name. */
void pn_routes_objects(const pn_route *const *routes, size_t count, pn_arena *arena,
                       const pn_schema_object *const **ret_objects, size_t *ret_count);
/* The names in a path: "invoice", without braces and star. False where there are no more. */
bool pn_path_argument(pn_str *rest, pn_str *ret_name);
/* "owner, manager, collector" */
pn_str pn_role_words(pn_role_set roles, pn_arena *arena);

#endif
