/* From the bytes of an .xlsx to the rows of one of its sheets, by libzip and libxml2. The plain
 * function behind puntual-sheet: it runs there alone, and in tests and fuzzing under a sanitizer.
 */
#ifndef PN_CODEC_XLSX_READ_H
#define PN_CODEC_XLSX_READ_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

typedef struct {
    pn_str sheet;         /* whose rows these are */
    const pn_str *sheets; /* the visible ones, as the workbook orders them */
    size_t sheet_count;
} pn_xlsx_book;

/* Appends the rows of the sheet named `sheet` to `csv`, or of the first visible one that has any.
 *
 * CSV with commas, a line a row, so that lines are numbered as the sheet's rows; empty rows are
 * empty lines, others at least as wide as those above them. Text and errors (#N/A) are quoted, with
 * a comma where a line ended inside them; numbers, dates and truth values (TRUE) are not:
 * pn_xlsx_number_text says how they are written. Of a formula stands the value that was saved with
 * it. Cells merged over rows repeat their value in each.
 *
 * INVALID with a sentence for what cannot be read, or where there is no such sheet, LIMIT
 * past PN_LIMIT_SHEET_CELLS, PN_LIMIT_IMPORT_COLUMNS, or what `csv` takes. */
PN_MUST_USE pn_err pn_xlsx_rows(pn_str bytes, pn_str sheet, pn_arena *arena, pn_buf *csv,
                                pn_xlsx_book *ret_book, pn_diag *diag);

#endif
