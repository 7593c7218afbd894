#include "codec/xlsx/read.h"

#include <libxml/xmlreader.h>
#include <zip.h>

#include "base/banned.h"
#include "base/limits.h"
#include "codec/xlsx/sheet.h"

enum { SHEETS_MAX = 1000, RELATIONS_MAX = 4000 };

typedef struct {
    pn_str name, relation;
    bool hidden;
} listed;

typedef struct {
    pn_str id, target;
    pn_str type; /* its last word: "worksheet", "sharedStrings" */
} relation;

typedef struct {
    pn_xlsx_package package;
    pn_arena *arena;
    pn_diag *diag;
    pn_str path; /* of the workbook */
    relation *relations;
    size_t relation_count, relation_capacity;
    listed *sheets;
    size_t sheet_count, sheet_capacity;
    bool from_1904;
} book;

static pn_err no_workbook(book *b) {
    return pn_diag_refuse(b->diag, "", "The file is no spreadsheet: it has no workbook.",
                          "Open it in your spreadsheet program and save it as .xlsx.");
}

static pn_str last_word(pn_str type) {
    size_t at = type.len;
    while (at > 0 && type.ptr[at - 1] != '/') {
        at--;
    }
    return pn_str_from(type, at);
}

/* A target is named from its part's folder, or from the root. */
static pn_str path_from(book *b, pn_str part, pn_str target) {
    pn_str folder = pn_str_first(part, part.len - last_word(part).len);
    if (pn_str_starts(target, PN_STR("/"))) {
        return pn_str_from(target, 1);
    }
    while (pn_str_starts(target, PN_STR("../")) && folder.len != 0) {
        target = pn_str_from(target, 3);
        folder.len--;
        folder.len -= last_word(folder).len;
    }
    return pn_str_format(b->arena, "%.*s%.*s", PN_STR_ARG(folder), PN_STR_ARG(target));
}

/* What `part` points to; nothing where it has no such list. */
static pn_err read_relations(book *b, pn_str part) {
    pn_xlsx_part reading;
    pn_str name = last_word(part);
    pn_str path = pn_str_format(b->arena, "%.*s_rels/%.*s.rels", (int)(part.len - name.len),
                                part.len == 0 ? "" : part.ptr, PN_STR_ARG(name));
    b->relation_count = 0;
    pn_err err = pn_xlsx_part_open(&b->package, pn_str_z(b->arena, path), &reading, b->diag);
    if (err != PN_OK) {
        return err == PN_NOT_FOUND ? PN_OK : err;
    }
    while ((err = pn_xlsx_part_next(&reading)) == PN_OK) {
        if (pn_xlsx_begins(&reading, "Relationship") && b->relation_count < RELATIONS_MAX) {
            b->relations = pn_arena_grow(b->arena, b->relations, b->relation_count,
                                         &b->relation_capacity, sizeof *b->relations);
            b->relations[b->relation_count++] = (relation){
                .id = pn_xlsx_attribute(&reading, "Id", b->arena),
                .target = path_from(b, part, pn_xlsx_attribute(&reading, "Target", b->arena)),
                .type = last_word(pn_xlsx_attribute(&reading, "Type", b->arena)),
            };
        }
    }
    pn_xlsx_part_close(&reading);
    return err == PN_NOT_FOUND ? PN_OK : err;
}

static pn_str related(const book *b, const char *type, pn_str otherwise) {
    for (size_t i = 0; i < b->relation_count; i++) {
        if (pn_str_eq(b->relations[i].type, pn_str_of(type))) {
            return b->relations[i].target;
        }
    }
    return otherwise;
}

static pn_err read_workbook(book *b) {
    pn_xlsx_part part;
    pn_err err = pn_xlsx_part_open(&b->package, pn_str_z(b->arena, b->path), &part, b->diag);
    if (err != PN_OK) {
        return err == PN_NOT_FOUND ? no_workbook(b) : err;
    }
    while ((err = pn_xlsx_part_next(&part)) == PN_OK) {
        if (pn_xlsx_begins(&part, "workbookPr")) {
            pn_str from = pn_xlsx_attribute(&part, "date1904", b->arena);
            b->from_1904 = pn_str_is(from, "1") || pn_str_is(from, "true");
        } else if (pn_xlsx_begins(&part, "sheet") && b->sheet_count < SHEETS_MAX) {
            pn_str state = pn_xlsx_attribute(&part, "state", b->arena);
            b->sheets = pn_arena_grow(b->arena, b->sheets, b->sheet_count, &b->sheet_capacity,
                                      sizeof *b->sheets);
            b->sheets[b->sheet_count++] = (listed){
                .name = pn_xlsx_attribute(&part, "name", b->arena),
                .relation = pn_xlsx_attribute(&part, "id", b->arena),
                .hidden = state.len != 0 && !pn_str_is(state, "visible"),
            };
        }
    }
    pn_xlsx_part_close(&part);
    return err == PN_NOT_FOUND ? PN_OK : err;
}

