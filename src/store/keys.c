#include "store/keys.h"

#include "base/banned.h"

static pn_err find(pn_stmt *q, pn_key_lookup *lookup) {
    pn_id numbers[PN_KEYS_A_LOOKUP];
    for (size_t i = 0; i < lookup->count; i++) {
        numbers[i] = (pn_id)i;
        lookup->found[i] = 0;
    }
    pn_bind_ids(q, 1, lookup->creditors, lookup->count);
    pn_bind_texts(q, 2, lookup->keys, lookup->count);
    pn_bind_ids(q, 3, numbers, lookup->count);
    pn_err err;
    while ((err = pn_row_next(q)) == PN_OK) {
        lookup->found[pn_col_int(q, 0)] = pn_col_int(q, 1);
    }
    return err == PN_NOT_FOUND ? PN_OK : err;
}

pn_err pn_debtor_keys_find(pn_db *db, pn_key_lookup *lookup) {
    return find(
        pn_db_stmt(db, PN_PG("SELECT v.number, k.debtor_id FROM unnest($1, $2, $3) AS v"
                             " (creditor_id, external_id, number) JOIN debtor_key k ON"
                             " k.creditor_id = v.creditor_id AND k.external_id = v.external_id")),
        lookup);
}

pn_err pn_invoice_keys_find(pn_db *db, pn_key_lookup *lookup) {
    return find(
        pn_db_stmt(db, PN_PG("SELECT v.number, i.id FROM unnest($1, $2, $3) AS v"
                             " (creditor_id, external_id, number) JOIN invoice i ON"
                             " i.creditor_id = v.creditor_id AND i.external_id = v.external_id")),
        lookup);
}
