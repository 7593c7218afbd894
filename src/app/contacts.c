#include "app/contacts.h"

#include "app/tasks.h"
#include "base/banned.h"
#include "base/utf8.h"
#include "calendar/phone.h"
#include "core/run.h"
#include "store/debtor.h"
#include "store/task.h"

static pn_err find_contact_task(pn_app *app, pn_id debtor_id, pn_str address, pn_time now,
                                pn_arena *arena) {
    pn_task_request task = {.debtor_id = debtor_id,
                            .kind = PN_TASK_FIND_CONTACT,
                            .about = address,
                            .due_at = now + 2 * PN_DAY};
    return pn_tasks_open(app, &task, arena);
}

/* The address stands in the row alone, where it is erased with what is personal. */
static pn_err contact_event(pn_app *app, const pn_contact_row *contact, const char *state,
                            pn_arena *arena) {
    char id[PN_ID_TEXT_SIZE];
    pn_str body = pn_str_format(arena, "{\"contact\":\"%s\",\"state\":\"%s\"}",
                                pn_id_text(PN_ID_CONTACT, contact->id, id), state);
    return pn_journal_debtor(app, contact->debtor_id, PN_EVENT_CONTACT, body);
}

static pn_err set_state(pn_app *app, pn_contact_row *contact, pn_contact_state state, pn_str reason,
                        pn_time now, pn_arena *arena) {
    contact->state = state;
    PN_TRY(pn_contact_set_state(app->db, contact->debtor_id, contact->id, state, reason, now));
    return contact_event(app, contact, pn_contact_state_name(state), arena);
}

pn_err pn_contacts_count(pn_app *app, pn_id debtor_id, pn_arena *arena) {
    pn_contact_row *contacts = NULL;
    size_t count = 0;
    uint32_t channels = 0;
    PN_TRY(pn_contact_range(app->db, debtor_id, debtor_id, arena, &contacts, &count));
    for (size_t i = 0; i < count; i++) {
        channels |= contacts[i].state == PN_CONTACT_USABLE ? 1U << contacts[i].channel : 0U;
    }
    return pn_debtor_set_channels(app->db, debtor_id, channels);
}

pn_err pn_contacts_disable(pn_app *app, pn_id debtor_id, pn_channel_kind channel, pn_str address,
                           pn_contact_state state, pn_str reason, pn_time now, pn_arena *arena) {
    pn_contact_row *contacts = NULL;
    size_t count = 0;
    bool any = false;
    PN_TRY(pn_contact_range(app->db, debtor_id, debtor_id, arena, &contacts, &count));
    for (size_t i = 0; i < count; i++) {
        pn_contact_row *contact = &contacts[i];
        if (contact->channel == channel && contact->state == PN_CONTACT_USABLE &&
            pn_str_eq_nocase(contact->address, address)) {
            any = true;
            PN_TRY(set_state(app, contact, state, reason, now, arena));
        }
    }
    if (!any) {
        return PN_OK;
    }
    PN_TRY(pn_contacts_count(app, debtor_id, arena));
    return state == PN_CONTACT_BOUNCED ? find_contact_task(app, debtor_id, address, now, arena)
                                       : PN_OK;
}

/* ── adding, finding, using again ────────────────────────────────────────────────────────────── */

/* Its place among the channel's others; false when the debtor has the address. */
static bool rank_of(const pn_contact_request *request, const pn_contact_row *contacts, size_t count,
                    int32_t *ret_rank) {
    int32_t rank = 100;
    for (size_t i = 0; i < count; i++) {
        if (contacts[i].channel != request->channel) {
            continue;
        }
        if (pn_str_eq_nocase(contacts[i].address, request->address)) {
            return false;
        }
        rank =
            request->last ? PN_MAX(rank, contacts[i].rank + 1) : PN_MIN(rank, contacts[i].rank - 1);
    }
    *ret_rank = rank;
    return true;
}

