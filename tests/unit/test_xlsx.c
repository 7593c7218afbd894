/* Spreadsheets that arrived: the plain function behind puntual-sheet over workbooks made here by
 * hand, the program itself, and files that are made to hurt. */
#define _GNU_SOURCE /* clocks */
#include "unit.h"

#include <libxml/parser.h>
#include <zip.h>

#include "base/limits.h"
#include "codec/xlsx/read.h"
#include "codec/xlsx/sheet.h"
#include "codec/xlsx/style.h"
#include "codec/sheet_read.h"
#include "real_env.h"

static pn_arena arena;
static pn_buf csv, sheet_xml;
static pn_diag diag;
static pn_xlsx_book book;

static int set_up(void **state) {
    (void)state;
    pn_arena_init(&arena, 0);
    pn_buf_init(&csv, 1 << 24);
    pn_buf_init(&sheet_xml, 64U << 20);
    diag = (pn_diag){0};
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    pn_arena_done(&arena);
    pn_buf_done(&csv);
    pn_buf_done(&sheet_xml);
    return 0;
}

/* ── making workbooks ────────────────────────────────────────────────────────────────────────── */

typedef struct {
    const char *path, *text;
} entry;

#define SPREADSHEET "xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'"
#define RELATED "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#define TYPES                                                                                      \
    { "[Content_Types].xml", "<Types/>" }
#define ROOT                                                                                       \
    {                                                                                              \
        "_rels/.rels", "<Relationships><Relationship Id='a' Type='" RELATED                        \
                       "officeDocument' Target='xl/workbook.xml'/></Relationships>"                \
    }
#define BOOK_OF(settings, sheets)                                                                  \
    {                                                                                              \
        "xl/workbook.xml", "<workbook " SPREADSHEET " xmlns:r='urn:r'>" settings "<sheets>" sheets \
                           "</sheets></workbook>"                                                  \
    }
#define LINK(id, type, target)                                                                     \
    "<Relationship Id='" id "' Type='" RELATED type "' Target='" target "'/>"
#define LINKS(links)                                                                               \
    { "xl/_rels/workbook.xml.rels", "<Relationships>" links "</Relationships>" }
#define ONE_LINK LINKS(LINK("r1", "worksheet", "worksheets/sheet1.xml"))
#define ONE_SHEET BOOK_OF("", "<sheet name='Hoja1' sheetId='1' r:id='r1'/>")
#define SHEET_OF(rows) "<worksheet " SPREADSHEET "><sheetData>" rows "</sheetData></worksheet>"

static pn_str zipped(const entry *entries, size_t count) {
    zip_error_t error;
    zip_stat_t stat;
    zip_error_init(&error);
    zip_source_t *target = zip_source_buffer_create(NULL, 0, 0, &error);
    assert_non_null(target);
    zip_source_keep(target);
    zip_t *zip = zip_open_from_source(target, ZIP_CREATE | ZIP_TRUNCATE, &error);
    assert_non_null(zip);
    for (size_t i = 0; i < count; i++) {
        zip_source_t *source = zip_source_buffer(zip, entries[i].text, strlen(entries[i].text), 0);
        assert_true(zip_file_add(zip, entries[i].path, source, ZIP_FL_OVERWRITE) >= 0);
    }
    assert_int_equal(zip_close(zip), 0);
    assert_int_equal(zip_source_open(target), 0);
    assert_int_equal(zip_source_stat(target, &stat), 0);
    char *bytes = pn_arena_alloc(&arena, stat.size + 1);
    assert_int_equal(zip_source_read(target, bytes, stat.size), stat.size);
    (void)zip_source_close(target);
    zip_source_free(target);
    return (pn_str){bytes, stat.size};
}

static pn_err read_entries(const entry *entries, size_t count, const char *sheet) {
    pn_buf_clear(&csv);
    return pn_xlsx_rows(zipped(entries, count), pn_str_of(sheet), &arena, &csv, &book, &diag);
}

#define READ(...)                                                                                  \
    read_entries((const entry[]){__VA_ARGS__},                                                     \
                 sizeof((const entry[]){__VA_ARGS__}) / sizeof(entry), "")

static pn_err read_sheet(const char *rows) {
    pn_str xml = pn_str_format(
        &arena, "<worksheet " SPREADSHEET "><sheetData>%s</sheetData></worksheet>", rows);
    entry last = {"xl/worksheets/sheet1.xml", pn_str_z(&arena, xml)};
    return READ(TYPES, ROOT, ONE_SHEET, ONE_LINK, last);
}

#define CSV_IS(text) assert_str(pn_buf_str(&csv), text)

