/* puntual-pdf: answers block documents with PDFs (codec/pdf.h is its client). */
#include "base/banned.h"
#include "codec/pdf/write.h"
#include "codec/serve.h"

/* The line to a helper hands no state from `prepare` to `answer`. */
static pn_pdf_press *press;
static pn_err refused;
static pn_diag why;

static void prepare(void) {
    refused = pn_pdf_press_new(&press, &why);
}

static pn_err answer(const pn_str *parts, size_t count, pn_arena *arena, pn_helper_reply *reply,
                     pn_diag *diag) {
    if (refused != PN_OK) {
        *diag = why;
        return refused;
    }
    size_t pages = 0;
    PN_TRY(pn_pdf_write(press, parts, count, arena, &reply->parts[1], &pages, diag));
    reply->parts[0] = pn_str_format(arena, "{\"pages\":%zu}", pages);
    reply->count = 2;
    return PN_OK;
}

/* Fonts are read before the sandbox closes; the folder stays readable for those that are opened
 * again. */
static const char *const READS[] = {"/usr/share/fonts", NULL};

int main(void) {
    static const pn_helper_program PROGRAM = {
        .memory_max = (size_t)1 << 30, .reads = READS, .prepare = prepare, .answer = answer};
    return pn_helper_serve(&PROGRAM);
}
