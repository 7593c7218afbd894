/* The night: a million cases are due, and each writes its new state, a message intent and its
 * event.
 *
 *   bench_nightly [--schema full|raw] [--cases N] [--workers N] [--db URL] [--dir DIR]
 *                 [--prepared FILE]
 *
 * A sandbox with one debtor, invoice and account run a case is made by the program's own import and
 * engine. Then three things are measured, each in processes of their own: nothing is due; about 1 %
 * is due, scattered; all the rest is due. Beside them the rate of the database itself: SQLite's
 * updates with one insert of 200 bytes each, or PostgreSQL's rows by COPY and UPDATE … FROM unnest.
 * `--schema raw` measures that alone. --prepared keeps the sandbox in a file and takes it from
 * there the next time. */
#include <stdio.h>
#include <unistd.h>

#include "base/banned.h"
#include "rig_night.h"

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

static void make_database(const char *place, int64_t cases, const char *prepared) {
    if (prepared != NULL && access(prepared, R_OK) == 0) {
        rig_remove(place);
        copy_file(prepared, place);
        return;
    }
    night_filling filling = {0};
    night_fill(place, cases, cases, &filling);
    rig_say("nightly: %lld cases enrolled, %.0f a second", (long long)filling.enrolled,
            (double)filling.enrolled / filling.enrol_seconds);
    if (prepared != NULL) {
        copy_file(place, prepared);
    }
}

static void measure_idle(const char *place, int64_t cases) {
    char more[120];
    night_result result = {0};
    night_live(place, "nightly-idle", rig_begin() + PN_HOUR, 1, &result);
    (void)snprintf(more, sizeof more, "\"open_cases\":%lld", (long long)cases);
    if (result.stats.stepped != 0) {
        pn_panic("%lld cases were due when none should be", (long long)result.stats.stepped);
    }
    rig_report("nightly-idle", result.seconds * 1000, "ms", 0, result.rss_mb, more);
}

static void measure_due(const char *place, const char *job, int due_day, int workers, double raw) {
    char more[200];
    night_result result = {0};
    int64_t log = rig_log_bytes(place);
    night_live(place, job, night_after(due_day), workers, &result);
    const pn_engine_stats *stats = &result.stats;
    if (stats->moved != stats->intents || stats->moved == 0) {
        pn_panic("%lld cases moved and wrote %lld messages", (long long)stats->moved,
                 (long long)stats->intents);
    }
    (void)snprintf(more, sizeof more,
                   "\"cases\":%lld,\"workers\":%d,\"seconds\":%.3f,\"cpu_us_per_case\":%.2f,"
                   "\"log_bytes_per_case\":%.0f",
                   (long long)stats->moved, workers, result.seconds,
                   result.cpu_seconds / (double)stats->moved * 1e6,
                   (double)(rig_log_bytes(place) - log) / (double)stats->moved);
    rig_report(job, (double)stats->moved / result.seconds, "cases/s", raw, result.rss_mb, more);
}

int main(int argc, char **argv) {
    char place[RIG_PLACE_SIZE], raw_place[RIG_PLACE_SIZE];
    const char *schema = rig_text(argc, argv, "schema", "full");
    const char *prepared = rig_text(argc, argv, "prepared", NULL);
    int64_t cases = rig_number(argc, argv, "cases", 1000000);
    int workers = (int)rig_number(argc, argv, "workers", 1);
    rig_place(argc, argv, "nightly", place);
    rig_place(argc, argv, "raw", raw_place);
    bool server = rig_on_server(place);
    if (strcmp(schema, "full") != 0 && strcmp(schema, "raw") != 0) {
        pn_panic("--schema is full or raw, not “%s”", schema);
    }
    if (server && prepared != NULL) {
        pn_panic("--prepared keeps a file; on a server there is none");
    }
    rig_say("nightly: what the database itself does");
    double raw =
        server ? rig_pg_raw_cases(raw_place, cases, workers) : rig_raw_pairs(raw_place, cases);
    if (strcmp(schema, "raw") == 0) {
        rig_report("nightly-raw", raw, server ? "cases/s" : "pairs/s", 0, rig_own_rss_mb(), NULL);
        return 0;
    }
    int64_t all = cases + cases / 100;
    make_database(place, all, prepared);
    measure_idle(place, all);
    measure_due(place, "nightly-scattered", NIGHT_EARLY_DUE, workers, 0);
    measure_due(place, "nightly", NIGHT_DUE, workers, raw);
    rig_remove(place);
    return 0;
}
