/* Rows that wait: what pn_stmt_later puts off is kept and written by one statement, INSERT INTO …
 * SELECT c1, c2 … FROM waiting, over a virtual table of what was bound. So SQLite looks for the end
 * of a table once for many rows. An UPDATE waits only where its rows are neighbours
 * (db_sqlite_walk.c); else it is run at once, for it has to look for each row anyway.
 *
 * A row that cannot be written ends the statement where it is (OR FAIL), without SQLite having to
 * keep what it would undo: the transaction is lost, and only its rollback is possible. */
#include <stdlib.h>

#include "base/banned.h"
#include "store/db_sqlite_int.h"

/* For fewer rows, one statement a row is faster. */
enum { ROWS_MAX = 256, FEW = 4, FEW_TO_WALK = 32 };

struct pn_sqlite_batch {
    unsigned number; /* of sqlite_db.batches */
    pn_str table;
    sqlite_stmt *one;
    sqlite3_stmt *many;   /* an INSERT's; NULL: not needed yet */
    pn_sqlite_walk *walk; /* an UPDATE's */
    int columns;
    size_t rows;
    int64_t exactly; /* rows that each of them changes */
    pn_arena bytes;
    pn_sqlite_cell *cells; /* ROWS_MAX rows and the one that is bound */
};

/* ── the virtual table ───────────────────────────────────────────────────────────────────────── */

typedef struct {
    sqlite3_vtab base;
    const sqlite_db *db;
} table;

typedef struct {
    sqlite3_vtab_cursor base;
    const pn_sqlite_batch *batch;
    const pn_sqlite_cell *row, *end;
} cursor;

static int table_connect(sqlite3 *handle, void *context, int count, const char *const *words,
                         sqlite3_vtab **ret_table, char **ret_error) {
    (void)count;
    (void)words;
    (void)ret_error;
    pn_buf sql;
    pn_buf_init(&sql, 1000);
    pn_buf_add_lit(&sql, "CREATE TABLE waiting (");
    for (int i = 1; i <= PN_DB_PARAMETERS_MAX; i++) {
        pn_buf_add_z(&sql, i == 1 ? "c" : ", c");
        pn_buf_add_int(&sql, i);
    }
    pn_buf_add_lit(&sql, ")");
    pn_buf_add_char(&sql, '\0');
    int code = sqlite3_declare_vtab(handle, sql.ptr);
    pn_buf_done(&sql);
    table *made = pn_alloc(sizeof *made);
    *made = (table){.db = context};
    *ret_table = &made->base;
    return code;
}

static int table_disconnect(sqlite3_vtab *base) {
    free(base);
    return SQLITE_OK;
}

static int table_plan(sqlite3_vtab *base, sqlite3_index_info *plan) {
    (void)base;
    plan->estimatedRows = ROWS_MAX;
    plan->estimatedCost = ROWS_MAX;
    return SQLITE_OK;
}

static int cursor_open(sqlite3_vtab *base, sqlite3_vtab_cursor **ret_cursor) {
    (void)base;
    cursor *made = pn_alloc(sizeof *made);
    *made = (cursor){0};
    *ret_cursor = &made->base;
    return SQLITE_OK;
}

static int cursor_close(sqlite3_vtab_cursor *base) {
    free(base);
    return SQLITE_OK;
}

static int cursor_begin(sqlite3_vtab_cursor *base, int plan, const char *words, int count,
                        sqlite3_value **values) {
    cursor *at = (cursor *)base;
    (void)plan;
    (void)words;
    (void)count;
    (void)values;
    at->batch = ((const table *)base->pVtab)->db->reading;
    at->row = at->batch->cells;
    at->end = at->row + at->batch->rows * (size_t)at->batch->columns;
    return SQLITE_OK;
}

static int cursor_next(sqlite3_vtab_cursor *base) {
    cursor *at = (cursor *)base;
    at->row += at->batch->columns;
    return SQLITE_OK;
}

static int cursor_over(sqlite3_vtab_cursor *base) {
    const cursor *at = (const cursor *)base;
    return at->row == at->end;
}

