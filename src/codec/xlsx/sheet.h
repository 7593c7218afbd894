/* One sheet of a workbook as CSV (codec/xlsx/read.h says how it is written). */
#ifndef PN_CODEC_XLSX_SHEET_H
#define PN_CODEC_XLSX_SHEET_H

#include "base/buf.h"
#include "codec/xlsx/style.h"

typedef struct {
    const pn_str *items;
    size_t count;
} pn_xlsx_strings;

typedef struct {
    pn_xlsx_package *package;
    const char *path;
    pn_xlsx_strings shared;
    pn_xlsx_styles styles;
    bool from_1904;
    pn_arena *arena;
    pn_diag *diag;
} pn_xlsx_sheet;

/* `ret_rows`: those that have anything. */
PN_MUST_USE pn_err pn_xlsx_sheet_csv(const pn_xlsx_sheet *sheet, pn_buf *csv, int64_t *ret_rows);

/* The strings that cells name by number. */
PN_MUST_USE pn_err pn_xlsx_strings_read(pn_xlsx_package *package, const char *path, pn_arena *arena,
                                        pn_xlsx_strings *ret_strings, pn_diag *diag);

#endif
