/* Connectors: other systems that an organization's cases ask. */
#ifndef PN_STORE_CONNECTOR_H
#define PN_STORE_CONNECTOR_H

#include "store/db.h"

typedef struct {
    pn_id id, org_id;
    pn_str name;
    pn_str settings; /* JSON; never a secret */
    pn_str trouble;
    pn_time used_at; /* PN_TIME_NONE: never */
    pn_time updated_at;
} pn_connector_row;

/* Makes it or replaces its settings; the id stays what it was. */
PN_MUST_USE pn_err pn_connector_put(pn_db *db, const pn_connector_row *row);
/* NOT_FOUND. */
PN_MUST_USE pn_err pn_connector_get(pn_db *db, pn_id org_id, pn_str name, pn_arena *arena,
                                    pn_connector_row *ret_row);
PN_MUST_USE pn_err pn_connector_list(pn_db *db, pn_id org_id, pn_arena *arena,
                                     pn_connector_row **ret_rows, size_t *ret_count);
/* NOT_FOUND. */
PN_MUST_USE pn_err pn_connector_remove(pn_db *db, pn_id org_id, pn_str name);
/* How its last request ended; an empty trouble: well. */
PN_MUST_USE pn_err pn_connector_used(pn_db *db, pn_id org_id, pn_str name, pn_str trouble,
                                     pn_time at);

#endif
