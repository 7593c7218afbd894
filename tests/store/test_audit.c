/* The audit agrees with a life lived, and names every single thing that is changed behind the
 * program's back. */
#include "app_rig.h"

#include "app/protect.h"
#include "app/signals.h"
#include "app/webhooks.h"

static rig r;

/* A bit of everything: paid, partly paid, taken back, promised, disputed, planned, a cheque on its
 * way, credit, interest, an invoice run, a pill, a message that failed, copies, a shared address.
 */
static const char *const LIFE =
    "external_id;debtor;debtor_name;email;issued;due;amount;open\n"
    "F-1;D1;Talleres Núñez;nunez@example.com;2025-12-12;2026-01-14;1210,00;\n"
    "F-2;D1;Talleres Núñez;nunez@example.com;2025-12-20;2026-01-20;90,50;50,00\n"
    "F-3;D2;Bar Pepe;pepe@example.com;2025-12-15;2026-01-15;300,00;\n"
    "F-4;D3;Sin Correo SL;;2025-12-15;2026-01-15;40,00;\n"
    "F-5;D4;Norte;pagos@example.com;2025-12-15;2026-01-15;500,00;\n"
    "F-6;D5;Sur;pagos@example.com;2025-12-15;2026-01-15;700,00;\n"
    "F-7;D6;Vidal;vidal@example.com;2025-12-15;2026-01-09;80,00;\n"
    "F-8;D6;Vidal;vidal@example.com;2025-12-15;2026-01-09;20,00;0\n";

static const char *const INVOICE_STRATEGY =
    "{'puntual':1,'name':'Por factura','subject':'invoice','priority':3,'kind':'strategy',"
    "'entry':{'rule':['debtor.external_id','=','D6']},'start':'m','nodes':{"
    "'m':{'type':'send.email','template':'prueba','tone':1,'copy_to':['jefe@example.com'],"
    "'next':'i','error':'fin'},"
    "'i':{'type':'charge.interest','rate':'statutory','next':'w'},"
    "'w':{'type':'wait.days','days':5,'kind':'calendar','at':'09:00','next':'p'},"
    "'p':{'type':'pill','pill':'Pildora','next':'w2'},"
    "'w2':{'type':'wait.days','days':20,'kind':'calendar','at':'09:00','next':'fin'},"
    "'fin':{'type':'end'}}}";

static const char *const PILL =
    "{'puntual':1,'name':'Pildora','subject':'invoice','kind':'pill','start':'t','nodes':{"
    "'t':{'type':'task','title':'Mirar','due_days':30,'done':'fin','overdue':'fin'},"
    "'fin':{'type':'end'}}}";

static void in_transaction(pn_err err) {
    rig_ok(&r, err);
    rig_ok(&r, pn_app_commit(r.app, &r.diag));
}

static void begin(void) {
    rig_ok(&r, pn_app_begin(r.app, &r.diag));
}

static void claims(void) {
    pn_id id = 0;
    const pn_installment_row installments[] = {{1, pn_date_of(2026, 2, 16), 25000},
                                               {2, pn_date_of(2026, 3, 16), 25000}};
    begin();
    in_transaction(pn_books_promise(r.app, rig_debtor(&r, "D2"), rig_account(&r, "D2"), 10000,
                                    pn_date_of(2026, 2, 20), PN_STR("phone"), NULL, 0, &r.arena,
                                    &id, &r.diag));
    begin();
    in_transaction(pn_books_dispute(r.app, rig_invoice(&r, "F-1"), 0, 21000, PN_STR("price"),
                                    &r.arena, &id, &r.diag));
    begin();
    in_transaction(pn_books_plan(r.app, rig_debtor(&r, "D4"), rig_account(&r, "D4"), installments,
                                 2, &r.arena, &id, &r.diag));
    begin();
    in_transaction(pn_books_instrument(r.app, rig_debtor(&r, "D5"), rig_account(&r, "D5"),
                                       PN_STR("cheque"), PN_STR("77"), 30000,
                                       pn_date_of(2026, 3, 1), NULL, 0, &r.arena, &id, &r.diag));
    begin();
    in_transaction(pn_books_hold(r.app, rig_debtor(&r, "D5"), 0, PN_STR("manual"),
                                 r.app->org.clock + 40 * PN_DAY, &id));
    pn_protect_request care = {.debtor_id = rig_debtor(&r, "D5"),
                               .kind = PN_PROTECT_VULNERABLE,
                               .reason = PN_STR("their own word"),
                               .until = PN_DATE_NONE};
    begin();
    in_transaction(pn_protect_add(r.app, &care, &r.arena, &id, &r.diag));
}

