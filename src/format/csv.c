/* The reader works on a window of UTF-8. For a UTF-8 file the window is the file; any other is
 * recoded some 64 KB ahead. A record that reaches the end of a window which is not the end of the
 * file is read again after more was recoded behind it, so the scanner itself knows no seams.
 *
 * Marks are the bytes that may end or change a field: separator, quote and everything up to CR
 * (NUL, LF, CR; other controls are passed over). They are found 64 bytes at a time from the start
 * of each record. */
#include "format/csv.h"

#include <assert.h>
#include <string.h>

#include "base/banned.h"
#include "base/utf8.h"
#include "base/scan.h"

enum {
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION /* small, so that short inputs meet the seams */
    RECODE_BYTES = 64,
    LINE_BYTES = 1000,
#else
    RECODE_BYTES = 1 << 16, /* source bytes recoded at once; each gives at most 3 */
    LINE_BYTES = PN_LIMIT_IMPORT_LINE_BYTES,
#endif
    WINDOW_BYTES = LINE_BYTES + 2 * (RECODE_BYTES * 3 + 8),
    RAW_BYTES = 1000,
};

static_assert(PN_LIMIT_IMPORT_LINE_BYTES == 1048576 && PN_LIMIT_IMPORT_COLUMNS == 500 &&
                  PN_LIMIT_IMPORT_FILE_BYTES == 2147483647,
              "the sentences below name these limits");

typedef enum {
    STOP_SEPARATOR, /* the first three end a field */
    STOP_LINE,      /* CR, LF or CRLF */
    STOP_FILE,
    STOP_MORE, /* the window ends here and the file does not */
    STOP_FAULT,
    STOP_NOT, /* the mark means nothing here */
} stop;

/* One record being read. */
typedef struct {
    pn_csv *csv;
    const char *data;
    size_t len;
    size_t end;   /* no byte from here on belongs to the record: end of window, or the limit */
    bool is_last; /* nothing follows the window */
    bool strict;
    unsigned quote; /* 256 where quotes mean nothing */
    unsigned separator;
    pn_scan_vec quote_lanes;
    pn_scan_vec separator_lanes;
    size_t block;   /* the 64 bytes that `marks` stand for */
    uint64_t marks; /* of the block, those not yet taken */
    uint64_t high;  /* not 0 when a byte from 0x80 was seen */
    size_t start;   /* of the record */
    size_t stopped; /* where the field just read ended */
    size_t count;   /* of fields */
    uint64_t lines; /* line ends inside quotes */
    pn_err err;     /* with STOP_FAULT */
    size_t fault;   /* offset of it */
    const char *what;
    const char *mend;
} record_scan;

/* ── finding marks ───────────────────────────────────────────────────────────────────────────── */

static inline void block_load(record_scan *scan, size_t block) {
    const char *p = scan->data + block;
    uint64_t within = ~UINT64_C(0);
    if (PN_UNLIKELY(scan->len - block < PN_SCAN_BLOCK)) {
        /* What the buffer has behind the copy is of no account: `within` masks it. */
        memcpy(scan->csv->tail, p, scan->len - block);
        within = pn_scan_low(scan->len - block);
        p = scan->csv->tail;
    }
    uint64_t marks = 0;
    uint64_t high = 0;
    for (unsigned i = 0; i < PN_SCAN_BLOCK; i += PN_SCAN_LANES) {
        pn_scan_vec lanes = pn_scan_load(p + i);
        pn_scan_vec hit = pn_scan_most(lanes, pn_scan_splat('\r')) |
                          pn_scan_equal(lanes, scan->separator_lanes) |
                          pn_scan_equal(lanes, scan->quote_lanes);
        marks |= pn_scan_bits(hit) << i;
        high |= pn_scan_bits(lanes);
    }
    scan->block = block;
    scan->marks = marks & within;
    scan->high |= high;
}

