/* A report, printed. */
#ifndef PN_CLI_PRINT_REPORT_H
#define PN_CLI_PRINT_REPORT_H

#include "app/report.h"
#include "cli/out.h"

void pn_print_report(pn_out *out, const pn_report *report);

/* "1,234" */
pn_str pn_number_text(pn_out *out, int64_t value);
/* The same in a table; a number in JSON. */
void pn_cell_number(pn_out *out, int64_t value);

#endif
