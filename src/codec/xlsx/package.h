/* The file behind an .xlsx: a zip of XML parts (ECMA-376, Office Open XML), with a bound on all
 * that a hostile one could make large. */
#ifndef PN_CODEC_XLSX_PACKAGE_H
#define PN_CODEC_XLSX_PACKAGE_H

#include <libxml/xmlreader.h>
#include <zip.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

typedef struct {
    zip_t *zip;
    uint64_t left_bytes; /* that may still be unpacked */
} pn_xlsx_package;

/* `bytes` must outlive it. INVALID for what is no zip, is locked, or is another program's file;
 * LIMIT past PN_LIMIT_SHEET_ENTRIES, PN_LIMIT_SHEET_BYTES or PN_LIMIT_SHEET_RATIO. After an error
 * there is nothing to close. */
PN_MUST_USE pn_err pn_xlsx_package_open(pn_str bytes, pn_xlsx_package *ret_package, pn_diag *diag);
void pn_xlsx_package_close(pn_xlsx_package *package);

/* One XML part, read node by node: nothing outside it is ever asked for, and one with a document
 * type (where entities are declared) is refused. */
typedef struct {
    pn_xlsx_package *package;
    zip_file_t *file;
    xmlTextReader *reader;
    bool too_large;
    pn_diag *diag;
} pn_xlsx_part;

/* NOT_FOUND, without a sentence, when there is no such part. */
PN_MUST_USE pn_err pn_xlsx_part_open(pn_xlsx_package *package, const char *path,
                                     pn_xlsx_part *ret_part, pn_diag *diag);
void pn_xlsx_part_close(pn_xlsx_part *part);

/* The next node. NOT_FOUND at the end; INVALID for what is no XML, LIMIT as above. */
PN_MUST_USE pn_err pn_xlsx_part_next(pn_xlsx_part *part);

/* Of the node just read. */
bool pn_xlsx_begins(const pn_xlsx_part *part, const char *element);
bool pn_xlsx_ends(const pn_xlsx_part *part, const char *element);
bool pn_xlsx_is_empty(const pn_xlsx_part *part);
/* Text between tags; none for any other node. Lives until the next node. */
pn_str pn_xlsx_text(const pn_xlsx_part *part);
/* An attribute by its name without prefix; on the arena, none where it is not there. */
pn_str pn_xlsx_attribute(const pn_xlsx_part *part, const char *name, pn_arena *arena);

#endif
