#include "app/deliver_int.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "app/books.h"
#include "app/courier.h"
#include "app/links.h"
#include "app/outlets.h"
#include "base/banned.h"
#include "base/limits.h"

/* ── outlets ─────────────────────────────────────────────────────────────────────────────────── */

/* Connections are driven by a thread of their own. */
static pn_err start_outlet(pn_delivery *d, pn_outlet *outlet, pn_diag *diag) {
    pn_started started = {0};
    PN_TRY(pn_outlet_start(d->app, &outlet->row, PN_OUTLET_DELIVERS, &d->outlet_arena, &started,
                           diag));
    outlet->driver = started.driver;
    outlet->channel = started.channel;
    outlet->dkim = started.dkim;
    outlet->http = started.http;
    outlet->bounce_domain = started.mail.bounce_domain;
    outlet->usable = true;
    return started.driver->wait_fd(started.channel) < 0
               ? PN_OK
               : pn_courier_start(started.driver, started.channel, &outlet->driver,
                                  &outlet->channel, diag);
}

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
            PN_TRY(start_outlet(d, outlet, diag));
        }
    }
    return PN_OK;
}

/* An organization that debtors can reach makes links with a key of its own. */
static pn_err ready_links(pn_delivery *d, pn_diag *diag) {
    if (d->app->org.public_url.len == 0 || d->app->link_key_count != 0) {
        return PN_OK;
    }
    PN_TRY(pn_app_begin(d->app, diag));
    pn_err err = pn_links_ready(d->app, diag);
    return pn_app_end(d->app, err, diag);
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
    pn_arena_init(&d->wording_arena, 0);
    d->wordings = pn_table_on(&d->wording_arena);
    d->parcels = pn_table_on(&d->table_arena);
    d->told_creditors = pn_table_on(&d->outlet_arena);
    d->dictionaries = pn_dictionaries_new();
    d->volumes = pn_volumes_new(d->app);
    d->ahead = d->app->alone ? PN_LIMIT_DELIVERY_BATCH : AHEAD_MIN;
    pn_err err = open_outlets(d, diag);
    if (err == PN_OK) {
        err = ready_links(d, diag);
    }
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

/* Its memory serves the next claim: fresh pages from the system cost more than what is written on
 * them. */
void pn_claim_free(pn_claim *claim) {
    pn_delivery *d = claim->owner;
    *claim->link = claim->next;
    if (claim->next != NULL) {
        claim->next->link = claim->link;
    }
    pn_arena_reset(&claim->arena);
    claim->next = d->spare;
    d->spare = claim;
}

static void free_spare(pn_delivery *d) {
    while (d->spare != NULL) {
        pn_claim *claim = d->spare;
        d->spare = claim->next;
        pn_arena_done(&claim->arena);
        free(claim);
    }
}

/* ── claiming and sending ────────────────────────────────────────────────────────────────────── */

static const pn_id NO_MORE_ZONES = INT64_MAX;

/* What is in flight, in memory, at most: content of 3 KB each. */
enum { IN_FLIGHT_MAX = 4000 };

static pn_claim *new_claim(pn_delivery *d) {
    pn_claim *claim = d->spare;
    if (claim != NULL) {
        d->spare = claim->next;
    } else {
        claim = pn_alloc(sizeof *claim);
        pn_arena_init(&claim->arena, 0);
    }
    claim->owner = d;
    claim->weight = 0;
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

/* Takes zones until a claim is full. With others on the database one at a time: its debtors are
 * locked before an id is made. */
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
    } while (claimed < PN_LIMIT_DELIVERY_BATCH && (!zones->shared || d->app->alone));
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

/* Takes the first `count` of the channel out of those that wait. */
static void hand_over_first(pn_delivery *d, pn_channel_kind kind, size_t count) {
    pn_parcel **link = &d->waiting;
    while (count > 0) {
        pn_parcel *parcel = *link;
        if (parcel->carrier.channel == kind) {
            *link = parcel->next;
            put_in_flight(d, parcel);
            count--;
        } else {
            link = &parcel->next;
        }
    }
}

static pn_err hand_over_to(pn_delivery *d, const pn_outlet *outlet) {
    enum { BATCH = 64 };
    pn_outgoing out[BATCH];
    size_t count = 0, taken = 0;
    do {
        count = taken = 0;
        for (pn_parcel *parcel = d->waiting; parcel != NULL && count < BATCH;
             parcel = parcel->next) {
            if (parcel->carrier.channel == outlet->kind) {
                out[count++] = (pn_outgoing){.id = parcel->carrier.id,
                                             .sender = parcel->envelope,
                                             .recipient = parcel->carrier.address,
                                             .content = parcel->own.content};
            }
        }
        if (count == 0) {
            return PN_OK;
        }
        pn_err err = outlet->driver->send(outlet->channel, out, count, &taken);
        hand_over_first(d, outlet->kind, taken);
        if (err != PN_OK && err != PN_LIMIT) {
            return err;
        }
    } while (taken == count);
    return PN_OK;
}

/* Hands stored parcels to their drivers as far as those have room. */
static pn_err hand_over(pn_delivery *d) {
    for (int kind = PN_CHANNEL_EMAIL; kind < PN_CHANNELS; kind++) {
        if (d->outlets[kind].channel != NULL) {
            PN_TRY(hand_over_to(d, &d->outlets[kind]));
        }
    }
    return PN_OK;
}

static size_t ordered(const pn_delivery *d) {
    return d->scribe != NULL ? pn_scribe_ordered(d->scribe) : 0;
}

/* ── pace ───────────────────────────────────────────────────────────────────────────────────────
 */

static void measure_pace(pn_delivery *d, size_t answered) {
    int64_t elapsed = pn_env_ticks(d->app->env) - d->pace_since;
    d->pace_answered += answered;
    if (elapsed >= PACE_US && !d->app->alone) { /* a world of its own lives the same at any speed */
        d->ahead =
            PN_MAX((size_t)AHEAD_MIN, (size_t)((int64_t)d->pace_answered * AHEAD_US / elapsed));
        d->pace_answered = 0;
        d->pace_since += elapsed;
    }
}

/* What each driver would take now, all of them together within what is let ahead. */
typedef struct {
    size_t ahead, of[PN_CHANNELS];
} places;

static places places_now(const pn_delivery *d) {
    places free = {.ahead = d->ahead > d->in_flight ? d->ahead - d->in_flight : 0};
    for (int kind = 0; kind < PN_CHANNELS; kind++) {
        const pn_outlet *outlet = &d->outlets[kind];
        free.of[kind] = outlet->channel != NULL ? outlet->driver->room(outlet->channel) : 0;
    }
    return free;
}

/* One without content goes nowhere, and needs a place among the stored ones only. */
static bool take_place(places *free, const pn_parcel *parcel) {
    size_t *room = &free->of[parcel->carrier.channel];
    bool goes = parcel->own.content.len != 0;
    if (free->ahead == 0 || (goes && *room == 0)) {
        return false;
    }
    free->ahead--;
    *room -= goes ? 1 : 0;
    return true;
}

/* A transaction writes whole pages whatever it changes: while as many are under way as could follow
 * them, few are not stored at a time. */
static bool worth_storing(const pn_delivery *d) {
    enum { STORED_MIN = PN_LIMIT_DELIVERY_BATCH / 2 };
    places free = places_now(d);
    size_t fit = 0, left = 0;
    for (const pn_parcel *parcel = d->written; parcel != NULL; parcel = parcel->next) {
        bool fits = take_place(&free, parcel);
        fit += fits;
        left += !fits;
    }
    return fit != 0 && (left == 0 || fit >= STORED_MIN || fit >= d->in_flight);
}

/* T2 for those that can leave now. */
static pn_err store_next(pn_delivery *d, pn_time now, bool *ret_stored, pn_diag *diag) {
    pn_parcel *chosen = NULL, **end = &chosen, **link = &d->written;
    *ret_stored = false;
    if (d->waiting != NULL || !worth_storing(d)) {
        return PN_OK;
    }
    places free = places_now(d);
    while (*link != NULL) {
        pn_parcel *parcel = *link;
        if (take_place(&free, parcel)) {
            *link = parcel->next;
            parcel->next = NULL;
            *end = parcel;
            end = &parcel->next;
            d->written_count--;
        } else {
            link = &parcel->next;
        }
    }
    *ret_stored = chosen != NULL;
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

/* Takes what results there are. Drivers without connections may take up to `timeout_ms` for one. */
static pn_err poll_outlets(pn_delivery *d, int timeout_ms, size_t *ret_got, pn_diag *diag) {
    *ret_got = 0;
    for (int kind = PN_CHANNEL_EMAIL; kind < PN_CHANNELS; kind++) {
        pn_outlet *outlet = &d->outlets[kind];
        if (outlet->channel == NULL || outlet->driver->pending(outlet->channel) == 0 ||
            d->result_count == PN_COUNT(d->results)) {
            continue;
        }
        size_t got = 0;
        bool patient = *ret_got == 0 && outlet->driver->wait_fd(outlet->channel) < 0;
        pn_err err = outlet->driver->poll(outlet->channel, patient ? timeout_ms : 0,
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

/* Waits for results or for what is being written; false when nothing came. */
static bool await_news(const pn_delivery *d, int timeout_ms) {
    struct pollfd fds[PN_CHANNELS + 1];
    nfds_t count = 0;
    for (int kind = PN_CHANNEL_EMAIL; kind < PN_CHANNELS; kind++) {
        const pn_outlet *outlet = &d->outlets[kind];
        if (outlet->channel != NULL && outlet->driver->pending(outlet->channel) != 0 &&
            outlet->driver->wait_fd(outlet->channel) >= 0) {
            fds[count++] =
                (struct pollfd){.fd = outlet->driver->wait_fd(outlet->channel), .events = POLLIN};
        }
    }
    if (d->written == NULL && ordered(d) != 0) {
        fds[count++] = (struct pollfd){.fd = pn_scribe_wait_fd(d->scribe), .events = POLLIN};
    }
    int ready = count == 0 ? 0 : poll(fds, count, timeout_ms);
    assert(ready >= 0 || errno == EINTR || errno == ENOMEM);
    return ready != 0;
}

static pn_err collect(pn_delivery *d, int timeout_ms, pn_time now, pn_diag *diag) {
    enum { LINGER_MS = 5 };
    size_t got = 0;
    bool quiet = false;
    timeout_ms = d->result_count != 0 ? PN_MIN(timeout_ms, LINGER_MS) : timeout_ms;
    PN_TRY(poll_outlets(d, timeout_ms, &got, diag));
    if (got == 0 && timeout_ms != 0) {
        quiet = !await_news(d, timeout_ms);
        PN_TRY(poll_outlets(d, 0, &got, diag));
    }
    bool old = d->result_count != 0 && !d->app->alone &&
               pn_env_ticks(d->app->env) - d->results_since >= RECORD_AFTER_US;
    bool last = d->result_count == d->in_flight;
    return d->result_count >= RECORD_RESULTS || quiet || old || last ? record(d, now, diag) : PN_OK;
}

/* ── closing ─────────────────────────────────────────────────────────────────────────────────── */

/* What was handed over has left or will: its result is worth a moment. */
static void await_results(pn_delivery *d) {
    pn_diag diag = {0};
    size_t got = 0;
    int64_t begun = pn_env_ticks(d->app->env);
    d->stats = pn_arena_new(&d->outlet_arena, pn_delivery_stats); /* nobody asks any more */
    for (int i = 0; i < 10 && d->in_flight != 0; i++) {
        (void)await_news(d, 100);
        if (pn_env_ticks(d->app->env) - begun >= PN_SECOND ||
            poll_outlets(d, 0, &got, &diag) != PN_OK ||
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
    pn_scribe_close(d->scribe); /* it signs with the outlets' keys */
    for (int kind = 0; kind < PN_CHANNELS; kind++) {
        if (d->outlets[kind].channel != NULL) {
            d->outlets[kind].driver->stop(d->outlets[kind].channel);
        }
        pn_dkim_free(d->outlets[kind].dkim);
    }
    while (d->claims != NULL) {
        pn_claim_free(d->claims);
    }
    free_spare(d);
    pn_dictionaries_free(d->dictionaries);
    pn_helper_free(d->pdf);
    pn_volumes_free(d->volumes);
    pn_db_close(d->pace);
    pn_arena_done(&d->arena);
    pn_arena_done(&d->outlet_arena);
    pn_arena_done(&d->table_arena);
    pn_arena_done(&d->wording_arena);
    free(d);
}

/* ── claiming ────────────────────────────────────────────────────────────────────────────────── */

/* What was claimed is prepared here and written by the scribe. */
static pn_err order(pn_delivery *d, pn_parcel *parcels, pn_diag *diag) {
    size_t count = 0;
    if (d->scribe == NULL) {
        PN_TRY(pn_scribe_open(d->app, &d->scribe, diag));
    }
    for (pn_parcel *parcel = parcels; parcel != NULL; parcel = parcel->next) {
        pn_parcel_prepare(d, parcel);
        count++;
    }
    pn_scribe_order(d->scribe, parcels, count, pn_env_now(d->app->env));
    return PN_OK;
}

static pn_err try_claim(pn_delivery *d, pn_id *from, pn_time now, pn_diag *diag) {
    pn_claim *claim = new_claim(d);
    pn_parcel *parcels = NULL;
    pn_err err = claim_due(d, from, now, claim, &parcels, diag);
    release_claim(claim);
    if (err == PN_OK && parcels != NULL) {
        err = order(d, parcels, diag);
    }
    if (err != PN_OK) {
        drop_all(parcels);
        pn_zones_again(pn_engine_zones(d->engine));
    }
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

/* Appends the oldest order to what is written. */
static bool take_written(pn_delivery *d, bool wait) {
    size_t count = 0;
    pn_parcel **end = &d->written;
    pn_parcel *taken = d->scribe != NULL ? pn_scribe_take(d->scribe, wait, &count) : NULL;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = taken;
    d->written_count += count;
    return taken != NULL;
}

/* A driver that backs off from a server has no room: what waits for it goes back to the queue
 * rather than keep the loop waiting for ever. */
static pn_err give_up_waiting(pn_delivery *d, pn_time now, pn_diag *diag) {
    pn_parcel **last = &d->waiting;
    while (*last != NULL) {
        last = &(*last)->next;
    }
    if (d->written != NULL) { /* an attempt tells what it was about */
        pn_parcel *written = d->written;
        d->written = NULL;
        d->written_count = 0;
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
            (void)pn_diag_set(&text, PN_OK, "its server cannot be reached now");
            memcpy(results[count].reply, text.what, sizeof results[count].reply - 1);
            count++;
        }
        PN_TRY(pn_results_record(d, results, count, now, diag));
    }
    return PN_OK;
}

static bool has_room(const pn_delivery *d, const pn_parcel *parcels) {
    for (const pn_parcel *parcel = parcels; parcel != NULL; parcel = parcel->next) {
        const pn_outlet *outlet = &d->outlets[parcel->carrier.channel];
        if (outlet->channel != NULL && outlet->driver->room(outlet->channel) != 0) {
            return true;
        }
    }
    return false;
}

/* Of the channels for which something waits. */
static bool outlets_have_room(const pn_delivery *d) {
    return has_room(d, d->waiting) || has_room(d, d->written);
}

/* Next is claimed while what was stored is still being sent, as long as little of it waits. */
static bool may_claim(const pn_delivery *d) {
    size_t unstored = d->written_count + ordered(d);
    bool ahead = unstored < d->ahead && (d->scribe == NULL || pn_scribe_has_room(d->scribe));
    return d->in_flight < IN_FLIGHT_MAX && d->waiting == NULL && (unstored == 0 || ahead);
}

/* Without connections nothing else could be done meanwhile, and everything happens in one order. */
static bool has_connections(const pn_delivery *d) {
    for (int kind = PN_CHANNEL_EMAIL; kind < PN_CHANNELS; kind++) {
        const pn_outlet *outlet = &d->outlets[kind];
        if (outlet->channel != NULL && outlet->driver->wait_fd(outlet->channel) >= 0) {
            return true;
        }
    }
    return false;
}

static pn_err work(pn_delivery *d, pn_time now, pn_diag *diag) {
    pn_id from = 0;
    bool waits = !has_connections(d);
    for (;;) {
        bool more_zones = from != NO_MORE_ZONES && !pn_app_stops(d->app);
        bool claims = more_zones && may_claim(d), stored = false;
        if (claims) {
            PN_TRY(claim_more(d, &from, now, diag));
        }
        bool took = d->written == NULL && take_written(d, waits);
        PN_TRY(store_next(d, now, &stored, diag));
        PN_TRY(hand_over(d));
        bool left = d->waiting != NULL || d->written != NULL;
        PN_TRY(collect(d, claims || took || stored ? 0 : 200, now, diag));
        if (left && d->in_flight == 0 && !outlets_have_room(d)) {
            PN_TRY(give_up_waiting(d, now, diag));
        }
        if (!more_zones && d->in_flight == 0 && d->waiting == NULL && d->written == NULL &&
            ordered(d) == 0) {
            return PN_OK;
        }
    }
}

/* ── a rate is of the channel, not of a process ──────────────────────────────────────────────── */

static bool has_rate(pn_delivery *d) {
    bool found = false;
    for (int kind = PN_CHANNEL_EMAIL; kind < PN_CHANNELS; kind++) {
        const pn_outlet *outlet = &d->outlets[kind];
        pn_json *settings = NULL;
        found = found ||
                (outlet->usable &&
                 pn_json_parse(outlet->row.settings, NULL, &d->arena, &settings, NULL) == PN_OK &&
                 pn_json_field(settings, "rate_per_second") != NULL);
    }
    return found;
}

/* Where messages may leave only so fast, one process sends them all: the one whose connection holds
 * the lock. It is a connection of its own, so that the lock goes with the process and with nothing
 * else. */
static pn_err may_send(pn_delivery *d, bool *ret_may, pn_diag *diag) {
    enum { PACE_LOCK = 1 << 20 };
    *ret_may = true;
    if (!pn_db_is_shared(d->app->db) || d->paces || !has_rate(d)) {
        return PN_OK;
    }
    if (d->pace == NULL) {
        PN_TRY(pn_db_open(d->app->url, &(pn_db_options){.mode = PN_DB_READ}, &d->pace, diag));
    }
    PN_TRY(pn_db_try_lock(d->pace, PACE_LOCK | d->app->org.lane, &d->paces));
    *ret_may = d->paces;
    return PN_OK;
}

pn_err pn_delivery_work(pn_delivery *d, pn_time now, pn_delivery_stats *stats, pn_diag *diag) {
    d->stats = stats;
    pn_volumes_forget(d->volumes); /* somebody may have released a strategy */
    if (pn_db_is_shared(d->app->db) && pn_env_ticks(d->app->env) - d->recovered_at >= PN_SECOND) {
        PN_TRY(pn_delivery_recover(d, diag));
    }
    stats->uncertain += d->recovered;
    d->recovered = 0;
    bool may = true;
    PN_TRY(may_send(d, &may, diag));
    if (!may) {
        return PN_OK;
    }
    pn_err err = work(d, now, diag);
    if (err != PN_OK) { /* what is known of others is not lost with it */
        pn_diag ignored = {0};
        (void)record(d, now, &ignored);
        while (take_written(d, true)) { /* the scribe rests while nobody works */
        }
    }
    free_spare(d);
    pn_wordings_forget(d);
    return err;
}
