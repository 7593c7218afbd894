#include "store/bill.h"

#include "base/banned.h"
#include "base/utf8.h"

/* ── writing ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err put_line(pn_db *db, pn_id org_id, pn_id debtor_id, pn_id invoice_id,
                       const pn_bill_line *line, pn_arena *arena) {
    pn_stmt *q = pn_db_stmt(
        db, "INSERT INTO invoice_line (debtor_id, invoice_id, line, org_id, sku, sku_fold, product,"
            " product_fold, description, description_fold, quantity, unit_price, discount_ppm,"
            " discount_minor, net_minor, tax_ppm, amount_minor)"
            " VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17)");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, invoice_id);
    pn_bind_int(q, 3, line->number);
    pn_bind_int(q, 4, org_id);
    pn_bind_str(q, 5, line->sku);
    pn_bind_str(q, 6, pn_utf8_fold(arena, line->sku, false));
    pn_bind_str(q, 7, line->product);
    pn_bind_str(q, 8, pn_utf8_fold(arena, line->product, false));
    pn_bind_str(q, 9, line->description);
    pn_bind_str(q, 10, pn_utf8_fold(arena, line->description, false));
    pn_bind_int_or_null(q, 11, line->quantity, PN_MILLIONTHS_NONE);
    pn_bind_int_or_null(q, 12, line->unit_price, PN_MILLIONTHS_NONE);
    pn_bind_int(q, 13, line->discount_ppm);
    pn_bind_int(q, 14, line->discount);
    pn_bind_int(q, 15, line->net);
    pn_bind_int_or_null(q, 16, line->tax_ppm, PN_MILLIONTHS_NONE);
    pn_bind_int(q, 17, line->amount);
    return pn_stmt_run(q, NULL);
}

static pn_err put_tax(pn_db *db, pn_id org_id, pn_id debtor_id, pn_id invoice_id, int64_t position,
                      const pn_tax_row *row) {
    pn_stmt *q =
        pn_db_stmt(db, "INSERT INTO invoice_tax (debtor_id, invoice_id, position, org_id, kind,"
                       " label, rate_ppm, base_minor, amount_minor)"
                       " VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, invoice_id);
    pn_bind_int(q, 3, position);
    pn_bind_int(q, 4, org_id);
    pn_bind_int(q, 5, row->kind);
    pn_bind_str(q, 6, row->label);
    pn_bind_int_or_null(q, 7, row->rate_ppm, PN_MILLIONTHS_NONE);
    pn_bind_int(q, 8, row->base);
    pn_bind_int(q, 9, row->amount);
    return pn_stmt_run(q, NULL);
}

static pn_err remove_bill(pn_db *db, pn_id debtor_id, pn_id invoice_id) {
    pn_stmt *q =
        pn_db_stmt(db, "DELETE FROM invoice_line WHERE debtor_id = $1 AND invoice_id = $2");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, invoice_id);
    PN_TRY(pn_stmt_run(q, NULL));
    q = pn_db_stmt(db, "DELETE FROM invoice_tax WHERE debtor_id = $1 AND invoice_id = $2");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, invoice_id);
    return pn_stmt_run(q, NULL);
}

pn_err pn_bill_put(pn_db *db, pn_id org_id, pn_id debtor_id, pn_id invoice_id, const pn_bill *bill,
                   pn_arena *arena) {
    PN_TRY(remove_bill(db, debtor_id, invoice_id));
    for (size_t i = 0; i < bill->line_count; i++) {
        PN_TRY(put_line(db, org_id, debtor_id, invoice_id, &bill->lines[i], arena));
    }
    for (size_t i = 0; i < bill->tax_count; i++) {
        PN_TRY(put_tax(db, org_id, debtor_id, invoice_id, (int64_t)i + 1, &bill->taxes[i]));
    }
    return PN_OK;
}

/* ── reading ─────────────────────────────────────────────────────────────────────────────────── */

static void read_bill_line(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_bill_line *)row = (pn_bill_line){
        .number = pn_col_int(q, 0),
        .sku = pn_col_str_dup(q, 1, arena),
        .product = pn_col_str_dup(q, 2, arena),
        .description = pn_col_str_dup(q, 3, arena),
        .quantity = pn_col_int_or(q, 4, PN_MILLIONTHS_NONE),
        .unit_price = pn_col_int_or(q, 5, PN_MILLIONTHS_NONE),
        .discount_ppm = pn_col_int(q, 6),
        .discount = pn_col_int(q, 7),
        .net = pn_col_int(q, 8),
        .tax_ppm = pn_col_int_or(q, 9, PN_MILLIONTHS_NONE),
        .amount = pn_col_int(q, 10),
    };
}

