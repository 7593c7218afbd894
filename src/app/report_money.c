#include "app/report_money.h"

#include "app/rollup.h"
#include "base/banned.h"
#include "base/sort.h"
#include "core/ledger.h"
#include "store/currency.h"

static int by_currency(pn_currency a, pn_currency b) {
    return memcmp(a.code, b.code, sizeof a.code);
}

/* ── ageing ──────────────────────────────────────────────────────────────────────────────────── */

int pn_age_band_from(size_t band) {
    static const int FIRST[PN_AGE_BANDS] = {0, 1, 31, 61, 91, 121};
    return FIRST[band];
}

static size_t band_of(int64_t days_overdue) {
    size_t band = 0;
    while (band + 1 < PN_AGE_BANDS && days_overdue >= pn_age_band_from(band + 1)) {
        band++;
    }
    return band;
}

typedef struct {
    pn_date as_of;
    pn_arena *arena;
    pn_ageing_row *rows;
    size_t count, capacity;
} ageing;

static pn_ageing_row *ageing_row(ageing *a, pn_currency currency, pn_id creditor_id) {
    for (size_t i = 0; i < a->count; i++) {
        if (a->rows[i].creditor_id == creditor_id &&
            pn_currency_eq(a->rows[i].currency, currency)) {
            return &a->rows[i];
        }
    }
    a->rows = pn_arena_grow(a->arena, a->rows, a->count, &a->capacity, sizeof *a->rows);
    a->rows[a->count] = (pn_ageing_row){.currency = currency, .creditor_id = creditor_id};
    return &a->rows[a->count++];
}

static void take_age(void *context, const pn_rollup_row *row) {
    ageing *a = context;
    size_t band = band_of(a->as_of - row->key.a);
    pn_id owners[2] = {0, row->key.creditor_id};
    for (size_t i = 0; i < PN_COUNT(owners); i++) {
        pn_ageing_row *to = ageing_row(a, pn_currency_kept(row->key.currency), owners[i]);
        to->open += row->amount;
        to->bands[band] += row->amount;
    }
}

static int by_ageing(const void *a, const void *b) {
    const pn_ageing_row *x = a;
    const pn_ageing_row *y = b;
    int order = by_currency(x->currency, y->currency);
    return order != 0 ? order
                      : (x->creditor_id > y->creditor_id) - (x->creditor_id < y->creditor_id);
}

pn_err pn_report_ageing(pn_app *app, pn_date as_of, const pn_report_of *of, pn_arena *arena,
                        pn_ageing_row **ret_rows, size_t *ret_count, pn_diag *diag) {
    ageing a = {.as_of = as_of, .arena = arena};
    pn_err err =
        pn_report_of_each(app, of, PN_ROLLUP_BALANCE, INT32_MIN, as_of, arena, take_age, &a, diag);
    PN_TRY(pn_app_fail(app, err, diag));
    pn_sort(a.rows, a.count, sizeof *a.rows, by_ageing, arena);
    *ret_rows = a.rows;
    *ret_count = a.count;
    return PN_OK;
}

static void read_invoice(pn_stmt *q, pn_arena *arena, void *row) {
    pn_ageing_invoice *out = row;
    *out = (pn_ageing_invoice){.debtor_id = pn_col_int(q, 0),
                               .invoice_id = pn_col_int(q, 1),
                               .number = pn_col_str_dup(q, 2, arena),
                               .debtor_name = pn_col_str_dup(q, 3, arena),
                               .currency = pn_col_currency(q, 4),
                               .due = (pn_date)pn_col_int(q, 5),
                               .open = pn_col_int(q, 6)};
}

/* The day that an entry counts on is pn_rollup_entry_key's: of a charge and of what was paid before
 * the import the invoice's, of a payment its own, else the entry's. */
