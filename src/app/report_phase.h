/* In which phase of its strategy money came. */
#ifndef PN_APP_REPORT_PHASE_H
#define PN_APP_REPORT_PHASE_H

#include "app/report.h"

/* Sums the payments by currency and by the phase in which the run stood that worked the invoice at
 * that moment: the invoice's own, else its account's. */
PN_MUST_USE pn_err pn_report_phases(pn_app *app, const pn_report_money *payments, size_t count,
                                    pn_arena *arena, pn_report_phase **ret_rows, size_t *ret_count);

#endif
