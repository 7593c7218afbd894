/* The gate's property: what it says is so at that minute and at no earlier one, against a slow and
 * obvious reading of the same policies. */
#include "gate_rig.h"
#include "random_rule.h"

/* ── the obvious reading ────────────────────────────────────────────────────────────────────────
 */

/* What a scope means, written down again. */
static bool holds(const pn_policy_scope *scope, const pn_gate_query *query, pn_date day) {
    unsigned who = query->about.person ? PN_APPLIES_PERSON : PN_APPLIES_COMPANY;
    unsigned whose = query->about.third_party ? PN_PARTY_THIRD : PN_PARTY_OWN;
    bool here = scope->region_count == 0;
    for (size_t i = 0; i < scope->region_count; i++) {
        here = here || pn_str_eq(scope->regions[i], query->about.region);
    }
    return here && (scope->channels >> query->about.channel & 1) != 0 &&
           (scope->applies & who) != 0 && (scope->parties & whose) != 0 &&
           (scope->purposes >> query->about.purpose & 1) != 0 && scope->since <= day &&
           day <= scope->until;
}

static bool open_at(const pn_policy *policy, const pn_gate_query *query, pn_time at) {
    for (size_t z = 0; z < query->zone_count; z++) {
        pn_local local = pn_zone_local(query->zones[z], at);
        bool holiday = pn_calendar_holiday(query->calendar, local.date).len != 0;
        bool open = false;
        for (size_t i = 0; i < policy->window_count; i++) {
            const pn_policy_window *w = &policy->windows[i];
            open = open || (holds(&w->scope, query, local.date) && (!holiday || w->holidays) &&
                            (w->weekdays >> pn_date_weekday(local.date) & 1) != 0 &&
                            local.second >= w->from_second && local.second < w->to_second);
        }
        if (!open) {
            return false;
        }
    }
    return true;
}

static bool is_counted(const pn_policy_scope *scope, pn_per per, const pn_gate_query *query,
                       const pn_contact_made *made) {
    bool same_creditor = made->creditor_id == 0 || made->creditor_id == query->creditor_id;
    bool same_account = made->account_id == 0 || made->account_id == query->account_id;
    return (scope->channels >> made->channel & 1) != 0 &&
           (scope->purposes >> made->purpose & 1) != 0 &&
           (per == PN_PER_PERSON || (per == PN_PER_CREDITOR && same_creditor) ||
            (per == PN_PER_DEBT && same_account));
}

static bool cap_is_full(const pn_policy_cap *cap, const pn_gate_query *query, pn_date today) {
    uint32_t channels = 1U << query->about.channel;
    int32_t contacts = 0, others = 0;
    for (size_t j = 0; j < query->history_count; j++) {
        const pn_contact_made *made = &query->history[j];
        pn_date day = pn_zone_date(query->zones[0], made->at);
        if (!is_counted(&cap->scope, cap->per, query, made) || day <= today - cap->days) {
            continue;
        }
        contacts++;
        others += (channels >> made->channel & 1) == 0;
        channels |= 1U << made->channel;
    }
    return cap->channels ? others + 1 > cap->max : contacts >= cap->max;
}

static bool gap_is_open(const pn_policy_gap *gap, const pn_gate_query *query, pn_time at) {
    pn_date today = pn_zone_date(query->zones[0], at);
    for (size_t j = 0; j < query->history_count; j++) {
        const pn_contact_made *made = &query->history[j];
        pn_policy_scope scope = gap->scope;
        scope.channels = gap->conversation ? UINT32_MAX : scope.channels;
        scope.purposes = gap->conversation ? PN_PURPOSES_ALL : scope.purposes;
        if ((gap->conversation && !made->conversation) ||
            !is_counted(&scope, gap->per, query, made)) {
            continue;
        }
        pn_date day = pn_zone_date(query->zones[0], made->at);
        if (gap->days != 0 ? today < day + gap->days : at < made->at + gap->hours * PN_HOUR) {
            return false;
        }
    }
    return true;
}

