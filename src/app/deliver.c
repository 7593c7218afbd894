#include "app/deliver_int.h"

#include <stdlib.h>

#include "app/books.h"
#include "app/outlets.h"
#include "base/banned.h"
#include "base/limits.h"

/* ── outlets ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err open_outlets(pn_delivery *d, pn_diag *diag) {
    for (int kind = PN_CHANNEL_EMAIL; kind < PN_CHANNELS; kind++) {
        pn_outlet *outlet = &d->outlets[kind];
        outlet->kind = (pn_channel_kind)kind;
        pn_err err = pn_channel_get(d->app->db, d->app->org.id, outlet->kind, &d->outlet_arena,
                                    &outlet->row);
        if (err == PN_NOT_FOUND) {
            continue;
        }
        if (err != PN_OK) {
            return pn_app_fail(d->app, err, diag);
        }
        if (outlet->row.paused_reason.len == 0) {
            pn_started started = {0};
            PN_TRY(
                pn_outlet_start(d->app, &outlet->row, &d->host, &d->outlet_arena, &started, diag));
            outlet->driver = started.driver;
            outlet->channel = started.channel;
            outlet->dkim = started.dkim;
            outlet->bounce_domain = started.mail.bounce_domain;
            outlet->usable = true;
        }
    }
    return PN_OK;
}

/* What is stored and not answered is `uncertain` after a crash and cannot be stopped by a payment
 * any more. So only what will be answered soon is stored: as much as was answered in the last half
 * a second, and a few. What is written and not stored goes back to the queue without harm. */
enum { AHEAD_MIN = 32, AHEAD_US = 500000, PACE_US = 100000 };

/* ── opening ─────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_delivery_open(pn_engine *engine, pn_delivery **ret_delivery, pn_diag *diag) {
    pn_delivery *d = pn_alloc(sizeof *d);
    memset(d, 0, sizeof *d);
    d->engine = engine;
    d->app = pn_engine_app(engine);
    pn_arena_init(&d->arena, 0);
    pn_arena_init(&d->outlet_arena, 0);
    pn_arena_init(&d->table_arena, 0);
    d->parcels = pn_table_on(&d->table_arena);
    d->told_creditors = pn_table_on(&d->outlet_arena);
    d->host = pn_outlet_host(d->app);
    d->packer = pn_packer_new();
    d->volumes = pn_volumes_new(d->app);
    d->ahead = AHEAD_MIN;
    pn_err err = open_outlets(d, diag);
    if (err == PN_OK) {
        err = pn_delivery_recover(d, diag);
    }
    if (err != PN_OK) {
        pn_delivery_close(d);
        return err;
    }
    *ret_delivery = d;
    return PN_OK;
}

void pn_claim_free(pn_claim *claim) {
    *claim->link = claim->next;
    if (claim->next != NULL) {
        claim->next->link = claim->link;
    }
    pn_arena_done(&claim->arena);
    free(claim);
}

/* ── claiming and sending ────────────────────────────────────────────────────────────────────── */

static const pn_id NO_MORE_ZONES = INT64_MAX;

/* What is in flight, in memory, at most: content of 3 KB each. */
enum { IN_FLIGHT_MAX = 4000 };

static pn_claim *new_claim(pn_delivery *d) {
    pn_claim *claim = pn_alloc(sizeof *claim);
    pn_arena_init(&claim->arena, 0);
    claim->next = d->claims;
    claim->link = &d->claims;
    if (d->claims != NULL) {
        d->claims->link = &claim->next;
    }
    d->claims = claim;
    claim->parcels_left = 1; /* ours, until every parcel was made */
    return claim;
}

static void release_claim(pn_claim *claim) {
    if (--claim->parcels_left == 0) {
        pn_claim_free(claim);
    }
}

pn_err pn_delivery_begin(pn_delivery *d, pn_diag *diag) {
    pn_zones_begin(pn_engine_zones(d->engine));
    return pn_app_begin_rows(d->app, diag);
}

/* Takes zones until a claim is full. On a shared database one at a time: its debtors are locked
 * before an id is made. */
static pn_err claim_zones(pn_delivery *d, pn_id *from, pn_time now, pn_claim *claim,
                          pn_parcel **parcels, pn_diag *diag) {
    pn_zones *zones = pn_engine_zones(d->engine);
    size_t claimed = 0, index = 0;
    do {
        bool more = false;
        pn_err err = pn_zones_next(zones, PN_ZONE_DELIVER, now, *from, &index);
        if (err == PN_NOT_FOUND) {
            *from = NO_MORE_ZONES;
            return PN_OK;
        }
        PN_TRY(err);
        PN_TRY(pn_claim_zone(d, index, now, claim, parcels, &more, diag));
        claimed = claim->parcels_left - 1 + claim->weight;
        *from = zones->rows[index].first_debtor + !more;
    } while (claimed < PN_LIMIT_DELIVERY_BATCH && !zones->shared);
    return PN_OK;
}

