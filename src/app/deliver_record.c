/* T3: what became of it; and what a crash left behind. */
#include "app/deliver_int.h"

#include "app/books.h"
#include "app/contacts.h"
#include "app/rollup.h"
#include "base/banned.h"
#include "base/limits.h"
#include "store/setup.h"

/* After the nth attempt: greylisting wants five minutes and more, a broken server an hour. */
static pn_time retry_delay(int32_t attempts) {
    static const int MINUTES[] = {5, 15, 30, 60, 120, 240, 480};
    size_t at = (size_t)PN_MAX(attempts - 1, 0);
    return MINUTES[PN_MIN(at, PN_COUNT(MINUTES) - 1)] * PN_MINUTE;
}

static pn_err carrier_event(pn_delivery *d, const pn_parcel *parcel, pn_event_kind kind,
                            const pn_send_result *result, pn_id *ret_event) {
    char id[PN_ID_TEXT_SIZE], hex[65] = "";
    pn_buf body;
    pn_buf_init(&body, 1 << 20);
    pn_json_writer w = pn_json_writer_on(&body, 0);
    if (parcel->own.content.len != 0) {
        pn_hex(parcel->own.hash.bytes, sizeof parcel->own.hash.bytes, hex);
    }
    pn_json_begin_object(&w);
    pn_json_put_str(&w, "carrier", pn_str_of(pn_id_text(PN_ID_CARRIER, parcel->carrier.id, id)));
    pn_json_put_str_if(&w, "content_sha256", pn_str_of(hex));
    pn_json_key(&w, PN_STR("messages"));
    pn_json_begin_array(&w);
    for (size_t i = 0; i < parcel->message_count; i++) {
        pn_json_add_str(&w, pn_str_of(pn_id_text(PN_ID_MESSAGE, parcel->messages[i].row.id, id)));
    }
    pn_json_end_array(&w);
    pn_json_put_str(&w, "outcome", pn_str_of(pn_send_outcome_name(result->outcome)));
    pn_json_put_str_if(&w, "status", pn_str_of(result->status));
    pn_json_put_int(&w, "tone", parcel->carrier.tone);
    pn_json_end_object(&w);
    /* a shared address joins messages of several debtors: the first one's run and its own debtor */
    bool any = parcel->message_count != 0;
    pn_id run_id = any ? parcel->messages[0].row.run_id : 0;
    pn_id debtor_id = any ? parcel->messages[0].debtor_id : parcel->carrier.debtor_id;
    pn_err err = PN_OK;
    *ret_event = 0;
    if (kind == PN_EVENT_MESSAGE_RETRY && run_id != 0) {
        /* another carrier follows, and the messages will name that one: the run's chain keeps this
         */
        err = pn_journal_run(d->app, debtor_id, run_id, kind, pn_buf_str(&body));
    } else {
        err = pn_journal_add(d->app, debtor_id, run_id, 0, kind, pn_buf_str(&body), ret_event);
    }
    pn_buf_done(&body);
    return err;
}

static pn_err settle_carrier(pn_delivery *d, const pn_parcel *parcel, const pn_send_result *result,
                             pn_message_state state, pn_event_kind kind, pn_time now) {
    pn_id event = 0;
    PN_TRY(carrier_event(d, parcel, kind, result, &event));
    pn_rollup_carrier(d->app, &parcel->carrier,
                      parcel->lost ? parcel->carrier.state : PN_MESSAGE_SENDING, state);
    PN_TRY(pn_attempt_insert(d->app->db, d->app->org.id, parcel->carrier.id, 1, now,
                             pn_env_now(d->app->env), (int)result->outcome, parcel->carrier.address,
                             pn_str_of(result->status), pn_str_of(result->reply)));
    return pn_carrier_settle(d->app->db, parcel->carrier.id, state, now, pn_str_of(result->status),
                             pn_str_of(result->reply), pn_str_of(result->provider_id), event);
}

