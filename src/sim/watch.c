/* At each message that is stored for sending: what the laws say about this moment, computed from
 * the rows again, by statements that the engine does not use. */
#include "sim/sim_int.h"

#include <stdio.h>

#include "base/banned.h"

typedef struct {
    pn_id id, debtor, creditor;
    int64_t attempts, day;
    unsigned tone;
    bool demand;
    char address[100];
} leaving;

static bool seen(pn_life *life, const leaving *c) {
    for (size_t i = life->seen_count; i-- > 0;) {
        if (life->seen[i].carrier == c->id && life->seen[i].attempt == c->attempts) {
            return true;
        }
    }
    if (life->seen_count == life->seen_capacity) {
        life->seen_capacity = life->seen_capacity * 2 + 256;
        life->seen = pn_realloc(life->seen, life->seen_capacity * sizeof *life->seen);
    }
    life->seen[life->seen_count++] = (pn_sim_seen){c->id, c->attempts};
    return false;
}

/* What may be asked for of an account: what is open by its ledger, less what is promised, disputed,
 * planned or on its way, less credit. */
int64_t pn_sim_claimable(pn_life *life, pn_id debtor, pn_id account, pn_date today) {
    int64_t sum = 0;
    pn_stmt *q = pn_db_stmt(
        life->watch,
        "SELECT (SELECT coalesce(sum(l.amount_minor), 0) FROM ledger l WHERE l.debtor_id ="
        " i.debtor_id AND l.invoice_id = i.id) - " PN_SIM_HELD_BACK " FROM invoice i WHERE"
        " i.debtor_id = $1 AND i.account_id = $2 AND i.closed = 0 AND (i.paid_reported_until IS"
        " NULL OR i.paid_reported_until < $3)");
    pn_bind_int(q, 1, debtor);
    pn_bind_int(q, 2, account);
    pn_bind_int(q, 3, today);
    while (pn_row_next(q) == PN_OK) {
        sum += PN_MAX(pn_col_int(q, 0), 0);
    }
    pn_stmt_reset(q);
    int64_t credit = pn_sim_int(life->watch,
                                "SELECT coalesce(sum(p.amount_minor), 0) + (SELECT"
                                " coalesce(sum(l.amount_minor), 0) FROM ledger l JOIN invoice i ON"
                                " i.debtor_id = l.debtor_id AND i.id = l.invoice_id WHERE"
                                " l.debtor_id = $1 AND i.account_id = $2 AND l.payment_id <> 0 AND"
                                " l.kind = 1) FROM payment p WHERE p.debtor_id = $1 AND"
                                " p.account_id = $2 AND p.reversed_at IS NULL",
                                0, (const int64_t[]){debtor, account}, 2);
    return sum - PN_MAX(credit, 0);
}

/* Law 1, for each of the messages that leave together. */
static void check_claimable(pn_life *life, const leaving *c, pn_date today) {
    pn_stmt *q = pn_db_stmt(life->watch, "SELECT m.id, m.debtor_id, r.account_id, r.id, r.parent_id"
                                         " FROM message m JOIN run r ON r.debtor_id = m.debtor_id"
                                         " AND r.id = m.run_id WHERE m.carrier_id = $1");
    pn_bind_int(q, 1, c->id);
    while (pn_row_next(q) == PN_OK) {
        pn_id debtor = pn_col_int(q, 1), account = pn_col_int(q, 2);
        int64_t claimable = pn_sim_claimable(life, debtor, account, today);
        bool pill = pn_col_int(q, 4) != 0; /* some speak of what is held */
        if (claimable <= 0 && !pill) {
            pn_sim_broken(life, "law 1: paid means stop",
                          "A demand for %s leaves with nothing claimable (%lld).", c->address,
                          (long long)claimable);
        }
    }
    pn_stmt_reset(q);
}

/* Laws 3 and 11, and who must not be contacted. */
static void check_debtor(pn_life *life, const leaving *c, pn_time now, pn_date today) {
    int64_t by_debtor[] = {c->debtor, now, c->id};
    if (pn_sim_int(life->watch, /* a pill may answer the reply that stopped the rest */
                   "SELECT count(*) FROM hold WHERE debtor_id = $1 AND released_at IS NULL AND"
                   " run_id = 0 AND until > $2 AND NOT (reason = 'reply' AND EXISTS (SELECT 1 FROM"
                   " message m JOIN run r ON r.debtor_id = m.debtor_id AND r.id = m.run_id WHERE"
                   " m.carrier_id = $3 AND r.parent_id <> 0))",
                   0, by_debtor, 3) != 0) {
        pn_sim_broken(life, "law 3: a hold stops", "A demand for %s leaves during a hold.",
                      c->address);
    }
    int64_t by_day[] = {c->debtor, today};
    if (pn_sim_int(life->watch,
                   "SELECT count(*) FROM debtor WHERE id = $1 AND (archived_at IS NOT NULL OR"
                   " (barred_reason <> '' AND (barred_until IS NULL OR barred_until >= $2)))",
                   0, by_day, 2) != 0) {
        pn_sim_broken(life, "the gate: who is excluded is not contacted",
                      "A demand for %s leaves, and its debtor is excluded or erased.", c->address);
    }
    pn_stmt *q = pn_db_stmt(life->watch, "SELECT state FROM contact WHERE debtor_id = $1 AND"
                                         " channel = 1 AND address = $2");
    pn_bind_int(q, 1, c->debtor);
    pn_bind_str(q, 2, pn_str_of(c->address));
    if (pn_row_next(q) == PN_OK && pn_col_int(q, 0) != 0) {
        pn_sim_broken(life, "law 11: a bad address is not used",
                      "A demand leaves for %s, which bounced, is invalid or opted out.",
                      c->address);
    }
    pn_stmt_reset(q);
}

