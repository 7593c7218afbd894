/* Mailboxes: what an organization says about where its mail is fetched from. */
#ifndef PN_APP_MAILBOX_H
#define PN_APP_MAILBOX_H

#include "app/app.h"
#include "base/json.h"
#include "net/imap_client.h"

/* An IMAP account made of settings; its texts live on the arena it was read on. */
typedef struct {
    pn_imap_account account;
    pn_str source; /* "imap://user@host:port/folder": what positions and mails are kept under */
} pn_mailbox;

/* Settings: url, user, password_file | password_env | token_file, folder, processed, starttls,
 * verify, ca_file, days. INVALID with a sentence. The secret is read now, so that one that another
 * program renews is always the newest. */
PN_MUST_USE pn_err pn_mailbox_read(pn_app *app, const pn_json *settings, pn_arena *arena,
                                   pn_mailbox *ret_mailbox, pn_diag *diag);

#endif
