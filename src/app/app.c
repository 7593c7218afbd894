#include "app/app.h"

#include <stdio.h>
#include <stdlib.h>

#include "app/catalog.h"
#include "app/links.h"
#include "app/migrate.h"
#include "app/people.h"
#include "app/hooks.h"
#include "app/till.h"
#include "base/banned.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "store/debtor.h"
#include "store/run.h"
#include "store/setup.h"

/* ── opening ─────────────────────────────────────────────────────────────────────────────────── */

static pn_err no_org(pn_db *db, const char *name, pn_arena *arena, pn_diag *diag) {
    pn_org_row *rows = NULL;
    size_t count = 0;
    PN_TRY(pn_org_list(db, arena, &rows, &count));
    if (name != NULL) {
        pn_err err = pn_diag_set(diag, PN_NOT_FOUND, "There is no organization “%s” here.", name);
        if (count != 0) {
            pn_diag_mend(diag, "There is “%.*s”%s.", PN_STR_ARG(rows[0].name),
                         count > 1 ? " and others" : "");
        }
        return err;
    }
    if (count == 0) {
        pn_err err = pn_diag_set(diag, PN_NOT_FOUND, "This database holds no organization yet.");
        pn_diag_mend(diag, "`puntual init` makes one.");
        return err;
    }
    pn_err err = pn_diag_set(diag, PN_INVALID, "This database holds %zu organizations.", count);
    pn_diag_mend(diag, "Say which one with --org NAME (“%.*s”, …).", PN_STR_ARG(rows[0].name));
    return err;
}

static pn_err load_org(pn_app *app, const char *name, pn_diag *diag) {
    if (name != NULL) {
        pn_err err = pn_org_find(app->db, pn_str_of(name), &app->arena, &app->org);
        return err == PN_NOT_FOUND ? no_org(app->db, name, &app->arena, diag)
                                   : pn_app_fail(app, err, diag);
    }
    pn_org_row *rows = NULL;
    size_t count = 0;
    pn_err err = pn_org_list(app->db, &app->arena, &rows, &count);
    if (err != PN_OK) {
        return pn_app_fail(app, err, diag);
    }
    if (count != 1) {
        return no_org(app->db, NULL, &app->arena, diag);
    }
    app->org = rows[0];
    return PN_OK;
}

static pn_err load_closing_days(pn_app *app) {
    pn_closing_day *days = NULL;
    size_t count = 0;
    PN_TRY(pn_closing_days(app->db, app->org.id, &app->arena, &days, &count));
    app->closed = pn_arena_array(&app->arena, pn_date, count + 1);
    app->closed_names = pn_arena_array(&app->arena, pn_str, count + 1);
    for (size_t i = 0; i < count; i++) {
        app->closed[i] = days[i].day;
        app->closed_names[i] = days[i].name;
    }
    app->closed_count = count;
    return PN_OK;
}

pn_calendar pn_app_calendar(const pn_app *app, pn_str country, pn_str region) {
    pn_calendar calendar = pn_calendar_for(country, region);
    calendar.closed = app->closed;
    calendar.closed_names = app->closed_names;
    calendar.closed_count = app->closed_count;
    return calendar;
}

/* What is small and needed everywhere: creditors, people of ours. */
static pn_err load_own(pn_app *app, pn_diag *diag) {
    pn_err err =
        pn_creditor_list(app->db, app->org.id, &app->arena, &app->creditors, &app->creditor_count);
    if (err == PN_OK) {
        err = load_closing_days(app);
    }
    if (err == PN_OK) {
        err = pn_people_load(app);
    }
    if (err == PN_OK) {
        err = pn_links_load(app);
    }
    app->logos = pn_table_on(&app->arena);
    return pn_app_fail(app, err, diag);
}