static pn_err settle_messages(pn_delivery *d, pn_parcel *parcel, pn_message_state state,
                              pn_str reason, pn_time now) {
    for (size_t i = 0; i < parcel->message_count; i++) {
        pn_message_row *row = &parcel->messages[i].row;
        row->state = state;
        row->lease_until = 0;
        row->settled_at = now;
        row->reason = reason.len != 0 ? reason : row->reason;
        PN_TRY(pn_message_update(d->app->db, row));
        PN_TRY(pn_poke(d->app->db, d->app->org.lane, row->debtor_id));
    }
    return PN_OK;
}

static pn_err release_quotas(pn_delivery *d, const pn_parcel *parcel, const pn_claimed *one) {
    PN_TRY(pn_volumes_give_back(d->volumes, one->strategy_id, parcel->carrier.at));
    return pn_contact_made_release(d->app->db, one->row.debtor_id, parcel->carrier.id);
}

/* Back to the queue; the quotas are released, for nothing was transmitted. */
static pn_err requeue(pn_delivery *d, pn_parcel *parcel, pn_time at, pn_str reason) {
    for (size_t i = 0; i < parcel->message_count; i++) {
        pn_message_row *row = &parcel->messages[i].row;
        row->state = PN_MESSAGE_QUEUED;
        row->lease_until = 0;
        row->not_before = at;
        row->reason = reason;
        PN_TRY(pn_message_update(d->app->db, row));
        PN_TRY(release_quotas(d, parcel, &parcel->messages[i]));
        PN_TRY(pn_engine_deliver_at(d->engine, row->debtor_id, at));
    }
    return PN_OK;
}

/* Law 5: the items have received this tone now. */
static pn_err raise_tones(pn_delivery *d, const pn_parcel *parcel, pn_time now) {
    if (parcel->carrier.purpose != PN_PURPOSE_DEMAND) {
        return PN_OK;
    }
    pn_date today = pn_zone_date(parcel->facts.zone, now);
    for (size_t i = 0; i < parcel->item_count; i++) {
        PN_TRY(pn_invoice_raise_tone(d->app->db, parcel->item_debtors[i], parcel->items[i],
                                     parcel->carrier.tone, today));
    }
    return PN_OK;
}

static pn_err accepted(pn_delivery *d, pn_parcel *parcel, const pn_send_result *result,
                       pn_time now) {
    d->outlets[parcel->carrier.channel].sender_problem_count = 0;
    d->outlets[parcel->carrier.channel].outages = 0;
    d->stats->sent += (int64_t)parcel->message_count;
    d->stats->carriers++;
    PN_TRY(settle_carrier(d, parcel, result, PN_MESSAGE_SENT, PN_EVENT_MESSAGE_SENT, now));
    PN_TRY(settle_messages(d, parcel, PN_MESSAGE_SENT, PN_STR_NONE, now));
    return raise_tones(d, parcel, now);
}

static pn_err failed(pn_delivery *d, pn_parcel *parcel, const pn_send_result *result, pn_str reason,
                     pn_time now) {
    d->stats->failed += (int64_t)parcel->message_count;
    PN_TRY(settle_carrier(d, parcel, result, PN_MESSAGE_FAILED, PN_EVENT_MESSAGE_FAILED, now));
    return settle_messages(d, parcel, PN_MESSAGE_FAILED, reason, now);
}

static bool exhausted(const pn_parcel *parcel, pn_time now) {
    for (size_t i = 0; i < parcel->message_count; i++) {
        const pn_message_row *row = &parcel->messages[i].row;
        if (row->attempts >= PN_LIMIT_DELIVERY_ATTEMPTS ||
            now - row->first_try_at >= PN_LIMIT_DELIVERY_GIVE_UP_HOURS * PN_HOUR) {
            return true;
        }
    }
    return false;
}

/* Our own server is out of reach: that says nothing about the message, so it uses up no attempt and
 * is never given up for it; nothing more is claimed for a while. */
