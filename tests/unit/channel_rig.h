/* What the tests of drivers share: a channel started from JSON, messages for it, and the results.
 * Time is the machine's, and can be jumped over. */
#ifndef PN_TESTS_CHANNEL_RIG_H
#define PN_TESTS_CHANNEL_RIG_H

#include "base/limits.h"
#include "channel/channel.h"
#include "net/address.h"
#include "real_env.h"

enum { RIG_RESULTS = 4096 };

typedef struct {
    const pn_channel_driver *driver;
    pn_channel *channel;
    pn_channel_host host;
    pn_env env;
    fake_clock clock;
    pn_arena arena;
    pn_diag diag;
    pn_id last_id;
    pn_send_result results[RIG_RESULTS];
    size_t count;
} rig;

#define RIG_CONTENT PN_STR("From: a@we.example\r\nSubject: Factura\r\n\r\nHola.\r\n.\r\n..fin\r\n")

/* `settings` with ' for ". Returns what start returned. */
static inline pn_err rig_start(rig *r, const char *driver, const char *secret,
                               const char *settings) {
    *r = (rig){.clock.real = true};
    r->env = (pn_env){.now = real_now, .ticks = fake_ticks, .context = &r->clock};
    r->host = (pn_channel_host){.env = &r->env,
                                .networks = PN_NET_PUBLIC | PN_NET_PRIVATE | PN_NET_LOOPBACK};
    pn_arena_init(&r->arena, 0);
    r->driver = pn_channel_driver_find(pn_str_of(driver));
    assert_non_null(r->driver);
    char *text = pn_arena_copy(&r->arena, settings, strlen(settings));
    for (char *c = text; *c != '\0'; c++) {
        *c = *c == '\'' ? '"' : *c;
    }
    pn_json *parsed = NULL;
    assert_int_equal(pn_json_parse(pn_str_of(text), NULL, &r->arena, &parsed, &r->diag), PN_OK);
    return r->driver->start(parsed, pn_str_of(secret), &r->host, &r->channel, &r->diag);
}

/* The same with a port in the settings (a %d). */
static inline void rig_start_on(rig *r, const char *secret, const char *format, int port) {
    char settings[1000];
    char *at = strstr(format, "%d");
    assert_non_null(at);
    (void)snprintf(settings, sizeof settings, "%.*s%d%s", (int)(at - format), format, port, at + 2);
    if (rig_start(r, "smtp", secret, settings) != PN_OK) {
        fail_msg("%s", r->diag.what);
    }
}

static inline void rig_stop(rig *r) {
    r->driver->stop(r->channel);
    pn_arena_done(&r->arena);
}

static inline size_t rig_offer(rig *r, pn_outgoing message, size_t count) {
    size_t taken = 0;
    for (size_t i = 0; i < count; i++) {
        size_t one = 0;
        message.id = ++r->last_id;
        (void)r->driver->send(r->channel, &message, 1, &one);
        taken += one;
    }
    return taken;
}

static inline size_t rig_send(rig *r, size_t count) {
    return rig_offer(r,
                     (pn_outgoing){.sender = PN_STR("a@we.example"),
                                   .recipient = PN_STR("b@x.example"),
                                   .content = RIG_CONTENT},
                     count);
}

/* Polls for at most `ms`, until nothing is pending. */
static inline void rig_poll(rig *r, int64_t ms) {
    int64_t until = real_ticks(NULL) + ms * 1000;
    while (r->driver->pending(r->channel) > 0 && real_ticks(NULL) < until) {
        size_t got = 0;
        assert_int_equal(
            r->driver->poll(r->channel, 20, r->results + r->count, RIG_RESULTS - r->count, &got),
            PN_OK);
        r->count += got;
    }
}

/* Until nothing is pending; fails if that takes more than half a minute. */
static inline void rig_run(rig *r) {
    rig_poll(r, 30000);
    assert_int_equal(r->driver->pending(r->channel), 0);
}

static inline void rig_jump(rig *r, int64_t seconds) {
    r->clock.ticks += seconds * PN_SECOND;
}

/* Every message has exactly one result, and all have this outcome. */
static inline void rig_expect_at(rig *r, pn_send_outcome outcome, size_t count, const char *file,
                                 int line) {
    _assert_int_equal(r->count, count, file, line);
    for (size_t i = 0; i < r->count; i++) {
        if (r->results[i].outcome != outcome) {
            print_error("message %lld: %s %s: %s\n", (long long)r->results[i].id,
                        pn_send_outcome_name(r->results[i].outcome), r->results[i].status,
                        r->results[i].reply);
            _fail(file, line);
        }
        for (size_t j = 0; j < i; j++) {
            _assert_int_not_equal((LargestIntegralType)r->results[i].id,
                                  (LargestIntegralType)r->results[j].id, file, line);
        }
    }
}
#define rig_expect(r, outcome, count) rig_expect_at((r), (outcome), (count), __FILE__, __LINE__)

/* How many have this outcome. */
static inline size_t rig_outcomes(const rig *r, pn_send_outcome outcome) {
    size_t count = 0;
    for (size_t i = 0; i < r->count; i++) {
        count += r->results[i].outcome == outcome ? 1 : 0;
    }
    return count;
}

#endif