/* The part of a sheet; none for a chart. */
static pn_str part_of(const book *b, const listed *sheet) {
    for (size_t i = 0; i < b->relation_count; i++) {
        if (pn_str_eq(b->relations[i].id, sheet->relation)) {
            return pn_str_is(b->relations[i].type, "worksheet") ? b->relations[i].target
                                                                : PN_STR_NONE;
        }
    }
    return PN_STR_NONE;
}

static pn_err no_sheet(book *b, pn_str name) {
    pn_buf names;
    pn_err err =
        name.len != 0
            ? pn_diag_set(b->diag, PN_INVALID, "The spreadsheet has no sheet “%.*s”.",
                          PN_STR_ARG(name))
            : pn_diag_set(b->diag, PN_INVALID, "The spreadsheet has no visible sheet with rows.");
    pn_buf_init(&names, 200);
    for (size_t i = 0; i < b->sheet_count; i++) {
        pn_buf_add_format(&names, "%s%.*s", i == 0 ? "" : ", ", PN_STR_ARG(b->sheets[i].name));
    }
    pn_diag_mend(b->diag, "It has: %.*s.", PN_STR_ARG(pn_buf_str(&names)));
    pn_buf_done(&names);
    return err;
}

/* The sheet of that name, or the first visible one that has rows. */
static pn_err read_rows(book *b, pn_str name, pn_buf *csv, pn_str *ret_sheet) {
    pn_xlsx_sheet sheet = {
        .package = &b->package, .from_1904 = b->from_1904, .arena = b->arena, .diag = b->diag};
    pn_str strings = path_from(b, b->path, PN_STR("sharedStrings.xml"));
    pn_str styles = path_from(b, b->path, PN_STR("styles.xml"));
    PN_TRY(pn_xlsx_strings_read(&b->package,
                                pn_str_z(b->arena, related(b, "sharedStrings", strings)), b->arena,
                                &sheet.shared, b->diag));
    PN_TRY(pn_xlsx_styles_read(&b->package, pn_str_z(b->arena, related(b, "styles", styles)),
                               b->arena, &sheet.styles, b->diag));
    for (size_t i = 0; i < b->sheet_count; i++) {
        const listed *one = &b->sheets[i];
        pn_str part = part_of(b, one);
        int64_t rows = 0;
        if (part.len == 0 || (name.len != 0 ? !pn_str_eq_nocase(one->name, name) : one->hidden)) {
            continue;
        }
        sheet.path = pn_str_z(b->arena, part);
        PN_TRY(pn_xlsx_sheet_csv(&sheet, csv, &rows));
        if (rows != 0) {
            *ret_sheet = one->name;
            return PN_OK;
        }
        if (name.len != 0) {
            return pn_diag_set(b->diag, PN_INVALID, "The sheet “%.*s” is empty.", PN_STR_ARG(name));
        }
    }
    return no_sheet(b, name);
}

static void tell_sheets(const book *b, pn_xlsx_book *ret_book) {
    pn_str *names = pn_arena_array(b->arena, pn_str, b->sheet_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < b->sheet_count; i++) {
        if (!b->sheets[i].hidden && part_of(b, &b->sheets[i]).len != 0) {
            names[count++] = b->sheets[i].name;
        }
    }
    ret_book->sheets = names;
    ret_book->sheet_count = count;
}

static pn_err read_book(book *b, pn_str name, pn_buf *csv, pn_xlsx_book *ret_book) {
    PN_TRY(read_relations(b, PN_STR("")));
    b->path = related(b, "officeDocument", PN_STR("xl/workbook.xml"));
    PN_TRY(read_relations(b, b->path));
    PN_TRY(read_workbook(b));
    tell_sheets(b, ret_book);
    return read_rows(b, name, csv, &ret_book->sheet);
}

pn_err pn_xlsx_rows(pn_str bytes, pn_str sheet, pn_arena *arena, pn_buf *csv,
                    pn_xlsx_book *ret_book, pn_diag *diag) {
    book b = {.arena = arena, .diag = diag};
    *ret_book = (pn_xlsx_book){0};
    PN_TRY(pn_xlsx_package_open(bytes, &b.package, diag));
    pn_err err = read_book(&b, sheet, csv, ret_book);
    pn_xlsx_package_close(&b.package);
    return err;
}
