/* The driver over SQLite.
 *
 * WAL, synchronous=FULL: what was committed survives a power cut. Pages of 16 KB, because a nightly
 * run dirties pages, not rows. One writer; readers see the last commit. */
#define _GNU_SOURCE /* O_CLOEXEC */
#include "store/db.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/banned.h"
#include "base/limits.h"

enum { STATEMENTS_MAX = 512, PARAMETERS_MAX = 40, CACHE_KIB = 24 * 1024, LOG_PAGES = 5000 };

struct pn_stmt {
    const char *literal;
    sqlite3_stmt *handle;
    pn_db *db;
    uint8_t order[PARAMETERS_MAX + 1]; /* number of $n → index in SQLite */
    bool running;
    pn_err refused; /* it could not be prepared because the disk failed; running it says so */
};

struct pn_db {
    sqlite3 *handle;
    char *path;
    char error[256];
    bool reads_only;
    bool transaction; /* begun, and not committed or rolled back by us yet */
    pn_err lost;      /* SQLite rolled it back by itself, for this reason */
    struct pn_stmt *statements[STATEMENTS_MAX]; /* open addressing by the literal's address */
    size_t statement_count;
};

static pn_err outcome_of(int code) {
    switch (code & 0xFF) {
    case SQLITE_OK:
    case SQLITE_DONE:
    case SQLITE_ROW: return PN_OK;
    case SQLITE_BUSY:
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

static pn_err note_error(pn_db *db, int code) {
    pn_err err = outcome_of(code);
    if (err != PN_OK) {
        pn_diag diag;
        (void)pn_diag_set(&diag, err, "%s", sqlite3_errmsg(db->handle));
        memcpy(db->error, diag.what, sizeof db->error - 1);
        /* A full disk or a failed write ends the transaction: what follows in it must not run, or
         * each statement would be committed alone. */
        if (db->transaction && sqlite3_get_autocommit(db->handle) != 0) {
            db->lost = err;
        }
    }
    return err;
}

const char *pn_db_error(const pn_db *db) {
    return db->error;
}

const char *pn_db_path(const pn_db *db) {
    return db->path;
}

pn_err pn_db_diag(const pn_db *db, pn_err err, pn_diag *diag) {
    (void)pn_diag_set(diag, err, "The database says: %s.", db->error);
    if (pn_str_find(pn_str_of(db->error), PN_STR("full")) != SIZE_MAX) {
        pn_diag_mend(diag, "Free space on the disk of %s; nothing was lost.", db->path);
    }
    return err;
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
    db->reads_only = options->mode == PN_DB_READ;
    (void)sqlite3_busy_timeout(db->handle, 10000);
    return pn_db_exec(db, text);
}

pn_err pn_db_open(const char *url, const pn_db_options *options, pn_db **ret_db, pn_diag *diag) {
    const char *path = strncmp(url, "sqlite:", 7) == 0 ? url + 7 : url;
    if (strncmp(url, "postgres", 8) == 0) {
        return pn_diag_set(diag, PN_INVALID, "This build of Puntual keeps its data in SQLite.");
    }
    /* its count of memory in use costs a lock an allocation; refused, harmlessly, after the first
     */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    pn_db *db = pn_alloc(sizeof *db);
    memset(db, 0, sizeof *db);
    size_t len = strlen(path);
    db->path = pn_alloc(len + 1);
    memcpy(db->path, path, len + 1);
    /* Readers open read-write too: a WAL needs its shared memory. query_only keeps them honest. */
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                (options->create ? SQLITE_OPEN_CREATE : 0);
    int code = sqlite3_open_v2(path, &db->handle, flags, options->vfs);
    pn_err err = outcome_of(code);
    if (err == PN_OK) {
        err = configure(db, options);
    }
    if (err != PN_OK) {
        const char *why = db->handle != NULL ? sqlite3_errmsg(db->handle) : "out of memory";
        (void)pn_diag_set(diag, err, "The database %s cannot be opened: %s.", path, why);
        if (!options->create && (code & 0xFF) == SQLITE_CANTOPEN) {
            pn_diag_mend(diag, "`puntual init` makes one; --db says which one to use.");
            err = PN_NOT_FOUND;
        }
        pn_db_close(db);
        return err;
    }
    *ret_db = db;
    return PN_OK;
}

void pn_db_close(pn_db *db) {
    if (db == NULL) {
        return;
    }
    for (size_t i = 0; i < STATEMENTS_MAX; i++) {
        if (db->statements[i] != NULL) {
            (void)sqlite3_finalize(db->statements[i]->handle);
            free(db->statements[i]);
        }
    }
    (void)sqlite3_close(db->handle);
    free(db->path);
    free(db);
}

pn_err pn_db_exec(pn_db *db, const char *sql) {
    PN_TRY(db->lost);
    return note_error(db, sqlite3_exec(db->handle, sql, NULL, NULL, NULL));
}

/* ── copies ──────────────────────────────────────────────────────────────────────────────────── */

/* SQLite does not wait for the disk when it vacuums into a file. */
static bool flush_file(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool flushed = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) {
        (void)close(fd);
    }
    return flushed;
}

pn_err pn_db_copy(pn_db *db, const char *path) {
    assert(!db->transaction);
    /* it writes nothing to this database, but counts as writing */
    PN_TRY(pn_db_exec(db, "PRAGMA query_only=OFF"));
    pn_stmt *q = pn_db_stmt(db, "VACUUM INTO $1");
    pn_bind_str(q, 1, pn_str_of(path));
    pn_err err = pn_stmt_run(q, NULL);
    if (db->reads_only) {
        PN_TRY(pn_db_exec(db, "PRAGMA query_only=ON"));
    }
    return err != PN_OK ? err : (flush_file(path) ? PN_OK : PN_IO);
}

pn_err pn_db_check(pn_db *db, pn_diag *diag) {
    pn_stmt *q = pn_db_stmt(db, "PRAGMA quick_check(1)");
    pn_err err = pn_row_next(q);
    if (err != PN_OK) {
        return pn_db_diag(db, err, diag);
    }
    pn_str said = pn_col_str(q, 0);
    if (!pn_str_is(said, "ok")) {
        err = pn_diag_set(diag, PN_CORRUPT, "%s is damaged: %.*s.", db->path, PN_STR_ARG(said));
    }
    pn_stmt_reset(q);
    return err;
}

/* ── statements ──────────────────────────────────────────────────────────────────────────────── */

static pn_err prepare(pn_db *db, const char *sql, unsigned flags, pn_stmt *stmt, int *ret_code) {
    *ret_code = sqlite3_prepare_v3(db->handle, sql, -1, flags, &stmt->handle, NULL);
    pn_err err = note_error(db, *ret_code);
    if (err != PN_OK) {
        return err;
    }
    stmt->db = db;
    /* SQLite numbers $n by first appearance; its name says which n it is. */
    int count = sqlite3_bind_parameter_count(stmt->handle);
    for (int i = 1; i <= count; i++) {
        const char *name = sqlite3_bind_parameter_name(stmt->handle, i);
        int64_t number = 0;
        pn_err named = name == NULL ? PN_INVALID : pn_str_to_int64(pn_str_of(name + 1), &number);
        assert(named == PN_OK && number >= 1 && number <= PARAMETERS_MAX);
        stmt->order[number] = (uint8_t)i;
    }
    return PN_OK;
}

/* Preparing reads the schema: the disk may fail there like anywhere. */
static void prepare_own(pn_db *db, const char *literal, pn_stmt *stmt) {
    int code = SQLITE_OK;
    stmt->db = db;
    stmt->refused = prepare(db, literal, SQLITE_PREPARE_PERSISTENT, stmt, &code);
    if (code == SQLITE_ERROR || code == SQLITE_MISUSE) {
        pn_panic("a statement does not prepare (%s): %s", db->error, literal);
    }
}

/* Why a statement must not run now; PN_OK: it may. */
static pn_err obstacle(const pn_stmt *stmt) {
    return stmt->refused != PN_OK ? stmt->refused : stmt->db->lost;
}

pn_stmt *pn_db_stmt(pn_db *db, const char *literal) {
    size_t at = ((uintptr_t)literal >> 4) % STATEMENTS_MAX;
    while (db->statements[at] != NULL && db->statements[at]->literal != literal) {
        at = (at + 1) % STATEMENTS_MAX;
    }
    pn_stmt *stmt = db->statements[at];
    if (stmt == NULL) {
        assert(db->statement_count < STATEMENTS_MAX * 3 / 4);
        stmt = pn_alloc(sizeof *stmt);
        memset(stmt, 0, sizeof *stmt);
        stmt->literal = literal;
        db->statements[at] = stmt;
        db->statement_count++;
    } else if (stmt->running) {
        pn_stmt_reset(stmt);
    }
    if (stmt->handle == NULL) {
        prepare_own(db, literal, stmt);
    }
    return stmt;
}

pn_err pn_db_prepare(pn_db *db, const char *sql, pn_stmt **ret_stmt, pn_diag *diag) {
    pn_stmt *stmt = pn_alloc(sizeof *stmt);
    memset(stmt, 0, sizeof *stmt);
    int code = SQLITE_OK;
    pn_err err = prepare(db, sql, 0, stmt, &code);
    if (err != PN_OK) {
        free(stmt);
        return pn_db_diag(db, err, diag);
    }
    *ret_stmt = stmt;
    return PN_OK;
}

void pn_stmt_free(pn_stmt *stmt) {
    if (stmt != NULL) {
        (void)sqlite3_finalize(stmt->handle);
        free(stmt);
    }
}

static int place(const pn_stmt *stmt, int parameter) {
    assert(parameter >= 1 && parameter <= PARAMETERS_MAX &&
           (stmt->order[parameter] != 0 || stmt->refused != PN_OK));
    return stmt->order[parameter];
}

void pn_bind_int(pn_stmt *stmt, int parameter, int64_t value) {
    (void)sqlite3_bind_int64(stmt->handle, place(stmt, parameter), value);
}

void pn_bind_int_or_null(pn_stmt *stmt, int parameter, int64_t value, int64_t none) {
    if (value == none) {
        pn_bind_null(stmt, parameter);
    } else {
        pn_bind_int(stmt, parameter, value);
    }
}

void pn_bind_str(pn_stmt *stmt, int parameter, pn_str text) {
    (void)sqlite3_bind_text64(stmt->handle, place(stmt, parameter),
                              text.ptr == NULL ? "" : text.ptr, text.len, SQLITE_STATIC,
                              SQLITE_UTF8);
}

void pn_bind_str_or_null(pn_stmt *stmt, int parameter, pn_str text) {
    if (text.len == 0) {
        pn_bind_null(stmt, parameter);
    } else {
        pn_bind_str(stmt, parameter, text);
    }
}

void pn_bind_blob(pn_stmt *stmt, int parameter, const void *bytes, size_t size) {
    (void)sqlite3_bind_blob64(stmt->handle, place(stmt, parameter), size == 0 ? "" : bytes, size,
                              SQLITE_STATIC);
}

void pn_bind_null(pn_stmt *stmt, int parameter) {
    (void)sqlite3_bind_null(stmt->handle, place(stmt, parameter));
}

void pn_stmt_reset(pn_stmt *stmt) {
    (void)sqlite3_reset(stmt->handle);
    stmt->running = false;
}

pn_err pn_row_next(pn_stmt *stmt) {
    PN_TRY(obstacle(stmt));
    int code = sqlite3_step(stmt->handle);
    if (code == SQLITE_ROW) {
        stmt->running = true;
        return PN_OK;
    }
    pn_err err = code == SQLITE_DONE ? PN_NOT_FOUND : note_error(stmt->db, code);
    pn_stmt_reset(stmt);
    return err;
}

pn_err pn_stmt_run(pn_stmt *stmt, int64_t *ret_changes) {
    PN_TRY(obstacle(stmt));
    int code = sqlite3_step(stmt->handle);
    pn_err err = note_error(stmt->db, code);
    if (err == PN_OK && ret_changes != NULL) {
        *ret_changes = sqlite3_changes64(stmt->db->handle);
    }
    pn_stmt_reset(stmt);
    return err;
}

int64_t pn_col_int(pn_stmt *stmt, int column) {
    return sqlite3_column_int64(stmt->handle, column);
}

int64_t pn_col_int_or(pn_stmt *stmt, int column, int64_t when_null) {
    return pn_col_null(stmt, column) ? when_null : pn_col_int(stmt, column);
}

pn_str pn_col_str(pn_stmt *stmt, int column) {
    const void *bytes = sqlite3_column_blob(stmt->handle, column);
    return (pn_str){bytes, (size_t)sqlite3_column_bytes(stmt->handle, column)};
}

pn_str pn_col_str_dup(pn_stmt *stmt, int column, pn_arena *arena) {
    pn_str text = pn_col_str(stmt, column);
    return text.len == 0 ? PN_STR("") : pn_str_dup(arena, text);
}

bool pn_col_null(pn_stmt *stmt, int column) {
    return sqlite3_column_type(stmt->handle, column) == SQLITE_NULL;
}

int pn_col_count(pn_stmt *stmt) {
    return sqlite3_column_count(stmt->handle);
}

/* ── transactions ────────────────────────────────────────────────────────────────────────────── */

pn_err pn_db_begin(pn_db *db) {
    assert(!db->transaction);
    pn_err err = pn_stmt_run(pn_db_stmt(db, "BEGIN IMMEDIATE"), NULL);
    db->transaction = err == PN_OK;
    return err;
}

pn_err pn_db_begin_read(pn_db *db) {
    assert(!db->transaction);
    pn_err err = pn_stmt_run(pn_db_stmt(db, "BEGIN"), NULL);
    db->transaction = err == PN_OK;
    return err;
}

pn_err pn_db_foreign_writes(pn_db *db, int64_t *ret_mark) {
    pn_stmt *q = pn_db_stmt(db, "PRAGMA data_version");
    PN_TRY(pn_row_next(q));
    *ret_mark = pn_col_int(q, 0);
    pn_stmt_reset(q);
    return PN_OK;
}

void pn_db_fold_by_itself(pn_db *db, bool by_itself) {
    (void)sqlite3_wal_autocheckpoint(db->handle, by_itself ? LOG_PAGES : 0);
}

void pn_db_fold_log(pn_db *db) {
    (void)sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

pn_err pn_db_commit(pn_db *db) {
    pn_err err = pn_stmt_run(pn_db_stmt(db, "COMMIT"), NULL);
    db->transaction = db->transaction && err != PN_OK;
    return err;
}

void pn_db_rollback(pn_db *db) {
    if (sqlite3_get_autocommit(db->handle) == 0) {
        (void)sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    }
    db->transaction = false;
    db->lost = PN_OK;
}

bool pn_db_in_transaction(const pn_db *db) {
    return db->transaction;
}
