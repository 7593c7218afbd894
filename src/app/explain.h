/* Explanations (law 12): what happened in a case, and why a message was or was not sent.
 *
 * Told from the events and from the message rows, which keep the gate's verdicts, in the reader's
 * language: "es", "pt", or for any other in English, the language of logs and commands. */
#ifndef PN_APP_EXPLAIN_H
#define PN_APP_EXPLAIN_H

#include "app/catalog.h"
#include "app/lookup.h"
#include "store/message.h"

typedef struct {
    pn_time at, recorded_at;
    pn_id event_id; /* 0: told from a row, not from an event of its own */
    pn_id run_id;   /* 0: of the debtor */
    const char *kind;
    pn_str actor;
    pn_str text; /* one sentence */
    pn_str body; /* JSON; empty when it was erased or there is none */
} pn_timeline_entry;

/* Everything of a debtor, or of one run (with what happened to its debtor), oldest first. */
PN_MUST_USE pn_err pn_timeline(pn_app *app, const pn_case_ref *ref, pn_str language,
                               pn_arena *arena, pn_timeline_entry **ret_entries, size_t *ret_count,
                               pn_diag *diag);

/* All that is known of one message. */
typedef struct {
    pn_message_row message;
    pn_carrier_row carrier; /* id 0: none */
    pn_str strategy, node, node_type;
    int64_t version;
    pn_str entry_rule;       /* in words; empty */
    pn_event_row written_by; /* the step that wrote it; id 0: not found */
    pn_carrier_file *files;  /* documents that went with it, or were left out */
    size_t file_count;
    pn_str sentence; /* why it was sent, waits, or was not sent */
} pn_why;

PN_MUST_USE pn_err pn_why_message(pn_app *app, pn_id message_id, pn_str language, pn_arena *arena,
                                  pn_why *ret_why, pn_diag *diag);

#endif
