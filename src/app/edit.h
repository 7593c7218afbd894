/* A message's words, written anew by a person before it leaves.
 *
 * An edit is a variant of its own: what the template would say in this channel, language and tone,
 * with another subject, other blocks or another text. It stands with the message and is compiled as
 * strictly as a template that is published, so a demand still names creditor, invoices, amount and
 * day, amounts are those of the moment of sending, and everything is escaped by the one renderer.
 * Rejected: keeping rendered words, which may ask for what has been paid meanwhile. */
#ifndef PN_APP_EDIT_H
#define PN_APP_EDIT_H

#include "app/deliver.h"
#include "compose/compose.h"
#include "store/message.h"

/* What a message would say. */
typedef struct {
    pn_message_row message;
    int64_t revision;       /* how often its words were changed; 0: never */
    bool edited;            /* false: the template's own words */
    pn_str by;              /* who changed them last; empty */
    pn_time at;             /* PN_TIME_NONE */
    const pn_json *variant; /* of a template (docs/templates): subject, blocks; or text */
} pn_edit;

/* NOT_FOUND; CONFLICT once it has left or is leaving. */
PN_MUST_USE pn_err pn_edit_read(pn_app *app, pn_id message_id, pn_arena *arena, pn_edit *ret_edit,
                                pn_diag *diag);

/* The message as sending would write it now; CONFLICT with a sentence where it would not be sent
 * now, as nothing is to be asked for. */
PN_MUST_USE pn_err pn_edit_preview(pn_app *app, const pn_edit *edit, pn_arena *arena,
                                   pn_preview *ret_preview, pn_diag *diag);

/* NULL leaves a field as it is. */
typedef struct {
    const pn_json *subject, *preheader, *blocks, *text;
    pn_str reason; /* kept in the journal */
} pn_edit_wish;

/* In the transaction under way. INVALID with all that is wrong in `ret_problems`. The revision is
 * the caller's to compare: pn_edit_read in the same transaction. */
PN_MUST_USE pn_err pn_edit_write(pn_app *app, pn_edit *edit, const pn_edit_wish *wish,
                                 pn_arena *arena, pn_compose_problems *ret_problems, pn_diag *diag);
/* Back to the template's words. CONFLICT where they are that already. */
PN_MUST_USE pn_err pn_edit_drop(pn_app *app, pn_edit *edit, pn_str reason, pn_arena *arena,
                                pn_diag *diag);

/* True where a person has written the message's words. */
bool pn_edit_is(const pn_message_row *message);
/* The version of a message for If-Match: another after each change of its words or its state. */
int64_t pn_edit_version(const pn_message_row *message, pn_arena *arena);
/* Compiles the words of a message that pn_edit_is, which the family would have said else. */
PN_MUST_USE pn_err pn_edit_compile(const pn_message_row *message, const pn_family *family,
                                   pn_arena *arena, const pn_variant **ret_variant, pn_diag *diag);

#endif
