/* Outlets: the channels an organization has set, started with their drivers. */
#ifndef PN_APP_OUTLETS_H
#define PN_APP_OUTLETS_H

#include "app/app.h"
#include "app/http_message.h"
#include "app/mail_settings.h"
#include "channel/channel.h"
#include "format/mime.h"
#include "store/document.h"

/* What every driver gets: outside live mode nothing leaves the machine, so only its own addresses
 * may be connected to. */
pn_channel_host pn_outlet_host(const pn_app *app);
/* The same as the settings of a channel or mailbox say: one that was set on a screen reaches public
 * addresses, and those of a private network only with "private". A set of pn_net_kind. */
unsigned pn_outlet_networks(pn_org_mode mode, const pn_json *settings);

/* Whom a channel is started for. Outside live mode nothing leaves the machine; but in test mode
 * what is for people of ours does, for they want to see that it arrives
 * (docs/decisions/sandbox-sends-to-loopback.md). */
typedef enum {
    PN_OUTLET_DELIVERS, /* for whoever owes */
    PN_OUTLET_TO_US,    /* for a person of the organization */
} pn_outlet_use;

/* What is started of a channel's row. */
typedef struct {
    const pn_channel_driver *driver;
    pn_channel *channel;
    pn_dkim *dkim; /* NULL: mail is not signed */
    pn_mail_settings mail;
    pn_http_message http; /* of the channel http */
} pn_started;

/* Starts the driver of a channel's row, and its signer. Settings live on the arena as long as the
 * channel does. To deliver outside live mode, a channel that would leave the machine is captured.
 */
PN_MUST_USE pn_err pn_outlet_start(pn_app *app, const pn_channel_row *row, pn_outlet_use use,
                                   pn_arena *arena, pn_started *ret_started, pn_diag *diag);
void pn_outlet_stop(pn_started *started);

/* Checks the settings against the driver by starting it, writes them, ends a pause, and makes
 * waiting messages due. In the transaction under way. `ret_warning` is a sentence, or empty. */
PN_MUST_USE pn_err pn_outlet_set(pn_app *app, const pn_channel_row *row, pn_arena *arena,
                                 pn_str *ret_warning, pn_diag *diag);
/* Nothing leaves by it until it is resumed. In the transaction under way. */
PN_MUST_USE pn_err pn_outlet_pause(pn_app *app, pn_channel_kind channel, pn_str reason);
/* Ends a pause. In the transaction under way. */
PN_MUST_USE pn_err pn_outlet_resume(pn_app *app, pn_channel_kind channel, pn_diag *diag);

/* Whether what a channel delivers stays on this machine now: its driver keeps it, or the mode. */
PN_MUST_USE pn_err pn_outlet_is_captured(pn_app *app, const pn_channel_row *row, pn_arena *arena,
                                         bool *ret_captured, pn_diag *diag);
/* Whether that address is of somebody who signs in to the organization. */
PN_MUST_USE pn_err pn_outlet_is_ours(pn_app *app, pn_str address, pn_arena *arena, bool *ret_ours);

/* Sends one message now, past queue and gate: it is to people of ours. Its content is signed, where
 * the channel has keys. Waits for the result as long as the driver may take
 * (PN_LIMIT_CHANNEL_RESULT_SECONDS). */
PN_MUST_USE pn_err pn_outlet_send(pn_app *app, const pn_channel_row *row, pn_outgoing *message,
                                  pn_arena *arena, pn_send_result *ret_result, pn_diag *diag);

/* Sends one test message now, past queue and gate: nobody owes anything in it. Waits for the result
 * as long as the driver may take (PN_LIMIT_CHANNEL_RESULT_SECONDS). In test mode DENIED for who is
 * not of ours, unless the server is this machine. */
PN_MUST_USE pn_err pn_outlet_test(pn_app *app, pn_channel_kind channel, pn_str recipient,
                                  pn_arena *arena, pn_send_result *ret_result, pn_diag *diag);

/* Keeps what came of a test, in a transaction of its own: people see a channel that does not work,
 * and that one was tried before it goes live. */
PN_MUST_USE pn_err pn_outlet_tested(pn_app *app, pn_channel_kind channel,
                                    const pn_send_result *result, pn_diag *diag);

/* Sends a mail as it stands to one of ours, past queue and gate: what a debtor would get. Waits
 * like pn_outlet_test. */
PN_MUST_USE pn_err pn_outlet_sample(pn_app *app, pn_str mail, pn_str recipient, pn_arena *arena,
                                    pn_send_result *ret_result, pn_diag *diag);

/* A mail that somebody waits for now, such as a code: past queue and gate, for they asked for it.
 * From the creditor's name at the channel's address. Waits as long as the driver may take. */
typedef struct {
    pn_str recipient, subject, text, language, from_name;
} pn_outlet_letter;
PN_MUST_USE pn_err pn_outlet_post(pn_app *app, const pn_outlet_letter *letter, pn_arena *arena,
                                  pn_diag *diag);

/* The parts of a sender, "Name <address>" or an address alone; borrowed. */
pn_mime_address pn_outlet_sender(pn_str sender);

#endif
