/* Counting instructions: requests to callgrind, which are a few no-ops where it does not run. */
#include <stdio.h>

#include "rig.h"

#ifdef PN_HAS_CALLGRIND
#include <valgrind/callgrind.h>

bool rig_counting(void) {
    return RUNNING_ON_VALGRIND != 0;
}

void rig_count_begin(void) {
    CALLGRIND_START_INSTRUMENTATION;
    CALLGRIND_ZERO_STATS;
}

void rig_count_end(const char *name, int64_t items) {
    char label[80];
    (void)snprintf(label, sizeof label, "%s %lld", name, (long long)items);
    CALLGRIND_DUMP_STATS_AT(label);
    CALLGRIND_STOP_INSTRUMENTATION;
}

#else

bool rig_counting(void) {
    return false;
}

void rig_count_begin(void) {
}

void rig_count_end(const char *name, int64_t items) {
    (void)name;
    (void)items;
}

#endif
