#include "app/forecast.h"

#include "app/outlook.h"
#include "base/banned.h"
#include "base/sort.h"
#include "store/past.h"

enum { FITTED_MOST = 8000 };

/* An open invoice and its chances: of being paid by the end of each day. */
typedef struct {
    const pn_spell_row *row;
    double *paid_by; /* days of them */
} open_invoice;

typedef struct {
    pn_app *app;
    const pn_forecast_request *request;
    pn_arena *arena;
    pn_forecast *f;
    pn_spell_row *rows;
    pn_spell *spells;
    size_t count;
    open_invoice *open; /* by debtor */
    size_t open_count;
    size_t person_capacity;
    pn_patience patience;
    pn_diag *diag;
} forecaster;

/* ── how far it is ───────────────────────────────────────────────────────────────────────────── */

static pn_err tell(const forecaster *c, int64_t done, int64_t total) {
    const pn_forecast_request *r = c->request;
    return r->tell == NULL || r->tell(r->context, done, total)
               ? PN_OK
               : pn_diag_set(c->diag, PN_CONFLICT, "The forecast was cancelled.");
}

/* While it fits and draws: no debtor was looked at yet. */
static bool goes_on(void *context) {
    return tell(context, 0, 0) == PN_OK;
}

/* ── chances ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err find_chances(forecaster *c) {
    pn_forecast *f = c->f;
    pn_habit habit = {0};
    pn_id of = 0; /* the debtor whose habit it is */
    c->open = pn_arena_array(c->arena, open_invoice, c->count + 1);
    for (size_t i = 0; i < c->count; i++) {
        if (pn_patience_over(&c->patience, i)) {
            return PN_CONFLICT;
        }
        if (c->rows[i].open <= 0) {
            continue;
        }
        open_invoice *each = &c->open[c->open_count++];
        each->row = &c->rows[i];
        each->paid_by = pn_arena_array(c->arena, double, (size_t)f->days);
        if (f->fitted && c->spells[i].debtor_id != of) {
            of = c->spells[i].debtor_id;
            habit =
                pn_hazard_habit(&f->hazard, c->spells, c->count, c->spells[i].debtor_id, f->from);
        }
        double open = 1;
        for (int64_t day = 0; f->fitted && day < f->days; day++) {
            open *= 1 - pn_hazard_on(&f->hazard, &habit, &c->spells[i], f->from + (pn_date)day);
            each->paid_by[day] = 1 - open;
        }
    }
    return PN_OK;
}

/* ── cash ────────────────────────────────────────────────────────────────────────────────────── */

static pn_forecast_cash *cash_of(forecaster *c, size_t *capacity, pn_currency currency) {
    pn_forecast *f = c->f;
    for (size_t i = 0; i < f->cash_count; i++) {
        if (pn_currency_eq(f->cash[i].currency, currency)) {
            return &f->cash[i];
        }
    }
    f->cash = pn_arena_grow(c->arena, f->cash, f->cash_count, capacity, sizeof *f->cash);
    pn_forecast_cash *cash = &f->cash[f->cash_count++];
    *cash = (pn_forecast_cash){.currency = currency,
                               .days = pn_arena_array(c->arena, pn_forecast_day, (size_t)f->days)};
    for (int64_t day = 0; day < f->days; day++) {
        cash->days[day].day = f->from + (pn_date)day;
    }
    return cash;
}

static pn_err find_spread(forecaster *c, pn_forecast_cash *cash) {
    size_t count = 0, days = (size_t)c->f->days;
    pn_arena_mark mark = pn_arena_marked(c->arena);
    pn_spread_invoice *invoices = pn_arena_array(c->arena, pn_spread_invoice, c->open_count + 1);
    pn_spread_day *spread = pn_arena_array(c->arena, pn_spread_day, days);
    for (size_t i = 0; i < c->open_count; i++) {
        const pn_spell_row *row = c->open[i].row;
        if (pn_currency_eq(row->currency, cash->currency)) {
            invoices[count++] = (pn_spread_invoice){.debtor_id = row->debtor_id,
                                                    .id = row->id,
                                                    .amount = row->open,
                                                    .paid_by = c->open[i].paid_by};
        }
    }
    PN_TRY(pn_spread_find(invoices, count, c->f->days, c->f->held.pace, &c->patience, c->arena,
                          spread));
    for (size_t day = 0; day < days; day++) {
        cash->days[day].p10 = spread[day].p10;
        cash->days[day].p50 = spread[day].p50;
        cash->days[day].p90 = spread[day].p90;
    }
    pn_arena_rewind(c->arena, mark);
    return PN_OK;
}

