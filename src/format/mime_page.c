#include "format/mime_page.h"

#include "base/banned.h"

/* ── encodings ───────────────────────────────────────────────────────────────────────────────── */

static pn_err add_quoted(pn_str body, pn_buf *out) {
    while (body.len != 0) {
        size_t at = PN_MIN(pn_str_find_char(body, '='), body.len);
        pn_buf_add_str(out, pn_str_first(body, at));
        body = pn_str_from(body, at);
        if (body.len == 0) {
            break;
        }
        if (pn_str_starts(body, PN_STR("=\r\n"))) { /* the line goes on */
            body = pn_str_from(body, 3);
            continue;
        }
        int high = body.len > 2 ? pn_hex_value(body.ptr[1]) : -1;
        int low = body.len > 2 ? pn_hex_value(body.ptr[2]) : -1;
        if (high < 0 || low < 0) {
            return PN_CORRUPT;
        }
        pn_buf_add_char(out, (char)(high << 4 | low));
        body = pn_str_from(body, 3);
    }
    return PN_OK;
}

static int base64_value(char c) {
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : pn_is_digit(c)       ? c - '0' + 52
           : c == '+'             ? 62
           : c == '/'             ? 63
                                  : -1;
}

static pn_err add_base64(pn_str body, pn_buf *out) {
    unsigned group = 0;
    size_t letters = 0;
    for (size_t i = 0; i < body.len && body.ptr[i] != '='; i++) {
        int value = base64_value(body.ptr[i]);
        if (value < 0 && body.ptr[i] != '\r' && body.ptr[i] != '\n') {
            return PN_CORRUPT;
        }
        if (value >= 0) {
            group = group << 6 | (unsigned)value;
            if (++letters % 4 != 1) {
                pn_buf_add_char(out, (char)(group >> (6 - 2 * ((letters - 1) % 4)) & 0xFF));
            }
        }
    }
    return PN_OK;
}

/* ── parts ───────────────────────────────────────────────────────────────────────────────────── */

/* What stands between the blank line behind `at` and the next boundary; a text cannot hold one
 * (format/mime.c). */
static pn_str body_behind(pn_str mail, size_t at) {
    pn_str rest = pn_str_from(mail, at);
    size_t blank = pn_str_find(rest, PN_STR("\r\n\r\n"));
    if (blank == SIZE_MAX) {
        return PN_STR_NONE;
    }
    rest = pn_str_from(rest, blank + 4);
    return pn_str_first(rest, pn_str_find(rest, PN_STR("\r\n--=_")));
}

static pn_err read_html(pn_str mail, pn_buf *out) {
    const pn_str head =
        PN_STR("Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: ");
    size_t at = pn_str_find(mail, head);
    if (at == SIZE_MAX) {
        return PN_NOT_FOUND;
    }
    pn_str encoding = pn_str_from(mail, at + head.len), body = body_behind(mail, at);
    if (pn_str_starts(encoding, PN_STR("quoted-printable\r\n"))) {
        return add_quoted(body, out);
    }
    if (pn_str_starts(encoding, PN_STR("base64\r\n"))) {
        return add_base64(body, out);
    }
    pn_buf_add_str(out, body);
    return PN_OK;
}

/* "Content-Type: image/png;" before the Content-ID of the same part. */
static pn_str type_before(pn_str mail, size_t at) {
    const pn_str name = PN_STR("\r\nContent-Type: ");
    pn_str before = pn_str_first(mail, at), type = PN_STR_NONE;
    for (size_t i = pn_str_find(before, name); i != SIZE_MAX;) {
        before = pn_str_from(before, i + name.len);
        type = before;
        i = pn_str_find(before, name);
    }
    size_t end = 0;
    while (end < type.len && type.ptr[end] != ';' && type.ptr[end] != '\r') {
        end++;
    }
    return pn_str_first(type, end);
}

/* The picture as an address of itself; false where it is not in the mail, or is none. */
static bool add_picture(pn_str mail, pn_str id, pn_arena *arena, pn_buf *out) {
    pn_str name = pn_str_format(arena, "Content-ID: <%.*s>\r\n", PN_STR_ARG(id));
    size_t at = pn_str_find(mail, name);
    pn_str type = at == SIZE_MAX ? PN_STR_NONE : type_before(mail, at);
    if (!pn_str_is(type, "image/png") && !pn_str_is(type, "image/jpeg")) {
        return false;
    }
    pn_str body = body_behind(mail, at);
    pn_buf_add_format(out, "data:%.*s;base64,", PN_STR_ARG(type));
    for (size_t i = 0; i < body.len; i++) {
        if (body.ptr[i] != '\r' && body.ptr[i] != '\n') {
            pn_buf_add_char(out, body.ptr[i]);
        }
    }
    return true;
}

pn_err pn_mime_page(pn_str mail, pn_arena *arena, pn_buf *out) {
    const pn_str name = PN_STR("src=\"cid:");
    pn_buf html;
    pn_buf_init(&html, mail.len);
    pn_err err = read_html(mail, &html);
    pn_str rest = pn_buf_str(&html);
    for (size_t at; err == PN_OK && (at = pn_str_find(rest, name)) != SIZE_MAX;) {
        size_t prefix = at + name.len - strlen("cid:");
        pn_str id = pn_str_from(rest, at + name.len);
        id = pn_str_first(id, pn_str_find_char(id, '"'));
        pn_buf_add_str(out, pn_str_first(rest, prefix));
        if (!add_picture(mail, id, arena, out)) {
            pn_buf_add_format(out, "cid:%.*s", PN_STR_ARG(id));
        }
        rest = pn_str_sub(id.ptr + id.len, html.ptr + html.len);
    }
    pn_buf_add_str(out, err == PN_OK ? rest : PN_STR_NONE);
    pn_buf_done(&html);
    return err != PN_OK ? err : pn_buf_err(out);
}
