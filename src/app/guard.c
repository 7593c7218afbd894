#include "app/guard.h"

#include "app/deliver_int.h"
#include "base/banned.h"
#include "calendar/phone.h"
#include "store/protection.h"

static pn_str barred_reason(const pn_debtor_row *row, pn_purpose purpose, pn_date today) {
    bool over = row->barred_until != PN_DATE_NONE && row->barred_until < today;
    return over || purpose != PN_PURPOSE_DEMAND ? PN_STR_NONE : row->barred_reason;
}

/* Kinds that are in force. */
static pn_err protections_of(pn_app *app, const pn_view *view, pn_time at, pn_arena *arena,
                             uint32_t *ret_kinds) {
    pn_protection_row *rows = NULL;
    size_t count = 0;
    *ret_kinds = 0;
    if ((view->row.flags & PN_DEBTOR_HAS_PROTECTIONS) == 0) {
        return PN_OK;
    }
    PN_TRY(pn_protection_list(app->db, view->row.id, arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        *ret_kinds |= pn_protection_in_force(&rows[i], at) ? 1U << rows[i].kind : 0U;
    }
    return PN_OK;
}

static bool is_representative(const pn_contact_row *contact) {
    return contact != NULL && pn_str_is(contact->relation, PN_RELATION_REPRESENTATIVE);
}

static uint32_t opted_out_channels(const pn_guard *guard) {
    uint32_t channels = 0;
    for (size_t i = 0; i < guard->contact_count; i++) {
        const pn_contact_row *contact = &guard->contacts[i];
        channels |= contact->state == PN_CONTACT_OPTED_OUT ? 1U << contact->channel : 0U;
    }
    return channels;
}

/* Zones that keep the same time, now and half a year on. */
static bool same_clocks(const pn_zone *a, const pn_zone *b, pn_time at) {
    pn_time later = at + 183 * PN_DAY;
    return a == b || (pn_zone_offset(a, at) == pn_zone_offset(b, at) &&
                      pn_zone_offset(a, later) == pn_zone_offset(b, later));
}

/* Where a telephone can only ring in other zones than the address is in, both must be open. One
 * that may ring in the address's own tells nothing new. */
static void add_phone_zones(pn_app *app, pn_str number, pn_time at, pn_gate_query *query) {
    pn_str names[PN_PHONE_ZONES_MAX];
    const pn_zone *zones[PN_PHONE_ZONES_MAX];
    size_t count = pn_phone_zones(number, names), found = 0;
    for (size_t i = 0; i < count; i++) {
        const pn_zone *zone = NULL;
        if (pn_app_zone(app, names[i], &zone, NULL) != PN_OK) {
            continue; /* the system's data is older than the name */
        }
        for (size_t j = 0; j < query->zone_count; j++) {
            if (same_clocks(zone, query->zones[j], at)) {
                return;
            }
        }
        zones[found++] = zone;
    }
    for (size_t i = 0; i < found && query->zone_count < PN_GATE_ZONES_MAX; i++) {
        query->zones[query->zone_count++] = zones[i];
    }
}

static bool is_phone(const pn_contact_row *contact) {
    return contact->channel == PN_CHANNEL_SMS || contact->channel == PN_CHANNEL_WHATSAPP ||
           contact->channel == PN_CHANNEL_CALL;
}

pn_err pn_guard_query(pn_app *app, const pn_guard *guard, pn_time at, pn_arena *arena,
                      pn_gate_query *ret_query, const pn_policy **ret_policy, pn_diag *diag) {
    const pn_view *view = guard->view;
    const pn_account_row *account = &guard->account->row;
    const pn_creditor_row *creditor = guard->account->creditor;
    pn_date today = pn_zone_date(view->zone, at);
    pn_gate_query query = {
        .about = {.channel = guard->channel,
                  .purpose = guard->purpose,
                  .person = view->row.kind != PN_DEBTOR_COMPANY,
                  .third_party = creditor != NULL && creditor->third_party,
                  .region = view->row.region},
        .zones = {view->zone},
        .zone_count = 1,
        .calendar = &view->calendar,
        .claimable = {guard->claimable, account->currency},
        .creditor_id = account->creditor_id,
        .account_id = account->id,
        .barred = barred_reason(&view->row, guard->purpose, today),
        .to_representative = is_representative(guard->contact),
        .consented = guard->contact != NULL && guard->contact->consent == PN_CONSENT_GIVEN,
        .opted_out_channels = opted_out_channels(guard),
    };
    PN_TRY(protections_of(app, view, at, arena, &query.protections));
    for (size_t i = 0; i < guard->contact_count; i++) {
        const pn_contact_row *contact = &guard->contacts[i];
        if (is_phone(contact) && !is_representative(contact) &&
            contact->state != PN_CONTACT_INVALID) {
            add_phone_zones(app, contact->address, at, &query);
        }
    }
    PN_TRY(pn_catalog_policy(app, creditor, view->row.country, today, ret_policy, diag));
    *ret_query = query;
    return PN_OK;
}

void pn_guard_texts(const pn_app *app, const pn_gate_query *query, const pn_policy *policy,
                    pn_time at, pn_arena *arena, const pn_legal *const **ret_texts,
                    size_t *ret_count) {
    const pn_legal *const *all = pn_catalog_texts(app, policy);
    const pn_legal **texts = pn_arena_alloc(arena, (policy->text_count + 1) * sizeof *texts);
    pn_date day = pn_zone_date(query->zones[0], at);
    size_t count = 0;
    for (size_t i = 0; all != NULL && i < policy->text_count; i++) {
        if (pn_policy_applies(&policy->texts[i].scope, &query->about, day)) {
            texts[count++] = all[i];
        }
    }
    *ret_texts = texts;
    *ret_count = count;
}

bool pn_guard_lacks_particulars(const pn_guard *guard, const pn_gate_query *query,
                                const pn_policy *policy, pn_time at) {
    const pn_creditor_row *creditor = guard->account->creditor;
    pn_date day = pn_zone_date(query->zones[0], at);
    unsigned lacking = 0;
    if (creditor != NULL) {
        lacking = (creditor->tax_id.len == 0 ? PN_NEEDS_TAX_ID : 0U) |
                  (creditor->address.len == 0 ? PN_NEEDS_ADDRESS : 0U) |
                  (creditor->phone.len == 0 ? PN_NEEDS_PHONE : 0U) |
                  (creditor->email.len == 0 ? PN_NEEDS_EMAIL : 0U);
    }
    for (size_t i = 0; i < policy->text_count; i++) {
        const pn_policy_text *text = &policy->texts[i];
        if ((text->needs & lacking) != 0 && pn_policy_applies(&text->scope, &query->about, day)) {
            return true;
        }
    }
    return false;
}

/* ── protected debtors ───────────────────────────────────────────────────────────────────────── */

pn_err pn_guard_contact(pn_app *app, const pn_guard *guard, pn_time at, pn_arena *arena,
                        const pn_contact_row **ret_contact, pn_diag *diag) {
    *ret_contact = pn_usable_contact(guard->contacts, guard->contact_count, guard->channel);
    if ((guard->view->row.flags & PN_DEBTOR_HAS_PROTECTIONS) == 0) {
        return PN_OK;
    }
    pn_gate_query query;
    const pn_policy *policy = NULL;
    pn_protect_kind kind;
    PN_TRY(pn_guard_query(app, guard, at, arena, &query, &policy, diag));
    pn_date day = pn_zone_date(query.zones[0], at);
    if (pn_gate_treatment(policy, &query, day, &kind) != PN_TREAT_REPRESENTATIVE) {
        return PN_OK;
    }
    for (size_t i = 0; i < guard->contact_count; i++) {
        const pn_contact_row *contact = &guard->contacts[i];
        if (contact->channel == guard->channel && contact->state == PN_CONTACT_USABLE &&
            is_representative(contact)) {
            *ret_contact = contact;
            return PN_OK;
        }
    }
    return PN_OK;
}

pn_err pn_guard_holds(pn_app *app, const pn_view *view, const pn_view_account *account, pn_time at,
                      pn_arena *arena, pn_hold_fact *holds, size_t *ret_count) {
    pn_protection_row *rows = NULL;
    size_t count = 0;
    uint32_t held = 0;
    pn_diag diag = {0};
    PN_TRY(pn_protection_list(app->db, view->row.id, arena, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        pn_guard guard = {.view = view,
                          .account = account,
                          .channel = PN_CHANNEL_EMAIL,
                          .purpose = PN_PURPOSE_DEMAND};
        const pn_policy *policy = NULL;
        pn_gate_query query;
        pn_protect_kind kind;
        if (!pn_protection_in_force(&rows[i], at) || (held >> rows[i].kind & 1U) != 0) {
            continue;
        }
        PN_TRY(pn_guard_query(app, &guard, at, arena, &query, &policy, &diag));
        query.protections = 1U << rows[i].kind;
        pn_date day = pn_zone_date(query.zones[0], at);
        if (pn_gate_treatment(policy, &query, day, &kind) >= PN_TREAT_TASK) {
            held |= 1U << rows[i].kind;
            holds[(*ret_count)++] =
                (pn_hold_fact){.id = rows[i].id,
                               .reason = pn_str_of(pn_protect_name(rows[i].kind)),
                               .since = rows[i].since,
                               .until = rows[i].until};
        }
    }
    return PN_OK;
}
