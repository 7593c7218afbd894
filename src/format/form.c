#include "format/form.h"

#include "base/banned.h"
#include "base/utf8.h"

static pn_err malformed(pn_diag *diag) {
    return pn_diag_set(diag, PN_INVALID, "The form cannot be read.");
}

static pn_err too_many(pn_diag *diag) {
    return pn_diag_set(diag, PN_LIMIT, "The form has more than %d fields.", PN_FORM_FIELDS);
}

/* Line ends and tabs are the only control characters that a person types. */
static bool text_ok(pn_str text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if ((c < ' ' && c != '\n' && c != '\r' && c != '\t') || c == 0x7F) {
            return false;
        }
    }
    return pn_utf8_valid(text);
}

static pn_err add_field(pn_form_data *form, const pn_form_field *field, pn_diag *diag) {
    if (form->count == PN_FORM_FIELDS) {
        return too_many(diag);
    }
    bool named = field->name.len != 0 && field->name.len <= PN_FORM_NAME_BYTES;
    if (!named || !text_ok(field->name) || !text_ok(field->file_name) ||
        (!field->is_file && !text_ok(field->value))) {
        return malformed(diag);
    }
    form->fields[form->count++] = *field;
    return PN_OK;
}

/* ── urlencoded ──────────────────────────────────────────────────────────────────────────────── */

static pn_str decoded(pn_str text, pn_arena *arena) {
    char *out = pn_arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        int high = i + 2 < text.len ? pn_hex_value(text.ptr[i + 1]) : -1;
        int low = high >= 0 ? pn_hex_value(text.ptr[i + 2]) : -1;
        if (c == '%' && low >= 0) {
            out[len++] = (char)(high * 16 + low);
            i += 2;
        } else {
            out[len++] = c == '+' ? ' ' : c;
        }
    }
    return (pn_str){out, len};
}

static pn_err read_urlencoded(pn_str body, pn_arena *arena, pn_form_data *form, pn_diag *diag) {
    pn_str pair;
    while (body.len != 0 && pn_str_split(&body, '&', &pair)) {
        size_t equals = pn_str_find_char(pair, '=');
        if (pair.len == 0) {
            continue;
        }
        pn_str value = equals == SIZE_MAX ? PN_STR_NONE : pn_str_from(pair, equals + 1);
        pn_form_field field = {
            .name = decoded(equals == SIZE_MAX ? pair : pn_str_first(pair, equals), arena),
            .value = decoded(value, arena)};
        PN_TRY(add_field(form, &field, diag));
    }
    return PN_OK;
}

/* ── multipart ───────────────────────────────────────────────────────────────────────────────── */

/* name="value" in a header, with a backslash before a quote; empty where there is none. */
static pn_str parameter(pn_str header, pn_str name, bool *ret_given, pn_arena *arena) {
    pn_str wanted = pn_str_format(arena, " %.*s=\"", PN_STR_ARG(name));
    size_t at = pn_str_find(header, wanted);
    *ret_given = at != SIZE_MAX;
    if (at == SIZE_MAX) {
        return PN_STR_NONE;
    }
    pn_str rest = pn_str_from(header, at + wanted.len);
    char *out = pn_arena_alloc(arena, rest.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < rest.len && rest.ptr[i] != '"'; i++) {
        i += rest.ptr[i] == '\\' && i + 1 < rest.len;
        out[len++] = rest.ptr[i];
    }
    return (pn_str){out, len};
}

static pn_str without_folder(pn_str name) {
    for (size_t i = name.len; i > 0; i--) {
        if (name.ptr[i - 1] == '/' || name.ptr[i - 1] == '\\') {
            return pn_str_from(name, i);
        }
    }
    return name;
}

/* The Content-Disposition among a part's header lines. */
static pn_str disposition(pn_str headers) {
    static const char NAME[] = "content-disposition:";
    pn_str line;
    while (headers.len != 0 && pn_str_split(&headers, '\n', &line)) {
        if (line.len >= sizeof NAME - 1 && pn_str_eq_nocase(pn_str_first(line, sizeof NAME - 1),
                                                            (pn_str){NAME, sizeof NAME - 1})) {
            return line;
        }
    }
    return PN_STR_NONE;
}

static pn_err read_part(pn_str part, pn_arena *arena, pn_form_data *form, pn_diag *diag) {
    enum { HEADERS_MAX = 2048 };
    bool named = false;
    pn_form_field field = {0};
    size_t end = pn_str_find(pn_str_first(part, HEADERS_MAX), PN_STR("\r\n\r\n"));
    if (end == SIZE_MAX) {
        return malformed(diag);
    }
    pn_str header = disposition(pn_str_first(part, end));
    field.name = parameter(header, PN_STR("name"), &named, arena);
    field.file_name = without_folder(parameter(header, PN_STR("filename"), &field.is_file, arena));
    field.value = pn_str_from(part, end + 4);
    return named ? add_field(form, &field, diag) : malformed(diag);
}

