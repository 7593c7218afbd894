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
    pn_time made, over;
    bool guessed; /* it is over: how it was split over invoices is not kept */
} pn_replay_mark;

/* An invoice's debtor received this tone for it. */
typedef struct {
    pn_id invoice_id, event;
    pn_time at;
    uint8_t tone;
} pn_replay_tone;

/* The invoice (0: the whole debtor) is another than it was before that event. */
typedef struct {
    pn_id invoice_id, event;
} pn_replay_correction;

typedef struct pn_replay_run {
    pn_run_row row;         /* as it is here */
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
    pn_moment_message *messages; /* what became of them, in the order of events */
    size_t message_count, message_capacity;
    pn_replay_tone *tones;
    size_t tone_count, tone_capacity;
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
    pn_diag *diag;
    pn_replay_debtor d;
} pn_replayer;

/* Everything of the debtor, but its runs' events. */
PN_MUST_USE pn_err pn_replay_load(pn_replayer *r, pn_id debtor_id);
enum { PN_REPLAY_MESSAGES_MAX = 100000 };

/* Takes from an event what became of messages. */
void pn_replay_fate(pn_replayer *r, const pn_event_row *event);
/* The tones in which a run's messages were received. */
PN_MUST_USE pn_err pn_replay_sendings(pn_replayer *r, const pn_run_row *kept);
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
