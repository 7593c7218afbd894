#define _GNU_SOURCE /* O_CLOEXEC */
#include "app/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/erasures.h"
#include "app/lock.h"
#include "auth/session.h"
#include "base/banned.h"
#include "store/document.h"
#include "store/message.h"
#include "store/run.h"
#include "store/schema.h"

/* ── files ───────────────────────────────────────────────────────────────────────────────────── */

static bool exists(const char *path) {
    struct stat found;
    return stat(path, &found) == 0;
}

static pn_err part_of(const char *path, char *part, size_t size, pn_diag *diag) {
    int length = snprintf(part, size, "%s.part", path);
    return length > 0 && (size_t)length < size
               ? PN_OK
               : pn_diag_set(diag, PN_LIMIT, "The path %.80s… is too long.", path);
}

/* What belongs to a database file besides it. */
static void remove_all(const char *path) {
    static const char *const ENDS[] = {"", "-wal", "-shm", "-journal"};
    char name[1024];
    for (size_t i = 0; i < PN_COUNT(ENDS); i++) {
        (void)snprintf(name, sizeof name, "%s%s", path, ENDS[i]);
        (void)unlink(name);
    }
}

/* The new name is on the disk when this returns. */
static pn_err give_name(const char *from, const char *to, pn_diag *diag) {
    char folder[1024];
    (void)snprintf(folder, sizeof folder, "%s", to);
    char *slash = strrchr(folder, '/');
    if (slash != NULL) {
        slash[slash == folder ? 1 : 0] = '\0';
    }
    if (rename(from, to) != 0) {
        return pn_diag_set(diag, PN_IO, "%s cannot be given its name: %s.", to, strerror(errno));
    }
    int fd = open(slash != NULL ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        (void)close(fd);
    }
    return PN_OK;
}

static pn_err hash_file(const char *path, pn_backup_info *info, pn_diag *diag) {
    char chunk[65536];
    pn_sha256_ctx hash;
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return pn_diag_set(diag, PN_IO, "%s cannot be read: %s.", path, strerror(errno));
    }
    pn_sha256_begin(&hash);
    for (size_t got = 0; (got = fread(chunk, 1, sizeof chunk, file)) > 0;) {
        pn_sha256_add(&hash, chunk, got);
        info->bytes += (int64_t)got;
    }
    bool failed = ferror(file) != 0;
    (void)fclose(file);
    info->hash = pn_sha256_end(&hash);
    return failed ? pn_diag_set(diag, PN_IO, "%s cannot be read.", path) : PN_OK;
}

static void note_fault(void *context, pn_str words) {
    pn_diag *fault = context;
    if (fault->what[0] == '\0') {
        (void)pn_diag_set(fault, PN_CORRUPT, "%.*s", PN_STR_ARG(words));
    }
}

static pn_err check_pages(pn_db *db, const char *path, pn_diag *diag) {
    pn_diag fault = {0};
    pn_err err = pn_db_check(db, true, note_fault, &fault);
    if (err != PN_OK) {
        return pn_db_diag(db, err, diag);
    }
    return fault.what[0] == '\0'
               ? PN_OK
               : pn_diag_set(diag, PN_CORRUPT, "%s is damaged: %s.", path, fault.what);
}

/* A sound database of a schema that this program knows. */
static pn_err check_file(const char *path, int64_t *ret_schema, pn_diag *diag) {
    pn_db *db = NULL;
    PN_TRY(pn_db_open(path, &(pn_db_options){.mode = PN_DB_READ}, &db, diag));
    pn_err err = check_pages(db, path, diag);
    if (err == PN_OK) {
        err = pn_schema_version(db, ret_schema);
        if (err == PN_OK && (*ret_schema < 1 || *ret_schema > pn_schema_newest())) {
            err = pn_diag_set(diag, PN_INVALID,
                              "%s is no database of this program, or of a newer "
                              "one.",
                              path);
        }
    }
    pn_db_close(db);
    return err;
}

/* ── backup ──────────────────────────────────────────────────────────────────────────────────── */

static pn_err copy_checked(pn_db *db, const char *part, pn_backup_info *info, pn_diag *diag) {
    pn_err err = pn_db_copy(db, part);
    if (err != PN_OK) {
        return pn_db_diag(db, err, diag);
    }
    PN_TRY(check_file(part, &info->schema, diag));
    return hash_file(part, info, diag);
}

