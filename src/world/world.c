#include "world/world.h"

#include <stdlib.h>

#include "app/publish.h"
#include "base/banned.h"
#include "base/utf8.h"

/* ── dice ────────────────────────────────────────────────────────────────────────────────────── */

bool pn_dice(pn_random *random, int percent) {
    return (int)pn_random_below(random, 100) < percent;
}

int pn_dice_between(pn_random *random, int min, int max) {
    return min + (int)pn_random_below(random, (uint64_t)(max - min + 1));
}

int64_t pn_dice_skewed(pn_random *random, int64_t min, int64_t max) {
    int64_t part = (int64_t)pn_random_below(random, 1000);
    return min + (max - min) / 1000000 * (part * part * part / 1000) +
           (max - min) % 1000000 * (part * part * part / 1000) / 1000000;
}

/* ── time and entropy of its own ─────────────────────────────────────────────────────────────── */

static pn_time world_now(void *context) {
    const pn_world *world = context;
    pn_time start = (pn_time)world->start * PN_DAY;
    return world->app != NULL && world->app->org.id != 0 ? pn_app_now(world->app) : start;
}

static int64_t world_ticks(void *context) {
    return world_now(context);
}

static void world_entropy(void *context, void *bytes, size_t size) {
    pn_world *world = context;
    uint8_t *out = bytes;
    for (size_t i = 0; i < size; i++) {
        out[i] = (uint8_t)(pn_random_next(&world->entropy) >> 32);
    }
}

pn_world *pn_world_new(uint64_t seed, pn_date start, int days) {
    pn_world *world = pn_alloc(sizeof *world);
    memset(world, 0, sizeof *world);
    world->seed = seed;
    world->start = start;
    world->days = days;
    world->env = (pn_env){
        .now = world_now, .ticks = world_ticks, .entropy = world_entropy, .context = world};
    pn_arena_init(&world->arena, 0);
    pn_arena_init(&world->work, 0);
    world->entropy = pn_random_for(seed, PN_STR("entropy"));
    world->desk = pn_random_for(seed, PN_STR("desk"));
    world->by_email = pn_table_on(&world->arena);
    world->by_debtor = pn_table_on(&world->arena);
    world->by_invoice = pn_table_on(&world->arena);
    pn_world_people(world);
    pn_world_bills(world);
    return world;
}

void pn_world_free(pn_world *world) {
    if (world != NULL) {
        pn_arena_done(&world->arena);
        pn_arena_done(&world->work);
        free(world);
    }
}

pn_world_debtor *pn_world_debtor_of(pn_world *world, pn_id id) {
    return pn_table_get_int(&world->by_debtor, id);
}

pn_world_invoice *pn_world_invoice_of(pn_world *world, pn_id id) {
    return pn_table_get_int(&world->by_invoice, id);
}

pn_date pn_world_today(const pn_world *world) {
    return pn_app_today(world->app);
}

pn_time pn_world_instant(pn_world *world, const pn_world_debtor *debtor, pn_date date,
                         int32_t second) {
    pn_str name =
        pn_zone_of_country(pn_str_of(debtor->place->country), pn_str_of(debtor->place->region));
    return pn_zone_instant(pn_app_zone_or_own(world->app, name), date, second);
}

void pn_world_pledge_add(pn_world *world, uint32_t debtor, pn_date on, int64_t amount) {
    world->pledges = pn_arena_grow(&world->arena, world->pledges, world->pledge_count,
                                   &world->pledge_capacity, sizeof *world->pledges);
    world->pledges[world->pledge_count++] = (pn_world_pledge){debtor, on, amount};
}

/* ── events: a binary heap by time, then by making ───────────────────────────────────────────── */

static bool earlier(const pn_world_event *a, const pn_world_event *b) {
    return a->at != b->at ? a->at < b->at : a->order < b->order;
}

static void swap(pn_world_event *a, pn_world_event *b) {
    pn_world_event c = *a;
    *a = *b;
    *b = c;
}

enum { QUARTER = 15 };