/* ── what is read ────────────────────────────────────────────────────────────────────────────── */

static void test_cells(void **state) {
    (void)state;
    assert_int_equal(
        READ(TYPES, ROOT, BOOK_OF("", "<sheet name='Ventas' sheetId='1' r:id='r1'/>"),
             LINKS(LINK("r1", "worksheet", "/xl/worksheets/sheet1.xml") LINK(
                 "r2", "sharedStrings", "sharedStrings.xml") LINK("r3", "styles", "styles.xml")),
             {"xl/sharedStrings.xml",
              "<sst><si><t>Factura</t></si><si><r><t>Im</t></r><r><t xml:space='preserve'>porte "
              "</t></r><rPh><t>no</t></rPh></si><si><t/></si><si><t>a &quot;b&quot;, "
              "c_x000D_\nd</t></si></sst>"},
             {"xl/styles.xml",
              "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='dd\\-mm\\-yyyy'/><numFmt "
              "numFmtId='165' formatCode='00000'/></numFmts><cellStyleXfs><xf "
              "numFmtId='14'/></cellStyleXfs><cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf "
              "numFmtId='164'/><xf numFmtId='165'/><xf numFmtId='10'/><xf "
              "numFmtId='22'/></cellXfs></styleSheet>"},
             {"xl/worksheets/sheet1.xml",
              SHEET_OF(
                  "<row r='2'><c r='A2' t='s'><v>0</v></c><c r='C2' t='s'><v>1</v></c></row>"
                  "<row r='4'><c r='A4' t='inlineStr'><is><t>F-1</t></is></c><c r='B4' s='1'>"
                  "<v>46082</v></c><c r='C4'><v>1234.5600000000001</v></c><c r='D4' t='s'>"
                  "<v>3</v></c></row>"
                  "<row r='5'><c r='A5' t='str'><f>A4&amp;\"x\"</f><v>F-1x</v></c><c r='B5' s='2'>"
                  "<f>TODAY()</f><v>46083</v></c><c r='C5' t='e'><v>#N/A</v></c><c r='D5' t='b'>"
                  "<v>1</v></c><c r='E5' s='3'><v>42</v></c><c r='F5' s='4'><v>0.21</v></c>"
                  "<c r='G5' s='5'><v>46082.604166666664</v></c><c r='H5' t='d'>"
                  "<v>2026-03-01T00:00:00</v></c></row>"
                  "<row r='6'><c r='A6' s='1'/><c r='B6' t='s'><v>2</v></c></row>"
                  "<row r='1048576'/>")}),
        PN_OK);
    CSV_IS("\n\"Factura\",,\"Importe\"\n\n"
           "\"F-1\",2026-03-01,1234.56,\"a \"\"b\"\", c, d\"\n"
           "\"F-1x\",2026-03-02,\"#N/A\",TRUE,00042,21%,2026-03-01 14:30:00,2026-03-01");
    assert_str(book.sheet, "Ventas");
    assert_int_equal(book.sheet_count, 1);
}

static void test_places_left_out(void **state) {
    (void)state;
    assert_int_equal(read_sheet("<row><c><v>1</v></c><c/><c><v>3</v></c></row><row r='3'>"
                                "<c r='B3'><v>2</v></c><c><v>4</v></c></row>"),
                     PN_OK);
    CSV_IS("1,,3\n\n,2,4");
}

#define DATED(settings)                                                                            \
    TYPES, ROOT, BOOK_OF(settings, "<sheet name='H' sheetId='1' r:id='r1'/>"), ONE_LINK,           \
        {"xl/styles.xml", "<styleSheet><cellXfs><xf numFmtId='14'/></cellXfs></styleSheet>"}, {    \
        "xl/worksheets/sheet1.xml",                                                                \
            SHEET_OF("<row><c><v>1</v></c><c><v>59</v></c><c><v>61</v></c></row>")                 \
    }

static void test_calendars(void **state) {
    (void)state;
    assert_int_equal(READ(DATED("")), PN_OK);
    CSV_IS("1900-01-01,1900-02-28,1900-03-01");
    assert_int_equal(READ(DATED("<workbookPr date1904='1'/>")), PN_OK);
    CSV_IS("1904-01-02,1904-02-29,1904-03-02");
}

