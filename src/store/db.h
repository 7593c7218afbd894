/* The database driver: about a dozen functions, the same for every database.
 *
 * Statements stand in the function that uses them, as one text with $1…$n; they are prepared once
 * per connection, found again by the address of their literal. Parameters are bound by number
 * whatever the database does with names. Bound texts and blobs must live until the statement was
 * run. Nothing here logs; errors come back as pn_err with the database's own words in
 * `pn_db_error`. RETRY means that another connection was in the way: roll back. */
#ifndef PN_STORE_DB_H
#define PN_STORE_DB_H

#include "base/buf.h"
#include "base/id.h"
#include "base/time.h"

typedef struct pn_db pn_db;
typedef struct pn_stmt pn_stmt;

typedef enum { PN_DB_WRITE, PN_DB_READ } pn_db_mode;

typedef struct {
    pn_db_mode mode;
    bool create;        /* make the database when it does not exist */
    unsigned cache_kib; /* page cache; 0: a default */
    const char *vfs;    /* SQLite: name of the file layer; NULL the default one */
    bool alone; /* CONFLICT where another connection has it open; none is let in until the close */
    bool scratch; /* all of it can be made again (the demo): commits do not wait for the disk */
} pn_db_options;

/* `url` is a file's path, sqlite:PATH, or postgresql://…; IO with a sentence when it cannot be
 * opened. */
PN_MUST_USE pn_err pn_db_open(const char *url, const pn_db_options *options, pn_db **ret_db,
                              pn_diag *diag);
void pn_db_close(pn_db *db);
/* What it was opened as, without a password. */
const char *pn_db_path(const pn_db *db);
/* True for a database that is a file; its path, for one that is. */
bool pn_db_is_file(const char *url);
const char *pn_db_file(const char *url);
/* True where several processes may write at once: what must not change is locked by row then. On a
 * file the one writer is the lock of everything. */
bool pn_db_is_shared(const pn_db *db);

/* True where the last error was that the connection to a server was lost, and what was under way is
 * undone for sure. The next transaction connects again, and so does reading outside of one; they
 * try for ten seconds. */
bool pn_db_was_lost(const pn_db *db);
/* How often it was connected again. */
unsigned pn_db_reconnects(const pn_db *db);

/* What the database said about the last error on this connection. */
const char *pn_db_error(const pn_db *db);
/* Fills a diag from it: "The database says: …". */
pn_err pn_db_diag(const pn_db *db, pn_err err, pn_diag *diag);

/* True where SQL is PostgreSQL's and not SQLite's, for texts that are made at run time. */
bool pn_db_speaks_pg(const pn_db *db);

/* Runs text without parameters or rows; may hold several statements (schema, pragmas). */
PN_MUST_USE pn_err pn_db_exec(pn_db *db, const char *sql);

/* Writes all that is committed now to a new file, while others go on reading and writing; the file
 * is on the disk when this returns. Outside a transaction. */
PN_MUST_USE pn_err pn_db_copy(pn_db *db, const char *path);
/* Before tables are made, in the transaction that makes them: how they are laid out, as the URL
 * wants it of a new database, else as they are. Behind them, partitions for those that have none.
 */
PN_MUST_USE pn_err pn_db_lay_out(pn_db *db, bool made_now);
PN_MUST_USE pn_err pn_db_add_partitions(pn_db *db);
/* What a token of the schema files means here (store/schema.c); before pn_db_lay_out, of a table in
 * one piece. */
const char *pn_db_type(const pn_db *db, size_t token);
PN_MUST_USE pn_err pn_db_has_table(pn_db *db, const char *name, bool *ret_has);
/* A lock that belongs to this connection until it is given back or the connection ends; a database
 * that is a file always gives it, for there it is a file of its own (app/lock.h). */
PN_MUST_USE pn_err pn_db_try_lock(pn_db *db, int64_t key, bool *ret_taken);
void pn_db_unlock(pn_db *db, int64_t key);
/* Reads every page, and unless it shall be quick compares indexes with their tables; `found` gets
 * each fault in the database's own words. A server looks after itself: nothing is found there. */
PN_MUST_USE pn_err pn_db_check(pn_db *db, bool quick, void (*found)(void *context, pn_str words),
                               void *context);

/* ── statements ── */

/* A text for PostgreSQL alone. Its neighbour for SQLite stands beside it (pn_db_stmt_many), or it
 * is only run where the database is shared. */
