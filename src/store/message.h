/* Message intents, carriers, attempts, contacts made, signals. */
#ifndef PN_STORE_MESSAGE_H
#define PN_STORE_MESSAGE_H

#include "core/gate.h"
#include "store/content.h"
#include "store/db.h"

typedef struct {
    pn_id id;
    pn_id org_id;
    pn_id debtor_id;
    pn_id run_id;
    uint32_t visit, ordinal;
    pn_id prev_id;
    uint32_t node; /* PN_NODE_NONE: no node of the run wrote it */
    pn_channel_kind channel;
    uint8_t tone;
    pn_message_state state;
    pn_str template_name;
    pn_time not_before, supersede_at;
    pn_time lease_until;
    int32_t attempts;
    pn_time first_try_at; /* PN_TIME_NONE: not tried yet */
    pn_id contact_id, carrier_id;
    pn_time settled_at; /* PN_TIME_NONE while open */
    pn_str reason;
    pn_str params;
} pn_message_row;

/* CONFLICT when an open intent of the same (debtor, run, visit, ordinal) exists. */
PN_MUST_USE pn_err pn_message_insert(pn_db *db, const pn_message_row *row);
/* State, not_before, lease, attempts, contact, carrier, settled_at, reason, tone. */
PN_MUST_USE pn_err pn_message_update(pn_db *db, const pn_message_row *row);
PN_MUST_USE pn_err pn_message_get(pn_db *db, pn_id id, pn_arena *arena, pn_message_row *ret_row);
/* For a shared database: those of these ids, ascending. */
PN_MUST_USE pn_err pn_message_of_ids(pn_db *db, pn_id org_id, const pn_id *ids, size_t count,
                                     pn_arena *arena, pn_message_row **ret_rows, size_t *ret_count);
/* Queued ones of debtors first … last, by debtor, run, visit, ordinal. */
PN_MUST_USE pn_err pn_message_queued_range(pn_db *db, pn_id org_id, pn_id first, pn_id last,
                                           pn_arena *arena, pn_message_row **ret_rows,
                                           size_t *ret_count);
/* The organization's below `before` (INT64_MAX: all), the newest first; of one debtor, or with 0 of
 * all. */
PN_MUST_USE pn_err pn_message_page(pn_db *db, pn_id org_id, pn_id debtor_id, pn_id before,
                                   int64_t limit, pn_arena *arena, pn_message_row **ret_rows,
                                   size_t *ret_count);
/* Queued ones that may leave before `until`, behind one that was seen (INT64_MIN: from the
 * beginning), by debtor and id. */
PN_MUST_USE pn_err pn_message_waiting(pn_db *db, pn_id org_id, pn_time until, pn_id after_debtor,
                                      pn_id after_id, int64_t limit, pn_arena *arena,
                                      pn_message_row **ret_rows, size_t *ret_count);
/* All that wait become uncertain: another copy of the database may have sent them. */
PN_MUST_USE pn_err pn_message_doubt_waiting(pn_db *db, pn_id org_id, pn_str reason, pn_time at,
                                            int64_t *ret_count);
/* Uncertain ones, oldest first. */
PN_MUST_USE pn_err pn_message_uncertain_list(pn_db *db, pn_id org_id, int64_t limit,
                                             pn_arena *arena, pn_message_row **ret_rows,
                                             size_t *ret_count);
/* The run's messages, newest first, by following prev_id from `last_id`; at most `max`. */
PN_MUST_USE pn_err pn_message_chain(pn_db *db, pn_id last_id, size_t max, pn_arena *arena,
                                    pn_message_row **ret_rows, size_t *ret_count);
/* Queued messages of a debtor that were put off for this reason are due at `at`. */
PN_MUST_USE pn_err pn_message_due_again(pn_db *db, pn_id org_id, pn_id debtor_id, pn_str reason,
                                        pn_time at);
/* The same for every debtor of the organization. */
PN_MUST_USE pn_err pn_message_due_again_all(pn_db *db, pn_id org_id, pn_str reason, pn_time at);
/* The smallest not_before of queued messages of debtors first … last. */
PN_MUST_USE pn_err pn_message_min_due(pn_db *db, pn_id org_id, pn_id first, pn_id last,
                                      pn_time *ret_due);

typedef struct {
    pn_id debtor_id;
    pn_time not_before; /* the smallest of its queued messages */
} pn_message_due;

/* For a shared database: of these debtors, those that have queued messages. */
PN_MUST_USE pn_err pn_message_due_of_debtors(pn_db *db, pn_id org_id, const pn_id *debtors,
                                             size_t count, pn_arena *arena,
                                             pn_message_due **ret_rows, size_t *ret_count);

/* ── carriers ── */

typedef struct {
    pn_id id;
    pn_id org_id;
    pn_id creditor_id;
    pn_id debtor_id;
    pn_channel_kind channel;
    pn_id contact_id;
    pn_str address;
    pn_date day;
    pn_message_state state;
    pn_purpose purpose;
    uint8_t tone;
    pn_id template_id;
    pn_str language;
    pn_str subject;
    bool has_content;
    pn_str hash;
    pn_str facts;
    int32_t attempts;
    pn_time lease_until;
    pn_time at;
    pn_time settled_at;
    pn_str status, reply, provider_id;
    pn_id event_id;   /* the event that sealed its fate; 0 while it is open */
    pn_str domain;    /* its Message-ID is its public id at this domain */
    pn_id parent_id;  /* the carrier whose mail it answers in a thread; 0: it begins one */
    pn_id version_id; /* of the step that wrote it; 0: not known */
    int64_t node;     /* in that version; −1: none */
} pn_carrier_row;

