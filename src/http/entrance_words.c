/* What the entrance says, in three languages. */
#include "base/banned.h"
#include "http/entrance.h"

static const char *const WORDS[PN_SAYS][PN_ENTRANCE_LANGUAGES] = {
    [PN_SAY_SIGN_IN] = {"Entrar", "Sign in", "Entrar"},
    [PN_SAY_SIGN_IN_BUTTON] = {"Entrar", "Sign in", "Entrar"},
    [PN_SAY_EMAIL] = {"Correo electrónico", "E-mail", "E-mail"},
    [PN_SAY_PASSWORD] = {"Contraseña", "Password", "Senha"},
    [PN_SAY_FORGOT] = {"He olvidado la contraseña", "I forgot my password", "Esqueci a senha"},
    [PN_SAY_FORGOT_LEAD] = {"Escribe tu correo y te enviaremos un enlace para elegir otra.",
                            "Enter your e-mail and we will send you a link to choose another one.",
                            "Escreva seu e-mail e enviaremos um link para escolher outra."},
    [PN_SAY_FORGOT_BUTTON] = {"Enviar enlace", "Send the link", "Enviar link"},
    [PN_SAY_FORGOT_DONE] = {"Mira tu correo", "Check your e-mail", "Veja seu e-mail"},
    [PN_SAY_FORGOT_DONE_LEAD] =
        {"Si hay una cuenta con esa dirección, en unos minutos llegará un enlace. Vale una hora.",
         "If there is an account with that address, a link will arrive in a few minutes. It works "
         "for one hour.",
         "Se houver uma conta com esse endereço, em alguns minutos chegará um link. Ele vale por "
         "uma hora."},
    [PN_SAY_BACK] = {"Volver a la entrada", "Back to sign-in", "Voltar à entrada"},
    [PN_SAY_CODE_TITLE] = {"Segundo factor", "Second factor", "Segundo fator"},
    [PN_SAY_CODE_LEAD] =
        {"Escribe el código que muestra tu aplicación, o uno de tus códigos de recuperación.",
         "Enter the code that your app shows, or one of your recovery codes.",
         "Escreva o código que seu aplicativo mostra, ou um dos seus códigos de recuperação."},
    [PN_SAY_CODE] = {"Código", "Code", "Código"},
    [PN_SAY_CODE_BUTTON] = {"Continuar", "Continue", "Continuar"},
    [PN_SAY_WELCOME] = {"Te damos la bienvenida", "Welcome", "Boas-vindas"},
    [PN_SAY_WELCOME_FIRST] = {"Tu Puntual está listo", "Your Puntual is ready",
                              "Seu Puntual está pronto"},
    [PN_SAY_WELCOME_LEAD] = {"%1 te ha dado acceso. Elige una contraseña para entrar.",
                             "%1 has given you access. Choose a password to sign in.",
                             "%1 deu acesso a você. Escolha uma senha para entrar."},
    [PN_SAY_FIRST_LEAD] = {"Serás quien administra esta instalación. Desde dentro podrás invitar a "
                           "tu equipo.",
                           "You will administer this installation. Once inside you can invite your "
                           "team.",
                           "Você administrará esta instalação. Lá dentro poderá convidar sua "
                           "equipe."},
    [PN_SAY_RESET] = {"Contraseña nueva", "New password", "Nova senha"},
    [PN_SAY_RESET_LEAD] = {"Para la cuenta %1. Al guardarla se cerrarán tus otras sesiones.",
                           "For the account %1. Your other sessions end when you save it.",
                           "Para a conta %1. Ao salvá-la, suas outras sessões serão encerradas."},
    [PN_SAY_NAME] = {"Tu nombre", "Your name", "Seu nome"},
    [PN_SAY_COMPANY] = {"Tu empresa", "Your company", "Sua empresa"},
    [PN_SAY_COUNTRY] = {"País", "Country", "País"},
    [PN_SAY_NEW_PASSWORD] = {"Contraseña", "Password", "Senha"},
    [PN_SAY_PASSWORD_HINT] =
        {"Al menos %1 caracteres. Tres o cuatro palabras sin relación son fáciles de recordar.",
         "At least %1 characters. Three or four unrelated words are easy to remember.",
         "Pelo menos %1 caracteres. Três ou quatro palavras sem relação são fáceis de lembrar."},
    [PN_SAY_SET_BUTTON] = {"Guardar y entrar", "Save and sign in", "Salvar e entrar"},
    [PN_SAY_OLD_LINK] = {"Este enlace ya no sirve", "This link no longer works",
                         "Este link não funciona mais"},
    [PN_SAY_OLD_LINK_LEAD] =
        {"Se usó, ha caducado o se envió otro más reciente. Pide uno nuevo.",
         "It was used, has expired, or a newer one was sent. Ask for a new one.",
         "Foi usado, expirou ou foi enviado outro mais recente. Peça um novo."},
    [PN_SAY_WRONG] = {"El correo o la contraseña no son correctos.",
                      "The e-mail or the password is wrong.",
                      "O e-mail ou a senha está incorreto."},
    [PN_SAY_WRONG_CODE] = {"Ese código no es correcto o ya se usó. Espera al siguiente.",
                           "That code is wrong or was used already. Wait for the next one.",
                           "Esse código está incorreto ou já foi usado. Espere o próximo."},
    [PN_SAY_SLOW_DOWN] =
        {"Ha habido demasiados intentos. Espera un cuarto de hora o pide una contraseña nueva.",
         "There were too many attempts. Wait a quarter of an hour or ask for a new password.",
         "Houve tentativas demais. Espere um quarto de hora ou peça uma nova senha."},
    [PN_SAY_PASSWORD_BAD] =
        {"Esa contraseña es corta, muy común o se parece a tu nombre. Prueba con otra.",
         "That password is short, very common or like your name. Try another one.",
         "Essa senha é curta, muito comum ou parecida com seu nome. Tente outra."},
    [PN_SAY_FIELDS_BAD] = {"Revisa el nombre y el correo.", "Check the name and the e-mail.",
                           "Confira o nome e o e-mail."},
    [PN_SAY_INSECURE] = {"Para entrar hace falta una conexión segura (https).",
                         "Signing in needs a secure connection (https).",
                         "Para entrar é preciso uma conexão segura (https)."},
    [PN_SAY_ELSEWHERE] = {"El formulario venía de otra página. Vuelve a intentarlo aquí.",
                          "The form came from another page. Try again here.",
                          "O formulário veio de outra página. Tente de novo aqui."},
    [PN_SAY_TROUBLE] = {"No hemos podido terminar. No ha cambiado nada: vuelve a intentarlo.",
                        "We could not finish. Nothing was changed: please try again.",
                        "Não conseguimos terminar. Nada mudou: tente de novo."},
    [PN_SAY_WITH] = {"Entrar con %1", "Sign in with %1", "Entrar com %1"},
    [PN_SAY_PROVIDER_FAILED] =
        {"No hemos podido comprobar quién eres con tu proveedor. Vuelve a intentarlo o pide acceso "
         "a quien administra Puntual.",
         "We could not confirm who you are with your provider. Try again, or ask whoever "
         "administers Puntual for access.",
         "Não conseguimos confirmar quem você é com seu provedor. Tente de novo ou peça acesso a "
         "quem administra o Puntual."},
};

const char *pn_entrance_word(pn_entrance_language language, pn_entrance_saying saying) {
    return WORDS[saying][language];
}
