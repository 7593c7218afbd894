/* Reads a generated CSV file of invoices in memory, as UTF-8, as UTF-8 with every field quoted and
 * as Windows-1252, and prints one JSON line. Beside it the raw limit of the same run: counting the
 * line ends with memchr. Usage: bench_csv [megabytes] */
#include <stdio.h>
#include <time.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "format/csv.h"
#include "format/csv_sniff.h"
#include "rig.h"

static double seconds(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void generate(pn_buf *file, size_t bytes) {
    static const char *const CUSTOMERS[] = {"Talleres Ibarra S.L.", "Distribuciones Núñez",
                                            "\"Café, Pan y Compañía\"", "Global Trading Ltd",
                                            "Transportes del Norte S.A."};
    pn_random random = pn_random_for(1, PN_STR("bench csv"));
    pn_buf_add_lit(file, "invoice,customer_id,customer,issued,due,amount,currency,note\r\n");
    for (unsigned i = 0; file->len < bytes; i++) {
        uint64_t pick = pn_random_next(&random);
        pn_buf_add_format(file, "F-2026-%07u,C%05u,%s", i, (unsigned)(pick % 20000),
                          CUSTOMERS[pick % PN_COUNT(CUSTOMERS)]);
        pn_buf_add_format(file, ",2026-%02u-%02u,2026-%02u-28,%u.%02u,EUR,order %u\r\n",
                          (unsigned)(pick % 12) + 1, (unsigned)(pick % 27) + 1,
                          (unsigned)(pick % 12) + 1, (unsigned)(pick % 9000) + 100,
                          (unsigned)(pick % 100), (unsigned)(pick >> 40) % 100000);
    }
}

/* The same with every field in quotes. */
static void quote_all(pn_str file, pn_buf *out) {
    pn_csv csv;
    pn_csv_record record;
    pn_csv_format format = {.encoding = PN_ENCODING_UTF8, .separator = ','};
    if (pn_csv_init(&csv, file, &format, NULL) != PN_OK) {
        return;
    }
    while (pn_csv_next(&csv, &record, NULL) == PN_OK) {
        for (size_t i = 0; i < record.count; i++) {
            pn_buf_add_format(out, "%s\"%.*s\"", i == 0 ? "" : ",", PN_STR_ARG(record.fields[i]));
        }
        pn_buf_add_lit(out, "\r\n");
    }
    pn_csv_done(&csv);
}

static void to_latin(pn_str file, pn_buf *out) {
    for (size_t i = 0; i < file.len;) {
        uint32_t character = 0;
        i += pn_utf8_decode(pn_str_from(file, i), &character);
        pn_buf_add_char(out, (char)character);
    }
}

/* Sniffing and reading everything; the best of five. */
static double read_all(pn_str bytes, size_t *ret_records, size_t *ret_fields) {
    double best = 1e9;
    for (int round = 0; round < 5; round++) {
        size_t records = 0;
        size_t fields = 0;
        double start = seconds();
        pn_csv_format format = pn_csv_sniff(bytes, (pn_csv_format){0});
        pn_csv csv;
        if (pn_csv_init(&csv, bytes, &format, NULL) != PN_OK) {
            return best;
        }
        pn_csv_record record;
        while (pn_csv_next(&csv, &record, NULL) == PN_OK) {
            records++;
            fields += record.count;
        }
        pn_csv_done(&csv);
        best = PN_MIN(best, seconds() - start);
        *ret_records = records;
        *ret_fields = fields;
    }
    return best;
}

static double count_lines(pn_str bytes, size_t *ret_lines) {
    double best = 1e9;
    for (int round = 0; round < 5; round++) {
        size_t lines = 0;
        double start = seconds();
        pn_str rest = bytes;
        pn_str line;
        while (pn_str_split(&rest, '\n', &line)) {
            lines++;
        }
        best = PN_MIN(best, seconds() - start);
        *ret_lines = lines;
    }
    return best;
}

int main(int argc, char **argv) {
    int64_t megabytes = 64;
    if (argc > 1 && pn_str_to_int64(pn_str_of(argv[1]), &megabytes) != PN_OK) {
        (void)fprintf(stderr, "usage: bench_csv [megabytes]\n");
        return 2;
    }
    size_t size = (size_t)megabytes << 20;
    pn_buf utf8;
    pn_buf quoted;
    pn_buf latin;
    pn_buf_init(&utf8, size + 4096);
    pn_buf_init(&quoted, size * 2);
    pn_buf_init(&latin, size + 4096);
    generate(&utf8, size);
    quote_all(pn_buf_str(&utf8), &quoted);
    to_latin(pn_buf_str(&utf8), &latin);
    size_t lines = 0;
    size_t records = 0;
    size_t fields = 0;
    double raw = count_lines(pn_buf_str(&utf8), &lines);
    double recoded = read_all(pn_buf_str(&latin), &records, &fields);
    double in_quotes = read_all(pn_buf_str(&quoted), &records, &fields);
    double plain = read_all(pn_buf_str(&utf8), &records, &fields);
    char more[200];
    (void)snprintf(more, sizeof more,
                   "\"records\":%zu,\"fields\":%zu,\"records_s\":%.0f,\"quoted_mb_s\":%.0f,"
                   "\"windows1252_mb_s\":%.0f",
                   records, fields, (double)records / plain, (double)quoted.len / 1e6 / in_quotes,
                   (double)latin.len / 1e6 / recoded);
    rig_report("csv", (double)utf8.len / 1e6 / plain, "MB/s", (double)utf8.len / 1e6 / raw,
               rig_own_rss_mb(), more);
    pn_buf_done(&utf8);
    pn_buf_done(&quoted);
    pn_buf_done(&latin);
    return 0;
}
