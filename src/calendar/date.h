/* Civil days of the proleptic Gregorian calendar.
 *
 * A `pn_date` is a number of days since 1970-01-01: comparing and counting are integer arithmetic.
 * Conversion follows Howard Hinnant's days_from_civil. Supported: years 1 to 9999; a day outside
 * them is our own bug and ends the program, and arithmetic stops at both ends. */
#ifndef PN_CALENDAR_DATE_H
#define PN_CALENDAR_DATE_H

#include "base/buf.h"
#include "base/time.h"

typedef int32_t pn_date;

#define PN_DATE_NONE INT32_MIN
#define PN_DATE_FIRST INT32_C(-719162) /* 0001-01-01, a Monday */
#define PN_DATE_LAST INT32_C(2932896)  /* 9999-12-31 */

typedef struct {
    int32_t year;
    uint8_t month; /* 1–12 */
    uint8_t day;   /* 1–31 */
} pn_civil;

/* The day must exist (`pn_civil_valid`). */
pn_date pn_date_of(int32_t year, unsigned month, unsigned day);
/* NOT valid for PN_DATE_NONE. */
pn_civil pn_date_civil(pn_date date);
bool pn_civil_valid(int32_t year, unsigned month, unsigned day);
unsigned pn_month_days(int32_t year, unsigned month);

/* 0 Monday … 6 Sunday. Any number of days, also outside the supported years. */
unsigned pn_date_weekday(pn_date date);
/* The same day `months` later, or the month's last day where that day does not exist. */
pn_date pn_date_add_months(pn_date date, int months);
pn_date pn_date_month_end(pn_date date);

/* "YYYY-MM-DD" and nothing else. */
PN_MUST_USE pn_err pn_date_parse_iso(pn_str text, pn_date *ret_date);

/* By a format of YYYY or YY (00–68 → 2000s), M or MM, D or DD, MMM (month abbreviated in en, es or
 * pt, any case, point allowed), MMMM (in full); a format's H, HH, mm, ss are read and dropped;
 * other characters stand for themselves, letters in any case. One or two digits are accepted for M,
 * D and H, two are required for MM, DD, HH, mm, ss. White space around the text is dropped, and so
 * is a time of day behind the date ("2024-01-05 00:00:00", "…T00:00:00Z"), without regard to its
 * zone. INVALID otherwise; the diag names the text and the format. */
PN_MUST_USE pn_err pn_date_parse(pn_str text, pn_str format, pn_date *ret_date, pn_diag *diag);

/* Of our known formats the first that reads most of the `count` samples (empty ones do not count)
 * as days of the years 1900 to 2199; where D/M and M/D read as many, `ret_ambiguous` is true and
 * D/M is given. NOT_FOUND when none reads four of five, or all samples are empty. The format is a
 * constant. */
PN_MUST_USE pn_err pn_date_guess_format(const pn_str *samples, size_t count, pn_str *ret_format,
                                        bool *ret_ambiguous);

enum { PN_DATE_ISO_SIZE = 11 };
/* "YYYY-MM-DD" with a NUL; "-" for PN_DATE_NONE. Returns `out`. */
const char *pn_date_iso(pn_date date, char out[PN_DATE_ISO_SIZE]);
void pn_date_add_iso(pn_buf *buf, pn_date date);

/* What a person reads: "3 de marzo de 2026" (es), "3 March 2026" (en; "March 3, 2026" in the United
 * States and when the country is empty), "3 de março de 2026" (pt). `language` is a tag such as
 * "es" or "pt-BR"; ISO for a language we do not write. */
void pn_date_text_long(pn_buf *buf, pn_date date, pn_str language, pn_str country);
/* "03/03/2026", the day first; "3 Mar 2026" where a reader could take it for month first: in the
 * United States, and in English when the country is empty. ISO for a language we do not write. */
void pn_date_text_short(pn_buf *buf, pn_date date, pn_str language, pn_str country);
/* Names in es, en, pt: "martes", "marzo"; abbreviated: "mar", "mar". Empty for another language. */
pn_str pn_weekday_name(unsigned weekday, pn_str language, bool abbreviated);
pn_str pn_month_name(unsigned month, pn_str language, bool abbreviated);

#endif
