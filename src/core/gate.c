#include "core/gate.h"

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
    case PN_GATE_GAP: return "gap";
    case PN_GATE_CONVERSATION: return "after_conversation";
    case PN_GATE_MINIMUM: return "minimum";
    case PN_GATE_NOTHING: return "nothing_claimable";
    case PN_GATE_OPT_OUT: return "opt_out";
    case PN_GATE_UNUSABLE: return "unusable_contact";
    case PN_GATE_BARRED: return "barred";
    case PN_GATE_CLOSED: return "channel_closed";
    }
    return "?";
}

static bool rule_applies(uint32_t channels, unsigned applies, const pn_gate_query *query) {
    unsigned who = query->person ? PN_APPLIES_PERSON : PN_APPLIES_COMPANY;
    return (channels >> query->channel & 1U) != 0 && (applies & who) != 0;
}

static bool counts(uint32_t channels, unsigned purposes, const pn_contact_made *made) {
    return (channels >> made->channel & 1U) != 0 && (purposes >> made->purpose & 1U) != 0;
}

/* ── hours ───────────────────────────────────────────────────────────────────────────────────── */

/* A policy that opens no day within this many never does. */
enum { DAYS_AHEAD = 62 };

typedef struct {
    pn_time at;
    pn_gate_reason reason; /* why it is not the moment that was asked about */
    pn_str detail;
    pn_str source;
} opening;

/* A window may end at 24:00, which is the next day's midnight. */
static pn_time instant_of(const pn_zone *zone, pn_date date, int32_t second) {
    return second < 86400 ? pn_zone_instant(zone, date, second)
                          : pn_zone_instant(zone, date + 1, 0);
}

/* The first moment from `from` on at which a window is open in this zone. */
static opening zone_opening(const pn_policy *policy, const pn_gate_query *query,
                            const pn_zone *zone, pn_time from) {
    pn_date first = pn_zone_date(zone, from);
    opening blocked = {.at = PN_TIME_NEVER, .reason = PN_GATE_CLOSED};
    for (pn_date date = first; date < first + DAYS_AHEAD; date++) {
        pn_str holiday =
            policy->no_holidays ? pn_calendar_holiday(query->calendar, date) : PN_STR_NONE;
        if (holiday.len != 0) {
            if (date == first) {
                blocked.reason = PN_GATE_HOLIDAY;
                blocked.detail = holiday;
            }
            continue;
        }
        for (size_t i = 0; i < policy->window_count; i++) {
            const pn_policy_window *window = &policy->windows[i];
            if (!rule_applies(window->channels, window->applies, query) ||
                (window->weekdays >> pn_date_weekday(date) & 1U) == 0) {
                continue;
            }
            if (instant_of(zone, date, window->to_second) <= from) {
                continue;
            }
            pn_time opens = pn_zone_instant(zone, date, window->from_second);
            opens = PN_MAX(opens, from);
            if (opens < blocked.at) {
                blocked.at = opens;
                blocked.source = window->source;
            }
        }
        if (blocked.at != PN_TIME_NEVER) {
            break;
        }
    }
    if (blocked.reason == PN_GATE_CLOSED && blocked.at != PN_TIME_NEVER) {
        blocked.reason = PN_GATE_HOURS;
    }
    return blocked;
}

static pn_time own_opening(const pn_gate_query *query, pn_time from) {
    const pn_zone *zone = query->zones[0];
    pn_date first = pn_zone_date(zone, from);
    for (pn_date date = first; date < first + DAYS_AHEAD; date++) {
        if ((query->hours.weekdays >> pn_date_weekday(date) & 1U) == 0 ||
            pn_zone_instant(zone, date, query->hours.to_second) <= from) {
            continue;
        }
        pn_time opens = pn_zone_instant(zone, date, query->hours.from_second);
        return PN_MAX(opens, from);
    }
    return PN_TIME_NEVER;
}

/* ── contacts made ───────────────────────────────────────────────────────────────────────────── */

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
static void apply_cap(const pn_policy_cap *cap, const pn_gate_query *query, pn_time at,
                      pn_verdict *found) {
    if (!rule_applies(cap->channels, cap->applies, query) ||
        (cap->purposes >> query->purpose & 1U) == 0) {
        return;
    }
    const pn_zone *zone = query->zones[0];
    pn_date today = pn_zone_date(zone, at);
    int32_t seen = 0;
    for (size_t i = query->history_count; i > 0; i--) {
        const pn_contact_made *made = &query->history[i - 1];
        pn_date day = pn_zone_date(zone, made->at);
        if (day <= today - cap->days) {
            break;
        }
        if (counts(cap->channels, cap->purposes, made) && ++seen == cap->max) {
            later(found, pn_zone_instant(zone, day + cap->days, 0), PN_GATE_CAP, cap->max,
                  cap->days, cap->source);
            return;
        }
    }
}

