#include "format/pay_code.h"

#include <stdio.h>

#include "base/banned.h"
#include "base/utf8.h"
#include "format/account.h"

/* ── EPC069-12 ───────────────────────────────────────────────────────────────────────────────── */

enum {
    EPC_BYTES_MAX = 331,
    EPC_NAME_MAX = 70,
    EPC_TEXT_MAX = 140,
    PIX_KEY_MAX = 77,
    PIX_NAME_MAX = 25,
    PIX_CITY_MAX = 15,
    PIX_TXID_MAX = 25,
};

/* Up to `max` characters on one line, and no more than `bytes`. */
static pn_str cut(pn_str text, size_t max, size_t bytes) {
    text = pn_str_trim(text);
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] < ' ') {
            text = pn_str_first(text, i);
        }
    }
    size_t characters = PN_MIN(max, pn_utf8_count(text));
    while (pn_utf8_prefix(text, characters) > bytes) {
        characters--;
    }
    return pn_str_first(text, pn_utf8_prefix(text, characters));
}

pn_err pn_epc_write(const pn_epc_request *request, pn_buf *out) {
    pn_str name = cut(request->name, EPC_NAME_MAX, EPC_TEXT_MAX);
    bool payable = strcmp(request->amount.currency.code, "EUR") == 0 &&
                   request->amount.minor >= 1 && request->amount.minor <= 99999999999;
    if (!payable || name.len == 0 || !pn_iban_sepa(request->account)) {
        return PN_INVALID;
    }
    bool structured = pn_rf_valid(request->reference);
    size_t before = out->len;
    pn_buf_add_lit(out, "BCD\n002\n1\nSCT\n\n");
    pn_buf_add_str(out, name);
    pn_buf_add_char(out, '\n');
    pn_buf_add_str(out, request->account);
    pn_buf_add_lit(out, "\nEUR");
    pn_amount_plain(out, request->amount.minor, 2);
    pn_buf_add_lit(out, "\n\n");
    if (structured) {
        pn_buf_add_str(out, cut(request->reference, EPC_TEXT_MAX, EPC_TEXT_MAX));
    } else if (request->reference.len != 0) {
        pn_buf_add_char(out, '\n');
        size_t left = EPC_BYTES_MAX - PN_MIN(out->len - before, (size_t)EPC_BYTES_MAX);
        pn_buf_add_str(out, cut(request->reference, EPC_TEXT_MAX, left));
    }
    /* elements that are empty up to the end are left out, and so is the last line's end */
    while (out->len > before && out->ptr[out->len - 1] == '\n') {
        out->len--;
    }
    return pn_buf_err(out);
}

/* ── Pix ─────────────────────────────────────────────────────────────────────────────────────── */

uint16_t pn_crc16_ccitt(pn_str bytes) {
    uint32_t crc = 0xFFFF;
    for (size_t i = 0; i < bytes.len; i++) {
        crc ^= (uint32_t)(unsigned char)bytes.ptr[i] << 8;
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
        }
        crc &= 0xFFFF;
    }
    return (uint16_t)crc;
}

/* Tag, length, value; every value here is shorter than 100 bytes. */
static void put(pn_buf *out, const char *tag, pn_str value) {
    assert(value.len < 100);
    pn_buf_add_format(out, "%s%02zu", tag, value.len);
    pn_buf_add_str(out, value);
}

/* Large letters without accents, digits and blanks: what every bank's reader takes. */
static pn_str plain(pn_str text, size_t max, char *out) {
    size_t len = 0;
    while (text.len != 0 && len < max) {
        uint32_t c = 0;
        char folded[4];
        size_t size = pn_utf8_decode(text, &c);
        text = pn_str_from(text, size);
        static const struct {
            uint32_t from, to;
            char letter;
        } LATIN[] = {{0xC0, 0xC5, 'A'}, {0xC7, 0xC7, 'C'}, {0xC8, 0xCB, 'E'}, {0xCC, 0xCF, 'I'},
                     {0xD1, 0xD1, 'N'}, {0xD2, 0xD6, 'O'}, {0xD9, 0xDC, 'U'}, {0xDD, 0xDD, 'Y'}};
        c = pn_utf8_upper(c);
        for (size_t i = 0; i < PN_COUNT(LATIN); i++) {
            c = c >= LATIN[i].from && c <= LATIN[i].to ? (uint32_t)LATIN[i].letter : c;
        }
        bool kept = c < 128 && (pn_is_alpha((char)c) || pn_is_digit((char)c) || c == ' ' ||
                                c == '.' || c == '-' || c == '&');
        (void)pn_utf8_encode(c, folded);
        if (kept && (c != ' ' || (len != 0 && out[len - 1] != ' '))) {
            out[len++] = folded[0];
        }
    }
    return pn_str_trim((pn_str){out, len});
}

