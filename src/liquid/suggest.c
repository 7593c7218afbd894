#include "liquid/suggest.h"

#include "base/banned.h"
#include "base/utf8.h"

enum { WORD_MAX = 40 };

pn_liquid_suggestion pn_liquid_suggest(pn_str word) {
    /* One slip in a short word, two in a longer one; more is another word. */
    return (pn_liquid_suggestion){.word = word, .distance = word.len <= 4 ? 2 : 3};
}

/* Insertions, deletions, replacements, and swaps of neighbours, between two short words. */
static unsigned distance_of(pn_str a, pn_str b) {
    unsigned rows[3][WORD_MAX + 1];
    for (size_t j = 0; j <= b.len; j++) {
        rows[0][j] = (unsigned)j;
        rows[2][j] = 0;
    }
    unsigned *before = rows[2], *above = rows[0], *row = rows[1];
    for (size_t i = 1; i <= a.len; i++) {
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b.len; j++) {
            char x = pn_to_lower(a.ptr[i - 1]), y = pn_to_lower(b.ptr[j - 1]);
            unsigned cost = above[j - 1] + (x != y);
            cost = PN_MIN(cost, above[j] + 1);
            cost = PN_MIN(cost, row[j - 1] + 1);
            bool swapped =
                i > 1 && j > 1 && x == pn_to_lower(b.ptr[j - 2]) && y == pn_to_lower(a.ptr[i - 2]);
            row[j] = swapped ? PN_MIN(cost, before[j - 2] + 1) : cost;
        }
        unsigned *free_row = before;
        before = above;
        above = row;
        row = free_row;
    }
    return above[b.len];
}

void pn_liquid_suggest_from(pn_liquid_suggestion *suggestion, pn_str candidate) {
    if (suggestion->word.len > WORD_MAX || candidate.len > WORD_MAX || candidate.len == 0 ||
        suggestion->word.len < 2) {
        return;
    }
    unsigned distance = distance_of(suggestion->word, candidate);
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
