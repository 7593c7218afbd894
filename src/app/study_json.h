/* What simulations and forecasts are written with. */
#ifndef PN_APP_STUDY_JSON_H
#define PN_APP_STUDY_JSON_H

#include "base/json.h"
#include "calendar/date.h"

void pn_study_begin_list(pn_json_writer *w, const char *key);
/* "2026-03-01"; "" where there is no day. */
void pn_study_put_date(pn_json_writer *w, const char *key, pn_date date);
/* Minor units as "1234.56". */
void pn_study_put_amount(pn_json_writer *w, const char *key, int64_t minor, unsigned decimals);
/* A share or a mean, to four decimals. */
void pn_study_put_number(pn_json_writer *writer, const char *key, double value);

#endif
