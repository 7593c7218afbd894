#include "http/entrance.h"

#include "base/banned.h"
#include "http/query.h"
#include "page/html.h"

/* Colours, sizes and targets of the console's design language. */
static const char STYLE[] =
    ":root{color-scheme:light dark;--b:#f7f8f9;--s:#fff;--t:#16202c;--m:#566273;--c:#7d8a9a;"
    "--l:#d9dde3;--a:#0b5fcc;--k:#fff;--r:#b42318}"
    "@media(prefers-color-scheme:dark){:root{--b:#0d141c;--s:#16202c;--t:#eef2f6;--m:#aab6c4;"
    "--c:#718096;--l:#2b3846;--a:#6ea8ff;--k:#0a1626;--r:#ff9a8f}}"
    "*{box-sizing:border-box}body{margin:0;min-height:100vh;background:var(--b);color:var(--t);"
    "font:16px/1.45 Inter,system-ui,'Segoe UI',sans-serif;display:flex;flex-direction:column;"
    "align-items:center;padding:32px 16px}"
    ".mark{font-size:20px;font-weight:700;letter-spacing:-.01em;margin:0 0 24px;display:flex;"
    "align-items:center;gap:8px}.mark svg{width:28px;height:28px}"
    "main{width:100%;max-width:400px;background:var(--s);border:1px solid var(--l);"
    "border-radius:10px;padding:24px}"
    "h1{font-size:20px;line-height:1.3;margin:0 0 16px}p{margin:0 0 16px}"
    "label{display:block;font-size:14px;font-weight:600;margin:0 0 4px}"
    "input,select{width:100%;min-height:44px;padding:8px 12px;margin:0 0 "
    "16px;font:inherit;color:inherit;"
    "background:var(--s);border:1px solid var(--c);border-radius:6px}"
    ".hint{margin:-8px 0 16px;font-size:14px;color:var(--m)}"
    "button,.go{display:block;width:100%;min-height:44px;padding:10px 16px;border:0;"
    "border-radius:6px;background:var(--a);color:var(--k);font:inherit;font-weight:600;"
    "text-align:center;text-decoration:none;cursor:pointer}"
    ".also{display:block;margin:16px 0 0;padding:10px 0;text-align:center;color:var(--a)}"
    ".wrong{border-left:4px solid var(--r);padding:8px 12px;margin:0 0 16px;color:var(--r);"
    "font-weight:600}"
    ":focus-visible{outline:3px solid var(--a);outline-offset:2px}"
    "nav{margin:16px 0 0;font-size:14px;display:flex;gap:4px}nav a,nav b{padding:12px 10px;"
    "color:var(--m)}.svg{width:200px;margin:0 auto 16px}"
    "@media print{nav,button{display:none}}";

static const char MARK[] =
    "<header><p class=\"mark\"><svg viewBox=\"0 0 28 28\" aria-hidden=\"true\"><circle cx=\"14\" "
    "cy=\"14\" "
    "r=\"12.5\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2.5\"/><path d=\"M14 7v7l4.5 "
    "3\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2.5\" stroke-linecap=\"round\" "
    "stroke-linejoin=\"round\"/></svg>Puntual</p></header>";

static const char ICON[] =
    "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 28 28'%3E%3Ccircle cx='14' cy='14' "
    "r='12.5' fill='%23fff' stroke='%230b5fcc' stroke-width='2.5'/%3E%3Cpath d='M14 7v7l4.5 3' "
    "fill='none' stroke='%230b5fcc' stroke-width='2.5'/%3E%3C/svg%3E";

enum { PAGE_BYTES_MAX = 1 << 20 };

static const struct {
    const char *code, *name;
} LANGUAGES[PN_ENTRANCE_LANGUAGES] = {{"es", "Español"}, {"en", "English"}, {"pt", "Português"}};

/* ── language, forms ─────────────────────────────────────────────────────────────────────────── */

static bool language_at(pn_str text, pn_entrance_language *ret_language) {
    for (size_t i = 0; i < PN_ENTRANCE_LANGUAGES; i++) {
        if (pn_str_eq_nocase(pn_str_first(text, 2), pn_str_of(LANGUAGES[i].code))) {
            *ret_language = (pn_entrance_language)i;
            return true;
        }
    }
    return false;
}

