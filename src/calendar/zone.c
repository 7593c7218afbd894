/* TZif files into a table of periods, and the look-ups in it.
 *
 * A zone is a sorted array of periods, each with one offset; changes of name or of the daylight
 * flag alone are merged away. The footer's rule is written out as periods for 400 years, after
 * which the Gregorian calendar repeats to the day and the weekday; a later instant is moved back by
 * whole cycles. So every look-up is the same and no rule is computed at run time. An index by slots
 * of 102 days, from 1970 on, makes it one load and usually no step.
 *
 * Rejected: a cache of the last period found (mutable, shared between threads) and evaluating the
 * rule per look-up (several times slower where it matters: now and later). */
#include "calendar/zone.h"

#include <assert.h>

#include "base/limits.h"
#include "calendar/zone_rule.h"

#include "base/banned.h"

typedef struct {
    pn_time start;
    int32_t offset_s;
} period;

struct pn_zone {
    const period *periods; /* the first starts at PN_TIME_NONE */
    const uint16_t *index; /* of the period in force when each slot begins */
    size_t count;
    size_t index_count;
    pn_time cycle_end; /* from here on, what held 400 years before; PN_TIME_NEVER: no cycle */
    int64_t offset_min_us, offset_max_us;
    pn_str name;
};

#define CYCLE (146097 * PN_DAY)

enum {
    SLOT_BITS = 43,    /* 2^43 µs are 101.8 days */
    CYCLE_YEARS = 403, /* 400, and the years in which the first and the last change may fall */
    RULE_YEAR_MIN = 1900,
    RULE_YEAR_MAX = 9000,
    OFFSET_MAX_S = 26 * 3600, /* RFC 8536 §3.2: more than -25 h, less than 26 h */
};

static const period UTC_PERIODS[] = {{PN_TIME_NONE, 0}};
static const uint16_t UTC_INDEX[] = {0};
static const pn_zone UTC = {
    .periods = UTC_PERIODS,
    .index = UTC_INDEX,
    .count = 1,
    .index_count = 1,
    .cycle_end = PN_TIME_NEVER,
    .name = {"UTC", 3},
};

const pn_zone *pn_zone_utc(void) {
    return &UTC;
}

pn_str pn_zone_name(const pn_zone *zone) {
    return zone->name;
}

/* ── looking up ──────────────────────────────────────────────────────────────────────────────── */