/* A webhook that nobody answers, a stored card, a link. */
static void outside(void) {
    pn_webhook_row hook;
    pn_id id = 0;
    begin();
    rig_ok(&r, pn_webhook_add(r.app, PN_STR("http://127.0.0.1:1/"), PN_STR("payment.received"),
                              true, &r.arena, &hook, &r.diag));
    in_transaction(pn_hooks_test(r.app, hook.id, &id));
    rig_sql(
        &r, "%s",
        "INSERT INTO mandate SELECT min(id), 5, min(org_id), 0, 'simulated', 't', 'Visa', 0, '',"
        " 0, NULL FROM debtor; INSERT INTO link SELECT 5, min(org_id), 0, min(id), 0, 0, 0, '',"
        " NULL, 0, 0, NULL FROM debtor");
}

static void read_by_a_person(void) {
    pn_signal_report seen = {
        .carrier_id =
            rig_int(&r, "SELECT min(id) FROM carrier WHERE state = 2 AND contact_id <> 0"),
        .kind = PN_SIGNAL_OPEN,
        .source = PN_SOURCE_HUMAN};
    begin();
    in_transaction(pn_signals_add(r.app, &seen, &r.arena, &r.diag));
}

static void live(void) {
    rig_import(&r, PN_IMPORT_INVOICES, LIFE);
    rig_strategy(&r, PILL);
    rig_strategy(&r, INVOICE_STRATEGY);
    rig_strategy(&r, RIG_STRATEGY);
    rig_advance(&r, "2026-01-21", 12, 0);
    claims();
    rig_pay(&r, "D2", 5000, "");
    pn_id taken_back = rig_pay(&r, "D1", 5000, "F-2");
    rig_advance(&r, "2026-01-23", 12, 0);
    begin();
    in_transaction(pn_books_reverse(r.app, taken_back, PN_STR("returned"), &r.arena, &r.diag));
    rig_pay(&r, "D3", 5000, "");
    pn_received_row mail;
    bool existed = false;
    rig_mail(&r,
             (pn_inbound_mail){.bytes = PN_STR("From: eva@eva.example\n\nHola\n"), .whole = true},
             &mail, &existed);
    outside();
    rig_advance(&r, "2026-01-29", 12, 0);
    read_by_a_person();
}

static int set_up(void **state) {
    (void)state;
    rig_open(&r);
    live();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    rig_close(&r);
    return 0;
}

/* ── health ──────────────────────────────────────────────────────────────────────────────────── */

static void a_life_agrees(void **state) {
    (void)state;
    pn_audit_report report;
    rig_agrees(&r);
    (void)rig_audit(&r, &report);
    assert_true(report.count > 15);
    for (size_t i = 0; i < report.count; i++) {
        if (report.checks[i].rows == 0) {
            print_error("%s looked at nothing\n", report.checks[i].name);
            fail();
        }
    }
}

static void an_erased_event_agrees(void **state) {
    (void)state;
    rig_sql(&r, "UPDATE event SET salt = NULL, body = NULL WHERE debtor_id = %lld",
            (long long)rig_debtor(&r, "D1"));
    rig_agrees(&r);
}

/* Two processes write in turn: each leases ids, and events still stand in the order of blocks. */
static void two_processes_agree(void **state) {
    (void)state;
    rig other = r; /* the same database and clock, a connection of its own */
    other.worker = NULL;
    pn_arena_init(&other.arena, 0);
    rig_ok(&other, rig_open_app(&other, false, NULL));
    for (int i = 0; i < 6; i++) {
        (void)rig_pay(&r, "D1", 100, "");
        (void)rig_pay(&other, "D2", 100, "");
        rig_work(&r);
    }
    pn_app_close(other.app);
    pn_arena_done(&other.arena);
    rig_agrees(&r);
    rig_advance(&r, "2026-02-10", 0, 0);
    rig_agrees(&r);
}

static void an_empty_database_agrees(void **state) {
    (void)state;
    rig_close(&r);
    rig_open(&r);
    rig_agrees(&r);
}