/* Takes the next mark; `scan->end` when there is none before it. */
static inline size_t mark_next(record_scan *scan) {
    while (scan->marks == 0) {
        if (scan->end - scan->block <= PN_SCAN_BLOCK) {
            return scan->end;
        }
        block_load(scan, scan->block + PN_SCAN_BLOCK);
    }
    size_t at = scan->block + pn_scan_first(scan->marks);
    scan->marks &= scan->marks - 1;
    return at < scan->end ? at : scan->end;
}

static inline unsigned byte_at(const record_scan *scan, size_t at) {
    return (unsigned char)scan->data[at];
}

/* ── faults ──────────────────────────────────────────────────────────────────────────────────── */

#define MEND_QUOTES "Put the whole text in quotes and write every quote inside it twice."

static stop fault_at(record_scan *scan, pn_err err, size_t at, const char *what, const char *mend) {
    scan->err = err;
    scan->fault = at;
    scan->what = what;
    scan->mend = mend;
    return STOP_FAULT;
}

static stop fault_nul(record_scan *scan, size_t at) {
    return fault_at(scan, PN_INVALID, at, "A NUL byte stands in the line.",
                    "Save the file as text, for example as \"CSV UTF-8\".");
}

/* What the end of the scanned bytes means outside quotes. */
static stop at_end(record_scan *scan) {
    if (scan->end - scan->start > LINE_BYTES) {
        return fault_at(scan, PN_LIMIT, scan->end - 1, "The line is longer than 1,048,576 bytes.",
                        "Check the separator and the line ends of the file.");
    }
    scan->stopped = scan->end;
    return scan->is_last ? STOP_FILE : STOP_MORE;
}

/* The same inside quotes opened at `opening`. */
static stop at_end_quoted(record_scan *scan, size_t opening) {
    if (scan->end - scan->start > LINE_BYTES) {
        return fault_at(scan, PN_LIMIT, opening,
                        "A quote is opened and not closed within 1,048,576 bytes.", MEND_QUOTES);
    }
    if (!scan->is_last) {
        return STOP_MORE;
    }
    return fault_at(scan, PN_INVALID, opening, "A quote is opened and never closed.", MEND_QUOTES);
}

/* ── fields ──────────────────────────────────────────────────────────────────────────────────── */

/* Keeps a field that stands at `begin` and ended as `why` says. */
static inline stop field_add(record_scan *scan, size_t begin, pn_str field, stop why) {
    if (PN_UNLIKELY(scan->count == PN_LIMIT_IMPORT_COLUMNS)) {
        return fault_at(scan, PN_LIMIT, begin, "The line has more than 500 columns.",
                        "Check the separator and the quotes of the file.");
    }
    scan->csv->fields[scan->count++] = field;
    return why;
}

/* What the mark at `at` (or the end of the bytes) means outside quotes. */
static inline stop end_by(record_scan *scan, size_t at) {
    if (PN_UNLIKELY(at >= scan->end)) {
        return at_end(scan);
    }
    unsigned c = byte_at(scan, at);
    scan->stopped = at;
    if (PN_LIKELY(c == scan->separator)) {
        return STOP_SEPARATOR;
    }
    if (c == '\n' || c == '\r') {
        return STOP_LINE;
    }
    if (c == '\0') {
        return fault_nul(scan, at);
    }
    return STOP_NOT;
}

static bool all_blank(const record_scan *scan, size_t begin, size_t end) {
    while (begin < end && scan->data[begin] == ' ') {
        begin++;
    }
    return begin == end;
}

/* `quoted` without the second of each pair of quotes, and `tail` behind it, on the scratch. */
static pn_str without_doubles(record_scan *scan, pn_str quoted, pn_str tail) {
    char *text = pn_arena_alloc(&scan->csv->scratch, quoted.len + tail.len);
    size_t len = 0;
    while (quoted.len != 0) {
        size_t quote = pn_str_find_char(quoted, '"');
        size_t piece = quote == SIZE_MAX ? quoted.len : quote + 1;
        memcpy(text + len, quoted.ptr, piece);
        len += piece;
        quoted = pn_str_from(quoted, quote == SIZE_MAX ? quoted.len : quote + 2);
    }
    if (tail.len != 0) {
        memcpy(text + len, tail.ptr, tail.len);
    }
    return (pn_str){text, len + tail.len};
}

