/* Every figure of the reports against the rows it leads to, read page by page. */
#ifndef PN_TESTS_ROWS_AGREE_H
#define PN_TESTS_ROWS_AGREE_H

#include "app/report_of.h"
#include "app_rig.h"

/* Fails where a figure of these days is not the sum of its rows; gives how many figures were not 0.
 */
size_t rows_agree(rig *r, const pn_report_of *of, pn_date from, pn_date to);

#endif
