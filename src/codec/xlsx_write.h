/* Spreadsheets that we write, by libxlsxwriter, row by row: one sheet with a head that stays, a
 * filter over it, and cells of their types. Text is text, whatever it begins with: no cell is ever
 * a formula. It reads nothing from outside, so it works in the program. */
#ifndef PN_CODEC_XLSX_WRITE_H
#define PN_CODEC_XLSX_WRITE_H

#include "base/buf.h"
#include "base/err.h"
#include "calendar/date.h"

enum { PN_XLSX_COLUMNS_MAX = 64, PN_XLSX_ROWS_MAX = 1048575 };

typedef struct pn_xlsx_writer pn_xlsx_writer;

/* `columns`: their names, ended by NULL. IO when there is no room for what it holds meanwhile (in
 * the system's folder of temporary files). */
PN_MUST_USE pn_err pn_xlsx_writer_new(const char *sheet, const char *const *columns,
                                      pn_xlsx_writer **ret_writer, pn_diag *diag);
/* NULL accepted; what was not given is dropped. */
void pn_xlsx_writer_free(pn_xlsx_writer *writer);

/* The next cell of the row; at most PN_XLSX_COLUMNS_MAX a row. */
void pn_xlsx_put(pn_xlsx_writer *writer, pn_str text); /* at most 32,767 characters are kept */
void pn_xlsx_put_int(pn_xlsx_writer *writer, int64_t value);
void pn_xlsx_put_date(pn_xlsx_writer *writer, pn_date day); /* PN_DATE_NONE: an empty cell */
/* Minor units, shown with the decimals of their currency. */
void pn_xlsx_put_amount(pn_xlsx_writer *writer, int64_t minor, unsigned decimals);
void pn_xlsx_end_row(pn_xlsx_writer *writer);

/* Ends the file and appends it to `out`; LIMIT past what that takes. The writer is only freed then.
 */
PN_MUST_USE pn_err pn_xlsx_finish(pn_xlsx_writer *writer, pn_buf *out, pn_diag *diag);

#endif