static pn_err wait_for_server(pn_delivery *d, pn_parcel *parcel, const pn_send_result *result,
                              pn_time now) {
    enum { OUTAGE_MINUTES = 15, OUTAGE_DOUBLES = 3 };
    pn_outlet *outlet = &d->outlets[parcel->carrier.channel];
    if (outlet->down_until <=
        now) { /* the first of this moment; then longer each time, to 2 hours */
        outlet->down_until = now + ((int64_t)OUTAGE_MINUTES << outlet->outages) * PN_MINUTE;
        outlet->outages = PN_MIN(outlet->outages + 1, (int)OUTAGE_DOUBLES);
    }
    pn_time again = outlet->down_until;
    d->stats->retried += (int64_t)parcel->message_count;
    for (size_t i = 0; i < parcel->message_count; i++) {
        pn_message_row *row = &parcel->messages[i].row;
        row->attempts--;
        row->first_try_at = row->attempts == 0 ? PN_TIME_NONE : row->first_try_at;
    }
    PN_TRY(settle_carrier(d, parcel, result, PN_MESSAGE_FAILED, PN_EVENT_MESSAGE_RETRY, now));
    return requeue(d, parcel, again, PN_STR("server_away"));
}

static pn_err try_later(pn_delivery *d, pn_parcel *parcel, const pn_send_result *result,
                        pn_str reason, pn_time now) {
    if (parcel->message_count == 0) { /* a copy is not worth a retry of its own */
        return settle_carrier(d, parcel, result, PN_MESSAGE_FAILED, PN_EVENT_MESSAGE_FAILED, now);
    }
    if (result->untried) {
        return wait_for_server(d, parcel, result, now);
    }
    if (exhausted(parcel, now)) {
        return failed(d, parcel, result, PN_STR("gave_up"), now);
    }
    d->stats->retried += (int64_t)parcel->message_count;
    PN_TRY(settle_carrier(d, parcel, result, PN_MESSAGE_FAILED, PN_EVENT_MESSAGE_RETRY, now));
    pn_time wait = retry_delay(parcel->messages[0].row.attempts);
    return requeue(d, parcel, now + PN_MAX(wait, result->retry_after_s * PN_SECOND), reason);
}

/* A helper program that is missing or a text that cannot be rendered says nothing about the debtor:
 * no attempt is used up, for nothing was tried, and copies still go with it later. */
pn_err pn_parcel_unwritten(pn_delivery *d, pn_parcel *parcel, pn_str reason, pn_time now) {
    const pn_time shortest = 5 * PN_MINUTE, longest = 8 * PN_HOUR;
    pn_time first = parcel->messages[0].row.first_try_at;
    pn_send_result result = {.id = parcel->carrier.id, .outcome = PN_SEND_RETRY};
    pn_str why = parcel->carrier.reply;
    size_t size = PN_MIN(why.len, sizeof result.reply - 1);
    while (size > 0 && size < why.len && ((unsigned char)why.ptr[size] & 0xC0) == 0x80) {
        size--; /* not within a letter */
    }
    memcpy(result.reply, why.ptr, size);
    bool last = exhausted(parcel, now);
    for (size_t i = 0; i < parcel->message_count; i++) {
        pn_claimed *one = &parcel->messages[i];
        one->row.attempts--;
        if (last) {
            PN_TRY(release_quotas(d, parcel, one));
        }
    }
    if (last) {
        return failed(d, parcel, &result, reason, now);
    }
    d->stats->retried += (int64_t)parcel->message_count;
    PN_TRY(settle_carrier(d, parcel, &result, PN_MESSAGE_FAILED, PN_EVENT_MESSAGE_RETRY, now));
    return requeue(d, parcel, now + PN_MAX(shortest, PN_MIN(now - first, longest)), reason);
}

/* ── law 11: one bad address ─────────────────────────────────────────────────────────────────── */

static pn_err disable_everywhere(pn_delivery *d, const pn_parcel *parcel, pn_contact_state state,
                                 pn_str reason, pn_time now) {
    pn_id last = 0;
    for (size_t i = 0; i < parcel->message_count; i++) {
        pn_id debtor_id = parcel->messages[i].debtor_id;
        if (debtor_id != last) {
            PN_TRY(pn_contacts_disable(d->app, debtor_id, parcel->carrier.channel,
                                       parcel->carrier.address, state, reason, now, &d->arena));
        }
        last = debtor_id;
    }
    return PN_OK;
}

