#include "rows_agree.h"

#include "app/report_cause.h"
#include "app/report_money.h"
#include "app/report_rows.h"

typedef struct {
    rig *r;
    pn_report_of of;
    pn_date from, to;
    size_t told; /* figures that were not 0 */
} agreement;

typedef struct {
    int64_t count, amount;
} sums;

enum { PAGE = 3 };

static sums of_rows(agreement *a, pn_rows_query query) {
    sums sum = {0};
    size_t count = PAGE;
    query.from = a->from;
    query.to = a->to;
    query.of = a->of;
    query.after_at = query.after_id = INT64_MAX;
    query.limit = PAGE;
    while (count == PAGE) {
        pn_report_row *rows = NULL;
        rig_ok(a->r, pn_report_rows(a->r->app, &query, &a->r->arena, &rows, &count, &a->r->diag));
        for (size_t i = 0; i < count; i++) {
            bool spanned = query.what != PN_ROWS_STANDING;
            assert_true(!spanned || (rows[i].day >= a->from && rows[i].day < a->to));
            sum.count++;
            sum.amount += rows[i].amount;
            query.after_at = rows[i].at;
            query.after_id = rows[i].id;
        }
    }
    return sum;
}

static void same(agreement *a, const char *what, int64_t figure, int64_t rows) {
    if (figure != rows) {
        print_error("%s is %lld, its rows come to %lld\n", what, (long long)figure,
                    (long long)rows);
        fail();
    }
    a->told += figure != 0;
}

static void counted(agreement *a, const char *what, int64_t figure, pn_rows_query query) {
    same(a, what, figure, of_rows(a, query).count);
}

static void summed(agreement *a, const char *what, const pn_figure_monies *figure,
                   pn_rows_query query) {
    for (size_t i = 0; i < figure->count; i++) {
        query.currency = pn_str_of(figure->items[i].currency.code);
        same(a, what, figure->items[i].amount, of_rows(a, query).amount);
    }
    query.currency = PN_STR("");
    if (figure->count == 0) {
        same(a, what, 0, of_rows(a, query).count);
    }
}

/* ── money ───────────────────────────────────────────────────────────────────────────────────── */

static int64_t of_invoices(agreement *a, pn_currency currency, size_t band) {
    pn_ageing_query query = {.as_of = a->to - 1,
                             .band = band,
                             .older = true,
                             .of = a->of,
                             .currency = currency,
                             .after_due = PN_DATE_NONE,
                             .limit = PAGE};
    int64_t sum = 0;
    for (size_t count = PAGE; count == PAGE;) {
        pn_ageing_invoice *rows = NULL;
        rig_ok(a->r, pn_report_ageing_invoices(a->r->app, &query, &a->r->arena, &rows, &count,
                                               &a->r->diag));
        for (size_t i = 0; i < count; i++) {
            sum += rows[i].open;
            query.after_due = rows[i].due;
            query.after_id = rows[i].invoice_id;
        }
    }
    return sum;
}

static void money_agrees(agreement *a) {
    pn_money_row *rows = NULL;
    size_t count = 0;
    rig_ok(a->r, pn_report_money(a->r->app, a->from, a->to, &a->of, &a->r->arena, &rows, &count,
                                 &a->r->diag));
    for (size_t i = 0; i < count; i++) {
        pn_str currency = pn_str_of(rows[i].currency.code);
        pn_rows_query query = {.what = PN_ROWS_COLLECTED, .currency = currency};
        same(a, "collected", rows[i].collected, of_rows(a, query).amount);
        query.what = PN_ROWS_LOWERED;
        same(a, "lowered", rows[i].lowered, of_rows(a, query).amount);
        query.what = PN_ROWS_BILLED;
        same(a, "billed", rows[i].billed, of_rows(a, query).amount);
        same(a, "open", rows[i].open, of_invoices(a, rows[i].currency, 0));
        same(a, "overdue", rows[i].overdue, of_invoices(a, rows[i].currency, 1));
    }
}

