/* Sums made anew from the facts, and folding. */
#include "app/rollup.h"
#include "base/banned.h"
#include "core/ledger.h"
#include "store/currency.h"

typedef struct {
    pn_app *app;
    pn_rollup_log *log;
} counter;

pn_rollup_row pn_rollup_entry_of(pn_app *app, pn_stmt *q) {
    pn_ledger_row entry = {.kind = (pn_entry_kind)pn_col_int(q, 0),
                           .reverses_id = pn_col_int(q, 1),
                           .amount = pn_col_int(q, 2),
                           .payment_id = pn_col_int(q, 3),
                           .at = pn_col_int(q, 4)};
    return (pn_rollup_row){.key = pn_rollup_entry_key(app, pn_col_int(q, 6), pn_col_currency(q, 7),
                                                      (pn_date)pn_col_int(q, 8),
                                                      (pn_date)pn_col_int(q, 9), &entry,
                                                      (pn_date)pn_col_int_or(q, 5, PN_DATE_NONE)),
                           .count = entry.reverses_id != 0 ? -1 : 1,
                           .amount = entry.amount};
}

static void count_entry(pn_stmt *q, void *context) {
    counter *c = context;
    pn_rollup_row row = pn_rollup_entry_of(c->app, q);
    pn_rollup_add(c->log, &row.key, row.count, row.amount);
}

static pn_err count_entries(counter *c) {
    pn_stmt *q = pn_db_stmt(
        c->app->db, "SELECT l.kind, l.reverses_id, l.amount_minor, l.payment_id, l.at, p.received,"
                    " i.creditor_id, i.currency, i.issued, i.effective_due FROM ledger l"
                    " JOIN invoice i ON i.debtor_id = l.debtor_id AND i.id = l.invoice_id"
                    " LEFT JOIN payment p ON p.id = l.payment_id WHERE l.org_id = $1");
    pn_bind_int(q, 1, c->app->org.id);
    return pn_each_row(q, count_entry, c);
}

pn_rollup_row pn_rollup_credited_of(pn_stmt *q) {
    pn_rollup_key key = {.measure = PN_ROLLUP_CREDITED,
                         .day = (pn_date)pn_col_int(q, 0),
                         .creditor_id = pn_col_int(q, 1),
                         .version_id = pn_col_int(q, 3),
                         .node = pn_col_int(q, 4),
                         .a = pn_col_int(q, 5),
                         .b = pn_col_int(q, 6),
                         .c = pn_col_int(q, 7)};
    pn_currency currency = pn_col_currency(q, 2);
    memcpy(key.currency, currency.code, sizeof key.currency);
    pn_rollup_word(&key, pn_col_str(q, 8));
    int64_t amount = pn_col_int(q, 9);
    return (pn_rollup_row){.key = key, .count = amount < 0 ? -1 : 1, .amount = amount};
}

static void count_credited(pn_stmt *q, void *context) {
    counter *c = context;
    pn_rollup_row row = pn_rollup_credited_of(q);
    pn_rollup_add(c->log, &row.key, row.count, row.amount);
}

static pn_err count_all_credited(counter *c) {
    pn_stmt *q = pn_db_stmt(
        c->app->db, "SELECT day, creditor_id, currency, version_id, node, template_id, channel,"
                    " by_hand, phase, amount_minor FROM credited WHERE org_id = $1");
    pn_bind_int(q, 1, c->app->org.id);
    return pn_each_row(q, count_credited, c);
}

pn_rollup_row pn_rollup_counted_of(pn_stmt *q) {
    return (pn_rollup_row){.key = {.measure = (int32_t)pn_col_int(q, 0),
                                   .day = (pn_date)pn_col_int(q, 1),
                                   .creditor_id = pn_col_int(q, 2),
                                   .version_id = pn_col_int(q, 3),
                                   .node = pn_col_int(q, 4),
                                   .a = pn_col_int(q, 5),
                                   .b = pn_col_int(q, 6),
                                   .c = pn_col_int(q, 7)},
                           .count = pn_col_int(q, 8)};
}

static void count_rows(pn_stmt *q, void *context) {
    counter *c = context;
    pn_rollup_row row = pn_rollup_counted_of(q);
    pn_rollup_add(c->log, &row.key, row.count, 0);
}

static pn_err count_carriers(counter *c) {
    pn_stmt *q = pn_db_stmt(
        c->app->db, "SELECT 3, day, creditor_id, coalesce(version_id, 0), coalesce(node, -1),"
                    " template_id, channel * 16 + tone, state, count(*) FROM carrier"
                    " WHERE +org_id = $1 AND contact_id <> 0 AND state IN (2, 3, 4, 5)"
                    " GROUP BY 2, 3, 4, 5, 6, 7, 8");
    pn_bind_int(q, 1, c->app->org.id);
    return pn_each_row(q, count_rows, c);
}
static_assert(PN_ROLLUP_CARRIER == 3 && PN_ROLLUP_TOUCHED == 4, "numbers in statements");
static_assert(PN_MESSAGE_SENT == 2 && PN_MESSAGE_DELIVERED == 3 && PN_MESSAGE_BOUNCED == 4 &&
                  PN_MESSAGE_FAILED == 5,
              "numbers in statements");

