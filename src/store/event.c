#include "store/event.h"

#include "base/banned.h"
#include "store/db_proof.h"

static const char *const NAMES[] = {
    [PN_EVENT_STEP] = "step",
    [PN_EVENT_ENROLLED] = "enrolled",
    [PN_EVENT_MESSAGE_SENT] = "message_sent",
    [PN_EVENT_MESSAGE_FAILED] = "message_failed",
    [PN_EVENT_MESSAGE_SKIPPED] = "message_skipped",
    [PN_EVENT_MESSAGE_DELAYED] = "message_delayed",
    [PN_EVENT_MESSAGE_RETRY] = "message_retry",
    [PN_EVENT_MESSAGE_UNCERTAIN] = "message_uncertain",
    [PN_EVENT_INVOICE] = "invoice",
    [PN_EVENT_PAYMENT] = "payment",
    [PN_EVENT_PAYMENT_REVERSED] = "payment_reversed",
    [PN_EVENT_CREDIT] = "credit",
    [PN_EVENT_CHARGE] = "charge",
    [PN_EVENT_PROMISE] = "promise",
    [PN_EVENT_PROMISE_JUDGED] = "promise_judged",
    [PN_EVENT_DISPUTE] = "dispute",
    [PN_EVENT_DISPUTE_CLOSED] = "dispute_closed",
    [PN_EVENT_INSTRUMENT] = "instrument",
    [PN_EVENT_PLAN] = "plan",
    [PN_EVENT_HOLD] = "hold",
    [PN_EVENT_RELEASE] = "release",
    [PN_EVENT_SIGNAL] = "signal",
    [PN_EVENT_CONTACT] = "contact",
    [PN_EVENT_TASK] = "task",
    [PN_EVENT_NOTE] = "note",
    [PN_EVENT_ERASED] = "erased",
    [PN_EVENT_CHANGED] = "changed",
    [PN_EVENT_PUBLISHED] = "published",
    [PN_EVENT_SETTING] = "setting",
    [PN_EVENT_PROTECTION] = "protection",
    [PN_EVENT_MAIL] = "mail",
    [PN_EVENT_LINK] = "link",
    [PN_EVENT_ERRAND] = "errand",
    [PN_EVENT_OFFER] = "offer",
    [PN_EVENT_JOB] = "job",
};
static_assert(PN_COUNT(NAMES) == PN_EVENTS, "every kind of event has a name");

const char *pn_event_kind_name(pn_event_kind kind) {
    return NAMES[kind];
}

static void add_number(pn_sha256_ctx *ctx, int64_t value) {
    uint8_t bytes[8];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)((uint64_t)value >> (56 - 8 * i));
    }
    pn_sha256_add(ctx, bytes, sizeof bytes);
}

/* The fixed part first, as big-endian numbers, then the actor with its length, then the body: no
 * two different events have the same bytes. */
pn_sha256 pn_event_hash(const pn_event_row *row) {
    pn_sha256_ctx ctx;
    pn_sha256_begin(&ctx);
    pn_sha256_add(&ctx, row->salt, sizeof row->salt);
    const int64_t fixed[] = {row->id,      row->org_id, row->debtor_id,   row->run_id,
                             row->prev_id, row->at,     row->recorded_at, row->kind};
    for (size_t i = 0; i < PN_COUNT(fixed); i++) {
        add_number(&ctx, fixed[i]);
    }
    add_number(&ctx, (int64_t)row->actor.len);
    pn_sha256_add(&ctx, row->actor.ptr, row->actor.len);
    pn_sha256_add(&ctx, row->body.ptr, row->body.len);
    return pn_sha256_end(&ctx);
}

#define COLUMNS                                                                                    \
    "id, org_id, debtor_id, run_id, prev_id, at, recorded_at, kind, actor, salt, hash, body"

pn_err pn_event_insert(pn_db *db, const pn_event_row *row) {
    pn_stmt *q = pn_db_stmt_many(
        db,
        "INSERT INTO event (" COLUMNS ") VALUES"
        " ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)",
        PN_PG("INSERT INTO event (" COLUMNS
              ") SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"));
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->org_id);
    pn_bind_int(q, 3, row->debtor_id);
    pn_bind_int(q, 4, row->run_id);
    pn_bind_int(q, 5, row->prev_id);
    pn_bind_int(q, 6, row->at);
    pn_bind_int(q, 7, row->recorded_at);
    pn_bind_int(q, 8, row->kind);
    pn_bind_str(q, 9, row->actor);
    pn_bind_blob(q, 10, row->salt, sizeof row->salt);
    pn_bind_blob(q, 11, row->hash.bytes, sizeof row->hash.bytes);
    pn_bind_str(q, 12, row->body);
    return pn_stmt_later(q, PN_ANY_ROWS);
}

static void copy_fixed(pn_stmt *q, int column, void *out, size_t size) {
    pn_str bytes = pn_col_str(q, column);
    memset(out, 0, size);
    if (bytes.len != 0) {
        memcpy(out, bytes.ptr, PN_MIN(bytes.len, size));
    }
}