/* Goes on to the closing quote; `*ret_doubled` when there are doubled ones. STOP_SEPARATOR means
 * that it was found, at `stopped`. */
static stop closing_quote(record_scan *scan, size_t opening, bool *ret_doubled) {
    bool doubled = false;
    for (;;) {
        size_t at = mark_next(scan);
        if (at >= scan->end) {
            return at_end_quoted(scan, opening);
        }
        unsigned c = byte_at(scan, at);
        bool followed = at + 1 < scan->len;
        if (c == scan->quote) {
            /* At the end of a window this may be half of a pair: reading on gives STOP_MORE. */
            if (!followed || byte_at(scan, at + 1) != scan->quote) {
                scan->stopped = at;
                *ret_doubled = doubled;
                return STOP_SEPARATOR;
            }
            doubled = true;
            (void)mark_next(scan);
        } else if (c == '\n') {
            scan->lines++;
        } else if (c == '\r') {
            scan->lines += !(followed && scan->data[at + 1] == '\n');
        } else if (c == '\0') {
            return fault_nul(scan, at);
        }
    }
}

static stop fault_behind(record_scan *scan, size_t closing) {
    size_t text = closing + 1;
    while (scan->data[text] == ' ') {
        text++;
    }
    return fault_at(scan, PN_INVALID, text, "Text stands behind a closing quote.", MEND_QUOTES);
}

/* The field whose opening quote stands at `opening`, its mark taken. */
static stop field_quoted(record_scan *scan, size_t opening) {
    bool doubled = false;
    stop why = closing_quote(scan, opening, &doubled);
    if (why != STOP_SEPARATOR) {
        return why;
    }
    size_t closing = scan->stopped;
    pn_str quoted = pn_str_sub(scan->data + opening + 1, scan->data + closing);
    size_t at = mark_next(scan);
    why = end_by(scan, at);
    while (why == STOP_NOT && !scan->strict) {
        at = mark_next(scan);
        why = end_by(scan, at);
    }
    if (why == STOP_MORE || why == STOP_FAULT) {
        return why;
    }
    pn_str tail = pn_str_sub(scan->data + closing + 1, scan->data + at);
    if (scan->strict) {
        if (why == STOP_NOT || !all_blank(scan, closing + 1, at)) {
            return fault_behind(scan, closing);
        }
        tail.len = 0;
    }
    if (doubled || tail.len != 0) {
        quoted = without_doubles(scan, quoted, tail);
    }
    return field_add(scan, opening, quoted, why);
}

/* The field at `begin`, which does not begin with a quote. */
static inline stop field_plain(record_scan *scan, size_t begin) {
    for (;;) {
        size_t at = mark_next(scan);
        stop why = end_by(scan, at);
        if (PN_LIKELY(why < STOP_MORE)) {
            return field_add(scan, begin, pn_str_sub(scan->data + begin, scan->data + at), why);
        }
        if (why != STOP_NOT) {
            return why;
        }
        if (scan->strict && byte_at(scan, at) == scan->quote && scan->data[at - 1] == ' ') {
            if (all_blank(scan, begin, at)) {
                return field_quoted(scan, at);
            }
            return fault_at(scan, PN_INVALID, at, "A quote stands in a text that is not quoted.",
                            MEND_QUOTES " Or choose quotes as Excel reads them.");
        }
    }
}

/* All fields of the record at scan->start. */
static stop fields_read(record_scan *scan) {
    size_t begin = scan->start;
    for (;;) {
        stop why = STOP_SEPARATOR;
        if (begin < scan->end && byte_at(scan, begin) == scan->quote) {
            (void)mark_next(scan);
            why = field_quoted(scan, begin);
        } else {
            why = field_plain(scan, begin);
        }
        if (PN_UNLIKELY(why != STOP_SEPARATOR)) {
            return why;
        }
        begin = scan->stopped + 1;
    }
}

