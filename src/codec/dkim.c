#include "codec/dkim.h"

/* opendkim's header wants these before it */
#include <sys/types.h>

#include <opendkim/dkim.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/banned.h"
#include "codec/dkim_ed25519.h"

enum { THREADS = 2, NAME_MAX_BYTES = 253, RSA_BITS_MIN = 1024, RSA_BITS = 2048 };

typedef struct {
    char *domain, *selector, *pem; /* NUL-terminated, our own */
    size_t pem_size;
    EVP_PKEY *ed25519; /* NULL: it is RSA */
} signing_key;

struct pn_dkim {
    signing_key keys[PN_DKIM_KEYS_MAX];
    size_t key_count;
    pthread_t threads[THREADS];
    size_t thread_count;
    DKIM_LIB *libraries[THREADS]; /* one a thread: the time of signing is the library's */
    size_t libraries_taken;
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    pn_dkim_job *first, **last;
    bool closing;
};

/* Whoever forwards a mail may add fields; what a reader sees or a program acts on is signed. */
static const char *const SIGNED[] = {
    "from",
    "sender",
    "reply-to",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-language",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "auto-submitted",
    NULL,
};
static const char *const OVERSIGNED[] = {"from", NULL};

/* ── signing ─────────────────────────────────────────────────────────────────────────────────── */

static DKIM_LIB *library_new(void) {
    DKIM_LIB *library = dkim_init(NULL, NULL);
    if (library == NULL) {
        pn_panic("libopendkim cannot be started");
    }
    const void *signed_fields = SIGNED, *oversigned = OVERSIGNED;
    union {
        const void *in;
        void *out;
    } list = {.in = signed_fields}, over = {.in = oversigned}; /* it copies what it gets */
    if (dkim_options(library, DKIM_OP_SETOPT, DKIM_OPTS_SIGNHDRS, list.out, sizeof(u_char **)) !=
            DKIM_STAT_OK ||
        dkim_options(library, DKIM_OP_SETOPT, DKIM_OPTS_OVERSIGNHDRS, over.out,
                     sizeof(u_char **)) != DKIM_STAT_OK) {
        pn_panic("libopendkim does not take its options");
    }
    return library;
}

/* The library wants bytes it could change, and does not. */
static u_char *bytes_of(const char *text) {
    union {
        const char *in;
        u_char *out;
    } cast = {.in = text};
    return cast.out;
}

/* The end of the field that begins at `at`: behind it stands a line that is no continuation. */
static size_t field_end(pn_str message, size_t at) {
    for (;;) {
        pn_str rest = pn_str_from(message, at);
        size_t line = pn_str_find(rest, PN_STR("\r\n"));
        if (line == SIZE_MAX) {
            return message.len;
        }
        at += line;
        bool goes_on =
            at + 2 < message.len && (message.ptr[at + 2] == ' ' || message.ptr[at + 2] == '\t');
        if (!goes_on) {
            return at;
        }
        at += 2;
    }
}

/* Nothing can be signed without it, and the library leaks its key when it finds that out. */
static bool has_from(pn_str message) {
    for (size_t at = 0; at < message.len && message.ptr[at] != '\r';) {
        if (pn_str_eq_nocase(pn_str_first(pn_str_from(message, at), 5), PN_STR("From:"))) {
            return true;
        }
        at = PN_MIN(field_end(message, at) + 2, message.len);
    }
    return false;
}

static DKIM_STAT feed(DKIM *dkim, pn_str message) {
    size_t at = 0;
    DKIM_STAT status = DKIM_STAT_OK;
    while (status == DKIM_STAT_OK && at < message.len && message.ptr[at] != '\r') {
        size_t end = field_end(message, at);
        status = dkim_header(dkim, bytes_of(message.ptr + at), end - at);
        at = PN_MIN(end + 2, message.len);
    }
    if (status == DKIM_STAT_OK) {
        status = dkim_eoh(dkim);
    }
    at = PN_MIN(at + 2, message.len); /* the empty line */
    if (status == DKIM_STAT_OK && at < message.len) {
        status = dkim_body(dkim, bytes_of(message.ptr + at), message.len - at);
    }
    return status == DKIM_STAT_OK ? dkim_eom(dkim, NULL) : status;
}

