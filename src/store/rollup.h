/* Rollups: sums that reports read in time that does not grow with what happened.
 *
 * What a transaction changes is collected in a log in memory, one row a key, and appended as deltas
 * by its commit; nobody updates a row that somebody else may want. A chore folds deltas into the
 * sums. Readers add both. What the facts say themselves in bounded time has no measure here
 * (docs/decisions/rollups.md). */
#ifndef PN_STORE_ROLLUP_H
#define PN_STORE_ROLLUP_H

#include "base/money.h"
#include "calendar/date.h"
#include "store/db.h"

/* What is summed, and by what. Order is stored; 0 is none. */
typedef enum {
    PN_ROLLUP_NONE,
    /* Ledger entries: day, creditor, currency; a the invoice's effective due date, b the kind of
     * entry, and PN_ROLLUP_REVERSED for what takes one back (PN_ROLLUP_PAID_BEFORE: paid before it
     * was imported). A charge counts on the day the
     * invoice was issued, a payment on the day it was received, all else on its own day. */
    PN_ROLLUP_BALANCE,
    /* Payments that were applied: day, creditor, currency, version, node; a the template, b the
     * channel or −1, c 1 where a person had done something; word the phase. */
    PN_ROLLUP_CREDITED,
    /* Carriers that are settled: the recipient's day, creditor, version, node; a the template, b
     * channel × 16 + tone, c the state. */
    PN_ROLLUP_CARRIER,
    /* Carriers after which a person did something: the same, but c is a pn_rollup_touch. */
    PN_ROLLUP_TOUCHED,
    /* How often a node was come to, and from where: day, version, node; a the node before, −1: the
     * case began there. No fact keeps it. */
    PN_ROLLUP_PASSED,
    PN_ROLLUP_MEASURES
} pn_rollup_measure;

enum { PN_ROLLUP_REVERSED = 50, PN_ROLLUP_PAID_BEFORE = 100 };

typedef enum {
    PN_TOUCH_READ, /* whatever of the others, an open, or a reply */
    PN_TOUCH_CLICKED,
    PN_TOUCH_VISITED,
    PN_TOUCHES_COUNTED
} pn_rollup_touch;

enum { PN_ROLLUP_WORD = 40 };

/* Without gaps: keys are compared and hashed as bytes. What a measure does not use is 0. */
typedef struct {
    pn_id creditor_id, version_id;
    int64_t node, a, b, c;
    pn_date day;
    int32_t measure;
    char currency[4];
    char word[PN_ROLLUP_WORD + 4]; /* the first PN_ROLLUP_WORD bytes of it */
} pn_rollup_key;

typedef struct {
    pn_rollup_key key;
    int64_t count, amount;
} pn_rollup_row;

/* ── a log ── */

/* Zeroed is empty. */
typedef struct {
    pn_rollup_row *rows;
    size_t count, capacity;
    uint64_t added; /* how often, ever */
    size_t floor;   /* rows before it stand as they are: a savepoint may be undone to here */
    uint32_t *slots;
    size_t slot_count;
} pn_rollup_log;

void pn_rollup_log_done(pn_rollup_log *log);
void pn_rollup_log_clear(pn_rollup_log *log);
void pn_rollup_add(pn_rollup_log *log, const pn_rollup_key *key, int64_t count, int64_t amount);
/* What is added from here on can be undone; gives what pn_rollup_log_undo takes. */
size_t pn_rollup_log_mark(pn_rollup_log *log);
void pn_rollup_log_undo(pn_rollup_log *log, size_t mark);
/* Sets the word of a key, cut at a letter's end. */
void pn_rollup_word(pn_rollup_key *key, pn_str word);

/* ── stored ── */

/* Appends what the log holds, and clears it. */
PN_MUST_USE pn_err pn_rollup_flush(pn_db *db, pn_id org_id, pn_rollup_log *log);
/* Folds the oldest deltas of an organization, at most `max`; nobody else may write to it meanwhile.
 */
PN_MUST_USE pn_err pn_rollup_fold(pn_db *db, pn_id org_id, int64_t max, int64_t *ret_folded);
/* How many deltas wait, counted up to `max`. */
PN_MUST_USE pn_err pn_rollup_waiting(pn_db *db, pn_id org_id, int64_t max, int64_t *ret_count);
/* Forgets sums and deltas of a measure. */
PN_MUST_USE pn_err pn_rollup_forget(pn_db *db, pn_id org_id, pn_rollup_measure measure);
/* Sums and deltas, key by key in no order, deltas by themselves: of days from … to, both included.
 */
PN_MUST_USE pn_err pn_rollup_each(pn_db *db, pn_id org_id, pn_rollup_measure measure, pn_date from,
                                  pn_date to, void (*take)(void *context, const pn_rollup_row *row),
                                  void *context);
/* The same of one version of a strategy. */
PN_MUST_USE pn_err pn_rollup_of_version(pn_db *db, pn_id org_id, pn_rollup_measure measure,
                                        pn_id version_id, pn_date from, pn_date to,
                                        void (*take)(void *context, const pn_rollup_row *row),
                                        void *context);

/* Figures that have to be made anew, because an older program made them: its database's schema says
 * so when it is brought up to date. An organization keeps the time zone that it was made with. */
PN_MUST_USE pn_err pn_rollup_is_stale(pn_db *db, pn_id org_id, bool *ret_stale);
PN_MUST_USE pn_err pn_rollup_made_anew(pn_db *db, pn_id org_id);

/* ── credited ── */

typedef struct {
    pn_id debtor_id, entry_id, org_id, invoice_id, creditor_id;
    pn_currency currency;
    pn_date day;
    int64_t amount;
    pn_id carrier_id, template_id;
    int64_t channel;
    pn_id version_id;
    int64_t node;
    pn_str phase;
    bool by_hand;
} pn_credited_row;

PN_MUST_USE pn_err pn_credited_insert(pn_db *db, const pn_credited_row *row);
/* NOT_FOUND: an older program's. */
PN_MUST_USE pn_err pn_credited_get(pn_db *db, pn_id debtor_id, pn_id entry_id, pn_arena *arena,
                                   pn_credited_row *ret_row);
/* Fills carrier, template, channel, version and node from the last carrier that left to the debtor
 * about the account on a day from … to; NOT_FOUND. */
PN_MUST_USE pn_err pn_credited_carrier(pn_db *db, pn_id account_id, pn_date from, pn_date to,
                                       pn_credited_row *row);
/* Whether a person of ours did a task or spoke with the debtor in that time. */
PN_MUST_USE pn_err pn_credited_by_hand(pn_db *db, pn_id debtor_id, pn_time from, pn_time to,
                                       bool *ret_by_hand);
/* The case that works the invoice, its own before the account's: version, node and memory (its
 * phase); NOT_FOUND where none is active. */
PN_MUST_USE pn_err pn_credited_case(pn_db *db, pn_id debtor_id, pn_id account_id, pn_id invoice_id,
                                    pn_arena *arena, pn_id *ret_version, int64_t *ret_node,
                                    pn_str *ret_memory);

#endif
