/* What must hold whenever the world is at rest, and at the end of a day. */
#include "sim/sim_int.h"

#include <stdio.h>

#include "app/audit.h"
#include "app/replay.h"
#include "base/banned.h"
#include "store/run.h"

/* A statement that must find nothing. Its parameters are the organization's id and its time. */
typedef struct {
    const char *law, *what, *sql;
} emptiness;

/* The server of the message's channel refused our sender. What waits for that, thanks too, is
 * looked at again within six hours; what waits for a server that is away, within two. */
#define PAUSED                                                                                     \
    "SELECT 1 FROM channel_setting c WHERE c.org_id = m.org_id AND c.channel = m.channel AND"      \
    " c.paused_reason <> ''"

/* Run states: 0 active. Waits: 2 message, 4 task, 6 amounts, 7 hold. Message states: 0 queued, 1
 * sending, 7 held, 8 uncertain. */
static const emptiness AT_REST[] = {
    {"every open case has a wake-up or a reason", "a run that should have woken",
     "SELECT r.id FROM run r WHERE r.org_id = $1 AND r.status = 0 AND r.wake_at <= $2"},
    {"every open case has a wake-up or a reason", "a run that waits for a message that is no more",
     "SELECT r.id FROM run r WHERE r.org_id = $1 AND r.status = 0 AND r.wait = 2 AND r.wake_at >="
     " 9223372036854775807 AND $2 >= 0 AND NOT EXISTS (SELECT 1 FROM message m WHERE m.debtor_id ="
     " r.debtor_id AND m.run_id = r.id AND m.state IN (0, 1, 7, 8))"},
    {"every open case has a wake-up or a reason", "a run that waits for a task that is no more",
     "SELECT r.id FROM run r WHERE r.org_id = $1 AND r.status = 0 AND r.wait = 4 AND $2 >= 0 AND"
     " NOT EXISTS (SELECT 1 FROM task t WHERE t.debtor_id = r.debtor_id AND t.run_id = r.id AND"
     " t.state = 0)"},
    {"every open case has a wake-up or a reason", "a run that waits for amounts that are claimable",
     "SELECT r.id FROM run r JOIN account a ON a.debtor_id = r.debtor_id AND a.id = r.account_id"
     " WHERE r.org_id = $1 AND r.status = 0 AND r.wait = 6 AND r.invoice_id = 0 AND r.parent_id ="
     " 0 AND a.claimable_minor > 0 AND $2 >= 0 AND NOT EXISTS (SELECT 1 FROM invoice i WHERE"
     " i.debtor_id = r.debtor_id AND i.account_id = r.account_id AND i.run_id <> 0)"},
    {"every open case has a wake-up or a reason", "a run that is held by nothing",
     "SELECT r.id FROM run r WHERE r.org_id = $1 AND r.status = 0 AND r.wait = 7 AND r.wake_at >="
     " 9223372036854775807 AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.debtor_id = r.debtor_id"
     " AND h.released_at IS NULL AND h.until > $2)"},
    {"every open case has a wake-up or a reason", "a run without wake-up that says no reason",
     "SELECT r.id FROM run r WHERE r.org_id = $1 AND r.status = 0 AND $2 >= 0 AND r.wake_at >="
     " 9223372036854775807 AND r.wait NOT IN (2, 4, 6, 7)"},
    {"every open case has a wake-up or a reason", "a message that is due and was left",
     "SELECT m.id FROM message m WHERE m.org_id = $1 AND m.state = 0 AND m.not_before <= $2 AND NOT"
     " EXISTS (SELECT 1 FROM wake_zone z, debtor d WHERE d.id = m.debtor_id AND z.first_debtor <="
     " m.debtor_id AND z.last_debtor >= m.debtor_id AND z.deliver_at > $2 AND z.deliver_at <"
     " 9223372036854775807)"},
    {"every open case has a wake-up or a reason", "a message that no zone will wake",
     "SELECT m.id FROM message m WHERE m.org_id = $1 AND m.state = 0 AND $2 >= 0 AND NOT EXISTS"
     " (SELECT 1 FROM wake_zone z WHERE z.first_debtor <= m.debtor_id AND z.last_debtor >="
     " m.debtor_id AND z.deliver_at <= CASE WHEN m.not_before > $2 THEN m.not_before WHEN EXISTS"
     " (" PAUSED ") THEN $2 + 21600000000 ELSE $2 + 7200000000 END)"},
    {"every open case has a wake-up or a reason", "a message left in sending",
     "SELECT m.id FROM message m WHERE m.org_id = $1 AND m.state = 1 AND $2 >= 0"},
    {"every open case has a wake-up or a reason", "a run that no zone will wake",
     "SELECT r.id FROM run r WHERE r.org_id = $1 AND r.status = 0 AND r.wake_at <"
     " 9223372036854775807 AND $2 >= 0 AND NOT EXISTS (SELECT 1 FROM wake_zone z WHERE"
     " z.first_debtor <= r.debtor_id AND z.last_debtor >= r.debtor_id AND z.wake_at <= r.wake_at)"},
    {"every open case has a wake-up or a reason", "a debtor whose timer is over",
     "SELECT d.id FROM debtor d WHERE d.org_id = $1 AND d.wake_at <= $2"},
    {"law 1: paid means stop", "a demand that waits although all is paid",
     "SELECT m.id FROM message m JOIN run r ON r.debtor_id = m.debtor_id AND r.id = m.run_id JOIN"
     " account a ON a.debtor_id = r.debtor_id AND a.id = r.account_id WHERE m.org_id = $1 AND"
     " m.state = 0 AND r.status = 0 AND a.open_items = 0 AND r.parent_id = 0 AND m.not_before <="
     " $2 AND NOT EXISTS (" PAUSED ")"},
    {"law 1: at zero the case closes", "a run that goes on with nothing open",
     "SELECT r.id FROM run r JOIN account a ON a.debtor_id = r.debtor_id AND a.id = r.account_id"
     " WHERE r.org_id = $1 AND r.status = 0 AND r.parent_id = 0 AND a.open_items = 0 AND r.wait IN"
     " (6) AND $2 >= 0"},
    {"no message twice", "a visit with two messages that left",
     "SELECT min(m.id) FROM message m WHERE m.org_id = $1 AND m.state IN (2, 3) AND $2 >= 0 GROUP"
     " BY m.debtor_id, m.run_id, m.visit, m.ordinal HAVING count(*) > 1"},
    {"no charge twice", "an invoice with two fees",
     "SELECT min(l.invoice_id) FROM ledger l WHERE l.org_id = $1 AND l.kind = 3 AND $2 >= 0 GROUP"
     " BY l.debtor_id, l.invoice_id HAVING sum(CASE WHEN l.reverses_id = 0 THEN 1 ELSE -1 END) >"
     " 1"},
    {"no charge twice", "an invoice with a span of interest twice",
     "SELECT min(l.invoice_id) FROM ledger l WHERE l.org_id = $1 AND l.kind = 4 AND $2 >= 0 AND"
     " l.reverses_id = 0 AND NOT EXISTS (SELECT 1 FROM ledger b WHERE b.debtor_id = l.debtor_id AND"
     " b.invoice_id = l.invoice_id AND b.reverses_id = l.id) GROUP BY l.debtor_id, l.invoice_id,"
     " l.note HAVING count(*) > 1"},
    {"money is conserved", "a payment booked for more than came",
     "SELECT p.id FROM payment p WHERE p.org_id = $1 AND $2 >= 0 AND p.amount_minor < (SELECT"
     " -coalesce(sum(l.amount_minor), 0) FROM ledger l WHERE l.debtor_id = p.debtor_id AND"
     " l.payment_id = p.id AND l.kind = 1)"},
    {"money is conserved", "a payment of which a part is nowhere",
     "SELECT p.id FROM payment p WHERE p.org_id = $1 AND $2 >= 0 AND p.reversed_at IS NULL AND"
     " p.amount_minor <> p.unapplied_minor - (SELECT coalesce(sum(l.amount_minor), 0) FROM ledger"
     " l WHERE l.debtor_id = p.debtor_id AND l.payment_id = p.id AND l.kind = 1)"},
    {"money is conserved", "an invoice that swallowed what it was overpaid",
     "SELECT min(l.invoice_id) FROM ledger l WHERE l.org_id = $1 AND $2 >= 0 GROUP BY l.debtor_id,"
     " l.invoice_id HAVING sum(l.amount_minor) < 0"},
    {"law 13: a promise is judged by what came", "a promise that was judged wrongly",
     "SELECT p.id FROM promise p WHERE p.org_id = $1 AND $2 >= 0 AND ((p.state = 1 AND"
     " p.paid_minor * 100 < p.amount_minor * 95) OR (p.state = 2 AND p.paid_minor * 100 >="
     " p.amount_minor * 95))"},
    {"law 13: money counts for one promise", "an account with promises that had more than came",
     "SELECT min(p.account_id) FROM promise p WHERE p.org_id = $1 AND $2 >= 0 AND p.state IN (1, 2)"
     " GROUP BY p.debtor_id, p.account_id HAVING sum(p.paid_minor) > (SELECT"
     " -coalesce(sum(l.amount_minor), 0) FROM ledger l JOIN invoice i ON i.debtor_id = l.debtor_id"
     " AND i.id = l.invoice_id WHERE l.debtor_id = p.debtor_id AND i.account_id = p.account_id AND"
     " l.kind = 1 AND l.reverses_id = 0)"},
    {"law 13: a promise is judged in time", "a promise broken within its three bank days",
     "SELECT p.id FROM promise p WHERE p.org_id = $1 AND $2 >= 0 AND p.state = 2 AND p.judged_at <"
     " (p.due + 3) * 86400000000"},
    {"law 13: a promise is judged in time", "a promise that nobody judged for twelve days",
     "SELECT p.id FROM promise p WHERE p.org_id = $1 AND p.state = 0 AND (p.due + 12) *"
     " 86400000000 < $2 AND p.made_at < $2 - 1036800000000 AND NOT EXISTS (SELECT 1 FROM creditor c"
     " WHERE c.statement_through < p.due + 12)"},
    {"law 12: everything explains itself", "a message that ended without a reason",
     "SELECT m.id FROM message m WHERE m.org_id = $1 AND $2 >= 0 AND m.state IN (5, 6) AND m.reason"
     " = ''"},
    {"law 11: one bad address", "an address that bounced without a task to find another",
     "SELECT c.id FROM contact c JOIN debtor d ON d.id = c.debtor_id WHERE c.org_id = $1 AND $2 >="
     " 0 AND c.state = 1 AND d.archived_at IS NULL AND NOT EXISTS (SELECT 1 FROM task t WHERE"
     " t.debtor_id = c.debtor_id AND t.run_id = 0)"},
};