static void test_sheets(void **state) {
    (void)state;
    const entry entries[] = {
        TYPES,
        ROOT,
        BOOK_OF("", "<sheet name='Oculta' sheetId='1' state='hidden' r:id='r1'/>"
                    "<sheet name='Vacía' sheetId='2' r:id='r2'/>"
                    "<sheet name='Marzo' sheetId='3' r:id='r3'/>"
                    "<sheet name='Gráfico' sheetId='4' r:id='r4'/>"),
        LINKS(LINK("r1", "worksheet", "worksheets/a.xml") LINK(
            "r2", "worksheet", "worksheets/b.xml") LINK("r3", "worksheet", "worksheets/c.xml")
                  LINK("r4", "chartsheet", "chartsheets/d.xml")),
        {"xl/worksheets/a.xml", SHEET_OF("<row><c><v>1</v></c></row>")},
        {"xl/worksheets/b.xml", SHEET_OF("<row><c t='inlineStr'><is><t> </t></is></c></row>")},
        {"xl/worksheets/c.xml", SHEET_OF("<row><c><v>3</v></c></row>")},
    };
    assert_int_equal(read_entries(entries, PN_COUNT(entries), ""), PN_OK);
    CSV_IS("3");
    assert_str(book.sheet, "Marzo");
    assert_int_equal(book.sheet_count, 2);
    assert_str(book.sheets[0], "Vacía");
    assert_int_equal(read_entries(entries, PN_COUNT(entries), "oculta"), PN_OK);
    CSV_IS("1");
    assert_int_equal(read_entries(entries, PN_COUNT(entries), "Vacía"), PN_INVALID);
    assert_string_equal(diag.what, "The sheet “Vacía” is empty.");
    assert_int_equal(read_entries(entries, PN_COUNT(entries), "Abril"), PN_INVALID);
    assert_string_equal(diag.what, "The spreadsheet has no sheet “Abril”.");
    assert_string_equal(diag.mend, "It has: Oculta, Vacía, Marzo, Gráfico.");
}

static void test_merged(void **state) {
    (void)state;
    assert_int_equal(
        READ(TYPES, ROOT, ONE_SHEET, ONE_LINK,
             {"xl/worksheets/sheet1.xml",
              "<worksheet><sheetData><row r='1'><c r='A1'><v>1</v></c><c r='B1'><v>2</v></c></row>"
              "<row r='2'><c r='A2' t='inlineStr'><is><t>C-1</t></is></c><c "
              "r='B2'><v>5</v></c></row>"
              "<row r='3'><c r='A3'/><c r='B3'><v>6</v></c></row>"
              "<row r='4'><c r='A4'/><c r='B4'><v>7</v></c></row>"
              "<row r='5'><c r='A5'/><c r='B5'><v>8</v></c></row></sheetData>"
              "<mergeCells><mergeCell ref='A2:A4'/><mergeCell ref='C2:D2'/><mergeCell ref='x'/>"
              "</mergeCells></worksheet>"}),
        PN_OK);
    CSV_IS("1,2\n\"C-1\",5\n\"C-1\",6\n\"C-1\",7\n,8");
}

/* A sheet with merged cells is read twice, and unpacks to what it unpacks to. */
static void test_read_again(void **state) {
    (void)state;
    static const char SHEET[] =
        "<worksheet><sheetData><row r='1'><c r='A1'><v>1</v></c><c r='B1'><v>2</v></c></row>"
        "<row r='2'><c r='A2'/><c r='B2'><v>5</v></c></row></sheetData>"
        "<mergeCells><mergeCell ref='A1:A2'/></mergeCells></worksheet>";
    const entry entries[] = {TYPES, ROOT, ONE_SHEET, ONE_LINK, {"xl/worksheets/sheet1.xml", SHEET}};
    pn_xlsx_package package;
    int64_t rows = 0;
    assert_int_equal(pn_xlsx_package_open(zipped(entries, PN_COUNT(entries)), &package, &diag),
                     PN_OK);
    pn_xlsx_sheet sheet = {
        .package = &package, .path = "xl/worksheets/sheet1.xml", .arena = &arena, .diag = &diag};
    package.left_bytes = sizeof SHEET - 1;
    assert_int_equal(pn_xlsx_sheet_csv(&sheet, &csv, &rows), PN_OK);
    CSV_IS("1,2\n,5");
    pn_buf_clear(&csv);
    package.left_bytes = sizeof SHEET - 2;
    assert_int_equal(pn_xlsx_sheet_csv(&sheet, &csv, &rows), PN_LIMIT);
    pn_xlsx_package_close(&package);
}

static void assert_number(const char *raw, pn_xlsx_style style, const char *text) {
    assert_str(pn_xlsx_number_text(pn_str_of(raw), style, false, &arena), text);
}

