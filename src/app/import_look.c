/* What a file seems to be, before it is imported: from its beginning alone. */
#include "app/import_int.h"

#include "base/banned.h"

enum { LOOKED_AT = 1 << 20 };

/* Whole lines of the beginning. */
static pn_str beginning(pn_str bytes) {
    if (bytes.len <= LOOKED_AT) {
        return bytes;
    }
    size_t len = LOOKED_AT;
    while (len > 1 && bytes.ptr[len - 1] != '\n') {
        len--;
    }
    return pn_str_first(bytes, len > 1 ? len : LOOKED_AT);
}

static pn_err take_samples(pn_importer *importer, pn_import_peek *peek) {
    pn_csv_record record;
    for (size_t rows = 0; rows < PN_COUNT(peek->columns->samples);) {
        pn_diag diag = {0};
        pn_err err = pn_csv_next(&importer->csv, &record, &diag);
        if (err == PN_NOT_FOUND) {
            return PN_OK;
        }
        for (size_t i = 0; err == PN_OK && i < peek->column_count; i++) {
            pn_import_column *column = &peek->columns[i];
            column->samples[column->sample_count++] = pn_str_dup(
                importer->arena, pn_str_first(pn_str_trim(pn_csv_field(&record, i)), 200));
        }
        rows += err == PN_OK;
    }
    return PN_OK;
}

pn_err pn_import_look(pn_app *app, const pn_import_request *request, pn_arena *arena,
                      pn_import_peek *ret_peek, pn_diag *diag) {
    pn_import_request whole = *request;
    pn_import_report report = {0};
    pn_importer *importer = pn_arena_new(arena, pn_importer);
    whole.bytes = beginning(request->bytes);
    *importer = (pn_importer){
        .app = app, .request = &whole, .arena = arena, .report = &report, .diag = diag};
    *ret_peek = (pn_import_peek){0};
    pn_err err = pn_import_open(importer, true);
    if (err == PN_OK) {
        size_t count = importer->header.count;
        *ret_peek = (pn_import_peek){
            .separator = report.separator,
            .encoding = report.encoding,
            .date_format = importer->date_format,
            .decimal = report.decimal,
            .thousand = report.thousand,
            .date_ambiguous = report.date_ambiguous,
            .columns = pn_arena_array(arena, pn_import_column, count + 1),
            .column_count = count,
        };
        for (size_t i = 0; i < count; i++) {
            ret_peek->columns[i].name = importer->header.names[i];
            ret_peek->columns[i].field = pn_import_field_of(importer, i);
        }
        pn_import_missing(importer, &ret_peek->missing, &ret_peek->missing_count);
        err = take_samples(importer, ret_peek);
    }
    pn_import_close(importer);
    return err;
}