/* The library folds with a line feed alone. */
static void add_field(pn_buf *out, pn_str value) {
    pn_buf_add_lit(out, DKIM_SIGNHEADER ": ");
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] == '\n' && (i == 0 || value.ptr[i - 1] != '\r')) {
            pn_buf_add_char(out, '\r');
        }
        pn_buf_add_char(out, value.ptr[i]);
    }
    pn_buf_add_lit(out, "\r\n");
}

static bool sign_by_rsa(DKIM_LIB *library, const signing_key *key, pn_str message, pn_buf *out) {
    DKIM_STAT status = DKIM_STAT_OK;
    u_char *value = NULL;
    size_t size = 0;
    DKIM *dkim =
        dkim_sign(library, (const u_char *)"puntual", NULL, (dkim_sigkey_t)key->pem,
                  (const u_char *)key->selector, (const u_char *)key->domain, DKIM_CANON_RELAXED,
                  DKIM_CANON_RELAXED, DKIM_SIGN_RSASHA256, -1, &status);
    if (dkim == NULL) {
        return false;
    }
    status = feed(dkim, message);
    if (status == DKIM_STAT_OK) {
        status = dkim_getsighdr_d(dkim, sizeof DKIM_SIGNHEADER + 1, &value, &size);
    }
    if (status == DKIM_STAT_OK) {
        add_field(out, (pn_str){(const char *)value, size});
    }
    (void)dkim_free(dkim);
    return status == DKIM_STAT_OK;
}

static bool sign_with(DKIM_LIB *library, const signing_key *key, pn_dkim_job *job,
                      uint64_t seconds) {
    if (key->ed25519 == NULL) {
        return sign_by_rsa(library, key, job->message, &job->fields);
    }
    pn_dkim_ed25519 with = {.key = key->ed25519,
                            .domain = pn_str_of(key->domain),
                            .selector = pn_str_of(key->selector),
                            .seconds = (int64_t)seconds,
                            .fields = SIGNED};
    return pn_dkim_ed25519_sign(&with, job->message, &job->fields);
}

static void sign(const pn_dkim *d, DKIM_LIB *library, pn_dkim_job *job) {
    enum { FIELDS_MAX = 16384 };
    uint64_t seconds = job->signed_at > 0 ? (uint64_t)(job->signed_at / PN_SECOND) : 1;
    pn_buf_init(&job->fields, FIELDS_MAX);
    bool good = has_from(job->message) && dkim_options(library, DKIM_OP_SETOPT, DKIM_OPTS_FIXEDTIME,
                                                       &seconds, sizeof seconds) == DKIM_STAT_OK;
    for (size_t i = 0; i < d->key_count && good; i++) {
        good = sign_with(library, &d->keys[i], job, seconds);
    }
    job->err = good ? pn_buf_err(&job->fields) : PN_IO;
    if (job->err != PN_OK) {
        pn_buf_clear(&job->fields);
    }
}

/* ── threads ─────────────────────────────────────────────────────────────────────────────────── */

static void *signer(void *context) {
    pn_dkim *d = context;
    (void)pthread_mutex_lock(&d->lock);
    DKIM_LIB *library = d->libraries[d->libraries_taken++];
    while (!d->closing || d->first != NULL) {
        pn_dkim_job *job = d->first;
        if (job == NULL) {
            (void)pthread_cond_wait(&d->work, &d->lock);
            continue;
        }
        d->first = job->next;
        if (d->first == NULL) {
            d->last = &d->first;
        }
        (void)pthread_mutex_unlock(&d->lock);
        sign(d, library, job);
        (void)pthread_mutex_lock(&d->lock);
        job->done = true;
        (void)pthread_cond_broadcast(&d->done);
    }
    (void)pthread_mutex_unlock(&d->lock);
    return NULL;
}

