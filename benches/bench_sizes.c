/* Whether time and memory a case stay flat as an organization grows.
 *
 *   bench_sizes [--sizes N,N…] [--queries N] [--db URL] [--dir DIR]      N as 10k, 1m
 *
 * For each size an organization of so many cases is made and worked like that of bench_nightly:
 * imported from files of at most a million invoices, enrolled, a night with nothing due, one with
 * about 1 % due, scattered, and one with all the rest. Then its first page of cases and its report
 * are asked for, and its tables measured. One line of JSON a size. */
#include <stdio.h>
#include <stdlib.h>

#include "app/cases.h"
#include "app/report.h"
#include "base/banned.h"
#include "rig_night.h"

enum { FILE_CASES = 1000000, PAGE_ROWS = 50, SIZES_MAX = 16, TABLES_MAX = 100 };

/* ── asking ──────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    const char *place;
    pn_time now;
    int queries;
} question;

typedef struct {
    double page_ms, report_ms;
} answer;

static double page(pn_app *app, pn_arena *arena) {
    pn_diag diag = {0};
    pn_case_row *rows = NULL;
    size_t count = 0;
    int64_t total = 0;
    pn_case_query query = {.subject = PN_SUBJECT_ACCOUNT, .limit = PAGE_ROWS};
    double begin = rig_seconds();
    rig_must(pn_case_list(app, &query, arena, &rows, &count, &total, &diag), &diag);
    if (count != PAGE_ROWS) {
        pn_panic("a page has %zu cases", count);
    }
    return rig_seconds() - begin;
}

static double report(pn_app *app, pn_arena *arena) {
    pn_diag diag = {0};
    pn_report sums = {0};
    pn_date today = pn_app_today(app);
    double begin = rig_seconds();
    rig_must(pn_report_make(app, today - 30, today + 1, arena, &sums, &diag), &diag);
    return rig_seconds() - begin;
}

/* The best of several, for the first reads what is not in memory. */
static void ask(void *context, void *result) {
    const question *q = context;
    answer best = {1e9, 1e9};
    pn_app *app = rig_open(q->place);
    pn_arena arena;
    pn_arena_init(&arena, 0);
    for (int i = 0; i < q->queries; i++) {
        pn_arena_reset(&arena);
        best.page_ms = PN_MIN(best.page_ms, page(app, &arena) * 1000);
        best.report_ms = PN_MIN(best.report_ms, report(app, &arena) * 1000);
    }
    pn_arena_done(&arena);
    pn_app_close(app);
    *(answer *)result = best;
}

/* ── one size ────────────────────────────────────────────────────────────────────────────────── */

static double row_bytes(const rig_table *tables, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(tables[i].name, name) == 0) {
            return (double)tables[i].bytes / (double)tables[i].rows;
        }
    }
    return 0;
}

static void put(pn_buf *out, const char *name, double value) {
    pn_buf_add_format(out, "%s\"%s\":%.*f", out->len != 0 ? "," : "", name, value >= 1000 ? 0 : 3,
                      value);
}

static void put_nights(const char *place, int64_t cases, pn_buf *out) {
    night_result night = {0};
    night_live(place, "nightly-idle", rig_begin() + PN_HOUR, 1, &night);
    put(out, "idle_ms", night.seconds * 1000);
    put(out, "idle_rss_mb", night.rss_mb);
    night_live(place, "nightly-scattered", night_after(NIGHT_EARLY_DUE), 1, &night);
    put(out, "scattered_cases", (double)night.stats.moved);
    put(out, "scattered_rate", (double)night.stats.moved / night.seconds);
    put(out, "scattered_cpu_us", night.cpu_seconds / (double)night.stats.moved * 1e6);
    put(out, "scattered_rss_mb", night.rss_mb);
    int64_t early = night.stats.moved, log = rig_log_bytes(place);
    night_live(place, "nightly", night_after(NIGHT_DUE), 1, &night);
    if (night.stats.moved + early != cases) {
        pn_panic("%lld of %lld cases moved", (long long)(night.stats.moved + early),
                 (long long)cases);
    }
    put(out, "nightly_rate", (double)night.stats.moved / night.seconds);
    put(out, "nightly_us", night.seconds / (double)night.stats.moved * 1e6);
    put(out, "nightly_cpu_us", night.cpu_seconds / (double)night.stats.moved * 1e6);
    put(out, "nightly_rss_mb", night.rss_mb);
    put(out, "nightly_log_bytes", (double)(rig_log_bytes(place) - log) / (double)night.stats.moved);
}

