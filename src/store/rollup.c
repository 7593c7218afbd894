#include "store/rollup.h"

#include <stdlib.h>

#include "base/banned.h"
#include "base/utf8.h"

static_assert(sizeof(pn_rollup_key) == 6 * 8 + 4 + 4 + 4 + PN_ROLLUP_WORD + 4,
              "keys are compared as bytes");

/* ── a log ───────────────────────────────────────────────────────────────────────────────────── */

enum { SLOTS_FIRST = 256 };

void pn_rollup_log_done(pn_rollup_log *log) {
    free(log->rows);
    free(log->slots);
    *log = (pn_rollup_log){0};
}

/* By words: it is asked for at every step of a night. */
static uint64_t hash_of(const pn_rollup_key *key) {
    uint64_t words[sizeof *key / sizeof(uint64_t)], hash = 0;
    memcpy(words, key, sizeof words);
    for (size_t i = 0; i < PN_COUNT(words); i++) {
        hash = (hash ^ words[i]) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 29;
    }
    return hash;
}
static_assert(sizeof(pn_rollup_key) % sizeof(uint64_t) == 0, "whole words");

/* A slot holds the row's index and one; 0 is free. */
static size_t slot_of(const pn_rollup_log *log, const pn_rollup_key *key) {
    size_t at = hash_of(key) & (log->slot_count - 1);
    while (log->slots[at] != 0 &&
           memcmp(&log->rows[log->slots[at] - 1].key, key, sizeof *key) != 0) {
        at = (at + 1) & (log->slot_count - 1);
    }
    return at;
}

/* Of equal keys the last row is found: those before a savepoint are not added to any more. */
static void index_rows(pn_rollup_log *log, size_t slot_count) {
    if (slot_count != log->slot_count) {
        free(log->slots);
        log->slots = pn_alloc(slot_count * sizeof *log->slots);
        log->slot_count = slot_count;
    }
    memset(log->slots, 0, slot_count * sizeof *log->slots);
    for (size_t i = 0; i < log->count; i++) {
        log->slots[slot_of(log, &log->rows[i].key)] = (uint32_t)i + 1;
    }
}

void pn_rollup_log_clear(pn_rollup_log *log) {
    size_t count = log->count;
    log->count = 0;
    if (count * 8 > log->slot_count) {
        memset(log->slots, 0, log->slot_count * sizeof *log->slots);
    } else if (count != 0) { /* few of many: no more is touched than was */
        for (size_t i = 0; i < count; i++) {
            size_t at = hash_of(&log->rows[i].key) & (log->slot_count - 1);
            while (log->slots[at] != 0) {
                log->slots[at] = 0;
                at = (at + 1) & (log->slot_count - 1);
            }
        }
    }
    log->floor = 0;
}

static void grow(pn_rollup_log *log) {
    if (log->count == log->capacity) {
        log->capacity = log->capacity == 0 ? SLOTS_FIRST / 2 : log->capacity * 2;
        log->rows = pn_realloc(log->rows, log->capacity * sizeof *log->rows);
    }
    if ((log->count + 1) * 2 > log->slot_count) {
        index_rows(log, log->slot_count == 0 ? SLOTS_FIRST : log->slot_count * 2);
    }
}

void pn_rollup_add(pn_rollup_log *log, const pn_rollup_key *key, int64_t count, int64_t amount) {
    grow(log);
    log->added++;
    size_t slot = slot_of(log, key);
    if (log->slots[slot] != 0 && log->slots[slot] - 1 >= log->floor) {
        pn_rollup_row *row = &log->rows[log->slots[slot] - 1];
        row->count += count;
        row->amount += amount;
        return;
    }
    log->rows[log->count++] = (pn_rollup_row){.key = *key, .count = count, .amount = amount};
    log->slots[slot] = (uint32_t)log->count;
}

size_t pn_rollup_log_mark(pn_rollup_log *log) {
    log->floor = log->count;
    return log->count;
}

void pn_rollup_log_undo(pn_rollup_log *log, size_t mark) {
    assert(mark <= log->count);
    if (log->count != mark) {
        log->count = mark;
        index_rows(log, log->slot_count);
    }
    log->floor = mark;
}

