/* The driver over SQLite.
 *
 * WAL, synchronous=FULL: what was committed survives a power cut. Pages of 16 KB, because a nightly
 * run dirties pages, not rows. One writer; readers see the last commit. */
#define _GNU_SOURCE /* O_CLOEXEC */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/banned.h"
#include "base/limits.h"
#include "store/db_sqlite_int.h"

enum { CACHE_KIB = 24 * 1024, LOG_PAGES = 5000, LOG_PAGES_MAX = 3 * LOG_PAGES };

extern const pn_db_ops pn_db_sqlite;

static pn_err outcome_of(int code) {
    switch (code & 0xFF) {
    case SQLITE_OK:
    case SQLITE_DONE:
    case SQLITE_ROW: return PN_OK;
    case SQLITE_BUSY:
    case SQLITE_INTERRUPT:
    case SQLITE_LOCKED: return PN_RETRY;
    case SQLITE_CONSTRAINT: return PN_CONFLICT;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return PN_CORRUPT;
    case SQLITE_TOOBIG: return PN_LIMIT;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH: return PN_DENIED;
    default: return PN_IO;
    }
}

pn_err pn_sqlite_note(pn_db *db, int code) {
    pn_err err = outcome_of(code);
    if (err != PN_OK) {
        pn_db_note(db, sqlite3_errmsg(pn_sqlite_of(db)));
        db->late = db->late || (code & 0xFF) == SQLITE_INTERRUPT;
        /* A full disk or a failed write ends the transaction: what follows in it must not run, or
         * each statement would be committed alone. */
        if (db->transaction && sqlite3_get_autocommit(pn_sqlite_of(db)) != 0) {
            db->lost = err;
        }
    }
    return err;
}

/* A write-ahead log that nobody shares wants the file's lock, which every other connection that has
 * read from it holds: a moment's patience, for one that is closing. */
static pn_err take_alone(pn_db *db, const char *settings) {
    (void)sqlite3_busy_timeout(pn_sqlite_of(db), 1000);
    pn_err err = pn_db_exec(db, "PRAGMA locking_mode=EXCLUSIVE");
    err = err == PN_OK ? pn_db_exec(db, settings) : err;
    err = err == PN_OK ? pn_db_exec(db, "BEGIN EXCLUSIVE; COMMIT") : err;
    return err == PN_RETRY ? PN_CONFLICT : err;
}

static pn_err configure(pn_db *db, const pn_db_options *options) {
    char text[256];
    unsigned cache = options->cache_kib != 0 ? options->cache_kib : CACHE_KIB;
    (void)snprintf(text, sizeof text,
                   "PRAGMA page_size=16384; PRAGMA journal_mode=WAL; PRAGMA synchronous=%s;"
                   "PRAGMA cache_size=-%u; PRAGMA wal_autocheckpoint=%d;"
                   "PRAGMA foreign_keys=OFF; PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF",
                   options->scratch ? "OFF" : "FULL", cache, LOG_PAGES);
    if (options->mode == PN_DB_READ) {
        (void)snprintf(text, sizeof text,
                       "PRAGMA query_only=ON; PRAGMA cache_size=-%u; PRAGMA temp_store=MEMORY;"
                       "PRAGMA trusted_schema=OFF",
                       cache);
    }
    ((sqlite_db *)db)->reads_only = options->mode == PN_DB_READ;
    (void)sqlite3_busy_timeout(pn_sqlite_of(db), 10000);
    PN_TRY(pn_sqlite_add_taker((sqlite_db *)db));
    PN_TRY(pn_sqlite_add_waiting((sqlite_db *)db));
    PN_TRY(pn_sqlite_add_walk((sqlite_db *)db));
    return options->alone ? take_alone(db, text) : pn_db_exec(db, text);
}

