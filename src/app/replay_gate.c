/* The contact law's answers, asked for again. */
#include "app/deliver_int.h"
#include "app/guard.h"
#include "app/replay_int.h"
#include "base/banned.h"
#include "base/sort.h"

/* What is asked about. */
typedef struct {
    const pn_replay_run *run;
    const pn_message_row *message;
    pn_purpose purpose;
    const pn_flow *flow;
    pn_view view;
    const pn_view_account *account;
    pn_time at;
    int64_t claimable;
    const pn_policy *policy;
    pn_verdict verdict;
    bool any_contact;
} question;

/* As they were: what is usable no more was it until its state changed. */
static pn_contact_row *contacts_then(pn_replayer *r, pn_time at, size_t *ret_count) {
    pn_contact_row *rows = pn_arena_array(&r->scratch, pn_contact_row, r->d.contact_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < r->d.contact_count; i++) {
        const pn_contact_row *row = &r->d.contacts[i];
        if (row->created_at > at) {
            continue;
        }
        rows[count] = *row;
        if (row->state != PN_CONTACT_USABLE && row->state_at != PN_TIME_NONE &&
            row->state_at > at) {
            rows[count].state = PN_CONTACT_USABLE;
        }
        if (row->consent_at != PN_TIME_NONE && row->consent_at > at) {
            rows[count].consent = PN_CONSENT_UNKNOWN;
        }
        count++;
    }
    *ret_count = count;
    return rows;
}

