/* What a year of cases takes on the disk, table by table: the constants of docs/scale.md.
 *
 *   bench_tables [--cases N] [--db URL] [--dir DIR]       N invoices, ten of each debtor
 *
 * Each debtor gets an invoice every 30 days, ten times. Of a hundred, 70 are paid before they are
 * due, 18 in the 40 days after, 9 in 90, and 3 never. The ready strategy b2b_30_dias works what is
 * overdue, day by day: nights, messages (captured: written and recorded, not handed to a server)
 * and payments by CSV. Nobody answers, opens or bounces, and no documents are attached. */
#include <stdio.h>

#include "app/deliver.h"
#include "base/banned.h"
#include "base/hash.h"
#include "rig.h"

enum { INVOICES_EACH = 10, DAYS_APART = 30, DAYS_LIVED = 400, TABLES_MAX = 100, NEVER = 1 << 20 };

typedef struct {
    const char *place;
    int64_t debtors;
} life;

typedef struct {
    int64_t stepped, messages, carriers, payments, pay_log_bytes;
    double import_seconds, pay_seconds, engine_seconds, send_seconds;
} lived;

/* ── paying ──────────────────────────────────────────────────────────────────────────────────── */

static int due_of(const life *l, int64_t invoice) {
    return (int)(invoice / l->debtors) * DAYS_APART + DAYS_APART;
}

/* Days after rig_begin. */
static int paid_on(const life *l, int64_t invoice) {
    uint64_t pick = pn_mix64((uint64_t)invoice ^ UINT64_C(0x70617965)), kind = pick % 100;
    int due = due_of(l, invoice), days = (int)(pick >> 32 & 0xffff);
    if (kind < 70) {
        return due - days % 10;
    }
    return kind < 88 ? due + 1 + days % 40 : kind < 97 ? due + 1 + days % 90 : NEVER;
}

static void pay(pn_app *app, const life *l, int day, lived *result) {
    pn_buf csv;
    pn_import_report report = {0};
    pn_buf_init(&csv, (size_t)1 << 30);
    pn_buf_add_lit(&csv, "external_id,debtor,invoice,date,amount,currency\n");
    size_t head = csv.len;
    for (int64_t i = 0; i < l->debtors * INVOICES_EACH; i++) {
        char date[PN_DATE_ISO_SIZE];
        long long cents = (long long)rig_cents(i);
        if (paid_on(l, i) == day && due_of(l, i) - DAYS_APART <= day) {
            pn_buf_add_format(&csv, "P-%lld,C%07lld,F-2026-%07lld,%s,%lld.%02lld,EUR\n",
                              (long long)i, (long long)(i % l->debtors), (long long)i,
                              pn_date_iso(pn_date_of(2026, 3, 2) + day, date), cents / 100,
                              cents % 100);
        }
    }
    if (csv.len != head) {
        int64_t log = rig_log_bytes(l->place);
        double begin = rig_seconds();
        rig_import(app, PN_IMPORT_PAYMENTS, pn_buf_str(&csv), &report);
        result->pay_seconds += rig_seconds() - begin;
        result->pay_log_bytes += rig_log_bytes(l->place) - log;
        result->payments += report.created;
    }
    pn_buf_done(&csv);
}

/* ── living ──────────────────────────────────────────────────────────────────────────────────── */

static void bill(pn_app *app, const life *l, int month, lived *result) {
    pn_buf csv;
    pn_import_report report = {0};
    pn_buf_init(&csv, (size_t)l->debtors * 220 + 4096);
    rig_write_csv(&(rig_file){.first = month * l->debtors,
                              .invoices = l->debtors,
                              .debtors = l->debtors,
                              .due_days = (month + 1) * DAYS_APART},
                  &csv);
    double begin = rig_seconds();
    rig_import(app, PN_IMPORT_INVOICES, pn_buf_str(&csv), &report);
    result->import_seconds += rig_seconds() - begin;
    pn_buf_done(&csv);
}

