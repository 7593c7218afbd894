#include "page/frame.h"

#include "base/banned.h"
#include "base/limits.h"
#include "compose/brand.h"
#include "page/style.h"

pn_sheet pn_sheet_on(const pn_page_frame *frame, pn_arena *arena, pn_buf *out) {
    return (pn_sheet){frame, arena, out, out->len};
}

/* ── words ───────────────────────────────────────────────────────────────────────────────────── */

pn_str pn_page_word(const pn_sheet *page, pn_saying key) {
    const pn_page_frame *frame = page->frame;
    return pn_str_of(pn_say_of(key, frame->language, frame->country, frame->familiar));
}

pn_str pn_page_said(const pn_page_frame *frame, pn_saying key, pn_str first, pn_str second,
                    pn_arena *arena) {
    pn_str pattern = pn_str_of(pn_say_of(key, frame->language, frame->country, frame->familiar));
    char *out = pn_arena_alloc(arena, pattern.len + 4 * (first.len + second.len) + 1);
    size_t len = 0;
    for (size_t i = 0; i < pattern.len; i++) {
        bool value = pattern.ptr[i] == '%' && i + 1 < pattern.len &&
                     (pattern.ptr[i + 1] == '1' || pattern.ptr[i + 1] == '2');
        pn_str part = !value                      ? (pn_str){pattern.ptr + i, 1}
                      : pattern.ptr[i + 1] == '1' ? first
                                                  : second;
        i += value;
        if (part.len != 0) {
            memcpy(out + len, part.ptr, part.len);
        }
        len += part.len;
    }
    return (pn_str){out, len};
}

pn_str pn_page_say(const pn_sheet *page, pn_saying key, pn_str first, pn_str second) {
    return pn_page_said(page->frame, key, first, second, page->arena);
}

pn_str pn_page_money(const pn_sheet *page, int64_t minor, pn_currency currency) {
    char room[80];
    pn_buf text = {.ptr = room, .capacity = sizeof room, .max = sizeof room};
    pn_money_text(&text, (pn_money){minor, currency}, page->frame->language, page->frame->country);
    return pn_str_dup(page->arena, pn_buf_str(&text));
}

pn_str pn_page_day(const pn_sheet *page, pn_date day) {
    char room[80];
    pn_buf text = {.ptr = room, .capacity = sizeof room, .max = sizeof room};
    if (day == PN_DATE_NONE) {
        return PN_STR_NONE;
    }
    pn_date_text_long(&text, day, page->frame->language, page->frame->country);
    return pn_str_dup(page->arena, pn_buf_str(&text));
}

pn_str pn_page_number(const pn_sheet *page, int64_t value) {
    char text[20] = "";
    size_t len = pn_int64_text(value, text);
    return pn_str_dup(page->arena, (pn_str){text, len});
}

/* ── head ────────────────────────────────────────────────────────────────────────────────────── */

static void put_colours(pn_sheet *page, const pn_brand_colours *colours) {
    pn_buf_add_format(page->out, "--a:%s;--k:%s;--e:%s;--l:%s;", colours->link, colours->button,
                      colours->border, colours->label);
}

static void put_style(pn_sheet *page) {
    pn_brand brand = pn_brand_of(page->frame->colour);
    pn_buf_add_lit(page->out, "<style>:root{");
    put_colours(page, &brand.light);
    pn_buf_add_lit(page->out, PAGE_LIGHT "}@media(prefers-color-scheme:dark){:root{");
    put_colours(page, &brand.dark);
    pn_buf_add_lit(page->out, PAGE_DARK "}}" PAGE_STYLE);
    pn_buf_add_lit(page->out, PAGE_STYLE_FORMS "</style>");
}

/* A language's own name, as its speakers look for it. */
static void put_language(pn_sheet *page, const char *code, const char *name) {
    if (pn_str_starts(page->frame->language, pn_str_of(code))) {
        pn_buf_add_format(page->out, "<span lang=\"%s\" aria-current=\"true\">%s</span>", code,
                          name);
        return;
    }
    pn_buf_add_lit(page->out, "<a href=\"");
    pn_html_attr(page->out, page->frame->base);
    pn_buf_add_format(page->out, "?l=%s\" lang=\"%s\" hreflang=\"%s\">%s</a>", code, code, code,
                      name);
}