pn_err pn_app_open(const pn_app_options *options, pn_app **ret_app, pn_diag *diag) {
    pn_app *app = pn_alloc(sizeof *app);
    memset(app, 0, sizeof *app);
    pn_arena_init(&app->arena, 0);
    app->url = options->url;
    app->env = options->env;
    app->log = options->log;
    app->actor = options->actor;
    app->lease_seconds = PN_LIMIT_DELIVERY_LEASE_SECONDS;
    app->alone = options->scratch;
    app->zones = pn_table_on(&app->arena);
    pn_db_options db_options = {
        .mode = PN_DB_WRITE,
        .create = options->create,
        .vfs = options->vfs,
        .scratch = options->scratch,
    };
    pn_err err = pn_db_open(options->url, &db_options, &app->db, diag);
    if (err == PN_OK) {
        err = pn_migrate_opened(options, &db_options, &app->db, diag);
    }
    if (err == PN_OK && !options->create) {
        err = load_org(app, options->org_name, diag);
    }
    if (err == PN_OK && app->org.id != 0) {
        err = load_own(app, diag);
    }
    if (err != PN_OK) {
        pn_app_close(app);
        return err;
    }
    app->catalog = pn_catalog_new(app);
    *ret_app = app;
    return PN_OK;
}

static pn_err load_org_of(pn_app *app, pn_id org_id, pn_diag *diag) {
    pn_org_row *rows = NULL;
    size_t count = 0, i = 0;
    pn_err err = pn_org_list(app->db, &app->arena, &rows, &count);
    if (err != PN_OK) {
        return pn_app_fail(app, err, diag);
    }
    while (i < count && rows[i].id != org_id) {
        i++;
    }
    if (i == count) {
        return pn_diag_set(diag, PN_NOT_FOUND, "There is no such organization here.");
    }
    app->org = rows[i];
    return load_own(app, diag);
}

pn_err pn_app_borrow(pn_db *db, const pn_app_options *options, pn_id org_id, pn_app **ret_app,
                     pn_diag *diag) {
    pn_app *app = pn_alloc(sizeof *app);
    memset(app, 0, sizeof *app);
    pn_arena_init(&app->arena, 0);
    app->db = db;
    app->borrowed = true;
    app->url = options->url;
    app->env = options->env;
    app->log = options->log;
    app->actor = options->actor;
    app->lease_seconds = PN_LIMIT_DELIVERY_LEASE_SECONDS;
    app->zones = pn_table_on(&app->arena);
    app->org.clock = PN_TIME_NONE; /* the instance's own lives in real time… */
    app->org.lane = PN_LANE_NONE;  /* …and waits for no organization's work */
    pn_err err = org_id != 0 ? load_org_of(app, org_id, diag) : PN_OK;
    if (err != PN_OK) {
        pn_app_close(app);
        return err;
    }
    app->catalog = pn_catalog_new(app);
    *ret_app = app;
    return PN_OK;
}

pn_err pn_app_open_reader(const pn_app *app, const pn_env *env, pn_app **ret_app, pn_diag *diag) {
    pn_app *reader = pn_alloc(sizeof *reader);
    memset(reader, 0, sizeof *reader);
    pn_arena_init(&reader->arena, 0);
    reader->url = app->url;
    reader->env = env;
    reader->actor = app->actor;
    reader->org = app->org;
    reader->zones = pn_table_on(&reader->arena);
    pn_err err = pn_db_open(app->url, &(pn_db_options){.mode = PN_DB_READ}, &reader->db, diag);
    if (err == PN_OK) {
        err = load_own(reader, diag);
    }
    if (err != PN_OK) {
        pn_app_close(reader);
        return err;
    }
    reader->catalog = pn_catalog_new(reader);
    *ret_app = reader;
    return PN_OK;
}

void pn_app_close(pn_app *app) {
    if (app == NULL) {
        return;
    }
    pn_catalog_free(app->catalog);
    pn_tills_forget(app);
    if (!app->borrowed) {
        pn_db_close(app->db);
    }
    pn_rollup_log_done(&app->rollup);
    pn_arena_done(&app->arena);
    free(app);
}

pn_err pn_app_reload(pn_app *app, pn_diag *diag) {
    const char *name = pn_str_z(&app->arena, app->org.name);
    PN_TRY(load_org(app, name, diag));
    return load_own(app, diag);
}

pn_time pn_app_now(const pn_app *app) {
    return app->org.clock != PN_TIME_NONE && app->org.mode == PN_MODE_SANDBOX
               ? app->org.clock
               : pn_env_now(app->env);
}