pn_err pn_backup_copy(pn_db *db, const char *path, pn_backup_info *ret_info, pn_diag *diag) {
    char part[1024];
    pn_backup_info info = {0};
    PN_TRY(part_of(path, part, sizeof part, diag));
    if (exists(path)) {
        pn_err err = pn_diag_set(diag, PN_CONFLICT, "%s is there already.", path);
        pn_diag_mend(diag, "Give the backup another name; it overwrites nothing.");
        return err;
    }
    remove_all(part);
    pn_err err = copy_checked(db, part, &info, diag);
    if (err == PN_OK) {
        err = give_name(part, path, diag);
    }
    if (err != PN_OK) {
        remove_all(part);
        return err;
    }
    *ret_info = info;
    return PN_OK;
}

/* ── restore ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err pause_channels(pn_app *app, pn_restore_info *info) {
    pn_channel_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_channel_list(app->db, app->org.id, &app->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        PN_TRY(pn_channel_pause(app->db, app->org.id, rows[i].channel,
                                PN_STR("A backup was restored: look at what is uncertain, then "
                                       "resume")));
        info->channels_paused++;
    }
    return PN_OK;
}

static pn_err doubt(pn_app *app, pn_restore_info *info, pn_diag *diag) {
    int64_t doubted = 0;
    pn_id event = 0;
    PN_TRY(pn_app_begin(app, diag));
    pn_err err = pause_channels(app, info);
    if (err == PN_OK) {
        err = pn_message_doubt_waiting(app->db, app->org.id, PN_STR("restored"), pn_app_now(app),
                                       &doubted);
    }
    if (err == PN_OK) {
        err = pn_poke_uncertain(app->db, app->org.id, app->org.lane);
    }
    if (err == PN_OK) {
        err = pn_journal_add(app, 0, 0, 0, PN_EVENT_SETTING,
                             pn_str_format(&app->arena, "{\"doubted\":%lld,\"what\":\"restored\"}",
                                           (long long)doubted),
                             &event);
    }
    if (err == PN_OK) {
        info->messages_doubted += doubted;
        return pn_app_commit(app, diag);
    }
    (void)pn_app_fail(app, err, diag);
    pn_app_rollback(app);
    return err;
}

static pn_err open_app(const pn_restore_request *request, const char *path, const char *org,
                       pn_app **ret_app, pn_diag *diag) {
    pn_app_options options = {.url = path,
                              .org_name = org,
                              .create = org == NULL,
                              .env = request->env,
                              .log = request->log,
                              .actor = request->actor};
    return pn_app_open(&options, ret_app, diag);
}

static pn_err end_sessions(pn_app *app, pn_diag *diag) {
    PN_TRY(pn_app_begin(app, diag));
    pn_err err = pn_session_end_restored(app->db, app->org.id, pn_env_now(app->env));
    return pn_app_end(app, err, diag);
}

static pn_err after_restore(pn_app *app, const char *journal, pn_restore_info *info,
                            pn_diag *diag) {
    int64_t erased = 0;
    PN_TRY(end_sessions(app, diag));
    if (app->org.mode == PN_MODE_LIVE) {
        PN_TRY(doubt(app, info, diag));
    }
    PN_TRY(pn_erasures_again(app, journal, &erased, diag));
    info->erased += erased;
    return PN_OK;
}

/* Every organization of the copy, one after the other. */
static pn_err doubt_all(const pn_restore_request *request, const char *path, pn_restore_info *info,
                        pn_diag *diag) {
    char journal[PN_ERASURES_PATH_MAX];
    PN_TRY(pn_erasures_path(request->target, request->erasures, journal, diag));
    if (request->erasures.len != 0 && !exists(journal)) {
        return pn_diag_set(diag, PN_NOT_FOUND, "There is no journal of erasures %s.", journal);
    }
    pn_app *all = NULL;
    pn_org_row *orgs = NULL;
    size_t count = 0;
    PN_TRY(open_app(request, path, NULL, &all, diag));
    pn_err err = pn_org_list(all->db, &all->arena, &orgs, &count);
    for (size_t i = 0; i < count && err == PN_OK; i++) {
        pn_app *app = NULL;
        err = open_app(request, path, pn_str_z(&all->arena, orgs[i].name), &app, diag);
        if (err == PN_OK) {
            err = after_restore(app, journal, info, diag);
            pn_app_close(app);
        }
        info->organizations++;
    }
    pn_app_close(all);
    return err;
}

