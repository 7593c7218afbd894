/* Statements of the PostgreSQL driver and their rows, which travel in binary. Rows come whole: a
 * statement's result is in memory before its first row is looked at. */
#define _GNU_SOURCE /* htobe64 */
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"
#include "base/limits.h"
#include "store/db_pg_int.h"

extern const pn_db_ops pn_db_pg;

pn_pg_stmt *pn_pg_stmt_new(pn_db *db, const char *literal, const char *sql) {
    pn_pg_stmt *stmt = pn_alloc(sizeof *stmt);
    memset(stmt, 0, sizeof *stmt);
    stmt->base = (pn_stmt){.ops = &pn_db_pg, .db = db, .literal = literal};
    stmt->sql = sql;
    stmt->count = pn_db_parameters_of(sql);
    assert(stmt->count <= PN_DB_PARAMETERS_MAX);
    (void)snprintf(stmt->name, sizeof stmt->name, "s%lu", ++((pn_pg_db *)db)->made);
    return stmt;
}

pn_stmt *pn_pg_stmt_of_literal(pn_db *db, const char *literal) {
    return &pn_pg_stmt_new(db, literal, literal)->base;
}

/* Every statement is prepared when it runs first: only then the types of its parameters are known.
 */
void pn_pg_stmt_ready(pn_stmt *stmt) {
    (void)stmt;
}

pn_err pn_pg_prepare(pn_db *db, const char *sql, pn_stmt **ret_stmt, pn_diag *diag) {
    (void)diag;
    pn_pg_stmt *stmt = pn_pg_stmt_new(db, NULL, sql);
    size_t len = strlen(sql);
    stmt->made = pn_alloc(len + 1);
    memcpy(stmt->made, sql, len + 1);
    stmt->sql = stmt->made;
    *ret_stmt = &stmt->base;
    return PN_OK;
}

void pn_pg_stmt_free(pn_stmt *base) {
    pn_pg_stmt *stmt = (pn_pg_stmt *)base;
    if (stmt->made != NULL) { /* nothing that is on its way may name it */
        pn_pg_settle((pn_pg_db *)base->db);
    }
    pn_pg_many_free(stmt->many);
    PQclear(stmt->result);
    for (int i = 0; i < stmt->count; i++) {
        free(stmt->arrays[i]);
    }
    free(stmt->made);
    free(stmt);
}

static int place(const pn_pg_stmt *stmt, int parameter) {
    assert(parameter >= 1 && parameter <= stmt->count);
    return parameter - 1;
}

void pn_pg_bind_int(pn_stmt *base, int parameter, int64_t value) {
    pn_pg_stmt *stmt = (pn_pg_stmt *)base;
    int at = place(stmt, parameter);
    stmt->numbers[at] = htobe64((uint64_t)value);
    stmt->values[at] = (const char *)&stmt->numbers[at];
    stmt->lengths[at] = sizeof stmt->numbers[at];
    stmt->formats[at] = PN_PG_BINARY;
    stmt->types[at] = PN_OID_INT8;
}

static Oid oid_of(pn_parameter_type type) {
    switch (type) {
    case PN_PARAMETER_INT: return PN_OID_INT8;
    case PN_PARAMETER_TEXT: return PN_OID_TEXT;
    case PN_PARAMETER_BLOB: return PN_OID_BYTEA;
    }
    return 0;
}

void pn_pg_bind_bytes(pn_stmt *base, int parameter, const void *bytes, size_t size,
                      pn_parameter_type type) {
    pn_pg_stmt *stmt = (pn_pg_stmt *)base;
    int at = place(stmt, parameter);
    stmt->values[at] = bytes;
    stmt->lengths[at] = (int)size;
    stmt->formats[at] = PN_PG_BINARY;
    stmt->types[at] = oid_of(type);
}

void pn_pg_bind_null(pn_stmt *base, int parameter, pn_parameter_type type) {
    pn_pg_stmt *stmt = (pn_pg_stmt *)base;
    int at = place(stmt, parameter);
    stmt->values[at] = NULL;
    stmt->lengths[at] = 0;
    stmt->formats[at] = PN_PG_BINARY;
    stmt->types[at] = oid_of(type);
}

/* ── arrays ──────────────────────────────────────────────────────────────────────────────────── */

static char *put_u32(char *bytes, uint32_t value) {
    value = htobe32(value);
    memcpy(bytes, &value, sizeof value);
    return bytes + sizeof value;
}

/* Binds room for elements of so many bytes in all; comes back at the first. */
static char *bind_array(pn_pg_stmt *stmt, int parameter, Oid array, Oid element, size_t count,
                        size_t bytes) {
    /* dimensions, whether there are NULLs, type; length and lower bound of the dimension */
    const uint32_t header[] = {1, 0, element, (uint32_t)count, 1};
    size_t size = sizeof header + count * sizeof(uint32_t) + bytes;
    int at = place(stmt, parameter);
    char *put = stmt->arrays[at] = pn_realloc(stmt->arrays[at], size);
    stmt->values[at] = stmt->arrays[at];
    stmt->lengths[at] = (int)size;
    stmt->formats[at] = PN_PG_BINARY;
    stmt->types[at] = array;
    for (size_t i = 0; i < PN_COUNT(header); i++) {
        put = put_u32(put, header[i]);
    }
    return put;
}

