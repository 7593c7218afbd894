/* A channel in a thread of its own: connections do not stand still while its owner works on the
 * database.
 *
 * It is a channel like the one that it takes over (channel.h), so its owner need not know. What it
 * takes and what it has to tell pass through two rings under one lock; from its start to its stop
 * nobody else touches the channel within. Only for drivers with connections, that is with a
 * `wait_fd`; their host's `env` and `log` are used by the thread.
 *
 * What is handed over when the driver can take nothing and has nothing under way, for it backs off
 * from its server, comes back untried: messages wait in the database, and not here. */
#ifndef PN_APP_COURIER_H
#define PN_APP_COURIER_H

#include "channel/channel.h"

/* Takes the channel over; on failure it is the caller's still. */
PN_MUST_USE pn_err pn_courier_start(const pn_channel_driver *driver, pn_channel *channel,
                                    const pn_channel_driver **ret_driver, pn_channel **ret_channel,
                                    pn_diag *diag);

#endif
