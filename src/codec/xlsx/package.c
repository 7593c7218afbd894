#include "codec/xlsx/package.h"

#include <limits.h>

#include "base/banned.h"
#include "base/limits.h"

enum {
    READER_OPTIONS = XML_PARSE_NONET | XML_PARSE_COMPACT | XML_PARSE_NOERROR | XML_PARSE_NOWARNING
};

/* A part that is small may be packed as well as it likes. */
static const uint64_t SMALL_PART_BYTES = UINT64_C(1) << 24;

#define SAVE_AGAIN "Open it in your spreadsheet program and save it as .xlsx."

/* ── opening ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err too_large(pn_diag *diag) {
    pn_err err =
        pn_diag_set(diag, PN_LIMIT, "The spreadsheet is larger than what is unpacked here.");
    pn_diag_mend(diag, "Save the sheet as CSV, or leave out what need not be imported.");
    return err;
}

static pn_err check_entries(pn_xlsx_package *package, pn_diag *diag) {
    zip_int64_t count = zip_get_num_entries(package->zip, 0);
    uint64_t all = 0;
    if (count < 0 || count > PN_LIMIT_SHEET_ENTRIES) {
        return too_large(diag);
    }
    for (zip_int64_t i = 0; i < count; i++) {
        zip_stat_t stat;
        if (zip_stat_index(package->zip, (zip_uint64_t)i, 0, &stat) != 0 ||
            (stat.valid & ZIP_STAT_SIZE) == 0 || (stat.valid & ZIP_STAT_COMP_SIZE) == 0) {
            return pn_diag_set(diag, PN_INVALID, "The spreadsheet is damaged.");
        }
        bool bomb =
            stat.size > SMALL_PART_BYTES && stat.size / PN_LIMIT_SHEET_RATIO > stat.comp_size;
        if (bomb || stat.size > (uint64_t)PN_LIMIT_SHEET_BYTES) {
            return too_large(diag);
        }
        if ((stat.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 &&
            stat.encryption_method != ZIP_EM_NONE) {
            return pn_diag_refuse(diag, "", "The spreadsheet is locked with a password.",
                                  "Save it without one.");
        }
        all += stat.size;
    }
    return all > (uint64_t)PN_LIMIT_SHEET_BYTES ? too_large(diag) : PN_OK;
}

static bool has(pn_xlsx_package *package, const char *path) {
    return zip_name_locate(package->zip, path, ZIP_FL_NOCASE) >= 0;
}

static pn_err check_kind(pn_xlsx_package *package, pn_diag *diag) {
    if (has(package, "xl/workbook.bin")) {
        return pn_diag_refuse(diag, "", "This is a binary Excel workbook (.xlsb).", SAVE_AGAIN);
    }
    if (has(package, "[Content_Types].xml")) {
        return PN_OK;
    }
    if (has(package, "content.xml")) {
        return pn_diag_refuse(diag, "", "This is an OpenDocument file, not an .xlsx.", SAVE_AGAIN);
    }
    return pn_diag_refuse(diag, "", "This zip file is no spreadsheet.",
                          "Import an .xlsx, or the CSV that stands in the zip.");
}

pn_err pn_xlsx_package_open(pn_str bytes, pn_xlsx_package *ret_package, pn_diag *diag) {
    pn_xlsx_package package = {.left_bytes = (uint64_t)PN_LIMIT_SHEET_BYTES};
    zip_error_t error;
    if (pn_str_starts(bytes, PN_STR("\xD0\xCF\x11\xE0"))) {
        return pn_diag_refuse(diag, "", "This is an old Excel file (.xls), or one with a password.",
                              "Save it as .xlsx without a password, or as CSV.");
    }
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(bytes.ptr, bytes.len, 0, &error);
    package.zip = source == NULL ? NULL : zip_open_from_source(source, ZIP_RDONLY, &error);
    zip_error_fini(&error);
    if (package.zip == NULL) {
        zip_source_free(source);
        return pn_diag_refuse(diag, "", "The spreadsheet is damaged: it cannot be unpacked.",
                              SAVE_AGAIN);
    }
    pn_err err = check_entries(&package, diag);
    err = err == PN_OK ? check_kind(&package, diag) : err;
    if (err != PN_OK) {
        pn_xlsx_package_close(&package);
        return err;
    }
    *ret_package = package;
    return PN_OK;
}

void pn_xlsx_package_close(pn_xlsx_package *package) {
    zip_discard(package->zip);
    package->zip = NULL;
}

/* ── a part ──────────────────────────────────────────────────────────────────────────────────── */

