/* The past of debtors, read in one go each: what simulations and replays live again. */
#ifndef PN_STORE_PAST_H
#define PN_STORE_PAST_H

#include "store/debtor.h"
#include "store/invoice.h"

/* Something that happened, of any of the kinds below; what does not apply is 0 or empty. */
typedef struct {
    pn_id debtor_id, id;
    pn_id about;    /* an invoice, an account, a run */
    int64_t kind;   /* of a ledger entry, of a signal; a promise's day */
    int64_t amount; /* minor units */
    int64_t state;  /* of a promise; a signal's source; a payment's day; the entry it takes back */
    pn_time at;
    pn_time end;    /* PN_TIME_NONE: not over */
    int64_t ref;    /* of an entry, its payment; of a hold, its own end; what came for a promise */
    pn_str word;    /* of a hold, why; of a task, its category */
    pn_str outcome; /* of a task */
} pn_past_row;

typedef enum {
    PN_PAST_LEDGER,
    PN_PAST_PAYMENTS,
    PN_PAST_DISPUTES,
    PN_PAST_PROMISES,
    PN_PAST_PLANS,
    PN_PAST_INSTRUMENTS,
    PN_PAST_HOLDS,
    PN_PAST_SIGNALS,
    PN_PAST_TASKS, /* those that were done */
    PN_PAST_TABLES
} pn_past_table;

/* Of the organization's debtors first … last, by debtor and id (entries by invoice in between). */
PN_MUST_USE pn_err pn_past_rows(pn_db *db, pn_past_table table, pn_id org_id, pn_id first,
                                pn_id last, pn_arena *arena, pn_past_row **ret_rows,
                                size_t *ret_count);

/* How many demands the organization sent from `from` to before `to`, and tasks that were opened. */
PN_MUST_USE pn_err pn_past_truly(pn_db *db, pn_id org_id, pn_time from, pn_time to,
                                 int64_t *ret_messages, int64_t *ret_tasks);

/* An invoice and when it was paid. */
typedef struct {
    pn_id debtor_id, id, account_id;
    pn_currency currency;
    pn_date issued, due;
    pn_date paid;         /* the day its last money came, where money closed it; PN_DATE_NONE */
    pn_time closed_at;    /* PN_TIME_NONE: open */
    pn_time created_at;   /* when it was loaded */
    int64_t amount, open; /* minor units */
    pn_str owner;         /* of its debtor */
} pn_spell_row;

/* All of the organization's, by debtor, issue and id. */
PN_MUST_USE pn_err pn_past_spells(pn_db *db, pn_id org_id, pn_arena *arena, pn_spell_row **ret_rows,
                                  size_t *ret_count);

/* A message that asked for money, left and did not come back, and what it was about. */
typedef struct {
    pn_id debtor_id, account_id;
    pn_id invoice_id; /* 0: the account */
    pn_time at;
    unsigned tone;
} pn_reach_row;

/* All of the organization's, by debtor and id. */
PN_MUST_USE pn_err pn_past_reaches(pn_db *db, pn_id org_id, pn_arena *arena,
                                   pn_reach_row **ret_rows, size_t *ret_count);

/* A strategy that kept debtors apart to measure against. */
typedef struct {
    pn_id strategy_id;
    pn_str name;
} pn_holdout_row;

/* Those into whose held-out share somebody came, by id. */
PN_MUST_USE pn_err pn_past_holdouts(pn_db *db, pn_id org_id, pn_arena *arena,
                                    pn_holdout_row **ret_rows, size_t *ret_count);

/* The ids of the organization's debtors, ascending. */
PN_MUST_USE pn_err pn_past_debtors(pn_db *db, pn_id org_id, pn_arena *arena, pn_id **ret_ids,
                                   size_t *ret_count);

#endif
