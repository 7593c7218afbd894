/* Webhooks: who is told of what happens, and what they were told. */
#ifndef PN_STORE_WEBHOOK_H
#define PN_STORE_WEBHOOK_H

#include "store/db.h"

/* Order is stored. */
typedef enum { PN_WEBHOOK_ON, PN_WEBHOOK_OFF } pn_webhook_state;

typedef struct {
    pn_id id, org_id;
    pn_str url;
    pn_str events; /* types separated by spaces; empty: all */
    bool private_too;
    int64_t generation;
    pn_time old_until; /* PN_TIME_NONE: only the newest secret signs */
    pn_webhook_state state;
    pn_str trouble;
    pn_time failing_since; /* PN_TIME_NONE: the last one arrived */
    pn_time created_at;
} pn_webhook_row;

PN_MUST_USE pn_err pn_webhook_insert(pn_db *db, const pn_webhook_row *row);
/* Everything but id, organization and creation. */
PN_MUST_USE pn_err pn_webhook_update(pn_db *db, const pn_webhook_row *row);
/* With all that it was told. */
PN_MUST_USE pn_err pn_webhook_delete(pn_db *db, pn_id org_id, pn_id id);
PN_MUST_USE pn_err pn_webhook_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena,
                                  pn_webhook_row *ret_row);
PN_MUST_USE pn_err pn_webhook_list(pn_db *db, pn_id org_id, pn_arena *arena,
                                   pn_webhook_row **ret_rows, size_t *ret_count);

/* Order is stored. */
typedef enum {
    PN_NOTIFICATION_WAITS,
    PN_NOTIFICATION_DELIVERED,
    PN_NOTIFICATION_GIVEN_UP,
    PN_NOTIFICATION_DROPPED, /* its webhook was turned off */
    PN_NOTIFICATION_STATES
} pn_notification_state;

const char *pn_notification_state_name(pn_notification_state state);

typedef struct {
    pn_id id, org_id, webhook_id;
    pn_str type, body;
    pn_notification_state state;
    pn_time due_at, lease_until;
    int64_t attempts, status;
    pn_str reason;
    pn_time at, settled_at;
} pn_notification_row;

PN_MUST_USE pn_err pn_notification_insert(pn_db *db, const pn_notification_row *row);
PN_MUST_USE pn_err pn_notification_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena,
                                       pn_notification_row *ret_row);
/* Of a webhook (0: of all), the newest first. */
PN_MUST_USE pn_err pn_notification_list(pn_db *db, pn_id org_id, pn_id webhook_id, int64_t limit,
                                        pn_arena *arena, pn_notification_row **ret_rows,
                                        size_t *ret_count);
/* Waiting ones that are due and that nobody is sending, the oldest first. */
PN_MUST_USE pn_err pn_notification_due(pn_db *db, pn_id org_id, pn_time now, pn_time real_now,
                                       int64_t limit, pn_arena *arena,
                                       pn_notification_row **ret_rows, size_t *ret_count);
/* When the next one is due; PN_TIME_NEVER. */
PN_MUST_USE pn_err pn_notification_next(pn_db *db, pn_id org_id, pn_time real_now,
                                        pn_time *ret_due);
PN_MUST_USE pn_err pn_notification_lease(pn_db *db, pn_id id, pn_time lease_until);
/* Its state, due_at, attempts, status, reason and settled_at; ends the lease. */
PN_MUST_USE pn_err pn_notification_record(pn_db *db, const pn_notification_row *row);
/* What waits for a webhook that was turned off. */
PN_MUST_USE pn_err pn_notification_drop(pn_db *db, pn_id org_id, pn_id webhook_id, pn_time at);
/* Forgets what a webhook was told before that id, unless it waits. */
PN_MUST_USE pn_err pn_notification_forget(pn_db *db, pn_id org_id, pn_id webhook_id, pn_id before);

#endif