static pn_err claim_due(pn_delivery *d, pn_id *from, pn_time now, pn_claim *claim,
                        pn_parcel **parcels, pn_diag *diag) {
    PN_TRY(pn_delivery_begin(d, diag));
    pn_err err = PN_OK;
    if (pn_db_is_shared(d->app->db)) {
        err = pn_volumes_again(d->volumes);
    }
    if (err == PN_OK) {
        err = claim_zones(d, from, now, claim, parcels, diag);
    }
    if (err == PN_OK) {
        err = pn_zones_save(pn_engine_zones(d->engine));
    }
    if (err == PN_OK) {
        err = pn_volumes_save(d->volumes);
    }
    if (err == PN_OK) {
        return pn_app_commit(d->app, diag);
    }
    pn_volumes_forget(d->volumes);
    (void)pn_app_fail(d->app, err, diag);
    pn_app_rollback(d->app);
    return err;
}

/* Of a claim that failed nothing is waiting or in flight yet. */
static void drop_all(pn_parcel *parcels) {
    while (parcels != NULL) {
        pn_parcel *next = parcels->next;
        pn_parcel_drop(parcels);
        parcels = next;
    }
}

static void put_in_flight(pn_delivery *d, pn_parcel *parcel) {
    (void)pn_table_put_int(&d->parcels, parcel->carrier.id, parcel);
    d->in_flight++;
}

/* Hands stored parcels to their drivers as far as those have room. */
static pn_err hand_over(pn_delivery *d) {
    pn_parcel **link = &d->waiting;
    while (*link != NULL) {
        pn_parcel *parcel = *link;
        pn_outlet *outlet = &d->outlets[parcel->carrier.channel];
        if (outlet->channel == NULL || outlet->driver->room(outlet->channel) == 0) {
            link = &parcel->next;
            continue;
        }
        pn_outgoing out = {.id = parcel->carrier.id,
                           .sender = parcel->envelope,
                           .recipient = parcel->carrier.address,
                           .content = parcel->own.content};
        size_t taken = 0;
        pn_err err = outlet->driver->send(outlet->channel, &out, 1, &taken);
        if (taken == 0) {
            if (err != PN_LIMIT) {
                return err;
            }
            link = &parcel->next;
            continue;
        }
        *link = parcel->next;
        put_in_flight(d, parcel);
    }
    return PN_OK;
}

/* ── pace ───────────────────────────────────────────────────────────────────────────────────────
 */

static void measure_pace(pn_delivery *d, size_t answered) {
    int64_t elapsed = pn_env_ticks(d->app->env) - d->pace_since;
    d->pace_answered += answered;
    if (elapsed >= PACE_US) {
        d->ahead =
            PN_MAX((size_t)AHEAD_MIN, (size_t)((int64_t)d->pace_answered * AHEAD_US / elapsed));
        d->pace_answered = 0;
        d->pace_since += elapsed;
    }
}

/* True when the driver would take one more than the `chosen` ones. */
static bool has_place(const pn_delivery *d, const pn_parcel *parcel, size_t chosen) {
    const pn_outlet *outlet = &d->outlets[parcel->carrier.channel];
    return parcel->own.content.len == 0 ||
           (outlet->channel != NULL && outlet->driver->room(outlet->channel) > chosen);
}

/* T2 for those that can leave now. */
static pn_err store_next(pn_delivery *d, pn_time now, pn_diag *diag) {
    pn_parcel *chosen = NULL, **end = &chosen, **link = &d->written;
    size_t counts[PN_CHANNELS] = {0};
    size_t room = d->ahead > d->in_flight ? d->ahead - d->in_flight : 0;
    while (*link != NULL && room > 0 && d->waiting == NULL) {
        pn_parcel *parcel = *link;
        if (has_place(d, parcel, counts[parcel->carrier.channel])) {
            *link = parcel->next;
            parcel->next = NULL;
            *end = parcel;
            end = &parcel->next;
            counts[parcel->carrier.channel]++;
            room--;
        } else {
            link = &parcel->next;
        }
    }
    if (chosen == NULL) {
        return PN_OK;
    }
    pn_err err = pn_parcels_store(d, &chosen, now, diag);
    if (err != PN_OK) {
        pn_zones_again(pn_engine_zones(d->engine));
        return err;
    }
    d->waiting = chosen;
    return PN_OK;
}

/* ── results ─────────────────────────────────────────────────────────────────────────────────── */

/* A transaction writes whole pages whatever it changes: results are recorded so many at a time, or
 * when the first of them has waited so long. A crash meanwhile leaves them `uncertain`. */
