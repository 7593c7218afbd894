/* The Date of a mail (RFC 5322, section 3.3, with the obsolete zones of 4.3). Pure. */
#ifndef PN_FORMAT_MAIL_DATE_H
#define PN_FORMAT_MAIL_DATE_H

#include "base/str.h"
#include "base/time.h"

/* "Mon, 9 Mar 2026 10:22:11 +0100", the day's name and the seconds may be absent, comments in
 * parentheses behind it too. Years 1990 to 2199. False for anything else. */
bool pn_mail_date(pn_str value, pn_time *ret_time);

#endif
