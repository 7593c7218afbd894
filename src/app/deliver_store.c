/* T2: what was written is stored with its hash, or undone where the facts moved meanwhile. */
#include "app/deliver_int.h"
#include "app/links.h"

#include "base/banned.h"

/* Nothing of it was transmitted: messages go back to the queue, the quota is free again. */
static pn_err undo(pn_delivery *d, pn_parcel *parcel, pn_str reason, pn_time now) {
    PN_TRY(pn_carrier_settle(d->app->db, parcel->carrier.id, PN_MESSAGE_SKIPPED, now, PN_STR_NONE,
                             reason, PN_STR_NONE, 0));
    for (size_t i = 0; i < parcel->message_count; i++) {
        pn_message_row *row = &parcel->messages[i].row;
        row->state = PN_MESSAGE_QUEUED;
        row->attempts--;
        row->carrier_id = 0;
        row->lease_until = 0;
        row->not_before = now;
        row->reason = reason;
        PN_TRY(pn_message_update(d->app->db, row));
        PN_TRY(pn_contact_made_release(d->app->db, row->debtor_id, parcel->carrier.id));
        PN_TRY(
            pn_volumes_give_back(d->volumes, parcel->messages[i].strategy_id, parcel->carrier.at));
        PN_TRY(pn_engine_deliver_at(d->engine, row->debtor_id, now));
    }
    return PN_OK;
}

static pn_err facts_moved(pn_delivery *d, const pn_parcel *parcel, bool *ret_moved) {
    *ret_moved = false;
    for (size_t i = 0; i < parcel->message_count && !*ret_moved; i++) {
        int64_t seq = 0;
        PN_TRY(pn_debtor_seq(d->app->db, parcel->messages[i].debtor_id, &seq));
        *ret_moved = seq != parcel->messages[i].debtor_seq;
    }
    return PN_OK;
}

static pn_err store_letter(pn_delivery *d, const pn_parcel *parcel) {
    const pn_letter_out *letter = &parcel->own;
    const pn_carrier_row *carrier = &parcel->carrier;
    pn_str hash = {(const char *)letter->hash.bytes, sizeof letter->hash.bytes};
    PN_TRY(pn_carrier_set_content(d->app->db, d->app->org.id, carrier->id, carrier->template_id,
                                  carrier->language, carrier->subject, &letter->packed, hash));
    if (parcel->targets.len != 0 || parcel->link_code != 0) {
        PN_TRY(pn_link_carrier_store(d->app, carrier->id, carrier->debtor_id, parcel->targets,
                                     parcel->link_code));
    }
    return pn_carrier_set_files(d->app->db, d->app->org.id, carrier->id, parcel->file_notes,
                                parcel->file_note_count);
}

/* A copy is a carrier of its own, with no intent behind it. It is the same message, but for what
 * would act in the debtor's name. */
static pn_err store_copies(pn_delivery *d, pn_parcel *parcel) {
    for (size_t i = 0; i < parcel->copy_count && !parcel->copied; i++) {
        pn_parcel *copy = pn_arena_new(&parcel->claim->arena, pn_parcel);
        *copy = *parcel; /* `next` too: it stands between its original and what followed */
        copy->carrier.id = pn_app_id(d->app);
        copy->carrier.address = parcel->copies[i].address;
        copy->carrier.contact_id = 0;
        copy->carrier.parent_id = 0;
        copy->envelope = pn_parcel_envelope(d->app, parcel->sender, parcel->bounce_domain,
                                            copy->carrier.id, &parcel->claim->arena);
        copy->own = parcel->copy;
        copy->carrier.purpose = PN_PURPOSE_SERVICE;
        copy->targets = PN_STR_NONE;
        copy->link_code = 0;
        copy->message_count = copy->item_count = copy->copy_count = 0;
        PN_TRY(pn_carrier_insert(d->app->db, &copy->carrier));
        PN_TRY(store_letter(d, copy));
        parcel->next = copy;
        parcel->claim->parcels_left++;
    }
    return PN_OK;
}

static pn_err store_one(pn_delivery *d, pn_parcel *parcel, pn_time now) {
    bool moved = false;
    if (parcel->own.content.len == 0) {
        pn_log_write(d->app->log, PN_LOG_ERROR, "delivery.render_failed",
                     (pn_log_fields){.org = d->app->org.id,
                                     .debtor = parcel->carrier.debtor_id,
                                     .message = parcel->messages[0].row.id,
                                     .detail = pn_str_is(parcel->failure, "document_failed")
                                                   ? "document"
                                                   : "text"});
        return pn_parcel_unwritten(d, parcel, parcel->failure, now);
    }
    PN_TRY(facts_moved(d, parcel, &moved));
    if (moved) { /* a payment that landed meanwhile wins */
        return undo(d, parcel, PN_STR("facts_changed"), now);
    }
    PN_TRY(store_letter(d, parcel));
    parcel->ready = true;
    return store_copies(d, parcel);
}

static pn_err hold_all(pn_delivery *d, pn_parcel *parcels) {
    size_t count = 0;
    for (const pn_parcel *parcel = parcels; parcel != NULL; parcel = parcel->next) {
        count++;
    }
    pn_arena_reset(&d->arena);
    pn_parcel **list = pn_arena_array(&d->arena, pn_parcel *, count + 1);
    count = 0;
    for (pn_parcel *parcel = parcels; parcel != NULL; parcel = parcel->next) {
        list[count++] = parcel;
    }
    return pn_parcels_hold(d, list, count);
}

pn_err pn_parcels_store(pn_delivery *d, pn_parcel **parcels, pn_time now, pn_diag *diag) {
    PN_TRY(pn_delivery_begin(d, diag));
    pn_err err = hold_all(d, *parcels);
    for (pn_parcel *parcel = *parcels; parcel != NULL && err == PN_OK;) {
        pn_parcel *next = parcel->next; /* copies are put between */
        err = parcel->lost ? PN_OK : store_one(d, parcel, now);
        parcel = next;
    }
    if (err == PN_OK) {
        err = pn_volumes_save(d->volumes);
    }
    err = pn_app_end(d->app, err, diag);
    if (err != PN_OK) {
        pn_volumes_forget(d->volumes);
    }
    pn_parcel **link = parcels;
    while (*link != NULL) {
        pn_parcel *parcel = *link;
        if (err == PN_OK && parcel->ready) {
            link = &parcel->next;
        } else {
            *link = parcel->next;
            pn_parcel_drop(parcel);
        }
    }
    return err;
}

void pn_parcel_drop(pn_parcel *parcel) {
    pn_claim *claim = parcel->claim;
    if (--claim->parcels_left == 0) {
        pn_claim_free(claim);
    }
}
