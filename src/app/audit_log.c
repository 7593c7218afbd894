/* Proof: events hashed again from their bytes, Merkle roots by plain recursion, the chain of
 * blocks.
 *
 * The layouts stand here a second time on purpose: they are what an auditor with nothing but the
 * documentation would write. */
#include "app/audit_int.h"

#include "base/banned.h"

typedef struct {
    pn_id id, first, last;
    int64_t events;
    pn_time at;
    pn_sha256 root, prev_hash, hash;
} block;

typedef struct {
    pn_auditor *auditor;
    pn_audit_check *events, *blocks, *chains;
    pn_audit_cursor event_rows, block_rows;
    block before; /* the block before; id 0: none */
    pn_sha256 *leaves;
    size_t leaf_count, leaf_capacity;
    pn_arena arena; /* of one block's leaves */
} log_audit;

/* ── bytes ───────────────────────────────────────────────────────────────────────────────────── */

static void put_number(pn_buf *bytes, int64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8) {
        pn_buf_add_char(bytes, (char)((uint64_t)value >> shift & 0xFF));
    }
}

static bool same_hash(pn_str stored, const pn_sha256 *hash) {
    return stored.len == PN_SHA256_BYTES && memcmp(stored.ptr, hash->bytes, stored.len) == 0;
}

static pn_sha256 hash_of(pn_str stored) {
    pn_sha256 hash = {{0}};
    if (stored.len != 0) {
        memcpy(hash.bytes, stored.ptr, PN_MIN(stored.len, sizeof hash.bytes));
    }
    return hash;
}

/* salt, then id, organization, debtor, run, previous event, both times and kind as 64 bits each,
 * the highest byte first, the length of the actor likewise, actor, body. */
static pn_sha256 event_hash(pn_stmt *q) {
    pn_buf bytes;
    pn_buf_init(&bytes, SIZE_MAX / 2);
    pn_buf_add_str(&bytes, pn_col_str(q, 9));
    for (int column = 0; column < 8; column++) {
        put_number(&bytes, pn_col_int(q, column));
    }
    pn_str actor = pn_col_str(q, 8);
    put_number(&bytes, (int64_t)actor.len);
    pn_buf_add_str(&bytes, actor);
    pn_buf_add_str(&bytes, pn_col_str(q, 11));
    pn_sha256 hash = pn_sha256_of(bytes.ptr, bytes.len);
    pn_buf_done(&bytes);
    return hash;
}

/* id, first, last, number of events, time; root; the hash of the block before. */
static pn_sha256 block_hash(const block *row) {
    char room[256];
    pn_buf bytes = {.ptr = room, .capacity = sizeof room, .max = sizeof room};
    put_number(&bytes, row->id);
    put_number(&bytes, row->first);
    put_number(&bytes, row->last);
    put_number(&bytes, row->events);
    put_number(&bytes, row->at);
    pn_buf_add(&bytes, row->root.bytes, sizeof row->root.bytes);
    pn_buf_add(&bytes, row->prev_hash.bytes, sizeof row->prev_hash.bytes);
    return pn_sha256_of(bytes.ptr, bytes.len);
}

/* RFC 6962, section 2.1, as it is written there: MTH of the leaves. */
static pn_sha256 merkle_root(const pn_sha256 *hashes, size_t count) {
    char room[1 + 2 * PN_SHA256_BYTES];
    if (count == 0) {
        return pn_sha256_of("", 0);
    }
    if (count == 1) {
        room[0] = 0;
        memcpy(room + 1, hashes[0].bytes, PN_SHA256_BYTES);
        return pn_sha256_of(room, 1 + PN_SHA256_BYTES);
    }
    size_t split = 1;
    while (split * 2 < count) {
        split *= 2;
    }
    pn_sha256 left = merkle_root(hashes, split);
    pn_sha256 right = merkle_root(hashes + split, count - split);
    room[0] = 1;
    memcpy(room + 1, left.bytes, PN_SHA256_BYTES);
    memcpy(room + 1 + PN_SHA256_BYTES, right.bytes, PN_SHA256_BYTES);
    return pn_sha256_of(room, sizeof room);
}

/* ── events ──────────────────────────────────────────────────────────────────────────────────── */

static const char *event_name(log_audit *l, pn_id id) {
    return pn_audit_name(l->auditor, PN_ID_EVENT, id, PN_STR_NONE);
}

/* One that was erased has neither salt nor body, and its hash cannot be checked; it still stands in
 * its block. */
