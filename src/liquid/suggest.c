#include "liquid/suggest.h"

#include "base/banned.h"
#include "base/utf8.h"

pn_liquid_suggestion pn_liquid_suggest(pn_str word) {
    /* One slip in a short word, two in a longer one; more is another word. */
    return (pn_liquid_suggestion){.word = word,
                                  .distance = word.len < 2    ? 0
                                              : word.len <= 4 ? 2
                                                              : 3};
}

void pn_liquid_suggest_from(pn_liquid_suggestion *suggestion, pn_str candidate) {
    unsigned distance = pn_str_distance(suggestion->word, candidate);
    if (distance < suggestion->distance) {
        suggestion->distance = distance;
        suggestion->best = candidate;
    }
}

void pn_liquid_suggest_end(const pn_liquid_suggestion *suggestion, pn_diag *diag) {
    if (suggestion->best.len != 0) {
        pn_diag_mend(diag, "Did you mean “%.*s”?", PN_STR_ARG(suggestion->best));
    }
}

void pn_liquid_locate(pn_str source, size_t offset, unsigned *ret_line, unsigned *ret_column) {
    offset = PN_MIN(offset, source.len);
    unsigned line = 1;
    size_t start = 0;
    for (size_t i = 0; i < offset; i++) {
        if (source.ptr[i] == '\n') {
            line++;
            start = i + 1;
        }
    }
    *ret_line = line;
    *ret_column = (unsigned)pn_utf8_count((pn_str){source.ptr + start, offset - start}) + 1;
}

void pn_liquid_place(pn_diag *diag, pn_str source, size_t offset) {
    unsigned line = 0, column = 0;
    pn_liquid_locate(source, offset, &line, &column);
    pn_diag_where(diag, "line %u, column %u", line, column);
}
