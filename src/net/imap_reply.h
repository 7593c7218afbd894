/* Responses of an IMAP server (RFC 3501, section 7): cutting them out of the stream, and reading
 * one into a tree.
 *
 * The peer is not trusted: a response is bounded by the caller, its depth and its number of values
 * here, and texts for people are made printable where they are kept. Values borrow from the input,
 * but for quoted strings with escapes, which stand on the arena. Pure. */
#ifndef PN_NET_IMAP_REPLY_H
#define PN_NET_IMAP_REPLY_H

#include "base/str.h"

typedef enum {
    PN_IMAP_ATOM,   /* also numbers, flags and "BODY[HEADER]<0>" */
    PN_IMAP_STRING, /* quoted or literal */
    PN_IMAP_NIL,
    PN_IMAP_LIST,
} pn_imap_type;

typedef struct pn_imap_value pn_imap_value;
struct pn_imap_value {
    pn_imap_type type;
    pn_str text;
    const pn_imap_value *items; /* of a list */
    size_t count;
};

typedef enum {
    PN_IMAP_DATA, /* "* 12 EXISTS", "* SEARCH 4 5": see number, word, values */
    PN_IMAP_OK,   /* tagged or not, with its code and text */
    PN_IMAP_NO,
    PN_IMAP_BAD,
    PN_IMAP_PREAUTH,
    PN_IMAP_BYE,
    PN_IMAP_CONTINUE, /* "+ …" */
} pn_imap_kind;

typedef struct {
    pn_imap_kind kind;
    pn_str tag;     /* empty: untagged */
    int64_t number; /* of "* 12 EXISTS"; -1: none */
    pn_str word;
    const pn_imap_value *values; /* what follows the word, or the response code's words */
    size_t count;
    pn_str text; /* for people, or of a continuation */
} pn_imap_reply;

enum { PN_IMAP_DEPTH_MAX = 32, PN_IMAP_VALUES_MAX = 200000 };

/* Bytes of the response at the head of `input`, with its literals and its line end. NOT_FOUND while
 * it is not complete; LIMIT when it is longer than `max`; INVALID when it is none. A line may end
 * with a lone LF. */
PN_MUST_USE pn_err pn_imap_reply_size(pn_str input, size_t max, size_t *ret_size);

/* Reads one whole response. INVALID when it is none, LIMIT past depth or number. */
PN_MUST_USE pn_err pn_imap_reply_parse(pn_str response, pn_arena *arena, pn_imap_reply *ret_reply);

/* The value behind the atom `key` in a list of pairs, as FETCH has them; NULL. */
const pn_imap_value *pn_imap_find(const pn_imap_value *pairs, size_t count, pn_str key);
/* An atom of digits up to 2^32 - 1; false otherwise. */
bool pn_imap_number(const pn_imap_value *value, uint32_t *ret_number);

#endif
