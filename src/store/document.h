/* Published documents: strategies and their versions, templates, policies; channel settings. */
#ifndef PN_STORE_DOCUMENT_H
#define PN_STORE_DOCUMENT_H

#include "core/flow/flow.h"
#include "store/db.h"

typedef struct {
    pn_id id, org_id;
    pn_str name;
    pn_flow_kind kind;
    pn_subject subject;
    int32_t priority;
    pn_id version_id;
    bool active;
    int64_t daily_max;  /* 0: none */
    pn_date stopped_on; /* PN_DATE_NONE: it is not stopped */
    pn_time created_at;
} pn_strategy_row;

/* What a strategy sent on a day. */
typedef struct {
    pn_date day;
    int64_t sent;
    bool released;
} pn_strategy_day;

typedef struct {
    pn_id id, org_id, strategy_id;
    int64_t version;
    pn_str document;
    pn_str hash;
    pn_time published_at;
    pn_str published_by;
} pn_version_row;

PN_MUST_USE pn_err pn_strategy_insert(pn_db *db, const pn_strategy_row *row);
/* Kind, subject, priority, newest version, active. */
PN_MUST_USE pn_err pn_strategy_update(pn_db *db, const pn_strategy_row *row);
PN_MUST_USE pn_err pn_strategy_find(pn_db *db, pn_id org_id, pn_str name, pn_arena *arena,
                                    pn_strategy_row *ret_row);
PN_MUST_USE pn_err pn_strategy_get(pn_db *db, pn_id id, pn_arena *arena, pn_strategy_row *ret_row);
/* Stops it; not `ret_stopped` when it was already. */
PN_MUST_USE pn_err pn_strategy_stop(pn_db *db, pn_id id, pn_date day, bool *ret_stopped);
PN_MUST_USE pn_err pn_strategy_go_on(pn_db *db, pn_id id);
PN_MUST_USE pn_err pn_strategy_set_max(pn_db *db, pn_id id, int64_t daily_max);
/* Adds to the day's count; RETRY when it would pass what is allowed, for others have counted too.
 */
PN_MUST_USE pn_err pn_strategy_day_add(pn_db *db, pn_id org_id, pn_id strategy_id, pn_date day,
                                       int64_t sent, int64_t allowed);
PN_MUST_USE pn_err pn_strategy_day_release(pn_db *db, pn_id org_id, pn_id strategy_id, pn_date day);
/* Newest first. */
PN_MUST_USE pn_err pn_strategy_day_list(pn_db *db, pn_id strategy_id, pn_date since,
                                        pn_arena *arena, pn_strategy_day **ret_days,
                                        size_t *ret_count);
/* Active runs in any version of it. */
PN_MUST_USE pn_err pn_strategy_runs(pn_db *db, pn_id strategy_id, int64_t *ret_count);
/* Highest priority first, then by name. */
PN_MUST_USE pn_err pn_strategy_list(pn_db *db, pn_id org_id, pn_arena *arena,
                                    pn_strategy_row **ret_rows, size_t *ret_count);
/* Active runs by version and node. */
typedef struct {
    pn_id version_id;
    uint32_t node;
    int64_t runs;
} pn_node_count;
PN_MUST_USE pn_err pn_strategy_node_counts(pn_db *db, pn_id strategy_id, pn_arena *arena,
                                           pn_node_count **ret_rows, size_t *ret_count);
PN_MUST_USE pn_err pn_version_insert(pn_db *db, const pn_version_row *row);
PN_MUST_USE pn_err pn_version_get(pn_db *db, pn_id id, pn_arena *arena, pn_version_row *ret_row);
PN_MUST_USE pn_err pn_version_list(pn_db *db, pn_id strategy_id, pn_arena *arena,
                                   pn_version_row **ret_rows, size_t *ret_count);

typedef struct {
    pn_id id, org_id;
    pn_str family;
    int64_t version;
    pn_purpose purpose;
    pn_str document;
    pn_str hash;
    pn_time published_at;
    pn_str published_by;
} pn_template_row;

PN_MUST_USE pn_err pn_template_insert(pn_db *db, const pn_template_row *row);
/* The newest version of each family, by name. */
PN_MUST_USE pn_err pn_template_list(pn_db *db, pn_id org_id, pn_arena *arena,
                                    pn_template_row **ret_rows, size_t *ret_count);
/* One version; 0 for the newest. */
PN_MUST_USE pn_err pn_template_find(pn_db *db, pn_id org_id, pn_str family, int64_t version,
                                    pn_arena *arena, pn_template_row *ret_row);

typedef struct {
    pn_id id, org_id;
    pn_str name, version;
    int32_t from_day; /* PN_DATE_NONE: always */
    pn_str document;
    pn_time published_at;
} pn_policy_row;

PN_MUST_USE pn_err pn_policy_insert(pn_db *db, const pn_policy_row *row);
PN_MUST_USE pn_err pn_policy_list(pn_db *db, pn_id org_id, pn_arena *arena,
                                  pn_policy_row **ret_rows, size_t *ret_count);

typedef struct {
    pn_id org_id;
    pn_channel_kind channel;
    pn_str driver, settings, sender, paused_reason;
    pn_time updated_at;
} pn_channel_row;

PN_MUST_USE pn_err pn_channel_put(pn_db *db, const pn_channel_row *row);
PN_MUST_USE pn_err pn_channel_pause(pn_db *db, pn_id org_id, pn_channel_kind channel,
                                    pn_str reason);
PN_MUST_USE pn_err pn_channel_get(pn_db *db, pn_id org_id, pn_channel_kind channel, pn_arena *arena,
                                  pn_channel_row *ret_row);
PN_MUST_USE pn_err pn_channel_list(pn_db *db, pn_id org_id, pn_arena *arena,
                                   pn_channel_row **ret_rows, size_t *ret_count);

#endif
