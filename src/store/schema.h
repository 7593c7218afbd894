/* The schema: numbered files, applied forward only.
 *
 * Applying twice changes nothing. An older program refuses a newer schema. */
#ifndef PN_STORE_SCHEMA_H
#define PN_STORE_SCHEMA_H

#include "store/db.h"

/* Brings the database to this program's schema in one transaction. CONFLICT with a sentence when it
 * is newer than the program knows. */
PN_MUST_USE pn_err pn_schema_migrate(pn_db *db, pn_time now, pn_diag *diag);

/* What a database is while a copy into it is not complete (app/copy.h): every program refuses it.
 */
enum { PN_SCHEMA_COPYING = 1 << 30 };

/* CONFLICT, with the sentence of pn_schema_migrate, for a schema that is newer than the program. */
pn_err pn_schema_refuse_newer(int64_t version, pn_diag *diag);

/* The database's schema number; 0 for an empty one. */
PN_MUST_USE pn_err pn_schema_version(pn_db *db, int64_t *ret_version);
/* The number this program writes. */
int64_t pn_schema_newest(void);

#endif