static void put_languages(pn_sheet *page) {
    pn_buf_add_lit(page->out, "<nav class=\"g\" aria-label=\"");
    pn_html_attr(page->out, pn_page_word(page, PN_SAY_LANGUAGE));
    pn_buf_add_lit(page->out, "\">");
    put_language(page, "es", "Español");
    put_language(page, "en", "English");
    put_language(page, "pt", "Português");
    pn_buf_add_lit(page->out, "</nav>");
}

static void put_logo(pn_sheet *page) {
    const pn_page_frame *frame = page->frame;
    if (frame->logo.len == 0) {
        pn_page_p(page, "n", frame->creditor);
        return;
    }
    pn_shown shown = pn_brand_fit(frame->logo_width, frame->logo_height, 200, 56);
    pn_buf_add_lit(page->out, "<p class=\"n\"><span class=\"lg\"><img src=\"");
    pn_html_attr(page->out, frame->logo);
    pn_buf_add_format(page->out, "\" width=\"%d\" height=\"%d\" alt=\"", (int)shown.width,
                      (int)shown.height);
    pn_html_attr(page->out, frame->creditor);
    pn_buf_add_lit(page->out, "\"></span></p>");
}

void pn_sheet_begin(pn_sheet *page, pn_str title) {
    const pn_page_frame *frame = page->frame;
    pn_buf_add_lit(page->out, "<!doctype html><html lang=\"");
    pn_html_attr(page->out, frame->language);
    pn_buf_add_lit(page->out,
                   "\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                   "content=\"width=device-width,initial-scale=1\"><meta name=\"robots\" "
                   "content=\"noindex,nofollow\"><meta name=\"referrer\" content=\"no-referrer\">"
                   "<meta name=\"color-scheme\" content=\"light dark\"><meta "
                   "name=\"format-detection\" content=\"telephone=no\"><title>");
    pn_html_text(page->out, title);
    if (frame->creditor.len != 0) {
        pn_buf_add_lit(page->out, " · ");
        pn_html_text(page->out, frame->creditor);
    }
    pn_buf_add_lit(page->out, "</title>");
    put_style(page);
    pn_buf_add_lit(page->out, "</head><body>");
    pn_buf_add_lit(page->out, "<header>");
    if (frame->own_look) {
        pn_page_p(page, "sim", pn_page_word(page, PN_SAY_OWN_LOOK));
    }
    if (frame->simulation) {
        pn_page_p(page, "sim", pn_page_word(page, PN_SAY_SIMULATION));
    }
    put_logo(page);
    if (frame->base.len != 0) {
        put_languages(page);
    }
    pn_buf_add_lit(page->out, "</header><main>");
}

/* ── foot ────────────────────────────────────────────────────────────────────────────────────── */

static void put_legal(pn_sheet *page) {
    const pn_page_frame *frame = page->frame;
    /* an address that names its city says it once */
    bool named = pn_str_find(frame->address, frame->city) != SIZE_MAX;
    const pn_str parts[] = {frame->tax_id, frame->address, named ? PN_STR_NONE : frame->city};
    pn_buf_add_lit(page->out, "<p><strong>");
    pn_html_text(page->out, frame->creditor);
    pn_buf_add_lit(page->out, "</strong>");
    for (size_t i = 0; i < PN_COUNT(parts); i++) {
        if (parts[i].len != 0) {
            pn_buf_add_lit(page->out, " · ");
            pn_html_text(page->out, parts[i]);
        }
    }
    if (frame->phone.len != 0) {
        pn_buf_add_lit(page->out, " · ");
        pn_html_text(page->out, frame->phone);
    }
    if (frame->email.len != 0) {
        pn_buf_add_lit(page->out, " · <a href=\"mailto:");
        pn_html_attr(page->out, frame->email);
        pn_buf_add_lit(page->out, "\">");
        pn_html_text(page->out, frame->email);
        pn_buf_add_lit(page->out, "</a>");
    }
    pn_buf_add_lit(page->out, "</p>");
}

