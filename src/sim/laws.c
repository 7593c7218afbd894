/* What the laws say of how cases move. After each transaction of the engine every run is compared
 * with what it was before: it may have moved only where the rows, summed up again, permit that. */
#include "sim/sim_int.h"

#include <stdlib.h>

#include "base/banned.h"
#include "base/hash.h"
#include "core/cmd.h"
#include "core/run.h"

struct pn_sim_run {
    pn_id id, debtor, account, invoice, version, parent, anchor;
    pn_date anchor_due;
    pn_run_status status;
    pn_run_wait wait;
    uint32_t visit, cycle, jumps;
    bool closing, asked; /* a question or an offer of the node it stands on is out */
    bool wrote;          /* a message, in the transaction that is looked at */
    pn_time moment;      /* when it moved last, and how many nodes it entered then */
    uint32_t visits;
};

struct pn_sim_arm {
    pn_id debtor, strategy;
    uint64_t key, arm;
};

static bool works(const pn_sim_run *run) {
    return run->status == PN_RUN_ACTIVE && !run->closing;
}

/* ── what there is ───────────────────────────────────────────────────────────────────────────── */

static void read_run(pn_life *life, pn_stmt *q, pn_sim_run *run) {
    pn_run memory = {.id = 0};
    *run = (pn_sim_run){.id = pn_col_int(q, 0),
                        .debtor = pn_col_int(q, 1),
                        .account = pn_col_int(q, 2),
                        .invoice = pn_col_int(q, 3),
                        .version = pn_col_int(q, 4),
                        .parent = pn_col_int(q, 5),
                        .anchor = pn_col_int(q, 6),
                        .anchor_due = (pn_date)pn_col_int_or(q, 7, PN_DATE_NONE),
                        .status = (pn_run_status)pn_col_int(q, 8),
                        .wait = (pn_run_wait)pn_col_int(q, 9),
                        .visit = (uint32_t)pn_col_int(q, 10),
                        .cycle = (uint32_t)pn_col_int(q, 11)};
    if (pn_run_decode(pn_col_str(q, 12), &life->moving, &memory) != PN_OK) {
        pn_sim_broken(life, "a run remembers", "The memory of run %lld cannot be read.",
                      (long long)run->id);
    }
    run->jumps = memory.jumps;
    run->closing = memory.closing != PN_CLOSED_NOT;
    run->asked = memory.task_visit == run->visit;
}

static pn_sim_run *read_runs(pn_life *life, size_t *ret_count) {
    pn_sim_run *runs = NULL;
    size_t count = 0, capacity = 0;
    pn_stmt *q = pn_db_stmt(life->watch,
                            "SELECT id, debtor_id, account_id, invoice_id, version_id, parent_id,"
                            " anchor_item, anchor_due, status, wait, visit, cycle, memory FROM run"
                            " ORDER BY id");
    while (pn_row_next(q) == PN_OK) {
        if (count == capacity) {
            capacity = capacity * 2 + 64;
            runs = pn_realloc(runs, capacity * sizeof *runs);
        }
        read_run(life, q, &runs[count++]);
    }
    pn_stmt_reset(q);
    pn_arena_reset(&life->moving);
    *ret_count = count;
    return runs;
}

/* Both lists are ordered by id. */
static const pn_sim_run *before_of(const pn_life *life, const pn_sim_run *run, size_t *at) {
    while (*at < life->run_count && life->runs[*at].id < run->id) {
        (*at)++;
    }
    return *at < life->run_count && life->runs[*at].id == run->id ? &life->runs[*at] : NULL;
}

static void keep(pn_life *life, pn_sim_run *runs, size_t count) {
    free(life->runs);
    life->runs = runs;
    life->run_count = count;
    life->message_max =
        pn_sim_int(life->watch, "SELECT coalesce(max(id), 0) FROM message", 0, NULL, 0);
}

/* ── laws 1 and 3: when a case rests ─────────────────────────────────────────────────────────── */

static bool is_held(pn_life *life, const pn_sim_run *run, pn_time now) {
    int64_t bind[] = {run->debtor, run->id, now};
    return pn_sim_int(life->watch,
                      "SELECT count(*) FROM hold WHERE debtor_id = $1 AND run_id IN (0, $2) AND"
                      " released_at IS NULL AND since < $3 AND (until > $3 OR reason = 'reply')",
                      0, bind, 3) != 0;
}

