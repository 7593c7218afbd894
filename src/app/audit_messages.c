/* Messages and what really went out: states that fit together, content that is what was sealed,
 * demands only for what was owed. */
#include "app/audit_int.h"

#include "base/banned.h"
#include "base/json.h"
#include "store/message.h"

typedef struct {
    pn_auditor *auditor;
    pn_audit_check *messages, *visits, *carriers, *demands;
} message_audit;

static const char *message_name(message_audit *m, pn_id id) {
    return pn_audit_name(m->auditor, PN_ID_MESSAGE, id, PN_STR_NONE);
}

static const char *carrier_name(message_audit *m, pn_id id) {
    return pn_audit_name(m->auditor, PN_ID_CARRIER, id, PN_STR_NONE);
}

static bool left(int64_t state) {
    return state == PN_MESSAGE_SENT || state == PN_MESSAGE_DELIVERED || state == PN_MESSAGE_BOUNCED;
}

static bool is_open(int64_t state) {
    return state == PN_MESSAGE_QUEUED || state == PN_MESSAGE_SENDING || state == PN_MESSAGE_HELD;
}

static const char *state_name(int64_t state) {
    return state >= 0 && state < PN_MESSAGE_STATES ? pn_message_state_name((pn_message_state)state)
                                                   : "unknown";
}

/* ── messages ────────────────────────────────────────────────────────────────────────────────── */

/* May a message of this state name a carrier of that one (-1: none)? */
static bool states_fit(int64_t message, int64_t carrier) {
    if (left(message)) {
        return left(carrier);
    }
    if (message == PN_MESSAGE_UNCERTAIN && carrier < 0) {
        return true; /* it waited when a backup was made: nobody knows what became of it since */
    }
    if (message == PN_MESSAGE_SENDING || message == PN_MESSAGE_UNCERTAIN) {
        return carrier == message;
    }
    /* one that waits or was given up may remember the last carrier that did not get through */
    return carrier != PN_MESSAGE_SENDING && carrier != PN_MESSAGE_UNCERTAIN &&
           carrier != PN_MESSAGE_SENT && carrier != PN_MESSAGE_DELIVERED;
}

/* Columns: id, state, carrier, its state, settled_at, lease, reason, run, run found, visit, run's
 * visits. */
static void check_message(message_audit *m, pn_stmt *q) {
    pn_id id = pn_col_int(q, 0);
    int64_t state = pn_col_int(q, 1), carrier = pn_col_int_or(q, 3, -1);
    bool settled = !pn_col_null(q, 4);
    m->messages->rows++;
    if (state < 0 || state >= PN_MESSAGE_STATES || settled == is_open(state)) {
        pn_audit_disagree(m->auditor, m->messages, "Message %s is %s and %s a time of its end.",
                          message_name(m, id), state_name(state), settled ? "has" : "lacks");
    } else if (!states_fit(state, carrier)) {
        pn_audit_disagree(m->auditor, m->messages, "Message %s is %s and its carrier is %s.",
                          message_name(m, id), state_name(state),
                          carrier < 0 ? "missing" : state_name(carrier));
    } else if ((state == PN_MESSAGE_SENDING) != (pn_col_int(q, 5) != 0)) {
        pn_audit_disagree(m->auditor, m->messages, "Message %s is %s with a lease of %lld.",
                          message_name(m, id), state_name(state), (long long)pn_col_int(q, 5));
    } else if ((state == PN_MESSAGE_SKIPPED || state == PN_MESSAGE_FAILED) &&
               pn_col_str(q, 6).len == 0) {
        pn_audit_disagree(m->auditor, m->messages, "Message %s was %s and does not say why.",
                          message_name(m, id), state_name(state));
    }
    if (pn_col_int(q, 7) != 0 && (pn_col_null(q, 8) || pn_col_int(q, 9) > pn_col_int(q, 10))) {
        pn_audit_disagree(m->auditor, m->messages,
                          "Message %s names a run, or a visit of it, that is not there.",
                          message_name(m, id));
    }
}