static pn_err open_file(const char *url, const pn_db_options *options, pn_db **ret_db,
                        pn_diag *diag) {
    const char *path = pn_db_file(url);
    /* its count of memory in use costs a lock an allocation; refused, harmlessly, after the first
     */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite_db *own = pn_alloc(sizeof *own);
    pn_db *db = &own->base;
    memset(own, 0, sizeof *own);
    db->ops = &pn_db_sqlite;
    pn_db_set_path(db, path);
    /* Readers open read-write too: a WAL needs its shared memory. query_only keeps them honest. */
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                (options->create ? SQLITE_OPEN_CREATE : 0);
    int code = sqlite3_open_v2(path, &own->handle, flags, options->vfs);
    pn_err err = outcome_of(code);
    if (err == PN_OK) {
        err = configure(db, options);
    }
    if (err != PN_OK) {
        const char *why = own->handle != NULL ? sqlite3_errmsg(own->handle) : "out of memory";
        (void)pn_diag_set(diag, err, "The database %s cannot be opened: %s.", path, why);
        if (!options->create && (code & 0xFF) == SQLITE_CANTOPEN) {
            pn_diag_mend(diag, "`puntual init` makes one; --db says which one to use.");
            err = PN_NOT_FOUND;
        } else if (options->alone && err == PN_CONFLICT) {
            err = pn_db_not_alone(db, diag);
        }
        pn_db_close(db);
        return err;
    }
    *ret_db = db;
    return PN_OK;
}

static void close_file(pn_db *db) {
    (void)sqlite3_close(pn_sqlite_of(db));
    free(db);
}

static pn_err exec(pn_db *db, const char *sql) {
    PN_TRY(db->lost);
    PN_TRY(pn_sqlite_write_waiting((sqlite_db *)db, NULL));
    return pn_sqlite_note(db, sqlite3_exec(pn_sqlite_of(db), sql, NULL, NULL, NULL));
}

/* ── copies, tables, locks ───────────────────────────────────────────────────────────────────── */

/* SQLite does not wait for the disk when it vacuums into a file. */
static bool flush_file(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool flushed = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) {
        (void)close(fd);
    }
    return flushed;
}

static pn_err copy(pn_db *db, const char *path) {
    /* it writes nothing to this database, but counts as writing */
    PN_TRY(exec(db, "PRAGMA query_only=OFF"));
    pn_stmt *q = pn_db_stmt(db, "VACUUM INTO $1");
    pn_bind_str(q, 1, pn_str_of(path));
    pn_err err = pn_stmt_run(q, NULL);
    if (((sqlite_db *)db)->reads_only) {
        PN_TRY(exec(db, "PRAGMA query_only=ON"));
    }
    return err != PN_OK ? err : (flush_file(path) ? PN_OK : PN_IO);
}

static pn_err check(pn_db *db, bool quick, void (*found)(void *context, pn_str words),
                    void *context) {
    pn_stmt *q = quick ? pn_db_stmt(db, "PRAGMA quick_check(100)")
                       : pn_db_stmt(db, "PRAGMA integrity_check(100)");
    pn_err err;
    while ((err = pn_row_next(q)) == PN_OK) {
        pn_str said = pn_col_str(q, 0);
        if (!pn_str_is(said, "ok")) {
            found(context, said);
        }
    }
    return err == PN_NOT_FOUND ? PN_OK : err;
}

static pn_err has_table(pn_db *db, const char *name, bool *ret_has) {
    pn_stmt *q =
        pn_db_stmt(db, "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1");
    pn_bind_str(q, 1, pn_str_of(name));
    PN_TRY(pn_row_next(q));
    *ret_has = pn_col_int(q, 0) != 0;
    pn_stmt_reset(q);
    return PN_OK;
}

/* A file's locks are files of their own (app/lock.c). */
static pn_err try_lock(pn_db *db, int64_t key, bool *ret_taken) {
    (void)db;
    (void)key;
    *ret_taken = true;
    return PN_OK;
}

static void unlock(pn_db *db, int64_t key) {
    (void)db;
    (void)key;
}

/* ── statements ──────────────────────────────────────────────────────────────────────────────── */

