/* What of the parcels is still this process's, where others may have taken it.
 *
 * On a shared database a process that stood still longer than its lease finds, when it goes on,
 * that another one has settled its carriers: what was not written went back to the queue, what was
 * is uncertain. Nothing of those may be written then (T2), and a result that comes late changes
 * only what is still uncertain (T3). */
#include "app/deliver_int.h"

#include "base/banned.h"
#include "base/sort.h"

typedef struct {
    pn_id *ids;
    size_t count, capacity;
} id_list;

static void add(id_list *list, pn_id id, pn_arena *arena) {
    list->ids = pn_arena_grow(arena, list->ids, list->count, &list->capacity, sizeof *list->ids);
    list->ids[list->count++] = id;
}

static int by_id(const void *a, const void *b) {
    const pn_id *x = a;
    const pn_id *y = b;
    return (*x > *y) - (*x < *y);
}

static void sort_once_each(id_list *list, pn_arena *arena) {
    size_t kept = 0;
    pn_sort(list->ids, list->count, sizeof *list->ids, by_id, arena);
    for (size_t i = 0; i < list->count; i++) {
        if (kept == 0 || list->ids[kept - 1] != list->ids[i]) {
            list->ids[kept++] = list->ids[i];
        }
    }
    list->count = kept;
}

static bool has(const id_list *list, pn_id id) {
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (list->ids[middle] < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < list->count && list->ids[low] == id;
}

pn_err pn_parcels_hold(pn_delivery *d, pn_parcel **parcels, size_t count) {
    pn_arena *arena = &d->arena;
    id_list debtors = {0}, carriers = {0}, ours = {0};
    if (!pn_db_is_shared(d->app->db)) {
        return PN_OK;
    }
    for (size_t i = 0; i < count; i++) {
        add(&carriers, parcels[i]->carrier.id, arena);
        for (size_t j = 0; j < parcels[i]->message_count; j++) {
            add(&debtors, parcels[i]->messages[j].debtor_id, arena);
        }
    }
    sort_once_each(&debtors, arena);
    PN_TRY(pn_debtors_lock(d->app->db, debtors.ids, debtors.count));
    PN_TRY(pn_carriers_still_sending(d->app->db, d->app->org.id, carriers.ids, carriers.count,
                                     arena, &ours.ids, &ours.count));
    for (size_t i = 0; i < count; i++) {
        parcels[i]->lost = !has(&ours, parcels[i]->carrier.id);
    }
    return PN_OK;
}
