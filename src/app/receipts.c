#include "app/receipts.h"

#include "app/rollup.h"
#include "app/signals.h"
#include "app/uncertain.h"
#include "base/banned.h"
#include "store/message.h"
#include "store/touch.h"

typedef struct {
    pn_app *app;
    const pn_receipt *receipt;
    pn_carrier_row carrier;
    pn_arena *arena;
} taking;

/* ── whose it is ─────────────────────────────────────────────────────────────────────────────── */

/* A message of the carrier, as its facts name it. */
static pn_err message_at(const pn_json *messages, size_t at, pn_id *ret_message,
                         pn_id *ret_debtor) {
    const pn_json *each = &messages->items[at];
    PN_TRY(pn_id_parse(PN_ID_MESSAGE, pn_json_text(pn_json_field(each, "id"), PN_STR("")),
                       ret_message));
    return pn_id_parse(PN_ID_DEBTOR, pn_json_text(pn_json_field(each, "debtor"), PN_STR("")),
                       ret_debtor);
}

/* NULL: they were erased. */
static pn_err messages_of(taking *t, const pn_json **ret_messages, pn_diag *diag) {
    pn_json *facts = NULL;
    *ret_messages = NULL;
    if (t->carrier.facts.len != 0) {
        PN_TRY(pn_json_parse(t->carrier.facts, NULL, t->arena, &facts, diag));
        *ret_messages = pn_json_field(facts, "messages");
    }
    return PN_OK;
}

static pn_err read_carrier(taking *t, pn_diag *diag) {
    pn_err err = pn_carrier_get(t->app->db, t->receipt->carrier_id, t->arena, &t->carrier);
    if (err == PN_NOT_FOUND || (err == PN_OK && t->carrier.org_id != t->app->org.id)) {
        return pn_diag_set(diag, PN_NOT_FOUND, "There is no such message.");
    }
    return err;
}

/* ── what it says ────────────────────────────────────────────────────────────────────────────── */

static pn_err arrived_event(taking *t, pn_id debtor_id) {
    char id[PN_ID_TEXT_SIZE];
    pn_buf body;
    pn_buf_init(&body, 4096);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "carrier", pn_str_of(pn_id_text(PN_ID_CARRIER, t->carrier.id, id)));
    pn_json_put_str(&w, "source", pn_str_of(pn_signal_source_name(PN_SOURCE_MACHINE)));
    pn_json_put_str(&w, "what", PN_STR("delivered"));
    pn_json_end_object(&w);
    pn_err err = pn_journal_debtor(t->app, debtor_id, PN_EVENT_SIGNAL, pn_buf_str(&body));
    pn_buf_done(&body);
    return err;
}

static pn_err message_arrived(taking *t, pn_id message_id) {
    pn_message_row row;
    PN_TRY(pn_message_get(t->app->db, message_id, t->arena, &row));
    if (row.state != PN_MESSAGE_SENT) {
        return PN_OK;
    }
    row.state = PN_MESSAGE_DELIVERED;
    return pn_message_update(t->app->db, &row);
}

static pn_err arrived(taking *t, pn_diag *diag) {
    const pn_json *messages = NULL;
    pn_id last = 0;
    if (t->carrier.state != PN_MESSAGE_SENT) {
        return PN_OK; /* it is known, or it came back since */
    }
    PN_TRY(messages_of(t, &messages, diag));
    for (size_t i = 0; messages != NULL && i < messages->count; i++) {
        pn_id message = 0, debtor = 0;
        PN_TRY(message_at(messages, i, &message, &debtor));
        PN_TRY(message_arrived(t, message));
        if (debtor != last) { /* they stand in debtor order */
            PN_TRY(arrived_event(t, debtor));
        }
        last = debtor;
    }
    pn_rollup_carrier(t->app, &t->carrier, t->carrier.state, PN_MESSAGE_DELIVERED);
    return pn_carrier_delivered(t->app->db, t->carrier.id);
}

/* Once: what it says is that somebody read it, not how often. */
static pn_err was_read(taking *t, pn_diag *diag) {
    int64_t before = 0;
    pn_signal_report report = {
        .carrier_id = t->carrier.id, .kind = PN_SIGNAL_OPEN, .source = PN_SOURCE_HUMAN};
    PN_TRY(arrived(t, diag));
    PN_TRY(pn_signal_count(t->app->db, t->carrier.debtor_id, t->carrier.id, PN_SIGNAL_OPEN,
                           PN_SOURCE_HUMAN, &before));
    return before != 0 ? PN_OK : pn_signals_add(t->app, &report, t->arena, diag);
}

static pn_err came_back(taking *t, pn_bounce_kind kind, pn_diag *diag) {
    if (t->carrier.state != PN_MESSAGE_SENT && t->carrier.state != PN_MESSAGE_DELIVERED) {
        return PN_OK;
    }
    pn_signal_report report = {.carrier_id = t->carrier.id,
                               .kind = PN_SIGNAL_BOUNCE,
                               .source = PN_SOURCE_MACHINE,
                               .bounce = kind,
                               .status = PN_STR(""),
                               .detail = t->receipt->detail};
    return pn_signals_add(t->app, &report, t->arena, diag);
}

/* It left: somebody has it, whatever became of it there. */
static pn_err settle(taking *t, pn_diag *diag) {
    const pn_json *messages = NULL;
    pn_id message = 0, debtor = 0;
    size_t count = 0;
    PN_TRY(messages_of(t, &messages, diag));
    if (messages == NULL || messages->count == 0) {
        return PN_OK;
    }
    PN_TRY(message_at(messages, 0, &message, &debtor));
    PN_TRY(pn_uncertain_settle(t->app, message, PN_UNCERTAIN_SENT, PN_STR("receipt"), t->arena,
                               &count, diag));
    return read_carrier(t, diag);
}

pn_err pn_receipt_take(pn_app *app, const pn_receipt *receipt, pn_arena *arena, pn_diag *diag) {
    taking t = {.app = app, .receipt = receipt, .arena = arena};
    PN_TRY(read_carrier(&t, diag));
    if (t.carrier.state == PN_MESSAGE_SENDING) {
        pn_err err = pn_diag_set(diag, PN_CONFLICT, "It is not known yet that this message left.");
        pn_diag_mend(diag, "Say so again in a minute.");
        return err;
    }
    if (t.carrier.state == PN_MESSAGE_UNCERTAIN) {
        PN_TRY(settle(&t, diag));
    }
    switch (receipt->kind) {
    case PN_RECEIPT_DELIVERED: return arrived(&t, diag);
    case PN_RECEIPT_READ: return was_read(&t, diag);
    case PN_RECEIPT_FAILED: return came_back(&t, PN_BOUNCE_PASSING, diag);
    case PN_RECEIPT_GONE: return came_back(&t, PN_BOUNCE_DEAD, diag);
    }
    return PN_OK;
}