void pn_sqlite_give_cell(sqlite3_context *to, const pn_sqlite_cell *cell) {
    switch (cell->kind) {
    case PN_SQLITE_NULL: break;
    case PN_SQLITE_INT: sqlite3_result_int64(to, cell->is.number); break;
    case PN_SQLITE_TEXT:
        sqlite3_result_text(to, cell->is.bytes, (int)cell->size, SQLITE_STATIC);
        break;
    case PN_SQLITE_BLOB:
        sqlite3_result_blob(to, cell->is.bytes, (int)cell->size, SQLITE_STATIC);
        break;
    }
}

static int cursor_column(sqlite3_vtab_cursor *base, sqlite3_context *to, int column) {
    pn_sqlite_give_cell(to, &((const cursor *)base)->row[column]);
    return SQLITE_OK;
}

static int cursor_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *ret_id) {
    const cursor *at = (const cursor *)base;
    *ret_id = at->row - at->batch->cells;
    return SQLITE_OK;
}

pn_err pn_sqlite_add_waiting(sqlite_db *db) {
    static const sqlite3_module WAITING = {
        .xConnect = table_connect,
        .xBestIndex = table_plan,
        .xDisconnect = table_disconnect,
        .xOpen = cursor_open,
        .xClose = cursor_close,
        .xFilter = cursor_begin,
        .xNext = cursor_next,
        .xEof = cursor_over,
        .xColumn = cursor_column,
        .xRowid = cursor_rowid,
    };
    return pn_sqlite_note(&db->base,
                          sqlite3_create_module_v2(db->handle, "waiting", &WAITING, db, NULL));
}

/* ── keeping ─────────────────────────────────────────────────────────────────────────────────── */

/* INSERT INTO t (…) VALUES (…), and nothing behind it: the place of VALUES, else SIZE_MAX. */
static size_t values_of(pn_str sql) {
    bool plain = pn_str_starts(sql, PN_STR("INSERT INTO ")) && pn_str_ends(sql, PN_STR(")")) &&
                 pn_str_find(sql, PN_STR(" ON CONFLICT")) == SIZE_MAX;
    return plain ? pn_str_find(sql, PN_STR(" VALUES (")) : SIZE_MAX;
}

static pn_str table_in(pn_str sql) {
    static const char *const VERBS[] = {"INSERT INTO ", "UPDATE "};
    for (size_t i = 0; i < PN_COUNT(VERBS); i++) {
        if (pn_str_starts(sql, pn_str_of(VERBS[i]))) {
            pn_str name = pn_str_from(sql, strlen(VERBS[i]));
            return pn_str_first(name, pn_str_find_char(name, ' '));
        }
    }
    return PN_STR_NONE;
}

static pn_sqlite_batch *add_batch(sqlite_stmt *stmt, pn_str sql, pn_sqlite_walk *walk) {
    sqlite_db *db = (sqlite_db *)stmt->base.db;
    pn_sqlite_batch *batch = pn_alloc(sizeof *batch);
    assert(db->batch_count < PN_SQLITE_BATCHES_MAX);
    *batch = (pn_sqlite_batch){.number = db->batch_count,
                               .table = table_in(sql),
                               .one = stmt,
                               .walk = walk,
                               .columns = sqlite3_bind_parameter_count(stmt->handle)};
    pn_arena_init(&batch->bytes, 0);
    batch->cells = pn_alloc((ROWS_MAX + 1) * (size_t)batch->columns * sizeof *batch->cells);
    db->batches[db->batch_count++] = batch;
    return batch;
}

static void look_at(sqlite_stmt *stmt) {
    if (stmt->looked_at || stmt->handle == NULL) {
        return;
    }
    stmt->looked_at = true;
    pn_str sql = pn_str_of(stmt->base.literal);
    pn_sqlite_walk *walk = pn_sqlite_walk_new(stmt->base.db, sql);
    if (walk != NULL || values_of(sql) != SIZE_MAX) {
        stmt->batch = add_batch(stmt, sql, walk);
    }
}

pn_stmt *pn_sqlite_stmt_many(pn_db *db, const char *one, const char *many) {
    (void)many;
    pn_stmt *stmt = pn_db_stmt(db, one);
    sqlite_stmt *own = (sqlite_stmt *)stmt;
    look_at(own);
    own->binds_later = own->batch != NULL && (own->batch->walk == NULL || db->neighbours);
    return stmt;
}

