#include "http/certificate.h"

#include <errno.h>
#include <gnutls/abstract.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/banned.h"

enum { CHAIN_MAX = 16, PEM_BYTES_MAX = 1 << 20 };

/* A pair that is or was in use: a handshake under way may still read one that was replaced, so all
 * of them stay until the end. They are renewed every few weeks. */
typedef struct pair {
    gnutls_pcert_st chain[CHAIN_MAX];
    unsigned chain_length;
    gnutls_privkey_t key;
    struct pair *before;
} pair;

struct pn_certificate {
    const char *cert_path, *key_path;
    pthread_mutex_t mutex;
    pair *newest;
};

static pn_certificate *the_certificate; /* GnuTLS gives its callback nothing to find it by */

/* ── reading ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err read_file(const char *path, gnutls_datum_t *ret_bytes, pn_diag *diag) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return pn_diag_set(diag, PN_IO, "%s cannot be read: %s.", path, strerror(errno));
    }
    unsigned char *bytes = pn_alloc(PEM_BYTES_MAX);
    size_t got = fread(bytes, 1, PEM_BYTES_MAX, file);
    (void)fclose(file);
    if (got == 0 || got == PEM_BYTES_MAX) {
        free(bytes);
        return pn_diag_set(diag, PN_INVALID, "%s holds no certificate or key.", path);
    }
    *ret_bytes = (gnutls_datum_t){.data = bytes, .size = (unsigned)got};
    return PN_OK;
}

static pn_err refused(const char *path, int code, pn_diag *diag) {
    pn_err err =
        pn_diag_set(diag, PN_INVALID, "%s cannot be used: %s", path, gnutls_strerror(code));
    pn_diag_mend(diag, "It has to be PEM: the certificate with its chain, or its key without a "
                       "password.");
    return err;
}

static pn_err load_chain(const char *path, pair *to, pn_diag *diag) {
    gnutls_datum_t bytes = {0};
    PN_TRY(read_file(path, &bytes, diag));
    to->chain_length = CHAIN_MAX;
    int code = gnutls_pcert_list_import_x509_raw(to->chain, &to->chain_length, &bytes,
                                                 GNUTLS_X509_FMT_PEM, 0);
    free(bytes.data);
    if (code < 0) {
        to->chain_length = 0;
        return refused(path, code, diag);
    }
    return PN_OK;
}

static pn_err load_key(const char *path, pair *to, pn_diag *diag) {
    gnutls_datum_t bytes = {0};
    PN_TRY(read_file(path, &bytes, diag));
    int code = gnutls_privkey_init(&to->key);
    if (code == 0) {
        code = gnutls_privkey_import_x509_raw(to->key, &bytes, GNUTLS_X509_FMT_PEM, NULL, 0);
    }
    memset(bytes.data, 0, bytes.size);
    free(bytes.data);
    return code < 0 ? refused(path, code, diag) : PN_OK;
}

/* Whether the key is the certificate's: their public halves have one fingerprint. */
static bool belong_together(const pair *p) {
    unsigned char a[64], b[64];
    size_t a_size = sizeof a, b_size = sizeof b;
    gnutls_pubkey_t own = NULL;
    bool same =
        gnutls_pubkey_init(&own) == 0 && gnutls_pubkey_import_privkey(own, p->key, 0, 0) == 0 &&
        gnutls_pubkey_get_key_id(own, GNUTLS_KEYID_USE_SHA256, a, &a_size) == 0 &&
        gnutls_pubkey_get_key_id(p->chain[0].pubkey, GNUTLS_KEYID_USE_SHA256, b, &b_size) == 0 &&
        a_size == b_size && memcmp(a, b, a_size) == 0;
    gnutls_pubkey_deinit(own);
    return same;
}

static void free_pair(pair *p) {
    if (p == NULL) {
        return;
    }
    for (unsigned i = 0; i < p->chain_length; i++) {
        gnutls_pcert_deinit(&p->chain[i]);
    }
    gnutls_privkey_deinit(p->key);
    free(p);
}

pn_err pn_certificate_reload(pn_certificate *certificate, pn_diag *diag) {
    pair *p = pn_alloc(sizeof *p);
    memset(p, 0, sizeof *p);
    pn_err err = load_chain(certificate->cert_path, p, diag);
    err = err == PN_OK ? load_key(certificate->key_path, p, diag) : err;
    if (err == PN_OK && !belong_together(p)) {
        err = pn_diag_set(diag, PN_INVALID, "%s is not the key of the certificate in %s.",
                          certificate->key_path, certificate->cert_path);
    }
    if (err != PN_OK) {
        free_pair(p);
        return err;
    }
    (void)pthread_mutex_lock(&certificate->mutex);
    p->before = certificate->newest;
    certificate->newest = p;
    (void)pthread_mutex_unlock(&certificate->mutex);
    return PN_OK;
}

pn_err pn_certificate_new(const char *cert_path, const char *key_path,
                          pn_certificate **ret_certificate, pn_diag *diag) {
    pn_certificate *certificate = pn_alloc(sizeof *certificate);
    *certificate = (pn_certificate){.cert_path = cert_path, .key_path = key_path};
    (void)pthread_mutex_init(&certificate->mutex, NULL);
    pn_err err = pn_certificate_reload(certificate, diag);
    if (err != PN_OK) {
        pn_certificate_free(certificate);
        return err;
    }
    the_certificate = certificate;
    *ret_certificate = certificate;
    return PN_OK;
}

void pn_certificate_free(pn_certificate *certificate) {
    if (certificate == NULL) {
        return;
    }
    the_certificate = the_certificate == certificate ? NULL : the_certificate;
    for (pair *p = certificate->newest, *before; p != NULL; p = before) {
        before = p->before;
        free_pair(p);
    }
    (void)pthread_mutex_destroy(&certificate->mutex);
    free(certificate);
}

/* ── being asked ─────────────────────────────────────────────────────────────────────────────── */

static int retrieve(gnutls_session_t session, const gnutls_datum_t *requested, int requested_count,
                    const gnutls_pk_algorithm_t *algorithms, int algorithm_count,
                    gnutls_pcert_st **ret_chain, unsigned *ret_length, gnutls_privkey_t *ret_key) {
    (void)session;
    (void)requested;
    (void)requested_count;
    (void)algorithms;
    (void)algorithm_count;
    (void)pthread_mutex_lock(&the_certificate->mutex);
    pair *newest = the_certificate->newest;
    (void)pthread_mutex_unlock(&the_certificate->mutex);
    *ret_chain = newest->chain;
    *ret_length = newest->chain_length;
    *ret_key = newest->key;
    return 0;
}

void *pn_certificate_callback(void) {
    union {
        gnutls_certificate_retrieve_function2 *function;
        void *pointer;
    } as = {.function = retrieve};
    return as.pointer;
}
