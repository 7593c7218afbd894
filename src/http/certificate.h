/* The server's certificate and key, read from files, and read again when they were renewed. All of
 * GnuTLS that we use stands in certificate.c; libmicrohttpd does the rest of TLS. */
#ifndef PN_HTTP_CERTIFICATE_H
#define PN_HTTP_CERTIFICATE_H

#include "base/err.h"

typedef struct pn_certificate pn_certificate;

/* Two PEM files: the certificate with its chain, and its key. INVALID or IO with a sentence, also
 * where the two do not belong together. One a process: GnuTLS asks for it without saying for whom.
 */
PN_MUST_USE pn_err pn_certificate_new(const char *cert_path, const char *key_path,
                                      pn_certificate **ret_certificate, pn_diag *diag);
void pn_certificate_free(pn_certificate *certificate);
/* Reads the files again; on failure the ones before stay in use. */
PN_MUST_USE pn_err pn_certificate_reload(pn_certificate *certificate, pn_diag *diag);

/* What libmicrohttpd is to be told: a gnutls_certificate_retrieve_function2. */
void *pn_certificate_callback(void);

#endif
