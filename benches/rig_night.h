/* Nights: an organization with one debtor, invoice and account run a case, made by the program's
 * own import and engine, in which cases come due when the clock is moved. */
#ifndef PN_BENCH_RIG_NIGHT_H
#define PN_BENCH_RIG_NIGHT_H

#include "app/engine.h"
#include "rig.h"

/* About one case in 101 comes due days before the others. */
enum { NIGHT_EARLY_DUE = 3, NIGHT_DUE = 10 };

typedef struct {
    double import_seconds, import_cpu_seconds; /* all files */
    double last_file_seconds, import_rss_mb;   /* the last one */
    double enrol_seconds, enrol_cpu_seconds, enrol_rss_mb;
    int64_t enrolled;
} night_filling;

/* Makes `cases` cases at the place, imported from files of at most `file_cases`, and lets the
 * database settle. */
void night_fill(const char *place, int64_t cases, int64_t file_cases, night_filling *ret_filling);

typedef struct {
    double seconds, cpu_seconds; /* from the first worker's begin to the last one's end; of all */
    double rss_mb;               /* of all workers */
    pn_engine_stats stats;
} night_result;

enum { NIGHT_WORKERS_MAX = 16 };

/* Moves the clock to `now` and does what is due, in `workers` processes that only do that. `job` is
 * what the instructions are counted as. */
void night_live(const char *place, const char *job, pn_time now, int workers,
                night_result *ret_result);
/* The day after cases that are due on `due_day` were, when they are stepped. */
pn_time night_after(int due_day);

#endif
