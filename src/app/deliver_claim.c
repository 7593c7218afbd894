/* T1: which intents may go now, and what becomes of the others. */
#include "app/deliver_claim.h"

#include "app/edit.h"
#include "app/guard.h"
#include "app/replies.h"
#include "base/banned.h"
#include "base/sort.h"
#include "store/task.h"

/* ── loading ─────────────────────────────────────────────────────────────────────────────────── */

static const pn_run *run_of(const pn_view *view, pn_id run_id) {
    for (size_t i = 0; i < view->run_count; i++) {
        if (view->runs[i].run.id == run_id) {
            return &view->runs[i].run;
        }
    }
    return NULL;
}

/* In debtor order, like the views. */
static pn_err load_history(pn_claimer *c, pn_id first, pn_id last, pn_recipient *each,
                           size_t count) {
    pn_contact_made_by *rows = NULL;
    size_t row_count = 0, at = 0;
    PN_TRY(pn_contact_made_range(c->app->db, first, last, c->now - PN_GATE_HISTORY_DAYS * PN_DAY,
                                 c->arena, &rows, &row_count));
    pn_contact_made *made = pn_arena_array(c->arena, pn_contact_made, row_count + 1);
    for (size_t i = 0; i < count; i++) {
        pn_id id = each[i].view.row.id;
        while (at < row_count && rows[at].debtor_id < id) {
            at++;
        }
        each[i].made = made + at;
        for (; at < row_count && rows[at].debtor_id == id; at++) {
            made[at] = rows[at].made;
            each[i].made_count++;
        }
    }
    return PN_OK;
}

/* Contacts come in debtor order, like the views. */
static pn_recipient *add_recipients(pn_claimer *c, pn_view *views, size_t view_count,
                                    pn_contact_row *contacts, size_t contact_count) {
    pn_recipient *each = pn_arena_array(c->arena, pn_recipient, view_count + 1);
    size_t at = 0;
    for (size_t i = 0; i < view_count; i++) {
        each[i].view = views[i];
        while (at < contact_count && contacts[at].debtor_id < views[i].row.id) {
            at++;
        }
        each[i].contacts = contacts + at;
        while (at < contact_count && contacts[at].debtor_id == views[i].row.id) {
            at++;
            each[i].contact_count++;
        }
        (void)pn_table_put_int(&c->recipients, views[i].row.id, &each[i]);
    }
    return each;
}

static pn_err load_recipients(pn_claimer *c, pn_id first, pn_id last) {
    pn_view *views = NULL;
    pn_contact_row *contacts = NULL;
    size_t view_count = 0, contact_count = 0;
    PN_TRY(pn_view_range(c->app, first, last, false, c->arena, &views, &view_count));
    PN_TRY(pn_contact_range(c->app->db, first, last, c->arena, &contacts, &contact_count));
    pn_recipient *each = add_recipients(c, views, view_count, contacts, contact_count);
    return load_history(c, first, last, each, view_count);
}

/* By range where much of the zone is due, else debtor by debtor. */
static pn_err load_due(pn_claimer *c, const pn_message_row *messages, size_t count,
                       int64_t zone_debtors) {
    int64_t debtors = 0;
    for (size_t i = 0; i < count; i++) {
        debtors += i == 0 || messages[i].debtor_id != messages[i - 1].debtor_id;
    }
    if (debtors * 8 > zone_debtors) {
        return load_recipients(c, messages[0].debtor_id, messages[count - 1].debtor_id);
    }
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || messages[i].debtor_id != messages[i - 1].debtor_id) {
            PN_TRY(load_recipients(c, messages[i].debtor_id, messages[i].debtor_id));
        }
    }
    return PN_OK;
}

static void add_candidate(pn_claimer *c, pn_message_row *message) {
    pn_recipient *to = pn_table_get_int(&c->recipients, message->debtor_id);
    if (to == NULL) {
        return; /* archived */
    }
    c->candidates =
        pn_arena_grow(c->arena, c->candidates, c->count, &c->capacity, sizeof *c->candidates);
    pn_candidate *each = &c->candidates[c->count++];
    *each = (pn_candidate){.message = message, .to = to, .view = &to->view};
    each->run = run_of(each->view, message->run_id);
    if (each->run != NULL) {
        each->account = pn_view_account_of(each->view, each->run->account_id);
    }
}