/* The cell of the row that is bound. */
static pn_sqlite_cell *cell_of(sqlite_stmt *stmt, int parameter) {
    const pn_sqlite_batch *batch = stmt->batch;
    assert(parameter >= 1 && parameter <= batch->columns);
    return &batch->cells[batch->rows * (size_t)batch->columns + (size_t)parameter - 1];
}

void pn_sqlite_int_later(sqlite_stmt *stmt, int parameter, int64_t value) {
    pn_sqlite_cell *to = cell_of(stmt, parameter);
    to->kind = PN_SQLITE_INT;
    to->is.number = value;
}

void pn_sqlite_bytes_later(sqlite_stmt *stmt, int parameter, const void *bytes, size_t size,
                           pn_parameter_type type) {
    pn_sqlite_cell *to = cell_of(stmt, parameter);
    assert(size <= INT32_MAX);
    to->kind = type == PN_PARAMETER_TEXT ? PN_SQLITE_TEXT : PN_SQLITE_BLOB;
    to->size = (uint32_t)size;
    to->is.bytes = size == 0 ? "" : pn_arena_copy(&stmt->batch->bytes, bytes, size);
}

void pn_sqlite_null_later(sqlite_stmt *stmt, int parameter) {
    cell_of(stmt, parameter)->kind = PN_SQLITE_NULL;
}

/* ── writing ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err prepare_many(pn_sqlite_batch *batch) {
    pn_db *db = batch->one->base.db;
    pn_str sql = pn_str_of(batch->one->base.literal);
    size_t values = values_of(sql);
    size_t begin = values + strlen(" VALUES (");
    pn_str each = pn_str_first(pn_str_from(sql, begin), sql.len - begin - 1);
    pn_buf text;
    pn_buf_init(&text, 1 << 16);
    pn_buf_add_lit(&text, "INSERT OR FAIL ");
    pn_buf_add_str(&text, pn_str_from(pn_str_first(sql, values), strlen("INSERT ")));
    pn_buf_add_lit(&text, " SELECT ");
    for (size_t i = 0; i < each.len; i++) {
        pn_buf_add_char(&text, each.ptr[i] == '$' ? 'c' : each.ptr[i]);
    }
    pn_buf_add_lit(&text, " FROM waiting");
    int code = sqlite3_prepare_v3(pn_sqlite_of(db), text.ptr, (int)text.len,
                                  SQLITE_PREPARE_PERSISTENT, &batch->many, NULL);
    pn_buf_done(&text);
    return pn_sqlite_note(db, code);
}

static pn_err check_changes(const pn_sqlite_batch *batch, int64_t changed, int64_t rows) {
    return batch->exactly == PN_ANY_ROWS || changed == rows * batch->exactly ? PN_OK : PN_CONFLICT;
}

static pn_err write(pn_sqlite_batch *batch, sqlite3_stmt *handle, size_t rows) {
    pn_db *db = batch->one->base.db;
    pn_err err = pn_sqlite_note(db, sqlite3_step(handle));
    if (err == PN_OK) {
        err = check_changes(batch, sqlite3_changes64(pn_sqlite_of(db)), (int64_t)rows);
    }
    (void)sqlite3_reset(handle);
    return err;
}

static void bind_row(sqlite_stmt *stmt, const pn_sqlite_cell *row, int columns) {
    for (int i = 0; i < columns; i++) {
        int at = stmt->order[i + 1];
        switch (row[i].kind) {
        case PN_SQLITE_NULL: (void)sqlite3_bind_null(stmt->handle, at); break;
        case PN_SQLITE_INT: (void)sqlite3_bind_int64(stmt->handle, at, row[i].is.number); break;
        case PN_SQLITE_TEXT:
            (void)sqlite3_bind_text64(stmt->handle, at, row[i].is.bytes, row[i].size, SQLITE_STATIC,
                                      SQLITE_UTF8);
            break;
        case PN_SQLITE_BLOB:
            (void)sqlite3_bind_blob64(stmt->handle, at, row[i].is.bytes, row[i].size,
                                      SQLITE_STATIC);
            break;
        }
    }
}

static pn_err write_few(pn_sqlite_batch *batch) {
    for (size_t i = 0; i < batch->rows; i++) {
        bind_row(batch->one, batch->cells + i * (size_t)batch->columns, batch->columns);
        PN_TRY(write(batch, batch->one->handle, 1));
    }
    return PN_OK;
}

static pn_err insert_many(sqlite_db *db, pn_sqlite_batch *batch) {
    if (batch->many == NULL) {
        PN_TRY(prepare_many(batch));
    }
    db->reading = batch;
    pn_err err = write(batch, batch->many, batch->rows);
    db->reading = NULL;
    return err;
}

static pn_err update_many(pn_sqlite_batch *batch) {
    int64_t changed = 0;
    PN_TRY(pn_sqlite_walk_run(batch->walk, batch->cells, batch->rows, batch->columns, &changed));
    return check_changes(batch, changed, (int64_t)batch->rows);
}

static pn_err write_batch(sqlite_db *db, pn_sqlite_batch *batch) {
    if (batch->walk == NULL) {
        return batch->rows < FEW ? write_few(batch) : insert_many(db, batch);
    }
    bool walks = batch->rows >= FEW_TO_WALK &&
                 pn_sqlite_walk_fits(batch->walk, batch->cells, batch->rows, batch->columns);
    return walks ? update_many(batch) : write_few(batch);
}

static bool is_named(pn_str sql, pn_str name) {
    size_t at = 0, next;
    while ((next = pn_str_find(pn_str_from(sql, at), name)) != SIZE_MAX) {
        size_t end = at + next + name.len;
        char before = at + next == 0 ? ' ' : sql.ptr[at + next - 1];
        char behind = end == sql.len ? ' ' : sql.ptr[end];
        if (!pn_is_alpha(before) && before != '_' && !pn_is_alpha(behind) && behind != '_') {
            return true;
        }
        at = end;
    }
    return false;
}

static uint64_t named_by(sqlite_db *db, sqlite_stmt *stmt) {
    for (; stmt->named < db->batch_count; stmt->named++) {
        pn_str sql = pn_str_of(sqlite3_sql(stmt->handle));
        if (is_named(sql, db->batches[stmt->named]->table)) {
            stmt->names |= UINT64_C(1) << stmt->named;
        }
    }
    return stmt->names;
}

static void empty(sqlite_db *db, pn_sqlite_batch *batch) {
    db->waiting &= ~(UINT64_C(1) << batch->number);
    batch->rows = 0;
    pn_arena_reset(&batch->bytes);
}

void pn_sqlite_drop_waiting(sqlite_db *db) {
    while (db->waiting != 0) {
        empty(db, db->batches[__builtin_ctzll(db->waiting)]);
    }
}

static pn_err write_those(sqlite_db *db, uint64_t bits) {
    pn_err err = PN_OK;
    for (; bits != 0 && err == PN_OK; bits &= bits - 1) {
        pn_sqlite_batch *batch = db->batches[__builtin_ctzll(bits)];
        err = write_batch(db, batch);
        empty(db, batch);
    }
    if (err != PN_OK) {
        pn_sqlite_drop_waiting(db);
        /* whoever meets this error may expect another one: nothing of the transaction must stay */
        db->base.lost = db->base.transaction ? err : PN_OK;
    }
    return err;
}

