#include "codec/pdf/read.h"

#include <stdio.h>

#include "base/banned.h"
#include "base/utf8.h"

/* ── places ──────────────────────────────────────────────────────────────────────────────────── */

size_t pn_pdf_down(pn_pdf_reader *reader, const char *key) {
    size_t before = reader->path_len;
    int length = snprintf(reader->path + before, sizeof reader->path - before, "/%s", key);
    reader->path_len = PN_MIN(before + (size_t)PN_MAX(length, 0), sizeof reader->path - 1);
    return before;
}

size_t pn_pdf_down_to(pn_pdf_reader *reader, size_t index) {
    char number[24];
    (void)snprintf(number, sizeof number, "%zu", index);
    return pn_pdf_down(reader, number);
}

void pn_pdf_up(pn_pdf_reader *reader, size_t before) {
    reader->path_len = before;
    reader->path[before] = '\0';
}

pn_err pn_pdf_wrong(pn_pdf_reader *reader, const char *format, ...) {
    char what[300];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    (void)pn_diag_set(reader->diag, PN_INVALID, "%s", what);
    pn_diag_where(reader->diag, "%s", reader->path);
    return PN_INVALID;
}

/* ── values ──────────────────────────────────────────────────────────────────────────────────── */

static pn_str all_words(pn_pdf_reader *reader, const char *const *words) {
    pn_str list = PN_STR("");
    for (size_t i = 0; words[i] != NULL; i++) {
        list = pn_str_format(reader->arena, "%.*s%s%s", PN_STR_ARG(list), i == 0 ? "" : ", ",
                             words[i]);
    }
    return list;
}

pn_err pn_pdf_read_keys(pn_pdf_reader *reader, const pn_json *object, const char *const *keys) {
    if (object->type != PN_JSON_OBJECT) {
        return pn_pdf_wrong(reader, "Here stands %s where an object belongs.",
                            pn_json_type_name(object->type));
    }
    for (uint32_t i = 0; i < object->count; i++) {
        size_t k = 0;
        while (keys[k] != NULL && !pn_str_eq(object->members[i].key, pn_str_of(keys[k]))) {
            k++;
        }
        if (keys[k] == NULL) {
            pn_str known = all_words(reader, keys), key = pn_str_first(object->members[i].key, 40);
            return pn_pdf_wrong(reader, "“%.*s” is no key here; there are %.*s.", PN_STR_ARG(key),
                                PN_STR_ARG(known));
        }
    }
    return PN_OK;
}

/* Line breaks of any kind are \n; what shows nothing and is no break is a space. */
static pn_str clean(pn_arena *arena, pn_str text, bool breaks) {
    bool fine = true;
    for (size_t i = 0; i < text.len && fine; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        fine = (c >= 0x20 && c != 0x7F && c != 0xC2 && c != 0xE2) || (c == '\n' && breaks);
    }
    if (fine) {
        return text;
    }
    char *copy = pn_arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len;) {
        uint32_t c = 0;
        size_t step = pn_utf8_decode(pn_str_from(text, i), &c);
        bool is_break = c == '\n' || c == 0x85 || c == 0x2028 || c == 0x2029;
        if (c == '\r') {
            is_break = i + 1 >= text.len || text.ptr[i + 1] != '\n';
        }
        if (is_break) {
            copy[len++] = breaks ? '\n' : ' ';
        } else if (c == '\r') {
            /* the \n behind it is the break */
        } else if (c < 0x20 || (c >= 0x7F && c < 0xA0)) {
            copy[len++] = ' ';
        } else {
            memcpy(copy + len, text.ptr + i, step);
            len += step;
        }
        i += step;
    }
    return (pn_str){copy, len};
}

pn_err pn_pdf_read_str(pn_pdf_reader *reader, const pn_json *value, size_t bytes_max, bool breaks,
                       pn_str *ret_text) {
    if (value->type != PN_JSON_STR) {
        return pn_pdf_wrong(reader, "Here stands %s where text belongs.",
                            pn_json_type_name(value->type));
    }
    if (value->text.len > bytes_max) {
        return pn_pdf_wrong(reader, "This text has %zu bytes, more than the %zu it may have.",
                            value->text.len, bytes_max);
    }
    *ret_text = clean(reader->arena, value->text, breaks);
    return PN_OK;
}