/* What a policy means, minute by minute, without looking for when. */
static bool allowed_at(const pn_policy *policy, const pn_gate_query *query, pn_time at) {
    if (!open_at(policy, query, at)) {
        return false;
    }
    pn_local local = pn_zone_local(query->zones[0], at);
    if (query->hours.given &&
        ((query->hours.weekdays >> pn_date_weekday(local.date) & 1) == 0 ||
         local.second < query->hours.from_second || local.second >= query->hours.to_second)) {
        return false;
    }
    for (size_t i = 0; i < policy->cap_count; i++) {
        const pn_policy_cap *cap = &policy->caps[i];
        if (holds(&cap->scope, query, local.date) && cap_is_full(cap, query, local.date)) {
            return false;
        }
    }
    for (size_t i = 0; i < policy->gap_count; i++) {
        const pn_policy_gap *gap = &policy->gaps[i];
        if (holds(&gap->scope, query, local.date) && !gap_is_open(gap, query, at)) {
            return false;
        }
    }
    return true;
}

/* ── random questions ────────────────────────────────────────────────────────────────────────── */

static unsigned some(pn_random *random) {
    return one_in(random, 3) ? (unsigned)between(random, 1, 2) : 3;
}

static const pn_str REGION[] = {{"MD", 2}, {"CT", 2}};

static pn_policy_scope random_scope(pn_random *random, pn_date today) {
    pn_policy_scope scope = {
        .channels = one_in(random, 2) ? UINT32_MAX : (uint32_t)pn_random_below(random, 128) << 1,
        .applies = some(random),
        .parties = some(random),
        .purposes = one_in(random, 3) ? PN_PURPOSES_ALL : PN_PURPOSES_DEMAND,
        .since = one_in(random, 5) ? today + (int32_t)between(random, -3, 9) : INT32_MIN,
        .until = one_in(random, 5) ? today + (int32_t)between(random, -1, 12) : INT32_MAX,
        .regions = REGION,
        .region_count = one_in(random, 6) ? 1 : 0};
    return scope;
}

/* Windows begin outside the hour that clocks repeat. */
static void random_span(pn_random *random, int32_t *ret_from, int32_t *ret_to) {
    static const int32_t FROM[] = {0, 7, 8, 9, 10, 13, 16, 20};
    *ret_from = FROM[pn_random_below(random, PN_COUNT(FROM))] * 3600;
    *ret_to = PN_MIN(86400, *ret_from + (int32_t)between(random, 1, 24) * 1800);
}

static pn_policy random_policy(pn_random *random, pn_date today) {
    pn_policy policy = {.window_count = (size_t)between(random, 1, 5),
                        .cap_count = (size_t)between(random, 0, 4),
                        .gap_count = (size_t)between(random, 0, 3)};
    pn_policy_window *windows = pn_arena_array(&arena, pn_policy_window, 5);
    pn_policy_cap *caps = pn_arena_array(&arena, pn_policy_cap, 4);
    pn_policy_gap *gaps = pn_arena_array(&arena, pn_policy_gap, 3);
    for (size_t i = 0; i < policy.window_count; i++) {
        windows[i] = (pn_policy_window){.scope = random_scope(random, today),
                                        .holidays = one_in(random, 4),
                                        .weekdays = (uint8_t)between(random, 1, 127)};
        windows[i].scope.purposes = PN_PURPOSES_ALL;
        random_span(random, &windows[i].from_second, &windows[i].to_second);
    }
    static const int32_t DAYS[] = {1, 2, 7, 31}, HOURS[] = {1, 4, 24, 72};
    for (size_t i = 0; i < policy.cap_count; i++) {
        caps[i] = (pn_policy_cap){.scope = random_scope(random, today),
                                  .per = (pn_per)pn_random_below(random, 3),
                                  .channels = one_in(random, 3),
                                  .max = (int32_t)between(random, 1, 3),
                                  .days = DAYS[pn_random_below(random, PN_COUNT(DAYS))]};
    }
    for (size_t i = 0; i < policy.gap_count; i++) {
        bool days = one_in(random, 2);
        gaps[i] =
            (pn_policy_gap){.scope = random_scope(random, today),
                            .per = (pn_per)pn_random_below(random, 3),
                            .conversation = one_in(random, 3),
                            .hours = days ? 0 : HOURS[pn_random_below(random, PN_COUNT(HOURS))],
                            .days = days ? (int32_t)between(random, 1, 7) : 0};
    }
    policy.windows = windows;
    policy.caps = caps;
    policy.gaps = gaps;
    return policy;
}

