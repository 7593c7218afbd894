#include "store/webhook.h"

#include "base/banned.h"

#define COLUMNS                                                                                    \
    "id, org_id, url, events, private, generation, old_until, state, trouble, failing_since,"      \
    " created_at"

#define NOTIFIED "id, org_id, webhook_id, type, body, at, " PN_CALL_COLUMNS

#define WAITING                                                                                    \
    " FROM notification WHERE org_id = $1 AND webhook_id = $2 AND state = 0 AND lease_until <= $3"

#define DUE WAITING " AND due_at <= $4 ORDER BY due_at, id LIMIT 1"

const pn_call_texts PN_NOTIFICATION_CALLS = {
    .to = "SELECT webhook_id FROM notification WHERE org_id = $1 AND webhook_id > $2 AND state = 0"
          " ORDER BY webhook_id LIMIT 1",
    .next = "SELECT due_at" WAITING " ORDER BY due_at LIMIT 1",
    .due = PN_SQLITE("SELECT " NOTIFIED DUE),
    .due_pg = PN_PG("SELECT " NOTIFIED DUE " FOR UPDATE SKIP LOCKED"),
    .left = "UPDATE notification SET lease_until = 1 WHERE org_id = $1 AND state = 0"
            " AND lease_until > 1",
    .lease = "UPDATE notification SET lease_until = $3, attempts = attempts + 1"
             " WHERE org_id = $1 AND id = $2 AND state = 0 AND attempts = $4",
    .record = "UPDATE notification SET state = $3, due_at = $4, status = $5, reason = $6,"
              " settled_at = $7, lease_until = 0"
              " WHERE org_id = $1 AND id = $2 AND state = 0 AND attempts = $8",
};

const char *pn_notification_state_name(pn_notification_state state) {
    switch (state) {
    case PN_NOTIFICATION_WAITS: return "waits";
    case PN_NOTIFICATION_DELIVERED: return "delivered";
    case PN_NOTIFICATION_GIVEN_UP: return "given_up";
    case PN_NOTIFICATION_DROPPED: return "dropped";
    case PN_NOTIFICATION_STATES: break;
    }
    return "?";
}

/* ── webhooks ────────────────────────────────────────────────────────────────────────────────── */

static void read_webhook(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_webhook_row *)row = (pn_webhook_row){.id = pn_col_int(q, 0),
                                              .org_id = pn_col_int(q, 1),
                                              .url = pn_col_str_dup(q, 2, arena),
                                              .events = pn_col_str_dup(q, 3, arena),
                                              .private_too = pn_col_int(q, 4) != 0,
                                              .generation = pn_col_int(q, 5),
                                              .old_until = pn_col_int_or(q, 6, PN_TIME_NONE),
                                              .state = (pn_webhook_state)pn_col_int(q, 7),
                                              .trouble = pn_col_str_dup(q, 8, arena),
                                              .failing_since = pn_col_int_or(q, 9, PN_TIME_NONE),
                                              .created_at = pn_col_int(q, 10)};
}

