/* Rules in words, for people who read a policy without its document. */
#include "core/policy.h"

#include "base/banned.h"

const char *pn_channel_words(pn_channel_kind kind) {
    switch (kind) {
    case PN_CHANNEL_EMAIL: return "e-mail";
    case PN_CHANNEL_SMS: return "SMS";
    case PN_CHANNEL_WHATSAPP: return "WhatsApp";
    case PN_CHANNEL_PUSH: return "push";
    case PN_CHANNEL_CALL: return "call";
    case PN_CHANNEL_LETTER: return "letter";
    case PN_CHANNEL_HTTP: return "http";
    case PN_CHANNEL_NONE:
    case PN_CHANNELS: break;
    }
    return "?";
}

void pn_channels_words(uint32_t channels, pn_buf *out) {
    enum { KNOWN = ((1 << PN_CHANNELS) - 1) & ~1 };
    size_t count = 0;
    if ((channels & KNOWN) == KNOWN) {
        pn_buf_add_z(out, "all channels");
        return;
    }
    for (int kind = 1; kind < PN_CHANNELS; kind++) {
        if ((channels >> kind & 1U) != 0) {
            pn_buf_add_z(out, count++ == 0 ? "" : ", ");
            pn_buf_add_z(out, pn_channel_words((pn_channel_kind)kind));
        }
    }
}

/* "Mon–Fri", "Sat", "Mon, Wed". */
static void add_weekdays(uint8_t days, pn_buf *out) {
    if (days == 0x7F) {
        pn_buf_add_z(out, "every day");
        return;
    }
    const char *before = "";
    for (unsigned day = 0; day < 7; day++) {
        unsigned last = day;
        if ((days >> day & 1) == 0) {
            continue;
        }
        while (last < 6 && (days >> (last + 1) & 1) != 0) {
            last++;
        }
        pn_buf_add_z(out, before);
        pn_buf_add_str(out, pn_weekday_name(day, PN_STR("en"), true));
        if (last > day) {
            pn_buf_add_z(out, "–");
            pn_buf_add_str(out, pn_weekday_name(last, PN_STR("en"), true));
        }
        before = ", ";
        day = last;
    }
}

void pn_policy_window_words(const pn_policy_window *window, pn_buf *out) {
    add_weekdays(window->weekdays, out);
    pn_buf_add_format(out, " %02d:%02d–%02d:%02d", window->from_second / 3600,
                      window->from_second / 60 % 60, window->to_second / 3600,
                      window->to_second / 60 % 60);
    if (window->holidays) {
        pn_buf_add_z(out, ", on public holidays too");
    }
}

static void add_count(pn_buf *out, int32_t number, const char *one, const char *many) {
    pn_buf_add_int(out, number);
    pn_buf_add_char(out, ' ');
    pn_buf_add_z(out, number == 1 ? one : many);
}

static void add_per(pn_per per, pn_buf *out) {
    switch (per) {
    case PN_PER_PERSON: break;
    case PN_PER_CREDITOR: pn_buf_add_z(out, ", for each creditor"); break;
    case PN_PER_DEBT: pn_buf_add_z(out, ", for each debt"); break;
    }
}

void pn_policy_cap_words(const pn_policy_cap *cap, pn_buf *out) {
    pn_buf_add_z(out, "at most ");
    if (cap->channels) {
        add_count(out, cap->max, "channel", "channels");
    } else {
        add_count(out, cap->max, "contact", "contacts");
    }
    if (cap->days == 1) {
        pn_buf_add_z(out, " a day");
    } else {
        pn_buf_add_z(out, " in ");
        add_count(out, cap->days, "day", "days");
    }
    add_per(cap->per, out);
}

void pn_policy_gap_words(const pn_policy_gap *gap, pn_buf *out) {
    if (gap->days == 1) {
        pn_buf_add_z(out, "not again on the day of ");
    } else if (gap->days != 0) {
        pn_buf_add_z(out, "on day ");
        pn_buf_add_int(out, gap->days + 1);
        pn_buf_add_z(out, " at the earliest, day one being that of ");
    } else {
        pn_buf_add_z(out, "not within ");
        add_count(out, gap->hours, "hour", "hours");
        pn_buf_add_z(out, " after ");
    }
    pn_buf_add_z(out, gap->conversation ? "a conversation" : "the one before");
    add_per(gap->per, out);
}

const char *pn_protect_words(pn_protect_kind kind, pn_str language) {
    static const struct {
        const char *es, *en, *pt;
    } WORDS[PN_PROTECTIONS] = {
        [PN_PROTECT_VULNERABLE] = {"persona vulnerable", "vulnerable", "pessoa vulnerável"},
        [PN_PROTECT_BANKRUPTCY] = {"en concurso", "in insolvency proceedings", "em insolvência"},
        [PN_PROTECT_ATTORNEY] = {"con representante", "represented by an attorney",
                                 "com representante"},
        [PN_PROTECT_DECEASED] = {"fallecimiento", "deceased", "falecimento"},
        [PN_PROTECT_CEASE] = {"pidió que no se le contacte", "asked not to be contacted",
                              "pediu para não ser contatado"},
        [PN_PROTECT_MINOR] = {"menor de edad", "a minor", "menor de idade"},
    };
    return pn_str_starts(language, PN_STR("es"))   ? WORDS[kind].es
           : pn_str_starts(language, PN_STR("pt")) ? WORDS[kind].pt
                                                   : WORDS[kind].en;
}

void pn_policy_protection_words(const pn_policy_protection *rule, pn_buf *out) {
    switch (rule->treatment) {
    case PN_TREAT_NOTHING: pn_buf_add_z(out, "no effect"); break;
    case PN_TREAT_ONLY:
        pn_buf_add_z(out, "only by ");
        pn_channels_words(rule->scope.channels, out);
        break;
    case PN_TREAT_REPRESENTATIVE: pn_buf_add_z(out, "only to who represents them"); break;
    case PN_TREAT_TASK: pn_buf_add_z(out, "nothing is sent, a person takes it on"); break;
    case PN_TREAT_NEVER: pn_buf_add_z(out, "nothing is sent"); break;
    }
    if (rule->scope.purposes == PN_PURPOSES_DEMAND && rule->treatment != PN_TREAT_NOTHING) {
        pn_buf_add_z(out, " (demands)");
    }
}
