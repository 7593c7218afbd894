/* The mail servers: they take, put off, refuse and lose messages as the weather has it, answer late
 * and out of order, and remember what they took. */
#include "sim/sim_int.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"

enum { QUEUE = 24 };

struct pn_channel {
    pn_life *life;
    pn_send_result results[QUEUE];
    size_t count;
};

/* Repeatable also when other messages come and go: from the weather, address, day and attempt. */
static pn_random mood_of(const pn_life *life, const pn_outgoing *message) {
    uint64_t mood = life->history->seed ^ pn_mix64(life->weather) ^
                    pn_hash64_str(message->recipient, 7) ^ pn_mix64((uint64_t)life->real);
    return pn_random_for(mood, PN_STR("mood"));
}

static pn_send_outcome outcome_of(const pn_life *life, const pn_outgoing *message) {
    static const pn_send_outcome TROUBLE[] = {
        PN_SEND_RETRY, PN_SEND_RETRY,     PN_SEND_NEXT_CONTACT, PN_SEND_NEXT_CHANNEL,
        PN_SEND_STOP,  PN_SEND_UNCERTAIN, PN_SEND_UNCERTAIN,    PN_SEND_SENDER_PROBLEM,
    };
    pn_random dice = mood_of(life, message);
    if ((int)pn_random_below(&dice, 100) >= life->trouble_percent) {
        return PN_SEND_ACCEPTED;
    }
    return TROUBLE[pn_random_below(&dice, PN_COUNT(TROUBLE))];
}

/* Invoices that it surely spoke of: overdue ones that its cases are about. */
static void note_items(pn_life *life, pn_sim_mail *mail) {
    pn_stmt *q = pn_db_stmt(
        life->watch,
        "SELECT i.id, i.debtor_id FROM message m JOIN run r ON r.debtor_id = m.debtor_id AND r.id ="
        " m.run_id JOIN invoice i ON i.debtor_id = r.debtor_id AND i.id = CASE WHEN r.invoice_id <>"
        " 0 THEN r.invoice_id ELSE r.anchor_item END WHERE m.carrier_id = $1 AND r.parent_id = 0"
        " AND i.claimable_minor > 0 AND i.effective_due < $2");
    pn_bind_int(q, 1, mail->carrier);
    pn_bind_int(q, 2, mail->day);
    while (mail->item_count < PN_COUNT(mail->items) && pn_row_next(q) == PN_OK) {
        mail->items[mail->item_count] = pn_col_int(q, 0);
        mail->item_debtors[mail->item_count++] = pn_col_int(q, 1);
    }
    pn_stmt_reset(q);
}

/* Law “uniqueness”: a server is given nothing that one has taken. */
static void take(pn_life *life, const pn_outgoing *message, bool took) {
    for (size_t i = 0; i < life->mail_count; i++) {
        if (life->mails[i].carrier == message->id) {
            pn_sim_broken(life, "no message twice", "Carrier %lld left twice, to %.*s.",
                          (long long)message->id, PN_STR_ARG(message->recipient));
        }
    }
    if (!took) {
        return;
    }
    if (life->mail_count == life->mail_capacity) {
        life->mail_capacity = life->mail_capacity * 2 + 256;
        life->mails = pn_realloc(life->mails, life->mail_capacity * sizeof *life->mails);
    }
    pn_sim_mail *mail = &life->mails[life->mail_count++];
    *mail = (pn_sim_mail){.carrier = message->id,
                          .at = pn_app_now(life->app),
                          .day = pn_zone_date(life->zone, pn_app_now(life->app))};
    (void)snprintf(mail->address, sizeof mail->address, "%.*s", PN_STR_ARG(message->recipient));
    life->result->sent++;
    pn_stmt *q = pn_db_stmt(life->watch, "SELECT purpose, tone, debtor_id, creditor_id FROM carrier"
                                         " WHERE id = $1");
    pn_bind_int(q, 1, message->id);
    if (pn_row_next(q) == PN_OK) {
        mail->demand = pn_col_int(q, 0) == PN_PURPOSE_DEMAND;
        mail->tone = (unsigned)pn_col_int(q, 1);
        mail->debtor = pn_col_int(q, 2);
        mail->creditor = pn_col_int(q, 3);
    } else {
        pn_sim_broken(life, "every effect is a row first",
                      "Carrier %lld left, and no row of it is there.", (long long)message->id);
    }
    pn_stmt_reset(q);
    note_items(life, mail);
}

static size_t sim_room(const pn_channel *channel) {
    return QUEUE - channel->count;
}

static pn_err sim_send(pn_channel *channel, const pn_outgoing *messages, size_t count,
                       size_t *ret_taken) {
    size_t taken = PN_MIN(count, sim_room(channel));
    for (size_t i = 0; i < taken; i++) {
        pn_send_result *result = &channel->results[channel->count++];
        *result = (pn_send_result){.id = messages[i].id,
                                   .outcome = outcome_of(channel->life, &messages[i])};
        bool sure = result->outcome == PN_SEND_ACCEPTED;
        /* an answer that was lost: it came there, or it did not */
        pn_random dice = mood_of(channel->life, &messages[i]);
        bool took = sure || (result->outcome == PN_SEND_UNCERTAIN && pn_random_next(&dice) % 2);
        if (!sure) {
            (void)snprintf(result->status, sizeof result->status, "4.0.0");
            (void)snprintf(result->reply, sizeof result->reply, "the weather is bad");
        }
        take(channel->life, &messages[i], took);
    }
    *ret_taken = taken;
    return taken < count ? PN_LIMIT : PN_OK;
}

/* Some of the results, the latest first now and then. */
static pn_err sim_poll(pn_channel *channel, int timeout_ms, pn_send_result *results, size_t max,
                       size_t *ret_count) {
    (void)timeout_ms;
    size_t count = PN_MIN(max, channel->count);
    bool last_first = channel->life->weather % 2 == 1;
    for (size_t i = 0; i < count; i++) {
        size_t at = last_first ? channel->count - 1 : 0;
        results[i] = channel->results[at];
        channel->count--;
        if (!last_first) {
            memmove(channel->results, channel->results + 1,
                    channel->count * sizeof *channel->results);
        }
    }
    *ret_count = count;
    return PN_OK;
}

static size_t sim_pending(const pn_channel *channel) {
    return channel->count;
}

static int sim_wait_fd(const pn_channel *channel) {
    (void)channel;
    return -1;
}

static pn_err sim_start(const pn_json *settings, pn_str secret, const pn_channel_host *host,
                        pn_channel **ret_channel, pn_diag *diag) {
    (void)settings;
    (void)secret;
    (void)diag;
    pn_channel *channel = pn_alloc(sizeof *channel);
    *channel = (pn_channel){.life = host->env->context};
    *ret_channel = channel;
    return PN_OK;
}

static void sim_stop(pn_channel *channel) {
    free(channel);
}

const pn_channel_driver pn_channel_sim = {
    .name = "sim",
    .channel = "any",
    .help = "Mail servers in changing weather.",
    .start = sim_start,
    .room = sim_room,
    .send = sim_send,
    .poll = sim_poll,
    .pending = sim_pending,
    .wait_fd = sim_wait_fd,
    .stop = sim_stop,
};
