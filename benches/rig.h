/* What the jobs of ./bench share: a clock, a child process whose memory is counted apart, a sandbox
 * organization on a fresh database, generated invoices, SQLite's own limit, and the line a job
 * prints. */
#ifndef PN_BENCH_RIG_H
#define PN_BENCH_RIG_H

#include <sys/types.h>

#include "app/import.h"
#include "base/buf.h"

/* ── the job's line ── */

/* Prints {"job":…,"rate":…,"unit":…,"raw_limit":…,"ratio":…,"peak_rss_mb":…} and, behind them, the
 * members in `more` ("\"seconds\":1.5", may be NULL). `raw_limit` 0: there is none beside it. */
void rig_report(const char *job, double rate, const char *unit, double raw_limit, double rss_mb,
                const char *more);

/* ── arguments ── */

/* The value behind --NAME, or `otherwise`; ends the program with a sentence for a wrong one. */
int64_t rig_number(int argc, char **argv, const char *name, int64_t otherwise);
const char *rig_text(int argc, char **argv, const char *name, const char *otherwise);
/* Says on stderr what is being done. */
void rig_say(const char *format, ...) PN_PRINTF(1, 2);
/* Ends the program with the diag's sentence unless `err` is OK. */
void rig_must(pn_err err, const pn_diag *diag);

/* ── time and memory ── */

extern const pn_env rig_env;

double rig_seconds(void);
/* Processor time of this process so far, all threads. */
double rig_cpu_seconds(void);
/* Peak resident memory of this process so far. */
double rig_own_rss_mb(void);
/* What memcpy does with as many bytes: copies a second; 0 while instructions are counted. */
double rig_raw_copies(size_t bytes);
/* Runs `work` in a child; `result` (of `size` bytes) is what it wrote there. Returns the child's
 * peak resident memory in MB. The program ends when the child fails. */
double rig_apart(void (*work)(void *context, void *result), void *context, void *result,
                 size_t size);

/* ── instructions ── */

/* What lies between the two is counted while valgrind's callgrind runs the job (./bench counts), in
 * all threads, as `items` of `name`; otherwise they do nothing. */
void rig_count_begin(void);
void rig_count_end(const char *name, int64_t items);
/* Callgrind runs the job: then rig_env gives the same time and entropy every time. */
bool rig_counting(void);
/* (the raw limits, rig_raw_…, are not measured then: they are 0) */

/* ── a database ── */

/* The moment at which the sandbox begins: a Monday, 2026-03-02 08:00 in Madrid. */
pn_time rig_begin(void);
/* Days behind it, at that hour. */
pn_time rig_moment(int days, int hour);

/* Removes a database with its companions. */
void rig_remove(const char *path);
/* A new database with a Spanish sandbox organization and the ready templates. */
pn_app *rig_new_org(const char *path);
pn_app *rig_open(const char *path);
/* Puts the sandbox's clock at `now`. */
void rig_set_clock(pn_app *app, pn_time now);
/* Publishes a strategy; ' stands for ". */
void rig_publish(pn_app *app, const char *document);

/* ── invoices ── */

typedef struct {
    int64_t invoices;
    int64_t debtors;    /* invoice i belongs to debtor i % debtors */
    int due_days;       /* behind rig_begin */
    int early_due_days; /* due day of about one in 101 of them, scattered; 0: none */
} rig_file;

/* A CSV file as an ERP writes it. */
void rig_write_csv(const rig_file *file, pn_buf *out);
/* Imports a file; ends the program when it is refused. */
void rig_import(pn_app *app, pn_str bytes, pn_import_report *ret_report);

/* ── SQLite itself ── */

/* One update of a row with one insert of 200 bytes, in transactions of 1,000, with the settings
 * that Puntual uses: pairs a second. */
double rig_raw_pairs(const char *path, int64_t pairs);
/* Bare inserts in one transaction: of each, a row of `size_a` bytes into one table and of `size_b`
 * into another. Rows of the first table a second. */
double rig_raw_inserts(const char *path, int64_t rows, size_t size_a, size_t size_b);

/* ── programs ── */

pid_t rig_spawn(char *const argv[]);
int rig_free_port(void);
/* smtp-sink on that port, listening; stop it with rig_stop. */
pid_t rig_sink(int port);
void rig_stop(pid_t pid);
/* Messages a second that Postfix's smtp-source hands to it. */
double rig_smtp_source(int port, int64_t messages, size_t bytes);
/* smtp-sink and smtp-source are on this machine. */
bool rig_has_smtp_tools(void);

#endif
