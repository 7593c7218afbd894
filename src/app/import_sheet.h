/* Spreadsheets that are imported: their rows become the file, and all after it is one path. */
#ifndef PN_APP_IMPORT_SHEET_H
#define PN_APP_IMPORT_SHEET_H

#include "app/import.h"

typedef struct {
    pn_str sheet;         /* whose rows these are; empty: the file was no spreadsheet */
    const pn_str *sheets; /* that could be chosen */
    size_t sheet_count;
} pn_import_book;

/* Where the request's file is a spreadsheet, by its content, its rows take its place (`bytes`,
 * `from_sheet`, `original`), read in a helper process. `sheet` names one; empty: the first visible
 * one with rows. A sheet named for what is no spreadsheet is INVALID. */
PN_MUST_USE pn_err pn_import_unpack(const pn_env *env, pn_str sheet, pn_import_request *request,
                                    pn_arena *arena, pn_import_book *ret_book, pn_diag *diag);

/* The type of a file of such rows, where it is kept; and whether a file is one. */
#define PN_IMPORT_SHEET_TYPE "text/csv; from=xlsx"
bool pn_import_is_sheet(pn_str type);

/* ── for the parts of an import ── */

/* A spreadsheet's program shows an error in this cell: "#N/A", "#REF!". */
bool pn_import_is_error(pn_str value);

/* Whether the value is one that the sheet held as a number, date or truth value: `pn_xlsx_rows`
 * leaves only those without quotes. `value` is a view of the request's bytes, else false. */
bool pn_import_typed(const pn_import_request *request, pn_str value);

/* A number of a sheet as it is shown with so many decimals, half away from zero; others as they
 * are. On the arena. */
pn_str pn_import_shown(pn_str number, unsigned decimals, pn_arena *arena);

#endif
