/* What letters to people of ours say, in three languages. */
#include "app/letters.h"
#include "base/banned.h"

enum { ES, EN, PT, LANGUAGES };

/* {org}, {sender} and {name} are put in; in `lead` {sender} may be nobody. */
typedef struct {
    const char *subject, *greeting, *lead, *lead_nobody, *button, *notes;
} letter_words;

static const letter_words WORDS[PN_LETTERS][LANGUAGES] = {
    [PN_LETTER_INVITATION] =
        {[ES] =
             {"{org} te invita a Puntual", "Hola, {name}:",
              "{sender} te ha dado acceso a Puntual, donde {org} gestiona sus cobros. Solo falta "
              "que elijas una contraseña.",
              "{org} te ha dado acceso a Puntual, donde gestiona sus cobros. Solo falta que "
              "elijas una contraseña.",
              "Elegir contraseña",
              "El enlace sirve una sola vez y caduca en siete días. Si no esperabas esta "
              "invitación, no tienes que hacer nada."},
         [EN] =
             {"{org} invites you to Puntual", "Hello {name},",
              "{sender} has given you access to Puntual, where {org} manages its collections. All "
              "that is left is to choose a password.",
              "{org} has given you access to Puntual, where it manages its collections. All that "
              "is left is to choose a password.",
              "Choose a password",
              "The link works once, for seven days. If you did not expect this invitation, there "
              "is nothing you need to do."},
         [PT] = {"{org} convida você para o Puntual", "Olá, {name}:",
                 "{sender} deu a você acesso ao Puntual, onde {org} gerencia suas cobranças. Só "
                 "falta escolher uma senha.",
                 "{org} deu a você acesso ao Puntual, onde gerencia suas cobranças. Só falta "
                 "escolher uma senha.",
                 "Escolher senha",
                 "O link funciona uma única vez e vale por sete dias. Se você não esperava este "
                 "convite, não precisa fazer nada."}},
    [PN_LETTER_WELCOME] =
        {[ES] = {"Ya tienes acceso a {org} en Puntual", "Hola, {name}:",
                 "{sender} te ha dado acceso a {org}. Entra como siempre y elige la organización "
                 "arriba a la izquierda.",
                 "Ahora tienes acceso a {org}. Entra como siempre y elige la organización arriba a "
                 "la izquierda.",
                 "Entrar", "Si no esperabas este acceso, responde a este correo."},
         [EN] =
             {"You now have access to {org} in Puntual", "Hello {name},",
              "{sender} has given you access to {org}. Sign in as usual and choose the "
              "organization at the top left.",
              "You now have access to {org}. Sign in as usual and choose the organization at the "
              "top left.",
              "Sign in", "If you did not expect this, please reply to this e-mail."},
         [PT] =
             {"Você já tem acesso a {org} no Puntual", "Olá, {name}:",
              "{sender} deu a você acesso a {org}. Entre como sempre e escolha a organização no "
              "canto superior esquerdo.",
              "Agora você tem acesso a {org}. Entre como sempre e escolha a organização no canto "
              "superior esquerdo.",
              "Entrar", "Se você não esperava este acesso, responda a este e-mail."}},
    [PN_LETTER_RESET] =
        {[ES] =
             {"Tu nueva contraseña de Puntual", "Hola, {name}:",
              "{sender} ha pedido que puedas elegir una contraseña nueva. Tu contraseña actual "
              "sigue valiendo hasta que la cambies.",
              "Alguien ha pedido una contraseña nueva para tu cuenta. Si has sido tú, elígela "
              "aquí. Tu contraseña actual sigue valiendo hasta que la cambies.",
              "Elegir contraseña nueva",
              "El enlace sirve una sola vez y caduca en una hora. Si no has sido tú, ignora este "
              "correo: nadie ha entrado en tu cuenta."},
         [EN] =
             {"Your new Puntual password", "Hello {name},",
              "{sender} has asked that you can choose a new password. Your present password works "
              "until you change it.",
              "Somebody asked for a new password for your account. If it was you, choose it here. "
              "Your present password works until you change it.",
              "Choose a new password",
              "The link works once, for one hour. If it was not you, ignore this e-mail: nobody "
              "has entered your account."},
         [PT] = {"Sua nova senha do Puntual", "Olá, {name}:",
                 "{sender} pediu que você possa escolher uma nova senha. Sua senha atual continua "
                 "valendo até que você a troque.",
                 "Alguém pediu uma nova senha para a sua conta. Se foi você, escolha-a aqui. Sua "
                 "senha atual continua valendo até que você a troque.",
                 "Escolher nova senha",
                 "O link funciona uma única vez e vale por uma hora. Se não foi você, ignore este "
                 "e-mail: ninguém entrou na sua conta."}},
    [PN_LETTER_CHANGED] =
        {[ES] =
             {"Ha cambiado el acceso a tu cuenta de Puntual", "Hola, {name}:",
              "Se ha cambiado la contraseña o el segundo factor de tu cuenta. Por seguridad hemos "
              "cerrado tus otras sesiones.",
              "Se ha cambiado la contraseña o el segundo factor de tu cuenta. Por seguridad hemos "
              "cerrado tus otras sesiones.",
              "Ver mis sesiones",
              "Si no has sido tú, pide ahora mismo una contraseña nueva y avisa a quien administra "
              "{org}."},
         [EN] = {"Access to your Puntual account has changed", "Hello {name},",
                 "The password or the second factor of your account was changed. To be safe, your "
                 "other sessions were ended.",
                 "The password or the second factor of your account was changed. To be safe, your "
                 "other sessions were ended.",
                 "See my sessions",
                 "If it was not you, ask for a new password right now and tell whoever administers "
                 "{org}."},
         [PT] =
             {"O acesso à sua conta do Puntual mudou", "Olá, {name}:",
              "A senha ou o segundo fator da sua conta foi alterado. Por segurança, encerramos "
              "suas outras sessões.",
              "A senha ou o segundo fator da sua conta foi alterado. Por segurança, encerramos "
              "suas outras sessões.",
              "Ver minhas sessões",
              "Se não foi você, peça agora mesmo uma nova senha e avise quem administra {org}."}},
};

