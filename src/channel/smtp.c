/* Driver `smtp`: hands e-mails to one mail server over a few kept connections.
 *
 * What holds:
 * - A message is in exactly one list: free, waiting, flying (a connection has it) or done.
 * - A message that certainly was not transmitted may go again over another connection, at once and
 *   at most TRIES_MAX times; one whose final dot may have arrived is `uncertain`, whatever else
 *   happened.
 * - When the server cannot be reached or refuses us before the first message, whoever waits gets
 *   that as the result, and the driver takes no more until it has waited: messages wait in the
 *   database, where they can be seen, and not here.
 *
 * One epoll loop drives everything; there is no thread but the one that resolves names. One
 * process or thread per connection was rejected: pipelining fills four connections from one. */
#include <assert.h>
#include <stdio.h>

#include "base/banned.h"
#include "base/limits.h"
#include "channel/channel.h"
#include "channel/smtp_outcome.h"
#include "channel/smtp_settings.h"
#include "net/conn.h"
#include "net/smtp.h"

enum {
    TRIES_MAX = 3,
    IN_BYTES = 2 * PN_LIMIT_SMTP_REPLY_BYTES,
    OUT_BYTES = 65536,         /* written ahead of the socket */
    OUT_BYTES_MAX = 4 * 65536, /* with a long login line */
    IDLE_SECONDS = 30,
    QUIT_SECONDS = 5,
    BACKOFF_DOUBLINGS_MAX = 6,
    RATE_AHEAD_SECONDS = 60, /* of messages taken when the rate is limited */
};

#define TICK_US PN_SECOND
#define BACKOFF_US PN_SECOND                /* doubled up to a minute */
#define BACKOFF_SENDER_US (60 * PN_SECOND)  /* doubled up to an hour: a person has to act */
#define RATE_BURST_US (100 * INT64_C(1000)) /* how far behind its rate it may catch up */
#define STOP_US PN_SECOND

typedef struct entry entry;
typedef struct link link;

struct entry {
    pn_smtp_message message; /* first: the session gives back a pointer to it */
    pn_id id;
    int64_t taken_at;
    unsigned tries;
    link *link; /* flying with it, or NULL */
    entry *next;
    pn_send_result result;
};

typedef struct {
    entry *first, *last;
    size_t count;
} entry_list;

struct link {
    pn_channel *channel;
    pn_conn *conn;
    pn_smtp *smtp;
    bool up;           /* opening, open or closing */
    bool ready;        /* has been ready for messages since it was opened */
    bool heard_of;     /* a message got its answer */
    bool unlucky;      /* a message was lost, or met a 421 */
    bool timed_out;    /* we gave up */
    bool nonsense;     /* the server does not speak SMTP */
    unsigned carrying; /* messages flying with it */
    int64_t heard_at, idle_since;
};

struct pn_channel {
    pn_smtp_settings settings;
    const pn_log *log;
    pn_loop *loop;
    pn_host *server;
    pn_tls *tls;
    pn_timer tick, rate;
    bool fresh; /* messages came since the last turn */
    int64_t next_at;
    unsigned failures;
    unsigned fruitless; /* connections in a row that came to nothing */
    int64_t backoff_until;
    pn_send_outcome trouble; /* why it backs off */
    pn_smtp_answer trouble_answer;
    entry_list free, waiting, done;
    size_t flying;
    link links[PN_LIMIT_SMTP_CONNECTIONS];
    entry entries[PN_LIMIT_CHANNEL_QUEUE];
};

/* ── lists ── */

static void list_append(entry_list *list, entry *e) {
    e->next = NULL;
    if (list->last == NULL) {
        list->first = e;
    } else {
        list->last->next = e;
    }
    list->last = e;
    list->count++;
}

static void list_prepend(entry_list *list, entry *e) {
    e->next = list->first;
    list->first = e;
    if (list->last == NULL) {
        list->last = e;
    }
    list->count++;
}

static entry *list_pop(entry_list *list) {
    entry *e = list->first;
    if (e != NULL) {
        list->first = e->next;
        list->last = list->first == NULL ? NULL : list->last;
        list->count--;
    }
    return e;
}

/* ── results ── */

