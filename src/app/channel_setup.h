/* Setting up a channel by a form: what the console and the API say, made into a channel's row, with
 * its password in the vault. `puntual channel set` writes rows of its own; what only that one knows
 * (certificates, connections, key files) is kept here as it is. */
#ifndef PN_APP_CHANNEL_SETUP_H
#define PN_APP_CHANNEL_SETUP_H

#include "app/outlets.h"
#include "codec/dkim.h"

/* How the connection is secured. */
typedef enum {
    PN_SECURED_TLS,      /* from the start: port 465 */
    PN_SECURED_STARTTLS, /* begun in clear, then secured: port 587 */
    PN_SECURED_NOT,      /* refused for a password, but on this machine */
} pn_secured;

typedef struct {
    pn_channel_kind channel;
    pn_str driver; /* "capture", "smtp", "http" */
    pn_str from_name, from_address;
    /* smtp */
    pn_str host, user;
    int64_t port; /* 0: what is usual */
    pn_secured secured;
    pn_str password;         /* empty: the one there is */
    bool without_password;   /* the one there is goes */
    bool private_network;    /* addresses of private networks and of this machine, too */
    int64_t rate_per_minute; /* 0: as fast as the server takes them */
    pn_str bounce_domain;
    /* http */
    pn_str connector, method, path, type, body, id, ok, ok_words, gone;
} pn_channel_form;

/* Where a channel's mail server is, as its settings say; borrowed from them. False where they name
 * none. */
typedef struct {
    pn_str host;
    uint16_t port;
    pn_secured secured;
} pn_channel_server;
bool pn_channel_where(const pn_json *settings, pn_channel_server *ret_server);
/* The same of a form that is not set yet. */
bool pn_channel_form_where(const pn_channel_form *form, pn_arena *arena,
                           pn_channel_server *ret_server);

/* Checks, keeps the password, writes the row, and what changed into the audit trail, without the
 * password. One that is new begins paused, one that was paused stays so. DENIED where server or
 * user changed and the password was not given again: nobody leads a password that they do not know
 * to another server. In the transaction under way. */
PN_MUST_USE pn_err pn_channel_setup(pn_app *app, const pn_channel_form *form, pn_arena *arena,
                                    pn_str *ret_warning, pn_diag *diag);
/* Takes a channel away, with its secrets: what waits goes on waiting. NOT_FOUND. */
PN_MUST_USE pn_err pn_channel_remove(pn_app *app, pn_channel_kind channel, pn_arena *arena,
                                     pn_diag *diag);

/* A pair that was made (pn_dkim_generate) signs for the sender's domain from now on; the private
 * part goes to the vault. INVALID for a selector that is none, CONFLICT where no mail is set. In
 * the transaction under way. */
PN_MUST_USE pn_err pn_channel_sign(pn_app *app, pn_str selector, pn_str private_pem,
                                   pn_str public_base64, pn_arena *arena, pn_diag *diag);

/* Names in the vault. */
#define PN_VAULT_MAIL_PASSWORD "channel.email.password"
#define PN_VAULT_MAIL_DKIM "channel.email.dkim"

#endif
