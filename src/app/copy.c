#include "app/copy_int.h"

#include <stdio.h>

#include "app/audit.h"
#include "base/banned.h"
#include "store/document.h"
#include "store/schema.h"

/* Not copied: each database has its own. */
static bool is_own(pn_str name) {
    return pn_str_is(name, "schema_version") || pn_str_is(name, "copy_under_way");
}

void pn_copy_show(pn_copier *c, size_t number, bool comparing) {
    pn_copy_progress progress = {.table = c->tables[number].name,
                                 .rows = c->info->rows,
                                 .rows_before = c->info->rows_before,
                                 .number = number + 1,
                                 .tables = c->count,
                                 .comparing = comparing};
    if (c->request->progress != NULL) {
        c->request->progress(c->request->context, &progress);
    }
}

static pn_err in_words(const pn_copier *c, const pn_db *db, pn_err err) {
    return err == PN_OK || c->diag->what[0] != '\0' ? err : pn_db_diag(db, err, c->diag);
}

/* ── the source ──────────────────────────────────────────────────────────────────────────────── */

/* Changes with every transaction that seals events or leases ids. Comparing the tables in the end
 * finds what it does not. */
static pn_err fingerprint(pn_copier *c, pn_str *ret_text) {
    pn_stmt *q = pn_db_stmt(c->from, "SELECT (SELECT count(*) FROM block),"
                                     " (SELECT coalesce(sum(last_event - first_event + at), 0) FROM"
                                     " block WHERE id IN (SELECT max(id) FROM block)),"
                                     " (SELECT coalesce(max(high), 0) FROM id_lease),"
                                     " (SELECT coalesce(sum(created_at), 0) FROM organization)");
    PN_TRY(pn_row_next(q));
    *ret_text = pn_str_format(&c->arena, "%lld %lld %lld %lld", (long long)pn_col_int(q, 0),
                              (long long)pn_col_int(q, 1), (long long)pn_col_int(q, 2),
                              (long long)pn_col_int(q, 3));
    pn_stmt_reset(q);
    return PN_OK;
}

static pn_err check_tables(pn_copier *c) {
    size_t kept = 0;
    for (size_t i = 0; i < c->count; i++) {
        if (!is_own(c->tables[i].name)) {
            c->tables[kept++] = c->tables[i];
        }
    }
    c->count = kept;
    for (size_t i = 0; i < c->count; i++) {
        if (c->tables[i].key_count == 0) {
            return pn_diag_set(c->diag, PN_INVALID, "The table %.*s has no primary key.",
                               PN_STR_ARG(c->tables[i].name));
        }
    }
    return PN_OK;
}

/* Nobody may write to it while it is read, and what is read is of one moment all the same. */
static pn_err open_source(pn_copier *c) {
    int64_t version = 0;
    pn_db_options how = {.mode = PN_DB_WRITE, .alone = true};
    PN_TRY(pn_db_open(c->request->from, &how, &c->from, c->diag));
    pn_err err = pn_schema_version(c->from, &version);
    if (err == PN_OK && version != pn_schema_newest()) {
        err = pn_diag_set(c->diag, PN_CONFLICT, "The source has schema %lld, not %lld.",
                          (long long)version, (long long)pn_schema_newest());
        pn_diag_mend(c->diag, "`puntual migrate` brings it up to date; an empty database has "
                              "nothing to copy.");
        return err;
    }
    err = err == PN_OK ? pn_db_begin_read(c->from) : err;
    err = err == PN_OK ? pn_tables_read(c->from, &c->arena, &c->tables, &c->count) : err;
    err = err == PN_OK ? check_tables(c) : err;
    return in_words(c, c->from, err);
}

/* ── the target ──────────────────────────────────────────────────────────────────────────────── */