static int language_of(pn_str language) {
    return pn_str_starts(language, PN_STR("es"))   ? ES
           : pn_str_starts(language, PN_STR("pt")) ? PT
                                                   : EN;
}

static void add_html(pn_buf *out, pn_str text) {
    for (size_t i = 0; i < text.len; i++) {
        switch (text.ptr[i]) {
        case '&': pn_buf_add_lit(out, "&amp;"); break;
        case '<': pn_buf_add_lit(out, "&lt;"); break;
        case '>': pn_buf_add_lit(out, "&gt;"); break;
        case '"': pn_buf_add_lit(out, "&quot;"); break;
        default: pn_buf_add_char(out, text.ptr[i]); break;
        }
    }
}

static pn_str fill(const char *pattern, const pn_letter_facts *facts, pn_arena *arena) {
    const struct {
        pn_str word, value;
    } put[] = {{PN_STR("{org}"), facts->org_name},
               {PN_STR("{sender}"), facts->sender},
               {PN_STR("{name}"), facts->name}};
    pn_buf out;
    pn_buf_init(&out, 1 << 16);
    pn_str rest = pn_str_of(pattern);
    while (rest.len != 0) {
        size_t i = 0;
        while (i < PN_COUNT(put) && !pn_str_starts(rest, put[i].word)) {
            i++;
        }
        pn_buf_add_str(&out, i < PN_COUNT(put) ? put[i].value : pn_str_first(rest, 1));
        rest = pn_str_from(rest, i < PN_COUNT(put) ? put[i].word.len : 1);
    }
    pn_str text = pn_str_dup(arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return text;
}

/* One column, one button; colours of CONSOLE.md, which hold in dark clients too. */
static pn_str html_of(pn_str greeting, pn_str lead, const letter_words *words, pn_str notes,
                      const pn_letter_facts *facts, pn_arena *arena) {
    pn_buf out;
    pn_buf_init(&out, 1 << 17);
    pn_buf_add_format(
        &out,
        "<!doctype html><html lang=\"%.*s\"><head><meta charset=\"utf-8\"><meta "
        "name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" "
        "content=\"light dark\"></head><body style=\"margin:0;padding:24px 16px;"
        "background:#f7f8f9;color:#16202c;font:16px/1.5 system-ui,'Segoe UI',Arial,"
        "sans-serif\"><div style=\"max-width:520px;margin:0 auto;padding:24px;"
        "background:#ffffff;border-radius:10px\"><p style=\"margin:0 0 16px\">",
        PN_STR_ARG(facts->language));
    add_html(&out, greeting);
    pn_buf_add_lit(&out, "</p><p style=\"margin:0 0 24px\">");
    add_html(&out, lead);
    pn_buf_add_lit(&out, "</p><p style=\"margin:0 0 24px\"><a href=\"");
    add_html(&out, facts->link);
    pn_buf_add_lit(&out, "\" style=\"display:inline-block;padding:12px 20px;background:#0b5fcc;"
                         "color:#ffffff;text-decoration:none;border-radius:6px;font-weight:600\">");
    add_html(&out, pn_str_of(words->button));
    pn_buf_add_lit(&out, "</a></p><p style=\"margin:0;color:#566273;font-size:14px\">");
    add_html(&out, notes);
    pn_buf_add_lit(&out, "</p></div></body></html>");
    pn_str html = pn_str_dup(arena, pn_buf_str(&out));
    pn_buf_done(&out);
    return html;
}

void pn_letter_write(const pn_letter_facts *facts, pn_arena *arena, pn_letter_text *ret_text) {
    const letter_words *words = &WORDS[facts->kind][language_of(facts->language)];
    pn_str greeting = fill(words->greeting, facts, arena);
    pn_str lead = fill(facts->sender.len != 0 ? words->lead : words->lead_nobody, facts, arena);
    pn_str notes = fill(words->notes, facts, arena);
    ret_text->subject = fill(words->subject, facts, arena);
    ret_text->text =
        pn_str_format(arena, "%.*s\n\n%.*s\n\n%s:\n%.*s\n\n%.*s\n", PN_STR_ARG(greeting),
                      PN_STR_ARG(lead), words->button, PN_STR_ARG(facts->link), PN_STR_ARG(notes));
    ret_text->html = html_of(greeting, lead, words, notes, facts, arena);
}
