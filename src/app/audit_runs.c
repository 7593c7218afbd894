/* Runs: where they stand, why they wait, who works what, and that their timers find them. */
#include "app/audit_int.h"

#include "app/catalog.h"
#include "base/banned.h"
#include "base/sort.h"
#include "store/run.h"

typedef struct {
    pn_id id, account_id, invoice_id, parent_id;
    bool active;
    bool thanks; /* on its way to the end: all is paid */
} run_place;

typedef struct {
    pn_id id, account_id, run_id;
    int64_t claimable;
} invoice_place;

typedef struct {
    pn_auditor *auditor;
    pn_audit_check *runs, *waits, *owners, *zones;
    pn_audit_cursor run_rows, invoice_rows, poked;
    pn_zone_row *zone_list;
    size_t zone_count;
    pn_time now;
    /* of one debtor */
    pn_id debtor;
    bool is_poked;
    run_place *places;
    size_t place_count, place_capacity;
    invoice_place *invoices;
    size_t invoice_count, invoice_capacity;
    pn_err err; /* of what was asked while reading rows */
} run_audit;

static const char *run_name(run_audit *r, pn_id id) {
    return pn_audit_name(r->auditor, PN_ID_RUN, id, PN_STR_NONE);
}

/* ── wake zones ──────────────────────────────────────────────────────────────────────────────── */

