#include "app/cases.h"

#include "app/rule_where.h"
#include "base/banned.h"
#include "base/limits.h"
#include "store/currency.h"
#include "store/run.h"

static const char *const FROM[] = {
    [PN_SUBJECT_INVOICE] = " FROM invoice i"
                           " JOIN account a ON a.debtor_id = i.debtor_id AND a.id = i.account_id"
                           " JOIN debtor d ON d.id = i.debtor_id"
                           " JOIN creditor c ON c.id = i.creditor_id",
    [PN_SUBJECT_ACCOUNT] = " FROM account a JOIN debtor d ON d.id = a.debtor_id"
                           " JOIN creditor c ON c.id = a.creditor_id",
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
    [PN_SUBJECT_INVOICE] = " ORDER BY i.effective_due, i.id, i.debtor_id",
    [PN_SUBJECT_ACCOUNT] = " ORDER BY a.oldest_due NULLS LAST, a.debtor_id, a.id",
};

typedef struct {
    pn_app *app;
    const pn_case_query *query;
    pn_arena *arena;
    pn_diag *diag;
    pn_buf where;
    pn_rule_where rule;
} lister;

/* What comes after the row that was seen; an account without a due date is among the last. */
static const char *behind(const pn_case_query *query) {
    if (!query->behind) {
        return "";
    }
    if (query->behind_due == PN_DATE_NONE) {
        return " AND a.oldest_due IS NULL AND (a.debtor_id, a.id) > ($2, $3)";
    }
    return query->subject == PN_SUBJECT_INVOICE
               ? " AND (i.effective_due, i.id, i.debtor_id) > ($2, $4, $3)"
               : " AND (a.oldest_due, a.debtor_id, a.id) > ($2, $3, $4)";
}

/* Parameters: the organization, what was seen, the debtor, and those of the rule. */
static int debtor_param(const pn_case_query *query) {
    return !query->behind ? 2 : query->behind_due == PN_DATE_NONE ? 4 : 5;
}

static int first_param(const pn_case_query *query) {
    return debtor_param(query) + (query->debtor_id != 0);
}

static void bind_place(pn_stmt *stmt, const pn_case_query *query) {
    int number = 2;
    if (query->behind && query->behind_due != PN_DATE_NONE) {
        pn_bind_int(stmt, number++, query->behind_due);
    }
    if (query->behind) {
        pn_bind_int(stmt, number++, query->behind_debtor);
        pn_bind_int(stmt, number, query->behind_id);
    }
    if (query->debtor_id != 0) {
        pn_bind_int(stmt, debtor_param(query), query->debtor_id);
    }
}

static pn_err write_where(lister *l) {
    const char *alias = l->query->subject == PN_SUBJECT_INVOICE ? "i" : "a";
    bool of_debtor = l->query->debtor_id != 0;
    pn_buf_add_z(&l->where, FROM[l->query->subject]);
    /* the index of all by their due day is no way to one debtor's */
    pn_buf_add_format(&l->where, " WHERE %s%s.org_id = $1 AND d.archived_at IS NULL",
                      of_debtor ? "+" : "", alias);
    if (!l->query->closed) {
        pn_buf_add_z(&l->where, OPEN[l->query->subject]);
    }
    pn_buf_add_z(&l->where, behind(l->query));
    if (of_debtor) {
        pn_buf_add_format(&l->where, " AND %s.debtor_id = $%d", alias, debtor_param(l->query));
    }
    PN_TRY(pn_rule_where_add(l->app, l->query->rule, first_param(l->query), l->arena, &l->where,
                             &l->rule));
    return pn_buf_err(&l->where);
}

static pn_err prepare(lister *l, const char *columns, const char *tail, pn_stmt **ret_stmt) {
    pn_str sql =
        pn_str_format(l->arena, "%s%.*s%s", columns, PN_STR_ARG(pn_buf_str(&l->where)), tail);
    PN_TRY(pn_db_prepare(l->app->db, pn_str_z(l->arena, sql), ret_stmt, l->diag));
    pn_bind_int(*ret_stmt, 1, l->app->org.id);
    bind_place(*ret_stmt, l->query);
    pn_rule_where_bind(&l->rule, *ret_stmt);
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
        .currency = pn_col_currency(stmt, 8),
        .open = pn_col_int(stmt, 9),
        .claimable = pn_col_int(stmt, 10),
        .open_items = (int32_t)pn_col_int(stmt, 11),
        .due = (pn_date)pn_col_int_or(stmt, 12, PN_DATE_NONE),
        .wake_at = PN_TIME_NEVER,
    };
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