static size_t period_before_1970(const pn_zone *zone, pn_time at) {
    size_t low = 0, high = zone->index[0];
    while (low < high) {
        size_t middle = (low + high + 1) / 2;
        if (zone->periods[middle].start <= at) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

/* The period in force at an instant before the cycle's end. */
static inline size_t period_at(const pn_zone *zone, pn_time at) {
    if (PN_UNLIKELY(at < 0)) {
        return period_before_1970(zone, at);
    }
    size_t slot = (size_t)at >> SLOT_BITS;
    size_t i = zone->index[PN_MIN(slot, zone->index_count - 1)];
    while (i + 1 < zone->count && zone->periods[i + 1].start <= at) {
        i++;
    }
    return i;
}

/* By how much an instant (or a local time) is moved back to fall before `end`. */
static inline int64_t cycles_past(pn_time at, pn_time end) {
    return PN_LIKELY(at < end) ? 0 : ((at - end) / CYCLE + 1) * CYCLE;
}

int32_t pn_zone_offset(const pn_zone *zone, pn_time at) {
    at -= cycles_past(at, zone->cycle_end);
    return zone->periods[period_at(zone, at)].offset_s;
}

static inline int64_t floor_divide(int64_t value, int64_t by) {
    return value / by - (value % by < 0);
}

pn_local pn_zone_local(const pn_zone *zone, pn_time at) {
    int64_t second = floor_divide(at, PN_SECOND) + pn_zone_offset(zone, at);
    int64_t day = floor_divide(second, 86400);
    return (pn_local){(pn_date)day, (int32_t)(second - day * 86400)};
}

pn_date pn_zone_date(const pn_zone *zone, pn_time at) {
    return pn_zone_local(zone, at).date;
}

/* The instant at which a clock with that period's offset shows the time. */
static inline pn_time wall_in(const pn_zone *zone, size_t i, pn_time wall) {
    return wall - zone->periods[i].offset_s * PN_SECOND;
}

/* A time that the jump to period `i` skips: the jump, unless a jump back soon after shows the time
 * all the same (no real zone does that; a file may). */
static pn_time skipped(const pn_zone *zone, size_t i, pn_time wall) {
    for (size_t j = i + 1; j < zone->count; j++) {
        pn_time start = zone->periods[j].start;
        if (start > wall - zone->offset_min_us) {
            break;
        }
        pn_time at = wall_in(zone, j, wall);
        if (at >= start && (j + 1 == zone->count || at < zone->periods[j + 1].start)) {
            return at;
        }
    }
    return zone->periods[i].start;
}

pn_time pn_zone_instant(const pn_zone *zone, pn_date date, int32_t second) {
    assert(date >= PN_DATE_FIRST && date <= PN_DATE_LAST);
    pn_time wall = date * PN_DAY + second * PN_SECOND;
    /* Two days past the cycle's end, so that the instant itself is inside whatever the offset. */
    int64_t moved =
        zone->cycle_end == PN_TIME_NEVER ? 0 : cycles_past(wall, zone->cycle_end + 2 * PN_DAY);
    wall -= moved;
    /* No period before the first of these can show the wanted time. */
    size_t i = period_at(zone, wall - zone->offset_max_us);
    while (i + 1 < zone->count && wall_in(zone, i, wall) >= zone->periods[i + 1].start) {
        i++;
    }
    pn_time at = wall_in(zone, i, wall);
    if (PN_UNLIKELY(at < zone->periods[i].start)) {
        at = skipped(zone, i, wall);
    }
    return at + moved;
}

pn_time pn_zone_next_change(const pn_zone *zone, pn_time at) {
    int64_t moved = cycles_past(at, zone->cycle_end);
    size_t i = period_at(zone, at - moved) + 1;
    pn_time change = PN_TIME_NEVER;
    if (i == zone->count || __builtin_add_overflow(zone->periods[i].start, moved, &change)) {
        return PN_TIME_NEVER;
    }
    return change;
}

/* ── TZif ────────────────────────────────────────────────────────────────────────────────────── */

enum { HEADER_SIZE = 44, TYPE_SIZE = 6 };

/* One data block and the counts of its header, RFC 8536 §3.1 and §3.2. */
typedef struct {
    unsigned version;
    uint32_t isut_count, isstd_count, leap_count, time_count, type_count, char_count;
    size_t time_size; /* 4 in the first block, 8 in the second */
    const unsigned char *times, *time_types, *types, *leaps;
} block;

static uint32_t read_u32(const unsigned char *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static int64_t read_time(const unsigned char *bytes, size_t size) {
    uint32_t high = read_u32(bytes);
    return size == 4 ? (int32_t)high : (int64_t)((uint64_t)high << 32 | read_u32(bytes + 4));
}

/* Takes a header and its data block off the head of `rest`; false when the bytes do not suffice. */
static bool take_block(pn_str *rest, size_t time_size, block *ret_block) {
    if (rest->len < HEADER_SIZE || !pn_str_starts(*rest, PN_STR("TZif"))) {
        return false;
    }
    const unsigned char *at = (const unsigned char *)rest->ptr;
    block b = {
        .version = at[4],
        .isut_count = read_u32(at + 20),
        .isstd_count = read_u32(at + 24),
        .leap_count = read_u32(at + 28),
        .time_count = read_u32(at + 32),
        .type_count = read_u32(at + 36),
        .char_count = read_u32(at + 40),
        .time_size = time_size,
    };
    /* Six numbers below 2^32 times at most 12: no overflow in 64 bits. */
    uint64_t times = (uint64_t)b.time_count * time_size;
    uint64_t types = (uint64_t)b.type_count * TYPE_SIZE;
    uint64_t leaps = (uint64_t)b.leap_count * (time_size + 4);
    uint64_t size = times + b.time_count + types + b.char_count + leaps + b.isstd_count +
                    (uint64_t)b.isut_count;
    if (size > rest->len - HEADER_SIZE) {
        return false;
    }
    b.times = at + HEADER_SIZE;
    b.time_types = b.times + times;
    b.types = b.time_types + b.time_count;
    b.leaps = b.types + types + b.char_count;
    *rest = pn_str_from(*rest, HEADER_SIZE + (size_t)size);
    *ret_block = b;
    return true;
}

static int32_t type_offset(const block *b, size_t type) {
    return (int32_t)read_u32(b->types + type * TYPE_SIZE);
}

/* What is wrong with the block's own numbers, or NULL. */
static const char *block_problem(const block *b) {
    if (b->type_count == 0 || b->type_count > 256 || b->char_count == 0) {
        return "has no local time types, or too many";
    }
    if ((b->isut_count != 0 && b->isut_count != b->type_count) ||
        (b->isstd_count != 0 && b->isstd_count != b->type_count)) {
        return "counts its indicators wrongly";
    }
    for (size_t i = 0; i < b->type_count; i++) {
        const unsigned char *type = b->types + i * TYPE_SIZE;
        int32_t offset_s = type_offset(b, i);
        if (offset_s <= -OFFSET_MAX_S || offset_s >= OFFSET_MAX_S || type[4] > 1 ||
            type[5] >= b->char_count) {
            return "has an impossible local time type";
        }
    }
    for (size_t i = 0; i < b->time_count; i++) {
        if (b->time_types[i] >= b->type_count) {
            return "refers to a local time type it does not have";
        }
    }
    return NULL;
}

/* ── building ────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    period *items;
    size_t count;
} period_list;

static void append(period_list *list, pn_time start, int32_t offset_s) {
    if (list->items[list->count - 1].offset_s != offset_s) {
        list->items[list->count++] = (period){start, offset_s};
    }
}

/* Seconds to be taken off a transition's time: the leap seconds inserted before it. `*next` walks
 * along the records. */
static int64_t leap_seconds(const block *b, int64_t time, uint32_t *next) {
    size_t size = b->time_size + 4;
    while (*next < b->leap_count && read_time(b->leaps + *next * size, b->time_size) <= time) {
        (*next)++;
    }
    return *next == 0 ? 0 : (int32_t)read_u32(b->leaps + (*next - 1) * size + b->time_size);
}

/* The transitions as periods. Returns what is wrong, or NULL; `*last_s` is the last transition's
 * time. */
static const char *add_transitions(period_list *list, const block *b, int64_t *last_s) {
    const int64_t second_max = (int64_t)(PN_DATE_LAST + 1) * 86400;
    uint32_t leap = 0;
    int64_t previous = INT64_MIN;
    for (size_t i = 0; i < b->time_count; i++) {
        int64_t time = read_time(b->times + i * b->time_size, b->time_size);
        if (time >= second_max) {
            return "has a transition past the year 9999";
        }
        /* Some files begin with a transition at the Big Bang: as good as the beginning of time. */
        time = PN_MAX(time, -second_max);
        time -= leap_seconds(b, time, &leap);
        if (time <= previous && i > 0) {
            return "has transitions that do not ascend";
        }
        previous = time;
        int32_t offset_s = type_offset(b, b->time_types[i]);
        if (time <= -second_max) {
            list->items[0].offset_s = offset_s;
        } else {
            append(list, time * PN_SECOND, offset_s);
        }
    }
    *last_s = previous;
    return NULL;
}

static void sort_by_start(period *items, size_t count) {
    /* Nearly sorted already: two changes a year, in one order or the other. */
    for (size_t i = 1; i < count; i++) {
        period moving = items[i];
        size_t to = i;
        for (; to > 0 && items[to - 1].start > moving.start; to--) {
            items[to] = items[to - 1];
        }
        items[to] = moving;
    }
}

/* Writes the rule out behind the last transition. Returns the cycle's end. */
static pn_time add_rule(period_list *list, const pn_zone_rule *rule, pn_time last) {
    int32_t year = RULE_YEAR_MIN;
    if (last >= pn_date_of(RULE_YEAR_MIN, 1, 1) * PN_DAY) {
        year = pn_date_civil((pn_date)(last / PN_DAY - (last < 0))).year;
    }
    /* The raw changes stand where the finished list will grow; it never overtakes them. */
    period *raw = list->items + list->count;
    size_t raw_count = 0;
    for (int32_t y = year - 1; y <= year + CYCLE_YEARS; y++) {
        raw[raw_count++] = (period){pn_zone_rule_start(rule, y) * PN_SECOND, rule->daylight_s};
        raw[raw_count++] = (period){pn_zone_rule_end(rule, y) * PN_SECOND, rule->standard_s};
    }
    sort_by_start(raw, raw_count);
    pn_time horizon = pn_date_of(year + CYCLE_YEARS, 1, 1) * PN_DAY;
    size_t before = list->count;
    for (size_t i = 0; i < raw_count; i++) {
        if (i + 1 < raw_count && raw[i].start == raw[i + 1].start) {
            i++; /* daylight saving that ends as it starts, or never ends */
        } else if (raw[i].start > last && raw[i].start < horizon) {
            append(list, raw[i].start, raw[i].offset_s);
        }
    }
    return list->count == before ? PN_TIME_NEVER : list->items[before].start + CYCLE;
}

static void add_index(pn_zone *zone, pn_arena *arena) {
    pn_time last = PN_MAX(zone->periods[zone->count - 1].start, 0);
    zone->index_count = ((size_t)last >> SLOT_BITS) + 2;
    uint16_t *index = pn_arena_array(arena, uint16_t, zone->index_count);
    size_t i = 0;
    for (size_t slot = 0; slot < zone->index_count; slot++) {
        while (i + 1 < zone->count && zone->periods[i + 1].start <= (pn_time)(slot << SLOT_BITS)) {
            i++;
        }
        index[slot] = (uint16_t)i;
    }
    zone->index = index;
    zone->offset_min_us = zone->offset_max_us = zone->periods[0].offset_s * PN_SECOND;
    for (i = 1; i < zone->count; i++) {
        int64_t offset_us = zone->periods[i].offset_s * PN_SECOND;
        zone->offset_min_us = PN_MIN(zone->offset_min_us, offset_us);
        zone->offset_max_us = PN_MAX(zone->offset_max_us, offset_us);
    }
}

/* The rule between the two line ends behind the second block; `*ret_present` is false where there
 * is none, which is lawful. */
static const char *read_footer(pn_str rest, pn_zone_rule *rule, bool *ret_present) {
    size_t end = rest.len == 0 ? SIZE_MAX : pn_str_find_char(pn_str_from(rest, 1), '\n');
    if (end == SIZE_MAX || rest.ptr[0] != '\n') {
        return "has no footer";
    }
    pn_str text = {rest.ptr + 1, end};
    if (text.len != 0 && pn_zone_rule_parse(text, rule) != PN_OK) {
        return "has a footer that is no rule";
    }
    *ret_present = text.len != 0;
    return NULL;
}

static pn_err corrupt(pn_diag *diag, pn_str name, const char *problem) {
    (void)pn_diag_set(diag, PN_CORRUPT, "The time zone file of %.*s %s.", PN_STR_ARG(name),
                      problem);
    pn_diag_mend(diag, "Install the system's time zone data anew (package tzdata).");
    return PN_CORRUPT;
}

static const char *build(const block *b, const pn_zone_rule *rule, bool has_rule, pn_arena *arena,
                         pn_zone *zone) {
    bool changes_for_ever = has_rule && rule->has_daylight;
    size_t room = 1 + b->time_count + (changes_for_ever ? 2 * (CYCLE_YEARS + 2) : 0);
    period_list list = {pn_arena_array(arena, period, room), 1};
    list.items[0] = (period){PN_TIME_NONE, type_offset(b, 0)};
    int64_t last_s = INT64_MIN;
    const char *problem = add_transitions(&list, b, &last_s);
    if (problem != NULL) {
        return problem;
    }
    if (has_rule && b->time_count == 0) {
        list.items[0].offset_s = rule->standard_s;
    }
    zone->cycle_end = PN_TIME_NEVER;
    if (changes_for_ever) {
        pn_time last = b->time_count == 0 ? PN_TIME_NONE : last_s * PN_SECOND;
        if (last >= pn_date_of(RULE_YEAR_MAX, 1, 1) * PN_DAY) {
            return "has a rule that begins too late";
        }
        zone->cycle_end = add_rule(&list, rule, last);
    }
    zone->periods = list.items;
    zone->count = list.count;
    add_index(zone, arena);
    return NULL;
}

pn_err pn_zone_parse(pn_str tzif, pn_str name, pn_arena *arena, const pn_zone **ret_zone,
                     pn_diag *diag) {
    block b;
    pn_str rest = tzif;
    if (!take_block(&rest, 4, &b)) {
        return corrupt(diag, name, "is not TZif, or is cut short");
    }
    pn_zone_rule rule = {.has_daylight = false};
    bool has_rule = false;
    if (b.version >= '2') {
        /* The first block repeats part of the second for old programs. */
        if (!take_block(&rest, 8, &b)) {
            return corrupt(diag, name, "is cut short");
        }
        const char *problem = read_footer(rest, &rule, &has_rule);
        if (problem != NULL) {
            return corrupt(diag, name, problem);
        }
    }
    if (b.time_count > PN_LIMIT_ZONE_CHANGES) {
        return pn_diag_set(diag, PN_LIMIT, "The time zone file of %.*s has more than %d changes.",
                           PN_STR_ARG(name), PN_LIMIT_ZONE_CHANGES);
    }
    pn_arena_mark mark = pn_arena_marked(arena);
    pn_zone *zone = pn_arena_new(arena, pn_zone);
    const char *problem = block_problem(&b);
    if (problem == NULL) {
        problem = build(&b, &rule, has_rule, arena, zone);
    }
    if (problem != NULL) {
        pn_arena_rewind(arena, mark);
        return corrupt(diag, name, problem);
    }
    zone->name = pn_str_dup(arena, name);
    *ret_zone = zone;
    return PN_OK;
}