static int by_time(const void *a, const void *b) {
    const pn_contact_made *x = a;
    const pn_contact_made *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

/* Contacts that had been made: with the debtor, and with everybody behind the same address. `same`:
 * those of the very moment too. */
static pn_err history_then(pn_replayer *r, const question *q, const pn_contact_row *contact,
                           bool same, pn_gate_query *query) {
    pn_id own = q->view.row.id;
    pn_id *debtors = &own;
    size_t debtor_count = 1, count = 0, capacity = 0;
    pn_contact_made *all = NULL;
    if (contact != NULL && contact->shared) {
        PN_TRY(pn_contact_debtors(r->app->db, r->app->org.id, contact->channel,
                                  contact->address_fold, PN_LIMIT_CARRIER_MESSAGES, &r->scratch,
                                  &debtors, &debtor_count));
    }
    for (size_t i = 0; i < debtor_count; i++) {
        pn_contact_made *made = NULL;
        size_t made_count = 0;
        PN_TRY(pn_contact_made_list(r->app->db, debtors[i], q->at - PN_GATE_HISTORY_DAYS * PN_DAY,
                                    &r->scratch, &made, &made_count));
        for (size_t j = 0; j < made_count; j++) {
            if (made[j].at < q->at || (same && made[j].at == q->at)) {
                all = pn_arena_grow(&r->scratch, all, count, &capacity, sizeof *all);
                all[count++] = made[j];
            }
        }
    }
    pn_sort(all, count, sizeof *all, by_time, &r->scratch);
    query->history = all;
    query->history_count = count;
    return PN_OK;
}

static pn_err ask(pn_replayer *r, question *q, bool same) {
    pn_gate_query query;
    pn_guard guard = {.view = &q->view,
                      .account = q->account,
                      .channel = q->message->channel,
                      .purpose = q->purpose,
                      .claimable = q->claimable};
    guard.contacts = contacts_then(r, q->at, &guard.contact_count);
    PN_TRY(pn_guard_contact(r->app, &guard, q->at, &r->scratch, &guard.contact, r->diag));
    q->any_contact = guard.contact != NULL;
    PN_TRY(pn_guard_query(r->app, &guard, q->at, &r->scratch, &query, &q->policy, r->diag));
    query.hours = q->flow->hours;
    PN_TRY(history_then(r, q, guard.contact, same, &query));
    q->verdict = pn_gate(q->policy, &query, q->at);
    return PN_OK;
}

/* Reasons that hang on what people are and want: of that only today's is kept. */
static bool of_today(pn_gate_reason reason) {
    return reason == PN_GATE_OPT_OUT || reason == PN_GATE_CONSENT || reason == PN_GATE_UNUSABLE ||
           reason == PN_GATE_BARRED || reason == PN_GATE_PROTECTED;
}

/* Another message was being tried, which counts until it is known that it did not leave. */
static bool tried_beside(const pn_replayer *r, const question *q, pn_gate_reason reason) {
    bool of_history = reason == PN_GATE_CAP || reason == PN_GATE_CHANNELS || reason == PN_GATE_GAP;
    for (size_t i = 0; of_history && i < r->d.try_count; i++) {
        const pn_replay_try *each = &r->d.tries[i];
        if (each->message_id != q->message->id && each->from <= q->at && q->at <= each->until) {
            return true;
        }
    }
    return false;
}

static pn_str verdict_text(pn_replayer *r, const question *q) {
    return pn_str_format(&r->scratch,
                         "{\"answer\":\"%s\",\"policy\":\"%.*s\",\"reason\":\"%s\",\"until\":%lld,"
                         "\"version\":\"%.*s\"}",
                         pn_gate_answer_name(q->verdict.answer), PN_STR_ARG(q->policy->name),
                         pn_gate_reason_name(q->verdict.reason),
                         q->verdict.answer == PN_GATE_LATER ? (long long)q->verdict.at : 0LL,
                         PN_STR_ARG(q->policy->version));
}

typedef struct {
    pn_gate_answer answer;
    pn_gate_reason reason;
    pn_time until;
    pn_str policy, version;
} recorded;

static recorded read_verdict(const pn_json *json) {
    return (recorded){
        .answer = pn_gate_answer_of(pn_json_text(pn_json_field(json, "answer"), PN_STR(""))),
        .reason = pn_gate_reason_of(pn_json_text(pn_json_field(json, "reason"), PN_STR(""))),
        .until = pn_json_int(pn_json_field(json, "until"), 0),
        .policy = pn_json_text(pn_json_field(json, "policy"), PN_STR("")),
        .version = pn_json_text(pn_json_field(json, "version"), PN_STR(""))};
}

static bool same_policy(const question *q, const recorded *was) {
    return pn_str_eq(q->policy->name, was->policy) && pn_str_eq(q->policy->version, was->version);
}

static bool same_verdict(const question *q, const recorded *was) {
    return q->verdict.answer == was->answer && q->verdict.reason == was->reason &&
           (was->answer != PN_GATE_LATER || q->verdict.at == was->until) && same_policy(q, was);
}

static void differs(pn_replayer *r, const question *q, const recorded *was) {
    pn_str text = pn_str_format(
        &r->scratch,
        "{\"answer\":\"%s\",\"policy\":\"%.*s\",\"reason\":\"%s\",\"until\":%lld,"
        "\"version\":\"%.*s\"}",
        pn_gate_answer_name(was->answer), PN_STR_ARG(was->policy), pn_gate_reason_name(was->reason),
        (long long)was->until, PN_STR_ARG(was->version));
    const char *why = !same_policy(q, was)               ? "policy_version"
                      : q->verdict.answer != was->answer ? "answer"
                      : q->verdict.reason != was->reason ? "reason"
                                                         : "until";
    pn_replay_differs(r, q->run,
                      &(pn_replay_difference){.kind = PN_DECISION_GATE,
                                              .message_id = q->message->id,
                                              .at = q->at,
                                              .recorded = text,
                                              .now = verdict_text(r, q),
                                              .why = pn_str_of(why)});
}

static pn_err compare(pn_replayer *r, question *q, const recorded *was) {
    if (!pn_replay_tells(r, q->run, q->at)) {
        return PN_OK;
    }
    bool equal = false;
    for (int same = 0; same < 2 && !equal; same++) {
        PN_TRY(ask(r, q, same != 0));
        equal = same_verdict(q, was);
    }
    if (equal) {
        r->report->decisions[PN_DECISION_GATE]++;
        r->report->equal[PN_DECISION_GATE]++;
    } else if (same_policy(q, was) &&
               (!q->any_contact || of_today(was->reason) || of_today(q->verdict.reason) ||
                tried_beside(r, q, was->reason))) {
        pn_replay_skip(r, PN_DECISION_GATE, PN_UNREPLAYED_FACTS);
    } else {
        differs(r, q, was);
    }
    return PN_OK;
}

/* What let the message go is kept with what carried it. */
static pn_err compare_sent(pn_replayer *r, question *q) {
    pn_carrier_row carrier;
    pn_json *facts = NULL;
    pn_err err = pn_carrier_get(r->app->db, q->message->carrier_id, &r->scratch, &carrier);
    if (err == PN_NOT_FOUND ||
        (err == PN_OK && pn_json_parse(carrier.facts, NULL, &r->scratch, &facts, NULL) != PN_OK)) {
        return PN_OK;
    }
    PN_TRY(err);
    const pn_json *items = pn_json_field(facts, "items");
    recorded was = {.answer = PN_GATE_ALLOW,
                    .reason = PN_GATE_OK,
                    .policy = pn_json_text(pn_json_field(facts, "policy"), PN_STR("")),
                    .version = pn_json_text(pn_json_field(facts, "policy_version"), PN_STR(""))};
    q->at = pn_json_int(pn_json_field(facts, "asked_at"), 0);
    q->claimable = 0;
    for (size_t i = 0; items != NULL && items->type == PN_JSON_ARRAY && i < items->count; i++) {
        q->claimable += pn_json_int(pn_json_field(&items->items[i], "claimable"), 0);
    }
    return was.policy.len != 0 ? compare(r, q, &was) : PN_OK;
}

static pn_err replay_message(pn_replayer *r, question *q) {
    pn_json *params = NULL;
    const pn_published_family *family = NULL;
    pn_err err = pn_catalog_family(r->app, q->message->template_name, &family, r->diag);
    if (err == PN_NOT_FOUND || err == PN_INVALID) {
        pn_diag_clear(r->diag);
        return PN_OK;
    }
    PN_TRY(err);
    q->purpose = pn_family_purpose(family->family);
    PN_TRY(pn_json_parse(q->message->params, NULL, &r->scratch, &params, r->diag));
    const pn_json *gate = pn_json_field(params, "gate");
    for (size_t i = 0; gate != NULL && gate->type == PN_JSON_ARRAY && i < gate->count; i++) {
        recorded was = read_verdict(&gate->items[i]);
        q->at = pn_json_int(pn_json_field(&gate->items[i], "asked_at"), 0);
        q->claimable = pn_json_int(pn_json_field(&gate->items[i], "claimable"), 0);
        PN_TRY(compare(r, q, &was));
    }
    bool left = q->message->state == PN_MESSAGE_SENT || q->message->state == PN_MESSAGE_DELIVERED ||
                q->message->state == PN_MESSAGE_BOUNCED;
    return left && q->message->carrier_id != 0 ? compare_sent(r, q) : PN_OK;
}

pn_err pn_replay_gate(pn_replayer *r, const pn_replay_run *run) {
    pn_message_row *rows = NULL;
    const pn_published *version = NULL;
    size_t count = 0;
    question q = {.run = run, .view = *r->d.base};
    q.account = pn_view_account_of(r->d.base, run->kept->run.account_id);
    pn_err err = pn_catalog_version(r->app, run->kept->run.version_id, &version, r->diag);
    if (!run->wanted || q.account == NULL || err == PN_CORRUPT) {
        pn_diag_clear(r->diag);
        return PN_OK;
    }
    PN_TRY(err);
    q.flow = version->flow;
    PN_TRY(pn_message_chain(r->app->db, run->kept->last_message_id, PN_REPLAY_MESSAGES_MAX,
                            &r->scratch, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        pn_arena_mark mark = pn_arena_marked(&r->scratch);
        q.message = &rows[i];
        err = rows[i].run_id == run->kept->run.id ? replay_message(r, &q) : PN_OK;
        pn_arena_rewind(&r->scratch, mark);
        PN_TRY(err);
    }
    return PN_OK;
}