/* The parts stand between "--boundary" and CRLF before the next one. */
static pn_err read_multipart(pn_str boundary, pn_str body, pn_arena *arena, pn_form_data *form,
                             pn_diag *diag) {
    pn_str first = pn_str_format(arena, "--%.*s", PN_STR_ARG(boundary));
    pn_str mark = pn_str_format(arena, "\r\n--%.*s", PN_STR_ARG(boundary));
    if (!pn_str_starts(body, first)) {
        return malformed(diag);
    }
    body = pn_str_from(body, first.len);
    while (!pn_str_starts(body, PN_STR("--"))) {
        size_t end = pn_str_find(body, mark);
        if (!pn_str_starts(body, PN_STR("\r\n")) || end == SIZE_MAX) {
            return malformed(diag);
        }
        PN_TRY(read_part(pn_str_sub(body.ptr + 2, body.ptr + PN_MAX(end, (size_t)2)), arena, form,
                         diag));
        body = pn_str_from(body, end + mark.len);
    }
    return PN_OK;
}

static pn_str boundary_of(pn_str content_type) {
    enum { BOUNDARY_MAX = 70 };
    size_t at = pn_str_find(content_type, PN_STR("boundary="));
    if (at == SIZE_MAX) {
        return PN_STR_NONE;
    }
    pn_str text = pn_str_from(content_type, at + 9);
    size_t end = pn_str_find_char(text, ';');
    text = pn_str_trim(end == SIZE_MAX ? text : pn_str_first(text, end));
    if (text.len >= 2 && text.ptr[0] == '"' && text.ptr[text.len - 1] == '"') {
        text = (pn_str){text.ptr + 1, text.len - 2};
    }
    return text.len <= BOUNDARY_MAX ? text : PN_STR_NONE;
}

/* ── the form ────────────────────────────────────────────────────────────────────────────────── */

pn_err pn_form_read(pn_str content_type, pn_str body, pn_arena *arena, pn_form_data *ret_form,
                    pn_diag *diag) {
    pn_form_data form = {.fields = pn_arena_array(arena, pn_form_field, PN_FORM_FIELDS)};
    pn_str lower = pn_str_lower_ascii(arena, content_type);
    if (pn_str_starts(lower, PN_STR("application/x-www-form-urlencoded"))) {
        PN_TRY(read_urlencoded(body, arena, &form, diag));
    } else if (pn_str_starts(lower, PN_STR("multipart/form-data"))) {
        pn_str boundary = boundary_of(content_type);
        if (boundary.len == 0) {
            return malformed(diag);
        }
        PN_TRY(read_multipart(boundary, body, arena, &form, diag));
    } else {
        return malformed(diag);
    }
    *ret_form = form;
    return PN_OK;
}

pn_str pn_form_text(const pn_form_data *form, const char *name) {
    for (size_t i = 0; i < form->count; i++) {
        if (!form->fields[i].is_file && pn_str_eq(form->fields[i].name, pn_str_of(name))) {
            return pn_str_trim(form->fields[i].value);
        }
    }
    return PN_STR_NONE;
}

const pn_form_field *pn_form_file(const pn_form_data *form, const char *name) {
    for (size_t i = 0; i < form->count; i++) {
        if (form->fields[i].is_file && form->fields[i].value.len != 0 &&
            pn_str_eq(form->fields[i].name, pn_str_of(name))) {
            return &form->fields[i];
        }
    }
    return NULL;
}

/* ── uploads ─────────────────────────────────────────────────────────────────────────────────── */

static bool has_at(pn_str bytes, size_t at, pn_str signature) {
    return pn_str_starts(pn_str_from(bytes, at), signature);
}

pn_str pn_upload_type(pn_str bytes) {
    static const char PNG[] = "\x89PNG\r\n\x1A\n";
    if (bytes.len < 16) {
        return PN_STR_NONE;
    }
    if (has_at(bytes, 0, PN_STR("%PDF-"))) {
        return PN_STR("application/pdf");
    }
    if (has_at(bytes, 0, (pn_str){PNG, sizeof PNG - 1})) {
        return PN_STR("image/png");
    }
    if (has_at(bytes, 0, PN_STR("\xFF\xD8\xFF"))) {
        return PN_STR("image/jpeg");
    }
    if (has_at(bytes, 4, PN_STR("ftypheic")) || has_at(bytes, 4, PN_STR("ftypheix")) ||
        has_at(bytes, 4, PN_STR("ftypmif1"))) {
        return PN_STR("image/heic");
    }
    if (has_at(bytes, 0, PN_STR("RIFF")) && has_at(bytes, 8, PN_STR("WEBP"))) {
        return PN_STR("image/webp");
    }
    return PN_STR_NONE;
}
