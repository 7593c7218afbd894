#include "compose/track.h"

#include "base/banned.h"
#include "liquid/escape.h"

typedef struct {
    const pn_track_wish *wish;
    pn_buf *out, *targets;
    size_t count;
} tracker;

/* ── addresses ───────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    const char *name;
    char sign;
} entity;

/* As the renderer escapes an attribute; in raw HTML others may stand, and such a link stays. */
static bool decode(pn_str text, pn_buf *out) {
    static const entity ENTITIES[] = {
        {"&amp;", '&'}, {"&#38;", '&'}, {"&quot;", '"'}, {"&#34;", '"'}, {"&#39;", '\''}};
    while (text.len != 0) {
        size_t at = PN_MIN(pn_str_find_char(text, '&'), text.len), i = 0;
        pn_buf_add_str(out, pn_str_first(text, at));
        text = pn_str_from(text, at);
        if (text.len == 0) {
            break;
        }
        while (i < PN_COUNT(ENTITIES) && !pn_str_starts(text, pn_str_of(ENTITIES[i].name))) {
            i++;
        }
        if (i < PN_COUNT(ENTITIES)) {
            pn_buf_add_char(out, ENTITIES[i].sign);
            text = pn_str_from(text, strlen(ENTITIES[i].name));
        } else { /* "&" as people write it, or an entity that we do not know */
            size_t end = pn_str_find_char(text, ';');
            if (end != SIZE_MAX && end < 10) {
                return false;
            }
            pn_buf_add_char(out, '&');
            text = pn_str_from(text, 1);
        }
    }
    return true;
}

/* A whole address of somebody else in the web, on one line. */
static bool is_tracked(const tracker *t, pn_str url) {
    for (size_t i = 0; i < url.len; i++) {
        if ((unsigned char)url.ptr[i] <= ' ') {
            return false;
        }
    }
    bool web = pn_str_starts(url, PN_STR("https://")) || pn_str_starts(url, PN_STR("http://"));
    bool own = pn_str_starts(url, t->wish->own) &&
               (url.len == t->wish->own.len || url.ptr[t->wish->own.len] == '/');
    return web && !own && url.len <= t->wish->url_bytes_max;
}

/* The number of a target, from 1; 0 where there is no more room. */
static size_t number_of(tracker *t, pn_str url) {
    pn_str rest = pn_buf_str(t->targets), line;
    for (size_t i = 1; i <= t->count && pn_str_split(&rest, '\n', &line); i++) {
        if (pn_str_eq(line, url)) {
            return i;
        }
    }
    if (t->count == t->wish->max) {
        return 0;
    }
    pn_buf_add_str(t->targets, url);
    pn_buf_add_char(t->targets, '\n');
    return ++t->count;
}

static size_t number_if_tracked(tracker *t, pn_str url) {
    return is_tracked(t, url) ? number_of(t, url) : 0;
}

static size_t number_of_escaped(tracker *t, pn_str escaped) {
    size_t number = 0;
    pn_buf url;
    if (pn_str_find_char(escaped, '&') == SIZE_MAX) {
        return number_if_tracked(t, escaped);
    }
    pn_buf_init(&url, escaped.len + 1);
    if (decode(escaped, &url)) {
        number = number_if_tracked(t, pn_buf_str(&url));
    }
    pn_buf_done(&url);
    return number;
}

/* Writes the address of a link, as it stood or ours in its place. */
static void add_address(tracker *t, pn_str escaped) {
    size_t number = number_of_escaped(t, escaped);
    if (number == 0) {
        pn_buf_add_str(t->out, escaped);
    } else {
        pn_liquid_escape_html(t->out, t->wish->click);
        pn_buf_add_int(t->out, (int64_t)number);
    }
}

/* ── the document ────────────────────────────────────────────────────────────────────────────── */

/* Up to the end of the next link's address; what is behind the last one stays in `rest`. Text never
 * holds these letters: its quotation marks are escaped. */
static bool add_to_link(tracker *t, pn_str *rest) {
    static const char HREF[] = " href=";
    size_t at = pn_str_find(*rest, PN_STR(" href="));
    size_t begin = at + sizeof HREF - 1;
    if (at == SIZE_MAX || begin >= rest->len) {
        return false;
    }
    char quote = rest->ptr[begin];
    pn_buf_add_str(t->out, pn_str_first(*rest, begin));
    *rest = pn_str_from(*rest, begin);
    if (quote != '"' && quote != '\'') {
        return true;
    }
    pn_str value = pn_str_from(*rest, 1);
    size_t end = pn_str_find_char(value, quote);
    if (end == SIZE_MAX) {
        return true;
    }
    pn_buf_add_char(t->out, quote);
    add_address(t, pn_str_first(value, end));
    *rest = pn_str_from(value, end);
    return true;
}

/* No program shows it and no reading voice speaks it. */
static void add_honeypot(tracker *t) {
    pn_buf_add_lit(t->out, "<a href=\"");
    pn_liquid_escape_html(t->out, t->wish->click);
    pn_buf_add_lit(t->out,
                   "0\" style=\"display:none\" tabindex=\"-1\" aria-hidden=\"true\"></a>\n");
}

static void add_pixel(tracker *t) {
    pn_buf_add_lit(t->out, "<img src=\"");
    pn_liquid_escape_html(t->out, t->wish->pixel);
    pn_buf_add_lit(t->out,
                   "\" width=\"1\" height=\"1\" alt=\"\" style=\"display:block;border:0\">\n");
}

/* Where the last one stands; its own letters may stand in a comment before. */
static size_t end_of_body(pn_str html) {
    static const char END[] = "</body>";
    for (size_t at = html.len; at >= sizeof END - 1; at--) {
        if (memcmp(html.ptr + at - (sizeof END - 1), END, sizeof END - 1) == 0) {
            return at - (sizeof END - 1);
        }
    }
    return html.len;
}

pn_err pn_track_html(pn_str html, const pn_track_wish *wish, pn_buf *out, pn_buf *targets) {
    tracker t = {.wish = wish, .out = out, .targets = targets};
    size_t end = end_of_body(html);
    pn_str rest = pn_str_first(html, end);
    while (wish->click.len != 0 && add_to_link(&t, &rest)) {
    }
    pn_buf_add_str(out, rest);
    if (wish->click.len != 0) {
        add_honeypot(&t);
    }
    if (wish->pixel.len != 0) {
        add_pixel(&t);
    }
    pn_buf_add_str(out, pn_str_from(html, end));
    return pn_buf_err(out) != PN_OK ? pn_buf_err(out) : pn_buf_err(targets);
}