pn_entrance_language pn_entrance_language_of(const pn_exchange *exchange) {
    pn_entrance_language language = PN_ENTRANCE_ES;
    const char *preferred = pn_exchange_language(exchange);
    pn_str asked;
    if (pn_exchange_query(exchange, "lang", &asked) && language_at(asked, &language)) {
        return language;
    }
    if (preferred != NULL) {
        (void)language_at(pn_str_of(preferred), &language);
    }
    return language;
}

pn_str pn_form_value(const pn_exchange *exchange, const char *name) {
    pn_str rest = exchange->body, found, value;
    while (pn_query_next(&rest, exchange->arena, &found, &value) == PN_OK) {
        if (pn_str_eq(found, pn_str_of(name))) {
            return value;
        }
    }
    return PN_STR_NONE;
}

/* ── parts ───────────────────────────────────────────────────────────────────────────────────── */

/* The saying with %1 filled in, escaped. */
static void say(pn_entrance *page, pn_entrance_saying saying, pn_str value) {
    pn_str text = pn_str_of(pn_entrance_word(page->language, saying));
    size_t hole = pn_str_find(text, PN_STR("%1"));
    pn_html_text(page->out, pn_str_first(text, PN_MIN(hole, text.len)));
    if (hole != SIZE_MAX) {
        pn_html_text(page->out, value);
        pn_html_text(page->out, pn_str_from(text, hole + 2));
    }
}

pn_entrance pn_entrance_begin(pn_exchange *exchange, pn_entrance_saying title,
                              pn_entrance_saying wrong) {
    pn_entrance page = {.exchange = exchange,
                        .language = pn_entrance_language_of(exchange),
                        .out = &exchange->answer.body};
    pn_buf_done(page.out);
    pn_buf_init(page.out, PAGE_BYTES_MAX);
    pn_buf_add_format(page.out,
                      "<!doctype html><html lang=\"%s\"><head><meta charset=\"utf-8\"><meta "
                      "name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta "
                      "name=\"robots\" content=\"noindex\"><link rel=\"icon\" "
                      "href=\"data:image/svg+xml,%s\"><title>",
                      LANGUAGES[page.language].code, ICON);
    say(&page, title, PN_STR_NONE);
    pn_buf_add_lit(page.out, " · Puntual</title><style>");
    pn_buf_add_z(page.out, STYLE);
    pn_buf_add_lit(page.out, "</style></head><body>");
    pn_buf_add_z(page.out, MARK);
    pn_buf_add_lit(page.out, "<main><h1>");
    say(&page, title, PN_STR_NONE);
    pn_buf_add_lit(page.out, "</h1>");
    if (wrong != PN_SAYS) {
        pn_buf_add_lit(page.out, "<p class=\"wrong\" role=\"alert\">");
        say(&page, wrong, PN_STR_NONE);
        pn_buf_add_lit(page.out, "</p>");
    }
    return page;
}

pn_err pn_entrance_end(pn_entrance *page, int status) {
    pn_exchange *x = page->exchange;
    pn_buf_add_lit(page->out, "</main>");
    if (x->method == PN_HTTP_GET) {
        pn_buf_add_lit(page->out, "<nav>");
        for (size_t i = 0; i < PN_ENTRANCE_LANGUAGES; i++) {
            const char *code = LANGUAGES[i].code, *name = LANGUAGES[i].name;
            if (i == (size_t)page->language) {
                pn_buf_add_format(page->out, "<b lang=\"%s\">%s</b>", code, name);
            } else {
                pn_buf_add_format(page->out, "<a href=\"?lang=%s\" lang=\"%s\">%s</a>", code, code,
                                  name);
            }
        }
        pn_buf_add_lit(page->out, "</nav>");
    }
    pn_buf_add_lit(page->out, "</body></html>");
    /* without a referrer browsers send “Origin: null” with the form, which is nobody's */
    pn_answer_field(x, "Referrer-Policy", PN_STR("same-origin"));
    x->answer.status = status;
    x->answer.content_type = "text/html; charset=utf-8";
    return pn_buf_err(page->out);
}