#define OPEN_THEN                                                                                  \
    "SELECT * FROM (SELECT i.debtor_id, i.id, i.external_id, d.name, i.currency,"                  \
    " i.effective_due, (SELECT coalesce(sum(l.amount_minor), 0) FROM ledger l LEFT JOIN payment"   \
    " p ON p.id = l.payment_id WHERE l.debtor_id = i.debtor_id AND l.invoice_id = i.id AND"        \
    " CASE WHEN l.reverses_id = 0 AND (l.kind = 0 OR (l.kind = 1 AND l.payment_id = 0)) THEN"      \
    " i.issued <= $2 WHEN l.reverses_id = 0 AND l.payment_id <> 0 THEN p.received <= $2 ELSE"      \
    " l.at < $3 END) AS open_then FROM invoice i JOIN debtor d ON d.id = i.debtor_id"              \
    " WHERE i.org_id = $1 AND ($4 = 0 OR i.creditor_id = $4) AND i.currency = $5"                  \
    " AND i.effective_due >= $6 AND i.effective_due <= $7 AND (i.effective_due > $8 OR"            \
    " (i.effective_due = $8 AND i.id > $9))"
#define OLDEST_FIRST ") invoices WHERE open_then <> 0 ORDER BY effective_due, id LIMIT $10"

pn_err pn_report_ageing_invoices(pn_app *app, const pn_ageing_query *query, pn_arena *arena,
                                 pn_ageing_invoice **ret_rows, size_t *ret_count, pn_diag *diag) {
    pn_time end = pn_zone_instant(pn_app_zone_or_own(app, app->org.zone), query->as_of + 1, 0);
    bool last = query->older || query->band + 1 == PN_AGE_BANDS;
    void *rows = NULL;
    pn_stmt *q = NULL;
    PN_TRY(pn_report_of_stmt(
        app, &query->of, OPEN_THEN OLDEST_FIRST,
        OPEN_THEN
        " AND (i.debtor_id, i.id) IN (SELECT debtor_id, invoice_id FROM fits)" OLDEST_FIRST,
        10, arena, &q, diag));
    pn_bind_int(q, 1, app->org.id);
    pn_bind_int(q, 2, query->as_of);
    pn_bind_int(q, 3, end);
    pn_bind_int(q, 4, query->of.creditor_id);
    pn_bind_str(q, 5, pn_str_of(query->currency.code));
    pn_bind_int(q, 6, last ? INT32_MIN : query->as_of - pn_age_band_from(query->band + 1) + 1);
    pn_bind_int(q, 7, query->band == 0 ? INT32_MAX : query->as_of - pn_age_band_from(query->band));
    pn_bind_int(q, 8, query->after_due == PN_DATE_NONE ? INT32_MIN : query->after_due);
    pn_bind_int(q, 9, query->after_id);
    pn_bind_int(q, 10, query->limit);
    pn_err err = pn_rows_read(q, arena, sizeof(pn_ageing_invoice), read_invoice, &rows, ret_count);
    pn_report_of_done(&query->of, q);
    PN_TRY(pn_app_fail(app, err, diag));
    *ret_rows = rows;
    return PN_OK;
}

/* ── a span ──────────────────────────────────────────────────────────────────────────────────── */

/* Days that are walked back for what is open: two years. */
enum { BACK_DAYS = 730 };

typedef struct {
    pn_money_row row;
    pn_int128 late;                 /* amount × days */
    int64_t applied;                /* received by payments, nothing taken back */
    int64_t billed_back[BACK_DAYS]; /* by days before the last one of the span */
} money_sums;

typedef struct {
    pn_date from, to;
    pn_arena *arena;
    money_sums *sums[PN_REPORT_MONTHS];
    size_t count;
} money;

static pn_date month_of(pn_date day) {
    pn_civil civil = pn_date_civil(day);
    return pn_date_of(civil.year, civil.month, 1);
}

static void begin_months(const money *m, pn_money_row *row) {
    for (pn_date day = month_of(m->from); day < m->to && row->month_count < PN_REPORT_MONTHS;
         day = month_of(day + 31)) {
        row->months[row->month_count++].first = day;
    }
}