pn_date pn_app_today(pn_app *app) {
    return pn_zone_date(pn_app_zone_or_own(app, app->org.zone), pn_app_now(app));
}

pn_err pn_app_fail(const pn_app *app, pn_err err, pn_diag *diag) {
    if (err == PN_OK || (diag != NULL && diag->what[0] != '\0')) {
        return err;
    }
    return pn_db_diag(app->db, err, diag);
}

/* ── ids ─────────────────────────────────────────────────────────────────────────────────────── */

enum { ID_MS_SHIFT = 22, LEASE_MS = 8 };

/* Everything below it may have been given out: by this log, and on a shared database by any, for
 * what a transaction writes shall have higher ids than what it has read. */
static pn_err leased_by_anybody(pn_app *app, pn_id *ret_high) {
    pn_stmt *read = pn_db_stmt(app->db, "SELECT max(high) FROM id_lease");
    PN_TRY(pn_row_next(read));
    *ret_high = pn_col_int_or(read, 0, 0);
    pn_stmt_reset(read);
    return PN_OK;
}

/* Where another process has leased ids after us, ours are left unused: what this transaction writes
 * comes after what that one wrote. On a shared database it may do so at any moment: each
 * transaction leases its own there, with its first id, when it has its locks. */
static pn_err check_lease(pn_app *app, unsigned log) {
    pn_id high = 0;
    app->ids.node = log;
    if (pn_app_others_write(app)) {
        app->ids_leased = 0;
        return PN_OK;
    }
    PN_TRY(leased_by_anybody(app, &high));
    if (high != app->ids_leased) {
        app->ids_leased = 0;
    }
    return PN_OK;
}

static int64_t ids_left(const pn_app *app) {
    int64_t whole_ms = (app->ids_leased >> ID_MS_SHIFT) - (app->ids.last >> ID_MS_SHIFT) - 1;
    return app->ids_leased == 0 ? 0 : whole_ms * PN_IDS_A_MS;
}

/* A lease raises what is given out by whole milliseconds of the id space. */
static pn_err lease(pn_app *app, int64_t count) {
    pn_id high = 0;
    PN_TRY(leased_by_anybody(app, &high));
    pn_id_maker maker = pn_id_maker_from(app->ids.node, PN_MAX(high, app->ids.last));
    pn_id first = pn_id_next(&maker, pn_env_now(app->env));
    int64_t ms = count / PN_IDS_A_MS + 2;
    pn_id leased = ((first >> ID_MS_SHIFT) + ms) << ID_MS_SHIFT;
    pn_stmt *write = pn_db_stmt(app->db, "INSERT INTO id_lease (node, high) VALUES ($1, $2)"
                                         " ON CONFLICT (node) DO UPDATE SET high = excluded.high");
    pn_bind_int(write, 1, maker.node);
    pn_bind_int(write, 2, leased);
    PN_TRY(pn_stmt_run(write, NULL));
    app->ids = maker; /* the first one stays unused: what follows it is in the same millisecond */
    app->ids_leased = leased;
    return PN_OK;
}

pn_err pn_app_reserve_ids(pn_app *app, int64_t count) {
    assert(pn_db_in_transaction(app->db)); /* a lease outside would not be safe to roll back */
    int64_t ahead = pn_app_others_write(app) ? 1 : PN_IDS_A_MS * LEASE_MS;
    return ids_left(app) >= count ? PN_OK : lease(app, PN_MAX(count, ahead));
}

pn_err pn_app_carve_ids(pn_app *app, int64_t ms, pn_id_maker *ret_maker, pn_id *ret_end) {
    PN_TRY(pn_app_reserve_ids(app, (ms + 1) * PN_IDS_A_MS));
    int64_t first_ms = (app->ids.last >> ID_MS_SHIFT) + 1;
    *ret_maker = pn_id_maker_from(app->ids.node, first_ms << ID_MS_SHIFT);
    *ret_end = (first_ms + ms) << ID_MS_SHIFT;
    app->ids.last = *ret_end - 1;
    return PN_OK;
}

pn_id pn_app_id(pn_app *app) {
    if (app->broken == PN_OK) {
        app->broken = pn_app_reserve_ids(app, 1);
    }
    return pn_id_next(&app->ids, 0);
}

