#include "app/zones.h"

#include <stdlib.h>

#include "base/banned.h"

/* ── in memory ───────────────────────────────────────────────────────────────────────────────── */

static void make_room(pn_zones *zones, size_t count) {
    if (zones->capacity < count) {
        zones->capacity = count + count / 2 + 64;
        zones->rows = pn_realloc(zones->rows, zones->capacity * sizeof *zones->rows);
    }
}

static void take_rows(pn_zones *zones, const pn_zone_row *rows, size_t count) {
    make_room(zones, count);
    if (count != 0) {
        memcpy(zones->rows, rows, count * sizeof *rows);
    }
    zones->count = count;
    zones->changed_count = 0;
}

/* Where the first zone behind the debtor stands. */
static size_t place_of(const pn_zones *zones, pn_id debtor_id) {
    size_t low = 0, high = zones->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (zones->rows[middle].first_debtor <= debtor_id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static size_t put_in(pn_zones *zones, const pn_zone_row *row) {
    size_t at = place_of(zones, row->first_debtor);
    if (at != 0 && zones->rows[at - 1].first_debtor == row->first_debtor) {
        return at - 1; /* held already */
    }
    make_room(zones, zones->count + 1);
    memmove(zones->rows + at + 1, zones->rows + at, (zones->count - at) * sizeof *zones->rows);
    zones->rows[at] = *row;
    zones->count++;
    return at;
}

void pn_zones_touch(pn_zones *zones, size_t index) {
    pn_id first = zones->rows[index].first_debtor;
    if (zones->changed_count != 0 && zones->changed[zones->changed_count - 1] == first) {
        return;
    }
    if (zones->changed_count == zones->changed_capacity) {
        zones->changed_capacity = zones->changed_capacity * 2 + 64;
        zones->changed =
            pn_realloc(zones->changed, zones->changed_capacity * sizeof *zones->changed);
    }
    zones->changed[zones->changed_count++] = first;
}

static pn_err load(pn_zones *zones) {
    pn_arena arena;
    pn_zone_row *rows = NULL;
    size_t count = 0;
    pn_arena_init(&arena, 0);
    pn_err err = pn_zone_list(zones->app->db, zones->app->org.lane, &arena, &rows, &count);
    if (err == PN_OK) {
        take_rows(zones, rows, count);
    }
    pn_arena_done(&arena);
    return err;
}

pn_err pn_zones_open(pn_zones *zones, pn_app *app) {
    *zones = (pn_zones){.app = app, .shared = pn_db_is_shared(app->db)};
    return zones->shared ? PN_OK : load(zones);
}

void pn_zones_close(pn_zones *zones) {
    free(zones->rows);
    free(zones->changed);
}

void pn_zones_begin(pn_zones *zones) {
    if (zones->shared) {
        zones->count = zones->changed_count = 0;
        zones->may_add = false;
        zones->last_zone = 0;
    }
}

void pn_zones_again(pn_zones *zones) {
    pn_zones_begin(zones);
    if (!zones->shared && load(zones) != PN_OK) {
        /* too early is harmless: everything is looked at again */
        for (size_t i = 0; i < zones->count; i++) {
            zones->rows[i].wake_at = zones->rows[i].deliver_at = 0;
        }
        zones->changed_count = 0;
    }
}

/* ── held ────────────────────────────────────────────────────────────────────────────────────── */

static bool covered(const pn_zones *zones, pn_id debtor_id) {
    size_t at = place_of(zones, debtor_id);
    return at != 0 && debtor_id <= zones->rows[at - 1].last_debtor;
}

/* The lock for adding comes before those of zones: first it is looked whether it is wanted. */
static pn_err hold(pn_zones *zones, const pn_id *debtors, size_t count, pn_arena *arena) {
    pn_db *db = zones->app->db;
    int64_t lane = zones->app->org.lane;
    pn_zone_row *rows = NULL;
    size_t row_count = 0;
    PN_TRY(pn_zone_of_debtors(db, lane, debtors, count, arena, &rows, &row_count));
    take_rows(zones, rows, row_count);
    for (size_t i = 0; i < count && !zones->may_add; i++) {
        if (!covered(zones, debtors[i])) {
            PN_TRY(pn_db_lock_lane(db, lane));
            zones->may_add = true;
        }
    }
    pn_id *firsts = pn_arena_array(arena, pn_id, row_count + 1);
    for (size_t i = 0; i < row_count; i++) {
        firsts[i] = rows[i].first_debtor;
    }
    PN_TRY(pn_zone_lock(db, lane, firsts, row_count, arena, &rows, &row_count));
    take_rows(zones, rows, row_count);
    return PN_OK;
}

pn_err pn_zones_hold(pn_zones *zones, const pn_id *debtors, size_t count) {
    pn_arena arena;
    if (!zones->shared || count == 0) {
        return PN_OK;
    }
    pn_arena_init(&arena, 0);
    pn_err err = hold(zones, debtors, count, &arena);
    pn_arena_done(&arena);
    return err;
}

pn_err pn_zones_next(pn_zones *zones, pn_zone_need need, pn_time now, pn_id from,
                     size_t *ret_index) {
    if (zones->shared) {
        pn_zone_row row;
        PN_TRY(pn_zone_lock_next(zones->app->db, zones->app->org.lane, need == PN_ZONE_DELIVER, now,
                                 from, &row));
        *ret_index = put_in(zones, &row);
        return PN_OK;
    }
    for (size_t at = place_of(zones, from - 1); at < zones->count; at++) {
        const pn_zone_row *row = &zones->rows[at];
        if ((need == PN_ZONE_DELIVER ? row->deliver_at : row->wake_at) <= now) {
            *ret_index = at;
            return PN_OK;
        }
    }
    return PN_NOT_FOUND;
}

/* ── lowering ────────────────────────────────────────────────────────────────────────────────── */

/* Shared: the zone before a debtor that none covers may not be held yet. Nobody else adds one while
 * the lane's lock is held, so the last one is looked for once. */
static pn_err hold_before(pn_zones *zones, pn_id debtor_id) {
    pn_zone_row row;
    pn_db *db = zones->app->db;
    bool any_behind = false;
    if (!zones->may_add) {
        PN_TRY(pn_db_lock_lane(db, zones->app->org.lane));
        zones->may_add = true;
    }
    if (zones->last_zone != 0 && debtor_id >= zones->last_zone) {
        return PN_OK;
    }
    pn_err err = pn_zone_lock_before(db, zones->app->org.lane, debtor_id, &row);
    if (err == PN_OK) {
        (void)put_in(zones, &row);
    } else if (err == PN_NOT_FOUND) {
        row.first_debtor = debtor_id; /* it will get one of its own */
    } else {
        return err;
    }
    PN_TRY(pn_zone_any_behind(db, zones->app->org.lane, row.first_debtor, &any_behind));
    zones->last_zone = any_behind ? 0 : row.first_debtor;
    return PN_OK;
}

static bool is_last(const pn_zones *zones, size_t at) {
    return zones->shared ? zones->rows[at].first_debtor == zones->last_zone
                         : at + 1 == zones->count;
}

/* New debtors come at the end: the last zone takes them until it is full. */
static pn_err cover(pn_zones *zones, pn_id debtor_id, size_t *ret_at) {
    if (zones->shared) {
        PN_TRY(hold_before(zones, debtor_id));
    }
    size_t at = place_of(zones, debtor_id);
    bool full =
        at == 0 || (debtor_id > zones->rows[at - 1].last_debtor &&
                    zones->rows[at - 1].debtors >= PN_ZONE_DEBTORS && is_last(zones, at - 1));
    if (full) {
        *ret_at = put_in(zones, &(pn_zone_row){.lane = zones->app->org.lane,
                                               .first_debtor = debtor_id,
                                               .last_debtor = debtor_id,
                                               .debtors = 1,
                                               .wake_at = PN_TIME_NEVER,
                                               .deliver_at = PN_TIME_NEVER});
        zones->last_zone = at == 0 ? zones->last_zone : debtor_id;
    } else {
        pn_zone_row *zone = &zones->rows[at - 1];
        zone->debtors += debtor_id > zone->last_debtor;
        zone->last_debtor = PN_MAX(zone->last_debtor, debtor_id);
        *ret_at = at - 1;
    }
    pn_zones_touch(zones, *ret_at);
    return PN_OK;
}

pn_err pn_zones_lower(pn_zones *zones, pn_id debtor_id, pn_time wake_at, pn_time deliver_at) {
    size_t at = 0;
    if (covered(zones, debtor_id)) {
        at = place_of(zones, debtor_id) - 1;
    } else {
        PN_TRY(cover(zones, debtor_id, &at));
    }
    pn_zone_row *zone = &zones->rows[at];
    if (wake_at < zone->wake_at || deliver_at < zone->deliver_at) {
        zone->wake_at = PN_MIN(zone->wake_at, wake_at);
        zone->deliver_at = PN_MIN(zone->deliver_at, deliver_at);
        pn_zones_touch(zones, at);
    }
    return PN_OK;
}

pn_err pn_zones_save(pn_zones *zones) {
    for (size_t i = 0; i < zones->changed_count; i++) {
        size_t at = place_of(zones, zones->changed[i]);
        assert(at != 0 && zones->rows[at - 1].first_debtor == zones->changed[i]);
        PN_TRY(pn_zone_put(zones->app->db, &zones->rows[at - 1]));
    }
    zones->changed_count = 0;
    return PN_OK;
}

pn_err pn_zones_due(pn_zones *zones, pn_time *ret_step, pn_time *ret_deliver) {
    if (zones->shared) {
        return pn_zone_min_due(zones->app->db, zones->app->org.lane, ret_step, ret_deliver);
    }
    *ret_step = *ret_deliver = PN_TIME_NEVER;
    for (size_t i = 0; i < zones->count; i++) {
        *ret_step = PN_MIN(*ret_step, zones->rows[i].wake_at);
        *ret_deliver = PN_MIN(*ret_deliver, zones->rows[i].deliver_at);
    }
    return PN_OK;
}