static pn_err next_contact(pn_delivery *d, pn_parcel *parcel, const pn_send_result *result,
                           pn_time now) {
    /* refused at the door: it never left, so it did not bounce */
    PN_TRY(settle_carrier(d, parcel, result, PN_MESSAGE_FAILED, PN_EVENT_MESSAGE_RETRY, now));
    PN_TRY(disable_everywhere(d, parcel, PN_CONTACT_BOUNCED, pn_str_of(result->status), now));
    return requeue(d, parcel, now, PN_STR("next_contact"));
}

static pn_err opt_out(pn_delivery *d, pn_parcel *parcel, const pn_send_result *result,
                      pn_time now) {
    PN_TRY(disable_everywhere(d, parcel, PN_CONTACT_OPTED_OUT, pn_str_of(result->status), now));
    return failed(d, parcel, result, PN_STR("opted_out"), now);
}

/* True when as many recipients as are too many have refused our sender. */
static bool refused_by_several(pn_outlet *outlet, pn_str recipient) {
    uint64_t hash = pn_hash64_str(recipient, 0);
    for (size_t i = 0; i < outlet->sender_problem_count; i++) {
        if (outlet->sender_problems[i] == hash) {
            return false;
        }
    }
    if (outlet->sender_problem_count < PN_SENDER_PROBLEMS_MAX) {
        outlet->sender_problems[outlet->sender_problem_count++] = hash;
    }
    return outlet->sender_problem_count == PN_SENDER_PROBLEMS_MAX;
}