pn_err pn_contacts_add(pn_app *app, const pn_contact_request *request, bool is_new, pn_arena *arena,
                       uint32_t *ret_channels, bool *ret_added) {
    pn_contact_row *contacts = NULL;
    pn_id *others = NULL;
    size_t count = 0, other_count = 0;
    int32_t rank = 0;
    *ret_added = false;
    *ret_channels = request->known;
    if (!is_new) {
        PN_TRY(pn_contact_range(app->db, request->debtor_id, request->debtor_id, arena, &contacts,
                                &count));
    }
    if (!rank_of(request, contacts, count, &rank)) {
        return PN_OK;
    }
    pn_str fold = pn_utf8_fold(arena, request->address, false);
    if (!request->mark_later) {
        PN_TRY(pn_contact_debtors(app->db, app->org.id, request->channel, fold, 1, arena, &others,
                                  &other_count));
    }
    if (other_count != 0) {
        PN_TRY(pn_contact_set_shared(app->db, app->org.id, request->channel, fold));
    }
    pn_contact_row row = {.debtor_id = request->debtor_id,
                          .id = pn_app_id(app),
                          .org_id = app->org.id,
                          .channel = request->channel,
                          .address = request->address,
                          .address_fold = fold,
                          .name = request->name,
                          .relation = request->relation,
                          .state_at = PN_TIME_NONE,
                          .consent_at = PN_TIME_NONE,
                          .rank = rank,
                          .shared = other_count != 0,
                          .created_at = pn_app_now(app)};
    PN_TRY(pn_contact_insert(app->db, &row));
    if (!is_new) {
        PN_TRY(contact_event(app, &row, "added", arena));
    }
    *ret_channels |= 1U << request->channel;
    *ret_added = true;
    return PN_OK;
}

pn_err pn_contacts_find(pn_app *app, pn_id debtor_id, pn_str text, pn_arena *arena,
                        pn_contact_row *ret_contact, pn_diag *diag) {
    pn_contact_row *contacts = NULL;
    size_t count = 0;
    pn_id id = 0;
    pn_str number = text;
    pn_debtor_row debtor;
    PN_TRY(pn_contact_range(app->db, debtor_id, debtor_id, arena, &contacts, &count));
    PN_TRY(pn_debtor_get(app->db, debtor_id, arena, &debtor));
    if (pn_id_parse(PN_ID_CONTACT, text, &id) != PN_OK) {
        id = 0;
    }
    if (pn_phone_read(text, debtor.country.len != 0 ? debtor.country : app->org.country, arena,
                      &number, NULL) != PN_OK) {
        number = text;
    }
    for (size_t i = 0; i < count; i++) {
        if (contacts[i].id == id || pn_str_eq_nocase(contacts[i].address, text) ||
            pn_str_eq(contacts[i].address, number)) {
            *ret_contact = contacts[i];
            return PN_OK;
        }
    }
    return pn_diag_set(diag, PN_NOT_FOUND, "The debtor has no contact “%.*s”.", PN_STR_ARG(text));
}

pn_err pn_contacts_enable(pn_app *app, pn_contact_row *contact, pn_str reason, pn_arena *arena,
                          pn_diag *diag) {
    if (contact->state == PN_CONTACT_USABLE) {
        return pn_diag_set(diag, PN_CONFLICT, "%.*s is in use.", PN_STR_ARG(contact->address));
    }
    PN_TRY(set_state(app, contact, PN_CONTACT_USABLE, reason, pn_app_now(app), arena));
    return pn_contacts_count(app, contact->debtor_id, arena);
}

pn_err pn_contacts_consent(pn_app *app, const pn_contact_row *contact, pn_consent consent,
                           pn_str source, pn_arena *arena) {
    PN_TRY(pn_contact_set_consent(app->db, contact->debtor_id, contact->id, consent, source,
                                  pn_app_now(app)));
    PN_TRY(pn_debtor_touch(app->db, contact->debtor_id, 0, 0));
    return contact_event(app, contact, consent == PN_CONSENT_GIVEN ? "consented" : "not_consented",
                         arena);
}