enum { RECORD_RESULTS = PN_LIMIT_DELIVERY_BATCH / 2, RECORD_AFTER_US = 50000 };

static pn_err record(pn_delivery *d, pn_time now, pn_diag *diag) {
    size_t count = d->result_count;
    d->result_count = 0;
    return count == 0 ? PN_OK : pn_results_record(d, d->results, count, now, diag);
}

/* Drives the connections and takes what results there are; waits for one up to `timeout_ms`. */
static pn_err poll_outlets(pn_delivery *d, int timeout_ms, size_t *ret_got, pn_diag *diag) {
    *ret_got = 0;
    for (int kind = PN_CHANNEL_EMAIL; kind < PN_CHANNELS; kind++) {
        pn_outlet *outlet = &d->outlets[kind];
        if (outlet->channel == NULL || outlet->driver->pending(outlet->channel) == 0 ||
            d->result_count == PN_COUNT(d->results)) {
            continue;
        }
        size_t got = 0;
        pn_err err = outlet->driver->poll(outlet->channel, *ret_got == 0 ? timeout_ms : 0,
                                          d->results + d->result_count,
                                          PN_COUNT(d->results) - d->result_count, &got);
        if (got != 0 && d->result_count == 0) {
            d->results_since = pn_env_ticks(d->app->env);
        }
        d->result_count += got;
        *ret_got += got;
        measure_pace(d, got);
        if (err != PN_OK && got == 0) {
            return pn_diag_set(diag, err, "The channel %s failed.",
                               pn_channel_kind_name(outlet->kind));
        }
    }
    return PN_OK;
}

static pn_err collect(pn_delivery *d, int timeout_ms, pn_time now, pn_diag *diag) {
    enum { LINGER_MS = 5 };
    size_t got = 0;
    PN_TRY(poll_outlets(d, d->result_count != 0 ? PN_MIN(timeout_ms, LINGER_MS) : timeout_ms, &got,
                        diag));
    bool waited = timeout_ms != 0 && got == 0;
    bool old =
        d->result_count != 0 && pn_env_ticks(d->app->env) - d->results_since >= RECORD_AFTER_US;
    bool last = d->result_count == d->in_flight;
    return d->result_count >= RECORD_RESULTS || waited || old || last ? record(d, now, diag)
                                                                      : PN_OK;
}

/* ── closing ─────────────────────────────────────────────────────────────────────────────────── */

/* What was handed over has left or will: its result is worth a moment. */
static void await_results(pn_delivery *d) {
    pn_diag diag = {0};
    size_t got = 0;
    int64_t begun = pn_env_ticks(d->app->env);
    d->stats = pn_arena_new(&d->outlet_arena, pn_delivery_stats); /* nobody asks any more */
    for (int i = 0; i < 10 && d->in_flight != 0; i++) {
        if (pn_env_ticks(d->app->env) - begun >= PN_SECOND ||
            poll_outlets(d, 100, &got, &diag) != PN_OK ||
            record(d, pn_app_now(d->app), &diag) != PN_OK) {
            return; /* the next start finds them `uncertain` */
        }
    }
}

void pn_delivery_close(pn_delivery *d) {
    if (d == NULL) {
        return;
    }
    await_results(d);
    for (int kind = 0; kind < PN_CHANNELS; kind++) {
        if (d->outlets[kind].channel != NULL) {
            d->outlets[kind].driver->stop(d->outlets[kind].channel);
        }
        pn_dkim_free(d->outlets[kind].dkim);
    }
    while (d->claims != NULL) {
        pn_claim_free(d->claims);
    }
    pn_packer_free(d->packer);
    pn_helper_free(d->pdf);
    pn_volumes_free(d->volumes);
    pn_arena_done(&d->arena);
    pn_arena_done(&d->outlet_arena);
    pn_arena_done(&d->table_arena);
    free(d);
}

/* ── claiming ────────────────────────────────────────────────────────────────────────────────── */

/* The network does not stand still while texts are written and signed. Whatever goes wrong, what
 * was begun is sealed: its memory may not go while a thread signs it. */
static pn_err render_all(pn_delivery *d, pn_parcel *parcels, pn_diag *diag) {
    enum { RENDERED_A_POLL = 16 };
    size_t rendered = 0, sealed = 0, got = 0;
    pn_err err = PN_OK;
    for (pn_parcel *parcel = parcels; parcel != NULL && err == PN_OK; parcel = parcel->next) {
        pn_parcel_render(d, parcel);
        if (++rendered % RENDERED_A_POLL == 0) {
            err = poll_outlets(d, 0, &got, diag);
        }
    }
    for (pn_parcel *parcel = parcels; sealed < rendered; parcel = parcel->next) {
        pn_parcel_seal(d, parcel);
        if (++sealed % RENDERED_A_POLL == 0 && err == PN_OK) {
            err = poll_outlets(d, 0, &got, diag);
        }
    }
    return err;
}

