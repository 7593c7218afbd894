/* The settings of the `smtp` driver: their table, and what they mean together. */
#ifndef PN_CHANNEL_SMTP_SETTINGS_H
#define PN_CHANNEL_SMTP_SETTINGS_H

#include "channel/channel.h"
#include "net/smtp.h"

typedef struct {
    pn_arena arena; /* holds the texts */
    pn_str host;    /* a name, or an address without brackets */
    uint16_t port;
    bool tls_at_once; /* smtps */
    bool verify_none;
    pn_str ca_file;
    pn_smtp_options smtp;
    unsigned connections;
    int64_t interval_us; /* between two messages; 0: as fast as it goes */
} pn_smtp_settings;

enum { PN_SMTP_SETTINGS = 10 };
extern const pn_channel_setting pn_smtp_setting_table[PN_SMTP_SETTINGS];

/* `settings` has passed pn_channel_settings_check. Copies what it keeps. */
PN_MUST_USE pn_err pn_smtp_settings_init(pn_smtp_settings *ret_settings, const pn_json *settings,
                                         pn_str secret, pn_diag *diag);
/* Wipes the secret. */
void pn_smtp_settings_done(pn_smtp_settings *settings);

#endif
