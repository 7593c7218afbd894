/* The state of one rendering, and what its parts share. */
#ifndef PN_LIQUID_RUN_H
#define PN_LIQUID_RUN_H

#include "base/limits.h"
#include "liquid/program.h"

/* A `for` that is running. A forloop value points here, so it lives as long as the rendering. */
typedef struct pn_liquid_loop {
    pn_liquid_value item;
    pn_liquid_value source;
    const struct pn_liquid_loop *parent;
    const pn_liquid_for *made_of;
    int64_t index, length;  /* within the part of `source` that is gone through */
    int64_t position, step; /* in `source`; the step is 1 or -1 */
} pn_liquid_loop;

typedef struct pn_liquid_run {
    const pn_liquid_template *template;
    const pn_liquid_context *context;
    pn_arena *arena;
    pn_buf *out;
    pn_diag *diag;
    pn_str language; /* the context's, or English: what money, numbers and names are written in */
    int64_t budget;  /* operations left */
    pn_buf scratch;  /* one text at a time is built here */
} pn_liquid_run;

/* An error of the template's author: sets the sentence; the place is added by the machine. */
PN_MUST_USE pn_err pn_liquid_fail(pn_liquid_run *run, const char *format, ...) PN_PRINTF(2, 3);
/* The same for a bound that was passed. */
PN_MUST_USE pn_err pn_liquid_over(pn_liquid_run *run, const char *format, ...) PN_PRINTF(2, 3);

/* Work costs operations: one for every instruction, item and 64 bytes of made text. That bounds
 * the memory too. */
PN_MUST_USE pn_err pn_liquid_broke(pn_liquid_run *run);
static inline PN_MUST_USE pn_err pn_liquid_charge(pn_liquid_run *run, uint64_t operations) {
    if (PN_UNLIKELY(operations > (uint64_t)run->budget)) {
        return pn_liquid_broke(run);
    }
    run->budget -= (int64_t)operations;
    return PN_OK;
}
static inline PN_MUST_USE pn_err pn_liquid_charge_bytes(pn_liquid_run *run, size_t bytes) {
    return pn_liquid_charge(run, 1 + bytes / 64);
}

/* Looking for one text in another, by memchr and memcmp: the product of the lengths counts. */
static inline PN_MUST_USE pn_err pn_liquid_charge_search(pn_liquid_run *run, size_t text_bytes,
                                                         size_t needle_bytes) {
    pn_uint128 work = (pn_uint128)text_bytes * needle_bytes / 4096 + text_bytes / 64;
    return pn_liquid_charge(run, work > UINT64_MAX ? UINT64_MAX : (uint64_t)work);
}

/* A text is built between these two: begin gives the emptied scratch buffer, end a copy of it on
 * the arena. LIMIT when it grew past what a template may make. */
pn_buf *pn_liquid_begin(pn_liquid_run *run);
PN_MUST_USE pn_err pn_liquid_end(pn_liquid_run *run, pn_str *ret_text);

#endif