static record_scan scan_from(pn_csv *csv) {
    bool quotes = csv->format.quotes != PN_CSV_QUOTES_NONE;
    size_t room = csv->len - csv->at;
    record_scan scan = {
        .csv = csv,
        .data = csv->data,
        .len = csv->len,
        .end = room > LINE_BYTES ? csv->at + LINE_BYTES + 1 : csv->len,
        .is_last = csv->taken == csv->source.len,
        .strict = csv->format.quotes == PN_CSV_QUOTES_STRICT,
        .quote = quotes ? '"' : 256,
        .separator = (unsigned char)csv->format.separator,
        .quote_lanes = pn_scan_splat(quotes ? '"' : '\n'),
        .separator_lanes = pn_scan_splat((uint8_t)csv->format.separator),
        .start = csv->at,
    };
    block_load(&scan, csv->at);
    return scan;
}

/* ── the window ──────────────────────────────────────────────────────────────────────────────── */

/* Recodes more of the source behind what the window has from `csv->at` on. */
static void window_refill(pn_csv *csv) {
    size_t kept = csv->len - csv->at;
    if (kept != 0) {
        memmove(csv->window.ptr, csv->window.ptr + csv->at, kept);
    }
    csv->window.len = kept;
    pn_str rest = pn_str_from(csv->source, csv->taken);
    pn_str piece = pn_str_first(rest, RECODE_BYTES);
    csv->taken +=
        pn_encoding_to_utf8(csv->format.encoding, piece, piece.len == rest.len, &csv->window);
    assert(!csv->window.failed);
    csv->data = csv->window.ptr;
    csv->len = csv->window.len;
    csv->at = 0;
}

/* Makes sure that a line end at csv->at can be seen whole; false at the end of the file. */
static bool window_has(pn_csv *csv, size_t bytes) {
    while (csv->len - csv->at < bytes && csv->taken < csv->source.len) {
        window_refill(csv);
    }
    return csv->len - csv->at >= bytes;
}

/* Passes over a line end at `csv->at`; false when there is none. */
static bool line_end_skip(pn_csv *csv) {
    if (!window_has(csv, 1)) {
        return false;
    }
    char c = csv->data[csv->at];
    if (c != '\n' && c != '\r') {
        return false;
    }
    size_t len = c == '\r' && window_has(csv, 2) && csv->data[csv->at + 1] == '\n' ? 2 : 1;
    csv->at += len;
    csv->line++;
    return true;
}

static void line_skip(pn_csv *csv) {
    while (window_has(csv, 1)) {
        if (line_end_skip(csv)) {
            return;
        }
        while (csv->at < csv->len && csv->data[csv->at] != '\n' && csv->data[csv->at] != '\r') {
            csv->at++;
        }
    }
}

/* ── records ─────────────────────────────────────────────────────────────────────────────────── */

/* The physical line at the start of the record, or what the window has of it. */
static pn_str raw_line(const record_scan *scan) {
    size_t end = scan->start;
    size_t most = PN_MIN(scan->len, scan->start + RAW_BYTES);
    while (end < most && scan->data[end] != '\n' && scan->data[end] != '\r') {
        end++;
    }
    while (end < scan->len && end > scan->start && (byte_at(scan, end) & 0xC0) == 0x80) {
        end--;
    }
    return pn_str_sub(scan->data + scan->start, scan->data + end);
}

