/* Tokens of links: letters in a URL that only we can have made.
 *
 *   https://pagos.example.com/p/AAIEjRWeJq83vVvZurOWu_jUMdQgrp
 *
 * 30 letters of base 64 for URLs (RFC 4648, section 5): 78 bits of the key's number and the link's
 * id, 96 bits of HMAC-SHA-256 over kind, number and id, and the kind's letter, so that a token
 * never ends in a sign that mail programs leave out of a link. All bits are used: each token has
 * one spelling. A forgery is told by its MAC alone, without a look-up; keys have numbers, so
 * that a new one can be taken while links made with older ones go on working.
 *
 * An id in the token and a row behind it, and no data of the debtor in it: what a link may do can
 * be ended although the letters are out of our hands (app/links.h). The letters' case matters,
 * other than in addresses of mail (format/verp.h): a link is never typed, and in an SMS each letter
 * counts. */
#ifndef PN_FORMAT_LINK_TOKEN_H
#define PN_FORMAT_LINK_TOKEN_H

#include "base/hash.h"
#include "base/id.h"

/* What a link is for: the letter in its path and at the end of its token. */
typedef enum {
    PN_LINK_PAGE = 'p',        /* the debtor's page */
    PN_LINK_OPEN = 'o',        /* the open pixel */
    PN_LINK_CLICK = 'c',       /* on to the page, or to a target that we stored */
    PN_LINK_UNSUBSCRIBE = 'u', /* to be written to there no more */
    PN_LINK_WEB = 'w',         /* an e-mail as it was sent, in the browser */
    PN_LINK_DOCUMENT = 'd',    /* a document, without signing in */
    PN_LINK_RECEIPT = 'r',     /* whoever carries a message says what became of it */
} pn_link_kind;

enum {
    PN_LINK_KEY_BYTES = 32,
    PN_LINK_KEY_ID_MAX = 32767, /* 15 bits */
    PN_LINK_HEAD_LETTERS = 13,
    PN_LINK_MAC_LETTERS = 16,
    PN_LINK_MAC_BYTES = 12,
    PN_LINK_TOKEN_LEN = PN_LINK_HEAD_LETTERS + PN_LINK_MAC_LETTERS + 1,
};

typedef struct {
    int32_t id; /* 1 … PN_LINK_KEY_ID_MAX, of one database */
    pn_id org_id;
    pn_hmac_key mac; /* of its secret */
} pn_link_key;

pn_link_key pn_link_key_of(int32_t id, pn_id org_id, const uint8_t secret[PN_LINK_KEY_BYTES]);

typedef struct {
    pn_link_kind kind;
    pn_id id; /* of the link */
} pn_link_token;

/* True for a letter that is a kind. */
bool pn_link_kind_is(char letter);

/* The token, NUL-terminated. Returns `out`. */
const char *pn_link_token_write(pn_link_token about, const pn_link_key *key,
                                char out[PN_LINK_TOKEN_LEN + 1]);

/* Reads a token of this kind. `keys` are ascending by id; `ret_key` is the one that it was made
 * with. INVALID: no such token at all; DENIED: none that we made, or its key is gone. */
PN_MUST_USE pn_err pn_link_token_read(pn_str text, pn_link_kind kind, const pn_link_key *keys,
                                      size_t key_count, pn_id *ret_id, const pn_link_key **ret_key);

/* A short code for SMS and paper: 13 letters of Crockford's base 32 that a person can type. It is
 * drawn from the key and the link's id, and is found by a look-up. Above 0. */
int64_t pn_link_code_of(pn_id link_id, const pn_link_key *key);

#endif
