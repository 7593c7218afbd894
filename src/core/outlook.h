/* Outlook: what a strategy would do with a case from now on, if nothing happened but time.
 *
 * The case is lived on in memory, as an example is (core/example), by the same step, gate, tones
 * and calendars, from its facts as they are now. Nobody pays, answers, opens a mail or finishes a
 * task; what is disputed, promised, planned or in flight stays so; no other invoice arrives; other
 * cases of the debtor send nothing. */
#ifndef PN_CORE_OUTLOOK_H
#define PN_CORE_OUTLOOK_H

#include "core/example/example.h"
#include "core/gate.h"
#include "core/run.h"
#include "core/step.h"

/* A message that was written and has not left. */
typedef struct {
    pn_id id;
    pn_str template_name;
    unsigned tone;
    pn_channel_kind channel;
    uint32_t node, visit;
    pn_time not_before, supersede_at;
} pn_outlook_waiting;

typedef struct {
    const pn_flow *flow;
    const pn_facts *facts;
    const pn_run *run;         /* NULL: the case enters the flow when its entry rule lets it */
    pn_id strategy_id;         /* of a case that enters: its arms hang on it */
    int64_t unapplied;         /* the account's credit, minor units */
    const pn_gate_query *gate; /* about the debtor and a contact; channel, purpose and claimable of
                                  each message are put in, and what is sent joins its history */
    const pn_policy *policy;
    const pn_flow_names *names; /* purposes of templates */
    const pn_outlook_waiting *waiting;
    size_t waiting_count;
    pn_time now, until;
} pn_outlook_question;

typedef struct {
    pn_happening *happenings; /* in the order of time; `day` counts from the day of `now` */
    size_t count;
    /* where it stands, and what it enters after that, in their order */
    pn_visited *visits;
    size_t visit_count;
    bool entered; /* the case is in the flow at the end */
    bool rests;   /* false: it takes more steps than an example may */
    /* where it ended: at `until`, or where it jumps */
    pn_time at;
    pn_run run;
    pn_facts facts;
    pn_contact_made *made; /* the gate's history, with what was sent */
    size_t made_count;
} pn_outlook;

/* Ends at a jump, which is the last happening: the caller goes on in the other flow. Everything
 * lives in the arena. */
void pn_outlook_live(const pn_outlook_question *question, pn_arena *arena, pn_outlook *ret_outlook);

#endif