/* NULL for more currencies than there are in a report. */
static money_sums *sums_of(money *m, pn_currency currency) {
    for (size_t i = 0; i < m->count; i++) {
        if (pn_currency_eq(m->sums[i]->row.currency, currency)) {
            return m->sums[i];
        }
    }
    if (m->count == PN_COUNT(m->sums)) {
        return NULL;
    }
    money_sums *sums = pn_arena_new(m->arena, money_sums);
    sums->row.currency = currency;
    begin_months(m, &sums->row);
    m->sums[m->count++] = sums;
    return sums;
}

static pn_money_month *month_in(pn_money_row *row, pn_date day) {
    pn_date first = month_of(day);
    for (size_t i = 0; i < row->month_count; i++) {
        if (row->months[i].first == first) {
            return &row->months[i];
        }
    }
    return NULL;
}

static void take_in_span(money_sums *sums, const pn_rollup_row *row) {
    pn_money_row *to = &sums->row;
    pn_money_month *month = month_in(to, row->key.day);
    bool back = row->key.b >= PN_ROLLUP_REVERSED && row->key.b < PN_ROLLUP_PAID_BEFORE;
    int64_t kind = back ? row->key.b - PN_ROLLUP_REVERSED : row->key.b;
    if (kind == PN_ENTRY_CHARGE) {
        to->billed += row->amount;
        if (month != NULL) {
            month->billed += row->amount;
        }
    } else if (kind == PN_ENTRY_PAYMENT) {
        to->collected -= row->amount;
        to->taken_back += back ? row->amount : 0;
        to->payments += back ? 0 : row->count;
        sums->applied -= back ? 0 : row->amount;
        sums->late -= back ? 0 : (pn_int128)row->amount * (row->key.day - row->key.a);
        if (month != NULL) {
            month->collected -= row->amount;
        }
    } else if (kind != PN_ENTRY_FEE && kind != PN_ENTRY_INTEREST && kind != PN_ROLLUP_PAID_BEFORE) {
        to->lowered -= row->amount;
    }
}

static void take_money(void *context, const pn_rollup_row *row) {
    money *m = context;
    money_sums *sums = sums_of(m, pn_currency_kept(row->key.currency));
    if (sums == NULL) {
        return;
    }
    pn_date last = m->to - 1;
    sums->row.open += row->amount;
    sums->row.overdue += row->key.a < last ? row->amount : 0;
    sums->row.open_before += row->key.day < m->from ? row->amount : 0;
    if (row->key.b == PN_ENTRY_CHARGE && last - row->key.day < BACK_DAYS) {
        sums->billed_back[last - row->key.day] += row->amount;
    }
    if (row->key.day >= m->from) {
        take_in_span(sums, row);
    }
}

/* Days back until what was billed in them is what is open; −1 where two years are not enough. */
static int64_t count_back(const money_sums *sums) {
    int64_t left = sums->row.open;
    for (int64_t days = 0; days < BACK_DAYS; days++) {
        if (left <= 0) {
            return days;
        }
        left -= sums->billed_back[days];
    }
    return left <= 0 ? BACK_DAYS : -1;
}

static void finish(const money *m, money_sums *sums) {
    pn_money_row *row = &sums->row;
    pn_int128 tenths = (pn_int128)10 * (m->to - m->from);
    pn_int128 due = (pn_int128)row->open_before + row->billed;
    pn_int128 could = due - (row->open - row->overdue);
    bool billed = row->billed > 0;
    row->dso_tenths = billed ? (int64_t)(row->open * tenths / row->billed) : -1;
    row->add_tenths = billed ? (int64_t)(row->overdue * tenths / row->billed) : -1;
    row->countback_days = count_back(sums);
    row->cei_bp = could > 0 ? (int64_t)((due - row->open) * 10000 / could) : -1;
    row->paid_late_tenths = sums->applied != 0 ? (int64_t)(sums->late * 10 / sums->applied) : 0;
}

static int by_money(const void *a, const void *b) {
    return by_currency(((const pn_money_row *)a)->currency, ((const pn_money_row *)b)->currency);
}