static pn_err find_cash(forecaster *c) {
    size_t capacity = 0;
    for (size_t i = 0; i < c->open_count; i++) {
        pn_forecast_cash *cash = cash_of(c, &capacity, c->open[i].row->currency);
        cash->open += c->open[i].row->open;
        cash->invoices++;
        for (int64_t day = 0; day < c->f->days; day++) {
            cash->days[day].expected +=
                (int64_t)((double)c->open[i].row->open * c->open[i].paid_by[day]);
        }
    }
    for (size_t i = 0; c->f->fitted && i < c->f->cash_count; i++) {
        PN_TRY(find_spread(c, &c->f->cash[i]));
    }
    return PN_OK;
}

/* ── messages and tasks ──────────────────────────────────────────────────────────────────────── */

/* The chance that something of what a case is about is still open on that day. */
static double still_open(const forecaster *c, const pn_case_outlook *each, size_t first,
                         pn_id debtor_id, int64_t day) {
    double least = 1;
    for (size_t i = first; i < c->open_count && c->open[i].row->debtor_id == debtor_id; i++) {
        const open_invoice *invoice = &c->open[i];
        bool meant = each->invoice_id != 0 ? invoice->row->id == each->invoice_id
                                           : invoice->row->account_id == each->account_id;
        least = meant && invoice->paid_by[day] < least ? invoice->paid_by[day] : least;
    }
    return least < 1 ? 1 - least : 1;
}

static void add_person(forecaster *c, pn_str owner, int64_t hundredths) {
    pn_forecast *f = c->f;
    size_t at = 0;
    while (at < f->person_count && !pn_str_eq(f->people[at].owner, owner)) {
        at++;
    }
    if (at == f->person_count) {
        f->people = pn_arena_grow(c->arena, f->people, f->person_count, &c->person_capacity,
                                  sizeof *f->people);
        f->people[f->person_count++] = (pn_forecast_person){.owner = pn_str_dup(c->arena, owner)};
    }
    f->people[at].tasks += hundredths;
}

static void add_case(forecaster *c, const pn_case_outlook *each, size_t first, double scale) {
    const pn_zone *zone = pn_app_zone_or_own(c->app, c->app->org.zone);
    const pn_spell_row *row = c->open[first].row;
    for (size_t i = 0; i < each->count; i++) {
        const pn_happening *h = &each->happenings[i];
        int64_t day = pn_zone_date(zone, h->at) - c->f->from;
        bool counts = h->kind == PN_HAPPENS_MAIL || h->kind == PN_HAPPENS_TASK;
        if (!counts || day < 0 || day >= c->f->days) {
            continue;
        }
        double chance = still_open(c, each, first, row->debtor_id, day);
        int64_t hundredths = (int64_t)(chance * scale * 100 + 0.5);
        if (h->kind == PN_HAPPENS_MAIL) {
            c->f->loads[day].messages += hundredths;
            c->f->loads[day].by_channel[h->channel] += hundredths;
            c->f->cost += hundredths * c->request->prices.contact[h->channel] / 100;
        } else {
            c->f->loads[day].tasks += hundredths;
            c->f->cost += hundredths * c->request->prices.task / 100;
            add_person(c, row->owner, hundredths);
        }
    }
}

static pn_err look_at(forecaster *c, size_t first, double scale) {
    pn_arena scratch;
    pn_case_outlook *cases = NULL;
    size_t count = 0;
    pn_outlook_request request = {.about = {.debtor_id = c->open[first].row->debtor_id},
                                  .until = pn_app_now(c->app) + c->f->days * PN_DAY};
    pn_arena_init(&scratch, 0);
    pn_err err = pn_outlook_of(c->app, &request, &scratch, &cases, &count, c->diag);
    for (size_t i = 0; err == PN_OK && i < count; i++) {
        add_case(c, &cases[i], first, scale);
    }
    pn_arena_done(&scratch);
    return err;
}

static pn_err find_loads(forecaster *c) {
    pn_forecast *f = c->f;
    int64_t most = c->request->debtors_max;
    f->loads = pn_arena_array(c->arena, pn_forecast_load, (size_t)f->days);
    for (int64_t day = 0; day < f->days; day++) {
        f->loads[day].day = f->from + (pn_date)day;
    }
    for (size_t i = 0; i < c->open_count; i++) {
        f->debtors += i == 0 || c->open[i].row->debtor_id != c->open[i - 1].row->debtor_id;
    }
    f->debtors_looked_at = PN_MIN(f->debtors, most);
    double scale =
        f->debtors_looked_at != 0 ? (double)f->debtors / (double)f->debtors_looked_at : 1;
    int64_t seen = 0, at = 0;
    for (size_t i = 0; i < c->open_count; i++) {
        if (i != 0 && c->open[i].row->debtor_id == c->open[i - 1].row->debtor_id) {
            continue;
        }
        /* evenly over all of them */
        if (seen * f->debtors <= at * f->debtors_looked_at && seen < f->debtors_looked_at) {
            PN_TRY(look_at(c, i, scale));
            PN_TRY(tell(c, ++seen, f->debtors_looked_at));
        }
        at++;
    }
    return PN_OK;
}

