/* What the drivers share: the functions each of them gives, and what stands before their own state.
 */
#ifndef PN_STORE_DB_INT_H
#define PN_STORE_DB_INT_H

#include "base/hash.h"
#include "store/db.h"

enum { PN_DB_PARAMETERS_MAX = 40, PN_DB_STATEMENTS_MAX = 512 };

/* What a parameter is even where it is NULL: PostgreSQL wants to know. */
typedef enum { PN_PARAMETER_INT, PN_PARAMETER_TEXT, PN_PARAMETER_BLOB } pn_parameter_type;

/* Each function does what db.h says of the one of its name. */
typedef struct {
    const char *scheme; /* of its URLs, with the colon; the first driver takes plain paths too */
    bool shared;
    pn_err (*open)(const char *url, const pn_db_options *options, pn_db **ret_db, pn_diag *diag);
    void (*close)(pn_db *db);
    pn_err (*exec)(pn_db *db, const char *sql);
    pn_err (*copy)(pn_db *db, const char *path);
    pn_err (*check)(pn_db *db, bool quick, void (*found)(void *context, pn_str words),
                    void *context);
    pn_err (*has_table)(pn_db *db, const char *name, bool *ret_has);
    pn_err (*try_lock)(pn_db *db, int64_t key, bool *ret_taken);
    void (*unlock)(pn_db *db, int64_t key);

    /* A new statement of its own memory; `literal` lives as long as the connection. */
    pn_stmt *(*stmt_new)(pn_db *db, const char *literal);
    /* Makes it ready for binding: prepared, where that could not be done before. */
    void (*stmt_ready)(pn_stmt *stmt);
    pn_err (*prepare)(pn_db *db, const char *sql, pn_stmt **ret_stmt, pn_diag *diag);
    void (*stmt_free)(pn_stmt *stmt);
    void (*bind_int)(pn_stmt *stmt, int parameter, int64_t value);
    void (*bind_bytes)(pn_stmt *stmt, int parameter, const void *bytes, size_t size,
                       pn_parameter_type type);
    void (*bind_ids)(pn_stmt *stmt, int parameter, const pn_id *ids, size_t count);
    void (*bind_texts)(pn_stmt *stmt, int parameter, const pn_str *texts, size_t count);
    void (*bind_null)(pn_stmt *stmt, int parameter, pn_parameter_type type);
    pn_err (*row_next)(pn_stmt *stmt);
    pn_err (*each_row)(pn_stmt *stmt, void (*take)(pn_stmt *stmt, void *context), void *context);
    pn_err (*run)(pn_stmt *stmt, int64_t *ret_changes);
    pn_stmt *(*stmt_many)(pn_db *db, const char *one, const char *many);
    pn_err (*later)(pn_stmt *stmt, int64_t exactly);
    void (*reset)(pn_stmt *stmt);
    int64_t (*col_int)(pn_stmt *stmt, int column);
    pn_str (*col_str)(pn_stmt *stmt, int column);
    bool (*col_null)(pn_stmt *stmt, int column);
    int (*col_count)(pn_stmt *stmt);
    pn_col_kind (*col_kind)(pn_stmt *stmt, int column);

    pn_err (*begin)(pn_db *db, pn_db_scope scope, int64_t lane, unsigned *ret_log);
    pn_err (*lock_lane)(pn_db *db, int64_t lane);
    pn_err (*begin_read)(pn_db *db, const pn_env *env, int64_t duration); /* 0: for ever */
    pn_err (*commit)(pn_db *db);
    void (*rollback)(pn_db *db);
    pn_err (*savepoint)(pn_db *db);
    pn_err (*keep)(pn_db *db);
    pn_err (*undo)(pn_db *db);
    uint64_t (*written)(const pn_db *db); /* NULL: of a shared database */
    pn_err (*foreign_writes)(pn_db *db, int64_t *ret_mark);
    void (*fold_by_itself)(pn_db *db, bool by_itself);
    void (*fold_elsewhere)(pn_db *db, void (*log_is_long)(void *context), void *context);
    void (*fold_log)(pn_db *db);
    pn_err (*lay_out)(pn_db *db, bool made_now);
    pn_err (*add_partitions)(pn_db *db);
    const char *(*type)(const pn_db *db, size_t token); /* numbered as in schema.c */
} pn_db_ops;

struct pn_db {
    const pn_db_ops *ops;
    char *path;
    char error[256];
    bool transaction; /* begun, and not committed or rolled back by us yet */
    bool neighbours;  /* what is put off changes rows that stand together */
    pn_err lost;      /* the database gave it up by itself, for this reason */
    bool gone;        /* a server's connection was lost, and there is no other yet */
    bool was_gone;    /* the last error was that; `error` has the server's or system's words */
    bool late;        /* a statement was interrupted because it took too long */
    bool doubt;       /* then: nobody knows what became of a COMMIT */
    pn_id proof;      /* the block that the transaction under way writes; 0: none */
    pn_sha256 proof_hash;
    unsigned reconnects;
    pn_stmt *statements[PN_DB_STATEMENTS_MAX]; /* open addressing by the literal's address */
    size_t statement_count;
};

struct pn_stmt {
    const pn_db_ops *ops;
    pn_db *db;
    const char *literal; /* NULL: its text was made at run time */
    bool by_rows;        /* read with pn_each_row alone */
    bool running;
};

/* CONFLICT: it was to be opened alone, and somebody else has it open. */
pn_err pn_db_not_alone(const pn_db *db, pn_diag *diag);
int pn_db_parameters_of(const char *sql);
/* pn_each_row where rows come one by one. */
pn_err pn_stmt_each_row(pn_stmt *stmt, void (*take)(pn_stmt *stmt, void *context), void *context);
/* pn_stmt_later where nothing is put off. */
pn_err pn_stmt_run_now(pn_stmt *stmt, int64_t exactly);

/* The words of an error, kept for pn_db_error. */
void pn_db_note(pn_db *db, const char *words);
void pn_db_set_path(pn_db *db, const char *path);

#endif
