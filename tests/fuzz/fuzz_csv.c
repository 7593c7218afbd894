/* Fuzzes the CSV reader against a reference that reads byte by byte, and against itself through
 * UTF-16 (windows of 64 bytes in fuzzing builds). The first byte chooses quotes and separator. */
#include <stdint.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "format/csv.h"
#include "format/csv_sniff.h"
#include "format/csv_write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
    if (!holds) {
        abort();
    }
}

/* ── what a reader tells, as text ── */

static void tell_field(pn_buf *told, pn_str field) {
    pn_buf_add_char(told, '[');
    pn_buf_add_str(told, field);
    pn_buf_add_lit(told, "]");
}

static void tell_reader(pn_str bytes, const pn_csv_format *format, pn_buf *told) {
    pn_csv csv;
    pn_diag diag;
    if (pn_csv_init(&csv, bytes, format, &diag) != PN_OK) {
        pn_buf_add_lit(told, "refused");
        return;
    }
    uint64_t last_line = 0;
    for (;;) {
        pn_csv_record record;
        pn_err err = pn_csv_next(&csv, &record, &diag);
        if (err == PN_NOT_FOUND) {
            break;
        }
        const pn_csv_fault *fault = pn_csv_last_fault(&csv);
        uint64_t line = err == PN_OK ? record.line : fault->line;
        check(line > last_line);
        last_line = line;
        pn_buf_add_format(told, "\n%d:", (int)line);
        if (err != PN_OK) {
            check(fault->fault_line >= fault->line && fault->column >= 1 && fault->character >= 1);
            pn_buf_add_format(told, "!%d", (int)fault->column);
            continue;
        }
        check(record.count >= 1 && record.count <= PN_LIMIT_IMPORT_COLUMNS);
        check(pn_utf8_valid(record.raw));
        for (size_t i = 0; i < record.count; i++) {
            check(pn_utf8_valid(record.fields[i]));
            tell_field(told, record.fields[i]);
        }
    }
    check(pn_csv_consumed(&csv) + 1 >= bytes.len);
    pn_csv_done(&csv);
}

/* ── the reference: no windows, no marks, no limits ── */

typedef struct {
    pn_str text;
    size_t at;
    const pn_csv_format *format;
    pn_buf field;
    pn_buf record;
    unsigned column;
    bool bad;
} reference;

static char peek(const reference *ref) {
    return ref->at < ref->text.len ? ref->text.ptr[ref->at] : '\n';
}

static bool at_field_end(const reference *ref) {
    char c = peek(ref);
    return c == ref->format->separator || c == '\n' || c == '\r';
}

/* Fields are told only when they are good; a NUL is a fault wherever it stands. */
static void take(reference *ref) {
    ref->bad = ref->bad || peek(ref) == '\0';
    pn_buf_add_char(&ref->field, peek(ref));
    ref->at++;
}

static void take_quoted(reference *ref) {
    pn_buf_clear(&ref->field);
    ref->at++;
    for (;;) {
        if (ref->at >= ref->text.len) {
            ref->bad = true;
            return;
        }
        if (peek(ref) == '"') {
            ref->at++;
            if (ref->at >= ref->text.len || peek(ref) != '"') {
                break;
            }
        }
        take(ref);
        if (ref->bad) {
            return;
        }
    }
    if (ref->format->quotes == PN_CSV_QUOTES_STRICT) {
        while (peek(ref) == ' ') {
            ref->at++;
        }
        ref->bad = ref->bad || !at_field_end(ref);
    }
    while (!at_field_end(ref) && !ref->bad) {
        take(ref);
    }
}

static void take_field(reference *ref) {
    pn_buf_clear(&ref->field);
    bool blank = true;
    if (peek(ref) == '"' && ref->format->quotes != PN_CSV_QUOTES_NONE) {
        take_quoted(ref);
        return;
    }
    while (!at_field_end(ref) && !ref->bad) {
        if (ref->format->quotes == PN_CSV_QUOTES_STRICT && peek(ref) == '"' &&
            ref->text.ptr[ref->at - 1] == ' ') {
            if (blank) {
                take_quoted(ref);
                return;
            }
            ref->bad = true;
            return;
        }
        blank = blank && peek(ref) == ' ';
        take(ref);
    }
}

static void pass_line_end(reference *ref, int *line) {
    bool crlf =
        peek(ref) == '\r' && ref->at + 1 < ref->text.len && ref->text.ptr[ref->at + 1] == '\n';
    ref->at += crlf ? 2 : 1;
    (*line)++;
}

static int line_ends(pn_str text) {
    int count = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool cr = text.ptr[i] == '\r' && !(i + 1 < text.len && text.ptr[i + 1] == '\n');
        count += text.ptr[i] == '\n' || cr;
    }
    return count;
}

static void take_record(reference *ref, int *line) {
    size_t start = ref->at;
    pn_buf_clear(&ref->record);
    ref->bad = false;
    for (ref->column = 1;; ref->column++) {
        take_field(ref);
        if (ref->bad) {
            break;
        }
        tell_field(&ref->record, pn_buf_str(&ref->field));
        if (peek(ref) != ref->format->separator || ref->at >= ref->text.len) {
            break;
        }
        ref->at++;
    }
    if (ref->bad) {
        pn_buf_clear(&ref->record);
        pn_buf_add_format(&ref->record, "!%u", ref->column);
        ref->at = start;
        while (ref->at < ref->text.len && peek(ref) != '\n' && peek(ref) != '\r') {
            ref->at++;
        }
        return;
    }
    *line += line_ends(pn_str_sub(ref->text.ptr + start, ref->text.ptr + ref->at));
}