/* `e` is in no list. */
static void finish(pn_channel *channel, entry *e, pn_send_outcome outcome,
                   const pn_smtp_answer *answer) {
    static_assert(sizeof e->result.status == sizeof answer->status, "one size of a status");
    static_assert(sizeof e->result.reply == sizeof answer->text, "one size of a reply");
    e->result.id = e->id;
    e->result.outcome = outcome;
    e->result.untried = false;
    e->result.cause = outcome == PN_SEND_ACCEPTED ? PN_CAUSE_NONE : answer->cause;
    memcpy(e->result.status, answer->status, sizeof answer->status);
    memcpy(e->result.reply, answer->text, sizeof answer->text);
    e->result.provider_id[0] = '\0';
    if (outcome == PN_SEND_ACCEPTED) {
        pn_smtp_queue_id(answer, e->result.provider_id);
    }
    list_append(&channel->done, e);
}

static void finish_waiting(pn_channel *channel, pn_send_outcome outcome,
                           const pn_smtp_answer *answer) {
    for (entry *e; (e = list_pop(&channel->waiting)) != NULL;) {
        finish(channel, e, outcome, answer);
        e->result.untried = outcome == PN_SEND_RETRY;
    }
}

/* ── when to send ── */

static int64_t now_of(const pn_channel *channel) {
    return pn_loop_now(channel->loop);
}

static bool backs_off(const pn_channel *channel) {
    return now_of(channel) < channel->backoff_until;
}

static unsigned links_up(const pn_channel *channel) {
    unsigned up = 0;
    for (unsigned i = 0; i < channel->settings.connections; i++) {
        up += channel->links[i].up ? 1 : 0;
    }
    return up;
}

static bool any_link_ready(const pn_channel *channel) {
    for (unsigned i = 0; i < channel->settings.connections; i++) {
        if (channel->links[i].up && channel->links[i].ready) {
            return true;
        }
    }
    return false;
}

/* Spaced evenly; after a pause it catches up by RATE_BURST_US at most. */
static bool rate_allows(const pn_channel *channel) {
    return channel->settings.interval_us == 0 || channel->next_at <= now_of(channel);
}

static void rate_count(pn_channel *channel) {
    int64_t interval = channel->settings.interval_us;
    if (interval != 0) {
        int64_t earliest = now_of(channel) - RATE_BURST_US;
        channel->next_at = PN_MAX(channel->next_at, earliest) + interval;
    }
}

static int64_t backoff_us(const pn_channel *channel, pn_send_outcome outcome) {
    unsigned doublings = PN_MIN(channel->failures, BACKOFF_DOUBLINGS_MAX);
    int64_t base = outcome == PN_SEND_SENDER_PROBLEM ? BACKOFF_SENDER_US : BACKOFF_US;
    return base << doublings;
}

/* The server cannot be used now. Several connections mostly fail together: that is one failure. */
static void back_off(pn_channel *channel, pn_smtp_stage stage, pn_send_outcome outcome,
                     const pn_smtp_answer *answer) {
    if (!backs_off(channel) || outcome != channel->trouble) {
        int64_t pause = backoff_us(channel, outcome);
        channel->backoff_until = now_of(channel) + pause;
        channel->failures++;
        pn_log_write(channel->log, PN_LOG_WARN, "smtp.backs_off",
                     (pn_log_fields){.duration_us = pause,
                                     .count = answer->code,
                                     .detail = pn_send_outcome_name(outcome)});
    }
    channel->trouble = outcome;
    channel->trouble_answer = *answer;
    bool login_refused = stage == PN_SMTP_STAGE_AUTH && outcome == PN_SEND_SENDER_PROBLEM;
    if (login_refused || links_up(channel) == 0) {
        finish_waiting(channel, outcome, answer);
    }
}

/* ── what a session asks and tells ── */

static entry *entry_of(pn_smtp_message *message) {
    return (entry *)(void *)message;
}

static pn_smtp_message *session_next(void *context) {
    link *l = context;
    pn_channel *channel = l->channel;
    if (channel->waiting.count == 0) {
        return NULL;
    }
    if (!rate_allows(channel)) {
        pn_loop_timer_start(channel->loop, &channel->rate, channel->next_at);
        return NULL;
    }
    rate_count(channel);
    entry *e = list_pop(&channel->waiting);
    e->link = l;
    e->tries++;
    l->carrying++;
    channel->flying++;
    return &e->message;
}

static void land(pn_channel *channel, entry *e) {
    e->link->carrying--;
    e->link = NULL;
    channel->flying--;
}

