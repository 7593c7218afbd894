/* The demo: a sandbox organization, its strategies, and some months lived with an invented world.
 */
#ifndef PN_WORLD_DEMO_H
#define PN_WORLD_DEMO_H

#include "app/report.h"

enum { PN_DEMO_DAYS = 120, PN_DEMO_DAYS_MAX = 730, PN_DEMO_SAMPLES = 3 };

typedef struct {
    pn_date today;
    int day, days; /* of them lived */
    int64_t sent, payments;
} pn_demo_progress;

typedef struct {
    uint64_t seed;
    int days;
    pn_str out; /* the folder; made when it is missing */
    pn_str url; /* the database it lives in, which must hold nothing yet; empty: a file there */
    const pn_log *log;
    void (*progress)(void *context, const pn_demo_progress *progress);
    void *context;
} pn_demo_options;

/* A message as it was sent, in two files. */
typedef struct {
    const char *what; /* "a reminder of several invoices" */
    pn_str subject, to;
    pn_str eml, html; /* paths */
} pn_demo_sample;

typedef struct {
    pn_str db; /* path; of a server, without password */
    pn_report report;
    pn_demo_sample samples[PN_DEMO_SAMPLES];
    size_t sample_count;
    /* worth a look, by their public ids */
    pn_id debtor, message;
    pn_str debtor_name, message_about;
} pn_demo_result;

/* Makes `out` anew; DENIED when it holds anything that no demo made, or the database at `url` holds
 * anything. Equal seeds and days give equal results, files and database, wherever it lives. */
PN_MUST_USE pn_err pn_demo_run(const pn_demo_options *options, pn_arena *arena,
                               pn_demo_result *ret_result, pn_diag *diag);

#endif
