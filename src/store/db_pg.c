/* The driver over PostgreSQL (libpq).
 *
 * Writers keep each other out by advisory locks of the transaction: one that must be alone in the
 * database or in an organization takes its lock, and all others share it, and go by the locks of
 * the rows they change.
 *
 * An error inside a transaction ends it: everything after it fails with the same error until the
 * rollback. */
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"
#include "base/limits.h"
#include "store/db_pg_int.h"

enum { CONNECT_MS = 10000 };

extern const pn_db_ops pn_db_pg;

static PGconn *conn_of(const pn_db *db) {
    return ((const pn_pg_db *)db)->conn;
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

pn_err pn_pg_failed(pn_db *db, const PGresult *result) {
    const char *state = result != NULL ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *words = result != NULL ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    pn_err err = outcome_of(state);
    db->late = db->late || (state != NULL && strcmp(state, "57014") == 0);
    bool gone = pn_pg_says_gone(conn_of(db), result);
    if (!db->gone) { /* what follows only says that it is so */
        pn_pg_note_line(db, words != NULL ? words : PQerrorMessage(conn_of(db)));
    }
    if (gone) {
        err = PN_IO;
        db->gone = true;
    }
    db->was_gone = db->gone;
    if (db->transaction && db->lost == PN_OK) {
        db->lost = err;
    }
    return err;
}

bool pn_pg_succeeded(const PGresult *result) {
    ExecStatusType status = result != NULL ? PQresultStatus(result) : PGRES_FATAL_ERROR;
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

static pn_err exec(pn_db *db, const char *sql) {
    PN_TRY(pn_pg_flush_all((pn_pg_db *)db));
    pn_pg_settle((pn_pg_db *)db);
    PN_TRY(db->lost);
    PGresult *result = PQexec(conn_of(db), sql);
    pn_err err = pn_pg_succeeded(result) ? PN_OK : pn_pg_failed(db, result);
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
    if (!pn_pg_succeeded(result)) {
        pn_err err = pn_pg_failed(db, result);
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

/* Advisory locks are pairs of 32-bit numbers: the schema's hash, for several may share a database,
 * and one of these, a lane above LANE. Every connection shares OPEN, except one that is alone. */
enum {
    LOCK_DATABASE = 1,
    LOCK_OPEN = 2,
    LOCK_LOG = 1024,
    LOCK_LANE = 1 << 24,
    LOCK_LANE_THING = 2 << 24,
    LOCK_SESSION = 3 << 24, /* engines and the like, by pn_db_try_lock */
};

/* A moment's patience: the server lets go of what a connection held after that one was closed. In a
 * schema that is not there yet there is nobody to be alone from. */
static pn_err take_alone(pn_db *db) {
    char text[160];
    (void)snprintf(text, sizeof text,
                   "SET lock_timeout = '3s';"
                   "SELECT pg_advisory_lock(hashtext(current_schema()), %d);"
                   "SET lock_timeout = '10s'",
                   LOCK_OPEN);
    pn_err err = exec(db, text);
    return err == PN_RETRY ? PN_CONFLICT : err;
}

/* A writer's statements are prepared once, some of them while tables are empty, and all of them go
 * by keys: a plan that reads a whole table, good then, would never be reconsidered. */
static const struct {
    enum { ALL, DIRECT, SCRATCH, READER, WRITER } whose;
    const char *setting;
} SETTINGS[] = {
    {ALL, "lock_timeout = '10s'"},
    {ALL, "client_min_messages = warning"},
    {ALL, "jit = off"}, /* takes longer than what it makes faster */
    {DIRECT, "tcp_keepalives_idle = 15"},
    {DIRECT, "tcp_keepalives_interval = 5"},
    {DIRECT, "tcp_keepalives_count = 3"},
    {SCRATCH, "synchronous_commit = off"},
    {READER, "default_transaction_read_only = on"},
    {WRITER, "plan_cache_mode = force_generic_plan"},
    {WRITER, "enable_seqscan = off"},
    {WRITER, "enable_hashjoin = off"},
    {WRITER, "enable_mergejoin = off"},
};

/* A process that stands still within a transaction loses it, and its locks with it, one that
 * vanished likewise, and no statement runs for ever: unless whoever looks after the server has said
 * otherwise. What is alone (an upgrade, a copy) takes as long as it takes. */
static const char *const TIMEOUTS[][2] = {{"idle_in_transaction_session_timeout", "60s"},
                                          {"statement_timeout", "10min"}};

static bool is_for(const pn_pg_db *own, size_t setting) {
    switch (SETTINGS[setting].whose) {
    case ALL: return true;
    case DIRECT: return !own->pooler;
    case SCRATCH: return own->options.scratch;
    case READER: return own->options.mode == PN_DB_READ;
    case WRITER: return own->options.mode == PN_DB_WRITE;
    }
    return false;
}

static void add(char *text, size_t size, const char *format, ...) PN_PRINTF(3, 4);
static void add(char *text, size_t size, const char *format, ...) {
    size_t len = strlen(text);
    va_list args;
    va_start(args, format);
    int more = vsnprintf(text + len, size - len, format, args);
    va_end(args);
    assert(more >= 0 && (size_t)more < size - len);
}

/* For the session, or for a transaction alone. */
static void add_settings(const pn_pg_db *own, char *text, size_t size) {
    for (size_t i = 0; i < PN_COUNT(SETTINGS); i++) {
        if (is_for(own, i)) {
            add(text, size, "SET %s %s;", own->pooler ? "LOCAL" : "SESSION", SETTINGS[i].setting);
        }
    }
    for (size_t i = 0; i < PN_COUNT(TIMEOUTS) && !own->options.alone; i++) {
        add(text, size, "SELECT set_config('%s', '%s', %s) WHERE current_setting('%s') = '0';",
            TIMEOUTS[i][0], TIMEOUTS[i][1], own->pooler ? "true" : "false", TIMEOUTS[i][0]);
    }
    if (!own->options.alone) {
        add(text, size, "SELECT pg_advisory%s_lock_shared(hashtext(current_schema()), %d);",
            own->pooler ? "_xact" : "", LOCK_OPEN);
    }
}

/* Another one after every restart, and of every other server. */
static int64_t when_started(const pn_pg_db *own) {
    int64_t at = 0;
    PGresult *result = PQexec(own->conn, "SELECT CAST(extract(epoch FROM"
                                         " pg_postmaster_start_time()) * 1000000 AS BIGINT)");
    if (pn_pg_succeeded(result) && PQntuples(result) == 1 &&
        pn_str_to_int64(pn_str_of(PQgetvalue(result, 0, 0)), &at) != PN_OK) {
        at = 0;
    }
    PQclear(result);
    return at;
}

pn_err pn_pg_configure(pn_pg_db *own) {
    pn_db *db = &own->base;
    char text[sizeof own->local] = "";
    (void)PQsetnonblocking(own->conn, 1);
    /* a pooler keeps these two for us, whichever session it gives us */
    PN_TRY(exec(db, "SET client_encoding = 'UTF8'; SET standard_conforming_strings = on"));
    own->started = when_started(own);
    add_settings(own, text, sizeof text);
    if (own->pooler) {
        memcpy(own->local, text, sizeof text);
        return PN_OK;
    }
    PN_TRY(exec(db, text));
    return own->options.alone ? take_alone(db) : PN_OK;
}

/* The password stays in libpq. */
static void name_it(pn_db *db) {
    char name[512];
    PGconn *conn = conn_of(db);
    (void)snprintf(name, sizeof name, "postgresql://%s:%s/%s", PQhost(conn), PQport(conn),
                   PQdb(conn));
    pn_db_set_path(db, name);
}

/* Alone: that is a lock of the session, which no pooler hands on. */
static pn_err read_url(pn_pg_db *own, char *url, pn_diag *diag) {
    char value[16] = "";
    own->partitions = 1;
    if (pn_pg_url_take(url, "partitions", value, sizeof value)) {
        PN_TRY(pn_pg_count_partitions(value, &own->partitions, diag));
    }
    if (!pn_pg_url_take(url, "pooler", value, sizeof value)) {
        return PN_OK;
    }
    if (strcmp(value, "1") != 0) {
        return pn_diag_set(diag, PN_INVALID, "The URL of --db says pooler=%s; it can only be 1.",
                           value);
    }
    own->pooler = true;
    if (pn_pg_url_has(url, "options")) {
        pn_err err = pn_diag_set(diag, PN_INVALID,
                                 "A pooler does not hand on options=, which the URL of --db has.");
        pn_diag_mend(diag, "Name the schema like the role that connects, or say ALTER ROLE … SET"
                           " search_path = …, and leave options= out.");
        return err;
    }
    if (own->options.alone) {
        pn_err err = pn_diag_set(diag, PN_DENIED,
                                 "This needs the database to itself, and through a pooler nobody"
                                 " knows whether it has it.");
        pn_diag_mend(diag, "Connect to the server directly: its own host and port in --db, without"
                           " pooler=1.");
        return err;
    }
    return PN_OK;
}

/* Step by step, for libpq prints what a server says that goes down meanwhile unless it was told
 * before not to. Where a step takes too long libpq goes on by itself: it knows of other hosts. */
static void finish_connecting(PGconn *conn) {
    PostgresPollingStatusType next = PGRES_POLLING_WRITING;
    while (next == PGRES_POLLING_READING || next == PGRES_POLLING_WRITING) {
        struct pollfd fd = {.fd = PQsocket(conn),
                            .events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT};
        if (poll(&fd, 1, CONNECT_MS) == 0) {
            PQreset(conn);
            return;
        }
        next = PQconnectPoll(conn);
    }
}

/* What the URL says wins. A server that does not answer, and one that vanished, are noticed within
 * half a minute. */
static PGconn *connect_to(const char *url) {
    static const char *const NAMES[] = {"connect_timeout",
                                        "keepalives_idle",
                                        "keepalives_interval",
                                        "keepalives_count",
                                        "tcp_user_timeout",
                                        "fallback_application_name",
                                        "dbname",
                                        NULL};
    const char *values[] = {"10", "15", "5", "3", "30000", "puntual", url, NULL};
    PGconn *conn = PQconnectStartParams(NAMES, values, 1);
    if (conn != NULL && PQstatus(conn) != CONNECTION_BAD) {
        (void)PQsetNoticeProcessor(conn, be_quiet, NULL);
        finish_connecting(conn);
    }
    return conn;
}

static pn_err connect(pn_pg_db *own, const char *url, pn_diag *diag) {
    size_t size = strlen(url) + 1;
    char *of_libpq = pn_alloc(size);
    memcpy(of_libpq, url, size);
    pn_err err = read_url(own, of_libpq, diag);
    if (err == PN_OK) {
        own->conn = connect_to(of_libpq);
        own->session = 1;
        name_it(&own->base);
    }
    free(of_libpq);
    return err;
}

static pn_err open_server(const char *url, const pn_db_options *options, pn_db **ret_db,
                          pn_diag *diag) {
    pn_pg_db *own = pn_alloc(sizeof *own);
    pn_db *db = &own->base;
    memset(own, 0, sizeof *own);
    db->ops = &pn_db_pg;
    own->options = *options;
    pn_err err = connect(own, url, diag);
    if (err != PN_OK) {
        pn_db_close(db);
        return err;
    }
    if (PQstatus(own->conn) != CONNECTION_OK) {
        pn_pg_note_line(db, PQerrorMessage(own->conn));
        err =
            pn_diag_set(diag, PN_IO, "The database %s cannot be reached: %s.", db->path, db->error);
        pn_diag_mend(diag, "Look whether the server runs and the URL of --db is right.");
        pn_db_close(db);
        return err;
    }
    err = pn_pg_configure(own);
    if (err != PN_OK) {
        err = options->alone && err == PN_CONFLICT ? pn_db_not_alone(db, diag)
                                                   : pn_db_diag(db, err, diag);
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

/* Through a pooler a session is nobody's own: there nothing keeps two apart. */
static pn_err try_lock(pn_db *db, int64_t key, bool *ret_taken) {
    if (((pn_pg_db *)db)->pooler) {
        *ret_taken = true;
        return PN_OK;
    }
    pn_stmt *q = pn_db_stmt(db, "SELECT pg_try_advisory_lock(hashtext(current_schema()),"
                                " CAST($1 AS INTEGER))");
    pn_bind_int(q, 1, LOCK_SESSION | key);
    PN_TRY(pn_row_next(q));
    *ret_taken = pn_col_int(q, 0) != 0;
    pn_stmt_reset(q);
    if (*ret_taken) {
        ((pn_pg_db *)db)->holds_lock = true;
        ((pn_pg_db *)db)->lock_key = key;
    }
    return PN_OK;
}

static void unlock(pn_db *db, int64_t key) {
    if (!((pn_pg_db *)db)->holds_lock) {
        return;
    }
    pn_stmt *q = pn_db_stmt(db, "SELECT pg_advisory_unlock(hashtext(current_schema()),"
                                " CAST($1 AS INTEGER))");
    pn_bind_int(q, 1, LOCK_SESSION | key);
    ((pn_pg_db *)db)->holds_lock = false;
    if (pn_row_next(q) == PN_OK) {
        pn_stmt_reset(q);
    }
}

/* ── transactions ────────────────────────────────────────────────────────────────────────────── */

/* The first log from the last one's on that nobody has: generate_series is asked row by row. With
 * it, in one number, comes the transaction's. */
static pn_err begin_once(pn_db *db, pn_db_scope scope, int64_t lane, unsigned *ret_log) {
    static const char *const SHARED[] = {
        [PN_SCOPE_DATABASE] = "", [PN_SCOPE_LANE] = "_shared", [PN_SCOPE_ROWS] = "_shared"};
    pn_pg_db *own = (pn_pg_db *)db;
    char text[600 + sizeof own->local], of_lane[96] = "";
    int64_t log = 0;
    if (scope != PN_SCOPE_DATABASE && lane != PN_LANE_NONE) {
        (void)snprintf(of_lane, sizeof of_lane,
                       ", pg_advisory_xact_lock%s(hashtext(current_schema()), %lld)",
                       scope == PN_SCOPE_ROWS ? "_shared" : "", (long long)(LOCK_LANE | lane));
    }
    (void)snprintf(text, sizeof text,
                   "BEGIN; %s SELECT pg_advisory_xact_lock%s(hashtext(current_schema()), %d)%s;"
                   "SELECT pg_current_xact_id()::TEXT::BIGINT * %d + n %% %d FROM"
                   " generate_series(%u, %u) n WHERE"
                   " pg_try_advisory_xact_lock(hashtext(current_schema()), %d + n %% %d) LIMIT 1",
                   own->local, SHARED[scope], LOCK_DATABASE, of_lane, PN_DB_LOGS, PN_DB_LOGS,
                   own->log, own->log + PN_DB_LOGS - 1, LOCK_LOG, PN_DB_LOGS);
    pn_err err = ask_int(db, text, -1, &log);
    if (err == PN_OK && log < 0) {
        pn_db_note(db, "more transactions are writing at once than there are logs");
        err = PN_RETRY;
    }
    if (err != PN_OK) {
        (void)exec(db, "ROLLBACK");
        return err;
    }
    own->xid = (uint64_t)log / PN_DB_LOGS;
    *ret_log = own->log = (unsigned)(log % PN_DB_LOGS);
    return PN_OK;
}

/* Nothing was under way: where the connection is lost, another one will do. */
static pn_err begin(pn_db *db, pn_db_scope scope, int64_t lane, unsigned *ret_log) {
    pn_err err = begin_once(db, scope, lane, ret_log);
    if (err != PN_OK && db->gone) {
        PN_TRY(pn_pg_connect_again(db));
        err = begin_once(db, scope, lane, ret_log);
    }
    return err;
}

static pn_err lock_lane(pn_db *db, int64_t lane) {
    char text[96];
    (void)snprintf(text, sizeof text,
                   "SELECT pg_advisory_xact_lock(hashtext(current_schema()), %lld)",
                   (long long)(LOCK_LANE_THING | lane));
    return exec(db, text);
}

/* The moment is that of the first query. */
static pn_err begin_read(pn_db *db, const pn_env *env, int64_t duration) {
    pn_pg_db *own = (pn_pg_db *)db;
    char text[160 + sizeof own->local], within[64] = "";
    (void)env; /* the server looks at its own clock */
    if (duration != 0) {
        (void)snprintf(within, sizeof within, "SET LOCAL statement_timeout = %lld;",
                       (long long)PN_MAX(duration / 1000, 1));
    }
    (void)snprintf(text, sizeof text,
                   "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; %s %s SELECT 1", own->local,
                   within);
    own->xid = 0; /* nothing that could be in doubt */
    pn_err err = exec(db, text);
    if (err != PN_OK && db->gone) {
        PN_TRY(pn_pg_connect_again(db));
        err = exec(db, text);
    }
    return err;
}

/* What is on its way is answered together with the commit, unless rows are counted: then they come
 * first, or too few would be committed. */
static pn_err commit(pn_db *db) {
    pn_pg_db *own = (pn_pg_db *)db;
    PN_TRY(pn_pg_flush_all(own));
    if (own->expecting != 0) {
        pn_pg_settle(own);
    }
    pn_pg_stmt *stmt = (pn_pg_stmt *)pn_db_stmt(db, "COMMIT");
    PN_TRY(db->lost);
    pn_err err = pn_pg_ask(stmt);
    if (err != PN_OK) {
        return db->gone && own->xid != 0 ? pn_pg_ask_outcome(own) : err;
    }
    bool committed = strcmp(PQcmdStatus(stmt->result), "COMMIT") == 0;
    pn_pg_reset(&stmt->base);
    if (!committed) {
        pn_db_note(db, "the transaction had failed, and was rolled back");
        db->was_gone = false;
    }
    return committed ? PN_OK : PN_IO;
}

static void rollback(pn_db *db) {
    pn_pg_db *own = (pn_pg_db *)db;
    pn_pg_forget(own);
    pn_pg_settle(own);
    own->failure = PN_OK;
    PQclear(PQexec(own->conn, "ROLLBACK"));
}

static pn_err savepoint(pn_db *db) {
    PN_TRY(db->lost);
    PN_TRY(pn_pg_flush_all((pn_pg_db *)db));
    return pn_stmt_run(pn_db_stmt(db, "SAVEPOINT operation"), NULL);
}

/* What is on its way is the operation's: its errors are waited for. */
static pn_err keep(pn_db *db) {
    pn_pg_db *own = (pn_pg_db *)db;
    PN_TRY(pn_pg_flush_all(own));
    pn_pg_settle(own);
    PN_TRY(db->lost);
    return pn_stmt_run(pn_db_stmt(db, "RELEASE operation"), NULL);
}

static pn_err undo(pn_db *db) {
    pn_pg_db *own = (pn_pg_db *)db;
    pn_pg_forget(own);
    pn_pg_settle(own);
    PN_TRY(db->gone ? PN_IO : PN_OK);
    own->failure = db->lost = PN_OK;
    return exec(db, "ROLLBACK TO operation; RELEASE operation");
}

static pn_err foreign_writes(pn_db *db, int64_t *ret_mark) {
    *ret_mark = ++((pn_pg_db *)db)->asked; /* others always may have written */
    return PN_OK;
}

static void fold_by_itself(pn_db *db, bool by_itself) {
    (void)db;
    (void)by_itself;
}

static void fold_elsewhere(pn_db *db, void (*log_is_long)(void *context), void *context) {
    (void)db;
    (void)log_is_long;
    (void)context;
}

static void fold_log(pn_db *db) {
    (void)db;
}

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
    .stmt_new = pn_pg_stmt_of_literal,
    .stmt_ready = pn_pg_stmt_ready,
    .prepare = pn_pg_prepare,
    .stmt_free = pn_pg_stmt_free,
    .bind_int = pn_pg_bind_int,
    .bind_bytes = pn_pg_bind_bytes,
    .bind_ids = pn_pg_bind_ids,
    .bind_texts = pn_pg_bind_texts,
    .bind_null = pn_pg_bind_null,
    .row_next = pn_pg_row_next,
    .each_row = pn_stmt_each_row,
    .run = pn_pg_run,
    .stmt_many = pn_pg_stmt_many,
    .later = pn_pg_later,
    .reset = pn_pg_reset,
    .col_int = pn_pg_col_int,
    .col_str = pn_pg_col_str,
    .col_null = pn_pg_col_null,
    .col_count = pn_pg_col_count,
    .col_kind = pn_pg_col_kind,
    .begin = begin,
    .lock_lane = lock_lane,
    .begin_read = begin_read,
    .commit = commit,
    .rollback = rollback,
    .savepoint = savepoint,
    .keep = keep,
    .undo = undo,
    .foreign_writes = foreign_writes,
    .fold_by_itself = fold_by_itself,
    .fold_elsewhere = fold_elsewhere,
    .fold_log = fold_log,
    .lay_out = pn_pg_lay_out,
    .add_partitions = pn_pg_add_partitions,
    .type = pn_pg_type,
};