enum { ZONES = 6 };

static pn_gate_query random_query(pn_random *random, const pn_zone *const *zones,
                                  const pn_calendar *calendar, pn_time now) {
    pn_gate_query query = query_of(zones[pn_random_below(random, ZONES)], calendar,
                                   (pn_channel_kind)between(random, 1, PN_CHANNELS - 1));
    query.about.purpose = one_in(random, 4) ? PN_PURPOSE_SERVICE : PN_PURPOSE_DEMAND;
    query.about.person = one_in(random, 2);
    query.about.third_party = one_in(random, 2);
    query.about.region = REGION[pn_random_below(random, 2)];
    query.creditor_id = 1;
    query.account_id = 1;
    while (query.zone_count < PN_GATE_ZONES_MAX && one_in(random, 3)) {
        query.zones[query.zone_count++] = zones[pn_random_below(random, ZONES)];
    }
    if (one_in(random, 3)) {
        query.hours.given = true;
        query.hours.weekdays = (uint8_t)between(random, 1, 127);
        random_span(random, &query.hours.from_second, &query.hours.to_second);
        query.hours.to_second = PN_MIN(query.hours.to_second, 86340);
    }
    pn_contact_made *history = pn_arena_array(&arena, pn_contact_made, 8);
    query.history_count = pn_random_below(random, 9);
    pn_time at = now;
    for (size_t i = query.history_count; i > 0; i--) { /* oldest first */
        at -= between(random, 0, one_in(random, 3) ? 6 : 72 * 60) * PN_MINUTE;
        history[i - 1] =
            (pn_contact_made){.at = at,
                              .channel = one_in(random, 2) ? query.about.channel
                                                           : (pn_channel_kind)between(random, 1, 7),
                              .purpose = one_in(random, 4) ? PN_PURPOSE_SERVICE : PN_PURPOSE_DEMAND,
                              .conversation = one_in(random, 6),
                              .creditor_id = between(random, 0, 2),
                              .account_id = between(random, 0, 2)};
    }
    query.history = history;
    return query;
}

static void load_zones(const pn_zone **zones) {
    static const char *const NAMES[ZONES] = {"Europe/Madrid",    "America/Mexico_City",
                                             "Atlantic/Canary",  "America/New_York",
                                             "America/Santiago", "America/Tijuana"};
    for (size_t i = 0; i < ZONES; i++) {
        zones[i] = zone_named(NAMES[i]);
    }
}

/* ── the properties ──────────────────────────────────────────────────────────────────────────── */

enum { QUERIES = TRIES(5000, 1000), HORIZON_DAYS = 40, DAYS = TRIES(3000, 600) };

static void check_query(const pn_policy *policy, const pn_gate_query *query, pn_time now,
                        uint64_t seed, int number, size_t *answers) {
    pn_verdict verdict = pn_gate(policy, query, now);
    answers[verdict.answer]++;
    pn_time at = now;
    while (at < now + HORIZON_DAYS * PN_DAY && !allowed_at(policy, query, at)) {
        at += PN_MINUTE;
    }
    bool never = at == now + HORIZON_DAYS * PN_DAY;
    pn_time told = verdict.answer == PN_GATE_ALLOW ? now : verdict.at;
    if (never ? told < at : told != at) {
        print_error("PUNTUAL_SEED=%llu, query %d at %s: told %s (%s, %s), true %s\n",
                    (unsigned long long)seed, number, moment_text(query->zones[0], now),
                    moment_text(query->zones[0], told), pn_gate_answer_name(verdict.answer),
                    pn_gate_reason_name(verdict.reason),
                    never ? "never" : moment_text(query->zones[0], at));
        fail();
    }
    if (verdict.answer == PN_GATE_LATER) {
        assert_int_equal(pn_gate(policy, query, verdict.at).answer, PN_GATE_ALLOW);
        assert_int_not_equal(pn_gate(policy, query, verdict.at - 1).answer, PN_GATE_ALLOW);
    }
}

