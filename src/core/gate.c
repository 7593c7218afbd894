#include "core/gate_int.h"

#include "base/banned.h"

const char *pn_gate_answer_name(pn_gate_answer answer) {
    switch (answer) {
    case PN_GATE_ALLOW: return "allow";
    case PN_GATE_LATER: return "later";
    case PN_GATE_NEVER: return "never";
    }
    return "?";
}

const char *pn_gate_reason_name(pn_gate_reason reason) {
    switch (reason) {
    case PN_GATE_OK: return "ok";
    case PN_GATE_HOURS: return "hours";
    case PN_GATE_HOLIDAY: return "holiday";
    case PN_GATE_OWN_HOURS: return "strategy_hours";
    case PN_GATE_CAP: return "cap";
    case PN_GATE_CHANNELS: return "channel_cap";
    case PN_GATE_GAP: return "gap";
    case PN_GATE_CONVERSATION: return "after_conversation";
    case PN_GATE_MINIMUM: return "minimum";
    case PN_GATE_NOTHING: return "nothing_claimable";
    case PN_GATE_OPT_OUT: return "opt_out";
    case PN_GATE_CONSENT: return "consent";
    case PN_GATE_UNUSABLE: return "unusable_contact";
    case PN_GATE_BARRED: return "barred";
    case PN_GATE_PROTECTED: return "protected";
    case PN_GATE_CLOSED: return "channel_closed";
    }
    return "?";
}

pn_gate_answer pn_gate_answer_of(pn_str name) {
    for (pn_gate_answer each = PN_GATE_LATER; each <= PN_GATE_NEVER; each++) {
        if (pn_str_eq(name, pn_str_of(pn_gate_answer_name(each)))) {
            return each;
        }
    }
    return PN_GATE_ALLOW;
}

pn_gate_reason pn_gate_reason_of(pn_str name) {
    for (pn_gate_reason each = PN_GATE_HOURS; each <= PN_GATE_CLOSED; each++) {
        if (pn_str_eq(name, pn_str_of(pn_gate_reason_name(each)))) {
            return each;
        }
    }
    return PN_GATE_OK;
}

/* ── contacts made ───────────────────────────────────────────────────────────────────────────── */

static bool counts(const pn_policy_scope *scope, pn_per per, const pn_gate_query *query,
                   const pn_contact_made *made) {
    if ((scope->channels >> made->channel & 1U) == 0 ||
        (scope->purposes >> made->purpose & 1U) == 0) {
        return false;
    }
    switch (per) {
    case PN_PER_PERSON: return true;
    case PN_PER_CREDITOR: return made->creditor_id == 0 || made->creditor_id == query->creditor_id;
    case PN_PER_DEBT: return made->account_id == 0 || made->account_id == query->account_id;
    }
    return true;
}

/* A rule that ends does not hold anybody back longer. */
static pn_time while_in_force(const pn_policy_scope *scope, const pn_zone *zone, pn_time free) {
    return scope->until == INT32_MAX ? free
                                     : PN_MIN(free, pn_zone_instant(zone, scope->until + 1, 0));
}

static void later(pn_verdict *found, pn_time at, pn_gate_reason reason, int32_t number,
                  int32_t days, pn_str source) {
    if (at > found->at) {
        found->at = at;
        found->reason = reason;
        found->number = number;
        found->days = days;
        found->source = source;
        found->detail = PN_STR_NONE;
    }
}

/* A cap counts local days, today included: contact number `max` of the last `days` days must have
 * left the period. */
static void apply_cap(const pn_policy_cap *cap, const pn_gate_query *query, pn_date today,
                      pn_verdict *found) {
    const pn_zone *zone = query->zones[0];
    uint32_t channels = 1U << query->about.channel;
    int32_t seen = 0;
    for (size_t i = query->history_count; i > 0; i--) {
        const pn_contact_made *made = &query->history[i - 1];
        pn_date day = pn_zone_date(zone, made->at);
        if (day <= today - cap->days) {
            break;
        }
        if (!counts(&cap->scope, cap->per, query, made)) {
            continue;
        }
        if (cap->channels && (channels >> made->channel & 1U) != 0) {
            continue; /* its own, or one that a later contact counted */
        }
        channels |= 1U << made->channel;
        if (++seen == cap->max) {
            pn_time free = pn_zone_instant(zone, day + cap->days, 0);
            later(found, while_in_force(&cap->scope, zone, free),
                  cap->channels ? PN_GATE_CHANNELS : PN_GATE_CAP, cap->max, cap->days,
                  cap->scope.source);
            return;
        }
    }
}

