#include "store/received.h"

#include "base/banned.h"
#include "base/time.h"

static const char *const MATCHED[PN_MATCHED_KINDS] = {
    [PN_MATCHED_NONE] = "none",
    [PN_MATCHED_VERP] = "verp",
    [PN_MATCHED_MESSAGE_ID] = "message_id",
    [PN_MATCHED_REFERENCES] = "references",
    [PN_MATCHED_ADDRESS] = "address",
    [PN_MATCHED_PERSON] = "person",
};

static const char *const STATES[PN_RECEIVED_STATES] = {
    [PN_RECEIVED_UNMATCHED] = "unmatched",
    [PN_RECEIVED_MATCHED] = "matched",
    [PN_RECEIVED_IGNORED] = "ignored",
    [PN_RECEIVED_HANDLED] = "handled",
};

const char *pn_matched_name(pn_matched matched) {
    return MATCHED[matched];
}

const char *pn_received_state_name(pn_received_state state) {
    return STATES[state];
}

#define COLUMNS                                                                                    \
    "id, org_id, source_hash, source, uid, at, recorded_at, written_at, message_id, sender,"       \
    " sender_name, sent_to, subject, class, status, reason, recipient, text, suggestion, opt_out," \
    " matched_by, carrier_id, debtor_id, state, note"

static void read_mail(pn_stmt *q, pn_arena *arena, void *row) {
    pn_received_row *r = row;
    pn_str hash = pn_col_str(q, 2);
    *r = (pn_received_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .source = pn_col_str_dup(q, 3, arena),
        .uid = pn_col_int(q, 4),
        .at = pn_col_int(q, 5),
        .recorded_at = pn_col_int(q, 6),
        .written_at = pn_col_int_or(q, 7, PN_TIME_NONE),
        .message_id = pn_col_str_dup(q, 8, arena),
        .sender = pn_col_str_dup(q, 9, arena),
        .sender_name = pn_col_str_dup(q, 10, arena),
        .sent_to = pn_col_str_dup(q, 11, arena),
        .subject = pn_col_str_dup(q, 12, arena),
        .class = (int)pn_col_int(q, 13),
        .status = pn_col_str_dup(q, 14, arena),
        .reason = pn_col_str_dup(q, 15, arena),
        .recipient = pn_col_str_dup(q, 16, arena),
        .text = pn_col_str_dup(q, 17, arena),
        .suggestion = pn_col_str_dup(q, 18, arena),
        .opt_out = (int)pn_col_int(q, 19),
        .matched_by = (pn_matched)pn_col_int(q, 20),
        .carrier_id = pn_col_int(q, 21),
        .debtor_id = pn_col_int(q, 22),
        .state = (pn_received_state)pn_col_int(q, 23),
        .note = pn_col_str_dup(q, 24, arena),
    };
    memcpy(r->source_hash.bytes, hash.ptr, PN_MIN(hash.len, sizeof r->source_hash.bytes));
}

pn_err pn_received_insert(pn_db *db, const pn_received_row *row) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO received_mail (" COLUMNS ") VALUES ($1,$2,$3,$4,$5,$6,"
                                "$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,"
                                "$24,$25) ON CONFLICT DO NOTHING");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_blob(q, 3, row->source_hash.bytes, sizeof row->source_hash.bytes);
    pn_bind_str(q, 4, row->source);
    pn_bind_int(q, 5, row->uid);
    pn_bind_int(q, 6, row->at);
    pn_bind_int(q, 7, row->recorded_at);
    pn_bind_int_or_null(q, 8, row->written_at, PN_TIME_NONE);
    pn_bind_str(q, 9, row->message_id);
    pn_bind_str(q, 10, row->sender);
    pn_bind_str(q, 11, row->sender_name);
    pn_bind_str(q, 12, row->sent_to);
    pn_bind_str(q, 13, row->subject);
    pn_bind_int(q, 14, row->class);
    pn_bind_str(q, 15, row->status);
    pn_bind_str(q, 16, row->reason);
    pn_bind_str(q, 17, row->recipient);
    pn_bind_str(q, 18, row->text);
    pn_bind_str(q, 19, row->suggestion);
    pn_bind_int(q, 20, row->opt_out);
    pn_bind_int(q, 21, row->matched_by);
    pn_bind_int(q, 22, row->carrier_id);
    pn_bind_int(q, 23, row->debtor_id);
    pn_bind_int(q, 24, row->state);
    pn_bind_str(q, 25, row->note);
    int64_t changed = 0;
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 1 ? PN_OK : PN_CONFLICT;
}

