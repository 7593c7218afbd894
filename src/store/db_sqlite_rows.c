/* Rows handed over: SELECT a, b, … becomes SELECT taken(a, b, …), and SQLite calls this function
 * with the values of each row, ready to be read. Asking the statement for one column after the
 * other costs as much as finding them: each time SQLite takes and gives back a lock and looks for
 * errors. A statement that SQLite would sort is left as it is: it calls the function before it
 * sorts. */
#include "base/banned.h"
#include "store/db_sqlite_int.h"

static void taken(sqlite3_context *call, int count, sqlite3_value **values) {
    const sqlite_db *db = sqlite3_user_data(call);
    sqlite_stmt *stmt = db->taker;
    (void)count;
    assert(stmt != NULL);
    stmt->values = values;
    db->take(&stmt->base, db->take_context);
    stmt->values = NULL;
}

pn_err pn_sqlite_add_taker(sqlite_db *db) {
    int code = sqlite3_create_function_v2(db->handle, "taken", -1, SQLITE_UTF8 | SQLITE_DIRECTONLY,
                                          db, taken, NULL, NULL, NULL);
    return pn_sqlite_note(&db->base, code);
}

bool pn_sqlite_goes_straight(pn_db *db, pn_str sql) {
    sqlite3_stmt *program = NULL;
    pn_buf text;
    pn_buf_init(&text, 1 << 16);
    pn_buf_add_lit(&text, "EXPLAIN ");
    pn_buf_add_str(&text, sql);
    int code = sqlite3_prepare_v2(pn_sqlite_of(db), text.ptr, (int)text.len, &program, NULL);
    bool straight = code == SQLITE_OK;
    while (straight && sqlite3_step(program) == SQLITE_ROW) {
        pn_str step = pn_str_of((const char *)sqlite3_column_text(program, 1));
        straight = !pn_str_is(step, "SorterOpen") && !pn_str_is(step, "OpenEphemeral") &&
                   !pn_str_is(step, "RowSetAdd");
    }
    (void)sqlite3_finalize(program);
    pn_buf_done(&text);
    return straight;
}

bool pn_sqlite_hand_over(pn_db *db, pn_str sql, pn_buf *out) {
    static const pn_str SELECT = {"SELECT ", 7};
    size_t from = pn_str_find(sql, PN_STR(" FROM "));
    if (!pn_str_starts(sql, SELECT) || from == SIZE_MAX) {
        return false;
    }
    pn_buf_add_lit(out, "SELECT taken(");
    pn_buf_add_str(out, pn_str_from(pn_str_first(sql, from), SELECT.len));
    pn_buf_add_char(out, ')');
    pn_buf_add_str(out, pn_str_from(sql, from));
    return pn_buf_err(out) == PN_OK && pn_sqlite_goes_straight(db, pn_buf_str(out));
}

pn_err pn_sqlite_each_row(pn_stmt *stmt, void (*take)(pn_stmt *stmt, void *context),
                          void *context) {
    sqlite_stmt *own = (sqlite_stmt *)stmt;
    sqlite_db *db = (sqlite_db *)stmt->db;
    if (!own->hands_over) {
        return pn_stmt_each_row(stmt, take, context);
    }
    sqlite_db before = *db; /* a taker may read rows of another statement */
    db->taker = own;
    db->take = take;
    db->take_context = context;
    pn_err err;
    while ((err = stmt->ops->row_next(stmt)) == PN_OK) {
    }
    db->taker = before.taker;
    db->take = before.take;
    db->take_context = before.take_context;
    return err == PN_NOT_FOUND ? PN_OK : err;
}
