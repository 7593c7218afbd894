/* The gate's windows: when they open, and what of a day they leave. */
#include "core/gate_int.h"

#include "base/banned.h"

/* A window may end at 24:00, which is the next day's midnight. */
static pn_time instant_of(const pn_zone *zone, pn_date date, int32_t second) {
    return second < 86400 ? pn_zone_instant(zone, date, second)
                          : pn_zone_instant(zone, date + 1, 0);
}

static bool has_weekday(const pn_policy_window *window, pn_date date) {
    return (window->weekdays >> pn_date_weekday(date) & 1U) != 0;
}

pn_opening pn_gate_zone_opening(const pn_policy *policy, const pn_gate_query *query,
                                const pn_zone *zone, pn_time from) {
    pn_date first = pn_zone_date(zone, from);
    pn_opening open = {.at = PN_TIME_NEVER, .reason = PN_GATE_CLOSED};
    for (pn_date date = first; date < first + PN_GATE_DAYS_AHEAD; date++) {
        pn_str holiday = pn_calendar_holiday(query->calendar, date);
        pn_str closed = pn_calendar_closed(query->calendar, date);
        for (size_t i = 0; i < policy->window_count; i++) {
            const pn_policy_window *window = &policy->windows[i];
            if (!pn_policy_applies(&window->scope, &query->about, date)) {
                continue;
            }
            if (closed.len != 0 || (holiday.len != 0 && !window->holidays)) {
                if (date == first) {
                    open.reason = PN_GATE_HOLIDAY;
                    open.detail = closed.len != 0 ? closed : holiday;
                }
                continue;
            }
            if (!has_weekday(window, date) || instant_of(zone, date, window->to_second) <= from) {
                continue;
            }
            pn_time opens = pn_zone_instant(zone, date, window->from_second);
            opens = PN_MAX(opens, from);
            if (opens < open.at) {
                open.at = opens;
                open.source = window->scope.source;
            }
        }
        if (open.at != PN_TIME_NEVER) {
            break;
        }
    }
    if (open.reason == PN_GATE_CLOSED && open.at != PN_TIME_NEVER) {
        open.reason = PN_GATE_HOURS;
    }
    return open;
}

pn_time pn_gate_own_opening(const pn_gate_query *query, pn_time from) {
    const pn_zone *zone = query->zones[0];
    pn_date first = pn_zone_date(zone, from);
    for (pn_date date = first; date < first + PN_GATE_DAYS_AHEAD; date++) {
        if ((query->hours.weekdays >> pn_date_weekday(date) & 1U) == 0 ||
            pn_zone_instant(zone, date, query->hours.to_second) <= from) {
            continue;
        }
        pn_time opens = pn_zone_instant(zone, date, query->hours.from_second);
        return PN_MAX(opens, from);
    }
    return PN_TIME_NEVER;
}

/* ── what a day leaves ───────────────────────────────────────────────────────────────────────── */

/* A zone's days that touch one local day of another: clocks are never more than 26 hours apart. */
enum { SPANS_MAX = 64 };

/* Keeps the list in order of beginnings; what overlaps or touches becomes one. */
static size_t add_span(pn_gate_span *spans, size_t count, pn_gate_span span) {
    size_t at = 0;
    while (at < count && spans[at].to < span.from) {
        at++;
    }
    size_t last = at;
    while (last < count && spans[last].from <= span.to) {
        if (spans[last].from <= span.from) {
            span.source = spans[last].source;
        }
        span.from = PN_MIN(span.from, spans[last].from);
        span.to = PN_MAX(span.to, spans[last].to);
        last++;
    }
    if (last == at && count == SPANS_MAX) {
        return count;
    }
    memmove(&spans[at + 1], &spans[last], (count - last) * sizeof *spans);
    spans[at] = span;
    return count - (last - at) + 1;
}

static size_t zone_spans(const pn_policy *policy, const pn_gate_query *query, const pn_zone *zone,
                         pn_time from, pn_time to, pn_gate_span *spans) {
    size_t count = 0;
    for (pn_date date = pn_zone_date(zone, from); date <= pn_zone_date(zone, to - 1); date++) {
        bool holiday = pn_calendar_holiday(query->calendar, date).len != 0;
        bool closed = pn_calendar_closed(query->calendar, date).len != 0;
        for (size_t i = 0; i < policy->window_count; i++) {
            const pn_policy_window *window = &policy->windows[i];
            if (!has_weekday(window, date) || closed || (holiday && !window->holidays) ||
                !pn_policy_applies(&window->scope, &query->about, date)) {
                continue;
            }
            pn_gate_span span = {.from = pn_zone_instant(zone, date, window->from_second),
                                 .to = instant_of(zone, date, window->to_second),
                                 .source = window->scope.source};
            span.from = PN_MAX(span.from, from);
            span.to = PN_MIN(span.to, to);
            if (span.from < span.to) {
                count = add_span(spans, count, span);
            }
        }
    }
    return count;
}

static size_t common(const pn_gate_span *a, size_t a_count, const pn_gate_span *b, size_t b_count,
                     pn_gate_span *out) {
    size_t count = 0;
    for (size_t i = 0; i < a_count; i++) {
        for (size_t j = 0; j < b_count && count < SPANS_MAX; j++) {
            pn_gate_span both = {.from = PN_MAX(a[i].from, b[j].from),
                                 .to = PN_MIN(a[i].to, b[j].to),
                                 .source = a[i].from >= b[j].from ? a[i].source : b[j].source};
            if (both.from < both.to) {
                out[count++] = both;
            }
        }
    }
    return count;
}

size_t pn_gate_spans(const pn_policy *policy, const pn_gate_query *query, pn_date date,
                     pn_gate_span *ret_spans, size_t max) {
    pn_gate_span left[SPANS_MAX + 1], other[SPANS_MAX + 1], both[SPANS_MAX + 1];
    pn_time from = pn_zone_instant(query->zones[0], date, 0);
    pn_time to = pn_zone_instant(query->zones[0], date + 1, 0);
    size_t count = zone_spans(policy, query, query->zones[0], from, to, left);
    for (size_t z = 1; z < query->zone_count; z++) {
        size_t others = zone_spans(policy, query, query->zones[z], from, to, other);
        count = common(left, count, other, others, both);
        memcpy(left, both, count * sizeof *left);
    }
    count = PN_MIN(count, max);
    memcpy(ret_spans, left, count * sizeof *left);
    return count;
}
