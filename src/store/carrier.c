#include "store/message.h"

#include "base/banned.h"

#define COLUMNS                                                                                    \
    "id, org_id, creditor_id, debtor_id, channel, contact_id, address, day, state, purpose, tone," \
    " template_id, language, subject, facts, attempts, lease_until, at, settled_at, status, "      \
    "reply,"                                                                                       \
    " provider_id, hash, hash IS NOT NULL, event_id, domain, parent_id, version_id, node"

static void read_carrier(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_carrier_row *)row = (pn_carrier_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .creditor_id = pn_col_int(q, 2),
        .debtor_id = pn_col_int(q, 3),
        .channel = (pn_channel_kind)pn_col_int(q, 4),
        .contact_id = pn_col_int(q, 5),
        .address = pn_col_str_dup(q, 6, arena),
        .day = (pn_date)pn_col_int(q, 7),
        .state = (pn_message_state)pn_col_int(q, 8),
        .purpose = (pn_purpose)pn_col_int(q, 9),
        .tone = (uint8_t)pn_col_int(q, 10),
        .template_id = pn_col_int(q, 11),
        .language = pn_col_str_dup(q, 12, arena),
        .subject = pn_col_str_dup(q, 13, arena),
        .facts = pn_col_str_dup(q, 14, arena),
        .attempts = (int32_t)pn_col_int(q, 15),
        .lease_until = pn_col_int(q, 16),
        .at = pn_col_int(q, 17),
        .settled_at = pn_col_int_or(q, 18, PN_TIME_NONE),
        .status = pn_col_str_dup(q, 19, arena),
        .reply = pn_col_str_dup(q, 20, arena),
        .provider_id = pn_col_str_dup(q, 21, arena),
        .hash = pn_col_str_dup(q, 22, arena),
        .has_content = pn_col_int(q, 23) != 0,
        .event_id = pn_col_int(q, 24),
        .domain = pn_col_str_dup(q, 25, arena),
        .parent_id = pn_col_int(q, 26),
        .version_id = pn_col_int_or(q, 27, 0),
        .node = pn_col_int_or(q, 28, -1),
    };
}

pn_err pn_carrier_insert(pn_db *db, const pn_carrier_row *row) {
    pn_stmt *q = pn_db_stmt_many(
        db,
        "INSERT INTO carrier (id, org_id, creditor_id, debtor_id, channel, contact_id, address,"
        " day, state, purpose, tone, template_id, language, subject, hash, facts,"
        " attempts, lease_until, at, settled_at, status, reply, provider_id, event_id,"
        " domain, parent_id, version_id, node) VALUES "
        "($1,$2,$3,"
        "$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,'',NULL,$14,$15,$16,$17,NULL,'','','',0,$18,$19,$20,"
        "$21)",
        PN_PG(
            "INSERT INTO carrier (id, org_id, creditor_id, debtor_id, channel, contact_id, "
            "address, day, state, purpose, tone, template_id, language, subject, hash, facts, "
            "attempts, lease_until, at, settled_at, status, reply, provider_id, event_id, domain, "
            "parent_id, version_id, node) SELECT id, org_id, creditor_id, debtor_id, channel, "
            "contact_id, address, "
            "day, state, purpose, tone, template_id, language, '', NULL, facts, attempts, "
            "lease_until, at, NULL, '', '', '', 0, domain, parent_id, version_id, node FROM "
            "unnest($1, $2, $3, $4, "
            "$5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21) AS v "
            "(id, "
            "org_id, creditor_id, debtor_id, channel, contact_id, address, day, state, purpose, "
            "tone, template_id, language, facts, attempts, lease_until, at, domain, parent_id, "
            "version_id, node)"));
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_int(q, 3, row->creditor_id);
    pn_bind_int(q, 4, row->debtor_id);
    pn_bind_int(q, 5, row->channel);
    pn_bind_int(q, 6, row->contact_id);
    pn_bind_str(q, 7, row->address);
    pn_bind_int(q, 8, row->day);
    pn_bind_int(q, 9, row->state);
    pn_bind_int(q, 10, row->purpose);
    pn_bind_int(q, 11, row->tone);
    pn_bind_int(q, 12, row->template_id);
    pn_bind_str(q, 13, row->language);
    pn_bind_str(q, 14, row->facts);
    pn_bind_int(q, 15, row->attempts);
    pn_bind_int(q, 16, row->lease_until);
    pn_bind_int(q, 17, row->at);
    pn_bind_str(q, 18, row->domain);
    pn_bind_int(q, 19, row->parent_id);
    pn_bind_int(q, 20, row->version_id);
    pn_bind_int(q, 21, row->node);
    return pn_stmt_later(q, PN_ANY_ROWS);
}

