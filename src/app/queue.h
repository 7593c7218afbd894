/* The queue: everything that needs a person, ranked, with the reason for each rank in words.
 *
 * The rank is one moment: when it is due, less a head start for what it is (a complaint, a reply
 * that has stopped all messages …), for how much is owed, and for promises that were broken. It
 * does not depend on now, so a list read page by page stays in order. A score of weights was
 * rejected: nobody can say why 71 stands above 68. */
#ifndef PN_APP_QUEUE_H
#define PN_APP_QUEUE_H

#include "app/approvals.h"
#include "store/queue.h"

/* So many open tasks are ranked, those due first; more is said by the counts. */
enum { PN_QUEUE_RANKED_MAX = 2000, PN_QUEUE_REASONS_MAX = 6 };

typedef struct {
    pn_queue_row row;
    pn_id approval_id; /* it is something that waits for a second person's word; else 0 */
    pn_str category, title, assignee;
    pn_time pressing;
    pn_str because[PN_QUEUE_REASONS_MAX];
    size_t because_count;
} pn_queue_item;

/* Whose tasks are meant: by key, address or name; empty fields match nobody. */
typedef struct {
    pn_str key, email, name;
} pn_queue_who;

typedef struct {
    pn_str category;          /* empty: all */
    bool snoozed;             /* only those that are put off */
    pn_id debtor_id;          /* 0: of all */
    const pn_queue_who *mine; /* NULL: everybody's */
    pn_str language;          /* of the reasons */
} pn_queue_query;

/* The most pressing first. */
PN_MUST_USE pn_err pn_queue_list(pn_app *app, const pn_queue_query *query, pn_arena *arena,
                                 pn_queue_item **ret_items, size_t *ret_count);

typedef struct {
    pn_queue_count *rows; /* by category, the largest first */
    size_t count;
    int64_t all, snoozed;
} pn_queue_sums;

/* Counters of what pn_queue_list ranks, without its bound. */
PN_MUST_USE pn_err pn_queue_count_all(pn_app *app, pn_arena *arena, pn_queue_sums *ret_sums);

#endif
