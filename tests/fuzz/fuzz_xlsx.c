/* Fuzzes the reading of spreadsheets, libzip and libxml2 included: whatever the bytes are, what
 * comes out is CSV that our own reader takes. What stands in the zip is fuzzed too: a sheet's XML
 * is packed here, as mutations seldom make a zip that opens. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <libxml/parser.h>
#include <zip.h>

#include "base/utf8.h"
#include "codec/xlsx/read.h"
#include "format/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    xmlInitParser();
    return 0;
}

static void check(bool holds, const char *what) {
    if (!holds) {
        (void)fprintf(stderr, "%s\n", what);
        abort();
    }
}

static void check_csv(pn_str text) {
    pn_csv csv;
    pn_csv_record record;
    pn_diag diag = {0};
    const pn_csv_format format = {.encoding = PN_ENCODING_UTF8, .separator = ','};
    pn_err err = PN_OK;
    check(pn_utf8_valid(text), "not UTF-8");
    check(pn_csv_init(&csv, text, &format, &diag) == PN_OK, "no CSV");
    while ((err = pn_csv_next(&csv, &record, &diag)) == PN_OK || err == PN_LIMIT) {
    }
    check(err == PN_NOT_FOUND, diag.what);
    pn_csv_done(&csv);
}

static void read_book(pn_str bytes) {
    pn_arena arena;
    pn_buf csv;
    pn_xlsx_book book;
    pn_diag diag = {0};
    pn_arena_init(&arena, 0);
    pn_buf_init(&csv, 1 << 22);
    pn_err err = pn_xlsx_rows(bytes, PN_STR(""), &arena, &csv, &book, &diag);
    if (err == PN_OK) {
        check_csv(pn_buf_str(&csv));
    } else {
        check(diag.what[0] != '\0', "refused without a sentence");
    }
    pn_buf_done(&csv);
    pn_arena_done(&arena);
}

static void add(zip_t *zip, const char *path, const void *bytes, size_t size) {
    zip_source_t *source = zip_source_buffer(zip, bytes, size, 0);
    check(source != NULL && zip_file_add(zip, path, source, ZIP_FL_OVERWRITE) >= 0, "no zip");
    zip_int64_t last = zip_get_num_entries(zip, 0) - 1;
    (void)zip_set_file_compression(zip, (zip_uint64_t)last, ZIP_CM_STORE, 0);
}

/* The input as the one sheet of a workbook. */
static void read_as_sheet(const uint8_t *data, size_t size) {
    static const char BOOK[] = "<workbook><sheets><sheet name='a' id='r'/></sheets></workbook>";
    static const char LINKS[] =
        "<Relationships><Relationship Id='r' Type='/worksheet' Target='s.xml'/></Relationships>";
    static const char STRINGS[] = "<sst><si><t>a</t></si><si><t>b\n\"c\"</t></si></sst>";
    static const char STYLES[] =
        "<styleSheet><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='21'/>"
        "<xf numFmtId='10'/></cellXfs></styleSheet>";
    zip_error_t error;
    zip_stat_t stat;
    zip_error_init(&error);
    zip_source_t *target = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_source_keep(target);
    zip_t *zip = zip_open_from_source(target, ZIP_CREATE | ZIP_TRUNCATE, &error);
    check(zip != NULL, "no zip");
    add(zip, "[Content_Types].xml", "<T/>", 4);
    add(zip, "xl/workbook.xml", BOOK, sizeof BOOK - 1);
    add(zip, "xl/_rels/workbook.xml.rels", LINKS, sizeof LINKS - 1);
    add(zip, "xl/sharedStrings.xml", STRINGS, sizeof STRINGS - 1);
    add(zip, "xl/styles.xml", STYLES, sizeof STYLES - 1);
    add(zip, "xl/s.xml", data, size);
    check(zip_close(zip) == 0, "no zip");
    check(zip_source_open(target) == 0 && zip_source_stat(target, &stat) == 0, "no zip");
    char *bytes = malloc(stat.size); /* of exact size, for the sanitizer */
    check(zip_source_read(target, bytes, stat.size) == (zip_int64_t)stat.size, "no zip");
    (void)zip_source_close(target);
    zip_source_free(target);
    read_book((pn_str){bytes, stat.size});
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size >= 2 && data[0] == 'P' && data[1] == 'K') {
        char *copy = malloc(size);
        memcpy(copy, data, size);
        read_book((pn_str){copy, size});
        free(copy);
    } else {
        read_as_sheet(data, size);
    }
    return 0;
}
