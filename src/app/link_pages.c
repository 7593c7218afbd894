#include "app/link_pages.h"

#include "base/banned.h"
#include "page/page.h"
#include "store/link.h"

typedef struct {
    const char *language;
    struct {
        const char *title, *text, *button;
    } pages[PN_LINK_PAGES];
} wording;

/* They address nobody, so that they go with tú and usted. */
static const wording WORDINGS[] = {
    {"es",
     {[PN_LINK_PAGE_ASKS] = {"¿Dejar de recibir estos correos?",
                             "Esta dirección no recibirá más correos sobre facturas. Lo que esté "
                             "pendiente de pago sigue estándolo.",
                             "No recibir más correos"},
      [PN_LINK_PAGE_DONE] = {"Hecho: no habrá más correos",
                             "A esta dirección no se le escribirá más. Para cualquier cosa sobre "
                             "las facturas, aquí abajo están los datos de contacto.",
                             NULL},
      [PN_LINK_PAGE_EXPIRED] = {"Este enlace ya no es válido",
                                "Los enlaces de nuestros mensajes caducan por seguridad. El último "
                                "mensaje recibido tiene uno que funciona.",
                                NULL},
      [PN_LINK_PAGE_NOT_OURS] = {"Este enlace no es nuestro",
                                 "Puede que le falte un trozo: conviene abrirlo otra vez desde el "
                                 "mensaje. Si llegó por otro camino, mejor no fiarse.",
                                 NULL}}},
    {"en",
     {[PN_LINK_PAGE_ASKS] = {"Stop these e-mails?",
                             "This address will get no more e-mails about invoices. What is unpaid "
                             "stays unpaid.",
                             "Stop e-mails"},
      [PN_LINK_PAGE_DONE] = {"Done: no more e-mails",
                             "This address will not be written to again. For anything about the "
                             "invoices, the contact details are below.",
                             NULL},
      [PN_LINK_PAGE_EXPIRED] = {"This link has expired",
                                "Links in our messages expire for safety. The latest message has "
                                "one that works.",
                                NULL},
      [PN_LINK_PAGE_NOT_OURS] = {"This link is not ours",
                                 "Part of it may be missing: open it again from the message. If it "
                                 "came another way, better not to trust it.",
                                 NULL}}},
    {"pt",
     {[PN_LINK_PAGE_ASKS] = {"Deixar de receber estes e-mails?",
                             "Este endereço não receberá mais e-mails sobre faturas. O que está "
                             "em aberto continua em aberto.",
                             "Não receber mais e-mails"},
      [PN_LINK_PAGE_DONE] = {"Pronto: não haverá mais e-mails",
                             "Não escreveremos mais para este endereço. Para qualquer assunto "
                             "sobre as faturas, os contatos estão aqui embaixo.",
                             NULL},
      [PN_LINK_PAGE_EXPIRED] = {"Este link não é mais válido",
                                "Os links das nossas mensagens expiram por segurança. A última "
                                "mensagem recebida tem um que funciona.",
                                NULL},
      [PN_LINK_PAGE_NOT_OURS] = {"Este link não é nosso",
                                 "Talvez falte uma parte: abra-o de novo a partir da mensagem. Se "
                                 "chegou por outro caminho, é melhor não confiar.",
                                 NULL}}},
};

static const wording *wording_of(pn_str language) {
    for (size_t i = 0; i < PN_COUNT(WORDINGS); i++) {
        if (pn_str_eq_nocase(pn_str_first(language, 2), pn_str_of(WORDINGS[i].language))) {
            return &WORDINGS[i];
        }
    }
    return &WORDINGS[0];
}

/* What the message itself was written in. */
static pn_str language_of(pn_app *app, const pn_link *link, pn_str otherwise, pn_arena *arena) {
    pn_link_carrier carrier;
    if (app == NULL || link == NULL || link->carrier_id == 0 ||
        pn_link_carrier_get(app->db, link->carrier_id, arena, &carrier) != PN_OK ||
        carrier.language.len == 0) {
        return otherwise;
    }
    return carrier.language;
}

static void add_creditor(const pn_app *app, const pn_link *link, pn_page_frame *frame) {
    const pn_creditor_row *creditor =
        app == NULL || link == NULL ? NULL : pn_app_creditor(app, link->creditor_id);
    if (creditor != NULL) {
        frame->country = creditor->country;
        frame->creditor = creditor->name;
        frame->tax_id = creditor->tax_id;
        frame->address = creditor->address;
        frame->city = creditor->city;
        frame->phone = creditor->phone;
        frame->email = creditor->email;
        frame->colour = creditor->colour;
    }
}

/* What a proxy takes off the paths that it hands us: "/cobros". */
static pn_str folder_of(const pn_app *app) {
    pn_str url = app != NULL ? app->org.public_url : PN_STR_NONE;
    size_t host = pn_str_find(url, PN_STR("://"));
    pn_str rest = host == SIZE_MAX ? PN_STR_NONE : pn_str_from(url, host + 3);
    size_t slash = pn_str_find_char(rest, '/');
    return slash == SIZE_MAX ? PN_STR_NONE : pn_str_from(rest, slash);
}

pn_err pn_link_page_write(pn_app *app, const pn_link *link, pn_link_page page, pn_str path,
                          pn_str chosen, pn_str otherwise, pn_arena *arena, pn_buf *out,
                          pn_str *ret_policy) {
    const wording *words =
        wording_of(chosen.len != 0 ? chosen : language_of(app, link, otherwise, arena));
    pn_page_frame frame = {.language = pn_str_of(words->language),
                           .today = app != NULL ? pn_app_today(app) : PN_DATE_FIRST,
                           .simulation = app != NULL && app->org.mode != PN_MODE_LIVE};
    pn_page_notice notice = {.tone = page == PN_LINK_PAGE_DONE ? PN_TONE_GOOD : PN_TONE_PLAIN,
                             .title = pn_str_of(words->pages[page].title),
                             .text = pn_str_of(words->pages[page].text)};
    add_creditor(app, link, &frame);
    if (words->pages[page].button != NULL) {
        frame.base = pn_str_format(arena, "%.*s%.*s", PN_STR_ARG(folder_of(app)), PN_STR_ARG(path));
        notice.action = "";
        notice.button = pn_str_of(words->pages[page].button);
    }
    size_t before = out->len;
    PN_TRY(pn_page_notice_write(&frame, &notice, arena, out));
    *ret_policy = pn_page_policy(pn_str_from(pn_buf_str(out), before), PN_STR_NONE, arena);
    return PN_OK;
}
