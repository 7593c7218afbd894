/* The driver's public side: which database it is, statements found again, and handing on. */
#include <stdlib.h>

#include "base/banned.h"
#include "store/db_int.h"
#include "store/db_proof.h"

extern const pn_db_ops pn_db_sqlite, pn_db_pg;

static const pn_db_ops *const DRIVERS[] = {&pn_db_sqlite, &pn_db_pg};

pn_err pn_db_open(const char *url, const pn_db_options *options, pn_db **ret_db, pn_diag *diag) {
    for (size_t i = 0; i < PN_COUNT(DRIVERS); i++) {
        if (strncmp(url, DRIVERS[i]->scheme, strlen(DRIVERS[i]->scheme)) == 0) {
            return DRIVERS[i]->open(url, options, ret_db, diag);
        }
    }
    return DRIVERS[0]->open(url, options, ret_db, diag);
}

bool pn_db_is_file(const char *url) {
    return strncmp(url, pn_db_pg.scheme, strlen(pn_db_pg.scheme)) != 0;
}

const char *pn_db_file(const char *url) {
    size_t scheme = strlen(pn_db_sqlite.scheme);
    return strncmp(url, pn_db_sqlite.scheme, scheme) == 0 ? url + scheme : url;
}

void pn_db_close(pn_db *db) {
    if (db == NULL) {
        return;
    }
    for (size_t i = 0; i < PN_DB_STATEMENTS_MAX; i++) {
        pn_stmt_free(db->statements[i]);
    }
    free(db->path);
    db->ops->close(db);
}

/* ── words ───────────────────────────────────────────────────────────────────────────────────── */

void pn_db_note(pn_db *db, const char *words) {
    pn_diag diag;
    (void)pn_diag_set(&diag, PN_IO, "%s", words);
    memcpy(db->error, diag.what, sizeof db->error - 1);
}

void pn_db_set_path(pn_db *db, const char *path) {
    size_t len = strlen(path);
    db->path = pn_alloc(len + 1);
    memcpy(db->path, path, len + 1);
}

const char *pn_db_error(const pn_db *db) {
    return db->error;
}

bool pn_db_was_lost(const pn_db *db) {
    return db->was_gone && !db->doubt;
}

unsigned pn_db_reconnects(const pn_db *db) {
    return db->reconnects;
}

const char *pn_db_path(const pn_db *db) {
    return db->path;
}

/* The sentences do not depend on which transaction it was: what had been committed stays. */
static pn_err lost_diag(const pn_db *db, pn_err err, pn_diag *diag) {
    if (db->doubt) {
        (void)pn_diag_set(diag, err,
                          "The connection to the database was lost during a commit (%s), and the "
                          "server cannot be asked: whether it was done is not known.",
                          db->error);
        pn_diag_mend(diag, "Look whether it was done before you say it again.");
    } else {
        (void)pn_diag_set(diag, err,
                          "The connection to the database was lost (%s): what was not finished was "
                          "undone.",
                          db->error);
        pn_diag_mend(diag, "Say it again when the server is back.");
    }
    return err;
}

pn_err pn_db_diag(const pn_db *db, pn_err err, pn_diag *diag) {
    if (db->was_gone && err == PN_IO) {
        return lost_diag(db, err, diag);
    }
    (void)pn_diag_set(diag, err, "The database says: %s.", db->error);
    if (pn_str_find(pn_str_of(db->error), PN_STR("full")) != SIZE_MAX) {
        pn_diag_mend(diag, "Free space on the disk of %s; nothing was lost.", db->path);
    }
    if (pn_str_find(pn_str_of(db->error), PN_STR("shared memory")) != SIZE_MAX) {
        pn_diag_mend(diag, "Raise max_locks_per_transaction in the server's postgresql.conf; many "
                           "partitions want many locks.");
    }
    return err;
}

pn_err pn_db_not_alone(const pn_db *db, pn_diag *diag) {
    pn_err err =
        pn_diag_set(diag, PN_CONFLICT, "Another process has the database %s open.", db->path);
    pn_diag_mend(diag, "Stop it, or wait until it is done: nobody may read or write meanwhile.");
    return err;
}

/* ── statements ──────────────────────────────────────────────────────────────────────────────── */

static pn_stmt *find_or_add(pn_db *db, const char *literal, bool by_rows) {
    size_t at = ((uintptr_t)literal >> 4) % PN_DB_STATEMENTS_MAX;
    while (db->statements[at] != NULL && db->statements[at]->literal != literal) {
        at = (at + 1) % PN_DB_STATEMENTS_MAX;
    }
    pn_stmt *stmt = db->statements[at];
    if (stmt == NULL) {
        assert(db->statement_count < PN_DB_STATEMENTS_MAX * 3 / 4);
        stmt = db->statements[at] = db->ops->stmt_new(db, literal);
        stmt->by_rows = by_rows;
        db->statement_count++;
    } else if (stmt->running) {
        pn_stmt_reset(stmt);
    }
    db->ops->stmt_ready(stmt);
    return stmt;
}

