#include "store/document.h"

#include "base/banned.h"

/* ── strategies ── */

#define STRATEGY_COLUMNS                                                                           \
    "id, org_id, name, kind, subject, priority, version_id, active, daily_max, stopped_on,"        \
    " created_at"

static void read_strategy(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_strategy_row *)row = (pn_strategy_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .name = pn_col_str_dup(q, 2, arena),
        .kind = (pn_flow_kind)pn_col_int(q, 3),
        .subject = (pn_subject)pn_col_int(q, 4),
        .priority = (int32_t)pn_col_int(q, 5),
        .version_id = pn_col_int(q, 6),
        .active = pn_col_int(q, 7) != 0,
        .daily_max = pn_col_int(q, 8),
        .stopped_on = (pn_date)pn_col_int_or(q, 9, PN_DATE_NONE),
        .created_at = pn_col_int(q, 10),
    };
}

pn_err pn_strategy_insert(pn_db *db, const pn_strategy_row *row) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO strategy (" STRATEGY_COLUMNS ") VALUES"
                                " ($1,$2,$3,$4,$5,$6,$7,$8,0,NULL,$9)");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_str(q, 3, row->name);
    pn_bind_int(q, 4, row->kind);
    pn_bind_int(q, 5, row->subject);
    pn_bind_int(q, 6, row->priority);
    pn_bind_int(q, 7, row->version_id);
    pn_bind_int(q, 8, row->active);
    pn_bind_int(q, 9, row->created_at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_strategy_update(pn_db *db, const pn_strategy_row *row) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE strategy SET kind = $2, subject = $3, priority = $4,"
                                " version_id = $5, active = $6 WHERE id = $1");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->kind);
    pn_bind_int(q, 3, row->subject);
    pn_bind_int(q, 4, row->priority);
    pn_bind_int(q, 5, row->version_id);
    pn_bind_int(q, 6, row->active);
    return pn_stmt_run(q, NULL);
}

pn_err pn_strategy_find(pn_db *db, pn_id org_id, pn_str name, pn_arena *arena,
                        pn_strategy_row *ret_row) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT " STRATEGY_COLUMNS " FROM strategy WHERE org_id = $1 AND name = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_str(q, 2, name);
    PN_TRY(pn_row_next(q));
    read_strategy(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_strategy_get(pn_db *db, pn_id id, pn_arena *arena, pn_strategy_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " STRATEGY_COLUMNS " FROM strategy WHERE id = $1");
    pn_bind_int(q, 1, id);
    PN_TRY(pn_row_next(q));
    read_strategy(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_strategy_stop(pn_db *db, pn_id id, pn_date day, bool *ret_stopped) {
    pn_stmt *q =
        pn_db_stmt(db, "UPDATE strategy SET stopped_on = $2 WHERE id = $1 AND stopped_on IS NULL");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, day);
    int64_t changed = 0;
    PN_TRY(pn_stmt_run(q, &changed));
    *ret_stopped = changed != 0;
    return PN_OK;
}

pn_err pn_strategy_go_on(pn_db *db, pn_id id) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE strategy SET stopped_on = NULL WHERE id = $1");
    pn_bind_int(q, 1, id);
    return pn_stmt_run(q, NULL);
}

pn_err pn_strategy_set_max(pn_db *db, pn_id id, int64_t daily_max) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE strategy SET daily_max = $2 WHERE id = $1");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, daily_max);
    return pn_stmt_run(q, NULL);
}

/* ── what they send ── */

static void read_day(pn_stmt *q, pn_arena *arena, void *row) {
    (void)arena;
    *(pn_strategy_day *)row = (pn_strategy_day){.day = (pn_date)pn_col_int(q, 0),
                                                .sent = pn_col_int(q, 1),
                                                .released = pn_col_int(q, 2) != 0};
}

pn_err pn_strategy_day_add(pn_db *db, pn_id org_id, pn_id strategy_id, pn_date day, int64_t sent,
                           int64_t allowed) {
    pn_stmt *q =
        pn_db_stmt(db, "INSERT INTO strategy_day (strategy_id, day, org_id, sent, released)"
                       " VALUES ($1,$2,$3,$4,0) ON CONFLICT (strategy_id, day)"
                       " DO UPDATE SET sent = strategy_day.sent + excluded.sent"
                       " WHERE excluded.sent < 0 OR strategy_day.sent + excluded.sent <= $5");
    pn_bind_int(q, 1, strategy_id);
    pn_bind_int(q, 2, day);
    pn_bind_int(q, 3, org_id);
    pn_bind_int(q, 4, sent);
    pn_bind_int(q, 5, allowed);
    int64_t changed = 0;
    PN_TRY(pn_stmt_run(q, &changed));
    return changed != 0 ? PN_OK : PN_RETRY;
}

pn_err pn_strategy_day_release(pn_db *db, pn_id org_id, pn_id strategy_id, pn_date day) {
    pn_stmt *q =
        pn_db_stmt(db, "INSERT INTO strategy_day (strategy_id, day, org_id, sent, released)"
                       " VALUES ($1,$2,$3,0,1) ON CONFLICT (strategy_id, day)"
                       " DO UPDATE SET released = 1");
    pn_bind_int(q, 1, strategy_id);
    pn_bind_int(q, 2, day);
    pn_bind_int(q, 3, org_id);
    return pn_stmt_run(q, NULL);
}

