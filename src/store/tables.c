#include "store/tables.h"

#include "base/banned.h"

/* Name of the table, of the column, its type, its place in the primary key from 1 or 0; in the
 * order of tables and columns. */
static const char *const SQLITE_COLUMNS = PN_SQLITE(
    "SELECT m.name, c.name, c.type, c.pk FROM sqlite_master m JOIN pragma_table_info(m.name) c"
    " WHERE m.type = 'table' AND substr(m.name, 1, 7) <> 'sqlite_' ORDER BY m.name, c.cid");

static const char *const PG_COLUMNS = PN_PG(
    "SELECT CAST(c.relname AS TEXT), CAST(a.attname AS TEXT),"
    " CAST(t.typname AS TEXT), coalesce(array_position(CAST(i.indkey AS SMALLINT[]), a.attnum) + 1,"
    " 0) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid ="
    " a.atttypid LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary WHERE"
    " c.relnamespace = CAST(current_schema() AS REGNAMESPACE) AND c.relkind IN ('r', 'p') AND NOT"
    " c.relispartition AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum");

static const char *const PG_RENUMBER = PN_PG(
    "SELECT format('SELECT setval(pg_get_serial_sequence(%L, %L), greatest(1, coalesce(max(%I), "
    "1)))"
    " FROM %I', c.relname, a.attname, a.attname, c.relname) FROM pg_class c JOIN pg_attribute a ON"
    " a.attrelid = c.oid WHERE c.relnamespace = CAST(current_schema() AS REGNAMESPACE) AND"
    " a.attidentity <> '' AND NOT c.relispartition");

static pn_col_kind kind_of(pn_str type) {
    if (pn_str_is(type, "TEXT") || pn_str_is(type, "text")) {
        return PN_COL_TEXT;
    }
    return pn_str_is(type, "BLOB") || pn_str_is(type, "bytea") ? PN_COL_BLOB : PN_COL_INT;
}

static pn_err add_column(pn_table_def *table, pn_stmt *q, pn_arena *arena) {
    int64_t place = pn_col_int(q, 3);
    if (table->column_count == PN_TABLE_COLUMNS_MAX || place > PN_TABLE_KEY_MAX) {
        return PN_LIMIT;
    }
    if (place > 0) {
        table->key[place - 1] = table->column_count;
        table->key_count = PN_MAX(table->key_count, (size_t)place);
    }
    table->columns[table->column_count++] =
        (pn_table_column){pn_col_str_dup(q, 1, arena), kind_of(pn_col_str(q, 2))};
    return PN_OK;
}

static pn_err read_all(pn_stmt *q, pn_arena *arena, pn_table_def **ret_tables, size_t *ret_count) {
    pn_table_def *tables = NULL;
    size_t count = 0, capacity = 0;
    pn_err err;
    while ((err = pn_row_next(q)) == PN_OK) {
        pn_str name = pn_col_str(q, 0);
        if (count == 0 || !pn_str_eq(tables[count - 1].name, name)) {
            tables = pn_arena_grow(arena, tables, count, &capacity, sizeof *tables);
            tables[count++] = (pn_table_def){.name = pn_str_dup(arena, name)};
        }
        PN_TRY(add_column(&tables[count - 1], q, arena));
    }
    *ret_tables = tables;
    *ret_count = count;
    return err == PN_NOT_FOUND ? PN_OK : err;
}

pn_err pn_tables_read(pn_db *db, pn_arena *arena, pn_table_def **ret_tables, size_t *ret_count) {
    pn_stmt *q = NULL;
    PN_TRY(pn_db_prepare(db, pn_db_speaks_pg(db) ? PG_COLUMNS : SQLITE_COLUMNS, &q, NULL));
    pn_err err = read_all(q, arena, ret_tables, ret_count);
    pn_stmt_free(q);
    return err;
}

const pn_table_def *pn_table_named(const pn_table_def *tables, size_t count, pn_str name) {
    for (size_t i = 0; i < count; i++) {
        if (pn_str_eq(tables[i].name, name)) {
            return &tables[i];
        }
    }
    return NULL;
}

bool pn_table_alike(const pn_table_def *a, const pn_table_def *b) {
    if (a->column_count != b->column_count) {
        return false;
    }
    for (size_t i = 0; i < a->column_count; i++) {
        size_t j = 0;
        while (j < b->column_count && !pn_str_eq(a->columns[i].name, b->columns[j].name)) {
            j++;
        }
        if (j == b->column_count || a->columns[i].kind != b->columns[j].kind) {
            return false;
        }
    }
    return true;
}

static pn_err renumber(pn_db *db, pn_stmt *q) {
    pn_buf sql;
    pn_buf_init(&sql, 1 << 16);
    pn_err err;
    while ((err = pn_row_next(q)) == PN_OK) {
        pn_buf_add_str(&sql, pn_col_str(q, 0));
        pn_buf_add_lit(&sql, ";");
    }
    pn_buf_add_char(&sql, '\0');
    err = err == PN_NOT_FOUND ? pn_buf_err(&sql) : err;
    err = err == PN_OK ? pn_db_exec(db, sql.ptr) : err;
    pn_buf_done(&sql);
    return err;
}

/* SQLite numbers from the highest row on. */
pn_err pn_tables_renumber(pn_db *db) {
    pn_stmt *q = NULL;
    if (!pn_db_speaks_pg(db)) {
        return PN_OK;
    }
    PN_TRY(pn_db_prepare(db, PG_RENUMBER, &q, NULL));
    pn_err err = renumber(db, q);
    pn_stmt_free(q);
    return err;
}
