#include "net/tls.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "base/banned.h"
#include "net/address.h"

struct pn_tls {
    SSL_CTX *ctx;
    SSL_SESSION *session; /* the newest, or NULL */
    char *host;
    bool numeric;
};

struct pn_tls_stream {
    SSL *ssl;
};

/* The newest error of OpenSSL in words; the queue is empty afterwards. */
static const char *reason(void) {
    unsigned long code = ERR_peek_last_error();
    const char *text = code == 0 ? NULL : ERR_reason_error_string(code);
    ERR_clear_error();
    return text == NULL ? "unknown error" : text;
}

/* TLS 1.3 sends tickets after the handshake, so a session is learnt by this call only. */
static int keep_session(SSL *ssl, SSL_SESSION *session) {
    pn_tls *tls = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    SSL_SESSION_free(tls->session);
    tls->session = session;
    return 1; /* the reference is ours now */
}

static pn_err trust(pn_tls *tls, const pn_tls_options *options, pn_diag *diag) {
    if (options->verify_none) {
        SSL_CTX_set_verify(tls->ctx, SSL_VERIFY_NONE, NULL);
        return PN_OK;
    }
    SSL_CTX_set_verify(tls->ctx, SSL_VERIFY_PEER, NULL);
    if (options->ca_file.len == 0) {
        if (SSL_CTX_set_default_verify_paths(tls->ctx) == 1) {
            return PN_OK;
        }
        return pn_diag_set(diag, PN_INVALID,
                           "The system's certificate authorities are unusable: "
                           "%s.",
                           reason());
    }
    char path[PATH_MAX];
    int len = snprintf(path, sizeof path, "%.*s", PN_STR_ARG(options->ca_file));
    if (len < 0 || (size_t)len != options->ca_file.len || (size_t)len >= sizeof path ||
        SSL_CTX_load_verify_locations(tls->ctx, path, NULL) != 1) {
        pn_err err = pn_diag_set(diag, PN_INVALID, "The file %.*s holds no usable certificate: %s.",
                                 PN_STR_ARG(options->ca_file), reason());
        pn_diag_mend(diag, "Give the path of a PEM file with the certificate of the authority "
                           "that signed the server's.");
        return err;
    }
    return PN_OK;
}