pn_str pn_reply_without_addresses(pn_str said, pn_str own, pn_arena *arena) {
    static const char BETWEEN[] = " \t<>()[]{}\"',;:";
    pn_str number = pn_str_starts(own, PN_STR("+")) ? pn_str_from(own, 1) : own;
    pn_buf out;
    pn_buf_init(&out, 4 * said.len + 1);
    while (said.len != 0) {
        size_t word = 0;
        while (word < said.len && strchr(BETWEEN, said.ptr[word]) == NULL) {
            word++;
        }
        pn_str one = pn_str_first(said, word);
        bool hidden = pn_str_find_char(one, '@') != SIZE_MAX ||
                      (number.len != 0 && pn_str_find(one, number) != SIZE_MAX);
        pn_buf_add_str(&out, hidden ? PN_STR("…") : one);
        if (word < said.len) {
            pn_buf_add_char(&out, said.ptr[word++]);
        }
        said = pn_str_from(said, word);
    }
    pn_str told = pn_str_dup(arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return told;
}

static pn_str told_to_people(pn_delivery *d, const pn_parcel *parcel,
                             const pn_send_result *result) {
    pn_str said = pn_str_of(result->reply[0] != '\0' ? result->reply : result->status);
    return pn_reply_without_addresses(said, parcel->carrier.address, &d->arena);
}

/* What its server says when it takes nothing is kept for people. */
static pn_err tell_trouble(pn_delivery *d, const pn_parcel *parcel, const pn_send_result *result) {
    bool ours = result->outcome == PN_SEND_SENDER_PROBLEM || result->untried;
    pn_str said = ours ? told_to_people(d, parcel, result) : PN_STR_NONE;
    return said.len == 0 ? PN_OK
                         : pn_channel_health_trouble(d->app->db, d->app->org.id,
                                                     d->outlets[parcel->carrier.channel].kind, said,
                                                     pn_env_now(d->app->env));
}

static pn_err sender_problem(pn_delivery *d, pn_parcel *parcel, const pn_send_result *result,
                             pn_time now) {
    pn_outlet *outlet = &d->outlets[parcel->carrier.channel];
    if (refused_by_several(outlet, parcel->carrier.address) && outlet->usable) {
        outlet->usable = false;
        pn_str said = told_to_people(d, parcel, result);
        pn_str reason =
            pn_str_format(&d->arena, "The mail server refuses our sender: %.*s", PN_STR_ARG(said));
        PN_TRY(pn_channel_pause(d->app->db, d->app->org.id, outlet->kind, reason));
        pn_log_write(
            d->app->log, PN_LOG_ERROR, "channel.paused",
            (pn_log_fields){.org = d->app->org.id, .detail = pn_channel_kind_name(outlet->kind)});
    }
    return try_later(d, parcel, result, PN_STR("sender_problem"), now);
}

static pn_err uncertain(pn_delivery *d, pn_parcel *parcel, const pn_send_result *result,
                        pn_time now) {
    d->stats->uncertain += (int64_t)parcel->message_count;
    PN_TRY(
        settle_carrier(d, parcel, result, PN_MESSAGE_UNCERTAIN, PN_EVENT_MESSAGE_UNCERTAIN, now));
    return settle_messages(d, parcel, PN_MESSAGE_UNCERTAIN, PN_STR("uncertain"), now);
}

/* The process stood still, and another one has made it uncertain: what was accepted after all is
 * sent, where nobody has settled it otherwise; what was not stays a person's to settle. */
static pn_err record_late(pn_delivery *d, pn_parcel *parcel, const pn_send_result *result,
                          pn_time now) {
    size_t count = parcel->message_count, kept = 0;
    if (result->outcome != PN_SEND_ACCEPTED) {
        return PN_OK;
    }
    for (size_t i = 0; i < count; i++) {
        pn_claimed *one = &parcel->messages[i];
        PN_TRY(pn_message_get(d->app->db, one->row.id, &d->arena, &one->row));
        if (one->row.state == PN_MESSAGE_UNCERTAIN && one->row.carrier_id == parcel->carrier.id) {
            parcel->messages[kept++] = *one;
        }
    }
    parcel->message_count = kept;
    pn_carrier_row stored; /* a bounce may have come meanwhile, which counts already */
    PN_TRY(pn_carrier_get(d->app->db, parcel->carrier.id, &d->arena, &stored));
    parcel->carrier.state = stored.state;
    return count != 0 && kept == 0 ? PN_OK : accepted(d, parcel, result, now);
}

static pn_err record_one(pn_delivery *d, pn_parcel *parcel, const pn_send_result *result,
                         pn_time now) {
    if (parcel->lost) {
        return record_late(d, parcel, result, now);
    }
    PN_TRY(tell_trouble(d, parcel, result));
    switch (result->outcome) {
    case PN_SEND_ACCEPTED: return accepted(d, parcel, result, now);
    case PN_SEND_RETRY: return try_later(d, parcel, result, PN_STR("retry"), now);
    case PN_SEND_NEXT_CONTACT: return next_contact(d, parcel, result, now);
    case PN_SEND_NEXT_CHANNEL: return failed(d, parcel, result, PN_STR("channel_refused"), now);
    case PN_SEND_SENDER_PROBLEM: return sender_problem(d, parcel, result, now);
    case PN_SEND_STOP: return opt_out(d, parcel, result, now);
    case PN_SEND_UNCERTAIN: return uncertain(d, parcel, result, now);
    }
    return PN_OK;
}

static pn_err record_once(pn_delivery *d, pn_parcel **parcels, const pn_send_result *results,
                          size_t count, pn_time now, pn_diag *diag) {
    PN_TRY(pn_delivery_begin(d, diag));
    pn_err err = pn_parcels_hold(d, parcels, count);
    for (size_t i = 0; i < count && err == PN_OK; i++) {
        err = record_one(d, parcels[i], &results[i], now);
    }
    err = pn_app_end(d->app, err, diag);
    if (err != PN_OK) {
        pn_volumes_forget(d->volumes);
        pn_zones_again(pn_engine_zones(d->engine));
    }
    return err;
}

/* What recording changes in memory, as it was before. */
typedef struct {
    pn_delivery_stats stats;
    pn_claimed **messages; /* each parcel's */
    size_t *counts;
} before;

static void keep(pn_delivery *d, pn_parcel **parcels, size_t count, before *kept) {
    kept->stats = *d->stats;
    kept->messages = pn_arena_array(&d->arena, pn_claimed *, count);
    kept->counts = pn_arena_array(&d->arena, size_t, count);
    for (size_t i = 0; i < count; i++) {
        kept->counts[i] = parcels[i]->message_count;
        kept->messages[i] = pn_arena_array(&d->arena, pn_claimed, kept->counts[i]);
        if (kept->counts[i] != 0) {
            memcpy(kept->messages[i], parcels[i]->messages,
                   kept->counts[i] * sizeof *parcels[i]->messages);
        }
    }
}

static void put_back(pn_delivery *d, pn_parcel **parcels, size_t count, const before *kept) {
    *d->stats = kept->stats;
    for (size_t i = 0; i < count; i++) {
        parcels[i]->message_count = kept->counts[i];
        if (kept->counts[i] != 0) {
            memcpy(parcels[i]->messages, kept->messages[i],
                   kept->counts[i] * sizeof *parcels[i]->messages);
        }
    }
}

static void log_late(const pn_delivery *d, pn_parcel **parcels, size_t count) {
    int64_t late = 0;
    for (size_t i = 0; i < count; i++) {
        late += parcels[i]->lost;
    }
    if (late != 0) {
        pn_log_write(d->app->log, PN_LOG_WARN, "delivery.late",
                     (pn_log_fields){.org = d->app->org.id, .count = late});
    }
}

/* A result that is not recorded makes a message uncertain that is not: where another was in the
 * way or the connection was lost, it is said again. Nothing is recorded twice, for what was is not
 * being sent any more (pn_parcels_hold). */
static pn_err record_all(pn_delivery *d, pn_parcel **parcels, const pn_send_result *results,
                         size_t count, pn_time now, pn_diag *diag) {
    before kept;
    keep(d, parcels, count, &kept);
    for (int tries = 1;; tries++) {
        pn_err err = record_once(d, parcels, results, count, now, diag);
        bool lost = err == PN_IO && pn_db_was_lost(d->app->db) && !pn_app_stops(d->app);
        if ((err != PN_RETRY && !lost) || tries == PN_LIMIT_TRANSACTION_TRIES) {
            return err;
        }
        put_back(d, parcels, count, &kept);
    }
}

pn_err pn_results_record(pn_delivery *d, const pn_send_result *results, size_t count, pn_time now,
                         pn_diag *diag) {
    pn_arena_reset(&d->arena);
    pn_parcel **parcels = pn_arena_array(&d->arena, pn_parcel *, count);
    for (size_t i = 0; i < count; i++) {
        parcels[i] = pn_table_get_int(&d->parcels, results[i].id);
        assert(parcels[i] != NULL); /* drivers give exactly one result a message */
    }
    pn_err err = record_all(d, parcels, results, count, now, diag);
    log_late(d, parcels, count);
    for (size_t i = 0; i < count; i++) {
        d->in_flight--;
        pn_parcel_drop(parcels[i]);
    }
    if (d->in_flight == 0) { /* the table only grows: begin anew when nothing is in it */
        pn_arena_reset(&d->table_arena);
        d->parcels = pn_table_on(&d->table_arena);
    }
    return err;
}

/* ── recovery ────────────────────────────────────────────────────────────────────────────────── */

/* Whose volume a run's messages count for. */
static pn_err strategy_of(pn_db *db, pn_id debtor_id, pn_id run_id, pn_id *ret_strategy) {
    pn_stmt *q = pn_db_stmt(db, "SELECT v.strategy_id FROM run r JOIN strategy_version v ON"
                                " v.id = r.version_id WHERE r.debtor_id = $1 AND r.id = $2");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, run_id);
    PN_TRY(pn_row_next(q));
    *ret_strategy = pn_col_int(q, 0);
    pn_stmt_reset(q);
    return PN_OK;
}