static pn_err read_cases(lister *l, pn_case_row **ret_rows, size_t *ret_count, int64_t *ret_total) {
    pn_stmt *q = NULL;
    void *rows = NULL;
    PN_TRY(write_where(l));
    if (!l->query->uncounted) {
        PN_TRY(count_some(l, ret_total));
    }
    pn_str tail = pn_str_format(l->arena, "%s LIMIT %lld OFFSET %lld", ORDER[l->query->subject],
                                (long long)l->query->limit, (long long)l->query->skip);
    PN_TRY(prepare(l, COLUMNS[l->query->subject], pn_str_z(l->arena, tail), &q));
    pn_err err = pn_rows_read(q, l->arena, sizeof(pn_case_row), read_case, &rows, ret_count);
    pn_stmt_free(q);
    *ret_rows = rows;
    return err;
}

/* Behind the last account with a due date come those without: another range of the index. */
static pn_err read_rest(lister *l, pn_case_row **ret_rows, size_t *ret_count) {
    pn_case_query query = *l->query;
    pn_case_row *rest = NULL;
    size_t count = 0;
    int64_t total = 0;
    query.behind_due = PN_DATE_NONE;
    query.behind_debtor = query.behind_id = 0;
    query.limit -= (int64_t)*ret_count;
    lister other = {.app = l->app, .query = &query, .arena = l->arena, .diag = l->diag};
    pn_buf_init(&other.where, 1 << 20);
    pn_err err = read_cases(&other, &rest, &count, &total);
    pn_buf_done(&other.where);
    if (err == PN_OK && count != 0) {
        pn_case_row *all = pn_arena_array(l->arena, pn_case_row, *ret_count + count);
        for (size_t i = 0; i < *ret_count; i++) {
            all[i] = (*ret_rows)[i];
        }
        memcpy(all + *ret_count, rest, count * sizeof *all);
        *ret_rows = all;
        *ret_count += count;
    }
    return err;
}

static pn_err list(lister *l, pn_case_row **ret_rows, size_t *ret_count, int64_t *ret_total) {
    const pn_case_query *query = l->query;
    PN_TRY(read_cases(l, ret_rows, ret_count, ret_total));
    bool more = (int64_t)*ret_count < query->limit && query->subject == PN_SUBJECT_ACCOUNT;
    if (more && query->behind && query->behind_due != PN_DATE_NONE) {
        PN_TRY(read_rest(l, ret_rows, ret_count));
    }
    for (size_t i = 0; i < *ret_count && !query->without_runs; i++) {
        PN_TRY(find_run(l, &(*ret_rows)[i]));
    }
    return PN_OK;
}

pn_err pn_case_list(pn_app *app, const pn_case_query *query, pn_arena *arena,
                    pn_case_row **ret_rows, size_t *ret_count, int64_t *ret_total, pn_diag *diag) {
    lister l = {.app = app, .query = query, .arena = arena, .diag = diag};
    *ret_total = 0;
    pn_buf_init(&l.where, 1 << 20);
    pn_err err = list(&l, ret_rows, ret_count, ret_total);
    pn_buf_done(&l.where);
    return pn_app_fail(app, err, diag);
}

/* ── sums ────────────────────────────────────────────────────────────────────────────────────── */

static const char *const SUMS[] = {
    [PN_SUBJECT_INVOICE] = "SELECT i.currency, COUNT(*), COUNT(DISTINCT d.id), SUM(i.open_minor),"
                           " SUM(i.claimable_minor)",
    [PN_SUBJECT_ACCOUNT] = "SELECT a.currency, COUNT(*), COUNT(DISTINCT d.id), SUM(a.open_minor),"
                           " SUM(a.claimable_minor)",
};

static void read_sum(pn_stmt *stmt, pn_arena *arena, void *row) {
    pn_case_sum *out = row;
    (void)arena;
    *out = (pn_case_sum){.currency = pn_col_currency(stmt, 0),
                         .cases = pn_col_int(stmt, 1),
                         .debtors = pn_col_int(stmt, 2),
                         .open = pn_col_int(stmt, 3),
                         .claimable = pn_col_int(stmt, 4)};
}

static pn_err add_up(lister *l, pn_case_sum **ret_sums, size_t *ret_count) {
    pn_stmt *q = NULL;
    void *rows = NULL;
    PN_TRY(write_where(l));
    PN_TRY(prepare(l, SUMS[l->query->subject], " GROUP BY 1 ORDER BY 1", &q));
    pn_err err = pn_rows_read(q, l->arena, sizeof(pn_case_sum), read_sum, &rows, ret_count);
    pn_stmt_free(q);
    *ret_sums = rows;
    return err;
}

pn_err pn_case_sums(pn_app *app, const pn_case_query *query, pn_arena *arena,
                    pn_case_sum **ret_sums, size_t *ret_count, pn_diag *diag) {
    lister l = {.app = app, .query = query, .arena = arena, .diag = diag};
    pn_buf_init(&l.where, 1 << 20);
    pn_err err = add_up(&l, ret_sums, ret_count);
    pn_buf_done(&l.where);
    return pn_app_fail(app, err, diag);
}