static void test_numbers(void **state) {
    (void)state;
    const pn_xlsx_style plain = {0}, percent = {.shown = PN_XLSX_PERCENT},
                        date = {.shown = PN_XLSX_DATE}, hour = {.shown = PN_XLSX_TIME};
    assert_number("0.1", plain, "0.1");
    assert_number("0.30000000000000004", plain, "0.3");
    assert_number("99999999999999.995", plain, "100000000000000");
    assert_number("-1.5E-3", plain, "-0.0015");
    assert_number("1.2E+6", plain, "1200000");
    assert_number("000.500", plain, "0.5");
    assert_number("-0", plain, "0");
    assert_number("1E300", plain, "");
    assert_number("1E-300", plain, "");
    assert_number("12x", plain, "");
    assert_number("", plain, "");
    assert_number("0.105", percent, "10.5%");
    assert_number("2958465", date, "9999-12-31");
    assert_number("2958466", date, "2958466");
    assert_number("-1", date, "-1");
    assert_number("0", date, "0");
    assert_number("1.25", hour, "30:00:00");
}

static void assert_shown(const char *code, pn_xlsx_shown shown) {
    assert_int_equal(pn_xlsx_style_of(pn_str_of(code)).shown, shown);
}

static void test_formats(void **state) {
    (void)state;
    assert_shown("General", PN_XLSX_NUMBER);
    assert_shown("#,##0.00\\ \"días\"", PN_XLSX_NUMBER);
    assert_shown("[Red]0.00;[Blue]-0.00", PN_XLSX_NUMBER);
    assert_shown("_-* #,##0.00\\ [$€-C0A]_-", PN_XLSX_NUMBER);
    assert_shown("0.00E+00", PN_XLSX_NUMBER);
    assert_shown("d \"de\" mmmm", PN_XLSX_DATE);
    assert_shown("[$-C0A]mmm-yy;@", PN_XLSX_DATE);
    assert_shown("mmmm", PN_XLSX_DATE);
    assert_shown("yyyy-mm-dd hh:mm", PN_XLSX_DATE);
    assert_shown("hh:mm", PN_XLSX_TIME);
    assert_shown("[h]:mm:ss", PN_XLSX_TIME);
    assert_shown("0.0%", PN_XLSX_PERCENT);
    assert_shown("00000", PN_XLSX_ZEROS);
    assert_shown("0", PN_XLSX_NUMBER);
    assert_shown("\"", PN_XLSX_NUMBER);
    assert_shown("[", PN_XLSX_NUMBER);
    assert_shown("\\", PN_XLSX_NUMBER);
}

/* ── what is refused ─────────────────────────────────────────────────────────────────────────── */

static void assert_refused(pn_err err, pn_err expected, const char *what) {
    assert_int_equal(err, expected);
    assert_non_null(strstr(diag.what, what));
}

static void test_other_files(void **state) {
    (void)state;
    pn_str old = PN_STR("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and so on");
    assert_true(pn_xlsx_is(old));
    assert_refused(pn_xlsx_rows(old, PN_STR(""), &arena, &csv, &book, &diag), PN_INVALID, ".xls");
    assert_refused(READ({"content.xml", "<x/>"}), PN_INVALID, "OpenDocument");
    assert_refused(READ({"xl/workbook.bin", "x"}), PN_INVALID, ".xlsb");
    assert_refused(READ({"letter.txt", "x"}), PN_INVALID, "no spreadsheet");
    assert_refused(READ(TYPES), PN_INVALID, "no workbook");
    pn_str cut = zipped((const entry[]){TYPES, ROOT}, 2);
    cut.len -= 30;
    assert_refused(pn_xlsx_rows(cut, PN_STR(""), &arena, &csv, &book, &diag), PN_INVALID,
                   "damaged");
    assert_false(pn_xlsx_is(PN_STR("invoice;amount\n1;2\n")));
}

static void test_damaged(void **state) {
    (void)state;
    assert_refused(read_sheet("<row><c><v>1</v></row>"), PN_INVALID, "no XML");
    assert_refused(read_sheet("<row r='2'/><row r='1'><c><v>1</v></c></row>"), PN_INVALID,
                   "damaged");
    assert_refused(read_sheet("<row r='99999999999'/>"), PN_INVALID, "damaged");
    assert_refused(read_sheet("<row><c r='7'><v>1</v></c></row>"), PN_INVALID, "damaged");
    assert_refused(read_sheet("<row><c t='s'><v>0</v></c></row>"), PN_INVALID, "damaged");
    assert_refused(read_sheet("<row><c t='s'><v>-1</v></c></row>"), PN_INVALID, "damaged");
    assert_refused(read_sheet(""), PN_INVALID, "no visible sheet with rows");
    assert_refused(READ(TYPES, ROOT, ONE_SHEET, ONE_LINK), PN_INVALID, "damaged");
}

