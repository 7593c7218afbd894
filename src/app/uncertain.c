#include "app/uncertain.h"

#include "app/rollup.h"
#include "base/banned.h"
#include "channel/channel.h"
#include "store/invoice.h"
#include "store/message.h"
#include "store/run.h"

typedef struct {
    pn_app *app;
    pn_arena *arena;
    pn_uncertain_verdict verdict;
    pn_str reason;
    pn_time now;
    pn_carrier_row carrier;
    const pn_json *facts; /* of the carrier */
    pn_message_row *messages;
    size_t count;
} settlement;

static pn_err load(settlement *s, pn_id message_id, pn_diag *diag) {
    pn_message_row asked;
    pn_json *facts = NULL;
    pn_err err = pn_message_get(s->app->db, message_id, s->arena, &asked);
    if (err == PN_NOT_FOUND || (err == PN_OK && asked.org_id != s->app->org.id)) {
        return pn_diag_set(diag, PN_NOT_FOUND, "There is no such message.");
    }
    PN_TRY(err);
    if (asked.state != PN_MESSAGE_UNCERTAIN) {
        return pn_diag_set(diag, PN_CONFLICT, "This message is %s, not uncertain.",
                           pn_message_state_name(asked.state));
    }
    if (asked.carrier_id == 0) { /* it waited when the backup was made that is in use now */
        s->messages = pn_arena_new(s->arena, pn_message_row);
        s->messages[s->count++] = asked;
        return PN_OK;
    }
    PN_TRY(pn_carrier_get(s->app->db, asked.carrier_id, s->arena, &s->carrier));
    PN_TRY(pn_json_parse(s->carrier.facts, NULL, s->arena, &facts, diag));
    s->facts = facts;
    const pn_json *taken = pn_json_field(facts, "messages");
    s->messages = pn_arena_array(s->arena, pn_message_row, taken != NULL ? taken->count : 0);
    for (size_t i = 0; taken != NULL && i < taken->count; i++) {
        pn_id id = 0;
        pn_message_row *row = &s->messages[s->count];
        PN_TRY(pn_id_parse(PN_ID_MESSAGE,
                           pn_json_text(pn_json_field(&taken->items[i], "id"), PN_STR("")), &id));
        PN_TRY(pn_message_get(s->app->db, id, s->arena, row));
        s->count += row->state == PN_MESSAGE_UNCERTAIN && row->carrier_id == s->carrier.id ? 1 : 0;
    }
    return PN_OK;
}

static const char *verdict_word(pn_uncertain_verdict verdict) {
    switch (verdict) {
    case PN_UNCERTAIN_SENT: return "sent";
    case PN_UNCERTAIN_RESEND: return "resend";
    case PN_UNCERTAIN_DROP: return "dropped";
    }
    return "?";
}

static pn_err seal(const settlement *s, pn_event_kind kind, pn_id *ret_event) {
    char id[PN_ID_TEXT_SIZE], hex[2 * PN_SHA256_BYTES + 1] = "";
    pn_buf body;
    pn_buf_init(&body, 1 << 20);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    if (s->carrier.hash.len == PN_SHA256_BYTES) {
        pn_hex((const uint8_t *)s->carrier.hash.ptr, PN_SHA256_BYTES, hex);
    }
    pn_json_begin_object(&w);
    if (s->carrier.id != 0) {
        pn_json_put_str(&w, "carrier", pn_str_of(pn_id_text(PN_ID_CARRIER, s->carrier.id, id)));
    }
    pn_json_put_str_if(&w, "content_sha256", pn_str_of(hex));
    pn_json_key(&w, PN_STR("messages"));
    pn_json_begin_array(&w);
    for (size_t i = 0; i < s->count; i++) {
        pn_json_add_str(&w, pn_str_of(pn_id_text(PN_ID_MESSAGE, s->messages[i].id, id)));
    }
    pn_json_end_array(&w);
    pn_json_put_str_if(&w, "reason", s->reason);
    pn_json_put_str(&w, "settled_as", pn_str_of(verdict_word(s->verdict)));
    pn_json_end_object(&w);
    pn_err err = pn_journal_add(s->app, s->messages[0].debtor_id, s->messages[0].run_id, 0, kind,
                                pn_buf_str(&body), ret_event);
    pn_buf_done(&body);
    return err;
}

/* Law 5: what was overdue then has received the carrier's tone; a list without anything overdue
 * has received it whole. */
