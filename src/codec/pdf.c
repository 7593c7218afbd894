#include "codec/pdf.h"

#include "base/banned.h"
#include "base/json.h"

enum { TIMEOUT_MS = 30000, BLOBS_MAX = 4 };

static pn_err bad_answer(pn_diag *diag) {
    return pn_diag_set(diag, PN_INVALID, "The helper that writes PDFs gave no document.");
}

pn_err pn_pdf_make(pn_helper *helper, pn_str json, const pn_str *blobs, size_t count,
                   pn_arena *arena, pn_str *ret_pdf, size_t *ret_pages, pn_diag *diag) {
    pn_str parts[1 + BLOBS_MAX] = {json}, answer[PN_HELPER_PARTS_MAX];
    size_t answered = 0;
    if (count > BLOBS_MAX) {
        return pn_diag_set(diag, PN_LIMIT, "A document may come with %d pictures, this has %zu.",
                           BLOBS_MAX, count);
    }
    for (size_t i = 0; i < count; i++) {
        parts[1 + i] = blobs[i];
    }
    PN_TRY(pn_helper_ask(helper, parts, 1 + count, TIMEOUT_MS, arena, answer, &answered, diag));
    if (answered != 2) {
        return bad_answer(diag);
    }
    pn_json *about = NULL;
    PN_TRY(pn_json_parse(answer[0], NULL, arena, &about, diag));
    int64_t pages = pn_json_int(pn_json_field(about, "pages"), 0);
    if (pages < 1 || !pn_str_starts(answer[1], PN_STR("%PDF-"))) {
        return bad_answer(diag);
    }
    *ret_pdf = answer[1];
    *ret_pages = (size_t)pages;
    return PN_OK;
}
