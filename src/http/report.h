/* What the routes of reports share. */
#ifndef PN_HTTP_REPORT_H
#define PN_HTTP_REPORT_H

#include "app/figures.h"
#include "http/route.h"

/* "from", "to" and "creditor". */
extern const pn_shape PN_REPORT_SPAN[];

/* The creditor that is asked for, 0 for all; NOT_FOUND. */
PN_MUST_USE pn_err pn_report_creditor(pn_exchange *exchange, pn_id *ret_creditor);
/* The same; CONFLICT while the sums are being made anew. */
PN_MUST_USE pn_err pn_report_ready(pn_exchange *exchange, pn_id *ret_creditor);
/* The span; INVALID where it is none, or longer than a report's. */
PN_MUST_USE pn_err pn_report_days(pn_exchange *exchange, pn_date *ret_from, pn_date *ret_to);

/* Amount and count of each currency. */
void pn_put_monies(pn_json_writer *w, const char *key, const pn_figure_monies *monies);

#endif