static pn_err prepare(pn_db *db, const char *sql, unsigned flags, sqlite_stmt *stmt,
                      int *ret_code) {
    *ret_code = sqlite3_prepare_v3(pn_sqlite_of(db), sql, -1, flags, &stmt->handle, NULL);
    pn_err err = pn_sqlite_note(db, *ret_code);
    if (err != PN_OK) {
        return err;
    }
    /* SQLite numbers $n by first appearance; its name says which n it is. */
    int count = sqlite3_bind_parameter_count(stmt->handle);
    for (int i = 1; i <= count; i++) {
        const char *name = sqlite3_bind_parameter_name(stmt->handle, i);
        int64_t number = 0;
        pn_err named = name == NULL ? PN_INVALID : pn_str_to_int64(pn_str_of(name + 1), &number);
        assert(named == PN_OK && number >= 1 && number <= PN_DB_PARAMETERS_MAX);
        stmt->order[number] = (uint8_t)i;
    }
    return PN_OK;
}

static sqlite_stmt *new_stmt(pn_db *db, const char *literal) {
    sqlite_stmt *stmt = pn_alloc(sizeof *stmt);
    memset(stmt, 0, sizeof *stmt);
    stmt->base = (pn_stmt){.ops = &pn_db_sqlite, .db = db, .literal = literal};
    return stmt;
}

static pn_stmt *stmt_new(pn_db *db, const char *literal) {
    return &new_stmt(db, literal)->base;
}

/* Preparing reads the schema: the disk may fail there like anywhere. */
static void stmt_ready(pn_stmt *base) {
    sqlite_stmt *stmt = (sqlite_stmt *)base;
    int code = SQLITE_OK;
    if (stmt->handle != NULL) {
        return;
    }
    pn_buf text;
    pn_buf_init(&text, 1 << 16);
    stmt->hands_over =
        base->by_rows && pn_sqlite_hand_over(base->db, pn_str_of(base->literal), &text);
    if (stmt->hands_over) {
        pn_buf_add_char(&text, '\0');
    }
    stmt->refused = prepare(base->db, stmt->hands_over ? text.ptr : base->literal,
                            SQLITE_PREPARE_PERSISTENT, stmt, &code);
    pn_buf_done(&text);
    if (code == SQLITE_ERROR || code == SQLITE_MISUSE) {
        pn_panic("a statement does not prepare (%s): %s", base->db->error, base->literal);
    }
}

/* Why a statement must not run now; PN_OK: it may. */
static pn_err obstacle(const pn_stmt *base) {
    const sqlite_stmt *stmt = (const sqlite_stmt *)base;
    return stmt->refused != PN_OK ? stmt->refused : base->db->lost;
}

static pn_err prepare_made(pn_db *db, const char *sql, pn_stmt **ret_stmt, pn_diag *diag) {
    sqlite_stmt *stmt = new_stmt(db, NULL);
    int code = SQLITE_OK;
    pn_err err = prepare(db, sql, 0, stmt, &code);
    if (err != PN_OK) {
        free(stmt);
        return pn_db_diag(db, err, diag);
    }
    *ret_stmt = &stmt->base;
    return PN_OK;
}

static void stmt_free(pn_stmt *stmt) {
    pn_sqlite_batch_free(((sqlite_stmt *)stmt)->batch);
    (void)sqlite3_finalize(pn_sqlite_stmt_of(stmt));
    free(stmt);
}

static int place(const pn_stmt *base, int parameter) {
    const sqlite_stmt *stmt = (const sqlite_stmt *)base;
    assert(parameter >= 1 && parameter <= PN_DB_PARAMETERS_MAX &&
           (stmt->order[parameter] != 0 || stmt->refused != PN_OK));
    return stmt->order[parameter];
}

static void bind_int(pn_stmt *stmt, int parameter, int64_t value) {
    sqlite_stmt *own = (sqlite_stmt *)stmt;
    if (own->binds_later) {
        pn_sqlite_int_later(own, parameter, value);
    } else {
        (void)sqlite3_bind_int64(own->handle, place(stmt, parameter), value);
    }
}