/* An invoice, or what an account has besides, is worked by one run; one that merely says thanks may
 * stand beside it. */
static void check_one_run(pn_life *life) {
    pn_run_row before = {.run = {.account_id = 0}}, row;
    pn_id ids[1024];
    size_t count = 0;
    pn_stmt *q = pn_db_stmt(life->watch, "SELECT id FROM run WHERE status = 0 AND parent_id = 0"
                                         " ORDER BY debtor_id, account_id, invoice_id");
    while (pn_row_next(q) == PN_OK && count < PN_COUNT(ids)) {
        ids[count++] = pn_col_int(q, 0);
    }
    pn_stmt_reset(q);
    for (size_t i = 0; i < count; i++) {
        if (pn_run_get(life->watch, ids[i], &life->scratch, &row) != PN_OK ||
            !pn_run_working(&row.run)) {
            continue;
        }
        if (before.run.account_id == row.run.account_id &&
            before.run.invoice_id == row.run.invoice_id) {
            pn_sim_broken(life, "one case at a time", "Runs %lld and %lld work the same account.",
                          (long long)before.run.id, (long long)row.run.id);
        }
        before = row;
    }
}

void pn_sim_check_rest(pn_life *life) {
    int64_t bind[] = {life->app->org.id, life->app->org.clock};
    for (size_t i = 0; i < PN_COUNT(AT_REST) && !life->broken; i++) {
        int64_t id = pn_sim_int(life->watch, AT_REST[i].sql, 0, bind, 2);
        if (id != 0) {
            pn_sim_broken(life, AT_REST[i].law, "There is %s: %lld.", AT_REST[i].what,
                          (long long)id);
        }
    }
    if (!life->broken) {
        check_one_run(life);
    }
}

