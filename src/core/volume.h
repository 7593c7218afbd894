/* Volume: how many messages a strategy may send on a day before a person is asked.
 *
 * What it sent on earlier days predicts the day: their mean and deviation, and the busiest of them,
 * for invoices fall due in waves that no normal distribution knows. A strategy that
 * has not seen a whole month predicts nothing; it is bounded only by the maximum that a person gave
 * it. */
#ifndef PN_CORE_VOLUME_H
#define PN_CORE_VOLUME_H

#include "base/macros.h"
#include "base/str.h"
#include "calendar/date.h"

enum {
    PN_VOLUME_HISTORY_DAYS = 56, /* two months of due dates */
    PN_VOLUME_DAYS_MIN = 10,     /* days with messages before anything is predicted … */
    PN_VOLUME_SPAN_MIN = 31,     /* … and a whole month since the first of them */
    PN_VOLUME_FLOOR = 50,        /* fewer never stop a strategy */
};

typedef struct {
    pn_date day;
    int64_t sent;
} pn_volume_day;

typedef struct {
    int64_t days;      /* with messages, of the history */
    int64_t span;      /* days since the first of them */
    int64_t mean;      /* rounded */
    int64_t deviation; /* standard deviation of the sample, rounded up */
    int64_t most;      /* on one day */
    int64_t allowed;   /* INT64_MAX: nothing is predicted */
} pn_volume;

/* `days` are those before the one predicted; more than PN_VOLUME_HISTORY_DAYS before `today` and
 * days without messages are passed over. The largest of the floor, mean + 3 deviations and one and
 * a half times the busiest day. */
pn_volume pn_volume_predict(const pn_volume_day *days, size_t count, pn_date today);

#endif
