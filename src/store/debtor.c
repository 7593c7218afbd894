#include "store/debtor.h"

#include "base/banned.h"

#define COLUMNS                                                                                    \
    "id, org_id, creditor_id, external_id, external_id_fold, name, name_fold, tax_id, kind,"       \
    " country, region, zone, language, owner, owner_fold, salesperson, salesperson_fold,"          \
    " parent_id, grace_days, payment_days, closed_months, channels, flags, promises_kept,"         \
    " promises_broken, barred_reason, barred_until, seq, wake_at, last_event_id, created_at"

static void read_debtor(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_debtor_row *)row = (pn_debtor_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .creditor_id = pn_col_int(q, 2),
        .external_id = pn_col_str_dup(q, 3, arena),
        .external_id_fold = pn_col_str_dup(q, 4, arena),
        .name = pn_col_str_dup(q, 5, arena),
        .name_fold = pn_col_str_dup(q, 6, arena),
        .tax_id = pn_col_str_dup(q, 7, arena),
        .kind = (pn_debtor_kind)pn_col_int(q, 8),
        .country = pn_col_str_dup(q, 9, arena),
        .region = pn_col_str_dup(q, 10, arena),
        .zone = pn_col_str_dup(q, 11, arena),
        .language = pn_col_str_dup(q, 12, arena),
        .owner = pn_col_str_dup(q, 13, arena),
        .owner_fold = pn_col_str_dup(q, 14, arena),
        .salesperson = pn_col_str_dup(q, 15, arena),
        .salesperson_fold = pn_col_str_dup(q, 16, arena),
        .parent_id = pn_col_int_or(q, 17, 0),
        .grace_days = (int32_t)pn_col_int(q, 18),
        .payment_days = (uint32_t)pn_col_int(q, 19),
        .closed_months = (uint16_t)pn_col_int(q, 20),
        .channels = (uint32_t)pn_col_int(q, 21),
        .flags = (uint32_t)pn_col_int(q, 22),
        .promises_kept = (int32_t)pn_col_int(q, 23),
        .promises_broken = (int32_t)pn_col_int(q, 24),
        .barred_reason = pn_col_str_dup(q, 25, arena),
        .barred_until = (pn_date)pn_col_int_or(q, 26, PN_DATE_NONE),
        .seq = pn_col_int(q, 27),
        .wake_at = pn_col_int(q, 28),
        .last_event_id = pn_col_int(q, 29),
        .created_at = pn_col_int(q, 30),
    };
}

/* Parameters 1 to 26 are what an import may change, 27 to 31 what only inserting sets. */
static void bind_debtor(pn_stmt *q, const pn_debtor_row *row) {
    pn_bind_int(q, 1, row->id);
    pn_bind_str(q, 2, row->external_id);
    pn_bind_str(q, 3, row->external_id_fold);
    pn_bind_str(q, 4, row->name);
    pn_bind_str(q, 5, row->name_fold);
    pn_bind_str(q, 6, row->tax_id);
    pn_bind_int(q, 7, row->kind);
    pn_bind_str(q, 8, row->country);
    pn_bind_str(q, 9, row->region);
    pn_bind_str(q, 10, row->zone);
    pn_bind_str(q, 11, row->language);
    pn_bind_str(q, 12, row->owner);
    pn_bind_str(q, 13, row->owner_fold);
    pn_bind_str(q, 14, row->salesperson);
    pn_bind_str(q, 15, row->salesperson_fold);
    pn_bind_int_or_null(q, 16, row->parent_id, 0);
    pn_bind_int(q, 17, row->grace_days);
    pn_bind_int(q, 18, row->payment_days);
    pn_bind_int(q, 19, row->closed_months);
    pn_bind_int(q, 20, row->channels);
    pn_bind_int(q, 21, row->flags);
    pn_bind_str(q, 22, row->barred_reason);
    pn_bind_int_or_null(q, 23, row->barred_until, PN_DATE_NONE);
}

