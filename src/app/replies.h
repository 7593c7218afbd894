/* Replies: a person's answer stops the debtor's runs until somebody has read it (law 3).
 *
 * Its hold has a review date like every other, but does not end with it: unread after two business
 * days it goes up to the manager, and nothing is asked for meanwhile. Letting the hold lapse was
 * rejected: the debtor who wrote "we agreed on something else" and was never read would be chased
 * on. docs/decisions/holds.md */
#ifndef PN_APP_REPLIES_H
#define PN_APP_REPLIES_H

#include "app/app.h"
#include "store/claim.h"
#include "store/debtor.h"
#include "store/task.h"

/* When an unread reply goes up, and how often it is looked at again after that. */
enum { PN_REPLY_DUE_BUSINESS_DAYS = 2, PN_REPLY_REVIEW_BUSINESS_DAYS = 10 };

/* A hold that stops runs now: a manual one until its date, a reply's until it is released. */
bool pn_hold_in_force(const pn_hold_row *hold, pn_time now);
/* When a reply's hold was to be looked at, as it stood at `at`: each time that nobody had read it,
 * the date moved on. Other holds: as they say. */
pn_time pn_hold_review_then(pn_app *app, const pn_debtor_row *debtor, const pn_hold_row *hold,
                            pn_time at);

/* A person of this debtor's answered: a hold, and a task to read it, which says `detail` and is
 * about the mail (0: it came otherwise). */
PN_MUST_USE pn_err pn_replies_received(pn_app *app, pn_id debtor_id, pn_str detail, pn_id mail_id,
                                       pn_arena *arena);
/* A reply counts as unread again: the hold that it had laid, unless there is one. */
PN_MUST_USE pn_err pn_replies_unread(pn_app *app, pn_id debtor_id, pn_arena *arena);
/* A task of replies was done. With the last of them the holds end, and what had gone up is over. */
PN_MUST_USE pn_err pn_replies_read(pn_app *app, const pn_task_row *task, pn_arena *arena);
/* Replies whose review has come go up; `ret_next` when to look again, PN_TIME_NEVER for not. */
PN_MUST_USE pn_err pn_replies_timers(pn_app *app, const pn_debtor_row *debtor, pn_time now,
                                     pn_arena *arena, pn_time *ret_next);

#endif