/* ── threads ── */

/* The carrier of the message, or of one before it in its run, that went to this address; 0: none.
 */
static pn_err thread_begin(pn_db *db, pn_id message_id, pn_id creditor_id, pn_str address,
                           pn_id *ret_carrier) {
    *ret_carrier = 0;
    for (int i = 0; i < PN_THREAD_MAX && message_id != 0 && *ret_carrier == 0; i++) {
        pn_stmt *q = pn_db_stmt(
            db, "SELECT m.prev_id, c.id, c.state, c.channel, c.creditor_id, c.address"
                " FROM message m LEFT JOIN carrier c ON c.id = m.carrier_id WHERE m.id = $1");
        pn_bind_int(q, 1, message_id);
        pn_err err = pn_row_next(q);
        if (err == PN_NOT_FOUND) {
            return PN_OK;
        }
        PN_TRY(err);
        pn_message_state state = (pn_message_state)pn_col_int(q, 2);
        bool left = state == PN_MESSAGE_SENT || state == PN_MESSAGE_DELIVERED ||
                    state == PN_MESSAGE_UNCERTAIN;
        if (left && pn_col_int(q, 3) == PN_CHANNEL_EMAIL && pn_col_int(q, 4) == creditor_id &&
            pn_str_eq_nocase(pn_col_str(q, 5), address)) {
            *ret_carrier = pn_col_int(q, 1);
        }
        message_id = pn_col_int(q, 0);
        pn_stmt_reset(q);
    }
    return PN_OK;
}

pn_err pn_carrier_thread(pn_db *db, pn_id message_id, pn_id creditor_id, pn_str address,
                         pn_arena *arena, pn_thread_mail **ret_mails, size_t *ret_count) {
    pn_id carrier_id = 0;
    size_t count = 0;
    pn_thread_mail *mails = pn_arena_array(arena, pn_thread_mail, PN_THREAD_MAX);
    PN_TRY(thread_begin(db, message_id, creditor_id, address, &carrier_id));
    while (carrier_id != 0 && count < PN_THREAD_MAX) {
        pn_stmt *q = pn_db_stmt(db, "SELECT parent_id, domain, subject FROM carrier WHERE id = $1");
        pn_bind_int(q, 1, carrier_id);
        PN_TRY(pn_row_next(q));
        mails[count++] = (pn_thread_mail){.carrier_id = carrier_id,
                                          .domain = pn_col_str_dup(q, 1, arena),
                                          .subject = pn_col_str_dup(q, 2, arena)};
        carrier_id = pn_col_int(q, 0);
        pn_stmt_reset(q);
    }
    *ret_mails = mails;
    *ret_count = count;
    return PN_OK;
}

pn_err pn_carrier_set_content(pn_db *db, pn_id org_id, pn_id id, pn_id template_id, pn_str language,
                              pn_str subject, const pn_packed *content, pn_str hash) {
    pn_stmt *q = pn_db_stmt_many(
        db,
        "UPDATE carrier SET template_id = $2, language = $3, subject = $4,"
        " hash = $5 WHERE id = $1",
        PN_PG("UPDATE carrier SET template_id = v.template_id, language = v.language, subject = "
              "v.subject, hash = v.hash FROM unnest($1, $2, $3, $4, $5) AS v (id, template_id, "
              "language, subject, hash) WHERE carrier.id = v.id"));
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, template_id);
    pn_bind_str(q, 3, language);
    pn_bind_str(q, 4, subject);
    pn_bind_blob(q, 5, hash.ptr, hash.len);
    PN_TRY(pn_stmt_later(q, PN_ANY_ROWS));
    pn_stmt *insert = pn_db_stmt_many(
        db,
        "INSERT INTO carrier_content (carrier_id, org_id, dictionary_id, size, content)"
        " VALUES ($1, $2, $3, $4, $5)",
        PN_PG("INSERT INTO carrier_content (carrier_id, org_id, dictionary_id, size, content) "
              "SELECT * FROM unnest($1, $2, $3, $4, $5)"));
    pn_bind_int(insert, 1, id);
    pn_bind_int(insert, 2, org_id);
    pn_bind_int(insert, 3, content->dictionary_id);
    pn_bind_int(insert, 4, content->size);
    pn_bind_blob(insert, 5, content->bytes.ptr, content->bytes.len);
    return pn_stmt_later(insert, PN_ANY_ROWS);
}