static void apply_gap(const pn_policy_gap *gap, const pn_gate_query *query, pn_verdict *found) {
    if (!rule_applies(gap->channels, gap->applies, query) ||
        (gap->purposes >> query->purpose & 1U) == 0) {
        return;
    }
    for (size_t i = query->history_count; i > 0; i--) {
        const pn_contact_made *made = &query->history[i - 1];
        if (counts(gap->channels, gap->purposes, made)) {
            later(found, made->at + gap->hours * PN_HOUR, PN_GATE_GAP, gap->hours, 0, gap->source);
            return;
        }
    }
}

/* The day of the conversation is day one. */
static void apply_conversation(const pn_policy *policy, const pn_gate_query *query,
                               pn_verdict *found) {
    if (policy->after_conversation_days == 0 || query->purpose != PN_PURPOSE_DEMAND ||
        (policy->after_conversation_channels >> query->channel & 1U) == 0) {
        return;
    }
    for (size_t i = query->history_count; i > 0; i--) {
        const pn_contact_made *made = &query->history[i - 1];
        if (made->conversation) {
            pn_date day = pn_zone_date(query->zones[0], made->at);
            pn_time free =
                pn_zone_instant(query->zones[0], day + policy->after_conversation_days, 0);
            later(found, free, PN_GATE_CONVERSATION, policy->after_conversation_days, 0,
                  PN_STR_NONE);
            return;
        }
    }
}

/* ── verdict ─────────────────────────────────────────────────────────────────────────────────── */

static pn_verdict never(pn_gate_reason reason, pn_str detail) {
    return (pn_verdict){
        .answer = PN_GATE_NEVER, .reason = reason, .at = PN_TIME_NEVER, .detail = detail};
}

static bool refused(const pn_policy *policy, const pn_gate_query *query, pn_verdict *verdict) {
    if (query->barred.len != 0) {
        *verdict = never(PN_GATE_BARRED, query->barred);
        return true;
    }
    if (query->unusable) {
        *verdict = never(PN_GATE_UNUSABLE, PN_STR_NONE);
        return true;
    }
    if (query->opted_out && query->purpose == PN_PURPOSE_DEMAND) {
        *verdict = never(PN_GATE_OPT_OUT, PN_STR_NONE);
        return true;
    }
    if (query->purpose != PN_PURPOSE_DEMAND) {
        return false;
    }
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

/* One pass over all rules at one moment: the latest moment any of them asks for. */
static void look_at(const pn_policy *policy, const pn_gate_query *query, pn_time at,
                    pn_verdict *found) {
    found->at = at;
    for (size_t i = 0; i < policy->cap_count; i++) {
        apply_cap(&policy->caps[i], query, at, found);
    }
    for (size_t i = 0; i < policy->gap_count; i++) {
        apply_gap(&policy->gaps[i], query, found);
    }
    apply_conversation(policy, query, found);
    for (size_t i = 0; i < query->zone_count; i++) {
        opening open = zone_opening(policy, query, query->zones[i], at);
        if (open.at > found->at) {
            later(found, open.at, open.reason, 0, 0, open.source);
            found->detail = open.detail;
        }
    }
    if (query->hours.given) {
        later(found, own_opening(query, at), PN_GATE_OWN_HOURS, 0, 0, PN_STR_NONE);
    }
}

pn_verdict pn_gate(const pn_policy *policy, const pn_gate_query *query, pn_time now) {
    pn_verdict verdict = {.answer = PN_GATE_ALLOW, .reason = PN_GATE_OK, .at = now};
    if (refused(policy, query, &verdict)) {
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
            return verdict;
        }
        verdict.at = next.at;
    }
    return never(PN_GATE_CLOSED, PN_STR_NONE);
}

/* ── in words ────────────────────────────────────────────────────────────────────────────────── */

static const char *pick(pn_str language, const char *es, const char *en, const char *pt) {
    if (pn_str_starts(language, PN_STR("es"))) {
        return es;
    }
    return pn_str_starts(language, PN_STR("pt")) ? pt : en;
}

