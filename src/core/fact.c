#include "core/fact.h"

#include "base/banned.h"
#include "base/utf8.h"

static const char *const CHANNEL_NAMES[] = {
    [PN_CHANNEL_NONE] = "none",         [PN_CHANNEL_EMAIL] = "email", [PN_CHANNEL_SMS] = "sms",
    [PN_CHANNEL_WHATSAPP] = "whatsapp", [PN_CHANNEL_PUSH] = "push",   [PN_CHANNEL_CALL] = "call",
    [PN_CHANNEL_LETTER] = "letter",     [PN_CHANNEL_HTTP] = "http",
};
static_assert(PN_COUNT(CHANNEL_NAMES) == PN_CHANNELS, "every channel has a name");

const char *pn_channel_kind_name(pn_channel_kind kind) {
    return CHANNEL_NAMES[kind];
}

pn_channel_kind pn_channel_kind_of(pn_str name) {
    for (size_t i = 1; i < PN_COUNT(CHANNEL_NAMES); i++) {
        if (pn_str_eq(name, pn_str_of(CHANNEL_NAMES[i]))) {
            return (pn_channel_kind)i;
        }
    }
    return PN_CHANNEL_NONE;
}

const char *pn_subject_name(pn_subject subject) {
    switch (subject) {
    case PN_SUBJECT_INVOICE: return "invoice";
    case PN_SUBJECT_ACCOUNT: return "account";
    }
    return "?";
}

const char *pn_purpose_name(pn_purpose purpose) {
    switch (purpose) {
    case PN_PURPOSE_DEMAND: return "demand";
    case PN_PURPOSE_SERVICE: return "service";
    case PN_PURPOSE_LEGAL: return "legal";
    }
    return "?";
}

const char *pn_form_name(pn_form form) {
    switch (form) {
    case PN_FORM_ANY: return "";
    case PN_FORM_USTED: return "usted";
    case PN_FORM_TU: return "tu";
    }
    return "?";
}

pn_form pn_form_of(pn_str name) {
    return pn_str_is(name, "usted") ? PN_FORM_USTED
           : pn_str_is(name, "tu")  ? PN_FORM_TU
                                    : PN_FORM_ANY;
}

const char *pn_closed_name(pn_closed closed) {
    switch (closed) {
    case PN_CLOSED_NOT: return "open";
    case PN_CLOSED_PAID: return "paid";
    case PN_CLOSED_CREDITED: return "credited";
    case PN_CLOSED_WRITTEN_OFF: return "written_off";
    case PN_CLOSED_CANCELLED: return "cancelled";
    }
    return "?";
}

static const char *const MESSAGE_STATE_NAMES[] = {
    [PN_MESSAGE_QUEUED] = "queued",       [PN_MESSAGE_SENDING] = "sending",
    [PN_MESSAGE_SENT] = "sent",           [PN_MESSAGE_DELIVERED] = "delivered",
    [PN_MESSAGE_BOUNCED] = "bounced",     [PN_MESSAGE_FAILED] = "failed",
    [PN_MESSAGE_SKIPPED] = "skipped",     [PN_MESSAGE_HELD] = "held",
    [PN_MESSAGE_UNCERTAIN] = "uncertain",
};
static_assert(PN_COUNT(MESSAGE_STATE_NAMES) == PN_MESSAGE_STATES, "every state has a name");

const char *pn_message_state_name(pn_message_state state) {
    return MESSAGE_STATE_NAMES[state];
}

static const char *const SIGNAL_NAMES[] = {
    [PN_SIGNAL_OPEN] = "open",
    [PN_SIGNAL_CLICK] = "click",
    [PN_SIGNAL_VISIT] = "visit",
    [PN_SIGNAL_REPLY] = "reply",
    [PN_SIGNAL_PAYMENT_ATTEMPT] = "payment_attempt",
    [PN_SIGNAL_PAYMENT_FAILED] = "payment_failed",
    [PN_SIGNAL_PROMISE] = "promise",
    [PN_SIGNAL_BOUNCE] = "bounce",
    [PN_SIGNAL_AUTO_REPLY] = "auto_reply",
    [PN_SIGNAL_CONVERSATION] = "conversation",
};
static_assert(PN_COUNT(SIGNAL_NAMES) == PN_SIGNALS, "every signal has a name");