static void auditing_changes_nothing(void **state) {
    (void)state;
    pn_audit_report report;
    int64_t before = rig_int(&r, "SELECT count(*) + (SELECT count(*) FROM block) FROM event");
    assert_true(rig_audit(&r, &report));
    assert_true(rig_audit(&r, &report));
    assert_false(pn_db_in_transaction(r.app->db));
    assert_int_equal(rig_int(&r, "SELECT count(*) + (SELECT count(*) FROM block) FROM event"),
                     before);
    rig_advance(&r, "2026-02-20", 0, 0);
    rig_agrees(&r);
}

/* ── one thing changed at a time ─────────────────────────────────────────────────────────────── */

typedef struct {
    const char *check; /* the one that must name it */
    const char *words; /* in one of its sentences */
    const char *sql;
} corruption;

#define INVOICE_ID "(SELECT id FROM invoice WHERE external_id = 'F-1')"
/* The letter A as a Zstandard frame, which needs no dictionary. */
#define ONE_LETTER "dictionary_id = 0, size = 1, content = x'28b52ffd200109000041'"
#define SOME_HASH "x'5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed'"
#define SENT_CARRIER "(SELECT min(id) FROM carrier WHERE state = 2)"
#define SENT_MESSAGE "(SELECT min(id) FROM message WHERE state = 2)"
#define ACTIVE_RUN "(SELECT min(id) FROM run WHERE status = 0 AND parent_id = 0 AND invoice_id = 0)"

/* The hash of nothing. */
#define NOTHING "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
/* state, instrument_id, payment_id, poll_at, settled_at */
#define PAYIN(rest)                                                                                \
    "INSERT INTO payment_intent (state, instrument_id, payment_id, poll_at, settled_at, id, "      \
    "org_id,"                                                                                      \
    " creditor_id, debtor_id, account_id, provider, ref, money_ref, currency, amount_minor,"       \
    " refunded_minor, origin, invoices, url, method, reason, created_at, expires_at, asked)"       \
    " SELECT " rest ", 1, org_id, creditor_id, debtor_id, account_id, 'p', '', '', currency, 1,"   \
    " 0, 'page', '', '', '', '', 0, 0, 0 FROM payment WHERE id = (SELECT min(id) FROM payment)"
/* Of kind, settled_at or its lack, the plan's id; terms and hash. */
#define OFFER(kind, settled, plan, terms)                                                          \
    "INSERT INTO offer (debtor_id, id, org_id, run_id, visit, account_id, invoice_id, kind, "      \
    "state,"                                                                                       \
    " version_id, node, made_at, until, settled_at, choice, total_minor, discount_minor, "         \
    "plan_id,"                                                                                     \
    " terms, hash, accepted_by, accepted_from) SELECT min(id), 1, min(org_id), 0, 0, 0, 0, " kind  \
    ", 1, 0, 0, 0, 0, " settled ", 0, 0, 0, " plan ", " terms ", '', '' FROM debtor"
/* Of a run; its state, settled_at and outcome. */
#define ERRAND(run, state, settled, outcome)                                                       \
    "INSERT INTO errand (debtor_id, id, org_id, run_id, visit, kind, version_id, node, connector," \
    " state, due_at, lease_until, attempts, status, outcome, reference, reason, asked_at,"         \
    " settled_at) SELECT debtor_id, 1, org_id, " run ", 900, 5, 0, 0, '', " state                  \
    ", 0, 0, 1, 0, " outcome ", '', '', 0, " settled " FROM run WHERE id = " ACTIVE_RUN