pn_err pn_received_update(pn_db *db, const pn_received_row *row) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE received_mail SET matched_by = $2, carrier_id = $3,"
                                " debtor_id = $4, state = $5, note = $6 WHERE id = $1");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->matched_by);
    pn_bind_int(q, 3, row->carrier_id);
    pn_bind_int(q, 4, row->debtor_id);
    pn_bind_int(q, 5, row->state);
    pn_bind_str(q, 6, row->note);
    return pn_stmt_run(q, NULL);
}

pn_err pn_received_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena,
                       pn_received_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM received_mail"
                                " WHERE id = $1 AND org_id = $2");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, org_id);
    PN_TRY(pn_row_next(q));
    read_mail(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_received_by_hash(pn_db *db, pn_id org_id, const pn_sha256 *hash, pn_id *ret_id) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT id FROM received_mail WHERE org_id = $1 AND source_hash = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_blob(q, 2, hash->bytes, sizeof hash->bytes);
    PN_TRY(pn_row_next(q));
    *ret_id = pn_col_int(q, 0);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_received_has_twin(pn_db *db, const pn_received_row *row, bool *ret_has) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT COUNT(*) FROM received_mail WHERE org_id = $1 AND message_id = $2"
                       " AND message_id <> '' AND sender = $3 AND class = $4 AND text = $5"
                       " AND carrier_id = $6 AND debtor_id = $7 AND id <> $8");
    pn_bind_int(q, 1, row->org_id);
    pn_bind_str(q, 2, row->message_id);
    pn_bind_str(q, 3, row->sender);
    pn_bind_int(q, 4, row->class);
    pn_bind_str(q, 5, row->text);
    pn_bind_int(q, 6, row->carrier_id);
    pn_bind_int(q, 7, row->debtor_id);
    pn_bind_int(q, 8, row->id);
    PN_TRY(pn_row_next(q));
    *ret_has = pn_col_int(q, 0) > 0;
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_received_list(pn_db *db, pn_id org_id, const pn_received_filter *filter, pn_arena *arena,
                        pn_received_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM received_mail WHERE +org_id = $1"
                                " AND ($2 < 0 OR state = $2) AND ($3 < 0 OR class = $3)"
                                " AND ($4 = 0 OR debtor_id = $4) ORDER BY id DESC LIMIT $5");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, filter->state);
    pn_bind_int(q, 3, filter->class);
    pn_bind_int(q, 4, filter->debtor_id);
    pn_bind_int(q, 5, filter->limit);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof **ret_rows, read_mail, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_received_count(pn_db *db, pn_id org_id, pn_str recipient, int class, pn_time since,
                         int64_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT COUNT(*) FROM received_mail WHERE org_id = $1"
                                " AND recipient = $2 AND recipient <> '' AND at >= $3"
                                " AND class = $4 AND reason <> 'delayed'");
    pn_bind_int(q, 1, org_id);
    pn_bind_str(q, 2, recipient);
    pn_bind_int(q, 3, since);
    pn_bind_int(q, 4, class);
    PN_TRY(pn_row_next(q));
    *ret_count = pn_col_int(q, 0);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_received_count_class(pn_db *db, pn_id org_id, int class, pn_time since,
                               int64_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT COUNT(*) FROM received_mail WHERE org_id = $1"
                                " AND class = $2 AND at >= $3");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, class);
    pn_bind_int(q, 3, since);
    PN_TRY(pn_row_next(q));
    *ret_count = pn_col_int(q, 0);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_received_put_content(pn_db *db, pn_id org_id, pn_id mail_id, const pn_packed *content,
                               bool whole) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO received_content (mail_id, org_id, size, whole,"
                                " content) VALUES ($1,$2,$3,$4,$5)");
    pn_bind_int(q, 1, mail_id);
    pn_bind_int(q, 2, org_id);
    pn_bind_int(q, 3, content->size);
    pn_bind_int(q, 4, whole ? 1 : 0);
    pn_bind_blob(q, 5, content->bytes.ptr, content->bytes.len);
    return pn_stmt_run(q, NULL);
}

