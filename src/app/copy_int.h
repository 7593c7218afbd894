/* What the files of the copy share. */
#ifndef PN_APP_COPY_INT_H
#define PN_APP_COPY_INT_H

#include "app/copy.h"
#include "store/tables.h"

typedef struct {
    const pn_copy_request *request;
    pn_copy_info *info;
    pn_db *from, *to;
    pn_arena arena;       /* texts of statements live as long as the connections */
    pn_table_def *tables; /* of the source */
    size_t count;
    pn_diag *diag;
} pn_copier;

/* What a table holds, whatever the order of its rows. */
typedef struct {
    int64_t rows;
    uint64_t sums[4]; /* of the rows' SHA-256, word by word */
} pn_table_sum;

/* Writes the rows behind the last one that the target has, in transactions of their own. */
PN_MUST_USE pn_err pn_copy_table(pn_copier *c, size_t number);
PN_MUST_USE pn_err pn_copy_sum(pn_copier *c, pn_db *db, const pn_table_def *table,
                               pn_table_sum *ret_sum);
void pn_copy_show(pn_copier *c, size_t number, bool comparing);

#endif