static void bind_bytes(pn_stmt *stmt, int parameter, const void *bytes, size_t size,
                       pn_parameter_type type) {
    sqlite_stmt *own = (sqlite_stmt *)stmt;
    if (own->binds_later) {
        pn_sqlite_bytes_later(own, parameter, bytes, size, type);
    } else if (type == PN_PARAMETER_TEXT) {
        (void)sqlite3_bind_text64(own->handle, place(stmt, parameter), bytes, size, SQLITE_STATIC,
                                  SQLITE_UTF8);
    } else {
        (void)sqlite3_bind_blob64(own->handle, place(stmt, parameter), bytes, size, SQLITE_STATIC);
    }
}

/* Its statements are PostgreSQL's alone. */
static void bind_ids(pn_stmt *stmt, int parameter, const pn_id *ids, size_t count) {
    (void)ids;
    pn_panic("an array of %zu bound to $%d of a statement of SQLite: %s", count, parameter,
             stmt->literal);
}

static void bind_texts(pn_stmt *stmt, int parameter, const pn_str *texts, size_t count) {
    (void)texts;
    bind_ids(stmt, parameter, NULL, count);
}

static void bind_null(pn_stmt *stmt, int parameter, pn_parameter_type type) {
    sqlite_stmt *own = (sqlite_stmt *)stmt;
    (void)type;
    if (own->binds_later) {
        pn_sqlite_null_later(own, parameter);
    } else {
        (void)sqlite3_bind_null(own->handle, place(stmt, parameter));
    }
}

static void reset(pn_stmt *stmt) {
    (void)sqlite3_reset(pn_sqlite_stmt_of(stmt));
    stmt->running = false;
}

static pn_err row_next(pn_stmt *stmt) {
    PN_TRY(obstacle(stmt));
    if (!stmt->running) {
        PN_TRY(pn_sqlite_write_waiting((sqlite_db *)stmt->db, (sqlite_stmt *)stmt));
    }
    int code = sqlite3_step(pn_sqlite_stmt_of(stmt));
    if (code == SQLITE_ROW) {
        stmt->running = true;
        return PN_OK;
    }
    pn_err err = code == SQLITE_DONE ? PN_NOT_FOUND : pn_sqlite_note(stmt->db, code);
    reset(stmt);
    return err;
}

static pn_err run(pn_stmt *stmt, int64_t *ret_changes) {
    PN_TRY(obstacle(stmt));
    PN_TRY(pn_sqlite_write_waiting((sqlite_db *)stmt->db, (sqlite_stmt *)stmt));
    int code = sqlite3_step(pn_sqlite_stmt_of(stmt));
    pn_err err = pn_sqlite_note(stmt->db, code);
    if (err == PN_OK && ret_changes != NULL) {
        *ret_changes = sqlite3_changes64(pn_sqlite_of(stmt->db));
    }
    reset(stmt);
    return err;
}

static pn_err later(pn_stmt *stmt, int64_t exactly) {
    int64_t changed = 0;
    PN_TRY(obstacle(stmt));
    if (((sqlite_stmt *)stmt)->binds_later) {
        return pn_sqlite_later(stmt, exactly);
    }
    PN_TRY(run(stmt, &changed));
    return exactly == PN_ANY_ROWS || changed == exactly ? PN_OK : PN_CONFLICT;
}

/* Of the row that is handed over, or of the one the statement stands at. */
static int64_t col_int(pn_stmt *stmt, int column) {
    const sqlite_stmt *own = (const sqlite_stmt *)stmt;
    return own->values != NULL ? sqlite3_value_int64(own->values[column])
                               : sqlite3_column_int64(own->handle, column);
}

static pn_str col_str(pn_stmt *stmt, int column) {
    const sqlite_stmt *own = (const sqlite_stmt *)stmt;
    if (own->values != NULL) {
        const void *bytes = sqlite3_value_blob(own->values[column]);
        return (pn_str){bytes, (size_t)sqlite3_value_bytes(own->values[column])};
    }
    const void *bytes = sqlite3_column_blob(own->handle, column);
    return (pn_str){bytes, (size_t)sqlite3_column_bytes(own->handle, column)};
}

