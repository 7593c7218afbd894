#include "base/json_pointer.h"

#include "base/banned.h"

/* "~1" is a slash, "~0" a tilde. */
static pn_str unescaped(pn_str part, pn_arena *arena) {
    if (pn_str_find_char(part, '~') == SIZE_MAX) {
        return part;
    }
    char *out = pn_arena_copy(arena, part.ptr, part.len);
    size_t len = 0;
    for (size_t i = 0; i < part.len; i++) {
        bool escape = part.ptr[i] == '~' && i + 1 < part.len &&
                      (part.ptr[i + 1] == '0' || part.ptr[i + 1] == '1');
        out[len++] = !escape ? part.ptr[i] : part.ptr[++i] == '1' ? '/' : '~';
    }
    return (pn_str){out, len};
}

static const pn_json *item_at(const pn_json *array, pn_str part) {
    int64_t index = 0;
    bool plain = pn_str_is_digits(part) && (part.len == 1 || part.ptr[0] != '0');
    if (!plain || pn_str_to_int64(part, &index) != PN_OK || index >= (int64_t)array->count) {
        return NULL;
    }
    return &array->items[index];
}

const pn_json *pn_json_at(const pn_json *value, pn_str pointer, pn_arena *arena) {
    if (pointer.len == 0) {
        return value;
    }
    pn_str rest = pointer, part;
    (void)pn_str_split(&rest, '/', &part);
    if (part.len != 0) {
        return NULL; /* it does not begin with a slash */
    }
    while (value != NULL && pn_str_split(&rest, '/', &part)) {
        value = value->type == PN_JSON_ARRAY ? item_at(value, part)
                                             : pn_json_get(value, unescaped(part, arena));
    }
    return value;
}

pn_str pn_json_text_at(const pn_json *value, pn_str pointer, pn_arena *arena) {
    const pn_json *at =
        value != NULL && pointer.len != 0 ? pn_json_at(value, pointer, arena) : NULL;
    if (at == NULL) {
        return PN_STR_NONE;
    }
    switch (at->type) {
    case PN_JSON_STR:
    case PN_JSON_REAL: return at->text;
    case PN_JSON_INT: return pn_str_format(arena, "%lld", (long long)at->integer);
    case PN_JSON_BOOL: return at->boolean ? PN_STR("true") : PN_STR("false");
    case PN_JSON_NULL:
    case PN_JSON_ARRAY:
    case PN_JSON_OBJECT: break;
    }
    return PN_STR_NONE;
}
