#include "app/cases.h"

#include "base/banned.h"
#include "base/limits.h"
#include "store/run.h"

static const char *const FROM[] = {
    [PN_SUBJECT_INVOICE] = " FROM invoice i"
                           " JOIN account a ON a.debtor_id = i.debtor_id AND a.id = i.account_id"
                           " JOIN debtor d ON d.id = i.debtor_id"
                           " JOIN creditor c ON c.id = i.creditor_id"
                           " WHERE i.org_id = $1 AND d.archived_at IS NULL",
    [PN_SUBJECT_ACCOUNT] = " FROM account a JOIN debtor d ON d.id = a.debtor_id"
                           " JOIN creditor c ON c.id = a.creditor_id"
                           " WHERE a.org_id = $1 AND d.archived_at IS NULL",
};

static const char *const COLUMNS[] = {
    [PN_SUBJECT_INVOICE] = "SELECT d.id, a.id, i.id, d.external_id, d.name, c.name, d.owner,"
                           " i.external_id, i.currency, i.open_minor, i.claimable_minor, 1,"
                           " i.effective_due",
    [PN_SUBJECT_ACCOUNT] = "SELECT d.id, a.id, 0, d.external_id, d.name, c.name, d.owner, '',"
                           " a.currency, a.open_minor, a.claimable_minor, a.open_items,"
                           " a.oldest_due",
};

static const char *const OPEN[] = {
    [PN_SUBJECT_INVOICE] = " AND i.closed = 0",
    [PN_SUBJECT_ACCOUNT] = " AND a.open_items > 0",
};

static const char *const ORDER[] = {
    [PN_SUBJECT_INVOICE] = " ORDER BY i.effective_due, i.debtor_id, i.id",
    [PN_SUBJECT_ACCOUNT] = " ORDER BY a.oldest_due NULLS LAST, a.debtor_id, a.id",
};

typedef struct {
    pn_app *app;
    const pn_case_query *query;
    pn_arena *arena;
    pn_diag *diag;
    pn_buf where;
    pn_sql_param *params;
    size_t param_count;
} lister;

enum { FIRST_PARAM = 2 };

static pn_err write_where(lister *l) {
    pn_buf_add_z(&l->where, FROM[l->query->subject]);
    if (!l->query->closed) {
        pn_buf_add_z(&l->where, OPEN[l->query->subject]);
    }
    if (l->query->rule != NULL) {
        pn_buf_add_lit(&l->where, " AND (");
        pn_sql_dialect dialect = pn_db_speaks_pg(l->app->db) ? PN_DIALECT_PG : PN_DIALECT_SQLITE;
        PN_TRY(pn_rule_sql(l->query->rule, dialect, pn_app_today(l->app), FIRST_PARAM, l->arena,
                           &l->where, &l->params, &l->param_count));
        pn_buf_add_lit(&l->where, ")");
    }
    return pn_buf_err(&l->where);
}

static pn_err prepare(lister *l, const char *columns, const char *tail, pn_stmt **ret_stmt) {
    pn_str sql =
        pn_str_format(l->arena, "%s%.*s%s", columns, PN_STR_ARG(pn_buf_str(&l->where)), tail);
    PN_TRY(pn_db_prepare(l->app->db, pn_str_z(l->arena, sql), ret_stmt, l->diag));
    pn_bind_int(*ret_stmt, 1, l->app->org.id);
    for (size_t i = 0; i < l->param_count; i++) {
        int number = FIRST_PARAM + (int)i;
        if (l->params[i].is_text) {
            pn_bind_str(*ret_stmt, number, l->params[i].text);
        } else {
            pn_bind_int(*ret_stmt, number, l->params[i].number);
        }
    }
    return PN_OK;
}

