#define _GNU_SOURCE
#include "moody.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/hash.h"

enum { MOODY_QUEUE = 64 };

struct pn_channel {
    pn_send_result results[MOODY_QUEUE];
    size_t count;
};

static moody_record *record_now;

void moody_begin(moody_record *record, uint64_t seed, unsigned trouble_percent) {
    record->count = 0;
    record->taken = 0;
    record->seed = seed;
    record->trouble_percent = trouble_percent;
    record_now = record;
}

moody_record *moody_share(void) {
    void *memory =
        mmap(NULL, sizeof(moody_record), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        abort();
    }
    return memory;
}

static void remember(moody_record *record, pn_id id) {
    if (record->count == MOODY_IDS) {
        abort();
    }
    record->ids[record->count++] = id;
}

static pn_send_outcome outcome_of(moody_record *record) {
    static const pn_send_outcome TROUBLE[] = {
        PN_SEND_RETRY,        PN_SEND_RETRY, PN_SEND_NEXT_CONTACT,
        PN_SEND_NEXT_CHANNEL, PN_SEND_STOP,  PN_SEND_UNCERTAIN,
    };
    pn_random random = pn_random_for(record->seed + record->taken++, PN_STR("mood"));
    if (pn_random_below(&random, 100) >= record->trouble_percent) {
        return PN_SEND_ACCEPTED;
    }
    return TROUBLE[pn_random_below(&random, PN_COUNT(TROUBLE))];
}

static size_t moody_room(const pn_channel *channel) {
    return MOODY_QUEUE - channel->count;
}

static pn_err moody_send(pn_channel *channel, const pn_outgoing *messages, size_t count,
                         size_t *ret_taken) {
    size_t taken = PN_MIN(count, moody_room(channel));
    for (size_t i = 0; i < taken; i++) {
        pn_send_result *result = &channel->results[channel->count++];
        *result = (pn_send_result){.id = messages[i].id, .outcome = outcome_of(record_now)};
        if (result->outcome == PN_SEND_ACCEPTED || result->outcome == PN_SEND_UNCERTAIN) {
            remember(record_now, messages[i].id);
        } else {
            (void)snprintf(result->reply, sizeof result->reply, "not in the mood");
        }
    }
    *ret_taken = taken;
    return taken < count ? PN_LIMIT : PN_OK;
}

static pn_err moody_poll(pn_channel *channel, int timeout_ms, pn_send_result *results, size_t max,
                         size_t *ret_count) {
    (void)timeout_ms;
    size_t count = PN_MIN(max, channel->count);
    memcpy(results, channel->results, count * sizeof *results);
    memmove(channel->results, channel->results + count,
            (channel->count - count) * sizeof *channel->results);
    channel->count -= count;
    *ret_count = count;
    return PN_OK;
}

static size_t moody_pending(const pn_channel *channel) {
    return channel->count;
}

static int moody_wait_fd(const pn_channel *channel) {
    (void)channel;
    return -1;
}

static pn_err moody_start(const pn_json *settings, pn_str secret, const pn_channel_host *host,
                          pn_channel **ret_channel, pn_diag *diag) {
    (void)settings;
    (void)secret;
    (void)host;
    (void)diag;
    pn_channel *channel = calloc(1, sizeof *channel);
    if (channel == NULL) {
        abort();
    }
    *ret_channel = channel;
    return PN_OK;
}

static void moody_stop(pn_channel *channel) {
    free(channel);
}

const pn_channel_driver moody_driver = {
    .name = "moody",
    .channel = "any",
    .help = "A recipient in a mood.",
    .start = moody_start,
    .room = moody_room,
    .send = moody_send,
    .poll = moody_poll,
    .pending = moody_pending,
    .wait_fd = moody_wait_fd,
    .stop = moody_stop,
};
