#include "codec/dkim_ed25519.h"

#include <openssl/evp.h>

#include "base/banned.h"
#include "base/hash.h"
#include "base/limits.h"

enum { SIGNATURE_BYTES = 64, BASE64_MAX = 96 };

/* ── canonical forms (RFC 6376, sections 3.4.2 and 3.4.4) ────────────────────────────────────── */

/* Runs of spaces and tabs become one space, those at the end go; line ends within go too. */
static void add_relaxed(pn_buf *out, pn_str text) {
    bool gap = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == ' ' || c == '\t') {
            gap = true;
        } else if (c != '\r' && c != '\n') {
            if (gap) {
                pn_buf_add_char(out, ' ');
            }
            gap = false;
            pn_buf_add_char(out, c);
        }
    }
}

static void add_field(pn_buf *out, pn_str name, pn_str value) {
    for (size_t i = 0; i < name.len; i++) {
        pn_buf_add_char(out, pn_to_lower(name.ptr[i]));
    }
    pn_buf_add_char(out, ':');
    while (value.len > 0 && pn_is_space(value.ptr[0])) {
        value = pn_str_from(value, 1);
    }
    add_relaxed(out, value);
}

static void add_body(pn_buf *out, pn_str body) {
    size_t blank = 0;
    while (body.len > 0) {
        size_t end = PN_MIN(pn_str_find(body, PN_STR("\r\n")), body.len);
        size_t before = out->len;
        for (size_t i = 0; i < blank; i++) {
            pn_buf_add_lit(out, "\r\n");
        }
        size_t line = out->len;
        add_relaxed(out, pn_str_first(body, end));
        if (out->len == line) { /* lines of nothing at the end do not count */
            out->len = before;
            blank++;
        } else {
            pn_buf_add_lit(out, "\r\n");
            blank = 0;
        }
        body = pn_str_from(body, PN_MIN(end + 2, body.len));
    }
}

/* ── the header ──────────────────────────────────────────────────────────────────────────────── */

/* The next field of the header, continuation lines included; false at its end. */
static bool next_field(pn_str *rest, pn_str *ret_name, pn_str *ret_value) {
    size_t end = 0;
    for (;;) {
        size_t line = pn_str_find(pn_str_from(*rest, end), PN_STR("\r\n"));
        end = line == SIZE_MAX ? rest->len : end + line;
        bool goes_on =
            end + 2 < rest->len && (rest->ptr[end + 2] == ' ' || rest->ptr[end + 2] == '\t');
        if (!goes_on) {
            break;
        }
        end += 2;
    }
    pn_str field = pn_str_first(*rest, end);
    size_t colon = pn_str_find_char(field, ':');
    *rest = pn_str_from(*rest, PN_MIN(end + 2, rest->len));
    if (colon == SIZE_MAX) {
        return false; /* the empty line, or no field */
    }
    *ret_name = pn_str_trim(pn_str_first(field, colon));
    *ret_value = pn_str_from(field, colon + 1);
    return true;
}

/* The last field of that name, which is the one that a verifier takes first. */
static bool find_field(pn_str message, pn_str wanted, pn_str *ret_value) {
    bool found = false;
    pn_str name, value;
    while (message.len > 0 && next_field(&message, &name, &value)) {
        if (pn_str_eq_nocase(name, wanted)) {
            *ret_value = value;
            found = true;
        }
    }
    return found;
}

static pn_str body_of(pn_str message) {
    size_t end = pn_str_find(message, PN_STR("\r\n\r\n"));
    return end == SIZE_MAX ? PN_STR_NONE : pn_str_from(message, end + 4);
}

/* ── signing ─────────────────────────────────────────────────────────────────────────────────── */

static void add_base64(pn_buf *out, const unsigned char *bytes, size_t size) {
    unsigned char text[BASE64_MAX];
    pn_buf_add(out, text, (size_t)EVP_EncodeBlock(text, bytes, (int)size));
}

/* All of the field but its signature; what it signs goes to `signing`, in the order that it names.
 */
static bool add_tags(const pn_dkim_ed25519 *with, pn_str message, pn_buf *field, pn_buf *signing) {
    enum { NAMES_A_LINE = 5 };
    pn_buf body;
    pn_buf_init(&body, PN_LIMIT_MESSAGE_BYTES);
    add_body(&body, body_of(message));
    pn_sha256 hash = pn_sha256_of(body.ptr, body.len);
    bool good = pn_buf_err(&body) == PN_OK;
    pn_buf_done(&body);
    pn_buf_add_format(field,
                      " v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n\td=%.*s; s=%.*s; t=%lld;\r\n"
                      "\tbh=",
                      PN_STR_ARG(with->domain), PN_STR_ARG(with->selector),
                      (long long)with->seconds);
    add_base64(field, hash.bytes, sizeof hash.bytes);
    pn_buf_add_format(field, ";\r\n\th=%s", with->fields[0]);
    size_t named = 1;
    for (size_t i = 0; with->fields[i] != NULL; i++) {
        pn_str name = pn_str_of(with->fields[i]), value;
        bool found = find_field(message, name, &value);
        good = good && (found || i != 0);
        if (found) {
            add_field(signing, name, value);
            pn_buf_add_lit(signing, "\r\n");
            pn_buf_add_z(field, named++ % NAMES_A_LINE == 0 ? ":\r\n\t " : ":");
            pn_buf_add_str(field, name);
        }
    }
    pn_buf_add_lit(field, ";\r\n\tb=");
    return good;
}

static bool add_signature(EVP_PKEY *key, pn_str signing, pn_buf *field) {
    pn_sha256 hash = pn_sha256_of(signing.ptr, signing.len);
    unsigned char signature[SIGNATURE_BYTES];
    size_t size = sizeof signature;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = context != NULL && EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
                EVP_DigestSign(context, signature, &size, hash.bytes, sizeof hash.bytes) == 1;
    EVP_MD_CTX_free(context);
    if (good) {
        add_base64(field, signature, size);
    }
    return good;
}

bool pn_dkim_ed25519_sign(const pn_dkim_ed25519 *with, pn_str message, pn_buf *out) {
    enum { FIELD_MAX = 8192 };
    static const pn_str NAME = {"DKIM-Signature", 14};
    pn_buf field, signing;
    pn_buf_init(&field, FIELD_MAX);
    pn_buf_init(&signing, PN_LIMIT_MESSAGE_BYTES);
    bool good = add_tags(with, message, &field, &signing);
    add_field(&signing, NAME, pn_buf_str(&field));
    good = good && pn_buf_err(&field) == PN_OK && pn_buf_err(&signing) == PN_OK &&
           add_signature(with->key, pn_buf_str(&signing), &field);
    if (good) {
        pn_buf_add_str(out, NAME);
        pn_buf_add_char(out, ':');
        pn_buf_add_str(out, pn_buf_str(&field));
        pn_buf_add_lit(out, "\r\n");
    }
    pn_buf_done(&field);
    pn_buf_done(&signing);
    return good && pn_buf_err(out) == PN_OK;
}
