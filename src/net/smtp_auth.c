#include "net/smtp_auth.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/banned.h"

enum { COMMAND_LINE_MAX = 512 - 2, SECRET_BYTES_MAX = 65536 };

static const struct {
    pn_smtp_auth mechanism;
    unsigned responses;
    const char *name;
} MECHANISMS[] = {
    {PN_SMTP_AUTH_PLAIN, 1, "PLAIN"},
    {PN_SMTP_AUTH_LOGIN, 2, "LOGIN"},
    /* The second one is empty: it asks for the real reply after an error told as a challenge. */
    {PN_SMTP_AUTH_XOAUTH2, 2, "XOAUTH2"},
};

unsigned pn_smtp_sasl_mechanisms(pn_str words) {
    unsigned found = 0;
    pn_str word;
    while (pn_str_split(&words, ' ', &word)) {
        word = pn_str_trim(word);
        for (size_t i = 0; i < PN_COUNT(MECHANISMS); i++) {
            if (pn_str_eq_nocase(word, pn_str_of(MECHANISMS[i].name))) {
                found |= 1U << MECHANISMS[i].mechanism;
            }
        }
    }
    return found;
}

bool pn_smtp_sasl_begin(pn_smtp_sasl *sasl, pn_smtp_auth wanted, unsigned offered) {
    if (wanted == PN_SMTP_AUTH_AUTO) {
        bool plain = (offered & 1U << PN_SMTP_AUTH_PLAIN) != 0;
        wanted = plain ? PN_SMTP_AUTH_PLAIN : PN_SMTP_AUTH_LOGIN;
    }
    *sasl = (pn_smtp_sasl){.mechanism = wanted};
    return (offered & 1U << wanted) != 0;
}

static void put_base64(pn_buf *out, pn_str bytes) {
    size_t size = (bytes.len + 2) / 3 * 4;
    if (pn_buf_reserve(out, size + 1)) { /* the NUL that it writes behind */
        int len = EVP_EncodeBlock((unsigned char *)out->ptr + out->len,
                                  (const unsigned char *)bytes.ptr, (int)bytes.len);
        out->len += (size_t)len;
    }
}

void pn_sasl_response(pn_smtp_auth mechanism, unsigned index, pn_str user, pn_str secret,
                      pn_buf *out) {
    pn_buf plain;
    pn_buf_init(&plain, SECRET_BYTES_MAX);
    if (mechanism == PN_SMTP_AUTH_PLAIN) {
        pn_buf_add(&plain, "", 1);
        pn_buf_add_str(&plain, user);
        pn_buf_add(&plain, "", 1);
        pn_buf_add_str(&plain, secret);
    } else if (mechanism == PN_SMTP_AUTH_LOGIN) {
        pn_buf_add_str(&plain, index == 0 ? user : secret);
    } else if (index == 0) {
        pn_buf_add_lit(&plain, "user=");
        pn_buf_add_str(&plain, user);
        pn_buf_add_lit(&plain, "\1auth=Bearer ");
        pn_buf_add_str(&plain, secret);
        pn_buf_add_lit(&plain, "\1\1");
    }
    put_base64(out, pn_buf_str(&plain));
    OPENSSL_cleanse(plain.ptr, plain.len);
    pn_buf_done(&plain);
}

static void put_response(pn_smtp_sasl *sasl, pn_str user, pn_str secret, pn_buf *out) {
    pn_sasl_response(sasl->mechanism, sasl->next++, user, secret, out);
}

void pn_smtp_sasl_write(pn_smtp_sasl *sasl, pn_str user, pn_str secret, pn_buf *out) {
    if (!sasl->begun) {
        size_t line = out->len;
        pn_buf_add_lit(out, "AUTH ");
        for (size_t i = 0; i < PN_COUNT(MECHANISMS); i++) {
            if (MECHANISMS[i].mechanism == sasl->mechanism) {
                pn_buf_add_z(out, MECHANISMS[i].name);
            }
        }
        sasl->begun = true;
        size_t bare = out->len;
        if (sasl->mechanism != PN_SMTP_AUTH_LOGIN) {
            pn_buf_add_char(out, ' ');
            put_response(sasl, user, secret, out);
            if (out->len - line > COMMAND_LINE_MAX) {
                out->len = bare;
                sasl->next = 0;
            }
        }
    } else {
        put_response(sasl, user, secret, out);
    }
    pn_buf_add_lit(out, "\r\n");
}

bool pn_smtp_sasl_challenged(const pn_smtp_sasl *sasl) {
    for (size_t i = 0; i < PN_COUNT(MECHANISMS); i++) {
        if (MECHANISMS[i].mechanism == sasl->mechanism) {
            return sasl->next < MECHANISMS[i].responses;
        }
    }
    return false;
}
