/* The mailboxes: a channel driver that takes every message and knows each address. */
#include "world/world.h"

#include <stdlib.h>

#include "base/banned.h"
#include "base/limits.h"

struct pn_channel {
    pn_world *world;
    pn_send_result results[PN_LIMIT_CHANNEL_QUEUE];
    size_t first, count;
};

static void set_result(pn_send_result *result, pn_send_outcome outcome, const char *status,
                       const char *reply) {
    result->outcome = outcome;
    memcpy(result->status, status, strlen(status) + 1);
    memcpy(result->reply, reply, strlen(reply) + 1);
}

static void keep_accepted(pn_world *world, pn_id carrier) {
    world->accepted = pn_arena_grow(&world->arena, world->accepted, world->accepted_count,
                                    &world->accepted_capacity, sizeof *world->accepted);
    world->accepted[world->accepted_count++] = carrier;
}

enum { FULL_TRIES = 3 };

/* People of ours, who get copies, have mailboxes that work. */
static void deliver(pn_world *world, const pn_outgoing *message, pn_send_result *result) {
    pn_world_debtor *debtor = pn_table_get(&world->by_email, message->recipient);
    pn_mailbox mailbox = PN_MAILBOX_FINE;
    if (debtor != NULL && pn_str_eq(debtor->email, message->recipient)) {
        mailbox = debtor->mailbox;
    }
    if (mailbox == PN_MAILBOX_UNKNOWN) {
        set_result(result, PN_SEND_NEXT_CONTACT, "5.1.1", "550 5.1.1 No such user here");
        return;
    }
    if (mailbox == PN_MAILBOX_FULL && debtor->mail_tries++ % (FULL_TRIES + 1) != FULL_TRIES) {
        set_result(result, PN_SEND_RETRY, "4.2.2", "452 4.2.2 The mailbox is full");
        return;
    }
    set_result(result, PN_SEND_ACCEPTED, "2.0.0", "250 2.0.0 Accepted");
    keep_accepted(world, message->id);
}

static size_t mail_room(const pn_channel *channel) {
    return PN_COUNT(channel->results) - channel->count;
}

static pn_err mail_send(pn_channel *channel, const pn_outgoing *messages, size_t count,
                        size_t *ret_taken) {
    size_t taken = PN_MIN(count, mail_room(channel));
    for (size_t i = 0; i < taken; i++) {
        size_t at = (channel->first + channel->count++) % PN_COUNT(channel->results);
        channel->results[at] = (pn_send_result){.id = messages[i].id};
        deliver(channel->world, &messages[i], &channel->results[at]);
    }
    *ret_taken = taken;
    return taken < count ? PN_LIMIT : PN_OK;
}

static pn_err mail_poll(pn_channel *channel, int timeout_ms, pn_send_result *results, size_t max,
                        size_t *ret_count) {
    (void)timeout_ms;
    size_t count = PN_MIN(max, channel->count);
    for (size_t i = 0; i < count; i++) {
        results[i] = channel->results[channel->first];
        channel->first = (channel->first + 1) % PN_COUNT(channel->results);
    }
    channel->count -= count;
    *ret_count = count;
    return PN_OK;
}

static size_t mail_pending(const pn_channel *channel) {
    return channel->count;
}

static int mail_wait_fd(const pn_channel *channel) {
    (void)channel;
    return -1;
}

static void mail_stop(pn_channel *channel) {
    free(channel);
}

static pn_err mail_start(const pn_json *settings, pn_str secret, const pn_channel_host *host,
                         pn_channel **ret_channel, pn_diag *diag) {
    (void)settings;
    (void)secret;
    (void)diag;
    pn_channel *channel = pn_alloc(sizeof *channel);
    channel->first = channel->count = 0;
    channel->world = host->env->context;
    assert(&channel->world->env == host->env); /* the env is the world's own */
    *ret_channel = channel;
    return PN_OK;
}

const pn_channel_driver pn_channel_world = {
    .name = "world",
    .channel = "any",
    .help = "The demo's mailboxes: invented debtors receive, bounce, read and answer.",
    .delivers = false,
    .start = mail_start,
    .room = mail_room,
    .send = mail_send,
    .poll = mail_poll,
    .pending = mail_pending,
    .wait_fd = mail_wait_fd,
    .stop = mail_stop,
};
