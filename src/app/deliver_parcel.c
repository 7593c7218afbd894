/* What intents that go together become: one carrier, and the facts its text is written from. */
#include "app/deliver_claim.h"

#include "app/people.h"
#include "base/banned.h"

/* The items of the whole group, each once, by account: two intents of one account share them. */
static void text_items(pn_claimer *c, pn_candidate **group, size_t count,
                       pn_text_items **ret_groups, size_t *ret_count) {
    pn_text_items *groups = pn_arena_array(c->arena, pn_text_items, count);
    size_t group_count = 0;
    for (size_t i = 0; i < count; i++) {
        const pn_candidate *each = group[i];
        size_t at = 0;
        while (at < group_count && groups[at].account != each->account) {
            at++;
        }
        pn_text_items *to = &groups[at];
        if (at == group_count) {
            group_count++;
            to->view = each->view;
            to->account = each->account;
            to->items = pn_arena_alloc(c->arena, (each->account->item_count + 1) * sizeof(void *));
        }
        for (size_t j = 0; j < each->item_count; j++) {
            bool listed = false;
            for (size_t k = 0; k < to->count; k++) {
                listed = listed || to->items[k] == each->items[j];
            }
            if (!listed) {
                to->items[to->count++] = each->items[j];
            }
        }
    }
    *ret_groups = groups;
    *ret_count = group_count;
}

/* Whose tone rises when the carrier is sent: what is overdue; what is not due yet and only listed
 * apart has received nothing but a mention. */
static void note_items(pn_claimer *c, pn_parcel *parcel, const pn_text_items *groups,
                       size_t count) {
    size_t total = 0;
    for (size_t i = 0; i < count; i++) {
        total += groups[i].count;
    }
    parcel->items = pn_arena_array(c->arena, pn_id, total + 1);
    parcel->item_debtors = pn_arena_array(c->arena, pn_id, total + 1);
    bool any_overdue = parcel->facts.overdue_count != 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < groups[i].count; j++) {
            const pn_item *item = groups[i].items[j];
            if (!any_overdue || item->effective_due < parcel->facts.today) {
                parcel->items[parcel->item_count] = item->id;
                parcel->item_debtors[parcel->item_count++] = groups[i].view->row.id;
            }
        }
    }
}

