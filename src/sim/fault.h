/* What fails of the database beneath the program.
 *
 * Of a file: a layer for SQLite that fails when it is told to: a full disk, a write or sync that
 * fails, a power cut in the middle of a write. It stands before the system's own layer. A power cut
 * loses, of what was written since the last sync of its file, whatever the seed says: a disk may
 * have kept later writes and lost earlier ones. The write under way is torn.
 *
 * Of a server: a connection that is cut (sim/cut.h). */
#ifndef PN_SIM_FAULT_H
#define PN_SIM_FAULT_H

#include <stdbool.h>
#include <stdint.h>

typedef enum {
    PN_FAULT_NONE,
    PN_FAULT_FULL,   /* from the nth write on, until pn_fault_clear */
    PN_FAULT_WRITE,  /* the nth write fails, once */
    PN_FAULT_SYNC,   /* the nth sync fails, once */
    PN_FAULT_READ,   /* the nth read fails, once */
    PN_FAULT_POWER,  /* at the nth write the power goes; nothing works until pn_fault_reboot */
    PN_FAULT_KILL,   /* at the nth write the process ends: what it had written stays written */
    PN_FAULT_CUT,    /* at the nth message a connection to the server is cut */
    PN_FAULT_COMMIT, /* at the nth COMMIT */
    PN_FAULTS
} pn_fault_kind;

const char *pn_fault_kind_name(pn_fault_kind kind);

/* Registers the layer; its name is for pn_app_options.vfs. */
const char *pn_fault_register(void);
/* Counts from now on; `nth` from 1. */
void pn_fault_plan(pn_fault_kind kind, uint64_t nth, uint64_t seed);
void pn_fault_clear(void);
/* While it rests nothing is counted and nothing fails that has not failed yet: who looks at the
 * files is not part of the story. */
void pn_fault_rest(bool rests);
/* Whether the planned fault has happened. */
bool pn_fault_happened(void);
/* Whether it ended everything: nothing works until pn_fault_reboot. */
bool pn_fault_ended(void);
uint64_t pn_fault_writes(void);
uint64_t pn_fault_syncs(void);
uint64_t pn_fault_reads(void);
/* After everything is closed: the files are as the disk kept them. */
void pn_fault_reboot(void);

#endif
