/* Segments: rules with a name, counted live, and used where cases are listed. */
#ifndef PN_APP_SEGMENTS_H
#define PN_APP_SEGMENTS_H

#include "app/cases.h"
#include "store/segment.h"

/* By name; NOT_FOUND with a sentence. */
PN_MUST_USE pn_err pn_segments_get(pn_app *app, pn_str name, pn_arena *arena,
                                   pn_segment_row *ret_row, pn_diag *diag);
/* Its rule, compiled for its subject. */
PN_MUST_USE pn_err pn_segments_rule(const pn_segment_row *row, pn_arena *arena,
                                    const pn_rule **ret_rule, pn_diag *diag);

/* Writes a segment under that name, a new one or over the one there is, in the transaction under
 * way. INVALID with a sentence for a name or a rule that is wrong: nothing changed. */
PN_MUST_USE pn_err pn_segments_put(pn_app *app, pn_str name, pn_subject subject, pn_str rule,
                                   pn_arena *arena, pn_segment_row *ret_row, pn_diag *diag);
/* Gives it another name, in the transaction under way. CONFLICT with a sentence where another one
 * has that: nothing changed. */
PN_MUST_USE pn_err pn_segments_rename(pn_app *app, pn_segment_row *row, pn_str name,
                                      pn_arena *arena, pn_diag *diag);
/* Nothing is listed under it any more. */
PN_MUST_USE pn_err pn_segments_remove(pn_app *app, pn_str name, pn_arena *arena, pn_diag *diag);

#endif
