/* A bell: somebody sleeps until it rings or a time is over. Ringing is safe in a signal's handler.
 */
#ifndef PN_APP_BELL_H
#define PN_APP_BELL_H

#include "base/err.h"

typedef struct {
    int fd; /* an eventfd */
} pn_bell;

PN_MUST_USE pn_err pn_bell_open(pn_bell *ret_bell, pn_diag *diag);
void pn_bell_close(pn_bell *bell);
void pn_bell_ring(const pn_bell *bell);
/* Returns when it rings, or rang since the last wait, or after so many milliseconds; a signal may
 * end the wait early. */
void pn_bell_wait(const pn_bell *bell, int64_t ms);

/* A moment's rest, whatever rings: so many who ring are heard together afterwards. */
void pn_bell_rest(int64_t ms);

#endif
