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

typedef struct {
    pn_arena *arena;
    size_t row_size, count;
    void (*read)(pn_stmt *stmt, pn_arena *arena, void *row);
    piece *first, *last;
} pile;

static void add_row(pn_stmt *stmt, void *context) {
    pile *rows = context;
    if (rows->last == NULL || rows->last->count == rows->last->capacity) {
        rows->last = add_piece(rows->arena, rows->last, rows->row_size);
        rows->first = rows->first == NULL ? rows->last : rows->first;
    }
    rows->read(stmt, rows->arena, rows->last->rows + rows->last->count * rows->row_size);
    rows->last->count++;
    rows->count++;
}

pn_err pn_rows_read(pn_stmt *stmt, pn_arena *arena, size_t row_size,
                    void (*read)(pn_stmt *stmt, pn_arena *arena, void *row), void **ret_rows,
                    size_t *ret_count) {
    pile rows = {.arena = arena, .row_size = row_size, .read = read};
    PN_TRY(pn_each_row(stmt, add_row, &rows));
    *ret_rows = join(rows.first, rows.count, row_size, arena);
    *ret_count = rows.count;
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
