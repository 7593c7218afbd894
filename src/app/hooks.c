#include "app/hooks.h"

#include "base/banned.h"
#include "base/json.h"
#include "calendar/zone.h"
#include "store/webhook.h"

/* What an event is called outside: by its kind and, where its body says what, by that word. */
typedef struct {
    pn_hook_type said;
    pn_event_kind kind; /* PN_EVENTS: no event stands behind it */
    const char *what;   /* NULL: whatever it says */
} hook;

enum { INVOICE_PAID, INVOICE_REOPENED, CASE_OPENED, CASE_CLOSED };

static const hook HOOKS[] = {
    [INVOICE_PAID] = {{"invoice.paid", "An invoice was paid in full."}, PN_EVENTS, NULL},
    [INVOICE_REOPENED] = {{"invoice.reopened", "A reversal opened a paid invoice again."},
                          PN_EVENTS,
                          NULL},
    [CASE_OPENED] = {{"case.opened", "A case entered a strategy."}, PN_EVENT_ENROLLED, NULL},
    [CASE_CLOSED] = {{"case.closed", "A case is over: closed, or at the end of its strategy."},
                     PN_EVENT_STEP,
                     NULL},
    {{"message.sent", "A message left, and the next server took it."}, PN_EVENT_MESSAGE_SENT, NULL},
    {{"message.failed", "A message could not be sent."}, PN_EVENT_MESSAGE_FAILED, NULL},
    {{"message.uncertain", "A message may have left; it is not sent again by itself."},
     PN_EVENT_MESSAGE_UNCERTAIN,
     NULL},
    {{"reply.received", "Mail of a debtor came in."}, PN_EVENT_MAIL, NULL},
    {{"payment.received", "A payment was entered."}, PN_EVENT_PAYMENT, NULL},
    {{"payment.reversed", "A payment was taken back."}, PN_EVENT_PAYMENT_REVERSED, NULL},
    {{"credit.added", "A credit note, write-off, discount or withholding was entered."},
     PN_EVENT_CREDIT,
     NULL},
    {{"promise.made", "A debtor promised to pay."}, PN_EVENT_PROMISE, NULL},
    {{"promise.kept", "A promise was kept."}, PN_EVENT_PROMISE_JUDGED, "kept"},
    {{"promise.broken", "A promise was broken."}, PN_EVENT_PROMISE_JUDGED, "broken"},
    {{"promise.cancelled", "A promise was taken back."}, PN_EVENT_PROMISE_JUDGED, "cancelled"},
    {{"dispute.opened", "An amount is disputed."}, PN_EVENT_DISPUTE, NULL},
    {{"dispute.closed", "A dispute is settled."}, PN_EVENT_DISPUTE_CLOSED, NULL},
    {{"plan.agreed", "A payment plan was agreed."}, PN_EVENT_PLAN, "plan"},
    {{"plan.done", "All installments of a plan are paid."}, PN_EVENT_PLAN, "done"},
    {{"plan.defaulted", "An installment came 5 days late: the plan is over."},
     PN_EVENT_PLAN,
     "defaulted"},
    {{"plan.cancelled", "A plan was taken back."}, PN_EVENT_PLAN, "cancelled"},
    {{"offer.accepted", "A debtor accepted an offer."}, PN_EVENT_OFFER, "accepted"},
    {{"offer.withdrawn", "An offer was withdrawn."}, PN_EVENT_OFFER, "withdrawn"},
    {{"instrument.taken", "A cheque, note or direct debit is on its way."},
     PN_EVENT_INSTRUMENT,
     "taken"},
    {{"instrument.cleared", "It was cashed."}, PN_EVENT_INSTRUMENT, "cleared"},
    {{"instrument.returned", "It came back."}, PN_EVENT_INSTRUMENT, "returned"},
    {{"request.settled", "Another system was asked by a case, and what came of it."},
     PN_EVENT_ERRAND,
     NULL},
    {{"task.done", "A person has done a task of a case."}, PN_EVENT_TASK, NULL},
    {{"contact.changed", "An address was added, stopped or used again."}, PN_EVENT_CONTACT, NULL},
    {{"debtor.protected", "A debtor is protected, or no more."}, PN_EVENT_PROTECTION, NULL},
    {{"debtor.erased", "What is personal about a debtor was erased."}, PN_EVENT_ERASED, NULL},
};
static_assert(PN_COUNT(HOOKS) <= 64 && PN_EVENTS < 64, "a bit each");

