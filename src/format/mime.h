/* MIME writer: from a plain struct to the bytes of one e-mail, with CRLF line ends.
 *
 *   RFC 5322  message format, header fields, folding       RFC 2047  encoded words
 *   RFC 2045  quoted-printable, base64, content types      RFC 2231  parameters (file names)
 *   RFC 2046  multipart, boundaries                        RFC 2387  multipart/related
 *
 * Texts are UTF-8. Equal input gives equal bytes: boundaries come from the Message-ID. Nothing is
 * sent as 8bit or with bare line ends, so no relay has a reason to rewrite the message and break
 * its DKIM signature. GMime was rejected as composer: it re-encoded UTF-8 as ISO-8859-1, and it
 * allocates.
 *
 *   mixed( alternative( text, related( html, inline images ) ), attachments )
 *
 * where each level exists only when it has more than one thing to hold. */
#ifndef PN_FORMAT_MIME_H
#define PN_FORMAT_MIME_H

#include "base/buf.h"
#include "base/time.h"

typedef struct {
    pn_str name;    /* display name; may be empty */
    pn_str address; /* "local@domain"; an international domain is passed in its ASCII form, or as
                       UTF-8 where the peer takes SMTPUTF8 (RFC 6532) */
} pn_mime_address;

typedef struct {
    const pn_mime_address *items;
    size_t count;
} pn_mime_addresses;

typedef struct {
    pn_str name;  /* "List-Unsubscribe"; not one that the writer makes itself */
    pn_str value; /* one line; folded at its spaces; words of RFC 2047 when it is not ASCII */
} pn_mime_header;

typedef struct {
    pn_str content_type; /* "application/pdf"; may carry parameters; empty: octet-stream. Not
                            message/… or multipart/…, which may not be base64 */
    pn_str file_name;    /* may be empty; slashes become underscores. Readers without RFC 2231 get
                            it without accents, from Content-Type */
    pn_str content_id;   /* "logo@example.com", for inline images: <img src="cid:…"> */
    pn_str bytes;        /* sent as base64 always: a signed XML must arrive byte for byte */
} pn_mime_file;

typedef struct {
    pn_mime_address from;
    pn_mime_address sender; /* where somebody else sends for `from`; mostly empty */
    pn_mime_addresses to;
    pn_mime_addresses cc;
    pn_mime_addresses reply_to;
    pn_str subject;
    pn_str language; /* "es-MX" (RFC 3282); may be empty */
    pn_time date;
    int32_t date_offset_minutes; /* of local time from UTC, -1439 to 1439 */
    pn_str message_id;           /* "left@right", without angle brackets; required */
    pn_str in_reply_to;          /* the same; may be empty */
    const pn_str *references;    /* oldest first; of more than 20 the first and the last 19 go */
    size_t references_count;
    const pn_mime_header *headers;
    size_t headers_count;
    pn_str text;                 /* any line ends; not both bodies may be absent with no file */
    pn_str html;                 /* may be empty */
    const pn_mime_file *inlines; /* need `html` */
    size_t inlines_count;
    const pn_mime_file *attachments;
    size_t attachments_count;
} pn_mime_message;

/* Appends the message to `out`. INVALID, with the member in diag.where, for what cannot stand in a
 * header: CR, LF or NUL anywhere, an address that is none, text that is not UTF-8, a header of the
 * writer's own. LIMIT when `out` is full (PN_LIMIT_MESSAGE_BYTES is the caller's to set) or a word
 * of a header passes 998 bytes. After an error `out` is as long as it was before. */
PN_MUST_USE pn_err pn_mime_write(const pn_mime_message *message, pn_buf *out, pn_diag *diag);

/* True for what may stand between the angle brackets of a Message-ID. References that came in by
 * mail are worth asking about: one that is none makes the whole message INVALID. */
bool pn_mime_is_message_id(pn_str text);
/* True for an address that this writer takes: at most PN_LIMIT_EMAIL_BYTES, a quoted local part and
 * a domain literal included. */
bool pn_mime_is_address(pn_str text);

#endif
