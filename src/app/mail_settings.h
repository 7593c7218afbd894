/* Settings of the e-mail channel that are delivery's own and no driver's: where bounces go, which
 * keys sign.
 *
 *   bounce_domain                              VERP addresses live there (format/verp.h)
 *   dkim_domain                                d= of the signatures; absent: the sender's domain
 *   dkim_selector, dkim_key_file               a key, in a PEM file that others cannot read
 *   dkim_ed25519_selector, dkim_ed25519_key_file   a second one
 *   dkim_key_kept, dkim_public                 the first key where it was made on a screen: its
 * name in the vault, and what stands in p= of its record
 *
 * Private keys never stand in settings. */
#ifndef PN_APP_MAIL_SETTINGS_H
#define PN_APP_MAIL_SETTINGS_H

#include "app/app.h"
#include "base/json.h"
#include "codec/dkim.h"

typedef struct {
    pn_str bounce_domain; /* empty: bounces go to the sender */
    pn_dkim_key keys[2];
    size_t key_count;
    pn_str public_key; /* of the first, where it was made on a screen; as in its DNS record */
} pn_mail_settings;

/* Takes them out of the settings; what is left is the driver's. `sender` is the channel's. Keys are
 * read only with `read_keys`. INVALID or IO with a sentence. */
PN_MUST_USE pn_err pn_mail_settings_read(const pn_app *app, const pn_json *settings, pn_str sender,
                                         bool read_keys, pn_arena *arena, pn_json **ret_kept,
                                         pn_mail_settings *ret_mail, pn_diag *diag);

/* A sentence where mail would be signed, or bounce, under a domain that has nothing to do with the
 * sender's: DMARC wants one of them to. Empty where all is well. */
pn_str pn_mail_settings_warning(const pn_mail_settings *mail, pn_str sender, pn_arena *arena);

#endif
