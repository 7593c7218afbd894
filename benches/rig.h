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
/* Runs `work` in as many children at a time; `results` (each of `size` bytes) are what they wrote
 * there. Returns the children's peak resident memory in MB, added up. The program ends when one
 * fails. */
double rig_apart(void (*work)(void *context, void *result), void *context, void *results,
                 size_t size, int workers);

/* ── instructions ── */

/* What lies between the two is counted while valgrind's callgrind runs the job (./bench counts), in
 * all threads, as `items` of `name`; otherwise they do nothing. */
void rig_count_begin(void);
void rig_count_end(const char *name, int64_t items);
/* Callgrind runs the job: then rig_env gives the same time and entropy every time, and the raw
 * limits are 0, not measured. */
bool rig_counting(void);

/* ── a database ── */

enum { RIG_PLACE_SIZE = 600 };

/* A place for the job's database: a file in --dir, or a schema of its own on the server --db URL.
 * Nothing is there yet. */
void rig_place(int argc, char **argv, const char *name, char ret_place[RIG_PLACE_SIZE]);
bool rig_on_server(const char *place);
/* Removes what is there: a file with its companions, a schema with its tables. */
void rig_remove(const char *place);
/* The same, and a schema without tables is left. */
void rig_empty(const char *place);
/* What a night would find after a quiet day: the log folded back, or tables vacuumed and analysed
 * and the server's log folded back. */
void rig_settle(const char *place);

/* A table of a database that is at rest, indexes included. */
typedef struct {
    char name[48];
    int64_t rows, bytes, index_bytes; /* index_bytes: of them */
} rig_table;

/* Those that hold rows; returns how many, at most `max`. */
size_t rig_tables(const char *place, rig_table *tables, size_t max);
/* The bytes of all of it on the disk. */
int64_t rig_bytes(const char *place);
/* The bytes that a server has written to its log so far; 0 where the database is a file. */
int64_t rig_log_bytes(const char *place);

/* ── an organization ── */

/* The moment at which the sandbox begins: a Monday, 2026-03-02 08:00 in Madrid. */
pn_time rig_begin(void);
/* Days behind it, at that hour. */
pn_time rig_moment(int days, int hour);

/* A new database with a Spanish sandbox organization and the ready templates. */
pn_app *rig_new_org(const char *place);
pn_app *rig_open(const char *place);
/* Puts the sandbox's clock at `now`. */
void rig_set_clock(pn_app *app, pn_time now);
/* Publishes a strategy; ' stands for ". */
void rig_publish(pn_app *app, const char *document);
/* One of those that come with the program. */
void rig_publish_ready(pn_app *app, const char *name);

/* ── invoices ── */

typedef struct {
    int64_t first; /* invoices first … first + invoices − 1 */
    int64_t invoices;
    int64_t debtors;    /* invoice i belongs to debtor i % debtors */
    int due_days;       /* behind rig_begin */
    int early_due_days; /* due day of about one in 101 of them, scattered; 0: none */
} rig_file;

/* A CSV file as an ERP writes it. */
void rig_write_csv(const rig_file *file, pn_buf *out);
/* The amount of an invoice in such a file. */
int64_t rig_cents(int64_t invoice);
/* Imports a file; ends the program when it is refused. */
void rig_import(pn_app *app, pn_import_kind kind, pn_str bytes, pn_import_report *ret_report);

/* ── what the databases themselves do ── */

/* SQLite: one update of a row with one insert of 200 bytes, in transactions of 1,000, with the
 * settings that Puntual uses: pairs a second. */
double rig_raw_pairs(const char *path, int64_t pairs);
/* Bare inserts in one transaction: of each, a row of `size_a` bytes into one table and of `size_b`
 * into another. Rows of the first table a second. */
double rig_raw_inserts(const char *path, int64_t rows, size_t size_a, size_t size_b);
/* PostgreSQL: for each case one row of 100 bytes updated, one of 200 inserted into each of two
 * tables, in transactions of 10,000, by `workers` processes: cases a second. */
double rig_pg_raw_cases(const char *place, int64_t cases, int workers);
/* The same as rig_raw_inserts, by binary COPY. */
double rig_pg_raw_inserts(const char *place, int64_t rows, size_t size_a, size_t size_b);
/* Statements on a server, over a connection of their own; the program ends when they fail. */
void rig_pg_run(const char *place, const char *sql);

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
