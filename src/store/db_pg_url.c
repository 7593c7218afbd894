/* What a URL says to Puntual itself. libpq refuses parameters that it does not know, so they are
 * taken out before it sees them. */
#include <stdio.h>

#include "base/banned.h"
#include "store/db_pg_int.h"

/* The parameter's first byte behind "?" or "&", or NULL; `ret_value` gets the value's. */
static char *find(char *url, const char *name, char **ret_value) {
    size_t len = strlen(name);
    char *at = strchr(url, '?');
    while (at != NULL) {
        at++;
        if (strncmp(at, name, len) == 0 && at[len] == '=') {
            *ret_value = at + len + 1;
            return at;
        }
        at = strchr(at, '&');
    }
    return NULL;
}

bool pn_pg_url_has(char *url, const char *name) {
    char *value = NULL;
    return find(url, name, &value) != NULL;
}

bool pn_pg_url_take(char *url, const char *name, char *ret_value, size_t size) {
    char *value = NULL, *at = find(url, name, &value);
    if (at == NULL) {
        return false;
    }
    size_t len = strcspn(value, "&"), kept = PN_MIN(len, size - 1);
    const char *rest = value + len;
    memcpy(ret_value, value, kept);
    ret_value[kept] = '\0';
    if (*rest == '&') {
        rest++;
    } else {
        at--; /* the sign before it */
    }
    memmove(at, rest, strlen(rest) + 1);
    return true;
}
