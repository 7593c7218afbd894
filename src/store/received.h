/* Mail that came in, and where it is fetched from. */
#ifndef PN_STORE_RECEIVED_H
#define PN_STORE_RECEIVED_H

#include "base/hash.h"
#include "store/content.h"
#include "store/db.h"

/* How a mail was found to belong to a debtor. Order is stored. */
typedef enum {
    PN_MATCHED_NONE,
    PN_MATCHED_VERP,       /* it was sent to an address that only we can make */
    PN_MATCHED_MESSAGE_ID, /* it names the Message-ID of a mail of ours */
    PN_MATCHED_REFERENCES,
    PN_MATCHED_ADDRESS, /* its sender is a contact of exactly one debtor */
    PN_MATCHED_PERSON,  /* somebody said so */
} pn_matched;

/* Order is stored. */
typedef enum {
    PN_RECEIVED_UNMATCHED,
    PN_RECEIVED_MATCHED, /* a person reads it: there is or was a task */
    PN_RECEIVED_IGNORED, /* a person said so */
    PN_RECEIVED_HANDLED, /* what was to do was done without a person */
} pn_received_state;

enum { PN_MATCHED_KINDS = PN_MATCHED_PERSON + 1, PN_RECEIVED_STATES = PN_RECEIVED_HANDLED + 1 };

const char *pn_matched_name(pn_matched matched);
const char *pn_received_state_name(pn_received_state state);

typedef struct {
    pn_id id, org_id;
    pn_sha256 source_hash;
    pn_str source;
    int64_t uid;
    pn_time at, recorded_at;
    pn_time written_at; /* PN_TIME_NONE: it has no Date */
    pn_str message_id, sender, sender_name, sent_to, subject;
    int class; /* pn_mail_class */
    pn_str status, reason, recipient;
    pn_str text, suggestion;
    int opt_out; /* pn_optout */
    pn_matched matched_by;
    pn_id carrier_id, debtor_id;
    pn_received_state state;
    pn_str note;
} pn_received_row;

/* CONFLICT when this mail was received before. */
PN_MUST_USE pn_err pn_received_insert(pn_db *db, const pn_received_row *row);
/* Matched_by, carrier, debtor, state, note. */
PN_MUST_USE pn_err pn_received_update(pn_db *db, const pn_received_row *row);
PN_MUST_USE pn_err pn_received_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena,
                                   pn_received_row *ret_row);
/* The mail of that hash; NOT_FOUND. */
PN_MUST_USE pn_err pn_received_by_hash(pn_db *db, pn_id org_id, const pn_sha256 *hash,
                                       pn_id *ret_id);

/* Whether the same mail came before by another way: with the same Message-ID, sender and words,
 * about the same message and debtor. Only its way here, and so its bytes, differ. */
PN_MUST_USE pn_err pn_received_has_twin(pn_db *db, const pn_received_row *row, bool *ret_has);

typedef struct {
    int state;       /* -1: any */
    int class;       /* -1: any */
    pn_id debtor_id; /* 0: any */
    int64_t limit;
} pn_received_filter;

/* Newest first. */
PN_MUST_USE pn_err pn_received_list(pn_db *db, pn_id org_id, const pn_received_filter *filter,
                                    pn_arena *arena, pn_received_row **ret_rows, size_t *ret_count);
/* The reason of a report that a mail is late and still being tried: no bounce yet. */
#define PN_RECEIVED_DELAYED PN_STR("delayed")
/* Mails of that class about this address since `since`, but for delays. */
PN_MUST_USE pn_err pn_received_count(pn_db *db, pn_id org_id, pn_str recipient, int class,
                                     pn_time since, int64_t *ret_count);

/* All mails of that class since `since`. */
PN_MUST_USE pn_err pn_received_count_class(pn_db *db, pn_id org_id, int class, pn_time since,
                                           int64_t *ret_count);

PN_MUST_USE pn_err pn_received_put_content(pn_db *db, pn_id org_id, pn_id mail_id,
                                           const pn_packed *content, bool whole);
PN_MUST_USE pn_err pn_received_content(pn_db *db, pn_id mail_id, pn_arena *arena,
                                       pn_str *ret_content, bool *ret_whole);

/* ── mailboxes ── */

typedef struct {
    pn_id org_id;
    pn_str name, settings;
    pn_time checked_at; /* PN_TIME_NONE: never */
    pn_str trouble;
    pn_time updated_at;
} pn_mailbox_row;

/* Inserts it, or replaces its settings. */
PN_MUST_USE pn_err pn_mailbox_put(pn_db *db, const pn_mailbox_row *row);
PN_MUST_USE pn_err pn_mailbox_get(pn_db *db, pn_id org_id, pn_str name, pn_arena *arena,
                                  pn_mailbox_row *ret_row);
/* By name. */
PN_MUST_USE pn_err pn_mailbox_list(pn_db *db, pn_id org_id, pn_arena *arena,
                                   pn_mailbox_row **ret_rows, size_t *ret_count);
/* NOT_FOUND when there is none. */
PN_MUST_USE pn_err pn_mailbox_remove(pn_db *db, pn_id org_id, pn_str name);
PN_MUST_USE pn_err pn_mailbox_checked(pn_db *db, pn_id org_id, pn_str name, pn_time at,
                                      pn_str trouble);

/* How far a source was read; zeros when it never was. */
PN_MUST_USE pn_err pn_mailbox_position(pn_db *db, pn_id org_id, pn_str source,
                                       uint32_t *ret_uid_validity, uint32_t *ret_last_uid);
PN_MUST_USE pn_err pn_mailbox_set_position(pn_db *db, pn_id org_id, pn_str source,
                                           uint32_t uid_validity, uint32_t last_uid);

#endif