static void put_footer(pn_sheet *page) {
    const pn_page_frame *frame = page->frame;
    pn_buf_add_lit(page->out, "<footer>");
    if (frame->creditor.len != 0) {
        put_legal(page);
    }
    if (frame->code.len != 0) {
        pn_page_p(page, "", pn_page_say(page, PN_SAY_CODE_LINE, frame->code, PN_STR_NONE));
    }
    if (frame->base.len != 0) {
        pn_page_p(page, "", pn_page_word(page, PN_SAY_PRIVACY));
        pn_buf_add_lit(page->out, "<p><a class=\"t\" href=\"/verify\">");
        pn_html_text(page->out, pn_page_word(page, PN_SAY_CODE_VERIFY));
        pn_buf_add_lit(page->out, "</a></p>");
    }
    if (frame->seen.len != 0) {
        pn_buf_add_lit(page->out, "<img class=\"v\" src=\"");
        pn_html_attr(page->out, frame->seen);
        pn_buf_add_lit(page->out, "\" width=\"1\" height=\"1\" alt=\"\">");
    }
    pn_buf_add_lit(page->out, "</footer>");
}

pn_err pn_sheet_end(pn_sheet *page) {
    pn_buf_add_lit(page->out, "</main>");
    put_footer(page);
    pn_buf_add_lit(page->out, "</body></html>");
    if (page->out->failed || page->out->len - page->start > PN_LIMIT_PAGE_BYTES) {
        page->out->len = page->start;
        return PN_LIMIT;
    }
    return PN_OK;
}

/* ── parts ───────────────────────────────────────────────────────────────────────────────────── */

void pn_page_text(pn_sheet *page, pn_str text) {
    pn_html_text(page->out, text);
}

void pn_page_p(pn_sheet *page, const char *classes, pn_str text) {
    if (classes[0] == '\0') {
        pn_buf_add_lit(page->out, "<p>");
    } else {
        pn_buf_add_format(page->out, "<p class=\"%s\">", classes);
    }
    pn_html_lines(page->out, text);
    pn_buf_add_lit(page->out, "</p>");
}

void pn_page_note(pn_sheet *page, const char *classes, pn_str title, pn_str text) {
    pn_buf_add_format(page->out, "<div class=\"note %s\"><p><strong>", classes);
    pn_html_text(page->out, title);
    pn_buf_add_lit(page->out, "</strong></p>");
    if (text.len != 0) {
        pn_page_p(page, "", text);
    }
    pn_buf_add_lit(page->out, "</div>");
}

void pn_page_href(pn_sheet *page, const char *path, pn_str tail) {
    pn_html_attr(page->out, page->frame->base);
    pn_buf_add_z(page->out, path);
    pn_html_url(page->out, tail);
    pn_html_attr(page->out, page->frame->query);
}

void pn_page_link(pn_sheet *page, const char *classes, const char *path, pn_str tail,
                  pn_str label) {
    pn_buf_add_format(page->out, "<a class=\"%s\" href=\"", classes);
    pn_page_href(page, path, tail);
    pn_buf_add_lit(page->out, "\">");
    pn_html_text(page->out, label);
    pn_buf_add_lit(page->out, "</a>");
}

void pn_page_form_open(pn_sheet *page, const char *path, pn_str token, bool files) {
    pn_buf_add_lit(page->out, "<form method=\"post\" action=\"");
    pn_page_href(page, path, PN_STR_NONE);
    pn_buf_add_z(page->out, files ? "\" enctype=\"multipart/form-data\">" : "\">");
    pn_buf_add_lit(page->out, "<input type=\"hidden\" name=\"t\" value=\"");
    pn_html_attr(page->out, token);
    pn_buf_add_lit(page->out, "\">");
}

static void add_part(pn_buf *out, const char *before, unsigned number) {
    pn_buf_add_z(out, before);
    pn_buf_add_int(out, number);
}