/* The highest $n of a text; what stands between quotes is none. */
int pn_db_parameters_of(const char *sql) {
    int count = 0;
    bool quoted = false;
    for (const char *at = sql; *at != '\0'; at++) {
        quoted = *at == '\'' ? !quoted : quoted;
        if (*at == '$' && !quoted) {
            int number = 0;
            while (pn_is_digit(at[1]) && number < 1000) {
                number = number * 10 + (*++at - '0');
            }
            count = PN_MAX(count, number);
        }
    }
    return count;
}

pn_stmt *pn_db_stmt(pn_db *db, const char *literal) {
    return find_or_add(db, literal, false);
}

pn_stmt *pn_db_stmt_rows(pn_db *db, const char *literal) {
    return find_or_add(db, literal, true);
}

pn_stmt *pn_db_stmt_many(pn_db *db, const char *one, const char *many) {
    return db->ops->stmt_many(db, one, many);
}

pn_err pn_db_prepare(pn_db *db, const char *sql, pn_stmt **ret_stmt, pn_diag *diag) {
    int count = pn_db_parameters_of(sql);
    if (count > PN_DB_PARAMETERS_MAX) {
        pn_err err = pn_diag_set(diag, PN_LIMIT,
                                 "This compares with %d values; at most %d are asked "
                                 "of the database at once.",
                                 count, (int)PN_DB_PARAMETERS_MAX);
        pn_diag_mend(diag, "Ask with a shorter rule, or with several.");
        return err;
    }
    return db->ops->prepare(db, sql, ret_stmt, diag);
}

void pn_stmt_free(pn_stmt *stmt) {
    if (stmt != NULL) {
        stmt->ops->stmt_free(stmt);
    }
}

void pn_bind_int(pn_stmt *stmt, int parameter, int64_t value) {
    stmt->ops->bind_int(stmt, parameter, value);
}

void pn_bind_int_or_null(pn_stmt *stmt, int parameter, int64_t value, int64_t none) {
    if (value == none) {
        stmt->ops->bind_null(stmt, parameter, PN_PARAMETER_INT);
    } else {
        stmt->ops->bind_int(stmt, parameter, value);
    }
}

void pn_bind_str(pn_stmt *stmt, int parameter, pn_str text) {
    stmt->ops->bind_bytes(stmt, parameter, text.ptr == NULL ? "" : text.ptr, text.len,
                          PN_PARAMETER_TEXT);
}

void pn_bind_str_or_null(pn_stmt *stmt, int parameter, pn_str text) {
    if (text.len == 0) {
        stmt->ops->bind_null(stmt, parameter, PN_PARAMETER_TEXT);
    } else {
        pn_bind_str(stmt, parameter, text);
    }
}

void pn_bind_blob(pn_stmt *stmt, int parameter, const void *bytes, size_t size) {
    stmt->ops->bind_bytes(stmt, parameter, size == 0 ? "" : bytes, size, PN_PARAMETER_BLOB);
}

void pn_bind_ids(pn_stmt *stmt, int parameter, const pn_id *ids, size_t count) {
    stmt->ops->bind_ids(stmt, parameter, ids, count);
}

void pn_bind_texts(pn_stmt *stmt, int parameter, const pn_str *texts, size_t count) {
    stmt->ops->bind_texts(stmt, parameter, texts, count);
}

void pn_bind_blob_or_null(pn_stmt *stmt, int parameter, const void *bytes, size_t size) {
    if (size == 0) {
        stmt->ops->bind_null(stmt, parameter, PN_PARAMETER_BLOB);
    } else {
        pn_bind_blob(stmt, parameter, bytes, size);
    }
}

pn_err pn_row_next(pn_stmt *stmt) {
    assert(!stmt->by_rows);
    return stmt->ops->row_next(stmt);
}

pn_err pn_each_row(pn_stmt *stmt, void (*take)(pn_stmt *stmt, void *context), void *context) {
    return stmt->ops->each_row(stmt, take, context);
}

pn_err pn_stmt_each_row(pn_stmt *stmt, void (*take)(pn_stmt *stmt, void *context), void *context) {
    pn_err err;
    while ((err = stmt->ops->row_next(stmt)) == PN_OK) {
        take(stmt, context);
    }
    return err == PN_NOT_FOUND ? PN_OK : err;
}

pn_err pn_stmt_run(pn_stmt *stmt, int64_t *ret_changes) {
    return stmt->ops->run(stmt, ret_changes);
}

pn_err pn_stmt_run_now(pn_stmt *stmt, int64_t exactly) {
    int64_t changed = 0;
    PN_TRY(pn_stmt_run(stmt, exactly == PN_ANY_ROWS ? NULL : &changed));
    return exactly == PN_ANY_ROWS || changed == exactly ? PN_OK : PN_CONFLICT;
}

pn_err pn_stmt_later(pn_stmt *stmt, int64_t exactly) {
    return stmt->ops->later(stmt, exactly);
}

void pn_db_neighbours(pn_db *db, bool neighbours) {
    db->neighbours = neighbours;
}

void pn_stmt_reset(pn_stmt *stmt) {
    stmt->ops->reset(stmt);
}