pn_err pn_sqlite_write_waiting(sqlite_db *db, sqlite_stmt *before) {
    if (db->waiting == 0) {
        return PN_OK;
    }
    return write_those(db, before == NULL ? db->waiting : db->waiting & named_by(db, before));
}

pn_err pn_sqlite_later(pn_stmt *stmt, int64_t exactly) {
    sqlite_stmt *own = (sqlite_stmt *)stmt;
    sqlite_db *db = (sqlite_db *)stmt->db;
    pn_sqlite_batch *batch = own->batch;
    uint64_t bit = UINT64_C(1) << batch->number;
    own->binds_later = false;
    /* rows for the same table by another statement come first */
    PN_TRY(write_those(db, db->waiting & named_by(db, own) & ~bit));
    assert(batch->rows == 0 || batch->exactly == exactly);
    batch->exactly = exactly;
    batch->rows++;
    db->put_off++;
    db->waiting |= bit;
    /* outside a transaction nothing comes that would write it */
    return batch->rows == ROWS_MAX || !db->base.transaction ? write_those(db, bit) : PN_OK;
}

void pn_sqlite_batch_free(pn_sqlite_batch *batch) {
    if (batch != NULL) {
        (void)sqlite3_finalize(batch->many);
        pn_sqlite_walk_free(batch->walk);
        pn_arena_done(&batch->bytes);
        free(batch->cells);
        free(batch);
    }
}
