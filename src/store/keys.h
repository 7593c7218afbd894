/* Keys of an ERP, looked up many at a time: on a server a question is a round trip. */
#ifndef PN_STORE_KEYS_H
#define PN_STORE_KEYS_H

#include "store/db.h"

enum { PN_KEYS_A_LOOKUP = 1000 };

/* What is asked for, one behind the other; `found` gets the ids, 0 where there is none. */
typedef struct {
    pn_id creditors[PN_KEYS_A_LOOKUP];
    pn_str keys[PN_KEYS_A_LOOKUP];
    pn_id found[PN_KEYS_A_LOOKUP];
    size_t count;
} pn_key_lookup;

/* Of a database that is shared alone. */
PN_MUST_USE pn_err pn_debtor_keys_find(pn_db *db, pn_key_lookup *lookup);
PN_MUST_USE pn_err pn_invoice_keys_find(pn_db *db, pn_key_lookup *lookup);

#endif
