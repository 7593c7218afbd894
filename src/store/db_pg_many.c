/* Rows that wait to be sent together: a column of each parameter, as the arrays that travel.
 *
 * Order is kept where it matters: a statement that names a table comes after the rows that wait for
 * it, and so do rows for the same table by another statement. A row that is updated twice waits for
 * the first time to be sent, for one statement changes a row once. */
#define _GNU_SOURCE /* htobe64 */
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"
#include "base/limits.h"
#include "store/db_pg_int.h"

/* dimensions, whether there are NULLs, type, length and lower bound of the dimension */
enum { ARRAY_HEADER = 20 };

typedef struct {
    char *bytes;
    size_t size, capacity;
    Oid type; /* of an element */
    bool nulls;
} column;

struct pn_pg_many {
    pn_pg_stmt *stmt; /* with the text for many */
    size_t table;     /* of pn_pg_db.tables */
    size_t rows, bytes;
    int64_t exactly; /* rows a call must change */
    column columns[PN_DB_PARAMETERS_MAX];
    uint64_t key_columns; /* bits of the parameters that tell a row to be updated; 0: none is */
    uint64_t *keys;       /* of the rows that wait: open addressing, 0 is vacant */
    size_t keys_size;
};

/* ── which tables ────────────────────────────────────────────────────────────────────────────── */

static bool is_word(char c) {
    return pn_is_alpha(c) || pn_is_digit(c) || c == '_';
}

static pn_str word_at(const char *text) {
    size_t len = 0;
    while (is_word(text[len])) {
        len++;
    }
    return (pn_str){text, len};
}

static size_t table_of(pn_pg_db *own, const char *sql) {
    static const char *const VERBS[] = {"INSERT INTO ", "UPDATE ", "DELETE FROM "};
    size_t verb = 0;
    while (strncmp(sql, VERBS[verb], strlen(VERBS[verb])) != 0) {
        verb++;
        assert(verb < PN_COUNT(VERBS)); /* our own text */
    }
    pn_str name = word_at(sql + strlen(VERBS[verb]));
    size_t i = 0;
    while (i < own->table_count && !pn_str_eq(own->tables[i], name)) {
        i++;
    }
    assert(i < PN_PG_TABLES_MAX);
    if (i == own->table_count) {
        own->tables[own->table_count++] = name;
    }
    return i;
}

/* The tables of which something may wait that the text names. */
static uint64_t tables_named(pn_pg_db *own, pn_pg_stmt *stmt) {
    if (stmt->known == own->table_count) {
        return stmt->tables;
    }
    stmt->tables = 0;
    stmt->known = own->table_count;
    for (const char *at = stmt->sql; *at != '\0';) {
        pn_str word = word_at(at);
        for (size_t i = 0; word.len != 0 && i < own->table_count; i++) {
            stmt->tables |= pn_str_eq(word, own->tables[i]) ? UINT64_C(1) << i : 0;
        }
        at += word.len != 0 ? word.len : 1;
    }
    return stmt->tables;
}

/* ── rows updated ────────────────────────────────────────────────────────────────────────────── */

/* Parameters compared with an id after WHERE: "debtor_id = $1 AND id = $2". */
static uint64_t key_columns_of(const char *one) {
    uint64_t columns = 0;
    const char *at = strstr(one, " WHERE ");
    assert(strncmp(one, "UPDATE ", 7) != 0 || at != NULL);
    while (strncmp(one, "UPDATE ", 7) == 0 && (at = strstr(at, "id = $")) != NULL) {
        at += strlen("id = $");
        int64_t number = 0;
        pn_err err = pn_str_to_int64(word_at(at), &number);
        assert(err == PN_OK && number >= 1 && number <= PN_DB_PARAMETERS_MAX);
        columns |= UINT64_C(1) << (number - 1);
    }
    return columns;
}

static uint64_t key_of(const pn_pg_many *many, const pn_pg_stmt *bound) {
    uint64_t hash = 0;
    for (int i = 0; i < bound->count; i++) {
        if ((many->key_columns >> i & 1) != 0) {
            assert(bound->types[i] == PN_OID_INT8);
            hash = (hash ^ bound->numbers[i]) * UINT64_C(0x9E3779B97F4A7C15);
            hash ^= hash >> 29;
        }
    }
    return hash | 1;
}

