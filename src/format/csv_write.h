/* CSV writer (RFC 4180, section 2): quotes where they are needed, and nowhere else. */
#ifndef PN_FORMAT_CSV_WRITE_H
#define PN_FORMAT_CSV_WRITE_H

#include "base/buf.h"

typedef struct {
    char separator;       /* 0: comma */
    bool guard_formulas;  /* text that begins with = + - @ tab, CR or LF gets a ' before it, so that
                             no spreadsheet runs what a debtor wrote (CWE-1236) */
    bool byte_order_mark; /* Excel takes a file without one for the local code page */
} pn_csv_write_options;

typedef struct {
    pn_buf *out;
    pn_csv_write_options options;
    bool in_record;
    bool only_empty; /* the record so far is one empty field */
} pn_csv_writer;

/* `out` is checked by the caller at the end (pn_buf_err). `options` may be NULL. */
pn_csv_writer pn_csv_writer_on(pn_buf *out, const pn_csv_write_options *options);

/* A text; guarded as the options say. */
void pn_csv_put(pn_csv_writer *writer, pn_str text);
/* What the program itself made (amounts, dates, ids): quoted where needed, never guarded, as
 * "-12.50" is a number. */
void pn_csv_put_plain(pn_csv_writer *writer, pn_str text);
void pn_csv_put_int(pn_csv_writer *writer, int64_t value);
/* Ends the record with CRLF. */
void pn_csv_end(pn_csv_writer *writer);

#endif
