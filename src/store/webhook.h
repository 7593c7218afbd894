/* Webhooks: who is told of what happens, and what they were told. */
#ifndef PN_STORE_WEBHOOK_H
#define PN_STORE_WEBHOOK_H

#include "store/call.h"

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
    pn_time at;
    pn_call call; /* its state: pn_notification_state */
} pn_notification_row;

extern const pn_call_texts PN_NOTIFICATION_CALLS;

PN_MUST_USE pn_err pn_notification_insert(pn_db *db, const pn_notification_row *row);
PN_MUST_USE pn_err pn_notification_get(pn_db *db, pn_id org_id, pn_id id, pn_arena *arena,
                                       pn_notification_row *ret_row);
/* Of a webhook (0: of all), the newest first. */
PN_MUST_USE pn_err pn_notification_list(pn_db *db, pn_id org_id, pn_id webhook_id, int64_t limit,
                                        pn_arena *arena, pn_notification_row **ret_rows,
                                        size_t *ret_count);
/* The first that is due for a webhook and that nobody has; NOT_FOUND. */
PN_MUST_USE pn_err pn_notification_due(pn_db *db, pn_id org_id, const pn_call_to *to, pn_time now,
                                       pn_time real_now, pn_arena *arena,
                                       pn_notification_row *ret_row);
/* How the call stands; ends the lease. CONFLICT as of pn_call_changed. */
PN_MUST_USE pn_err pn_notification_record(pn_db *db, const pn_notification_row *row);
/* It waits again, as if it had never been told. */
PN_MUST_USE pn_err pn_notification_again(pn_db *db, pn_id org_id, pn_id id, pn_time due_at);
/* What waits for a webhook that was turned off. */
PN_MUST_USE pn_err pn_notification_drop(pn_db *db, pn_id org_id, pn_id webhook_id, pn_time at);
/* Forgets what a webhook was told before that id, unless it waits. */
PN_MUST_USE pn_err pn_notification_forget(pn_db *db, pn_id org_id, pn_id webhook_id, pn_id before);

#endif