static bool is_holiday(pn_date day) {
    static const uint8_t NATIONAL[][2] = {{1, 1},  {1, 6},  {5, 1},  {8, 15}, {10, 12},
                                          {11, 1}, {12, 6}, {12, 8}, {12, 25}};
    pn_civil civil = pn_date_civil(day);
    for (size_t i = 0; i < PN_COUNT(NATIONAL); i++) {
        if (civil.month == NATIONAL[i][0] && civil.day == NATIONAL[i][1]) {
            return true;
        }
    }
    return false;
}

static pn_date last_sunday(int32_t year, unsigned month) {
    pn_date day = pn_date_month_end(pn_date_of(year, month, 1));
    return day - (pn_date)((pn_date_weekday(day) + 1) % 7);
}

/* Madrid's wall clock, by the Union's rule (directive 2000/84/EC) and not by the zone's file. */
static pn_time wall_of(pn_time at) {
    pn_civil civil = pn_date_civil((pn_date)(at / PN_DAY));
    bool summer = at >= last_sunday(civil.year, 3) * PN_DAY + PN_HOUR &&
                  at < last_sunday(civil.year, 10) * PN_DAY + PN_HOUR;
    return at + (summer ? 2 : 1) * PN_HOUR;
}

/* The gate of Spain: working days, nine to nine, by the debtor's wall clock. */
static void check_hours(pn_life *life, const leaving *c, pn_time now) {
    pn_date day = (pn_date)(wall_of(now) / PN_DAY);
    int64_t second = wall_of(now) % PN_DAY / PN_SECOND;
    unsigned weekday = pn_date_weekday(day);
    bool open = second >= 9 * 3600 && second < 21 * 3600;
    if (!open || weekday >= 5 || is_holiday(day)) {
        char date[PN_DATE_ISO_SIZE];
        pn_sim_broken(life, "the gate: hours", "A demand for %s leaves on %s at %02lld:%02lld.",
                      c->address, pn_date_iso(day, date), (long long)second / 3600,
                      (long long)second / 60 % 60);
    }
}

/* Caps and gaps, law 6 and law 5, from what the mail servers took. */
static void check_before(pn_life *life, const leaving *c, pn_time now) {
    pn_date day = (pn_date)(wall_of(now) / PN_DAY);
    int week = 0;
    unsigned highest = 0;
    pn_time last_high = 0;
    for (size_t i = 0; i < life->mail_count; i++) {
        const pn_sim_mail *mail = &life->mails[i];
        if (!mail->demand || mail->debtor != c->debtor) {
            continue;
        }
        week += mail->day > day - 7;
        if (mail->creditor == c->creditor && mail->day == day &&
            strcmp(mail->address, c->address) == 0) {
            pn_sim_broken(life, "law 6: one voice", "Two demands for %s on one day.", c->address);
        }
        if (now - mail->at < 4 * PN_HOUR) {
            pn_sim_broken(life, "the gate: gaps", "A demand for %s %lld minutes after another.",
                          c->address, (long long)((now - mail->at) / PN_MINUTE));
        }
        if (mail->tone >= highest) {
            last_high = mail->tone > highest ? mail->at : PN_MIN(last_high, mail->at);
            highest = mail->tone;
        }
    }
    if (week >= 4) {
        pn_sim_broken(life, "the gate: caps", "A fifth demand for %s in seven days.", c->address);
    }
    if (c->tone > highest + 1) {
        pn_sim_broken(life, "law 5: tone climbs by steps",
                      "%s has received tone %u, and %u leaves.", c->address, highest, c->tone);
    }
    if (c->tone == highest + 1 && highest != 0 && now - last_high < 6 * PN_DAY) {
        pn_sim_broken(life, "law 5: five business days between tones",
                      "%s received tone %u %lld hours ago, and %u leaves.", c->address, highest,
                      (long long)((now - last_high) / PN_HOUR), c->tone);
    }
}