static pn_err recover_message(pn_delivery *d, const pn_carrier_row *carrier, pn_message_row *row,
                              pn_time now) {
    row->lease_until = 0;
    if (carrier->has_content) { /* it may have left: shown, not sent again */
        row->state = PN_MESSAGE_UNCERTAIN;
        row->settled_at = now;
        row->reason = PN_STR("uncertain");
        d->recovered++;
        PN_TRY(pn_message_update(d->app->db, row));
        return pn_poke(d->app->db, d->app->org.lane, row->debtor_id);
    }
    row->state = PN_MESSAGE_QUEUED;
    row->attempts--; /* nothing was transmitted */
    row->carrier_id = 0;
    row->not_before = now;
    row->reason = PN_STR("interrupted");
    pn_id strategy_id = 0;
    PN_TRY(strategy_of(d->app->db, row->debtor_id, row->run_id, &strategy_id));
    PN_TRY(pn_volumes_give_back(d->volumes, strategy_id, carrier->at));
    PN_TRY(pn_message_update(d->app->db, row));
    PN_TRY(pn_contact_made_release(d->app->db, row->debtor_id, carrier->id));
    return pn_engine_deliver_at(d->engine, row->debtor_id, now);
}

static pn_err recover_carrier(pn_delivery *d, const pn_carrier_row *carrier, pn_time now) {
    pn_json *facts = NULL;
    PN_TRY(pn_json_parse(carrier->facts, NULL, &d->arena, &facts, NULL));
    const pn_json *messages = pn_json_field(facts, "messages");
    for (size_t i = 0; messages != NULL && i < messages->count; i++) {
        pn_id id = 0;
        pn_message_row row;
        PN_TRY(pn_id_parse(PN_ID_MESSAGE,
                           pn_json_text(pn_json_field(&messages->items[i], "id"), PN_STR("")),
                           &id));
        PN_TRY(pn_message_get(d->app->db, id, &d->arena, &row));
        if (row.state == PN_MESSAGE_SENDING && row.carrier_id == carrier->id) {
            PN_TRY(recover_message(d, carrier, &row, now));
        }
    }
    pn_id event = 0;
    char id[PN_ID_TEXT_SIZE];
    pn_str body = pn_str_format(&d->arena, "{\"carrier\":\"%s\",\"outcome\":\"%s\"}",
                                pn_id_text(PN_ID_CARRIER, carrier->id, id),
                                carrier->has_content ? "uncertain" : "interrupted");
    PN_TRY(
        pn_journal_add(d->app, carrier->debtor_id, 0, 0, PN_EVENT_MESSAGE_UNCERTAIN, body, &event));
    return pn_carrier_settle(
        d->app->db, carrier->id, carrier->has_content ? PN_MESSAGE_UNCERTAIN : PN_MESSAGE_SKIPPED,
        now, PN_STR_NONE, PN_STR("the process ended while it was being sent"), PN_STR_NONE, event);
}

