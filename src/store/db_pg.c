/* The driver over PostgreSQL (libpq).
 *
 * Writers keep each other out by advisory locks of the transaction: one that must be alone in the
 * database or in an organization takes its lock, and all others share it, and go by the locks of
 * the rows they change. Rows come whole: a statement's result is in memory before its first row is
 * looked at.
 *
 * An error inside a transaction ends it: everything after it fails with the same error until the
 * rollback. */
#define _GNU_SOURCE /* htobe64 */
#include <endian.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"
#include "base/limits.h"
#include "store/db_int.h"

extern const pn_db_ops pn_db_pg;

/* Types of catalogue/pg_type.dat; libpq has no names for them. */
enum {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_TEXT = 25,
    OID_INT8_ARRAY = 1016,
    OID_NUMERIC = 1700
};

enum { BINARY = 1 };

typedef struct {
    pn_stmt base;
    char *made; /* its text, where it was made at run time; else NULL */
    char name[24];
    bool prepared;
    int count; /* parameters */
    Oid types[PN_DB_PARAMETERS_MAX];
    const char *values[PN_DB_PARAMETERS_MAX];
    int lengths[PN_DB_PARAMETERS_MAX], formats[PN_DB_PARAMETERS_MAX];
    uint64_t numbers[PN_DB_PARAMETERS_MAX]; /* values that are integers, as they travel */
    char *array;                            /* what pn_bind_ids bound */
    PGresult *result;
    int row; /* the next one */
} pg_stmt;

typedef struct {
    pn_db base;
    PGconn *conn;
    unsigned long made; /* statements, for their names */
    unsigned log;       /* that its last transaction had: asked for first by the next one */
    int64_t asked;      /* for foreign writes, so far */
    bool reads_only;
} pg_db;

static PGconn *conn_of(const pn_db *db) {
    return ((const pg_db *)db)->conn;
}

/* ── errors ──────────────────────────────────────────────────────────────────────────────────── */

/* Appendix A of the manual; the first two letters are the class. */
static pn_err outcome_of(const char *state) {
    static const struct {
        const char *begins;
        pn_err err;
    } STATES[] = {
        {"40001", PN_RETRY}, {"40P01", PN_RETRY},  {"55P03", PN_RETRY},   {"57014", PN_RETRY},
        {"23", PN_CONFLICT}, {"54", PN_LIMIT},     {"22", PN_INVALID},    {"42501", PN_DENIED},
        {"28", PN_DENIED},   {"25006", PN_DENIED}, {"XX001", PN_CORRUPT}, {"XX002", PN_CORRUPT},
    };
    for (size_t i = 0; state != NULL && i < PN_COUNT(STATES); i++) {
        if (strncmp(state, STATES[i].begins, strlen(STATES[i].begins)) == 0) {
            return STATES[i].err;
        }
    }
    return PN_IO;
}

static pn_err failed(pn_db *db, const PGresult *result) {
    const char *state = result != NULL ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *words = result != NULL ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    pn_err err = outcome_of(state);
    pn_db_note(db, words != NULL ? words : PQerrorMessage(conn_of(db)));
    if (db->transaction) {
        db->lost = err;
    }
    return err;
}

