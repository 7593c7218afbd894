/* Events: what happened, with proof.
 *
 * An event keeps SHA-256(salt ‖ payload); each commit seals a Merkle root (RFC 6962) over the
 * hashes of its events in a block that holds the previous block's hash. Erasing a person deletes
 * payload and salt and leaves the proof. */
#ifndef PN_STORE_EVENT_H
#define PN_STORE_EVENT_H

#include "base/hash.h"
#include "store/db.h"

/* Order is stored: append only. */
typedef enum {
    PN_EVENT_STEP, /* a run moved, with what it commanded */
    PN_EVENT_ENROLLED,
    PN_EVENT_MESSAGE_SENT,
    PN_EVENT_MESSAGE_FAILED,
    PN_EVENT_MESSAGE_SKIPPED,
    PN_EVENT_MESSAGE_DELAYED,
    PN_EVENT_MESSAGE_RETRY,
    PN_EVENT_MESSAGE_UNCERTAIN,
    PN_EVENT_INVOICE, /* imported or corrected */
    PN_EVENT_PAYMENT,
    PN_EVENT_PAYMENT_REVERSED,
    PN_EVENT_CREDIT,
    PN_EVENT_CHARGE,
    PN_EVENT_PROMISE,
    PN_EVENT_PROMISE_JUDGED,
    PN_EVENT_DISPUTE,
    PN_EVENT_DISPUTE_CLOSED,
    PN_EVENT_INSTRUMENT,
    PN_EVENT_PLAN,
    PN_EVENT_HOLD,
    PN_EVENT_RELEASE,
    PN_EVENT_SIGNAL,
    PN_EVENT_CONTACT,
    PN_EVENT_TASK,
    PN_EVENT_NOTE,
    PN_EVENT_PUBLISHED, /* strategy, template, policy */
    PN_EVENT_SETTING,
    PN_EVENT_PROTECTION, /* a debtor is protected, or no more */
    PN_EVENT_MAIL,       /* a mail came in */
    PN_EVENT_ERASED,     /* what is personal about a debtor was erased */
    PN_EVENT_LINK,       /* a link was made for a debtor, or ended */
    PN_EVENT_CHANGED,    /* somebody changed people, keys or settings: before and after */
    PN_EVENT_ERRAND,     /* another system was asked, and what came of it */
    PN_EVENT_OFFER,      /* something was offered, accepted, withdrawn */
    PN_EVENT_JOB,        /* long work was asked for, or is over */
    PN_EVENTS
} pn_event_kind;

const char *pn_event_kind_name(pn_event_kind kind);

enum { PN_SALT_BYTES = 16 };

typedef struct {
    pn_id id, org_id, debtor_id, run_id, prev_id;
    pn_time at, recorded_at;
    pn_event_kind kind;
    pn_str actor;
    uint8_t salt[PN_SALT_BYTES];
    pn_sha256 hash;
    pn_str body; /* canonical JSON */
    bool erased; /* read: salt and body are gone */
} pn_event_row;

/* SHA-256(salt ‖ payload); the payload is kind, ids, times and body in a fixed form. */
pn_sha256 pn_event_hash(const pn_event_row *row);

PN_MUST_USE pn_err pn_event_insert(pn_db *db, const pn_event_row *row);
PN_MUST_USE pn_err pn_event_get(pn_db *db, pn_id id, pn_arena *arena, pn_event_row *ret_row);
/* That something happened, and to whom. */
typedef struct {
    pn_id id, debtor_id, run_id;
    pn_event_kind kind;
} pn_event_hint;
/* The organization's behind `after`, ascending, at most `max`. On a shared database ids of several
 * writers do not come in the order of their commits: one may be missed, so it is a hint. */
PN_MUST_USE pn_err pn_event_hints(pn_db *db, pn_id org_id, pn_id after, int64_t max,
                                  pn_arena *arena, pn_event_hint **ret_rows, size_t *ret_count);
/* The organization's newest; 0 for none. */
PN_MUST_USE pn_err pn_event_newest(pn_db *db, pn_id org_id, pn_id *ret_id);
/* Newest first, following prev_id from `last_id`; at most `max`. */
PN_MUST_USE pn_err pn_event_chain(pn_db *db, pn_id last_id, size_t max, pn_arena *arena,
                                  pn_event_row **ret_rows, size_t *ret_count);

typedef struct {
    pn_id id;
    pn_id first_event, last_event;
    int64_t events;
    pn_sha256 root, prev_hash, hash;
    pn_time at;
} pn_block_row;

/* SHA-256 over every other field. */
pn_sha256 pn_block_hash(const pn_block_row *row);
PN_MUST_USE pn_err pn_block_insert(pn_db *db, const pn_block_row *row);
/* A block's id is its log's number and, from 1, its own within the log. */
static inline pn_id pn_block_first_id(unsigned log) {
    return ((pn_id)log << 40) + 1;
}
/* The newest block of a log; NOT_FOUND for none. */
PN_MUST_USE pn_err pn_block_newest(pn_db *db, unsigned log, pn_block_row *ret_row);

#endif