static void say_reason(const pn_verdict *v, pn_str language, pn_buf *out) {
    switch (v->reason) {
    case PN_GATE_OK: pn_buf_add_z(out, pick(language, "permitido", "allowed", "permitido")); break;
    case PN_GATE_HOURS:
        pn_buf_add_z(out, pick(language, "fuera del horario de contacto",
                               "outside the contact hours", "fora do horário de contato"));
        break;
    case PN_GATE_HOLIDAY:
        pn_buf_add_format(out, "%s (%.*s)",
                          pick(language, "es festivo", "it is a public holiday", "é feriado"),
                          PN_STR_ARG(v->detail));
        break;
    case PN_GATE_OWN_HOURS:
        pn_buf_add_z(out,
                     pick(language, "fuera del horario de la estrategia",
                          "outside the strategy's own hours", "fora do horário da estratégia"));
        break;
    case PN_GATE_CAP:
        pn_buf_add_format(out, "%s %d %s %d %s",
                          pick(language, "el tope es de", "at most", "o limite é de"), v->number,
                          pick(language, "contactos cada", "contacts in", "contatos em"), v->days,
                          pick(language, "días", "days", "dias"));
        break;
    case PN_GATE_GAP:
        pn_buf_add_format(out, "%s %d %s",
                          pick(language, "deben pasar", "at least", "devem passar"), v->number,
                          pick(language, "horas entre dos contactos", "hours between two contacts",
                               "horas entre dois contatos"));
        break;
    case PN_GATE_CONVERSATION:
        pn_buf_add_format(out, "%s %d %s",
                          pick(language, "hubo una conversación hace menos de",
                               "there was a conversation less than",
                               "houve uma conversa há menos de"),
                          v->number, pick(language, "días", "days ago", "dias"));
        break;
    case PN_GATE_MINIMUM:
        pn_buf_add_z(out, pick(language, "el importe no llega al mínimo que se reclama",
                               "the amount is below the minimum worth chasing",
                               "o valor não chega ao mínimo cobrado"));
        break;
    case PN_GATE_NOTHING:
        pn_buf_add_z(out, pick(language, "no queda nada que reclamar", "nothing is left to claim",
                               "não há nada a cobrar"));
        break;
    case PN_GATE_OPT_OUT:
        pn_buf_add_z(out, pick(language, "pidió no recibir mensajes por este medio",
                               "they asked not to be contacted this way",
                               "pediu para não ser contatado por este meio"));
        break;
    case PN_GATE_UNUSABLE:
        pn_buf_add_z(out, pick(language, "esta dirección no funciona", "this address does not work",
                               "este endereço não funciona"));
        break;
    case PN_GATE_BARRED:
        pn_buf_add_format(out, "%s: %.*s",
                          pick(language, "está excluido", "they are excluded", "está excluído"),
                          PN_STR_ARG(v->detail));
        break;
    case PN_GATE_CLOSED:
        pn_buf_add_z(out, pick(language, "la política no permite este canal",
                               "the policy does not allow this channel",
                               "a política não permite este canal"));
        break;
    }
}

void pn_gate_explain(const pn_verdict *verdict, const pn_policy *policy, const pn_zone *zone,
                     pn_str language, pn_buf *out) {
    const char *head = "";
    switch (verdict->answer) {
    case PN_GATE_ALLOW: head = pick(language, "Sí: ", "Yes: ", "Sim: "); break;
    case PN_GATE_LATER: head = pick(language, "Ahora no: ", "Not now: ", "Agora não: "); break;
    case PN_GATE_NEVER: head = pick(language, "No: ", "No: ", "Não: "); break;
    }
    pn_buf_add_z(out, head);
    say_reason(verdict, language, out);
    if (verdict->answer == PN_GATE_LATER) {
        pn_local local = pn_zone_local(zone, verdict->at);
        char day[PN_DATE_ISO_SIZE];
        pn_buf_add_format(
            out, "; %s %s %02d:%02d (%.*s)",
            pick(language, "se podrá desde", "possible from", "será possível a partir de"),
            pn_date_iso(local.date, day), local.second / 3600, local.second / 60 % 60,
            PN_STR_ARG(pn_zone_name(zone)));
    }
    pn_buf_add_format(out, ". [%.*s %.*s", PN_STR_ARG(policy->name), PN_STR_ARG(policy->version));
    if (verdict->source.len != 0) {
        pn_buf_add_format(out, ", %.*s", PN_STR_ARG(verdict->source));
    }
    pn_buf_add_char(out, ']');
}
