/* A moment of the past: what of a debtor's rows was there, and how it stood then.
 *
 * Rows are kept; what became of them later stands in them with its time. Ids ascend, so a row that
 * was made before an event has a smaller id than the event. What ended at the very time of the
 * event may have ended before or after it: both readings can be tried (`ties`). */
#ifndef PN_APP_MOMENT_H
#define PN_APP_MOMENT_H

#include "store/claim.h"
#include "store/errand.h"
#include "store/message.h"
#include "store/offer.h"
#include "store/task.h"

/* What became of a message, by the events of its run and of what carried it. */
typedef struct {
    pn_id id;    /* the message */
    pn_id event; /* that settled it */
    pn_time at;
    pn_message_state state;
} pn_moment_message;

/* Readings of what has the event's own time. */
enum {
    PN_TIE_ENDED_LATER = 1, /* what ended then had not ended yet */
    PN_TIE_BY_TIME = 2,     /* rows of that time were there, whatever their ids */
    PN_TIE_UNCERTAIN = 4,   /* what was being sent, and is settled now, was uncertain then */
    PN_TIES = 8
};

typedef struct pn_moment {
    pn_time at;
    pn_id event;
    unsigned ties;
    bool no_arms;                      /* the event gives the arm: it was not given before */
    const pn_moment_message *messages; /* what became of them, in any order */
    size_t message_count;
    const pn_hold_row *holds; /* of the debtor, those that ended as well */
    size_t hold_count;
} pn_moment;

/* The row was there. True without a moment, as all of these: it stands as it is. */
bool pn_moment_made(const pn_moment *moment, pn_id id, pn_time at);
/* What ended at `end` (PN_TIME_NONE: never) had ended. */
bool pn_moment_over(const pn_moment *moment, pn_time end);

/* As they stood then. */
void pn_moment_of_message(const pn_moment *moment, pn_message_row *row);
void pn_moment_of_task(const pn_moment *moment, pn_task_row *row);
void pn_moment_of_errand(const pn_moment *moment, pn_errand_row *row);
void pn_moment_of_offer(const pn_moment *moment, pn_offer_row *row);
void pn_moment_of_hold(const pn_moment *moment, pn_hold_row *row);

#endif