pn_err pn_debtor_insert(pn_db *db, const pn_debtor_row *row) {
    pn_stmt *q = pn_db_stmt_many(
        db,
        "INSERT INTO debtor (" COLUMNS ") VALUES ($1, $24, $25, $2, $3, $4, $5, $6, $7, $8, $9,"
        " $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, 0, 0, $22, $23, 1, $26,"
        " 0, $27)",
        PN_PG("INSERT INTO debtor (" COLUMNS
              ") SELECT id, org_id, creditor_id, external_id, external_id_fold, name, name_fold, "
              "tax_id, kind, country, region, zone, language, owner, owner_fold, salesperson, "
              "salesperson_fold, parent_id, grace_days, payment_days, closed_months, channels, "
              "flags, 0, 0, barred_reason, barred_until, 1, wake_at, 0, created_at FROM unnest($1, "
              "$2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, "
              "$20, $21, $22, $23, $24, $25, $26, $27) AS v (id, external_id, external_id_fold, "
              "name, name_fold, tax_id, kind, country, region, zone, language, owner, owner_fold, "
              "salesperson, salesperson_fold, parent_id, grace_days, payment_days, closed_months, "
              "channels, flags, barred_reason, barred_until, org_id, creditor_id, wake_at, "
              "created_at)"));
    bind_debtor(q, row);
    pn_bind_int(q, 24, row->org_id);
    pn_bind_int(q, 25, row->creditor_id);
    pn_bind_int(q, 26, row->wake_at);
    pn_bind_int(q, 27, row->created_at);
    return pn_stmt_later(q, PN_ANY_ROWS);
}

pn_err pn_debtor_update(pn_db *db, const pn_debtor_row *row) {
    pn_stmt *q = pn_db_stmt(
        db, "UPDATE debtor SET external_id = $2, external_id_fold = $3, name = $4, name_fold = $5,"
            " tax_id = $6, kind = $7, country = $8, region = $9, zone = $10, language = $11,"
            " owner = $12, owner_fold = $13, salesperson = $14, salesperson_fold = $15,"
            " parent_id = $16, grace_days = $17, payment_days = $18, closed_months = $19,"
            " channels = $20, flags = $21, barred_reason = $22, barred_until = $23, seq = seq + 1"
            " WHERE id = $1");
    bind_debtor(q, row);
    return pn_stmt_run(q, NULL);
}

pn_err pn_debtor_get(pn_db *db, pn_id id, pn_arena *arena, pn_debtor_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM debtor WHERE id = $1");
    pn_bind_int(q, 1, id);
    PN_TRY(pn_row_next(q));
    read_debtor(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_debtor_range(pn_db *db, pn_id org_id, pn_id first, pn_id last, pn_arena *arena,
                       pn_debtor_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt_rows(db, "SELECT " COLUMNS " FROM debtor"
                                     " WHERE id BETWEEN $1 AND $2 AND +org_id = $3 ORDER BY id");
    pn_bind_int(q, 1, first);
    pn_bind_int(q, 2, last);
    pn_bind_int(q, 3, org_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_debtor_row), read_debtor, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

/* The name without the accents of our languages: neither database can take them off by itself. */
#define A(text)                                                                                    \
    "replace(replace(replace(replace(" text ", 'á', 'a'), 'à', 'a'), 'â', 'a'), 'ã', 'a')"
#define E(text) "replace(replace(replace(" text ", 'é', 'e'), 'è', 'e'), 'ê', 'e')"
#define I(text) "replace(" text ", 'í', 'i')"
#define O(text)                                                                                    \
    "replace(replace(replace(replace(" text ", 'ó', 'o'), 'ò', 'o'), 'ô', 'o'), 'õ', 'o')"
#define U(text) "replace(replace(" text ", 'ú', 'u'), 'ü', 'u')"
#define BARE_NAME "replace(replace(" A(E(I(O(U("name_fold"))))) ", 'ñ', 'n'), 'ç', 'c')"

pn_err pn_debtor_page(pn_db *db, pn_id org_id, pn_id after, const pn_debtor_filter *filter,
                      int64_t limit, pn_arena *arena, pn_debtor_row **ret_rows, size_t *ret_count) {
    /* a piece that can be taken out of a name is in it: the same on both databases */
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS
                                " FROM debtor WHERE org_id = $1 AND id > $2 AND archived_at IS NULL"
                                " AND ($3 = '' OR replace(" BARE_NAME ", $3, '') <> " BARE_NAME
                                " OR substr(external_id_fold, 1, length($9)) = $9"
                                " OR substr(tax_id, 1, length($4)) = $4)"
                                " AND ($5 = '' OR owner_fold = $5) AND ($6 = 0 OR parent_id = $6)"
                                " AND ($7 = 0 OR creditor_id = $7) ORDER BY id LIMIT $8");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, after);
    pn_bind_str(q, 3, filter->search);
    pn_bind_str(q, 4, filter->tax_id);
    pn_bind_str(q, 5, filter->owner_fold);
    pn_bind_int(q, 6, filter->parent_id);
    pn_bind_int(q, 7, filter->creditor_id);
    pn_bind_int(q, 8, limit);
    pn_bind_str(q, 9, filter->key_fold);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_debtor_row), read_debtor, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_debtor_of_ids(pn_db *db, pn_id org_id, const pn_id *ids, size_t count, pn_arena *arena,
                        pn_debtor_row **ret_rows, size_t *ret_count) {
    pn_stmt *q =
        pn_db_stmt(db, PN_PG("SELECT " COLUMNS " FROM debtor WHERE id = ANY ($1) AND org_id"
                             " = $2 ORDER BY id"));
    pn_bind_ids(q, 1, ids, count);
    pn_bind_int(q, 2, org_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_debtor_row), read_debtor, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_debtor_touch(pn_db *db, pn_id id, uint32_t flags_on, uint32_t flags_off) {
    pn_stmt *q = pn_db_stmt_many(
        db, "UPDATE debtor SET seq = seq + 1, flags = (flags | $2) & ~$3 WHERE id = $1",
        PN_PG("UPDATE debtor SET seq = debtor.seq + 1, flags = (debtor.flags | v.flags_on) & "
              "~v.flags_off FROM "
              "unnest($1, $2, $3) AS v (id, flags_on, flags_off) WHERE debtor.id = v.id"));
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, flags_on);
    pn_bind_int(q, 3, flags_off);
    return pn_stmt_later(q, PN_ANY_ROWS);
}

pn_err pn_debtor_set_wake(pn_db *db, pn_id id, pn_time wake_at) {
    pn_stmt *q = pn_db_stmt_many(db, "UPDATE debtor SET wake_at = $2 WHERE id = $1",
                                 PN_PG("UPDATE debtor SET wake_at = v.wake_at FROM unnest($1, $2) "
                                       "AS v (id, wake_at) WHERE debtor.id = v.id"));
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, wake_at);
    return pn_stmt_later(q, PN_ANY_ROWS);
}

