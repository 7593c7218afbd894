/* Views: debtors with all that stepping and guarding them needs, loaded from the store.
 *
 * Loaded by range where a zone is dense, one by one where it is sparse. The rarer parts (holds,
 * signals, arms, tasks) are read only where the debtor's flags or the flow ask for them. */
#ifndef PN_APP_VIEW_H
#define PN_APP_VIEW_H

#include "app/catalog.h"
#include "app/moment.h"
#include "store/claim.h"
#include "store/debtor.h"
#include "store/invoice.h"
#include "store/message.h"
#include "store/run.h"
#include "store/task.h"

/* An account with its items side by side, as facts want them. */
typedef struct {
    pn_account_row row;
    const pn_creditor_row *creditor;
    pn_calendar creditor_calendar;   /* its bank days */
    pn_item *items;                  /* effective due date, then id */
    const pn_invoice_row **invoices; /* the row behind each item */
    size_t item_count;
} pn_view_account;

typedef struct {
    pn_debtor_row row;
    const pn_zone *zone;
    pn_calendar calendar;
    pn_view_account *accounts;
    size_t account_count;
    pn_invoice_row *invoices; /* open, or worked by a run of their own */
    size_t invoice_count;
    pn_run_row *runs; /* active ones; all with `with_history` */
    size_t run_count;
    /* messages that runs remember, by id, as far as they were read with the view; others are read
     * one by one */
    const pn_message_row *messages;
    size_t message_count;
    const pn_moment *moment; /* of the past, at which it is looked at; NULL: now */
} pn_view;

/* The debtors of the organization with first ≤ id ≤ last. Everything lives in the arena. */
PN_MUST_USE pn_err pn_view_range(pn_app *app, pn_id first, pn_id last, bool with_history,
                                 pn_arena *arena, pn_view **ret_views, size_t *ret_count);

/* Those of these debtors, which ascend, that are the organization's: for a shared database, where
 * every question is a round trip. */
PN_MUST_USE pn_err pn_view_list(pn_app *app, const pn_id *debtors, size_t count, bool with_history,
                                pn_arena *arena, pn_view **ret_views, size_t *ret_count);

/* One debtor; NOT_FOUND when the organization has none of that id. */
PN_MUST_USE pn_err pn_view_one(pn_app *app, pn_id debtor_id, bool with_history, pn_arena *arena,
                               pn_view *ret_view);

/* NULL when the debtor has no such account. */
pn_view_account *pn_view_account_of(const pn_view *view, pn_id account_id);

/* The facts of a case: a run's, or of an invoice (`item`) or account (NULL) that might enter a
 * flow. `run` may be NULL; `flow` says what needs to be loaded. */
PN_MUST_USE pn_err pn_view_facts(pn_app *app, const pn_view *view, pn_view_account *account,
                                 const pn_item *item, const pn_run *run, const pn_flow *flow,
                                 pn_time now, pn_arena *arena, pn_facts *ret_facts);

/* The item of that invoice in the account; NULL for none. */
pn_item *pn_view_item(const pn_view_account *account, pn_id invoice_id);

/* Whether a run that owns an invoice, or one that does not, is to be stepped by `now`
 * (PN_TIME_NEVER: whether there is one that is not ended). */
bool pn_view_has_due(const pn_view *view, bool owners, pn_time now);

#endif
