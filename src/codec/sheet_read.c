#include "codec/sheet_read.h"

#include "base/banned.h"
#include "base/json.h"

enum { READ_TIMEOUT_MS = 60000 };

bool pn_xlsx_is(pn_str bytes) {
    return pn_str_starts(bytes, PN_STR("PK\x03\x04")) ||
           pn_str_starts(bytes, PN_STR("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"));
}

pn_err pn_xlsx_read(pn_helper *helper, pn_str bytes, pn_str sheet, pn_arena *arena,
                    pn_xlsx_rows_read *ret_rows, pn_diag *diag) {
    pn_str parts[PN_HELPER_PARTS_MAX], question[] = {bytes, sheet};
    size_t count = 0;
    pn_json *told = NULL;
    PN_TRY(pn_helper_ask(helper, question, PN_COUNT(question), READ_TIMEOUT_MS, arena, parts,
                         &count, diag));
    const pn_json *sheets = NULL;
    if (count == 2 && pn_json_parse(parts[0], NULL, arena, &told, diag) == PN_OK) {
        sheets = pn_json_get(told, PN_STR("sheets"));
    }
    if (sheets == NULL || sheets->type != PN_JSON_ARRAY) {
        return pn_diag_set(diag, PN_CORRUPT, "The helper of spreadsheets is not of this release.");
    }
    pn_str *names = pn_arena_array(arena, pn_str, sheets->count + 1);
    for (uint32_t i = 0; i < sheets->count; i++) {
        names[i] = pn_json_text(&sheets->items[i], PN_STR_NONE);
    }
    *ret_rows = (pn_xlsx_rows_read){
        .csv = parts[1],
        .sheet = pn_json_text(pn_json_get(told, PN_STR("sheet")), PN_STR_NONE),
        .sheets = names,
        .sheet_count = sheets->count,
    };
    return PN_OK;
}