/* ── transactions ────────────────────────────────────────────────────────────────────────────── */

static void journal_begin(pn_app *app) {
    pn_merkle_begin(&app->journal.tree);
    app->journal.first = app->journal.last = 0;
    pn_rollup_log_clear(&app->rollup);
    app->rollup_day = PN_DATE_NONE;
}

static void take_turn(pn_app *app) {
    if (app->turn != NULL && !app->has_turn) {
        app->turn->take(app->turn->context, app->rank);
        app->has_turn = true;
    }
}

bool pn_app_yields(const pn_app *app) {
    return app->has_turn && app->turn->wanted != NULL &&
           app->turn->wanted(app->turn->context, app->org.lane) &&
           pn_env_ticks(app->env) - app->turn_ticks >= PN_TURN_HOLD_US;
}

static void give_turn(pn_app *app) {
    if (app->has_turn) {
        app->has_turn = false;
        app->turn->give(app->turn->context);
    }
}

/* The engines of this process end their batches for who is waited for. */
static void await(const pn_app *app, pn_db_scope scope, bool begins) {
    if (app->turn != NULL && app->turn->awaits != NULL && scope == PN_SCOPE_LANE &&
        app->rank == PN_TURN_ANSWER) {
        app->turn->awaits(app->turn->context, app->org.lane, begins);
    }
}

static pn_err begin(pn_app *app, pn_db_scope scope, pn_diag *diag) {
    unsigned log = 0;
    pn_diag_clear(diag);
    take_turn(app);
    journal_begin(app);
    app->broken = PN_OK;
    app->changed = false;
    /* On a shared database somebody may have the organization for himself, for long. */
    int most = pn_db_is_shared(app->db) ? PN_LIMIT_TRANSACTION_TRIES : 1;
    pn_err err = PN_RETRY;
    await(app, scope, true);
    for (int tries = 0; tries < most && err == PN_RETRY; tries++) {
        err = pn_db_begin(app->db, scope, app->org.lane, &log);
    }
    await(app, scope, false);
    app->turn_ticks = pn_env_ticks(app->env);
    if (err == PN_OK) {
        err = check_lease(app, log);
        err = err == PN_OK ? pn_hooks_begin(app) : err;
        if (err != PN_OK) {
            pn_app_rollback(app);
        }
    }
    if (err != PN_OK) {
        give_turn(app);
    }
    return pn_app_fail(app, err, diag);
}

/* Before an organization is there, everybody is kept out. */
pn_err pn_app_begin(pn_app *app, pn_diag *diag) {
    return begin(app, app->org.id != 0 ? PN_SCOPE_LANE : PN_SCOPE_DATABASE, diag);
}

pn_err pn_app_begin_rows(pn_app *app, pn_diag *diag) {
    return begin(app, PN_SCOPE_ROWS, diag);
}

static pn_err seal(pn_app *app) {
    pn_journal *journal = &app->journal;
    if (journal->tree.count == 0) {
        return PN_OK;
    }
    pn_block_row newest = {0};
    pn_id first_id = pn_block_first_id(app->ids.node);
    pn_err err = pn_block_newest(app->db, app->ids.node, &newest);
    if (err != PN_OK && err != PN_NOT_FOUND) {
        return err;
    }
    assert(journal->first > newest.last_event); /* blocks follow each other as their events do */
    pn_block_row block = {
        .id = newest.id == 0 ? first_id : newest.id + 1,
        .first_event = journal->first,
        .last_event = journal->last,
        .events = (int64_t)journal->tree.count,
        .root = pn_merkle_root(&journal->tree),
        .prev_hash = newest.hash,
        .at = pn_env_now(app->env),
    };
    block.hash = pn_block_hash(&block);
    return pn_block_insert(app->db, &block);
}

pn_err pn_app_commit(pn_app *app, pn_diag *diag) {
    pn_err err = app->broken;
    if (err == PN_OK) {
        err = seal(app);
    }
    if (err == PN_OK) {
        err = pn_rollup_flush(app->db, app->org.id, &app->rollup);
    }
    if (err == PN_OK) {
        err = pn_db_commit(app->db);
    }
    if (err != PN_OK) {
        (void)pn_app_fail(app, err, diag);
        pn_app_rollback(app);
    } else {
        app->commits += app->journal.first != 0;
    }
    give_turn(app);
    return err;
}