static pn_err raise_tones(const settlement *s) {
    const pn_json *items = pn_json_field(s->facts, "items");
    bool any_overdue = false;
    if (s->carrier.purpose != PN_PURPOSE_DEMAND || items == NULL) {
        return PN_OK;
    }
    for (size_t i = 0; i < items->count; i++) {
        any_overdue =
            any_overdue || pn_json_int(pn_json_field(&items->items[i], "due"), 0) < s->carrier.day;
    }
    for (size_t i = 0; i < items->count; i++) {
        pn_id id = 0;
        pn_invoice_row row;
        const pn_json *item = &items->items[i];
        if (any_overdue && pn_json_int(pn_json_field(item, "due"), 0) >= s->carrier.day) {
            continue;
        }
        PN_TRY(
            pn_id_parse(PN_ID_INVOICE, pn_json_text(pn_json_field(item, "id"), PN_STR("")), &id));
        PN_TRY(pn_invoice_get(s->app->db, id, s->arena, &row));
        PN_TRY(
            pn_invoice_raise_tone(s->app->db, row.debtor_id, id, s->carrier.tone, s->carrier.day));
    }
    return PN_OK;
}

static pn_err settle_messages(settlement *s, pn_message_state state, pn_str reason) {
    for (size_t i = 0; i < s->count; i++) {
        pn_message_row *row = &s->messages[i];
        row->state = state;
        row->reason = reason;
        row->settled_at = pn_message_open(state) ? PN_TIME_NONE : s->now;
        row->not_before = pn_message_open(state) ? s->now : row->not_before;
        PN_TRY(pn_message_update(s->app->db, row));
        if (state != PN_MESSAGE_SENT && s->carrier.id != 0) {
            PN_TRY(pn_contact_made_release(s->app->db, row->debtor_id, s->carrier.id));
        }
        PN_TRY(pn_poke(s->app->db, s->app->org.lane, row->debtor_id));
    }
    return PN_OK;
}

/* An attempt of its own says that a person, not a server, knew it. */
static pn_err settle_carrier(settlement *s, pn_message_state state, pn_event_kind kind) {
    enum { BY_HAND = 2 };
    pn_id event = 0;
    pn_str words = PN_STR("settled by a person");
    bool sent = state == PN_MESSAGE_SENT;
    PN_TRY(seal(s, kind, &event));
    if (s->carrier.id == 0) {
        return PN_OK;
    }
    PN_TRY(pn_attempt_insert(s->app->db, s->app->org.id, s->carrier.id, BY_HAND, s->now,
                             pn_env_now(s->app->env), sent ? PN_SEND_ACCEPTED : PN_SEND_RETRY,
                             s->carrier.address, PN_STR_NONE, words));
    pn_rollup_carrier(s->app, &s->carrier, s->carrier.state, state);
    return pn_carrier_settle(s->app->db, s->carrier.id, state, s->now, PN_STR_NONE, words,
                             s->carrier.provider_id, event);
}

pn_err pn_uncertain_settle(pn_app *app, pn_id message_id, pn_uncertain_verdict verdict,
                           pn_str reason, pn_arena *arena, size_t *ret_count, pn_diag *diag) {
    settlement s = {
        .app = app, .arena = arena, .verdict = verdict, .reason = reason, .now = pn_app_now(app)};
    PN_TRY(load(&s, message_id, diag));
    *ret_count = s.count;
    switch (verdict) {
    case PN_UNCERTAIN_SENT:
        if (s.carrier.id == 0) { /* what left, this database does not know: nothing to count */
            PN_TRY(settle_carrier(&s, PN_MESSAGE_SKIPPED, PN_EVENT_MESSAGE_SKIPPED));
            return settle_messages(&s, PN_MESSAGE_SKIPPED, PN_STR("sent_elsewhere"));
        }
        PN_TRY(settle_carrier(&s, PN_MESSAGE_SENT, PN_EVENT_MESSAGE_SENT));
        PN_TRY(settle_messages(&s, PN_MESSAGE_SENT, PN_STR("settled")));
        return raise_tones(&s);
    case PN_UNCERTAIN_RESEND:
        PN_TRY(settle_carrier(&s, PN_MESSAGE_FAILED, PN_EVENT_MESSAGE_RETRY));
        return settle_messages(&s, PN_MESSAGE_QUEUED, PN_STR("resend"));
    case PN_UNCERTAIN_DROP:
        PN_TRY(settle_carrier(&s, PN_MESSAGE_FAILED, PN_EVENT_MESSAGE_FAILED));
        return settle_messages(&s, PN_MESSAGE_FAILED, PN_STR("dropped"));
    }
    return PN_OK;
}
