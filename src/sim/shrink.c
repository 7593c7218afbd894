/* Playing a history in a process of its own, and making one that fails shorter. */
#define _GNU_SOURCE /* mkdtemp, alarm, pipe, fork */
#include "sim/sim.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/banned.h"
#include "sim/cut.h"

/* ── a database of its own ───────────────────────────────────────────────────────────────────── */

typedef struct {
    const char *server; /* NULL: a file */
    bool kept;          /* the schema stays */
    char folder[128], said[160], schema[40];
    char db[1200], way[1200];
} place;

static pn_err make_folder(place *p, const char *in, pn_diag *diag) {
    (void)snprintf(p->folder, sizeof p->folder, "%.100s/puntual-sim-XXXXXX", in);
    if (mkdtemp(p->folder) == NULL) {
        return pn_diag_set(diag, PN_IO, "No folder can be made in %s: %s.", in, strerror(errno));
    }
    (void)snprintf(p->said, sizeof p->said, "%s/said", p->folder);
    return PN_OK;
}

static pn_err say(const char *url, const char *sql, pn_diag *diag) {
    pn_db *db = NULL;
    PN_TRY(pn_db_open(url, &(pn_db_options){.mode = PN_DB_WRITE}, &db, diag));
    pn_err err = pn_db_exec(db, sql);
    if (err != PN_OK) {
        (void)pn_db_diag(db, err, diag);
    }
    pn_db_close(db);
    return err;
}

/* A schema of a server's database, by its own name and by the folder's socket. */
static pn_err make_schema(place *p, const char *keep, pn_diag *diag) {
    static unsigned count;
    char sql[80];
    if (keep != NULL) {
        (void)snprintf(p->schema, sizeof p->schema, "%s", keep);
    } else {
        (void)snprintf(p->schema, sizeof p->schema, "sim_%ld_%u", (long)getpid(), ++count);
    }
    p->kept = keep != NULL;
    PN_TRY(pn_cut_url(p->server, p->schema, NULL, p->db, sizeof p->db, diag));
    PN_TRY(pn_cut_url(p->server, p->schema, p->folder, p->way, sizeof p->way, diag));
    (void)snprintf(sql, sizeof sql, "CREATE SCHEMA %s", p->schema);
    return say(p->server, sql, diag);
}

static void remove_place(const place *p) {
    static const char *const ENDS[] = {"sim.db",         "sim.db-wal",      "sim.db-shm",
                                       "sim.db-journal", "sim.db.erasures", "said",
                                       ".s.PGSQL.5432"};
    for (size_t i = 0; i < PN_COUNT(ENDS); i++) {
        char path[200];
        (void)snprintf(path, sizeof path, "%s/%s", p->folder, ENDS[i]);
        (void)unlink(path);
    }
    (void)rmdir(p->folder);
    if (p->schema[0] != '\0' && !p->kept) {
        char sql[80];
        pn_diag diag;
        (void)snprintf(sql, sizeof sql, "DROP SCHEMA %s CASCADE", p->schema);
        if (say(p->server, sql, &diag) != PN_OK) {
            (void)fprintf(stderr, "The schema %s stays behind: %s\n", p->schema, diag.what);
        }
    }
}

/* In memory where the system has a folder for that, unless it was said where. */
static pn_err make_place(const char *where, const char *keep, place *p, pn_diag *diag) {
    const char *memory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    bool server = where != NULL && !pn_db_is_file(where);
    *p = (place){.server = server ? where : NULL};
    PN_TRY(make_folder(p, where != NULL && !server ? where : memory, diag));
    (void)snprintf(p->db, sizeof p->db, "%s/sim.db", p->folder);
    pn_err err = server ? make_schema(p, keep, diag) : PN_OK;
    if (err != PN_OK) {
        p->schema[0] = '\0';
        remove_place(p);
    }
    return err;
}

/* ── a child ─────────────────────────────────────────────────────────────────────────────────── */

/* The processor's seconds that a life may take; one that takes more is in an endless loop. */
enum { SECONDS_MAX = 600 };

static void be_child(const pn_history *history, const place *p, const char *keep, int to) {
    pn_sim_place lived = {.url = keep != NULL ? keep : p->db};
    pn_sim_result result;
    struct rlimit most = {SECONDS_MAX, SECONDS_MAX}, none = {0, 0};
    (void)setrlimit(RLIMIT_CPU, &most);
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)signal(SIGABRT, SIG_DFL);
    if (getenv("PUNTUAL_SIM_FLOWS") == NULL && freopen(p->said, "w", stderr) == NULL) {
        _exit(2);
    }
    if (p->server != NULL) {
        pn_diag diag;
        lived.by_cutter = p->way;
        if (pn_cut_start(p->server, p->folder, &diag) != PN_OK) {
            (void)fprintf(stderr, "%s\n", diag.what);
            _exit(2);
        }
    }
    pn_sim_live(history, &lived, &result);
    (void)fflush(stderr);
    _exit(write(to, &result, sizeof result) == (ssize_t)sizeof result ? 0 : 2);
}

static void last_words(const char *said, char *out, size_t size) {
    FILE *file = fopen(said, "r");
    out[0] = '\0';
    while (file != NULL && fgets(out, (int)size, file) != NULL) {
    }
    if (file != NULL) {
        (void)fclose(file);
    }
}