static void read_tax(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_tax_row *)row = (pn_tax_row){
        .kind = (pn_tax_kind)pn_col_int(q, 0),
        .label = pn_col_str_dup(q, 1, arena),
        .rate_ppm = pn_col_int_or(q, 2, PN_MILLIONTHS_NONE),
        .base = pn_col_int(q, 3),
        .amount = pn_col_int(q, 4),
    };
}

pn_err pn_bill_get(pn_db *db, pn_id debtor_id, pn_id invoice_id, pn_arena *arena,
                   pn_bill *ret_bill) {
    pn_bill bill = {0};
    void *lines = NULL, *taxes = NULL;
    pn_stmt *q =
        pn_db_stmt(db, "SELECT line, sku, product, description, quantity, unit_price, discount_ppm,"
                       " discount_minor, net_minor, tax_ppm, amount_minor FROM invoice_line"
                       " WHERE debtor_id = $1 AND invoice_id = $2 ORDER BY line");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, invoice_id);
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_bill_line), read_bill_line, &lines, &bill.line_count));
    q = pn_db_stmt(db, "SELECT kind, label, rate_ppm, base_minor, amount_minor FROM invoice_tax"
                       " WHERE debtor_id = $1 AND invoice_id = $2 ORDER BY position");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, invoice_id);
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_tax_row), read_tax, &taxes, &bill.tax_count));
    bill.lines = lines;
    bill.taxes = taxes;
    *ret_bill = bill;
    return PN_OK;
}

static bool same_line(const pn_bill_line *a, const pn_bill_line *b) {
    return a->number == b->number && pn_str_eq(a->sku, b->sku) &&
           pn_str_eq(a->product, b->product) && pn_str_eq(a->description, b->description) &&
           a->quantity == b->quantity && a->unit_price == b->unit_price &&
           a->discount_ppm == b->discount_ppm && a->discount == b->discount && a->net == b->net &&
           a->tax_ppm == b->tax_ppm && a->amount == b->amount;
}

static bool same_tax(const pn_tax_row *a, const pn_tax_row *b) {
    return a->kind == b->kind && pn_str_eq(a->label, b->label) && a->rate_ppm == b->rate_ppm &&
           a->base == b->base && a->amount == b->amount;
}

bool pn_bill_same(const pn_bill *a, const pn_bill *b) {
    bool same = a->line_count == b->line_count && a->tax_count == b->tax_count;
    for (size_t i = 0; same && i < a->line_count; i++) {
        same = same_line(&a->lines[i], &b->lines[i]);
    }
    for (size_t i = 0; same && i < a->tax_count; i++) {
        same = same_tax(&a->taxes[i], &b->taxes[i]);
    }
    return same;
}

/* ── for rules and disputes ──────────────────────────────────────────────────────────────────── */

static void read_line(pn_stmt *q, pn_arena *arena, void *row) {
    *(pn_line *)row = (pn_line){
        .sku = pn_col_str_dup(q, 0, arena),
        .product = pn_col_str_dup(q, 1, arena),
        .description = pn_col_str_dup(q, 2, arena),
        .amount = pn_col_int(q, 3),
    };
}

pn_err pn_line_list(pn_db *db, pn_id debtor_id, pn_id invoice_id, pn_arena *arena,
                    pn_line **ret_lines, size_t *ret_count) {
    pn_stmt *q = pn_db_stmt(db, "SELECT sku_fold, product_fold, description_fold, amount_minor"
                                " FROM invoice_line WHERE debtor_id = $1 AND invoice_id = $2"
                                " ORDER BY line");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, invoice_id);
    void *lines = NULL;
    PN_TRY(pn_rows_read(q, arena, sizeof(pn_line), read_line, &lines, ret_count));
    *ret_lines = lines;
    return PN_OK;
}

pn_err pn_line_amount(pn_db *db, pn_id debtor_id, pn_id invoice_id, int64_t number,
                      int64_t *ret_amount) {
    pn_stmt *q = pn_db_stmt(db, "SELECT amount_minor FROM invoice_line"
                                " WHERE debtor_id = $1 AND invoice_id = $2 AND line = $3");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, invoice_id);
    pn_bind_int(q, 3, number);
    PN_TRY(pn_row_next(q));
    *ret_amount = pn_col_int(q, 0);
    pn_stmt_reset(q);
    return PN_OK;
}
