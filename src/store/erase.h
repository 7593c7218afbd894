/* Deleting what is personal about a debtor, as the law lets them ask for. */
#ifndef PN_STORE_ERASE_H
#define PN_STORE_ERASE_H

#include "store/db.h"

/* What is still open with a debtor: then nothing is erased. */
typedef struct {
    int64_t invoices, runs, unapplied, tasks, messages;
} pn_open_things;

PN_MUST_USE pn_err pn_erase_open(pn_db *db, pn_id debtor_id, pn_open_things *ret_things);
/* True for one that was erased before. */
PN_MUST_USE pn_err pn_erase_done(pn_db *db, pn_id org_id, pn_id debtor_id, bool *ret_done);
/* `key` takes the place of the ERP's. NOT_FOUND for no debtor of the organization. */
PN_MUST_USE pn_err pn_erase_debtor(pn_db *db, pn_id org_id, pn_id debtor_id, pn_str key,
                                   pn_time at);

#endif