void pn_rollup_word(pn_rollup_key *key, pn_str word) {
    size_t size = PN_MIN(word.len, (size_t)PN_ROLLUP_WORD);
    while (size > 0 && size < word.len && ((unsigned char)word.ptr[size] & 0xC0) == 0x80) {
        size--;
    }
    memset(key->word, 0, sizeof key->word);
    if (size != 0) {
        memcpy(key->word, word.ptr, size);
    }
}

/* ── stored ──────────────────────────────────────────────────────────────────────────────────── */

#define KEY "measure, day, creditor_id, currency, version_id, node, a, b, c, word"

pn_err pn_rollup_flush(pn_db *db, pn_id org_id, pn_rollup_log *log) {
    for (size_t i = 0; i < log->count; i++) {
        const pn_rollup_row *row = &log->rows[i];
        if (row->count == 0 && row->amount == 0) {
            continue;
        }
        pn_stmt *q = pn_db_stmt_many(
            db,
            "INSERT INTO rollup_delta (org_id, " KEY ", count, amount_minor) VALUES"
            " ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)",
            PN_PG("INSERT INTO rollup_delta (org_id, " KEY ", count, amount_minor) SELECT * FROM"
                  " unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"));
        pn_bind_int(q, 1, org_id);
        pn_bind_int(q, 2, row->key.measure);
        pn_bind_int(q, 3, row->key.day);
        pn_bind_int(q, 4, row->key.creditor_id);
        pn_bind_str(q, 5, pn_str_of(row->key.currency));
        pn_bind_int(q, 6, row->key.version_id);
        pn_bind_int(q, 7, row->key.node);
        pn_bind_int(q, 8, row->key.a);
        pn_bind_int(q, 9, row->key.b);
        pn_bind_int(q, 10, row->key.c);
        pn_bind_str(q, 11, pn_str_of(row->key.word));
        pn_bind_int(q, 12, row->count);
        pn_bind_int(q, 13, row->amount);
        PN_TRY(pn_stmt_later(q, PN_ANY_ROWS));
    }
    pn_rollup_log_clear(log);
    return PN_OK;
}

pn_err pn_rollup_fold(pn_db *db, pn_id org_id, int64_t max, int64_t *ret_folded) {
    pn_stmt *q = pn_db_stmt(db, "SELECT max(id) FROM (SELECT id FROM rollup_delta WHERE org_id = $1"
                                " ORDER BY id LIMIT $2) oldest");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, max);
    PN_TRY(pn_row_next(q));
    int64_t last = pn_col_int_or(q, 0, 0);
    pn_stmt_reset(q);
    q = pn_db_stmt(db,
                   "INSERT INTO rollup (org_id, " KEY ", count, amount_minor)"
                   " SELECT org_id, " KEY ", sum(count), sum(amount_minor) FROM rollup_delta"
                   " WHERE org_id = $1 AND id <= $2 GROUP BY org_id, " KEY
                   " ON CONFLICT (org_id, " KEY ") DO UPDATE SET count = rollup.count +"
                   " excluded.count, amount_minor = rollup.amount_minor + excluded.amount_minor");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, last);
    PN_TRY(pn_stmt_run(q, NULL));
    q = pn_db_stmt(db, "DELETE FROM rollup_delta WHERE org_id = $1 AND id <= $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, last);
    PN_TRY(pn_stmt_run(q, ret_folded));
    return PN_OK;
}

pn_err pn_rollup_waiting(pn_db *db, pn_id org_id, int64_t max, int64_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT count(*) FROM (SELECT 1 FROM rollup_delta WHERE org_id = $1"
                                " LIMIT $2) waiting");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, max);
    PN_TRY(pn_row_next(q));
    *ret_count = pn_col_int(q, 0);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_rollup_forget(pn_db *db, pn_id org_id, pn_rollup_measure measure) {
    pn_stmt *q = pn_db_stmt(db, "DELETE FROM rollup WHERE org_id = $1 AND measure = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, measure);
    PN_TRY(pn_stmt_run(q, NULL));
    q = pn_db_stmt(db, "DELETE FROM rollup_delta WHERE org_id = $1 AND measure = $2");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, measure);
    return pn_stmt_run(q, NULL);
}

typedef struct {
    void (*take)(void *context, const pn_rollup_row *row);
    void *context;
} reader;

static void copy_text(char *to, size_t size, pn_str text) {
    size_t len = PN_MIN(text.len, size - 1);
    if (len != 0) {
        memcpy(to, text.ptr, len);
    }
}