static void apply_gap(const pn_policy_gap *gap, const pn_gate_query *query, pn_verdict *found) {
    const pn_zone *zone = query->zones[0];
    pn_policy_scope scope = gap->scope;
    if (gap->conversation) { /* of any channel, whatever it was about */
        scope.channels = UINT32_MAX;
        scope.purposes = PN_PURPOSES_ALL;
    }
    for (size_t i = query->history_count; i > 0; i--) {
        const pn_contact_made *made = &query->history[i - 1];
        if ((gap->conversation && !made->conversation) || !counts(&scope, gap->per, query, made)) {
            continue;
        }
        pn_time free = gap->days != 0
                           ? pn_zone_instant(zone, pn_zone_date(zone, made->at) + gap->days, 0)
                           : made->at + gap->hours * PN_HOUR;
        later(found, while_in_force(&scope, zone, free),
              gap->conversation ? PN_GATE_CONVERSATION : PN_GATE_GAP,
              gap->days != 0 ? gap->days : gap->hours, gap->days != 0, scope.source);
        return;
    }
}

/* ── verdict ─────────────────────────────────────────────────────────────────────────────────── */

static pn_verdict never(pn_gate_reason reason, pn_str detail) {
    return (pn_verdict){
        .answer = PN_GATE_NEVER, .reason = reason, .at = PN_TIME_NEVER, .detail = detail};
}

typedef struct {
    pn_treatment treatment;
    pn_protect_kind kind;
    bool open; /* every rule of the ONLY kind leaves the channel open */
    pn_str source;
} protection;

static protection strictest(const pn_policy *policy, const pn_gate_query *query, pn_date day) {
    protection found = {.kind = PN_PROTECTIONS, .open = true};
    for (int kind = 0; kind < PN_PROTECTIONS; kind++) {
        if ((query->protections >> kind & 1U) == 0) {
            continue;
        }
        const pn_policy_protection *rule = NULL;
        bool open = true;
        pn_treatment treatment =
            pn_policy_treatment(policy, (pn_protect_kind)kind, &query->about, day, &open, &rule);
        found.open = found.open && open;
        if (treatment > found.treatment || found.kind == PN_PROTECTIONS) {
            found.treatment = treatment;
            found.kind = (pn_protect_kind)kind;
            found.source = rule != NULL ? rule->scope.source : PN_STR_NONE;
        }
    }
    return found;
}

pn_treatment pn_gate_treatment(const pn_policy *policy, const pn_gate_query *query, pn_date day,
                               pn_protect_kind *ret_kind) {
    protection found = strictest(policy, query, day);
    *ret_kind = found.kind;
    return found.treatment;
}

static bool is_protected(const pn_policy *policy, const pn_gate_query *query, pn_date day,
                         pn_verdict *verdict) {
    protection found = strictest(policy, query, day);
    bool shut = false;
    switch (found.treatment) {
    case PN_TREAT_NOTHING:
    case PN_TREAT_ONLY: break;
    case PN_TREAT_REPRESENTATIVE: shut = !query->to_representative; break;
    case PN_TREAT_TASK:
    case PN_TREAT_NEVER: shut = true; break;
    }
    if (!shut && found.open) {
        return false;
    }
    *verdict = never(PN_GATE_PROTECTED, pn_str_of(pn_protect_name(found.kind)));
    verdict->treatment = shut ? found.treatment : PN_TREAT_ONLY;
    verdict->source = found.source;
    return true;
}

static bool lacks_consent(const pn_policy *policy, const pn_gate_query *query, pn_date day,
                          pn_verdict *verdict) {
    if (query->consented) {
        return false;
    }
    for (size_t i = 0; i < policy->consent_count; i++) {
        if (pn_policy_applies(&policy->consents[i].scope, &query->about, day)) {
            *verdict = never(PN_GATE_CONSENT, PN_STR_NONE);
            verdict->source = policy->consents[i].scope.source;
            return true;
        }
    }
    return false;
}

