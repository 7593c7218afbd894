#include "app/migrate.h"

#include <stdio.h>

#include "app/backup.h"
#include "base/banned.h"
#include "store/schema.h"

/* Beside the database, named after the schema that it holds and when it was made. */
static pn_err save_before(pn_db *db, const pn_migrate_request *request, pn_migrate_info *info,
                          pn_diag *diag) {
    pn_backup_info made;
    int len =
        snprintf(info->backup, sizeof info->backup, "%s.schema-%lld-%lld", pn_db_file(request->url),
                 (long long)info->from, (long long)(pn_env_now(request->env) / PN_SECOND));
    if (len < 0 || (size_t)len >= sizeof info->backup) {
        return pn_diag_set(diag, PN_LIMIT, "The path %.80s… is too long.", request->url);
    }
    pn_err err = pn_backup_copy(db, info->backup, &made, diag);
    if (err != PN_OK) {
        info->backup[0] = '\0';
        pn_diag_mend(diag, "Before an upgrade a backup is made beside the database; nothing was "
                           "changed.");
    }
    return err;
}

static pn_err needs_backup(const pn_migrate_info *info, pn_diag *diag) {
    pn_err err = pn_diag_set(diag, PN_DENIED,
                             "Before schema %lld becomes %lld, make a backup: on a server the "
                             "upgrade cannot.",
                             (long long)info->from, (long long)info->to);
    pn_diag_mend(diag, "pg_dump -Fc writes one; then say --backed-up.");
    return err;
}

static pn_err upgrade(pn_db *db, const pn_migrate_request *request, pn_migrate_info *info,
                      pn_diag *diag) {
    if (info->from != 0 && pn_db_is_file(request->url)) {
        PN_TRY(save_before(db, request, info, diag));
    } else if (info->from != 0 && !request->backed_up) {
        return needs_backup(info, diag);
    }
    PN_TRY(pn_schema_migrate(db, pn_env_now(request->env), diag));
    pn_log_write(request->log, PN_LOG_WARN, "schema.upgraded", (pn_log_fields){.count = info->to});
    return PN_OK;
}

pn_err pn_migrate(const pn_migrate_request *request, pn_migrate_info *ret_info, pn_diag *diag) {
    pn_migrate_info info = {.to = pn_schema_newest()};
    pn_db *db = NULL;
    pn_db_options how = {.mode = request->look ? PN_DB_READ : PN_DB_WRITE, .alone = !request->look};
    PN_TRY(pn_db_open(request->url, &how, &db, diag));
    pn_err err = pn_schema_version(db, &info.from);
    if (err != PN_OK) {
        err = pn_db_diag(db, err, diag);
    } else if (info.from > info.to) {
        err = pn_schema_refuse_newer(info.from, diag);
    } else if (info.from < info.to && !request->look) {
        err = upgrade(db, request, &info, diag);
    }
    pn_db_close(db);
    if (err == PN_OK) {
        *ret_info = info;
    }
    return err;
}

static pn_err behind(int64_t version, pn_diag *diag) {
    pn_err err = pn_diag_set(diag, PN_CONFLICT,
                             "The database has schema %lld, from before this program; it writes "
                             "schema %lld.",
                             (long long)version, (long long)pn_schema_newest());
    pn_diag_mend(diag, "Make a backup with pg_dump, stop the other programs on it, then `puntual "
                       "migrate --backed-up`.");
    return err;
}

pn_err pn_migrate_opened(const pn_app_options *options, const pn_db_options *how, pn_db **db,
                         pn_diag *diag) {
    int64_t version = 0;
    pn_migrate_info info;
    pn_migrate_request request = {.url = options->url, .env = options->env, .log = options->log};
    pn_err err = pn_schema_version(*db, &version);
    if (err != PN_OK) {
        return pn_db_diag(*db, err, diag);
    }
    if (options->copying && version == PN_SCHEMA_COPYING) {
        return PN_OK;
    }
    if (version == 0 || version >= pn_schema_newest()) {
        return pn_schema_migrate(*db, pn_env_now(options->env), diag);
    }
    if (!pn_db_is_file(options->url)) {
        return behind(version, diag);
    }
    pn_db_close(*db);
    *db = NULL;
    PN_TRY(pn_migrate(&request, &info, diag));
    return pn_db_open(options->url, how, db, diag);
}