pn_err pn_event_get(pn_db *db, pn_id id, pn_arena *arena, pn_event_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT " COLUMNS " FROM event WHERE id = $1");
    pn_bind_int(q, 1, id);
    PN_TRY(pn_row_next(q));
    *ret_row = (pn_event_row){
        .id = pn_col_int(q, 0),
        .org_id = pn_col_int(q, 1),
        .debtor_id = pn_col_int(q, 2),
        .run_id = pn_col_int(q, 3),
        .prev_id = pn_col_int(q, 4),
        .at = pn_col_int(q, 5),
        .recorded_at = pn_col_int(q, 6),
        .kind = (pn_event_kind)pn_col_int(q, 7),
        .actor = pn_col_str_dup(q, 8, arena),
        .body = pn_col_str_dup(q, 11, arena),
        .erased = pn_col_null(q, 9),
    };
    copy_fixed(q, 9, ret_row->salt, sizeof ret_row->salt);
    copy_fixed(q, 10, ret_row->hash.bytes, sizeof ret_row->hash.bytes);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_event_chain(pn_db *db, pn_id last_id, size_t max, pn_arena *arena,
                      pn_event_row **ret_rows, size_t *ret_count) {
    pn_event_row *rows = NULL;
    size_t count = 0, capacity = 0;
    while (last_id != 0 && count < max) {
        rows = pn_arena_grow(arena, rows, count, &capacity, sizeof *rows);
        PN_TRY(pn_event_get(db, last_id, arena, &rows[count]));
        last_id = rows[count].prev_id;
        count++;
    }
    *ret_rows = rows;
    *ret_count = count;
    return PN_OK;
}

pn_sha256 pn_block_hash(const pn_block_row *row) {
    pn_sha256_ctx ctx;
    pn_sha256_begin(&ctx);
    const int64_t fixed[] = {row->id, row->first_event, row->last_event, row->events, row->at};
    for (size_t i = 0; i < PN_COUNT(fixed); i++) {
        add_number(&ctx, fixed[i]);
    }
    pn_sha256_add(&ctx, row->root.bytes, sizeof row->root.bytes);
    pn_sha256_add(&ctx, row->prev_hash.bytes, sizeof row->prev_hash.bytes);
    return pn_sha256_end(&ctx);
}

pn_err pn_block_insert(pn_db *db, const pn_block_row *row) {
    pn_stmt *q = pn_db_stmt(db, "INSERT INTO block (id, first_event, last_event, events, root,"
                                " prev_hash, hash, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)");
    pn_bind_int(q, 1, row->id);
    pn_bind_int(q, 2, row->first_event);
    pn_bind_int(q, 3, row->last_event);
    pn_bind_int(q, 4, row->events);
    pn_bind_blob(q, 5, row->root.bytes, sizeof row->root.bytes);
    pn_bind_blob(q, 6, row->prev_hash.bytes, sizeof row->prev_hash.bytes);
    pn_bind_blob(q, 7, row->hash.bytes, sizeof row->hash.bytes);
    pn_bind_int(q, 8, row->at);
    pn_db_prove(db, row->id, &row->hash);
    return pn_stmt_run(q, NULL);
}

pn_err pn_block_newest(pn_db *db, unsigned log, pn_block_row *ret_row) {
    pn_stmt *q = pn_db_stmt(db, "SELECT id, first_event, last_event, events, root, prev_hash, hash,"
                                " at FROM block WHERE id >= $1 AND id < $2 ORDER BY id DESC"
                                " LIMIT 1");
    pn_bind_int(q, 1, pn_block_first_id(log));
    pn_bind_int(q, 2, pn_block_first_id(log + 1));
    PN_TRY(pn_row_next(q));
    *ret_row = (pn_block_row){
        .id = pn_col_int(q, 0),
        .first_event = pn_col_int(q, 1),
        .last_event = pn_col_int(q, 2),
        .events = pn_col_int(q, 3),
        .at = pn_col_int(q, 7),
    };
    copy_fixed(q, 4, ret_row->root.bytes, sizeof ret_row->root.bytes);
    copy_fixed(q, 5, ret_row->prev_hash.bytes, sizeof ret_row->prev_hash.bytes);
    copy_fixed(q, 6, ret_row->hash.bytes, sizeof ret_row->hash.bytes);
    pn_stmt_reset(q);
    return PN_OK;
}

static void read_hint(pn_stmt *q, pn_arena *arena, void *row) {
    (void)arena;
    *(pn_event_hint *)row = (pn_event_hint){
        .id = pn_col_int(q, 0),
        .debtor_id = pn_col_int(q, 1),
        .run_id = pn_col_int(q, 2),
        .kind = (pn_event_kind)pn_col_int(q, 3),
    };
}

pn_err pn_event_hints(pn_db *db, pn_id org_id, pn_id after, int64_t max, pn_arena *arena,
                      pn_event_hint **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT id, debtor_id, run_id, kind FROM event WHERE id > $1"
                                " AND org_id = $2 ORDER BY id LIMIT $3");
    pn_bind_int(q, 1, after);
    pn_bind_int(q, 2, org_id);
    pn_bind_int(q, 3, max);
    void *rows = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_event_hint), read_hint, &rows, ret_count));
    *ret_rows = rows;
    return PN_OK;
}

pn_err pn_event_newest(pn_db *db, pn_id org_id, pn_id *ret_id) {
    pn_stmt *q = pn_db_stmt(db, "SELECT id FROM event WHERE org_id = $1 ORDER BY id DESC LIMIT 1");
    pn_bind_int(q, 1, org_id);
    pn_err err = pn_row_next(q);
    *ret_id = err == PN_OK ? pn_col_int(q, 0) : 0;
    if (err == PN_OK) {
        pn_stmt_reset(q);
    }
    return err == PN_NOT_FOUND ? PN_OK : err;
}