static void cohort_agrees(agreement *a, const pn_cohort_row *cohort) {
    pn_cohort_query query = {.first = cohort->first,
                             .from = a->from,
                             .to = a->to,
                             .today = pn_app_today(a->r->app),
                             .of = a->of,
                             .currency = cohort->currency,
                             .after_due = PN_DATE_NONE,
                             .limit = PAGE};
    int64_t due = 0, paid[PN_COHORT_POINTS] = {0};
    for (size_t count = PAGE; count == PAGE;) {
        pn_cohort_invoice *rows = NULL;
        rig_ok(a->r, pn_report_cohort_invoices(a->r->app, &query, &a->r->arena, &rows, &count,
                                               &a->r->diag));
        for (size_t i = 0; i < count; i++) {
            due += rows[i].due;
            for (size_t j = 0; j < PN_COHORT_POINTS; j++) {
                paid[j] += rows[i].paid[j];
            }
            query.after_due = rows[i].effective_due;
            query.after_id = rows[i].invoice_id;
        }
    }
    same(a, "due in a month", cohort->due, due);
    for (size_t j = 0; j < PN_COHORT_POINTS; j++) {
        same(a, "paid of a month", cohort->paid[j], paid[j]);
    }
}

static void cohorts_agree(agreement *a) {
    pn_cohort_row *rows = NULL;
    size_t count = 0;
    rig_ok(a->r, pn_report_cohorts(a->r->app, a->from, a->to, pn_app_today(a->r->app), &a->of,
                                   &a->r->arena, &rows, &count, &a->r->diag));
    for (size_t i = 0; i < count; i++) {
        cohort_agrees(a, &rows[i]);
    }
}

/* ── causes, work ────────────────────────────────────────────────────────────────────────────── */

static void messages_agree(agreement *a, const pn_cause_row *row, pn_rows_query query) {
    query.what = PN_ROWS_SENT;
    counted(a, "sent", row->sent, query);
    query.what = PN_ROWS_DELIVERED;
    counted(a, "delivered", row->sent - row->bounced, query);
    query.what = PN_ROWS_BOUNCED;
    counted(a, "bounced", row->bounced, query);
    query.what = PN_ROWS_READ;
    counted(a, "read", row->read, query);
    query.what = PN_ROWS_CLICKED;
    counted(a, "clicked", row->clicked, query);
    query.what = PN_ROWS_VISITED;
    counted(a, "visited", row->visited, query);
}

static void causes_agree(agreement *a, pn_cause_by by) {
    pn_cause_row *rows = NULL;
    pn_figure_monies after = {0};
    size_t count = 0;
    rig_ok(a->r, pn_report_causes(a->r->app, by, a->from, a->to, &a->of, &a->r->arena, &rows,
                                  &count, &a->r->diag));
    for (size_t i = 0; i < count; i++) {
        pn_rows_query query = {
            .caused = true, .by = by, .name = rows[i].name, .version = rows[i].version};
        if (by != PN_CAUSE_PHASE && by != PN_CAUSE_SEGMENT) {
            messages_agree(a, &rows[i], query);
        }
        query.what = PN_ROWS_COLLECTED;
        summed(a, "paid", &rows[i].paid, query);
        query.what = PN_ROWS_HANDS_FREE;
        summed(a, "hands-free", &rows[i].alone, query);
        for (size_t j = 0; j < rows[i].paid.count && rows[i].name.len != 0; j++) {
            const pn_figure_money *paid = &rows[i].paid.items[j];
            pn_figure_add(&after, paid->currency, paid->amount, paid->count);
        }
    }
    if (by == PN_CAUSE_CHANNEL) {
        summed(a, "paid after a message", &after, (pn_rows_query){.what = PN_ROWS_AFTER_MESSAGE});
    }
}

static void work_agrees(agreement *a) {
    pn_work_report work;
    rig_ok(a->r,
           pn_report_work(a->r->app, a->from, a->to, &a->of, &a->r->arena, &work, &a->r->diag));
    counted(a, "kept", work.promises_kept, (pn_rows_query){.what = PN_ROWS_KEPT});
    counted(a, "broken", work.promises_broken, (pn_rows_query){.what = PN_ROWS_BROKEN});
    counted(a, "complaints", work.complaints, (pn_rows_query){.what = PN_ROWS_COMPLAINTS});
    counted(a, "tasks", work.tasks, (pn_rows_query){.what = PN_ROWS_TASKS});
    counted(a, "all sent", work.sent, (pn_rows_query){.what = PN_ROWS_SENT});
    summed(a, "all paid", &work.paid, (pn_rows_query){.what = PN_ROWS_COLLECTED});
    summed(a, "all hands-free", &work.alone, (pn_rows_query){.what = PN_ROWS_HANDS_FREE});
}

/* ── steps ───────────────────────────────────────────────────────────────────────────────────── */

