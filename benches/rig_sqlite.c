/* What SQLite itself does: the limits that jobs are measured against. */
#include <stdio.h>

#include "base/banned.h"
#include "rig.h"
#include "store/db.h"

enum { PAIRS_A_COMMIT = 1000, ROW_BYTES = 100, INSERT_BYTES = 200, BYTES_MAX = 4096 };

static char filler[BYTES_MAX];

static pn_db *open_raw(const char *path) {
    pn_db *db = NULL;
    pn_diag diag = {0};
    rig_remove(path);
    rig_must(pn_db_open(path, &(pn_db_options){.mode = PN_DB_WRITE, .create = true}, &db, &diag),
             &diag);
    memset(filler, 'x', sizeof filler);
    return db;
}

static void run(pn_db *db, pn_err err) {
    if (err != PN_OK) {
        pn_panic("SQLite says: %s", pn_db_error(db));
    }
}

static void begin(pn_db *db) {
    unsigned log = 0;
    run(db, pn_db_begin(db, PN_SCOPE_DATABASE, 0, &log));
}

static void fill_states(pn_db *db, int64_t rows) {
    begin(db);
    for (int64_t id = 1; id <= rows; id++) {
        pn_stmt *q = pn_db_stmt(db, "INSERT INTO state (id, at, body) VALUES ($1, 0, $2)");
        pn_bind_int(q, 1, id);
        pn_bind_blob(q, 2, filler, ROW_BYTES);
        run(db, pn_stmt_run(q, NULL));
    }
    run(db, pn_db_commit(db));
}

double rig_raw_pairs(const char *path, int64_t pairs) {
    if (rig_counting()) {
        return 0;
    }
    pn_db *db = open_raw(path);
    run(db, pn_db_exec(db, "CREATE TABLE state (id INTEGER PRIMARY KEY, at INTEGER, body BLOB);"
                           "CREATE TABLE happened (id INTEGER PRIMARY KEY, body BLOB)"));
    fill_states(db, pairs);
    double start = rig_seconds();
    for (int64_t id = 1; id <= pairs;) {
        begin(db);
        for (int i = 0; i < PAIRS_A_COMMIT && id <= pairs; i++, id++) {
            pn_stmt *update = pn_db_stmt(db, "UPDATE state SET at = $2 WHERE id = $1");
            pn_bind_int(update, 1, id);
            pn_bind_int(update, 2, id + 1000000);
            run(db, pn_stmt_run(update, NULL));
            pn_stmt *insert = pn_db_stmt(db, "INSERT INTO happened (id, body) VALUES ($1, $2)");
            pn_bind_int(insert, 1, id);
            pn_bind_blob(insert, 2, filler, INSERT_BYTES);
            run(db, pn_stmt_run(insert, NULL));
        }
        run(db, pn_db_commit(db));
    }
    double rate = (double)pairs / (rig_seconds() - start);
    pn_db_close(db);
    rig_remove(path);
    return rate;
}

double rig_raw_inserts(const char *path, int64_t rows, size_t size_a, size_t size_b) {
    if (rig_counting()) {
        return 0;
    }
    pn_db *db = open_raw(path);
    run(db, pn_db_exec(db, "CREATE TABLE a (id INTEGER PRIMARY KEY, body BLOB);"
                           "CREATE TABLE b (id INTEGER PRIMARY KEY, body BLOB)"));
    double start = rig_seconds();
    begin(db);
    for (int64_t id = 1; id <= rows; id++) {
        pn_stmt *a = pn_db_stmt(db, "INSERT INTO a (id, body) VALUES ($1, $2)");
        pn_bind_int(a, 1, id);
        pn_bind_blob(a, 2, filler, PN_MIN(size_a, sizeof filler));
        run(db, pn_stmt_run(a, NULL));
        pn_stmt *b = pn_db_stmt(db, "INSERT INTO b (id, body) VALUES ($1, $2)");
        pn_bind_int(b, 1, id);
        pn_bind_blob(b, 2, filler, PN_MIN(size_b, sizeof filler));
        run(db, pn_stmt_run(b, NULL));
    }
    run(db, pn_db_commit(db));
    double rate = (double)rows / (rig_seconds() - start);
    pn_db_close(db);
    rig_remove(path);
    return rate;
}