size_t pn_hook_type_count(void) {
    return PN_COUNT(HOOKS);
}

const pn_hook_type *pn_hook_type_at(size_t index) {
    return &HOOKS[index].said;
}

bool pn_hook_type_known(pn_str type) {
    for (size_t i = 0; i < PN_COUNT(HOOKS); i++) {
        if (pn_str_eq(type, pn_str_of(HOOKS[i].said.type))) {
            return true;
        }
    }
    return false;
}

/* ── who listens ─────────────────────────────────────────────────────────────────────────────── */

static bool listens(pn_str events, const char *type) {
    pn_str rest = events, each;
    while (events.len != 0 && pn_str_split(&rest, ' ', &each)) {
        if (pn_str_eq(each, pn_str_of(type))) {
            return true;
        }
    }
    return events.len == 0;
}

static void add_listener(pn_stmt *q, void *context) {
    pn_app *app = context;
    pn_str events = pn_col_str(q, 0);
    for (size_t i = 0; i < PN_COUNT(HOOKS); i++) {
        if (listens(events, HOOKS[i].said.type)) {
            app->hook_types |= UINT64_C(1) << i;
            app->hook_kinds |= UINT64_C(1) << HOOKS[i].kind;
        }
    }
}

pn_err pn_hooks_begin(pn_app *app) {
    app->hook_types = app->hook_kinds = 0;
    if (app->org.id == 0) {
        return PN_OK;
    }
    pn_stmt *q =
        pn_db_stmt_rows(app->db, "SELECT events FROM webhook WHERE org_id = $1 AND state = 0");
    pn_bind_int(q, 1, app->org.id);
    return pn_each_row(q, add_listener, app);
}

/* ── writing ─────────────────────────────────────────────────────────────────────────────────── */

static void put_id(pn_json_writer *w, const char *key, pn_id_kind kind, pn_id id) {
    char text[PN_ID_TEXT_SIZE];
    if (id != 0) {
        pn_json_put_str(w, key, pn_str_of(pn_id_text(kind, id, text)));
    }
}

/* "inv_" and letters: an id of ours, which says nothing to anybody else. */
static bool is_id(const pn_json *value) {
    if (value->type != PN_JSON_STR || value->text.len != 4 + PN_ID_LETTERS ||
        value->text.ptr[3] != '_') {
        return false;
    }
    uint64_t number = 0;
    return pn_letters_read(pn_str_from(value->text, 4), &number) == PN_OK;
}

/* Of what an event says, its ids, its amount and its day leave; texts of people do not. */
static void put_hints(pn_json_writer *w, pn_str body, pn_arena *arena) {
    static const char *const PLAIN[] = {"amount", "currency", "due", "outcome", "asked", "state"};
    pn_json *json = NULL;
    if (pn_json_parse(body, NULL, arena, &json, NULL) != PN_OK || json->type != PN_JSON_OBJECT) {
        return;
    }
    for (size_t i = 0; i < json->count; i++) {
        const pn_json_member *each = &json->members[i];
        bool plain = is_id(&each->value);
        for (size_t k = 0; k < PN_COUNT(PLAIN) && !plain; k++) {
            plain = pn_str_eq(each->key, pn_str_of(PLAIN[k])) &&
                    (each->value.type == PN_JSON_STR || each->value.type == PN_JSON_INT);
        }
        if (plain) {
            pn_json_key(w, each->key);
            pn_json_add_value(w, &each->value);
        }
    }
}

/* "2026-03-06T09:00:00Z" */
static pn_str utc(pn_time at, pn_arena *arena) {
    char day[PN_DATE_ISO_SIZE];
    pn_local local = pn_zone_local(pn_zone_utc(), at);
    return pn_str_format(arena, "%sT%02d:%02d:%02dZ", pn_date_iso(local.date, day),
                         (int)(local.second / 3600), (int)(local.second / 60 % 60),
                         (int)(local.second % 60));
}

typedef struct {
    const char *type;
    pn_time at;
    pn_id event_id, debtor_id, run_id, invoice_id;
    pn_str body; /* of the event; empty for none */
} happening;