static pn_smtp_about about_of(pn_smtp_stage stage) {
    switch (stage) {
    case PN_SMTP_STAGE_GREETING:
    case PN_SMTP_STAGE_HELLO:
    case PN_SMTP_STAGE_TLS:
    case PN_SMTP_STAGE_AUTH: return PN_SMTP_ABOUT_SESSION;
    case PN_SMTP_STAGE_MAIL: return PN_SMTP_ABOUT_SENDER;
    case PN_SMTP_STAGE_RCPT: return PN_SMTP_ABOUT_RECIPIENT;
    case PN_SMTP_STAGE_DATA:
    case PN_SMTP_STAGE_CONTENT: return PN_SMTP_ABOUT_MESSAGE;
    }
    return PN_SMTP_ABOUT_MESSAGE;
}

static pn_send_outcome outcome_of(pn_smtp_stage stage, const pn_smtp_answer *answer) {
    return pn_smtp_outcome(about_of(stage), answer->code, pn_str_of(answer->status),
                           pn_str_of(answer->text));
}

static pn_cause cause_of(pn_smtp_stage stage, pn_send_outcome outcome,
                         const pn_smtp_answer *answer) {
    return pn_smtp_cause(stage, outcome, answer->code, pn_str_of(answer->status));
}

/* Our own words about a connection. */
static pn_smtp_answer own_answer(const char *status, pn_cause cause, const char *text) {
    pn_smtp_answer answer = pn_smtp_answer_own(status, text);
    answer.cause = cause;
    return answer;
}

static void session_answered(void *context, pn_smtp_message *message, pn_smtp_stage stage,
                             const pn_smtp_answer *answer) {
    link *l = context;
    pn_channel *channel = l->channel;
    entry *e = entry_of(message);
    land(channel, e);
    if (answer->code == 421) {
        l->unlucky = true;
        /* After work well done it ends the connection rather than refuse the message. */
        if (pn_smtp_accepted(l->smtp) > 0 && e->tries < TRIES_MAX) {
            list_prepend(&channel->waiting, e);
            return;
        }
    } else if (answer->code != 0) {
        l->heard_of = true;
        channel->failures = channel->fruitless = 0;
    }
    pn_send_outcome outcome = outcome_of(stage, answer);
    if (outcome == PN_SEND_ACCEPTED && stage != PN_SMTP_STAGE_CONTENT) {
        outcome = PN_SEND_RETRY;
    }
    pn_smtp_answer told = *answer;
    told.cause = cause_of(stage, outcome, answer);
    finish(channel, e, outcome, &told);
}

static void session_lost(void *context, pn_smtp_message *message, bool transmitted) {
    link *l = context;
    pn_channel *channel = l->channel;
    entry *e = entry_of(message);
    land(channel, e);
    l->unlucky = true;
    if (!transmitted && !l->timed_out && e->tries < TRIES_MAX) {
        list_prepend(&channel->waiting, e);
        return;
    }
    const char *text = l->timed_out  ? "the server did not answer in time"
                       : l->nonsense ? "the server answered with something that is not SMTP"
                                     : "the connection was lost before the server answered";
    pn_cause cause = l->timed_out  ? PN_CAUSE_SILENT
                     : l->nonsense ? PN_CAUSE_PROTOCOL
                                   : PN_CAUSE_HUNG_UP;
    pn_smtp_answer answer = own_answer("4.4.2", cause, text);
    finish(channel, e, transmitted ? PN_SEND_UNCERTAIN : PN_SEND_RETRY, &answer);
}

static const pn_smtp_owner SESSION_OWNER = {
    .next = session_next,
    .answered = session_answered,
    .lost = session_lost,
};

/* ── connections ── */