static void start_threads(pn_dkim *d) {
    while (d->thread_count < THREADS) {
        d->libraries[d->thread_count] = library_new();
        if (pthread_create(&d->threads[d->thread_count], NULL, signer, d) != 0) {
            pn_panic("no thread can be started for signing");
        }
        d->thread_count++;
    }
}

void pn_dkim_begin(pn_dkim *d, pn_dkim_job *job, pn_str message, pn_time signed_at) {
    *job = (pn_dkim_job){.message = message, .signed_at = signed_at};
    (void)pthread_mutex_lock(&d->lock);
    *d->last = job;
    d->last = &job->next;
    if (d->thread_count == 0) {
        start_threads(d);
    }
    (void)pthread_cond_signal(&d->work);
    (void)pthread_mutex_unlock(&d->lock);
}

pn_err pn_dkim_end(pn_dkim *d, pn_dkim_job *job) {
    (void)pthread_mutex_lock(&d->lock);
    while (!job->done) {
        (void)pthread_cond_wait(&d->done, &d->lock);
    }
    (void)pthread_mutex_unlock(&d->lock);
    return job->err;
}

/* ── keys ────────────────────────────────────────────────────────────────────────────────────── */

bool pn_dkim_is_name(pn_str name) {
    bool good = name.len != 0 && name.len <= NAME_MAX_BYTES;
    char before = '.';
    for (size_t i = 0; i < name.len && good; i++) {
        char c = name.ptr[i];
        good = pn_is_alpha(c) || pn_is_digit(c) || (c == '-' && before != '.') || c == '_' ||
               (c == '.' && before != '.' && before != '-');
        before = c;
    }
    return good && before != '.' && before != '-';
}

static pn_err wrong_key(pn_diag *diag, const char *what) {
    pn_err err = pn_diag_set(diag, PN_INVALID, "%s", what);
    pn_diag_mend(diag, "`puntual channel dkim-key` makes one.");
    return err;
}

/* `ret_ed25519` is the key where it is one, else NULL. */
static pn_err read_pem(pn_str pem, EVP_PKEY **ret_ed25519, pn_diag *diag) {
    BIO *bio = BIO_new_mem_buf(pem.ptr, (int)PN_MIN(pem.len, (size_t)INT32_MAX));
    EVP_PKEY *key = bio == NULL ? NULL : PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    bool ed25519 = key != NULL && EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519;
    pn_err err = PN_OK;
    if (key == NULL) {
        err = wrong_key(diag, "The key file holds no private key as PEM.");
    } else if (!ed25519 && EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) {
        err = wrong_key(diag, "DKIM has RSA and Ed25519; the key is of another kind.");
    } else if (!ed25519 && EVP_PKEY_get_bits(key) < RSA_BITS_MIN) {
        err = wrong_key(diag, "The RSA key has less than 1024 bits; nobody accepts that any more.");
    }
    *ret_ed25519 = ed25519 ? key : NULL;
    if (!ed25519) {
        EVP_PKEY_free(key);
    }
    (void)BIO_free(bio);
    return err;
}

static char *copy_of(pn_str text) {
    char *copy = pn_alloc(text.len + 1);
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return copy;
}

static pn_err add_key(pn_dkim *d, const pn_dkim_key *given, pn_diag *diag) {
    EVP_PKEY *ed25519 = NULL;
    if (!pn_dkim_is_name(given->domain) || !pn_dkim_is_name(given->selector)) {
        pn_err err = pn_diag_set(diag, PN_INVALID,
                                 "“%.*s” with the selector “%.*s” is no DKIM "
                                 "name.",
                                 PN_STR_ARG(given->domain), PN_STR_ARG(given->selector));
        pn_diag_mend(diag, "The domain is written like example.com, the selector like s2026.");
        return err;
    }
    PN_TRY(read_pem(given->pem, &ed25519, diag));
    d->keys[d->key_count++] = (signing_key){.domain = copy_of(given->domain),
                                            .selector = copy_of(given->selector),
                                            .pem = copy_of(given->pem),
                                            .pem_size = given->pem.len,
                                            .ed25519 = ed25519};
    return PN_OK;
}

