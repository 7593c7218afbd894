/* How many messages a second the driver `smtp` hands to smtp-sink, beside smtp-source's rate to the
 * same sink in the same run. One line of JSON.
 *
 *   bench_smtp [--messages 200000] [--connections 4] [--bytes 3000] */
#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"
#include "channel/channel.h"
#include "net/address.h"
#include "rig.h"

enum { BATCH = 500 };

static pn_str make_message(size_t bytes) {
    static pn_buf message;
    pn_buf_init(&message, bytes + 4096);
    pn_buf_add_z(&message, "From: cobros@example.com\r\nTo: cliente@example.net\r\n"
                           "Subject: Factura\r\nMessage-ID: <1@example.com>\r\n\r\n");
    while (message.len + 2 < bytes) {
        size_t line = PN_MIN(bytes - message.len - 2, 74);
        for (size_t i = 0; i < line; i++) {
            pn_buf_add_char(&message, (char)('a' + (message.len + i) % 26));
        }
        pn_buf_add_lit(&message, "\r\n");
    }
    return pn_buf_str(&message);
}

/* Returns messages a second. */
static double run_driver(int port, int64_t messages, int64_t connections, pn_str content,
                         int64_t *ret_accepted) {
    const pn_channel_driver *driver = pn_channel_driver_find(PN_STR("smtp"));
    pn_channel_host host = {.env = &rig_env, .networks = PN_NET_LOOPBACK};
    pn_arena arena;
    pn_arena_init(&arena, 0);
    pn_json *settings = NULL;
    pn_diag diag = {0};
    pn_channel *channel = NULL;
    pn_str text = pn_str_format(&arena, "{\"url\":\"smtp://127.0.0.1:%d\",\"connections\":%d}",
                                port, (int)connections);
    if (pn_json_parse(text, NULL, &arena, &settings, &diag) != PN_OK ||
        driver->start(settings, PN_STR_NONE, &host, &channel, &diag) != PN_OK) {
        pn_panic("%s", diag.what);
    }
    static pn_outgoing batch[BATCH];
    static pn_send_result results[BATCH];
    int64_t sent = 0, done = 0, accepted = 0;
    double begin = rig_seconds();
    while (done < messages) {
        size_t count = PN_MIN(driver->room(channel), BATCH), taken = 0, got = 0;
        count = PN_MIN(count, (size_t)(messages - sent));
        if (count >= BATCH / 2 || sent + (int64_t)count == messages) {
            for (size_t i = 0; i < count; i++) {
                batch[i] = (pn_outgoing){.id = sent + (int64_t)i + 1,
                                         .sender = PN_STR("b+1@example.com"),
                                         .recipient = PN_STR("cliente@example.net"),
                                         .content = content};
            }
            (void)driver->send(channel, batch, count, &taken);
            sent += (int64_t)taken;
        }
        if (driver->poll(channel, 1000, results, BATCH, &got) != PN_OK) {
            pn_panic("poll failed");
        }
        done += (int64_t)got;
        for (size_t i = 0; i < got; i++) {
            accepted += results[i].outcome == PN_SEND_ACCEPTED ? 1 : 0;
        }
    }
    double rate = (double)messages / (rig_seconds() - begin);
    driver->stop(channel);
    pn_arena_done(&arena);
    *ret_accepted = accepted;
    return rate;
}

int main(int argc, char **argv) {
    int64_t messages = rig_number(argc, argv, "messages", 200000);
    int64_t connections = rig_number(argc, argv, "connections", 4);
    size_t bytes = (size_t)rig_number(argc, argv, "bytes", 3000);
    char more[200];
    if (!rig_has_smtp_tools()) {
        rig_say("smtp: skipped, smtp-sink and smtp-source (package postfix) are missing");
        return 0;
    }
    int port = rig_free_port();
    pid_t sink = rig_sink(port);
    double source = rig_smtp_source(port, PN_MAX(messages / 4, 1), bytes);
    int64_t accepted = 0;
    double before = rig_cpu_seconds();
    double rate = run_driver(port, messages, connections, make_message(bytes), &accepted);
    double cpu = rig_cpu_seconds() - before;
    rig_stop(sink);
    (void)snprintf(more, sizeof more,
                   "\"messages\":%lld,\"bytes\":%zu,\"connections\":%lld,\"accepted\":%lld,"
                   "\"cpu_us_per_message\":%.1f",
                   (long long)messages, bytes, (long long)connections, (long long)accepted,
                   cpu / (double)messages * 1e6);
    rig_report("smtp", rate, "messages/s", source, rig_own_rss_mb(), more);
    return accepted == messages ? 0 : 1;
}