pn_err pn_report_money(pn_app *app, pn_date from, pn_date to, const pn_report_of *of,
                       pn_arena *arena, pn_money_row **ret_rows, size_t *ret_count, pn_diag *diag) {
    money m = {.from = from, .to = to, .arena = arena};
    pn_err err = pn_report_of_each(app, of, PN_ROLLUP_BALANCE, INT32_MIN, to - 1, arena, take_money,
                                   &m, diag);
    PN_TRY(pn_app_fail(app, err, diag));
    pn_money_row *rows = pn_arena_array(arena, pn_money_row, m.count + 1);
    for (size_t i = 0; i < m.count; i++) {
        finish(&m, m.sums[i]);
        rows[i] = m.sums[i]->row;
    }
    pn_sort(rows, m.count, sizeof *rows, by_money, arena);
    *ret_rows = rows;
    *ret_count = m.count;
    return PN_OK;
}

/* ── cohorts ─────────────────────────────────────────────────────────────────────────────────── */

const int PN_COHORT_DAYS[PN_COHORT_POINTS] = {0, 7, 15, 30, 45, 60, 90, 120, 150, 180};

typedef struct {
    pn_date from, to, today;
    pn_arena *arena;
    pn_cohort_row *rows;
    size_t count, capacity;
} cohorts;

static pn_cohort_row *cohort_of(cohorts *c, pn_currency currency, pn_date first) {
    for (size_t i = 0; i < c->count; i++) {
        if (c->rows[i].first == first && pn_currency_eq(c->rows[i].currency, currency)) {
            return &c->rows[i];
        }
    }
    c->rows = pn_arena_grow(c->arena, c->rows, c->count, &c->capacity, sizeof *c->rows);
    pn_cohort_row *row = &c->rows[c->count++];
    *row = (pn_cohort_row){.currency = currency, .first = first};
    pn_date last = PN_MIN(month_of(first + 31), c->to) - 1;
    for (size_t i = 0; i < PN_COHORT_POINTS; i++) {
        row->complete[i] = last + PN_COHORT_DAYS[i] <= c->today;
    }
    return row;
}

/* What entries add to what was due, and to what was paid of it. */
static void add_to_cohort(const pn_rollup_row *row, int64_t *due, int64_t *paid) {
    bool back = row->key.b >= PN_ROLLUP_REVERSED && row->key.b < PN_ROLLUP_PAID_BEFORE;
    int64_t kind = back ? row->key.b - PN_ROLLUP_REVERSED : row->key.b;
    if (kind == PN_ENTRY_CHARGE || kind == PN_ENTRY_CREDIT || kind == PN_ENTRY_CANCEL ||
        kind == PN_ROLLUP_PAID_BEFORE) {
        *due += row->amount;
    } else if (kind == PN_ENTRY_PAYMENT) {
        for (size_t i = 0; i < PN_COHORT_POINTS; i++) {
            paid[i] -= row->key.day - row->key.a <= PN_COHORT_DAYS[i] ? row->amount : 0;
        }
    }
}

static void take_cohort(void *context, const pn_rollup_row *row) {
    cohorts *c = context;
    if (row->key.a >= c->from && row->key.a < c->to) {
        pn_cohort_row *to =
            cohort_of(c, pn_currency_kept(row->key.currency), month_of((pn_date)row->key.a));
        add_to_cohort(row, &to->due, to->paid);
    }
}

static int by_cohort(const void *a, const void *b) {
    const pn_cohort_row *x = a;
    const pn_cohort_row *y = b;
    int order = by_currency(x->currency, y->currency);
    return order != 0 ? order : (x->first > y->first) - (x->first < y->first);
}

pn_err pn_report_cohorts(pn_app *app, pn_date from, pn_date to, pn_date today,
                         const pn_report_of *of, pn_arena *arena, pn_cohort_row **ret_rows,
                         size_t *ret_count, pn_diag *diag) {
    cohorts c = {.from = from, .to = to, .today = today, .arena = arena};
    pn_err err = pn_report_of_each(app, of, PN_ROLLUP_BALANCE, INT32_MIN, today, arena, take_cohort,
                                   &c, diag);
    PN_TRY(pn_app_fail(app, err, diag));
    pn_sort(c.rows, c.count, sizeof *c.rows, by_cohort, arena);
    *ret_rows = c.rows;
    *ret_count = c.count;
    return PN_OK;
}