pn_err pn_dkim_new(const pn_dkim_key *keys, size_t count, pn_dkim **ret_dkim, pn_diag *diag) {
    assert(count != 0 && count <= PN_DKIM_KEYS_MAX);
    pn_dkim *d = pn_alloc(sizeof *d);
    memset(d, 0, sizeof *d);
    d->last = &d->first;
    (void)pthread_mutex_init(&d->lock, NULL);
    (void)pthread_cond_init(&d->work, NULL);
    (void)pthread_cond_init(&d->done, NULL);
    for (size_t i = 0; i < count; i++) {
        pn_err err = add_key(d, &keys[i], diag);
        if (err != PN_OK) {
            pn_dkim_free(d);
            return err;
        }
    }
    *ret_dkim = d;
    return PN_OK;
}

void pn_dkim_free(pn_dkim *d) {
    if (d == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&d->lock);
    d->closing = true;
    (void)pthread_cond_broadcast(&d->work);
    (void)pthread_mutex_unlock(&d->lock);
    for (size_t i = 0; i < d->thread_count; i++) {
        (void)pthread_join(d->threads[i], NULL);
        dkim_close(d->libraries[i]);
    }
    for (size_t i = 0; i < d->key_count; i++) {
        EVP_PKEY_free(d->keys[i].ed25519);
        OPENSSL_cleanse(d->keys[i].pem, d->keys[i].pem_size);
        free(d->keys[i].pem);
        free(d->keys[i].domain);
        free(d->keys[i].selector);
    }
    (void)pthread_cond_destroy(&d->work);
    (void)pthread_cond_destroy(&d->done);
    (void)pthread_mutex_destroy(&d->lock);
    free(d);
}

/* ── new keys ────────────────────────────────────────────────────────────────────────────────── */

static void add_base64(pn_buf *out, const unsigned char *bytes, size_t size) {
    enum { ENCODED_MAX = 1024 };
    unsigned char text[ENCODED_MAX];
    if (size <= ENCODED_MAX / 4 * 3 - 3) {
        int len = EVP_EncodeBlock(text, bytes, (int)size);
        pn_buf_add(out, text, (size_t)len);
    }
}

/* Ed25519: the 32 bytes of the key themselves (RFC 8463, section 4.2); RSA: its DER. */
static bool add_public(EVP_PKEY *key, pn_dkim_type type, pn_buf *out) {
    unsigned char raw[32], *der = NULL;
    size_t raw_size = sizeof raw;
    if (type == PN_DKIM_ED25519) {
        bool got = EVP_PKEY_get_raw_public_key(key, raw, &raw_size) == 1;
        add_base64(out, raw, raw_size);
        return got;
    }
    int size = i2d_PUBKEY(key, &der);
    if (size > 0) {
        add_base64(out, der, (size_t)size);
    }
    OPENSSL_free(der);
    return size > 0;
}

static bool add_private(EVP_PKEY *key, pn_buf *out) {
    BIO *bio = BIO_new(BIO_s_secmem());
    char *pem = NULL;
    bool good = bio != NULL && PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL);
    long size = good ? BIO_get_mem_data(bio, &pem) : 0;
    if (size > 0) {
        pn_buf_add(out, pem, (size_t)size);
    }
    (void)BIO_free(bio);
    return size > 0;
}

pn_err pn_dkim_generate(pn_dkim_type type, pn_buf *private_pem, pn_buf *public_base64,
                        pn_diag *diag) {
    EVP_PKEY *key =
        type == PN_DKIM_RSA ? EVP_RSA_gen(RSA_BITS) : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    bool good =
        key != NULL && add_private(key, private_pem) && add_public(key, type, public_base64);
    EVP_PKEY_free(key);
    return good && pn_buf_err(private_pem) == PN_OK && pn_buf_err(public_base64) == PN_OK &&
                   public_base64->len != 0
               ? PN_OK
               : pn_diag_set(diag, PN_IO, "The key could not be made.");
}