static void read_row(pn_stmt *q, void *context) {
    const reader *r = context;
    pn_rollup_row row = {.key = {.measure = (int32_t)pn_col_int(q, 0),
                                 .day = (pn_date)pn_col_int(q, 1),
                                 .creditor_id = pn_col_int(q, 2),
                                 .version_id = pn_col_int(q, 4),
                                 .node = pn_col_int(q, 5),
                                 .a = pn_col_int(q, 6),
                                 .b = pn_col_int(q, 7),
                                 .c = pn_col_int(q, 8)},
                         .count = pn_col_int(q, 10),
                         .amount = pn_col_int(q, 11)};
    copy_text(row.key.currency, sizeof row.key.currency, pn_col_str(q, 3));
    copy_text(row.key.word, sizeof row.key.word, pn_col_str(q, 9));
    r->take(r->context, &row);
}

pn_err pn_rollup_each(pn_db *db, pn_id org_id, pn_rollup_measure measure, pn_date from, pn_date to,
                      void (*take)(void *context, const pn_rollup_row *row), void *context) {
    reader r = {take, context};
    pn_stmt *q = pn_db_stmt(
        db, "SELECT " KEY ", count, amount_minor FROM rollup WHERE org_id = $1 AND measure = $2"
            " AND day >= $3 AND day <= $4 UNION ALL SELECT " KEY ", count, amount_minor FROM"
            " rollup_delta WHERE org_id = $1 AND measure = $2 AND day >= $3 AND day <= $4");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, measure);
    pn_bind_int(q, 3, from);
    pn_bind_int(q, 4, to);
    return pn_each_row(q, read_row, &r);
}

pn_err pn_rollup_of_version(pn_db *db, pn_id org_id, pn_rollup_measure measure, pn_id version_id,
                            pn_date from, pn_date to,
                            void (*take)(void *context, const pn_rollup_row *row), void *context) {
    reader r = {take, context};
    pn_stmt *q = pn_db_stmt(
        db, "SELECT " KEY ", count, amount_minor FROM rollup WHERE org_id = $1 AND measure = $2"
            " AND day >= $3 AND day <= $4 AND version_id = $5 UNION ALL SELECT " KEY
            ", count, amount_minor FROM rollup_delta WHERE org_id = $1 AND measure = $2"
            " AND day >= $3 AND day <= $4 AND version_id = $5");
    pn_bind_int(q, 1, org_id);
    pn_bind_int(q, 2, measure);
    pn_bind_int(q, 3, from);
    pn_bind_int(q, 4, to);
    pn_bind_int(q, 5, version_id);
    return pn_each_row(q, read_row, &r);
}

pn_err pn_rollup_is_stale(pn_db *db, pn_id org_id, bool *ret_stale) {
    pn_stmt *q = pn_db_stmt(db, "SELECT 1 FROM rollup_stale WHERE org_id = $1");
    pn_bind_int(q, 1, org_id);
    pn_err err = pn_row_next(q);
    pn_stmt_reset(q);
    *ret_stale = err == PN_OK;
    return err == PN_NOT_FOUND ? PN_OK : err;
}

pn_err pn_rollup_made_anew(pn_db *db, pn_id org_id) {
    pn_stmt *q = pn_db_stmt(db, "DELETE FROM rollup_stale WHERE org_id = $1");
    pn_bind_int(q, 1, org_id);
    return pn_stmt_run(q, NULL);
}

