#include "store/db.h"

#include "base/banned.h"

/* Rows are large: they are read into pieces, none of which is zeroed or moved, and laid side by
 * side once their number is known. */
typedef struct piece {
    struct piece *next;
    size_t count, capacity;
    char *rows;
} piece;

enum { FIRST_ROWS = 4, PIECE_ROWS_MAX = 1024 };

static piece *add_piece(pn_arena *arena, piece *last, size_t row_size) {
    piece *next = pn_arena_new(arena, piece);
    next->capacity = last == NULL ? FIRST_ROWS : PN_MIN(last->capacity * 4, (size_t)PIECE_ROWS_MAX);
    next->rows = pn_arena_alloc(arena, next->capacity * row_size);
    if (last != NULL) {
        last->next = next;
    }
    return next;
}

static void *join(const piece *first, size_t count, size_t row_size, pn_arena *arena) {
    if (first == NULL || first->next == NULL) {
        return first == NULL ? NULL : first->rows;
    }
    char *rows = pn_arena_alloc(arena, count * row_size);
    size_t at = 0;
    for (const piece *each = first; each != NULL; each = each->next) {
        memcpy(rows + at, each->rows, each->count * row_size);
        at += each->count * row_size;
    }
    return rows;
}

pn_err pn_rows_read(pn_stmt *stmt, pn_arena *arena, size_t row_size,
                    void (*read)(pn_stmt *stmt, pn_arena *arena, void *row), void **ret_rows,
                    size_t *ret_count) {
    piece *first = NULL;
    piece *last = NULL;
    size_t count = 0;
    pn_err err;
    while ((err = pn_row_next(stmt)) == PN_OK) {
        if (last == NULL || last->count == last->capacity) {
            last = add_piece(arena, last, row_size);
            first = first == NULL ? last : first;
        }
        read(stmt, arena, last->rows + last->count * row_size);
        last->count++;
        count++;
    }
    if (err != PN_NOT_FOUND) {
        return err;
    }
    *ret_rows = join(first, count, row_size, arena);
    *ret_count = count;
    return PN_OK;
}

static void read_id(pn_stmt *stmt, pn_arena *arena, void *row) {
    (void)arena;
    *(pn_id *)row = pn_col_int(stmt, 0);
}

pn_err pn_rows_ids(pn_stmt *stmt, pn_arena *arena, pn_id **ret_ids, size_t *ret_count) {
    void *rows = NULL;
    PN_TRY(pn_rows_read(stmt, arena, sizeof(pn_id), read_id, &rows, ret_count));
    *ret_ids = rows;
    return PN_OK;
}