static pn_err fault_report(const record_scan *scan, pn_diag *diag) {
    pn_csv *csv = scan->csv;
    uint64_t line = csv->line;
    size_t line_start = scan->start;
    for (size_t i = scan->start; i < scan->fault; i++) {
        char c = scan->data[i];
        if (c == '\n' || (c == '\r' && !(i + 1 < scan->len && scan->data[i + 1] == '\n'))) {
            line++;
            line_start = i + 1;
        }
    }
    pn_str before = pn_str_sub(scan->data + line_start, scan->data + scan->fault);
    csv->fault = (pn_csv_fault){
        .line = csv->line,
        .fault_line = line,
        .column = (uint32_t)scan->count + 1,
        .character = (uint32_t)pn_utf8_count(before) + 1,
        .raw = raw_line(scan),
    };
    csv->skip_line = true;
    (void)pn_diag_set(diag, scan->err, "%s", scan->what);
    pn_diag_where(diag, "line %llu, column %u, character %u", (unsigned long long)line,
                  csv->fault.column, csv->fault.character);
    pn_diag_mend(diag, "%s", scan->mend);
    return scan->err;
}

static pn_str raw_of(const record_scan *scan) {
    return pn_str_sub(scan->data + scan->start, scan->data + scan->stopped);
}

/* `scan->count` becomes the index of the field with the first bad character. */
static pn_err fault_encoding(record_scan *scan, size_t at, pn_diag *diag) {
    size_t column = 0;
    while (column + 1 < scan->count) {
        pn_str field = scan->csv->fields[column];
        if (pn_encoding_utf8_fault(field) != field.len) {
            break;
        }
        column++;
    }
    scan->count = column;
    bool is_utf8 = scan->csv->format.encoding <= PN_ENCODING_UTF8;
    (void)fault_at(scan, PN_INVALID, at,
                   is_utf8 ? "A character is not valid UTF-8." : "A character is not valid UTF-16.",
                   "State the encoding of the file, or save it as UTF-8.");
    return fault_report(scan, diag);
}

/* The field at index `scan->count` has no column of its own in the header. */
static pn_err fault_width(record_scan *scan, pn_diag *diag) {
    const char *field = scan->csv->fields[scan->count].ptr;
    bool is_view = field >= scan->data + scan->start && field <= scan->data + scan->stopped;
    (void)fault_at(scan, PN_INVALID, is_view ? (size_t)(field - scan->data) : scan->start,
                   "The line has more columns than the header.",
                   "Put a text that holds the separator in quotes.");
    return fault_report(scan, diag);
}

/* What only a whole record can be asked. */
static pn_err record_check(record_scan *scan, pn_diag *diag) {
    const pn_csv *csv = scan->csv;
    if (scan->high != 0) {
        pn_str raw = raw_of(scan);
        size_t fault = pn_encoding_utf8_fault(raw);
        if (PN_UNLIKELY(fault != raw.len)) {
            return fault_encoding(scan, scan->start + fault, diag);
        }
    }
    if (PN_UNLIKELY(csv->width != 0 && scan->count > csv->width)) {
        for (size_t i = csv->width; i < scan->count; i++) {
            if (csv->fields[i].len != 0) {
                scan->count = i;
                return fault_width(scan, diag);
            }
        }
    }
    return PN_OK;
}

static pn_err record_read(pn_csv *csv, pn_csv_record *ret_record, pn_diag *diag) {
    record_scan scan = scan_from(csv);
    stop why = fields_read(&scan);
    while (why == STOP_MORE) {
        pn_arena_reset(&csv->scratch);
        window_refill(csv);
        scan = scan_from(csv);
        why = fields_read(&scan);
    }
    if (PN_UNLIKELY(why == STOP_FAULT)) {
        return fault_report(&scan, diag);
    }
    PN_TRY(record_check(&scan, diag));
    *ret_record = (pn_csv_record){
        .fields = csv->fields,
        .count = scan.count,
        .line = csv->line,
        .raw = raw_of(&scan),
    };
    csv->line += scan.lines;
    csv->at = scan.stopped;
    return PN_OK;
}

/* ── public ──────────────────────────────────────────────────────────────────────────────────── */

static bool may_separate(char c) {
    return (c >= '!' && c < 0x7F && c != '"' && !pn_is_digit(c) && !pn_is_alpha(c)) || c == '\t';
}