static bool col_null(pn_stmt *stmt, int column) {
    const sqlite_stmt *own = (const sqlite_stmt *)stmt;
    return own->values != NULL ? sqlite3_value_type(own->values[column]) == SQLITE_NULL
                               : sqlite3_column_type(own->handle, column) == SQLITE_NULL;
}

static int col_count(pn_stmt *stmt) {
    return sqlite3_column_count(pn_sqlite_stmt_of(stmt));
}

static pn_col_kind col_kind(pn_stmt *stmt, int column) {
    switch (sqlite3_column_type(pn_sqlite_stmt_of(stmt), column)) {
    case SQLITE_NULL: return PN_COL_NULL;
    case SQLITE_INTEGER: return PN_COL_INT;
    case SQLITE_TEXT: return PN_COL_TEXT;
    default: return PN_COL_BLOB; /* tables are strict: no REAL */
    }
}

/* ── transactions ────────────────────────────────────────────────────────────────────────────── */

static pn_err begin(pn_db *db, pn_db_scope scope, int64_t lane, unsigned *ret_log) {
    (void)scope;
    (void)lane;
    *ret_log = 0;
    return pn_stmt_run(pn_db_stmt(db, "BEGIN IMMEDIATE"), NULL);
}

static pn_err lock_lane(pn_db *db, int64_t lane) {
    (void)db;
    (void)lane;
    return PN_OK;
}

static int is_late(void *context) {
    const sqlite_db *own = context;
    return pn_env_ticks(own->env) > own->until;
}

/* About a millisecond's work lies between two looks at the clock. */
static void watch(sqlite_db *own, const pn_env *env, int64_t duration) {
    enum { INSTRUCTIONS = 100000 };
    own->env = env;
    own->until = env != NULL ? pn_env_ticks(env) + duration : 0;
    sqlite3_progress_handler(own->handle, env != NULL ? INSTRUCTIONS : 0, is_late, own);
}

static pn_err begin_read(pn_db *db, const pn_env *env, int64_t duration) {
    watch((sqlite_db *)db, env, duration);
    return pn_stmt_run(pn_db_stmt(db, "BEGIN"), NULL);
}

static pn_err commit(pn_db *db) {
    PN_TRY(db->lost);
    PN_TRY(pn_sqlite_write_waiting((sqlite_db *)db, NULL));
    return pn_stmt_run(pn_db_stmt(db, "COMMIT"), NULL);
}

static void rollback(pn_db *db) {
    watch((sqlite_db *)db, NULL, 0);
    pn_sqlite_drop_waiting((sqlite_db *)db);
    if (sqlite3_get_autocommit(pn_sqlite_of(db)) == 0) {
        (void)sqlite3_exec(pn_sqlite_of(db), "ROLLBACK", NULL, NULL, NULL);
    }
}

static pn_err savepoint(pn_db *db) {
    PN_TRY(db->lost);
    PN_TRY(pn_sqlite_write_waiting((sqlite_db *)db, NULL));
    return pn_stmt_run(pn_db_stmt(db, "SAVEPOINT operation"), NULL);
}

static pn_err keep(pn_db *db) {
    PN_TRY(db->lost);
    PN_TRY(pn_sqlite_write_waiting((sqlite_db *)db, NULL));
    return pn_stmt_run(pn_db_stmt(db, "RELEASE operation"), NULL);
}

/* Rows that could not be written lost the transaction for us; to SQLite it still stands, unless the
 * disk failed. */
static pn_err undo(pn_db *db) {
    sqlite3 *handle = pn_sqlite_of(db);
    pn_sqlite_drop_waiting((sqlite_db *)db);
    if (sqlite3_get_autocommit(handle) != 0) {
        db->lost = db->lost != PN_OK ? db->lost : PN_IO;
        return db->lost;
    }
    db->lost = PN_OK;
    return pn_sqlite_note(
        db, sqlite3_exec(handle, "ROLLBACK TO operation; RELEASE operation", NULL, NULL, NULL));
}

