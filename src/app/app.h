/* The application: one open database, one organization, and what is loaded of it.
 *
 * A pn_app belongs to one thread. Use cases take it first; every change of data happens between
 * pn_app_begin and pn_app_commit, which also seals the events of the transaction. */
#ifndef PN_APP_APP_H
#define PN_APP_APP_H

#include <stdatomic.h>

#include "app/turn.h"
#include "base/log.h"
#include "base/table.h"
#include "calendar/business.h"
#include "calendar/zone.h"
#include "format/link_token.h"
#include "store/event.h"
#include "store/org.h"
#include "store/rollup.h"

typedef struct pn_catalog pn_catalog;
typedef struct pn_channel_driver pn_channel_driver;
typedef struct pn_person_row pn_person_row;

/* The events of the transaction under way. */
typedef struct {
    pn_merkle tree;
    pn_id first, last;
    uint64_t salt_counter;
    pn_sha256 salt_key;
} pn_journal;

typedef struct pn_app {
    pn_db *db;
    bool borrowed; /* the connection is somebody else's */
    const char *url;
    const pn_env *env;
    const pn_log *log;
    /* Where several of one process write: taken by pn_app_begin, given back at the end of the
     * transaction. NULL: nobody else is there. */
    const pn_turn *turn;
    pn_turn_rank rank;
    bool has_turn;
    int64_t turn_ticks; /* when its transaction began */
    pn_arena arena;     /* what lives as long as the app */
    pn_org_row org;
    pn_creditor_row *creditors;
    size_t creditor_count;
    pn_date *closed; /* days on which the organization rests, ascending */
    pn_str *closed_names;
    size_t closed_count;
    pn_person_row *people; /* people of ours (app/people.h) */
    size_t people_count;
    pn_table people_by;     /* folded key or address */
    pn_link_key *link_keys; /* of its links, ascending (app/links.h) */
    size_t link_key_count;
    pn_table logos; /* bytes by creditor, once they were needed */
    /* One maker for everything a transaction writes, of the log that is the transaction's: so its
     * events stand in the order of their ids, after those of every transaction of the log before
     * it. Blocks are ranges of a log's events. */
    pn_id_maker ids;  /* its node is the log's number */
    pn_id ids_leased; /* ids below it belong to this process */
    bool alone;       /* nobody else writes: what is leased stays ours, on a shared database too */
    pn_err broken;    /* what keeps the transaction under way from being committed */
    uint64_t commits; /* of transactions with events */
    bool changed;     /* what is loaded of the organization may have changed in it */
    pn_journal journal;
    pn_rollup_log rollup;            /* what the transaction changes of the sums (app/rollup.h) */
    pn_date rollup_day;              /* today, for them; PN_DATE_NONE: not asked for yet */
    uint64_t hook_types, hook_kinds; /* what somebody listens to (app/hooks.h): a bit each */
    pn_table zones;
    struct pn_tills *tills; /* opened lately (app/till.h); NULL: none */
    pn_catalog *catalog;
    const char *actor;         /* who acts: "cli", "engine", a user */
    int64_t lease_seconds;     /* how long a message that is claimed belongs to its process */
    bool lane_held;            /* the lane's lock (app/lock.h) is this process's already */
    bool (*should_stop)(void); /* asked between transactions of long work; NULL: never */
    const atomic_bool *stop;   /* the same, of a thread; NULL */
    /* Drivers that stand in for the configured ones (the demo's world); NULL for none. */
    const pn_channel_driver *driver_override;
} pn_app;

typedef struct {
    const char *url;
    const char *org_name; /* NULL: the only one there is */
    bool create;          /* make the database when it does not exist */
    const pn_env *env;
    const pn_log *log;
    const char *actor;
    const char *vfs; /* tests: a failing file layer; NULL */
    bool copying;    /* `puntual copy` itself, which may open what is marked as being copied */
    bool scratch;    /* pn_db_options; and nobody else has the database */
} pn_app_options;

/* Opens, migrates the schema, and loads the organization. NOT_FOUND with a sentence when there is
 * none; with `create` an empty database is fine and no organization is loaded (org.id is 0). */
PN_MUST_USE pn_err pn_app_open(const pn_app_options *options, pn_app **ret_app, pn_diag *diag);
void pn_app_close(pn_app *app);
/* An organization over a connection that is lent: closing leaves it open. With `org_id` 0 none is
 * loaded: what belongs to the instance. Of the options env, log and actor count. NOT_FOUND where
 * there is none of that id. */
PN_MUST_USE pn_err pn_app_borrow(pn_db *db, const pn_app_options *options, pn_id org_id,
                                 pn_app **ret_app, pn_diag *diag);
/* The same organization over a connection of its own that only reads, for another thread; `env` is
 * what that one knows of time. */
PN_MUST_USE pn_err pn_app_open_reader(const pn_app *app, const pn_env *env, pn_app **ret_app,
                                      pn_diag *diag);
/* Loads organization and creditors again after they changed. */
PN_MUST_USE pn_err pn_app_reload(pn_app *app, pn_diag *diag);

/* True where others may write to the organization between two transactions of ours. */
static inline bool pn_app_others_write(const pn_app *app) {
    return pn_db_is_shared(app->db) && !app->alone;
}

/* True when whoever runs it wants long work to end: what was begun is finished, nothing more is. */
static inline bool pn_app_stops(const pn_app *app) {
    return (app->should_stop != NULL && app->should_stop()) ||
           (app->stop != NULL && atomic_load(app->stop));
}

/* True when a batch that can end here should: somebody waits for the turn that it has had for a
 * while. Asked between two debtors. */
bool pn_app_yields(const pn_app *app);