pn_err pn_carrier_set_files(pn_db *db, pn_id org_id, pn_id carrier_id, const pn_carrier_file *files,
                            size_t count) {
    static const pn_sha256 NOTHING;
    for (size_t i = 0; i < count; i++) {
        bool made = memcmp(files[i].hash.bytes, NOTHING.bytes, sizeof NOTHING.bytes) != 0;
        pn_stmt *q = pn_db_stmt(db, "INSERT INTO carrier_file (carrier_id, position, org_id, name,"
                                    " size, hash, attached, remark)"
                                    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
        pn_bind_int(q, 1, carrier_id);
        pn_bind_int(q, 2, (int64_t)i + 1);
        pn_bind_int(q, 3, org_id);
        pn_bind_str(q, 4, files[i].name);
        pn_bind_int(q, 5, files[i].size);
        pn_bind_blob_or_null(q, 6, files[i].hash.bytes, made ? sizeof files[i].hash.bytes : 0);
        pn_bind_int(q, 7, files[i].attached);
        pn_bind_str(q, 8, files[i].remark);
        PN_TRY(pn_stmt_run(q, NULL));
    }
    return PN_OK;
}

static void read_file(pn_stmt *q, pn_arena *arena, void *row) {
    pn_carrier_file *file = row;
    *file = (pn_carrier_file){.name = pn_col_str_dup(q, 0, arena),
                              .size = pn_col_int(q, 1),
                              .attached = pn_col_int(q, 3) != 0,
                              .remark = pn_col_str_dup(q, 4, arena)};
    pn_str hash = pn_col_str(q, 2);
    if (hash.len == sizeof file->hash.bytes) {
        memcpy(file->hash.bytes, hash.ptr, hash.len);
    }
}

pn_err pn_carrier_files(pn_db *db, pn_id carrier_id, pn_arena *arena, pn_carrier_file **ret_files,
                        size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT name, size, hash, attached, remark FROM carrier_file"
                                " WHERE carrier_id = $1 ORDER BY position");
    pn_bind_int(q, 1, carrier_id);
    void *files = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_carrier_file), read_file, &files, ret_count));
    *ret_files = files;
    return PN_OK;
}

pn_err pn_carrier_settle(pn_db *db, pn_id id, pn_message_state state, pn_time at, pn_str status,
                         pn_str reply, pn_str provider_id, pn_id event_id) {
    pn_stmt *q = pn_db_stmt_many(
        db,
        "UPDATE carrier SET state = $2, settled_at = $3, status = $4,"
        " reply = $5, provider_id = $6, event_id = $7,"
        " attempts = attempts + 1 WHERE id = $1",
        PN_PG("UPDATE carrier SET state = v.state, settled_at = v.settled_at, status = v.status, "
              "reply = v.reply, provider_id = v.provider_id, event_id = v.event_id, attempts = "
              "carrier.attempts + 1 FROM unnest($1, $2, $3, $4, $5, $6, $7) AS v (id, state, "
              "settled_at, status, reply, provider_id, event_id) WHERE carrier.id = v.id"));
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, state);
    pn_bind_int_or_null(q, 3, at, PN_TIME_NONE);
    pn_bind_str(q, 4, status);
    pn_bind_str(q, 5, reply);
    pn_bind_str(q, 6, provider_id);
    pn_bind_int(q, 7, event_id);
    return pn_stmt_later(q, PN_ANY_ROWS);
}

pn_err pn_carrier_bounced(pn_db *db, pn_id id, pn_str status, pn_str reply) {
    pn_stmt *q =
        pn_db_stmt(db, "UPDATE carrier SET state = $2, status = $3, reply = $4 WHERE id = $1");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, PN_MESSAGE_BOUNCED);
    pn_bind_str(q, 3, status);
    pn_bind_str(q, 4, reply);
    return pn_stmt_run(q, NULL);
}