pn_err pn_strategy_day_list(pn_db *db, pn_id strategy_id, pn_date since, pn_arena *arena,
                            pn_strategy_day **ret_days, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT day, sent, released FROM strategy_day WHERE"
                                " strategy_id = $1 AND day >= $2 ORDER BY day DESC");
    pn_bind_int(q, 1, strategy_id);
    pn_bind_int(q, 2, since);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_strategy_day), read_day, &rows, ret_count));
    *ret_days = rows;
    return PN_OK;
}

pn_err pn_strategy_runs(pn_db *db, pn_id strategy_id, int64_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT count(*) FROM run WHERE status = 0 AND version_id IN"
                                " (SELECT id FROM strategy_version WHERE strategy_id = $1)");
    pn_bind_int(q, 1, strategy_id);
    PN_TRY(pn_row_next(q));
    *ret_count = pn_col_int(q, 0);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_strategy_list(pn_db *db, pn_id org_id, pn_arena *arena, pn_strategy_row **ret_rows,
                        size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " STRATEGY_COLUMNS " FROM strategy WHERE org_id = $1"
                                " AND archived_at IS NULL ORDER BY priority DESC, name");
    pn_bind_int(q, 1, org_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_strategy_row), read_strategy, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

#define VERSION_COLUMNS                                                                            \
    "id, org_id, strategy_id, version, document, hash, published_at, published_by"

static void read_version(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_version_row *)row = (pn_version_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .strategy_id = pn_col_int(q, 2),
        .version = pn_col_int(q, 3),
        .document = pn_col_str_dup(q, 4, arena),
        .hash = pn_col_str_dup(q, 5, arena),
        .published_at = pn_col_int(q, 6),
        .published_by = pn_col_str_dup(q, 7, arena),
    };
}

static void read_node_count(pn_stmt *q, pn_arena *arena, void *row) {
    (void)arena;
    *(pn_node_count *)row = (pn_node_count){
        .version_id = pn_col_int(q, 0),
        .node = (uint32_t)pn_col_int(q, 1),
        .runs = pn_col_int(q, 2),
    };
}

pn_err pn_strategy_node_counts(pn_db *db, pn_id strategy_id, pn_arena *arena,
                               pn_node_count **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT version_id, node, count(*) FROM run WHERE status = 0 AND version_id IN (SELECT"
            " id FROM strategy_version WHERE strategy_id = $1) GROUP BY version_id, node"
            " ORDER BY version_id, node");
    pn_bind_int(q, 1, strategy_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_node_count), read_node_count, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_version_insert(pn_db *db, const pn_version_row *row) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO strategy_version (" VERSION_COLUMNS ") VALUES"
                                " ($1,$2,$3,$4,$5,$6,$7,$8)");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_int(q, 3, row->strategy_id);
    pn_bind_int(q, 4, row->version);
    pn_bind_str(q, 5, row->document);
    pn_bind_blob(q, 6, row->hash.ptr, row->hash.len);
    pn_bind_int(q, 7, row->published_at);
    pn_bind_str(q, 8, row->published_by);
    return pn_stmt_run(q, NULL);
}

pn_err pn_version_get(pn_db *db, pn_id id, pn_arena *arena, pn_version_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " VERSION_COLUMNS " FROM strategy_version WHERE id = $1");
    pn_bind_int(q, 1, id);
    PN_TRY(pn_row_next(q));
    read_version(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_version_list(pn_db *db, pn_id strategy_id, pn_arena *arena, pn_version_row **ret_rows,
                       size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " VERSION_COLUMNS " FROM strategy_version"
                                " WHERE strategy_id = $1 ORDER BY version");
    pn_bind_int(q, 1, strategy_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_version_row), read_version, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

/* ── templates ── */

#define TEMPLATE_COLUMNS                                                                           \
    "id, org_id, family, version, purpose, document, hash, published_at, published_by"

static void read_template(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_template_row *)row = (pn_template_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .family = pn_col_str_dup(q, 2, arena),
        .version = pn_col_int(q, 3),
        .purpose = (pn_purpose)pn_col_int(q, 4),
        .document = pn_col_str_dup(q, 5, arena),
        .hash = pn_col_str_dup(q, 6, arena),
        .published_at = pn_col_int(q, 7),
        .published_by = pn_col_str_dup(q, 8, arena),
    };
}

pn_err pn_template_insert(pn_db *db, const pn_template_row *row) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO template (" TEMPLATE_COLUMNS ") VALUES"
                                " ($1,$2,$3,$4,$5,$6,$7,$8,$9)");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_str(q, 3, row->family);
    pn_bind_int(q, 4, row->version);
    pn_bind_int(q, 5, row->purpose);
    pn_bind_str(q, 6, row->document);
    pn_bind_blob(q, 7, row->hash.ptr, row->hash.len);
    pn_bind_int(q, 8, row->published_at);
    pn_bind_str(q, 9, row->published_by);
    return pn_stmt_run(q, NULL);
}