/* ── credited ────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_credited_insert(pn_db *db, const pn_credited_row *row) {
    pn_stmt *q = pn_db_stmt(
        db, "INSERT INTO credited (debtor_id, entry_id, org_id, invoice_id, creditor_id, currency,"
            " day, amount_minor, carrier_id, template_id, channel, version_id, node, phase,"
            " by_hand) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15)");
    pn_bind_int(q, 1, row->debtor_id);
    pn_bind_int(q, 2, row->entry_id);
    pn_bind_int(q, 3, row->org_id);
    pn_bind_int(q, 4, row->invoice_id);
    pn_bind_int(q, 5, row->creditor_id);
    pn_bind_str(q, 6, pn_str_of(row->currency.code));
    pn_bind_int(q, 7, row->day);
    pn_bind_int(q, 8, row->amount);
    pn_bind_int(q, 9, row->carrier_id);
    pn_bind_int(q, 10, row->template_id);
    pn_bind_int(q, 11, row->channel);
    pn_bind_int(q, 12, row->version_id);
    pn_bind_int(q, 13, row->node);
    pn_bind_str(q, 14, row->phase);
    pn_bind_int(q, 15, row->by_hand);
    return pn_stmt_run(q, NULL);
}

pn_err pn_credited_get(pn_db *db, pn_id debtor_id, pn_id entry_id, pn_arena *arena,
                       pn_credited_row *ret_row) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT org_id, invoice_id, creditor_id, currency, day, amount_minor, carrier_id,"
            " template_id, channel, version_id, node, phase, by_hand FROM credited"
            " WHERE debtor_id = $1 AND entry_id = $2");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, entry_id);
    PN_TRY(pn_row_next(q));
    *ret_row = (pn_credited_row){.debtor_id = debtor_id,
                                 .entry_id = entry_id,
                                 .org_id = pn_col_int(q, 0),
                                 .invoice_id = pn_col_int(q, 1),
                                 .creditor_id = pn_col_int(q, 2),
                                 .day = (pn_date)pn_col_int(q, 4),
                                 .amount = pn_col_int(q, 5),
                                 .carrier_id = pn_col_int(q, 6),
                                 .template_id = pn_col_int(q, 7),
                                 .channel = pn_col_int(q, 8),
                                 .version_id = pn_col_int(q, 9),
                                 .node = pn_col_int(q, 10),
                                 .phase = pn_col_str_dup(q, 11, arena),
                                 .by_hand = pn_col_int(q, 12) != 0};
    copy_text(ret_row->currency.code, sizeof ret_row->currency.code, pn_col_str(q, 3));
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_credited_carrier(pn_db *db, pn_id account_id, pn_date from, pn_date to,
                           pn_credited_row *row) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT c.id, c.template_id, c.channel, c.version_id, c.node FROM contact_made m"
            " JOIN carrier c ON c.id = m.carrier_id WHERE m.debtor_id = $1 AND m.carrier_id <> 0"
            " AND (m.account_id = $2 OR m.account_id = 0) AND c.state IN (2, 3)"
            " AND c.day >= $3 AND c.day <= $4 ORDER BY m.id DESC LIMIT 1");
    pn_bind_int(q, 1, row->debtor_id);
    pn_bind_int(q, 2, account_id);
    pn_bind_int(q, 3, from);
    pn_bind_int(q, 4, to);
    PN_TRY(pn_row_next(q));
    row->carrier_id = pn_col_int(q, 0);
    row->template_id = pn_col_int(q, 1);
    row->channel = pn_col_int(q, 2);
    if (!pn_col_null(q, 3)) {
        row->version_id = pn_col_int(q, 3);
        row->node = pn_col_int(q, 4);
    }
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_credited_by_hand(pn_db *db, pn_id debtor_id, pn_time from, pn_time to,
                           bool *ret_by_hand) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT 1 FROM task WHERE debtor_id = $1 AND state = 1 AND settled_at >= $2 AND"
            " settled_at < $3 UNION ALL SELECT 1 FROM contact_made WHERE debtor_id = $1 AND"
            " conversation = 1 AND at >= $2 AND at < $3 LIMIT 1");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, from);
    pn_bind_int(q, 3, to);
    pn_err err = pn_row_next(q);
    pn_stmt_reset(q);
    *ret_by_hand = err == PN_OK;
    return err == PN_NOT_FOUND ? PN_OK : err;
}

pn_err pn_credited_case(pn_db *db, pn_id debtor_id, pn_id account_id, pn_id invoice_id,
                        pn_arena *arena, pn_id *ret_version, int64_t *ret_node,
                        pn_str *ret_memory) {
    pn_stmt *q = pn_db_stmt(
        db, "SELECT version_id, node, memory FROM run WHERE debtor_id = $1 AND account_id = $2"
            " AND (invoice_id = $3 OR invoice_id = 0) AND parent_id = 0 AND status = 0"
            " ORDER BY invoice_id DESC, id DESC LIMIT 1");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, account_id);
    pn_bind_int(q, 3, invoice_id);
    PN_TRY(pn_row_next(q));
    *ret_version = pn_col_int(q, 0);
    *ret_node = pn_col_int(q, 1);
    *ret_memory = pn_col_str_dup(q, 2, arena);
    pn_stmt_reset(q);
    return PN_OK;
}