/* Why a connection never became ready. */
static pn_send_outcome opening_failure(const link *l, pn_smtp_stage *ret_stage,
                                       pn_smtp_answer *ret_answer) {
    const pn_smtp_answer *reason = pn_smtp_reason(l->smtp, ret_stage);
    if (reason != NULL) {
        *ret_answer = *reason;
        pn_send_outcome outcome = outcome_of(*ret_stage, reason);
        ret_answer->cause = cause_of(*ret_stage, outcome, reason);
        return outcome;
    }
    *ret_stage = PN_SMTP_STAGE_GREETING;
    char text[PN_SMTP_TEXT_SIZE];
    pn_cause cause = PN_CAUSE_HUNG_UP;
    pn_err err = l->timed_out || l->nonsense ? PN_OK : pn_conn_error(l->conn);
    if (l->timed_out) {
        (void)snprintf(text, sizeof text, "the server did not answer in time");
        cause = PN_CAUSE_SILENT;
    } else if (l->nonsense) {
        (void)snprintf(text, sizeof text, "the server answered with something that is not SMTP");
        cause = PN_CAUSE_PROTOCOL;
    } else if (err == PN_OK) {
        (void)snprintf(text, sizeof text, "the server closed the connection");
    } else {
        pn_diag_sentence(pn_conn_diag(l->conn), text, sizeof text);
        cause = pn_conn_diag(l->conn)->cause;
    }
    *ret_answer = own_answer(err == PN_OK ? "4.4.2" : "4.4.1", cause, text);
    bool ours = err == PN_DENIED || err == PN_NOT_FOUND || err == PN_INVALID;
    return ours ? PN_SEND_SENDER_PROBLEM : PN_SEND_RETRY;
}

/* What a connection that ended says about the server. */
static void judge(link *l) {
    pn_channel *channel = l->channel;
    pn_smtp_stage stage = PN_SMTP_STAGE_GREETING;
    if (!l->ready) {
        pn_smtp_answer answer;
        pn_send_outcome outcome = opening_failure(l, &stage, &answer);
        back_off(channel, stage, outcome, &answer);
        return;
    }
    if (!l->unlucky || l->heard_of) {
        return;
    }
    const pn_smtp_answer *reason = pn_smtp_reason(l->smtp, &stage);
    channel->fruitless++;
    if (reason != NULL) {
        back_off(channel, stage, PN_SEND_RETRY, reason);
    } else if (l->timed_out || channel->fruitless >= TRIES_MAX) {
        pn_smtp_answer answer =
            own_answer("4.4.2", PN_CAUSE_HUNG_UP, "the server ends connections without an answer");
        back_off(channel, stage, PN_SEND_RETRY, &answer);
    }
}

static void link_down(link *l) {
    uint64_t sent_bytes = pn_conn_sent_bytes(l->conn);
    pn_conn_close(l->conn);
    l->up = false;
    pn_smtp_end(l->smtp, sent_bytes);
    judge(l);
}

static void link_advance(link *l) {
    pn_buf *out = pn_conn_out(l->conn);
    for (;;) {
        size_t unsent = pn_conn_unsent(l->conn), before = out->len;
        if (unsent >= OUT_BYTES) {
            return;
        }
        pn_smtp_advance(l->smtp, out, OUT_BYTES - unsent);
        if (out->len == before) {
            break;
        }
        assert(!out->failed);
        pn_conn_flush(l->conn);
        if (pn_conn_unsent(l->conn) > 0) {
            return;
        }
    }
    if (!pn_smtp_is_busy(l->smtp)) {
        l->idle_since = now_of(l->channel);
    }
}

/* After anything the session may have changed its mind about. */
static void link_go_on(link *l) {
    switch (pn_smtp_state_of(l->smtp)) {
    case PN_SMTP_WANTS_TLS: pn_conn_start_tls(l->conn, l->channel->tls); return;
    case PN_SMTP_ENDED: link_down(l); return;
    case PN_SMTP_READY: l->ready = true; break;
    case PN_SMTP_OPENING:
    case PN_SMTP_QUITTING: break;
    }
    link_advance(l);
    if (pn_smtp_state_of(l->smtp) == PN_SMTP_ENDED) {
        link_down(l);
    }
}

static void link_read(link *l) {
    size_t consumed = 0;
    pn_str in = pn_conn_in(l->conn);
    if (pn_smtp_receive(l->smtp, in, pn_conn_sent_bytes(l->conn), &consumed) != PN_OK) {
        l->nonsense = true;
        link_down(l);
        return;
    }
    if (consumed > 0) {
        l->heard_at = now_of(l->channel);
        pn_conn_consume(l->conn, consumed);
    }
    link_go_on(l);
}

static void link_event(void *context, pn_conn_event event) {
    link *l = context;
    switch (event) {
    case PN_CONN_OPENED: {
        char literal[PN_ADDRESS_TEXT_SIZE];
        pn_address local = pn_conn_local(l->conn);
        pn_smtp_begin(l->smtp, pn_conn_is_secure(l->conn),
                      pn_str_of(pn_address_literal(&local, literal)));
        l->heard_at = now_of(l->channel);
        return;
    }
    case PN_CONN_SECURED:
        pn_smtp_secured(l->smtp);
        l->heard_at = now_of(l->channel);
        link_go_on(l);
        return;
    case PN_CONN_DATA: link_read(l); return;
    case PN_CONN_ROOM:
        l->heard_at = now_of(l->channel);
        link_go_on(l);
        return;
    case PN_CONN_CLOSED:
    case PN_CONN_FAILED: link_down(l); return;
    }
}