static void read_case(pn_stmt *stmt, pn_arena *arena, void *row) {
    pn_case_row *out = row;
    *out = (pn_case_row){
        .debtor_id = pn_col_int(stmt, 0),
        .account_id = pn_col_int(stmt, 1),
        .invoice_id = pn_col_int(stmt, 2),
        .debtor_key = pn_col_str_dup(stmt, 3, arena),
        .debtor_name = pn_col_str_dup(stmt, 4, arena),
        .creditor = pn_col_str_dup(stmt, 5, arena),
        .owner = pn_col_str_dup(stmt, 6, arena),
        .number = pn_col_str_dup(stmt, 7, arena),
        .open = pn_col_int(stmt, 9),
        .claimable = pn_col_int(stmt, 10),
        .open_items = (int32_t)pn_col_int(stmt, 11),
        .due = (pn_date)pn_col_int_or(stmt, 12, PN_DATE_NONE),
        .wake_at = PN_TIME_NEVER,
    };
    pn_str code = pn_col_str(stmt, 8);
    memcpy(out->currency.code, code.ptr, PN_MIN(code.len, sizeof out->currency.code - 1));
}

/* An invoice's own run, else its account's. */
static pn_err find_run(lister *l, pn_case_row *row) {
    pn_run_row *runs = NULL;
    size_t count = 0;
    const pn_run *best = NULL;
    PN_TRY(pn_run_range(l->app->db, row->debtor_id, row->debtor_id, true, l->arena, &runs, &count));
    for (size_t i = 0; i < count; i++) {
        const pn_run *run = &runs[i].run;
        bool own = row->invoice_id != 0 && run->invoice_id == row->invoice_id;
        bool general = run->invoice_id == 0 && run->account_id == row->account_id;
        if (run->parent_id == 0 && (own || (general && best == NULL))) {
            best = run;
        }
    }
    if (best == NULL) {
        return PN_OK;
    }
    const pn_published *version = NULL;
    PN_TRY(pn_catalog_version(l->app, best->version_id, &version, l->diag));
    row->run_id = best->id;
    row->strategy = version->flow->name;
    row->node = pn_flow_node_id(version->flow, best->node);
    row->wait = best->wait;
    row->wake_at = best->wake_at;
    return PN_OK;
}

/* Stops where more are no news: counting a million takes longer than listing the first page. */
static pn_err count_some(lister *l, int64_t *ret_total) {
    pn_stmt *q = NULL;
    pn_str tail = pn_str_format(l->arena, " LIMIT %d) AS fitting", PN_LIMIT_CASES_COUNTED + 1);
    PN_TRY(prepare(l, "SELECT COUNT(*) FROM (SELECT 1", pn_str_z(l->arena, tail), &q));
    pn_err err = pn_row_next(q);
    *ret_total = err == PN_OK ? pn_col_int(q, 0) : 0;
    pn_stmt_free(q);
    return err;
}

static pn_err list(lister *l, pn_case_row **ret_rows, size_t *ret_count, int64_t *ret_total) {
    pn_stmt *q = NULL;
    void *rows = NULL;
    PN_TRY(write_where(l));
    PN_TRY(count_some(l, ret_total));
    pn_str tail = pn_str_format(l->arena, "%s LIMIT %lld OFFSET %lld", ORDER[l->query->subject],
                                (long long)l->query->limit, (long long)l->query->skip);
    PN_TRY(prepare(l, COLUMNS[l->query->subject], pn_str_z(l->arena, tail), &q));
    pn_err err = pn_rows_read(q, l->arena, sizeof(pn_case_row), read_case, &rows, ret_count);
    pn_stmt_free(q);
    *ret_rows = rows;
    for (size_t i = 0; i < *ret_count && err == PN_OK; i++) {
        err = find_run(l, &(*ret_rows)[i]);
    }
    return err;
}

pn_err pn_case_list(pn_app *app, const pn_case_query *query, pn_arena *arena,
                    pn_case_row **ret_rows, size_t *ret_count, int64_t *ret_total, pn_diag *diag) {
    lister l = {.app = app, .query = query, .arena = arena, .diag = diag};
    pn_buf_init(&l.where, 1 << 20);
    pn_err err = list(&l, ret_rows, ret_count, ret_total);
    pn_buf_done(&l.where);
    return pn_app_fail(app, err, diag);
}
