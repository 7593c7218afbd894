/* What the parts of the PostgreSQL driver share: db_pg.c opens and has the transactions,
 * db_pg_stmt.c the statements and their rows, db_pg_pipe.c what was sent and is not answered yet,
 * db_pg_many.c rows that wait to be sent as one statement, db_pg_lost.c what to do when the
 * connection is lost, db_pg_url.c what a URL says to us, db_pg_parts.c how tables are laid out. */
#ifndef PN_STORE_DB_PG_INT_H
#define PN_STORE_DB_PG_INT_H

#include <libpq-fe.h>

#include "store/db_int.h"

/* Types of catalogue/pg_type.dat; libpq has no names for them. */
enum {
    PN_OID_BOOL = 16,
    PN_OID_BYTEA = 17,
    PN_OID_INT8 = 20,
    PN_OID_INT2 = 21,
    PN_OID_INT4 = 23,
    PN_OID_TEXT = 25,
    PN_OID_BYTEA_ARRAY = 1001,
    PN_OID_TEXT_ARRAY = 1009,
    PN_OID_INT8_ARRAY = 1016,
    PN_OID_NUMERIC = 1700
};

enum {
    PN_PG_BINARY = 1,
    PN_PG_TABLES_MAX = 64,
    PN_PG_MANY_ROWS = 4000,
    PN_PG_MANY_BYTES = 1 << 20
};

typedef struct pn_pg_many pn_pg_many;

typedef struct {
    pn_stmt base;
    const char *sql;
    char *made; /* its text, where it was made at run time; else NULL */
    char name[24];
    unsigned prepared; /* in which session; 0: not yet */
    int count;         /* parameters */
    Oid types[PN_DB_PARAMETERS_MAX];
    const char *values[PN_DB_PARAMETERS_MAX];
    int lengths[PN_DB_PARAMETERS_MAX], formats[PN_DB_PARAMETERS_MAX];
    uint64_t numbers[PN_DB_PARAMETERS_MAX]; /* values that are integers, as they travel */
    char *arrays[PN_DB_PARAMETERS_MAX];     /* those bound as such */
    PGresult *result;
    int row;         /* the next one */
    uint64_t tables; /* the ones of pn_pg_db.tables that its text names… */
    size_t known;    /* …of so many */
    pn_pg_many *many;
} pn_pg_stmt;

/* What the server was told and has not answered. */
typedef struct {
    enum { PN_PG_PREPARE, PN_PG_RUN, PN_PG_ASK, PN_PG_SYNC } kind;
    bool answered;
    pn_pg_stmt *stmt;
    int64_t exactly; /* rows that must change, or PN_ANY_ROWS */
} pn_pg_sent;

enum { PN_PG_SENT_MAX = 1024 };

typedef struct {
    pn_db base;
    PGconn *conn;
    unsigned long made; /* statements, for their names */
    unsigned log;       /* that its last transaction had: asked for first by the next one */
    int64_t asked;      /* for foreign writes, so far */
    pn_db_options options;
    bool pooler;      /* a session lasts for a transaction: nothing may be left in it */
    char local[2048]; /* then: what every transaction begins with */
    unsigned session; /* counts connections, from 1 */
    uint64_t xid;     /* the writer's transaction under way */
    int64_t started;  /* when the session's server was; 0: it does not say */
    bool connecting;  /* again */
    bool holds_lock;  /* the session's advisory lock */
    int64_t lock_key;
    int partitions; /* of each table that has debtors' rows; 1: all are in one piece */

    pn_pg_sent sent[PN_PG_SENT_MAX]; /* a ring */
    size_t sent_first, sent_count, unsynced, unsynced_bytes;
    int64_t expecting; /* of them, how many must change exactly so many rows */
    pn_err failure;    /* the first one among them */

    pn_str tables[PN_PG_TABLES_MAX]; /* that statements for many rows write to */
    size_t table_count;
    pn_pg_stmt *waiting[PN_PG_TABLES_MAX]; /* statements with rows that were not sent */
    size_t waiting_count;
} pn_pg_db;

/* ── db_pg.c ── */