static const corruption CORRUPTIONS[] = {
    /* mail that came in */
    {"received", "is not there",
     "INSERT INTO received_mail (id, org_id, source_hash, source, uid, at, recorded_at, message_id,"
     " sender, sender_name, sent_to, subject, class, status, reason, recipient, text, suggestion,"
     " opt_out, matched_by, carrier_id, debtor_id, state, note) SELECT 1, id, x'00', '', 0, 0, 0, "
     "'',"
     " '', '', '', '', 5, '', '', '', '', '', 0, 0, 0, 0, 0, '' FROM organization"},
    {"received", "its debtor says otherwise",
     "INSERT INTO received_mail (id, org_id, source_hash, source, uid, at, recorded_at, message_id,"
     " sender, sender_name, sent_to, subject, class, status, reason, recipient, text, suggestion,"
     " opt_out, matched_by, carrier_id, debtor_id, state, note) SELECT 1, id, x'00', '', 0, 0, 0, "
     "'',"
     " '', '', '', '', 5, '', '', '', '', '', 0, 1, 0, 99, 1, '' FROM organization"},
    /* money */
    {"ledger", "F-1", "UPDATE invoice SET open_minor = open_minor - 1 WHERE external_id = 'F-1'"},
    {"ledger", "interest and fees",
     "UPDATE invoice SET charges_minor = charges_minor + 1 WHERE external_id = 'F-7'"},
    {"ledger", "entries sum to",
     "UPDATE ledger SET amount_minor = amount_minor + 1 WHERE id ="
     " (SELECT min(id) FROM ledger)"},
    {"ledger", "entries sum to", "DELETE FROM ledger WHERE id = (SELECT max(id) FROM ledger)"},
    {"ledger", "takes back", "UPDATE ledger SET reverses_id = 12345 WHERE reverses_id <> 0"},
    {"ledger", "does not exist",
     "UPDATE ledger SET debtor_id = 99 WHERE id = (SELECT min(id) FROM ledger)"},
    {"closing", "stored as closed", "UPDATE invoice SET closed = 1 WHERE external_id = 'F-1'"},
    {"closing", "stored as open", "UPDATE invoice SET closed = 0 WHERE external_id = 'F-8'"},
    {"closing", "by its entries", "UPDATE invoice SET closed = 3 WHERE external_id = 'F-8'"},
    {"closing", "opened again", "UPDATE invoice SET reopened_at = NULL WHERE external_id = 'F-2'"},
    {"earmarks", "promised",
     "UPDATE invoice SET promised_minor = promised_minor + 5 WHERE external_id = 'F-3'"},
    {"earmarks", "are earmarked for it", "DELETE FROM earmark WHERE kind = 0"},
    {"earmarks", "belongs to something that is over",
     "UPDATE promise SET state = 3, judged_at = 1"},
    {"earmarks", "belongs to nothing", "DELETE FROM plan"},
    {"claimable", "may be asked for",
     "UPDATE invoice SET claimable_minor = claimable_minor + 1 WHERE external_id = 'F-3'"},
    {"claimable", "may be asked for",
     "UPDATE invoice SET paid_reported_until = 30000 WHERE external_id = 'F-1'"},
    {"accounts", "what is open",
     "UPDATE account SET open_minor = open_minor + 1 WHERE id ="
     " (SELECT min(id) FROM account)"},
    {"accounts", "oldest due",
     "UPDATE account SET oldest_due = 1 WHERE id ="
     " (SELECT min(id) FROM account)"},
    {"accounts", "money not applied",
     "UPDATE account SET unapplied_minor = 7 WHERE id ="
     " (SELECT min(id) FROM account)"},
    {"accounts", "in no account", "UPDATE invoice SET currency = 'USD' WHERE external_id = 'F-1'"},
    {"payments", "is applied",
     "UPDATE payment SET amount_minor = amount_minor + 1 WHERE"
     " reversed_at IS NULL AND unapplied_minor = 0"},
    {"payments", "still count", "UPDATE payment SET reversed_at = 1 WHERE unapplied_minor > 0"},
    {"payments", "not there", "DELETE FROM payment WHERE reversed_at IS NOT NULL"},
    {"promises", "was judged", "UPDATE promise SET state = 1, judged_at = 1"},
    {"promises", "kept 0 promises",
     "UPDATE debtor SET promises_broken = 1 WHERE external_id = 'D1'"},
    {"contacts", "usable contacts", "UPDATE debtor SET channels = 4 WHERE external_id = 'D1'"},
    {"contacts", "usable contacts", "UPDATE contact SET state = 1 WHERE address LIKE 'nunez%'"},
    /* keys */
    {"keys", "there 2 times",
     "DROP INDEX invoice_key; UPDATE invoice SET external_id = 'F-1' WHERE external_id = 'F-3'"},
    {"keys", "not found by its own key",
     "UPDATE debtor SET external_id = 'X' WHERE id ="
     " (SELECT min(id) FROM debtor)"},
    {"addresses", "not marked",
     "UPDATE contact SET shared = 0 WHERE address = 'pagos@example.com'"},
    {"documents", "changed after", "UPDATE strategy_version SET document = document || ' '"},
    {"documents", "changed after", "UPDATE template SET document = document || ' '"},
    {"documents", "newest version", "UPDATE strategy SET version_id = 1 WHERE name = 'Cobro'"},
    /* proof */
    {"events", "was changed", "UPDATE event SET body = replace(body, '1', '2') WHERE kind = 9"},
    {"events", "was changed",
     "UPDATE event SET at = at + 1 WHERE id = (SELECT max(id) FROM event)"},
    {"events", "alone", "UPDATE event SET salt = NULL WHERE id = (SELECT max(id) FROM event)"},
    {"blocks", "sealed", "DELETE FROM event WHERE id = (SELECT max(id) FROM event)"},
    {"blocks", "in no block",
     "UPDATE block SET first_event = first_event + 1 WHERE id = 1;"
     " DELETE FROM block WHERE id = (SELECT max(id) FROM block)"},
    {"blocks", "root",
     "UPDATE event SET hash = " SOME_HASH " WHERE id ="
     " (SELECT max(id) FROM event)"},
    {"blocks", "seal of the block before",
     "UPDATE block SET prev_hash = " SOME_HASH " WHERE id ="
     " 2"},
    {"blocks", "do not have the hash", "UPDATE block SET hash = " SOME_HASH " WHERE id = 2"},
    {"blocks", "do not have the hash", "UPDATE block SET at = at + 1 WHERE id = 3"},
    {"blocks", "follows block", "DELETE FROM block WHERE id = 3"},
    {"blocks", "in no block",
     "INSERT INTO event (id, org_id, debtor_id, run_id, prev_id, at, recorded_at, kind, actor,"
     " salt, hash, body) SELECT id + 1000000, org_id, debtor_id, run_id, prev_id, at, recorded_at,"
     " kind, actor, salt, hash, body FROM event WHERE id = (SELECT max(id) FROM event)"},
    {"chains", "last event", "UPDATE debtor SET last_event_id = 5 WHERE external_id = 'D1'"},
    {"chains", "last event", "UPDATE run SET last_event_id = 5 WHERE id = " ACTIVE_RUN},
    {"chains", "follows an event",
     "UPDATE event SET prev_id = id + 1 WHERE prev_id <> 0 AND id ="
     " (SELECT max(id) FROM event WHERE prev_id <> 0)"},
    /* runs */
    {"runs", "stands on node", "UPDATE run SET node = 77 WHERE id = " ACTIVE_RUN},
    {"runs", "stands on node", "UPDATE run SET version_id = 1 WHERE id = " ACTIVE_RUN},
    {"runs", "cannot be read", "UPDATE run SET memory = x'FF00' WHERE id = " ACTIVE_RUN},
    {"runs", "still waits", "UPDATE run SET status = 1 WHERE id = " ACTIVE_RUN},
    {"waits", "nothing will ever move it",
     "UPDATE run SET wake_at = 9223372036854775807, wait = 1 WHERE id = " ACTIVE_RUN},
    {"waits", "nothing will ever move it", "UPDATE run SET wait = 8 WHERE id = " ACTIVE_RUN},
    {"waits", "its message to leave",
     "UPDATE run SET wake_at = 9223372036854775807, wait = 2 WHERE id = " ACTIVE_RUN},
    {"owners", "work the same account",
     "INSERT INTO run SELECT debtor_id, id + 1, org_id, account_id, invoice_id, version_id,"
     " parent_id, status, wait, node, visit, cycle, wake_at, anchor_due, anchor_item, started_at,"
     " memory, last_event_id, last_message_id FROM run WHERE id = " ACTIVE_RUN},
    {"owners", "does not name it", "UPDATE invoice SET run_id = 0 WHERE external_id = 'F-7'"},
    {"owners", "does not work it", "UPDATE invoice SET run_id = 4242 WHERE external_id = 'F-1'"},
    {"zones", "only at", "UPDATE wake_zone SET wake_at = 9223372036854775807"},
    {"zones", "No wake zone", "DELETE FROM wake_zone"},
    {"zones", "overlaps",
     "INSERT INTO wake_zone SELECT lane, first_debtor + 1, last_debtor,"
     " debtors, wake_at, deliver_at FROM wake_zone"},
    {"zones", "delivers later",
     "UPDATE message SET state = 0, settled_at = NULL, carrier_id = 0 WHERE id = " SENT_MESSAGE},
    /* messages */
    {"messages", "time of its end",
     "UPDATE message SET settled_at = NULL WHERE id = " SENT_MESSAGE},
    {"messages", "its carrier is", "UPDATE message SET carrier_id = 5 WHERE id = " SENT_MESSAGE},
    {"messages", "its carrier is",
     "UPDATE message SET state = 6, reason = 'x' WHERE id ="
     " " SENT_MESSAGE},
    {"messages", "with a lease", "UPDATE message SET lease_until = 5 WHERE id = " SENT_MESSAGE},
    {"messages", "not say why",
     "UPDATE message SET state = 5, reason = '', carrier_id = 0 WHERE id = " SENT_MESSAGE},
    {"messages", "not there", "UPDATE message SET visit = visit + 900 WHERE id = " SENT_MESSAGE},
    {"visits", "both sent",
     "INSERT INTO message SELECT id + 1, org_id, debtor_id, run_id, visit, ordinal, id, node,"
     " channel, tone, state, template, not_before, supersede_at, lease_until, attempts,"
     " first_try_at, contact_id, carrier_id, settled_at, reason, params FROM message WHERE id ="
     " " SENT_MESSAGE ";"
     " UPDATE run SET last_message_id = last_message_id + 1 WHERE last_message_id = " SENT_MESSAGE},
    {"visits", "both open",
     "DROP INDEX message_open; UPDATE message SET state = 0 WHERE id = " SENT_MESSAGE ";"
     "INSERT INTO message SELECT id + 1, org_id, debtor_id, run_id, visit, ordinal, id, node,"
     " channel, tone, state, template, not_before, supersede_at, lease_until, attempts,"
     " first_try_at, contact_id, carrier_id, settled_at, reason, params FROM message WHERE state ="
     " 0;"
     " UPDATE run SET last_message_id = last_message_id + 1 WHERE last_message_id IN (SELECT id"
     " FROM message WHERE state = 0)"},
    {"visits", "runs know of",
     "INSERT INTO message SELECT id + 1, org_id, debtor_id, run_id,"
     " visit, ordinal + 1, prev_id, node, channel, tone, state, template, not_before, supersede_at,"
     " lease_until, attempts, first_try_at, contact_id, carrier_id, settled_at, reason, params"
     " FROM message WHERE id = " SENT_MESSAGE},
    {"visits", "hang together", "UPDATE message SET prev_id = id WHERE id = " SENT_MESSAGE},
    {"carriers", "cannot be read",
     "UPDATE carrier_content SET content = x'4142' WHERE carrier_id = " SENT_CARRIER},
    {"carriers", "cannot be read", "UPDATE dictionary SET content = x'41'"},
    {"carriers", "has not the hash",
     "UPDATE carrier_content SET " ONE_LETTER " WHERE carrier_id = " SENT_CARRIER},
    {"carriers", "not the one that was sealed",
     "UPDATE carrier_content SET " ONE_LETTER " WHERE carrier_id = " SENT_CARRIER
     "; UPDATE carrier SET hash ="
     " x'559aead08264d5795d3909718cdd05abd49572e84fe55590eef31a88a08fdffd' WHERE id ="
     " " SENT_CARRIER},
    {"carriers", "is not there", "DELETE FROM carrier_content WHERE carrier_id = " SENT_CARRIER},
    {"carriers", "No event", "UPDATE carrier SET event_id = 0 WHERE id = " SENT_CARRIER},
    {"carriers", "0 attempts", "DELETE FROM attempt WHERE carrier_id = " SENT_CARRIER},
    {"carriers", "contact history", "DELETE FROM contact_made WHERE carrier_id = " SENT_CARRIER},
    {"carriers", "time of its end",
     "UPDATE carrier SET settled_at = NULL WHERE id ="
     " " SENT_CARRIER},
    /* money from outside, agreements, questions, notifications, people */
    {"payins", "its payment is not in the books", PAYIN("2, 0, 7, 0, 5")},
    {"payins", "names a payment", PAYIN("3, 0, 7, 0, 5")},
    {"payins", "holds an amount back", PAYIN("1, 77, 0, 0, NULL")},
    {"payins", "holds an amount back",
     "UPDATE instrument SET state = 1; " PAYIN("1, (SELECT min(id) FROM instrument), 0, 0, NULL")},
    {"payins", "nobody will ask", PAYIN("1, 0, 0, 9223372036854775807, NULL")},
    {"payins", "contradict", PAYIN("3, 0, 0, 0, NULL")},
    {"payins", "more than one payment intent",
     PAYIN("2, 0, (SELECT min(id) FROM payment), 0, 5") "; INSERT INTO payment_intent SELECT 2,"
                                                        " org_id, creditor_id, debtor_id, "
                                                        "account_id, provider, ref, money_ref, "
                                                        "currency,"
                                                        " amount_minor, refunded_minor, state, "
                                                        "origin, invoices, url, method, reason, "
                                                        "instrument_id,"
                                                        " payment_id, created_at, expires_at, "
                                                        "settled_at, poll_at, asked FROM "
                                                        "payment_intent"},
    {"payins", "is what a provider told of",
     "INSERT INTO provider_event SELECT 1, id, 0, 'p', 'e', 'k', 99, 0, 'moved', '', 0 FROM"
     " organization"},
    {"payins", "contradict",
     "INSERT INTO mandate SELECT min(id), 1, min(org_id), 0, 'p', 't', 'l', 1, 'x', 0, NULL FROM"
     " debtor"},
    {"agreed", "the plan that it made", OFFER("1", "NULL", "5", "'', x'" NOTHING "'")},
    {"agreed", "not sealed", OFFER("0", "1", "5", "'', NULL")},
    {"agreed", "other terms", OFFER("0", "1", "5", "'x', x'" NOTHING "'")},
    {"agreed", "contradict", OFFER("0", "NULL", "5", "'', NULL")},
    {"agreed", "has no installments", "DELETE FROM plan_installment"},
    {"agreed", "has installments, and is not there", "DELETE FROM plan"},
    {"agreed", "contradict", "UPDATE plan SET ended_at = 5"},
    {"agreed", "who had asked",
     "INSERT INTO approval SELECT 1, id, 1, 's', 'w', 0, '', 7, 0, 1, 7, 5, '' FROM organization"},
    {"agreed", "contradict",
     "INSERT INTO approval SELECT 1, id, 1, 's', 'w', 0, '', 7, 0, 1, 8, NULL, '' FROM"
     " organization"},
    {"agreed", "another one now",
     "INSERT INTO page_file (id, org_id, debtor_id, owner_id, name, type, size, hash, content, at)"
     " SELECT 1, min(org_id), min(id), 0, 'n', 't', 1, x'" NOTHING "', x'41',"
     " 0 FROM debtor"},
    /* sums of reports */
    {"sums_ledger", "off by 1",
     "UPDATE rollup_delta SET count = count + 1 WHERE id = (SELECT"
     " min(id) FROM rollup_delta WHERE measure = 1)"},
    {"sums_ledger", "an amount of 5",
     "UPDATE rollup_delta SET amount_minor = amount_minor + 5"
     " WHERE id = (SELECT min(id) FROM rollup_delta WHERE measure = 1)"},
    {"sums_ledger", "off by -1",
     "DELETE FROM rollup_delta WHERE id = (SELECT min(id) FROM"
     " rollup_delta WHERE measure = 1 AND count = 1)"},
    {"sums_credited", "off by",
     "UPDATE credited SET channel = 2 WHERE entry_id = (SELECT"
     " min(entry_id) FROM credited)"},
    {"sums_messages", "off by", "DELETE FROM rollup_delta WHERE measure = 3"},
    {"sums_read", "off by", "DELETE FROM rollup_delta WHERE measure = 4"},
    {"sums_steps", "are counted", "UPDATE rollup_delta SET count = count + 1000 WHERE measure = 5"},
    {"outside", "a case that is not there", ERRAND("99", "1", "5", "''")},
    {"outside", "contradict", ERRAND("(SELECT min(id) FROM run)", "1", "NULL", "''")},
    {"outside", "does not say with what", ERRAND("(SELECT min(id) FROM run)", "1", "5", "'paid'")},
    {"outside", "a webhook that is not there",
     "INSERT INTO notification SELECT 1, id, 9, 't', '{}',"
     " 1, 0, 0, 1, 200, '', 0, 5 FROM organization"},
    {"outside", "contradict",
     "INSERT INTO notification SELECT 1, id, 9, 't', '{}', 1, 0, 0, 1, 200, '', 0, NULL FROM"
     " organization"},
    {"waits", "nothing will ever move it",
     ERRAND("" ACTIVE_RUN "", "1", "5", "''") "; UPDATE run SET wake_at = 9223372036854775807,"
                                              " wait = 9 WHERE id = " ACTIVE_RUN},
    {"people", "let in no more",
     "INSERT INTO user_session SELECT 1, id, 99, x'00', 1, '', '', 0, 0, 0, NULL FROM"
     " organization"},
    {"people", "has a role here",
     "INSERT INTO membership SELECT id, 99, 1, '', 0, NULL FROM organization"},
    {"people", "not its debtor's",
     "INSERT INTO link SELECT 1, min(org_id), 0, min(id), 0, 99, 0, '', NULL, 0, 0, NULL FROM"
     " debtor"},
    {"people", "a debtor who is not there",
     "INSERT INTO link SELECT 1, id, 0, 99, 0, 0, 0, '', NULL, 0, 0, NULL FROM organization"},
    {"protected", "its flags do not say so",
     "INSERT INTO protection SELECT min(id), 1, min(org_id), 1, 'x', 'x', 0, 0, NULL, NULL"
     " FROM debtor"},
    {"protected", "asked for money while debtor",
     "INSERT INTO protection SELECT debtor_id, 1, org_id, 1, 'x', 'x', 0, 0, NULL, NULL"
     " FROM carrier WHERE purpose = 0 AND contact_id <> 0 AND id = " SENT_CARRIER},
    {"demands", "asked for 0",
     "UPDATE carrier SET facts = replace(facts, '\"claimable\":',"
     " '\"claimable\":0,\"x\":') WHERE id = " SENT_CARRIER},
    {"demands", "were owed", "UPDATE ledger SET amount_minor = 1 WHERE kind = 0"},
    {"demands", "verdict was later",
     "UPDATE carrier SET facts = replace(facts, '\"allow\"',"
     " '\"later\"') WHERE id = " SENT_CARRIER},
    {"demands", "does not know it",
     "UPDATE message SET carrier_id = (SELECT max(id) FROM carrier"
     " WHERE state = 2 AND contact_id <> 0) WHERE id ="
     " " SENT_MESSAGE},
    {"demands", "lists nothing",
     "UPDATE carrier SET facts = '{\"items\":[],\"messages\":[]}'"
     " WHERE id = " SENT_CARRIER},
    {"demands", "cannot be read", "UPDATE carrier SET facts = 'x' WHERE id = " SENT_CARRIER},
};

