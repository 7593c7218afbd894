/* What tables a database has, as it says itself: for what treats all of them alike. */
#ifndef PN_STORE_TABLES_H
#define PN_STORE_TABLES_H

#include "store/db.h"

enum { PN_TABLE_COLUMNS_MAX = 40, PN_TABLE_KEY_MAX = 12 };

typedef struct {
    pn_str name;
    pn_col_kind kind; /* INT, TEXT or BLOB */
} pn_table_column;

typedef struct {
    pn_str name;
    pn_table_column columns[PN_TABLE_COLUMNS_MAX]; /* in their order */
    size_t column_count;
    size_t key[PN_TABLE_KEY_MAX]; /* the columns of the primary key, in its order */
    size_t key_count;
} pn_table_def;

/* All tables of the file or schema, by name; LIMIT where one is too wide. Parts of a partitioned
 * table are not tables of their own. */
PN_MUST_USE pn_err pn_tables_read(pn_db *db, pn_arena *arena, pn_table_def **ret_tables,
                                  size_t *ret_count);
/* NULL: there is none of the name. */
const pn_table_def *pn_table_named(const pn_table_def *tables, size_t count, pn_str name);
/* The same columns and types; the order and the key do not matter. */
bool pn_table_alike(const pn_table_def *a, const pn_table_def *b);

/* What the database numbers by itself goes on behind the rows that were written with their numbers.
 */
PN_MUST_USE pn_err pn_tables_renumber(pn_db *db);

#endif