/* ── the bank's books and ours ───────────────────────────────────────────────────────────────── */

static void check_payment(pn_life *life, const pn_sim_payment *payment) {
    pn_stmt *q = pn_db_stmt(life->watch, "SELECT amount_minor, reversed_at FROM payment WHERE"
                                         " external_id = $1");
    pn_bind_str(q, 1, pn_str_of(payment->key));
    bool there = pn_row_next(q) == PN_OK;
    int64_t amount = there ? pn_col_int(q, 0) : 0;
    bool reversed = there && !pn_col_null(q, 1);
    pn_stmt_reset(q);
    if (payment->told && !there) {
        pn_sim_broken(life, "what was acknowledged is there", "Payment %s is gone.", payment->key);
    } else if (there && amount != payment->minor) {
        pn_sim_broken(life, "money is conserved", "Payment %s is %lld, not %lld.", payment->key,
                      (long long)amount, (long long)payment->minor);
    } else if (payment->returned && !reversed) {
        pn_sim_broken(life, "what was acknowledged is there", "Payment %s was taken back.",
                      payment->key);
    } else if (reversed && !payment->maybe_returned) {
        pn_sim_broken(life, "money is conserved", "Nobody took payment %s back.", payment->key);
    }
}

/* An import that is undone takes its payments with it, so only those that nobody undid. */
static void check_bank(pn_life *life) {
    bool undone = pn_sim_int(life->watch, "SELECT count(*) FROM import WHERE undone_at IS NOT NULL",
                             0, NULL, 0) != 0;
    for (size_t i = 0; i < life->payment_count && !life->broken && !undone; i++) {
        check_payment(life, &life->payments[i]);
    }
    int64_t strange = pn_sim_int(life->watch,
                                 "SELECT count(*) FROM payment p WHERE p.external_id IS NULL AND"
                                 " NOT EXISTS (SELECT 1 FROM instrument n WHERE n.payment_id ="
                                 " p.id)",
                                 0, NULL, 0);
    if (strange != 0) {
        pn_sim_broken(life, "law 10: only the bank brings money",
                      "There are %lld payments that the bank does not know.", (long long)strange);
    }
    int64_t entries = pn_sim_int(life->watch, "SELECT count(*) FROM ledger", 0, NULL, 0);
    if (entries < life->entries && !undone) {
        pn_sim_broken(life, "the ledger only grows", "It had %lld entries and has %lld.",
                      (long long)life->entries, (long long)entries);
    }
    life->entries = entries;
}

