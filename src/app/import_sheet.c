#include "app/import_sheet.h"

#include "base/banned.h"
#include "codec/sheet_read.h"

static pn_err read_sheet(const pn_env *env, pn_str bytes, pn_str sheet, pn_arena *arena,
                         pn_xlsx_rows_read *ret_rows, pn_diag *diag) {
    pn_helper *helper = NULL;
    pn_err err = pn_helper_new(env, "puntual-sheet", &helper, diag);
    if (err != PN_OK) {
        return err == PN_NOT_FOUND ? PN_IO : err; /* it is not the file that is missing */
    }
    err = pn_xlsx_read(helper, bytes, sheet, arena, ret_rows, diag);
    pn_helper_free(helper);
    return err;
}

pn_err pn_import_unpack(const pn_env *env, pn_str sheet, pn_import_request *request,
                        pn_arena *arena, pn_import_book *ret_book, pn_diag *diag) {
    pn_xlsx_rows_read rows;
    *ret_book = (pn_import_book){0};
    if (!pn_xlsx_is(request->bytes)) {
        return sheet.len == 0 ? PN_OK
                              : pn_diag_refuse(diag, "", "The file is no spreadsheet with sheets.",
                                               "Leave the sheet's name out.");
    }
    PN_TRY(read_sheet(env, request->bytes, sheet, arena, &rows, diag));
    request->original = request->bytes;
    request->bytes = rows.csv;
    request->from_sheet = true;
    *ret_book = (pn_import_book){rows.sheet, rows.sheets, rows.sheet_count};
    return PN_OK;
}

bool pn_import_is_sheet(pn_str type) {
    return pn_str_is(type, PN_IMPORT_SHEET_TYPE);
}

bool pn_import_is_error(pn_str value) {
    static const char *const ERRORS[] = {
        "#N/A",    "#REF!",  "#VALUE!", "#DIV/0!",   "#NAME?",    "#NUM!",        "#NULL!",
        "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#GETTING_DATA"};
    for (size_t i = 0; i < PN_COUNT(ERRORS) && pn_str_starts(value, PN_STR("#")); i++) {
        if (pn_str_eq(value, pn_str_of(ERRORS[i]))) {
            return true;
        }
    }
    return false;
}

bool pn_import_typed(const pn_import_request *request, pn_str value) {
    pn_str file = request->bytes;
    if (!request->from_sheet || value.len == 0 || value.ptr < file.ptr ||
        value.ptr + value.len > file.ptr + file.len) {
        return false;
    }
    char before = value.ptr == file.ptr ? '\n' : value.ptr[-1];
    return before == ',' || before == '\n';
}

/* One more in the last place. */
static pn_str one_up(char *text, size_t len, pn_arena *arena) {
    for (size_t i = len; i > 0; i--) {
        char *c = &text[i - 1];
        if (!pn_is_digit(*c)) {
            continue;
        }
        if (*c != '9') {
            (*c)++;
            return (pn_str){text, len};
        }
        *c = '0';
    }
    bool negative = len != 0 && text[0] == '-';
    return pn_str_format(arena, "%s1%.*s", negative ? "-" : "", (int)len - negative,
                         text + negative);
}

pn_str pn_import_shown(pn_str number, unsigned decimals, pn_arena *arena) {
    size_t point = pn_str_find_char(number, '.');
    if (point == SIZE_MAX || number.len - point - 1 <= decimals ||
        !pn_str_is_digits(pn_str_from(number, point + 1))) {
        return number;
    }
    bool up = number.ptr[point + 1 + decimals] >= '5';
    size_t len = decimals == 0 ? point : point + 1 + decimals;
    char *text = pn_arena_copy(arena, number.ptr, len);
    return up ? one_up(text, len, arena) : (pn_str){text, len};
}