void pn_pg_bind_ids(pn_stmt *base, int parameter, const pn_id *ids, size_t count) {
    char *put = bind_array((pn_pg_stmt *)base, parameter, PN_OID_INT8_ARRAY, PN_OID_INT8, count,
                           count * sizeof *ids);
    for (size_t i = 0; i < count; i++) {
        uint64_t value = htobe64((uint64_t)ids[i]);
        put = put_u32(put, sizeof value);
        memcpy(put, &value, sizeof value);
        put += sizeof value;
    }
}

void pn_pg_bind_texts(pn_stmt *base, int parameter, const pn_str *texts, size_t count) {
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++) {
        bytes += texts[i].len;
    }
    char *put =
        bind_array((pn_pg_stmt *)base, parameter, PN_OID_TEXT_ARRAY, PN_OID_TEXT, count, bytes);
    for (size_t i = 0; i < count; i++) {
        put = put_u32(put, (uint32_t)texts[i].len);
        if (texts[i].len != 0) {
            memcpy(put, texts[i].ptr, texts[i].len);
            put += texts[i].len;
        }
    }
}

/* ── running ─────────────────────────────────────────────────────────────────────────────────── */

void pn_pg_reset(pn_stmt *base) {
    pn_pg_stmt *stmt = (pn_pg_stmt *)base;
    PQclear(stmt->result);
    stmt->result = NULL;
    stmt->row = 0;
    base->running = false;
}

pn_err pn_pg_row_next(pn_stmt *base) {
    pn_pg_stmt *stmt = (pn_pg_stmt *)base;
    if (!base->running) {
        PN_TRY(pn_pg_ask(stmt));
        base->running = true;
        stmt->row = -1;
    }
    if (++stmt->row < PQntuples(stmt->result)) {
        return PN_OK;
    }
    pn_pg_reset(base);
    return PN_NOT_FOUND;
}

/* Without its changes nobody waits for it, within a transaction. */
pn_err pn_pg_run(pn_stmt *base, int64_t *ret_changes) {
    pn_pg_stmt *stmt = (pn_pg_stmt *)base;
    if (ret_changes == NULL && base->db->transaction) {
        return pn_pg_send(stmt, PN_ANY_ROWS);
    }
    PN_TRY(pn_pg_ask(stmt));
    if (ret_changes != NULL &&
        pn_str_to_int64(pn_str_of(PQcmdTuples(stmt->result)), ret_changes) != PN_OK) {
        *ret_changes = 0;
    }
    pn_pg_reset(base);
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

int64_t pn_pg_col_int(pn_stmt *base, int column) {
    const pn_pg_stmt *stmt = (const pn_pg_stmt *)base;
    const char *bytes = PQgetvalue(stmt->result, stmt->row, column);
    if (PQgetisnull(stmt->result, stmt->row, column) != 0) {
        return 0;
    }
    switch (PQftype(stmt->result, column)) {
    case PN_OID_BOOL: return bytes[0] != 0;
    case PN_OID_INT2: return (int16_t)u16_at(bytes);
    case PN_OID_INT4: {
        uint32_t value;
        memcpy(&value, bytes, sizeof value);
        return (int32_t)be32toh(value);
    }
    case PN_OID_NUMERIC: return numeric_of(bytes);
    default: break;
    }
    uint64_t value = 0;
    assert(PQftype(stmt->result, column) == PN_OID_INT8);
    memcpy(&value, bytes, sizeof value);
    return (int64_t)be64toh(value);
}

pn_str pn_pg_col_str(pn_stmt *base, int column) {
    const pn_pg_stmt *stmt = (const pn_pg_stmt *)base;
    return (pn_str){PQgetvalue(stmt->result, stmt->row, column),
                    (size_t)PQgetlength(stmt->result, stmt->row, column)};
}

bool pn_pg_col_null(pn_stmt *base, int column) {
    const pn_pg_stmt *stmt = (const pn_pg_stmt *)base;
    return PQgetisnull(stmt->result, stmt->row, column) != 0;
}

int pn_pg_col_count(pn_stmt *base) {
    return PQnfields(((const pn_pg_stmt *)base)->result);
}

pn_col_kind pn_pg_col_kind(pn_stmt *base, int column) {
    const pn_pg_stmt *stmt = (const pn_pg_stmt *)base;
    if (pn_pg_col_null(base, column)) {
        return PN_COL_NULL;
    }
    switch (PQftype(stmt->result, column)) {
    case PN_OID_BOOL:
    case PN_OID_INT2:
    case PN_OID_INT4:
    case PN_OID_INT8:
    case PN_OID_NUMERIC: return PN_COL_INT;
    case PN_OID_BYTEA: return PN_COL_BLOB;
    default: return PN_COL_TEXT;
    }
}
