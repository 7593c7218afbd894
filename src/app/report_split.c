/* Arms of split tests, and whether they differ. */
#include "app/report_cause.h"
#include "base/banned.h"

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

typedef struct {
    pn_arena *arena;
    pn_split_report *splits;
    size_t count, capacity, arm_capacity;
} reader;

static void take_arm(pn_stmt *q, void *context) {
    reader *r = context;
    pn_str key = pn_col_str(q, 0);
    if (r->count == 0 || !pn_str_eq(r->splits[r->count - 1].key, key)) {
        r->splits = pn_arena_grow(r->arena, r->splits, r->count, &r->capacity, sizeof *r->splits);
        r->splits[r->count++] = (pn_split_report){.key = pn_str_dup(r->arena, key)};
        r->arm_capacity = 0;
    }
    pn_split_report *split = &r->splits[r->count - 1];
    split->arms = pn_arena_grow(r->arena, split->arms, split->arm_count, &r->arm_capacity,
                                sizeof *split->arms);
    split->arms[split->arm_count++] = (pn_split_arm){.arm = pn_col_str_dup(q, 1, r->arena),
                                                     .cases = pn_col_int(q, 2),
                                                     .ripe = pn_col_int(q, 3),
                                                     .paid = pn_col_int(q, 4)};
}

static void take_money(pn_stmt *q, void *context) {
    reader *r = context;
    pn_currency currency = {{0}};
    pn_str code = pn_col_str(q, 2);
    memcpy(currency.code, code.ptr, PN_MIN(code.len, sizeof currency.code - 1));
    for (size_t i = 0; i < r->count; i++) {
        pn_split_report *split = &r->splits[i];
        for (size_t j = 0; j < split->arm_count && pn_str_eq(split->key, pn_col_str(q, 0)); j++) {
            if (pn_str_eq(split->arms[j].arm, pn_col_str(q, 1))) {
                pn_figure_add(&split->arms[j].money, currency, pn_col_int(q, 3), pn_col_int(q, 4));
            }
        }
    }
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

/* Days are the organization's, by its distance from UTC at the end of the span. */
typedef struct {
    pn_app *app;
    pn_id strategy_id;
    pn_time from, to;
    int64_t shift; /* microseconds to be added to an instant before it is divided into days */
    pn_date last;  /* the last day on which somebody came in whose days are over */
    int days;
} split_query;

static void bind(pn_stmt *q, const split_query *query) {
    pn_bind_int(q, 1, query->app->org.id);
    pn_bind_int(q, 2, query->strategy_id);
    pn_bind_int(q, 3, query->from);
    pn_bind_int(q, 4, query->to);
    pn_bind_int(q, 5, query->shift);
    pn_bind_int(q, 6, query->days);
    pn_bind_int(q, 7, query->last);
}

/* Money of the debtor that stands, received from the day they came in on. */
static pn_err read_arms(const split_query *query, reader *r) {
    pn_stmt *q = pn_db_stmt(
        query->app->db,
        "SELECT split_key, arm, count(*), sum(CASE WHEN day <= $7 THEN 1 ELSE 0 END),"
        " sum(CASE WHEN day <= $7 AND EXISTS (SELECT 1 FROM payment p WHERE p.debtor_id ="
        " arms.debtor_id AND p.reversed_at IS NULL AND p.received >= arms.day AND p.received <="
        " arms.day + $6) THEN 1 ELSE 0 END) FROM (SELECT debtor_id, split_key, arm,"
        " (at + $5) / 86400000000 AS day FROM split_arm WHERE org_id = $1 AND strategy_id = $2 AND"
        " at >= $3 AND at < $4) arms GROUP BY split_key, arm ORDER BY split_key, arm");
    bind(q, query);
    return pn_each_row(q, take_arm, r);
}

static pn_err read_money(const split_query *query, reader *r) {
    pn_stmt *q = pn_db_stmt(
        query->app->db,
        "SELECT split_key, arm, currency, sum(amount_minor), count(*) FROM (SELECT debtor_id,"
        " split_key, arm, (at + $5) / 86400000000 AS day FROM split_arm WHERE org_id = $1 AND"
        " strategy_id = $2 AND at >= $3 AND at < $4) arms JOIN payment p ON p.debtor_id ="
        " arms.debtor_id AND p.reversed_at IS NULL AND p.received >= arms.day AND p.received <="
        " arms.day + $6 WHERE day <= $7 GROUP BY split_key, arm, currency"
        " ORDER BY split_key, arm, currency");
    bind(q, query);
    return pn_each_row(q, take_money, r);
}

pn_err pn_report_splits(pn_app *app, pn_id strategy_id, pn_date from, pn_date to, int days,
                        pn_arena *arena, pn_split_report **ret_splits, size_t *ret_count) {
    const pn_zone *zone = pn_app_zone_or_own(app, app->org.zone);
    pn_time end = pn_zone_instant(zone, to, 0);
    reader r = {.arena = arena};
    split_query query = {.app = app,
                         .strategy_id = strategy_id,
                         .from = pn_zone_instant(zone, from, 0),
                         .to = end,
                         .shift = (int64_t)to * PN_DAY - end,
                         .last = pn_app_today(app) - days - 1,
                         .days = days};
    PN_TRY(read_arms(&query, &r));
    PN_TRY(read_money(&query, &r));
    for (size_t i = 0; i < r.count; i++) {
        compare(&r.splits[i]);
    }
    *ret_splits = r.splits;
    *ret_count = r.count;
    return PN_OK;
}