pn_err pn_debtor_set_last_event(pn_db *db, pn_id id, pn_id event_id) {
    pn_stmt *q =
        pn_db_stmt_many(db, "UPDATE debtor SET last_event_id = $2 WHERE id = $1",
                        PN_PG("UPDATE debtor SET last_event_id = v.last_event_id FROM unnest($1, "
                              "$2) AS v (id, last_event_id) WHERE debtor.id = v.id"));
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, event_id);
    return pn_stmt_later(q, PN_ANY_ROWS);
}

pn_err pn_debtor_set_last_event_flags(pn_db *db, pn_id id, pn_id event_id, uint32_t flags_on) {
    pn_stmt *q = pn_db_stmt_many(
        db, "UPDATE debtor SET last_event_id = $2, flags = flags | $3 WHERE id = $1",
        PN_PG("UPDATE debtor SET last_event_id = v.last_event_id, flags = debtor.flags | v.flags_on"
              " FROM unnest($1, $2, $3) AS v (id, last_event_id, flags_on) WHERE debtor.id ="
              " v.id"));
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, event_id);
    pn_bind_int(q, 3, flags_on);
    return pn_stmt_later(q, PN_ANY_ROWS);
}

pn_err pn_debtor_set_channels(pn_db *db, pn_id id, uint32_t channels) {
    pn_stmt *q =
        pn_db_stmt_many(db, "UPDATE debtor SET channels = $2, seq = seq + 1 WHERE id = $1",
                        PN_PG("UPDATE debtor SET channels = v.channels, seq = debtor.seq + 1 FROM "
                              "unnest($1, $2) AS v (id, channels) WHERE debtor.id = v.id"));
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, channels);
    return pn_stmt_later(q, PN_ANY_ROWS);
}

pn_err pn_debtor_count_promise(pn_db *db, pn_id id, bool kept) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE debtor SET promises_kept = promises_kept + $2,"
                                " promises_broken = promises_broken + 1 - $2 WHERE id = $1");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, kept);
    return pn_stmt_run(q, NULL);
}

pn_err pn_debtor_bar(pn_db *db, pn_id id, pn_str reason, pn_date until, bool *ret_changed) {
    int64_t changes = 0;
    pn_stmt *q = pn_db_stmt(db, "UPDATE debtor SET barred_reason = $2, barred_until = $3,"
                                " seq = seq + 1 WHERE id = $1"
                                " AND (barred_reason <> $2 OR coalesce(barred_until, $4) <> $5)");
    pn_bind_int(q, 1, id);
    pn_bind_str(q, 2, reason);
    pn_bind_int_or_null(q, 3, until, PN_DATE_NONE);
    pn_bind_int(q, 4, PN_DATE_NONE);
    pn_bind_int(q, 5, until);
    PN_TRY(pn_stmt_run(q, &changes));
    *ret_changed = changes != 0;
    return PN_OK;
}

pn_err pn_debtor_due(pn_db *db, pn_id org_id, pn_time now, size_t max, pn_arena *arena,
                     pn_id **ret_ids, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT id FROM (SELECT id FROM debtor WHERE org_id = $1"
                                " AND wake_at <= $2 AND wake_at < 9223372036854775807"
                                " ORDER BY wake_at LIMIT $3) due ORDER BY id");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, now);
    pn_bind_int(q, 3, (int64_t)max);
    return pn_rows_ids(q, arena, ret_ids, ret_count);
}