pn_err pn_tls_new(const char *host, const pn_tls_options *options, pn_tls **ret_tls,
                  pn_diag *diag) {
    static const pn_tls_options usual = {0};
    pn_tls *tls = pn_alloc(sizeof *tls);
    *tls = (pn_tls){.ctx = SSL_CTX_new(TLS_client_method())};
    size_t size = strlen(host) + 1;
    tls->host = pn_alloc(size);
    memcpy(tls->host, host, size);
    pn_address address;
    tls->numeric = pn_address_parse(pn_str_of(host), 0, &address);
    if (tls->ctx == NULL || SSL_CTX_set_min_proto_version(tls->ctx, TLS1_2_VERSION) != 1) {
        pn_err err = pn_diag_set(diag, PN_IO, "TLS cannot be used here: %s.", reason());
        pn_tls_free(tls);
        return err;
    }
    pn_err err = trust(tls, options == NULL ? &usual : options, diag);
    if (err != PN_OK) {
        pn_tls_free(tls);
        return err;
    }
    /* Protocols over it end their messages themselves, so a missing close_notify cuts nothing. */
    SSL_CTX_set_options(tls->ctx, SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_mode(tls->ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                   SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(tls->ctx,
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_sess_set_new_cb(tls->ctx, keep_session);
    SSL_CTX_set_app_data(tls->ctx, tls);
    *ret_tls = tls;
    return PN_OK;
}

void pn_tls_free(pn_tls *tls) {
    if (tls != NULL) {
        SSL_SESSION_free(tls->session);
        SSL_CTX_free(tls->ctx);
        free(tls->host);
        free(tls);
    }
}

/* Whom the certificate must name; for a name also what SNI asks for (RFC 6066, section 3). */
static bool name_peer(const pn_tls *tls, SSL *ssl) {
    if (tls->numeric) {
        return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), tls->host) == 1;
    }
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set1_host(ssl, tls->host) == 1 && SSL_set_tlsext_host_name(ssl, tls->host) == 1;
}

pn_err pn_tls_stream_new(pn_tls *tls, int fd, pn_tls_stream **ret_stream) {
    SSL *ssl = SSL_new(tls->ctx);
    if (ssl == NULL || !name_peer(tls, ssl) || SSL_set_fd(ssl, fd) != 1) {
        SSL_free(ssl);
        ERR_clear_error();
        return PN_IO;
    }
    if (tls->session != NULL && SSL_SESSION_is_resumable(tls->session) == 1) {
        (void)SSL_set_session(ssl, tls->session);
    }
    SSL_set_connect_state(ssl);
    pn_tls_stream *stream = pn_alloc(sizeof *stream);
    stream->ssl = ssl;
    *ret_stream = stream;
    return PN_OK;
}

void pn_tls_stream_free(pn_tls_stream *stream) {
    if (stream == NULL) {
        return;
    }
    if (SSL_is_init_finished(stream->ssl)) {
        (void)SSL_shutdown(stream->ssl);
    }
    ERR_clear_error();
    SSL_free(stream->ssl);
    free(stream);
}

static pn_tls_result result_of(const pn_tls_stream *stream, int returned, pn_diag *diag) {
    int saved = errno;
    switch (SSL_get_error(stream->ssl, returned)) {
    case SSL_ERROR_WANT_READ: return PN_TLS_WANTS_READ;
    case SSL_ERROR_WANT_WRITE: return PN_TLS_WANTS_WRITE;
    case SSL_ERROR_ZERO_RETURN: return PN_TLS_CLOSED;
    case SSL_ERROR_SYSCALL: {
        char text[128];
        const char *words = saved == 0 ? "the peer hung up" : strerror_r(saved, text, sizeof text);
        (void)pn_diag_set(diag, PN_IO, "The secured connection broke: %s.", words);
        pn_diag_cause(diag, PN_CAUSE_HUNG_UP);
        ERR_clear_error();
        return PN_TLS_FAILED;
    }
    default:
        (void)pn_diag_set(diag, PN_IO, "The secured connection failed: %s.", reason());
        pn_diag_cause(diag, PN_CAUSE_NO_TLS);
        return PN_TLS_FAILED;
    }
}

pn_tls_result pn_tls_handshake(pn_tls_stream *stream, bool *ret_untrusted, pn_diag *diag) {
    ERR_clear_error();
    errno = 0;
    int returned = SSL_do_handshake(stream->ssl);
    if (returned == 1) {
        return PN_TLS_DONE;
    }
    pn_tls_result result = result_of(stream, returned, diag);
    long verified = SSL_get_verify_result(stream->ssl);
    if (result == PN_TLS_FAILED && verified != X509_V_OK) {
        (void)pn_diag_set(diag, PN_DENIED, "The server's certificate is not trusted: %s.",
                          X509_verify_cert_error_string(verified));
        pn_diag_mend(diag, "Use the name that stands in the certificate, renew the certificate, "
                           "or give the authority that signed it as ca_file.");
        pn_diag_cause(diag, PN_CAUSE_CERTIFICATE);
        *ret_untrusted = true;
    }
    return result;
}

pn_tls_result pn_tls_read(pn_tls_stream *stream, void *bytes, size_t size, size_t *ret_len,
                          pn_diag *diag) {
    ERR_clear_error();
    errno = 0;
    int returned = SSL_read_ex(stream->ssl, bytes, size, ret_len);
    return returned == 1 ? PN_TLS_DONE : result_of(stream, returned, diag);
}

pn_tls_result pn_tls_write(pn_tls_stream *stream, const void *bytes, size_t size, size_t *ret_len,
                           pn_diag *diag) {
    ERR_clear_error();
    errno = 0;
    int returned = SSL_write_ex(stream->ssl, bytes, size, ret_len);
    return returned == 1 ? PN_TLS_DONE : result_of(stream, returned, diag);
}