/* What may be asked for of the invoices that the run works, before credit. */
static int64_t worked(pn_life *life, const pn_sim_run *run, pn_date today) {
    int64_t sum = 0;
    pn_stmt *q = pn_db_stmt(
        life->watch,
        "SELECT (SELECT coalesce(sum(l.amount_minor), 0) FROM ledger l WHERE l.debtor_id ="
        " i.debtor_id AND l.invoice_id = i.id) - " PN_SIM_HELD_BACK ", i.run_id FROM invoice"
        " i WHERE i.debtor_id = $1 AND i.account_id = $2 AND i.closed = 0 AND (i.id = $3 OR $3 = 0)"
        " AND (i.paid_reported_until IS NULL OR i.paid_reported_until < $4)");
    pn_bind_int(q, 1, run->debtor);
    pn_bind_int(q, 2, run->account);
    pn_bind_int(q, 3, run->invoice);
    pn_bind_int(q, 4, today);
    while (pn_row_next(q) == PN_OK) {
        bool elsewhere = run->invoice == 0 && pn_col_int(q, 1) != 0;
        sum += elsewhere ? 0 : PN_MAX(pn_col_int(q, 0), 0);
    }
    pn_stmt_reset(q);
    return sum;
}

static void check_rests(pn_life *life, const pn_sim_run *was, const pn_sim_run *run, pn_time now) {
    pn_date today = pn_zone_date(life->zone, now);
    uint32_t before = was != NULL ? was->visit : 0;
    bool moved = run->visit != before || run->wrote;
    bool goes_on = works(run) || run->status == PN_RUN_ENDED;
    if (!moved || !goes_on || run->parent != 0 || (was != NULL && !works(was))) {
        return;
    }
    if (is_held(life, run, now)) {
        pn_sim_broken(life, "law 3: a hold stops", "Run %lld went on from visit %u to %u, held.",
                      (long long)run->id, before, run->visit);
        return;
    }
    bool answered = was != NULL && was->asked && run->wait == PN_WAIT_AMOUNTS && !run->wrote &&
                    run->visit == before + 1;
    if (!answered && run->status == PN_RUN_ACTIVE &&
        (worked(life, run, today) <= 0 ||
         pn_sim_claimable(life, run->debtor, run->account, today) <= 0)) {
        pn_sim_broken(life, "law 1: the run sleeps while what is open is only held",
                      "Run %lld went on from visit %u to %u with nothing claimable.",
                      (long long)run->id, before, run->visit);
    }
}

/* ── law 2: the anchor ───────────────────────────────────────────────────────────────────────── */

/* The invoice can be asked for, and is the account's to work; where credit lies about, that is not
 * looked into. */
static bool still_anchors(pn_life *life, const pn_sim_run *run, pn_id item, pn_date today) {
    int64_t bind[] = {run->debtor, item, today, run->invoice, run->account};
    int64_t left = pn_sim_int(
        life->watch,
        "SELECT (SELECT coalesce(sum(l.amount_minor), 0) FROM ledger l WHERE l.debtor_id ="
        " i.debtor_id AND l.invoice_id = i.id) - (SELECT coalesce(sum(e.amount_minor), 0) FROM"
        " earmark e WHERE e.debtor_id = i.debtor_id AND e.invoice_id = i.id) FROM invoice i WHERE"
        " i.debtor_id = $1 AND i.id = $2 AND i.closed = 0 AND (i.id = $4 OR i.run_id = 0) AND"
        " (i.paid_reported_until IS NULL OR i.paid_reported_until < $3) AND NOT EXISTS (SELECT 1"
        " FROM payment p WHERE p.debtor_id = i.debtor_id AND p.account_id = $5 AND"
        " p.unapplied_minor <> 0)",
        0, bind, 5);
    return left > 0;
}

static void check_anchor(pn_life *life, const pn_sim_run *was, const pn_sim_run *run, pn_time now) {
    if (was == NULL || !works(was) || !works(run) || run->parent != 0 || was->anchor == 0) {
        return;
    }
    pn_date today = pn_zone_date(life->zone, now);
    if (run->anchor != was->anchor && still_anchors(life, run, was->anchor, today)) {
        pn_sim_broken(life, "law 2: only what closed or is held re-anchors",
                      "Run %lld left its anchor %lld, which may still be asked for.",
                      (long long)run->id, (long long)was->anchor);
    }
    bool later = run->anchor != was->anchor && run->anchor_due > was->anchor_due &&
                 was->visit != 0 && was->anchor_due != PN_DATE_NONE;
    if (later && run->cycle != was->cycle + 1) {
        pn_sim_broken(life, "law 2: a later anchor restarts the flow",
                      "Run %lld has a later anchor and is in cycle %u as before.",
                      (long long)run->id, run->cycle);
    }
    if (run->cycle != was->cycle && run->wrote) {
        pn_sim_broken(life, "law 2: nothing is sent when a later anchor restarts the flow",
                      "Run %lld began cycle %u and wrote at once.", (long long)run->id, run->cycle);
    }
}

