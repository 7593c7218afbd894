#include "rig.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/banned.h"
#include "base/hash.h"
#include "base/limits.h"

/* ── the job's line ──────────────────────────────────────────────────────────────────────────── */

static void put_number(const char *name, double value) {
    int decimals = value >= 100 || value == 0 ? 0 : value >= 1 ? 2 : 4;
    (void)printf("\"%s\":%.*f,", name, decimals, value);
}

void rig_report(const char *job, double rate, const char *unit, double raw_limit, double rss_mb,
                const char *more) {
    (void)printf("{\"job\":\"%s\",", job);
    put_number("rate", rate);
    (void)printf("\"unit\":\"%s\",", unit);
    if (raw_limit > 0) {
        put_number("raw_limit", raw_limit);
        (void)printf("\"ratio\":%.3f,", rate / raw_limit);
    } else {
        (void)printf("\"raw_limit\":null,\"ratio\":null,");
    }
    (void)printf("\"peak_rss_mb\":%.1f%s%s}\n", rss_mb, more != NULL ? "," : "",
                 more != NULL ? more : "");
    (void)fflush(stdout);
}

/* ── arguments ───────────────────────────────────────────────────────────────────────────────── */

const char *rig_text(int argc, char **argv, const char *name, const char *otherwise) {
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) == 0 && strcmp(argv[i] + 2, name) == 0) {
            if (i + 1 == argc) {
                pn_panic("--%s wants a value", name);
            }
            return argv[i + 1];
        }
    }
    return otherwise;
}

int64_t rig_number(int argc, char **argv, const char *name, int64_t otherwise) {
    const char *text = rig_text(argc, argv, name, NULL);
    int64_t value = otherwise;
    if (text != NULL && (pn_str_to_int64(pn_str_of(text), &value) != PN_OK || value < 1)) {
        pn_panic("--%s wants a number from 1 on, not “%s”", name, text);
    }
    return value;
}

void rig_say(const char *format, ...) {
    va_list args;
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputc('\n', stderr);
}

void rig_must(pn_err err, const pn_diag *diag) {
    if (err != PN_OK) {
        pn_panic("%s %s", diag->what[0] != '\0' ? diag->what : pn_err_name(err), diag->mend);
    }
}

/* ── time and memory ─────────────────────────────────────────────────────────────────────────── */

static int64_t microseconds(clockid_t clock) {
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return now.tv_sec * PN_SECOND + now.tv_nsec / 1000;
}

static pn_time env_now(void *context) {
    static _Atomic pn_time counted = INT64_C(1772434800) * PN_SECOND; /* 2026-03-02 */
    (void)context;
    return rig_counting() ? counted++ : microseconds(CLOCK_REALTIME);
}

static int64_t env_ticks(void *context) {
    (void)context;
    return microseconds(CLOCK_MONOTONIC);
}

static void env_entropy(void *context, void *bytes, size_t size) {
    (void)context;
    if (rig_counting()) {
        static _Atomic uint64_t drawn;
        for (size_t i = 0; i < size; i++) {
            ((uint8_t *)bytes)[i] = (uint8_t)pn_mix64(++drawn);
        }
    } else if (getrandom(bytes, size, 0) != (ssize_t)size) {
        pn_panic("the system gives no entropy");
    }
}

const pn_env rig_env = {.now = env_now, .ticks = env_ticks, .entropy = env_entropy};

double rig_seconds(void) {
    return (double)microseconds(CLOCK_MONOTONIC) / 1e6;
}

double rig_cpu_seconds(void) {
    return (double)microseconds(CLOCK_PROCESS_CPUTIME_ID) / 1e6;
}

double rig_own_rss_mb(void) {
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

double rig_apart(void (*work)(void *context, void *result), void *context, void *results,
                 size_t size, int workers) {
    size_t all = size * (size_t)workers;
    char *shared = mmap(NULL, all, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    double rss_mb = 0;
    if (shared == MAP_FAILED) {
        pn_panic("out of memory");
    }
    (void)fflush(stdout);
    for (int i = 0; i < workers; i++) {
        if (fork() == 0) {
            work(context, shared + (size_t)i * size);
            _exit(0);
        }
    }
    for (int i = 0; i < workers; i++) {
        int status = 0;
        struct rusage usage = {0};
        if (wait4(-1, &status, 0, &usage) < 0 || status != 0) {
            pn_panic("a child failed");
        }
        rss_mb += (double)usage.ru_maxrss / 1024;
    }
    memcpy(results, shared, all);
    (void)munmap(shared, all);
    return rss_mb;
}

double rig_raw_copies(size_t bytes) {
    static char from[PN_LIMIT_TEMPLATE_BYTES], to[PN_LIMIT_TEMPLATE_BYTES];
    enum { COUNT = 1000000 };
    if (rig_counting()) {
        return 0;
    }
    double begin = rig_seconds();
    for (int i = 0; i < COUNT; i++) {
        memcpy(to, from, PN_MIN(bytes, sizeof to));
        __asm__ volatile("" ::: "memory");
    }
    return COUNT / (rig_seconds() - begin);
}

/* ── invoices ────────────────────────────────────────────────────────────────────────────────── */

static uint64_t pick_of(int64_t invoice) {
    return pn_mix64((uint64_t)invoice + 1);
}

int64_t rig_cents(int64_t invoice) {
    uint64_t pick = pick_of(invoice);
    return (int64_t)((pick >> 20 & 8191) + 100) * 100 + (int64_t)((pick >> 40) % 100);
}

void rig_write_csv(const rig_file *file, pn_buf *out) {
    static const char *const NAMES[] = {"Talleres Ibarra S.L.", "Distribuciones Núñez S.A.",
                                        "\"Café, Pan y Compañía\"", "Global Trading Ltd",
                                        "Transportes del Norte S.A."};
    pn_buf_add_lit(out, "external_id,debtor,debtor_name,tax_id,email,issued,due,amount,currency\n");
    for (int64_t i = file->first; i < file->first + file->invoices; i++) {
        long long debtor = (long long)(i % file->debtors), cents = (long long)rig_cents(i);
        bool early = file->early_due_days != 0 && pick_of(i) % 101 == 0;
        char due[PN_DATE_ISO_SIZE], issued[PN_DATE_ISO_SIZE];
        pn_date day = pn_date_of(2026, 3, 2) + (early ? file->early_due_days : file->due_days);
        pn_buf_add_format(out, "F-2026-%07lld,C%07lld,%s,B%08lld,pagos%lld@cliente.example,",
                          (long long)i, debtor, NAMES[debtor % 5], debtor, debtor);
        pn_buf_add_format(out, "%s,%s,%lld.%02lld,EUR\n", pn_date_iso(day - 30, issued),
                          pn_date_iso(day, due), cents / 100, cents % 100);
    }
}

void rig_import(pn_app *app, pn_import_kind kind, pn_str bytes, pn_import_report *ret_report) {
    pn_arena arena;
    pn_diag diag = {0};
    pn_import_request request = {.kind = kind, .file_name = PN_STR("erp.csv"), .bytes = bytes};
    pn_arena_init(&arena, 0);
    pn_err err = pn_import_run(app, &request, &arena, ret_report, &diag);
    if (ret_report->problem_count != 0) {
        rig_say("line %lld: %.*s", (long long)ret_report->problems[0].line,
                PN_STR_ARG(ret_report->problems[0].reason));
    }
    rig_must(err, &diag);
    pn_arena_done(&arena);
    ret_report->problems = NULL;
    ret_report->totals = NULL;
}