static bool opted_out(const pn_policy *policy, const pn_gate_query *query, pn_date day,
                      pn_verdict *verdict) {
    pn_str source = PN_STR_NONE;
    bool out = query->opted_out;
    for (size_t i = 0; !out && query->opted_out_channels != 0 && i < policy->opt_out_count; i++) {
        const pn_policy_scope *scope = &policy->opt_outs[i].scope;
        out = pn_policy_applies(scope, &query->about, day) &&
              (query->opted_out_channels & scope->channels) != 0;
        source = scope->source;
    }
    if (out) {
        *verdict = never(PN_GATE_OPT_OUT, PN_STR_NONE);
        verdict->source = source;
    }
    return out;
}

static bool not_worth_it(const pn_policy *policy, const pn_gate_query *query, pn_verdict *verdict) {
    if (query->claimable.minor <= 0) {
        *verdict = never(PN_GATE_NOTHING, PN_STR_NONE);
        return true;
    }
    for (size_t i = 0; i < policy->minimum_count; i++) {
        if (pn_currency_eq(policy->minimums[i].currency, query->claimable.currency) &&
            query->claimable.minor < policy->minimums[i].minor) {
            *verdict = never(PN_GATE_MINIMUM, PN_STR_NONE);
            return true;
        }
    }
    return false;
}

static bool refused(const pn_policy *policy, const pn_gate_query *query, pn_date day,
                    pn_verdict *verdict) {
    bool demand = query->about.purpose == PN_PURPOSE_DEMAND;
    if (query->barred.len != 0) {
        *verdict = never(PN_GATE_BARRED, query->barred);
        return true;
    }
    if (query->protections != 0 && is_protected(policy, query, day, verdict)) {
        return true;
    }
    if (query->unusable) {
        *verdict = never(PN_GATE_UNUSABLE, PN_STR_NONE);
        return true;
    }
    if (demand && opted_out(policy, query, day, verdict)) {
        return true;
    }
    if (policy->consent_count != 0 && lacks_consent(policy, query, day, verdict)) {
        return true;
    }
    return demand && not_worth_it(policy, query, verdict);
}

/* One pass over all rules at one moment: the latest moment any of them asks for. */
static void look_at(const pn_policy *policy, const pn_gate_query *query, pn_time at,
                    pn_verdict *found) {
    pn_date today = pn_zone_date(query->zones[0], at);
    found->at = at;
    for (size_t i = 0; i < policy->cap_count; i++) {
        if (pn_policy_applies(&policy->caps[i].scope, &query->about, today)) {
            apply_cap(&policy->caps[i], query, today, found);
        }
    }
    for (size_t i = 0; i < policy->gap_count; i++) {
        if (pn_policy_applies(&policy->gaps[i].scope, &query->about, today)) {
            apply_gap(&policy->gaps[i], query, found);
        }
    }
    for (size_t i = 0; i < query->zone_count; i++) {
        pn_opening open = pn_gate_zone_opening(policy, query, query->zones[i], at);
        if (open.at > found->at) {
            later(found, open.at, open.reason, 0, 0, open.source);
            found->detail = open.detail;
        }
    }
    if (query->hours.given) {
        later(found, pn_gate_own_opening(query, at), PN_GATE_OWN_HOURS, 0, 0, PN_STR_NONE);
    }
}

pn_verdict pn_gate(const pn_policy *policy, const pn_gate_query *query, pn_time now) {
    pn_verdict verdict = {.answer = PN_GATE_ALLOW, .reason = PN_GATE_OK, .at = now};
    if (refused(policy, query, pn_zone_date(query->zones[0], now), &verdict)) {
        return verdict;
    }
    look_at(policy, query, now, &verdict);
    if (verdict.at == now) {
        return verdict;
    }
    /* The first reason is what is told; later rules may move the moment further. Each pass moves it
     * forward by at least one rule; the bound only guards against a policy that never opens. */
    verdict.answer = PN_GATE_LATER;
    for (int pass = 0; verdict.at != PN_TIME_NEVER && pass < 100; pass++) {
        pn_verdict next = {.answer = PN_GATE_LATER};
        look_at(policy, query, verdict.at, &next);
        if (next.at == verdict.at) {
            /* a rule may come into force until then that refuses altogether */
            pn_verdict refusal = {0};
            pn_date day = pn_zone_date(query->zones[0], verdict.at);
            return refused(policy, query, day, &refusal) ? refusal : verdict;
        }
        verdict.at = next.at;
    }
    return never(PN_GATE_CLOSED, PN_STR_NONE);
}