static pn_str txid_of(pn_str reference, char *out) {
    size_t len = 0;
    for (size_t i = 0; i < reference.len && len < PIX_TXID_MAX; i++) {
        if (pn_is_alpha(reference.ptr[i]) || pn_is_digit(reference.ptr[i])) {
            out[len++] = reference.ptr[i];
        }
    }
    return len == 0 ? PN_STR("***") : (pn_str){out, len};
}

static bool key_ok(pn_str key) {
    for (size_t i = 0; i < key.len; i++) {
        if ((unsigned char)key.ptr[i] <= ' ' || (unsigned char)key.ptr[i] > 126) {
            return false;
        }
    }
    return key.len != 0 && key.len <= PIX_KEY_MAX;
}

pn_err pn_pix_write(const pn_pix_request *request, pn_buf *out) {
    char name_text[PIX_NAME_MAX], city_text[PIX_CITY_MAX], txid_text[PIX_TXID_MAX];
    pn_str name = plain(request->name, PIX_NAME_MAX, name_text);
    pn_str city = plain(request->city, PIX_CITY_MAX, city_text);
    bool reais = strcmp(request->amount.currency.code, "BRL") == 0;
    if (!reais || request->amount.minor < 1 || request->amount.minor > 999999999999 ||
        name.len == 0 || !key_ok(request->key)) {
        return PN_INVALID;
    }
    char account[14 + 4 + 4 + PIX_KEY_MAX + 4], amount[16], txid[PIX_TXID_MAX + 4];
    pn_buf part = {.ptr = account, .capacity = sizeof account, .max = sizeof account};
    put(&part, "00", PN_STR("br.gov.bcb.pix"));
    put(&part, "01", request->key);
    pn_buf money = {.ptr = amount, .capacity = sizeof amount, .max = sizeof amount};
    pn_amount_plain(&money, request->amount.minor, 2);
    pn_buf more = {.ptr = txid, .capacity = sizeof txid, .max = sizeof txid};
    put(&more, "05", txid_of(request->reference, txid_text));
    size_t before = out->len;
    put(out, "00", PN_STR("01"));
    put(out, "26", pn_buf_str(&part));
    put(out, "52", PN_STR("0000"));
    put(out, "53", PN_STR("986"));
    put(out, "54", pn_buf_str(&money));
    put(out, "58", PN_STR("BR"));
    put(out, "59", name);
    put(out, "60", city.len != 0 ? city : PN_STR("BRASIL"));
    put(out, "62", pn_buf_str(&more));
    pn_buf_add_lit(out, "6304");
    pn_buf_add_format(out, "%04X", (unsigned)pn_crc16_ccitt(pn_str_from(pn_buf_str(out), before)));
    return pn_buf_err(out);
}

static unsigned mod97_of_digits(pn_str digits) {
    unsigned rest = 0;
    for (size_t i = 0; i < digits.len; i++) {
        rest = (rest * 10 + (unsigned)(digits.ptr[i] - '0')) % 97;
    }
    return rest;
}

pn_err pn_n57_write(const pn_n57_request *request, char out[PN_N57_SIZE]) {
    enum { ISSUER = 8, SUFFIX = 3, REFERENCE = 11 };
    bool euros = strcmp(request->amount.currency.code, "EUR") == 0;
    if (!euros || request->amount.minor < 1 || request->amount.minor > INT64_C(9999999999) ||
        request->issuer.len != ISSUER || !pn_str_is_digits(request->issuer) ||
        request->suffix.len != SUFFIX || !pn_str_is_digits(request->suffix) ||
        request->reference.len != REFERENCE || !pn_str_is_digits(request->reference)) {
        return PN_INVALID;
    }
    unsigned check = 98 - mod97_of_digits(request->reference) * 100 % 97;
    (void)snprintf(out, PN_N57_SIZE, "90507%.*s%.*s%.*s%02u000000%010lld0",
                   PN_STR_ARG(request->issuer), PN_STR_ARG(request->suffix),
                   PN_STR_ARG(request->reference), check, (long long)request->amount.minor);
    return PN_OK;
}
