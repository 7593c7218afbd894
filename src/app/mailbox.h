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

/* ── setting one up by a form ── */

typedef struct {
    pn_str name;
    pn_str host, user, folder, processed;
    int64_t port;    /* 0: what is usual */
    bool tls;        /* from the start; else STARTTLS */
    bool clear;      /* neither: on this machine alone */
    pn_str password; /* empty: the one there is */
    bool private_network;
    int64_t days; /* -1: what is usual */
} pn_mailbox_form;

/* Where it is, as its settings say; borrowed from them, or on the arena. */
typedef struct {
    pn_str host, user, folder, processed;
    uint16_t port;
    bool tls, clear, private_network;
} pn_mailbox_place;
void pn_mailbox_where(const pn_json *settings, pn_arena *arena, pn_mailbox_place *ret_place);
/* Whether the form leads to the server of these settings. */
bool pn_mailbox_is_there(const pn_mailbox_form *form, const pn_json *settings, pn_arena *arena);

/* Checks, keeps the password in the vault, writes the row, with the audit trail; nothing is
 * connected to. DENIED where server or user changed and the password was not given again. In the
 * transaction under way. */
PN_MUST_USE pn_err pn_mailbox_setup(pn_app *app, const pn_mailbox_form *form, pn_arena *arena,
                                    pn_diag *diag);
/* With its password; mail that came stays. NOT_FOUND. */
PN_MUST_USE pn_err pn_mailbox_drop(pn_app *app, pn_str name, pn_arena *arena, pn_diag *diag);
/* The name of its password in the vault. */
pn_str pn_mailbox_vault(pn_str name, pn_arena *arena);

#endif
