/* Helper processes: libraries that read hostile bytes or draw for us do it outside the program.
 *
 * A helper is a small program of its own (puntual-pdf, puntual-mail, puntual-sheet) that answers
 * one question at a time: byte strings in, byte strings out. It has no network, writes no file,
 * starts no program, reads no file outside the system's own folders, and has a bound on its memory
 * (codec/serve.h). It is started with the first question and again after it died; a question over
 * which it died or ran out of time is answered INVALID. The program itself links none of those
 * libraries.
 *
 * Threads inside the program were rejected: a parser that overruns its buffer there has the
 * database, the keys and the network. */
#ifndef PN_CODEC_HELPER_H
#define PN_CODEC_HELPER_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "base/time.h"

enum { PN_HELPER_PARTS_MAX = 63 };

typedef struct pn_helper pn_helper;

/* `program`: "puntual-pdf", looked for in $PUNTUAL_HELPERS, else beside this program, in
 * ../codec (where it was built) and in ../lib/puntual. Nothing is started yet; it fails when there
 * is no such file (NOT_FOUND, with what to do). One thread at a time. */
PN_MUST_USE pn_err pn_helper_new(const pn_env *env, const char *program, pn_helper **ret_helper,
                                 pn_diag *diag);
/* Ends the process. NULL accepted. */
void pn_helper_free(pn_helper *helper);

/* Asks and waits. The answer's parts live on `arena`; `ret_parts` has room for PN_HELPER_PARTS_MAX.
 * What the helper itself refuses comes back with its error and sentence; INVALID also when it died
 * or did not answer within `timeout_ms`; LIMIT for more than PN_LIMIT_HELPER_BYTES; IO when it
 * cannot be started. */
PN_MUST_USE pn_err pn_helper_ask(pn_helper *helper, const pn_str *parts, size_t count,
                                 int timeout_ms, pn_arena *arena, pn_str *ret_parts,
                                 size_t *ret_count, pn_diag *diag);

#endif
