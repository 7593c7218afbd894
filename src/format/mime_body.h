/* Bodies of MIME parts: which encoding a text gets, and the encodings (RFC 2045, section 6). */
#ifndef PN_FORMAT_MIME_BODY_H
#define PN_FORMAT_MIME_BODY_H

#include "base/buf.h"

enum {
    PN_MIME_LINE_MAX = 76,   /* characters of an encoded line (RFC 2045, 6.7 and 6.8) */
    PN_MIME_LINE_LIMIT = 998 /* bytes of any line (RFC 5322, 2.1.1) */
};

typedef enum { PN_MIME_7BIT, PN_MIME_QUOTED_PRINTABLE, PN_MIME_BASE64 } pn_mime_encoding;

/* "7bit", "quoted-printable", "base64" */
const char *pn_mime_encoding_name(pn_mime_encoding encoding);

/* What one pass over a text finds. */
typedef struct {
    size_t escapes;      /* bytes that quoted-printable writes as three */
    size_t line_ends;    /* LF bytes */
    size_t bare_returns; /* CR bytes without LF behind them */
    size_t line_max;     /* bytes of the longest line */
    bool is_ascii;       /* no byte from 0x80, no control but tab, CR, LF */
    bool from_line;      /* a line begins with "From ", which mail stores alter */
} pn_mime_survey;

pn_mime_survey pn_mime_survey_of(pn_str text);

/* 7bit when nothing has to be changed, no line passes PN_MIME_LINE_MAX and "=_" does not occur (it
 * could imitate a boundary); else quoted-printable, unless base64 is shorter by a fifth: mail
 * filters distrust text in base64. */
pn_mime_encoding pn_mime_choose(const pn_mime_survey *survey, pn_str text);

/* Appends a text with every line end as CRLF, the last line ended too. */
void pn_mime_add_text(pn_buf *out, pn_mime_encoding encoding, const pn_mime_survey *survey,
                      pn_str text);

/* Appends bytes as base64 in lines of 76, each ended by CRLF. */
void pn_mime_add_base64(pn_buf *out, pn_str bytes);

/* Base64 without line ends; `out` has room for pn_mime_base64_size(len). Returns the length. */
size_t pn_mime_base64(const char *bytes, size_t len, char *out);
static inline size_t pn_mime_base64_size(size_t len) {
    return (len + 2) / 3 * 4;
}

#endif