/* ── settling an intent without sending it ───────────────────────────────────────────────────── */

/* The gate's answer as it is kept with the message. */
static void put_verdict(pn_claimer *c, const pn_candidate *each, pn_json_writer *w) {
    const pn_verdict *v = &each->verdict;
    pn_buf words;
    pn_buf_init(&words, 2000);
    pn_gate_explain(v, each->policy, each->view->zone, PN_STR("en"), &words);
    pn_json_begin_object(w);
    pn_json_put_str(w, "answer", pn_str_of(pn_gate_answer_name(v->answer)));
    pn_json_put_int(w, "asked_at", c->now);
    pn_json_put_int(w, "claimable", each->claimable);
    pn_json_put_int_if(w, "days", v->days);
    pn_json_put_str_if(w, "detail", v->detail);
    pn_json_put_str(w, "explanation", pn_buf_str(&words));
    pn_json_put_int_if(w, "number", v->number);
    pn_json_put_str(w, "policy", each->policy->name);
    pn_json_put_str(w, "reason", pn_str_of(pn_gate_reason_name(v->reason)));
    pn_json_put_str_if(w, "source", v->source);
    pn_json_put_int_if(w, "treatment", v->treatment);
    if (v->answer == PN_GATE_LATER) {
        pn_json_put_int(w, "until", v->at);
    }
    pn_json_put_str(w, "version", each->policy->version);
    pn_json_put_str(w, "zone", pn_zone_name(each->view->zone));
    pn_json_end_object(w);
    pn_buf_done(&words);
}

/* A message that is held back again and again keeps its last verdicts. */
enum { VERDICTS_KEPT = 8 };

/* The message's parameters with this verdict at the end of its list. */
static pn_str with_verdict(pn_claimer *c, const pn_candidate *each) {
    pn_buf text;
    pn_json *params = NULL;
    pn_buf_init(&text, 1 << 16);
    pn_json_writer w = pn_json_writer_on(&text, 0);
    bool parsed = pn_json_parse(each->message->params, NULL, c->arena, &params, NULL) == PN_OK;
    pn_json_begin_object(&w);
    for (size_t i = 0; parsed && i < params->count; i++) {
        if (!pn_str_is(params->members[i].key, "gate")) {
            pn_json_key(&w, params->members[i].key);
            pn_json_add_value(&w, &params->members[i].value);
        }
    }
    const pn_json *before = parsed ? pn_json_field(params, "gate") : NULL;
    size_t count = before != NULL ? before->count : 0;
    pn_json_key(&w, PN_STR("gate"));
    pn_json_begin_array(&w);
    for (size_t i = count >= VERDICTS_KEPT ? count - VERDICTS_KEPT + 1 : 0; i < count; i++) {
        pn_json_add_value(&w, &before->items[i]);
    }
    put_verdict(c, each, &w);
    pn_json_end_array(&w);
    pn_json_end_object(&w);
    pn_str copy = pn_str_dup(c->arena, pn_buf_str(&text));
    pn_buf_done(&text);
    return copy;
}

static pn_err settle(pn_claimer *c, pn_candidate *each, pn_message_state state, pn_str reason) {
    pn_message_row *row = each->message;
    row->state = state;
    row->reason = reason;
    row->settled_at = c->now;
    row->lease_until = 0;
    PN_TRY(pn_message_update(c->app->db, row));
    char id[PN_ID_TEXT_SIZE];
    pn_str body = pn_str_format(c->arena, "{\"message\":\"%s\",\"reason\":\"%.*s\"}",
                                pn_id_text(PN_ID_MESSAGE, row->id, id), PN_STR_ARG(reason));
    PN_TRY(pn_journal_run(
        c->app, row->debtor_id, row->run_id,
        state == PN_MESSAGE_SKIPPED ? PN_EVENT_MESSAGE_SKIPPED : PN_EVENT_MESSAGE_FAILED, body));
    if (state == PN_MESSAGE_SKIPPED) {
        c->d->stats->skipped++;
    } else {
        c->d->stats->failed++;
    }
    return pn_poke(c->app->db, c->app->org.lane, row->debtor_id);
}

/* Stays queued until `at`; the reason is kept, the timeline is told once. */
static pn_err delay(pn_claimer *c, pn_candidate *each, pn_time at, pn_str reason) {
    pn_message_row *row = each->message;
    row->not_before = at;
    row->reason = reason;
    c->next_due = PN_MIN(c->next_due, at);
    c->d->stats->delayed++;
    return pn_message_update(c->app->db, row);
}