/* ── what the mail servers took and what the database says ───────────────────────────────────── */

/* Law 5: the highest tone that was received for an invoice is remembered, for the next is measured
 * by it. */
static void check_received(pn_life *life, const pn_sim_mail *mail) {
    for (size_t i = 0; i < mail->item_count && mail->demand; i++) {
        int64_t bind[] = {mail->item_debtors[i], mail->items[i]};
        int64_t tone = pn_sim_int(life->watch,
                                  "SELECT tone_received FROM invoice WHERE debtor_id = $1 AND id ="
                                  " $2",
                                  99, bind, 2);
        if (tone < mail->tone) {
            pn_sim_broken(life, "law 5: what was received is remembered",
                          "%s received tone %u for invoice %lld, which remembers %lld.",
                          mail->address, mail->tone, (long long)mail->items[i], (long long)tone);
        }
    }
}

static void check_mails(pn_life *life) {
    for (size_t i = 0; i < life->mail_count && !life->broken; i++) {
        int64_t id[] = {life->mails[i].carrier};
        int64_t state =
            pn_sim_int(life->watch, "SELECT state FROM carrier WHERE id = $1", -1, id, 1);
        if (state != PN_MESSAGE_SENT && state != PN_MESSAGE_DELIVERED &&
            state != PN_MESSAGE_BOUNCED && state != PN_MESSAGE_UNCERTAIN) {
            pn_sim_broken(life, "what left is known to have left",
                          "Carrier %lld was taken for %s, and its state is %lld.", (long long)id[0],
                          life->mails[i].address, (long long)state);
        }
        if (state == PN_MESSAGE_SENT || state == PN_MESSAGE_DELIVERED) {
            check_received(life, &life->mails[i]);
        }
    }
    int64_t left = pn_sim_int(life->watch,
                              "SELECT count(*) FROM carrier WHERE state IN (2, 3) OR (state = 4 AND"
                              " EXISTS (SELECT 1 FROM attempt a WHERE a.carrier_id = carrier.id AND"
                              " a.outcome = 0))",
                              0, NULL, 0);
    if (left > (int64_t)life->mail_count) {
        pn_sim_broken(life, "what is said to have left has left",
                      "%lld messages are said to have left; the servers took %zu.", (long long)left,
                      life->mail_count);
    }
}

