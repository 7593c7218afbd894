/* The organization's past, read debtor by debtor: what truly happened, as deeds with their times
 * (core/past.h). Only read.
 *
 * Time is when Puntual knew: what was loaded on Tuesday is not known on Monday. Invoices of which a
 * payment was received before the day they were loaded are history from before Puntual: they arrive
 * on the morning after their issue, and their money on the morning after it was received.
 *
 * What is not kept as it was is taken as it is now: attributes, the debtor's particulars,
 * exclusions, protections, consents. Interest and fees that were truly charged are left out. */
#ifndef PN_APP_PAST_H
#define PN_APP_PAST_H

#include "app/view.h"
#include "core/past.h"
#include "store/past.h"

/* Debtors side by side, with all that happened to them. */
typedef struct {
    pn_view *views;
    size_t view_count;
    pn_invoice_row *invoices; /* all, by debtor */
    size_t invoice_count;
    pn_contact_row *contacts;
    size_t contact_count;
    pn_past_row *rows[PN_PAST_TABLES];
    size_t row_counts[PN_PAST_TABLES];
} pn_past_batch;

/* A payment of an account: the day on which the money came, and when that was known. */
typedef struct {
    pn_date received;
    pn_time known;
    pn_id invoice_id;
} pn_past_money;

/* An account's past. */
typedef struct {
    pn_item *items; /* as they arrive */
    pn_time *known; /* when they arrive; beside the items */
    size_t item_count;
    pn_past_deed *deeds;
    size_t deed_count;
    pn_past_money *money;
    size_t money_count;
} pn_past_account;

/* The debtors with first ≤ id ≤ last. */
PN_MUST_USE pn_err pn_past_load(pn_app *app, pn_id first, pn_id last, pn_arena *arena,
                                pn_past_batch *ret_batch);
/* Invoices that were closed before `from` are left out. */
void pn_past_of_account(const pn_past_batch *batch, const pn_view *view,
                        const pn_view_account *account, pn_time from, pn_arena *arena,
                        pn_past_account *ret_past);
/* What happened to a debtor, of one kind. */
const pn_past_row *pn_past_rows_of(const pn_past_batch *batch, pn_past_table table, pn_id debtor_id,
                                   size_t *ret_count);
/* A debtor's contacts in the batch. */
const pn_contact_row *pn_past_contacts_of(const pn_past_batch *batch, pn_id debtor_id,
                                          size_t *ret_count);
/* Bits of channels that were ever usable. */
uint32_t pn_past_channels(const pn_contact_row *contacts, size_t count);

#endif
