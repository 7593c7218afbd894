/* Identifiers: 64 bits, ordered by the time they were made.
 *
 *   1 bit 0 | 41 bits milliseconds since 2024-01-01 UTC | 9 bits node | 13 bits sequence
 *
 * A maker never goes back: when the clock does, or when 8,192 ids were made in a millisecond, it
 * borrows the next millisecond. The highest id a node may have made is leased in the database
 * ahead of use (store/ids), so a restart cannot repeat one. Every id stays below 2^63.
 *
 * In public an id is a prefix, an underscore and 13 letters of Crockford's base 32:
 * "inv_0b8x3k2v7q1zc". */
#ifndef PN_BASE_ID_H
#define PN_BASE_ID_H

#include "base/str.h"
#include "base/time.h"

typedef int64_t pn_id; /* 0 is no id */

#define PN_ID_EPOCH_MS INT64_C(1704067200000) /* 2024-01-01T00:00:00Z */

typedef struct {
    int64_t last;
    unsigned node; /* 0–511 */
} pn_id_maker;

enum { PN_ID_NODES = 512, PN_ID_TEXT_SIZE = 24, PN_ID_LETTERS = 13 };

/* `floor` is the highest id that this node may have given out before. */
pn_id_maker pn_id_maker_from(unsigned node, pn_id floor);
pn_id pn_id_next(pn_id_maker *maker, pn_time now);
/* When the id was made, to the millisecond. */
pn_time pn_id_time(pn_id id);
/* Whose maker made it. */
unsigned pn_id_node(pn_id id);

typedef enum {
    PN_ID_ORGANIZATION,
    PN_ID_CREDITOR,
    PN_ID_DEBTOR,
    PN_ID_CONTACT,
    PN_ID_INVOICE,
    PN_ID_LEDGER_ENTRY,
    PN_ID_PAYMENT,
    PN_ID_STRATEGY,
    PN_ID_VERSION,
    PN_ID_RUN,
    PN_ID_MESSAGE,
    PN_ID_CARRIER,
    PN_ID_TEMPLATE,
    PN_ID_TASK,
    PN_ID_EVENT,
    PN_ID_PROMISE,
    PN_ID_PLAN,
    PN_ID_DISPUTE,
    PN_ID_HOLD,
    PN_ID_INSTRUMENT,
    PN_ID_IMPORT,
    PN_ID_SIGNAL,
    PN_ID_CHANNEL,
    PN_ID_POLICY,
    PN_ID_PERSON,
    PN_ID_RECEIVED,
    PN_ID_PAYIN,
    PN_ID_LINK,
    PN_ID_USER,
    PN_ID_SESSION,
    PN_ID_KEY,
    PN_ID_PROVIDER, /* of identities */
    PN_ID_APPROVAL,
    PN_ID_CONNECTOR,
    PN_ID_MANDATE,
    PN_ID_ERRAND,
    PN_ID_OFFER,
    PN_ID_WEBHOOK,
    PN_ID_NOTIFICATION, /* of a webhook */
    PN_ID_JOB,
    PN_ID_UPLOAD,
    PN_ID_DOCUMENT,
    PN_ID_COMPLAINT,
    PN_ID_FILE,   /* that a debtor sent */
    PN_ID_CHANGE, /* of tasks, by one request */
    PN_ID_VIEW,
    PN_ID_DRAFT,
    PN_ID_SIMULATION,
    PN_ID_FORECAST,
    PN_ID_KINDS
} pn_id_kind;

const char *pn_id_prefix(pn_id_kind kind);

/* "inv_…"; `out` holds at least PN_ID_TEXT_SIZE bytes. Returns `out`. */
const char *pn_id_text(pn_id_kind kind, pn_id id, char *out);
/* Accepts any case and Crockford's look-alikes (O as 0, I and L as 1); the prefix must be right. */
PN_MUST_USE pn_err pn_id_parse(pn_id_kind kind, pn_str text, pn_id *ret_id);

/* The low 5 · `letters` bits of a value as letters of Crockford's base 32, lower case; no NUL. */
void pn_letters_write(uint64_t value, size_t letters, char *out);
/* Reads them back in any case, with Crockford's look-alikes; INVALID for other characters, and for
 * more than 64 bits. */
PN_MUST_USE pn_err pn_letters_read(pn_str text, uint64_t *ret_value);

#endif