void pn_entrance_p(pn_entrance *page, pn_entrance_saying saying, pn_str value) {
    pn_buf_add_lit(page->out, "<p>");
    say(page, saying, value);
    pn_buf_add_lit(page->out, "</p>");
}

/* The language goes with the form, so that the answer speaks it too. */
void pn_entrance_form(pn_entrance *page, const char *path) {
    pn_buf_add_format(page->out, "<form method=\"post\" action=\"%s?lang=%s\">", path,
                      LANGUAGES[page->language].code);
}

void pn_entrance_field(pn_entrance *page, const char *name, const char *type, const char *complete,
                       pn_entrance_saying label, pn_str value) {
    bool code = strcmp(complete, "one-time-code") == 0;
    pn_buf_add_format(page->out, "<label for=\"%s\">", name);
    say(page, label, PN_STR_NONE);
    pn_buf_add_format(page->out,
                      "</label><input id=\"%s\" name=\"%s\" type=\"%s\" autocomplete=\"%s\" "
                      "required maxlength=\"254\"%s value=\"",
                      name, name, type, complete,
                      code ? " autofocus inputmode=\"text\" autocapitalize=\"off\"" : "");
    pn_html_attr(page->out, value);
    pn_buf_add_lit(page->out, "\">");
}

/* Those with holidays and a contact policy of their own. */
void pn_entrance_countries(pn_entrance *page, const char *name, pn_str value) {
    static const struct {
        const char *code, *names[PN_ENTRANCE_LANGUAGES];
    } COUNTRIES[] = {
        {"AR", {"Argentina", "Argentina", "Argentina"}},
        {"BR", {"Brasil", "Brazil", "Brasil"}},
        {"CL", {"Chile", "Chile", "Chile"}},
        {"CO", {"Colombia", "Colombia", "Colômbia"}},
        {"ES", {"España", "Spain", "Espanha"}},
        {"US", {"Estados Unidos", "United States", "Estados Unidos"}},
        {"MX", {"México", "Mexico", "México"}},
        {"PE", {"Perú", "Peru", "Peru"}},
    };
    pn_str chosen = value.len != 0                     ? value
                    : page->language == PN_ENTRANCE_PT ? PN_STR("BR")
                                                       : PN_STR("ES");
    pn_buf_add_format(page->out, "<label for=\"%s\">", name);
    say(page, PN_SAY_COUNTRY, PN_STR_NONE);
    pn_buf_add_format(page->out, "</label><select id=\"%s\" name=\"%s\">", name, name);
    for (size_t i = 0; i < PN_COUNT(COUNTRIES); i++) {
        bool is = pn_str_eq(chosen, pn_str_of(COUNTRIES[i].code));
        pn_buf_add_format(page->out, "<option value=\"%s\"%s>%s</option>", COUNTRIES[i].code,
                          is ? " selected" : "", COUNTRIES[i].names[page->language]);
    }
    pn_buf_add_lit(page->out, "</select>");
}

void pn_entrance_hint(pn_entrance *page, pn_entrance_saying saying, pn_str value) {
    pn_buf_add_lit(page->out, "<p class=\"hint\">");
    say(page, saying, value);
    pn_buf_add_lit(page->out, "</p>");
}

void pn_entrance_hidden(pn_entrance *page, const char *name, pn_str value) {
    pn_buf_add_format(page->out, "<input type=\"hidden\" name=\"%s\" value=\"", name);
    pn_html_attr(page->out, value);
    pn_buf_add_lit(page->out, "\">");
}

void pn_entrance_submit(pn_entrance *page, pn_entrance_saying label) {
    pn_buf_add_lit(page->out, "<button type=\"submit\">");
    say(page, label, PN_STR_NONE);
    pn_buf_add_lit(page->out, "</button></form>");
}

void pn_entrance_link(pn_entrance *page, const char *path, pn_entrance_saying label) {
    pn_entrance_link_to(page, path, label, PN_STR_NONE);
}

void pn_entrance_link_to(pn_entrance *page, const char *path, pn_entrance_saying label,
                         pn_str value) {
    pn_buf_add_format(page->out, "<a class=\"also\" href=\"%s?lang=%s\">", path,
                      LANGUAGES[page->language].code);
    say(page, label, value);
    pn_buf_add_lit(page->out, "</a>");
}
