/* Pills that start by themselves: a promise was broken, a contact bounced, a reply came, a payment
 * attempt failed, the page was visited and nothing was paid. At most once per pill and fact. */
#ifndef PN_APP_PILLS_H
#define PN_APP_PILLS_H

#include "app/move.h"

/* Facts older than this start nothing: publishing a pill must not answer last year's replies. */
enum { PN_PILL_FACT_DAYS = 7, PN_PILL_VISIT_HOURS = 24 };
/* A promise is reminded of on the last business day before its day, an installment three days
 * before (or on the business day before that). */
enum { PN_PILL_PROMISE_DAYS = 1, PN_PILL_INSTALLMENT_DAYS = 3 };

/* Starts what the debtor's facts call for; `ret_next` is when to look again. */
PN_MUST_USE pn_err pn_pills_trigger(pn_app *app, const pn_view *view, pn_time now, pn_arena *arena,
                                    pn_time *ret_next, pn_diag *diag);

#endif
