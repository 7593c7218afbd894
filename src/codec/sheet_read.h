/* The helper puntual-sheet as seen from the program: a spreadsheet in, the rows of a sheet out. */
#ifndef PN_CODEC_SHEET_READ_H
#define PN_CODEC_SHEET_READ_H

#include "codec/helper.h"

typedef struct {
    pn_str csv;           /* as codec/xlsx/read.h says */
    pn_str sheet;         /* whose rows these are */
    const pn_str *sheets; /* the visible ones */
    size_t sheet_count;
} pn_xlsx_rows_read;

/* By content: a zip, or the older files of the same program, of which the helper says so. */
bool pn_xlsx_is(pn_str bytes);

/* `helper` is made with pn_helper_new(env, "puntual-sheet", …). `sheet` is its name; empty: the
 * first visible one with rows. All of it lives on `arena`. Errors are the helper's. */
PN_MUST_USE pn_err pn_xlsx_read(pn_helper *helper, pn_str bytes, pn_str sheet, pn_arena *arena,
                                pn_xlsx_rows_read *ret_rows, pn_diag *diag);

#endif