pn_err pn_received_content(pn_db *db, pn_id mail_id, pn_arena *arena, pn_str *ret_content,
                           bool *ret_whole) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT size, whole, content FROM received_content WHERE mail_id = $1");
    pn_bind_int(q, 1, mail_id);
    PN_TRY(pn_row_next(q));
    pn_packed packed = {.size = pn_col_int(q, 0), .bytes = pn_col_str_dup(q, 2, arena)};
    *ret_whole = pn_col_int(q, 1) != 0;
    pn_stmt_reset(q);
    return pn_content_unpack(&packed, PN_STR_NONE, arena, ret_content);
}

/* ── mailboxes ───────────────────────────────────────────────────────────────────────────────── */

#define MAILBOX "org_id, name, settings, checked_at, trouble, updated_at"

static void read_mailbox(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_mailbox_row *)row = (pn_mailbox_row){.org_id = pn_col_int(q, 0),
                                              .name = pn_col_str_dup(q, 1, arena),
                                              .settings = pn_col_str_dup(q, 2, arena),
                                              .checked_at = pn_col_int_or(q, 3, PN_TIME_NONE),
                                              .trouble = pn_col_str_dup(q, 4, arena),
                                              .updated_at = pn_col_int(q, 5)};
}

pn_err pn_mailbox_put(pn_db *db, const pn_mailbox_row *row) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO mailbox (" MAILBOX ") VALUES ($1,$2,$3,NULL,'',$4)"
                                " ON CONFLICT (org_id, name) DO UPDATE SET"
                                " settings = excluded.settings, trouble = '',"
                                " updated_at = excluded.updated_at");
    pn_bind_int(q, 1, row->org_id);
    pn_bind_str(q, 2, row->name);
    pn_bind_str(q, 3, row->settings);
    pn_bind_int(q, 4, row->updated_at);
    return pn_stmt_run(q, NULL);
}

pn_err pn_mailbox_get(pn_db *db, pn_id org_id, pn_str name, pn_arena *arena,
                      pn_mailbox_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " MAILBOX " FROM mailbox WHERE org_id = $1 AND name = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_str(q, 2, name);
    PN_TRY(pn_row_next(q));
    read_mailbox(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_mailbox_list(pn_db *db, pn_id org_id, pn_arena *arena, pn_mailbox_row **ret_rows,
                       size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " MAILBOX " FROM mailbox WHERE org_id = $1 ORDER BY name");
    pn_bind_int(q, 1, org_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof **ret_rows, read_mailbox, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_mailbox_remove(pn_db *db, pn_id org_id, pn_str name) {
    pn_stmt *q = pn_db_stmt(db, "DELETE FROM mailbox WHERE org_id = $1 AND name = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_str(q, 2, name);
    int64_t changed = 0;
    PN_TRY(pn_stmt_run(q, &changed));
    return changed == 1 ? PN_OK : PN_NOT_FOUND;
}

pn_err pn_mailbox_checked(pn_db *db, pn_id org_id, pn_str name, pn_time at, pn_str trouble) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE mailbox SET checked_at = $3, trouble = $4"
                                " WHERE org_id = $1 AND name = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_str(q, 2, name);
    pn_bind_int(q, 3, at);
    pn_bind_str(q, 4, trouble);
    return pn_stmt_run(q, NULL);
}

pn_err pn_mailbox_position(pn_db *db, pn_id org_id, pn_str source, uint32_t *ret_uid_validity,
                           uint32_t *ret_last_uid) {
    pn_stmt *q = pn_db_stmt(db, "SELECT uid_validity, last_uid FROM mailbox_position"
                                " WHERE org_id = $1 AND source = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_str(q, 2, source);
    *ret_uid_validity = *ret_last_uid = 0;
    pn_err err = pn_row_next(q);
    if (err == PN_OK) {
        *ret_uid_validity = (uint32_t)pn_col_int(q, 0);
        *ret_last_uid = (uint32_t)pn_col_int(q, 1);
        pn_stmt_reset(q);
    }
    return err == PN_NOT_FOUND ? PN_OK : err;
}

pn_err pn_mailbox_set_position(pn_db *db, pn_id org_id, pn_str source, uint32_t uid_validity,
                               uint32_t last_uid) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO mailbox_position (org_id, source, uid_validity,"
                                " last_uid) VALUES ($1,$2,$3,$4)"
                                " ON CONFLICT (org_id, source) DO UPDATE SET"
                                " uid_validity = excluded.uid_validity,"
                                " last_uid = excluded.last_uid");
    pn_bind_int(q, 1, org_id);
    pn_bind_str(q, 2, source);
    pn_bind_int(q, 3, uid_validity);
    pn_bind_int(q, 4, last_uid);
    return pn_stmt_run(q, NULL);
}
