/* A file layer for SQLite that fails when it is told to: a full disk, a write or sync that fails, a
 * power cut in the middle of a write. It stands before the system's own layer.
 *
 * A power cut loses, of what was written since the last sync of its file, whatever the seed says: a
 * disk may have kept later writes and lost earlier ones. The write under way is torn. */
#ifndef PN_TESTS_FAULT_VFS_H
#define PN_TESTS_FAULT_VFS_H

#include <stdbool.h>
#include <stdint.h>

typedef enum {
    FAULT_NONE,
    FAULT_FULL,  /* from the nth write on, until fault_clear */
    FAULT_WRITE, /* the nth write fails, once */
    FAULT_SYNC,  /* the nth sync fails, once */
    FAULT_READ,  /* the nth read fails, once */
    FAULT_POWER, /* at the nth write the power goes; nothing works until fault_reboot */
    FAULTS
} fault_kind;

const char *fault_kind_name(fault_kind kind);

/* Registers the layer; its name is for pn_app_options.vfs. */
const char *fault_register(void);
/* Counts from now on; `nth` from 1. */
void fault_plan(fault_kind kind, uint64_t nth, uint64_t seed);
void fault_clear(void);
/* Whether the planned fault has happened. */
bool fault_happened(void);
uint64_t fault_writes(void);
uint64_t fault_syncs(void);
uint64_t fault_reads(void);
/* After everything is closed: the files are as the disk kept them. */
void fault_reboot(void);

#endif
