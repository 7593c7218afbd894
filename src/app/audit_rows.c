/* Money from outside, agreements, questions, notifications, people: rows that contradict others.
 *
 * Each rule is a statement that finds what may not be. */
#include "app/audit_int.h"

#include "base/banned.h"

typedef struct {
    pn_id_kind kind;      /* of what `sql` finds */
    const char *sql;      /* $1 is the organization; column 0 is the offender's id */
    const char *sentence; /* what is wrong with it */
} rule;

/* ── payments through providers ──────────────────────────────────────────────────────────────── */

static const rule PAYINS[] = {
    {PN_ID_PAYIN,
     "SELECT p.id FROM payment_intent p WHERE p.org_id = $1 AND p.state = 2 AND NOT EXISTS (SELECT"
     " 1 FROM payment q WHERE q.id = p.payment_id AND q.debtor_id = p.debtor_id"
     " AND q.currency = p.currency)",
     "has succeeded, and its payment is not in the books"},
    {PN_ID_PAYIN,
     "SELECT p.id FROM payment_intent p WHERE p.org_id = $1 AND p.state <> 2 AND p.payment_id <> 0",
     "has not succeeded, and names a payment"},
    {PN_ID_PAYMENT,
     "SELECT payment_id FROM payment_intent WHERE org_id = $1 AND payment_id <> 0"
     " GROUP BY payment_id HAVING count(*) > 1",
     "was posted for more than one payment intent"},
    {PN_ID_PAYIN,
     "SELECT p.id FROM payment_intent p WHERE p.org_id = $1 AND p.instrument_id <> 0 AND"
     " (p.state <> 1 OR NOT EXISTS (SELECT 1 FROM instrument i WHERE i.debtor_id = p.debtor_id"
     " AND i.id = p.instrument_id AND i.state = 0))",
     "holds an amount back, and no money is on its way"},
    {PN_ID_PAYIN,
     "SELECT id FROM payment_intent WHERE org_id = $1 AND state IN (0, 1)"
     " AND poll_at = 9223372036854775807",
     "is under way, and nobody will ask how it goes"},
    {PN_ID_PAYIN,
     "SELECT id FROM payment_intent WHERE org_id = $1 AND ((state IN (0, 1) AND settled_at IS NOT"
     " NULL) OR (state NOT IN (0, 1) AND settled_at IS NULL))",
     "and the time of its end contradict each other"},
    {PN_ID_PAYIN,
     "SELECT e.intent_id FROM provider_event e WHERE e.org_id = $1 AND e.intent_id <> 0 AND NOT"
     " EXISTS (SELECT 1 FROM payment_intent p WHERE p.id = e.intent_id)",
     "is what a provider told of, and it is not there"},
    {PN_ID_MANDATE,
     "SELECT id FROM mandate WHERE org_id = $1 AND ((state = 0 AND ended_at IS NOT NULL) OR"
     " (state <> 0 AND ended_at IS NULL))",
     "and the time of its end contradict each other"},
};

/* ── what was agreed ─────────────────────────────────────────────────────────────────────────── */

static const rule AGREED[] = {
    {PN_ID_OFFER,
     "SELECT o.id FROM offer o WHERE o.org_id = $1 AND o.state = 1 AND (o.kind = 1 OR o.plan_id <>"
     " 0) AND NOT EXISTS (SELECT 1 FROM plan p WHERE p.debtor_id = o.debtor_id AND p.id ="
     " o.plan_id)",
     "was accepted, and the plan that it made is not there"},
    {PN_ID_OFFER, "SELECT id FROM offer WHERE org_id = $1 AND state = 1 AND hash IS NULL",
     "was accepted, and its terms are not sealed"},
    {PN_ID_OFFER,
     "SELECT id FROM offer WHERE org_id = $1 AND ((state = 0 AND settled_at IS NOT NULL) OR"
     " (state <> 0 AND settled_at IS NULL))",
     "and the time of its end contradict each other"},
    {PN_ID_PLAN,
     "SELECT p.id FROM plan p WHERE p.org_id = $1 AND NOT EXISTS (SELECT 1 FROM plan_installment i"
     " WHERE i.debtor_id = p.debtor_id AND i.plan_id = p.id)",
     "has no installments"},
    {PN_ID_PLAN,
     "SELECT id FROM plan WHERE org_id = $1 AND ((state = 0 AND ended_at IS NOT NULL) OR"
     " (state <> 0 AND ended_at IS NULL))",
     "and the time of its end contradict each other"},
    {PN_ID_PLAN,
     "SELECT i.plan_id FROM plan_installment i WHERE i.org_id = $1 AND NOT EXISTS (SELECT 1 FROM"
     " plan p WHERE p.debtor_id = i.debtor_id AND p.id = i.plan_id)",
     "has installments, and is not there"},
    {PN_ID_APPROVAL,
     "SELECT id FROM approval WHERE org_id = $1 AND state IN (1, 3) AND decided_by = asked_by",
     "was given by who had asked for it"},
    {PN_ID_APPROVAL,
     "SELECT id FROM approval WHERE org_id = $1 AND ((state = 0 AND decided_by <> 0) OR"
     " (state <> 0 AND decided_at IS NULL))",
     "and the time of its decision contradict each other"},
};