/* A dark run: some hundred a code, so without formats. */
static void add_run(pn_buf *out, unsigned x, unsigned y, unsigned run, unsigned height) {
    add_part(out, "M", x);
    add_part(out, " ", y);
    add_part(out, "h", run);
    add_part(out, "v", height);
    add_part(out, "h-", run);
    pn_buf_add_char(out, 'z');
}

/* One path of the dark runs of each row: no image to load, sharp in print. */
void pn_page_svg(pn_sheet *page, const pn_page_modules *modules, unsigned quiet, bool bars,
                 pn_str label) {
    unsigned width = modules->width + 2 * quiet;
    unsigned height = bars ? 40 : modules->height + 2 * quiet;
    pn_buf_add_format(page->out,
                      "<svg class=\"%s\" viewBox=\"0 0 %u %u\" role=\"img\" aria-label=\"",
                      bars ? "bars" : "qr", width, height);
    pn_html_attr(page->out, label);
    pn_buf_add_format(page->out,
                      "\"%s><path fill=\"#fff\" d=\"M0 0h%uv%uH0z\"/><path fill=\"#000\" d=\"",
                      bars ? " preserveAspectRatio=\"none\"" : "", width, height);
    for (unsigned y = 0; y < modules->height; y++) {
        for (unsigned x = 0; x < modules->width; x++) {
            unsigned run = 0;
            while (x + run < modules->width && modules->dark[y * modules->width + x + run] != 0) {
                run++;
            }
            if (run != 0) {
                add_run(page->out, x + quiet, bars ? 2 : y + quiet, run, bars ? 36U : 1U);
                x += run;
            }
        }
    }
    pn_buf_add_lit(page->out, "\"/></svg>");
}

void pn_page_problems(pn_sheet *page, const pn_str *problems, size_t count) {
    if (count == 0) {
        return;
    }
    pn_buf_add_lit(page->out, "<div class=\"note bad\" role=\"alert\" tabindex=\"-1\"><p><strong>");
    pn_html_text(page->out, pn_page_word(page, PN_SAY_ERRORS));
    pn_buf_add_lit(page->out, "</strong></p><ul>");
    for (size_t i = 0; i < count; i++) {
        pn_buf_add_lit(page->out, "<li>");
        pn_html_text(page->out, problems[i]);
        pn_buf_add_lit(page->out, "</li>");
    }
    pn_buf_add_lit(page->out, "</ul></div>");
}

/* ── what a page may load ────────────────────────────────────────────────────────────────────── */

static pn_str base64_of(const pn_sha256 *hash, pn_arena *arena) {
    static const char LETTERS[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *out = pn_arena_alloc(arena, 45);
    size_t len = 0;
    for (size_t i = 0; i < PN_SHA256_BYTES; i += 3) {
        uint32_t bits = 0;
        for (size_t k = 0; k < 3; k++) {
            bits = bits << 8 | (i + k < PN_SHA256_BYTES ? hash->bytes[i + k] : 0U);
        }
        for (size_t k = 0; k < 4; k++) {
            bool pad = i + k > PN_SHA256_BYTES; /* 32 bytes end with one sign of padding */
            out[len++] = pad ? '=' : LETTERS[bits >> (18 - 6 * k) & 63];
        }
    }
    return (pn_str){out, len};
}

pn_str pn_page_policy(pn_str html, pn_str pay_origins, pn_arena *arena) {
    size_t begin = pn_str_find(html, PN_STR("<style>"));
    size_t end = pn_str_find(html, PN_STR("</style>"));
    assert(begin != SIZE_MAX && end != SIZE_MAX);
    begin += 7;
    pn_sha256 hash = pn_sha256_of(html.ptr + begin, end - begin);
    pn_str sum = base64_of(&hash, arena);
    return pn_str_format(arena,
                         "default-src 'none'; style-src 'sha256-%.*s'; img-src 'self'; form-action "
                         "'self'%s%.*s; base-uri 'none'; frame-ancestors 'none'",
                         PN_STR_ARG(sum), pay_origins.len != 0 ? " " : "", PN_STR_ARG(pay_origins));
}