/* ── locks ── */

pn_err pn_debtors_lock(pn_db *db, const pn_id *ids, size_t count) {
    if (!pn_db_is_shared(db) || count == 0) {
        return PN_OK;
    }
    pn_stmt *q = pn_db_stmt(db, PN_PG("SELECT count(*) FROM (SELECT id FROM debtor WHERE id ="
                                      " ANY ($1) ORDER BY id FOR NO KEY UPDATE) locked"));
    pn_bind_ids(q, 1, ids, count);
    PN_TRY(pn_row_next(q));
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_debtors_try_lock(pn_db *db, const pn_id *ids, size_t count, bool *ret_locked) {
    *ret_locked = true;
    if (!pn_db_is_shared(db) || count == 0) {
        return PN_OK;
    }
    pn_stmt *q = pn_db_stmt(db, PN_PG("SELECT count(*) FROM (SELECT id FROM debtor WHERE id ="
                                      " ANY ($1) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)"
                                      " locked"));
    pn_bind_ids(q, 1, ids, count);
    PN_TRY(pn_row_next(q));
    *ret_locked = pn_col_int(q, 0) == (int64_t)count;
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_debtors_lock_queued(pn_db *db, pn_id org_id, pn_id first, pn_id last) {
    if (!pn_db_is_shared(db)) {
        return PN_OK;
    }
    pn_stmt *q = pn_db_stmt(db, PN_PG("SELECT count(*) FROM (SELECT id FROM debtor WHERE id IN"
                                      " (SELECT debtor_id FROM message WHERE debtor_id BETWEEN $1"
                                      " AND $2 AND state = 0 AND org_id = $3) ORDER BY id"
                                      " FOR NO KEY UPDATE) locked"));
    pn_bind_int(q, 1, first);
    pn_bind_int(q, 2, last);
    pn_bind_int(q, 3, org_id);
    PN_TRY(pn_row_next(q));
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_debtors_lock_due(pn_db *db, const pn_id *ids, size_t count, pn_time now, pn_arena *arena,
                           pn_id **ret_ids, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, PN_PG("SELECT id FROM debtor WHERE id = ANY ($1) AND wake_at <= $2"
                                      " ORDER BY id FOR NO KEY UPDATE"));
    pn_bind_ids(q, 1, ids, count);
    pn_bind_int(q, 2, now);
    return pn_rows_ids(q, arena, ret_ids, ret_count);
}

pn_err pn_debtor_next_wake(pn_db *db, pn_id org_id, pn_time *ret_wake) {
    pn_stmt *q = pn_db_stmt(db, "SELECT min(wake_at) FROM debtor WHERE org_id = $1"
                                " AND wake_at < 9223372036854775807");
    pn_bind_int(q, 1, org_id);
    PN_TRY(pn_row_next(q));
    *ret_wake = pn_col_int_or(q, 0, PN_TIME_NEVER);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_debtor_seq(pn_db *db, pn_id id, int64_t *ret_seq) {
    pn_stmt *q = pn_db_stmt(db, "SELECT seq FROM debtor WHERE id = $1");
    pn_bind_int(q, 1, id);
    PN_TRY(pn_row_next(q));
    *ret_seq = pn_col_int(q, 0);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_debtor_by_key(pn_db *db, pn_id creditor_id, pn_str external_id, pn_id *ret_id) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT debtor_id FROM debtor_key WHERE creditor_id = $1 AND external_id = $2");
    pn_bind_int(q, 1, creditor_id);
    pn_bind_str(q, 2, external_id);
    PN_TRY(pn_row_next(q));
    *ret_id = pn_col_int(q, 0);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_debtor_key_insert(pn_db *db, pn_id org_id, pn_id creditor_id, pn_str external_id,
                            pn_id debtor_id) {
    pn_stmt *q = pn_db_stmt_many(db,
                                 "INSERT INTO debtor_key (creditor_id, external_id, org_id,"
                                 " debtor_id) VALUES ($1, $2, $3, $4)",
                                 PN_PG("INSERT INTO debtor_key (creditor_id, external_id, org_id, "
                                       "debtor_id) SELECT * FROM unnest($1, $2, $3, $4)"));
    pn_bind_int(q, 1, creditor_id);
    pn_bind_str(q, 2, external_id);
    pn_bind_int(q, 3, org_id);
    pn_bind_int(q, 4, debtor_id);
    return pn_stmt_later(q, PN_ANY_ROWS);
}
