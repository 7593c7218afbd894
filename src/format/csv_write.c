#include "format/csv_write.h"

#include <string.h>

#include "base/banned.h"

pn_csv_writer pn_csv_writer_on(pn_buf *out, const pn_csv_write_options *options) {
    pn_csv_writer writer = {.out = out};
    if (options != NULL) {
        writer.options = *options;
    }
    if (writer.options.separator == '\0') {
        writer.options.separator = ',';
    }
    if (writer.options.byte_order_mark) {
        pn_buf_add_lit(out, "\xEF\xBB\xBF");
    }
    return writer;
}

/* Blanks at the ends are quoted too: some readers drop them otherwise. */
static bool needs_quotes(pn_str text, char separator) {
    if (text.len == 0) {
        return false;
    }
    if (text.ptr[0] == ' ' || text.ptr[text.len - 1] == ' ') {
        return true;
    }
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == separator || c == '"' || c == '\n' || c == '\r') {
            return true;
        }
    }
    return false;
}

static bool is_formula(pn_str text) {
    return text.len != 0 && memchr("=+-@\t\r\n", text.ptr[0], 7) != NULL;
}

static void add_quoted(pn_buf *out, const char *guard, pn_str text) {
    pn_buf_add_char(out, '"');
    pn_buf_add_z(out, guard);
    while (text.len != 0) {
        size_t quote = pn_str_find_char(text, '"');
        pn_buf_add_str(out, pn_str_first(text, quote == SIZE_MAX ? text.len : quote + 1));
        if (quote == SIZE_MAX) {
            break;
        }
        pn_buf_add_char(out, '"');
        text = pn_str_from(text, quote + 1);
    }
    pn_buf_add_char(out, '"');
}

static void put(pn_csv_writer *writer, const char *guard, pn_str text) {
    if (writer->in_record) {
        pn_buf_add_char(writer->out, writer->options.separator);
    }
    writer->only_empty = !writer->in_record && text.len == 0;
    writer->in_record = true;
    if (needs_quotes(text, writer->options.separator)) {
        add_quoted(writer->out, guard, text);
    } else {
        pn_buf_add_z(writer->out, guard);
        pn_buf_add_str(writer->out, text);
    }
}

void pn_csv_put(pn_csv_writer *writer, pn_str text) {
    put(writer, writer->options.guard_formulas && is_formula(text) ? "'" : "", text);
}

void pn_csv_put_plain(pn_csv_writer *writer, pn_str text) {
    put(writer, "", text);
}

void pn_csv_put_int(pn_csv_writer *writer, int64_t value) {
    char digits[20];
    put(writer, "", (pn_str){digits, pn_int64_text(value, digits)});
}

void pn_csv_end(pn_csv_writer *writer) {
    if (writer->only_empty) {
        pn_buf_add_lit(writer->out, "\"\""); /* or the line would be blank, and skipped */
    }
    pn_buf_add_lit(writer->out, "\r\n");
    writer->in_record = false;
    writer->only_empty = false;
}
