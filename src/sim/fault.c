#define _GNU_SOURCE
#include "sim/fault.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/banned.h"
#include "base/hash.h"
#include "sim/cut.h"

/* A write that no sync has made durable yet. */
typedef struct {
    char path[160];
    int64_t offset, size_before;
    int size, size_old;
    char *bytes, *old; /* what was written, what stood there */
} unsynced;

static struct {
    pn_fault_kind kind;
    uint64_t nth, seed;
    uint64_t writes, syncs, reads;
    bool happened, dead, rests;
    unsynced *list;
    size_t count, capacity;
} state;

typedef struct {
    sqlite3_file base;
    char path[160];
    sqlite3_file *real; /* behind this struct */
} fault_file;

static sqlite3_file *real_of(sqlite3_file *file) {
    return ((fault_file *)file)->real;
}

/* ── what is not durable yet ─────────────────────────────────────────────────────────────────── */

static void *copy_of(const void *bytes, size_t size) {
    void *copy = malloc(size == 0 ? 1 : size);
    if (copy == NULL) {
        abort();
    }
    memcpy(copy, bytes, size);
    return copy;
}

static void remember(fault_file *file, const void *bytes, int size, int64_t offset) {
    if (state.count == state.capacity) {
        state.capacity = state.capacity * 2 + 64;
        state.list = realloc(state.list, state.capacity * sizeof *state.list);
        if (state.list == NULL) {
            abort();
        }
    }
    unsynced *each = &state.list[state.count++];
    *each = (unsynced){.offset = offset, .size = size, .bytes = copy_of(bytes, (size_t)size)};
    memcpy(each->path, file->path, sizeof each->path);
    sqlite3_int64 length = 0;
    (void)file->real->pMethods->xFileSize(file->real, &length);
    each->size_before = length;
    int64_t old = length - offset;
    each->size_old = (int)(old < 0 ? 0 : old < size ? old : size);
    each->old = malloc((size_t)each->size_old + 1);
    if (each->old == NULL ||
        (each->size_old != 0 &&
         file->real->pMethods->xRead(file->real, each->old, each->size_old, offset) != SQLITE_OK)) {
        abort();
    }
}

static void forget(unsynced *each) {
    free(each->bytes);
    free(each->old);
}

static void synced(const fault_file *file) {
    size_t kept = 0;
    for (size_t i = 0; i < state.count; i++) {
        if (strcmp(state.list[i].path, file->path) == 0) {
            forget(&state.list[i]);
        } else {
            state.list[kept++] = state.list[i];
        }
    }
    state.count = kept;
}

static void put(const char *path, const char *bytes, size_t size, int64_t offset) {
    FILE *file = fopen(path, "r+b");
    if (file == NULL || fseek(file, offset, SEEK_SET) != 0 ||
        fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
        abort();
    }
}

void pn_fault_reboot(void) {
    pn_random random = pn_random_for(state.seed, pn_str_of("power"));
    for (size_t i = state.count; i-- > 0;) {
        const unsynced *each = &state.list[i];
        if (access(each->path, F_OK) == 0) {
            put(each->path, each->old, (size_t)each->size_old, each->offset);
            if (truncate(each->path, each->size_before) != 0) {
                abort();
            }
        }
    }
    for (size_t i = 0; i < state.count; i++) {
        unsynced *each = &state.list[i];
        bool last = i + 1 == state.count;
        bool kept = pn_random_below(&random, 2) == 0;
        size_t size = (size_t)each->size;
        if (last) { /* the write under way: a part of it, by whole sectors */
            size = (size_t)pn_random_below(&random, size / 512 + 1) * 512;
        }
        if ((kept || last) && access(each->path, F_OK) == 0) {
            put(each->path, each->bytes, size, each->offset);
        }
        forget(each);
    }
    free(state.list);
    memset(&state, 0, sizeof state);
    pn_cut_clear();
}

/* ── files ───────────────────────────────────────────────────────────────────────────────────── */

static int file_close(sqlite3_file *file) {
    return real_of(file)->pMethods->xClose(real_of(file));
}

static int file_read(sqlite3_file *file, void *bytes, int size, sqlite3_int64 offset) {
    state.reads += !state.rests;
    if (state.dead) {
        return SQLITE_IOERR_READ;
    }
    if (state.kind == PN_FAULT_READ && state.reads == state.nth && !state.rests) {
        state.happened = true;
        return SQLITE_IOERR_READ;
    }
    return real_of(file)->pMethods->xRead(real_of(file), bytes, size, offset);
}

