/* What a helper gives up before it sees a byte from outside: network, programs, writing, files
 * outside the folders named, memory past a bound. */
#ifndef PN_CODEC_SANDBOX_H
#define PN_CODEC_SANDBOX_H

#include <stddef.h>

/* Ends the process with a sentence when the kernel refuses: a helper never runs without its
 * system call filter. The restriction of folders (Landlock) needs Linux 5.13 and is left out on an
 * older one; files are read-only there too. */
void pn_sandbox_enter(size_t memory_max, const char *const *reads);

#endif
