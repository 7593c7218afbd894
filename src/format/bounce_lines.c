#include "base/banned.h"
#include "base/utf8.h"
#include "format/bounce_int.h"

bool pn_line_next(pn_str *rest, pn_str *ret_line) {
    if (!pn_str_split(rest, '\n', ret_line)) {
        return false;
    }
    while (ret_line->len > 0 && pn_is_space(ret_line->ptr[ret_line->len - 1])) {
        ret_line->len--;
    }
    return true;
}

pn_str pn_fold_words(pn_str text, size_t bytes_max, pn_arena *arena) {
    text = pn_str_first(text, bytes_max);
    pn_str folded = pn_utf8_fold(arena, text, true);
    char *out = pn_arena_alloc(arena, folded.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < folded.len; i++) {
        if (!pn_is_space(folded.ptr[i])) {
            out[len++] = folded.ptr[i];
        } else if (len > 0 && out[len - 1] != ' ') {
            out[len++] = ' ';
        }
    }
    return (pn_str){out, len};
}

static pn_str next_word(const char **list) {
    size_t len = strcspn(*list, "|");
    pn_str word = {*list, len};
    *list += len + ((*list)[len] == '|');
    return word;
}

bool pn_has_any(pn_str folded, const char *list) {
    while (*list != '\0') {
        if (pn_str_find(folded, next_word(&list)) != SIZE_MAX) {
            return true;
        }
    }
    return false;
}

bool pn_starts_any(pn_str folded, const char *list) {
    while (*list != '\0') {
        if (pn_str_starts(folded, next_word(&list))) {
            return true;
        }
    }
    return false;
}

/* ── fields in a text ────────────────────────────────────────────────────────────────────────── */

enum { TEXT_FIELDS = 200 };

static bool split_field(pn_str line, pn_mail_field *ret) {
    size_t colon = pn_str_find_char(line, ':');
    if (colon == 0 || colon == SIZE_MAX || colon > 60) {
        return false;
    }
    for (size_t i = 0; i < colon; i++) {
        char c = line.ptr[i];
        if (!pn_is_alpha(c) && !pn_is_digit(c) && c != '-' && c != '_') {
            return false;
        }
    }
    *ret = (pn_mail_field){pn_str_first(line, colon), pn_str_trim(pn_str_from(line, colon + 1))};
    return true;
}

pn_mail_fields pn_fields_of_text(pn_str text, pn_arena *arena) {
    pn_mail_field *items = pn_arena_array(arena, pn_mail_field, TEXT_FIELDS);
    size_t count = 0;
    pn_str rest = text;
    pn_str line;
    while (count < TEXT_FIELDS && pn_line_next(&rest, &line)) {
        pn_mail_field field;
        if (count > 0 && line.len > 0 && pn_is_space(line.ptr[0])) {
            pn_mail_field *last = &items[count - 1];
            last->value = pn_str_trim(pn_str_sub(last->value.ptr, line.ptr + line.len));
        } else if (split_field(line, &field)) {
            items[count++] = field;
        } else if (count > 0) {
            break;
        }
    }
    return (pn_mail_fields){items, count};
}