static void link_open(link *l) {
    pn_channel *channel = l->channel;
    l->up = true;
    l->ready = l->heard_of = l->unlucky = l->timed_out = l->nonsense = false;
    l->heard_at = now_of(channel);
    pn_smtp_begin(l->smtp, false, PN_STR_NONE); /* forgets why the last one ended */
    pn_conn_open(l->conn, channel->server, channel->settings.tls_at_once ? channel->tls : NULL);
}

/* ── the driver's own work ── */

/* Gives waiting messages to connections, and opens those that are missing. Never from within a
 * callback of a connection. */
static void pump(pn_channel *channel) {
    size_t opening = 0;
    for (unsigned i = 0; i < channel->settings.connections; i++) {
        link *l = &channel->links[i];
        opening += l->up && !l->ready ? 1 : 0;
        if (channel->waiting.count > 0 && l->up && pn_conn_is_open(l->conn) &&
            pn_smtp_state_of(l->smtp) == PN_SMTP_READY && !pn_smtp_is_busy(l->smtp)) {
            l->heard_at = now_of(channel);
            link_go_on(l);
        }
    }
    if (backs_off(channel)) {
        if (channel->waiting.count > 0 && links_up(channel) == 0) {
            finish_waiting(channel, channel->trouble, &channel->trouble_answer);
        }
        return;
    }
    /* One goes ahead: if the server or the login fails, it fails once. And a rate needs no second
     * connection while it makes the first one wait. */
    size_t wanted = channel->waiting.count;
    if (!any_link_ready(channel)) {
        wanted = PN_MIN(wanted, 1);
    } else if (!rate_allows(channel)) {
        wanted = 0;
    }
    for (unsigned i = 0; i < channel->settings.connections && opening < wanted; i++) {
        if (!channel->links[i].up) {
            link_open(&channel->links[i]);
            opening++;
        }
    }
}

static bool is_overdue(const link *l, int64_t now) {
    bool opening = !l->ready;
    bool quitting = pn_smtp_state_of(l->smtp) == PN_SMTP_QUITTING && l->carrying == 0;
    int64_t limit = quitting ? QUIT_SECONDS : PN_LIMIT_SMTP_TIMEOUT_SECONDS;
    return (opening || pn_smtp_is_busy(l->smtp)) && now - l->heard_at > limit * PN_SECOND;
}

static void check_links(pn_channel *channel, int64_t now) {
    for (unsigned i = 0; i < channel->settings.connections; i++) {
        link *l = &channel->links[i];
        if (l->up && is_overdue(l, now)) {
            l->timed_out = true;
            link_down(l);
        } else if (l->up && l->ready && !pn_smtp_is_busy(l->smtp) &&
                   now - l->idle_since > IDLE_SECONDS * PN_SECOND) {
            pn_smtp_quit(l->smtp);
            link_go_on(l);
        }
    }
}

/* The promise that every message gets its result in time: half of it is for waiting. */
static void check_messages(pn_channel *channel, int64_t now) {
    const int64_t limit = PN_LIMIT_CHANNEL_RESULT_SECONDS * PN_SECOND;
    for (size_t i = 0; i < PN_COUNT(channel->entries); i++) {
        link *l = channel->entries[i].link;
        if (l != NULL && now - channel->entries[i].taken_at > limit) {
            l->timed_out = true;
            link_down(l);
        }
    }
    pn_smtp_answer answer =
        pn_smtp_answer_own("4.4.5", "the server is too slow for the messages that wait");
    while (channel->waiting.first != NULL && now - channel->waiting.first->taken_at > limit / 2) {
        finish(channel, list_pop(&channel->waiting), PN_SEND_RETRY, &answer);
    }
}

static void tick(void *context) {
    pn_channel *channel = context;
    int64_t now = now_of(channel);
    check_links(channel, now);
    check_messages(channel, now);
    if (channel->waiting.count + channel->flying > 0 || links_up(channel) > 0) {
        pn_loop_timer_start(channel->loop, &channel->tick, now + TICK_US);
    }
}

