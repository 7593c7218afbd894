#define _GNU_SOURCE /* fileno */
#include "app/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "app/vault.h"
#include "base/banned.h"

static pn_err read_file(pn_str path, pn_arena *arena, pn_str *ret_secret, pn_diag *diag) {
    char line[4096];
    FILE *file = fopen(pn_str_z(arena, path), "rb");
    if (file == NULL) {
        pn_err err =
            pn_diag_set(diag, PN_IO, "The password file %.*s cannot be read.", PN_STR_ARG(path));
        pn_diag_mend(diag, "Make it readable for the user that runs Puntual, and only for that "
                           "one.");
        return err;
    }
    struct stat status;
    if (fstat(fileno(file), &status) != 0 || (status.st_mode & S_IROTH) != 0) {
        (void)fclose(file);
        pn_err err = pn_diag_set(diag, PN_DENIED, "Every user may read the password file %.*s.",
                                 PN_STR_ARG(path));
        pn_diag_mend(diag, "chmod 600 %.*s", PN_STR_ARG(path));
        return err;
    }
    size_t got = fread(line, 1, sizeof line, file);
    (void)fclose(file);
    while (got > 0 && (line[got - 1] == '\n' || line[got - 1] == '\r')) {
        got--;
    }
    *ret_secret = pn_str_dup(arena, (pn_str){line, got});
    return PN_OK;
}

static pn_err read_variable(pn_str name, pn_arena *arena, pn_str *ret_secret, pn_diag *diag) {
    const char *secret = getenv(pn_str_z(arena, name));
    if (secret == NULL) {
        return pn_diag_set(diag, PN_NOT_FOUND,
                           "The environment variable %.*s, which holds the password, is not set.",
                           PN_STR_ARG(name));
    }
    *ret_secret = pn_str_dup(arena, pn_str_of(secret));
    return PN_OK;
}

/* True for a key "NAME_file", "NAME_env". */
static bool is_key(pn_str key, const char *name, pn_str suffix) {
    size_t len = strlen(name);
    return key.len == len + suffix.len && memcmp(key.ptr, name, len) == 0 &&
           pn_str_ends(key, suffix);
}

pn_err pn_secret_take(const pn_app *app, const pn_json *settings, const char *name, pn_arena *arena,
                      pn_json **ret_settings, pn_str *ret_secret, pn_diag *diag) {
    pn_json *kept = pn_arena_new(arena, pn_json);
    *kept = (pn_json){.type = PN_JSON_OBJECT};
    kept->members = pn_arena_array(arena, pn_json_member, settings->count + 1);
    for (size_t i = 0; i < settings->count; i++) {
        const pn_json_member *member = &settings->members[i];
        pn_str value = pn_json_text(&member->value, PN_STR(""));
        if (is_key(member->key, name, PN_STR("_file"))) {
            PN_TRY(read_file(value, arena, ret_secret, diag));
        } else if (is_key(member->key, name, PN_STR("_env"))) {
            PN_TRY(read_variable(value, arena, ret_secret, diag));
        } else if (is_key(member->key, name, PN_STR("_kept"))) {
            PN_TRY(pn_vault_get(app, value, arena, ret_secret, diag));
        } else {
            kept->members[kept->count++] = *member;
        }
    }
    *ret_settings = kept;
    return PN_OK;
}

bool pn_secret_is_named(const pn_json *settings, const char *name) {
    for (size_t i = 0; i < settings->count; i++) {
        pn_str key = settings->members[i].key;
        if (is_key(key, name, PN_STR("_file")) || is_key(key, name, PN_STR("_env")) ||
            is_key(key, name, PN_STR("_kept"))) {
            return true;
        }
    }
    return false;
}

pn_err pn_secret_read(const pn_app *app, const pn_json *settings, pn_arena *arena,
                      pn_json **ret_settings, pn_str *ret_secret, pn_diag *diag) {
    return pn_secret_take(app, settings, "password", arena, ret_settings, ret_secret, diag);
}
