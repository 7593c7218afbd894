#include "codec/frame.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/banned.h"
#include "base/limits.h"

#define MAGIC UINT32_C(0x31484E50) /* "PNH1" */

static bool wait_for(const pn_frame_line *line, short events) {
    return line->ready == NULL || line->ready(line->context, events);
}

static pn_err write_all(const pn_frame_line *line, const char *bytes, size_t size) {
    while (size != 0) {
        ssize_t sent = send(line->fd, bytes, size, MSG_NOSIGNAL);
        if (sent > 0) {
            bytes += sent;
            size -= (size_t)sent;
        } else if (sent < 0 && errno == EAGAIN) {
            if (!wait_for(line, POLLOUT)) {
                return PN_IO;
            }
        } else if (sent < 0 && errno != EINTR) {
            return PN_IO;
        }
    }
    return PN_OK;
}

/* NOT_FOUND when nothing came before the end. */
static pn_err read_all(const pn_frame_line *line, char *bytes, size_t size) {
    size_t got = 0;
    while (got < size) {
        ssize_t count = recv(line->fd, bytes + got, size - got, 0);
        if (count > 0) {
            got += (size_t)count;
        } else if (count == 0) {
            return got == 0 ? PN_NOT_FOUND : PN_IO;
        } else if (errno == EAGAIN) {
            if (!wait_for(line, POLLIN)) {
                return PN_IO;
            }
        } else if (errno != EINTR) {
            return PN_IO;
        }
    }
    return PN_OK;
}

pn_err pn_frame_write(const pn_frame_line *line, const pn_str *parts, size_t count) {
    uint32_t head[2 + PN_FRAME_PARTS_MAX] = {MAGIC, (uint32_t)count};
    uint64_t total = 0;
    assert(count <= PN_FRAME_PARTS_MAX);
    for (size_t i = 0; i < count; i++) {
        total += parts[i].len;
        head[2 + i] = (uint32_t)parts[i].len;
    }
    if (total > PN_LIMIT_HELPER_BYTES) {
        return PN_LIMIT;
    }
    PN_TRY(write_all(line, (const char *)head, (2 + count) * sizeof head[0]));
    for (size_t i = 0; i < count; i++) {
        PN_TRY(write_all(line, parts[i].ptr, parts[i].len));
    }
    return PN_OK;
}

pn_err pn_frame_read(const pn_frame_line *line, pn_arena *arena, pn_frame *ret_frame) {
    uint32_t head[2], lengths[PN_FRAME_PARTS_MAX];
    uint64_t total = 0;
    PN_TRY(read_all(line, (char *)head, sizeof head));
    if (head[0] != MAGIC || head[1] > PN_FRAME_PARTS_MAX) {
        return PN_CORRUPT;
    }
    pn_frame frame = {.count = head[1]};
    pn_err err = read_all(line, (char *)lengths, frame.count * sizeof lengths[0]);
    for (size_t i = 0; i < frame.count && err == PN_OK; i++) {
        total += lengths[i];
        err = total > PN_LIMIT_HELPER_BYTES ? PN_CORRUPT : PN_OK;
    }
    for (size_t i = 0; i < frame.count && err == PN_OK; i++) {
        char *bytes = pn_arena_alloc(arena, (size_t)lengths[i] + 1);
        err = read_all(line, bytes, lengths[i]);
        bytes[lengths[i]] = '\0';
        frame.parts[i] = (pn_str){bytes, lengths[i]};
    }
    if (err != PN_OK) { /* an end in the middle is no end */
        return err == PN_CORRUPT ? err : PN_IO;
    }
    *ret_frame = frame;
    return PN_OK;
}
