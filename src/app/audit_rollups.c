/* The sums of reports against the facts that they are sums of. */
#include "app/audit_int.h"
#include "app/rollup.h"
#include "base/banned.h"

static const struct {
    const char *check, *title;
} CHECKS[PN_ROLLUP_MEASURES] = {
    [PN_ROLLUP_BALANCE] = {"sums_ledger",
                           "Sums of the ledger by day and due date are those of its entries."},
    [PN_ROLLUP_CREDITED] = {"sums_credited",
                            "Sums of payments by cause are those of the payments."},
    [PN_ROLLUP_CARRIER] = {"sums_messages",
                           "Sums of messages by template and step are those of the messages."},
    [PN_ROLLUP_TOUCHED] = {"sums_read",
                           "Sums of messages that people read are those of their signals."},
    [PN_ROLLUP_PASSED] = {"sums_steps", "No more steps are counted than cases came to."},
};

static void take(void *context, const pn_rollup_row *row) {
    pn_rollup_add(context, &row->key, row->count, row->amount);
}

static void turn(pn_rollup_log *log) {
    for (size_t i = 0; i < log->count; i++) {
        log->rows[i].count = -log->rows[i].count;
        log->rows[i].amount = -log->rows[i].amount;
    }
}

static void tell(pn_auditor *auditor, pn_audit_check *check, const pn_rollup_row *row) {
    char day[PN_DATE_ISO_SIZE];
    pn_audit_disagree(auditor, check,
                      "%s, by %lld/%lld/%lld of version %lld, step %lld%s%s: the sum is off by %lld"
                      " and an amount of %lld.",
                      pn_date_iso(row->key.day, day), (long long)row->key.a, (long long)row->key.b,
                      (long long)row->key.c, (long long)row->key.version_id,
                      (long long)row->key.node, row->key.currency[0] != '\0' ? ", " : "",
                      row->key.currency, (long long)row->count, (long long)row->amount);
}

/* What is stored less what the facts say. */
static pn_err compare(pn_auditor *auditor, pn_rollup_log *log) {
    pn_app *app = auditor->app;
    PN_TRY(pn_rollup_recount(app, log));
    turn(log);
    for (int i = PN_ROLLUP_BALANCE; i < PN_ROLLUP_MEASURES; i++) {
        if (pn_rollup_recounts((pn_rollup_measure)i)) {
            PN_TRY(pn_rollup_each(app->db, app->org.id, (pn_rollup_measure)i, INT32_MIN, INT32_MAX,
                                  take, log));
        }
    }
    for (int i = PN_ROLLUP_BALANCE; i < PN_ROLLUP_MEASURES; i++) {
        if (!pn_rollup_recounts((pn_rollup_measure)i)) {
            continue;
        }
        pn_audit_check *check = pn_audit_begin(auditor, CHECKS[i].check, CHECKS[i].title);
        for (size_t j = 0; j < log->count; j++) {
            const pn_rollup_row *row = &log->rows[j];
            check->rows += row->key.measure == i;
            if (row->key.measure == i && (row->count != 0 || row->amount != 0)) {
                tell(auditor, check, row);
            }
        }
    }
    return PN_OK;
}

static void add_count(void *context, const pn_rollup_row *row) {
    *(int64_t *)context += row->count;
}

/* No fact keeps which nodes a case came through, but each case keeps how many: sums cannot be more.
 * They may be less, of cases older than the sums. */
static pn_err compare_steps(pn_auditor *auditor) {
    pn_app *app = auditor->app;
    int64_t entered = 0, visits = 0;
    pn_stmt *q =
        pn_db_stmt(app->db, "SELECT coalesce(sum(visit), 0), count(*) FROM run WHERE org_id = $1");
    pn_bind_int(q, 1, app->org.id);
    PN_TRY(pn_row_next(q));
    visits = pn_col_int(q, 0);
    int64_t runs = pn_col_int(q, 1);
    pn_stmt_reset(q);
    PN_TRY(pn_rollup_each(app->db, app->org.id, PN_ROLLUP_PASSED, INT32_MIN, INT32_MAX, add_count,
                          &entered));
    pn_audit_check *check =
        pn_audit_begin(auditor, CHECKS[PN_ROLLUP_PASSED].check, CHECKS[PN_ROLLUP_PASSED].title);
    check->rows = runs;
    if (entered > visits) {
        pn_audit_disagree(auditor, check, "The cases came to %lld steps, but %lld are counted.",
                          (long long)visits, (long long)entered);
    }
    return PN_OK;
}

/* What is stale is made anew before anybody reads it. */
pn_err pn_audit_rollups(pn_auditor *auditor) {
    bool stale = false;
    PN_TRY(pn_rollup_is_stale(auditor->app->db, auditor->app->org.id, &stale));
    if (stale) {
        return PN_OK;
    }
    pn_rollup_log log = {0};
    pn_err err = compare(auditor, &log);
    pn_rollup_log_done(&log);
    return err == PN_OK ? compare_steps(auditor) : err;
}
