/* Reading JSON with a place for each sentence: the pointer grows and shrinks as the reader goes
 * down and up. */
#ifndef PN_CODEC_PDF_READ_H
#define PN_CODEC_PDF_READ_H

#include "codec/pdf/doc.h"

typedef struct {
    pn_arena *arena;
    pn_diag *diag;
    char path[160];
    size_t path_len;
    size_t rows; /* of all tables so far */
} pn_pdf_reader;

/* Goes down to a member or an item; returns what `pn_pdf_up` wants. */
size_t pn_pdf_down(pn_pdf_reader *reader, const char *key);
size_t pn_pdf_down_to(pn_pdf_reader *reader, size_t index);
void pn_pdf_up(pn_pdf_reader *reader, size_t before);

/* Sets the sentence and the place; returns PN_INVALID. */
pn_err pn_pdf_wrong(pn_pdf_reader *reader, const char *format, ...) PN_PRINTF(2, 3);

/* The value is an object and has no key but these (a list that NULL ends). */
PN_MUST_USE pn_err pn_pdf_read_keys(pn_pdf_reader *reader, const pn_json *object,
                                    const char *const *keys);

/* A member that is text of at most `bytes_max`, without control characters; line breaks become
 * spaces but for `breaks`. Missing or null gives no text. */
PN_MUST_USE pn_err pn_pdf_read_text(pn_pdf_reader *reader, const pn_json *object, const char *key,
                                    size_t bytes_max, bool breaks, pn_str *ret_text);
PN_MUST_USE pn_err pn_pdf_read_str(pn_pdf_reader *reader, const pn_json *value, size_t bytes_max,
                                   bool breaks, pn_str *ret_text);

/* A list of texts, and a list of pairs [label, value]. */
PN_MUST_USE pn_err pn_pdf_read_strs(pn_pdf_reader *reader, const pn_json *value, size_t count_max,
                                    size_t bytes_max, pn_pdf_strs *ret_strs);
PN_MUST_USE pn_err pn_pdf_read_pairs(pn_pdf_reader *reader, const pn_json *value,
                                     pn_pdf_pairs *ret_pairs);

/* One of the words (a list that NULL ends): its index. Missing or null gives `otherwise`. */
PN_MUST_USE pn_err pn_pdf_read_word(pn_pdf_reader *reader, const pn_json *object, const char *key,
                                    const char *const *words, unsigned otherwise,
                                    unsigned *ret_index);

/* One block: an object with one member, the kind. */
PN_MUST_USE pn_err pn_pdf_read_block(pn_pdf_reader *reader, const pn_json *value,
                                     pn_pdf_block *ret_block);

#endif
