/* What timelines, reasons and verdicts say to people of ours, in three languages. */
#ifndef PN_APP_SAYINGS_H
#define PN_APP_SAYINGS_H

#include "base/buf.h"

typedef enum {
    /* steps */
    PN_SAID_ENTERED,
    PN_SAID_RUN_ENDED,
    PN_SAID_RUN_CLOSED,
    PN_SAID_STANDS,
    PN_SAID_AND,
    PN_SAID_WAITS_TIME,
    PN_SAID_WAITS_MESSAGE,
    PN_SAID_WAITS_SIGNAL,
    PN_SAID_WAITS_TASK,
    PN_SAID_WAITS_RULE,
    PN_SAID_WAITS_AMOUNTS,
    PN_SAID_WAITS_HOLD,
    PN_SAID_WAITS_ANSWER,
    PN_SAID_WAITS_OFFER,
    PN_SAID_PHASE,
    /* what a step commanded */
    PN_SAID_WROTE,
    PN_SAID_NOT_TO_BE_SENT,
    PN_SAID_OPENED_TASK,
    PN_SAID_CHARGED,
    PN_SAID_NOTED,
    PN_SAID_TOLD,
    PN_SAID_PILL,
    PN_SAID_ARM,
    PN_SAID_SET,
    PN_SAID_CANCELLED_TASKS,
    PN_SAID_AT_NODE,
    /* messages */
    PN_SAID_SENT,
    PN_SAID_NOT_SENT,
    PN_SAID_TRIED,
    PN_SAID_MAY_HAVE_SENT,
    PN_SAID_SUBJECT,
    PN_SAID_TO,
    PN_SAID_MESSAGE_SKIPPED,
    PN_SAID_MESSAGE_FAILED,
    PN_SAID_MESSAGE_EDITED,
    PN_SAID_MESSAGE_RESENT,
    PN_SAID_MESSAGE_RESTORED,
    PN_SAID_HELD_BACK,
    /* invoices and money */
    PN_SAID_IMPORTED,
    PN_SAID_UNDONE,
    PN_SAID_UNDONE_DEBTOR,
    PN_SAID_LINE,
    PN_SAID_LINES,
    PN_SAID_CORRECTED,
    PN_SAID_RECEIVED,
    PN_SAID_RECEIVED_FOR,
    PN_SAID_UNAPPLIED,
    PN_SAID_ALLOCATED,
    PN_SAID_DEALLOCATED,
    PN_SAID_REVERSED,
    PN_SAID_LOWERED,
    /* claims */
    PN_SAID_PROMISE,
    PN_SAID_DISPUTE,
    PN_SAID_DISPUTE_CLOSED,
    PN_SAID_INSTRUMENT,
    PN_SAID_PLAN,
    PN_SAID_HOLD,
    PN_SAID_RELEASE,
    PN_SAID_SIGNAL,
    PN_SAID_OFFER,
    PN_SAID_OF_AMOUNT,
    PN_SAID_UNTIL,
    PN_SAID_BY,
    PN_SAID_FALLS_DUE,
    PN_SAID_AWAITED_UNTIL,
    PN_SAID_PROMISE_JUDGED,
    /* what people and machines did */
    PN_SAID_OPEN_HUMAN,
    PN_SAID_OPEN_PROXY,
    PN_SAID_OPEN_MACHINE,
    PN_SAID_CLICK_HUMAN,
    PN_SAID_CLICK_MACHINE,
    PN_SAID_DELIVERED,
    PN_SAID_VISIT,
    PN_SAID_REPLY,
    PN_SAID_AUTO_REPLY,
    PN_SAID_BOUNCE,
    PN_SAID_PAYMENT_ATTEMPT,
    PN_SAID_PAYMENT_FAILED,
    PN_SAID_GAVE_DATE,
    PN_SAID_CONVERSATION,
    PN_SAID_QUOTE,
    /* mail */
    PN_SAID_MAIL,
    PN_SAID_MAIL_FROM,
    PN_SAID_MAIL_HARD,
    PN_SAID_MAIL_SOFT,
    PN_SAID_MAIL_POLICY,
    PN_SAID_MAIL_COMPLAINT,
    PN_SAID_MAIL_AUTO_REPLY,
    PN_SAID_MAIL_REPLY,
    PN_SAID_MAIL_OTHER,
    PN_SAID_MAIL_OPT_OUT,
    PN_SAID_MAIL_MATCHED,
    PN_SAID_MAIL_IGNORED,
    /* other systems */
    PN_SAID_ASKED,
    PN_SAID_ASKED_TICKET,
    PN_SAID_ASKED_PAID,
    PN_SAID_ASKED_SUSPEND,
    PN_SAID_ASKED_RESTORE,
    PN_SAID_ASKED_COLLECT,
    /* changes by hand, and the rest */
    PN_SAID_RUN_STOPPED,
    PN_SAID_RUN_POSTPONED,
    PN_SAID_RUN_LED,
    PN_SAID_DOCUMENT,
    PN_SAID_PREFERS,
    PN_SAID_EXPORTED,
    PN_SAID_SETTINGS,
    PN_SAID_CORRECTED_TEXT,
    PN_SAID_NOTE,
    PN_SAID_PROTECTED,
    PN_SAID_UNPROTECTED,
    PN_SAID_TASK_DONE,
    PN_SAID_TASK_SNOOZED,
    PN_SAID_TASK_WOKEN,
    PN_SAID_TASK_ASSIGNED,
    PN_SAID_TASK_QUEUED,
    PN_SAID_TASK_UNDONE,
    PN_SAID_TASK_REJECTED,
    PN_SAID_TASK_ADDED,
    PN_SAID_CALLED,
    PN_SAID_CALLED_AGAIN,
    /* addresses, and who must not be contacted at all */
    PN_SAID_CONTACT_ERASED,
    PN_SAID_CONTACT_ADDED,
    PN_SAID_CONTACT_USABLE,
    PN_SAID_CONTACT_BOUNCED,
    PN_SAID_CONTACT_OPTED_OUT,
    PN_SAID_CONTACT_INVALID,
    PN_SAID_CONTACT_CONSENTED,
    PN_SAID_CONTACT_NOT_CONSENTED,
    PN_SAID_CONTACT_CHANGED,
    PN_SAID_BARRED,
    PN_SAID_ALLOWED,
    PN_SAID_MOVED_VERSION,
    PN_SAID_LINK,
    PN_SAID_ERASED,
    PN_SAID_JOB,
    PN_SAID_PROOF_REMAINS,
    PN_SAID_UNREADABLE,
    /* the sentence of a message */
    PN_SAID_IT_WAITS,
    PN_SAID_IT_WAITS_FOR,
    PN_SAID_IT_WAITS_VERDICT,
    PN_SAID_IT_IS_BEING_SENT,
    PN_SAID_IT_WAS_SENT,
    PN_SAID_IT_WAS_SENT_TOO,
    PN_SAID_IT_CAME_BACK,
    PN_SAID_IT_FAILED,
    PN_SAID_IT_WAS_SKIPPED,
    PN_SAID_IT_IS_UNCERTAIN,
    PN_SAID_IT_IS_HELD,
    PN_SAIDS
} pn_said;

/* `language` is "es", "pt" or, for any other, English. %1 to %4 of the saying are the first to the
 * fourth of `values`. */
void pn_say(pn_buf *out, pn_str language, pn_said said, const pn_str *values, size_t count);

/* A word of ours that rows and events keep ("kept", "sms", "page"), as people read it; itself where
 * there is nothing better. */
pn_str pn_code_words(pn_str code, pn_str language);

/* What a reason word of a message means: "superseded" → "the next stage's time had come already".
 * Empty for a word that is none. */
pn_str pn_reason_words(pn_str reason, pn_str language);

/* Why undoing an import leaves something ("paid", "messaged"): "it was paid, credited or charged
 * since". Empty for a word that is none. */
pn_str pn_left_words(pn_str reason, pn_str language);

#endif
