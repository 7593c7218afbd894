/* The ERP and the bank: files that are imported, and what the bank remembers of its payments. */
#include "sim/sim_int.h"

#include <stdio.h>

#include "app/import.h"
#include "base/banned.h"

/* A file is imported whole or not at all, whatever happens meanwhile, and can come again. */
static pn_err import(pn_life *life, pn_app *app, pn_import_kind kind, const pn_buf *text,
                     bool *ret_taken) {
    pn_import_request request = {
        .kind = kind, .file_name = PN_STR("sim.csv"), .bytes = pn_buf_str(text), .skip_bad = true};
    pn_import_report report;
    pn_err err = pn_import_run(app, &request, &life->scratch, &report, &life->diag);
    *ret_taken = err == PN_OK && report.created + report.same + report.changed > 0;
    if (err == PN_INVALID) { /* no good row */
        life->result->refused++;
        return PN_OK;
    }
    return err;
}

static int64_t owner_of(pn_life *life, int64_t number) {
    return (int64_t)(pn_mix64(life->history->seed + (uint64_t)number * 31) %
                     (uint64_t)life->history->debtors);
}

static void add_invoice(pn_life *life, pn_buf *text, int64_t number, pn_date today) {
    char issued[PN_DATE_ISO_SIZE], due[PN_DATE_ISO_SIZE];
    int64_t debtor = owner_of(life, number), amount = 1 + pn_sim_below(life, 90000);
    pn_date day = today - (pn_date)pn_sim_below(life, 50);
    pn_buf_add_format(text, "F-%lld;D%lld;Deudor %lld;", (long long)number, (long long)debtor,
                      (long long)debtor);
    if (debtor % 7 != 3) { /* one of seven has no address, some share one */
        pn_buf_add_format(text, "m%lld.%lld@example.com",
                          (long long)(debtor % 11 == 5 ? 5 : debtor),
                          (long long)number / 7); /* people find another one now and then */
    }
    bool first = life->history->world == PN_SIM_WORLD_FIRST; /* in the second most is due */
    pn_date days = 5 + (pn_date)pn_sim_below(life, first ? 45 : 25);
    pn_buf_add_format(text, ";%s;%s;%lld,%02lld;", pn_date_iso(day, issued),
                      pn_date_iso(day + days, due), (long long)amount / 100,
                      (long long)amount % 100);
    if (pn_sim_below(life, 8) == 0) {
        int64_t open = pn_sim_below(life, amount + 1);
        pn_buf_add_format(text, "%lld,%02lld", (long long)open / 100, (long long)open % 100);
    }
    pn_buf_add_char(text, '\n');
}

/* New invoices, and some old ones with other dates and amounts. */
pn_err pn_sim_invoices(pn_life *life, pn_app *app) {
    pn_buf text;
    pn_date today = pn_app_today(app);
    pn_buf_init(&text, 1 << 20);
    pn_buf_add_lit(&text, "external_id;debtor;debtor_name;email;issued;due;amount;open\n");
    int64_t count = 1 + pn_sim_below(life, 2 + life->history->debtors / 2);
    int64_t first = life->invoice_number;
    for (int64_t i = 0; i < count; i++) {
        bool old = first > 0 && pn_sim_below(life, 5) == 0;
        add_invoice(life, &text, old ? pn_sim_below(life, first) : life->invoice_number++, today);
    }
    bool taken = false;
    pn_err err = import(life, app, PN_IMPORT_INVOICES, &text, &taken);
    pn_buf_done(&text);
    return err;
}

/* ── payments ────────────────────────────────────────────────────────────────────────────────── */

static pn_sim_payment *new_payment(pn_life *life) {
    if (life->payment_count == life->payment_capacity) {
        life->payment_capacity = life->payment_capacity * 2 + 64;
        life->payments =
            pn_realloc(life->payments, life->payment_capacity * sizeof *life->payments);
    }
    pn_sim_payment *payment = &life->payments[life->payment_count++];
    *payment = (pn_sim_payment){.minor = 0};
    (void)snprintf(payment->key, sizeof payment->key, "P-%zu", life->payment_count);
    return payment;
}

/* What the bank has told is remembered before the program knows it: it comes again until it does.
 */
