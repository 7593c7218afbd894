/* The control socket of a server: how commands write beside it.
 *
 * A command opens the database by itself, as without a server. On a file it asks the server for its
 * turn before each transaction that writes, over a socket beside the database that only this user
 * may open; so it neither starves nor makes the server sleep. When it gives the turn back, the
 * server loads anew what it keeps and wakes its engine. A command that dies gives its turn back by
 * dying.
 *
 * Rejected: running commands inside the server. Every command would need a second way for its
 * arguments, files and output; what they share is the database already. */
#ifndef PN_APP_CONTROL_H
#define PN_APP_CONTROL_H

#include "app/turn.h"
#include "base/err.h"

typedef struct pn_control pn_control;

/* Listens beside the database. `given_back` is told on the control's thread after each turn that a
 * command had. */
PN_MUST_USE pn_err pn_control_open(const char *db_path, const pn_turn *turn,
                                   void (*given_back)(void *context), void *context,
                                   pn_control **ret_control, pn_diag *diag);
void pn_control_close(pn_control *control);

/* The turn of a command; where no server listens, everybody writes when the database lets them.
 * Freed with pn_control_turn_free; NULL for a database that is no file. */
const pn_turn *pn_control_turn(const char *db_url);
void pn_control_turn_free(const pn_turn *turn);

#endif
