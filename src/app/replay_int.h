/* Shared by the parts of the replay. */
#ifndef PN_APP_REPLAY_INT_H
#define PN_APP_REPLAY_INT_H

#include "app/move.h"
#include "app/past.h"
#include "app/replay.h"

/* What a promise, plan or instrument takes out of an invoice. */
typedef struct {
    pn_id owner_id, invoice_id;
    pn_earmark_kind kind;
    int64_t amount;
    int64_t due; /* a promise's */
    int64_t had; /* of a judged promise: what money had fulfilled of it */
    pn_time made, over;
    bool guessed; /* it is over: how it was split over invoices is not kept */
} pn_replay_mark;

/* An invoice's debtor received this tone for it. */
typedef struct {
    pn_id invoice_id, event;
    pn_time at;
    uint8_t tone;
} pn_replay_tone;

/* An invoice of the account (0: of any) is another than it was before that event. */
typedef struct {
    pn_id account_id, event;
    pn_time until; /* of what was said to be paid: how long that held */
} pn_replay_correction;

/* A message that was tried for a while: it counted as a contact, which is taken back and not kept
 * where nothing left. */
typedef struct {
    pn_id message_id;
    pn_time from, until;
} pn_replay_try;

/* Several readings of one moment may agree with what was recorded then, and leave the case in
 * different states: so many are followed. */
enum { PN_REPLAY_STATES_MAX = 8 };

typedef struct pn_replay_run {
    pn_run_row row;     /* as it is here */
    pn_run_row *others; /* the states that it may be in as well */
    size_t other_count;
    const pn_run_row *kept; /* as the database has it */
    bool wanted;            /* its decisions are told */
    bool begun, active;
    pn_unreplayed lost; /* why it cannot be gone on with; PN_REPLAYED: it can */
    pn_id first_strategy;
    pn_id first_event;
    pn_time last_at; /* of its last decision */
} pn_replay_run;

/* One debtor. */
typedef struct {
    pn_past_batch past;
    const pn_view *base; /* with all its runs, as they are now */
    const pn_contact_row *contacts;
    size_t contact_count;
    pn_replay_mark *marks;
    size_t mark_count, mark_capacity;
    pn_hold_row *holds;
    size_t hold_count;
    pn_moment_message *messages; /* what became of them */
    size_t message_count, message_capacity;
    pn_replay_tone *tones;
    size_t tone_count, tone_capacity;
    pn_replay_try *tries;
    size_t try_count, try_capacity;
    pn_replay_run *runs;
    size_t run_count;
    pn_replay_correction *corrections;
    size_t correction_count, correction_capacity;
} pn_replay_debtor;

typedef struct {
    pn_app *app;
    const pn_replay_request *request;
    pn_replay_report *report;
    pn_arena *arena; /* of the report */
    pn_arena scratch;
    pn_buf text;
    pn_journal journal;
    size_t list_capacity;
    bool thorough; /* all readings are followed, not the first one that agrees alone */
    pn_diag *diag;
    pn_replay_debtor d;
} pn_replayer;

/* Everything of the debtor, but its runs' events. */
PN_MUST_USE pn_err pn_replay_load(pn_replayer *r, pn_id debtor_id);
enum { PN_REPLAY_MESSAGES_MAX = 100000 };

/* Takes from an event what became of messages. */
void pn_replay_fate(pn_replayer *r, const pn_event_row *event);
/* What became of a run's messages by what carried them, and the tones in which they were received.
 */
PN_MUST_USE pn_err pn_replay_sendings(pn_replayer *r, const pn_run_row *kept);
/* A decision that was made because what was being sent had become uncertain: from then on it is,
 * until somebody settled it. Memory is taken from `arena`. */
PN_MUST_USE pn_err pn_replay_uncertain(pn_replayer *r, const pn_moment *moment, const pn_run *run,
                                       pn_arena *arena);
/* The debtor as it stood at a moment. */
PN_MUST_USE pn_err pn_replay_view(pn_replayer *r, const pn_moment *moment, pn_view *ret_view);
/* The gate's answers that are kept with the run's messages. */
PN_MUST_USE pn_err pn_replay_gate(pn_replayer *r, const pn_replay_run *run);

/* Whether a decision of that time is told. */
bool pn_replay_tells(const pn_replayer *r, const pn_replay_run *run, pn_time at);
void pn_replay_skip(pn_replayer *r, pn_decision_kind kind, pn_unreplayed reason);
void pn_replay_differs(pn_replayer *r, const pn_replay_run *run,
                       const pn_replay_difference *difference);

#endif
