#define _GNU_SOURCE /* flock */
#include "app/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/banned.h"

struct pn_lock {
    int fd;
    char path[1024];
    pn_db *db; /* a server's lock is the connection's; NULL: a file's */
    int64_t lane;
};

static pn_err held_by_other(pn_lock *lock, pn_diag *diag) {
    char pid[32] = "";
    ssize_t got = read(lock->fd, pid, sizeof pid - 1);
    pid[got > 0 ? got : 0] = '\0';
    (void)close(lock->fd);
    lock->fd = -1;
    pn_err err =
        pn_diag_set(diag, PN_CONFLICT, "Another engine works on this database (process %s).", pid);
    pn_diag_mend(diag, "Wait until it is done, or stop it.");
    return err;
}

/* Another process may have removed the file between our open and our lock: then the lock is on a
 * file that nobody else will find. */
static bool still_there(const pn_lock *lock) {
    struct stat ours, named;
    return fstat(lock->fd, &ours) == 0 && stat(lock->path, &named) == 0 &&
           ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
}

/* `name` follows the database's path. */
static pn_err take(const char *db_path, const char *name, pn_lock **ret_lock, pn_diag *diag) {
    pn_lock *lock = pn_alloc(sizeof *lock);
    *lock = (pn_lock){.fd = -1};
    *ret_lock = lock;
    if (db_path[0] == '\0' || strncmp(db_path, ":memory:", 8) == 0 ||
        strncmp(db_path, "file:", 5) == 0) {
        return PN_OK;
    }
    (void)snprintf(lock->path, sizeof lock->path, "%s-%s", db_path, name);
    do {
        if (lock->fd >= 0) {
            (void)close(lock->fd);
        }
        lock->fd = open(lock->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (lock->fd < 0) {
            return pn_diag_set(diag, PN_IO, "The lock file %s cannot be made: %s.", lock->path,
                               strerror(errno));
        }
        if (flock(lock->fd, LOCK_EX | LOCK_NB) != 0) {
            return held_by_other(lock, diag);
        }
    } while (!still_there(lock));
    char pid[32];
    int len = snprintf(pid, sizeof pid, "%ld", (long)getpid());
    if (ftruncate(lock->fd, 0) != 0 || write(lock->fd, pid, (size_t)len) != len) {
        /* the pid is for the message only; the lock holds without it */
        (void)lseek(lock->fd, 0, SEEK_SET);
    }
    return PN_OK;
}

pn_err pn_lock_take(const char *db_path, int64_t lane, pn_lock **ret_lock, pn_diag *diag) {
    char name[40];
    (void)snprintf(name, sizeof name, "engine-%lld", (long long)lane);
    return take(db_path, name, ret_lock, diag);
}

pn_err pn_lock_take_serving(const char *db_path, pn_lock **ret_lock, pn_diag *diag) {
    return take(db_path, "serve", ret_lock, diag);
}

/* The session of a process that was killed lives on until the server notices, which it does between
 * two statements: whoever starts at once after a crash is not to hear that somebody works. */
enum { LOOK_MS = 50, GONE_MS_MAX = 3000 };

static pn_err try_for_a_while(pn_db *db, int64_t lane, bool *ret_taken) {
    PN_TRY(pn_db_try_lock(db, lane, ret_taken));
    for (int waited = 0; !*ret_taken && waited < GONE_MS_MAX; waited += LOOK_MS) {
        (void)nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
        PN_TRY(pn_db_try_lock(db, lane, ret_taken));
    }
    return PN_OK;
}

pn_err pn_lock_take_on(pn_db *db, int64_t lane, pn_lock **ret_lock, pn_diag *diag) {
    bool taken = false;
    if (pn_db_is_file(pn_db_path(db))) {
        return pn_lock_take(pn_db_path(db), lane, ret_lock, diag);
    }
    pn_lock *lock = pn_alloc(sizeof *lock);
    *lock = (pn_lock){.fd = -1};
    *ret_lock = lock;
    pn_err err = try_for_a_while(db, lane, &taken);
    if (err != PN_OK) {
        return pn_db_diag(db, err, diag);
    }
    if (!taken) {
        err = pn_diag_set(diag, PN_CONFLICT, "Another engine works on this database.");
        pn_diag_mend(diag, "Wait until it is done, or stop it.");
        return err;
    }
    lock->db = db;
    lock->lane = lane;
    return PN_OK;
}

void pn_lock_release(pn_lock *lock) {
    if (lock == NULL) {
        return;
    }
    if (lock->db != NULL) {
        pn_db_unlock(lock->db, lock->lane);
    }
    if (lock->fd >= 0) {
        (void)unlink(lock->path);
        (void)close(lock->fd);
    }
    free(lock);
}
