/* Pages of lists by keys.
 *
 * A cursor is the last row's key and a MAC over it, the route, the rest of the query and the
 * organization, by a key made from the organization's. Offsets were rejected: they get slower with
 * every page, and rows that come in between are told twice or never. */
#include "base/banned.h"
#include "base/hash.h"
#include "base/limits.h"
#include "http/problem.h"
#include "http/query.h"
#include "http/route.h"

enum { LETTERS = PN_ID_LETTERS, CURSOR_LETTERS = (PN_PAGE_KEYS + 1) * LETTERS };

/* The parameters of the query but those of the page, in their order: another filter is another
 * list. */
static pn_str filter_of(pn_exchange *exchange) {
    pn_str rest = exchange->query, name, value, filter = PN_STR("");
    while (pn_query_next(&rest, exchange->arena, &name, &value) == PN_OK) {
        if (!pn_str_is(name, "limit") && !pn_str_is(name, "cursor")) {
            filter = pn_str_format(exchange->arena, "%.*s%zu:%.*s%zu:%.*s", PN_STR_ARG(filter),
                                   name.len, PN_STR_ARG(name), value.len, PN_STR_ARG(value));
        }
    }
    return filter;
}

static uint64_t mac_of(pn_exchange *exchange, const int64_t key[PN_PAGE_KEYS]) {
    const pn_org_row *org = &exchange->app->org;
    pn_str path = exchange->path, filter = filter_of(exchange);
    pn_str text =
        pn_str_format(exchange->arena, "%lld %s %zu:%.*s %.*s", (long long)org->id,
                      exchange->route->name, path.len, PN_STR_ARG(path), PN_STR_ARG(filter));
    for (size_t i = 0; i < PN_PAGE_KEYS; i++) {
        text = pn_str_format(exchange->arena, "%.*s %lld", PN_STR_ARG(text), (long long)key[i]);
    }
    pn_sha256 own = pn_hmac_sha256(org->mail_key, PN_STR("puntual cursor"));
    pn_sha256 mac = pn_hmac_sha256((pn_str){(const char *)own.bytes, sizeof own.bytes}, text);
    uint64_t short_mac = 0;
    for (size_t i = 0; i < sizeof short_mac; i++) {
        short_mac = short_mac << 8 | mac.bytes[i];
    }
    return short_mac;
}

static pn_err read_cursor(pn_exchange *exchange, pn_str cursor, int64_t key[PN_PAGE_KEYS]) {
    uint64_t words[PN_PAGE_KEYS + 1];
    bool good = cursor.len == CURSOR_LETTERS;
    for (size_t i = 0; i <= PN_PAGE_KEYS && good; i++) {
        pn_str letters = {cursor.ptr + i * LETTERS, LETTERS};
        good = pn_letters_read(letters, &words[i]) == PN_OK;
    }
    for (size_t i = 0; i < PN_PAGE_KEYS && good; i++) {
        key[i] = (int64_t)words[i];
    }
    if (!good || mac_of(exchange, key) != words[PN_PAGE_KEYS]) {
        return pn_problem_set(exchange, PN_PROBLEM_CURSOR,
                              "The cursor does not belong to this list with this filter.");
    }
    return PN_OK;
}

pn_err pn_page_read(pn_exchange *exchange, pn_page *ret_page) {
    const pn_route_value *limit = pn_query_value(exchange, "limit");
    const pn_route_value *cursor = pn_query_value(exchange, "cursor");
    pn_page page = {.limit = limit->given ? limit->number : PN_LIMIT_API_PAGE};
    for (size_t i = 0; i < PN_PAGE_KEYS; i++) {
        page.key[i] = INT64_MIN;
    }
    if (cursor->given) {
        PN_TRY(read_cursor(exchange, cursor->text, page.key));
    }
    *ret_page = page;
    return PN_OK;
}

pn_json_writer *pn_page_begin(pn_exchange *exchange) {
    pn_json_writer *w = pn_answer_json(exchange);
    pn_json_key(w, PN_STR("items"));
    pn_json_begin_array(w);
    return w;
}

void pn_page_end(pn_exchange *exchange, const int64_t key[PN_PAGE_KEYS], bool more) {
    pn_json_writer *w = &exchange->answer.json;
    char text[CURSOR_LETTERS];
    pn_json_end_array(w);
    pn_json_key(w, PN_STR("next"));
    if (more) {
        for (size_t i = 0; i < PN_PAGE_KEYS; i++) {
            pn_letters_write((uint64_t)key[i], LETTERS, text + i * LETTERS);
        }
        pn_letters_write(mac_of(exchange, key), LETTERS, text + PN_PAGE_KEYS * LETTERS);
        pn_json_add_str(w, (pn_str){text, sizeof text});
    } else {
        pn_json_add_null(w);
    }
    pn_json_end_object(w);
}

pn_err pn_page_give(pn_exchange *exchange, const pn_page *page, const void *rows, size_t size,
                    size_t count, pn_page_put put) {
    bool more = (int64_t)count > page->limit;
    size_t given = PN_MIN(count, (size_t)page->limit);
    int64_t key[PN_PAGE_KEYS] = {0};
    pn_json_writer *w = pn_page_begin(exchange);
    for (size_t i = 0; i < given; i++) {
        PN_TRY(put(exchange, w, (const char *)rows + i * size, key));
    }
    pn_page_end(exchange, key, more);
    return PN_OK;
}
