#include "app/contacts.h"

#include "app/tasks.h"
#include "base/banned.h"
#include "core/run.h"
#include "store/task.h"

static pn_err find_contact_task(pn_app *app, pn_id debtor_id, pn_str address, pn_time now,
                                pn_arena *arena) {
    pn_task_request task = {.debtor_id = debtor_id,
                            .kind = PN_TASK_FIND_CONTACT,
                            .about = address,
                            .due_at = now + 2 * PN_DAY};
    return pn_tasks_open(app, &task, arena);
}

static pn_err disable_one(pn_app *app, pn_contact_row *contact, pn_contact_state state,
                          pn_str reason, pn_time now, pn_arena *arena) {
    char id[PN_ID_TEXT_SIZE];
    contact->state = state;
    PN_TRY(pn_contact_set_state(app->db, contact->debtor_id, contact->id, state, reason, now));
    pn_str body =
        pn_str_format(arena, "{\"contact\":\"%s\",\"state\":\"%s\"}",
                      pn_id_text(PN_ID_CONTACT, contact->id, id), pn_contact_state_name(state));
    return pn_journal_debtor(app, contact->debtor_id, PN_EVENT_CONTACT, body);
}

pn_err pn_contacts_disable(pn_app *app, pn_id debtor_id, pn_channel_kind channel, pn_str address,
                           pn_contact_state state, pn_str reason, pn_time now, pn_arena *arena) {
    pn_contact_row *contacts = NULL;
    size_t count = 0;
    uint32_t channels = 0;
    bool any = false;
    PN_TRY(pn_contact_range(app->db, debtor_id, debtor_id, arena, &contacts, &count));
    for (size_t i = 0; i < count; i++) {
        pn_contact_row *contact = &contacts[i];
        if (contact->channel == channel && contact->state == PN_CONTACT_USABLE &&
            pn_str_eq_nocase(contact->address, address)) {
            any = true;
            PN_TRY(disable_one(app, contact, state, reason, now, arena));
        }
        channels |= contact->state == PN_CONTACT_USABLE ? 1U << contact->channel : 0U;
    }
    if (!any) {
        return PN_OK;
    }
    PN_TRY(pn_debtor_set_channels(app->db, debtor_id, channels));
    return state == PN_CONTACT_BOUNCED ? find_contact_task(app, debtor_id, address, now, arena)
                                       : PN_OK;
}