/* ── all of it ───────────────────────────────────────────────────────────────────────────────── */

static int by_tasks(const void *a, const void *b) {
    const pn_forecast_person *x = a;
    const pn_forecast_person *y = b;
    return x->tasks != y->tasks ? (x->tasks < y->tasks) - (x->tasks > y->tasks)
                                : pn_str_cmp(x->owner, y->owner);
}

/* Of the currency in which most invoices are: money of several does not add up. */
static int64_t *amounts_of(const forecaster *c) {
    int64_t *amounts = pn_arena_array(c->arena, int64_t, c->count + 1);
    pn_currency main = {{0}};
    size_t votes = 0; /* a majority stays, where there is one */
    for (size_t i = 0; i < c->count; i++) {
        bool same = votes != 0 && pn_currency_eq(c->rows[i].currency, main);
        main = votes == 0 ? c->rows[i].currency : main;
        votes = votes == 0 || same ? votes + 1 : votes - 1;
    }
    for (size_t i = 0; i < c->count; i++) {
        amounts[i] = pn_currency_eq(c->rows[i].currency, main) ? c->rows[i].amount : 0;
    }
    return amounts;
}

/* Too little to learn from is no failure. */
static pn_err fit(forecaster *c) {
    pn_forecast *f = c->f;
    pn_err err = pn_hazard_fit(c->spells, c->count, f->from, FITTED_MOST, &c->patience, c->arena,
                               &f->hazard);
    f->fitted = err == PN_OK;
    if (f->fitted) {
        err = pn_hazard_try(c->spells, c->count, &c->patience, c->arena, &f->check);
        f->checked = err == PN_OK;
    }
    if (f->checked) {
        err = pn_spread_try(c->spells, amounts_of(c), c->count, &c->patience, c->arena, &f->held);
        f->tried = err == PN_OK;
    }
    return err == PN_NOT_FOUND ? PN_OK : err;
}

static pn_err make(forecaster *c) {
    pn_forecast *f = c->f;
    const pn_zone *zone = pn_app_zone_or_own(c->app, c->app->org.zone);
    PN_TRY(pn_past_spells(c->app->db, c->app->org.id, c->arena, &c->rows, &c->count));
    c->spells = pn_arena_array(c->arena, pn_spell, c->count + 1);
    for (size_t i = 0; i < c->count; i++) {
        const pn_spell_row *row = &c->rows[i];
        /* what a credit note or a write-off closed was never going to be paid: it was seen open
         * until then */
        c->spells[i] =
            (pn_spell){.debtor_id = row->debtor_id,
                       .issued = row->issued,
                       .due = row->due,
                       .paid = row->paid,
                       .seen = row->closed_at != PN_TIME_NONE && row->paid == PN_DATE_NONE
                                   ? pn_zone_date(zone, row->closed_at)
                                   : f->from,
                       .amount = row->amount};
    }
    PN_TRY(fit(c));
    PN_TRY(find_chances(c));
    PN_TRY(find_cash(c));
    PN_TRY(find_loads(c));
    if (f->person_count != 0) {
        pn_sort(f->people, f->person_count, sizeof *f->people, by_tasks, c->arena);
    }
    return PN_OK;
}

pn_err pn_forecast_make(pn_app *app, const pn_forecast_request *request, pn_arena *arena,
                        pn_forecast *ret_forecast, pn_diag *diag) {
    if (request->days < 1 || request->days > PN_FORECAST_DAYS_MAX) {
        return pn_diag_set(diag, PN_INVALID, "A forecast reaches from 1 to %d days.",
                           PN_FORECAST_DAYS_MAX);
    }
    pn_forecast f = {.from = pn_app_today(app),
                     .days = request->days,
                     .cost_currency = request->prices.currency};
    forecaster c = {.app = app, .request = request, .arena = arena, .f = &f, .diag = diag};
    c.patience = (pn_patience){goes_on, &c};
    pn_err err = make(&c);
    if (err != PN_OK) {
        return pn_app_fail(app, err, diag);
    }
    *ret_forecast = f;
    return PN_OK;
}