static pn_err tell(pn_life *life, pn_app *app, size_t index) {
    pn_buf text;
    char day[PN_DATE_ISO_SIZE];
    pn_sim_payment *payment = &life->payments[index];
    pn_buf_init(&text, 1 << 12);
    pn_buf_add_format(&text, "external_id;debtor;invoice;amount;date\n%s;%s;;%lld,%02lld;%s\n",
                      payment->key, payment->debtor, (long long)payment->minor / 100,
                      (long long)payment->minor % 100, pn_date_iso(payment->on, day));
    bool taken = false;
    pn_err err = import(life, app, PN_IMPORT_PAYMENTS, &text, &taken);
    life->payments[index].told = life->payments[index].told || taken;
    pn_buf_done(&text);
    return err;
}

/* Whoever is being written to just now pays rather than anybody else: that is what races. */
static bool is_written_to(pn_life *life, const char *key) {
    pn_stmt *q = pn_db_stmt(life->watch, "SELECT 1 FROM debtor d JOIN message m ON m.debtor_id ="
                                         " d.id WHERE d.external_id = $1 AND m.state = 1 AND"
                                         " m.org_id = d.org_id");
    pn_bind_str(q, 1, pn_str_of(key));
    bool is = pn_row_next(q) == PN_OK;
    pn_stmt_reset(q);
    return is;
}

pn_err pn_sim_pay(pn_life *life, pn_app *app, bool all) {
    bool found = false;
    int64_t wanted = pn_sim_below(life, 1000), row = 0, open = 0;
    char key[16] = "";
    pn_stmt *q = pn_db_stmt(app->db, "SELECT d.external_id, a.open_minor FROM account a JOIN debtor"
                                     " d ON d.id = a.debtor_id WHERE a.org_id = $1 AND"
                                     " a.open_minor > 0 AND d.archived_at IS NULL ORDER BY"
                                     " d.external_id, a.id");
    pn_bind_int(q, 1, app->org.id);
    while (pn_row_next(q) == PN_OK) {
        char each[16];
        (void)snprintf(each, sizeof each, "%.*s", PN_STR_ARG(pn_col_str(q, 0)));
        bool written = life->inside && is_written_to(life, each);
        bool drawn = row++ == 0 || pn_mix64((uint64_t)(wanted + row)) % (uint64_t)row == 0;
        if (written || (drawn && !found)) {
            memcpy(key, each, sizeof key);
            open = pn_col_int(q, 1);
            found = found || written;
        }
    }
    pn_stmt_reset(q);
    if (key[0] != 'D') {
        return PN_OK;
    }
    pn_sim_payment *payment = new_payment(life);
    memcpy(payment->debtor, key, sizeof payment->debtor);
    payment->minor = all ? open : 1 + pn_sim_below(life, 60000);
    payment->on = pn_app_today(app) - (pn_date)pn_sim_below(life, 4);
    return tell(life, app, life->payment_count - 1);
}

/* What was told comes again, or what nobody knows was told. */
pn_err pn_sim_pay_twice(pn_life *life, pn_app *app) {
    if (life->payment_count == 0) {
        return PN_OK;
    }
    for (size_t i = 0; i < life->payment_count; i++) {
        if (!life->payments[i].told) {
            PN_TRY(tell(life, app, i));
        }
    }
    return tell(life, app, (size_t)pn_sim_below(life, (int64_t)life->payment_count));
}

pn_err pn_sim_take_back(pn_life *life, pn_app *app) {
    if (life->payment_count == 0) {
        return PN_OK;
    }
    pn_sim_payment *payment = &life->payments[pn_sim_below(life, (int64_t)life->payment_count)];
    pn_stmt *q = pn_db_stmt(app->db, "SELECT id FROM payment WHERE org_id = $1 AND external_id ="
                                     " $2 AND reversed_at IS NULL");
    pn_bind_int(q, 1, app->org.id);
    pn_bind_str(q, 2, pn_str_of(payment->key));
    pn_id id = pn_row_next(q) == PN_OK ? pn_col_int(q, 0) : 0;
    pn_stmt_reset(q);
    if (id == 0) {
        return PN_OK;
    }
    payment->maybe_returned = true;
    PN_TRY(pn_app_begin(app, &life->diag));
    pn_err err =
        pn_app_end(app, pn_books_reverse(app, id, PN_STR("returned"), &life->scratch, &life->diag),
                   &life->diag);
    payment->returned = err == PN_OK;
    return err;
}
