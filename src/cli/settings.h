/* Where the program's own settings come from: flag, environment, file, built in, in that order.
 *
 * What belongs to an organization (channels, creditors, strategies) stands in its database. */
#ifndef PN_CLI_SETTINGS_H
#define PN_CLI_SETTINGS_H

#include "base/log.h"

typedef enum {
    PN_ORIGIN_BUILT_IN,
    PN_ORIGIN_FILE,
    PN_ORIGIN_ENVIRONMENT,
    PN_ORIGIN_FLAG,
    PN_ORIGIN_DATABASE,
} pn_origin;

const char *pn_origin_name(pn_origin origin);

typedef struct {
    const char *key;
    pn_str value; /* empty: not set */
    pn_origin origin;
    const char *place; /* the variable or the file; NULL */
} pn_setting;

enum {
    PN_SETTING_DB,
    PN_SETTING_ORG,
    PN_SETTING_LOG,
    PN_SETTING_ERASURES,
    /* of `serve` */
    PN_SETTING_LISTEN,
    PN_SETTING_ROLES,
    PN_SETTING_PUBLIC_URL,
    PN_SETTING_TLS_CERT,
    PN_SETTING_TLS_KEY,
    PN_SETTING_TRUSTED_PROXY,
    PN_SETTING_METRICS_FROM,
    PN_SETTING_DATA_CENTRES,
    PN_SETTINGS
};

typedef struct {
    pn_setting items[PN_SETTINGS];
    const char *file; /* the one that was read; NULL none */
} pn_settings;

/* The flag that sets it: "tls-cert". */
const char *pn_setting_flag(int index);
/* `flags` are the values of flags, or NULL, beside pn_settings.items. The file is PUNTUAL_CONFIG,
 * else ./puntual.json, else /etc/puntual.json, where it exists; INVALID with a sentence when it is
 * wrong. Everything lives on the arena. */
PN_MUST_USE pn_err pn_settings_load(pn_settings *settings, const char *const flags[PN_SETTINGS],
                                    pn_log_level *log_level, pn_arena *arena, pn_diag *diag);

#endif