static void the_first_allowed_minute_is_told(void **state) {
    (void)state;
    uint64_t seed = random_seed();
    pn_random random = pn_random_for(seed, PN_STR("gate"));
    const pn_zone *zones[ZONES];
    load_zones(zones);
    const pn_calendar calendars[] = {
        pn_calendar_for(PN_STR("ES"), PN_STR("MD")), pn_calendar_for(PN_STR("ES"), PN_STR("CT")),
        pn_calendar_for(PN_STR("MX"), PN_STR("")), pn_calendar_for(PN_STR("CL"), PN_STR(""))};
    pn_time year = pn_date_of(2026, 1, 1) * PN_DAY;
    size_t answers[3] = {0};
    pn_arena_mark mark = pn_arena_marked(&arena);
    for (int i = 0; i < QUERIES; i++) {
        pn_arena_rewind(&arena, mark);
        pn_time now = year + between(&random, 0, 365 * 1440) * PN_MINUTE;
        pn_policy policy = random_policy(&random, (pn_date)(now / PN_DAY));
        pn_gate_query query =
            random_query(&random, zones, &calendars[i % (int)PN_COUNT(calendars)], now);
        check_query(&policy, &query, now, seed, i, answers);
    }
    for (size_t i = 0; i < 3; i++) {
        assert_true(answers[i] > QUERIES / 20);
    }
}

/* What a day leaves: every quarter of an hour of it is within a span exactly when all windows are
 * open, and the spans stand in order and apart. */
static void spans_are_what_is_open(void **state) {
    (void)state;
    uint64_t seed = random_seed();
    pn_random random = pn_random_for(seed, PN_STR("spans"));
    const pn_zone *zones[ZONES];
    load_zones(zones);
    const pn_calendar calendar = pn_calendar_for(PN_STR("ES"), PN_STR("MD"));
    size_t found = 0;
    pn_arena_mark mark = pn_arena_marked(&arena);
    for (int i = 0; i < DAYS; i++) {
        pn_arena_rewind(&arena, mark);
        pn_date date = pn_date_of(2026, 1, 1) + (pn_date)between(&random, 0, 364);
        pn_policy policy = random_policy(&random, date);
        pn_gate_query query = random_query(&random, zones, &calendar, date * PN_DAY);
        pn_gate_span spans[64];
        size_t count = pn_gate_spans(&policy, &query, date, spans, PN_COUNT(spans));
        found += count;
        for (size_t j = 0; j < count; j++) {
            assert_true(spans[j].from < spans[j].to);
            assert_true(j == 0 || spans[j - 1].to < spans[j].from);
        }
        pn_time end = pn_zone_instant(query.zones[0], date + 1, 0);
        for (pn_time at = pn_zone_instant(query.zones[0], date, 0); at < end;
             at += 15 * PN_MINUTE) {
            bool within = false;
            for (size_t j = 0; j < count; j++) {
                within = within || (spans[j].from <= at && at < spans[j].to);
            }
            if (within != open_at(&policy, &query, at)) {
                print_error("PUNTUAL_SEED=%llu, day %d at %s\n", (unsigned long long)seed, i,
                            moment_text(query.zones[0], at));
                fail();
            }
        }
    }
    assert_true(found > DAYS / 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_first_allowed_minute_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(spans_are_what_is_open, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
