/* For simulate.c and simulate_pills.c: a debtor's cases and the pills beside them. */
#ifndef PN_APP_SIMULATE_INT_H
#define PN_APP_SIMULATE_INT_H

#include "app/catalog.h"
#include "app/past.h"
#include "app/simulate.h"
#include "core/flow/flow.h"

/* One case of the debtor at hand, or a pill beside one. */
typedef struct {
    pn_past_case *life;
    const pn_published *pill; /* NULL: a case of the strategy */
    pn_past_account *past;
    pn_view_account *account;
    const pn_item *item; /* NULL: an account's */
    const pn_past_question *question;
    size_t told;       /* contacts of it that the others know of */
    size_t happenings; /* looked at for pills that it began */
    pn_time next;
} pn_simulated_case;

/* A fact that begins a pill beside a case that works then. */
typedef struct {
    const pn_published *pill;
    pn_id account_id; /* 0: any of the debtor's */
    pn_time from, until;
    bool over; /* it began one, or came too late for it */
} pn_simulated_trigger;

typedef struct {
    pn_app *app;
    const pn_simulate_request *request;
    pn_simulation *s;
    pn_simulate_sums *sums;
    pn_arena *arena; /* of the result */
    pn_arena scratch;
    pn_flow_names names;
    const pn_published **pills; /* published today */
    size_t pill_count;
    pn_time from, until, now;
    pn_past_batch batch;
    /* of one debtor */
    pn_view *view;
    const pn_contact_row *contacts;
    size_t contact_count;
    pn_simulated_case *cases; /* pills after all others */
    size_t count, capacity;
    size_t main_count;     /* of them, cases of the strategy */
    pn_contact_made *made; /* told to all so far */
    size_t made_count, made_capacity;
    pn_simulated_trigger *triggers;
    size_t trigger_count, trigger_capacity;
    size_t list_capacity;
    pn_diag *diag;
} pn_simulator;

/* ── simulate.c ── */

/* What is known of debtor, creditor and account before anything happens. */
PN_MUST_USE pn_err pn_simulate_facts(pn_simulator *m, pn_view_account *account, const pn_flow *flow,
                                     pn_facts *ret_facts);
/* Attributes and lines of an invoice that a flow works, as they are now. */
PN_MUST_USE pn_err pn_simulate_details(pn_simulator *m, const pn_flow *flow, pn_item *item);
pn_simulated_case *pn_simulate_add(pn_simulator *m, pn_simulated_case each);

/* ── simulate_pills.c ── */

PN_MUST_USE pn_err pn_simulate_pills_load(pn_simulator *m);
/* What would begin pills of the debtor at hand. */
void pn_simulate_pills_find(pn_simulator *m);
/* The first such moment after `lived`; NEVER. */
pn_time pn_simulate_pills_next(const pn_simulator *m, pn_time lived);
/* A moment of a case. */
void pn_simulate_live(pn_simulator *m, size_t index, pn_time now);
/* Begins the pills whose moment has come, and lives it with them. */
PN_MUST_USE pn_err pn_simulate_pills_live(pn_simulator *m, pn_time now);

#endif