static void tell_death(pn_sim_result *result, int status, const char *said) {
    *result = (pn_sim_result){.held = false};
    char words[800];
    last_words(said, words, sizeof words);
    bool cpu = WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL);
    (void)snprintf(result->law, sizeof result->law, "%s",
                   cpu ? "it comes to rest" : "the program does not crash");
    (void)snprintf(result->sentence, sizeof result->sentence, "%s %d: %s",
                   WIFSIGNALED(status) ? "Signal" : "Exit code",
                   WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), words);
}

pn_err pn_sim_play(const pn_history *history, const char *keep, pn_sim_result *ret_result,
                   pn_diag *diag) {
    place p;
    int ends[2], status = 0;
    PN_TRY(make_place(history->where, keep, &p, diag));
    if (pipe(ends) != 0) {
        remove_place(&p);
        return pn_diag_set(diag, PN_IO, "No pipe can be made: %s.", strerror(errno));
    }
    (void)fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        (void)close(ends[0]);
        be_child(history, &p, p.server == NULL ? keep : NULL, ends[1]);
    }
    (void)close(ends[1]);
    pn_sim_result result = {.held = false};
    ssize_t got = child < 0 ? 0 : read(ends[0], &result, sizeof result);
    (void)close(ends[0]);
    if (child > 0 && waitpid(child, &status, 0) == child && got != (ssize_t)sizeof result) {
        tell_death(&result, status, p.said);
    }
    remove_place(&p);
    if (child < 0) {
        return pn_diag_set(diag, PN_IO, "No process can be started: %s.", strerror(errno));
    }
    *ret_result = result;
    return PN_OK;
}

/* ── shorter ─────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    pn_history *history;
    pn_sim_result *result;
    int left; /* plays */
    int played;
    void (*progress)(void *context, int play, size_t deeds);
    void *context;
    pn_diag *diag;
} shrinking;

/* Keeps what was tried where the same law fails. */
static bool still_fails(shrinking *s, const pn_history *tried) {
    pn_sim_result result;
    if (s->left == 0) {
        return false;
    }
    s->left--;
    if (s->progress != NULL) {
        s->progress(s->context, ++s->played, s->history->count);
    }
    if (pn_sim_play(tried, NULL, &result, s->diag) != PN_OK) {
        s->left = 0;
        return false;
    }
    if (result.held || strcmp(result.law, s->result->law) != 0) {
        return false;
    }
    *s->result = result;
    return true;
}

static void keep(shrinking *s, const pn_history *tried) {
    memcpy(s->history->deeds, tried->deeds, tried->count * sizeof *tried->deeds);
    s->history->count = tried->count;
    s->history->days = tried->days;
    s->history->debtors = tried->debtors;
}

/* Nothing that comes after the day of the failure. */
static void end_early(shrinking *s, pn_history *tried) {
    *tried = (pn_history){.seed = s->history->seed,
                          .days = s->result->day + 1,
                          .debtors = s->history->debtors,
                          .start = s->history->start,
                          .deeds = tried->deeds,
                          .world = s->history->world,
                          .audit_days = s->history->audit_days,
                          .unreplayed = s->history->unreplayed,
                          .where = s->history->where};
    for (size_t i = 0; i < s->history->count; i++) {
        if (s->history->deeds[i].day < tried->days) {
            tried->deeds[tried->count++] = s->history->deeds[i];
        }
    }
    if (s->result->day > 0 && tried->days < s->history->days && still_fails(s, tried)) {
        keep(s, tried);
    }
}

static bool without(shrinking *s, pn_history *tried, size_t from, size_t count) {
    pn_sim_act *deeds = tried->deeds;
    *tried = *s->history;
    tried->deeds = deeds;
    size_t end = PN_MIN(from + count, s->history->count), rest = s->history->count - end;
    memcpy(deeds, s->history->deeds, from * sizeof *deeds);
    memcpy(deeds + from, s->history->deeds + end, rest * sizeof *deeds);
    tried->count = from + rest;
    return still_fails(s, tried);
}

/* Halves, quarters, … single deeds, the latest first. */
static void leave_out(shrinking *s, pn_history *tried) {
    for (size_t size = (s->history->count + 1) / 2; size > 0 && s->left > 0; size /= 2) {
        size_t at = s->history->count;
        while (at > 0 && s->left > 0) {
            at = at > size ? at - size : 0;
            if (without(s, tried, at, size)) {
                keep(s, tried);
            }
            at = PN_MIN(at, s->history->count);
        }
    }
}

pn_err pn_sim_shrink(pn_history *history, int plays, pn_sim_result *result,
                     void (*progress)(void *context, int play, size_t deeds), void *context,
                     pn_diag *diag) {
    shrinking s = {.history = history,
                   .result = result,
                   .left = plays,
                   .progress = progress,
                   .context = context,
                   .diag = diag};
    pn_history tried = *history;
    tried.deeds = pn_alloc((history->count + 1) * sizeof *tried.deeds);
    end_early(&s, &tried);
    leave_out(&s, &tried);
    end_early(&s, &tried);
    free(tried.deeds);
    return PN_OK;
}