static int read_some(void *context, char *out, int size) {
    pn_xlsx_part *part = context;
    zip_int64_t got = zip_fread(part->file, out, size < 0 ? 0 : (zip_uint64_t)size);
    if (got > 0 && (uint64_t)got > part->package->left_bytes) {
        part->too_large = true;
        return -1;
    }
    part->package->left_bytes -= got > 0 ? (uint64_t)got : 0;
    return got < 0 || got > INT_MAX ? -1 : (int)got;
}

pn_err pn_xlsx_part_open(pn_xlsx_package *package, const char *path, pn_xlsx_part *ret_part,
                         pn_diag *diag) {
    zip_int64_t index = zip_name_locate(package->zip, path, ZIP_FL_NOCASE);
    if (index < 0) {
        return PN_NOT_FOUND;
    }
    *ret_part = (pn_xlsx_part){.package = package,
                               .file = zip_fopen_index(package->zip, (zip_uint64_t)index, 0),
                               .diag = diag};
    if (ret_part->file == NULL) {
        return pn_diag_refuse(diag, path, "The spreadsheet is damaged.", SAVE_AGAIN);
    }
    ret_part->reader = xmlReaderForIO(read_some, NULL, ret_part, NULL, NULL, READER_OPTIONS);
    if (ret_part->reader == NULL) {
        pn_xlsx_part_close(ret_part);
        return pn_diag_refuse(diag, path, "The spreadsheet is damaged.", SAVE_AGAIN);
    }
    return PN_OK;
}

void pn_xlsx_part_close(pn_xlsx_part *part) {
    xmlFreeTextReader(part->reader);
    if (part->file != NULL) {
        (void)zip_fclose(part->file);
    }
    *part = (pn_xlsx_part){0};
}

pn_err pn_xlsx_part_next(pn_xlsx_part *part) {
    int got = xmlTextReaderRead(part->reader);
    if (got == 0) {
        return PN_NOT_FOUND;
    }
    if (part->too_large) {
        return too_large(part->diag);
    }
    if (got < 0) {
        return pn_diag_refuse(part->diag, "", "The spreadsheet is damaged: a part of it is no XML.",
                              SAVE_AGAIN);
    }
    int type = xmlTextReaderNodeType(part->reader);
    if (type == XML_READER_TYPE_DOCUMENT_TYPE || type == XML_READER_TYPE_ENTITY_REFERENCE) {
        return pn_diag_refuse(part->diag, "", "The spreadsheet declares entities, which none does.",
                              SAVE_AGAIN);
    }
    return PN_OK;
}

static bool is_node(const pn_xlsx_part *part, int type, const char *element) {
    return xmlTextReaderNodeType(part->reader) == type &&
           strcmp((const char *)xmlTextReaderConstLocalName(part->reader), element) == 0;
}

bool pn_xlsx_begins(const pn_xlsx_part *part, const char *element) {
    return is_node(part, XML_READER_TYPE_ELEMENT, element);
}

bool pn_xlsx_ends(const pn_xlsx_part *part, const char *element) {
    return is_node(part, XML_READER_TYPE_END_ELEMENT, element);
}

bool pn_xlsx_is_empty(const pn_xlsx_part *part) {
    return xmlTextReaderIsEmptyElement(part->reader) == 1;
}

pn_str pn_xlsx_text(const pn_xlsx_part *part) {
    switch (xmlTextReaderNodeType(part->reader)) {
    case XML_READER_TYPE_TEXT:
    case XML_READER_TYPE_CDATA:
    case XML_READER_TYPE_WHITESPACE:
    case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
        return pn_str_of((const char *)xmlTextReaderConstValue(part->reader));
    default: return PN_STR_NONE;
    }
}

pn_str pn_xlsx_attribute(const pn_xlsx_part *part, const char *name, pn_arena *arena) {
    pn_str value = PN_STR_NONE;
    while (value.ptr == NULL && xmlTextReaderMoveToNextAttribute(part->reader) == 1) {
        if (strcmp((const char *)xmlTextReaderConstLocalName(part->reader), name) == 0) {
            value =
                pn_str_dup(arena, pn_str_of((const char *)xmlTextReaderConstValue(part->reader)));
        }
    }
    (void)xmlTextReaderMoveToElement(part->reader);
    return value;
}
