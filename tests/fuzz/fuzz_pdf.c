/* Fuzzes what a PDF is made from: the block document's JSON, its layout, and the drawing of what
 * came out; the first byte chooses a logo, cut from the input's end. Checked besides memory: every
 * document is refused with a sentence or becomes a file with as many pages as told; nothing is
 * placed below the foot of a page; the libraries never fail by themselves. */
#include <stdint.h>
#include <stdlib.h>

#include "base/limits.h"
#include "codec/pdf/layout.h"
#include "codec/pdf/write.h"
#include "pdf/leaks.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static pn_pdf_press *press;
static pn_pdf_type *type;

static void check(bool holds) {
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    check(pn_pdf_press_new(&press, NULL) == PN_OK && pn_pdf_type_new(&type, NULL) == PN_OK);
    return 0;
}

static void check_places(pn_str json, pn_arena *arena) {
    pn_pdf_doc doc;
    pn_pdf_layout layout;
    check(pn_pdf_doc_read(json, 2, arena, &doc, NULL) == PN_OK);
    if (pn_pdf_layout_make(&doc, type, 0, 0, arena, &layout, NULL) != PN_OK) {
        check(doc.logo != 0); /* the name stands in its place here, and may be too long */
        return;
    }
    check(layout.page_count >= 1 && layout.page_count <= PN_LIMIT_PDF_PAGES);
    for (size_t i = 0; i < layout.page_count; i++) {
        for (const pn_pdf_placed *on = layout.pages[i].first; on != NULL; on = on->next) {
            check(on->y >= 0 && on->y + on->piece->height <= layout.paper_height);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1 || size > 65536) {
        return 0;
    }
    size_t logo = PN_MIN((size_t)data[0] * 4, size - 1);
    pn_str parts[] = {{(const char *)data + 1, size - 1 - logo},
                      {(const char *)data + size - logo, logo}};
    pn_str pdf = PN_STR_NONE;
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_diag diag = {0};
    size_t pages = 0;
    pn_err err = pn_pdf_write(press, parts, 2, &arena, &pdf, &pages, &diag);
    check(err == PN_OK || err == PN_INVALID || err == PN_LIMIT);
    check((err == PN_OK) == (diag.what[0] == '\0') && (err == PN_OK) == (pages != 0));
    if (err == PN_OK) {
        check(pn_str_starts(pdf, PN_STR("%PDF-")) && pdf.len <= PN_LIMIT_PDF_BYTES);
        check_places(parts[0], &arena);
    }
    pn_arena_done(&arena);
    return 0;
}
