#include "cli/settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"
#include "base/json.h"

enum { FILE_BYTES_MAX = 65536 };

const char *pn_origin_name(pn_origin origin) {
    static const char *const NAMES[] = {"built in", "file", "environment", "flag", "database"};
    return NAMES[origin];
}

typedef struct {
    const char *key, *flag, *variable, *otherwise;
} known;

static const known KNOWN[PN_SETTINGS] = {
    [PN_SETTING_DB] = {"db", "db", "PUNTUAL_DB", "puntual.db"},
    [PN_SETTING_ORG] = {"org", "org", "PUNTUAL_ORG", NULL},
    [PN_SETTING_LOG] = {"log", NULL, "PUNTUAL_LOG", "warn"},
    [PN_SETTING_ERASURES] = {"erasures", "erasures", "PUNTUAL_ERASURES", NULL},
    [PN_SETTING_LISTEN] = {"listen", "listen", "PUNTUAL_LISTEN", "127.0.0.1:8080"},
    [PN_SETTING_ROLES] = {"roles", "roles", "PUNTUAL_ROLES", "http,engine,delivery,intake"},
    [PN_SETTING_PUBLIC_URL] = {"public_url", "public-url", "PUNTUAL_PUBLIC_URL", NULL},
    [PN_SETTING_TLS_CERT] = {"tls_cert", "tls-cert", "PUNTUAL_TLS_CERT", NULL},
    [PN_SETTING_TLS_KEY] = {"tls_key", "tls-key", "PUNTUAL_TLS_KEY", NULL},
    [PN_SETTING_TRUSTED_PROXY] = {"trusted_proxy", "trusted-proxy", "PUNTUAL_TRUSTED_PROXY", NULL},
    [PN_SETTING_METRICS_FROM] = {"metrics_from", "metrics-from", "PUNTUAL_METRICS_FROM",
                                 "127.0.0.1,::1"},
    [PN_SETTING_DATA_CENTRES] = {"data_centres", "data-centres", "PUNTUAL_DATA_CENTRES", NULL},
};

const char *pn_setting_flag(int index) {
    return KNOWN[index].flag;
}

/* PUNTUAL_CONFIG must exist; the usual places may lack the file. */
static FILE *open_file(const char **ret_path, pn_diag *diag) {
    static const char *const USUAL[] = {"puntual.json", "/etc/puntual.json"};
    const char *given = getenv("PUNTUAL_CONFIG");
    FILE *file = NULL;
    *ret_path = given;
    if (given != NULL && given[0] != '\0') {
        file = fopen(given, "rb");
        if (file == NULL) {
            (void)pn_diag_set(diag, PN_IO, "PUNTUAL_CONFIG names “%s”, which cannot be read: %s.",
                              given, strerror(errno));
        }
        return file;
    }
    for (size_t i = 0; i < PN_COUNT(USUAL) && file == NULL; i++) {
        *ret_path = USUAL[i];
        file = fopen(USUAL[i], "rb");
    }
    return file;
}

static pn_err refuse_unknown(const pn_json *json, const char *path, pn_diag *diag) {
    for (size_t i = 0; json->type == PN_JSON_OBJECT && i < json->count; i++) {
        size_t k = 0;
        while (k < PN_SETTINGS && !pn_str_eq(json->members[i].key, pn_str_of(KNOWN[k].key))) {
            k++;
        }
        if (k == PN_SETTINGS || json->members[i].value.type != PN_JSON_STR) {
            pn_err err =
                pn_diag_set(diag, PN_INVALID, "“%.*s” is no setting, or its value no text.",
                            PN_STR_ARG(json->members[i].key));
            pn_diag_where(diag, "%s", path);
            pn_diag_mend(diag, "It may hold db, org, log, erasures, listen, roles, public_url, "
                               "tls_cert, tls_key, trusted_proxy, metrics_from and "
                               "data_centres.");
            return err;
        }
    }
    return PN_OK;
}

static pn_err read_config(pn_settings *settings, pn_arena *arena, const pn_json **ret_json,
                          pn_diag *diag) {
    const char *path = NULL;
    pn_json *json = NULL;
    FILE *file = open_file(&path, diag);
    if (file == NULL) {
        return diag->what[0] != '\0' ? PN_IO : PN_OK;
    }
    char *bytes = pn_arena_alloc(arena, FILE_BYTES_MAX);
    size_t got = fread(bytes, 1, FILE_BYTES_MAX, file);
    (void)fclose(file);
    if (got == FILE_BYTES_MAX) {
        return pn_diag_set(diag, PN_LIMIT, "“%s” is larger than 64 KB.", path);
    }
    pn_err err = pn_json_parse((pn_str){bytes, got}, NULL, arena, &json, diag);
    if (err != PN_OK) {
        char where[sizeof diag->where];
        memcpy(where, diag->where, sizeof where);
        pn_diag_where(diag, "%s, %s", path, where);
        return err;
    }
    PN_TRY(refuse_unknown(json, path, diag));
    settings->file = path;
    *ret_json = json;
    return PN_OK;
}

static void resolve(pn_settings *settings, int index, const char *flag, const pn_json *file) {
    const known *k = &KNOWN[index];
    const char *variable = getenv(k->variable);
    pn_str in_file = pn_json_text(pn_json_get(file, pn_str_of(k->key)), PN_STR(""));
    pn_setting *setting = &settings->items[index];
    *setting = (pn_setting){k->key, pn_str_of(k->otherwise), PN_ORIGIN_BUILT_IN, NULL};
    if (flag != NULL) {
        *setting = (pn_setting){k->key, pn_str_of(flag), PN_ORIGIN_FLAG, NULL};
    } else if (variable != NULL && variable[0] != '\0') {
        *setting = (pn_setting){k->key, pn_str_of(variable), PN_ORIGIN_ENVIRONMENT, k->variable};
    } else if (in_file.len != 0) {
        *setting = (pn_setting){k->key, in_file, PN_ORIGIN_FILE, settings->file};
    }
}

pn_err pn_settings_load(pn_settings *settings, const char *const flags[PN_SETTINGS],
                        pn_log_level *log_level, pn_arena *arena, pn_diag *diag) {
    const pn_json *file = NULL;
    PN_TRY(read_config(settings, arena, &file, diag));
    for (int i = 0; i < PN_SETTINGS; i++) {
        resolve(settings, i, flags[i], file);
    }
    const pn_setting *log = &settings->items[PN_SETTING_LOG];
    if (!pn_log_level_parse(log->value, log_level)) {
        pn_err err =
            pn_diag_set(diag, PN_INVALID, "“%.*s” is no log level.", PN_STR_ARG(log->value));
        pn_diag_where(diag, "%s", log->place);
        pn_diag_mend(diag, "Use debug, info, warn, error or off.");
        return err;
    }
    return PN_OK;
}