static pn_err audit_states(message_audit *m) {
    pn_audit_cursor cursor;
    PN_TRY(pn_audit_open(m->auditor,
                         "SELECT m.id, m.state, m.carrier_id, c.state, m.settled_at, m.lease_until,"
                         " m.reason, m.run_id, r.id, m.visit, r.visit FROM message m"
                         " LEFT JOIN carrier c ON c.id = m.carrier_id"
                         " LEFT JOIN run r ON r.debtor_id = m.debtor_id AND r.id = m.run_id"
                         " WHERE m.org_id = $1 ORDER BY m.id",
                         &cursor));
    while (cursor.live) {
        check_message(m, cursor.q);
        pn_arena_reset(&m->auditor->scratch);
        PN_TRY(pn_audit_next(&cursor));
    }
    return PN_OK;
}

/* ── one message a visit ─────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_id id;
    int64_t visit, ordinal, state;
} sending;

static pn_err read_link(message_audit *m, pn_id id, pn_id run_id, sending *ret_link,
                        pn_id *ret_before) {
    pn_stmt *q = pn_db_stmt(m->auditor->app->db, "SELECT visit, ordinal, state, prev_id FROM"
                                                 " message WHERE id = $1 AND run_id = $2");
    pn_bind_int(q, 1, id);
    pn_bind_int(q, 2, run_id);
    PN_TRY(pn_row_next(q));
    *ret_link = (sending){id, pn_col_int(q, 0), pn_col_int(q, 1), pn_col_int(q, 2)};
    *ret_before = pn_col_int(q, 3);
    pn_stmt_reset(q);
    return PN_OK;
}

static void check_visits(message_audit *m, const sending *links, size_t count) {
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count; j++) {
            if (links[i].visit != links[j].visit || links[i].ordinal != links[j].ordinal) {
                continue;
            }
            bool both = is_open(links[i].state) && is_open(links[j].state);
            if (both || (left(links[i].state) && left(links[j].state))) {
                pn_audit_disagree(m->auditor, m->visits,
                                  "Messages %s and %s of one visit are both %s.",
                                  message_name(m, links[j].id), message_name(m, links[i].id),
                                  both ? "open" : "sent");
            }
        }
    }
}

/* Follows the run's messages back to the first. */
static pn_err check_chain(message_audit *m, pn_id run_id, pn_id last_id, int64_t *ret_length) {
    sending *links = NULL;
    size_t count = 0, capacity = 0;
    pn_id before = last_id, id = last_id;
    while (id != 0) {
        links = pn_arena_grow(&m->auditor->scratch, links, count, &capacity, sizeof *links);
        pn_err err = read_link(m, id, run_id, &links[count], &before);
        if (err == PN_NOT_FOUND || (err == PN_OK && before >= id)) {
            pn_audit_disagree(m->auditor, m->visits, "The messages of run %s do not hang together.",
                              pn_audit_name(m->auditor, PN_ID_RUN, run_id, PN_STR_NONE));
            break;
        }
        PN_TRY(err);
        count++;
        id = before;
    }
    check_visits(m, links, count);
    *ret_length = (int64_t)count;
    return PN_OK;
}

static pn_err count_messages(message_audit *m, int64_t *ret_count) {
    pn_audit_cursor cursor;
    PN_TRY(pn_audit_open(
        m->auditor, "SELECT count(*) FROM message WHERE org_id = $1 AND run_id <> 0", &cursor));
    *ret_count = pn_col_int(cursor.q, 0);
    pn_stmt_reset(cursor.q);
    return PN_OK;
}

static pn_err audit_visits(message_audit *m) {
    int64_t total = 0;
    pn_audit_cursor cursor;
    PN_TRY(count_messages(m, &total));
    PN_TRY(pn_audit_open(m->auditor,
                         "SELECT id, last_message_id FROM run WHERE org_id = $1"
                         " AND last_message_id <> 0 ORDER BY debtor_id, id",
                         &cursor));
    while (cursor.live) {
        int64_t length = 0;
        PN_TRY(check_chain(m, pn_col_int(cursor.q, 0), pn_col_int(cursor.q, 1), &length));
        m->visits->rows += length;
        pn_arena_reset(&m->auditor->scratch);
        PN_TRY(pn_audit_next(&cursor));
    }
    if (m->visits->rows != total) {
        pn_audit_disagree(m->auditor, m->visits,
                          "There are %lld messages of runs, and runs know of %lld.",
                          (long long)total, (long long)m->visits->rows);
    }
    return PN_OK;
}

