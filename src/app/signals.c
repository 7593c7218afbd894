#include "app/signals.h"

#include "app/books.h"
#include "app/contacts.h"
#include "app/replies.h"
#include "app/rollup.h"
#include "base/banned.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "store/message.h"
#include "store/run.h"

typedef struct {
    pn_app *app;
    const pn_signal_report *report;
    pn_carrier_row carrier; /* id 0: none */
    pn_arena *arena;
} reporter;

enum { DETAIL_CHARS = 200 };

static pn_str kept_detail(const reporter *r) {
    pn_str text = r->report->detail;
    if (r->report->kind == PN_SIGNAL_REPLY) {
        size_t len = PN_MIN(text.len, (size_t)PN_LIMIT_REPLY_BYTES);
        while (len > 0 && len < text.len && ((unsigned char)text.ptr[len] & 0xC0) == 0x80) {
            len--; /* within a character */
        }
        return pn_str_first(text, len);
    }
    return pn_str_first(text, pn_utf8_prefix(text, DETAIL_CHARS));
}

/* ── what a bounce changes ───────────────────────────────────────────────────────────────────── */

static pn_err message_bounced(reporter *r, pn_id message_id) {
    pn_message_row row;
    PN_TRY(pn_message_get(r->app->db, message_id, r->arena, &row));
    if (row.state != PN_MESSAGE_SENT && row.state != PN_MESSAGE_DELIVERED) {
        return PN_OK; /* it was requeued or sent to another address meanwhile */
    }
    row.state = PN_MESSAGE_BOUNCED;
    return pn_message_update(r->app->db, &row);
}

/* Law 11: a full mailbox (4.2.2) is no wrong address. Without a status the report is believed. */
static bool is_hard(const pn_signal_report *report) {
    return report->bounce == PN_BOUNCE_DEAD ||
           (report->bounce == PN_BOUNCE_BY_STATUS &&
            (report->status.len == 0 || report->status.ptr[0] == '5'));
}

static pn_err address_bounced(reporter *r, pn_id debtor_id) {
    return pn_contacts_disable(r->app, debtor_id, r->carrier.channel, r->carrier.address,
                               PN_CONTACT_BOUNCED, r->report->status, pn_app_now(r->app), r->arena);
}

/* ── what a conversation changes ─────────────────────────────────────────────────────────────── */

/* No demand of the quota, but the policy counts its wait after a conversation from here. */
static pn_err conversation_held(reporter *r, pn_id debtor_id) {
    pn_contact_made made = {.at = pn_app_now(r->app),
                            .channel = PN_CHANNEL_CALL,
                            .purpose = PN_PURPOSE_SERVICE,
                            .conversation = true};
    PN_TRY(pn_contact_made_insert(r->app->db, r->app->org.id, debtor_id, pn_app_id(r->app), &made,
                                  r->carrier.id));
    return pn_books_touch(r->app, debtor_id, 0);
}

/* ── recording ───────────────────────────────────────────────────────────────────────────────── */

static pn_err signal_event(reporter *r, pn_id debtor_id, pn_str detail) {
    char id[PN_ID_TEXT_SIZE];
    pn_buf body;
    pn_buf_init(&body, 4096);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    pn_json_begin_object(&w);
    if (r->carrier.id != 0) {
        pn_json_put_str(&w, "carrier", pn_str_of(pn_id_text(PN_ID_CARRIER, r->carrier.id, id)));
    }
    pn_json_put_str_if(&w, "detail", detail);
    pn_json_put_str(&w, "source", pn_str_of(pn_signal_source_name(r->report->source)));
    pn_json_put_str(&w, "what", pn_str_of(pn_signal_kind_name(r->report->kind)));
    pn_json_end_object(&w);
    /* no seq: the guard reads no signals, and what it does read is raised by itself */
    pn_err err = pn_journal_flagged(r->app, debtor_id, PN_EVENT_SIGNAL, pn_buf_str(&body),
                                    PN_DEBTOR_HAS_SIGNALS);
    pn_buf_done(&body);
    return err;
}

