/* Fuzzes the TZif reader and the look-ups in whatever it accepts. The first eight bytes choose the
 * instants looked at; the rest is the file. Checked besides memory: a local time leads back to its
 * instant or to an earlier one with the same wall clock, and offsets hold until the next change. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "calendar/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
    if (!holds) {
        abort();
    }
}

static void look(const pn_zone *zone, pn_time at) {
    int32_t offset_s = pn_zone_offset(zone, at);
    check(offset_s > -26 * 3600 && offset_s < 26 * 3600);
    pn_time change = pn_zone_next_change(zone, at);
    check(change > at || change == PN_TIME_NEVER);
    if (change != PN_TIME_NEVER) {
        check(pn_zone_offset(zone, change) != offset_s);
        check(pn_zone_offset(zone, change - 1) == offset_s);
    }
    pn_local local = pn_zone_local(zone, at);
    check(local.second >= 0 && local.second < 86400);
    check(pn_zone_date(zone, at) == local.date);
    if (local.date < PN_DATE_FIRST || local.date > PN_DATE_LAST) {
        return;
    }
    pn_time back = pn_zone_instant(zone, local.date, local.second);
    pn_local again = pn_zone_local(zone, back);
    check(back <= at && again.date == local.date && again.second == local.second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint64_t seed = 0;
    if (size < sizeof seed) {
        return 0;
    }
    memcpy(&seed, data, sizeof seed);
    pn_arena arena;
    pn_arena_init(&arena, 0);
    const pn_zone *zone = NULL;
    pn_diag diag;
    pn_str file = {(const char *)data + sizeof seed, size - sizeof seed};
    if (pn_zone_parse(file, PN_STR("fuzz"), &arena, &zone, &diag) == PN_OK) {
        look(zone, (pn_time)seed);
        look(zone, (pn_time)(seed >> 12)); /* 1970 to 2112 */
        look(zone, PN_TIME_NEVER);
        look(zone, PN_TIME_NONE);
        pn_time at = 0;
        for (int i = 0; i < 50 && at != PN_TIME_NEVER; i++) {
            look(zone, at);
            look(zone, at - 1);
            if (at < PN_DATE_LAST * PN_DAY) {
                (void)pn_zone_instant(zone, (pn_date)(at / PN_DAY), (int32_t)(seed % 86400));
            }
            at = pn_zone_next_change(zone, at);
        }
    }
    pn_arena_done(&arena);
    return 0;
}