/* ── carriers ────────────────────────────────────────────────────────────────────────────────── */

/* Columns of a carrier. */
enum {
    C_ID,
    C_STATE,
    C_PURPOSE,
    C_CONTACT,
    C_CONTENT,
    C_HASH,
    C_FACTS,
    C_SETTLED,
    C_EVENT,
    C_EVENT_FOUND,
    C_EVENT_BODY,
    C_ACCEPTED,
    C_MADE,
    C_SIZE,
    C_DICTIONARY
};

/* It was accepted: a carrier may also be called bounced because it was refused at once. */
static bool carrier_left(pn_stmt *q) {
    int64_t state = pn_col_int(q, C_STATE);
    return left(state) && (state != PN_MESSAGE_BOUNCED || pn_col_int(q, C_ACCEPTED) != 0);
}

static void check_content(message_audit *m, pn_stmt *q) {
    pn_id id = pn_col_int(q, C_ID);
    pn_packed packed = {.size = pn_col_int(q, C_SIZE), .bytes = pn_col_str(q, C_CONTENT)};
    pn_str content, stored = pn_col_str(q, C_HASH);
    if (pn_col_null(q, C_CONTENT)) {
        if (carrier_left(q) && !pn_col_null(q, C_EVENT_BODY)) { /* else it was erased */
            pn_audit_disagree(m->auditor, m->carriers, "What carrier %s sent is not there.",
                              carrier_name(m, id));
        }
        return;
    }
    if (pn_content_unpack(&packed, pn_col_str(q, C_DICTIONARY), &m->auditor->scratch, &content) !=
        PN_OK) {
        pn_audit_disagree(m->auditor, m->carriers, "The content of carrier %s cannot be read.",
                          carrier_name(m, id));
        return;
    }
    pn_sha256 hash = pn_sha256_of(content.ptr, content.len);
    char hex[2 * PN_SHA256_BYTES + 1];
    pn_hex(hash.bytes, sizeof hash.bytes, hex);
    if (stored.len != sizeof hash.bytes || memcmp(stored.ptr, &hash, stored.len) != 0) {
        pn_audit_disagree(m->auditor, m->carriers,
                          "The content of carrier %s has not the hash that is stored.",
                          carrier_name(m, id));
    }
    if (carrier_left(q) && !pn_col_null(q, C_EVENT_BODY) &&
        pn_str_find(pn_col_str(q, C_EVENT_BODY), pn_str_of(hex)) == SIZE_MAX) {
        pn_audit_disagree(m->auditor, m->carriers,
                          "The content of carrier %s is not the one that was sealed when it left.",
                          carrier_name(m, id));
    }
}

static void check_carrier(message_audit *m, pn_stmt *q) {
    pn_id id = pn_col_int(q, C_ID);
    int64_t state = pn_col_int(q, C_STATE);
    bool settled = !pn_col_null(q, C_SETTLED);
    m->carriers->rows++;
    if (settled == (state == PN_MESSAGE_SENDING) || state == PN_MESSAGE_QUEUED ||
        state == PN_MESSAGE_HELD || state < 0 || state >= PN_MESSAGE_STATES) {
        pn_audit_disagree(m->auditor, m->carriers, "Carrier %s is %s and %s a time of its end.",
                          carrier_name(m, id), state_name(state), settled ? "has" : "lacks");
    }
    if ((carrier_left(q) || state == PN_MESSAGE_UNCERTAIN) && pn_col_null(q, C_EVENT_FOUND)) {
        pn_audit_disagree(m->auditor, m->carriers, "No event sealed that carrier %s is %s.",
                          carrier_name(m, id), state_name(state));
    }
    if (carrier_left(q) && pn_col_int(q, C_ACCEPTED) != 1) {
        pn_audit_disagree(m->auditor, m->carriers, "Carrier %s left, and %lld attempts succeeded.",
                          carrier_name(m, id), (long long)pn_col_int(q, C_ACCEPTED));
    }
    if (carrier_left(q) && pn_col_int(q, C_CONTACT) != 0 && pn_col_int(q, C_MADE) == 0) {
        pn_audit_disagree(m->auditor, m->carriers,
                          "Carrier %s left, and its debtor's contact history does not know it.",
                          carrier_name(m, id));
    }
    check_content(m, q);
}