static void check_event(log_audit *l, pn_stmt *q) {
    bool no_salt = pn_col_null(q, 9), no_body = pn_col_null(q, 11);
    l->events->rows++;
    if (no_salt != no_body) {
        pn_audit_disagree(l->auditor, l->events, "Event %s lost its %s alone.",
                          event_name(l, pn_col_int(q, 0)), no_salt ? "salt" : "body");
        return;
    }
    if (no_salt) {
        return;
    }
    pn_sha256 hash = event_hash(q);
    if (!same_hash(pn_col_str(q, 10), &hash)) {
        char hex[2 * PN_SHA256_BYTES + 1];
        pn_hex(hash.bytes, sizeof hash.bytes, hex);
        pn_audit_disagree(l->auditor, l->events,
                          "Event %s was changed: its content has the hash %s, and another one is "
                          "sealed.",
                          event_name(l, pn_col_int(q, 0)), hex);
    }
}

/* Events before the block's first one stand in no block. */
static pn_err pass_strays(log_audit *l, pn_id first) {
    while (l->event_rows.live && pn_col_int(l->event_rows.q, 0) < first) {
        check_event(l, l->event_rows.q);
        pn_audit_disagree(l->auditor, l->blocks, "Event %s stands in no block.",
                          event_name(l, pn_col_int(l->event_rows.q, 0)));
        PN_TRY(pn_audit_next(&l->event_rows));
    }
    return PN_OK;
}

static pn_err collect_leaves(log_audit *l, const block *row) {
    pn_arena_reset(&l->arena);
    l->leaves = NULL;
    l->leaf_count = l->leaf_capacity = 0;
    while (l->event_rows.live && pn_col_int(l->event_rows.q, 0) <= row->last) {
        check_event(l, l->event_rows.q);
        l->leaves = pn_arena_grow(&l->arena, l->leaves, l->leaf_count, &l->leaf_capacity,
                                  sizeof *l->leaves);
        l->leaves[l->leaf_count++] = hash_of(pn_col_str(l->event_rows.q, 10));
        PN_TRY(pn_audit_next(&l->event_rows));
    }
    return PN_OK;
}

/* ── blocks ──────────────────────────────────────────────────────────────────────────────────── */

static void check_seal(log_audit *l, const block *row) {
    pn_sha256 root = merkle_root(l->leaves, l->leaf_count), hash = block_hash(row);
    long long id = (long long)row->id;
    if (row->id != l->before.id + 1) {
        pn_audit_disagree(l->auditor, l->blocks, "Block %lld follows block %lld.", id,
                          (long long)l->before.id);
    }
    if (row->first <= l->before.last || row->last < row->first) {
        pn_audit_disagree(l->auditor, l->blocks,
                          "Block %lld begins with an event of the block before.", id);
    }
    if (memcmp(&row->prev_hash, &l->before.hash, sizeof row->prev_hash) != 0) {
        pn_audit_disagree(l->auditor, l->blocks,
                          "Block %lld does not hold the seal of the block before.", id);
    }
    if ((int64_t)l->leaf_count != row->events) {
        pn_audit_disagree(l->auditor, l->blocks,
                          "Block %lld sealed %lld events, and %zu are there.", id,
                          (long long)row->events, l->leaf_count);
    }
    if (memcmp(&root, &row->root, sizeof root) != 0) {
        pn_audit_disagree(l->auditor, l->blocks,
                          "Block %lld: the root over its events is not the one it sealed.", id);
    }
    if (memcmp(&hash, &row->hash, sizeof hash) != 0) {
        pn_audit_disagree(l->auditor, l->blocks,
                          "Block %lld was changed: its fields do not have the hash it states.", id);
    }
}

static pn_err check_block(log_audit *l) {
    pn_stmt *q = l->block_rows.q;
    block row = {
        .id = pn_col_int(q, 0),
        .first = pn_col_int(q, 1),
        .last = pn_col_int(q, 2),
        .events = pn_col_int(q, 3),
        .root = hash_of(pn_col_str(q, 4)),
        .prev_hash = hash_of(pn_col_str(q, 5)),
        .hash = hash_of(pn_col_str(q, 6)),
        .at = pn_col_int(q, 7),
    };
    l->blocks->rows++;
    PN_TRY(pass_strays(l, row.first));
    PN_TRY(collect_leaves(l, &row));
    check_seal(l, &row);
    l->before = row;
    pn_arena_reset(&l->auditor->scratch);
    return PN_OK;
}

/* A log is made by one writer at a time: its number stands in the ids of its events, above the 13
 * bits that count within a millisecond, and in those of its blocks, above 40 bits. */
