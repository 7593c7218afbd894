/* Replays: what was decided, decided once more by this program.
 *
 * A run's events are gone through from its beginning. Before each the facts are put together as
 * they were then (what is kept has its times), the run is stepped from the state it has come to
 * here, and what that gives is compared with the event, byte for byte: the node it came to, what it
 * waits for, what it commanded. At the end the whole state of the run is compared with the row that
 * is kept, its memory and the time it wakes at too. Each answer of the contact law that is kept
 * with a message is asked for again at its moment.
 *
 * Nothing is written. Memory holds one debtor at a time. What cannot be decided again is counted
 * with its reason and is no difference: facts of which only today's are kept, what people did to a
 * case by hand, what was erased. After a run's first difference its state is another one's; its
 * later decisions are counted as not replayed.
 *
 * Rejected: running the whole engine over an empty copy. It would need every request of every
 * person again, which is not kept, and would say less about where the first difference is. */
#ifndef PN_APP_REPLAY_H
#define PN_APP_REPLAY_H

#include "app/app.h"
#include "base/json.h"

/* Why a decision could not be replayed. */
typedef enum {
    PN_REPLAYED,
    PN_UNREPLAYED_BEGINNING, /* the run's first event is missing */
    PN_UNREPLAYED_ERASED,    /* the event's text was erased with the person */
    PN_UNREPLAYED_STEERED,   /* a person moved, skipped, postponed or stopped the case */
    PN_UNREPLAYED_MOVED,     /* publishing moved the case into another version */
    PN_UNREPLAYED_VERSION,   /* the strategy's version does not compile any more */
    PN_UNREPLAYED_CORRECTED, /* an invoice was corrected or said to be paid meanwhile */
    PN_UNREPLAYED_SPLIT,     /* of a promise, plan or cheque that is over: its split is not kept */
    PN_UNREPLAYED_FACTS,     /* depends on facts of which only today's are kept */
    PN_UNREPLAYED_PARENT,    /* a pill's, whose case could not be replayed */
    PN_UNREPLAYED_ENTRY,     /* entered though its entry rule did not hold: by hand */
    PN_UNREPLAYED_AFTER,     /* after a difference of the same run */
    PN_UNREPLAYED_REASONS
} pn_unreplayed;

/* "steered", and a sentence for people. */
const char *pn_unreplayed_name(pn_unreplayed reason);
const char *pn_unreplayed_words(pn_unreplayed reason);

typedef enum {
    PN_DECISION_STEP, /* a step of a case, its entry included */
    PN_DECISION_REST, /* the state a case has come to */
    PN_DECISION_TEXT, /* the message that a step wrote */
    PN_DECISION_GATE, /* an answer of the contact law */
    PN_DECISIONS
} pn_decision_kind;

const char *pn_decision_name(pn_decision_kind kind);

typedef struct {
    pn_decision_kind kind;
    pn_id debtor_id, run_id, event_id, message_id; /* what does not apply is 0 */
    pn_str debtor, strategy;
    int64_t version; /* of the strategy */
    pn_time at;
    pn_str recorded, now; /* JSON */
    pn_str why;           /* what differs: "wait", "policy_version" … */
} pn_replay_difference;

typedef struct {
    pn_id debtor_id;     /* 0: all */
    pn_str strategy;     /* empty: all */
    pn_time from, until; /* decisions of that time are told */
    int64_t sample;      /* so many debtors, chosen by a hash; 0: all */
    size_t list_max;     /* so many differences are listed; all are counted */
    /* How far it is; false ends it (CONFLICT). May be NULL. */
    bool (*tell)(void *context, int64_t done, int64_t total);
    void *context;
} pn_replay_request;

typedef struct {
    int64_t debtors, runs;
    int64_t decisions[PN_DECISIONS]; /* that are recorded */
    int64_t equal[PN_DECISIONS];
    int64_t different;
    int64_t unreplayed[PN_UNREPLAYED_REASONS];
    pn_replay_difference *list;
    size_t list_count;
} pn_replay_report;

/* Over a connection that only reads. */
PN_MUST_USE pn_err pn_replay(pn_app *app, const pn_replay_request *request, pn_arena *arena,
                             pn_replay_report *ret_report, pn_diag *diag);

#endif
