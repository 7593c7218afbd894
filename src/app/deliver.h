/* Delivery: from intents to what really goes out.
 *
 *   T1  claim: under the debtor's lock read the facts again, ask the gate, choose contact and tone,
 *       join demands for one creditor, address, channel and day into one carrier, reserve quotas,
 *       freeze what the text is written from
 *       render, outside any transaction
 *   T2  store content and hash, only if no debtor's seq moved since; else everything is undone.
 *       Only as much at a time as the network will take soon
 *       the network
 *   T3  record what became of it; poke the runs
 *
 * A crash between T2 and T3 leaves carriers in `sending` with content: they become `uncertain` and
 * are not sent again. A crash before T2 leaves no content: those go back to the queue. */
#ifndef PN_APP_DELIVER_H
#define PN_APP_DELIVER_H

#include "app/engine.h"
#include "compose/compose.h"

typedef struct {
    int64_t sent;     /* messages (intents) that left */
    int64_t carriers; /* in so many pieces */
    int64_t skipped;
    int64_t delayed;
    int64_t failed;
    int64_t retried;
    int64_t uncertain;
} pn_delivery_stats;

typedef struct pn_delivery pn_delivery;

/* Recovers what a crash left behind. */
PN_MUST_USE pn_err pn_delivery_open(pn_engine *engine, pn_delivery **ret_delivery, pn_diag *diag);
/* Waits for what is in flight for at most a second. */
void pn_delivery_close(pn_delivery *delivery);

/* Sends everything that is due at `now` and records every result; returns when nothing is due and
 * nothing is in flight. */
PN_MUST_USE pn_err pn_delivery_work(pn_delivery *delivery, pn_time now, pn_delivery_stats *stats,
                                    pn_diag *diag);

/* The texts of a message, as sending would write them. */
typedef struct {
    pn_str subject, text, html;
    pn_str eml;      /* the message as it leaves: an e-mail, or an HTTP request */
    pn_str copy_eml; /* what people of ours get; empty: the same */
    pn_str language;
    unsigned tone;
} pn_preview;

/* How a preview should differ from what would be sent now; all zero: in nothing. */
typedef struct {
    unsigned tone;           /* 0: the one that sending would choose for a demand now */
    pn_str language;         /* empty: the debtor's */
    pn_form form;            /* PN_FORM_ANY: the creditor's */
    pn_channel_kind channel; /* PN_CHANNEL_NONE: e-mail; another one's preview is its text alone;
                                of http the request too, where it is set */
    const pn_family *family; /* instead of the published one: a draft; NULL: the published one */
    const pn_variant
        *variant; /* instead of the family's; NULL: the one that sending would choose */
} pn_preview_wish;

/* Writes a family's message about an invoice and the others of its account that would be listed
 * with it, without sending anything. */
PN_MUST_USE pn_err pn_preview_write(pn_app *app, pn_str family, pn_id invoice_id,
                                    const pn_preview_wish *wish, pn_arena *arena,
                                    pn_preview *ret_preview, pn_diag *diag);

#endif
