/* When the connection to the server is lost: what became of a COMMIT whose answer did not come, and
 * coming back.
 *
 * A writer's transaction knows its number from its beginning (pg_current_xact_id), so the server
 * can be asked over a new connection whether it was committed (pg_xact_status), and the block that
 * its events are sealed in shows that it was this one. Only where nobody answers within PATIENCE_MS
 * the outcome stays in doubt, and the user is told so.
 *
 * Rejected: sending the transaction again. What it was decided from may have changed meanwhile, and
 * its statements are not kept. */
#define _GNU_SOURCE /* nanosleep */
#include <stdio.h>
#include <time.h>

#include "base/banned.h"
#include "store/db_pg_int.h"

enum { PATIENCE_MS = 10000, PAUSE_MS = 20, PAUSE_MS_MAX = 500 };

/* Classes of appendix A: connection exceptions; the server was told to end the session, or did so
 * because nothing came for too long (25P03). An error without a class is libpq's own: it may speak
 * of a connection that ended before it calls it bad. */
bool pn_pg_says_gone(const PGconn *conn, const PGresult *result) {
    const char *state = result != NULL ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    if (state == NULL) {
        return PQstatus(conn) == CONNECTION_BAD || result == NULL ||
               PQresultStatus(result) == PGRES_FATAL_ERROR;
    }
    return PQstatus(conn) == CONNECTION_BAD || strncmp(state, "08", 2) == 0 ||
           strncmp(state, "57P", 3) == 0 || strcmp(state, "25P03") == 0;
}

void pn_pg_note_line(pn_db *db, const char *words) {
    pn_str line = pn_str_of(words);
    size_t end = pn_str_find_char(line, '\n');
    char text[256];
    line = pn_str_first(line, PN_MIN(end, sizeof text - 1));
    memcpy(text, line.ptr, line.len);
    text[line.len] = '\0';
    pn_db_note(db, text);
}

static void pause_ms(int ms) {
    (void)nanosleep(&(struct timespec){.tv_nsec = (long)ms * 1000000}, NULL);
}

/* The advisory lock was the lost session's; the server may not have noticed its end yet. */
static pn_err lock_again(pn_pg_db *own) {
    bool taken = false;
    if (!own->holds_lock) {
        return PN_OK;
    }
    own->holds_lock = false;
    PN_TRY(pn_db_try_lock(&own->base, own->lock_key, &taken));
    own->holds_lock = true;
    return taken ? PN_OK : PN_RETRY;
}

/* Everything that was the session's is gone with it; what was noted about its end stays. While this
 * runs, a statement that fails does not connect again by itself. */
static pn_err connect_once(pn_pg_db *own) {
    char words[sizeof own->base.error];
    memcpy(words, own->base.error, sizeof words);
    pn_pg_forget(own);
    own->sent_count = own->unsynced = own->unsynced_bytes = 0;
    own->expecting = 0;
    own->failure = own->base.lost = PN_OK;
    own->base.gone = false;
    own->session++;
    own->connecting = true;
    PQreset(own->conn);
    pn_err err = PQstatus(own->conn) == CONNECTION_OK ? pn_pg_configure(own) : PN_IO;
    if (err == PN_OK) {
        err = lock_again(own);
    }
    own->base.reconnects += err == PN_OK;
    if (err != PN_OK) {
        own->base.gone = true;
        own->base.lost = PN_IO;
    }
    own->connecting = false;
    memcpy(own->base.error, words, sizeof words);
    return err;
}

pn_err pn_pg_connect_again(pn_db *db) {
    pn_pg_db *own = (pn_pg_db *)db;
    int pause = PAUSE_MS;
    if (own->connecting) {
        return PN_IO;
    }
    for (int waited = 0; db->gone; waited += pause) {
        if (connect_once(own) == PN_OK) {
            return PN_OK;
        }
        if (waited >= PATIENCE_MS) {
            return PN_IO;
        }
        pause_ms(pause);
        pause = PN_MIN(pause * 2, (int)PAUSE_MS_MAX);
    }
    return PN_OK;
}

/* ── what became of a COMMIT ─────────────────────────────────────────────────────────────────── */

typedef enum { UNKNOWN, UNDONE, DONE } outcome;

/* The number of the transaction lies ahead of all that this server has seen (22023): nothing of it
 * ever came here. Only one that takes writes can know. */
static outcome outcome_by_number(pn_pg_db *own) {
    char text[128];
    outcome found = UNKNOWN;
    (void)snprintf(text, sizeof text,
                   "SELECT CASE WHEN pg_is_in_recovery() THEN '' ELSE pg_xact_status('%llu') END",
                   (unsigned long long)own->xid);
    PGresult *result = PQexec(own->conn, text);
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (state != NULL && strcmp(state, "22023") == 0) {
        found = UNDONE;
    } else if (pn_pg_succeeded(result) && PQntuples(result) == 1) {
        const char *word = PQgetvalue(result, 0, 0);
        found = strcmp(word, "committed") == 0 ? DONE
                : strcmp(word, "aborted") == 0 ? UNDONE
                                               : UNKNOWN; /* it is still about it */
    }
    PQclear(result);
    return found;
}

/* A number that was given out and never reached the log, or the other server, is given out again
 * after a crash or a failover: "committed" may be said of somebody else's transaction. The block is
 * ours alone. Without one only a server that was there all the time can be believed. */
static outcome confirm(pn_pg_db *own, bool same_server) {
    char text[192], hash[2 * sizeof own->base.proof_hash.bytes + 1];
    outcome found = UNKNOWN;
    if (own->base.proof == 0) {
        return same_server ? DONE : UNKNOWN;
    }
    for (size_t i = 0; i < sizeof own->base.proof_hash.bytes; i++) {
        (void)snprintf(hash + 2 * i, 3, "%02x", own->base.proof_hash.bytes[i]);
    }
    (void)snprintf(text, sizeof text,
                   "SELECT count(*) FROM block WHERE id = %lld AND hash = '\\x%s'",
                   (long long)own->base.proof, hash);
    PGresult *result = PQexec(own->conn, text);
    if (pn_pg_succeeded(result) && PQntuples(result) == 1) {
        found = strcmp(PQgetvalue(result, 0, 0), "1") == 0 ? DONE : UNDONE;
    }
    PQclear(result);
    return found;
}

/* Whoever waits for a second server waited in vain where the session was ended meanwhile: what it
 * had committed is only here. This commits behind it, and so waits for both. */
static void wait_for_second(const pn_pg_db *own) {
    PQclear(PQexec(own->conn, "SELECT pg_logical_emit_message(true, 'puntual', '')"));
}

pn_err pn_pg_ask_outcome(pn_pg_db *own) {
    int64_t started = own->started;
    outcome found = UNKNOWN;
    bool asked = true;
    for (int waited = 0; asked && found == UNKNOWN && waited < PATIENCE_MS; waited += PAUSE_MS) {
        if (pn_pg_connect_again(&own->base) != PN_OK) {
            break;
        }
        found = outcome_by_number(own);
        if (found == DONE) {
            found = confirm(own, started != 0 && own->started == started);
            asked = own->base.proof != 0; /* asking again brings nothing new */
        }
        own->base.gone = PQstatus(own->conn) == CONNECTION_BAD;
        if (found == UNKNOWN && asked) {
            pause_ms(PAUSE_MS);
        }
    }
    if (found == DONE) {
        wait_for_second(own);
        own->base.gone = PQstatus(own->conn) == CONNECTION_BAD;
    }
    own->base.doubt = found == UNKNOWN;
    own->base.was_gone = true;
    return found == DONE ? PN_OK : PN_IO;
}