int64_t pn_col_int(pn_stmt *stmt, int column) {
    return stmt->ops->col_int(stmt, column);
}

int64_t pn_col_int_or(pn_stmt *stmt, int column, int64_t when_null) {
    return pn_col_null(stmt, column) ? when_null : pn_col_int(stmt, column);
}

pn_str pn_col_str(pn_stmt *stmt, int column) {
    return stmt->ops->col_str(stmt, column);
}

pn_str pn_col_str_dup(pn_stmt *stmt, int column, pn_arena *arena) {
    pn_str text = pn_col_str(stmt, column);
    return text.len == 0 ? PN_STR("") : pn_str_dup(arena, text);
}

bool pn_col_null(pn_stmt *stmt, int column) {
    return stmt->ops->col_null(stmt, column);
}

int pn_col_count(pn_stmt *stmt) {
    return stmt->ops->col_count(stmt);
}

pn_col_kind pn_col_kind_of(pn_stmt *stmt, int column) {
    return stmt->ops->col_kind(stmt, column);
}

/* ── the rest, handed on ─────────────────────────────────────────────────────────────────────── */

bool pn_db_speaks_pg(const pn_db *db) {
    return db->ops == &pn_db_pg;
}

pn_err pn_db_exec(pn_db *db, const char *sql) {
    return db->ops->exec(db, sql);
}

pn_err pn_db_copy(pn_db *db, const char *path) {
    assert(!db->transaction);
    return db->ops->copy(db, path);
}

pn_err pn_db_check(pn_db *db, bool quick, void (*found)(void *context, pn_str words),
                   void *context) {
    return db->ops->check(db, quick, found, context);
}

pn_err pn_db_has_table(pn_db *db, const char *name, bool *ret_has) {
    return db->ops->has_table(db, name, ret_has);
}

pn_err pn_db_try_lock(pn_db *db, int64_t key, bool *ret_taken) {
    return db->ops->try_lock(db, key, ret_taken);
}

void pn_db_unlock(pn_db *db, int64_t key) {
    db->ops->unlock(db, key);
}

pn_err pn_db_lay_out(pn_db *db, bool made_now) {
    return db->ops->lay_out(db, made_now);
}

pn_err pn_db_add_partitions(pn_db *db) {
    return db->ops->add_partitions(db);
}

const char *pn_db_type(const pn_db *db, size_t token) {
    return db->ops->type(db, token);
}

bool pn_db_is_shared(const pn_db *db) {
    return db->ops->shared;
}

static pn_err begun(pn_db *db, pn_err err) {
    db->transaction = err == PN_OK;
    db->proof = 0;
    if (err == PN_OK) { /* whatever went wrong before is over */
        db->was_gone = db->doubt = db->late = false;
    }
    return err;
}

pn_err pn_db_begin(pn_db *db, pn_db_scope scope, int64_t lane, unsigned *ret_log) {
    assert(!db->transaction);
    return begun(db, db->ops->begin(db, scope, lane, ret_log));
}

pn_err pn_db_lock_lane(pn_db *db, int64_t lane) {
    return db->ops->lock_lane(db, lane);
}

pn_err pn_db_begin_read(pn_db *db) {
    assert(!db->transaction);
    return begun(db, db->ops->begin_read(db, NULL, 0));
}

pn_err pn_db_begin_read_within(pn_db *db, const pn_env *env, int64_t duration) {
    assert(!db->transaction && duration > 0);
    return begun(db, db->ops->begin_read(db, env, duration));
}

bool pn_db_was_late(const pn_db *db) {
    return db->late;
}

void pn_db_prove(pn_db *db, pn_id block, const pn_sha256 *hash) {
    assert(db->transaction);
    db->proof = block;
    db->proof_hash = *hash;
}

pn_err pn_db_commit(pn_db *db) {
    pn_err err = db->ops->commit(db);
    db->transaction = db->transaction && err != PN_OK;
    return err;
}

void pn_db_rollback(pn_db *db) {
    db->ops->rollback(db);
    db->transaction = false;
    db->lost = db->gone ? PN_IO : PN_OK;
}

pn_err pn_db_savepoint(pn_db *db) {
    assert(db->transaction);
    return db->ops->savepoint(db);
}

pn_err pn_db_keep(pn_db *db) {
    return db->ops->keep(db);
}

pn_err pn_db_undo(pn_db *db) {
    return db->ops->undo(db);
}

uint64_t pn_db_written(const pn_db *db) {
    assert(db->ops->written != NULL);
    return db->ops->written(db);
}

bool pn_db_in_transaction(const pn_db *db) {
    return db->transaction;
}

pn_err pn_db_foreign_writes(pn_db *db, int64_t *ret_mark) {
    return db->ops->foreign_writes(db, ret_mark);
}

void pn_db_fold_by_itself(pn_db *db, bool by_itself) {
    db->ops->fold_by_itself(db, by_itself);
}

void pn_db_fold_elsewhere(pn_db *db, void (*log_is_long)(void *context), void *context) {
    db->ops->fold_elsewhere(db, log_is_long, context);
}

void pn_db_fold_log(pn_db *db) {
    db->ops->fold_log(db);
}
