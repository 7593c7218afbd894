/* Walks: UPDATE t SET a = $3 … WHERE k = $1 AND l = $2, put off for many rows that stand together,
 * becomes UPDATE t SET a = waiting_cell(3) … WHERE k BETWEEN $1 AND $2 AND is_waiting(k, l). SQLite
 * walks over the range once and asks for each row whether it is the next one that waits, and then
 * for its values, instead of searching the tree for every row from its root.
 *
 * Values are asked for while SQLite stands at their row: a plan that first gathers rows and changes
 * them afterwards would mix them up. So the statement's own program is looked at before it is used;
 * and where a row that waits was not met, fewer rows changed than there are, which the caller sees.
 */
#include <stdlib.h>

#include "base/banned.h"
#include "store/db_sqlite_int.h"

enum { KEYS_MAX = 4 };

struct pn_sqlite_walk {
    pn_db *db;
    pn_str sql;
    size_t where; /* its place in the text */
    pn_str names[KEYS_MAX];
    int keys[KEYS_MAX]; /* parameters, in the order of the names */
    int key_count;
    sqlite3_stmt *handle;
    bool refused;
    /* under way */
    const pn_sqlite_cell *row, *end;
    int columns;
};

/* ── the statement ───────────────────────────────────────────────────────────────────────────── */

static bool read_keys(pn_sqlite_walk *walk, pn_str conditions) {
    while (conditions.len != 0 && walk->key_count < KEYS_MAX) {
        size_t equal = pn_str_find(conditions, PN_STR(" = $"));
        size_t more = pn_str_find(conditions, PN_STR(" AND "));
        pn_str one = pn_str_first(conditions, more);
        int64_t number = 0;
        if (equal >= one.len ||
            pn_str_to_int64(pn_str_from(one, equal + strlen(" = $")), &number) != PN_OK) {
            return false;
        }
        walk->names[walk->key_count] = pn_str_first(one, equal);
        walk->keys[walk->key_count++] = (int)number;
        conditions =
            more == SIZE_MAX ? PN_STR_NONE : pn_str_from(conditions, more + strlen(" AND "));
    }
    return conditions.len == 0 && walk->key_count != 0;
}

pn_sqlite_walk *pn_sqlite_walk_new(pn_db *db, pn_str sql) {
    size_t where = pn_str_find(sql, PN_STR(" WHERE "));
    pn_sqlite_walk walk = {.db = db, .sql = sql, .where = where};
    if (!pn_str_starts(sql, PN_STR("UPDATE ")) || where == SIZE_MAX ||
        !read_keys(&walk, pn_str_from(sql, where + strlen(" WHERE ")))) {
        return NULL;
    }
    pn_sqlite_walk *made = pn_alloc(sizeof *made);
    *made = walk;
    return made;
}

void pn_sqlite_walk_free(pn_sqlite_walk *walk) {
    if (walk != NULL) {
        (void)sqlite3_finalize(walk->handle);
        free(walk);
    }
}

/* $3 becomes waiting_cell(3). */
static void write_cells(pn_buf *out, pn_str text) {
    while (text.len != 0) {
        size_t dollar = pn_str_find_char(text, '$');
        pn_buf_add_str(out, pn_str_first(text, dollar));
        if (dollar == SIZE_MAX) {
            return;
        }
        size_t end = dollar + 1;
        while (end < text.len && text.ptr[end] >= '0' && text.ptr[end] <= '9') {
            end++;
        }
        pn_buf_add_lit(out, "waiting_cell(");
        pn_buf_add_str(out, pn_str_from(pn_str_first(text, end), dollar + 1));
        pn_buf_add_char(out, ')');
        text = pn_str_from(text, end);
    }
}

static void write_text(const pn_sqlite_walk *walk, pn_buf *out) {
    pn_buf_add_lit(out, "UPDATE OR FAIL ");
    write_cells(out, pn_str_from(pn_str_first(walk->sql, walk->where), strlen("UPDATE ")));
    pn_buf_add_lit(out, " WHERE ");
    pn_buf_add_str(out, walk->names[0]);
    pn_buf_add_lit(out, " BETWEEN $1 AND $2 AND is_waiting(");
    for (int i = 0; i < walk->key_count; i++) {
        pn_buf_add_z(out, i == 0 ? "" : ", ");
        pn_buf_add_str(out, walk->names[i]);
    }
    pn_buf_add_char(out, ')');
}

