/* Finding what a path or body names, in the organization of whoever asks.
 *
 * An id of another organization is found as little as one that does not exist: NOT_FOUND with the
 * same sentence. */
#ifndef PN_HTTP_FIND_H
#define PN_HTTP_FIND_H

#include "http/route.h"
#include "store/debtor.h"
#include "store/invoice.h"
#include "store/message.h"
#include "store/run.h"

/* "There is no debtor deb_… here." */
pn_err pn_nothing_here(pn_exchange *exchange, const char *what, pn_id_kind kind, pn_id id);
/* An error of the store as a sentence; OK stays OK. */
pn_err pn_told(pn_exchange *exchange, pn_err err);

PN_MUST_USE pn_err pn_find_debtor(pn_exchange *exchange, pn_id id, pn_debtor_row *ret_row);
PN_MUST_USE pn_err pn_find_invoice(pn_exchange *exchange, pn_id id, pn_invoice_row *ret_row);
PN_MUST_USE pn_err pn_find_payment(pn_exchange *exchange, pn_id id, pn_payment_row *ret_row);
PN_MUST_USE pn_err pn_find_run(pn_exchange *exchange, pn_id id, pn_run_row *ret_row);
PN_MUST_USE pn_err pn_find_message(pn_exchange *exchange, pn_id id, pn_message_row *ret_row);
PN_MUST_USE pn_err pn_find_creditor(pn_exchange *exchange, pn_id id,
                                    const pn_creditor_row **ret_row);

/* The same by the path's first argument. */
PN_MUST_USE pn_err pn_path_debtor(pn_exchange *exchange, pn_debtor_row *ret_row);
PN_MUST_USE pn_err pn_path_invoice(pn_exchange *exchange, pn_invoice_row *ret_row);
PN_MUST_USE pn_err pn_path_payment(pn_exchange *exchange, pn_payment_row *ret_row);
PN_MUST_USE pn_err pn_path_run(pn_exchange *exchange, pn_run_row *ret_row);
PN_MUST_USE pn_err pn_path_message(pn_exchange *exchange, pn_message_row *ret_row);

/* Whom and what a body is about: "debtor", "creditor", "invoices" and an "amount", whose fields
 * PN_DEAL_FIELDS declares. */
typedef struct {
    pn_id debtor_id;
    pn_account_row account;
    const pn_id *invoices;
    size_t invoice_count;
    pn_money amount; /* of the account's currency; none where none was given */
} pn_deal;

#define PN_DEAL_FIELDS                                                                             \
    {.name = "debtor",                                                                             \
     .type = PN_SHAPE_ID,                                                                          \
     .id_kind = PN_ID_DEBTOR,                                                                      \
     .help = "may be left out where invoices are named"},                                          \
        {.name = "creditor",                                                                       \
         .type = PN_SHAPE_ID,                                                                      \
         .id_kind = PN_ID_CREDITOR,                                                                \
         .help = "where the debtor owes several"},                                                 \
    {                                                                                              \
        .name = "invoices", .type = PN_SHAPE_LIST, .max = 1000, .fields = PN_DEAL_INVOICES,        \
        .help = "of one account; without them the oldest first"                                    \
    }
extern const pn_shape PN_DEAL_INVOICES[];

/* INVALID for invoices of several accounts, and for an amount in another currency than theirs. */
PN_MUST_USE pn_err pn_body_deal(pn_exchange *exchange, pn_deal *ret_deal);

/* pn_payment_state, as queries name it. */
extern const char *const PN_PAYMENT_STATES[];

#endif