/* ── examining one intent ────────────────────────────────────────────────────────────────────── */

/* The items its case works: what it would list and ask for. */
static void collect_items(pn_claimer *c, pn_candidate *each) {
    each->items = pn_listed_items(each->account, each->run->invoice_id, each->purpose, c->arena,
                                  &each->item_count, &each->claimable);
}

/* The usable contact that is used first. */
static const pn_contact_row *choose_contact(const pn_candidate *each) {
    return pn_usable_contact(each->to->contacts, each->to->contact_count, each->message->channel);
}

static int by_time(const void *a, const void *b) {
    const pn_contact_made *x = a;
    const pn_contact_made *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

/* Contacts made with this debtor, and with every other one behind the same address (law 6). */
static pn_err history_of(pn_claimer *c, const pn_candidate *each, pn_contact_made **ret_made,
                         size_t *ret_count) {
    pn_time since = c->now - PN_GATE_HISTORY_DAYS * PN_DAY;
    pn_id own = each->view->row.id;
    pn_id *debtors = &own;
    size_t debtor_count = 1, capacity = 0, count = 0;
    pn_contact_made *all = NULL;
    bool shared = each->contact != NULL && each->contact->shared;
    if (!shared && !each->to->contacted) {
        *ret_made = each->to->made;
        *ret_count = each->to->made_count;
        return PN_OK;
    }
    if (shared) {
        PN_TRY(pn_contact_debtors(c->app->db, c->app->org.id, each->contact->channel,
                                  each->contact->address_fold, PN_LIMIT_CARRIER_MESSAGES, c->arena,
                                  &debtors, &debtor_count));
    }
    for (size_t i = 0; i < debtor_count; i++) {
        pn_contact_made *made = NULL;
        size_t made_count = 0;
        PN_TRY(pn_contact_made_list(c->app->db, debtors[i], since, c->arena, &made, &made_count));
        if (debtor_count == 1) {
            *ret_made = made;
            *ret_count = made_count;
            return PN_OK;
        }
        for (size_t j = 0; j < made_count; j++) {
            all = pn_arena_grow(c->arena, all, count, &capacity, sizeof *all);
            all[count++] = made[j];
        }
    }
    pn_sort(all, count, sizeof *all, by_time, c->arena);
    *ret_made = all;
    *ret_count = count;
    return PN_OK;
}

static pn_guard guard_of(const pn_candidate *each) {
    return (pn_guard){.view = each->view,
                      .account = each->account,
                      .contacts = each->to->contacts,
                      .contact_count = each->to->contact_count,
                      .contact = each->contact,
                      .channel = each->message->channel,
                      .purpose = each->purpose,
                      .claimable = each->claimable};
}

static pn_err ask_gate(pn_claimer *c, pn_candidate *each) {
    pn_guard guard = guard_of(each);
    pn_gate_query query;
    PN_TRY(pn_guard_query(c->app, &guard, c->now, c->arena, &query, &each->policy, c->diag));
    query.hours = each->flow->flow->hours;
    pn_contact_made *made = NULL;
    PN_TRY(history_of(c, each, &made, &query.history_count));
    query.history = made;
    each->verdict = pn_gate(each->policy, &query, c->now);
    each->lacks_particulars = each->verdict.answer == PN_GATE_ALLOW &&
                              pn_guard_lacks_particulars(&guard, &query, each->policy, c->now);
    return PN_OK;
}

/* A hold in force, or source data that grew stale, also stops what is queued already. */
static pn_err held_until(pn_claimer *c, const pn_candidate *each, pn_time *ret_until) {
    pn_facts facts;
    *ret_until = PN_TIME_NONE;
    PN_TRY(pn_view_facts(c->app, each->view, each->account, NULL, NULL, each->flow->flow, c->now,
                         c->arena, &facts));
    if (facts.creditor.stale) {
        *ret_until = c->now + PN_HOUR;
    }
    pn_hold_row *rows = NULL;
    size_t count = 0;
    if ((each->view->row.flags & PN_DEBTOR_HAS_HOLDS) != 0) {
        PN_TRY(pn_hold_list(c->app->db, each->view->row.id, c->arena, &rows, &count));
    }
    for (size_t i = 0; i < count; i++) {
        bool applies = rows[i].run_id == 0 || rows[i].run_id == each->run->id;
        bool pill_answers = each->run->parent_id != 0 && pn_str_is(rows[i].reason, "reply");
        if (applies && !pill_answers && pn_hold_in_force(&rows[i], c->now)) {
            *ret_until = PN_MAX(*ret_until, PN_MAX(rows[i].until, c->now + PN_HOUR));
        }
    }
    return PN_OK;
}

static pn_err nothing_to_claim(pn_claimer *c, pn_candidate *each) {
    bool open = false;
    for (size_t i = 0; i < each->account->item_count; i++) {
        const pn_item *item = &each->account->items[i];
        bool works =
            each->run->invoice_id != 0 ? item->id == each->run->invoice_id : !item->own_run;
        open = open || (works && item->closed == PN_CLOSED_NOT);
    }
    /* only held: the run sleeps on this node; looked at again when an amount is released */
    return open ? delay(c, each, c->now + PN_DAY, PN_STR("held_amounts"))
                : settle(c, each, PN_MESSAGE_SKIPPED, PN_STR("paid"));
}

/* What the law wants in it is ours to say, and nobody else's fault: it waits until the creditor's
 * particulars are there, and the manager is told once. */
static pn_err wait_for_particulars(pn_claimer *c, pn_candidate *each) {
    const pn_creditor_row *creditor = each->account->creditor;
    pn_id id = each->account->row.creditor_id;
    if (pn_table_get_int(&c->d->told_creditors, id) == NULL) {
        pn_notice_row notice = {.id = pn_app_id(c->app),
                                .org_id = c->app->org.id,
                                .debtor_id = each->view->row.id,
                                .run_id = each->run->id,
                                .recipient = PN_STR("manager"),
                                .at = c->now};
        notice.text = pn_str_format(
            c->arena,
            "%.*s: the law wants a particular of the creditor in its messages that is not known, "
            "so they wait. puntual creditor set says tax number, address, telephone and e-mail.",
            PN_STR_ARG(creditor != NULL ? creditor->name : PN_STR("")));
        PN_TRY(pn_notice_insert(c->app->db, &notice));
        (void)pn_table_put_int(&c->d->told_creditors, id, c->d);
    }
    return delay(c, each, c->now + 6 * PN_HOUR, PN_STR("legal_text"));
}

static pn_err examine_verdict(pn_claimer *c, pn_candidate *each) {
    pn_str reason = pn_str_of(pn_gate_reason_name(each->verdict.reason));
    switch (each->verdict.answer) {
    case PN_GATE_ALLOW: return each->lacks_particulars ? wait_for_particulars(c, each) : PN_OK;
    case PN_GATE_LATER:
        each->message->params = with_verdict(c, each);
        if (each->verdict.at >= each->message->supersede_at) {
            return settle(c, each, PN_MESSAGE_SKIPPED, PN_STR("superseded"));
        }
        return delay(c, each, each->verdict.at, reason);
    case PN_GATE_NEVER:
        each->message->params = with_verdict(c, each);
        return settle(c, each, PN_MESSAGE_SKIPPED, reason);
    }
    return PN_OK;
}

/* Does everything that can be said of the intent alone; it stays `queued` in memory and not delayed
 * exactly when it may go. */
static pn_err examine(pn_claimer *c, pn_candidate *each) {
    pn_message_row *row = each->message;
    if (c->now >= row->supersede_at) {
        return settle(c, each, PN_MESSAGE_SKIPPED, PN_STR("superseded"));
    }
    if (each->run == NULL || each->account == NULL) {
        return settle(c, each, PN_MESSAGE_SKIPPED, PN_STR("case_over"));
    }
    PN_TRY(pn_catalog_version(c->app, each->run->version_id, &each->flow, c->diag));
    pn_err err = pn_catalog_family(c->app, row->template_name, &each->family, c->diag);
    if (err == PN_NOT_FOUND || err == PN_INVALID) {
        pn_diag_clear(c->diag);
        return settle(c, each, PN_MESSAGE_FAILED, PN_STR("template_missing"));
    }
    PN_TRY(err);
    each->purpose = pn_family_purpose(each->family->family);
    collect_items(c, each);
    bool demand = each->purpose == PN_PURPOSE_DEMAND;
    if (demand && each->claimable <= 0) {
        return nothing_to_claim(c, each);
    }
    pn_time held = PN_TIME_NONE;
    if (demand) {
        PN_TRY(held_until(c, each, &held));
    }
    if (held != PN_TIME_NONE) {
        return delay(c, each, held, PN_STR("hold"));
    }
    if (each->run->unreadable) { /* whether it is still meant nobody can say */
        return delay(c, each, c->now + PN_HOUR, PN_STR("case_unreadable"));
    }
    pn_guard guard = guard_of(each);
    PN_TRY(pn_guard_contact(c->app, &guard, c->now, c->arena, &each->contact, c->diag));
    if (each->contact == NULL) {
        return settle(c, each, PN_MESSAGE_FAILED, PN_STR("no_usable_contact"));
    }
    PN_TRY(ask_gate(c, each));
    return examine_verdict(c, each);
}

static bool may_go(const pn_candidate *each, pn_time now) {
    return each->message->state == PN_MESSAGE_QUEUED && each->message->not_before <= now &&
           !each->taken && !each->left && each->contact != NULL;
}

/* What a person wrote for one message speaks for no other. */
static bool joins(const pn_candidate *a, const pn_candidate *b) {
    return !pn_edit_is(a->message) && !pn_edit_is(b->message) && a->purpose == PN_PURPOSE_DEMAND &&
           b->purpose == PN_PURPOSE_DEMAND && a->message->channel == b->message->channel &&
           a->account->row.creditor_id == b->account->row.creditor_id &&
           pn_currency_eq(a->account->row.currency, b->account->row.currency) &&
           pn_str_eq(a->contact->address_fold, b->contact->address_fold);
}

/* A strategy that would send too many today waits for a person; looked at again now and then, for
 * the day may change and not the answer. */
static pn_err ask_volume(pn_claimer *c, pn_candidate *each, bool *ret_allowed) {
    PN_TRY(pn_volumes_allow(c->d->volumes, each->flow->strategy_id, c->now, ret_allowed));
    return *ret_allowed ? PN_OK : delay(c, each, c->now + 6 * PN_HOUR, PN_STR("volume"));
}

/* ── grouping ────────────────────────────────────────────────────────────────────────────────── */

static pn_err join_and_make(pn_claimer *c, size_t index) {
    pn_candidate *first = &c->candidates[index];
    pn_candidate **group = pn_arena_alloc(c->arena, (c->count - index) * sizeof *group);
    size_t count = 0;
    group[count++] = first;
    for (size_t i = index + 1; i < c->count && count < PN_LIMIT_CARRIER_MESSAGES; i++) {
        pn_candidate *other = &c->candidates[i];
        /* candidates stand in debtor order: only a shared address reaches past the debtor */
        if (!first->contact->shared && other->view != first->view) {
            break;
        }
        bool allowed = false;
        if (may_go(other, c->now) && joins(first, other)) {
            PN_TRY(ask_volume(c, other, &allowed));
        }
        if (allowed) {
            group[count++] = other;
        }
    }
    return pn_parcel_make(c, group, count);
}

static pn_err draw_in(pn_claimer *c, pn_id debtor_id) {
    pn_message_row *messages = NULL;
    size_t count = 0;
    if (pn_table_get_int(&c->recipients, debtor_id) != NULL) {
        return PN_OK;
    }
    PN_TRY(pn_message_queued_range(c->app->db, c->app->org.id, debtor_id, debtor_id, c->arena,
                                   &messages, &count));
    if (count == 0) {
        return PN_OK;
    }
    PN_TRY(load_recipients(c, debtor_id, debtor_id));
    for (size_t i = 0; i < count; i++) {
        if (messages[i].not_before <= c->now) {
            add_candidate(c, &messages[i]);
        }
    }
    return PN_OK;
}

/* Other debtors behind a shared address are drawn in, so that one mailbox gets one message. Where
 * another process works on one of them, it is left to the next claim: waiting would be out of
 * order, and going on would be a second message. */
static pn_err draw_in_sharers(pn_claimer *c) {
    size_t own = c->count;
    for (size_t i = 0; i < own; i++) {
        const pn_contact_row *contact = choose_contact(&c->candidates[i]);
        if (contact == NULL || !contact->shared) {
            continue;
        }
        pn_id *debtors = NULL;
        size_t count = 0;
        bool locked = false;
        PN_TRY(pn_contact_debtors(c->app->db, c->app->org.id, contact->channel,
                                  contact->address_fold, PN_LIMIT_CARRIER_MESSAGES, c->arena,
                                  &debtors, &count));
        PN_TRY(pn_debtors_try_lock(c->app->db, debtors, count, &locked));
        if (!locked) {
            c->candidates[i].left = true;
            c->next_due = c->now;
            continue;
        }
        for (size_t j = 0; j < count; j++) {
            PN_TRY(draw_in(c, debtors[j]));
        }
    }
    return PN_OK;
}

/* When the message's channel may be used; later than now while it is being mended. */
static pn_time channel_open_at(const pn_claimer *c, const pn_message_row *row) {
    const pn_outlet *outlet = &c->d->outlets[row->channel];
    return outlet->usable ? outlet->down_until : c->now + 6 * PN_HOUR;
}

static pn_err claim_candidates(pn_claimer *c) {
    for (size_t i = 0; i < c->count; i++) {
        if (!c->candidates[i].left) {
            PN_TRY(examine(c, &c->candidates[i]));
        }
    }
    for (size_t i = 0; i < c->count; i++) {
        pn_candidate *each = &c->candidates[i];
        if (may_go(each, c->now) && each->to->contacted) {
            PN_TRY(ask_gate(c, each));
            PN_TRY(examine_verdict(c, each));
        }
        bool allowed = false;
        if (may_go(each, c->now)) {
            PN_TRY(ask_volume(c, each, &allowed));
        }
        if (allowed) {
            PN_TRY(join_and_make(c, i));
        }
    }
    return PN_OK;
}

/* The zone's queued messages that are due and may be claimed now, moved to the front. */
static size_t pick_due(pn_claimer *c, pn_message_row *messages, size_t count, bool *ret_more) {
    size_t due = 0, weight = 0;
    for (size_t i = 0; i < count; i++) {
        if (messages[i].not_before > c->now) {
            c->next_due = PN_MIN(c->next_due, messages[i].not_before);
            continue;
        }
        pn_time open_at = channel_open_at(c, &messages[i]);
        if (open_at > c->now) {
            c->next_due = PN_MIN(c->next_due, open_at);
            continue;
        }
        if (weight >= PN_LIMIT_DELIVERY_BATCH &&
            messages[i].debtor_id != messages[due - 1].debtor_id) {
            *ret_more = true;
            c->next_due = c->now;
            break;
        }
        bool documents = pn_str_find(messages[i].params, PN_STR("\"attach\"")) != SIZE_MAX;
        weight += documents ? PN_DOCUMENTS_WEIGHT : 1;
        messages[due++] = messages[i];
    }
    return due;
}

pn_err pn_claim_zone(pn_delivery *delivery, size_t zone_index, pn_time now, pn_claim *claim,
                     pn_parcel **parcels, bool *ret_more, pn_diag *diag) {
    pn_zones *zones = pn_engine_zones(delivery->engine);
    pn_zone_row zone = zones->rows[zone_index];
    pn_claimer c = {.d = delivery,
                    .app = delivery->app,
                    .now = now,
                    .claim = claim,
                    .arena = &claim->arena,
                    .recipients = pn_table_on(&claim->arena),
                    .next_due = PN_TIME_NEVER,
                    .parcels = parcels,
                    .diag = diag};
    pn_message_row *messages = NULL;
    size_t count = 0;
    PN_TRY(pn_debtors_lock_queued(c.app->db, c.app->org.id, zone.first_debtor, zone.last_debtor));
    PN_TRY(pn_message_queued_range(c.app->db, c.app->org.id, zone.first_debtor, zone.last_debtor,
                                   c.arena, &messages, &count));
    *ret_more = false;
    size_t due = pick_due(&c, messages, count, ret_more);
    if (due != 0) {
        PN_TRY(load_due(&c, messages, due, zone.debtors));
        for (size_t i = 0; i < due; i++) {
            add_candidate(&c, &messages[i]);
        }
        PN_TRY(draw_in_sharers(&c));
        PN_TRY(claim_candidates(&c));
    }
    zones->rows[zone_index].deliver_at = c.next_due;
    pn_zones_touch(zones, zone_index);
    return PN_OK;
}
