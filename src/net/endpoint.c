#include "net/endpoint.h"

#include "base/banned.h"
#include "net/address.h"

enum { HOST_MAX = 253 };

bool pn_is_host_name(pn_str name) {
    if (name.len == 0 || name.len > HOST_MAX || name.ptr[0] == '.' || name.ptr[0] == '-') {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!pn_is_alpha(c) && !pn_is_digit(c) && c != '.' && c != '-' && c != '_') {
            return false;
        }
    }
    return true;
}

/* ":587", or nothing */
static const char *read_port(pn_str text, uint16_t *ret_port) {
    int64_t number = 0;
    pn_str digits = pn_str_from(text, 1);
    if (text.len == 0) {
        return NULL;
    }
    if (digits.len == 0 || !pn_is_digit(digits.ptr[0]) ||
        pn_str_to_int64(digits, &number) != PN_OK || number < 1 || number > 65535) {
        return "The url's port is not a number from 1 to 65535.";
    }
    *ret_port = (uint16_t)number;
    return NULL;
}

static const char *read_bracketed(pn_str text, pn_str *ret_host, uint16_t *ret_port) {
    pn_address address;
    size_t end = pn_str_find_char(text, ']');
    if (end == SIZE_MAX) {
        return "The url has a [ without its ].";
    }
    pn_str host = pn_str_sub(text.ptr + 1, text.ptr + end);
    text = pn_str_from(text, end + 1);
    if (!pn_address_parse(host, 0, &address) || address.family != 6 ||
        (text.len > 0 && text.ptr[0] != ':')) {
        return "What stands between [ and ] in the url is no IPv6 address.";
    }
    *ret_host = host;
    return read_port(text, ret_port);
}

const char *pn_endpoint_parse(pn_str text, pn_str *ret_host, uint16_t *ret_port) {
    if (text.len > 0 && text.ptr[0] == '[') {
        return read_bracketed(text, ret_host, ret_port);
    }
    size_t colon = PN_MIN(pn_str_find_char(text, ':'), text.len);
    pn_str host = pn_str_first(text, colon);
    if (!pn_is_host_name(host)) {
        return "The url's host is no host name. Names outside ASCII are written in their xn-- "
               "form, "
               "IPv6 addresses in [ ].";
    }
    *ret_host = host;
    return read_port(pn_str_from(text, colon), ret_port);
}

pn_str pn_endpoint_url(const char *scheme, pn_str host, int64_t port, pn_arena *arena) {
    bool six = pn_str_find_char(host, ':') != SIZE_MAX;
    pn_str url = pn_str_format(arena, "%s://%s%.*s%s", scheme, six ? "[" : "", PN_STR_ARG(host),
                               six ? "]" : "");
    return port == 0 ? url : pn_str_format(arena, "%.*s:%lld", PN_STR_ARG(url), (long long)port);
}
