/* Payment methods of creditors, payment intents, and what providers told. */
#ifndef PN_STORE_PAYIN_H
#define PN_STORE_PAYIN_H

#include "base/money.h"
#include "core/payin.h"
#include "store/db.h"

/* ── methods ── */

typedef struct {
    pn_id org_id;
    pn_id creditor_id; /* 0: every creditor */
    pn_str country;    /* of the debtor; empty: all */
    pn_str kind;       /* "transfer", "voucher", or a provider's name */
    pn_str settings;   /* JSON */
    int64_t position;
    pn_str paused; /* not empty: not offered, and why */
    pn_time updated_at;
} pn_method_row;

PN_MUST_USE pn_err pn_method_put(pn_db *db, const pn_method_row *row);
/* NOT_FOUND when there is none. */
PN_MUST_USE pn_err pn_method_remove(pn_db *db, pn_id org_id, pn_id creditor_id, pn_str country,
                                    pn_str kind);
/* Of a creditor, or of all (0), by position and kind; those for all creditors are among them. */
PN_MUST_USE pn_err pn_method_list(pn_db *db, pn_id org_id, pn_id creditor_id, pn_arena *arena,
                                  pn_method_row **ret_rows, size_t *ret_count);

/* ── intents ── */

typedef struct {
    pn_id id, org_id, creditor_id, debtor_id, account_id;
    pn_str provider, ref, money_ref;
    pn_currency currency;
    int64_t amount, refunded;
    pn_payin_state state;
    pn_str origin, invoices, url, method, reason;
    pn_id instrument_id, payment_id;
    pn_time created_at, expires_at;
    pn_time settled_at; /* PN_TIME_NONE: under way */
    pn_time poll_at;    /* PN_TIME_NEVER */
    int64_t asked;
} pn_payin_row;

PN_MUST_USE pn_err pn_payin_insert(pn_db *db, const pn_payin_row *row);
/* Everything that may change: what the provider said, state, books, times. */
PN_MUST_USE pn_err pn_payin_update(pn_db *db, const pn_payin_row *row);
PN_MUST_USE pn_err pn_payin_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena,
                                pn_payin_row *ret_row);
/* By the provider's id of it or of its money; NOT_FOUND. */
PN_MUST_USE pn_err pn_payin_by_ref(pn_db *db, pn_id org_id, pn_str provider, pn_str ref,
                                   pn_arena *arena, pn_payin_row *ret_row);
/* The debtor's, newest first, at most `max`. */
PN_MUST_USE pn_err pn_payin_of_debtor(pn_db *db, pn_id debtor_id, int64_t max, pn_arena *arena,
                                      pn_payin_row **ret_rows, size_t *ret_count);
/* Those whose provider is to be asked by now, at most `max`. */
PN_MUST_USE pn_err pn_payin_due(pn_db *db, pn_id org_id, pn_time now, int64_t max, pn_arena *arena,
                                pn_payin_row **ret_rows, size_t *ret_count);

/* ── events ── */

typedef struct {
    pn_id id, org_id, creditor_id;
    pn_str provider, event_id, kind;
    pn_id intent_id, debtor_id;
    pn_str verdict, body;
    pn_time received_at;
} pn_provider_event_row;

/* CONFLICT when the provider told it before. */
PN_MUST_USE pn_err pn_provider_event_insert(pn_db *db, const pn_provider_event_row *row);
PN_MUST_USE pn_err pn_provider_event_settle(pn_db *db, pn_id id, pn_id intent_id, pn_id debtor_id,
                                            pn_str verdict);

/* ── the simulated bank's books ── */

typedef struct {
    pn_str ref;
    pn_id org_id;
    pn_money amount;
    pn_payin_state state;
    pn_time becomes_paid_at; /* PN_TIME_NEVER */
    pn_str reason;
} pn_simulated_row;

PN_MUST_USE pn_err pn_simulated_put(pn_db *db, const pn_simulated_row *row);
PN_MUST_USE pn_err pn_simulated_get(pn_db *db, pn_str ref, pn_arena *arena,
                                    pn_simulated_row *ret_row);

#endif