/* ── other systems ───────────────────────────────────────────────────────────────────────────── */

static const rule OUTSIDE[] = {
    {PN_ID_ERRAND,
     "SELECT e.id FROM errand e WHERE e.org_id = $1 AND NOT EXISTS (SELECT 1 FROM run r WHERE"
     " r.debtor_id = e.debtor_id AND r.id = e.run_id)",
     "is a question of a case that is not there"},
    {PN_ID_ERRAND,
     "SELECT id FROM errand WHERE org_id = $1 AND ((state = 0 AND settled_at IS NOT NULL) OR"
     " (state <> 0 AND settled_at IS NULL))",
     "and the time of its end contradict each other"},
    {PN_ID_ERRAND,
     "SELECT id FROM errand WHERE org_id = $1 AND kind = 5 AND outcome = 'paid'"
     " AND reference = ''",
     "was paid, and does not say with what"},
    {PN_ID_NOTIFICATION,
     "SELECT n.id FROM notification n WHERE n.org_id = $1 AND NOT EXISTS (SELECT 1 FROM webhook w"
     " WHERE w.org_id = n.org_id AND w.id = n.webhook_id)",
     "is for a webhook that is not there"},
    {PN_ID_NOTIFICATION,
     "SELECT id FROM notification WHERE org_id = $1 AND ((state = 0 AND settled_at IS NOT NULL) OR"
     " (state <> 0 AND settled_at IS NULL))",
     "and the time of its end contradict each other"},
};

/* ── people, links ───────────────────────────────────────────────────────────────────────────── */

static const rule PEOPLE[] = {
    {PN_ID_SESSION,
     "SELECT s.id FROM user_session s WHERE s.org_id = $1 AND NOT EXISTS (SELECT 1 FROM app_user u"
     " WHERE u.id = s.user_id AND u.archived_at IS NULL)",
     "is of somebody who is let in no more"},
    {PN_ID_USER,
     "SELECT m.user_id FROM membership m WHERE m.org_id = $1 AND NOT EXISTS (SELECT 1 FROM"
     " app_user u WHERE u.id = m.user_id)",
     "has a role here, and is not there"},
    {PN_ID_LINK,
     "SELECT l.id FROM link l WHERE l.org_id = $1 AND l.invoice_id <> 0 AND NOT EXISTS (SELECT 1"
     " FROM invoice i WHERE i.id = l.invoice_id AND i.debtor_id = l.debtor_id)",
     "leads to an invoice that is not its debtor's"},
    {PN_ID_LINK,
     "SELECT l.id FROM link l WHERE l.org_id = $1 AND NOT EXISTS (SELECT 1 FROM debtor d"
     " WHERE d.id = l.debtor_id)",
     "is of a debtor who is not there"},
};

/* ── the checks ──────────────────────────────────────────────────────────────────────────────── */

static pn_err count_rows(pn_auditor *auditor, pn_audit_check *check, const char *literal) {
    pn_audit_cursor cursor;
    PN_TRY(pn_audit_open(auditor, literal, &cursor));
    while (cursor.live) {
        check->rows += pn_col_int(cursor.q, 0);
        PN_TRY(pn_audit_next(&cursor));
    }
    return PN_OK;
}

