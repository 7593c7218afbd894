#include "format/optout.h"

#include "base/macros.h"
#include "base/utf8.h"

#include "base/banned.h"

/* Longer than any phrase below with its courtesies. */
enum { MESSAGE_BYTES_MAX = 160 };

/* As they are after `plain`: lower case, no accents, one space between words. */
static const char *const CHANNEL[] = {
    /* en */
    "stop", "stop it", "stop please", "quit", "end", "revoke", "opt out", "optout", "opt me out",
    "cancel", "unsubscribe", "unsubscribe me", "unsuscribe", "remove", "remove me", "no more",
    "no more messages", "no more emails", "no more texts", "no more sms", "stop sms",
    "stop texting", "stop texting me", "stop emailing me", "stop messaging me",
    "stop sending me messages", "stop sending me emails",
    /* es */
    "baja", "baja sms", "la baja", "dar de baja", "darme de baja", "darse de baja", "dame de baja",
    "deme de baja", "denme de baja", "dadme de baja", "quiero darme de baja", "quiero la baja",
    "solicito la baja", "solicito baja", "pido la baja", "alto", "basta", "basta ya", "paren",
    "pare", "parar", "no mas", "ya no mas", "no mas mensajes", "no mas correos", "no mas emails",
    "no mas sms", "no mas whatsapp", "no mas whatsapps", "no mas llamadas", "no enviar",
    "no enviar mas", "no envien mas", "no envien mas mensajes", "no envien mas correos",
    "no me envien mas", "no me envien mas mensajes", "no me envien mas correos",
    "no me manden mas mensajes", "no me manden mas correos", "no me escriban", "no me escriban mas",
    "no me escriba mas", "no me escribas mas", "no quiero recibir mas mensajes",
    "no quiero recibir mas correos", "no deseo recibir mas mensajes",
    "no deseo recibir mas correos", "cancelar", "cancelar suscripcion", "cancelar la suscripcion",
    "desuscribir", "desuscribirme", "desuscribirse", "desuscribanme", "desinscribir",
    "desinscribirme", "salir", "detener", "eliminar", "eliminarme", "borrarme",
    /* pt */
    "sair", "quero sair", "parem", "chega", "nao mais", "remover", "remova me", "me remova",
    "descadastrar", "descadastre", "descadastrar me", "descadastre me", "me descadastre",
    "cancelar inscricao", "cancelar assinatura", "cancelar o envio", "desinscrever",
    "nao enviar mais", "nao envie mais", "nao envie mais mensagens", "nao envie mais emails",
    "nao me envie mais", "nao me envie mais mensagens", "nao me mande mais mensagens",
    "nao quero mais", "nao quero mais receber", "nao quero receber mais",
    "nao quero mais receber mensagens", "nao desejo mais receber", "pare de enviar",
    "parem de enviar", "pare de me enviar mensagens",
    /* fr */
    "arret", "arreter", "arretez", "desabonner", "me desabonner", "desabonnez moi", "desabonnement",
    "desinscrire", "me desinscrire", "desinscrivez moi", "desinscription", "ne plus recevoir",
    "je ne veux plus recevoir de messages", "plus de messages"};

static const char *const EVERYWHERE[] = {
    /* en */
    "stop all", "stopall", "revoke all", "opt out all", "unsubscribe all", "cease",
    "cease and desist", "stop contacting me", "stop calling me", "do not contact me",
    "do not contact me again", "dont contact me", "dont contact me again", "never contact me again",
    "leave me alone",
    /* es */
    "baja total", "no me contacten", "no me contacten mas", "no me contacte mas",
    "no me vuelvan a contactar", "no vuelvan a contactarme", "no me contactes mas", "no molestar",
    "no molesten", "no molesten mas", "no me molesten", "no me molesten mas", "no me llamen",
    "no me llamen mas", "no quiero que me contacten", "dejen de contactarme", "dejen de molestar",
    "dejenme en paz",
    /* pt */
    "nao me contate", "nao me contate mais", "nao me contatem mais", "nao entre em contato",
    "nao entrem mais em contato", "nao me perturbe", "nao me ligue mais", "nao me liguem mais",
    "me deixe em paz", "me deixem em paz",
    /* fr */
    "ne me contactez plus", "ne m appelez plus", "laissez moi tranquille"};

