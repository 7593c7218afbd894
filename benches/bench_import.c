/* A CSV file of a million invoices of a hundred thousand debtors: read, validated, committed.
 *
 *   bench_import [--invoices N] [--debtors N] [--db URL] [--dir DIR]
 *
 * Beside it, what the database does with bare inserts of equal size: a row of an invoice and one of
 * its ledger entry, without keys, indices or text to be read. */
#include <stdio.h>
#include <unistd.h>

#include "base/banned.h"
#include "rig.h"

/* Mean sizes of the rows that are written, keys and index entries included. */
enum { INVOICE_BYTES = 270, LEDGER_BYTES = 75 };

typedef struct {
    const char *place;
    pn_str csv;
    int64_t invoices;
} job;

typedef struct {
    double seconds, cpu_seconds;
    pn_import_report report;
} job_result;

static void import(void *context, void *result) {
    const job *j = context;
    job_result *r = result;
    pn_app *app = rig_new_org(j->place);
    double begin = rig_seconds(), cpu_begin = rig_cpu_seconds();
    rig_count_begin();
    rig_import(app, PN_IMPORT_INVOICES, j->csv, &r->report);
    rig_count_end("import", j->invoices);
    r->seconds = rig_seconds() - begin;
    r->cpu_seconds = rig_cpu_seconds() - cpu_begin;
    pn_app_close(app);
}

int main(int argc, char **argv) {
    char place[RIG_PLACE_SIZE], raw_place[RIG_PLACE_SIZE], more[200];
    int64_t invoices = rig_number(argc, argv, "invoices", 1000000);
    int64_t debtors = rig_number(argc, argv, "debtors", PN_MAX(invoices / 10, 1));
    rig_place(argc, argv, "import", place);
    rig_place(argc, argv, "raw", raw_place);
    pn_buf csv;
    pn_buf_init(&csv, (size_t)invoices * 220 + 4096);
    rig_write_csv(&(rig_file){.invoices = invoices, .debtors = debtors, .due_days = 10}, &csv);
    rig_say("import: the database's own inserts");
    double raw = (rig_on_server(place) ? rig_pg_raw_inserts : rig_raw_inserts)(
        raw_place, invoices, INVOICE_BYTES, LEDGER_BYTES);
    rig_say("import: %lld invoices, %.0f MB", (long long)invoices, (double)csv.len / 1e6);
    job j = {.place = place, .csv = pn_buf_str(&csv), .invoices = invoices};
    job_result result = {0};
    int64_t log = rig_log_bytes(place);
    double rss = rig_apart(import, &j, &result, sizeof result, 1);
    if (result.report.created != invoices) {
        pn_panic("%lld invoices were made of %lld", (long long)result.report.created,
                 (long long)invoices);
    }
    (void)snprintf(more, sizeof more,
                   "\"invoices\":%lld,\"debtors\":%lld,\"seconds\":%.3f,\"cpu_seconds\":%.3f,"
                   "\"log_bytes_per_invoice\":%.0f",
                   (long long)invoices, (long long)result.report.debtors_created, result.seconds,
                   result.cpu_seconds, (double)(rig_log_bytes(place) - log) / (double)invoices);
    rig_report("import", (double)invoices / result.seconds, "invoices/s", raw, rss, more);
    rig_remove(place);
    pn_buf_done(&csv);
    return 0;
}