static pn_err holds_something(pn_copier *c, bool *ret_holds) {
    *ret_holds = false;
    for (size_t i = 0; i < c->count && !*ret_holds; i++) {
        pn_stmt *q = NULL;
        pn_str sql =
            pn_str_format(&c->arena, "SELECT 1 FROM %.*s LIMIT 1", PN_STR_ARG(c->tables[i].name));
        PN_TRY(pn_db_prepare(c->to, pn_str_z(&c->arena, sql), &q, c->diag));
        pn_err err = pn_row_next(q);
        pn_stmt_free(q);
        if (err != PN_OK && err != PN_NOT_FOUND) {
            return err;
        }
        *ret_holds = err == PN_OK;
    }
    return PN_OK;
}

static pn_err note_begin(pn_copier *c, pn_str source) {
    char sql[200];
    enum { TEXT = 3, INT = 2 }; /* of the schema's tokens */
    (void)snprintf(sql, sizeof sql,
                   "CREATE TABLE copy_under_way (source %s NOT NULL, compared %s NOT NULL)",
                   pn_db_type(c->to, TEXT), pn_db_type(c->to, INT));
    PN_TRY(pn_db_exec(c->to, sql));
    pn_stmt *q = NULL;
    PN_TRY(pn_db_prepare(c->to, "INSERT INTO copy_under_way (source, compared) VALUES ($1, 0)", &q,
                         c->diag));
    pn_bind_str(q, 1, source);
    pn_err err = pn_stmt_run(q, NULL);
    pn_stmt_free(q);
    PN_TRY(err);
    q = pn_db_stmt(c->to, "INSERT INTO schema_version (version, applied_at) VALUES ($1, $2)");
    pn_bind_int(q, 1, PN_SCHEMA_COPYING);
    pn_bind_int(q, 2, pn_env_now(c->request->env));
    return pn_stmt_run(q, NULL);
}

/* From now on every program refuses it. */
static pn_err mark(pn_copier *c, pn_str source) {
    unsigned log = 0;
    bool holds = false;
    PN_TRY(holds_something(c, &holds));
    if (holds) {
        pn_err err = pn_diag_set(c->diag, PN_CONFLICT, "The database %s holds something already.",
                                 pn_db_path(c->to));
        pn_diag_mend(c->diag, "Copy into a new file, or into a schema that is empty.");
        return err;
    }
    PN_TRY(pn_db_begin(c->to, PN_SCOPE_DATABASE, 0, &log));
    pn_err err = note_begin(c, source);
    err = err == PN_OK ? pn_db_commit(c->to) : err;
    if (err != PN_OK) {
        pn_db_rollback(c->to);
    }
    return err;
}

static pn_err read_mark(pn_copier *c, pn_str *ret_source, bool *ret_compared) {
    pn_stmt *q = NULL;
    PN_TRY(pn_db_prepare(c->to, "SELECT source, compared FROM copy_under_way", &q, c->diag));
    pn_err err = pn_row_next(q);
    if (err == PN_OK) {
        *ret_source = pn_col_str_dup(q, 0, &c->arena);
        *ret_compared = pn_col_int(q, 1) != 0;
    }
    pn_stmt_free(q);
    return err;
}

static pn_err go_on(pn_copier *c, pn_str source, bool *ret_compared) {
    pn_str begun = PN_STR_NONE;
    PN_TRY(read_mark(c, &begun, ret_compared));
    c->info->resumed = true;
    if (pn_str_eq(begun, source)) {
        return PN_OK;
    }
    pn_err err = pn_diag_set(c->diag, PN_CONFLICT,
                             "The copy in %s is of another database, or the source has changed "
                             "since it began.",
                             pn_db_path(c->to));
    pn_diag_mend(c->diag, "Empty the target (remove the file, drop the schema) and copy again.");
    return err;
}

static pn_err check_target(pn_copier *c) {
    pn_table_def *tables = NULL;
    size_t count = 0;
    PN_TRY(pn_tables_read(c->to, &c->arena, &tables, &count));
    for (size_t i = 0; i < c->count; i++) {
        const pn_table_def *same = pn_table_named(tables, count, c->tables[i].name);
        if (same == NULL || !pn_table_alike(&c->tables[i], same)) {
            return pn_diag_set(c->diag, PN_CORRUPT,
                               "The table %.*s is not the same in both databases.",
                               PN_STR_ARG(c->tables[i].name));
        }
    }
    return PN_OK;
}

