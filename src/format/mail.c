#include "format/mail.h"

#include "base/banned.h"
#include "base/limits.h"

pn_str pn_mail_field_of(pn_mail_fields fields, pn_str name) {
    for (size_t i = 0; i < fields.count; i++) {
        if (pn_str_eq_nocase(fields.items[i].name, name)) {
            return fields.items[i].value;
        }
    }
    return PN_STR_NONE;
}

size_t pn_mail_ids(pn_str value, pn_str *ret_ids, size_t max) {
    size_t count = 0;
    size_t open = SIZE_MAX;
    for (size_t i = 0; i < value.len && count < max; i++) {
        char c = value.ptr[i];
        if (c == '<') {
            open = i + 1;
        } else if (open != SIZE_MAX && pn_is_space(c)) {
            open = SIZE_MAX;
        } else if (open != SIZE_MAX && c == '>') {
            if (i > open) {
                ret_ids[count++] = (pn_str){value.ptr + open, i - open};
            }
            open = SIZE_MAX;
        }
    }
    return count;
}

/* ── addresses ───────────────────────────────────────────────────────────────────────────────── */

/* What ends a bare address in a list or a sentence. */
static bool ends_address(char c) {
    return pn_is_space(c) || pn_str_find_char(PN_STR(",;:<>()[]\"`|"), c) != SIZE_MAX;
}

/* 'a@b' is a@b, and o'neill@b is itself. */
static pn_str without_quotes(pn_str text) {
    while (text.len > 0 && text.ptr[0] == '\'') {
        text = pn_str_from(text, 1);
    }
    while (text.len > 0 && text.ptr[text.len - 1] == '\'') {
        text.len--;
    }
    return text;
}

/* Past a quoted string that begins at `i`; a quote that never ends is one character. */
static size_t skip_quoted(pn_str value, size_t i) {
    for (size_t j = i + 1; j < value.len; j++) {
        if (value.ptr[j] == '\\') {
            j++;
        } else if (value.ptr[j] == '"') {
            return j + 1;
        }
    }
    return value.len;
}

static size_t skip_comment(pn_str value, size_t i) {
    size_t depth = 0;
    for (size_t j = i; j < value.len; j++) {
        if (value.ptr[j] == '\\') {
            j++;
        } else if (value.ptr[j] == '(') {
            depth++;
        } else if (value.ptr[j] == ')' && --depth == 0) {
            return j + 1;
        }
    }
    return value.len;
}

/* One "@", something on both sides of it, no longer than an address may be. */
static bool is_address(pn_str text) {
    if (text.len > 0 && text.ptr[0] == '"' && pn_str_find(text, PN_STR("\"@")) == SIZE_MAX) {
        return false; /* a quote that never ends */
    }
    size_t at = pn_str_find_char(text, '@');
    return at != SIZE_MAX && at > 0 && at + 1 < text.len && text.len <= PN_LIMIT_EMAIL_BYTES;
}

/* A token from `i`: up to what ends an address; a quoted local part belongs to it. */
static size_t token_end(pn_str value, size_t i) {
    if (value.ptr[i] == '"') {
        i = skip_quoted(value, i);
        if (i >= value.len || value.ptr[i] != '@') {
            return i;
        }
    }
    while (i < value.len && !ends_address(value.ptr[i])) {
        i++;
    }
    return i;
}

size_t pn_mail_addresses(pn_str value, pn_str *ret_addresses, size_t max) {
    size_t count = 0;
    size_t i = 0;
    while (i < value.len && count < max) {
        char c = value.ptr[i];
        if (c == '(') {
            i = skip_comment(value, i);
        } else if (c != '"' && ends_address(c)) {
            i++;
        } else {
            size_t end = token_end(value, i);
            pn_str token = without_quotes((pn_str){value.ptr + i, end - i});
            if (is_address(token)) {
                ret_addresses[count++] = token;
            }
            i = end;
        }
    }
    return count;
}