static bool add_key(pn_pg_many *many, uint64_t key) {
    size_t at = (key >> 1) % many->keys_size;
    while (many->keys[at] != 0 && many->keys[at] != key) {
        at = (at + 1) % many->keys_size;
    }
    bool is_new = many->keys[at] == 0;
    many->keys[at] = key;
    return is_new;
}

static void keys_resize(pn_pg_many *many, size_t size) {
    uint64_t *old = many->keys;
    size_t old_size = many->keys_size;
    many->keys = pn_alloc(size * sizeof *many->keys);
    memset(many->keys, 0, size * sizeof *many->keys);
    many->keys_size = size;
    for (size_t i = 0; i < old_size; i++) {
        if (old[i] != 0) {
            (void)add_key(many, old[i]);
        }
    }
    free(old);
}

/* False: the row (or, hardly ever, another one with its hash) waits already. */
static bool add_row_key(pn_pg_many *many, const pn_pg_stmt *bound) {
    enum { FIRST = 64 };
    if (many->key_columns == 0) {
        return true;
    }
    if (many->rows == 0 && many->keys_size != FIRST) {
        free(many->keys);
        many->keys = NULL;
        many->keys_size = 0;
    } else if (many->rows == 0) {
        memset(many->keys, 0, many->keys_size * sizeof *many->keys);
    }
    if ((many->rows + 1) * 2 > many->keys_size) {
        keys_resize(many, PN_MAX(many->keys_size * 2, (size_t)FIRST));
    }
    return add_key(many, key_of(many, bound));
}

/* ── columns ─────────────────────────────────────────────────────────────────────────────────── */

static Oid array_of(Oid type) {
    return type == PN_OID_INT8 ? PN_OID_INT8_ARRAY
                               : (type == PN_OID_TEXT ? PN_OID_TEXT_ARRAY : PN_OID_BYTEA_ARRAY);
}

static void put_u32(char *bytes, uint32_t value) {
    value = htobe32(value);
    memcpy(bytes, &value, sizeof value);
}

static void add_value(column *c, const char *value, size_t size) {
    size_t need = c->size + sizeof(uint32_t) + size;
    if (need > c->capacity) {
        c->capacity = PN_MAX(need, c->capacity * 2);
        c->bytes = pn_realloc(c->bytes, c->capacity);
    }
    put_u32(c->bytes + c->size, value != NULL ? (uint32_t)size : UINT32_MAX);
    c->size += sizeof(uint32_t);
    if (value != NULL) {
        memcpy(c->bytes + c->size, value, size);
        c->size += size;
    }
    c->nulls = c->nulls || value == NULL;
}

static void begin_columns(pn_pg_many *many, const pn_pg_stmt *bound) {
    static const char HEADER[ARRAY_HEADER];
    for (int i = 0; i < bound->count; i++) {
        column *c = &many->columns[i];
        c->size = 0;
        add_value(c, HEADER, sizeof HEADER - sizeof(uint32_t));
        c->nulls = false;
        c->type = bound->types[i];
    }
    many->bytes = 0;
}

static void add_row(pn_pg_many *many, const pn_pg_stmt *bound) {
    for (int i = 0; i < bound->count; i++) {
        assert(many->columns[i].type == bound->types[i]); /* a NULL has its type too */
        add_value(&many->columns[i], bound->values[i], (size_t)bound->lengths[i]);
        many->bytes += (size_t)bound->lengths[i];
    }
    many->rows++;
}

static pn_err flush(pn_pg_many *many) {
    pn_pg_stmt *stmt = many->stmt;
    for (int i = 0; i < stmt->count; i++) {
        column *c = &many->columns[i];
        const uint32_t header[] = {1, c->nulls, c->type, (uint32_t)many->rows, 1};
        for (size_t j = 0; j < PN_COUNT(header); j++) {
            put_u32(c->bytes + j * sizeof header[0], header[j]);
        }
        assert(stmt->prepared == 0 || stmt->types[i] == array_of(c->type));
        stmt->types[i] = array_of(c->type);
        stmt->values[i] = c->bytes;
        stmt->lengths[i] = (int)c->size;
        stmt->formats[i] = PN_PG_BINARY;
    }
    int64_t exactly =
        many->exactly == PN_ANY_ROWS ? PN_ANY_ROWS : many->exactly * (int64_t)many->rows;
    return pn_pg_send(stmt, exactly);
}

