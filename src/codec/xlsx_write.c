#include "codec/xlsx_write.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/banned.h"
#include "base/utf8.h"

enum {
    TEXT_CHARACTERS = 32767, /* of a cell */
    TEXT_BYTES = 4 * TEXT_CHARACTERS,
    WIDTH_MIN = 9,
    WIDTH_MAX = 42,
    DECIMALS_MAX = 4,
    SHORT_DATE = 14, /* the built-in format that each reader's country writes its own way */
};

struct pn_xlsx_writer {
    int fd; /* what the file is written into: memory */
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *head, *date, *whole, *amounts[DECIMALS_MAX + 1];
    size_t widths[PN_XLSX_COLUMNS_MAX]; /* characters of the longest */
    size_t columns;
    lxw_row_t row;
    lxw_col_t column;
    lxw_error failed; /* the first */
    char text[TEXT_BYTES + 1];
};

static void keep_error(pn_xlsx_writer *w, lxw_error error) {
    w->failed = w->failed == LXW_NO_ERROR ? error : w->failed;
}

static void widen(pn_xlsx_writer *w, size_t characters) {
    if (w->column < PN_XLSX_COLUMNS_MAX) {
        w->widths[w->column] = PN_MAX(w->widths[w->column], characters);
    }
}

static void make_formats(pn_xlsx_writer *w) {
    static const char *const AMOUNTS[] = {"#,##0", "#,##0.0", "#,##0.00", "#,##0.000",
                                          "#,##0.0000"};
    w->head = workbook_add_format(w->book);
    format_set_bold(w->head);
    w->date = workbook_add_format(w->book);
    format_set_num_format_index(w->date, SHORT_DATE);
    w->whole = workbook_add_format(w->book);
    format_set_num_format(w->whole, "0");
    for (size_t i = 0; i < PN_COUNT(AMOUNTS); i++) {
        w->amounts[i] = workbook_add_format(w->book);
        format_set_num_format(w->amounts[i], AMOUNTS[i]);
    }
}

static const char *z_of(pn_xlsx_writer *w, pn_str text) {
    size_t len = PN_MIN(text.len, (size_t)TEXT_BYTES);
    if (pn_utf8_count(text) > TEXT_CHARACTERS) {
        len = pn_utf8_prefix(text, TEXT_CHARACTERS);
    }
    memcpy(w->text, text.len == 0 ? "" : text.ptr, len);
    w->text[len] = '\0';
    return w->text;
}

pn_err pn_xlsx_writer_new(const char *sheet, const char *const *columns,
                          pn_xlsx_writer **ret_writer, pn_diag *diag) {
    char path[40];
    pn_xlsx_writer *w = pn_alloc(sizeof *w);
    *w = (pn_xlsx_writer){.fd = memfd_create("puntual-sheet", MFD_CLOEXEC)};
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", w->fd);
    w->book = w->fd < 0 ? NULL : workbook_new_opt(path, &options);
    w->sheet = w->book == NULL ? NULL : workbook_add_worksheet(w->book, sheet);
    if (w->sheet == NULL) {
        int error = errno;
        pn_xlsx_writer_free(w);
        pn_err err =
            pn_diag_set(diag, PN_IO, "The spreadsheet cannot be begun: %s.", strerror(error));
        pn_diag_mend(diag, "See that the folder of temporary files has room, or take CSV.");
        return err;
    }
    make_formats(w);
    for (; columns[w->columns] != NULL; w->columns++) {
        assert(w->columns < PN_XLSX_COLUMNS_MAX);
        widen(w, strlen(columns[w->columns]) + 3); /* the filter's button */
        keep_error(w,
                   worksheet_write_string(w->sheet, 0, w->column++, columns[w->columns], w->head));
    }
    pn_xlsx_end_row(w);
    *ret_writer = w;
    return PN_OK;
}

void pn_xlsx_writer_free(pn_xlsx_writer *w) {
    if (w == NULL) {
        return;
    }
    lxw_workbook_free(w->book);
    if (w->fd >= 0) {
        (void)close(w->fd);
    }
    free(w);
}

void pn_xlsx_put(pn_xlsx_writer *w, pn_str text) {
    if (text.len != 0) {
        widen(w, pn_utf8_count(text));
        keep_error(w, worksheet_write_string(w->sheet, w->row, w->column, z_of(w, text), NULL));
    }
    w->column++;
}

static void put_number(pn_xlsx_writer *w, double value, lxw_format *shown) {
    keep_error(w, worksheet_write_number(w->sheet, w->row, w->column++, value, shown));
}

void pn_xlsx_put_int(pn_xlsx_writer *w, int64_t value) {
    widen(w, 6);
    put_number(w, (double)value, w->whole);
}

void pn_xlsx_put_date(pn_xlsx_writer *w, pn_date day) {
    char iso[PN_DATE_ISO_SIZE];
    pn_date first = pn_date_of(1899, 12, 30); /* right from March 1900 on */
    widen(w, 10);
    if (day == PN_DATE_NONE) {
        w->column++;
    } else if (day < pn_date_of(1900, 3, 1)) {
        pn_xlsx_put(w, pn_str_of(pn_date_iso(day, iso)));
    } else {
        put_number(w, (double)(day - first), w->date);
    }
}

void pn_xlsx_put_amount(pn_xlsx_writer *w, int64_t minor, unsigned decimals) {
    double divisor = 1;
    for (unsigned i = 0; i < decimals; i++) {
        divisor *= 10;
    }
    widen(w, 13);
    put_number(w, (double)minor / divisor, w->amounts[PN_MIN(decimals, (unsigned)DECIMALS_MAX)]);
}

void pn_xlsx_end_row(pn_xlsx_writer *w) {
    w->row++;
    w->column = 0;
}

static void lay_out(pn_xlsx_writer *w) {
    lxw_row_t last = w->row - 1;
    for (size_t i = 0; i < w->columns; i++) {
        size_t width = PN_MIN(PN_MAX(w->widths[i] + 1, (size_t)WIDTH_MIN), (size_t)WIDTH_MAX);
        (void)worksheet_set_column(w->sheet, (lxw_col_t)i, (lxw_col_t)i, (double)width, NULL);
    }
    worksheet_freeze_panes(w->sheet, 1, 0);
    (void)worksheet_autofilter(w->sheet, 0, 0, last, (lxw_col_t)(w->columns - 1));
}

static pn_err take_bytes(const pn_xlsx_writer *w, pn_buf *out) {
    char piece[1 << 14];
    ssize_t got = 0;
    off_t at = 0;
    while ((got = pread(w->fd, piece, sizeof piece, at)) > 0) {
        pn_buf_add(out, piece, (size_t)got);
        at += got;
    }
    return got < 0 ? PN_IO : pn_buf_err(out);
}

pn_err pn_xlsx_finish(pn_xlsx_writer *w, pn_buf *out, pn_diag *diag) {
    lay_out(w);
    lxw_error closed = workbook_close(w->book); /* frees it, whatever comes back */
    w->book = NULL;
    keep_error(w, closed);
    if (w->failed != LXW_NO_ERROR) {
        return pn_diag_set(diag, PN_IO, "The spreadsheet cannot be written: %s",
                           lxw_strerror(w->failed));
    }
    pn_err err = take_bytes(w, out);
    return err == PN_OK ? PN_OK : pn_diag_set(diag, err, "The spreadsheet is too large.");
}
