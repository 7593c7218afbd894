#include "store/db.h"

#include "base/banned.h"

pn_err pn_rows_read(pn_stmt *stmt, pn_arena *arena, size_t row_size,
                    void (*read)(pn_stmt *stmt, pn_arena *arena, void *row), void **ret_rows,
                    size_t *ret_count) {
    char *rows = NULL;
    size_t count = 0, capacity = 0;
    pn_err err;
    while ((err = pn_row_next(stmt)) == PN_OK) {
        rows = pn_arena_grow(arena, rows, count, &capacity, row_size);
        read(stmt, arena, rows + count * row_size);
        count++;
    }
    if (err != PN_NOT_FOUND) {
        return err;
    }
    *ret_rows = rows;
    *ret_count = count;
    return PN_OK;
}
