#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/banned.h"

const char *pn_err_name(pn_err err) {
    switch (err) {
    case PN_OK: return "ok";
    case PN_NOT_FOUND: return "not_found";
    case PN_INVALID: return "invalid";
    case PN_CONFLICT: return "conflict";
    case PN_DENIED: return "denied";
    case PN_LIMIT: return "limit";
    case PN_RETRY: return "retry";
    case PN_IO: return "io";
    case PN_CORRUPT: return "corrupt";
    }
    return "unknown";
}

const char *pn_cause_name(pn_cause cause) {
    switch (cause) {
    case PN_CAUSE_NO_HOST: return "no_host";
    case PN_CAUSE_CLOSED: return "closed";
    case PN_CAUSE_UNREACHABLE: return "unreachable";
    case PN_CAUSE_SILENT: return "silent";
    case PN_CAUSE_HUNG_UP: return "hung_up";
    case PN_CAUSE_CERTIFICATE: return "certificate";
    case PN_CAUSE_NO_TLS: return "no_tls";
    case PN_CAUSE_PROTOCOL: return "protocol";
    case PN_CAUSE_LOGIN: return "login";
    case PN_CAUSE_FOLDER: return "folder";
    case PN_CAUSE_SENDER: return "sender";
    case PN_CAUSE_RECIPIENT: return "recipient";
    case PN_CAUSE_REFUSED: return "refused";
    case PN_CAUSE_LATER: return "later";
    case PN_CAUSE_KEY_STAYS: return "key_stays";
    case PN_CAUSE_NO_PASSWORD: return "no_password";
    case PN_CAUSE_UNPROTECTED: return "unprotected";
    case PN_CAUSE_OPERATOR: return "operator";
    case PN_CAUSE_NOT_LIVE: return "not_live";
    case PN_CAUSE_OWN_REQUEST: return "own_request";
    case PN_CAUSE_NONE:
    case PN_CAUSES: break;
    }
    return NULL;
}

void pn_diag_clear(pn_diag *diag) {
    if (diag != NULL) {
        diag->cause = PN_CAUSE_NONE;
        diag->what[0] = diag->where[0] = diag->mend[0] = '\0';
    }
}

/* vsnprintf that never leaves half a UTF-8 sequence at the end of a text that had to be cut. */
static void format_cut(char *out, size_t out_size, const char *format, va_list args)
    PN_PRINTF(3, 0);

static void format_cut(char *out, size_t out_size, const char *format, va_list args) {
    int written = vsnprintf(out, out_size, format, args);
    if (written < 0) {
        out[0] = '\0';
        return;
    }
    if ((size_t)written < out_size) {
        return;
    }
    size_t end = out_size - 1;
    while (end > 0 && ((unsigned char)out[end - 1] & 0xC0) == 0x80) {
        end--;
    }
    if (end > 0 && ((unsigned char)out[end - 1] & 0xC0) == 0xC0) {
        end--;
    }
    out[end] = '\0';
}

pn_err pn_diag_set(pn_diag *diag, pn_err err, const char *what_format, ...) {
    if (diag != NULL) {
        pn_diag_clear(diag);
        va_list args;
        va_start(args, what_format);
        format_cut(diag->what, sizeof diag->what, what_format, args);
        va_end(args);
    }
    return err;
}

void pn_diag_where(pn_diag *diag, const char *format, ...) {
    if (diag != NULL) {
        va_list args;
        va_start(args, format);
        format_cut(diag->where, sizeof diag->where, format, args);
        va_end(args);
    }
}

void pn_diag_cause(pn_diag *diag, pn_cause cause) {
    if (diag != NULL) {
        diag->cause = cause;
    }
}

void pn_diag_mend(pn_diag *diag, const char *format, ...) {
    if (diag != NULL) {
        va_list args;
        va_start(args, format);
        format_cut(diag->mend, sizeof diag->mend, format, args);
        va_end(args);
    }
}

pn_err pn_diag_refuse(pn_diag *diag, const char *where, const char *what, const char *mend) {
    pn_err err = pn_diag_set(diag, PN_INVALID, "%s", what);
    pn_diag_where(diag, "%s", where);
    pn_diag_mend(diag, "%s", mend);
    return err;
}

void pn_diag_sentence(const pn_diag *diag, char *out, size_t out_size) {
    if (out_size == 0) {
        return;
    }
    out[0] = '\0';
    if (diag == NULL) {
        return;
    }
    (void)snprintf(out, out_size, "%s%s%s%s%s", diag->where, diag->where[0] != '\0' ? ": " : "",
                   diag->what, diag->mend[0] != '\0' ? " " : "", diag->mend);
}

void pn_panic(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fputs("puntual: ", stderr);
    (void)vfprintf(stderr, format, args);
    fputs("\nNothing accepted was lost: the database holds the last committed state.\n", stderr);
    va_end(args);
    abort();
}
