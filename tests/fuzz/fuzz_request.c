/* Fuzzes a request to the program's own routes as far as it goes without a database: the path finds
 * a route, and query and body are checked by its shapes. What is refused has a problem; what is
 * accepted is read again without a fault. Lines: path, query, content type, cookie; then the body.
 * The first byte is the method. */
#include <assert.h>
#include <stdint.h>

#include "base/limits.h"
#include "http/exchange.h"
#include "http/query.h"
#include "http/route.h"
#include "http/shape.h"
#include "http/tables.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const pn_router *router(void) {
    static pn_router *made;
    made = made != NULL ? made : pn_router_new(PN_ROUTES);
    return made;
}

static pn_str line(pn_str *rest) {
    pn_str text = PN_STR("");
    return rest->ptr != NULL && pn_str_split(rest, '\n', &text) ? text : PN_STR("");
}

static void ask(pn_exchange *x) {
    pn_str value = PN_STR_NONE, allow = PN_STR_NONE;
    (void)pn_exchange_cookie(x, "pn_session");
    (void)pn_exchange_query(x, "cursor", &value);
    if (pn_route_find(router(), x->method, x->path, x->arena, &x->route, x->arguments, &allow) !=
        PN_OK) {
        return;
    }
    pn_err err = pn_shape_request(x);
    assert(err == PN_OK || err == PN_INVALID || err == PN_LIMIT || err == PN_DENIED);
    assert((err == PN_OK) == (x->problem == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) {
        return 0;
    }
    pn_str rest = {(const char *)data + 1, size - 1}, path = PN_STR_NONE;
    pn_app app = {.org = {.id = 77}};
    pn_http_field headers[2] = {{PN_STR("content-type"), PN_STR("")},
                                {PN_STR("cookie"), PN_STR("")}};
    pn_arena arena;
    pn_arena_init(&arena, PN_LIMIT_HTTP_ARENA_BYTES);
    app.org.mail_key = PN_STR("0123456789abcdef0123456789abcdef");
    pn_exchange x = {.app = &app, .arena = &arena, .headers = headers, .header_count = 2};
    x.method = (pn_http_method)(data[0] % PN_HTTP_METHODS);
    pn_str raw = line(&rest);
    x.query = line(&rest);
    headers[0].value = line(&rest);
    headers[1].value = line(&rest);
    x.body = rest.ptr != NULL ? rest : PN_STR("");
    if (pn_percent_decode(raw, &arena, &path) == PN_OK) {
        x.path = path;
        ask(&x);
    }
    pn_buf_done(&x.answer.body);
    pn_arena_done(&arena);
    return 0;
}
