/* Arms of split tests, and whether they differ. */
#include "app/report_cause.h"
#include "base/banned.h"
#include "store/currency.h"

/* ── intervals ───────────────────────────────────────────────────────────────────────────────── */

static const double Z95 = 1.959963984540054;

/* By Newton's way from above: enough for shares, and no library. */
static double root(double value) {
    double x = value > 1 ? value : 1;
    for (int i = 0; i < 60 && value > 0; i++) {
        x = (x + value / x) / 2;
    }
    return value > 0 ? x : 0;
}

typedef struct {
    double share, low, high;
} score;

static score wilson(int64_t part, int64_t whole) {
    double n = (double)whole, p = (double)part / n, z2 = Z95 * Z95;
    double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
    double half = Z95 * root(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n);
    return (score){.share = p,
                   .low = part == 0 ? 0 : middle - half,
                   .high = part == whole ? 1 : middle + half};
}

static int64_t points(double share) {
    return (int64_t)(share * 10000 + (share < 0 ? -0.5 : 0.5));
}

void pn_share_interval(int64_t part, int64_t whole, int64_t *ret_low_bp, int64_t *ret_high_bp) {
    if (whole <= 0) {
        *ret_low_bp = 0;
        *ret_high_bp = 10000;
        return;
    }
    score s = wilson(part, whole);
    *ret_low_bp = points(s.low);
    *ret_high_bp = points(s.high);
}

void pn_difference_interval(int64_t part_a, int64_t whole_a, int64_t part_b, int64_t whole_b,
                            int64_t *ret_low_bp, int64_t *ret_high_bp) {
    if (whole_a <= 0 || whole_b <= 0) {
        *ret_low_bp = -10000;
        *ret_high_bp = 10000;
        return;
    }
    score a = wilson(part_a, whole_a), b = wilson(part_b, whole_b);
    double d = a.share - b.share;
    double down =
        root((a.share - a.low) * (a.share - a.low) + (b.high - b.share) * (b.high - b.share));
    double up =
        root((a.high - a.share) * (a.high - a.share) + (b.share - b.low) * (b.share - b.low));
    *ret_low_bp = points(d - down);
    *ret_high_bp = points(d + up);
}

/* ── arms ────────────────────────────────────────────────────────────────────────────────────── */

/* Days are the organization's, of each row by its own distance from UTC. */
typedef struct {
    pn_app *app;
    const pn_zone *zone;
    pn_id strategy_id;
    pn_date from, to;
    pn_date last; /* the last day on which somebody came in whose days are over */
    int days;
    const pn_report_of *of;
    const pn_split_arm *counted_in; /* where the next counts already as one who paid */
    pn_id counted;
    pn_arena *arena;
    pn_split_report *splits;
    size_t count, capacity, arm_capacity;
} reader;

static pn_split_arm *new_arm(reader *r, pn_stmt *q, pn_str key) {
    if (r->count == 0 || !pn_str_eq(r->splits[r->count - 1].key, key)) {
        r->splits = pn_arena_grow(r->arena, r->splits, r->count, &r->capacity, sizeof *r->splits);
        r->splits[r->count++] = (pn_split_report){.key = pn_str_dup(r->arena, key)};
        r->arm_capacity = 0;
    }
    pn_split_report *split = &r->splits[r->count - 1];
    split->arms = pn_arena_grow(r->arena, split->arms, split->arm_count, &r->arm_capacity,
                                sizeof *split->arms);
    split->arms[split->arm_count] = (pn_split_arm){.arm = pn_col_str_dup(q, 1, r->arena)};
    return &split->arms[split->arm_count++];
}

static pn_split_arm *find_arm(const reader *r, pn_str key, pn_str name) {
    for (size_t i = r->count; i > 0; i--) {
        const pn_split_report *split = &r->splits[i - 1];
        for (size_t j = split->arm_count; j > 0 && pn_str_eq(split->key, key); j--) {
            if (pn_str_eq(split->arms[j - 1].arm, name)) {
                return &split->arms[j - 1];
            }
        }
    }
    return NULL;
}

static void take_arm(pn_stmt *q, void *context) {
    reader *r = context;
    pn_str key = pn_col_str(q, 0);
    pn_split_arm *arm = find_arm(r, key, pn_col_str(q, 1));
    if (arm == NULL) {
        arm = new_arm(r, q, key);
    }
    arm->cases++;
    arm->ripe += pn_zone_date(r->zone, pn_col_int(q, 2)) <= r->last;
}

/* Counts for who came on a day whose days are over. */
static bool counts(const reader *r, pn_date came, pn_date received) {
    return came <= r->last && received >= came && received <= came + r->days;
}

