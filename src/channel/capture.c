/* Driver `capture`: accepts everything and sends nothing.
 *
 * The record of what would have left is the outbox in the database; this keeps nothing but the
 * results until they are polled. With the setting `folder` the contents are also written there as
 * files, for people who want to look at them in a mail program. A file appears whole or not at
 * all: it is written under another name first. */
#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"
#include "base/limits.h"
#include "channel/channel.h"

struct pn_channel {
    char *folder; /* NULL: no files */
    pn_send_result results[PN_LIMIT_CHANNEL_QUEUE];
    size_t first, count;
};

static bool file_write(const char *path, pn_str content) {
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        return false;
    }
    bool whole = content.len == 0 || fwrite(content.ptr, 1, content.len, file) == content.len;
    return fclose(file) == 0 && whole;
}

/* False when the disk refuses: then the message is not accepted, so that nobody looks for a file
 * that was promised and is not there. */
static bool keep(const pn_channel *channel, const pn_outgoing *message) {
    char id[PN_ID_TEXT_SIZE], final[4096], partial[4096];
    pn_id_text(PN_ID_CARRIER, message->id, id);
    int a = snprintf(final, sizeof final, "%s/%s.eml", channel->folder, id);
    int b = snprintf(partial, sizeof partial, "%s/.%s.part", channel->folder, id);
    if (a < 0 || b < 0 || (size_t)a >= sizeof final || (size_t)b >= sizeof partial) {
        return false;
    }
    if (file_write(partial, message->content) && rename(partial, final) == 0) {
        return true;
    }
    (void)remove(partial);
    return false;
}

static size_t capture_room(const pn_channel *channel) {
    return PN_COUNT(channel->results) - channel->count;
}

static pn_err capture_send(pn_channel *channel, const pn_outgoing *messages, size_t count,
                           size_t *ret_taken) {
    size_t taken = PN_MIN(count, capture_room(channel));
    for (size_t i = 0; i < taken; i++) {
        size_t at = (channel->first + channel->count++) % PN_COUNT(channel->results);
        pn_send_result *result = &channel->results[at];
        *result = (pn_send_result){.id = messages[i].id, .outcome = PN_SEND_ACCEPTED};
        if (channel->folder != NULL && !keep(channel, &messages[i])) {
            result->outcome = PN_SEND_RETRY;
            (void)snprintf(result->reply, sizeof result->reply,
                           "the file could not be written into the folder");
        }
    }
    *ret_taken = taken;
    return taken < count ? PN_LIMIT : PN_OK;
}

static pn_err capture_poll(pn_channel *channel, int timeout_ms, pn_send_result *results, size_t max,
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

static size_t capture_pending(const pn_channel *channel) {
    return channel->count;
}

static int capture_wait_fd(const pn_channel *channel) {
    (void)channel;
    return -1;
}

static void capture_stop(pn_channel *channel) {
    if (channel != NULL) {
        free(channel->folder);
        free(channel);
    }
}

static const pn_channel_setting SETTINGS[] = {
    {.name = "folder",
     .type = PN_SETTING_TEXT,
     .otherwise = "no files are written",
     .help = "A folder that exists, into which every message is written as an .eml file."},
};

static pn_err capture_start(const pn_json *settings, pn_str secret, const pn_channel_host *host,
                            pn_channel **ret_channel, pn_diag *diag);

const pn_channel_driver pn_channel_capture = {
    .name = "capture",
    .channel = "any",
    .help = "Accepts every message and sends none: what would have left is shown in the outbox.",
    .delivers = false,
    .settings = SETTINGS,
    .setting_count = PN_COUNT(SETTINGS),
    .start = capture_start,
    .room = capture_room,
    .send = capture_send,
    .poll = capture_poll,
    .pending = capture_pending,
    .wait_fd = capture_wait_fd,
    .stop = capture_stop,
};

static pn_err folder_check(pn_str folder, pn_diag *diag) {
    char probe[4096];
    int len = snprintf(probe, sizeof probe, "%.*s/.puntual-probe", PN_STR_ARG(folder));
    if (folder.len > 0 && len > 0 && (size_t)len < sizeof probe && file_write(probe, PN_STR_NONE)) {
        (void)remove(probe);
        return PN_OK;
    }
    pn_err err = pn_diag_set(diag, PN_INVALID, "No file can be written into the folder %.*s.",
                             PN_STR_ARG(folder));
    pn_diag_where(diag, "folder");
    pn_diag_mend(diag, "Make the folder, and let the user that runs the program write there.");
    return err;
}

static pn_err capture_start(const pn_json *settings, pn_str secret, const pn_channel_host *host,
                            pn_channel **ret_channel, pn_diag *diag) {
    (void)secret;
    (void)host;
    PN_TRY(pn_channel_settings_check(&pn_channel_capture, settings, diag));
    const pn_json *folder = pn_json_field(settings, "folder");
    if (folder != NULL) {
        PN_TRY(folder_check(folder->text, diag));
    }
    pn_channel *channel = pn_alloc(sizeof *channel);
    channel->first = channel->count = 0;
    channel->folder = NULL;
    if (folder != NULL) {
        channel->folder = pn_alloc(folder->text.len + 1);
        memcpy(channel->folder, folder->text.ptr, folder->text.len);
        channel->folder[folder->text.len] = '\0';
    }
    *ret_channel = channel;
    return PN_OK;
}