/* Once a carrier, however many signals there are; `c` is the pn_rollup_touch. */
static pn_err count_touches(counter *c) {
    pn_stmt *q = pn_db_stmt(
        c->app->db,
        "SELECT 4, day, creditor_id, coalesce(version_id, 0), coalesce(node, -1), template_id,"
        " channel * 16 + tone, what, count(*) FROM carrier JOIN (SELECT DISTINCT debtor_id AS"
        " touched_by, carrier_id, 0 AS what FROM signal WHERE org_id = $1 AND source = 0 AND kind"
        " IN (0, 1, 2, 3) UNION SELECT DISTINCT debtor_id, carrier_id, kind FROM signal WHERE"
        " org_id = $1 AND source = 0 AND kind IN (1, 2)) s ON s.carrier_id = carrier.id AND"
        " s.touched_by = carrier.debtor_id WHERE +org_id = $1 AND contact_id <> 0"
        " GROUP BY 2, 3, 4, 5, 6, 7, 8");
    pn_bind_int(q, 1, c->app->org.id);
    return pn_each_row(q, count_rows, c);
}
static_assert(PN_SIGNAL_OPEN == 0 && PN_SIGNAL_CLICK == 1 && PN_SIGNAL_VISIT == 2 &&
                  PN_SIGNAL_REPLY == 3 && (int)PN_TOUCH_CLICKED == (int)PN_SIGNAL_CLICK &&
                  (int)PN_TOUCH_VISITED == (int)PN_SIGNAL_VISIT,
              "numbers in statements");

pn_err pn_rollup_recount(pn_app *app, pn_rollup_log *log) {
    counter c = {app, log};
    PN_TRY(count_entries(&c));
    PN_TRY(count_all_credited(&c));
    PN_TRY(count_carriers(&c));
    return count_touches(&c);
}

bool pn_rollup_recounts(pn_rollup_measure measure) {
    return measure >= PN_ROLLUP_BALANCE && measure <= PN_ROLLUP_TOUCHED;
}

/* ── making anew ─────────────────────────────────────────────────────────────────────────────── */

static pn_err make_anew(pn_app *app, pn_rollup_log *log) {
    int64_t folded = 0;
    for (int i = PN_ROLLUP_BALANCE; i < PN_ROLLUP_MEASURES; i++) {
        if (pn_rollup_recounts((pn_rollup_measure)i)) {
            PN_TRY(pn_rollup_forget(app->db, app->org.id, (pn_rollup_measure)i));
        }
    }
    PN_TRY(pn_rollup_recount(app, log));
    PN_TRY(pn_rollup_flush(app->db, app->org.id, log));
    PN_TRY(pn_rollup_fold(app->db, app->org.id, INT64_MAX, &folded));
    return pn_rollup_made_anew(app->db, app->org.id);
}

pn_err pn_rollup_rebuild(pn_app *app, size_t *ret_rows, pn_diag *diag) {
    pn_rollup_log log = {0};
    int64_t rows = 0;
    PN_TRY(pn_app_begin(app, diag));
    pn_err err = make_anew(app, &log);
    pn_rollup_log_done(&log);
    if (err == PN_OK) {
        pn_stmt *q = pn_db_stmt(app->db, "SELECT count(*) FROM rollup WHERE org_id = $1");
        pn_bind_int(q, 1, app->org.id);
        err = pn_row_next(q);
        rows = err == PN_OK ? pn_col_int(q, 0) : 0;
        pn_stmt_reset(q);
    }
    *ret_rows = (size_t)rows;
    return pn_app_end(app, err, diag);
}

/* Deltas wait until there are enough of them to be worth the turn, or a minute is over. */
pn_err pn_rollup_chore(pn_app *app, pn_arena *arena, pn_time *ret_next, pn_diag *diag) {
    enum { ENOUGH = 2000, AT_ONCE = 20000 };
    int64_t waiting = 0, folded = 0;
    size_t rows = 0;
    bool stale = false;
    (void)arena;
    PN_TRY(pn_app_fail(app, pn_rollup_is_stale(app->db, app->org.id, &stale), diag));
    if (stale) {
        return pn_rollup_rebuild(app, &rows, diag);
    }
    PN_TRY(pn_app_fail(app, pn_rollup_waiting(app->db, app->org.id, ENOUGH, &waiting), diag));
    if (waiting < ENOUGH) {
        return PN_OK;
    }
    PN_TRY(pn_app_begin(app, diag));
    pn_err err = pn_rollup_fold(app->db, app->org.id, AT_ONCE, &folded);
    *ret_next = folded == AT_ONCE ? pn_app_now(app) : *ret_next;
    return pn_app_end(app, err, diag);
}