void pn_app_rollback(pn_app *app) {
    pn_db_rollback(app->db);
    /* a lease taken in this transaction is undone with it */
    app->ids_leased = 0;
    journal_begin(app);
    give_turn(app);
}

pn_err pn_app_end(pn_app *app, pn_err err, pn_diag *diag) {
    if (err == PN_OK) {
        return pn_app_commit(app, diag);
    }
    (void)pn_app_fail(app, err, diag);
    pn_app_rollback(app);
    return err;
}

pn_err pn_app_savepoint(pn_app *app, pn_app_mark *ret_mark, pn_diag *diag) {
    PN_TRY(pn_app_fail(app, pn_db_savepoint(app->db), diag));
    *ret_mark = (pn_app_mark){.journal = app->journal,
                              .rollup = pn_rollup_log_mark(&app->rollup),
                              .ids_leased = app->ids_leased,
                              .changed = app->changed};
    return PN_OK;
}

pn_err pn_app_keep(pn_app *app, pn_diag *diag) {
    return pn_app_fail(app, app->broken != PN_OK ? app->broken : pn_db_keep(app->db), diag);
}

/* Salts go on: none is used twice. */
pn_err pn_app_undo(pn_app *app, const pn_app_mark *mark, pn_diag *diag) {
    PN_TRY(pn_app_fail(app, pn_db_undo(app->db), diag));
    app->journal.tree = mark->journal.tree;
    app->journal.first = mark->journal.first;
    app->journal.last = mark->journal.last;
    pn_rollup_log_undo(&app->rollup, mark->rollup);
    app->ids_leased = mark->ids_leased;
    app->changed = mark->changed;
    app->broken = PN_OK;
    return PN_OK;
}

/* ── journal ─────────────────────────────────────────────────────────────────────────────────── */

void pn_journal_salt(pn_journal *journal, const pn_env *env, uint8_t salt[PN_SALT_BYTES]) {
    /* one draw of entropy serves many salts: each is a hash of the draw and a counter */
    if (journal->salt_counter % 65536 == 0) {
        pn_env_entropy(env, journal->salt_key.bytes, sizeof journal->salt_key.bytes);
    }
    uint64_t counter = journal->salt_counter++;
    uint8_t drawn[PN_SHA256_BYTES + sizeof counter]; /* of one length: nothing can be appended */
    memcpy(drawn, journal->salt_key.bytes, PN_SHA256_BYTES);
    memcpy(drawn + PN_SHA256_BYTES, &counter, sizeof counter);
    pn_sha256 digest = pn_sha256_of(drawn, sizeof drawn);
    memcpy(salt, digest.bytes, PN_SALT_BYTES);
}

void pn_journal_count(pn_journal *journal, const pn_event_row *row) {
    pn_sha256 leaf = pn_merkle_leaf(row->hash.bytes, sizeof row->hash.bytes);
    assert(row->id > journal->last); /* leaves stand in the order of ids */
    pn_merkle_add(&journal->tree, &leaf);
    journal->first = journal->first == 0 ? row->id : journal->first;
    journal->last = row->id;
}

void pn_journal_take(pn_app *app, const pn_journal *planned) {
    assert(app->journal.tree.count == 0);
    app->journal.tree = planned->tree;
    app->journal.first = planned->first;
    app->journal.last = planned->last;
}

static pn_err journal(pn_app *app, pn_id org_id, pn_id debtor_id, pn_id run_id, pn_id prev_id,
                      pn_event_kind kind, pn_str body, pn_id *ret_id) {
    pn_event_row row = {
        .id = pn_app_id(app),
        .org_id = org_id,
        .debtor_id = debtor_id,
        .run_id = run_id,
        .prev_id = prev_id,
        .at = pn_app_now(app),
        .recorded_at = pn_env_now(app->env),
        .kind = kind,
        .actor = pn_str_of(app->actor),
        .body = body,
    };
    app->changed = app->changed || kind == PN_EVENT_PUBLISHED || kind == PN_EVENT_SETTING;
    pn_journal_salt(&app->journal, app->env, row.salt);
    row.hash = pn_event_hash(&row);
    PN_TRY(pn_event_insert(app->db, &row));
    pn_journal_count(&app->journal, &row);
    PN_TRY(pn_hooks_event(app, &row, false));
    *ret_id = row.id;
    return PN_OK;
}

