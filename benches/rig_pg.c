/* What PostgreSQL does when libpq is used in the best bare way, binary COPY for what is added and
 * UPDATE … FROM unnest for what changes: the limits that jobs on a server are measured against. */
#include <arpa/inet.h>
#include <endian.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/banned.h"
#include "rig.h"
#include "store/db_pg_int.h"

enum { CASES_A_COMMIT = 10000, OID_INT8 = 20, OID_BYTEA = 17 };
enum { STATE_BYTES = 100, MESSAGE_BYTES = 200, EVENT_BYTES = 200, BYTES_MAX = 4096 };

static char filler[BYTES_MAX];

/* ── talking ─────────────────────────────────────────────────────────────────────────────────── */

static PGconn *connect_to(const char *place) {
    char plain[RIG_PLACE_SIZE], partitions[16];
    (void)snprintf(plain, sizeof plain, "%s", place);
    (void)pn_pg_url_take(plain, "partitions", partitions, sizeof partitions);
    PGconn *conn = PQconnectdb(plain);
    if (PQstatus(conn) != CONNECTION_OK) {
        pn_panic("%s cannot be reached: %s", place, PQerrorMessage(conn));
    }
    memset(filler, 'x', sizeof filler);
    return conn;
}

static void ended(PGconn *conn, PGresult *result) {
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_COPY_IN) {
        pn_panic("PostgreSQL says: %s", PQerrorMessage(conn));
    }
    PQclear(result);
}

static void run(PGconn *conn, const char *sql) {
    ended(conn, PQexec(conn, sql));
}

void rig_pg_run(const char *place, const char *sql) {
    PGconn *conn = connect_to(place);
    run(conn, "SET client_min_messages = error");
    run(conn, sql);
    PQfinish(conn);
}

int64_t rig_log_bytes(const char *place) {
    if (!rig_on_server(place)) {
        return 0;
    }
    int64_t bytes = 0;
    PGconn *conn = connect_to(place);
    PGresult *result =
        PQexec(conn, "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint");
    if (PQntuples(result) != 1 ||
        pn_str_to_int64(pn_str_of(PQgetvalue(result, 0, 0)), &bytes) != PN_OK) {
        pn_panic("PostgreSQL says: %s", PQerrorMessage(conn));
    }
    PQclear(result);
    PQfinish(conn);
    return bytes;
}

/* ── binary values ───────────────────────────────────────────────────────────────────────────── */

static void put16(pn_buf *out, uint16_t value) {
    value = htons(value);
    pn_buf_add(out, &value, sizeof value);
}

static void put32(pn_buf *out, uint32_t value) {
    value = htonl(value);
    pn_buf_add(out, &value, sizeof value);
}

static void put_int(pn_buf *out, int64_t value) {
    uint64_t big = htobe64((uint64_t)value);
    put32(out, sizeof big);
    pn_buf_add(out, &big, sizeof big);
}

static void put_bytes(pn_buf *out, size_t size) {
    size = PN_MIN(size, sizeof filler);
    put32(out, (uint32_t)size);
    pn_buf_add(out, filler, size);
}

/* An array of `count` ints from `first` on, or of as many times `bytes` bytes. */
static void put_array(pn_buf *out, uint32_t oid, int64_t first, uint32_t count, size_t bytes) {
    pn_buf_clear(out);
    put32(out, 1);
    put32(out, 0);
    put32(out, oid);
    put32(out, count);
    put32(out, 1);
    for (uint32_t i = 0; i < count; i++) {
        if (oid == OID_INT8) {
            put_int(out, first + i);
        } else {
            put_bytes(out, bytes);
        }
    }
}

