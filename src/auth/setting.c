#include "auth/setting.h"

#include "base/banned.h"

pn_err pn_setting_get(pn_db *db, pn_id org_id, pn_str name, pn_arena *arena, pn_str *ret_value) {
    pn_stmt *q = pn_db_stmt(db, "SELECT value FROM org_setting WHERE org_id = $1 AND name = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_str(q, 2, name);
    pn_err err = pn_row_next(q);
    *ret_value = err == PN_OK ? pn_col_str_dup(q, 0, arena) : PN_STR_NONE;
    pn_stmt_reset(q);
    return err == PN_NOT_FOUND ? PN_OK : err;
}

static pn_err take_back(pn_db *db, pn_id org_id, pn_str name) {
    pn_stmt *q = pn_db_stmt(db, "DELETE FROM org_setting WHERE org_id = $1 AND name = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_str(q, 2, name);
    return pn_stmt_run(q, NULL);
}

pn_err pn_setting_put(pn_db *db, pn_id org_id, pn_str name, pn_str value, pn_time at) {
    if (value.len == 0) {
        return take_back(db, org_id, name);
    }
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO org_setting (org_id, name, value, updated_at) VALUES"
                                " ($1, $2, $3, $4) ON CONFLICT (org_id, name) DO UPDATE SET"
                                " value = excluded.value, updated_at = excluded.updated_at");
    pn_bind_int(q, 1, org_id);
    pn_bind_str(q, 2, name);
    pn_bind_str(q, 3, value);
    pn_bind_int(q, 4, at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_factor_wanted(pn_db *db, pn_id org_id, pn_role role, bool *ret_wanted) {
    pn_arena arena;
    pn_str value;
    pn_arena_init(&arena, 0);
    pn_err err = pn_setting_get(db, org_id, PN_STR("second_factor"), &arena, &value);
    if (err == PN_OK) {
        bool owner = role == PN_ROLE_OWNER || role == PN_ROLE_OPERATOR || role == PN_ROLES;
        *ret_wanted = pn_str_is(value, "everybody") || (owner && pn_str_is(value, "owners"));
    }
    pn_arena_done(&arena);
    return err;
}