static uint64_t written(const pn_db *db) {
    return (uint64_t)sqlite3_total_changes64(pn_sqlite_of(db)) + ((const sqlite_db *)db)->put_off;
}

static pn_err foreign_writes(pn_db *db, int64_t *ret_mark) {
    pn_stmt *q = pn_db_stmt(db, "PRAGMA data_version");
    PN_TRY(pn_row_next(q));
    *ret_mark = pn_col_int(q, 0);
    pn_stmt_reset(q);
    return PN_OK;
}

/* After a commit. Whoever folds may be slow: then it is done here all the same. */
static int log_grew(void *context, sqlite3 *handle, const char *name, int pages) {
    const sqlite_db *own = context;
    if (pages >= LOG_PAGES) {
        own->log_is_long(own->log_context);
    }
    if (pages >= LOG_PAGES_MAX) {
        (void)sqlite3_wal_checkpoint_v2(handle, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    }
    return SQLITE_OK;
}

static void fold_by_itself(pn_db *db, bool by_itself) {
    if (by_itself && ((sqlite_db *)db)->log_is_long != NULL) {
        (void)sqlite3_wal_hook(pn_sqlite_of(db), log_grew, db);
    } else {
        (void)sqlite3_wal_autocheckpoint(pn_sqlite_of(db), by_itself ? LOG_PAGES : 0);
    }
}

static void fold_elsewhere(pn_db *db, void (*log_is_long)(void *context), void *context) {
    ((sqlite_db *)db)->log_is_long = log_is_long;
    ((sqlite_db *)db)->log_context = context;
    fold_by_itself(db, true);
}

static void fold_log(pn_db *db) {
    (void)sqlite3_wal_checkpoint_v2(pn_sqlite_of(db), NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

static const char *const TYPES[] = {
    "INTEGER PRIMARY KEY",
    "INTEGER PRIMARY KEY",
    "INTEGER",
    "TEXT",
    "BLOB",
    " STRICT",
    " STRICT, WITHOUT ROWID",
    " STRICT, WITHOUT ROWID",
    "INTEGER PRIMARY KEY",
    "",
    " STRICT",
};

static const char *type(const pn_db *db, size_t token) {
    (void)db;
    return TYPES[token];
}

/* A file has no partitions. */
static pn_err lay_out(pn_db *db, bool made_now) {
    (void)db;
    (void)made_now;
    return PN_OK;
}

static pn_err add_partitions(pn_db *db) {
    (void)db;
    return PN_OK;
}

const pn_db_ops pn_db_sqlite = {
    .scheme = "sqlite:",
    .open = open_file,
    .close = close_file,
    .exec = exec,
    .copy = copy,
    .check = check,
    .has_table = has_table,
    .try_lock = try_lock,
    .unlock = unlock,
    .stmt_new = stmt_new,
    .stmt_ready = stmt_ready,
    .prepare = prepare_made,
    .stmt_free = stmt_free,
    .bind_int = bind_int,
    .bind_bytes = bind_bytes,
    .bind_ids = bind_ids,
    .bind_texts = bind_texts,
    .bind_null = bind_null,
    .row_next = row_next,
    .each_row = pn_sqlite_each_row,
    .run = run,
    .stmt_many = pn_sqlite_stmt_many,
    .later = later,
    .reset = reset,
    .col_int = col_int,
    .col_str = col_str,
    .col_null = col_null,
    .col_count = col_count,
    .col_kind = col_kind,
    .begin = begin,
    .lock_lane = lock_lane,
    .begin_read = begin_read,
    .commit = commit,
    .rollback = rollback,
    .savepoint = savepoint,
    .keep = keep,
    .undo = undo,
    .written = written,
    .foreign_writes = foreign_writes,
    .fold_by_itself = fold_by_itself,
    .fold_elsewhere = fold_elsewhere,
    .fold_log = fold_log,
    .lay_out = lay_out,
    .add_partitions = add_partitions,
    .type = type,
};
