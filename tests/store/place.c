#define _GNU_SOURCE /* mkdtemp */
#include "place.h"

#include <sys/stat.h>
#include <unistd.h>

const char *place_server(void) {
    const char *url = getenv("PUNTUAL_TEST_SERVER");
    return url != NULL && url[0] != '\0' ? url : NULL;
}

void place_only_file(const char *why) {
    if (place_server() != NULL) {
        print_message("skipped: %s\n", why);
        skip();
    }
}

/* ── the server ──────────────────────────────────────────────────────────────────────────────── */

/* A connection that only reads leaves nothing of ours behind; the transaction alone may write. */
static void on_server(const char *url, const char *format, ...) PN_PRINTF(2, 3);
static void on_server(const char *url, const char *format, ...) {
    char work[1024], sql[1200];
    pn_db *db = NULL;
    pn_diag diag = {0};
    va_list args;
    va_start(args, format);
    (void)vsnprintf(work, sizeof work, format, args);
    va_end(args);
    (void)snprintf(sql, sizeof sql, "BEGIN READ WRITE; %s; COMMIT", work);
    pn_err err = pn_db_open(url, &(pn_db_options){.mode = PN_DB_READ}, &db, &diag);
    if (err == PN_OK) {
        err = pn_db_exec(db, sql);
    }
    if (err != PN_OK) {
        fail_msg("%s: %s", sql, db != NULL ? pn_db_error(db) : diag.what);
    }
    pn_db_close(db);
}

static void name_schema(place *p) {
    static int number;
    const char *server = place_server();
    if (strstr(server, "pooler=1") != NULL) { /* found by its name: tests/peers has that role */
        (void)snprintf(p->schema, sizeof p->schema, "puntual");
        (void)snprintf(p->url, sizeof p->url, "%s", server);
        on_server(server, "CREATE SCHEMA %s", p->schema);
        return;
    }
    (void)snprintf(p->schema, sizeof p->schema, "test_%ld_%d", (long)getpid(), ++number);
    on_server(server, "CREATE SCHEMA %s", p->schema);
    (void)snprintf(p->url, sizeof p->url, "%s%coptions=-csearch_path%%3D%s", server,
                   strchr(server, '?') == NULL ? '?' : '&', p->schema);
}

/* Every table, with its partitions where it has some: `work` is a statement with %1$I the table,
 * %2$s this schema. */
static void each_table(const place *p, const char *work) {
    on_server(p->url,
              "DO $$ DECLARE t text; BEGIN FOR t IN SELECT relname FROM pg_class WHERE"
              " relnamespace = CAST(current_schema() AS REGNAMESPACE) AND relkind IN ('r', 'p')"
              " AND NOT relispartition LOOP"
              " EXECUTE format('%s', t, current_schema()); END LOOP; END $$",
              work);
}

/* ── files ───────────────────────────────────────────────────────────────────────────────────── */

static void copy_file(const char *from, const char *to) {
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_str bytes = file_read(&arena, from);
    FILE *file = fopen(to, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, file), bytes.len);
    assert_int_equal(fclose(file), 0);
    pn_arena_done(&arena);
}

/* ── both ────────────────────────────────────────────────────────────────────────────────────── */

void place_begin(place *p) {
    memset(p, 0, sizeof *p);
    /* in memory where that is possible: these tests are about what is written, not about the disk
     */
    (void)snprintf(p->folder, sizeof p->folder, "%s/puntual-app-XXXXXX",
                   access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(p->folder));
    (void)snprintf(p->path, sizeof p->path, "%s/p.db", p->folder);
    (void)snprintf(p->url, sizeof p->url, "%s", p->path);
    if (place_server() != NULL) {
        name_schema(p);
    }
}

void place_end(place *p) {
    static const char *const FILES[] = {"",          "-wal",      "-shm",  "-journal",
                                        "-engine-0", "-engine-1", "-saved"};
    char path[128];
    for (size_t i = 0; i < PN_COUNT(FILES); i++) {
        (void)snprintf(path, sizeof path, "%s%s", p->path, FILES[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(p->folder), 0);
    if (p->schema[0] != '\0') {
        on_server(place_server(), "DROP SCHEMA %s CASCADE; DROP SCHEMA IF EXISTS %s_saved CASCADE",
                  p->schema, p->schema);
    }
}

/* Closing the last connection writes a file's log back into it: one file is all there is. */
void place_save(const place *p) {
    char saved[128];
    (void)snprintf(saved, sizeof saved, "%s-saved", p->path);
    if (p->schema[0] == '\0') {
        copy_file(p->path, saved);
        return;
    }
    on_server(place_server(), "DROP SCHEMA IF EXISTS %s_saved CASCADE; CREATE SCHEMA %s_saved",
              p->schema, p->schema);
    each_table(p, "CREATE TABLE %2$s_saved.%1$I AS TABLE %1$I");
}

void place_restore(const place *p) {
    char saved[128];
    (void)snprintf(saved, sizeof saved, "%s-saved", p->path);
    if (p->schema[0] == '\0') {
        copy_file(saved, p->path);
        return;
    }
    each_table(p, "TRUNCATE %1$I; INSERT INTO %1$I SELECT * FROM %2$s_saved.%1$I");
}
