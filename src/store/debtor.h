/* Debtors: their keys, contacts, attributes. */
#ifndef PN_STORE_DEBTOR_H
#define PN_STORE_DEBTOR_H

#include "core/fact.h"
#include "store/db.h"

/* What else there is to load for a debtor: bits of `flags`. They may be set without need, never
 * missing. */
enum {
    PN_DEBTOR_HAS_ATTRS = 1,
    PN_DEBTOR_HAS_HOLDS = 2,
    PN_DEBTOR_HAS_PROMISES = 4, /* an open one */
    PN_DEBTOR_HAS_ARMS = 8,
    PN_DEBTOR_HAS_SIGNALS = 16,
    PN_DEBTOR_HAS_CREDIT = 32,   /* unapplied money, or a hold of the chase for unmatched money */
    PN_DEBTOR_HAS_REPORTED = 64, /* an invoice said to be paid */
    PN_DEBTOR_HAS_PLANS = 128,
    PN_DEBTOR_HAS_PROTECTIONS = 256,
};

typedef enum { PN_DEBTOR_UNKNOWN, PN_DEBTOR_PERSON, PN_DEBTOR_COMPANY } pn_debtor_kind;

typedef struct {
    pn_id id;
    pn_id org_id;
    pn_id creditor_id;
    pn_str external_id, external_id_fold;
    pn_str name, name_fold;
    pn_str tax_id;
    pn_debtor_kind kind;
    pn_str country, region, zone, language;
    pn_str owner, owner_fold, salesperson, salesperson_fold;
    pn_id parent_id;
    int32_t grace_days;
    uint32_t payment_days;
    uint16_t closed_months;
    uint32_t channels;
    uint32_t flags;
    int32_t promises_kept, promises_broken;
    pn_str barred_reason;
    pn_date barred_until; /* PN_DATE_NONE: without end */
    int64_t seq;
    pn_time wake_at;
    pn_id last_event_id;
    pn_time created_at;
} pn_debtor_row;

PN_MUST_USE pn_err pn_debtor_insert(pn_db *db, const pn_debtor_row *row);
/* Everything but id, org, counters, seq, wake_at and the event chain; raises seq. */
PN_MUST_USE pn_err pn_debtor_update(pn_db *db, const pn_debtor_row *row);
PN_MUST_USE pn_err pn_debtor_get(pn_db *db, pn_id id, pn_arena *arena, pn_debtor_row *ret_row);
/* Those of `org_id` with first ≤ id ≤ last, in the order of ids. */
PN_MUST_USE pn_err pn_debtor_range(pn_db *db, pn_id org_id, pn_id first, pn_id last,
                                   pn_arena *arena, pn_debtor_row **ret_rows, size_t *ret_count);
/* What a list of debtors is narrowed by; empty and 0: by nothing. */
typedef struct {
    pn_str search;     /* folded, without accents: a piece of the name */
    pn_str key_fold;   /* folded: or the beginning of its key */
    pn_str tax_id;     /* or else the beginning of the tax id, as it is written */
    pn_str owner_fold; /* of the collector's key */
    pn_id parent_id, creditor_id;
} pn_debtor_filter;

/* Those of `org_id` behind `after` that fit, in the order of ids, at most `limit`; archived ones
 * are left out. */
PN_MUST_USE pn_err pn_debtor_page(pn_db *db, pn_id org_id, pn_id after,
                                  const pn_debtor_filter *filter, int64_t limit, pn_arena *arena,
                                  pn_debtor_row **ret_rows, size_t *ret_count);
/* For a shared database: these ones of `org_id`, in the same order. */
PN_MUST_USE pn_err pn_debtor_of_ids(pn_db *db, pn_id org_id, const pn_id *ids, size_t count,
                                    pn_arena *arena, pn_debtor_row **ret_rows, size_t *ret_count);
/* A fact that the guard reads changed: raises seq, sets `flags_on`, clears `flags_off`. */
PN_MUST_USE pn_err pn_debtor_touch(pn_db *db, pn_id id, uint32_t flags_on, uint32_t flags_off);
/* The same for what the guard does not read: seq stays. */
PN_MUST_USE pn_err pn_debtor_set_wake(pn_db *db, pn_id id, pn_time wake_at);
PN_MUST_USE pn_err pn_debtor_set_last_event(pn_db *db, pn_id id, pn_id event_id);
PN_MUST_USE pn_err pn_debtor_set_last_event_flags(pn_db *db, pn_id id, pn_id event_id,
                                                  uint32_t flags_on);
PN_MUST_USE pn_err pn_debtor_set_channels(pn_db *db, pn_id id, uint32_t channels);
PN_MUST_USE pn_err pn_debtor_count_promise(pn_db *db, pn_id id, bool kept);
/* `ret_changed` is false, and nothing is written, where it stood so already. */
PN_MUST_USE pn_err pn_debtor_bar(pn_db *db, pn_id id, pn_str reason, pn_date until,
                                 bool *ret_changed);
