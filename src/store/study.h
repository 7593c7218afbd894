/* Studies: simulations and forecasts that an organization keeps, each with its job. */
#ifndef PN_STORE_STUDY_H
#define PN_STORE_STUDY_H

#include "base/money.h"
#include "store/job.h"

/* Order is stored. */
typedef enum {
    PN_STUDY_SIMULATION,
    PN_STUDY_FORECAST,
} pn_study_kind;

typedef struct {
    pn_id id, org_id;
    pn_study_kind kind;
    pn_id job_id;
    pn_str name;
    pn_str strategy, document; /* document: empty where it is what has that name */
    pn_str against, against_document;
    pn_str request, summary, result; /* JSON; the last two empty until there is one */
    pn_str actor;
    pn_time created_at;
    /* of its job: read only */
    pn_job_state state;
    int64_t done, total, tries;
    pn_str problem;
    pn_time started_at, finished_at;
} pn_study_row;

typedef struct {
    pn_id study_id;
    int64_t side, number;
    pn_id org_id, debtor_id, invoice_id;
    pn_time at;
    int channel;
    pn_str family;
    int64_t tone, amount;
    pn_currency currency;
    bool crossed;
    pn_str debtor, invoice; /* read only: name and number as they are now */
} pn_study_message;

PN_MUST_USE pn_err pn_study_insert(pn_db *db, const pn_study_row *row);
/* NOT_FOUND where the organization has none of that kind and id. */
PN_MUST_USE pn_err pn_study_get(pn_db *db, pn_id org_id, pn_study_kind kind, pn_id id,
                                pn_arena *arena, pn_study_row *ret_row);
/* The one that a job works on. NOT_FOUND. */
PN_MUST_USE pn_err pn_study_of_job(pn_db *db, pn_id org_id, pn_id job_id, pn_arena *arena,
                                   pn_study_row *ret_row);
/* The newest first, before `before` (0: all), without documents and results. */
PN_MUST_USE pn_err pn_study_page(pn_db *db, pn_id org_id, pn_study_kind kind, pn_id before,
                                 int64_t limit, pn_arena *arena, pn_study_row **ret_rows,
                                 size_t *ret_count);
/* Summary and result as in the row. CONFLICT where it was deleted meanwhile. */
PN_MUST_USE pn_err pn_study_finish(pn_db *db, const pn_study_row *row);
/* With its messages. */
PN_MUST_USE pn_err pn_study_delete(pn_db *db, pn_id org_id, pn_id id);
/* All that are kept, and of them those that wait or run. */
PN_MUST_USE pn_err pn_study_count(pn_db *db, pn_id org_id, int64_t *ret_kept, int64_t *ret_open);

PN_MUST_USE pn_err pn_study_message_insert(pn_db *db, const pn_study_message *row);
/* Of one side, in their order, behind `after`. */
PN_MUST_USE pn_err pn_study_message_page(pn_db *db, pn_id org_id, pn_id study_id, int64_t side,
                                         int64_t after, int64_t limit, pn_arena *arena,
                                         pn_study_message **ret_rows, size_t *ret_count);

#endif
