#include "http/files.h"

#include "base/banned.h"
#include "base/hash.h"
#include "http/find.h"

enum { NAME_MAX_BYTES = 120 };

pn_str pn_file_safe_name(pn_arena *arena, pn_str name, const char *otherwise) {
    char *out = pn_arena_alloc(arena, name.len + 1);
    size_t len = 0, begin = 0;
    for (size_t i = 0; i < name.len; i++) {
        begin = name.ptr[i] == '/' || name.ptr[i] == '\\' ? i + 1 : begin;
    }
    for (size_t i = begin; i < name.len && len < NAME_MAX_BYTES; i++) {
        char c = name.ptr[i];
        bool plain = pn_is_alpha(c) || pn_is_digit(c) || c == '.' || c == '-' || c == '_';
        if (len != 0 || (plain && c != '.')) {
            out[len++] = plain ? c : '_';
        }
    }
    return len == 0 ? pn_str_of(otherwise) : (pn_str){out, len};
}

pn_err pn_file_answer(pn_exchange *x, const pn_file_row *row) {
    char hex[65];
    pn_hex(row->hash.bytes, sizeof row->hash.bytes, hex);
    pn_str tag = pn_str_format(x->arena, "\"%.32s\"", hex);
    pn_answer_field(x, "ETag", tag);
    if (pn_str_find(pn_exchange_header(x, "if-none-match"), tag) != SIZE_MAX) {
        x->answer.status = 304;
        return PN_OK;
    }
    pn_buf_init(&x->answer.body, (size_t)row->size + 1);
    (void)pn_buf_reserve(&x->answer.body, (size_t)row->size); /* once, and no larger */
    PN_TRY(pn_told(x, pn_file_content(x->db, row, &x->answer.body)));
    x->answer.content_type = pn_str_z(x->arena, row->type);
    pn_answer_field(x, "Content-Disposition",
                    pn_str_format(x->arena, "attachment; filename=\"%.*s\"",
                                  PN_STR_ARG(pn_file_safe_name(x->arena, row->name, "file"))));
    return PN_OK;
}