static void put_answers(const char *place, int queries, pn_buf *out) {
    question q = {.place = place, .queries = queries};
    answer a = {0};
    put(out, "ask_rss_mb", rig_apart(ask, &q, &a, sizeof a, 1));
    put(out, "page_ms", a.page_ms);
    put(out, "report_ms", a.report_ms);
}

static void put_bytes(const char *place, int64_t cases, pn_buf *out) {
    rig_table tables[TABLES_MAX];
    size_t count = rig_tables(place, tables, TABLES_MAX);
    put(out, "bytes_per_case", (double)rig_bytes(place) / (double)cases);
    put(out, "message_bytes", row_bytes(tables, count, "message"));
    put(out, "event_bytes", row_bytes(tables, count, "event"));
    put(out, "run_bytes", row_bytes(tables, count, "run"));
}

static void measure(const char *place, int64_t cases, int queries) {
    pn_buf out;
    night_filling filling = {0};
    pn_buf_init(&out, 1 << 16);
    night_fill(place, cases, FILE_CASES, &filling);
    put(&out, "import_rate", (double)cases / filling.import_seconds);
    put(&out, "import_us", filling.import_seconds / (double)cases * 1e6);
    put(&out, "import_cpu_us", filling.import_cpu_seconds / (double)cases * 1e6);
    put(&out, "import_rss_mb", filling.import_rss_mb);
    put(&out, "last_file_seconds", filling.last_file_seconds);
    put(&out, "enrol_us", filling.enrol_seconds / (double)cases * 1e6);
    put(&out, "enrol_cpu_us", filling.enrol_cpu_seconds / (double)cases * 1e6);
    put(&out, "enrol_rss_mb", filling.enrol_rss_mb);
    put_nights(place, cases, &out);
    double settling = rig_seconds();
    rig_settle(place);
    put(&out, "settle_ms", (rig_seconds() - settling) * 1000);
    put_answers(place, queries, &out);
    put_bytes(place, cases, &out);
    (void)printf("{\"job\":\"sizes\",\"cases\":%lld,%.*s}\n", (long long)cases,
                 PN_STR_ARG(pn_buf_str(&out)));
    (void)fflush(stdout);
    pn_buf_done(&out);
    rig_remove(place);
}

/* ── sizes ───────────────────────────────────────────────────────────────────────────────────── */

/* Reads one size and what ends it; 0 for a wrong one. */
static int64_t read_size(const char **text) {
    char *end = NULL;
    int64_t size = strtoll(*text, &end, 10);
    if (*end == 'k' || *end == 'm') {
        size *= *end++ == 'k' ? 1000 : 1000000;
    }
    *text = end;
    return *end == '\0' || *end == ',' ? size : 0;
}

int main(int argc, char **argv) {
    char place[RIG_PLACE_SIZE];
    const char *text = rig_text(argc, argv, "sizes", "10k,100k,1m");
    int queries = (int)rig_number(argc, argv, "queries", 3);
    int64_t sizes[SIZES_MAX];
    size_t count = 0;
    for (const char *rest = text; count < SIZES_MAX;) {
        sizes[count] = read_size(&rest);
        if (sizes[count++] < PAGE_ROWS) {
            pn_panic("--sizes wants numbers from %d on, as 10k,100k,1m; not “%s”", PAGE_ROWS, text);
        }
        if (*rest++ == '\0') {
            break;
        }
    }
    rig_place(argc, argv, "sizes", place);
    for (size_t i = 0; i < count; i++) {
        rig_say("sizes: %lld cases", (long long)sizes[i]);
        measure(place, sizes[i], queries);
    }
    return 0;
}
