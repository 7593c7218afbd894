/* Header fields of e-mail: folding, encoded words, addresses, parameters.
 *
 * Lines are kept to 76 characters wherever there is a place to fold (RFC 5322, 2.2.3; RFC 2047,
 * section 2 demands it of encoded words). Every function refuses CR, LF and NUL: a header cannot be
 * smuggled in through a name, a subject or a file name. */
#ifndef PN_FORMAT_MIME_HEADER_H
#define PN_FORMAT_MIME_HEADER_H

#include "format/mime.h"

/* Where fields are written. A field is begun, filled and ended. */
typedef struct {
    pn_buf *out;
    size_t line; /* offset at which the current line begins */
} pn_mime_fields;

void pn_mime_field_begin(pn_mime_fields *fields, pn_str name);
void pn_mime_field_end(pn_mime_fields *fields);

/* Text as it stands (program-made, not folded). */
void pn_mime_field_add(pn_mime_fields *fields, pn_str text);

/* Unstructured text (RFC 5322, 3.2.5): as it is when it is plain ASCII, else as encoded words,
 * Q or B, whichever is shorter; no character is split. INVALID for what is not UTF-8. */
PN_MUST_USE pn_err pn_mime_field_text(pn_mime_fields *fields, pn_str text, pn_diag *diag);

/* A value with a syntax of its own: ASCII is kept as it is and folded at its spaces. LIMIT for a
 * word of more than 900 bytes. What is not ASCII becomes encoded words. */
PN_MUST_USE pn_err pn_mime_field_value(pn_mime_fields *fields, pn_str value, pn_diag *diag);

/* "name <address>, …" (RFC 5322, 3.4). */
PN_MUST_USE pn_err pn_mime_field_address(pn_mime_fields *fields, const pn_mime_address *address,
                                         pn_diag *diag);
void pn_mime_field_comma(pn_mime_fields *fields, const pn_mime_address *next);

/* "<id>", behind a space or on a line of its own when it is not the first. */
PN_MUST_USE pn_err pn_mime_field_id(pn_mime_fields *fields, pn_str id, bool is_first,
                                    pn_diag *diag);

/* "Mon, 05 Jan 2026 09:03:00 +0100" (RFC 5322, 3.3). INVALID outside the years 1900 to 9999. */
PN_MUST_USE pn_err pn_mime_field_date(pn_mime_fields *fields, pn_time time, int32_t offset_minutes,
                                      pn_diag *diag);

/* "; key="file""; where the name is not plain ASCII "; key*=UTF-8''…" instead, cut into "key*0*="
 * and so on when it is long (RFC 2231, sections 3 and 4). Both forms side by side were rejected:
 * Python's email and others then take the plain one. LIMIT past 255 bytes. */
PN_MUST_USE pn_err pn_mime_field_file_name(pn_mime_fields *fields, pn_str key, pn_str file_name,
                                           pn_diag *diag);
/* "; key="file"" in ASCII, without accents: what Content-Type gets, for readers of before 1997. */
PN_MUST_USE pn_err pn_mime_field_plain_name(pn_mime_fields *fields, pn_str key, pn_str file_name,
                                            pn_diag *diag);

/* True for the name of a header field: printable ASCII without colon (RFC 5322, 3.6.8). */
bool pn_mime_is_field_name(pn_str name);
/* True for "type/subtype" with or without parameters, of something that may be sent as base64: not
 * multipart or message (RFC 2045, 6.4). */
bool pn_mime_is_content_type(pn_str text);

#endif