/* ── demands ─────────────────────────────────────────────────────────────────────────────────── */

/* What stood open on an invoice when the carrier was made: entries of smaller ids, for ids are
 * given in the order of transactions. */
static pn_err owed_then(message_audit *m, pn_id invoice_id, pn_id carrier_id, int64_t *ret_open,
                        int64_t *ret_principal) {
    pn_stmt *q = pn_db_stmt(
        m->auditor->app->db,
        "SELECT coalesce(sum(l.amount_minor), 0), coalesce(sum(CASE WHEN l.kind IN (3, 4) THEN 0"
        " ELSE l.amount_minor END), 0) FROM invoice i JOIN ledger l ON l.debtor_id = i.debtor_id"
        " AND l.invoice_id = i.id WHERE i.id = $1 AND l.id < $2");
    pn_bind_int(q, 1, invoice_id);
    pn_bind_int(q, 2, carrier_id);
    PN_TRY(pn_row_next(q));
    *ret_open = pn_col_int(q, 0);
    *ret_principal = pn_col_int(q, 1);
    pn_stmt_reset(q);
    return PN_OK;
}

static pn_err check_item(message_audit *m, pn_id carrier_id, const pn_json *item) {
    pn_str name = pn_json_text(pn_json_field(item, "id"), PN_STR(""));
    int64_t claimable = pn_json_int(pn_json_field(item, "claimable"), 0);
    int64_t stated = pn_json_int(pn_json_field(item, "open"), 0), open = 0, principal = 0;
    pn_id id = 0;
    if (pn_id_parse(PN_ID_INVOICE, name, &id) != PN_OK) {
        pn_audit_disagree(m->auditor, m->demands, "Carrier %s lists “%.*s”, which is no invoice.",
                          carrier_name(m, carrier_id), PN_STR_ARG(name));
        return PN_OK;
    }
    PN_TRY(owed_then(m, id, carrier_id, &open, &principal));
    if (claimable <= 0 || claimable > open || principal <= 0) {
        pn_audit_disagree(m->auditor, m->demands,
                          "Carrier %s asked for %lld minor units of invoice %.*s, of which %lld "
                          "were owed.",
                          carrier_name(m, carrier_id), (long long)claimable, PN_STR_ARG(name),
                          (long long)open);
    } else if (stated != open) {
        pn_audit_disagree(m->auditor, m->demands,
                          "Carrier %s was decided on %lld minor units open of invoice %.*s, and it "
                          "was %lld.",
                          carrier_name(m, carrier_id), (long long)stated, PN_STR_ARG(name),
                          (long long)open);
    }
    return PN_OK;
}

/* A message that a carrier took along knows it, unless the carrier is only a copy. */
static pn_err check_taken(message_audit *m, pn_id carrier_id, const pn_json *taken, bool copy) {
    pn_id id = 0;
    pn_str name = pn_json_text(pn_json_field(taken, "id"), PN_STR(""));
    pn_str verdict = pn_json_text(pn_json_field(taken, "verdict"), PN_STR("none"));
    if (!pn_str_is(verdict, "allow")) {
        pn_audit_disagree(m->auditor, m->demands,
                          "Carrier %s took message %.*s along, for which the gate's verdict was "
                          "%.*s.",
                          carrier_name(m, carrier_id), PN_STR_ARG(name), PN_STR_ARG(verdict));
    }
    if (copy) {
        return PN_OK;
    }
    pn_stmt *q = pn_db_stmt(m->auditor->app->db, "SELECT carrier_id FROM message WHERE id = $1");
    pn_err err = pn_id_parse(PN_ID_MESSAGE, name, &id);
    if (err == PN_OK) {
        pn_bind_int(q, 1, id);
        err = pn_row_next(q);
    }
    bool knows = err == PN_OK && pn_col_int(q, 0) == carrier_id;
    pn_stmt_reset(q);
    if (!knows) {
        pn_audit_disagree(m->auditor, m->demands,
                          "Carrier %s took message %.*s along, which does not know it.",
                          carrier_name(m, carrier_id), PN_STR_ARG(name));
    }
    return err == PN_NOT_FOUND || err == PN_INVALID ? PN_OK : err;
}

