#include "http/route.h"

#include <stdlib.h>

#include "base/banned.h"

/* A segment of a path: its routes, and what may follow. Literal segments are tried before the
 * argument, and the argument before the rest. */
typedef struct segment segment;
struct segment {
    pn_str name; /* empty: an argument */
    const pn_route *routes[PN_HTTP_METHODS];
    const pn_route *rest[PN_HTTP_METHODS]; /* those that take all that follows */
    segment *literals;                     /* by name, the next one as `next` */
    segment *argument;
    segment *next;
};

struct pn_router {
    pn_arena arena;
    segment root;
};

const char *pn_http_method_name(pn_http_method method) {
    static const char *const NAMES[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    return NAMES[method];
}

static bool is_argument(pn_str part) {
    return part.len > 2 && part.ptr[0] == '{' && part.ptr[part.len - 1] == '}';
}

static bool takes_rest(pn_str part) {
    return is_argument(part) && part.ptr[part.len - 2] == '*';
}

static segment *find_literal(const segment *at, pn_str name) {
    segment *child = at->literals;
    while (child != NULL && !pn_str_eq(child->name, name)) {
        child = child->next;
    }
    return child;
}

static segment *step_into(pn_arena *arena, segment *at, pn_str part) {
    if (is_argument(part)) {
        if (at->argument == NULL) {
            at->argument = pn_arena_new(arena, segment);
        }
        return at->argument;
    }
    segment *child = find_literal(at, part);
    if (child == NULL) {
        child = pn_arena_new(arena, segment);
        child->name = part;
        child->next = at->literals;
        at->literals = child;
    }
    return child;
}

static void add_route(pn_router *router, const pn_route *route) {
    segment *at = &router->root;
    const pn_route **slots = at->routes;
    pn_str rest = pn_str_from(pn_str_of(route->path), 1), part;
    size_t arguments = 0;
    assert(route->path[0] == '/' && route->name != NULL && route->answer != NULL);
    while (rest.len != 0 && pn_str_split(&rest, '/', &part)) {
        assert(part.len != 0 && slots == at->routes); /* nothing stands behind {name*} */
        arguments += is_argument(part);
        if (takes_rest(part)) {
            slots = at->rest;
        } else {
            at = step_into(&router->arena, at, part);
            slots = at->routes;
        }
    }
    assert(arguments <= PN_ROUTE_ARGUMENTS);
    assert(slots[route->method] == NULL); /* two routes of one method and path */
    slots[route->method] = route;
}

pn_router *pn_router_new(const pn_route *const *tables) {
    pn_router *router = pn_alloc(sizeof *router);
    *router = (pn_router){0};
    pn_arena_init(&router->arena, 0);
    for (; *tables != NULL; tables++) {
        for (const pn_route *route = *tables; route->path != NULL; route++) {
            add_route(router, route);
        }
    }
    return router;
}

void pn_router_free(pn_router *router) {
    if (router != NULL) {
        pn_arena_done(&router->arena);
        free(router);
    }
}

/* Walks the tree along a path. */
typedef struct {
    pn_http_method method;
    const pn_route *const *slots; /* of the first path that fits, of whatever methods */
    const pn_route *found;
    pn_str arguments[PN_ROUTE_ARGUMENTS];
} walk;

static bool take(walk *w, const pn_route *const *slots) {
    bool any = false;
    for (size_t i = 0; i < PN_HTTP_METHODS; i++) {
        any = any || slots[i] != NULL;
    }
    if (any && w->slots == NULL) {
        w->slots = slots;
    }
    w->found = slots[w->method];
    return w->found != NULL;
}

/* `path` is what follows; its ptr is NULL at the end. As deep as the tree, which is ours. */
static bool walk_from(walk *w, const segment *at, pn_str path, size_t arguments) {
    if (path.ptr == NULL) {
        return take(w, at->routes);
    }
    pn_str whole = path, part;
    (void)pn_str_split(&path, '/', &part);
    const segment *child = find_literal(at, part);
    if (child != NULL && walk_from(w, child, path, arguments)) {
        return true;
    }
    if (arguments < PN_ROUTE_ARGUMENTS && part.len != 0) {
        w->arguments[arguments] = part;
        if (at->argument != NULL && walk_from(w, at->argument, path, arguments + 1)) {
            return true;
        }
        w->arguments[arguments] = whole;
        return take(w, at->rest);
    }
    return false;
}

static pn_str allowed(const pn_route *const *slots, pn_arena *arena) {
    pn_str text = PN_STR("");
    for (size_t i = 0; i < PN_HTTP_METHODS; i++) {
        if (slots[i] != NULL) {
            text = pn_str_format(arena, "%.*s%s%s%s", PN_STR_ARG(text), text.len == 0 ? "" : ", ",
                                 pn_http_method_name((pn_http_method)i),
                                 i == PN_HTTP_GET ? ", HEAD" : "");
        }
    }
    return text;
}

pn_err pn_route_find(const pn_router *router, pn_http_method method, pn_str path, pn_arena *arena,
                     const pn_route **ret_route, pn_str ret_arguments[PN_ROUTE_ARGUMENTS],
                     pn_str *ret_allow) {
    walk w = {.method = method};
    if (path.len == 0 || path.ptr[0] != '/') {
        return PN_NOT_FOUND;
    }
    pn_str rest = pn_str_from(path, 1);
    if (rest.len == 0) {
        rest.ptr = NULL; /* "/" itself */
    }
    if (!walk_from(&w, &router->root, rest, 0)) {
        if (w.slots == NULL) {
            return PN_NOT_FOUND;
        }
        *ret_allow = allowed(w.slots, arena);
        return PN_INVALID;
    }
    *ret_route = w.found;
    memcpy(ret_arguments, w.arguments, sizeof w.arguments);
    return PN_OK;
}
