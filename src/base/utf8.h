/* UTF-8: validation, decoding, encoding (RFC 3629), and the folding that search and rules use. */
#ifndef PN_BASE_UTF8_H
#define PN_BASE_UTF8_H

#include "base/str.h"

/* True when `text` is well-formed: no overlong form, surrogate or value past U+10FFFF. */
bool pn_utf8_valid(pn_str text);

/* Decodes the character at the head of `text` (which is not empty). Returns its length in bytes;
 * a malformed byte gives U+FFFD and length 1. */
size_t pn_utf8_decode(pn_str text, uint32_t *ret_char);

/* Writes 1 to 4 bytes; a value that is no character becomes U+FFFD. Returns the length. */
size_t pn_utf8_encode(uint32_t character, char out[4]);

/* Characters (code points) in `text`. */
size_t pn_utf8_count(pn_str text);

/* The bytes of the first `count` characters. */
size_t pn_utf8_prefix(pn_str text, size_t count);

/* Simple case mapping of one character: ASCII, Latin-1, Latin Extended-A, Greek, Cyrillic. */
uint32_t pn_utf8_lower(uint32_t character);
uint32_t pn_utf8_upper(uint32_t character);

/* What rules compare and searches store: lower case; with `strip_accents` also without the
 * accents of Latin letters, composed or combining ("Núñez" → "nunez"). Without it, combining
 * accents are composed (NFC for the Latin letters of our languages). */
pn_str pn_utf8_fold(pn_arena *arena, pn_str text, bool strip_accents);

#endif