pn_err pn_carrier_delivered(pn_db *db, pn_id id) {
    pn_stmt *q = pn_db_stmt(db, "UPDATE carrier SET state = $2 WHERE id = $1");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, PN_MESSAGE_DELIVERED);
    return pn_stmt_run(q, NULL);
}

pn_err pn_carrier_get(pn_db *db, pn_id id, pn_arena *arena, pn_carrier_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM carrier WHERE id = $1");
    pn_bind_int(q, 1, id);
    PN_TRY(pn_row_next(q));
    read_carrier(q, arena, ret_row);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_carrier_content(pn_db *db, pn_id id, pn_arena *arena, pn_str *ret_content) {
    pn_stmt *q = pn_db_stmt(db, "SELECT c.size, c.content, d.content FROM carrier_content c"
                                " LEFT JOIN dictionary d ON d.id = c.dictionary_id"
                                " WHERE c.carrier_id = $1");
    pn_bind_int(q, 1, id);
    PN_TRY(pn_row_next(q));
    pn_packed packed = {.size = pn_col_int(q, 0), .bytes = pn_col_str(q, 1)};
    pn_err err = pn_content_unpack(&packed, pn_col_str(q, 2), arena, ret_content);
    pn_stmt_reset(q);
    return err;
}

pn_err pn_carrier_sending(pn_db *db, pn_id org_id, pn_time lease_before, pn_arena *arena,
                          pn_carrier_row **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM carrier WHERE state = 1 AND +org_id = $1"
                                " AND lease_until < $2 ORDER BY id");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, lease_before);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_carrier_row), read_carrier, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_carriers_left(pn_db *db, pn_id org_id, pn_time lease_before, bool *ret_left) {
    pn_stmt *q = pn_db_stmt(db, "SELECT 1 FROM carrier WHERE state = 1 AND +org_id = $1"
                                " AND lease_until < $2 LIMIT 1");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, lease_before);
    pn_err err = pn_row_next(q);
    pn_stmt_reset(q);
    *ret_left = err == PN_OK;
    return err == PN_NOT_FOUND ? PN_OK : err;
}

pn_err pn_carriers_still_sending(pn_db *db, pn_id org_id, const pn_id *ids, size_t count,
                                 pn_arena *arena, pn_id **ret_ids, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, PN_PG("SELECT id FROM carrier WHERE id = ANY ($1) AND state = 1"
                                      " AND org_id = $2 ORDER BY id"));
    pn_bind_ids(q, 1, ids, count);
    pn_bind_int(q, 2, org_id);
    return pn_rows_ids(q, arena, ret_ids, ret_count);
}

pn_err pn_attempt_insert(pn_db *db, pn_id org_id, pn_id carrier_id, int number, pn_time at,
                         pn_time recorded_at, int outcome, pn_str address, pn_str status,
                         pn_str reply) {
    pn_stmt *q = pn_db_stmt_many(
        db,
        "INSERT INTO attempt (carrier_id, number, org_id, at, recorded_at, outcome, address,"
        " status, reply) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)",
        PN_PG("INSERT INTO attempt (carrier_id, number, org_id, at, recorded_at, outcome, address, "
              "status, reply) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)"));
    pn_bind_int(q, 1, carrier_id);
    pn_bind_int(q, 2, number);
    pn_bind_int(q, 3, org_id);
    pn_bind_int(q, 4, at);
    pn_bind_int(q, 5, recorded_at);
    pn_bind_int(q, 6, outcome);
    pn_bind_str(q, 7, address);
    pn_bind_str(q, 8, status);
    pn_bind_str(q, 9, reply);
    return pn_stmt_later(q, PN_ANY_ROWS);
}

/* ── contacts made ── */

pn_err pn_contact_made_insert(pn_db *db, pn_id org_id, pn_id debtor_id, pn_id id,
                              const pn_contact_made *made, pn_id carrier_id) {
    pn_stmt *q = pn_db_stmt_many(
        db,
        "INSERT INTO contact_made (debtor_id, id, org_id, at, channel, purpose, conversation,"
        " carrier_id, creditor_id, account_id) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)",
        PN_PG("INSERT INTO contact_made (debtor_id, id, org_id, at, channel, purpose, "
              "conversation, carrier_id, creditor_id, account_id) SELECT * FROM unnest($1, $2, $3, "
              "$4, $5, $6, $7, $8, $9, $10)"));
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, id);
    pn_bind_int(q, 3, org_id);
    pn_bind_int(q, 4, made->at);
    pn_bind_int(q, 5, made->channel);
    pn_bind_int(q, 6, made->purpose);
    pn_bind_int(q, 7, made->conversation);
    pn_bind_int(q, 8, carrier_id);
    pn_bind_int(q, 9, made->creditor_id);
    pn_bind_int(q, 10, made->account_id);
    return pn_stmt_later(q, PN_ANY_ROWS);
}

