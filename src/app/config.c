#include "app/config.h"

#include "app/links.h"
#include "base/banned.h"

enum { URL_BYTES_MAX = 200 };

static bool is_host(pn_str host) {
    bool dot = false, good = host.len != 0 && host.len <= 253;
    char before = '.';
    for (size_t i = 0; i < host.len && good; i++) {
        char c = host.ptr[i];
        dot = dot || c == '.';
        good = pn_is_alpha(c) || pn_is_digit(c) || (c == '-' && before != '.') ||
               (c == '.' && before != '.' && before != '-');
        before = c;
    }
    return good && dot && before != '.' && before != '-';
}

static bool is_port(pn_str port) {
    int64_t number = 0;
    return port.len != 0 && pn_is_digit(port.ptr[0]) && pn_str_to_int64(port, &number) == PN_OK &&
           number >= 1 && number <= 65535;
}

/* Nothing that would have to be escaped in a header or an attribute. */
static bool is_path(pn_str path) {
    bool good = true;
    for (size_t i = 0; i < path.len && good; i++) {
        char c = path.ptr[i];
        good = pn_is_alpha(c) || pn_is_digit(c) || c == '/' || c == '-' || c == '_' || c == '.' ||
               c == '~';
    }
    return good;
}

/* "https://host[:port][/path]"; the slash at its end goes. */
pn_err pn_config_public_url(pn_str url, pn_str *ret_url, pn_diag *diag) {
    pn_str rest = pn_str_from(url, 8);
    size_t slash = PN_MIN(pn_str_find_char(rest, '/'), rest.len);
    pn_str authority = pn_str_first(rest, slash);
    size_t colon = PN_MIN(pn_str_find_char(authority, ':'), authority.len);
    bool good = url.len <= URL_BYTES_MAX && pn_str_starts(url, PN_STR("https://")) &&
                is_host(pn_str_first(authority, colon)) && is_path(pn_str_from(rest, slash)) &&
                (colon == authority.len || is_port(pn_str_from(authority, colon + 1)));
    if (!good) {
        pn_err err = pn_diag_set(diag, PN_INVALID, "“%.*s” is no public address.",
                                 PN_STR_ARG(pn_str_first(url, URL_BYTES_MAX)));
        pn_diag_where(diag, "public_url");
        pn_diag_mend(diag, "Write it like https://pagos.example.com: https, a host name, and a "
                           "folder at most.");
        return err;
    }
    while (url.ptr[url.len - 1] == '/') {
        url.len--;
    }
    *ret_url = url;
    return PN_OK;
}

pn_err pn_config_set(pn_app *app, pn_str key, pn_str value, pn_diag *diag) {
    if (!pn_str_is(key, "public_url")) {
        pn_err err = pn_diag_set(diag, PN_NOT_FOUND, "There is no setting “%.*s” of organizations.",
                                 PN_STR_ARG(pn_str_first(key, 100)));
        pn_diag_mend(diag, "There is public_url.");
        return err;
    }
    if (value.len != 0) {
        PN_TRY(pn_config_public_url(value, &value, diag));
        PN_TRY(pn_links_ready(app, diag));
    }
    PN_TRY(pn_org_set_public_url(app->db, app->org.id, value));
    return pn_journal_add(app, 0, 0, 0, PN_EVENT_SETTING, PN_STR("{\"setting\":\"public_url\"}"),
                          &(pn_id){0});
}