/* ── what waits ──────────────────────────────────────────────────────────────────────────────── */

/* Sends those that wait for one of the tables, but not `other_than`'s. */
static pn_err flush_some(pn_pg_db *own, uint64_t tables, const pn_pg_many *other_than) {
    size_t kept = 0, count = own->waiting_count;
    pn_pg_many *meant[PN_COUNT(own->waiting)];
    size_t meant_count = 0;
    for (size_t i = 0; i < count; i++) {
        pn_pg_many *many = own->waiting[i]->many;
        if (many != other_than && (tables >> many->table & 1) != 0) {
            meant[meant_count++] = many;
        } else {
            own->waiting[kept++] = own->waiting[i];
        }
    }
    own->waiting_count = kept; /* before sending: that asks again what waits */
    pn_err err = PN_OK;
    for (size_t i = 0; i < meant_count; i++) {
        err = err == PN_OK ? flush(meant[i]) : err;
        meant[i]->rows = 0;
    }
    return err;
}

pn_err pn_pg_flush_for(pn_pg_stmt *stmt) {
    pn_pg_db *own = (pn_pg_db *)stmt->base.db;
    return own->waiting_count == 0 ? PN_OK : flush_some(own, tables_named(own, stmt), NULL);
}

pn_err pn_pg_flush_all(pn_pg_db *own) {
    return own->waiting_count == 0 ? PN_OK : flush_some(own, UINT64_MAX, NULL);
}

void pn_pg_forget(pn_pg_db *own) {
    for (size_t i = 0; i < own->waiting_count; i++) {
        own->waiting[i]->many->rows = 0;
    }
    own->waiting_count = 0;
}

static void wait_for_more(pn_pg_db *own, pn_pg_stmt *stmt) {
    assert(own->waiting_count < PN_COUNT(own->waiting));
    own->waiting[own->waiting_count++] = stmt;
}

static pn_err add(pn_pg_stmt *stmt, int64_t exactly) {
    pn_pg_db *own = (pn_pg_db *)stmt->base.db;
    pn_pg_many *many = stmt->many;
    uint64_t table = UINT64_C(1) << many->table;
    PN_TRY(flush_some(own, table, many)); /* others of the table go before it */
    if (many->rows != 0 && (many->exactly != exactly || !add_row_key(many, stmt))) {
        PN_TRY(flush_some(own, table, NULL));
    }
    if (many->rows == 0) {
        begin_columns(many, stmt);
        (void)add_row_key(many, stmt);
        many->exactly = exactly;
        wait_for_more(own, stmt);
    }
    add_row(many, stmt);
    return many->rows >= PN_PG_MANY_ROWS || many->bytes >= PN_PG_MANY_BYTES
               ? flush_some(own, table, NULL)
               : PN_OK;
}

pn_stmt *pn_pg_stmt_many(pn_db *db, const char *one, const char *many) {
    pn_pg_stmt *stmt = (pn_pg_stmt *)pn_db_stmt(db, one);
    if (stmt->many == NULL) {
        stmt->many = pn_alloc(sizeof *stmt->many);
        memset(stmt->many, 0, sizeof *stmt->many);
        stmt->many->stmt = pn_pg_stmt_new(db, many, many);
        assert(stmt->many->stmt->count == stmt->count);
        stmt->many->table = table_of((pn_pg_db *)db, many);
        stmt->many->key_columns = key_columns_of(one);
    }
    return &stmt->base;
}

void pn_pg_many_free(pn_pg_many *many) {
    if (many == NULL) {
        return;
    }
    for (size_t i = 0; i < PN_COUNT(many->columns); i++) {
        free(many->columns[i].bytes);
    }
    free(many->keys);
    pn_pg_stmt_free(&many->stmt->base);
    free(many);
}

pn_err pn_pg_later(pn_stmt *base, int64_t exactly) {
    pn_pg_stmt *stmt = (pn_pg_stmt *)base;
    PN_TRY(base->db->lost);
    if (!base->db->transaction) {
        return pn_stmt_run_now(base, exactly);
    }
    return stmt->many != NULL ? add(stmt, exactly) : pn_pg_send(stmt, exactly);
}