static void test_columns(void **state) {
    (void)state;
    assert_int_equal(read_sheet("<row><c r='A1'><v>1</v></c><c r='XFD1'/></row>"), PN_OK);
    CSV_IS("1");
    assert_refused(read_sheet("<row><c r='XFD1'><v>1</v></c></row>"), PN_LIMIT, "columns");
}

static void test_entities(void **state) {
    (void)state;
    assert_refused(
        READ(TYPES, ROOT, ONE_SHEET, ONE_LINK,
             {"xl/worksheets/sheet1.xml",
              "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><worksheet><sheetData>"
              "<row><c t='inlineStr'><is><t>&e;</t></is></c></row></sheetData></worksheet>"}),
        PN_INVALID, "entities");
    assert_int_equal(csv.len, 0);
}

static void test_bombs(void **state) {
    (void)state;
    pn_buf_add_z(&sheet_xml, "<worksheet><sheetData><row><c><v>1</v></c></row></sheetData>");
    while (sheet_xml.len < (32U << 20)) {
        pn_buf_add_z(&sheet_xml,
                     "                                                                ");
    }
    pn_buf_add_lit(&sheet_xml, "</worksheet>\0");
    entry bomb = {"xl/worksheets/sheet1.xml", sheet_xml.ptr};
    assert_refused(READ(TYPES, ROOT, ONE_SHEET, ONE_LINK, bomb), PN_LIMIT, "larger");
}

static void test_long_cell(void **state) {
    (void)state;
    pn_buf_add_z(&sheet_xml, "<worksheet><sheetData><row><c t='str'><v>");
    for (size_t i = 0; i < 200000; i++) {
        pn_buf_add_char(&sheet_xml, (char)('a' + i % 17));
    }
    pn_buf_add_lit(&sheet_xml, "</v></c></row></sheetData></worksheet>\0");
    entry one = {"xl/worksheets/sheet1.xml", sheet_xml.ptr};
    assert_refused(READ(TYPES, ROOT, ONE_SHEET, ONE_LINK, one), PN_INVALID, "more text");
}

static void test_more_than_kept(void **state) {
    (void)state;
    pn_buf few;
    pn_buf_init(&few, 16);
    pn_str file = zipped((const entry[]){TYPES,
                                         ROOT,
                                         ONE_SHEET,
                                         ONE_LINK,
                                         {"xl/worksheets/sheet1.xml",
                                          SHEET_OF("<row><c><v>123456789012345</v></c></row>"
                                                   "<row><c><v>123456789012345</v></c></row>")}},
                         5);
    assert_refused(pn_xlsx_rows(file, PN_STR(""), &arena, &few, &book, &diag), PN_LIMIT, "more");
    pn_buf_done(&few);
}

/* ── the program itself ──────────────────────────────────────────────────────────────────────── */

static void test_helper(void **state) {
    (void)state;
    pn_helper *helper = NULL;
    pn_xlsx_rows_read rows;
    const entry entries[] = {TYPES,
                             ROOT,
                             ONE_SHEET,
                             ONE_LINK,
                             {"xl/worksheets/sheet1.xml",
                              SHEET_OF("<row><c><v>1</v></c><c t='str'><v>ñ</v></c></row>")}};
    pn_str file = zipped(entries, PN_COUNT(entries));
    assert_int_equal(pn_helper_new(&REAL_ENV, "puntual-sheet", &helper, &diag), PN_OK);
    assert_int_equal(pn_xlsx_read(helper, PN_STR("PK\x03\x04"), PN_STR(""), &arena, &rows, &diag),
                     PN_INVALID);
    assert_int_equal(pn_xlsx_read(helper, file, PN_STR("Otra"), &arena, &rows, &diag), PN_INVALID);
    assert_string_equal(diag.mend, "It has: Hoja1.");
    assert_int_equal(pn_xlsx_read(helper, file, PN_STR(""), &arena, &rows, &diag), PN_OK);
    assert_str(rows.csv, "1,\"ñ\"");
    assert_str(rows.sheet, "Hoja1");
    assert_int_equal(rows.sheet_count, 1);
    pn_helper_free(helper);
}

int main(void) {
    xmlInitParser();
#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(cells),       TEST(places_left_out), TEST(calendars),      TEST(sheets),
        TEST(merged),      TEST(read_again),      TEST(numbers),        TEST(formats),
        TEST(other_files), TEST(damaged),         TEST(columns),        TEST(entities),
        TEST(bombs),       TEST(long_cell),       TEST(more_than_kept), TEST(helper),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    xmlCleanupParser();
    return failed;
}
