/* What shows for good that a transaction was committed: the block that its events are sealed in.
 * Whoever lost the answer to its COMMIT looks for it (store/db_pg_lost.c): the server's number of a
 * transaction may be somebody else's after a crash or a failover. */
#ifndef PN_STORE_DB_PROOF_H
#define PN_STORE_DB_PROOF_H

#include "base/hash.h"
#include "store/db.h"

/* The transaction under way writes this block. Its last operation: nothing undoes it alone. */
void pn_db_prove(pn_db *db, pn_id block, const pn_sha256 *hash);

#endif