static pn_err record(reporter *r, pn_id debtor_id) {
    pn_app *app = r->app;
    pn_str detail = kept_detail(r);
    pn_signal_row row = {.debtor_id = debtor_id,
                         .id = pn_app_id(app),
                         .org_id = app->org.id,
                         .kind = r->report->kind,
                         .source = r->report->source,
                         .at = pn_app_now(app),
                         .recorded_at = pn_env_now(app->env),
                         .carrier_id = r->carrier.id,
                         .detail = detail};
    PN_TRY(pn_signal_insert(app->db, &row));
    if (row.source == PN_SOURCE_HUMAN) {
        PN_TRY(pn_rollup_touched(app, debtor_id, row.carrier_id, row.kind, false));
    }
    PN_TRY(signal_event(r, debtor_id, detail));
    if (row.kind == PN_SIGNAL_BOUNCE && r->carrier.id != 0 && is_hard(r->report)) {
        PN_TRY(address_bounced(r, debtor_id));
    }
    if (row.kind == PN_SIGNAL_REPLY && row.source == PN_SOURCE_HUMAN) {
        pn_str script = r->report->script.len != 0 ? r->report->script : detail;
        PN_TRY(pn_replies_received(app, debtor_id, script, r->report->mail_id, r->arena));
    }
    if (row.kind == PN_SIGNAL_CONVERSATION && row.source == PN_SOURCE_HUMAN) {
        PN_TRY(conversation_held(r, debtor_id));
    }
    return pn_poke(app->db, app->org.lane, debtor_id);
}

/* Results read through to each message of the carrier (law 6), and to each debtor once. */
static pn_err record_for_carrier(reporter *r, pn_diag *diag) {
    pn_json *facts = NULL;
    pn_id last = 0;
    PN_TRY(pn_json_parse(r->carrier.facts, NULL, r->arena, &facts, diag));
    const pn_json *messages = pn_json_field(facts, "messages");
    for (size_t i = 0; messages != NULL && i < messages->count; i++) {
        pn_id message = 0, debtor = 0;
        const pn_json *each = &messages->items[i];
        PN_TRY(pn_id_parse(PN_ID_MESSAGE, pn_json_text(pn_json_field(each, "id"), PN_STR("")),
                           &message));
        PN_TRY(pn_id_parse(PN_ID_DEBTOR, pn_json_text(pn_json_field(each, "debtor"), PN_STR("")),
                           &debtor));
        if (r->report->kind == PN_SIGNAL_BOUNCE) {
            PN_TRY(message_bounced(r, message));
        }
        if (debtor != last) { /* they stand in debtor order */
            PN_TRY(record(r, debtor));
        }
        last = debtor;
    }
    bool left = r->carrier.state == PN_MESSAGE_SENT || r->carrier.state == PN_MESSAGE_DELIVERED;
    if (r->report->kind == PN_SIGNAL_BOUNCE && left) {
        pn_rollup_carrier(r->app, &r->carrier, r->carrier.state, PN_MESSAGE_BOUNCED);
        return pn_carrier_bounced(r->app->db, r->carrier.id, r->report->status, r->report->detail);
    }
    return PN_OK;
}

pn_err pn_signals_add(pn_app *app, const pn_signal_report *report, pn_arena *arena, pn_diag *diag) {
    reporter r = {.app = app, .report = report, .arena = arena};
    if (report->carrier_id != 0) {
        pn_err err = pn_carrier_get(app->db, report->carrier_id, arena, &r.carrier);
        if (err == PN_NOT_FOUND || (err == PN_OK && r.carrier.org_id != app->org.id)) {
            return pn_diag_set(diag, PN_NOT_FOUND, "Nothing of that id was sent.");
        }
        PN_TRY(err);
        return record_for_carrier(&r, diag);
    }
    pn_debtor_row debtor;
    pn_err err = pn_debtor_get(app->db, report->debtor_id, arena, &debtor);
    if (err == PN_NOT_FOUND || (err == PN_OK && debtor.org_id != app->org.id)) {
        return pn_diag_set(diag, PN_NOT_FOUND, "There is no such debtor.");
    }
    PN_TRY(err);
    return record(&r, report->debtor_id);
}