static pn_err try_claim(pn_delivery *d, pn_id *from, pn_time now, pn_diag *diag) {
    pn_claim *claim = new_claim(d);
    pn_parcel *parcels = NULL;
    pn_err err = claim_due(d, from, now, claim, &parcels, diag);
    if (err == PN_OK) {
        err = render_all(d, parcels, diag);
    }
    if (err == PN_OK) {
        d->written = parcels;
    } else {
        drop_all(parcels);
        pn_zones_again(pn_engine_zones(d->engine));
    }
    release_claim(claim);
    return err;
}

/* Begun again while others are in the way: two that reach the end of a strategy's day at once. */
static pn_err claim_more(pn_delivery *d, pn_id *from, pn_time now, pn_diag *diag) {
    const pn_delivery_stats stats = *d->stats;
    const pn_id begun = *from;
    pn_err err = PN_RETRY;
    for (int tries = 0; tries < PN_LIMIT_TRANSACTION_TRIES && err == PN_RETRY; tries++) {
        *d->stats = stats;
        *from = begun;
        err = try_claim(d, from, now, diag);
    }
    return err;
}

/* A driver that backs off from a dead server has no room: what waits for it goes back to the queue
 * rather than keep the loop waiting for ever. */
static pn_err give_up_waiting(pn_delivery *d, pn_time now, pn_diag *diag) {
    pn_parcel **last = &d->waiting;
    while (*last != NULL) {
        last = &(*last)->next;
    }
    if (d->written != NULL) { /* an attempt tells what it was about */
        pn_parcel *written = d->written;
        d->written = NULL;
        PN_TRY(pn_parcels_store(d, &written, now, diag));
        *last = written;
    }
    while (d->waiting != NULL) {
        pn_send_result results[PN_LIMIT_DELIVERY_BATCH];
        size_t count = 0;
        while (d->waiting != NULL && count < PN_COUNT(results)) {
            pn_parcel *parcel = d->waiting;
            d->waiting = parcel->next;
            put_in_flight(d, parcel);
            results[count] = (pn_send_result){
                .id = parcel->carrier.id, .outcome = PN_SEND_RETRY, .untried = true};
            pn_diag text;
            (void)pn_diag_set(&text, PN_OK, "the mail server cannot be reached now");
            memcpy(results[count].reply, text.what, sizeof results[count].reply - 1);
            count++;
        }
        PN_TRY(pn_results_record(d, results, count, now, diag));
    }
    return PN_OK;
}

static bool outlets_have_room(const pn_delivery *d) {
    for (int kind = PN_CHANNEL_EMAIL; kind < PN_CHANNELS; kind++) {
        const pn_outlet *outlet = &d->outlets[kind];
        if (outlet->channel != NULL && outlet->driver->room(outlet->channel) != 0) {
            return true;
        }
    }
    return false;
}

/* Next is claimed while what was stored is still being sent, as long as little of it waits. */
static bool may_claim(const pn_delivery *d) {
    return d->in_flight < IN_FLIGHT_MAX && d->written == NULL && d->waiting == NULL;
}

static pn_err work(pn_delivery *d, pn_time now, pn_diag *diag) {
    pn_id from = 0;
    for (;;) {
        bool more_zones = from != NO_MORE_ZONES && !pn_app_stops(d->app);
        if (more_zones && may_claim(d)) {
            PN_TRY(claim_more(d, &from, now, diag));
        }
        PN_TRY(store_next(d, now, diag));
        PN_TRY(hand_over(d));
        bool left = d->waiting != NULL || d->written != NULL;
        bool idle = left || !more_zones || d->in_flight >= IN_FLIGHT_MAX;
        PN_TRY(collect(d, idle ? 200 : 0, now, diag));
        if (left && d->in_flight == 0 && !outlets_have_room(d)) {
            PN_TRY(give_up_waiting(d, now, diag));
        }
        if (!more_zones && d->in_flight == 0 && d->waiting == NULL && d->written == NULL) {
            return PN_OK;
        }
    }
}

pn_err pn_delivery_work(pn_delivery *d, pn_time now, pn_delivery_stats *stats, pn_diag *diag) {
    d->stats = stats;
    pn_volumes_forget(d->volumes); /* somebody may have released a strategy */
    if (pn_db_is_shared(d->app->db) && pn_env_ticks(d->app->env) - d->recovered_at >= PN_SECOND) {
        PN_TRY(pn_delivery_recover(d, diag));
    }
    stats->uncertain += d->recovered;
    d->recovered = 0;
    pn_err err = work(d, now, diag);
    if (err != PN_OK) { /* what is known of others is not lost with it */
        pn_diag ignored = {0};
        (void)record(d, now, &ignored);
    }
    return err;
}