pn_err pn_template_list(pn_db *db, pn_id org_id, pn_arena *arena, pn_template_row **ret_rows,
                        size_t *ret_count) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT " TEMPLATE_COLUMNS " FROM template t WHERE org_id = $1 AND version ="
                       " (SELECT max(version) FROM template n WHERE n.org_id = t.org_id"
                       " AND n.family = t.family) ORDER BY family");
    pn_bind_int(q, 1, org_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_template_row), read_template, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_template_find(pn_db *db, pn_id org_id, pn_str family, int64_t version, pn_arena *arena,
                        pn_template_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " TEMPLATE_COLUMNS " FROM template WHERE org_id = $1"
                                " AND family = $2 AND ($3 = 0 OR version = $3)"
                                " ORDER BY version DESC LIMIT 1");
    pn_bind_int(q, 1, org_id);
    pn_bind_str(q, 2, family);
    pn_bind_int(q, 3, version);
    PN_TRY(pn_row_next(q));
    read_template(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

/* ── policies ── */

static void read_policy(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_policy_row *)row = (pn_policy_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .name = pn_col_str_dup(q, 2, arena),
        .version = pn_col_str_dup(q, 3, arena),
        .from_day = (int32_t)pn_col_int_or(q, 4, PN_DATE_NONE),
        .document = pn_col_str_dup(q, 5, arena),
        .published_at = pn_col_int(q, 6),
    };
}

pn_err pn_policy_insert(pn_db *db, const pn_policy_row *row) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO policy (id, org_id, name, version, from_day, document,"
                                " published_at) VALUES ($1,$2,$3,$4,$5,$6,$7)"
                                " ON CONFLICT (org_id, name, version) DO NOTHING");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_str(q, 3, row->name);
    pn_bind_str(q, 4, row->version);
    pn_bind_int_or_null(q, 5, row->from_day, PN_DATE_NONE);
    pn_bind_str(q, 6, row->document);
    pn_bind_int(q, 7, row->published_at);
    int64_t inserted = 0;
    PN_TRY(pn_stmt_run(q, &inserted));
    return inserted == 1 ? PN_OK : PN_CONFLICT;
}

pn_err pn_policy_list(pn_db *db, pn_id org_id, pn_arena *arena, pn_policy_row **ret_rows,
                      size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT id, org_id, name, version, from_day, document, published_at"
                                " FROM policy WHERE org_id = $1 ORDER BY name, id");
    pn_bind_int(q, 1, org_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_policy_row), read_policy, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

/* ── channels ── */

#define CHANNEL_COLUMNS "org_id, channel, driver, settings, sender, paused_reason, updated_at"

static void read_channel(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_channel_row *)row = (pn_channel_row){
        .org_id = pn_col_int(q, 0),
        .channel = (pn_channel_kind)pn_col_int(q, 1),
        .driver = pn_col_str_dup(q, 2, arena),
        .settings = pn_col_str_dup(q, 3, arena),
        .sender = pn_col_str_dup(q, 4, arena),
        .paused_reason = pn_col_str_dup(q, 5, arena),
        .updated_at = pn_col_int(q, 6),
    };
}

pn_err pn_channel_put(pn_db *db, const pn_channel_row *row) {
    pn_stmt *q = pn_db_stmt(
        db, "INSERT INTO channel_setting (" CHANNEL_COLUMNS ") VALUES ($1,$2,$3,$4,$5,$6,$7)"
            " ON CONFLICT (org_id, channel) DO UPDATE SET driver = excluded.driver,"
            " settings = excluded.settings, sender = excluded.sender,"
            " paused_reason = excluded.paused_reason, updated_at = excluded.updated_at");
    pn_bind_int(q, 1, row->org_id);
    pn_bind_int(q, 2, row->channel);
    pn_bind_str(q, 3, row->driver);
    pn_bind_str(q, 4, row->settings);
    pn_bind_str(q, 5, row->sender);
    pn_bind_str(q, 6, row->paused_reason);
    pn_bind_int(q, 7, row->updated_at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_channel_pause(pn_db *db, pn_id org_id, pn_channel_kind channel, pn_str reason) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE channel_setting SET paused_reason = $3"
                                " WHERE org_id = $1 AND channel = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, channel);
    pn_bind_str(q, 3, reason);
    return pn_stmt_run(q, NULL);
}

pn_err pn_channel_get(pn_db *db, pn_id org_id, pn_channel_kind channel, pn_arena *arena,
                      pn_channel_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " CHANNEL_COLUMNS " FROM channel_setting"
                                " WHERE org_id = $1 AND channel = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, channel);
    PN_TRY(pn_row_next(q));
    read_channel(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_channel_list(pn_db *db, pn_id org_id, pn_arena *arena, pn_channel_row **ret_rows,
                       size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " CHANNEL_COLUMNS " FROM channel_setting"
                                " WHERE org_id = $1 ORDER BY channel");
    pn_bind_int(q, 1, org_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_channel_row), read_channel, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}