/* ── the day ─────────────────────────────────────────────────────────────────────────────────── */

static void audit(pn_life *life) {
    pn_audit_report report;
    pn_fault_rest(true);
    pn_err err = pn_audit(life->app, &life->scratch, &report, &life->diag);
    pn_fault_rest(false);
    life->result->audits++;
    if (err != PN_OK) {
        pn_sim_broken(life, "audit agrees", "The audit cannot read: %s.", pn_err_name(err));
        return;
    }
    for (size_t i = 0; i < report.count; i++) {
        if (report.checks[i].disagreements != 0) {
            pn_sim_broken(life, "audit agrees", "%s: %.*s", report.checks[i].name,
                          PN_STR_ARG(report.checks[i].shown[0]));
        }
    }
}

/* What was decided is decided alike once more, from the rows alone. */
static void replay(pn_life *life) {
    pn_replay_request request = {.from = INT64_MIN, .until = PN_TIME_NEVER, .list_max = 1};
    pn_replay_report report;
    pn_fault_rest(true);
    pn_err err = pn_replay(life->app, &request, &life->scratch, &report, &life->diag);
    pn_fault_rest(false);
    if (err != PN_OK) {
        pn_sim_broken(life, "replay equal", "The replay cannot read: %s.", pn_err_name(err));
    } else if (report.different != 0) {
        const pn_replay_difference *first = &report.list[0];
        pn_sim_broken(life, "replay equal",
                      "%lld decisions differ; run %lld at %lld (%s, %.*s): %.*s was recorded, and"
                      " now it is %.*s.",
                      (long long)report.different, (long long)first->run_id, (long long)first->at,
                      pn_decision_name(first->kind), PN_STR_ARG(first->why),
                      PN_STR_ARG(first->recorded), PN_STR_ARG(first->now));
    }
}

void pn_sim_check_day(pn_life *life, bool last) {
    check_bank(life);
    check_mails(life);
    if (!life->broken && (last || life->day % life->history->audit_days == 0)) {
        audit(life);
    }
    if (!life->broken && last && !life->history->unreplayed) {
        replay(life);
    }
    life->result->case_days +=
        pn_sim_int(life->watch, "SELECT count(*) FROM account WHERE open_items > 0", 0, NULL, 0);
    if (last) {
        life->result->invoices =
            pn_sim_int(life->watch, "SELECT count(*) FROM invoice", 0, NULL, 0);
        life->result->payments =
            pn_sim_int(life->watch, "SELECT count(*) FROM payment", 0, NULL, 0);
    }
}

/* ── the hash of all that happened ───────────────────────────────────────────────────────────── */

static uint64_t hash_rows(pn_db *db, const char *sql, uint64_t hash) {
    pn_stmt *q = NULL;
    if (pn_db_prepare(db, sql, &q, NULL) != PN_OK) {
        return hash;
    }
    while (pn_row_next(q) == PN_OK) {
        for (int i = 0; i < pn_col_count(q); i++) {
            pn_col_kind kind = pn_col_kind_of(q, i);
            if (kind == PN_COL_INT) {
                hash = pn_mix64(hash ^ (uint64_t)pn_col_int(q, i));
            } else if (kind != PN_COL_NULL) {
                hash = pn_hash64_str(pn_col_str(q, i), hash);
            }
        }
    }
    pn_stmt_free(q);
    return hash;
}

uint64_t pn_sim_hash(pn_life *life) {
    uint64_t hash = hash_rows(life->watch, "SELECT id, at, kind, hash, body FROM event ORDER BY id",
                              life->history->seed);
    hash = hash_rows(life->watch, "SELECT id, state, settled_at, reason FROM message ORDER BY id",
                     hash);
    hash = hash_rows(life->watch,
                     "SELECT id, state, address, tone, subject, hash FROM carrier ORDER"
                     " BY id",
                     hash);
    hash = hash_rows(life->watch, "SELECT id, amount_minor, at FROM ledger ORDER BY id", hash);
    for (size_t i = 0; i < life->mail_count; i++) {
        hash = pn_mix64(hash ^ (uint64_t)life->mails[i].carrier ^ (uint64_t)life->mails[i].at);
    }
    return hash;
}
