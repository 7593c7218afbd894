/* What the routes of reports share. */
#ifndef PN_HTTP_REPORT_H
#define PN_HTTP_REPORT_H

#include "app/figures.h"
#include "app/report_of.h"
#include "base/limits.h"
#include "http/route.h"

/* Whose figures are asked for: a creditor's, a segment's. */
#define PN_REPORT_CREDITOR                                                                         \
    { .name = "creditor", .type = PN_SHAPE_ID, .id_kind = PN_ID_CREDITOR }
#define PN_REPORT_SEGMENT                                                                          \
    {                                                                                              \
        .name = "segment", .type = PN_SHAPE_TEXT, .max = PN_LIMIT_SEGMENT_NAME_BYTES,              \
        .help = "only of the cases that fit this segment's rule today; counted from the facts, "   \
                "not from sums that are kept"                                                      \
    }
/* "from", "to" and those two. */
extern const pn_shape PN_REPORT_SPAN[];

/* What is asked for; NOT_FOUND. */
PN_MUST_USE pn_err pn_report_of_read(pn_exchange *exchange, pn_report_of *ret_of);
/* The same; CONFLICT while the sums are being made anew. */
PN_MUST_USE pn_err pn_report_ready(pn_exchange *exchange, pn_report_of *ret_of);
/* The span; INVALID where it is none, or longer than a report's. */
PN_MUST_USE pn_err pn_report_days(pn_exchange *exchange, pn_date *ret_from, pn_date *ret_to);

/* Amount and count of each currency. */
void pn_put_monies(pn_json_writer *w, const char *key, const pn_figure_monies *monies);

#endif