static pn_err audit_one(log_audit *l, int64_t number) {
    pn_db *db = l->auditor->app->db;
    l->before = (block){.id = number << 40};
    l->event_rows.q = pn_db_stmt(db, "SELECT id, org_id, debtor_id, run_id, prev_id, at,"
                                     " recorded_at, kind, actor, salt, hash, body FROM event"
                                     " WHERE (id >> 13) & 511 = $1 ORDER BY id");
    l->block_rows.q = pn_db_stmt(db, "SELECT id, first_event, last_event, events, root, prev_hash,"
                                     " hash, at FROM block WHERE id >> 40 = $1 ORDER BY id");
    pn_bind_int(l->event_rows.q, 1, number);
    pn_bind_int(l->block_rows.q, 1, number);
    PN_TRY(pn_audit_next(&l->event_rows));
    PN_TRY(pn_audit_next(&l->block_rows));
    while (l->block_rows.live) {
        PN_TRY(check_block(l));
        PN_TRY(pn_audit_next(&l->block_rows));
    }
    return pass_strays(l, INT64_MAX);
}

static pn_err logs_there(pn_db *db, bool there[PN_DB_LOGS]) {
    pn_stmt *q = pn_db_stmt(db, "SELECT DISTINCT (id >> 13) & 511 FROM event UNION SELECT DISTINCT"
                                " id >> 40 FROM block");
    pn_err err;
    while ((err = pn_row_next(q)) == PN_OK) {
        there[(uint64_t)pn_col_int(q, 0) % PN_DB_LOGS] = true;
    }
    return err == PN_NOT_FOUND ? PN_OK : err;
}

static pn_err audit_blocks(log_audit *l) {
    bool there[PN_DB_LOGS] = {false};
    PN_TRY(logs_there(l->auditor->app->db, there));
    for (int64_t number = 0; number < PN_DB_LOGS; number++) {
        if (there[number]) {
            PN_TRY(audit_one(l, number));
        }
    }
    return PN_OK;
}

/* ── chains of debtors and runs ──────────────────────────────────────────────────────────────── */

/* Column 0 names the owner, 1 its last event, 2 the event that was found (or not). */
static pn_err check_heads(log_audit *l, const char *literal, pn_id_kind kind) {
    pn_audit_cursor cursor;
    PN_TRY(pn_audit_open(l->auditor, literal, &cursor));
    while (cursor.live) {
        l->chains->rows++;
        if (pn_col_int(cursor.q, 1) != 0 && pn_col_null(cursor.q, 2)) {
            pn_audit_disagree(l->auditor, l->chains,
                              "The last event of %s, %s, is not there or not its own.",
                              pn_audit_name(l->auditor, kind, pn_col_int(cursor.q, 0), PN_STR_NONE),
                              event_name(l, pn_col_int(cursor.q, 1)));
        }
        pn_arena_reset(&l->auditor->scratch);
        PN_TRY(pn_audit_next(&cursor));
    }
    return PN_OK;
}

static pn_err check_links(log_audit *l) {
    pn_audit_cursor cursor;
    PN_TRY(pn_audit_open(l->auditor,
                         "SELECT e.id FROM event e LEFT JOIN event p ON p.id = e.prev_id"
                         " WHERE e.org_id = $1 AND e.prev_id <> 0 AND (p.id IS NULL OR p.id >= e.id"
                         " OR p.debtor_id <> e.debtor_id OR p.run_id <> e.run_id) ORDER BY e.id",
                         &cursor));
    while (cursor.live) {
        pn_audit_disagree(l->auditor, l->chains,
                          "Event %s follows an event that is not there, later, or of another case.",
                          event_name(l, pn_col_int(cursor.q, 0)));
        PN_TRY(pn_audit_next(&cursor));
    }
    return PN_OK;
}

static pn_err audit_chains(log_audit *l) {
    PN_TRY(check_heads(l,
                       "SELECT d.id, d.last_event_id, e.id FROM debtor d LEFT JOIN event e ON"
                       " e.id = d.last_event_id AND e.debtor_id = d.id AND e.run_id = 0"
                       " WHERE d.org_id = $1 ORDER BY d.id",
                       PN_ID_DEBTOR));
    PN_TRY(check_heads(l,
                       "SELECT r.id, r.last_event_id, e.id FROM run r LEFT JOIN event e ON"
                       " e.id = r.last_event_id AND e.debtor_id = r.debtor_id AND e.run_id = r.id"
                       " WHERE r.org_id = $1 ORDER BY r.debtor_id, r.id",
                       PN_ID_RUN));
    return check_links(l);
}

pn_err pn_audit_log(pn_auditor *auditor) {
    log_audit l = {.auditor = auditor};
    l.events = pn_audit_begin(auditor, "events", "Events are as they were when they were sealed.");
    l.blocks =
        pn_audit_begin(auditor, "blocks",
                       "Every event stands in one block, and every block seals the one before.");
    l.chains = pn_audit_begin(auditor, "chains", "The events of a debtor or run hang together.");
    pn_arena_init(&l.arena, 0);
    pn_err err = audit_blocks(&l);
    if (err == PN_OK) {
        err = audit_chains(&l);
    }
    pn_arena_done(&l.arena);
    return err;
}