static bool succeeded(const PGresult *result) {
    ExecStatusType status = result != NULL ? PQresultStatus(result) : PGRES_FATAL_ERROR;
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

static pn_err exec(pn_db *db, const char *sql) {
    PN_TRY(db->lost);
    PGresult *result = PQexec(conn_of(db), sql);
    pn_err err = succeeded(result) ? PN_OK : failed(db, result);
    PQclear(result);
    return err;
}

/* ── opening ─────────────────────────────────────────────────────────────────────────────────── */

static void be_quiet(void *context, const char *notice) {
    (void)context;
    (void)notice;
}

/* One integer of the first row; `otherwise` where there is none. */
static pn_err ask_int(pn_db *db, const char *sql, int64_t otherwise, int64_t *ret_value) {
    PN_TRY(db->lost);
    PGresult *result = PQexec(conn_of(db), sql);
    if (!succeeded(result)) {
        pn_err err = failed(db, result);
        PQclear(result);
        return err;
    }
    *ret_value = otherwise;
    if (PQntuples(result) != 0 && PQgetisnull(result, 0, 0) == 0 &&
        pn_str_to_int64(pn_str_of(PQgetvalue(result, 0, 0)), ret_value) != PN_OK) {
        *ret_value = otherwise;
    }
    PQclear(result);
    return PN_OK;
}

static pn_err has_table(pn_db *db, const char *name, bool *ret_has) {
    int64_t count = 0;
    pn_stmt *q = pn_db_stmt(db, "SELECT count(*) FROM information_schema.tables WHERE"
                                " table_schema = current_schema() AND table_name = $1");
    pn_bind_str(q, 1, pn_str_of(name));
    PN_TRY(pn_row_next(q));
    count = pn_col_int(q, 0);
    pn_stmt_reset(q);
    *ret_has = count != 0;
    return PN_OK;
}

static pn_err configure(pn_db *db, const pn_db_options *options) {
    pg_db *own = (pg_db *)db;
    own->reads_only = options->mode == PN_DB_READ;
    PN_TRY(exec(db, "SET client_encoding = 'UTF8'; SET lock_timeout = '10s';"
                    "SET client_min_messages = warning; SET standard_conforming_strings = on"));
    if (options->scratch) {
        PN_TRY(exec(db, "SET synchronous_commit = off"));
    }
    if (own->reads_only) {
        return exec(db, "SET default_transaction_read_only = on");
    }
    return PN_OK;
}

/* The password stays in libpq. */
static void name_it(pn_db *db) {
    char name[512];
    PGconn *conn = conn_of(db);
    (void)snprintf(name, sizeof name, "postgresql://%s:%s/%s", PQhost(conn), PQport(conn),
                   PQdb(conn));
    pn_db_set_path(db, name);
}

static pn_err open_server(const char *url, const pn_db_options *options, pn_db **ret_db,
                          pn_diag *diag) {
    pg_db *own = pn_alloc(sizeof *own);
    pn_db *db = &own->base;
    memset(own, 0, sizeof *own);
    db->ops = &pn_db_pg;
    own->conn = PQconnectdb(url);
    (void)PQsetNoticeProcessor(own->conn, be_quiet, NULL);
    name_it(db);
    if (PQstatus(own->conn) != CONNECTION_OK) {
        pn_err err = pn_diag_set(diag, PN_IO, "The database %s cannot be reached: %s", db->path,
                                 PQerrorMessage(own->conn));
        pn_diag_mend(diag, "Look whether the server runs and the URL of --db is right.");
        pn_db_close(db);
        return err;
    }
    pn_err err = configure(db, options);
    if (err != PN_OK) {
        err = pn_db_diag(db, err, diag);
        pn_db_close(db);
        return err;
    }
    *ret_db = db;
    return PN_OK;
}

static void close_server(pn_db *db) {
    PQfinish(conn_of(db));
    free(db);
}

/* ── what a server has tools of its own for, and locks ───────────────────────────────────────── */

static pn_err copy(pn_db *db, const char *path) {
    (void)path;
    pn_db_note(db, "a PostgreSQL database is backed up by pg_dump or its own archive");
    return PN_DENIED;
}

/* Its pages have checksums, and its own tools look at them. */
static pn_err check(pn_db *db, bool quick, void (*found)(void *context, pn_str words),
                    void *context) {
    (void)quick;
    (void)found;
    (void)context;
    return exec(db, "SELECT 1");
}

/* Of this schema: several may share a database. */
static pn_err try_lock(pn_db *db, int64_t key, bool *ret_taken) {
    pn_stmt *q = pn_db_stmt(db, "SELECT pg_try_advisory_lock(hashtext(current_schema()),"
                                " CAST($1 AS INTEGER))");
    pn_bind_int(q, 1, key);
    PN_TRY(pn_row_next(q));
    *ret_taken = pn_col_int(q, 0) != 0;
    pn_stmt_reset(q);
    return PN_OK;
}

static void unlock(pn_db *db, int64_t key) {
    pn_stmt *q = pn_db_stmt(db, "SELECT pg_advisory_unlock(hashtext(current_schema()),"
                                " CAST($1 AS INTEGER))");
    pn_bind_int(q, 1, key);
    if (pn_row_next(q) == PN_OK) {
        pn_stmt_reset(q);
    }
}

/* ── statements ──────────────────────────────────────────────────────────────────────────────── */

static pg_stmt *new_stmt(pn_db *db, const char *literal, const char *sql) {
    pg_stmt *stmt = pn_alloc(sizeof *stmt);
    memset(stmt, 0, sizeof *stmt);
    stmt->base = (pn_stmt){.ops = &pn_db_pg, .db = db, .literal = literal};
    stmt->count = pn_db_parameters_of(sql);
    assert(stmt->count <= PN_DB_PARAMETERS_MAX);
    (void)snprintf(stmt->name, sizeof stmt->name, "s%lu", ++((pg_db *)db)->made);
    return stmt;
}

static pn_stmt *stmt_new(pn_db *db, const char *literal) {
    return &new_stmt(db, literal, literal)->base;
}

/* Every statement is prepared when it runs first: only then the types of its parameters are known.
 */
static void stmt_ready(pn_stmt *stmt) {
    (void)stmt;
}

static pn_err prepare_made(pn_db *db, const char *sql, pn_stmt **ret_stmt, pn_diag *diag) {
    (void)diag;
    pg_stmt *stmt = new_stmt(db, NULL, sql);
    size_t len = strlen(sql);
    stmt->made = pn_alloc(len + 1);
    memcpy(stmt->made, sql, len + 1);
    *ret_stmt = &stmt->base;
    return PN_OK;
}

static void stmt_free(pn_stmt *base) {
    pg_stmt *stmt = (pg_stmt *)base;
    PQclear(stmt->result);
    free(stmt->array);
    free(stmt->made);
    free(stmt);
}

static int place(const pg_stmt *stmt, int parameter) {
    assert(parameter >= 1 && parameter <= stmt->count);
    return parameter - 1;
}

static void put_u32(char *bytes, uint32_t value) {
    value = htobe32(value);
    memcpy(bytes, &value, sizeof value);
}

static void bind_int(pn_stmt *base, int parameter, int64_t value) {
    pg_stmt *stmt = (pg_stmt *)base;
    int at = place(stmt, parameter);
    stmt->numbers[at] = htobe64((uint64_t)value);
    stmt->values[at] = (const char *)&stmt->numbers[at];
    stmt->lengths[at] = sizeof stmt->numbers[at];
    stmt->formats[at] = BINARY;
    stmt->types[at] = OID_INT8;
}

static Oid oid_of(pn_parameter_type type) {
    switch (type) {
    case PN_PARAMETER_INT: return OID_INT8;
    case PN_PARAMETER_TEXT: return OID_TEXT;
    case PN_PARAMETER_BLOB: return OID_BYTEA;
    }
    return 0;
}

static void bind_bytes(pn_stmt *base, int parameter, const void *bytes, size_t size,
                       pn_parameter_type type) {
    pg_stmt *stmt = (pg_stmt *)base;
    int at = place(stmt, parameter);
    stmt->values[at] = bytes;
    stmt->lengths[at] = (int)size;
    stmt->formats[at] = BINARY;
    stmt->types[at] = oid_of(type);
}

static void bind_ids(pn_stmt *base, int parameter, const pn_id *ids, size_t count) {
    enum { HEADER = 20, ELEMENT = 12 };
    pg_stmt *stmt = (pg_stmt *)base;
    int at = place(stmt, parameter);
    char *bytes = pn_alloc(HEADER + count * ELEMENT);
    /* dimensions, whether there are NULLs, type; length and lower bound of the dimension */
    const uint32_t header[] = {1, 0, OID_INT8, (uint32_t)count, 1};
    for (size_t i = 0; i < PN_COUNT(header); i++) {
        put_u32(bytes + 4 * i, header[i]);
    }
    for (size_t i = 0; i < count; i++) {
        uint64_t value = htobe64((uint64_t)ids[i]);
        put_u32(bytes + HEADER + i * ELEMENT, sizeof value);
        memcpy(bytes + HEADER + i * ELEMENT + 4, &value, sizeof value);
    }
    free(stmt->array);
    stmt->array = bytes;
    stmt->values[at] = bytes;
    stmt->lengths[at] = (int)(HEADER + count * ELEMENT);
    stmt->formats[at] = BINARY;
    stmt->types[at] = OID_INT8_ARRAY;
}

static void bind_null(pn_stmt *base, int parameter, pn_parameter_type type) {
    pg_stmt *stmt = (pg_stmt *)base;
    int at = place(stmt, parameter);
    stmt->values[at] = NULL;
    stmt->lengths[at] = 0;
    stmt->formats[at] = BINARY;
    stmt->types[at] = oid_of(type);
}

static pn_stmt *stmt_many(pn_db *db, const char *one, const char *many) {
    (void)many;
    return pn_db_stmt(db, one);
}

static void reset(pn_stmt *base) {
    pg_stmt *stmt = (pg_stmt *)base;
    PQclear(stmt->result);
    stmt->result = NULL;
    stmt->row = 0;
    base->running = false;
}

static pn_err prepare_first(pg_stmt *stmt) {
    pn_db *db = stmt->base.db;
    const char *sql = stmt->made != NULL ? stmt->made : stmt->base.literal;
    PGresult *result = PQprepare(conn_of(db), stmt->name, sql, stmt->count, stmt->types);
    pn_err err = PN_OK;
    if (!succeeded(result)) {
        const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        err = failed(db, result);
        if (state != NULL && strncmp(state, "42", 2) == 0) { /* our own text is wrong */
            pn_panic("a statement does not prepare (%s): %s", db->error, sql);
        }
    }
    PQclear(result);
    stmt->prepared = err == PN_OK;
    return err;
}

static pn_err execute(pg_stmt *stmt) {
    pn_db *db = stmt->base.db;
    PN_TRY(db->lost);
    if (!stmt->prepared) {
        PN_TRY(prepare_first(stmt));
    }
    stmt->result = PQexecPrepared(conn_of(db), stmt->name, stmt->count, stmt->values, stmt->lengths,
                                  stmt->formats, BINARY);
    if (succeeded(stmt->result)) {
        return PN_OK;
    }
    pn_err err = failed(db, stmt->result);
    reset(&stmt->base);
    return err;
}

static pn_err row_next(pn_stmt *base) {
    pg_stmt *stmt = (pg_stmt *)base;
    if (!base->running) {
        PN_TRY(execute(stmt));
        base->running = true;
        stmt->row = -1;
    }
    if (++stmt->row < PQntuples(stmt->result)) {
        return PN_OK;
    }
    reset(base);
    return PN_NOT_FOUND;
}

static pn_err run(pn_stmt *base, int64_t *ret_changes) {
    pg_stmt *stmt = (pg_stmt *)base;
    PN_TRY(execute(stmt));
    if (ret_changes != NULL &&
        pn_str_to_int64(pn_str_of(PQcmdTuples(stmt->result)), ret_changes) != PN_OK) {
        *ret_changes = 0;
    }
    reset(base);
    return PN_OK;
}

/* ── columns ─────────────────────────────────────────────────────────────────────────────────── */

static uint16_t u16_at(const char *bytes) {
    uint16_t value;
    memcpy(&value, bytes, sizeof value);
    return be16toh(value);
}

/* Sums of BIGINT are NUMERIC: u16 digits of base 10,000, weight of the first, sign, scale. */
static int64_t numeric_of(const char *bytes) {
    enum { SIGN_NEGATIVE = 0x4000 };
    int digits = u16_at(bytes), weight = (int16_t)u16_at(bytes + 2);
    int64_t value = 0;
    for (int i = 0; i <= weight; i++) {
        value = value * 10000 + (i < digits ? u16_at(bytes + 8 + 2 * i) : 0);
    }
    return u16_at(bytes + 4) == SIGN_NEGATIVE ? -value : value;
}

static int64_t col_int(pn_stmt *base, int column) {
    const pg_stmt *stmt = (const pg_stmt *)base;
    const char *bytes = PQgetvalue(stmt->result, stmt->row, column);
    if (PQgetisnull(stmt->result, stmt->row, column) != 0) {
        return 0;
    }
    switch (PQftype(stmt->result, column)) {
    case OID_BOOL: return bytes[0] != 0;
    case OID_INT2: return (int16_t)u16_at(bytes);
    case OID_INT4: {
        uint32_t value;
        memcpy(&value, bytes, sizeof value);
        return (int32_t)be32toh(value);
    }
    case OID_NUMERIC: return numeric_of(bytes);
    default: break;
    }
    uint64_t value = 0;
    assert(PQftype(stmt->result, column) == OID_INT8);
    memcpy(&value, bytes, sizeof value);
    return (int64_t)be64toh(value);
}

static pn_str col_str(pn_stmt *base, int column) {
    const pg_stmt *stmt = (const pg_stmt *)base;
    return (pn_str){PQgetvalue(stmt->result, stmt->row, column),
                    (size_t)PQgetlength(stmt->result, stmt->row, column)};
}

static bool col_null(pn_stmt *base, int column) {
    const pg_stmt *stmt = (const pg_stmt *)base;
    return PQgetisnull(stmt->result, stmt->row, column) != 0;
}

static int col_count(pn_stmt *base) {
    return PQnfields(((const pg_stmt *)base)->result);
}

static pn_col_kind col_kind(pn_stmt *base, int column) {
    const pg_stmt *stmt = (const pg_stmt *)base;
    if (col_null(base, column)) {
        return PN_COL_NULL;
    }
    switch (PQftype(stmt->result, column)) {
    case OID_BOOL:
    case OID_INT2:
    case OID_INT4:
    case OID_INT8:
    case OID_NUMERIC: return PN_COL_INT;
    case OID_BYTEA: return PN_COL_BLOB;
    default: return PN_COL_TEXT;
    }
}

/* ── transactions ────────────────────────────────────────────────────────────────────────────── */

/* Advisory locks are pairs of 32-bit numbers: the schema's hash, for several may share a database,
 * and one of these, a lane above LANE. */
enum { LOCK_DATABASE = 1, LOCK_LOG = 1024, LOCK_LANE = 1 << 24, LOCK_LANE_THING = 2 << 24 };

/* The first log from the last one's on that nobody has: generate_series is asked row by row. */
static pn_err begin(pn_db *db, pn_db_scope scope, int64_t lane, unsigned *ret_log) {
    static const char *const SHARED[] = {
        [PN_SCOPE_DATABASE] = "", [PN_SCOPE_LANE] = "_shared", [PN_SCOPE_ROWS] = "_shared"};
    pg_db *own = (pg_db *)db;
    char text[512], of_lane[96] = "";
    int64_t log = 0;
    if (scope != PN_SCOPE_DATABASE) {
        (void)snprintf(of_lane, sizeof of_lane,
                       ", pg_advisory_xact_lock%s(hashtext(current_schema()), %lld)",
                       scope == PN_SCOPE_ROWS ? "_shared" : "", (long long)(LOCK_LANE | lane));
    }
    (void)snprintf(text, sizeof text,
                   "BEGIN; SELECT pg_advisory_xact_lock%s(hashtext(current_schema()), %d)%s;"
                   "SELECT n %% %d FROM generate_series(%u, %u) n WHERE"
                   " pg_try_advisory_xact_lock(hashtext(current_schema()), %d + n %% %d) LIMIT 1",
                   SHARED[scope], LOCK_DATABASE, of_lane, PN_DB_LOGS, own->log,
                   own->log + PN_DB_LOGS - 1, LOCK_LOG, PN_DB_LOGS);
    pn_err err = ask_int(db, text, -1, &log);
    if (err == PN_OK && log < 0) {
        pn_db_note(db, "more transactions are writing at once than there are logs");
        err = PN_RETRY;
    }
    if (err != PN_OK) {
        (void)exec(db, "ROLLBACK");
        return err;
    }
    *ret_log = own->log = (unsigned)log;
    return PN_OK;
}

static pn_err lock_lane(pn_db *db, int64_t lane) {
    char text[96];
    (void)snprintf(text, sizeof text,
                   "SELECT pg_advisory_xact_lock(hashtext(current_schema()), %lld)",
                   (long long)(LOCK_LANE_THING | lane));
    return exec(db, text);
}

/* The moment is that of the first query. */
static pn_err begin_read(pn_db *db) {
    return exec(db, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1");
}

static pn_err commit(pn_db *db) {
    return exec(db, "COMMIT");
}

static void rollback(pn_db *db) {
    PQclear(PQexec(conn_of(db), "ROLLBACK"));
}

static pn_err foreign_writes(pn_db *db, int64_t *ret_mark) {
    *ret_mark = ++((pg_db *)db)->asked; /* others always may have written */
    return PN_OK;
}

static void fold_by_itself(pn_db *db, bool by_itself) {
    (void)db;
    (void)by_itself;
}

static void fold_log(pn_db *db) {
    (void)db;
}

/* Texts compare by their bytes, as everywhere; what a step changes stays on its page. */
static const char *const TYPES[] = {"BIGINT PRIMARY KEY",
                                    "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
                                    "BIGINT",
                                    "TEXT COLLATE \"C\"",
                                    "BYTEA",
                                    "",
                                    " WITH (fillfactor = 80)"};

const pn_db_ops pn_db_pg = {
    .scheme = "postgresql:",
    .shared = true,
    .open = open_server,
    .close = close_server,
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
    .bind_null = bind_null,
    .row_next = row_next,
    .each_row = pn_stmt_each_row,
    .run = run,
    .stmt_many = stmt_many,
    .later = pn_stmt_run_now,
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
    .foreign_writes = foreign_writes,
    .fold_by_itself = fold_by_itself,
    .fold_log = fold_log,
    .types = TYPES,
};
