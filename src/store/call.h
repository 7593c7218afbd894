/* Calls: rows that wait until another system was asked or told. Errands and notifications are such
 * rows; how each stands, who has it, and when it is due is the same of both, and stands here.
 *
 * Whoever takes one leases it: meanwhile nobody else does, and when a process ends in the middle
 * the lease runs out. Each lease is an attempt; what is recorded counts only from the one whose
 * attempt was the last. */
#ifndef PN_STORE_CALL_H
#define PN_STORE_CALL_H

#include "store/db.h"

typedef struct {
    int state; /* the table's own words; 0: it waits */
    pn_time due_at;
    pn_time lease_until; /* real time; 0: nobody has it */
    int64_t attempts;
    int64_t status;     /* of the last answer: 200, 404; 0: there was none */
    pn_str reason;      /* why it failed or waits, a sentence */
    pn_time settled_at; /* PN_TIME_NONE: it waits */
} pn_call;

#define PN_CALL_COLUMNS "state, due_at, lease_until, attempts, status, reason, settled_at"
enum { PN_CALL_COLUMN_COUNT = 7 };

/* Reads PN_CALL_COLUMNS from the column `first`. */
pn_call pn_call_read(pn_stmt *q, int first, pn_arena *arena);

/* It waits no more. */
static inline void pn_call_settle(pn_call *call, int state, pn_str reason, pn_time at) {
    call->state = state;
    call->reason = reason;
    call->settled_at = at;
}

/* Whom it goes to: a connector by its name, or a webhook by its id. */
typedef struct {
    pn_str name; /* without bytes: the id counts */
    pn_id id;
} pn_call_to;

/* Statements of a table. */
typedef struct {
    bool by_name;     /* whom its rows go to */
    const char *to;   /* $1 organization, $2 whom: the next after them for whom something waits */
    const char *next; /* $1 organization, $2 whom, $3 real time: when the first is due */
    const char *due, *due_pg; /* $4 the lane's time: the row */
    const char *left;         /* $1 organization: leases of processes that ended run out */
    const char *lease;        /* $1 and $2 its key, $3 until, $4 attempts */
    const char *record;       /* $1 and $2 its key, $3 state, $4 due_at, $5 status, $6 reason, $7
                                 settled_at, $8 attempts; further ones are the table's own */
} pn_call_texts;

/* The next of those for whom something waits, after `to`; NOT_FOUND behind the last. Begin with an
 * empty one. */
PN_MUST_USE pn_err pn_call_next_to(pn_db *db, const pn_call_texts *texts, pn_id org_id,
                                   pn_arena *arena, pn_call_to *to);
/* When the first one for them is due, of those that nobody has; PN_TIME_NEVER. */
PN_MUST_USE pn_err pn_call_next(pn_db *db, const pn_call_texts *texts, pn_id org_id,
                                const pn_call_to *to, pn_time real_now, pn_time *ret_due);
/* The statement for the first row that is due and that nobody has; on a shared database none that
 * another transaction has. */
pn_stmt *pn_call_due(pn_db *db, const pn_call_texts *texts, pn_id org_id, const pn_call_to *to,
                     pn_time now, pn_time real_now);
/* Takes it, and counts the attempt: CONFLICT unless it waits and was tried as often as `call` says.
 */
PN_MUST_USE pn_err pn_call_lease(pn_db *db, const pn_call_texts *texts, pn_id owner, pn_id id,
                                 pn_time until, pn_call *call);
/* Whoever had taken something has ended: its leases are over, and it is taken anew. */
PN_MUST_USE pn_err pn_call_left(pn_db *db, const pn_call_texts *texts, pn_id org_id);
/* The statement that records how it stands, with what `call` says bound; run by pn_call_changed. */
pn_stmt *pn_call_record(pn_db *db, const pn_call_texts *texts, pn_id owner, pn_id id,
                        const pn_call *call);
/* CONFLICT where the row does not wait any more, or somebody else has tried it since. */
PN_MUST_USE pn_err pn_call_changed(pn_stmt *q);

#endif
