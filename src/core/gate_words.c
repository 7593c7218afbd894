/* What the gate says, in sentences. */
#include "core/gate.h"

#include "base/banned.h"
#include "core/policy_sources.h"

static const char *pick(pn_str language, const char *es, const char *en, const char *pt) {
    if (pn_str_starts(language, PN_STR("es"))) {
        return es;
    }
    return pn_str_starts(language, PN_STR("pt")) ? pt : en;
}

/* "before NUMBER after". */
static void say(pn_buf *out, const char *before, int32_t number, const char *after) {
    pn_buf_add_z(out, before);
    pn_buf_add_int(out, number);
    pn_buf_add_z(out, after);
}

static void say_period(int32_t days, pn_str language, pn_buf *out) {
    if (days == 1) {
        pn_buf_add_z(out, pick(language, " al día", " a day", " por dia"));
    } else {
        say(out, pick(language, " cada ", " in ", " a cada "), days,
            pick(language, " días", " days", " dias"));
    }
}

static void say_cap(const pn_verdict *v, pn_str language, pn_buf *out) {
    bool one = v->number == 1;
    say(out, pick(language, "el tope es de ", "at most ", "o limite é de "), v->number,
        one ? pick(language, " contacto", " contact", " contato")
            : pick(language, " contactos", " contacts", " contatos"));
    say_period(v->days, language, out);
}

static void say_channels(const pn_verdict *v, pn_str language, pn_buf *out) {
    bool one = v->number == 1;
    say(out,
        pick(language, "ya se usó otro medio y el tope es de ",
             "another channel was used already, and there may be at most ",
             "já se usou outro meio, e o limite é de "),
        v->number,
        one ? pick(language, " medio", " channel", " meio")
            : pick(language, " medios", " channels", " meios"));
    say_period(v->days, language, out);
}

/* `days` of a gap says what its number counts. */
static const char *gap_unit(const pn_verdict *v, pn_str language) {
    if (v->days != 0) {
        return v->number == 1 ? pick(language, " día", " day", " dia")
                              : pick(language, " días", " days", " dias");
    }
    return v->number == 1 ? pick(language, " hora", " hour", " hora")
                          : pick(language, " horas", " hours", " horas");
}

static void say_gap(const pn_verdict *v, pn_str language, pn_buf *out) {
    bool one = v->number == 1;
    say(out,
        one ? pick(language, "debe pasar al menos ", "at least ", "deve passar ao menos ")
            : pick(language, "deben pasar al menos ", "at least ", "devem passar ao menos "),
        v->number, gap_unit(v, language));
    pn_buf_add_z(out, pick(language, " entre dos contactos", " between two contacts",
                           " entre dois contatos"));
}

static void say_conversation(const pn_verdict *v, pn_str language, pn_buf *out) {
    say(out,
        pick(language, "hubo una conversación hace menos de ",
             "there was a conversation less than ", "houve uma conversa há menos de "),
        v->number, gap_unit(v, language));
    pn_buf_add_z(out, pick(language, "", " ago", ""));
}

static const char *protection_words(pn_protect_kind kind, pn_str language) {
    switch (kind) {
    case PN_PROTECT_VULNERABLE:
        return pick(language, "es una persona vulnerable", "they are vulnerable",
                    "é uma pessoa vulnerável");
    case PN_PROTECT_BANKRUPTCY:
        return pick(language, "está en concurso", "they are in insolvency proceedings",
                    "está em processo de insolvência");
    case PN_PROTECT_ATTORNEY:
        return pick(language, "tiene quien le represente", "they are represented by an attorney",
                    "tem quem o represente");
    case PN_PROTECT_DECEASED: return pick(language, "ha fallecido", "they have died", "faleceu");
    case PN_PROTECT_CEASE:
        return pick(language, "pidió por escrito que no se le contacte",
                    "they asked in writing not to be contacted",
                    "pediu por escrito para não ser contatado");
    case PN_PROTECT_MINOR:
        return pick(language, "es menor de edad", "they are a minor", "é menor de idade");
    case PN_PROTECTIONS: break;
    }
    return "?";
}

static void say_protection(const pn_verdict *v, pn_str language, pn_buf *out) {
    pn_buf_add_z(out, protection_words(pn_protect_of(v->detail), language));
    switch (v->treatment) {
    case PN_TREAT_ONLY:
        pn_buf_add_z(out, pick(language, ", y este medio no está entre los que quedan",
                               ", and this channel is not one of those left",
                               ", e este meio não está entre os que restam"));
        break;
    case PN_TREAT_REPRESENTATIVE:
        pn_buf_add_z(out, pick(language, ", y solo se escribe a quien le representa",
                               ", and only who represents them is written to",
                               ", e só se escreve a quem o representa"));
        break;
    case PN_TREAT_TASK:
        pn_buf_add_z(out, pick(language, ", y lo atiende una persona", ", and a person takes it on",
                               ", e uma pessoa cuida do caso"));
        break;
    case PN_TREAT_NOTHING:
    case PN_TREAT_NEVER: break;
    }
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
    case PN_GATE_CAP: say_cap(v, language, out); break;
    case PN_GATE_CHANNELS: say_channels(v, language, out); break;
    case PN_GATE_GAP: say_gap(v, language, out); break;
    case PN_GATE_CONVERSATION: say_conversation(v, language, out); break;
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
    case PN_GATE_CONSENT:
        pn_buf_add_z(out, pick(language, "falta su consentimiento para este medio",
                               "their consent to this channel is missing",
                               "falta o consentimento para este meio"));
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
    case PN_GATE_PROTECTED: say_protection(v, language, out); break;
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
    if (verdict->source.len != 0) { /* law and article stand before what they say */
        pn_str source = pn_policy_source_words(verdict->source, language);
        size_t end = pn_str_find(source, PN_STR(": "));
        pn_buf_add_format(out, ", %.*s", PN_STR_ARG(pn_str_first(source, end)));
    }
    pn_buf_add_char(out, ']');
}