pn_err pn_pdf_read_text(pn_pdf_reader *reader, const pn_json *object, const char *key,
                        size_t bytes_max, bool breaks, pn_str *ret_text) {
    const pn_json *value = pn_json_get(object, pn_str_of(key));
    *ret_text = PN_STR("");
    if (value == NULL || value->type == PN_JSON_NULL) {
        return PN_OK;
    }
    size_t before = pn_pdf_down(reader, key);
    PN_TRY(pn_pdf_read_str(reader, value, bytes_max, breaks, ret_text));
    pn_pdf_up(reader, before);
    return PN_OK;
}

static pn_err read_list(pn_pdf_reader *reader, const pn_json *value, size_t count_max) {
    if (value->type != PN_JSON_ARRAY) {
        return pn_pdf_wrong(reader, "Here stands %s where a list belongs.",
                            pn_json_type_name(value->type));
    }
    if (value->count > count_max) {
        return pn_pdf_wrong(reader, "This list has %u items, more than the %zu it may have.",
                            value->count, count_max);
    }
    return PN_OK;
}

pn_err pn_pdf_read_strs(pn_pdf_reader *reader, const pn_json *value, size_t count_max,
                        size_t bytes_max, pn_pdf_strs *ret_strs) {
    *ret_strs = (pn_pdf_strs){0};
    if (value == NULL || value->type == PN_JSON_NULL) {
        return PN_OK;
    }
    PN_TRY(read_list(reader, value, count_max));
    pn_pdf_strs strs = {pn_arena_array(reader->arena, pn_str, value->count + 1), value->count};
    for (size_t i = 0; i < strs.count; i++) {
        size_t before = pn_pdf_down_to(reader, i);
        PN_TRY(pn_pdf_read_str(reader, &value->items[i], bytes_max, true, &strs.items[i]));
        pn_pdf_up(reader, before);
    }
    *ret_strs = strs;
    return PN_OK;
}

pn_err pn_pdf_read_pairs(pn_pdf_reader *reader, const pn_json *value, pn_pdf_pairs *ret_pairs) {
    *ret_pairs = (pn_pdf_pairs){0};
    if (value == NULL || value->type == PN_JSON_NULL) {
        return PN_OK;
    }
    PN_TRY(read_list(reader, value, PN_PDF_PAIRS_MAX));
    pn_pdf_pairs pairs = {pn_arena_array(reader->arena, pn_pdf_pair, value->count + 1),
                          value->count};
    for (size_t i = 0; i < pairs.count; i++) {
        size_t before = pn_pdf_down_to(reader, i);
        pn_pdf_strs two;
        PN_TRY(pn_pdf_read_strs(reader, &value->items[i], 2, PN_PDF_LINE_BYTES_MAX, &two));
        if (two.count != 2) {
            return pn_pdf_wrong(reader, "A pair has two texts, a label and a value; this has %zu.",
                                two.count);
        }
        pairs.items[i] = (pn_pdf_pair){two.items[0], two.items[1]};
        pn_pdf_up(reader, before);
    }
    *ret_pairs = pairs;
    return PN_OK;
}

pn_err pn_pdf_read_word(pn_pdf_reader *reader, const pn_json *object, const char *key,
                        const char *const *words, unsigned otherwise, unsigned *ret_index) {
    pn_str text;
    *ret_index = otherwise;
    PN_TRY(pn_pdf_read_text(reader, object, key, PN_PDF_LINE_BYTES_MAX, false, &text));
    if (text.len == 0) {
        return PN_OK;
    }
    for (unsigned i = 0; words[i] != NULL; i++) {
        if (pn_str_eq(text, pn_str_of(words[i]))) {
            *ret_index = i;
            return PN_OK;
        }
    }
    pn_str known = all_words(reader, words), shown = pn_str_first(text, 40);
    return pn_pdf_wrong(reader, "“%s” cannot be “%.*s”; it is one of %.*s.", key, PN_STR_ARG(shown),
                        PN_STR_ARG(known));
}
