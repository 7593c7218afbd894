/* The night: a million cases are due, and each writes its new state, a message intent and its
 * event.
 *
 *   bench_nightly [--schema full|raw] [--cases N] [--dir DIR] [--prepared FILE]
 *
 * A sandbox with one debtor, invoice and account run a case is made by the program's own import and
 * engine. Then three things are measured, each in a process of its own: nothing is due; about 1 %
 * is due, scattered; all the rest is due. Beside them the rate of SQLite itself: one update with
 * one insert of 200 bytes. `--schema raw` measures that alone. --prepared keeps the sandbox in a
 * file and takes it from there the next time. */
#include <stdio.h>
#include <unistd.h>

#include "app/engine.h"
#include "base/banned.h"
#include "rig.h"

enum { EARLY_DUE = 3, DUE = 10 };

/* Waits, writes a message, waits for what the debtor does. */
static const char STRATEGY[] =
    "{'puntual':1,'name':'Noche','subject':'account','kind':'strategy',"
    "'entry':{'rule':['account.claimable','>',0]},'start':'vence','nodes':{"
    "'vence':{'type':'wait.due','days':1,'at':'09:00','next':'correo'},"
    "'correo':{'type':'send.email','template':'recordatorio','tone':1,'next':'plazo','error':'"
    "plazo'},"
    "'plazo':{'type':'wait.due','days':8,'at':'09:00','next':'segundo'},"
    "'segundo':{'type':'send.email','template':'recordatorio','tone':2,'next':'fin','error':'fin'},"
    "'fin':{'type':'end'}}}";

typedef struct {
    const char *path;
    int64_t cases;
    pn_time now;
    const char *job; /* what is counted (rig_count_begin); NULL: nothing */
} night;

typedef struct {
    double seconds, cpu_seconds;
    pn_engine_stats stats;
} night_result;

static void work(pn_app *app, pn_time now, const char *name, night_result *result) {
    pn_engine *engine = NULL;
    pn_diag diag = {0};
    rig_must(pn_engine_open(app, &engine, &diag), &diag);
    double begin = rig_seconds(), cpu_begin = rig_cpu_seconds();
    if (name != NULL) {
        rig_count_begin();
    }
    rig_must(pn_engine_work(engine, now, &result->stats, &diag), &diag);
    if (name != NULL) {
        rig_count_end(name, PN_MAX(result->stats.stepped, 1));
    }
    result->seconds = rig_seconds() - begin;
    result->cpu_seconds = rig_cpu_seconds() - cpu_begin;
    pn_engine_close(engine);
}

static void prepare(void *context, void *result) {
    const night *n = context;
    int64_t all = n->cases + n->cases / 100;
    pn_app *app = rig_new_org(n->path);
    pn_buf csv;
    pn_import_report report = {0};
    pn_buf_init(&csv, (size_t)all * 220 + 4096);
    rig_write_csv(
        &(rig_file){.invoices = all, .debtors = all, .due_days = DUE, .early_due_days = EARLY_DUE},
        &csv);
    rig_say("nightly: importing %lld cases", (long long)all);
    rig_import(app, pn_buf_str(&csv), &report);
    pn_buf_done(&csv);
    rig_publish(app, STRATEGY);
    rig_say("nightly: enrolling them");
    work(app, pn_app_now(app), NULL, result);
    rig_must(pn_db_exec(app->db, "PRAGMA wal_checkpoint(TRUNCATE)"), &(pn_diag){0});
    pn_app_close(app);
}

static void live(void *context, void *result) {
    const night *n = context;
    pn_app *app = rig_open(n->path);
    rig_set_clock(app, n->now);
    work(app, n->now, n->job, result);
    pn_app_close(app);
}

static void copy_file(const char *from, const char *to) {
    FILE *in = fopen(from, "rb");
    FILE *out = fopen(to, "wb");
    static char block[1 << 20];
    size_t size = 0;
    if (in == NULL || out == NULL) {
        pn_panic("%s cannot be copied to %s", from, to);
    }
    while ((size = fread(block, 1, sizeof block, in)) != 0) {
        if (fwrite(block, 1, size, out) != size) {
            pn_panic("%s cannot be written", to);
        }
    }
    (void)fclose(in);
    (void)fclose(out);
}

static void make_database(night *n, const char *prepared) {
    if (prepared != NULL && access(prepared, R_OK) == 0) {
        rig_remove(n->path);
        copy_file(prepared, n->path);
        return;
    }
    night_result enrolled = {0};
    n->now = rig_begin();
    (void)rig_apart(prepare, n, &enrolled, sizeof enrolled);
    rig_say("nightly: %lld cases enrolled, %.0f a second", (long long)enrolled.stats.enrolled,
            (double)enrolled.stats.enrolled / enrolled.seconds);
    if (prepared != NULL) {
        copy_file(n->path, prepared);
    }
}

static double measure(night *n, const char *job, pn_time now, night_result *result) {
    n->now = now;
    n->job = job;
    return rig_apart(live, n, result, sizeof *result);
}

static void measure_idle(night *n, int64_t cases) {
    char more[120];
    night_result result = {0};
    double rss = measure(n, "nightly-idle", rig_begin() + PN_HOUR, &result);
    (void)snprintf(more, sizeof more, "\"open_cases\":%lld", (long long)cases);
    if (result.stats.stepped != 0) {
        pn_panic("%lld cases were due when none should be", (long long)result.stats.stepped);
    }
    rig_report("nightly-idle", result.seconds * 1000, "ms", 0, rss, more);
}

static int64_t measure_due(night *n, const char *job, int due_days, double raw) {
    char more[200];
    night_result result = {0};
    double rss = measure(n, job, rig_moment(due_days + 1, 10), &result);
    const pn_engine_stats *stats = &result.stats;
    if (stats->moved != stats->intents || stats->moved == 0) {
        pn_panic("%lld cases moved and wrote %lld messages", (long long)stats->moved,
                 (long long)stats->intents);
    }
    (void)snprintf(more, sizeof more, "\"cases\":%lld,\"seconds\":%.3f,\"cpu_us_per_case\":%.2f",
                   (long long)stats->moved, result.seconds,
                   result.cpu_seconds / (double)stats->moved * 1e6);
    rig_report(job, (double)stats->moved / result.seconds, "cases/s", raw, rss, more);
    return stats->moved;
}

int main(int argc, char **argv) {
    char path[600], raw_path[600];
    const char *dir = rig_text(argc, argv, "dir", "/tmp");
    const char *schema = rig_text(argc, argv, "schema", "full");
    night n = {.path = path, .cases = rig_number(argc, argv, "cases", 1000000)};
    (void)snprintf(path, sizeof path, "%s/puntual-nightly-%d.db", dir, (int)getpid());
    (void)snprintf(raw_path, sizeof raw_path, "%s/puntual-raw-%d.db", dir, (int)getpid());
    if (strcmp(schema, "full") != 0 && strcmp(schema, "raw") != 0) {
        pn_panic("--schema is full or raw, not “%s”", schema);
    }
    rig_say("nightly: SQLite's own pairs");
    double raw = rig_raw_pairs(raw_path, n.cases);
    if (strcmp(schema, "raw") == 0) {
        rig_report("nightly-raw", raw, "pairs/s", 0, rig_own_rss_mb(), NULL);
        return 0;
    }
    make_database(&n, rig_text(argc, argv, "prepared", NULL));
    measure_idle(&n, n.cases + n.cases / 100);
    (void)measure_due(&n, "nightly-scattered", EARLY_DUE, 0);
    (void)measure_due(&n, "nightly", DUE, raw);
    rig_remove(path);
    return 0;
}
