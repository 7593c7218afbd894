#define _GNU_SOURCE /* fchmod, O_CLOEXEC */
#include "auth/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"
#include "store/db.h"

/* version ‖ id of the key ‖ nonce ‖ ciphertext ‖ tag */
enum { VERSION = 1, NONCE_BYTES = 12, TAG_BYTES = 16, PATH_SIZE = 1024 };
enum { HEAD_BYTES = 1 + PN_SEAL_ID_BYTES + NONCE_BYTES };

/* ── the master key ──────────────────────────────────────────────────────────────────────────── */

void pn_seal_from(const uint8_t master[PN_SEAL_KEY_BYTES], pn_seal_key *ret_key) {
    char bytes[PN_SEAL_KEY_BYTES];
    memcpy(bytes, master, sizeof bytes);
    pn_str key = {bytes, sizeof bytes};
    pn_sha256 sealing = pn_hmac_sha256(key, PN_STR("puntual seal 1"));
    pn_sha256 marking = pn_hmac_sha256(key, PN_STR("puntual mark 1"));
    pn_sha256 id = pn_hmac_sha256(key, PN_STR("puntual id 1"));
    memcpy(ret_key->sealing, sealing.bytes, PN_SEAL_KEY_BYTES);
    memcpy(ret_key->marking, marking.bytes, PN_SEAL_KEY_BYTES);
    memcpy(ret_key->id, id.bytes, PN_SEAL_ID_BYTES);
    ret_key->loaded = true;
    OPENSSL_cleanse(bytes, sizeof bytes);
    OPENSSL_cleanse(&sealing, sizeof sealing);
    OPENSSL_cleanse(&marking, sizeof marking);
}

void pn_seal_forget(pn_seal_key *key) {
    OPENSSL_cleanse(key, sizeof *key);
}

/* Where the key is; `ret_make` where it may be made. */
static pn_err key_path(const char *db_url, char path[PATH_SIZE], bool *ret_make, pn_diag *diag) {
    const char *named = getenv("PUNTUAL_KEY_FILE");
    const char *credentials = getenv("CREDENTIALS_DIRECTORY");
    *ret_make = true;
    if (named != NULL && named[0] != '\0') {
        (void)snprintf(path, PATH_SIZE, "%s", named);
        return PN_OK;
    }
    if (credentials != NULL && credentials[0] != '\0') {
        (void)snprintf(path, PATH_SIZE, "%s/puntual.key", credentials);
        if (access(path, R_OK) == 0) {
            *ret_make = false;
            return PN_OK;
        }
    }
    if (pn_db_is_file(db_url)) {
        (void)snprintf(path, PATH_SIZE, "%s.key", pn_db_file(db_url));
        return PN_OK;
    }
    pn_err err = pn_diag_set(diag, PN_NOT_FOUND, "Nothing says where the master key is.");
    pn_diag_mend(diag, "Name its file with PUNTUAL_KEY_FILE (it is made where it does not exist), "
                       "or give the service the credential puntual.key. All machines of one "
                       "database need the same key.");
    return err;
}

static pn_err cannot(const char *path, const char *verb, pn_diag *diag) {
    pn_err err = pn_diag_set(diag, errno == ENOENT ? PN_NOT_FOUND : PN_IO,
                             "The master key %s cannot be %s: %s.", path, verb, strerror(errno));
    pn_diag_mend(diag, "It belongs beside the database, or where PUNTUAL_KEY_FILE says. A key that "
                       "is lost cannot be made again: what it sealed has to be entered anew.");
    return err;
}

/* O_EXCL: of two processes that begin at once, one makes it and the other reads it. */
static pn_err make_key(const char *path, const pn_env *env, bool *ret_made, pn_diag *diag) {
    uint8_t master[PN_SEAL_KEY_BYTES];
    *ret_made = false;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        return errno == EEXIST ? PN_OK : cannot(path, "made", diag);
    }
    pn_env_entropy(env, master, sizeof master);
    bool good = fchmod(fd, 0600) == 0 &&
                write(fd, master, sizeof master) == (ssize_t)sizeof master && fsync(fd) == 0;
    OPENSSL_cleanse(master, sizeof master);
    *ret_made = good;
    pn_err err = good ? PN_OK : cannot(path, "written", diag);
    if (close(fd) != 0 || !good) {
        (void)unlink(path);
    }
    return err;
}

static pn_err read_key(const char *path, mode_t others, pn_seal_key *ret_key, pn_diag *diag) {
    uint8_t master[PN_SEAL_KEY_BYTES + 1];
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return cannot(path, "read", diag);
    }
    ssize_t got = read(fd, master, sizeof master);
    bool known = fstat(fd, &status) == 0;
    (void)close(fd);
    if (!known || (status.st_mode & others) != 0) {
        pn_err err = pn_diag_set(diag, PN_DENIED, "Others may read the master key %s.", path);
        pn_diag_mend(diag, "chmod 600 %s", path);
        return err;
    }
    if (got != PN_SEAL_KEY_BYTES) {
        return pn_diag_set(diag, PN_CORRUPT, "The master key %s does not have %d bytes.", path,
                           PN_SEAL_KEY_BYTES);
    }
    pn_seal_from(master, ret_key);
    OPENSSL_cleanse(master, sizeof master);
    return PN_OK;
}

