#include "store/setup.h"

#include "base/banned.h"

pn_err pn_channel_health_get(pn_db *db, pn_id org_id, pn_channel_kind channel, pn_arena *arena,
                             pn_channel_health *ret_health) {
    pn_channel_health health = {.tested_at = PN_TIME_NONE, .trouble_at = PN_TIME_NONE};
    pn_stmt *q = pn_db_stmt(db, "SELECT tested_at, trouble, trouble_at FROM channel_health"
                                " WHERE org_id = $1 AND channel = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, (int64_t)channel);
    pn_err err = pn_row_next(q);
    if (err == PN_OK) {
        health = (pn_channel_health){.tested_at = pn_col_int_or(q, 0, PN_TIME_NONE),
                                     .trouble = pn_col_str_dup(q, 1, arena),
                                     .trouble_at = pn_col_int_or(q, 2, PN_TIME_NONE)};
    }
    pn_stmt_reset(q);
    *ret_health = health;
    return err == PN_NOT_FOUND ? PN_OK : err;
}

pn_err pn_channel_health_tested(pn_db *db, pn_id org_id, pn_channel_kind channel, pn_time at) {
    pn_stmt *q = pn_db_stmt(
        db, "INSERT INTO channel_health (org_id, channel, tested_at, trouble, trouble_at)"
            " VALUES ($1,$2,$3,'',NULL) ON CONFLICT (org_id, channel) DO UPDATE SET"
            " tested_at = excluded.tested_at, trouble = '', trouble_at = NULL");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, (int64_t)channel);
    pn_bind_int(q, 3, at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_channel_health_trouble(pn_db *db, pn_id org_id, pn_channel_kind channel, pn_str trouble,
                                 pn_time at) {
    pn_stmt *q = pn_db_stmt(
        db, "INSERT INTO channel_health (org_id, channel, tested_at, trouble, trouble_at)"
            " VALUES ($1,$2,NULL,$3,$4) ON CONFLICT (org_id, channel) DO UPDATE SET"
            " trouble = excluded.trouble, trouble_at = excluded.trouble_at"
            " WHERE channel_health.trouble <> excluded.trouble");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, (int64_t)channel);
    pn_bind_str(q, 3, trouble);
    pn_bind_int(q, 4, at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_channel_health_forget(pn_db *db, pn_id org_id, pn_channel_kind channel) {
    pn_stmt *q = pn_db_stmt(db, "DELETE FROM channel_health WHERE org_id = $1 AND channel = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, (int64_t)channel);
    return pn_stmt_run(q, NULL);
}

static void read_day(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_closing_day *)row =
        (pn_closing_day){.day = (pn_date)pn_col_int(q, 0), .name = pn_col_str_dup(q, 1, arena)};
}

pn_err pn_closing_days(pn_db *db, pn_id org_id, pn_arena *arena, pn_closing_day **ret_days,
                       size_t *ret_count) {
    void *rows = NULL;
    pn_stmt *q = pn_db_stmt(db, "SELECT day, name FROM closing_day WHERE org_id = $1 ORDER BY day");
    pn_bind_int(q, 1, org_id);
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_closing_day), read_day, &rows, ret_count));
    *ret_days = rows;
    return PN_OK;
}

pn_err pn_closing_day_put(pn_db *db, pn_id org_id, const pn_closing_day *day) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO closing_day (org_id, day, name) VALUES ($1,$2,$3)"
                                " ON CONFLICT (org_id, day) DO UPDATE SET name = excluded.name");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, day->day);
    pn_bind_str(q, 3, day->name);
    return pn_stmt_run(q, NULL);
}

pn_err pn_closing_day_remove(pn_db *db, pn_id org_id, pn_date day) {
    pn_stmt *q = pn_db_stmt(db, "DELETE FROM closing_day WHERE org_id = $1 AND day = $2");
    int64_t changed = 0;
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, day);
    PN_TRY(pn_stmt_run(q, &changed));
    return changed != 0 ? PN_OK : PN_NOT_FOUND;
}