static pn_err open_target(pn_copier *c, bool *ret_compared) {
    int64_t version = 0;
    pn_str source = PN_STR_NONE;
    pn_db_options how = {.mode = PN_DB_WRITE, .create = true, .alone = true};
    PN_TRY(pn_db_open(c->request->to, &how, &c->to, c->diag));
    pn_err err = fingerprint(c, &source);
    if (err != PN_OK) {
        return in_words(c, c->from, err);
    }
    err = pn_schema_version(c->to, &version);
    if (err == PN_OK && version == PN_SCHEMA_COPYING) {
        err = go_on(c, source, ret_compared);
    } else if (err == PN_OK) {
        PN_TRY(pn_schema_migrate(c->to, pn_env_now(c->request->env), c->diag));
        err = mark(c, source);
    }
    err = err == PN_OK ? check_target(c) : err;
    return in_words(c, c->to, err);
}

/* ── the end ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err compare(pn_copier *c) {
    for (size_t i = 0; i < c->count; i++) {
        pn_table_sum from, to;
        const pn_table_def *table = &c->tables[i];
        pn_copy_show(c, i, true);
        PN_TRY(pn_copy_sum(c, c->from, table, &from));
        PN_TRY(pn_copy_sum(c, c->to, table, &to));
        if (from.rows != to.rows || memcmp(from.sums, to.sums, sizeof from.sums) != 0) {
            pn_err err =
                pn_diag_set(c->diag, PN_CORRUPT,
                            "The copy of the table %.*s is not equal: %lld rows there, "
                            "%lld here.",
                            PN_STR_ARG(table->name), (long long)to.rows, (long long)from.rows);
            pn_diag_mend(c->diag,
                         "Somebody changed one of them. Empty the target (remove the file, "
                         "drop the schema) and copy again.");
            return err;
        }
    }
    return PN_OK;
}

static pn_err note_compared(pn_copier *c) {
    unsigned log = 0;
    PN_TRY(pn_db_begin(c->to, PN_SCOPE_DATABASE, 0, &log));
    pn_err err = pn_tables_renumber(c->to);
    err = err == PN_OK ? pn_db_exec(c->to, "UPDATE copy_under_way SET compared = 1") : err;
    err = err == PN_OK ? pn_db_commit(c->to) : err;
    if (err != PN_OK) {
        pn_db_rollback(c->to);
    }
    return err;
}

static pn_err open_app(pn_copier *c, const char *org, pn_app **ret_app) {
    pn_app_options options = {.url = c->request->to,
                              .org_name = org,
                              .create = org == NULL,
                              .env = c->request->env,
                              .log = c->request->log,
                              .actor = "copy",
                              .copying = true};
    return pn_app_open(&options, ret_app, c->diag);
}

static pn_err audit(pn_copier *c, pn_app *app) {
    pn_audit_report report;
    PN_TRY(pn_audit(app, &app->arena, &report, c->diag));
    if (report.disagreements == 0) {
        return PN_OK;
    }
    pn_err err = pn_diag_set(c->diag, PN_CORRUPT, "The audit of “%.*s” finds %lld disagreements.",
                             PN_STR_ARG(app->org.name), (long long)report.disagreements);
    pn_diag_mend(c->diag,
                 "`puntual audit` says whether the source has them too; if not, empty the target "
                 "and copy again.");
    return err;
}

static pn_err pause_all(pn_copier *c, pn_app *app) {
    pn_channel_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_channel_list(app->db, app->org.id, &app->arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].paused_reason.len == 0) {
            PN_TRY(pn_channel_pause(app->db, app->org.id, rows[i].channel,
                                    PN_STR("This is a copy: resume when the database it was made "
                                           "of does not send any more")));
            c->info->channels_paused++;
        }
    }
    return pn_journal_add(app, 0, 0, 0, PN_EVENT_SETTING, PN_STR("{\"what\":\"copied\"}"),
                          &(pn_id){0});
}

/* Killed and called again, what is paused already is left as it is. */
static pn_err pause_live(pn_copier *c, pn_app *app) {
    if (app->org.mode != PN_MODE_LIVE) {
        return PN_OK;
    }
    PN_TRY(pn_app_begin(app, c->diag));
    pn_err err = pause_all(c, app);
    return pn_app_end(app, err, c->diag);
}

