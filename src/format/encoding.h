/* Character encodings of the files that arrive: guessing, naming, recoding to UTF-8.
 *
 * Five years of exports from ERPs and banks come in four forms: UTF-8, UTF-16 of both byte orders
 * ("Unicode text" of Excel), and Windows-1252, which contains what is called Latin-1 (WHATWG
 * Encoding Standard, section 4.2: the label "iso-8859-1" means windows-1252). */
#ifndef PN_FORMAT_ENCODING_H
#define PN_FORMAT_ENCODING_H

#include "base/buf.h"

typedef enum {
    PN_ENCODING_GUESS = 0,
    PN_ENCODING_UTF8,
    PN_ENCODING_UTF16LE,
    PN_ENCODING_UTF16BE,
    PN_ENCODING_WINDOWS1252,
} pn_encoding;

/* "utf-8", "utf-16le", "utf-16be", "windows-1252"; "guess". */
const char *pn_encoding_name(pn_encoding encoding);
/* Those names and their usual others ("latin1", "iso-8859-1", "cp1252", …), any case. */
PN_MUST_USE pn_err pn_encoding_parse(pn_str name, pn_encoding *ret_encoding);

/* The encoding that a byte order mark at the head of `bytes` states, and the mark's length;
 * PN_ENCODING_GUESS and 0 where there is none. */
pn_encoding pn_encoding_of_bom(pn_str bytes, size_t *ret_bom_bytes);

/* Looks at all of `bytes`: the first accent of a Latin-1 file may stand anywhere. A byte order mark
 * decides; then zero bytes on one side only (UTF-16); then whether the bytes form UTF-8. A text
 * with more well-formed UTF-8 characters than broken ones is UTF-8 with faults: read as
 * Windows-1252, every good name in it would be silently spoilt. */
pn_encoding pn_encoding_guess(pn_str bytes);

/* Appends `bytes` recoded to UTF-8 and returns how many were taken: all but half a character at
 * the end, which is kept back unless `is_last`. What is no character (half of a surrogate pair, a
 * cut last byte) becomes malformed UTF-8, so that whoever validates finds it in its place.
 * The five bytes that Windows-1252 leaves open become C1 controls (WHATWG, windows-1252 index). */
size_t pn_encoding_to_utf8(pn_encoding encoding, pn_str bytes, bool is_last, pn_buf *out);

/* Offset of the first byte that is not well-formed UTF-8 (RFC 3629), or `text.len`. */
size_t pn_encoding_utf8_fault(pn_str text);

#endif
