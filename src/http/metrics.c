#include "http/metrics.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/banned.h"

/* What is answered at all; another status counts with its hundred. */
static const int STATUSES[] = {200, 201, 202, 204, 206, 302, 303, 304, 400, 401, 403, 404,
                               405, 408, 409, 410, 412, 413, 414, 415, 422, 429, 500, 503};
enum { STATUS_COUNT = PN_COUNT(STATUSES) };

static const struct {
    int64_t us;
    const char *text;
} BUCKETS[] = {{500, "0.0005"},  {1000, "0.001"},  {2500, "0.0025"}, {5000, "0.005"},
               {10000, "0.01"},  {25000, "0.025"}, {50000, "0.05"},  {100000, "0.1"},
               {250000, "0.25"}, {500000, "0.5"},  {1000000, "1"},   {2500000, "2.5"},
               {10000000, "10"}};
enum { BUCKET_COUNT = PN_COUNT(BUCKETS) };

typedef struct {
    const char *name;
    atomic_uint_fast64_t statuses[STATUS_COUNT];
    atomic_uint_fast64_t buckets[BUCKET_COUNT], slower, sum_us;
} counts;

/* The routes of a table stand together, in the order of the tables. */
typedef struct {
    const pn_route *first;
    size_t count, at;
} span;

struct pn_metrics {
    span *spans;
    size_t span_count;
    counts *all; /* the last one: of no route */
    size_t count;
};

static size_t count_routes(const pn_route *table) {
    size_t count = 0;
    while (table[count].path != NULL) {
        count++;
    }
    return count;
}

pn_metrics *pn_metrics_new(const pn_route *const *routes) {
    pn_metrics *metrics = pn_alloc(sizeof *metrics);
    *metrics = (pn_metrics){0};
    while (routes[metrics->span_count] != NULL) {
        metrics->span_count++;
    }
    metrics->spans = pn_alloc((metrics->span_count + 1) * sizeof *metrics->spans);
    for (size_t i = 0; i < metrics->span_count; i++) {
        metrics->spans[i] = (span){routes[i], count_routes(routes[i]), metrics->count};
        metrics->count += metrics->spans[i].count;
    }
    metrics->all = pn_alloc((metrics->count + 1) * sizeof *metrics->all);
    memset(metrics->all, 0, (metrics->count + 1) * sizeof *metrics->all);
    for (size_t i = 0; i < metrics->span_count; i++) {
        for (size_t r = 0; r < metrics->spans[i].count; r++) {
            metrics->all[metrics->spans[i].at + r].name = routes[i][r].name;
        }
    }
    metrics->all[metrics->count].name = "none";
    return metrics;
}

void pn_metrics_free(pn_metrics *metrics) {
    if (metrics != NULL) {
        free(metrics->spans);
        free(metrics->all);
        free(metrics);
    }
}

static counts *counts_of(pn_metrics *metrics, const pn_route *route) {
    uintptr_t at = (uintptr_t)route;
    for (size_t i = 0; route != NULL && i < metrics->span_count; i++) {
        const span *s = &metrics->spans[i];
        if (at >= (uintptr_t)s->first && at < (uintptr_t)(s->first + s->count)) {
            return &metrics->all[s->at + (size_t)(route - s->first)];
        }
    }
    return &metrics->all[metrics->count];
}

static size_t place_of(int status) {
    size_t same_hundred = STATUS_COUNT - 1;
    for (size_t i = STATUS_COUNT; i > 0; i--) {
        if (STATUSES[i - 1] == status) {
            return i - 1;
        }
        same_hundred = STATUSES[i - 1] / 100 == status / 100 ? i - 1 : same_hundred;
    }
    return same_hundred;
}

void pn_metrics_request(pn_metrics *metrics, const pn_route *route, int status, int64_t duration) {
    counts *c = counts_of(metrics, route);
    size_t bucket = 0;
    while (bucket < BUCKET_COUNT && duration > BUCKETS[bucket].us) {
        bucket++;
    }
    (void)atomic_fetch_add(&c->statuses[place_of(status)], 1);
    (void)atomic_fetch_add(bucket < BUCKET_COUNT ? &c->buckets[bucket] : &c->slower, 1);
    (void)atomic_fetch_add(&c->sum_us, (uint64_t)PN_MAX(duration, 0));
}

/* ── text ────────────────────────────────────────────────────────────────────────────────────── */

void pn_metric_head(pn_buf *out, const char *name, const char *type, const char *help) {
    pn_buf_add_format(out, "# HELP puntual_%s %s\n# TYPE puntual_%s %s\n", name, help, name, type);
}

void pn_metric_write(pn_buf *out, const char *name, const char *type, const char *help,
                     int64_t value) {
    pn_metric_head(out, name, type, help);
    pn_buf_add_format(out, "puntual_%s %lld\n", name, (long long)value);
}

void pn_metric_labelled(pn_buf *out, const char *name, const char *label, const char *value,
                        int64_t number) {
    pn_buf_add_format(out, "puntual_%s{%s=\"%s\"} %lld\n", name, label, value, (long long)number);
}

static void write_statuses(pn_metrics *metrics, pn_buf *out) {
    pn_metric_head(out, "requests_total", "counter", "Requests answered, by route and status.");
    for (size_t i = 0; i <= metrics->count; i++) {
        counts *c = &metrics->all[i];
        for (size_t s = 0; s < STATUS_COUNT; s++) {
            uint64_t number = atomic_load(&c->statuses[s]);
            if (number != 0) {
                pn_buf_add_format(out, "puntual_requests_total{route=\"%s\",status=\"%d\"} %llu\n",
                                  c->name, STATUSES[s], (unsigned long long)number);
            }
        }
    }
}

static void write_durations(counts *c, pn_buf *out) {
    uint64_t number = 0;
    static const char NAME[] = "puntual_request_seconds";
    uint64_t sum = atomic_load(&c->sum_us);
    uint64_t all = atomic_load(&c->slower);
    for (size_t i = 0; i < BUCKET_COUNT; i++) {
        all += atomic_load(&c->buckets[i]);
    }
    if (all == 0) {
        return;
    }
    for (size_t i = 0; i < BUCKET_COUNT; i++) {
        number += atomic_load(&c->buckets[i]);
        pn_buf_add_format(out, "%s_bucket{route=\"%s\",le=\"%s\"} %llu\n", NAME, c->name,
                          BUCKETS[i].text, (unsigned long long)PN_MIN(number, all));
    }
    pn_buf_add_format(out, "%s_bucket{route=\"%s\",le=\"+Inf\"} %llu\n", NAME, c->name,
                      (unsigned long long)all);
    pn_buf_add_format(out, "%s_sum{route=\"%s\"} %llu.%06llu\n", NAME, c->name,
                      (unsigned long long)(sum / 1000000), (unsigned long long)(sum % 1000000));
    pn_buf_add_format(out, "%s_count{route=\"%s\"} %llu\n", NAME, c->name, (unsigned long long)all);
}

void pn_metrics_write(pn_metrics *metrics, pn_buf *out) {
    write_statuses(metrics, out);
    pn_metric_head(out, "request_seconds", "histogram",
                   "Time from a request's first line to the end of its answer, by route.");
    for (size_t i = 0; i <= metrics->count; i++) {
        write_durations(&metrics->all[i], out);
    }
}
