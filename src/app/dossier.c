#include "app/dossier.h"

#include "base/banned.h"
#include "calendar/instant.h"
#include "core/ledger.h"
#include "core/payin.h"
#include "core/policy.h"
#include "format/bounce.h"
#include "store/debtor.h"

const char *const PN_DOSSIER_TABLES[] = {
    "account",        "attribute",  "complaint",        "contact",      "contact_made",
    "debtor_key",     "dispute",    "errand",           "event",        "file",
    "hold",           "instrument", "invoice",          "invoice_line", "invoice_tax",
    "ledger",         "link",       "mandate",          "carrier",      "message",
    "notice",         "offer",      "page_action",      "page_file",    "payment",
    "payment_intent", "plan",       "plan_installment", "promise",      "protection",
    "received_mail",  "run",        "signal",           "task",         NULL,
};
/* credited: our guess what made them pay; earmark: told with what earmarks; poke: a timer;
 * page_code: a secret; pill_start, split_arm: how our program remembers its own choices;
 * provider_event: what a provider sent, told as payments; study_message: what never happened;
 * task_change: told with events. */
const char *const PN_DOSSIER_LEFT_OUT[] = {
    "credited",       "earmark",   "page_code",     "pill_start",  "poke",
    "provider_event", "split_arm", "study_message", "task_change", NULL};

/* ── columns ─────────────────────────────────────────────────────────────────────────────────── */

typedef enum { TEXT, NUMBER, TIME, DAY, JSON, ID, WORD } as;

typedef const char *(*word_of)(int64_t value);

typedef struct {
    const char *name; /* NULL: behind the last */
    as is;
    pn_id_kind kind; /* ID; 0 is none */
    word_of word;    /* WORD */
} column;

enum { COLUMNS_MAX = 16 };

typedef struct {
    const char *name;
    const char *sql; /* the organization is $1, the debtor $2 */
    column columns[COLUMNS_MAX];
} section;

static const char *channel(int64_t v) {
    return pn_channel_kind_name((pn_channel_kind)v);
}
static const char *message_state(int64_t v) {
    return pn_message_state_name((pn_message_state)v);
}
static const char *entry_kind(int64_t v) {
    return pn_entry_kind_name((pn_entry_kind)v);
}
static const char *purpose(int64_t v) {
    return pn_purpose_name((pn_purpose)v);
}
static const char *signal_kind(int64_t v) {
    return pn_signal_kind_name((pn_signal_kind)v);
}
static const char *signal_source(int64_t v) {
    return pn_signal_source_name((pn_signal_source)v);
}
static const char *errand_kind(int64_t v) {
    return pn_errand_kind_name((pn_errand_kind)v);
}
static const char *offer_kind(int64_t v) {
    return pn_offer_kind_name((pn_offer_kind)v);
}
static const char *payin_state(int64_t v) {
    return pn_payin_state_name((pn_payin_state)v);
}
static const char *protection(int64_t v) {
    return pn_protect_name((pn_protect_kind)v);
}
static const char *mail_class(int64_t v) {
    return pn_mail_class_name((pn_mail_class)v);
}
static const char *event_kind(int64_t v) {
    return pn_event_kind_name((pn_event_kind)v);
}

#define T(n)                                                                                       \
    { n, TEXT, 0, NULL }
#define N(n)                                                                                       \
    { n, NUMBER, 0, NULL }
#define AT(n)                                                                                      \
    { n, TIME, 0, NULL }
#define D(n)                                                                                       \
    { n, DAY, 0, NULL }
#define J(n)                                                                                       \
    { n, JSON, 0, NULL }