/* Nobody works on it while it is put aside, and what stands in its log goes with it. */
static pn_err put_aside(const pn_restore_request *request, pn_restore_info *info, pn_diag *diag) {
    pn_db *db = NULL;
    char part[1024];
    PN_TRY(part_of(request->target, part, sizeof part, diag));
    (void)snprintf(info->kept, sizeof info->kept, "%s.replaced-%lld", request->target,
                   (long long)(pn_env_now(request->env) / PN_SECOND));
    unsigned log = 0;
    PN_TRY(pn_db_open(request->target, &(pn_db_options){.mode = PN_DB_WRITE}, &db, diag));
    pn_err err = pn_db_begin(db, PN_SCOPE_DATABASE, 0, &log);
    if (err != PN_OK) {
        err = pn_db_diag(db, err, diag);
    } else {
        pn_db_rollback(db);
        pn_db_fold_log(db);
    }
    pn_db_close(db); /* the last connection folds the log and removes it */
    return err == PN_OK ? give_name(request->target, info->kept, diag) : err;
}

static pn_err replace_target(const pn_restore_request *request, const char *part,
                             pn_restore_info *info, pn_diag *diag) {
    if (exists(request->target)) {
        PN_TRY(put_aside(request, info, diag));
    }
    pn_err err = give_name(part, request->target, diag);
    if (err != PN_OK && info->kept[0] != '\0') {
        (void)rename(info->kept, request->target);
        info->kept[0] = '\0';
    }
    return err;
}

static pn_err copy_out(const pn_restore_request *request, const char *part, pn_diag *diag) {
    pn_db *db = NULL;
    int64_t schema = 0;
    if (!exists(request->backup)) {
        return pn_diag_set(diag, PN_NOT_FOUND, "There is no file %s.", request->backup);
    }
    PN_TRY(check_file(request->backup, &schema, diag));
    PN_TRY(pn_db_open(request->backup, &(pn_db_options){.mode = PN_DB_READ}, &db, diag));
    pn_err err = pn_db_copy(db, part);
    if (err != PN_OK) {
        err = pn_db_diag(db, err, diag);
    }
    pn_db_close(db);
    return err;
}

/* The backup itself stays as it is: no other is needed. */
static pn_err bring_up_to_date(const pn_restore_request *request, const char *part, pn_diag *diag) {
    pn_db *db = NULL;
    PN_TRY(pn_db_open(part, &(pn_db_options){.mode = PN_DB_WRITE}, &db, diag));
    pn_err err = pn_schema_migrate(db, pn_env_now(request->env), diag);
    pn_db_close(db);
    return err;
}

static pn_err restore(const pn_restore_request *request, const char *part, pn_restore_info *info,
                      pn_diag *diag) {
    PN_TRY(copy_out(request, part, diag));
    PN_TRY(bring_up_to_date(request, part, diag));
    PN_TRY(doubt_all(request, part, info, diag));
    return replace_target(request, part, info, diag);
}

pn_err pn_backup_restore(const pn_restore_request *request, pn_restore_info *ret_info,
                         pn_diag *diag) {
    char part[1024];
    pn_lock *lock = NULL;
    pn_restore_info info = {0};
    PN_TRY(part_of(request->target, part, sizeof part, diag));
    if (exists(request->target) && !request->replace) {
        pn_err err = pn_diag_set(diag, PN_CONFLICT, "%s is there already.", request->target);
        pn_diag_mend(diag, "--replace puts it aside under another name first.");
        return err;
    }
    pn_err err = pn_lock_take(request->target, 0, &lock, diag); /* the engine of real time */
    if (err == PN_OK) {
        remove_all(part);
        err = restore(request, part, &info, diag);
        remove_all(part);
    }
    pn_lock_release(lock);
    if (err == PN_OK) {
        *ret_info = info;
    }
    return err;
}

pn_err pn_backup_restored(const pn_restore_request *request, pn_restore_info *ret_info,
                          pn_diag *diag) {
    pn_db *db = NULL;
    pn_restore_info info = {0};
    PN_TRY(pn_db_open(request->target, &(pn_db_options){.mode = PN_DB_WRITE, .alone = true}, &db,
                      diag));
    pn_db_close(db); /* nobody works on it */
    PN_TRY(doubt_all(request, request->target, &info, diag));
    *ret_info = info;
    return PN_OK;
}