pn_err pn_delivery_recover(pn_delivery *d, pn_diag *diag) {
    pn_carrier_row *carriers = NULL;
    size_t count = 0;
    bool shared = pn_db_is_shared(d->app->db);
    pn_time until = shared ? pn_env_now(d->app->env) : PN_TIME_NEVER;
    pn_arena_reset(&d->arena);
    d->recovered_at = pn_env_ticks(d->app->env);
    if (shared) { /* seldom: it is looked for without keeping others out */
        bool left = false;
        pn_err err = pn_carriers_left(d->app->db, d->app->org.id, until, &left);
        if (err != PN_OK || !left) {
            return pn_app_fail(d->app, err, diag);
        }
    }
    PN_TRY(pn_app_begin(d->app, diag));
    pn_err err =
        pn_carrier_sending(d->app->db, d->app->org.id, until, &d->arena, &carriers, &count);
    int64_t uncertain = 0;
    for (size_t i = 0; i < count && err == PN_OK; i++) {
        err = recover_carrier(d, &carriers[i], pn_app_now(d->app));
        uncertain += carriers[i].has_content;
    }
    if (err == PN_OK) {
        err = pn_app_commit(d->app, diag);
        if (err == PN_OK && uncertain != 0) { /* `message uncertain` lists them */
            pn_log_write(d->app->log, PN_LOG_WARN, "delivery.uncertain",
                         (pn_log_fields){.org = d->app->org.id, .count = uncertain});
        }
        return err;
    }
    (void)pn_app_fail(d->app, err, diag);
    pn_app_rollback(d->app);
    return err;
}
