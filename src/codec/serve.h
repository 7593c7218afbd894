/* A helper's side: answers questions one after the other inside a sandbox (codec/helper.h). */
#ifndef PN_CODEC_SERVE_H
#define PN_CODEC_SERVE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "codec/frame.h"

/* What an answer is put into. The parts are borrowed until the answer was sent: the arena of the
 * question, or something that lives longer. */
typedef struct {
    pn_str parts[PN_FRAME_PARTS_MAX - 1];
    size_t count;
} pn_helper_reply;

typedef struct {
    size_t memory_max; /* bytes of address space; past it allocations fail and the helper dies */
    const char *const *reads; /* folders it may read from, ended by NULL; NULL: none at all */
    /* Before the sandbox closes: whatever needs files or much time. May be NULL. */
    void (*prepare)(void);
    /* One answer. What it refuses needs a sentence in the diag. */
    pn_err (*answer)(const pn_str *parts, size_t count, pn_arena *arena, pn_helper_reply *reply,
                     pn_diag *diag);
} pn_helper_program;

/* Serves standard input, a socket, until it is closed; what main returns. */
int pn_helper_serve(const pn_helper_program *program);

#endif