pn_err pn_csv_init(pn_csv *csv, pn_str bytes, const pn_csv_format *format, pn_diag *diag) {
    if (bytes.len > PN_LIMIT_IMPORT_FILE_BYTES) {
        return pn_diag_set(diag, PN_LIMIT, "The file is larger than 2,147,483,647 bytes.");
    }
    if (!may_separate(format->separator)) {
        return pn_diag_set(diag, PN_INVALID, "This character cannot separate columns.");
    }
    size_t bom_bytes = 0;
    pn_encoding by_bom = pn_encoding_of_bom(bytes, &bom_bytes);
    *csv = (pn_csv){.format = *format, .line = 1, .bom_bytes = (uint32_t)bom_bytes};
    if (by_bom != PN_ENCODING_GUESS) {
        csv->format.encoding = by_bom;
    }
    csv->source = bytes.len == 0 ? PN_STR("") : pn_str_from(bytes, bom_bytes);
    bool is_utf8 = csv->format.encoding <= PN_ENCODING_UTF8;
    bool wide =
        csv->format.encoding == PN_ENCODING_UTF16LE || csv->format.encoding == PN_ENCODING_UTF16BE;
    if (!wide && pn_str_ends(csv->source, PN_STR("\x1A"))) {
        csv->source.len--;
    }
    pn_buf_init(&csv->window, WINDOW_BYTES);
    pn_arena_init(&csv->scratch, 0);
    if (is_utf8) {
        csv->data = csv->source.ptr;
        csv->len = csv->source.len;
        csv->taken = csv->source.len;
    }
    for (uint32_t i = 0; i < format->skip_lines; i++) {
        line_skip(csv);
    }
    return PN_OK;
}

void pn_csv_done(pn_csv *csv) {
    if (csv != NULL) {
        pn_buf_done(&csv->window);
        pn_arena_done(&csv->scratch);
    }
}

pn_err pn_csv_next(pn_csv *csv, pn_csv_record *ret_record, pn_diag *diag) {
    if (csv->scratch.used_bytes != 0) {
        pn_arena_reset(&csv->scratch);
    }
    if (csv->skip_line) {
        csv->skip_line = false;
        line_skip(csv);
    }
    while (line_end_skip(csv)) {
    }
    if (!window_has(csv, 1)) {
        return PN_NOT_FOUND;
    }
    return record_read(csv, ret_record, diag);
}

const pn_csv_fault *pn_csv_last_fault(const pn_csv *csv) {
    return &csv->fault;
}

size_t pn_csv_consumed(const pn_csv *csv) {
    bool is_utf8 = csv->format.encoding <= PN_ENCODING_UTF8;
    return csv->bom_bytes + (is_utf8 ? csv->at : csv->taken);
}

pn_err pn_csv_read_header(pn_csv *csv, pn_arena *arena, pn_csv_header *ret_header, pn_diag *diag) {
    pn_csv_record record;
    PN_TRY(pn_csv_next(csv, &record, diag));
    size_t count = record.count;
    while (count > 0 && pn_str_trim(record.fields[count - 1]).len == 0) {
        count--;
    }
    if (count == 0) {
        pn_err err = pn_diag_set(diag, PN_INVALID, "The header line has no column names.");
        pn_diag_where(diag, "line %llu", (unsigned long long)record.line);
        return err;
    }
    pn_str *names = pn_arena_array(arena, pn_str, count);
    for (size_t i = 0; i < count; i++) {
        names[i] = pn_str_dup(arena, pn_str_trim(record.fields[i]));
    }
    csv->width = count;
    *ret_header = (pn_csv_header){names, count, record.line};
    return PN_OK;
}

size_t pn_csv_column(const pn_csv_header *header, pn_str name) {
    for (size_t i = 0; i < header->count; i++) {
        if (pn_str_eq_nocase(header->names[i], name)) {
            return i;
        }
    }
    return SIZE_MAX;
}

bool pn_csv_is_blank(const pn_csv_record *record) {
    for (size_t i = 0; i < record->count; i++) {
        if (pn_str_trim(record->fields[i]).len != 0) {
            return false;
        }
    }
    return true;
}
