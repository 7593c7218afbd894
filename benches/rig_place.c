/* Where a job's database is: a file of its own, or a schema of its own on a PostgreSQL server. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/publish.h"
#include "base/banned.h"
#include "base/embedded.h"
#include "rig.h"

extern const pn_embedded pn_share_files[];

#define SEARCH_PATH "options=-csearch_path%3D"

void rig_place(int argc, char **argv, const char *name, char ret_place[RIG_PLACE_SIZE]) {
    const char *url = rig_text(argc, argv, "db", NULL);
    if (url == NULL) {
        (void)snprintf(ret_place, RIG_PLACE_SIZE, "%s/puntual-%s-%d.db",
                       rig_text(argc, argv, "dir", "/tmp"), name, (int)getpid());
    } else {
        (void)snprintf(ret_place, RIG_PLACE_SIZE, "%s%s%sbench_%s_%d", url,
                       strchr(url, '?') != NULL ? "&" : "?", SEARCH_PATH, name, (int)getpid());
    }
}

bool rig_on_server(const char *place) {
    return strncmp(place, "postgres", 8) == 0;
}

static const char *schema_of(const char *place) {
    const char *found = strstr(place, SEARCH_PATH);
    if (found == NULL) {
        pn_panic("%s names no schema", place);
    }
    return found + strlen(SEARCH_PATH);
}

static void remove_file(const char *path) {
    static const char *const ENDS[] = {"", "-wal", "-shm", ".lock"};
    for (size_t i = 0; i < PN_COUNT(ENDS); i++) {
        char name[RIG_PLACE_SIZE + 8];
        (void)snprintf(name, sizeof name, "%s%s", path, ENDS[i]);
        (void)unlink(name);
    }
}

void rig_remove(const char *place) {
    char sql[200];
    if (!rig_on_server(place)) {
        remove_file(place);
        return;
    }
    (void)snprintf(sql, sizeof sql, "DROP SCHEMA IF EXISTS %s CASCADE", schema_of(place));
    rig_pg_run(place, sql);
}

void rig_empty(const char *place) {
    char sql[200];
    rig_remove(place);
    if (rig_on_server(place)) {
        (void)snprintf(sql, sizeof sql, "CREATE SCHEMA %s", schema_of(place));
        rig_pg_run(place, sql);
    }
}

void rig_settle(const char *place) {
    if (rig_on_server(place)) {
        rig_pg_run(place, "VACUUM ANALYZE");
        rig_pg_run(place, "CHECKPOINT");
        return;
    }
    pn_db *db = NULL;
    pn_diag diag = {0};
    rig_must(pn_db_open(place, &(pn_db_options){.mode = PN_DB_WRITE}, &db, &diag), &diag);
    rig_must(pn_db_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)"), &diag);
    pn_db_close(db);
}

/* ── an organization ─────────────────────────────────────────────────────────────────────────── */

pn_time rig_moment(int days, int hour) {
    pn_date day = pn_date_of(2026, 3, 2) + days;
    return (int64_t)day * PN_DAY + (hour - 1) * PN_HOUR; /* Madrid's winter time */
}

pn_time rig_begin(void) {
    return rig_moment(0, 8);
}

static const pn_log SILENT = {.level = PN_LOG_OFF};

static pn_app *open_app(const char *place, bool create) {
    pn_app *app = NULL;
    pn_diag diag = {0};
    pn_app_options options = {
        .url = place, .create = create, .env = &rig_env, .log = &SILENT, .actor = "bench"};
    rig_must(pn_app_open(&options, &app, &diag), &diag);
    return app;
}

pn_app *rig_new_org(const char *place) {
    pn_diag diag = {0};
    rig_empty(place);
    pn_app *app = open_app(place, true);
    pn_init_request request = {.name = PN_STR("Suministros Ibarra"),
                               .country = PN_STR("ES"),
                               .mode = PN_MODE_SANDBOX,
                               .clock = rig_begin()};
    rig_must(pn_publish_init(app, &request, &diag), &diag);
    return app;
}

pn_app *rig_open(const char *place) {
    return open_app(place, false);
}

void rig_set_clock(pn_app *app, pn_time now) {
    pn_diag diag = {0};
    rig_must(pn_app_fail(app, pn_org_set_clock(app->db, app->org.id, now), &diag), &diag);
    app->org.clock = now;
}

static void publish(pn_app *app, pn_str document) {
    pn_arena arena;
    pn_diag diag = {0};
    pn_problems problems = {0};
    pn_publish_result result = {0};
    pn_arena_init(&arena, 0);
    rig_must(pn_publish_strategy(app, document, (pn_publish_choice){.runs = PN_RUNS_KEEP}, &arena,
                                 &problems, &result, &diag),
             &diag);
    pn_arena_done(&arena);
}

void rig_publish(pn_app *app, const char *document) {
    char json[4096];
    size_t len = strlen(document);
    if (len >= sizeof json) {
        pn_panic("the strategy is too long");
    }
    for (size_t i = 0; i <= len; i++) {
        json[i] = document[i] == '\'' ? '"' : document[i];
    }
    publish(app, pn_str_of(json));
}

void rig_publish_ready(pn_app *app, const char *name) {
    char path[100];
    (void)snprintf(path, sizeof path, "strategies/%s.json", name);
    const pn_embedded *file = pn_embedded_find(pn_share_files, pn_str_of(path));
    if (file == NULL) {
        pn_panic("there is no strategy %s", name);
    }
    publish(app, pn_embedded_text(file));
}