/* A mail of a thread. */
typedef struct {
    pn_id carrier_id;
    pn_str domain, subject;
} pn_thread_mail;

enum { PN_THREAD_MAX = 64 };

/* The newest mail to this address that left for the message or one before it in its run, then what
 * that one answers, and so on: the newest first, none where none left, PN_THREAD_MAX at most. */
PN_MUST_USE pn_err pn_carrier_thread(pn_db *db, pn_id message_id, pn_id creditor_id, pn_str address,
                                     pn_arena *arena, pn_thread_mail **ret_mails,
                                     size_t *ret_count);

PN_MUST_USE pn_err pn_carrier_insert(pn_db *db, const pn_carrier_row *row);
/* Subject, content and hash, before the network sees them. */
PN_MUST_USE pn_err pn_carrier_set_content(pn_db *db, pn_id org_id, pn_id id, pn_id template_id,
                                          pn_str language, pn_str subject, const pn_packed *content,
                                          pn_str hash);

/* A document that went with a carrier, or was left out. */
typedef struct {
    pn_str name;
    int64_t size;
    pn_sha256 hash; /* all zero: it was not made */
    bool attached;
    pn_str remark; /* why it is left out or another than wanted: a word; empty */
} pn_carrier_file;

PN_MUST_USE pn_err pn_carrier_set_files(pn_db *db, pn_id org_id, pn_id carrier_id,
                                        const pn_carrier_file *files, size_t count);
PN_MUST_USE pn_err pn_carrier_files(pn_db *db, pn_id carrier_id, pn_arena *arena,
                                    pn_carrier_file **ret_files, size_t *ret_count);
PN_MUST_USE pn_err pn_carrier_settle(pn_db *db, pn_id id, pn_message_state state, pn_time at,
                                     pn_str status, pn_str reply, pn_str provider_id,
                                     pn_id event_id);
/* Accepted first, refused later. */
PN_MUST_USE pn_err pn_carrier_delivered(pn_db *db, pn_id id);
PN_MUST_USE pn_err pn_carrier_bounced(pn_db *db, pn_id id, pn_str status, pn_str reply);
PN_MUST_USE pn_err pn_carrier_get(pn_db *db, pn_id id, pn_arena *arena, pn_carrier_row *ret_row);
PN_MUST_USE pn_err pn_carrier_content(pn_db *db, pn_id id, pn_arena *arena, pn_str *ret_content);
/* Those that were being sent and whose lease ends before that: what a crash left behind. */
PN_MUST_USE pn_err pn_carrier_sending(pn_db *db, pn_id org_id, pn_time lease_before,
                                      pn_arena *arena, pn_carrier_row **ret_rows,
                                      size_t *ret_count);
/* Whether there is one. */
PN_MUST_USE pn_err pn_carriers_left(pn_db *db, pn_id org_id, pn_time lease_before, bool *ret_left);
/* For a shared database: those of some that are still being sent, ascending. */
PN_MUST_USE pn_err pn_carriers_still_sending(pn_db *db, pn_id org_id, const pn_id *ids,
                                             size_t count, pn_arena *arena, pn_id **ret_ids,
                                             size_t *ret_count);
PN_MUST_USE pn_err pn_attempt_insert(pn_db *db, pn_id org_id, pn_id carrier_id, int number,
                                     pn_time at, pn_time recorded_at, int outcome, pn_str address,
                                     pn_str status, pn_str reply);

/* ── contacts made ── */

PN_MUST_USE pn_err pn_contact_made_insert(pn_db *db, pn_id org_id, pn_id debtor_id, pn_id id,
                                          const pn_contact_made *made, pn_id carrier_id);
/* Releases a quota that was reserved for a carrier of which nothing was transmitted. */
PN_MUST_USE pn_err pn_contact_made_release(pn_db *db, pn_id debtor_id, pn_id carrier_id);
/* Since `since`, oldest first, of one debtor. */
PN_MUST_USE pn_err pn_contact_made_list(pn_db *db, pn_id debtor_id, pn_time since, pn_arena *arena,
                                        pn_contact_made **ret_made, size_t *ret_count);

typedef struct {
    pn_contact_made made;
    pn_id debtor_id;
} pn_contact_made_by;

/* Of debtors first … last, by debtor. */
PN_MUST_USE pn_err pn_contact_made_range(pn_db *db, pn_id first, pn_id last, pn_time since,
                                         pn_arena *arena, pn_contact_made_by **ret_made,
                                         size_t *ret_count);

/* ── signals ── */

typedef struct {
    pn_id debtor_id, id, org_id;
    pn_signal_kind kind;
    pn_signal_source source;
    pn_time at, recorded_at;
    pn_id carrier_id;
    pn_str detail;
} pn_signal_row;

PN_MUST_USE pn_err pn_signal_insert(pn_db *db, const pn_signal_row *row);
PN_MUST_USE pn_err pn_signal_list(pn_db *db, pn_id debtor_id, pn_arena *arena,
                                  pn_signal_row **ret_rows, size_t *ret_count);

#endif