static void rate_rang(void *context) {
    (void)context; /* it has only to end the turn; pump does the rest */
}

/* ── the driver's functions ── */

static size_t smtp_room(const pn_channel *channel) {
    if (backs_off(channel) && !any_link_ready(channel)) {
        return 0;
    }
    size_t room = channel->free.count;
    if (channel->settings.interval_us != 0) {
        size_t ahead = (size_t)(RATE_AHEAD_SECONDS * PN_SECOND / channel->settings.interval_us);
        ahead = PN_MAX(ahead, 1);
        size_t held = channel->waiting.count + channel->flying;
        room = PN_MIN(room, ahead > held ? ahead - held : 0);
    }
    return room;
}

static bool refuse_locally(pn_channel *channel, entry *e) {
    pn_smtp_answer answer;
    switch (pn_smtp_message_check(&e->message)) {
    case PN_SMTP_FINE: return false;
    case PN_SMTP_BAD_SENDER:
        answer = pn_smtp_answer_own("5.1.7", "the sender is no e-mail address");
        finish(channel, e, PN_SEND_SENDER_PROBLEM, &answer);
        return true;
    case PN_SMTP_BAD_RECIPIENT:
        answer = pn_smtp_answer_own("5.1.3", "the recipient is no e-mail address");
        finish(channel, e, PN_SEND_NEXT_CONTACT, &answer);
        return true;
    case PN_SMTP_BAD_CONTENT:
        answer = pn_smtp_answer_own(
            "5.6.0", "the content has a lone CR or LF, a NUL, or a line of over 998 bytes");
        finish(channel, e, PN_SEND_NEXT_CHANNEL, &answer);
        return true;
    }
    return false;
}

static pn_err smtp_send(pn_channel *channel, const pn_outgoing *messages, size_t count,
                        size_t *ret_taken) {
    size_t taken = PN_MIN(count, smtp_room(channel));
    int64_t now = now_of(channel);
    for (size_t i = 0; i < taken; i++) {
        entry *e = list_pop(&channel->free);
        e->message = (pn_smtp_message){.sender = messages[i].sender,
                                       .recipient = messages[i].recipient,
                                       .content = messages[i].content};
        e->id = messages[i].id;
        e->taken_at = now;
        e->tries = 0;
        e->link = NULL;
        if (!refuse_locally(channel, e)) {
            list_append(&channel->waiting, e);
        }
    }
    if (taken > 0) {
        channel->fresh = true;
        if (channel->tick.slot == 0) {
            pn_loop_timer_start(channel->loop, &channel->tick, now + TICK_US);
        }
    }
    *ret_taken = taken;
    return taken < count ? PN_LIMIT : PN_OK;
}

static size_t hand_over(pn_channel *channel, pn_send_result *results, size_t max) {
    size_t count = 0;
    while (count < max && channel->done.count > 0) {
        entry *e = list_pop(&channel->done);
        results[count++] = e->result;
        list_append(&channel->free, e);
    }
    return count;
}

static int milliseconds(int64_t us) {
    return us <= 0 ? 0 : (int)PN_MIN((us + 999) / 1000, INT32_MAX);
}

static pn_err smtp_poll(pn_channel *channel, int timeout_ms, pn_send_result *results, size_t max,
                        size_t *ret_count) {
    int64_t until = now_of(channel) + timeout_ms * INT64_C(1000);
    if (channel->fresh) {
        /* Hear first whether the kept connections still live. */
        PN_TRY(pn_loop_turn(channel->loop, 0));
        channel->fresh = false;
        pump(channel);
    }
    for (;;) {
        int64_t left = channel->done.count > 0 ? 0 : until - now_of(channel);
        PN_TRY(pn_loop_turn(channel->loop, milliseconds(left)));
        pump(channel);
        if (channel->done.count > 0 || left <= 0) {
            *ret_count = hand_over(channel, results, max);
            return PN_OK;
        }
    }
}

static size_t smtp_pending(const pn_channel *channel) {
    return PN_COUNT(channel->entries) - channel->free.count;
}

static int smtp_wait_fd(const pn_channel *channel) {
    return pn_loop_fd(channel->loop);
}

