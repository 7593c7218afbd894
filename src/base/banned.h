/* Functions that nobody calls here, and why. Included by every .c file after the system headers.
 *
 * Unbounded writes (strcpy, strcat, sprintf), hidden state (strtok, rand, gmtime, localtime),
 * silent errors (atoi) and ambient time (time, clock, gettimeofday) are all replaced by something
 * in base, calendar or the injected environment. */
#ifndef PN_BASE_BANNED_H
#define PN_BASE_BANNED_H

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PN_BANNED(name) pn_banned_##name##_see_base_banned_h

#undef strcpy
#define strcpy(a, b) PN_BANNED(strcpy)
#undef strcat
#define strcat(a, b) PN_BANNED(strcat)
#undef strncpy
#define strncpy(a, b, n) PN_BANNED(strncpy)
#undef strncat
#define strncat(a, b, n) PN_BANNED(strncat)
#undef strtok
#define strtok(a, b) PN_BANNED(strtok)
#undef sprintf
#define sprintf(...) PN_BANNED(sprintf)
#undef vsprintf
#define vsprintf(...) PN_BANNED(vsprintf)
#undef atoi
#define atoi(a) PN_BANNED(atoi)
#undef atol
#define atol(a) PN_BANNED(atol)
#undef gmtime
#define gmtime(a) PN_BANNED(gmtime)
#undef localtime
#define localtime(a) PN_BANNED(localtime)
#undef ctime
#define ctime(a) PN_BANNED(ctime)
#undef time
#define time(a) PN_BANNED(time)
#undef rand
#define rand() PN_BANNED(rand)
#undef alloca
#define alloca(n) PN_BANNED(alloca)

#endif