/* Rows of an id, a number and bytes. */
static void copy_rows(PGconn *conn, const char *sql, pn_buf *out, int64_t first, int64_t count,
                      size_t bytes) {
    static const char HEAD[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0"; /* 11 and two times 4 bytes */
    pn_buf_clear(out);
    pn_buf_add(out, HEAD, 19);
    for (int64_t id = first; id < first + count; id++) {
        put16(out, 3);
        put_int(out, id);
        put_int(out, 0);
        put_bytes(out, bytes);
    }
    put16(out, 0xffff);
    run(conn, sql);
    if (PQputCopyData(conn, out->ptr, (int)out->len) != 1 || PQputCopyEnd(conn, NULL) != 1) {
        pn_panic("PostgreSQL says: %s", PQerrorMessage(conn));
    }
    for (PGresult *result; (result = PQgetResult(conn)) != NULL;) {
        ended(conn, result);
    }
}

/* ── cases of a night ────────────────────────────────────────────────────────────────────────── */

static void update_states(PGconn *conn, pn_buf arrays[2], int64_t first, uint32_t count) {
    put_array(&arrays[0], OID_INT8, first, count, 0);
    put_array(&arrays[1], OID_BYTEA, 0, count, STATE_BYTES);
    const char *values[] = {arrays[0].ptr, arrays[1].ptr};
    const int sizes[] = {(int)arrays[0].len, (int)arrays[1].len}, formats[] = {1, 1};
    PGresult *result = PQexecPrepared(conn, "update", 2, values, sizes, formats, 1);
    if (strtoll(PQcmdTuples(result), NULL, 10) != count) {
        pn_panic("%u rows were to change: %s", count, PQerrorMessage(conn));
    }
    ended(conn, result);
}

/* One worker: the cases from `first` on. */
static void write_cases(const char *place, int64_t first, int64_t count) {
    PGconn *conn = connect_to(place);
    pn_buf bytes[3];
    for (size_t i = 0; i < PN_COUNT(bytes); i++) {
        pn_buf_init(&bytes[i], 1 << 24);
    }
    run(conn, "SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off");
    ended(conn, PQprepare(conn, "update",
                          "UPDATE state SET visit = 1, body = u.body"
                          " FROM unnest($1::int8[], $2::bytea[]) AS u (id, body)"
                          " WHERE state.id = u.id AND state.visit = 0",
                          0, NULL));
    for (int64_t id = first; id < first + count; id += CASES_A_COMMIT) {
        int64_t batch = PN_MIN((int64_t)CASES_A_COMMIT, first + count - id);
        run(conn, "BEGIN");
        update_states(conn, bytes, id, (uint32_t)batch);
        copy_rows(conn, "COPY message FROM STDIN BINARY", &bytes[2], id, batch, MESSAGE_BYTES);
        copy_rows(conn, "COPY event FROM STDIN BINARY", &bytes[2], id, batch, EVENT_BYTES);
        run(conn, "COMMIT");
    }
    for (size_t i = 0; i < PN_COUNT(bytes); i++) {
        pn_buf_done(&bytes[i]);
    }
    PQfinish(conn);
}

static void make_case_tables(const char *place, int64_t cases) {
    char fill[200];
    rig_pg_run(place, "CREATE TABLE state (id INT8 PRIMARY KEY, visit INT8 NOT NULL, body BYTEA)"
                      " WITH (fillfactor = 50);"
                      "CREATE TABLE message (id INT8 PRIMARY KEY, state INT8 NOT NULL, body BYTEA);"
                      "CREATE TABLE event (id INT8 PRIMARY KEY, kind INT8 NOT NULL, body BYTEA)");
    (void)snprintf(fill, sizeof fill,
                   "INSERT INTO state SELECT i, 0, decode(repeat('78', %d), 'hex')"
                   " FROM generate_series(1, %lld) AS i",
                   STATE_BYTES, (long long)cases);
    rig_pg_run(place, fill);
    rig_pg_run(place, "VACUUM ANALYZE state");
    rig_pg_run(place, "CHECKPOINT");
}

double rig_pg_raw_cases(const char *place, int64_t cases, int workers) {
    rig_empty(place);
    make_case_tables(place, cases);
    double begin = rig_seconds();
    int64_t share = (cases + workers - 1) / workers;
    for (int i = 0; i < workers; i++) {
        if (fork() == 0) {
            write_cases(place, 1 + i * share, PN_MIN(share, cases - i * share));
            _exit(0);
        }
    }
    for (int i = 0, status = 0; i < workers; i++) {
        if (wait(&status) < 0 || status != 0) {
            pn_panic("a worker failed");
        }
    }
    double rate = (double)cases / (rig_seconds() - begin);
    rig_remove(place);
    return rate;
}

/* ── invoices ────────────────────────────────────────────────────────────────────────────────── */

double rig_pg_raw_inserts(const char *place, int64_t rows, size_t size_a, size_t size_b) {
    rig_empty(place);
    rig_pg_run(place, "CREATE TABLE a (id INT8 PRIMARY KEY, state INT8, body BYTEA);"
                      "CREATE TABLE b (id INT8 PRIMARY KEY, state INT8, body BYTEA)");
    pn_buf out;
    pn_buf_init(&out, 1 << 26);
    PGconn *conn = connect_to(place);
    double begin = rig_seconds();
    run(conn, "BEGIN");
    for (int64_t id = 1; id <= rows; id += CASES_A_COMMIT) {
        int64_t batch = PN_MIN((int64_t)CASES_A_COMMIT, rows + 1 - id);
        copy_rows(conn, "COPY a FROM STDIN BINARY", &out, id, batch, size_a);
        copy_rows(conn, "COPY b FROM STDIN BINARY", &out, id, batch, size_b);
    }
    run(conn, "COMMIT");
    double rate = (double)rows / (rig_seconds() - begin);
    PQfinish(conn);
    pn_buf_done(&out);
    rig_remove(place);
    return rate;
}
