#include "app/moment.h"

#include "base/banned.h"

bool pn_moment_made(const pn_moment *moment, pn_id id, pn_time at) {
    if (moment == NULL || id < moment->event) {
        return true;
    }
    return (moment->ties & PN_TIE_BY_TIME) != 0 && at <= moment->at;
}

bool pn_moment_over(const pn_moment *moment, pn_time end) {
    if (end == PN_TIME_NONE) {
        return false;
    }
    bool later = moment != NULL && (moment->ties & PN_TIE_ENDED_LATER) != 0;
    return moment == NULL || end < moment->at || (end == moment->at && !later);
}

void pn_moment_of_message(const pn_moment *moment, pn_message_row *row) {
    if (moment == NULL) {
        return;
    }
    const pn_moment_message *last = NULL;
    bool told = false;
    for (size_t i = 0; i < moment->message_count; i++) {
        const pn_moment_message *each = &moment->messages[i];
        if (each->id == row->id) {
            told = true;
            bool there = pn_moment_made(moment, each->event, each->at);
            last = there && (last == NULL || each->event > last->event) ? each : last;
        }
    }
    bool came_back = row->state == PN_MESSAGE_DELIVERED || row->state == PN_MESSAGE_BOUNCED;
    if (last != NULL && last->state == PN_MESSAGE_SENT && came_back) {
        row->settled_at = last->at; /* when it was known to have arrived or bounced is not kept */
    } else if (last != NULL) {
        row->state = last->state;
        row->settled_at = last->at;
    } else if (told || !pn_moment_over(moment, row->settled_at)) {
        bool uncertain = (moment->ties & PN_TIE_UNCERTAIN) != 0 && row->carrier_id != 0;
        row->state = uncertain ? PN_MESSAGE_UNCERTAIN : PN_MESSAGE_QUEUED;
        row->settled_at = uncertain ? moment->at : PN_TIME_NONE;
    }
}

void pn_moment_of_task(const pn_moment *moment, pn_task_row *row) {
    if (!pn_moment_over(moment, row->settled_at)) {
        row->state = PN_TASK_OPEN;
        row->settled_at = PN_TIME_NONE;
    }
}

void pn_moment_of_errand(const pn_moment *moment, pn_errand_row *row) {
    if (!pn_moment_over(moment, row->call.settled_at)) {
        row->call.state = PN_ERRAND_OPEN;
        row->call.settled_at = PN_TIME_NONE;
    }
}

void pn_moment_of_offer(const pn_moment *moment, pn_offer_row *row) {
    if (!pn_moment_over(moment, row->settled_at)) {
        row->state = PN_OFFER_OPEN;
        row->settled_at = PN_TIME_NONE;
    }
}

void pn_moment_of_hold(const pn_moment *moment, pn_hold_row *row) {
    if (!pn_moment_over(moment, row->released_at)) {
        row->released_at = PN_TIME_NONE;
    }
}