pn_err pn_seal_load(const char *db_url, bool create, const pn_env *env, pn_seal_key *ret_key,
                    pn_diag *diag) {
    char path[PATH_SIZE];
    bool may_make = false, made = false;
    PN_TRY(key_path(db_url, path, &may_make, diag));
    if (create && may_make) {
        PN_TRY(make_key(path, env, &made, diag));
    }
    /* systemd lets a group of its own read a credential */
    return read_key(path, may_make ? S_IRWXG | S_IRWXO : S_IRWXO, ret_key, diag);
}

/* ── sealing ─────────────────────────────────────────────────────────────────────────────────── */

static const unsigned char *as_bytes(pn_str text) {
    return (const unsigned char *)text.ptr;
}

/* What is bound to the ciphertext beside it: head and context. */
static bool bind_context(EVP_CIPHER_CTX *ctx, bool seals, const unsigned char *head,
                         pn_str context) {
    int len = 0;
    int (*update)(EVP_CIPHER_CTX *, unsigned char *, int *, const unsigned char *, int) =
        seals ? EVP_EncryptUpdate : EVP_DecryptUpdate;
    return update(ctx, NULL, &len, head, 1 + PN_SEAL_ID_BYTES) == 1 &&
           update(ctx, NULL, &len, as_bytes(context), (int)context.len) == 1;
}

static bool encrypt(EVP_CIPHER_CTX *ctx, const pn_seal_key *key, pn_str context, pn_str plain,
                    unsigned char *out) {
    int len = 0, end = 0;
    unsigned char *at = out + HEAD_BYTES;
    return EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key->sealing,
                              out + 1 + PN_SEAL_ID_BYTES) == 1 &&
           bind_context(ctx, true, out, context) &&
           EVP_EncryptUpdate(ctx, at, &len, as_bytes(plain), (int)plain.len) == 1 &&
           EVP_EncryptFinal_ex(ctx, at + len, &end) == 1 &&
           EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, at + plain.len) == 1;
}

pn_err pn_seal(const pn_seal_key *key, pn_str context, pn_str plain, const pn_env *env,
               pn_arena *arena, pn_str *ret_sealed) {
    assert(key->loaded && plain.len < 1 << 20);
    size_t size = HEAD_BYTES + plain.len + TAG_BYTES;
    unsigned char *out = pn_arena_alloc(arena, size);
    out[0] = VERSION;
    memcpy(out + 1, key->id, PN_SEAL_ID_BYTES);
    pn_env_entropy(env, out + 1 + PN_SEAL_ID_BYTES, NONCE_BYTES);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    bool good = ctx != NULL && encrypt(ctx, key, context, plain, out);
    EVP_CIPHER_CTX_free(ctx);
    if (!good) {
        pn_panic("AES-256-GCM does not work here");
    }
    *ret_sealed = (pn_str){(const char *)out, size};
    return PN_OK;
}

static bool decrypt(EVP_CIPHER_CTX *ctx, const pn_seal_key *key, pn_str context, pn_str sealed,
                    unsigned char *out) {
    const unsigned char *in = as_bytes(sealed);
    size_t size = sealed.len - HEAD_BYTES - TAG_BYTES;
    unsigned char tag[TAG_BYTES];
    int len = 0, end = 0;
    memcpy(tag, in + HEAD_BYTES + size, TAG_BYTES);
    return EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key->sealing,
                              in + 1 + PN_SEAL_ID_BYTES) == 1 &&
           bind_context(ctx, false, in, context) &&
           EVP_DecryptUpdate(ctx, out, &len, in + HEAD_BYTES, (int)size) == 1 &&
           EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, tag) == 1 &&
           EVP_DecryptFinal_ex(ctx, out + len, &end) == 1;
}

pn_err pn_unseal(const pn_seal_key *key, pn_str context, pn_str sealed, pn_arena *arena,
                 pn_str *ret_plain, pn_diag *diag) {
    assert(key->loaded);
    if (sealed.len < HEAD_BYTES + TAG_BYTES || sealed.len > 1 << 21 || sealed.ptr[0] != VERSION) {
        return pn_diag_set(diag, PN_CORRUPT, "A sealed secret is damaged.");
    }
    if (memcmp(sealed.ptr + 1, key->id, PN_SEAL_ID_BYTES) != 0) {
        pn_err err = pn_diag_set(diag, PN_NOT_FOUND,
                                 "A secret was sealed under another master "
                                 "key.");
        pn_diag_mend(diag, "Put the key that belongs to this database in its place.");
        return err;
    }
    size_t size = sealed.len - HEAD_BYTES - TAG_BYTES;
    unsigned char *out = pn_arena_alloc(arena, size + 1);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    bool good = ctx != NULL && decrypt(ctx, key, context, sealed, out);
    EVP_CIPHER_CTX_free(ctx);
    if (!good) {
        return pn_diag_set(diag, PN_CORRUPT,
                           "A sealed secret was changed, or belongs to something else.");
    }
    out[size] = '\0';
    *ret_plain = (pn_str){(const char *)out, size};
    return PN_OK;
}

pn_sha256 pn_seal_mark(const pn_seal_key *key, pn_str purpose, pn_str message) {
    char bytes[PN_SEAL_KEY_BYTES];
    assert(key->loaded);
    memcpy(bytes, key->marking, sizeof bytes);
    pn_sha256 own = pn_hmac_sha256((pn_str){bytes, sizeof bytes}, purpose);
    memcpy(bytes, own.bytes, sizeof bytes);
    pn_sha256 mark = pn_hmac_sha256((pn_str){bytes, sizeof bytes}, message);
    OPENSSL_cleanse(bytes, sizeof bytes);
    OPENSSL_cleanse(&own, sizeof own);
    return mark;
}
