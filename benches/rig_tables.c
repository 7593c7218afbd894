/* What a database takes on the disk, table by table. */
#include <stdio.h>

#include "base/banned.h"
#include "rig.h"
#include "store/db.h"

static const char SIZES_IN_FILE[] =
    "SELECT s.tbl_name, sum(d.pgsize), sum(CASE s.type WHEN 'index' THEN d.pgsize ELSE 0 END)"
    " FROM dbstat AS d JOIN sqlite_schema AS s ON s.name = d.name WHERE d.aggregate = TRUE"
    " GROUP BY 1 ORDER BY 2 DESC";
static const char SIZES_ON_SERVER[] =
    "SELECT relname, pg_total_relation_size(oid), pg_indexes_size(oid) FROM pg_class"
    " WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' ORDER BY 2 DESC";

static pn_db *open_to_read(const char *place) {
    pn_db *db = NULL;
    pn_diag diag = {0};
    rig_must(pn_db_open(place, &(pn_db_options){.mode = PN_DB_READ}, &db, &diag), &diag);
    return db;
}

static pn_stmt *ask(pn_db *db, const char *sql) {
    pn_stmt *q = NULL;
    pn_diag diag = {0};
    rig_must(pn_db_prepare(db, sql, &q, &diag), &diag);
    return q;
}

static int64_t ask_int(pn_db *db, const char *sql) {
    pn_stmt *q = ask(db, sql);
    if (pn_row_next(q) != PN_OK) {
        pn_panic("“%s”: %s", sql, pn_db_error(db));
    }
    int64_t value = pn_col_int(q, 0);
    pn_stmt_free(q);
    return value;
}

size_t rig_tables(const char *place, rig_table *tables, size_t max) {
    pn_db *db = open_to_read(place);
    pn_stmt *q = ask(db, rig_on_server(place) ? SIZES_ON_SERVER : SIZES_IN_FILE);
    size_t count = 0, kept = 0;
    while (count < max && pn_row_next(q) == PN_OK) {
        rig_table *t = &tables[count++];
        pn_str name = pn_col_str(q, 0);
        (void)snprintf(t->name, sizeof t->name, "%.*s", PN_STR_ARG(name));
        t->bytes = pn_col_int(q, 1);
        t->index_bytes = pn_col_int(q, 2);
    }
    pn_stmt_free(q);
    for (size_t i = 0; i < count; i++) {
        char sql[100];
        (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", tables[i].name);
        tables[i].rows = ask_int(db, sql);
        if (tables[i].rows != 0) {
            tables[kept++] = tables[i];
        }
    }
    pn_db_close(db);
    return kept;
}

int64_t rig_bytes(const char *place) {
    pn_db *db = open_to_read(place);
    int64_t bytes =
        ask_int(db, rig_on_server(place)
                        ? "SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class WHERE"
                          " relnamespace = current_schema()::regnamespace AND relkind = 'r'"
                        : "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
    pn_db_close(db);
    return bytes;
}