/* Law 4: past the next stage a message is no more. */
static void check_late(pn_life *life, const leaving *c, pn_time now) {
    int64_t bind[] = {c->id, now};
    if (pn_sim_int(life->watch,
                   "SELECT count(*) FROM message WHERE carrier_id = $1 AND supersede_at <= $2", 0,
                   bind, 2) != 0) {
        pn_sim_broken(life, "law 4: late is not a salvo",
                      "A demand for %s leaves after its next stage has come.", c->address);
    }
}

/* What the strongest of a debtor's messages was written for; what leaves is kept in its row. 0
 * where messages of others go with them. */
static int64_t wanted_tone(pn_life *life, const leaving *c) {
    pn_stmt *q = pn_db_stmt(life->watch, "SELECT facts FROM carrier WHERE id = $1 AND NOT EXISTS"
                                         " (SELECT 1 FROM message m WHERE m.carrier_id = $1 AND"
                                         " m.debtor_id <> $2)");
    pn_bind_int(q, 1, c->id);
    pn_bind_int(q, 2, c->debtor);
    int64_t wanted = 0;
    pn_json *facts = NULL;
    pn_diag diag = {0};
    if (pn_row_next(q) == PN_OK &&
        pn_json_parse(pn_col_str(q, 0), NULL, &life->scratch, &facts, &diag) == PN_OK) {
        const pn_json *messages = pn_json_field(facts, "messages");
        for (size_t i = 0; messages != NULL && i < messages->count; i++) {
            int64_t tone = pn_json_int(pn_json_field(&messages->items[i], "tone"), 0);
            wanted = PN_MAX(wanted, tone);
        }
    }
    pn_stmt_reset(q);
    return wanted;
}

/* Laws 5 and 6: the strongest tone that every invoice in question permits, and no lower one; those
 * of the cases that speak, or all of the debtor's where an account's case does. Five business days
 * are over after twelve days, whatever the holidays. */
static void check_strongest(pn_life *life, const leaving *c, pn_date today) {
    int64_t wanted = wanted_tone(life, c);
    int64_t by_debtor[] = {c->debtor, c->creditor, today - 12, c->id};
    int64_t permitted = pn_sim_int(
        life->watch,
        "SELECT min(CASE WHEN tone_received = 0 THEN 1 WHEN tone_on <= $3 THEN tone_received + 1"
        " ELSE tone_received END) FROM invoice WHERE debtor_id = $1 AND creditor_id = $2 AND closed"
        " = 0 AND EXISTS (SELECT 1 FROM message m JOIN run r ON r.id = m.run_id AND r.debtor_id ="
        " m.debtor_id WHERE m.carrier_id = $4 AND m.debtor_id = $1 AND (r.invoice_id = 0 OR"
        " r.invoice_id = invoice.id))",
        0, by_debtor, 4);
    if ((int64_t)c->tone < PN_MIN(wanted, permitted)) {
        pn_sim_broken(life, "law 5: tone climbs",
                      "Tone %lld is wanted for %s and %lld is permitted, and %u leaves.",
                      (long long)wanted, c->address, (long long)permitted, c->tone);
    }
}

static void check_leaving(pn_life *life, const leaving *c) {
    pn_time now = pn_app_now(life->app);
    pn_date today = pn_zone_date(life->zone, now);
    if (!c->demand || seen(life, c)) {
        return;
    }
    check_claimable(life, c, today);
    check_debtor(life, c, now, today);
    check_hours(life, c, now);
    check_before(life, c, now);
    check_late(life, c, now);
    check_strongest(life, c, today);
}

enum { LEAVING_MAX = 64 };

void pn_sim_watch(pn_life *life) {
    leaving list[LEAVING_MAX];
    size_t count = 0;
    if (life->watch == NULL || life->broken) {
        return;
    }
    pn_stmt *q = pn_db_stmt(life->watch, "SELECT id, debtor_id, creditor_id, attempts, day, tone,"
                                         " purpose, address FROM carrier WHERE state = 1 AND hash"
                                         " IS NOT NULL AND channel = 1 ORDER BY id");
    while (count < LEAVING_MAX && pn_row_next(q) == PN_OK) {
        leaving *c = &list[count++];
        *c = (leaving){.id = pn_col_int(q, 0),
                       .debtor = pn_col_int(q, 1),
                       .creditor = pn_col_int(q, 2),
                       .attempts = pn_col_int(q, 3),
                       .day = pn_col_int(q, 4),
                       .tone = (unsigned)pn_col_int(q, 5),
                       .demand = pn_col_int(q, 6) == PN_PURPOSE_DEMAND};
        (void)snprintf(c->address, sizeof c->address, "%.*s", PN_STR_ARG(pn_col_str(q, 7)));
    }
    pn_stmt_reset(q);
    for (size_t i = 0; i < count; i++) {
        check_leaving(life, &list[i]);
    }
}
