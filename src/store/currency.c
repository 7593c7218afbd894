#include "store/currency.h"

#include "base/banned.h"

pn_currency pn_col_currency(pn_stmt *q, int column) {
    pn_str code = pn_col_str(q, column);
    pn_currency currency = {{0}};
    if (code.len == sizeof currency.code - 1) {
        memcpy(currency.code, code.ptr, code.len);
    }
    return currency;
}

pn_currency pn_currency_kept(const char code[4]) {
    pn_currency currency = {{0}};
    memcpy(currency.code, code, sizeof currency.code - 1);
    return currency;
}
