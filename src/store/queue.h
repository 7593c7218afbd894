/* What needs a person: open tasks with what ranks them, and what is no task yet. */
#ifndef PN_STORE_QUEUE_H
#define PN_STORE_QUEUE_H

#include "store/task.h"

typedef struct {
    pn_task_row task; /* id 0: there is none yet for what it is about */
    pn_str debtor_name, owner;
    int64_t promises_broken;
    /* Of the debtor's account of which most is claimable, in major units; "" where there is none.
     */
    int64_t claimable;
    int64_t claimable_scale;
    pn_str currency;
} pn_queue_row;

typedef struct {
    pn_time now;
    pn_str category; /* empty: all */
    bool snoozed;    /* only those that are put off, else only those that are not */
    pn_id debtor_id; /* 0: of all */
    int64_t limit;
} pn_queue_filter;

/* Open tasks, those that are due first. */
PN_MUST_USE pn_err pn_queue_tasks(pn_db *db, pn_id org_id, const pn_queue_filter *filter,
                                  pn_arena *arena, pn_queue_row **ret_rows, size_t *ret_count);
/* What no task was ever opened for, as tasks without an id: `due_at` is when it came up.
 * Promises broken since `since` whose debtor owes and has promised nothing since. */
PN_MUST_USE pn_err pn_queue_promises(pn_db *db, pn_id org_id, pn_time since, int64_t limit,
                                     pn_arena *arena, pn_queue_row **ret_rows, size_t *ret_count);
/* Messages that may have left. */
PN_MUST_USE pn_err pn_queue_uncertain(pn_db *db, pn_id org_id, int64_t limit, pn_arena *arena,
                                      pn_queue_row **ret_rows, size_t *ret_count);
/* Holds that people laid and that end between `now` and `until`; `title` is their reason. */
PN_MUST_USE pn_err pn_queue_holds(pn_db *db, pn_id org_id, pn_time now, pn_time until,
                                  int64_t limit, pn_arena *arena, pn_queue_row **ret_rows,
                                  size_t *ret_count);

typedef struct {
    pn_str category;
    int64_t count, late;
} pn_queue_count;

/* Open tasks that are not put off, by category; and how many are put off. */
PN_MUST_USE pn_err pn_queue_counts(pn_db *db, pn_id org_id, pn_time now, pn_arena *arena,
                                   pn_queue_count **ret_rows, size_t *ret_count,
                                   int64_t *ret_snoozed);

/* The debtor of a broken promise, of an uncertain message or of a hold; NOT_FOUND for what is none
 * of the organization's (any more). `ret_words` is what a task about it names. */
PN_MUST_USE pn_err pn_queue_debtor(pn_db *db, pn_id org_id, pn_task_about about, pn_id id,
                                   pn_arena *arena, pn_id *ret_debtor, pn_str *ret_words);

#endif