/* What people say around it; taken off both ends. */
static const char *const COURTESIES[] = {"please",
                                         "pls",
                                         "plz",
                                         "thanks",
                                         "thank you",
                                         "hi",
                                         "hello",
                                         "regards",
                                         "por favor",
                                         "porfavor",
                                         "porfa",
                                         "pf",
                                         "gracias",
                                         "muchas gracias",
                                         "hola",
                                         "buenas",
                                         "buenos dias",
                                         "buenas tardes",
                                         "buenas noches",
                                         "un saludo",
                                         "saludos",
                                         "obrigado",
                                         "obrigada",
                                         "muito obrigado",
                                         "muito obrigada",
                                         "ola",
                                         "oi",
                                         "bom dia",
                                         "boa tarde",
                                         "boa noite",
                                         "merci",
                                         "svp",
                                         "s il vous plait",
                                         "bonjour",
                                         "bonsoir",
                                         "cordialement"};

/* Words only, with one space between them. An apostrophe inside a word joins in English ("don't")
 * and separates in French ("s'il"): it goes where an n stands before it. */
static pn_str plain(pn_str message, pn_arena *arena) {
    pn_str folded = pn_utf8_fold(arena, message, true);
    char *out = pn_arena_alloc(arena, folded.len + 1);
    size_t len = 0;
    bool gap = false;
    for (size_t at = 0; at < folded.len;) {
        uint32_t c = 0;
        size_t taken = pn_utf8_decode(pn_str_from(folded, at), &c);
        at += taken;
        bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if ((c == '\'' || c == 0x2019) && len != 0 && out[len - 1] == 'n' && !gap) {
            continue;
        }
        if (!word) {
            gap = len != 0;
            continue;
        }
        if (gap) {
            out[len++] = ' ';
            gap = false;
        }
        out[len++] = (char)c;
    }
    return (pn_str){out, len};
}

/* Whether letters of other scripts stand in it: then it says more than its Latin words. */
static bool other_letters(pn_str message) {
    for (size_t at = 0; at < message.len;) {
        uint32_t c = 0;
        at += pn_utf8_decode(pn_str_from(message, at), &c);
        if (c >= 0x370 && c < 0x2000) {
            return true;
        }
        if (c >= 0x2E80 && c < 0xFE00) {
            return true;
        }
    }
    return false;
}

static bool is_one_of(pn_str text, const char *const *list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (pn_str_eq(text, pn_str_of(list[i]))) {
            return true;
        }
    }
    return false;
}

static bool drop_courtesy(pn_str *text) {
    for (size_t i = 0; i < PN_COUNT(COURTESIES); i++) {
        pn_str each = pn_str_of(COURTESIES[i]);
        if (text->len <= each.len) {
            continue;
        }
        size_t rest = text->len - each.len;
        if (pn_str_starts(*text, each) && text->ptr[each.len] == ' ') {
            *text = pn_str_from(*text, each.len + 1);
            return true;
        }
        if (pn_str_eq(pn_str_from(*text, rest), each) && text->ptr[rest - 1] == ' ') {
            *text = pn_str_first(*text, rest - 1);
            return true;
        }
    }
    return false;
}

/* "stop stop stop" says stop. */
static pn_str said_once(pn_str text) {
    size_t first = pn_str_find_char(text, ' ');
    if (first == SIZE_MAX) {
        return text;
    }
    pn_str word = pn_str_first(text, first);
    for (size_t at = 0; at < text.len; at += first + 1) {
        pn_str rest = pn_str_from(text, at);
        bool whole = rest.len == first || (rest.len > first && rest.ptr[first] == ' ');
        if (!whole || !pn_str_eq(pn_str_first(rest, first), word)) {
            return text;
        }
    }
    return word;
}

pn_optout pn_optout_of(pn_str message, pn_arena *arena) {
    message = pn_str_trim(message);
    if (message.len == 0 || message.len > MESSAGE_BYTES_MAX || other_letters(message)) {
        return PN_OPTOUT_NONE;
    }
    pn_str text = plain(message, arena);
    while (drop_courtesy(&text)) {
    }
    text = said_once(text);
    if (is_one_of(text, EVERYWHERE, PN_COUNT(EVERYWHERE))) {
        return PN_OPTOUT_EVERYWHERE;
    }
    return is_one_of(text, CHANNEL, PN_COUNT(CHANNEL)) ? PN_OPTOUT_CHANNEL : PN_OPTOUT_NONE;
}
