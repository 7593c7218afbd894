#include "http/exchange.h"

#include "base/banned.h"
#include "http/query.h"

pn_str pn_exchange_header(const pn_exchange *exchange, const char *name) {
    for (size_t i = 0; i < exchange->header_count; i++) {
        if (pn_str_eq(exchange->headers[i].name, pn_str_of(name))) {
            return exchange->headers[i].value;
        }
    }
    return PN_STR_NONE;
}

static const char *language_at(pn_str text) {
    static const char *const KNOWN[] = {"es", "en", "pt"};
    for (size_t i = 0; i < PN_COUNT(KNOWN); i++) {
        if (pn_str_eq_nocase(pn_str_first(text, 2), pn_str_of(KNOWN[i]))) {
            return KNOWN[i];
        }
    }
    return NULL;
}

/* Browsers name the preferred language first. */
const char *pn_exchange_language(const pn_exchange *exchange) {
    pn_str part, rest = pn_exchange_header(exchange, "accept-language");
    const char *language = NULL;
    while (language == NULL && rest.len != 0 && pn_str_split(&rest, ',', &part)) {
        language = language_at(pn_str_trim(part));
    }
    return language;
}

pn_str pn_exchange_reader(const pn_exchange *exchange) {
    const char *language = pn_exchange_language(exchange);
    return pn_str_of(language != NULL ? language : "en");
}

bool pn_exchange_query(const pn_exchange *exchange, const char *name, pn_str *ret_value) {
    pn_str rest = exchange->query, found, value;
    while (pn_query_next(&rest, exchange->arena, &found, &value) == PN_OK) {
        if (pn_str_eq(found, pn_str_of(name))) {
            if (ret_value != NULL) {
                *ret_value = value;
            }
            return true;
        }
    }
    return false;
}

pn_str pn_exchange_cookie(const pn_exchange *exchange, const char *name) {
    pn_str rest = pn_exchange_header(exchange, "cookie"), part, key;
    while (pn_str_split(&rest, ';', &part)) {
        part = pn_str_trim(part);
        if (pn_str_split(&part, '=', &key) && part.ptr != NULL && pn_str_eq(key, pn_str_of(name))) {
            return part;
        }
    }
    return PN_STR_NONE;
}

/* What would end the field, or the header. */
static bool is_field_text(pn_str value) {
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];
        if (c < ' ' || c == 0x7f) {
            return false;
        }
    }
    return true;
}

void pn_answer_field(pn_exchange *exchange, const char *name, pn_str value) {
    pn_answer *answer = &exchange->answer;
    assert(answer->field_count < PN_HTTP_ANSWER_FIELDS && is_field_text(value));
    answer->fields[answer->field_count++] = (pn_http_field){pn_str_of(name), value};
}

pn_err pn_answer_see_other(pn_exchange *exchange, pn_str location) {
    exchange->answer.status = 303;
    pn_answer_field(exchange, "Location", location);
    return PN_OK;
}