/* What the carrier was decided from: kept with it for "why?" and for proof. */
static pn_str carrier_facts(pn_claimer *c, pn_candidate **group, size_t count, unsigned tone,
                            const pn_text_items *groups, size_t group_count) {
    char id[PN_ID_TEXT_SIZE];
    pn_buf text;
    pn_buf_init(&text, 1 << 22);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    pn_json_begin_object(&w);
    pn_json_put_int(&w, "asked_at", c->now);
    pn_json_key(&w, PN_STR("items"));
    pn_json_begin_array(&w);
    for (size_t i = 0; i < group_count; i++) {
        for (size_t j = 0; j < groups[i].count; j++) {
            const pn_item *item = groups[i].items[j];
            pn_json_begin_object(&w);
            pn_json_put_int(&w, "claimable", item->claimable);
            pn_json_put_int(&w, "due", item->effective_due);
            pn_json_put_str(&w, "id", pn_str_of(pn_id_text(PN_ID_INVOICE, item->id, id)));
            pn_json_put_int(&w, "open", item->open);
            pn_json_put_int(&w, "tone_received", item->tone_received);
            pn_json_end_object(&w);
        }
    }
    pn_json_end_array(&w);
    pn_json_key(&w, PN_STR("messages"));
    pn_json_begin_array(&w);
    for (size_t i = 0; i < count; i++) {
        pn_json_begin_object(&w);
        pn_json_put_str(&w, "debtor",
                        pn_str_of(pn_id_text(PN_ID_DEBTOR, group[i]->view->row.id, id)));
        pn_json_put_str(&w, "id", pn_str_of(pn_id_text(PN_ID_MESSAGE, group[i]->message->id, id)));
        pn_json_put_int(&w, "seq", group[i]->view->row.seq);
        pn_json_put_int(&w, "tone", group[i]->message->tone);
        pn_json_put_str(&w, "verdict", pn_str_of(pn_gate_answer_name(group[i]->verdict.answer)));
        pn_json_end_object(&w);
    }
    pn_json_end_array(&w);
    pn_json_put_str(&w, "policy", group[0]->policy->name);
    pn_json_put_str(&w, "policy_version", group[0]->policy->version);
    pn_json_put_int(&w, "tone", tone);
    pn_json_end_object(&w);
    pn_str copy = pn_str_dup(c->arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

/* The strongest intent's template speaks for all; of equal ones a pill's, for it answers what has
 * just happened. */
static const pn_candidate *leader_of(pn_candidate **group, size_t count) {
    const pn_candidate *leader = group[0];
    for (size_t i = 1; i < count; i++) {
        const pn_candidate *each = group[i];
        bool stronger = each->message->tone > leader->message->tone;
        bool answers = each->message->tone == leader->message->tone && each->view == leader->view &&
                       each->run->parent_id != 0 && leader->run->parent_id == 0;
        if (stronger || answers) {
            leader = each;
        }
    }
    return leader;
}

static pn_err reserve_quota(pn_claimer *c, pn_candidate **group, size_t count, pn_id carrier_id) {
    for (size_t i = 0; i < count; i++) {
        bool counted = false;
        for (size_t j = 0; j < i; j++) {
            counted = counted || group[j]->view == group[i]->view;
        }
        if (!counted) {
            pn_contact_made made = {.at = c->now,
                                    .channel = group[i]->message->channel,
                                    .purpose = group[i]->purpose,
                                    .creditor_id = group[i]->account->row.creditor_id,
                                    .account_id = group[i]->account->row.id};
            group[i]->to->contacted = true;
            PN_TRY(pn_contact_made_insert(c->app->db, c->app->org.id, group[i]->view->row.id,
                                          pn_app_id(c->app), &made, carrier_id));
        }
    }
    return PN_OK;
}

static pn_err claim_messages(pn_claimer *c, pn_candidate **group, size_t count, pn_parcel *parcel,
                             unsigned tone) {
    parcel->messages = pn_arena_array(c->arena, pn_claimed, count);
    for (size_t i = 0; i < count; i++) {
        pn_message_row *row = group[i]->message;
        row->state = PN_MESSAGE_SENDING;
        row->carrier_id = parcel->carrier.id;
        row->contact_id = parcel->carrier.contact_id;
        row->lease_until = parcel->carrier.lease_until;
        row->attempts++;
        row->first_try_at = row->first_try_at == PN_TIME_NONE ? c->now : row->first_try_at;
        row->reason = count > 1 ? PN_STR("merged") : PN_STR("");
        if (group[i]->purpose == PN_PURPOSE_DEMAND) {
            row->tone = (uint8_t)tone;
        }
        group[i]->taken = true;
        PN_TRY(pn_message_update(c->app->db, row));
        parcel->messages[parcel->message_count++] =
            (pn_claimed){.row = *row,
                         .debtor_id = group[i]->view->row.id,
                         .debtor_seq = group[i]->view->row.seq,
                         .strategy_id = group[i]->flow->strategy_id};
        pn_volumes_count(c->d->volumes, group[i]->flow->strategy_id);
    }
    return PN_OK;
}

static pn_str param_of(pn_claimer *c, const pn_message_row *row, pn_str key) {
    pn_json *params = NULL;
    if (pn_str_find(row->params, key) == SIZE_MAX ||
        pn_json_parse(row->params, NULL, c->arena, &params, NULL) != PN_OK) {
        return PN_STR_NONE;
    }
    const pn_json *value = pn_json_get(params, key);
    if (value == NULL) {
        return PN_STR_NONE;
    }
    pn_buf text;
    pn_buf_init(&text, 8192);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    pn_json_add_value(&w, value);
    pn_str copy = pn_str_dup(c->arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

/* "owner" and "salesperson" are the debtor's, each a person of ours or what the text says. One who
 * is both gets one copy. */
static void copy_addresses(pn_claimer *c, const pn_candidate *leader, pn_parcel *parcel) {
    pn_json *list = NULL;
    pn_str json = param_of(c, leader->message, PN_STR("copy_to"));
    if (json.len == 0 || pn_json_parse(json, NULL, c->arena, &list, NULL) != PN_OK) {
        return;
    }
    const pn_debtor_row *debtor = &leader->view->row;
    parcel->copied = leader->message->attempts > 0;
    parcel->copies = pn_arena_array(c->arena, pn_mime_address, list->count);
    for (size_t i = 0; i < list->count; i++) {
        pn_str to = list->items[i].text;
        to = pn_str_is(to, "owner")         ? debtor->owner
             : pn_str_is(to, "salesperson") ? debtor->salesperson
                                            : to;
        pn_colleague one = pn_people_find(c->app, to, parcel->facts.today, c->arena);
        bool twice = pn_str_eq_nocase(one.email, leader->contact->address);
        for (size_t j = 0; j < parcel->copy_count; j++) {
            twice = twice || pn_str_eq_nocase(one.email, parcel->copies[j].address);
        }
        if (one.email.len != 0 && !twice) {
            parcel->copies[parcel->copy_count++] = (pn_mime_address){one.name, one.email};
        }
    }
}

static pn_text_about about_of(const pn_candidate *leader, pn_candidate **group, size_t count,
                              pn_arena *arena) {
    pn_text_about about = {.purpose = leader->purpose,
                           .channel = leader->message->channel,
                           .invoice_id = leader->run->invoice_id,
                           .supersede_at = leader->message->supersede_at,
                           .contact_name = leader->contact->name};
    for (size_t i = 0; i < count; i++) {
        about.supersede_at = PN_MIN(about.supersede_at, group[i]->message->supersede_at);
    }
    if (leader->purpose == PN_PURPOSE_LEGAL) {
        about.handed_to = pn_flow_handed_to(leader->flow->flow, leader->message->node, arena);
    }
    return about;
}

pn_err pn_parcel_make(pn_claimer *c, pn_candidate **group, size_t count) {
    const pn_candidate *leader = leader_of(group, count);
    pn_parcel *parcel = pn_arena_new(c->arena, pn_parcel);
    pn_text_items *groups = NULL;
    size_t group_count = 0;
    bool demand = leader->purpose == PN_PURPOSE_DEMAND;
    text_items(c, group, count, &groups, &group_count);
    unsigned tone = demand ? pn_demand_tone(groups, group_count, leader->message->tone, c->now)
                           : leader->message->tone;
    pn_text_about about = about_of(leader, group, count, c->arena);
    PN_TRY(
        pn_text_facts(c->app, groups, group_count, &about, c->now, tone, c->arena, &parcel->facts));
    note_items(c, parcel, groups, group_count);
    parcel->claim = c->claim;
    parcel->collector =
        pn_people_find(c->app, groups[0].view->row.owner, parcel->facts.today, c->arena);
    parcel->family = leader->family;
    parcel->sender = c->d->outlets[leader->message->channel].row.sender;
    parcel->bounce_domain = c->d->outlets[leader->message->channel].bounce_domain;
    copy_addresses(c, leader, parcel);
    pn_parcel_wants(c, param_of(c, leader->message, PN_STR("attach")), groups, group_count, parcel);
    parcel->carrier = (pn_carrier_row){
        .id = pn_app_id(c->app),
        .org_id = c->app->org.id,
        .creditor_id = leader->account->row.creditor_id,
        .debtor_id = leader->view->row.id,
        .channel = leader->message->channel,
        .contact_id = leader->contact->id,
        .address = leader->contact->address,
        .day = pn_zone_date(leader->view->zone, c->now),
        .state = PN_MESSAGE_SENDING,
        .purpose = leader->purpose,
        .tone = (uint8_t)tone,
        .template_id = leader->family->id,
        .facts = carrier_facts(c, group, count, tone, groups, group_count),
        .lease_until = pn_env_now(c->app->env) + c->app->lease_seconds * PN_SECOND,
        .at = c->now,
        .version_id = leader->run->version_id,
        .node = leader->message->node == PN_NODE_NONE ? -1 : (int64_t)leader->message->node,
    };
    parcel->envelope = pn_parcel_envelope(c->app, parcel->sender, parcel->bounce_domain,
                                          parcel->carrier.id, c->arena);
    PN_TRY(pn_parcel_thread(c->app, parcel, leader->message, leader->run->parent_id, c->arena));
    PN_TRY(pn_carrier_insert(c->app->db, &parcel->carrier));
    PN_TRY(reserve_quota(c, group, count, parcel->carrier.id));
    PN_TRY(claim_messages(c, group, count, parcel, tone));
    parcel->next = *c->parcels;
    *c->parcels = parcel;
    c->claim->weight += parcel->want_count != 0 ? PN_DOCUMENTS_WEIGHT - 1 : 0;
    c->claim->parcels_left++;
    return PN_OK;
}