pn_err pn_contact_made_release(pn_db *db, pn_id debtor_id, pn_id carrier_id) {
    pn_stmt *q =
        pn_db_stmt(db, "DELETE FROM contact_made WHERE debtor_id = $1 AND carrier_id = $2");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, carrier_id);
    return pn_stmt_run(q, NULL);
}

static void read_made(pn_stmt *q, pn_arena *arena, void *row) {
    (void)arena;
    *(pn_contact_made *)row = (pn_contact_made){
        .at = pn_col_int(q, 0),
        .channel = (pn_channel_kind)pn_col_int(q, 1),
        .purpose = (pn_purpose)pn_col_int(q, 2),
        .conversation = pn_col_int(q, 3) != 0,
        .creditor_id = pn_col_int(q, 4),
        .account_id = pn_col_int(q, 5),
    };
}

static void read_made_by(pn_stmt *q, pn_arena *arena, void *row) {
    pn_contact_made_by *by = row;
    read_made(q, arena, &by->made);
    by->debtor_id = pn_col_int(q, 6);
}

pn_err pn_contact_made_list(pn_db *db, pn_id debtor_id, pn_time since, pn_arena *arena,
                            pn_contact_made **ret_made, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT at, channel, purpose, conversation, creditor_id, account_id"
                                " FROM contact_made"
                                " WHERE debtor_id = $1 AND at >= $2 ORDER BY at, id");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, since);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_contact_made), read_made, &rows, ret_count));
    *ret_made = rows;
    return PN_OK;
}

pn_err pn_contact_made_range(pn_db *db, pn_id first, pn_id last, pn_time since, pn_arena *arena,
                             pn_contact_made_by **ret_made, size_t *ret_count) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT at, channel, purpose, conversation, creditor_id, account_id,"
                       " debtor_id FROM contact_made WHERE debtor_id BETWEEN $1 AND $2"
                       " AND at >= $3 ORDER BY debtor_id, at, id");
    pn_bind_int(q, 1, first);
    pn_bind_int(q, 2, last);
    pn_bind_int(q, 3, since);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_contact_made_by), read_made_by, &rows, ret_count));
    *ret_made = rows;
    return PN_OK;
}

/* ── signals ── */

pn_err pn_signal_insert(pn_db *db, const pn_signal_row *row) {
    pn_stmt *q = pn_db_stmt(
        db, "INSERT INTO signal (debtor_id, id, org_id, kind, source, at, recorded_at, carrier_id,"
            " detail) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)");
    pn_bind_int(q, 1, row->debtor_id);
    pn_bind_int(q, 2, row->id);
    pn_bind_int(q, 3, row->org_id);
    pn_bind_int(q, 4, row->kind);
    pn_bind_int(q, 5, row->source);
    pn_bind_int(q, 6, row->at);
    pn_bind_int(q, 7, row->recorded_at);
    pn_bind_int(q, 8, row->carrier_id);
    pn_bind_str(q, 9, row->detail);
    return pn_stmt_run(q, NULL);
}

static void read_signal(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_signal_row *)row = (pn_signal_row){
        .debtor_id = pn_col_int(q, 0),
        .id = pn_col_int(q, 1),
        .org_id = pn_col_int(q, 2),
        .kind = (pn_signal_kind)pn_col_int(q, 3),
        .source = (pn_signal_source)pn_col_int(q, 4),
        .at = pn_col_int(q, 5),
        .recorded_at = pn_col_int(q, 6),
        .carrier_id = pn_col_int(q, 7),
        .detail = pn_col_str_dup(q, 8, arena),
    };
}

pn_err pn_signal_list(pn_db *db, pn_id debtor_id, pn_arena *arena, pn_signal_row **ret_rows,
                      size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT debtor_id, id, org_id, kind, source, at, recorded_at, carrier_id, detail"
            " FROM signal WHERE debtor_id = $1 ORDER BY at, id");
    pn_bind_int(q, 1, debtor_id);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_signal_row), read_signal, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}