static pn_err each_org(pn_copier *c, pn_err (*work)(pn_copier *c, pn_app *app)) {
    pn_app *all = NULL;
    pn_org_row *orgs = NULL;
    size_t count = 0;
    PN_TRY(open_app(c, NULL, &all));
    pn_err err = pn_org_list(all->db, &c->arena, &orgs, &count);
    pn_app_close(all);
    for (size_t i = 0; i < count && err == PN_OK; i++) {
        pn_app *app = NULL;
        err = open_app(c, pn_str_z(&c->arena, orgs[i].name), &app);
        if (err == PN_OK) {
            err = work(c, app);
            pn_app_close(app);
        }
    }
    c->info->organizations = (int64_t)count;
    return err;
}

static pn_err unmark(pn_copier *c) {
    unsigned log = 0;
    PN_TRY(pn_db_begin(c->to, PN_SCOPE_DATABASE, 0, &log));
    pn_stmt *q = pn_db_stmt(c->to, "DELETE FROM schema_version WHERE version = $1");
    pn_bind_int(q, 1, PN_SCHEMA_COPYING);
    pn_err err = pn_stmt_run(q, NULL);
    err = err == PN_OK ? pn_db_exec(c->to, "DROP TABLE copy_under_way") : err;
    err = err == PN_OK ? pn_db_commit(c->to) : err;
    if (err != PN_OK) {
        pn_db_rollback(c->to);
    }
    return err;
}

/* The audit reads the target as every program does: without this connection meanwhile. */
static pn_err finish(pn_copier *c) {
    pn_db_close(c->to);
    c->to = NULL;
    PN_TRY(each_org(c, audit));
    PN_TRY(each_org(c, pause_live));
    pn_db_options how = {.mode = PN_DB_WRITE, .alone = true};
    PN_TRY(pn_db_open(c->request->to, &how, &c->to, c->diag));
    return in_words(c, c->to, unmark(c));
}

static pn_err count_before(pn_copier *c) {
    for (size_t i = 0; i < c->count; i++) {
        pn_stmt *q = NULL;
        pn_str sql =
            pn_str_format(&c->arena, "SELECT count(*) FROM %.*s", PN_STR_ARG(c->tables[i].name));
        PN_TRY(pn_db_prepare(c->to, pn_str_z(&c->arena, sql), &q, c->diag));
        pn_err err = pn_row_next(q);
        c->info->rows_before += err == PN_OK ? pn_col_int(q, 0) : 0;
        pn_stmt_free(q);
        PN_TRY(err);
    }
    return PN_OK;
}

static pn_err copy_all(pn_copier *c) {
    if (c->info->resumed) {
        PN_TRY(count_before(c));
    }
    for (size_t i = 0; i < c->count; i++) {
        PN_TRY(pn_copy_table(c, i));
    }
    PN_TRY(compare(c));
    return note_compared(c);
}

static pn_err copy(pn_copier *c) {
    bool compared = false;
    if (strcmp(c->request->from, c->request->to) == 0) {
        return pn_diag_set(c->diag, PN_INVALID, "Source and target are the same database.");
    }
    PN_TRY(open_source(c));
    PN_TRY(open_target(c, &compared));
    c->info->tables = (int64_t)c->count;
    if (!compared) {
        PN_TRY(in_words(c, c->to, copy_all(c)));
    }
    return finish(c);
}

pn_err pn_copy(const pn_copy_request *request, pn_copy_info *ret_info, pn_diag *diag) {
    pn_copy_info info = {0};
    pn_diag own = {0};
    pn_copier c = {.request = request, .info = &info, .diag = diag != NULL ? diag : &own};
    pn_diag_clear(c.diag);
    pn_arena_init(&c.arena, 0);
    pn_err err = copy(&c);
    pn_db_close(c.to);
    pn_db_close(c.from);
    pn_arena_done(&c.arena);
    if (err == PN_OK) {
        *ret_info = info;
    }
    return err;
}
