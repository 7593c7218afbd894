#include "store/ageing.h"

#include "base/banned.h"

typedef struct {
    pn_id account_id, creditor_id;
    pn_str currency;
    pn_date due;
    int64_t open, claimable;
} item;

static void read_item(pn_stmt *q, pn_arena *arena, void *row) {
    *(item *)row = (item){.account_id = pn_col_int(q, 0),
                          .creditor_id = pn_col_int(q, 1),
                          .currency = pn_col_str_dup(q, 2, arena),
                          .due = (pn_date)pn_col_int(q, 3),
                          .open = pn_col_int(q, 4),
                          .claimable = pn_col_int(q, 5)};
}

static size_t bucket_of(pn_date due, pn_date today) {
    int64_t late = (int64_t)today - due;
    return late <= 0 ? 0 : late <= 30 ? 1 : late <= 60 ? 2 : late <= 90 ? 3 : 4;
}

pn_err pn_ageing_of_debtor(pn_db *db, pn_id org_id, pn_id debtor_id, pn_date today, pn_arena *arena,
                           pn_debtor_ageing **ret_rows, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT account_id, creditor_id, currency, effective_due,"
                                " open_minor, claimable_minor FROM invoice WHERE debtor_id = $1 AND"
                                " org_id = $2 AND closed = 0 ORDER BY account_id");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, org_id);
    void *found = NULL;
    size_t total = 0, count = 0;
    PN_TRY(pn_rows_read(q, arena, sizeof(item), read_item, &found, &total));
    const item *items = found;
    pn_debtor_ageing *rows = pn_arena_array(arena, pn_debtor_ageing, total);
    for (size_t i = 0; i < total; i++) {
        if (count == 0 || rows[count - 1].account_id != items[i].account_id) {
            rows[count++] = (pn_debtor_ageing){.account_id = items[i].account_id,
                                               .creditor_id = items[i].creditor_id,
                                               .currency = items[i].currency};
        }
        pn_debtor_ageing *row = &rows[count - 1];
        size_t bucket = bucket_of(items[i].due, today);
        row->invoices[bucket]++;
        row->open[bucket] += items[i].open;
        row->claimable[bucket] += items[i].claimable;
    }
    *ret_rows = rows;
    *ret_count = count;
    return PN_OK;
}
