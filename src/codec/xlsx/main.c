/* puntual-sheet: reads spreadsheets that came from outside (codec/sheet_read.h). */
#include <libxml/parser.h>

#include "base/banned.h"
#include "base/json.h"
#include "base/limits.h"
#include "codec/serve.h"
#include "codec/xlsx/read.h"

static void put_book(pn_buf *json, const pn_xlsx_book *book) {
    pn_json_writer w = pn_json_writer_on(json, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "sheet", book->sheet);
    pn_json_key(&w, PN_STR("sheets"));
    pn_json_begin_array(&w);
    for (size_t i = 0; i < book->sheet_count; i++) {
        pn_json_add_str(&w, book->sheets[i]);
    }
    pn_json_end_array(&w);
    pn_json_end_object(&w);
}

static pn_err answer(const pn_str *parts, size_t count, pn_arena *arena, pn_helper_reply *reply,
                     pn_diag *diag) {
    pn_xlsx_book book;
    pn_buf json, csv;
    if (count != 2) {
        return pn_diag_set(diag, PN_INVALID, "One spreadsheet at a time, and the sheet wanted.");
    }
    pn_buf_init(&json, 1 << 20);
    pn_buf_init(&csv, PN_LIMIT_HELPER_BYTES - (1 << 20));
    pn_err err = pn_xlsx_rows(parts[0], parts[1], arena, &csv, &book, diag);
    if (err == PN_OK) {
        put_book(&json, &book);
        reply->parts[0] = pn_str_dup(arena, pn_buf_str(&json));
        reply->parts[1] = pn_str_dup(arena, pn_buf_str(&csv));
        reply->count = 2;
    }
    pn_buf_done(&json);
    pn_buf_done(&csv);
    return err;
}

int main(void) {
    static const pn_helper_program PROGRAM = {
        .memory_max = (size_t)1 << 30,
        .prepare = xmlInitParser,
        .answer = answer,
    };
    return pn_helper_serve(&PROGRAM);
}