pn_err pn_webhook_insert(pn_db *db, const pn_webhook_row *row) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO webhook (" COLUMNS
                                ") VALUES ($1,$2,$3,$4,$5,$6,NULL,0,'',NULL,$7)");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_str(q, 3, row->url);
    pn_bind_str(q, 4, row->events);
    pn_bind_int(q, 5, row->private_too);
    pn_bind_int(q, 6, row->generation);
    pn_bind_int(q, 7, row->created_at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_webhook_update(pn_db *db, const pn_webhook_row *row) {
    pn_stmt *q =
        pn_db_stmt(db, "UPDATE webhook SET url = $3, events = $4, private = $5, generation = $6,"
                       " old_until = $7, state = $8, trouble = $9, failing_since = $10"
                       " WHERE org_id = $1 AND id = $2");
    pn_bind_int(q, 1, row->org_id);
    pn_bind_int(q, 2, row->id);
    pn_bind_str(q, 3, row->url);
    pn_bind_str(q, 4, row->events);
    pn_bind_int(q, 5, row->private_too);
    pn_bind_int(q, 6, row->generation);
    pn_bind_int_or_null(q, 7, row->old_until, PN_TIME_NONE);
    pn_bind_int(q, 8, row->state);
    pn_bind_str(q, 9, row->trouble);
    pn_bind_int_or_null(q, 10, row->failing_since, PN_TIME_NONE);
    return pn_stmt_run(q, NULL);
}

pn_err pn_webhook_delete(pn_db *db, pn_id org_id, pn_id id) {
    int64_t changed = 0;
    pn_stmt *q = pn_db_stmt(db, "DELETE FROM notification WHERE org_id = $1 AND webhook_id = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, id);
    PN_TRY(pn_stmt_run(q, NULL));
    q = pn_db_stmt(db, "DELETE FROM webhook WHERE org_id = $1 AND id = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, id);
    PN_TRY(pn_stmt_run(q, &changed));
    return changed != 0 ? PN_OK : PN_NOT_FOUND;
}

pn_err pn_webhook_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena, pn_webhook_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM webhook WHERE org_id = $1 AND id = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, id);
    PN_TRY(pn_row_next(q));
    read_webhook(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_webhook_list(pn_db *db, pn_id org_id, pn_arena *arena, pn_webhook_row **ret_rows,
                       size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM webhook WHERE org_id = $1 ORDER BY id");
    void *rows = NULL;
    pn_bind_int(q, 1, org_id);
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_webhook_row), read_webhook, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

/* ── what they were told ─────────────────────────────────────────────────────────────────────── */

static void read_notification(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_notification_row *)row = (pn_notification_row){.id = pn_col_int(q, 0),
                                                        .org_id = pn_col_int(q, 1),
                                                        .webhook_id = pn_col_int(q, 2),
                                                        .type = pn_col_str_dup(q, 3, arena),
                                                        .body = pn_col_str_dup(q, 4, arena),
                                                        .at = pn_col_int(q, 5),
                                                        .call = pn_call_read(q, 6, arena)};
}

static pn_err read_notified(pn_stmt *q, pn_arena *arena, pn_notification_row **ret_rows,
                            size_t *ret_count) {
    void *rows = NULL;
    PN_TRY(
        pn_rows_read(q, arena, sizeof(pn_notification_row), read_notification, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_notification_insert(pn_db *db, const pn_notification_row *row) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO notification (" NOTIFIED
                                ") VALUES ($1,$2,$3,$4,$5,$6,0,$7,0,0,0,'',NULL)");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_int(q, 3, row->webhook_id);
    pn_bind_str(q, 4, row->type);
    pn_bind_str(q, 5, row->body);
    pn_bind_int(q, 6, row->at);
    pn_bind_int(q, 7, row->call.due_at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_notification_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena,
                           pn_notification_row *ret_row) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT " NOTIFIED " FROM notification WHERE org_id = $1 AND id = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, id);
    PN_TRY(pn_row_next(q));
    read_notification(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_notification_list(pn_db *db, pn_id org_id, pn_id webhook_id, int64_t limit,
                            pn_arena *arena, pn_notification_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " NOTIFIED " FROM notification WHERE org_id = $1"
                                " AND ($2 = 0 OR webhook_id = $2) ORDER BY id DESC LIMIT $3");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, webhook_id);
    pn_bind_int(q, 3, limit);
    return read_notified(q, arena, ret_rows, ret_count);
}

pn_err pn_notification_due(pn_db *db, pn_id org_id, const pn_call_to *to, pn_time now,
                           pn_time real_now, pn_arena *arena, pn_notification_row *ret_row) {
    pn_stmt *q = pn_call_due(db, &PN_NOTIFICATION_CALLS, org_id, to, now, real_now);
    PN_TRY(pn_row_next(q));
    read_notification(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_notification_record(pn_db *db, const pn_notification_row *row) {
    return pn_call_changed(
        pn_call_record(db, &PN_NOTIFICATION_CALLS, row->org_id, row->id, &row->call));
}

pn_err pn_notification_again(pn_db *db, pn_id org_id, pn_id id, pn_time due_at) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE notification SET state = 0, due_at = $3, lease_until = 0,"
                                " attempts = 0, settled_at = NULL WHERE org_id = $1 AND id = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, id);
    pn_bind_int(q, 3, due_at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_notification_drop(pn_db *db, pn_id org_id, pn_id webhook_id, pn_time at) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE notification SET state = 3, settled_at = $3,"
                                " lease_until = 0 WHERE org_id = $1 AND webhook_id = $2"
                                " AND state = 0");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, webhook_id);
    pn_bind_int(q, 3, at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_notification_forget(pn_db *db, pn_id org_id, pn_id webhook_id, pn_id before) {
    pn_stmt *q = pn_db_stmt(db, "DELETE FROM notification WHERE org_id = $1 AND webhook_id = $2"
                                " AND id < $3 AND state <> 0");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, webhook_id);
    pn_bind_int(q, 3, before);
    return pn_stmt_run(q, NULL);
}