static void say_goodbye(pn_channel *channel) {
    size_t open = 0;
    int64_t until = now_of(channel) + STOP_US;
    finish_waiting(channel, PN_SEND_RETRY, &channel->trouble_answer);
    for (unsigned i = 0; i < channel->settings.connections; i++) {
        link *l = &channel->links[i];
        if (l->up && l->ready) {
            pn_smtp_quit(l->smtp);
            link_go_on(l);
        }
    }
    do {
        open = 0;
        for (unsigned i = 0; i < channel->settings.connections; i++) {
            open += channel->links[i].up && channel->links[i].ready ? 1 : 0;
        }
    } while (open > 0 && now_of(channel) < until &&
             pn_loop_turn(channel->loop, milliseconds(until - now_of(channel))) == PN_OK);
}

static void smtp_stop(pn_channel *channel) {
    if (channel == NULL) {
        return;
    }
    if (channel->loop != NULL) {
        say_goodbye(channel);
    }
    for (unsigned i = 0; i < PN_COUNT(channel->links); i++) {
        pn_conn_free(channel->links[i].conn);
        pn_smtp_free(channel->links[i].smtp);
    }
    pn_host_free(channel->server);
    pn_tls_free(channel->tls);
    pn_loop_free(channel->loop);
    pn_smtp_settings_done(&channel->settings);
    free(channel);
}

static pn_err smtp_start(const pn_json *settings, pn_str secret, const pn_channel_host *host,
                         pn_channel **ret_channel, pn_diag *diag);

const pn_channel_driver pn_channel_smtp = {
    .name = "smtp",
    .channel = "email",
    .help = "Hands e-mails to a mail server (SMTP), secured and with login where asked for.",
    .delivers = true,
    .settings = pn_smtp_setting_table,
    .setting_count = PN_SMTP_SETTINGS,
    .start = smtp_start,
    .room = smtp_room,
    .send = smtp_send,
    .poll = smtp_poll,
    .pending = smtp_pending,
    .wait_fd = smtp_wait_fd,
    .stop = smtp_stop,
};

/* A name of this machine must lead to this machine: what is allowed without TLS or verification
 * hangs on it. */
static unsigned networks_for(const pn_smtp_settings *settings, const pn_channel_host *host) {
    bool local = pn_host_is_loopback(settings->host);
    return local ? host->networks & PN_NET_LOOPBACK : host->networks;
}

static pn_err make_links(pn_channel *channel, const pn_channel_host *host, pn_diag *diag) {
    const pn_smtp_settings *s = &channel->settings;
    if (pn_loop_new(host->env, &channel->loop) != PN_OK) {
        return pn_diag_set(diag, PN_IO, "The system has no descriptors left for a channel.");
    }
    channel->server = pn_host_new(channel->loop, s->host, s->port, networks_for(s, host));
    pn_tls_options tls = {.ca_file = s->ca_file, .verify_none = s->verify_none};
    pn_err err = pn_tls_new(pn_host_name(channel->server), &tls, &channel->tls, diag);
    if (err != PN_OK) {
        pn_diag_where(diag, "ca_file");
        return err;
    }
    for (unsigned i = 0; i < s->connections; i++) {
        link *l = &channel->links[i];
        l->channel = channel;
        l->conn = pn_conn_new(channel->loop, IN_BYTES, OUT_BYTES_MAX, link_event, l);
        l->smtp = pn_smtp_new(&s->smtp, &SESSION_OWNER, l);
    }
    return PN_OK;
}

static pn_err smtp_start(const pn_json *settings, pn_str secret, const pn_channel_host *host,
                         pn_channel **ret_channel, pn_diag *diag) {
    PN_TRY(pn_channel_settings_check(&pn_channel_smtp, settings, diag));
    pn_smtp_settings parsed;
    PN_TRY(pn_smtp_settings_init(&parsed, settings, secret, diag));
    pn_channel *channel = pn_alloc(sizeof *channel);
    memset(channel, 0, sizeof *channel);
    channel->settings = parsed;
    channel->log = host->log;
    channel->tick = (pn_timer){.fn = tick, .context = channel};
    channel->rate = (pn_timer){.fn = rate_rang, .context = channel};
    channel->next_at = channel->backoff_until = PN_TIME_NONE;
    for (size_t i = 0; i < PN_COUNT(channel->entries); i++) {
        list_append(&channel->free, &channel->entries[i]);
    }
    pn_err err = make_links(channel, host, diag);
    if (err != PN_OK) {
        smtp_stop(channel);
        return err;
    }
    *ret_channel = channel;
    return PN_OK;
}