/* ── a cohort's invoices ─────────────────────────────────────────────────────────────────────── */

/* Their entries, all of an invoice's one after the other; first as pn_rollup_entry_of wants them.
 * They are added up here, for the day that an entry counts on is the organization's. */
#define OF_COHORT                                                                                  \
    "SELECT l.kind, l.reverses_id, l.amount_minor, l.payment_id, l.at, p.received, i.creditor_id," \
    " i.currency, i.issued, i.effective_due, i.debtor_id, i.id, i.external_id, d.name FROM"        \
    " (SELECT i.* FROM invoice i WHERE i.org_id = $1 AND i.effective_due >= $2 AND"                \
    " i.effective_due < $3 AND ($4 = 0 OR i.creditor_id = $4) AND i.currency = $5 AND"             \
    " (i.effective_due > $6 OR (i.effective_due = $6 AND i.id > $7))"
#define THEIR_ENTRIES                                                                              \
    " ORDER BY i.effective_due, i.id LIMIT $8) i JOIN debtor d ON d.id = i.debtor_id JOIN ledger"  \
    " l ON l.debtor_id = i.debtor_id AND l.invoice_id = i.id LEFT JOIN payment p ON"               \
    " p.id = l.payment_id ORDER BY i.effective_due, i.id"

typedef struct {
    const pn_cohort_query *query;
    pn_app *app;
    pn_arena *arena;
    pn_cohort_invoice *rows;
    size_t count, capacity;
} cohort;

static pn_cohort_invoice *invoice_of(cohort *c, pn_stmt *q) {
    pn_id id = pn_col_int(q, 11);
    if (c->count != 0 && c->rows[c->count - 1].invoice_id == id) {
        return &c->rows[c->count - 1];
    }
    c->rows = pn_arena_grow(c->arena, c->rows, c->count, &c->capacity, sizeof *c->rows);
    c->rows[c->count] = (pn_cohort_invoice){.debtor_id = pn_col_int(q, 10),
                                            .invoice_id = id,
                                            .number = pn_col_str_dup(q, 12, c->arena),
                                            .debtor_name = pn_col_str_dup(q, 13, c->arena),
                                            .effective_due = (pn_date)pn_col_int(q, 9)};
    return &c->rows[c->count++];
}

static void take_entry(pn_stmt *q, void *context) {
    cohort *c = context;
    pn_cohort_invoice *to = invoice_of(c, q);
    pn_rollup_row row = pn_rollup_entry_of(c->app, q);
    if (row.key.day <= c->query->today) {
        add_to_cohort(&row, &to->due, to->paid);
    }
}

pn_err pn_report_cohort_invoices(pn_app *app, const pn_cohort_query *query, pn_arena *arena,
                                 pn_cohort_invoice **ret_rows, size_t *ret_count, pn_diag *diag) {
    cohort c = {.query = query, .app = app, .arena = arena};
    pn_date first = month_of(query->first);
    pn_stmt *q = NULL;
    PN_TRY(pn_report_of_stmt(
        app, &query->of, OF_COHORT THEIR_ENTRIES,
        OF_COHORT
        " AND (i.debtor_id, i.id) IN (SELECT debtor_id, invoice_id FROM fits)" THEIR_ENTRIES,
        8, arena, &q, diag));
    pn_bind_int(q, 1, app->org.id);
    pn_bind_int(q, 2, PN_MAX(first, query->from));
    pn_bind_int(q, 3, PN_MIN(month_of(first + 31), query->to));
    pn_bind_int(q, 4, query->of.creditor_id);
    pn_bind_str(q, 5, pn_str_of(query->currency.code));
    pn_bind_int(q, 6, query->after_due == PN_DATE_NONE ? INT32_MIN : query->after_due);
    pn_bind_int(q, 7, query->after_id);
    pn_bind_int(q, 8, query->limit);
    pn_err err = pn_each_row(q, take_entry, &c);
    pn_report_of_done(&query->of, q);
    PN_TRY(pn_app_fail(app, err, diag));
    *ret_rows = c.rows;
    *ret_count = c.count;
    return PN_OK;
}