static pn_err apply(pn_auditor *auditor, pn_audit_check *check, const rule *rules, size_t count) {
    for (size_t i = 0; i < count; i++) {
        pn_audit_cursor cursor;
        PN_TRY(pn_audit_open(auditor, rules[i].sql, &cursor));
        while (cursor.live) {
            char id[PN_ID_TEXT_SIZE];
            pn_audit_disagree(auditor, check, "%s %s.",
                              pn_id_text(rules[i].kind, pn_col_int(cursor.q, 0), id),
                              rules[i].sentence);
            PN_TRY(pn_audit_next(&cursor));
        }
    }
    return PN_OK;
}

/* Columns: id, what was sealed, its SHA-256. */
static pn_err check_seals(pn_auditor *auditor, pn_audit_check *check, pn_id_kind kind,
                          const char *literal, const char *sentence) {
    pn_audit_cursor cursor;
    PN_TRY(pn_audit_open(auditor, literal, &cursor));
    while (cursor.live) {
        char id[PN_ID_TEXT_SIZE];
        pn_str text = pn_col_str(cursor.q, 1), stored = pn_col_str(cursor.q, 2);
        pn_sha256 hash = pn_sha256_of(text.ptr, text.len);
        if (stored.len != sizeof hash.bytes || memcmp(stored.ptr, &hash, stored.len) != 0) {
            pn_audit_disagree(auditor, check, "%s %s.",
                              pn_id_text(kind, pn_col_int(cursor.q, 0), id), sentence);
        }
        PN_TRY(pn_audit_next(&cursor));
    }
    return PN_OK;
}

static pn_err audit_agreed(pn_auditor *auditor) {
    pn_audit_check *check = pn_audit_begin(
        auditor, "agreed", "What was offered, agreed and approved is there, and as it was.");
    PN_TRY(count_rows(auditor, check,
                      "SELECT count(*) FROM offer WHERE org_id = $1 UNION ALL SELECT count(*) FROM"
                      " plan WHERE org_id = $1 UNION ALL SELECT count(*) FROM approval WHERE org_id"
                      " = $1 UNION ALL SELECT count(*) FROM page_file WHERE org_id = $1"));
    PN_TRY(apply(auditor, check, AGREED, PN_COUNT(AGREED)));
    PN_TRY(check_seals(auditor, check, PN_ID_OFFER,
                       "SELECT id, terms, hash FROM offer WHERE org_id = $1 AND hash IS NOT NULL"
                       " ORDER BY id",
                       "has other terms than were agreed to"));
    return check_seals(auditor, check, PN_ID_DEBTOR,
                       "SELECT debtor_id, content, hash FROM page_file WHERE org_id = $1"
                       " ORDER BY id",
                       "sent a file that is another one now");
}

pn_err pn_audit_rows(pn_auditor *auditor) {
    pn_audit_check *check = pn_audit_begin(
        auditor, "payins", "Money that came through providers is in the books once.");
    PN_TRY(count_rows(auditor, check,
                      "SELECT count(*) FROM payment_intent WHERE org_id = $1 UNION ALL SELECT"
                      " count(*) FROM mandate WHERE org_id = $1"));
    PN_TRY(apply(auditor, check, PAYINS, PN_COUNT(PAYINS)));
    PN_TRY(audit_agreed(auditor));
    check = pn_audit_begin(auditor, "outside",
                           "What other systems are asked and told belongs to somebody.");
    PN_TRY(count_rows(auditor, check,
                      "SELECT count(*) FROM errand WHERE org_id = $1 UNION ALL SELECT count(*)"
                      " FROM notification WHERE org_id = $1"));
    PN_TRY(apply(auditor, check, OUTSIDE, PN_COUNT(OUTSIDE)));
    check =
        pn_audit_begin(auditor, "people", "Who is let in is there, and links lead to their own.");
    PN_TRY(count_rows(auditor, check,
                      "SELECT count(*) FROM user_session WHERE org_id = $1 UNION ALL SELECT"
                      " count(*) FROM membership WHERE org_id = $1 UNION ALL SELECT count(*) FROM"
                      " link WHERE org_id = $1"));
    return apply(auditor, check, PEOPLE, PN_COUNT(PEOPLE));
}
