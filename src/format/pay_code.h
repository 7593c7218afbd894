/* What the codes on a document say to a bank's app: EPC069-12 (SEPA transfers), Pix BR Code, and
 * the bar code of Cuaderno 57 (payments at Spanish banks). The texts only; drawing is codec's. */
#ifndef PN_FORMAT_PAY_CODE_H
#define PN_FORMAT_PAY_CODE_H

#include "base/money.h"

typedef struct {
    pn_str name;      /* of who is paid */
    pn_str account;   /* IBAN, compact */
    pn_str reference; /* an RF reference, or free text */
    pn_money amount;
} pn_epc_request;

/* EPC069-12 version 2: an IBAN of a SEPA country and euros, 0.01 to 999999999.99. A valid RF
 * reference stands in its own field, another as text. A name is cut at 70 characters, a text at
 * 140, and both so that the payload has at most 331 bytes; what is left ends at a character.
 * INVALID when the request is none that can be paid so. QR codes of it have error correction M. */
PN_MUST_USE pn_err pn_epc_write(const pn_epc_request *request, pn_buf *out);

typedef struct {
    pn_str key;  /* Pix key: CPF, CNPJ, phone, e-mail or random key */
    pn_str name; /* of who is paid */
    pn_str city;
    pn_str reference; /* letters and digits are taken as the txid, up to 25 */
    pn_money amount;
} pn_pix_request;

/* A static BR Code (Banco Central do Brasil, Manual do BR Code): reais, a key of at most 77 bytes.
 * Names lose their accents and are cut at 25 and 15 letters. INVALID when the request is none. */
PN_MUST_USE pn_err pn_pix_write(const pn_pix_request *request, pn_buf *out);

typedef struct {
    pn_str issuer;    /* 8 digits */
    pn_str suffix;    /* 3 digits */
    pn_str reference; /* 11 digits; two of a check follow */
    pn_money amount;  /* euros, up to 99,999,999.99 */
} pn_n57_request;

enum { PN_N57_SIZE = 47 };

/* Cuaderno 57 of the AEB, format 507 (with amount, without a last day): the 46 digits of its Code
 * 128, from “90”. Behind the reference stand two digits of ISO 7064 mod 97-10 over it; the
 * identification is 000000. Banks agree these two with each issuer: try one at a branch before it
 * is given to debtors. INVALID when the request is none. */
PN_MUST_USE pn_err pn_n57_write(const pn_n57_request *request, char out[PN_N57_SIZE]);

/* CRC-16/CCITT-FALSE, "123456789" → 0x29B1. */
uint16_t pn_crc16_ccitt(pn_str bytes);

#endif