#ifndef PN_PG /* tools/check-sql marks them */
#define PN_PG(literal) literal
#endif
#ifndef PN_SQLITE /* the same for SQLite */
#define PN_SQLITE(literal) literal
#endif

/* The prepared statement of this literal, reset; every parameter must be bound again. Never NULL: a
 * statement that does not prepare is our own bug, found by the tests that prepare every statement;
 * where the disk fails while preparing, running it says so. */
pn_stmt *pn_db_stmt(pn_db *db, const char *literal) __attribute__((returns_nonnull));
/* The same for one that is read with pn_each_row or pn_rows_read alone: on SQLite in two thirds of
 * the time. It is SELECT, columns, FROM and so on. */
pn_stmt *pn_db_stmt_rows(pn_db *db, const char *literal) __attribute__((returns_nonnull));
/* One for many rows, run with pn_stmt_later: `one` is for a row, `many` (PN_PG) takes an array for
 * each parameter, unnest($1, $2 …), and does the same for all of them. An update finds its rows by
 * ids that it compares with parameters after its WHERE: a row is not updated twice at once. */
pn_stmt *pn_db_stmt_many(pn_db *db, const char *one, const char *many)
    __attribute__((returns_nonnull));
/* One whose text is made at run time (rules as SQL): freed with pn_stmt_free. LIMIT with a sentence
 * where it has too many parameters. */
PN_MUST_USE pn_err pn_db_prepare(pn_db *db, const char *sql, pn_stmt **ret_stmt, pn_diag *diag);
void pn_stmt_free(pn_stmt *stmt);

void pn_bind_int(pn_stmt *stmt, int parameter, int64_t value);
/* NULL for `none`, else the value: for optional times and dates. */
void pn_bind_int_or_null(pn_stmt *stmt, int parameter, int64_t value, int64_t none);
void pn_bind_str(pn_stmt *stmt, int parameter, pn_str text);
/* NULL for an empty text. */
void pn_bind_str_or_null(pn_stmt *stmt, int parameter, pn_str text);
void pn_bind_blob(pn_stmt *stmt, int parameter, const void *bytes, size_t size);
/* NULL for none at all. */
void pn_bind_blob_or_null(pn_stmt *stmt, int parameter, const void *bytes, size_t size);
/* An array of ids or texts, for = ANY ($n) and unnest($n): PostgreSQL alone. */
void pn_bind_ids(pn_stmt *stmt, int parameter, const pn_id *ids, size_t count);
void pn_bind_texts(pn_stmt *stmt, int parameter, const pn_str *texts, size_t count);

/* Fetches the next row. OK with a row, NOT_FOUND at the end (the statement is reset then). */
PN_MUST_USE pn_err pn_row_next(pn_stmt *stmt);
/* Runs a statement that gives no rows; `ret_changes` (may be NULL) gets the rows it changed. Where
 * it is NULL, a server may be told later, in the order of the calls: then the next statement that
 * reads tells the error, or the commit. */
PN_MUST_USE pn_err pn_stmt_run(pn_stmt *stmt, int64_t *ret_changes);
/* Runs a statement that gives no rows for what is bound, now or together with others of its kind:
 * at the latest before the next statement that names its table, or the commit, which then tells its
 * error. What is bound is taken over. Unless PN_ANY_ROWS, it must change exactly that many rows a
 * call, or the outcome is CONFLICT. */
enum { PN_ANY_ROWS = -1 };
PN_MUST_USE pn_err pn_stmt_later(pn_stmt *stmt, int64_t exactly);
/* Whether the rows that are put off until the next call change rows of which most of their
 * neighbours change too, in their order: SQLite then walks over them. */
void pn_db_neighbours(pn_db *db, bool neighbours);
/* Ends reading before the last row. */
void pn_stmt_reset(pn_stmt *stmt);

/* Columns of the current row; texts and blobs are borrowed until the next call on the statement. */
int64_t pn_col_int(pn_stmt *stmt, int column);
int64_t pn_col_int_or(pn_stmt *stmt, int column, int64_t when_null);
pn_str pn_col_str(pn_stmt *stmt, int column);
/* The same, copied to the arena. */
pn_str pn_col_str_dup(pn_stmt *stmt, int column, pn_arena *arena);
bool pn_col_null(pn_stmt *stmt, int column);
/* For what reads any table: how many columns there are, and what one of this row holds. */
typedef enum { PN_COL_NULL, PN_COL_INT, PN_COL_TEXT, PN_COL_BLOB } pn_col_kind;
int pn_col_count(pn_stmt *stmt);
pn_col_kind pn_col_kind_of(pn_stmt *stmt, int column);