/* The organization's time: its lane's in a sandbox, else real time. */
pn_time pn_app_now(const pn_app *app);
/* Today in the organization's own zone. */
pn_date pn_app_today(pn_app *app);

/* Nobody else writes to the organization until the commit. */
PN_MUST_USE pn_err pn_app_begin(pn_app *app, pn_diag *diag);
/* Others write too, where the database is shared: what this transaction goes by it has to lock, in
 * this order: zones (app/engine.h), then debtors (pn_debtors_lock), each ascending. */
PN_MUST_USE pn_err pn_app_begin_rows(pn_app *app, pn_diag *diag);
/* Seals the journal and commits. */
PN_MUST_USE pn_err pn_app_commit(pn_app *app, pn_diag *diag);
void pn_app_rollback(pn_app *app);
/* Commits work that went well (`err` is OK); undoes what did not, and gives its error a sentence.
 */
PN_MUST_USE pn_err pn_app_end(pn_app *app, pn_err err, pn_diag *diag);

/* An operation among several of one transaction: undone alone, with its events, or kept. An error
 * of either means that all of the transaction has to be rolled back. What ids were given stay used.
 */
typedef struct {
    pn_journal journal;
    size_t rollup;
    pn_id ids_leased;
    bool changed;
} pn_app_mark;
PN_MUST_USE pn_err pn_app_savepoint(pn_app *app, pn_app_mark *ret_mark, pn_diag *diag);
/* Also fails where something that the operation had put off fails now: undo it then. */
PN_MUST_USE pn_err pn_app_keep(pn_app *app, pn_diag *diag);
PN_MUST_USE pn_err pn_app_undo(pn_app *app, const pn_app_mark *mark, pn_diag *diag);
/* Turns an error of the store into a sentence, unless a better one was set already. */
pn_err pn_app_fail(const pn_app *app, pn_err err, pn_diag *diag);

/* A new id; leases more from the database when needed, in the transaction under way. When that
 * fails an id is given all the same, and the transaction cannot be committed. */
pn_id pn_app_id(pn_app *app);
/* Leases what is missing for `count` ids that are taken from `app->ids` directly in the transaction
 * under way. */
PN_MUST_USE pn_err pn_app_reserve_ids(pn_app *app, int64_t count);
/* Takes whole milliseconds of ids out of the lease, in the transaction under way: what is made from
 * them comes before all that `app->ids` gives from now on. `ret_end` is the first id behind them.
 */
enum { PN_IDS_A_MS = 8192 };
PN_MUST_USE pn_err pn_app_carve_ids(pn_app *app, int64_t ms, pn_id_maker *ret_maker,
                                    pn_id *ret_end);

/* Appends an event to the transaction and gives its id. `prev_id` is the event before it of the
 * same run or debtor; the caller keeps the chain's head. */
PN_MUST_USE pn_err pn_journal_add(pn_app *app, pn_id debtor_id, pn_id run_id, pn_id prev_id,
                                  pn_event_kind kind, pn_str body, pn_id *ret_id);
/* The same for an organization as a whole, which may be another than the app's: what a person does
 * who belongs to several is told to each. 0: the instance. */
PN_MUST_USE pn_err pn_journal_org(pn_app *app, pn_id org_id, pn_event_kind kind, pn_str body);
/* The same for an event of a debtor: reads and moves the head of the debtor's chain. */
PN_MUST_USE pn_err pn_journal_debtor(pn_app *app, pn_id debtor_id, pn_event_kind kind, pn_str body);
/* The same, with flags of the debtor's that are on from then. */
PN_MUST_USE pn_err pn_journal_flagged(pn_app *app, pn_id debtor_id, pn_event_kind kind, pn_str body,
                                      uint32_t flags_on);
/* The same for an event of a run: reads and moves the head of the run's chain. */
PN_MUST_USE pn_err pn_journal_run(pn_app *app, pn_id debtor_id, pn_id run_id, pn_event_kind kind,
                                  pn_str body);
/* Counts an event in that is inserted elsewhere. */
void pn_journal_count(pn_journal *journal, const pn_event_row *row);
/* Takes over what was counted in `planned`, before anything else of the transaction. */
void pn_journal_take(pn_app *app, const pn_journal *planned);
/* A fresh salt. */
void pn_journal_salt(pn_journal *journal, const pn_env *env, uint8_t salt[PN_SALT_BYTES]);

/* A time zone by name from the system's files; NOT_FOUND with a sentence. The name must be one of
 * ours: it becomes part of a path. */
PN_MUST_USE pn_err pn_app_zone_file(pn_str name, pn_arena *arena, const pn_zone **ret_zone,
                                    pn_diag *diag);
/* The same for any name, loaded once. */
PN_MUST_USE pn_err pn_app_zone(pn_app *app, pn_str name, const pn_zone **ret_zone, pn_diag *diag);
/* The same, falling back to the organization's zone and then UTC. */
const pn_zone *pn_app_zone_or_own(pn_app *app, pn_str name);

/* Business days of a place, without the organization's closing days. Borrowed until it is loaded
 * anew. */
pn_calendar pn_app_calendar(const pn_app *app, pn_str country, pn_str region);

/* NULL when there is none of that id. */
const pn_creditor_row *pn_app_creditor(const pn_app *app, pn_id id);
/* The bytes of a creditor's logo, read once; empty where it has none. */
PN_MUST_USE pn_err pn_app_logo(pn_app *app, const pn_creditor_row *creditor, pn_str *ret_bytes);
/* By name, tax id or public id; the only one for an empty name. NOT_FOUND with a sentence. */
PN_MUST_USE pn_err pn_app_find_creditor(const pn_app *app, pn_str name,
                                        const pn_creditor_row **ret_creditor, pn_diag *diag);

#endif
