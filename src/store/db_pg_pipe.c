/* Statements on their way: libpq's pipeline.
 *
 * Within a transaction a statement that gives no rows is sent and not waited for; what it comes to
 * is told by the next one that is waited for, or by the commit. A network's round trip is then paid
 * for reading alone. The connection does not block: while it cannot send, answers are read, or both
 * sides would wait for each other. */
#include <poll.h>
#include <stdio.h>

#include "base/banned.h"
#include "base/limits.h"
#include "store/db_pg_int.h"

/* The server is told to answer after so much; it works meanwhile. */
enum { SYNC_STATEMENTS = 64, SYNC_BYTES = 1 << 15 };

static pn_pg_db *db_of(const pn_pg_stmt *stmt) {
    return (pn_pg_db *)stmt->base.db;
}

/* ── what comes back ─────────────────────────────────────────────────────────────────────────── */

static void note_failure(pn_pg_db *own, const PGresult *result) {
    if (own->failure == PN_OK) { /* what follows the first one only says that it was there */
        own->failure = pn_pg_failed(&own->base, result);
    }
}

static void check_prepared(pn_pg_db *own, pn_pg_stmt *stmt, const PGresult *result) {
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (pn_pg_succeeded(result)) {
        return;
    }
    stmt->prepared = 0;
    note_failure(own, result);
    /* our own text is wrong, unless rights are missing */
    if (state != NULL && strncmp(state, "42", 2) == 0 && strcmp(state, "42501") != 0) {
        pn_panic("a statement does not prepare (%s): %s", own->base.error, stmt->sql);
    }
}

static void check_changes(pn_pg_db *own, const pn_pg_sent *sent, PGresult *result) {
    int64_t changed = 0;
    if (sent->exactly == PN_ANY_ROWS) {
        return;
    }
    own->expecting--;
    if (!pn_pg_succeeded(result) ||
        (pn_str_to_int64(pn_str_of(PQcmdTuples(result)), &changed) == PN_OK &&
         changed == sent->exactly)) {
        return;
    }
    if (own->failure == PN_OK) {
        char words[160];
        (void)snprintf(words, sizeof words, "%lld rows should have changed, and %lld did: %.80s…",
                       (long long)sent->exactly, (long long)changed, sent->stmt->sql);
        pn_db_note(&own->base, words);
        own->failure = own->base.lost = PN_CONFLICT;
    }
}

static void answer(pn_pg_db *own, const pn_pg_sent *sent, PGresult *result) {
    switch (sent->kind) {
    case PN_PG_PREPARE: check_prepared(own, sent->stmt, result); break;
    case PN_PG_ASK:
        PQclear(sent->stmt->result);
        sent->stmt->result = result;
        return; /* the reader's */
    case PN_PG_RUN:
        if (!pn_pg_succeeded(result)) {
            note_failure(own, result);
        }
        check_changes(own, sent, result);
        break;
    case PN_PG_SYNC: break;
    }
    PQclear(result);
}

static void drop_oldest(pn_pg_db *own) {
    own->sent_first = (own->sent_first + 1) % PN_PG_SENT_MAX;
    own->sent_count--;
}

/* The connection is gone: nothing will be answered. libpq may tell so by giving nothing for what is
 * still to be answered, before it calls the connection bad. */
static void drop_all(pn_pg_db *own) {
    note_failure(own, NULL);
    own->base.gone = own->base.was_gone = true;
    own->sent_count = own->unsynced = 0;
    own->expecting = 0;
}

/* Takes the answers that are there, or waits for all. Each statement's end with a NULL. */
static void receive(pn_pg_db *own, bool wait) {
    while (own->sent_count != 0 && (wait || PQisBusy(own->conn) == 0)) {
        pn_pg_sent *oldest = &own->sent[own->sent_first];
        PGresult *result = PQgetResult(own->conn);
        if (PQstatus(own->conn) == CONNECTION_BAD || (result == NULL && !oldest->answered)) {
            PQclear(result);
            drop_all(own);
            return;
        }
        if (result == NULL) {
            drop_oldest(own);
            continue;
        }
        oldest->answered = true;
        answer(own, oldest, result);
        if (oldest->kind == PN_PG_SYNC) {
            drop_oldest(own);
        }
    }
}

/* ── what goes out ───────────────────────────────────────────────────────────────────────────── */

static void push_out(pn_pg_db *own) {
    while (PQflush(own->conn) == 1) {
        struct pollfd fd = {.fd = PQsocket(own->conn), .events = POLLIN | POLLOUT};
        (void)poll(&fd, 1, -1);
        if ((fd.revents & POLLIN) != 0 && PQconsumeInput(own->conn) == 0) {
            return; /* receiving tells */
        }
    }
}

static void remember(pn_pg_db *own, pn_pg_sent sent) {
    assert(own->sent_count < PN_PG_SENT_MAX);
    own->sent[(own->sent_first + own->sent_count++) % PN_PG_SENT_MAX] = sent;
}

static void sync(pn_pg_db *own) {
    if (PQpipelineSync(own->conn) != 0) {
        remember(own, (pn_pg_sent){.kind = PN_PG_SYNC});
    }
    own->unsynced = own->unsynced_bytes = 0;
}

void pn_pg_settle(pn_pg_db *own) {
    if (PQpipelineStatus(own->conn) == PQ_PIPELINE_OFF) {
        return;
    }
    if (own->unsynced != 0) {
        sync(own);
    }
    push_out(own);
    receive(own, true);
    (void)PQexitPipelineMode(own->conn);
}