pn_err pn_journal_add(pn_app *app, pn_id debtor_id, pn_id run_id, pn_id prev_id, pn_event_kind kind,
                      pn_str body, pn_id *ret_id) {
    return journal(app, app->org.id, debtor_id, run_id, prev_id, kind, body, ret_id);
}

pn_err pn_journal_org(pn_app *app, pn_id org_id, pn_event_kind kind, pn_str body) {
    return journal(app, org_id, 0, 0, 0, kind, body, &(pn_id){0});
}

/* Behind the debtor's last event; whoever calls says that it is the last one now. */
static pn_err journal_behind(pn_app *app, pn_id debtor_id, pn_event_kind kind, pn_str body,
                             pn_id *ret_id) {
    pn_stmt *q = pn_db_stmt(app->db, "SELECT last_event_id FROM debtor WHERE id = $1");
    pn_bind_int(q, 1, debtor_id);
    pn_err err = pn_row_next(q);
    pn_id prev_id = err == PN_OK ? pn_col_int(q, 0) : 0;
    pn_stmt_reset(q);
    if (err != PN_OK && err != PN_NOT_FOUND) {
        return err;
    }
    return pn_journal_add(app, debtor_id, 0, prev_id, kind, body, ret_id);
}

pn_err pn_journal_debtor(pn_app *app, pn_id debtor_id, pn_event_kind kind, pn_str body) {
    pn_id id = 0;
    PN_TRY(journal_behind(app, debtor_id, kind, body, &id));
    return pn_debtor_set_last_event(app->db, debtor_id, id);
}

pn_err pn_journal_flagged(pn_app *app, pn_id debtor_id, pn_event_kind kind, pn_str body,
                          uint32_t flags_on) {
    pn_id id = 0;
    PN_TRY(journal_behind(app, debtor_id, kind, body, &id));
    return pn_debtor_set_last_event_flags(app->db, debtor_id, id, flags_on);
}

pn_err pn_journal_run(pn_app *app, pn_id debtor_id, pn_id run_id, pn_event_kind kind, pn_str body) {
    if (run_id == 0) {
        return pn_journal_debtor(app, debtor_id, kind, body);
    }
    pn_stmt *q =
        pn_db_stmt(app->db, "SELECT last_event_id FROM run WHERE debtor_id = $1 AND id = $2");
    pn_bind_int(q, 1, debtor_id);
    pn_bind_int(q, 2, run_id);
    PN_TRY(pn_row_next(q));
    pn_id prev_id = pn_col_int(q, 0);
    pn_stmt_reset(q);
    pn_id id = 0;
    PN_TRY(pn_journal_add(app, debtor_id, run_id, prev_id, kind, body, &id));
    return pn_run_set_last_event(app->db, debtor_id, run_id, id);
}

/* ── zones ───────────────────────────────────────────────────────────────────────────────────── */

static bool zone_name_safe(pn_str name) {
    if (name.len == 0 || name.len > 60 || name.ptr[0] == '/' ||
        pn_str_find(name, PN_STR("..")) != SIZE_MAX) {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!pn_is_alpha(c) && !pn_is_digit(c) && c != '/' && c != '_' && c != '-' && c != '+') {
            return false;
        }
    }
    return true;
}