void pn_world_plan(pn_world *world, pn_time at, pn_world_event_kind kind, uint32_t index, pn_id id,
                   pn_signal_source source) {
    pn_time quarter = QUARTER * PN_MINUTE;
    world->events = pn_arena_grow(&world->arena, world->events, world->event_count,
                                  &world->event_capacity, sizeof *world->events);
    size_t i = world->event_count++;
    world->events[i] = (pn_world_event){.at = (at + quarter - 1) / quarter * quarter,
                                        .order = world->event_order++,
                                        .kind = kind,
                                        .source = source,
                                        .index = index,
                                        .id = id};
    while (i != 0 && earlier(&world->events[i], &world->events[(i - 1) / 2])) {
        swap(&world->events[i], &world->events[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
}

static pn_world_event take_event(pn_world *world) {
    pn_world_event first = world->events[0];
    world->events[0] = world->events[--world->event_count];
    for (size_t i = 0;;) {
        size_t least = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < world->event_count; child++) {
            least = earlier(&world->events[child], &world->events[least]) ? child : least;
        }
        if (least == i) {
            return first;
        }
        swap(&world->events[i], &world->events[least]);
        i = least;
    }
}

/* ── beginning ───────────────────────────────────────────────────────────────────────────────── */

/* The organization began with one creditor of its own name: it becomes the first of ours. */
pn_err pn_world_creditor_row(pn_world *world, size_t index, const pn_creditor_row **ret_row,
                             pn_diag *diag) {
    pn_app *app = world->app;
    pn_str name = pn_str_of(pn_world_creditor_at(index)->name);
    if (pn_app_find_creditor(app, name, ret_row, diag) == PN_OK) {
        return PN_OK;
    }
    pn_diag_clear(diag);
    if (index == 0) {
        *ret_row = &app->creditors[0];
        return PN_OK;
    }
    return pn_publish_creditor(app, name, &world->arena, ret_row, diag);
}

static pn_err describe_creditor(pn_world *world, const pn_world_creditor *each, size_t index,
                                pn_creditor_row *row) {
    pn_arena *arena = &world->arena;
    row->name = pn_str_of(each->name);
    row->name_fold = pn_utf8_fold(arena, row->name, false);
    row->tax_id = pn_str_of(each->tax_id);
    row->country = pn_str_of(each->country);
    row->region = pn_str_of(each->region);
    row->zone = pn_str_of(each->zone);
    row->language = pn_str_is(row->country, "MX") ? PN_STR("es-MX") : PN_STR("es");
    row->address = pn_str_of(each->address);
    row->city = pn_str_of(each->city);
    row->phone = pn_str_of(each->phone);
    row->email = pn_str_of(each->email);
    row->withholding_bp = pn_str_of(each->withholding_bp);
    row->iban = pn_world_account(row->country, index, arena);
    return pn_creditor_update(world->app->db, row);
}

static pn_err describe_creditors(pn_world *world, pn_diag *diag) {
    pn_app *app = world->app;
    PN_TRY(pn_app_begin(app, diag));
    pn_err err = PN_OK;
    for (size_t i = 0; i < pn_world_creditor_count() && err == PN_OK; i++) {
        const pn_creditor_row *row = NULL;
        err = pn_world_creditor_row(world, i, &row, diag);
        if (err == PN_OK) {
            pn_creditor_row changed = *row;
            err = describe_creditor(world, pn_world_creditor_at(i), i, &changed);
        }
    }
    err = pn_app_end(app, err, diag);
    return err == PN_OK ? pn_app_reload(app, diag) : err;
}

static void plan_calendar(pn_world *world) {
    const pn_zone *zone = pn_app_zone_or_own(world->app, world->app->org.zone);
    pn_calendar calendar = pn_calendar_for(PN_STR("ES"), PN_STR("MD"));
    for (pn_date day = world->start; day <= world->start + world->days; day++) {
        if (!pn_calendar_is_business(&calendar, day)) {
            continue;
        }
        pn_world_plan(world, pn_zone_instant(zone, day, 6 * 3600 + 1800), PN_WORLD_ERP, 0, 0,
                      PN_SOURCE_HUMAN);
        pn_world_plan(world, pn_zone_instant(zone, day, 7 * 3600 + 1800), PN_WORLD_BANK, 0, 0,
                      PN_SOURCE_HUMAN);
        pn_world_plan(world, pn_zone_instant(zone, day, 10 * 3600 + 900), PN_WORLD_DESK, 0, 0,
                      PN_SOURCE_HUMAN);
        pn_world_plan(world, pn_zone_instant(zone, day, 16 * 3600), PN_WORLD_DESK, 0, 0,
                      PN_SOURCE_HUMAN);
    }
}

pn_err pn_world_begin(pn_world *world, pn_app *app, pn_diag *diag) {
    world->app = app;
    PN_TRY(describe_creditors(world, diag));
    PN_TRY(pn_world_load_debtors(world, diag));
    PN_TRY(pn_world_load_invoices(world, world->start - 1, diag));
    plan_calendar(world);
    return PN_OK;
}

/* ── living ──────────────────────────────────────────────────────────────────────────────────── */

/* Files have transactions of their own; everything else of a moment shares one. */
static bool is_file(pn_world_event_kind kind) {
    return kind == PN_WORLD_ERP || kind == PN_WORLD_BANK || kind == PN_WORLD_DESK;
}

static pn_err handle_file(pn_world *world, const pn_world_event *event, pn_diag *diag) {
    switch (event->kind) {
    case PN_WORLD_ERP: return pn_world_load_invoices(world, pn_world_today(world) - 1, diag);
    case PN_WORLD_BANK: return pn_world_load_statement(world, diag);
    case PN_WORLD_DESK: return pn_world_desk(world, diag);
    case PN_WORLD_OPEN:
    case PN_WORLD_CLICK:
    case PN_WORLD_ANSWER:
    case PN_WORLD_AWAY:
    case PN_WORLD_BOUNCE:
    case PN_WORLD_REVERSE:
    case PN_WORLD_CHEQUE:
    case PN_WORLD_SETTLE: break;
    }
    return PN_OK;
}

static pn_err handle_small(pn_world *world, pn_time now, pn_diag *diag) {
    PN_TRY(pn_app_begin(world->app, diag));
    pn_err err = PN_OK;
    while (err == PN_OK && world->event_count != 0 && world->events[0].at <= now &&
           !is_file(world->events[0].kind)) {
        pn_world_event event = take_event(world);
        err = pn_world_happen(world, &event, diag);
    }
    return pn_app_end(world->app, err, diag);
}

pn_err pn_world_live(void *context, pn_app *app, pn_time now, pn_time *ret_next, pn_diag *diag) {
    pn_world *world = context;
    world->app = app;
    PN_TRY(pn_world_mail_arrived(world, diag));
    while (world->event_count != 0 && world->events[0].at <= now) {
        pn_arena_reset(&world->work);
        if (is_file(world->events[0].kind)) {
            pn_world_event event = take_event(world);
            PN_TRY(handle_file(world, &event, diag));
        } else {
            PN_TRY(handle_small(world, now, diag));
        }
    }
    *ret_next = world->event_count != 0 ? world->events[0].at : PN_TIME_NEVER;
    return PN_OK;
}