static bool named(const pn_audit_report *report, const corruption *change) {
    for (size_t i = 0; i < report->count; i++) {
        const pn_audit_check *check = &report->checks[i];
        for (size_t j = 0; j < check->shown_count && strcmp(check->name, change->check) == 0; j++) {
            if (pn_str_find(check->shown[j], pn_str_of(change->words)) != SIZE_MAX) {
                return true;
            }
        }
    }
    return false;
}

static void print_report(const pn_audit_report *report) {
    for (size_t i = 0; i < report->count; i++) {
        for (size_t j = 0; j < report->checks[i].shown_count; j++) {
            print_error("  %s: %.*s\n", report->checks[i].name,
                        PN_STR_ARG(report->checks[i].shown[j]));
        }
    }
}

static void every_corruption_is_named(void **state) {
    (void)state;
    size_t missed = 0;
    rig_save(&r);
    for (size_t i = 0; i < PN_COUNT(CORRUPTIONS); i++) {
        const corruption *change = &CORRUPTIONS[i];
        pn_audit_report report;
        rig_sql(&r, "%s", change->sql);
        bool agrees = rig_audit(&r, &report);
        if (agrees || !named(&report, change)) {
            print_error("not named by %s (“%s”): %s\n", change->check, change->words, change->sql);
            print_report(&report);
            missed++;
        }
        rig_restore(&r);
    }
    assert_int_equal(missed, 0);
}

int main(void) {
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_life_agrees),
        TEST(an_erased_event_agrees),
        TEST(two_processes_agree),
        TEST(an_empty_database_agrees),
        TEST(auditing_changes_nothing),
        TEST(every_corruption_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
