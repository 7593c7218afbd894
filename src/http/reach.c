#include "http/reach.h"

#include "auth/identity.h"
#include "base/banned.h"

pn_err pn_check_reach(pn_exchange *x, bool wants_private, bool opened) {
    if (!wants_private || opened || x->identity->operates) {
        return PN_OK;
    }
    pn_err err = pn_diag_set(&x->diag, PN_DENIED,
                             "Only an operator of the installation lets an organization reach "
                             "servers of its private network.");
    pn_diag_where(&x->diag, "/private");
    pn_diag_cause(&x->diag, PN_CAUSE_OPERATOR);
    pn_diag_mend(&x->diag, "Ask who installed Puntual to set it.");
    return err;
}

/* "https://erp.example:8443/api" → "https://erp.example:8443". */
static pn_str server_of(pn_str url) {
    pn_str trimmed = pn_str_trim(url);
    size_t scheme = pn_str_find(trimmed, PN_STR("://"));
    if (scheme == SIZE_MAX) {
        return PN_STR_NONE;
    }
    size_t end = scheme + 3;
    while (end < trimmed.len && trimmed.ptr[end] != '/' && trimmed.ptr[end] != '?' &&
           trimmed.ptr[end] != '#' && trimmed.ptr[end] != '\\') {
        end++;
    }
    return pn_str_first(trimmed, end);
}

bool pn_same_server(pn_str url, pn_str other) {
    pn_str server = server_of(url);
    return server.len != 0 && pn_str_eq_nocase(server, server_of(other));
}
