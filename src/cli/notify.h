/* Telling systemd how the service is (sd_notify(3), over NOTIFY_SOCKET); nothing without systemd.
 */
#ifndef PN_CLI_NOTIFY_H
#define PN_CLI_NOTIFY_H

#include "base/macros.h"

/* "READY=1", "STOPPING=1", "RELOADING=1", "WATCHDOG=1", "STATUS=…". */
void pn_notify(const char *state);
/* How often "WATCHDOG=1" has to be told, in milliseconds; 0: nobody watches. */
int64_t pn_notify_watchdog_ms(void);

#endif