static void work(pn_app *app, int day, lived *result) {
    pn_engine *engine = NULL;
    pn_delivery *delivery = NULL;
    pn_engine_stats moves = {0};
    pn_delivery_stats sent = {0};
    pn_diag diag = {0};
    rig_set_clock(app, rig_moment(day, 12));
    rig_must(pn_engine_open(app, &engine, &diag), &diag);
    rig_must(pn_delivery_open(engine, &delivery, &diag), &diag);
    double begin = rig_seconds();
    rig_must(pn_engine_work(engine, pn_app_now(app), &moves, &diag), &diag);
    double sending = rig_seconds();
    rig_must(pn_delivery_work(delivery, pn_app_now(app), &sent, &diag), &diag);
    double sent_at = rig_seconds();
    rig_must(pn_engine_work(engine, pn_app_now(app), &moves, &diag), &diag);
    result->engine_seconds += rig_seconds() - sent_at + sending - begin;
    result->send_seconds += sent_at - sending;
    pn_delivery_close(delivery);
    pn_engine_close(engine);
    result->stepped += moves.stepped;
    result->messages += sent.sent;
    result->carriers += sent.carriers;
}

static void live(void *context, void *result) {
    const life *l = context;
    pn_app *app = rig_new_org(l->place);
    rig_publish_ready(app, "b2b_30_dias");
    for (int day = 0; day < DAYS_LIVED; day++) {
        if (day % DAYS_APART == 0) {
            rig_say("tables: day %d of %d", day, DAYS_LIVED);
            if (day / DAYS_APART < INVOICES_EACH) {
                bill(app, l, day / DAYS_APART, result);
            }
        }
        pay(app, l, day, result);
        work(app, day, result);
    }
    pn_app_close(app);
}

static void say_what_was_lived(const lived *l, int64_t invoices) {
    rig_say("tables: %lld invoices imported, %.0f/s; %lld payments, %.0f/s, %.0f bytes of"
            " log each; %lld steps, %.0f/s;"
            " %lld messages in %lld e-mails, %.0f/s",
            (long long)invoices, (double)invoices / l->import_seconds, (long long)l->payments,
            (double)l->payments / l->pay_seconds, (double)l->pay_log_bytes / (double)l->payments,
            (long long)l->stepped, (double)l->stepped / l->engine_seconds, (long long)l->messages,
            (long long)l->carriers, (double)l->messages / l->send_seconds);
}

int main(int argc, char **argv) {
    char place[RIG_PLACE_SIZE];
    rig_table tables[TABLES_MAX];
    lived result = {0};
    int64_t invoices = rig_number(argc, argv, "cases", 100000);
    life l = {.place = place, .debtors = PN_MAX(invoices / INVOICES_EACH, 1)};
    rig_place(argc, argv, "tables", place);
    (void)rig_apart(live, &l, &result, sizeof result, 1);
    rig_settle(place);
    double all = (double)(l.debtors * INVOICES_EACH);
    size_t count = rig_tables(place, tables, TABLES_MAX);
    for (size_t i = 0; i < count; i++) {
        const rig_table *t = &tables[i];
        (void)printf("{\"job\":\"tables\",\"table\":\"%s\",\"rows\":%lld,\"per_invoice\":%.3f,"
                     "\"bytes_per_row\":%.1f,\"of_indexes\":%.1f,\"bytes_per_invoice\":%.1f}\n",
                     t->name, (long long)t->rows, (double)t->rows / all,
                     (double)t->bytes / (double)t->rows, (double)t->index_bytes / (double)t->rows,
                     (double)t->bytes / all);
    }
    (void)printf("{\"job\":\"tables\",\"table\":\"all\",\"rows\":%lld,\"per_invoice\":1,"
                 "\"bytes_per_row\":%.1f,\"of_indexes\":0,\"bytes_per_invoice\":%.1f}\n",
                 (long long)all, (double)rig_bytes(place) / all, (double)rig_bytes(place) / all);
    say_what_was_lived(&result, (int64_t)all);
    rig_remove(place);
    return 0;
}