static pn_str write_body(const pn_app *app, const happening *h, pn_arena *arena) {
    pn_buf text;
    pn_buf_init(&text, 1 << 16);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "type", pn_str_of(h->type));
    pn_json_put_str(&w, "timestamp", utc(h->at, arena));
    pn_json_key(&w, PN_STR("data"));
    pn_json_begin_object(&w);
    put_id(&w, "organization", PN_ID_ORGANIZATION, app->org.id);
    put_id(&w, "event", PN_ID_EVENT, h->event_id);
    put_id(&w, "debtor", PN_ID_DEBTOR, h->debtor_id);
    put_id(&w, "case", PN_ID_RUN, h->run_id);
    put_id(&w, "invoice", PN_ID_INVOICE, h->invoice_id);
    if (h->body.len != 0) {
        put_hints(&w, h->body, arena);
    }
    pn_json_end_object(&w);
    pn_json_end_object(&w);
    pn_str body = pn_str_dup(arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return body;
}

static pn_err insert(pn_app *app, pn_id webhook_id, const happening *h, pn_str body,
                     pn_id *ret_id) {
    pn_notification_row row = {.id = pn_app_id(app),
                               .org_id = app->org.id,
                               .webhook_id = webhook_id,
                               .type = pn_str_of(h->type),
                               .body = body,
                               .call.due_at = pn_app_now(app),
                               .at = h->at};
    *ret_id = row.id;
    return pn_notification_insert(app->db, &row);
}

static pn_err tell(pn_app *app, const happening *h) {
    pn_webhook_row *rows = NULL;
    size_t count = 0;
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_err err = pn_webhook_list(app->db, app->org.id, &arena, &rows, &count);
    pn_str body = write_body(app, h, &arena);
    for (size_t i = 0; i < count && err == PN_OK; i++) {
        if (rows[i].state == PN_WEBHOOK_ON && listens(rows[i].events, h->type)) {
            err = insert(app, rows[i].id, h, body, &(pn_id){0});
        }
    }
    pn_arena_done(&arena);
    return err;
}

static pn_str what_of(pn_str body, pn_arena *arena) {
    pn_json *json = NULL;
    return pn_json_parse(body, NULL, arena, &json, NULL) == PN_OK
               ? pn_json_text(pn_json_field(json, "what"), PN_STR(""))
               : PN_STR("");
}

static const char *type_of(const pn_app *app, const pn_event_row *event, pn_arena *arena) {
    for (size_t i = 0; i < PN_COUNT(HOOKS); i++) {
        if (HOOKS[i].kind == event->kind && (app->hook_types >> i & 1) != 0 &&
            (HOOKS[i].what == NULL ||
             pn_str_eq(what_of(event->body, arena), pn_str_of(HOOKS[i].what)))) {
            return HOOKS[i].said.type;
        }
    }
    return NULL;
}

pn_err pn_hooks_event_slow(pn_app *app, const pn_event_row *event, bool over) {
    if (event->kind == PN_EVENT_STEP && !over) {
        return PN_OK;
    }
    pn_arena arena;
    pn_arena_init(&arena, 0);
    happening h = {.type = type_of(app, event, &arena),
                   .at = event->at,
                   .event_id = event->id,
                   .debtor_id = event->debtor_id,
                   .run_id = event->run_id,
                   .body = event->body};
    pn_err err = h.type != NULL ? tell(app, &h) : PN_OK;
    pn_arena_done(&arena);
    return err;
}

pn_err pn_hooks_invoice(pn_app *app, pn_id debtor_id, pn_id invoice_id, bool paid) {
    size_t index = paid ? INVOICE_PAID : INVOICE_REOPENED;
    if ((app->hook_types >> index & 1) == 0) {
        return PN_OK;
    }
    happening h = {.type = HOOKS[index].said.type,
                   .at = pn_app_now(app),
                   .debtor_id = debtor_id,
                   .invoice_id = invoice_id};
    return tell(app, &h);
}

pn_err pn_hooks_test(pn_app *app, pn_id webhook_id, pn_id *ret_id) {
    happening h = {.type = "webhook.test", .at = pn_app_now(app)};
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_err err = insert(app, webhook_id, &h, write_body(app, &h, &arena), ret_id);
    pn_arena_done(&arena);
    return err;
}
