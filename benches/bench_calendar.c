/* What a day, a zone and a business day cost: the rate is that of adding five business days; the
 * others stand behind it in nanoseconds a call, at scattered days of two years, so that nothing is
 * foreseen; the loop itself is taken off. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "calendar/business.h"
#include "calendar/zone.h"
#include "rig.h"

enum { CALLS = 20000000, DAYS = 730 };

static double now_ns(void) {
    struct timespec ts;
    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static const pn_zone *zone_of(const char *name, pn_arena *arena) {
    char path[256];
    static char bytes[65536];
    (void)snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        (void)fprintf(stderr, "%s is missing (apt install tzdata)\n", path);
        exit(1);
    }
    size_t len = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    const pn_zone *zone = NULL;
    if (pn_zone_parse((pn_str){bytes, len}, pn_str_of(name), arena, &zone, NULL) != PN_OK) {
        exit(1);
    }
    return zone;
}

/* `r` is a fresh 31-bit number in every call of `expression`. */
#define MEASURE(label, expression)                                                                 \
    do {                                                                                           \
        uint64_t state_ = 12345;                                                                   \
        int64_t sum_ = 0;                                                                          \
        double start_ = now_ns();                                                                  \
        for (int i_ = 0; i_ < CALLS; i_++) {                                                       \
            state_ = state_ * UINT64_C(6364136223846793005) + 1442695040888963407;                 \
            int32_t r = (int32_t)(state_ >> 33);                                                   \
            sum_ += (int64_t)(expression);                                                         \
        }                                                                                          \
        double each_ = (now_ns() - start_) / CALLS;                                                \
        sink = sum_;                                                                               \
        if (loop_ns == 0) {                                                                        \
            loop_ns = each_;                                                                       \
        } else {                                                                                   \
            pn_buf_add_format(&more, "%s\"%s_ns\":%.1f", more.len == 0 ? "" : ",", (label),        \
                              each_ - loop_ns);                                                    \
            last_ns = each_ - loop_ns;                                                             \
        }                                                                                          \
    } while (0)

int main(void) {
    static volatile int64_t sink;
    double loop_ns = 0, last_ns = 0;
    pn_buf more;
    pn_buf_init(&more, 4096);
    pn_arena arena;
    pn_arena_init(&arena, 0);
    const pn_zone *zone = zone_of("Europe/Madrid", &arena);
    pn_calendar spain = pn_calendar_for(PN_STR("ES"), PN_STR("MD"));
    pn_calendar mexico = pn_calendar_for(PN_STR("MX"), PN_STR_NONE);
    pn_calendar states = pn_calendar_for(PN_STR("US"), PN_STR("CA"));
    const pn_date day = pn_date_of(2026, 1, 1);
    const pn_time start = day * PN_DAY;

    MEASURE("loop", r);
    MEASURE("date_civil", pn_date_civil(day + r % DAYS).day);
    MEASURE("is_business_mx", pn_calendar_is_business(&mexico, day + r % DAYS));
    MEASURE("is_business_es_md", pn_calendar_is_business(&spain, day + r % DAYS));
    MEASURE("is_business_us_ca", pn_calendar_is_business(&states, day + r % DAYS));
    MEASURE("add_5_es_md", pn_calendar_add(&spain, day + r % DAYS, 5));
    double rate = 1e9 / last_ns;
    MEASURE("add_20_us_ca", pn_calendar_add(&states, day + r % DAYS, 20));
    MEASURE("count_30_es_md", pn_calendar_count(&spain, day + r % DAYS, day + r % DAYS + 30));
    MEASURE("count_730_us_ca", pn_calendar_count(&states, day + r % DAYS - 730, day + r % DAYS));
    MEASURE("zone_offset", pn_zone_offset(zone, start + r % DAYS * PN_DAY + r));
    MEASURE("zone_local", pn_zone_local(zone, start + r % DAYS * PN_DAY + r).second);
    MEASURE("zone_instant", pn_zone_instant(zone, day + r % DAYS, r % 86400));
    MEASURE("zone_offset_2326", pn_zone_offset(zone, start + (300 * 365 + r % DAYS) * PN_DAY));
    pn_buf_add_char(&more, '\0');
    rig_report("calendar", rate, "business days/s", 0, rig_own_rss_mb(), more.ptr);
    pn_buf_done(&more);
    pn_arena_done(&arena);
    return sink == 1;
}