/* Debtors whose own timers are due, ascending, at most `max`. */
PN_MUST_USE pn_err pn_debtor_due(pn_db *db, pn_id org_id, pn_time now, size_t max, pn_arena *arena,
                                 pn_id **ret_ids, size_t *ret_count);
/* The earliest timer of all; PN_TIME_NEVER for none. */
PN_MUST_USE pn_err pn_debtor_next_wake(pn_db *db, pn_id org_id, pn_time *ret_wake);
/* Locks debtors, which ascend, until the transaction ends. Where the database is not shared there
 * is nothing to do: the single writer is the lock of all of them. */
PN_MUST_USE pn_err pn_debtors_lock(pn_db *db, const pn_id *ids, size_t count);
/* The same without waiting; not `ret_locked` when somebody else has one of them. */
PN_MUST_USE pn_err pn_debtors_try_lock(pn_db *db, const pn_id *ids, size_t count, bool *ret_locked);
/* Locks those of a range that have a message in the queue. */
PN_MUST_USE pn_err pn_debtors_lock_queued(pn_db *db, pn_id org_id, pn_id first, pn_id last);
/* For a shared database: locks those whose own timer is due, and gives them. */
PN_MUST_USE pn_err pn_debtors_lock_due(pn_db *db, const pn_id *ids, size_t count, pn_time now,
                                       pn_arena *arena, pn_id **ret_ids, size_t *ret_count);
/* seq alone, for the check before sending. */
PN_MUST_USE pn_err pn_debtor_seq(pn_db *db, pn_id id, int64_t *ret_seq);

/* The debtor behind an ERP's key; NOT_FOUND. */
PN_MUST_USE pn_err pn_debtor_by_key(pn_db *db, pn_id creditor_id, pn_str external_id,
                                    pn_id *ret_id);
PN_MUST_USE pn_err pn_debtor_key_insert(pn_db *db, pn_id org_id, pn_id creditor_id,
                                        pn_str external_id, pn_id debtor_id);

/* ── contacts ── */

typedef enum {
    PN_CONTACT_USABLE,
    PN_CONTACT_BOUNCED,
    PN_CONTACT_INVALID,
    PN_CONTACT_OPTED_OUT,
} pn_contact_state;

/* Order is stored. */
typedef enum { PN_CONSENT_UNKNOWN, PN_CONSENT_GIVEN, PN_CONSENT_WITHDRAWN } pn_consent;

/* A contact of this relation is written to only in place of the debtor (core/policy.h). */
#define PN_RELATION_REPRESENTATIVE "representative"

const char *pn_contact_state_name(pn_contact_state state);

typedef struct {
    pn_id debtor_id;
    pn_id id;
    pn_id org_id;
    pn_channel_kind channel;
    pn_str address, address_fold;
    pn_str name, relation;
    pn_contact_state state;
    pn_str state_reason;
    pn_time state_at;
    int32_t rank;
    bool shared;
    pn_time created_at;
    pn_consent consent; /* to be contacted there */
    pn_str consent_source;
    pn_time consent_at; /* PN_TIME_NONE: nothing is known */
} pn_contact_row;

const char *pn_consent_name(pn_consent consent);

PN_MUST_USE pn_err pn_contact_insert(pn_db *db, const pn_contact_row *row);
/* Those of debtors first … last, by debtor, rank and id. */
PN_MUST_USE pn_err pn_contact_range(pn_db *db, pn_id first, pn_id last, pn_arena *arena,
                                    pn_contact_row **ret_rows, size_t *ret_count);
PN_MUST_USE pn_err pn_contact_set_state(pn_db *db, pn_id debtor_id, pn_id id,
                                        pn_contact_state state, pn_str reason, pn_time at);
PN_MUST_USE pn_err pn_contact_set_consent(pn_db *db, pn_id debtor_id, pn_id id, pn_consent consent,
                                          pn_str source, pn_time at);
/* Debtors of the organization that have this address, in id order (at most `max`). */
PN_MUST_USE pn_err pn_contact_debtors(pn_db *db, pn_id org_id, pn_channel_kind channel,
                                      pn_str address_fold, size_t max, pn_arena *arena,
                                      pn_id **ret_ids, size_t *ret_count);
/* Marks those of these addresses that several debtors have; of a database that is shared alone. */
PN_MUST_USE pn_err pn_contact_share_many(pn_db *db, pn_id org_id, const pn_id *channels,
                                         const pn_str *folds, size_t count);
PN_MUST_USE pn_err pn_contact_set_shared(pn_db *db, pn_id org_id, pn_channel_kind channel,
                                         pn_str address_fold);

/* ── attributes ── */

PN_MUST_USE pn_err pn_attribute_put(pn_db *db, pn_id org_id, pn_id debtor_id, pn_id owner_id,
                                    const pn_attr *attr);
PN_MUST_USE pn_err pn_attribute_list(pn_db *db, pn_id debtor_id, pn_id owner_id, pn_arena *arena,
                                     pn_attr **ret_attrs, size_t *ret_count);

#endif