/* Gives each row to `take`, which reads its columns. */
PN_MUST_USE pn_err pn_each_row(pn_stmt *stmt, void (*take)(pn_stmt *stmt, void *context),
                               void *context);
/* Reads all rows into an array on the arena; `read` fills one of `row_size` bytes. */
PN_MUST_USE pn_err pn_rows_read(pn_stmt *stmt, pn_arena *arena, size_t row_size,
                                void (*read)(pn_stmt *stmt, pn_arena *arena, void *row),
                                void **ret_rows, size_t *ret_count);

/* The same of rows that are one id each. */
PN_MUST_USE pn_err pn_rows_ids(pn_stmt *stmt, pn_arena *arena, pn_id **ret_ids, size_t *ret_count);

/* ── transactions ── */

/* Whom a writer keeps out of a database that is shared, until it commits. On a file it always keeps
 * out everybody. */
typedef enum {
    PN_SCOPE_DATABASE, /* all other writers */
    PN_SCOPE_LANE,     /* all other writers of the lane: an organization's */
    PN_SCOPE_ROWS,     /* nobody by itself: it locks the rows it goes by (zones, then debtors, each
                          in ascending order) */
} pn_db_scope;

/* PN_LANE_NONE: of the instance, which is no organization's: nobody who has a lane keeps it out. */
enum { PN_DB_LOGS = 512, PN_LANE_NONE = -1 };

/* `ret_log` is the number of the log that is the transaction's own until its end, below PN_DB_LOGS:
 * ids are made and events sealed by log, so writers do not wait for each other. 0 on a file. */
PN_MUST_USE pn_err pn_db_begin(pn_db *db, pn_db_scope scope, int64_t lane, unsigned *ret_log);
/* Locks something of the lane that is no row, until the end of the transaction; `key` says what. */
PN_MUST_USE pn_err pn_db_lock_lane(pn_db *db, int64_t lane);
/* A number that is another one when somebody else committed since it was last asked for, in a
 * transaction that writes. */
PN_MUST_USE pn_err pn_db_foreign_writes(pn_db *db, int64_t *ret_mark);
/* SQLite: whether the write-ahead log is folded back by commits that find it long (the default), or
 * by pn_db_fold_log alone. Nothing elsewhere. */
void pn_db_fold_by_itself(pn_db *db, bool by_itself);
void pn_db_fold_log(pn_db *db);
/* SQLite: commits that find the log long tell somebody who folds it, and do so themselves only
 * where it has become three times as long. Nothing elsewhere. */
void pn_db_fold_elsewhere(pn_db *db, void (*log_is_long)(void *context), void *context);
/* For readers: everything read until the rollback is of one moment, and nobody waits. */
PN_MUST_USE pn_err pn_db_begin_read(pn_db *db);
/* The same for at most so long, in microseconds of the environment's ticks, which are asked for
 * until the rollback: on a file for all of it, on a server for each statement. What takes longer is
 * interrupted: RETRY, and pn_db_was_late says why until the next transaction. */
PN_MUST_USE pn_err pn_db_begin_read_within(pn_db *db, const pn_env *env, int64_t duration);
bool pn_db_was_late(const pn_db *db);
/* Where the connection is lost and the answer with it, the server is asked over another one what
 * became of it; only if nobody answers, IO may mean that it was done: then the sentence says so. */
PN_MUST_USE pn_err pn_db_commit(pn_db *db);
/* Never fails: a connection that cannot roll back is closed by its next use. */
void pn_db_rollback(pn_db *db);
/* An operation that may be undone alone within the transaction under way; one at a time. What was
 * put off is written before it begins and before it is kept, so its errors are its own. Where the
 * database gave the whole transaction up, keeping and undoing say so: roll back. */
PN_MUST_USE pn_err pn_db_savepoint(pn_db *db);
PN_MUST_USE pn_err pn_db_keep(pn_db *db);
PN_MUST_USE pn_err pn_db_undo(pn_db *db);
/* SQLite: a number that is another one once a row was written or put off. */
uint64_t pn_db_written(const pn_db *db);
/* True from begin until commit or rollback, also where the database gave the transaction up by
 * itself (a full disk): then every statement fails until the rollback. */
bool pn_db_in_transaction(const pn_db *db);

#endif