static pn_err check_facts(message_audit *m, pn_stmt *carrier) {
    pn_id id = pn_col_int(carrier, C_ID);
    bool demand = pn_col_int(carrier, C_PURPOSE) == PN_PURPOSE_DEMAND;
    bool copy = pn_col_int(carrier, C_CONTACT) == 0;
    pn_json *facts = NULL;
    m->demands->rows++;
    if (pn_json_parse(pn_col_str(carrier, C_FACTS), NULL, &m->auditor->scratch, &facts, NULL) !=
        PN_OK) {
        pn_audit_disagree(m->auditor, m->demands, "The facts of carrier %s cannot be read.",
                          carrier_name(m, id));
        return PN_OK;
    }
    const pn_json *items = pn_json_field(facts, "items");
    const pn_json *messages = pn_json_field(facts, "messages");
    if (demand && (items == NULL || items->count == 0)) {
        pn_audit_disagree(m->auditor, m->demands, "Carrier %s asked for money and lists nothing.",
                          carrier_name(m, id));
    }
    for (size_t i = 0; demand && items != NULL && i < items->count; i++) {
        PN_TRY(check_item(m, id, &items->items[i]));
    }
    for (size_t i = 0; messages != NULL && i < messages->count; i++) {
        PN_TRY(check_taken(m, id, &messages->items[i], copy));
    }
    return PN_OK;
}

static pn_err audit_carriers(message_audit *m) {
    pn_audit_cursor cursor;
    PN_TRY(pn_audit_open(
        m->auditor,
        "SELECT c.id, c.state, c.purpose, c.contact_id, w.content, c.hash, c.facts, c.settled_at,"
        " c.event_id, e.id, e.body, (SELECT count(*) FROM attempt a WHERE a.carrier_id = c.id"
        " AND a.outcome = 0), (SELECT count(*) FROM contact_made k WHERE k.debtor_id = c.debtor_id"
        " AND k.carrier_id = c.id), w.size, d.content FROM carrier c LEFT JOIN event e ON e.id = "
        "c.event_id"
        " LEFT JOIN carrier_content w ON w.carrier_id = c.id"
        " LEFT JOIN dictionary d ON d.id = w.dictionary_id"
        " WHERE +c.org_id = $1 ORDER BY c.id",
        &cursor));
    while (cursor.live) {
        check_carrier(m, cursor.q);
        if (carrier_left(cursor.q)) {
            PN_TRY(check_facts(m, cursor.q));
        }
        pn_arena_reset(&m->auditor->scratch);
        PN_TRY(pn_audit_next(&cursor));
    }
    return PN_OK;
}

pn_err pn_audit_messages(pn_auditor *auditor) {
    message_audit m = {.auditor = auditor};
    m.messages = pn_audit_begin(auditor, "messages",
                                "Messages and what carried them are in states that fit together.");
    m.visits = pn_audit_begin(auditor, "visits", "No visit of a node was sent twice.");
    m.carriers =
        pn_audit_begin(auditor, "carriers", "What left is kept, byte by byte, as it was sealed.");
    m.demands = pn_audit_begin(auditor, "demands",
                               "Demands left only for what was owed, and when the gate allowed.");
    PN_TRY(audit_states(&m));
    PN_TRY(audit_visits(&m));
    return audit_carriers(&m);
}