/* Keeps the words of an error, and that it ended the transaction. */
pn_err pn_pg_failed(pn_db *db, const PGresult *result);
bool pn_pg_succeeded(const PGresult *result);
/* What every session begins with. */
pn_err pn_pg_configure(pn_pg_db *own);

/* ── db_pg_parts.c ── */

/* What `?partitions=` says. */
PN_MUST_USE pn_err pn_pg_count_partitions(const char *text, int *ret_partitions, pn_diag *diag);
pn_err pn_pg_lay_out(pn_db *db, bool made_now);
pn_err pn_pg_add_partitions(pn_db *db);
const char *pn_pg_type(const pn_db *db, size_t token);

/* ── db_pg_lost.c ── */

/* True where the server or the system says that the connection is lost. */
bool pn_pg_says_gone(const PGconn *conn, const PGresult *result);
/* Keeps the first line: libpq explains itself in several. */
void pn_pg_note_line(pn_db *db, const char *words);
/* Until there is a connection, for ten seconds. */
pn_err pn_pg_connect_again(pn_db *db);
/* The connection was lost during COMMIT: OK where it was done after all. */
pn_err pn_pg_ask_outcome(pn_pg_db *own);

/* ── db_pg_stmt.c ── */

pn_pg_stmt *pn_pg_stmt_new(pn_db *db, const char *literal, const char *sql);
pn_stmt *pn_pg_stmt_of_literal(pn_db *db, const char *literal);
void pn_pg_stmt_ready(pn_stmt *stmt);
pn_err pn_pg_prepare(pn_db *db, const char *sql, pn_stmt **ret_stmt, pn_diag *diag);
void pn_pg_stmt_free(pn_stmt *stmt);
void pn_pg_bind_int(pn_stmt *stmt, int parameter, int64_t value);
void pn_pg_bind_bytes(pn_stmt *stmt, int parameter, const void *bytes, size_t size,
                      pn_parameter_type type);
void pn_pg_bind_ids(pn_stmt *stmt, int parameter, const pn_id *ids, size_t count);
void pn_pg_bind_texts(pn_stmt *stmt, int parameter, const pn_str *texts, size_t count);
void pn_pg_bind_null(pn_stmt *stmt, int parameter, pn_parameter_type type);
pn_err pn_pg_row_next(pn_stmt *stmt);
pn_err pn_pg_run(pn_stmt *stmt, int64_t *ret_changes);
void pn_pg_reset(pn_stmt *stmt);
int64_t pn_pg_col_int(pn_stmt *stmt, int column);
pn_str pn_pg_col_str(pn_stmt *stmt, int column);
bool pn_pg_col_null(pn_stmt *stmt, int column);
int pn_pg_col_count(pn_stmt *stmt);
pn_col_kind pn_pg_col_kind(pn_stmt *stmt, int column);

/* ── db_pg_pipe.c ── */

/* Sends what is bound, and does not wait. */
pn_err pn_pg_send(pn_pg_stmt *stmt, int64_t exactly);
/* Sends what is bound and waits for the rows, and with them for all that was sent before. */
pn_err pn_pg_ask(pn_pg_stmt *stmt);
/* Waits until everything sent is answered; what went wrong is in base.lost then. */
void pn_pg_settle(pn_pg_db *own);

/* ── db_pg_url.c ── */

/* True where the URL has the parameter. */
bool pn_pg_url_has(char *url, const char *name);
/* The same, and takes it out; `ret_value` gets its first bytes. */
bool pn_pg_url_take(char *url, const char *name, char *ret_value, size_t size);

/* ── db_pg_many.c ── */

pn_stmt *pn_pg_stmt_many(pn_db *db, const char *one, const char *many);
pn_err pn_pg_later(pn_stmt *stmt, int64_t exactly);
void pn_pg_many_free(pn_pg_many *many);
/* Sends the rows that wait for a table the statement names: it comes after them. */
pn_err pn_pg_flush_for(pn_pg_stmt *stmt);
pn_err pn_pg_flush_all(pn_pg_db *own);
/* Forgets them: the transaction is given up. */
void pn_pg_forget(pn_pg_db *own);

#endif
