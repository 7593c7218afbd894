/* Shared by the parts of the driver over SQLite. */
#ifndef PN_STORE_DB_SQLITE_INT_H
#define PN_STORE_DB_SQLITE_INT_H

#include <sqlite3.h>

#include "store/db_int.h"

typedef struct pn_sqlite_batch pn_sqlite_batch;
typedef struct pn_sqlite_walk pn_sqlite_walk;

enum { PN_SQLITE_BATCHES_MAX = 64 };

/* A parameter that was bound and waits. */
typedef enum { PN_SQLITE_NULL, PN_SQLITE_INT, PN_SQLITE_TEXT, PN_SQLITE_BLOB } pn_sqlite_cell_kind;

typedef struct {
    uint32_t size;
    pn_sqlite_cell_kind kind;
    union {
        int64_t number;
        const void *bytes;
    } is;
} pn_sqlite_cell;

typedef struct {
    pn_stmt base;
    sqlite3_stmt *handle;
    uint8_t order[PN_DB_PARAMETERS_MAX + 1]; /* number of $n → index in SQLite */
    pn_err refused;  /* it could not be prepared because the disk failed; running it says so */
    bool hands_over; /* prepared so that its rows are handed over (db_sqlite_rows.c) */
    sqlite3_value **values; /* the row that is being handed over; NULL: none is */
    pn_sqlite_batch *batch; /* rows that wait (db_sqlite_later.c); NULL: it is run at once */
    bool looked_at;         /* whether it can have a batch */
    uint64_t names;         /* bits of the batches whose tables its text names… */
    unsigned named;         /* of so many */
    bool binds_later;       /* what is bound now goes into the batch */
} sqlite_stmt;

typedef struct {
    pn_db base;
    sqlite3 *handle;
    bool reads_only;
    const pn_env *env;                  /* of a transaction that reads within a time; NULL */
    int64_t until;                      /* its end, in ticks */
    void (*log_is_long)(void *context); /* NULL: commits fold the log themselves */
    void *log_context;
    /* who takes the rows that are handed over now */
    sqlite_stmt *taker;
    void (*take)(pn_stmt *stmt, void *context);
    void *take_context;
    pn_sqlite_batch *batches[PN_SQLITE_BATCHES_MAX];
    unsigned batch_count;
    uint64_t waiting;         /* bits of those with rows */
    uint64_t put_off;         /* rows that waited or wait */
    pn_sqlite_batch *reading; /* the one that SQLite reads now */
    pn_sqlite_walk *walk;     /* the one under way */
} sqlite_db;

static inline sqlite3 *pn_sqlite_of(const pn_db *db) {
    return ((const sqlite_db *)db)->handle;
}

static inline sqlite3_stmt *pn_sqlite_stmt_of(const pn_stmt *stmt) {
    return ((const sqlite_stmt *)stmt)->handle;
}

/* The outcome of a call of SQLite's, with its words kept. */
pn_err pn_sqlite_note(pn_db *db, int code);

/* ── rows handed over ── */

/* What both need of a new connection. */
PN_MUST_USE pn_err pn_sqlite_add_taker(sqlite_db *db);
/* SQLite neither sorts nor gathers rows for this statement: it looks at them one after the other.
 */
bool pn_sqlite_goes_straight(pn_db *db, pn_str sql);
/* The text that hands rows over, in `out`; false where SQLite would not give them in order. */
bool pn_sqlite_hand_over(pn_db *db, pn_str sql, pn_buf *out);
PN_MUST_USE pn_err pn_sqlite_each_row(pn_stmt *stmt, void (*take)(pn_stmt *stmt, void *context),
                                      void *context);

/* ── rows that wait ── */

PN_MUST_USE pn_err pn_sqlite_add_waiting(sqlite_db *db);
pn_stmt *pn_sqlite_stmt_many(pn_db *db, const char *one, const char *many);
/* Of a statement with a batch. */
PN_MUST_USE pn_err pn_sqlite_later(pn_stmt *stmt, int64_t exactly);
void pn_sqlite_int_later(sqlite_stmt *stmt, int parameter, int64_t value);
void pn_sqlite_bytes_later(sqlite_stmt *stmt, int parameter, const void *bytes, size_t size,
                           pn_parameter_type type);
void pn_sqlite_null_later(sqlite_stmt *stmt, int parameter);
/* Writes those that wait for a table that the statement names; all for NULL. Where that fails the
 * transaction is lost. */
PN_MUST_USE pn_err pn_sqlite_write_waiting(sqlite_db *db, sqlite_stmt *before);
void pn_sqlite_drop_waiting(sqlite_db *db);
void pn_sqlite_batch_free(pn_sqlite_batch *batch);
void pn_sqlite_give_cell(sqlite3_context *to, const pn_sqlite_cell *cell);

/* ── walks: updates of neighbours ── */

PN_MUST_USE pn_err pn_sqlite_add_walk(sqlite_db *db);
/* NULL where the statement does not tell its rows by numbers alone. */
pn_sqlite_walk *pn_sqlite_walk_new(pn_db *db, pn_str sql);
void pn_sqlite_walk_free(pn_sqlite_walk *walk);
/* Whether rows of so many cells can be updated so: they stand in order, and SQLite walks. */
bool pn_sqlite_walk_fits(pn_sqlite_walk *walk, const pn_sqlite_cell *cells, size_t rows,
                         int columns);
PN_MUST_USE pn_err pn_sqlite_walk_run(pn_sqlite_walk *walk, const pn_sqlite_cell *cells,
                                      size_t rows, int columns, int64_t *ret_changes);

#endif
