/* A mail that arrived, parsed: what classifying, matching and cutting out a reply look at.
 *
 * It is a plain value. Parsing stands in a helper process (codec/mail_read.h), because a MIME
 * library reads hostile bytes; from there on everything is pure. Nothing in it can be trusted:
 * anybody can write us a mail that says anything.
 *
 * All texts are valid UTF-8 with LF line ends and without NUL. */
#ifndef PN_FORMAT_MAIL_H
#define PN_FORMAT_MAIL_H

#include "base/buf.h"

typedef struct {
    pn_str name;  /* as written: "Subject" */
    pn_str value; /* unfolded, words of RFC 2047 decoded, trimmed */
} pn_mail_field;

typedef struct {
    const pn_mail_field *items; /* in order; names may be repeated */
    size_t count;
} pn_mail_fields;

/* A leaf of the tree, or the head of an enclosed message, whose parts follow it. */
typedef struct {
    pn_str content_type;   /* lower case, without parameters: "text/plain" */
    pn_str charset;        /* as the part states it, lower case; may be empty or untrue */
    pn_str disposition;    /* "inline", "attachment" or empty */
    pn_str file_name;      /* may be empty */
    pn_str text;           /* of text and message parts other than message/rfc822: at most
                              PN_LIMIT_MAIL_TEXT_BYTES; empty for all other types */
    pn_mail_fields fields; /* of message/rfc822 and text/rfc822-headers: the enclosed header */
    size_t size_bytes;     /* decoded; of message/rfc822: 0 */
    uint32_t depth;        /* of multiparts and messages around it */
    bool enclosed;         /* it stands inside an enclosed message */
    bool cut;              /* `text` is not all of it */
} pn_mail_part;

typedef struct {
    pn_mail_fields fields;
    const pn_mail_part *parts;
    size_t part_count;
    pn_str content_type; /* of the whole mail: "multipart/report" */
    pn_str report_type;  /* its parameter: "delivery-status", "feedback-report"; mostly empty */
    bool cut;            /* parts or header fields were left out: a limit was reached */
} pn_mail;

/* The first field of that name, in any case; empty when there is none. */
pn_str pn_mail_field_of(pn_mail_fields fields, pn_str name);
#define pn_mail_header(mail, literal) pn_mail_field_of((mail)->fields, PN_STR(literal))

/* What a person would read of it: the text parts that are neither attached nor enclosed, the plain
 * one of two alternatives; where there is only HTML, its words with their line ends. On `arena`. */
pn_str pn_mail_words(const pn_mail *mail, pn_arena *arena);
/* HTML to plain text: tags and what scripts, styles and comments hold left out, blocks and <br> to
 * line ends, references to characters resolved. Never longer than the HTML; linear. */
pn_str pn_mail_html_words(pn_str html, pn_arena *arena);

/* "<a@b> <c@d>" to "a@b" …: the identifiers of Message-ID, In-Reply-To and References, in order,
 * at most `max`. They borrow from `value`. Returns how many. */
size_t pn_mail_ids(pn_str value, pn_str *ret_ids, size_t max);
/* The addresses that an address list names, in order, at most `max`; display names, comments and
 * what is no address are passed over. They borrow from `value`. Returns how many. */
size_t pn_mail_addresses(pn_str value, pn_str *ret_addresses, size_t max);

/* Between the helper and us: a JSON document, and one blob that holds the texts of all parts. */
void pn_mail_save(const pn_mail *mail, pn_buf *json, pn_buf *texts);
/* The value borrows from both. INVALID for what `pn_mail_save` would not have written: a helper
 * that was taken over can say anything it likes, but nothing that breaks this type's promises. */
PN_MUST_USE pn_err pn_mail_load(pn_str json, pn_str texts, pn_arena *arena, pn_mail *ret_mail,
                                pn_diag *diag);

#endif
