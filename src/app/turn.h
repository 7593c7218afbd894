/* Turns of the writers of one process.
 *
 * SQLite has one writer at a time; who comes while another writes sleeps in steps and may starve.
 * Within a process writers therefore wait for their turn here, in order, and whoever somebody waits
 * for goes before a night's batches; those get every ninth turn at least, so that neither starves.
 * A batch that can be cut anywhere looks whether somebody waits, and ends early (pn_app_yields).
 * Another process asks for a turn through the control socket (app/control.h).
 *
 * A server's database has locks of its own, and many write at a time. There nobody waits here: who
 * wants an organization for himself says so while the server lets him wait, and the batches of that
 * organization end early likewise. Those of other processes do not hear of it.
 *
 * Rejected: one thread that runs everything which writes. The engine's batches, delivery and
 * imports have state and a rhythm of their own. */
#ifndef PN_APP_TURN_H
#define PN_APP_TURN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/macros.h"

typedef enum {
    PN_TURN_ANSWER, /* somebody waits for what it writes */
    PN_TURN_BATCH,  /* the engine, delivery, long work */
    PN_TURN_RANKS
} pn_turn_rank;

/* How a writer takes its turn, and gives it back. */
typedef struct pn_turn {
    void (*take)(void *context, pn_turn_rank rank);
    void (*give)(void *context);
    /* While it is had: somebody waits, whom somebody waits for. Of a server's database, for that
     * lane. Asked often; NULL: never. */
    bool (*wanted)(void *context, int64_t lane);
    /* Of a server's database: one more, or one less, waits there for the lane. Else NULL. */
    void (*awaits)(void *context, int64_t lane, bool begins);
    /* Connections of this process tell that the write-ahead log is long (app/folder.h); NULL: their
     * commits fold it. */
    void (*log_is_long)(void *context);
    void *log_context;
    void *context;
} pn_turn;

/* How long a batch keeps its turn though it is wanted. */
enum { PN_TURN_HOLD_US = 2000 };

typedef struct pn_turns pn_turns;

pn_turns *pn_turns_new(void);
/* Of a database that is a server's. */
pn_turns *pn_turns_new_shared(void);
/* Nobody may wait any more. NULL accepted. */
void pn_turns_free(pn_turns *turns);
/* The turn of this process's threads; lives as long as `turns`. */
const pn_turn *pn_turns_own(const pn_turns *turns);
/* Before anybody opens a connection: who is told that the log is long. */
void pn_turns_tell(pn_turns *turns, void (*log_is_long)(void *context), void *context);
/* Writers that wait now. */
unsigned pn_turns_waiting(pn_turns *turns);

#endif
