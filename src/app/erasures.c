#define _GNU_SOURCE /* O_CLOEXEC */
#include "app/erasures.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/banned.h"
#include "store/erase.h"

/* ── the file ────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_erasures_path(const char *url, pn_str given, char ret_path[PN_ERASURES_PATH_MAX],
                        pn_diag *diag) {
    if (given.len == 0 && !pn_db_is_file(url)) {
        pn_err err =
            pn_diag_set(diag, PN_DENIED, "Where is the journal of erasures of this database?");
        pn_diag_mend(diag, "Name a file with --erasures or PUNTUAL_ERASURES, outside the server "
                           "and its backups; keep naming the same one.");
        return err;
    }
    int len = given.len != 0
                  ? snprintf(ret_path, PN_ERASURES_PATH_MAX, "%.*s", PN_STR_ARG(given))
                  : snprintf(ret_path, PN_ERASURES_PATH_MAX, "%s.erasures", pn_db_file(url));
    return len > 0 && len < PN_ERASURES_PATH_MAX
               ? PN_OK
               : pn_diag_set(diag, PN_LIMIT, "The path %.80s… is too long.", ret_path);
}

static pn_err not_written(const char *path, pn_diag *diag) {
    pn_err err = pn_diag_set(diag, PN_IO, "The journal of erasures %s cannot be written: %s.", path,
                             strerror(errno));
    pn_diag_mend(diag, "Nothing was erased: a backup could bring it back unnoticed.");
    return err;
}

/* Begins a line of its own, whatever a failed write left before it. */
static pn_err note(pn_app *app, pn_id debtor_id, const char *path, pn_diag *diag) {
    char debtor[PN_ID_TEXT_SIZE], org[PN_ID_TEXT_SIZE], line[160];
    int len = snprintf(
        line, sizeof line, "\n%s %s %lld\n", pn_id_text(PN_ID_ORGANIZATION, app->org.id, org),
        pn_id_text(PN_ID_DEBTOR, debtor_id, debtor), (long long)(pn_env_now(app->env) / PN_SECOND));
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0) {
        return not_written(path, diag);
    }
    bool written = write(fd, line, (size_t)len) == len && fsync(fd) == 0;
    pn_err err = written ? PN_OK : not_written(path, diag);
    (void)close(fd);
    return err;
}

/* ── erasing ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err check_open(pn_app *app, pn_id debtor_id, pn_diag *diag) {
    pn_open_things open;
    PN_TRY(pn_erase_open(app->db, debtor_id, &open));
    if (open.invoices + open.runs + open.unapplied + open.tasks + open.messages == 0) {
        return PN_OK;
    }
    pn_err err =
        pn_diag_set(diag, PN_CONFLICT,
                    "Something is open with this debtor: %lld invoices, %lld cases, %lld "
                    "accounts with money not applied, %lld tasks, %lld messages.",
                    (long long)open.invoices, (long long)open.runs, (long long)open.unapplied,
                    (long long)open.tasks, (long long)open.messages);
    pn_diag_mend(diag, "What is needed for a claim is kept as long as the claim: settle it first "
                       "(`credit add --kind write_off` ends an invoice), or exclude the debtor.");
    return err;
}

static pn_err erase_now(pn_app *app, pn_id debtor_id, pn_arena *arena) {
    char id[PN_ID_TEXT_SIZE];
    pn_str key = pn_str_format(arena, "erased %s", pn_id_text(PN_ID_DEBTOR, debtor_id, id));
    PN_TRY(pn_erase_debtor(app->db, app->org.id, debtor_id, key, pn_app_now(app)));
    return pn_journal_debtor(app, debtor_id, PN_EVENT_ERASED, PN_STR("{}"));
}

pn_err pn_erase(pn_app *app, pn_id debtor_id, const char *journal, pn_arena *arena, pn_diag *diag) {
    bool done = false;
    PN_TRY(pn_erase_done(app->db, app->org.id, debtor_id, &done));
    if (done) {
        return pn_diag_set(diag, PN_INVALID, "This debtor was erased before.");
    }
    PN_TRY(check_open(app, debtor_id, diag));
    PN_TRY(note(app, debtor_id, journal, diag));
    return erase_now(app, debtor_id, arena);
}

/* ── erasing again ───────────────────────────────────────────────────────────────────────────── */

/* Whatever is open in a database of before: they were settled when it was erased. */
static pn_err erase_again(pn_app *app, pn_id debtor_id, int64_t *count, pn_diag *diag) {
    bool done = false;
    pn_arena arena;
    PN_TRY(pn_app_begin(app, diag));
    pn_arena_init(&arena, 0);
    pn_err err = pn_erase_done(app->db, app->org.id, debtor_id, &done);
    if (err == PN_OK && !done) {
        err = erase_now(app, debtor_id, &arena);
        *count += 1;
    }
    pn_arena_done(&arena);
    if (err == PN_OK) {
        return pn_app_commit(app, diag);
    }
    pn_app_rollback(app);
    return err == PN_NOT_FOUND ? PN_OK : pn_app_fail(app, err, diag); /* not known yet then */
}

static pn_err read_line(pn_app *app, pn_str line, int64_t *count, pn_diag *diag) {
    pn_str org_text, debtor_text;
    pn_id org = 0, debtor = 0;
    if (line.len == 0) {
        return PN_OK;
    }
    pn_str rest = line;
    if (!pn_str_starts(line, PN_STR("org_"))) {
        pn_err err = pn_diag_set(diag, PN_INVALID, "This is no line of a journal of erasures: %.*s",
                                 PN_STR_ARG(pn_str_first(line, 80)));
        pn_diag_mend(diag, "Name the file that `debtor erase` wrote.");
        return err;
    }
    /* what does not read on is the beginning of a line whose erasure was refused */
    bool whole = pn_str_split(&rest, ' ', &org_text) && pn_str_split(&rest, ' ', &debtor_text) &&
                 rest.len != 0 && pn_id_parse(PN_ID_ORGANIZATION, org_text, &org) == PN_OK &&
                 pn_id_parse(PN_ID_DEBTOR, debtor_text, &debtor) == PN_OK;
    return whole && org == app->org.id ? erase_again(app, debtor, count, diag) : PN_OK;
}

pn_err pn_erasures_again(pn_app *app, const char *journal, int64_t *ret_count, pn_diag *diag) {
    char line[256];
    int64_t count = 0;
    pn_err err = PN_OK;
    FILE *file = fopen(journal, "re");
    if (file == NULL && errno != ENOENT) {
        return pn_diag_set(diag, PN_IO, "%s cannot be read: %s.", journal, strerror(errno));
    }
    while (file != NULL && err == PN_OK && fgets(line, sizeof line, file) != NULL) {
        size_t len = strlen(line);
        if (len != 0 && line[len - 1] == '\n') {
            err = read_line(app, (pn_str){line, len - 1}, &count, diag);
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    *ret_count = count;
    return err;
}
