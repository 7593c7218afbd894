#include "net/imap_client.h"

#include "base/banned.h"
#include "base/limits.h"
#include "net/conn.h"

enum {
    SLACK_BYTES = 131072,
    OUT_BYTES_MAX = 262144,
    TURN_MS = 1000,
    /* RFC 2177, section 3: a server may log out who is idle for half an hour. */
    IDLE_SECONDS = 25 * 60,
    POLL_SECONDS = 60,
    GOODBYE_SECONDS = 5,
};

typedef struct {
    pn_loop *loop;
    pn_host *host;
    pn_tls *tls;
    pn_conn *conn;
    pn_imap *imap;
    const pn_imap_account *account;
    bool over, stopping, waiting;
    int64_t heard_at, waiting_since;
    pn_err failure; /* of the connection */
    pn_diag diag;
} client;

static void go_on(client *c) {
    switch (pn_imap_state_of(c->imap)) {
    case PN_IMAP_WANTS_TLS: pn_conn_start_tls(c->conn, c->tls); return;
    case PN_IMAP_ENDED: c->over = true; return;
    case PN_IMAP_WORKING:
    case PN_IMAP_WAITING: break;
    }
    pn_imap_advance(c->imap, pn_conn_out(c->conn));
    pn_conn_flush(c->conn);
    bool waiting = pn_imap_state_of(c->imap) == PN_IMAP_WAITING;
    if (waiting && !c->waiting) {
        c->waiting_since = pn_loop_now(c->loop);
    }
    c->waiting = waiting;
}

static void event(void *context, pn_conn_event what) {
    client *c = context;
    size_t consumed = 0;
    c->heard_at = pn_loop_now(c->loop);
    switch (what) {
    case PN_CONN_OPENED: pn_imap_begin(c->imap, pn_conn_is_secure(c->conn)); return;
    case PN_CONN_SECURED: pn_imap_secured(c->imap); break;
    case PN_CONN_DATA:
        pn_imap_receive(c->imap, pn_conn_in(c->conn), &consumed);
        pn_conn_consume(c->conn, consumed);
        break;
    case PN_CONN_ROOM: break;
    case PN_CONN_CLOSED:
        c->over = true;
        c->failure = pn_diag_set(&c->diag, PN_IO, "The mail server closed the connection.");
        pn_diag_cause(&c->diag, PN_CAUSE_HUNG_UP);
        return;
    case PN_CONN_FAILED:
        c->over = true;
        c->failure = pn_conn_error(c->conn);
        c->diag = *pn_conn_diag(c->conn);
        return;
    }
    go_on(c);
}

/* Time limits: for answers, and for how long an IDLE may last. */
static void watch_time(client *c) {
    int64_t now = pn_loop_now(c->loop);
    if (pn_imap_state_of(c->imap) == PN_IMAP_WAITING) {
        int64_t limit = pn_imap_is_idle(c->imap) ? IDLE_SECONDS : POLL_SECONDS;
        if (now - c->waiting_since > limit * PN_SECOND) {
            c->waiting_since = c->heard_at = now;
            pn_imap_look_again(c->imap);
            go_on(c);
        }
        return;
    }
    int64_t limit = c->stopping ? GOODBYE_SECONDS : PN_LIMIT_IMAP_TIMEOUT_SECONDS;
    if (now - c->heard_at > limit * PN_SECOND) {
        c->over = true;
        c->failure = pn_diag_set(&c->diag, PN_IO,
                                 "The mail server did not answer within %d seconds.", (int)limit);
        pn_diag_cause(&c->diag, PN_CAUSE_SILENT);
    }
}

static pn_err live(client *c, bool (*stopped)(void *context), void *context, pn_diag *diag) {
    c->heard_at = pn_loop_now(c->loop);
    pn_conn_open(c->conn, c->host, c->account->tls_at_once ? c->tls : NULL);
    while (!c->over) {
        PN_TRY(pn_loop_turn(c->loop, TURN_MS));
        if (!c->over && !c->stopping && stopped != NULL && stopped(context)) {
            c->stopping = true;
            c->heard_at = pn_loop_now(c->loop);
            if (!pn_conn_is_open(c->conn)) {
                return PN_OK;
            }
            pn_imap_logout(c->imap);
            go_on(c);
        }
        if (!c->over) {
            watch_time(c);
        }
    }
    pn_diag why;
    pn_err err = pn_imap_result(c->imap, &why);
    if (pn_imap_state_of(c->imap) != PN_IMAP_ENDED) {
        err = c->stopping ? PN_OK : c->failure;
        why = c->diag;
    }
    if (err != PN_OK && why.what[0] != '\0' && diag != NULL) {
        *diag = why;
    }
    return err;
}

static pn_err make(client *c, const pn_env *env, const pn_imap_owner *owner, void *context,
                   pn_diag *diag) {
    const pn_imap_account *a = c->account;
    bool local = pn_host_is_loopback(a->host);
    pn_tls_options tls = {.ca_file = a->ca_file, .verify_none = a->verify_none && local};
    if (pn_loop_new(env, &c->loop) != PN_OK) {
        return pn_diag_set(diag, PN_IO, "The system has no descriptors left for a connection.");
    }
    /* A name of this machine must lead to this machine: what is allowed without TLS or verification
     * hangs on it. */
    c->host =
        pn_host_new(c->loop, a->host, a->port, local ? a->networks & PN_NET_LOOPBACK : a->networks);
    PN_TRY(pn_tls_new(pn_host_name(c->host), &tls, &c->tls, diag));
    c->conn = pn_conn_new(c->loop, (size_t)a->session.mail_bytes_max + SLACK_BYTES, OUT_BYTES_MAX,
                          event, c);
    c->imap = pn_imap_new(&a->session, owner, context);
    return PN_OK;
}

pn_err pn_imap_run(const pn_env *env, const pn_imap_account *account, const pn_imap_owner *owner,
                   void *context, bool (*stopped)(void *context), pn_diag *ret_trouble,
                   pn_diag *diag) {
    client c = {.account = account};
    pn_err err = make(&c, env, owner, context, diag);
    if (ret_trouble != NULL) {
        pn_diag_clear(ret_trouble);
    }
    if (err == PN_OK) {
        err = live(&c, stopped, context, diag);
        const pn_diag *trouble = pn_imap_trouble(c.imap);
        if (trouble != NULL && ret_trouble != NULL) {
            *ret_trouble = *trouble;
        }
    }
    pn_conn_free(c.conn);
    pn_imap_free(c.imap);
    pn_host_free(c.host);
    pn_tls_free(c.tls);
    pn_loop_free(c.loop);
    return err;
}