static void tell_reference(pn_str text, const pn_csv_format *format, pn_buf *told) {
    reference ref = {.text = text, .format = format};
    if (pn_str_starts(text, PN_STR("\xEF\xBB\xBF"))) {
        ref.text = pn_str_from(text, 3);
    }
    if (pn_str_ends(ref.text, PN_STR("\x1A"))) {
        ref.text.len--;
    }
    pn_buf_init(&ref.field, 1 << 20);
    pn_buf_init(&ref.record, 1 << 22);
    for (int line = 1; ref.at < ref.text.len;) {
        if (peek(&ref) == '\n' || peek(&ref) == '\r') {
            pass_line_end(&ref, &line);
            continue;
        }
        pn_buf_add_format(told, "\n%d:", line);
        take_record(&ref, &line);
        pn_buf_add_str(told, pn_buf_str(&ref.record));
    }
    pn_buf_done(&ref.field);
    pn_buf_done(&ref.record);
}

/* ── the target ── */

static bool same(const pn_buf *a, const pn_buf *b) {
    return pn_str_eq(pn_buf_str(a), pn_buf_str(b));
}

static pn_str to_utf16(pn_arena *arena, pn_str text) {
    char *out = pn_arena_alloc(arena, text.len * 2 + 2);
    size_t len = 0;
    for (size_t i = 0; i < text.len;) {
        uint32_t c = 0;
        i += pn_utf8_decode(pn_str_from(text, i), &c);
        uint32_t units[2] = {c, 0};
        unsigned count = 1;
        if (c >= 0x10000) {
            units[0] = 0xD800 + ((c - 0x10000) >> 10);
            units[1] = 0xDC00 + (c & 0x3FF);
            count = 2;
        }
        for (unsigned k = 0; k < count; k++) {
            out[len++] = (char)(units[k] & 0xFF);
            out[len++] = (char)(units[k] >> 8);
        }
    }
    return (pn_str){out, len};
}

static void compare_readers(pn_str text, pn_csv_format format, pn_arena *arena) {
    pn_buf plain;
    pn_buf other;
    pn_buf_init(&plain, 1 << 24);
    pn_buf_init(&other, 1 << 24);
    tell_reader(text, &format, &plain);
    if (pn_utf8_valid(text) && text.len < 500 && !pn_str_starts(text, PN_STR("\xEF\xBB\xBF"))) {
        tell_reference(text, &format, &other);
        check(same(&plain, &other));
        bool dos_end = pn_str_ends(text, PN_STR("\x1A"));
        format.encoding = PN_ENCODING_UTF16LE;
        pn_str wide = to_utf16(arena, text);
        size_t bom_bytes = 0;
        if (!dos_end && pn_encoding_of_bom(wide, &bom_bytes) == PN_ENCODING_GUESS) {
            pn_buf_clear(&other);
            tell_reader(wide, &format, &other);
            check(same(&plain, &other));
        }
    }
    pn_buf_done(&plain);
    pn_buf_done(&other);
}

static void guess(pn_str bytes) {
    pn_csv_format format = pn_csv_sniff(bytes, (pn_csv_format){0});
    check(format.encoding != PN_ENCODING_GUESS && format.header != PN_CSV_HEADER_GUESS);
    pn_csv csv;
    if (pn_csv_init(&csv, bytes, &format, NULL) == PN_OK) {
        pn_csv_record record;
        if (pn_csv_next(&csv, &record, NULL) == PN_OK) {
            pn_number_style style;
            bool ambiguous = false;
            if (pn_csv_guess_number_style(record.fields, record.count, &style, &ambiguous) ==
                PN_OK) {
                check(style.decimal != style.thousand);
            }
        }
        pn_csv_done(&csv);
    }
}

static void compare_encodings(pn_str bytes, pn_csv_format format) {
    pn_buf told;
    pn_buf_init(&told, 1 << 24);
    for (pn_encoding encoding = PN_ENCODING_UTF16LE; encoding <= PN_ENCODING_WINDOWS1252;
         encoding++) {
        format.encoding = encoding;
        pn_buf_clear(&told);
        tell_reader(bytes, &format, &told);
    }
    pn_buf_done(&told);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) {
        return 0;
    }
    static const char SEPARATORS[] = {',', ';', '\t', '|'};
    pn_csv_format format = {
        .encoding = PN_ENCODING_UTF8,
        .separator = SEPARATORS[data[0] & 3],
        .quotes = (pn_csv_quotes)((data[0] >> 2) % 3),
    };
    pn_arena arena;
    pn_arena_init(&arena, 0);
    /* A copy of exact size, so that the sanitizer sees every byte read too far. */
    pn_str text = {size == 1 ? "" : malloc(size - 1), size - 1};
    if (size > 1) {
        memcpy((void *)(uintptr_t)text.ptr, data + 1, size - 1);
    }
    compare_readers(text, format, &arena);
    compare_encodings(text, format);
    guess(text);
    if (size > 1) {
        free((void *)(uintptr_t)text.ptr);
    }
    pn_arena_done(&arena);
    return 0;
}