static void take_money(pn_stmt *q, void *context) {
    reader *r = context;
    pn_currency currency = pn_col_currency(q, 4);
    pn_date came = pn_zone_date(r->zone, pn_col_int(q, 2));
    pn_date received = (pn_date)pn_col_int(q, 6);
    pn_split_arm *arm = find_arm(r, pn_col_str(q, 0), pn_col_str(q, 1));
    if (arm == NULL || !counts(r, came, received)) {
        return;
    }
    pn_figure_add(&arm->money, currency, pn_col_int(q, 5), 1);
    arm->paid += r->counted_in != arm || r->counted != pn_col_int(q, 3);
    r->counted_in = arm;
    r->counted = pn_col_int(q, 3);
}

static void compare(pn_split_report *split) {
    const pn_split_arm *base = &split->arms[0];
    for (size_t i = 0; i < split->arm_count; i++) {
        pn_split_arm *arm = &split->arms[i];
        arm->share_bp = arm->ripe > 0 ? points((double)arm->paid / (double)arm->ripe) : 0;
        pn_share_interval(arm->paid, arm->ripe, &arm->share_low_bp, &arm->share_high_bp);
        bool enough = i != 0;
        const pn_split_arm *both[2] = {base, arm};
        for (size_t j = 0; j < PN_COUNT(both); j++) {
            enough = enough && both[j]->ripe >= PN_SPLIT_CASES_MIN &&
                     both[j]->paid >= PN_SPLIT_EACH_MIN &&
                     both[j]->ripe - both[j]->paid >= PN_SPLIT_EACH_MIN;
        }
        if (!enough) {
            continue;
        }
        arm->compared = true;
        arm->difference_bp = arm->share_bp - base->share_bp;
        pn_difference_interval(arm->paid, arm->ripe, base->paid, base->ripe,
                               &arm->difference_low_bp, &arm->difference_high_bp);
        arm->differs = arm->difference_low_bp > 0 || arm->difference_high_bp < 0;
    }
}

#define OF_STRATEGY                                                                                \
    " WHERE s.org_id = $1 AND s.strategy_id = $2 AND s.at >= $3 AND s.at < $4 AND ($5 = 0 OR"      \
    " EXISTS (SELECT 1 FROM account a WHERE a.debtor_id = s.debtor_id AND a.creditor_id = $5))"
#define FITTING " AND s.debtor_id IN (SELECT debtor_id FROM fits WHERE $5 = 0 OR creditor_id = $5)"

static pn_err begin(const reader *r, const char *all, const char *some, int own, pn_stmt **ret_stmt,
                    pn_diag *diag) {
    PN_TRY(pn_report_of_stmt(r->app, r->of, all, some, own, r->arena, ret_stmt, diag));
    pn_bind_int(*ret_stmt, 1, r->app->org.id);
    pn_bind_int(*ret_stmt, 2, r->strategy_id);
    pn_bind_int(*ret_stmt, 3, pn_zone_instant(r->zone, r->from, 0));
    pn_bind_int(*ret_stmt, 4, pn_zone_instant(r->zone, r->to, 0));
    pn_bind_int(*ret_stmt, 5, r->of->creditor_id);
    return PN_OK;
}

#define ARMS "SELECT s.split_key, s.arm, s.at FROM split_arm s" OF_STRATEGY
#define BY_ARM " ORDER BY s.split_key, s.arm"

static pn_err read_arms(reader *r, pn_diag *diag) {
    pn_stmt *q = NULL;
    PN_TRY(begin(r, ARMS BY_ARM, ARMS FITTING BY_ARM, 5, &q, diag));
    pn_err err = pn_each_row(q, take_arm, r);
    pn_report_of_done(r->of, q);
    return err;
}

/* Money of the debtor that stands, received from the day they came in on. */
#define MONEY                                                                                      \
    "SELECT s.split_key, s.arm, s.at, s.debtor_id, p.currency, p.amount_minor, p.received FROM"    \
    " split_arm s JOIN payment p ON p.debtor_id = s.debtor_id AND p.reversed_at IS NULL AND"       \
    " p.received >= $6 AND p.received < $7 AND ($5 = 0 OR p.creditor_id = $5)" OF_STRATEGY
#define BY_DEBTOR " ORDER BY s.split_key, s.arm, s.debtor_id, p.currency"

static pn_err read_money(reader *r, pn_diag *diag) {
    pn_stmt *q = NULL;
    PN_TRY(begin(r, MONEY BY_DEBTOR, MONEY FITTING BY_DEBTOR, 7, &q, diag));
    pn_bind_int(q, 6, r->from);
    pn_bind_int(q, 7, (int64_t)r->to + r->days);
    pn_err err = pn_each_row(q, take_money, r);
    pn_report_of_done(r->of, q);
    return err;
}