static void step_agrees(agreement *a, const pn_published *version, const pn_figures *figures,
                        uint32_t index) {
    const pn_node_figures *node = &figures->nodes[index];
    pn_rows_query query = {.caused = true,
                           .by = PN_CAUSE_STRATEGY,
                           .name = version->flow->name,
                           .version = version->version,
                           .node = pn_flow_node_id(figures->flow, index)};
    pn_cause_row as = {.sent = node->sent,
                       .bounced = node->bounced,
                       .read = node->read,
                       .clicked = node->clicked,
                       .visited = node->visited};
    messages_agree(a, &as, query);
    query.what = PN_ROWS_COLLECTED;
    summed(a, "put down to a step", &node->paid, query);
    query.what = PN_ROWS_STANDING;
    counted(a, "standing", node->standing, query);
    summed(a, "owed at a step", &node->open, query);
}

static void steps_agree(agreement *a) {
    const pn_published *const *versions = NULL;
    size_t count = 0;
    rig_ok(a->r, pn_catalog_strategies(a->r->app, &versions, &count, &a->r->diag));
    for (size_t i = 0; i < count; i++) {
        pn_figures figures;
        rig_ok(a->r, pn_figures_make(a->r->app, versions[i], a->from, a->to - 1, &a->of,
                                     &a->r->arena, &figures, &a->r->diag));
        for (uint32_t j = 0; j < figures.flow->node_count; j++) {
            step_agrees(a, versions[i], &figures, j);
        }
    }
}

/* ── split tests ─────────────────────────────────────────────────────────────────────────────── */

enum { SPLIT_DAYS = 10 };

static void arm_agrees(agreement *a, pn_id strategy_id, pn_str key, const pn_split_arm *arm) {
    pn_split_query query = {.strategy_id = strategy_id,
                            .key = key,
                            .arm = arm->arm,
                            .from = a->from,
                            .to = a->to,
                            .days = SPLIT_DAYS,
                            .of = a->of,
                            .after_at = INT64_MAX,
                            .after_id = INT64_MAX,
                            .limit = PAGE};
    int64_t cases = 0, ripe = 0, paid = 0, money = 0, expected = 0;
    for (size_t count = PAGE; count == PAGE;) {
        pn_split_debtor *rows = NULL;
        rig_ok(a->r, pn_report_split_debtors(a->r->app, &query, &a->r->arena, &rows, &count,
                                             &a->r->diag));
        for (size_t i = 0; i < count; i++) {
            cases++;
            ripe += rows[i].ripe;
            paid += rows[i].money.count != 0;
            money += rows[i].money.count != 0 ? rows[i].money.items[0].amount : 0;
            query.after_at = rows[i].at;
            query.after_id = rows[i].debtor_id;
        }
    }
    for (size_t i = 0; i < arm->money.count; i++) {
        expected += arm->money.items[i].amount;
    }
    same(a, "cases of an arm", arm->cases, cases);
    same(a, "ripe of an arm", arm->ripe, ripe);
    same(a, "paid of an arm", arm->paid, paid);
    same(a, "money of an arm", expected, money);
}

static void splits_agree(agreement *a) {
    const pn_published *const *versions = NULL;
    size_t count = 0, split_count = 0;
    rig_ok(a->r, pn_catalog_strategies(a->r->app, &versions, &count, &a->r->diag));
    for (size_t i = 0; i < count; i++) {
        pn_split_report *splits = NULL;
        pn_id strategy_id = versions[i]->strategy_id;
        rig_ok(a->r, pn_report_splits(a->r->app, strategy_id, a->from, a->to, SPLIT_DAYS, &a->of,
                                      &a->r->arena, &splits, &split_count, &a->r->diag));
        for (size_t j = 0; j < split_count; j++) {
            for (size_t k = 0; k < splits[j].arm_count; k++) {
                arm_agrees(a, strategy_id, splits[j].key, &splits[j].arms[k]);
            }
        }
    }
}

size_t rows_agree(rig *r, const pn_report_of *of, pn_date from, pn_date to) {
    agreement a = {.r = r, .of = *of, .from = from, .to = to};
    money_agrees(&a);
    cohorts_agree(&a);
    for (pn_cause_by by = PN_CAUSE_PHASE; by <= PN_CAUSE_SEGMENT; by++) {
        causes_agree(&a, by);
    }
    work_agrees(&a);
    steps_agree(&a);
    splits_agree(&a);
    return a.told;
}
