/* What passes between the program and its helpers: frames of byte strings over a socket.
 *
 *   u32 "PNH1" · u32 number of parts · u32 length of each · their bytes      (little-endian)
 *
 * Both ends are built together; the head only guards against a helper of another release. */
#ifndef PN_CODEC_FRAME_H
#define PN_CODEC_FRAME_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* Parts of one question or answer; the first of an answer is its outcome (codec/helper.h). */
enum { PN_FRAME_PARTS_MAX = 64 };

typedef struct {
    pn_str parts[PN_FRAME_PARTS_MAX];
    size_t count;
} pn_frame;

/* Waits at most until `ready` says so before each read and write. False ends the transfer. */
typedef struct {
    int fd;
    bool (*ready)(void *context, short events); /* NULL: blocking */
    void *context;
} pn_frame_line;

/* LIMIT for more than PN_LIMIT_HELPER_BYTES, IO when the other end is gone or time is up. */
PN_MUST_USE pn_err pn_frame_write(const pn_frame_line *line, const pn_str *parts, size_t count);
/* The parts live on `arena`. NOT_FOUND when the other end closed between two frames; CORRUPT for
 * what is no frame. */
PN_MUST_USE pn_err pn_frame_read(const pn_frame_line *line, pn_arena *arena, pn_frame *ret_frame);

#endif
