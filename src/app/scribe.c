#include "app/scribe.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "app/deliver_int.h"
#include "base/banned.h"

enum { ORDERS_AHEAD = 3 };

typedef struct {
    pn_parcel *parcels;
    size_t count;
    pn_time signed_at;
} order;

struct pn_scribe {
    pn_writer writer; /* the thread's */
    pthread_t thread;
    bool started;
    int bell; /* readable: an order was written */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    order orders[ORDERS_AHEAD];
    /* orders so far, each at its number modulo the ring; the owner changes the first and the last,
     * the thread the middle one, all under the lock */
    uint64_t ordered, written, taken;
    size_t parcels; /* the owner's: ordered and not taken */
    bool ending;
};

/* ── the thread ──────────────────────────────────────────────────────────────────────────────── */

static order *wait_for_order(pn_scribe *scribe) {
    (void)pthread_mutex_lock(&scribe->lock);
    while (scribe->written == scribe->ordered && !scribe->ending) {
        (void)pthread_cond_wait(&scribe->changed, &scribe->lock);
    }
    order *next = scribe->ending ? NULL : &scribe->orders[scribe->written % ORDERS_AHEAD];
    (void)pthread_mutex_unlock(&scribe->lock);
    return next;
}

static void tell_written(pn_scribe *scribe) {
    (void)pthread_mutex_lock(&scribe->lock);
    scribe->written++;
    ssize_t rung = write(scribe->bell, &(uint64_t){1}, sizeof(uint64_t));
    assert(rung == (ssize_t)sizeof(uint64_t));
    (void)pthread_cond_broadcast(&scribe->changed);
    (void)pthread_mutex_unlock(&scribe->lock);
}

static void *run(void *context) {
    pn_scribe *scribe = context;
    order *next;
    while ((next = wait_for_order(scribe)) != NULL) {
        pn_parcels_write(&scribe->writer, next->parcels, next->signed_at);
        tell_written(scribe);
    }
    return NULL;
}

/* ── the owner's side ────────────────────────────────────────────────────────────────────────── */

pn_err pn_scribe_open(const pn_app *app, pn_scribe **ret_scribe, pn_diag *diag) {
    pn_scribe *scribe = pn_alloc(sizeof *scribe);
    memset(scribe, 0, sizeof *scribe);
    scribe->writer.app = app;
    scribe->writer.packer = pn_packer_new();
    pn_sheets_init(&scribe->writer.sheets);
    (void)pthread_mutex_init(&scribe->lock, NULL);
    (void)pthread_cond_init(&scribe->changed, NULL);
    scribe->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    scribe->started = scribe->bell >= 0 && pthread_create(&scribe->thread, NULL, run, scribe) == 0;
    if (!scribe->started) {
        pn_scribe_close(scribe);
        return pn_diag_set(diag, PN_IO, "The system gives no thread to write e-mails in.");
    }
    *ret_scribe = scribe;
    return PN_OK;
}

void pn_scribe_close(pn_scribe *scribe) {
    if (scribe == NULL) {
        return;
    }
    if (scribe->started) {
        (void)pthread_mutex_lock(&scribe->lock);
        scribe->ending = true;
        (void)pthread_cond_broadcast(&scribe->changed);
        (void)pthread_mutex_unlock(&scribe->lock);
        (void)pthread_join(scribe->thread, NULL);
    }
    if (scribe->bell >= 0) {
        (void)close(scribe->bell);
    }
    pn_packer_free(scribe->writer.packer);
    pn_sheets_done(&scribe->writer.sheets);
    (void)pthread_mutex_destroy(&scribe->lock);
    (void)pthread_cond_destroy(&scribe->changed);
    free(scribe);
}

bool pn_scribe_has_room(const pn_scribe *scribe) {
    return scribe->ordered - scribe->taken < ORDERS_AHEAD;
}

void pn_scribe_order(pn_scribe *scribe, pn_parcel *parcels, size_t count, pn_time signed_at) {
    assert(pn_scribe_has_room(scribe));
    (void)pthread_mutex_lock(&scribe->lock);
    scribe->orders[scribe->ordered++ % ORDERS_AHEAD] = (order){parcels, count, signed_at};
    (void)pthread_cond_broadcast(&scribe->changed);
    (void)pthread_mutex_unlock(&scribe->lock);
    scribe->parcels += count;
}

size_t pn_scribe_ordered(const pn_scribe *scribe) {
    return scribe->parcels;
}

pn_parcel *pn_scribe_take(pn_scribe *scribe, bool wait, size_t *ret_count) {
    uint64_t rings = 0;
    if (scribe->taken == scribe->ordered) {
        return NULL;
    }
    (void)pthread_mutex_lock(&scribe->lock);
    while (wait && scribe->written == scribe->taken) {
        (void)pthread_cond_wait(&scribe->changed, &scribe->lock);
    }
    bool ready = scribe->written != scribe->taken;
    order *oldest = &scribe->orders[scribe->taken % ORDERS_AHEAD];
    scribe->taken += ready;
    if (scribe->taken == scribe->written) {
        ssize_t cleared = read(scribe->bell, &rings, sizeof rings);
        assert(cleared > 0 || errno == EAGAIN || errno == EINTR);
    }
    (void)pthread_mutex_unlock(&scribe->lock);
    if (!ready) {
        return NULL;
    }
    scribe->parcels -= oldest->count;
    *ret_count = oldest->count;
    return oldest->parcels;
}

int pn_scribe_wait_fd(const pn_scribe *scribe) {
    return scribe->bell;
}