/* The zone that covers a debtor, found by looking at all of them by halves. */
static const pn_zone_row *zone_of(const run_audit *r, pn_id debtor_id) {
    size_t low = 0, high = r->zone_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (r->zone_list[middle].last_debtor < debtor_id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < r->zone_count && r->zone_list[low].first_debtor <= debtor_id ? &r->zone_list[low]
                                                                              : NULL;
}

static void check_zone_list(run_audit *r) {
    for (size_t i = 0; i < r->zone_count; i++) {
        const pn_zone_row *zone = &r->zone_list[i];
        bool apart = i == 0 || zone->first_debtor > zone[-1].last_debtor;
        r->zones->rows++;
        if (!apart || zone->last_debtor < zone->first_debtor) {
            pn_audit_disagree(
                r->auditor, r->zones, "The wake zone of debtors from %s on overlaps another one.",
                pn_audit_name(r->auditor, PN_ID_DEBTOR, zone->first_debtor, PN_STR_NONE));
        }
    }
}

static void check_timer(run_audit *r, pn_id run_id, pn_time wake_at) {
    const pn_zone_row *zone = zone_of(r, r->debtor);
    if (wake_at == PN_TIME_NEVER || r->is_poked) {
        return;
    }
    if (zone == NULL) {
        pn_audit_disagree(r->auditor, r->zones, "No wake zone covers run %s.", run_name(r, run_id));
    } else if (zone->wake_at > wake_at) {
        pn_audit_disagree(r->auditor, r->zones,
                          "Run %s wakes at %lld, and its wake zone only at %lld.",
                          run_name(r, run_id), (long long)wake_at, (long long)zone->wake_at);
    }
}

/* A queued message whose channel is paused is looked at again within six hours. */
static void check_delivery_timer(run_audit *r, pn_id message_id, pn_id debtor_id, pn_time due) {
    const pn_zone_row *zone = zone_of(r, debtor_id);
    pn_time latest = due > r->now ? due : r->now + 6 * PN_HOUR;
    r->zones->rows++;
    if (zone == NULL || zone->deliver_at > latest) {
        pn_audit_disagree(r->auditor, r->zones, "Message %s is due at %lld, and %s.",
                          pn_audit_name(r->auditor, PN_ID_MESSAGE, message_id, PN_STR_NONE),
                          (long long)due,
                          zone == NULL ? "no wake zone covers it" : "its wake zone delivers later");
    }
}

/* The index of open messages stands in debtor order. */
static pn_err audit_queue(run_audit *r) {
    pn_audit_cursor cursor;
    PN_TRY(pn_audit_open(r->auditor,
                         "SELECT id, debtor_id, not_before FROM message WHERE state IN (0, 1, 7)"
                         " AND state = 0 AND +org_id = $1",
                         &cursor));
    while (cursor.live) {
        check_delivery_timer(r, pn_col_int(cursor.q, 0), pn_col_int(cursor.q, 1),
                             pn_col_int(cursor.q, 2));
        pn_arena_reset(&r->auditor->scratch);
        PN_TRY(pn_audit_next(&cursor));
    }
    return PN_OK;
}

/* ── why a run waits ─────────────────────────────────────────────────────────────────────────── */

static bool any_row(run_audit *r, const char *literal, pn_id run_id) {
    pn_stmt *q = pn_db_stmt(r->auditor->app->db, literal);
    pn_bind_int(q, 1, r->debtor);
    pn_bind_int(q, 2, run_id);
    pn_err err = pn_row_next(q);
    pn_stmt_reset(q);
    if (err != PN_OK && err != PN_NOT_FOUND) {
        r->err = err;
    }
    return err == PN_OK;
}

static bool message_open(run_audit *r, pn_id run_id) {
    return any_row(r,
                   "SELECT 1 FROM message WHERE debtor_id = $1 AND run_id = $2"
                   " AND state IN (0, 1, 7) LIMIT 1",
                   run_id);
}

static bool task_open(run_audit *r, pn_id run_id) {
    return any_row(
        r, "SELECT 1 FROM task WHERE debtor_id = $1 AND run_id = $2 AND state = 0 LIMIT 1", run_id);
}

static bool errand_open(run_audit *r, pn_id run_id) {
    return any_row(
        r, "SELECT 1 FROM errand WHERE debtor_id = $1 AND run_id = $2 AND state = 0 LIMIT 1",
        run_id);
}

/* Data of the run's creditor that may have grown stale, which is why it stands. */
static bool may_be_stale(run_audit *r, pn_id run_id) {
    return any_row(r,
                   "SELECT 1 FROM run r JOIN account a ON a.debtor_id = r.debtor_id AND"
                   " a.id = r.account_id JOIN creditor c ON c.id = a.creditor_id"
                   " WHERE r.debtor_id = $1 AND r.id = $2 AND c.data_hours_max IS NOT NULL",
                   run_id);
}

/* A protection without an end stands until a person takes it back, which pokes the debtor. */
static bool protected_for_good(run_audit *r) {
    pn_stmt *q = pn_db_stmt(r->auditor->app->db,
                            "SELECT 1 FROM protection WHERE debtor_id = $1 AND until IS NULL"
                            " AND ended_at IS NULL LIMIT 1");
    pn_bind_int(q, 1, r->debtor);
    pn_err err = pn_row_next(q);
    pn_stmt_reset(q);
    if (err != PN_OK && err != PN_NOT_FOUND) {
        r->err = err;
    }
    return err == PN_OK;
}

static bool nothing_claimable(const run_audit *r, pn_id account_id, pn_id invoice_id) {
    for (size_t i = 0; i < r->invoice_count; i++) {
        const invoice_place *each = &r->invoices[i];
        bool works = invoice_id != 0 ? each->id == invoice_id
                                     : each->account_id == account_id && each->run_id == 0;
        if (works && each->claimable > 0) {
            return false;
        }
    }
    return true;
}

/* Every open case has a wake-up or a reason. */
static bool waits_for_something(run_audit *r, pn_stmt *q, int64_t wait, pn_time wake_at) {
    pn_id id = pn_col_int(q, 1);
    bool timed = wake_at < PN_TIME_NEVER;
    if (r->is_poked) {
        return true;
    }
    switch (wait) {
    case PN_WAIT_NONE:
    case PN_WAIT_TIME:
    case PN_WAIT_SIGNAL: return timed;
    case PN_WAIT_RULE: return true; /* what the rule asks about pokes it */
    case PN_WAIT_MESSAGE: return timed || message_open(r, id);
    case PN_WAIT_TASK: return timed || task_open(r, id);
    case PN_WAIT_ANSWER: return timed || errand_open(r, id);
    case PN_WAIT_OFFER: return timed;
    case PN_WAIT_AMOUNTS: return nothing_claimable(r, pn_col_int(q, 2), pn_col_int(q, 3));
    case PN_WAIT_HOLD: return timed || may_be_stale(r, id) || protected_for_good(r);
    default: return false;
    }
}

/* ── one run ─────────────────────────────────────────────────────────────────────────────────── */

static bool node_exists(run_audit *r, pn_id version_id, int64_t node) {
    const pn_published *version = NULL;
    pn_diag diag = {0};
    return pn_catalog_version(r->auditor->app, version_id, &version, &diag) == PN_OK && node >= 0 &&
           node < version->flow->node_count;
}

static void check_active(run_audit *r, pn_stmt *q) {
    pn_id id = pn_col_int(q, 1);
    int64_t wait = pn_col_int(q, 7);
    pn_time wake_at = pn_col_int(q, 9);
    if (!node_exists(r, pn_col_int(q, 4), pn_col_int(q, 8))) {
        pn_audit_disagree(r->auditor, r->runs,
                          "Run %s stands on node %lld, which its version does not have.",
                          run_name(r, id), (long long)pn_col_int(q, 8));
    }
    r->waits->rows++;
    if (!waits_for_something(r, q, wait, wake_at)) {
        pn_audit_disagree(r->auditor, r->waits, "Run %s waits (%s) and nothing will ever move it.",
                          run_name(r, id),
                          wait >= 0 && wait <= PN_WAIT_OFFER ? pn_run_wait_name((pn_run_wait)wait)
                                                             : "unknown");
    }
    check_timer(r, id, wake_at);
}

/* `ret_thanks`: it only says that all is paid, and works nothing any more. */
static void check_memory(run_audit *r, pn_stmt *q, bool *ret_thanks) {
    pn_run run = {0};
    if (pn_run_decode(pn_col_str(q, 10), &r->auditor->scratch, &run) != PN_OK) {
        pn_audit_disagree(r->auditor, r->runs, "The memory of run %s cannot be read.",
                          run_name(r, pn_col_int(q, 1)));
    }
    *ret_thanks = run.closing != PN_CLOSED_NOT;
}

static void read_run(void *context, pn_stmt *q) {
    run_audit *r = context;
    int64_t status = pn_col_int(q, 6);
    bool active = status == PN_RUN_ACTIVE;
    r->runs->rows++;
    if (status < PN_RUN_ACTIVE || status > PN_RUN_CLOSED ||
        (!active && (pn_col_int(q, 7) != PN_WAIT_OVER || pn_col_int(q, 9) != PN_TIME_NEVER))) {
        pn_audit_disagree(r->auditor, r->runs, "Run %s has status %lld and still waits.",
                          run_name(r, pn_col_int(q, 1)), (long long)status);
    }
    bool thanks = false;
    check_memory(r, q, &thanks);
    r->places = pn_arena_grow(&r->auditor->scratch, r->places, r->place_count, &r->place_capacity,
                              sizeof *r->places);
    r->places[r->place_count++] = (run_place){.id = pn_col_int(q, 1),
                                              .account_id = pn_col_int(q, 2),
                                              .invoice_id = pn_col_int(q, 3),
                                              .parent_id = pn_col_int(q, 5),
                                              .active = active,
                                              .thanks = thanks};
    if (active) {
        check_active(r, q);
    }
}

static void read_invoice(void *context, pn_stmt *q) {
    run_audit *r = context;
    r->invoices = pn_arena_grow(&r->auditor->scratch, r->invoices, r->invoice_count,
                                &r->invoice_capacity, sizeof *r->invoices);
    r->invoices[r->invoice_count++] = (invoice_place){.id = pn_col_int(q, 1),
                                                      .account_id = pn_col_int(q, 2),
                                                      .run_id = pn_col_int(q, 3),
                                                      .claimable = pn_col_int(q, 4)};
}

static void read_poke(void *context, pn_stmt *q) {
    (void)q;
    ((run_audit *)context)->is_poked = true;
}

/* ── who works what ──────────────────────────────────────────────────────────────────────────── */

static int by_subject(const void *a, const void *b) {
    const run_place *x = a;
    const run_place *y = b;
    if (x->account_id != y->account_id) {
        return x->account_id < y->account_id ? -1 : 1;
    }
    if (x->invoice_id != y->invoice_id) {
        return x->invoice_id < y->invoice_id ? -1 : 1;
    }
    return (x->id > y->id) - (x->id < y->id);
}

/* Only the runs that lead: active, and no pill beside another. */
static size_t keep_leading(run_audit *r) {
    size_t kept = 0;
    for (size_t i = 0; i < r->place_count; i++) {
        if (r->places[i].active && r->places[i].parent_id == 0) {
            r->places[kept++] = r->places[i];
        }
    }
    pn_sort(r->places, kept, sizeof *r->places, by_subject, &r->auditor->scratch);
    return kept;
}

static const run_place *leading_of(const run_audit *r, size_t count, pn_id run_id) {
    for (size_t i = 0; i < count; i++) {
        if (r->places[i].id == run_id) {
            return &r->places[i];
        }
    }
    return NULL;
}

static const invoice_place *invoice_of(const run_audit *r, pn_id id) {
    for (size_t i = 0; i < r->invoice_count; i++) {
        if (r->invoices[i].id == id) {
            return &r->invoices[i];
        }
    }
    return NULL;
}

/* The next debt may have begun a run beside one that says thanks. */
static const run_place *rival_of(const run_audit *r, size_t index) {
    const run_place *run = &r->places[index];
    for (size_t i = index; i-- > 0;) {
        const run_place *other = &r->places[i];
        if (other->account_id != run->account_id || other->invoice_id != run->invoice_id) {
            break;
        }
        if (!other->thanks && !run->thanks) {
            return other;
        }
    }
    return NULL;
}

static void check_owners(run_audit *r) {
    size_t count = keep_leading(r);
    for (size_t i = 0; i < count; i++) {
        const run_place *run = &r->places[i], *rival = rival_of(r, i);
        const invoice_place *item = invoice_of(r, run->invoice_id);
        r->owners->rows++;
        if (rival != NULL) {
            pn_audit_disagree(r->auditor, r->owners, "Runs %s and %s work the same %s.",
                              run_name(r, rival->id), run_name(r, run->id),
                              run->invoice_id != 0 ? "invoice" : "account");
        } else if (run->invoice_id != 0 && (item == NULL || item->run_id != run->id)) {
            pn_audit_disagree(
                r->auditor, r->owners, "Run %s works invoice %s, which does not name it.",
                run_name(r, run->id),
                pn_audit_name(r->auditor, PN_ID_INVOICE, run->invoice_id, PN_STR_NONE));
        }
    }
    for (size_t i = 0; i < r->invoice_count; i++) {
        const invoice_place *item = &r->invoices[i];
        const run_place *run = item->run_id != 0 ? leading_of(r, count, item->run_id) : NULL;
        if (item->run_id != 0 && (run == NULL || run->invoice_id != item->id)) {
            pn_audit_disagree(r->auditor, r->owners,
                              "Invoice %s names run %s, which does not work it.",
                              pn_audit_name(r->auditor, PN_ID_INVOICE, item->id, PN_STR_NONE),
                              run_name(r, item->run_id));
        }
    }
}

/* ── all debtors ─────────────────────────────────────────────────────────────────────────────── */

static void forget_debtor(run_audit *r) {
    r->places = NULL;
    r->invoices = NULL;
    r->place_count = r->place_capacity = r->invoice_count = r->invoice_capacity = 0;
    r->is_poked = false;
    pn_arena_reset(&r->auditor->scratch);
}

static pn_err read_debtor(run_audit *r) {
    pn_auditor *a = r->auditor;
    PN_TRY(pn_audit_take(a, r->runs, &r->poked, r->debtor, read_poke, r));
    PN_TRY(pn_audit_take(a, r->owners, &r->invoice_rows, r->debtor, read_invoice, r));
    PN_TRY(pn_audit_take(a, r->runs, &r->run_rows, r->debtor, read_run, r));
    return r->err;
}

static pn_err open_rows(run_audit *r) {
    pn_auditor *a = r->auditor;
    PN_TRY(pn_audit_open(a,
                         "SELECT debtor_id, id, account_id, invoice_id, version_id, parent_id,"
                         " status, wait, node, wake_at, memory FROM run WHERE org_id = $1"
                         " ORDER BY debtor_id, id",
                         &r->run_rows));
    PN_TRY(pn_audit_open(a,
                         "SELECT debtor_id, id, account_id, run_id, claimable_minor FROM invoice"
                         " WHERE +org_id = $1 AND (closed = 0 OR run_id <> 0)"
                         " ORDER BY debtor_id, id",
                         &r->invoice_rows));
    return pn_audit_open(a,
                         "SELECT DISTINCT debtor_id FROM poke WHERE lane = (SELECT lane FROM"
                         " organization WHERE id = $1) ORDER BY debtor_id",
                         &r->poked);
}

static pn_err audit_debtors(run_audit *r) {
    pn_audit_cursor debtors;
    PN_TRY(open_rows(r));
    PN_TRY(
        pn_audit_open(r->auditor, "SELECT id FROM debtor WHERE org_id = $1 ORDER BY id", &debtors));
    while (debtors.live) {
        forget_debtor(r);
        r->debtor = pn_col_int(debtors.q, 0);
        PN_TRY(read_debtor(r));
        check_owners(r);
        PN_TRY(pn_audit_next(&debtors));
    }
    forget_debtor(r);
    r->debtor = INT64_MAX;
    return read_debtor(r);
}

pn_err pn_audit_runs(pn_auditor *auditor) {
    run_audit r = {.auditor = auditor, .now = pn_app_now(auditor->app)};
    r.runs = pn_audit_begin(auditor, "runs", "Runs stand on nodes that their versions have.");
    r.waits = pn_audit_begin(auditor, "waits", "Every open case has a wake-up or a reason.");
    r.owners = pn_audit_begin(auditor, "owners", "One run works an account, one an invoice.");
    r.zones = pn_audit_begin(auditor, "zones", "Wake zones cover every timer and are never late.");
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_err err =
        pn_zone_list(auditor->app->db, auditor->app->org.lane, &arena, &r.zone_list, &r.zone_count);
    if (err == PN_OK) {
        check_zone_list(&r);
        err = audit_debtors(&r);
    }
    if (err == PN_OK) {
        err = audit_queue(&r);
    }
    pn_arena_done(&arena);
    return err;
}
