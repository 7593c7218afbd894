/* Mail that answers by itself (RFC 3834), and mail to many. */
#include "base/banned.h"
#include "format/bounce_int.h"

static const char AWAY_SUBJECTS[] =
    "out of office|out of the office|out-of-office|away from|away until|on vacation|on holiday|"
    "vacation|absence|auto:|autoreply|auto reply|auto-reply|automatic reply|automatic response|"
    "automated reply|auto response|autoresponse|auto-response|autoresponder|i am away|i'm away|"
    "fuera de la oficina|fuera de oficina|respuesta automatica|autorespuesta|auto respuesta|"
    "ausente|ausencia|de vacaciones|resposta automatica|fora do escritorio|ausencia temporaria|"
    "de ferias|reponse automatique|absence du bureau|absent du bureau|message d'absence|"
    "en conges|abwesenheit|automatische antwort|abwesend|nicht im buro|im urlaub|"
    "risposta automatica|fuori sede|fuori ufficio|assente|in ferie|automatisch antwoord|"
    "自動返信|自動応答|不在";
/* Said in the first lines of a body by those whose subject does not say it. */
static const char AWAY_WORDS[] =
    "i am currently away|i'm currently away|i am out of the office|i'm out of the office|"
    "i will be out of the office|i am currently out of|currently out of office|"
    "i am on vacation|i am on holiday|this is an automatic|this is an automated|"
    "this is an auto|automatically generated reply|this message was automatically generated|"
    "will respond to you upon my return|me encuentro fuera de la oficina|"
    "estoy fuera de la oficina|estare fuera de la oficina|me encuentro de vacaciones|"
    "esta es una respuesta automatica|este es un mensaje automatico|estou fora do escritorio|"
    "estarei ausente|estou de ferias|esta e uma resposta automatica|je suis absent|"
    "je suis actuellement absent|ceci est un message automatique|ich bin nicht im buro|"
    "ich bin derzeit nicht|ich bin im urlaub|dies ist eine automatische|sono fuori ufficio|"
    "sono assente|questo e un messaggio automatico";

static bool has_field(const pn_mail *mail, const char *name) {
    for (size_t i = 0; i < mail->fields.count; i++) {
        if (pn_str_eq_nocase(mail->fields.items[i].name, pn_str_of(name))) {
            return true;
        }
    }
    return false;
}

static pn_str folded_header(const pn_mail *mail, const char *name, pn_arena *arena) {
    return pn_fold_words(pn_mail_field_of(mail->fields, pn_str_of(name)), 400, arena);
}

/* Fields that only programs write. */
static bool says_automatic(const pn_mail *mail, pn_arena *arena) {
    pn_str submitted = folded_header(mail, "Auto-Submitted", arena);
    pn_str precedence = folded_header(mail, "Precedence", arena);
    return (submitted.len != 0 && !pn_starts_any(submitted, "no")) ||
           pn_starts_any(precedence, "auto_reply|auto-reply") || has_field(mail, "X-Autoreply") ||
           has_field(mail, "X-Autorespond") || has_field(mail, "X-Autoresponder") ||
           has_field(mail, "X-Auto-Reply") || has_field(mail, "X-AutoReply-From") ||
           has_field(mail, "X-Mail-Autoreply") || has_field(mail, "X-Vacation");
}

static bool says_away(const pn_mail *mail, pn_arena *arena) {
    pn_str subject = folded_header(mail, "Subject", arena);
    pn_str words = pn_fold_words(pn_mail_words(mail, arena), 400, arena);
    /* "Re: vacation" is a person's, with our own words before it. */
    return (!pn_starts_any(subject, "re:|rv:|fwd:|fw:|aw:|antw:") &&
            pn_has_any(subject, AWAY_SUBJECTS)) ||
           pn_has_any(words, AWAY_WORDS);
}

static bool is_to_many(const pn_mail *mail, pn_arena *arena) {
    pn_str precedence = folded_header(mail, "Precedence", arena);
    return has_field(mail, "List-Id") || has_field(mail, "List-Unsubscribe") ||
           has_field(mail, "List-Post") || pn_starts_any(precedence, "bulk|list|junk") ||
           has_field(mail, "Feedback-ID") || has_field(mail, "X-Campaign");
}

/* Mail systems that write on their own behalf without saying what failed. */
static bool is_from_system(const pn_mail *mail, pn_arena *arena) {
    pn_str from = folded_header(mail, "From", arena);
    pn_str path = folded_header(mail, "Return-Path", arena);
    return pn_has_any(from, "mailer-daemon|noreply@|no-reply@|donotreply@|do-not-reply@|"
                            "no-responder@|noresponder@|nao-responda@|naoresponda@") ||
           pn_str_is(path, "<>");
}

bool pn_auto_is(const pn_mail *mail, pn_arena *arena, pn_mail_class *ret_class,
                pn_str *ret_reason) {
    bool answers = has_field(mail, "In-Reply-To") || has_field(mail, "References");
    bool null_path = pn_str_is(folded_header(mail, "Return-Path", arena), "<>");
    bool away = says_away(mail, arena) || (answers && null_path);
    if (away || (says_automatic(mail, arena) && !is_to_many(mail, arena))) {
        *ret_class = PN_MAIL_AUTO_REPLY;
        *ret_reason = pn_reason_word(away ? PN_REASON_VACATION : PN_REASON_AUTO_REPLY);
        return true;
    }
    if (is_to_many(mail, arena) || is_from_system(mail, arena)) {
        *ret_class = PN_MAIL_OTHER;
        *ret_reason = PN_STR_NONE;
        return true;
    }
    return false;
}