#define I(n, k)                                                                                    \
    { n, ID, PN_ID_##k, NULL }
#define W(n, f)                                                                                    \
    { n, WORD, 0, f }

static const section DEBTOR = {
    "debtor",
    "SELECT id, external_id, name, tax_id, CASE kind WHEN 1 THEN 'person' WHEN 2 THEN 'company'"
    " ELSE 'unknown' END, country, region, zone, language, owner, salesperson, parent_id,"
    " promises_kept, promises_broken, barred_reason, created_at FROM debtor WHERE org_id = $1"
    " AND id = $2",
    {I("id", DEBTOR), T("key"), T("name"), T("tax_id"), T("kind"), T("country"), T("region"),
     T("zone"), T("language"), T("owner"), T("salesperson"), I("parent", DEBTOR),
     N("promises_kept"), N("promises_broken"), T("excluded_reason"), AT("created_at")}};

static const section SECTIONS[] = {
    {"keys",
     "SELECT creditor_id, external_id FROM debtor_key WHERE +org_id = $1 AND debtor_id = $2",
     {I("creditor", CREDITOR), T("key")}},
    {"attributes",
     "SELECT owner_id, name, text, number FROM attribute WHERE +org_id = $1 AND debtor_id = $2"
     " ORDER BY owner_id, name",
     {N("of"), T("name"), T("text"), N("number")}},
    {"contacts",
     "SELECT id, channel, address, name, relation, CASE state WHEN 0 THEN 'usable' WHEN 1 THEN"
     " 'bounced' WHEN 2 THEN 'invalid' ELSE 'opted_out' END, state_reason, state_at, CASE consent"
     " WHEN 1 THEN 'given' WHEN 2 THEN 'withdrawn' ELSE 'unknown' END, consent_source, consent_at,"
     " created_at FROM contact WHERE +org_id = $1 AND debtor_id = $2 ORDER BY id",
     {I("id", CONTACT), W("channel", channel), T("address"), T("name"), T("relation"), T("state"),
      T("state_reason"), AT("state_at"), T("consent"), T("consent_source"), AT("consent_at"),
      AT("created_at")}},
    {"protections",
     "SELECT kind, reason, actor, since, until, ended_at FROM protection WHERE +org_id = $1"
     " AND debtor_id = $2 ORDER BY id",
     {W("as", protection), T("reason"), T("actor"), AT("since"), AT("until"), AT("ended_at")}},
    {"holds",
     "SELECT id, run_id, reason, actor, since, until, released_at FROM hold WHERE +org_id = $1"
     " AND debtor_id = $2 ORDER BY id",
     {I("id", HOLD), I("run", RUN), T("reason"), T("actor"), AT("since"), AT("until"),
      AT("released_at")}},
    {"accounts",
     "SELECT creditor_id, currency, open_minor, claimable_minor, unapplied_minor FROM account WHERE"
     " +org_id = $1 AND debtor_id = $2 ORDER BY id",
     {I("creditor", CREDITOR), T("currency"), N("open_minor"), N("claimable_minor"),
      N("unapplied_minor")}},
    {"invoices",
     "SELECT id, creditor_id, external_id, currency, issued, due, effective_due, product,"
     " amount_minor, open_minor, disputed_minor, promised_minor, planned_minor, in_flight_minor,"
     " closed_at FROM invoice WHERE +org_id = $1 AND debtor_id = $2 ORDER BY id",
     {I("id", INVOICE), I("creditor", CREDITOR), T("number"), T("currency"), D("issued"), D("due"),
      D("effective_due"), T("product"), N("amount_minor"), N("open_minor"), N("disputed_minor"),
      N("promised_minor"), N("planned_minor"), N("in_flight_minor"), AT("closed_at")}},
    {"invoice_lines",
     "SELECT invoice_id, line, sku, product, description, quantity, net_minor, tax_ppm,"
     " amount_minor FROM invoice_line WHERE +org_id = $1 AND debtor_id = $2 ORDER BY invoice_id,"
     " line",
     {I("invoice", INVOICE), N("line"), T("sku"), T("product"), T("description"),
      N("quantity_millionths"), N("net_minor"), N("tax_ppm"), N("amount_minor")}},
    {"invoice_taxes",
     "SELECT invoice_id, label, rate_ppm, base_minor, amount_minor FROM invoice_tax WHERE org_id ="
     " $1 AND debtor_id = $2 ORDER BY invoice_id, position",
     {I("invoice", INVOICE), T("label"), N("rate_ppm"), N("base_minor"), N("amount_minor")}},
    {"ledger",
     "SELECT id, invoice_id, kind, amount_minor, payment_id, at, actor, note FROM ledger WHERE"
     " +org_id = $1 AND debtor_id = $2 ORDER BY id",
     {I("id", LEDGER_ENTRY), I("invoice", INVOICE), W("kind", entry_kind), N("amount_minor"),
      I("payment", PAYMENT), AT("at"), T("actor"), T("note")}},
    {"payments",
     "SELECT id, creditor_id, external_id, currency, amount_minor, unapplied_minor, received, at,"
     " method, reference, reversed_at, reversal_reason FROM payment WHERE +org_id = $1 AND "
     "debtor_id"
     " = $2 ORDER BY id",
     {I("id", PAYMENT), I("creditor", CREDITOR), T("key"), T("currency"), N("amount_minor"),
      N("unapplied_minor"), D("received"), AT("at"), T("method"), T("reference"), AT("reversed_at"),
      T("reversal_reason")}},
    {"payment_attempts",
     "SELECT id, provider, currency, amount_minor, refunded_minor, state, origin, method, reason,"
     " payment_id, created_at, settled_at FROM payment_intent WHERE +org_id = $1 AND debtor_id = $2"
     " ORDER BY id",
     {I("id", PAYIN), T("provider"), T("currency"), N("amount_minor"), N("refunded_minor"),
      W("state", payin_state), T("origin"), T("method"), T("reason"), I("payment", PAYMENT),
      AT("created_at"), AT("settled_at")}},
    {"mandates",
     "SELECT id, creditor_id, provider, label, CASE state WHEN 0 THEN 'in_force' ELSE 'ended' END,"
     " reason, made_at, ended_at FROM mandate WHERE +org_id = $1 AND debtor_id = $2 ORDER BY id",
     {I("id", MANDATE), I("creditor", CREDITOR), T("provider"), T("label"), T("state"), T("reason"),
      AT("made_at"), AT("ended_at")}},
    {"promises",
     "SELECT id, amount_minor, due, CASE state WHEN 0 THEN 'open' WHEN 1 THEN 'kept' WHEN 2 THEN"
     " 'broken' ELSE 'cancelled' END, paid_minor, source, made_at, judged_at FROM promise WHERE"
     " +org_id = $1 AND debtor_id = $2 ORDER BY id",
     {I("id", PROMISE), N("amount_minor"), D("due"), T("state"), N("paid_minor"), T("source"),
      AT("made_at"), AT("judged_at")}},
    {"disputes",
     "SELECT id, invoice_id, line, amount_minor, reason, CASE state WHEN 0 THEN 'open' ELSE"
     " 'closed' END, outcome, opened_at, closed_at FROM dispute WHERE +org_id = $1 AND debtor_id ="
     " $2 ORDER BY id",
     {I("id", DISPUTE), I("invoice", INVOICE), N("line"), N("amount_minor"), T("reason"),
      T("state"), T("outcome"), AT("opened_at"), AT("closed_at")}},
    {"complaints",
     "SELECT id, text, answer, opened_at, closed_at FROM complaint WHERE +org_id = $1 AND debtor_id"
     " = $2 ORDER BY id",
     {I("id", COMPLAINT), T("text"), T("answer"), AT("opened_at"), AT("closed_at")}},
    {"plans",
     "SELECT id, CASE state WHEN 0 THEN 'active' WHEN 1 THEN 'done' WHEN 2 THEN 'defaulted' ELSE"
     " 'cancelled' END, made_at, ended_at FROM plan WHERE +org_id = $1 AND debtor_id = $2 ORDER BY"
     " id",
     {I("id", PLAN), T("state"), AT("made_at"), AT("ended_at")}},
    {"plan_installments",
     "SELECT plan_id, number, due, amount_minor FROM plan_installment WHERE +org_id = $1 AND"
     " debtor_id = $2 ORDER BY plan_id, number",
     {I("plan", PLAN), N("number"), D("due"), N("amount_minor")}},
    {"instruments",
     "SELECT id, kind, number, amount_minor, due, CASE state WHEN 0 THEN 'in_flight' WHEN 1 THEN"
     " 'cleared' ELSE 'returned' END, taken_at, settled_at FROM instrument WHERE +org_id = $1 AND"
     " debtor_id = $2 ORDER BY id",
     {I("id", INSTRUMENT), T("kind"), T("number"), N("amount_minor"), D("due"), T("state"),
      AT("taken_at"), AT("settled_at")}},
    {"offers",
     "SELECT id, invoice_id, kind, made_at, until, settled_at, total_minor, discount_minor, terms,"
     " accepted_by, accepted_from FROM offer WHERE +org_id = $1 AND debtor_id = $2 ORDER BY id",
     {I("id", OFFER), I("invoice", INVOICE), W("kind", offer_kind), AT("made_at"), AT("until"),
      AT("settled_at"), N("total_minor"), N("discount_minor"), T("terms"), T("accepted_by"),
      T("accepted_from")}},
    {"cases",
     "SELECT r.id, s.name, v.version, r.invoice_id, CASE r.status WHEN 0 THEN 'active' ELSE 'over'"
     " END, r.started_at FROM run r JOIN strategy_version v ON v.id = r.version_id JOIN strategy s"
     " ON s.id = v.strategy_id WHERE r.org_id = $1 AND r.debtor_id = $2 ORDER BY r.id",
     {I("id", RUN), T("strategy"), N("version"), I("invoice", INVOICE), T("state"),
      AT("started_at")}},
    {"messages",
     "SELECT id, run_id, channel, template, tone, state, carrier_id, settled_at, reason FROM"
     " message WHERE +org_id = $1 AND debtor_id = $2 ORDER BY id",
     {I("id", MESSAGE), I("run", RUN), W("channel", channel), T("template"), N("tone"),
      W("state", message_state), I("carrier", CARRIER), AT("settled_at"), T("reason")}},
    {"sent",
     "SELECT id, channel, address, language, subject, purpose, state, at, status, reply FROM"
     " carrier WHERE +org_id = $1 AND debtor_id = $2 ORDER BY id",
     {I("id", CARRIER), W("channel", channel), T("address"), T("language"), T("subject"),
      W("purpose", purpose), W("state", message_state), AT("at"), T("status"), T("reply")}},
    {"contacts_made",
     "SELECT at, channel, purpose, conversation, carrier_id FROM contact_made WHERE +org_id = $1"
     " AND debtor_id = $2 ORDER BY id",
     {AT("at"), W("channel", channel), W("purpose", purpose), N("conversation"),
      I("carrier", CARRIER)}},
    {"received",
     "SELECT id, at, sender, sender_name, sent_to, subject, class, text FROM received_mail WHERE"
     " +org_id = $1 AND debtor_id = $2 ORDER BY id",
     {I("id", RECEIVED), AT("at"), T("sender"), T("sender_name"), T("sent_to"), T("subject"),
      W("class", mail_class), T("text")}},
    {"signals",
     "SELECT kind, source, at, carrier_id, detail FROM signal WHERE +org_id = $1 AND debtor_id = $2"
     " ORDER BY id",
     {W("kind", signal_kind), W("source", signal_source), AT("at"), I("carrier", CARRIER),
      T("detail")}},
    {"links",
     "SELECT id, invoice_id, carrier_id, made_at, revoked_at FROM link WHERE +org_id = $1 AND"
     " debtor_id = $2 ORDER BY id",
     {I("id", LINK), I("invoice", INVOICE), I("carrier", CARRIER), AT("made_at"),
      AT("revoked_at")}},
    {"page_actions",
     "SELECT action, at FROM page_action WHERE +org_id = $1 AND debtor_id = $2 ORDER BY at",
     {T("action"), AT("at")}},
    {"requests",
     "SELECT id, kind, connector, outcome, reference, reason, asked_at, settled_at FROM errand"
     " WHERE +org_id = $1 AND debtor_id = $2 ORDER BY id",
     {I("id", ERRAND), W("kind", errand_kind), T("connector"), T("outcome"), T("reference"),
      T("reason"), AT("asked_at"), AT("settled_at")}},
    {"tasks",
     "SELECT id, category, title, script, CASE state WHEN 0 THEN 'open' WHEN 1 THEN 'done' ELSE"
     " 'cancelled' END, outcome, opened_at, due_at, settled_at, settled_by FROM task WHERE org_id ="
     " $1 AND debtor_id = $2 ORDER BY id",
     {I("id", TASK), T("category"), T("title"), T("script"), T("state"), T("outcome"),
      AT("opened_at"), AT("due_at"), AT("settled_at"), T("settled_by")}},
    {"notices",
     "SELECT recipient, text, at FROM notice WHERE +org_id = $1 AND debtor_id = $2 ORDER BY id",
     {T("recipient"), T("text"), AT("at")}},
    {"documents",
     "SELECT id, invoice_id, name, type, size, at FROM file WHERE +org_id = $1 AND debtor_id = $2"
     " ORDER BY id",
     {I("id", DOCUMENT), I("invoice", INVOICE), T("name"), T("type"), N("bytes"), AT("at")}},
    {"files",
     "SELECT id, name, type, size, at FROM page_file WHERE +org_id = $1 AND debtor_id = $2 ORDER BY"
     " id",
     {I("id", FILE), T("name"), T("type"), N("bytes"), AT("at")}},
    {"events",
     "SELECT id, run_id, at, kind, actor, body FROM event WHERE +org_id = $1 AND debtor_id = $2"
     " ORDER BY id",
     {I("id", EVENT), I("run", RUN), AT("at"), W("kind", event_kind), T("actor"), J("body")}},
};

/* ── rows ────────────────────────────────────────────────────────────────────────────────────── */

static void put_at(pn_json_writer *w, pn_time at) {
    char text[PN_INSTANT_SIZE];
    if (at == PN_TIME_NEVER || at == PN_TIME_NONE) {
        pn_json_add_null(w);
    } else {
        pn_json_add_str(w, pn_str_of(pn_instant_text(at, text)));
    }
}

static void put_day(pn_json_writer *w, int64_t day) {
    char text[PN_DATE_ISO_SIZE];
    if (day == PN_DATE_NONE || day == PN_DATE_LAST) {
        pn_json_add_null(w);
    } else {
        pn_json_add_str(w, pn_str_of(pn_date_iso((pn_date)day, text)));
    }
}

static void put_id(pn_json_writer *w, pn_id_kind kind, pn_id id) {
    char text[PN_ID_TEXT_SIZE];
    if (id == 0) {
        pn_json_add_null(w);
    } else {
        pn_json_add_str(w, pn_str_of(pn_id_text(kind, id, text)));
    }
}

static void put_column(pn_json_writer *w, pn_stmt *q, int at, const column *c) {
    pn_json_key(w, pn_str_of(c->name));
    if (pn_col_null(q, at)) {
        pn_json_add_null(w);
        return;
    }
    switch (c->is) {
    case TEXT: pn_json_add_str(w, pn_col_str(q, at)); break;
    case NUMBER: pn_json_add_int(w, pn_col_int(q, at)); break;
    case TIME: put_at(w, pn_col_int(q, at)); break;
    case DAY: put_day(w, pn_col_int(q, at)); break;
    case JSON: pn_json_add_raw(w, pn_col_str(q, at)); break;
    case ID: put_id(w, c->kind, pn_col_int(q, at)); break;
    case WORD: pn_json_add_str(w, pn_str_of(c->word(pn_col_int(q, at)))); break;
    }
}

static void put_row(pn_json_writer *w, pn_stmt *q, const section *s) {
    pn_json_begin_object(w);
    for (int i = 0; i < COLUMNS_MAX && s->columns[i].name != NULL; i++) {
        put_column(w, q, i, &s->columns[i]);
    }
    /* where its bytes are */
    pn_id id = s->columns[0].is == ID ? pn_col_int(q, 0) : 0;
    char text[PN_ID_TEXT_SIZE], href[PN_ID_TEXT_SIZE + 32];
    bool document = s->columns[0].kind == PN_ID_DOCUMENT, file = s->columns[0].kind == PN_ID_FILE;
    if (id != 0 && (document || file)) {
        pn_buf buf = {.ptr = href, .capacity = sizeof href, .max = sizeof href};
        pn_buf_add_format(&buf, document ? "/v1/documents/%s/content" : "/v1/files/%s",
                          pn_id_text(s->columns[0].kind, id, text));
        pn_json_put_str(w, "href", pn_buf_str(&buf));
    } else if (id != 0 && s->columns[0].kind == PN_ID_MESSAGE && pn_col_int(q, 6) != 0) {
        pn_buf buf = {.ptr = href, .capacity = sizeof href, .max = sizeof href};
        pn_buf_add_format(&buf, "/v1/messages/%s/content", pn_id_text(PN_ID_MESSAGE, id, text));
        pn_json_put_str(w, "href", pn_buf_str(&buf));
    }
    pn_json_end_object(w);
}

static pn_err put_section(pn_app *app, pn_id debtor_id, pn_json_writer *w, const section *s) {
    pn_stmt *q = pn_db_stmt(app->db, s->sql);
    pn_bind_int(q, 1, app->org.id);
    pn_bind_int(q, 2, debtor_id);
    pn_json_key(w, pn_str_of(s->name));
    pn_json_begin_array(w);
    pn_err err;
    while ((err = pn_row_next(q)) == PN_OK) {
        put_row(w, q, s);
    }
    pn_json_end_array(w);
    return err == PN_NOT_FOUND ? PN_OK : err;
}

static pn_err write_debtor(pn_app *app, pn_id debtor_id, pn_json_writer *w) {
    pn_stmt *q = pn_db_stmt(app->db, DEBTOR.sql);
    pn_bind_int(q, 1, app->org.id);
    pn_bind_int(q, 2, debtor_id);
    PN_TRY(pn_row_next(q));
    pn_json_key(w, pn_str_of(DEBTOR.name));
    put_row(w, q, &DEBTOR);
    pn_stmt_reset(q);
    return PN_OK;
}

pn_err pn_dossier_write(pn_app *app, pn_id debtor_id, pn_json_writer *w, pn_diag *diag) {
    pn_json_key(w, PN_STR("as_of"));
    put_at(w, pn_app_now(app));
    pn_json_put_str(w, "organization", app->org.name);
    pn_err err = write_debtor(app, debtor_id, w);
    if (err == PN_NOT_FOUND) {
        return pn_diag_set(diag, err, "There is no such debtor.");
    }
    for (size_t i = 0; i < PN_COUNT(SECTIONS) && err == PN_OK; i++) {
        err = put_section(app, debtor_id, w, &SECTIONS[i]);
    }
    return pn_app_fail(app, err, diag);
}

pn_err pn_dossier_tell(pn_app *app, pn_id debtor_id) {
    return pn_journal_debtor(app, debtor_id, PN_EVENT_CHANGED,
                             PN_STR("{\"what\":\"debtor.exported\"}"));
}
