/* What a cell's number stands for, by the format that it is shown in. */
#ifndef PN_CODEC_XLSX_STYLE_H
#define PN_CODEC_XLSX_STYLE_H

#include "codec/xlsx/package.h"

typedef enum {
    PN_XLSX_NUMBER = 0,
    PN_XLSX_DATE, /* a day, perhaps with a time */
    PN_XLSX_TIME, /* of a day, or a duration */
    PN_XLSX_PERCENT,
    PN_XLSX_ZEROS, /* shown with leading zeros: a code, not a quantity */
} pn_xlsx_shown;

typedef struct {
    pn_xlsx_shown shown;
    uint8_t digits; /* of PN_XLSX_ZEROS */
} pn_xlsx_style;

/* Of a format code (ECMA-376 part 1, 18.8.31): "dd/mm/yyyy", "#,##0.00 €", "00000". */
pn_xlsx_style pn_xlsx_style_of(pn_str code);

typedef struct {
    pn_xlsx_style *styles;
    size_t count;
} pn_xlsx_styles;

/* The cells' formats of the workbook; none where it has no such part. */
PN_MUST_USE pn_err pn_xlsx_styles_read(pn_xlsx_package *package, const char *path, pn_arena *arena,
                                       pn_xlsx_styles *ret_styles, pn_diag *diag);

/* The number as text: decimal without exponent, at the fifteen digits that spreadsheets keep; a
 * date "2026-03-01", with a time "2026-03-01 14:30:00"; "21%"; "00123". None for what is no number.
 * `raw` is what stands in the file: "46082", "1234.5600000000001", "1.5E-3". */
pn_str pn_xlsx_number_text(pn_str raw, pn_xlsx_style style, bool from_1904, pn_arena *arena);

#endif
