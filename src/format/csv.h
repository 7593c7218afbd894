/* CSV reader: a whole file in memory (mapped by the caller) as a stream of records.
 *
 * Nothing is copied where nothing changes: fields are views of the file; only a field with doubled
 * quotes, and a file that is not UTF-8, pass through small buffers of the reader. Grammar: RFC
 * 4180, section 2, with the habits of spreadsheets: any of CR, LF and CRLF ends a line, blank lines
 * are skipped, blanks around a quoted field are dropped, a DOS end-of-file byte (0x1A) is ignored.
 *
 * A broken record is reported with its place and the next call goes on at the physical line behind
 * the one where that record began: after a quote that is never closed, everything below it is
 * still read. libcsv was rejected: no encodings, no places, no way on after an error. */
#ifndef PN_FORMAT_CSV_H
#define PN_FORMAT_CSV_H

#include "base/limits.h"
#include "format/encoding.h"

typedef enum {
    /* A field is quoted when its first character (blanks aside) is a quote. Refused: text behind
     * the closing quote, and in a field that is not quoted a quote behind a blank (`The "quotes"
     * here`): that may be an attempt at quoting, and reading it literally could cut the field at a
     * separator. A quote behind any other character is literal (24", 37.8"N). */
    PN_CSV_QUOTES_STRICT = 0,
    /* As Excel: a quote that does not open a field is literal, text behind a closing quote belongs
     * to the field. A quote that is never closed is still an error. */
    PN_CSV_QUOTES_LENIENT,
    /* A quote is a character like another. */
    PN_CSV_QUOTES_NONE,
} pn_csv_quotes;

typedef enum {
    PN_CSV_HEADER_GUESS = 0,
    PN_CSV_HEADER_PRESENT,
    PN_CSV_HEADER_ABSENT
} pn_csv_header_mode;

/* How a file is written; zero in a member means "guess" (see csv_sniff.h). */
typedef struct {
    pn_encoding encoding;
    char separator;
    pn_csv_quotes quotes;
    pn_csv_header_mode header;
    uint32_t skip_lines; /* physical lines before the first record: titles, "sep=;" */
} pn_csv_format;

typedef struct {
    const pn_str *fields; /* UTF-8 */
    size_t count;
    uint64_t line; /* physical line on which it begins, from 1 */
    pn_str raw;    /* the record as it stands, without its line end, in UTF-8 */
} pn_csv_record;

/* Where and what a bad record is. */
typedef struct {
    uint64_t line;       /* physical line on which the record begins, from 1 */
    uint64_t fault_line; /* physical line of the fault itself */
    uint32_t column;     /* field in which it stands, from 1 */
    uint32_t character;  /* its place in that physical line, in characters, from 1 */
    pn_str raw;          /* the physical line on which the record begins, at most 1,000 bytes */
} pn_csv_fault;

/* The members are csv.c's own. */
typedef struct {
    pn_csv_format format;
    pn_str source;    /* the file without its byte order mark */
    size_t taken;     /* bytes of the source that reached `data` */
    const char *data; /* UTF-8: the source itself, or the window it is recoded into */
    size_t len;       /* of data */
    size_t at;        /* where the next record begins */
    uint64_t line;    /* physical line of `at` */
    size_t width;     /* columns of the header; 0: none was read */
    uint32_t bom_bytes;
    bool skip_line; /* the last record was bad: go on behind the line on which it began */
    pn_csv_fault fault;
    pn_buf window;
    pn_arena scratch; /* fields without their doubled quotes; reset with every record */
    char tail[64];    /* the last bytes of a window, with room to scan behind them */
    pn_str fields[PN_LIMIT_IMPORT_COLUMNS];
} pn_csv;

/* `bytes` must outlive the reader. `format` names encoding and separator (pn_csv_sniff fills them
 * in); a byte order mark wins over the encoding given (WHATWG Encoding Standard, section 6).
 * INVALID for a separator that cannot be one, LIMIT past PN_LIMIT_IMPORT_FILE_BYTES. After an
 * error there is nothing to free. */
PN_MUST_USE pn_err pn_csv_init(pn_csv *csv, pn_str bytes, const pn_csv_format *format,
                               pn_diag *diag);
void pn_csv_done(pn_csv *csv);

/* The next record; its views live until the next call. NOT_FOUND at the end. INVALID or LIMIT
 * (PN_LIMIT_IMPORT_LINE_BYTES, PN_LIMIT_IMPORT_COLUMNS) for a bad record, with a sentence in the
 * diag and its place in pn_csv_last_fault; call again to go on behind it. Refused in every record:
 * NUL bytes, text that is not valid in its encoding, more fields than the header has (unless the
 * surplus is empty). Fewer fields are fine: spreadsheets leave out empty ones at the end. */
PN_MUST_USE pn_err pn_csv_next(pn_csv *csv, pn_csv_record *ret_record, pn_diag *diag);

/* Of the last INVALID or LIMIT; `raw` lives until the next call. */
const pn_csv_fault *pn_csv_last_fault(const pn_csv *csv);

/* Bytes of the file read so far, for progress. */
size_t pn_csv_consumed(const pn_csv *csv);

/* The column names: trimmed, on the caller's arena, without empty names at the end. */
typedef struct {
    const pn_str *names;
    size_t count;
    uint64_t line;
} pn_csv_header;

/* Reads the next record as the header; later records are measured against it. INVALID when every
 * name is empty; otherwise as pn_csv_next. */
PN_MUST_USE pn_err pn_csv_read_header(pn_csv *csv, pn_arena *arena, pn_csv_header *ret_header,
                                      pn_diag *diag);
/* Index of the first column of that name, ASCII case aside; SIZE_MAX when there is none. */
size_t pn_csv_column(const pn_csv_header *header, pn_str name);

/* The field, or none when the record is shorter. */
static inline pn_str pn_csv_field(const pn_csv_record *record, size_t index) {
    return index < record->count ? record->fields[index] : PN_STR_NONE;
}
/* True when no field has anything but blanks: what spreadsheets write for emptied rows. */
bool pn_csv_is_blank(const pn_csv_record *record);

#endif