const char *pn_errand_kind_name(pn_errand_kind kind) {
    switch (kind) {
    case PN_ERRAND_HTTP: return "http";
    case PN_ERRAND_TICKET: return "ticket";
    case PN_ERRAND_PAID: return "paid";
    case PN_ERRAND_SUSPEND: return "suspend";
    case PN_ERRAND_RESTORE: return "restore";
    case PN_ERRAND_COLLECT: return "collect";
    case PN_ERRANDS: break;
    }
    return "?";
}

const char *pn_errand_state_name(pn_errand_state state) {
    switch (state) {
    case PN_ERRAND_OPEN: return "open";
    case PN_ERRAND_DONE: return "done";
    case PN_ERRAND_FAILED: return "failed";
    case PN_ERRAND_UNCERTAIN: return "uncertain";
    case PN_ERRAND_DROPPED: return "dropped";
    case PN_ERRAND_STATES: break;
    }
    return "?";
}

const char *pn_offer_kind_name(pn_offer_kind kind) {
    switch (kind) {
    case PN_OFFER_PARTIAL: return "partial";
    case PN_OFFER_PLAN: return "plan";
    case PN_OFFER_DISCOUNT: return "discount";
    case PN_OFFERS: break;
    }
    return "?";
}

const char *pn_offer_state_name(pn_offer_state state) {
    switch (state) {
    case PN_OFFER_OPEN: return "open";
    case PN_OFFER_ACCEPTED: return "accepted";
    case PN_OFFER_EXPIRED: return "expired";
    case PN_OFFER_WITHDRAWN: return "withdrawn";
    case PN_OFFER_ASKED: return "asked";
    case PN_OFFER_REFUSED: return "refused";
    case PN_OFFER_STATES: break;
    }
    return "?";
}

const char *pn_signal_kind_name(pn_signal_kind kind) {
    return SIGNAL_NAMES[kind];
}

const char *pn_signal_source_name(pn_signal_source source) {
    switch (source) {
    case PN_SOURCE_HUMAN: return "human";
    case PN_SOURCE_PROXY: return "proxy";
    case PN_SOURCE_MACHINE: return "machine";
    }
    return "?";
}

void pn_facts_sum(pn_facts *facts) {
    pn_account_fact *sum = &facts->account;
    sum->open = sum->claimable = sum->overdue = 0;
    sum->open_items = sum->claimable_items = sum->overdue_items = 0;
    sum->oldest_due = PN_DATE_NONE;
    sum->tone_received = 0;
    for (size_t i = 0; i < facts->item_count; i++) {
        const pn_item *item = &facts->items[i];
        if (item->closed == PN_CLOSED_NOT) {
            sum->open += item->open;
            sum->open_items++;
        }
        if (item->claimable <= 0) {
            continue;
        }
        sum->claimable += item->claimable;
        sum->claimable_items++;
        if (item->effective_due < facts->today) {
            sum->overdue += item->claimable;
            sum->overdue_items++;
        }
        if (sum->oldest_due == PN_DATE_NONE || item->effective_due < sum->oldest_due) {
            sum->oldest_due = item->effective_due;
            sum->tone_received = item->tone_received;
        } else if (item->effective_due == sum->oldest_due) {
            sum->tone_received = PN_MIN(sum->tone_received, (int32_t)item->tone_received);
        }
    }
}

pn_attr pn_attr_read(pn_str text, pn_arena *arena) {
    static const pn_currency FOUR_DECIMALS = {.code = "CLF"};
    pn_attr attr = {.type = PN_ATTR_TEXT, .text = text};
    pn_date date = 0;
    bool leading_zero = text.len > 1 && text.ptr[0] == '0' && pn_is_digit(text.ptr[1]);
    if (pn_date_parse_iso(text, &date) == PN_OK) {
        attr.type = PN_ATTR_DATE;
        attr.number = date;
    } else if (pn_str_is(text, "true") || pn_str_is(text, "false")) {
        attr.type = PN_ATTR_BOOL;
        attr.number = pn_str_is(text, "true");
    } else if (!leading_zero && pn_amount_parse(text, FOUR_DECIMALS, (pn_number_style){'.', '\0'},
                                                &attr.number, NULL) == PN_OK) {
        attr.type = PN_ATTR_NUMBER;
    } else {
        attr.fold = pn_utf8_fold(arena, text, false);
    }
    return attr;
}
