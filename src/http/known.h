/* Known: what was looked up once and does not become another: a creditor's organization.
 *
 * A table of fixed size in memory; who does not find a pair there asks the database and adds it,
 * over another one where need be. Any thread may. */
#ifndef PN_HTTP_KNOWN_H
#define PN_HTTP_KNOWN_H

#include "base/id.h"

typedef struct pn_known pn_known;

pn_known *pn_known_new(size_t places);
/* NULL accepted. */
void pn_known_free(pn_known *known);

/* 0: it is not known. */
pn_id pn_known_get(pn_known *known, pn_id id);
void pn_known_put(pn_known *known, pn_id id, pn_id of);

#endif