static reader reader_of(pn_app *app, pn_id strategy_id, pn_date from, pn_date to, int days,
                        const pn_report_of *of, pn_arena *arena) {
    return (reader){.app = app,
                    .zone = pn_app_zone_or_own(app, app->org.zone),
                    .strategy_id = strategy_id,
                    .from = from,
                    .to = to,
                    .last = pn_app_today(app) - days - 1,
                    .days = days,
                    .of = of,
                    .arena = arena};
}

pn_err pn_report_splits(pn_app *app, pn_id strategy_id, pn_date from, pn_date to, int days,
                        const pn_report_of *of, pn_arena *arena, pn_split_report **ret_splits,
                        size_t *ret_count, pn_diag *diag) {
    reader r = reader_of(app, strategy_id, from, to, days, of, arena);
    PN_TRY(pn_app_fail(app, read_arms(&r, diag), diag));
    PN_TRY(pn_app_fail(app, read_money(&r, diag), diag));
    for (size_t i = 0; i < r.count; i++) {
        compare(&r.splits[i]);
    }
    *ret_splits = r.splits;
    *ret_count = r.count;
    return PN_OK;
}

/* ── an arm's debtors ────────────────────────────────────────────────────────────────────────── */

#define OF_ARM                                                                                     \
    "SELECT s.at, s.debtor_id, d.name, p.currency, p.amount_minor, p.received FROM (SELECT s.*"    \
    " FROM split_arm s" OF_STRATEGY " AND s.split_key = $8 AND s.arm = $9"                         \
    " AND (s.at < $10 OR (s.at = $10 AND s.debtor_id < $11))"
#define THEIR_MONEY                                                                                \
    " ORDER BY s.at DESC, s.debtor_id DESC LIMIT $12) s JOIN debtor d ON d.id = s.debtor_id"       \
    " LEFT JOIN payment p ON p.debtor_id = s.debtor_id AND p.reversed_at IS NULL AND"              \
    " p.received >= $6 AND p.received < $7 AND ($5 = 0 OR p.creditor_id = $5)"                     \
    " ORDER BY s.at DESC, s.debtor_id DESC"

typedef struct {
    const reader *reader;
    pn_split_debtor *rows;
    size_t count, capacity;
} debtors;

static void take_debtor(pn_stmt *q, void *context) {
    debtors *d = context;
    const reader *r = d->reader;
    pn_id id = pn_col_int(q, 1);
    if (d->count == 0 || d->rows[d->count - 1].debtor_id != id) {
        d->rows = pn_arena_grow(r->arena, d->rows, d->count, &d->capacity, sizeof *d->rows);
        pn_date came = pn_zone_date(r->zone, pn_col_int(q, 0));
        d->rows[d->count++] = (pn_split_debtor){.debtor_id = id,
                                                .debtor_name = pn_col_str_dup(q, 2, r->arena),
                                                .at = pn_col_int(q, 0),
                                                .came = came,
                                                .ripe = came <= r->last};
    }
    pn_split_debtor *row = &d->rows[d->count - 1];
    if (!pn_col_null(q, 5) && counts(r, row->came, (pn_date)pn_col_int(q, 5))) {
        pn_figure_add(&row->money, pn_col_currency(q, 3), pn_col_int(q, 4), 1);
    }
}

pn_err pn_report_split_debtors(pn_app *app, const pn_split_query *query, pn_arena *arena,
                               pn_split_debtor **ret_rows, size_t *ret_count, pn_diag *diag) {
    reader r =
        reader_of(app, query->strategy_id, query->from, query->to, query->days, &query->of, arena);
    debtors d = {.reader = &r};
    pn_stmt *q = NULL;
    PN_TRY(begin(&r, OF_ARM THEIR_MONEY, OF_ARM FITTING THEIR_MONEY, 12, &q, diag));
    pn_bind_int(q, 6, query->from);
    pn_bind_int(q, 7, (int64_t)query->to + query->days);
    pn_bind_str(q, 8, query->key);
    pn_bind_str(q, 9, query->arm);
    pn_bind_int(q, 10, query->after_at);
    pn_bind_int(q, 11, query->after_id);
    pn_bind_int(q, 12, query->limit);
    pn_err err = pn_each_row(q, take_debtor, &d);
    pn_report_of_done(&query->of, q);
    PN_TRY(pn_app_fail(app, err, diag));
    *ret_rows = d.rows;
    *ret_count = d.count;
    return PN_OK;
}
