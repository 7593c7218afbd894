#include "http/secure.h"

#include "base/banned.h"

static bool has_field(const pn_answer *answer, const char *name) {
    for (size_t i = 0; i < answer->field_count; i++) {
        if (pn_str_eq_nocase(answer->fields[i].name, pn_str_of(name))) {
            return true;
        }
    }
    return false;
}

static void add(pn_exchange *exchange, const char *name, pn_str value) {
    if (!has_field(&exchange->answer, name)) {
        pn_answer_field(exchange, name, value);
    }
}

void pn_answer_secure(pn_exchange *exchange) {
    const char *type = exchange->answer.content_type;
    bool page = type != NULL && pn_str_starts(pn_str_of(type), PN_STR("text/html"));
    add(exchange, "X-Content-Type-Options", PN_STR("nosniff"));
    add(exchange, "Referrer-Policy", PN_STR("no-referrer"));
    add(exchange, "Cache-Control", PN_STR("no-store"));
    add(exchange, "Content-Security-Policy",
        page ? PN_STR("default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline';"
                      " form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
             : PN_STR("default-src 'none'; frame-ancestors 'none'; sandbox"));
    if (page) {
        add(exchange, "X-Frame-Options", PN_STR("DENY"));
    }
    if (exchange->secure) {
        add(exchange, "Strict-Transport-Security", PN_STR("max-age=31536000"));
    }
}