static bool send_prepare(pn_pg_stmt *stmt) {
    pn_pg_db *own = db_of(stmt);
    if (stmt->prepared == own->session) {
        return true;
    }
    if (PQsendPrepare(own->conn, stmt->name, stmt->sql, stmt->count, stmt->types) == 0) {
        return false;
    }
    stmt->prepared = own->session;
    own->unsynced++;
    remember(own, (pn_pg_sent){.kind = PN_PG_PREPARE, .stmt = stmt});
    return true;
}

static bool send_run(pn_pg_stmt *stmt) {
    pn_pg_db *own = db_of(stmt);
    if (own->pooler) {
        return PQsendQueryParams(own->conn, stmt->sql, stmt->count, stmt->types, stmt->values,
                                 stmt->lengths, stmt->formats, PN_PG_BINARY) != 0;
    }
    return send_prepare(stmt) &&
           PQsendQueryPrepared(own->conn, stmt->name, stmt->count, stmt->values, stmt->lengths,
                               stmt->formats, PN_PG_BINARY) != 0;
}

static pn_err send_as(pn_pg_stmt *stmt, pn_pg_sent sent) {
    enum { OF_ONE = 3 }; /* preparing, running, and the mark after it */
    pn_pg_db *own = db_of(stmt);
    if (own->sent_count + OF_ONE > PN_PG_SENT_MAX) {
        pn_pg_settle(own);
        PN_TRY(own->base.lost);
    }
    (void)PQenterPipelineMode(own->conn);
    if (!send_run(stmt)) {
        return pn_pg_failed(&own->base, NULL);
    }
    remember(own, sent);
    own->expecting += sent.exactly != PN_ANY_ROWS;
    own->unsynced++;
    for (int i = 0; i < stmt->count; i++) {
        own->unsynced_bytes += (size_t)stmt->lengths[i];
    }
    return PN_OK;
}

/* A reader's session refuses to write by itself, unless a pooler may have given it to a writer. */
static pn_err refuse_writing(const pn_pg_stmt *stmt) {
    static const char *const VERBS[] = {"INSERT", "UPDATE", "DELETE", "WITH"};
    pn_pg_db *own = db_of(stmt);
    for (size_t i = 0; own->pooler && own->options.mode == PN_DB_READ && i < PN_COUNT(VERBS); i++) {
        if (strncmp(stmt->sql, VERBS[i], strlen(VERBS[i])) == 0) {
            pn_db_note(&own->base, "it was opened for reading alone");
            return PN_DENIED;
        }
    }
    return PN_OK;
}

pn_err pn_pg_send(pn_pg_stmt *stmt, int64_t exactly) {
    pn_pg_db *own = db_of(stmt);
    PN_TRY(own->base.lost);
    PN_TRY(refuse_writing(stmt));
    PN_TRY(pn_pg_flush_for(stmt));
    PN_TRY(send_as(stmt, (pn_pg_sent){.kind = PN_PG_RUN, .stmt = stmt, .exactly = exactly}));
    if (own->unsynced >= SYNC_STATEMENTS || own->unsynced_bytes >= SYNC_BYTES) {
        sync(own);
        (void)PQflush(own->conn);
        (void)PQconsumeInput(own->conn);
        receive(own, false);
    }
    return own->base.lost;
}

/* Without a pipeline nothing has to be put together. */
static pn_err ask_alone(pn_pg_stmt *stmt) {
    pn_pg_db *own = db_of(stmt);
    stmt->result = own->pooler
                       ? PQexecParams(own->conn, stmt->sql, stmt->count, stmt->types, stmt->values,
                                      stmt->lengths, stmt->formats, PN_PG_BINARY)
                       : PQexecPrepared(own->conn, stmt->name, stmt->count, stmt->values,
                                        stmt->lengths, stmt->formats, PN_PG_BINARY);
    return PN_OK;
}

static pn_err ask_behind(pn_pg_stmt *stmt) {
    pn_pg_db *own = db_of(stmt);
    PN_TRY(send_as(stmt, (pn_pg_sent){.kind = PN_PG_ASK, .stmt = stmt, .exactly = PN_ANY_ROWS}));
    pn_pg_settle(own);
    return own->failure;
}

static pn_err ask_once(pn_pg_stmt *stmt) {
    pn_pg_db *own = db_of(stmt);
    PN_TRY(own->base.lost);
    PN_TRY(refuse_writing(stmt));
    PN_TRY(pn_pg_flush_for(stmt));
    own->failure = PN_OK;
    bool ready = own->pooler || stmt->prepared == own->session;
    bool alone = ready && PQpipelineStatus(own->conn) == PQ_PIPELINE_OFF;
    pn_err err = alone ? ask_alone(stmt) : ask_behind(stmt);
    if (err == PN_OK && !pn_pg_succeeded(stmt->result)) {
        err = pn_pg_failed(&own->base, stmt->result);
    }
    if (err != PN_OK) {
        pn_pg_reset(&stmt->base);
    }
    return err;
}

/* Reading outside a transaction: asking again over another connection is the same. */
static bool may_ask_again(const pn_pg_stmt *stmt) {
    return !stmt->base.db->transaction && strncmp(stmt->sql, "SELECT", 6) == 0;
}

pn_err pn_pg_ask(pn_pg_stmt *stmt) {
    pn_err err = ask_once(stmt);
    if (err != PN_OK && stmt->base.db->gone && may_ask_again(stmt)) {
        PN_TRY(pn_pg_connect_again(stmt->base.db));
        err = ask_once(stmt);
    }
    return err;
}
