/* Many networks, asked often: the addresses of data centres, whence programs follow links. */
#ifndef PN_HTTP_RANGES_H
#define PN_HTTP_RANGES_H

#include "base/str.h"

typedef struct pn_ranges pn_ranges;

/* One network a line, "203.0.113.0/24", "2001:db8::/32" or an address alone; what is behind “#” is
 * a remark, and empty lines are passed over. INVALID with the line; LIMIT beyond
 * PN_LIMIT_DATA_CENTRES of them. */
PN_MUST_USE pn_err pn_ranges_read(pn_str text, pn_ranges **ret_ranges, pn_diag *diag);
/* NULL accepted. */
void pn_ranges_free(pn_ranges *ranges);
/* Whether the address lies in one of them; false for what is no address, and of NULL. Any thread.
 */
bool pn_ranges_have(const pn_ranges *ranges, pn_str address);
size_t pn_ranges_count(const pn_ranges *ranges);

#endif
