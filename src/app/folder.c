#include "app/folder.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "app/bell.h"
#include "base/banned.h"
#include "store/db.h"

enum {
    CACHE_KIB = 256,
    ROUNDS = 2,   /* beside the others: the second has what came during the first */
    REST_MS = 50, /* where readers kept the log from beginning anew, each commit tells again */
    LONG_MS = 3600000,
};

struct pn_folder {
    pn_db *db;
    const pn_turn *turn;
    pn_bell bell;
    atomic_bool told, ending;
    pthread_t thread;
    bool started;
};

/* On the threads of those who commit. */
static void log_is_long(void *context) {
    pn_folder *folder = context;
    if (!atomic_exchange(&folder->told, true)) {
        pn_bell_ring(&folder->bell);
    }
}

static void fold(pn_folder *folder) {
    for (int round = 0; round < ROUNDS; round++) {
        pn_db_fold_log(folder->db);
    }
    folder->turn->take(folder->turn->context, PN_TURN_ANSWER);
    pn_db_fold_log(folder->db);
    folder->turn->give(folder->turn->context);
}

static void *run(void *context) {
    pn_folder *folder = context;
    while (!atomic_load(&folder->ending)) {
        pn_bell_wait(&folder->bell, LONG_MS);
        if (atomic_exchange(&folder->told, false)) {
            fold(folder);
            pn_bell_rest(REST_MS);
        }
    }
    return NULL;
}

pn_err pn_folder_start(const char *url, pn_turns *turns, pn_folder **ret_folder, pn_diag *diag) {
    const pn_db_options options = {.mode = PN_DB_WRITE, .cache_kib = CACHE_KIB};
    pn_folder *folder = pn_alloc(sizeof *folder);
    *folder = (pn_folder){.turn = pn_turns_own(turns), .bell = {.fd = -1}};
    pn_err err = pn_db_open(url, &options, &folder->db, diag);
    err = err == PN_OK ? pn_bell_open(&folder->bell, diag) : err;
    if (err == PN_OK) {
        folder->started = pthread_create(&folder->thread, NULL, run, folder) == 0;
        err =
            folder->started ? PN_OK : pn_diag_set(diag, PN_IO, "The system gives no more threads.");
    }
    if (err != PN_OK) {
        pn_folder_stop(folder);
        return err;
    }
    pn_turns_tell(turns, log_is_long, folder);
    *ret_folder = folder;
    return PN_OK;
}

void pn_folder_stop(pn_folder *folder) {
    if (folder == NULL) {
        return;
    }
    atomic_store(&folder->ending, true);
    if (folder->started) {
        pn_bell_ring(&folder->bell);
        (void)pthread_join(folder->thread, NULL);
    }
    pn_db_close(folder->db);
    pn_bell_close(&folder->bell);
    free(folder);
}
