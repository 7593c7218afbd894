/* Pages of a sentence or two, the voucher, and the simulated bank's page. */
#include "base/banned.h"
#include "page/frame.h"
#include "page/style.h"

pn_err pn_page_notice_write(const pn_page_frame *frame, const pn_page_notice *notice,
                            pn_arena *arena, pn_buf *out) {
    pn_sheet page = pn_sheet_on(frame, arena, out);
    const char *classes = notice->tone == PN_TONE_GOOD  ? "note ok"
                          : notice->tone == PN_TONE_BAD ? "note bad"
                                                        : "card";
    pn_sheet_begin(&page, notice->title);
    pn_buf_add_format(out, "<section class=\"%s\"><h1>", classes);
    pn_html_text(out, notice->title);
    pn_buf_add_lit(out, "</h1>");
    pn_page_p(&page, "", notice->text);
    if (notice->more.len != 0) {
        pn_page_p(&page, "m", notice->more);
    }
    if (notice->action != NULL) {
        pn_page_form_open(&page, notice->action, notice->token, false);
        pn_buf_add_lit(out, "<button class=\"k\">");
        pn_html_text(out, notice->button);
        pn_buf_add_lit(out, "</button></form>");
    }
    if (notice->back.len != 0) {
        pn_buf_add_lit(out, "<a class=\"t\" href=\"");
        pn_html_attr(out, notice->back);
        pn_buf_add_lit(out, "\">");
        pn_html_text(out, notice->back_label.len != 0 ? notice->back_label
                                                      : pn_page_word(&page, PN_SAY_BACK));
        pn_buf_add_lit(out, "</a>");
    }
    pn_buf_add_lit(out, "</section>");
    return pn_sheet_end(&page);
}

/* ── the voucher ─────────────────────────────────────────────────────────────────────────────── */

pn_err pn_page_voucher_write(const pn_page_frame *frame, const pn_page_voucher *voucher,
                             pn_arena *arena, pn_buf *out) {
    pn_sheet page = pn_sheet_on(frame, arena, out);
    pn_str title = pn_page_word(&page, PN_SAY_VOUCHER_PAGE_TITLE);
    pn_sheet_begin(&page, title);
    pn_buf_add_lit(out, "<section class=\"card\"><h1>");
    pn_html_text(out, title);
    pn_buf_add_lit(out, "</h1>");
    pn_page_p(&page, "amt", pn_page_money(&page, voucher->amount.minor, voucher->amount.currency));
    pn_page_p(
        &page, "st warn",
        pn_page_say(&page, PN_SAY_VOUCHER_UNTIL, pn_page_day(&page, voucher->until), PN_STR_NONE));
    pn_buf_add_lit(out, "<dl class=\"kv w\"><dt>");
    pn_html_text(out, pn_page_word(&page, PN_SAY_VOUCHER_PLACE));
    pn_buf_add_lit(out, "</dt><dd>");
    pn_html_text(out, voucher->place);
    pn_buf_add_lit(out, "</dd></dl>");
    pn_page_p(&page, "", pn_page_word(&page, PN_SAY_VOUCHER_PAGE_TEXT));
    pn_page_svg(&page, voucher->bars, 10, true, voucher->code);
    pn_page_p(&page, "num", voucher->code);
    pn_page_p(&page, "hint", pn_page_word(&page, PN_SAY_VOUCHER_STEPS));
    pn_page_p(&page, "hint", pn_page_word(&page, PN_SAY_PRINT_HINT));
    pn_page_link(&page, "t noprint", "", PN_STR_NONE, pn_page_word(&page, PN_SAY_BACK));
    pn_buf_add_lit(out, "</section>");
    return pn_sheet_end(&page);
}

/* ── the simulated bank ──────────────────────────────────────────────────────────────────────── */

typedef struct {
    const char *choice;
    const char *es, *en, *pt;
} bank_button;

static const bank_button BUTTONS[] = {
    {"pay", "Pagar", "Pay", "Pagar"},
    {"decline", "Rechazar por falta de saldo", "Refuse for lack of funds",
     "Recusar por falta de saldo"},
    {"pending", "Dejarlo pendiente", "Leave it pending", "Deixar pendente"},
    {"late", "Pagar, pero que se sepa mañana", "Pay, but tell only tomorrow",
     "Pagar, mas avisar só amanhã"},
    {"lost", "Pagar y perder el aviso", "Pay and lose the notice", "Pagar e perder o aviso"},
};

static const char *in_language(pn_str language, const char *es, const char *en, const char *pt) {
    return pn_str_starts(language, PN_STR("es"))   ? es
           : pn_str_starts(language, PN_STR("pt")) ? pt
                                                   : en;
}

static void put_buttons(pn_sheet *page, const pn_page_bank *bank) {
    pn_buf_add_lit(page->out, "<form method=\"post\" action=\"");
    pn_html_attr(page->out, bank->action);
    pn_buf_add_lit(page->out, "\"><input type=\"hidden\" name=\"t\" value=\"");
    pn_html_attr(page->out, bank->token);
    pn_buf_add_lit(page->out, "\">");
    for (size_t i = 0; i < PN_COUNT(BUTTONS); i++) {
        const bank_button *button = &BUTTONS[i];
        pn_buf_add_format(page->out,
                          "<button class=\"%s\" name=\"choice\" value=\"%s\">%s</button>",
                          i == 0 ? "k" : "k q", button->choice,
                          in_language(bank->language, button->es, button->en, button->pt));
    }
    pn_buf_add_lit(page->out, "</form>");
}

pn_err pn_page_bank_write(const pn_page_bank *bank, pn_arena *arena, pn_buf *out) {
    pn_page_frame frame = {.language = bank->language,
                           .country = bank->country,
                           .creditor = pn_str_of(in_language(bank->language, "Banco simulado",
                                                             "Simulated bank", "Banco simulado")),
                           .colour = PN_STR("#5b3cc4"),
                           .simulation = true};
    pn_sheet page = pn_sheet_on(&frame, arena, out);
    pn_sheet_begin(&page, bank->title);
    pn_buf_add_lit(out, "<section class=\"card\"><h1>");
    pn_html_text(out, bank->payee);
    pn_buf_add_lit(out, "</h1>");
    pn_page_p(&page, "m", bank->title);
    pn_page_p(&page, "amt", pn_page_money(&page, bank->amount.minor, bank->amount.currency));
    pn_page_p(&page, "",
              pn_str_of(in_language(
                  bank->language, "Ningún dinero se mueve aquí. Elija cómo termina este pago.",
                  "No money moves here. Choose how this payment ends.",
                  "Nenhum dinheiro é movimentado aqui. Escolha como este pagamento termina.")));
    if (bank->settled) {
        pn_buf_add_lit(out, "<a class=\"k\" href=\"");
        pn_html_attr(out, bank->back);
        pn_buf_add_lit(out, "\">");
        pn_html_text(out, pn_page_word(&page, PN_SAY_BACK));
        pn_buf_add_lit(out, "</a>");
    } else {
        put_buttons(&page, bank);
    }
    pn_buf_add_lit(out, "</section>");
    return pn_sheet_end(&page);
}