static int file_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 offset) {
    state.writes += !state.rests;
    bool due = state.writes == state.nth && !state.rests;
    if (state.dead) {
        return SQLITE_IOERR_WRITE;
    }
    if (state.kind == PN_FAULT_FULL && state.writes >= state.nth && !state.rests) {
        state.happened = true;
        return SQLITE_FULL;
    }
    if (state.kind == PN_FAULT_WRITE && due) {
        state.happened = true;
        return SQLITE_IOERR_WRITE;
    }
    if (state.kind == PN_FAULT_POWER) {
        remember((fault_file *)file, bytes, size, offset);
    }
    if ((state.kind == PN_FAULT_POWER || state.kind == PN_FAULT_KILL) && due) {
        state.happened = state.dead = true;
        return SQLITE_IOERR_WRITE;
    }
    return real_of(file)->pMethods->xWrite(real_of(file), bytes, size, offset);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
    return state.dead ? SQLITE_IOERR_TRUNCATE
                      : real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int file_sync(sqlite3_file *file, int flags) {
    state.syncs += !state.rests;
    if (state.dead) {
        return SQLITE_IOERR_FSYNC;
    }
    if (state.kind == PN_FAULT_SYNC && state.syncs == state.nth && !state.rests) {
        state.happened = true;
        return SQLITE_IOERR_FSYNC;
    }
    synced((fault_file *)file);
    return real_of(file)->pMethods->xSync(real_of(file), flags);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *ret_size) {
    return real_of(file)->pMethods->xFileSize(real_of(file), ret_size);
}

static int file_lock(sqlite3_file *file, int level) {
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int file_unlock(sqlite3_file *file, int level) {
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int file_check_lock(sqlite3_file *file, int *ret_held) {
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), ret_held);
}

static int file_control(sqlite3_file *file, int op, void *arg) {
    return real_of(file)->pMethods->xFileControl(real_of(file), op, arg);
}

static int file_sector(sqlite3_file *file) {
    return real_of(file)->pMethods->xSectorSize(real_of(file));
}

static int file_device(sqlite3_file *file) {
    return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}

static int file_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **out) {
    return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, out);
}

static int file_shm_lock(sqlite3_file *file, int offset, int n, int flags) {
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, n, flags);
}

static void file_shm_barrier(sqlite3_file *file) {
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int file_shm_unmap(sqlite3_file *file, int remove) {
    return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

static const sqlite3_io_methods METHODS = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_device,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

/* ── the layer ───────────────────────────────────────────────────────────────────────────────── */

static sqlite3_vfs *base_of(sqlite3_vfs *vfs) {
    return vfs->pAppData;
}

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
                    int *ret_flags) {
    fault_file *own = (fault_file *)file;
    memset(own, 0, sizeof *own);
    own->real = (sqlite3_file *)(own + 1);
    (void)snprintf(own->path, sizeof own->path, "%s", path != NULL ? path : "");
    int code = base_of(vfs)->xOpen(base_of(vfs), path, own->real, flags, ret_flags);
    own->base.pMethods = code == SQLITE_OK ? &METHODS : NULL;
    return code;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync) {
    return state.dead ? SQLITE_IOERR_DELETE : base_of(vfs)->xDelete(base_of(vfs), path, sync);
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *ret_result) {
    return base_of(vfs)->xAccess(base_of(vfs), path, flags, ret_result);
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int size, char *out) {
    return base_of(vfs)->xFullPathname(base_of(vfs), path, size, out);
}

static int vfs_randomness(sqlite3_vfs *vfs, int size, char *out) {
    return base_of(vfs)->xRandomness(base_of(vfs), size, out);
}

static int vfs_sleep(sqlite3_vfs *vfs, int us) {
    return base_of(vfs)->xSleep(base_of(vfs), us);
}

static int vfs_time(sqlite3_vfs *vfs, double *out) {
    return base_of(vfs)->xCurrentTime(base_of(vfs), out);
}

static int vfs_last_error(sqlite3_vfs *vfs, int size, char *out) {
    return base_of(vfs)->xGetLastError(base_of(vfs), size, out);
}

static int vfs_time64(sqlite3_vfs *vfs, sqlite3_int64 *out) {
    return base_of(vfs)->xCurrentTimeInt64(base_of(vfs), out);
}

const char *pn_fault_register(void) {
    static sqlite3_vfs layer;
    sqlite3_vfs *base = sqlite3_vfs_find(NULL);
    layer = (sqlite3_vfs){
        .iVersion = 2,
        .szOsFile = (int)sizeof(fault_file) + base->szOsFile,
        .mxPathname = base->mxPathname,
        .zName = "fault",
        .pAppData = base,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_path,
        .xRandomness = vfs_randomness,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_time,
        .xGetLastError = vfs_last_error,
        .xCurrentTimeInt64 = vfs_time64,
    };
    if (sqlite3_vfs_register(&layer, 0) != SQLITE_OK) {
        abort();
    }
    return layer.zName;
}

/* ── plans ───────────────────────────────────────────────────────────────────────────────────── */

const char *pn_fault_kind_name(pn_fault_kind kind) {
    static const char *const NAMES[PN_FAULTS] = {"none",  "full", "write", "sync",  "read",
                                                 "power", "kill", "cut",   "commit"};
    return NAMES[kind];
}

void pn_fault_plan(pn_fault_kind kind, uint64_t nth, uint64_t seed) {
    for (size_t i = 0; i < state.count; i++) {
        forget(&state.list[i]);
    }
    free(state.list);
    memset(&state, 0, sizeof state);
    state.kind = kind;
    state.nth = nth;
    state.seed = seed;
    pn_cut_clear();
    if (kind == PN_FAULT_CUT || kind == PN_FAULT_COMMIT) {
        pn_cut_plan((pn_cut_manner)(seed % PN_CUTS), (unsigned)nth, kind == PN_FAULT_COMMIT);
    }
}

void pn_fault_clear(void) {
    state.kind = PN_FAULT_NONE;
    pn_cut_clear();
}

void pn_fault_rest(bool rests) {
    state.rests = rests;
    pn_cut_rest(rests);
}

bool pn_fault_happened(void) {
    return state.happened || pn_cut_happened();
}

bool pn_fault_ended(void) {
    return state.dead;
}

uint64_t pn_fault_writes(void) {
    return state.writes;
}

uint64_t pn_fault_syncs(void) {
    return state.syncs;
}

uint64_t pn_fault_reads(void) {
    return state.reads;
}
