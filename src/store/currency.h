/* Currencies as they are kept: a code of three letters, or nothing where there is no money. */
#ifndef PN_STORE_CURRENCY_H
#define PN_STORE_CURRENCY_H

#include "base/money.h"
#include "store/db.h"

/* Of a column; none where it is empty or NULL. */
pn_currency pn_col_currency(pn_stmt *q, int column);
/* Of a code that is NUL-terminated, as sums keep it. */
pn_currency pn_currency_kept(const char code[4]);

#endif
