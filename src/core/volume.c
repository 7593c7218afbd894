#include "core/volume.h"

#include "base/banned.h"

static bool counts(const pn_volume_day *day, pn_date today) {
    return day->sent > 0 && day->day < today && day->day >= today - PN_VOLUME_HISTORY_DAYS;
}

/* The smallest whole number whose square is not below `value`. */
static int64_t root_up(int64_t value) {
    int64_t low = 0, high = INT64_C(3037000499);
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (middle * middle < value) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

pn_volume pn_volume_predict(const pn_volume_day *days, size_t count, pn_date today) {
    pn_volume volume = {.allowed = INT64_MAX};
    int64_t sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++) {
        if (counts(&days[i], today)) {
            volume.days++;
            volume.span = PN_MAX(volume.span, (int64_t)today - days[i].day);
            sum += days[i].sent;
            volume.most = PN_MAX(volume.most, days[i].sent);
        }
    }
    if (volume.days == 0) {
        return volume;
    }
    volume.mean = (sum + volume.days / 2) / volume.days;
    for (size_t i = 0; i < count; i++) {
        if (counts(&days[i], today)) {
            int64_t off = days[i].sent - volume.mean;
            squares += off * off;
        }
    }
    if (volume.days > 1) {
        volume.deviation = root_up((squares + volume.days - 2) / (volume.days - 1));
    }
    if (volume.days >= PN_VOLUME_DAYS_MIN && volume.span >= PN_VOLUME_SPAN_MIN) {
        int64_t usual = PN_MAX(volume.mean + 3 * volume.deviation, (volume.most * 3 + 1) / 2);
        volume.allowed = PN_MAX(usual, (int64_t)PN_VOLUME_FLOOR);
    }
    return volume;
}