/* ── laws 7, 8 and 9 ─────────────────────────────────────────────────────────────────────────── */

static void check_pinned(pn_life *life, const pn_sim_run *was, const pn_sim_run *run) {
    if (was != NULL && run->version != was->version && run->jumps == was->jumps) {
        pn_sim_broken(life, "law 8: versions are pinned",
                      "Run %lld changed from version %lld to %lld without a jump.",
                      (long long)run->id, (long long)was->version, (long long)run->version);
    }
}

static void check_breath(pn_life *life, const pn_sim_run *was, pn_sim_run *run, pn_time now) {
    enum { VISITS_MAX = 64 };
    uint32_t entered = run->visit - (was != NULL ? was->visit : 0);
    bool same = was != NULL && was->moment == now;
    run->moment = entered != 0 ? now : was != NULL ? was->moment : PN_TIME_NONE;
    run->visits = entered != 0 ? entered + (same ? was->visits : 0) : was != NULL ? was->visits : 0;
    if (entered != 0 && run->visits > VISITS_MAX) {
        pn_sim_broken(life, "law 9: loops breathe", "Run %lld entered %u nodes at one moment.",
                      (long long)run->id, run->visits);
    }
}

/* Law 7: an arm that was given stays. */
static void check_arms(pn_life *life) {
    pn_stmt *q =
        pn_db_stmt(life->watch, "SELECT debtor_id, strategy_id, split_key, arm FROM split_arm");
    while (pn_row_next(q) == PN_OK) {
        pn_sim_arm arm = {pn_col_int(q, 0), pn_col_int(q, 1), pn_hash64_str(pn_col_str(q, 2), 1),
                          pn_hash64_str(pn_col_str(q, 3), 2)};
        pn_sim_arm *known = NULL;
        for (size_t i = 0; i < life->arm_count && known == NULL; i++) {
            pn_sim_arm *each = &life->arms[i];
            bool same = each->debtor == arm.debtor && each->strategy == arm.strategy &&
                        each->key == arm.key;
            known = same ? each : NULL;
        }
        if (known != NULL && known->arm != arm.arm) {
            pn_sim_broken(life, "law 7: sticky arms", "Debtor %lld was given another arm.",
                          (long long)arm.debtor);
        }
        if (known == NULL) {
            if (life->arm_count == life->arm_capacity) {
                life->arm_capacity = life->arm_capacity * 2 + 32;
                life->arms = pn_realloc(life->arms, life->arm_capacity * sizeof *life->arms);
            }
            life->arms[life->arm_count++] = arm;
        }
    }
    pn_stmt_reset(q);
}

/* ── the moments at which they are looked at ─────────────────────────────────────────────────── */

/* Which of the runs wrote since; a neutral notice (law 3) is no word of the flow. */
static void note_writers(pn_life *life, pn_sim_run *runs, size_t count) {
    pn_stmt *q = pn_db_stmt(life->watch, "SELECT run_id FROM message WHERE id > $1 AND state IN (0,"
                                         " 1, 7) AND ordinal < $2");
    pn_bind_int(q, 1, life->message_max);
    pn_bind_int(q, 2, PN_NOTICE_ORDINAL);
    while (pn_row_next(q) == PN_OK) {
        for (size_t i = 0; i < count; i++) {
            runs[i].wrote = runs[i].wrote || runs[i].id == pn_col_int(q, 0);
        }
    }
    pn_stmt_reset(q);
}

void pn_sim_moved(pn_life *life) {
    size_t count = 0, at = 0;
    if (life->watch == NULL || life->broken) {
        return;
    }
    pn_time now = pn_app_now(life->app);
    pn_sim_run *runs = read_runs(life, &count);
    note_writers(life, runs, count);
    for (size_t i = 0; i < count && !life->broken; i++) {
        const pn_sim_run *was = before_of(life, &runs[i], &at);
        check_pinned(life, was, &runs[i]);
        check_breath(life, was, &runs[i], now);
        check_rests(life, was, &runs[i], now);
        check_anchor(life, was, &runs[i], now);
    }
    check_arms(life);
    keep(life, runs, count);
}

void pn_sim_look_again(pn_life *life) {
    size_t count = 0;
    if (life->watch != NULL && !life->broken) {
        pn_sim_run *runs = read_runs(life, &count);
        keep(life, runs, count);
    }
}

void pn_sim_check_pinned(pn_life *life) {
    size_t count = 0, at = 0;
    if (life->watch == NULL || life->broken || pn_fault_happened()) {
        return;
    }
    pn_sim_run *runs = read_runs(life, &count);
    for (size_t i = 0; i < count && !life->broken; i++) {
        check_pinned(life, before_of(life, &runs[i], &at), &runs[i]);
    }
    free(runs);
}