static void prepare(pn_sqlite_walk *walk) {
    pn_buf text;
    pn_buf_init(&text, 1 << 16);
    write_text(walk, &text);
    walk->refused = !pn_sqlite_goes_straight(walk->db, pn_buf_str(&text)) ||
                    sqlite3_prepare_v3(pn_sqlite_of(walk->db), text.ptr, (int)text.len,
                                       SQLITE_PREPARE_PERSISTENT, &walk->handle, NULL) != SQLITE_OK;
    pn_buf_done(&text);
}

/* ── the walk ────────────────────────────────────────────────────────────────────────────────── */

static int64_t key_of(const pn_sqlite_walk *walk, const pn_sqlite_cell *row, int key) {
    return row[walk->keys[key] - 1].is.number;
}

static bool is_before(const pn_sqlite_walk *walk, const pn_sqlite_cell *row,
                      const pn_sqlite_cell *other) {
    int key = 0;
    while (key < walk->key_count - 1 && key_of(walk, row, key) == key_of(walk, other, key)) {
        key++;
    }
    return key_of(walk, row, key) < key_of(walk, other, key);
}

bool pn_sqlite_walk_fits(pn_sqlite_walk *walk, const pn_sqlite_cell *cells, size_t rows,
                         int columns) {
    if (walk->handle == NULL && !walk->refused) {
        prepare(walk);
    }
    bool fits = !walk->refused;
    for (size_t i = 0; i < rows && fits; i++) {
        const pn_sqlite_cell *row = cells + i * (size_t)columns;
        for (int key = 0; key < walk->key_count; key++) {
            fits = fits && row[walk->keys[key] - 1].kind == PN_SQLITE_INT;
        }
        fits = fits && (i == 0 || is_before(walk, row - columns, row));
    }
    return fits;
}

static void is_waiting(sqlite3_context *call, int count, sqlite3_value **values) {
    pn_sqlite_walk *walk = ((const sqlite_db *)sqlite3_user_data(call))->walk;
    for (; walk->row < walk->end; walk->row += walk->columns) {
        int key = 0;
        int64_t here = 0, waiting = 0;
        while (key < count && here == waiting) {
            here = sqlite3_value_int64(values[key]);
            waiting = key_of(walk, walk->row, key++);
        }
        if (here <= waiting) {
            sqlite3_result_int(call, here == waiting);
            return;
        }
    }
    sqlite3_result_int(call, 0);
}

static void waiting_cell(sqlite3_context *call, int count, sqlite3_value **values) {
    const pn_sqlite_walk *walk = ((const sqlite_db *)sqlite3_user_data(call))->walk;
    (void)count;
    pn_sqlite_give_cell(call, &walk->row[sqlite3_value_int(values[0]) - 1]);
}

pn_err pn_sqlite_add_walk(sqlite_db *db) {
    enum { FLAGS = SQLITE_UTF8 | SQLITE_DIRECTONLY };
    PN_TRY(pn_sqlite_note(&db->base, sqlite3_create_function_v2(db->handle, "is_waiting", -1, FLAGS,
                                                                db, is_waiting, NULL, NULL, NULL)));
    return pn_sqlite_note(&db->base,
                          sqlite3_create_function_v2(db->handle, "waiting_cell", 1, FLAGS, db,
                                                     waiting_cell, NULL, NULL, NULL));
}

pn_err pn_sqlite_walk_run(pn_sqlite_walk *walk, const pn_sqlite_cell *cells, size_t rows,
                          int columns, int64_t *ret_changes) {
    sqlite_db *db = (sqlite_db *)walk->db;
    walk->columns = columns;
    walk->row = cells;
    walk->end = cells + rows * (size_t)columns;
    (void)sqlite3_bind_int64(walk->handle, 1, key_of(walk, walk->row, 0));
    (void)sqlite3_bind_int64(walk->handle, 2, key_of(walk, walk->end - columns, 0));
    db->walk = walk;
    pn_err err = pn_sqlite_note(walk->db, sqlite3_step(walk->handle));
    db->walk = NULL;
    if (err == PN_OK) {
        *ret_changes = sqlite3_changes64(db->handle);
    }
    (void)sqlite3_reset(walk->handle);
    return err;
}
