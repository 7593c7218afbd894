/* Dates and times by a strftime format. */
#ifndef PN_LIQUID_STRFTIME_H
#define PN_LIQUID_STRFTIME_H

#include "liquid/moment.h"

/* Appends the moment as `format` says: the directives, flags (- 0 ^ # _ :) and widths of Ruby's
 * Time#strftime. Names of days and months are the language's (English where it has none here), and
 * so are %x and %c. What is no directive stands for itself. */
void pn_liquid_strftime(pn_buf *buf, pn_liquid_moment moment, pn_str format, pn_str language);

#endif
