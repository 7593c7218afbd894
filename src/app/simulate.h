/* Simulations: what a strategy would have done in the organization's own past.
 *
 * Invoices come and are paid as they truly were (app/past.h); the strategy acts in that, by the
 * step, gate and tones that work a real case (core/past.h). Nothing is written. Everything told is
 * counted, none of it guessed: nobody pays sooner because a simulated message reached them. Pills
 * that are published today begin beside its cases (app/simulate_pills.c). Beside
 * that, and apart from it, stands what the messages would have changed in payment (app/effect.h).
 */
#ifndef PN_APP_SIMULATE_H
#define PN_APP_SIMULATE_H

#include "app/app.h"
#include "app/effect.h"
#include "base/json.h"
#include "core/past.h"

/* What a contact and a task cost, in millionths of a major unit. */
typedef struct {
    int64_t contact[PN_CHANNELS];
    int64_t task;
    pn_currency currency; /* empty: no prices are given */
} pn_simulate_prices;

typedef struct {
    const pn_flow *flow;
    pn_id strategy_id; /* arms of splits hang on it; 0: it was never published */
    pn_date from, to;  /* to: the first day that is not in it; days of the organization */
    int64_t sample;    /* so many debtors, chosen by a hash; 0: all */
    size_t list_max;   /* so many messages are listed, in the order of debtors */
    size_t bytes_max;  /* of memory; 0: as much as it takes */
    pn_simulate_prices prices;
    const pn_effect *effect; /* of the same span; NULL: facts alone */
    /* How far it is; false ends it (CONFLICT). May be NULL. */
    bool (*tell)(void *context, int64_t done, int64_t total);
    void *context;
} pn_simulate_request;

/* How often something with a name. */
typedef struct {
    pn_str word;
    int64_t count;
} pn_simulated_count;

typedef struct {
    pn_channel_kind channel;
    pn_purpose purpose;
    pn_str family;
    unsigned tone;
    int64_t sent;
} pn_simulated_text;

typedef struct {
    pn_date day;
    int64_t contacts, tasks;
    int64_t by_channel[PN_CHANNELS]; /* contacts */
} pn_simulated_day;

typedef struct {
    pn_str owner; /* empty: nobody's */
    int64_t tasks;
    int64_t days; /* on which there was one */
    pn_date busiest;
    int64_t most;   /* on that day */
    int64_t *loads; /* tasks of each day of the span */
} pn_simulated_person;

typedef struct {
    pn_time at;
    pn_id debtor_id, invoice_id; /* 0: an account's case */
    pn_str debtor, number;       /* number: empty for an account's case */
    pn_channel_kind channel;
    pn_str family;
    unsigned tone;
    pn_money claimable;
    bool crossed;
} pn_simulated_message;

/* Charged by the strategy, of one currency. */
typedef struct {
    pn_currency currency;
    int64_t interest, fees;
} pn_simulated_charge;

/* 0, 1, 2, 3, 4–5, 6–10 and more contacts. */
enum { PN_SIMULATED_BINS = 7 };

typedef struct {
    pn_str strategy;
    pn_date from, to;
    int64_t debtors, invoices; /* looked at */
    int64_t cases;             /* entered; an account's that came back counts again */
    int64_t debtors_contacted;
    int64_t messages;                /* that left */
    int64_t contacts;                /* in so many contacts: demands of one moment share one */
    int64_t crossed;                 /* demands for what was paid already and not known to be */
    int64_t endless;                 /* cases that take more steps than may be looked ahead */
    int64_t bins[PN_SIMULATED_BINS]; /* debtors by contacts, of those that had a case */
    int64_t most;                    /* contacts with one debtor */
    int64_t tasks, handovers, cost;  /* cost in millionths */
    pn_currency cost_currency;       /* empty: no prices were given */
    pn_simulated_text *texts;
    size_t text_count;
    pn_simulated_count *held; /* verdicts of the gate that said no, by reason */
    size_t held_count;
    pn_simulated_count *skipped; /* messages that never left, by reason */
    size_t skipped_count;
    pn_simulated_count *categories; /* of tasks */
    size_t category_count;
    pn_simulated_count *ends; /* outcomes */
    size_t end_count;
    pn_simulated_count *jumps; /* into strategies that were not followed */
    size_t jump_count;
    pn_simulated_count *pills; /* that began beside cases, by name */
    size_t pill_count;
    pn_simulated_count *unled; /* pills that were not led, for what began them is not known */
    size_t unled_count;
    pn_simulated_day *days; /* every day of the span */
    size_t day_count;
    pn_simulated_person *people;
    size_t person_count;
    pn_simulated_charge *charges;
    size_t charge_count;
    pn_simulated_message *list;
    size_t list_count;
    int64_t truly_contacts, truly_tasks; /* what was sent and opened in that time */
    pn_effect_sums effect;               /* of no effect: facts alone */
} pn_simulation;

/* Reads only, as of one moment. INVALID for a span without days, and for a pill; LIMIT for one
 * longer than PN_SIMULATE_DAYS_MAX. */
enum { PN_SIMULATE_DAYS_MAX = 3660 };
PN_MUST_USE pn_err pn_simulate(pn_app *app, const pn_simulate_request *request, pn_arena *arena,
                               pn_simulation *ret_simulation, pn_diag *diag);

/* What pn_simulate would refuse before it begins. */
PN_MUST_USE pn_err pn_simulate_check(const pn_simulate_request *request, pn_diag *diag);

/* As JSON; the list's times in this zone. `against` is what it is compared with, or NULL. */
void pn_simulation_put(pn_json_writer *writer, const pn_simulation *simulation,
                       const pn_simulation *against, const pn_zone *zone, pn_arena *arena);
/* Millionths of a major unit as an amount, "12.34", with its currency. */
void pn_simulated_cost_put(pn_json_writer *writer, int64_t millionths, pn_currency currency);
/* Minor units, rounded. */
pn_money pn_simulated_cost(int64_t millionths, pn_currency currency);
/* "email=0.02,letter=1.10,task=3", in the organization's currency: INVALID with a sentence. */
PN_MUST_USE pn_err pn_simulate_prices_parse(pn_str text, const pn_app *app,
                                            pn_simulate_prices *ret_prices, pn_diag *diag);

/* ── for simulate.c: sums of what cases told (simulate_sums.c) ── */

typedef struct pn_simulate_sums pn_simulate_sums;

pn_simulate_sums *pn_simulate_sums_new(const pn_simulate_request *request, const pn_zone *zone,
                                       pn_arena *arena, pn_simulation *simulation);
void pn_simulate_add_case(pn_simulate_sums *sums, const pn_past_told *told, pn_currency currency,
                          pn_str owner);
/* A pill beside one. */
void pn_simulate_add_pill(pn_simulate_sums *sums, const pn_past_told *told, pn_str name,
                          pn_currency currency, pn_str owner);
/* One that could not be led. */
void pn_simulate_add_unled(pn_simulate_sums *sums, pn_str name);
/* One contact with a debtor. */
void pn_simulate_add_contact(pn_simulate_sums *sums, pn_channel_kind channel, pn_time at);
/* A debtor with a case, and how many contacts there were. */
void pn_simulate_add_debtor(pn_simulate_sums *sums, int64_t contacts);
/* Lists and sums in a fixed order. */
void pn_simulate_sums_end(pn_simulate_sums *sums);

#endif