pn_err pn_app_zone_file(pn_str name, pn_arena *arena, const pn_zone **ret_zone, pn_diag *diag) {
    const char *folder = getenv("TZDIR");
    char path[512];
    if (!zone_name_safe(name)) {
        pn_err err = pn_diag_set(diag, PN_NOT_FOUND, "“%.*s” is no time zone.",
                                 PN_STR_ARG(pn_str_first(name, 60)));
        pn_diag_mend(diag, "Use a name like Europe/Madrid or America/Mexico_City.");
        return err;
    }
    (void)snprintf(path, sizeof path, "%s/%.*s", folder != NULL ? folder : "/usr/share/zoneinfo",
                   PN_STR_ARG(name));
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return pn_diag_set(diag, PN_NOT_FOUND, "There is no time zone “%.*s”.", PN_STR_ARG(name));
    }
    static const size_t SIZE_MAX_BYTES = 1 << 18;
    char *bytes = pn_arena_alloc(arena, SIZE_MAX_BYTES);
    size_t size = fread(bytes, 1, SIZE_MAX_BYTES, file);
    (void)fclose(file);
    return pn_zone_parse((pn_str){bytes, size}, pn_str_dup(arena, name), arena, ret_zone, diag);
}

pn_err pn_app_zone(pn_app *app, pn_str name, const pn_zone **ret_zone, pn_diag *diag) {
    void *known = pn_table_get(&app->zones, name);
    if (known != NULL) {
        *ret_zone = known;
        return PN_OK;
    }
    if (pn_str_is(name, "UTC")) {
        *ret_zone = pn_zone_utc();
        return PN_OK;
    }
    const pn_zone *zone = NULL;
    PN_TRY(pn_app_zone_file(name, &app->arena, &zone, diag));
    union {
        const pn_zone *in;
        void *out;
    } cast = {.in = zone}; /* the table keeps what it is given; nobody writes through it */
    (void)pn_table_put(&app->zones, name, cast.out);
    *ret_zone = zone;
    return PN_OK;
}

const pn_zone *pn_app_zone_or_own(pn_app *app, pn_str name) {
    const pn_zone *zone = NULL;
    if (name.len != 0 && pn_app_zone(app, name, &zone, NULL) == PN_OK) {
        return zone;
    }
    return pn_app_zone(app, app->org.zone, &zone, NULL) == PN_OK ? zone : pn_zone_utc();
}

/* ── creditors ───────────────────────────────────────────────────────────────────────────────── */

const pn_creditor_row *pn_app_creditor(const pn_app *app, pn_id id) {
    for (size_t i = 0; i < app->creditor_count; i++) {
        if (app->creditors[i].id == id) {
            return &app->creditors[i];
        }
    }
    return NULL;
}

pn_err pn_app_logo(pn_app *app, const pn_creditor_row *creditor, pn_str *ret_bytes) {
    *ret_bytes = PN_STR_NONE;
    if (creditor->logo_type.len == 0) {
        return PN_OK;
    }
    pn_str *known = pn_table_get_int(&app->logos, creditor->id);
    if (known == NULL) {
        known = pn_arena_new(&app->arena, pn_str);
        PN_TRY(pn_creditor_logo(app->db, creditor->id, &app->arena, known));
        (void)pn_table_put_int(&app->logos, creditor->id, known);
    }
    *ret_bytes = *known;
    return PN_OK;
}

pn_err pn_app_find_creditor(const pn_app *app, pn_str name, const pn_creditor_row **ret_creditor,
                            pn_diag *diag) {
    if (name.len == 0 && app->creditor_count == 1) {
        *ret_creditor = &app->creditors[0];
        return PN_OK;
    }
    if (name.len == 0) {
        pn_err err = pn_diag_set(diag, PN_INVALID, "There are %zu creditors.", app->creditor_count);
        pn_diag_mend(diag, "Say which one with --creditor NAME.");
        return err;
    }
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_str fold = pn_utf8_fold(&arena, name, false);
    pn_id id = 0;
    bool by_id = pn_id_parse(PN_ID_CREDITOR, name, &id) == PN_OK;
    pn_err err = PN_NOT_FOUND;
    for (size_t i = 0; i < app->creditor_count && err != PN_OK; i++) {
        const pn_creditor_row *row = &app->creditors[i];
        if ((by_id && row->id == id) || pn_str_eq(row->name_fold, fold) ||
            (row->tax_id.len != 0 && pn_str_eq_nocase(row->tax_id, name))) {
            *ret_creditor = row;
            err = PN_OK;
        }
    }
    pn_arena_done(&arena);
    return err == PN_OK ? PN_OK
                        : pn_diag_set(diag, err, "There is no creditor “%.*s”.", PN_STR_ARG(name));
}
